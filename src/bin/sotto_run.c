/* SPDX-License-Identifier: ISC */
/* One session and its face on one loop, from the first try to come in to the goodbye. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/version.h"
#include "bin/sotto.h"
#include "tui/tui.h"

#define WATCHES     13
#define PIECE       16384
#define FILES_QUEUE 4096 /* at most two jobs a file that is on its way */

static const struct conn_limits LIMITS = {
    .handshake_ms = 10000,
    .frame_ms = 30000,
    .progress_ms = 30000,
    .soft_bytes = 1u << 20,
    .soft_ms = 30000,
    .hard_bytes = 8u << 20,
    .linger_ms = 1000,
};

/* The face of this run and what wakes it. */
struct show {
    struct client *c;
    struct shown shown;
    bool always;      /* and is a file, which nobody can wait for */
    bool interrupted; /* by a signal */
    struct loop_watch *keys;
    bool away; /* an editor has the terminal: its keys are not ours */
    struct loop_watch *in;
    struct loop_watch *out;
    struct loop_watch *watch[WATCHES];
    size_t watches;
};

/* ---- what the loop calls ---- */

static void on_results(void *arg, int fd, unsigned ready)
{
    struct show *s = arg;

    (void)ready;
    if (fd == worker_fd(s->c->resolver))
        worker_drain(s->c->resolver);
    else if (fd == worker_fd(s->c->worker))
        worker_drain(s->c->worker);
    else if (fd == worker_fd(s->c->files))
        worker_drain(s->c->files);
    else
        vault_drain(s->c->vault);
}

static void on_keys(void *arg, int fd, unsigned ready)
{
    struct show *s = arg;
    struct pollfd p = {.fd = fd, .events = POLLIN};

    (void)ready;
    tui_time(s->shown.tui, loop_event_loop(s->c->le)->now_ms);
    if (tui_input(s->shown.tui) == 0 && poll(&p, 1, 0) > 0 &&
        (p.revents & (POLLHUP | POLLERR)) != 0)
        session_quit(s->c->session); /* the terminal is gone */
    session_intents(s->c->session);
}

static void read_piece(struct show *s)
{
    uint8_t piece[PIECE];
    ssize_t n = read(STDIN_FILENO, piece, sizeof piece);

    if (n > 0) {
        face_input(s->shown.face, bytes_of(piece, (size_t)n));
        mem_wipe(piece, (size_t)n);
    } else if (n == 0 || (errno != EINTR && errno != EAGAIN)) {
        face_input_end(s->shown.face);
    }
}

static void on_input(void *arg, int fd, unsigned ready)
{
    struct show *s = arg;

    (void)fd, (void)ready;
    if (face_hungry(s->shown.face))
        read_piece(s);
    loop_watch_change(s->in, face_hungry(s->shown.face) ? LOOP_READ : 0);
}

static void on_room_to_write(void *arg, int fd, unsigned ready)
{
    struct show *s = arg;

    (void)fd, (void)ready;
    face_flush(s->shown.face);
}

static void on_resize(void *arg)
{
    struct show *s = arg;

    if (s->shown.tui != NULL)
        tui_resize(s->shown.tui);
}

void sotto_stop(struct tui *t)
{
    const struct sigaction by_default = {.sa_handler = SIG_DFL};
    struct sigaction before;

    /* The kernel's own way, so that without a shell to wake us we are not put to sleep. */
    if (t != NULL)
        tui_pause(t);
    (void)sigaction(SIGTSTP, &by_default, &before);
    (void)raise(SIGTSTP);
    (void)sigaction(SIGTSTP, &before, NULL);
    if (t != NULL)
        tui_resume(t);
}

static void on_stop(void *arg)
{
    struct show *s = arg;

    sotto_stop(s->shown.tui);
}

static void on_child(void *arg)
{
    struct show *s = arg;

    if (s->shown.tui != NULL)
        tui_child(s->shown.tui);
}

static void on_quit(void *arg)
{
    struct show *s = arg;

    /* A writing face leaves in order by itself; who asks again does not want to wait. */
    if (s->shown.face == NULL || s->interrupted)
        session_quit(s->c->session);
    s->interrupted = true;
}

