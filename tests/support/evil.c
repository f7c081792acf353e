/* SPDX-License-Identifier: ISC */
#include "support/evil.h"

#include <criterion/criterion.h>
#include <stdio.h>

static const char *const NAMES[EVIL_PEOPLE] = {"alice", "bob", "carol", "dave"};

void evil_init(struct evil *v, uint64_t seed)
{
    *v = (struct evil){.n = 0};
    sim_init(&v->sim, seed);
    sim_start(&v->sim);
    crew_init_keys(&v->crew, &v->sim, 2048, EVIL_KEYS);
}

void evil_fini(struct evil *v)
{
    for (size_t i = 0; i < v->n; i++)
        meddler_honest(&v->line[i]);
    crew_fini(&v->crew);
    for (size_t i = 0; i < v->n; i++)
        meddler_rise(&v->line[i]);
    sim_fini(&v->sim);
}

static size_t take(struct evil *v, struct crew_member *m)
{
    cr_assert_lt(v->n, (size_t)EVIL_PEOPLE);
    v->m[v->n] = m;
    meddler_sit(&v->line[v->n], m);
    return v->n++;
}

size_t evil_guest(struct evil *v, const char *nick)
{
    return take(v, crew_new(&v->crew, nick));
}

size_t evil_account(struct evil *v, const char *name)
{
    return take(v, crew_new_account(&v->crew, name));
}

void evil_accounts(struct evil *v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        crew_start(v->m[evil_account(v, NAMES[i])]);
    crew_run(&v->crew, 2000);
}

void evil_room(struct evil *v, const char *room, size_t n)
{
    char page[MSG_ROOM + 2];

    (void)snprintf(page, sizeof page, "#%s", room);
    evil_accounts(v, n);
    for (size_t i = 0; i < n; i++)
        crew_join(v->m[i], room);
    for (size_t i = 0; i < n; i++)
        crew_sealed(v->m[i], page, (uint32_t)n);
    for (size_t i = 1; i < n; i++)
        evil_goes_on(v, 0, page, i, page);
    crew_run(&v->crew, 5000);
}

void evil_pair(struct evil *v)
{
    evil_accounts(v, 2);
    crew_type(v->m[0], "/msg bob psst");
    crew_reads(v->m[1], "@alice", "psst");
    crew_type_in(v->m[1], "@alice", "what?");
    crew_reads(v->m[0], "@bob", "what?");
    crew_run(&v->crew, 5000);
}

/* ---- what was told ---- */

struct words {
    const struct crew_member *m;
    const char *page;
    const char *text;
    enum event_kind kind;
};

static bool is_told(void *arg)
{
    const struct words *w = arg;
    const struct room *r = crew_page(w->m, w->page);

    for (size_t i = 0; r != NULL && i < r->events.count; i++) {
        const struct event *ev = events_at(&r->events, i);
        if (ev->kind == w->kind && bytes_eq(ev->text, bytes_str(w->text)))
            return true;
    }
    return false;
}

void evil_told(
    struct evil *v, size_t who, const char *page, enum event_kind kind, const char *words)
{
    struct words w = {v->m[who], page, words, kind};

    if (crew_until(&v->crew, is_told, &w))
        return;
    crew_dump(&v->crew);
    cr_assert(false, "%s was not told: %s", v->m[who]->nick, words);
}

void evil_departed(struct meddler *line, const struct msg_departed *who)
{
    const struct msg_presence_event left = {
        .kind = PRESENCE_LEFT, .room = who->room, .user = who->user};

    meddler_tell(line, OP_PRESENCE, &left);
    meddler_tell(line, OP_DEPARTED, who);
}

size_t evil_times(struct evil *v, size_t who, const char *page, const char *words)
{
    const struct room *r = crew_page(v->m[who], page);
    size_t n = 0;

    for (size_t i = 0; r != NULL && i < r->events.count; i++)
        n += bytes_eq(events_at(&r->events, i)->text, bytes_str(words));
    return n;
}

size_t evil_messages(struct evil *v, size_t who, const char *page)
{
    const struct room *r = crew_page(v->m[who], page);
    size_t n = 0;

    for (size_t i = 0; r != NULL && i < r->events.count; i++)
        n += events_at(&r->events, i)->kind == EVENT_MESSAGE;
    return n;
}

unsigned evil_flags(struct evil *v, size_t who, const char *page, const char *name)
{
    const struct room *r = crew_page(v->m[who], page);
    const struct person *p = r != NULL ? roster_find(&r->people, bytes_str(name)) : NULL;

    return p != NULL ? p->flags | 0x100u : 0;
}

/* ---- whether it goes on ---- */

void evil_hears(
    struct evil *v, size_t from, const char *from_page, size_t to, const char *to_page)
{
    char text[32];

    (void)snprintf(text, sizeof text, "honest words %u", ++v->said);
    crew_type_in(v->m[from], from_page, text);
    crew_reads(v->m[to], to_page, text);
    cr_assert_eq(crew_count(v->m[to], to_page, text), 1);
    crew_run(&v->crew, 1100);
}

void evil_goes_on(struct evil *v, size_t a, const char *a_page, size_t b, const char *b_page)
{
    evil_hears(v, a, a_page, b, b_page);
    evil_hears(v, b, b_page, a, a_page);
}

void evil_stands_still(struct evil *v, size_t who, const char *page)
{
    const struct meddler *line = &v->line[who];
    size_t before = meddler_count(line, UP, OP_SAY) + meddler_count(line, UP, OP_DIRECT) +
                    meddler_count(line, UP, OP_COMMIT) + meddler_count(line, UP, OP_DM_KEY);

    crew_type_in(v->m[who], page, "for nobody's eyes");
    crew_run(&v->crew, 60000);
    cr_assert_eq(before,
        meddler_count(line, UP, OP_SAY) + meddler_count(line, UP, OP_DIRECT) +
            meddler_count(line, UP, OP_COMMIT) + meddler_count(line, UP, OP_DM_KEY),
        "something sealed left the client of %s", v->m[who]->nick);
}
