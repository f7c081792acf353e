/* SPDX-License-Identifier: ISC */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "server/config.h"
#include "support/support.h"

static struct config got;
static char why[512];

static enum err parse(const char *text)
{
    why[0] = '\0';
    return config_parse(&got, bytes_str(text), why, sizeof why);
}

static int64_t value(const struct limit_row *row)
{
    return *(const int64_t *)(const void *)((const char *)&got.limits + row->at);
}

static void home(void)
{
    cr_assert_eq(setenv("HOME", "/home/alice", 1), 0);
    cr_assert_eq(unsetenv("XDG_STATE_HOME"), 0);
    cr_assert_eq(unsetenv("STATE_DIRECTORY"), 0);
}

TestSuite(config, .init = home);

Test(config, defaults__are_what_the_design_says)
{
    cr_assert_eq(config_load(&got, NULL, why, sizeof why), ERR_OK, "%s", why);
    const struct limits *l = &got.limits;

    cr_expect_str_eq(got.listen, "[::]:5555");
    cr_expect(got.guests && got.registration && got.audit && got.sandbox);
    cr_expect_eq(got.log_level, LOG_INFO);
    cr_expect(l->beat_s == 6 && l->warn_s == 20 && l->drop_s == 30 && l->grace_s == 30);
    cr_expect(l->flood_burst == 5 && l->flood_per_s_milli == 1000);
    cr_expect(l->retention_days == 14 && l->room_members == 1000 && l->turn_ms == 2000);
    cr_expect(l->rotate_messages == 80 && l->rotate_s == 540);
    cr_expect(l->epoch_grace_ms == 5000 && l->void_ms == 10000);
    cr_expect(l->files == 1 && l->file_transfers_per_user == 8 && l->file_stall_s == 30);
    cr_expect(l->file_window_bytes == 4 << 20 && l->file_bytes == (int64_t)16 << 30);
}

Test(config, table__covers_every_field_once)
{
    static bool seen[sizeof(struct limits) / sizeof(int64_t)];
    const struct limit_row *row;
    size_t n = 0;

    for (; (row = config_limit(n)) != NULL; n++) {
        cr_assert_eq(row->at % sizeof(int64_t), 0);
        cr_assert(!seen[row->at / sizeof(int64_t)], "%s is there twice", row->name);
        seen[row->at / sizeof(int64_t)] = true;
        cr_expect(row->min <= row->fallback && row->fallback <= row->max, "%s", row->name);
        cr_expect(row->unit[0] != '\0' && row->help[0] != '\0', "%s", row->name);
    }
    cr_assert_eq(n, MEM_COUNT(seen));
}

/* Alone, an end of a range may break a relation; then the words must name that row. */
Test(config, limits__hold_their_ranges)
{
    const struct limit_row *row;
    char text[128];

    for (size_t i = 0; (row = config_limit(i)) != NULL; i++) {
        const int64_t tries[] = {row->min, row->max, row->min - 1, row->max + 1};
        for (size_t k = 0; k < MEM_COUNT(tries); k++) {
            (void)snprintf(text, sizeof text, "{\"limits\": {\"%s\": %lld}}", row->name,
                (long long)tries[k]);
            enum err e = parse(text);
            bool inside = k < 2;
            if (e == ERR_OK)
                cr_expect(inside && value(row) == tries[k], "%s", text);
            else
                cr_expect(
                    strstr(why, row->name) != NULL && (!inside || strstr(why, "..") == NULL),
                    "%s: %s", text, why);
        }
        (void)snprintf(text, sizeof text, "{\"limits\": {\"%s\": \"1\"}}", row->name);
        cr_expect_eq(parse(text), ERR_FORMAT, "%s", text);
    }
}

