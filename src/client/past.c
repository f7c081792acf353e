/* SPDX-License-Identifier: ISC */
#include "client/past.h"

#include <stdio.h>

#include "base/mem.h"
#include "client/draft.h"
#include "client/history.h"

#define PAGE_ROWS   50u
#define HELD_ROWS   1000u
#define SEARCH_ROWS 50u

/* One reading of the history on its way: rows come newest first, pages want them oldest first.
 */
struct past {
    struct engine *e;
    struct past *next; /* of those under way */
    struct history_read *read;
    uint32_t talk; /* serial; 0: everywhere */
    bool held;     /* only what was held back of this key */
    uint8_t print[POLICY_PRINT];
    struct event *rows;
    uint64_t *numbers;
    uint8_t (*prints)[POLICY_PRINT]; /* who said it */
    size_t n;
    struct news { /* what became of our messages since; the rows may be older */
        uint8_t key[EVENT_KEY];
        enum event_state state;
    } * news;
    size_t news_n;
};

static void past_drop(struct past *p)
{
    struct past **at = &p->e->pasts;

    while (*at != p)
        at = &(*at)->next;
    *at = p->next;
    for (size_t i = 0; i < p->n; i++)
        mem_wipe_free(p->rows[i].block, p->rows[i].who.n + p->rows[i].text.n + 1);
    mem_free(p->rows);
    mem_free(p->numbers);
    mem_free(p->prints);
    mem_free(p->news);
    mem_free(p);
}

static void keep(struct past *p, const struct history_row *row)
{
    struct event *ev;

    p->rows = mem_realloc(p->rows, (p->n + 1) * sizeof *p->rows);
    p->numbers = mem_realloc(p->numbers, (p->n + 1) * sizeof *p->numbers);
    p->numbers[p->n] = row->n;
    p->prints = mem_realloc(p->prints, (p->n + 1) * sizeof *p->prints);
    memcpy(p->prints[p->n], row->print, sizeof *p->prints);
    ev = &p->rows[p->n++];
    *ev = (struct event){.kind = EVENT_MESSAGE,
        .wall_ms = row->wall_ms,
        .state = (enum event_state)(row->state < EVENT_STATES ? row->state : EVENT_ARRIVED),
        .flags = (uint8_t)(((row->flags & HISTORY_OWN) != 0 ? EVENT_OWN : 0) |
                           (row->kind == PAYLOAD_FILE ? EVENT_FILE : 0)),
        .block = mem_alloc(row->who.n + row->text.n + 1)};
    memcpy(ev->key, row->id, sizeof ev->key);
    if (row->who.n != 0)
        memcpy(ev->block, row->who.p, row->who.n);
    if (row->text.n != 0)
        memcpy(ev->block + row->who.n, row->text.p, row->text.n);
    ev->who = bytes_of(ev->block, row->who.n);
    ev->text = bytes_of(ev->block + row->who.n, row->text.n);
}

static void take_page_row(void *arg, struct bytes convo, const struct history_row *row)
{
    struct past *p = arg;

    (void)convo;
    if (row->kind != PAYLOAD_TEXT_KIND && row->kind != PAYLOAD_FILE)
        return;
    if (!p->held && (row->flags & HISTORY_HELD) == 0)
        keep(p, row);
    if (p->held && (row->flags & HISTORY_HELD) != 0 &&
        memcmp(row->print, p->print, POLICY_PRINT) == 0)
        keep(p, row);
}

static void release(struct past *p, struct talk *c, size_t i)
{
    const struct event *ev = &p->rows[i];
    struct history_row row = {.n = p->numbers[i],
        .wall_ms = ev->wall_ms,
        .kind = (ev->flags & EVENT_FILE) != 0 ? PAYLOAD_FILE : PAYLOAD_TEXT_KIND,
        .who = ev->who,
        .text = ev->text};

    memcpy(row.id, ev->key, sizeof row.id);
    memcpy(row.print, p->print, sizeof row.print);
    history_change(p->e->vault, talk_key(c), &row);
    loop_later(p->e->loop, &p->e->save, LOOP_FLUSH);
}

