/* SPDX-License-Identifier: ISC */
/* A file of ours as it is shown: what the states of its receivers come to. */
#ifndef CLIENT_UPLOAD_SHOW_H
#define CLIENT_UPLOAD_SHOW_H

#include "client/parcel.h"

void upload_show(struct upload *u);
void upload_show_lost(struct upload *u); /* its line; the engine itself was not told yet */

#endif
