/* SPDX-License-Identifier: ISC */
#include "tui/screen_ground.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "tui/term.h"

/* ---- answers ---- */

static bool begins(struct bytes b, const char *with)
{
    size_t n = strlen(with);

    return b.n >= n && memcmp(b.p, with, n) == 0;
}

/* "ESC [ ? 6 2 ; 4 c": its bytes; 0: it is none, or not all of it is there. */
static size_t identity(struct bytes b)
{
    size_t n = 3;

    if (!begins(b, "\033[?"))
        return 0;
    while (n < b.n && ((b.p[n] >= '0' && b.p[n] <= '9') || b.p[n] == ';'))
        n++;
    return n < b.n && b.p[n] == 'c' ? n + 1 : 0;
}

/* "ffff/ffff/ffff" with one to four digits each: how light it is, 0 to 255. */
static bool lightness(struct bytes text, unsigned *out)
{
    static const unsigned WEIGHTS[] = {299, 587, 114};
    unsigned sum = 0;
    size_t at = 0;

    for (size_t i = 0; i < MEM_COUNT(WEIGHTS); i++) {
        unsigned value = 0;
        unsigned most = 0;
        for (; at < text.n && text.p[at] != '/'; at++) {
            unsigned c = text.p[at] | 0x20u;
            unsigned digit = c >= 'a' ? c - 'a' + 10 : text.p[at] - (unsigned)'0';
            if (digit > 15 || most >= 0xffff)
                return false;
            value = value << 4 | digit;
            most = most << 4 | 15;
        }
        if (most == 0)
            return false;
        sum += WEIGHTS[i] * (value * 255 / most);
        at++;
    }
    *out = sum / 1000;
    return at == text.n + 1;
}

/* "ESC ] 11 ; rgb: ... BEL" or with ESC \ at its end. */
static size_t color(struct bytes b, enum theme_ground *ground)
{
    size_t n = 0;
    size_t end;
    unsigned light;
    const char *head = begins(b, "\033]11;rgba:") ? "\033]11;rgba:" : "\033]11;rgb:";

    if (!begins(b, "\033]11;"))
        return 0;
    while (n < b.n && b.p[n] != '\a' && !begins(bytes_of(b.p + n, b.n - n), "\033\\"))
        n++;
    if (n == b.n)
        return 0;
    end = n + (b.p[n] == '\a' ? 1 : 2);
    if (begins(b, head) && lightness(bytes_of(b.p + strlen(head), n - strlen(head)), &light))
        *ground = light < 128 ? THEME_DARK : THEME_LIGHT;
    return end;
}

/* An arrow or another key that is more than a letter: what it was is lost, as ncurses takes
 * letters back and no sequences. Half of an answer is none of those. */
static size_t sequence(struct bytes b)
{
    size_t n = 2;

    if (begins(b, "\033O"))
        return b.n > 2 ? 3 : 0;
    if (!begins(b, "\033[") || begins(b, "\033[?"))
        return 0;
    while (n < b.n && (b.p[n] < 0x40 || b.p[n] > 0x7e))
        n++;
    return n < b.n ? n + 1 : 0;
}

bool screen_ground_judge(struct screen_ground *g, struct bytes came)
{
    bool all = false;
    size_t n;

    g->typed_n = 0;
    for (; came.n != 0; came = bytes_of(came.p + n, came.n - n)) {
        n = identity(came);
        all = all || n != 0;
        if (n == 0)
            n = color(came, &g->ground);
        if (n == 0)
            n = sequence(came);
        if (n != 0)
            continue;
        n = 1;
        if (g->typed_n < SCREEN_TYPED)
            g->typed[g->typed_n++] = came.p[0];
    }
    g->owed = !all;
    return all;
}

/* ---- asking ---- */

static bool answers(const char *term)
{
    static const char *const MUTE[] = {"linux", "dumb", "vt", "cons", "unknown"};

    for (size_t i = 0; i < MEM_COUNT(MUTE); i++) {
        if (strncmp(term, MUTE[i], strlen(MUTE[i])) == 0)
            return false;
    }
    return true;
}

static int64_t now_ms(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void wait_for(struct screen_ground *g)
{
    uint8_t came[SCREEN_TYPED];
    size_t n = 0;
    int64_t end = now_ms() + SCREEN_GROUND_MS;

    for (int64_t left; n < sizeof came && (left = end - now_ms()) > 0;) {
        struct pollfd p = {.fd = STDIN_FILENO, .events = POLLIN};
        int ready = poll(&p, 1, (int)left);
        if (ready < 0 && errno == EINTR)
            continue;
        ssize_t got = ready > 0 ? read(STDIN_FILENO, came + n, sizeof came - n) : 0;
        if (got <= 0)
            break;
        n += (size_t)got;
        if (screen_ground_judge(g, bytes_of(came, n)))
            break;
    }
    mem_wipe(came, sizeof came);
}

void screen_ground_ask(struct screen_ground *g, const char *term)
{
    struct termios before;
    struct termios raw;

    *g = (struct screen_ground){.ground = THEME_ANY};
    if (!answers(term) || tcgetattr(STDIN_FILENO, &before) != 0)
        return;
    raw = before;
    /* No signals either: who presses Ctrl+C now says it to the screen that comes. */
    raw.c_lflag &= (tcflag_t) ~(ICANON | ECHO | ISIG | IEXTEN);
    raw.c_iflag &= (tcflag_t) ~(IXON | ICRNL | INLCR);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    if (tcsetattr(STDIN_FILENO, TCSANOW, &raw) != 0)
        return;
    g->owed = true;
    term_ask();
    wait_for(g);
    (void)tcsetattr(STDIN_FILENO, TCSANOW, &before);
}
