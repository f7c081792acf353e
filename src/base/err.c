/* SPDX-License-Identifier: ISC */
#include "base/err.h"

#include <stddef.h>

static const char *const WORDS[ERR_COUNT] = {
    [ERR_OK] = "ok",
    [ERR_FORMAT] = "malformed input",
    [ERR_MORE] = "more input is needed",
    [ERR_TOO_BIG] = "too big",
    [ERR_STATE] = "not possible in this state",
    [ERR_REFUSED] = "refused",
    [ERR_NOT_FOUND] = "not found",
    [ERR_EXISTS] = "exists already",
    [ERR_CONFLICT] = "somebody else was first",
    [ERR_STALE] = "out of date",
    [ERR_FULL] = "full",
    [ERR_BUSY] = "busy",
    [ERR_TIMEOUT] = "timed out",
    [ERR_CLOSED] = "closed",
    [ERR_IO] = "input or output failed",
    [ERR_PERM] = "unsafe owner or permissions",
    [ERR_CORRUPT] = "damaged",
    [ERR_VERSION] = "made by a newer version",
    [ERR_CRYPTO] = "cryptographic check failed",
    [ERR_CERT] = "certificate not acceptable",
    [ERR_PIN] = "certificate is not the pinned one",
    [ERR_UNSUPPORTED] = "not supported here",
};

const char *err_str(enum err e)
{
    if ((unsigned)e >= ERR_COUNT || WORDS[e] == NULL)
        return "unknown error";
    return WORDS[e];
}
