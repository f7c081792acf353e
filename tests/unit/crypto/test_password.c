/* SPDX-License-Identifier: ISC */
#include "crypto/password.h"

#include "base/mem.h"
#include "crypto/rand.h"
#include "vector.h"

#define QUICK 4 /* N = 16: the tests are about what goes in, not about what it costs */

static const uint8_t relay[PASSWORD_RELAY_ID] = {
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
static const uint8_t other[PASSWORD_RELAY_ID] = {1};

/* RFC 7914, section 12, the vector with r = 8 and p = 1. */
Test(password, derive__rfc7914)
{
    uint8_t out[64];

    cr_assert_eq(
        password_derive(bytes_str("pleaseletmein"), bytes_str("SodiumChloride"), 14, out, 64),
        ERR_OK);
    vector_expect(
        "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf"
        "62d49705242a9af9e61e85dc0d651e40dfcf017b45575887",
        out, sizeof out);
}

Test(password, derive__cost_has_bounds)
{
    uint8_t out[PASSWORD_KEY];

    cr_assert_eq(
        password_derive(bytes_str("p"), bytes_str("s"), 0, out, sizeof out), ERR_TOO_BIG);
    cr_assert_eq(
        password_derive(bytes_str("p"), bytes_str("s"), 21, out, sizeof out), ERR_TOO_BIG);
    cr_assert_eq(
        password_derive(bytes_str("p"), bytes_str("s"), 64, out, sizeof out), ERR_TOO_BIG);
    cr_assert_eq(
        password_derive((struct bytes){0}, (struct bytes){0}, 1, out, sizeof out), ERR_OK);
}

Test(password, account__is_scrypt_of_the_written_salt)
{
    uint8_t out[PASSWORD_KEY];

    cr_assert_eq(
        password_account(bytes_str("correct horse"), relay, bytes_str("alice"), 10, out),
        ERR_OK);
    /* scrypt("correct horse", "sotto account" || 00..0f || "alice", N=2^10), by Python's
     * hashlib */
    vector_expect(
        "0706fc71a7d60fbdadbc9581687f8a26ddcbaa1140563f0d7793c440a0d54354", out, sizeof out);
}

Test(password, room__proof_and_psk_by_hkdf)
{
    struct password_room_keys k;

    cr_assert_eq(
        password_room(bytes_str("correct horse"), relay, bytes_str("lobby"), 10, &k), ERR_OK);
    vector_expect(
        "fceb4be97bbf30d215b75caba24d3ec132cc7b84fcdd5f2eb5206817574f7398", k.proof, 32);
    vector_expect(
        "d8ca1d7949ae3eb030f4003c804381c244741d3c2100edc5136e2519dbd18b27", k.psk, 32);
}

Test(password, account_and_room__everything_that_goes_in_counts)
{
    uint8_t out[5][PASSWORD_KEY];
    struct password_room_keys k;
    struct bytes pw = bytes_str("pw"), a = bytes_str("a");

    cr_assert_eq(password_account(pw, relay, a, QUICK, out[0]), ERR_OK);
    cr_assert_eq(password_account(bytes_str("pW"), relay, a, QUICK, out[1]), ERR_OK);
    cr_assert_eq(password_account(pw, other, a, QUICK, out[2]), ERR_OK);
    cr_assert_eq(password_account(pw, relay, bytes_str("b"), QUICK, out[3]), ERR_OK);
    cr_assert_eq(password_room(pw, relay, a, QUICK, &k), ERR_OK);
    memcpy(out[4], k.proof, PASSWORD_KEY);
    for (size_t i = 0; i < MEM_COUNT(out); i++) {
        for (size_t j = 0; j < i; j++)
            cr_assert_neq(memcmp(out[i], out[j], PASSWORD_KEY), 0, "%zu equals %zu", i, j);
    }
    cr_assert_neq(memcmp(k.proof, k.psk, PASSWORD_KEY), 0);
}

Test(password, account__a_name_beyond_all_names_is_refused)
{
    static uint8_t name[1025];
    uint8_t out[PASSWORD_KEY];

    cr_assert_eq(password_account(bytes_str("p"), relay, bytes_of(name, 1024), 1, out), ERR_OK);
    cr_assert_eq(
        password_account(bytes_str("p"), relay, bytes_of(name, 1025), 1, out), ERR_TOO_BIG);
}

Test(password, store__check_knows_it_again)
{
    uint8_t stored[PASSWORD_STORED], again[PASSWORD_STORED];

    cr_assert_eq(password_store(bytes_str("secret"), QUICK, stored), ERR_OK);
    cr_assert_eq(password_store(bytes_str("secret"), QUICK, again), ERR_OK);
    cr_assert_neq(memcmp(stored, again, sizeof stored), 0, "a salt was used twice");
    struct bytes s = bytes_of(stored, sizeof stored);
    cr_assert_eq(password_check(bytes_str("secret"), s), ERR_OK);
    cr_assert_eq(password_check(bytes_str("secreT"), s), ERR_REFUSED);
    cr_assert_eq(password_check(bytes_str(""), s), ERR_REFUSED);
    cr_assert_eq(password_store(bytes_str("secret"), 99, again), ERR_TOO_BIG);
}

Test(password, check__damage_never_opens)
{
    uint8_t stored[PASSWORD_STORED + 1] = {0};
    struct bytes secret = bytes_str("secret");

    cr_assert_eq(password_store(secret, QUICK, stored), ERR_OK);
    for (size_t n = 0; n < PASSWORD_STORED; n++)
        cr_assert_eq(password_check(secret, bytes_of(stored, n)), ERR_CORRUPT);
    cr_assert_eq(password_check(secret, bytes_of(stored, sizeof stored)), ERR_CORRUPT);
    for (size_t bit = 0; bit < PASSWORD_STORED * 8; bit++) {
        if (bit == 4) /* cost 2^20: the only flip that is valid and takes a gigabyte */
            continue;
        stored[bit / 8] ^= (uint8_t)(1u << bit % 8);
        enum err e = password_check(secret, bytes_of(stored, PASSWORD_STORED));
        cr_assert(e == ERR_CORRUPT || e == ERR_REFUSED, "bit %zu: %s", bit, err_str(e));
        cr_assert(bit < 8 || bit >= 32 || e == ERR_CORRUPT, "bit %zu of the head passed", bit);
        stored[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    cr_assert_eq(password_check(secret, bytes_of(stored, PASSWORD_STORED)), ERR_OK);
}
