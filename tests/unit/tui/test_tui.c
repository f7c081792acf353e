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
    expect_all(WORDS("! key changed", "· not in yet", "✓ verified", "● connected 12:00"));
    expect_all(WORDS("2024-10-03 12:00  once", "3 bob ", "@1", "Act: 3:bob@1"));
    expect_all(WORDS("bob           ✓\n", "carol    away !\n", "dave#ab12     ·\n"));
    expect("relayed    "); /* with the relay: nothing to say */
    finish();
}

Test(tui, room__in_ascii_says_the_same)
{
    start("room", 120, 30, true);
    expect_all(WORDS("queued ...", "delivered ok", "failed ! not sent", ">12:00", "away !"));
    expect_all(WORDS("sealed end to end", "bob          ok"));
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
        expect("Type ab12:");
        pty_type(p, "\x1b");
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

Test(tui, line__grows_and_shrinks_with_what_is_typed)
{
    start("room", 80, 24, false);
    expect("new");
    pty_type(p, "one\x1b\rtwo\nthree\x1b[13;2usix");
    expect("alice ▸ one\n         two\n         three\n         six\n");
    pty_type(p, "\x1b[A\x1b[A!");
    expect("alice ▸ one\n         two!\n         three\n         six\n");
    pty_type(p, "\r");
    expect("letters: one\n");
    expect("alice ▸\n");
    pty_type(p, "\x1b[A");
    expect("alice ▸ one\n         two!\n");
    pty_type(p, "\x03");
    expect("alice ▸\n");
    finish();
}

static bool cursor_is_below(struct pty *of, void *arg)
{
    int row;
    int col;

    (void)arg;
    pty_cursor(of, &row, &col);
    return row == 11;
}

Test(tui, line__takes_three_rows_of_a_small_screen)
{
    start("room", 40, 12, false);
    expect("new");
    pty_type(p, "\x1b[1;3F"); /* at the newest one stays there */
    expect("bob: new");
    pty_type(p, "words that fill more than only one row of this small screen and go on");
    expect("▸ words that fill more than only\n");
    for (int i = 0; i < 30; i++)
        pty_type(p, " more");
    expect("▲");
    expect("bob: new");
    cr_assert(pty_until_cond(p, cursor_is_below, NULL));
    pty_type(p, "\x03");
    cr_assert(pty_until_gone(p, "more"));
    finish();
}

Test(tui, completion__a_list_to_go_through)
{
    start("room", 80, 24, false);
    expect("new");
    pty_type(p, "/mo\t");
    expect("▸ /moderator NAME [on|off]");
    pty_type(p, "\x15/m\t");
    expect("▸ /moderator NAME [on|off]");
    expect("▸/moderator");
    expect(" /msg        NAME [TEXT...]  talk with one person");
    pty_type(p, "\t");
    expect("▸ /msg NAME [TEXT...]");
    pty_type(p, "\x1b[Z");
    expect("▸ /moderator NAME");
    pty_type(p, "\x1b"); /* as it was */
    cr_assert(pty_until_gone(p, "talk with one person"));
    expect("▸ /m\n");
    pty_type(p, "\t\t\r"); /* takes it and sends nothing */
    expect("▸ /msg NAME [TEXT...]");
    cr_assert(pty_until_gone(p, "/moderator"));
    pty_type(p, "b\tx"); /* a letter after it is a letter */
    expect("▸ /msg bob x");
    pty_type(p, "\x03");
    expect("alice ▸\n");
    pty_type(p, "@\t"); /* bob spoke last */
    expect("▸ @bob");
    expect("▸@bob");
    pty_type(p, "x");
    cr_assert(pty_until_gone(p, "▸@bob"));
    expect("▸ @bob x");
    pty_type(p, "\x03");
    finish();
}

static void start_with(const char *editor)
{
    p = stage_start(
        &(struct stage_wish){.scene = "room", .editor = editor, .cols = 80, .rows = 24});
    expect("new");
}

Test(tui, editor__what_it_leaves_is_the_line)
{
    start_with("EDITOR=sed -i s/one/two/");
    pty_type(p, "say one\x18\x05");
    expect("▸ say two");
    pty_type(p, "\x1f"); /* and can be undone */
    expect("▸ say one");
    pty_type(p, "\r");
    expect("line of 7 letters: say one");
    finish();
}

/* The keys are its own as long as it is there. */
Test(tui, editor__has_the_terminal)
{
    start_with("EDITOR=sh");
    pty_type(p, "echo rea''dy; read x; echo got $x >$0");
    expect(">$0");
    pty_type(p, "\x18");
    expect("the first of two keys");
    pty_type(p, "\x05");
    expect("ready");
    cr_assert_not(pty_alternate(p));
    cr_assert(pty_cooked(p));
    pty_type(p, "/quit\r");
    expect("▸ got /quit");
    cr_assert(pty_alternate(p));
    pty_type(p, "\x03");
    finish();
}

Test(tui, editor__that_fails_changes_nothing)
{
    start_with("EDITOR=false");
    pty_type(p, "say\x18\x05");
    expect("The editor failed. The line is as it was.");
    expect("▸ say");
    pty_free(p);
    start_with("EDITOR=/no/such/thing");
    pty_type(p, "say\x18\x05");
    expect("Your editor \"/no/such/thing\" was not found.");
    expect("▸ say");
    pty_type(p, "\x15/ask\r"); /* a password goes into no file */
    expect("Password:");
    pty_type(p, "abc\x18\x05");
    expect("it does not go into a file");
    expect("Password: •••");
}

Test(tui, recall__finds_what_was_typed_on_any_page)
{
    start("room", 80, 24, false);
    expect("new");
    pty_type(p, "deploy web\rdeploy ops\rhello\r");
    expect("of 5 letters: hello");
    pty_type(p, "\x1b"
                "1"); /* another page */
    expect("not sealed");
    pty_type(p, "draft\x12");
    expect("Typed before:");
    pty_type(p, "DEP");
    expect("Typed before: DEP  deploy ops");
    pty_type(p, "\x12");
    expect("Typed before: DEP  deploy web");
    pty_type(p, "\x12");
    expect("Typed before: DEP  no more  deploy web");
    pty_type(p, "x");
    expect("Typed before: DEPx  nothing has that\n");
    pty_type(p, "\x7f\x07");
    expect("▸ draft");
    pty_type(p, "\x12"
                "ploy\r");
    expect("▸ deploy ops");
    pty_type(p, "\x1f");
    expect("▸ draft");
    pty_type(p, "\x12we\x01>"); /* a key of the line takes it and is one of the line */
    expect("▸ >deploy web");
    pty_type(p, "\x03");
    cr_assert(pty_until_gone(p, "deploy web"));
    finish();
}

Test(tui, history__of_the_page_then_of_all)
{
    start("room", 80, 24, false);
    expect("new");
    pty_type(p, "on ops\r");
    expect("of 6 letters: on ops");
    pty_type(p, "\x1b"
                "1");
    expect("not sealed");
    pty_type(p, "/home\r");
    expect("of 5 letters: /home");
    pty_type(p, "\x1b[A\x1b[A");
    expect("▸ /home");
    pty_type(p, "\x1b[1;5A");
    expect("▸ on ops");
    pty_type(p, "\x1b[1;5B");
    expect("▸ /home");
    pty_type(p, "\x1b[B");
    cr_assert(pty_until_gone(p, "▸ /home"));
    finish();
}

Test(tui, draft__is_marked_in_the_list_of_rooms)
{
    start("room", 80, 24, false);
    expect("new");
    pty_type(p, "not yet");
    expect("▸ not yet");
    pty_type(p, "\x1b"
                "1");
    expect("2 #ops      ✎ │");
    pty_type(p, "\x1b"
                "2");
    expect("▸ not yet");
    expect("2 #ops        │");
    pty_free(p);
    start("room", 80, 24, true);
    expect("new");
    pty_type(p, "x\x1b"
                "1");
    expect("2 #ops      d |");
}

Test(tui, guard__asks_before_a_slip_is_said)
{
    start("room", 80, 24, false);
    expect("new");
    pty_type(p, " /quit\r");
    expect("Send as text to #ops?");
    pty_type(p, "\r"); /* Enter alone says nothing */
    cr_assert(pty_until_gone(p, "Send as text"));
    expect("▸  /quit");
    pty_type(p, "\x15.quit\r");
    expect("Send as text to #ops?");
    pty_type(p, "\x1b");
    cr_assert(pty_until_gone(p, "Send as text"));
    expect("▸ .quit");
    pty_type(p, "\r");
    expect("Send as text");
    pty_type(p, "y");
    expect("words of 5 letters: .quit");
    pty_type(p, "//quit\r");
    expect("line of 6 letters: //quit");
    finish();
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
    pty_type(p, "\x1b[F"); /* its end */
    expect("/unban NAME");
    pty_type(p, "\x1b");
    cr_assert(pty_until_gone(p, "/unban NAME"));
}

/* ---- finding one's way ---- */

Test(tui, rooms__three_hundred_are_scrolled_and_say_what_is_hidden)
{
    start("many", 120, 36, false);
    expect_all(WORDS("  1 relay", "  2 #room000", "+1", "\n"));
    expect("▼ 573 more     @1"); /* 300 to join among them */
    pty_type(p, "\x1bj27");
    expect("▌ 27 #room025");
    expect_all(WORDS("▲ 13 more", "▼ 561 more     @1"));
    pty_type(p, "\x1b/");
    expect("▌  1 relay");
    pty_type(p, "\x1b[15~"); /* F5, around the end */
    expect("▌301 #room299");
    expect_all(WORDS("▲ 287 more     @1", "TO JOIN", "#room300", "▼ "));
}

Test(tui, active__the_important_one_is_never_cut_off)
{
    static const struct {
        int cols;
        const char *words;
    } ROWS[] = {
        {120, "Act: 282:room280@1 2:room000+1 9:room007+1 "},
        {80, "Act: 282:room280@1 "},
        {56, "Act: 282:room280@1"},
        {40, "Act:282@1,2,"},
        {24, "Act:282@1"},
    };

    for (size_t i = 0; i < MEM_COUNT(ROWS); i++) {
        start("many", ROWS[i].cols, 16, false);
        expect(ROWS[i].words);
        expect(ROWS[i].cols > 24 ? " +" : "Act:"); /* and how many are not named */
        pty_free(p);
    }
    p = NULL;
}

Test(tui, active__one_after_the_other_and_back)
{
    start("home", 120, 30, false);
    expect("Act: 2:ops@1 3:bob@1");
    expect("Alt+A next active");
    pty_type(p, "\x1b"
                "a");
    expect("2:#ops  Act: 3:bob@1");
    pty_type(p, "\x1b"
                "a");
    expect("3:bob  sealed, unconfirmed");
    expect("Alt+A back");
    pty_type(p, "\x1b"
                "a");
    expect("1:relay");
    cr_assert(pty_until_gone(p, "Act:"));
    pty_type(p, "\x1b"
                "a");
    expect("Nothing new anywhere");
}

Test(tui, jump__shows_what_was_typed)
{
    start("many", 80, 12, false); /* without a row of hints the line of state tells */
    expect("1:relay");
    pty_type(p, "\x1bj");
    expect("page _");
    pty_type(p, "1");
    expect("page 1_");
    pty_type(p, "2");
    expect("12:#room010");
    pty_type(p, "\x1bj\x1b");
    cr_assert(pty_until_gone(p, "page _"));
}

Test(tui, hints__follow_the_place)
{
    start("home", 120, 24, false);
    expect_all(WORDS("/join ROOM enter a room", "Alt+G go to", "F1 help"));
    pty_type(p, "/exp");
    expect("Enter do it");
    pty_type(p, "ire");
    expect("/expire [SECONDS]  how long");
    pty_type(p, "\x03\x1b"
                "2");
    expect("Enter send");
    cr_assert_null(strstr(pty_screen(p), "/join ROOM"));
    pty_type(p, "\x1bx");
    expect("type to find");
    pty_type(p, "\x1b");
    pty_free(p);
    start("direct", 120, 24, false);
    expect("/verify NAME compare keys");
    pty_free(p);
    start("stopped", 120, 24, false);
    expect("type it and press Enter");
    pty_type(p, "\x1b");
    expect("/trust NAME accept it");
    pty_free(p);
    start("room", 30, 24, false);
    expect("F1 help"); /* the last that goes */
    cr_assert_null(strstr(pty_screen(p), "complete"));
}

Test(tui, toggle__of_two_that_do_not_fit_the_one_asked_for_last)
{
    start("room", 80, 24, false);
    expect("2 #ops");
    pty_type(p, "\x1b[19~");
    expect("MEMBERS 4");
    cr_assert(pty_until_gone(p, "ROOMS"));
    pty_type(p, "\x1b[18~"); /* F7 */
    expect("ROOMS");
    cr_assert(pty_until_gone(p, "MEMBERS"));
    pty_type(p, "\x1b[19~");
    expect("MEMBERS 4");
    expect("bob  first");
}

Test(tui, hints__can_be_put_away)
{
    start("room", 80, 24, false);
    expect("Enter send");
    pty_type(p, "/hints\r");
    cr_assert(pty_until_gone(p, "Enter send"));
    expect("\n alice ▸\n");
    pty_type(p, "\x03"); /* what must be told is told elsewhere */
    expect("Ctrl+C again quits");
}

/* No name that somebody else chose puts itself in front of what waits for us. */
Test(tui, active__a_long_name_is_cut)
{
    start("long", 120, 24, false);
    expect("Act: 4:bob@1 2:wwwwwwwwwww…1");
}

/* Where there is room for the line alone, it has what the bars would say. */
Test(tui, low__the_line_says_where_one_is_and_what_waits)
{
    start("home", 60, 8, false);
    expect("1 Act:2@1 alice ▸");
    pty_type(p, "\x1b"
                "2");
    expect("2 Act:3@1 alice ▸");
    pty_type(p, "\x1b");
    expect("ESC-");
    pty_type(p, "3");
    expect("unconfirmed 3 al");
    cr_assert(pty_until_gone(p, "ESC-"));
    pty_type(p, "\x03");
    expect("Ctrl+C again quits");
    pty_type(p, "\x03");
    cr_assert_eq(pty_until_exit(p), 0);
}

/* The sign turns while it is done, and stands still for who wants that. */
Test(tui, work__is_told_while_it_is_done)
{
    start("room", 80, 24, false);
    expect("new");
    pty_type(p, "/work\r");
    expect("/ making your identity key");
    expect("- making your identity key");
    expect("\\ making your identity key");
    expect("| making your identity key");
    pty_type(p, "/pref motion reduced\r");
    expect("… making your identity key");
    pty_type(p, "/idle\r");
    cr_assert(pty_until_gone(p, "making your identity key"));
    finish();
}
