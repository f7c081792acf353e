/* SPDX-License-Identifier: ISC */
/*
 * What is signed (RFC 9420, 6): FramedContent and its authentication, and the two ways it
 * travels. A struct content holds views of the bytes it was read from, or of the caller's
 * that it will be written from. Which key belongs to a sender is the caller's to find; the
 * tree is not known here. A commit and a proposal are opaque bytes in `body`.
 *
 * content.c has the forms, content_public.c and content_private.c the two wrappings.
 */
#ifndef MLS_CONTENT_H
#define MLS_CONTENT_H

#include "mls/ratchet.h"
#include "mls/schedule.h"

enum {
    CONTENT_PUBLIC = 1,
    CONTENT_PRIVATE = 2,
    CONTENT_WELCOME = 3,
    CONTENT_GROUP_INFO = 4,
    CONTENT_KEY_PACKAGE = 5
}; /* wire formats */
enum { CONTENT_APPLICATION = 1, CONTENT_PROPOSAL = 2, CONTENT_COMMIT = 3 };
enum { SENDER_MEMBER = 1, SENDER_EXTERNAL = 2, SENDER_NEW_PROPOSAL = 3, SENDER_NEW_COMMIT = 4 };

struct content {
    uint16_t wire_format;
    struct bytes group_id;
    uint64_t epoch;
    uint8_t sender;
    uint32_t sender_index; /* leaf, or which external sender */
    struct bytes authenticated_data;
    uint8_t type;
    struct bytes body;   /* application data, or an encoded proposal or commit */
    struct bytes framed; /* all of FramedContent as it was read; in one being made empty */
    struct bytes signature;
    struct bytes confirmation_tag; /* of a commit */
    uint32_t generation;           /* of the key that a private message was opened with */
};

/* Version and wire format before every message; MLSMessage. */
void content_message_begin(struct buf *out, uint16_t wire_format);
uint16_t content_message_read(struct reader *r); /* latches ERR_VERSION or ERR_FORMAT */

/* FramedContent. How long a body is that is a proposal or commit only its decoder knows, so
 * reading takes a function that moves a reader over one; for messages of members that is
 * proposal_skip() of proposal.h. */
typedef void content_skip_fn(struct reader *r, uint8_t content_type);
void content_write(const struct content *c, struct buf *out);
void content_read(struct reader *r, content_skip_fn *skip, struct content *out);
/* AuthenticatedContent: wire format, framed content, signature, tag. */
void content_authenticated_write(const struct content *c, struct buf *out);
void content_authenticated_read(struct reader *r, content_skip_fn *skip, struct content *out);
/* FramedContentAuthData, whose form the content's type decides. */
void content_auth_write(const struct content *c, struct buf *out);
void content_auth_read(struct reader *r, struct content *c);
/* What the confirmed transcript hash covers: wire format, framed content, signature. */
void content_transcript_write(const struct content *c, struct buf *out);

/* FramedContentTBS: context is the encoded group context; used for members and those who join
 * by a commit. */
void content_tbs_write(const struct content *c, struct bytes context, struct buf *out);
enum err content_sign(const struct content *c, struct sign_key *key, struct bytes context,
    uint8_t signature[SIGN_MAX], size_t *n);
enum mls_rule content_check(
    const struct content *c, struct sign_pub *pub, struct bytes context);

/* PublicMessage, without MLSMessage's head. membership key NULL: the sender is no member.
 * Application data is ERR_REFUSED. */
enum err content_public_write(const struct content *c, const struct suite *s,
    const uint8_t *membership_key, struct bytes context, struct buf *out);
void content_public_read(
    struct reader *r, content_skip_fn *skip, struct content *out, struct bytes *tag);
/* The membership tag of a member (no other kind of sender has one); that application data is
 * not in the open, and that this kind of sender may send this type. */
enum mls_rule content_public_check(const struct content *c, const struct suite *s,
    const uint8_t membership_key[SUITE_HASH], struct bytes context, struct bytes tag);

/* PrivateMessage, without the head. */
struct content_sealed {
    struct bytes group_id;
    uint64_t epoch;
    uint8_t type;
    struct bytes authenticated_data;
    struct bytes sender_head; /* group id to type, as read: what the sender's seal binds */
    struct bytes head; /* group id to authenticated data: what the content's seal binds */
    struct bytes sender_data;
    struct bytes ciphertext;
};
void content_sealed_read(struct reader *r, struct content_sealed *out);

/* What sealing and opening need of an epoch. */
struct content_keys {
    const struct suite *suite;
    const uint8_t *sender_data; /* SUITE_HASH bytes */
    struct ratchet *ratchet;
};
/* Key and nonce of the sender data, which a sample of the ciphertext decides. */
enum err content_sender_key(
    const struct content_keys *k, struct bytes ciphertext, struct ratchet_key *out);
/* Plaintext with its authentication is padded with zeroes to a multiple of pad (0 or 1: not).
 * guard: four drawn bytes. c is signed already, by the member whose ratchet it is (else
 * ERR_STATE). Puts the whole message into out, or nothing. */
enum err content_seal(const struct content *c, const struct content_keys *k,
    const uint8_t guard[4], size_t pad, struct buf *out);
/* Opens into plain (empty; wiped by whoever owns it), in which c's views then point. A sender
 * that is ourselves is MLS_RULE_MESSAGE_SENDER. Nothing is spent yet: another member could
 * have made this message, all but its signature. */
enum mls_rule content_open(const struct content_sealed *m, const struct content_keys *k,
    content_skip_fn *skip, struct buf *plain, struct content *c);
/* The second half of opening, once content_check() has found the signature good: the key is
 * spent, and the same message is MLS_RULE_MESSAGE_REPLAY from now on. */
void content_spend(const struct content *c, const struct content_keys *k);

#endif
