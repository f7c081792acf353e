/* SPDX-License-Identifier: ISC */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/file_private.h"
#include "base/home.h"
#include "base/log.h"
#include "base/mem.h"

#define TEMP_NAME  32
#define TEMP_TRIES 16

enum err file_err(const char *what, const char *path)
{
    switch (errno) {
    case ENOENT:
    case ENOTDIR:
        return ERR_NOT_FOUND;
    case EEXIST:
        return ERR_EXISTS;
    case EACCES:
    case EPERM:
    case ELOOP:
        return ERR_PERM;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return ERR_FULL;
    case ENAMETOOLONG:
        return ERR_TOO_BIG;
    default:
        LOG_WARN("file", "%s %s: %s", what, log_text(bytes_str(path)), strerrordesc_np(errno));
        return ERR_IO;
    }
}

/* The folder of a path, opened, and where its last part begins. */
static enum err open_parent(const char *path, int *fd, const char **name)
{
    char dir[PATH_MAX];
    const char *slash = strrchr(path, '/');

    *fd = -1;
    *name = slash != NULL ? slash + 1 : path;
    if (**name == '\0')
        return ERR_REFUSED;
    size_t n = slash == NULL ? 0 : slash == path ? 1 : (size_t)(slash - path);
    if (!bytes_copy(dir, sizeof dir, n != 0 ? bytes_of(path, n) : bytes_str(".")))
        return ERR_TOO_BIG;
    *fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return *fd < 0 ? file_err("opening", dir) : ERR_OK;
}

enum err file_check_fd(int fd, mode_t type)
{
    struct stat st;

    if (fstat(fd, &st) != 0)
        return ERR_IO;
    if ((st.st_mode & S_IFMT) != type)
        return ERR_REFUSED;
    if (st.st_uid != geteuid() || (st.st_mode & 077) != 0)
        return ERR_PERM;
    return type == S_IFREG && st.st_nlink != 1 ? ERR_PERM : ERR_OK;
}

/* One folder of the way; its entry is on disk before anything is trusted to it. */
static enum err make_dir(const char *path)
{
    const char *name;
    int parent;

    if (mkdir(path, 0700) != 0)
        return errno == EEXIST ? ERR_OK : file_err("making", path);
    enum err e = open_parent(path, &parent, &name);
    if (e != ERR_OK)
        return e;
    if (fsync(parent) != 0)
        e = file_err("syncing the folder of", path);
    (void)close(parent);
    return e;
}

enum err file_make_dirs(const char *path, char p[PATH_MAX])
{
    size_t n = strlen(path);

    while (n > 1 && path[n - 1] == '/')
        n--;
    if (n == 0)
        return ERR_NOT_FOUND;
    if (!bytes_copy(p, PATH_MAX, bytes_of(path, n)))
        return ERR_TOO_BIG;
    for (char *at = strchr(p + 1, '/');; at = strchr(at + 1, '/')) {
        if (at != NULL)
            *at = '\0';
        enum err e = make_dir(p);
        if (e != ERR_OK || at == NULL)
            return e;
        *at = '/';
    }
}

enum err file_make_private_dir(const char *path)
{
    char p[PATH_MAX];
    enum err e = file_make_dirs(path, p);

    if (e != ERR_OK)
        return e;
    int fd = open(p, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOTDIR ? ERR_PERM : file_err("opening", p);
    e = file_check_fd(fd, S_IFDIR);
    (void)close(fd);
    return e;
}

static enum err open_to_read(const char *path, int flags, int *fd)
{
    /* O_NONBLOCK, so that a FIFO put in the place cannot make us wait for a writer. */
    *fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | flags);
    return *fd < 0 ? file_err("opening", path) : ERR_OK;
}

enum err file_check_private(const char *path)
{
    int fd;
    enum err e = open_to_read(path, O_NOFOLLOW, &fd);

    if (e != ERR_OK)
        return e;
    e = file_check_fd(fd, S_IFREG);
    (void)close(fd);
    return e;
}

static enum err read_all(int fd, const char *path, struct buf *out)
{
    char chunk[4096];
    struct stat st;
    ssize_t n = 0;

