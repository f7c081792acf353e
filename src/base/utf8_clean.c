/* SPDX-License-Identifier: ISC */
#include "base/utf8.h"

#include <stdio.h>
#include <utf8proc.h>

#include "base/utf8_private.h"

#define BRAILLE_BLANK 0x2800 /* a symbol by its category, a space to the eye */
#define ZWNJ          0x200C
#define ZWJ           0x200D

enum kind {
    PLAIN,
    SLASH,
    SPACE,
    TAB,
    NEWLINE,
    CONTROL, /* C0, C1, DEL */
    ORDER,   /* bidi controls, line separators: what moves other text about */
    HIDDEN,  /* default-ignorable, and what else has no shape of its own */
    MARK,
    JOINER,
    VARIANT,
    BROKEN, /* not a character, or not one that anybody could know */
    KINDS
};

enum action { KEEP, DROP, SHOW, TO_SPACE, TO_SPACES, TO_FFFD, TO_LOW_LINE, PUT_MARK, PUT_JOIN };

static const enum action ACTIONS[][KINDS] = {
    [UTF8_DISPLAY] = {[PLAIN] = KEEP,
        [SLASH] = KEEP,
        [SPACE] = KEEP,
        [TAB] = TO_SPACES,
        [NEWLINE] = KEEP,
        [CONTROL] = SHOW,
        [ORDER] = SHOW,
        [HIDDEN] = SHOW,
        [MARK] = PUT_MARK,
        [JOINER] = PUT_JOIN,
        [VARIANT] = PUT_JOIN,
        [BROKEN] = TO_FFFD},
    [UTF8_NAME] = {[PLAIN] = KEEP,
        [SLASH] = KEEP,
        [SPACE] = TO_SPACE,
        [TAB] = TO_SPACE,
        [NEWLINE] = SHOW,
        [CONTROL] = SHOW,
        [ORDER] = SHOW,
        [HIDDEN] = DROP,
        [MARK] = PUT_MARK,
        [JOINER] = PUT_JOIN,
        [VARIANT] = PUT_JOIN,
        [BROKEN] = TO_FFFD},
    [UTF8_FILENAME] = {[PLAIN] = KEEP,
        [SLASH] = DROP,
        [SPACE] = TO_SPACE,
        [TAB] = TO_SPACE,
        [NEWLINE] = TO_SPACE,
        [CONTROL] = DROP,
        [ORDER] = DROP,
        [HIDDEN] = DROP,
        [MARK] = PUT_MARK,
        [JOINER] = DROP,
        [VARIANT] = DROP,
        [BROKEN] = TO_LOW_LINE},
};

static bool is_bidi(uint32_t cp)
{
    return cp == 0x061C || cp == 0x200E || cp == 0x200F || (cp >= 0x202A && cp <= 0x202E) ||
           (cp >= 0x2066 && cp <= 0x2069);
}

static enum kind kind_of_category(uint32_t cp)
{
    static const enum kind KINDS_OF[UTF8PROC_CATEGORY_CO + 1] = {
        [UTF8PROC_CATEGORY_CN] = BROKEN,
        [UTF8PROC_CATEGORY_CO] = BROKEN,
        [UTF8PROC_CATEGORY_CS] = BROKEN,
        [UTF8PROC_CATEGORY_ZL] = ORDER,
        [UTF8PROC_CATEGORY_ZP] = ORDER,
        [UTF8PROC_CATEGORY_ZS] = SPACE,
        [UTF8PROC_CATEGORY_CF] = HIDDEN,
        [UTF8PROC_CATEGORY_MN] = MARK,
        [UTF8PROC_CATEGORY_MC] = MARK,
        [UTF8PROC_CATEGORY_ME] = MARK,
    };
    const utf8proc_property_t *p = utf8proc_get_property((utf8proc_int32_t)cp);
    enum kind k = KINDS_OF[p->category];

