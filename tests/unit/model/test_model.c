/* SPDX-License-Identifier: ISC */
#include "model/model.h"

#include <criterion/criterion.h>

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
