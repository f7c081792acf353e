/* SPDX-License-Identifier: ISC */
#include "tui/span.h"

#include <criterion/criterion.h>
#include <stdio.h>

/* "text.code 2-5" for each, with spaces between. */
static void expect(const char *text, const char *spans)
{
    char got[400] = "";
    size_t n = 0;
    struct span s = {0};

    while (span_next(bytes_str(text), s.to, &s))
        n += (size_t)snprintf(got + n, sizeof got - n, "%s%s %zu-%zu", n != 0 ? ", " : "",
            style_name(s.style), s.from, s.to);
    cr_assert_str_eq(got, spans, "%s: %s", text, got);
}

Test(span, next__each_kind)
{
    expect("plain", "");
    expect("", "");
    expect("a `b c` d", "text.code 2-7");
    expect("> said\nand", "text.quote 0-6");
    expect("x\n> said", "text.quote 2-8");
    expect("see http://a.example/ there", "text.link 4-21");
    expect("<U+202E>x<U+1F600>", "text.escaped 0-8, text.escaped 9-18");
}

Test(span, next__what_only_looks_like_one)
{
    expect("a > b", "");
    expect(">.<", "");
    expect("`", "");
    expect("``", "");
    expect("`a\nb`", "");
    expect("<U+XYZW>", "");
    expect("<U+20", "");
}

/* One who writes a lot of nothing does not make drawing slow: this ends at once, not in hours.
 */
Test(span, next__costs_what_the_text_is_long)
{
    static char text[65536];
    struct span s = {0};
    size_t n = 0;

    for (size_t i = 0; i < sizeof text; i++)
        text[i] = "h `"[i % 3];
    while (span_next(bytes_of(text, sizeof text), s.to, &s))
        n++;
    cr_assert_gt(n, 0);
}
