/* SPDX-License-Identifier: ISC */
#include "tui/complete.h"

#include <criterion/criterion.h>

static struct model *m;

static void setup(void)
{
    static const char *const ROOMS[] = {"general", "geneva", "ops", "zürich", "zäh"};

    m = model_new();
    for (size_t i = 0; i < 5; i++)
        cr_assert_not_null(rooms_add(&m->rooms, bytes_str(ROOMS[i])));
    cr_assert_not_null(model_join(m, bytes_str("ops")));
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
