/* SPDX-License-Identifier: ISC */
/* The client without a screen, as it is run: real processes against a real relay. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "support/live.h"
#include "support/support.h"

static struct live live;
static char address[32];

/* A sotto that runs beside the test, and everything it wrote. */
struct running {
    pid_t pid;
    int in, out;
    char text[1 << 18];
    size_t n;
    size_t seen; /* what was waited for lies before this */
};

static struct running one, two;

static void setup(void)
{
    live_init(&live);
    (void)setenv("XDG_DATA_HOME", live.dir, 1);
    (void)setenv("XDG_STATE_HOME", live.dir, 1);
    (void)signal(SIGPIPE, SIG_IGN);
    cr_assert(live_start(&live), "%s", live_words(&live));
    (void)snprintf(address, sizeof address, "127.0.0.1:%u", live.port);
}

static int finish(struct running *r)
{
    int status = 0;

    if (r->pid == 0)
        return -1;
    if (r->in >= 0)
        (void)close(r->in);
    while (waitpid(r->pid, &status, 0) < 0 && errno == EINTR)
        ;
    (void)close(r->out);
    r->pid = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void teardown(void)
{
    struct running *const all[] = {&one, &two};

    for (size_t i = 0; i < 2; i++) {
        if (all[i]->pid != 0)
            (void)kill(all[i]->pid, SIGKILL);
        (void)finish(all[i]);
    }
    live_fini(&live);
}

TestSuite(daemon_face, .init = setup, .fini = teardown);

static const char *binary(void)
{
    static char path[4096];
    const char *build = getenv("SOTTO_BUILD");

    (void)snprintf(path, sizeof path, "%s/sotto", build != NULL ? build : ".");
    return path;
}

/* args: what stands behind the relay's address, NULL-ended. */
static void begin(struct running *r, const char *data, const char *const *args)
{
    const char *argv[24] = {binary(), "-s", address, "--data", data};
    int to[2], from[2];
    size_t n = 5;

    while (*args != NULL)
        argv[n++] = *args++;
    *r = (struct running){.in = -1, .out = -1};
    cr_assert_eq(pipe2(to, O_CLOEXEC), 0);
    cr_assert_eq(pipe2(from, O_CLOEXEC), 0);
    r->pid = fork();
    if (r->pid == 0) {
        union {
            const char **in;
            char **out;
        } words = {.in = argv};
        (void)dup2(to[0], STDIN_FILENO);
        (void)dup2(from[1], STDOUT_FILENO);
        (void)dup2(from[1], STDERR_FILENO);
        (void)execv(argv[0], words.out);
        _exit(127);
    }
    (void)close(to[0]);
    (void)close(from[1]);
    r->in = to[1];
    r->out = from[0];
}

static void say(struct running *r, const char *line)
{
    cr_assert_eq(write(r->in, line, strlen(line)), (ssize_t)strlen(line));
}

/* Reads until the words come, behind what was waited for before. */
static void until(struct running *r, const char *words)
{
    const char *at;

    while ((at = strstr(r->text + r->seen, words)) == NULL) {
        struct pollfd p = {.fd = r->out, .events = POLLIN};
        cr_assert_eq(poll(&p, 1, LIVE_PATIENCE_MS), 1, "no %s in\n%s", words, r->text);
        ssize_t n = read(r->out, r->text + r->n, sizeof r->text - 1 - r->n);
        cr_assert_gt(n, 0, "it ended before %s in\n%s", words, r->text);
        r->n += (size_t)n;
        r->text[r->n] = '\0';
    }
    r->seen = (size_t)(at - r->text) + strlen(words);
}

/* Runs it to its end with this on its standard input. */
static int once(const char *data, const char *input, const char *const *args)
{
    static struct running r;
    ssize_t n;

    begin(&r, data, args);
    if (input[0] != '\0')
        say(&r, input);
    (void)close(r.in);
    r.in = -1;
    while ((n = read(r.out, r.text + r.n, sizeof r.text - 1 - r.n)) > 0)
        r.n += (size_t)n;
    r.text[r.n] = '\0';
    (void)memcpy(one.text, r.text, r.n + 1);
    return finish(&r);
}

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void folder(char out[128], const char *name)
{
    (void)snprintf(out, 128, "%s/%s", live.dir, name);
}

Test(daemon_face, json__two_people_talk)
{
    char a[128], b[128];

    folder(a, "alice");
    folder(b, "bob");
    begin(&one, a, WORDS("--json", "-n", "alice"));
    begin(&two, b, WORDS("--json", "-n", "bob"));
    until(&one, "\"link\":\"ready\"");
    until(&one, "You are alice now.");
    until(&two, "You are bob now.");
    say(&one, "{\"id\":1,\"do\":\"command\",\"line\":\"/join ops\"}\n");
    until(&one, "{\"id\":1,\"ok\":true}");
    say(&two, "{\"id\":1,\"do\":\"command\",\"line\":\"/join ops\"}\n");
    until(&two, "{\"id\":1,\"ok\":true}");
    until(&one, "\"members\":2"); /* before, it would be said to nobody */
    say(&one, "{\"id\":2,\"do\":\"say\",\"room\":\"ops\",\"text\":\"tea \\u001b[2J?\"}\n");
    until(&two, "\"from\":\"alice\"");
    until(&two, "\"text\":\"tea \\u001b[2J?\",\"display\":\"tea <U+001B>[2J?\"");
    until(&one, "\"state\":\"relayed\"");
    until(&one, "{\"id\":2,\"ok\":true}");
    say(&two, "{\"id\":2,\"do\":\"say\",\"person\":\"alice\",\"text\":\"psst\"}\n");
    until(&one, "\"event\":\"message\",\"person\":\"bob\"");
    until(&one, "\"text\":\"psst\"");
    say(&two, "{\"id\":3,\"do\":\"quit\"}\n");
    until(&two, "{\"id\":3,\"ok\":true}");
    cr_expect_eq(finish(&two), 0);
    cr_expect_eq(finish(&one), 0, "the end of input ends it");
}

Test(daemon_face, json__what_is_wrong_changes_nothing)
{
    char a[128];

    folder(a, "alice");
    begin(&one, a, WORDS("--json"));
    say(&one, "{\"id\":1,\"do\":\"say\",\"room\":\"ops\",\"text\":\"x\"}\nrubbish\n");
    until(&one, "\"ok\":false,\"error\":\"line 1");
    until(&one, "{\"id\":1,\"ok\":false,\"error\":\"");
    cr_expect_eq(finish(&one), 0);
}

Test(daemon_face, send_and_tail__through_pipes)
{
    char a[128], b[128];

    folder(a, "alice");
    folder(b, "bob");
    begin(&one, a, WORDS("tail", "#ops", "--json", "--number", "2", "-n", "alice"));
    /* It is in when the group that somebody else is in has two members. */
    begin(&two, b, WORDS("--json", "-n", "bob"));
    until(&two, "You are bob now.");
    say(&two, "{\"id\":1,\"do\":\"command\",\"line\":\"/join ops\"}\n");
    until(&two, "\"members\":2");
    cr_expect_eq(finish(&two), 0);
    cr_expect_eq(once(b, "", WORDS("send", "ops", "first")), 0, "%s", one.text);
    until(&one, "\"text\":\"first\"");
    cr_expect_eq(once(b, "more than\none line\n", WORDS("send", "#ops")), 0);
    until(&one, "\"text\":\"more than\\u000aone line\"");
    cr_expect_eq(finish(&one), 0);
}

Test(daemon_face, plain__a_script_joins_and_speaks)
{
    char a[128];

    folder(a, "alice");
    cr_expect_eq(
        once(a, "/join ops\ntea at five\n/quit\n", WORDS("--plain", "-n", "alice")), 0);
    cr_expect_not_null(strstr(one.text, "#ops alice: tea at five\n"), "%s", one.text);
}

Test(daemon_face, exit__says_how_it_went)
{
    static const char PIN[] = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    char a[128];

    folder(a, "alice");
    cr_expect_eq(once(a, "", WORDS("send")), 1);
    cr_expect_eq(once(a, "", WORDS("--colour")), 1);
    cr_expect_eq(once(a, "", WORDS("--log", "/nonexistent/log", "rooms")), 1);
    cr_expect_eq(once(a, "", WORDS("rooms", "--pin", PIN)), 3, "%s", one.text);
    cr_expect_not_null(strstr(one.text, "HAS CHANGED"), "%s", one.text);
    cr_expect_eq(once(a, "", WORDS("rooms")), 0, "%s", one.text);
    cr_expect_eq(once(a, "", WORDS("doctor")), 0, "%s", one.text);
    cr_expect_null(strstr(one.text, "WRONG"), "%s", one.text);
    (void)live_stop(&live);
    cr_expect_eq(once(a, "", WORDS("rooms")), 2, "%s", one.text);
    cr_expect_eq(once(a, "", WORDS("send", "ops", "x")), 2, "%s", one.text);
    cr_expect_eq(once(a, "", WORDS("doctor")), 2, "%s", one.text);
    cr_expect_not_null(strstr(one.text, "WRONG port"), "%s", one.text);
}

Test(daemon_face, verified__nothing_is_sent_to_who_was_not)
{
    char a[128], b[128];

    folder(a, "alice");
    folder(b, "bob");
    begin(&two, b, WORDS("--json", "-n", "bob"));
    until(&two, "You are bob now.");
    say(&two, "{\"id\":1,\"do\":\"command\",\"line\":\"/join ops\"}\n");
    until(&two, "{\"id\":1,\"ok\":true}");
    cr_expect_eq(once(a, "", WORDS("send", "ops", "the code is 4711", "--require-verified")), 4,
        "%s", one.text);
    cr_expect_not_null(strstr(one.text, "Nothing was sent."), "%s", one.text);
    say(&two, "{\"id\":2,\"do\":\"quit\"}\n");
    until(&two, "{\"id\":2,\"ok\":true}");
    cr_expect_null(strstr(two.text, "the code is")); /* digits alone come by chance */
    cr_expect_eq(finish(&two), 0);
}

Test(daemon_face, verified__is_sent_to_who_was)
{
    char a[128], b[128];

    folder(a, "alice");
    folder(b, "bob");
    begin(&two, b, WORDS("--json", "-n", "bob"));
    until(&two, "You are bob now.");
    say(&two, "{\"id\":1,\"do\":\"command\",\"line\":\"/join ops\"}\n");
    until(&two, "{\"id\":1,\"ok\":true}");
    begin(&one, a, WORDS("--json", "-n", "alice"));
    until(&one, "You are alice now.");
    say(&one, "{\"id\":1,\"do\":\"command\",\"line\":\"/join ops\"}\n");
    until(&one, "{\"id\":1,\"ok\":true}");
    say(&one, "{\"id\":2,\"do\":\"command\",\"line\":\"/verify bob yes\",\"room\":\"ops\"}\n");
    until(&one, "{\"id\":2,\"ok\":true}");
    cr_expect_eq(finish(&one), 0);
    cr_expect_eq(once(a, "", WORDS("send", "ops", "the code is 4711", "--require-verified")), 0,
        "%s", one.text);
    until(&two, "the code is 4711");
    cr_expect_eq(finish(&two), 0);
}

Test(daemon_face, account__is_known_again_and_its_rooms_too)
{
    char a[128], b[128], phrase[160];

    folder(a, "alice");
    folder(b, "other");
    folder(phrase, "password");
    cr_assert_eq(file_create_private(phrase, bytes_str("horse staple\n")), ERR_OK);
    cr_expect_eq(once(a, "", WORDS("rooms", "--register", "ann", "--password-file", phrase)), 0,
        "%s", one.text);
    cr_expect_eq(once(a, "", WORDS("send", "ops", "one")), 0, "%s", one.text);
    cr_expect_eq(once(a, "", WORDS("send", "ops", "two")), 0, "%s", one.text);
    cr_expect_eq(once(a, "", WORDS("rooms")), 0, "%s", one.text);
    cr_expect_not_null(strstr(one.text, "#ops  1 here"), "%s", one.text);
    cr_expect_eq(once(b, "", WORDS("rooms", "--register", "ann", "--password-file", phrase)), 3,
        "%s", one.text);
    cr_expect_eq(
        once(b, "wrong word\n", WORDS("rooms", "--login", "ann", "--password-fd", "0")), 3,
        "%s", one.text);
    cr_expect_not_null(strstr(one.text, "wrong. Password of ann"), "%s", one.text);
}

Test(daemon_face, send__to_nobody)
{
    char a[128];

    folder(a, "alice");
    cr_expect_eq(once(a, "", WORDS("send", "@nobody", "hi")), 3, "%s", one.text);
    cr_expect_not_null(strstr(one.text, "obody"), "%s", one.text);
}

Test(daemon_face, passphrase__set_wrong_and_removed)
{
    char a[128], old[160], fresh[160], both[160];

    folder(a, "alice");
    folder(old, "old");
    folder(fresh, "fresh");
    folder(both, "both");
    cr_assert_eq(file_create_private(old, bytes_str("one\n")), ERR_OK);
    cr_assert_eq(file_create_private(fresh, bytes_str("two\n")), ERR_OK);
    cr_assert_eq(file_create_private(both, bytes_str("one\ntwo\n")), ERR_OK);
    const char *const set[] = {
        "sotto", "passphrase", "set", "--data", a, "--passphrase-file", old, NULL};
    const char *const change[] = {
        "sotto", "passphrase", "change", "--data", a, "--passphrase-file", both, NULL};
    const char *const remove[] = {
        "sotto", "passphrase", "remove", "--data", a, "--passphrase-file", fresh, NULL};
    char words[1024];
    cr_expect_eq(live_run(set, words, sizeof words), 0, "%s", words);
    cr_expect_eq(once(a, "", WORDS("rooms")), 1, "%s", one.text);
    cr_expect_eq(once(a, "", WORDS("rooms", "--passphrase-file", old)), 0, "%s", one.text);
    cr_expect_eq(live_run(change, words, sizeof words), 0, "%s", words);
    cr_expect_eq(once(a, "", WORDS("rooms", "--passphrase-file", old)), 1, "%s", one.text);
    cr_expect_eq(live_run(remove, words, sizeof words), 0, "%s", words);
    cr_expect_eq(once(a, "", WORDS("rooms")), 0, "%s", one.text);
}

Test(daemon_face, identity__goes_to_another_folder)
{
    char a[128], b[128], c[128], file[160], phrase[160], print[128];
    char words[1024];

    folder(a, "alice");
    folder(b, "other");
    folder(c, "third");
    folder(file, "me");
    folder(phrase, "phrase");
    cr_assert_eq(file_create_private(phrase, bytes_str("one\none\n")), ERR_OK);
    cr_assert_eq(once(a, "", WORDS("doctor")), 0, "%s", one.text);
    const char *at = strstr(one.text, "keys: ");
    cr_assert_not_null(at);
    cr_assert(bytes_copy(print, sizeof print, bytes_of(at, strcspn(at, "\n"))));
    const char *const out[] = {
        "sotto", "identity", "export", file, "--data", a, "--passphrase-file", phrase, NULL};
    const char *const in[] = {
        "sotto", "identity", "import", file, "--data", b, "--passphrase-file", phrase, NULL};
    cr_expect_eq(live_run(out, words, sizeof words), 0, "%s", words);
    cr_expect_eq(
        live_run(out, words, sizeof words), 1, "a file is not written over: %s", words);
    cr_expect_eq(live_run(in, words, sizeof words), 0, "%s", words);
    cr_expect_eq(
        live_run(in, words, sizeof words), 3, "an identity is not replaced: %s", words);
    cr_expect_eq(once(b, "", WORDS("doctor", "--passphrase-file", phrase)), 0, "%s", one.text);
    cr_expect_not_null(strstr(one.text, print), "%s not in\n%s", print, one.text);
}
