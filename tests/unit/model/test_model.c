/* SPDX-License-Identifier: ISC */
#include "model/model.h"

#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdio.h>

static struct room *join(struct model *m, const char *name)
{
    return model_join(m, bytes_str(name));
}

static void tell(struct model *m, struct room *r, enum event_kind kind)
{
    model_event(m, r, kind, (struct bytes){0}, bytes_str("x"));
}

Test(model, new__home_is_open)
{
    struct model *m = model_new();

    cr_assert_eq(m->open, m->home);
    cr_assert_eq(model_pages(m), 1);
    cr_assert_eq(model_take_dirty(m), MODEL_ALL);
    cr_assert_eq(model_take_dirty(m), 0);
    model_free(m);
}

Test(model, join__pages_in_the_order_of_joining)
{
    struct model *m = model_new();
    struct room *z = join(m, "z");
    struct room *a = join(m, "a");

    cr_assert_eq(join(m, "z"), z);
    cr_assert_eq(model_pages(m), 3);
    cr_assert_eq(model_page(m, 1), z);
    cr_assert_eq(model_page(m, 2), a);
    cr_assert_null(model_page(m, 3));
    cr_assert_eq(model_page_of(m, a), 2);
    model_free(m);
}

Test(model, step__goes_around)
{
    struct model *m = model_new();
    struct room *a = join(m, "a");

    model_step(m, 1);
    cr_assert_eq(m->open, a);
    model_step(m, 1);
    cr_assert_eq(m->open, m->home);
    model_step(m, -1);
    cr_assert_eq(m->open, a);
    model_free(m);
}

Test(model, leave__shows_the_page_before_and_forgets)
{
    struct model *m = model_new();
    struct room *a = join(m, "a");
    struct room *b = join(m, "b");

    cr_assert_eq(roster_add(&b->people, bytes_str("bob"), 0), ERR_OK);
    tell(m, b, EVENT_INFO);
    model_show(m, b);
    model_leave(m, b);
    cr_assert_eq(m->open, a);
    cr_assert_not(b->joined);
    cr_assert_eq(b->people.count + b->events.count, 0);
    model_leave(m, b); /* not in it: nothing */
    model_leave(m, m->home);
    cr_assert_eq(model_pages(m), 2);
    model_free(m);
}

Test(model, event__counts_what_is_worth_a_look_in_closed_rooms)
{
    struct model *m = model_new();
    struct room *a = join(m, "a");

    (void)model_take_dirty(m);
    tell(m, a, EVENT_HERE);
    cr_assert_eq(a->unread, 0);
    cr_assert_eq(model_take_dirty(m), 0);
    tell(m, a, EVENT_NOTICE);
    cr_assert_eq(a->unread, 1);
    cr_assert_eq(model_take_dirty(m), MODEL_ROOMS | MODEL_STATUS);
    tell(m, NULL, EVENT_NOTICE);
    cr_assert_eq(m->home->unread, 0);
    cr_assert_eq(model_take_dirty(m), MODEL_EVENTS);
    model_show(m, a);
    cr_assert_eq(a->unread, 0);
    model_free(m);
}

Test(model, rename__in_every_roster_and_keeps_flags)
{
    struct model *m = model_new();
    struct room *a = join(m, "a");

    cr_assert_eq(roster_add(&m->home->people, bytes_str("bob"), 0), ERR_OK);
    cr_assert_eq(roster_add(&a->people, bytes_str("bob"), ROSTER_OWNER), ERR_OK);
    model_rename(m, bytes_str("bob"), bytes_str("rob"));
    cr_assert_null(roster_find(&m->home->people, bytes_str("bob")));
    cr_assert_not_null(roster_find(&m->home->people, bytes_str("rob")));
    cr_assert_eq(roster_find(&a->people, bytes_str("rob"))->flags, ROSTER_OWNER);
    model_free(m);
}

