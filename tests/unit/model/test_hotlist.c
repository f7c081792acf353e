/* SPDX-License-Identifier: ISC */
#include "model/hotlist.h"

#include <criterion/criterion.h>

static struct model *m;

static void setup(void)
{
    m = model_new();
}

static void teardown(void)
{
    model_free(m);
}

TestSuite(hotlist, .init = setup, .fini = teardown);

static struct room *room(const char *name)
{
    return model_join(m, bytes_str(name));
}

static struct room *direct(const char *name)
{
    return model_direct(m, bytes_str(name));
}

static void say(struct room *r, uint8_t flags, int64_t at)
{
    model_time(m, at);
    model_add(
        m, r, &(struct event){.kind = EVENT_MESSAGE, .flags = flags, .text = bytes_str("x")});
}

static void expect(struct room *const *want, size_t n)
{
    struct room *got[8];

    cr_assert_eq(hotlist_take(m, got, 8), n);
    for (size_t i = 0; i < n; i++)
        cr_assert_eq(got[i], want[i], "place %zu has %.*s", i, got[i]->name_n, got[i]->name);
}

Test(hotlist, take__the_important_first_then_the_older)
{
    struct room *a = room("a");
    struct room *b = room("b");
    struct room *c = room("c");
    struct room *bob = direct("bob");

    expect(NULL, 0);
    say(a, 0, 10);
    say(b, 0, 5);
    say(c, 0, 20);
    expect((struct room *[]){b, a, c}, 3);
    say(bob, 0, 30);
    say(a, EVENT_MENTION, 40);
    expect((struct room *[]){bob, a, b, c}, 4);
    say(bob, 0, 50); /* no hotter than before: it has waited since 30 */
    expect((struct room *[]){bob, a, b, c}, 4);
    model_show(m, bob);
    expect((struct room *[]){a, b, c}, 3);
}

Test(hotlist, take__comings_and_goings_are_cold)
{
    struct room *a = room("a");
    struct room *bob = direct("bob");

    model_event(m, a, EVENT_HERE, bytes_str("bob"), (struct bytes){0});
    model_event(m, bob, EVENT_GONE, bytes_str("bob"), (struct bytes){0});
    say(a, EVENT_OWN, 1);
    say(a, EVENT_OLD | EVENT_MENTION, 1);
    expect(NULL, 0);
    model_event(m, bob, EVENT_NOTICE, (struct bytes){0}, bytes_str("x"));
    cr_assert_eq(bob->heat, ROOM_WARM, "the operator is not the person");
    say(bob, 0, 2);
    cr_assert_eq(bob->heat, ROOM_HOT);
}

Test(hotlist, take__of_many_the_first_few)
{
    struct room *got[2] = {NULL, NULL};
    char name[2] = "a";

    for (int i = 0; i < 20; i++, name[0]++)
        say(room(name), i == 17 ? EVENT_MENTION : 0, 100 - i);
    cr_assert_eq(hotlist_take(m, got, 2), 20);
    cr_assert_eq(got[0]->name[0], 'a' + 17);
    cr_assert_eq(got[1]->name[0], 'a' + 19);
    cr_assert_eq(hotlist_take(m, got, 0), 20);
}

Test(hotlist, tour__and_back_where_it_began)
{
    struct room *a = room("a");
    struct room *b = room("b");
    struct room *c = room("c");

    model_show(m, c);
    say(a, 0, 1);
    say(b, EVENT_MENTION, 2);
    hotlist_tour(m);
    cr_assert_eq(m->open, b);
    hotlist_tour(m);
    cr_assert_eq(m->open, a);
    hotlist_tour(m);
    cr_assert_eq(m->open, c);
    cr_assert_null(m->tour);
    hotlist_tour(m);
    cr_assert_eq(m->open, c, "nothing to do");
}

Test(hotlist, tour__ends_where_one_goes_by_oneself)
{
    struct room *a = room("a");
    struct room *b = room("b");

    model_show(m, b);
    say(a, 0, 1);
    hotlist_tour(m);
    model_show(m, m->home);
    hotlist_tour(m);
    cr_assert_eq(m->open, m->home);
}

Test(hotlist, pages_that_are_left__are_nowhere)
{
    struct room *a = room("a");
    struct room *b = room("b");

    model_show(m, a);
    say(b, EVENT_MENTION, 1);
    hotlist_tour(m);
    cr_assert_eq(m->tour, a);
    model_leave(m, a);
    cr_assert_null(m->tour);
    cr_assert_null(m->before);
    model_show_before(m);
    cr_assert_eq(m->open, b);
    say(m->home, EVENT_MENTION, 2);
    model_leave(m, b); /* home is open then, and cold */
    cr_assert_eq(m->open, m->home);
    expect(NULL, 0);
    cr_assert_null(m->before);
}

Test(hotlist, before__there_and_back)
{
    struct room *a = room("a");

    model_show_before(m);
    cr_assert_eq(m->open, m->home);
    model_show(m, a);
    model_show(m, a); /* the same again changes nothing */
    model_show_before(m);
    cr_assert_eq(m->open, m->home);
    model_show_before(m);
    cr_assert_eq(m->open, a);
    cr_assert_gt(a->visit, m->home->visit);
}
