/* SPDX-License-Identifier: ISC */
/* The client's main: reads the command line and starts what it asks for. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/secret.h"
#include "base/version.h"
#include "bin/sotto.h"
#include "client/access.h"
#include "crypto/rand.h"
#include "tui/tui.h"

int complain(int status, const char *why)
{
    (void)fprintf(stderr, "sotto: %s\n", why);
    return status;
}

static void usage(FILE *to)
{
    struct buf text;

    buf_init(&text, 1u << 16);
    options_usage(&text);
    (void)fputs(buf_cstr(&text), to);
    buf_free(&text);
}

static enum err start_log(const struct options *o, char *why, size_t why_n)
{
    log_off();
    if (o->log == NULL)
        return ERR_OK;
    log_set_level(LOG_DEBUG);
    enum err e = log_to_file(o->log);
    if (e != ERR_OK)
        (void)snprintf(why, why_n, "%s cannot be written: %s.", o->log, err_str(e));
    return e;
}

static int talk(struct client *c)
{
    char why[SOTTO_WHY] = "";

    enum err e = first_wanted(c) ? first_start(c, why, sizeof why) : ERR_OK;
    bool left = e == ERR_CLOSED;

    if (e == ERR_OK)
        e = files_setup(c, why, sizeof why);
    if (e == ERR_OK)
        e = setup_relay(c, why, sizeof why);
    if (e == ERR_OK)
        e = vault_start(c, why, sizeof why);
    if (e == ERR_OK)
        return run(c);
    tui_close(c->tui); /* before words */
    c->tui = NULL;
    return left ? FACE_OK : complain(FACE_USAGE, why);
}

static int start(struct client *c)
{
    char why[SOTTO_WHY] = "";

    int status = config_load(c);
    if (status != FACE_OK || c->options.check_config)
        return status != FACE_OK ? status : config_check(c);
    if (start_log(&c->options, why, sizeof why) != ERR_OK ||
        vault_folder(c, why, sizeof why) != ERR_OK)
        return complain(FACE_USAGE, why);
    if (c->options.verb == OPTIONS_PASSPHRASE)
        return keep_passphrase(c);
    if (c->options.verb == OPTIONS_IDENTITY)
        return keep_identity(c);
    return talk(c);
}

static void stop(struct client *c)
{
    vault_close(c->vault);
    pins_free(c->pins);
    tls_ctx_free(c->tls);
    tui_close(c->tui);
    model_free(c->model);
    free(c->path);
    buf_wipe(&c->access_key);
    buf_wipe(&c->password);
}

int main(int argc, char **argv)
{
    struct client c = {0};
    struct options *o = &c.options;
    uint8_t seed[16];
    char why[SOTTO_WHY] = "";

    mem_settle();
    if (options_parse(argv + 1, argc > 0 ? (size_t)argc - 1 : 0, o, why, sizeof why) !=
        ERR_OK) {
        (void)complain(FACE_USAGE, why);
        (void)fputs("try sotto --help\n", stderr);
        return FACE_USAGE;
    }
    if (o->version)
        return puts("sotto " SOTTO_VERSION) < 0 ? FACE_USAGE : FACE_OK;
    if (o->help) {
        usage(stdout);
        return FACE_OK;
    }
    if (o->check_theme != NULL || o->theme_demo)
        return theme_tools(o);
    if (o->verb == OPTIONS_SCREEN && !o->json && !o->plain && !o->check_config &&
        isatty(STDOUT_FILENO) == 0) {
        usage(stderr);
        return FACE_USAGE;
    }
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGXFSZ, SIG_IGN); /* a full disk is told, not died of */
    rand_bytes(seed, sizeof seed);
    map_seed(seed);
    buf_init(&c.access_key, ACCESS_KEY_MAX);
    buf_init(&c.password, SECRET_MAX);
    c.model = model_new();
    int status = start(&c);
    stop(&c);
    return status;
}
