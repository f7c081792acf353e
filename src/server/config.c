/* SPDX-License-Identifier: ISC */
#include "server/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"

#define LISTEN "[::]:5555"
#define LARGEST_TEXT                                                                           \
    (64 * 1024 + 64) /* a message's frame: a smaller bucket would never let it in */

static const char *const KEYS[] = {"listen", "state", "certificate", "key", "client_ca",
    "access_key", "control", "log_file", "log_level", "guests", "registration", "invite_code",
    "audit", "sandbox", "limits", NULL};

/* Paths that follow the state folder until somebody says otherwise. */
static const struct follower {
    const char *key;
    size_t at;
    const char *name;
} FOLLOWERS[] = {
    {"certificate", offsetof(struct config, certificate), "relay.crt"},
    {"key", offsetof(struct config, key), "relay.key"},
    {"control", offsetof(struct config, control), "control.sock"},
};

/* Paths that name something only when they are there. */
static const struct follower OTHERS[] = {
    {"client_ca", offsetof(struct config, client_ca), NULL},
    {"access_key", offsetof(struct config, access_key), NULL},
    {"log_file", offsetof(struct config, log_file), NULL},
};

const char *config_key(size_t i)
{
    return i < MEM_COUNT(KEYS) ? KEYS[i] : NULL;
}

static char *path_of(struct config *c, const struct follower *f)
{
    return (char *)c + f->at;
}

static int64_t *limit_of(struct limits *l, const struct limit_row *row)
{
    return (int64_t *)(void *)((char *)l + row->at);
}

static enum err join(char out[CONFIG_PATH], const char *folder, const char *name)
{
    int n = snprintf(out, CONFIG_PATH, "%s/%s", folder, name);

    return n > 0 && n < CONFIG_PATH ? ERR_OK : ERR_TOO_BIG;
}

enum err config_state(struct config *c, const char *path)
{
    char state[CONFIG_PATH], here[CONFIG_PATH], was[CONFIG_PATH], now[CONFIG_PATH];
    struct config moved = *c;
    enum err e = ERR_OK;

    if (path[0] == '/')
        e = bytes_copy(state, sizeof state, bytes_str(path)) ? ERR_OK : ERR_TOO_BIG;
    else
        e = getcwd(here, sizeof here) != NULL ? join(state, here, path) : ERR_NOT_FOUND;
    for (size_t i = 0; i < MEM_COUNT(FOLLOWERS) && e == ERR_OK; i++) {
        char *at = path_of(&moved, &FOLLOWERS[i]);
        bool follows = join(was, c->state, FOLLOWERS[i].name) == ERR_OK && strcmp(at, was) == 0;
        e = join(now, state, FOLLOWERS[i].name);
        if (e == ERR_OK && (at[0] == '\0' || follows))
            memcpy(at, now, sizeof now);
    }
    if (e != ERR_OK)
        return e;
    memcpy(moved.state, state, sizeof state);
    *c = moved;
    return ERR_OK;
}

/* systemd says where; else the place XDG has for it; else nowhere, and then it must be told. */
static void default_state(struct config *c)
{
    const char *given =
        getenv("STATE_DIRECTORY"); /* NOLINT(concurrency-mt-unsafe): nobody sets it */
    struct buf xdg;

    buf_init(&xdg, CONFIG_PATH - 32);
    if (given != NULL && given[0] == '/')
        buf_put(&xdg, given, strcspn(given, ":"));
    else if (file_xdg(&xdg, "state", "sottod") != ERR_OK)
        buf_clear(&xdg);
    if (buf_end(&xdg) == ERR_OK && xdg.n != 0 && config_state(c, buf_cstr(&xdg)) != ERR_OK)
        c->state[0] = '\0';
    buf_free(&xdg);
}

void config_defaults(struct config *c)
{
    const struct limit_row *row;

    memset(c, 0, sizeof *c);
    memcpy(c->listen, LISTEN, sizeof LISTEN);
    c->log_level = LOG_INFO;
    c->guests = true;
    c->registration = true;
    c->audit = true;
    c->sandbox = true;
    for (size_t i = 0; (row = config_limit(i)) != NULL; i++)
        *limit_of(&c->limits, row) = row->fallback;
    default_state(c);
}

