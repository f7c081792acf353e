/* SPDX-License-Identifier: ISC */
/* config.json: read once at the start, written by the worker when something changes. */
#include <stdio.h>

#include "base/file.h"
#include "base/mem.h"
#include "bin/sotto.h"
#include "tui/keymap.h"

static void find_path(struct client *c)
{
    struct buf path;

    buf_init(&path, sizeof c->config_path - 1);
    if (file_xdg(&path, "config", "sotto") == ERR_OK)
        buf_text(&path, "/config.json");
    if (buf_end(&path) == ERR_OK)
        (void)bytes_copy(c->config_path, sizeof c->config_path, buf_view(&path));
    buf_free(&path);
}

int config_load(struct client *c)
{
    struct options *o = &c->options;
    char why[512] = "";
    char words[SOTTO_DIR + 1024];

    find_path(c);
    enum err e = c->config_path[0] != '\0'
                     ? config_read(c->config_path, c->model, &c->config, why, sizeof why)
                     : ERR_NOT_FOUND;
    c->has_config = e == ERR_OK;
    if (e != ERR_OK && e != ERR_NOT_FOUND) {
        (void)snprintf(words, sizeof words,
            "%s, %s.\nMend that, or move the file away; \"sotto --check-config\" looks again.",
            c->config_path, why);
        return complain(FACE_USAGE, words);
    }
    if (o->server == NULL && c->config.server[0] != '\0')
        o->server = c->config.server;
    if (o->nick == NULL && o->login == NULL && o->enroll == NULL && c->config.name[0] != '\0')
        o->nick = c->config.name;
    return FACE_OK;
}

static int check_keys(const struct client *c)
{
    const struct binds *b = &c->model->binds;
    struct keymap *k = mem_alloc(sizeof *k);
    char words[256];
    int status = FACE_OK;

    keymap_init(k);
    for (size_t i = 0; i < b->count; i++) {
        const char *why = keymap_take(k, bytes_str(b->of[i].key), bytes_str(b->of[i].action));
        (void)snprintf(words, sizeof words, "\"%s\": \"%s\": %s.", b->of[i].key,
            b->of[i].action, why != NULL ? why : "");
        if (why != NULL)
            status = complain(FACE_USAGE, words);
    }
    mem_free(k);
    return status;
}

int config_check(struct client *c)
{
    int status = check_keys(c);

    if (c->config.server[0] != '\0' && !setup_server(c, c->config.server))
        status = complain(FACE_USAGE, "\"server\" is no HOST or HOST:PORT.");
    if (status == FACE_OK)
        (void)printf(c->has_config ? "%s is right.\n"
                                   : "There is no %s, so everything is as by default.\n",
            c->config_path[0] != '\0' ? c->config_path : "config.json");
    return status;
}

/* ---- saving ---- */

struct save {
    struct job job;
    struct client *c;
    struct config_changes changes;
    enum err err;
    char why[512];
};

static void run_save(struct job *j)
{
    struct save *s = (struct save *)j;

    s->err = config_write(s->c->config_path, &s->changes, s->why, sizeof s->why);
}

static void tell(struct client *c, const struct config_changes *changes, const char *why)
{
    char words[SOTTO_DIR + 1024];

    (void)snprintf(words, sizeof words,
        "%s%s holds until sotto ends: %s cannot be written (%s). Mend that, then set it again.",
        changes->of[0].key, changes->count > 1 ? " and more" : "",
        c->config_path[0] != '\0' ? c->config_path : "config.json", why);
    model_event(c->model, c->model->open, EVENT_ERROR, (struct bytes){0}, bytes_str(words));
}

static void save_done(struct job *j)
{
    struct save *s = (struct save *)j;

    if (s->err != ERR_OK)
        tell(s->c, &s->changes, s->why);
    config_changes_fini(&s->changes);
    mem_free(s);
}

void config_save(struct client *c)
{
    struct config_changes changes = {0};
    struct save *s;

    if (!c->options.ephemeral)
        config_collect(&changes, c->model);
    if (changes.count == 0)
        return;
    s = mem_alloc(sizeof *s);
    *s = (struct save){.job = {.run = run_save, .done = save_done}, .c = c, .changes = changes};
    enum err e = c->config_path[0] == '\0' ? ERR_NOT_FOUND : worker_submit(c->worker, &s->job);
    if (e == ERR_OK)
        return;
    tell(c, &changes, err_str(e));
    config_changes_fini(&s->changes);
    mem_free(s);
}
