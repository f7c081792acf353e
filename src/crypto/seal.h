/* SPDX-License-Identifier: ISC */
/*
 * Sealed bytes: whatever the client keeps, as a blob for a database row or as a file. A seal
 * is made under a key of 32 bytes or under a passphrase, and is bound to a purpose (a word of
 * ours: "history") and to whatever else the caller hands in (which row of which table), so a
 * blob that is moved to another place does not open there.
 *
 *   key:        "sotto" 'k' version algorithm | salt[32] | ciphertext | tag[16]
 *   passphrase: "sotto" 'p' version algorithm | salt[32] | log2 N | check[16] | sum[8] |
 *               ciphertext | tag[16]
 *
 * Algorithm 1 is AES-256-GCM. Its key and its nonce come out of HKDF-SHA256 (RFC 5869) from
 * the key, the random salt, the header, the purpose and the associated data: every blob has a
 * key of its own, so a key of the caller's seals any number of blobs and no nonce can repeat
 * while no salt of 256 bits does. A passphrase becomes such a key by scrypt under the same
 * salt (crypto/password, r = 8, p = 1). That takes long and up to 256 MiB: on a worker.
 *
 * What an open says: ERR_FORMAT, this was never a seal of that kind. ERR_VERSION, a newer
 * program made it. ERR_CORRUPT, it is cut off or damaged. ERR_CRYPTO, it does not open under
 * this key, in this place: damaged, moved, or another key, which cannot be told apart.
 * ERR_TOO_BIG, it does not fit in out, or asks for more than SEAL_COST_MAX. ERR_REFUSED, a
 * wrong passphrase.
 *
 * How a wrong passphrase is told apart from damage. sum is a plain SHA-256 of all before it,
 * compared before scrypt starts: damaged salt, cost or check are ERR_CORRUPT at no cost, so a
 * flipped bit of the cost burns no memory. check is derived from the stretched passphrase:
 * when sum is right and check is not, the passphrase is wrong; when check is right and the tag
 * is not, the rest is damaged or moved: ERR_CORRUPT. What that costs: nothing that the tag did
 * not give away already, since whoever holds the file tests a guess for one scrypt either
 * way, and check says nothing of the key for the body. sum has no key: whoever may write the
 * file chooses which error we show, and can ask for the highest cost; never for more.
 */
#ifndef CRYPTO_SEAL_H
#define CRYPTO_SEAL_H

#include "base/buf.h"
#include "base/bytes.h"
#include "base/err.h"

#define SEAL_KEY      32
#define SEAL_PURPOSE  64 /* bytes of a purpose, at most */
#define SEAL_COST     17 /* log2 N for a passphrase: 128 MiB */
#define SEAL_COST_MAX 18
#define SEAL_MORE     81 /* a sealed thing is longer than the plain one by at most this */

struct seal {
    const uint8_t *key;      /* SEAL_KEY bytes; NULL: under the passphrase */
    struct bytes passphrase; /* UTF-8 in the form that the caller settled on */
    unsigned log2_n;         /* the cost of making one; opening reads it from the seal */
    const char *purpose;
    struct bytes aad;
};

/* out is replaced by the result; a failure leaves it empty and wiped. in may not lie in it. */
enum err seal_make(const struct seal *s, struct bytes in, struct buf *out);
enum err seal_open(const struct seal *s, struct bytes in, struct buf *out);
/* A file of ours, 0600, replaced as a whole (base/file); reading checks owner and rights. */
enum err seal_write(const struct seal *s, const char *path, struct bytes in);
enum err seal_read(const struct seal *s, const char *path, struct buf *out);

#endif