    if (fstat(fd, &st) != 0)
        return file_err("looking at", path);
    if (!S_ISREG(st.st_mode))
        return ERR_REFUSED;
    if (st.st_size > 0 && (uintmax_t)st.st_size > out->max)
        return ERR_TOO_BIG;
    do {
        n = read(fd, chunk, sizeof chunk);
        if (n > 0)
            buf_put(out, chunk, (size_t)n);
    } while ((n > 0 && buf_end(out) == ERR_OK) || (n < 0 && errno == EINTR));
    enum err e = n < 0 ? file_err("reading", path) : buf_end(out);
    mem_wipe(chunk, sizeof chunk);
    return e;
}

static enum err read_file(const char *path, struct buf *out, bool private)
{
    int fd;

    buf_clear(out);
    enum err e = open_to_read(path, private ? O_NOFOLLOW : 0, &fd);
    if (e != ERR_OK)
        return e;
    if (private)
        e = file_check_fd(fd, S_IFREG);
    if (e == ERR_OK)
        e = read_all(fd, path, out);
    (void)close(fd);
    if (e != ERR_OK && out->fixed)
        buf_clear(out);
    else if (e != ERR_OK)
        buf_wipe(out);
    return e;
}

enum err file_read(const char *path, struct buf *out)
{
    return read_file(path, out, false);
}

enum err file_read_private(const char *path, struct buf *out)
{
    return read_file(path, out, true);
}

static bool write_all(int fd, struct bytes data)
{
    while (data.n != 0) {
        ssize_t n = write(fd, data.p, data.n);
        if (n < 0 && errno != EINTR)
            return false;
        if (n > 0)
            data = bytes_of(data.p + n, data.n - (size_t)n);
    }
    return true;
}

/* A file nobody else could have opened, full and on disk, under a name nobody else uses. */
static enum err write_temp(int dir, struct bytes data, mode_t mode, char name[TEMP_NAME])
{
    uint64_t r;
    int fd = -1;

    for (int i = 0; fd < 0 && i < TEMP_TRIES; i++) {
        if (getrandom(&r, sizeof r, 0) != (ssize_t)sizeof r)
            return file_err("naming", "a temporary file");
        (void)snprintf(name, TEMP_NAME, ".tmp-%016llx", (unsigned long long)r);
        fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd < 0 && errno != EEXIST)
            break;
    }
    if (fd < 0)
        return file_err("making", name);
    enum err e = ERR_OK;
    if (!write_all(fd, data) || fchmod(fd, mode) != 0 || fsync(fd) != 0)
        e = file_err("writing", name);
    if (close(fd) != 0 && e == ERR_OK)
        e = file_err("closing", name);
    if (e != ERR_OK)
        (void)unlinkat(dir, name, 0);
    return e;
}

