/* SPDX-License-Identifier: ISC */
/* What the relay says of a file of somebody else's, written down; and the sender, under seal.
 */
#ifndef CLIENT_DOWNLOAD_EVENT_H
#define CLIENT_DOWNLOAD_EVENT_H

#include "client/parcel.h"

void download_known(struct download *d, const struct msg_file_offered *m);
void download_answered(struct download *d, const struct msg_file_answer_ok *m);
void download_unanswered(struct download *d, const struct msg_refusal *no);
void download_start(struct download *d, const struct msg_file_start *m);
void download_chunk(struct download *d, const struct msg_file_chunk *m);
void download_paused(struct download *d, const struct msg_file_pause_order *m);
void download_taken_back(struct download *d); /* by who offered it; what is all here stays */
void download_ended(struct download *d, const struct msg_file_end_event *m);

#endif
