/* SPDX-License-Identifier: ISC */
/* Key packages: as they come, or signed anew by whom they are of. What decodes says the same
 * when it is written again; whoever is refused changes nothing in the group that adds them. */
#include "mls/label.h"
#include "mls/wire.h"
#include "support/mlsfuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void sign(struct buf *b, size_t from, const char *label)
{
    uint8_t signature[SIGN_MAX];
    size_t n = 0;

    if (label_sign(mlsfuzz()->p.m[MLSFUZZ_GUEST]->key, label,
            bytes_of(b->p + from, b->n - from), signature, &n) == ERR_OK)
        wire_put(b, bytes_of(signature, n));
}

/* From the fields, in the order of the RFC; with new signatures or the ones there are. */
static void package_write(const struct keypackage *k, bool anew, struct buf *out)
{
    size_t from = out->n;

    buf_u16(out, k->version);
    buf_u16(out, k->suite);
    wire_put(out, k->init_key);
    size_t leaf = out->n;
    buf_put(out, k->leaf->raw.p, k->leaf->tbs);
    if (anew)
        sign(out, leaf, "LeafNodeTBS");
    else
        wire_put(out, k->leaf->signature);
    wire_put(out, k->extensions);
    if (anew)
        sign(out, from, "KeyPackageTBS");
    else
        wire_put(out, k->signature);
}

static bool again(struct bytes message, bool anew, struct buf *out)
{
    struct keypackage *k = NULL;

    if (package_read(message, &k) != ERR_OK)
        return false;
    content_message_begin(out, CONTENT_KEY_PACKAGE);
    package_write(k, anew, out);
    keypackage_unref(k);
    return true;
}

static void use(struct bytes message)
{
    struct mls_group *g = mlsfuzz()->p.m[0]->g;
    const struct mls_proposal add = {.type = MLS_ADD, .package = message};
    const struct mls_commit_request what = {
        .wrap = {.flags = MLS_PUBLIC | MLS_NO_PENDING}, .proposals = &add, .proposals_n = 1};
    struct mls_commit_result r;
    struct mls_package is;
    enum mls_rule rule;

    enum err checked = mls_package_check(message, 1000, &is, &rule);
    buf_init(&r.commit, WIRE_MAX);
    buf_init(&r.welcome, WIRE_MAX);
    buf_init(&r.info, WIRE_MAX);
    enum err e = mls_commit(g, &what, &r);
    mlsfuzz_must(e != ERR_OK || is.suite == 1 || checked != ERR_OK, "another suite is added");
    if (checked == ERR_OK)
        mlsfuzz_must(
            is.member.identity.p >= message.p && is.member.identity.n < message.n &&
                is.member.signature_key.p + is.member.signature_key.n <= message.p + message.n,
            "a view that is not of the message");
    mlsfuzz_settle(e);
    buf_free(&r.commit);
    buf_free(&r.welcome);
    buf_free(&r.info);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    struct buf same;
    struct buf anew;

    if (n == 0)
        return 0;
    (void)mlsfuzz();
    struct bytes message = bytes_of(p + 1, n - 1);
    buf_init(&same, WIRE_MAX);
    buf_init(&anew, WIRE_MAX);
    if (again(message, false, &same))
        mlsfuzz_must(bytes_eq(buf_view(&same), message), "a package is written otherwise");
    if (p[0] % 2 == 1 && again(message, true, &anew))
        message = buf_view(&anew);
    use(message);
    buf_free(&same);
    buf_free(&anew);
    return 0;
}
