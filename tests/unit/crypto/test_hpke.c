/* SPDX-License-Identifier: ISC */
#include "crypto/hpke.h"

#include "base/mem.h"
#include "vector.h"

static const struct hpke_suite X25519_AES = {&DH_X25519, &HASH_ALG_SHA256, &AEAD_AES128_GCM};
static const struct hpke_suite P256_AES = {&DH_P256, &HASH_ALG_SHA256, &AEAD_AES128_GCM};
static const struct hpke_suite EXPORT_ONLY = {&DH_X25519, &HASH_ALG_SHA256, NULL};

#define INFO "Ode on a Grecian Urn"
#define TEXT "Beauty is truth, truth beauty"

/* RFC 9180, appendix A. The additional data of message N is "Count-N", the contexts of the
 * exports are none, a zero byte, and "TestContext". */
static const struct row {
    const char *name;
    const struct hpke_suite *suite;
    const char *ikm_e, *ikm_r, *priv_r, *pub_r, *enc, *key, *nonce, *exporter, *psk, *psk_id;
    struct {
        unsigned seq;
        const char *ct;
    } sealed[4];
    const char *exported[3];
} ROWS[] = {
    {.name = "A.1.1",
        .suite = &X25519_AES,
        .ikm_e = "7268600d403fce431561aef583ee1613527cff655c1343f29812e66706df3234",
        .ikm_r = "6db9df30aa07dd42ee5e8181afdb977e538f5e1fec8a06223f33f7013e525037",
        .priv_r = "4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8",
        .pub_r = "3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d",
        .enc = "37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431",
        .key = "4531685d41d65f03dc48f6b8302c05b0",
        .nonce = "56d890e5accaaf011cff4b7d",
        .exporter = "45ff1c2e220db587171952c0592d5f5ebe103f1561a2614e38f2ffd47e99e3f8",
        .sealed =
            {
                {0, "f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac"
                    "83d07bea87e13c512a"},
                {1, "af2d7e9ac9ae7e270f46ba1f975be53c09f8d875bdc8535458c2494e8a6eab251c03d0c2"
                    "2a56b8ca42c2063b84"},
                {2, "498dfcabd92e8acedc281e85af1cb4e3e31c7dc394a1ca20e173cb72516491588d96a19a"
                    "d4a683518973dcc180"},
                {4, "583bd32bc67a5994bb8ceaca813d369bca7b2a42408cddef5e22f880b631215a09fc0012"
                    "bc69fccaa251c0246d"},
            },
        .exported = {"3853fe2b4035195a573ffc53856e77058e15d9ea064de3e59f4961d0095250ee",
            "2e8f0b54673c7029649d4eb9d5e33bf1872cf76d623ff164ac185da9e88c21a5",
            "e9e43065102c3836401bed8c3c3c75ae46be1639869391d62c61f1ec7af54931"}},
    {.name = "A.1.2",
        .suite = &X25519_AES,
        .ikm_e = "78628c354e46f3e169bd231be7b2ff1c77aa302460a26dbfa15515684c00130b",
        .ikm_r = "d4a09d09f575fef425905d2ab396c1449141463f698f8efdb7accfaff8995098",
        .priv_r = "c5eb01eb457fe6c6f57577c5413b931550a162c71a03ac8d196babbd4e5ce0fd",
        .pub_r = "9fed7e8c17387560e92cc6462a68049657246a09bfa8ade7aefe589672016366",
        .enc = "0ad0950d9fb9588e59690b74f1237ecdf1d775cd60be2eca57af5a4b0471c91b",
        .key = "15026dba546e3ae05836fc7de5a7bb26",
        .nonce = "9518635eba129d5ce0914555",
        .exporter = "3d76025dbbedc49448ec3f9080a1abab6b06e91c0b11ad23c912f043a0ee7655",
        .psk = "0247fd33b913760fa1fa51e1892d9f307fbe65eb171e8132c2af18555a738b82",
        .psk_id = "456e6e796e20447572696e206172616e204d6f726961",
        .sealed =
            {
                {0, "e52c6fed7f758d0cf7145689f21bc1be6ec9ea097fef4e959440012f4feb73fb611b9461"
                    "99e681f4cfc34db8ea"},
                {1, "49f3b19b28a9ea9f43e8c71204c00d4a490ee7f61387b6719db765e948123b45b61633ef"
                    "059ba22cd62437c8ba"},
                {2, "257ca6a08473dc851fde45afd598cc83e326ddd0abe1ef23baa3baa4dd8cde99fce2c1e8"
                    "ce687b0b47ead1adc9"},
                {4, "a71d73a2cd8128fcccbd328b9684d70096e073b59b40b55e6419c9c68ae21069c847e2a7"
                    "0f5d8fb821ce3dfb1c"},
            },
        .exported = {"dff17af354c8b41673567db6259fd6029967b4e1aad13023c2ae5df8f4f43bf6",
            "6a847261d8207fe596befb52928463881ab493da345b10e1dcc645e3b94e2d95",
            "8aff52b45a1be3a734bc7a41e20b4e055ad4c4d22104b0c20285a7c4302401cd"}},
    {.name = "A.3.1",
        .suite = &P256_AES,
        .ikm_e = "4270e54ffd08d79d5928020af4686d8f6b7d35dbe470265f1f5aa22816ce860e",
        .ikm_r = "668b37171f1072f3cf12ea8a236a45df23fc13b82af3609ad1e354f6ef817550",
        .priv_r = "f3ce7fdae57e1a310d87f1ebbde6f328be0a99cdbcadf4d6589cf29de4b8ffd2",
        .pub_r = "04fe8c19ce0905191ebc298a9245792531f26f0cece2460639e8bc39cb7f706a826a779b4cf9"
                 "69b8a0e539c7f62fb3d30ad6aa8f80e30f1d128aafd68a2ce72ea0",
        .enc = "04a92719c6195d5085104f469a8b9814d5838ff72b60501e2c4466e5e67b325ac98536d7b61a"
               "1af4b78e5b7f951c0900be863c403ce65c9bfcb9382657222d18c4",
        .key = "868c066ef58aae6dc589b6cfdd18f97e",
        .nonce = "4e0bc5018beba4bf004cca59",
        .exporter = "14ad94af484a7ad3ef40e9f3be99ecc6fa9036df9d4920548424df127ee0d99f",
        .sealed =
            {
                {0, "5ad590bb8baa577f8619db35a36311226a896e7342a6d836d8b7bcd2f20b6c7f9076ac23"
                    "2e3ab2523f39513434"},
                {1, "fa6f037b47fc21826b610172ca9637e82d6e5801eb31cbd3748271affd4ecb06646e0329"
                    "cbdf3c3cd655b28e82"},
                {2, "895cabfac50ce6c6eb02ffe6c048bf53b7f7be9a91fc559402cbc5b8dcaeb52b2ccc93e4"
                    "66c28fb55fed7a7fec"},
                {4, "8787491ee8df99bc99a246c4b3216d3d57ab5076e18fa27133f520703bc70ec999dd36ce"
                    "042e44f0c3169a6a8f"},
            },
        .exported = {"5e9bc3d236e1911d95e65b576a8a86d478fb827e8bdfe77b741b289890490d4d",
            "6cff87658931bda83dc857e6353efe4987a201b849658d9b047aab4cf216e796",
            "d8f1ea7942adbba7412c6d431c62d01371ea476b823eb697e1f6e6cae1dab85a"}},
    {.name = "A.3.2",
        .suite = &P256_AES,
        .ikm_e = "2afa611d8b1a7b321c761b483b6a053579afa4f767450d3ad0f84a39fda587a6",
        .ikm_r = "d42ef874c1913d9568c9405407c805baddaffd0898a00f1e84e154fa787b2429",
        .priv_r = "438d8bcef33b89e0e9ae5eb0957c353c25a94584b0dd59c991372a75b43cb661",
        .pub_r = "040d97419ae99f13007a93996648b2674e5260a8ebd2b822e84899cd52d87446ea394ca76223"
                 "b76639eccdf00e1967db10ade37db4e7db476261fcc8df97c5ffd1",
        .enc = "04305d35563527bce037773d79a13deabed0e8e7cde61eecee403496959e89e4d0ca70172669"
               "6d1485137ccb5341b3c1c7aaee90a4a02449725e744b1193b53b5f",
        .key = "55d9eb9d26911d4c514a990fa8d57048",
        .nonce = "b595dc6b2d7e2ed23af529b1",
        .exporter = "895a723a1eab809804973a53c0ee18ece29b25a7555a4808277ad2651d66d705",
        .psk = "0247fd33b913760fa1fa51e1892d9f307fbe65eb171e8132c2af18555a738b82",
        .psk_id = "456e6e796e20447572696e206172616e204d6f726961",
        .sealed =
            {
                {0, "90c4deb5b75318530194e4bb62f890b019b1397bbf9d0d6eb918890e1fb2be1ac2603193"
                    "b60a49c2126b75d0eb"},
                {1, "9e223384a3620f4a75b5a52f546b7262d8826dea18db5a365feb8b997180b22d72dc1287"
                    "f7089a1073a7102c27"},
                {2, "adf9f6000773035023be7d415e13f84c1cb32a24339a32eb81df02be9ddc6abc880dd81c"
                    "ceb7c1d0c7781465b2"},
                {4, "1f4cc9b7013d65511b1f69c050b7bd8bbd5a5c16ece82b238fec4f30ba2400e7ca8ee482"
                    "ac5253cffb5c3dc577"},
            },
        .exported = {"a115a59bf4dd8dc49332d6a0093af8efca1bcbfd3627d850173f5c4a55d0c185",
            "4517eaede0669b16aac7c92d5762dd459c301fa10e02237cd5aeb9be969430c4",
            "164e02144d44b607a7722e58b0f4156e67c0c2874d74cf71da6ca48a4cbdc5e0"}},
};

