/* SPDX-License-Identifier: ISC */
/*
 * A file of ours on its way out. Facts: what was read of it, what the relay and the receivers
 * said. One step looks at them and does the next thing (read on, offer it, say it under seal,
 * seal what there is credit for), so it does not matter in which order things happen or how
 * often the line is lost. What was read is the worker's (client/file_reader.h); all here runs
 * on the loop's thread.
 *
 * It is offered to the relay before the sealed message is said, since the relay may refuse; and
 * again, under the same id and key, whenever the relay may have forgotten it. A file that is
 * not what it was when it was offered is given up for all: nothing is sealed under its key
 * again. The one that is shown (struct transfer) belongs to the model.
 */
#ifndef CLIENT_UPLOAD_H
#define CLIENT_UPLOAD_H

#include "client/parcel.h"

void upload_await(struct upload *u, uint64_t tag); /* an intent has its outcome when it ends */
void upload_read(struct file_reader *r);           /* what was asked of the worker is there */
struct bytes upload_base(struct bytes path);       /* the name at its end */
/* The next thing; whoever learns something calls files_touch() and this comes. */
void upload_step(struct upload *u);
/* One chunk into the link's low lane; false: there is none ready. */
bool upload_feed(struct upload *u);
void upload_free(struct upload *u); /* no job is with the worker */

void upload_pause(struct upload *u, bool on); /* the person does */
void upload_cancel(struct upload *u, const char *why);
void upload_fail(struct upload *u, const char *why);
void upload_told(struct upload *u);   /* the relay knows that it was given up */
void upload_untold(struct upload *u); /* it did not listen just now */
void upload_done(struct upload *u);
void upload_forget(struct upload *u, const char *why); /* its sender is not who we are now */
void upload_nobody(struct upload *u, const char *why); /* wants it */
void upload_stand_down(struct upload *u);              /* the relay knows of it no more */
void upload_line_lost(struct upload *u);
void upload_talk_gone(struct upload *u, const char *why);

#endif
