/* SPDX-License-Identifier: ISC */
#include "client/file_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "net/frame.h"
#include "net/msg.h"
#include "net/opcode.h"

#define CHUNK     MSG_CHUNK_MAX
#define SEALED    (CHUNK + FILE_KEY_TAG)
#define CHUNK_PUT (FRAME_HEAD + 4 + 4) /* before the data: head, handle, index */

/* ---- opening ---- */

static const char *why_not(const struct stat *st)
{
    if (S_ISDIR(st->st_mode))
        return "it is a folder: pack it first (tar, zip)";
    if (S_ISFIFO(st->st_mode) || S_ISSOCK(st->st_mode))
        return "it is a pipe, not a file: write what comes out of it into a file first";
    return "it is no ordinary file";
}

static const char *open_trouble(int number)
{
    switch (number) {
    case ENOENT:
    case ENOTDIR:
        return "there is no such file";
    case EACCES:
    case EPERM:
        return "you may not read it";
    case ENXIO:
        return "it is a pipe or a device, not a file";
    default:
        return "it cannot be opened";
    }
}

enum err file_reader_open(struct file_reader *r, const char *path, char *why, size_t why_n)
{
    struct stat st;

    *r = (struct file_reader){.done = r->done, .fd = -1};
    r->fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (r->fd < 0 || fstat(r->fd, &st) != 0) {
        (void)snprintf(why, why_n, "%s", open_trouble(errno));
        file_reader_close(r);
        return ERR_NOT_FOUND;
    }
    if (!S_ISREG(st.st_mode)) {
        (void)snprintf(why, why_n, "%s", why_not(&st));
        file_reader_close(r);
        return ERR_REFUSED;
    }
    r->changed = st.st_mtim;
    r->shape.bytes = (uint64_t)st.st_size;
    r->shape.chunk = CHUNK;
    r->shape.count = offer_count(r->shape.bytes, CHUNK);
    if (r->shape.count <= MSG_CHUNKS)
        return ERR_OK;
    (void)snprintf(why, why_n, "it is larger than a file can be that is sent (68 GB)");
    file_reader_close(r);
    return ERR_TOO_BIG;
}

enum err file_reader_key(
    struct file_reader *r, const uint8_t id[FILE_KEY_ID], const uint8_t key[FILE_KEY])
{
    memcpy(r->shape.id, id, FILE_KEY_ID);
    enum err e = file_key_new(key, &r->shape, &r->key);
    if (e != ERR_OK)
        return e;
    r->hash = hash_run_new(&HASH_ALG_SHA256);
    r->tags = mem_array(r->shape.count, sizeof *r->tags);
    r->clear = mem_alloc(SEALED);
    return ERR_OK;
}

struct span file_reader_take(struct file_reader *r, size_t i)
{
    struct span s = r->frame[i];

    r->frame[i] = (struct span){0};
    return s;
}

void file_reader_drop(struct file_reader *r)
{
    for (size_t i = 0; i < FILE_READER_BATCH; i++)
        span_drop(file_reader_take(r, i));
    r->want_n = 0;
    r->sealed = 0;
}

static size_t slice_bytes(const struct file_reader *r)
{
    return SEALED * (r->shape.count < FILE_READER_SLICE ? r->shape.count : FILE_READER_SLICE);
}

static void drop_slices(struct file_reader *r)
{
    for (size_t i = 0; i < MEM_COUNT(r->slice); i++) {
        if (r->slice[i] != NULL)
            mem_wipe_free(r->slice[i], slice_bytes(r));
        r->slice[i] = NULL;
    }
}

void file_reader_close(struct file_reader *r)
{
    if (r->fd >= 0)
        (void)close(r->fd);
    r->fd = -1;
    file_key_free(r->key);
    hash_run_free(r->hash);
    mem_free(r->tags);
    if (r->clear != NULL)
        mem_wipe_free(r->clear, SEALED);
    drop_slices(r);
    file_reader_drop(r);
    r->key = NULL;
    r->hash = NULL;
    r->tags = NULL;
    r->clear = NULL;
}

/* ---- on the worker ---- */

/* ERR_STALE: there is less of it than there was. */
static enum err read_chunk(
    const struct file_reader *r, uint32_t index, uint8_t *to, struct bytes *out)
{
    size_t n = file_shape_chunk(&r->shape, index);
    off_t at = (off_t)index * r->shape.chunk;

    *out = bytes_of(to, n);
    for (size_t got = 0; got < n;) {
        ssize_t more = pread(r->fd, to + got, n - got, at + (off_t)got);
        if (more < 0 && errno == EINTR)
            continue;
        if (more <= 0)
            return more == 0 ? ERR_STALE : ERR_IO;
        got += (size_t)more;
    }
    return ERR_OK;
}

/* Whoever changes a file while it is read gets nothing sent that never was. */
static enum err unchanged(const struct file_reader *r)
{
    struct stat st;

    if (fstat(r->fd, &st) != 0)
        return ERR_IO;
    return (uint64_t)st.st_size == r->shape.bytes && st.st_mtim.tv_sec == r->changed.tv_sec &&
                   st.st_mtim.tv_nsec == r->changed.tv_nsec
               ? ERR_OK
               : ERR_STALE;
}

