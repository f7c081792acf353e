/* SPDX-License-Identifier: ISC */
#include "mls/leaf.h"

#include "base/mem.h"
#include "crypto/dh.h"
#include "mls/label.h"
#include "mls/wire.h"

#define LEAF_VERSION 1 /* mls10 */
#define LEAF_LABEL   "LeafNodeTBS"
#define LEAF_MAX     WIRE_MAX

/* A credential has no length of its own, so one of a type that is not known here cannot be
 * stepped over: there is no reading what follows it. */
static struct bytes leaf_read_credential(struct reader *r, uint16_t *type)
{
    struct bytes all;
    struct reader chain;

    *type = reader_u16(r);
    if (*type != LEAF_BASIC && *type != LEAF_X509)
        reader_fail(r, ERR_FORMAT);
    all = wire_vec(r, WIRE_SMALL);
    if (*type == LEAF_X509) {
        reader_init(&chain, all);
        while (reader_left(&chain) != 0)
            (void)wire_vec(&chain, WIRE_SMALL);
        wire_leave(r, &chain);
    }
    return all;
}

static void leaf_read_source(struct reader *r, struct leaf *l)
{
    uint8_t source = reader_u8(r);

    switch (source) {
    case LEAF_KEY_PACKAGE:
        l->not_before = reader_u64(r);
        l->not_after = reader_u64(r);
        break;
    case LEAF_UPDATE:
        break;
    case LEAF_COMMIT:
        l->parent_hash = wire_vec(r, WIRE_SMALL);
        break;
    default:
        reader_fail(r, ERR_FORMAT);
        return;
    }
    l->source = (enum leaf_source)source;
}

/* All views are of r's bytes. */
static void leaf_read_fields(struct reader *r, struct leaf *l)
{
    size_t from = r->at;

    l->encryption_key = wire_vec(r, WIRE_SMALL);
    l->signature_key = wire_vec(r, WIRE_SMALL);
    l->identity = leaf_read_credential(r, &l->credential_type);
    l->versions = wire_u16s(r);
    l->suites = wire_u16s(r);
    l->extension_types = wire_u16s(r);
    l->proposal_types = wire_u16s(r);
    l->credential_types = wire_u16s(r);
    leaf_read_source(r, l);
    l->extensions = ext_read(r);
    l->tbs = r->at - from;
    l->signature = wire_vec(r, WIRE_SMALL);
    l->raw = wire_since(r, from);
}

void leaf_read(struct reader *r, struct leaf **out)
{
    struct leaf l = {.refs = 1};

    *out = NULL;
    leaf_read_fields(r, &l);
    if (reader_err(r) != ERR_OK)
        return;
    /* One block for both, so that nobody frees one without the other. */
    struct leaf *made = mem_alloc(sizeof *made + l.raw.n);
    const uint8_t *from = l.raw.p;
    const uint8_t *to = memcpy(made + 1, from, l.raw.n);
    struct bytes *views[] = {&l.raw, &l.encryption_key, &l.signature_key, &l.identity,
        &l.versions, &l.suites, &l.extension_types, &l.proposal_types, &l.credential_types,
        &l.parent_hash, &l.extensions, &l.signature};
    for (size_t i = 0; i < MEM_COUNT(views); i++)
        *views[i] = wire_moved(*views[i], from, to);
    *made = l;
    *out = made;
}

struct leaf *leaf_ref(struct leaf *l)
{
    l->refs++;
    return l;
}

void leaf_unref(struct leaf *l)
{
    if (l == NULL || --l->refs != 0)
        return;
    sign_pub_free(l->pub);
    mem_free(l);
}

struct sign_pub *leaf_pub(struct leaf *l, const struct suite *s)
{
    if (l->pub == NULL && sign_pub_read(s->sign, l->signature_key, &l->pub) == ERR_OK)
        l->pub_alg = s->sign;
    return l->pub_alg == s->sign ? l->pub : NULL;
}

void leaf_member(const struct leaf *l, uint32_t index, struct mls_member *out)
{
    *out = (struct mls_member){.leaf = index,
        .credential_type = l->credential_type,
        .identity = l->identity,
        .signature_key = l->signature_key,
        .encryption_key = l->encryption_key,
        .extensions = l->extensions,
        .not_before = l->not_before,
        .not_after = l->not_after};
}

/* What the signature covers beyond the leaf's own bytes. */
static void leaf_put_place(struct buf *b, enum leaf_source source, const struct leaf_place *at)
{
    if (source == LEAF_KEY_PACKAGE)
        return;
    wire_put(b, at->group_id);
    buf_u32(b, at->index);
}

enum mls_rule leaf_check_signature(struct leaf *l, const struct leaf_place *at)
{
    struct sign_pub *pub = leaf_pub(l, at->suite);
    struct buf tbs;

    if (pub == NULL)
        return MLS_RULE_LEAF_KEY;
    buf_init(&tbs, LEAF_MAX);
    buf_put(&tbs, l->raw.p, l->tbs);
    leaf_put_place(&tbs, l->source, at);
    enum err e = buf_end(&tbs);
    if (e == ERR_OK)
        e = label_check(pub, LEAF_LABEL, buf_view(&tbs), l->signature);
    buf_free(&tbs);
    return e == ERR_OK ? MLS_RULE_KEPT : MLS_RULE_LEAF_SIGNATURE;
}

/* Whether each of the types wanted is in the list, or is one that needs no listing. */
static bool leaf_lists(struct bytes wanted, struct bytes list, uint16_t default_max)
{
    struct reader walk;

    reader_init(&walk, wanted);
    while (reader_left(&walk) != 0) {
        uint16_t type = reader_u16(&walk);
        bool is_default = type != 0 && type <= default_max;
        if (!is_default && !wire_u16s_has(list, type))
            return false;
    }
    return true;
}