enum err config_address(
    const char *listen, char *host, size_t host_n, char *port, size_t port_n)
{
    bool bracket = listen[0] == '[';
    const char *from = listen + (bracket ? 1 : 0);
    const char *end = bracket ? strchr(from, ']') : strrchr(from, ':');

    if (end == NULL || end == from)
        return ERR_FORMAT;
    const char *colon = bracket ? end + 1 : end;
    struct bytes name = bytes_of(from, (size_t)(end - from));
    size_t digits = strspn(colon[0] == ':' ? colon + 1 : "", "0123456789");
    if (digits == 0 || digits > 5 || colon[1 + digits] != '\0' ||
        strtol(colon + 1, NULL, 10) > 65535)
        return ERR_FORMAT;
    if (bracket != (memchr(name.p, ':', name.n) != NULL) || memchr(name.p, ' ', name.n) != NULL)
        return ERR_FORMAT;
    if (!bytes_copy(host, host_n, name) || !bytes_copy(port, port_n, bytes_str(colon + 1)))
        return ERR_FORMAT;
    return ERR_OK;
}

/* ---- reading ---- */

static void read_path(struct config *c, struct json_doc *d, const struct follower *f)
{
    const char *text;

    if (!json_get_str(d, json_root(d), f->key, CONFIG_PATH - 1, &text))
        return;
    if (text[0] == '\0' && f->name == NULL)
        path_of(c, f)[0] = '\0';
    else if (text[0] != '/')
        json_fail(d, json_root(d), f->key, "must be a path that starts with /");
    else
        (void)bytes_copy(path_of(c, f), CONFIG_PATH, bytes_str(text));
}

static void read_state(struct config *c, struct json_doc *d)
{
    const char *text;

    if (!json_get_str(d, json_root(d), "state", CONFIG_PATH - 32, &text)) {
        if (c->state[0] == '\0')
            json_fail(d, json_root(d), "state",
                "must say where, for neither HOME nor STATE_DIRECTORY does");
        return;
    }
    if (text[0] != '/' || config_state(c, text) != ERR_OK)
        json_fail(d, json_root(d), "state", "must be a path that starts with /");
}

static void read_paths(struct config *c, struct json_doc *d)
{
    const char *text;
    bool cert = json_get_str(d, json_root(d), "certificate", CONFIG_PATH - 1, &text);
    bool key = json_get_str(d, json_root(d), "key", CONFIG_PATH - 1, &text);

    read_state(c, d);
    if (cert != key)
        json_fail(d, json_root(d), cert ? "key" : "certificate",
            "must be there too: certificate and key go together");
    for (size_t i = 0; i < MEM_COUNT(FOLLOWERS); i++)
        read_path(c, d, &FOLLOWERS[i]);
    for (size_t i = 0; i < MEM_COUNT(OTHERS); i++)
        read_path(c, d, &OTHERS[i]);
}

static void read_words(struct config *c, struct json_doc *d)
{
    const struct json *root = json_root(d);
    char host[sizeof c->listen], port[8];
    enum log_level level;
    const char *text;

    if (json_get_str(d, root, "listen", sizeof c->listen - 1, &text)) {
        if (config_address(text, host, sizeof host, port, sizeof port) != ERR_OK)
            json_fail(d, root, "listen", "must be HOST:PORT, or [HOST]:PORT for IPv6");
        (void)bytes_copy(c->listen, sizeof c->listen, bytes_str(text));
    }
    if (json_get_str(d, root, "log_level", 16, &text)) {
        if (log_level_parse(text, &level))
            c->log_level = (int)level;
        else
            json_fail(d, root, "log_level", "must be error, warn, info or debug");
    }
    if (json_get_str(d, root, "invite_code", sizeof c->invite_code - 1, &text))
        (void)bytes_copy(c->invite_code, sizeof c->invite_code, bytes_str(text));
    (void)json_get_bool(d, root, "guests", &c->guests);
    (void)json_get_bool(d, root, "registration", &c->registration);
    (void)json_get_bool(d, root, "audit", &c->audit);
    (void)json_get_bool(d, root, "sandbox", &c->sandbox);
}

