/* SPDX-License-Identifier: ISC */
#include "tui/tui.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "tui/complete.h"
#include "tui/input.h"
#include "tui/keymap.h"
#include "tui/pane_log.h"

struct tui {
    struct pane_view v;
    struct model *model;
    struct layout_wish wish;
    const struct room *drawn; /* the page that was open when we drew last */
    unsigned dirty;           /* ours: model_part bits and PANE_INPUT */
    int rows;
    int cols;
    bool pasting;
};

static const struct pane *const PANES[] = {&PANE_SMALL, &PANE_TITLE, &PANE_TOP_RULE,
    &PANE_ROOMS, &PANE_ROOMS_RULE, &PANE_LOG, &PANE_PEOPLE, &PANE_PEOPLE_RULE, &PANE_LOW_RULE,
    &PANE_STATUS, &PANE_HINTS, &PANE_INPUT_LINE};

static void lay_out(struct tui *t)
{
    layout_make(&t->v.layout, t->rows, t->cols, &t->wish);
    screen_clear(t->v.screen, (struct rect){0, 0, t->rows, t->cols});
    t->dirty = MODEL_ALL | PANE_INPUT;
}

enum err tui_open(struct model *m, struct tui **out, char *why, size_t why_n)
{
    struct tui *t = mem_alloc(sizeof *t);

    *out = NULL;
    if (screen_open(&t->v.screen, why, why_n) != ERR_OK) {
        mem_free(t);
        return ERR_REFUSED;
    }
    input_start();
    t->model = m;
    t->v.model = m;
    editline_init(&t->v.line);
    buf_init(&t->v.hint, 4096);
    tui_resize(t);
    *out = t;
    return ERR_OK;
}

void tui_close(struct tui *t)
{
    if (t == NULL)
        return;
    screen_close(t->v.screen);
    editline_fini(&t->v.line);
    buf_free(&t->v.hint);
    mem_free(t);
}

void tui_resize(struct tui *t)
{
    screen_measure(t->v.screen, &t->rows, &t->cols);
    t->wish = (struct layout_wish){0}; /* what was toggled held for the old size */
    lay_out(t);
}

void tui_pause(struct tui *t)
{
    screen_pause(t->v.screen);
}

void tui_resume(struct tui *t)
{
    screen_resume(t->v.screen);
    tui_resize(t);
}

/* ---- drawing ---- */

void tui_draw(struct tui *t)
{
    unsigned dirty = t->dirty | model_take_dirty(t->model);

    if (dirty == 0)
        return;
    if (t->model->help && !layout_has(&t->v.layout, LAYOUT_LOG)) {
        /* Help lies where the events are, and a pane has their place. */
        t->wish = (struct layout_wish){0};
        lay_out(t);
        dirty = t->dirty;
    }
    t->dirty = 0;
    if (t->drawn != t->model->open)
        pane_log_newest(&t->v);
    t->drawn = t->model->open;
    for (size_t i = 0; i < MEM_COUNT(PANES); i++) {
        struct rect r = t->v.layout.part[PANES[i]->part];
        /* What shows nothing of the model never changes but with the layout. */
        unsigned shows = PANES[i]->shows != 0 ? PANES[i]->shows : ~0u;
        if ((shows & dirty) == 0 || !layout_has(&t->v.layout, PANES[i]->part))
            continue;
        screen_clear(t->v.screen, r);
        PANES[i]->draw(&t->v, r);
    }
    screen_cursor(t->v.screen, t->v.cursor_row, t->v.cursor_col);
    screen_flush(t->v.screen);
}

/* ---- what keys do ---- */

static void toggle(struct tui *t, enum layout_want *want, enum layout_part part)
{
    bool there = layout_has(&t->v.layout, part);

    *want = there ? LAYOUT_HIDDEN : LAYOUT_SHOWN;
    /* Where a pane takes the place of the events, the other one has to go. */
    if (!there && t->cols < 110 && want == &t->wish.rooms)
        t->wish.people = LAYOUT_AUTO;
    lay_out(t);
}

static void enter(struct tui *t)
{
    struct buf line;
    struct bytes text;

    buf_init(&line, EDITLINE_BYTES);
    editline_enter(&t->v.line, &line);
    text = buf_view(&line);
    if (text.n == 1 && text.p[0] == '?')
        text = bytes_str("/help");
    if (text.n != 0) {
        model_close_help(t->model);
        pane_log_newest(&t->v);
        t->dirty |= MODEL_EVENTS;
        if (intents_push(&t->model->intents, INTENT_LINE, text) != ERR_OK)
            editline_set(&t->v.line, text);
    }
    buf_wipe(&line);
}

static void complete(struct tui *t)
{
    struct completion c;
    struct bytes line = editline_text(&t->v.line);

    complete_line(&c, t->model, bytes_of(line.p, t->v.line.at));
    if (c.insert.n != 0)
        editline_insert(&t->v.line, buf_view(&c.insert));
    else if (c.found > 1)
        buf_bytes(&t->v.hint, buf_view(&c.list));
    completion_fini(&c);
}

static void cancel(struct tui *t)
{
    if (t->model->help)
        model_close_help(t->model);
    else
        t->v.alt_next = true;
}

static void ask_quit(struct tui *t, bool armed)
{
    struct buf spent;

    if (t->model->help) {
        model_close_help(t->model);
    } else if (t->v.line.n != 0) { /* into history, so that nothing is lost */
        buf_init(&spent, EDITLINE_BYTES);
        editline_enter(&t->v.line, &spent);
        buf_wipe(&spent);
    } else if (armed) {
        (void)intents_push(&t->model->intents, INTENT_QUIT, (struct bytes){0});
    } else {
        t->v.quit_armed = true;
    }
}

