/* SPDX-License-Identifier: ISC */
#include "mls/safety.h"

#include <criterion/criterion.h>

#include "base/mem.h"
#include "support/mlskit.h"

static uint8_t COUNT[64]; /* 0, 1, 2 ... */

static struct safety_identity identity(const char *name, size_t from, size_t n)
{
    for (size_t i = 0; i < sizeof COUNT; i++)
        COUNT[i] = (uint8_t)i;
    return (struct safety_identity){bytes_str(name), bytes_of(COUNT + from, n)};
}

static void number(
    const struct safety_identity *a, const struct safety_identity *b, char out[SAFETY_TEXT])
{
    memset(out, '?', SAFETY_TEXT);
    cr_assert_eq(safety_number(a, b, out), ERR_OK);
    cr_assert_eq(strlen(out), SAFETY_TEXT - 1);
}

/* Computed by hand of another language, from the words in safety.h. */
Test(safety, number_is_as_it_always_was__two_identities)
{
    struct safety_identity alice = identity("alice", 0, 32);
    struct safety_identity bob = identity("bob", 32, 32);
    char text[SAFETY_TEXT];

    number(&alice, &bob, text);
    cr_assert_str_eq(
        text, "45690 76356 28545 46926 11079 23042 61729 98427 12144 74086 71014 22255");
    number(&alice, &alice, text);
    cr_assert_str_eq(
        text, "61729 98427 12144 74086 71014 22255 61729 98427 12144 74086 71014 22255");
}

Test(safety, number_is_the_same_on_both_sides__whoever_is_first)
{
    struct safety_identity alice = identity("alice", 0, 32);
    char one[SAFETY_TEXT];
    char two[SAFETY_TEXT];

    for (size_t i = 0; i < 8; i++) {
        struct safety_identity other = identity("carol", i, 20);

        number(&alice, &other, one);
        number(&other, &alice, two);
        cr_assert_str_eq(one, two);
    }
}

/* A name and a key that share their bytes in another way are somebody else, and each end of
 * each field counts. */
Test(safety, number_differs__by_every_input)
{
    const struct safety_identity others[] = {identity("alice", 0, 32), identity("bob", 0, 32),
        identity("bob", 32, 31), identity("bob", 33, 31), identity("bo", 32, 32),
        identity("bobb", 32, 32), identity("", 32, 32), identity("bob", 32, 0),
        {bytes_of("bob\x20", 4), bytes_of(COUNT + 33, 31)},
        {bytes_of("bo", 2), bytes_of("b !\"#$%&'()*+,-./0123456789:;<=>?", 33)},
        {bytes_of(COUNT + 32, 32), bytes_of("bob", 3)}};
    struct safety_identity alice = identity("alice", 0, 32);
    struct safety_identity bob = identity("bob", 32, 32);
    char seen[MEM_COUNT(others) + 1][SAFETY_TEXT];

    number(&alice, &bob, seen[MEM_COUNT(others)]);
    for (size_t i = 0; i < MEM_COUNT(others); i++)
        number(&alice, &others[i], seen[i]);
    for (size_t i = 0; i <= MEM_COUNT(others); i++)
        for (size_t j = 0; j < i; j++)
            cr_assert_str_neq(seen[i], seen[j], "%zu and %zu", i, j);
}

Test(safety, number_is_groups_of_five_digits__one_space_between)
{
    struct safety_identity alice = identity("alice", 0, 32);
    struct safety_identity bob = identity("bob", 32, 32);
    char text[SAFETY_TEXT];
    size_t digits = 0;

    number(&alice, &bob, text);
    for (size_t i = 0; i < SAFETY_TEXT - 1; i++) {
        bool space = i % 6 == 5;

        cr_assert_eq(text[i] == ' ', space);
        cr_assert(space || (text[i] >= '0' && text[i] <= '9'));
        digits += !space;
    }
    cr_assert_eq(digits, SAFETY_DIGITS);
}

/* openssl rsa -pubout -outform DER | openssl dgst -sha256 says the same of that key. */
Test(safety, fingerprint_is_what_openssl_prints__an_rsa_key)
{
    static const uint8_t WANT[SAFETY_PRINT] = {0xe2, 0x3f, 0x77, 0xe6, 0x7d, 0x7a, 0xbd, 0x25,
        0x5c, 0xe8, 0x24, 0x9b, 0xcf, 0x53, 0x59, 0xff, 0x53, 0x2e, 0x38, 0xc0, 0x4b, 0xb4,
        0x99, 0x2f, 0xee, 0x4b, 0x0c, 0x0f, 0x5b, 0xec, 0x79, 0x11};
    struct sign_key *key = mlskit_sign_key(suite_find(0xf001), 0);
    uint8_t print[SAFETY_PRINT];
    char text[SAFETY_PRINT_TEXT];

    cr_assert_eq(safety_fingerprint(sign_key_pub(key), print), ERR_OK);
    cr_assert_arr_eq(print, WANT, sizeof WANT);
    cr_assert_eq(safety_fingerprint_text(sign_key_pub(key), text), ERR_OK);
    cr_assert_str_eq(text, "SHA256:4j935n16vSVc6CSbz1NZ/1MuOMBLtJkv7ksMD1vseRE");
    sign_key_free(key);
}

Test(safety, fingerprint_text_has_no_padding__whatever_the_key)
{
    char text[SAFETY_PRINT_TEXT];

    cr_assert_eq(safety_fingerprint_text((struct bytes){0}, text), ERR_OK);
    cr_assert_str_eq(text, "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU");
    cr_assert_eq(safety_fingerprint_text(identity("", 0, 32).key, text), ERR_OK);
    cr_assert_str_eq(text, "SHA256:Yw3NKWbEM2aRElRIu7JbT/QSpJxzLbLIq8G4WBvXEN0");
}

Test(safety, code_is_thirty_digits__of_a_secret)
{
    uint8_t secret[32];
    char text[SAFETY_CODE_TEXT];
    char other[SAFETY_CODE_TEXT];

    for (size_t i = 0; i < sizeof secret; i++)
        secret[i] = (uint8_t)(200 + i);
    safety_code(secret, text);
    cr_assert_str_eq(text, "70060 21585 73110 24635 76160 27685");
    for (size_t i = 0; i < 30; i++) {
        secret[i] ^= 1;
        safety_code(secret, other);
        cr_assert_str_neq(text, other);
        secret[i] ^= 1;
    }
    memset(secret, 0, sizeof secret);
    safety_code(secret, text);
    cr_assert_str_eq(text, "00000 00000 00000 00000 00000 00000");
}
