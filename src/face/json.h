/* SPDX-License-Identifier: ISC */
/*
 * sotto --json: requests in, replies and events out, an object a line. Every line that comes in
 * gets exactly one reply: with the id of the request where one could be read, and in the order
 * in which things come about. A request that is not understood to the last key is refused by
 * name and changes nothing. An id may be used again once it was answered. What is asked for
 * before the first try to come in has an end waits for that. sotto-json(5) is the manual; what
 * can be asked for is in face/asked.h.
 */
#ifndef FACE_JSON_H
#define FACE_JSON_H

#include "face/face.h"

struct face *json_face_new(struct model *m, int out_fd); /* hears the model from now on */
void json_face_free(struct face *f);

#endif
