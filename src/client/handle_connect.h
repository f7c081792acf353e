/* SPDX-License-Identifier: ISC */
/* From the first frame to being let in: greeting, hello, access key, login, resume. */
#ifndef CLIENT_HANDLE_CONNECT_H
#define CLIENT_HANDLE_CONNECT_H

#include "client/engine.h"

void connect_begin(struct engine *e); /* the link is up and is the right relay's */

void connect_named(struct engine *e, const struct request *r, const void *connected);
void connect_closed_relay(struct engine *e); /* the greeting was taken; a name comes later */
void connect_hello(struct engine *e, const struct request *r, const void *hello_ok);
void connect_access(struct engine *e, const struct request *r, const void *connected);
void connect_in(struct engine *e, const struct request *r, const void *login_ok);
void connect_refused(struct engine *e, const struct request *r, const struct msg_refusal *no);
void connect_resume_refused(
    struct engine *e, const struct request *r, const struct msg_refusal *no);

#endif
