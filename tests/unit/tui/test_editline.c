/* SPDX-License-Identifier: ISC */
#include "tui/editline.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "support/memsearch.h"

static struct editline e;

static void setup(void)
{
    editline_init(&e);
}

static void teardown(void)
{
    editline_fini(&e);
}

TestSuite(editline, .init = setup, .fini = teardown);

static void type(const char *s)
{
    (void)editline_insert(&e, bytes_str(s));
}

static void expect(const char *text, size_t at)
{
    cr_assert(bytes_eq(editline_text(&e), bytes_str(text)), "is: %.*s", (int)e.n, e.text);
    cr_assert_eq(e.at, at, "cursor at %zu", e.at);
}

static void enter(void)
{
    struct buf b;

    buf_init(&b, EDITLINE_BYTES);
    editline_enter(&e, &b);
    buf_wipe(&b);
}

Test(editline, insert__at_the_cursor)
{
    type("ac");
    editline_go(&e, EDITLINE_LEFT);
    type("b");
    expect("abc", 2);
}

Test(editline, insert__controls_are_made_visible_and_lines_kept)
{
    type("a\nb\x1b[2J");
    expect("a\nb<U+001B>[2J", e.n);
}

Test(editline, newline__is_one_letter_in_one_column)
{
    int col;

    type("ab\n\ncd");
    cr_assert(bytes_eq(editline_window(&e, 20, &col), bytes_str("ab\n\ncd")));
    cr_assert_eq(col, 6);
    cr_assert(bytes_eq(editline_window(&e, 4, &col), bytes_str("\ncd")));
    cr_assert_eq(col, 3);
    editline_kill_blank(&e);
    expect("ab\n\n", 4);
    editline_erase(&e, EDITLINE_LEFT);
    expect("ab\n", 3);
    type("\xcc\x81"); /* a newline is nothing to sit on */
    expect("ab\n", 3);
}

Test(editline, count__by_clusters)
{
    type("a👩‍👩‍👧e\xcc\x81\n");
    cr_assert_eq(editline_count(&e, e.n), 4);
    cr_assert_eq(editline_count(&e, 1), 1);
    cr_assert_eq(editline_count(&e, 0), 0);
    editline_go(&e, EDITLINE_LEFT);
    cr_assert_eq(editline_count(&e, e.at), 3);
}

Test(editline, insert__a_mark_joins_the_letter_before_it)
{
    type("xy");
    editline_go(&e, EDITLINE_LEFT);
    type("\xcc\x81");
    expect("x\xcc\x81y", 3);
    editline_erase(&e, EDITLINE_LEFT);
    expect("y", 0);
    type("\xcc\x81"); /* nothing to sit on */
    expect("y", 0);
}

Test(editline, insert__refuses_what_does_not_fit)
{
    char *big = mem_alloc(EDITLINE_BYTES + 1);

    memset(big, 'x', EDITLINE_BYTES);
    type(big);
    cr_assert_eq(e.n, EDITLINE_BYTES);
    cr_assert_not(editline_insert(&e, bytes_str("y")));
    cr_assert_eq(e.n, EDITLINE_BYTES);
    editline_erase(&e, EDITLINE_LEFT);
    cr_assert_not(editline_insert(&e, bytes_str("yy")));
    cr_assert_eq(e.n, EDITLINE_BYTES - 1);
    cr_assert(editline_insert(&e, bytes_str("y")));
    mem_free(big);
}

Test(editline, go__moves_by_clusters)
{
    type("a👩‍👩‍👧e\xcc\x81");
    editline_go(&e, EDITLINE_LEFT);
    cr_assert_eq(e.at, e.n - 3);
    editline_go(&e, EDITLINE_LEFT);
    cr_assert_eq(e.at, 1);
    editline_go(&e, EDITLINE_RIGHT);
    cr_assert_eq(e.at, e.n - 3);
    editline_erase(&e, EDITLINE_LEFT);
    expect("ae\xcc\x81", 1);
}

