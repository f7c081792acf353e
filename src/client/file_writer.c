/* SPDX-License-Identifier: ISC */
#include "client/file_writer.h"

#include <unistd.h>

#include "base/mem.h"
#include "crypto/hash.h"
#include "net/msg.h"

#define SETTLE_BYTES (8u << 20)

/* ---- batches ---- */

void file_batch_add(struct file_batch *b, uint32_t index, struct bytes sealed)
{
    if (b->cap == 0)
        buf_init(&b->data, SIZE_MAX);
    if (b->n == b->cap) {
        b->cap = b->cap != 0 ? 2 * b->cap : 16;
        b->index = mem_realloc(b->index, b->cap * sizeof *b->index);
        b->size = mem_realloc(b->size, b->cap * sizeof *b->size);
    }
    b->index[b->n] = index;
    b->size[b->n++] = (uint32_t)sealed.n;
    buf_bytes(&b->data, sealed);
}

void file_batch_clear(struct file_batch *b)
{
    b->n = 0;
    if (b->cap != 0)
        buf_clear(&b->data);
}

void file_batch_fini(struct file_batch *b)
{
    if (b->cap != 0)
        buf_wipe(&b->data);
    mem_free(b->index);
    mem_free(b->size);
    *b = (struct file_batch){0};
}

/* ---- life ---- */

enum err file_writer_init(struct file_writer *w, const struct file_shape *shape,
    const uint8_t key[FILE_KEY], const uint8_t hash[HASH_SHA256])
{
    w->shape = *shape;
    w->part = (struct part){.dir = -1, .fd = -1};
    w->there = w->part;
    memcpy(w->want, hash, sizeof w->want);
    enum err e = file_key_new(key, shape, &w->key);
    if (e != ERR_OK)
        return e;
    w->hash = hash_run_new(&HASH_ALG_SHA256);
    chunkmap_init(&w->have, shape->count);
    w->clear = mem_alloc(shape->chunk + FILE_KEY_TAG);
    return ERR_OK;
}

void file_writer_fini(struct file_writer *w)
{
    if (w->key == NULL)
        return;
    part_close(&w->part);
    part_close(&w->there);
    file_key_free(w->key);
    hash_run_free(w->hash);
    chunkmap_fini(&w->have);
    file_batch_fini(&w->batch);
    mem_wipe_free(w->clear, w->shape.chunk + FILE_KEY_TAG);
    w->key = NULL;
    w->hash = NULL;
    w->clear = NULL;
}

/* ---- on the worker: opening ---- */

static bool is_zero(const uint8_t tag[PART_TAG])
{
    static const uint8_t NONE[PART_TAG];

    return memcmp(tag, NONE, PART_TAG) == 0;
}

/* It is the next one of the whole: then the hash goes on. */
static void hash_next(struct file_writer *w, uint32_t i, struct bytes clear)
{
    if (i != w->hashed)
        return;
    hash_run_put(w->hash, clear);
    w->hashed++;
}

/* Whether that chunk is in the part as it was sealed. */
static enum err look_at(struct file_writer *w, uint32_t i)
{
    size_t n = part_piece(&w->part, i);
    uint8_t tag[PART_TAG];
    struct buf keep;

    enum err e = part_read(&w->part, i, w->clear, tag);
    if (e != ERR_OK || is_zero(tag))
        return e;
    buf_init(&keep, w->shape.chunk);
    if (i == w->hashed)
        buf_put(&keep, w->clear, n);
    e = file_key_seal(w->key, i, bytes_of(w->clear, n), w->clear);
    if (e == ERR_OK && memcmp(w->clear + n, tag, PART_TAG) == 0) {
        (void)chunkmap_put(&w->have, i);
        hash_next(w, i, buf_view(&keep));
    }
    buf_wipe(&keep);
    return e;
}

static enum err make_part(struct file_writer *w, int dir, const char *name)
{
    if (part_room(dir) < w->shape.bytes)
        return ERR_FULL;
    enum err e = part_make(&w->part, dir, name, w->shape.bytes, w->shape.chunk);
    if (e == ERR_OK)
        w->looked = w->shape.count;
    return e;
}

