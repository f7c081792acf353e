/* SPDX-License-Identifier: ISC */
#include "face/config.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "model/near.h"

static const char KEYS[] = "keys";
static const char BEGIN[] =
    "// What sotto does at every start; sotto-config(5) has all that can be here.\n{\n}\n";

/* ---- reading ---- */

struct take {
    struct bytes text;
    struct model *m;
    char *why;
    size_t why_n;
};

__attribute__((format(printf, 4, 5))) static enum err fail(
    struct take *t, const char *section, const char *key, const char *fmt, ...)
{
    char words[256];
    char name[96];
    struct buf clean;
    va_list ap;

    va_start(ap, fmt);
    (void)vsnprintf(words, sizeof words, fmt, ap);
    va_end(ap);
    (void)bytes_copy(name, sizeof name, bytes_str(key));
    buf_init(&clean, 1024);
    utf8_clean(&clean, bytes_str(name), UTF8_NAME);
    (void)snprintf(t->why, t->why_n, "line %u: \"%s\" %s",
        json_line(t->text, (struct json_spot){section, key}), buf_cstr(&clean), words);
    buf_free(&clean);
    return ERR_FORMAT;
}

static const char *kind_words(const struct pref_row *row, char out[128])
{
    struct buf b;

    buf_init_fixed(&b, out, 128);
    if (row->kind == PREF_KIND_BOOL)
        buf_text(&b, "must be true or false");
    else if (row->kind == PREF_KIND_TEXT)
        buf_fmt(&b, "must be a string of less than %d bytes", PREF_TEXT);
    else if (row->kind == PREF_KIND_NUMBER)
        buf_fmt(&b, "must be a number from %.*s to %s", (int)strcspn(row->choices, " "),
            row->choices, strchr(row->choices, ' ') + 1);
    else
        buf_fmt(&b, "must be one of these: %s", row->choices);
    return buf_cstr(&b);
}

/* As /set would take it. */
static enum err take_pref(struct take *t, const struct pref_row *row, const struct json *v)
{
    char digits[24] = "";
    char words[128];
    const char *value = json_as_str(v);
    int64_t number;
    bool on;

    if (json_as_bool(v, &on) && row->kind == PREF_KIND_BOOL)
        value = on ? "on" : "off";
    else if (json_as_int(v, &number) && row->kind == PREF_KIND_NUMBER)
        value = digits;
    if (value == digits)
        (void)snprintf(digits, sizeof digits, "%lld", (long long)number);
    if (value == NULL || model_set_pref(t->m, bytes_str(row->name), bytes_str(value)) != ERR_OK)
        return fail(t, NULL, row->name, "%s", kind_words(row, words));
    t->m->prefs.of[pref_find(bytes_str(row->name))].unsaved = false;
    return ERR_OK;
}

static enum err take_keys(struct take *t, const struct json *keys)
{
    enum err e = ERR_OK;

    if (json_type(keys) != JSON_OBJECT)
        return fail(t, NULL, KEYS, "must be an object: {\"alt-g\": \"switcher\"}");
    for (size_t i = 0; i < json_len(keys) && e == ERR_OK; i++) {
        const char *key = json_key(keys, i);
        const char *action = json_as_str(json_member(keys, i));
        if (action == NULL)
            return fail(t, KEYS, key, "must be the name of an action, or \"none\"");
        e = model_bind(t->m, bytes_str(key), bytes_str(action));
        if (e == ERR_FULL)
            return fail(t, KEYS, key, "is one too many: %d keys can be bound", BINDS_MAX);
        if (e != ERR_OK)
            return fail(t, KEYS, key, "is no name of a key with a name of an action");
    }
    binds_saved(&t->m->binds);
    return e;
}

static enum err take_text(
    struct take *t, const char *key, const struct json *v, char *out, size_t out_n)
{
    const char *value = json_as_str(v);

    if (value == NULL || value[0] == '\0' || strlen(value) >= out_n)
        return fail(t, NULL, key, "must be a string of 1 to %zu bytes", out_n - 1);
    (void)bytes_copy(out, out_n, bytes_str(value));
    return ERR_OK;
}

static enum err unknown(struct take *t, const char *key)
{
    static const char *const OURS[] = {KEYS, "name", "server"};
    const char *best = NULL;

    for (size_t i = 0; i < MEM_COUNT(OURS) && best == NULL; i++)
        best = near_word(bytes_str(key), bytes_str(OURS[i])) ? OURS[i] : NULL;
    for (size_t i = 0; pref_at(i) != NULL && best == NULL; i++)
        best = near_word(bytes_str(key), bytes_str(pref_at(i)->name)) ? pref_at(i)->name : NULL;
    if (best != NULL)
        return fail(t, NULL, key, "is nothing that sotto knows: is \"%s\" meant?", best);
    return fail(t, NULL, key, "is nothing that sotto knows: sotto-config(5) has all there is");
}

static enum err take_member(
    struct take *t, const char *key, const struct json *v, struct config *out)
{
    enum pref pref = pref_find(bytes_str(key));

    if (pref != PREFS)
        return take_pref(t, pref_at(pref), v);
    if (strcmp(key, KEYS) == 0)
        return take_keys(t, v);
    if (strcmp(key, "server") == 0)
        return take_text(t, key, v, out->server, sizeof out->server);
    if (strcmp(key, "name") == 0)
        return take_text(t, key, v, out->name, sizeof out->name);
    return unknown(t, key);
}

