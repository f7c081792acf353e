/* SPDX-License-Identifier: ISC */
/*
 * A file to send, looked for in the folders of this machine: a list to type into, one folder
 * at a time. What was chosen is asked about before it is offered, to the page where one began.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/home.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "tui/act.h"
#include "tui/dialog.h"
#include "tui/dropped.h"
#include "tui/folder.h"
#include "tui/item.h"
#include "tui/menu.h"

#define PATH_BYTES 8192
#define TITLE_COLS 56
#define DATE_COLS  60 /* of the screen, from which on a row has its date */

struct picker {
    struct menu_source source; /* its title is of this folder */
    struct folder f;
    char *path; /* whole */
    char title[512];
    struct intent page; /* where it is sent to */
    bool dates;
};

static void open_folder(struct tui *t, const struct intent *page, const char *path);

/* ---- paths ---- */

static char *joined(const char *folder, const char *name)
{
    size_t n = strlen(folder) + strlen(name) + 2;
    char *path = mem_alloc(n);

    (void)snprintf(path, n, "%s%s%s", folder, strcmp(folder, "/") == 0 ? "" : "/", name);
    return path;
}

/* The one that it is in; of the root there is none. */
static char *above(const char *folder)
{
    char *path = mem_strdup(folder);
    char *slash = strrchr(path, '/');

    if (slash != NULL)
        slash[slash == path] = '\0';
    return path;
}

static bool is_root(const struct picker *p)
{
    return strcmp(p->path, "/") == 0;
}

/* "~/Pictures"; of a long one the end. */
static void name_it(struct picker *p)
{
    char path[PATH_BYTES];
    struct buf shown;
    struct bytes b;

    buf_init(&shown, PATH_BYTES * 8);
    home_short(path, sizeof path, p->path);
    folder_show(&shown, bytes_str(path));
    b = buf_view(&shown);
    bool cut = utf8_width(b) > TITLE_COLS;
    while (utf8_width(b) > TITLE_COLS) {
        size_t step = utf8_cluster(b, NULL);
        b = bytes_of(b.p + step, b.n - step);
    }
    (void)snprintf(p->title, sizeof p->title, "Send a file: %s%.*s%s", cut ? "..." : "",
        (int)b.n, (const char *)b.p, p->f.more ? "  (the first 20000 entries)" : "");
    buf_free(&shown);
}

/* ---- rows: what is in it, then the way up ---- */

static size_t count(void *arg)
{
    const struct picker *p = arg;

    return p->f.count + !is_root(p);
}

static void row(void *arg, size_t i, struct menu_row *out)
{
    const struct picker *p = arg;
    struct buf name;

    if (i >= p->f.count) {
        (void)snprintf(out->text, sizeof out->text, "../");
        (void)snprintf(out->note, sizeof out->note, "the folder above");
        return;
    }
    buf_init(&name, 4096);
    folder_show(&name, bytes_str(p->f.all[i].name));
    (void)snprintf(
        out->text, sizeof out->text, "%s%s", buf_cstr(&name), p->f.all[i].folder ? "/" : "");
    buf_free(&name);
}

static bool wanted(void *arg, size_t i, struct bytes typed)
{
    const struct picker *p = arg;
    bool dot = typed.n != 0 && typed.p[0] == '.';

    if (i >= p->f.count)
        return typed.n == 0 || dot;
    return dot || p->f.all[i].name[0] != '.';
}

static void filled(void *arg, size_t i, struct menu_row *out)
{
    const struct picker *p = arg;
    struct folder_facts facts;
    char size[TRANSFER_SIZE] = "";
    char date[16] = "";
    struct tm tm;

    if (i >= p->f.count || !folder_facts(p->path, p->f.all[i].name, &facts))
        return;
    tm = item_time(facts.wall_ms);
    if (!p->f.all[i].folder)
        transfer_size(size, facts.bytes);
    if (p->dates)
        (void)strftime(date, sizeof date, "  %d %b %Y", &tm);
    (void)snprintf(out->key, sizeof out->key, "%s%s", size, date);
    if (!facts.readable)
        (void)snprintf(out->note, sizeof out->note, "cannot be read");
}

/* ---- what becomes of it ---- */

struct asked {
    struct intent page;
    char *path;
    bool typed; /* it stands on the line */
};

static void forget_asked(void *arg)
{
    struct asked *a = arg;

    mem_free(a->path);
    mem_free(a);
}

static bool is_there(const struct tui *t, const struct intent *page)
{
    return model_find(t->model, page->direct, bytes_of(page->where, page->where_n)) != NULL;
}

static void answered(void *arg, struct tui *t, char letter)
{
    struct asked *a = arg;
    struct buf line;

    if (letter == 'n') {
        char *folder = above(a->path);
        open_folder(t, &a->page, folder);
        mem_free(folder);
    }
    if (letter != 'y')
        return;
    if (!is_there(t, &a->page)) {
        buf_text(&t->v.hint, "That page was closed meanwhile: nothing is sent.");
        return;
    }
    if (a->typed)
        editline_set(act_line_of(t), (struct bytes){0});
    buf_init(&line, PATH_BYTES);
    buf_text(&line, "/send ");
    buf_text(&line, a->path);
    act_push_line_at(t, &a->page, buf_view(&line));
    buf_free(&line);
}

