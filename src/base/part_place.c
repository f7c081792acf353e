/* SPDX-License-Identifier: ISC */
#include <errno.h>
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

static enum err take_name(const struct part *p, const char *name, char out[PART_NAME])
{
    for (unsigned i = 1; i <= PLACE_TRIES; i++) {
        numbered(out, name, i);
        if (file_rename_new(p->dir, p->name, out) == 0)
            return ERR_OK;
        if (errno == EINVAL || errno == EILSEQ)
            return ERR_REFUSED;
        if (errno == EROFS)
            return ERR_PERM;
        if (errno != EEXIST)
            return file_err("putting in place", out);
    }
    return ERR_EXISTS;
}

/* File, then name, then folder, so that a name that outlives a crash has all of its file. */
static enum err settle(const struct part *p, const char *name, char out[PART_NAME])
{
    enum err e = part_set_size(p, p->bytes);

    if (e == ERR_OK && fsync(p->fd) != 0)
        e = file_err("syncing", p->name);
    if (e == ERR_OK)
        e = take_name(p, name, out);
    if (e != ERR_OK)
        return e;
    /* EINVAL: a file system that has nothing to sync there. */
    if (fsync(p->dir) == 0 || errno == EINVAL)
        return ERR_OK;
    e = file_err("syncing the folder of", out);
    (void)file_rename_new(p->dir, out, p->name);
    return e;
}

static void restore(const struct part *p, struct bytes tags)
{
    if (part_set_size(p, part_full(p)) != ERR_OK || part_put_at(p, p->bytes, tags) != ERR_OK)
        LOG_WARN("file", "%s lost its tags", log_text(bytes_str(p->name)));
}

enum err part_place(struct part *p, const char *name, char out[PART_NAME])
{
    size_t n = (size_t)p->count * PART_TAG;

    out[0] = '\0';
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
        e = settle(p, name, out);
        if (e != ERR_OK)
            restore(p, bytes_of(tags, n));
    }
    mem_free(tags);
    if (e == ERR_OK)
        part_close(p);
    else
        out[0] = '\0';
    return e;
}
