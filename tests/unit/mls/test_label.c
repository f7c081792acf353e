/* SPDX-License-Identifier: ISC */
#include "mls/label.h"

#include <criterion/criterion.h>

#include "../crypto/vector.h"
#include "base/mem.h"
#include "mls/wire.h"
#include "support/mlskit.h"

static const char LONG_LABEL[] =
    "a label of sixty-four letters or more so that its length is two bytes long";

static const uint8_t SECRET[SUITE_HASH] = "thirty-two bytes that are secret";

/* opaque label<V> = "MLS 1.0 " + label; opaque content<V>, written the plain way. */
static void put_labelled(struct buf *b, const char *label, struct bytes content)
{
    struct buf full;

    buf_init(&full, 1000);
    buf_text(&full, "MLS 1.0 ");
    buf_text(&full, label);
    wire_put(b, buf_view(&full));
    wire_put(b, content);
    buf_free(&full);
}

/* The suite-1 case of the public crypto-basics vectors. */
Test(label, schedule__known_answers)
{
    const struct suite *s = suite_find(1);
    uint8_t in[32], context[32], out[32];

    (void)vector_hex(
        "1499360a561335f4ef51d0a1b0d586900dc8007ae405b1ab79bf4207bb3d67e4", in, 32);
    struct bytes c = vector_hex(
        "2ff8c1f9d9c1248f82e372ddb5791c771695e01882abca6a64097bd2f04c971f", context, 32);
    cr_assert_eq(label_expand(s, in, "ExpandWithLabel", c, out, 16), ERR_OK);
    vector_expect("c1e8eb360391526c0c64039f13e0c5b1", out, 16);

    (void)vector_hex(
        "1a9ce178a53f8752d2513c27efe9c85133f6c0a97f7b35ac200695024a77228e", in, 32);
    cr_assert_eq(label_derive(s, in, "DeriveSecret", out), ERR_OK);
    vector_expect("3b08c195a246c4ad469c1d11c10e62890d8fa6b684494ff925409efdb1ff0464", out, 32);

    (void)vector_hex(
        "5133c6f8bad297f5d3beacdf477f0c45ec51b02de659d305220c5f9385c6eb43", in, 32);
    cr_assert_eq(label_derive_tree(s, in, "DeriveTreeSecret", 2694881440u, out, 32), ERR_OK);
    vector_expect("8461f3ccc603eae52149a23a4134d29c880a1ad1ba70441e5d586e3521ec7b25", out, 32);

    struct bytes v =
        vector_hex("40312db83f651883c05ab26fa12c6af61930015c81947cfd0f129e6d99210bb2", in, 32);
    cr_assert_eq(label_ref(s, "RefHash", v, out), ERR_OK);
    vector_expect("e8027fffc5f9bb469f29172538dc0f3a78f14f323495bbd2217eba7a77fb242a", out, 32);
}

Test(label, expand__is_hkdf_of_the_written_label)
{
    static const size_t sizes[] = {0, 1, 63, 64, 300, 16383, 16384, 20000};
    static const char *const labels[] = {"", "x", LONG_LABEL};
    uint8_t *context = mem_alloc(20000);

    for (size_t i = 0; i < MEM_COUNT(sizes) * MEM_COUNT(labels); i++) {
        const char *label = labels[i % MEM_COUNT(labels)];
        struct bytes c = bytes_of(context, sizes[i / MEM_COUNT(labels)]);
        uint8_t want[77], got[77];
        struct buf b;
        buf_init(&b, 40000);
        buf_u16(&b, sizeof want);
        put_labelled(&b, label, c);
        const struct bytes info = buf_view(&b);
        cr_assert_eq(hash_expand(&HASH_ALG_SHA256, bytes_of(SECRET, sizeof SECRET), &info, 1,
                         want, sizeof want),
            ERR_OK);
        cr_assert_eq(label_expand(suite_find(1), SECRET, label, c, got, sizeof got), ERR_OK);
        cr_assert_arr_eq(want, got, sizeof want);
        buf_free(&b);
    }
    mem_free(context);
}

Test(label, expand__longer_than_hkdf_gives_is_too_big)
{
    uint8_t *out = mem_alloc(70000);
    const struct suite *s = suite_find(1);
    const size_t most = (size_t)255 * SUITE_HASH;

    cr_assert_eq(label_expand(s, SECRET, "x", (struct bytes){0}, out, most), ERR_OK);
    cr_assert_eq(label_expand(s, SECRET, "x", (struct bytes){0}, out, most + 1), ERR_TOO_BIG);
    cr_assert_eq(label_expand(s, SECRET, "x", (struct bytes){0}, out, 65536), ERR_TOO_BIG);
    cr_assert_eq(label_expand(s, SECRET, "x", (struct bytes){0}, out, 65536 + 32), ERR_TOO_BIG);
    mem_free(out);
}

