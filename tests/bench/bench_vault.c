/* SPDX-License-Identifier: ISC */
/*
 * What keeping costs, as JSON lines: messages and rows written a second, a transaction that
 * waits for the disk, a search of a hundred thousand messages, a page of a hundred, opening,
 * and how large the file gets. Never a gate.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "client/history.h"
#include "client/vault.h"
#include "support/support.h"

#define MESSAGES 100000
#define BATCH    100
#define ROWS     20000
#define SINGLES  300

static struct vault *vault;
static char dir[64];
static uint8_t key[VAULT_KEY] = {1, 2, 3};

static void open_vault(void)
{
    const struct vault_setup setup = {.dir = dir, .key = key};
    char why[VAULT_WHY];

    if (vault_open(&setup, &vault, why, sizeof why) != ERR_OK) {
        (void)fprintf(stderr, "%s\n", why);
        exit(1);
    }
}

static void turn(void)
{
    struct pollfd p = {.fd = vault_fd(vault), .events = POLLIN};

    (void)poll(&p, 1, -1);
    vault_drain(vault);
}

static void land(void)
{
    vault_commit(vault);
    while (vault_durable(vault) < vault_ticket(vault))
        turn();
}

static uint64_t now_ns(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static double ms_since(uint64_t start)
{
    return (double)(now_ns() - start) / 1e6;
}

static size_t file_size(void)
{
    char path[96];
    struct stat st;

    (void)snprintf(path, sizeof path, "%s/vault.db", dir);
    return stat(path, &st) == 0 ? (size_t)st.st_size : 0;
}

/* 60 bytes, one in a thousand with a rare word; every tenth has letters beyond ASCII. */
static void add(size_t i)
{
    char text[96];
    struct history_row row = {
        .wall_ms = 1700000000000 + (int64_t)i * 20000, .who = bytes_str("somebody"), .kind = 1};

    (void)snprintf(text, sizeof text, "%s words of no weight, said number %06zu %s",
        i % 10 == 0 ? "Caf\xc3\xa9 and twenty" : "A plain and twenty", i,
        i % 1000 == 20 ? "Needle" : "thread");
    row.text = bytes_str(text);
    memcpy(row.id, &i, sizeof i);
    (void)history_add(vault, bytes_str(i % 4 == 3 ? "room" : "other"), &row);
}

static void bench_messages(void)
{
    uint64_t start = now_ns();

    for (size_t i = 0; i < MESSAGES; i++) {
        add(i);
        if (i % BATCH == BATCH - 1)
            land();
    }
    double ms = ms_since(start);
    vault_close(vault);
    (void)printf(
        "{\"case\":\"messages_written\",\"batch\":%d,\"per_s\":%.0f,\"us_each\":%.2f}\n", BATCH,
        MESSAGES * 1000.0 / ms, ms * 1000 / MESSAGES);
    (void)printf("{\"case\":\"size\",\"bytes_per_message\":%.1f,\"bytes_per_10000\":%.0f}\n",
        (double)file_size() / MESSAGES, (double)file_size() / (MESSAGES / 10000.0));
    open_vault();
}

struct reading {
    size_t rows;
    bool done;
    double first_ms;
    uint64_t start;
};

static void seen(void *arg, struct bytes convo, const struct history_row *row)
{
    struct reading *r = arg;

    (void)convo;
    (void)row;
    if (r->rows++ == 0)
        r->first_ms = ms_since(r->start);
}

static void done(void *arg, enum err e, bool more)
{
    (void)more;
    if (e != ERR_OK)
        exit(1);
    ((struct reading *)arg)->done = true;
}

static void bench_read(const char *name, const struct history_query *q)
{
    struct reading r = {.start = now_ns()};

    (void)history_read(vault, q, seen, done, &r);
    while (!r.done)
        turn();
    (void)printf("{\"case\":\"%s\",\"rows\":%zu,\"ms\":%.2f,\"first_ms\":%.2f}\n", name, r.rows,
        ms_since(r.start), r.first_ms);
}

static void bench_singles(void)
{
    uint64_t start = now_ns();

    for (size_t i = 0; i < SINGLES; i++) {
        add(i);
        land();
    }
    (void)printf("{\"case\":\"batch_of_one\",\"ms_each\":%.3f}\n", ms_since(start) / SINGLES);
}

static enum err count(void *arg, struct bytes k, uint32_t sub, struct bytes value)
{
    (void)k;
    (void)sub;
    (void)value;
    ++*(size_t *)arg;
    return ERR_OK;
}

static void bench_rows(void)
{
    uint8_t value[300] = {0};
    size_t rows = 0;
    uint64_t start = now_ns();

    for (uint32_t i = 0; i < ROWS; i++) {
        vault_put(vault, VAULT_GROUP, bytes_of(&i, sizeof i), i, bytes_of(value, sizeof value));
        if (i % BATCH == BATCH - 1)
            land();
    }
    (void)printf(
        "{\"case\":\"rows_of_300_written\",\"us_each\":%.2f}\n", ms_since(start) * 1000 / ROWS);
    vault_close(vault);
    start = now_ns();
    open_vault();
    (void)printf("{\"case\":\"open\",\"ms\":%.2f}\n", ms_since(start));
    start = now_ns();
    if (vault_each(vault, VAULT_GROUP, count, &rows) != ERR_OK)
        exit(1);
    (void)printf("{\"case\":\"each\",\"rows\":%zu,\"us_each\":%.2f}\n", rows,
        ms_since(start) * 1000 / (double)rows);
}

int main(void)
{
    log_set_level(LOG_ERROR);
    support_tmpdir(dir, sizeof dir);
    open_vault();
    bench_messages();
    bench_read("page", &(struct history_query){.convo = bytes_str("other"), .limit = 100});
    bench_read("page_in_the_middle",
        &(struct history_query){
            .convo = bytes_str("other"), .before = MESSAGES / 3, .limit = 100});
    bench_read(
        "search_all", &(struct history_query){.words = bytes_str("needle"), .limit = MESSAGES});
    bench_read("search_all_two_words",
        &(struct history_query){.words = bytes_str("needle caf\xc3\xa9"), .limit = MESSAGES});
    bench_read("search_one",
        &(struct history_query){
            .convo = bytes_str("other"), .words = bytes_str("needle"), .limit = MESSAGES});
    bench_read("every_row", &(struct history_query){.limit = MESSAGES});
    bench_singles();
    bench_rows();
    vault_close(vault);
    support_rmtree(dir);
    return 0;
}
