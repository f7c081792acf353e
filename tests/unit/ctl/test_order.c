/* SPDX-License-Identifier: ISC */
#include "ctl/order.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"

#define WORDS 16

static struct order got;
static char why[256];

/* The words are kept for as long as the test: an order borrows some of them. */
static enum err parse(const char *line)
{
    static char text[1024];
    char *words[WORDS];
    char *rest = NULL;
    size_t n = 0;

    why[0] = '\0';
    (void)bytes_copy(text, sizeof text, bytes_str(line));
    for (char *w = strtok_r(text, "|", &rest); w != NULL; w = strtok_r(NULL, "|", &rest))
        words[n++] = w;
    return order_parse(words, n, &got, why, sizeof why);
}

static void expect(const char *line, const char *request)
{
    cr_assert_eq(parse(line), ERR_OK, "%s: %s", line, why);
    cr_assert_eq(order_finish(&got, bytes_str("s3cret")), ERR_OK, "%s", line);
    cr_expect_str_eq(buf_cstr(&got.request), request, "%s: %s", line, buf_cstr(&got.request));
    order_free(&got);
}

Test(order, words__become_a_request)
{
    expect("status", "{\"command\":\"status\"}\n");
    expect("kick|bob", "{\"command\":\"kick\",\"user\":\"bob\"}\n");
    expect(
        "kick|bob|be|nice", "{\"command\":\"kick\",\"user\":\"bob\",\"reason\":\"be nice\"}\n");
    expect("kick|bob|--room|garden",
        "{\"command\":\"kick\",\"user\":\"bob\",\"room\":\"garden\"}\n");
    expect("ban|--for=2h|bob|spam",
        "{\"command\":\"ban\",\"seconds\":7200,\"user\":\"bob\",\"reason\":\"spam\"}\n");
    expect("unban|bob", "{\"command\":\"unban\",\"user\":\"bob\"}\n");
    expect("announce|back|at|noon", "{\"command\":\"announce\",\"text\":\"back at noon\"}\n");
    expect("announce|--|--json", "{\"command\":\"announce\",\"text\":\"--json\"}\n");
    expect("account|list", "{\"command\":\"account list\"}\n");
    expect("account|role|bob|operator",
        "{\"command\":\"account role\",\"name\":\"bob\",\"role\":\"operator\"}\n");
    expect("account|add|bob|--role|moderator",
        "{\"command\":\"account add\",\"name\":\"bob\","
        "\"role\":\"moderator\",\"password\":\"s3cret\"}\n");
    expect("token|revoke|bob", "{\"command\":\"token revoke\",\"name\":\"bob\"}\n");
    expect("token|revoke|bob|7", "{\"command\":\"token revoke\",\"name\":\"bob\",\"id\":7}\n");
    expect("log|level", "{\"command\":\"log level\"}\n");
    expect("log|level|debug", "{\"command\":\"log level\",\"level\":\"debug\"}\n");
    expect("kick|a\"b\\", "{\"command\":\"kick\",\"user\":\"a\\\"b\\\\\"}\n");
}

Test(order, options__stand_anywhere)
{
    cr_assert_eq(parse("--json|--socket|/s|users"), ERR_OK, "%s", why);
    cr_expect(got.json);
    cr_expect_str_eq(got.socket, "/s");
    order_free(&got);
    cr_assert_eq(parse("account|add|bob|--password-fd=3|--socket=/t"), ERR_OK, "%s", why);
    cr_expect(got.wants_password && !got.json);
    cr_expect_eq(got.password_fd, 3);
    cr_expect_str_eq(got.name, "bob");
    cr_expect_str_eq(got.socket, "/t");
    order_free(&got);
    cr_assert_eq(parse("account|add|bob"), ERR_OK, "%s", why);
    cr_expect_eq(got.password_fd, -1);
    order_free(&got);
}

