/* SPDX-License-Identifier: ISC */
#include "crypto/hash.h"

#include <pthread.h>

#include "base/mem.h"
#include "support/memsearch.h"
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
        cr_assert_eq(hash_hmac(&HASH_ALG_SHA256, key, &data, 1, out), ERR_OK);
        vector_expect(rows[i].out, out, sizeof out);
        /* However the message is cut into parts, the answer is the same. */
        for (size_t cut = 0; cut <= data.n; cut++) {
            struct bytes parts[3] = {
                bytes_of(data.p, cut), {0}, bytes_of(data.p + cut, data.n - cut)};
            cr_assert_eq(hash_hmac(&HASH_ALG_SHA256, key, parts, 3, out), ERR_OK);
            vector_expect(rows[i].out, out, sizeof out);
        }
    }
}

Test(hash, hmac__empty_key_is_a_key)
{
    uint8_t first[HASH_SHA256], out[HASH_SHA256];
    struct bytes text = bytes_str("x");

    cr_assert_eq(
        hash_hmac(&HASH_ALG_SHA256, bytes_str("another key"), &text, 1, first), ERR_OK);
    cr_assert_eq(hash_hmac(&HASH_ALG_SHA256, (struct bytes){0}, NULL, 0, out), ERR_OK);
    vector_expect(
        "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad", out, sizeof out);
}

