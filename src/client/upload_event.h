/* SPDX-License-Identifier: ISC */
/* What the relay says of a file of ours, written down. */
#ifndef CLIENT_UPLOAD_EVENT_H
#define CLIENT_UPLOAD_EVENT_H

#include "client/parcel.h"

void upload_taken(struct upload *u, const struct msg_file_offer_ok *m);
void upload_refused(struct upload *u, const struct msg_refusal *no);
void upload_credit(struct upload *u, const struct msg_file_credit *m);
void upload_state(struct upload *u, const struct msg_file_state_event *m);
void upload_ended(struct upload *u, const struct msg_file_end_event *m);

#endif
