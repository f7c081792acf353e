/* SPDX-License-Identifier: ISC */
#include "mls/package.h"

#include "base/mem.h"
#include "mls/content.h"
#include "mls/wire.h"

#define VERSION         1      /* of the stored secret */
#define EXT_LAST_RESORT 0x000a /* draft-ietf-mls-extensions: no content */

/* ---- extension lists of an application ---- */

void mls_ext_put(struct buf *list, uint16_t type, struct bytes data)
{
    ext_put(list, type, data);
}

bool mls_ext_find(struct bytes list, uint16_t type, struct bytes *data)
{
    return ext_find(list, type, data);
}

void mls_ext_require(struct buf *data, const uint16_t *types, size_t n)
{
    size_t at = wire_open(data);

    for (size_t i = 0; i < n; i++)
        buf_u16(data, types[i]);
    wire_close(data, at);
    wire_put_length(data, 0); /* proposals */
    wire_put_length(data, 0); /* credentials */
}

/* ---- the secret half ---- */

void package_secret_write(const struct package_secret *s, struct buf *out)
{
    buf_u8(out, VERSION);
    buf_u16(out, s->suite->id);
    buf_put(out, s->init, sizeof s->init);
    buf_put(out, s->leaf, sizeof s->leaf);
}

enum err package_secret_read(struct bytes in, struct package_secret *out)
{
    struct reader r;
    struct bytes init;
    struct bytes leaf;
    uint8_t version;

    *out = (struct package_secret){0};
    reader_init(&r, in);
    version = reader_u8(&r);
    if (version > VERSION)
        return ERR_VERSION;
    out->suite = suite_find(reader_u16(&r));
    init = reader_bytes(&r, sizeof out->init);
    leaf = reader_bytes(&r, sizeof out->leaf);
    if (reader_end(&r) != ERR_OK || version != VERSION || out->suite == NULL) {
        out->suite = NULL;
        return ERR_CORRUPT;
    }
    memcpy(out->init, init.p, init.n);
    memcpy(out->leaf, leaf.p, leaf.n);
    return ERR_OK;
}

/* ---- making ---- */

void package_leaf_spec(const struct mls_identity *who, struct leaf_spec *out)
{
    *out = (struct leaf_spec){.key = who->key,
        .credential_type = who->credential_type,
        .identity = who->identity,
        .extension_types = who->extension_types,
        .extension_types_n = who->extension_types_n,
        .extensions = who->leaf_extensions};
}

enum err package_suite(uint16_t id, const struct mls_identity *who, const struct suite **out)
{
    *out = suite_find(id);
    if (*out == NULL)
        return ERR_UNSUPPORTED;
    if (sign_key_alg(who->key) != (*out)->sign) {
        *out = NULL;
        return ERR_REFUSED;
    }
    return ERR_OK;
}

static enum err draw_key(
    const struct mls_env *env, const struct suite *s, struct dh_key **key, uint8_t *priv)
{
    uint8_t drawn[SUITE_DRAWN];
    enum err e;

    env_random(env, drawn, sizeof drawn);
    e = hpke_derive_key(&s->hpke, bytes_of(drawn, sizeof drawn), key);
    mem_wipe(drawn, sizeof drawn);
    if (e == ERR_OK)
        dh_key_priv(*key, priv);
    return e;
}

/* The types that the leaf lists: the identity's, and the mark's where it is set. The caller
 * frees them. */
static uint16_t *list_types(const struct mls_identity *who, bool last_resort, size_t *n)
{
    uint16_t *types = mem_array(who->extension_types_n + 1, sizeof *types);
    bool listed = false;

    for (*n = 0; *n < who->extension_types_n; ++*n) {
        types[*n] = who->extension_types[*n];
        listed = listed || types[*n] == EXT_LAST_RESORT;
    }
    if (last_resort && !listed)
        types[(*n)++] = EXT_LAST_RESORT;
    return types;
}

static enum err make_leaf(const struct mls_identity *who, const struct suite *s,
    const struct mls_package_request *what, struct bytes encryption_key, struct leaf **out)
{
    struct leaf_spec spec;
    uint16_t *types;
    enum err e;

    package_leaf_spec(who, &spec);
    types = list_types(who, what->last_resort, &spec.extension_types_n);
    spec.extension_types = types;
    spec.source = LEAF_KEY_PACKAGE;
    spec.encryption_key = encryption_key;
    spec.not_before = what->not_before;
    spec.not_after = what->not_after;
    e = leaf_make(&spec, &(struct leaf_place){.suite = s}, out);
    mem_free(types);
    return e;
}

static enum err make_package(const struct mls_identity *who, const struct suite *s,
    struct leaf *leaf, struct bytes init_key, bool last_resort, struct keypackage **out)
{
    struct buf extensions;
    enum err e;