Test(model, rename__keeps_the_tag_and_survives_a_name_taken)
{
    struct model *m = model_new();
    struct roster *people = &join(m, "a")->people;

    cr_assert_eq(roster_add(people, bytes_str("bob"), ROSTER_GUEST), ERR_OK);
    memcpy(roster_find(people, bytes_str("bob"))->tag, "ab12", 5);
    cr_assert_eq(roster_add(people, bytes_str("eve"), 0), ERR_OK);
    memcpy(roster_find(people, bytes_str("eve"))->tag, "ff00", 5);
    model_rename(m, bytes_str("bob"), bytes_str("rob"));
    cr_assert_str_eq(roster_find(people, bytes_str("rob"))->tag, "ab12");
    model_rename(m, bytes_str("rob"), bytes_str("eve")); /* the newer one has the name */
    cr_assert_eq(people->count, 1);
    cr_assert_str_eq(roster_find(people, bytes_str("eve"))->tag, "ab12");
    cr_assert_eq(roster_find(people, bytes_str("eve"))->flags, ROSTER_GUEST);
    model_rename(m, bytes_str("eve"), (struct bytes){0}); /* no name: gone, nothing worse */
    cr_assert_eq(people->count, 0);
    model_free(m);
}

Test(model, set_link__dirty_only_when_changed)
{
    struct model *m = model_new();

    (void)model_take_dirty(m);
    model_set_link(m, MODEL_WAITING, 4);
    cr_assert_eq(model_take_dirty(m), MODEL_STATUS);
    model_set_link(m, MODEL_WAITING, 4);
    cr_assert_eq(model_take_dirty(m), 0);
    for (int i = 0; i < MODEL_LINKS; i++)
        cr_assert_str_neq(model_link_str((enum model_link)i), "unknown");
    model_free(m);
}

Test(model, set_nick__too_long_is_cut)
{
    struct model *m = model_new();
    char big[100] = {'x'};

    model_set_nick(m, bytes_of(big, sizeof big));
    cr_assert_eq(m->nick_n, ROSTER_NAME);
    model_set_nick(m, (struct bytes){0});
    cr_assert_not(model_is_me(m, (struct bytes){0}));
    model_free(m);
}

Test(model, help__asked_and_closed_by_showing_a_page)
{
    struct model *m = model_new();

    model_ask_help(m, bytes_str("join"));
    cr_assert(m->help);
    cr_assert_str_eq(m->help_topic, "join");
    model_show(m, m->home);
    cr_assert_not(m->help);
    model_free(m);
}

/* ---- messages ---- */

static const uint8_t KEY[EVENT_KEY] = {4, 2};

static void say(struct model *m, struct room *r, uint8_t flags, enum event_state state)
{
    model_add(m, r,
        &(struct event){.kind = EVENT_MESSAGE,
            .state = state,
            .flags = flags,
            .key = {4, 2},
            .who = bytes_str("alice"),
            .text = bytes_str("hi")});
}

Test(model, add__stamps_with_now_unless_it_has_a_time)
{
    struct model *m = model_new();

    model_time(m, 5000);
    say(m, NULL, 0, EVENT_ARRIVED);
    model_add(m, NULL, &(struct event){.kind = EVENT_MESSAGE, .wall_ms = 7});
    cr_assert_eq(events_at(&m->home->events, 0)->wall_ms, 5000);
    cr_assert_eq(events_at(&m->home->events, 1)->wall_ms, 7);
    model_free(m);
}

Test(model, add__own_and_old_messages_are_no_news)
{
    struct model *m = model_new();
    struct room *a = join(m, "a");

    say(m, a, EVENT_OWN, EVENT_QUEUED);
    say(m, a, EVENT_OLD, EVENT_ARRIVED);
    say(m, a, EVENT_OLD | EVENT_MENTION, EVENT_ARRIVED);
    model_add(m, a, &(struct event){.kind = EVENT_FOUND, .flags = EVENT_MENTION});
    cr_assert_eq(a->unread + a->mention, 0);
    say(m, a, 0, EVENT_ARRIVED);
    say(m, a, EVENT_MENTION, EVENT_ARRIVED);
    cr_assert_eq(a->unread, 2);
    cr_assert_eq(a->mention, 1);
    model_show(m, a);
    cr_assert_eq(a->unread + a->mention, 0);
    say(m, a, EVENT_MENTION, EVENT_ARRIVED); /* seen as it comes */
    cr_assert_eq(a->unread + a->mention, 0);
    model_free(m);
}

