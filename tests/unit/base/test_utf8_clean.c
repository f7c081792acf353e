/* SPDX-License-Identifier: ISC */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

static const char *clean(struct buf *b, struct bytes s, enum utf8_use use)
{
    buf_clear(b);
    utf8_clean(b, s, use);
    cr_assert_eq(buf_end(b), ERR_OK);
    return buf_cstr(b);
}

struct example {
    const char *in, *out;
};

static void expect_all(const struct example *e, size_t count, enum utf8_use use)
{
    struct buf b;

    buf_init(&b, 1 << 20);
    for (size_t i = 0; i < count; i++)
        cr_expect_str_eq(
            clean(&b, bytes_str(e[i].in), use), e[i].out, "case %zu: %s", i, buf_cstr(&b));
    buf_free(&b);
}

Test(utf8_clean, display__controls_are_seen_and_text_is_kept)
{
    static const struct example CASES[] = {
        {"plain <b> & \"text\" \\ /", "plain <b> & \"text\" \\ /"},
        {"one\ntwo\r\nthree\rx", "one\ntwo\nthree<U+000D>x"},
        {"a\tb", "a    b"},
        {"\x1b[31mred\x1b]0;t\x07", "<U+001B>[31mred<U+001B>]0;t<U+0007>"},
        {"\x7f\xc2\x85\xc2\x9b", "<U+007F><U+0085><U+009B>"},
        {"\x9b"
         "31m",
            "\ufffd31m"},
        {"a\u202Eb\u2066c\u200f", "a<U+202E>b<U+2066>c<U+200F>"},
        {"a\u2028b\u2029", "a<U+2028>b<U+2029>"},
        {"a\u200bb\ufeff\u00ad", "a<U+200B>b<U+FEFF><U+00AD>"},
        {"x\ue000\U0010FFFF\u0378\ufdd0", "x\ufffd\ufffd\ufffd\ufffd"},
        {"\xc0\xaf\xed\xa0\x80\xf0\x9f", "\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd"},
        {"\u0301a\n\u0301b", "a\nb"},
        {"a\u0301\u00a0\u0301", "a\u0301\u00a0\u0301"},
        {"\U0001F468\u200D\U0001F469\u200D\U0001F467",
            "\U0001F468\u200D\U0001F469\u200D\U0001F467"},
        {"\u2764\uFE0F\u200D\U0001F525", "\u2764\uFE0F\u200D\U0001F525"},
        {"\U0001F44D\U0001F3FD\u200D\u2642\ufe0f", "\U0001F44D\U0001F3FD\u200D\u2642\ufe0f"},
        {"\u0645\u06cc\u200c\u062e", "\u0645\u06cc\u200c\u062e"},
        {"1\u200d2\u200c", "1<U+200D>2<U+200C>"},
        {"\u200d\ufe0f", "<U+200D><U+FE0F>"},
        {"\U000E0041\u180e", "<U+E0041><U+180E>"},
        {"\u4e16\u754c\u3000\u0915\u093E", "\u4e16\u754c\u3000\u0915\u093E"},
        {"", ""},
    };

    expect_all(CASES, MEM_COUNT(CASES), UTF8_DISPLAY);
}

Test(utf8_clean, name__one_line_and_nothing_invisible)
{
    static const struct example CASES[] = {
        {"  alice\u00a0 ", "alice"},
        {"al\u200bi\u00adce\ufeff", "alice"},
        {"al\u3164ice\u115f", "alice"},
        {"a\u3000b\u2800c\td", "a b c d"},
        {"a\nb", "a<U+000A>b"},
        {"\u202eecila", "<U+202E>ecila"},
        {"\U0001F468\u200D\U0001F469", "\U0001F468\u200D\U0001F469"},
        {"\U0001F468\u200D", "\U0001F468"},
        {"a\u200Db\u200cc\ufe0f", "abc"},
        {"\u2764\ufe0f", "\u2764\ufe0f"},
        {" \u0301a", "a"},
        {"\u200b\u2800 \u00a0", ""},
        {"\ue000", "\ufffd"},
    };

    expect_all(CASES, MEM_COUNT(CASES), UTF8_NAME);
}

Test(utf8_clean, filename__only_a_plain_name_below_the_folder)
{
    static const struct example CASES[] = {
        {"photo.jpg", "photo.jpg"},
        {"../../etc/passwd", "etcpasswd"},
        {"..\\..\\x.exe", "x.exe"},
        {"/", ""},
        {"..", ""},
        {".", ""},
        {"...", ""},
        {"", ""},
        {".bashrc", "bashrc"},
        {"-rf", "rf"},
        {"~/.ssh", "ssh"},
        {" . - ~x", "x"},
        {"a\nb\x1b[0m.txt", "a b[0m.txt"},
        {"name. . .", "name"},
        {"invoice\u202Efdp.exe", "invoicefdp.exe"},
        {"a\u200bb\ufeff.txt", "ab.txt"},
        {"e\u0301.txt", "\u00e9.txt"},
        {"con", "_con"},
        {"CON.txt", "_CON.txt"},
        {"nul .tar.gz", "_nul .tar.gz"},
        {"com1", "_com1"},
        {"LPT\u00b9.x", "_LPT\u00b9.x"},
        {"com10", "com10"},
        {"con ", "_con"},
        {".con", "_con"},
        {"console", "console"},
        {"com\u0661", "com\u0661"},
        {"x\xff\ue000", "x__"},
        {".\u0301x", "x"},
        {"a\u00a0b.txt", "a b.txt"},
        {"\U0001F600.png", "\U0001F600.png"},
    };

    expect_all(CASES, MEM_COUNT(CASES), UTF8_FILENAME);
}

