/* SPDX-License-Identifier: ISC */
#include "crypto/sign.h"

#include "base/mem.h"
#include "rsa_fixture.h"
#include "vector.h"

/* RFC 8032, 7.1: tests 1, 2, 3, 1024 and SHA(abc). */
static const struct row {
    const char *seed, *pub, *message, *signature;
} ED25519[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39"
        "701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f36"
        "13d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f7"
        "60984dc6594a7c15e9716ed28dc027beceea1ec40a"},
    {"f5e5767cf153319517630f226876b86c8160cc583bc013744c6bf255f5cc0ee5",
        "278117fc144c72340f67d0f2316e8386ceffbf2b2428c9c51fef7c597f1d426e",
        "08b8b2b733424243760fe426a4b54908632110a66c2f6591eabd3345e3e4eb98fa6e264bf09efe12ee50"
        "f8f54e9f77b1e355f6c50544e23fb1433ddf73be84d879de7c0046dc4996d9e773f4bc9efe5738829adb"
        "26c81b37c93a1b270b20329d658675fc6ea534e0810a4432826bf58c941efb65d57a338bbd2e26640f89"
        "ffbc1a858efcb8550ee3a5e1998bd177e93a7363c344fe6b199ee5d02e82d522c4feba15452f80288a82"
        "1a579116ec6dad2b3b310da903401aa62100ab5d1a36553e06203b33890cc9b832f79ef80560ccb9a39c"
        "e767967ed628c6ad573cb116dbefefd75499da96bd68a8a97b928a8bbc103b6621fcde2beca1231d206b"
        "e6cd9ec7aff6f6c94fcd7204ed3455c68c83f4a41da4af2b74ef5c53f1d8ac70bdcb7ed185ce81bd8435"
        "9d44254d95629e9855a94a7c1958d1f8ada5d0532ed8a5aa3fb2d17ba70eb6248e594e1a2297acbbb39d"
        "502f1a8c6eb6f1ce22b3de1a1f40cc24554119a831a9aad6079cad88425de6bde1a9187ebb6092cf67bf"
        "2b13fd65f27088d78b7e883c8759d2c4f5c65adb7553878ad575f9fad878e80a0c9ba63bcbcc2732e694"
        "85bbc9c90bfbd62481d9089beccf80cfe2df16a2cf65bd92dd597b0707e0917af48bbb75fed413d238f5"
        "555a7a569d80c3414a8d0859dc65a46128bab27af87a71314f318c782b23ebfe808b82b0ce26401d2e22"
        "f04d83d1255dc51addd3b75a2b1ae0784504df543af8969be3ea7082ff7fc9888c144da2af58429ec960"
        "31dbcad3dad9af0dcbaaaf268cb8fcffead94f3c7ca495e056a9b47acdb751fb73e666c6c655ade82972"
        "97d07ad1ba5e43f1bca32301651339e22904cc8c42f58c30c04aafdb038dda0847dd988dcda6f3bfd15c"
        "4b4c4525004aa06eeff8ca61783aacec57fb3d1f92b0fe2fd1a85f6724517b65e614ad6808d6f6ee34df"
        "f7310fdc82aebfd904b01e1dc54b2927094b2db68d6f903b68401adebf5a7e08d78ff4ef5d63653a6504"
        "0cf9bfd4aca7984a74d37145986780fc0b16ac451649de6188a7dbdf191f64b5fc5e2ab47b57f7f7276c"
        "d419c17a3ca8e1b939ae49e488acba6b965610b5480109c8b17b80e1b7b750dfc7598d5d5011fd2dcc56"
        "00a32ef5b52a1ecc820e308aa342721aac0943bf6686b64b2579376504ccc493d97e6aed3fb0f9cd71a4"
        "3dd497f01f17c0e2cb3797aa2a2f256656168e6c496afc5fb93246f6b1116398a346f1a641f3b041e989"
        "f7914f90cc2c7fff357876e506b50d334ba77c225bc307ba537152f3f1610e4eafe595f6d9d90d11faa9"
        "33a15ef1369546868a7f3a45a96768d40fd9d03412c091c6315cf4fde7cb68606937380db2eaaa707b4c"
        "4185c32eddcdd306705e4dc1ffc872eeee475a64dfac86aba41c0618983f8741c5ef68d3a101e8a3b8ca"
        "c60c905c15fc910840b94c00a0b9d0",
        "0aab4c900501b3e24d7cdf4663326a3a87df5e4843b2cbdb67cbf6e460fec350aa5371b1508f9f4528ecea"
        "23c436d94b5e8fcd4f681e30a6ac00a9704a188a03"},
    {"833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c"
        "23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7"
        "c66431e0303dca179c138ac17ad9bef1177331a704"},
};

