/* SPDX-License-Identifier: ISC */
/*
 * A file of ours that is read to be sent, on a worker. First all of it, piece by piece: that
 * gives its hash, and the tag that each chunk has when it is sealed. Then chunks as they are
 * asked for, sealed into frames that are ready to go. A chunk whose tag is another one than the
 * first time has been changed since: it is never handed out, so no place of the file is ever
 * sealed with two contents under one key. One job at a time; while it is with the worker the
 * loop touches nothing in here. Knows nothing of relays.
 */
#ifndef CLIENT_FILE_READER_H
#define CLIENT_FILE_READER_H

#include <sys/types.h>
#include <time.h>

#include "base/worker.h"
#include "client/offer.h"
#include "net/chunk.h"

#define FILE_READER_BATCH 8  /* chunks that are sealed in one go */
#define FILE_READER_SLICE 64 /* and that are read in one go at first */

struct file_reader {
    struct job job; /* done() is the owner's; its run() is set by the two that ask */
    enum err err;   /* ERR_STALE: it is not what it was; ERR_IO: it cannot be read */
    int fd;
    struct timespec changed; /* when that was, as it was opened */
    struct file_shape shape;
    struct file_key *key;
    struct hash_run *hash;
    uint8_t (*tags)[FILE_KEY_TAG];
    uint8_t *clear;              /* one chunk */
    uint32_t read;               /* chunks of the first reading that are done */
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
/* With the id and the key: the first reading can begin. */
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
