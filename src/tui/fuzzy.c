/* SPDX-License-Identifier: ISC */
#include "tui/fuzzy.h"

#include "base/utf8.h"

#define LETTER    16 /* each that fits */
#define RUN       16 /* and follows the one before at once */
#define WORD      14 /* and begins a word */
#define FIRST     8  /* and begins the name */
#define GAP       1  /* for each that is passed over between two of them */
#define GAP_MOST  10
#define SAME      64 /* nothing of the name is left over */
#define NONE      (-1000000)
#define BYTES_MAX 1024 /* of foreign text that is cleaned at all */

static bool is_space(uint32_t cp)
{
    return cp == ' ' || cp == '\n' || cp == '\t' || cp == 0xa0;
}

/* What most names are, without the way through tables: there may be many. */
#define NOT_ASCII ((size_t)-1)
static size_t fold_ascii(struct bytes in, uint32_t *out, size_t most)
{
    size_t n = in.n < most ? in.n : most;

    for (size_t i = 0; i < n; i++) {
        if (in.p[i] >= 0x80)
            return NOT_ASCII;
        out[i] = in.p[i] >= 'A' && in.p[i] <= 'Z' ? in.p[i] | 0x20u : in.p[i];
    }
    return n;
}

/* Letters only: case, accents and looks folded. What is no UTF-8 is cleaned first. */
static size_t fold(struct bytes in, uint32_t *out, size_t most)
{
    struct buf folded;
    struct buf clean;
    struct bytes rest;
    uint32_t cp;
    bool ok;
    size_t n = fold_ascii(in, out, most);

    if (n != NOT_ASCII)
        return n;
    n = 0;

    in.n = utf8_fit_bytes(in, in.n < BYTES_MAX ? in.n : BYTES_MAX);
    buf_init(&folded, (size_t)BYTES_MAX * 64);
    buf_init(&clean, (size_t)BYTES_MAX * 64);
    if (utf8_apart_folded(&folded, in) != ERR_OK) {
        buf_clear(&folded);
        utf8_clean(&clean, in, UTF8_DISPLAY);
        if (utf8_apart_folded(&folded, buf_view(&clean)) != ERR_OK)
            buf_clear(&folded);
    }
    rest = buf_view(&folded);
    while (n < most && rest.n != 0) {
        size_t step = utf8_step(rest, &cp, &ok);
        rest = bytes_of(rest.p + step, rest.n - step);
        if (!utf8_is_mark(cp))
            out[n++] = cp;
    }
    buf_free(&folded);
    buf_free(&clean);
    return n;
}

void fuzzy_init(struct fuzzy *f, struct bytes typed)
{
    f->n = fold(typed, f->cp, FUZZY_TYPED);
    while (f->n != 0 && is_space(f->cp[f->n - 1]))
        f->n--;
}

/* ---- in their order ---- */

static bool begins_word(const uint32_t *name, size_t at)
{
    static const char BETWEEN[] = " #-_./@+:";

    if (at == 0)
        return true;
    for (const char *c = BETWEEN; *c != '\0'; c++) {
        if (name[at - 1] == (uint32_t)(uint8_t)*c)
            return name[at] != name[at - 1];
    }
    return false;
}

static bool in_order(const struct fuzzy *f, const uint32_t *name, size_t n)
{
    size_t i = 0;

    for (size_t at = 0; at < n && i < f->n; at++)
        i += name[at] == f->cp[i];
    return i == f->n;
}

static int worth(const uint32_t *name, size_t at)
{
    bool begins = at == 0 || (at == 1 && (name[0] == '#' || name[0] == '/'));

    return LETTER + (begins_word(name, at) ? WORD : 0) + (begins ? FIRST : 0);
}

/* The best way to find the letters: end[j] is the best that ends with the letter at j being
 * the i-th that was typed. */
static int best(const struct fuzzy *f, const uint32_t *name, size_t n)
{
    int end[FUZZY_NAME];
    int most = NONE;

    for (size_t j = 0; j < n; j++)
        end[j] =
            name[j] == f->cp[0] ? worth(name, j) - (j < GAP_MOST ? (int)j : GAP_MOST) : NONE;
    for (size_t i = 1; i < f->n; i++) {
        int before = NONE; /* the best that ends further left, with what the gap costs */
        int last = NONE;   /* the one that ends just before */
        for (size_t j = 0; j < n; j++) {
            int here = NONE;
            if (name[j] == f->cp[i]) {
                int from = last + RUN > before ? last + RUN : before;
                here = from > NONE / 2 ? from + worth(name, j) : NONE;
            }
            before = (before - GAP > last - GAP ? before - GAP : last - GAP);
            last = end[j];
            end[j] = here;
        }
    }
    for (size_t j = 0; j < n; j++)
        most = end[j] > most ? end[j] : most;
    return most;
}

int fuzzy_score(const struct fuzzy *f, struct bytes name)
{
    uint32_t cp[FUZZY_NAME];
    size_t n;
    int score;

    if (f->n == 0)
        return 1;
    n = fold(name, cp, FUZZY_NAME);
    if (n < f->n || !in_order(f, cp, n))
        return 0;
    score = best(f, cp, n) + (n == f->n ? SAME : 0) - (int)(n - f->n) / 4;
    return score > 1 ? score : 1;
}

/* ---- word for word ---- */

static bool holds_word(const uint32_t *word, size_t n, const uint32_t *text, size_t text_n)
{
    for (size_t at = 0; at + n <= text_n; at++) {
        if (memcmp(word, text + at, n * sizeof *word) == 0)
            return true;
    }
    return false;
}

bool fuzzy_holds(const struct fuzzy *f, struct bytes text)
{
    uint32_t cp[FUZZY_NAME];
    size_t n = fold(text, cp, FUZZY_NAME);

    for (size_t at = 0; at < f->n;) {
        size_t end = at;
        while (end < f->n && !is_space(f->cp[end]))
            end++;
        if (!holds_word(f->cp + at, end - at, cp, n))
            return false;
        at = end + 1;
    }
    return true;
}
