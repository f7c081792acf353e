/* SPDX-License-Identifier: ISC */
#include "tui/picture_child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/version.h"

#define PROGRAM  "sotto-picture"
#define ARGUMENT 16

enum err picture_child_self(char out[PICTURE_PROGRAM])
{
    ssize_t n = readlink("/proc/self/exe", out, PICTURE_PROGRAM - 1);

    out[n > 0 ? n : 0] = '\0';
    return n > 0 ? ERR_OK : ERR_UNSUPPORTED;
}

enum err picture_child_find(const char *self, char out[PICTURE_PROGRAM])
{
    static const char *const PLACES[] = {"", SOTTO_LIBEXEC "/"};
    const char *slash = strrchr(self, '/');

    if (slash == NULL)
        return ERR_UNSUPPORTED;
    for (size_t i = 0; i < MEM_COUNT(PLACES); i++) {
        int n = snprintf(
            out, PICTURE_PROGRAM, "%.*s%s" PROGRAM, (int)(slash - self) + 1, self, PLACES[i]);
        if (n > 0 && n < PICTURE_PROGRAM && access(out, X_OK) == 0)
            return ERR_OK;
    }
    return ERR_UNSUPPORTED;
}

/* In the child. Only what is safe after fork(). fds: 0 is read, 1 written, 2 told why not. */
static _Noreturn void become(const char *program, char *const argv[], const int fds[3])
{
    char *const nothing[] = {NULL};
    int high[3];
    sigset_t none;
    int why;

    /* All of them above where they go, so that none is overwritten. */
    for (int i = 0; i < 3; i++)
        high[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, 10);
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    bool fine = high[0] >= 0 && high[1] >= 0 && high[2] >= 0 && nowhere >= 0 &&
                dup2(nowhere, 2) == 2 && dup2(high[0], 0) == 0 && dup2(high[1], 1) == 1 &&
                dup2(high[2], 3) == 3 && fcntl(3, F_SETFD, FD_CLOEXEC) == 0 &&
                close_range(4, ~0U, 0) == 0;
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    (void)sigemptyset(&none);
    (void)pthread_sigmask(SIG_SETMASK, &none, NULL);
    (void)signal(SIGPIPE, SIG_DFL);
    (void)setsid();
    (void)setpriority(PRIO_PROCESS, 0, 10); /* the screen comes first */
    if (fine)
        (void)execve(program, argv, nothing);
    why = errno;
    (void)!write(fine ? 3 : fds[2], &why, sizeof why);
    _exit(127);
}

/* The pipe ends without a word when the program has started. */
static bool has_started(int told)
{
    int why;
    ssize_t n;

    do
        n = read(told, &why, sizeof why);
    while (n < 0 && errno == EINTR);
    return n == 0;
}

static enum err start(const char *program, char *const argv[], const int fds[2], pid_t *pid)
{
    int told[2];

    if (pipe2(told, O_CLOEXEC) != 0)
        return ERR_UNSUPPORTED;
    *pid = fork();
    if (*pid == 0)
        become(program, argv, (const int[]){fds[0], fds[1], told[1]});
    (void)close(told[1]);
    bool fine = *pid > 0 && has_started(told[0]);
    (void)close(told[0]);
    if (!fine && *pid > 0)
        (void)picture_child_end(*pid);
    return fine ? ERR_OK : ERR_UNSUPPORTED;
}

enum err picture_child_start(
    const char *program, const struct art_want *w, int file, pid_t *pid, int *from)
{
    char words[5][ARGUMENT];
    char name[] = PROGRAM;
    char *const argv[] = {name, words[0], words[1], words[2], words[3], words[4], NULL};
    int way[2];

    (void)snprintf(words[0], ARGUMENT, "%u", w->rows);
    (void)snprintf(words[1], ARGUMENT, "%u", w->cols);
    (void)snprintf(words[2], ARGUMENT, "%u", (unsigned)w->ink);
    (void)snprintf(words[3], ARGUMENT, "%u", w->ascii ? 1U : 0U);
    (void)snprintf(words[4], ARGUMENT, "%u", w->light ? 1U : 0U);
    *from = -1;
    if (pipe2(way, O_CLOEXEC) != 0)
        return ERR_UNSUPPORTED;
    enum err e = start(program, argv, (const int[]){file, way[1]}, pid);
    (void)close(way[1]);
    if (e == ERR_OK && fcntl(way[0], F_SETFL, O_NONBLOCK) == 0) {
        *from = way[0];
        return ERR_OK;
    }
    (void)close(way[0]);
    return ERR_UNSUPPORTED;
}

int picture_child_end(pid_t pid)
{
    int status = 0;

    (void)kill(pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}
