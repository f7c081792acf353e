/* SPDX-License-Identifier: ISC */
/* /theme: another look by its name, or from a list in which each is worn while one looks at it.
 */
#include <stdio.h>

#include "base/mem.h"
#include "tui/act.h"
#include "tui/dress.h"
#include "tui/menu.h"
#include "tui/wardrobe.h"

#define AUTO  "auto"
#define FIRST 100000 /* a bonus that no match comes near */

/* The list as it was when the menu opened: row 0 is "auto". */
struct choice {
    struct wardrobe_list names;
    char title[WARDROBE_NAMES][THEME_NAME];
    char now[PREF_TEXT]; /* the preference */
};

static void set(struct tui *t, const char *name)
{
    char why[300] = "";
    struct theme *theme = mem_alloc(sizeof *theme);

    if (strcmp(name, AUTO) != 0 && wardrobe_load(name, theme, why, sizeof why) != ERR_OK) {
        buf_fmt(&t->v.hint, "The theme %.60s: %s", name, why);
    } else if (model_set_pref(t->model, bytes_str("theme"), bytes_str(name)) != ERR_OK) {
        buf_fmt(&t->v.hint, "The theme %.60s: its name is too long to be kept", name);
    } else {
        dress_ask(t, ""); /* what is chosen now is newer than the command line */
    }
    mem_free(theme);
}

/* ---- the list ---- */

static const char *name_of(const struct choice *c, size_t i)
{
    return i == 0 ? AUTO : c->names.name[i - 1];
}

static size_t count(void *arg)
{
    const struct choice *c = arg;

    return c->names.count + 1;
}

static void row(void *arg, size_t i, struct menu_row *out)
{
    const struct choice *c = arg;
    const char *name = name_of(c, i);
    bool now = strcmp(name, c->now) == 0;

    (void)snprintf(out->text, sizeof out->text, "%s", name);
    (void)snprintf(out->note, sizeof out->note, "%s%s",
        i == 0 ? "by the terminal's background" : c->title[i - 1], now ? "; as it is now" : "");
    out->bonus = now ? FIRST : 0; /* under the cursor when the list opens */
}

static void looked(void *arg, struct tui *t, size_t i)
{
    (void)dress_try(t, name_of(arg, i));
}

static void chosen(void *arg, struct tui *t, size_t i)
{
    set(t, name_of(arg, i));
    dress_follow(t); /* also when it could not be set */
}

static void cancelled(void *arg, struct tui *t)
{
    (void)arg;
    dress_follow(t);
}

static void fini(void *arg)
{
    mem_free(arg);
}

static void read_titles(struct choice *c)
{
    struct theme *theme = mem_alloc(sizeof *theme);
    char why[300] = "";

    for (size_t i = 0; i < c->names.count; i++) {
        if (wardrobe_load(c->names.name[i], theme, why, sizeof why) == ERR_OK)
            (void)bytes_copy(c->title[i], THEME_NAME, bytes_str(theme->title));
        else
            (void)bytes_copy(c->title[i], THEME_NAME, bytes_str("cannot be used"));
    }
    mem_free(theme);
}

static void choose(struct tui *t)
{
    static const struct menu_source SOURCE = {
        .title = "Themes",
        .prompt = "theme",
        .count = count,
        .row = row,
        .chosen = chosen,
        .looked = looked,
        .cancelled = cancelled,
        .fini = fini,
    };
    struct choice *c = mem_alloc(sizeof *c);

    wardrobe_names(&c->names);
    read_titles(c);
    (void)bytes_copy(c->now, sizeof c->now, bytes_str(pref_text(&t->model->prefs, PREF_THEME)));
    menu_open(t, &SOURCE, c);
}

static bool theme(struct tui *t, const struct command_line *line)
{
    char name[PREF_TEXT];

    if (line->count == 0) {
        choose(t);
    } else if (!bytes_copy(name, sizeof name, line->args[0])) {
        buf_fmt(&t->v.hint, "That name is too long for a theme");
    } else {
        set(t, name);
    }
    return true;
}

const struct act_command THEME_COMMANDS[] = {{"theme", theme}, {NULL, NULL}};
