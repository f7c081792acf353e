/* SPDX-License-Identifier: ISC */
#include "model/command.h"

#include <criterion/criterion.h>

static enum err parse(const char *line, struct command_line *out)
{
    return command_parse(bytes_str(line), out);
}

Test(command, rows__sorted_complete_and_found_by_name)
{
    for (size_t i = 0; command_at(i) != NULL; i++) {
        const struct command *c = command_at(i);
        cr_assert_eq(command_find(bytes_str(c->name)), c);
        cr_assert_neq(c->help[0], '\0', "%s", c->name);
        cr_assert_eq(c->args[0] == '\0', c->takes == TAKES_NOTHING, "%s", c->name);
        cr_assert_eq(c->args[0] == '[', c->takes == TAKES_MAYBE, "%s", c->name);
        if (i > 0)
            cr_assert_lt(strcmp(command_at(i - 1)->name, c->name), 0);
    }
}

Test(command, parse__calls)
{
    struct command_line l;

    cr_assert_eq(parse("/join ops", &l), ERR_OK);
    cr_assert_eq(l.kind, COMMAND_CALL);
    cr_assert_str_eq(l.row->name, "join");
    cr_assert(bytes_eq(l.arg, bytes_str("ops")));
    cr_assert_eq(parse("  /join   ops  ", &l), ERR_OK);
    cr_assert(bytes_eq(l.arg, bytes_str("ops")));
    cr_assert_eq(parse("/quit", &l), ERR_OK);
    cr_assert_eq(l.arg.n, 0);
}

Test(command, parse__words)
{
    struct command_line l;

    cr_assert_eq(parse("hello there", &l), ERR_OK);
    cr_assert_eq(l.kind, COMMAND_WORDS);
    cr_assert(bytes_eq(l.arg, bytes_str("hello there")));
    cr_assert_eq(parse("//join is a command", &l), ERR_OK);
    cr_assert_eq(l.kind, COMMAND_WORDS);
    cr_assert(bytes_eq(l.arg, bytes_str("/join is a command")));
    cr_assert_eq(parse("   ", &l), ERR_OK);
    cr_assert_eq(l.kind, COMMAND_EMPTY);
}

Test(command, parse__refuses)
{
    struct command_line l;

    cr_assert_eq(parse("/", &l), ERR_NOT_FOUND);
    cr_assert_eq(parse("/joni ops", &l), ERR_NOT_FOUND);
    cr_assert(bytes_eq(l.word, bytes_str("joni")));
    cr_assert_null(l.row);
    cr_assert_eq(parse("/join", &l), ERR_FORMAT);
    cr_assert_eq(parse("/join a b", &l), ERR_FORMAT);
    cr_assert_str_eq(l.row->name, "join");
    cr_assert_eq(parse("/quit now", &l), ERR_FORMAT);
}

Test(command, near__one_slip_away)
{
    static const char *const SLIPS[] = {"joni", "jon", "joinn", "jojn", "join"};

    for (size_t i = 0; i < 5; i++)
        cr_assert_str_eq(command_near(bytes_str(SLIPS[i]))->name, "join", "%s", SLIPS[i]);
    cr_assert_null(command_near(bytes_str("enter")));
    cr_assert_null(command_near(bytes_str("")));
}
