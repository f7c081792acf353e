/* SPDX-License-Identifier: ISC */
/*
 * What a whole client costs, as JSON lines: messages sealed and opened end to end through a
 * relay in the same process, beside the bare signatures of the same run; coming into a room of
 * many; the vault's bytes. CPU time is told apart by who spends it: what an engine does when it
 * is called by its link, its tasks and its person is its own; the rest is the relay with its
 * store and the simulated wire. Never a gate. Take a release build.
 *
 *   bench_engine [small]     without the room of 1,000, and with fewer messages
 *   bench_engine message BITS RECEIVERS disk|memory MESSAGES     one of them, to be profiled
 *   bench_engine room BITS MEMBERS MESSAGES
 *
 * What the real programs take from their start is told by bench_start.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/log.h"
#include "base/mem.h"
#include "client/engine.h"
#include "support/crew_check.h"
#include "support/rsapool.h"

#define PEOPLE_MAX 16
#define TEXT       64
#define BATCH      20
#define JOINERS    3

/* One of the crew whose time is taken. */
struct metered {
    struct crew_member *m;
    const struct link_user *to;
    void *user;
    loop_fn *pump, *save, *vault;
    double us;
    size_t bytes; /* from the relay */
    size_t read;  /* messages shown */
};

static struct metered metered[PEOPLE_MAX];
static size_t metered_n;
static struct sim sim;
static struct crew crew;

static void must(bool good, const char *what)
{
    if (good)
        return;
    (void)fprintf(stderr, "bench_engine: %s failed\n", what);
    exit(1);
}

