/* SPDX-License-Identifier: ISC */
/* The relay goes, comes back, is another one, or was never there. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "client.h"

static void setup(void)
{
    live_init(&relay);
}

static void teardown(void)
{
    live_fini(&relay);
}

TestSuite(relay, .init = setup, .fini = teardown);

static void start(void)
{
    cr_assert(live_start(&relay), "%s", live_words(&relay));
}

Test(relay, nobody_there__is_told_kindly_and_tried_again)
{
    struct client_wish w = {.nick = "carol", .cols = 80, .rows = 24};
    struct pty *p;

    start(); /* for a port that is free again */
    cr_assert_eq(live_stop(&relay), 0);
    p = client_start(&relay, &w);
    cr_assert(pty_until(p, "Is sottod"));
    cr_assert(pty_until(p, "again in 1 s"));
    cr_assert(pty_until(p, "again in 3 s"), "the waits grow");
    pty_type(p, "/join ops\r");
    cr_assert(pty_until(p, "/join needs the relay"));
    client_quit(p);
}

Test(relay, gone__is_noticed)
{
    struct client_wish w = {.nick = "carol", .cols = 80, .rows = 24};
    struct pty *p;

    start();
    p = client_ready(&relay, &w);
    pty_type(p, "/join ops\r");
    cr_assert(pty_until(p, "2:#ops"));
    live_kill(&relay);
    cr_assert(pty_until(p, "not connected, again in"));
    client_quit(p);
}

Test(relay, another_key__is_refused_with_both_fingerprints)
{
    struct client_wish w = {.nick = "carol", .cols = 120, .rows = 36};
    char dir[256], path[300], line[512], server[64];
    struct pty *p;

    start();
    client_server(server, &relay);
    (void)snprintf(dir, sizeof dir, "%s/carol/sotto", relay.dir);
    (void)snprintf(path, sizeof path, "%s/known_relays", dir);
    (void)snprintf(line, sizeof line,
        "%s SHA256:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE 02020202020202020202020202020202\n",
        server);
    cr_assert_eq(file_make_private_dir(dir), ERR_OK);
    cr_assert_eq(file_write_atomic(path, bytes_str(line), 0600), ERR_OK);
    p = client_start(&relay, &w);
    cr_assert(pty_until(p, "THE KEY OF THIS RELAY HAS CHANGED"));
    cr_assert(pty_until(p, "SHA256:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"));
    cr_assert(pty_until(p, relay.fingerprint));
    cr_assert(pty_until(p, "stopped"));
    cr_assert(pty_golden(p, "changed-120x36"));
    client_quit(p);
    /* What the screen said to type. */
    w.extra[0] = "--pin";
    w.extra[1] = relay.fingerprint;
    p = client_ready(&relay, &w);
    client_quit(p);
    w.extra[0] = NULL;
    p = client_ready(&relay, &w);
    cr_assert(pty_until(p, "key as before"));
    client_quit(p);
    (void)live_stop(&relay);
}

Test(relay, access_key__opens_a_closed_relay)
{
    struct client_wish w = {.nick = "carol", .cols = 120, .rows = 36};
    char path[300];
    struct pty *p;

    (void)snprintf(path, sizeof path, "%s/secret.key", relay.dir);
    cr_assert_eq(
        file_write_atomic(path, bytes_str("0123456789abcdef0123456789abcdef"), 0600), ERR_OK);
    (void)snprintf(relay.config, sizeof relay.config, "\"access_key\": \"%s\",", path);
    start();
    p = client_start(&relay, &w);
    cr_assert(pty_until(p, "--access-key FILE"));
    cr_assert(pty_until(p, "stopped"));
    client_quit(p);
    w.extra[0] = "--access-key";
    w.extra[1] = path;
    p = client_ready(&relay, &w);
    client_quit(p);
    (void)live_stop(&relay);
}
