/* SPDX-License-Identifier: ISC */
#include "model/transfer.h"

#include <stdio.h>

#include "base/mem.h"

#define RATE_MS   5000u /* a rate is an average over so long */
#define SAMPLE_MS 450u

const char *transfer_state_str(enum transfer_state s)
{
    static const char *const NAMES[TRANSFER_STATES] = {
        [TRANSFER_READING] = "reading",
        [TRANSFER_OFFERED] = "offered",
        [TRANSFER_WAITING] = "waiting",
        [TRANSFER_MOVING] = "moving",
        [TRANSFER_PAUSED] = "paused",
        [TRANSFER_LOST] = "lost",
        [TRANSFER_CHECKING] = "checking",
        [TRANSFER_DONE] = "done",
        [TRANSFER_REFUSED] = "refused",
        [TRANSFER_CANCELLED] = "cancelled",
        [TRANSFER_FAILED] = "failed",
    };

    return (unsigned)s < TRANSFER_STATES ? NAMES[s] : "unknown";
}

bool transfer_over(const struct transfer *t)
{
    return t->state >= TRANSFER_DONE;
}

static void drop(struct transfer *t)
{
    mem_free(t->people);
    mem_wipe_free(t, sizeof *t);
}

void transfers_fini(struct transfers *ts)
{
    for (size_t i = 0; i < ts->count; i++)
        drop(ts->all[i]);
    mem_free(ts->all);
    *ts = (struct transfers){0};
}

/* The oldest that are over, beyond those that are kept. */
static void forget_old(struct transfers *ts)
{
    size_t over = 0;
    size_t n = 0;

    for (size_t i = 0; i < ts->count; i++)
        over += transfer_over(ts->all[i]) && !ts->all[i]->held;
    for (size_t i = 0; i < ts->count; i++) {
        const struct transfer *t = ts->all[i];
        if (over > TRANSFERS_KEPT && transfer_over(t) && !t->held) {
            drop(ts->all[i]);
            over--;
        } else {
            ts->all[n++] = ts->all[i];
        }
    }
    ts->count = n;
}

struct transfer *transfers_add(struct transfers *ts, const uint8_t key[EVENT_KEY])
{
    struct transfer *t = mem_alloc(sizeof *t);

    forget_old(ts);
    if (ts->count == ts->cap) {
        ts->cap = ts->cap != 0 ? 2 * ts->cap : 8;
        ts->all = mem_realloc(ts->all, (ts->cap) * sizeof *ts->all);
    }
    t->n = ++ts->last;
    memcpy(t->key, key, sizeof t->key);
    ts->all[ts->count++] = t;
    return t;
}

struct transfer *transfers_find(const struct transfers *ts, const uint8_t key[EVENT_KEY])
{
    for (size_t i = ts->count; i-- > 0;) {
        if (memcmp(ts->all[i]->key, key, EVENT_KEY) == 0)
            return ts->all[i];
    }
    return NULL;
}

struct transfer *transfers_numbered(const struct transfers *ts, unsigned n)
{
    for (size_t i = ts->count; i-- > 0;) {
        if (ts->all[i]->n == n)
            return ts->all[i];
    }
    return NULL;
}

struct transfer_sum transfers_sum(const struct transfers *ts, bool own)
{
    struct transfer_sum sum = {0};

    for (size_t i = 0; i < ts->count; i++) {
        const struct transfer *t = ts->all[i];
        if (t->own != own || !transfer_moves(t))
            continue;
        sum.count++;
        sum.bytes += t->bytes;
        sum.done += t->done;
        sum.rate += t->rate;
    }
    return sum;
}

size_t transfers_open(const struct transfers *ts)
{
    size_t n = 0;

    for (size_t i = 0; i < ts->count; i++)
        n += !ts->all[i]->own && ts->all[i]->state == TRANSFER_OFFERED;
    return n;
}