enum { LEAF_PROPOSAL_DEFAULT_MAX = 7, LEAF_CREDENTIAL_DEFAULT_MAX = 0 };

static enum mls_rule leaf_check_required(const struct leaf *l, struct bytes group_extensions)
{
    struct bytes data;
    struct ext_required need;

    if (!ext_find(group_extensions, EXT_REQUIRED_CAPABILITIES, &data))
        return MLS_RULE_KEPT;
    if (ext_required_read(data, &need) != ERR_OK)
        return MLS_RULE_FORMAT;
    bool has = leaf_lists(need.extensions, l->extension_types, EXT_EXTERNAL_SENDERS) &&
               leaf_lists(need.proposals, l->proposal_types, LEAF_PROPOSAL_DEFAULT_MAX) &&
               leaf_lists(need.credentials, l->credential_types, LEAF_CREDENTIAL_DEFAULT_MAX);
    return has ? MLS_RULE_KEPT : MLS_RULE_LEAF_REQUIRED;
}

static bool leaf_lists_extensions(const struct leaf *l, struct bytes extensions)
{
    struct reader walk;
    struct ext e;

    reader_init(&walk, extensions);
    while (ext_next(&walk, &e)) {
        if (!ext_is_default(e.type) && !wire_u16s_has(l->extension_types, e.type))
            return false;
    }
    return true;
}

enum mls_rule leaf_check_extensions(const struct leaf *l, struct bytes group_extensions)
{
    enum mls_rule rule = leaf_check_required(l, group_extensions);

    if (rule == MLS_RULE_KEPT && !leaf_lists_extensions(l, group_extensions))
        rule = MLS_RULE_LEAF_GROUP_EXTENSION;
    return rule;
}

static enum mls_rule leaf_check_identity(
    const struct mls_env *env, const struct leaf *l, uint32_t index)
{
    struct mls_member who;

    if (env == NULL || env->identify == NULL)
        return MLS_RULE_KEPT;
    leaf_member(l, index, &who);
    return env->identify(env->arg, &who) == ERR_OK ? MLS_RULE_KEPT : MLS_RULE_LEAF_IDENTITY;
}

enum mls_rule leaf_check(
    const struct mls_env *env, struct leaf *l, const struct leaf_place *at, unsigned sources)
{
    if (dh_check(at->suite->hpke.kem, l->encryption_key) != ERR_OK)
        return MLS_RULE_LEAF_KEY;
    enum mls_rule rule = leaf_check_signature(l, at);
    if (rule != MLS_RULE_KEPT)
        return rule;
    if ((sources >> l->source & 1) == 0)
        return MLS_RULE_LEAF_SOURCE;
    if (!wire_u16s_has(l->versions, LEAF_VERSION))
        return MLS_RULE_LEAF_VERSION;
    if (!wire_u16s_has(l->suites, at->suite->id))
        return MLS_RULE_LEAF_SUITE;
    rule = leaf_check_extensions(l, at->extensions);
    if (rule != MLS_RULE_KEPT)
        return rule;
    if (!leaf_lists_extensions(l, l->extensions))
        return MLS_RULE_LEAF_EXTENSION;
    if (!wire_u16s_has(l->credential_types, l->credential_type))
        return MLS_RULE_LEAF_CREDENTIAL;
    return leaf_check_identity(env, l, at->index);
}

static void leaf_put_capabilities(struct buf *b, const struct leaf_spec *spec)
{
    const struct suite *s;

    wire_put_length(b, 2);
    buf_u16(b, LEAF_VERSION);
    size_t at = wire_open(b);
    for (size_t i = 0; (s = suite_at(i)) != NULL; i++)
        buf_u16(b, s->id);
    wire_close(b, at);
    at = wire_open(b);
    for (size_t i = 0; i < spec->extension_types_n; i++)
        buf_u16(b, spec->extension_types[i]);
    wire_close(b, at);
    wire_put_length(b, 0); /* proposals: only those that need no listing */
    wire_put_length(b, 4);
    buf_u16(b, LEAF_BASIC);
    buf_u16(b, LEAF_X509);
}

static void leaf_put(struct buf *b, const struct leaf_spec *spec)
{
    wire_put(b, spec->encryption_key);
    wire_put(b, sign_key_pub(spec->key));
    buf_u16(b, spec->credential_type);
    wire_put(b, spec->identity);
    leaf_put_capabilities(b, spec);
    buf_u8(b, (uint8_t)spec->source);
    if (spec->source == LEAF_KEY_PACKAGE) {
        buf_u64(b, spec->not_before);
        buf_u64(b, spec->not_after);
    }
    if (spec->source == LEAF_COMMIT)
        wire_put(b, spec->parent_hash);
    wire_put(b, spec->extensions);
}

enum err leaf_make(const struct leaf_spec *spec, const struct leaf_place *at, struct leaf **out)
{
    uint8_t signature[SIGN_MAX];
    size_t n = 0;
    struct buf b;
    struct reader r;

    *out = NULL;
    if (sign_key_alg(spec->key) != at->suite->sign)
        return ERR_STATE;
    buf_init(&b, LEAF_MAX);
    leaf_put(&b, spec);
    size_t body = b.n;
    leaf_put_place(&b, spec->source, at);
    enum err e = buf_end(&b);
    if (e == ERR_OK)
        e = label_sign(spec->key, LEAF_LABEL, buf_view(&b), signature, &n);
    if (e != ERR_OK)
        goto out;
    b.n = body;
    wire_put(&b, bytes_of(signature, n));
    reader_init(&r, buf_view(&b));
    leaf_read(&r, out);
    e = reader_end(&r);
out:
    buf_free(&b);
    return e;
}
