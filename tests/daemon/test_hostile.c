/* SPDX-License-Identifier: ISC */
/* People who connect and behave badly, while others go on chatting. */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "support/live.h"
#include "support/prover.h"

static struct live live;
static struct actor alice, bob, slow;
static unsigned turn;

static void setup(void)
{
    live_init(&live);
    actor_init_in(&alice, &LIVE_WORLD, &live);
    actor_init_in(&bob, &LIVE_WORLD, &live);
    actor_init_in(&slow, &LIVE_WORLD, &live);
    (void)snprintf(live.limits, sizeof live.limits,
        "\"flood_burst\": 0, \"bytes_burst\": 0, \"queue_soft_bytes\": 65536, \"queue_hard_bytes\": 4194304,");
}

static void teardown(void)
{
    actor_fini(&alice);
    actor_fini(&bob);
    actor_fini(&slow);
    live_fini(&live);
}

TestSuite(daemon_hostile, .init = setup, .fini = teardown);

static void two_chat(void)
{
    cr_assert(live_start(&live), "%s", live_words(&live));
    actor_enter(&alice, "alice");
    actor_enter(&bob, "bob");
    cr_assert_eq(actor_join(&alice, "ops"), OP_CREATED);
    cr_assert_eq(actor_join(&bob, "ops"), OP_JOINED);
}

/* From now on. Who is in already has not needed that time, however slow the machine is. */
static void hurry(const char *limit, unsigned ms)
{
    size_t n = strlen(live.limits);

    (void)snprintf(live.limits + n, sizeof live.limits - n, " \"%s\": %u,", limit, ms);
    cr_assert(live_reload(&live), "%s", live_words(&live));
}

/* One message there and one back: the others notice nothing. */
static void they_go_on(void)
{
    char text[32];

    (void)snprintf(text, sizeof text, "turn %u", turn++);
    cr_assert_eq(actor_say(&alice, "ops", text), STATUS_DONE);
    (void)actor_said(&bob, text);
    cr_assert_eq(actor_say(&bob, "ops", text), STATUS_DONE);
    (void)actor_said(&alice, text);
}

static int raw_socket(void)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
        .sin_port = htons(live.port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    cr_assert_geq(fd, 0);
    cr_assert_eq(connect(fd, (const struct sockaddr *)&to, sizeof to), 0);
    (void)fcntl(fd, F_SETFL, O_NONBLOCK);
    return fd;
}

static bool is_closed(int fd)
{
    char byte;
    ssize_t n = recv(fd, &byte, 1, MSG_PEEK);

    if (n > 0) { /* an alert on the way out */
        char drop[256];
        (void)!read(fd, drop, sizeof drop);
        return false;
    }
    return n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
}

static void all_closed_while_others_chat(int *fds, size_t n, struct bytes dribble)
{
    size_t open = n;
    size_t sent = 0;

    while (open != 0) {
        open = 0;
        for (size_t i = 0; i < n; i++) {
            if (fds[i] < 0)
                continue;
            if (is_closed(fds[i])) {
                (void)close(fds[i]);
                fds[i] = -1;
                continue;
            }
            open++;
            if (sent < dribble.n)
                (void)send(fds[i], dribble.p + sent, 1, MSG_NOSIGNAL);
        }
        sent++;
        they_go_on();
        cr_assert_lt(turn, 1000000u, "%zu connections are still open", open);
    }
}

Test(daemon_hostile, half_open__cut_at_the_deadline)
{
    int fds[64];

    two_chat();
    hurry("handshake_ms", 1000);
    for (size_t i = 0; i < MEM_COUNT(fds); i++)
        fds[i] = raw_socket();
    all_closed_while_others_chat(fds, MEM_COUNT(fds), (struct bytes){0});
}

Test(daemon_hostile, slow_loris__a_byte_now_and_then_does_not_help)
{
    /* The start of a record that claims 16 KiB of ClientHello. */
    static const uint8_t HEAD[] = {
        0x16, 0x03, 0x01, 0x3f, 0xff, 0x01, 0x00, 0x3f, 0xfb, 0x03, 0x03};
    uint8_t many[4096] = {0};
    int fds[32];

    memcpy(many, HEAD, sizeof HEAD);
    two_chat();
    hurry("handshake_ms", 1000);
    for (size_t i = 0; i < MEM_COUNT(fds); i++)
        fds[i] = raw_socket();
    all_closed_while_others_chat(fds, MEM_COUNT(fds), bytes_of(many, sizeof many));
}

Test(daemon_hostile, not_tls__closed_at_once)
{
    static const char HTTP[] = "GET / HTTP/1.1\r\nHost: relay\r\n\r\n";
    int fd;

    two_chat();
    fd = raw_socket();
    cr_assert_eq(send(fd, HTTP, sizeof HTTP - 1, MSG_NOSIGNAL), (ssize_t)sizeof HTTP - 1);
    all_closed_while_others_chat(&fd, 1, (struct bytes){0});
}

