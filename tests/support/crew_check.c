/* SPDX-License-Identifier: ISC */
#include "support/crew_check.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "client/group.h"
#include "client/talk.h"

#define ASKED_MS  10000u /* so long after a change somebody may ask for another */
#define DIGITS    4
#define HEAL_MS   180000u
#define ARRIVE_MS 500u /* what was confirmed is on the way to the others */

/* A session begins with its engine, and nobody outside knows; tests look inside. */
struct engine *crew_engine(const struct crew_member *m)
{
    return (struct engine *)(void *)m->session;
}

struct talk *crew_talk(const struct crew_member *m, const char *page)
{
    return engine_find(
        crew_engine(m), page[0] == '@' ? CONVO_DIRECT : CONVO_ROOM, bytes_str(page + 1));
}

void crew_rotate(struct crew_member *m, const char *page)
{
    struct talk *c = crew_talk(m, page);

    cr_assert_not_null(c, "%s is not in %s", m->nick, page);
    c->rotate = true;
    c->epoch_ms = crew_engine(m)->loop->now_ms - ASKED_MS;
    engine_touch(crew_engine(m), c);
}

void crew_lose_group(struct crew_member *m, const char *page)
{
    group_lose(crew_engine(m), crew_talk(m, page), "a test says so");
}

void crew_turns(struct crew *c, unsigned n)
{
    while (n-- != 0)
        sim_turn(c->sim);
}

void crew_say(struct crew_member *m, const char *page)
{
    char line[MSG_NAME + DIGITS + 2];

    (void)snprintf(line, sizeof line, "%s-%0*u", m->nick, DIGITS, ++m->said);
    crew_type_in(m, page, line);
}

void crew_gather(struct crew *c, const char *room, unsigned n, bool accounts)
{
    static const char *const NAMES[] = {
        "alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi"};
    char name[MSG_NAME + 1];
    char page[MSG_ROOM + 2];
    size_t first = c->n;

    (void)snprintf(page, sizeof page, "#%s", room);
    for (unsigned i = 0; i < n; i++) {
        if (c->n < MEM_COUNT(NAMES))
            (void)snprintf(name, sizeof name, "%s", NAMES[c->n]);
        else
            (void)snprintf(name, sizeof name, "p%zu", c->n + 1);
        struct crew_member *m = accounts ? crew_new_account(c, name) : crew_new(c, name);
        crew_start(m);
        crew_join(m, room);
    }
    for (size_t i = first; i < c->n; i++)
        crew_sealed(c->members[i], page, n);
    crew_heals(c, page, n);
}

/* ---- healing ---- */

struct heal {
    struct crew *crew;
    const char *page;
    uint32_t members;
};

static bool at_rest(const struct crew_member *m, const char *page, uint32_t members)
{
    const struct room *r = crew_page(m, page);
    const struct talk *c = crew_talk(m, page);

    return m->model->link == MODEL_READY && r != NULL && c != NULL && c->group != NULL &&
           c->busy == 0 && c->out == NULL && !c->behind && !c->missed && !c->rotate &&
           c->bad_seq == 0 && c->gone == NULL &&
           (r->seal == ROOM_SEALED || r->seal == ROOM_UNCONFIRMED) &&
           (members == 0 || r->members == members);
}

static bool all_alike(void *arg)
{
    const struct heal *h = arg;
    const struct room *first = NULL;
    size_t may_be_in = 0;

    for (size_t i = 0; i < h->crew->n; i++) {
        const struct crew_member *m = h->crew->members[i];
        may_be_in += !m->up || crew_talk(m, h->page) != NULL;
        if (!m->up || crew_talk(m, h->page) == NULL)
            continue;
        if (!at_rest(m, h->page, h->members))
            return false;
        const struct room *r = crew_page(m, h->page);
        if (first == NULL)
            first = r;
        if (r->epoch != first->epoch || strcmp(r->code, first->code) != 0 ||
            r->members != first->members)
            return false;
    }
    return first != NULL && may_be_in >= h->members;
}

bool crew_healed(struct crew *c, const char *page, uint32_t members)
{
    struct heal h = {c, page, members};

    return all_alike(&h);
}

static void dump_talk(const struct crew_member *m, const char *page)
{
    const struct talk *c = m->up ? crew_talk(m, page) : NULL;

    if (c == NULL)
        return;
    (void)fprintf(stderr,
        "%s: busy %x, behind %d, missed %d, present %d, there %d, group %d, out %d, wait %lld, "
        "place %llu, gone %d\n",
        m->nick, c->busy, c->behind, c->missed, c->present, c->there, c->group != NULL,
        c->out != NULL, (long long)(c->wait_ms - crew_engine(m)->loop->now_ms),
        (unsigned long long)c->place, c->gone != NULL);
    for (const struct talk_gone *g = c->gone; g != NULL; g = g->next)
        (void)fprintf(stderr, "%s: waits to see %s removed\n", m->nick, g->name);
}

void crew_heals(struct crew *c, const char *page, uint32_t members)
{
    struct heal h = {c, page, members};

    if (sim_until(c->sim, all_alike, &h, HEAL_MS)) {
        sim_run(c->sim, ARRIVE_MS);
        return;
    }
    crew_dump(c);
    for (size_t i = 0; i < c->n; i++)
        dump_talk(c->members[i], page);
    cr_assert(false, "%s does not heal to %u (seed %llu)", page, members,
        (unsigned long long)c->sim->seed);
}

/* ---- what was read ---- */

