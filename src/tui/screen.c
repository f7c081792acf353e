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

#include "base/mem.h"
#include "base/utf8.h"
#include "tui/cell.h"
#include "tui/screen_color.h"
#include "tui/screen_ground.h"
#include "tui/screen_rescue.h"
#include "tui/term.h"

struct screen {
    SCREEN *curses;
    char term[64]; /* the kind of terminal, as TERM has it */
    bool direct;   /* and taken for one that has any colour */
    bool unicode;
    bool ascii; /* the theme wants plain signs */
    enum theme_side side;
    struct winsize size; /* as the terminal said it last */
    struct screen_color color;
    struct screen_ground ground;
};

static const char *const UNICODE[GLYPH_COUNT] = {"│", "─", "┬", "┴", "…", "▌", "▸", "●", "○",
    "·", "▼", "▲", "!", "✓", "•", "⏎", "┌", "┐", "└", "┘", "✎", "█", "▌", "·", "↓", "↑"};
static const char *const ASCII[GLYPH_COUNT] = {"|", "-", "-", "-", "...", ">", ">", "*", "o",
    "-", "v", "^", "!", "ok", "*", "|", "+", "+", "+", "+", "d", "#", "", "-", "v", "^"};

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
    (void)leaveok(stdscr, FALSE);
    term_start();
}

static bool start_curses(struct screen *s, const char *term)
{
    (void)set_escdelay(25);
    s->curses = newterm(term, stdout, stdin);
    if (s->curses == NULL)
        return false;
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): before any thread */
    s->unicode = strcmp(nl_langinfo(CODESET), "UTF-8") == 0 && strcmp(s->term, "linux") != 0;
    take_modes();
    screen_color_start(&s->color);
    return true;
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
    (void)bytes_copy(s->term, sizeof s->term, bytes_str(term));
    screen_ground_ask(&s->ground, term);
    if (!start_curses(s, NULL)) {
        screen_rescue_disarm();
        mem_free(s);
        (void)snprintf(why, why_n, "the terminal \"%.40s\" cannot be set up.", term);
        return ERR_REFUSED;
    }
    /* What was pressed while the terminal was asked comes first. */
    for (size_t i = s->ground.typed_n; i-- > 0;)
        (void)ungetch(s->ground.typed[i]);
    *out = s;
    return ERR_OK;
}

void screen_close(struct screen *s)
{
    if (s == NULL)
        return;
    term_stop();
    (void)endwin();
    delscreen(s->curses);
    screen_rescue_disarm();
    mem_free(s);
}

/* Not by endwin(): on its way back it would reset the palette, which is the person's. */
void screen_pause(struct screen *s)
{
    (void)s;
    term_stop();
    (void)putp(exit_attribute_mode);
    (void)putp(orig_pair);
    (void)putp(tiparm(cursor_address, LINES - 1, 0));
    (void)putp(cursor_normal);
    (void)putp(exit_ca_mode);
    (void)fflush(stdout);
    (void)reset_shell_mode();
}

void screen_resume(struct screen *s)
{
    (void)reset_prog_mode();
    (void)putp(enter_ca_mode);
    (void)fflush(stdout);
    take_modes();
    screen_redraw(s);
}

void screen_suspend(struct screen *s)
{
    (void)s;
    (void)kill(0, SIGTSTP);
}

/* ---- looks ---- */

enum theme_ground screen_ground(const struct screen *s, bool *owed)
{
    *owed = s->ground.owed;
    return s->ground.ground;
}

bool screen_set_direct(struct screen *s, bool on)
{
    char name[64];
    const char *term = on ? screen_color_direct(s->term, name) : NULL;

    if (on == s->direct || (on && (term == NULL || s->color.can == COLOR_TIER_DIRECT)))
        return false;
    screen_pause(s);
    delscreen(s->curses);
    s->direct = on && start_curses(s, term);
    if (!s->direct && !start_curses(s, NULL))
        mem_die("the terminal cannot be set up again");
    return true;
}

enum color_tier screen_use_theme(struct screen *s, const struct theme *t, enum color_tier most)
{
    screen_color_use(&s->color, t, most);
    s->ascii = t->ascii;
    return s->color.tier;
}

void screen_select(struct screen *s, bool on)
{
    s->side = on ? THEME_SELECTED : THEME_PLAIN;
}

static bool ask_size(struct winsize *w)
{
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, w) == 0 && w->ws_row > 0 && w->ws_col > 0;
}

void screen_measure(struct screen *s, int *rows, int *cols)
{
    if (ask_size(&s->size))
        (void)resizeterm(s->size.ws_row, s->size.ws_col);
    getmaxyx(stdscr, *rows, *cols);
}

bool screen_has_changed(const struct screen *s)
{
    struct winsize w;

    return ask_size(&w) && (w.ws_row != s->size.ws_row || w.ws_col != s->size.ws_col);
}