static void show_held(struct past *p, struct talk *c)
{
    unsigned files = 0;

    for (size_t i = p->n; i-- > 0;) {
        release(p, c, i);
        model_add(p->e->model, c->page, &p->rows[i]);
        files += (p->rows[i].flags & EVENT_FILE) != 0;
    }
    if (files != 0) /* what was under seal with it was not kept */
        engine_say_in(p->e, c, EVENT_INFO,
            "%s offered under that key cannot be taken any more: ask for %s again.",
            files == 1 ? "The file" : "Files", files == 1 ? "it" : "them");
}

static enum event_state newest_state(const struct past *p, const struct event *ev)
{
    enum event_state state = ev->state;

    for (size_t i = 0; i < p->news_n; i++) {
        if (memcmp(p->news[i].key, ev->key, sizeof ev->key) == 0)
            state = p->news[i].state;
    }
    return state;
}

/* Before whatever came while it was read. */
static void show_old(struct past *p, struct talk *c)
{
    struct event *old = mem_array(p->n, sizeof *old);
    size_t n = 0;

    for (size_t i = p->n; i-- > 0;) {
        if (talk_seen(c, p->prints[i], p->rows[i].key) ||
            events_message(&c->page->events, p->rows[i].key) != NULL)
            continue; /* said again or just now: it is on the page */
        old[n] = p->rows[i];
        old[n].state = newest_state(p, &p->rows[i]);
        old[n++].flags |= EVENT_OLD;
    }
    model_before(p->e->model, c->page, old, n);
    mem_free(old);
}

static void page_done(void *arg, enum err err, bool more)
{
    struct past *p = arg;
    struct talk *c = engine_talk(p->e, p->talk);

    (void)more;
    if (c != NULL && err != ERR_OK)
        engine_say_in(
            p->e, c, EVENT_WARN, "Some of what was said here cannot be read any more.");
    if (c != NULL && !p->held && p->n != 0)
        c->oldest = p->numbers[p->n - 1];
    if (c != NULL && c->page != NULL && p->held)
        show_held(p, c);
    else if (c != NULL && c->page != NULL)
        show_old(p, c);
    past_drop(p);
}

static struct past *begin(struct engine *e, const struct talk *c)
{
    struct past *p = mem_alloc(sizeof *p);

    p->e = e;
    p->talk = c->serial;
    p->next = e->pasts;
    e->pasts = p;
    return p;
}

static void start(struct past *p, const struct history_query *q, history_done_fn *done)
{
    p->read = history_read(p->e->vault, q, take_page_row, done, p);
    loop_later(p->e->loop, &p->e->save, LOOP_FLUSH);
}

static void read_page(struct engine *e, struct talk *c, const uint8_t *held_print)
{
    const struct history_query q = {
        .convo = talk_key(c), .limit = held_print != NULL ? HELD_ROWS : PAGE_ROWS};
    struct past *p = begin(e, c);

    p->held = held_print != NULL;
    if (held_print != NULL)
        memcpy(p->print, held_print, sizeof p->print);
    start(p, &q, page_done);
}

/* On a page that cannot hold more in front of it they are shown as something found is. */
static void show_older(struct past *p, struct talk *c)
{
    if (c->page->events.count + p->n <= EVENTS_MAX) {
        show_old(p, c);
        return;
    }
    for (size_t i = p->n; i-- > 0;) {
        p->rows[i].kind = EVENT_FOUND;
        model_add(p->e->model, c->page, &p->rows[i]);
    }
}

static void older_done(void *arg, enum err err, bool more)
{
    struct past *p = arg;
    struct talk *c = engine_talk(p->e, p->talk);
    bool scrolled = c != NULL && c->page != NULL && c->page->past == ROOM_PAST_ASKED;

    if (c != NULL && c->page != NULL) {
        show_older(p, c);
        model_older_came(p->e->model, c->page, more && err == ERR_OK);
    }
    if (c != NULL && p->n != 0)
        c->oldest = p->numbers[p->n - 1];
    if (err != ERR_OK || !scrolled) /* who scrolls sees it */
        engine_say_in(p->e, c, err == ERR_OK ? EVENT_INFO : EVENT_WARN, "%s",
            err != ERR_OK ? "Some of what was said here cannot be read any more."
            : more        ? "There is more before that: /history again."
                          : "That is the beginning of what is kept.");
    past_drop(p);
}

