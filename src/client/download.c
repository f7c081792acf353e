/* SPDX-License-Identifier: ISC */
#include "client/download.h"

#include <stdio.h>

#include "base/home.h"
#include "base/mem.h"
#include "client/download_place.h"
#include "client/files.h"
#include "client/keep_file.h"

#define BATCH    8u
#define BATCH_MS 4u
#define QUIET_MS 50u /* nothing came for so long: what was taken is acknowledged */

/* ---- the beginning ---- */

static void on_job(struct job *j);

static void shape_of(const struct offer *o, const uint8_t id[MSG_ID], struct file_shape *s)
{
    *s = (struct file_shape){.bytes = o->bytes, .chunk = o->chunk, .count = o->count};
    memcpy(s->id, id, sizeof s->id);
}

struct download *download_add(
    struct engine *e, const struct talk *c, const uint8_t id[MSG_ID], struct bytes sealed)
{
    struct download **end = &e->files.downloads;
    struct file_shape shape;
    const char *bad;
    struct offer o;

    if (offer_read(sealed, &o, &bad) != ERR_OK)
        return NULL;
    struct download *d = mem_alloc(sizeof *d);
    shape_of(&o, id, &shape);
    enum err err = file_writer_init(&d->writer, &shape, o.key, o.hash);
    if (err != ERR_OK) {
        mem_free(d);
        return NULL;
    }
    while (*end != NULL)
        end = &(*end)->next;
    *end = d;
    d->e = e;
    d->talk = c->serial;
    d->writer.job.done = on_job;
    memcpy(d->id, id, sizeof d->id);
    buf_init(&d->offer, OFFER_BYTES);
    buf_bytes(&d->offer, sealed);
    d->shown = transfers_add(&e->model->files, id);
    d->shown->held = true;
    d->shown->state = TRANSFER_OFFERED;
    d->shown->bytes = o.bytes;
    files_clean_name(o.name, id, d->shown->name, sizeof d->shown->name);
    (void)bytes_copy(d->shown->note, sizeof d->shown->note, o.note);
    files_hash(d->shown, o.hash);
    files_place(d->shown, c);
    mem_wipe(&o, sizeof o);
    return d;
}

/* ---- the person's word ---- */

bool download_accept(struct download *d, struct bytes name)
{
    if (d->over) {
        engine_say(d->e, d->e->at, EVENT_WARN, "%s is over.", d->shown->name);
        return false;
    }
    if (d->checking)
        return true;
    if (d->busy) {
        engine_say(d->e, d->e->at, EVENT_WARN, "%s is being written to: try again in a moment.",
            d->shown->name);
        return false;
    }
    if (!download_place(d, name))
        return false;
    d->accepted = true;
    d->shown->resting = false;
    d->wait_ms = 0;
    (void)snprintf(
        d->shown->path, sizeof d->shown->path, "%s/%s", d->writer.folder, d->writer.name);
    keep_download(d->e, d);
    files_show(d->e, d->shown, TRANSFER_WAITING, NULL);
    files_touch(d->e);
    return true;
}

static void answer(struct download *d, uint8_t verdict)
{
    struct engine *e = d->e;
    struct request r = {.talk = d->talk};
    struct msg_file_answer m = {.sender = bytes_str(d->sender), .verdict = verdict};
    struct list_writer have;

    if (!files_has_line(d->e))
        return;
    memcpy(m.id, d->id, sizeof m.id);
    memcpy(r.id, d->id, sizeof r.id);
    list_begin(&have, MSG_RANGES * sizeof(struct msg_range));
    if (verdict == FILE_ACCEPT && d->placed)
        list_add(&have, &MSG_RANGE, &(struct msg_range){0, d->writer.shape.count});
    else if (verdict == FILE_ACCEPT)
        (void)file_writer_have(&d->writer, &have, MSG_RANGES);
    m.have = list_view(&have);
    d->verdict = verdict;
    d->answers_due++;
    engine_ask(e, OP_FILE_ANSWER, &m, &r);
    list_end(&have);
}

void download_tell_rest(struct download *d)
{
    struct msg_file_pause_order m = {.handle = d->handle, .on = 1};

    if (files_has_line(d->e))
        engine_ask(d->e, OP_FILE_PAUSE, &m, &(struct request){.talk = d->talk});
}

/* Nothing more of it is taken in. */
static void stand_down(struct download *d)
{
    d->asked = false;
    d->standing = false;
    d->counting = false;
    file_batch_clear(&d->batch);
}

static void finish(struct download *d, enum transfer_state state, const char *why)
{
    stand_down(d);
    d->over = true;
    if (d->untold)
        keep_download(d->e, d);
    else
        keep_download_done(d->e, d);
    files_show(d->e, d->shown, state, why);
    files_touch(d->e);
}

static void remove_part(struct download *d)
{
    if (!d->busy && d->accepted) /* else when the worker is done with it */
        file_writer_remove(&d->writer);
}

void download_told(struct download *d)
{
    if (!d->over) {
        finish(d, TRANSFER_DONE, NULL);
        return;
    }
    d->untold = false;
    keep_download_done(d->e, d);
    files_touch(d->e);
}

