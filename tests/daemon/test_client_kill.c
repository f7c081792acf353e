/* SPDX-License-Identifier: ISC */
/*
 * kill -9 of clients at random instants, with the real programs: alice says numbered words as
 * fast as she can, bob reads, carol is away and reads it all at the end. Whatever alice was
 * told is with the relay is read once, by everybody, in order; nothing is said twice, no key is
 * used twice, nobody is told of anything that went wrong. Six rounds; five hundred with
 * SOTTO_LONG=1. The seed is printed, or taken from SOTTO_SEED.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "support/child.h"
#include "support/live.h"
#include "support/support.h"

#define SAID_MAX 150000u
#define BLOCK    40u /* one search shows fifty */
#define WINDOW   24u
#define KEY      33
#define LINE     256

enum who { ALICE, BOB, CAROL, PEOPLE };

struct person {
    const char *name;
    struct child c;
    unsigned life;               /* starts so far */
    bool in;                     /* the room is there, in this life */
    uint32_t last;               /* the number read last, in this life */
    uint32_t shown_in[SAID_MAX]; /* the life in which a number was on the screen last */
    uint32_t reads[SAID_MAX];    /* how often it came as something new */
    uint32_t kept[SAID_MAX];     /* how often it was found in what is kept */
};

/* What alice said. */
static struct {
    char key[KEY];
    bool ok;           /* she was told that the relay has it */
    unsigned waits_in; /* the life in which it is shown as waiting */
} said[SAID_MAX];
static uint32_t asked;    /* the number of the newest */
static uint32_t answered; /* how many of this life have their outcome */
static uint32_t begun;    /* the first number of this life, less one */
static size_t confirmed;

static struct live live;
static struct person people[PEOPLE] = {{.name = "alice"}, {.name = "bob"}, {.name = "carol"}};
static char address[32];
static uint64_t seed, rng;
static bool searched; /* the search that was asked for has ended */

static uint64_t random_below(uint64_t n)
{
    rng ^= rng << 13;
    rng ^= rng >> 7;
    rng ^= rng << 17;
    return rng % n;
}

/* ---- what they write ---- */

static void not_so(const struct person *p, const char *what, const char *line)
{
    cr_assert_fail("seed %llu: %s, life %u, %s: %s", (unsigned long long)seed, p->name, p->life,
        what, line);
}

static void take_own(struct person *p, uint32_t n, const char *line)
{
    char key[KEY] = "";

    (void)child_json(line, "key", key, sizeof key);
    if (said[n].key[0] != '\0' && strcmp(said[n].key, key) != 0)
        not_so(p, "said under two keys", line);
    (void)snprintf(said[n].key, sizeof said[n].key, "%s", key);
    said[n].waits_in = strstr(line, "\"state\":\"queued\"") != NULL ? p->life : 0;
}

static void take_message(struct person *p, const char *line)
{
    char text[64] = "";
    uint32_t n = 0;

    (void)child_json(line, "text", text, sizeof text);
    if (sscanf(text, "n%u.", &n) != 1 || n == 0 || n > asked)
        not_so(p, "nobody said that", line);
    if (strstr(line, "\"event\":\"found\"") != NULL) {
        p->kept[n]++;
        return;
    }
    if (p->shown_in[n] == p->life)
        not_so(p, "shown twice", line);
    p->shown_in[n] = p->life;
    if (strstr(line, "\"own\":true") != NULL)
        take_own(p, n, line);
    if (p == &people[ALICE] || strstr(line, "\"old\":true") != NULL)
        return;
    if (n <= p->last)
        not_so(p, "out of order", line);
    p->last = n;
    p->reads[n]++;
}

static void confirm(uint32_t n)
{
    confirmed += !said[n].ok;
    said[n].ok = true;
    said[n].waits_in = 0;
}

static void take_state(struct person *p, const char *line)
{
    char key[KEY] = "";

    (void)child_json(line, "key", key, sizeof key);
    if (strstr(line, "\"state\":\"failed\"") != NULL)
        not_so(p, "a message failed", line);
    if (strstr(line, "\"state\":\"relayed\"") == NULL)
        return;
    for (uint32_t n = asked; n > 0; n--) {
        if (strcmp(said[n].key, key) == 0) {
            confirm(n);
            return;
        }
    }
    not_so(p, "nobody said that", line);
}

/* The reply to request k is that to number k - 1. */
static void take_reply(struct person *p, const char *line)
{
    char id[16] = "0";

    if (strstr(line, "\"ok\":true") == NULL)
        not_so(p, "refused", line);
    (void)child_json(line, "id", id, sizeof id);
    uint32_t n = (uint32_t)strtoul(id, NULL, 10) - 1;
    if (p != &people[ALICE] || n == 0)
        return;
    confirm(n);
    answered++;
}

