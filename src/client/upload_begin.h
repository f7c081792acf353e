/* SPDX-License-Identifier: ISC */
/*
 * How a file of ours comes to be on its way: by a person's word, or because an earlier run had
 * it. What happens to it then is client/upload.h's.
 */
#ifndef CLIENT_UPLOAD_BEGIN_H
#define CLIENT_UPLOAD_BEGIN_H

#include "client/parcel.h"

/* Begins one, to that conversation. NULL, and said why at e->at, when it cannot be. */
struct upload *upload_begin(
    struct engine *e, struct talk *c, struct bytes path, struct bytes note);
/* One of an earlier run: added, then opened with key, hash and note set; again is set too. */
struct upload *upload_add(struct engine *e, const struct talk *c, const uint8_t id[MSG_ID]);
bool upload_open(struct upload *u, const char *path, char *why, size_t why_n);

#endif