Test(config, relations__are_told_with_both_names)
{
    static const struct {
        const char *text, *first, *second;
    } ROWS[] = {
        {"{\"limits\":{\"beat_s\":20}}", "limits.beat_s", "warn_s"},
        {"{\"limits\":{\"warn_s\":30}}", "limits.warn_s", "drop_s"},
        {"{\"limits\":{\"drop_s\":19}}", "limits.warn_s", "drop_s"},
        {"{\"limits\":{\"queue_soft_bytes\":1048576}}", "limits.queue_soft_bytes",
            "queue_hard_bytes"},
        {"{\"limits\":{\"queue_total_bytes\":1048576,\"queue_hard_bytes\":1048577}}",
            "limits.queue_hard_bytes", "queue_total_bytes"},
        {"{\"limits\":{\"drop_from\":513}}", "limits.drop_from", "unauthenticated"},
        {"{\"limits\":{\"connections\":511}}", "limits.unauthenticated", "connections"},
        {"{\"limits\":{\"rooms_per_user\":14}}", "limits.rooms_created_per_user",
            "rooms_per_user"},
        {"{\"limits\":{\"backlog_entries\":511}}", "limits.tail_entries", "backlog_entries"},
        {"{\"limits\":{\"backlog_bytes\":262143}}", "limits.tail_bytes", "backlog_bytes"},
        {"{\"limits\":{\"file_transfers\":7}}", "limits.file_transfers_per_user",
            "file_transfers"},
        {"{\"limits\":{\"file_memory_bytes\":4194304}}", "limits.file_window_bytes",
            "file_memory_bytes"},
        {"{\"limits\":{\"bytes_burst\":65599}}", "limits.bytes_burst", "65600"},
    };

    for (size_t i = 0; i < MEM_COUNT(ROWS); i++) {
        cr_expect_eq(parse(ROWS[i].text), ERR_FORMAT, "%s", ROWS[i].text);
        cr_expect(strstr(why, ROWS[i].first) != NULL && strstr(why, ROWS[i].second) != NULL,
            "%s: %s", ROWS[i].text, why);
    }
    cr_expect_eq(parse("{\"limits\":{\"bytes_burst\":65600}}"), ERR_OK, "%s", why);
    cr_expect_eq(parse("{\"limits\":{\"bytes_burst\":0}}"), ERR_OK, "%s", why);
}

Test(config, keys__every_one_arrives)
{
    cr_assert_eq(
        parse("{ // all of them\n"
              "\"listen\": \"127.0.0.1:6000\", \"state\": \"/s\",\n"
              "\"certificate\": \"/c.crt\", \"key\": \"/c.key\",\n"
              "\"client_ca\": \"/ca\", \"access_key\": \"/secret.key\",\n"
              "\"control\": \"/run/c.sock\", \"log_file\": \"/var/log/s\",\n"
              "\"log_level\": \"debug\", \"guests\": false, \"registration\": false,\n"
              "\"invite_code\": \"open sesame\", \"audit\": false, \"sandbox\": false,\n"
              "/* and */ \"limits\": {\"grace_s\": 31}}"),
        ERR_OK, "%s", why);
    cr_expect_str_eq(got.listen, "127.0.0.1:6000");
    cr_expect_str_eq(got.state, "/s");
    cr_expect_str_eq(got.certificate, "/c.crt");
    cr_expect_str_eq(got.key, "/c.key");
    cr_expect_str_eq(got.client_ca, "/ca");
    cr_expect_str_eq(got.access_key, "/secret.key");
    cr_expect_str_eq(got.control, "/run/c.sock");
    cr_expect_str_eq(got.log_file, "/var/log/s");
    cr_expect_str_eq(got.invite_code, "open sesame");
    cr_expect_eq(got.log_level, LOG_DEBUG);
    cr_expect(!got.guests && !got.registration && !got.audit && !got.sandbox);
    cr_expect_eq(got.limits.grace_s, 31);
}

