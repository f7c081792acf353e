/* SPDX-License-Identifier: ISC */
/*
 * What a person may set: for one conversation, or for all of sotto. One table of names, words
 * and functions; kept in the vault.
 */
#ifndef CLIENT_SETTING_H
#define CLIENT_SETTING_H

#include "client/cmd.h"

void setting_load(struct engine *e); /* those that are for all */
void setting_command(struct engine *e, const struct command_line *line);

#endif
