/* SPDX-License-Identifier: ISC */
#include "client/access.h"

#include <stdio.h>

#include "base/file.h"
#include "base/mem.h"
#include "crypto/hash.h"

#define LABEL "sotto access 1"

enum err access_read(const char *path, struct buf *key, char *why, size_t why_n)
{
    enum err e = file_read_private(path, key);

    why[0] = '\0';
    if (e == ERR_OK && key->n < ACCESS_KEY_MIN) {
        (void)snprintf(why, why_n, "%s is no access key: %zu bytes, and %d are the least.",
            path, key->n, ACCESS_KEY_MIN);
        return ERR_FORMAT;
    }
    if (e == ERR_PERM)
        (void)snprintf(why, why_n,
            "%s may be read by others; a key must not. Type: chmod 600 %s", path, path);
    else if (e != ERR_OK)
        (void)snprintf(why, why_n, "%s cannot be read: %s.", path, err_str(e));
    return e;
}

enum err access_proof(struct bytes key, const char *role, const uint8_t exporter[LINK_EXPORT],
    uint8_t out[MSG_SECRET])
{
    struct bytes parts[] = {bytes_str(role), bytes_str(LABEL), bytes_of(exporter, LINK_EXPORT)};

    return hash_hmac(&HASH_ALG_SHA256, key, parts, MEM_COUNT(parts), out);
}