static void take_line(struct person *p, const char *line)
{
    static const char *const BAD[] = {"\"event\":\"warning\"", "\"event\":\"error\"",
        "\"event\":\"ask\",\"open\":true", "\"link\":\"waiting\"", "\"link\":\"refused\"",
        "\"seal\":\"lost\"", "\"seal\":\"stopped\""};

    if (line[0] != '{')
        not_so(p, "no object", line);
    for (size_t i = 0; i < MEM_COUNT(BAD); i++) {
        if (strstr(line, BAD[i]) != NULL)
            not_so(p, "something is wrong", line);
    }
    if (strstr(line, "\"event\":\"message\"") != NULL ||
        strstr(line, "\"event\":\"found\"") != NULL)
        take_message(p, line);
    else if (strstr(line, "\"event\":\"state\"") != NULL)
        take_state(p, line);
    else if (strstr(line, "\"event\":") == NULL)
        take_reply(p, line);
    else if (strstr(line, "\"room\":\"ops\",\"joined\":true") != NULL)
        p->in = true;
    else if (strstr(line, " found.") != NULL)
        searched = true;
}

static void take_lines(struct person *p)
{
    const char *line;

    while ((line = child_line(&p->c)) != NULL)
        take_line(p, line);
}

/* ---- what they do ---- */

static void folder(char out[128], const char *name)
{
    (void)snprintf(out, 128, "%s/%s", live.dir, name);
}

static void begin(struct person *p)
{
    char data[128], phrase[128];
    const char *argv[] = {"sotto", "-s", address, "--data", data, "--json", NULL, p->name,
        "--password-file", phrase, NULL};

    folder(data, p->name);
    folder(phrase, "password");
    if (p->life == 0)
        argv[6] = "--register"; /* from then on by the token that is kept */
    p->life++;
    p->in = false;
    p->last = 0;
    if (p == &people[ALICE]) {
        begun = asked;
        answered = 0;
    }
    child_start(&p->c, argv);
}

static void speak(void)
{
    struct person *p = &people[ALICE];
    char line[LINE];

    while (p->in && asked - begun - answered < WINDOW && asked + 1 < SAID_MAX) {
        asked++;
        (void)snprintf(line, sizeof line,
            "{\"id\":%u,\"do\":\"say\",\"room\":\"ops\",\"text\":\"n%u. b%u.\"}\n", asked + 1,
            asked, asked / BLOCK);
        child_put(&p->c, line);
    }
}

/* What they write is taken until something has come, or the time. */
static bool turn(uint64_t until_ms)
{
    struct child *const all[] = {&people[ALICE].c, &people[BOB].c, &people[CAROL].c};
    uint64_t now = clock_mono_ms();
    bool came = child_wait(all, PEOPLE, until_ms > now ? until_ms - now : 0);

    for (size_t i = 0; i < PEOPLE; i++) {
        take_lines(&people[i]);
        if (people[i].c.pid != 0 && people[i].c.ended)
            not_so(&people[i], "ended by itself", people[i].c.text);
    }
    return came;
}

#define UNTIL(cond, words)                                                                     \
    do {                                                                                       \
        while (!(cond))                                                                        \
            cr_assert(turn(clock_mono_ms() + LIVE_PATIENCE_MS),                                \
                "seed %llu: waited for " words, (unsigned long long)seed);                     \
    } while (0)

static void dies(struct person *p)
{
    child_kill(&p->c);
    take_lines(p);
}

static void ends(struct person *p)
{
    int status = child_end(&p->c);

    take_lines(p);
    cr_assert_eq(status, 0, "seed %llu: %s, life %u, ended with %d", (unsigned long long)seed,
        p->name, p->life, status);
}

static void first_time(struct person *p)
{
    begin(p);
    child_put(&p->c, "{\"id\":1,\"do\":\"command\",\"line\":\"/join ops\"}\n");
    UNTIL(p->in, "the room");
}

/* While it starts, soon after, or while things are said: what a slow machine never reaches by
 * the clock it reaches by the number of answers. */
static void dies_some_time(struct person *p, uint64_t start_ms)
{
    uint64_t kind = random_below(3);
    uint64_t at = clock_mono_ms() + random_below(start_ms + 1);

    if (kind != 0) {
        UNTIL(p->in, "the room after a start");
        at = clock_mono_ms() + random_below(400);
    }
    if (kind == 2) {
        uint32_t enough = answered + 1 + (uint32_t)random_below(40);
        for (speak(); answered < enough; speak())
            cr_assert(turn(clock_mono_ms() + LIVE_PATIENCE_MS), "seed %llu: no answers",
                (unsigned long long)seed);
        at = clock_mono_ms() + random_below(20);
    }
    while (clock_mono_ms() < at) {
        speak();
        (void)turn(at);
    }
    dies(p);
}