/* RFC 6979, A.2.5, SHA-256 of "sample", in DER. Its s is the high one of two. */
#define P256_SCALAR "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721"
#define P256_PUB                                                                               \
    "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"                       \
    "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"
#define P256_R "00efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
#define P256_S "00f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"

static struct sign_key *key_of(const struct sign_alg *alg, const char *hex)
{
    uint8_t room[RSA_FIXTURE_DER];
    struct sign_key *k = NULL;

    cr_assert_eq(sign_key_read(alg, vector_hex(hex, room, sizeof room), &k), ERR_OK);
    return k;
}

static struct sign_key *rsa_of(const struct sign_alg *alg, size_t fixture)
{
    uint8_t room[RSA_FIXTURE_DER];
    struct sign_key *k = NULL;

    cr_assert_eq(sign_key_read(alg, rsa_fixture_der(&RSA_FIXTURES[fixture], room), &k), ERR_OK);
    return k;
}

static struct sign_pub *pub_of(const struct sign_key *k)
{
    struct sign_pub *p = NULL;

    cr_assert_eq(sign_pub_read(sign_key_alg(k), sign_key_pub(k), &p), ERR_OK);
    return p;
}

Test(sign, ed25519__rfc8032)
{
    for (size_t i = 0; i < MEM_COUNT(ED25519); i++) {
        struct sign_key *k = key_of(&SIGN_ED25519, ED25519[i].seed);
        uint8_t message[1024], out[SIGN_MAX];
        struct sign_pub *p = pub_of(k);
        size_t n = 0;

        vector_expect(ED25519[i].pub, sign_key_pub(k).p, sign_key_pub(k).n);
        struct bytes m = vector_hex(ED25519[i].message, message, sizeof message);
        for (unsigned again = 0; again < 3; again++) {
            cr_assert_eq(sign_make(k, m, out, &n), ERR_OK);
            vector_expect(ED25519[i].signature, out, n);
            cr_assert_eq(sign_check(p, m, bytes_of(out, n)), ERR_OK);
        }
        cr_assert_eq(sign_check(p, bytes_str("other"), bytes_of(out, n)), ERR_CRYPTO);
        cr_assert_eq(sign_check(p, m, bytes_of(out, n)), ERR_OK); /* after a refusal too */
        sign_pub_free(p);
        sign_key_free(k);
    }
}

/* S and S + L say the same; only the smaller is a signature. */
Test(sign, ed25519__refuses_s_plus_the_order)
{
    static const char order[] =
        "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";
    struct sign_key *k = key_of(&SIGN_ED25519, ED25519[1].seed);
    uint8_t signature[64], l[32], message = 0x72;
    struct sign_pub *p = pub_of(k);
    unsigned carry = 0;

    struct bytes s = vector_hex(ED25519[1].signature, signature, sizeof signature);
    (void)vector_hex(order, l, sizeof l);
    cr_assert_eq(sign_check(p, bytes_of(&message, 1), s), ERR_OK);
    for (size_t i = 0; i < sizeof l; i++) {
        carry += signature[32 + i] + l[i];
        signature[32 + i] = (uint8_t)carry;
        carry >>= 8;
    }
    cr_assert_eq(carry, 0);
    cr_assert_eq(sign_check(p, bytes_of(&message, 1), s), ERR_CRYPTO);
    sign_pub_free(p);
    sign_key_free(k);
}

