/* SPDX-License-Identifier: ISC */
/*
 * The bodies of handshake messages (RFC 9420, 12.1 and 12.4): proposals, and the commit that
 * lists them. Form alone; whether a list may be committed is batch_check's. A struct proposal
 * holds views and counted leaves or key packages, which proposal_fini() gives back. A type
 * that is not of the RFC cannot be decoded, since nothing says where it ends: ERR_UNSUPPORTED.
 */
#ifndef MLS_PROPOSAL_H
#define MLS_PROPOSAL_H

#include "mls/keypackage.h"
#include "mls/schedule.h"
#include "mls/treekem.h"

enum proposal_type {
    PROPOSAL_ADD = 1,
    PROPOSAL_UPDATE = 2,
    PROPOSAL_REMOVE = 3,
    PROPOSAL_PSK = 4,
    PROPOSAL_REINIT = 5,
    PROPOSAL_EXTERNAL_INIT = 6,
    PROPOSAL_CONTEXT = 7, /* group_context_extensions */
};

struct proposal {
    uint16_t type;
    struct bytes raw;           /* the encoded Proposal */
    struct keypackage *package; /* add; owned */
    struct leaf *leaf;          /* update; owned */
    uint32_t removed;
    struct schedule_psk_id psk;
    struct { /* reinit */
        struct bytes group_id;
        uint16_t version;
        uint16_t suite;
        struct bytes extensions;
    } reinit;
    struct bytes kem_output; /* external init */
    struct bytes extensions; /* group context */
};

/* On an error *out is empty. */
void proposal_read(struct reader *r, struct proposal *out);
void proposal_fini(struct proposal *p);
/* From the fields of its type; raw is not looked at. Another type latches ERR_UNSUPPORTED. */
void proposal_write(const struct proposal *p, struct buf *out);
/* Whether a commit of this needs a path (17.4): update, remove, external init and context do.
 */
bool proposal_needs_path(uint16_t type);

/* One entry of a commit: the proposal itself, or the hash of one sent before. */
struct proposal_entry {
    bool by_reference;
    struct bytes reference;
    struct bytes proposal; /* encoded */
};
#define PROPOSAL_COUNT_MAX 8192u /* in one commit */

struct proposal_commit {
    struct bytes entries; /* the vector's content: walk it with proposal_next() */
    bool has_path;
    struct treekem_update path;
};
/* Form alone, each entry decoded once to find its end. On an error *out is empty. */
void proposal_commit_read(struct reader *r, struct proposal_commit *out);
void proposal_commit_fini(struct proposal_commit *c);
/* Over reader_init(&walk, entries); false at the end. */
bool proposal_next(struct reader *walk, struct proposal_entry *out);
void proposal_entry_write(const struct proposal_entry *e, struct buf *out);

/* content_skip_fn of content.h: moves behind a proposal or commit by decoding it. */
void proposal_skip(struct reader *r, uint8_t content_type);

#endif
