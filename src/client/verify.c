/* SPDX-License-Identifier: ISC */
#include "client/verify.h"

#include "base/mem.h"

/* A row takes the space behind its last group along, where its NUL goes. */
static void lay_out(const char number[SAFETY_TEXT], struct verify *out)
{
    size_t n = sizeof VERIFY_SCHEME - 1;

    memcpy(out->qr, VERIFY_SCHEME, n);
    for (size_t i = 0; i < SAFETY_TEXT - 1; i++) {
        if (number[i] != ' ')
            out->qr[n++] = number[i];
    }
    out->qr[n] = '\0';
    for (size_t i = 0; i < VERIFY_ROWS; i++) {
        memcpy(out->row[i], number + i * sizeof out->row[i], sizeof out->row[i]);
        out->row[i][sizeof out->row[i] - 1] = '\0';
    }
}

enum err verify_show(
    const struct safety_identity *us, const struct safety_identity *them, struct verify *out)
{
    char number[SAFETY_TEXT];

    *out = (struct verify){0};
    enum err e = safety_number(us, them, number);
    if (e == ERR_OK)
        e = safety_fingerprint_text(us->key, out->ours);
    if (e == ERR_OK)
        e = safety_fingerprint_text(them->key, out->theirs);
    if (e == ERR_OK)
        lay_out(number, out);
    else
        *out = (struct verify){0};
    return e;
}