static void put_parting(char out[TRANSFER_PARTING], size_t n, const char *one, const char *many)
{
    size_t at = strlen(out);
    const char *between = at != 0 ? "; " : "";

    if (n == 1)
        (void)snprintf(out + at, TRANSFER_PARTING - at, "%sa file %s", between, one);
    else if (n != 0)
        (void)snprintf(out + at, TRANSFER_PARTING - at, "%s%zu files %s", between, n, many);
}

void transfers_parting(const struct transfers *ts, bool kept, char out[TRANSFER_PARTING])
{
    size_t on = 0, lost = 0;

    for (size_t i = 0; i < ts->count; i++) {
        const struct transfer *t = ts->all[i];
        if (transfer_over(t) || (!t->own && t->state == TRANSFER_OFFERED))
            continue;
        bool goes_on = kept && t->state != TRANSFER_READING;
        on += goes_on;
        lost += !goes_on;
    }
    out[0] = '\0';
    put_parting(out, on, "goes on when you are back", "go on when you are back");
    put_parting(out, lost, "is given up", "are given up");
}

unsigned transfer_percent(const struct transfer *t)
{
    return t->state == TRANSFER_DONE ? 100 : transfer_part(t->done, t->bytes);
}

unsigned transfer_part(uint64_t done, uint64_t bytes)
{
    if (bytes == 0)
        return 0;
    if (done >= bytes)
        return 100;
    /* Where a hundred times as many fit, exactly. */
    return bytes <= UINT64_MAX / 100 ? (unsigned)(done * 100 / bytes)
                                     : (unsigned)(done / (bytes / 100));
}

uint32_t transfer_left_s(uint64_t bytes, uint64_t done, uint64_t rate)
{
    uint64_t left = rate != 0 && done <= bytes ? (bytes - done) / rate : UINT32_MAX;

    return left < UINT32_MAX ? (uint32_t)left : UINT32_MAX;
}

void transfer_set_state(struct transfer *t, enum transfer_state s, const char *why)
{
    if (t->state != s) {
        t->samples = 0;
        t->rate = 0;
    }
    t->state = s;
    (void)snprintf(t->why, sizeof t->why, "%s", why != NULL ? why : "");
}

void transfer_pace(struct transfer *t, uint64_t done, uint64_t now_ms)
{
    const size_t last = t->samples != 0 ? t->samples - 1 : 0;

    if (done < t->sample[last].done || now_ms < t->sample[last].at_ms)
        t->samples = 0;
    t->done = done;
    if (t->samples != 0 && now_ms - t->sample[t->samples - 1].at_ms < SAMPLE_MS)
        return;
    while (t->samples == TRANSFER_SAMPLES ||
           (t->samples > 1 && now_ms - t->sample[0].at_ms > RATE_MS)) {
        memmove(t->sample, t->sample + 1, --t->samples * sizeof t->sample[0]);
    }
    t->sample[t->samples].at_ms = now_ms;
    t->sample[t->samples++].done = done;
    uint64_t ms = now_ms - t->sample[0].at_ms;
    t->rate = ms != 0 ? (uint64_t)((double)(done - t->sample[0].done) * 1000 / (double)ms) : 0;
}

struct transfer_person *transfer_person(struct transfer *t, struct bytes name)
{
    struct transfer_person *p;

    if (name.n > ROSTER_NAME)
        name.n = ROSTER_NAME;
    for (size_t i = 0; i < t->people_n; i++) {
        p = &t->people[i];
        if (bytes_eq(bytes_of(p->name, p->name_n), name))
            return p;
    }
    if (t->people_n == TRANSFER_PEOPLE)
        return NULL;
    t->people = mem_realloc(t->people, (t->people_n + 1) * sizeof *t->people);
    p = &t->people[t->people_n++];
    *p = (struct transfer_person){.state = TRANSFER_OFFERED, .name_n = (uint8_t)name.n};
    if (name.n != 0)
        memcpy(p->name, name.p, name.n);
    return p;
}