/* One row, read: everything a call needs. */
struct setup {
    uint8_t room[8][DH_PUB_MAX];
    struct bytes ikm_e, pub_r;
    struct hpke_psk psk;
    struct hpke_call how;
    struct dh_key *r;
};

static void setup_init(struct setup *s, const struct row *row)
{
    *s = (struct setup){0};
    s->ikm_e = vector_hex(row->ikm_e, s->room[0], sizeof s->room[0]);
    s->pub_r = vector_hex(row->pub_r, s->room[1], sizeof s->room[1]);
    struct bytes priv = vector_hex(row->priv_r, s->room[2], sizeof s->room[2]);
    cr_assert_eq(dh_key_new(row->suite->kem, priv, &s->r), ERR_OK);
    s->how = (struct hpke_call){.suite = row->suite, .info = bytes_str(INFO)};
    if (row->psk == NULL)
        return;
    s->psk.psk = vector_hex(row->psk, s->room[3], sizeof s->room[3]);
    s->psk.id = vector_hex(row->psk_id, s->room[4], sizeof s->room[4]);
    s->how.psk = &s->psk;
}

static void setup_fini(struct setup *s)
{
    dh_key_free(s->r);
}

static void seals_as_printed(
    struct hpke_context *from, struct hpke_context *to, const struct row *row)
{
    uint8_t out[sizeof TEXT + AEAD_TAG], back[sizeof TEXT];

