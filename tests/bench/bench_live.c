/* SPDX-License-Identifier: ISC */
/*
 * What the real programs take, as JSON lines: sottod and sotto --json as they were built, over
 * TLS on loopback, their vaults on disk. Wall time from the start of sotto to "ready" (the
 * relay let us in), "in" (in the room, in its group, what is said is sealed) and "sealed" (and
 * somebody there was heard): the median of five. And messages a second from one client to
 * another. Never a gate. Take a release build; another build is named by SOTTO_BUILD.
 *
 * Making an RSA key takes very different times, so whatever has it in is noisy.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "crypto/sign.h"
#include "support/child.h"
#include "support/live.h"
#include "support/support.h"

#define ROUNDS   5
#define KEYS     15
#define MESSAGES 500
#define WINDOW   64
#define PATH     160

struct times {
    double ready, in, sealed;
};

static struct live live;
static char address[32];
static char password[PATH];
static struct child keeper, guest;

static void must(bool good, const char *what)
{
    if (good)
        return;
    (void)fprintf(stderr, "bench_live: %s failed\n", what);
    exit(1);
}

static double clock_ms(clockid_t which)
{
    struct timespec t;

    (void)clock_gettime(which, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double now_ms(void)
{
    return clock_ms(CLOCK_MONOTONIC);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double *v, size_t n)
{
    qsort(v, n, sizeof *v, by_value);
    return v[n / 2];
}

static void folder(char out[PATH], const char *name)
{
    (void)snprintf(out, PATH, "%s/%s", live.dir, name);
}

/* ---- lines ---- */

static void wait_more(void)
{
    struct child *const all[] = {&guest, &keeper};

    must(child_wait(all, 2, LIVE_PATIENCE_MS), "waiting");
}

/* Until one of c's lines has both; what the other one writes is thrown away. */
static void until(struct child *c, const char *a, const char *b)
{
    for (;;) {
        const char *line;
        while ((line = child_line(c)) != NULL) {
            if (strstr(line, a) != NULL && strstr(line, b) != NULL)
                return;
        }
        struct child *other = c == &keeper ? &guest : &keeper;
        while (child_line(other) != NULL)
            ;
        wait_more();
    }
}

static void join(struct child *c, const char *room)
{
    char line[128];

    (void)snprintf(
        line, sizeof line, "{\"id\":1,\"do\":\"command\",\"line\":\"/join %s\"}\n", room);
    child_put(c, line);
}

static void keep(const char *room)
{
    char name[64];

    join(&keeper, room);
    (void)snprintf(name, sizeof name, "\"room\":\"%s\",\"joined\":true", room);
    until(&keeper, name, "\"epoch\":0");
}

/* ---- from the start ---- */

static void note(const char *line, double from, const char *room, struct times *t)
{
    double ms = now_ms() - from;
    char seal[32] = "";

    if (strstr(line, "\"link\":\"ready\"") != NULL && t->ready == 0)
        t->ready = ms;
    if (strstr(line, room) == NULL || strstr(line, "\"event\":\"room\"") == NULL)
        return;
    (void)child_json(line, "seal", seal, sizeof seal);
    if (t->in == 0 && (strcmp(seal, "unconfirmed") == 0 || strcmp(seal, "sealed") == 0))
        t->in = ms;
    if (strcmp(seal, "sealed") == 0)
        t->sealed = ms;
}

/* way: "-n", "--register", or NULL for whom the vault knows. */
static struct times start(const char *data, const char *way, const char *name, const char *room)
{
    const char *argv[] = {
        "sotto", "-s", address, "--json", "--data", data, way, name, NULL, password, NULL};
    struct times t = {0};
    char in_room[64];
    const char *line;

    if (way != NULL && strcmp(way, "--register") == 0)
        argv[8] = "--password-file";
    (void)snprintf(in_room, sizeof in_room, "\"room\":\"%s\"", room);
    double from = now_ms();
    child_start(&guest, argv);
    if (way != NULL)
        join(&guest, room);
    while (t.sealed == 0) {
        wait_more();
        while (child_line(&keeper) != NULL)
            ;
        while ((line = child_line(&guest)) != NULL)
            note(line, from, in_room, &t);
    }
    return t;
}

static void tell(const char *op, struct times *t)
{
    double ready[ROUNDS], in[ROUNDS], sealed[ROUNDS];

    for (size_t i = 0; i < ROUNDS; i++) {
        ready[i] = t[i].ready;
        in[i] = t[i].in;
        sealed[i] = t[i].sealed;
    }
    double most = 0;
    for (size_t i = 0; i < ROUNDS; i++)
        most = sealed[i] > most ? sealed[i] : most;
    (void)printf("{\"bench\":\"live\",\"op\":\"%s\",\"ready_ms\":%.1f,\"in_ms\":%.1f,"
                 "\"sealed_ms\":%.1f,\"sealed_most_ms\":%.1f}\n",
        op, median(ready, ROUNDS), median(in, ROUNDS), median(sealed, ROUNDS), most);
    (void)fflush(stdout);
}