static double clock_us(clockid_t which)
{
    struct timespec t;

    (void)clock_gettime(which, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static double cpu_us(void)
{
    return clock_us(CLOCK_PROCESS_CPUTIME_ID);
}

/* ---- whose time it is ---- */

static void take_time(struct metered *x, loop_fn *fn, void *arg)
{
    double from = cpu_us();

    fn(arg);
    x->us += cpu_us() - from;
}

static void on_pump(void *arg)
{
    struct metered *x = arg;

    take_time(x, x->pump, crew_engine(x->m));
}

static void on_save(void *arg)
{
    struct metered *x = arg;

    take_time(x, x->save, crew_engine(x->m));
}

static void on_vault(void *arg)
{
    struct metered *x = arg;

    take_time(x, x->vault, x->m);
}

static enum framer_verdict on_frame(void *user, const struct frame *f)
{
    struct metered *x = user;
    double from = cpu_us();

    x->bytes += f->body.n;
    enum framer_verdict v = x->to->frame(x->user, f);
    x->us += cpu_us() - from;
    return v;
}

static uint32_t on_ceiling(void *user, uint8_t op)
{
    struct metered *x = user;

    return x->to->ceiling(x->user, op);
}

static void on_down(void *user, enum link_end why, const char *detail)
{
    struct metered *x = user;

    x->m->to = x->to;
    x->m->user = x->user;
    x->to->down(x->user, why, detail);
}

static const struct link_user ON_LINK = {
    .frame = on_frame, .ceiling = on_ceiling, .down = on_down};

static void on_event(void *arg, const struct room *r, const struct event *ev, bool fresh)
{
    struct metered *x = arg;

    (void)r;
    x->read += fresh && ev->kind == EVENT_MESSAGE && (ev->flags & EVENT_OLD) == 0;
}

/* From here on; the member is in, and its link stays. */
static struct metered *meter(struct crew_member *m)
{
    struct metered *x = &metered[metered_n++];
    struct engine *e = crew_engine(m);

    *x = (struct metered){.m = m,
        .to = m->to,
        .user = m->user,
        .pump = e->pump.fn,
        .save = e->save.fn,
        .vault = m->drain_vault.fn};
    m->to = &ON_LINK;
    m->user = x;
    loop_task_init(&e->pump, on_pump, x);
    loop_task_init(&e->save, on_save, x);
    loop_task_init(&m->drain_vault, on_vault, x);
    m->model->ear = (struct model_ear){.event = on_event, .arg = x};
    return x;
}

/* ---- people ---- */

static void open_world(unsigned bits, size_t most)
{
    struct limits *l = &sim.config.limits;

    sim_init(&sim, 7);
    log_set_level(LOG_ERROR); /* notes are put together for tests alone */
    l->flood_burst = l->command_burst = l->commit_burst = l->receipt_burst = 0;
    l->bytes_burst = l->package_burst = 0;
    l->registrations_per_10min = l->registrations_per_day_address = 1000000;
    l->login_tries_per_min = 1000000;
    l->room_members = 2000;
    l->backlog_entries = 1000000;
    l->backlog_bytes = (int64_t)4 << 30;
    sim_start(&sim);
    crew_init_keys(&crew, &sim, bits, most);
    metered_n = 0;
}

static void close_world(void)
{
    crew_fini(&crew);
    sim_fini(&sim);
}

/* An account, as most are; without a disk its vault is in memory. */
static struct crew_member *person(bool disk)
{
    char name[16];

    (void)snprintf(name, sizeof name, "p%zu", crew.n + 1);
    if (disk)
        return crew_new_account(&crew, name);
    struct crew_member *m = crew_new(&crew, name);
    m->setup.login = ENGINE_AS_NEW;
    m->setup.account = m->nick;
    m->setup.password = bytes_str("correct horse battery staple");
    return m;
}

static struct crew_member *comes(bool disk)
{
    struct crew_member *m = person(disk);

    crew_start(m);
    crew_run(&crew, 1000); /* key packages are made */
    crew_join(m, "ops");
    return m;
}

/* ---- messages ---- */

struct talking {
    unsigned bits;
    size_t receivers;
    size_t members; /* 0: these are all */
    bool disk;
    size_t messages;
    double sign_us, verify_us;
};

static void bare(struct talking *t)
{
    enum { TIMES = 200 };
    struct sign_key *key = rsapool_key(crew.pool, 0);
    struct sign_pub *pub = NULL;
    uint8_t message[400] = {1};
    uint8_t signature[SIGN_MAX];
    size_t n = 0;

    double from = cpu_us();
    for (size_t i = 0; i < TIMES; i++)
        must(
            sign_make(key, bytes_of(message, sizeof message), signature, &n) == ERR_OK, "sign");
    t->sign_us = (cpu_us() - from) / TIMES;
    must(sign_pub_read(&SIGN_RSA_PSS, sign_key_pub(key), &pub) == ERR_OK, "key");
    from = cpu_us();
    for (size_t i = 0; i < TIMES; i++)
        must(sign_check(pub, bytes_of(message, sizeof message), bytes_of(signature, n)) ==
                 ERR_OK,
            "verify");
    t->verify_us = (cpu_us() - from) / TIMES;
    sign_pub_free(pub);
    sign_key_free(key);
}

static bool all_read(void *arg)
{
    size_t want = *(const size_t *)arg;

    for (size_t i = 0; i < metered_n; i++) {
        if (metered[i].read < want)
            return false;
    }
    return true;
}

static void say(size_t from, size_t n)
{
    char text[TEXT + 1];
    size_t want = from + n;

    double start = cpu_us();
    for (size_t i = from; i < want; i++) {
        (void)snprintf(text, sizeof text, "%-*zu.", TEXT - 1, i);
        crew_type_in(metered[0].m, "#ops", text);
    }
    metered[0].us += cpu_us() - start;
    must(crew_until(&crew, all_read, &want), "reading");
}

static void tell(const struct talking *t, double total, double wall)
{
    size_t members = t->members != 0 ? t->members : t->receivers + 1;
    double readers = 0;
    double each = (double)t->messages;

    for (size_t i = 1; i < metered_n; i++)
        readers += metered[i].us;
    (void)printf(
        "{\"bench\":\"engine\",\"op\":\"message\",\"bits\":%u,\"receivers\":%zu,"
        "\"members\":%zu,\"vault\":\"%s\",\"messages\":%zu,\"sender_us\":%.1f,\"receiver_us\":%.1f,"
        "\"relay_us\":%.1f,\"total_us\":%.1f,\"bare_sign_us\":%.1f,"
        "\"bare_verify_us\":%.1f,\"per_s\":%.0f}\n",
        t->bits, t->receivers, members, t->disk ? "disk" : "memory", t->messages,
        metered[0].us / each, readers / each / (double)t->receivers,
        (total - readers - metered[0].us) / each, total / each, t->sign_us, t->verify_us,
        each * 1e6 / wall);
    (void)fflush(stdout);
}

static size_t vault_bytes(const struct crew_member *m)
{
    char path[128];
    struct stat st;

    (void)snprintf(path, sizeof path, "%s/vault.db", m->dir);
    return stat(path, &st) == 0 ? (size_t)st.st_size : 0;
}

/* The first of those who are metered speaks. */
static void talk_metered(const struct talking *t)
{
    say(0, BATCH); /* the first waits for a commit */
    for (size_t i = 0; i < metered_n; i++) {
        metered[i].us = 0;
        metered[i].read = 0;
    }
    double cpu = cpu_us();
    double wall = clock_us(CLOCK_MONOTONIC);
    for (size_t i = 0; i < t->messages; i += BATCH)
        say(i, BATCH);
    tell(t, cpu_us() - cpu, clock_us(CLOCK_MONOTONIC) - wall);
}

/* A vault that is closed has all of its bytes in one file. */
static void restart(size_t before[2])
{
    for (size_t i = 0; i < 2; i++) {
        crew_stop(crew.members[i]);
        before[i] = vault_bytes(crew.members[i]);
        crew_start(crew.members[i]);
        crew_sealed(crew.members[i], "#ops", 2);
    }
}

static void bench_talk(struct talking t, bool sizes)
{
    size_t before[2] = {0};

    open_world(t.bits, PEOPLE_MAX);
    bare(&t);
    for (size_t i = 0; i <= t.receivers; i++)
        (void)comes(t.disk);
    if (sizes)
        restart(before);
    for (size_t i = 0; i < crew.n; i++)
        (void)meter(crew.members[i]);
    talk_metered(&t);
    for (size_t i = 0; sizes && i < 2; i++) {
        crew_stop(crew.members[i]);
        (void)printf("{\"bench\":\"engine\",\"op\":\"vault of the %s\",\"messages\":%zu,"
                     "\"bytes_before\":%zu,\"bytes_per_10000\":%.0f}\n",
            i == 0 ? "sender" : "receiver", t.messages, before[i],
            ((double)vault_bytes(crew.members[i]) - (double)before[i]) * 10000 /
                (double)t.messages);
    }
    close_world();
}

/* ---- coming in ---- */

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

/* One who joins and stays; the one who founded the room is there too. */
static void one_joins(double *own_us, double *all_us, double *bytes)
{
    struct crew_member *m = person(false);

    crew_start(m);
    crew_run(&crew, 1000);
    metered_n = 1;
    struct metered *x = meter(m);
    double from = cpu_us();
    crew_type(m, "/join ops");
    x->us = cpu_us() - from;
    crew_sealed(m, "#ops", 0);
    *all_us = cpu_us() - from;
    *own_us = x->us;
    *bytes = (double)x->bytes;
}

static void goes(struct crew_member *m)
{
    m->to = metered[1].to;
    m->user = metered[1].user;
    crew_stop(m);
}

/* Everybody comes one by one and goes home: an account stays a member. */
static void bench_join(unsigned bits, size_t n, size_t messages)
{
    double own[JOINERS], all[JOINERS], bytes[JOINERS];

    open_world(bits, n + JOINERS + 1);
    double from = cpu_us();
    for (size_t i = 0; i < n; i++) {
        struct crew_member *m = comes(false);
        if (i != 0)
            crew_stop(m);
    }
    double built = cpu_us() - from;
    for (size_t i = 0; i < JOINERS; i++) {
        one_joins(&own[i], &all[i], &bytes[i]);
        if (i + 1 < JOINERS)
            goes(crew.members[crew.n - 1]);
    }
    (void)printf("{\"bench\":\"engine\",\"op\":\"join\",\"bits\":%u,\"members\":%zu,"
                 "\"joiner_ms\":%.2f,\"all_ms\":%.2f,\"bytes\":%.0f,\"built_in_s\":%.1f}\n",
        bits, n, median(own, JOINERS) / 1000, median(all, JOINERS) / 1000,
        median(bytes, JOINERS), built / 1e6);
    (void)fflush(stdout);
    struct talking t = {.bits = bits, .receivers = 1, .members = crew.n, .messages = messages};
    bare(&t);
    metered_n = 0; /* the founder speaks; who joined last is metered already, and reads */
    (void)meter(crew.members[0]);
    metered_n = 2;
    talk_metered(&t);
    close_world();
}

static size_t number(const char *word)
{
    return strtoul(word, NULL, 10);
}

static int one_case(int argc, char **argv)
{
    if (argc == 6 && strcmp(argv[1], "message") == 0)
        bench_talk((struct talking){.bits = (unsigned)number(argv[2]),
                       .receivers = number(argv[3]),
                       .disk = strcmp(argv[4], "disk") == 0,
                       .messages = number(argv[5])},
            false);
    else if (argc == 5 && strcmp(argv[1], "room") == 0)
        bench_join((unsigned)number(argv[2]), number(argv[3]), number(argv[4]));
    else
        must(false, "reading the arguments");
    return 0;
}

int main(int argc, char **argv)
{
    bool small = argc == 2 && strcmp(argv[1], "small") == 0;
    size_t many = small ? 1000 : 10000;
    static const unsigned BITS[] = {2048, 3072};
    static const size_t SIZES[] = {10, 100, 1000};

    if (argc > 2)
        return one_case(argc, argv);
    for (size_t i = 0; i < MEM_COUNT(BITS); i++) {
        for (size_t receivers = 1; receivers <= 10; receivers += 9) {
            bench_talk(
                (struct talking){.bits = BITS[i], .receivers = receivers, .messages = 400},
                false);
            bench_talk(
                (struct talking){
                    .bits = BITS[i], .receivers = receivers, .disk = true, .messages = 400},
                false);
        }
    }
    bench_talk(
        (struct talking){.bits = 2048, .receivers = 1, .disk = true, .messages = many}, true);
    for (size_t i = 0; i < MEM_COUNT(SIZES); i++) {
        if (!small || SIZES[i] < 1000)
            bench_join(2048, SIZES[i], 400);
    }
    return 0;
}
