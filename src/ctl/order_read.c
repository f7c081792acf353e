/* SPDX-License-Identifier: ISC */
/* From words to a request: options wherever they stand, the rest by its place in the row. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "ctl/order.h"

#define REQUEST_MAX (64u << 10)
#define REST_MAX    4096
#define OPTION_MAX  8

struct option;
struct reading {
    struct order *order;
    struct json_out json;
    char *const *words;
    size_t count, at;
    bool no_options; /* behind -- */
    size_t placed;   /* words that were no options */
    const struct option *seen[OPTION_MAX];
    struct buf rest;
    char *why;
    size_t why_n;
};

static enum err complain(struct reading *r, const char *what, const char *word)
{
    struct buf clean;

    buf_init(&clean, (size_t)4 * UTF8_LOG_MAX);
    utf8_clean(&clean, bytes_str(word), UTF8_LOG);
    (void)snprintf(
        r->why, r->why_n, "%s%s%s", what, clean.n != 0 ? ": " : "", buf_cstr(&clean));
    buf_free(&clean);
    return ERR_FORMAT;
}

static enum err put(struct reading *r, const char *key, const char *value)
{
    if (!utf8_valid(bytes_str(value)))
        return complain(r, "this is not UTF-8", value);
    json_out_text(&r->json, key, value);
    return ERR_OK;
}

static bool listed(const char *words, struct bytes word)
{
    for (const char *at = words; *at != '\0';) {
        size_t n = strcspn(at, " ");
        if (bytes_eq(bytes_of(at, n), word))
            return true;
        at += n + (at[n] == ' ');
    }
    return false;
}

/* What an option is worth: behind its '=', or the next word. */
static const char *value_of(struct reading *r, const char *word)
{
    const char *equals = strchr(word, '=');

    if (equals != NULL)
        return equals + 1;
    return r->at < r->count ? r->words[r->at++] : NULL;
}

static enum err take_socket(struct reading *r, const char *value)
{
    r->order->socket = value;
    return ERR_OK;
}

static enum err take_room(struct reading *r, const char *value)
{
    return put(r, "room", value);
}

static enum err take_role(struct reading *r, const char *value)
{
    return put(r, "role", value);
}

static enum err take_for(struct reading *r, const char *value)
{
    int64_t seconds;

    if (order_seconds(value, &seconds) != ERR_OK)
        return complain(r, "this must be a time like 30s, 10m, 2h, 7d or 3w", value);
    json_out_int(&r->json, "seconds", seconds);
    return ERR_OK;
}

static enum err take_password_fd(struct reading *r, const char *value)
{
    int64_t fd;

    if (!order_number(bytes_str(value), &fd) || fd > 65535)
        return complain(r, "this must be the number of an open file", value);
    r->order->password_fd = (int)fd;
    return ERR_OK;
}

static const struct option {
    const char *name;
    bool everywhere;
    enum err (*take)(struct reading *r, const char *value);
} OPTIONS[] = {
    {"socket", true, take_socket},
    {"room", false, take_room},
    {"role", false, take_role},
    {"for", false, take_for},
    {"password-fd", false, take_password_fd},
};

static const struct option *option_of(const struct reading *r, struct bytes name)
{
    const struct order_row *row = r->order->row;

    for (size_t i = 0; i < MEM_COUNT(OPTIONS); i++) {
        const struct option *o = &OPTIONS[i];
        if (bytes_eq(name, bytes_str(o->name)) &&
            (o->everywhere || (row != NULL && listed(row->options, name))))
            return o;
    }
    return NULL;
}

static enum err take_option(struct reading *r, const char *word)
{
    struct bytes name = bytes_of(word + 2, strcspn(word + 2, "="));
    const struct option *o = option_of(r, name);

    if (strcmp(word, "--json") == 0) {
        r->order->json = true;
        return ERR_OK;
    }
    if (o == NULL)
        return complain(r, "there is no such option here", word);
    const char *value = value_of(r, word);
    if (value == NULL || value[0] == '\0')
        return complain(r, "this option needs a value", word);
    for (size_t i = 0; i < MEM_COUNT(r->seen); i++) {
        if (r->seen[i] == o)
            return complain(r, "this option is there twice", word);
    }
    r->seen[o - OPTIONS] = o;
    return o->take(r, value);
}

static enum err take_word(struct reading *r, const char *word)
{
    const struct order_row *row = r->order->row;
    size_t place = r->placed++;

