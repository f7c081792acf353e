/* SPDX-License-Identifier: ISC */
/*
 * A file of somebody else's on its way in, from its sealed offer to its place in the folder.
 * Nothing is written and nobody is answered before the person, or a rule that the person made,
 * accepts it. Facts and one step, as client/upload.h has it; the disk is the worker's
 * (client/file_writer.h).
 *
 * The relay is believed in nothing: what it repeats of the file must be what the sealed message
 * says, chunks open by the key that it has not, and the whole has the hash that was signed.
 * What the relay may do is to hold it up.
 */
#ifndef CLIENT_DOWNLOAD_H
#define CLIENT_DOWNLOAD_H

#include "client/parcel.h"

/* One more, from what its sealed message says. NULL: that makes no sense. */
struct download *download_add(
    struct engine *e, const struct talk *c, const uint8_t id[MSG_ID], struct bytes sealed);

void download_step(struct download *d);
void download_free(struct download *d);

/* name: "" for the sender's. False, and said at e->at: it cannot be. */
bool download_accept(struct download *d, struct bytes name);
void download_told(struct download *d);   /* the relay knows that it is placed, or refused */
void download_refuse(struct download *d); /* before or after it was accepted */
void download_pause(struct download *d, bool on);
void download_tell_rest(struct download *d); /* the relay, that nothing is to come */
/* Whose it was is not who we are now: it waits in the vault of an account. */
void download_forget(struct download *d, const char *why);
void download_line_lost(struct download *d);
void download_talk_gone(struct download *d, const char *why);
void download_fail(struct download *d, bool for_good, const char *why);

/* What was taken is told to the relay, when that is due. */
void download_acknowledge(struct download *d);

#endif
