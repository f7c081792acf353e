/* SPDX-License-Identifier: ISC */
/*
 * Which theme the screen wears: the one that the command line names; else the one that the
 * person set; else none where colours are not wanted; else by the terminal's background, as it
 * told, or COLORFGBG; else "ansi". It follows the preferences. A theme that cannot be read
 * leaves the one that is worn, and a hint says why.
 */
#ifndef TUI_DRESS_H
#define TUI_DRESS_H

#include "model/pref.h"
#include "tui/theme.h"

struct tui;

struct dress {
    struct theme theme[2]; /* one is worn, into the other the next is read */
    size_t worn;
    char name[1024];          /* of the one that was put on last */
    const char *asked;        /* by the command line, whose it is; "": nothing */
    char color[16];           /* the preference, as it was followed */
    enum theme_ground ground; /* as the terminal told */
    enum color_tier most;     /* by the preference */
    enum color_tier tier;     /* that it is now */
};

struct dress_facts {
    const char *asked; /* "": nothing */
    const char *wish;  /* the preference; "auto": none */
    const struct prefs *prefs;
    bool no_color;
    enum theme_ground ground;
    const char *colorfgbg; /* or NULL */
};
const char *dress_choose(const struct dress_facts *f);
/* NO_COLOR is for who said nothing: a preference that names a number of colours is obeyed. */
enum color_tier dress_tier(const struct prefs *p, bool no_color);

void dress_start(struct tui *t);                 /* the screen is open */
void dress_ask(struct tui *t, const char *name); /* by the command line: name is borrowed */
void dress_follow(struct tui *t);                /* preferences may have changed */
/* For a look: until the next dress_follow(). The hint says what is wrong with it. */
enum err dress_try(struct tui *t, const char *name);
/* Whether what is drawn by default lies on a light background: as the terminal told, or
 * COLORFGBG; else as the theme that is worn is made for. */
bool dress_is_light(const struct tui *t);
void dress_end(struct tui *t);

#endif
