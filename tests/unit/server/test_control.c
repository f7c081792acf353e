/* SPDX-License-Identifier: ISC */
/* A whole relay without people behind the socket, its store in memory, its workers inline. */
#include "server/control.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "crypto/password.h"
#include "net/msg.h"
#include "support/support.h"

#define TURNS 20000 /* of the loop, after which an answer that did not come is not coming */

static struct {
    char dir[64];
    char path[128];
    struct loop_event *le;
    struct store_file *file;
    struct worker *db, *hasher;
    struct store *store;
    struct bus *bus;
    struct config config;
    struct server *server;
    struct control *control;
    unsigned reloads, drains;
    bool close_in_drain;
} w;

static void wake(void *arg)
{
    (void)arg;
}

static void on_reload(void *arg)
{
    (void)arg;
    w.reloads++;
}

static void on_drain(void *arg)
{
    (void)arg;
    w.drains++;
    if (w.close_in_drain) {
        control_close(w.control);
        w.control = NULL;
    }
}

static enum err open_control(struct control **out, char *why, size_t n)
{
    struct control_parts parts = {.le = w.le,
        .server = w.server,
        .store = w.store,
        .hasher = w.hasher,
        .config = &w.config,
        .reload = on_reload,
        .drain = on_drain,
        .sandbox = "nothing is missing"};

    return control_open(&parts, w.path, out, why, n);
}

static void start(void)
{
    char why[256] = "";

    log_off();
    support_tmpdir(w.dir, sizeof w.dir);
    (void)snprintf(w.path, sizeof w.path, "%s/run/control.sock", w.dir);
    w.le = loop_event_new();
    config_defaults(&w.config);
    w.config.limits.hash_log2_n = 10;
    cr_assert_eq(store_file_open(":memory:", &w.file, why, sizeof why), ERR_OK, "%s", why);
    struct worker_hooks hooks = store_file_hooks(w.file);
    w.db = worker_new_inline(wake, NULL, &hooks);
    w.hasher = worker_new_inline(wake, NULL, NULL);
    w.store = store_sqlite_new(w.file, w.db);
    w.bus = bus_local_new(loop_event_loop(w.le), 1000);
    struct server_parts parts = {.loop = loop_event_loop(w.le),
        .store = w.store,
        .bus = w.bus,
        .hasher = w.hasher,
        .config = &w.config};
    cr_assert_eq(server_new(&parts, &w.server, why, sizeof why), ERR_OK, "%s", why);
    cr_assert_eq(open_control(&w.control, why, sizeof why), ERR_OK, "%s", why);
}

static void turn(void)
{
    loop_event_once(w.le, 1);
    worker_drain(w.hasher);
    worker_drain(w.db);
}

static void stop(void)
{
    control_close(w.control);
    for (int i = 0; i < 10; i++)
        turn();
    server_free(w.server);
    bus_close(w.bus);
    worker_free(w.hasher);
    worker_free(w.db);
    store_free(w.store);
    store_file_close(w.file);
    loop_event_free(w.le);
    support_rmtree(w.dir);
}

TestSuite(control, .init = start, .fini = stop);

/* ---- a client ---- */

static int dial(void)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    cr_assert_geq(fd, 0);
    (void)bytes_copy(at.sun_path, sizeof at.sun_path, bytes_str(w.path));
    cr_assert_eq(connect(fd, (struct sockaddr *)&at, sizeof at), 0, "%s", strerror(errno));
    return fd;
}

static void say(int fd, const char *text)
{
    for (size_t at = 0, n = strlen(text); at < n;) {
        ssize_t sent = send(fd, text + at, n - at, MSG_NOSIGNAL);
        if (sent > 0)
            at += (size_t)sent;
        else if (sent < 0 && errno != EAGAIN)
            return;
        turn();
    }
}

/* One line, without its end; false: hung up before there was one. */
static bool hear(int fd, struct buf *line)
{
    char c;

    buf_init(line, CONTROL_ANSWER + 1);
    for (int i = 0; i < TURNS;) {
        ssize_t n = recv(fd, &c, 1, 0);
        if (n == 0 || (n < 0 && errno != EAGAIN))
            return false;
        if (n < 0) {
            turn();
            i++;
        } else if (c == '\n') {
            return true;
        } else {
            buf_u8(line, (uint8_t)c);
        }
    }
    cr_assert(false, "no answer");
    return false;
}

