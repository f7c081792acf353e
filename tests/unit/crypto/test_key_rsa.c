/* SPDX-License-Identifier: ISC */
/* The forms of RSA keys, by the door that strangers' keys come in through. */
#include "crypto/key_rsa.h"

#include "base/mem.h"
#include "crypto/hash.h"
#include "crypto/sign.h"
#include "rsa_fixture.h"
#include "vector.h"

#define ROOM 4096

/* DER, written apart from the code under test. */
static void der_put(struct buf *b, uint8_t tag, struct bytes v)
{
    buf_u8(b, tag);
    if (v.n >= 0x100) {
        buf_u8(b, 0x82);
        buf_u16(b, (uint16_t)v.n);
    } else if (v.n >= 0x80) {
        buf_u8(b, 0x81);
        buf_u8(b, (uint8_t)v.n);
    } else {
        buf_u8(b, (uint8_t)v.n);
    }
    buf_bytes(b, v);
}

struct parts {
    struct bytes algorithm, modulus, exponent;
    struct bytes inner_tail, bits_tail, tail; /* more than there should be */
    uint8_t unused_bits;
};

static struct bytes spki_build(struct buf *b, const struct parts *p)
{
    uint8_t one[ROOM], two[ROOM];
    struct buf x, y;

    buf_init_fixed(&x, one, sizeof one);
    buf_init_fixed(&y, two, sizeof two);
    der_put(&x, 0x02, p->modulus);
    der_put(&x, 0x02, p->exponent);
    buf_bytes(&x, p->inner_tail);
    buf_u8(&y, p->unused_bits);
    der_put(&y, 0x30, buf_view(&x));
    buf_bytes(&y, p->bits_tail);
    buf_clear(&x);
    der_put(&x, 0x30, p->algorithm);
    der_put(&x, 0x03, buf_view(&y));
    buf_clear(b);
    der_put(b, 0x30, buf_view(&x));
    buf_bytes(b, p->tail);
    cr_assert_eq(buf_end(b), ERR_OK);
    return buf_view(b);
}

static const uint8_t ALGORITHM[] = {
    0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00};
static const uint8_t F4[] = {0x01, 0x00, 0x01};

/* A modulus of so many bytes behind the zero; what it divides by nobody asks. */
static struct parts parts_of(uint8_t room[ROOM], size_t n)
{
    memset(room, 0xa5, n + 1);
    room[0] = 0;
    return (struct parts){.algorithm = bytes_of(ALGORITHM, sizeof ALGORITHM),
        .modulus = bytes_of(room, n + 1),
        .exponent = bytes_of(F4, sizeof F4)};
}

static enum err door(struct bytes spki)
{
    struct sign_pub *p = NULL;
    enum err e = sign_pub_read(&SIGN_RSA_PSS, spki, &p);

    cr_assert_eq(p != NULL, e == ERR_OK);
    sign_pub_free(p);
    return e;
}

static enum err try_parts(const struct parts *p)
{
    uint8_t room[ROOM];
    struct buf b;

    buf_init_fixed(&b, room, sizeof room);
    return door(spki_build(&b, p));
}

Test(key_rsa, public__is_what_openssl_prints)
{
    for (size_t i = 0; i < MEM_COUNT(RSA_FIXTURES); i++) {
        uint8_t room[RSA_FIXTURE_DER], hash[HASH_SHA256];
        struct sign_key *k = NULL;

        struct bytes der = rsa_fixture_der(&RSA_FIXTURES[i], room);
        cr_assert_eq(sign_key_read(&SIGN_RSA_PSS, der, &k), ERR_OK);
        cr_assert_eq(sign_key_pub(k).n, RSA_FIXTURES[i].bits / 8 + 38);
        cr_assert_eq(hash_sha256(sign_key_pub(k), hash), ERR_OK);
        vector_expect(RSA_FIXTURES[i].spki_sha256, hash, sizeof hash);
        cr_assert_eq(door(sign_key_pub(k)), ERR_OK);
        sign_key_free(k);
    }
}

