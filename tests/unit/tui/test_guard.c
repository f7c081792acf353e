/* SPDX-License-Identifier: ISC */
#include "tui/guard.h"

#include <criterion/criterion.h>

#include "base/mem.h"

static struct model *m;

static void setup(void)
{
    m = model_new();
    cr_assert_not_null(rooms_add(&m->rooms, bytes_str("den")));
    model_show(m, model_join(m, bytes_str("ops")));
    cr_assert_eq(roster_add(&m->open->people, bytes_str("bob"), 0), ERR_OK);
}

static void teardown(void)
{
    model_free(m);
}

TestSuite(guard, .init = setup, .fini = teardown);

Test(guard, doubts__what_was_meant_for_a_command)
{
    static const char *const LINES[] = {" /quit", "   /msg bob hi", " /nonsense", ".join den",
        ".jion den", "7join den", "\\quit", "?help", "-msg bob secret", "join den", "jion den",
        "join #other", "leave ops", "msg bob the password is", "quit", "help", "help join",
        "whois bob", "set theme dark", "log on"};

    for (size_t i = 0; i < MEM_COUNT(LINES); i++)
        cr_assert(guard_doubts(m, bytes_str(LINES[i])), "%s", LINES[i]);
}

Test(guard, doubts__not_what_people_say)
{
    static const char *const LINES[] = {"", " ", "hello", "help me", "lol", "trust me",
        "set it", "quit smoking", "code red", "quite", "core", "get it", "let bob", "...", "..",
        ".net is", ".", "7 joined", "search party", "join us", "join the den", "//quit",
        "/quit", "/jion", " //quit", "a /quit", "- list", "?", "topic is bad", "\n/quit",
        "leave den", "verify that"};

    for (size_t i = 0; i < MEM_COUNT(LINES); i++)
        cr_assert_not(guard_doubts(m, bytes_str(LINES[i])), "%s", LINES[i]);
}
