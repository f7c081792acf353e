/* SPDX-License-Identifier: ISC */
#include "support/mlsevil_impl.h"

static void put_tree(const struct mlsevil *e, const struct tree *t, struct buf *list)
{
    struct reader r;
    struct buf tree;

    buf_init(&tree, WIRE_MAX);
    tree_write(e->lie == MLSEVIL_INFO_TREE_OTHER ? e->step.base->tree : t, &tree);
    if (e->lie == MLSEVIL_INFO_TREE_BLANK) {
        struct buf longer;
        buf_init(&longer, WIRE_MAX);
        reader_init(&r, buf_view(&tree));
        size_t at = wire_open(&longer);
        buf_bytes(&longer, wire_vec(&r, WIRE_MAX));
        buf_u8(&longer, 0);
        wire_close(&longer, at);
        buf_free(&tree);
        tree = longer;
    }
    if (e->lie != MLSEVIL_INFO_TREE_NONE)
        ext_put(list, EXT_RATCHET_TREE, buf_view(&tree));
    buf_free(&tree);
}

static void put_pub(const struct mlsevil *e, const struct epoch *of, struct buf *list)
{
    static const uint8_t zeroes[DH_PUB_MAX];
    struct dh_key *key = NULL;
    struct buf pub;

    buf_init(&pub, WIRE_SMALL);
    MLSEVIL_OK(schedule_external_key(e->party->suite, of->keys, &key));
    size_t n = dh_key_pub(key).n;
    wire_put(&pub, bytes_of(e->lie == MLSEVIL_INFO_PUB_ZERO ? zeroes : dh_key_pub(key).p,
                       e->lie == MLSEVIL_INFO_PUB_SHORT ? n - 1 : n));
    if (e->lie != MLSEVIL_INFO_PUB_NONE)
        ext_put(list, EXT_EXTERNAL_PUB, buf_view(&pub));
    dh_key_free(key);
    buf_free(&pub);
}

/* of: context, tag and external key; t: the tree that goes inside. */
static void write_info(struct mlsevil *e, const struct epoch *of, const struct tree *t,
    bool external, struct buf *out)
{
    struct buf context;
    struct buf list;

    buf_init(&context, WIRE_MAX);
    buf_init(&list, WIRE_MAX);
    buf_bytes(&context, buf_view(&of->context_raw));
    if (e->lie == MLSEVIL_INFO_VERSION)
        buf_set_u16(&context, 0, 2);
    if (e->lie == MLSEVIL_INFO_SUITE)
        buf_set_u16(&context, 2, 3);
    put_tree(e, t, &list);
    if (external)
        put_pub(e, of, &list);
    struct welcome_info info = {.context_raw = buf_view(&context),
        .extensions = buf_view(&list),
        .confirmation_tag = bytes_of(of->tag, SUITE_HASH),
        .signer = of->self};
    uint8_t tag[SUITE_HASH];
    memcpy(tag, of->tag, sizeof tag);
    if (e->lie == MLSEVIL_INFO_TAG || e->lie == MLSEVIL_INFO_TAG_SHORT) {
        tag[0] ^= e->lie == MLSEVIL_INFO_TAG;
        info.confirmation_tag = bytes_of(tag, sizeof tag - (e->lie == MLSEVIL_INFO_TAG_SHORT));
    }
    if (e->lie == MLSEVIL_INFO_SIGNER)
        info.signer = party_leaf(e->party, e->other);
    if (e->lie == MLSEVIL_INFO_SIGNER_FAR)
        info.signer = 1u << 30;
    MLSEVIL_OK(welcome_info_write(&info, e->party->m[e->who]->key, out));
    if (e->lie == MLSEVIL_INFO_SIGNATURE)
        out->p[out->n - 1] ^= 1;
    buf_free(&context);
    buf_free(&list);
}

struct bytes mlsevil_info(struct mlsevil *e)
{
    struct mls_group *g = mlsevil_group(e);
    struct epoch *now = g->now;
    struct epoch *as = epoch_new(); /* what it says: the present one, bent */
    struct schedule_context c = now->context;
    struct tree *t = tree_copy(now->tree);