/* Asks on a connection of its own and wants the words in the answer. */
static void ask(const char *request, bool ok, const char *words)
{
    struct buf line;
    int fd = dial();

    say(fd, request);
    say(fd, "\n");
    cr_assert(hear(fd, &line), "%s", request);
    cr_expect(
        strncmp(buf_cstr(&line), ok ? "{\"ok\":true" : "{\"ok\":false,\"error\":", 10) == 0,
        "%s: %s", request, buf_cstr(&line));
    cr_expect_not_null(
        strstr(buf_cstr(&line), words), "%s: %s, wanted %s", request, buf_cstr(&line), words);
    buf_free(&line);
    close(fd);
}

/* ---- the socket ---- */

Test(control, socket__is_private_and_goes_with_the_relay)
{
    struct stat st;
    char folder[128];

    cr_assert_eq(stat(w.path, &st), 0);
    cr_expect_eq(st.st_mode & 07777, 0600);
    (void)snprintf(folder, sizeof folder, "%s/run", w.dir);
    cr_assert_eq(stat(folder, &st), 0);
    cr_expect_eq(st.st_mode & 07777, 0700);
    control_close(w.control);
    w.control = NULL;
    cr_expect(!file_exists(w.path));
}

Test(control, socket__of_a_living_relay_is_left_alone)
{
    struct control *second = NULL;
    char why[256] = "";

    cr_expect_eq(open_control(&second, why, sizeof why), ERR_BUSY);
    cr_expect_null(second);
    cr_expect_not_null(strstr(why, w.path), "%s", why);
    ask("{\"command\":\"status\"}", true, "uptime");
}

Test(control, socket__of_a_dead_relay_is_replaced)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    char why[256] = "";

    control_close(w.control);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    (void)bytes_copy(at.sun_path, sizeof at.sun_path, bytes_str(w.path));
    cr_assert_eq(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    close(fd);
    cr_assert(file_exists(w.path));
    cr_assert_eq(open_control(&w.control, why, sizeof why), ERR_OK, "%s", why);
    ask("{\"command\":\"status\"}", true, "uptime");
}

Test(control, socket__never_replaces_another_file)
{
    struct control *again = NULL;
    char why[256] = "";
    struct buf kept;

    control_close(w.control);
    w.control = NULL;
    cr_assert_eq(file_create_private(w.path, bytes_str("mine")), ERR_OK);
    cr_expect_neq(open_control(&again, why, sizeof why), ERR_OK);
    buf_init(&kept, 100);
    cr_expect_eq(file_read_private(w.path, &kept), ERR_OK);
    cr_expect_str_eq(buf_cstr(&kept), "mine");
    buf_free(&kept);
}

Test(control, socket__in_a_folder_of_others_is_refused)
{
    struct control *again = NULL;
    char why[256] = "", folder[128];

    control_close(w.control);
    w.control = NULL;
    (void)snprintf(folder, sizeof folder, "%s/run", w.dir);
    cr_assert_eq(chmod(folder, 0777), 0);
    cr_expect_eq(open_control(&again, why, sizeof why), ERR_PERM);
    cr_expect_not_null(strstr(why, folder), "%s", why);
}

Test(control, socket__path_too_long_or_relative_is_said)
{
    static const char *const PATHS[] = {"control.sock", "/control.sock",
        "/0123456789012345678901234567890123456789012345678901234567890123456789"
        "0123456789012345678901234567890123456/c"};
    struct control *again = NULL;
    char why[256], keep[sizeof w.path];

    memcpy(keep, w.path, sizeof keep);
    for (size_t i = 0; i < MEM_COUNT(PATHS); i++) {
        (void)bytes_copy(w.path, sizeof w.path, bytes_str(PATHS[i]));
        cr_expect_eq(open_control(&again, why, sizeof why), ERR_TOO_BIG, "%s", PATHS[i]);
        cr_expect_not_null(strstr(why, "108"), "%s", why);
    }
    memcpy(w.path, keep, sizeof keep);
}

/* ---- lines ---- */

Test(control, line__arrives_byte_by_byte)
{
    static const char REQUEST[] = "{\"command\":\"log level\"}\n";
    struct buf line;
    int fd = dial();

    for (size_t i = 0; REQUEST[i] != '\0'; i++)
        say(fd, (char[]){REQUEST[i], '\0'});
    cr_assert(hear(fd, &line));
    cr_expect_str_eq(buf_cstr(&line), "{\"ok\":true,\"level\":\"info\"}");
    buf_free(&line);
    close(fd);
}