    for (unsigned seq = 0, at = 0; at < MEM_COUNT(row->sealed); seq++) {
        char count[16];
        struct bytes text = bytes_str(TEXT);
        (void)snprintf(count, sizeof count, "Count-%u", seq);
        cr_assert_eq(hpke_next_seal(from, bytes_str(count), text, out), ERR_OK);
        if (row->sealed[at].seq == seq)
            vector_expect(row->sealed[at++].ct, out, text.n + AEAD_TAG);
        struct bytes ct = bytes_of(out, text.n + AEAD_TAG);
        cr_assert_eq(hpke_next_open(to, bytes_str(count), ct, back), ERR_OK);
        cr_assert_arr_eq(back, text.p, text.n);
    }
}

static void exports_as_printed(const struct hpke_context *c, const struct row *row)
{
    const struct bytes contexts[] = {{0}, bytes_of("", 1), bytes_str("TestContext")};
    uint8_t out[32];

    for (size_t i = 0; i < MEM_COUNT(contexts); i++) {
        cr_assert_eq(hpke_export(c, contexts[i], out, sizeof out), ERR_OK);
        vector_expect(row->exported[i], out, sizeof out);
    }
}

Test(hpke, setup__rfc9180)
{
    for (size_t i = 0; i < MEM_COUNT(ROWS); i++) {
        const struct row *row = &ROWS[i];
        struct hpke_context from, to;
        uint8_t enc[DH_PUB_MAX];
        struct setup s;

        setup_init(&s, row);
        struct bytes sent = bytes_of(enc, s.pub_r.n);
        cr_assert_eq(hpke_setup_sender(&from, &s.how, s.pub_r, s.ikm_e, enc), ERR_OK);
        vector_expect(row->enc, enc, sent.n);
        cr_assert_eq(hpke_setup_receiver(&to, &s.how, s.r, sent), ERR_OK);
        vector_expect(row->key, from.key, 16);
        vector_expect(row->nonce, from.nonce, AEAD_NONCE);
        vector_expect(row->exporter, from.exporter, 32);
        cr_assert_arr_eq(&to.key, &from.key, sizeof to.key);
        seals_as_printed(&from, &to, row);
        exports_as_printed(&from, row);
        exports_as_printed(&to, row);
        hpke_fini(&from);
        hpke_fini(&to);
        setup_fini(&s);
    }
}

