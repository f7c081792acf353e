/* SPDX-License-Identifier: ISC */
/* From the words of the command line to what a session needs to reach its relay. */
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/secret.h"
#include "bin/sotto.h"
#include "client/access.h"

#define PEM_MAX (1u << 20)

static bool is_port(const char *s)
{
    char *end = NULL;
    long n = strtol(s, &end, 10);

    return s[0] >= '0' && s[0] <= '9' && *end == '\0' && n > 0 && n < 65536 && strlen(s) < 6;
}

/* host, host:port, [v6], [v6]:port, and a v6 address by itself. */
bool setup_server(struct client *c, const char *server)
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
    (void)snprintf(c->port, sizeof c->port, "%s", SOTTO_PORT);
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

static enum err read_names(struct client *c, char *why, size_t why_n)
{
    const struct options *o = &c->options;
    const char *const names[] = {o->nick, o->login, o->enroll};

    if (!setup_server(c, o->server != NULL ? o->server : SOTTO_HOST)) {
        (void)snprintf(why, why_n, "%s is no HOST or HOST:PORT.", o->server);
        return ERR_FORMAT;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (names[i] != NULL && strlen(names[i]) > MSG_NAME) {
            (void)snprintf(why, why_n, "A name has 1 to %d bytes.", MSG_NAME);
            return ERR_FORMAT;
        }
    }
    c->has_pin = o->pin != NULL;
    if (c->has_pin && tls_fingerprint_parse(o->pin, c->pin) != ERR_OK) {
        (void)snprintf(why, why_n,
            "%s is no fingerprint. It looks like what sottod prints: SHA256: and 43 letters.",
            o->pin);
        return ERR_FORMAT;
    }
    if (options_has_target(o))
        return options_target(o->words[0], &c->target);
    return ERR_OK;
}

static enum err read_secrets(struct client *c, char *why, size_t why_n)
{
    const struct options *o = &c->options;
    enum err e = ERR_OK;

    if (o->access_key != NULL)
        e = access_read(o->access_key, &c->access_key, why, why_n);
    if (e != ERR_OK || (o->password_fd < 0 && o->password_file == NULL))
        return e;
    e = o->password_file != NULL ? secret_from_file(o->password_file, 0, &c->password)
                                 : secret_from_fd((int)o->password_fd, &c->password);
    if (e == ERR_PERM)
        (void)snprintf(why, why_n, "%s must be yours alone: chmod 600 it.", o->password_file);
    else if (e != ERR_OK)
        (void)snprintf(why, why_n, "No password can be read %s %s: %s.",
            o->password_file != NULL ? "from" : "there;",
            o->password_file != NULL ? o->password_file : "--password-fd", err_str(e));
    return e;
}

static enum err read_pem(
    const char *path, bool secret, struct buf *out, char *why, size_t why_n)
{
    enum err e = ERR_OK;

    if (path != NULL)
        e = secret ? file_read_private(path, out) : file_read(path, out);
    if (e == ERR_PERM)
        (void)snprintf(why, why_n, "%s must be yours alone: chmod 600 it.", path);
    else if (e != ERR_OK)
        (void)snprintf(why, why_n, "%s cannot be read: %s.", path, err_str(e));
    return e;
}

/* Without a CA the link takes any key and the session judges it, before a byte is sent: so it
 * can show both fingerprints. */
static enum err make_tls(struct client *c, char *why, size_t why_n)
{
    const struct options *o = &c->options;
    struct tls_client_rules rules = {.name = c->host};
    struct buf ca, cert, key;

    buf_init(&ca, PEM_MAX);
    buf_init(&cert, PEM_MAX);
    buf_init(&key, PEM_MAX);
    enum err e = read_pem(o->ca, false, &ca, why, why_n);
    if (e == ERR_OK)
        e = read_pem(o->cert, false, &cert, why, why_n);
    if (e == ERR_OK)
        e = read_pem(o->key, true, &key, why, why_n);
    rules.ca = buf_view(&ca);
    rules.cert = buf_view(&cert);
    rules.key = buf_view(&key);
    if (e == ERR_OK)
        e = tls_ctx_new_client(&rules, &c->tls, why, why_n);
    buf_free(&ca);
    buf_free(&cert);
    buf_wipe(&key);
    return e;
}

/* ---- the relays that are known ---- */

/* Beside the vault when that has a folder of its own, else where state is kept. */
static enum err pins_place(struct client *c, struct buf *path, char *why, size_t why_n)
{
    enum err e = ERR_OK;

    buf_init(path, SOTTO_DIR);
    if (c->options.data != NULL)
        buf_text(path, c->dir);
    else
        e = file_xdg(path, "state", "sotto");
    if (e == ERR_OK)
        e = file_make_private_dir(buf_cstr(path));
    if (e != ERR_OK)
        (void)snprintf(
            why, why_n, "The folder %s cannot be used: %s.", buf_cstr(path), err_str(e));
    buf_text(path, "/known_relays");
    return e;
}

static enum err open_pins(struct client *c, char *why, size_t why_n)
{
    struct pins *known = NULL;
    struct buf path;

    enum err e = pins_place(c, &path, why, why_n);
    if (e == ERR_OK)
        e = pins_open(buf_cstr(&path), &known, why, why_n);
    buf_free(&path);
    if (e != ERR_OK || !c->options.ephemeral) {
        c->pins = known;
        return e;
    }
    /* Who keeps nothing still holds the relay to what is known of it. */
    e = pins_open(NULL, &c->pins, why, why_n);
    const struct pin *pin = pins_find(known, c->address);
    if (e == ERR_OK && pin != NULL)
        e = pins_keep(c->pins, pin);
    pins_free(known);
    return e;
}

enum err setup_relay(struct client *c, char *why, size_t why_n)
{
    enum err e = read_names(c, why, why_n);

    if (e == ERR_OK)
        e = read_secrets(c, why, why_n);
    if (e == ERR_OK)
        e = make_tls(c, why, why_n);
    if (e == ERR_OK)
        e = open_pins(c, why, why_n);
    return e;
}
