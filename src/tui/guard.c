/* SPDX-License-Identifier: ISC */
#include "tui/guard.h"

#include "base/mem.h"
#include "model/command.h"
#include "model/setting.h"

#define LONG_NAME 4 /* a shorter word is too often one slip away from another */

static struct bytes from(struct bytes b, size_t n)
{
    return bytes_of(b.p + n, b.n - n);
}

static struct bytes first_word(struct bytes line)
{
    size_t n = 0;

    while (n < line.n && line.p[n] != ' ' && line.p[n] != '\n')
        n++;
    return bytes_of(line.p, n);
}

static const struct command *meant(struct bytes word)
{
    const struct command *row = command_find(word);

    return row != NULL || word.n < LONG_NAME ? row : command_near(word);
}

static bool is_room(const struct model *m, struct bytes word, bool joined)
{
    if (word.n > 1 && word.p[0] == '#')
        return true;
    const struct room *r = rooms_find(&m->rooms, word);
    return r != NULL && (r->joined || !joined);
}

static bool is_person(const struct model *m, struct bytes word)
{
    if (word.n > 1 && word.p[0] == '@')
        word = from(word, 1);
    return roster_find(&m->open->people, word) != NULL ||
           roster_find(&m->home->people, word) != NULL;
}

/* Whether a word is one that the command would take there, rather than any word. */
static bool would_take(const struct model *m, enum command_complete what, struct bytes word)
{
    switch (what) {
    case COMPLETE_ROOM:
    case COMPLETE_JOINED:
        return is_room(m, word, what == COMPLETE_JOINED);
    case COMPLETE_PERSON:
        return is_person(m, word);
    case COMPLETE_COMMAND:
        return command_find(word) != NULL;
    case COMPLETE_ON_OFF:
        return bytes_eq(word, bytes_str("on")) || bytes_eq(word, bytes_str("off"));
    case COMPLETE_PATH:
        return strchr("/~.", word.n != 0 ? word.p[0] : ' ') != NULL &&
               memchr(word.p, '/', word.n) != NULL;
    case COMPLETE_SETTING:
        return pref_find(word) != PREFS || setting_find(word) != NULL;
    case COMPLETE_FILE:
    case COMPLETE_THEME:
    case COMPLETE_VALUE:
    case COMPLETE_KEY:
    case COMPLETE_ACTION:
    case COMPLETE_NOTHING:
        return false;
    }
    return false;
}

/* The slash is missing. Many commands are words of every day: what follows has to fit too, and
 * where nothing does, the word has to be the command itself. */
static bool forgot_slash(const struct model *m, struct bytes line)
{
    struct bytes word = first_word(line);
    const struct command *row = meant(word);
    struct bytes rest = from(line, word.n);

    while (rest.n != 0 && rest.p[0] == ' ')
        rest = from(rest, 1);
    if (row == NULL)
        return false;
    if (rest.n == 0)
        return row->least == 0 && word.n >= LONG_NAME && command_find(word) != NULL;
    return row->most > 0 && would_take(m, row->complete[0], first_word(rest));
}

/* Another sign in its place, as a slip of the hand or of the keyboard makes it. */
static bool wrong_sign(struct bytes line)
{
    static const char SIGNS[] = ".,7\\?-:;!|";

    return line.n > 2 && strchr(SIGNS, line.p[0]) != NULL &&
           meant(first_word(from(line, 1))) != NULL;
}

static bool led_by_blank(struct bytes line)
{
    size_t n = 0;

    while (n < line.n && line.p[n] == ' ')
        n++;
    /* Two slashes say by themselves that it is text. */
    return n != 0 && n + 1 < line.n && line.p[n] == '/' && line.p[n + 1] != '/';
}

bool guard_doubts(const struct model *m, struct bytes line)
{
    if (line.n == 0 || line.p[0] == '/')
        return false;
    return led_by_blank(line) || wrong_sign(line) || forgot_slash(m, line);
}