static void go_page(struct tui *t, uint32_t digit)
{
    struct room *r = model_page(t->model, digit == '0' ? 9 : digit - '1');

    if (r != NULL)
        model_show(t->model, r);
}

static void go_active(struct tui *t)
{
    size_t n = model_pages(t->model);
    size_t at = model_page_of(t->model, t->model->open);

    for (size_t i = 1; i < n; i++) {
        struct room *r = model_page(t->model, (at + i) % n);
        if (r->unread != 0) {
            model_show(t->model, r);
            return;
        }
    }
}

static void insert_char(struct tui *t, uint32_t cp)
{
    uint8_t text[4];

    editline_insert(&t->v.line, bytes_of(text, utf8_put(text, cp)));
}

/* True when the action was one of the line's. */
static bool edit(struct editline *e, enum action a)
{
    static const struct {
        enum action action;
        void (*run)(struct editline *e, enum editline_move to);
        enum editline_move to;
    } ROWS[] = {
        {ACTION_LEFT, editline_go, EDITLINE_LEFT},
        {ACTION_RIGHT, editline_go, EDITLINE_RIGHT},
        {ACTION_WORD_LEFT, editline_go, EDITLINE_WORD_LEFT},
        {ACTION_WORD_RIGHT, editline_go, EDITLINE_WORD_RIGHT},
        {ACTION_START, editline_go, EDITLINE_START},
        {ACTION_END, editline_go, EDITLINE_END},
        {ACTION_ERASE_LEFT, editline_erase, EDITLINE_LEFT},
        {ACTION_ERASE_RIGHT, editline_erase, EDITLINE_RIGHT},
        {ACTION_KILL_END, editline_kill, EDITLINE_END},
        {ACTION_KILL_START, editline_kill, EDITLINE_START},
        {ACTION_KILL_WORD_LEFT, editline_kill, EDITLINE_WORD_LEFT},
        {ACTION_KILL_WORD_RIGHT, editline_kill, EDITLINE_WORD_RIGHT},
    };
    static const struct {
        enum action action;
        void (*run)(struct editline *e);
    } PLAIN[] = {
        {ACTION_KILL_BLANK, editline_kill_blank},
        {ACTION_YANK, editline_yank},
        {ACTION_SWAP, editline_swap},
        {ACTION_BACK, editline_back},
        {ACTION_FORTH, editline_forth},
    };

    for (size_t i = 0; i < MEM_COUNT(ROWS); i++) {
        if (ROWS[i].action == a)
            return ROWS[i].run(e, ROWS[i].to), true;
    }
    for (size_t i = 0; i < MEM_COUNT(PLAIN); i++) {
        if (PLAIN[i].action == a)
            return PLAIN[i].run(e), true;
    }
    return false;
}

static void look(struct tui *t, enum action a)
{
    t->dirty |= MODEL_EVENTS;
    if (a == ACTION_SCROLL_UP)
        pane_log_scroll(&t->v, -1);
    else if (a == ACTION_SCROLL_DOWN)
        pane_log_scroll(&t->v, 1);
    else
        pane_log_newest(&t->v);
}

static void act(struct tui *t, enum action a, const struct input_key *k, bool armed)
{
    if (edit(&t->v.line, a))
        return;
    if (a == ACTION_INSERT)
        insert_char(t, k->cp);
    else if (a == ACTION_ENTER)
        enter(t);
    else if (a == ACTION_COMPLETE)
        complete(t);
    else if (a == ACTION_CANCEL)
        cancel(t);
    else if (a == ACTION_QUIT_ASK)
        ask_quit(t, armed);
    else if (a == ACTION_HELP)
        model_ask_help(t->model, (struct bytes){0});
    else if (a == ACTION_PAGE)
        go_page(t, k->cp);
    else if (a == ACTION_PAGE_NEXT || a == ACTION_PAGE_BEFORE)
        model_step(t->model, a == ACTION_PAGE_NEXT ? 1 : -1);
    else if (a == ACTION_PAGE_ACTIVE)
        go_active(t);
    else if (a == ACTION_ROOMS)
        toggle(t, &t->wish.rooms, LAYOUT_ROOMS);
    else if (a == ACTION_PEOPLE)
        toggle(t, &t->wish.people, LAYOUT_PEOPLE);
    else if (a == ACTION_SCROLL_UP || a == ACTION_SCROLL_DOWN || a == ACTION_SCROLL_END)
        look(t, a);
    else if (a == ACTION_REDRAW)
        screen_redraw(t->v.screen);
    else if (a == ACTION_SUSPEND)
        screen_suspend(t->v.screen);
}

/* What is pasted is text, whatever it looks like: nothing in it is a command of the keys. */
static void paste(struct tui *t, const struct input_key *k)
{
    if (k->code == INPUT_PASTE_END)
        t->pasting = false;
    else if (k->code == INPUT_ENTER || k->code == INPUT_TAB)
        insert_char(t, ' ');
    else if (k->code == INPUT_CHAR)
        insert_char(t, k->cp);
}

static void take(struct tui *t, struct input_key k)
{
    bool armed = t->v.quit_armed;

    buf_clear(&t->v.hint);
    t->v.quit_armed = false;
    t->dirty |= PANE_INPUT;
    if (t->pasting) {
        paste(t, &k);
        return;
    }
    if (t->v.alt_next) {
        t->v.alt_next = false;
        if (k.code == INPUT_ESC)
            return;
        k.alt = true;
    }
    if (k.code == INPUT_PASTE_BEGIN)
        t->pasting = true;
    else
        act(t, keymap_action(&k), &k, armed);
}

size_t tui_input(struct tui *t)
{
    struct input_key k;
    size_t n = 0;

    while (input_next(&k)) {
        take(t, k);
        n++;
    }
    return n;
}
