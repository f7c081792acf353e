/* SPDX-License-Identifier: ISC */
#include "server/dispatch.h"

#include <assert.h>

#include "base/log.h"
#include "server/handle.h"
#include "server/reply.h"

static handler_fn *const HANDLERS[256] = {
    [OP_CONNECT] = handle_connect,
    [OP_HELLO] = handle_hello,
    [OP_ACCESS] = handle_access,
    [OP_HEARTBEAT] = handle_heartbeat,
    [OP_GUEST] = handle_guest,
    [OP_REGISTER] = handle_register,
    [OP_LOGIN] = handle_login,
    [OP_TOKEN_LOGIN] = handle_token_login,
    [OP_CERT_LOGIN] = handle_cert_login,
    [OP_RESUME] = handle_resume,
    [OP_TOKEN_NEW] = handle_token_new,
    [OP_TOKEN_REVOKE] = handle_token_revoke,
    [OP_PASSWORD] = handle_password,
    [OP_NICK] = handle_nick,
    [OP_USERS] = handle_users,
    [OP_ROOMS] = handle_rooms,
    [OP_CONVERSATIONS] = handle_conversations,
    [OP_JOIN] = handle_join,
    [OP_LEAVE] = handle_leave,
    [OP_SAY] = handle_say,
    [OP_DIRECT] = handle_direct,
    [OP_CATCH_UP] = handle_catch_up,
    [OP_CURSOR] = handle_cursor,
    [OP_PUBLIC_KEY] = handle_public_key,
    [OP_PACKAGES] = handle_packages,
    [OP_DM_REQUEST] = handle_dm_request,
    [OP_COMMIT] = handle_commit,
    [OP_DM_KEY] = handle_dm_key,
    [OP_BAD_COMMIT] = handle_bad_commit,
    [OP_GROUP_INFO] = handle_group_info,
    [OP_FILE_OFFER] = handle_file_offer,
    [OP_FILE_ANSWER] = handle_file_answer,
    [OP_FILE_CHUNK] = handle_file_chunk,
    [OP_FILE_ACK] = handle_file_ack,
    [OP_FILE_PAUSE] = handle_file_pause,
    [OP_FILE_CANCEL] = handle_file_cancel,
    [OP_KICK] = handle_kick,
    [OP_BAN] = handle_ban,
    [OP_UNBAN] = handle_unban,
    [OP_MUTE] = handle_mute,
    [OP_ANNOUNCE] = handle_announce,
    [OP_ROOM_PASSWORD] = handle_room_password,
    [OP_MODERATOR] = handle_moderator,
};

handler_fn *handle_of(uint8_t op)
{
    return HANDLERS[op];
}

/* Messages and commits pay from budgets of their own, chunks by the credit they need;
 * everything else from this one. */
static bool pays_as_command(uint8_t op)
{
    return op != OP_SAY && op != OP_DIRECT && op != OP_COMMIT && op != OP_DM_KEY &&
           op != OP_HEARTBEAT && op != OP_FILE_CHUNK && op != OP_FILE_ACK;
}

static bool within_rate(struct peer *p, uint8_t op)
{
    const struct limits *l = p->server->limits;
    uint64_t wait_ms = 0;

    if (p->charged || !pays_as_command(op))
        return true;
    if (bucket_take(&p->command, p->server->loop->now_ms, l->command_burst,
            l->command_per_s_milli, 1, &wait_ms)) {
        p->charged = true;
        return true;
    }
    p->server->total.floods++;
    reply_refuse(
        p, op, CODE_TOO_FAST, wait_ms, "too many requests: wait %u ms", (unsigned)wait_ms);
    return false;
}

/* Bytes of messages are not refused when they are too many: reading waits until they are paid
 * for. What is larger than the whole burst costs the burst. */
static bool paid_for(struct peer *p, const struct frame *f)
{
    const struct limits *l = p->server->limits;
    uint64_t cost = f->body.n < (size_t)l->bytes_burst ? f->body.n : (uint64_t)l->bytes_burst;
    uint64_t wait_ms = 0;

    if (p->weighed || (f->op != OP_SAY && f->op != OP_DIRECT))
        return true;
    p->weighed = bucket_take(&p->bytes, p->server->loop->now_ms, l->bytes_burst,
        l->bytes_per_s * 1000, cost, &wait_ms);
    if (!p->weighed)
        loop_timer_arm(p->server->loop, &p->pause, wait_ms);
    return p->weighed;
}

static bool welcome(struct peer *p, uint8_t op, const struct opcode_row *row)
{
    if (row == NULL || (row->from & FROM_CLIENT) == 0) {
        reply_refuse(
            p, op, CODE_UNKNOWN_OPCODE, op, "opcode 0x%02x is not one that a client sends", op);
        return false;
    }
    if ((row->phases >> p->phase & 1) == 0) {
        reply_refuse(p, op, CODE_WRONG_STATE, p->phase,
            "%s (0x%02x) is not possible now: this connection is %s", row->name, op,
            phase_name(p->phase));
        return false;
    }
    return true;
}

static enum framer_verdict decode_and_handle(
    struct peer *p, const struct frame *f, const struct opcode_row *row)
{
    _Alignas(max_align_t) uint8_t msg[512];
    const char *bad = NULL;

    assert(row->ask->size <= sizeof msg);
    enum err e = schema_decode(row->ask, f->body, msg, &bad);
    if (e != ERR_OK) {
        reply_refuse(p, f->op, CODE_BAD_FIELD, 0, "%s (0x%02x), %s: %s", row->name, f->op, bad,
            err_str(e));
        return FRAMER_NEXT;
    }
    return HANDLERS[f->op](p, msg);
}

enum framer_verdict dispatch(struct peer *p, const struct frame *f)
{
    const struct opcode_row *row = opcode_row(f->op);
    enum framer_verdict v = FRAMER_NEXT;

    if (welcome(p, f->op, row) && within_rate(p, f->op))
        v = paid_for(p, f) ? decode_and_handle(p, f, row) : FRAMER_STALL;
    if (v != FRAMER_STALL)
        p->charged = p->weighed = false;
    return v;
}