void screen_redraw(struct screen *s)
{
    (void)s;
    (void)clearok(stdscr, TRUE);
}

static struct screen_ink ink_of(const struct screen *s, enum style style)
{
    return s->color.ink[s->side][style];
}

static void make_cell(cchar_t *cell, const wchar_t *text, struct screen_ink ink)
{
    (void)setcchar(cell, text, ink.attr, (short)ink.pair, &ink.pair);
}

static void blank(int row, int col, int cols, struct screen_ink ink)
{
    cchar_t cell;

    make_cell(&cell, L" ", ink);
    (void)mvhline_set(row, col, &cell, cols);
}

void screen_clear(struct screen *s, struct rect r)
{
    for (int row = r.row; row < r.row + r.rows; row++)
        blank(row, r.col, r.cols, ink_of(s, STYLE_TEXT_NORMAL));
}

static void put_cluster(
    struct screen *s, int row, int col, int cols, struct screen_ink ink, struct bytes cluster)
{
    wchar_t text[CELL_CODES + 1];
    int width = cell_make(text, cluster, cols, s->unicode);
    cchar_t cell;

    make_cell(&cell, text, ink);
    (void)mvadd_wch(row, col, &cell);
    if (cols > width)
        blank(row, col + width, cols - width, ink);
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

/* Most text: nothing in it needs cleaning, and each letter is a cell. */
static bool is_plain(struct bytes b)
{
    size_t i = 0;

    while (i < b.n && b.p[i] >= 0x20 && b.p[i] < 0x7f)
        i++;
    return i == b.n;
}

static int put_plain(int row, int col, struct screen_ink ink, struct bytes b)
{
    cchar_t cell;

    (void)move(row, col);
    for (size_t i = 0; i < b.n; i++) {
        make_cell(&cell, (const wchar_t[]){b.p[i], L'\0'}, ink);
        (void)add_wch(&cell);
    }
    return (int)b.n;
}

static int put_clean(struct screen *s, int row, int col, struct screen_ink ink, struct bytes b)
{
    int at = col;
    int cols;

    for (size_t n; b.n != 0; b = bytes_of(b.p + n, b.n - n)) {
        n = utf8_cluster(b, &cols);
        if (cols > 0)
            put_cluster(s, row, at, cols, ink, bytes_of(b.p, n));
        at += cols;
    }
    return at - col;
}

static int put_text(
    struct screen *s, int row, int col, int cols, struct screen_ink ink, struct bytes text)
{
    struct bytes more = bytes_str(screen_glyph(s, GLYPH_ELLIPSIS));
    struct buf clean;
    struct bytes b;
    int used;

    if (cols <= 0)
        return 0;
    if (text.n <= (size_t)cols && is_plain(text))
        return put_plain(row, col, ink, text);
    clean_line(&clean, text);
    b = buf_view(&clean);
    if (utf8_width(b) <= cols) {
        used = put_clean(s, row, col, ink, b);
    } else {
        int room = cols > utf8_width(more) ? cols - utf8_width(more) : 0;
        used = put_clean(s, row, col, ink, bytes_of(b.p, utf8_fit(b, room)));
        used +=
            put_clean(s, row, col + used, ink, bytes_of(more.p, utf8_fit(more, cols - used)));
    }
    buf_free(&clean);
    return used;
}

int screen_text(
    struct screen *s, int row, int col, int cols, enum style style, struct bytes text)
{
    return put_text(s, row, col, cols, ink_of(s, style), text);
}

int screen_name(struct screen *s, int row, int col, int cols, struct bytes name)
{
    return put_text(s, row, col, cols, screen_color_name(&s->color, s->side, name), name);
}

int screen_width(struct bytes text)
{
    struct buf clean;
    int width;

    if (is_plain(text))
        return (int)text.n;
    clean_line(&clean, text);
    width = utf8_width(buf_view(&clean));
    buf_free(&clean);
    return width;
}

const char *screen_glyph(const struct screen *s, enum screen_glyph g)
{
    return s->unicode && !s->ascii ? UNICODE[g] : ASCII[g];
}

int screen_put(struct screen *s, int row, int col, enum style style, enum screen_glyph g)
{
    return put_clean(s, row, col, ink_of(s, style), bytes_str(screen_glyph(s, g)));
}

void screen_cell(
    struct screen *s, int row, int col, uint32_t letter, const struct theme_look *look)
{
    uint8_t text[4];
    struct screen_ink ink = screen_color_ink(&s->color, look);

    (void)put_text(s, row, col, 1, ink, bytes_of(text, utf8_put(text, letter)));
}

void screen_line(struct screen *s, struct rect r, enum screen_glyph g)
{
    for (int row = r.row; row < r.row + r.rows; row++) {
        for (int col = r.col; col < r.col + r.cols; col++)
            (void)screen_put(s, row, col, STYLE_UI_BORDER, g);
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
