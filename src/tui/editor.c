/* SPDX-License-Identifier: ISC */
#include "tui/editor.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

#define STOP_TRIES 100 /* of 10 ms, before it is killed */
#define FILE_NAME  "message.txt"

extern char **environ;

struct editor {
    pid_t pid; /* 0: it has ended */
    int status;
    char dir[256];
    char file[256 + sizeof FILE_NAME + 1];
};

const char *editor_name(void)
{
    const char *name = secure_getenv("VISUAL");

    if (name == NULL || name[0] == '\0')
        name = secure_getenv("EDITOR");
    return name != NULL && name[strspn(name, " ")] != '\0' ? name : "vi";
}

/* ---- the folder ---- */

static enum err make_dir(struct editor *e)
{
    const char *run = secure_getenv("XDG_RUNTIME_DIR");
    const char *const below[] = {run != NULL && run[0] == '/' ? run : "/tmp", "/tmp"};

    for (size_t i = 0; i < MEM_COUNT(below); i++) {
        int n = snprintf(e->dir, sizeof e->dir, "%s/sotto-XXXXXX", below[i]);
        if (n > 0 && (size_t)n < sizeof e->dir && mkdtemp(e->dir) != NULL)
            return ERR_OK;
    }
    e->dir[0] = '\0';
    return ERR_IO;
}

static void wipe_file(int dir, const char *name)
{
    static const uint8_t ZEROS[4096];
    struct stat st;
    int fd = openat(dir, name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

    if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
        for (off_t left = st.st_size; left > 0;) {
            size_t n = left < (off_t)sizeof ZEROS ? (size_t)left : sizeof ZEROS;
            ssize_t done = write(fd, ZEROS, n);
            left = done > 0 ? left - done : 0;
        }
        (void)fdatasync(fd);
    }
    if (fd >= 0)
        (void)close(fd);
    (void)unlinkat(dir, name, 0);
}

static void remove_dir(struct editor *e)
{
    DIR *d = e->dir[0] != '\0' ? opendir(e->dir) : NULL;

    /* NOLINTNEXTLINE(concurrency-mt-unsafe): a stream of our own */
    for (struct dirent *at; d != NULL && (at = readdir(d)) != NULL;) {
        if (strcmp(at->d_name, ".") != 0 && strcmp(at->d_name, "..") != 0)
            wipe_file(dirfd(d), at->d_name);
    }
    if (d != NULL)
        (void)closedir(d);
    if (e->dir[0] != '\0')
        (void)rmdir(e->dir);
}

static enum err put_text(struct editor *e, struct bytes text)
{
    struct buf all;

    (void)snprintf(e->file, sizeof e->file, "%s/%s", e->dir, FILE_NAME);
    buf_init(&all, text.n + 1);
    buf_bytes(&all, text);
    if (text.n != 0)
        buf_u8(&all, '\n');
    enum err err = file_create_private(e->file, buf_view(&all));
    buf_wipe(&all);
    return err == ERR_OK ? ERR_OK : ERR_IO;
}

/* ---- the program ---- */

/* It begins with the signals as a shell would hand them on. */
static enum err spawn(struct editor *e, char *const *argv)
{
    static const int OURS[] = {SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGPIPE, SIGTSTP, SIGTTIN,
        SIGTTOU, SIGCHLD, SIGWINCH};
    posix_spawnattr_t attr;
    sigset_t set;

    if (posix_spawnattr_init(&attr) != 0)
        return ERR_IO;
    (void)sigemptyset(&set);
    (void)posix_spawnattr_setsigmask(&attr, &set);
    for (size_t i = 0; i < MEM_COUNT(OURS); i++)
        (void)sigaddset(&set, OURS[i]);
    (void)posix_spawnattr_setsigdefault(&attr, &set);
    (void)posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    int failed = posix_spawnp(&e->pid, argv[0], NULL, &attr, argv, environ);
    (void)posix_spawnattr_destroy(&attr);
    if (failed != 0)
        e->pid = 0;
    return failed == 0 ? ERR_OK : ERR_NOT_FOUND;
}

static enum err run(struct editor *e)
{
    char *words = mem_strdup(editor_name());
    char *argv[EDITOR_WORDS + 2] = {NULL};
    char *rest = words;
    size_t n = 0;
    enum err err = ERR_NOT_FOUND;

    for (char *w; n < EDITOR_WORDS && (w = strsep(&rest, " ")) != NULL;) {
        if (w[0] != '\0')
            argv[n++] = w;
    }
    argv[n] = e->file;
    if (n != 0)
        err = spawn(e, argv);
    mem_free(words);
    return err;
}

enum err editor_start(struct editor **out, struct bytes text)
{
    struct editor *e = mem_alloc(sizeof *e);

    *out = NULL;
    enum err err = make_dir(e);
    if (err == ERR_OK)
        err = put_text(e, text);
    if (err == ERR_OK)
        err = run(e);
    if (err != ERR_OK)
        editor_stop(e);
    else
        *out = e;
    return err;
}

bool editor_has_ended(struct editor *e)
{
    if (e->pid != 0 && waitpid(e->pid, &e->status, WNOHANG) == e->pid)
        e->pid = 0;
    return e->pid == 0;
}

static enum err read_back(const struct editor *e, struct buf *out)
{
    if (!WIFEXITED(e->status) || WEXITSTATUS(e->status) != 0)
        return ERR_CLOSED;
    enum err err = file_read(e->file, out);
    while (err == ERR_OK && out->n != 0 && out->p[out->n - 1] == '\n')
        out->n--;
    return err == ERR_OK || err == ERR_TOO_BIG ? err : ERR_IO;
}

enum err editor_finish(struct editor *e, struct buf *out)
{
    enum err err = read_back(e, out);

    editor_stop(e);
    return err;
}

void editor_stop(struct editor *e)
{
    const struct timespec nap = {.tv_nsec = 10000000};

    if (e == NULL)
        return;
    if (e->pid != 0)
        (void)kill(e->pid, SIGHUP); /* as if its terminal were gone: it gives that back */
    for (int i = 0; i < STOP_TRIES && !editor_has_ended(e); i++)
        (void)nanosleep(&nap, NULL);
    if (e->pid != 0) {
        (void)kill(e->pid, SIGKILL);
        (void)waitpid(e->pid, &e->status, 0);
    }
    remove_dir(e);
    mem_free(e);
}
