/* SPDX-License-Identifier: ISC */
#include "client/upload.h"

#include <stdio.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "client/files.h"
#include "client/group_people.h"
#include "client/keep_file.h"
#include "client/say.h"
#include "client/upload_show.h"

#define AGAIN_MS 5000u /* the relay was asked too much */
#define CHANGED  "it is not what it was any more: somebody changed it. /send it again"

struct bytes upload_base(struct bytes path)
{
    size_t n = path.n;

    while (n > 0 && path.p[n - 1] != '/')
        n--;
    return bytes_of(path.p + n, path.n - n);
}

void upload_await(struct upload *u, uint64_t tag)
{
    u->tag = tag;
    engine_hold(u->e, tag);
}

/* ---- the end ---- */

static void drop_ready(struct upload *u)
{
    for (size_t i = 0; i < u->ready_n; i++)
        span_drop(u->ready[i]);
    u->ready_n = 0;
    u->due_n = 0;
    u->stale = u->busy;
    if (u->e->link != NULL && u->offered)
        link_purge(u->e->link, u->handle);
}

void upload_free(struct upload *u)
{
    u->shown->held = false;
    for (size_t i = 0; i < u->ready_n; i++)
        span_drop(u->ready[i]);
    file_reader_close(&u->reader);
    mem_free(u->due);
    buf_free(&u->note);
    mem_wipe_free(u, sizeof *u);
}

/* Over: whoever waits is told, and the vault forgets it. */
static void end(struct upload *u, enum transfer_state state, const char *why)
{
    struct engine *e = u->e;
    struct talk *c = engine_talk(e, u->talk);

    drop_ready(u);
    if (c != NULL)
        c->file_waits = false; /* another one says so again */
    u->over = true;
    keep_upload_done(e, u);
    files_show(e, u->shown, state, why);
    if (state != TRANSFER_DONE)
        engine_fail(e, u->tag, why);
    engine_release(e, u->tag);
    u->tag = 0;
    files_touch(e);
}

static void tell_relay(struct upload *u)
{
    struct request r = {.talk = u->talk};
    struct msg_file_cancel m;

    if (!files_has_line(u->e))
        return;
    memcpy(m.id, u->shown->key, sizeof m.id);
    memcpy(r.id, u->shown->key, sizeof r.id);
    u->telling = true;
    engine_ask(u->e, OP_FILE_CANCEL, &m, &r);
}

/* The relay ends it at once, and is told again until it answers. The others believe our own
 * word alone, which is kept until it was said, as any. */
static void take_back(struct upload *u)
{
    struct talk *c = engine_talk(u->e, u->talk);

    u->untold = u->said || u->offered || u->asked;
    u->wait_ms = 0;
    if (u->untold)
        tell_relay(u);
    if (u->said && !u->unsaid && c != NULL)
        say_taken_back(u->e, c, u->shown->key);
}

void upload_cancel(struct upload *u, const char *why)
{
    if (u->over)
        return;
    take_back(u);
    end(u, TRANSFER_CANCELLED, why);
}

void upload_told(struct upload *u)
{
    u->untold = false;
    files_touch(u->e);
}

void upload_untold(struct upload *u)
{
    u->telling = false;
    u->wait_ms = u->e->loop->now_ms + AGAIN_MS;
    files_look_at(u->e, u->wait_ms);
}

/* Who is out of it can say nothing there. */
void upload_talk_gone(struct upload *u, const char *why)
{
    if (!u->over && (u->offered || u->asked))
        tell_relay(u);
    if (!u->over)
        end(u, TRANSFER_CANCELLED, why);
    upload_told(u);
}

void upload_fail(struct upload *u, const char *why)
{
    struct talk *c = engine_talk(u->e, u->talk);

    if (u->over)
        return;
    take_back(u);
    engine_say_in(u->e, c, EVENT_WARN, "%s is not sent: %s.", u->shown->name, why);
    if (!u->said && c != NULL && c->page != NULL)
        model_state(u->e->model, c->page, u->shown->key, EVENT_FAILED);
    end(u, TRANSFER_FAILED, why);
}

