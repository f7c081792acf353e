/* SPDX-License-Identifier: ISC */
#include "crypto/hash.h"

#include "base/mem.h"
#include "vector.h"

/* FIPS 180-4 examples. */
Test(hash, sha256__known_answers)
{
    static const struct {
        const char *in, *out;
    } rows[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    };
    uint8_t out[HASH_SHA256];

    for (size_t i = 0; i < MEM_COUNT(rows); i++) {
        cr_assert_eq(hash_sha256(bytes_str(rows[i].in), out), ERR_OK);
        vector_expect(rows[i].out, out, sizeof out);
    }
    cr_assert_eq(hash_sha256((struct bytes){0}, out), ERR_OK);
    vector_expect(rows[0].out, out, sizeof out);
}

/* RFC 4231, cases 1 to 4, 6 and 7. */
Test(hash, hmac__rfc4231)
{
    static const char long_key[] =
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaa";
    static const struct {
        const char *key, *data, *out;
    } rows[] = {
        {"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "4869205468657265",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        {"4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"
            "dddddddddddddddddddd",
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
        {"0102030405060708090a0b0c0d0e0f10111213141516171819",
            "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"
            "cdcdcdcdcdcdcdcdcdcd",
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
        {long_key,
            "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d20"
            "48617368204b6579204669727374",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
        {long_key,
            "5468697320697320612074657374207573696e672061206c6172676572207468616e20626c6f636b"
            "2d73697a65206b657920616e642061206c6172676572207468616e20626c6f636b2d73697a652064"
            "6174612e20546865206b6579206e6565647320746f20626520686173686564206265666f7265206265"
            "696e6720757365642062792074686520484d414320616c676f726974686d2e",
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
    };
    uint8_t key_room[256], data_room[256], out[HASH_SHA256];

    for (size_t i = 0; i < MEM_COUNT(rows); i++) {
        struct bytes key = vector_hex(rows[i].key, key_room, sizeof key_room);
        struct bytes data = vector_hex(rows[i].data, data_room, sizeof data_room);
        cr_assert_eq(hash_hmac(key, &data, 1, out), ERR_OK);
        vector_expect(rows[i].out, out, sizeof out);
        /* However the message is cut into parts, the answer is the same. */
        for (size_t cut = 0; cut <= data.n; cut++) {
            struct bytes parts[3] = {
                bytes_of(data.p, cut), {0}, bytes_of(data.p + cut, data.n - cut)};
            cr_assert_eq(hash_hmac(key, parts, 3, out), ERR_OK);
            vector_expect(rows[i].out, out, sizeof out);
        }
    }
}

Test(hash, hmac__empty_key_is_a_key)
{
    uint8_t first[HASH_SHA256], out[HASH_SHA256];
    struct bytes text = bytes_str("x");

    cr_assert_eq(hash_hmac(bytes_str("another key"), &text, 1, first), ERR_OK);
    cr_assert_eq(hash_hmac((struct bytes){0}, NULL, 0, out), ERR_OK);
    vector_expect(
        "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad", out, sizeof out);
}

/* RFC 5869, cases 1 to 3. */
Test(hash, hkdf__rfc5869)
{
    uint8_t key[80], salt[80], out[82];
    struct bytes ikm =
        vector_hex("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", key, sizeof key);

    /* Its info bytes are above 0x7f and not empty, so a C string can carry them. */
    cr_assert_eq(hash_hkdf(ikm, vector_hex("000102030405060708090a0b0c", salt, sizeof salt),
                     "\xf0\xf1\xf2\xf3\xf4\xf5\xf6\xf7\xf8\xf9", out, 42),
        ERR_OK);
    vector_expect("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b8"
                  "87185865",
        out, 42);
    cr_assert_eq(hash_hkdf(ikm, (struct bytes){0}, "", out, 42), ERR_OK);
    vector_expect("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4"
                  "b61a96c8",
        out, 42);
    char info[81] = {0};
    uint8_t bytes[80];
    for (int i = 0; i < 80; i++) {
        key[i] = (uint8_t)i;
        salt[i] = (uint8_t)(0x60 + i);
        bytes[i] = (uint8_t)(0xb0 + i);
    }
    memcpy(info, bytes, sizeof bytes);
    cr_assert_eq(hash_hkdf(bytes_of(key, 80), bytes_of(salt, 80), info, out, 82), ERR_OK);
    vector_expect("b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7"
                  "827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5"
                  "c1f3434f1d87",
        out, 82);
}

Test(hash, hkdf__too_long_is_refused)
{
    static uint8_t out[255 * HASH_SHA256 + 1];

    cr_assert_eq(hash_hkdf(bytes_str("k"), bytes_str("s"), "i", out, sizeof out - 1), ERR_OK);
    cr_assert_eq(hash_hkdf(bytes_str("k"), bytes_str("s"), "i", out, sizeof out), ERR_CRYPTO);
}

Test(hash, equal__every_byte_counts)
{
    uint8_t a[32] = {0}, b[32] = {0};

    cr_assert(hash_equal(a, b, sizeof a));
    for (size_t i = 0; i < sizeof a * 8; i++) {
        b[i / 8] ^= (uint8_t)(1u << i % 8);
        cr_assert_not(hash_equal(a, b, sizeof a));
        b[i / 8] ^= (uint8_t)(1u << i % 8);
    }
    cr_assert(hash_equal(a, b, 0));
}
