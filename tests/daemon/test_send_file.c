/* SPDX-License-Identifier: ISC */
/* Files between two clients without a screen, as they are run: real processes, a real relay. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "support/child.h"
#include "support/live.h"
#include "support/support.h"

#define PATH      256
#define MANY      ((size_t)5 * 1000 * 1000)
#define LONG_TIME ((off_t)200 * 1000 * 1000) /* to send, so that it can be ended meanwhile */
#define SLOWLY    "\"file_window_bytes\": 65536," /* a chunk waits for the one before */

static struct live live;
static char address[32];
static struct child ann, bob;

static void setup(void)
{
    live_init(&live);
    (void)setenv("HOME", live.dir, 1);
    (void)setenv("XDG_CONFIG_HOME", live.dir, 1);
    (void)setenv("XDG_DATA_HOME", live.dir, 1);
    (void)setenv("XDG_STATE_HOME", live.dir, 1);
    (void)unsetenv("XDG_DOWNLOAD_DIR");
    (void)signal(SIGPIPE, SIG_IGN);
    cr_assert(live_start(&live), "%s", live_words(&live));
    (void)snprintf(address, sizeof address, "127.0.0.1:%u", live.port);
}

static void teardown(void)
{
    child_fini(&ann);
    child_fini(&bob);
    live_fini(&live);
}

TestSuite(daemon_send_file, .init = setup, .fini = teardown);

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

static const char *below(char out[PATH], const char *name)
{
    (void)snprintf(out, PATH, "%s/%s", live.dir, name);
    return out;
}

/* As a guest of that name, who keeps what is theirs in a folder of that name. */
static void begin(struct child *c, const char *who, const char *const *args)
{
    char data[PATH];
    const char *argv[24] = {"sotto", "-s", address, "--data", below(data, who), "-n", who};
    size_t n = 7;

    while (*args != NULL)
        argv[n++] = *args++;
    child_start(c, argv);
}

/* Reads until the words stand somewhere in what it wrote. */
static void until(struct child *c, const char *words)
{
    while (c->text == NULL || strstr(c->text, words) == NULL) {
        bool came = child_wait(&c, 1, LIVE_PATIENCE_MS);
        cr_assert(came || !c->ended, "it ended before \"%s\" in\n%s", words, c->text);
        cr_assert(came, "no \"%s\" in\n%s", words, c->text != NULL ? c->text : "");
    }
}

static void expect_end(struct child *c, int status, const char *words)
{
    int got = child_end(c);

    cr_expect_eq(got, status, "%d, not %d:\n%s", got, status, c->text);
    cr_expect_not_null(strstr(c->text, words), "no \"%s\" in\n%s", words, c->text);
}

/* Bytes that are no pattern of any piece; the same for the same size. */
static void make_file(const char *path, size_t n)
{
    uint8_t *bytes = mem_alloc(n + 1);
    uint32_t x = 1 + (uint32_t)n;

    for (size_t i = 0; i < n; i++) {
        x = x * 1664525 + 1013904223;
        bytes[i] = (uint8_t)(x >> 24);
    }
    cr_assert_eq(file_write_atomic(path, bytes_of(bytes, n), 0600), ERR_OK, "%s", path);
    mem_free(bytes);
}

static void expect_same(const char *one, const char *two)
{
    struct buf a, b;

    buf_init(&a, 2 * MANY);
    buf_init(&b, 2 * MANY);
    cr_expect_eq(file_read(one, &a), ERR_OK, "%s", one);
    cr_expect_eq(file_read(two, &b), ERR_OK, "%s", two);
    cr_expect(bytes_eq(buf_view(&a), buf_view(&b)), "%s is not %s", two, one);
    buf_free(&a);
    buf_free(&b);
}

/* Whether a folder has nothing in it, parts and hidden files included. */
static bool is_bare(const char *dir)
{
    return rmdir(dir) == 0 && mkdir(dir, 0700) == 0;
}

static void receive(const char *const *more)
{
    char dir[PATH];
    const char *args[16] = {"receive", "ops", "--dir", below(dir, "in/new")};
    size_t n = 4;

    while (*more != NULL)
        args[n++] = *more++;
    begin(&bob, "bob", args);
    until(&bob, "Waiting for files of ");
}

