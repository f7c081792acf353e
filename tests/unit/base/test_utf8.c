/* SPDX-License-Identifier: ISC */
#include <criterion/criterion.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

/* Unicode 15, section 3.9: what each sequence decodes to, U+FFFD once per maximal subpart. */
static const struct {
    const char *bytes;
    uint32_t points[8]; /* up to a 0 */
} DECODED[] = {
    {"\x41\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", {0x41, 0xE9, 0x20AC, 0x1F600}},
    {"\xc2\x80\xdf\xbf", {0x80, 0x7FF}},
    {"\xe0\xa0\x80\xef\xbf\xbf", {0x800, 0xFFFF}},
    {"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", {0x10000, 0x10FFFF}},
    {"\xed\x9f\xbf\xee\x80\x80", {0xD7FF, 0xE000}},
    {"\xc0\xaf", {0xFFFD, 0xFFFD}},
    {"\xe0\x80\xbf", {0xFFFD, 0xFFFD, 0xFFFD}},
    {"\xf0\x81\x82\x41", {0xFFFD, 0xFFFD, 0xFFFD, 0x41}},
    {"\xed\xa0\x80", {0xFFFD, 0xFFFD, 0xFFFD}},
    {"\xf4\x90\x80\x80", {0xFFFD, 0xFFFD, 0xFFFD, 0xFFFD}},
    {"\xf5\xff\xfe\x80", {0xFFFD, 0xFFFD, 0xFFFD, 0xFFFD}},
    {"\xe1\x80\xe2\xf0\x91\x92\xf1\xbf", {0xFFFD, 0xFFFD, 0xFFFD, 0xFFFD}},
    {"\xe1\x80\x41\x80", {0xFFFD, 0x41, 0xFFFD}},
    {"\xf0\x9f\x98", {0xFFFD}},
    {"\xe2\x82", {0xFFFD}},
    {"\xc3", {0xFFFD}},
};

Test(utf8, step__decodes_as_the_standard_says)
{
    for (size_t i = 0; i < MEM_COUNT(DECODED); i++) {
        struct bytes s = bytes_str(DECODED[i].bytes);
        bool all = true;
        size_t k = 0;
        while (s.n != 0) {
            uint32_t cp;
            bool ok;
            size_t n = utf8_step(s, &cp, &ok);
            cr_assert(n >= 1 && n <= s.n);
            cr_expect_eq(cp, DECODED[i].points[k], "case %zu, point %zu: %x", i, k, cp);
            cr_expect(ok || cp == UTF8_REPLACEMENT);
            all = all && ok;
            s = bytes_of(s.p + n, s.n - n);
            k++;
        }
        cr_expect_eq(DECODED[i].points[k], 0);
        cr_expect_eq(utf8_valid(bytes_str(DECODED[i].bytes)), all);
    }
}

Test(utf8, put__is_the_inverse_for_every_code_point)
{
    uint8_t b[4];
    uint32_t got;
    bool ok;

    for (uint32_t cp = 0; cp <= 0x10FFFF; cp++) {
        size_t n = utf8_put(b, cp);
        cr_assert_eq(utf8_step(bytes_of(b, n), &got, &ok), n);
        cr_assert(ok);
        bool surrogate = cp >= 0xD800 && cp <= 0xDFFF;
        cr_assert_eq(got, surrogate ? UTF8_REPLACEMENT : cp);
    }
    cr_expect_eq(utf8_put(b, 0x110000), 3);
    cr_expect_eq(utf8_put(b, UINT32_MAX), 3);
    cr_expect_eq(utf8_step((struct bytes){0}, &got, &ok), 0);
}

