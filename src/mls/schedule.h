/* SPDX-License-Identifier: ISC */
/*
 * The key schedule (RFC 9420, 8): from one epoch's init secret, a commit's secret and the
 * pre-shared keys to the secrets of the next; transcript hashes, tags, PSKs, exporter. Pure
 * functions over values. Whoever holds a struct schedule holds it in locked memory and wipes
 * it.
 */
#ifndef MLS_SCHEDULE_H
#define MLS_SCHEDULE_H

#include "base/buf.h"
#include "base/reader.h"
#include "mls/suite.h"

#define SCHEDULE_VERSION 1 /* of the protocol: MLS 1.0 */

/* GroupContext (8.1). Views of the owner's bytes, hashes by value. */
struct schedule_context {
    const struct suite *suite;
    struct bytes group_id;
    uint64_t epoch;
    uint8_t tree_hash[SUITE_HASH];
    uint8_t transcript[SUITE_HASH]; /* confirmed; before the first commit it has no bytes */
    size_t transcript_n;            /* 0 or SUITE_HASH */
    struct bytes extensions;
};
void schedule_context_write(const struct schedule_context *c, struct buf *out);
/* A suite that is not built latches ERR_UNSUPPORTED; another version ERR_VERSION. */
void schedule_context_read(struct reader *r, struct schedule_context *out);

struct schedule {
    uint8_t joiner[SUITE_HASH]; /* wiped once the welcomes are made */
    uint8_t welcome[SUITE_HASH];
    uint8_t sender_data[SUITE_HASH];
    uint8_t encryption[SUITE_HASH]; /* the secret tree takes it, and it is wiped here */
    uint8_t exporter[SUITE_HASH];
    uint8_t external[SUITE_HASH];
    uint8_t confirmation[SUITE_HASH];
    uint8_t membership[SUITE_HASH];
    uint8_t resumption[SUITE_HASH];
    uint8_t authenticator[SUITE_HASH];
    uint8_t init[SUITE_HASH];
};
/* psk_secret NULL: no PSK. context is the encoded GroupContext of the new epoch. */
enum err schedule_next(const struct suite *s, const uint8_t init[SUITE_HASH],
    const uint8_t commit[SUITE_HASH], const uint8_t *psk, struct bytes context,
    struct schedule *out);
enum err schedule_join(const struct suite *s, const uint8_t joiner[SUITE_HASH],
    const uint8_t *psk, struct bytes context, struct schedule *out);
/* Key and nonce that seal the group info in a welcome (12.4.3.1). */
enum err schedule_welcome_key(const struct suite *s, const uint8_t joiner[SUITE_HASH],
    const uint8_t *psk, uint8_t key[AEAD_KEY_MAX], uint8_t nonce[AEAD_NONCE]);
/* n above 255 * SUITE_HASH is ERR_TOO_BIG. */
enum err schedule_export(const struct suite *s, const struct schedule *e, struct bytes label,
    struct bytes context, uint8_t *out, size_t n);
/* The key pair that an external commit is sealed to (8.3), and both ends of its init secret. */
enum err schedule_external_key(
    const struct suite *s, const struct schedule *e, struct dh_key **out);
enum err schedule_external_send(const struct suite *s, struct bytes external_pub,
    const uint8_t drawn[SUITE_DRAWN], uint8_t *kem_output, uint8_t init[SUITE_HASH]);
enum err schedule_external_receive(const struct suite *s, const struct dh_key *external,
    struct bytes kem_output, uint8_t init[SUITE_HASH]);

/* 8.2. signed_part: wire format, framed content and signature, as they travelled (what
 * content_transcript_write() writes). In the first epoch nothing is confirmed (NULL); its
 * creator computes the interim hash from its own tag all the same (11). */
enum err schedule_transcript(const struct suite *s, struct bytes interim,
    struct bytes signed_part, uint8_t confirmed[SUITE_HASH]);
enum err schedule_interim(const struct suite *s, const uint8_t *confirmed, struct bytes tag,
    uint8_t interim[SUITE_HASH]);
enum err schedule_tag(const struct suite *s, const uint8_t key[SUITE_HASH], struct bytes over,
    uint8_t tag[SUITE_HASH]); /* confirmation and membership alike */

/* 8.4. */
enum { PSK_EXTERNAL = 1, PSK_RESUMPTION = 2 };
enum { PSK_APPLICATION = 1, PSK_REINIT = 2, PSK_BRANCH = 3 };
struct schedule_psk_id {
    uint8_t type;
    struct bytes id; /* external: the id; resumption: the group's */
    uint8_t usage;   /* resumption */
    uint64_t epoch;
    struct bytes nonce;
    struct bytes raw; /* all of it as it came, when read */
};
void schedule_psk_id_read(struct reader *r, struct schedule_psk_id *out);
void schedule_psk_id_write(const struct schedule_psk_id *id, struct buf *out);
/* Chains the PSK number `at` of `count` into secret, which holds zeroes before the first. What
 * is hashed is id->raw where there is one, else the id's fields. */
enum err schedule_psk_add(const struct suite *s, const struct schedule_psk_id *id,
    struct bytes psk, uint16_t at, uint16_t count, uint8_t secret[SUITE_HASH]);

#endif
