/* SPDX-License-Identifier: ISC */
#include "base/skeleton.h"

#include <criterion/criterion.h>

#include "base/mem.h"
#include "base/skeleton_table.h"
#include "base/utf8.h"

static void look(struct buf *out, struct bytes s)
{
    buf_init(out, 65536);
    cr_assert_eq(skeleton(out, s), ERR_OK, "%.*s", (int)s.n, (const char *)s.p);
}

static bool alike(const char *a, const char *b)
{
    struct buf x;
    struct buf y;

    look(&x, bytes_str(a));
    look(&y, bytes_str(b));
    bool same = bytes_eq(buf_view(&x), buf_view(&y));
    buf_free(&x);
    buf_free(&y);
    return same;
}

struct pair {
    const char *a, *b;
};

Test(skeleton, alike__what_a_person_takes_for_the_same)
{
    static const struct pair PAIRS[] = {
        {"alice", "alice"},
        {"alice", "Alice"},
        {"alice", "ALICE"},
        {"paypal", "paypaI"}, /* a capital i */
        {"paypal", "paypa1"},
        {"PayPal", "PAYPAI"},
        {"ivan", "Ivan"},
        {"mike", "m1ke"},
        {"mike", "mlke"},
        {"bob", "b0b"},
        {"bob", "BOB"},
        {"marta", "rnarta"},
        {"Marta", "rnarta"},
        {"walter", "vvalter"},
        {"alice", "\u0430lice"},                     /* Cyrillic a */
        {"scope", "\u0455\u0441\u043e\u0440\u0435"}, /* all of it */
        {"hello", "\u041d\u0415\u04c0LO"},           /* capitals */
        {"HELEN", "\u0397\u0395L\u0395\u039d"},      /* Greek ones */
        {"walter", "\u051dalter"},                   /* a Cyrillic letter that is two of ours */
        {"aesop", "\u04d5sop"},
        {"boom", "b\ua699m"},
        {"bloom", "\u042boom"},
        {"lola", "\u042ela"},
        {"rnarta", "\u217farta"},                    /* Roman 1000 */
        {"alice", "\uff41\uff4c\uff49\uff43\uff45"}, /* full width */
        {"bob1", "\uff22\uff4f\uff42\uff11"},        /* which Unicode's
                                                        table has only
                                                        in part */
        {"b0b", "b\uff10b"},
        {"alice", "\U0001d4b6\U0001d4c1\U0001d4be\U0001d4b8\u212f"}, /* script */
        {"final", "\ufb01nal"},                                      /* a ligature */
        {"frank", "\u017frank"},                                     /* the long s */
        {"alice", "al\u200bice"},                                    /* zero width */
        {"alice", "\ufeffa\u200dl\u2060i\u00adc\u034fe\ufe0f\U000e0061"},
        {"alice", "al\u0131ce"}, /* no dot on the i */
        {"alice", "al\u0456ce"},
        {"alice", "alic\u0435\u0301"},
        {"alice", "alic\u00e9"},
        {"alice", "a\u0323l\u0336i\u20ddc\u1abee\u0317\u030d"}, /* marks of all kinds */
        {"bob", "b\u00f8b"},
        {"cafe\u0301", "caf\u00e9"},
        {"guest:ab", "gu\u0435st:\u0430b"},
        {"a-b", "a\u2010b"},
        {"a_b.c", "a_b\u2024c"},
    };

    for (size_t i = 0; i < MEM_COUNT(PAIRS); i++)
        cr_expect(alike(PAIRS[i].a, PAIRS[i].b), "%s and %s", PAIRS[i].a, PAIRS[i].b);
}

Test(skeleton, alike__not_what_differs)
{
    static const struct pair PAIRS[] = {
        {"alice", "alicia"},
        {"alice", "alice2"},
        {"anna", "hanna"},
        {"bob", "dod"},
        {"ann", "arm"},
        {"\u0905\u092e\u0930", "\u0905\u092e\u0930\u093e"}, /* a vowel sign is a letter */
        {"\u306f\u306f", "\u3071\u3071"},                   /* and so is what makes p of h */
        {"\u4e00", "\u4e8c"},
        {"\u0434\u0430", "\u043d\u0435\u0442"},
    };

    for (size_t i = 0; i < MEM_COUNT(PAIRS); i++)
        cr_expect_not(alike(PAIRS[i].a, PAIRS[i].b), "%s and %s", PAIRS[i].a, PAIRS[i].b);
}

Test(skeleton, write__empty_for_nothing_and_for_what_is_invisible)
{
    static const char *const NOTHING[] = {"", "\u200b", "\u200d\u2060\ufeff", "\u0301\u0323"};

    for (size_t i = 0; i < MEM_COUNT(NOTHING); i++) {
        struct buf b;
        look(&b, bytes_str(NOTHING[i]));
        cr_expect_eq(b.n, 0);
        buf_free(&b);
    }
}

Test(skeleton, write__refuses_what_is_not_text)
{
    static const char *const BAD[] = {
        "\xff", "a\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80"};

    for (size_t i = 0; i < MEM_COUNT(BAD); i++) {
        struct buf b;
        buf_init(&b, 100);
        cr_expect_eq(skeleton(&b, bytes_str(BAD[i])), ERR_FORMAT, "%zu", i);
        cr_expect_eq(b.n, 0);
        buf_free(&b);
    }
}

Test(skeleton, write__appends_and_says_when_there_is_no_room)
{
    char room[8];
    struct buf b;

    buf_init_fixed(&b, room, sizeof room);
    cr_expect_eq(skeleton(&b, bytes_str("Bob")), ERR_OK);
    cr_expect_eq(skeleton(&b, bytes_str("M")), ERR_OK);
    cr_expect(bytes_eq(buf_view(&b), bytes_str("bobrn")));
    cr_expect_eq(skeleton(&b, bytes_str("mm")), ERR_TOO_BIG);
}

/* Every code point there is: the skeleton of its skeleton is that skeleton. */
Test(skeleton, write__stable_for_every_code_point)
{
    for (uint32_t cp = 1; cp <= 0x10FFFF; cp++) {
        uint8_t room[4];
        struct buf once;
        struct buf twice;

        if (cp >= 0x30000 && cp < 0xE0000) /* nothing lives there */
            continue;
        look(&once, bytes_of(room, utf8_put(room, cp)));
        look(&twice, buf_view(&once));
        cr_expect(bytes_eq(buf_view(&once), buf_view(&twice)), "U+%04X", cp);
        buf_free(&once);
        buf_free(&twice);
    }
}

/* And what the table says looks alike is alike, capitals and all. */
Test(skeleton, alike__every_row_of_the_table)
{
    for (size_t i = 0; i < SKELETON_COUNT; i++) {
        char from[5] = "";
        char to[200] = "";
        size_t n = 0;

        cr_assert(i == 0 || SKELETON_FROM[i - 1] < SKELETON_FROM[i]);
        (void)utf8_put((uint8_t *)from, SKELETON_FROM[i]);
        for (const uint32_t *p = SKELETON_TO + SKELETON_AT[i]; *p != 0; p++)
            n += utf8_put((uint8_t *)to + n, *p);
        cr_expect(alike(from, to), "U+%04X", SKELETON_FROM[i]);
    }
}
