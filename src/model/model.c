/* SPDX-License-Identifier: ISC */
#include "model/model.h"

#include "base/mem.h"
#include "model/tally.h"
#include "model/words.h"

static const char *const LINK_WORDS[MODEL_LINKS] = {
    [MODEL_OFFLINE] = "offline",
    [MODEL_DIALING] = "connecting",
    [MODEL_GREETING] = "coming in",
    [MODEL_READY] = "connected",
    [MODEL_WAITING] = "not connected",
    [MODEL_REFUSED] = "stopped",
    [MODEL_LEAVING] = "leaving",
    [MODEL_ENDED] = "left",
};

const char *model_link_str(enum model_link link)
{
    return (unsigned)link < MODEL_LINKS ? LINK_WORDS[link] : "unknown";
}

struct model *model_new(void)
{
    struct model *m = mem_alloc(sizeof *m);

    m->home = mem_alloc(sizeof *m->home);
    m->home->joined = true;
    m->open = m->home;
    m->dirty = MODEL_ALL;
    prefs_init(&m->prefs);
    intents_init(&m->intents);
    return m;
}

void model_free(struct model *m)
{
    if (m == NULL)
        return;
    room_fini(m->home);
    mem_free(m->home);
    if (m->welcome != NULL)
        room_fini(m->welcome);
    mem_free(m->welcome);
    rooms_fini(&m->rooms);
    rooms_fini(&m->directs);
    mem_free(m->pages);
    intents_fini(&m->intents);
    trace_fini(&m->trace);
    transfers_fini(&m->files);
    mem_free(m);
}

void model_time(struct model *m, int64_t wall_ms)
{
    m->wall_ms = wall_ms;
}

void model_touch(struct model *m, unsigned parts)
{
    m->dirty |= parts;
}

enum err model_set_pref(struct model *m, struct bytes name, struct bytes value)
{
    enum err e = prefs_set(&m->prefs, name, value);

    if (e == ERR_OK)
        model_touch(m, MODEL_PREFS);
    return e;
}

enum err model_bind(struct model *m, struct bytes key, struct bytes action)
{
    enum err e = binds_set(&m->binds, key, action);

    if (e == ERR_OK)
        model_touch(m, MODEL_PREFS | MODEL_STATUS | MODEL_HELP);
    return e;
}

void model_set_work(struct model *m, const char *words)
{
    m->work = words;
    model_touch(m, MODEL_STATUS);
}

void model_file_changed(struct model *m, const struct transfer *t)
{
    model_touch(m, MODEL_FILES);
    if (m->ear.file != NULL)
        m->ear.file(m->ear.arg, t);
}

unsigned model_take_dirty(struct model *m)
{
    unsigned d = m->dirty;

    m->dirty = 0;
    return d;
}

static void tell_link(struct model *m)
{
    model_touch(m, MODEL_STATUS);
    if (m->ear.link != NULL)
        m->ear.link(m->ear.arg);
}

void model_set_link(struct model *m, enum model_link link, unsigned retry_s)
{
    if (m->link == link && m->retry_s == retry_s)
        return;
    m->link = link;
    m->retry_s = retry_s;
    tell_link(m);
}

void model_set_trust(struct model *m, enum model_trust trust)
{
    m->trust = trust;
    model_touch(m, MODEL_STATUS);
}

void model_set_nick(struct model *m, struct bytes nick)
{
    m->nick_n = (uint8_t)(nick.n < sizeof m->nick ? nick.n : sizeof m->nick);
    if (m->nick_n != 0)
        memcpy(m->nick, nick.p, m->nick_n);
    model_touch(m, MODEL_PEOPLE);
    tell_link(m);
}

bool model_is_away(const struct model *m, const struct room *r, const struct person *p)
{
    const struct person *there = p;

    if (r->direct && !model_is_me(m, person_name(p)))
        there = roster_find(&m->home->people, person_name(p));
    return there == NULL || (there->flags & ROSTER_AWAY) != 0;
}

bool model_is_me(const struct model *m, struct bytes name)
{
    return m->nick_n != 0 && bytes_eq(model_nick(m), name);
}