    if (e->bend != NULL)
        e->bend(e, t);
    MLSEVIL_OK(tree_hash_root(t, c.tree_hash));
    if (e->extend)
        c.extensions = e->extensions;
    MLSEVIL_OK(epoch_set_context(as, &c));
    *as->keys = *now->keys;
    as->self = now->self;
    memcpy(as->tag, now->tag, sizeof as->tag);
    e->step.base = g->old != NULL ? g->old : g->now;
    buf_clear(&e->info);
    content_message_begin(&e->info, CONTENT_GROUP_INFO);
    write_info(e, as, t, true, &e->info);
    tree_free(t);
    epoch_free(as);
    return buf_view(&e->info);
}

static void secrets_of(struct mlsevil *e, struct bytes signer, struct welcome_secrets *out)
{
    const struct stage *st = e->step.stage;
    uint32_t leaf = tree_find_signer(st->next->tree, signer);
    const uint8_t *path = NULL;

    if (e->has_path && leaf != UINT32_MAX)
        path = treekem_path_secret(&e->path, leaf);
    *out =
        (struct welcome_secrets){.joiner = bytes_of(st->next->keys->joiner,
                                     SUITE_HASH - (e->lie == MLSEVIL_WELCOME_JOINER ? 1 : 0)),
            .has_path = path != NULL,
            .path = bytes_of(path, path != NULL ? SUITE_HASH : 0)};
    for (size_t i = 0; i < st->batch.n; i++)
        if (st->batch.v[i].p.type == PROPOSAL_PSK)
            out->psk[out->psk_n++] = st->batch.v[i].p.psk;
    if (e->lie != MLSEVIL_WELCOME_PSKS)
        return;
    for (out->psk_n = 0; out->psk_n < e->psk_n; out->psk_n++)
        out->psk[out->psk_n] = e->psks[out->psk_n];
}

struct bytes mlsevil_welcome(struct mlsevil *e, size_t whom)
{
    const struct epoch *next = e->step.stage->next;
    struct welcome_draft w = {.suite = e->party->suite};
    const struct party_member *m = e->party->m[whom];
    struct keypackage *k = NULL;
    struct welcome_secrets secrets;
    uint8_t other[SUITE_HASH] = {1};
    uint8_t drawn[SUITE_DRAWN];
    struct buf info;
    struct buf sealed;

    buf_init(&info, WIRE_MAX);
    buf_init(&sealed, WIRE_MAX);
    buf_init(&w.secrets, WIRE_MAX);
    write_info(e, next, next->tree, false, &info);
    MLSEVIL_OK(welcome_seal_info(w.suite, next->keys->joiner,
        e->step.psk_set ? e->step.psk : NULL, buf_view(&info), &sealed));
    if (e->lie == MLSEVIL_WELCOME_INFO)
        sealed.p[0] ^= 1;
    w.sealed_info = buf_view(&sealed);
    MLSEVIL_OK(package_read(buf_view(&m->package), &k));
    secrets_of(e, k->leaf->signature_key, &secrets);
    if (e->lie == MLSEVIL_WELCOME_PATH) {
        mlsevil_must(secrets.has_path, "no path secret");
        secrets.path = bytes_of(other, sizeof other);
    }
    env_random(mlsevil_env(e), drawn, sizeof drawn);
    MLSEVIL_OK(welcome_seal_secrets(&w, k, &secrets, drawn));
    if (e->lie == MLSEVIL_WELCOME_REF)
        w.secrets.p[1] ^= 1; /* behind its length */
    if (e->lie == MLSEVIL_WELCOME_SECRETS)
        w.secrets.p[w.secrets.n - 1] ^= 1;
    buf_clear(&e->welcome);
    content_message_begin(&e->welcome, CONTENT_WELCOME);
    welcome_write(&w, &e->welcome);
    MLSEVIL_OK(buf_end(&e->welcome));
    if (e->lie == MLSEVIL_WELCOME_SUITE)
        buf_set_u16(&e->welcome, 4, 3);
    keypackage_unref(k);
    buf_free(&info);
    buf_free(&sealed);
    buf_free(&w.secrets);
    return buf_view(&e->welcome);
}
