/* SPDX-License-Identifier: ISC */
/* Every kind of message: decoded, then encoded again from its fields, leaves and key packages
 * included, which the library itself would pass on as they came. */
#include "base/mem.h"
#include "mls/content.h"
#include "mls/proposal.h"
#include "mls/tree.h"
#include "mls/welcome.h"
#include "mls/wire.h"
#include "vec.h"

typedef void recode_fn(struct vec_case *c, struct reader *r, struct buf *out);

/* ---- the parts ---- */

static void put_extensions(struct bytes list, struct buf *out)
{
    size_t at = wire_open(out);
    struct reader walk;
    struct ext e;

    reader_init(&walk, list);
    while (ext_next(&walk, &e))
        ext_put(out, e.type, e.data);
    wire_close(out, at);
}

static void put_leaf(const struct leaf *l, struct buf *out)
{
    const struct bytes *lists[] = {&l->versions, &l->suites, &l->extension_types,
        &l->proposal_types, &l->credential_types};

    wire_put(out, l->encryption_key);
    wire_put(out, l->signature_key);
    buf_u16(out, l->credential_type);
    wire_put(out, l->identity);
    for (size_t i = 0; i < MEM_COUNT(lists); i++)
        wire_put(out, *lists[i]);
    buf_u8(out, (uint8_t)l->source);
    if (l->source == LEAF_KEY_PACKAGE) {
        buf_u64(out, l->not_before);
        buf_u64(out, l->not_after);
    }
    if (l->source == LEAF_COMMIT)
        wire_put(out, l->parent_hash);
    put_extensions(l->extensions, out);
    wire_put(out, l->signature);
}

static void put_package(const struct keypackage *k, struct buf *out)
{
    buf_u16(out, k->version);
    buf_u16(out, k->suite);
    wire_put(out, k->init_key);
    put_leaf(k->leaf, out);
    put_extensions(k->extensions, out);
    wire_put(out, k->signature);
}

/* The library writes what an add or an update holds as it came: here its fields. */
static void put_proposal(const struct proposal *p, struct buf *out)
{
    if (p->type == PROPOSAL_ADD || p->type == PROPOSAL_UPDATE)
        buf_u16(out, p->type);
    if (p->type == PROPOSAL_ADD)
        put_package(p->package, out);
    else if (p->type == PROPOSAL_UPDATE)
        put_leaf(p->leaf, out);
    else
        proposal_write(p, out);
}

static void recode_proposal(struct vec_case *c, struct reader *r, struct buf *out)
{
    struct proposal p;

    (void)c;
    proposal_read(r, &p);
    if (reader_err(r) == ERR_OK)
        put_proposal(&p, out);
    proposal_fini(&p);
}

static void put_entry(struct vec_case *c, const struct proposal_entry *e, struct buf *out)
{
    struct buf inner;
    struct proposal_entry again = *e;
    struct reader r;

    buf_init(&inner, WIRE_MAX);
    if (!e->by_reference) {
        reader_init(&r, e->proposal);
        recode_proposal(c, &r, &inner);
        (void)vec_ok(c, "a proposal by value", reader_end(&r));
        again.proposal = buf_view(&inner);
    }
    proposal_entry_write(&again, out);
    buf_free(&inner);
}

static void put_path(const struct treekem_update *u, struct buf *out)
{
    size_t at;

    put_leaf(u->leaf, out);
    at = wire_open(out);
    for (size_t i = 0; i < u->n; i++) {
        size_t inner;
        struct reader walk;

        wire_put(out, u->v[i].key);
        inner = wire_open(out);
        reader_init(&walk, u->v[i].ciphertexts);
        while (reader_left(&walk) > 0) {
            wire_put(out, wire_vec(&walk, WIRE_SMALL)); /* kem output */
            wire_put(out, wire_vec(&walk, WIRE_MAX));
        }
        wire_close(out, inner);
    }
    wire_close(out, at);
}

/* ---- the kinds ---- */

static void recode_commit(struct vec_case *c, struct reader *r, struct buf *out)
{
    struct proposal_commit commit;
    struct proposal_entry e;
    struct reader walk;
    size_t at = wire_open(out);

    proposal_commit_read(r, &commit);
    reader_init(&walk, commit.entries);
    while (proposal_next(&walk, &e))
        put_entry(c, &e, out);
    wire_close(out, at);
    buf_u8(out, commit.has_path ? 1 : 0);
    if (commit.has_path)
        put_path(&commit.path, out);
    proposal_commit_fini(&commit);
}

static void recode_welcome(struct vec_case *c, struct reader *r, struct buf *out)
{
    struct welcome w;
    struct welcome_entry e;
    struct reader walk;
    struct welcome_draft draft;

    if (!vec_equal(c, "wire format", CONTENT_WELCOME, content_message_read(r)))
        return;
    welcome_read(r, &w);
    if (reader_err(r) != ERR_OK)
        return;
    if (w.suite == NULL) {
        vec_not_built(c, "suite 0x%04x", w.suite_id);
        return;
    }
    draft = (struct welcome_draft){.suite = w.suite, .sealed_info = w.group_info};
    buf_init(&draft.secrets, WIRE_MAX);
    reader_init(&walk, w.secrets);
    while (welcome_next(&walk, &e))
        welcome_entry_write(&e, &draft.secrets);
    content_message_begin(out, CONTENT_WELCOME);
    welcome_write(&draft, out);
    buf_free(&draft.secrets);
}