Test(key_rsa, public__has_one_of_three_sizes)
{
    static const size_t sizes[] = {
        1, 64, 128, 255, 256, 257, 383, 384, 385, 511, 512, 513, 1024, 2048};
    uint8_t room[ROOM];

    for (size_t i = 0; i < MEM_COUNT(sizes); i++) {
        struct parts p = parts_of(room, sizes[i]);
        bool fits = sizes[i] == 256 || sizes[i] == 384 || sizes[i] == 512;
        cr_assert_eq(try_parts(&p), fits ? ERR_OK : ERR_CRYPTO, "%zu", sizes[i]);
        room[1] = 0x7f; /* one bit short */
        cr_assert_eq(try_parts(&p), ERR_CRYPTO);
        p.modulus = bytes_of(room + 1, sizes[i]);
        cr_assert_eq(try_parts(&p), ERR_CRYPTO);
        room[1] = 0xff; /* negative */
        cr_assert_eq(try_parts(&p), ERR_CRYPTO);
        room[sizes[i]] = 0xa4; /* even */
        p.modulus = bytes_of(room, sizes[i] + 1);
        cr_assert_eq(try_parts(&p), ERR_CRYPTO);
    }
}

Test(key_rsa, public__has_one_exponent)
{
    static const struct {
        const char *hex;
        enum err want;
    } rows[] = {
        {"010001", ERR_OK},
        {"03", ERR_CRYPTO},
        {"00", ERR_CRYPTO},
        {"01", ERR_CRYPTO},
        {"", ERR_CRYPTO},
        {"010003", ERR_CRYPTO},
        {"010000", ERR_CRYPTO},
        {"810001", ERR_CRYPTO},
        {"00010001", ERR_CRYPTO},
        {"0100000001", ERR_CRYPTO},
    };
    uint8_t room[ROOM], e[8];

    for (size_t i = 0; i < MEM_COUNT(rows); i++) {
        struct parts p = parts_of(room, 256);
        p.exponent = vector_hex(rows[i].hex, e, sizeof e);
        cr_assert_eq(try_parts(&p), rows[i].want, "%s", rows[i].hex);
    }
    /* As long as its modulus: nobody shall count up to that. */
    struct parts p = parts_of(room, 256);
    p.exponent = p.modulus;
    cr_assert_eq(try_parts(&p), ERR_CRYPTO);
}

Test(key_rsa, public__has_one_algorithm)
{
    static const char *const others[] = {
        "06092a864886f70d010101",                 /* no NULL */
        "06092a864886f70d01010a",                 /* rsassaPss */
        "06092a864886f70d01010a0500",             /* with NULL */
        "06092a864886f70d0101070500",             /* rsaesOaep */
        "06092a864886f70d010101050000",           /* more behind */
        "06092a864886f70d010101058100",           /* a NULL with a long length */
        "06092a864886f70d0101010400",             /* not a NULL */
        "06092a864886f70d0101013000",             /* parameters of PSS, all defaults */
        "06072a8648ce3d020106082a8648ce3d030107", /* P-256 */
        "06032b6570",                             /* Ed25519 */
        "",
    };
    uint8_t room[ROOM], algorithm[64];

    for (size_t i = 0; i < MEM_COUNT(others); i++) {
        struct parts p = parts_of(room, 256);
        p.algorithm = vector_hex(others[i], algorithm, sizeof algorithm);
        cr_assert_eq(try_parts(&p), ERR_CRYPTO, "%s", others[i]);
    }
}

Test(key_rsa, public__has_nothing_behind_at_any_depth)
{
    uint8_t room[ROOM];
    struct bytes more = bytes_of("\x05\x00", 2);

    struct parts p = parts_of(room, 256);
    p.tail = more;
    cr_assert_eq(try_parts(&p), ERR_CRYPTO);
    p = parts_of(room, 256);
    p.bits_tail = more;
    cr_assert_eq(try_parts(&p), ERR_CRYPTO);
    p = parts_of(room, 256);
    p.inner_tail = more;
    cr_assert_eq(try_parts(&p), ERR_CRYPTO);
    p = parts_of(room, 256);
    p.unused_bits = 1;
    cr_assert_eq(try_parts(&p), ERR_CRYPTO);
}

