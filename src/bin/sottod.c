/* SPDX-License-Identifier: ISC */
/* The relay's main: reads the command line, wires the parts, runs until told to stop. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/sandbox.h"
#include "base/version.h"
#include "crypto/rand.h"
#include "net/conn.h"
#include "server/control.h"
#include "server/notify.h"
#include "server/relay_cert.h"
#include "server/server.h"

#define HASHERS     2
#define HASH_QUEUE  65536 /* at most; the relay holds it to hash_queue */
#define STORE_QUEUE 65536
#define BUS_QUEUE   65536
#define ACCESS_KEY  32
#define WHY         (CONFIG_PATH + 256) /* a sentence with a path in it */

struct options {
    const char *config;
    const char *state;
    const char *listen;
    bool check;
    bool no_sandbox;
};

struct daemon {
    struct options options;
    struct config configs[2]; /* a reload fills the one not in use */
    const struct config *config;
    struct relay_cert cert;
    struct buf access_key;
    struct store_file *file;
    struct worker *db, *hasher;
    struct loop_event *le;
    struct loop *loop;
    struct store *store;
    struct bus *bus;
    struct server *server;
    struct conn_limits conn_limits;
    struct conn_env env;
    struct conn_listener *listener;
    struct control *control;
    struct loop_watch *watch[5];
    struct loop_timer watchdog;
    char sandbox_words[256];
};

static void usage(FILE *to)
{
    (void)fputs("usage: sottod [--config FILE] [--state DIR] [--listen HOST:PORT]\n"
                "              [--check-config] [--no-sandbox] [--version] [--help]\n"
                "Without options it serves on port 5555, keeps its state in\n"
                "$STATE_DIRECTORY or ~/.local/state/sottod, and makes its own certificate.\n"
                "See sottod(8) and sottod.json(5).\n",
        to);
}

