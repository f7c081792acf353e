/* SPDX-License-Identifier: ISC */
/* Reading: where in the page one is. */
#include "model/tally.h"
#include "tui/act.h"
#include "tui/log_view.h"

#define FEW 3 /* lines */

static struct rect log_rect(const struct tui *t)
{
    return t->v.layout.part[LAYOUT_LOG];
}

struct intent act_page(const struct tui *t)
{
    const struct room *r = t->model->open;
    struct intent line = {.kind = INTENT_LINE, .direct = r->direct};

    if (r != t->model->home) {
        line.where_n = r->name_n;
        memcpy(line.where, r->name, r->name_n);
    }
    return line;
}

void act_push_line_at(struct tui *t, const struct intent *page, struct bytes text)
{
    if (intents_put(&t->model->intents, page, text) != ERR_OK)
        buf_text(&t->v.hint, "Too much is waiting to be done; try again.");
}

void act_push_line(struct tui *t, struct bytes text)
{
    struct intent page = act_page(t);

    act_push_line_at(t, &page, text);
}

void act_older(struct tui *t)
{
    const struct room *r = t->model->open;
    const char *words = "Looking for what was said before that.";

    if (r == t->model->home)
        words = "That is the beginning.";
    else if (r->past == ROOM_PAST_ALL)
        words = "That is the beginning of what is kept on this machine.";
    else if (r->events.count == EVENTS_MAX)
        words = "The page holds no more: /search WORDS finds what was said before that.";
    else
        (void)model_ask_older(t->model, t->model->open);
    buf_text(&t->v.hint, words);
}

/* Away from the newest nobody looks at what comes. */
static void moved(struct tui *t)
{
    struct room *r = t->model->open;

    if (!t->v.place.held)
        model_read_on(t->model, r);
    else if (r->unread_at == 0)
        model_mark_read(t->model, r);
    t->v.marks.mention = 0;
    t->dirty |= MODEL_EVENTS;
}

static void scroll(struct tui *t, int rows)
{
    if (!log_scroll(&t->v, log_rect(t), rows) && rows < 0)
        act_older(t);
    moved(t);
}

/* Half a page keeps the eye on where it was. */
static int half(const struct tui *t)
{
    return log_rect(t).rows > 3 ? log_rect(t).rows / 2 : 1;
}

static void scroll_up(struct tui *t, const struct input_key *k)
{
    (void)k;
    scroll(t, -half(t));
}

static void scroll_down(struct tui *t, const struct input_key *k)
{
    (void)k;
    scroll(t, half(t));
}

static void scroll_few_up(struct tui *t, const struct input_key *k)
{
    (void)k;
    scroll(t, -FEW);
}

static void scroll_few_down(struct tui *t, const struct input_key *k)
{
    (void)k;
    scroll(t, FEW);
}

static void scroll_top(struct tui *t, const struct input_key *k)
{
    (void)k;
    if (!log_scroll(&t->v, log_rect(t), -1))
        act_older(t);
    log_oldest(&t->v, log_rect(t));
    moved(t);
}

static void scroll_end(struct tui *t, const struct input_key *k)
{
    (void)k;
    log_newest(&t->v);
    moved(t);
}

static void unread(struct tui *t, const struct input_key *k)
{
    (void)k;
    if (t->model->open->unread_at == 0)
        buf_text(&t->v.hint, "Nothing is unread here.");
    else
        log_opened(&t->v, log_rect(t));
    moved(t);
}

static void go_to(struct tui *t, size_t i)
{
    log_reveal(&t->v, log_rect(t), i);
    moved(t);
    t->v.marks.mention = events_at(&t->model->open->events, i)->id;
}

/* From the one that was gone to, or from what is on the screen. */
static void mention_before(struct tui *t, const struct input_key *k)
{
    const struct events *es = &t->model->open->events;
    size_t i = 0;

    (void)k;
    if (!events_index(es, t->v.marks.mention, &i))
        i = es->count != 0 ? log_bottom(&t->v) + 1 : 0;
    if (tally_older(es, EVENT_SUM_MENTION, i, &i))
        go_to(t, i);
    else
        buf_text(&t->v.hint, "Nobody named you before that, as far as this page goes.");
}

static void mention_next(struct tui *t, const struct input_key *k)
{
    const struct events *es = &t->model->open->events;
    size_t i = 0;

    (void)k;
    if (!events_index(es, t->v.marks.mention, &i))
        i = es->count != 0 ? log_bottom(&t->v) : 0;
    if (tally_newer(es, EVENT_SUM_MENTION, i, &i))
        go_to(t, i);
    else
        buf_text(&t->v.hint, "Nobody named you after that.");
}

static void noise(struct tui *t, const struct input_key *k)
{
    bool folds = strcmp(pref_text(&t->model->prefs, PREF_NOISE), "fold") == 0;

    (void)k;
    if (model_set_pref(t->model, bytes_str("noise"), bytes_str(folds ? "show" : "fold")) !=
        ERR_OK)
        return;
    buf_text(&t->v.hint,
        folds ? "Each coming and going is shown." : "Comings and goings are folded.");
}

const struct act_row ACT_READ[] = {
    {ACTION_SCROLL_UP, scroll_up},
    {ACTION_SCROLL_DOWN, scroll_down},
    {ACTION_SCROLL_FEW_UP, scroll_few_up},
    {ACTION_SCROLL_FEW_DOWN, scroll_few_down},
    {ACTION_SCROLL_TOP, scroll_top},
    {ACTION_SCROLL_END, scroll_end},
    {ACTION_UNREAD, unread},
    {ACTION_MENTION_BEFORE, mention_before},
    {ACTION_MENTION_NEXT, mention_next},
    {ACTION_NOISE, noise},
    {ACTION_BARE, act_bare},
    {ACTION_SEARCH, act_search},
    {ACTION_SELECT, act_select},
    {ACTION_NONE, NULL},
};
