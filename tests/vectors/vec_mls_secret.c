/* SPDX-License-Identifier: ISC */
/*
 * The secret tree: every key that is told, asked for in the order that is told and again in
 * the reverse order, where the earlier ones must have been kept; and the key of the sender
 * data.
 */
#include "mls/content.h"
#include "vec.h"

static void check_sender_data(struct vec_case *c, const cJSON *o, const struct suite *s)
{
    const cJSON *told = vec_obj(c, o, "sender_data");
    const struct content_keys keys = {
        .suite = s, .sender_data = vec_fixed(c, told, "sender_data_secret", SUITE_HASH).p};
    struct ratchet_key key;

    if (!vec_ok(
            c, "sender data", content_sender_key(&keys, vec_hex(c, told, "ciphertext"), &key)))
        return;
    (void)vec_same(
        c, "sender_data.key", vec_hex(c, told, "key"), bytes_of(key.key, s->aead->key_size));
    (void)vec_same(
        c, "sender_data.nonce", vec_hex(c, told, "nonce"), bytes_of(key.nonce, AEAD_NONCE));
}

static const char *const NAMES[RATCHET_KINDS][2] = {
    {"handshake_key", "handshake_nonce"},
    {"application_key", "application_nonce"},
};

static void check_key(
    struct vec_case *c, const cJSON *o, struct ratchet *r, const struct suite *s, uint32_t leaf)
{
    uint32_t generation = (uint32_t)vec_int(c, o, "generation", 0, UINT32_MAX);

    for (enum ratchet_kind kind = RATCHET_HANDSHAKE; kind < RATCHET_KINDS; kind++) {
        struct ratchet_key key;

        (void)vec_equal(
            c, "finding a key", MLS_RULE_KEPT, ratchet_find(r, leaf, kind, generation, &key));
        (void)vec_same(c, NAMES[kind][0], vec_hex(c, o, NAMES[kind][0]),
            bytes_of(key.key, s->aead->key_size));
        (void)vec_same(
            c, NAMES[kind][1], vec_hex(c, o, NAMES[kind][1]), bytes_of(key.nonce, AEAD_NONCE));
        ratchet_spend(r, leaf, kind, generation);
        (void)vec_equal(c, "finding it again", MLS_RULE_MESSAGE_REPLAY,
            ratchet_find(r, leaf, kind, generation, &key));
    }
}

static void check_leaf(struct vec_case *c, const cJSON *told, struct ratchet *r,
    const struct suite *s, uint32_t leaf, bool backwards)
{
    int n = cJSON_GetArraySize(told);

    for (int i = 0; i < n; i++)
        check_key(c, cJSON_GetArrayItem(told, backwards ? n - 1 - i : i), r, s, leaf);
}

static void run_case(struct vec_case *c, const cJSON *o)
{
    uint16_t id = (uint16_t)vec_int(c, o, "cipher_suite", 0, UINT16_MAX);
    const struct suite *s = suite_find(id);
    const cJSON *leaves = vec_arr(c, o, "leaves");
    const cJSON *told;

    if (s == NULL) {
        vec_not_built(c, "suite 0x%04x", id);
        return;
    }
    check_sender_data(c, o, s);
    struct bytes encryption = vec_fixed(c, o, "encryption_secret", SUITE_HASH);
    (void)vec_true(c, "there are leaves", cJSON_GetArraySize(leaves) > 0);
    for (int backwards = 0; backwards < 2 && vec_going(c); backwards++) {
        struct ratchet *r =
            ratchet_new(s, (uint32_t)cJSON_GetArraySize(leaves), UINT32_MAX, encryption.p);
        uint32_t leaf = 0;

        cJSON_ArrayForEach(told, leaves)
        {
            check_leaf(c, told, r, s, leaf++, backwards != 0);
        }
        ratchet_free(r);
    }
}

const struct vec_kind VEC_MLS_SECRET_TREE = {
    .name = "mls secret tree",
    .keys = {"cipher_suite", "encryption_secret", "sender_data", "leaves"},
    .each = run_case,
};