/* FIPS 180-4 and the examples that NIST prints beside it: "abc", and nothing at all. */
Test(hash, of__every_algorithm)
{
    static const struct {
        const struct hash_alg *alg;
        const char *abc, *nothing;
    } rows[] = {
        {&HASH_ALG_SHA1, "a9993e364706816aba3e25717850c26c9cd0d89d",
            "da39a3ee5e6b4b0d3255bfef95601890afd80709"},
        {&HASH_ALG_SHA224, "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7",
            "d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f"},
        {&HASH_ALG_SHA256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {&HASH_ALG_SHA384,
            "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
            "8086072ba1e7cc2358baeca134c825a7",
            "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da"
            "274edebfe76f65fbd51ad2f14898b95b"},
        {&HASH_ALG_SHA512,
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
            "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
            "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"},
        {&HASH_ALG_SHA512_224, "4634270f707b6a54daae7530460842e20e37ed265ceee9a43e8924aa",
            "6ed0dd02806fa89e25de060c19d3ac86cabb87d6a0ddd05c333b84f4"},
        {&HASH_ALG_SHA512_256,
            "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23",
            "c672b8d1ef56ed28ab87c3622c5114069bdd3ad7b8f9737498d0c01ecef0967a"},
    };
    struct bytes parts[] = {bytes_str("a"), {0}, bytes_str("bc")};
    uint8_t out[HASH_MAX];

    for (int round = 0; round < 2; round++) { /* a context that was used is as good as new */
        for (size_t i = 0; i < MEM_COUNT(rows); i++) {
            cr_assert_eq(hash_of(rows[i].alg, parts, 3, out), ERR_OK);
            vector_expect(rows[i].abc, out, rows[i].alg->size);
            cr_assert_eq(hash_of(rows[i].alg, NULL, 0, out), ERR_OK);
            vector_expect(rows[i].nothing, out, rows[i].alg->size);
        }
    }
}

/* RFC 4231, cases 1, 2 and 6 for the other hashes that it names: a block of 128 bytes, too. */
Test(hash, hmac__rfc4231_other_hashes)
{
    static const struct {
        const struct hash_alg *alg;
        const char *first, *second;
    } rows[] = {
        {&HASH_ALG_SHA224, "896fb1128abbdf196832107cd49df33f47b4b1169912ba4f53684b22",
            "a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44"},
        {&HASH_ALG_SHA384,
            "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59c"
            "faea9ea9076ede7f4af152e8b2fa9cb6",
            "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e"
            "8e2240ca5e69e2c78b3239ecfab21649"},
        {&HASH_ALG_SHA512,
            "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
            "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854",
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
            "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"},
    };
    struct bytes hi = bytes_str("Hi There"), what = bytes_str("what do ya want for nothing?");
    struct bytes larger = bytes_str("Test Using Larger Than Block-Size Key - Hash Key First");
    uint8_t key[131], out[HASH_MAX];

    for (size_t i = 0; i < MEM_COUNT(rows); i++) {
        memset(key, 0x0b, 20);
        cr_assert_eq(hash_hmac(rows[i].alg, bytes_of(key, 20), &hi, 1, out), ERR_OK);
        vector_expect(rows[i].first, out, rows[i].alg->size);
        cr_assert_eq(hash_hmac(rows[i].alg, bytes_str("Jefe"), &what, 1, out), ERR_OK);
        vector_expect(rows[i].second, out, rows[i].alg->size);
    }
    memset(key, 0xaa, sizeof key);
    cr_assert_eq(
        hash_hmac(&HASH_ALG_SHA512, bytes_of(key, sizeof key), &larger, 1, out), ERR_OK);
    vector_expect("80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
                  "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598",
        out, 64);
}

/* RFC 5869, cases 1 to 3: those with SHA-256. */
Test(hash, hkdf__rfc5869)
{
    uint8_t a[80], b[80], c[80], prk[HASH_SHA256], out[82];
    struct bytes ikm = vector_hex("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", a, sizeof a);
    struct bytes salt = vector_hex("000102030405060708090a0b0c", b, sizeof b);
    struct bytes info = vector_hex("f0f1f2f3f4f5f6f7f8f9", c, sizeof c);
    struct bytes key = bytes_of(prk, sizeof prk);

    cr_assert_eq(hash_extract(&HASH_ALG_SHA256, salt, ikm, prk), ERR_OK);
    vector_expect("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5", prk, 32);
    cr_assert_eq(hash_expand(&HASH_ALG_SHA256, key, &info, 1, out, 42), ERR_OK);
    vector_expect("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b8"
                  "87185865",
        out, 42);
    cr_assert_eq(hash_extract(&HASH_ALG_SHA256, (struct bytes){0}, ikm, prk), ERR_OK);
    vector_expect("19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04", prk, 32);
    cr_assert_eq(hash_expand(&HASH_ALG_SHA256, key, NULL, 0, out, 42), ERR_OK);
    vector_expect("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4"
                  "b61a96c8",
        out, 42);
    for (int i = 0; i < 80; i++) {
        a[i] = (uint8_t)i;
        b[i] = (uint8_t)(0x60 + i);
        c[i] = (uint8_t)(0xb0 + i);
    }
    cr_assert_eq(hash_extract(&HASH_ALG_SHA256, bytes_of(b, 80), bytes_of(a, 80), prk), ERR_OK);
    vector_expect("06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244", prk, 32);
    struct bytes parts[] = {bytes_of(c, 1), {0}, bytes_of(c + 1, 79)};
    cr_assert_eq(hash_expand(&HASH_ALG_SHA256, key, parts, 3, out, 82), ERR_OK);
    vector_expect("b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7"
                  "827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5"
                  "c1f3434f1d87",
        out, 82);
}

Test(hash, expand__a_short_answer_begins_the_long_one)
{
    uint8_t whole[200], some[200];
    struct bytes info = bytes_str("i"), key = bytes_str("k");

    cr_assert_eq(hash_expand(&HASH_ALG_SHA384, key, &info, 1, whole, sizeof whole), ERR_OK);
    for (size_t n = 0; n < sizeof some; n++) {
        memset(some, 0xee, sizeof some);
        cr_assert_eq(hash_expand(&HASH_ALG_SHA384, key, &info, 1, some, n), ERR_OK);
        cr_assert_arr_eq(some, whole, n);
        cr_assert_eq(some[n], 0xee, "wrote past %zu", n);
    }
}

Test(hash, expand__too_long_is_refused)
{
    static uint8_t out[255 * HASH_SHA256 + 1];
    struct bytes info = bytes_str("i"), key = bytes_str("k");
    size_t most = sizeof out - 1;

    cr_assert_eq(hash_expand(&HASH_ALG_SHA256, key, &info, 1, out, most), ERR_OK);
    cr_assert_eq(hash_expand(&HASH_ALG_SHA256, key, &info, 1, out, most + 1), ERR_TOO_BIG);
}

Test(hash, every_call__out_may_overlap_what_goes_in)
{
    uint8_t apart[96], room[96] = {0};
    struct bytes in = bytes_of(room, 64);

    for (size_t at = 0; at < 32; at++) {
        memset(room, 0x61, sizeof room);
        cr_assert_eq(hash_hmac(&HASH_ALG_SHA256, in, &in, 1, apart), ERR_OK);
        cr_assert_eq(hash_hmac(&HASH_ALG_SHA256, in, &in, 1, room + at), ERR_OK);
        cr_assert_arr_eq(room + at, apart, 32);
        memset(room, 0x61, sizeof room);
        cr_assert_eq(hash_expand(&HASH_ALG_SHA256, in, &in, 1, apart, 64), ERR_OK);
        cr_assert_eq(hash_expand(&HASH_ALG_SHA256, in, &in, 1, room + at, 64), ERR_OK);
        cr_assert_arr_eq(room + at, apart, 64);
    }
}

static void *hash_much(void *arg)
{
    uint8_t out[HASH_MAX];

    for (int i = 0; i < 2000; i++) {
        struct bytes abc = bytes_str("abc");
        cr_assert_eq(hash_of(&HASH_ALG_SHA512_224, &abc, 1, out), ERR_OK);
        vector_expect("4634270f707b6a54daae7530460842e20e37ed265ceee9a43e8924aa", out, 28);
    }
    return arg;
}

/* What a thread kept is freed with it: the leak checker looks. */
Test(hash, of__threads_do_not_meet)
{
    pthread_t threads[4];

    for (size_t i = 0; i < MEM_COUNT(threads); i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, hash_much, NULL), 0);
    for (size_t i = 0; i < MEM_COUNT(threads); i++)
        cr_assert_eq(pthread_join(threads[i], NULL), 0);
}