static void on_interrupt(void *arg)
{
    struct show *s = arg;

    if (s->shown.tui == NULL || !tui_away(s->shown.tui))
        on_quit(s);
}

static enum err dial(void *arg, const struct link_user *to, void *user, struct link **out)
{
    struct client *c = arg;

    return conn_connect(&c->env, c->resolver, c->host, c->port, c->tls, to, user, out);
}

static enum err fingerprint(void *arg, struct link *l, uint8_t out[TLS_FINGERPRINT])
{
    (void)arg;
    return conn_peer_fingerprint(l, out);
}

/* ---- wiring ---- */

static void watch(struct show *s, struct loop_watch *w)
{
    s->watch[s->watches++] = w;
}

static void watch_results(struct show *s, int fd)
{
    if (fd >= 0)
        watch(s, loop_watch_fd(s->c->le, fd, LOOP_READ, on_results, s));
}

/* Files are always ready and cannot be waited for; so is /dev/null. */
static bool is_waitable(int fd)
{
    struct stat st;

    return fstat(fd, &st) == 0 &&
           (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode) || isatty(fd) != 0);
}

static void watch_terminal(struct show *s)
{
    struct loop_event *le = s->c->le;

    if (s->shown.tui != NULL) {
        s->keys = loop_watch_fd(le, STDIN_FILENO, LOOP_READ, on_keys, s);
        watch(s, s->keys);
        tui_resize(s->shown.tui); /* what changed before the signal was watched */
        return;
    }
    s->always = s->shown.reads && !is_waitable(STDIN_FILENO);
    if (s->shown.reads && !s->always) {
        s->in = loop_watch_fd(le, STDIN_FILENO, 0, on_input, s);
        watch(s, s->in);
    }
    if (is_waitable(STDOUT_FILENO)) {
        s->out = loop_watch_fd(le, STDOUT_FILENO, 0, on_room_to_write, s);
        watch(s, s->out);
    }
}

static void watch_all(struct show *s)
{
    struct loop_event *le = s->c->le;

    watch_results(s, worker_fd(s->c->resolver));
    watch_results(s, worker_fd(s->c->worker));
    watch_results(s, worker_fd(s->c->files));
    watch_results(s, vault_fd(s->c->vault));
    watch(s, loop_watch_signal(le, SIGWINCH, on_resize, s));
    watch(s, loop_watch_signal(le, SIGTSTP, on_stop, s));
    watch(s, loop_watch_signal(le, SIGTERM, on_quit, s));
    watch(s, loop_watch_signal(le, SIGINT, on_interrupt, s));
    watch(s, loop_watch_signal(le, SIGHUP, on_quit, s));
    watch(s, loop_watch_signal(le, SIGCHLD, on_child, s));
    watch_terminal(s);
}

static enum engine_login way_in(const struct options *o)
{
    return o->login != NULL    ? ENGINE_AS_ACCOUNT
           : o->enroll != NULL ? ENGINE_AS_NEW
           : o->guest          ? ENGINE_AS_GUEST
           : o->cert != NULL   ? ENGINE_AS_CERTIFIED
                               : ENGINE_AS_KNOWN;
}

static enum err make_session(struct client *c, char *why, size_t why_n)
{
    const struct options *o = &c->options;
    struct engine_setup setup = {
        .loop = loop_event_loop(c->le),
        .model = c->model,
        .pins = c->pins,
        .vault = c->vault,
        .worker = c->worker,
        .files = c->files,
        .wire = {dial, fingerprint, c},
        .address = c->address,
        .nick = o->nick,
        .agent = "sotto " SOTTO_VERSION,
        .access_key = buf_view(&c->access_key),
        .by_ca = o->ca != NULL,
        .has_pin = c->has_pin,
        .login = way_in(o),
        .account = o->login != NULL ? o->login : o->enroll,
        .password = buf_view(&c->password),
        .invite = o->invite,
        .download_dir = o->verb == OPTIONS_RECEIVE ? c->path : NULL,
        .log_dir = c->dir[0] != '\0' ? c->log_dir : NULL,
    };

    memcpy(setup.pin, c->pin, sizeof setup.pin);
    enum err e = session_new(&setup, &c->session, why, why_n);
    buf_wipe(&c->password);
    return e;
}

/* ---- the turns ---- */