Test(label, derive__differs_by_label_context_and_generation)
{
    const struct suite *s = suite_find(1);
    uint8_t a[32], b[32], c[32], d[32];

    cr_assert_eq(label_derive(s, SECRET, "one", a), ERR_OK);
    cr_assert_eq(label_derive(s, SECRET, "two", b), ERR_OK);
    cr_assert_eq(label_derive_tree(s, SECRET, "one", 1, c, 32), ERR_OK);
    cr_assert_eq(label_derive_tree(s, SECRET, "one", 256, d, 32), ERR_OK);
    cr_assert_arr_neq(a, b, 32);
    cr_assert_arr_neq(a, c, 32);
    cr_assert_arr_neq(c, d, 32);
}

Test(label, ref__is_the_hash_of_the_written_input)
{
    static const size_t sizes[] = {0, 63, 64, 16384};
    uint8_t value[16384] = {1, 2, 3};

    for (size_t i = 0; i < MEM_COUNT(sizes); i++) {
        uint8_t want[32], got[32];
        struct buf b;
        buf_init(&b, 40000);
        wire_put(&b, bytes_str(LONG_LABEL));
        wire_put(&b, bytes_of(value, sizes[i]));
        cr_assert_eq(hash_sha256(buf_view(&b), want), ERR_OK);
        cr_assert_eq(
            label_ref(suite_find(2), LONG_LABEL, bytes_of(value, sizes[i]), got), ERR_OK);
        cr_assert_arr_eq(want, got, 32);
        buf_free(&b);
    }
}

static struct sign_pub *pub_of(const struct suite *s, struct sign_key *k)
{
    struct sign_pub *pub = NULL;

    cr_assert_eq(sign_pub_read(s->sign, sign_key_pub(k), &pub), ERR_OK);
    return pub;
}

Test(label, sign__is_over_the_written_content)
{
    /* Around the size at which the stack is left. */
    static const size_t sizes[] = {0, 1, 63, 64, 4000, 4075, 4076, 4077, 4078, 4079, 4080, 4081,
        4082, 4083, 4084, 4085, 4096, 5000, 20000};
    const struct suite *s = suite_find(1);
    struct sign_key *k = mlskit_sign_key(s, 0);
    struct sign_pub *pub = pub_of(s, k);
    uint8_t content[20000] = {5, 4, 3}, sig[SIGN_MAX];
    size_t n;

    for (size_t i = 0; i < MEM_COUNT(sizes); i++) {
        struct bytes v = bytes_of(content, sizes[i]);
        struct buf b;
        buf_init(&b, 40000);
        put_labelled(&b, "Label", v);
        cr_assert_eq(label_sign(k, "Label", v, sig, &n), ERR_OK);
        cr_assert_eq(sign_check(pub, buf_view(&b), bytes_of(sig, n)), ERR_OK);
        cr_assert_eq(label_check(pub, "Label", v, bytes_of(sig, n)), ERR_OK);
        cr_assert_eq(label_check(pub, "Labe", v, bytes_of(sig, n)), ERR_CRYPTO);
        buf_free(&b);
    }
    sign_pub_free(pub);
    sign_key_free(k);
}

