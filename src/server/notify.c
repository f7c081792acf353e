/* SPDX-License-Identifier: ISC */
#include "server/notify.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int notify_fd = -1;

void notify_open(void)
{
    const char *path =
        getenv("NOTIFY_SOCKET"); /* NOLINT(concurrency-mt-unsafe): nobody sets it */
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    size_t n = path != NULL ? strlen(path) : 0;

    if (n < 2 || n >= sizeof to.sun_path)
        return;
    memcpy(to.sun_path, path, n);
    if (to.sun_path[0] == '@')
        to.sun_path[0] = '\0'; /* an abstract name */
    notify_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    socklen_t len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
    if (notify_fd >= 0 && connect(notify_fd, (const struct sockaddr *)&to, len) != 0)
        notify_close();
}

void notify(const char *state)
{
    if (notify_fd >= 0)
        (void)send(notify_fd, state, strlen(state), MSG_NOSIGNAL);
}

uint64_t notify_watchdog_ms(void)
{
    const char *us =
        getenv("WATCHDOG_USEC"); /* NOLINT(concurrency-mt-unsafe): nobody sets it */

    /* Half of what is asked, as sd_watchdog_enabled(3) advises. */
    return us != NULL && notify_fd >= 0 ? strtoull(us, NULL, 10) / 2000 : 0;
}

void notify_close(void)
{
    if (notify_fd >= 0)
        (void)close(notify_fd);
    notify_fd = -1;
}
