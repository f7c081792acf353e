/* SPDX-License-Identifier: ISC */
#include "tui/screen.h"

#include <curses.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "tui/screen_rescue.h"

#define MARKS_MAX 4 /* what a cell of ncurses holds beside its base */

struct screen {
    SCREEN *curses;
    bool unicode;
    attr_t attr[STYLE_COUNT];
    short pair[STYLE_COUNT];
};

static const char *const UNICODE[GLYPH_COUNT] = {
    "│", "─", "┬", "┴", "…", "▌", "▸", "●", "○", "·", "▼", "!", "✓", "•", "⏎"};
static const char *const ASCII[GLYPH_COUNT] = {
    "|", "-", "-", "-", "...", ">", ">", "*", "o", "-", "v", "!", "ok", "*", "|"};

struct look {
    attr_t attr;
    short color; /* -1: the terminal's own */
};
/* No state is told by colour alone, so without colour nothing is lost. */
static const struct look LOOKS[STYLE_COUNT] = {
    [STYLE_TEXT] = {A_NORMAL, -1},
    [STYLE_DIM] = {A_DIM, -1},
    [STYLE_STRONG] = {A_BOLD, -1},
    [STYLE_ACCENT] = {A_BOLD, COLOR_CYAN},
    [STYLE_GOOD] = {A_NORMAL, COLOR_GREEN},
    [STYLE_WARN] = {A_BOLD, COLOR_YELLOW},
    [STYLE_BAD] = {A_BOLD, COLOR_RED},
};

static void choose_looks(struct screen *s)
{
    const char *no_color = secure_getenv("NO_COLOR");
    bool color = has_colors() && (no_color == NULL || no_color[0] == '\0');

    if (color) {
        (void)start_color();
        (void)use_default_colors();
    }
    for (int i = 0; i < STYLE_COUNT; i++) {
        s->attr[i] = LOOKS[i].attr;
        if (color && LOOKS[i].color >= 0) {
            s->pair[i] = (short)(i + 1);
            (void)init_pair(s->pair[i], LOOKS[i].color, -1);
        }
    }
}

static enum err check_terminal(const char *term, char *why, size_t why_n)
{
    const char *words = NULL;
    int found = 0;

    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        words = "this is a full-screen program and needs a terminal; here is none.";
    else if (term == NULL || term[0] == '\0')
        words =
            "TERM is not set, so what this terminal can do is unknown. Try: TERM=xterm sotto";
    if (words != NULL) {
        (void)snprintf(why, why_n, "%s", words);
        return ERR_REFUSED;
    }
    if (strcmp(term, "dumb") == 0) {
        (void)snprintf(why, why_n,
            "a terminal of the kind \"dumb\" has no screen to draw on. Start sotto in a "
            "terminal window.");
        return ERR_REFUSED;
    }
    if (setupterm(term, STDOUT_FILENO, &found) != OK || cursor_address == NULL) {
        (void)snprintf(why, why_n,
            "a terminal of the kind \"%.40s\" is not known here. Try: TERM=xterm sotto", term);
        return ERR_REFUSED;
    }
    (void)del_curterm(cur_term);
    return ERR_OK;
}

static void take_modes(void)
{
    (void)raw(); /* so that Ctrl+S, Ctrl+Q, Ctrl+Z and Ctrl+C reach us */
    (void)noecho();
    (void)nonl();
    (void)keypad(stdscr, TRUE);
    (void)nodelay(stdscr, TRUE);
    (void)meta(stdscr, TRUE);
    (void)leaveok(stdscr, FALSE);
    screen_rescue_paste(true);
}

enum err screen_open(struct screen **out, char *why, size_t why_n)
{
    struct screen *s;
    const char *term = secure_getenv("TERM");

    *out = NULL;
    (void)setlocale(LC_ALL, ""); /* NOLINT(concurrency-mt-unsafe): before any thread */
    if (check_terminal(term, why, why_n) != ERR_OK || term == NULL)
        return ERR_REFUSED;
    screen_rescue_arm();
    s = mem_alloc(sizeof *s);
    (void)set_escdelay(25);
    s->curses = newterm(NULL, stdout, stdin);
    if (s->curses == NULL) {
        screen_rescue_disarm();
        mem_free(s);
        (void)snprintf(why, why_n, "the terminal \"%.40s\" cannot be set up.", term);
        return ERR_REFUSED;
    }
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): before any thread */
    s->unicode = strcmp(nl_langinfo(CODESET), "UTF-8") == 0 && strcmp(term, "linux") != 0;
    take_modes();
    choose_looks(s);
    *out = s;
    return ERR_OK;
}

void screen_close(struct screen *s)
{
    if (s == NULL)
        return;
    screen_rescue_paste(false);
    (void)endwin();
    delscreen(s->curses);
    screen_rescue_disarm();
    mem_free(s);
}

void screen_pause(struct screen *s)
{
    (void)s;
    screen_rescue_paste(false);
    (void)endwin();
}

