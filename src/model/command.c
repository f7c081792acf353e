/* SPDX-License-Identifier: ISC */
#include "model/command.h"

#include "base/mem.h"
#include "model/near.h"

/* clang-format off */
static const struct command ROWS[] = {
    {"accept",    "[N] [NAME...]",    "take a file that is offered, under another name if one is given",
        0, 2, NEEDS_NOTHING, {COMPLETE_FILE}, "s in Alt+S"},
    {"announce",  "TEXT...",          "tell everybody on the relay; for operators",
        1, 1, NEEDS_RELAY, {COMPLETE_NOTHING}, ""},
    {"auto-accept", "[NAME] [SIZE|off]", "whose files are taken without asking, and up to which size",
        0, 2, NEEDS_NOTHING, {COMPLETE_PERSON}, ""},
    {"ban",       "NAME [MINUTES]",   "keep somebody out of this room, for good when no time is named",
        1, 2, NEEDS_ROOM, {COMPLETE_PERSON}, ""},
    {"bind",      "[KEY] [ACTION]",   "what keys do: alt-x ACTION, alt-x none, alt-x default",
        0, 2, NEEDS_SCREEN, {COMPLETE_KEY, COMPLETE_ACTION}, ""},
    {"cancel",    "[N]",              "give up a file that is on its way, yours or theirs",
        0, 1, NEEDS_NOTHING, {COMPLETE_FILE}, ""},
    {"clear",     "",                 "empty this page; what is kept stays kept",
        0, 0, NEEDS_NOTHING, {COMPLETE_NOTHING}, ""},
    {"code",      "",                 "the code of this room: equal for all who see the same group",
        0, 0, NEEDS_CONVO, {COMPLETE_NOTHING}, ""},
    {"debug",     "[export]",         "the frames to and from the relay, or as a file without names",
        0, 1, NEEDS_NOTHING, {COMPLETE_NOTHING}, "F12"},
    {"doctor",    "",                 "look at connection, keys and rooms, and say what to do",
        0, 0, NEEDS_NOTHING, {COMPLETE_NOTHING}, ""},
    {"expire",    "[SECONDS]",        "how long what is said here stays; 0 for ever; for the owner",
        0, 1, NEEDS_CONVO, {COMPLETE_NOTHING}, ""},
    {"forget",    "",                 "delete what was said here from this machine",
        0, 0, NEEDS_CONVO, {COMPLETE_NOTHING}, ""},
    {"help",      "[COMMAND]",        "what can be done here, and with which keys",
        0, 1, NEEDS_NOTHING, {COMPLETE_COMMAND}, "F1"},
    {"history", "[COUNT]", "what was said here before that, as far as it is kept",
        0, 1, NEEDS_NOTHING, {COMPLETE_NOTHING}, ""},
    {"invite",    "NAME",             "add somebody to this room",
        1, 1, NEEDS_ROOM, {COMPLETE_PERSON}, ""},
    {"join",      "ROOM [password|invite]", "enter a room; a new one is open, or by password, or by invite",
        1, 2, NEEDS_RELAY, {COMPLETE_ROOM}, ""},
    {"kick",      "NAME [REASON...]", "put somebody out of this room",
        1, 2, NEEDS_ROOM, {COMPLETE_PERSON}, ""},
    {"leave",     "[ROOM]",           "leave a room, the open one when none is named",
        0, 1, NEEDS_RELAY, {COMPLETE_JOINED}, ""},
    {"log",       "[on|off]",         "write this page into a text file, readable for whoever has the file",
        0, 1, NEEDS_NOTHING, {COMPLETE_ON_OFF}, ""},
    {"login",     "NAME",             "come in as an account; asks for its password",
        1, 1, NEEDS_NOTHING, {COMPLETE_NOTHING}, ""},
    {"logout",    "",                 "be a guest again, and forget how to log in",
        0, 0, NEEDS_NOTHING, {COMPLETE_NOTHING}, ""},
    {"moderator", "NAME [on|off]",    "let somebody moderate this room; for its owner",
        1, 2, NEEDS_ROOM, {COMPLETE_PERSON, COMPLETE_ON_OFF}, ""},
    {"msg",       "NAME [TEXT...]",   "talk with one person",
        1, 2, NEEDS_RELAY, {COMPLETE_PERSON}, ""},
    {"mute",      "NAME [MINUTES]",   "let somebody read and not speak in this room",
        1, 2, NEEDS_ROOM, {COMPLETE_PERSON}, ""},
    {"nick",      "NAME",             "take another name; for guests",
        1, 1, NEEDS_RELAY, {COMPLETE_NOTHING}, ""},
    {"password",  "",                 "give this room another password",
        0, 0, NEEDS_ROOM, {COMPLETE_NOTHING}, ""},
    {"pause",     "[N]",              "let a file that is on its way rest",
        0, 1, NEEDS_NOTHING, {COMPLETE_FILE}, ""},
    {"quit",      "",                 "say goodbye to the relay and end sotto",
        0, 0, NEEDS_NOTHING, {COMPLETE_NOTHING}, "Ctrl+C twice"},
    {"refuse",    "[N]",              "do not take a file that is offered",
        0, 1, NEEDS_NOTHING, {COMPLETE_FILE}, "r in Alt+S"},
    {"register",  "NAME",             "make an account; asks for a password",
        1, 1, NEEDS_NOTHING, {COMPLETE_NOTHING}, ""},
    {"resume",    "[N]",              "go on with a file that rests",
        0, 1, NEEDS_NOTHING, {COMPLETE_FILE}, ""},
    {"rooms",     "",                 "which rooms there are, and how many are in them",
        0, 0, NEEDS_RELAY, {COMPLETE_NOTHING}, "F7"},
    {"search",    "WORDS...",         "find what was said here; at home everywhere",
        1, 1, NEEDS_NOTHING, {COMPLETE_NOTHING}, ""},
    {"send",      "PATH...",          "offer a file to this conversation",
        1, 1, NEEDS_CONVO, {COMPLETE_PATH}, "Alt+F"},
    {"set",       "[NAME] [VALUE...]", "show or change a setting; \"default\" is a value of each",
        0, 2, NEEDS_NOTHING, {COMPLETE_SETTING, COMPLETE_VALUE}, ""},
    {"theme",     "[NAME]",           "how sotto looks; without a name choose from a list",
        0, 1, NEEDS_SCREEN, {COMPLETE_THEME}, ""},
    {"token",     "[revoke]",         "stay logged in on this machine; or end that on all machines",
        0, 1, NEEDS_RELAY, {COMPLETE_NOTHING}, ""},
    {"topic",     "[TEXT...]",        "what this room is about; for its owner",
        0, 1, NEEDS_ROOM, {COMPLETE_NOTHING}, ""},
    {"transfers", "",                 "which files are on their way, and how far",
        0, 0, NEEDS_NOTHING, {COMPLETE_NOTHING}, "Alt+T"},
    {"trust",     "NAME",             "accept the new key of somebody whose key has changed",
        1, 1, NEEDS_NOTHING, {COMPLETE_PERSON}, ""},
    {"unban",     "NAME",             "take a ban or a mute back",
        1, 1, NEEDS_ROOM, {COMPLETE_NOTHING}, ""},
    {"users",     "[ROOM]",           "who is in a room, or in the open one; at home all",
        0, 1, NEEDS_RELAY, {COMPLETE_ROOM}, "F8"},
    {"verify",    "NAME [yes|no]",    "compare safety numbers with somebody; yes when they are equal",
        1, 2, NEEDS_NOTHING, {COMPLETE_PERSON}, ""},
    {"view",      "[N]",              "a picture that you received, drawn here; without a number the newest",
        0, 1, NEEDS_SCREEN, {COMPLETE_FILE}, "v in Alt+S"},
    {"whois",     "NAME",             "who somebody is: key, trust, since when",
        1, 1, NEEDS_NOTHING, {COMPLETE_PERSON}, ""},
};
/* clang-format on */

