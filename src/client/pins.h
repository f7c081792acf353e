/* SPDX-License-Identifier: ISC */
/*
 * The relays this person has met: for each address the key it showed and the id it told. One
 * text file, a line each, so that a person can read it and take a line out:
 *
 *     127.0.0.1:5555 SHA256:2jmj7l5rSw0yVb/vlWAYkK/YBwk3x4nyJEPf0GjwhE4 0f1e2d...
 *
 * A file that cannot be understood is refused, never overwritten. A write replaces the whole
 * file or nothing.
 */
#ifndef CLIENT_PINS_H
#define CLIENT_PINS_H

#include "base/bytes.h"
#include "base/err.h"
#include "net/opcode.h"
#include "net/tls_cert.h"

#define PINS_ADDRESS 300

struct pin {
    char address[PINS_ADDRESS];
    uint8_t key[TLS_FINGERPRINT];
    uint8_t relay_id[MSG_ID];
};

struct pins;
/* Path NULL: kept in memory only. A file that is not there yet is an empty one. why gets words.
 */
enum err pins_open(const char *path, struct pins **out, char *why, size_t why_n);
void pins_free(struct pins *p);
const struct pin *pins_find(
    const struct pins *p, const char *address);            /* until the next pins_keep() */
enum err pins_keep(struct pins *p, const struct pin *pin); /* new or replaced, and saved */
const char *pins_path(const struct pins *p);               /* "" in memory */

#endif
