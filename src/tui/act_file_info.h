/* SPDX-License-Identifier: ISC */
/* Everything that is known of a file on its way, to be read: also what no card has room for. */
#ifndef TUI_ACT_FILE_INFO_H
#define TUI_ACT_FILE_INFO_H

#include "model/transfer.h"

struct tui;

void act_file_inform(struct tui *t, const struct transfer *f);

#endif
