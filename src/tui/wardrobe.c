/* SPDX-License-Identifier: ISC */
#include "tui/wardrobe.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/mem.h"

#define DIRS_MAX  16
#define PATH_MOST 4096
#define SUFFIX    ".json"

/* ---- names and folders ---- */

static bool is_name(struct bytes name)
{
    if (name.n == 0 || name.n >= sizeof((struct wardrobe_list *)0)->name[0] || name.p[0] == '.')
        return false;
    for (size_t i = 0; i < name.n; i++) {
        uint8_t c = name.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                c == '-' || c == '_' || c == '.'))
            return false;
    }
    return true;
}

typedef bool folder_fn(void *arg, const char *dir); /* false: go no further */

static void each_folder(folder_fn *fn, void *arg)
{
    const char *dirs = secure_getenv("XDG_DATA_DIRS");
    struct buf path;
    bool more = true;

    buf_init(&path, PATH_MOST);
    if (file_xdg(&path, "config", "sotto/themes") == ERR_OK)
        more = fn(arg, buf_cstr(&path));
    if (dirs == NULL || dirs[0] == '\0')
        dirs = "/usr/local/share:/usr/share";
    for (int i = 0; i < DIRS_MAX && more && *dirs != '\0'; i++) {
        size_t n = strcspn(dirs, ":");
        buf_clear(&path);
        buf_put(&path, dirs, n);
        buf_text(&path, "/sotto/themes");
        if (dirs[0] == '/' && buf_end(&path) == ERR_OK)
            more = fn(arg, buf_cstr(&path));
        dirs += n + (dirs[n] == ':');
    }
    buf_free(&path);
}

/* ---- one theme ---- */

struct wanted {
    const char *name;
    struct buf *out;
    enum err err;
};

static bool look_in(void *arg, const char *dir)
{
    struct wanted *w = arg;
    struct buf path;

    buf_init(&path, PATH_MOST);
    buf_fmt(&path, "%s/%s" SUFFIX, dir, w->name);
    w->err = buf_end(&path) == ERR_OK ? file_read(buf_cstr(&path), w->out) : ERR_NOT_FOUND;
    buf_free(&path);
    return w->err == ERR_NOT_FOUND;
}

static enum err take_builtin(const char *name, struct buf *out)
{
    for (const struct wardrobe_file *f = WARDROBE_BUILTIN; f->name != NULL; f++) {
        if (strcmp(f->name, name) == 0) {
            buf_clear(out);
            buf_put(out, f->text, f->n);
            return buf_end(out);
        }
    }
    return ERR_NOT_FOUND;
}

enum err wardrobe_text(void *arg, const char *name, struct buf *out)
{
    struct wanted w = {name, out, ERR_NOT_FOUND};

    (void)arg;
    if (!is_name(bytes_str(name)))
        return ERR_FORMAT;
    each_folder(look_in, &w);
    return w.err == ERR_NOT_FOUND ? take_builtin(name, out) : w.err;
}

static enum err only_builtin(void *arg, const char *name, struct buf *out)
{
    (void)arg;
    return take_builtin(name, out);
}

void wardrobe_ansi(struct theme *out)
{
    struct buf text;
    char why[200] = "";

    buf_init(&text, THEME_BYTES);
    if (take_builtin(WARDROBE_ANSI, &text) != ERR_OK ||
        theme_read(out, buf_view(&text), only_builtin, NULL, why, sizeof why) != ERR_OK)
        mem_die("the theme in the program cannot be read");
    buf_free(&text);
}

enum err wardrobe_load(const char *name, struct theme *out, char *why, size_t why_n)
{
    struct theme *ansi = mem_alloc(sizeof *ansi);
    struct buf text;

    wardrobe_ansi(ansi);
    buf_init(&text, THEME_BYTES + 1);
    enum err e =
        strchr(name, '/') != NULL ? file_read(name, &text) : wardrobe_text(NULL, name, &text);
    if (e == ERR_NOT_FOUND)
        (void)snprintf(why, why_n, "there is no such theme");
    else if (e == ERR_FORMAT)
        (void)snprintf(why, why_n,
            "the name of a theme has letters, digits and -_. in it; a path has a slash");
    else if (e != ERR_OK)
        (void)snprintf(why, why_n, "it cannot be read: %s", err_str(e));
    else
        e = theme_read(out, buf_view(&text), wardrobe_text, NULL, why, why_n);
    if (e == ERR_OK)
        theme_guard(out, ansi);
    buf_free(&text);
    mem_free(ansi);
    return e;
}

/* ---- all of them ---- */

static void add(struct wardrobe_list *l, struct bytes name)
{
    if (!is_name(name) || l->count == WARDROBE_NAMES)
        return;
    for (size_t i = 0; i < l->count; i++) {
        if (bytes_eq(bytes_str(l->name[i]), name))
            return;
    }
    (void)bytes_copy(l->name[l->count++], sizeof l->name[0], name);
}

static bool list_folder(void *arg, const char *dir)
{
    DIR *d = opendir(dir);
    const struct dirent *e;
    size_t tail = sizeof SUFFIX - 1;

    /* NOLINTNEXTLINE(concurrency-mt-unsafe): a folder of this call alone */
    while (d != NULL && (e = readdir(d)) != NULL) {
        size_t n = strlen(e->d_name);
        if (n > tail && strcmp(e->d_name + n - tail, SUFFIX) == 0)
            add(arg, bytes_of(e->d_name, n - tail));
    }
    if (d != NULL)
        (void)closedir(d);
    return true;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

void wardrobe_names(struct wardrobe_list *out)
{
    out->count = 0;
    for (const struct wardrobe_file *f = WARDROBE_BUILTIN; f->name != NULL; f++)
        add(out, bytes_str(f->name));
    each_folder(list_folder, out);
    qsort(out->name, out->count, sizeof out->name[0], by_name);
}