Test(config, mistakes__are_named)
{
    static const struct {
        const char *text, *word;
    } ROWS[] = {
        {"", ""},
        {"[]", "object"},
        {"{\"lisen\": \"x:1\"}", "lisen"},
        {"{\"listen\": \"x\"}", "listen"},
        {"{\"listen\": 5555}", "listen"},
        {"{\"state\": \"here\"}", "state"},
        {"{\"state\": \"\"}", "state"},
        {"{\"control\": \"\"}", "control"},
        {"{\"certificate\": \"/c\"}", "key"},
        {"{\"key\": \"/k\"}", "certificate"},
        {"{\"client_ca\": \"ca\"}", "client_ca"},
        {"{\"log_level\": \"loud\"}", "log_level"},
        {"{\"guests\": 1}", "guests"},
        {"{\"guests\": true, \"guests\": true}", "guests"},
        {"{\"limits\": []}", "limits"},
        {"{\"limits\": {\"flood\": 1}}", "limits.flood"},
        {"{\"limits\": {\"grace_s\": 1.5}}", "limits.grace_s"},
        {"{\"limits\": {\"grace_s\": null}}", "limits.grace_s"},
        {"{\"invite_code\": \"0123456789012345678901234567890123456789012345678901234567890"
         "12345\"}",
            "invite_code"},
    };

    for (size_t i = 0; i < MEM_COUNT(ROWS); i++) {
        cr_expect_neq(parse(ROWS[i].text), ERR_OK, "%s", ROWS[i].text);
        cr_expect(
            strstr(why, ROWS[i].word) != NULL && why[0] != '\0', "%s: %s", ROWS[i].text, why);
    }
}

Test(config, text__cut_anywhere_is_refused)
{
    static const char TEXT[] = "{\"listen\": \"[::1]:1\", \"limits\": {\"grace_s\": 1}}";

    cr_assert_eq(parse(TEXT), ERR_OK);
    for (size_t n = 0; n + 1 < sizeof TEXT; n++)
        cr_expect_neq(config_parse(&got, bytes_of(TEXT, n), why, sizeof why), ERR_OK, "%zu", n);
}

Test(config, state__follows_systemd_then_xdg_then_home)
{
    cr_assert_eq(parse("{}"), ERR_OK);
    cr_expect_str_eq(got.state, "/home/alice/.local/state/sottod");
    cr_expect_str_eq(got.control, "/home/alice/.local/state/sottod/control.sock");
    cr_expect_str_eq(got.certificate, "/home/alice/.local/state/sottod/relay.crt");
    cr_expect_str_eq(got.key, "/home/alice/.local/state/sottod/relay.key");
    cr_assert_eq(setenv("XDG_STATE_HOME", "/x", 1), 0);
    cr_assert_eq(parse("{}"), ERR_OK);
    cr_expect_str_eq(got.state, "/x/sottod");
    cr_assert_eq(setenv("STATE_DIRECTORY", "/var/lib/sottod:/other", 1), 0);
    cr_assert_eq(parse("{}"), ERR_OK);
    cr_expect_str_eq(got.state, "/var/lib/sottod");
}

Test(config, state__must_come_from_somewhere)
{
    cr_assert_eq(unsetenv("HOME"), 0);
    cr_expect_eq(parse("{}"), ERR_FORMAT);
    cr_expect(strstr(why, "state") != NULL && strstr(why, "HOME") != NULL, "%s", why);
    cr_expect_eq(parse("{\"state\": \"/s\"}"), ERR_OK, "%s", why);
}

Test(config, state__takes_along_only_what_was_left_alone)
{
    cr_assert_eq(parse("{\"state\": \"/s\", \"control\": \"/run/c\"}"), ERR_OK, "%s", why);
    cr_expect_str_eq(got.certificate, "/s/relay.crt");
    cr_assert_eq(config_state(&got, "/t"), ERR_OK);
    cr_expect_str_eq(got.state, "/t");
    cr_expect_str_eq(got.certificate, "/t/relay.crt");
    cr_expect_str_eq(got.key, "/t/relay.key");
    cr_expect_str_eq(got.control, "/run/c");
}

