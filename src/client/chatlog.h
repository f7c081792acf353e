/* SPDX-License-Identifier: ISC */
/*
 * Text logs, for who asks for them: chat_logs/ROOM-NAME-TIMESTAMP.txt, a new file when the log
 * is turned on, at start and at each join. Plain text that anybody who has the file can read;
 * foreign text is cleaned, and no foreign name becomes a path.
 */
#ifndef CLIENT_CHATLOG_H
#define CLIENT_CHATLOG_H

#include "client/engine.h"

void chatlog_set(struct engine *e, struct talk *c, bool on); /* says what came of it */
void chatlog_again(struct engine *e, struct talk *c);        /* a new file, when it is on */
void chatlog_line(
    struct engine *e, struct talk *c, int64_t wall_ms, const char *who, struct bytes text);

#endif