    if ((k == PLAIN || k == MARK) && p->ignorable)
        return HIDDEN;
    /* The signs that stand before Arabic numbers are format characters with a shape. */
    if (k == HIDDEN && p->boundclass == UTF8PROC_BOUNDCLASS_PREPEND)
        return PLAIN;
    return k;
}

static enum kind kind_of(uint32_t cp)
{
    if (cp >= 0x20 && cp < 0x7F)
        return cp == ' ' ? SPACE : cp == '/' || cp == '\\' ? SLASH : PLAIN;
    if (cp == '\t')
        return TAB;
    if (cp == '\n')
        return NEWLINE;
    if (cp < 0xA0)
        return CONTROL;
    if (is_bidi(cp))
        return ORDER;
    if (cp == ZWJ || cp == ZWNJ)
        return JOINER;
    if (cp >= 0xFE00 && cp <= 0xFE0F)
        return VARIANT;
    if (cp == BRAILLE_BLANK)
        return SPACE;
    return cp == UTF8_REPLACEMENT ? BROKEN : kind_of_category(cp);
}

static bool is_pictographic(uint32_t cp)
{
    return utf8proc_get_property((utf8proc_int32_t)cp)->boundclass ==
           UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC;
}

static bool is_skin_tone(uint32_t cp)
{
    return cp >= 0x1F3FB && cp <= 0x1F3FF;
}

static bool is_keycap(uint32_t cp)
{
    return (cp >= '0' && cp <= '9') || cp == '#' || cp == '*';
}

struct cleaner {
    struct buf *out;
    enum utf8_use use;
    uint32_t before; /* the last code point given out; 0 where no mark could sit */
    uint32_t ahead;  /* the next of the input */
    unsigned marks;  /* since the last base */
    unsigned joins;  /* in the run of joined emoji */
};

static void give(struct cleaner *c, uint32_t cp)
{
    uint8_t bytes[4];

    buf_put(c->out, bytes, utf8_put(bytes, cp));
    c->before = cp == '\n' ? 0 : cp;
}

static void give_base(struct cleaner *c, uint32_t cp)
{
    if (c->before != ZWJ)
        c->joins = 0;
    c->marks = 0;
    give(c, cp);
}

static void give_mark(struct cleaner *c, uint32_t cp)
{
    if (c->before == 0 || c->marks == UTF8_MARKS_MAX)
        return;
    c->marks++;
    give(c, cp);
}

static void show(struct cleaner *c, uint32_t cp)
{
    char text[16];

    (void)snprintf(text, sizeof text, "<U+%04X>", (unsigned)cp);
    for (const char *p = text; *p != '\0'; p++)
        give_base(c, (uint8_t)*p);
}

/* Whether a joiner or a variation selector says something here. */
static bool join_fits(const struct cleaner *c, uint32_t cp)
{
    uint32_t b = c->before;
    bool emoji = is_pictographic(b) || is_skin_tone(b) || b == 0xFE0F;

    if (b == 0)
        return false;
    if (c->use == UTF8_NAME)
        return cp == ZWJ ? emoji && is_pictographic(c->ahead)
                         : cp != ZWNJ && is_pictographic(b);
    if (cp != ZWJ && cp != ZWNJ)
        return kind_of(b) == PLAIN && (b >= 0x80 || is_keycap(b));
    utf8proc_category_t k = utf8proc_category((utf8proc_int32_t)b);
    bool letter = k >= UTF8PROC_CATEGORY_LU && k <= UTF8PROC_CATEGORY_ME;
    return emoji || (letter && kind_of(b) != VARIANT);
}

static void give_join(struct cleaner *c, uint32_t cp)
{
    if (!join_fits(c, cp)) {
        if (c->use == UTF8_DISPLAY)
            show(c, cp);
        return;
    }
    if (cp == ZWJ && c->joins++ >= UTF8_MARKS_MAX)
        return;
    give_mark(c, cp);
}

