/* SPDX-License-Identifier: ISC */
/*
 * What a person may set about how sotto looks and behaves on this machine: one table of names,
 * defaults and words, and the values. What is secret or of one conversation is not here but in
 * the vault. It reads and writes no file: whoever does marks the values as saved.
 */
#ifndef MODEL_PREF_H
#define MODEL_PREF_H

#include "base/bytes.h"
#include "base/err.h"

#define PREF_TEXT 256

enum pref {
    PREF_COLOR,
    PREF_DOWNLOADS,
    PREF_HIGHLIGHT,
    PREF_HINTS,
    PREF_MOTION,
    PREF_MOUSE,
    PREF_NOISE,
    PREF_NOTIFY,
    PREF_NOTIFY_BY,
    PREF_SLASH_GUARD,
    PREF_TEXT_WIDTH,
    PREF_THEME,
    PREF_THEME_DARK,
    PREF_THEME_LIGHT,
    PREFS
};

enum pref_kind { PREF_KIND_BOOL, PREF_KIND_CHOICE, PREF_KIND_NUMBER, PREF_KIND_TEXT };

struct pref_row {
    const char *name;
    enum pref_kind kind;
    const char *choices;  /* "none who full"; of a number its bounds: "0 400" */
    const char *fallback; /* the value when nobody set one */
    const char *help;
};

struct prefs {
    struct {
        char text[PREF_TEXT];
        int64_t number; /* of a number; of a choice its place in the row; of a bool 0 or 1 */
        bool set;       /* by the person */
        bool unsaved;
    } of[PREFS];
};

const struct pref_row *pref_at(size_t i); /* by name; NULL at the end */
enum pref pref_find(struct bytes name);   /* PREFS: there is none */
void prefs_init(struct prefs *p);
/* ERR_NOT_FOUND: no such name; ERR_FORMAT: not one of its values, nothing is changed. */
enum err prefs_set(struct prefs *p, struct bytes name, struct bytes value);
static inline bool pref_on(const struct prefs *p, enum pref what)
{
    return p->of[what].number != 0;
}
static inline int64_t pref_number(const struct prefs *p, enum pref what)
{
    return p->of[what].number;
}
static inline const char *pref_text(const struct prefs *p, enum pref what)
{
    return p->of[what].text;
}

#endif
