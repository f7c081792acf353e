/* SPDX-License-Identifier: ISC */
/* A leaf written field by field, and signed, so that a test breaks exactly what it names. */
#ifndef UNIT_MLS_LEAFFORM_H
#define UNIT_MLS_LEAFFORM_H

#include <criterion/criterion.h>

#include "mls/label.h"
#include "mls/wire.h"
#include "support/mlskit.h"

/* A string literal's bytes without its NUL. */
#define LIT(s) bytes_of(s, sizeof(s) - 1)

struct leafform {
    const struct suite *suite;
    struct sign_key *key;
    const char *label;
    struct bytes encryption_key, signature_key;
    uint16_t credential_type;
    struct bytes identity;
    struct bytes versions, suites, extension_types, proposal_types, credential_types;
    uint8_t source;
    uint64_t not_before, not_after;
    struct bytes parent_hash;
    struct bytes extensions;
    struct bytes group_id; /* signed for, unless of a key package */
    uint32_t index;
};

/* One that breaks no rule. Views of p. */
static inline struct leafform leafform_good(const struct mlskit_person *p, uint8_t source)
{
    return (struct leafform){.suite = p->suite,
        .key = p->sign,
        .label = "LeafNodeTBS",
        .encryption_key = dh_key_pub(p->leaf_key),
        .signature_key = sign_key_pub(p->sign),
        .credential_type = LEAF_BASIC,
        .identity = bytes_str(p->name),
        .versions = LIT("\x00\x01"),
        .suites = LIT("\x00\x01\x00\x02\x00\x03\xf0\x01\xf0\x02"),
        .credential_types = LIT("\x00\x01\x00\x02"),
        .source = source,
        .not_after = UINT64_MAX,
        .group_id = LIT("group"),
        .index = 3};
}

static inline void leafform_put(struct buf *b, const struct leafform *f)
{
    wire_put(b, f->encryption_key);
    wire_put(b, f->signature_key);
    buf_u16(b, f->credential_type);
    wire_put(b, f->identity);
    wire_put(b, f->versions);
    wire_put(b, f->suites);
    wire_put(b, f->extension_types);
    wire_put(b, f->proposal_types);
    wire_put(b, f->credential_types);
    buf_u8(b, f->source);
    if (f->source == LEAF_KEY_PACKAGE) {
        buf_u64(b, f->not_before);
        buf_u64(b, f->not_after);
    }
    if (f->source == LEAF_COMMIT)
        wire_put(b, f->parent_hash);
    wire_put(b, f->extensions);
}

/* The signed leaf's bytes into b, which is empty. */
static inline void leafform_sign(struct buf *b, const struct leafform *f)
{
    uint8_t sig[SIGN_MAX];
    size_t n;
    struct buf tbs;

    buf_init(&tbs, WIRE_MAX);
    leafform_put(&tbs, f);
    leafform_put(b, f);
    if (f->source != LEAF_KEY_PACKAGE) {
        wire_put(&tbs, f->group_id);
        buf_u32(&tbs, f->index);
    }
    cr_assert_eq(label_sign(f->key, f->label, buf_view(&tbs), sig, &n), ERR_OK);
    wire_put(b, bytes_of(sig, n));
    cr_assert_eq(buf_end(b), ERR_OK);
    buf_free(&tbs);
}

/* *out is NULL unless the bytes are one leaf and nothing else. */
static inline enum err leafform_read(struct bytes wire, struct leaf **out)
{
    struct reader r;

    reader_init(&r, wire);
    leaf_read(&r, out);
    enum err e = reader_end(&r);
    if (e != ERR_OK) {
        leaf_unref(*out);
        *out = NULL;
    }
    return e;
}

static inline enum err leafform_make(const struct leafform *f, struct leaf **out)
{
    struct buf b;

    buf_init(&b, WIRE_MAX);
    leafform_sign(&b, f);
    enum err e = leafform_read(buf_view(&b), out);
    buf_free(&b);
    return e;
}

#endif
