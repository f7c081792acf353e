/* SPDX-License-Identifier: ISC */
/* What a person sees of a model, drawn by the real thing. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/mem.h"
#include "stage.h"

static struct pty *p;

static void teardown(void)
{
    pty_free(p);
}

TestSuite(tui, .fini = teardown);

static void start(const char *scene, int cols, int rows, bool ascii)
{
    p = stage_start(
        &(struct stage_wish){.scene = scene, .ascii = ascii, .cols = cols, .rows = rows});
}

static void expect(const char *words)
{
    cr_assert(pty_until(p, words));
}

static void expect_all(const char *const *words)
{
    for (size_t i = 0; words[i] != NULL; i++)
        expect(words[i]);
}

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void finish(void)
{
    pty_type(p, "\x03");
    expect("Ctrl+C again quits");
    pty_type(p, "\x03");
    cr_assert_eq(pty_until_exit(p), 0);
}

Test(tui, room__says_who_what_and_how_it_is_sealed)
{
    start("room", 120, 30, false);
    expect_all(WORDS("what we do on Friday", "4 members  sealed end to end", "MEMBERS 4"));
    expect_all(WORDS("bob  first  ", "     and second  ", "dave#ab12  hi", "▌12:00"));
    expect_all(WORDS("queued …", "delivered ✓", "failed ! not sent"));
    expect_all(WORDS("2024-10-03 12:00  once", "3 bob ", "@1", "3:bob (@1)"));
    expect_all(WORDS("bob             ✓", "carol      ! away", "dave#ab12 joining", "alice"));
    expect("relayed    "); /* with the relay: nothing to say */
    finish();
}

Test(tui, room__in_ascii_says_the_same)
{
    start("room", 120, 30, true);
    expect_all(WORDS("queued ...", "delivered ok", "failed ! not sent", ">12:00", "! away"));
    expect_all(WORDS("sealed end to end", "bob            ok"));
    for (const char *c = pty_screen(p); *c != '\0'; c++)
        cr_assert_lt((unsigned char)*c, 0x80);
    finish();
}

/* The smaller the screen, the fewer places: the seal keeps one. */
Test(tui, seal__is_told_in_words_at_every_size)
{
    static const int ROWS[] = {24, 16, 12, 8, 5};

    for (size_t i = 0; i < MEM_COUNT(ROWS); i++) {
        start("stopped", 60, ROWS[i], false);
        expect("stopped: a key changed");
        pty_free(p);
    }
    p = NULL;
}

Test(tui, direct__has_the_name_of_a_person)
{
    start("direct", 80, 24, false);
    expect_all(WORDS("3:bob  sealed, unconfirmed", "and new"));
    cr_assert_null(strstr(pty_screen(p), "#bob"));
    finish();
}

Test(tui, question__hidden_letters_are_never_on_the_screen)
{
    start("room", 80, 24, false);
    expect("new");
    pty_type(p, "/ask\r");
    expect("Enter answers");
    expect("Password:");
    pty_type(p, "geheim");
    expect("Password: ••••••");
    pty_type(p, "\x01\x0b"); /* all of it killed */
    cr_assert(pty_until_gone(p, "•"));
    pty_type(p, "\x19"); /* and brought back */
    expect("Password: ••••••");
    pty_type(p, "\x7f\x7f");
    pty_type(p, "\r");
    expect("answer of 4 letters");
    pty_type(p, "\x19\x1b[A"); /* what was killed, what was typed before */
    expect("▸ /ask");
    cr_assert(pty_until_gone(p, "Password"));
    cr_assert_null(strstr(pty_output(p), "gehe"));
}

Test(tui, question__shown_ones_and_taken_back)
{
    start("room", 80, 24, true);
    expect("new");
    pty_type(p, "/say\r");
    expect("Which one?");
    pty_type(p, "this");
    expect("Which one? this");
    pty_type(p, "\x1b");
    expect("answer of 0 letters");
    cr_assert(pty_until_gone(p, "Which one?"));
    pty_type(p, "/ask\r");
    expect("Password:");
    pty_type(p, "abc");
    expect("Password: ***");
    pty_type(p, "\x03");
    cr_assert(pty_until_gone(p, "Password:"));
    finish();
}

Test(tui, paste__keeps_its_lines_in_one_message)
{
    start("room", 80, 24, false);
    expect("new");
    pty_type(p, "\x1b[200~one\rtwo\r\x1b[201~");
    expect("one⏎two⏎");
    pty_type(p, "\r");
    expect("line of 7 letters: one\n");
    expect(" two\n");
}

/* Two lines of a stranger do not pass for a line of his and one of somebody else. */
Test(tui, narrow__second_lines_hang)
{
    start("room", 40, 24, false);
    expect("\n bob: first\n     and second\n dave#ab12: hi");
    finish();
}

Test(tui, help__every_command_can_be_reached)
{
    start("home", 80, 24, false);
    expect("not sealed");
    pty_type(p, "\x1bOP");
    expect("/announce TEXT...");
    for (int i = 0; i < 12 && strstr(pty_screen(p), "Ctrl+C ") == NULL; i++) {
        pty_type(p, "\x1b[6~");
        pty_breathe(p);
    }
    expect("Ctrl+C ");
    pty_type(p, "\x1b");
    expect("Enter send");
}
