/* SPDX-License-Identifier: ISC */
#include "tui/tui.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "tui/act.h"
#include "tui/pane_log.h"

static const struct pane *const PANES[] = {&PANE_SMALL, &PANE_TITLE, &PANE_TOP_RULE,
    &PANE_ROOMS, &PANE_ROOMS_RULE, &PANE_LOG, &PANE_PEOPLE, &PANE_PEOPLE_RULE, &PANE_LOW_RULE,
    &PANE_STATUS, &PANE_HINTS, &PANE_INPUT_LINE};

static void lay_out(struct tui *t)
{
    layout_make(&t->v.layout, t->rows, t->cols, &t->wish);
    screen_clear(t->v.screen, (struct rect){0, 0, t->rows, t->cols});
    t->dirty = MODEL_ALL | PANE_INPUT;
    t->folded = false;
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
    editline_init(&t->v.answer);
    buf_init(&t->pasted, EDITLINE_BYTES);
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
    editline_fini(&t->v.answer);
    buf_wipe(&t->pasted);
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
    unsigned dirty;

    act_follow_ask(t);
    act_follow_page(t);
    dirty = t->dirty | model_take_dirty(t->model);
    if (dirty == 0)
        return;
    if (t->model->help && !layout_has(&t->v.layout, LAYOUT_LOG)) {
        /* Help lies where the events are, and a pane has their place. */
        t->wish = (struct layout_wish){0};
        t->folded = true;
    }
    if (t->folded) {
        lay_out(t);
        dirty = t->dirty;
    }
    if (!t->model->help)
        t->v.help_from = 0;
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

/* ---- keys ---- */

/* What is pasted is text, whatever it looks like: nothing in it is a command of the keys. It
 * goes into the line as a whole or not at all. */
static void paste(struct tui *t, const struct input_key *k)
{
    uint8_t letter[4];

    if (k->code == INPUT_ENTER)
        buf_u8(&t->pasted, '\n');
    else if (k->code == INPUT_TAB)
        buf_u8(&t->pasted, '\t');
    else if (k->code == INPUT_CHAR)
        buf_put(&t->pasted, letter, utf8_put(letter, k->cp));
    if (k->code != INPUT_PASTE_END)
        return;
    t->pasting = false;
    act_paste(t, &t->pasted);
    buf_wipe(&t->pasted);
}

static void take(struct tui *t, struct input_key k)
{
    act_follow_ask(t);
    act_follow_page(t);
    t->quit_asked = t->v.quit_armed;
    t->v.quit_armed = false;
    buf_clear(&t->v.hint);
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
        act_do(t, keymap_action(&k), &k);
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
