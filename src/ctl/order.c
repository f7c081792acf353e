/* SPDX-License-Identifier: ISC */
#include "ctl/order.h"

#include "base/mem.h"

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

bool order_number(struct bytes text, int64_t *out)
{
    *out = 0;
    if (text.n == 0 || text.n > 10)
        return false;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] < '0' || text.p[i] > '9')
            return false;
        *out = *out * 10 + (text.p[i] - '0');
    }
    return true;
}

enum err order_seconds(const char *text, int64_t *out)
{
    static const struct {
        char unit;
        int64_t seconds;
    } UNITS[] = {{'\0', 1}, {'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}};
    size_t digits = strspn(text, "0123456789");
    int64_t n;

    if (!order_number(bytes_of(text, digits), &n) ||
        (text[digits] != '\0' && text[digits + 1] != '\0'))
        return ERR_FORMAT;
    for (size_t i = 0; i < MEM_COUNT(UNITS); i++) {
        if (UNITS[i].unit != text[digits])
            continue;
        *out = n * UNITS[i].seconds;
        return *out >= 1 && *out <= UINT32_MAX ? ERR_OK : ERR_FORMAT;
    }
    return ERR_FORMAT;
}
