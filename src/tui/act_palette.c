/* SPDX-License-Identifier: ISC */
/*
 * The palette: every command and every action in one list, what was chosen lately first. A
 * command that takes words goes onto the line, so that one learns to type it; the rest is done.
 */
#include <stdio.h>

#include "base/mem.h"
#include "tui/act.h"
#include "tui/menu.h"

/* Commands come first, then actions: one of the two is NULL. */
struct what {
    const struct command *command;
    const struct action_row *action;
};

static size_t commands(void)
{
    size_t n = 0;

    while (command_at(n) != NULL)
        n++;
    return n;
}

static struct what what_at(size_t i)
{
    size_t n = commands();

    return i < n ? (struct what){command_at(i), NULL} : (struct what){NULL, action_at(i - n)};
}

static const void *id_of(struct what w)
{
    return w.command != NULL ? (const void *)w.command : (const void *)w.action;
}

/* ---- what was used ---- */

static void remember(struct tui *t, struct what w)
{
    size_t at = 0;

    while (at + 1 < MEM_COUNT(t->used) && t->used[at] != id_of(w))
        at++;
    memmove(&t->used[1], &t->used[0], at * sizeof t->used[0]);
    t->used[0] = id_of(w);
}

static int how_lately(const struct tui *t, struct what w)
{
    for (size_t i = 0; i < MEM_COUNT(t->used); i++) {
        if (t->used[i] == id_of(w))
            return (int)(MEM_COUNT(t->used) - i);
    }
    return 0;
}

/* ---- rows ---- */

static size_t count(void *arg)
{
    size_t n = commands();
    size_t i = 0;

    (void)arg;
    while (action_at(i) != NULL)
        i++;
    return n + i;
}

/* The key of a command is that of the action with its name, as it is bound. */
static void key_of(const struct tui *t, struct what w, struct menu_row *out)
{
    const struct action_row *a = w.action;

    if (a == NULL)
        a = action_find(w.command->name, strlen(w.command->name));
    if (a != NULL)
        keymap_key(&t->keys, a->action, out->key);
    else
        (void)bytes_copy(out->key, sizeof out->key, bytes_str(w.command->key));
}

static void row(void *arg, size_t i, struct menu_row *out)
{
    const struct tui *t = arg;
    struct what w = what_at(i);

    if (w.command != NULL)
        (void)snprintf(out->text, sizeof out->text, "/%s%s%s", w.command->name,
            w.command->args[0] != '\0' ? " " : "", w.command->args);
    else
        (void)snprintf(out->text, sizeof out->text, "%s", w.action->name);
    (void)snprintf(out->note, sizeof out->note, "%s",
        w.command != NULL ? w.command->help : w.action->help);
    key_of(t, w, out);
    out->bonus = how_lately(t, w);
}

/* ---- what becomes of it ---- */

static void teach(struct tui *t, const struct command *c)
{
    char line[64];
    struct buf spent;

    if (t->v.line.n != 0) { /* into history, so that nothing is lost */
        buf_init(&spent, EDITLINE_BYTES);
        editline_enter(&t->v.line, &spent);
        buf_wipe(&spent);
    }
    (void)snprintf(line, sizeof line, "/%s ", c->name);
    editline_set(&t->v.line, bytes_str(line));
}

static void run(struct tui *t, const struct command *c)
{
    char text[64];
    struct command_line line;

    (void)snprintf(text, sizeof text, "/%s", c->name);
    if (act_command(c) != NULL && command_parse(bytes_str(text), &line) == ERR_OK &&
        act_command(c)(t, &line))
        return;
    if (intents_push(&t->model->intents, INTENT_LINE, bytes_str(text)) != ERR_OK)
        buf_text(&t->v.hint, "Too much is waiting to be done; try again");
}

static void chosen(void *arg, struct tui *t, size_t i)
{
    static const struct input_key NO_KEY = {.code = INPUT_OTHER};
    struct what w = what_at(i);

    (void)arg;
    remember(t, w);
    if (w.action != NULL)
        act_do(t, w.action->action, &NO_KEY);
    else if (w.command->args[0] != '\0')
        teach(t, w.command);
    else
        run(t, w.command);
}

void act_palette(struct tui *t)
{
    static const struct menu_source SOURCE = {
        .title = "What can be done",
        .prompt = "do",
        .count = count,
        .row = row,
        .chosen = chosen,
    };

    menu_open(t, &SOURCE, t);
}
