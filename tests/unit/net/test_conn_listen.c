/* SPDX-License-Identifier: ISC */
/* Listening, connecting, and who is let in. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rig.h"

static struct rig r;

static void start(void)
{
    rig_open(&r);
}

static void stop(void)
{
    rig_free(&r);
}

TestSuite(conn_listen, .init = start, .fini = stop);

static struct conn_listener *listen_more(const char *host, const char *port)
{
    struct conn_listener *cl = NULL;
    struct conn_accept how;
    char why[160];

    rig_accept_with(&r, &how);
    if (conn_listen(&r.server_env, host, port, r.server_tls, &how, &cl, why, sizeof why) !=
        ERR_OK)
        cr_assert_str_neq(why, "");
    return cl;
}

static bool have_v6(void)
{
    struct sockaddr_in6 at = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    int fd = socket(AF_INET6, SOCK_STREAM, 0);
    bool have = fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof at) == 0;

    if (fd >= 0)
        (void)close(fd);
    return have;
}

Test(conn_listen, any__every_address_on_one_port)
{
    struct conn_listener *cl = listen_more("", "0");
    char port[8];

    cr_assert_not_null(cl);
    (void)snprintf(port, sizeof port, "%u", conn_listener_port(cl));
    struct end *c = rig_connect_to(&r, "127.0.0.1", port, r.client_tls);
    RIG_UNTIL(&r, c->ups == 1);
    cr_assert_str_eq(r.asked_for, "127.0.0.1");
    if (have_v6()) {
        c = rig_connect_to(&r, "::1", port, r.client_tls);
        RIG_UNTIL(&r, c->ups == 1);
        cr_assert_str_eq(r.asked_for, "::1");
        cr_assert_str_eq(c->link->address, "::1");
    }
    conn_listener_free(cl);
}

Test(conn_listen, fd__a_mapped_address_is_shown_as_ipv4)
{
    struct sockaddr_in6 at = {.sin6_family = AF_INET6};
    struct conn_listener *cl = NULL;
    struct conn_accept how;
    int no = 0, fd = socket(AF_INET6, SOCK_STREAM, 0);
    char port[8];

    if (fd < 0 || setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no) != 0 ||
        bind(fd, (struct sockaddr *)&at, sizeof at) != 0)
        cr_skip_test("no IPv6 here");
    rig_accept_with(&r, &how);
    cr_assert_eq(conn_listen_fd(&r.server_env, fd, r.server_tls, &how, &cl), ERR_FORMAT,
        "it does not listen yet");
    cr_assert_null(cl);
    cr_assert_eq(listen(fd, 5), 0);
    cr_assert_eq(conn_listen_fd(&r.server_env, fd, r.server_tls, &how, &cl), ERR_OK);
    (void)snprintf(port, sizeof port, "%u", conn_listener_port(cl));
    struct end *c = rig_connect_to(&r, "127.0.0.1", port, r.client_tls);
    RIG_UNTIL(&r, c->ups == 1);
    cr_assert_str_eq(r.asked_for, "127.0.0.1");
    conn_listener_free(cl);
}

Test(conn_listen, listen__says_why_not)
{
    struct conn_listener *cl = NULL;
    struct conn_accept how;
    char why[160] = "";

    rig_accept_with(&r, &how);
    cr_assert_eq(conn_listen(&r.server_env, "127.0.0.1", r.port, r.server_tls, &how, &cl, why,
                     sizeof why),
        ERR_IO);
    cr_assert_null(cl);
    cr_assert_not_null(strstr(why, "Address already in use"), "%s", why);
    cr_assert_eq(conn_listen(&r.server_env, "127.0.0.1", "no-port", r.server_tls, &how, &cl,
                     why, sizeof why),
        ERR_NOT_FOUND);
    cr_assert_eq(
        conn_listen(&r.server_env, "192.0.2.1", "0", r.server_tls, &how, &cl, why, sizeof why),
        ERR_IO, "an address that is not ours");
}

Test(conn_listen, admit__no_is_a_closed_socket)
{
    r.turn_away = true;
    struct end *c = rig_connect(&r);
    RIG_UNTIL(&r, c->downs == 1);
    cr_assert_eq(c->why, LINK_END_LOST);
    cr_assert_eq(c->ups, 0);
    cr_assert_eq(r.asked, 1);
    cr_assert_eq(r.servers, 0);
}

Test(conn_listen, pause__waits_in_the_kernel)
{
    conn_listener_pause(r.listener, true);
    struct end *c = rig_connect(&r);
    for (int i = 0; i < 20; i++)
        loop_event_once(r.le, 5);
    cr_assert_eq(r.servers, 0);
    conn_listener_pause(r.listener, false);
    RIG_UNTIL(&r, c->ups == 1);
}

Test(conn_listen, full__without_descriptors_they_are_turned_away)
{
    enum { COUNT = 100 };
    struct rlimit limit, small;
    int fd[COUNT];
    char c;

    for (int i = 0; i < COUNT; i++)
        fd[i] = rig_raw(&r);
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    small = limit;
    small.rlim_cur = (rlim_t)fd[COUNT - 1] + 1;
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &small), 0);
    struct rlimit now;
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &now), 0);
    /* The listener says so by closing each of them; it does not wait for room. */
    for (int i = 0; i < COUNT; i++)
        RIG_UNTIL(&r, recv(fd[i], &c, 1, MSG_DONTWAIT) == 0);
    cr_assert_eq(r.servers, 0);
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    for (int i = 0; i < COUNT; i++)
        (void)close(fd[i]);
    struct end *e = rig_connect_up(&r);
    cr_assert_eq(e->ups, 1);
}

