/* SPDX-License-Identifier: ISC */
/*
 * One request of an operator while it is being answered: the arguments, and the answer that
 * grows. Every command ends in exactly one of control_ok() or control_fail(), now or in a
 * later callback; both free the call. Internal to the operator's socket.
 */
#ifndef SERVER_CONTROL_CALL_H
#define SERVER_CONTROL_CALL_H

#include "base/buf.h"
#include "base/json.h"
#include "crypto/password.h"
#include "server/control.h"
#include "server/name.h"

#define CONTROL_PASSWORD 1024 /* bytes of a password */

struct control_args {
    const char *room, *user, *name, *reason, *text, *level, *role,
        *password; /* "": not given */
    int64_t seconds, id;
};

struct control_call {
    const struct control_parts *parts; /* the server in it may be gone when control_closed() */
    struct control *control;
    struct control_client *client; /* NULL: hung up */
    struct json_doc *doc;          /* what args point into */
    struct control_args args;
    struct buf out;
    struct json_out json; /* inside the object that has "ok":true */

    /* account commands */
    struct job job;
    struct name account;
    uint8_t role;
    char password[CONTROL_PASSWORD + 1];
    uint8_t relay_id[PASSWORD_RELAY_ID];
    unsigned log2_n;
    uint8_t stored[PASSWORD_STORED];
    enum err verdict;
};

typedef void control_fn(struct control_call *call);

struct control_row {
    const char *command;
    const char *must; /* keys that have to be there, with spaces between */
    const char *may;
    control_fn *run;
};

/* Runs the command in line; the call is on its way, or over, when this returns. */
void control_run(struct control_call *call, struct bytes line);

bool control_closed(const struct control_call *call);
void control_ok(struct control_call *call);
void control_fail(struct control_call *call, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Once the answer is on its way out. */
void control_later(struct control_call *call, void (*fn)(void *arg));

control_fn control_account_list, control_account_add, control_account_role,
    control_account_remove, control_token_revoke; /* control_account.c */
const char *control_role_name(uint8_t role);

#endif
