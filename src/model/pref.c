/* SPDX-License-Identifier: ISC */
#include "model/pref.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* clang-format off */
static const struct pref_row ROWS[PREFS] = {
    [PREF_COLOR] = {"color", PREF_KIND_CHOICE, "auto direct 256 16 mono", "auto",
        "how many colours the terminal is asked for"},
    [PREF_DOWNLOADS] = {"downloads", PREF_KIND_TEXT, "", "",
        "the folder for files that you accept; without one your system's own"},
    [PREF_HIGHLIGHT] = {"highlight", PREF_KIND_TEXT, "", "",
        "words that count as a mention of you, with spaces between"},
    [PREF_HINTS] = {"hints", PREF_KIND_BOOL, "on off", "on",
        "the line at the bottom that says which keys there are"},
    [PREF_MOTION] = {"motion", PREF_KIND_CHOICE, "full reduced", "full",
        "reduced: nothing spins or blinks, progress is a number"},
    [PREF_MOUSE] = {"mouse", PREF_KIND_BOOL, "on off", "off",
        "click and scroll with the mouse; selecting text then needs Shift"},
    [PREF_NOISE] = {"noise", PREF_KIND_CHOICE, "fold show", "fold",
        "comings and goings: folded into one line, or each shown"},
    [PREF_NOTIFY] = {"notify", PREF_KIND_CHOICE, "none who full", "who",
        "when you look elsewhere: no notification, who spoke, or also what was said"},
    [PREF_NOTIFY_BY] = {"notify-by", PREF_KIND_CHOICE, "auto bell osc9 osc777", "auto",
        "how the terminal is told; auto goes by its name"},
    [PREF_SLASH_GUARD] = {"slash-guard", PREF_KIND_BOOL, "on off", "on",
        "ask before a line is said that looks like a mistyped command"},
    [PREF_TEXT_WIDTH] = {"text-width", PREF_KIND_NUMBER, "0 400", "100",
        "columns of text at most; 0: as wide as there is room"},
    [PREF_THEME] = {"theme", PREF_KIND_TEXT, "", "auto",
        "how sotto looks; auto: by the terminal's background"},
    [PREF_THEME_DARK] = {"theme-dark", PREF_KIND_TEXT, "", "default-dark",
        "what auto takes on a dark background"},
    [PREF_THEME_LIGHT] = {"theme-light", PREF_KIND_TEXT, "", "default-light",
        "what auto takes on a light one"},
};
/* clang-format on */

const struct pref_row *pref_at(size_t i)
{
    return i < PREFS ? &ROWS[i] : NULL;
}

enum pref pref_find(struct bytes name)
{
    for (int i = 0; i < PREFS; i++) {
        if (bytes_eq(bytes_str(ROWS[i].name), name))
            return (enum pref)i;
    }
    return PREFS;
}

/* The place of a word among words; -1: it is none of them. */
static int64_t choice_of(const char *choices, struct bytes word)
{
    int64_t place = 0;

    for (const char *at = choices; *at != '\0'; place++) {
        size_t n = strcspn(at, " ");
        if (bytes_eq(bytes_of(at, n), word))
            return place;
        at += n + (at[n] == ' ');
    }
    return -1;
}

static bool number_of(const char *bounds, struct bytes text, int64_t *out)
{
    char *end = NULL;
    long least = strtol(bounds, &end, 10);
    long most = strtol(end, NULL, 10);
    long n = 0;

    if (text.n == 0 || text.n > 9)
        return false;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] < '0' || text.p[i] > '9')
            return false;
        n = n * 10 + (text.p[i] - '0');
    }
    *out = n;
    return n >= least && n <= most;
}

static bool judge(const struct pref_row *row, struct bytes value, int64_t *number)
{
    *number = 0;
    switch (row->kind) {
    case PREF_KIND_BOOL:
        *number = choice_of(row->choices, value);
        if (*number >= 0)
            *number = *number == 0; /* "on" stands first */
        return *number >= 0;
    case PREF_KIND_CHOICE:
        *number = choice_of(row->choices, value);
        return *number >= 0;
    case PREF_KIND_NUMBER:
        return number_of(row->choices, value, number);
    case PREF_KIND_TEXT:
        return value.n < PREF_TEXT;
    }
    return false;
}

void prefs_init(struct prefs *p)
{
    memset(p, 0, sizeof *p);
    for (size_t i = 0; i < PREFS; i++) {
        struct bytes value = bytes_str(ROWS[i].fallback);
        (void)judge(&ROWS[i], value, &p->of[i].number);
        (void)bytes_copy(p->of[i].text, PREF_TEXT, value);
    }
}

enum err prefs_set(struct prefs *p, struct bytes name, struct bytes value)
{
    enum pref i = pref_find(name);
    int64_t number;

    if (i == PREFS)
        return ERR_NOT_FOUND;
    if (!judge(&ROWS[i], value, &number) || !bytes_copy(p->of[i].text, PREF_TEXT, value))
        return ERR_FORMAT;
    p->of[i].number = number;
    p->of[i].set = true;
    p->of[i].unsaved = true;
    return ERR_OK;
}
