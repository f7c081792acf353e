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
    editline_back(&e);
    expect("two", 3);
    editline_back(&e);
    editline_back(&e);
    expect("one", 3);
    editline_forth(&e);
    expect("two", 3);
    editline_forth(&e);
    expect("draft", 5);
    editline_forth(&e);
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
    cr_assert_str_eq(e.history[0], "5");
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

/* Any keys in any order leave valid text and a cursor between two clusters. */
Test(editline, any_keys__keep_the_line_whole)
{
    static const char *const WORDS[] = {
        "a", "ä", "漢", "\xcc\x81", "\xe2\x80\x8d", "👩", " ", "\n", "\xe2\x80\xae"};
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
            (r & 8 ? editline_back : editline_kill_blank)(&e);
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
    editline_kill(&e, EDITLINE_START);
    editline_yank(&e);
    editline_swap(&e);
    editline_back(&e); /* and is the draft */
    editline_forth(&e);
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
    editline_back(&e);
    editline_yank(&e);
    expect("", 0);
}
