/* SPDX-License-Identifier: ISC */
#include "tui/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/home.h"
#include "base/mem.h"
#include "base/utf8.h"

static enum err why(int number)
{
    switch (number) {
    case ENOENT:
        return ERR_NOT_FOUND;
    case EACCES:
    case EPERM:
        return ERR_PERM;
    case ENOTDIR:
        return ERR_REFUSED;
    default:
        return ERR_IO;
    }
}

/* Only what has to be looked at twice is: a link, or a disk that does not tell kinds. */
static bool kind_of(int at, const struct dirent *d, bool *folder)
{
    struct stat st;

    *folder = d->d_type == DT_DIR;
    if (d->d_type == DT_DIR || d->d_type == DT_REG)
        return true;
    if (d->d_type != DT_LNK && d->d_type != DT_UNKNOWN)
        return false;
    if (fstatat(at, d->d_name, &st, 0) != 0)
        return false;
    *folder = S_ISDIR(st.st_mode);
    return *folder || S_ISREG(st.st_mode);
}

static void add(struct folder *f, const char *name, bool folder)
{
    if (f->count == f->cap) {
        f->cap = f->cap != 0 ? 2 * f->cap : 64;
        f->all = mem_realloc(f->all, f->cap * sizeof *f->all);
    }
    f->all[f->count++] = (struct folder_entry){mem_strdup(name), folder};
}

static int by_name(const void *a, const void *b)
{
    const struct folder_entry *x = a;
    const struct folder_entry *y = b;
    int order = strcasecmp(x->name, y->name);

    if (x->folder != y->folder)
        return x->folder ? -1 : 1;
    return order != 0 ? order : strcmp(x->name, y->name);
}

enum err folder_read(struct folder *f, const char *path)
{
    int at = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK);
    DIR *dir = at >= 0 ? fdopendir(at) : NULL;
    const struct dirent *d;
    size_t seen = 0;
    bool folder;

    *f = (struct folder){0};
    if (dir == NULL) {
        enum err e = why(errno);
        if (at >= 0)
            (void)close(at);
        return e;
    }
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): a stream of our own */
    for (; !f->more && (d = readdir(dir)) != NULL; seen++) {
        f->more = seen == FOLDER_MOST;
        if (!f->more && strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0 &&
            kind_of(at, d, &folder))
            add(f, d->d_name, folder);
    }
    (void)closedir(dir);
    if (f->count != 0)
        qsort(f->all, f->count, sizeof *f->all, by_name);
    return ERR_OK;
}

void folder_free(struct folder *f)
{
    for (size_t i = 0; i < f->count; i++)
        mem_free(f->all[i].name);
    mem_free(f->all);
    *f = (struct folder){0};
}

bool folder_facts(const char *folder, const char *name, struct folder_facts *out)
{
    int at = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    struct stat st;
    bool found = at >= 0 && fstatat(at, name, &st, 0) == 0;

    *out = (struct folder_facts){0};
    if (found) {
        out->bytes = (uint64_t)st.st_size;
        out->wall_ms = (int64_t)st.st_mtim.tv_sec * 1000;
        out->readable = faccessat(at, name, S_ISDIR(st.st_mode) ? R_OK | X_OK : R_OK, 0) == 0;
    }
    if (at >= 0)
        (void)close(at);
    return found;
}

enum err folder_whole(struct buf *out, struct bytes path)
{
    char here[4096];

    home_expand(out, path);
    if (out->n != 0 && out->p[0] == '/')
        return buf_end(out);
    buf_clear(out);
    if (getcwd(here, sizeof here) == NULL)
        return ERR_TOO_BIG;
    buf_fmt(out, "%s/", here);
    buf_bytes(out, path);
    return buf_end(out);
}

void folder_show(struct buf *to, struct bytes name)
{
    for (;;) {
        const uint8_t *end = name.n != 0 ? memchr(name.p, '\n', name.n) : NULL;
        size_t n = end != NULL ? (size_t)(end - name.p) : name.n;
        utf8_clean(to, bytes_of(name.p, n), UTF8_DISPLAY);
        if (end == NULL)
            return;
        buf_text(to, "<U+000A>");
        name = bytes_of(end + 1, name.n - n - 1);
    }
}

bool folder_can_say(struct bytes path)
{
    struct buf clean;
    bool same;

    if (path.n == 0 || path.p[path.n - 1] == ' ' || memchr(path.p, '\n', path.n) != NULL)
        return false;
    buf_init(&clean, path.n * 32 + 64);
    utf8_clean(&clean, path, UTF8_DISPLAY);
    same = bytes_eq(buf_view(&clean), path);
    buf_free(&clean);
    return same;
}
