/* SPDX-License-Identifier: ISC */
#include "tui/complete.h"

#include <criterion/criterion.h>

static struct model *m;

static void see(struct roster *r, const char *name)
{
    cr_assert_eq(roster_add(r, bytes_str(name), 0), ERR_OK);
}

static void setup(void)
{
    static const char *const ROOMS[] = {"general", "geneva", "ops", "zürich", "zäh"};

    m = model_new();
    for (size_t i = 0; i < 5; i++)
        cr_assert_not_null(rooms_add(&m->rooms, bytes_str(ROOMS[i])));
    cr_assert_not_null(model_join(m, bytes_str("ops")));
    model_set_nick(m, bytes_str("me"));
    see(&m->home->people, "me");
    see(&m->home->people, "bob");
    see(&m->home->people, "berta");
    see(&model_page(m, 1)->people, "me");
    see(&model_page(m, 1)->people, "bob");
    see(&model_page(m, 1)->people, "bolle");
}

static void teardown(void)
{
    model_free(m);
}

TestSuite(complete, .init = setup, .fini = teardown);

static void expect(const char *line, size_t found, const char *insert)
{
    struct completion c;

    complete_line(&c, m, bytes_str(line));
    cr_assert_eq(c.found, found, "%s: %zu found", line, c.found);
    cr_assert_str_eq(buf_cstr(&c.insert), insert, "%s", line);
    completion_fini(&c);
}

Test(complete, line__commands)
{
    expect("/jo", 1, "in ");
    expect("/xyz", 0, "");
    expect("/help le", 1, "ave ");
    expect("/JO", 1, "in ");
}

Test(complete, line__rooms_by_the_command)
{
    expect("/join o", 1, "ps ");
    expect("/join #o", 1, "ps ");
    expect("/join ge", 2, "ne");
    expect("/join gene", 2, "");
    expect("/join GENERA", 1, "l ");
    expect("/leave ", 1, "ops ");
    expect("/leave g", 0, "");
}

Test(complete, line__never_half_a_letter)
{
    expect("/join z", 2, ""); /* they share the first byte of their second letter */
}

Test(complete, line__nothing_elsewhere)
{
    expect("hello", 0, "");
    expect("", 0, "");
    expect("/nick o", 0, "");
    expect("/nothing o", 0, "");
}

Test(complete, line__several_are_listed)
{
    struct completion c;

    complete_line(&c, m, bytes_str("/join gene"));
    cr_assert_str_eq(buf_cstr(&c.list), "general  geneva");
    completion_fini(&c);
}

static void expect_list(const char *line, const char *list)
{
    struct completion c;

    complete_line(&c, m, bytes_str(line));
    cr_assert_str_eq(buf_cstr(&c.list), list, "%s: %s", line, buf_cstr(&c.list));
    completion_fini(&c);
}

Test(complete, line__people_of_the_open_room_first)
{
    expect_list("/msg ", "berta  bob");
    model_show(m, model_page(m, 1));
    expect_list("/msg ", "bob  bolle  berta"); /* each once, and not oneself */
    expect("/msg bol", 1, "le ");
    expect("/msg be", 1, "rta ");
    expect("/whois  BER", 1, "ta ");
}

Test(complete, line__second_word_by_its_own_kind)
{
    expect_list("/moderator bob ", "on  off");
    expect("/moderator bob of", 1, "f ");
    expect("/moderator bo", 1, "b "); /* at home bolle is not known */
    expect("/log o", 2, "");
    expect("/ban bob b", 0, "");    /* minutes */
    expect("/msg bob be", 0, "");   /* text */
    expect("/msg bob b be", 0, ""); /* and more of it */
    expect("/moderator bob on o", 0, "");
    expect("/set t", 0, "");
}

Test(complete, line__a_name_that_is_spoken_to)
{
    expect("hello @bo", 1, "b ");
    expect("@be", 1, "rta ");
    expect("hello @", 2, "b");
    expect("hello bo", 0, "");
    expect("a@bo", 0, "");
}

Test(complete, line__rooms_and_people_are_apart)
{
    cr_assert_not_null(model_direct(m, bytes_str("berta")));
    expect("/leave be", 0, "");
    expect("/join be", 0, "");
}