static void send(const char *path, int status, const char *words)
{
    begin(&ann, "ann", WORDS("send-file", "#ops", path));
    expect_end(&ann, status, words);
    child_fini(&ann);
}

Test(daemon_send_file, sizes__arrive_as_they_were)
{
    static const size_t SIZES[] = {0, 1, 65535, 65536, 65537, MANY};
    char from[PATH], to[PATH], name[32];

    receive(WORDS("--from", "any", "--count", "6"));
    for (size_t i = 0; i < MEM_COUNT(SIZES); i++) {
        (void)snprintf(name, sizeof name, "%zu.bin", SIZES[i]);
        make_file(below(from, name), SIZES[i]);
        send(from, 0, "was sent: 1 has it.");
    }
    cr_expect_eq(child_end(&bob), 0, "%s", bob.text);
    for (size_t i = 0; i < MEM_COUNT(SIZES); i++) {
        char line[PATH + 2];
        (void)snprintf(name, sizeof name, "%zu.bin", SIZES[i]);
        (void)snprintf(line, sizeof line, "%s/in/new/%s\n", live.dir, name);
        cr_expect_not_null(strstr(bob.text, line), "no %s in\n%s", line, bob.text);
        line[strlen(line) - 1] = '\0';
        below(to, name);
        expect_same(to, line);
    }
}

Test(daemon_send_file, name__that_is_taken_gets_a_number)
{
    char from[PATH], there[PATH], to[PATH];

    make_file(below(from, "report.pdf"), 1000);
    cr_assert_eq(mkdir(below(there, "in"), 0700), 0);
    cr_assert_eq(mkdir(below(there, "in/new"), 0700), 0);
    make_file(below(there, "in/new/report.pdf"), 7);
    receive(WORDS("--from", "any"));
    send(from, 0, "report.pdf was sent");
    expect_end(&bob, 0, "/in/new/report (2).pdf\n");
    expect_same(from, below(to, "in/new/report (2).pdf"));
    make_file(below(from, "seven"), 7);
    expect_same(from, there);
}

Test(daemon_send_file, name__of_hostile_bytes_stays_in_the_folder_and_on_its_line)
{
    char from[PATH];

    make_file(below(from, " two\nlines\x1b[2J"), 10);
    receive(WORDS("--from", "any"));
    send(from, 0, "was sent");
    cr_expect_eq(child_end(&bob), 0, "%s", bob.text);
    cr_expect_null(strchr(bob.text, '\x1b'), "%s", bob.text);
    char line[PATH];
    const char *path = strstr(bob.text, below(line, "in/new"));
    cr_assert_not_null(path, "%s", bob.text);
    cr_assert(bytes_copy(line, sizeof line, bytes_of(path, strcspn(path, "\n"))));
    cr_expect_eq(access(line, R_OK), 0, "there is no %s", line);
}

static void expect_nothing_of(const char *from, const char *const *sender)
{
    char dir[PATH];

    receive(WORDS("--from", from));
    begin(&ann, "ann", sender);
    until(&ann, "offered");
    cr_assert_eq(kill(ann.pid, SIGINT), 0);
    expect_end(&ann, 2, "you cancelled it");
    cr_assert_eq(kill(bob.pid, SIGINT), 0);
    cr_expect_eq(child_end(&bob), 2, "%s", bob.text);
    cr_expect(is_bare(below(dir, "in/new")), "%s", bob.text);
    child_fini(&ann);
    child_fini(&bob);
}

/* What is not taken shows in what is: the offer of who is not meant comes before the other. */
Test(daemon_send_file, from__takes_those_of_nobody_else)
{
    char file[PATH], own[PATH], phrase[PATH], data[PATH];

    make_file(below(file, "guest.txt"), 10);
    make_file(below(own, "own.txt"), 20);
    cr_assert_eq(
        file_create_private(below(phrase, "password"), bytes_str("horse staple\n")), ERR_OK);
    expect_nothing_of("carol", WORDS("send-file", "ops", file));
    expect_nothing_of("ann", WORDS("send-file", "ops", file)); /* a guest, without its tag */
    expect_nothing_of("ann#zzzz", WORDS("send-file", "ops", file));
    receive(WORDS("--from", "carol"));
    begin(&ann, "ann", WORDS("send-file", "ops", file));
    until(&ann, "offered");
    cr_assert_eq(kill(ann.pid, SIGINT), 0);
    expect_end(&ann, 2, "you cancelled it");
    child_fini(&ann);
    child_start(
        &ann, WORDS("sotto", "-s", address, "--data", below(data, "carol"), "--register",
                  "carol", "--password-file", phrase, "send-file", "ops", own));
    expect_end(&ann, 0, "own.txt was sent");
    expect_end(&bob, 0, "/in/new/own.txt\n");
    cr_expect_null(strstr(bob.text, "guest.txt"), "%s", bob.text);
}