/* Said again on every line until the relay answers. */
static void tell_refusal(struct download *d)
{
    d->untold = true;
    d->wait_ms = 0;
    answer(d, FILE_REFUSE);
}

void download_refuse(struct download *d)
{
    if (d->over || d->placed)
        return;
    tell_refusal(d);
    remove_part(d);
    finish(d, TRANSFER_REFUSED, d->accepted ? "given up by you" : "refused by you");
}

void download_fail(struct download *d, bool for_good, const char *why)
{
    struct talk *c = engine_talk(d->e, d->talk);

    if (d->over || d->placed)
        return;
    if (for_good && (d->standing || d->asked))
        tell_refusal(d);
    else if (d->standing) /* it is held for us, until we accept again */
        download_tell_rest(d);
    if (d->accepted)
        engine_say_in(d->e, c, EVENT_WARN, "%s is not received: %s.", d->shown->name, why);
    if (for_good) {
        remove_part(d);
        finish(d, d->accepted ? TRANSFER_FAILED : TRANSFER_CANCELLED, why);
        return;
    }
    stand_down(d);
    d->shown->resting = true;
    keep_download(d->e, d);
    files_show(d->e, d->shown, TRANSFER_PAUSED, why);
}

void download_forget(struct download *d, const char *why)
{
    bool waits = d->e->account && vault_lasts(d->e->vault);

    d->untold = false;
    if (d->over)
        return;
    if (waits || d->placed)
        d->accepted = false; /* so its part stays, also when the worker has it just now */
    remove_part(d);
    finish(d, TRANSFER_CANCELLED, why);
}

void download_pause(struct download *d, bool on)
{
    if (d->over || d->placed || !d->accepted || d->shown->resting == on)
        return;
    d->shown->resting = on;
    keep_download(d->e, d);
    if (on && d->standing)
        download_tell_rest(d);
    if (on)
        stand_down(d);
    d->wait_ms = 0;
    files_show(
        d->e, d->shown, on ? TRANSFER_PAUSED : TRANSFER_WAITING, on ? "paused by you" : NULL);
    files_touch(d->e);
}

/* Who is out of it has nobody to tell. */
void download_talk_gone(struct download *d, const char *why)
{
    download_fail(d, true, why);
    if (d->over)
        download_told(d);
}

void download_line_lost(struct download *d)
{
    d->answers_due = 0;
    d->wait_ms = 0;
    if (d->over)
        return;
    stand_down(d);
    d->handle = 0;
    if (d->accepted && !d->shown->resting && !d->checking && !d->placed)
        files_show(d->e, d->shown, TRANSFER_LOST, "no connection to the relay");
}

void download_free(struct download *d)
{
    d->shown->held = false;
    file_writer_fini(&d->writer);
    file_batch_fini(&d->batch);
    buf_wipe(&d->offer);
    mem_wipe_free(d, sizeof *d);
}

/* Not for each chunk, and the last of the file not before it was checked. */
void download_acknowledge(struct download *d)
{
    struct msg_file_ack m = {.handle = d->handle, .taken = d->taken};
    uint32_t waits = d->taken - d->acked;
    uint64_t now = d->e->loop->now_ms;

    if (!d->counting || waits == 0)
        return;
    if (!d->writer.placed) {
        if (d->writer.have.held == d->writer.shape.count)
            return;
        if (waits < (d->window + 3) / 4 && now - d->came_ms < QUIET_MS) {
            files_look_at(d->e, d->came_ms + QUIET_MS);
            return;
        }
    }
    d->acked = d->taken;
    engine_tell_relay(d->e, OP_FILE_ACK, &m);
}

/* ---- what the worker did ---- */

static uint64_t bytes_here(const struct download *d)
{
    uint64_t n = (uint64_t)d->writer.have.held * d->writer.shape.chunk;

    return n < d->writer.shape.bytes ? n : d->writer.shape.bytes;
}

static const char *disk_trouble(enum err e)
{
    return e == ERR_FULL ? "the disk is full: make room, then /resume it"
           : e == ERR_PERM
               ? "the folder may not be written to: mend its rights, then /resume it"
           : e == ERR_EXISTS ? "its name is taken a hundred times: /accept it under another"
           : e == ERR_BUSY
               ? "another one is being received there under its name: /resume it after that"
               : "the disk says no: look at the folder, then /resume it";
}

static void disk_failed(struct download *d, enum err e)
{
    d->shown->fault = TRANSFER_FAULT_DISK;
    download_fail(d, false, disk_trouble(e));
}

static void seal_failed(struct download *d, bool for_good, const char *why)
{
    d->standing |= for_good; /* whoever sends it is told, now or later */
    d->shown->fault = TRANSFER_FAULT_SEAL;
    download_fail(d, for_good, why);
}

