/* SPDX-License-Identifier: ISC */
/* Where a file that is accepted goes: which folder, under which name. */
#ifndef CLIENT_DOWNLOAD_PLACE_H
#define CLIENT_DOWNLOAD_PLACE_H

#include "client/parcel.h"

/* name: "" for the one that the sender gave it, made fit. False, and said at e->at: it cannot
 * be called that, or there is no folder. One that has a part stays where that is. */
bool download_place(struct download *d, struct bytes name);

#endif
