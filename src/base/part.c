/* SPDX-License-Identifier: ISC */
#include "base/part.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/file_private.h"
#include "base/part_private.h"

bool part_is_name(const char *name)
{
    size_t n = strlen(name);

    if (n == 0 || n >= PART_NAME || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return false;
    for (size_t i = 0; i < n; i++) {
        uint8_t b = (uint8_t)name[i];
        if (b < 0x20 || b == 0x7f || b == '/')
            return false;
    }
    return true;
}

/* Of opening a name: a file system may refuse names that are fine by us. */
static enum err open_err(const char *name)
{
    switch (errno) {
    case EISDIR:
    case ENXIO:
    case EINVAL:
    case EILSEQ:
        return ERR_REFUSED;
    case EROFS:
        return ERR_PERM;
    default:
        return file_err("opening", name);
    }
}

uint64_t part_full(const struct part *p)
{
    return p->bytes + (uint64_t)PART_TAG * p->count;
}

enum err part_prepare(struct part *p, const char *name, uint64_t bytes, uint32_t piece)
{
    *p = (struct part){.dir = -1, .fd = -1, .bytes = bytes, .piece = piece};
    if (!part_is_name(name))
        return ERR_REFUSED;
    (void)bytes_copy(p->name, sizeof p->name, bytes_str(name));
    if (piece == 0)
        return ERR_FORMAT;
    uint64_t count = bytes == 0 ? 1 : bytes / piece + (bytes % piece != 0);
    if (count > PART_COUNT)
        return ERR_FORMAT;
    p->count = (uint32_t)count;
    return ERR_OK;
}

enum err part_open_beneath(struct part *p, int dir, int flags)
{
    p->dir = fcntl(dir, F_DUPFD_CLOEXEC, 0);
    if (p->dir < 0)
        return file_err("opening the folder of", p->name);
    p->fd = file_beneath(p->dir, p->name, flags);
    return p->fd < 0 ? open_err(p->name) : ERR_OK;
}

enum err part_set_size(const struct part *p, uint64_t size)
{
    int failed;

    do
        failed = ftruncate(p->fd, (off_t)size);
    while (failed != 0 && errno == EINTR);
    return failed != 0 ? file_err("sizing", p->name) : ERR_OK;
}

/* Two that wrote to one part would put each other's bytes under their hash. Where a file system
 * has no such locks it is as good as free. */
static enum err hold(const struct part *p)
{
    return flock(p->fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK ? ERR_BUSY : ERR_OK;
}

enum err part_make(struct part *p, int dir, const char *name, uint64_t bytes, uint32_t piece)
{
    enum err e = part_prepare(p, name, bytes, piece);

    if (e != ERR_OK)
        return e;
    e = part_open_beneath(p, dir, O_RDWR | O_CREAT | O_EXCL);
    if (e != ERR_OK) {
        part_close(p);
        return e;
    }
    /* A umask may have taken rights that we need. */
    if (fchmod(p->fd, 0600) != 0)
        e = file_err("making", name);
    if (e == ERR_OK)
        e = file_check_fd(p->fd, S_IFREG);
    if (e == ERR_OK)
        e = hold(p);
    if (e == ERR_OK)
        e = part_set_size(p, part_full(p));
    if (e != ERR_OK)
        part_remove(p);
    return e;
}

/* One that a crash caught before it got its size, or after it was cut, gets it now. */
static enum err check_size(const struct part *p)
{
    struct stat st;

    if (fstat(p->fd, &st) != 0)
        return file_err("looking at", p->name);
    uint64_t size = (uint64_t)st.st_size;
    if (size == part_full(p))
        return ERR_OK;
    return size == 0 || size == p->bytes ? part_set_size(p, part_full(p)) : ERR_FORMAT;
}

enum err part_open(struct part *p, int dir, const char *name, uint64_t bytes, uint32_t piece)
{
    enum err e = part_prepare(p, name, bytes, piece);

    if (e == ERR_OK)
        e = part_open_beneath(p, dir, O_RDWR);
    if (e == ERR_OK)
        e = file_check_fd(p->fd, S_IFREG);
    if (e == ERR_OK)
        e = hold(p);
    if (e == ERR_OK)
        e = check_size(p);
    if (e != ERR_OK)
        part_close(p);
    return e;
}

void part_close(struct part *p)
{
    if (p->fd >= 0)
        (void)close(p->fd);
    if (p->dir >= 0)
        (void)close(p->dir);
    p->fd = p->dir = -1;
}

enum err part_check_name(const struct part *p)
{
    struct stat named, open;

    if (fstatat(p->dir, p->name, &named, AT_SYMLINK_NOFOLLOW) != 0 || fstat(p->fd, &open) != 0)
        return file_err("looking at", p->name);
    return named.st_ino == open.st_ino && named.st_dev == open.st_dev ? ERR_OK : ERR_PERM;
}

void part_remove(struct part *p)
{
    if (p->fd >= 0 && part_check_name(p) == ERR_OK)
        (void)unlinkat(p->dir, p->name, 0);
    part_close(p);
}

size_t part_piece(const struct part *p, uint32_t i)
{
    if (i >= p->count)
        return 0;
    uint64_t left = p->bytes - (uint64_t)i * p->piece;
    return left < p->piece ? (size_t)left : p->piece;
}

enum err part_put_at(const struct part *p, uint64_t at, struct bytes data)
{
    while (data.n != 0) {
        ssize_t n = pwrite(p->fd, data.p, data.n, (off_t)at);
        if (n < 0 && errno != EINTR)
            return file_err("writing", p->name);
        if (n > 0) {
            data = bytes_of(data.p + n, data.n - (size_t)n);
            at += (size_t)n;
        }
    }
    return ERR_OK;
}

static enum err get_at(const struct part *p, uint64_t at, uint8_t *to, size_t left)
{
    while (left != 0) {
        ssize_t n = pread(p->fd, to, left, (off_t)at);
        if (n == 0)
            return ERR_CORRUPT;
        if (n < 0 && errno != EINTR)
            return file_err("reading", p->name);
        if (n > 0) {
            to += n;
            at += (size_t)n;
            left -= (size_t)n;
        }
    }
    return ERR_OK;
}

static uint64_t tag_at(const struct part *p, uint32_t i)
{
    return p->bytes + (uint64_t)i * PART_TAG;
}

enum err part_write(struct part *p, uint32_t i, struct bytes data, const uint8_t tag[PART_TAG])
{
    static const uint8_t NONE[PART_TAG];

    if (i >= p->count || data.n != part_piece(p, i))
        return ERR_FORMAT;
    enum err e = part_put_at(p, (uint64_t)i * p->piece, data);
    if (e == ERR_OK)
        e = part_put_at(p, tag_at(p, i), bytes_of(tag, PART_TAG));
    /* Half of it may stand under the tag of what was there before. */
    if (e != ERR_OK)
        (void)!pwrite(p->fd, NONE, sizeof NONE, (off_t)tag_at(p, i));
    return e;
}

enum err part_read(const struct part *p, uint32_t i, uint8_t *data, uint8_t tag[PART_TAG])
{
    enum err e = part_read_tags(p, i, 1, tag);

    return e != ERR_OK ? e : part_read_piece(p, i, data);
}

enum err part_read_piece(const struct part *p, uint32_t i, uint8_t *data)
{
    if (i >= p->count)
        return ERR_FORMAT;
    return get_at(p, (uint64_t)i * p->piece, data, part_piece(p, i));
}

enum err part_read_tags(const struct part *p, uint32_t first, size_t n, uint8_t *tags)
{
    if (first >= p->count || n > p->count - first)
        return ERR_FORMAT;
    return get_at(p, tag_at(p, first), tags, n * PART_TAG);
}

void part_settle(struct part *p, uint64_t from, uint64_t n)
{
    const unsigned all =
        SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER;
    off_t old = (off_t)p->settled_from;

    (void)sync_file_range(p->fd, (off_t)from, (off_t)n, SYNC_FILE_RANGE_WRITE);
    if (p->settled_n != 0 && sync_file_range(p->fd, old, (off_t)p->settled_n, all) == 0)
        (void)posix_fadvise(p->fd, old, (off_t)p->settled_n, POSIX_FADV_DONTNEED);
    p->settled_from = from;
    p->settled_n = n;
}
