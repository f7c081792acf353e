/* SPDX-License-Identifier: ISC */
#include "tui/act.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "tui/dialog.h"
#include "tui/help.h"
#include "tui/lesson.h"

static void cancel(struct tui *t, const struct input_key *k)
{
    (void)k;
    if (t->model->ask.open)
        act_answer(t, (struct bytes){0});
    else
        t->v.alt_next = true;
}

static void ask_quit(struct tui *t, const struct input_key *k)
{
    struct buf spent;

    (void)k;
    if (t->model->ask.open) {
        act_answer(t, (struct bytes){0});
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
    help_open(t, (struct bytes){0});
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

static const struct act_row ACT_SCREEN[] = {
    {ACTION_CANCEL, cancel},
    {ACTION_QUIT_ASK, ask_quit},
    {ACTION_HELP, help},
    {ACTION_REDRAW, redraw},
    {ACTION_SUSPEND, suspend},
    {ACTION_NONE, NULL},
};

static const struct act_row *const TABLES[] = {ACT_LINE, ACT_COMPLETE, ACT_PAST, ACT_RECALL,
    ACT_EDITOR, ACT_PAGE, ACT_READ, ACT_FIND, ACT_INSPECT, ACT_TERM, ACT_FILES, ACT_SCREEN};

act_fn *act_handler(enum action a)
{
    for (size_t i = 0; i < MEM_COUNT(TABLES); i++) {
        for (const struct act_row *row = TABLES[i]; row->run != NULL; row++) {
            if (row->action == a)
                return row->run;
        }
    }
    return NULL;
}

void act_do(struct tui *t, enum action a, const struct input_key *k)
{
    act_fn *run = act_handler(a);

    lesson_saw(t, a);
    if (run != NULL)
        run(t, k);
    else
        (void)act_edit(act_line_of(t), a);
}

/* ---- commands of the screen ---- */

static bool do_help(struct tui *t, const struct command_line *line)
{
    struct bytes topic = line->arg;

    if (topic.n > 1 && topic.p[0] == '/')
        topic = bytes_of(topic.p + 1, topic.n - 1);
    help_open(t, topic);
    return true;
}

static void quit_answered(void *arg, struct tui *t, char letter)
{
    (void)arg;
    if (letter == 'q')
        (void)intents_push(&t->model->intents, INTENT_QUIT, (struct bytes){0});
}

/* With files on their way it is asked for twice, as by the key. */
static bool do_quit(struct tui *t, const struct command_line *line)
{
    char parting[TRANSFER_PARTING];
    char words[TRANSFER_PARTING + 64];
    struct dialog d = {.title = "Quit",
        .words = words,
        .button = {{'q', "quit"}, {'s', "stay"}},
        .buttons = 2,
        .first = t->model->keeps ? 0 : 1,
        .answered = quit_answered};

    (void)line;
    transfers_parting(&t->model->files, t->model->keeps, parting);
    if (parting[0] == '\0')
        return false;
    (void)snprintf(words, sizeof words, "Files are on their way: %s.", parting);
    dialog_open(t, &d, NULL);
    return true;
}

static const struct act_command SCREEN_COMMANDS[] = {
    {"help", do_help}, {"quit", do_quit}, {NULL, NULL}};

static const struct act_command *const COMMANDS[] = {
    BIND_COMMANDS, INSPECT_COMMANDS, THEME_COMMANDS, FILE_COMMANDS, SCREEN_COMMANDS};

act_command_fn *act_command(const struct command *row)
{
    for (size_t i = 0; i < MEM_COUNT(COMMANDS); i++) {
        for (const struct act_command *at = COMMANDS[i]; at->name != NULL; at++) {
            if (strcmp(at->name, row->name) == 0)
                return at->run;
        }
    }
    return NULL;
}
