/* SPDX-License-Identifier: ISC */
#include "support/live.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "support/support.h"

static const struct conn_limits LIMITS = {
    .handshake_ms = 600000,
    .frame_ms = 600000,
    .progress_ms = 600000,
    .linger_ms = 1000,
};

/* What a machine that is slow could run into. */
static const struct {
    const char *limit;
    unsigned most;
} PATIENT[] = {{"handshake_ms", 600000}, {"login_ms", 600000}, {"frame_ms", 600000},
    {"queue_soft_ms", 600000}, {"progress_ms", 600000}, {"warn_s", 3599}, {"drop_s", 3600},
    {"file_gather_ms", 60000}, {"file_stall_s", 600}};

static char words[65536];
static size_t words_n;

static void drain_resolver(void *arg, int fd, unsigned ready)
{
    (void)fd, (void)ready;
    worker_drain(arg);
}

void live_init(struct live *l)
{
    struct tls_client_rules anybody = {0};
    char why[128];

    *l = (struct live){.out = -1, .log2_n = 10};
    support_tmpdir(l->dir, sizeof l->dir);
    (void)snprintf(l->state, sizeof l->state, "%s/state", l->dir);
    (void)snprintf(l->listen, sizeof l->listen, "127.0.0.1:0");
    l->le = loop_event_new();
    conn_env_init(&l->env, l->le, &LIMITS);
    l->resolver = worker_new("resolve", 1, 64, NULL);
    l->watch =
        loop_watch_fd(l->le, worker_fd(l->resolver), LOOP_READ, drain_resolver, l->resolver);
    if (tls_ctx_new_client(&anybody, &l->tls, why, sizeof why) != ERR_OK) {
        (void)fprintf(stderr, "live: %s\n", why);
        abort();
    }
}

static void put_patience(const struct live *l, struct buf *b)
{
    for (size_t i = 0; i < MEM_COUNT(PATIENT); i++) {
        if (strstr(l->limits, PATIENT[i].limit) == NULL)
            buf_fmt(b, "\"%s\": %u, ", PATIENT[i].limit, PATIENT[i].most);
    }
}

static void write_config(const struct live *l, char *path, size_t n)
{
    struct buf b;

    (void)snprintf(path, n, "%s/sottod.json", l->dir);
    buf_init(&b, 8192);
    buf_fmt(&b,
        "{ \"state\": \"%s\", \"listen\": \"%s\", \"log_level\": \"info\", %s \"limits\": { %s ",
        l->state, l->listen, l->config, l->limits);
    put_patience(l, &b);
    buf_fmt(&b, "\"hash_log2_n\": %u } }\n", l->log2_n);
    if (file_write_atomic(path, buf_view(&b), 0600) != ERR_OK)
        abort();
    buf_free(&b);
}

static void read_words(struct live *l)
{
    ssize_t n;

    while (words_n < sizeof words - 1 &&
           (n = read(l->out, words + words_n, sizeof words - 1 - words_n)) > 0)
        words_n += (size_t)n;
    words[words_n] = '\0';
}

const char *live_words(struct live *l)
{
    read_words(l);
    return words;
}

static const char *program(const char *name, char *path, size_t n)
{
    const char *build = getenv("SOTTO_BUILD");

    (void)snprintf(path, n, "%s/%s", build != NULL ? build : ".", name);
    return path;
}

static void become_relay(const struct live *l, int out, const char *config)
{
    char path[4096];
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* never outlives the test */
    (void)dup2(null, STDIN_FILENO);
    (void)dup2(out, STDOUT_FILENO);
    (void)dup2(out, STDERR_FILENO);
    (void)unsetenv("NOTIFY_SOCKET");
    (void)l;
    (void)execl(
        program("sottod", path, sizeof path), "sottod", "--config", config, (char *)NULL);
    _exit(127);
}

static bool says(struct live *l, size_t from, const char *want)
{
    uint64_t end = clock_mono_ms() + LIVE_PATIENCE_MS;

    while (strstr(live_words(l) + from, want) == NULL) {
        struct pollfd p = {.fd = l->out, .events = POLLIN};
        uint64_t now = clock_mono_ms();
        if (now >= end || poll(&p, 1, (int)(end - now)) <= 0)
            return false;
        size_t before = words_n;
        read_words(l);
        if (words_n == before) /* it ended */
            return strstr(words + from, want) != NULL;
    }
    return true;
}

bool live_says(struct live *l, const char *want)
{
    return says(l, 0, want);
}

bool live_reload(struct live *l)
{
    char config[128];
    size_t from = strlen(live_words(l));

    write_config(l, config, sizeof config);
    return kill(l->pid, SIGHUP) == 0 && says(l, from, " reloaded: limits");
}

