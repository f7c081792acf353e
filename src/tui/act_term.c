/* SPDX-License-Identifier: ISC */
/* What the terminal tells besides keys: focus and mouse; and what we tell it: notifications. */
#include "model/pref.h"
#include "tui/act.h"
#include "tui/term.h"

/* ---- focus and notifications ---- */

static void look(struct tui *t, bool here)
{
    if (here == !t->notify.away)
        return;
    notify_look(&t->notify, here);
    t->alarm[ALARM_NOTIFY] = 0;
    if (here)
        model_read_on(t->model, t->model->open);
    else
        model_mark_read(t->model, t->model->open);
}

void act_hear(void *arg, const struct room *r, const struct event *v, bool fresh)
{
    struct tui *t = arg;

    if (fresh && pref_number(&t->model->prefs, PREF_NOTIFY) != NOTIFY_NONE &&
        notify_hear(&t->notify, r, v) && t->alarm[ALARM_NOTIFY] == 0)
        t->alarm[ALARM_NOTIFY] = notify_due(&t->notify, t->now_ms);
}

void act_notify_late(struct tui *t)
{
    const struct prefs *p = &t->model->prefs;
    struct buf words;

    if (t->notify.count == 0)
        return;
    buf_init(&words, 1024);
    notify_take(&t->notify, (enum notify_what)pref_number(p, PREF_NOTIFY), t->now_ms, &words);
    term_notify((enum term_how)pref_number(p, PREF_NOTIFY_BY), buf_view(&words));
    buf_wipe(&words);
}

/* ---- the mouse ---- */

static void mouse(struct tui *t, const struct input_key *k)
{
    bool on = !pref_on(&t->model->prefs, PREF_MOUSE);

    (void)k;
    (void)model_set_pref(t->model, bytes_str("mouse"), bytes_str(on ? "on" : "off"));
    buf_text(&t->v.hint,
        on ? "Mouse on: click and scroll; to select text, hold Shift. The same key turns it off."
           : "Mouse off: it selects text again.");
}

void act_follow_mouse(struct tui *t)
{
    term_mouse(pref_on(&t->model->prefs, PREF_MOUSE));
}

static void scroll(struct tui *t, bool up)
{
    const struct input_key k = {.code = up ? INPUT_UP : INPUT_DOWN};

    if (t->overlay != NULL)
        overlay_key(t, up ? ACTION_BACK : ACTION_FORTH, &k);
    else
        act_do(t, up ? ACTION_SCROLL_FEW_UP : ACTION_SCROLL_FEW_DOWN, &k);
}

/* As many lines as arrows came, or about: a notch of the wheel is three. */
void act_scroll(struct tui *t, bool up, size_t arrows)
{
    for (size_t i = 0; i < arrows; i += 3)
        scroll(t, up);
}

static void wheel(struct tui *t, int row, int col, bool up)
{
    if (t->overlay == NULL && rect_has(t->v.layout.part[LAYOUT_PEOPLE], row, col)) {
        t->v.people_from += up ? -3 : 3;
        t->dirty |= MODEL_PEOPLE;
    } else {
        scroll(t, up);
    }
}

static void put_on_line(struct tui *t, const char *before, struct bytes name, const char *after)
{
    struct editline *line = &t->v.line;
    struct buf words;

    buf_init(&words, 256);
    buf_text(&words, before);
    buf_bytes(&words, name);
    buf_text(&words, after);
    (void)editline_insert(line, buf_view(&words));
    buf_free(&words);
}

static void click_person(struct tui *t, struct bytes name)
{
    if (t->v.line.n != 0)
        put_on_line(t, "", name, " ");
    else if (t->model->open == t->model->home || t->model->open->local)
        put_on_line(t, "/msg ", name, " ");
    else
        put_on_line(t, "", name, ": ");
}

static void click_room(struct tui *t, const struct spot *s)
{
    struct bytes name = bytes_of(s->name, s->name_n);
    struct room *r = s->kind == SPOT_LOCAL ? t->model->welcome
                     : name.n != 0         ? model_find(t->model, s->kind == SPOT_DIRECT, name)
                                           : t->model->home;

    if (r != NULL)
        model_show(t->model, r);
    else if (t->v.line.n == 0) /* Enter joins: a slip of the hand does not */
        put_on_line(t, "/join #", name, "");
}

static void click(struct tui *t, int row, int col)
{
    const struct spot *s = spots_at(&t->v.spots, row, col);

    if (s == NULL || t->overlay != NULL || t->model->ask.open)
        return;
    if (s->kind == SPOT_PERSON)
        click_person(t, bytes_of(s->name, s->name_n));
    else
        click_room(t, s);
    t->dirty |= PANE_INPUT;
}

bool act_told(struct tui *t, const struct input_key *k)
{
    int row = (int)(k->cp >> 16);
    int col = (int)(k->cp & 0xffff);

    if (k->code == INPUT_FOCUS_IN || k->code == INPUT_FOCUS_OUT)
        look(t, k->code == INPUT_FOCUS_IN);
    else if (k->code == INPUT_CLICK)
        click(t, row, col);
    else if (k->code == INPUT_WHEEL_UP || k->code == INPUT_WHEEL_DOWN)
        wheel(t, row, col, k->code == INPUT_WHEEL_UP);
    else
        look(t, true); /* who types is here, whatever the terminal tells */
    return k->code >= INPUT_FOCUS_IN && k->code <= INPUT_WHEEL_DOWN;
}

const struct act_row ACT_TERM[] = {
    {ACTION_MOUSE, mouse},
    {ACTION_NONE, NULL},
};