static bool parse_options(int argc, char **argv, struct options *o, int *status)
{
    static const struct option LONG[] = {
        {"config", required_argument, NULL, 'c'},
        {"state", required_argument, NULL, 's'},
        {"listen", required_argument, NULL, 'l'},
        {"check-config", no_argument, NULL, 'k'},
        {"no-sandbox", no_argument, NULL, 'n'},
        {"version", no_argument, NULL, 'v'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    int c;

    *status = 0;
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): before any thread */
    while ((c = getopt_long(argc, argv, "c:s:l:h", LONG, NULL)) != -1) {
        switch (c) {
        case 'c':
            o->config = optarg;
            break;
        case 's':
            o->state = optarg;
            break;
        case 'l':
            o->listen = optarg;
            break;
        case 'k':
            o->check = true;
            break;
        case 'n':
            o->no_sandbox = true;
            break;
        case 'v':
            (void)puts("sottod " SOTTO_VERSION);
            return false;
        case 'h':
            usage(stdout);
            return false;
        default:
            usage(stderr);
            *status = 2;
            return false;
        }
    }
    if (optind == argc)
        return true;
    (void)fprintf(stderr, "sottod: %s: not an option\n", argv[optind]);
    usage(stderr);
    *status = 2;
    return false;
}

/* The file, then what the command line says over it. */
static enum err load_config(const struct options *o, struct config *c, char *why, size_t why_n)
{
    enum err e = config_load(c, o->config, why, why_n);

    if (e == ERR_OK && o->state != NULL && config_state(c, o->state) != ERR_OK) {
        (void)snprintf(why, why_n, "--state: the path is too long");
        e = ERR_TOO_BIG;
    }
    if (e == ERR_OK && o->listen != NULL &&
        !bytes_copy(c->listen, sizeof c->listen, bytes_str(o->listen))) {
        (void)snprintf(why, why_n, "--listen: too long");
        e = ERR_TOO_BIG;
    }
    return e;
}

static enum err load_access_key(
    const struct config *c, struct buf *out, char *why, size_t why_n)
{
    buf_init(out, 4096);
    if (c->access_key[0] == '\0')
        return ERR_OK;
    enum err e = file_read_private(c->access_key, out);
    if (e != ERR_OK)
        (void)snprintf(why, why_n, "access_key %s: %s", c->access_key, err_str(e));
    else if (out->n < ACCESS_KEY) {
        (void)snprintf(why, why_n,
            "access_key %s: %zu bytes, at least %d are wanted: head -c 32 /dev/urandom makes them",
            c->access_key, out->n, ACCESS_KEY);
        e = ERR_REFUSED;
    }
    return e;
}

static void set_conn_limits(struct conn_limits *to, const struct limits *l)
{
    *to = (struct conn_limits){
        .handshake_ms = (uint32_t)l->handshake_ms,
        .frame_ms = (uint32_t)l->frame_ms,
        .progress_ms = (uint32_t)l->progress_ms,
        .soft_bytes = (size_t)l->queue_soft_bytes,
        .soft_ms = (uint32_t)l->queue_soft_ms,
        .hard_bytes = (size_t)l->queue_hard_bytes,
        .linger_ms = 2000,
    };
}

/* ---- from the loop ---- */

static bool admit(void *arg, const char *address)
{
    struct daemon *d = arg;

    return server_admit(d->server, address);
}

static void made(void *arg, struct link *l)
{
    struct daemon *d = arg;

    server_take(d->server, l);
}

static void drain_worker(void *arg, int fd, unsigned ready)
{
    (void)fd, (void)ready;
    worker_drain(arg);
}

static void stop(void *arg)
{
    struct daemon *d = arg;

    d->loop->stop = true;
}

static void drain(void *arg)
{
    struct daemon *d = arg;

    LOG_INFO("sottod", "draining: clients are told, everything is stored");
    notify("STOPPING=1");
    conn_listener_pause(d->listener, true);
    server_drain(d->server, stop, d);
}

/* All of it is good, or nothing changes. */
static enum err reload_all(struct daemon *d, char *why, size_t why_n)
{
    struct config *next = d->config == &d->configs[0] ? &d->configs[1] : &d->configs[0];
    struct relay_cert cert;
    struct buf key;
    struct tls_ctx *tls = NULL;
    enum err e = load_config(&d->options, next, why, why_n);

    if (e != ERR_OK)
        return e;
    e = relay_cert_load(next, d->loop->wall_ms / 1000, &cert, why, why_n);
    if (e != ERR_OK)
        return e;
    e = load_access_key(next, &key, why, why_n);
    if (e == ERR_OK)
        e = relay_cert_tls(&cert, &tls, why, why_n);
    if (e != ERR_OK) {
        relay_cert_fini(&cert);
        buf_wipe(&key);
        return e;
    }
    conn_listener_tls(d->listener, tls);
    tls_ctx_free(tls);
    server_reload(d->server, next, buf_view(&key));
    relay_cert_fini(&d->cert);
    buf_wipe(&d->access_key);
    d->cert = cert;
    d->access_key = key;
    d->config = next;
    set_conn_limits(&d->conn_limits, &next->limits);
    control_config(d->control, next);
    log_set_level((enum log_level)next->log_level);
    return ERR_OK;
}

static void reload(void *arg)
{
    struct daemon *d = arg;
    char why[WHY] = "";

    notify("RELOADING=1");
    if (d->config->log_file[0] != '\0' && log_to_file(d->config->log_file) != ERR_OK)
        LOG_WARN("sottod", "the log file cannot be opened again");
    if (reload_all(d, why, sizeof why) == ERR_OK)
        LOG_INFO("sottod", "reloaded: limits, keys and certificate %s", d->cert.fingerprint);
    else
        LOG_ERROR("sottod", "not reloaded, everything stays as it was: %s", why);
    notify("READY=1");
}

static void watchdog(void *arg)
{
    struct daemon *d = arg;

    notify("WATCHDOG=1");
    loop_timer_arm(d->loop, &d->watchdog, notify_watchdog_ms());
}

/* ---- starting ---- */

static enum err open_state(struct daemon *d, char *why, size_t why_n)
{
    char path[CONFIG_PATH + 16];
    enum err e = file_make_private_dir(d->config->state);

    if (e != ERR_OK) {
        (void)snprintf(why, why_n, "state %s: %s; it must be a folder of yours with mode 0700",
            d->config->state, err_str(e));
        return e;
    }
    e = relay_cert_load(d->config, clock_wall_ms() / 1000, &d->cert, why, why_n);
    if (e == ERR_OK)
        e = load_access_key(d->config, &d->access_key, why, why_n);
    (void)snprintf(path, sizeof path, "%s/relay.db", d->config->state);
    return e == ERR_OK ? store_file_open(path, &d->file, why, why_n) : e;
}

static void start_workers(struct daemon *d)
{
    uint8_t seed[16];
    struct worker_hooks hooks = store_file_hooks(d->file);

    rand_bytes(seed, sizeof seed);
    map_seed(seed);
    d->db = worker_new("db", 1, STORE_QUEUE, &hooks);
    d->hasher = worker_new("hash", HASHERS, HASH_QUEUE, NULL);
    d->watch[0] = loop_watch_fd(d->le, worker_fd(d->db), LOOP_READ, drain_worker, d->db);
    d->watch[1] =
        loop_watch_fd(d->le, worker_fd(d->hasher), LOOP_READ, drain_worker, d->hasher);
    d->watch[2] = loop_watch_signal(d->le, SIGHUP, reload, d);
    d->watch[3] = loop_watch_signal(d->le, SIGTERM, drain, d);
    d->watch[4] = loop_watch_signal(d->le, SIGINT, drain, d);
    d->store = store_sqlite_new(d->file, d->db);
    d->bus = bus_local_new(d->loop, BUS_QUEUE);
}

static enum err start_server(struct daemon *d, char *why, size_t why_n)
{
    struct server_parts parts = {
        .loop = d->loop,
        .store = d->store,
        .bus = d->bus,
        .hasher = d->hasher,
        .config = d->config,
        .access_key = buf_view(&d->access_key),
        .audit_dir = d->config->audit ? d->config->state : NULL,
    };

    return server_new(&parts, &d->server, why, why_n);
}

static enum err start_listening(struct daemon *d, char *why, size_t why_n)
{
    static const struct conn_accept HOW = {.admit = admit, .made = made};
    struct conn_accept how = HOW;
    char host[256];
    char port[32];
    struct tls_ctx *tls = NULL;
    enum err e = config_address(d->config->listen, host, sizeof host, port, sizeof port);

    how.arg = d;
    if (e == ERR_OK)
        e = relay_cert_tls(&d->cert, &tls, why, why_n);
    if (e == ERR_OK)
        e = conn_listen(&d->env, host, port, tls, &how, &d->listener, why, why_n);
    tls_ctx_free(tls);
    return e;
}

static enum err start_control(struct daemon *d, char *why, size_t why_n)
{
    struct control_parts parts = {
        .le = d->le,
        .server = d->server,
        .store = d->store,
        .hasher = d->hasher,
        .config = d->config,
        .reload = reload,
        .drain = drain,
        .arg = d,
        .sandbox = d->sandbox_words,
    };

    return control_open(&parts, d->config->control, &d->control, why, why_n);
}

static void folder_of(const char *file, char *out, size_t n)
{
    (void)snprintf(out, n, "%s", file);
    char *slash = strrchr(out, '/');
    if (slash != NULL && slash != out)
        *slash = '\0';
}

static void sandbox_words(struct daemon *d, const struct sandbox_report *r)
{
    (void)snprintf(d->sandbox_words, sizeof d->sandbox_words, "%s%s%s%s%s",
        r->no_new_privs ? "no_new_privs " : "", r->landlock ? "landlock " : "",
        r->seccomp ? "seccomp " : "", r->missing[0] != '\0' ? "missing: " : "", r->missing);
}

/* Before the workers: Landlock holds for a thread and those it starts, and so does seccomp. */
static enum err enter_sandbox(struct daemon *d, char *why, size_t why_n)
{
    static char folders[7][CONFIG_PATH];
    const struct config *c = d->config;
    struct sandbox_path paths[8] = {{.path = c->state, .write = true}};
    const char *const files[] = {c->certificate, c->key, c->client_ca, c->access_key,
        d->options.config != NULL ? d->options.config : "", c->log_file, c->control};
    size_t n = 1;
    struct sandbox_report report = {0};

    if (d->options.no_sandbox || !c->sandbox) {
        (void)snprintf(d->sandbox_words, sizeof d->sandbox_words, "off");
        LOG_WARN("sottod", "running without its sandbox");
        return ERR_OK;
    }
    for (size_t i = 0; i < MEM_COUNT(files); i++) {
        if (files[i][0] == '\0')
            continue;
        folder_of(files[i], folders[i], sizeof folders[i]);
        paths[n++] = (struct sandbox_path){
            .path = folders[i], .write = files[i] == c->log_file || files[i] == c->control};
    }
    struct sandbox_plan plan = {
        .paths = paths,
        .path_count = n,
        .max_files = (size_t)c->limits.connections + 128,
        .max_data = (size_t)4 << 30,
        .seccomp = true,
        .landlock = true,
    };
    enum err e = sandbox_enter(&plan, &report);
    if (e != ERR_OK)
        (void)snprintf(why, why_n,
            "the sandbox cannot be entered: %s; --no-sandbox runs without it", err_str(e));
    sandbox_words(d, &report);
    return e;
}

static void raise_file_limit(const struct limits *l)
{
    struct rlimit r;
    rlim_t want = (rlim_t)l->connections + 128;

    if (getrlimit(RLIMIT_NOFILE, &r) != 0)
        return;
    r.rlim_cur = want < r.rlim_max ? want : r.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &r) == 0 && r.rlim_cur < want)
        LOG_WARN("sottod",
            "only %llu files may be open: fewer connections than the limit will fit",
            (unsigned long long)r.rlim_cur);
}

