/* SPDX-License-Identifier: ISC */
/*
 * GroupInfo, GroupSecrets and Welcome (RFC 9420, 12.4.3): their encodings, their signature and
 * their seals. What follows from them for a group is group_join's.
 */
#ifndef MLS_WELCOME_H
#define MLS_WELCOME_H

#include "mls/keypackage.h"
#include "mls/schedule.h"
#include "mls/treemath.h"

/* Without the head of a message, as all of these. A context of a suite that is not built
 * latches ERR_UNSUPPORTED. */
struct welcome_info { /* GroupInfo; views */
    struct schedule_context context;
    struct bytes context_raw;
    struct bytes extensions;
    struct bytes confirmation_tag;
    uint32_t signer;
    size_t tbs; /* how many of raw the signature covers */
    struct bytes signature;
    struct bytes raw;
};
void welcome_info_read(struct reader *r, struct welcome_info *out);
/* Signs and writes; context_raw, extensions, confirmation_tag and signer are taken. What it
 * writes, read again, is the rest. */
enum err welcome_info_write(
    const struct welcome_info *i, struct sign_key *key, struct buf *out);
/* MLS_RULE_KEPT or MLS_RULE_INFO_SIGNATURE. pub NULL: the signer's key is none. */
enum mls_rule welcome_info_check(const struct welcome_info *i, struct sign_pub *pub);

#define WELCOME_PSK_MAX 64u
struct welcome_secrets { /* GroupSecrets; views */
    struct bytes joiner;
    bool has_path;
    struct bytes path;
    size_t psk_n;
    struct schedule_psk_id psk[WELCOME_PSK_MAX];
};
void welcome_secrets_read(struct reader *r, struct welcome_secrets *out);
void welcome_secrets_write(const struct welcome_secrets *s, struct buf *out);

struct welcome { /* Welcome; views */
    uint16_t suite_id;
    const struct suite *suite; /* NULL when it is not built: then it cannot be opened */
    struct bytes secrets;      /* EncryptedGroupSecrets vector's content: welcome_next() */
    struct bytes group_info;   /* sealed */
};
struct welcome_entry {
    struct bytes package_ref;
    struct bytes enc;
    struct bytes sealed;
};
#define WELCOME_ENTRY_MAX TREEMATH_LEAVES_MAX /* in one welcome */
void welcome_read(struct reader *r, struct welcome *out);
/* Over reader_init(&walk, secrets); false at the end. */
bool welcome_next(struct reader *walk, struct welcome_entry *out);
void welcome_entry_write(const struct welcome_entry *e, struct buf *out);
/* The entry for this key package, or false. */
bool welcome_find(
    const struct welcome *w, const uint8_t ref[SUITE_HASH], struct welcome_entry *out);
/* Opens the group secrets of one entry into plain, which its owner initialised and wipes; out
 * has views of it. MLS_RULE_KEPT says too that joiner, and path where there is one, have
 * SUITE_HASH bytes. */
enum mls_rule welcome_open_secrets(const struct welcome *w, const struct welcome_entry *e,
    const struct dh_key *init, struct buf *plain, struct welcome_secrets *out);
/* psk NULL: none. MLS_RULE_PACKAGE_SUITE: the group is of another suite than the welcome. */
enum mls_rule welcome_open_info(const struct welcome *w, const uint8_t joiner[SUITE_HASH],
    const uint8_t *psk, struct buf *plain, struct welcome_info *out);

/* Writing: the group info is sealed first, then the secrets one by one, then all is put
 * together. The caller initialises secrets (WIRE_MAX) and frees it. */
struct welcome_draft {
    const struct suite *suite;
    struct bytes sealed_info; /* from welcome_seal_info(); a view */
    struct buf secrets;       /* the entries so far */
};
enum err welcome_seal_info(const struct suite *s, const uint8_t joiner[SUITE_HASH],
    const uint8_t *psk, struct bytes info, struct buf *out);
enum err welcome_seal_secrets(struct welcome_draft *w, const struct keypackage *to,
    const struct welcome_secrets *secrets, const uint8_t drawn[SUITE_DRAWN]);
void welcome_write(const struct welcome_draft *w, struct buf *out);

#endif
