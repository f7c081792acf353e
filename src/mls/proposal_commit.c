/* SPDX-License-Identifier: ISC */
#include "mls/content.h"
#include "mls/proposal.h"
#include "mls/wire.h"

enum { ENTRY_PROPOSAL = 1, ENTRY_REFERENCE = 2 }; /* ProposalOrRefType */

/* The bytes of one proposal, which only decoding it can measure. */
static struct bytes measure(struct reader *r)
{
    size_t from = r->at;
    struct proposal p;

    proposal_read(r, &p);
    proposal_fini(&p);
    return reader_err(r) == ERR_OK ? wire_since(r, from) : (struct bytes){0};
}

bool proposal_next(struct reader *walk, struct proposal_entry *out)
{
    uint8_t kind;

    *out = (struct proposal_entry){0};
    if (reader_left(walk) == 0)
        return false;
    kind = reader_u8(walk);
    if (kind == ENTRY_PROPOSAL)
        out->proposal = measure(walk);
    else if (kind == ENTRY_REFERENCE)
        out->reference = wire_vec(walk, WIRE_SMALL);
    else
        reader_fail(walk, ERR_FORMAT);
    out->by_reference = kind == ENTRY_REFERENCE;
    return reader_err(walk) == ERR_OK;
}

void proposal_entry_write(const struct proposal_entry *e, struct buf *out)
{
    buf_u8(out, e->by_reference ? ENTRY_REFERENCE : ENTRY_PROPOSAL);
    if (e->by_reference)
        wire_put(out, e->reference);
    else
        buf_bytes(out, e->proposal);
}

static void check_entries(struct reader *r, struct bytes entries)
{
    struct reader walk;
    struct proposal_entry entry;
    size_t count = 0;

    reader_init(&walk, entries);
    while (count <= PROPOSAL_COUNT_MAX && proposal_next(&walk, &entry))
        count++;
    if (count > PROPOSAL_COUNT_MAX)
        reader_fail(r, ERR_TOO_BIG);
    if (reader_err(&walk) != ERR_OK)
        reader_fail(r, reader_err(&walk));
}

void proposal_commit_read(struct reader *r, struct proposal_commit *out)
{
    *out = (struct proposal_commit){0};
    out->entries = wire_vec(r, WIRE_MAX);
    if (reader_err(r) == ERR_OK)
        check_entries(r, out->entries);
    out->has_path = wire_optional(r);
    if (out->has_path)
        treekem_update_read(r, &out->path);
    if (reader_err(r) != ERR_OK)
        proposal_commit_fini(out);
}

void proposal_commit_fini(struct proposal_commit *c)
{
    treekem_update_fini(&c->path);
    *c = (struct proposal_commit){0};
}

void proposal_skip(struct reader *r, uint8_t content_type)
{
    struct proposal_commit commit;

    if (content_type == CONTENT_PROPOSAL) {
        (void)measure(r);
    } else if (content_type == CONTENT_COMMIT) {
        proposal_commit_read(r, &commit);
        proposal_commit_fini(&commit);
    } else {
        reader_fail(r, ERR_FORMAT);
    }
}