/* A reload: the old certificate lives on with the old connections. */
Test(conn_listen, tls__swapped_for_new_connections_only)
{
    struct end *before = rig_connect_up(&r);
    struct tls_client_rules rules = {.has_pin = true};
    struct pki fresh;

    pki_fingerprint(&r.own, rules.pin);
    pki_make(&fresh, NULL, PKI_SERVER, "relay", NULL);
    struct tls_ctx *next = pki_server(&fresh, NULL), *pinned = pki_client(&rules);
    conn_listener_tls(r.listener, next);
    tls_ctx_free(next);
    struct end *c = rig_connect_to(&r, "127.0.0.1", r.port, pinned);
    RIG_UNTIL(&r, c->downs == 1 && r.server[1].downs == 1);
    cr_assert_eq(c->why, LINK_END_TLS);
    cr_assert_str_eq(c->detail, "not the pinned certificate");
    cr_assert_eq(r.server[1].why, LINK_END_TLS);
    cr_assert_eq(strncmp(r.server[1].detail, "the other side refused", 22), 0);
    cr_assert_eq(c->ups + r.server[1].ups, 0);
    rig_text(before, "still here");
    RIG_UNTIL(&r, r.server[0].frames == 1);
    tls_ctx_free(pinned);
    pki_free(&fresh);
}

static void judged(const struct tls_client_rules *rules, const char *why)
{
    struct tls_ctx *ctx = pki_client(rules);
    struct end *c = rig_connect_to(&r, "127.0.0.1", r.port, ctx);

    RIG_UNTIL(&r, c->ups + c->downs >= 1);
    if (why == NULL) {
        cr_assert_eq(c->ups, 1, "%s", c->detail);
    } else {
        cr_assert_eq(c->why, LINK_END_TLS);
        cr_assert_str_eq(c->detail, why);
        cr_assert_eq(c->frames + c->ups, 0);
    }
    tls_ctx_free(ctx);
}

Test(conn_listen, tls__a_client_judges_the_relay)
{
    struct pki other;
    struct tls_client_rules rules = {.ca = buf_view(&r.own.cert), .name = "127.0.0.1"};

    pki_make(&other, NULL, PKI_CA, "ca", NULL);
    judged(&rules, NULL);
    rules.name = "127.0.0.2";
    judged(&rules, "certificate is for another name");
    rules.name = "127.0.0.1";
    rules.now_s = 1000;
    judged(&rules, "certificate is not valid yet");
    rules.now_s = INT64_C(4000000000);
    judged(&rules, "certificate has expired");
    rules.now_s = 0;
    rules.ca = buf_view(&other.cert);
    judged(&rules, "certificate is not signed by a known authority");
    rules = (struct tls_client_rules){.has_pin = true};
    judged(&rules, "not the pinned certificate");
    pki_fingerprint(&r.own, rules.pin);
    judged(&rules, NULL);
    pki_free(&other);
}