/* What stands behind the last colon of a line. */
static const char *port_of(const char *line)
{
    const char *colon = line;

    for (const char *at = line; *at != '\0' && *at != '\n'; at++) {
        if (*at == ':')
            colon = at + 1;
    }
    return colon;
}

bool live_start(struct live *l)
{
    char config[128];
    int fds[2];

    write_config(l, config, sizeof config);
    if (pipe2(fds, O_CLOEXEC) != 0)
        abort();
    words_n = 0;
    if (l->out >= 0)
        (void)close(l->out);
    l->pid = fork();
    if (l->pid == 0)
        become_relay(l, fds[1], config);
    (void)close(fds[1]);
    l->out = fds[0];
    (void)fcntl(l->out, F_SETFL, O_NONBLOCK);
    if (!live_says(l, "state "))
        return false;
    const char *at = strstr(words, "listening on ");
    const char *fp = strstr(words, "fingerprint ");
    if (at == NULL || fp == NULL)
        return false;
    l->port = (uint16_t)strtoul(port_of(at), NULL, 10);
    (void)sscanf(fp, "fingerprint %63s", l->fingerprint);
    return true;
}

int live_wait(struct live *l)
{
    int status = 0;

    if (l->pid == 0)
        return -1;
    while (waitpid(l->pid, &status, 0) < 0 && errno == EINTR) {
    }
    l->pid = 0;
    read_words(l);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static bool has_ended(void *arg)
{
    struct live *l = arg;
    siginfo_t info = {0};

    read_words(l);
    return waitid(P_PID, (id_t)l->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid == l->pid;
}

int live_stop(struct live *l)
{
    if (l->pid == 0)
        return -1;
    (void)kill(l->pid, SIGTERM);
    /* Its clients live in this process: they must be able to hear the goodbye. */
    if (!live_until(l, has_ended, l, LIVE_PATIENCE_MS))
        (void)kill(l->pid, SIGKILL);
    return live_wait(l);
}

void live_kill(struct live *l)
{
    if (l->pid == 0)
        return;
    (void)kill(l->pid, SIGKILL);
    (void)live_wait(l);
}

void live_fini(struct live *l)
{
    live_kill(l);
    loop_watch_free(l->watch);
    worker_free(l->resolver);
    conn_env_fini(&l->env);
    loop_event_free(l->le);
    tls_ctx_free(l->tls);
    if (l->out >= 0)
        (void)close(l->out);
    support_rmtree(l->dir);
}

bool live_until(struct live *l, bool (*cond)(void *), void *arg, uint64_t at_most_ms)
{
    uint64_t end = clock_mono_ms() + at_most_ms;

    while (!cond(arg)) {
        if (clock_mono_ms() >= end)
            return false;
        loop_event_once(l->le, 20);
    }
    return true;
}

/* An actor's patience is of virtual time. */
static bool world_until(void *world, bool (*cond)(void *), void *arg, uint64_t at_most_ms)
{
    (void)at_most_ms;
    return live_until(world, cond, arg, LIVE_PATIENCE_MS);
}

static struct link *world_dial(
    void *world, const char *address, const struct link_user *to, void *user)
{
    struct live *l = world;
    struct link *made = NULL;
    char port[8];

    (void)address;
    (void)snprintf(port, sizeof port, "%u", l->port);
    return conn_connect(&l->env, l->resolver, "127.0.0.1", port, l->tls, to, user, &made) ==
                   ERR_OK
               ? made
               : NULL;
}

static void world_cut(void *world, struct link *link)
{
    (void)world;
    link_close(link, "cut");
}

const struct actor_world LIVE_WORLD = {
    .until = world_until, .dial = world_dial, .cut = world_cut};

int live_run(const char *const *argv, char *out, size_t n)
{
    char path[4096];
    int fds[2];
    int status = 0;
    size_t got = 0;
    ssize_t k;

    if (pipe2(fds, O_CLOEXEC) != 0)
        abort();
    pid_t pid = fork();
    if (pid == 0) {
        (void)dup2(fds[1], STDOUT_FILENO);
        (void)dup2(fds[1], STDERR_FILENO);
        union {
            const char *const *in;
            char **out;
        } args = {.in = argv};
        (void)execv(program(argv[0], path, sizeof path), args.out);
        _exit(127);
    }
    (void)close(fds[1]);
    while (got < n - 1 && (k = read(fds[0], out + got, n - 1 - got)) > 0)
        got += (size_t)k;
    out[got] = '\0';
    (void)close(fds[0]);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
