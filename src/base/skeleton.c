/* SPDX-License-Identifier: ISC */
#include "base/skeleton.h"

#include "base/skeleton_table.h"
#include "base/utf8.h"

#define ROUNDS      8     /* each code point there is settles in fewer */
#define FIRST_ELSE  0x590 /* from here on marks can be letters: Hebrew, Arabic, Indic, kana */
#define SIZE_FACTOR 1024  /* more than any code point can grow by */

/* What a code point looks like, ended by 0; NULL: like itself. */
static const uint32_t *find_look(uint32_t cp)
{
    size_t low = 0;

    for (size_t high = SKELETON_COUNT; low < high;) {
        size_t mid = low + (high - low) / 2;
        if (SKELETON_FROM[mid] < cp)
            low = mid + 1;
        else
            high = mid;
    }
    return low < SKELETON_COUNT && SKELETON_FROM[low] == cp ? SKELETON_TO + SKELETON_AT[low]
                                                            : NULL;
}

static void put(struct buf *out, uint32_t cp)
{
    uint8_t room[4];

    buf_put(out, room, utf8_put(room, cp));
}

/* One code point off the front of what is known to be valid. */
static uint32_t take(struct bytes *s)
{
    uint32_t cp;
    bool ok;
    size_t n = utf8_step(*s, &cp, &ok);

    *s = bytes_of(s->p + n, s->n - n);
    return cp;
}

static void put_looks(struct buf *out, struct bytes s)
{
    while (s.n > 0) {
        uint32_t cp = take(&s);
        const uint32_t *to = find_look(cp);

        if (to == NULL)
            put(out, cp);
        for (; to != NULL && *to != 0; to++)
            put(out, *to);
    }
}

/* Ours beside the table: a small i is no small l, but its capital is one; and without marks. */
static void put_plain(struct buf *out, struct bytes s)
{
    uint32_t base = 0;

    while (s.n > 0) {
        uint32_t cp = take(&s);

        if (utf8_is_mark(cp) && base < FIRST_ELSE)
            continue;
        base = cp;
        if (cp == 'w')
            buf_text(out, "vv");
        else
            put(out, cp == 'i' ? 'l' : cp);
    }
}

/* Looks and folding, in turn, until neither changes anything. */
static enum err settle(struct buf *text)
{
    bool same = false;
    enum err e = ERR_OK;

    for (int i = 0; e == ERR_OK && i < ROUNDS && !same; i++) {
        struct buf looks;
        struct buf folded;

        buf_init(&looks, text->max);
        buf_init(&folded, text->max);
        put_looks(&looks, buf_view(text));
        e = utf8_apart_folded(&folded, buf_view(&looks));
        same = bytes_eq(buf_view(&folded), buf_view(text));
        buf_free(&looks);
        buf_free(text);
        *text = folded;
    }
    return e;
}

enum err skeleton(struct buf *out, struct bytes s)
{
    struct buf text;

    buf_init(&text, s.n * SIZE_FACTOR);
    enum err e = utf8_apart(&text, s);
    if (e == ERR_OK)
        e = settle(&text);
    if (e == ERR_OK) {
        put_plain(out, buf_view(&text));
        e = buf_end(out);
    }
    buf_free(&text);
    return e;
}