static bool is_down(void *arg)
{
    return ((struct actor *)arg)->link == NULL;
}

Test(daemon_hostile, no_login__cut_at_the_deadline)
{
    struct msg_connect greet = {.greeting = bytes_str(MSG_GREETING)};

    two_chat();
    hurry("login_ms", 1500);
    cr_assert(actor_dial(&slow));
    actor_send(&slow, OP_CONNECT, &greet);
    cr_assert(live_until(&live, is_down, &slow, LIVE_PATIENCE_MS));
    they_go_on();
}

Test(daemon_hostile, unfinished_frame__cut_at_the_deadline)
{
    static const uint8_t HALF[] = {0, 0, 0, 9, 0x04, 0x17, 0x15, 3, 'o'};

    two_chat();
    actor_enter(&slow, "slow");
    hurry("frame_ms", 1000);
    link_send(slow.link, span_copy(bytes_of(HALF, sizeof HALF)));
    cr_assert(live_until(&live, is_down, &slow, LIVE_PATIENCE_MS));
    they_go_on();
}

Test(daemon_hostile, broken_framing__closed_with_a_logged_reason)
{
    static const uint8_t JUNK[] = {0, 0, 0, 1, 0x04, 0x18, 0x15, 0};

    two_chat();
    actor_enter(&slow, "slow");
    link_send(slow.link, span_copy(bytes_of(JUNK, sizeof JUNK)));
    cr_assert(live_until(&live, is_down, &slow, LIVE_PATIENCE_MS));
    cr_assert(live_says(&live, "broken framing"), "%s", live_words(&live));
    they_go_on();
}

/* A client that reads nothing: its frames are never taken. */
static enum framer_verdict deaf(void *user, const struct frame *f)
{
    (void)user, (void)f;
    return FRAMER_STALL;
}

static const struct link_user *hearing;
static struct link_user deafness;

Test(daemon_hostile, slow_reader__cut_and_nobody_else_waits)
{
    static char big[60000];
    struct msg_say say = {.to = bytes_str("ops"), .text = bytes_of(big, sizeof big)};

    two_chat();
    actor_enter(&slow, "slow");
    cr_assert_eq(actor_join(&slow, "ops"), OP_JOINED);
    hearing = slow.link->to;
    deafness = *hearing;
    deafness.frame = deaf;
    slow.link->to = &deafness;
    memset(big, 'x', sizeof big);
    /* Of what the others are sent the kernel has room for more than is ever on its way. */
    hurry("queue_soft_ms", 700);
    while (strstr(live_words(&live), "too slow to read") == NULL) {
        struct msg_said said;
        cr_assert_eq(actor_ask(&alice, OP_SAY, &say), OP_REPLY);
        cr_assert_eq(actor_status(&alice), STATUS_DONE);
        actor_event(&bob, OP_SAY, &MSG_SAID, &said);
        cr_assert_eq(said.text.n, sizeof big);
        actor_forget(&bob);
    }
    they_go_on();
    slow.link = NULL; /* its end is deaf for good: the environment closes it */
}

/* Over TLS as it is: what one line proves is worth nothing on the next. */
Test(daemon_hostile, identity__neither_a_key_nor_a_proof_can_be_copied)
{
    struct msg_public_key recorded = {0};

    two_chat();
    cr_assert_eq(prover_ask(&alice, 0), STATUS_DONE);
    prover_fill(&alice, 0, &recorded);
    actor_enter(&slow, "slow");
    (void)actor_ask(&slow, OP_PUBLIC_KEY, &recorded);
    cr_assert_eq(actor_refusal(&slow).code, CODE_BAD_SECRET);
    recorded.proof = (struct bytes){0};
    (void)actor_ask(&slow, OP_PUBLIC_KEY, &recorded);
    cr_assert_eq(actor_refusal(&slow).code, CODE_BAD_SECRET);
    they_go_on();
    cr_assert_eq(prover_ask(&slow, 0), STATUS_DONE, "who has the key takes over");
    cr_assert(actor_wait_down(&alice));
}

Test(daemon_hostile, sandbox__nothing_outside_can_be_read)
{
    char path[128];

    two_chat();
    (void)snprintf(path, sizeof path, "%s/sottod.json", live.dir);
    struct buf b;
    buf_init(&b, 4096);
    buf_fmt(&b,
        "{ \"state\": \"%s\", \"listen\": \"127.0.0.1:0\", \"client_ca\": \"/etc/ssl/certs/ca-certificates.crt\" }",
        live.state);
    cr_assert_eq(file_write_atomic(path, buf_view(&b), 0600), ERR_OK);
    buf_free(&b);
    (void)kill(live.pid, SIGHUP);
    cr_assert(live_says(&live, "not reloaded"), "%s", live_words(&live));
    cr_assert_not_null(strstr(live_words(&live), "client_ca"), "%s", live_words(&live));
    they_go_on();
}