Test(model, state__goes_forward_in_place)
{
    static const uint8_t OTHER[EVENT_KEY] = {9};
    struct model *m = model_new();
    struct room *a = join(m, "a");

    say(m, a, EVENT_OWN, EVENT_QUEUED);
    model_show(m, a);
    (void)model_take_dirty(m);
    model_state(m, a, KEY, EVENT_DELIVERED);
    cr_assert_eq(events_message(&a->events, KEY)->state, EVENT_DELIVERED);
    cr_assert_eq(model_take_dirty(m), MODEL_EVENTS);
    model_state(m, a, KEY, EVENT_DELIVERED);
    model_state(m, a, OTHER, EVENT_FAILED); /* not there, or not any more */
    cr_assert_eq(model_take_dirty(m), 0);
    model_show(m, m->home);
    (void)model_take_dirty(m);
    model_state(m, a, KEY, EVENT_FAILED); /* nobody sees it now */
    cr_assert_eq(model_take_dirty(m), 0);
    cr_assert_eq(events_message(&a->events, KEY)->state, EVENT_FAILED);
    model_free(m);
}

/* ---- rooms and people ---- */

Test(model, direct__is_not_the_room_of_the_same_name)
{
    struct model *m = model_new();
    struct room *room = join(m, "bob");
    struct room *with = model_direct(m, bytes_str("bob"));

    cr_assert_neq(room, with);
    cr_assert_not(room->direct);
    cr_assert(with->direct);
    cr_assert_eq(with->seal, ROOM_AGREEING);
    cr_assert_eq(model_pages(m), 3);
    cr_assert_eq(model_direct(m, bytes_str("bob")), with);
    cr_assert_eq(model_pages(m), 3);
    cr_assert_eq(model_find(m, false, bytes_str("bob")), room);
    cr_assert_eq(model_find(m, true, bytes_str("bob")), with);
    model_leave(m, room);
    cr_assert_null(model_find(m, false, bytes_str("bob")));
    cr_assert_eq(model_find(m, true, bytes_str("bob")), with);
    cr_assert_eq(model_page(m, 1), with);
    model_free(m);
}

Test(model, leave__takes_seal_code_and_topic_along)
{
    struct model *m = model_new();
    struct room *a = join(m, "a");

    a->seal = ROOM_SEALED;
    a->members = 3;
    memcpy(a->code, "1234", 5);
    memcpy(a->topic, "plans", 6);
    model_leave(m, a);
    cr_assert_eq(a->seal, ROOM_AGREEING);
    cr_assert_eq(a->members, 0);
    cr_assert_str_eq(a->code, "");
    cr_assert_str_eq(a->topic, "");
    model_free(m);
}

Test(model, seal_str__every_seal_has_words)
{
    for (int i = 0; i < ROOM_SEALS; i++)
        cr_assert_str_neq(room_seal_str((enum room_seal)i), "unknown");
    cr_assert_str_eq(room_seal_str(ROOM_SEALS), "unknown");
}

/* ---- who listens ---- */

static char heard[256];

static void note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static void note(const char *fmt, ...)
{
    size_t n = strlen(heard);
    va_list args;

    va_start(args, fmt);
    (void)vsnprintf(heard + n, sizeof heard - n, fmt, args);
    va_end(args);
}

static void on_event(void *arg, const struct room *r, const struct event *ev, bool fresh)
{
    (void)arg;
    note("event(%.*s %s %s%s) ", r->name_n, r->name, event_kind_str(ev->kind),
        event_state_str(ev->state), fresh ? " fresh" : "");
}

static void on_link(void *arg)
{
    const struct model *m = arg;

    note("link(%s %u %.*s) ", model_link_str(m->link), m->retry_s, m->nick_n, m->nick);
}

static void on_room(void *arg, const struct room *r)
{
    (void)arg;
    note("room(%.*s %s) ", r->name_n, r->name, r->joined ? "in" : "out");
}

static void on_ask(void *arg)
{
    const struct model *m = arg;

    note("ask(%s) ", m->ask.open ? m->ask.words : "-");
}

static void on_outcome(void *arg, const struct model_outcome *o)
{
    (void)arg;
    note("outcome(%d %s %s) ", (int)o->tag, o->done ? "done" : "not", o->why ? o->why : "-");
}

static struct model *listen(void)
{
    struct model *m = model_new();

    m->ear = (struct model_ear){.event = on_event,
        .link = on_link,
        .room = on_room,
        .ask = on_ask,
        .outcome = on_outcome,
        .arg = m};
    heard[0] = '\0';
    return m;
}

static void expect_heard(const char *want)
{
    cr_assert_str_eq(heard, want);
    heard[0] = '\0';
}

