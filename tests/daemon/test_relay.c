/* SPDX-License-Identifier: ISC */
/* The relay as it is run: real process, real TLS, real disk, its sandbox on. */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "net/tls_cert.h"
#include "support/live.h"
#include "support/support.h"

static struct live live;
static struct actor alice, bob;

static void setup(void)
{
    live_init(&live);
    actor_init_in(&alice, &LIVE_WORLD, &live);
    actor_init_in(&bob, &LIVE_WORLD, &live);
}

static void teardown(void)
{
    actor_fini(&alice);
    actor_fini(&bob);
    live_fini(&live);
}

TestSuite(daemon_relay, .init = setup, .fini = teardown);

Test(daemon_relay, chat__two_people_over_tls)
{
    cr_assert(live_start(&live), "%s", live_words(&live));
    actor_enter(&alice, "alice");
    actor_enter(&bob, "bob");
    cr_assert_eq(actor_join(&alice, "ops"), OP_CREATED);
    cr_assert_eq(actor_join(&bob, "ops"), OP_JOINED);
    cr_assert_eq(actor_say(&alice, "ops", "hello"), STATUS_DONE);
    (void)actor_said(&bob, "hello");
    cr_assert_eq(live_stop(&live), 0, "%s", live_words(&live));
    cr_assert(actor_wait_down(&bob));
    cr_assert(actor_has_event(&bob, OP_CLOSING), "clients are told");
}

Test(daemon_relay, certificate__made_once_and_kept)
{
    char first[64];
    struct stat st;
    char key[128];

    cr_assert(live_start(&live));
    (void)snprintf(first, sizeof first, "%s", live.fingerprint);
    (void)live_stop(&live);
    cr_assert(live_start(&live));
    cr_assert_str_eq(first, live.fingerprint);
    (void)snprintf(key, sizeof key, "%s/relay.key", live.state);
    cr_assert_eq(stat(key, &st), 0);
    cr_assert_eq(st.st_mode & 0777, 0600);
}

Test(daemon_relay, pin__another_certificate_is_refused)
{
    struct tls_client_rules rules = {.has_pin = true};
    char why[128];

    cr_assert(live_start(&live));
    tls_ctx_free(live.tls);
    live.tls = NULL;
    memset(rules.pin, 1, sizeof rules.pin);
    cr_assert_eq(tls_ctx_new_client(&rules, &live.tls, why, sizeof why), ERR_OK);
    cr_assert(actor_dial(&alice));
    cr_assert(actor_wait_down(&alice));
    cr_assert_eq(alice.why, LINK_END_TLS);
    /* And the true one is accepted. */
    tls_ctx_free(live.tls);
    cr_assert_eq(tls_fingerprint_parse(live.fingerprint, rules.pin), ERR_OK);
    cr_assert_eq(tls_ctx_new_client(&rules, &live.tls, why, sizeof why), ERR_OK);
    actor_enter(&bob, "bob");
}

Test(daemon_relay, accounts__survive_kill_nine)
{
    cr_assert(live_start(&live));
    actor_hello(&alice);
    cr_assert_eq(actor_register(&alice, "alice", 7), STATUS_DONE);
    cr_assert_eq(actor_join(&alice, "vault"), OP_CREATED);
    live_kill(&live);
    cr_assert(actor_wait_down(&alice));
    cr_assert(live_start(&live), "%s", live_words(&live));
    actor_hello(&alice);
    cr_assert_eq(actor_login(&alice, "alice", 8), STATUS_REFUSED);
    cr_assert_eq(actor_login(&alice, "alice", 7), STATUS_DONE);
    cr_assert_eq(actor_join(&alice, "vault"), OP_JOINED, "a member still");
}

Test(daemon_relay, sandbox__works_on_after_reload_and_reports_itself)
{
    char out[8192];
    char socket[128];

    cr_assert(live_start(&live));
    (void)snprintf(socket, sizeof socket, "%s/control.sock", live.state);
    const char *const status[] = {"sottoctl", "--socket", socket, "--json", "status", NULL};
    cr_assert_eq(live_run(status, out, sizeof out), 0, "%s", out);
    cr_assert_not_null(strstr(out, "no_new_privs"), "%s", out);
    cr_assert_not_null(strstr(out, "seccomp"), "%s", out);
    actor_hello(&alice);
    cr_assert_eq(actor_register(&alice, "alice", 1), STATUS_DONE,
        "accounts are written inside the sandbox");
    (void)kill(live.pid, SIGHUP);
    cr_assert(live_says(&live, "reloaded"), "%s", live_words(&live));
    actor_enter(&bob, "bob");
    cr_assert_eq(actor_join(&bob, "after"), OP_CREATED);
    char log[128];
    (void)snprintf(log, sizeof log, "%s/audit/audit.log", live.state);
    struct buf b;
    buf_init(&b, 1u << 20);
    cr_assert_eq(file_read(log, &b), ERR_OK);
    cr_assert_not_null(strstr(buf_cstr(&b), "\"login\""), "%s", buf_cstr(&b));
    buf_free(&b);
}

