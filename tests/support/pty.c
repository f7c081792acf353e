/* SPDX-License-Identifier: ISC */
#include "support/pty.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <vterm.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "support/support.h"

#define PATIENCE_MS 120000u
#define OUTPUT_MAX  (16u << 20)

struct pty {
    pid_t pid;
    bool ended;
    int status;
    int fd;
    int rows, cols;
    VTerm *vt;
    VTermScreen *screen;
    bool alternate;
    struct buf text;
    struct buf output;
    struct oracle *oracle;
};

static int on_property(VTermProp prop, VTermValue *value, void *user)
{
    struct pty *p = user;

    if (prop == VTERM_PROP_ALTSCREEN)
        p->alternate = value->boolean;
    return 1;
}

static const VTermScreenCallbacks CALLBACKS = {.settermprop = on_property};

static _Noreturn void be_the_program(const struct pty_wish *wish, int go)
{
    char path[4096];

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)!read(go, path, 1); /* until the other side closes it */
    (void)snprintf(
        path, sizeof path, "%s", getenv("PATH") != NULL ? getenv("PATH") : "/usr/bin");
    (void)clearenv();
    (void)setenv("PATH", path, 1);
    for (size_t i = 0; wish->env != NULL && wish->env[i] != NULL; i++)
        (void)putenv((char *)(uintptr_t)wish->env[i]);
    for (int fd = 3; fd < 256; fd++)
        (void)close(fd);
    (void)execv(wish->argv[0], (char *const *)(uintptr_t)wish->argv);
    (void)fprintf(stderr, "%s: %s\n", wish->argv[0], strerror(errno));
    _exit(127);
}

struct pty *pty_start(const struct pty_wish *wish)
{
    struct pty *p = mem_alloc(sizeof *p);
    struct winsize w = {
        .ws_row = (unsigned short)wish->rows, .ws_col = (unsigned short)wish->cols};
    int go[2];

    p->rows = wish->rows;
    p->cols = wish->cols;
    buf_init(&p->text, PTY_TEXT);
    buf_init(&p->output, OUTPUT_MAX);
    p->oracle = oracle_new();
    p->vt = vterm_new(wish->rows, wish->cols);
    vterm_set_utf8(p->vt, 1);
    p->screen = vterm_obtain_screen(p->vt);
    vterm_screen_enable_altscreen(p->screen, 1);
    vterm_screen_set_callbacks(p->screen, &CALLBACKS, p);
    vterm_screen_reset(p->screen, 1);
    if (pipe2(go, O_CLOEXEC) != 0 || (p->pid = forkpty(&p->fd, NULL, NULL, &w)) < 0) {
        perror("forkpty");
        abort();
    }
    if (p->pid == 0) {
        (void)close(go[1]);
        be_the_program(wish, go[0]);
    }
    (void)close(go[0]);
    (void)fcntl(p->fd, F_SETFD, FD_CLOEXEC);
    (void)fcntl(p->fd, F_SETFL, O_NONBLOCK);
    if (wish->typed != NULL)
        pty_type(p, wish->typed);
    (void)close(go[1]);
    return p;
}

static void look_for_end(struct pty *p, int how)
{
    int status = 0;

    if (!p->ended && waitpid(p->pid, &status, how) == p->pid && !WIFSTOPPED(status)) {
        p->ended = true;
        p->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
}

/* A program that was killed has given nothing back. */
static void judge(const struct pty *p)
{
    const char *fault = oracle_fault(p->oracle);

    if (fault == NULL && p->ended && p->fd >= 0 && p->status != 128 + SIGKILL)
        fault = oracle_left(p->oracle);
    if (fault == NULL)
        return;
    (void)fprintf(stderr, "what was written to the terminal is wrong: %s\n", fault);
    abort();
}

void pty_free(struct pty *p)
{
    if (p == NULL)
        return;
    judge(p);
    if (!p->ended) {
        (void)kill(p->pid, SIGKILL);
        look_for_end(p, 0);
    }
    oracle_free(p->oracle);
    if (p->fd >= 0)
        (void)close(p->fd);
    vterm_free(p->vt);
    buf_free(&p->text);
    buf_free(&p->output);
    mem_free(p);
}

pid_t pty_pid(const struct pty *p)
{
    return p->pid;
}

void pty_allow(struct pty *p, unsigned may)
{
    oracle_allow(p->oracle, may);
}

pid_t pty_front(const struct pty *p)
{
    return tcgetpgrp(p->fd);
}

int pty_hang_up(struct pty *p)
{
    (void)close(p->fd);
    p->fd = -1;
    for (unsigned ms = 0; !p->ended && ms < PATIENCE_MS; ms += 10) {
        (void)poll(NULL, 0, 10);
        look_for_end(p, WNOHANG);
    }
    return p->ended ? p->status : -1;
}

unsigned pty_bells(const struct pty *p)
{
    return oracle_bells(p->oracle);
}

/* Takes what has arrived; waits for at most so long. False: the program has closed its side. */
static bool feed(struct pty *p, int wait_ms)
{
    struct pollfd fd = {.fd = p->fd, .events = POLLIN};
    char bytes[16384];
    ssize_t n;

    if (poll(&fd, 1, wait_ms) <= 0)
        return true;
    n = read(p->fd, bytes, sizeof bytes);
    if (n < 0)
        return errno == EAGAIN || errno == EINTR;
    if (n == 0)
        return false;
    buf_put(&p->output, bytes, (size_t)n);
    oracle_feed(p->oracle, bytes_of((const uint8_t *)bytes, (size_t)n));
    (void)vterm_input_write(p->vt, bytes, (size_t)n);
    while ((n = (ssize_t)vterm_output_read(p->vt, bytes, sizeof bytes)) > 0) {
        if (write(p->fd, bytes, (size_t)n) != n)
            return false;
    }
    return true;
}

void pty_type(struct pty *p, const char *keys)
{
    size_t n = strlen(keys);

    while (n > 0) {
        ssize_t done = write(p->fd, keys, n);
        if (done > 0) {
            keys += done;
            n -= (size_t)done;
        } else if (!feed(p, 50)) {
            return;
        }
    }
}

void pty_resize(struct pty *p, int cols, int rows)
{
    struct winsize w = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};

    p->rows = rows;
    p->cols = cols;
    vterm_set_size(p->vt, rows, cols);
    (void)ioctl(p->fd, TIOCSWINSZ, &w);
}