/* Whatever was known of a place. */
static void not_there(struct file_writer *w)
{
    w->was_whole = false;
    w->saved[0] = '\0';
}

static enum err find_part(struct file_writer *w)
{
    uint64_t bytes = w->shape.bytes;
    uint32_t piece = w->shape.chunk;
    int dir = -1;
    enum err e = part_folder(w->folder, &dir);

    if (e != ERR_OK)
        return e;
    char name[PART_NAME];
    part_name(name, bytes_str(w->stem), w->shape.id);
    e = part_open(&w->part, dir, name, bytes, piece);
    if (e != ERR_OK && w->was_whole &&
        part_open_placed(&w->there, dir, name, w->saved, bytes, piece) == ERR_OK) {
        e = ERR_OK;
    } else if (e == ERR_NOT_FOUND) {
        not_there(w);
        e = make_part(w, dir, name);
    }
    (void)close(dir);
    return e;
}

void file_writer_remove(struct file_writer *w)
{
    int dir = -1;
    char name[PART_NAME];

    if (w->part.fd < 0 && part_folder(w->folder, &dir) == ERR_OK) {
        part_name(name, bytes_str(w->stem), w->shape.id);
        if (part_open(&w->part, dir, name, w->shape.bytes, w->shape.chunk) != ERR_OK)
            w->part = (struct part){.dir = -1, .fd = -1};
        (void)close(dir);
    }
    if (w->part.fd >= 0)
        part_remove(&w->part);
}

static enum err hash_on(struct file_writer *w, const struct part *p)
{
    for (size_t i = 0; i < FILE_WRITER_SLICE && w->hashed < w->shape.count; i++) {
        uint32_t k = w->hashed;
        enum err e = part_read_piece(p, k, w->clear);
        if (e != ERR_OK)
            return e;
        hash_next(w, k, bytes_of(w->clear, part_piece(p, k)));
    }
    return w->hashed < w->shape.count ? ERR_MORE : ERR_OK;
}

/* Again while it is ERR_MORE. ERR_CRYPTO: it is not the file that was offered. */
static enum err compare(struct file_writer *w, const struct part *p)
{
    uint8_t digest[HASH_SHA256];
    enum err e = hash_on(w, p);

    if (e == ERR_MORE)
        return e;
    enum err end = hash_run_end(w->hash, digest);
    w->hashed = 0; /* another try reads it all anew */
    if (e == ERR_OK)
        e = end;
    if (e == ERR_OK && !hash_equal(digest, w->want, sizeof digest))
        e = ERR_CRYPTO;
    return e;
}

/* What has the name that it was to get; whatever is wrong with that, it is not ours. */
static void look_there(struct file_writer *w)
{
    enum err e = compare(w, &w->there);

    if (e == ERR_MORE)
        return;
    part_close(&w->there);
    w->was_whole = false;
    w->placed = e == ERR_OK;
    if (!w->placed)
        not_there(w);
}

/* A part that was whole: it has its tags still, or all of it is as it must be. */
static enum err look_again(struct file_writer *w)
{
    enum err e = w->have.held == 0 ? compare(w, &w->part) : ERR_CRYPTO;

    if (e == ERR_MORE)
        return ERR_OK;
    for (uint32_t i = 0; e == ERR_OK && i < w->shape.count; i++)
        (void)chunkmap_put(&w->have, i);
    not_there(w);
    return e == ERR_CRYPTO ? ERR_OK : e;
}

static void run_open(struct job *j)
{
    struct file_writer *w = (struct file_writer *)j;

    w->err = ERR_OK;
    if (w->there.fd >= 0) {
        look_there(w);
        return;
    }
    if (w->part.fd < 0)
        w->err = find_part(w);
    if (w->err != ERR_OK || w->part.fd < 0)
        return;
    for (size_t i = 0; w->err == ERR_OK && i < FILE_WRITER_SLICE && w->looked < w->shape.count;
         i++)
        w->err = look_at(w, w->looked++);
    if (w->err == ERR_OK && w->looked == w->shape.count && w->was_whole)
        w->err = look_again(w);
}

/* ---- on the worker: taking ---- */