/* Every length of the outer elements written with one byte more than it needs. */
Test(key_rsa, public__has_the_shortest_lengths)
{
    static const size_t lengths[] = {1, 20, 25, 29}; /* of the four 82 xx xx */
    uint8_t room[ROOM], good[ROOM], bad[ROOM];
    struct parts p = parts_of(room, 256);
    struct buf b;

    buf_init_fixed(&b, good, sizeof good);
    struct bytes spki = spki_build(&b, &p);
    for (size_t i = 0; i < MEM_COUNT(lengths); i++) {
        size_t at = lengths[i];
        cr_assert_eq(spki.p[at], 0x82);
        memcpy(bad, spki.p, at);
        bad[at] = 0x83;
        bad[at + 1] = 0;
        memcpy(bad + at + 2, spki.p + at + 1, spki.n - at - 1);
        cr_assert_eq(door(bytes_of(bad, spki.n + 1)), ERR_CRYPTO);
        for (size_t j = 0; j < i; j++) /* and with the lengths around it grown */
            bad[lengths[j] + 2]++;
        cr_assert_eq(door(bytes_of(bad, spki.n + 1)), ERR_CRYPTO);
    }
}

Test(key_rsa, public__truncated_or_flipped)
{
    uint8_t room[ROOM], good[ROOM];
    struct parts p = parts_of(room, 256);
    struct buf b;

    buf_init_fixed(&b, good, sizeof good);
    struct bytes spki = spki_build(&b, &p);
    for (size_t n = 0; n < spki.n; n++)
        cr_assert_eq(door(bytes_of(good, n)), ERR_CRYPTO);
    for (size_t bit = 0; bit < spki.n * 8; bit++) {
        size_t at = bit / 8;
        /* Of the modulus only its first and its last bit are fixed. */
        bool free = at >= 33 && at < 33 + 256 && bit != 33 * 8 + 7 && bit != (33 + 255) * 8;
        good[at] ^= (uint8_t)(1u << bit % 8);
        cr_assert_eq(door(spki), free ? ERR_OK : ERR_CRYPTO, "bit %zu", bit);
        good[at] ^= (uint8_t)(1u << bit % 8);
    }
    cr_assert_eq(door(spki), ERR_OK);
}

static enum err read_private(struct bytes der)
{
    struct sign_key *k = NULL;
    enum err e = sign_key_read(&SIGN_RSA_PSS, der, &k);

    cr_assert_eq(k != NULL, e == ERR_OK);
    sign_key_free(k);
    return e;
}

Test(key_rsa, private__bare_pkcs1_is_taken)
{
    for (size_t i = 0; i < MEM_COUNT(RSA_FIXTURES); i++) {
        uint8_t room[RSA_FIXTURE_DER];
        struct bytes der = rsa_fixture_der(&RSA_FIXTURES[i], room);
        cr_assert_eq(read_private(bytes_of(der.p + 26, der.n - 26)), ERR_OK);
        cr_assert_eq(read_private(bytes_of(der.p + 26, der.n - 27)), ERR_CRYPTO);
    }
}