static void ask(struct tui *t, const struct asked *what, uint64_t bytes)
{
    struct asked *a = mem_alloc(sizeof *a);
    char size[TRANSFER_SIZE];
    struct buf words;

    *a = *what;
    a->path = mem_strdup(what->path);
    transfer_size(size, bytes);
    buf_init(&words, PATH_BYTES * 8);
    buf_text(&words, "Send ");
    folder_show(&words, bytes_str(strrchr(a->path, '/') + 1));
    buf_fmt(&words, " (%s) to %s", size, a->page.direct ? "" : "#");
    utf8_clean(&words, bytes_of(a->page.where, a->page.where_n), UTF8_NAME);
    buf_text(&words, "?");
    dialog_open(t,
        &(struct dialog){.title = "Send a file",
            .words = buf_cstr(&words),
            .button = {{'y', "yes, send it"}, {'n', "no"}},
            .buttons = 2,
            .answered = answered,
            .fini = forget_asked},
        a);
    buf_free(&words);
}

static void take_file(struct tui *t, const struct asked *a)
{
    struct folder_facts facts;
    char *folder = above(a->path);
    const char *why = NULL;

    if (!folder_facts(folder, strrchr(a->path, '/') + 1, &facts))
        why = "It is not there any more.";
    else if (!facts.readable)
        why = "You may not read that file: nothing is sent.";
    else if (!folder_can_say(bytes_str(a->path)))
        why = "Its name has signs that no line can hold: give it another name first.";
    if (why == NULL) {
        ask(t, a, facts.bytes);
    } else {
        open_folder(t, &a->page, folder);
        buf_text(&t->v.hint, why);
    }
    mem_free(folder);
}

static void chosen(void *arg, struct tui *t, size_t i)
{
    const struct picker *p = arg;
    char *next = i < p->f.count ? joined(p->path, p->f.all[i].name) : above(p->path);

    if (i < p->f.count && !p->f.all[i].folder)
        take_file(t, &(struct asked){p->page, next, false});
    else
        open_folder(t, &p->page, next);
    mem_free(next);
}

static bool backed(void *arg, struct tui *t)
{
    const struct picker *p = arg;
    struct intent page = p->page;
    char *up;

    if (is_root(p))
        return false;
    up = above(p->path);
    open_folder(t, &page, up);
    mem_free(up);
    return true;
}

static void fini(void *arg)
{
    struct picker *p = arg;

    folder_free(&p->f);
    mem_free(p->path);
    mem_free(p);
}

/* ---- opening one ---- */

static const char *why_not(enum err e)
{
    return e == ERR_PERM        ? "You may not look into that folder."
           : e == ERR_NOT_FOUND ? "That folder is not there any more."
                                : "That folder cannot be read.";
}

/* The nearest folder above that can be read takes the place of one that cannot. */
static enum err read_nearest(struct folder *f, char **path)
{
    enum err first = folder_read(f, *path);
    enum err e = first;

    while (e != ERR_OK && strcmp(*path, "/") != 0) {
        char *up = above(*path);
        mem_free(*path);
        *path = up;
        e = folder_read(f, *path);
    }
    return first;
}

static void open_folder(struct tui *t, const struct intent *page, const char *path)
{
    struct picker *p = mem_alloc(sizeof *p);
    enum err e;

    p->path = mem_strdup(path);
    p->page = *page;
    p->dates = t->cols >= DATE_COLS;
    e = read_nearest(&p->f, &p->path);
    name_it(p);
    p->source = (struct menu_source){.title = p->title,
        .prompt = "file",
        .count = count,
        .row = row,
        .chosen = chosen,
        .wanted = wanted,
        .filled = filled,
        .backed = backed,
        .fini = fini,
        .hints =
            "type to find  Enter opens or takes it  Backspace the folder above  ESC closes"};
    mem_free(t->folder);
    t->folder = mem_strdup(p->path);
    menu_open(t, &p->source, p);
    if (e != ERR_OK)
        buf_text(&t->v.hint, why_not(e));
}

/* The one whose path is all that stands on the line. */
static bool take_dropped(struct tui *t, const struct intent *page)
{
    struct buf path;

    buf_init(&path, PATH_BYTES);
    bool is = dropped_path(editline_text(act_line_of(t)), &path);
    if (is) {
        char *whole = mem_strdup(buf_cstr(&path));
        take_file(t, &(struct asked){*page, whole, true});
        mem_free(whole);
    }
    buf_free(&path);
    return is;
}

void act_send_file(struct tui *t, const struct input_key *k)
{
    const struct room *r = t->model->open;
    struct intent page = act_page(t);
    struct buf first;

    (void)k;
    if (r == t->model->home || r->local) {
        buf_text(&t->v.hint, "Open a room or a conversation first: a file is sent to one.");
        return;
    }
    if (take_dropped(t, &page))
        return;
    buf_init(&first, PATH_BYTES);
    if (t->folder != NULL)
        buf_text(&first, t->folder);
    else if (folder_whole(&first, bytes_str(home_folder() != NULL ? "~" : "")) != ERR_OK)
        buf_text(&first, "/");
    while (first.n > 1 && first.p[first.n - 1] == '/')
        first.n--;
    open_folder(t, &page, buf_cstr(&first));
    buf_free(&first);
}
