/* SPDX-License-Identifier: ISC */
/* What a person sees, at three sizes, and that it stays whole. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "client.h"

TestSuite(screen, .init = client_relay_up, .fini = client_relay_down);

static void golden(int cols, int rows, const char *name)
{
    struct pty *p = client_ready(
        &relay, &(struct client_wish){.nick = "carol", .cols = cols, .rows = rows});
    struct pty *bob =
        client_ready(&relay, &(struct client_wish){.nick = "bob", .cols = 80, .rows = 24});

    pty_type(p, "/join #general\r");
    cr_assert(pty_until(p, "You joined this room"));
    pty_type(bob, "/join general\r");
    cr_assert(pty_until(p, "is in the group"));
    cr_assert(pty_until(bob, "The keys of this room are agreed"));
    pty_type(bob, "tea at five?\r");
    cr_assert(pty_until(p, "tea at five?"));
    pty_type(p, "gladly\r");
    cr_assert(pty_until(bob, "gladly"));
    cr_assert(pty_until(p, "gladly \xe2\x9c\x93"));
    pty_type(p, "hello");
    cr_assert(pty_until(p, "hello"));
    cr_assert(pty_golden(p, name));
    client_quit(bob);
    cr_assert(pty_until(p, "left"));
    client_quit(p);
}

Test(screen, golden__three_panes_at_120x36)
{
    golden(120, 36, "room-120x36");
}

Test(screen, golden__two_panes_at_80x24)
{
    golden(80, 24, "room-80x24");
}

Test(screen, golden__one_pane_at_40x12)
{
    golden(40, 12, "room-40x12");
}

Test(screen, golden__first_sight_at_home)
{
    struct pty *p =
        client_ready(&relay, &(struct client_wish){.nick = "carol", .cols = 120, .rows = 36});

    cr_assert(pty_until(p, "ONLINE 1"));
    cr_assert(pty_until(p, "You are carol now"));
    cr_assert(pty_golden(p, "home-120x36"));
    client_quit(p);
}

Test(screen, golden__help)
{
    struct pty *p =
        client_ready(&relay, &(struct client_wish){.nick = "carol", .cols = 80, .rows = 24});

    pty_type(p, "/help\r");
    cr_assert(pty_until(p, "ON THE RELAY'S PAGE"));
    cr_assert(pty_until(p, "ESC closes"));
    cr_assert(pty_golden(p, "help-80x24"));
    pty_type(p, "\x1b");
    cr_assert(pty_until_gone(p, "ON THE RELAY'S PAGE"));
    client_quit(p);
}

Test(screen, golden__ascii_where_the_locale_is)
{
    struct pty *p = client_ready(&relay,
        &(struct client_wish){
            .nick = "carol", .locale = "C", .term = "screen-256color", .cols = 80, .rows = 24});

    pty_type(p, "/join general\r");
    cr_assert(pty_until(p, "You joined this room"));
    cr_assert(pty_until(p, "1 member"));
    cr_assert(pty_golden(p, "ascii-80x24"));
    for (const char *c = pty_screen(p); *c != '\0'; c++)
        cr_assert(*c == '\n' || (*c >= ' ' && *c <= '~'));
    client_quit(p);
}

Test(screen, small__says_what_is_needed_and_lives_on)
{
    struct pty *p =
        client_ready(&relay, &(struct client_wish){.nick = "carol", .cols = 80, .rows = 24});

    pty_resize(p, 19, 4);
    cr_assert(pty_until(p, "20x5 needed"));
    cr_assert(pty_until(p, "19x4"));
    pty_resize(p, 1, 1);
    pty_resize(p, 40, 12);
    cr_assert(pty_until(p, "connected"));
    pty_type(p, "/join ops\r");
    cr_assert(pty_until(p, "2:#ops"));
    client_quit(p);
}

/* Sizes one after the other faster than they are drawn, while things happen. */
Test(screen, resize__storm)
{
    struct pty *p =
        client_ready(&relay, &(struct client_wish){.nick = "carol", .cols = 80, .rows = 24});
    struct pty *bob =
        client_ready(&relay, &(struct client_wish){.nick = "bob", .cols = 80, .rows = 24});
    unsigned seed = 11;

    pty_type(p, "/join ops\r");
    cr_assert(pty_until(p, "You joined"));
    for (int i = 0; i < 150; i++) {
        seed = seed * 1103515245u + 12345u;
        pty_resize(p, 1 + (int)(seed >> 16) % 160, 1 + (int)(seed >> 8) % 50);
        if (i % 10 == 0) {
            bool in = i % 20 == 0;
            pty_type(bob, in ? "/join ops\r" : "/leave ops\r");
            cr_assert(in ? pty_until(bob, "2:#ops") : pty_until_gone(bob, "2:#ops"));
        }
        pty_breathe(p);
    }
    pty_type(bob, "/nick done\r");
    cr_assert(pty_until(bob, " done "));
    pty_resize(p, 80, 24);
    pty_type(p, "\x15/users\r");
    cr_assert(pty_until(p, "in #ops: "));
    pty_type(p, "\x0c");
    cr_assert(pty_until(p, "carol ▸"));
    client_quit(bob);
    client_quit(p);
}

Test(screen, wide__names_keep_the_columns)
{
    struct pty *p =
        client_ready(&relay, &(struct client_wish){.nick = "carol", .cols = 80, .rows = 24});

    pty_type(p, "/join 漢字かな\r");
    cr_assert(pty_until(p, "#漢字かな"));
    pty_type(p, "/join e\xcc\x81"
                "te\xcc\x81\r");
    cr_assert(pty_until(p, "3:#"));
    pty_type(p, "漢字 and more");
    cr_assert(pty_until(p, "漢字 and more"));
    for (int row = 2; row < 20; row++)
        cr_assert_eq(pty_cell(p, row, 15), 0x2502, "row %d", row); /* the upright rule */
    cr_assert(pty_golden(p, "wide-80x24"));
    client_quit(p);
}
