/* SPDX-License-Identifier: ISC */
#include "mls/keypackage.h"

#include "base/mem.h"
#include "crypto/dh.h"
#include "mls/label.h"
#include "mls/wire.h"

#define KEYPACKAGE_VERSION 1 /* mls10 */
#define KEYPACKAGE_LABEL   "KeyPackageTBS"

void keypackage_read(struct reader *r, struct keypackage **out)
{
    struct keypackage k = {.refs = 1};
    size_t from = r->at;

    *out = NULL;
    k.version = reader_u16(r);
    k.suite = reader_u16(r);
    k.init_key = wire_vec(r, WIRE_SMALL);
    leaf_read(r, &k.leaf);
    k.extensions = ext_read(r);
    k.tbs = r->at - from;
    k.signature = wire_vec(r, WIRE_SMALL);
    k.raw = wire_since(r, from);
    if (reader_err(r) != ERR_OK) {
        leaf_unref(k.leaf);
        return;
    }
    struct keypackage *made = mem_alloc(sizeof *made + k.raw.n);
    const uint8_t *start = k.raw.p;
    const uint8_t *to = memcpy(made + 1, start, k.raw.n);
    k.raw = wire_moved(k.raw, start, to);
    k.init_key = wire_moved(k.init_key, start, to);
    k.extensions = wire_moved(k.extensions, start, to);
    k.signature = wire_moved(k.signature, start, to);
    *made = k;
    *out = made;
}

struct keypackage *keypackage_ref(struct keypackage *k)
{
    k->refs++;
    return k;
}

void keypackage_unref(struct keypackage *k)
{
    if (k == NULL || --k->refs != 0)
        return;
    leaf_unref(k->leaf);
    mem_free(k);
}

enum mls_rule keypackage_check(const struct keypackage *k, const struct suite *s)
{
    if (k->version != KEYPACKAGE_VERSION)
        return MLS_RULE_PACKAGE_VERSION;
    if (k->suite != s->id)
        return MLS_RULE_PACKAGE_SUITE;
    struct sign_pub *pub = leaf_pub(k->leaf, s);
    if (pub == NULL || dh_check(s->hpke.kem, k->init_key) != ERR_OK)
        return MLS_RULE_LEAF_KEY;
    if (label_check(pub, KEYPACKAGE_LABEL, bytes_of(k->raw.p, k->tbs), k->signature) != ERR_OK)
        return MLS_RULE_PACKAGE_SIGNATURE;
    if (bytes_eq(k->init_key, k->leaf->encryption_key))
        return MLS_RULE_PACKAGE_INIT_KEY;
    return MLS_RULE_KEPT;
}

enum err keypackage_ref_hash(
    const struct keypackage *k, const struct suite *s, uint8_t out[SUITE_HASH])
{
    return label_ref(s, "MLS 1.0 KeyPackage Reference", k->raw, out);
}

enum err keypackage_make(const struct suite *s, struct sign_key *key, struct leaf *leaf,
    struct bytes init_key, struct bytes extensions, struct keypackage **out)
{
    uint8_t signature[SIGN_MAX];
    size_t n = 0;
    struct buf b;
    struct reader r;

    *out = NULL;
    if (sign_key_alg(key) != s->sign)
        return ERR_STATE;
    buf_init(&b, WIRE_MAX);
    buf_u16(&b, KEYPACKAGE_VERSION);
    buf_u16(&b, s->id);
    wire_put(&b, init_key);
    buf_bytes(&b, leaf->raw);
    wire_put(&b, extensions);
    enum err e = buf_end(&b);
    if (e == ERR_OK)
        e = label_sign(key, KEYPACKAGE_LABEL, buf_view(&b), signature, &n);
    if (e != ERR_OK)
        goto out;
    wire_put(&b, bytes_of(signature, n));
    reader_init(&r, buf_view(&b));
    keypackage_read(&r, out);
    e = reader_end(&r);
out:
    buf_free(&b);
    return e;
}