Test(editline, go__edges_hold)
{
    editline_go(&e, EDITLINE_LEFT);
    editline_go(&e, EDITLINE_RIGHT);
    editline_erase(&e, EDITLINE_LEFT);
    editline_erase(&e, EDITLINE_RIGHT);
    editline_swap(&e);
    editline_yank(&e);
    expect("", 0);
}

Test(editline, go__words)
{
    type("one, two");
    editline_go(&e, EDITLINE_WORD_LEFT);
    cr_assert_eq(e.at, 5);
    editline_go(&e, EDITLINE_WORD_LEFT);
    cr_assert_eq(e.at, 0);
    editline_go(&e, EDITLINE_WORD_RIGHT);
    cr_assert_eq(e.at, 3);
    editline_set(&e, bytes_str("  .. "));
    editline_go(&e, EDITLINE_WORD_LEFT);
    cr_assert_eq(e.at, 0);
}

Test(editline, kill__comes_back_with_yank)
{
    type("one two three");
    editline_kill_blank(&e);
    expect("one two ", 8);
    editline_go(&e, EDITLINE_START);
    editline_yank(&e);
    expect("threeone two ", 5);
    editline_kill(&e, EDITLINE_END);
    expect("three", 5);
    editline_go(&e, EDITLINE_END);
    editline_kill(&e, EDITLINE_START);
    expect("", 0);
    editline_yank(&e);
    expect("three", 5);
}

Test(editline, erase__is_not_kept)
{
    type("ab");
    editline_erase(&e, EDITLINE_LEFT);
    editline_yank(&e);
    expect("a", 1);
}

Test(editline, swap__around_the_cursor)
{
    type("aä");
    editline_swap(&e);
    expect("äa", 3);
    type("b");
    editline_go(&e, EDITLINE_LEFT);
    editline_swap(&e);
    expect("äba", 4);
}

Test(editline, history__back_and_forth_keeps_the_draft)
{
    type("one");
    enter();
    type("two");
    enter();
    type("draft");
    editline_back(&e, false);
    expect("two", 3);
    editline_back(&e, false);
    editline_back(&e, false);
    expect("one", 3);
    editline_forth(&e, false);
    expect("two", 3);
    editline_forth(&e, false);
    expect("draft", 5);
    editline_forth(&e, false);
    expect("draft", 5);
}

Test(editline, history__bounded_no_doubles)
{
    char line[16];

    type("same");
    enter();
    type("same");
    enter();
    enter(); /* an empty line is none */
    cr_assert_eq(e.history_n, 1);
    for (int i = 0; i < EDITLINE_HISTORY + 5; i++) {
        (void)snprintf(line, sizeof line, "%d", i);
        type(line);
        enter();
    }
    cr_assert_eq(e.history_n, EDITLINE_HISTORY);
    cr_assert_str_eq(e.history[0].text, "5");
}

Test(editline, history__of_the_page_and_of_all)
{
    editline_page(&e, 1);
    type("one a");
    enter();
    editline_page(&e, 2);
    type("two a");
    enter();
    editline_page(&e, 1);
    type("one b");
    enter();
    type("draft");
    editline_back(&e, false);
    editline_back(&e, false);
    editline_back(&e, false);
    expect("one a", 5);
    editline_forth(&e, true);
    expect("two a", 5);
    editline_forth(&e, false);
    expect("one b", 5);
    editline_forth(&e, false);
    expect("draft", 5);
    editline_page(&e, 3);
    editline_back(&e, false);
    expect("draft", 5);
    editline_back(&e, true);
    expect("one b", 5);
}

Test(editline, history__is_searched)
{
    static const char *const LINES[] = {"Deploy ops", "hello", "deploy web"};

    for (size_t i = 0; i < 3; i++) {
        type(LINES[i]);
        enter();
    }
    cr_assert_eq(editline_seek(&e, bytes_str("dep"), e.history_n), 2);
    cr_assert_eq(editline_seek(&e, bytes_str("dep"), 2), 0);
    cr_assert_eq(editline_seek(&e, bytes_str("dep"), 0), 0);
    cr_assert_eq(editline_seek(&e, bytes_str("nothing"), 3), 3);
    cr_assert_eq(editline_seek(&e, bytes_str(""), 3), 2);
}