    if (place < MEM_COUNT(row->must) && row->must[place] != NULL) {
        if (place == 0 && listed(row->options, bytes_str("password-fd")))
            r->order->name = word;
        return word[0] != '\0' ? put(r, row->must[place], word)
                               : complain(r, "this must not be empty", row->args);
    }
    if (row->maybe != NULL) {
        int64_t id;
        r->placed = SIZE_MAX; /* one is all */
        if (place == SIZE_MAX)
            return complain(r, "this is one word too many", word);
        if (strcmp(row->maybe, "id") != 0)
            return put(r, row->maybe, word);
        if (!order_number(bytes_str(word), &id))
            return complain(r, "this must be a number", word);
        json_out_int(&r->json, row->maybe, id);
        return ERR_OK;
    }
    if (row->rest == NULL)
        return complain(r, "this is one word too many", word);
    if (r->rest.n != 0)
        buf_text(&r->rest, " ");
    buf_text(&r->rest, word);
    return ERR_OK;
}

/* How many words of the command are at r->at; 0: it is not this one. */
static size_t row_fits(const struct reading *r, const struct order_row *row)
{
    const char *space = strchr(row->command, ' ');
    const char *first = r->words[r->at];

    if (space == NULL)
        return strcmp(first, row->command) == 0;
    if (!bytes_eq(bytes_str(first), bytes_of(row->command, (size_t)(space - row->command))))
        return 0;
    return r->at + 1 < r->count && strcmp(r->words[r->at + 1], space + 1) == 0 ? 2 : 0;
}

static enum err take_command(struct reading *r)
{
    const struct order_row *row;
    size_t n;

    for (size_t i = 0; (row = order_at(i)) != NULL; i++) {
        n = row_fits(r, row);
        if (n == 0)
            continue;
        r->order->row = row;
        r->at += n;
        json_out_text(&r->json, "command", row->command);
        r->order->wants_password = listed(row->options, bytes_str("password-fd"));
        return ERR_OK;
    }
    return complain(r, "there is no such command", r->words[r->at]);
}

static enum err take_all(struct reading *r)
{
    enum err e = ERR_OK;

    while (r->at < r->count && e == ERR_OK) {
        const char *word = r->words[r->at];
        bool option = !r->no_options && strncmp(word, "--", 2) == 0;
        if (!option && r->order->row == NULL) {
            e = take_command(r);
            continue;
        }
        r->at++;
        if (option && word[2] == '\0')
            r->no_options = true;
        else
            e = option ? take_option(r, word) : take_word(r, word);
    }
    return e;
}

static enum err check_all(struct reading *r)
{
    const struct order_row *row = r->order->row;
    size_t must = 0;

    if (row == NULL)
        return complain(r, "say what to do", "");
    if (buf_end(&r->rest) != ERR_OK)
        return complain(r, "this text is too long", "");
    while (must < MEM_COUNT(row->must) && row->must[must] != NULL)
        must++;
    if (r->placed < must || (row->rest_must && r->rest.n == 0))
        return complain(r, "this needs more", row->args);
    return r->rest.n != 0 ? put(r, row->rest, buf_cstr(&r->rest)) : ERR_OK;
}

enum err order_parse(
    char *const *words, size_t count, struct order *out, char *why, size_t why_n)
{
    struct reading r = {
        .order = out, .words = words, .count = count, .why = why, .why_n = why_n};

    *out = (struct order){.password_fd = -1};
    buf_init(&out->request, REQUEST_MAX);
    buf_init(&r.rest, REST_MAX);
    json_out_init(&r.json, &out->request);
    json_out_open(&r.json, NULL, '{');
    enum err e = take_all(&r);
    if (e == ERR_OK)
        e = check_all(&r);
    if (e == ERR_OK && buf_end(&out->request) != ERR_OK)
        e = complain(&r, "this is too long", "");
    buf_free(&r.rest);
    return e;
}

enum err order_finish(struct order *o, struct bytes password)
{
    struct buf text;
    struct json_out json;

    if (o->wants_password) {
        buf_init(&text, REQUEST_MAX);
        json_out_init(&json, &text);
        json_out_open(&json, NULL, '{');
        json_out_str(&json, "password", password);
        enum err e = buf_end(&text);
        if (e == ERR_OK) {
            buf_text(&o->request, ",");
            buf_put(&o->request, text.p + 1, text.n - 1);
        }
        buf_wipe(&text);
        if (e != ERR_OK)
            return e;
    }
    buf_text(&o->request, "}\n");
    return buf_end(&o->request);
}

void order_free(struct order *o)
{
    buf_wipe(&o->request);
}
