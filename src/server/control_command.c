/* SPDX-License-Identifier: ISC */
/* The table of an operator's commands, and those that need nobody else. */
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/version.h"
#include "server/control_call.h"

#define BY "Server" /* whom people see as the one who did it */

static struct bytes text(const char *s)
{
    return bytes_str(s);
}

/* A name as the relay has it; what cannot be one is an address. */
static struct bytes who(struct control_call *call)
{
    if (name_fold(text(call->args.user), &call->account) != ERR_OK)
        return text(call->args.user);
    return name_bytes(&call->account);
}

/* ---- looking ---- */

static void run_status(struct control_call *call)
{
    json_out_open(&call->json, "status", '{');
    json_out_text(&call->json, "version", SOTTO_VERSION);
    json_out_int(&call->json, "pid", getpid());
    json_out_text(&call->json, "log_level", log_level_name(log_level()));
    if (call->parts->sandbox != NULL)
        json_out_text(&call->json, "sandbox", call->parts->sandbox);
    server_status(call->parts->server, &call->json);
    json_out_close(&call->json, '}');
    control_ok(call);
}

static void run_users(struct control_call *call)
{
    json_out_open(&call->json, "users", '[');
    server_users(call->parts->server, &call->json);
    json_out_close(&call->json, ']');
    control_ok(call);
}

static void run_rooms(struct control_call *call)
{
    json_out_open(&call->json, "rooms", '[');
    server_rooms(call->parts->server, &call->json);
    json_out_close(&call->json, ']');
    control_ok(call);
}

/* ---- people ---- */

static void run_kick(struct control_call *call)
{
    const struct control_args *a = &call->args;
    size_t n =
        server_kick(call->parts->server, text(a->room), who(call), text(BY), text(a->reason));

    if (n == 0) {
        control_fail(call, "nobody of that name or address is there");
        return;
    }
    json_out_int(&call->json, "count", (int64_t)n);
    control_ok(call);
}

static void say_ban(struct control_call *call, enum err e)
{
    if (e == ERR_OK)
        control_ok(call);
    else if (e == ERR_NOT_FOUND)
        control_fail(call, "there is no such room, user or ban");
    else
        control_fail(call, "the relay will not: %s", err_str(e));
}

static void sentence(struct control_call *call, bool mute)
{
    const struct control_args *a = &call->args;
    struct sentence x = {.who = who(call),
        .by = text(BY),
        .reason = text(a->reason),
        .seconds = a->seconds,
        .mute = mute};

    say_ban(call, server_ban(call->parts->server, text(a->room), &x));
}

static void run_ban(struct control_call *call)
{
    sentence(call, false);
}

static void run_mute(struct control_call *call)
{
    sentence(call, true);
}

static void run_unban(struct control_call *call)
{
    const struct control_args *a = &call->args;

    say_ban(call, server_unban(call->parts->server, text(a->room), who(call), text(BY)));
}

static void run_announce(struct control_call *call)
{
    size_t n = server_announce(call->parts->server, text(call->args.text));

    json_out_int(&call->json, "count", (int64_t)n);
    control_ok(call);
}

/* ---- the process ---- */

static void run_log_level(struct control_call *call)
{
    enum log_level level = log_level();

    if (call->args.level[0] != '\0' && !log_level_parse(call->args.level, &level)) {
        control_fail(call, "level: must be error, warn, info or debug");
        return;
    }
    log_set_level(level);
    json_out_text(&call->json, "level", log_level_name(level));
    control_ok(call);
}

static void run_reload(struct control_call *call)
{
    control_later(call, call->parts->reload);
    control_ok(call);
}

static void run_drain(struct control_call *call)
{
    control_later(call, call->parts->drain);
    control_ok(call);
}

/* ---- the table ---- */

