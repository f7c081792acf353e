/* SPDX-License-Identifier: ISC */
#include "tui/term.h"

#include <errno.h>
#include <langinfo.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"

#define NOTE_BYTES 200

/* The setting of the wheel is saved where the terminal can; where it cannot, what nearly all
 * have by default is put back. */
#define ON        "\033[?2004h\033[?1004h\033[?1007s\033[?1007l"
#define OFF       "\033[?2004l\033[?1004l\033[?1007h\033[?1007r"
#define ASK       "\033]11;?\033\\\033[c"
#define MOUSE_ON  "\033[?1000h\033[?1006h"
#define MOUSE_OFF "\033[?1006l\033[?1002l\033[?1000l"
/* Plain attributes, the cursor shown, all modes off, plain keys, the other screen left. */
#define RESET "\033[0m\033[?25h" MOUSE_OFF OFF "\033[?1l\033>\033[?1049l\r\n"

static struct {
    bool ours;
    bool mouse; /* wanted */
} term;

/* In parts when the terminal is slow; given up when it is gone. */
static void say(const void *bytes, size_t n)
{
    const char *at = bytes;

    while (n > 0) {
        ssize_t done = write(STDOUT_FILENO, at, n);
        if (done > 0) {
            at += done;
            n -= (size_t)done;
        } else if (done < 0 && errno == EAGAIN) {
            struct pollfd p = {.fd = STDOUT_FILENO, .events = POLLOUT};
            if (poll(&p, 1, 5000) <= 0)
                return;
        } else if (done == 0 || errno != EINTR) {
            return;
        }
    }
}

void term_ask(void)
{
    say(ASK, sizeof ASK - 1);
}

void term_start(void)
{
    say(ON, sizeof ON - 1);
    if (term.mouse)
        say(MOUSE_ON, sizeof MOUSE_ON - 1);
    term.ours = true;
}

void term_stop(void)
{
    if (!term.ours)
        return;
    term.ours = false;
    if (term.mouse)
        say(MOUSE_OFF, sizeof MOUSE_OFF - 1);
    say(OFF, sizeof OFF - 1);
}

void term_mouse(bool on)
{
    if (on == term.mouse)
        return;
    term.mouse = on;
    if (!term.ours)
        return;
    if (on)
        say(MOUSE_ON, sizeof MOUSE_ON - 1);
    else
        say(MOUSE_OFF, sizeof MOUSE_OFF - 1);
}

void term_reset(void)
{
    say(RESET, sizeof RESET - 1);
}

static bool begins(const char *s, const char *with)
{
    return s != NULL && strncmp(s, with, strlen(with)) == 0;
}

bool term_has_copy(void)
{
    const char *kind = secure_getenv("TERM");

    /* They would show the letters, or have no clipboard to put them into. */
    return !begins(kind, "linux") && !begins(kind, "vt");
}

static void put_base64(struct buf *out, struct bytes b)
{
    static const char LETTERS[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (size_t i = 0; i < b.n; i += 3) {
        size_t n = b.n - i < 3 ? b.n - i : 3;
        uint32_t v = (uint32_t)b.p[i] << 16;
        v |= n > 1 ? (uint32_t)b.p[i + 1] << 8 : 0;
        v |= n > 2 ? b.p[i + 2] : 0;
        for (size_t k = 0; k < 4; k++)
            buf_u8(out, (uint8_t)(k <= n ? LETTERS[v >> (18 - 6 * k) & 63] : '='));
    }
}

bool term_copy(struct bytes text)
{
    static const char BEGIN[] = "\033]52;c;";
    struct buf out;

    if (!term.ours || text.n > TERM_COPY_MAX || !term_has_copy())
        return false;
    buf_init(&out, 2u * TERM_COPY_MAX);
    buf_put(&out, BEGIN, sizeof BEGIN - 1);
    put_base64(&out, text);
    buf_u8(&out, '\a');
    say(out.p, out.n);
    buf_wipe(&out);
    return true;
}

void term_bell(void)
{
    if (term.ours)
        say("\a", 1);
}

struct how_row {
    const char *program; /* what TERM_PROGRAM or TERM begins with */
    enum term_how how;
};
/* Those of which it is known; in tmux and screen what they hand on is the bell. */
static const struct how_row HOWS[] = {
    {"tmux", TERM_BELL},
    {"screen", TERM_BELL},
    {"iTerm", TERM_OSC9},
    {"xterm-kitty", TERM_OSC9},
    {"WezTerm", TERM_OSC777},
    {"wezterm", TERM_OSC777},
    {"ghostty", TERM_OSC777},
    {"xterm-ghostty", TERM_OSC777},
    {"foot", TERM_OSC777},
    {"rxvt", TERM_OSC777},
    {"contour", TERM_OSC777},
};

static enum term_how how_here(void)
{
    const char *kind = secure_getenv("TERM");
    const char *program = secure_getenv("TERM_PROGRAM");

    for (size_t i = 0; i < MEM_COUNT(HOWS); i++) {
        if (begins(kind, HOWS[i].program) || begins(program, HOWS[i].program))
            return HOWS[i].how;
    }
    return TERM_BELL;
}

/* One line of letters, none of which could end the sequence or begin another part of it. */
static void put_words(struct buf *out, struct bytes text)
{
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): one thread reads it, none changes it */
    bool utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    struct buf clean;
    struct bytes b;
    uint32_t cp;
    bool ok;

    buf_init(&clean, 1u << 20);
    utf8_clean(&clean, text, UTF8_NAME);
    b = buf_view(&clean);
    b.n = utf8_fit_bytes(b, NOTE_BYTES);
    for (size_t n; b.n != 0; b = bytes_of(b.p + n, b.n - n)) {
        n = utf8_step(b, &cp, &ok);
        if (cp == ';' || cp == '\\')
            buf_u8(out, cp == ';' ? ',' : '/');
        else if (cp < 0x80 || utf8)
            buf_put(out, b.p, cp < 0x20 || (cp >= 0x7f && cp < 0xa0) ? 0 : n);
        else
            buf_u8(out, '?');
    }
    buf_wipe(&clean);
}

void term_notify(enum term_how how, struct bytes text)
{
    struct buf out;

    if (!term.ours)
        return;
    if (how == TERM_AUTO)
        how = how_here();
    if (how == TERM_BELL) {
        term_bell();
        return;
    }
    buf_init(&out, 4096);
    buf_text(&out, how == TERM_OSC9 ? "\033]9;" : "\033]777;notify;sotto;");
    put_words(&out, text);
    buf_u8(&out, '\a');
    say(out.p, out.n);
    buf_wipe(&out);
}