/* "alice-0012": who said it and which it is. 0: other words. */
static unsigned number(const struct event *v, const char *who)
{
    size_t n = strlen(who);
    char digits[DIGITS + 1] = "";

    if (v->kind != EVENT_MESSAGE || v->text.n != n + 1 + DIGITS ||
        memcmp(v->text.p, who, n) != 0 || v->text.p[n] != '-')
        return 0;
    memcpy(digits, v->text.p + n + 1, DIGITS);
    return (unsigned)strtoul(digits, NULL, 10);
}

static void fail(
    const struct crew *c, const struct crew_member *m, const char *what, const char *who)
{
    crew_dump(c);
    cr_assert(false, "%s: %s of %s (seed %llu)", m->nick, what, who,
        (unsigned long long)c->sim->seed);
}

static bool has(const struct room *r, const char *who, unsigned n)
{
    for (size_t i = 0; i < r->events.count; i++) {
        if (number(events_at(&r->events, i), who) == n)
            return true;
    }
    return false;
}

void crew_orderly(const struct crew *c, const char *page)
{
    for (size_t i = 0; i < c->n; i++) {
        const struct crew_member *m = c->members[i];
        const struct room *r = m->up ? crew_page(m, page) : NULL;
        for (size_t k = 0; r != NULL && k < c->n; k++) {
            const char *who = c->members[k]->nick;
            unsigned last = 0;
            for (size_t at = 0; at < r->events.count; at++) {
                unsigned n = number(events_at(&r->events, at), who);
                if (n != 0 && n == last)
                    fail(c, m, "a message twice", who);
                if (n != 0 && n < last)
                    fail(c, m, "messages out of order", who);
                last = n != 0 ? n : last;
            }
        }
    }
}

static size_t times(const struct room *r, const char *who, unsigned n)
{
    size_t count = 0;

    for (size_t i = 0; i < r->events.count; i++)
        count += number(events_at(&r->events, i), who) == n;
    return count;
}

void crew_once(const struct crew *c, const char *page)
{
    for (size_t i = 0; i < c->n; i++) {
        const struct crew_member *m = c->members[i];
        const struct room *r = m->up ? crew_page(m, page) : NULL;
        for (size_t k = 0; r != NULL && k < c->n; k++) {
            for (unsigned n = 1; n <= c->members[k]->said; n++) {
                if (times(r, c->members[k]->nick, n) > 1)
                    fail(c, m, "a message twice", c->members[k]->nick);
            }
        }
    }
}

/* A page that is full has forgotten its oldest. */
static bool forgotten(const struct room *r, const char *who, unsigned n)
{
    for (size_t i = 0; i < r->events.count; i++) {
        unsigned first = number(events_at(&r->events, i), who);
        if (first != 0)
            return r->events.count == EVENTS_MAX && n < first;
    }
    return r->events.count == EVENTS_MAX;
}

static void with_one(const struct crew_member *m, const char *page, const char *who, unsigned n)
{
    const struct room *r = m->up ? crew_page(m, page) : NULL;

    if (r == NULL || has(r, who, n) || forgotten(r, who, n))
        return;
    (void)fprintf(stderr, "%s-%04u\n", who, n);
    fail(m->crew, m, "a message lost", who);
}

static void with_all(const struct crew *c, const char *page, const char *who, unsigned n)
{
    for (size_t i = 0; i < c->n; i++) {
        if (!c->members[i]->loose)
            with_one(c->members[i], page, who, n);
    }
}

void crew_has_all(const struct crew_member *m, const char *page)
{
    const struct crew *c = m->crew;

    for (size_t i = 0; i < c->n; i++) {
        for (unsigned n = 1; n <= c->members[i]->said; n++)
            with_one(m, page, c->members[i]->nick, n);
    }
}

void crew_complete(const struct crew *c, const char *page)
{
    for (size_t i = 0; i < c->n; i++)
        crew_has_all(c->members[i], page);
}

void crew_confirmed(const struct crew *c, const char *page)
{
    for (size_t i = 0; i < c->n; i++) {
        const struct crew_member *m = c->members[i];
        const struct room *r = m->up && !m->loose ? crew_page(m, page) : NULL;
        for (size_t k = 0; r != NULL && k < r->events.count; k++) {
            const struct event *v = events_at(&r->events, k);
            unsigned n = number(v, m->nick);
            if (n != 0 && (v->state == EVENT_RELAYED || v->state == EVENT_DELIVERED))
                with_all(c, page, m->nick, n);
        }
    }
}

static const char *const WRONG[] = {
    "cannot be opened",
    "missing",
    "was refused",
    "makes no sense",
    "no longer fit",
    "not sound",
    "lies",
    "LIES",
    "HAS CHANGED",
    "ANOTHER",
    "wrong label",
    "could not",
    "cannot",
    "Not sent",
};

void crew_quiet(const struct crew *c)
{
    for (size_t i = 0; i < c->n; i++) {
        const struct crew_member *m = c->members[i];
        for (size_t p = 0; m->up && p < model_pages(m->model); p++) {
            const struct room *r = model_page(m->model, p);
            for (size_t k = 0; k < r->events.count; k++) {
                const struct event *v = events_at(&r->events, k);
                for (size_t w = 0; w < MEM_COUNT(WRONG); w++) {
                    if ((v->kind == EVENT_WARN || v->kind == EVENT_ERROR) &&
                        memmem(v->text.p, v->text.n, WRONG[w], strlen(WRONG[w])) != NULL)
                        fail(c, m, "something went wrong", WRONG[w]);
                }
            }
        }
    }
}
