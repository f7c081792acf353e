/* SPDX-License-Identifier: ISC */
/*
 * What the screen costs, as JSON lines: the real one on a pseudo terminal of 120x36, with 300
 * rooms and 10,000 messages in the open one. From a key, a message or a turn of the page until
 * all of the frame is written: median and 99th of a hundred, beside a frame of 16 ms, and the
 * bytes it took. The processor's time and the wakeups while nothing happens, which must be
 * none; memory of 10,000 messages; and the start of sotto up to its first frame (SOTTO_BUILD).
 * Never a gate. Take a release build.
 */
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "support/support.h"
#include "tui/tui.h"

#define COLS     120
#define ROWS     36
#define MESSAGES 10000
#define ROOMS    300
#define FRAME_MS 16.0
#define TIMES    2000

static void must(bool good, const char *what)
{
    if (good)
        return;
    (void)fprintf(stderr, "bench_tui: %s failed\n", what);
    exit(1);
}

static double now_ms(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* ---- the one with the screen ---- */

/* After each turn: what this process has taken so far. */
struct told {
    double cpu_ms;
    double wakeups;
    double heap;
};

static void tell(int to)
{
    struct rusage u;
    struct told t;

    (void)getrusage(RUSAGE_SELF, &u);
    t.cpu_ms = (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e3 +
               (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e3;
    t.wakeups = (double)u.ru_nvcsw;
    t.heap = (double)mallinfo2().uordblks + (double)mallinfo2().hblkhd;
    must(write(to, &t, sizeof t) == sizeof t, "telling");
}

static void say(struct model *m, struct room *r, unsigned i)
{
    static const char *const WHO[] = {"ada", "bob", "carol", "Zo\xc3\xab"};
    static const char *const WHAT[] = {"yes", "the build is green again, have a look at it",
        "\xe6\xbc\xa2\xe5\xad\x97 and more", "see https://example.org/a/long/way?to=it#now"};
    char text[400];

    (void)snprintf(text, sizeof text, "%u: %s %s", i, WHAT[i % 4],
        i % 7 == 0
            ? "and some more words, so that the line is longer than the pane is wide and "
              "has to be cut into rows, which is what takes time"
            : "");
    model_add(m, r,
        &(struct event){.kind = EVENT_MESSAGE,
            .who = bytes_str(WHO[i % 4]),
            .wall_ms = (int64_t)i * 60000,
            .text = bytes_str(text)});
}

static void fill(struct model *m)
{
    char name[32];
    struct room *r = NULL;

    model_set_link(m, MODEL_READY, 0);
    model_set_nick(m, bytes_str("ada"));
    for (unsigned i = 0; i < ROOMS; i++) {
        (void)snprintf(name, sizeof name, "room%03u", i);
        r = model_join(m, bytes_str(name));
        r->seal = ROOM_SEALED;
        for (unsigned k = 0; k < 40; k++) {
            (void)snprintf(name, sizeof name, "person%u", k);
            must(roster_add(&r->people, bytes_str(name), ROSTER_SEALED) == ERR_OK, "a person");
        }
    }
    model_show(m, r);
}

/* Orders, one letter each: a message here, one elsewhere, all of them, nothing but telling. */
static void obey(struct model *m, char order)
{
    static unsigned said;

    for (unsigned n = order == 'f' ? MESSAGES : 1; order != 't' && n > 0; n--, said++)
        say(m, order == 'e' ? model_page(m, 1 + said % 50) : m->open, said);
}

static void drop_intents(struct model *m)
{
    struct intent i;

    while (intents_take(&m->intents, &i))
        intent_fini(&i);
}

static _Noreturn void be_the_screen(int orders, int told)
{
    struct model *m = model_new();
    struct pollfd in[] = {
        {.fd = STDIN_FILENO, .events = POLLIN}, {.fd = orders, .events = POLLIN}};
    char why[200];
    struct tui *t;
    char order;

    fill(m);
    must(tui_open(m, &t, why, sizeof why) == ERR_OK, why);
    for (;;) {
        tui_time(t, (uint64_t)now_ms());
        tui_draw(t);
        tell(told);
        must(poll(in, 2, -1) > 0, "waiting");
        if (in[0].revents != 0 && tui_input(t) == 0)
            break;
        if (in[1].revents != 0 && read(orders, &order, 1) == 1)
            obey(m, order);
        drop_intents(m);
    }
    tui_close(t);
    model_free(m);
    exit(0);
}

/* ---- the one that measures ---- */

static int screen, orders, told;
static size_t bytes; /* written by the screen since somebody looked */

static bool drain(int wait_ms)
{
    static char buf[65536];
    struct pollfd p = {.fd = screen, .events = POLLIN};
    ssize_t n;

    if (poll(&p, 1, wait_ms) <= 0)
        return false;
    n = read(screen, buf, sizeof buf);
    if (n > 0)
        bytes += (size_t)n;
    return n > 0;
}

/* Until the turn is over, reading what it writes meanwhile. */
static struct told turn(void)
{
    struct pollfd p[] = {{.fd = told, .events = POLLIN}, {.fd = screen, .events = POLLIN}};
    struct told t;

    for (;;) {
        must(poll(p, 2, 10000) > 0, "a turn");
        if (p[1].revents != 0)
            (void)drain(0);
        if (p[0].revents != 0)
            break;
    }
    must(read(told, &t, sizeof t) == sizeof t, "hearing");
    while (drain(0))
        ;
    return t;
}

static struct told order(char what)
{
    must(write(orders, &what, 1) == 1, "an order");
    return turn();
}

static struct told press(const char *keys)
{
    must(write(screen, keys, strlen(keys)) > 0, "a key");
    return turn();
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return (x > y) - (x < y);
}

struct work {
    const char *op;
    char order; /* or 0: keys, one after the other */
    const char *keys[2];
};
static const struct work WORKS[] = {
    {"a key typed", 0, {"x", "y"}},
    {"a key erased", 0, {"x", "\x7f"}},
    {"a message on the open page", 'm', {NULL, NULL}},
    {"a message on another page", 'e', {NULL, NULL}},
    {"the next page and back", 0, {"\x0e", "\x10"}},
    {"a page back and forth", 0, {"\x1b[5~", "\x1b[6~"}},
};

static void measure(const struct work *w)
{
    static double ms[TIMES];
    size_t times = w->order == 0 && w->keys[0][0] == 'x' && w->keys[1][0] == 'y' ? 60 : TIMES;
    size_t sum = 0;
    double cpu = order('t').cpu_ms;

    for (size_t i = 0; i < times; i++) {
        double from = now_ms();
        bytes = 0;
        (void)(w->order != 0 ? order(w->order) : press(w->keys[i % 2]));
        ms[i] = now_ms() - from;
        sum += bytes;
    }
    cpu = (order('t').cpu_ms - cpu) / (double)times;
    qsort(ms, times, sizeof *ms, by_value);
    (void)printf(
        "{\"bench\":\"tui\",\"op\":\"%s\",\"times\":%zu,\"p50_ms\":%.3f,\"p99_ms\":%.3f,"
        "\"p99_of_a_frame\":%.3f,\"cpu_ms\":%.3f,\"bytes\":%.0f}\n",
        w->op, times, ms[times / 2], ms[times * 99 / 100], ms[times * 99 / 100] / FRAME_MS, cpu,
        (double)sum / (double)times);
}

static void measure_idle(void)
{
    struct told before = order('t');
    struct told after;

    (void)poll(NULL, 0, 3000);
    after = order('t');
    /* One of both is the order itself. */
    (void)printf(
        "{\"bench\":\"tui\",\"op\":\"idle for 3 s\",\"cpu_ms\":%.3f,\"wakeups\":%.0f}\n",
        after.cpu_ms - before.cpu_ms, after.wakeups - before.wakeups - 1);
}

static void measure_memory(void)
{
    struct told before = order('t');
    struct told after = order('f');

    (void)printf("{\"bench\":\"tui\",\"op\":\"memory\",\"messages\":%d,\"kib\":%.0f,"
                 "\"ms\":%.1f}\n",
        MESSAGES, (after.heap - before.heap) / 1024, after.cpu_ms - before.cpu_ms);
}

static void measure_redraw(void)
{
    double from = now_ms();

    bytes = 0;
    (void)press("\x0c");
    (void)printf("{\"bench\":\"tui\",\"op\":\"everything anew\",\"ms\":%.3f,\"bytes\":%zu}\n",
        now_ms() - from, bytes);
}

static void measure_screen(void)
{
    struct winsize size = {.ws_row = ROWS, .ws_col = COLS};
    int down[2], up[2];
    pid_t pid;

    must(pipe(down) == 0 && pipe(up) == 0, "pipes");
    pid = forkpty(&screen, NULL, NULL, &size);
    must(pid >= 0, "forkpty");
    if (pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        be_the_screen(down[0], up[1]);
    }
    orders = down[1];
    told = up[0];
    (void)turn();
    measure_memory();
    for (size_t i = 0; i < MEM_COUNT(WORKS); i++)
        measure(&WORKS[i]);
    measure_redraw();
    measure_idle();
    (void)kill(pid, SIGKILL);
    (void)waitpid(pid, NULL, 0);
    (void)close(screen);
}

/* ---- the program itself ---- */

static bool has(const char *text, size_t n, const char *words)
{
    return memmem(text, n, words, strlen(words)) != NULL;
}

static double first_paint(const char *program, const char *dir)
{
    struct winsize size = {.ws_row = ROWS, .ws_col = COLS};
    static char text[1 << 16];
    static const char KIND[] =
        "\033[?62;22c"; /* as a terminal answers that has no more to say */
    bool asked = false;
    size_t n = 0;
    int fd;
    double from = now_ms();
    pid_t pid = forkpty(&fd, NULL, NULL, &size);

    must(pid >= 0, "forkpty");
    if (pid == 0) {
        (void)setenv("HOME", dir, 1);
        (void)setenv("XDG_STATE_HOME", dir, 1);
        (void)execl(program, program, "--ephemeral", "-s", "127.0.0.1:1", "-n", "ada", NULL);
        _exit(127);
    }
    while (!has(text, n, "ROOMS")) {
        ssize_t got = read(fd, text + n, sizeof text - n);
        must(got > 0, "the first frame of sotto");
        n += (size_t)got;
        if (!asked && has(text, n, "\033[c")) {
            asked = true;
            must(write(fd, KIND, sizeof KIND - 1) > 0, "an answer");
        }
    }
    from = now_ms() - from;
    (void)kill(pid, SIGTERM);
    (void)close(fd);
    (void)waitpid(pid, NULL, 0);
    return from;
}

static void measure_start(void)
{
    const char *build = getenv("SOTTO_BUILD");
    char program[512];
    char dir[64];
    double ms[15];

    (void)snprintf(program, sizeof program, "%s/sotto", build != NULL ? build : ".");
    if (access(program, X_OK) != 0) {
        (void)fprintf(stderr, "bench_tui: no %s; SOTTO_BUILD names its folder\n", program);
        return;
    }
    support_tmpdir(dir, sizeof dir);
    for (size_t i = 0; i < MEM_COUNT(ms); i++)
        ms[i] = first_paint(program, dir);
    qsort(ms, MEM_COUNT(ms), sizeof *ms, by_value);
    (void)printf(
        "{\"bench\":\"tui\",\"op\":\"start of sotto to its first frame\",\"p50_ms\":%.1f,"
        "\"worst_ms\":%.1f}\n",
        ms[MEM_COUNT(ms) / 2], ms[MEM_COUNT(ms) - 1]);
    support_rmtree(dir);
}

int main(void)
{
    (void)setenv("TERM", "xterm-256color", 1);
    (void)setenv("LC_ALL", "C.UTF-8", 1);
    (void)setenv("TZ", "UTC", 1);
    measure_screen();
    measure_start();
    return 0;
}