Test(control, line__several_at_once_are_answered_in_order)
{
    struct buf line;
    int fd = dial();

    say(fd, "{\"command\":\"account list\"}\n{}\n{\"command\":\"log level\"}\n");
    cr_assert(hear(fd, &line));
    cr_expect_str_eq(buf_cstr(&line), "{\"ok\":true,\"accounts\":[]}");
    buf_free(&line);
    cr_assert(hear(fd, &line));
    cr_expect_not_null(strstr(buf_cstr(&line), "there is no such command"));
    buf_free(&line);
    cr_assert(hear(fd, &line));
    cr_expect_not_null(strstr(buf_cstr(&line), "level"));
    buf_free(&line);
    close(fd);
}

Test(control, line__too_long_is_said_and_hung_up_on)
{
    static char big[CONTROL_LINE + 1];
    struct buf line;
    int fd = dial();

    memset(big, 'x', CONTROL_LINE);
    say(fd, big);
    cr_assert(hear(fd, &line));
    cr_expect_not_null(strstr(buf_cstr(&line), "too long"));
    buf_free(&line);
    cr_expect(!hear(fd, &line));
    buf_free(&line);
    close(fd);
    ask("{\"command\":\"status\"}", true, "uptime");
}

Test(control, line__largest_is_read)
{
    static char big[CONTROL_LINE + 1];

    memset(big, ' ', CONTROL_LINE - 1);
    memcpy(big, "{\"command\":\"log level\"}", 23);
    ask(big, true, "level");
}

Test(control, line__half_of_one_and_gone_is_no_request)
{
    struct buf line;
    int fd = dial();

    say(fd, "{\"command\":\"drain\"}");
    cr_assert_eq(shutdown(fd, SHUT_WR), 0);
    cr_expect(!hear(fd, &line));
    buf_free(&line);
    close(fd);
    cr_expect_eq(w.drains, 0);
}

Test(control, line__before_the_goodbye_is_answered)
{
    struct buf line;
    int fd = dial();

    say(fd, "{\"command\":\"account list\"}\n");
    cr_assert_eq(shutdown(fd, SHUT_WR), 0);
    cr_expect(hear(fd, &line));
    buf_free(&line);
    cr_expect(!hear(fd, &line));
    buf_free(&line);
    close(fd);
}

Test(control, hostile__bytes_get_one_answer_each)
{
    static const char REQUEST[] = "{\"command\":\"kick\",\"user\":\"bob\",\"room\":\"r\"}";
    char text[sizeof REQUEST + 1];
    struct json_doc *d = NULL;
    struct buf line;
    int fd = dial();

    for (size_t i = 0; i < 8 * (sizeof REQUEST - 1); i++) {
        memcpy(text, REQUEST, sizeof REQUEST);
        text[i / 8] = (char)(text[i / 8] ^ (1 << (i % 8)));
        if (strchr(text, '\n') != NULL || strlen(text) != sizeof REQUEST - 1)
            continue;
        strcat(text, "\n");
        say(fd, text);
        cr_assert(hear(fd, &line), "%s", text);
        cr_expect_eq(json_parse(buf_view(&line), false, &d, NULL, 0), ERR_OK, "%s", text);
        cr_expect_not_null(strstr(buf_cstr(&line), "\"ok\":false"), "%s", text);
        json_free(d);
        buf_free(&line);
    }
    close(fd);
}

/* ---- clients ---- */

Test(control, clients__one_too_many_is_told)
{
    int fd[CONTROL_CLIENTS + 1];
    struct buf line;

    for (size_t i = 0; i <= CONTROL_CLIENTS; i++) {
        fd[i] = dial();
        turn();
    }
    cr_assert(hear(fd[CONTROL_CLIENTS], &line));
    cr_expect_not_null(strstr(buf_cstr(&line), "too many operators"));
    buf_free(&line);
    close(fd[CONTROL_CLIENTS]);
    close(fd[0]);
    turn();
    turn();
    ask("{\"command\":\"status\"}", true, "uptime");
    for (size_t i = 1; i < CONTROL_CLIENTS; i++)
        close(fd[i]);
}

Test(control, clients__that_say_nothing_lose_their_place)
{
    struct loop *l = loop_event_loop(w.le);
    struct buf line;
    int fd = dial();

    turn();
    turn();
    /* The hour has come for every timer there is. */
    loop_turn_begin(l, l->now_ms + 61000, l->wall_ms);
    loop_turn_end(l);
    cr_expect(!hear(fd, &line));
    buf_free(&line);
    close(fd);
}

