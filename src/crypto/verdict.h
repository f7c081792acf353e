/* SPDX-License-Identifier: ISC */
/*
 * What OpenSSL said, as one of our codes. It leaves its reasons in a queue of the thread,
 * where the next caller would find them: they are dropped here, since to a peer all of them
 * are the same ERR_CRYPTO. For files of crypto only.
 */
#ifndef CRYPTO_VERDICT_H
#define CRYPTO_VERDICT_H

#include "crypto/ossl.h"

#include <stdbool.h>

#include "base/err.h"

static inline enum err verdict(bool good)
{
    if (good)
        return ERR_OK;
    ERR_clear_error();
    return ERR_CRYPTO;
}

#endif
