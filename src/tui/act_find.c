/* SPDX-License-Identifier: ISC */
/*
 * The switcher: pages, rooms to join and people in one list. What it lists is copied when it
 * opens and looked up again when something is chosen: in between all of it may be gone.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "model/hotlist.h"
#include "tui/act.h"
#include "tui/menu.h"

enum kind { KIND_PAGE, KIND_ROOM, KIND_PERSON };

struct place {
    enum kind kind;
    bool direct;
    bool local;           /* the page of this machine */
    char name[ROOM_NAME]; /* of none: the relay's own page */
    uint8_t name_n;
};

struct switcher {
    const struct tui *t;
    struct place *places; /* the likeliest first */
    size_t count;
};

/* ---- what there is ---- */

static void put(struct switcher *s, enum kind kind, bool direct, struct bytes name)
{
    struct place *p = &s->places[s->count++];

    *p = (struct place){.kind = kind, .direct = direct, .name_n = (uint8_t)name.n};
    if (name.n != 0)
        memcpy(p->name, name.p, name.n);
}

/* What waits, as the bar of activity has it; then what was open last; the open page is where
 * one is already. */
static int by_use(const void *a, const void *b)
{
    const struct room *x = *(struct room *const *)a;
    const struct room *y = *(struct room *const *)b;

    if (x->heat != y->heat)
        return x->heat > y->heat ? -1 : 1;
    if (x->heat != ROOM_COLD && x->hot_ms != y->hot_ms)
        return x->hot_ms < y->hot_ms ? -1 : 1;
    return x->visit > y->visit ? -1 : x->visit < y->visit;
}

static void put_page(struct switcher *s, const struct room *r)
{
    put(s, KIND_PAGE, r->direct, room_name(r));
    s->places[s->count - 1].local = r->local;
}

static void put_pages(struct switcher *s, const struct model *m)
{
    size_t n = model_pages(m);
    struct room **by = mem_array(n, sizeof(struct room *));
    size_t kept = 0;

    for (size_t i = 0; i < n; i++) {
        if (model_page(m, i) != m->open)
            by[kept++] = model_page(m, i);
    }
    qsort(by, kept, sizeof(struct room *), by_use);
    for (size_t i = 0; i < kept; i++)
        put_page(s, by[i]);
    put_page(s, m->open);
    mem_free(by);
}

static struct switcher *collect(const struct tui *t)
{
    const struct model *m = t->model;
    const struct roster *people = &m->home->people;
    struct switcher *s = mem_alloc(sizeof *s);

    s->t = t;
    s->places =
        mem_array(model_pages(m) + m->rooms.count + people->count, sizeof(struct place));
    put_pages(s, m);
    for (size_t i = 0; i < m->rooms.count; i++) {
        if (!m->rooms.all[i]->joined)
            put(s, KIND_ROOM, false, room_name(m->rooms.all[i]));
    }
    for (size_t i = 0; i < people->count; i++) {
        struct bytes name = person_name(&people->people[i]);
        if (!model_is_me(m, name) && model_find(m, true, name) == NULL)
            put(s, KIND_PERSON, true, name);
    }
    return s;
}

static struct room *page_of(const struct model *m, const struct place *p)
{
    if (p->local)
        return m->welcome->joined ? m->welcome : NULL;
    return p->name_n == 0 ? m->home : model_find(m, p->direct, bytes_of(p->name, p->name_n));
}

/* ---- rows ---- */

static size_t count(void *arg)
{
    return ((struct switcher *)arg)->count;
}

static void note_page(const struct tui *t, const struct room *r, struct menu_row *out)
{
    size_t number = model_page_of(t->model, r) + 1;
    char key[32];

    if (r == t->model->open)
        (void)snprintf(out->note, sizeof out->note, "open now");
    else if (r->mention != 0)
        (void)snprintf(out->note, sizeof out->note, "@%u of %u new", r->mention, r->unread);
    else if (r->unread != 0)
        (void)snprintf(out->note, sizeof out->note, "%u new", r->unread);
    else if (r->direct)
        (void)snprintf(out->note, sizeof out->note, "conversation");
    keymap_key(&t->keys, ACTION_PAGE, key);
    if (number <= 10 && strcmp(key, "Alt+1") == 0)
        (void)snprintf(out->key, sizeof out->key, "Alt+%zu", number % 10);
    else
        (void)snprintf(out->key, sizeof out->key, "page %zu", number);
}

