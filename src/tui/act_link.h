/* SPDX-License-Identifier: ISC */
/* A link of a message is opened only after the person has seen its host and said yes. */
#ifndef TUI_ACT_LINK_H
#define TUI_ACT_LINK_H

#include "tui/state.h"

/* id: of the message, which is selected again afterwards. */
void act_link_ask(struct tui *t, uint64_t id, struct bytes url);

#endif