static void letters(const char *s)
{
    for (; *s != '\0'; s++)
        (void)editline_insert(&e, bytes_of(s, 1));
}

Test(editline, undo__word_by_word)
{
    letters("one two  three");
    editline_undo(&e);
    expect("one two  ", 9);
    editline_undo(&e);
    expect("one ", 4);
    editline_undo(&e);
    expect("", 0);
    editline_undo(&e);
    expect("", 0);
}

Test(editline, undo__of_each_change_and_where_the_cursor_was)
{
    letters("one two");
    editline_go(&e, EDITLINE_START);
    editline_kill(&e, EDITLINE_WORD_RIGHT);
    expect(" two", 0);
    editline_undo(&e);
    expect("one two", 0);
    editline_go(&e, EDITLINE_END);
    for (int i = 0; i < 5; i++) /* one after another is one */
        editline_erase(&e, EDITLINE_LEFT);
    expect("on", 2);
    editline_undo(&e);
    expect("one two", 7);
    editline_swap(&e);
    editline_undo(&e);
    expect("one two", 7);
    editline_back(&e, true);
    type("x");
    enter();
    editline_back(&e, false);
    expect("one twox", 8);
    editline_undo(&e); /* to the empty line, not to what was sent */
    expect("", 0);
    editline_undo(&e);
    expect("", 0);
}

Test(editline, undo__is_bounded)
{
    for (int i = 0; i < EDITLINE_UNDO * 3; i++) {
        letters("x");
        editline_go(&e, EDITLINE_END);
    }
    cr_assert_eq(e.undos, EDITLINE_UNDO);
    for (int i = 0; i < EDITLINE_UNDO; i++)
        editline_undo(&e);
    cr_assert_eq(e.n, (size_t)EDITLINE_UNDO * 2);
}

Test(editline, kill__one_after_another_is_one)
{
    type("one two three");
    editline_kill_blank(&e);
    editline_kill_blank(&e);
    expect("one ", 4);
    editline_yank(&e);
    expect("one two three", 13);
    editline_set(&e, bytes_str("ab cd"));
    editline_go(&e, EDITLINE_START);
    editline_kill(&e, EDITLINE_WORD_RIGHT);
    editline_kill(&e, EDITLINE_WORD_RIGHT);
    editline_yank(&e);
    expect("ab cd", 5);
}

Test(editline, pop__goes_around_the_ring)
{
    static const char *const WORDS[] = {
        "k0", "k1", "k2", "k3", "k4", "k5", "k6", "k7", "k8", "k9"};

    for (size_t i = 0; i < 10; i++) {
        editline_set(&e, bytes_str(WORDS[i]));
        editline_kill(&e, EDITLINE_START);
    }
    cr_assert_eq(e.kills, EDITLINE_KILLS);
    type("<>");
    editline_go(&e, EDITLINE_LEFT);
    editline_yank_pop(&e); /* after no yank it is nothing */
    expect("<>", 1);
    editline_yank(&e);
    expect("<k9>", 3);
    for (int i = 8; i >= 2; i--) {
        editline_yank_pop(&e);
        cr_assert_eq(e.text[2], '0' + i);
        cr_assert_eq(e.n, 4);
    }
    editline_yank_pop(&e);
    expect("<k9>", 3);
    editline_go(&e, EDITLINE_LEFT);
    editline_yank_pop(&e);
    expect("<k9>", 2);
    editline_undo(&e);
    expect("<>", 1);
}

Test(editline, lines__start_and_end_are_those_between_newlines)
{
    type("one\ntwo\nsix");
    editline_go(&e, EDITLINE_START);
    cr_assert_eq(e.at, 8);
    editline_kill(&e, EDITLINE_START); /* there already: the newline */
    expect("one\ntwosix", 7);
    editline_kill(&e, EDITLINE_START);
    expect("one\nsix", 4);
    editline_go(&e, EDITLINE_LEFT);
    editline_kill(&e, EDITLINE_END);
    expect("onesix", 3);
}

/* ---- rows ---- */