Test(control, clients__that_go_while_the_store_works_leave_nothing)
{
    int fd = dial();

    say(fd, "{\"command\":\"account list\"}\n");
    close(fd);
    for (int i = 0; i < 10; i++)
        turn();
    ask("{\"command\":\"account list\"}", true, "[]");
}

Test(control, close__with_a_request_at_the_store)
{
    int fd = dial();

    cr_assert_gt(send(fd, "{\"command\":\"account list\"}\n", 27, 0), 0);
    loop_event_once(w.le, 1); /* accepts */
    loop_event_once(w.le, 1); /* reads and asks the store, whose answer is not fetched yet */
    cr_assert_eq(worker_waiting(w.db), 1);
    control_close(w.control);
    w.control = NULL;
    worker_drain(w.db);
    cr_expect_eq(worker_waiting(w.db), 0);
    close(fd);
}

/* ---- commands ---- */

Test(control, status__tells_of_the_process)
{
    ask("{\"command\":\"status\"}", true, "\"version\":\"");
    ask("{\"command\":\"status\"}", true, "\"sandbox\":\"nothing is missing\"");
    ask("{\"command\":\"users\"}", true, "\"users\":[]");
    ask("{\"command\":\"rooms\"}", true, "\"rooms\":[]");
}

Test(control, arguments__are_checked_by_name)
{
    static const struct {
        const char *request, *words;
    } ROWS[] = {
        {"[]", "object"},
        {"{\"command\":5}", "command"},
        {"{\"command\":\"status\",\"user\":\"bob\"}", "user: is not a known key"},
        {"{\"command\":\"kick\"}", "user: is missing"},
        {"{\"command\":\"kick\",\"user\":\"\"}", "user: is missing"},
        {"{\"command\":\"kick\",\"user\":1}", "user"},
        {"{\"command\":\"ban\",\"user\":\"bob\",\"seconds\":-1}", "seconds"},
        {"{\"command\":\"ban\",\"user\":\"bob\",\"seconds\":4294967296}", "seconds"},
        {"{\"command\":\"announce\"}", "text: is missing"},
        {"{\"command\":\"account add\",\"name\":\"bob\"}", "password: is missing"},
        {"{\"command\":\"account add\",\"name\":\"b b\",\"password\":\"x\"}", "name"},
        {"{\"command\":\"account add\",\"name\":\"server\",\"password\":\"x\"}", "name"},
        {"{\"command\":\"account add\",\"name\":\"bob\",\"password\":\"x\",\"role\":\"god\"}",
            "role: must be user, moderator or operator"},
        {"{\"command\":\"account role\",\"name\":\"bob\"}", "role: is missing"},
        {"{\"command\":\"account role\",\"name\":\"bob\",\"role\":\"guest\"}", "role"},
        {"{\"command\":\"account remove\"}", "name: is missing"},
        {"{\"command\":\"token revoke\",\"name\":\"bob\",\"id\":\"1\"}", "id"},
        {"{\"command\":\"log level\",\"level\":\"loud\"}", "level"},
        {"{\"command\":\"kick\",\"user\":\"bob\"}", "nobody"},
        {"{\"command\":\"unban\",\"user\":\"bob\"}", "no such"},
        {"{\"command\":\"account role\",\"name\":\"bob\",\"role\":\"user\"}", "no account bob"},
        {"{\"command\":\"account remove\",\"name\":\"bob\"}", "no account bob"},
    };

    for (size_t i = 0; i < MEM_COUNT(ROWS); i++)
        ask(ROWS[i].request, false, ROWS[i].words);
}

Test(control, ban__is_made_and_taken_back)
{
    ask("{\"command\":\"ban\",\"user\":\"mallory\",\"seconds\":60,\"reason\":\"spam\"}", true,
        "");
    ask("{\"command\":\"unban\",\"user\":\"Mallory\"}", true, "");
    ask("{\"command\":\"unban\",\"user\":\"mallory\"}", false, "no such");
    ask("{\"command\":\"ban\",\"user\":\"2001:db8::1\"}", true, "");
    ask("{\"command\":\"unban\",\"user\":\"2001:db8::1\"}", true, "");
    ask("{\"command\":\"mute\",\"user\":\"mallory\"}", true, "");
    ask("{\"command\":\"ban\",\"user\":\"mallory\",\"room\":\"nowhere\"}", false, "");
}

