/* SPDX-License-Identifier: ISC */
#include "tui/act.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "tui/complete.h"
#include "tui/pane_help.h"
#include "tui/pane_log.h"

static struct editline *line_of(struct tui *t)
{
    return t->model->ask.open ? &t->v.answer : &t->v.line;
}

/* ---- what stands on the line ---- */

static struct room *page_of_line(const struct tui *t)
{
    if (t->typed_on == NULL || t->page.where_n == 0)
        return t->typed_on != NULL ? t->model->home : NULL;
    return model_find(t->model, t->page.direct, bytes_of(t->page.where, t->page.where_n));
}

/* false: the page is gone, and what was typed has no place. */
static bool keep_line(struct tui *t)
{
    struct bytes text = editline_text(&t->v.line);
    struct room *r = page_of_line(t);

    if (r == NULL)
        return false;
    if (bytes_eq(text, bytes_str(r->draft != NULL ? r->draft : "")))
        return true;
    room_set_draft(r, text);
    if (t->page.where_n != 0) /* nothing is kept of the relay's own page */
        (void)intents_put(&t->model->intents, &t->page, text);
    return true;
}

void act_follow_page(struct tui *t)
{
    const struct room *r = t->model->open;

    if (t->typed_on == r)
        return;
    bool kept = keep_line(t);
    t->typed_on = r;
    t->page = (struct intent){.kind = INTENT_DRAFT, .direct = r->direct};
    if (r != t->model->home) {
        t->page.where_n = r->name_n;
        memcpy(t->page.where, r->name, r->name_n);
    }
    if (kept || r->draft != NULL)
        editline_set(&t->v.line, bytes_str(r->draft != NULL ? r->draft : ""));
    t->dirty |= PANE_INPUT;
}

static void insert(struct tui *t, const struct input_key *k)
{
    uint8_t text[4];

    (void)editline_insert(line_of(t), bytes_of(text, utf8_put(text, k->cp)));
    mem_wipe(text, sizeof text);
    if (k->cp == ' ' && !t->model->ask.open) /* a word more is worth keeping */
        (void)keep_line(t);
    if (t->model->tell_typing && !t->model->ask.open && t->v.line.text[0] != '/')
        (void)intents_push(&t->model->intents, INTENT_TYPING, (struct bytes){0});
}

/* A question is answered on one line: the newline that comes along with a password is no part
 * of it. */
void act_paste(struct tui *t, const struct buf *text)
{
    struct bytes in = buf_view(text);

    while (t->model->ask.open && in.n != 0 && in.p[in.n - 1] == '\n')
        in.n--;
    if (buf_end(text) != ERR_OK || !editline_insert(line_of(t), in))
        buf_fmt(&t->v.hint, "Not pasted: a line holds at most %d bytes", EDITLINE_BYTES);
}

void act_follow_ask(struct tui *t)
{
    const struct model_ask *ask = &t->model->ask;
    const char *words = ask->open ? ask->words : "";

    if (strcmp(t->asked, words) == 0)
        return;
    (void)bytes_copy(t->asked, sizeof t->asked, bytes_str(words));
    editline_fini(&t->v.answer);
    t->dirty |= PANE_INPUT;
}

static void answer(struct tui *t, struct bytes text)
{
    if (intents_push(&t->model->intents, INTENT_ANSWER, text) == ERR_OK)
        editline_fini(&t->v.answer);
}

static void toggle(struct tui *t, enum layout_want *want, enum layout_part part)
{
    model_close_help(t->model);
    *want = layout_has(&t->v.layout, part) ? LAYOUT_HIDDEN : LAYOUT_SHOWN;
    t->folded = true;
}

static void toggle_rooms(struct tui *t, const struct input_key *k)
{
    (void)k;
    /* Where a pane takes the place of the events, the other one has to go. */
    if (!layout_has(&t->v.layout, LAYOUT_LOG))
        t->wish.people = LAYOUT_AUTO;
    toggle(t, &t->wish.rooms, LAYOUT_ROOMS);
}

static void toggle_people(struct tui *t, const struct input_key *k)
{
    (void)k;
    toggle(t, &t->wish.people, LAYOUT_PEOPLE);
}

static void enter(struct tui *t, const struct input_key *k)
{
    struct buf line;
    struct bytes text;

    (void)k;
    if (t->model->ask.open) {
        answer(t, editline_text(&t->v.answer));
        return;
    }
    buf_init(&line, EDITLINE_BYTES);
    editline_enter(&t->v.line, &line);
    text = buf_view(&line);
    while (text.n != 0 && text.p[text.n - 1] == '\n') /* the last of what was pasted */
        text.n--;
    if (text.n == 1 && text.p[0] == '?')
        text = bytes_str("/help");
    if (text.n != 0) {
        model_close_help(t->model);
        pane_log_newest(&t->v);
        if (intents_push(&t->model->intents, INTENT_LINE, text) != ERR_OK)
            editline_set(&t->v.line, text);
        (void)keep_line(t);
    }
    buf_wipe(&line);
}

static void complete(struct tui *t, const struct input_key *k)
{
    struct completion c;
    struct bytes line = editline_text(&t->v.line);

    (void)k;
    if (t->model->ask.open)
        return;
    complete_line(&c, t->model, bytes_of(line.p, t->v.line.at));
    if (c.insert.n != 0)
        (void)editline_insert(&t->v.line, buf_view(&c.insert));
    else if (c.found > 1)
        buf_bytes(&t->v.hint, buf_view(&c.list));
    completion_fini(&c);
}

