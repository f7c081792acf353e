/* SPDX-License-Identifier: ISC */
#include "ctl/table.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static struct buf out;

static const struct order_row *row_of(const char *command)
{
    const struct order_row *row;

    for (size_t i = 0; (row = order_at(i)) != NULL; i++) {
        if (strcmp(row->command, command) == 0)
            return row;
    }
    cr_assert(false, "%s", command);
    return NULL;
}

static enum err show(const char *command, const char *answer)
{
    buf_free(&out);
    buf_init(&out, 1 << 20);
    return table_show(row_of(command), bytes_str(answer), &out);
}

static void end(void)
{
    buf_free(&out);
}

TestSuite(table, .fini = end);

Test(table, rows__are_aligned_under_headings)
{
    cr_assert_eq(
        show("users", "{\"ok\":true,\"users\":[{\"name\":\"bob\",\"rooms\":2,\"since_s\":61},"
                      "{\"name\":\"al\xc3\xafs\xe4\xb8\x96\",\"rooms\":11,\"since_s\":7}]}"),
        ERR_OK);
    cr_expect_str_eq(buf_cstr(&out),
        "NAME    ROOMS  SINCE\n"
        "bob         2  1m01s\n"
        "al\xc3\xafs\xe4\xb8\x96     11     7s\n",
        "%s", buf_cstr(&out));
}

Test(table, rows__none_is_said)
{
    cr_assert_eq(show("rooms", "{\"ok\":true,\"rooms\":[]}"), ERR_OK);
    cr_expect_str_eq(buf_cstr(&out), "there are no rooms\n");
}

Test(table, rows__differing_keys_and_kinds_keep_their_columns)
{
    cr_assert_eq(
        show("users", "{\"ok\":true,\"users\":[{\"name\":\"a\",\"role\":\"user\"},"
                      "{\"role\":\"operator\"},{\"name\":[1],\"role\":true,\"more\":1}]}"),
        ERR_OK);
    cr_expect_str_eq(buf_cstr(&out),
        "NAME  ROLE\n"
        "a     user\n"
        "      operator\n"
        "      yes\n",
        "%s", buf_cstr(&out));
}

Test(table, rows__brackets_and_quotes_in_names_do_not_confuse)
{
    cr_assert_eq(
        show("rooms", "{\"ok\":true,\"rooms\":[{\"name\":\"a]}\\\"{[\",\"here\":1}]}"), ERR_OK);
    cr_expect_str_eq(buf_cstr(&out), "NAME    HERE\na]}\"{[     1\n", "%s", buf_cstr(&out));
}

Test(table, rows__more_than_one_text_may_hold)
{
    struct buf answer;

    buf_init(&answer, 8u << 20);
    buf_text(&answer, "{\"ok\":true,\"accounts\":[");
    for (int i = 0; i < 30000; i++)
        buf_fmt(&answer, "%s{\"name\":\"user-%05d\",\"role\":\"user\",\"created_ms\":0}",
            i != 0 ? "," : "", i);
    buf_text(&answer, "]}");
    buf_free(&out);
    buf_init(&out, 8u << 20);
    cr_assert_eq(table_show(row_of("account list"), buf_view(&answer), &out), ERR_OK);
    cr_expect_not_null(strstr(buf_cstr(&out), "user-29999  user  never\n"));
    buf_free(&answer);
}

Test(table, foreign__text_is_harmless)
{
    cr_assert_eq(
        show("users", "{\"ok\":true,\"users\":[{\"name\":\"\\u001b[31m\\u202eevil\\nx\"}]}"),
        ERR_OK);
    for (const char *c = buf_cstr(&out); *c != '\0'; c++)
        cr_expect(*c == '\n' || ((unsigned char)*c >= ' ' && *c != 0x7f));
    cr_expect_null(strstr(buf_cstr(&out), "\xe2\x80\xae"));
    cr_assert_eq(show("kick", "{\"ok\":false,\"error\":\"\\u001b]0;x\\u0007\"}"), ERR_REFUSED);
    cr_expect_null(strchr(buf_cstr(&out), '\x1b'));
}

Test(table, facts__one_below_the_other)
{
    cr_assert_eq(
        show("status", "{\"ok\":true,\"status\":{\"version\":\"0.1\",\"uptime_s\":90061,"
                       "\"draining\":false,\"started_ms\":1795201445000}}"),
        ERR_OK);
    cr_expect_str_eq(buf_cstr(&out),
        "version   0.1\n"
        "uptime    1d01h\n"
        "draining  no\n"
        "started   2026-11-20T19:04:05Z\n",
        "%s", buf_cstr(&out));
}

Test(table, words__say_what_was_done)
{
    cr_assert_eq(show("kick", "{\"ok\":true,\"count\":2}"), ERR_OK);
    cr_expect_str_eq(buf_cstr(&out), "kicked: 2\n");
    cr_assert_eq(show("log level", "{\"ok\":true,\"level\":\"debug\"}"), ERR_OK);
    cr_expect_str_eq(buf_cstr(&out), "log level: debug\n");
    cr_assert_eq(show("unban", "{\"ok\":true}"), ERR_OK);
    cr_expect_str_eq(buf_cstr(&out), "no longer banned or muted\n");
}

Test(table, refusal__hands_out_the_words)
{
    cr_assert_eq(show("users", "{\"ok\":false,\"error\":\"go away\"}"), ERR_REFUSED);
    cr_expect_str_eq(buf_cstr(&out), "go away");
    cr_assert_eq(show("users", "{\"ok\":false}"), ERR_REFUSED);
    cr_expect_str_eq(buf_cstr(&out), "no reason given");
}

Test(table, nonsense__is_an_error)
{
    static const char *const ROWS[] = {"", "{", "[]", "{}", "{\"ok\":1}", "ok",
        "{\"ok\":true,\"count\":\"x\"}", "{\"ok\":true,\"count\":-1}", "\xff"};

    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++)
        cr_expect_eq(show("kick", ROWS[i]), ERR_FORMAT, "%s", ROWS[i]);
    cr_expect_eq(show("users", "{\"ok\":true,\"users\":[{\"a\":}]}"), ERR_FORMAT);
    cr_expect_eq(show("status", "{\"ok\":true,\"status\":[]}"), ERR_FORMAT);
}

Test(table, cut__anywhere_never_reads_beyond)
{
    static const char TEXT[] =
        "{\"ok\":true,\"users\":[{\"name\":\"b\\\"\",\"n\":1},{\"name\":\"c\"}]}";

    for (size_t n = 0; n < sizeof TEXT - 1; n++) {
        char *piece = NULL;
        cr_assert_neq(n + 1, 0);
        piece = strndup(TEXT, n);
        (void)!show("users", piece);
        free(piece);
    }
}
