/* SPDX-License-Identifier: ISC */
/* From the greeting to the door: names, versions, and the access key of a closed relay. */
#include "base/mem.h"
#include "base/version.h"
#include "crypto/hash.h"
#include "server/handle.h"
#include "server/reply.h"
#include "server/user.h"

static void tell_name(struct peer *p, struct bytes proof)
{
    if (p->user == NULL)
        p->user = user_provisional(p->server, p);
    struct msg_connected m = {.name = name_bytes(&p->user->name), .proof = proof};
    reply_op(p, OP_CONNECT, &MSG_CONNECTED, &m);
}

enum framer_verdict handle_connect(struct peer *p, const void *msg)
{
    (void)msg; /* any greeting will do: it says nothing */
    p->phase = PHASE_HELLO;
    if (p->server->access_key_n != 0)
        reply_empty(p);
    else
        tell_name(p, (struct bytes){0});
    return FRAMER_NEXT;
}

enum framer_verdict handle_hello(struct peer *p, const void *msg)
{
    const struct msg_hello *m = msg;
    const struct server *s = p->server;
    const struct limits *l = s->limits;

    if (m->version != MSG_VERSION) {
        reply_refuse(p, OP_HELLO, CODE_VERSION, MSG_VERSION,
            "this relay speaks version %d of the protocol and you speak %u: one of us wants an update",
            MSG_VERSION, m->version);
        return FRAMER_NEXT;
    }
    struct msg_hello_ok ok = {
        .version = MSG_VERSION,
        .beat_s = (uint16_t)l->beat_s,
        .warn_s = (uint16_t)l->warn_s,
        .drop_s = (uint16_t)l->drop_s,
        .time_ms = (uint64_t)s->loop->wall_ms,
        .agent = bytes_str("sottod " SOTTO_VERSION),
    };
    ok.flags = (uint8_t)((s->access_key_n != 0 ? HELLO_ACCESS : 0) |
                         (s->config->guests ? HELLO_GUESTS : 0) |
                         (s->config->registration ? HELLO_REGISTER : 0) |
                         (s->config->client_ca[0] != '\0' ? HELLO_CERT : 0));
    memcpy(ok.relay_id, store_relay_id(s->store), sizeof ok.relay_id);
    memcpy(ok.boot_id, s->boot_id, sizeof ok.boot_id);
    p->phase = s->access_key_n != 0 ? PHASE_ACCESS : PHASE_LOGIN;
    if (p->phase == PHASE_LOGIN && p->user == NULL) /* the key was given up meanwhile */
        p->user = user_provisional(p->server, p);
    reply_done(p, &MSG_HELLO_OK, &ok);
    return FRAMER_NEXT;
}

static enum err access_proof(struct peer *p, const char *role, uint8_t out[HASH_SHA256])
{
    uint8_t exported[LINK_EXPORT] = {0};
    enum err e = link_exporter(p->link, exported);

    if (e != ERR_OK)
        return e;
    struct bytes parts[] = {
        bytes_str(role), bytes_str("sotto access 1"), bytes_of(exported, sizeof exported)};
    return hash_hmac(&HASH_ALG_SHA256, bytes_of(p->server->access_key, p->server->access_key_n),
        parts, MEM_COUNT(parts), out);
}

enum framer_verdict handle_access(struct peer *p, const void *msg)
{
    const struct msg_access *m = msg;
    uint8_t want[HASH_SHA256] = {0};
    uint8_t ours[HASH_SHA256] = {0};

    if (access_proof(p, "client", want) != ERR_OK || access_proof(p, "relay", ours) != ERR_OK ||
        !hash_equal(want, m->proof, sizeof want)) {
        gate_offend(p->server->gate, p->server->limits, p->link->address,
            p->server->loop->now_ms, GATE_BAD_SECRET);
        relay_note(p->server, "refused", "", "", "wrong access key");
        reply_refuse(p, OP_ACCESS, CODE_BAD_SECRET, 0,
            "that is not this relay's access key: ask whoever runs it");
        link_close(p->link, "wrong access key");
        return FRAMER_NEXT;
    }
    p->phase = PHASE_LOGIN;
    tell_name(p, bytes_of(ours, sizeof ours));
    return FRAMER_NEXT;
}

enum framer_verdict handle_heartbeat(struct peer *p, const void *msg)
{
    (void)p, (void)msg; /* that it was heard is all */
    return FRAMER_NEXT;
}