static void put_row(struct pty *p, int row)
{
    size_t end = p->text.n;
    VTermScreenCell cell;
    uint8_t utf8[4];

    for (int col = 0; col < p->cols; col++) {
        (void)vterm_screen_get_cell(p->screen, (VTermPos){row, col}, &cell);
        if (cell.chars[0] == (uint32_t)-1)
            continue;
        for (size_t i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i] != 0; i++)
            buf_put(&p->text, utf8, utf8_put(utf8, cell.chars[i]));
        if (cell.chars[0] == 0)
            buf_u8(&p->text, ' ');
        else if (cell.chars[0] != ' ')
            end = p->text.n;
    }
    p->text.n = end;
    buf_u8(&p->text, '\n');
}

void pty_breathe(struct pty *p)
{
    (void)feed(p, 0);
}

const char *pty_screen(struct pty *p)
{
    buf_clear(&p->text);
    for (int row = 0; row < p->rows; row++)
        put_row(p, row);
    return buf_cstr(&p->text);
}

const char *pty_output(struct pty *p)
{
    return buf_cstr(&p->output);
}

/* Whether the program that has the terminal waits for something. */
static bool is_waiting(const struct pty *p)
{
    char path[64], stat[512];
    const char *state;
    size_t n = 0;

    (void)snprintf(path, sizeof path, "/proc/%ld/stat", (long)tcgetpgrp(p->fd));
    FILE *file = fopen(path, "r");
    if (file != NULL) {
        n = fread(stat, 1, sizeof stat - 1, file);
        (void)fclose(file);
    }
    stat[n] = '\0';
    state = strrchr(stat, ')'); /* behind its name, which may be anything */
    return state == NULL || (state[1] == ' ' && state[2] != 'R' && state[2] != 'D');
}

/* Takes what has arrived. True: the program waits and all it has written is here, so that the
 * screen is one that it meant, not half of it over the one before. */
static bool is_whole(struct pty *p, bool *open)
{
    size_t before = p->output.n;
    bool waiting = is_waiting(p);

    *open = feed(p, 0);
    return !*open || (waiting && p->output.n == before);
}

bool pty_until_cond(struct pty *p, bool (*cond)(struct pty *p, void *arg), void *arg)
{
    uint64_t end = clock_mono_ms() + PATIENCE_MS;
    bool open = true;

    while (open && clock_mono_ms() < end) {
        bool whole = is_whole(p, &open);
        if (whole && cond(p, arg))
            return true;
        if (open)
            open = feed(p, whole ? 100 : 5);
    }
    (void)fprintf(stderr, "waited in vain; the screen:\n%s", pty_screen(p));
    return cond(p, arg);
}

struct wanted {
    const char *words;
    bool there;
};

static bool shows(struct pty *p, void *arg)
{
    const struct wanted *w = arg;

    return (strstr(pty_screen(p), w->words) != NULL) == w->there;
}

bool pty_until(struct pty *p, const char *words)
{
    struct wanted w = {words, true};

    if (pty_until_cond(p, shows, &w))
        return true;
    (void)fprintf(stderr, "not shown: %s\n", words);
    return false;
}

bool pty_until_gone(struct pty *p, const char *words)
{
    struct wanted w = {words, false};

    return pty_until_cond(p, shows, &w);
}

