/* SPDX-License-Identifier: ISC */
/* /bind: what the keys do, and doing it otherwise. What is bound is the model's, so that it can
 * be kept; here it becomes a keymap. */
#include <stdarg.h>
#include <stdio.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "tui/act.h"

/* The formatted text may hold foreign bytes. */
__attribute__((format(printf, 3, 4))) static void say(
    struct tui *t, enum event_kind kind, const char *fmt, ...)
{
    char text[512];
    va_list ap;

    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    model_event(t->model, t->model->open, kind, (struct bytes){0}, bytes_str(text));
}

static const char *name_of(enum action a)
{
    for (size_t i = 0; action_at(i) != NULL; i++) {
        if (action_at(i)->action == a)
            return action_at(i)->name;
    }
    return "none";
}

static enum action by_default(const char *key)
{
    struct keymap *k = mem_alloc(sizeof *k);

    keymap_init(k);
    enum action a = keymap_find(k, bytes_str(key));
    mem_free(k);
    return a;
}

/* ---- the map ---- */

void act_bind_all(struct tui *t, bool tell)
{
    const struct binds *b = &t->model->binds;

    keymap_init(&t->keys);
    for (size_t i = 0; i < b->count; i++) {
        const char *why =
            keymap_take(&t->keys, bytes_str(b->of[i].key), bytes_str(b->of[i].action));
        if (why != NULL && tell)
            say(t, EVENT_WARN, "Your config.json binds %s to %s, which is left out: %s.",
                b->of[i].key, b->of[i].action, why);
    }
    t->dirty |= MODEL_ALL | PANE_INPUT;
}

/* ---- the command ---- */

static void list(struct tui *t)
{
    const struct binds *b = &t->model->binds;
    size_t n = 0;

    for (size_t i = 0; i < b->count; i++) {
        if (b->of[i].action[0] == '\0')
            continue;
        say(t, EVENT_INFO, "%s  %s  (by default %s)", b->of[i].key, b->of[i].action,
            name_of(by_default(b->of[i].key)));
        n++;
    }
    say(t, EVENT_INFO, "%s F1 shows every key. /bind KEY ACTION gives a key something to do.",
        n == 0 ? "All keys are as by default." : "The other keys are as by default.");
}

static void show(struct tui *t, const char *key)
{
    enum action now = keymap_find(&t->keys, bytes_str(key));
    enum action was = by_default(key);
    struct input_key first, last;

    if (keymap_parse(bytes_str(key), &first, &last) != ERR_OK)
        say(t, EVENT_WARN, "%s is no key. One is written like alt-g, ctrl-x,ctrl-e, f7, pgup.",
            key);
    else
        say(t, EVENT_INFO, "%s: %s, by default %s", key, name_of(now), name_of(was));
}

/* The same key under another spelling is bound once. */
static struct bytes known_as(const struct tui *t, const char *key)
{
    const struct binds *b = &t->model->binds;
    struct input_key first, last, f, l;

    if (keymap_parse(bytes_str(key), &first, &last) != ERR_OK)
        return bytes_str(key);
    for (size_t i = 0; i < b->count; i++) {
        if (keymap_parse(bytes_str(b->of[i].key), &f, &l) == ERR_OK &&
            keymap_same(&f, &first) && keymap_same(&l, &last))
            return bytes_str(b->of[i].key);
    }
    return bytes_str(key);
}

static void set(struct tui *t, const struct bind *wish)
{
    struct keymap *trial = mem_alloc(sizeof *trial);
    const char *why;

    *trial = t->keys;
    why = keymap_take(trial, bytes_str(wish->key), bytes_str(wish->action));
    mem_free(trial);
    if (why != NULL) {
        say(t, EVENT_WARN, "Nothing was changed: %s.", why);
        return;
    }
    struct bytes action = bytes_str(wish->action[0] != '\0' ? wish->action : "default");
    if (model_bind(t->model, known_as(t, wish->key), action) != ERR_OK) {
        say(t, EVENT_WARN, "Nothing was changed: %d keys are bound already.", BINDS_MAX);
        return;
    }
    act_bind_all(t, false);
    show(t, wish->key);
}

static bool run(struct tui *t, const struct command_line *line)
{
    struct bind wish = {.key = ""};
    bool whole = true;

    if (line->count == 0) {
        list(t);
        return true;
    }
    whole = bytes_copy(wish.key, sizeof wish.key, line->args[0]);
    if (line->count > 1 && !bytes_eq(line->args[1], bytes_str("default")))
        whole = bytes_copy(wish.action, sizeof wish.action, line->args[1]) && whole;
    if (!whole)
        say(t, EVENT_WARN, "Nothing was changed: no key and no action has so long a name.");
    else if (line->count == 1)
        show(t, wish.key);
    else
        set(t, &wish);
    return true;
}

const struct act_command BIND_COMMANDS[] = {{"bind", run}, {NULL, NULL}};
