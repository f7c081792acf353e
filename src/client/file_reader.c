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

    *r = (struct file_reader){.job = r->job, .fd = -1};
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
    r->clear = mem_alloc(CHUNK + FILE_KEY_TAG);
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

void file_reader_close(struct file_reader *r)
{
    if (r->fd >= 0)
        (void)close(r->fd);
    r->fd = -1;
    file_key_free(r->key);
    hash_run_free(r->hash);
    mem_free(r->tags);
    if (r->clear != NULL)
        mem_wipe_free(r->clear, CHUNK + FILE_KEY_TAG);
    file_reader_drop(r);
    r->key = NULL;
    r->hash = NULL;
    r->tags = NULL;
    r->clear = NULL;
}

/* ---- on the worker ---- */

/* ERR_STALE: there is less of it than there was. */
static enum err read_chunk(struct file_reader *r, uint32_t index, struct bytes *out)
{
    size_t n = file_shape_chunk(&r->shape, index);
    off_t at = (off_t)index * r->shape.chunk;

    *out = bytes_of(r->clear, n);
    for (size_t got = 0; got < n;) {
        ssize_t more = pread(r->fd, r->clear + got, n - got, at + (off_t)got);
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

static enum err read_one(struct file_reader *r)
{
    struct bytes clear;
    enum err e = read_chunk(r, r->read, &clear);

    if (e != ERR_OK)
        return e;
    hash_run_put(r->hash, clear);
    e = file_key_seal(r->key, r->read, clear, r->clear);
    memcpy(r->tags[r->read], r->clear + clear.n, FILE_KEY_TAG);
    r->read++;
    return e;
}

static void run_read(struct job *j)
{
    struct file_reader *r = (struct file_reader *)j;

    r->err = ERR_OK;
    for (size_t i = 0; i < FILE_READER_SLICE && r->read < r->shape.count; i++) {
        r->err = read_one(r);
        if (r->err != ERR_OK)
            return;
    }
    if (r->read < r->shape.count)
        return;
    r->err = hash_run_end(r->hash, r->digest);
    if (r->err == ERR_OK)
        r->err = unchanged(r);
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
    enum err e = index < r->shape.count ? read_chunk(r, index, &clear) : ERR_REFUSED;

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

    r->err = ERR_OK;
    for (size_t i = 0; i < r->want_n && r->err == ERR_OK; i++) {
        r->err = seal_one(r, i);
        r->sealed += r->err == ERR_OK;
    }
}

/* ---- asking ---- */

enum err file_reader_next(struct file_reader *r, struct worker *w)
{
    r->job.run = run_read;
    return worker_submit(w, &r->job);
}

/* Frames are made here, where they are freed: memory that wanders between threads is costly. */
enum err file_reader_seal(struct file_reader *r, struct worker *w)
{
    for (size_t i = 0; i < r->want_n; i++)
        r->frame[i] =
            span_new(CHUNK_PUT + file_shape_chunk(&r->shape, r->want[i]) + FILE_KEY_TAG);
    r->job.run = run_seal;
    return worker_submit(w, &r->job);
}