/* What was asked for has not come about; the rest goes on until somebody ends it. */
static int stopped_status(const struct options *o)
{
    bool unfinished = o->verb == OPTIONS_SEND || o->verb == OPTIONS_SEND_FILE ||
                      (o->verb == OPTIONS_RECEIVE && o->count != 0);

    return unfinished ? FACE_NOBODY : FACE_OK;
}

/* Everything that can be done now; how long the loop may sleep then. */
static uint64_t face_round(struct show *s)
{
    struct face *f = s->shown.face;
    bool again;

    if (s->interrupted)
        face_stop(f, stopped_status(&s->c->options));
    do {
        if (s->always && face_hungry(f))
            read_piece(s);
        bool all = face_turn(f, loop_event_loop(s->c->le)->now_ms);
        again = !all || s->c->model->intents.count != 0 || (s->always && face_hungry(f));
        session_intents(s->c->session);
    } while (again && !session_over(s->c->session));
    face_flush(f);
    if (s->in != NULL)
        loop_watch_change(s->in, face_hungry(f) ? LOOP_READ : 0);
    if (s->out != NULL)
        loop_watch_change(s->out, face_behind(f) ? LOOP_WRITE : 0);
    return face_patience(f);
}

/* What lies over the page may want more once it has seen what there is. */
static uint64_t tui_round(struct show *s)
{
    struct tui *t = s->shown.tui;

    tui_time(t, loop_event_loop(s->c->le)->now_ms);
    tui_draw(t);
    if (s->c->model->intents.count != 0) {
        session_intents(s->c->session);
        tui_draw(t);
    }
    if (s->away != tui_away(t)) {
        s->away = tui_away(t);
        loop_watch_change(s->keys, s->away ? 0 : LOOP_READ);
    }
    return tui_patience(t);
}

static void turn(struct show *s)
{
    uint64_t patience = UINT64_MAX;

    config_save(s->c);
    if (s->shown.tui != NULL)
        patience = tui_round(s);
    else
        patience = face_round(s);
    if (!session_over(s->c->session))
        loop_event_once(s->c->le, patience);
}

static void go(struct show *s)
{
    struct client *c = s->c;

    watch_all(s);
    if (c->notice[0] != '\0')
        model_event(c->model, NULL, EVENT_INFO, (struct bytes){0}, bytes_str(c->notice));
    if (c->options.welcome)
        model_open_welcome(c->model);
    session_start(c->session);
    while (!session_over(c->session))
        turn(s);
    config_save(c);
}

static int end(struct show *s, int status)
{
    char why[FACE_WHY] = "";

    if (s->shown.face != NULL) {
        status = s->shown.face->status;
        (void)bytes_copy(why, sizeof why, bytes_str(s->shown.face->why));
        s->shown.face_free(s->shown.face);
    }
    tui_close(s->shown.tui);
    if (why[0] != '\0')
        (void)complain(status, why);
    return status;
}

int run(struct client *c)
{
    struct show s = {.c = c};
    char why[SOTTO_WHY] = "";
    int status = FACE_OK;

    c->le = loop_event_new();
    model_time(c->model, loop_event_loop(c->le)->wall_ms);
    conn_env_init(&c->env, c->le, &LIMITS);
    c->resolver = worker_new("resolve", 1, 16, NULL);
    c->worker = worker_new("slow", 1, 64, NULL);
    c->files = worker_new("files", 2, FILES_QUEUE, NULL);
    worker_lower(c->files);
    enum err e = make_session(c, why, sizeof why);
    if (e == ERR_OK)
        e = face_choose(c, &s.shown, why, sizeof why);
    if (e == ERR_OK)
        go(&s);
    status = end(&s, e == ERR_OK ? FACE_OK : FACE_USAGE);
    if (e != ERR_OK)
        (void)complain(status, why);
    /* Jobs end while the session is there to hear of them. */
    worker_free(c->worker);
    worker_free(c->files);
    session_free(c->session);
    c->session = NULL;
    while (s.watches > 0)
        loop_watch_free(s.watch[--s.watches]);
    vault_close(c->vault);
    c->vault = NULL;
    conn_env_fini(&c->env);
    worker_free(c->resolver);
    loop_event_free(c->le);
    return status;
}