static const struct control_row ROWS[] = {
    {"status", "", "", run_status},
    {"users", "", "", run_users},
    {"rooms", "", "", run_rooms},
    {"kick", "user", "room reason", run_kick},
    {"ban", "user", "room seconds reason", run_ban},
    {"unban", "user", "room", run_unban},
    {"mute", "user", "room seconds reason", run_mute},
    {"announce", "text", "", run_announce},
    {"account list", "", "", control_account_list},
    {"account add", "name password", "role", control_account_add},
    {"account role", "name role", "", control_account_role},
    {"account remove", "name", "", control_account_remove},
    {"token revoke", "name", "id", control_token_revoke},
    {"log level", "", "level", run_log_level},
    {"reload", "", "", run_reload},
    {"drain", "", "", run_drain},
};

static const struct control_key {
    const char *key;
    size_t at;
    size_t max; /* bytes; 0: a number */
} KEYS[] = {
    {"room", offsetof(struct control_args, room), MSG_ROOM},
    {"user", offsetof(struct control_args, user), 64},
    {"name", offsetof(struct control_args, name), 64},
    {"reason", offsetof(struct control_args, reason), 255},
    {"text", offsetof(struct control_args, text), 4096},
    {"level", offsetof(struct control_args, level), 16},
    {"role", offsetof(struct control_args, role), 16},
    {"password", offsetof(struct control_args, password), CONTROL_PASSWORD},
    {"seconds", offsetof(struct control_args, seconds), 0},
    {"id", offsetof(struct control_args, id), 0},
};

static bool listed(const char *words, const char *key)
{
    size_t n = strlen(key);

    for (const char *at = words; (at = strstr(at, key)) != NULL; at += n) {
        bool front = at == words || at[-1] == ' ';
        if (front && (at[n] == ' ' || at[n] == '\0'))
            return true;
    }
    return false;
}

static void read_key(
    struct control_call *call, const struct control_row *row, const struct control_key *k)
{
    const struct json *root = json_root(call->doc);
    void *at = (char *)&call->args + k->at;
    const char *value = "";

    if (k->max == 0) {
        (void)json_get_int(call->doc, root, k->key, 0, UINT32_MAX, at);
        return;
    }
    (void)json_get_str(call->doc, root, k->key, k->max, &value);
    if (value[0] == '\0' && listed(row->must, k->key))
        json_fail(call->doc, root, k->key, "is missing");
    *(const char **)at = value;
}

static bool read_args(struct control_call *call, const struct control_row *row)
{
    const char *allowed[MEM_COUNT(KEYS) + 2] = {"command"};
    size_t n = 1;
    char why[256];

    for (size_t i = 0; i < MEM_COUNT(KEYS); i++) {
        if (listed(row->must, KEYS[i].key) || listed(row->may, KEYS[i].key))
            allowed[n++] = KEYS[i].key;
    }
    json_only(call->doc, json_root(call->doc), allowed);
    for (size_t i = 0; i < MEM_COUNT(KEYS); i++)
        read_key(call, row, &KEYS[i]);
    (void)bytes_copy(call->password, sizeof call->password, bytes_str(call->args.password));
    /* The doc is ours alone; its copy of a password goes now, not when its memory is reused. */
    json_wipe(call->doc, "password");
    if (json_end(call->doc, why, sizeof why) == ERR_OK)
        return true;
    control_fail(call, "%s", why);
    return false;
}

void control_run(struct control_call *call, struct bytes line)
{
    const char *command = "";
    char why[256];

    if (json_parse(line, false, &call->doc, why, sizeof why) != ERR_OK) {
        control_fail(call, "%s", why);
        return;
    }
    (void)json_get_str(call->doc, json_root(call->doc), "command", 32, &command);
    if (json_end(call->doc, why, sizeof why) != ERR_OK) {
        control_fail(call, "%s", why);
        return;
    }
    for (size_t i = 0; i < MEM_COUNT(ROWS); i++) {
        if (strcmp(ROWS[i].command, command) != 0)
            continue;
        if (read_args(call, &ROWS[i]))
            ROWS[i].run(call);
        return;
    }
    control_fail(call, "command: there is no such command");
}