void upload_done(struct upload *u)
{
    struct talk *c = engine_talk(u->e, u->talk);

    engine_say_in(
        u->e, c, EVENT_INFO, "%s was sent: whoever wanted it has it.", u->shown->name);
    end(u, TRANSFER_DONE, NULL);
}

void upload_nobody(struct upload *u, const char *why)
{
    struct talk *c = engine_talk(u->e, u->talk);

    engine_say_in(u->e, c, EVENT_WARN, "%s was not sent: %s.", u->shown->name, why);
    end(u, TRANSFER_REFUSED, why);
}

void upload_forget(struct upload *u, const char *why)
{
    if (!u->over)
        end(u, TRANSFER_CANCELLED, why);
    u->untold = false;
}

/* ---- what the worker did ---- */

/* What was to be sent is not there any more as it was. */
static void spoil(struct upload *u, const char *why)
{
    u->shown->fault = TRANSFER_FAULT_DISK;
    upload_fail(u, why);
}

static void read_on(struct upload *u)
{
    struct file_reader *r = &u->reader;

    files_move(u->e, u->shown, (uint64_t)r->read * r->shape.chunk);
    if (r->read < r->shape.count || r->err != ERR_OK)
        return;
    if (u->again && memcmp(u->hash, r->digest, sizeof u->hash) != 0) {
        spoil(u, CHANGED);
        return;
    }
    memcpy(u->hash, r->digest, sizeof u->hash);
    files_hash(u->shown, u->hash);
    u->read = true;
    files_move(u->e, u->shown, 0);
    upload_show(u);
}

static void sealed(struct upload *u)
{
    struct file_reader *r = &u->reader;

    for (size_t i = 0; i < r->sealed && !u->stale && !u->over; i++)
        u->ready[u->ready_n++] = file_reader_take(r, i);
    file_reader_drop(r);
}

void upload_read(struct file_reader *r)
{
    struct upload *u = (struct upload *)r;

    u->busy = false;
    sealed(u);
    u->stale = false;
    if (!u->over && r->err == ERR_STALE)
        spoil(u, CHANGED);
    else if (!u->over && r->err != ERR_OK)
        spoil(u, "it cannot be read any more");
    else if (!u->over && !u->read)
        read_on(u);
    files_touch(u->e);
}

/* ---- the next thing ---- */

static void offer(struct upload *u, const struct talk *c)
{
    const struct file_shape *s = &u->reader.shape;
    struct request r = {.talk = c->serial}; /* without the tag: it may be asked again */
    struct msg_file_offer m = {.kind = (uint8_t)c->kind,
        .to = talk_title(c),
        .chunk = s->chunk,
        .count = s->count,
        .bytes = s->bytes};

    memcpy(m.id, u->shown->key, sizeof m.id);
    memcpy(r.id, u->shown->key, sizeof r.id);
    u->asked = true;
    engine_ask(u->e, OP_FILE_OFFER, &m, &r);
}

static void say(struct upload *u, struct talk *c)
{
    const struct file_shape *s = &u->reader.shape;
    struct bytes name = upload_base(bytes_str(u->shown->path));
    struct offer o = {.bytes = s->bytes,
        .chunk = s->chunk,
        .count = s->count,
        .name = utf8_valid(name) && name.n <= OFFER_NAME ? name : bytes_str(u->shown->name),
        .note = buf_view(&u->note)};
    struct buf text;

    memcpy(o.key, u->key, sizeof o.key);
    memcpy(o.hash, u->hash, sizeof o.hash);
    buf_init(&text, OFFER_BYTES);
    offer_write(&o, &text);
    u->said = true;
    u->e->careful = u->careful;
    say_offer(u->e, c, u->shown->key, buf_view(&text));
    u->e->careful = false;
    keep_upload(u->e, u);
    buf_wipe(&text);
    mem_wipe(&o, sizeof o);
}

