/* SPDX-License-Identifier: ISC */
/*
 * One thing and the end: sotto send, tail and rooms. Each comes in, does what it was asked for,
 * waits for what comes of it and leaves; the exit status says how it went (enum face_exit).
 * "send" enters the room when one is not in it and ends when the relay has the message; with
 * verified it sends nothing unless the conversation is sealed and everybody in it has been
 * verified. "tail" prints messages until it has so many, or is ended. What the engine asks on
 * the way is asked on the terminal, by a function handed in. Who is not let in within
 * ONCE_PATIENCE_MS, or is not answered, gives up.
 */
#ifndef FACE_ONCE_H
#define FACE_ONCE_H

#include "face/face.h"

#define ONCE_PATIENCE_MS 30000

struct once_setup {
    enum options_verb verb; /* OPTIONS_SEND, OPTIONS_TAIL, OPTIONS_ROOMS */
    struct target where;    /* borrowed */
    struct bytes text;      /* of send; borrowed */
    bool text_from_input;   /* it is all that comes in instead */
    bool json;
    bool verified;
    int64_t number;
    /* Asks the person and waits; out is wiped by the caller. NULL: nobody can be asked. */
    enum err (*ask)(const char *words, struct buf *out);
};

struct face *once_new(struct model *m, const struct once_setup *setup, int out_fd);
void once_free(struct face *f);

#endif
