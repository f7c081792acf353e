/* SPDX-License-Identifier: ISC */
/*
 * Messages of a group of two: what is told is opened, and what we seal from the same content is
 * opened again. The sender is leaf 1.
 */
#include "mls/content.h"
#include "mls/proposal.h"
#include "mls/wire.h"
#include "vec.h"

#define SENDER 1

struct group {
    struct vec_case *c;
    const struct suite *s;
    struct schedule_context context;
    struct buf raw; /* the encoded context */
    struct sign_key *key;
    struct sign_pub *pub;
    struct bytes encryption;
    struct bytes sender_data;
    struct bytes membership;
};

static bool group_read(struct vec_case *c, const cJSON *o, struct group *g)
{
    g->c = c;
    g->context.suite = g->s;
    g->context.group_id = vec_hex(c, o, "group_id");
    g->context.epoch = (uint64_t)vec_int(c, o, "epoch", 0, (int64_t)1 << 53);
    g->context.transcript_n = SUITE_HASH;
    memcpy(g->context.tree_hash, vec_fixed(c, o, "tree_hash", SUITE_HASH).p, SUITE_HASH);
    memcpy(g->context.transcript, vec_fixed(c, o, "confirmed_transcript_hash", SUITE_HASH).p,
        SUITE_HASH);
    g->encryption = vec_fixed(c, o, "encryption_secret", SUITE_HASH);
    g->sender_data = vec_fixed(c, o, "sender_data_secret", SUITE_HASH);
    g->membership = vec_fixed(c, o, "membership_key", SUITE_HASH);
    schedule_context_write(&g->context, &g->raw);
    return vec_ok(c, "signature_priv",
               sign_key_read(g->s->sign, vec_hex(c, o, "signature_priv"), &g->key)) &&
           vec_ok(c, "signature_pub",
               sign_pub_read(g->s->sign, vec_hex(c, o, "signature_pub"), &g->pub));
}

static struct content_keys keys_of(const struct group *g, uint32_t own)
{
    return (struct content_keys){.suite = g->s,
        .sender_data = g->sender_data.p,
        .ratchet = ratchet_new(g->s, 2, own, g->encryption.p)};
}

static void check_content(
    const struct group *g, const struct content *got, uint8_t type, struct bytes body)
{
    (void)vec_equal(g->c, "sender", SENDER_MEMBER, got->sender);
    (void)vec_equal(g->c, "sender's leaf", SENDER, got->sender_index);
    (void)vec_equal(g->c, "type", type, got->type);
    (void)vec_equal(g->c, "epoch", (int64_t)g->context.epoch, (int64_t)got->epoch);
    (void)vec_same(g->c, "group id", g->context.group_id, got->group_id);
    (void)vec_same(g->c, "content", body, got->body);
    (void)vec_equal(
        g->c, "signature", MLS_RULE_KEPT, content_check(got, g->pub, buf_view(&g->raw)));
}

static void open_private(
    const struct group *g, struct bytes message, uint8_t type, struct bytes body)
{
    const struct content_keys k = keys_of(g, 0);
    struct content_sealed m;
    struct content got;
    struct buf plain;
    struct reader r;

    buf_init(&plain, WIRE_MAX);
    reader_init(&r, message);
    (void)vec_equal(g->c, "wire format", CONTENT_PRIVATE, content_message_read(&r));
    content_sealed_read(&r, &m);
    if (vec_ok(g->c, "private message", reader_end(&r)) &&
        vec_equal(g->c, "opening", MLS_RULE_KEPT,
            content_open(&m, &k, proposal_skip, &plain, &got))) {
        check_content(g, &got, type, body);
        content_spend(&got, &k);
        (void)vec_equal(g->c, "opening again", MLS_RULE_MESSAGE_REPLAY,
            content_open(&m, &k, proposal_skip, &plain, &got));
    }
    buf_wipe(&plain);
    ratchet_free(k.ratchet);
}