void past_older(struct engine *e, struct talk *c, size_t count)
{
    const struct history_query q = {.convo = talk_key(c), .before = c->oldest, .limit = count};

    start(begin(e, c), &q, older_done);
}

void past_page(struct engine *e, struct talk *c)
{
    if (c->page != NULL)
        return;
    c->page = c->kind == CONVO_ROOM ? model_join(e->model, talk_title(c))
                                    : model_direct(e->model, talk_title(c));
    if (c->page == NULL)
        mem_die("more pages than the model can hold");
    draft_show(e, c);
    if (history_last(e->vault, talk_key(c)) != 0)
        read_page(e, c, NULL);
}

void past_state(struct engine *e, const struct talk *c, const uint8_t key[EVENT_KEY],
    enum event_state state)
{
    for (struct past *p = e->pasts; p != NULL; p = p->next) {
        if (p->talk != c->serial)
            continue;
        p->news = mem_realloc(p->news, (p->news_n + 1) * sizeof *p->news);
        memcpy(p->news[p->news_n].key, key, EVENT_KEY);
        p->news[p->news_n++].state = state;
    }
}

void past_held(struct engine *e, struct talk *c, const uint8_t print[POLICY_PRINT])
{
    read_page(e, c, print);
}

/* ---- searching ---- */

struct search {
    struct engine *e;
    uint32_t talk; /* whose page the hits are shown on; 0, or gone by then: home */
    size_t hits;
};

static struct room *page_of(struct search *s)
{
    struct talk *c = engine_talk(s->e, s->talk);

    return c != NULL && c->page != NULL ? c->page : s->e->model->home;
}

static void found(void *arg, struct bytes convo, const struct history_row *row)
{
    struct search *s = arg;
    struct talk *c = s->e->talks;
    struct event ev = {.kind = EVENT_FOUND, .wall_ms = row->wall_ms, .text = row->text};
    char who[MSG_ROOM + TALK_NAME + 8];

    if ((row->kind != PAYLOAD_TEXT_KIND && row->kind != PAYLOAD_FILE) ||
        (row->flags & HISTORY_HELD) != 0)
        return;
    while (c != NULL && !bytes_eq(talk_key(c), convo))
        c = c->next;
    bool where = s->talk == 0 && c != NULL;
    (void)snprintf(who, sizeof who, "%s%s%s%.*s", where && c->kind == CONVO_ROOM ? "#" : "",
        where ? c->title : "", where ? " " : "", (int)row->who.n, (const char *)row->who.p);
    ev.who = bytes_str(who);
    memcpy(ev.key, row->id, sizeof ev.key);
    s->hits++;
    model_add(s->e->model, page_of(s), &ev);
}

static void search_done(void *arg, enum err err, bool more)
{
    struct search *s = arg;

    s->e->searching = NULL;
    s->e->search = NULL;
    if (err != ERR_OK)
        engine_say(s->e, page_of(s), EVENT_WARN,
            "The search ended early: some of what was said "
            "cannot be read any more.");
    else
        engine_say(s->e, page_of(s), EVENT_INFO, "%zu found%s.", s->hits,
            more ? ", and there is more: add a word" : "");
    mem_free(s);
}

static void end_search(struct engine *e)
{
    if (e->searching == NULL)
        return;
    history_cancel(e->searching);
    mem_free(e->search);
    e->searching = NULL;
    e->search = NULL;
}

void past_search(struct engine *e, struct talk *c, struct bytes words)
{
    const struct history_query q = {.convo = c != NULL ? talk_key(c) : (struct bytes){0},
        .limit = SEARCH_ROWS,
        .words = words};
    struct search *s;

    end_search(e);
    if (words.n == 0)
        return;
    s = mem_alloc(sizeof *s);
    s->e = e;
    s->talk = c != NULL ? c->serial : 0;
    e->search = s;
    e->searching = history_read(e->vault, &q, found, search_done, s);
    loop_later(e->loop, &e->save, LOOP_FLUSH);
}

void past_free(struct engine *e)
{
    end_search(e);
    while (e->pasts != NULL) {
        history_cancel(e->pasts->read);
        past_drop(e->pasts);
    }
}
