/* SPDX-License-Identifier: ISC */
/* The part of /set that is the model's: how sotto looks and behaves on this machine. */
#ifndef CLIENT_SETTING_PREF_H
#define CLIENT_SETTING_PREF_H

#include "client/cmd.h"

void setting_pref_list(struct engine *e);
/* false: no preference has that name. */
bool setting_pref_command(struct engine *e, const struct command_line *line);
const char *setting_pref_near(struct bytes name); /* the one that was meant; or NULL */

#endif