/* Numbers that are fine alone and wrong together. */
static void check_relations(struct json_doc *d, const struct limits *l)
{
    const struct json *at = json_get_obj(d, json_root(d), "limits");
    const struct {
        const char *low_name, *high_name;
        int64_t low, high;
        bool equal;
    } rows[] = {
        {"beat_s", "warn_s", l->beat_s, l->warn_s, false},
        {"warn_s", "drop_s", l->warn_s, l->drop_s, false},
        {"queue_soft_bytes", "queue_hard_bytes", l->queue_soft_bytes, l->queue_hard_bytes,
            false},
        {"queue_hard_bytes", "queue_total_bytes", l->queue_hard_bytes, l->queue_total_bytes,
            true},
        {"drop_from", "unauthenticated", l->drop_from, l->unauthenticated, true},
        {"unauthenticated", "connections", l->unauthenticated, l->connections, true},
        {"rooms_created_per_user", "rooms_per_user", l->rooms_created_per_user,
            l->rooms_per_user, true},
        {"tail_entries", "backlog_entries", l->tail_entries, l->backlog_entries, true},
        {"tail_bytes", "backlog_bytes", l->tail_bytes, l->backlog_bytes, true},
        {"file_transfers_per_user", "file_transfers", l->file_transfers_per_user,
            l->file_transfers, true},
        {"file_window_bytes", "file_memory_bytes", l->file_window_bytes, l->file_memory_bytes,
            false},
    };

    for (size_t i = 0; i < MEM_COUNT(rows); i++) {
        if (rows[i].low < rows[i].high || (rows[i].equal && rows[i].low == rows[i].high))
            continue;
        json_fail(d, at, rows[i].low_name, "must be %s %s, and is %lld while that is %lld",
            rows[i].equal ? "at most" : "below", rows[i].high_name, (long long)rows[i].low,
            (long long)rows[i].high);
    }
    if (l->bytes_burst != 0 && l->bytes_burst < LARGEST_TEXT)
        json_fail(
            d, at, "bytes_burst", "must be 0 or hold a whole message, %d bytes", LARGEST_TEXT);
}

static void read_limits(struct config *c, struct json_doc *d)
{
    const struct json *at = json_get_obj(d, json_root(d), "limits");
    const char *names[sizeof(struct limits) / sizeof(int64_t) + 1] = {NULL};
    const struct limit_row *row;

    for (size_t i = 0; (row = config_limit(i)) != NULL; i++) {
        names[i] = row->name;
        (void)json_get_int(d, at, row->name, row->min, row->max, limit_of(&c->limits, row));
    }
    json_only(d, at, names);
    check_relations(d, &c->limits);
}

enum err config_parse(struct config *c, struct bytes text, char *why, size_t why_n)
{
    struct json_doc *d = NULL;
    enum err e = json_parse(text, true, &d, why, why_n);

    config_defaults(c);
    if (e != ERR_OK)
        return e;
    json_only(d, json_root(d), KEYS);
    read_words(c, d);
    read_paths(c, d);
    read_limits(c, d);
    e = json_end(d, why, why_n);
    json_free(d);
    return e;
}

enum err config_load(struct config *c, const char *path, char *why, size_t why_n)
{
    char inner[256] = "";
    struct buf text;
    enum err e;

    if (path == NULL)
        return config_parse(c, bytes_str("{}"), why, why_n);
    buf_init(&text, JSON_MAX_BYTES);
    e = file_read(path, &text);
    if (e != ERR_OK) {
        (void)snprintf(why, why_n, "%s: %s", path, err_str(e));
    } else {
        e = config_parse(c, buf_view(&text), inner, sizeof inner);
        if (e != ERR_OK)
            (void)snprintf(why, why_n, "%s: %s", path, inner);
    }
    buf_wipe(&text);
    return e;
}