const struct command *command_at(size_t i)
{
    return i < MEM_COUNT(ROWS) ? &ROWS[i] : NULL;
}

const struct command *command_find(struct bytes name)
{
    for (size_t i = 0; i < MEM_COUNT(ROWS); i++) {
        if (bytes_eq(bytes_str(ROWS[i].name), name))
            return &ROWS[i];
    }
    return NULL;
}

const struct command *command_near(struct bytes word)
{
    for (size_t i = 0; word.n > 1 && i < MEM_COUNT(ROWS); i++) {
        if (near_word(bytes_str(ROWS[i].name), word))
            return &ROWS[i];
    }
    return NULL;
}

static struct bytes trim(struct bytes b)
{
    while (b.n != 0 && b.p[0] == ' ')
        b = bytes_of(b.p + 1, b.n - 1);
    while (b.n != 0 && b.p[b.n - 1] == ' ')
        b.n--;
    return b;
}

static bool takes_rest(const struct command *row)
{
    size_t n = strlen(row->args);

    return n > 3 && strstr(row->args, "...") != NULL;
}

/* The words behind the command; the last that the row takes may have spaces in it. */
static enum err cut_args(const struct command *row, struct command_line *out)
{
    struct bytes rest = out->arg;

    while (rest.n != 0 && out->count < row->most) {
        const uint8_t *blank = memchr(rest.p, ' ', rest.n);
        size_t n = blank != NULL ? (size_t)(blank - rest.p) : rest.n;
        if (out->count + 1u == row->most && takes_rest(row))
            n = rest.n;
        out->args[out->count++] = bytes_of(rest.p, n);
        rest = trim(bytes_of(rest.p + n, rest.n - n));
    }
    return rest.n != 0 || out->count < row->least ? ERR_FORMAT : ERR_OK;
}

enum err command_parse(struct bytes line, struct command_line *out)
{
    struct bytes rest = trim(line);
    size_t n = 0;

    *out = (struct command_line){.kind = COMMAND_EMPTY};
    if (rest.n == 0)
        return ERR_OK;
    if (rest.p[0] != '/' || (rest.n > 1 && rest.p[1] == '/')) {
        out->kind = COMMAND_WORDS;
        out->arg = rest.p[0] == '/' ? bytes_of(rest.p + 1, rest.n - 1) : rest;
        return ERR_OK;
    }
    rest = bytes_of(rest.p + 1, rest.n - 1);
    while (n < rest.n && rest.p[n] != ' ')
        n++;
    out->kind = COMMAND_CALL;
    out->word = bytes_of(rest.p, n);
    out->arg = trim(bytes_of(rest.p + n, rest.n - n));
    out->row = command_find(out->word);
    return out->row != NULL ? cut_args(out->row, out) : ERR_NOT_FOUND;
}