enum err config_take(
    struct bytes text, struct model *m, struct config *out, char *why, size_t why_n)
{
    struct take t = {text, m, why, why_n};
    struct json_doc *doc;
    enum err e = json_parse(text, true, &doc, why, why_n);

    *out = (struct config){0};
    if (e != ERR_OK)
        return e;
    const struct json *root = json_root(doc);
    if (json_type(root) != JSON_OBJECT) {
        (void)snprintf(why, why_n, "line 1: it must be one object, in braces");
        e = ERR_FORMAT;
    }
    for (size_t i = 0; e == ERR_OK && i < json_len(root); i++)
        e = take_member(&t, json_key(root, i), json_member(root, i), out);
    json_free(doc);
    return e;
}

enum err config_read(
    const char *path, struct model *m, struct config *out, char *why, size_t why_n)
{
    struct buf text;

    *out = (struct config){0};
    why[0] = '\0';
    buf_init(&text, CONFIG_BYTES);
    enum err e = file_read(path, &text);
    if (e == ERR_OK)
        e = config_take(buf_view(&text), m, out, why, why_n);
    else if (e != ERR_NOT_FOUND)
        (void)snprintf(why, why_n, "it cannot be read: %s", err_str(e));
    buf_free(&text);
    return e;
}

/* ---- what is to be written ---- */

static struct config_change *add(struct config_changes *c, const char *section, const char *key)
{
    struct config_change *one;

    c->of = mem_realloc(c->of, (c->count + 1) * sizeof *c->of);
    one = &c->of[c->count++];
    *one = (struct config_change){.section = section};
    (void)bytes_copy(one->key, sizeof one->key, bytes_str(key));
    return one;
}

static void put_string(struct config_change *one, const char *text)
{
    struct json_out o;
    struct buf b;

    buf_init_fixed(&b, one->literal, sizeof one->literal);
    json_out_init(&o, &b);
    json_out_text(&o, NULL, text);
    (void)buf_cstr(&b);
}

void config_put(struct config_changes *c, const char *key, const char *text)
{
    put_string(add(c, NULL, key), text);
}

static void put_pref(struct config_changes *c, const struct prefs *p, size_t i)
{
    const struct pref_row *row = pref_at(i);
    struct config_change *one = add(c, NULL, row->name);

    if (row->kind == PREF_KIND_BOOL)
        (void)snprintf(one->literal, sizeof one->literal, "%s",
            pref_on(p, (enum pref)i) ? "true" : "false");
    else if (row->kind == PREF_KIND_NUMBER)
        (void)snprintf(
            one->literal, sizeof one->literal, "%lld", (long long)pref_number(p, (enum pref)i));
    else
        put_string(one, pref_text(p, (enum pref)i));
}

void config_collect(struct config_changes *c, struct model *m)
{
    for (size_t i = 0; pref_at(i) != NULL; i++) {
        if (m->prefs.of[i].unsaved)
            put_pref(c, &m->prefs, i);
        m->prefs.of[i].unsaved = false;
    }
    for (size_t i = 0; i < m->binds.count; i++) {
        const struct bind *b = &m->binds.of[i];
        struct config_change *one = b->unsaved ? add(c, KEYS, b->key) : NULL;
        if (one != NULL && b->action[0] != '\0')
            put_string(one, b->action);
    }
    binds_saved(&m->binds);
}

void config_changes_fini(struct config_changes *c)
{
    mem_free(c->of);
    *c = (struct config_changes){0};
}

/* ---- writing ---- */

/* A folder that is there may have any mode: what is secret is not in it. */
static enum err make_folder(const char *path)
{
    char dir[4096];
    const char *slash = strrchr(path, '/');

    (void)bytes_copy(
        dir, sizeof dir, bytes_of(path, slash != NULL ? (size_t)(slash - path) : 0));
    return dir[0] == '\0' || file_exists(dir) ? ERR_OK : file_make_private_dir(dir);
}

static enum err edit_all(
    struct buf *text, const struct config_changes *c, char *why, size_t why_n)
{
    enum err e = ERR_OK;

    for (size_t i = 0; i < c->count && e == ERR_OK; i++) {
        const struct config_change *one = &c->of[i];
        e = json_edit(text, (struct json_spot){one->section, one->key}, bytes_str(one->literal),
            why, why_n);
    }
    return e;
}

enum err config_write(const char *path, const struct config_changes *c, char *why, size_t why_n)
{
    char *real = realpath(path, NULL); /* where a link leads; NULL: there is nothing yet */
    const char *to = real != NULL ? real : path;
    struct buf text;

    why[0] = '\0';
    buf_init(&text, CONFIG_BYTES);
    enum err e = make_folder(to);
    if (e == ERR_OK)
        e = file_read(to, &text);
    if (e == ERR_NOT_FOUND) {
        buf_text(&text, BEGIN);
        e = ERR_OK;
    }
    if (e == ERR_OK)
        e = edit_all(&text, c, why, why_n);
    if (e == ERR_OK)
        e = file_write_atomic(to, buf_view(&text), 0600);
    if (e != ERR_OK && why[0] == '\0')
        (void)snprintf(why, why_n, "%s", err_str(e));
    buf_free(&text);
    free(real);
    return e;
}
