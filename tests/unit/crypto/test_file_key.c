/* SPDX-License-Identifier: ISC */
#include <criterion/criterion.h>
#include <string.h>

#include "base/mem.h"
#include "crypto/aead.h"
#include "crypto/file_key.h"
#include "support/attack.h"

#define CHUNK 64u

static const uint8_t KEY[FILE_KEY] = {1, 2, 3};
static const struct file_shape SHAPE = {
    .id = {9, 8, 7}, .bytes = 3 * CHUNK + 5, .chunk = CHUNK, .count = 4};

static struct file_key *key_of(const struct file_shape *s)
{
    struct file_key *k;

    cr_assert_eq(file_key_new(KEY, s, &k), ERR_OK);
    return k;
}

static void seal(const struct file_shape *s, uint32_t i, uint8_t fill, uint8_t *out)
{
    struct file_key *k = key_of(s);
    uint8_t clear[CHUNK];

    memset(clear, fill, sizeof clear);
    cr_assert_eq(file_key_seal(k, i, bytes_of(clear, file_shape_chunk(s, i)), out), ERR_OK);
    file_key_free(k);
}

Test(file_key, chunk__sizes_follow_from_the_shape)
{
    const struct file_shape one = {.bytes = 0, .chunk = CHUNK, .count = 1};
    const struct file_shape full = {.bytes = 2 * CHUNK, .chunk = CHUNK, .count = 2};

    cr_assert_eq(file_shape_chunk(&SHAPE, 0), CHUNK);
    cr_assert_eq(file_shape_chunk(&SHAPE, 3), 5);
    cr_assert_eq(file_shape_chunk(&SHAPE, 4), 0);
    cr_assert_eq(file_shape_chunk(&SHAPE, UINT32_MAX), 0);
    cr_assert_eq(file_shape_chunk(&one, 0), 0);
    cr_assert_eq(file_shape_chunk(&full, 1), CHUNK);
}

/* The same by the letter of docs/PROTOCOL.md, section 14. */
Test(file_key, seal__is_what_the_protocol_says)
{
    uint8_t sealed[CHUNK + FILE_KEY_TAG];
    uint8_t clear[CHUNK];
    uint8_t aad[12 + 16 + 8 + 4 + 4 + 4] = "sotto file 1";
    uint8_t nonce[AEAD_NONCE] = {0};
    struct aead_key *a;

    seal(&SHAPE, 2, 0x5a, sealed);
    memcpy(aad + 12, SHAPE.id, 16);
    aad[35] = (uint8_t)SHAPE.bytes;
    aad[39] = CHUNK;
    aad[43] = 4;
    aad[47] = 2;
    nonce[AEAD_NONCE - 1] = 2;
    cr_assert_eq(aead_key_new(&AEAD_AES256_GCM, KEY, &a), ERR_OK);
    cr_assert_eq(aead_key_open(a, nonce, bytes_of(aad, sizeof aad),
                     bytes_of(sealed, sizeof sealed), clear),
        ERR_OK);
    for (size_t i = 0; i < CHUNK; i++)
        cr_assert_eq(clear[i], 0x5a);
    aead_key_free(a);
}

Test(file_key, seal__is_the_same_each_time_and_another_for_other_bytes)
{
    uint8_t a[CHUNK + FILE_KEY_TAG], b[CHUNK + FILE_KEY_TAG];

    seal(&SHAPE, 1, 1, a);
    seal(&SHAPE, 1, 1, b);
    cr_assert_arr_eq(a, b, sizeof a);
    seal(&SHAPE, 1, 2, b);
    cr_assert(memcmp(a + CHUNK, b + CHUNK, FILE_KEY_TAG) != 0);
}

/* What a chunk opens under: its own place of its own file, and nothing else. */
static enum err opens(const struct file_shape *s, uint32_t i, struct bytes sealed)
{
    struct file_key *k = key_of(s);
    uint8_t clear[CHUNK] = {1};
    enum err e = file_key_open(k, i, sealed, clear);

    if (e == ERR_CRYPTO && sealed.n > FILE_KEY_TAG)
        cr_assert_eq(clear[0], 0, "what did not open is handed out");
    file_key_free(k);
    return e;
}

Test(file_key, open__in_its_place_alone)
{
    uint8_t sealed[CHUNK + FILE_KEY_TAG] = {0};
    const struct bytes s = bytes_of(sealed, sizeof sealed);
    struct file_shape other;

    seal(&SHAPE, 1, 3, sealed);
    cr_assert_eq(opens(&SHAPE, 1, s), ERR_OK);
    cr_assert_eq(opens(&SHAPE, 0, s), ERR_CRYPTO);
    cr_assert_eq(opens(&SHAPE, 2, s), ERR_CRYPTO);
    cr_assert_eq(opens(&SHAPE, 3, s), ERR_FORMAT);
    cr_assert_eq(opens(&SHAPE, 4, s), ERR_FORMAT);
    for (size_t i = 0; i < FILE_KEY_ID; i++) {
        other = SHAPE;
        other.id[i] ^= 1;
        cr_assert_eq(opens(&other, 1, s), ERR_CRYPTO);
    }
    other = SHAPE;
    other.bytes++;
    cr_assert_eq(opens(&other, 1, s), ERR_CRYPTO);
    other = SHAPE;
    other.count++;
    cr_assert_eq(opens(&other, 1, s), ERR_CRYPTO);
}

static bool opened(void *arg, struct bytes in)
{
    (void)arg;
    return opens(&SHAPE, 3, in) == ERR_OK;
}

Test(file_key, open__takes_nothing_that_was_touched)
{
    uint8_t sealed[5 + FILE_KEY_TAG] = {0};
    const struct bytes s = bytes_of(sealed, sizeof sealed);

    seal(&SHAPE, 3, 7, sealed);
    cr_assert(attack_none(s, opened, NULL));
    cr_assert_eq(attack_flip(s, opened, NULL), ATTACK_HELD);
    cr_assert_eq(attack_truncate(s, opened, NULL), ATTACK_HELD);
    cr_assert_eq(attack_trail(s, opened, NULL), ATTACK_HELD);
}

Test(file_key, seal__of_another_size_or_behind_the_end_is_refused)
{
    struct file_key *k = key_of(&SHAPE);
    uint8_t clear[2 * CHUNK] = {0}, out[2 * CHUNK + FILE_KEY_TAG];

    cr_assert_eq(file_key_seal(k, 0, bytes_of(clear, CHUNK - 1), out), ERR_FORMAT);
    cr_assert_eq(file_key_seal(k, 0, bytes_of(clear, CHUNK + 1), out), ERR_FORMAT);
    cr_assert_eq(file_key_seal(k, 3, bytes_of(clear, CHUNK), out), ERR_FORMAT);
    cr_assert_eq(file_key_seal(k, 4, bytes_of(clear, 0), out), ERR_FORMAT);
    cr_assert_eq(file_key_seal(k, UINT32_MAX, bytes_of(clear, 0), out), ERR_FORMAT);
    file_key_free(k);
    file_key_free(NULL);
}

Test(file_key, empty__a_file_of_nothing_has_a_seal_too)
{
    const struct file_shape s = {.id = {1}, .bytes = 0, .chunk = CHUNK, .count = 1};
    uint8_t sealed[FILE_KEY_TAG];

    seal(&s, 0, 0, sealed);
    cr_assert_eq(opens(&s, 0, bytes_of(sealed, sizeof sealed)), ERR_OK);
    sealed[0] ^= 1;
    cr_assert_eq(opens(&s, 0, bytes_of(sealed, sizeof sealed)), ERR_CRYPTO);
}
