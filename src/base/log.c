/* SPDX-License-Identifier: ISC */
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"

#define LOG_LINE    2048
#define LOG_PLACES  8
#define LOG_FOREIGN (UTF8_LOG_MAX + 1)

static const char *const NAMES[] = {"error", "warn", "info", "debug"};
static atomic_int sink = STDERR_FILENO; /* -1: nowhere */
static atomic_int threshold = LOG_INFO;
static bool owned; /* sink was opened here */

void log_set_level(enum log_level level)
{
    atomic_store(&threshold, (int)level);
}

enum log_level log_level(void)
{
    return (enum log_level)atomic_load(&threshold);
}

bool log_level_parse(const char *word, enum log_level *out)
{
    for (size_t i = 0; i < MEM_COUNT(NAMES); i++) {
        if (strcmp(word, NAMES[i]) == 0) {
            *out = (enum log_level)i;
            return true;
        }
    }
    return false;
}

const char *log_level_name(enum log_level level)
{
    return (size_t)level < MEM_COUNT(NAMES) ? NAMES[level] : "unknown";
}

static void log_redirect(int fd)
{
    int old = atomic_exchange(&sink, fd);

    if (owned)
        (void)close(old);
    owned = false;
}

void log_to_fd(int fd)
{
    log_redirect(fd);
}

void log_off(void)
{
    log_redirect(-1);
}

enum err log_to_file(const char *path)
{
    struct stat st;
    /* O_NONBLOCK, so that a FIFO put in the place cannot make us wait for a reader. */
    int fd = open(path,
        O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);

    if (fd < 0)
        return errno == ELOOP || errno == EACCES ? ERR_PERM : ERR_IO;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_uid != geteuid() ||
        fchmod(fd, 0600) != 0) {
        (void)close(fd);
        return ERR_PERM;
    }
    if (owned) {
        /* Another thread may be about to write to the number, so the number stays. */
        int moved = dup3(fd, atomic_load(&sink), O_CLOEXEC);
        (void)close(fd);
        return moved < 0 ? ERR_IO : ERR_OK;
    }
    atomic_store(&sink, fd);
    owned = true;
    return ERR_OK;
}

/* What snprintf() says it wanted, as what is there. */
static size_t fitted(int wanted, size_t room)
{
    if (wanted < 0)
        return 0;
    return (size_t)wanted < room ? (size_t)wanted : room - 1;
}

void log_write(enum log_level level, const char *area, const char *fmt, ...)
{
    static const char CUT[] = "...";
    int fd = atomic_load(&sink);
    int saved = errno;
    char line[LOG_LINE];
    char now[CLOCK_TEXT];
    va_list ap;

    if (fd < 0 || level > log_level())
        return;
    clock_iso(clock_wall_ms(), now);
    size_t n =
        fitted(snprintf(line, sizeof line - 1, "%s %s %s ", now, log_level_name(level), area),
            sizeof line - 1);
    va_start(ap, fmt);
    int wanted = vsnprintf(line + n, sizeof line - 1 - n, fmt, ap);
    va_end(ap);
    size_t room = sizeof line - 1 - n;
    n += fitted(wanted, room);
    if (wanted > 0 && (size_t)wanted >= room)
        memcpy(line + n - (sizeof CUT - 1), CUT, sizeof CUT - 1);
    for (size_t i = 0; i < n; i++) {
        if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
            line[i] = '?';
    }
    line[n++] = '\n';
    while (write(fd, line, n) < 0 && errno == EINTR)
        continue;
    errno = saved;
}

const char *log_text(struct bytes foreign)
{
    static _Thread_local char places[LOG_PLACES][LOG_FOREIGN];
    static _Thread_local unsigned turn;
    char *place = places[turn++ % LOG_PLACES];
    struct buf to;

    buf_init_fixed(&to, place, LOG_FOREIGN);
    utf8_clean(&to, foreign, UTF8_LOG);
    return buf_cstr(&to);
}