/* Two secrets of 48 bytes, known here by the inverse alone. */
static uint8_t masked[48];

static void secret_make(uint8_t out[48], bool judge)
{
    for (size_t i = 0; i < sizeof masked; i++)
        masked[i] = (uint8_t)(i * (judge ? 37 : 41) + 11);
    memsearch_reveal(masked, sizeof masked, out);
}

Test(hash, memsearch__finds_what_is_kept)
{
    uint8_t *kept = mem_alloc(5000);

    memset(kept, 0, 5000);
    secret_make(kept, true);
    cr_assert_eq(memsearch_count(masked, sizeof masked), 1);
    secret_make(kept + 4500, true);
    cr_assert_eq(memsearch_count(masked, sizeof masked), 2);
    for (size_t at = 100; at + 48 <= 5000; at += 64) { /* some of them lie across two pages */
        secret_make(kept + at, true);
        cr_assert_eq(memsearch_count(masked, sizeof masked), at + 48 <= 4500 ? 3 : 2);
        mem_wipe(kept + at, 48);
    }
    mem_wipe(kept, 5000);
    cr_assert_eq(memsearch_count(masked, sizeof masked), 0);
    mem_free(kept);
}

/* Neither the key nor what HMAC makes of it. */
static void look_for(const char *alg, int call, bool judge)
{
    static const uint8_t pads[] = {0, 0x36, 0x5c};
    uint8_t padded[sizeof masked];

    for (size_t k = 0; k < MEM_COUNT(pads); k++) {
        for (size_t i = 0; i < sizeof padded; i++)
            padded[i] = masked[i] ^ pads[k];
        for (size_t at = 0; at < sizeof padded; at += 16)
            cr_assert(memsearch_count(padded + at, 16) == 0 || !judge,
                "%s, call %d, pad %x, byte %zu", alg, call, pads[k], at);
    }
}

static void secret_use(const struct hash_alg *alg, bool judge)
{
    uint8_t key[48], out[200];
    struct bytes text = bytes_str("text"), k = bytes_of(key, sizeof key);

    for (int call = 0; call < 4; call++) {
        enum err e = ERR_STATE;
        secret_make(key, judge);
        if (call == 0)
            e = hash_of(alg, &k, 1, out);
        else if (call == 1)
            e = hash_hmac(alg, k, &text, 1, out);
        else if (call == 2)
            e = hash_extract(alg, text, k, out);
        else
            e = hash_expand(alg, k, &text, 1, out, sizeof out);
        mem_wipe(key, sizeof key);
        cr_assert_eq(e, ERR_OK);
        look_for(alg->name, call, judge);
    }
}

Test(hash, every_call__leaves_no_secret_behind)
{
    static const struct hash_alg *const algs[] = {&HASH_ALG_SHA1, &HASH_ALG_SHA256,
        &HASH_ALG_SHA384, &HASH_ALG_SHA512, &HASH_ALG_SHA512_256};

    for (size_t i = 0; i < MEM_COUNT(algs); i++) {
        secret_use(algs[i], false);
        secret_use(algs[i], true);
    }
}

/* The state of SHA-2 after its end is the answer, in words of this machine. */
static void answer_use(bool judge)
{
    uint8_t out[HASH_SHA256], words[HASH_SHA256];
    struct bytes text = bytes_str(judge ? "text" : "another");

    cr_assert_eq(hash_hmac(&HASH_ALG_SHA256, text, &text, 1, out), ERR_OK);
    for (size_t i = 0; i < sizeof out; i++) {
        words[i] = (uint8_t)~out[i];
        out[i] = 0;
    }
    cr_assert(memsearch_count(words, sizeof words) == 0 || !judge);
    for (size_t i = 0; i < sizeof words; i += 4) {
        uint8_t w[4] = {words[i + 3], words[i + 2], words[i + 1], words[i]};
        memcpy(words + i, w, 4);
    }
    cr_assert(memsearch_count(words, sizeof words) == 0 || !judge);
}

Test(hash, every_call__leaves_no_answer_behind)
{
    answer_use(false);
    answer_use(true);
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