Test(utf8, cluster__bytes_and_columns)
{
    static const struct {
        const char *text;
        size_t n;
        int cols;
    } CASES[] = {
        {"a", 1, 1},
        {"ab", 1, 1},
        {"e\u0301x", 3, 1},
        {"\u4e16\u754c", 3, 2},
        {"\U0001F600!", 4, 2},
        {"\U0001F468\u200D\U0001F469\u200D\U0001F467x", 18, 2},
        {"\U0001F44D\U0001F3FDx", 8, 2},
        {"\U0001F1EB\U0001F1F7\U0001F1E9\U0001F1EA", 8, 2},
        {"\u2764\uFE0Fx", 6, 2},
        {"\u0915\u093Ex", 6, 1},
        {"\uD55C", 3, 2},
        {"\r\nx", 2, 0},
        {"\tx", 1, 1},
        {"\xff\xffx", 1, 1},
        {"", 0, 0},
    };

    for (size_t i = 0; i < MEM_COUNT(CASES); i++) {
        int cols = -1;
        cr_expect_eq(utf8_cluster(bytes_str(CASES[i].text), &cols), CASES[i].n, "case %zu", i);
        cr_expect_eq(cols, CASES[i].cols, "case %zu: %d columns", i, cols);
    }
    cr_expect_eq(utf8_cluster(bytes_str("ab"), NULL), 1);
}

Test(utf8, fit__never_inside_a_cluster)
{
    struct bytes s = bytes_str("ae\u0301\u4e16z"); /* 1 + 3 + 3 + 1 bytes, 1 1 2 1 columns */
    static const size_t BY_COLS[] = {0, 1, 4, 4, 7, 8, 8};
    static const size_t BY_BYTES[] = {0, 1, 1, 1, 4, 4, 4, 7, 8, 8};

    cr_expect_eq(utf8_width(s), 5);
    for (int i = 0; i < (int)MEM_COUNT(BY_COLS); i++)
        cr_expect_eq(utf8_fit(s, i), BY_COLS[i], "%d", i);
    for (size_t i = 0; i < MEM_COUNT(BY_BYTES); i++)
        cr_expect_eq(utf8_fit_bytes(s, i), BY_BYTES[i], "%zu", i);
    cr_expect_eq(utf8_fit(s, -1), 0);
    cr_expect_eq(utf8_width((struct bytes){0}), 0);
    cr_expect_eq(utf8_fit((struct bytes){0}, 5), 0);
}

Test(utf8, cluster__of_any_bytes_moves_on_and_stays_inside)
{
    uint32_t r = 7;

    for (int turn = 0; turn < 3000; turn++) {
        uint8_t raw[40];
        size_t n = 0;
        for (; n < sizeof raw - 4; r = r * 1664525 + 1013904223) {
            if ((r >> 28) < 4)
                raw[n++] = (uint8_t)(r >> 12);
            else
                n += utf8_put(raw + n, r >> 8 & 0x1FFFF);
        }
        uint8_t *exact = mem_dup(raw, n);
        size_t at = 0;
        int sum = 0;
        while (at < n) {
            int cols;
            size_t step = utf8_cluster(bytes_of(exact + at, n - at), &cols);
            cr_assert(step > 0 && step <= n - at && cols >= 0 && cols <= 2);
            at += step;
            sum += cols;
        }
        cr_assert_eq(utf8_width(bytes_of(exact, n)), sum);
        mem_free(exact);
    }
}

static void expect_fold(const char *a, const char *b)
{
    struct buf x, y, z;

    buf_init(&x, 100);
    buf_init(&y, 100);
    buf_init(&z, 100);
    cr_assert_eq(utf8_fold(&x, bytes_str(a)), ERR_OK);
    cr_assert_eq(utf8_fold(&y, bytes_str(b)), ERR_OK);
    cr_expect(bytes_eq(buf_view(&x), buf_view(&y)), "%s and %s", a, b);
    cr_assert_eq(utf8_fold(&z, buf_view(&x)), ERR_OK);
    cr_expect(bytes_eq(buf_view(&x), buf_view(&z)));
    buf_free(&x);
    buf_free(&y);
    buf_free(&z);
}

static void expect_apart(const char *in, const char *plain, const char *folded)
{
    struct buf b;

    buf_init(&b, 100);
    cr_assert_eq(utf8_apart(&b, bytes_str(in)), ERR_OK);
    cr_expect_str_eq(buf_cstr(&b), plain);
    buf_clear(&b);
    cr_assert_eq(utf8_apart_folded(&b, bytes_str(in)), ERR_OK);
    cr_expect_str_eq(buf_cstr(&b), folded);
    buf_free(&b);
}

