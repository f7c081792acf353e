/* SPDX-License-Identifier: ISC */
#include "mls/proposal.h"

#include "base/mem.h"
#include "mls/ext.h"
#include "mls/wire.h"

static void add_read(struct reader *r, struct proposal *p)
{
    keypackage_read(r, &p->package);
}

static void add_write(const struct proposal *p, struct buf *out)
{
    buf_bytes(out, p->package->raw);
}

static void update_read(struct reader *r, struct proposal *p)
{
    leaf_read(r, &p->leaf);
}

static void update_write(const struct proposal *p, struct buf *out)
{
    buf_bytes(out, p->leaf->raw);
}

static void remove_read(struct reader *r, struct proposal *p)
{
    p->removed = reader_u32(r);
}

static void remove_write(const struct proposal *p, struct buf *out)
{
    buf_u32(out, p->removed);
}

static void psk_read(struct reader *r, struct proposal *p)
{
    schedule_psk_id_read(r, &p->psk);
}

static void psk_write(const struct proposal *p, struct buf *out)
{
    schedule_psk_id_write(&p->psk, out);
}

static void reinit_read(struct reader *r, struct proposal *p)
{
    p->reinit.group_id = wire_vec(r, WIRE_SMALL);
    p->reinit.version = reader_u16(r);
    p->reinit.suite = reader_u16(r);
    p->reinit.extensions = ext_read(r);
}

static void reinit_write(const struct proposal *p, struct buf *out)
{
    wire_put(out, p->reinit.group_id);
    buf_u16(out, p->reinit.version);
    buf_u16(out, p->reinit.suite);
    wire_put(out, p->reinit.extensions);
}

static void external_read(struct reader *r, struct proposal *p)
{
    p->kem_output = wire_vec(r, WIRE_SMALL);
}

static void external_write(const struct proposal *p, struct buf *out)
{
    wire_put(out, p->kem_output);
}

static void context_read(struct reader *r, struct proposal *p)
{
    p->extensions = ext_read(r);
}

static void context_write(const struct proposal *p, struct buf *out)
{
    wire_put(out, p->extensions);
}

static const struct row {
    uint16_t type;
    bool path; /* section 17.4: a commit of it needs one */
    void (*read)(struct reader *r, struct proposal *p);
    void (*write)(const struct proposal *p, struct buf *out);
} ROWS[] = {
    {PROPOSAL_ADD, false, add_read, add_write},
    {PROPOSAL_UPDATE, true, update_read, update_write},
    {PROPOSAL_REMOVE, true, remove_read, remove_write},
    {PROPOSAL_PSK, false, psk_read, psk_write},
    {PROPOSAL_REINIT, false, reinit_read, reinit_write},
    {PROPOSAL_EXTERNAL_INIT, true, external_read, external_write},
    {PROPOSAL_CONTEXT, true, context_read, context_write},
};

static const struct row *row_of(uint16_t type)
{
    for (size_t i = 0; i < MEM_COUNT(ROWS); i++)
        if (ROWS[i].type == type)
            return &ROWS[i];
    return NULL;
}

void proposal_read(struct reader *r, struct proposal *out)
{
    size_t from = r->at;
    const struct row *row;

    *out = (struct proposal){.type = reader_u16(r)};
    row = row_of(out->type);
    if (row == NULL)
        reader_fail(r, ERR_UNSUPPORTED);
    else
        row->read(r, out);
    if (reader_err(r) != ERR_OK)
        proposal_fini(out);
    else
        out->raw = wire_since(r, from);
}

void proposal_fini(struct proposal *p)
{
    keypackage_unref(p->package);
    leaf_unref(p->leaf);
    *p = (struct proposal){0};
}

void proposal_write(const struct proposal *p, struct buf *out)
{
    const struct row *row = row_of(p->type);

    buf_u16(out, p->type);
    if (row != NULL)
        row->write(p, out);
    else if (out->err == ERR_OK)
        out->err = ERR_UNSUPPORTED;
}

bool proposal_needs_path(uint16_t type)
{
    const struct row *row = row_of(type);

    return row != NULL && row->path;
}
