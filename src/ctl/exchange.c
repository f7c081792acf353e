/* SPDX-License-Identifier: ISC */
#include "ctl/exchange.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/file.h"

#define SYSTEM_PATH "/var/lib/sottod/control.sock"
#define PIECE       16384

void exchange_default_path(struct buf *out)
{
    buf_init(out, 4096);
    if (file_xdg(out, "state", "sottod") == ERR_OK) {
        buf_text(out, "/control.sock");
        if (buf_end(out) == ERR_OK && file_exists(buf_cstr(out)))
            return;
    }
    buf_free(out);
    buf_text(out, SYSTEM_PATH);
}

static enum err dial(const char *path, int wait_s, int *out)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    struct timeval wait = {.tv_sec = wait_s};

    *out = -1;
    if (!bytes_copy(at.sun_path, sizeof at.sun_path, bytes_str(path)))
        return ERR_TOO_BIG;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return ERR_IO;
    enum err e = ERR_OK;
    if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait) != 0 ||
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait) != 0)
        e = ERR_IO;
    else if (connect(fd, (const struct sockaddr *)&at, sizeof at) != 0)
        e = errno == EACCES || errno == EPERM                              ? ERR_PERM
            : errno == ENOENT || errno == ECONNREFUSED || errno == ENOTDIR ? ERR_NOT_FOUND
            : errno == EAGAIN                                              ? ERR_TIMEOUT
                                                                           : ERR_IO;
    if (e != ERR_OK)
        (void)close(fd);
    else
        *out = fd;
    return e;
}

static enum err trouble(ssize_t n)
{
    if (n == 0 || errno == EPIPE || errno == ECONNRESET)
        return ERR_CLOSED;
    return errno == EAGAIN ? ERR_TIMEOUT : ERR_IO;
}

static enum err read_line(int fd, struct buf *answer)
{
    char piece[PIECE];
    const char *end = NULL;

    while (end == NULL) {
        ssize_t n = recv(fd, piece, sizeof piece, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return trouble(n);
        end = memchr(piece, '\n', (size_t)n);
        buf_put(answer, piece, end != NULL ? (size_t)(end - piece) : (size_t)n);
        if (buf_end(answer) != ERR_OK)
            return ERR_TOO_BIG;
    }
    return ERR_OK;
}

enum err exchange_line(const char *path, struct bytes request, int wait_s, struct buf *answer)
{
    int fd;

    buf_init(answer, EXCHANGE_MAX);
    enum err e = dial(path, wait_s, &fd);
    if (e != ERR_OK)
        return e;
    while (request.n != 0 && e == ERR_OK) {
        ssize_t n = send(fd, request.p, request.n, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            e = trouble(n);
        else
            request = bytes_of(request.p + n, request.n - (size_t)n);
    }
    /* One who is turned away is told so before he has spoken. */
    if (e == ERR_OK || e == ERR_CLOSED)
        e = read_line(fd, answer);
    (void)close(fd);
    return e;
}
