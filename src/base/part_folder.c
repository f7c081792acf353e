/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/statvfs.h>

#include "base/file.h"
#include "base/file_private.h"
#include "base/home.h"
#include "base/part.h"

#define CUSTOM_FILE 65536
#define VARIABLE    "XDG_DOWNLOAD_DIR"

enum err part_folder(const char *path, int *dir)
{
    char p[PATH_MAX];

    *dir = -1;
    enum err e = file_make_dirs(path, p);
    if (e != ERR_OK)
        return e;
    *dir = open(p, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*dir >= 0)
        return ERR_OK;
    return errno == ENOTDIR ? ERR_REFUSED : file_err("opening", p);
}

uint64_t part_room(int dir)
{
    struct statvfs st;
    uint64_t room;

    /* Some that lie on other machines know of no blocks at all. */
    if (fstatvfs(dir, &st) != 0 || st.f_blocks == 0 ||
        __builtin_mul_overflow((uint64_t)st.f_bavail, (uint64_t)st.f_frsize, &room))
        return UINT64_MAX;
    return room;
}

static struct bytes skip(struct bytes s, size_t n)
{
    return bytes_of(s.p + n, s.n - n);
}

static bool eat(struct bytes *s, const char *word)
{
    size_t n = strlen(word);

    if (s->n < n || memcmp(s->p, word, n) != 0)
        return false;
    *s = skip(*s, n);
    return true;
}

static void eat_blanks(struct bytes *s)
{
    while (s->n != 0 && (s->p[0] == ' ' || s->p[0] == '\t'))
        *s = skip(*s, 1);
}

/* What stands between the quotes, as a shell reads it there; false: nothing that is meant. */
static bool read_quoted(struct bytes line, const char *home, struct buf *out)
{
    buf_clear(out);
    if (!eat(&line, "\""))
        return false;
    if (eat(&line, "$HOME") && (eat(&line, "/") || (line.n != 0 && line.p[0] == '"')))
        buf_fmt(out, "%s/", home);
    else if (line.n == 0 || line.p[0] != '/')
        return false;
    for (; line.n != 0 && line.p[0] != '"'; line = skip(line, 1)) {
        if (line.p[0] == '\\' && line.n > 1)
            line = skip(line, 1);
        if (line.p[0] == '\0')
            return false;
        buf_u8(out, line.p[0]);
    }
    return line.n != 0 && buf_end(out) == ERR_OK;
}

static bool is_line(struct bytes line, const char *home, struct buf *out)
{
    eat_blanks(&line);
    if (!eat(&line, VARIABLE))
        return false;
    eat_blanks(&line);
    if (!eat(&line, "="))
        return false;
    eat_blanks(&line);
    return read_quoted(line, home, out);
}

static size_t without_slashes(struct bytes path)
{
    while (path.n > 1 && path.p[path.n - 1] == '/')
        path.n--;
    return path.n;
}

static bool is_home(struct bytes path, const char *home)
{
    struct bytes h = bytes_str(home);

    return bytes_eq(bytes_of(path.p, without_slashes(path)), bytes_of(h.p, without_slashes(h)));
}

/* The last line that names one counts, as for everybody who reads that file. */
static bool read_lines(struct bytes left, const char *home, struct buf *found)
{
    struct buf value;
    bool any = false;

    buf_init(&value, PATH_MAX);
    while (left.n != 0) {
        const uint8_t *end = memchr(left.p, '\n', left.n);
        size_t n = end != NULL ? (size_t)(end - left.p) : left.n;
        if (is_line(bytes_of(left.p, n), home, &value)) {
            buf_clear(found);
            buf_bytes(found, buf_view(&value));
            any = true;
        }
        left = skip(left, end != NULL ? n + 1 : n);
    }
    buf_free(&value);
    return any;
}

static bool from_file(const char *home, struct buf *found)
{
    struct buf path, text;
    bool any = false;

    buf_init(&path, PATH_MAX);
    buf_init(&text, CUSTOM_FILE);
    if (file_xdg(&path, "config", "user-dirs.dirs") == ERR_OK &&
        file_read(buf_cstr(&path), &text) == ERR_OK)
        any = read_lines(buf_view(&text), home, found);
    buf_free(&text);
    buf_free(&path);
    return any && !is_home(buf_view(found), home);
}

enum err part_folder_by_custom(struct buf *out)
{
    const char *set = secure_getenv(VARIABLE);
    const char *home = home_folder();
    struct buf found;

    if (set != NULL && set[0] == '/' && (home == NULL || !is_home(bytes_str(set), home))) {
        buf_text(out, set);
        return buf_end(out);
    }
    if (home == NULL)
        return ERR_NOT_FOUND;
    buf_init(&found, PATH_MAX);
    if (from_file(home, &found))
        buf_bytes(out, buf_view(&found));
    else
        buf_fmt(out, "%s/Downloads", home);
    buf_free(&found);
    return buf_end(out);
}
