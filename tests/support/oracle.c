/* SPDX-License-Identifier: ISC */
#include "support/oracle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"

#define SEQUENCE 80000 /* bytes: a copy is the longest */
#define LAST     48    /* bytes shown before a fault */
#define PARAMS   32

enum state { GROUND, ESCAPE, CHARSET, CSI, OSC, OSC_ESCAPE, LETTER };

struct mode_row {
    unsigned number;
    bool on_at_rest;
    unsigned needs; /* oracle_may bits, to be switched on */
};
static const struct mode_row MODES[] = {
    {1, false, 0}, /* keys of the application */
    {7, true, 0},  /* margins */
    {12, false, 0},
    {25, true, 0},  /* the cursor */
    {47, false, 0}, /* the other screen, of old */
    {1000, false, ORACLE_MOUSE},
    {1002, false, ORACLE_MOUSE},
    {1006, false, ORACLE_MOUSE},
    {1004, false, 0},
    {1049, false, 0},
    {2004, false, 0},
    {2026, false, 0},
};

struct oracle {
    enum state state;
    unsigned may;
    bool on[MEM_COUNT(MODES)];
    bool wheel_saved;
    bool asked_background, asked_kind;
    unsigned bells;
    uint8_t sequence[SEQUENCE];
    size_t n;
    uint8_t last[LAST];
    size_t seen;
    char fault[512];
    char left[128];
};

struct oracle *oracle_new(void)
{
    struct oracle *o = mem_alloc(sizeof *o);

    for (size_t i = 0; i < MEM_COUNT(MODES); i++)
        o->on[i] = MODES[i].on_at_rest;
    return o;
}

void oracle_free(struct oracle *o)
{
    mem_free(o);
}

void oracle_allow(struct oracle *o, unsigned may)
{
    o->may |= may;
}

unsigned oracle_bells(const struct oracle *o)
{
    return o->bells;
}

const char *oracle_fault(const struct oracle *o)
{
    return o->fault[0] != '\0' ? o->fault : NULL;
}

static void blame(struct oracle *o, const char *what)
{
    size_t n;

    if (o->fault[0] != '\0')
        return;
    n = (size_t)snprintf(o->fault, sizeof o->fault, "%s; the last bytes:", what);
    for (size_t i = o->seen < LAST ? 0 : o->seen - LAST; i < o->seen && n < 500; i++) {
        uint8_t b = o->last[i % LAST];
        n += (size_t)(b > 0x20 && b < 0x7f && b != '\\'
                          ? snprintf(o->fault + n, sizeof o->fault - n, "%c", b)
                          : snprintf(o->fault + n, sizeof o->fault - n, "\\x%02x", b));
    }
}

static void must(struct oracle *o, bool right, const char *what)
{
    if (!right)
        blame(o, what);
}

/* ---- CSI ---- */

static const struct mode_row *mode_of(unsigned number)
{
    for (size_t i = 0; i < MEM_COUNT(MODES); i++) {
        if (MODES[i].number == number)
            return &MODES[i];
    }
    return NULL;
}

static void private_mode(struct oracle *o, unsigned number, uint8_t final)
{
    const struct mode_row *m = mode_of(number);

    if (number == 1007) {
        must(o, final == 's' || o->wheel_saved, "the wheel is changed before it is saved");
        o->wheel_saved = final == 's' || (o->wheel_saved && final != 'r');
        return;
    }
    must(o, m != NULL && (final == 'h' || final == 'l'), "a mode that is none of ours");
    if (m == NULL)
        return;
    must(o, final == 'l' || (m->needs & ~o->may) == 0, "a mode that nobody asked for");
    o->on[m - MODES] = final == 'h';
}

static void private(struct oracle *o, const char *params, uint8_t final)
{
    char *end = NULL;

    if (final == 'c') { /* the cursor of a console */
        must(o, strspn(params, "0123456789") == strlen(params) && params[0] != '\0',
            "a query of the terminal's kind");
        return;
    }
    if (final == 'p' && strcmp(params, "2026$") == 0)
        return;
    do {
        private_mode(o, (unsigned)strtoul(params, &end, 10), final);
        must(o, end != params && (*end == ';' || *end == '\0'), "a private sequence");
        params = end + (*end != '\0');
    } while (end != params && *params != '\0');
}

static void kind_query(struct oracle *o, const char *params)
{
    must(o, !o->asked_kind && (params[0] == '\0' || strcmp(params, "0") == 0),
        "a query of the terminal's kind");
    o->asked_kind = true;
}

static void csi(struct oracle *o, uint8_t final)
{
    char params[PARAMS + 1];

    must(o, o->n <= PARAMS, "a long sequence");
    if (o->n > PARAMS)
        return;
    memcpy(params, o->sequence, o->n);
    params[o->n] = '\0';
    if (params[0] == '?') {
        private(o, params + 1, final);
    } else if (final == 'c') {
        kind_query(o, params);
    } else if (final == 't') { /* ncurses keeps the title on its stack */
        must(o, strcmp(params, "22;0;0") == 0 || strcmp(params, "23;0;0") == 0,
            "something about the window");
    } else if (final == 'h' || final == 'l') {
        must(o, strcmp(params, "4") == 0 || strcmp(params, "34") == 0, "a mode");
    } else {
        const char *more = final == 'm' ? "0123456789;:" : "0123456789;";
        must(o, strspn(params, more) == o->n, "odd parameters");
        must(o, strchr("ABCDGHJKLMPSTXZ@bdfmr", final) != NULL, "a sequence");
    }
}

/* ---- OSC ---- */

static bool is_copy(const uint8_t *p, size_t n)
{
    if (n < 5 || memcmp(p, "52;c;", 5) != 0)
        return false;
    for (size_t i = 5; i < n; i++) {
        if (strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=", p[i]) ==
            NULL)
            return false;
    }
    return true;
}

