/* SPDX-License-Identifier: ISC */
#include "client/files.h"

#include <stdio.h>

#include "base/mem.h"
#include "base/utf8.h"

void files_touch(struct engine *e)
{
    loop_later(e->loop, &e->files.step, LOOP_DELIVER);
}

void files_look_at(struct engine *e, uint64_t at_ms)
{
    struct loop_timer *due = &e->files.due;
    uint64_t now = e->loop->now_ms;

    if (!loop_timer_armed(due) || due->due_ms > at_ms)
        loop_timer_arm(e->loop, due, at_ms > now ? at_ms - now : 0);
}

/* ---- who is who ---- */

struct upload *files_upload(struct engine *e, const uint8_t id[MSG_ID])
{
    struct upload *u = e->files.uploads;

    while (u != NULL && memcmp(u->shown->key, id, MSG_ID) != 0)
        u = u->next;
    return u;
}

struct upload *files_upload_at(struct engine *e, uint32_t handle)
{
    struct upload *u = e->files.uploads;

    while (u != NULL && (u->over || !u->offered || u->handle != handle))
        u = u->next;
    return u;
}

struct download *files_download(struct engine *e, const uint8_t id[MSG_ID])
{
    struct download *d = e->files.downloads;

    while (d != NULL && memcmp(d->id, id, MSG_ID) != 0)
        d = d->next;
    return d;
}

struct download *files_download_at(struct engine *e, uint32_t handle)
{
    struct download *d = e->files.downloads;

    while (d != NULL && (d->over || handle == 0 || d->handle != handle))
        d = d->next;
    return d;
}

struct upload *files_upload_shown(struct engine *e, const struct transfer *t)
{
    return t->own ? files_upload(e, t->key) : NULL;
}

struct download *files_download_shown(struct engine *e, const struct transfer *t)
{
    return t->own ? NULL : files_download(e, t->key);
}

void files_unsaid(struct engine *e, const uint8_t id[MSG_ID], const char *why)
{
    struct upload *u = files_upload(e, id);

    if (u == NULL)
        return;
    u->unsaid = true;
    (void)snprintf(u->unsaid_why, sizeof u->unsaid_why, "%s", why);
    files_touch(e);
}

/* ---- what is shown ---- */

void files_begin(struct engine *e, struct transfer *t)
{
    model_time(e->model, e->loop->wall_ms);
    model_file_changed(e->model, t);
    if (transfer_moves(t) && !loop_timer_armed(&e->files.tick))
        loop_timer_arm(e->loop, &e->files.tick, FILES_TICK_MS);
}

void files_show(struct engine *e, struct transfer *t, enum transfer_state to, const char *why)
{
    if (t->state == to && strcmp(t->why, why != NULL ? why : "") == 0)
        return;
    transfer_set_state(t, to, why);
    files_begin(e, t);
}

void files_move(struct engine *e, struct transfer *t, uint64_t done)
{
    t->done = done < t->bytes ? done : t->bytes;
    if (transfer_moves(t) && !loop_timer_armed(&e->files.tick))
        loop_timer_arm(e->loop, &e->files.tick, FILES_TICK_MS);
}

void files_hash(struct transfer *t, const uint8_t hash[HASH_SHA256])
{
    for (size_t i = 0; i < HASH_SHA256; i++)
        (void)snprintf(t->hash + 2 * i, 3, "%02x", hash[i]);
}

void files_place(struct transfer *t, const struct talk *c)
{
    struct bytes title = talk_title(c);

    t->direct = c->kind == CONVO_DIRECT;
    t->where_n = (uint8_t)(title.n < sizeof t->where ? title.n : sizeof t->where);
    if (t->where_n != 0)
        memcpy(t->where, title.p, t->where_n);
}

void files_tell_parting(struct engine *e)
{
    char words[TRANSFER_PARTING];

    transfers_parting(&e->model->files, e->model->keeps, words);
    if (words[0] != '\0')
        engine_say(e, NULL, EVENT_INFO, "You quit while files are on their way: %s.", words);
}

void files_reason(char out[TRANSFER_WHY], const char *words, struct bytes reason)
{
    struct buf clean;

    buf_init(&clean, SIZE_MAX);
    utf8_clean(&clean, reason, UTF8_NAME);
    (void)snprintf(out, TRANSFER_WHY, "%s%.*s", words,
        (int)utf8_fit_bytes(buf_view(&clean), TRANSFER_WHY - strlen(words) - 1),
        (const char *)clean.p);
    buf_free(&clean);
}

void files_clean_name(struct bytes name, const uint8_t id[MSG_ID], char *out, size_t n)
{
    struct buf clean;

    buf_init(&clean, SIZE_MAX);
    utf8_clean(&clean, name, UTF8_FILENAME);
    if (clean.n == 0)
        buf_fmt(&clean, "file-%02x%02x%02x%02x", id[0], id[1], id[2], id[3]);
    (void)bytes_copy(out, n, buf_view(&clean));
    buf_free(&clean);
}