Test(utf8_clean, filename__short_and_with_its_extension)
{
    struct buf b, in;
    char want[200];

    buf_init(&b, 1000);
    buf_init(&in, 100000);
    for (int i = 0; i < 300; i++)
        buf_text(&in, "a");
    buf_text(&in, ".tar.gz");
    memset(want, 'a', 117);
    memcpy(want + 117, ".gz", 4);
    cr_expect_str_eq(clean(&b, buf_view(&in), UTF8_FILENAME), want);
    buf_clear(&in);
    for (int i = 0; i < 100; i++)
        buf_text(&in, "e\u0301\u0323"); /* composes to five bytes */
    buf_text(&in, ".txt");
    (void)clean(&b, buf_view(&in), UTF8_FILENAME);
    cr_expect_leq(b.n, 120);
    cr_expect_eq((b.n - 4) % 5, 0, "%zu cut a letter", b.n);
    cr_expect_arr_eq(b.p + b.n - 4, ".txt", 4);
    buf_clear(&in);
    for (int i = 0; i < 300; i++)
        buf_text(&in, i == 100 ? "." : "\u1100"); /* one cluster of Hangul, no extension */
    (void)clean(&b, buf_view(&in), UTF8_FILENAME);
    cr_expect(b.n > 100 && b.n <= 120 && utf8_valid(buf_view(&b)));
    buf_clear(&in);
    buf_text(&in, "con.");
    for (int i = 0; i < 300; i++)
        buf_text(&in, "x");
    (void)clean(&b, buf_view(&in), UTF8_FILENAME);
    cr_expect_leq(b.n, 120);
    cr_expect_arr_eq(b.p, "_con.", 5);
    buf_free(&b);
    buf_free(&in);
}

Test(utf8_clean, log__ascii_and_bounded)
{
    static const struct example CASES[] = {
        {"GET / HTTP/1.1\r\n", "GET / HTTP/1.1\\x0d\\x0a"},
        {"a\"b\\c", "a\\\"b\\\\c"},
        {"\xc3\xa9\x7f", "\\xc3\\xa9\\x7f"},
        {"", ""},
    };
    char in[400];
    struct buf b;

    expect_all(CASES, MEM_COUNT(CASES), UTF8_LOG);
    buf_init(&b, 1000);
    for (size_t n = 240; n < 270; n++) {
        for (int kind = 0; kind < 3; kind++) {
            memset(in, "a\"\x01"[kind], sizeof in);
            const char *out = clean(&b, bytes_of(in, n), UTF8_LOG);
            size_t unit = (size_t)1 << kind;
            size_t whole = n * unit;
            cr_expect_eq(b.n == whole, whole <= 256, "%zu of kind %d", n, kind);
            cr_expect_leq(b.n, 256);
            cr_expect(whole <= 256 || strcmp(out + b.n - 3, "...") == 0);
            cr_expect(whole <= 256 || (b.n - 3) % unit == 0);
        }
    }
    buf_free(&b);
}

Test(utf8_clean, marks__a_thousand_become_eight)
{
    struct buf b, in;

    buf_init(&b, 100000);
    buf_init(&in, 100000);
    buf_text(&in, "z");
    for (int i = 0; i < 1000; i++)
        buf_text(&in, i % 2 ? "\u0301" : "\u0323");
    buf_text(&in, "!");
    for (int use = UTF8_DISPLAY; use <= UTF8_FILENAME; use++) {
        (void)clean(&b, buf_view(&in), (enum utf8_use)use);
        cr_expect_leq(b.n, 1 + 8 * 2 + 1);
        cr_expect_eq(b.p[b.n - 1], '!');
    }
    buf_clear(&in);
    for (int i = 0; i < 1000; i++)
        buf_text(&in, "\U0001F468\u200D"); /* a family without end */
    (void)clean(&b, buf_view(&in), UTF8_DISPLAY);
    for (size_t at = 0, n; at < b.n; at += n) {
        n = utf8_cluster(bytes_of(b.p + at, b.n - at), NULL);
        cr_expect_leq(n, 9 * 7);
    }
    buf_free(&b);
    buf_free(&in);
}

