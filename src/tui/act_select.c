/* SPDX-License-Identifier: ISC */
/*
 * Selecting a message of the open page, and what can be done with it. It draws no message: the
 * log marks what is selected. Nothing of it can be reached by typing outside of it.
 */
#include <stdio.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "model/tally.h"
#include "tui/act.h"
#include "tui/act_file.h"
#include "tui/act_link.h"
#include "tui/dialog.h"
#include "tui/link.h"
#include "tui/log_view.h"
#include "tui/term.h"

#define QUOTE_COLS   72
#define SELECT_HINTS 200

struct select {
    struct overlay o;
    struct tui *t;
    const struct room *room;
    uint64_t id;
    char hints[SELECT_HINTS];
};

static struct select *of(struct overlay *o)
{
    return (struct select *)o;
}

static const struct events *events_of(const struct tui *t)
{
    return &t->model->open->events;
}

/* NULL: it was forgotten. */
static const struct event *selected(const struct select *s)
{
    size_t i;

    return events_index(events_of(s->t), s->id, &i) ? events_at(events_of(s->t), i) : NULL;
}

static void select_one(struct select *s, size_t i)
{
    s->id = events_at(events_of(s->t), i)->id;
    s->t->v.marks.selected = s->id;
    log_reveal(&s->t->v, s->t->v.layout.part[LAYOUT_LOG], i);
    s->t->dirty |= MODEL_EVENTS;
}

/* ---- moving ---- */

static bool nearest(const struct events *es, size_t i, bool older, size_t *out)
{
    size_t said = i;
    size_t found = i;
    bool a;
    bool b;

    if (older) {
        a = tally_older(es, EVENT_SUM_SAID, i, &said);
        b = tally_older(es, EVENT_SUM_FOUND, i, &found);
        *out = a && (!b || said > found) ? said : found;
    } else {
        a = tally_newer(es, EVENT_SUM_SAID, i, &said);
        b = tally_newer(es, EVENT_SUM_FOUND, i, &found);
        *out = a && (!b || said < found) ? said : found;
    }
    return a || b;
}

static void step(struct select *s, bool older)
{
    size_t i;

    if (!events_index(events_of(s->t), s->id, &i))
        i = 0;
    if (nearest(events_of(s->t), i, older, &i))
        select_one(s, i);
    else if (older)
        act_older(s->t);
}

/* ---- what can be done with it ---- */

static void copy(struct select *s, const struct event *v)
{
    struct buf text;
    const char *words = "Sent to the terminal's clipboard (in tmux: set -g set-clipboard on).";

    buf_init(&text, (size_t)EVENT_TEXT * 16);
    utf8_clean(&text, v->text, UTF8_DISPLAY);
    if (!term_has_copy())
        words = "This terminal takes no copies; Alt+L shows the text bare, for the mouse.";
    else if (buf_end(&text) != ERR_OK || !term_copy(buf_view(&text)))
        words = "Not copied: that is more than a terminal takes.";
    buf_text(&s->t->v.hint, words);
    buf_wipe(&text);
}

/* "> the first line" and "NAME: ", before what is on the line already. */
static void reply(struct select *s, const struct event *v)
{
    struct tui *t = s->t;
    const uint8_t *end = v->text.n != 0 ? memchr(v->text.p, '\n', v->text.n) : NULL;
    struct buf first;
    struct buf line;
    size_t n;

    buf_init(&first, EDITLINE_BYTES);
    buf_init(&line, EDITLINE_BYTES);
    utf8_clean(&first, bytes_of(v->text.p, end != NULL ? (size_t)(end - v->text.p) : v->text.n),
        UTF8_NAME);
    n = utf8_fit(buf_view(&first), QUOTE_COLS);
    buf_text(&line, "> ");
    buf_put(&line, first.p, n);
    buf_text(&line, n < first.n || end != NULL ? " \xe2\x80\xa6\n" : "\n");
    if (v->who.n != 0 && (v->flags & EVENT_OWN) == 0) {
        utf8_clean(&line, v->who, UTF8_NAME);
        buf_text(&line, ": ");
    }
    buf_bytes(&line, editline_text(&t->v.line));
    if (buf_end(&line) == ERR_OK)
        editline_set(&t->v.line, buf_view(&line));
    else
        buf_text(&t->v.hint, "No room for a quote on the line.");
    buf_wipe(&first);
    buf_wipe(&line);
    overlay_close(t);
}

