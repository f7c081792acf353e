/* SPDX-License-Identifier: ISC */
#include "client.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

void client_noon(char out[16])
{
    int hour = (int)(clock_wall_ms() / 3600000 % 24);

    (void)snprintf(out, 16, "TZ=NOON%+d", hour - 12);
}

struct live relay;

void client_relay_up(void)
{
    live_init(&relay);
    cr_assert(live_start(&relay), "%s", live_words(&relay));
}

void client_relay_down(void)
{
    (void)live_stop(&relay);
    live_fini(&relay);
}

void client_server(char out[64], const struct live *to)
{
    (void)snprintf(out, 64, "127.0.0.1:%u", (unsigned)to->port);
}

struct pty *client_start(const struct live *to, const struct client_wish *w)
{
    const char *asan = getenv("ASAN_OPTIONS");
    const char *build = getenv("SOTTO_BUILD");
    char program[512], server[64], term[64], locale[64], home[128], state[128], options[512];
    char noon[16];
    static const char SHELL[] = "set -m; \"$@\"; echo it has stopped; read -r x; fg >/dev/null";
    const char *argv[16] = {
        "/bin/bash", "-c", SHELL, "sh", program, "-s", server, "-n", w->nick};
    const char *env[] = {term, locale, home, state, options, noon, w->set, NULL};

    client_noon(noon);
    for (size_t i = 0; w->extra[i] != NULL; i++)
        argv[9 + i] = w->extra[i];
    (void)snprintf(program, sizeof program, "%s/sotto", build != NULL ? build : ".");
    client_server(server, to);
    (void)snprintf(term, sizeof term, "TERM=%s", w->term != NULL ? w->term : "xterm-256color");
    if (w->term != NULL && strcmp(w->term, "-") == 0)
        (void)snprintf(term, sizeof term, "NOTERM=");
    (void)snprintf(
        locale, sizeof locale, "LC_ALL=%s", w->locale != NULL ? w->locale : "C.UTF-8");
    (void)snprintf(home, sizeof home, "HOME=%s/%s", to->dir, w->nick);
    (void)snprintf(state, sizeof state, "XDG_STATE_HOME=%s/%s", to->dir, w->nick);
    (void)snprintf(options, sizeof options, "ASAN_OPTIONS=%s", asan != NULL ? asan : "");
    return pty_start(&(struct pty_wish){
        .argv = w->in_shell ? argv : argv + 4, .env = env, .cols = w->cols, .rows = w->rows});
}

/* And not "not connected". */
static bool is_connected(struct pty *p, void *arg)
{
    const char *screen = pty_screen(p);
    bool is = false;

    (void)arg;
    for (const char *at = screen; (at = strstr(at, "connected")) != NULL; at++)
        is = is || at < screen + 4 || strncmp(at - 4, "not ", 4) != 0;
    return is;
}

struct pty *client_ready(const struct live *to, const struct client_wish *w)
{
    struct pty *p = client_start(to, w);
    char prompt[64];

    (void)snprintf(prompt, sizeof prompt, " %s ", w->nick);
    cr_assert(pty_until(p, prompt));
    cr_assert(pty_until_cond(p, is_connected, NULL));
    return p;
}

void client_quit(struct pty *p)
{
    pty_type(p, "\x15/quit\r");
    cr_assert_eq(pty_until_exit(p), 0, "%s", pty_output(p));
    cr_assert(pty_cooked(p));
    pty_free(p);
}