Test(daemon_send_file, path__that_cannot_be_sent_is_refused_before_the_relay_is_asked)
{
    char path[PATH];

    (void)live_stop(&live);
    send(live.dir, 1, "it is a folder");
    send(below(path, "missing"), 1, "there is no such file");
    cr_assert_eq(mkfifo(below(path, "pipe"), 0600), 0);
    send(path, 1, "it is a pipe");
    send("/dev/null", 1, "it is no ordinary file");
    make_file(below(path, "closed"), 1);
    cr_assert_eq(chmod(path, 0), 0);
    if (geteuid() != 0)
        send(path, 1, "you may not read it");
    begin(&bob, "bob", WORDS("receive", "--from", "any", "--dir", path));
    expect_end(&bob, 1, "something else has that name");
}

Test(daemon_send_file, command_line__refuses_what_makes_no_sense)
{
    static const struct {
        const char *args[6];
        const char *why;
    } CASES[] = {
        {{"send-file", "ops"}, "takes ROOM|@PERSON PATH"},
        {{"send-file", "ops", ""}, "which file?"},
        {{"send-file", "o ps", "/etc/passwd"}, "is no room"},
        {{"send-file", "ops", "/etc/passwd", "--note", "caf\xe9"}, "no UTF-8"},
        {{"receive"}, "--from NAME"},
        {{"receive", "@", "--from", "x"}, "is no room"},
        {{"receive", "--from", ""}, "must not be empty"},
        {{"receive", "--from", "x", "--max", "12Q"}, "is no size"},
        {{"receive", "--from", "x", "--max", "0"}, "is no size"},
        {{"receive", "--from", "x", "--count", "-1"}, "must be a number"},
        {{"send", "ops", "x", "--from", "y"}, "does not go with send"},
    };

    for (size_t i = 0; i < MEM_COUNT(CASES); i++) {
        begin(&ann, "ann", CASES[i].args);
        expect_end(&ann, 1, CASES[i].why);
        child_fini(&ann);
    }
}

Test(daemon_send_file, limits__are_refusals_that_the_sender_hears_of)
{
    char path[PATH], dir[PATH];

    make_file(below(path, "large"), 1001);
    receive(WORDS("--from", "any", "--max", "1k"));
    send(path, 3, "nobody wanted it");
    until(&bob, "is larger than --max");
    cr_assert_eq(kill(bob.pid, SIGINT), 0);
    cr_expect_eq(child_end(&bob), 2, "%s", bob.text);
    child_fini(&bob);
    receive(WORDS("--from", "any", "--require-verified"));
    send(path, 3, "nobody wanted it");
    until(&bob, "is not verified");
    cr_expect(is_bare(below(dir, "in/new")));
    send(path, 3, "nobody wanted it");
    begin(&ann, "ann", WORDS("send-file", "ops", path, "--require-verified"));
    expect_end(&ann, 4, "bob reads along and is not verified");
}

static void set_limits(const char *limits)
{
    (void)snprintf(live.limits, sizeof live.limits, "%s", limits);
    cr_assert(live_reload(&live), "%s", live_words(&live));
}