static struct end *with_cert(const struct pki *mine)
{
    struct tls_client_rules rules = {
        .cert = buf_view(&mine->cert), .key = buf_view(&mine->key)};
    struct tls_ctx *ctx = pki_client(&rules);
    size_t n = r.servers;
    struct end *c = rig_connect_to(&r, "127.0.0.1", r.port, ctx);

    tls_ctx_free(ctx);
    RIG_UNTIL(&r, r.servers == n + 1 && r.server[n].ups + r.server[n].downs == 1);
    return c;
}

Test(conn_listen, tls__certificates_of_clients)
{
    struct pki people, foreign, alice, mallory;
    uint8_t fp[32], want[32];
    char name[32];

    pki_make(&people, NULL, PKI_CA, "people", NULL);
    pki_make(&foreign, NULL, PKI_CA, "people", NULL);
    pki_make(&alice, &people, PKI_CLIENT, "alice", NULL);
    pki_make(&mallory, &foreign, PKI_CLIENT, "alice", NULL);
    struct tls_ctx *strict = pki_server(&r.own, &people);
    conn_listener_tls(r.listener, strict);
    tls_ctx_free(strict);
    struct end *c = with_cert(&alice);
    cr_assert_eq(link_peer_cert(r.server[0].link, fp, name, sizeof name), ERR_OK);
    cr_assert_str_eq(name, "alice");
    pki_fingerprint(&alice, want);
    cr_assert_arr_eq(fp, want, sizeof fp);
    cr_assert_eq(c->downs, 0);
    c = with_cert(&mallory);
    cr_assert_eq(r.server[1].downs, 1);
    cr_assert_eq(r.server[1].why, LINK_END_TLS);
    cr_assert_str_eq(r.server[1].detail, "certificate is not signed by a known authority");
    RIG_UNTIL(&r, c->downs == 1);
    cr_assert_eq(c->why, LINK_END_TLS);
    cr_assert_eq(strncmp(c->detail, "the other side refused", 22), 0, "%s", c->detail);
    struct pki *all[] = {&people, &foreign, &alice, &mallory};
    for (int i = 0; i < 4; i++)
        pki_free(all[i]);
}

Test(conn_listen, tls__garbage_instead_of_a_handshake)
{
    int fd = rig_raw(&r);

    cr_assert_eq(send(fd, "GET / HTTP/1.1\r\n\r\n", 18, 0), 18);
    RIG_UNTIL(&r, r.servers == 1 && r.server[0].downs == 1);
    cr_assert_eq(r.server[0].why, LINK_END_TLS);
    cr_assert_str_neq(r.server[0].detail, "");
    cr_assert_eq(r.server[0].ups, 0);
    (void)close(fd);
    RIG_UNTIL(&r, r.server_env.open == 0);

    fd = rig_raw(&r);
    (void)close(fd);
    RIG_UNTIL(&r, r.servers == 2 && r.server[1].downs == 1);
    cr_assert_eq(r.server[1].why, LINK_END_LOST);
}

/* Nobody else can listen on the port meanwhile: it is taken, and not listened on. */
Test(conn_listen, connect__says_why_not)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    char port[8];

    cr_assert_eq(bind(fd, (struct sockaddr *)&at, n), 0);
    cr_assert_eq(getsockname(fd, (struct sockaddr *)&at, &n), 0);
    (void)snprintf(port, sizeof port, "%u", ntohs(at.sin_port));
    struct end *c = rig_connect_to(&r, "127.0.0.1", port, r.client_tls);
    RIG_UNTIL(&r, c->downs == 1);
    cr_assert_eq(c->why, LINK_END_CONNECT);
    cr_assert_str_eq(c->detail, "127.0.0.1: Connection refused");
    (void)close(fd);
    c = rig_connect_to(&r, "127.0.0.1", "no-port", r.client_tls);
    RIG_UNTIL(&r, c->downs == 1);
    cr_assert_eq(c->why, LINK_END_CONNECT);
    cr_assert_eq(strncmp(c->detail, "127.0.0.1: ", 11), 0);
    cr_assert_eq(r.client_env.open, 0);
}

