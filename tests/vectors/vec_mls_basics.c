/* SPDX-License-Identifier: ISC */
/* The labelled operations: hashes, derivations, signatures and seals. */
#include "mls/label.h"
#include "vec.h"

static void copy_secret(struct vec_case *c, const cJSON *o, uint8_t out[SUITE_HASH])
{
    memcpy(out, vec_fixed(c, o, "secret", SUITE_HASH).p, SUITE_HASH);
}

static void check_ref(struct vec_case *c, const struct suite *s, const cJSON *o)
{
    struct bytes value = vec_hex(c, o, "value");
    uint8_t got[SUITE_HASH];

    if (vec_ok(c, "RefHash", label_ref(s, vec_str(c, o, "label"), value, got)))
        (void)vec_same(c, "ref_hash", vec_hex(c, o, "out"), bytes_of(got, sizeof got));
}

static void check_expand(struct vec_case *c, const struct suite *s, const cJSON *o)
{
    size_t n = (size_t)vec_int(c, o, "length", 1, (int64_t)255 * SUITE_HASH);
    struct bytes context = vec_hex(c, o, "context");
    uint8_t *got = vec_room(c, n);
    uint8_t secret[SUITE_HASH];

    copy_secret(c, o, secret);
    if (vec_ok(c, "ExpandWithLabel",
            label_expand(s, secret, vec_str(c, o, "label"), context, got, n)))
        (void)vec_same(c, "expand_with_label", vec_hex(c, o, "out"), bytes_of(got, n));
}

static void check_derive(struct vec_case *c, const struct suite *s, const cJSON *o)
{
    uint8_t secret[SUITE_HASH], got[SUITE_HASH];

    copy_secret(c, o, secret);
    if (vec_ok(c, "DeriveSecret", label_derive(s, secret, vec_str(c, o, "label"), got)))
        (void)vec_same(c, "derive_secret", vec_hex(c, o, "out"), bytes_of(got, sizeof got));
}

static void check_derive_tree(struct vec_case *c, const struct suite *s, const cJSON *o)
{
    uint32_t generation = (uint32_t)vec_int(c, o, "generation", 0, UINT32_MAX);
    size_t n = (size_t)vec_int(c, o, "length", 1, (int64_t)255 * SUITE_HASH);
    uint8_t *got = vec_room(c, n);
    uint8_t secret[SUITE_HASH];

    copy_secret(c, o, secret);
    if (vec_ok(c, "DeriveTreeSecret",
            label_derive_tree(s, secret, vec_str(c, o, "label"), generation, got, n)))
        (void)vec_same(c, "derive_tree_secret", vec_hex(c, o, "out"), bytes_of(got, n));
}

/* The signature of the file verifies, and so does one of our own. */
static void check_sign(struct vec_case *c, const struct suite *s, const cJSON *o)
{
    struct bytes content = vec_hex(c, o, "content");
    const char *label = vec_str(c, o, "label");
    struct sign_key *key = NULL;
    struct sign_pub *pub = NULL;
    uint8_t sig[SIGN_MAX];
    size_t n = 0;

    if (!vec_ok(c, "priv", sign_key_read(s->sign, vec_hex(c, o, "priv"), &key)) ||
        !vec_ok(c, "pub", sign_pub_read(s->sign, vec_hex(c, o, "pub"), &pub)))
        goto out;
    (void)vec_same(c, "pub of priv", vec_hex(c, o, "pub"), sign_key_pub(key));
    (void)vec_ok(
        c, "VerifyWithLabel", label_check(pub, label, content, vec_hex(c, o, "signature")));
    if (vec_ok(c, "SignWithLabel", label_sign(key, label, content, sig, &n)))
        (void)vec_ok(
            c, "verifying our own", label_check(pub, label, content, bytes_of(sig, n)));
out:
    sign_key_free(key);
    sign_pub_free(pub);
}

static void check_own_seal(struct vec_case *c, const struct label_box *box,
    const struct dh_key *key, struct bytes plain)
{
    static const uint8_t drawn[SUITE_DRAWN] = "handed in, as a test may do";
    uint8_t *sealed = vec_room(c, plain.n + AEAD_TAG);
    uint8_t *opened = vec_room(c, plain.n);
    uint8_t enc[DH_PUB_MAX];
    struct bytes kem = bytes_of(enc, box->suite->hpke.kem->pub_size);

    if (!vec_ok(
            c, "EncryptWithLabel", label_seal(box, dh_key_pub(key), plain, drawn, enc, sealed)))
        return;
    if (vec_ok(c, "opening our own",
            label_open(box, key, kem, bytes_of(sealed, plain.n + AEAD_TAG), opened)))
        (void)vec_same(c, "what we sealed", plain, bytes_of(opened, plain.n));
}

/* What the file sealed opens, and so does what we seal. */
static void check_seal(struct vec_case *c, const struct suite *s, const cJSON *o)
{
    const struct label_box box = {s, vec_str(c, o, "label"), vec_hex(c, o, "context")};
    struct bytes sealed = vec_hex(c, o, "ciphertext");
    struct bytes plain = vec_hex(c, o, "plaintext");
    uint8_t *opened = vec_room(c, sealed.n);
    struct dh_key *key = NULL;

    if (vec_equal(c, "ciphertext's length", (int64_t)plain.n + AEAD_TAG, (int64_t)sealed.n) &&
        vec_ok(c, "priv", dh_key_new(s->hpke.kem, vec_hex(c, o, "priv"), &key))) {
        (void)vec_same(c, "pub of priv", vec_hex(c, o, "pub"), dh_key_pub(key));
        if (vec_ok(c, "DecryptWithLabel",
                label_open(&box, key, vec_hex(c, o, "kem_output"), sealed, opened)))
            (void)vec_same(c, "plaintext", plain, bytes_of(opened, plain.n));
        check_own_seal(c, &box, key, plain);
    }
    dh_key_free(key);
}

static void run_basics(struct vec_case *c, const cJSON *o)
{
    uint16_t id = (uint16_t)vec_int(c, o, "cipher_suite", 0, UINT16_MAX);
    const struct suite *s = suite_find(id);

    if (s == NULL) {
        vec_not_built(c, "suite 0x%04x", id);
        return;
    }
    check_ref(c, s, vec_obj(c, o, "ref_hash"));
    check_expand(c, s, vec_obj(c, o, "expand_with_label"));
    check_derive(c, s, vec_obj(c, o, "derive_secret"));
    check_derive_tree(c, s, vec_obj(c, o, "derive_tree_secret"));
    check_sign(c, s, vec_obj(c, o, "sign_with_label"));
    check_seal(c, s, vec_obj(c, o, "encrypt_with_label"));
}

const struct vec_kind VEC_MLS_BASICS = {.name = "mls crypto basics",
    .keys = {"cipher_suite", "ref_hash", "expand_with_label", "sign_with_label"},
    .each = run_basics};