/* A file with holes: nothing is written, and it takes its time. */
static void begin_long(void)
{
    char path[PATH];
    int fd = open(below(path, "long.bin"), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    cr_assert_geq(fd, 0);
    cr_assert_eq(ftruncate(fd, LONG_TIME), 0);
    (void)close(fd);
    set_limits(SLOWLY);
    receive(WORDS("--from", "any"));
    begin(&ann, "ann", WORDS("send-file", "ops", path));
    until(&bob, "%");
}

Test(daemon_send_file, interrupt__of_the_sender_ends_the_receiver_in_order)
{
    char dir[PATH];

    begin_long();
    cr_assert_eq(kill(ann.pid, SIGINT), 0);
    expect_end(&ann, 2, "long.bin: you cancelled it");
    expect_end(&bob, 3, "long.bin: the sender took it back.");
    cr_expect(is_bare(below(dir, "in/new")));
}

Test(daemon_send_file, interrupt__of_the_receiver_ends_the_sender_in_order)
{
    char dir[PATH];

    begin_long();
    cr_assert_eq(kill(bob.pid, SIGINT), 0);
    expect_end(&bob, 2, "0 came in before.");
    expect_end(&ann, 3, "long.bin: nobody wanted it.");
    cr_expect(is_bare(below(dir, "in/new")));
}

/* ---- places, people, relays ---- */

Test(daemon_send_file, person__gets_it_without_a_room)
{
    char path[PATH], dir[PATH];

    make_file(below(path, "report.pdf"), 100000);
    begin(&bob, "bob", WORDS("receive", "--from", "any", "--dir", below(dir, "in")));
    until(&bob, "Waiting for files of ");
    begin(&ann, "ann", WORDS("send-file", "@bob", path));
    expect_end(&ann, 0, "report.pdf was sent: 1 has it.");
    expect_end(&bob, 0, "/in/report.pdf\n");
}

Test(daemon_send_file, room__two_take_it_and_it_is_sent_once)
{
    char path[PATH], dir[PATH];
    struct child eve = {0};

    make_file(below(path, "report.pdf"), 100000);
    receive(WORDS("--from", "any"));
    begin(&eve, "eve", WORDS("receive", "ops", "--from", "any", "--dir", below(dir, "eve/in")));
    until(&eve, "Waiting for files of ");
    begin(&ann, "ann", WORDS("--json", "--", "send-file", "ops", path));
    expect_end(&ann, 0, "\"state\":\"done\",\"way\":\"out\"");
    expect_end(&eve, 0, "eve/in/report.pdf\n");
    expect_end(&bob, 0, "/in/new/report.pdf\n");
    child_fini(&eve);
}

Test(daemon_send_file, relay__that_takes_no_files_says_so)
{
    char path[PATH];

    (void)live_stop(&live);
    (void)snprintf(live.limits, sizeof live.limits, "\"files\": 0,");
    cr_assert(live_start(&live), "%s", live_words(&live));
    (void)snprintf(address, sizeof address, "127.0.0.1:%u", live.port);
    make_file(below(path, "report.pdf"), 10);
    receive(WORDS("--from", "any"));
    send(path, 3, "report.pdf: the relay says: ");
}

/* One that is killed keeps what it has, and the next takes the rest. */
Test(daemon_send_file, receiver__with_an_account_goes_on_where_it_was_killed)
{
    char dir[PATH], phrase[PATH], data[PATH], path[PATH], got[PATH];
    int fd;

    cr_assert_eq(
        file_create_private(below(phrase, "password"), bytes_str("horse staple\n")), ERR_OK);
    fd = open(below(path, "long.bin"), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    cr_assert_eq(ftruncate(fd, LONG_TIME), 0);
    (void)close(fd);
    set_limits(SLOWLY);
    child_start(&bob, WORDS("sotto", "-s", address, "--data", below(data, "bob"), "--register",
                          "bob", "--password-file", phrase, "receive", "ops", "--from", "any",
                          "--dir", below(dir, "in")));
    until(&bob, "Waiting for files of ");
    begin(&ann, "ann", WORDS("send-file", "ops", path));
    until(&bob, "%");
    child_kill(&bob);
    child_fini(&bob);
    set_limits("");
    child_start(&bob, WORDS("sotto", "-s", address, "--data", data, "receive", "--from", "any",
                          "--dir", dir));
    expect_end(&bob, 0, "/in/long.bin\n");
    expect_end(&ann, 0, "long.bin was sent: 1 has it.");
    struct stat st;
    cr_assert_eq(stat(below(got, "in/long.bin"), &st), 0);
    cr_expect_eq(st.st_size, LONG_TIME);
}

Test(daemon_send_file, relay__that_starts_anew_is_waited_for)
{
    char path[PATH], words[512];
    int fd = open(below(path, "long.bin"), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    cr_assert_eq(ftruncate(fd, LONG_TIME), 0);
    (void)close(fd);
    set_limits(SLOWLY);
    receive(WORDS("--from", "any"));
    begin(&ann, "ann", WORDS("--json"));
    until(&ann, "\"link\":\"ready\"");
    child_put(&ann, "{\"id\":1,\"do\":\"command\",\"line\":\"/join ops\"}\n");
    until(&ann, "\"members\":2");
    (void)snprintf(words, sizeof words,
        "{\"id\":2,\"do\":\"send_file\",\"room\":\"ops\",\"path\":\"%s\"}\n", path);
    child_put(&ann, words);
    until(&bob, "%");
    live_kill(&live);
    live.limits[0] = '\0';
    (void)snprintf(live.listen, sizeof live.listen, "%s", address);
    until(&ann, "\"state\":\"lost\"");
    cr_assert(live_start(&live), "%s", live_words(&live));
    until(&ann, "{\"id\":2,\"ok\":true}");
    expect_end(&bob, 0, "/in/new/long.bin\n");
    cr_expect_eq(child_end(&ann), 0, "%s", ann.text);
}

/* ---- objects and lines ---- */

Test(daemon_send_file, json__of_both_commands)
{
    char path[PATH];

    make_file(below(path, "report.pdf"), 100000);
    receive(WORDS("--from", "any", "--json"));
    begin(&ann, "ann", WORDS("send-file", "ops", path, "--json", "--note", "tea \x07?"));
    until(&ann, "\"state\":\"done\",\"way\":\"out\",\"name\":\"report.pdf\",\"bytes\":100000");
    until(&ann, "\"people\":[{\"name\":\"bob\",\"state\":\"done\",\"done\":100000}]");
    cr_expect_eq(child_end(&ann), 0, "%s", ann.text);
    until(&bob, "\"state\":\"offered\",\"way\":\"in\"");
    until(&bob, "\"note\":\"tea \\u0007?\",\"display\":\"tea <U+0007>?\"");
    until(&bob, "\"state\":\"done\",\"way\":\"in\",\"name\":\"report.pdf\"");
    until(&bob, "/in/new/report.pdf\",\"why\":\"\"}");
    cr_expect_eq(child_end(&bob), 0, "%s", bob.text);
}

static void come_in(struct child *c, const char *who, const char *kind)
{
    begin(c, who, WORDS(kind));
    until(c, strcmp(kind, "--json") == 0 ? "\"link\":\"ready\"" : "connected");
}

Test(daemon_send_file, json__requests)
{
    char path[PATH], words[512];

    make_file(below(path, "report.pdf"), 100000);
    come_in(&ann, "ann", "--json");
    come_in(&bob, "bob", "--json");
    child_put(&ann, "{\"id\":1,\"do\":\"command\",\"line\":\"/join ops\"}\n");
    until(&ann, "{\"id\":1,\"ok\":true}");
    child_put(&bob, "{\"id\":1,\"do\":\"command\",\"line\":\"/join ops\"}\n"
                    "{\"id\":2,\"do\":\"command\",\"line\":\"/set downloads ~/got\"}\n");
    until(&bob, "{\"id\":2,\"ok\":true}");
    until(&ann, "\"members\":2");
    (void)snprintf(words, sizeof words,
        "{\"id\":3,\"do\":\"send_file\",\"room\":\"ops\",\"path\":\"%s\",\"note\":\"n\"}\n",
        path);
    child_put(&ann, words);
    until(
        &bob, "\"mention\":false,\"file\":true,\"text\":\"report.pdf, 100 kB, PDF document\"");
    until(&bob, "\"event\":\"file\",\"n\":1,");
    child_put(&bob, "{\"id\":3,\"do\":\"accept\",\"n\":1,\"name\":\"my paper.pdf\"}\n");
    until(&bob, "{\"id\":3,\"ok\":true}");
    until(&ann, "{\"id\":3,\"ok\":true}");
    until(&bob, "/got/my paper.pdf\",\"why\":\"\"}");
    child_put(&bob, "{\"id\":4,\"do\":\"transfers\"}\n");
    until(&bob, "{\"id\":4,\"ok\":true,\"transfers\":[{\"n\":1,");
    child_put(&bob, "{\"id\":5,\"do\":\"cancel\",\"n\":1}\n");
    until(&bob, "{\"id\":5,\"ok\":false,\"error\":\"There is no such file;");
    child_put(&ann, "{\"id\":6,\"do\":\"send_file\",\"room\":\"ops\",\"path\":\"/nowhere\"}\n");
    until(
        &ann, "{\"id\":6,\"ok\":false,\"error\":\"nowhere is not sent: there is no such file");
    cr_expect_eq(child_end(&ann), 0, "%s", ann.text);
    cr_expect_eq(child_end(&bob), 0, "%s", bob.text);
    expect_same(path, below(words, "got/my paper.pdf"));
}

Test(daemon_send_file, plain__offers_are_lines_and_who_types_is_not_kept_waiting)
{
    char path[PATH], words[512];

    make_file(below(path, "report.pdf"), 3200000);
    come_in(&ann, "ann", "--plain");
    come_in(&bob, "bob", "--plain");
    child_put(&ann, "/join ops\n");
    child_put(&bob, "/join ops\n/set downloads ~/got\n");
    until(&ann, "2 members");
    until(&bob, "2 members");
    (void)snprintf(words, sizeof words, "/send %s\n/refuse\nstill here\n", path);
    child_put(&ann, words);
    until(&bob, "sends report.pdf, 3.2 MB, PDF document: /accept 1 or /refuse 1\n");
    until(&bob, ": still here"); /* before anybody has taken it */
    child_put(&bob, "/accept\n");
    until(&ann, "report.pdf was sent: whoever wanted it has it.");
    until(&bob, "Saved ");
    child_put(&bob, "/quit\n");
    cr_expect_eq(child_end(&ann), 0, "%s", ann.text);
    cr_expect_eq(child_end(&bob), 0, "%s", bob.text);
    cr_expect_null(strstr(bob.text, ": file report.pdf"), "told twice:\n%s", bob.text);
    expect_same(path, below(words, "got/report.pdf"));
}

/* The end of input does not cut off what is on its way. */
Test(daemon_send_file, plain__a_script_sends_a_file)
{
    char path[PATH], words[512];

    make_file(below(path, "report.pdf"), MANY);
    receive(WORDS("--from", "any"));
    come_in(&ann, "ann", "--plain");
    (void)snprintf(words, sizeof words, "/join ops\n/send %s\n", path);
    child_put(&ann, words);
    child_close(&ann);
    expect_end(&ann, 0, "report.pdf was sent");
    expect_end(&bob, 0, "/in/new/report.pdf\n");
}

/* Offsets beyond 32 bits, on either side; with SOTTO_LONG=1. */
Test(daemon_send_file, huge__five_gibibytes_with_holes)
{
    static const off_t MARKS[] = {0, (off_t)4 << 30, ((off_t)5 << 30) - 5};
    const char *lengthy = getenv("SOTTO_LONG");
    char from[PATH], to[PATH];
    struct stat st;

    if (lengthy == NULL || strcmp(lengthy, "1") != 0)
        cr_skip_test("it takes a minute: SOTTO_LONG=1");
    int fd = open(below(from, "huge.bin"), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    for (size_t i = 0; i < MEM_COUNT(MARKS); i++)
        cr_assert_eq(pwrite(fd, "mark\n", 5, MARKS[i]), 5);
    (void)close(fd);
    receive(WORDS("--from", "any"));
    begin(&ann, "ann", WORDS("send-file", "ops", from));
    until(&ann, "huge.bin was sent: 1 has it.");
    cr_expect_eq(child_end(&ann), 0, "%s", ann.text);
    cr_expect_eq(child_end(&bob), 0, "%s", bob.text);
    fd = open(below(to, "in/new/huge.bin"), O_RDONLY | O_CLOEXEC);
    cr_assert_geq(fd, 0);
    cr_assert_eq(fstat(fd, &st), 0);
    cr_expect_eq(st.st_size, (off_t)5 << 30);
    for (size_t i = 0; i < MEM_COUNT(MARKS); i++) {
        char mark[5] = "";
        cr_assert_eq(pread(fd, mark, sizeof mark, MARKS[i]), 5);
        cr_expect_eq(memcmp(mark, "mark\n", 5), 0);
    }
    (void)close(fd);
}