/* Where a chunk lies until it has its tag, with room for it behind. */
static uint8_t *slot(const struct file_reader *r, uint32_t index)
{
    uint32_t slice = index / FILE_READER_SLICE;

    return r->slice[slice % MEM_COUNT(r->slice)] +
           (size_t)SEALED * (index - slice * FILE_READER_SLICE);
}

static void run_read(struct job *j)
{
    struct file_reader *r = (struct file_reader *)j;
    struct bytes clear;

    for (size_t i = 0; i < FILE_READER_SLICE && r->hashed < r->shape.count; i++) {
        r->err = read_chunk(r, r->hashed, slot(r, r->hashed), &clear);
        if (r->err != ERR_OK)
            return;
        hash_run_put(r->hash, clear);
        r->hashed++;
    }
    if (r->hashed < r->shape.count)
        return;
    r->err = hash_run_end(r->hash, r->digest);
    if (r->err == ERR_OK)
        r->err = unchanged(r);
}

/* Sealed where it lies: nobody needs it any more. */
static void run_mark(struct job *j)
{
    struct file_marks *m = (struct file_marks *)j;
    struct file_reader *r = m->of;

    for (uint32_t i = m->first; m->err == ERR_OK && i < m->first + m->count; i++) {
        size_t n = file_shape_chunk(&r->shape, i);
        uint8_t *at = slot(r, i);
        m->err = file_key_seal(r->key, i, bytes_of(at, n), at);
        memcpy(r->tags[i], at + n, FILE_KEY_TAG);
    }
}

static void put_be(uint8_t *at, uint32_t x)
{
    for (size_t i = 0; i < 4; i++)
        at[i] = (uint8_t)(x >> (24 - 8 * i));
}

static enum err seal_one(struct file_reader *r, size_t k)
{
    uint32_t index = r->want[k];
    uint8_t *at = r->frame[k].chunk->data;
    struct bytes clear;
    enum err e = index < r->shape.count ? read_chunk(r, index, r->clear, &clear) : ERR_REFUSED;

    if (e != ERR_OK)
        return e;
    frame_put_head(at, OP_FILE_CHUNK, r->frame[k].n - FRAME_HEAD);
    put_be(at + FRAME_HEAD, r->handle);
    put_be(at + FRAME_HEAD + 4, index);
    e = file_key_seal(r->key, index, clear, at + CHUNK_PUT);
    if (e == ERR_OK && memcmp(at + CHUNK_PUT + clear.n, r->tags[index], FILE_KEY_TAG) != 0)
        e = ERR_STALE;
    return e;
}

static void run_seal(struct job *j)
{
    struct file_reader *r = (struct file_reader *)j;

    for (size_t i = 0; i < r->want_n && r->err == ERR_OK; i++) {
        r->err = seal_one(r, i);
        r->sealed += r->err == ERR_OK;
    }
}

/* ---- asking ---- */

/* The last of the jobs is back. */
static void finish(struct file_reader *r)
{
    if (--r->running != 0)
        return;
    if (r->marks.err == ERR_OK)
        r->read += r->marks.count;
    else
        r->err = r->marks.err;
    r->marks.count = 0;
    if (r->read == r->shape.count)
        drop_slices(r);
    r->done(r);
}

static void on_job(struct job *j)
{
    finish((struct file_reader *)j);
}

static void on_marks(struct job *j)
{
    finish(((struct file_marks *)j)->of);
}

static enum err submit(struct file_reader *r, struct worker *w, struct job *j)
{
    enum err e = worker_submit(w, j);

    r->running += e == ERR_OK;
    return e;
}

static void prepare(struct file_reader *r, void (*run)(struct job *))
{
    r->err = ERR_OK;
    r->job = (struct job){.run = run, .done = on_job};
    r->marks = (struct file_marks){.job = {.run = run_mark, .done = on_marks},
        .of = r,
        .first = r->read,
        .count = r->hashed - r->read};
}

enum err file_reader_next(struct file_reader *r, struct worker *w)
{
    enum err e = ERR_OK;

    for (size_t i = 0; i < MEM_COUNT(r->slice) && r->slice[i] == NULL; i++)
        r->slice[i] = mem_alloc(slice_bytes(r));
    prepare(r, run_read);
    if (r->marks.count != 0)
        e = submit(r, w, &r->marks.job);
    if (e == ERR_OK && r->hashed < r->shape.count)
        e = submit(r, w, &r->job);
    return r->running != 0 ? ERR_OK : e;
}

/* Frames are made here, where they are freed: memory that wanders between threads is costly. */
enum err file_reader_seal(struct file_reader *r, struct worker *w)
{
    for (size_t i = 0; i < r->want_n; i++)
        r->frame[i] =
            span_new(CHUNK_PUT + file_shape_chunk(&r->shape, r->want[i]) + FILE_KEY_TAG);
    prepare(r, run_seal);
    enum err e = submit(r, w, &r->job);
    if (e != ERR_OK)
        file_reader_drop(r);
    return e;
}
