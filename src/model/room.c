/* SPDX-License-Identifier: ISC */
#include "model/room.h"

#include <stdio.h>

#include "base/mem.h"

const char *room_seal_str(enum room_seal seal)
{
    static const char *const WORDS[ROOM_SEALS] = {
        [ROOM_PLAIN] = "not sealed",
        [ROOM_AGREEING] = "agreeing keys",
        [ROOM_UNCONFIRMED] = "sealed, unconfirmed",
        [ROOM_SEALED] = "sealed end to end",
        [ROOM_STOPPED] = "stopped: a key changed",
        [ROOM_UNVERIFIED] = "stopped: not all are verified",
        [ROOM_BROKEN] = "stopped: the relay broke the rules",
        [ROOM_LOST] = "keys lost, joining anew",
    };

    return (unsigned)seal < ROOM_SEALS ? WORDS[seal] : "unknown";
}

const char *room_seal_brief(enum room_seal seal)
{
    static const char *const WORDS[ROOM_SEALS] = {
        [ROOM_PLAIN] = "not sealed",
        [ROOM_AGREEING] = "agreeing keys",
        [ROOM_UNCONFIRMED] = "unconfirmed",
        [ROOM_SEALED] = "sealed",
        [ROOM_STOPPED] = "stopped: a key changed",
        [ROOM_UNVERIFIED] = "stopped: unverified",
        [ROOM_BROKEN] = "stopped: relay unsound",
        [ROOM_LOST] = "keys lost",
    };

    return (unsigned)seal < ROOM_SEALS ? WORDS[seal] : "unknown";
}

void room_seal_words(const struct room *r, char out[ROOM_SEAL_WORDS])
{
    const char *seal = room_seal_str(r->seal);
    bool sealed = r->seal == ROOM_SEALED || r->seal == ROOM_UNCONFIRMED;

    if (r->local)
        (void)snprintf(out, ROOM_SEAL_WORDS, "on this machine only");
    else if (!sealed || r->members < 2)
        (void)snprintf(out, ROOM_SEAL_WORDS, "%s", seal);
    else if (r->direct)
        (void)snprintf(out, ROOM_SEAL_WORDS, "%s, %s", seal,
            r->verified != 0 ? "verified" : "not verified");
    else
        (void)snprintf(
            out, ROOM_SEAL_WORDS, "%s, %u of %u verified", seal, r->verified, r->members - 1);
}

static size_t place(const struct rooms *rs, struct bytes name, bool *found)
{
    size_t low = 0;
    size_t high = rs->count;

    *found = false;
    while (low < high) {
        size_t mid = (low + high) / 2;
        int d = roster_order(room_name(rs->all[mid]), name);
        if (d == 0) {
            *found = true;
            return mid;
        }
        if (d < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static void forget_draft(struct room *r)
{
    if (r->draft != NULL)
        mem_wipe_free(r->draft, strlen(r->draft) + 1);
    r->draft = NULL;
}

void room_set_draft(struct room *r, struct bytes text)
{
    forget_draft(r);
    if (text.n == 0)
        return;
    r->draft = mem_alloc(text.n + 1);
    (void)bytes_copy(r->draft, text.n + 1, text);
}

void room_fini(struct room *r)
{
    forget_draft(r);
    roster_fini(&r->people);
    events_fini(&r->events);
}

static void free_room(struct room *r)
{
    room_fini(r);
    mem_free(r);
}

void rooms_fini(struct rooms *rs)
{
    for (size_t i = 0; i < rs->count; i++)
        free_room(rs->all[i]);
    mem_free(rs->all);
    *rs = (struct rooms){0};
}

struct room *rooms_find(const struct rooms *rs, struct bytes name)
{
    bool found;
    size_t at = place(rs, name, &found);

    return found ? rs->all[at] : NULL;
}

struct room *rooms_add(struct rooms *rs, struct bytes name)
{
    bool found;
    size_t at = place(rs, name, &found);
    struct room *r;

    if (found) {
        rs->all[at]->stale = false;
        return rs->all[at];
    }
    if (name.n == 0 || name.n > ROOM_NAME || rs->count == ROOMS_MAX)
        return NULL;
    if (rs->count == rs->cap) {
        rs->cap = rs->cap != 0 ? rs->cap * 2 : 16;
        rs->all = mem_realloc(rs->all, rs->cap * sizeof(struct room *));
    }
    memmove(&rs->all[at + 1], &rs->all[at], (rs->count - at) * sizeof(struct room *));
    rs->count++;
    r = mem_alloc(sizeof *r);
    memcpy(r->name, name.p, name.n);
    r->name_n = (uint8_t)name.n;
    rs->all[at] = r;
    return r;
}

static void take_out(struct rooms *rs, size_t at)
{
    memmove(&rs->all[at], &rs->all[at + 1], (--rs->count - at) * sizeof(struct room *));
}

bool rooms_rename(struct rooms *rs, struct room *r, struct bytes name)
{
    bool found;
    size_t at = place(rs, name, &found);

    if (name.n == 0 || name.n > ROOM_NAME ||
        (found && (rs->all[at]->joined || rs->all[at] == r)))
        return false;
    if (found) {
        free_room(rs->all[at]);
        take_out(rs, at);
    }
    take_out(rs, place(rs, room_name(r), &found));
    memcpy(r->name, name.p, name.n);
    r->name_n = (uint8_t)name.n;
    at = place(rs, name, &found);
    memmove(&rs->all[at + 1], &rs->all[at], (rs->count++ - at) * sizeof(struct room *));
    rs->all[at] = r;
    return true;
}

void rooms_mark(struct rooms *rs)
{
    for (size_t i = 0; i < rs->count; i++)
        rs->all[i]->stale = !rs->all[i]->joined;
}

void rooms_sweep(struct rooms *rs)
{
    size_t kept = 0;

    for (size_t i = 0; i < rs->count; i++) {
        struct room *r = rs->all[i];
        if (r->stale && !r->joined)
            free_room(r);
        else
            rs->all[kept++] = r;
    }
    rs->count = kept;
}
