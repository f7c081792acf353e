/* SPDX-License-Identifier: ISC */
/* The line: what is typed, whose line it is, and what Enter makes of it. */
#include "base/mem.h"
#include "base/utf8.h"
#include "model/command.h"
#include "tui/act.h"
#include "tui/dialog.h"
#include "tui/guard.h"
#include "tui/log_view.h"

struct editline *act_line_of(struct tui *t)
{
    return t->model->ask.open ? &t->v.answer : &t->v.line;
}

/* ---- what stands on the line ---- */

static struct room *page_of_line(const struct tui *t)
{
    if (t->typed_on == NULL)
        return NULL;
    if (t->page.where_n == 0) /* those two are there as long as the model */
        return t->typed_on == t->model->welcome ? t->model->welcome : t->model->home;
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
    if (t->page.where_n != 0) /* nothing is kept of what is no conversation */
        (void)intents_put(&t->model->intents, &t->page, text);
    return true;
}

/* A number for a page, for the history of its line: of its name, as pages come and go. */
static uint64_t number_of(const struct room *r)
{
    uint64_t n = r->direct ? 0x84222325cbf29ce4u : 0xcbf29ce484222325u; /* FNV-1a */

    for (size_t i = 0; i < r->name_n; i++)
        n = (n ^ (uint8_t)r->name[i]) * 0x100000001b3u;
    return n;
}

void act_follow_page(struct tui *t)
{
    const struct room *r = t->model->open;

    if (t->typed_on == r)
        return;
    bool kept = keep_line(t);
    t->typed_on = r;
    t->page = (struct intent){.kind = INTENT_DRAFT, .direct = r->direct};
    if (r != t->model->home && !r->local) {
        t->page.where_n = r->name_n;
        memcpy(t->page.where, r->name, r->name_n);
    }
    editline_page(&t->v.line, number_of(r));
    if (kept || r->draft != NULL)
        editline_set(&t->v.line, bytes_str(r->draft != NULL ? r->draft : ""));
    t->dirty |= PANE_INPUT;
}

static void insert(struct tui *t, const struct input_key *k)
{
    uint8_t text[4];

    (void)editline_insert(act_line_of(t), bytes_of(text, utf8_put(text, k->cp)));
    mem_wipe(text, sizeof text);
    if (k->cp == ' ' && !t->model->ask.open) /* a word more is worth keeping */
        (void)keep_line(t);
    if (t->model->tell_typing && !t->model->ask.open && t->v.line.text[0] != '/')
        (void)intents_push(&t->model->intents, INTENT_TYPING, (struct bytes){0});
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

void act_answer(struct tui *t, struct bytes text)
{
    if (intents_push(&t->model->intents, INTENT_ANSWER, text) == ERR_OK)
        editline_fini(&t->v.answer);
}

/* A command that the screen does by itself. */
static bool done_here(struct tui *t, struct bytes text)
{
    struct command_line line;

    if (command_parse(text, &line) != ERR_OK || line.kind != COMMAND_CALL)
        return false;
    return act_command(line.row) != NULL && act_command(line.row)(t, &line);
}

static void send(struct tui *t, enum intent_kind kind)
{
    struct buf line;
    struct bytes text;

    buf_init(&line, EDITLINE_BYTES);
    editline_enter(&t->v.line, &line);
    text = buf_view(&line);
    while (text.n != 0 && text.p[text.n - 1] == '\n')
        text.n--;
    if (text.n == 1 && text.p[0] == '?')
        text = bytes_str("/help");
    if (text.n != 0) {
        log_newest(&t->v);
        if ((kind != INTENT_LINE || !done_here(t, text)) &&
            intents_push(&t->model->intents, kind, text) != ERR_OK)
            editline_set(&t->v.line, text);
        (void)keep_line(t);
    }
    buf_wipe(&line);
}

/* page: the one that was open, only to be compared. */
static void doubt_answered(void *page, struct tui *t, char letter)
{
    if (letter == 'y' && page == t->model->open)
        send(t, INTENT_WORDS);
}

static void ask_doubt(struct tui *t)
{
    struct buf words;
    struct buf line;

    buf_init(&words, 512);
    buf_text(&words, "Send as text to ");
    pane_page_name(&words, t->model, t->model->open);
    buf_text(&words, "? It looks like a command that was mistyped.");
    buf_init(&line, EDITLINE_BYTES);
    buf_bytes(&line, editline_text(&t->v.line));
    dialog_open(t,
        &(struct dialog){
            .title = "Not sent yet",
            .words = buf_cstr(&words),
            .lines = buf_cstr(&line),
            .button = {{'n', "no"}, {'y', "yes, as text"}},
            .buttons = 2,
            .answered = doubt_answered,
        },
        t->model->open);
    buf_free(&words);
    buf_wipe(&line);
}

static void enter(struct tui *t, const struct input_key *k)
{
    (void)k;
    if (t->model->ask.open)
        act_answer(t, editline_text(&t->v.answer));
    else if (pref_on(&t->model->prefs, PREF_SLASH_GUARD) &&
             guard_doubts(t->model, editline_text(&t->v.line)))
        ask_doubt(t);
    else
        send(t, INTENT_LINE);
}

static void newline(struct tui *t, const struct input_key *k)
{
    (void)k;
    if (!t->model->ask.open)
        (void)editline_insert(&t->v.line, bytes_str("\n"));
}

const struct act_row ACT_LINE[] = {
    {ACTION_INSERT, insert},
    {ACTION_ENTER, enter},
    {ACTION_NEWLINE, newline},
    {ACTION_NONE, NULL},
};