Test(model, ear__hears_messages_and_their_states)
{
    struct model *m = listen();
    struct room *a = join(m, "a");

    expect_heard("room(a in) ");
    say(m, a, EVENT_OWN, EVENT_QUEUED);
    expect_heard("event(a message queued fresh) ");
    model_state(m, a, KEY, EVENT_RELAYED);
    model_state(m, a, KEY, EVENT_RELAYED);
    model_state(m, a, KEY, EVENT_DELIVERED);
    expect_heard("event(a message relayed) event(a message delivered) ");
    tell(m, NULL, EVENT_WARN);
    expect_heard("event( warning arrived fresh) ");
    model_leave(m, a);
    model_leave(m, a);
    expect_heard("room(a out) ");
    model_free(m);
}

Test(model, ear__hears_link_nick_questions_and_outcomes)
{
    struct model *m = listen();

    model_set_link(m, MODEL_WAITING, 4);
    model_set_link(m, MODEL_WAITING, 4);
    model_set_nick(m, bytes_str("bob"));
    expect_heard("link(not connected 4 ) link(not connected 4 bob) ");
    model_put_ask(m, true, "Password:");
    model_close_ask(m);
    model_close_ask(m);
    expect_heard("ask(Password:) ask(-) ");
    model_outcome(m, 7, true, NULL);
    model_outcome(m, 8, false, "No such room.");
    expect_heard("outcome(7 done -) outcome(8 not No such room.) ");
    model_free(m);
}

Test(model, ask__one_at_a_time_cut_to_its_place)
{
    struct model *m = model_new();
    char big[sizeof m->ask.words + 40];

    (void)model_take_dirty(m);
    model_put_ask(m, true, "Password:");
    cr_assert(m->ask.open && m->ask.hidden);
    cr_assert_neq(model_take_dirty(m) & MODEL_STATUS, 0);
    memset(big, 'x', sizeof big - 1);
    big[sizeof big - 1] = '\0';
    model_put_ask(m, false, big); /* takes the other's place */
    cr_assert(m->ask.open && !m->ask.hidden);
    cr_assert_eq(strlen(m->ask.words), sizeof m->ask.words - 1);
    model_close_ask(m);
    cr_assert_not(m->ask.open);
    (void)model_take_dirty(m);
    model_close_ask(m);
    cr_assert_eq(model_take_dirty(m), 0);
    model_free(m);
}

/* Whoever draws has no ear. */
Test(model, ear__none_is_fine)
{
    struct model *m = model_new();
    struct room *a = join(m, "a");

    say(m, a, EVENT_OWN, EVENT_QUEUED);
    model_state(m, a, KEY, EVENT_RELAYED);
    model_put_ask(m, true, "?");
    model_close_ask(m);
    model_outcome(m, 1, true, NULL);
    model_set_link(m, MODEL_READY, 0);
    model_leave(m, a);
    cr_assert_eq(model_pages(m), 1);
    model_free(m);
}

Test(model, away__with_one_person_by_who_is_on_the_relay)
{
    struct model *m = model_new();
    struct room *ops = model_join(m, bytes_str("ops"));
    struct room *bob = model_direct(m, bytes_str("bob"));
    const struct person *p;

    cr_assert_eq(roster_add(&ops->people, bytes_str("bob"), 0), ERR_OK);
    cr_assert_eq(roster_add(&bob->people, bytes_str("bob"), ROSTER_AWAY), ERR_OK);
    cr_assert_eq(roster_add(&bob->people, bytes_str("me"), 0), ERR_OK);
    model_set_nick(m, bytes_str("me"));
    cr_assert_not(model_is_away(m, ops, roster_find(&ops->people, bytes_str("bob"))));
    p = roster_find(&bob->people, bytes_str("bob"));
    cr_assert(model_is_away(m, bob, p));
    cr_assert_eq(roster_add(&m->home->people, bytes_str("bob"), 0), ERR_OK);
    cr_assert_not(model_is_away(m, bob, p));
    cr_assert_eq(roster_add(&m->home->people, bytes_str("bob"), ROSTER_AWAY), ERR_OK);
    cr_assert(model_is_away(m, bob, p));
    cr_assert_not(model_is_away(m, bob, roster_find(&bob->people, bytes_str("me"))));
    model_free(m);
}