static void clean_one(struct cleaner *c, uint32_t cp)
{
    switch (ACTIONS[c->use][kind_of(cp)]) {
    case KEEP:
        give_base(c, cp);
        return;
    case DROP:
        return;
    case SHOW:
        show(c, cp);
        return;
    case TO_SPACE:
        give_base(c, ' ');
        return;
    case TO_SPACES:
        for (int i = 0; i < 4; i++)
            give_base(c, ' ');
        return;
    case TO_FFFD:
        give_base(c, UTF8_REPLACEMENT);
        return;
    case TO_LOW_LINE:
        give_base(c, '_');
        return;
    case PUT_MARK:
        give_mark(c, cp);
        return;
    case PUT_JOIN:
        give_join(c, cp);
        return;
    }
}

void utf8_clean_text(struct buf *out, struct bytes in, enum utf8_use use)
{
    struct cleaner c = {.out = out, .use = use};
    uint32_t cp;
    bool ok;
    size_t n = utf8_step(in, &cp, &ok);

    for (size_t at = n; n != 0; at += n) {
        n = utf8_step(bytes_of(in.p + at, in.n - at), &c.ahead, &ok);
        if (!(cp == '\r' && c.ahead == '\n' && n != 0 && use == UTF8_DISPLAY))
            clean_one(&c, cp);
        cp = c.ahead;
    }
}

struct bytes utf8_trim(struct bytes s, const char *lead, const char *tail)
{
    while (s.n != 0 && s.p[0] < 0x80 && strchr(lead, s.p[0]) != NULL) {
        size_t n = utf8_cluster(s, NULL); /* with its marks, which would have no base */
        s = bytes_of(s.p + n, s.n - n);
    }
    while (s.n != 0 && s.p[s.n - 1] < 0x80 && strchr(tail, s.p[s.n - 1]) != NULL)
        s.n--;
    return s;
}

static void clean_name(struct buf *out, struct bytes in)
{
    struct buf t;

    buf_init(&t, out->max);
    utf8_clean_text(&t, in, UTF8_NAME);
    if (buf_end(&t) != ERR_OK && out->err == ERR_OK)
        out->err = ERR_TOO_BIG;
    buf_bytes(out, utf8_trim(buf_view(&t), " ", " "));
    buf_free(&t);
}

static void clean_log(struct buf *out, struct bytes in)
{
    static const char HEX[] = "0123456789abcdef";
    char text[UTF8_LOG_MAX];
    size_t n = 0;
    size_t safe = 0; /* up to here "..." still fits behind */

    for (size_t i = 0; i < in.n; i++) {
        uint8_t b = in.p[i];
        char unit[4] = {'\\', 'x', HEX[b >> 4], HEX[b & 15]};
        size_t len = 4;
        if (b == '"' || b == '\\') {
            unit[1] = (char)b;
            len = 2;
        } else if (b >= 0x20 && b < 0x7F) {
            unit[0] = (char)b;
            len = 1;
        }
        if (n + len > sizeof text) {
            buf_put(out, text, safe);
            buf_text(out, "...");
            return;
        }
        memcpy(text + n, unit, len);
        n += len;
        safe = n + 3 <= sizeof text ? n : safe;
    }
    buf_put(out, text, n);
}

void utf8_clean(struct buf *out, struct bytes foreign, enum utf8_use use)
{
    switch (use) {
    case UTF8_DISPLAY:
        utf8_clean_text(out, foreign, use);
        return;
    case UTF8_NAME:
        clean_name(out, foreign);
        return;
    case UTF8_FILENAME:
        utf8_clean_filename(out, foreign);
        return;
    case UTF8_LOG:
        clean_log(out, foreign);
        return;
    }
}

bool utf8_is_name(struct bytes s)
{
    unsigned marks = UTF8_MARKS_MAX; /* none before the first base */
    uint32_t cp;
    bool ok;

    for (size_t at = 0; at < s.n;) {
        at += utf8_step(bytes_of(s.p + at, s.n - at), &cp, &ok);
        enum kind k = kind_of(cp);
        if (k == MARK && marks < UTF8_MARKS_MAX)
            marks++;
        else if (k == PLAIN || k == SLASH)
            marks = 0;
        else
            return false;
    }
    return s.n != 0;
}
