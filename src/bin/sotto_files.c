/* SPDX-License-Identifier: ISC */
/* What "sotto send-file" and "sotto receive" need of this machine, looked at before the relay
 * is. */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/part.h"
#include "bin/sotto.h"
#include "client/file_reader.h"
#include "face/text.h"

#define CELLS_LEAST 20 /* a line that is written again and again is no use below */

/* A path for a sentence. */
static void brief(const char *path, char out[200])
{
    struct buf clean;

    buf_init(&clean, 200);
    text_brief(&clean, bytes_str(path), 190);
    (void)bytes_copy(out, 200, buf_view(&clean));
    buf_free(&clean);
}

/* The engine looks again when it reads it; who made a slip hears of it without a relay. */
static enum err look_at_file(struct client *c, char *why, size_t why_n)
{
    const char *path = c->options.words[1];
    struct file_reader r = {.fd = -1};
    char trouble[200];
    char shown[200];
    struct buf whole;

    enum err e = file_reader_open(&r, path, trouble, sizeof trouble);
    file_reader_close(&r);
    buf_init(&whole, PATH_MAX);
    if (e == ERR_OK) {
        e = file_from_root(&whole, path);
        (void)snprintf(trouble, sizeof trouble, "%s",
            e == ERR_TOO_BIG ? "its path is too long" : "its folder cannot be found");
    }
    c->path = e == ERR_OK ? strdup(buf_cstr(&whole)) : NULL;
    buf_free(&whole);
    brief(path, shown);
    if (e != ERR_OK)
        (void)snprintf(why, why_n, "%s is not sent: %s.", shown, trouble);
    return e;
}

static enum err make_folder(struct client *c, char *why, size_t why_n)
{
    const char *path = c->options.dir;
    char shown[200];
    int dir = -1;

    if (path == NULL)
        return ERR_OK;
    enum err e = part_folder(path, &dir);
    if (e == ERR_OK) {
        (void)close(dir);
        c->path = realpath(path, NULL);
    }
    brief(path, shown);
    if (e != ERR_OK || c->path == NULL) {
        (void)snprintf(why, why_n, "%s cannot be used as the folder for files: %s.", shown,
            e == ERR_REFUSED ? "something else has that name" : err_str(e));
        return e != ERR_OK ? e : ERR_NOT_FOUND;
    }
    if (access(c->path, W_OK | X_OK) == 0)
        return ERR_OK;
    (void)snprintf(why, why_n, "%s cannot be written to: mend its rights.", shown);
    return ERR_PERM;
}

enum err files_setup(struct client *c, char *why, size_t why_n)
{
    if (c->options.verb == OPTIONS_SEND_FILE)
        return look_at_file(c, why, why_n);
    if (c->options.verb == OPTIONS_RECEIVE)
        return make_folder(c, why, why_n);
    return ERR_OK;
}

/* What standard error does not take at once is not worth waiting for. */
static void put_note(void *arg, struct bytes text)
{
    struct pollfd p = {.fd = STDERR_FILENO, .events = POLLOUT};

    (void)arg;
    if (text.n <= PIPE_BUF && poll(&p, 1, 0) == 1 && (p.revents & POLLOUT) != 0 &&
        write(STDERR_FILENO, text.p, text.n) < 0)
        return;
}

void files_notes(const struct client *c, struct once_setup *to)
{
    struct winsize size = {0};

    to->note = put_note;
    if (isatty(STDERR_FILENO) == 0 || pref_number(&c->model->prefs, PREF_MOTION) != 0 ||
        ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0)
        return;
    to->note_cells = size.ws_col > CELLS_LEAST ? size.ws_col - 1 : 0;
}
