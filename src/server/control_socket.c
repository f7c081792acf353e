/* SPDX-License-Identifier: ISC */
#include "server/control_socket.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/log.h"

static enum err open_failed(
    enum err e, const char *path, char *why, size_t n, const char *words)
{
    (void)snprintf(why, n, "%s: %s", path, words);
    return e;
}

static enum err own_folder(const char *path, char *why, size_t why_n)
{
    char folder[CONTROL_SOCKET_PATH];
    const char *slash = strrchr(path, '/');

    if (slash == NULL || slash == path || strlen(path) >= sizeof folder)
        return open_failed(ERR_TOO_BIG, path, why, why_n,
            "the path of the operator's socket must be absolute and shorter than 108 bytes");
    (void)bytes_copy(folder, sizeof folder, bytes_of(path, (size_t)(slash - path)));
    enum err e = file_make_private_dir(folder);
    return e == ERR_OK ? e : open_failed(e, folder, why, why_n, err_str(e));
}

/* Whether nobody is behind the file that is there: then it is in the way of nobody. */
static bool is_stale(const struct sockaddr_un *at)
{
    struct stat st;
    int fd = -1;
    bool stale = false;

    if (lstat(at->sun_path, &st) == 0 && S_ISSOCK(st.st_mode))
        fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd >= 0) {
        stale =
            connect(fd, (const struct sockaddr *)at, sizeof *at) != 0 && errno == ECONNREFUSED;
        (void)close(fd);
    }
    return stale;
}

static int listen_at(const char *path, int backlog)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    (void)bytes_copy(at.sun_path, sizeof at.sun_path, bytes_str(path));
    /* The mode of the socket becomes that of the file, so there is no moment without it. */
    if (fd < 0 || fchmod(fd, 0600) != 0)
        goto fail;
    if (bind(fd, (const struct sockaddr *)&at, sizeof at) != 0) {
        if (errno != EADDRINUSE)
            goto fail;
        bool stale = is_stale(&at);
        if (!stale || unlink(path) != 0 ||
            bind(fd, (const struct sockaddr *)&at, sizeof at) != 0) {
            errno = stale ? errno : EADDRINUSE;
            goto fail;
        }
    }
    if (listen(fd, backlog) == 0)
        return fd;
fail:
    if (fd >= 0) {
        int keep = errno;
        (void)close(fd);
        errno = keep;
    }
    return -1;
}

enum err control_socket_listen(const char *path, int backlog, int *fd, char *why, size_t why_n)
{
    *fd = -1;
    enum err e = own_folder(path, why, why_n);
    if (e != ERR_OK)
        return e;
    *fd = listen_at(path, backlog);
    if (*fd >= 0)
        return ERR_OK;
    if (errno == EADDRINUSE)
        return open_failed(ERR_BUSY, path, why, why_n, "another relay answers here");
    return open_failed(ERR_IO, path, why, why_n, strerrordesc_np(errno));
}

bool control_socket_may(int fd)
{
    struct ucred who;
    socklen_t n = sizeof who;

    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &n) != 0)
        return false;
    if (who.uid == 0 || who.uid == geteuid())
        return true;
    LOG_WARN("control", "user %u may not give orders here", (unsigned)who.uid);
    return false;
}

struct control_socket_file control_socket_file(const char *path)
{
    struct stat st;

    if (lstat(path, &st) != 0)
        return (struct control_socket_file){0};
    return (struct control_socket_file){st.st_dev, st.st_ino};
}

void control_socket_remove(const char *path, struct control_socket_file file)
{
    struct control_socket_file now = control_socket_file(path);

    if (now.ino != 0 && now.ino == file.ino && now.dev == file.dev)
        (void)unlink(path);
}