static void check_flips(const struct suite *s)
{
    struct sign_key *k = mlskit_sign_key(s, 1);
    struct sign_pub *pub = pub_of(s, k);
    struct bytes v = bytes_str("what is signed");
    uint8_t sig[SIGN_MAX], other[] = "what is signed";
    size_t n;

    cr_assert_eq(label_sign(k, "Label", v, sig, &n), ERR_OK);
    cr_assert_eq(label_check(pub, "Label", v, bytes_of(sig, n)), ERR_OK);
    for (size_t bit = 0; bit < 8 * n; bit++) {
        sig[bit / 8] ^= (uint8_t)(1 << bit % 8);
        cr_assert_neq(label_check(pub, "Label", v, bytes_of(sig, n)), ERR_OK);
        sig[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (size_t bit = 0; bit < 8 * v.n; bit++) {
        other[bit / 8] ^= (uint8_t)(1 << bit % 8);
        cr_assert_neq(
            label_check(pub, "Label", bytes_of(other, v.n), bytes_of(sig, n)), ERR_OK);
        other[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (size_t cut = 0; cut < n; cut++)
        cr_assert_neq(label_check(pub, "Label", v, bytes_of(sig, cut)), ERR_OK);
    sign_pub_free(pub);
    sign_key_free(k);
}

Test(label, check__every_bit_flipped_is_refused)
{
    for (size_t i = 0; suite_at(i) != NULL; i++)
        check_flips(suite_at(i));
}

struct sealed {
    struct label_box box;
    struct dh_key *key;
    uint8_t drawn[SUITE_DRAWN];
    uint8_t enc[DH_PUB_MAX];
    uint8_t out[64 + AEAD_TAG];
    size_t n;
};

static void sealed_init(struct sealed *x, const struct suite *s, struct bytes in)
{
    *x = (struct sealed){.box = {s, "Label", bytes_str("context")},
        .key = mlskit_hpke_key(s, "test", 0),
        .drawn = "drawn by the caller, 32 bytes.",
        .n = in.n + AEAD_TAG};
    cr_assert_eq(label_seal(&x->box, dh_key_pub(x->key), in, x->drawn, x->enc, x->out), ERR_OK);
}

static enum err sealed_open(struct sealed *x, uint8_t *out)
{
    struct bytes enc = bytes_of(x->enc, x->box.suite->hpke.kem->pub_size);

    return label_open(&x->box, x->key, enc, bytes_of(x->out, x->n), out);
}

static void check_seal(const struct suite *s)
{
    struct sealed x;
    uint8_t out[64];

    sealed_init(&x, s, bytes_str("a path secret"));
    cr_assert_eq(sealed_open(&x, out), ERR_OK);
    cr_assert_arr_eq(out, "a path secret", 13);
    for (size_t bit = 0; bit < 8 * x.n; bit++) {
        x.out[bit / 8] ^= (uint8_t)(1 << bit % 8);
        cr_assert_neq(sealed_open(&x, out), ERR_OK);
        x.out[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    x.box.label = "Labe1";
    cr_assert_eq(sealed_open(&x, out), ERR_CRYPTO);
    x.box.label = "Label";
    x.box.context = bytes_str("contexT");
    cr_assert_eq(sealed_open(&x, out), ERR_CRYPTO);
    x.box.context = bytes_str("context");
    x.n = AEAD_TAG - 1;
    cr_assert_neq(sealed_open(&x, out), ERR_OK);
    dh_key_free(x.key);
}

Test(label, open__gives_back_what_was_sealed_and_nothing_else)
{
    for (size_t i = 0; suite_at(i) != NULL; i++)
        check_seal(suite_at(i));
}

/* Of X25519 the highest bit is not looked at; the KEM binds it all the same. */
Test(label, open__every_bit_of_the_kem_output_counts)
{
    static const uint16_t ids[] = {1, 2};

    for (size_t i = 0; i < MEM_COUNT(ids); i++) {
        struct sealed x;
        uint8_t out[64];
        sealed_init(&x, suite_find(ids[i]), bytes_str("in"));
        for (size_t bit = 0; bit < 8u * x.box.suite->hpke.kem->pub_size; bit++) {
            x.enc[bit / 8] ^= (uint8_t)(1 << bit % 8);
            cr_assert_neq(sealed_open(&x, out), ERR_OK);
            x.enc[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
        cr_assert_eq(sealed_open(&x, out), ERR_OK);
        dh_key_free(x.key);
    }
}

Test(label, seal__is_hpke_with_the_written_context)
{
    const struct suite *s = suite_find(3);
    uint8_t *context = mem_alloc(9000);
    uint8_t out[64];
    struct sealed x;
    struct buf info;

    sealed_init(&x, s, bytes_str("in"));
    x.box.context = bytes_of(context, 9000);
    cr_assert_eq(
        label_seal(&x.box, dh_key_pub(x.key), bytes_str("in"), x.drawn, x.enc, x.out), ERR_OK);
    buf_init(&info, 10000);
    put_labelled(&info, "Label", x.box.context);
    const struct hpke_call how = {.suite = &s->hpke, .info = buf_view(&info)};
    cr_assert_eq(
        hpke_open(&how, x.key, bytes_of(x.enc, 32), bytes_of(x.out, x.n), out), ERR_OK);
    cr_assert_arr_eq(out, "in", 2);
    cr_assert_eq(sealed_open(&x, out), ERR_OK);
    buf_free(&info);
    dh_key_free(x.key);
    mem_free(context);
}
