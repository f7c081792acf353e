/* SPDX-License-Identifier: ISC */
/*
 * Every way a fallible function can fail, and the words for each. Below the edge of
 * the program failures are these codes; only bin/, server/reply and the faces make
 * sentences of them. The compiler warns when one is dropped.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

/* clang-format off */ /* version 14 breaks the line after an attributed enum */
enum [[nodiscard]] err {
    ERR_OK,
    ERR_FORMAT,      /* bytes that do not say what they should */
    ERR_MORE,        /* not an error: the rest has not arrived */
    ERR_TOO_BIG,     /* a size above its ceiling */
    ERR_STATE,       /* not now */
    ERR_REFUSED,     /* a rule says no */
    ERR_NOT_FOUND,
    ERR_EXISTS,
    ERR_CONFLICT,    /* somebody else was first */
    ERR_STALE,       /* true once, no longer */
    ERR_FULL,        /* a bounded place has no room */
    ERR_BUSY,
    ERR_TIMEOUT,
    ERR_CLOSED,
    ERR_IO,          /* the operating system said no; errno has been logged */
    ERR_PERM,        /* owner or mode of a file is not safe */
    ERR_CORRUPT,     /* stored bytes are damaged */
    ERR_VERSION,     /* made by a newer program */
    ERR_CRYPTO,      /* a key, a signature or a seal does not verify */
    ERR_CERT,        /* a certificate is not acceptable */
    ERR_PIN,         /* a certificate is not the one that was pinned */
    ERR_UNSUPPORTED, /* this kernel or this build cannot */
    ERR_COUNT
};
/* clang-format on */

const char *err_str(enum err e);

#endif