/* "localhost" has two addresses and only one of them listens. */
Test(conn_listen, connect__tries_each_address)
{
    struct end *c = rig_connect_to(&r, "localhost", r.port, r.client_tls);

    RIG_UNTIL(&r, c->ups == 1);
    cr_assert_str_eq(c->link->address, "127.0.0.1");
}

Test(conn_listen, connect__closed_at_every_stage)
{
    struct end *c = rig_connect(&r);

    link_close(c->link, "while resolving");
    RIG_UNTIL(&r, c->downs == 1);
    cr_assert_eq(c->why, LINK_END_LOCAL);
    cr_assert_str_eq(c->detail, "while resolving");
    RIG_UNTIL(&r, worker_waiting(r.resolver) == 0);
    for (int turns = 1; turns < 8; turns++) {
        c = rig_connect(&r);
        for (int i = 0; i < turns; i++)
            loop_event_once(r.le, 20);
        link_close(c->link, NULL);
        RIG_UNTIL(&r, c->downs == 1);
        cr_assert_eq(c->why, LINK_END_LOCAL);
    }
    RIG_UNTIL(&r, r.client_env.open == 0 && r.server_env.open == 0);
}

Test(conn_listen, connect__no_answer_is_a_timeout)
{
    r.limits.handshake_ms = 60;
    conn_listener_pause(r.listener, true);
    struct end *c = rig_connect(&r);
    RIG_UNTIL(&r, ((struct conn *)c->link)->phase == CONN_SHAKE);
    rig_pass(&r, 59);
    cr_assert_eq(c->downs, 0, "given up before its time");
    rig_pass(&r, 1);
    cr_assert_eq(c->downs, 1);
    cr_assert_eq(c->why, LINK_END_TIMEOUT);
    cr_assert_str_eq(c->detail, "no TLS handshake in time");
}

/* The name is still being looked up. */
Test(conn_listen, connect__no_connection_is_a_timeout)
{
    r.limits.handshake_ms = 60;
    loop_watch_change(r.resolved, 0); /* nobody hears what comes of it */
    struct end *c = rig_connect(&r);
    rig_pass(&r, 60);
    cr_assert_eq(c->downs, 1);
    cr_assert_eq(c->why, LINK_END_TIMEOUT);
    cr_assert_str_eq(c->detail, "no connection in time");
    loop_watch_change(r.resolved, LOOP_READ);
    RIG_UNTIL(&r, worker_waiting(r.resolver) == 0);
}

Test(conn_listen, connect__a_worker_that_is_full)
{
    struct worker *none = worker_new("none", 1, 0, NULL);
    struct link *l = NULL;
    struct end e = {.rig = &r};

    cr_assert_eq(
        conn_connect(&r.client_env, none, "127.0.0.1", r.port, r.client_tls, &rig_user, &e, &l),
        ERR_FULL);
    cr_assert_null(l);
    cr_assert_eq(r.client_env.open, 0);
    worker_free(none);
}

/* The environment goes while connections are open and a name is being looked up. */
Test(conn_listen, env__fini_cuts_what_is_open)
{
    struct conn_env env;
    struct end e = {.rig = &r};
    struct link *l = NULL;

    conn_env_init(&env, r.le, &r.limits);
    cr_assert_eq(
        conn_connect(&env, r.resolver, "127.0.0.1", r.port, r.client_tls, &rig_user, &e, &l),
        ERR_OK);
    cr_assert_eq(env.open, 1);
    conn_env_fini(&env);
    RIG_UNTIL(&r, worker_waiting(r.resolver) == 0);
    cr_assert_eq(e.ups + e.downs, 0);
}
