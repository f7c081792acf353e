/* SPDX-License-Identifier: ISC */
/*
 * Credit out, chunks in, acknowledgements back. Each chunk of the file is in one of four
 * places: nobody lacks it; it is due (the sender has credit for it); it is in a slot (somebody
 * has not acknowledged it); or somebody lacks it and the scan will come by. Due and slots
 * together are never more than the window.
 */
#include "server/transfer_impl.h"

#include "base/mem.h"
#include "server/reply.h"

#define RANGES 64 /* in one credit; the rest comes with the next */

/* ---- slots ---- */

static void slot_less(struct transfer *t, uint32_t slot)
{
    if (--t->slots[slot].pending == 0)
        t->free[t->window - t->used--] = slot;
}

/* The next one that is free; it is taken with slot_taken(). */
static uint32_t slot_next(const struct transfer *t)
{
    return t->free[t->window - t->used - 1];
}

static void slot_taken(struct transfer *t, uint32_t index, uint32_t pending)
{
    t->slots[slot_next(t)] = (struct slot){index, pending};
    t->used++;
}

static uint32_t ring_pop(struct transfer *t, struct receiver *r)
{
    uint32_t slot = r->ring[r->ring_at];

    r->ring_at = r->ring_at + 1 == t->window ? 0 : r->ring_at + 1;
    r->ring_n--;
    return slot;
}

static void ring_push(struct transfer *t, struct receiver *r, uint32_t slot)
{
    uint32_t at = r->ring_at + r->ring_n;

    if (r->ring_n++ == 0)
        r->since_ms = t->server->loop->now_ms;
    r->ring[at < t->window ? at : at - t->window] = slot;
}

void transfer_forget(struct transfer *t, struct receiver *r)
{
    while (r->ring_n != 0)
        slot_less(t, ring_pop(t, r));
}

/* ---- credit ---- */

/* Chunks of one word that somebody lacks and nobody was asked for. */
static uint64_t lacking(const struct transfer *t, uint32_t word)
{
    uint64_t all = ~(uint64_t)0;

    for (size_t i = 0; i < t->active_count; i++)
        all &= t->active[i]->given.words[word];
    return ~all & ~t->due.words[word];
}

/* Adds a chunk to the ranges; false: it would need one too many. */
static bool range_add(struct msg_range *ranges, size_t *n, uint32_t index)
{
    struct msg_range *last = *n != 0 ? &ranges[*n - 1] : NULL;

    if (last != NULL && last->first + last->count == index) {
        last->count++;
        return true;
    }
    if (*n == RANGES)
        return false;
    ranges[(*n)++] = (struct msg_range){index, 1};
    return true;
}

/* Goes on from where the last scan ended; ranges gets at most room chunks, which are due from
 * now on. */
static size_t choose(struct transfer *t, uint32_t room, struct msg_range *ranges)
{
    size_t n = 0;

    while (room != 0 && t->scan_left != 0) {
        uint64_t want = lacking(t, t->scan);
        while (want != 0 && room != 0) {
            uint32_t index = t->scan * 64 + (uint32_t)__builtin_ctzll(want);
            if (!range_add(ranges, &n, index))
                return n;
            (void)chunkmap_put(&t->due, index);
            want &= want - 1;
            room--;
        }
        if (want != 0)
            break;
        t->scan = t->scan + 1 == chunkmap_words(t->count) ? 0 : t->scan + 1;
        t->scan_left--;
    }
    return n;
}

static void tell_credit(struct transfer *t, const struct msg_range *ranges, size_t n)
{
    struct msg_file_credit m = {.handle = t->handle};
    struct list_writer w;

    list_begin(&w, RANGES * 8);
    for (size_t i = 0; i < n; i++)
        list_add(&w, &MSG_RANGE, &ranges[i]);
    m.chunks = list_view(&w);
    tell_user(t->sender, OP_FILE_CREDIT, &MSG_FILE_CREDIT, &m);
    list_end(&w);
}

