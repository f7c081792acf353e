/* SPDX-License-Identifier: ISC */
/* The very first start: a form on the screen before there is a session, on a loop of its own.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/secret.h"
#include "bin/sotto.h"
#include "tui/first.h"
#include "tui/tui.h"

#define WATCHES 7

struct begin {
    struct client *c;
    struct loop_event *le;
    struct first *form;
    struct loop_watch *watch[WATCHES];
    size_t watches;
    struct job job; /* one at a time: the key, then the file */
    bool working;
    struct buf phrase;
    uint8_t key[VAULT_KEY];
    struct config_changes changes;
    enum err err;
    char why[SOTTO_WHY];
    bool quit;
    bool done;
};

static struct begin *begin_of(struct job *j)
{
    return (struct begin *)((char *)j - offsetof(struct begin, job));
}

/* ---- what was filled in is kept ---- */

static void run_write(struct job *j)
{
    struct begin *b = begin_of(j);

    b->err = ERR_NOT_FOUND;
    (void)snprintf(b->why, sizeof b->why, "there is no folder for it");
    if (b->c->config_path[0] != '\0')
        b->err = config_write(b->c->config_path, &b->changes, b->why, sizeof b->why);
}

/* Without the file this start goes on all the same. */
static void write_done(struct job *j)
{
    struct begin *b = begin_of(j);
    char words[SOTTO_DIR + SOTTO_WHY + 64];

    b->working = false;
    b->done = true;
    if (b->err == ERR_OK)
        return;
    (void)snprintf(words, sizeof words,
        "Where to go and your name are not kept: %s cannot be written (%s).",
        b->c->config_path[0] != '\0' ? b->c->config_path : "config.json", b->why);
    model_event(b->c->model, NULL, EVENT_WARN, (struct bytes){0}, bytes_str(words));
}

static const struct job WRITE = {.run = run_write, .done = write_done};

static void submit(struct begin *b, struct job work)
{
    b->job = work;
    b->working = worker_submit(b->c->worker, &b->job) == ERR_OK;
}

static void run_key(struct job *j)
{
    struct begin *b = begin_of(j);

    b->err = vault_key_make(b->c->dir, buf_view(&b->phrase), 0, b->key, b->why, sizeof b->why);
}

/* Who quit meanwhile wanted none of it. */
static void forget_key(struct begin *b)
{
    char path[SOTTO_DIR + 16];

    (void)snprintf(path, sizeof path, "%s/vault.key", b->c->dir);
    (void)unlink(path);
}

static void key_done(struct job *j)
{
    struct begin *b = begin_of(j);

    b->working = false;
    buf_wipe(&b->phrase);
    if (b->err == ERR_OK && b->quit) {
        forget_key(b);
    } else if (b->err == ERR_OK) {
        memcpy(b->c->key, b->key, sizeof b->c->key);
        b->c->has_key = true;
        submit(b, WRITE);
    } else if (!b->quit) {
        first_failed(b->form, b->why);
    }
    mem_wipe(b->key, sizeof b->key);
}

static void on_start(void *arg, const struct first_answer *a)
{
    struct begin *b = arg;
    struct config *kept = &b->c->config;

    (void)bytes_copy(kept->server, sizeof kept->server,
        a->server.n != 0 ? a->server : bytes_str(SOTTO_HOST ":" SOTTO_PORT));
    (void)bytes_copy(kept->name, sizeof kept->name, a->name);
    config_changes_fini(&b->changes);
    config_put(&b->changes, "server", kept->server);
    if (kept->name[0] != '\0')
        config_put(&b->changes, "name", kept->name);
    if (strcmp(a->theme, FIRST_AUTO) != 0) /* kept as any other change, once all is open */
        (void)model_set_pref(b->c->model, bytes_str("theme"), bytes_str(a->theme));
    buf_wipe(&b->phrase);
    buf_init(&b->phrase, SECRET_MAX);
    buf_bytes(&b->phrase, a->phrase);
    first_wait(b->form, a->phrase.n != 0 ? "One moment: a key is made of your passphrase ..."
                                         : "One moment ...");
    if (a->phrase.n != 0)
        submit(b, (struct job){.run = run_key, .done = key_done});
    else
        submit(b, WRITE);
}

