/* SPDX-License-Identifier: ISC */
/* What people say, and their passwords, are nowhere in a real relay's memory, on its disk, or
 * in what it prints, while it serves them; what it has to know is. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "support/child.h"
#include "support/live.h"
#include "support/support.h"

#define CHUNK (1u << 20)
#define REGION                                                                                 \
    (UINT64_C(1) << 32) /* larger ones are marks of a sanitizer, not memory of ours */

static const char ROOM[] = "control-of-the-search";
enum { IN_ROOM, IN_DIRECT, AWAY, TOPIC, PASSWORD, CANARIES };
static const char *const CANARY[CANARIES] = {"canary one: the red door at nine",
    "canary two: ask for the blue letter", "canary three: nobody reads this yet",
    "canary four: what we talk about", "canary-five-is-a-password"};

static struct live live;
static struct child alice, bob;
static char address[32];
static unsigned id; /* of the newest request */

static void below(char out[128], const char *name)
{
    (void)snprintf(out, 128, "%s/%s", live.dir, name);
}

static void setup(void)
{
    char phrase[128];

    live_init(&live);
    (void)setenv("XDG_DATA_HOME", live.dir, 1);
    (void)setenv("XDG_STATE_HOME", live.dir, 1);
    (void)signal(SIGPIPE, SIG_IGN);
    cr_assert(live_start(&live), "%s", live_words(&live));
    (void)snprintf(address, sizeof address, "127.0.0.1:%u", live.port);
    below(phrase, "password");
    cr_assert_eq(file_create_private(phrase, bytes_str(CANARY[PASSWORD])), ERR_OK);
}

static void teardown(void)
{
    child_fini(&alice);
    child_fini(&bob);
    live_fini(&live);
}

TestSuite(daemon_canary, .init = setup, .fini = teardown);

/* ---- people ---- */

static void begin(struct child *c, const char *name)
{
    char data[128], phrase[128];
    const char *argv[] = {"sotto", "-s", address, "--data", data, "--json", "--register", name,
        "--password-file", phrase, NULL};

    below(data, name);
    below(phrase, "password");
    child_start(c, argv);
}

static void until(struct child *c, const char *words)
{
    uint64_t end = clock_mono_ms() + LIVE_PATIENCE_MS;
    const char *line;

    for (;;) {
        while ((line = child_line(c)) != NULL) {
            if (strstr(line, words) != NULL)
                return;
        }
        cr_assert_lt(clock_mono_ms(), end, "%s did not come", words);
        (void)child_wait(&c, 1, 1000);
    }
}

static void say(struct child *c, const char *words)
{
    char text[512];

    (void)snprintf(text, sizeof text,
        "{\"id\":%u,\"do\":\"say\",\"room\":\"%s\",\"text\":\"%s\"}\n", ++id, ROOM, words);
    child_put(c, text);
}

static void order(struct child *c, const char *line)
{
    char text[512];

    (void)snprintf(text, sizeof text,
        "{\"id\":%u,\"do\":\"command\",\"room\":\"%s\",\"line\":\"%s\"}\n", ++id, ROOM, line);
    child_put(c, text);
}

static void join(struct child *c)
{
    char text[256];

    (void)snprintf(text, sizeof text, "{\"id\":%u,\"do\":\"command\",\"line\":\"/join %s\"}\n",
        ++id, ROOM);
    child_put(c, text);
    until(c, "\"seal\":\"sealed");
}

/* ---- looking ---- */

static size_t count_in(struct bytes in, const char *needle)
{
    size_t found = 0;

    for (const uint8_t *at = in.p;
         (at = memmem(at, in.n - (size_t)(at - in.p), needle, strlen(needle))) != NULL; at++)
        found++;
    return found;
}

/* All that the relay may read, at this moment; chunks overlap by the length of a needle. */
static size_t in_memory(const char *needle)
{
    char name[64], line[512], mode[8];
    unsigned long long from, to;
    size_t n = strlen(needle), found = 0;
    uint8_t *chunk = mem_alloc(CHUNK);

    (void)snprintf(name, sizeof name, "/proc/%d/mem", (int)live.pid);
    int mem = open(name, O_RDONLY | O_CLOEXEC);
    (void)snprintf(name, sizeof name, "/proc/%d/maps", (int)live.pid);
    FILE *maps = fopen(name, "re");
    if (mem < 0 || maps == NULL)
        cr_skip_test("only root reads the memory of a relay, which lets nobody dump it");
    while (fgets(line, sizeof line, maps) != NULL) {
        if (sscanf(line, "%llx-%llx %7s", &from, &to, mode) != 3 || mode[0] != 'r' ||
            to - from > REGION)
            continue;
        for (uint64_t at = from; at < to; at += CHUNK - n) {
            ssize_t got =
                pread(mem, chunk, to - at < CHUNK ? (size_t)(to - at) : CHUNK, (off_t)at);
            if (got > 0)
                found += count_in(bytes_of(chunk, (size_t)got), needle);
        }
    }
    (void)fclose(maps);
    (void)close(mem);
    mem_free(chunk);
    return found;
}

static const char *sought;
static size_t found_in_files;

static int look_at_file(const char *name, const struct stat *st, int type, struct FTW *ftw)
{
    struct buf b;

    (void)ftw;
    if (type != FTW_F || !S_ISREG(st->st_mode)) /* its socket is one too */
        return 0;
    buf_init(&b, 64u << 20);
    if (file_read(name, &b) == ERR_OK)
        found_in_files += count_in(buf_view(&b), sought);
    buf_wipe(&b);
    return 0;
}

static size_t on_disk(const char *needle)
{
    sought = needle;
    found_in_files = 0;
    cr_assert_eq(nftw(live.state, look_at_file, 16, FTW_PHYS), 0);
    return found_in_files;
}

Test(daemon_canary, relay__knows_rooms_and_no_words)
{
    char text[512];

    begin(&alice, "alice");
    join(&alice);
    begin(&bob, "bob");
    join(&bob);
    until(&alice, "bob is in the group now");
    (void)snprintf(text, sizeof text, "/topic %s", CANARY[TOPIC]);
    order(&alice, text);
    say(&alice, CANARY[IN_ROOM]);
    until(&bob, CANARY[IN_ROOM]);
    (void)snprintf(text, sizeof text, "/msg alice %s", CANARY[IN_DIRECT]);
    order(&bob, text);
    until(&alice, CANARY[IN_DIRECT]);
    child_kill(&bob);
    say(&alice, CANARY[AWAY]);
    until(&alice, "\"state\":\"relayed\"");
    cr_assert_neq(in_memory(ROOM), 0, "the search finds what is there");
    cr_assert_neq(on_disk(ROOM), 0, "and on the disk");
    for (size_t i = 0; i < CANARIES; i++) {
        cr_assert_eq(in_memory(CANARY[i]), 0, "%s", CANARY[i]);
        cr_assert_eq(on_disk(CANARY[i]), 0, "%s", CANARY[i]);
        cr_assert_null(strstr(live_words(&live), CANARY[i]), "%s", CANARY[i]);
    }
    cr_assert_eq(child_end(&alice), 0);
}
