/* SPDX-License-Identifier: ISC */
#include "client/handle.h"

#include <assert.h>
#include <stdio.h>

#include "base/log.h"
#include "base/mem.h"
#include "client/catchup.h"
#include "client/direct.h"
#include "client/handle_connect.h"
#include "client/handle_file.h"
#include "client/handle_relay.h"
#include "client/handle_room.h"
#include "client/handle_talk.h"
#include "client/keys.h"
#include "client/list.h"
#include "client/lock.h"
#include "client/login.h"

#define BODY_MAX 512 /* the largest struct of a body from the relay */

typedef void answer_fn(struct engine *e, const struct request *r, const void *body);
typedef void refusal_fn(
    struct engine *e, const struct request *r, const struct msg_refusal *no);
typedef void event_fn(struct engine *e, const void *body);

/* What a request is answered by: one of two opcodes, or OP_REPLY with the row's answer. */
struct answer_row {
    uint8_t ask;
    uint8_t ok;
    uint8_t ok_too; /* 0: none */
    answer_fn *done;
    answer_fn *done_too;
    refusal_fn *refused;
};

static const struct answer_row ANSWERS[] = {
    {OP_CONNECT, OP_CONNECT, 0, connect_named, NULL, connect_refused},
    {OP_HELLO, OP_REPLY, 0, connect_hello, NULL, connect_refused},
    {OP_ACCESS, OP_CONNECT, 0, connect_access, NULL, connect_refused},
    {OP_GUEST, OP_REPLY, 0, connect_in, NULL, connect_refused},
    {OP_REGISTER, OP_REPLY, 0, connect_in, NULL, connect_refused},
    {OP_LOGIN, OP_REPLY, 0, connect_in, NULL, connect_refused},
    {OP_TOKEN_LOGIN, OP_REPLY, 0, connect_in, NULL, connect_refused},
    {OP_CERT_LOGIN, OP_REPLY, 0, connect_in, NULL, connect_refused},
    {OP_RESUME, OP_REPLY, 0, connect_in, NULL, connect_resume_refused},
    {OP_TOKEN_NEW, OP_REPLY, 0, login_token_answer, NULL, relay_refused},
    {OP_TOKEN_REVOKE, OP_REPLY, 0, relay_revoked, NULL, relay_said_no},
    {OP_NICK, OP_RENAMED, 0, room_renamed, NULL, room_refused},
    {OP_JOIN, OP_JOINED, OP_CREATED, room_joined, room_created, room_refused},
    {OP_LEAVE, OP_LEFT, 0, room_left, NULL, room_refused},
    {OP_ROOMS, OP_REPLY, 0, list_rooms_answer, NULL, relay_refused},
    {OP_USERS, OP_REPLY, 0, list_people_answer, NULL, relay_refused},
    {OP_SAY, OP_REPLY, 0, talk_sent, NULL, talk_unsent},
    {OP_DIRECT, OP_REPLY, OP_NO_USER, talk_sent, talk_nobody, talk_unsent},
    {OP_COMMIT, OP_REPLY, 0, talk_committed, NULL, talk_uncommitted},
    {OP_DM_KEY, OP_REPLY, OP_NO_USER, talk_committed, talk_nobody, talk_uncommitted},
    {OP_DM_REQUEST, OP_DM_ANSWER, OP_NO_USER, talk_peer, talk_nobody, talk_no_peer},
    {OP_GROUP_INFO, OP_REPLY, 0, talk_turn, NULL, talk_no_turn},
    {OP_BAD_COMMIT, OP_REPLY, 0, talk_heard, NULL, relay_refused},
    {OP_PUBLIC_KEY, OP_REPLY, 0, keys_published, NULL, keys_refused},
    {OP_PACKAGES, OP_REPLY, 0, keys_added, NULL, keys_refused},
    {OP_CATCH_UP, OP_REPLY, 0, catchup_done, NULL, catchup_refused},
    {OP_CURSOR, OP_REPLY, 0, talk_heard, NULL, relay_refused},
    {OP_CONVERSATIONS, OP_REPLY, 0, catchup_conversations_answer, NULL, relay_refused},
    {OP_ROOM_PASSWORD, OP_REPLY, 0, lock_changed, NULL, relay_said_no},
    {OP_KICK, OP_REPLY, 0, relay_obeyed, NULL, relay_said_no},
    {OP_BAN, OP_REPLY, 0, relay_obeyed, NULL, relay_said_no},
    {OP_UNBAN, OP_REPLY, 0, relay_obeyed, NULL, relay_said_no},
    {OP_MUTE, OP_REPLY, 0, relay_obeyed, NULL, relay_said_no},
    {OP_MODERATOR, OP_REPLY, 0, relay_obeyed, NULL, relay_said_no},
    {OP_ANNOUNCE, OP_REPLY, 0, relay_announced, NULL, relay_said_no},
    {OP_FILE_OFFER, OP_REPLY, 0, file_taken, NULL, file_not_taken},
    {OP_FILE_ANSWER, OP_REPLY, 0, file_answered, NULL, file_unanswered},
    {OP_FILE_PAUSE, OP_REPLY, 0, file_done, NULL, file_not_done},
    {OP_FILE_CANCEL, OP_REPLY, 0, file_cancelled, NULL, file_not_cancelled},
};