static void note_room(const struct model *m, struct bytes name, struct menu_row *out)
{
    static const char *const LOCKS[] = {
        [ROOM_OPEN] = "", [ROOM_LOCKED] = ", by password", [ROOM_INVITED] = ", by invitation"};
    const struct room *r = rooms_find(&m->rooms, name);

    if (r == NULL)
        return;
    (void)snprintf(out->note, sizeof out->note, "to join, %u %s%s", r->online,
        r->online == 1 ? "is there" : "are there", LOCKS[r->lock]);
}

static void row(void *arg, size_t i, struct menu_row *out)
{
    const struct switcher *s = arg;
    const struct place *p = &s->places[i];
    const struct model *m = s->t->model;
    const struct room *r = p->kind == KIND_PAGE ? page_of(m, p) : NULL;
    const struct person *who;

    (void)snprintf(out->text, sizeof out->text, "%s%.*s",
        p->name_n == 0          ? "relay"
        : p->direct || p->local ? ""
                                : "#",
        (int)p->name_n, p->name);
    if (r != NULL)
        note_page(s->t, r, out);
    else if (p->kind == KIND_ROOM)
        note_room(m, bytes_of(p->name, p->name_n), out);
    else if (p->kind == KIND_PERSON) {
        who = roster_find(&m->home->people, bytes_of(p->name, p->name_n));
        (void)snprintf(out->note, sizeof out->note, "%s",
            who != NULL && (who->flags & ROSTER_AWAY) != 0 ? "person, away" : "person");
    }
    out->bonus = (int)(s->count - i);
}

/* ---- what becomes of it ---- */

static void enter(struct tui *t, const char *command, const struct place *p)
{
    char line[32 + ROOM_NAME];

    (void)snprintf(line, sizeof line, "/%s %.*s", command, (int)p->name_n, p->name);
    if (intents_push(&t->model->intents, INTENT_LINE, bytes_str(line)) != ERR_OK)
        buf_text(&t->v.hint, "Too much is waiting to be done; try again");
}

static void chosen(void *arg, struct tui *t, size_t i)
{
    const struct place *p = &((struct switcher *)arg)->places[i];
    struct room *r = p->kind == KIND_PAGE ? page_of(t->model, p) : NULL;

    if (r != NULL)
        model_show(t->model, r);
    else if (p->kind == KIND_PAGE)
        buf_text(&t->v.hint, "That page was closed meanwhile");
    else
        enter(t, p->kind == KIND_ROOM ? "join" : "msg", p);
}

static bool turned(void *arg, struct tui *t, struct bytes typed)
{
    (void)arg;
    if (!bytes_eq(typed, bytes_str(">")))
        return false;
    act_palette(t);
    return true;
}

static void fini(void *arg)
{
    struct switcher *s = arg;

    mem_free(s->places);
    mem_free(s);
}

static void open_switcher(struct tui *t, const struct input_key *k)
{
    static const struct menu_source SOURCE = {
        .title = "Go to a page, a room, a person",
        .prompt = "go to",
        .count = count,
        .row = row,
        .chosen = chosen,
        .turned = turned,
        .fini = fini,
    };

    (void)k;
    menu_open(t, &SOURCE, collect(t));
}

static void open_palette(struct tui *t, const struct input_key *k)
{
    (void)k;
    act_palette(t);
}

const struct act_row ACT_FIND[] = {
    {ACTION_SWITCHER, open_switcher},
    {ACTION_PALETTE, open_palette},
    {ACTION_NONE, NULL},
};
