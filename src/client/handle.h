/* SPDX-License-Identifier: ISC */
/*
 * Frames from the relay to their handlers: one table of what answers a request, one of what
 * the relay tells unasked. A frame is decoded whole before anything is done; one that is
 * broken, or an answer that nobody waits for, ends the link with a reason. An opcode that is
 * not known is skipped: a newer relay may say more than we understand.
 */
#ifndef CLIENT_HANDLE_H
#define CLIENT_HANDLE_H

#include "client/engine.h"
#include "net/frame.h"

void handle_frame(struct engine *e, const struct frame *f);
bool handle_knows(uint8_t op); /* whether the relay's op has a place in the tables */

#endif
