/* SPDX-License-Identifier: ISC */
#include "tui/tui.h"
#include "tui/input.h"

#include "base/mem.h"
#include "tui/act.h"
#include "tui/act_view.h"
#include "tui/dress.h"
#include "tui/editor.h"
#include "tui/help.h"
#include "tui/lesson.h"
#include "tui/log_view.h"
#include "tui/overlay.h"
#include "tui/pane_input.h"

#define WHEEL       3   /* arrow keys in one read */
#define WORK_MS     200 /* for a turn of the sign beside slow work */
#define PASTE_CHUNK 8   /* keys in one read that no fingers press: the paste goes on */

static const struct pane *const PANES[] = {&PANE_SMALL, &PANE_TITLE, &PANE_TOP_RULE,
    &PANE_ROOMS, &PANE_ROOMS_RULE, &PANE_LOG, &PANE_PEOPLE, &PANE_PEOPLE_RULE, &PANE_LOW_RULE,
    &PANE_STATUS, &PANE_HINTS, &PANE_INPUT_LINE};

static void lay_out(struct tui *t)
{
    layout_make(&t->v.layout, t->rows, t->cols, &t->wish);
    screen_clear(t->v.screen, (struct rect){0, 0, t->rows, t->cols});
    t->v.spots.count = 0;
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
    buf_init(&t->pasted, INTENT_BYTES);
    buf_init(&t->v.hint, 4096);
    t->v.keys = &t->keys;
    dress_start(t);
    act_bind_all(t, true);
    m->ear.event = act_hear;
    m->ear.arg = t;
    tui_resize(t);
    (void)tui_input(t); /* what was typed before there was a screen wakes nobody */
    *out = t;
    return ERR_OK;
}

void tui_close(struct tui *t)
{
    if (t == NULL)
        return;
    t->model->ear.event = NULL;
    while (t->overlay != NULL)
        overlay_close(t);
    editor_stop(t->editor);
    lesson_free(t);
    screen_close(t->v.screen);
    dress_end(t);
    editline_fini(&t->v.line);
    editline_fini(&t->v.answer);
    buf_wipe(&t->pasted);
    buf_free(&t->v.hint);
    mem_free(t->folder);
    mem_free(t);
}

void tui_theme(struct tui *t, const char *name)
{
    dress_ask(t, name);
}

void tui_resize(struct tui *t)
{
    int was = layout_step(t->cols);

    if (t->editor != NULL)
        return; /* it is looked at again when the terminal comes back */
    screen_measure(t->v.screen, &t->rows, &t->cols);
    /* What was on its way came to a terminal of another size: nobody knows what stands there.
     */
    screen_redraw(t->v.screen);
    if (layout_step(t->cols) != was) { /* what was toggled held for the old size */
        t->wish.rooms = LAYOUT_AUTO;
        t->wish.people = LAYOUT_AUTO;
    }
    t->v.rows = t->rows;
    t->v.cols = t->cols;
    lay_out(t);
    log_resized(&t->v, t->v.layout.part[LAYOUT_LOG]);
}

void tui_pause(struct tui *t)
{
    if (t->editor == NULL)
        screen_pause(t->v.screen);
}

void tui_resume(struct tui *t)
{
    if (t->editor != NULL)
        return;
    screen_resume(t->v.screen);
    tui_resize(t);
}

bool tui_away(const struct tui *t)
{
    return t->editor != NULL;
}

void tui_child(struct tui *t)
{
    if (t->editor != NULL && editor_has_ended(t->editor))
        act_editor_ended(t);
}

/* ---- time ---- */

typedef void due_fn(struct tui *t);

/* Nothing moves for who does not want it, nor while nothing is done. */
static void follow_work(struct tui *t)
{
    bool moves = t->model->work != NULL && pref_number(&t->model->prefs, PREF_MOTION) == 0;

    if (moves && t->alarm[ALARM_WORK] == 0)
        t->alarm[ALARM_WORK] = t->now_ms + WORK_MS;
}

static void turn_work(struct tui *t)
{
    t->v.turn++;
    t->dirty |= MODEL_STATUS;
}

static due_fn *const DUE[ALARMS] = {[ALARM_PASTE] = act_paste_late,
    [ALARM_NOTIFY] = act_notify_late,
    [ALARM_WORK] = turn_work,
    [ALARM_PICTURE] = act_view_step};

void tui_time(struct tui *t, uint64_t now_ms)
{
    t->now_ms = now_ms;
    for (size_t i = 0; t->editor == NULL && i < ALARMS; i++) {
        if (t->alarm[i] == 0 || t->alarm[i] > now_ms)
            continue;
        t->alarm[i] = 0;
        DUE[i](t);
    }
}

uint64_t tui_patience(const struct tui *t)
{
    uint64_t first = UINT64_MAX;

    for (size_t i = 0; t->editor == NULL && i < ALARMS; i++) {
        if (t->alarm[i] != 0 && t->alarm[i] < first)
            first = t->alarm[i];
    }
    return first == UINT64_MAX ? first : first > t->now_ms ? first - t->now_ms : 0;
}