static bool is_note(const uint8_t *p, size_t n)
{
    static const char LONG[] = "777;notify;sotto;";
    size_t from = n >= sizeof LONG - 1 && memcmp(p, LONG, sizeof LONG - 1) == 0
                      ? sizeof LONG - 1
                  : n >= 2 && memcmp(p, "9;", 2) == 0 ? 2
                                                      : 0;

    return from != 0 && memchr(p + from, ';', n - from) == NULL && n - from <= 256 &&
           utf8_valid(bytes_of(p + from, n - from));
}

static void osc(struct oracle *o)
{
    if (is_copy(o->sequence, o->n)) {
        must(o, (o->may & ORACLE_COPY) != 0, "a copy that nobody asked for");
    } else if (is_note(o->sequence, o->n)) {
        must(o, (o->may & ORACLE_NOTE) != 0, "a notification that was not due");
    } else if (o->n == 4 && memcmp(o->sequence, "11;?", 4) == 0) {
        must(o, !o->asked_background, "the background is asked for again");
        o->asked_background = true;
    } else {
        blame(o, "an OSC");
    }
}

/* ---- byte by byte ---- */

static bool is_on(const struct oracle *o, unsigned number)
{
    return o->on[mode_of(number) - MODES];
}

/* In the program's own screen a cell has what all terminals count alike. */
static void letter(struct oracle *o)
{
    struct buf clean;
    uint32_t cp;
    bool ok;

    (void)utf8_step(bytes_of(o->sequence, o->n), &cp, &ok);
    must(o, ok, "no UTF-8");
    must(o, cp >= 0xa0, "a C1 control");
    buf_init(&clean, 64);
    utf8_clean(&clean, bytes_of(o->sequence, o->n), UTF8_DISPLAY);
    if (is_on(o, 1049) || is_on(o, 47))
        must(o,
            (utf8_is_mark(cp) && (cp & ~15u) != 0xfe00) ||
                bytes_eq(buf_view(&clean), bytes_of(o->sequence, o->n)),
            "a letter that should not reach a cell");
    buf_free(&clean);
    o->state = GROUND;
}

static void ground(struct oracle *o, uint8_t b)
{
    o->n = 0;
    if (b == 0x1b) {
        o->state = ESCAPE;
    } else if (b >= 0xc2 && b <= 0xf4) {
        o->state = LETTER;
        o->sequence[o->n++] = b;
    } else if (b == '\a') {
        o->bells++;
    } else {
        must(o, (b >= 0x20 && b < 0x7f) || strchr("\b\t\n\r\016\017", b) != NULL,
            b >= 0x80 ? "a byte of no letter" : "a control");
    }
}

static void escape(struct oracle *o, uint8_t b)
{
    static const char PLAIN[] = "78=>DM";

    o->state = b == '[' ? CSI : b == ']' ? OSC : b == '(' || b == ')' ? CHARSET : GROUND;
    must(o, o->state != GROUND || (b != '\0' && strchr(PLAIN, b) != NULL), "an ESC");
}

static void keep(struct oracle *o, uint8_t b)
{
    if (o->n == SEQUENCE) {
        blame(o, "a sequence without an end");
        o->state = GROUND;
        return;
    }
    o->sequence[o->n++] = b;
}

static void in_letter(struct oracle *o, uint8_t b)
{
    uint8_t head = o->sequence[0];
    size_t size = head < 0xe0 ? 2 : head < 0xf0 ? 3 : 4;

    keep(o, b);
    if (b < 0x80 || b > 0xbf || o->n == size)
        letter(o);
}

static void in_osc(struct oracle *o, uint8_t b)
{
    if (b == '\a' || b == 0x1b) {
        o->state = b == 0x1b ? OSC_ESCAPE : GROUND;
        osc(o);
    } else {
        must(o, b >= 0x20 && b != 0x7f, "a control in an OSC");
        keep(o, b);
    }
}

static void take(struct oracle *o, uint8_t b)
{
    o->last[o->seen++ % LAST] = b;
    switch (o->state) {
    case GROUND:
        ground(o, b);
        return;
    case ESCAPE:
        escape(o, b);
        return;
    case CHARSET:
        must(o, b == 'B' || b == '0', "a character set");
        o->state = GROUND;
        return;
    case CSI:
        if (b >= 0x40 && b < 0x7f) {
            o->state = GROUND;
            csi(o, b);
        } else {
            must(o, b >= 0x20 && b < 0x40, "a control in a sequence");
            keep(o, b);
        }
        return;
    case OSC:
        in_osc(o, b);
        return;
    case OSC_ESCAPE:
        must(o, b == '\\', "an ESC in an OSC");
        o->state = GROUND;
        return;
    case LETTER:
        in_letter(o, b);
        return;
    }
}

void oracle_feed(struct oracle *o, struct bytes out)
{
    for (size_t i = 0; i < out.n; i++)
        take(o, out.p[i]);
}

const char *oracle_left(struct oracle *o)
{
    if (o->state != GROUND) {
        (void)snprintf(o->left, sizeof o->left, "a sequence is not ended");
        return o->left;
    }
    if (o->wheel_saved) {
        (void)snprintf(o->left, sizeof o->left, "the wheel is not as it was");
        return o->left;
    }
    for (size_t i = 0; i < MEM_COUNT(MODES); i++) {
        if (o->on[i] != MODES[i].on_at_rest) {
            (void)snprintf(o->left, sizeof o->left, "mode %u is still %s", MODES[i].number,
                o->on[i] ? "on" : "off");
            return o->left;
        }
    }
    return NULL;
}
