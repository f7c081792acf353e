/* SPDX-License-Identifier: ISC */
/*
 * The inspector: every frame in and out as it passes, newest at the bottom, over the panes. It
 * shows what the model's trace has; what is in a frame is not there.
 */
#include <stdio.h>
#include <time.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "tui/act.h"

#define WANTED 32

struct inspector {
    struct overlay o; /* first: a struct overlay is one of these */
    struct model *model;
    bool paused;
    uint64_t last_id; /* while paused: the newest that is shown */
    size_t back;      /* rows below the bottom edge */
    bool typing;      /* what to look for */
    char wanted[WANTED];
    size_t wanted_n;
    int rows; /* that the last drawing had */
};

static struct inspector *self(struct overlay *o)
{
    return (struct inspector *)o;
}

/* ---- which ---- */

static bool has(struct bytes text, const struct inspector *in)
{
    return memmem(text.p, text.n, in->wanted, in->wanted_n) != NULL;
}

static bool is_wanted(const struct inspector *in, const struct trace_row *row)
{
    if (in->paused && row->id > in->last_id)
        return false;
    return in->wanted_n == 0 || has(bytes_str(row->name), in) ||
           has(bytes_str(row->state), in) || has(bytes_of(row->where, row->where_n), in) ||
           has(bytes_str(row->out ? "out" : "in"), in);
}

/* ---- drawing ---- */

static void draw_frame(struct pane_view *v, struct rect at, const struct trace_row *row)
{
    time_t seconds = (time_t)(row->wall_ms / 1000);
    struct tm tm = {0};
    char text[120];
    int col = 0;

    (void)localtime_r(&seconds, &tm);
    if (at.cols >= 60) {
        (void)snprintf(text, sizeof text, "%02d:%02d:%02d.%03d ", tm.tm_hour, tm.tm_min,
            tm.tm_sec, (int)(row->wall_ms % 1000));
        col +=
            screen_text(v->screen, at.row, at.col, at.cols, STYLE_TIME_STAMP, bytes_str(text));
    }
    (void)snprintf(text, sizeof text, "%-4s%02x %-15s %7u  ", row->out ? "out" : "in", row->op,
        row->name, row->size);
    col += screen_text(v->screen, at.row, at.col + col, at.cols - col,
        row->out ? STYLE_TEXT_BOLD : STYLE_TEXT_NORMAL, bytes_str(text));
    if (at.cols >= 60)
        col += screen_text(v->screen, at.row, at.col + col, at.cols - col, STYLE_TEXT_DIM,
                   bytes_str(row->state)) +
               2;
    (void)screen_text(v->screen, at.row, at.col + col, at.cols - col, STYLE_TEXT_NORMAL,
        bytes_of(row->where, row->where_n));
}

static void draw_head(const struct inspector *in, struct pane_view *v, struct rect at, size_t n)
{
    char text[160];

    (void)snprintf(text, sizeof text, "%zu frame%s%s%s%.*s%s", n, n == 1 ? "" : "s",
        in->paused ? ", paused" : "", in->typing || in->wanted_n != 0 ? ", with: " : "",
        (int)in->wanted_n, in->wanted, in->back != 0 ? "  (further back)" : "");
    v->cursor_row = at.row;
    v->cursor_col = at.col + screen_text(v->screen, at.row, at.col, at.cols, STYLE_UI_TITLE,
                                 bytes_str(text));
}

static size_t count(const struct inspector *in)
{
    const struct trace *t = &in->model->trace;
    size_t n = 0;

    for (size_t i = 0; i < t->count; i++)
        n += is_wanted(in, trace_at(t, i));
    return n;
}

static void draw(struct overlay *o, struct pane_view *v)
{
    struct inspector *in = self(o);
    const struct trace *t = &in->model->trace;
    struct rect r = overlay_frame(v, v->rows - 4, v->cols - 4, "Frames to and from the relay");
    size_t all = count(in);
    size_t skip;
    int row = r.row + r.rows - 1;

    in->rows = r.rows > 2 ? r.rows - 1 : 1;
    if (in->back + (size_t)in->rows > all)
        in->back = all > (size_t)in->rows ? all - (size_t)in->rows : 0;
    draw_head(in, v, r, all);
    skip = in->back;
    for (size_t i = t->count; i-- > 0 && row > r.row;) {
        if (!is_wanted(in, trace_at(t, i)))
            continue;
        if (skip > 0)
            skip--;
        else
            draw_frame(v, (struct rect){row--, r.col, 1, r.cols}, trace_at(t, i));
    }
}

/* ---- keys ---- */

static void pause(struct inspector *in)
{
    in->paused = !in->paused;
    in->last_id = in->model->trace.last_id;
    in->back = in->paused ? in->back : 0;
}

/* True while it is one of the keys that say what to look for. */
static bool type(struct inspector *in, enum action a, const struct input_key *k)
{
    if (a == ACTION_ENTER)
        in->typing = false;
    else if (a == ACTION_ERASE_LEFT && in->wanted_n > 0)
        in->wanted_n--;
    else if (a == ACTION_KILL_START)
        in->wanted_n = 0;
    else if (k->code == INPUT_CHAR && k->mods == 0 && k->cp < 0x7f && in->wanted_n < WANTED)
        in->wanted[in->wanted_n++] = (char)k->cp;
    else
        return false;
    in->back = 0;
    return true;
}

static void scroll(struct inspector *in, long by)
{
    long to = (long)in->back + by;

    in->back = to > 0 ? (size_t)to : 0;
}

static void key(struct overlay *o, struct tui *t, enum action a, const struct input_key *k)
{
    struct inspector *in = self(o);
    uint32_t letter = k->code == INPUT_CHAR && k->mods == 0 ? k->cp : 0;

    if (in->typing && type(in, a, k))
        return;
    if (a == ACTION_INSPECT || letter == 'q')
        overlay_close(t);
    else if (a == ACTION_SCROLL_UP || a == ACTION_BACK)
        scroll(in, a == ACTION_BACK ? 1 : in->rows);
    else if (a == ACTION_SCROLL_DOWN || a == ACTION_FORTH)
        scroll(in, a == ACTION_FORTH ? -1 : -in->rows);
    else if (letter == 'p' || letter == ' ')
        pause(in);
    else if (letter == '/')
        in->typing = true;
    else if (letter == 'e')
        (void)intents_push(&t->model->intents, INTENT_LINE, bytes_str("/debug export"));
}

static void fini(struct overlay *o)
{
    self(o)->model->trace.watched = false;
}

static const struct overlay_ops OPS = {
    .draw = draw,
    .key = key,
    .fini = fini,
    .hints = "p pause   / look for   e write to a file   Up Down PgUp PgDn   ESC closes",
};

static void open_it(struct tui *t)
{
    struct inspector *in = mem_alloc(sizeof *in);

    in->o.ops = &OPS;
    in->model = t->model;
    overlay_open(t, &in->o);
    t->model->trace.watched = true;
}

static void inspect(struct tui *t, const struct input_key *k)
{
    (void)k;
    open_it(t);
}

const struct act_row ACT_INSPECT[] = {{ACTION_INSPECT, inspect}, {ACTION_NONE, NULL}};

static bool do_debug(struct tui *t, const struct command_line *line)
{
    if (line->count != 0)
        return false;
    open_it(t);
    return true;
}

const struct act_command INSPECT_COMMANDS[] = {{"debug", do_debug}, {NULL, NULL}};
