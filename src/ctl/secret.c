/* SPDX-License-Identifier: ISC */
#include "ctl/secret.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/mem.h"

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

enum err secret_from_terminal(int fd, const char *prompt, struct buf *out)
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
    if (e == ERR_OK)
        e = ask_once(fd, "once more, ", prompt, &again);
    if (e == ERR_OK && !bytes_eq(buf_view(out), buf_view(&again)))
        e = ERR_CONFLICT;
    (void)tcsetattr(fd, TCSAFLUSH, &was);
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): one thread */
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    buf_wipe(&again);
    return e;
}
