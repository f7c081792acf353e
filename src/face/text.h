/* SPDX-License-Identifier: ISC */
/*
 * What a face writes of the model, as bytes: an event as a readable line, and foreign bytes as
 * they are but for what is no UTF-8. Lines are one line each for everything that happened: a
 * text of several goes on indented behind a bar, so that no stranger's words can pass for
 * another line. Cleaned by utf8_clean(); nothing here decides what is written.
 */
#ifndef FACE_TEXT_H
#define FACE_TEXT_H

#include "base/buf.h"
#include "model/room.h"
#include "model/transfer.h"

/* "09:41 #ops alice: text\n", the person's clock. */
void text_event(struct buf *to, const struct room *r, const struct event *ev);
/* "report.pdf: 45%, 1.1 MB/s, 0:12 left", without an end of line. */
void text_file(struct buf *to, const struct transfer *t);
void text_where(struct buf *to, const struct room *r); /* "#ops", "@bob"; home: nothing */
void text_who(struct buf *to, const struct event *ev); /* "bob", "bob#kuti" */
void text_clock(struct buf *to, int64_t wall_ms);      /* "09:41" */
void text_clean(struct buf *to, struct bytes foreign); /* as above, without an end of line */
void text_name(struct buf *to, struct bytes name);
/* For a sentence: one line, at most so many bytes of what came out clean. */
void text_brief(struct buf *to, struct bytes foreign, size_t most);
/* The same bytes, U+FFFD for each that belongs to no character, and for NUL. */
void text_repair(struct buf *to, struct bytes foreign);

#endif
