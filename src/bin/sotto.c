/* SPDX-License-Identifier: ISC */
/* The client's main: reads the command line, wires loop, links, session and screen, runs. */
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/version.h"
#include "base/worker.h"
#include "client/access.h"
#include "client/session.h"
#include "crypto/rand.h"
#include "net/conn.h"
#include "tui/tui.h"

#define DEFAULT_HOST "127.0.0.1"
#define DEFAULT_PORT "5555"
#define HOST_BYTES   256

enum { EXIT_USAGE = 2 };

struct options {
    const char *server;
    const char *nick;
    const char *ca;
    const char *pin;
    const char *access_key;
    const char *log;
};

struct client {
    struct options options;
    char host[HOST_BYTES];
    char port[8];
    char address[HOST_BYTES + 16];
    bool has_pin;
    uint8_t pin[TLS_FINGERPRINT];
    struct buf access_key;
    struct tls_ctx *tls;
    struct pins *pins;
    struct worker *resolver;
    struct loop_event *le;
    struct conn_env env;
    struct model *model;
    struct session *session;
    struct tui *tui;
    struct loop_watch *watch[8];
    size_t watch_count;
};

static const struct conn_limits LIMITS = {
    .handshake_ms = 10000,
    .frame_ms = 30000,
    .progress_ms = 30000,
    .soft_bytes = 1u << 20,
    .soft_ms = 30000,
    .hard_bytes = 8u << 20,
    .linger_ms = 1000,
};

static void usage(FILE *to)
{
    (void)fputs("usage: sotto [-s HOST[:PORT]] [-n NICK] [--ca FILE | --pin SHA256:...]\n"
                "             [--access-key FILE] [--log FILE] [--version] [--help]\n"
                "Without options it goes to the relay at " DEFAULT_HOST ":" DEFAULT_PORT ".\n"
                "See sotto(1), and /help inside.\n",
        to);
}

