/* SPDX-License-Identifier: ISC */
/* From the person's answer to whoever asked. An empty answer takes the question back. */
#ifndef CLIENT_ANSWER_H
#define CLIENT_ANSWER_H

#include "client/engine.h"

void answer_take(struct engine *e, struct bytes text);

#endif