int file_rename_new(int dir, const char *from, const char *to)
{
    if (renameat2(dir, from, dir, to, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL || linkat(dir, from, dir, to, 0) != 0)
        return -1;
    if (unlinkat(dir, from, 0) == 0)
        return 0;
    int why = errno;
    (void)unlinkat(dir, to, 0);
    errno = why;
    return -1;
}

/* From one name to the other in a folder, and that is on disk. */
static enum err settle(int dir, const char *from, const char *to, bool replace)
{
    int failed = replace ? renameat(dir, from, dir, to) : file_rename_new(dir, from, to);

    if (failed != 0 && errno == EISDIR)
        return ERR_REFUSED;
    if (failed != 0)
        return file_err("renaming to", to);
    return fsync(dir) != 0 ? file_err("syncing the folder of", to) : ERR_OK;
}

static enum err write_whole(const char *path, struct bytes data, mode_t mode, bool replace)
{
    char temp[TEMP_NAME];
    const char *name;
    int dir;
    enum err e = open_parent(path, &dir, &name);

    if (e != ERR_OK)
        return e;
    e = write_temp(dir, data, mode, temp);
    if (e == ERR_OK) {
        e = settle(dir, temp, name, replace);
        if (e != ERR_OK)
            (void)unlinkat(dir, temp, 0);
    }
    (void)close(dir);
    return e;
}

enum err file_move_new(const char *from, const char *to)
{
    const char *to_name;
    const char *from_name = strrchr(from, '/');
    int dir;
    enum err e = open_parent(to, &dir, &to_name);

    if (e != ERR_OK)
        return e;
    from_name = from_name != NULL ? from_name + 1 : from;
    int fd = openat(dir, from_name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 || fsync(fd) != 0)
        e = file_err("syncing", from);
    else
        e = settle(dir, from_name, to_name, false);
    if (fd >= 0)
        (void)close(fd);
    (void)close(dir);
    return e;
}

enum err file_write_atomic(const char *path, struct bytes data, unsigned mode)
{
    return write_whole(path, data, (mode_t)mode & 0777, true);
}

enum err file_create_private(const char *path, struct bytes data)
{
    return write_whole(path, data, 0600, false);
}

int file_beneath(int dirfd, const char *name, int flags)
{
    struct open_how how = {
        .flags = (uint64_t)(flags | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK),
        .mode = (flags & O_CREAT) != 0 ? 0600 : 0,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
    };

    return (int)syscall(SYS_openat2, dirfd, name, &how, sizeof how);
}

int file_open_beneath(int dirfd, const char *name)
{
    int fd = file_beneath(dirfd, name, O_WRONLY | O_APPEND | O_CREAT);

    if (fd < 0 || file_check_fd(fd, S_IFREG) == ERR_OK)
        return fd;
    (void)close(fd);
    errno = EPERM;
    return -1;
}

bool file_exists(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0;
}

enum err file_lock(const char *path, int *fd)
{
    *fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);
    if (*fd < 0)
        return errno == EISDIR ? ERR_REFUSED : file_err("opening", path);
    enum err e = file_check_fd(*fd, S_IFREG);
    if (e == ERR_OK && flock(*fd, LOCK_EX | LOCK_NB) != 0)
        e = errno == EWOULDBLOCK ? ERR_BUSY : file_err("locking", path);
    if (e != ERR_OK) {
        (void)close(*fd);
        *fd = -1;
    }
    return e;
}

void file_unlock(int fd)
{
    if (fd >= 0)
        (void)close(fd);
}

void file_slug(char out[FILE_SLUG], struct bytes name, const uint8_t digest[4])
{
    size_t n = 0;

    for (size_t i = 0; i < name.n && n < 40; i++) {
        uint8_t b = name.p[i];
        if (b >= 'A' && b <= 'Z')
            b = (uint8_t)(b - 'A' + 'a');
        bool letter = (b >= 'a' && b <= 'z') || (b >= '0' && b <= '9');
        if (letter || (b == '-' && n != 0))
            out[n++] = (char)b;
    }
    (void)snprintf(out + n, FILE_SLUG - n, "%s%02x%02x%02x%02x", n != 0 ? "-" : "", digest[0],
        digest[1], digest[2], digest[3]);
}

enum err file_from_root(struct buf *out, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    bool folder = name[0] == '\0' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
    char *before = mem_dup(path, strlen(path) + 1);

    buf_clear(out);
    if (!folder)
        before[name - path] = '\0';
    char *real = realpath(before[0] != '\0' ? before : ".", NULL);
    mem_free(before);
    if (real == NULL)
        return ERR_NOT_FOUND;
    buf_text(out, real);
    if (!folder)
        buf_fmt(out, "%s%s", strcmp(real, "/") == 0 ? "" : "/", name);
    free(real);
    return buf_end(out);
}

enum err file_xdg(struct buf *out, const char *kind, const char *app)
{
    static const struct {
        const char *kind, *variable, *below_home;
    } ROWS[] = {
        {"config", "XDG_CONFIG_HOME", ".config"},
        {"state", "XDG_STATE_HOME", ".local/state"},
        {"data", "XDG_DATA_HOME", ".local/share"},
        {"runtime", "XDG_RUNTIME_DIR", NULL},
    };

    for (size_t i = 0; i < MEM_COUNT(ROWS); i++) {
        if (strcmp(kind, ROWS[i].kind) != 0)
            continue;
        const char *base = secure_getenv(ROWS[i].variable);
        const char *home = home_folder();
        /* A relative path there is to be ignored, says the standard. */
        if (base != NULL && base[0] == '/')
            buf_fmt(out, "%s/%s", base, app);
        else if (ROWS[i].below_home != NULL && home != NULL)
            buf_fmt(out, "%s/%s/%s", home, ROWS[i].below_home, app);
        else
            return ERR_NOT_FOUND;
        return buf_end(out);
    }
    return ERR_STATE;
}
