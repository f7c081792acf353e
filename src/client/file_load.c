/* SPDX-License-Identifier: ISC */
#include "client/file_load.h"

#include <stdio.h>

#include "base/log.h"
#include "base/reader.h"
#include "client/accept.h"
#include "client/download.h"
#include "client/files.h"
#include "client/keep_file.h"
#include "client/upload.h"
#include "client/upload_begin.h"

#define OFFER_DAYS_MS (7 * 86400000ll) /* an offer that nobody answered is kept so long */

/* ---- ours ---- */

struct loading {
    struct engine *e;
    struct talk *c;
};

static enum err take_upload(void *arg, struct bytes key, uint32_t sub, struct bytes value)
{
    struct loading *l = arg;
    struct engine *e = l->e;
    char path[UPLOAD_PATH];
    char why[TRANSFER_WHY];
    struct reader r;

    (void)sub;
    reader_init(&r, value);
    uint8_t version = reader_u8(&r);
    bool resting = reader_u8(&r) != 0;
    struct bytes secret = reader_bytes(&r, FILE_KEY);
    struct bytes hash = reader_bytes(&r, HASH_SHA256);
    struct bytes where = reader_blob16(&r, UPLOAD_PATH - 1);
    if (reader_end(&r) != ERR_OK || version != KEEP_FILE_VERSION ||
        key.n != l->c->key_n + MSG_ID)
        return ERR_CORRUPT;
    (void)bytes_copy(path, sizeof path, where);
    struct upload *u = upload_add(e, l->c, key.p + l->c->key_n);
    memcpy(u->key, secret.p, sizeof u->key);
    memcpy(u->hash, hash.p, sizeof u->hash);
    u->again = true;
    u->said = true;
    u->shown->resting = resting;
    if (upload_open(u, path, why, sizeof why))
        files_begin(e, u->shown);
    else
        upload_fail(u, why);
    return ERR_OK;
}

/* ---- theirs ---- */

struct row {
    uint8_t accepted;
    bool resting, verified;
    int64_t offered_ms;
    uint64_t history;
    struct bytes print, sender, tag, from, folder, name, offer;
};

static enum err read_row(struct bytes value, struct row *out)
{
    struct reader r;

    reader_init(&r, value);
    uint8_t version = reader_u8(&r);
    out->accepted = reader_u8(&r);
    out->resting = reader_u8(&r) != 0;
    out->verified = reader_u8(&r) != 0;
    out->offered_ms = (int64_t)(reader_u64(&r) & INT64_MAX);
    out->history = reader_u64(&r);
    out->print = reader_bytes(&r, POLICY_PRINT);
    out->sender = reader_blob16(&r, MSG_NAME);
    out->tag = reader_blob16(&r, EVENT_TAG - 1);
    out->from = reader_blob16(&r, ROSTER_NAME);
    out->folder = reader_blob16(&r, FILE_WRITER_FOLDER - 1);
    out->name = reader_blob16(&r, PART_NAME - 1);
    out->offer = reader_rest(&r);
    return reader_end(&r) == ERR_OK && version == KEEP_FILE_VERSION ? ERR_OK : ERR_CORRUPT;
}

static void restore(struct download *d, const struct row *row)
{
    struct transfer *t = d->shown;
    struct file_writer *w = &d->writer;

    d->accepted = row->accepted != 0;
    d->placed = row->accepted == KEEP_FILE_PLACED;
    t->resting = row->resting;
    t->verified = row->verified;
    d->offered_ms = row->offered_ms;
    d->history = row->history;
    memcpy(d->print, row->print.p, sizeof d->print);
    (void)bytes_copy(d->sender, sizeof d->sender, row->sender);
    (void)bytes_copy(t->tag, sizeof t->tag, row->tag);
    t->from_n = (uint8_t)row->from.n;
    if (row->from.n != 0)
        memcpy(t->from, row->from.p, row->from.n);
    (void)bytes_copy(w->folder, sizeof w->folder, row->folder);
    (void)bytes_copy(w->name, sizeof w->name, row->name);
    (void)snprintf(w->stem, sizeof w->stem, "%s", t->name);
    w->was_whole = row->accepted == KEEP_FILE_WHOLE;
    if (w->was_whole)
        (void)snprintf(w->saved, sizeof w->saved, "%s", w->name);
    if (d->accepted)
        (void)snprintf(t->path, sizeof t->path, "%s/%s", w->folder, w->name);
}

/* Whoever offers it is told, for as long as anybody may offer it; and what a crash has left of
 * it goes. */
static void refused(struct download *d, bool old)
{
    if (d->writer.folder[0] != '\0')
        file_writer_remove(&d->writer);
    d->over = true;
    d->untold = !old;
    if (old)
        keep_download_done(d->e, d);
    transfer_set_state(d->shown, TRANSFER_REFUSED, "refused before the last start");
}

static enum err take_download(void *arg, struct bytes key, uint32_t sub, struct bytes value)
{
    struct loading *l = arg;
    struct engine *e = l->e;
    struct row row;

    (void)sub;
    if (read_row(value, &row) != ERR_OK || key.n != l->c->key_n + MSG_ID)
        return ERR_CORRUPT;
    struct download *d = download_add(e, l->c, key.p + l->c->key_n, row.offer);
    if (d == NULL)
        return ERR_CORRUPT;
    restore(d, &row);
    bool old = e->loop->wall_ms - d->offered_ms > OFFER_DAYS_MS;
    if (row.accepted == KEEP_FILE_REFUSED)
        refused(d, old);
    else if (!d->accepted && old)
        download_fail(d, true, "it is not offered any more");
    else if (d->placed)
        files_show(e, d->shown, TRANSFER_DONE, NULL);
    else if (d->accepted)
        files_show(e, d->shown, row.resting ? TRANSFER_PAUSED : TRANSFER_LOST,
            row.resting ? "paused by you" : NULL);
    else
        files_begin(e, d->shown);
    return ERR_OK;
}

static void load_one(struct engine *e, struct talk *c)
{
    struct loading l = {e, c};
    enum err bad =
        shelf_take_sub(&e->shelf, VAULT_FILE, talk_key(c), KEEP_FILE_OUT, take_upload, &l);

    enum err worse =
        shelf_take_sub(&e->shelf, VAULT_FILE, talk_key(c), KEEP_FILE_IN, take_download, &l);
    if (bad != ERR_OK || worse != ERR_OK)
        LOG_ERROR("keep", "a file that was on its way makes no sense");
}

void file_load(struct engine *e)
{
    if (!e->account)
        return;
    accept_load(e);
    for (struct talk *c = e->talks; c != NULL; c = c->next)
        load_one(e, c);
    files_touch(e);
}
