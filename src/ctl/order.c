/* SPDX-License-Identifier: ISC */
#include "ctl/order.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

#include "base/json.h"

#define REQUEST_MAX (64 * 1024)
#define REST_MAX    4096

/* clang-format off */ /* one row an order */
static const struct order_row ROWS[] = {
    {"status",         "",                        {NULL, NULL},     NULL,    NULL,     false, "",                 ORDER_FACTS, "status",   "",                             "what the relay is doing"},
    {"users",          "",                        {NULL, NULL},     NULL,    NULL,     false, "",                 ORDER_ROWS,  "users",    "nobody is here",               "who is here"},
    {"rooms",          "",                        {NULL, NULL},     NULL,    NULL,     false, "",                 ORDER_ROWS,  "rooms",    "there are no rooms",           "which rooms there are"},
    {"kick",           "USER [REASON]",           {"user", NULL},   NULL,    "reason", false, "room",             ORDER_COUNT, "count",    "kicked",                       "put somebody, or an address, off the relay or out of a room"},
    {"ban",            "USER [REASON]",           {"user", NULL},   NULL,    "reason", false, "room for",         ORDER_DONE,  "",         "banned",                       "kick, and keep out"},
    {"unban",          "USER",                    {"user", NULL},   NULL,    NULL,     false, "room",             ORDER_DONE,  "",         "no longer banned or muted",    "take a ban or a mute back"},
    {"mute",           "USER [REASON]",           {"user", NULL},   NULL,    "reason", false, "room for",         ORDER_DONE,  "",         "muted",                        "let somebody read and not speak"},
    {"announce",       "TEXT",                    {NULL, NULL},     NULL,    "text",   true,  "",                 ORDER_COUNT, "count",    "told",                         "say something to everybody, as from Server"},
    {"account list",   "",                        {NULL, NULL},     NULL,    NULL,     false, "",                 ORDER_ROWS,  "accounts", "there are no accounts",        "which accounts there are"},
    {"account add",    "NAME",                    {"name", NULL},   NULL,    NULL,     false, "role password-fd", ORDER_DONE,  "",         "account made",                 "make an account; its password is asked for"},
    {"account role",   "NAME ROLE",               {"name", "role"}, NULL,    NULL,     false, "",                 ORDER_DONE,  "",         "role changed",                 "make somebody user, moderator or operator"},
    {"account remove", "NAME",                    {"name", NULL},   NULL,    NULL,     false, "",                 ORDER_DONE,  "",         "account removed",              "remove an account and everything of it"},
    {"token revoke",   "ACCOUNT [ID]",            {"name", NULL},   "id",    NULL,     false, "",                 ORDER_COUNT, "count",    "tokens revoked",               "end one token of an account, or all"},
    {"log level",      "[LEVEL]",                 {NULL, NULL},     "level", NULL,     false, "",                 ORDER_TEXT,  "level",    "log level",                    "show or set how much is logged: error, warn, info, debug"},
    {"reload",         "",                        {NULL, NULL},     NULL,    NULL,     false, "",                 ORDER_DONE,  "",         "reloading; the log says how it goes", "read configuration and certificates again"},
    {"drain",          "",                        {NULL, NULL},     NULL,    NULL,     false, "",                 ORDER_DONE,  "",         "draining; the relay ends when all is stored", "tell clients, store everything, end"},
};
/* clang-format on */

const struct order_row *order_at(size_t i)
{
    return i < MEM_COUNT(ROWS) ? &ROWS[i] : NULL;
}

enum err order_seconds(const char *text, int64_t *out)
{
    static const struct {
        char unit;
        int64_t seconds;
    } UNITS[] = {{'\0', 1}, {'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}};
    size_t digits = strspn(text, "0123456789");
    int64_t n = 0;

    if (digits == 0 || digits > 10 || (text[digits] != '\0' && text[digits + 1] != '\0'))
        return ERR_FORMAT;
    for (size_t i = 0; i < digits; i++)
        n = n * 10 + (text[i] - '0');
    for (size_t i = 0; i < MEM_COUNT(UNITS); i++) {
        if (UNITS[i].unit != text[digits])
            continue;
        *out = n * UNITS[i].seconds;
        return *out >= 1 && *out <= UINT32_MAX ? ERR_OK : ERR_FORMAT;
    }
    return ERR_FORMAT;
}

/* ---- words ---- */

struct reading {
    struct order *order;
    struct json_out json;
    char *const *words;
    size_t count, at;
    bool no_options; /* behind -- */
    size_t placed;   /* words that were no options */
    struct buf rest;
    char *why;
    size_t why_n;
};

static enum err complain(struct reading *r, const char *what, const char *word)
{
    struct buf clean;

    buf_init(&clean, 4 * UTF8_LOG_MAX);
    utf8_clean(&clean, bytes_str(word), UTF8_LOG);
    (void)snprintf(r->why, r->why_n, "%s%s%s", what, clean.n != 0 ? ": " : "", buf_cstr(&clean));
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

static enum err put_number(struct reading *r, const char *key, const char *value)
{
    size_t digits = strspn(value, "0123456789");
    int64_t n = 0;

    if (digits == 0 || digits > 9 || value[digits] != '\0')
        return complain(r, "this must be a number", value);
    for (size_t i = 0; i < digits; i++)
        n = n * 10 + (value[i] - '0');
    json_out_int(&r->json, key, n);
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

static enum err take_option(struct reading *r, const char *word)
{
    struct bytes name = bytes_of(word + 2, strcspn(word + 2, "="));
    struct order *o = r->order;
    int64_t seconds;

    if (bytes_eq(name, bytes_str("json")) && word[6] == '\0') {
        o->json = true;
        return ERR_OK;
    }
    bool everywhere = bytes_eq(name, bytes_str("socket"));
    if (!everywhere && (o->row == NULL || !listed(o->row->options, name)))
        return complain(r, "there is no such option here", word);
    const char *value = value_of(r, word);
    if (value == NULL || value[0] == '\0')
        return complain(r, "this option needs a value", word);
    if (everywhere) {
        o->socket = value;
        return ERR_OK;
    }
    if (bytes_eq(name, bytes_str("for"))) {
        if (order_seconds(value, &seconds) != ERR_OK)
            return complain(r, "this must be a time like 30s, 10m, 2h, 7d or 3w", value);
        json_out_int(&r->json, "seconds", seconds);
        return ERR_OK;
    }
    if (bytes_eq(name, bytes_str("password-fd"))) {
        if (strspn(value, "0123456789") != strlen(value) || strlen(value) > 6)
            return complain(r, "this must be the number of an open file", value);
        o->password_fd = 0;
        for (const char *c = value; *c != '\0'; c++)
            o->password_fd = o->password_fd * 10 + (*c - '0');
        return ERR_OK;
    }
    return put(r, name.n == 4 && name.p[1] == 'o' && word[3] == 'o' && name.p[2] == 'l' ? "role" : "room", value);
}
