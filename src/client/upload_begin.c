/* SPDX-License-Identifier: ISC */
#include "client/upload_begin.h"

#include <stdio.h>

#include "base/file.h"
#include "base/home.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "client/chatlog.h"
#include "client/files.h"
#include "client/past.h"
#include "client/say.h"
#include "client/upload.h"
#include "crypto/rand.h"

static void put_card(struct engine *e, struct talk *c, const struct upload *u)
{
    char words[TRANSFER_WORDS];
    char me[MSG_NAME + 1];
    struct event ev = {.kind = EVENT_MESSAGE,
        .state = EVENT_QUEUED,
        .flags = EVENT_OWN | EVENT_FILE,
        .who = model_nick(e->model)};

    transfer_words(words, u->shown->name, u->shown->bytes);
    memcpy(ev.key, u->shown->key, sizeof ev.key);
    ev.text = bytes_str(words);
    past_page(e, c);
    model_add(e->model, c->page, &ev);
    (void)bytes_copy(me, sizeof me, ev.who);
    chatlog_line(e, c, e->loop->wall_ms, me, ev.text);
}

struct upload *upload_add(struct engine *e, const struct talk *c, const uint8_t id[MSG_ID])
{
    struct upload **end = &e->files.uploads;
    struct upload *u = mem_alloc(sizeof *u);

    while (*end != NULL)
        end = &(*end)->next;
    *end = u;
    u->e = e;
    u->talk = c->serial;
    u->reader.fd = -1;
    u->reader.done = upload_read;
    u->shown = transfers_add(&e->model->files, id);
    u->shown->held = true;
    u->shown->own = true;
    buf_init(&u->note, OFFER_NOTE);
    files_place(u->shown, c);
    return u;
}

bool upload_open(struct upload *u, const char *path, char *why, size_t why_n)
{
    struct transfer *t = u->shown;
    enum err e = file_reader_open(&u->reader, path, why, why_n);

    (void)snprintf(t->path, sizeof t->path, "%s", path);
    files_clean_name(upload_base(bytes_str(path)), t->key, t->name, sizeof t->name);
    if (e != ERR_OK)
        return false;
    t->bytes = u->reader.shape.bytes;
    if (file_reader_key(&u->reader, t->key, u->key) == ERR_OK)
        return true;
    (void)snprintf(why, why_n, "no key for it can be made");
    return false;
}

/* An intent's path, as one that is good from any folder. */
static bool whole_path(struct bytes path, char out[UPLOAD_PATH])
{
    struct buf given;
    struct buf whole;

    if (path.n == 0 || memchr(path.p, '\0', path.n) != NULL)
        return false;
    buf_init(&given, UPLOAD_PATH - 1);
    buf_init(&whole, UPLOAD_PATH - 1);
    home_expand(&given, path);
    enum err e = buf_end(&given);
    if (e == ERR_OK)
        e = file_from_root(&whole, buf_cstr(&given));
    if (e == ERR_NOT_FOUND) /* who opens it says so */
        (void)bytes_copy(out, UPLOAD_PATH, buf_view(&given));
    else if (e == ERR_OK)
        (void)bytes_copy(out, UPLOAD_PATH, buf_view(&whole));
    buf_free(&given);
    buf_free(&whole);
    return e == ERR_OK || e == ERR_NOT_FOUND;
}

struct upload *upload_begin(
    struct engine *e, struct talk *c, struct bytes path, struct bytes note)
{
    uint8_t id[MSG_ID];
    char full[UPLOAD_PATH];
    char why[TRANSFER_WHY] = "that is no path";

    rand_bytes(id, sizeof id);
    if (!whole_path(path, full)) {
        engine_say(e, e->at, EVENT_WARN, "Not sent: %s.", why);
        return NULL;
    }
    struct upload *u = upload_add(e, c, id);
    rand_bytes(u->key, sizeof u->key);
    if (utf8_valid(note))
        buf_bytes(&u->note, note);
    (void)bytes_copy(u->shown->note, sizeof u->shown->note, buf_view(&u->note));
    if (!upload_open(u, full, why, sizeof why)) {
        engine_say(e, e->at, EVENT_WARN, "%s is not sent: %s.", u->shown->name, why);
        u->shown->fault = TRANSFER_FAULT_DISK;
        files_show(e, u->shown, TRANSFER_FAILED, why);
        u->over = true;
        files_touch(e);
        return NULL;
    }
    u->careful = e->careful;
    put_card(e, c, u);
    files_begin(e, u->shown);
    files_touch(e);
    return u;
}