/* Pieces that follow each other go to the disk together. */
static void settle(struct file_writer *w, uint64_t at, size_t n)
{
    if (at != w->fresh_from + w->fresh_n) {
        if (w->fresh_n != 0)
            part_settle(&w->part, w->fresh_from, w->fresh_n);
        w->fresh_from = at;
        w->fresh_n = 0;
    }
    w->fresh_n += n;
    if (w->fresh_n < SETTLE_BYTES)
        return;
    part_settle(&w->part, w->fresh_from, w->fresh_n);
    w->fresh_from += w->fresh_n;
    w->fresh_n = 0;
}

static enum err take_one(struct file_writer *w, uint32_t i, struct bytes sealed)
{
    size_t n = file_shape_chunk(&w->shape, i);

    if (i >= w->shape.count || sealed.n != n + FILE_KEY_TAG)
        return ERR_CRYPTO;
    enum err e = file_key_open(w->key, i, sealed, w->clear);
    if (e != ERR_OK)
        return e == ERR_FORMAT ? ERR_CRYPTO : e;
    if (chunkmap_has(&w->have, i))
        return ERR_OK;
    e = part_write(&w->part, i, bytes_of(w->clear, n), sealed.p + n);
    if (e != ERR_OK)
        return e;
    (void)chunkmap_put(&w->have, i);
    hash_next(w, i, bytes_of(w->clear, n));
    settle(w, (uint64_t)i * w->shape.chunk, n);
    return ERR_OK;
}

static void run_take(struct job *j)
{
    struct file_writer *w = (struct file_writer *)j;
    size_t at = 0;

    w->err = ERR_OK;
    for (w->taken = 0; w->taken < w->batch.n; w->taken++) {
        size_t n = w->batch.size[w->taken];
        w->err = take_one(w, w->batch.index[w->taken], bytes_of(w->batch.data.p + at, n));
        if (w->err != ERR_OK)
            return;
        at += n;
    }
}

/* ---- on the worker: the end ---- */

static void run_check(struct job *j)
{
    struct file_writer *w = (struct file_writer *)j;

    w->err = compare(w, &w->part);
    if (w->err == ERR_OK)
        w->err = part_free_name(&w->part, w->name, w->saved);
}

static void run_place(struct job *j)
{
    struct file_writer *w = (struct file_writer *)j;

    w->err = part_place(&w->part, w->saved);
    w->placed = w->err == ERR_OK;
    if (w->placed)
        return;
    w->saved[0] = '\0';
    if (w->err == ERR_EXISTS)
        w->err = part_free_name(&w->part, w->name, w->saved);
    if (w->err == ERR_OK)
        w->err = ERR_MORE;
}

/* ---- asking ---- */

enum err file_writer_open(struct file_writer *w, struct worker *on)
{
    w->job.run = run_open;
    return worker_submit(on, &w->job);
}

enum err file_writer_take(struct file_writer *w, struct file_batch *b, struct worker *on)
{
    struct file_batch given = *b;
    struct file_batch empty = w->batch;

    file_batch_clear(&empty);
    w->batch = given;
    w->job.run = run_take;
    enum err e = worker_submit(on, &w->job);
    if (e == ERR_OK)
        *b = empty;
    else
        w->batch = empty;
    return e;
}

enum err file_writer_check(struct file_writer *w, struct worker *on)
{
    w->job.run = run_check;
    return worker_submit(on, &w->job);
}

enum err file_writer_place(struct file_writer *w, struct worker *on)
{
    w->job.run = run_place;
    return worker_submit(on, &w->job);
}

size_t file_writer_have(const struct file_writer *w, struct list_writer *out, size_t most)
{
    uint32_t i = 0;
    size_t n = 0;

    while (n < most && i < w->have.count) {
        while (i < w->have.count && !chunkmap_has(&w->have, i))
            i++;
        struct msg_range range = {.first = i};
        while (i < w->have.count && chunkmap_has(&w->have, i))
            i++;
        range.count = i - range.first;
        if (range.count == 0)
            break;
        list_add(out, &MSG_RANGE, &range);
        n++;
    }
    return n;
}