    buf_init(&extensions, WIRE_SMALL);
    if (last_resort)
        ext_put(&extensions, EXT_LAST_RESORT, (struct bytes){0});
    e = keypackage_make(s, who->key, leaf, init_key, buf_view(&extensions), out);
    buf_free(&extensions);
    return e;
}

enum err mls_package_make(const struct mls_env *env, const struct mls_identity *who,
    const struct mls_package_request *what, struct buf *message, struct buf *secret)
{
    struct package_secret kept = {0};
    struct dh_key *init = NULL;
    struct dh_key *own = NULL;
    struct leaf *leaf = NULL;
    struct keypackage *package = NULL;
    enum err e = package_suite(what->suite, who, &kept.suite);

    if (e == ERR_OK)
        e = draw_key(env, kept.suite, &init, kept.init);
    if (e == ERR_OK)
        e = draw_key(env, kept.suite, &own, kept.leaf);
    if (e == ERR_OK)
        e = make_leaf(who, kept.suite, what, dh_key_pub(own), &leaf);
    if (e == ERR_OK)
        e = make_package(who, kept.suite, leaf, dh_key_pub(init), what->last_resort, &package);
    if (e == ERR_OK) {
        content_message_begin(message, CONTENT_KEY_PACKAGE);
        buf_bytes(message, package->raw);
        package_secret_write(&kept, secret);
        e = buf_end(message) != ERR_OK ? buf_end(message) : buf_end(secret);
    }
    mem_wipe(&kept, sizeof kept);
    keypackage_unref(package);
    leaf_unref(leaf);
    dh_key_free(own);
    dh_key_free(init);
    return e;
}

/* ---- reading ---- */

enum err package_read(struct bytes message, struct keypackage **out)
{
    struct reader r;
    enum err e;

    *out = NULL;
    reader_init(&r, message);
    if (content_message_read(&r) != CONTENT_KEY_PACKAGE)
        reader_fail(&r, ERR_FORMAT);
    keypackage_read(&r, out);
    e = reader_end(&r);
    if (e != ERR_OK) {
        keypackage_unref(*out);
        *out = NULL;
    }
    return e;
}

static enum mls_rule check(struct keypackage *k, uint64_t now)
{
    const struct suite *s = suite_find(k->suite);
    struct leaf_place nowhere = {.suite = s};
    enum mls_rule rule;

    if (s == NULL)
        return MLS_RULE_PACKAGE_SUITE;
    rule = keypackage_check(k, s);
    if (rule == MLS_RULE_KEPT)
        rule = leaf_check(NULL, k->leaf, &nowhere, 1u << LEAF_KEY_PACKAGE);
    if (rule == MLS_RULE_KEPT && leaf_check_extensions(k->leaf, k->extensions) != MLS_RULE_KEPT)
        rule = MLS_RULE_LEAF_EXTENSION; /* its own count like those of its leaf (10) */
    if (rule == MLS_RULE_KEPT && (now < k->leaf->not_before || now > k->leaf->not_after))
        rule = MLS_RULE_LEAF_LIFETIME;
    return rule;
}

/* Where the leaf of a key package message begins that has been decoded whole. */
static const uint8_t *leaf_in(struct bytes message)
{
    struct reader r;

    reader_init(&r, message);
    (void)content_message_read(&r);
    (void)reader_u32(&r); /* version, suite */
    (void)wire_vec(&r, WIRE_SMALL);
    return message.p + r.at;
}

enum err mls_package_check(
    struct bytes message, uint64_t now, struct mls_package *out, enum mls_rule *rule)
{
    struct keypackage *k = NULL;
    struct mls_member *m = &out->member;
    struct bytes mark;
    enum err e = ERR_REFUSED;

    *out = (struct mls_package){0};
    *rule = package_read(message, &k) == ERR_OK ? check(k, now) : MLS_RULE_FORMAT;
    if (*rule != MLS_RULE_KEPT)
        goto out;
    e = keypackage_ref_hash(k, suite_find(k->suite), out->ref);
    if (e != ERR_OK)
        goto out;
    const uint8_t *from = k->leaf->raw.p;
    const uint8_t *to = leaf_in(message);
    out->suite = k->suite;
    out->last_resort = ext_find(k->extensions, EXT_LAST_RESORT, &mark);
    leaf_member(k->leaf, MLS_NOBODY, m);
    m->identity = wire_moved(m->identity, from, to);
    m->signature_key = wire_moved(m->signature_key, from, to);
    m->encryption_key = wire_moved(m->encryption_key, from, to);
    m->extensions = wire_moved(m->extensions, from, to);
out:
    keypackage_unref(k);
    return e;
}
