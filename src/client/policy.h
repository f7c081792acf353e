/* SPDX-License-Identifier: ISC */
/*
 * The rules of a room, as they lie in its group: the extension `sotto_room` of the group
 * context, which every member holds alike, and the judgement of a commit by it. A commit is
 * right or wrong by RFC 9420 and this alone: never by a member's pins, clock or bans, or by
 * what the relay says, or members would come to different answers and the group would fall
 * apart.
 *
 *   binding   ties the group to a room of a relay, or to two people: a relay cannot pass the
 *             group of another room off as this one
 *   ticket    signed by somebody who leaves, with the key of the leaf that goes: who has it may
 *             commit the removal where otherwise only moderators could
 *
 * Knows nothing of sessions, frames or storage.
 */
#ifndef CLIENT_POLICY_H
#define CLIENT_POLICY_H

#include "base/buf.h"
#include "mls/mls.h"

#define POLICY_PRINT      32
#define POLICY_MODERATORS 64
#define POLICY_EXT_ROOM   0xf0a0 /* in the group context */
#define POLICY_EXT_NICK   0xf0a1 /* in a guest's leaf: what it wants to be called */

enum policy_access { POLICY_OPEN, POLICY_PASSWORD, POLICY_INVITE, POLICY_DIRECT };

struct policy {
    uint8_t access;
    uint8_t binding[POLICY_PRINT];
    uint32_t generation; /* of the password's PSK */
    uint32_t expire_s;   /* what is said disappears after so long; 0: not */
    uint8_t owner[POLICY_PRINT];
    uint16_t moderators_n;
    uint8_t moderators[POLICY_MODERATORS][POLICY_PRINT];
};

/* The whole extension list of a group context with these rules. */
void policy_write(const struct policy *p, struct buf *extensions);
/* From such a list, and nothing else in it: ERR_FORMAT, ERR_VERSION. */
enum err policy_read(struct bytes extensions, struct policy *out);

void policy_bind_room(const uint8_t relay_id[16], struct bytes folded_name, uint8_t out[32]);
void policy_bind_direct(const uint8_t relay_id[16], const uint8_t a[POLICY_PRINT],
    const uint8_t b[POLICY_PRINT], uint8_t out[32]); /* either way round */

bool policy_is_owner(const struct policy *p, const uint8_t print[POLICY_PRINT]);
bool policy_is_moderator(
    const struct policy *p, const uint8_t print[POLICY_PRINT]); /* or owner */

#define POLICY_PSK_ID 16
void policy_psk_id(uint32_t generation, uint8_t out[POLICY_PSK_ID]);
bool policy_psk_generation(struct bytes id, uint32_t *generation);

/* What says goodbye: made by whoever leaves, carried in the authenticated data of the commit
 * that removes the leaf. */
struct policy_ticket {
    uint8_t print[POLICY_PRINT];
    struct bytes signature;
};
enum err policy_ticket_make(struct sign_key *key, struct bytes group_id,
    struct bytes encryption_key, struct buf *signature);
bool policy_ticket_holds(
    struct bytes signature, struct bytes group_id, const struct mls_member *leaver);
void policy_tickets_add(struct buf *authenticated_data, const struct policy_ticket *t);

/* For mls_env: ERR_OK, or the commit is refused; *why names the rule that it breaks (may be
 * NULL). */
enum err policy_judge(const struct mls_change *change, const char **why);
/* Whether somebody may remove that leaf; tickets as in authenticated data. */
bool policy_may_remove(const struct policy *p, const uint8_t by[POLICY_PRINT],
    const struct mls_member *whom, struct bytes group_id, struct bytes tickets);
/* By the member alone: "guest:" and the fingerprint of its key, or the name of an account. */
enum err policy_identify(const struct mls_member *member);

void policy_print(struct bytes key, uint8_t out[POLICY_PRINT]); /* SHA-256 */

#endif