/* ---- drawing ---- */

/* The line has the rows that it fills. */
static void follow_line(struct tui *t)
{
    int rows = pane_input_rows(&t->v, t->cols);

    t->folded = t->folded || rows != t->wish.input;
    t->wish.input = rows;
}

void tui_draw(struct tui *t)
{
    unsigned dirty;

    if (t->editor != NULL)
        return;
    act_follow_ask(t);
    act_follow_page(t);
    follow_line(t);
    follow_work(t);
    lesson_follow(t);
    act_follow_seal(t);
    if (t->model->help) {
        help_open(t, bytes_str(t->model->help_topic));
        model_close_help(t->model);
    }
    if (t->overlay != NULL && t->overlay->ops->follow != NULL)
        t->overlay->ops->follow(t->overlay, t);
    dirty = t->dirty | model_take_dirty(t->model);
    if (dirty == 0)
        return;
    if ((dirty & MODEL_PREFS) != 0)
        dress_follow(t);
    if (t->wish.no_hints == pref_on(&t->model->prefs, PREF_HINTS)) {
        t->wish.no_hints = !t->wish.no_hints;
        t->folded = true;
    }
    if (t->folded) {
        lay_out(t);
        dirty = t->dirty;
    }
    if ((dirty & MODEL_PREFS) != 0)
        act_follow_mouse(t);
    t->dirty = 0;
    if (t->drawn != t->model->open)
        log_opened(&t->v, t->v.layout.part[LAYOUT_LOG]);
    t->drawn = t->model->open;
    for (size_t i = 0; i < MEM_COUNT(PANES); i++) {
        struct rect r = t->v.layout.part[PANES[i]->part];
        /* What shows nothing of the model never changes but with the layout. */
        unsigned shows = PANES[i]->shows != 0 ? PANES[i]->shows : ~0u;
        if ((shows & dirty) == 0 || !layout_has(&t->v.layout, PANES[i]->part))
            continue;
        screen_clear(t->v.screen, r);
        spots_clear(&t->v.spots, r);
        PANES[i]->draw(&t->v, r);
    }
    overlay_draw(t->overlay, &t->v);
    screen_cursor(t->v.screen, t->v.cursor_row, t->v.cursor_col);
    screen_flush(t->v.screen);
}

/* ---- keys ---- */

static void do_action(struct tui *t, enum action a, const struct input_key *k)
{
    if (t->overlay == NULL || (a == ACTION_HELP && !help_is_open(t)))
        act_do(t, a, k);
    else
        overlay_key(t, a, k);
}

static void take(struct tui *t, struct input_key k)
{
    act_follow_ask(t);
    act_follow_page(t);
    if (act_told(t, &k))
        return;
    t->quit_asked = t->v.quit_armed;
    t->v.quit_armed = false;
    buf_clear(&t->v.hint);
    t->dirty |= PANE_INPUT;
    if (t->pasting) {
        if (k.code != INPUT_PASTE_END) {
            act_paste_key(t, &k);
            return;
        }
        act_paste_end(t);
        t->paste_ended = true;
        return;
    }
    if (t->paste_ended && k.code == INPUT_ENTER)
        return;
    if (t->v.alt_next) {
        t->v.alt_next = false;
        if (k.code == INPUT_ESC)
            return;
        k.mods |= INPUT_ALT;
    }
    if (t->v.jumping && act_jump(t, &k))
        return;
    if (k.code == INPUT_PASTE_BEGIN)
        act_paste_begin(t);
    else
        do_action(t, keymap_action(&t->keys, &k), &k);
}

/* Without the mouse, terminals send the wheel as arrow keys: more of them at once than fingers
 * press are no walk through what was typed. */
struct run {
    struct input_key key;
    size_t n;
};

static bool is_arrow(const struct input_key *k)
{
    return (k->code == INPUT_UP || k->code == INPUT_DOWN) && k->mods == 0;
}

static void end_run(struct tui *t, struct run *r)
{
    if (r->n >= WHEEL && t->overlay == NULL && !t->model->ask.open && !t->v.alt_next)
        act_scroll(t, r->key.code == INPUT_UP, r->n);
    else
        for (size_t i = 0; i < r->n; i++)
            take(t, r->key);
    r->n = 0;
}

size_t tui_input(struct tui *t)
{
    struct run run = {.n = 0};
    struct input_key k;
    size_t n = 0;

    t->paste_ended = false;
    /* On a machine that is slow a key can be here before the signal of a change that it came
     * after. */
    if (t->editor == NULL && screen_has_changed(t->v.screen))
        tui_resize(t);
    for (; t->editor == NULL && input_next(&k); n++) {
        if (run.n != 0 && run.key.code != k.code)
            end_run(t, &run);
        if (is_arrow(&k) && !t->pasting)
            run = (struct run){k, run.n + 1};
        else
            take(t, k);
    }
    end_run(t, &run);
    if (t->pasting && n >= PASTE_CHUNK)
        act_paste_wait(t);
    return n;
}