/* A key that is damaged anywhere must not sign: a fault in one half betrays the other. */
Test(key_rsa, private__each_flipped_bit_is_refused)
{
    uint8_t room[RSA_FIXTURE_DER];
    struct bytes der = rsa_fixture_der(&RSA_FIXTURES[0], room);

    for (size_t bit = 0; bit < der.n * 8; bit++) {
        room[bit / 8] ^= (uint8_t)(1u << bit % 8);
        cr_assert_eq(read_private(der), ERR_CRYPTO, "bit %zu", bit);
        room[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    cr_assert_eq(read_private(der), ERR_OK);
}

Test(key_rsa, private__truncated_or_longer_is_refused)
{
    uint8_t room[ROOM + 1] = {0};
    struct bytes der = rsa_fixture_der(&RSA_FIXTURES[0], room);

    for (size_t n = 0; n <= sizeof room; n++)
        if (n != der.n)
            cr_assert_eq(read_private(bytes_of(room, n)), ERR_CRYPTO);
}

/* A bare PKCS#1 starts 30 82 xx xx 02 01 00 (version), 02 82 xx xx (modulus); e is further on.
 */
Test(key_rsa, private__of_another_der_is_refused)
{
    static const struct {
        const char *cut; /* what is taken out, of the 2048-bit key */
        size_t at;
        const char *put;
    } rows[] = {
        {"020100", 4, "02810100"},           /* a length of one byte in two */
        {"020100", 4, "0282000100"},         /* and in three */
        {"020100", 4, "020100020100"},       /* two versions */
        {"020100", 4, "020101"},             /* that of many primes */
        {"020100", 4, ""},                   /* none */
        {"0203010001", 268, "020400010001"}, /* a zero too many */
        {"0203010001", 268, "0203010003"},   /* not the inverse of d */
        {"0203010001", 268, "0200"},         /* a number of no bytes */
        {"0203010001", 268, "0403010001"},   /* not a number */
    };
    uint8_t room[RSA_FIXTURE_DER], cut[8], put[8], bad[RSA_FIXTURE_DER];
    struct bytes pkcs8 = rsa_fixture_der(&RSA_FIXTURES[0], room);
    struct bytes der = bytes_of(pkcs8.p + 26, pkcs8.n - 26);

    for (size_t i = 0; i < MEM_COUNT(rows); i++) {
        struct bytes c = vector_hex(rows[i].cut, cut, sizeof cut);
        struct bytes p = vector_hex(rows[i].put, put, sizeof put);
        size_t after = rows[i].at + c.n;
        struct buf b;

        cr_assert(bytes_eq(bytes_of(der.p + rows[i].at, c.n), c));
        buf_init_fixed(&b, bad, sizeof bad);
        buf_put(&b, der.p, rows[i].at);
        buf_bytes(&b, p);
        buf_put(&b, der.p + after, der.n - after);
        buf_set_u16(&b, 2, (uint16_t)(b.n - 4));
        cr_assert_eq(read_private(buf_view(&b)), ERR_CRYPTO, "row %zu", i);
    }
    cr_assert_eq(read_private(der), ERR_OK);
}

/* Consistent, and too small. */
Test(key_rsa, private__of_another_size_is_refused)
{
    static const char *const der =
        "3082025e02010002818100cefb81b3f4003f13138559130bed5cf88634833b197a87d74b56878b7b9d2c"
        "3a66d222b5f51dec4fb26fe74f378720a491f97ae0fbbf46ae3b2ea243b85c0112c622bcccdfc3e92345"
        "f897fe1fdde7cbd71bccc1253c6563672d08ea18b471cdd8a8de9ed2084fddebd7bb0e2228c5bbed6134"
        "b914aec4f8c1c660fffd81f029020301000102818001dd05c7e6f4719cec5a10f938ec442000a54c6125"
        "d392917f9e21ce41a8a2934c05ac46531497e207cb361be27616f7245148a7e9dc48f89c93c8e62f2cb4"
        "ddc03fd85b48e47b8e1ab2dddbcebd0f9bd3b97b8cc09b3aebdf50d69da63fa3d185639544f976dd6b57"
        "c13399e9e153929970a99d5949ce92a187f9f5830f5399024100f4cf2e4fd577ecbd03920d65b57e4188"
        "187402beff17c2349e781c6e312648413bf11ae19cab64eafad77a93658d7b70c2183bb2b7c66b5d444b"
        "19d81d3959df024100d871aaa2ae694bfb6907b5b15290f6959b6013ab4d33984a735ab3dd972899dbec"
        "f19f0cba349d9ffdc81fe318ec3b92c1bbee9b3b6e0d0d205d2053b10f06f7024100ed220ae0360cf67a"
        "988ccf01686ea617a8682788cf1c3a7831d072e9a21e4cfb338ef6d4f7a76617df66fe4aeca1c1a295c0"
        "57836454850750f1d654eae9f4cd024100d5cfd364492eb36473e8adcfb1648a7257be9d2f8760047ce7"
        "5f1e7733af63ee212ebe93700e31f7ae5757489b82218763e2265f2a62187a73120bb121235b19024100"
        "d28631df18c0aade67b2b2042ae1451e3225a8fe9bc614515bc529031c0761bb56acca2da60595217f7b"
        "79e0860f213c3d40b6264fac4e5d6d502e75a47e8b4f";
    uint8_t room[RSA_FIXTURE_DER];

    cr_assert_eq(read_private(vector_hex(der, room, sizeof room)), ERR_CRYPTO);
}