/* The listener comes first, while names may still be looked up; nobody is accepted until the
 * loop runs. */
static enum err start(struct daemon *d, char *why, size_t why_n)
{
    enum err e = open_state(d, why, why_n);

    if (e != ERR_OK)
        return e;
    raise_file_limit(&d->config->limits);
    d->le = loop_event_new();
    d->loop = loop_event_loop(d->le);
    set_conn_limits(&d->conn_limits, &d->config->limits);
    conn_env_init(&d->env, d->le, &d->conn_limits);
    e = start_listening(d, why, why_n);
    if (e == ERR_OK)
        e = enter_sandbox(d, why, why_n);
    if (e != ERR_OK)
        return e;
    start_workers(d);
    e = start_server(d, why, why_n);
    if (e == ERR_OK)
        e = start_control(d, why, why_n);
    return e;
}

static void announce(struct daemon *d)
{
    char host[256] = "";
    char port[32] = "";

    (void)config_address(d->config->listen, host, sizeof host, port, sizeof port);
    (void)printf("sottod %s\n", SOTTO_VERSION);
    (void)printf(strchr(host, ':') != NULL ? "listening on [%s]:%u\n" : "listening on %s:%u\n",
        host, conn_listener_port(d->listener));
    (void)printf("fingerprint %s\n", d->cert.fingerprint);
    (void)printf("state %s\n", d->config->state);
    (void)fflush(stdout);
    notify("READY=1");
    loop_timer_init(&d->watchdog, watchdog, d);
    if (notify_watchdog_ms() != 0)
        watchdog(d);
}