static void open_public(
    const struct group *g, struct bytes message, uint8_t type, struct bytes body)
{
    struct bytes context = buf_view(&g->raw);
    struct content got;
    struct bytes tag;
    struct reader r;

    reader_init(&r, message);
    (void)vec_equal(g->c, "wire format", CONTENT_PUBLIC, content_message_read(&r));
    content_public_read(&r, proposal_skip, &got, &tag);
    if (!vec_ok(g->c, "public message", reader_end(&r)))
        return;
    check_content(g, &got, type, body);
    (void)vec_equal(g->c, "membership tag", MLS_RULE_KEPT,
        content_public_check(&got, g->s, g->membership.p, context, tag));
}

static void seal_and_open(const struct group *g, uint16_t wire, uint8_t type, struct bytes body)
{
    static const uint8_t guard[4] = {1, 2, 3, 4};
    static const uint8_t tag[SUITE_HASH] = {9};
    const struct content_keys k = keys_of(g, SENDER);
    struct bytes context = buf_view(&g->raw);
    struct content c = {.wire_format = wire,
        .group_id = g->context.group_id,
        .epoch = g->context.epoch,
        .sender = SENDER_MEMBER,
        .sender_index = SENDER,
        .authenticated_data = bytes_str("seen by all"),
        .type = type,
        .body = body,
        .confirmation_tag = bytes_of(tag, sizeof tag)};
    uint8_t signature[SIGN_MAX];
    struct buf out;
    size_t n = 0;

    buf_init(&out, WIRE_MAX);
    content_message_begin(&out, wire);
    if (vec_ok(g->c, "signing", content_sign(&c, g->key, context, signature, &n))) {
        c.signature = bytes_of(signature, n);
        enum err e = wire == CONTENT_PUBLIC
                         ? content_public_write(&c, g->s, g->membership.p, context, &out)
                         : content_seal(&c, &k, guard, 64, &out);
        (void)vec_ok(g->c, "making a message", e);
    }
    if (vec_going(g->c) && wire == CONTENT_PUBLIC)
        open_public(g, buf_view(&out), type, body);
    if (vec_going(g->c) && wire == CONTENT_PRIVATE)
        open_private(g, buf_view(&out), type, body);
    buf_wipe(&out);
    ratchet_free(k.ratchet);
}

static void run_messages(const struct group *g, const cJSON *o)
{
    struct vec_case *c = g->c;
    struct bytes proposal = vec_hex(c, o, "proposal");
    struct bytes commit = vec_hex(c, o, "commit");
    struct bytes application = vec_hex(c, o, "application");

    open_private(g, vec_hex(c, o, "proposal_priv"), CONTENT_PROPOSAL, proposal);
    open_public(g, vec_hex(c, o, "proposal_pub"), CONTENT_PROPOSAL, proposal);
    open_private(g, vec_hex(c, o, "commit_priv"), CONTENT_COMMIT, commit);
    open_public(g, vec_hex(c, o, "commit_pub"), CONTENT_COMMIT, commit);
    open_private(g, vec_hex(c, o, "application_priv"), CONTENT_APPLICATION, application);
    seal_and_open(g, CONTENT_PRIVATE, CONTENT_PROPOSAL, proposal);
    seal_and_open(g, CONTENT_PUBLIC, CONTENT_PROPOSAL, proposal);
    seal_and_open(g, CONTENT_PRIVATE, CONTENT_COMMIT, commit);
    seal_and_open(g, CONTENT_PUBLIC, CONTENT_COMMIT, commit);
    seal_and_open(g, CONTENT_PRIVATE, CONTENT_APPLICATION, application);
}

static void run_case(struct vec_case *c, const cJSON *o)
{
    uint16_t id = (uint16_t)vec_int(c, o, "cipher_suite", 0, UINT16_MAX);
    struct group g = {.s = suite_find(id)};

    if (g.s == NULL) {
        vec_not_built(c, "suite 0x%04x", id);
        return;
    }
    buf_init(&g.raw, WIRE_MAX);
    if (group_read(c, o, &g))
        run_messages(&g, o);
    buf_free(&g.raw);
    sign_key_free(g.key);
    sign_pub_free(g.pub);
}

const struct vec_kind VEC_MLS_PROTECTION = {
    .name = "mls message protection",
    .keys = {"cipher_suite", "membership_key", "proposal_priv", "commit_pub",
        "application_priv"},
    .each = run_case,
};