/* Comings and goings are noise: nobody is called back for them. */
static bool worth_a_look(const struct event *v)
{
    if (v->kind == EVENT_MESSAGE)
        return (v->flags & (EVENT_OWN | EVENT_OLD)) == 0;
    return v->kind == EVENT_NOTICE || v->kind == EVENT_WARN || v->kind == EVENT_ERROR;
}

static void warm(struct room *r, const struct event *v, int64_t now)
{
    bool ours = r->direct ? v->kind == EVENT_MESSAGE : (v->flags & EVENT_MENTION) != 0;
    enum room_heat heat = ours ? ROOM_HOT : ROOM_WARM;

    if (heat <= r->heat)
        return;
    r->heat = heat;
    r->hot_ms = now;
}

static void cool(struct room *r)
{
    r->unread = 0;
    r->mention = 0;
    r->heat = ROOM_COLD;
}

/* Who speaks on a page looks at it. */
static void note_unread(struct room *r, const struct event *v)
{
    if (v->kind == EVENT_MESSAGE && (v->flags & (EVENT_OWN | EVENT_OLD)) == EVENT_OWN)
        r->unwatched = false;
    if (r->unwatched && r->unread_at == 0 && worth_a_look(v))
        r->unread_at = v->id;
}

/* What names the person is flagged already; the words that count as the name are not. */
static bool highlights(const struct model *m, const struct event *v)
{
    const char *words = pref_text(&m->prefs, PREF_HIGHLIGHT);

    if (v->kind != EVENT_MESSAGE || (v->flags & EVENT_OWN) != 0)
        return false;
    for (size_t n; *words != '\0'; words += n) {
        n = strcspn(words, " ");
        if (words_name(v->text, bytes_of(words, n)))
            return true;
        n += words[n] == ' ';
    }
    return false;
}

void model_add(struct model *m, struct room *r, const struct event *like)
{
    struct room *at = r != NULL ? r : m->home;
    struct event now = *like;
    struct event *v;

    if (now.wall_ms == 0)
        now.wall_ms = m->wall_ms;
    if (highlights(m, &now))
        now.flags |= EVENT_MENTION;
    if (tally_is_noise(&at->events, &now))
        now.flags |= EVENT_FOLDED;
    v = events_add(&at->events, &now);
    note_unread(at, v);
    if (at == m->open) {
        model_touch(m, MODEL_EVENTS);
    } else if (worth_a_look(v)) {
        at->unread++;
        at->mention += (v->flags & EVENT_MENTION) != 0;
        warm(at, v, m->wall_ms);
        model_touch(m, MODEL_ROOMS | MODEL_STATUS);
    }
    if (m->ear.event != NULL)
        m->ear.event(m->ear.arg, at, v, true);
}

void model_before(struct model *m, struct room *r, const struct event *like, size_t n)
{
    struct event *flagged = mem_array(n, sizeof *flagged);
    size_t fits;

    for (size_t i = 0; i < n; i++) {
        flagged[i] = like[i]; /* what named us then does so still */
        if ((like[i].flags & EVENT_OWN) == 0 && words_name(like[i].text, model_nick(m)))
            flagged[i].flags |= EVENT_MENTION;
        if (highlights(m, &like[i]))
            flagged[i].flags |= EVENT_MENTION;
    }
    fits = events_before(&r->events, flagged, n);
    mem_free(flagged);
    if (r == m->open)
        model_touch(m, MODEL_EVENTS);
    for (size_t i = 0; i < fits && m->ear.event != NULL; i++)
        m->ear.event(m->ear.arg, r, events_at(&r->events, i), true);
}

void model_event(
    struct model *m, struct room *r, enum event_kind kind, struct bytes who, struct bytes text)
{
    model_add(m, r, &(struct event){.kind = kind, .who = who, .text = text});
}

void model_state(
    struct model *m, struct room *r, const uint8_t key[EVENT_KEY], enum event_state state)
{
    struct event *v = events_message(&r->events, key);

