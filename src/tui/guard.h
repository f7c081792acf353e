/* SPDX-License-Identifier: ISC */
/*
 * Whether a line that would be said looks as if it was meant for a command: said to a room by
 * a slip, it is read by everybody in it. It asks nobody and changes nothing.
 */
#ifndef TUI_GUARD_H
#define TUI_GUARD_H

#include "base/bytes.h"
#include "model/model.h"

bool guard_doubts(const struct model *m, struct bytes line);

#endif
