/* SPDX-License-Identifier: ISC */
#include "support/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"

#define PIECE   65536
#define ALL_MAX 8

static void become(const char *const *argv, int in, int out)
{
    const char *build = getenv("SOTTO_BUILD");
    char path[4096];
    union {
        const char *const *in;
        char **out;
    } words = {.in = argv};

    (void)snprintf(path, sizeof path, "%s/%s", build != NULL ? build : ".", argv[0]);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* never outlives the test */
    (void)dup2(in, STDIN_FILENO);
    (void)dup2(out, STDOUT_FILENO);
    (void)dup2(out, STDERR_FILENO);
    (void)unsetenv("NOTIFY_SOCKET");
    (void)execv(argv[0][0] == '/' ? argv[0] : path, words.out);
    _exit(127);
}

void child_start(struct child *c, const char *const *argv)
{
    int to[2], from[2];

    if (pipe2(to, O_CLOEXEC) != 0 || pipe2(from, O_CLOEXEC) != 0)
        abort();
    c->n = 0;
    c->ended = false;
    c->pid = fork();
    if (c->pid == 0)
        become(argv, to[0], from[1]);
    (void)close(to[0]);
    (void)close(from[1]);
    c->in = to[1];
    c->out = from[0];
    (void)fcntl(c->out, F_SETFL, O_NONBLOCK);
}

void child_put(struct child *c, const char *text)
{
    if (c->pid != 0 && write(c->in, text, strlen(text)) < 0 && errno != EPIPE)
        abort();
}

void child_close(struct child *c)
{
    if (c->in >= 0)
        (void)close(c->in);
    c->in = -1;
}

/* False: there is nothing, now or ever. */
static bool read_piece(struct child *c)
{
    if (c->room - c->n < PIECE) {
        c->room = 2 * c->room + PIECE;
        c->text = mem_realloc(c->text, c->room + 1);
    }
    ssize_t n = read(c->out, c->text + c->n, PIECE);
    if (n > 0)
        c->n += (size_t)n;
    c->text[c->n] = '\0';
    c->ended = n == 0;
    return n > 0;
}

bool child_wait(struct child *const *all, size_t n, uint64_t at_most_ms)
{
    struct pollfd p[ALL_MAX];
    bool came = false;

    for (size_t i = 0; i < n; i++) /* poll passes over -1 */
        p[i] = (struct pollfd){
            .fd = all[i] != NULL && all[i]->pid != 0 ? all[i]->out : -1, .events = POLLIN};
    if (poll(p, (nfds_t)n, (int)at_most_ms) <= 0)
        return false;
    for (size_t i = 0; i < n; i++)
        came = (p[i].revents != 0 && read_piece(all[i])) || came;
    return came;
}

const char *child_line(struct child *c)
{
    static char *line;
    char *end = c->n != 0 ? memchr(c->text, '\n', c->n) : NULL;

    if (end == NULL)
        return NULL;
    size_t n = (size_t)(end - c->text);
    line = mem_realloc(line, n + 1);
    (void)memcpy(line, c->text, n);
    line[n] = '\0';
    c->n -= n + 1;
    (void)memmove(c->text, end + 1, c->n);
    return line;
}

int child_end(struct child *c)
{
    int status = 0;

    if (c->pid == 0)
        return -1;
    child_close(c);
    (void)fcntl(c->out, F_SETFL, 0);
    while (read_piece(c))
        ;
    while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
        ;
    (void)close(c->out);
    c->pid = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void child_kill(struct child *c)
{
    if (c->pid != 0)
        (void)kill(c->pid, SIGKILL);
    (void)child_end(c);
}

void child_fini(struct child *c)
{
    child_kill(c);
    mem_free(c->text);
    c->text = NULL;
    c->n = c->room = 0;
}

bool child_json(const char *line, const char *key, char *out, size_t n)
{
    char want[64];

    (void)snprintf(want, sizeof want, "\"%s\":", key);
    const char *at = strstr(line, want);
    if (at == NULL)
        return false;
    at += strlen(want);
    size_t k = *at == '"' ? strcspn(++at, "\"") : strcspn(at, ",}");
    if (k >= n)
        k = n - 1;
    (void)memcpy(out, at, k);
    out[k] = '\0';
    return true;
}
