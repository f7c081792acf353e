/* SPDX-License-Identifier: ISC */
/*
 * Names of people and rooms, and the keys of conversations made of them. A person's name is 1
 * to 32 of a-z 0-9 _ . - (capitals are folded), not starting with a dot or dash and not to be
 * read as an address; a room's is 1 to 64 bytes of visible Unicode, compared after NFC and case
 * folding. "server" belongs to the relay, and so does rand with a number: it gives those out.
 */
#ifndef SERVER_NAME_H
#define SERVER_NAME_H

#include "base/bytes.h"
#include "base/err.h"
#include "net/msg.h"

#define NAME_KEY 96

struct name {
    char s[MSG_NAME + 1];
};

struct name_key {
    uint8_t b[NAME_KEY];
    size_t n;
};

/* ERR_FORMAT, or ERR_REFUSED for one that nobody may have. */
enum err name_fold(struct bytes in, struct name *out);
bool name_is_provisional(const struct name *n); /* rand0, rand1, ...: no account's */
enum err name_room_key(struct bytes room, struct name_key *out);
void name_direct_key(
    const char *a, const char *b, struct name_key *out); /* the same either way round */
/* The other end of a direct conversation that me is part of. */
enum err name_direct_other(struct bytes key, const char *me, struct name *out);

static inline struct bytes name_bytes(const struct name *n)
{
    return bytes_str(n->s);
}
static inline struct bytes name_key_bytes(const struct name_key *k)
{
    return bytes_of(k->b, k->n);
}

#endif
