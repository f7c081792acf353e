/* SPDX-License-Identifier: ISC */
#include "crypto/aead.h"

#include <pthread.h>

#include "base/mem.h"
#include "support/memsearch.h"
#include "vector.h"

static const struct aead_alg *const ALGS[] = {
    &AEAD_AES128_GCM, &AEAD_AES256_GCM, &AEAD_CHACHA20_POLY1305};

#define GCM_TEXT                                                                               \
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"                         \
    "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
#define GCM_AAD "feedfacedeadbeeffeedfacedeadbeefabaddad2"

static const struct row {
    const struct aead_alg *alg;
    const char *key, *nonce, *aad, *in, *out; /* out with its tag */
} ROWS[] = {
    /* McGrew and Viega, "The Galois/Counter Mode of Operation": cases 1 to 4, 13 to 16. */
    {&AEAD_AES128_GCM, "00000000000000000000000000000000", "000000000000000000000000", "", "",
        "58e2fccefa7e3061367f1d57a4e7455a"},
    {&AEAD_AES128_GCM, "00000000000000000000000000000000", "000000000000000000000000", "",
        "00000000000000000000000000000000",
        "0388dace60b6a392f328c2b971b2fe78ab6e47d42cec13bdf53a67b21257bddf"},
    {&AEAD_AES128_GCM, "feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888", "",
        GCM_TEXT "1aafd255",
        "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
        "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091473f5985"
        "4d5c2af327cd64a62cf35abd2ba6fab4"},
    {&AEAD_AES128_GCM, "feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888", GCM_AAD,
        GCM_TEXT,
        "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
        "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091"
        "5bc94fbc3221a5db94fae95ae7121a47"},
    {&AEAD_AES256_GCM, "0000000000000000000000000000000000000000000000000000000000000000",
        "000000000000000000000000", "", "", "530f8afbc74536b9a963b4f1c4cb738b"},
    {&AEAD_AES256_GCM, "0000000000000000000000000000000000000000000000000000000000000000",
        "000000000000000000000000", "", "00000000000000000000000000000000",
        "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"},
    {&AEAD_AES256_GCM, "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
        "cafebabefacedbaddecaf888", "", GCM_TEXT "1aafd255",
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
        "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad"
        "b094dac5d93471bdec1a502270e3cc6c"},
    {&AEAD_AES256_GCM, "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
        "cafebabefacedbaddecaf888", GCM_AAD, GCM_TEXT,
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
        "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
        "76fc6ece0f4e1768cddf8853bb2d551b"},
    /* RFC 8439, 2.8.2 */
    {&AEAD_CHACHA20_POLY1305,
        "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
        "070000004041424344454647", "50515253c0c1c2c3c4c5c6c7",
        "4c616469657320616e642047656e746c656d656e206f662074686520636c6173"
        "73206f66202739393a204966204920636f756c64206f6666657220796f75206f"
        "6e6c79206f6e652074697020666f7220746865206675747572652c2073756e73"
        "637265656e20776f756c642062652069742e",
        "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6"
        "3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36"
        "92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc"
        "3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691"},
};

static void run_row(const struct row *r)
{
    uint8_t key[32], nonce[12], aad_room[32], in_room[128], out_room[144], got[144];

    (void)vector_hex(r->key, key, sizeof key);
    (void)vector_hex(r->nonce, nonce, sizeof nonce);
    struct bytes aad = vector_hex(r->aad, aad_room, sizeof aad_room);
    struct bytes in = vector_hex(r->in, in_room, sizeof in_room);
    struct bytes out = vector_hex(r->out, out_room, sizeof out_room);
    struct aead_key *k;

    cr_assert_eq(aead_seal(r->alg, key, nonce, aad, in, got), ERR_OK);
    cr_assert_arr_eq(got, out.p, out.n);
    cr_assert_eq(aead_open(r->alg, key, nonce, aad, out, got), ERR_OK);
    cr_assert_arr_eq(got, in.p, in.n);
    cr_assert_eq(aead_key_new(r->alg, key, &k), ERR_OK);
    for (int i = 0; i < 3; i++) {
        cr_assert_eq(aead_key_seal(k, nonce, aad, in, got), ERR_OK);
        cr_assert_arr_eq(got, out.p, out.n);
        cr_assert_eq(aead_key_open(k, nonce, aad, out, got), ERR_OK);
        cr_assert_arr_eq(got, in.p, in.n);
        got[0] ^= 1;
        cr_assert_neq(aead_key_open(k, nonce, aad, bytes_of(got, 16), got), ERR_OK);
    }
    aead_key_free(k);
}

