/* SPDX-License-Identifier: ISC */
/* For who writes a theme: checks a file, and shows every slot. */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "bin/sotto.h"
#include "model/pref.h"
#include "tui/dress.h"
#include "tui/theme_demo.h"
#include "tui/wardrobe.h"

static int not_usable(const char *name, const char *why)
{
    char words[SOTTO_WHY];

    (void)snprintf(words, sizeof words, "%s: %s", name, why);
    return complain(FACE_USAGE, words);
}

enum err theme_usable(const char *name, char *why, size_t why_n)
{
    struct theme *t = mem_alloc(sizeof *t);
    char words[300] = "";

    enum err e = wardrobe_load(name, t, words, sizeof words);
    if (e != ERR_OK)
        (void)snprintf(why, why_n, "the theme %s: %s.", name, words);
    mem_free(t);
    return e;
}

static int check(const char *file)
{
    struct theme *t = mem_alloc(sizeof *t);
    char why[300] = "";
    struct buf path;
    int status = FACE_OK;

    buf_init(&path, SOTTO_DIR);
    buf_fmt(&path, "%s%s", strchr(file, '/') == NULL ? "./" : "", file);
    if (wardrobe_load(buf_cstr(&path), t, why, sizeof why) != ERR_OK)
        status = not_usable(file, why);
    else if (t->warning[0] != '\0')
        (void)not_usable(file, t->warning); /* it can be used */
    else
        (void)printf("%s: fine\n", file);
    buf_free(&path);
    mem_free(t);
    return status;
}

static int demo(const char *asked)
{
    struct theme *t = mem_alloc(sizeof *t);
    struct prefs *prefs = mem_alloc(sizeof *prefs);
    const char *no_color = secure_getenv("NO_COLOR");
    enum color_tier tier =
        theme_demo_tier(secure_getenv("TERM"), secure_getenv("COLORTERM"), no_color);
    const struct dress_facts facts = {asked != NULL ? asked : "", "auto", prefs,
        no_color != NULL && no_color[0] != '\0', THEME_ANY, secure_getenv("COLORFGBG")};
    char why[300] = "";
    struct buf text;
    int status = FACE_OK;

    prefs_init(prefs);
    buf_init(&text, 1u << 16);
    if (wardrobe_load(dress_choose(&facts), t, why, sizeof why) != ERR_OK) {
        status = not_usable(dress_choose(&facts), why);
    } else {
        theme_demo(&text, t, tier);
        (void)fputs(buf_cstr(&text), stdout);
    }
    buf_free(&text);
    mem_free(prefs);
    mem_free(t);
    return status;
}

int theme_tools(const struct options *o)
{
    return o->check_theme != NULL ? check(o->check_theme) : demo(o->theme);
}
