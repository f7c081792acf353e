/* SPDX-License-Identifier: ISC */
/*
 * What the inspector sees of a frame, taken from its header and the one field that says whom it
 * is about: into the model's trace. What else is in a body is not looked at.
 */
#ifndef CLIENT_INSPECT_H
#define CLIENT_INSPECT_H

#include "model/model.h"

/* like: when, which way, opcode and state; the rest is found here. */
void inspect_frame(struct model *m, const struct trace_row *like, struct bytes body);

#endif
