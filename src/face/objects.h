/* SPDX-License-Identifier: ISC */
/*
 * The objects that sotto writes for programs, a line each: what happened, and the parts of
 * replies. Text stands in them twice: "text" as it came (what is no UTF-8 is U+FFFD) and
 * "display" cleaned for a screen. Enumerations have words of their own here, which do not
 * change when the words on the screen do. sotto-json(5) is held to objects_at() by test, and
 * what is written is held to it by another.
 */
#ifndef FACE_OBJECTS_H
#define FACE_OBJECTS_H

#include "base/buf.h"
#include "base/json.h"
#include "model/model.h"

struct object_row {
    const char *name;  /* of "event" */
    const char *keys;  /* in order, without "event"; "room|person": one, or neither at home */
    const char *maybe; /* of those, the ones that may be missing */
};

const struct object_row *objects_at(size_t i); /* NULL at the end */

void object_event(struct buf *to, const struct room *r, const struct event *ev, bool fresh);
void object_link(struct buf *to, const struct model *m);
void object_room(struct buf *to, const struct room *r);
void object_file(struct buf *to, const struct transfer *t);
void object_ask(struct buf *to, const struct model *m);

/* Parts of replies: members of an object that is open. */
void object_rooms(struct json_out *o, const struct model *m);
void object_files(struct json_out *o, const struct model *m);
void object_people(struct json_out *o, const struct room *r);
void object_status(struct json_out *o, const struct model *m);
void object_str(struct json_out *o, const char *key, struct bytes foreign);

const char *object_seal(enum room_seal seal);
const char *object_link_word(enum model_link link);

#endif