static void check_verifier(void *arg, const struct store_result *r)
{
    uint8_t verifier[PASSWORD_KEY];

    cr_assert_eq(r->rc, ERR_OK);
    cr_expect_eq(r->accounts[0].role, ROLE_MODERATOR);
    cr_assert_eq(password_account(bytes_str("correct horse"), store_relay_id(w.store),
                     bytes_str("alice"), 17, verifier),
        ERR_OK);
    cr_expect_eq(
        password_check(bytes_of(verifier, sizeof verifier), r->accounts[0].verifier), ERR_OK);
    *(bool *)arg = true;
}

Test(control, account__lives_and_goes)
{
    bool checked = false;

    ask("{\"command\":\"account add\",\"name\":\"Alice\",\"password\":\"correct horse\","
        "\"role\":\"moderator\"}",
        true, "");
    ask("{\"command\":\"account add\",\"name\":\"alice\",\"password\":\"x\"}", false,
        "already");
    ask("{\"command\":\"account list\"}", true, "\"name\":\"alice\",\"role\":\"moderator\"");
    store_account_get(w.store, bytes_str("alice"), check_verifier, &checked);
    while (!checked)
        turn();
    ask("{\"command\":\"account role\",\"name\":\"alice\",\"role\":\"operator\"}", true, "");
    ask("{\"command\":\"account list\"}", true, "\"role\":\"operator\"");
    ask("{\"command\":\"token revoke\",\"name\":\"alice\"}", true, "\"count\":0");
    ask("{\"command\":\"account remove\",\"name\":\"alice\"}", true, "");
    ask("{\"command\":\"account list\"}", true, "\"accounts\":[]");
}

static void count_down(void *arg, const struct store_result *r)
{
    cr_assert_eq(r->rc, ERR_OK);
    --*(int *)arg;
}

/* Longer than a socket holds: it goes out piece by piece while others are served. */
Test(control, answer__longer_than_the_pipe_arrives_whole)
{
    enum { MANY = 6000 };
    char name[32];
    int left = 0;
    struct buf line;
    struct json_doc *d = NULL;

    for (int i = 0; i < MANY; i++) {
        (void)snprintf(name, sizeof name, "user-number-%05d", i);
        left++;
        store_account_create(w.store,
            &(struct store_account){
                .name = bytes_str(name), .verifier = bytes_str("x"), .role = ROLE_USER},
            count_down, &left);
        if (i % 100 == 0)
            turn();
    }
    while (left != 0)
        turn();
    int fd = dial();
    say(fd, "{\"command\":\"account list\"}\n");
    for (int i = 0; i < 200; i++)
        turn();
    ask("{\"command\":\"log level\"}", true, "info");
    cr_assert(hear(fd, &line));
    cr_assert_eq(json_parse(buf_view(&line), false, &d, NULL, 0), ERR_OK);
    cr_expect_eq(json_len(json_get_arr(d, json_root(d), "accounts")), MANY);
    json_free(d);
    buf_free(&line);
    close(fd);
}

Test(control, log_level__is_set_and_shown)
{
    ask("{\"command\":\"log level\"}", true, "\"level\":\"info\"");
    ask("{\"command\":\"log level\",\"level\":\"error\"}", true, "\"level\":\"error\"");
    cr_expect_eq(log_level(), LOG_ERROR);
    ask("{\"command\":\"status\"}", true, "\"log_level\":\"error\"");
}

Test(control, reload__is_handed_on)
{
    ask("{\"command\":\"reload\"}", true, "{\"ok\":true}");
    cr_expect_eq(w.reloads, 1);
    cr_expect_eq(w.drains, 0);
}

Test(control, drain__may_close_the_socket_and_is_answered_first)
{
    w.close_in_drain = true;
    ask("{\"command\":\"drain\"}", true, "{\"ok\":true}");
    cr_expect_eq(w.drains, 1);
    cr_expect_null(w.control);
    cr_expect(!file_exists(w.path));
}

Test(control, drain__asked_before_a_reload_stays)
{
    struct buf line;
    int fd = dial();

    say(fd, "{\"command\":\"drain\"}\n{\"command\":\"reload\"}\n");
    cr_assert(hear(fd, &line));
    buf_free(&line);
    cr_assert(hear(fd, &line));
    buf_free(&line);
    cr_expect_eq(w.drains, 1);
    close(fd);
}
