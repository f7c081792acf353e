/* SPDX-License-Identifier: ISC */
/*
 * One thing and the end: sotto send, tail, rooms, send-file and receive. Each comes in, does
 * what it was asked for, waits for what comes of it and leaves; the exit status says how it
 * went (enum face_exit). "send" enters the room when one is not in it and ends when the relay
 * has the message; with verified it sends nothing unless the conversation is sealed and
 * everybody in it has been verified. "tail" prints messages until it has so many, or is ended.
 * "send-file" waits until somebody is there, and ends when whoever wanted the file has it;
 * "receive" takes files of the people that it was told and prints where each lies, until there
 * are so many. Both bring what is under way to an end before they end. What the engine asks on
 * the way is asked on the terminal, by a function handed in. Who is not let in within
 * ONCE_PATIENCE_MS, or is not answered, gives up.
 */
#ifndef FACE_ONCE_H
#define FACE_ONCE_H

#include "face/face.h"

#define ONCE_PATIENCE_MS 30000

struct once_setup {
    enum options_verb verb;
    struct target where;  /* borrowed; of receive: no name for everywhere */
    struct bytes text;    /* of send; borrowed */
    bool text_from_input; /* it is all that comes in instead */
    bool json;
    bool verified;
    int64_t number;    /* of messages or files; 0: for ever */
    const char *path;  /* of send-file; borrowed */
    const char *words; /* the note that goes with it, or NULL */
    const char *from;  /* of receive: a name, a guest's with its tag, or "any" */
    uint64_t most;     /* bytes of one file; 0: any */
    /* Tells whoever looks on how far a file is; what cannot be told now is lost. NULL: nobody
     * does. With note_cells a line of so many is written again and again. */
    void (*note)(void *arg, struct bytes text);
    void *note_arg;
    int note_cells;
    /* Asks the person and waits; out is wiped by the caller. NULL: nobody can be asked. */
    enum err (*ask)(const char *words, struct buf *out);
};

struct face *once_new(struct model *m, const struct once_setup *setup, int out_fd);
void once_free(struct face *f);

#endif