Test(sign, ecdsa__takes_the_printed_signature_in_der_alone)
{
    static const struct {
        const char *hex;
        enum err want;
    } rows[] = {
        {"30460221" P256_R "0221" P256_S, ERR_OK},
        {"30460221" P256_R "0221" P256_S "00", ERR_CRYPTO},   /* more behind */
        {"30470221" P256_R "0221" P256_S "00", ERR_CRYPTO},   /* more within */
        {"3081460221" P256_R "0221" P256_S, ERR_CRYPTO},      /* a length too long */
        {"3047022200" P256_R "0221" P256_S, ERR_CRYPTO},      /* a zero too many */
        {"30800221" P256_R "0221" P256_S "0000", ERR_CRYPTO}, /* indefinite */
        {"", ERR_CRYPTO},
        {"3006020100020100", ERR_CRYPTO},
        {"3006020101020101", ERR_CRYPTO},
    };
    struct sign_key *k = key_of(&SIGN_ECDSA_P256, P256_SCALAR);
    struct sign_pub *p = pub_of(k);

    vector_expect(P256_PUB, sign_key_pub(k).p, sign_key_pub(k).n);
    for (size_t i = 0; i < MEM_COUNT(rows); i++) {
        uint8_t room[128];
        struct bytes s = vector_hex(rows[i].hex, room, sizeof room);
        cr_assert_eq(sign_check(p, bytes_str("sample"), s), rows[i].want, "row %zu", i);
    }
    sign_pub_free(p);
    sign_key_free(k);
}

/* One key of every kind and size. */
static const struct {
    const struct sign_alg *alg;
    const char *priv;
} KEYS[] = {
    {&SIGN_ED25519, "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"},
    {&SIGN_ECDSA_P256, P256_SCALAR},
    {&SIGN_RSA_PSS, NULL},
    {&SIGN_RSA_PSS, NULL},
    {&SIGN_RSA_PSS, NULL},
};

static struct sign_key *key_at(size_t i)
{
    return KEYS[i].priv != NULL ? key_of(KEYS[i].alg, KEYS[i].priv)
                                : rsa_of(KEYS[i].alg, i - 2);
}