void transfer_pump(struct transfer *t)
{
    struct msg_range ranges[RANGES];
    uint32_t room = t->window - t->used - t->due.held;
    size_t n;

    if (t->over || !t->started || t->paused || t->away || t->active_count == 0)
        return;
    /* Many at a time: as long as there is less room, something is due or to be acknowledged. */
    if (room == 0 || room < t->window / 4)
        return;
    if (t->due.held == 0)
        t->moved_ms = t->server->loop->now_ms;
    if ((n = choose(t, room, ranges)) != 0)
        tell_credit(t, ranges, n);
}

void transfer_void(struct transfer *t)
{
    chunkmap_clear(&t->due);
    t->scan_left = chunkmap_words(t->count);
}

/* ---- chunks ---- */

static size_t size_of(const struct transfer *t, uint32_t index)
{
    uint64_t before = (uint64_t)index * t->chunk;
    uint64_t left = t->bytes - before;

    return (size_t)(left < t->chunk ? left : t->chunk) + MSG_CHUNK_TAG;
}

/* The frame as it came, in memory of its own: everybody is sent the same. */
static struct span frame_of(const struct msg_file_chunk *m)
{
    struct span s = span_new(FRAME_HEAD + 8 + m->data.n);
    uint32_t n = (uint32_t)m->data.n + 8;
    uint8_t *w = s.chunk->data;
    const uint8_t head[FRAME_HEAD + 8] = {(uint8_t)(n >> 24), (uint8_t)(n >> 16),
        (uint8_t)(n >> 8), (uint8_t)n, 0x04, 0x17, OP_FILE_CHUNK, (uint8_t)(m->handle >> 24),
        (uint8_t)(m->handle >> 16), (uint8_t)(m->handle >> 8), (uint8_t)m->handle,
        (uint8_t)(m->index >> 24), (uint8_t)(m->index >> 16), (uint8_t)(m->index >> 8),
        (uint8_t)m->index};

    memcpy(w, head, sizeof head);
    memcpy(w + sizeof head, m->data.p, m->data.n);
    return s;
}

static void hand_out(struct transfer *t, const struct msg_file_chunk *m)
{
    struct span frame = {0};
    uint32_t slot = slot_next(t);
    uint32_t pending = 0;

    for (size_t i = 0; i < t->active_count; i++) {
        struct receiver *r = t->active[i];
        if (!chunkmap_put(&r->given, m->index))
            continue;
        if (pending++ == 0)
            frame = frame_of(m);
        ring_push(t, r, slot);
        link_bulk(r->user->peer->link, span_ref(frame), t->handle);
    }
    if (pending != 0)
        slot_taken(t, m->index, pending);
    span_drop(frame);
}

bool transfer_chunk(struct transfer *t, const struct msg_file_chunk *m)
{
    if (!chunkmap_has(&t->due, m->index) || m->data.n != size_of(t, m->index)) {
        transfer_end(t, FILE_END_BROKEN, t->sender->name.s);
        return false;
    }
    (void)chunkmap_cut(&t->due, m->index);
    t->moved_ms = t->server->loop->now_ms;
    t->server->files->chunks++;
    hand_out(t, m);
    transfer_pump(t);
    return true;
}

static void done(struct transfer *t, struct receiver *r)
{
    transfer_leave(t, r, FILE_DONE);
    transfer_tell_state(t, r);
    transfer_settle(t);
}

/* Of its ring, what has at least begun to leave: the rest cannot have been taken by anybody.
 * The start that may wait in front of all of it counts as one, and nothing was sent then. */
static uint32_t sent_to(const struct transfer *t, const struct receiver *r)
{
    size_t waits = link_waits(r->user->peer->link, t->handle);

    return waits < r->ring_n ? r->ring_n - (uint32_t)waits : 0;
}

void transfer_ack(struct transfer *t, struct receiver *r, uint32_t taken)
{
    uint32_t n = taken - r->taken;

    if (n > sent_to(t, r)) {
        transfer_drop(t, r, FILE_END_BROKEN);
        return;
    }
    if (n == 0)
        return;
    for (uint32_t i = 0; i < n; i++)
        slot_less(t, ring_pop(t, r));
    r->taken = taken;
    r->have += n;
    r->since_ms = t->server->loop->now_ms;
    r->moved = true;
    if (r->have == t->count)
        done(t, r);
    transfer_pump(t);
}
