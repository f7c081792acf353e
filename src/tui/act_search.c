/* SPDX-License-Identifier: ISC */
/*
 * Searching the open page while the words are typed, on the line at the bottom. ESC goes back
 * to where one was; what is older than the page is asked for when the search runs past it.
 */
#include <stdio.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "tui/act.h"
#include "tui/find.h"
#include "tui/log_view.h"

struct search {
    struct overlay o;
    struct tui *t;
    struct find find;
    struct editline line;
    const struct room *room;
    struct pane_place origin;
    uint64_t from; /* what was at the bottom when it began */
    bool waits;    /* for older ones, to go on in them */
    bool whole;    /* there are none older */
};

static struct search *of(struct overlay *o)
{
    return (struct search *)o;
}

static const struct events *events_of(const struct tui *t)
{
    return &t->model->open->events;
}

static void go_to(struct search *s, struct tui *t, size_t hit)
{
    size_t i;

    if (hit >= s->find.count || !events_index(events_of(t), s->find.hits[hit], &i))
        return;
    t->v.marks.hit = s->find.hits[hit];
    log_reveal(&t->v, t->v.layout.part[LAYOUT_LOG], i);
    t->dirty |= MODEL_EVENTS;
}

/* The words changed: the nearest to where one was, older ones first. */
static void typed(struct search *s, struct tui *t)
{
    size_t hit;

    find_words(&s->find, events_of(t), editline_text(&s->line));
    memcpy(t->v.marks.words, s->find.words, s->find.words_n);
    t->v.marks.words_n = s->find.words_n;
    t->v.marks.hit = 0;
    t->v.place = s->origin;
    t->dirty |= MODEL_EVENTS;
    s->waits = false;
    hit = find_before(&s->find, s->from);
    go_to(s, t, hit < s->find.count ? hit : 0);
}

static void older(struct search *s, struct tui *t)
{
    size_t hit = find_before(&s->find, t->v.marks.hit != 0 ? t->v.marks.hit - 1 : s->from);

    s->waits = false;
    if (s->find.words_n == 0)
        return;
    if (hit < s->find.count) {
        go_to(s, t, hit);
        return;
    }
    s->waits =
        model_ask_older(t->model, t->model->open) || t->model->open->past == ROOM_PAST_ASKED;
    s->whole = !s->waits;
}

static void newer(struct search *s, struct tui *t)
{
    s->waits = false;
    if (t->v.marks.hit != 0)
        go_to(s, t, find_behind(&s->find, t->v.marks.hit + 1));
}

/* In the sealed history of the whole conversation; what is found comes as lines of the page. */
static void everywhere(struct search *s, struct tui *t)
{
    struct buf line;

    if (s->find.words_n == 0)
        return;
    buf_init(&line, FIND_WORDS + 16);
    buf_text(&line, "/search ");
    buf_put(&line, s->find.words, s->find.words_n);
    log_newest(&t->v);
    act_push_line(t, buf_view(&line));
    buf_wipe(&line);
    overlay_close(t);
}

static bool is_ctrl(const struct input_key *k, uint32_t letter)
{
    return k->code == INPUT_CHAR && k->mods == INPUT_CTRL && k->cp == letter;
}

static void insert(struct search *s, struct tui *t, struct bytes text)
{
    if (text.n + s->line.n < FIND_WORDS && editline_insert(&s->line, text))
        typed(s, t);
}

static void key(struct overlay *o, struct tui *t, enum action a, const struct input_key *k)
{
    struct search *s = of(o);
    uint8_t letter[4];
    size_t before = s->line.n;

    s->whole = false;
    if (a == ACTION_SEARCH || a == ACTION_BACK)
        older(s, t);
    else if (is_ctrl(k, 'r') || a == ACTION_FORTH)
        newer(s, t);
    else if (a == ACTION_ENTER)
        overlay_close(t);
    else if (a == ACTION_COMPLETE)
        everywhere(s, t);
    else if (a == ACTION_INSERT)
        insert(s, t, bytes_of(letter, utf8_put(letter, k->cp)));
    else if (act_edit(&s->line, a) && s->line.n != before)
        typed(s, t);
}

static void paste(struct overlay *o, struct tui *t, struct bytes text)
{
    const uint8_t *end = text.n != 0 ? memchr(text.p, '\n', text.n) : NULL;

    insert(of(o), t, end != NULL ? bytes_of(text.p, (size_t)(end - text.p)) : text);
}

static void cancel(struct overlay *o, struct tui *t)
{
    t->v.place = of(o)->origin;
}

/* What came is looked at; a search that waits for older ones goes on in them, or asks again. */
static void follow(struct overlay *o, struct tui *t)
{
    struct search *s = of(o);

    if (t->model->open != s->room) {
        overlay_close(t);
        return;
    }
    find_follow(&s->find, events_of(t));
    if (s->waits && s->room->past != ROOM_PAST_ASKED)
        older(s, t);
}

static void put_count(const struct search *s, const struct pane_view *v, char out[48])
{
    size_t at = find_behind(&s->find, v->marks.hit);

    if (s->waits)
        (void)snprintf(out, 48, "looking further back");
    else if (s->find.words_n == 0)
        (void)snprintf(out, 48, "what?");
    else if (s->find.count == 0)
        (void)snprintf(out, 48, s->whole ? "not said here" : "none on this page");
    else
        (void)snprintf(
            out, 48, "%zu/%zu%s", at + 1, s->find.count, s->whole ? ", none before that" : "");
}

static void draw(struct overlay *o, struct pane_view *v)
{
    const struct search *s = of(o);
    struct rect r = v->layout.part[LAYOUT_INPUT];
    char count[48];
    int col = r.col + 1;
    int width;
    int cursor;

    put_count(s, v, count);
    width = screen_width(bytes_str(count));
    r.row += r.rows - 1;
    r.rows = 1;
    screen_clear(v->screen, r);
    col += screen_text(
               v->screen, r.row, col, r.cols / 2, STYLE_INPUT_PROMPT, bytes_str("search")) +
           1;
    col += screen_put(v->screen, r.row, col, STYLE_INPUT_PROMPT, GLYPH_PROMPT) + 1;
    int cols = r.col + r.cols - col - width - 3;
    cols = cols > 4 ? cols : r.col + r.cols - col;
    (void)screen_text(v->screen, r.row, col, cols, STYLE_INPUT_TEXT,
        editline_window(&s->line, cols, &cursor));
    if (col + cols + width + 2 < r.col + r.cols)
        (void)screen_text(v->screen, r.row, r.col + r.cols - width - 1, width, STYLE_TEXT_DIM,
            bytes_str(count));
    v->cursor_row = r.row;
    v->cursor_col = col + cursor;
}

static void fini(struct overlay *o)
{
    of(o)->t->v.marks = (struct pane_marks){0};
    find_fini(&of(o)->find);
    editline_fini(&of(o)->line);
}

static const struct overlay_ops OPS = {.draw = draw,
    .key = key,
    .paste = paste,
    .cancel = cancel,
    .follow = follow,
    .fini = fini,
    .hints = "Ctrl+S older  Ctrl+R newer  Enter stops here  ESC goes back  Tab everywhere"};

void act_search(struct tui *t, const struct input_key *k)
{
    struct search *s = mem_alloc(sizeof *s);
    const struct events *es = events_of(t);

    (void)k;
    model_close_help(t->model);
    s->o.ops = &OPS;
    s->t = t;
    s->room = t->model->open;
    s->origin = t->v.place;
    s->from = es->count != 0 ? events_at(es, log_bottom(&t->v))->id : 0;
    editline_init(&s->line);
    overlay_open(t, &s->o);
}
