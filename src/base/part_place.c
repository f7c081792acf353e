/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/file_private.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/part.h"
#include "base/part_private.h"
#include "base/utf8.h"

#define PLACE_TRIES   99
#define EXTENSION_MAX 16
#define SUFFIX        15 /* .xxxxxxxx.part and NUL */

void part_name(char out[PART_NAME], struct bytes name, const uint8_t id[PART_ID])
{
    const uint8_t *nul = name.n != 0 ? memchr(name.p, '\0', name.n) : NULL;

    if (nul != NULL)
        name.n = (size_t)(nul - name.p);
    size_t n = utf8_fit_bytes(name, PART_NAME - SUFFIX);
    if (n != 0)
        memcpy(out, name.p, n);
    (void)snprintf(
        out + n, PART_NAME - n, ".%02x%02x%02x%02x.part", id[0], id[1], id[2], id[3]);
}

/* "name (2).ext"; the first is the name itself. */
static void numbered(char out[PART_NAME], const char *name, unsigned i)
{
    size_t n = strlen(name);
    const char *dot = strrchr(name, '.');
    char number[16] = "";

    if (i > 1)
        (void)snprintf(number, sizeof number, " (%u)", i);
    if (dot == NULL || dot == name || n - (size_t)(dot - name) > EXTENSION_MAX + 1)
        dot = name + n;
    size_t room = PART_NAME - 1 - strlen(number) - strlen(dot);
    size_t stem = utf8_fit_bytes(bytes_of(name, (size_t)(dot - name)), room);
    (void)snprintf(out, PART_NAME, "%.*s%s%s", (int)stem, name, number, dot);
}

static enum err name_err(const char *name)
{
    if (errno == EINVAL || errno == EILSEQ)
        return ERR_REFUSED;
    return errno == EROFS ? ERR_PERM : file_err("putting in place", name);
}

enum err part_free_name(const struct part *p, const char *name, char out[PART_NAME])
{
    struct stat st;

    for (unsigned i = 1; part_is_name(name) && i <= PLACE_TRIES; i++) {
        numbered(out, name, i);
        if (fstatat(p->dir, out, &st, AT_SYMLINK_NOFOLLOW) == 0)
            continue;
        if (errno == ENOENT)
            return ERR_OK;
        enum err e = name_err(out);
        out[0] = '\0';
        return e;
    }
    out[0] = '\0';
    return part_is_name(name) ? ERR_EXISTS : ERR_REFUSED;
}

/* File, then name, then folder, so that a name that outlives a crash has all of its file. */
static enum err settle(const struct part *p, const char *name)
{
    enum err e = part_set_size(p, p->bytes);

    if (e == ERR_OK && fsync(p->fd) != 0)
        e = file_err("syncing", p->name);
    if (e == ERR_OK && file_rename_new(p->dir, p->name, name) != 0)
        e = name_err(name);
    if (e != ERR_OK)
        return e;
    /* EINVAL: a file system that has nothing to sync there. */
    if (fsync(p->dir) == 0 || errno == EINVAL)
        return ERR_OK;
    e = file_err("syncing the folder of", name);
    (void)file_rename_new(p->dir, name, p->name);
    return e;
}

static void restore(const struct part *p, struct bytes tags)
{
    if (part_set_size(p, part_full(p)) != ERR_OK || part_put_at(p, p->bytes, tags) != ERR_OK)
        LOG_WARN("file", "%s lost its tags", log_text(bytes_str(p->name)));
}

enum err part_place(struct part *p, const char *name)
{
    size_t n = (size_t)p->count * PART_TAG;

    if (!part_is_name(name))
        return ERR_REFUSED;
    enum err e = part_check_name(p);
    if (e != ERR_OK)
        return e;
    uint8_t *tags = mem_alloc(n);
    e = part_read_tags(p, 0, p->count, tags);
    /* Whatever was done to it meanwhile, nobody gets a program. */
    if (e == ERR_OK && fchmod(p->fd, 0600) != 0)
        e = file_err("placing", p->name);
    if (e == ERR_OK) {
        e = settle(p, name);
        if (e != ERR_OK)
            restore(p, bytes_of(tags, n));
    }
    mem_free(tags);
    if (e == ERR_OK)
        part_close(p);
    return e;
}

/* ---- found again ---- */

static enum err check_placed(const struct part *p, const char *part)
{
    struct stat st, other;

    if (fstat(p->fd, &st) != 0)
        return file_err("looking at", p->name);
    if (!S_ISREG(st.st_mode))
        return ERR_REFUSED;
    if (st.st_uid != geteuid())
        return ERR_PERM;
    if ((uint64_t)st.st_size != p->bytes)
        return ERR_FORMAT;
    if (fstatat(p->dir, part, &other, AT_SYMLINK_NOFOLLOW) == 0 && other.st_ino == st.st_ino &&
        other.st_dev == st.st_dev)
        (void)unlinkat(p->dir, part, 0);
    return ERR_OK;
}

enum err part_open_placed(
    struct part *p, int dir, const char *part, const char *name, uint64_t bytes, uint32_t piece)
{
    enum err e = part_prepare(p, name, bytes, piece);

    if (e == ERR_OK && !part_is_name(part))
        e = ERR_REFUSED;
    if (e == ERR_OK)
        e = part_open_beneath(p, dir, O_RDONLY);
    if (e == ERR_OK)
        e = check_placed(p, part);
    if (e != ERR_OK)
        part_close(p);
    return e;
}
