/* SPDX-License-Identifier: ISC */
#include "base/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

#define FILE_MOST 65536

#define CTRL_C    3
#define CTRL_D    4
#define BACKSPACE 8
#define CTRL_U    21
#define DELETE    127

enum err secret_from_fd(int fd, struct buf *out)
{
    char c;
    ssize_t n;

    buf_init(out, SECRET_MAX);
    for (;;) {
        n = read(fd, &c, 1);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0 || c == '\n')
            break;
        buf_u8(out, (uint8_t)c);
    }
    mem_wipe(&c, 1);
    if (n < 0)
        return ERR_IO;
    if (buf_end(out) != ERR_OK)
        return ERR_TOO_BIG;
    return out->n != 0 && memchr(out->p, 0, out->n) == NULL ? ERR_OK : ERR_FORMAT;
}

static struct bytes cut_line(struct bytes *rest)
{
    const uint8_t *end = rest->n != 0 ? memchr(rest->p, '\n', rest->n) : NULL;
    struct bytes line = bytes_of(rest->p, end != NULL ? (size_t)(end - rest->p) : rest->n);
    size_t used = line.n + (end != NULL);

    *rest = bytes_of(used != 0 ? rest->p + used : rest->p, rest->n - used);
    return line;
}

enum err secret_from_file(const char *path, size_t nth, struct buf *out)
{
    struct buf all;
    struct bytes rest;
    struct bytes line;

    buf_init(out, SECRET_MAX);
    buf_init(&all, FILE_MOST);
    enum err e = file_read_private(path, &all);
    if (e == ERR_OK) {
        rest = buf_view(&all);
        do
            line = cut_line(&rest);
        while (nth-- != 0);
        buf_bytes(out, line);
        if (buf_end(out) != ERR_OK)
            e = ERR_TOO_BIG;
        else if (line.n == 0 || memchr(line.p, 0, line.n) != NULL)
            e = ERR_FORMAT;
    }
    buf_wipe(&all);
    return e;
}

static void put(int fd, const char *text)
{
    ssize_t n = write(fd, text, strlen(text));

    (void)n; /* a prompt that is not seen is answered by nobody */
}

/* One character off the end, all of its UTF-8 bytes. */
static void take_back(struct buf *line)
{
    while (line->n != 0 && (line->p[--line->n] & 0xC0) == 0x80)
        ;
}

/* Reads raw keys, so that whatever a key does here is done here. */
static enum err read_line(int fd, struct buf *line)
{
    uint8_t c = 0;

    for (;;) {
        ssize_t n = read(fd, &c, 1);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0 || c == CTRL_C || (c == CTRL_D && line->n == 0))
            return ERR_CLOSED;
        if (c == '\n' || c == '\r')
            return buf_end(line);
        if (c == BACKSPACE || c == DELETE)
            take_back(line);
        else if (c == CTRL_U)
            line->n = 0;
        else if (c >= ' ')
            buf_u8(line, c);
    }
}

static enum err ask_once(int fd, const char *before, const char *prompt, struct buf *line)
{
    buf_init(line, SECRET_MAX);
    put(fd, before);
    put(fd, prompt);
    put(fd, ": ");
    enum err e = read_line(fd, line);
    put(fd, "\r\n");
    return e == ERR_OK && line->n == 0 ? ERR_CLOSED : e;
}

enum err secret_from_terminal(
    int fd, const char *prompt, enum secret_times times, struct buf *out)
{
    struct termios was, quiet;
    struct buf again;
    sigset_t all, before;

    buf_init(out, SECRET_MAX);
    buf_init(&again, SECRET_MAX);
    if (tcgetattr(fd, &was) != 0)
        return ERR_UNSUPPORTED;
    /* A signal that ends us comes when the terminal is itself again. */
    (void)sigfillset(&all);
    (void)sigprocmask(SIG_BLOCK, &all, &before); /* NOLINT(concurrency-mt-unsafe): one thread */
    quiet = was;
    quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
    quiet.c_cc[VMIN] = 1;
    quiet.c_cc[VTIME] = 0;
    enum err e = tcsetattr(fd, TCSAFLUSH, &quiet) == 0 ? ERR_OK : ERR_UNSUPPORTED;
    if (e == ERR_OK)
        e = ask_once(fd, "", prompt, out);
    if (e == ERR_OK && times == SECRET_TWICE)
        e = ask_once(fd, "once more, ", prompt, &again);
    if (e == ERR_OK && times == SECRET_TWICE && !bytes_eq(buf_view(out), buf_view(&again)))
        e = ERR_CONFLICT;
    (void)tcsetattr(fd, TCSAFLUSH, &was);
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): one thread */
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    buf_wipe(&again);
    return e;
}

enum err secret_ask(const char *prompt, enum secret_times times, struct buf *out)
{
    int tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);

    buf_init(out, SECRET_MAX);
    if (tty < 0)
        return ERR_UNSUPPORTED;
    enum err e = secret_from_terminal(tty, prompt, times, out);
    (void)close(tty);
    return e;
}