Test(sign, check__refuses_each_flipped_bit)
{
    for (size_t i = 0; i < MEM_COUNT(KEYS); i++) {
        struct sign_key *k = key_at(i);
        struct sign_pub *p = pub_of(k);
        uint8_t out[SIGN_MAX], text[] = "the message";
        struct bytes m = bytes_of(text, sizeof text);
        size_t n = 0;

        cr_assert_eq(sign_make(k, m, out, &n), ERR_OK);
        for (size_t bit = 0; bit < n * 8; bit++) {
            out[bit / 8] ^= (uint8_t)(1u << bit % 8);
            cr_assert_eq(sign_check(p, m, bytes_of(out, n)), ERR_CRYPTO, "bit %zu", bit);
            out[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        for (size_t bit = 0; bit < sizeof text * 8; bit++) {
            text[bit / 8] ^= (uint8_t)(1u << bit % 8);
            cr_assert_eq(sign_check(p, m, bytes_of(out, n)), ERR_CRYPTO, "bit %zu", bit);
            text[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        cr_assert_eq(sign_check(p, m, bytes_of(out, n)), ERR_OK);
        sign_pub_free(p);
        sign_key_free(k);
    }
}

Test(sign, check__refuses_each_other_length)
{
    for (size_t i = 0; i < MEM_COUNT(KEYS); i++) {
        struct sign_key *k = key_at(i);
        struct sign_pub *p = pub_of(k);
        uint8_t out[2 * SIGN_MAX] = {0};
        struct bytes m = {0}; /* an empty message is one too */
        size_t n = 0;

        cr_assert_eq(sign_make(k, m, out, &n), ERR_OK);
        for (size_t other = 0; other < sizeof out; other++)
            cr_assert_eq(sign_check(p, m, bytes_of(out, other)),
                other == n ? ERR_OK : ERR_CRYPTO, "%zu", other);
        sign_pub_free(p);
        sign_key_free(k);
    }
}

Test(sign, key_write__reads_back_as_the_same_key)
{
    for (size_t i = 0; i < MEM_COUNT(KEYS); i++) {
        struct sign_key *k = key_at(i), *back = NULL;
        struct sign_pub *p = pub_of(k);
        uint8_t out[SIGN_MAX];
        struct buf b;
        size_t n = 0;

        buf_init(&b, RSA_FIXTURE_DER);
        sign_key_write(k, &b);
        cr_assert_eq(buf_end(&b), ERR_OK);
        uint8_t room[RSA_FIXTURE_DER];
        struct bytes want = KEYS[i].priv != NULL ? vector_hex(KEYS[i].priv, room, sizeof room)
                                                 : rsa_fixture_der(&RSA_FIXTURES[i - 2], room);
        cr_assert(bytes_eq(buf_view(&b), want));
        cr_assert_eq(sign_key_read(KEYS[i].alg, buf_view(&b), &back), ERR_OK);
        cr_assert(bytes_eq(sign_key_pub(back), sign_key_pub(k)));
        cr_assert_eq(sign_make(back, bytes_str("x"), out, &n), ERR_OK);
        cr_assert_eq(sign_check(p, bytes_str("x"), bytes_of(out, n)), ERR_OK);
        buf_wipe(&b);
        sign_pub_free(p);
        sign_key_free(back);
        sign_key_free(k);
    }
}

Test(sign, key_new__signs_and_differs_each_time)
{
    const struct sign_alg *const algs[] = {&SIGN_ED25519, &SIGN_ECDSA_P256, &SIGN_RSA_PSS};

    for (size_t i = 0; i < MEM_COUNT(algs); i++) {
        struct sign_key *a = NULL, *b = NULL;
        uint8_t out[SIGN_MAX];
        size_t n = 0;

        cr_assert_eq(sign_key_new(algs[i], 2048, &a), ERR_OK);
        cr_assert_eq(sign_key_new(algs[i], 2048, &b), ERR_OK);
        cr_assert_not(bytes_eq(sign_key_pub(a), sign_key_pub(b)));
        struct sign_pub *pa = pub_of(a), *pb = pub_of(b);
        cr_assert_eq(sign_make(a, bytes_str("x"), out, &n), ERR_OK);
        cr_assert_eq(sign_check(pa, bytes_str("x"), bytes_of(out, n)), ERR_OK);
        cr_assert_eq(sign_check(pb, bytes_str("x"), bytes_of(out, n)), ERR_CRYPTO);
        sign_pub_free(pa);
        sign_pub_free(pb);
        sign_key_free(a);
        sign_key_free(b);
    }
}

Test(sign, key_new__makes_rsa_of_three_sizes_only)
{
    static const unsigned bits[] = {1, 512, 1024, 2047, 2049, 3071, 8192, 65536};
    struct sign_key *k = NULL;

    for (size_t i = 0; i < MEM_COUNT(bits); i++) {
        cr_assert_eq(sign_key_new(&SIGN_RSA_PSS, bits[i], &k), ERR_REFUSED);
        cr_assert_null(k);
    }
}

Test(sign, key_ref__is_one_more_owner)
{
    struct sign_key *k = key_at(0), *same = sign_key_ref(k);
    uint8_t out[SIGN_MAX];
    size_t n = 0;

    sign_key_free(k);
    cr_assert_eq(sign_make(same, bytes_str("x"), out, &n), ERR_OK);
    cr_assert_eq(sign_key_alg(same), &SIGN_ED25519);
    sign_key_free(same);
    sign_key_free(NULL);
    sign_pub_free(NULL);
}

Test(sign, read__refuses_curve_keys_of_other_length_or_range)
{
    uint8_t raw[70];
    struct sign_key *k = NULL;
    struct sign_pub *p = NULL;

    memset(raw, 4, sizeof raw); /* as a point, this is not on P-256 */
    for (size_t n = 0; n <= sizeof raw; n++) {
        cr_assert_eq(sign_pub_read(&SIGN_ECDSA_P256, bytes_of(raw, n), &p), ERR_CRYPTO);
        cr_assert_null(p);
        if (n == 32)
            continue;
        cr_assert_eq(sign_key_read(&SIGN_ED25519, bytes_of(raw, n), &k), ERR_CRYPTO);
        cr_assert_eq(sign_key_read(&SIGN_ECDSA_P256, bytes_of(raw, n), &k), ERR_CRYPTO);
        cr_assert_eq(sign_pub_read(&SIGN_ED25519, bytes_of(raw, n), &p), ERR_CRYPTO);
        cr_assert_null(p);
        cr_assert_null(k);
    }
    memset(raw, 0, sizeof raw);
    cr_assert_eq(sign_key_read(&SIGN_ECDSA_P256, bytes_of(raw, 32), &k), ERR_CRYPTO);
    memset(raw, 0xff, sizeof raw);
    cr_assert_eq(sign_key_read(&SIGN_ECDSA_P256, bytes_of(raw, 32), &k), ERR_CRYPTO);
}

/* Rows that only foreign vectors have. */
static const struct sign_alg PSS_ROWS[] = {
    {"salt 0", SIGN_KIND_RSA_PSS, &HASH_ALG_SHA256, &HASH_ALG_SHA256, 0},
    {"salt 31", SIGN_KIND_RSA_PSS, &HASH_ALG_SHA256, &HASH_ALG_SHA256, 31},
    {"salt 33", SIGN_KIND_RSA_PSS, &HASH_ALG_SHA256, &HASH_ALG_SHA256, 33},
    {"mask", SIGN_KIND_RSA_PSS, &HASH_ALG_SHA256, &HASH_ALG_SHA1, 32},
    {"hash", SIGN_KIND_RSA_PSS, &HASH_ALG_SHA512, &HASH_ALG_SHA256, 32},
    {"both", SIGN_KIND_RSA_PSS, &HASH_ALG_SHA384, &HASH_ALG_SHA384, 48},
    {"short", SIGN_KIND_RSA_PSS, &HASH_ALG_SHA512_256, &HASH_ALG_SHA512_256, 32},
    {"old", SIGN_KIND_RSA_PSS, &HASH_ALG_SHA1, &HASH_ALG_SHA1, 20},
};

Test(sign, rsa_pss__has_one_hash_one_mask_and_one_salt)
{
    for (size_t i = 0; i < MEM_COUNT(PSS_ROWS); i++) {
        struct sign_key *odd = rsa_of(&PSS_ROWS[i], 0);
        struct sign_key *ours = rsa_of(&SIGN_RSA_PSS, 0);
        struct sign_pub *p_odd = pub_of(odd), *p_ours = pub_of(ours);
        struct bytes m = bytes_str("message");
        uint8_t out[SIGN_MAX];
        size_t n = 0;

        cr_assert_eq(sign_make(odd, m, out, &n), ERR_OK);
        cr_assert_eq(sign_check(p_odd, m, bytes_of(out, n)), ERR_OK, "%s", PSS_ROWS[i].name);
        cr_assert_eq(
            sign_check(p_ours, m, bytes_of(out, n)), ERR_CRYPTO, "%s", PSS_ROWS[i].name);
        cr_assert_eq(sign_make(ours, m, out, &n), ERR_OK);
        cr_assert_eq(sign_check(p_ours, m, bytes_of(out, n)), ERR_OK);
        cr_assert_eq(sign_check(p_odd, m, bytes_of(out, n)), ERR_CRYPTO);
        sign_pub_free(p_odd);
        sign_pub_free(p_ours);
        sign_key_free(odd);
        sign_key_free(ours);
    }
}

Test(sign, rsa_pss__draws_a_salt_each_time)
{
    struct sign_key *k = key_at(2);
    uint8_t a[SIGN_MAX], b[SIGN_MAX];
    size_t n = 0, m = 0;

    cr_assert_eq(sign_make(k, bytes_str("x"), a, &n), ERR_OK);
    cr_assert_eq(sign_make(k, bytes_str("x"), b, &m), ERR_OK);
    cr_assert_eq(n, 256);
    cr_assert_eq(m, 256);
    cr_assert_arr_neq(a, b, 256);
    sign_key_free(k);
}
