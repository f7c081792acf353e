/* SPDX-License-Identifier: ISC */
#include "client/list.h"

#include "base/mem.h"
#include "client/group_people.h"

#define SHOWN_MAX 60 /* names in one line of text */

static struct request page_of(const struct request *r)
{
    struct request next = {.why = r->why, .more = true, .name_n = r->name_n};

    memcpy(next.name, r->name, sizeof next.name);
    return next;
}

void list_rooms(struct engine *e, enum request_why why)
{
    struct msg_rooms m = {.more = false};
    struct request r = {.why = why};

    engine_ask(e, OP_ROOMS, &m, &r);
}

void list_people(struct engine *e, struct bytes room, enum request_why why)
{
    struct msg_users m = {.more = room.n != 0, .room = room};
    struct request r = {.why = why};

    r.name_n = (uint8_t)(room.n < sizeof r.name ? room.n : sizeof r.name);
    if (r.name_n != 0)
        memcpy(r.name, room.p, r.name_n);
    engine_ask(e, OP_USERS, &m, &r);
}

void list_relay(struct engine *e)
{
    list_rooms(e, REQUEST_PLAIN);
    list_people(e, (struct bytes){0}, REQUEST_PLAIN);
}

void list_everything(struct engine *e)
{
    list_relay(e);
    for (size_t i = 1; i < model_pages(e->model); i++) {
        const struct room *page = model_page(e->model, i);
        if (!page->direct && !page->local)
            list_people(e, room_name(page), REQUEST_PLAIN);
    }
}

static void show_rooms(struct engine *e)
{
    const struct rooms *rs = &e->model->rooms;
    struct buf b;

    buf_init(&b, EVENT_TEXT);
    for (size_t i = 0; i < rs->count && i < SHOWN_MAX; i++) {
        const struct room *r = rs->all[i];
        buf_fmt(&b, "%s#", i == 0 ? "" : ", ");
        buf_bytes(&b, room_name(r));
        buf_fmt(&b, " (%u%s)", r->online, r->joined ? ", you are in" : "");
    }
    if (rs->count == 0)
        engine_tell(e, e->model->open, EVENT_INFO, (struct bytes){0},
            "There are no rooms yet. /join NAME makes the first one.");
    else
        engine_say(e, e->model->open, EVENT_INFO, "%zu room%s: %s%s", rs->count,
            rs->count == 1 ? "" : "s", buf_cstr(&b), rs->count > SHOWN_MAX ? ", and more" : "");
    buf_free(&b);
}

static void take_room(struct engine *e, struct bytes name, const struct msg_room_info *info)
{
    struct room *r = rooms_add(&e->model->rooms, name);

    if (r == NULL)
        return;
    r->online = info->online;
    r->lock = ROOM_OPEN;
    if ((info->flags & ROOM_PASSWORD) != 0)
        r->lock = ROOM_LOCKED;
    if ((info->flags & ROOM_INVITE) != 0)
        r->lock = ROOM_INVITED;
}

/* What we said is behind us in the log once the relay has answered something asked later; and
 * what it could not hand on before it would have told. */
static void own_is_safe(struct engine *e)
{
    for (struct talk *c = e->talks; c != NULL; c = c->next) {
        if (!c->own_asked)
            continue;
        c->own_asked = false;
        if (c->behind || c->missed || c->bad_seq != 0 || (c->busy & BUSY_CATCH) != 0)
            continue;
        (void)talk_move(c, c->own_safe);
        if (c->place_asked > c->safe)
            c->safe = c->place_asked;
        if (c->own_safe > c->safe)
            c->safe = c->own_safe;
        engine_changed(e, c);
    }
}