struct event_row {
    uint8_t op;
    event_fn *happened;
};

static const struct event_row EVENTS[] = {
    {OP_PRESENCE, room_presence},
    {OP_REMOVED, room_removed},
    {OP_NOTICE, relay_notice},
    {OP_RESYNC, relay_resync},
    {OP_CLOSING, relay_closing},
    {OP_SAY, talk_said},
    {OP_DIRECT, talk_direct},
    {OP_DM_KEY, talk_dm_key},
    {OP_PUBLIC_KEY, keys_of},
    {OP_COMMIT, talk_commit},
    {OP_ROOM_KEY, talk_room_key},
    {OP_ROTATE, talk_rotate},
    {OP_PACKAGES, keys_low},
    {OP_CATCH_UP, catchup_entries},
    {OP_DEPARTED, talk_departed},
    {OP_VOID, talk_voided},
    {OP_FILE_OFFER, file_offered},
    {OP_FILE_STATE, file_state},
    {OP_FILE_CREDIT, file_credit},
    {OP_FILE_CHUNK, file_chunk},
    {OP_FILE_PAUSE, file_paused},
    {OP_FILE_END, file_ended},
    {OP_FILE_START, file_started},
};

static const struct answer_row *answer_row(uint8_t ask)
{
    for (size_t i = 0; i < MEM_COUNT(ANSWERS); i++) {
        if (ANSWERS[i].ask == ask)
            return &ANSWERS[i];
    }
    return NULL;
}

static const struct event_row *event_row(uint8_t op)
{
    for (size_t i = 0; i < MEM_COUNT(EVENTS); i++) {
        if (EVENTS[i].op == op)
            return &EVENTS[i];
    }
    return NULL;
}

static bool answers_something(uint8_t op)
{
    if (op == OP_REPLY)
        return true;
    for (size_t i = 0; i < MEM_COUNT(ANSWERS); i++) {
        if (ANSWERS[i].ok == op || (ANSWERS[i].ok_too != 0 && ANSWERS[i].ok_too == op))
            return true;
    }
    return false;
}

bool handle_knows(uint8_t op)
{
    return event_row(op) != NULL || answers_something(op);
}

static void broken(struct engine *e, const char *what, const char *field)
{
    char why[128];

    (void)snprintf(why, sizeof why, "the relay sent a broken %s (%s)", what, field);
    engine_say(e, NULL, EVENT_ERROR,
        "The relay sent something that makes no sense (%s, %s). Closing this connection.", what,
        field);
    engine_drop(e, why);
}

static bool decode(struct engine *e, const struct schema *shape, struct bytes body, void *out)
{
    const char *bad = NULL;

    assert(shape->size <= BODY_MAX);
    if (schema_decode(shape, body, out, &bad) == ERR_OK)
        return true;
    broken(e, shape->name, bad);
    return false;
}

static void next_deadline(struct engine *e)
{
    const struct request *r = requests_first(&e->requests);
    uint64_t now = e->loop->now_ms;

    if (r == NULL)
        loop_timer_stop(e->loop, &e->answer);
    else
        loop_timer_arm(e->loop, &e->answer, r->due_ms > now ? r->due_ms - now : 0);
}

