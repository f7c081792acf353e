/* SPDX-License-Identifier: ISC */
#include "model/command.h"

#include <criterion/criterion.h>
#include <stdio.h>

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
        cr_assert_eq(c->args[0] == '\0', c->most == 0, "%s", c->name);
        cr_assert_eq(c->args[0] == '[', c->least == 0 && c->most != 0, "%s", c->name);
        cr_assert_leq(c->least, c->most, "%s", c->name);
        cr_assert_leq(c->most, COMMAND_ARGS, "%s", c->name);
        cr_assert(c->most != 0 || c->complete[0] == COMPLETE_NOTHING, "%s", c->name);
        cr_assert(c->most >= 2 || c->complete[1] == COMPLETE_NOTHING, "%s", c->name);
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
    cr_assert_eq(parse("/join a b c", &l), ERR_FORMAT);
    cr_assert_str_eq(l.row->name, "join");
    cr_assert_eq(parse("/quit now", &l), ERR_FORMAT);
}

static void expect_args(const char *line, size_t count, const char *a, const char *b)
{
    struct command_line l;

    cr_assert_eq(parse(line, &l), ERR_OK, "%s", line);
    cr_assert_eq(l.count, count, "%s: %zu", line, l.count);
    if (count > 0)
        cr_assert(bytes_eq(l.args[0], bytes_str(a)), "%s", line);
    if (count > 1)
        cr_assert(bytes_eq(l.args[1], bytes_str(b)), "%s", line);
}

Test(command, parse__words_are_cut_at_spaces)
{
    expect_args("/ban bob", 1, "bob", NULL);
    expect_args("/ban  bob   30 ", 2, "bob", "30");
    expect_args("/set", 0, NULL, NULL);
    expect_args("/set theme dark", 2, "theme", "dark");
    expect_args("/moderator bob off", 2, "bob", "off");
}

Test(command, parse__the_last_of_three_dots_has_spaces)
{
    expect_args("/msg bob", 1, "bob", NULL);
    expect_args("/msg  bob  hello  there ", 2, "bob", "hello  there");
    expect_args("/msg bob one\ntwo three", 2, "bob", "one\ntwo three");
    expect_args("/search two  words", 1, "two  words", NULL);
    expect_args("/topic", 0, NULL, NULL);
    expect_args("/kick bob too loud", 2, "bob", "too loud");
}

Test(command, parse__refuses_too_few_and_too_many)
{
    static const char *const LINES[] = {
        "/msg", "/msg   ", "/ban", "/ban bob 30 now", "/whois a b", "/search", "/clear all"};
    struct command_line l;

    for (size_t i = 0; i < sizeof LINES / sizeof LINES[0]; i++) {
        cr_assert_eq(parse(LINES[i], &l), ERR_FORMAT, "%s", LINES[i]);
        cr_assert_not_null(l.row, "%s", LINES[i]);
    }
}

/* Each row takes what it says it takes, and not one word less or more. */
Test(command, parse__every_row_by_its_counts)
{
    struct command_line l;
    char line[128];

    for (size_t i = 0; command_at(i) != NULL; i++) {
        const struct command *c = command_at(i);
        bool rest = strstr(c->args, "...") != NULL;
        for (size_t words = 0; words <= c->most + 1u; words++) {
            enum err want =
                words < c->least || (words > c->most && !rest) ? ERR_FORMAT : ERR_OK;
            (void)snprintf(line, sizeof line, "/%s", c->name);
            for (size_t w = 0; w < words; w++)
                (void)strcat(line, " x");
            cr_assert_eq(parse(line, &l), want, "%s", line);
        }
    }
}

Test(command, near__one_slip_away)
{
    static const char *const SLIPS[] = {"joni", "jon", "joinn", "jojn", "join"};

    for (size_t i = 0; i < 5; i++)
        cr_assert_str_eq(command_near(bytes_str(SLIPS[i]))->name, "join", "%s", SLIPS[i]);
    cr_assert_null(command_near(bytes_str("enter")));
    cr_assert_null(command_near(bytes_str("")));
}