static void copy(const char *from, const char *to)
{
    struct child cp = {0};

    child_start(&cp, (const char *const[]){"/bin/cp", "-a", from, to, NULL});
    must(child_end(&cp) == 0, "copying");
    child_fini(&cp);
}

/* like: a folder whose identity is taken; NULL: one is made. */
static void bench_cold(const char *op, const char *way, const char *like)
{
    static unsigned count;
    struct times t[ROUNDS];
    char name[16], data[PATH], room[16];

    for (size_t i = 0; i < ROUNDS; i++) {
        (void)snprintf(name, sizeof name, "c%u", ++count);
        (void)snprintf(room, sizeof room, "room%u", count);
        folder(data, name);
        if (like != NULL)
            copy(like, data);
        keep(room);
        t[i] = start(data, way, name, room);
        must(child_end(&guest) == 0, "the end");
    }
    tell(op, t);
}

static void bench_warm(const char *data, const char *room)
{
    struct times t[ROUNDS];

    for (size_t i = 0; i < ROUNDS; i++) {
        t[i] = start(data, NULL, NULL, room);
        must(child_end(&guest) == 0, "the end");
    }
    tell("warm, account", t);
}

/* ---- the rest ---- */

static void bench_key(void)
{
    double v[KEYS];

    for (size_t i = 0; i < KEYS; i++) {
        struct sign_key *key = NULL;
        double from = clock_ms(CLOCK_PROCESS_CPUTIME_ID);
        must(sign_key_new(&SIGN_RSA_PSS, 3072, &key) == ERR_OK, "key");
        v[i] = clock_ms(CLOCK_PROCESS_CPUTIME_ID) - from;
        sign_key_free(key);
    }
    double middle = median(v, KEYS);
    (void)printf("{\"bench\":\"live\",\"op\":\"making an RSA-3072 key\",\"cpu_ms\":%.1f,"
                 "\"least_ms\":%.1f,\"most_ms\":%.1f}\n",
        middle, v[0], v[KEYS - 1]);
    (void)fflush(stdout);
}

static void bench_rate(const char *data, const char *room)
{
    char line[256];
    unsigned said = 0;
    unsigned read = 0;
    unsigned told = 0;

    (void)start(data, NULL, NULL, room);
    double from = now_ms();
    while (read < MESSAGES) {
        for (; said < MESSAGES && said - told < WINDOW; said++) {
            (void)snprintf(line, sizeof line,
                "{\"id\":%u,\"do\":\"say\",\"room\":\"%s\",\"text\":\"%-63u.\"}\n", said + 2,
                room, said);
            child_put(&guest, line);
        }
        wait_more();
        const char *at;
        while ((at = child_line(&guest)) != NULL)
            told += strstr(at, "\"ok\":true") != NULL;
        while ((at = child_line(&keeper)) != NULL)
            read += strstr(at, "\"event\":\"message\"") != NULL;
    }
    double ms = now_ms() - from;
    must(child_end(&guest) == 0, "the end");
    (void)printf(
        "{\"bench\":\"live\",\"op\":\"messages, one to one, RSA-3072\",\"messages\":%d,"
        "\"per_s\":%.0f,\"ms_each\":%.2f}\n",
        MESSAGES, MESSAGES * 1000.0 / ms, ms / MESSAGES);
}

/* Where the programs are, when nobody says so: a folder above this one's. */
static void find_build(void)
{
    char path[4096];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);

    must(n > 0, "finding the programs");
    path[n] = '\0';
    for (int i = 0; i < 2; i++)
        *strrchr(path, '/') = '\0';
    (void)setenv("SOTTO_BUILD", path, 0);
}

int main(void)
{
    char like[PATH], data[PATH], warm[PATH];

    find_build();
    (void)signal(SIGPIPE, SIG_IGN);
    live_init(&live);
    (void)setenv("XDG_DATA_HOME", live.dir, 1);
    (void)setenv("XDG_STATE_HOME", live.dir, 1);
    (void)snprintf(live.limits, sizeof live.limits,
        "\"flood_burst\": 0, \"command_burst\": 0, \"bytes_burst\": 0, "
        "\"registrations_per_10min\": 1000,");
    must(live_start(&live), "sottod");
    (void)snprintf(address, sizeof address, "127.0.0.1:%u", live.port);
    folder(password, "password");
    must(file_create_private(password, bytes_str("horse staple\n")) == ERR_OK, "password");
    folder(data, "keeper");
    child_start(&keeper, (const char *const[]){"sotto", "-s", address, "--json", "--data", data,
                             "-n", "keeper", NULL});
    until(&keeper, "You are keeper now.", "");

    bench_key();
    bench_cold("cold, guest, its key is made", "-n", NULL);
    folder(like, "c1");
    bench_cold("cold, guest, its key is there", "-n", like);
    bench_cold("cold, new account, key and password", "--register", NULL);
    folder(warm, "c15");
    bench_warm(warm, "room15");
    bench_rate(warm, "room15");
    child_fini(&guest);
    child_fini(&keeper);
    live_fini(&live);
    return 0;
}