/* What is done now serves the intent that the request served. */
static void serve(struct engine *e, const struct request *r)
{
    struct talk *c = engine_talk(e, r->talk);

    e->tag = r->tag;
    e->at = c != NULL && c->page != NULL ? c->page : NULL;
}

static void served(struct engine *e, const struct request *r)
{
    engine_release(e, r->tag);
    e->tag = 0;
    e->at = NULL;
    engine_send_due(e); /* there is room for more requests */
}

static void take_answer(
    struct engine *e, answer_fn *done, const struct schema *shape, struct bytes body)
{
    _Alignas(max_align_t) uint8_t out[BODY_MAX];
    struct request r;

    if (!decode(e, shape, body, out) || !requests_take(&e->requests, &r))
        return;
    next_deadline(e);
    serve(e, &r);
    done(e, &r, out);
    served(e, &r);
}

static void take_refusal(struct engine *e, const struct answer_row *row, struct bytes body)
{
    struct msg_refusal no;
    struct request r;

    if (!decode(e, &MSG_REFUSAL, body, &no) || !requests_take(&e->requests, &r))
        return;
    next_deadline(e);
    serve(e, &r);
    row->refused(e, &r, &no);
    served(e, &r);
}

static void take_reply(struct engine *e, const struct answer_row *row, struct bytes body)
{
    struct bytes rest = bytes_of(body.p + 1, body.n - 1);
    const struct schema *answer = opcode_row(row->ask)->answer;
    struct request r;

    if (body.p[0] != STATUS_DONE) {
        take_refusal(e, row, body);
    } else if (row->ok == OP_REPLY) {
        take_answer(e, row->done, answer != NULL ? answer : &MSG_EMPTY, rest);
    } else if (row->ask == OP_CONNECT && rest.n == 0) {
        (void)requests_take(&e->requests, &r);
        next_deadline(e);
        connect_closed_relay(e);
    } else {
        broken(e, opcode_row(row->ask)->name, "a reply of another kind");
    }
}

static void take_any_answer(struct engine *e, const struct frame *f)
{
    const struct request *first = requests_first(&e->requests);
    const struct answer_row *row = first != NULL ? answer_row(first->op) : NULL;

    if (row == NULL)
        broken(e, opcode_row(f->op)->name, "nobody asked");
    else if (f->op == OP_REPLY)
        take_reply(e, row, f->body);
    else if (f->op == row->ok)
        take_answer(e, row->done, opcode_row(f->op)->tell, f->body);
    else if (row->ok_too != 0 && f->op == row->ok_too)
        take_answer(e, row->done_too, opcode_row(f->op)->tell, f->body);
    else
        broken(e, opcode_row(f->op)->name, "not what was asked");
}

static void take_event(struct engine *e, const struct event_row *row, struct bytes body)
{
    _Alignas(max_align_t) uint8_t out[BODY_MAX];

    if (decode(e, opcode_row(row->op)->tell, body, out))
        row->happened(e, out);
}

static void take_idle(struct engine *e, struct bytes body)
{
    struct msg_refusal warning;

    if (decode(e, &MSG_REFUSAL, body, &warning))
        relay_idle(e);
}

void handle_frame(struct engine *e, const struct frame *f)
{
    const struct event_row *event = event_row(f->op);

    model_time(e->model, e->loop->wall_ms);
    if (event != NULL) {
        /* Before we are in, nothing is told but goodbye. */
        if (e->state == ENGINE_READY || e->state == ENGINE_AWAIT_LEFT || f->op == OP_CLOSING ||
            f->op == OP_REMOVED)
            take_event(e, event, f->body);
        else
            broken(e, opcode_row(f->op)->name, "before login");
    } else if (f->op == OP_REPLY && f->body.n == 0) {
        broken(e, "reply", "status");
    } else if (f->op == OP_REPLY && f->body.p[0] == STATUS_IDLE) {
        take_idle(e, f->body);
    } else if (answers_something(f->op)) {
        take_any_answer(e, f);
    } else {
        LOG_INFO("session", "skipped a frame of the unknown opcode 0x%02x", f->op);
    }
}
