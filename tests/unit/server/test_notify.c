/* SPDX-License-Identifier: ISC */
#include "server/notify.h"

#include <criterion/criterion.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "support/support.h"

static char dir[64];
static int manager = -1;

static void listen_at(const char *path, size_t n)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};

    memcpy(a.sun_path, path, n);
    manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    cr_assert_eq(bind(manager, (const struct sockaddr *)&a,
                     (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n)),
        0);
}

static void heard(const char *want)
{
    char got[128] = "";
    ssize_t n = recv(manager, got, sizeof got - 1, 0);

    cr_assert_eq(n, (ssize_t)strlen(want));
    cr_assert_str_eq(got, want);
}

static void setup(void)
{
    support_tmpdir(dir, sizeof dir);
    (void)unsetenv("NOTIFY_SOCKET");
    (void)unsetenv("WATCHDOG_USEC");
}

static void teardown(void)
{
    notify_close();
    if (manager >= 0)
        (void)close(manager);
    support_rmtree(dir);
}

TestSuite(notify, .init = setup, .fini = teardown);

Test(notify, tells__a_path)
{
    char path[96];

    (void)snprintf(path, sizeof path, "%s/notify", dir);
    listen_at(path, strlen(path));
    (void)setenv("NOTIFY_SOCKET", path, 1);
    notify_open();
    notify("READY=1");
    heard("READY=1");
    notify("STOPPING=1");
    heard("STOPPING=1");
}

Test(notify, tells__an_abstract_name)
{
    char name[96];
    char variable[96];

    (void)snprintf(name, sizeof name, "%csotto-test-%d", '\0', (int)getpid());
    (void)snprintf(variable, sizeof variable, "@sotto-test-%d", (int)getpid());
    listen_at(name, strlen(variable));
    (void)setenv("NOTIFY_SOCKET", variable, 1);
    notify_open();
    notify("READY=1");
    heard("READY=1");
}

Test(notify, silent__without_a_manager_or_with_a_bad_one)
{
    char endless[300];

    notify_open();
    notify("READY=1");
    cr_assert_eq(notify_watchdog_ms(), 0);
    memset(endless, 'x', sizeof endless - 1);
    endless[sizeof endless - 1] = '\0';
    (void)setenv("NOTIFY_SOCKET", endless, 1);
    notify_open();
    notify("READY=1");
    (void)setenv("NOTIFY_SOCKET", "/nowhere/at/all", 1);
    notify_open();
    notify("READY=1");
    (void)setenv("WATCHDOG_USEC", "30000000", 1);
    cr_assert_eq(notify_watchdog_ms(), 0, "no socket, no watchdog");
}

Test(notify, watchdog__half_of_what_is_asked)
{
    char path[96];

    (void)snprintf(path, sizeof path, "%s/notify", dir);
    listen_at(path, strlen(path));
    (void)setenv("NOTIFY_SOCKET", path, 1);
    (void)setenv("WATCHDOG_USEC", "30000000", 1);
    notify_open();
    cr_assert_eq(notify_watchdog_ms(), 15000);
}
