/* SPDX-License-Identifier: ISC */
/* What the files of transfer share. Nobody else includes this. */
#ifndef SERVER_TRANSFER_IMPL_H
#define SERVER_TRANSFER_IMPL_H

#include "server/transfer.h"

/* transfer_table.c */
bool transfer_reserve(struct transfer *t, size_t bytes); /* false: too much for all of them */
void transfer_release(struct transfer *t, size_t bytes);

/* transfer_people.c */
void transfer_tell_state(struct transfer *t, struct receiver *r);
void transfer_tell_end(
    struct transfer *t, struct user *u, enum msg_file_end why, const char *by);
void transfer_drop(struct transfer *t, struct receiver *r, enum msg_file_end why);
void transfer_leave(struct transfer *t, struct receiver *r, enum msg_file_state to);
/* After anything about people changed: starts it, or ends it, when it is time. */
void transfer_settle(struct transfer *t);

/* transfer_flow.c */
void transfer_pump(struct transfer *t);                       /* gives what credit it can */
void transfer_forget(struct transfer *t, struct receiver *r); /* what it was sent */
void transfer_void(struct transfer *t);                       /* the sender's credit */

#endif