    if (v == NULL || v->state == state)
        return;
    v->state = state;
    if (r == m->open)
        model_touch(m, MODEL_EVENTS);
    if (m->ear.event != NULL)
        m->ear.event(m->ear.arg, r, v, false);
}

void model_clear(struct model *m, struct room *r)
{
    uint64_t last = r->events.last_id;

    events_fini(&r->events);
    r->events.last_id = last; /* no id is used twice */
    r->unread_at = 0;
    r->past = ROOM_PAST_UNKNOWN;
    model_touch(m, MODEL_EVENTS);
}

/* ---- reading ---- */

void model_mark_read(struct model *m, struct room *r)
{
    r->unwatched = true;
    if (r->unread_at != 0 && r == m->open)
        model_touch(m, MODEL_EVENTS);
    r->unread_at = 0;
}

void model_read_on(struct model *m, struct room *r)
{
    (void)m;
    r->unwatched = false;
}

bool model_ask_older(struct model *m, struct room *r)
{
    struct intent ask = {.kind = INTENT_LINE, .direct = r->direct, .where_n = r->name_n};

    if (r == m->home || r->past != ROOM_PAST_UNKNOWN || r->events.count == EVENTS_MAX)
        return false;
    memcpy(ask.where, r->name, r->name_n);
    if (intents_put(&m->intents, &ask, bytes_str("/history 100")) != ERR_OK)
        return false;
    r->past = ROOM_PAST_ASKED;
    return true;
}

void model_older_came(struct model *m, struct room *r, bool more)
{
    r->past = more ? ROOM_PAST_UNKNOWN : ROOM_PAST_ALL;
    if (r == m->open)
        model_touch(m, MODEL_EVENTS);
}

void model_room_changed(struct model *m, struct room *r)
{
    model_touch(m, MODEL_ROOMS | MODEL_STATUS | MODEL_PEOPLE);
    if (m->ear.room != NULL)
        m->ear.room(m->ear.arg, r);
}

static void tell_ask(struct model *m)
{
    model_touch(m, MODEL_STATUS | MODEL_HELP);
    if (m->ear.ask != NULL)
        m->ear.ask(m->ear.arg);
}

void model_put_ask(struct model *m, bool hidden, const char *words)
{
    m->ask.open = true;
    m->ask.hidden = hidden;
    (void)bytes_copy(m->ask.words, sizeof m->ask.words, bytes_str(words));
    tell_ask(m);
}

void model_close_ask(struct model *m)
{
    if (!m->ask.open)
        return;
    m->ask.open = false;
    tell_ask(m);
}

void model_outcome(struct model *m, uint64_t tag, bool done, const char *why)
{
    const struct model_outcome o = {tag, done, why};

    if (m->ear.outcome != NULL)
        m->ear.outcome(m->ear.arg, &o);
}

size_t model_pages(const struct model *m)
{
    return m->page_count + 1;
}

/* The page at a place that there is. */
static struct room *page_at(const struct model *m, size_t i)
{
    return i == 0 ? m->home : m->pages[i - 1];
}

struct room *model_page(const struct model *m, size_t i)
{
    return i <= m->page_count ? page_at(m, i) : NULL;
}

size_t model_page_of(const struct model *m, const struct room *r)
{
    for (size_t i = 0; i < m->page_count; i++) {
        if (m->pages[i] == r)
            return i + 1;
    }
    return 0;
}

void model_show(struct model *m, struct room *r)
{
    if (r != m->open) {
        m->before = m->open;
        model_mark_read(m, m->open);
    }
    m->open = r;
    m->tour = NULL;
    r->visit = ++m->visits;
    r->unwatched = false;
    cool(r);
    m->help = false;
    model_touch(m, MODEL_ALL);
}

void model_step(struct model *m, int by)
{
    size_t n = model_pages(m);
    size_t at = model_page_of(m, m->open);

    model_show(m, page_at(m, by < 0 ? (at + n - 1) % n : (at + 1) % n));
}

