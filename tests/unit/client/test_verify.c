/* SPDX-License-Identifier: ISC */
#include "client/verify.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "client/qr.h"

static const uint8_t KEY_A[32] = {1, 2, 3};
static const uint8_t KEY_B[32] = {4, 5, 6};

static struct safety_identity who(const char *name, const uint8_t key[32])
{
    return (struct safety_identity){bytes_str(name), bytes_of(key, 32)};
}

Test(verify, show__both_sides_see_the_same)
{
    struct safety_identity a = who("alice", KEY_A);
    struct safety_identity b = who("bob", KEY_B);
    struct verify at_a;
    struct verify at_b;

    cr_assert_eq(verify_show(&a, &b, &at_a), ERR_OK);
    cr_assert_eq(verify_show(&b, &a, &at_b), ERR_OK);
    cr_expect_eq(memcmp(at_a.row, at_b.row, sizeof at_a.row), 0);
    cr_expect_str_eq(at_a.qr, at_b.qr);
    cr_expect_str_eq(at_a.ours, at_b.theirs);
    cr_expect_str_eq(at_a.theirs, at_b.ours);
    cr_expect_str_neq(at_a.ours, at_a.theirs);
    cr_expect_eq(strncmp(at_a.ours, "SHA256:", 7), 0);
}

Test(verify, show__rows_and_qr_text_are_the_safety_number)
{
    struct safety_identity a = who("alice", KEY_A);
    struct safety_identity b = who("bob", KEY_B);
    char number[SAFETY_TEXT];
    char rows[SAFETY_TEXT];
    char digits[SAFETY_DIGITS + 1] = "";
    struct verify v;

    cr_assert_eq(verify_show(&a, &b, &v), ERR_OK);
    cr_assert_eq(safety_number(&a, &b, number), ERR_OK);
    (void)snprintf(rows, sizeof rows, "%s %s %s %s", v.row[0], v.row[1], v.row[2], v.row[3]);
    cr_expect_str_eq(rows, number);
    for (size_t i = 0, n = 0; number[i] != '\0'; i++) {
        if (number[i] != ' ')
            digits[n++] = number[i];
    }
    cr_expect_eq(strncmp(v.qr, "sotto-verify:1:", 15), 0);
    cr_expect_str_eq(v.qr + 15, digits);
    cr_expect_leq(strlen(v.qr), QR_TEXT);
}

Test(verify, show__another_key_or_name_is_another_number)
{
    struct safety_identity a = who("alice", KEY_A);
    struct safety_identity b = who("bob", KEY_B);
    struct safety_identity other = who("b0b", KEY_B);
    struct safety_identity false_key = who("bob", KEY_A);
    struct verify v;
    struct verify w;

    cr_assert_eq(verify_show(&a, &b, &v), ERR_OK);
    cr_assert_eq(verify_show(&a, &other, &w), ERR_OK);
    cr_expect_str_neq(v.qr, w.qr);
    cr_assert_eq(verify_show(&a, &false_key, &w), ERR_OK);
    cr_expect_str_neq(v.qr, w.qr);
}
