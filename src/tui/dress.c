/* SPDX-License-Identifier: ISC */
#include "tui/dress.h"

#include <stdlib.h>

#include "base/mem.h"
#include "tui/input.h"
#include "tui/state.h"
#include "tui/wardrobe.h"

/* ---- choosing ---- */

/* "15;0", "0;default;15": the last is the background, one of sixteen. */
static enum theme_ground ground_of(const char *colorfgbg)
{
    const char *at = colorfgbg != NULL ? strrchr(colorfgbg, ';') : NULL;
    struct color c;

    if (at == NULL || !color_parse(bytes_str(at + 1), &c) || c.kind != COLOR_INDEX ||
        c.value > 15)
        return THEME_ANY;
    return c.value == 7 || c.value > 8 ? THEME_LIGHT : THEME_DARK;
}

const char *dress_choose(const struct dress_facts *f)
{
    enum theme_ground ground = f->ground;

    if (f->asked[0] != '\0')
        return f->asked;
    if (f->wish[0] != '\0' && strcmp(f->wish, "auto") != 0)
        return f->wish;
    if (f->no_color)
        return "mono";
    if (ground == THEME_ANY)
        ground = ground_of(f->colorfgbg);
    return ground == THEME_DARK    ? pref_text(f->prefs, PREF_THEME_DARK)
           : ground == THEME_LIGHT ? pref_text(f->prefs, PREF_THEME_LIGHT)
                                   : WARDROBE_ANSI;
}

enum color_tier dress_tier(const struct prefs *p, bool no_color)
{
    static const struct {
        const char *word;
        enum color_tier most;
    } ROWS[] = {{"mono", COLOR_TIER_MONO}, {"16", COLOR_TIER_16}, {"256", COLOR_TIER_256},
        {"direct", COLOR_TIER_DIRECT}};

    for (size_t i = 0; i < MEM_COUNT(ROWS); i++) {
        if (strcmp(pref_text(p, PREF_COLOR), ROWS[i].word) == 0)
            return ROWS[i].most;
    }
    return no_color ? COLOR_TIER_MONO : COLOR_TIER_DIRECT;
}

/* ---- wearing ---- */

static bool no_color(void)
{
    const char *word = secure_getenv("NO_COLOR");

    return word != NULL && word[0] != '\0';
}

static void hint(struct tui *t, const char *name, const char *words)
{
    buf_clear(&t->v.hint);
    buf_fmt(&t->v.hint, "The theme %.60s: %s", name, words);
    t->dirty |= PANE_INPUT;
}

static void wear(struct tui *t)
{
    struct dress *d = t->dress;

    d->tier = screen_use_theme(t->v.screen, &d->theme[d->worn], d->most);
    screen_redraw(t->v.screen);
    t->folded = true; /* so that all of it is drawn anew */
}

/* d->name: what was read last, also where it could not be, so that it is said once. */
static enum err put_on(struct tui *t, const char *name)
{
    struct dress *d = t->dress;
    size_t next = 1 - d->worn;
    char why[300] = "";

    (void)bytes_copy(d->name, sizeof d->name, bytes_str(name));
    enum err e = wardrobe_load(name, &d->theme[next], why, sizeof why);
    if (e == ERR_OK) {
        d->worn = next;
        wear(t);
        if (d->theme[next].warning[0] != '\0')
            hint(t, name, d->theme[next].warning);
    } else {
        hint(t, name, why);
    }
    return e;
}

static const char *choose(const struct tui *t, const char *asked, const char *wish)
{
    const struct dress_facts facts = {asked, wish, &t->model->prefs, no_color(),
        t->dress->ground, secure_getenv("COLORFGBG")};

    return dress_choose(&facts);
}

enum err dress_try(struct tui *t, const char *name)
{
    name = choose(t, "", name);
    return strcmp(name, t->dress->name) != 0 ? put_on(t, name) : ERR_OK;
}

static void follow_color(struct tui *t)
{
    struct dress *d = t->dress;
    const struct prefs *p = &t->model->prefs;
    const char *color = pref_text(p, PREF_COLOR);

    if (strcmp(color, d->color) == 0)
        return;
    (void)bytes_copy(d->color, sizeof d->color, bytes_str(color));
    if (screen_set_direct(t->v.screen, strcmp(color, "direct") == 0))
        input_start();
    d->most = dress_tier(p, no_color());
    wear(t);
    if (strcmp(color, "direct") == 0 && d->tier != COLOR_TIER_DIRECT) {
        buf_clear(&t->v.hint);
        buf_fmt(&t->v.hint, "This terminal is not known to have more colours; it has %s now",
            color_tier_str(d->tier));
    }
}

bool dress_is_light(const struct tui *t)
{
    const struct dress *d = t->dress;
    enum theme_ground ground = d->ground;

    if (ground == THEME_ANY)
        ground = ground_of(secure_getenv("COLORFGBG"));
    if (ground == THEME_ANY)
        ground = d->theme[d->worn].ground;
    return ground == THEME_LIGHT;
}

void dress_follow(struct tui *t)
{
    struct dress *d = t->dress;
    const char *name = choose(t, d->asked, pref_text(&t->model->prefs, PREF_THEME));

    follow_color(t);
    if (strcmp(name, d->name) != 0)
        (void)put_on(t, name);
}

void dress_start(struct tui *t)
{
    bool owed;

    t->dress = mem_alloc(sizeof *t->dress);
    t->dress->asked = "";
    t->dress->ground = screen_ground(t->v.screen, &owed);
    if (owed)
        input_owed();
    wardrobe_ansi(&t->dress->theme[t->dress->worn]);
    dress_follow(t);
}

void dress_ask(struct tui *t, const char *name)
{
    t->dress->asked = name;
    dress_follow(t);
}

void dress_end(struct tui *t)
{
    mem_free(t->dress);
    t->dress = NULL;
}
