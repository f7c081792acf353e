/* SPDX-License-Identifier: ISC */
/* Commands about who we are to the relay. Passwords are asked for, never typed behind them. */
#include "client/cmd.h"

#include "client/login.h"

static void do_login(struct engine *e, const struct command_line *line)
{
    if (cmd_fit(e, line->args[0], MSG_NAME, "a person"))
        login_as(e, ENGINE_AS_ACCOUNT, line->args[0]);
}

static void do_register(struct engine *e, const struct command_line *line)
{
    if (cmd_fit(e, line->args[0], MSG_NAME, "a person"))
        login_as(e, ENGINE_AS_NEW, line->args[0]);
}

static void do_logout(struct engine *e, const struct command_line *line)
{
    (void)line;
    if (!e->account) {
        engine_say(e, e->at, EVENT_INFO, "You are a guest already.");
        return;
    }
    login_forget(e);
    login_as(e, ENGINE_AS_GUEST, (struct bytes){0});
}

static void do_token(struct engine *e, const struct command_line *line)
{
    struct msg_token_revoke all = {0};

    if (!e->account) {
        engine_say(
            e, e->at, EVENT_WARN, "Guests do not log in. /register NAME makes an account.");
    } else if (bytes_eq(line->arg, bytes_str("revoke"))) {
        login_forget(e);
        engine_ask(e, OP_TOKEN_REVOKE, &all, NULL);
    } else if (line->arg.n != 0) {
        engine_say(e, e->at, EVENT_WARN,
            "/token alone stays logged in here, /token revoke ends "
            "that everywhere.");
    } else if (!vault_lasts(e->vault)) {
        engine_say(
            e, e->at, EVENT_WARN, "Nothing is kept in this session, so no token either.");
    } else {
        login_token(e);
        engine_say(e, e->at, EVENT_INFO, "This machine stays logged in for 30 days.");
    }
}

const struct cmd_row CMD_ACCOUNT[] = {
    {"login", do_login},
    {"logout", do_logout},
    {"register", do_register},
    {"token", do_token},
    {NULL, NULL},
};