Test(aead, seal_and_open__printed_vectors)
{
    for (int round = 0; round < 2;
         round++) { /* what one message leaves does not harm the next */
        for (size_t i = 0; i < MEM_COUNT(ROWS); i++)
            run_row(&ROWS[i]);
    }
}

struct example {
    const struct aead_alg *alg;
    uint8_t key[32];
    uint8_t nonce[AEAD_NONCE];
    uint8_t aad[5];
    uint8_t text[37];
    uint8_t sealed[37 + AEAD_TAG];
};

static void example_make(struct example *x, const struct aead_alg *alg)
{
    x->alg = alg;
    memset(x->key, 1, sizeof x->key);
    memset(x->nonce, 2, sizeof x->nonce);
    memset(x->aad, 3, sizeof x->aad);
    memset(x->text, 4, sizeof x->text);
    cr_assert_eq(aead_seal(alg, x->key, x->nonce, bytes_of(x->aad, sizeof x->aad),
                     bytes_of(x->text, sizeof x->text), x->sealed),
        ERR_OK);
}

static enum err example_open(const struct example *x, size_t aad_n, size_t n, uint8_t *out)
{
    return aead_open(
        x->alg, x->key, x->nonce, bytes_of(x->aad, aad_n), bytes_of(x->sealed, n), out);
}

static void expect_refused(const struct example *x, size_t aad_n, size_t n)
{
    uint8_t out[sizeof x->text];

    memset(out, 0xee, sizeof out);
    cr_assert_eq(example_open(x, aad_n, n, out), n < AEAD_TAG ? ERR_FORMAT : ERR_CRYPTO);
    for (size_t i = 0; n >= AEAD_TAG && i < n - AEAD_TAG; i++)
        cr_assert_eq(out[i], 0, "out is not zeroed");
}

