/* SPDX-License-Identifier: ISC */
/*
 * What accounts cost a real relay, as JSON lines: password logins a second, and messages in a
 * room whose members are accounts, one of them away, so that every message is written to the
 * log. Never a gate. SOTTO_BUILD names the build whose sottod is measured: take a release one.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "support/live.h"

#define ACCOUNTS 24
#define LOGINS   240
#define MESSAGES 2000

static struct live live;
static struct actor actors[ACCOUNTS];

/* CPU seconds of all its threads. */
static double relay_cpu(void)
{
    char path[64];
    char text[512] = "";
    unsigned long user = 0;
    unsigned long sys = 0;

    (void)snprintf(path, sizeof path, "/proc/%d/stat", (int)live.pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || read(fd, text, sizeof text - 1) <= 0)
        return 0;
    (void)close(fd);
    const char *at = strrchr(text, ')');
    if (at == NULL ||
        sscanf(at + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &sys) != 2)
        return 0;
    return (double)(user + sys) / (double)sysconf(_SC_CLK_TCK);
}

static bool all_answered(void *arg)
{
    (void)arg;
    for (size_t i = 0; i < ACCOUNTS; i++) {
        if (actors[i].link != NULL && actors[i].replies == NULL)
            return false;
    }
    return true;
}

static void account_name(char *out, size_t n, size_t i)
{
    (void)snprintf(out, n, "user%zu", i);
}

static void ask_all(uint8_t op)
{
    for (size_t i = 0; i < ACCOUNTS; i++) {
        char name[16];
        struct msg_account m = {0};
        account_name(name, sizeof name, i);
        m.name = bytes_str(name);
        memset(m.verifier, 5, sizeof m.verifier);
        actor_send(&actors[i], op, &m);
    }
    if (!live_until(&live, all_answered, NULL, LIVE_PATIENCE_MS))
        abort();
    for (size_t i = 0; i < ACCOUNTS; i++) {
        (void)actor_wait_reply(&actors[i]);
        if (actor_status(&actors[i]) != STATUS_DONE) {
            (void)fprintf(stderr, "refused: %.*s\n", (int)actors[i].last->n,
                (const char *)actors[i].last->body);
            exit(1);
        }
    }
}

static void dial_all(void)
{
    for (size_t i = 0; i < ACCOUNTS; i++) {
        actor_fini(&actors[i]);
        actor_init_in(&actors[i], &LIVE_WORLD, &live);
        actor_hello(&actors[i]);
    }
}

static void bench_logins(void)
{
    uint64_t spent_ms = 0;
    double cpu = 0;

    for (size_t done = 0; done < LOGINS; done += ACCOUNTS) {
        dial_all();
        double cpu0 = relay_cpu();
        uint64_t start = clock_mono_ms();
        ask_all(OP_LOGIN);
        spent_ms += clock_mono_ms() - start;
        cpu += relay_cpu() - cpu0;
    }
    (void)printf(
        "{\"case\":\"password_logins\",\"log2_n\":12,\"logins\":%d,\"per_s\":%.1f,\"relay_cpu_ms_each\":%.2f}\n",
        LOGINS, LOGINS * 1000.0 / (double)(spent_ms ? spent_ms : 1), cpu * 1000 / LOGINS);
}

static size_t answered_total;

static bool a_thousand(void *arg)
{
    (void)arg;
    answered_total = 0;
    for (size_t i = 1; i < ACCOUNTS; i++)
        answered_total += actors[i].answered;
    return answered_total >= MESSAGES;
}

/* Everybody speaks at once, many messages on the way: the store commits them together. */
static void bench_log(void)
{
    struct msg_say say = {.to = bytes_str("log"),
        .text = bytes_str("sixty-four bytes of what nobody but its readers can read......")};

    for (size_t i = 0; i < ACCOUNTS; i++)
        (void)actor_join(&actors[i], "log");
    actor_cut(&actors[0]); /* away, without grace: what is said is kept for it */
    for (size_t i = 1; i < ACCOUNTS; i++)
        actors[i].answered = 0;
    double cpu0 = relay_cpu();
    uint64_t start = clock_mono_ms();
    for (size_t k = 0; k < MESSAGES / (ACCOUNTS - 1) + 1; k++) {
        for (size_t i = 1; i < ACCOUNTS; i++)
            actor_send(&actors[i], OP_SAY, &say);
    }
    if (!live_until(&live, a_thousand, NULL, LIVE_PATIENCE_MS))
        abort();
    uint64_t ms = clock_mono_ms() - start;
    double cpu = relay_cpu() - cpu0;
    (void)printf(
        "{\"case\":\"room_of_accounts_log_written\",\"members\":%d,\"messages\":%zu,\"per_s\":%.0f,"
        "\"relay_cpu_us_per_message\":%.1f,\"relay_cpu_s_per_M_deliveries\":%.2f}\n",
        ACCOUNTS, answered_total, (double)answered_total * 1000 / (double)(ms ? ms : 1),
        cpu * 1e6 / (double)answered_total,
        cpu * 1e6 / ((double)answered_total * (ACCOUNTS - 2)));
}

int main(void)
{
    log_set_level(LOG_ERROR);
    live_init(&live);
    (void)snprintf(live.config, sizeof live.config, "\"audit\": false,");
    (void)snprintf(live.limits, sizeof live.limits,
        "\"flood_burst\": 0, \"command_burst\": 0, \"bytes_burst\": 0, \"grace_s\": 0, \"registrations_per_10min\": 100000, "
        "\"login_tries_per_min\": 1000000, \"hash_queue\": 1024, \"backlog_entries\": 10000000, \"backlog_bytes\": 1073741824,");
    live.log2_n = 12;
    if (!live_start(&live)) {
        (void)fprintf(stderr, "no relay: %s\n", live_words(&live));
        return 1;
    }
    for (size_t i = 0; i < ACCOUNTS; i++)
        actor_init_in(&actors[i], &LIVE_WORLD, &live);
    dial_all();
    ask_all(OP_REGISTER);
    bench_logins();
    bench_log();
    for (size_t i = 0; i < ACCOUNTS; i++)
        actor_fini(&actors[i]);
    live_fini(&live);
    return 0;
}