static void cancel(struct tui *t, const struct input_key *k)
{
    (void)k;
    if (t->model->help)
        model_close_help(t->model);
    else if (t->model->ask.open)
        answer(t, (struct bytes){0});
    else
        t->v.alt_next = true;
}

static void ask_quit(struct tui *t, const struct input_key *k)
{
    struct buf spent;

    (void)k;
    if (t->model->help) {
        model_close_help(t->model);
    } else if (t->model->ask.open) {
        answer(t, (struct bytes){0});
    } else if (t->v.line.n != 0) { /* into history, so that nothing is lost */
        buf_init(&spent, EDITLINE_BYTES);
        editline_enter(&t->v.line, &spent);
        buf_wipe(&spent);
    } else if (t->quit_asked) {
        (void)intents_push(&t->model->intents, INTENT_QUIT, (struct bytes){0});
    } else {
        t->v.quit_armed = true;
    }
}

static void help(struct tui *t, const struct input_key *k)
{
    (void)k;
    model_ask_help(t->model, (struct bytes){0});
}

static void page(struct tui *t, const struct input_key *k)
{
    struct room *r = model_page(t->model, k->cp == '0' ? 9 : k->cp - '1');

    if (r != NULL)
        model_show(t->model, r);
}

static void page_next(struct tui *t, const struct input_key *k)
{
    (void)k;
    model_step(t->model, 1);
}

static void page_before(struct tui *t, const struct input_key *k)
{
    (void)k;
    model_step(t->model, -1);
}

static void page_active(struct tui *t, const struct input_key *k)
{
    size_t n = model_pages(t->model);
    size_t at = model_page_of(t->model, t->model->open);

    (void)k;
    for (size_t i = 1; i < n; i++) {
        struct room *r = model_page(t->model, (at + i) % n);
        if (r->unread != 0) {
            model_show(t->model, r);
            return;
        }
    }
}

static void scroll(struct tui *t, int pages)
{
    if (t->model->help)
        pane_help_scroll(&t->v, pages);
    else
        pane_log_scroll(&t->v, pages);
    t->dirty |= MODEL_EVENTS;
}

static void scroll_up(struct tui *t, const struct input_key *k)
{
    (void)k;
    scroll(t, -1);
}

static void scroll_down(struct tui *t, const struct input_key *k)
{
    (void)k;
    scroll(t, 1);
}

static void scroll_end(struct tui *t, const struct input_key *k)
{
    (void)k;
    pane_log_newest(&t->v);
    t->dirty |= MODEL_EVENTS;
}

static void redraw(struct tui *t, const struct input_key *k)
{
    (void)k;
    screen_redraw(t->v.screen);
}

static void suspend(struct tui *t, const struct input_key *k)
{
    (void)k;
    screen_suspend(t->v.screen);
}

/* True when the action was one of the line's. */
static bool edit(struct editline *e, enum action a)
{
    static const struct {
        void (*run)(struct editline *e, enum editline_move to);
        enum action action;
        enum editline_move to;
    } ROWS[] = {
        {editline_go, ACTION_LEFT, EDITLINE_LEFT},
        {editline_go, ACTION_RIGHT, EDITLINE_RIGHT},
        {editline_go, ACTION_WORD_LEFT, EDITLINE_WORD_LEFT},
        {editline_go, ACTION_WORD_RIGHT, EDITLINE_WORD_RIGHT},
        {editline_go, ACTION_START, EDITLINE_START},
        {editline_go, ACTION_END, EDITLINE_END},
        {editline_erase, ACTION_ERASE_LEFT, EDITLINE_LEFT},
        {editline_erase, ACTION_ERASE_RIGHT, EDITLINE_RIGHT},
        {editline_kill, ACTION_KILL_END, EDITLINE_END},
        {editline_kill, ACTION_KILL_START, EDITLINE_START},
        {editline_kill, ACTION_KILL_WORD_LEFT, EDITLINE_WORD_LEFT},
        {editline_kill, ACTION_KILL_WORD_RIGHT, EDITLINE_WORD_RIGHT},
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

void act_do(struct tui *t, enum action a, const struct input_key *k)
{
    static const struct {
        enum action action;
        void (*run)(struct tui *t, const struct input_key *k);
    } ROWS[] = {
        {ACTION_INSERT, insert},
        {ACTION_ENTER, enter},
        {ACTION_COMPLETE, complete},
        {ACTION_CANCEL, cancel},
        {ACTION_QUIT_ASK, ask_quit},
        {ACTION_HELP, help},
        {ACTION_PAGE, page},
        {ACTION_PAGE_NEXT, page_next},
        {ACTION_PAGE_BEFORE, page_before},
        {ACTION_PAGE_ACTIVE, page_active},
        {ACTION_ROOMS, toggle_rooms},
        {ACTION_PEOPLE, toggle_people},
        {ACTION_SCROLL_UP, scroll_up},
        {ACTION_SCROLL_DOWN, scroll_down},
        {ACTION_SCROLL_END, scroll_end},
        {ACTION_REDRAW, redraw},
        {ACTION_SUSPEND, suspend},
    };

    if (edit(line_of(t), a))
        return;
    for (size_t i = 0; i < MEM_COUNT(ROWS); i++) {
        if (ROWS[i].action == a)
            ROWS[i].run(t, k);
    }
}