int pty_until_exit(struct pty *p)
{
    uint64_t end = clock_mono_ms() + PATIENCE_MS;

    while (!p->ended && clock_mono_ms() < end) {
        (void)feed(p, 20);
        look_for_end(p, WNOHANG);
    }
    while (p->ended && buf_end(&p->output) == ERR_OK) { /* what it said last */
        size_t before = p->output.n;
        if (!feed(p, 0) || p->output.n == before)
            break;
    }
    return p->ended ? p->status : -1;
}

bool pty_alternate(const struct pty *p)
{
    return p->alternate;
}

bool pty_cooked(const struct pty *p)
{
    struct termios t;

    return tcgetattr(p->fd, &t) == 0 && (t.c_lflag & ICANON) != 0 && (t.c_lflag & ECHO) != 0 &&
           (t.c_lflag & ISIG) != 0;
}

void pty_cursor(const struct pty *p, int *row, int *col)
{
    VTermPos at;

    vterm_state_get_cursorpos(vterm_obtain_state(p->vt), &at);
    *row = at.row;
    *col = at.col;
}

unsigned pty_cell(struct pty *p, int row, int col)
{
    VTermScreenCell cell;

    (void)vterm_screen_get_cell(p->screen, (VTermPos){row, col}, &cell);
    return cell.chars[0];
}

/* ---- golden screens ---- */

static bool digits(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (s[i] < '0' || s[i] > '9')
            return false;
    }
    return true;
}

/* In place and of the same width, so that columns stay. */
/* "bob#k3x9": four letters of a key, which is another one each time. */
static bool tag(const char *s, const char *start)
{
    static const char LETTERS[] = "abcdefghijklmnopqrstuvwxyz23456789";

    return *s == '#' && s > start && strchr(LETTERS, s[-1]) != NULL &&
           strspn(s + 1, LETTERS) == 4;
}

static void mask(char *s)
{
    const char *start = s;

    static const char KEY[] = "SHA256:";
    static const char HOST[] = "127.0.0.1:";
    static const char FOLDER[] = "/tmp/sotto-test-"; /* support_tmpdir(): six letters */

    for (; *s != '\0'; s++) {
        if (tag(s, start))
            memcpy(s + 1, "TAGS", 4);
        if (strncmp(s, FOLDER, sizeof FOLDER - 1) == 0)
            memset(s + sizeof FOLDER - 1, '#', 6);
        if (digits(s, 2) && s[2] == ':' && digits(s + 3, 2))
            memcpy(s, "HH:MM", 5);
        if (strncmp(s, HOST, sizeof HOST - 1) == 0) {
            for (s += sizeof HOST - 1; digits(s, 1); s++)
                *s = '#';
            s--;
        } else if (strncmp(s, KEY, sizeof KEY - 1) == 0) {
            for (s += sizeof KEY - 1; *s != ' ' && *s != '\n' && *s != '.' && *s != '\0'; s++)
                *s = '#';
            s--;
        }
    }
}

struct golden {
    const char *want;
    char *is; /* owned */
};

static bool matches(struct pty *p, void *arg)
{
    struct golden *g = arg;

    mem_free(g->is);
    g->is = mem_strdup(pty_screen(p));
    mask(g->is);
    return strcmp(g->is, g->want) == 0;
}

static bool quiet(struct pty *p, void *arg)
{
    size_t before = p->output.n;

    (void)arg;
    (void)feed(p, 500);
    return p->output.n == before;
}

static bool write_golden(struct pty *p, const char *path)
{
    struct golden g = {.want = ""};
    FILE *file = fopen(path, "w");
    bool done = pty_until_cond(p, quiet, NULL) && file != NULL;

    (void)matches(p, &g);
    done = done && fputs(g.is, file) >= 0;
    if (file != NULL)
        done = fclose(file) == 0 && done;
    mem_free(g.is);
    return done;
}

bool pty_golden(struct pty *p, const char *name)
{
    const char *update = getenv("UPDATE_SCREENS");
    static char want[PTY_TEXT];
    char path[4096];
    struct golden g = {.want = want};
    FILE *file;
    bool same;

    (void)snprintf(path, sizeof path, "%s/tests/pty/screens/%s.txt", support_source(), name);
    if (update != NULL && update[0] == '1')
        return write_golden(p, path);
    want[0] = '\0';
    file = fopen(path, "r");
    if (file != NULL) {
        want[fread(want, 1, sizeof want - 1, file)] = '\0';
        (void)fclose(file);
    }
    same = pty_until_cond(p, matches, &g);
    if (!same)
        (void)fprintf(stderr, "%s differs; UPDATE_SCREENS=1 rewrites it. Wanted:\n%sIs:\n%s",
            path, want, g.is);
    mem_free(g.is);
    return same;
}
