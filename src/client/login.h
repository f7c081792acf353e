/* SPDX-License-Identifier: ISC */
/*
 * Coming in, once the relay has said who it is: as a guest, as an account by password, by a
 * token that the vault keeps, or by certificate. Where a password is needed and not there the
 * person is asked, off the line, for the relay does not wait; with what it becomes we dial
 * again.
 */
#ifndef CLIENT_LOGIN_H
#define CLIENT_LOGIN_H

#include "client/engine.h"

void login_init(struct engine *e); /* from the setup */
void login_fini(struct engine *e);
void login_come_in(struct engine *e); /* asks the relay, or the person */
void login_refused(struct engine *e, const struct request *r, const struct msg_refusal *no);
void login_password(struct engine *e, struct bytes password); /* the person's answer */
void login_password_again(struct engine *e, struct bytes password);
void login_taken_back(struct engine *e); /* no password: as before, or as a guest */
/* Another way in, from now on: the link is given up and dialled again. */
void login_as(struct engine *e, enum engine_login how, struct bytes name);
void login_token(struct engine *e); /* asks for one to stay logged in with */
void login_token_answer(struct engine *e, const struct request *r, const void *answer);
void login_forget(struct engine *e); /* the token of this relay */

#endif
