/* SPDX-License-Identifier: ISC */
/*
 * Files on their way as rows of the vault, so that an account goes on with them after a
 * restart: of ours where it is read, its key and its hash; of theirs the sealed offer and where
 * it goes. How much of a file is there is in no row: the part itself tells. Of guests nothing
 * is kept.
 */
#ifndef CLIENT_KEEP_FILE_H
#define CLIENT_KEEP_FILE_H

#include "client/parcel.h"

#define KEEP_FILE_VERSION 1
enum keep_file_sub { KEEP_FILE_OUT, KEEP_FILE_IN };
/* How far one of theirs is: 0 offered, 1 accepted, then: in its place, and the relay is still
 * to be told; and before that: whole, and on its way to its place, or there. With these two the
 * name is the one that it has there. */
#define KEEP_FILE_PLACED  2
#define KEEP_FILE_WHOLE   3
#define KEEP_FILE_REFUSED 4 /* and the relay is to be told */

void keep_upload(struct engine *e, const struct upload *u); /* once it was said */
void keep_upload_done(struct engine *e, const struct upload *u);
void keep_download(struct engine *e, const struct download *d);
void keep_download_done(struct engine *e, const struct download *d);
/* The history says where it went, for as long as it keeps the message. */
void keep_download_saved(struct engine *e, const struct download *d);

#endif