Test(daemon_relay, reload__a_new_certificate_is_for_new_connections)
{
    char path[128];
    char before[64];

    cr_assert(live_start(&live));
    (void)snprintf(before, sizeof before, "%s", live.fingerprint);
    actor_enter(&alice, "alice");
    (void)snprintf(path, sizeof path, "%s/relay.crt", live.state);
    cr_assert_eq(unlink(path), 0);
    (void)snprintf(path, sizeof path, "%s/relay.key", live.state);
    cr_assert_eq(unlink(path), 0);
    (void)kill(live.pid, SIGHUP);
    cr_assert(live_says(&live, "reloaded"), "%s", live_words(&live));
    cr_assert_null(
        strstr(strstr(live_words(&live), "reloaded"), before), "another certificate now");
    cr_assert_eq(actor_join(&alice, "still-here"), OP_CREATED, "living connections go on");
    actor_enter(&bob, "bob");
}

Test(daemon_relay, reload__bad_configuration_changes_nothing)
{
    char path[128];

    cr_assert(live_start(&live));
    (void)snprintf(path, sizeof path, "%s/sottod.json", live.dir);
    cr_assert_eq(
        file_write_atomic(path, bytes_str("{ \"limits\": { \"rooms\": 0 } }"), 0600), ERR_OK);
    (void)kill(live.pid, SIGHUP);
    cr_assert(live_says(&live, "not reloaded"), "%s", live_words(&live));
    cr_assert_not_null(strstr(live_words(&live), "limits.rooms"), "it names what is wrong");
    actor_enter(&alice, "alice");
}

Test(daemon_relay, damaged_database__refuses_to_start_and_says_what_to_do)
{
    char path[128];
    struct buf b;

    cr_assert(live_start(&live));
    (void)live_stop(&live);
    (void)snprintf(path, sizeof path, "%s/relay.db", live.state);
    buf_init(&b, 16u << 20);
    cr_assert_eq(file_read(path, &b), ERR_OK);
    cr_assert_gt(b.n, 8192);
    memset(b.p + 4096, 0x5a, 4096);
    cr_assert_eq(file_write_atomic(path, buf_view(&b), 0600), ERR_OK);
    cr_assert_not(live_start(&live));
    cr_assert_neq(live_wait(&live), 0);
    cr_assert_not_null(strstr(live_words(&live), "relay.db"), "%s", live_words(&live));
    struct buf after;
    buf_init(&after, 16u << 20);
    cr_assert_eq(file_read(path, &after), ERR_OK);
    cr_assert(bytes_eq(buf_view(&b), buf_view(&after)), "the file is left as it was");
    buf_free(&b);
    buf_free(&after);
}

Test(daemon_relay, key_that_others_can_read__refused)
{
    char path[128];

    cr_assert(live_start(&live));
    (void)live_stop(&live);
    (void)snprintf(path, sizeof path, "%s/relay.key", live.state);
    cr_assert_eq(chmod(path, 0644), 0);
    cr_assert_not(live_start(&live));
    cr_assert_neq(live_wait(&live), 0);
    cr_assert_not_null(strstr(live_words(&live), "chmod 600"), "%s", live_words(&live));
}

Test(daemon_relay, certificate_without_key__no_silent_new_one)
{
    char path[128];

    cr_assert(live_start(&live));
    (void)live_stop(&live);
    (void)snprintf(path, sizeof path, "%s/relay.key", live.state);
    cr_assert_eq(unlink(path), 0);
    cr_assert_not(live_start(&live));
    cr_assert_neq(live_wait(&live), 0);
    cr_assert_not(file_exists(path));
}

/* ---- without any configuration: in a network of its own, since it serves every address ----
 */

static bool loopback_up(void)
{
    struct ifreq lo = {.ifr_name = "lo"};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool ok = fd >= 0 && ioctl(fd, SIOCGIFFLAGS, &lo) == 0;

    lo.ifr_flags |= IFF_UP;
    ok = ok && ioctl(fd, SIOCSIFFLAGS, &lo) == 0;
    if (fd >= 0)
        (void)close(fd);
    return ok;
}

static bool reached(int family, const char *address)
{
    struct sockaddr_storage to = {.ss_family = (sa_family_t)family};
    struct sockaddr_in *four = (struct sockaddr_in *)&to;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)&to;
    void *at = family == AF_INET ? (void *)&four->sin_addr : (void *)&six->sin6_addr;
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

    *(family == AF_INET ? &four->sin_port : &six->sin6_port) = htons(5555);
    bool ok = inet_pton(family, address, at) == 1 && fd >= 0 &&
              connect(fd, (const struct sockaddr *)&to,
                  family == AF_INET ? sizeof *four : sizeof *six) == 0;
    if (fd >= 0)
        (void)close(fd);
    return ok;
}

static bool own_network(void)
{
    return (unshare(CLONE_NEWNET) == 0 || unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0) &&
           loopback_up();
}

Test(daemon_relay, no_configuration__serves_both_families)
{
    if (!own_network())
        cr_skip("no network namespaces here");
    (void)snprintf(live.listen, sizeof live.listen, "[::]:5555");
    cr_assert(live_start(&live), "%s", live_words(&live));
    cr_assert(reached(AF_INET, "127.0.0.1"), "IPv4");
    cr_assert(file_exists("/proc/net/if_inet6") ? reached(AF_INET6, "::1") : true, "IPv6");
}
