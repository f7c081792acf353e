/* SPDX-License-Identifier: ISC */
#include "client/keep_file.h"

#include <stdio.h>

#include "base/home.h"
#include "base/mem.h"
#include "client/files.h"
#include "client/history.h"

#define ROW_MAX 8192

static struct bytes key_of(const struct talk *c, const uint8_t id[MSG_ID], struct buf *key)
{
    buf_bytes(key, talk_key(c));
    buf_put(key, id, MSG_ID);
    return buf_view(key);
}

static void put_text(struct buf *row, const char *s)
{
    buf_u16(row, (uint16_t)strlen(s));
    buf_text(row, s);
}

static void put(struct engine *e, const struct talk *c, const uint8_t id[MSG_ID], uint32_t sub,
    struct buf *row)
{
    struct buf key;

    buf_init(&key, TALK_KEY + MSG_ID);
    if (buf_end(row) == ERR_OK)
        vault_put(e->vault, VAULT_FILE, key_of(c, id, &key), sub, buf_view(row));
    buf_free(&key);
    loop_later(e->loop, &e->save, LOOP_FLUSH);
}

static void del(struct engine *e, uint32_t talk, const uint8_t id[MSG_ID], uint32_t sub)
{
    const struct talk *c = engine_talk(e, talk);
    struct buf key;

    if (!e->account || c == NULL)
        return;
    buf_init(&key, TALK_KEY + MSG_ID);
    vault_del(e->vault, VAULT_FILE, key_of(c, id, &key), sub);
    buf_free(&key);
    loop_later(e->loop, &e->save, LOOP_FLUSH);
}

/* ---- ours ---- */

void keep_upload(struct engine *e, const struct upload *u)
{
    const struct talk *c = engine_talk(e, u->talk);
    struct buf row;

    if (!e->account || c == NULL || !u->said || u->over)
        return;
    buf_init(&row, ROW_MAX);
    buf_u8(&row, KEEP_FILE_VERSION);
    buf_u8(&row, u->shown->resting);
    buf_put(&row, u->key, sizeof u->key);
    buf_put(&row, u->hash, sizeof u->hash);
    put_text(&row, u->shown->path);
    put(e, c, u->shown->key, KEEP_FILE_OUT, &row);
    buf_wipe(&row);
}

void keep_upload_done(struct engine *e, const struct upload *u)
{
    if (u->said)
        del(e, u->talk, u->shown->key, KEEP_FILE_OUT);
}

/* ---- theirs ---- */

static uint8_t how_far(const struct download *d)
{
    if (d->over)
        return KEEP_FILE_REFUSED;
    if (d->placed)
        return KEEP_FILE_PLACED;
    return d->writer.saved[0] != '\0' ? KEEP_FILE_WHOLE : d->accepted;
}

void keep_download(struct engine *e, const struct download *d)
{
    const struct talk *c = engine_talk(e, d->talk);
    struct buf row;

    if (!e->account || c == NULL || (d->over && !d->untold))
        return;
    buf_init(&row, ROW_MAX);
    buf_u8(&row, KEEP_FILE_VERSION);
    buf_u8(&row, how_far(d));
    buf_u8(&row, d->shown->resting);
    buf_u8(&row, d->shown->verified);
    buf_u64(&row, (uint64_t)d->offered_ms);
    buf_u64(&row, d->history);
    buf_put(&row, d->print, sizeof d->print);
    put_text(&row, d->sender);
    put_text(&row, d->shown->tag);
    buf_u16(&row, d->shown->from_n);
    buf_put(&row, d->shown->from, d->shown->from_n);
    put_text(&row, d->writer.folder);
    put_text(&row, d->writer.saved[0] != '\0' ? d->writer.saved : d->writer.name);
    buf_bytes(&row, buf_view(&d->offer));
    put(e, c, d->id, KEEP_FILE_IN, &row);
    buf_wipe(&row);
}

void keep_download_done(struct engine *e, const struct download *d)
{
    del(e, d->talk, d->id, KEEP_FILE_IN);
}

void keep_download_saved(struct engine *e, const struct download *d)
{
    const struct talk *c = engine_talk(e, d->talk);
    const struct transfer *t = d->shown;
    char words[TRANSFER_WORDS];
    char path[TRANSFER_PATH];
    struct buf text;

    keep_download(e, d);
    if (c == NULL || d->history == 0)
        return;
    buf_init(&text, TRANSFER_WORDS + TRANSFER_PATH);
    transfer_words(words, t->name, t->bytes);
    home_short(path, sizeof path, t->path);
    buf_fmt(&text, "%s; saved as %s", words, path);
    struct history_row row = {.n = d->history,
        .wall_ms = d->offered_ms,
        .kind = PAYLOAD_FILE,
        .who = bytes_of(t->from, t->from_n),
        .text = buf_view(&text)};
    if (c->policy.expire_s != 0)
        row.expires_ms = d->offered_ms + 1000 * (int64_t)c->policy.expire_s;
    memcpy(row.id, d->id, sizeof row.id);
    memcpy(row.print, d->print, sizeof row.print);
    history_change(e->vault, talk_key(c), &row);
    buf_free(&text);
    loop_later(e->loop, &e->save, LOOP_FLUSH);
}