Test(hpke, derive_key__rfc9180)
{
    for (size_t i = 0; i < MEM_COUNT(ROWS); i++) {
        uint8_t ikm[32], priv[DH_PRIV_SIZE];
        struct dh_key *k = NULL;

        struct bytes in = vector_hex(ROWS[i].ikm_r, ikm, sizeof ikm);
        cr_assert_eq(hpke_derive_key(ROWS[i].suite, in, &k), ERR_OK);
        dh_key_priv(k, priv);
        vector_expect(ROWS[i].priv_r, priv, sizeof priv);
        vector_expect(ROWS[i].pub_r, dh_key_pub(k).p, dh_key_pub(k).n);
        dh_key_free(k);
    }
}

Test(hpke, derive_key__refuses_too_few_bytes)
{
    uint8_t ikm[DH_PRIV_SIZE] = {1};
    struct dh_key *k = NULL;

    for (size_t n = 0; n < sizeof ikm; n++) {
        cr_assert_eq(hpke_derive_key(&X25519_AES, bytes_of(ikm, n), &k), ERR_REFUSED);
        cr_assert_null(k);
    }
}

Test(hpke, single_shot__is_the_first_message)
{
    for (size_t i = 0; i < MEM_COUNT(ROWS); i++) {
        uint8_t enc[DH_PUB_MAX], out[sizeof TEXT + AEAD_TAG], back[sizeof TEXT];
        struct bytes text = bytes_str(TEXT);
        struct setup s;

        setup_init(&s, &ROWS[i]);
        s.how.aad = bytes_str("Count-0");
        cr_assert_eq(hpke_seal(&s.how, s.pub_r, text, s.ikm_e, enc, out), ERR_OK);
        vector_expect(ROWS[i].enc, enc, s.pub_r.n);
        vector_expect(ROWS[i].sealed[0].ct, out, text.n + AEAD_TAG);
        cr_assert_eq(hpke_open(&s.how, s.r, bytes_of(enc, s.pub_r.n),
                         bytes_of(out, text.n + AEAD_TAG), back),
            ERR_OK);
        cr_assert_arr_eq(back, text.p, text.n);
        setup_fini(&s);
    }
}

