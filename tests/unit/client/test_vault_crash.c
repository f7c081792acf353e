/* SPDX-License-Identifier: ISC */
/*
 * A child writes batches as fast as it can and says through a pipe which tickets are durable;
 * it is killed anywhere. Every batch that it named is there, and every batch is there whole.
 */
#include "vault_kit.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SUBS 5

TestSuite(vault_crash, .init = kit_init, .fini = kit_fini);

/* Batch i: the counter, five rows of its own, one of those before it goes, one message. */
static void put_batch(uint32_t i)
{
    char text[32];

    (void)snprintf(text, sizeof text, "%u", i);
    vault_put(kit.v, VAULT_SETTING, B("counter"), 0, bytes_of(&i, sizeof i));
    struct history_row row = kit_said(text);
    (void)history_add(kit.v, B("room"), &row);
    for (uint32_t sub = 0; sub < SUBS; sub++) {
        static uint8_t value[1500];
        memset(value, (int)(i % 251), sizeof value);
        vault_put(
            kit.v, VAULT_GROUP, bytes_of(&i, sizeof i), sub, bytes_of(value, sizeof value));
    }
    uint32_t old = i - 3;
    if (i > 3)
        vault_del_all(kit.v, VAULT_GROUP, bytes_of(&old, sizeof old));
    vault_commit(kit.v);
}

static _Noreturn void child(int out, uint32_t next)
{
    kit_open_thread();
    uint32_t base = next - 1; /* what the tickets count from */
    uint64_t told = 0;
    for (;; next++) {
        put_batch(next);
        do {
            struct pollfd p = {.fd = vault_fd(kit.v), .events = POLLIN};
            (void)poll(&p, 1, next % 7 == 0 ? -1 : 0);
            vault_drain(kit.v);
        } while (vault_ticket(kit.v) - vault_durable(kit.v) > 20);
        if (vault_durable(kit.v) == told)
            continue;
        told = vault_durable(kit.v);
        uint32_t durable = base + (uint32_t)told;
        if (write(out, &durable, sizeof durable) != sizeof durable)
            _exit(3);
    }
}

struct found {
    uint32_t counter;
    size_t rows;
    size_t wrong;
};

static enum err take_counter(void *arg, struct bytes key, uint32_t sub, struct bytes value)
{
    struct found *f = arg;

    (void)key;
    (void)sub;
    memcpy(&f->counter, value.p, sizeof f->counter);
    return ERR_OK;
}

static enum err take_row(void *arg, struct bytes key, uint32_t sub, struct bytes value)
{
    struct found *f = arg;
    uint32_t i;

    memcpy(&i, key.p, sizeof i);
    f->rows++;
    f->wrong += i > f->counter || i + 3 <= f->counter || sub >= SUBS || value.n != 1500 ||
                value.p[777] != i % 251;
    return ERR_OK;
}

/* What is there is whole. The number of the last batch. */
static uint32_t check(uint32_t named)
{
    struct found f = {0};

    kit_open();
    cr_assert_eq(vault_each(kit.v, VAULT_SETTING, take_counter, &f), ERR_OK);
    cr_assert_eq(vault_each(kit.v, VAULT_GROUP, take_row, &f), ERR_OK);
    cr_assert_geq(f.counter, named, "batch %u was named, %u is the last", named, f.counter);
    cr_assert_eq(f.wrong, 0);
    cr_assert_eq(f.rows, SUBS * (f.counter < 3 ? f.counter : 3));
    cr_assert_eq(history_last(kit.v, B("room")), f.counter);
    char want[64];
    (void)snprintf(want, sizeof want, "%u:%u ", f.counter, f.counter);
    const struct history_query q = {.convo = B("room"), .limit = 1};
    enum err e;
    cr_assert_str_eq(kit_read(&q, &e, NULL), f.counter != 0 ? want : "");
    kit_close();
    return f.counter;
}

static uint32_t kill_one(uint32_t next, unsigned *seed)
{
    int ends[2];
    int status;
    uint32_t named = 0;
    uint32_t heard;

    cr_assert_eq(pipe(ends), 0);
    pid_t pid = fork();
    cr_assert_geq(pid, 0);
    if (pid == 0) {
        (void)close(ends[0]);
        child(ends[1], next);
    }
    (void)close(ends[1]);
    for (int n = rand_r(seed) % 60; n >= 0; n--) {
        cr_assert_eq(read(ends[0], &heard, sizeof heard), sizeof heard, "it ended by itself");
        named = heard;
    }
    /* Anywhere inside a later batch, not just behind a report. */
    const struct timespec more = {0, rand_r(seed) % 4000 * 1000};
    (void)clock_nanosleep(CLOCK_MONOTONIC, 0, &more, NULL);
    cr_assert_eq(kill(pid, SIGKILL), 0);
    while (read(ends[0], &heard, sizeof heard) == sizeof heard)
        named = heard;
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    (void)close(ends[0]);
    return named;
}

Test(vault_crash, killed__while_writing_loses_nothing_that_was_named)
{
    const char *longer = getenv("SOTTO_LONG");
    int rounds = longer != NULL && strcmp(longer, "1") == 0 ? 500 : 8;
    unsigned seed = (unsigned)time(NULL) ^ (unsigned)getpid();
    uint32_t last = 0;

    (void)fprintf(stderr, "seed %u\n", seed);
    for (int round = 0; round < rounds; round++)
        last = check(kill_one(last + 1, &seed));
    (void)fprintf(stderr, "%u batches in %d rounds\n", last, rounds);
}

Test(vault_crash, killed__before_the_first_batch_leaves_a_vault)
{
    int status;

    for (int round = 0; round < 20; round++) {
        pid_t pid = fork();
        cr_assert_geq(pid, 0);
        if (pid == 0) {
            kit_open_thread();
            kit_close();
            _exit(0);
        }
        for (volatile int spin = round * 20000; spin > 0; spin--)
            ;
        (void)kill(pid, SIGKILL);
        cr_assert_eq(waitpid(pid, &status, 0), pid);
        kit_open();
        KIT_ROWS(VAULT_DRAFT, "");
        kit_close();
        (void)unlink(kit_path("vault.db"));
    }
}
