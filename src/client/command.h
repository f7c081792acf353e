/* SPDX-License-Identifier: ISC */
/*
 * From the rows of model/command to what they do; also where words that are no command go. The
 * page that a line is meant for is e->at.
 */
#ifndef CLIENT_COMMAND_H
#define CLIENT_COMMAND_H

#include "client/cmd.h"
#include "model/command.h"

command_fn *command_handler(const struct command *row); /* every row has one */
void command_line(struct engine *e, struct bytes text);
void command_words(struct engine *e, struct bytes text); /* words, whatever they look like */

#endif
