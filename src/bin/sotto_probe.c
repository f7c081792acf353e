/* SPDX-License-Identifier: ISC */
/* The way to the relay as the system sees it: does the name mean something, is the port open.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bin/sotto.h"

#define CONNECT_MS 5000

static void address_text(const struct addrinfo *ai, char out[INET6_ADDRSTRLEN])
{
    if (getnameinfo(
            ai->ai_addr, ai->ai_addrlen, out, INET6_ADDRSTRLEN, NULL, 0, NI_NUMERICHOST) != 0)
        (void)snprintf(out, INET6_ADDRSTRLEN, "?");
}

/* 0, or why not. */
static int try_one(const struct addrinfo *ai)
{
    struct pollfd p = {.events = POLLOUT};
    int error = 0;
    socklen_t n = sizeof error;

    p.fd = socket(ai->ai_family, ai->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (p.fd < 0)
        return errno;
    if (connect(p.fd, ai->ai_addr, ai->ai_addrlen) != 0 && errno != EINPROGRESS)
        error = errno;
    else if (poll(&p, 1, CONNECT_MS) != 1)
        error = ETIMEDOUT;
    else if (getsockopt(p.fd, SOL_SOCKET, SO_ERROR, &error, &n) != 0)
        error = errno;
    (void)close(p.fd);
    return error;
}

static void probe_port(
    const struct client *c, const struct addrinfo *all, struct doctor_finding *out)
{
    char text[INET6_ADDRSTRLEN] = "";
    int error = 0;

    for (const struct addrinfo *ai = all; ai != NULL; ai = ai->ai_next) {
        address_text(ai, text);
        error = try_one(ai);
        if (error == 0)
            break;
    }
    out->verdict = error == 0 ? DOCTOR_FINE : DOCTOR_WRONG;
    if (error == 0)
        (void)snprintf(out->words, sizeof out->words, "Port %s at %s is open.", c->port, text);
    else
        (void)snprintf(out->words, sizeof out->words,
            "Nothing can be reached at %s port %s: %s. Is sottod running there, and does a "
            "firewall let you through?",
            text, c->port, strerrordesc_np(error));
}

static void describe_vault(const struct client *c, struct doctor_finding *out)
{
    out->verdict = c->vault_trouble[0] != '\0' ? DOCTOR_WRONG : DOCTOR_FINE;
    if (c->vault_trouble[0] != '\0')
        (void)bytes_copy(out->words, sizeof out->words, bytes_str(c->vault_trouble));
    else if (c->dir[0] == '\0')
        (void)snprintf(out->words, sizeof out->words, "Nothing is kept, as you asked.");
    else
        (void)snprintf(out->words, sizeof out->words, "%.250s opens, %s", c->dir,
            c->vault_sealed ? "by its passphrase."
                            : "without a passphrase; \"sotto passphrase set\" gives it one.");
}

void probe(const struct client *c, struct doctor_setup *out)
{
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *all = NULL;
    char text[INET6_ADDRSTRLEN] = "";

    describe_vault(c, &out->vault);
    int failed = getaddrinfo(c->host, c->port, &hints, &all);
    if (failed != 0 || all == NULL) {
        out->name.verdict = DOCTOR_WRONG;
        (void)snprintf(out->name.words, sizeof out->name.words,
            "%.200s means nothing here: %s. Look for a slip in the name, and whether you are "
            "online.",
            c->host, gai_strerror(failed));
        (void)snprintf(out->port.words, sizeof out->port.words, "not looked at");
        return;
    }
    address_text(all, text);
    out->name.verdict = DOCTOR_FINE;
    (void)snprintf(out->name.words, sizeof out->name.words, "%.200s is %s.", c->host, text);
    probe_port(c, all, &out->port);
    freeaddrinfo(all);
}