Test(utf8, apart__letters_and_marks_without_what_is_invisible)
{
    struct buf b;

    expect_apart("", "", "");
    expect_apart("\u00c9a", "E\u0301a", "e\u0301a");
    expect_apart("a\u0301\u0323", "a\u0323\u0301", "a\u0323\u0301"); /* in their order */
    expect_apart("a\u200bb\u00ad\ufe0f", "ab", "ab");
    expect_apart("\uff21\ufb01", "\uff21\ufb01", "afi");
    buf_init(&b, 100);
    cr_expect_eq(utf8_apart(&b, bytes_str("a\xff")), ERR_FORMAT);
    cr_expect_eq(utf8_apart_folded(&b, bytes_str("a\xff")), ERR_FORMAT);
    buf_free(&b);
}

Test(utf8, is_mark__takes_no_column)
{
    cr_expect(utf8_is_mark(0x301) && utf8_is_mark(0x20DD) && utf8_is_mark(0x5B0));
    cr_expect_not(utf8_is_mark('a') || utf8_is_mark(0x93E) || utf8_is_mark(0x200B));
    cr_expect_not(utf8_is_mark(0x110000) || utf8_is_mark(UINT32_MAX));
}

Test(utf8, fold__makes_the_same_what_reads_the_same)
{
    struct buf b;

    expect_fold("General", "gENERAL");
    expect_fold("\u00c9t\u00e9", "e\u0301te\u0301");
    expect_fold("stra\u00dfe", "STRASSE");
    expect_fold("\u03a3\u03c3\u03c2", "\u03c3\u03c3\u03c3");
    expect_fold("", "");
    buf_init(&b, 100);
    cr_expect_eq(utf8_fold(&b, bytes_str("a\xff")), ERR_FORMAT);
    cr_expect_eq(utf8_nfc(&b, bytes_str("\xed\xa0\x80")), ERR_FORMAT);
    cr_expect_eq(b.n, 0);
    buf_free(&b);
    buf_init(&b, 3);
    cr_expect_eq(utf8_fold(&b, bytes_str("abcd")), ERR_TOO_BIG);
    buf_free(&b);
}

Test(utf8, fold__again_changes_nothing_for_any_code_point)
{
    struct buf a, b;
    uint8_t raw[4];

    buf_init(&a, 200);
    buf_init(&b, 200);
    for (uint32_t cp = 0; cp < 0x20000; cp++) {
        buf_clear(&a);
        buf_clear(&b);
        cr_assert_eq(utf8_fold(&a, bytes_of(raw, utf8_put(raw, cp))), ERR_OK);
        cr_assert_eq(utf8_fold(&b, buf_view(&a)), ERR_OK);
        cr_assert(bytes_eq(buf_view(&a), buf_view(&b)), "U+%04X", cp);
    }
    buf_free(&a);
    buf_free(&b);
}

Test(utf8, is_name__what_may_stand_and_what_may_not)
{
    static const char *const GOOD[] = {"alice", "a-b_c.d", "\u00e9t\u00e9", "e\u0301",
        "\u4e16\u754c", "\U0001F600", "\u0915\u093E", "#room", "c++"};
    static const char *const BAD[] = {"", " ", "a b", "a\u00a0b", "a\tb", "a\nb", "\u0301a",
        "a\u200bb", "a\u200db", "a\u202eb", "a\u2066b", "\u3164", "\u2800", "a\u2028b", "\xff",
        "a\xc0\xaf", "\ue000", "\U0010FFFF", "\u0378", "\ufffd", "\u00ad", "\ufeff", "\xc2\x85",
        "\x7f", "\u115f", "\u034f", "\U000E0041", "a\ufe0f",
        "a\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301"};

    for (size_t i = 0; i < MEM_COUNT(GOOD); i++)
        cr_expect(utf8_is_name(bytes_str(GOOD[i])), "%s", GOOD[i]);
    for (size_t i = 0; i < MEM_COUNT(BAD); i++)
        cr_expect_not(utf8_is_name(bytes_str(BAD[i])), "case %zu", i);
    cr_expect_not(utf8_is_name(bytes_of("a\0b", 3)));
}