static bool parse_options(int argc, char **argv, struct options *o, int *status)
{
    static const struct option LONG[] = {
        {"server", required_argument, NULL, 's'},
        {"nick", required_argument, NULL, 'n'},
        {"ca", required_argument, NULL, 'c'},
        {"pin", required_argument, NULL, 'p'},
        {"access-key", required_argument, NULL, 'a'},
        {"log", required_argument, NULL, 'l'},
        {"version", no_argument, NULL, 'v'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    const char **places[] = {['s'] = &o->server,
        ['n'] = &o->nick,
        ['c'] = &o->ca,
        ['p'] = &o->pin,
        ['a'] = &o->access_key,
        ['l'] = &o->log};
    int c;

    /* NOLINTNEXTLINE(concurrency-mt-unsafe): before any thread */
    while ((c = getopt_long(argc, argv, "s:n:h", LONG, NULL)) != -1) {
        *status = c == '?' ? EXIT_USAGE : EXIT_SUCCESS;
        if (c == 'v') {
            (void)puts("sotto " SOTTO_VERSION);
            return false;
        }
        if (c == 'h' || c == '?') {
            usage(c == 'h' ? stdout : stderr);
            return false;
        }
        *places[c] = optarg;
    }
    if (optind == argc)
        return true;
    (void)fprintf(stderr, "sotto: %s: not an option\n", argv[optind]);
    usage(stderr);
    *status = EXIT_USAGE;
    return false;
}

static bool is_port(const char *s)
{
    char *end = NULL;
    long n = strtol(s, &end, 10);

    return s[0] >= '0' && s[0] <= '9' && *end == '\0' && n > 0 && n < 65536 && strlen(s) < 6;
}

/* host, host:port, [v6], [v6]:port, and a v6 address by itself. */
static bool split_server(struct client *c, const char *server)
{
    const char *colon = strrchr(server, ':');
    const char *end = server + strlen(server);
    bool bracket = server[0] == '[';
    const char *close = bracket ? strchr(server, ']') : NULL;

    if (bracket && (close == NULL || (close[1] != '\0' && close[1] != ':')))
        return false;
    if (bracket)
        colon = close[1] == ':' ? close + 1 : NULL;
    else if (colon != NULL && strchr(server, ':') != colon)
        colon = NULL;
    (void)snprintf(c->port, sizeof c->port, "%s", DEFAULT_PORT);
    if (colon != NULL) {
        if (!is_port(colon + 1))
            return false;
        (void)snprintf(c->port, sizeof c->port, "%s", colon + 1);
        end = colon;
    }
    if (bracket) {
        server++;
        end = close;
    }
    if (end == server ||
        !bytes_copy(c->host, sizeof c->host, bytes_of(server, (size_t)(end - server))))
        return false;
    (void)snprintf(c->address, sizeof c->address,
        strchr(c->host, ':') != NULL ? "[%s]:%s" : "%s:%s", c->host, c->port);
    return strpbrk(c->address, " \n#") == NULL;
}

/* ---- what is read before the screen starts; failures are one sentence ---- */

static enum err read_options(struct client *c, char *why, size_t why_n)
{
    const struct options *o = &c->options;

    if (!split_server(c, o->server != NULL ? o->server : DEFAULT_HOST)) {
        (void)snprintf(why, why_n, "%s is no HOST or HOST:PORT.", o->server);
        return ERR_FORMAT;
    }
    if (o->pin != NULL && tls_fingerprint_parse(o->pin, c->pin) != ERR_OK) {
        (void)snprintf(why, why_n,
            "%s is no fingerprint. It looks like what sottod prints: SHA256: and 43 letters.",
            o->pin);
        return ERR_FORMAT;
    }
    if (o->pin != NULL && o->ca != NULL) {
        (void)snprintf(why, why_n, "--pin and --ca exclude each other.");
        return ERR_FORMAT;
    }
    if (o->nick != NULL && (o->nick[0] == '\0' || strlen(o->nick) > MSG_NAME)) {
        (void)snprintf(why, why_n, "A nick has 1 to %d bytes.", MSG_NAME);
        return ERR_FORMAT;
    }
    c->has_pin = o->pin != NULL;
    if (o->access_key != NULL)
        return access_read(o->access_key, &c->access_key, why, why_n);
    return ERR_OK;
}

static enum err make_tls(struct client *c, char *why, size_t why_n)
{
    struct tls_client_rules rules = {.name = c->host};
    struct buf ca;
    enum err e = ERR_OK;

    buf_init(&ca, 1u << 20);
    if (c->options.ca != NULL) {
        e = file_read(c->options.ca, &ca);
        rules.ca = buf_view(&ca);
        if (e != ERR_OK)
            (void)snprintf(why, why_n, "%s cannot be read: %s.", c->options.ca, err_str(e));
    }
    /* Without a CA the link takes any key and the session judges it, before a byte is sent: so
     * it can show both fingerprints. */
    if (e == ERR_OK)
        e = tls_ctx_new_client(&rules, &c->tls, why, why_n);
    buf_free(&ca);
    return e;
}

static enum err open_pins(struct client *c, char *why, size_t why_n)
{
    struct buf path;
    enum err e;

    buf_init(&path, 4096);
    e = file_xdg(&path, "state", "sotto");
    if (e == ERR_OK)
        e = file_make_private_dir(buf_cstr(&path));
    if (e != ERR_OK) {
        (void)snprintf(
            why, why_n, "The folder %s cannot be used: %s.", buf_cstr(&path), err_str(e));
    } else {
        buf_text(&path, "/known_relays");
        e = pins_open(buf_cstr(&path), &c->pins, why, why_n);
    }
    buf_free(&path);
    return e;
}

static enum err start_log(struct client *c, char *why, size_t why_n)
{
    log_off();
    if (c->options.log == NULL)
        return ERR_OK;
    log_set_level(LOG_DEBUG);
    enum err e = log_to_file(c->options.log);
    if (e != ERR_OK)
        (void)snprintf(why, why_n, "%s cannot be written: %s.", c->options.log, err_str(e));
    return e;
}

/* ---- what the loop calls ---- */

static void on_results(void *arg, int fd, unsigned ready)
{
    struct client *c = arg;

    (void)fd, (void)ready;
    worker_drain(c->resolver);
}

static void on_keys(void *arg, int fd, unsigned ready)
{
    struct client *c = arg;
    struct pollfd p = {.fd = fd, .events = POLLIN};

    (void)ready;
    if (tui_input(c->tui) == 0 && poll(&p, 1, 0) > 0 && (p.revents & (POLLHUP | POLLERR)) != 0)
        session_quit(c->session); /* the terminal is gone */
    session_intents(c->session);
}

static void on_resize(void *arg)
{
    struct client *c = arg;

    tui_resize(c->tui);
}

static void on_stop(void *arg)
{
    struct client *c = arg;

    const struct sigaction by_default = {.sa_handler = SIG_DFL};
    struct sigaction before;

    /* The kernel's own way, so that without a shell to wake us we are not put to sleep. */
    tui_pause(c->tui);
    (void)sigaction(SIGTSTP, &by_default, &before);
    (void)raise(SIGTSTP);
    (void)sigaction(SIGTSTP, &before, NULL);
    tui_resume(c->tui);
}

static void on_quit(void *arg)
{
    struct client *c = arg;

    session_quit(c->session);
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

static void watch(struct client *c, struct loop_watch *w)
{
    c->watch[c->watch_count++] = w;
}

static void start(struct client *c)
{
    struct engine_setup setup = {
        .model = c->model,
        .pins = c->pins,
        .wire = {dial, fingerprint, c},
        .address = c->address,
        .nick = c->options.nick,
        .agent = "sotto " SOTTO_VERSION,
        .access_key = buf_view(&c->access_key),
        .by_ca = c->options.ca != NULL,
        .has_pin = c->has_pin,
    };

    c->le = loop_event_new();
    setup.loop = loop_event_loop(c->le);
    memcpy(setup.pin, c->pin, sizeof setup.pin);
    conn_env_init(&c->env, c->le, &LIMITS);
    c->resolver = worker_new("resolve", 1, 16, NULL);
    watch(c, loop_watch_fd(c->le, worker_fd(c->resolver), LOOP_READ, on_results, c));
    watch(c, loop_watch_fd(c->le, STDIN_FILENO, LOOP_READ, on_keys, c));
    watch(c, loop_watch_signal(c->le, SIGWINCH, on_resize, c));
    watch(c, loop_watch_signal(c->le, SIGTSTP, on_stop, c));
    watch(c, loop_watch_signal(c->le, SIGTERM, on_quit, c));
    watch(c, loop_watch_signal(c->le, SIGINT, on_quit, c));
    watch(c, loop_watch_signal(c->le, SIGHUP, on_quit, c));
    tui_resize(c->tui); /* what changed before the signal was watched */
    c->session = session_new(&setup);
    session_start(c->session);
}

static void stop(struct client *c)
{
    tui_close(c->tui);
    session_free(c->session);
    while (c->watch_count > 0)
        loop_watch_free(c->watch[--c->watch_count]);
    if (c->le != NULL)
        conn_env_fini(&c->env);
    worker_free(c->resolver);
    loop_event_free(c->le);
    pins_free(c->pins);
    tls_ctx_free(c->tls);
    model_free(c->model);
    buf_wipe(&c->access_key);
}

static enum err prepare(struct client *c, char *why, size_t why_n)
{
    enum err e = read_options(c, why, why_n);

    if (e == ERR_OK)
        e = start_log(c, why, why_n);
    if (e == ERR_OK)
        e = make_tls(c, why, why_n);
    if (e == ERR_OK)
        e = open_pins(c, why, why_n);
    if (e == ERR_OK)
        e = tui_open(c->model, &c->tui, why, why_n);
    return e;
}

int main(int argc, char **argv)
{
    struct client c = {0};
    uint8_t seed[16];
    char why[1024] = "";
    int status = EXIT_SUCCESS;

    if (!parse_options(argc, argv, &c.options, &status))
        return status;
    (void)signal(SIGPIPE, SIG_IGN);
    rand_bytes(seed, sizeof seed);
    map_seed(seed);
    buf_init(&c.access_key, ACCESS_KEY_MAX);
    c.model = model_new();
    if (prepare(&c, why, sizeof why) != ERR_OK) {
        stop(&c);
        (void)fprintf(stderr, "sotto: %s\n", why);
        return EXIT_FAILURE;
    }
    start(&c);
    while (!session_over(c.session)) {
        tui_draw(c.tui);
        loop_event_once(c.le, UINT64_MAX);
    }
    stop(&c);
    return EXIT_SUCCESS;
}
