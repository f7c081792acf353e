/* SPDX-License-Identifier: ISC */
/*
 * What two people lay side by side to know that nobody sits between them, ready to be shown:
 * both sides get the same digits and the same QR text. Makes no sentences, remembers nothing.
 */
#ifndef CLIENT_VERIFY_H
#define CLIENT_VERIFY_H

#include "base/err.h"
#include "mls/safety.h"

#define VERIFY_ROWS   4
#define VERIFY_SCHEME "sotto-verify:1:"

struct verify {
    char row[VERIFY_ROWS][SAFETY_TEXT / VERIFY_ROWS]; /* three groups of five digits */
    char qr[sizeof VERIFY_SCHEME + SAFETY_DIGITS];    /* the digits without spaces behind it */
    char ours[SAFETY_PRINT_TEXT];
    char theirs[SAFETY_PRINT_TEXT];
};

/* Slow on purpose (5,200 hashes a side). out is empty texts when it fails. */
enum err verify_show(
    const struct safety_identity *us, const struct safety_identity *them, struct verify *out);

#endif