static void recode_info(struct vec_case *c, struct reader *r, struct buf *out)
{
    struct welcome_info i;

    if (!vec_equal(c, "wire format", CONTENT_GROUP_INFO, content_message_read(r)))
        return;
    welcome_info_read(r, &i);
    if (reader_err(r) == ERR_UNSUPPORTED)
        vec_not_built(c, "a suite");
    if (reader_err(r) != ERR_OK)
        return;
    content_message_begin(out, CONTENT_GROUP_INFO);
    schedule_context_write(&i.context, out);
    put_extensions(i.extensions, out);
    wire_put(out, i.confirmation_tag);
    buf_u32(out, i.signer);
    wire_put(out, i.signature);
}

static void recode_package(struct vec_case *c, struct reader *r, struct buf *out)
{
    struct keypackage *k = NULL;

    if (!vec_equal(c, "wire format", CONTENT_KEY_PACKAGE, content_message_read(r)))
        return;
    keypackage_read(r, &k);
    if (k == NULL)
        return;
    content_message_begin(out, CONTENT_KEY_PACKAGE);
    put_package(k, out);
    keypackage_unref(k);
}

static void recode_tree(struct vec_case *c, struct reader *r, struct buf *out)
{
    struct tree *t = NULL;

    /* A tree's encoding does not say its suite, and does not depend on it. */
    if (vec_ok(c, "ratchet_tree", tree_read(suite_at(0), reader_rest(r), &t)))
        tree_write(t, out);
    tree_free(t);
}

static void recode_secrets(struct vec_case *c, struct reader *r, struct buf *out)
{
    struct welcome_secrets s;

    (void)c;
    welcome_secrets_read(r, &s);
    if (reader_err(r) == ERR_OK)
        welcome_secrets_write(&s, out);
}

static void recode_public(struct vec_case *c, struct reader *r, struct buf *out)
{
    struct content m;
    struct bytes tag = {0};

    if (!vec_equal(c, "wire format", CONTENT_PUBLIC, content_message_read(r)))
        return;
    content_public_read(r, proposal_skip, &m, &tag);
    if (reader_err(r) != ERR_OK)
        return;
    content_message_begin(out, CONTENT_PUBLIC);
    content_write(&m, out);
    wire_put(out, m.signature);
    if (m.type == CONTENT_COMMIT)
        wire_put(out, m.confirmation_tag);
    if (m.sender == SENDER_MEMBER)
        wire_put(out, tag);
}

static void recode_private(struct vec_case *c, struct reader *r, struct buf *out)
{
    struct content_sealed m;

    if (!vec_equal(c, "wire format", CONTENT_PRIVATE, content_message_read(r)))
        return;
    content_sealed_read(r, &m);
    if (reader_err(r) != ERR_OK)
        return;
    content_message_begin(out, CONTENT_PRIVATE);
    wire_put(out, m.group_id);
    buf_u64(out, m.epoch);
    buf_u8(out, m.type);
    wire_put(out, m.authenticated_data);
    wire_put(out, m.sender_data);
    wire_put(out, m.ciphertext);
}

/* A type above 0: the bytes are those of a proposal, without its type before them. */
static const struct {
    const char *key;
    uint16_t type;
    recode_fn *recode;
} FIELDS[] = {
    {"mls_welcome", 0, recode_welcome},
    {"mls_group_info", 0, recode_info},
    {"mls_key_package", 0, recode_package},
    {"ratchet_tree", 0, recode_tree},
    {"group_secrets", 0, recode_secrets},
    {"add_proposal", PROPOSAL_ADD, recode_proposal},
    {"update_proposal", PROPOSAL_UPDATE, recode_proposal},
    {"remove_proposal", PROPOSAL_REMOVE, recode_proposal},
    {"pre_shared_key_proposal", PROPOSAL_PSK, recode_proposal},
    {"re_init_proposal", PROPOSAL_REINIT, recode_proposal},
    {"external_init_proposal", PROPOSAL_EXTERNAL_INIT, recode_proposal},
    {"group_context_extensions_proposal", PROPOSAL_CONTEXT, recode_proposal},
    {"commit", 0, recode_commit},
    {"public_message_application", 0, recode_public},
    {"public_message_proposal", 0, recode_public},
    {"public_message_commit", 0, recode_public},
    {"private_message", 0, recode_private},
};

static void run_field(
    struct vec_case *c, const char *key, uint16_t type, struct bytes in, recode_fn *recode)
{
    struct buf want;
    struct buf got;
    struct reader r;

    buf_init(&want, WIRE_MAX);
    buf_init(&got, WIRE_MAX);
    if (type != 0)
        buf_u16(&want, type);
    buf_bytes(&want, in);
    reader_init(&r, buf_view(&want));
    recode(c, &r, &got);
    if (vec_going(c) && vec_ok(c, key, reader_end(&r)) && vec_ok(c, key, buf_end(&got)))
        (void)vec_same(c, key, buf_view(&want), buf_view(&got));
    buf_free(&want);
    buf_free(&got);
}

static void run_case(struct vec_case *c, const cJSON *o)
{
    for (size_t i = 0; i < MEM_COUNT(FIELDS) && vec_going(c); i++) {
        struct bytes in = vec_hex(c, o, FIELDS[i].key);

        if (vec_going(c))
            run_field(c, FIELDS[i].key, FIELDS[i].type, in, FIELDS[i].recode);
    }
}

const struct vec_kind VEC_MLS_MESSAGES = {
    .name = "mls messages",
    .keys = {"mls_welcome", "mls_group_info", "group_secrets", "private_message"},
    .each = run_case,
};