static void expect_view(int cols, size_t rows, const char *want)
{
    struct editline_view v;
    struct buf shown;

    buf_init(&shown, 4096);
    editline_view(&e, cols, rows, &v);
    for (size_t i = 0; i < v.rows; i++) {
        buf_bytes(&shown, v.row[i]);
        buf_u8(&shown, '|');
    }
    buf_fmt(&shown, " %zu,%d", v.cursor_row, v.cursor_col);
    if (v.above + v.below != 0)
        buf_fmt(&shown, " ^%zu v%zu", v.above, v.below);
    cr_assert_str_eq(buf_cstr(&shown), want);
    buf_free(&shown);
}

Test(editline, rows__are_cut_behind_words)
{
    expect_view(10, 6, "| 0,0");
    type("one two three");
    expect_view(20, 6, "one two three| 0,13");
    expect_view(14, 6, "one two three| 0,13");
    expect_view(13, 6, "one two |three| 1,5");
    expect_view(8, 6, "one two |three| 1,5");
    expect_view(5, 6, "one |two |thre|e| 3,1");
    editline_set(&e, bytes_str("abc ")); /* its space fills the row: the cursor has the next */
    expect_view(4, 6, "abc || 1,0");
    expect_view(5, 6, "abc | 0,4");
}

Test(editline, rows__end_at_newlines)
{
    type("one\n\ntwo\n");
    expect_view(20, 6, "one||two|| 3,0");
    editline_go(&e, EDITLINE_LEFT);
    expect_view(20, 6, "one||two|| 2,3");
    editline_set(&e, bytes_str("漢字漢字"));
    expect_view(6, 6, "漢字|漢字| 1,4");
    expect_view(5, 6, "漢字|漢字| 1,4");
}

Test(editline, rows__more_than_fit_scroll_with_the_cursor)
{
    type("1\n2\n3\n4\n5\n6\n7\n8");
    cr_assert_eq(editline_rows(&e, 10), 8);
    expect_view(10, 6, "3|4|5|6|7|8| 5,1 ^2 v0");
    expect_view(10, 3, "6|7|8| 2,1 ^5 v0");
    for (int i = 0; i < 4; i++)
        cr_assert(editline_up(&e, 10));
    expect_view(10, 3, "3|4|5| 1,1 ^2 v3");
    while (editline_up(&e, 10))
        ;
    expect_view(10, 3, "1|2|3| 0,1 ^0 v5");
}

Test(editline, rows__up_and_down_keep_the_column)
{
    type("long line\nx\nother line");
    cr_assert(editline_up(&e, 40));
    cr_assert_eq(e.at, 11); /* behind the x */
    cr_assert(editline_up(&e, 40));
    cr_assert_eq(e.at, 9);
    cr_assert_not(editline_up(&e, 40));
    cr_assert(editline_down(&e, 40));
    cr_assert(editline_down(&e, 40));
    cr_assert_eq(e.at, e.n);
    cr_assert_not(editline_down(&e, 40));
    editline_set(&e, bytes_str("one two three"));
    cr_assert(editline_up(&e, 9)); /* "one two |three" */
    cr_assert_eq(e.at, 5);
    editline_go(&e, EDITLINE_RIGHT);
    editline_go(&e, EDITLINE_RIGHT);
    cr_assert_eq(e.at, 7);
    cr_assert(editline_down(&e, 9));
    cr_assert_eq(e.at, 13);
}

/* Whatever stands there: rows are no wider than asked, together they are all of it, and the
 * cursor is in one of them. */
Test(editline, rows__hold_for_any_text)
{
    static const char *const WORDS[] = {
        "a", "ä", "漢", " ", " ", "\n", "word", "👩‍👩‍👧"};
    struct editline_view v;
    unsigned seed = 7;

    for (int round = 0; round < 300; round++) {
        editline_set(&e, (struct bytes){0});
        for (int i = 0; i < 40; i++)
            type(WORDS[(unsigned)rand_r(&seed) / 16 % 8]);
        for (int cols = 4; cols < 20; cols++) {
            editline_view(&e, cols, EDITLINE_ROWS, &v);
            cr_assert_eq(v.above + v.rows + v.below, editline_rows(&e, cols));
            cr_assert_lt(v.cursor_row, v.rows);
            cr_assert(v.cursor_col >= 0 && v.cursor_col < cols, "%d", v.cursor_col);
            for (size_t i = 0; i < v.rows; i++)
                cr_assert_leq(utf8_width(v.row[i]), cols);
        }
        for (int i = 0; i < rand_r(&seed) % 20; i++)
            editline_go(&e, EDITLINE_LEFT);
    }
}

