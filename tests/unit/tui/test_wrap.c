/* SPDX-License-Identifier: ISC */
#include "tui/wrap.h"

#include <criterion/criterion.h>

#include "base/utf8.h"

static void expect(const char *text, int cols, const char *const *rows)
{
    struct bytes rest = bytes_str(text);
    struct bytes row;
    size_t i = 0;

    for (; wrap_next(&rest, cols, &row); i++) {
        cr_assert_not_null(rows[i], "more rows than expected: %.*s", (int)row.n, row.p);
        cr_assert(bytes_eq(row, bytes_str(rows[i])), "row %zu: %.*s", i, (int)row.n, row.p);
    }
    cr_assert_null(rows[i]);
    cr_assert_eq(wrap_count(bytes_str(text), cols), i != 0 ? i : 1);
}

#define ROWS(...) ((const char *const[]){__VA_ARGS__, NULL})

Test(wrap, next__at_spaces)
{
    expect("one two three", 20, ROWS("one two three"));
    expect("one two three", 8, ROWS("one two", "three"));
    expect("one two three", 7, ROWS("one two", "three"));
    expect("one two three", 6, ROWS("one", "two", "three"));
}

Test(wrap, next__inside_a_word_longer_than_the_row)
{
    expect("abcdefgh", 3, ROWS("abc", "def", "gh"));
    expect("a bcdefgh", 4, ROWS("a", "bcde", "fgh"));
}

Test(wrap, next__newlines)
{
    expect("a\nb\n\nc", 9, ROWS("a", "b", "", "c"));
}

Test(wrap, next__wide_letters_are_whole)
{
    expect("漢字漢字", 5, ROWS("漢字", "漢字"));
    expect("漢字", 1, ROWS("漢", "字"));
}

Test(wrap, next__never_wider_and_always_ends)
{
    static const char TEXT[] =
        "Zwölf 漢字 laxkämpfer e\xcc\x81\xcc\x81 👩‍👩‍👧 ünd so wéiter\nnoch";

    for (int cols = 0; cols <= 60; cols++) {
        struct bytes rest = bytes_str(TEXT);
        struct bytes row;
        size_t total = 0;
        while (wrap_next(&rest, cols, &row)) {
            total += row.n;
            if (cols >= 2)
                cr_assert_leq(utf8_width(row), cols);
        }
        cr_assert_leq(total, sizeof TEXT - 1);
        cr_assert_geq(total + 20, sizeof TEXT - 1); /* only spaces and newlines are lost */
    }
}
