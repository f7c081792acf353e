/* SPDX-License-Identifier: ISC */
/* Frames about files to the file that they are about; what is about none is passed over, for
 * some are on their way when it ends. */
#ifndef CLIENT_HANDLE_FILE_H
#define CLIENT_HANDLE_FILE_H

#include "client/engine.h"

void file_taken(struct engine *e, const struct request *r, const void *offer_ok);
void file_not_taken(struct engine *e, const struct request *r, const struct msg_refusal *no);
void file_answered(struct engine *e, const struct request *r, const void *answer_ok);
void file_unanswered(struct engine *e, const struct request *r, const struct msg_refusal *no);
void file_cancelled(struct engine *e, const struct request *r, const void *nothing);
void file_not_cancelled(
    struct engine *e, const struct request *r, const struct msg_refusal *no);
void file_done(struct engine *e, const struct request *r, const void *nothing);
void file_not_done(struct engine *e, const struct request *r, const struct msg_refusal *no);

void file_offered(struct engine *e, const void *offered);
void file_state(struct engine *e, const void *state);
void file_credit(struct engine *e, const void *credit);
void file_chunk(struct engine *e, const void *chunk);
void file_paused(struct engine *e, const void *pause);
void file_ended(struct engine *e, const void *end);
void file_started(struct engine *e, const void *start);

#endif