static void verify(struct select *s, const struct event *v)
{
    struct tui *t = s->t;
    struct buf line;

    if (v->who.n == 0 || (v->flags & EVENT_OWN) != 0) {
        buf_text(&t->v.hint, "There is nobody but you to verify.");
        return;
    }
    buf_init(&line, 1024);
    buf_text(&line, "/verify ");
    utf8_clean(&line, v->who, UTF8_NAME);
    overlay_close(t);
    log_newest(&t->v);
    act_push_line(t, buf_view(&line));
    buf_free(&line);
}

static void open_link(struct select *s, const struct event *v)
{
    struct bytes url;

    if (link_find(v->text, 0, &url))
        act_link_ask(s->t, s->id, url);
    else
        buf_text(&s->t->v.hint, "There is no link in it.");
}

static void forget_id(void *arg)
{
    mem_free(arg);
}

static void back_to_it(void *arg, struct tui *t, char letter)
{
    (void)letter;
    act_select_at(t, *(uint64_t *)arg);
}

static const char *key_words(const struct room *r, const struct event *v)
{
    const struct person *p = roster_find(&r->people, v->who);

    if ((v->flags & EVENT_OWN) != 0)
        return "your own";
    if (p != NULL && (p->flags & ROSTER_CHANGED) != 0)
        return "CHANGED: another key than before, not accepted";
    if ((v->flags & EVENT_VERIFIED) != 0)
        return "verified when this was said";
    if (p != NULL && (p->flags & ROSTER_VERIFIED) != 0)
        return "verified since";
    return "not verified: compare safety numbers with /verify";
}

static void inform(struct select *s, const struct event *v)
{
    const struct person *p = roster_find(&s->room->people, v->who);
    struct tm tm = item_time(v->wall_ms);
    uint64_t *id = mem_alloc(sizeof *id);
    char date[64];
    struct buf lines;

    buf_init(&lines, 4096);
    (void)strftime(date, sizeof date, "%a %d %b %Y, %H:%M:%S", &tm);
    buf_text(&lines, "who    ");
    utf8_clean(&lines, v->who.n != 0 ? v->who : bytes_str("nobody: told by sotto"), UTF8_NAME);
    buf_fmt(&lines, "\nwhen   %s\n", date);
    if (v->kind == EVENT_MESSAGE || v->kind == EVENT_FOUND) {
        buf_fmt(&lines, "state  %s\n", event_state_str(v->state));
        buf_fmt(&lines, "key    %s\n", key_words(s->room, v));
    }
    if (v->tag[0] != '\0' || (p != NULL && p->tag[0] != '\0'))
        buf_fmt(&lines, "tag    #%.*s, as its key's fingerprint begins\n", EVENT_TAG - 1,
            v->tag[0] != '\0' ? v->tag : p->tag);
    *id = s->id;
    const struct dialog d = {.title = "Message",
        .words = buf_cstr(&lines),
        .button = {{'c', "close"}},
        .buttons = 1,
        .answered = back_to_it,
        .fini = forget_id};
    dialog_open(s->t, &d, id);
    buf_free(&lines);
}

/* ---- the overlay ---- */

