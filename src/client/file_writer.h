/* SPDX-License-Identifier: ISC */
/*
 * A file that is received, on a worker: its part is opened or made, and what is whole in it
 * found out; chunks are opened and written in whatever order they come; and when all are there
 * the hash of the whole is compared, a name chosen, and the file put in place under it. What a
 * chunk's seal was is kept beside it in the part, so a part that was left behind by a crash is
 * believed only as far as its bytes seal to the same again.
 *
 * Whoever writes the chosen name down before it is taken, and sets it and was_whole after a
 * crash, has the file found where it is: in its place, or as a part that is whole without its
 * tags. Either is believed for its hash alone. One job at a time; while it is with the worker
 * the loop touches nothing in here but the batch that it fills. Knows nothing of relays or
 * screens.
 */
#ifndef CLIENT_FILE_WRITER_H
#define CLIENT_FILE_WRITER_H

#include "base/chunkmap.h"
#include "base/part.h"
#include "base/worker.h"
#include "client/offer.h"
#include "net/schema.h"

#define FILE_WRITER_SLICE  64 /* chunks that are read back in one go */
#define FILE_WRITER_FOLDER 768

/* Sealed chunks, one behind the other, as they came. */
struct file_batch {
    struct buf data;
    uint32_t *index;
    uint32_t *size;
    size_t n, cap;
};

struct file_writer {
    struct job job; /* done() is the owner's */
    enum err err;
    struct file_shape shape;
    struct file_key *key;
    struct hash_run *hash;
    struct part part;
    struct part there; /* what has the name saved, while it is looked at */
    struct chunkmap have;
    uint32_t looked; /* chunks of the part that were looked at when it was opened */
    uint32_t hashed; /* chunks from the first on that are in the hash */
    uint64_t fresh_from, fresh_n; /* written, and the disk was not set to work on it */
    size_t taken;                 /* of the last batch: how many were dealt with */
    struct file_batch batch;      /* with the worker */
    uint8_t *clear;               /* one chunk, and its tag */
    uint8_t want[HASH_SHA256];
    char folder[FILE_WRITER_FOLDER];
    char stem[PART_NAME];  /* of the part's name */
    char name[PART_NAME];  /* wanted */
    char saved[PART_NAME]; /* the one it gets, once that is chosen; "" before */
    bool was_whole;        /* in an earlier run, and saved was chosen: to be looked into */
    bool placed;           /* it is there, under saved */
};

enum err file_writer_init(struct file_writer *w, const struct file_shape *shape,
    const uint8_t key[FILE_KEY], const uint8_t hash[HASH_SHA256]);
void file_writer_fini(struct file_writer *w); /* the part stays */

void file_batch_add(struct file_batch *b, uint32_t index, struct bytes sealed);
void file_batch_clear(struct file_batch *b); /* keeps the memory */
void file_batch_fini(struct file_batch *b);

void file_writer_remove(struct file_writer *w); /* the part, open or not, is gone */
static inline bool file_writer_opened(const struct file_writer *w)
{
    return w->part.fd >= 0 && w->looked == w->shape.count && !w->was_whole;
}
/* Opens the part below the folder, or makes it; again until file_writer_opened(), or until
 * placed: then there is none and the file is in its place. ERR_FULL: there is not room enough
 * for the file. */
enum err file_writer_open(struct file_writer *w, struct worker *on);
/* Takes what is in *b, which gets an empty one for it. ERR_CRYPTO: a chunk is not what the
 * sender sealed; ERR_FULL: the disk; what came before it in the batch is written. */
enum err file_writer_take(struct file_writer *w, struct file_batch *b, struct worker *on);
/* With all chunks there: again until err is not ERR_MORE. ERR_OK: it will be placed under
 * saved. ERR_CRYPTO: it is not the file that was offered. */
enum err file_writer_check(struct file_writer *w, struct worker *on);
/* Puts it there. ERR_MORE: something has that name by now, and saved is another one. After any
 * other failure it is to be checked anew. */
enum err file_writer_place(struct file_writer *w, struct worker *on);
/* The chunks that are there as ranges, the first most of them; how many. */
size_t file_writer_have(const struct file_writer *w, struct list_writer *out, size_t most);

#endif
