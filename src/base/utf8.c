/* SPDX-License-Identifier: ISC */
#include "base/utf8.h"

#include <stdlib.h>
#include <utf8proc.h>

#include "base/mem.h"

/* Unicode 15, table 3-7: what may follow a lead byte. */
struct lead {
    uint8_t from, to;  /* of the lead byte */
    uint8_t low, high; /* of the second byte; the others are 80..BF */
    uint8_t size;
    uint8_t mask;
};

static const struct lead LEADS[] = {
    {0xC2, 0xDF, 0x80, 0xBF, 2, 0x1F},
    {0xE0, 0xE0, 0xA0, 0xBF, 3, 0x0F},
    {0xE1, 0xEC, 0x80, 0xBF, 3, 0x0F},
    {0xED, 0xED, 0x80, 0x9F, 3, 0x0F},
    {0xEE, 0xEF, 0x80, 0xBF, 3, 0x0F},
    {0xF0, 0xF0, 0x90, 0xBF, 4, 0x07},
    {0xF1, 0xF3, 0x80, 0xBF, 4, 0x07},
    {0xF4, 0xF4, 0x80, 0x8F, 4, 0x07},
};

static const struct lead *find_lead(uint8_t b)
{
    for (size_t i = 0; i < MEM_COUNT(LEADS); i++) {
        if (b >= LEADS[i].from && b <= LEADS[i].to)
            return &LEADS[i];
    }
    return NULL;
}

size_t utf8_step(struct bytes s, uint32_t *cp, bool *ok)
{
    *cp = UTF8_REPLACEMENT;
    *ok = false;
    if (s.n == 0)
        return 0;
    if (s.p[0] < 0x80) {
        *cp = s.p[0];
        *ok = true;
        return 1;
    }
    const struct lead *l = find_lead(s.p[0]);
    if (l == NULL)
        return 1;
    uint32_t v = s.p[0] & l->mask;
    for (size_t i = 1; i < l->size; i++) {
        uint8_t low = i == 1 ? l->low : 0x80;
        uint8_t high = i == 1 ? l->high : 0xBF;
        if (i >= s.n || s.p[i] < low || s.p[i] > high)
            return i;
        v = v << 6 | (s.p[i] & 0x3F);
    }
    *cp = v;
    *ok = true;
    return l->size;
}

bool utf8_valid(struct bytes s)
{
    uint32_t cp;
    bool ok = true;

    for (size_t at = 0; at < s.n && ok;)
        at += utf8_step(bytes_of(s.p + at, s.n - at), &cp, &ok);
    return ok;
}

size_t utf8_put(uint8_t out[4], uint32_t cp)
{
    if (cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF))
        cp = UTF8_REPLACEMENT;
    if (cp < 0x80) {
        out[0] = (uint8_t)cp;
        return 1;
    }
    size_t size = cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
    static const uint8_t HEAD[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = size; --i > 0; cp >>= 6)
        out[i] = (uint8_t)(0x80 | (cp & 0x3F));
    out[0] = (uint8_t)(HEAD[size] | cp);
    return size;
}

static bool plain_ascii(uint32_t cp)
{
    return cp >= 0x20 && cp < 0x7F;
}

static bool takes_emoji_style(uint32_t cp)
{
    const utf8proc_property_t *p = utf8proc_get_property((utf8proc_int32_t)cp);

    return p->boundclass == UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC ||
           (cp >= '0' && cp <= '9') || cp == '#' || cp == '*';
}

static bool is_prepend(uint32_t cp)
{
    return utf8proc_get_property((utf8proc_int32_t)cp)->boundclass ==
           UTF8PROC_BOUNDCLASS_PREPEND;
}

static int point_cols(uint32_t cp)
{
    if (cp == '\t')
        return 1;
    if (cp >= 0x1F1E6 && cp <= 0x1F1FF)
        return 1; /* two regional indicators make a flag */
    int cols = utf8proc_charwidth((utf8proc_int32_t)cp);
    return cols == 0 && is_prepend(cp) ? 1 : cols; /* it has a shape */
}

static bool is_break(uint32_t before, uint32_t cp, utf8proc_int32_t *state)
{
    if (plain_ascii(before) && plain_ascii(cp))
        return true; /* what most text is, without a look at the tables */
    if (is_prepend(before))
        return true; /* a cell of its own, or the letter behind it would not be seen */
    return utf8proc_grapheme_break_stateful(
        (utf8proc_int32_t)before, (utf8proc_int32_t)cp, state);
}

size_t utf8_cluster(struct bytes s, int *cols)
{
    uint32_t first = 0;
    uint32_t before = 0;
    uint32_t cp;
    utf8proc_int32_t state = 0;
    size_t at = 0;
    int sum = 0;
    bool ok;

    while (at < s.n) {
        size_t n = utf8_step(bytes_of(s.p + at, s.n - at), &cp, &ok);
        if (at == 0)
            first = cp;
        else if (is_break(before, cp, &state))
            break;
        sum += sum < 2 ? point_cols(cp) : 0;
        if (cp == 0xFE0F && takes_emoji_style(first))
            sum = 2;
        before = cp;
        at += n;
    }
    if (cols != NULL)
        *cols = sum > 2 ? 2 : sum;
    return at;
}

int utf8_width(struct bytes s)
{
    int sum = 0;
    int cols;

    for (size_t at = 0; at < s.n;) {
        at += utf8_cluster(bytes_of(s.p + at, s.n - at), &cols);
        sum += cols;
    }
    return sum;
}

size_t utf8_fit(struct bytes s, int cols)
{
    size_t at = 0;
    int one;

    while (at < s.n) {
        size_t n = utf8_cluster(bytes_of(s.p + at, s.n - at), &one);
        if (one > cols)
            break;
        cols -= one;
        at += n;
    }
    return at;
}

size_t utf8_fit_bytes(struct bytes s, size_t max)
{
    size_t at = 0;

    if (s.n <= max)
        return s.n;
    for (;;) {
        size_t n = utf8_cluster(bytes_of(s.p + at, s.n - at), NULL);
        if (n > max - at)
            return at;
        at += n;
    }
}

static enum err utf8_map(struct buf *out, struct bytes s, utf8proc_option_t options)
{
    utf8proc_uint8_t *mapped = NULL;

    if (!utf8_valid(s))
        return ERR_FORMAT;
    if (s.n == 0)
        return ERR_OK;
    utf8proc_ssize_t n = utf8proc_map(s.p, (utf8proc_ssize_t)s.n, &mapped, options);
    if (n == UTF8PROC_ERROR_NOMEM)
        mem_die("out of memory");
    if (n < 0)
        return ERR_FORMAT;
    buf_put(out, mapped, (size_t)n);
    free(mapped);
    return buf_end(out);
}

enum err utf8_nfc(struct buf *out, struct bytes s)
{
    return utf8_map(out, s, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
}

enum err utf8_fold(struct buf *out, struct bytes s)
{
    return utf8_map(out, s, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD);
}

enum err utf8_apart(struct buf *out, struct bytes s)
{
    return utf8_map(out, s, UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_IGNORE);
}

enum err utf8_apart_folded(struct buf *out, struct bytes s)
{
    return utf8_map(out, s,
        UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_IGNORE | UTF8PROC_COMPAT |
            UTF8PROC_CASEFOLD);
}

bool utf8_is_mark(uint32_t cp)
{
    utf8proc_category_t c = utf8proc_category((utf8proc_int32_t)cp);

    return c == UTF8PROC_CATEGORY_MN || c == UTF8PROC_CATEGORY_ME;
}