/* ---- the checks ---- */

static void look_up(struct person *p)
{
    char line[LINE];

    for (uint32_t b = 0; b <= asked / BLOCK; b++) {
        searched = false;
        (void)snprintf(line, sizeof line,
            "{\"id\":%u,\"do\":\"command\",\"room\":\"ops\",\"line\":\"/search b%u.\"}\n",
            b + 2, b);
        child_put(&p->c, line);
        UNTIL(searched, "a search");
    }
}

static void check(const struct person *p, bool killed)
{
    for (uint32_t n = 1; n <= asked; n++) {
        cr_assert_neq(said[n].waits_in, people[ALICE].life,
            "seed %llu: %u is shown as if it waited", (unsigned long long)seed, n);
        cr_assert_leq(p->kept[n], 1, "seed %llu: %s keeps %u %u times",
            (unsigned long long)seed, p->name, n, p->kept[n]);
        cr_assert(!said[n].ok || p->kept[n] == 1, "seed %llu: %s does not keep %u",
            (unsigned long long)seed, p->name, n);
        if (killed)
            continue;
        cr_assert_eq(p->reads[n], p->kept[n], "seed %llu: %s read %u %u times",
            (unsigned long long)seed, p->name, n, p->reads[n]);
    }
}

static void storm(bool kill_alice, bool kill_bob)
{
    const char *lengthy = getenv("SOTTO_LONG");
    unsigned rounds = lengthy != NULL && lengthy[0] == '1' ? 500 : 6;
    struct person *alice = &people[ALICE], *bob = &people[BOB], *carol = &people[CAROL];

    first_time(alice);
    first_time(bob);
    first_time(carol);
    UNTIL(alice->in && bob->in, "them");
    ends(carol);
    uint64_t from = clock_mono_ms();
    ends(alice);
    begin(alice);
    UNTIL(alice->in, "alice");
    uint64_t start_ms = clock_mono_ms() - from;
    for (unsigned i = 0; i < rounds; i++) {
        struct person *dead = kill_alice && (!kill_bob || random_below(2) == 0) ? alice : bob;
        dies_some_time(dead, start_ms);
        begin(dead);
    }
    UNTIL(alice->in && bob->in, "them after the last start");
    speak();
    UNTIL(asked - begun == answered, "the last outcome");
    begin(carol);
    UNTIL(bob->shown_in[asked] == bob->life && carol->shown_in[asked] == carol->life,
        "the last words");
    look_up(bob);
    look_up(carol);
    check(bob, kill_bob);
    check(carol, false);
    ends(alice);
    ends(bob);
    ends(carol);
    (void)printf(
        "kill -9 of clients: seed %llu, %u rounds, %u said, %zu confirmed, all read once\n",
        (unsigned long long)seed, rounds, asked, confirmed);
}

static void setup(void)
{
    const char *given = getenv("SOTTO_SEED");
    char phrase[128];

    seed = given != NULL ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
    rng = seed * 2654435761u + 1;
    live_init(&live);
    (void)setenv("XDG_DATA_HOME", live.dir, 1);
    (void)setenv("XDG_STATE_HOME", live.dir, 1);
    (void)signal(SIGPIPE, SIG_IGN);
    (void)snprintf(live.limits, sizeof live.limits,
        "\"flood_burst\": 0, \"command_burst\": 0, \"commit_burst\": 0, \"receipt_burst\": 0, "
        "\"bytes_burst\": 0, \"package_burst\": 0, \"login_tries_per_min\": 100000, "
        "\"backlog_entries\": 1000000, \"backlog_bytes\": 4000000000,");
    cr_assert(live_start(&live), "%s", live_words(&live));
    (void)snprintf(address, sizeof address, "127.0.0.1:%u", live.port);
    folder(phrase, "password");
    cr_assert_eq(file_create_private(phrase, bytes_str("horse staple\n")), ERR_OK);
}

static void teardown(void)
{
    for (size_t i = 0; i < PEOPLE; i++)
        child_fini(&people[i].c);
    live_fini(&live);
}

TestSuite(daemon_client_kill, .init = setup, .fini = teardown);

Test(daemon_client_kill, sender__nothing_is_lost_or_said_twice)
{
    storm(true, false);
}

Test(daemon_client_kill, receiver__what_it_acknowledged_it_keeps)
{
    storm(false, true);
}

Test(daemon_client_kill, both__in_turn)
{
    storm(true, true);
}
