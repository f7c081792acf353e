/* SPDX-License-Identifier: ISC */
/* From the rows of model/command to what they do; also where words that are no command go. */
#ifndef CLIENT_COMMAND_H
#define CLIENT_COMMAND_H

#include "client/engine.h"
#include "model/command.h"

typedef void command_fn(struct engine *e, struct bytes arg);

command_fn *command_handler(const struct command *row); /* every row has one */
void command_line(struct engine *e, struct bytes text);

#endif