/* Where no bar says what the keys do, the line does, which has no keys now. */
static void draw(struct overlay *o, struct pane_view *v)
{
    struct rect r = v->layout.part[LAYOUT_INPUT];

    (void)o;
    v->cursor_row = v->marks.row; /* a reader of the screen follows it */
    v->cursor_col = v->layout.part[LAYOUT_LOG].col;
    if (layout_has(&v->layout, LAYOUT_HINTS))
        return;
    r.row += r.rows - 1;
    screen_clear(v->screen, (struct rect){r.row, r.col, 1, r.cols});
    (void)screen_text(v->screen, r.row, r.col + 1, r.cols - 2, STYLE_BAR_HINT,
        v->hint.n != 0 ? buf_view(&v->hint) : bytes_str(v->hints));
}

/* What the selected one offers, if it is a file; NULL: it is none, or nothing is known of it.
 */
static const struct transfer *file_of(const struct select *s, const struct event *v)
{
    if (v == NULL || v->kind != EVENT_MESSAGE || (v->flags & EVENT_FILE) == 0)
        return NULL;
    return transfers_find(&s->t->model->files, v->key);
}

static void key(struct overlay *o, struct tui *t, enum action a, const struct input_key *k)
{
    static const struct {
        uint32_t letter;
        void (*run)(struct select *s, const struct event *v);
    } ROWS[] = {{'y', copy}, {'o', open_link}, {'r', reply}, {'i', inform}, {'v', verify}};
    struct select *s = of(o);
    const struct event *v = selected(s);
    uint32_t letter = k->code == INPUT_CHAR && k->mods == 0 ? k->cp : 0;

    const struct transfer *file = file_of(s, v);

    if (t->model->open != s->room) { /* it was left while a question lay over this */
        overlay_close(t);
    } else if (file != NULL &&
               (act_file_key(t, file->n, letter) || act_file_late(t, file, letter))) {
        t->dirty |= MODEL_EVENTS;
    } else if (a == ACTION_BACK || letter == 'k') {
        step(s, true);
    } else if (a == ACTION_FORTH || letter == 'j') {
        step(s, false);
    } else if (a == ACTION_SELECT || a == ACTION_ENTER) {
        overlay_close(t);
    } else {
        for (size_t i = 0; i < MEM_COUNT(ROWS) && v != NULL; i++) {
            if (ROWS[i].letter == letter) {
                ROWS[i].run(s, v);
                return;
            }
        }
    }
}

/* Those of a card first: that is what it is selected for. */
static void put_hints(struct select *s)
{
    const struct transfer *file = file_of(s, selected(s));
    struct buf to;

    buf_init(&to, sizeof s->hints - 1);
    if (file != NULL) {
        act_file_hints(&to, file);
        buf_text(&to, "  y copy  j k move  ESC leaves");
    } else {
        buf_text(&to, s->o.ops->hints);
    }
    (void)bytes_copy(s->hints, sizeof s->hints, buf_view(&to));
    buf_free(&to);
}

static void follow(struct overlay *o, struct tui *t)
{
    struct select *s = of(o);

    if (t->model->open != s->room || selected(s) == NULL) {
        overlay_close(t);
        return;
    }
    put_hints(s);
    t->v.hints = s->hints;
}

static void fini(struct overlay *o)
{
    of(o)->t->v.marks.selected = 0;
}

static const struct overlay_ops OPS = {.draw = draw,
    .key = key,
    .follow = follow,
    .fini = fini,
    .hints = "j k move  y copy  r reply  o open link  i about it  v verify  ESC leaves"};

static struct select *begin(struct tui *t)
{
    struct select *s = mem_alloc(sizeof *s);

    s->o.ops = &OPS;
    s->t = t;
    s->room = t->model->open;
    overlay_open(t, &s->o);
    return s;
}

void act_select_at(struct tui *t, uint64_t id)
{
    size_t i;

    if (events_index(events_of(t), id, &i))
        select_one(begin(t), i);
}

void act_select(struct tui *t, const struct input_key *k)
{
    size_t i;

    (void)k;
    model_close_help(t->model);
    if (events_of(t)->count != 0 && nearest(events_of(t), log_bottom(&t->v) + 1, true, &i))
        select_one(begin(t), i);
    else
        buf_text(&t->v.hint, "There is no message to select here.");
}