/* Whether what is sealed here now can be read by those it is meant for. */
static bool can_offer(struct engine *e, struct talk *c)
{
    bool there = c->kind != CONVO_ROOM || c->present;

    /* Once: whoever pumps a conversation has the files looked at again, in the same turn. */
    if (c->group == NULL && !c->file_waits)
        engine_touch(e, c);
    c->file_waits = c->group == NULL;
    return c->group != NULL && there && people_stop(c) == NULL && c->bad_seq == 0 &&
           !c->forsaken && (c->busy & (BUSY_ENTER | BUSY_FOUND)) == 0;
}

static void reach(struct upload *u)
{
    struct engine *e = u->e;
    struct talk *c = engine_talk(e, u->talk);

    if (c == NULL || !c->wanted) {
        upload_fail(u, "you are no longer in that conversation");
        return;
    }
    if (u->wait_ms > e->loop->now_ms) {
        files_look_at(e, u->wait_ms);
        return;
    }
    if (!u->asked && can_offer(e, c))
        offer(u, c);
}

/* The next chunks that there is credit for, when few are ready. */
static void seal_more(struct upload *u)
{
    struct file_reader *r = &u->reader;

    r->want_n = 0;
    while (r->want_n < FILE_READER_BATCH && u->due_n != 0) {
        r->want[r->want_n++] = u->due->first++;
        if (--u->due->count == 0)
            memmove(u->due, u->due + 1, --u->due_n * sizeof *u->due);
    }
    r->handle = u->handle;
    u->busy = r->want_n != 0 && file_reader_seal(r, u->e->setup.files) == ERR_OK;
}

static void rest(struct upload *u)
{
    struct msg_file_pause_order m = {.handle = u->handle, .on = u->shown->resting};

    u->told_resting = u->shown->resting;
    engine_ask(u->e, OP_FILE_PAUSE, &m, &(struct request){.talk = u->talk});
}

void upload_step(struct upload *u)
{
    if (u->untold && !u->telling && u->wait_ms <= u->e->loop->now_ms)
        tell_relay(u);
    if (u->unsaid)
        upload_fail(u, u->unsaid_why);
    if (u->over || u->busy)
        return;
    if (!u->read) {
        u->busy = file_reader_next(&u->reader, u->e->setup.files) == ERR_OK;
        return;
    }
    if (!files_has_line(u->e))
        return;
    if (!u->offered) {
        reach(u);
        return;
    }
    struct talk *c = engine_talk(u->e, u->talk);
    if (!u->said && c != NULL)
        say(u, c);
    if (u->told_resting != u->shown->resting)
        rest(u);
    if (u->ready_n <= UPLOAD_READY - FILE_READER_BATCH && u->due_n != 0)
        seal_more(u);
}

bool upload_feed(struct upload *u)
{
    if (u->over || !u->offered || u->ready_n == 0)
        return false;
    link_bulk(u->e->link, u->ready[0], u->handle);
    memmove(u->ready, u->ready + 1, --u->ready_n * sizeof *u->ready);
    if (u->ready_n <= UPLOAD_READY - FILE_READER_BATCH && u->due_n != 0)
        files_touch(u->e);
    return true;
}

void upload_pause(struct upload *u, bool on)
{
    u->shown->resting = on;
    keep_upload(u->e, u);
    upload_show(u);
    files_touch(u->e);
}

void upload_stand_down(struct upload *u)
{
    drop_ready(u);
    u->asked = false;
    u->offered = false;
    u->told_resting = false;
    u->wait_ms = 0;
}

void upload_line_lost(struct upload *u)
{
    u->telling = false;
    if (u->over)
        return;
    upload_stand_down(u);
    if (u->read && !u->shown->resting)
        upload_show_lost(u);
}