Test(config, state__relative_is_below_the_working_folder_and_too_long_changes_nothing)
{
    static char lengthy[CONFIG_PATH];
    struct config before;

    cr_assert_eq(parse("{}"), ERR_OK);
    cr_assert_eq(chdir("/"), 0);
    cr_assert_eq(config_state(&got, "rel"), ERR_OK);
    cr_expect_eq(got.state[0], '/');
    cr_expect_str_eq(strrchr(got.state, '/'), "/rel");
    memset(lengthy, 'a', sizeof lengthy - 1);
    lengthy[0] = '/';
    before = got;
    cr_expect_eq(config_state(&got, lengthy), ERR_TOO_BIG);
    cr_expect_eq(memcmp(&before, &got, sizeof got), 0);
}

Test(config, address__is_split)
{
    static const struct {
        const char *listen, *host, *port;
    } ROWS[] = {
        {"[::]:5555", "::", "5555"},
        {"127.0.0.1:0", "127.0.0.1", "0"},
        {"relay.example:65535", "relay.example", "65535"},
        {"::1:5555", NULL, NULL},
        {":5555", NULL, NULL},
        {"[]:5555", NULL, NULL},
        {"[::1]", NULL, NULL},
        {"[::1:5", NULL, NULL},
        {"[::1]5", NULL, NULL},
        {"[relay]:5", NULL, NULL},
        {"relay", NULL, NULL},
        {"relay:", NULL, NULL},
        {"relay:65536", NULL, NULL},
        {"relay:+5", NULL, NULL},
        {"relay:5 ", NULL, NULL},
        {"re lay:5", NULL, NULL},
        {"relay:123456", NULL, NULL},
        {"", NULL, NULL},
    };
    char host[64], port[8];

    for (size_t i = 0; i < MEM_COUNT(ROWS); i++) {
        enum err e = config_address(ROWS[i].listen, host, sizeof host, port, sizeof port);
        if (ROWS[i].host == NULL) {
            cr_expect_eq(e, ERR_FORMAT, "%s", ROWS[i].listen);
            continue;
        }
        cr_expect_eq(e, ERR_OK, "%s", ROWS[i].listen);
        cr_expect_str_eq(host, ROWS[i].host);
        cr_expect_str_eq(port, ROWS[i].port);
    }
    cr_expect_eq(config_address("relay:5", host, 5, port, sizeof port), ERR_FORMAT);
}

Test(config, load__names_the_file)
{
    char dir[64], path[128];

    support_tmpdir(dir, sizeof dir);
    (void)snprintf(path, sizeof path, "%s/sottod.json", dir);
    cr_expect_eq(config_load(&got, path, why, sizeof why), ERR_NOT_FOUND);
    cr_expect(strstr(why, path) != NULL, "%s", why);
    cr_assert_eq(file_write_atomic(path, bytes_str("{\n\n,}"), 0644), ERR_OK);
    cr_expect_eq(config_load(&got, path, why, sizeof why), ERR_FORMAT);
    cr_expect(strstr(why, path) != NULL && strstr(why, "line 3") != NULL, "%s", why);
    cr_assert_eq(file_write_atomic(path, bytes_str("{\"guests\": false}"), 0644), ERR_OK);
    cr_expect_eq(config_load(&got, path, why, sizeof why), ERR_OK, "%s", why);
    cr_expect(!got.guests);
    support_rmtree(dir);
}

/* The example of sottod.json(5), from .Bd to .Ed, is a configuration that works. */
Test(config, manual__example_is_parsed)
{
    char path[512];
    struct buf page;

    (void)snprintf(path, sizeof path, "%s/man/sottod.json.5", support_source());
    buf_init(&page, 1 << 20);
    cr_assert_eq(file_read(path, &page), ERR_OK, "%s", path);
    char *from = strstr(buf_cstr(&page), "\n.Sh EXAMPLES");
    cr_assert_not_null(from);
    from = strstr(from, "\n{");
    char *end = from != NULL ? strstr(from, "\n.Ed") : NULL;
    cr_assert(from != NULL && end != NULL);
    *end = '\0';
    cr_assert_eq(parse(from), ERR_OK, "%s", why);
    cr_expect_neq(got.limits.flood_burst, 0);
    buf_free(&page);
}