static void add_page(struct model *m, struct room *r)
{
    if (m->page_count == m->page_cap) {
        m->page_cap = m->page_cap != 0 ? m->page_cap * 2 : 8;
        m->pages = mem_realloc(m->pages, m->page_cap * sizeof(struct room *));
    }
    m->pages[m->page_count++] = r;
    r->joined = true;
}

void model_open_welcome(struct model *m)
{
    struct room *r = m->welcome;

    if (r == NULL) {
        m->welcome = r = mem_alloc(sizeof *r);
        r->local = true;
        (void)bytes_copy(r->name, sizeof r->name, bytes_str("welcome"));
        r->name_n = (uint8_t)strlen(r->name);
    }
    r->seal = ROOM_PLAIN;
    if (!r->joined)
        add_page(m, r);
    model_room_changed(m, r);
    model_show(m, r);
}

void model_retell(struct model *m, struct room *r, uint64_t id, struct bytes text)
{
    if (events_retell(&r->events, id, text) && r == m->open)
        model_touch(m, MODEL_EVENTS);
}

void model_show_before(struct model *m)
{
    if (m->before != NULL)
        model_show(m, m->before);
}

static struct room *take_page(struct model *m, struct rooms *set, struct bytes name)
{
    struct room *r = rooms_add(set, name);

    if (r == NULL)
        return NULL;
    if (!r->joined) {
        add_page(m, r);
        r->unwatched = true;
        r->direct = set == &m->directs;
        r->seal = ROOM_AGREEING;
    }
    model_room_changed(m, r);
    return r;
}

struct room *model_join(struct model *m, struct bytes name)
{
    return take_page(m, &m->rooms, name);
}

struct room *model_direct(struct model *m, struct bytes name)
{
    return take_page(m, &m->directs, name);
}

struct room *model_find(const struct model *m, bool direct, struct bytes name)
{
    struct room *r = rooms_find(direct ? &m->directs : &m->rooms, name);

    return r != NULL && r->joined ? r : NULL;
}

void model_rename_direct(struct model *m, struct room *r, struct bytes name)
{
    if (rooms_rename(&m->directs, r, name))
        model_room_changed(m, r);
}

void model_leave(struct model *m, struct room *r)
{
    size_t at = model_page_of(m, r);

    if (at == 0)
        return;
    if (m->open == r)
        model_show(m, page_at(m, at - 1));
    memmove(&m->pages[at - 1], &m->pages[at], (m->page_count - at) * sizeof(struct room *));
    m->page_count--;
    if (m->before == r)
        m->before = NULL;
    if (m->tour == r)
        m->tour = NULL;
    r->joined = false;
    r->visit = 0;
    cool(r);
    r->unwatched = true;
    r->unread_at = 0;
    r->past = ROOM_PAST_UNKNOWN;
    r->seal = ROOM_AGREEING;
    r->members = 0;
    r->verified = 0;
    r->code[0] = '\0';
    r->topic[0] = '\0';
    roster_fini(&r->people);
    events_fini(&r->events);
    model_room_changed(m, r);
}

static bool rename_in(struct roster *r, struct bytes from, struct bytes to)
{
    const struct person *p = roster_find(r, from);
    struct person was;

    if (p == NULL)
        return false;
    was = *p;
    (void)roster_remove(r, from);
    if (roster_add(r, to, was.flags) != ERR_OK)
        return false;
    memcpy(roster_find(r, to)->tag, was.tag, sizeof was.tag);
    return true;
}

void model_rename(struct model *m, struct bytes from, struct bytes to)
{
    for (size_t i = 0; i < model_pages(m); i++)
        (void)rename_in(&page_at(m, i)->people, from, to);
    model_touch(m, MODEL_PEOPLE);
}

void model_ask_help(struct model *m, struct bytes topic)
{
    (void)bytes_copy(m->help_topic, sizeof m->help_topic, topic);
    m->help = true;
    model_touch(m, MODEL_HELP | MODEL_EVENTS | MODEL_STATUS);
}

void model_close_help(struct model *m)
{
    m->help = false;
    model_touch(m, MODEL_HELP | MODEL_EVENTS | MODEL_STATUS);
}
