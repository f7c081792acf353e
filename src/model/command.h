/* SPDX-License-Identifier: ISC */
/*
 * The one table of /commands: what each is called, takes, does, completes and needs. Help,
 * completion, manuals, shell completions and the engine's handlers come from its rows. It knows
 * how a line is cut into a command and its words; it does nothing.
 */
#ifndef MODEL_COMMAND_H
#define MODEL_COMMAND_H

#include "base/bytes.h"
#include "base/err.h"

#define COMMAND_ARGS 3

enum command_complete {
    COMPLETE_NOTHING,
    COMPLETE_COMMAND,
    COMPLETE_ROOM,
    COMPLETE_JOINED,
    COMPLETE_PERSON,
    COMPLETE_ON_OFF,
    COMPLETE_SETTING,
    COMPLETE_THEME,
    COMPLETE_VALUE, /* of the setting that is named before it */
    COMPLETE_KEY,
    COMPLETE_ACTION, /* what a key can do */
    COMPLETE_PATH,   /* of a file on this machine */
    COMPLETE_FILE    /* the number of one on its way, as the command takes it */
};

enum command_needs {
    NEEDS_NOTHING,
    NEEDS_RELAY, /* works only while connected */
    NEEDS_ROOM,  /* and in a room that one is in */
    NEEDS_CONVO, /* the same, or a conversation with one person */
    NEEDS_SCREEN /* the full screen does it, by itself */
};

struct command {
    const char *name;
    const char *args; /* as help shows them: "ROOM", "[ROOM]", "NAME TEXT...", "" */
    const char *help;
    uint8_t least; /* words it takes; "..." at the end of args: the last has spaces too */
    uint8_t most;
    enum command_needs needs;
    enum command_complete complete[2]; /* of the first and the second word */
    const char *key;                   /* what does the same, or "" */
};

const struct command *command_at(size_t i); /* by name; NULL at the end */
const struct command *command_find(struct bytes name);
/* The known one nearest to a word that is none, one slip away; NULL: nothing is near. */
const struct command *command_near(struct bytes word);

enum command_line_kind { COMMAND_EMPTY, COMMAND_WORDS, COMMAND_CALL };
struct command_line {
    enum command_line_kind kind;
    const struct command *row;
    struct bytes word; /* the command as it was typed, without the slash */
    struct bytes arg;  /* all behind it; COMMAND_WORDS: the text to say */
    struct bytes args[COMMAND_ARGS];
    size_t count;
};
/* Borrows from line. ERR_NOT_FOUND: no such command; ERR_FORMAT: not its arguments. A line that
 * begins with two slashes is words with one. */
enum err command_parse(struct bytes line, struct command_line *out);

#endif