Test(utf8_clean, too_big__is_latched)
{
    struct buf b;

    for (int use = UTF8_DISPLAY; use <= UTF8_LOG; use++) {
        buf_init(&b, 5);
        utf8_clean(&b, bytes_str("abcdefgh"), (enum utf8_use)use);
        cr_expect_eq(buf_end(&b), ERR_TOO_BIG);
        buf_free(&b);
    }
}

static bool is_bidi(uint32_t cp)
{
    return cp == 0x061C || cp == 0x200E || cp == 0x200F || (cp >= 0x202A && cp <= 0x202E) ||
           (cp >= 0x2066 && cp <= 0x2069) || cp == 0x2028 || cp == 0x2029;
}

/* The promise of the header, for anything at all. */
static void expect_harmless(struct bytes in, enum utf8_use use)
{
    struct buf once, twice;
    uint32_t cp;
    bool ok;

    buf_init(&once, 1 << 20);
    buf_init(&twice, 1 << 20);
    (void)clean(&once, in, use);
    for (size_t at = 0; at < once.n;) {
        at += utf8_step(bytes_of(once.p + at, once.n - at), &cp, &ok);
        cr_assert(ok);
        cr_assert(cp >= 0x20 || (cp == '\n' && use == UTF8_DISPLAY), "U+%04X", cp);
        cr_assert(cp < 0x7F || cp > 0x9F, "U+%04X", cp);
        cr_assert(!is_bidi(cp), "U+%04X", cp);
        cr_assert(cp < 0xE000 || cp > 0xF8FF, "U+%04X", cp);
        cr_assert(use != UTF8_LOG || cp < 0x7F);
        cr_assert(use != UTF8_FILENAME || (cp != '/' && cp != '\\'));
    }
    if (use == UTF8_FILENAME && once.n != 0) {
        cr_assert_leq(once.n, 120);
        cr_assert_null(strchr(".-~ ", once.p[0]));
        cr_assert_null(strchr(". ", once.p[once.n - 1]));
    }
    cr_assert(use != UTF8_LOG || once.n <= 256);
    if (use != UTF8_LOG) {
        (void)clean(&twice, buf_view(&once), use);
        cr_assert(bytes_eq(buf_view(&once), buf_view(&twice)), "use %d: \"%s\" then \"%s\"",
            use, buf_cstr(&once), buf_cstr(&twice));
    }
    buf_free(&once);
    buf_free(&twice);
}

Test(utf8_clean, property__every_code_point_alone_and_between)
{
    uint8_t raw[6] = "a";

    for (uint32_t cp = 0; cp < 0x110000; cp += cp < 0x32000 || cp >= 0xE0000 ? 1 : 97) {
        if (cp > 0xE1000 && cp % 101 != 0 && cp < 0x10FFF0)
            continue;
        size_t n = utf8_put(raw + 1, cp);
        raw[1 + n] = 'b';
        for (int use = UTF8_DISPLAY; use <= UTF8_LOG; use++) {
            if (use == UTF8_LOG && cp % 64 != 0)
                continue;
            expect_harmless(bytes_of(raw, n + 2), (enum utf8_use)use);
            expect_harmless(bytes_of(raw + 1, n), (enum utf8_use)use);
        }
    }
}

static uint32_t next(uint32_t *r)
{
    *r = *r * 1664525 + 1013904223;
    return *r >> 8;
}

Test(utf8_clean, property__any_mixture_of_hostile_bytes)
{
    static const uint32_t HOSTILE[] = {0, 7, 9, 10, 13, 27, 32, '.', '-', '/', '\\', '~', '_',
        0x7F, 0x80, 0x85, 0x9B, 0xA0, 0xAD, 0x300, 0x301, 0x323, 0x344, 0x345, 0x34F, 0x600,
        0x61C, 0x93E, 0x94D, 0x915, 0x1100, 0x1161, 0x115F, 0x180E, 0x200B, 0x200C, 0x200D,
        0x200E, 0x2028, 0x202E, 0x2066, 0x2069, 0x20E3, 0x2764, 0x2800, 0x3000, 0x3164, 0xE000,
        0xFB2C, 0xFE0F, 0xFEFF, 0xFFFD, 0xFFFE, 0x1D15E, 0x1D173, 0x1F1E6, 0x1F468, 0x1F3FD,
        0x1F525, 0xE0041, 0xE0100, 0x10FFFF, 'c', 'o', 'n', '1', 'e', 0xE9, 0x4E16};
    uint32_t r = 42;

    for (int turn = 0; turn < 20000; turn++) {
        uint8_t raw[200];
        size_t n = 0;
        size_t want = next(&r) % 190;
        while (n < want) {
            uint32_t x = next(&r);
            if (x % 8 == 0)
                raw[n++] = (uint8_t)(x >> 4);
            else
                n += utf8_put(raw + n, HOSTILE[x / 8 % MEM_COUNT(HOSTILE)]);
        }
        uint8_t *exact = mem_dup(raw, n);
        expect_harmless(bytes_of(exact, n), (enum utf8_use)(turn % 4));
        mem_free(exact);
    }
}