static void on_quit(void *arg)
{
    struct begin *b = arg;

    b->quit = true;
}

static bool fits(void *arg, struct bytes server)
{
    const struct begin *b = arg;
    char word[CONFIG_SERVER];

    return bytes_copy(word, sizeof word, server) && setup_server(b->c, word);
}

/* ---- the loop ---- */

static void on_keys(void *arg, int fd, unsigned ready)
{
    struct begin *b = arg;
    struct pollfd p = {.fd = fd, .events = POLLIN};

    (void)ready;
    tui_time(b->c->tui, loop_event_loop(b->le)->now_ms);
    if (tui_input(b->c->tui) == 0 && poll(&p, 1, 0) > 0 &&
        (p.revents & (POLLHUP | POLLERR)) != 0)
        b->quit = true; /* the terminal is gone */
}

static void on_result(void *arg, int fd, unsigned ready)
{
    struct begin *b = arg;

    (void)fd, (void)ready;
    worker_drain(b->c->worker);
}

static void on_resize(void *arg)
{
    struct begin *b = arg;

    tui_resize(b->c->tui);
}

static void on_stop(void *arg)
{
    struct begin *b = arg;

    sotto_stop(b->c->tui);
}

static void watch(struct begin *b, struct loop_watch *w)
{
    b->watch[b->watches++] = w;
}

static void ask(struct begin *b)
{
    const struct first_setup setup = {
        .server = SOTTO_HOST ":" SOTTO_PORT, fits, on_start, on_quit, b};

    watch(b, loop_watch_fd(b->le, STDIN_FILENO, LOOP_READ, on_keys, b));
    watch(b, loop_watch_fd(b->le, worker_fd(b->c->worker), LOOP_READ, on_result, b));
    watch(b, loop_watch_signal(b->le, SIGWINCH, on_resize, b));
    watch(b, loop_watch_signal(b->le, SIGTSTP, on_stop, b));
    watch(b, loop_watch_signal(b->le, SIGTERM, on_quit, b));
    watch(b, loop_watch_signal(b->le, SIGINT, on_quit, b));
    watch(b, loop_watch_signal(b->le, SIGHUP, on_quit, b));
    tui_resize(b->c->tui);
    b->form = first_open(b->c->tui, &setup);
    while (!b->quit && !b->done) {
        tui_time(b->c->tui, loop_event_loop(b->le)->now_ms);
        tui_draw(b->c->tui);
        loop_event_once(b->le, tui_patience(b->c->tui));
    }
}

bool first_wanted(const struct client *c)
{
    const struct options *o = &c->options;
    enum vault_key_kind kind;
    char why[SOTTO_WHY] = "";

    return o->verb == OPTIONS_SCREEN && !o->json && !o->plain && c->dir[0] != '\0' &&
           !c->has_config && o->server == NULL && o->nick == NULL && o->login == NULL &&
           o->enroll == NULL && o->passphrase_fd < 0 && o->passphrase_file == NULL &&
           vault_key_kind(c->dir, &kind, why, sizeof why) == ERR_OK && kind == VAULT_KEY_NONE;
}

enum err first_start(struct client *c, char *why, size_t why_n)
{
    struct begin b = {.c = c};

    enum err e = face_screen(c, why, why_n);
    if (e != ERR_OK)
        return e;
    b.le = loop_event_new();
    buf_init(&b.phrase, SECRET_MAX);
    c->worker = worker_new("first", 1, 4, NULL);
    model_time(c->model, loop_event_loop(b.le)->wall_ms);
    ask(&b);
    worker_free(c->worker); /* what is under way ends, and is told */
    c->worker = NULL;
    first_close(b.form, c->tui);
    while (b.watches > 0)
        loop_watch_free(b.watch[--b.watches]);
    loop_event_free(b.le);
    buf_wipe(&b.phrase);
    config_changes_fini(&b.changes);
    c->options.server = c->config.server;
    c->options.nick = c->config.name[0] != '\0' ? c->config.name : NULL;
    c->options.welcome = true;
    return b.done ? ERR_OK : ERR_CLOSED;
}