/* A sealed message that an attacker holds. */
struct sealed {
    struct setup s;
    uint8_t enc[DH_PUB_MAX];
    uint8_t ct[sizeof TEXT - 1 + AEAD_TAG];
};

static void sealed_init(struct sealed *m, const struct row *row)
{
    setup_init(&m->s, row);
    m->s.how.aad = bytes_str("aad");
    cr_assert_eq(
        hpke_seal(&m->s.how, m->s.pub_r, bytes_str(TEXT), m->s.ikm_e, m->enc, m->ct), ERR_OK);
}

static enum err sealed_open(struct sealed *m, size_t enc_n, size_t ct_n)
{
    uint8_t back[sizeof m->ct];

    return hpke_open(&m->s.how, m->s.r, bytes_of(m->enc, enc_n), bytes_of(m->ct, ct_n), back);
}

Test(hpke, open__refuses_each_flipped_bit)
{
    for (size_t i = 0; i < MEM_COUNT(ROWS); i++) {
        struct sealed m;

        sealed_init(&m, &ROWS[i]);
        size_t enc_n = m.s.pub_r.n;
        for (size_t bit = 0; bit < sizeof m.ct * 8; bit++) {
            m.ct[bit / 8] ^= (uint8_t)(1u << bit % 8);
            cr_assert_eq(sealed_open(&m, enc_n, sizeof m.ct), ERR_CRYPTO, "bit %zu", bit);
            m.ct[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        /* Bit 255 of X25519 does not count for the curve, but it is in the KEM's context. */
        for (size_t bit = 0; bit < enc_n * 8; bit++) {
            m.enc[bit / 8] ^= (uint8_t)(1u << bit % 8);
            cr_assert_eq(sealed_open(&m, enc_n, sizeof m.ct), ERR_CRYPTO, "bit %zu", bit);
            m.enc[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        cr_assert_eq(sealed_open(&m, enc_n, sizeof m.ct), ERR_OK);
        setup_fini(&m.s);
    }
}

Test(hpke, open__refuses_each_length)
{
    for (size_t i = 0; i < MEM_COUNT(ROWS); i++) {
        struct sealed m;

        sealed_init(&m, &ROWS[i]);
        for (size_t n = 0; n < sizeof m.ct; n++)
            cr_assert_eq(sealed_open(&m, m.s.pub_r.n, n), ERR_CRYPTO);
        for (size_t n = 0; n < m.s.pub_r.n; n++)
            cr_assert_eq(sealed_open(&m, n, sizeof m.ct), ERR_CRYPTO);
        setup_fini(&m.s);
    }
}

Test(hpke, open__refuses_another_info_aad_or_key)
{
    struct dh_key *other = NULL;
    struct sealed m;

    sealed_init(&m, &ROWS[0]);
    size_t enc_n = m.s.pub_r.n;
    m.s.how.aad = bytes_str("aae");
    cr_assert_eq(sealed_open(&m, enc_n, sizeof m.ct), ERR_CRYPTO);
    m.s.how.aad = bytes_str("");
    cr_assert_eq(sealed_open(&m, enc_n, sizeof m.ct), ERR_CRYPTO);
    m.s.how.aad = bytes_str("aad");
    m.s.how.info = bytes_str("");
    cr_assert_eq(sealed_open(&m, enc_n, sizeof m.ct), ERR_CRYPTO);
    m.s.how.info = bytes_str(INFO);
    cr_assert_eq(sealed_open(&m, enc_n, sizeof m.ct), ERR_OK);
    cr_assert_eq(hpke_derive_key(&X25519_AES, m.s.ikm_e, &other), ERR_OK);
    dh_key_free(m.s.r);
    m.s.r = other;
    cr_assert_eq(sealed_open(&m, enc_n, sizeof m.ct), ERR_CRYPTO);
    m.s.how.suite = &P256_AES;
    cr_assert_eq(sealed_open(&m, enc_n, sizeof m.ct), ERR_STATE);
    setup_fini(&m.s);
}

Test(hpke, psk__wrong_half_and_short_ones_are_refused)
{
    uint8_t psk[32] = {1}, enc[DH_PUB_MAX];
    struct hpke_context c;
    struct sealed m;

    sealed_init(&m, &ROWS[1]);
    struct bytes right = m.s.psk.psk, id = m.s.psk.id, e = bytes_of(m.enc, m.s.pub_r.n);
    m.s.psk.psk = bytes_of(psk, sizeof psk);
    cr_assert_eq(sealed_open(&m, e.n, sizeof m.ct), ERR_CRYPTO);
    m.s.psk = (struct hpke_psk){right, bytes_str("x")};
    cr_assert_eq(sealed_open(&m, e.n, sizeof m.ct), ERR_CRYPTO);
    m.s.psk = (struct hpke_psk){{0}, {0}}; /* mode base */
    cr_assert_eq(sealed_open(&m, e.n, sizeof m.ct), ERR_CRYPTO);
    m.s.psk = (struct hpke_psk){right, {0}};
    cr_assert_eq(hpke_setup_receiver(&c, &m.s.how, m.s.r, e), ERR_STATE);
    cr_assert_eq(hpke_setup_sender(&c, &m.s.how, m.s.pub_r, m.s.ikm_e, enc), ERR_STATE);
    m.s.psk = (struct hpke_psk){{0}, id};
    cr_assert_eq(hpke_setup_receiver(&c, &m.s.how, m.s.r, e), ERR_STATE);
    m.s.psk = (struct hpke_psk){bytes_of(right.p, 31), id};
    cr_assert_eq(hpke_setup_receiver(&c, &m.s.how, m.s.r, e), ERR_REFUSED);
    m.s.psk = (struct hpke_psk){right, id};
    cr_assert_eq(sealed_open(&m, e.n, sizeof m.ct), ERR_OK);
    setup_fini(&m.s);
}

Test(hpke, setup__refuses_keys_of_no_worth)
{
    uint8_t bad[DH_PUB_MAX] = {0}, enc[DH_PUB_MAX];
    struct hpke_context c;

    for (size_t i = 0; i < MEM_COUNT(ROWS); i++) {
        struct setup s;

        setup_init(&s, &ROWS[i]);
        struct bytes zero = bytes_of(bad, s.pub_r.n);
        cr_assert_eq(hpke_setup_sender(&c, &s.how, zero, s.ikm_e, enc), ERR_CRYPTO);
        cr_assert_eq(hpke_setup_receiver(&c, &s.how, s.r, zero), ERR_CRYPTO);
        for (size_t n = 0; n < s.pub_r.n; n++)
            cr_assert_eq(hpke_setup_sender(&c, &s.how, bytes_of(s.pub_r.p, n), s.ikm_e, enc),
                ERR_CRYPTO);
        cr_assert_eq(
            hpke_setup_sender(&c, &s.how, s.pub_r, bytes_of(s.ikm_e.p, 31), enc), ERR_REFUSED);
        setup_fini(&s);
    }
}

Test(hpke, context__goes_on_after_a_message_that_does_not_open)
{
    uint8_t enc[DH_PUB_MAX], one[3 + AEAD_TAG], two[3 + AEAD_TAG], back[3];
    struct hpke_context from, to;
    struct bytes aad = {0};
    struct setup s;

    setup_init(&s, &ROWS[0]);
    cr_assert_eq(hpke_setup_sender(&from, &s.how, s.pub_r, s.ikm_e, enc), ERR_OK);
    cr_assert_eq(hpke_setup_receiver(&to, &s.how, s.r, bytes_of(enc, s.pub_r.n)), ERR_OK);
    cr_assert_eq(hpke_next_seal(&from, aad, bytes_str("one"), one), ERR_OK);
    cr_assert_eq(hpke_next_seal(&from, aad, bytes_str("two"), two), ERR_OK);
    cr_assert_eq(hpke_next_open(&to, aad, bytes_of(two, sizeof two), back), ERR_CRYPTO);
    cr_assert_eq(hpke_next_open(&to, aad, bytes_of(one, sizeof one), back), ERR_OK);
    cr_assert_arr_eq(back, "one", 3);
    cr_assert_eq(hpke_next_open(&to, aad, bytes_of(one, sizeof one), back), ERR_CRYPTO);
    cr_assert_eq(hpke_next_open(&to, aad, bytes_of(two, sizeof two), back), ERR_OK);
    cr_assert_arr_eq(back, "two", 3);
    setup_fini(&s);
}

Test(hpke, context__ends_before_a_nonce_repeats)
{
    uint8_t enc[DH_PUB_MAX], out[AEAD_TAG];
    struct hpke_context c;
    struct setup s;

    setup_init(&s, &ROWS[0]);
    cr_assert_eq(hpke_setup_sender(&c, &s.how, s.pub_r, s.ikm_e, enc), ERR_OK);
    c.seq = UINT64_MAX - 1;
    cr_assert_eq(hpke_next_seal(&c, (struct bytes){0}, (struct bytes){0}, out), ERR_OK);
    cr_assert_eq(hpke_next_seal(&c, (struct bytes){0}, (struct bytes){0}, out), ERR_FULL);
    cr_assert_eq(
        hpke_next_open(&c, (struct bytes){0}, bytes_of(out, sizeof out), out), ERR_FULL);
    setup_fini(&s);
}

Test(hpke, export_only__exports_and_seals_nothing)
{
    uint8_t enc[DH_PUB_MAX], a[48], b[48], out[64];
    struct hpke_context from, to;
    struct setup s;

    setup_init(&s, &ROWS[0]);
    s.how.suite = &EXPORT_ONLY;
    cr_assert_eq(hpke_setup_sender(&from, &s.how, s.pub_r, s.ikm_e, enc), ERR_OK);
    cr_assert_eq(hpke_setup_receiver(&to, &s.how, s.r, bytes_of(enc, s.pub_r.n)), ERR_OK);
    cr_assert_eq(hpke_export(&from, bytes_str("x"), a, sizeof a), ERR_OK);
    cr_assert_eq(hpke_export(&to, bytes_str("x"), b, sizeof b), ERR_OK);
    cr_assert_arr_eq(a, b, sizeof a);
    cr_assert_eq(hpke_export(&to, bytes_str("y"), b, sizeof b), ERR_OK);
    cr_assert_arr_neq(a, b, sizeof a);
    cr_assert_eq(hpke_next_seal(&from, (struct bytes){0}, bytes_str("x"), out), ERR_STATE);
    cr_assert_eq(
        hpke_next_open(&to, (struct bytes){0}, bytes_of(out, sizeof out), out), ERR_STATE);
    setup_fini(&s);
}

Test(hpke, export__is_bounded_and_needs_a_context)
{
    static uint8_t out[70000];
    uint8_t enc[DH_PUB_MAX];
    struct hpke_context c;
    struct setup s;

    setup_init(&s, &ROWS[0]);
    cr_assert_eq(hpke_setup_sender(&c, &s.how, s.pub_r, s.ikm_e, enc), ERR_OK);
    cr_assert_eq(hpke_export(&c, (struct bytes){0}, out, 255 * 32), ERR_OK);
    cr_assert_eq(hpke_export(&c, (struct bytes){0}, out, 255 * 32 + 1), ERR_TOO_BIG);
    cr_assert_eq(hpke_export(&c, (struct bytes){0}, out, 65536 + 32), ERR_TOO_BIG);
    hpke_fini(&c);
    cr_assert_eq(hpke_export(&c, (struct bytes){0}, out, 32), ERR_STATE);
    setup_fini(&s);
}
