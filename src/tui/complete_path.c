/* SPDX-License-Identifier: ISC */
#include "tui/complete_path.h"

#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "tui/folder.h"

#define PATH_BYTES 8192

/* At the front of a path: a line loses its first blanks, and "~" is the home folder. */
static bool is_elsewhere(const char *name)
{
    return name[0] == ' ' || strcmp(name, "~") == 0;
}

/* "name" or "name/", of those that what was typed begins. */
static size_t collect(const struct folder *f, struct bytes typed, bool front, char **out)
{
    size_t n = 0;

    for (size_t i = 0; i < f->count; i++) {
        const char *name = f->all[i].name;
        size_t length = strlen(name);
        bool hidden = name[0] == '.' && (typed.n == 0 || typed.p[0] != '.');
        if (hidden || length < typed.n ||
            strncasecmp(name, (const char *)typed.p, typed.n) != 0 ||
            !folder_can_say(bytes_str(name)) || (front && is_elsewhere(name)))
            continue;
        out[n] = mem_alloc(length + 2);
        memcpy(out[n], name, length);
        out[n][length] = f->all[i].folder ? '/' : '\0';
        n++;
    }
    return n;
}

/* What all of them begin with, also those that there is no room for; never half a letter. */
static size_t shared(char *const *names, size_t n)
{
    size_t same = n != 0 ? strlen(names[0]) : 0;

    for (size_t i = 1; i < n; i++) {
        size_t at = 0;
        while (at < same && names[i][at] == names[0][at])
            at++;
        same = at;
    }
    while (n > 1 && same > 0 && ((uint8_t)names[0][same] & 0xc0) == 0x80)
        same--;
    return same;
}

static void read_names(struct complete_path *out, struct bytes path)
{
    struct bytes typed = bytes_of(path.p + out->from, path.n - out->from);
    struct folder f;
    struct buf where;

    buf_init(&where, PATH_BYTES);
    if (folder_whole(&where, bytes_of(path.p, out->from)) == ERR_OK &&
        folder_read(&f, buf_cstr(&where)) == ERR_OK) {
        out->name = mem_array(f.count + 1, sizeof *out->name);
        out->count = collect(&f, typed, out->from == 0, out->name);
        folder_free(&f);
    }
    buf_free(&where);
}

void complete_path(struct complete_path *out, struct bytes path)
{
    *out = (struct complete_path){.from = path.n};
    while (out->from > 0 && path.p[out->from - 1] != '/')
        out->from--;
    if (bytes_eq(path, bytes_str("~"))) {
        out->name = mem_array(1, sizeof *out->name);
        out->name[out->count++] = mem_strdup("~/");
    } else {
        read_names(out, path);
    }
    out->same = shared(out->name, out->count);
}

void complete_path_free(struct complete_path *p)
{
    for (size_t i = 0; i < p->count; i++)
        mem_free(p->name[i]);
    mem_free(p->name);
    *p = (struct complete_path){0};
}
