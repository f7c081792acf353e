/* SPDX-License-Identifier: ISC */
/* A file from one screen to another: offered by a path, taken by a key on its card. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "client.h"

#define FILE_BYTES 400000

TestSuite(files, .init = client_relay_up, .fini = client_relay_down);

static void make_file(const char *path, struct buf *text)
{
    buf_init(text, FILE_BYTES + 64);
    for (unsigned i = 0; text->n < FILE_BYTES; i++)
        buf_fmt(text, "line %u of the report\n", i);
    cr_assert_eq(file_write_atomic(path, buf_view(text), 0600), ERR_OK);
}

Test(files, send__is_taken_by_a_key_on_its_card)
{
    struct pty *carol =
        client_ready(&relay, &(struct client_wish){.nick = "carol", .cols = 120, .rows = 36});
    struct pty *bob =
        client_ready(&relay, &(struct client_wish){.nick = "bob", .cols = 80, .rows = 24});
    char path[512];
    char line[600];
    struct buf sent;
    struct buf came;

    pty_type(carol, "/join #general\r");
    cr_assert(pty_until(carol, "You joined this room"));
    pty_type(bob, "/join general\r");
    cr_assert(pty_until(bob, "The keys of this room are agreed"));
    (void)snprintf(path, sizeof path, "%s/the report.txt", relay.dir);
    make_file(path, &sent);
    (void)snprintf(line, sizeof line, "/send %s/the r\t", relay.dir);
    pty_type(bob, line);
    cr_assert(pty_until(bob, "the report.txt"));
    pty_type(bob, "\r");
    cr_assert(pty_until(bob, "offered; nobody has answered yet"));
    cr_assert(pty_until(carol, "[s] save  [a] save as  [r] refuse  or /accept 1"));
    cr_assert(pty_until(carol, "1 offer"));
    pty_type(carol, "s\x15"); /* a letter is a letter */
    pty_type(carol, "\x1bs");
    cr_assert(pty_until(carol, "s save  a save as"));
    pty_type(carol, "s");
    cr_assert(pty_until(carol, "saved in ~/Downloads/the report.txt, hash and signature"));
    cr_assert(pty_until(bob, "carol has it"));
    cr_assert(pty_until(bob, "was sent: whoever")); /* else quitting asks */
    pty_type(carol, "\x1b");
    cr_assert(pty_until_gone(carol, "ESC leaves"));
    pty_type(carol, "\x1bt");
    cr_assert(pty_until(carol, "saved, 400 kB"));
    pty_type(carol, "\x1b");
    (void)snprintf(path, sizeof path, "%s/carol/Downloads/the report.txt", relay.dir);
    buf_init(&came, FILE_BYTES * 2);
    cr_assert_eq(file_read(path, &came), ERR_OK, "%s", path);
    cr_assert(bytes_eq(buf_view(&came), buf_view(&sent)));
    buf_free(&came);
    buf_free(&sent);
    client_quit(bob);
    client_quit(carol);
}
