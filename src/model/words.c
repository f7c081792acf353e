/* SPDX-License-Identifier: ISC */
#include "model/words.h"

#include <wctype.h>

#include "base/utf8.h"

static uint32_t small(uint32_t cp)
{
    if (cp < 0x80)
        return cp >= 'A' && cp <= 'Z' ? cp | 0x20 : cp;
    return (uint32_t)towlower((wint_t)cp);
}

/* One letter off the front of text, as a small one. */
static size_t step(struct bytes text, size_t at, uint32_t *cp)
{
    bool ok;
    size_t n;

    if (text.p[at] < 0x80) {
        *cp = small(text.p[at]);
        return 1;
    }
    n = utf8_step(bytes_of(text.p + at, text.n - at), cp, &ok);
    *cp = small(*cp);
    return n;
}

/* How many bytes at a place are the words; 0: they are others. */
static size_t match(struct bytes text, size_t at, struct bytes words)
{
    size_t start = at;
    uint32_t a;
    uint32_t b;

    for (size_t i = 0; i < words.n;) {
        if (at == text.n)
            return 0;
        i += step(words, i, &a);
        at += step(text, at, &b);
        if (a != b)
            return 0;
    }
    return at - start;
}

bool words_find(struct bytes text, struct bytes words, size_t from, struct bytes *hit)
{
    uint32_t first;
    uint32_t cp;

    if (words.n == 0)
        return false;
    (void)step(words, 0, &first);
    for (size_t at = from, n; at < text.n; at += n) {
        n = step(text, at, &cp);
        if (cp != first)
            continue;
        size_t found = match(text, at, words);
        if (found != 0) {
            *hit = bytes_of(text.p + at, found);
            return true;
        }
    }
    return false;
}

static bool is_letter(uint32_t cp)
{
    if (cp < 0x80)
        return (cp >= '0' && cp <= '9') || (cp >= 'a' && cp <= 'z') || cp == '_';
    return iswalnum((wint_t)cp) != 0;
}

static bool letter_before(struct bytes text, size_t at)
{
    size_t from = at;
    uint32_t cp;

    while (from > 0 && (text.p[--from] & 0xc0) == 0x80) {
    }
    if (at == 0)
        return false;
    (void)step(text, from, &cp);
    return is_letter(cp);
}

static bool letter_at(struct bytes text, size_t at)
{
    uint32_t cp;

    if (at == text.n)
        return false;
    (void)step(text, at, &cp);
    return is_letter(cp);
}

bool words_name(struct bytes text, struct bytes name)
{
    struct bytes hit;

    for (size_t from = 0; words_find(text, name, from, &hit);) {
        size_t at = (size_t)(hit.p - text.p);
        if (!letter_before(text, at) && !letter_at(text, at + hit.n))
            return true;
        from = at + hit.n;
    }
    return false;
}