static void finish(struct daemon *d)
{
    control_close(d->control);
    conn_listener_free(d->listener);
    server_free(d->server);
    for (size_t i = 0; i < MEM_COUNT(d->watch); i++)
        loop_watch_free(d->watch[i]);
    worker_free(d->hasher);
    worker_free(d->db);
    store_free(d->store);
    store_file_close(d->file);
    if (d->bus != NULL)
        d->bus->ops->close(d->bus);
    if (d->le != NULL)
        conn_env_fini(&d->env);
    loop_event_free(d->le);
    relay_cert_fini(&d->cert);
    buf_wipe(&d->access_key);
    notify_close();
}

int main(int argc, char **argv)
{
    static struct daemon d;
    struct options *o = &d.options;
    char why[WHY] = "";
    int status;

    mem_settle();
    if (!parse_options(argc, argv, o, &status))
        return status;
    (void)umask(077);
    (void)signal(SIGPIPE, SIG_IGN);
    if (load_config(o, &d.configs[0], why, sizeof why) != ERR_OK) {
        (void)fprintf(stderr, "sottod: %s\n", why);
        return 78; /* EX_CONFIG */
    }
    d.config = &d.configs[0];
    if (o->check) {
        (void)puts("the configuration is good");
        return 0;
    }
    log_set_level((enum log_level)d.config->log_level);
    if (d.config->log_file[0] != '\0' && log_to_file(d.config->log_file) != ERR_OK) {
        (void)fprintf(stderr, "sottod: log_file %s cannot be opened\n", d.config->log_file);
        return 73; /* EX_CANTCREAT */
    }
    notify_open();
    enum err e = start(&d, why, sizeof why);
    if (e == ERR_OK) {
        announce(&d);
        loop_event_run(d.le);
    } else {
        (void)fprintf(stderr, "sottod: %s\n", why[0] != '\0' ? why : err_str(e));
    }
    finish(&d);
    return e == ERR_OK ? 0 : 1;
}