void list_rooms_answer(struct engine *e, const struct request *r, const void *answer)
{
    const struct msg_rooms_ok *a = answer;
    struct bytes names = a->names;
    struct list infos = a->infos;
    struct bytes name;
    struct bytes last = {0};
    struct request next = page_of(r);
    bool fresh = false; /* a page that tells nothing new would be asked for for ever */

    own_is_safe(e);
    if (!r->more)
        rooms_mark(&e->model->rooms);
    while (names_next(&names, &name)) {
        struct msg_room_info info = {0};
        (void)list_next(&infos, &MSG_ROOM_INFO, &info);
        const struct room *known = rooms_find(&e->model->rooms, name);
        fresh = fresh || known == NULL || known->stale || known->joined;
        take_room(e, name, &info);
        last = name;
    }
    model_touch(e->model, MODEL_ROOMS | MODEL_STATUS);
    if (a->left != 0 && fresh && e->model->rooms.count < ROOMS_MAX) {
        struct msg_rooms m = {.more = true, .after = last};
        engine_ask(e, OP_ROOMS, &m, &next);
        return;
    }
    rooms_sweep(&e->model->rooms);
    if (r->why == REQUEST_SHOW)
        show_rooms(e);
}

uint8_t list_flags(uint8_t wire)
{
    return (uint8_t)(((wire & USER_AWAY) != 0 ? ROSTER_AWAY : 0) |
                     ((wire & USER_OPERATOR) != 0 ? ROSTER_OPERATOR : 0) |
                     ((wire & USER_MODERATOR) != 0 ? ROSTER_MODERATOR : 0) |
                     ((wire & USER_OWNER) != 0 ? ROSTER_OWNER : 0));
}

static void show_people(struct engine *e, struct bytes room, const struct roster *people)
{
    struct buf b;

    buf_init(&b, EVENT_TEXT);
    for (size_t i = 0; i < people->count && i < SHOWN_MAX; i++) {
        buf_text(&b, i == 0 ? "" : ", ");
        buf_bytes(&b, person_name(&people->people[i]));
        if ((people->people[i].flags & ROSTER_AWAY) != 0)
            buf_text(&b, " (away)");
    }
    engine_say(e, e->model->open, EVENT_INFO, "%zu %s %s%.*s: %s%s", people->count,
        people->count == 1 ? "person" : "people", room.n != 0 ? "in #" : "on this relay",
        (int)room.n, (const char *)room.p, buf_cstr(&b),
        people->count > SHOWN_MAX ? ", and more" : "");
    buf_free(&b);
}

/* The page into a roster; says whether it told anything new, and its last name. */
static bool take_people(const struct msg_users_ok *a, struct roster *people, struct bytes *last)
{
    struct bytes names = a->names;
    struct bytes name;
    bool fresh = false;

    for (size_t i = 0; names_next(&names, &name); i++) {
        uint8_t flags = i < a->flags.n ? list_flags(a->flags.p[i]) : 0;
        const struct person *known = roster_find(people, name);
        fresh = fresh || known == NULL || known->stale;
        if (roster_add(people, name, flags) != ERR_OK)
            return false;
        *last = name;
    }
    return fresh;
}

/* The group's own list lies over the relay's. */
static void shown_in(struct engine *e, const struct roster *people)
{
    for (struct talk *c = e->talks; c != NULL; c = c->next) {
        if (c->page != NULL && &c->page->people == people)
            people_overlay(e, c);
    }
}

void list_people_answer(struct engine *e, const struct request *r, const void *answer)
{
    const struct msg_users_ok *a = answer;
    struct request next = page_of(r);
    struct roster elsewhere = {0};
    struct roster *people = &e->model->home->people;
    struct bytes last = {0};
    bool fresh;

    if (r->name_n != 0) {
        struct room *room = rooms_find(&e->model->rooms, request_name(r));
        people = room != NULL && room->joined ? &room->people : &elsewhere;
    }
    if (!r->more)
        roster_mark(people);
    fresh = take_people(a, people, &last);
    model_touch(e->model, MODEL_PEOPLE | MODEL_STATUS);
    /* Of a room that we are not in, the first page is enough to be shown. */
    if (a->left != 0 && fresh && people != &elsewhere) {
        struct msg_users m = {.more = true, .room = request_name(r), .after = last};
        engine_ask(e, OP_USERS, &m, &next);
    } else {
        roster_sweep(people);
        shown_in(e, people);
        if (r->why == REQUEST_SHOW)
            show_people(e, request_name(r), people);
    }
    roster_fini(&elsewhere);
}
