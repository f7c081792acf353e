/* SPDX-License-Identifier: ISC */
/*
 * A file of ours that is read to be sent, on a worker. First all of it, slice by slice: that
 * gives its hash, and the tag that each chunk has when it is sealed. Both are made of the same
 * bytes, by two threads where there are two: the tags of one slice while the next one is read
 * and hashed. Then chunks as they are asked for, sealed into frames that are ready to go. A
 * chunk whose tag is another one than the first time has been changed since: it is never handed
 * out, so no place of the file is ever sealed with two contents under one key. One thing at a
 * time is asked for; until done() the loop touches nothing in here. Knows nothing of relays.
 */
#ifndef CLIENT_FILE_READER_H
#define CLIENT_FILE_READER_H

#include <sys/types.h>
#include <time.h>

#include "base/worker.h"
#include "client/offer.h"
#include "net/chunk.h"

#define FILE_READER_BATCH 8  /* chunks that are sealed in one go */
#define FILE_READER_SLICE 16 /* and that are read in one go at first */

struct file_reader;

/* The tags of one slice, which the file's job has left. */
struct file_marks {
    struct job job;
    struct file_reader *of;
    enum err err;
    uint32_t first, count;
};

struct file_reader {
    struct job job;
    struct file_marks marks;
    void (*done)(struct file_reader *r); /* the owner's, on the loop: what was asked is there */
    unsigned running;                    /* jobs that the worker has */
    enum err err; /* ERR_STALE: it is not what it was; ERR_IO: it cannot be read */
    int fd;
    struct timespec changed; /* when that was, as it was opened */
    struct file_shape shape;
    struct file_key *key;
    struct hash_run *hash;
    uint8_t (*tags)[FILE_KEY_TAG];
    uint8_t *slice[2];           /* of the first reading: one is filled, one gives its tags */
    uint8_t *clear;              /* one chunk */
    uint32_t hashed;             /* chunks of the first reading that have the one */
    uint32_t read;               /* and that have both */
    uint8_t digest[HASH_SHA256]; /* once that is all */
    uint32_t handle;             /* of the relay: in each frame */
    uint32_t want[FILE_READER_BATCH];
    size_t want_n;
    struct span frame[FILE_READER_BATCH]; /* of each of want */
    size_t sealed;                        /* so many of them are ready */
};

/* Opens path and looks whether it can be sent: why gets a sentence when not. It blocks for no
 * FIFO. */
enum err file_reader_open(struct file_reader *r, const char *path, char *why, size_t why_n);
/* With the id and the key: the first reading can begin, once done is set. */
enum err file_reader_key(
    struct file_reader *r, const uint8_t id[FILE_KEY_ID], const uint8_t key[FILE_KEY]);
void file_reader_close(struct file_reader *r);

/* The next piece of the first reading; done when read is shape.count. */
enum err file_reader_next(struct file_reader *r, struct worker *w);
/* Seals what stands in want. Afterwards the frames that are ready are taken one by one, or
 * dropped with the rest. */
enum err file_reader_seal(struct file_reader *r, struct worker *w);
struct span file_reader_take(struct file_reader *r, size_t i);
void file_reader_drop(struct file_reader *r);

#endif