static void flip_all(struct example *x, uint8_t *p, size_t n)
{
    for (size_t bit = 0; bit < n * 8; bit++) {
        p[bit / 8] ^= (uint8_t)(1u << bit % 8);
        expect_refused(x, sizeof x->aad, sizeof x->sealed);
        p[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

Test(aead, open__no_bit_may_differ)
{
    for (size_t i = 0; i < MEM_COUNT(ALGS); i++) {
        struct example x;
        uint8_t out[sizeof x.text];
        example_make(&x, ALGS[i]);
        flip_all(&x, x.key, ALGS[i]->key_size);
        flip_all(&x, x.nonce, sizeof x.nonce);
        flip_all(&x, x.aad, sizeof x.aad);
        flip_all(&x, x.sealed, sizeof x.sealed);
        for (size_t n = 0; n < sizeof x.sealed; n++)
            expect_refused(&x, sizeof x.aad, n);
        for (size_t n = 0; n < sizeof x.aad; n++)
            expect_refused(&x, n, sizeof x.sealed);
        cr_assert_eq(example_open(&x, sizeof x.aad, sizeof x.sealed, out), ERR_OK);
        cr_assert_arr_eq(out, x.text, sizeof out);
    }
}

Test(aead, seal_and_open__in_place_and_every_length)
{
    static const uint8_t key[32] = {9}, nonce[AEAD_NONCE] = {8};
    uint8_t apart[300 + AEAD_TAG], room[300 + AEAD_TAG];
    const struct bytes none = {0};

    for (size_t i = 0; i < MEM_COUNT(ALGS); i++) {
        for (size_t n = 0; n <= 300; n++) {
            memset(room, 0x5a, n);
            struct bytes in = bytes_of(room, n);
            cr_assert_eq(aead_seal(ALGS[i], key, nonce, none, in, apart), ERR_OK);
            cr_assert_eq(aead_seal(ALGS[i], key, nonce, none, in, room), ERR_OK);
            cr_assert_arr_eq(room, apart, n + AEAD_TAG);
            in.n += AEAD_TAG;
            cr_assert_eq(aead_open(ALGS[i], key, nonce, none, in, room), ERR_OK);
            for (size_t k = 0; k < n; k++)
                cr_assert_eq(room[k], 0x5a);
        }
    }
}

static void *seal_much(void *arg)
{
    for (int i = 0; i < 100; i++)
        run_row(arg);
    return NULL;
}

Test(aead, seal_and_open__threads_do_not_meet)
{
    pthread_t threads[MEM_COUNT(ROWS)];
    struct row rows[MEM_COUNT(ROWS)];

    memcpy(rows, ROWS, sizeof rows);
    for (size_t i = 0; i < MEM_COUNT(threads); i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, seal_much, &rows[i]), 0);
    for (size_t i = 0; i < MEM_COUNT(threads); i++)
        cr_assert_eq(pthread_join(threads[i], NULL), 0);
}

static uint8_t masked[32];
static bool judge; /* not in a first turn: memsearch.h says why */

static void secret_make(uint8_t out[32])
{
    for (size_t i = 0; i < sizeof masked; i++)
        masked[i] = (uint8_t)(i * (judge ? 73 : 79) + 5);
    memsearch_reveal(masked, sizeof masked, out);
}

static void expect_key(size_t count, const char *what)
{
    cr_assert(memsearch_count(masked, 16) == count || !judge, "%s", what);
}

Test(aead, seal_and_open__leave_no_key_behind)
{
    static const uint8_t nonce[AEAD_NONCE] = {8};
    struct bytes text = bytes_str("a text of more bytes than one block of any of these has");
    uint8_t key[32], room[128];

    for (size_t turn = 0; turn < 2 * MEM_COUNT(ALGS); turn++) {
        size_t i = turn % MEM_COUNT(ALGS);
        judge = turn >= MEM_COUNT(ALGS);
        /* A function that is linked lazily saves the registers on the stack at its first call.
         */
        cr_assert_eq(aead_seal(ALGS[i], key, nonce, text, text, room), ERR_OK);
        secret_make(key);
        cr_assert_eq(aead_seal(ALGS[i], key, nonce, text, text, room), ERR_OK);
        mem_wipe(key, sizeof key);
        expect_key(0, "seal");
        secret_make(key);
        struct bytes sealed = bytes_of(room, text.n + AEAD_TAG);
        cr_assert_eq(aead_open(ALGS[i], key, nonce, text, sealed, room), ERR_OK);
        mem_wipe(key, sizeof key);
        expect_key(0, "open");
        secret_make(key);
        cr_assert_eq(aead_open(ALGS[i], key, nonce, text, text, room), ERR_CRYPTO);
        mem_wipe(key, sizeof key);
        expect_key(0, "open that failed");
    }
}

/* The key stream that covered the end of a message opens it as well as the key does. */
Test(aead, seal__leaves_no_key_stream_behind)
{
    static const uint8_t key[32] = {9};
    uint8_t nonce[AEAD_NONCE] = {8};
    const size_t n = 64 + 15; /* not a whole block of any of these */
    uint8_t room[64 + 15 + AEAD_TAG];

    for (size_t turn = 0; turn < 2 * MEM_COUNT(ALGS); turn++) {
        size_t i = turn % MEM_COUNT(ALGS);
        judge = turn >= MEM_COUNT(ALGS);
        nonce[1] = judge;
        memset(room, 0x5a, n);
        struct bytes text = bytes_of(room, n);
        cr_assert_eq(aead_seal(ALGS[i], key, nonce, (struct bytes){0}, text, room), ERR_OK);
        for (size_t k = 0; k < n; k++)
            room[k] ^= 0x5a ^ 0xff;
        cr_assert(memsearch_count(room + 64, 15) == 0 || !judge, "%s", ALGS[i]->name);
    }
}

/* The control: a key that is held is found, and after it was freed it is not. */
Test(aead, key_free__wipes)
{
    uint8_t key[32];
    struct aead_key *k;

    for (size_t turn = 0; turn < 2 * MEM_COUNT(ALGS); turn++) {
        size_t i = turn % MEM_COUNT(ALGS);
        judge = turn >= MEM_COUNT(ALGS);
        secret_make(key);
        cr_assert_eq(aead_key_new(ALGS[i], key, &k), ERR_OK);
        mem_wipe(key, sizeof key);
        expect_key(1, "held");
        aead_key_free(k);
        expect_key(0, "freed");
    }
    aead_key_free(NULL);
}