void screen_resume(struct screen *s)
{
    take_modes();
    screen_redraw(s);
}

void screen_suspend(struct screen *s)
{
    (void)s;
    (void)kill(0, SIGTSTP);
}

void screen_measure(struct screen *s, int *rows, int *cols)
{
    struct winsize w = {0};

    (void)s;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_row > 0 && w.ws_col > 0)
        (void)resizeterm(w.ws_row, w.ws_col);
    getmaxyx(stdscr, *rows, *cols);
}

void screen_redraw(struct screen *s)
{
    (void)s;
    (void)clearok(stdscr, TRUE);
}

void screen_clear(struct screen *s, struct rect r)
{
    (void)s;
    for (int row = r.row; row < r.row + r.rows; row++)
        (void)mvhline(row, r.col, ' ', r.cols);
}

/* The base of a cluster and the marks on it; VS16 and what is joined by ZWJ are left out. */
static void cells(struct bytes cluster, wchar_t out[MARKS_MAX + 2])
{
    uint32_t cp;
    bool ok;
    size_t n = 0;

    for (size_t step; cluster.n != 0; cluster = bytes_of(cluster.p + step, cluster.n - step)) {
        step = utf8_step(cluster, &cp, &ok);
        if (n != 0 && (cp == 0x200d || n > MARKS_MAX))
            break;
        if (n == 0 || (wcwidth((wchar_t)cp) == 0 && cp != 0xfe0f && cp != 0xfe0e))
            out[n++] = (wchar_t)cp;
    }
    out[n] = L'\0';
}

static void put_cluster(
    struct screen *s, int row, int col, int cols, enum screen_style style, struct bytes cluster)
{
    wchar_t text[MARKS_MAX + 2];
    cchar_t cell;
    int width;

    cells(cluster, text);
    width = wcwidth(text[0]);
    /* When the C library does not know it, or thinks it wider than we do. */
    if (width < 1 || width > cols) {
        text[0] = s->unicode ? 0xfffd : L'?';
        text[1] = L'\0';
        width = 1;
    }
    (void)setcchar(&cell, text, s->attr[style], s->pair[style], NULL);
    (void)mvadd_wch(row, col, &cell);
    if (cols > width)
        (void)mvhline(row, col + width, ' ', cols - width);
}

static void clean_line(struct buf *out, struct bytes text)
{
    buf_init(out, 1u << 20);
    utf8_clean(out, text, UTF8_DISPLAY);
    for (size_t i = 0; i < out->n; i++) {
        if (out->p[i] == '\n')
            out->p[i] = ' ';
    }
}

static int put_clean(
    struct screen *s, int row, int col, enum screen_style style, struct bytes b)
{
    int at = col;
    int cols;

    for (size_t n; b.n != 0; b = bytes_of(b.p + n, b.n - n)) {
        n = utf8_cluster(b, &cols);
        if (cols > 0)
            put_cluster(s, row, at, cols, style, bytes_of(b.p, n));
        at += cols;
    }
    return at - col;
}

int screen_text(
    struct screen *s, int row, int col, int cols, enum screen_style style, struct bytes text)
{
    struct bytes more = bytes_str(screen_glyph(s, GLYPH_ELLIPSIS));
    struct buf clean;
    struct bytes b;
    int used;

    if (cols <= 0)
        return 0;
    clean_line(&clean, text);
    b = buf_view(&clean);
    if (utf8_width(b) <= cols) {
        used = put_clean(s, row, col, style, b);
    } else {
        int room = cols > utf8_width(more) ? cols - utf8_width(more) : 0;
        used = put_clean(s, row, col, style, bytes_of(b.p, utf8_fit(b, room)));
        used +=
            put_clean(s, row, col + used, style, bytes_of(more.p, utf8_fit(more, cols - used)));
    }
    buf_free(&clean);
    return used;
}

int screen_width(struct bytes text)
{
    struct buf clean;
    int width;

    clean_line(&clean, text);
    width = utf8_width(buf_view(&clean));
    buf_free(&clean);
    return width;
}

const char *screen_glyph(const struct screen *s, enum screen_glyph g)
{
    return s->unicode ? UNICODE[g] : ASCII[g];
}

int screen_put(struct screen *s, int row, int col, enum screen_style style, enum screen_glyph g)
{
    return put_clean(s, row, col, style, bytes_str(screen_glyph(s, g)));
}

void screen_line(struct screen *s, struct rect r, enum screen_glyph g)
{
    for (int row = r.row; row < r.row + r.rows; row++) {
        for (int col = r.col; col < r.col + r.cols; col++)
            (void)screen_put(s, row, col, STYLE_DIM, g);
    }
}

void screen_cursor(struct screen *s, int row, int col)
{
    (void)s;
    (void)move(row, col);
}

void screen_flush(struct screen *s)
{
    (void)s;
    (void)refresh();
}