Test(editline, window__always_shows_the_cursor)
{
    int col;

    type("漢字 and some longer text 漢字");
    for (int steps = 0; steps < 40; steps++) {
        for (int cols = 1; cols < 50; cols++) {
            struct bytes w = editline_window(&e, cols, &col);
            cr_assert(col >= 0 && col < cols, "cols %d col %d", cols, col);
            cr_assert_leq(utf8_width(w), cols);
        }
        editline_go(&e, EDITLINE_LEFT);
    }
}

static void back(struct editline *of)
{
    editline_back(of, true);
}

static void up(struct editline *of)
{
    (void)editline_up(of, 7);
}

static void down(struct editline *of)
{
    (void)editline_down(of, 9);
}

/* Any keys in any order leave valid text and a cursor between two clusters. */
Test(editline, any_keys__keep_the_line_whole)
{
    static const char *const WORDS[] = {
        "a", "ä", "漢", "\xcc\x81", "\xe2\x80\x8d", "👩", " ", "\n", "\xe2\x80\xae"};
    static void (*const OPS[])(struct editline *) = {
        back, up, down, editline_kill_blank, editline_yank_pop, editline_undo};
    unsigned seed = 4;
    int cols;

    for (int i = 0; i < 20000; i++) {
        unsigned r = (unsigned)rand_r(&seed);
        enum editline_move to = (enum editline_move)(r / 16 % 6);
        if (r % 8 < 4)
            type(WORDS[r / 16 % 9]);
        else if (r % 8 == 4)
            editline_go(&e, to);
        else if (r % 8 == 5)
            editline_erase(&e, to);
        else if (r % 8 == 6)
            (r & 8 ? editline_swap : editline_yank)(&e);
        else
            OPS[r / 16 % MEM_COUNT(OPS)](&e);
        if (r % 97 == 0)
            enter();
        cr_assert(utf8_valid(editline_text(&e)));
        cr_assert_leq(e.at, e.n);
        (void)editline_window(&e, 10, &cols);
    }
}

/* Everything that can be done to a password while it is typed. */
static void type_secret(const uint8_t *masked, size_t n)
{
    uint8_t secret[32];

    type("x");
    enter();
    memsearch_reveal(masked, n, secret);
    for (size_t i = 0; i < n; i++)
        (void)editline_insert(&e, bytes_of(secret + i, 1));
    for (size_t i = 0; i < 3; i++) /* one of them is whole wherever something else is cut */
        (void)editline_insert(&e, bytes_of(secret, n));
    mem_wipe(secret, sizeof secret);
    editline_kill(&e, EDITLINE_WORD_LEFT);
    editline_kill(&e, EDITLINE_START); /* joined to what was killed just now */
    editline_yank(&e);
    editline_yank_pop(&e);
    editline_undo(&e);
    editline_yank(&e);
    editline_swap(&e);
    (void)editline_replace(&e, 3, bytes_str("y"));
    editline_undo(&e);
    editline_back(&e, false); /* and is the draft */
    editline_forth(&e, false);
    enter();
    editline_fini(&e);
}

Test(editline, fini__leaves_nothing_and_is_as_new)
{
    uint8_t other[24];
    uint8_t masked[24];

    for (size_t i = 0; i < sizeof masked; i++) {
        other[i] = (uint8_t) ~('A' + i);
        masked[i] = (uint8_t) ~('z' - i);
    }
    type_secret(other, sizeof other);
    type_secret(masked, sizeof masked);
    cr_assert_eq(memsearch_count(masked, sizeof masked), 0);
    editline_back(&e, false);
    editline_yank(&e);
    expect("", 0);
}
