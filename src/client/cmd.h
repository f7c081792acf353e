/* SPDX-License-Identifier: ISC */
/* What the files of commands share: each file has those of one subject, in a table of its own.
 */
#ifndef CLIENT_CMD_H
#define CLIENT_CMD_H

#include "client/engine.h"
#include "model/command.h"

typedef void command_fn(struct engine *e, const struct command_line *line);

struct cmd_row {
    const char *name;
    command_fn *run;
};

/* Each ends with a row without a name. */
extern const struct cmd_row CMD_ROOM[], CMD_POWER[], CMD_PEOPLE[], CMD_ACCOUNT[], CMD_VIEW[],
    CMD_FILE[];

/* A path of any bytes, and behind a NUL a note, to be offered on the page that it is meant for.
 * Whoever waits hears when whoever wanted it has it. */
void cmd_file(struct engine *e, struct bytes wanted);

struct bytes cmd_room_name(struct bytes arg);   /* without the # that people type in front */
struct bytes cmd_person_name(struct bytes arg); /* without the @ */
/* Whether this can be a name at all; else says so. */
bool cmd_fit(struct engine *e, struct bytes name, size_t most, const char *what);
/* Of the page that the line is meant for; NULL, and said, when it is none. */
struct talk *cmd_talk(struct engine *e);
struct talk *cmd_room(struct engine *e);
bool cmd_on(struct bytes word, bool otherwise); /* "on"/"yes", "off"/"no" */
/* A number up to most; false, and said, when it is none. */
bool cmd_number(struct engine *e, struct bytes word, uint64_t most, uint64_t *out);

#endif
