/* SPDX-License-Identifier: ISC */
/*
 * From a frame to its handler: is the opcode known, welcome in this phase, within its rate, and
 * its body well formed? Everything that is not is answered with a refusal that names it, and
 * the connection is kept.
 */
#ifndef SERVER_DISPATCH_H
#define SERVER_DISPATCH_H

#include "server/relay.h"

enum framer_verdict dispatch(struct peer *p, const struct frame *f);

#endif