static void placed(struct download *d)
{
    struct file_writer *w = &d->writer;
    struct talk *c = engine_talk(d->e, d->talk);
    struct transfer *t = d->shown;
    char path[TRANSFER_PATH];

    (void)snprintf(t->path, sizeof t->path, "%s/%s", w->folder, w->saved);
    home_short(path, sizeof path, t->path);
    files_move(d->e, t, w->shape.bytes);
    engine_say_in(d->e, c, EVENT_INFO,
        "Saved %s: its hash is the one that %.*s signed (sha256 %.16s).", path, t->from_n,
        t->from, t->hash);
    download_acknowledge(d); /* the last of it, now that it is sure */
    d->placed = true;
    /* Nothing answers to that, and a line may be lost with it: so it is said once more, as
     * whoever comes back says it, and is over when the relay has answered. */
    stand_down(d);
    d->wait_ms = 0;
    t->resting = false;
    keep_download_saved(d->e, d);
    files_show(d->e, d->shown, TRANSFER_DONE, NULL);
}

static void opened(struct download *d)
{
    if (d->writer.placed)
        placed(d); /* in the run before this one */
    else if (d->writer.err != ERR_OK)
        disk_failed(d, d->writer.err);
    else
        d->shown->done = bytes_here(d);
}

static void took(struct download *d)
{
    struct file_writer *w = &d->writer;

    if (d->counting && d->batch_turn == d->turn)
        d->taken += (uint32_t)w->taken;
    files_move(d->e, d->shown, bytes_here(d));
    if (w->err == ERR_CRYPTO)
        seal_failed(d, false,
            "what came is not what was sealed: the relay changed it, or the sender did. "
            "/resume tries again");
    else if (w->err != ERR_OK)
        disk_failed(d, w->err);
}

/* Where it goes is known before it goes there: whatever ends us then, it comes no second time.
 */
static void chosen(struct download *d)
{
    keep_download(d->e, d);
    d->ticket = d->e->account ? vault_ticket(d->e->vault) : 0;
}

static void checked(struct download *d)
{
    enum err e = d->writer.err;

    if (!d->writer.placed && (e == ERR_OK || e == ERR_MORE)) {
        if (d->writer.saved[0] != '\0')
            chosen(d);
        return;
    }
    d->checking = false;
    if (e == ERR_OK)
        placed(d);
    else if (e == ERR_CRYPTO)
        seal_failed(d, true, "it is not the file that was offered: its hash is another one");
    else
        disk_failed(d, e);
}

static void on_job(struct job *j)
{
    struct download *d = (struct download *)j;
    bool opening = d->opening;

    d->busy = false;
    d->opening = false;
    if (d->over) /* refused meanwhile */
        remove_part(d);
    else if (opening)
        opened(d);
    else if (d->checking)
        checked(d);
    else
        took(d);
    files_touch(d->e);
}

/* ---- the next thing ---- */

static bool complete(const struct download *d)
{
    return d->writer.have.held == d->writer.shape.count;
}

/* A few chunks at once, for each waking of the worker costs as much as one of them; and what
 * there is, when no more come. */
static bool rested(struct download *d)
{
    uint64_t due = d->came_ms + BATCH_MS;

    if (d->e->loop->now_ms >= due)
        return true;
    files_look_at(d->e, due);
    return false;
}

static void set_to_work(struct download *d)
{
    struct file_writer *w = &d->writer;
    struct worker *on = d->e->setup.files;

    if (!file_writer_opened(w)) {
        d->opening = true;
        d->busy = file_writer_open(w, on) == ERR_OK;
    } else if (complete(d)) {
        if (!d->checking)
            files_show(d->e, d->shown, TRANSFER_CHECKING, NULL);
        d->checking = true;
        if (w->saved[0] == '\0')
            d->busy = file_writer_check(w, on) == ERR_OK;
        else if (d->ticket <= vault_durable(d->e->vault))
            d->busy = file_writer_place(w, on) == ERR_OK;
    } else if (d->batch.n >= BATCH || (d->batch.n != 0 && rested(d))) {
        d->batch_turn = d->turn;
        d->busy = file_writer_take(w, &d->batch, on) == ERR_OK;
    }
}

static void reach(struct download *d)
{
    struct engine *e = d->e;
    struct talk *c = engine_talk(e, d->talk);
    const struct talk_person *p = c != NULL ? talk_person(c, d->print) : NULL;

    if (d->wait_ms > e->loop->now_ms) {
        if (d->wait_ms != UINT64_MAX)
            files_look_at(e, d->wait_ms);
        return;
    }
    if (p != NULL && p->relay[0] != '\0') /* a guest may have another name by now */
        (void)snprintf(d->sender, sizeof d->sender, "%s", p->relay);
    d->asked = true;
    answer(d, FILE_ACCEPT);
}

void download_step(struct download *d)
{
    if (d->untold && d->answers_due == 0 && d->wait_ms <= d->e->loop->now_ms)
        answer(d, FILE_REFUSE);
    if (d->over || !d->accepted || d->busy)
        return;
    if ((!d->shown->resting || d->checking || d->writer.was_whole) && !d->placed)
        set_to_work(d);
    if (d->busy || d->over || d->shown->resting || (complete(d) && !d->placed))
        return;
    if (!d->asked && files_has_line(d->e))
        reach(d);
    download_acknowledge(d);
}