Test(order, mistakes__are_named)
{
    static const char *const ROWS[][2] = {
        {"", "say what to do"},
        {"--json", "say what to do"},
        {"frobnicate", "no such command: frobnicate"},
        {"account", "no such command: account"},
        {"account|frob", "no such command: account"},
        {"kick", "needs more: USER"},
        {"account|role|bob", "needs more: NAME ROLE"},
        {"announce", "needs more: TEXT"},
        {"unban|bob|eve", "too many: eve"},
        {"status|now", "too many: now"},
        {"log|level|info|info", "too many: info"},
        {"token|revoke|bob|x", "a number: x"},
        {"token|revoke|bob|1|2", "too many: 2"},
        {"status|--room|r", "no such option here: --room"},
        {"--room|r|kick|bob", "no such option here: --room"},
        {"kick|bob|--colour", "no such option here: --colour"},
        {"kick|bob|--jsonx", "no such option here: --jsonx"},
        {"kick|bob|--room", "needs a value: --room"},
        {"kick|bob|--room=", "needs a value: --room="},
        {"kick|bob|--room=a|--room=b", "twice: --room=b"},
        {"ban|bob|--for|soon", "a time like"},
        {"ban|bob|--for|0", "a time like"},
        {"account|add|bob|--password-fd|x", "open file"},
        {"account|add|bob|--password|x", "no such option here: --password"},
        {"kick|\xff", "not UTF-8: \\xff"},
        {"kick|bob|--room|\xc0\x80", "not UTF-8"},
    };

    for (size_t i = 0; i < MEM_COUNT(ROWS); i++) {
        cr_expect_eq(parse(ROWS[i][0]), ERR_FORMAT, "%s", ROWS[i][0]);
        cr_expect_not_null(strstr(why, ROWS[i][1]), "%s: %s", ROWS[i][0], why);
        order_free(&got);
    }
}

Test(order, lengthy__text_is_refused)
{
    static char text[8192];

    memset(text, 'x', sizeof text - 1);
    char announce[] = "announce";
    char *words[] = {announce, text};
    cr_expect_eq(order_parse(words, 2, &got, why, sizeof why), ERR_FORMAT);
    cr_expect_not_null(strstr(why, "too long"));
    order_free(&got);
}

Test(order, password__must_be_text_and_is_escaped)
{
    cr_assert_eq(parse("account|add|bob"), ERR_OK);
    cr_expect_neq(order_finish(&got, bytes_str("\xff")), ERR_OK);
    order_free(&got);
    cr_assert_eq(parse("account|add|bob"), ERR_OK);
    cr_assert_eq(order_finish(&got, bytes_str("a\"b")), ERR_OK);
    cr_expect_not_null(strstr(buf_cstr(&got.request), "\"password\":\"a\\\"b\"}\n"));
    order_free(&got);
}

Test(order, seconds__have_units_and_bounds)
{
    static const struct {
        const char *text;
        int64_t seconds; /* 0: refused */
    } ROWS[] = {{"1", 1}, {"30s", 30}, {"10m", 600}, {"2h", 7200}, {"7d", 604800},
        {"3w", 1814400}, {"4294967295", 4294967295}, {"4294967296", 0}, {"0", 0}, {"", 0},
        {"m", 0}, {"1mm", 0}, {"1x", 0}, {"-1", 0}, {"1 m", 0}, {"99999999999", 0},
        {"9999999999w", 0}};
    int64_t s;

    for (size_t i = 0; i < MEM_COUNT(ROWS); i++) {
        enum err e = order_seconds(ROWS[i].text, &s);
        cr_expect_eq(e == ERR_OK, ROWS[i].seconds != 0, "%s", ROWS[i].text);
        if (e == ERR_OK)
            cr_expect_eq(s, ROWS[i].seconds, "%s", ROWS[i].text);
    }
}

Test(order, table__is_whole)
{
    const struct order_row *row, *other;

    for (size_t i = 0; (row = order_at(i)) != NULL; i++) {
        cr_expect(row->help[0] != '\0' && row->command[0] != '\0');
        bool plain = row->shape == ORDER_FACTS;
        cr_expect(plain || row->done[0] != '\0', "%s", row->command);
        cr_expect_eq(row->key[0] == '\0', row->shape == ORDER_DONE, "%s", row->command);
        for (size_t k = 0; (other = order_at(k)) != NULL; k++)
            cr_expect(i == k || strcmp(row->command, other->command) != 0, "%s", row->command);
    }
}
