/* SPDX-License-Identifier: ISC */
#include "base/mem.h"
#include "peer.h"

static enum err psk_find(void *arg, struct bytes id, struct buf *out)
{
    const struct peer *p = arg;

    for (size_t i = 0; i < p->psk_n; i++)
        if (bytes_eq(buf_view(&p->psks[i].id), id)) {
            buf_bytes(out, buf_view(&p->psks[i].secret));
            return buf_end(out);
        }
    return ERR_NOT_FOUND;
}

void peer_init(struct peer *p)
{
    *p = (struct peer){.env = {.arg = p, .psk = psk_find}};
    buf_init(&p->name, PEER_MAX);
    buf_init(&p->package, PEER_MAX);
    buf_init(&p->secret, PEER_MAX);
}

static void nodes_free(struct peer *p)
{
    for (size_t i = 0; i < p->nodes_n; i++)
        buf_free(&p->nodes[i]);
    mem_free(p->nodes);
    p->nodes = NULL;
    p->nodes_n = 0;
}

void peer_fini(struct peer *p)
{
    mls_group_free(p->group);
    mls_group_free(p->prior);
    nodes_free(p);
    for (size_t i = 0; i < p->psk_n; i++) {
        buf_free(&p->psks[i].id);
        buf_wipe(&p->psks[i].secret);
    }
    sign_key_free(p->who.key);
    buf_free(&p->name);
    buf_free(&p->package);
    buf_wipe(&p->secret);
}

static const struct sign_alg *suite_sign(uint64_t suite)
{
    switch (suite) {
    case 1:
    case 3:
        return &SIGN_ED25519;
    case 2:
        return &SIGN_ECDSA_P256;
    case 0xf001:
    case 0xf002:
        return &SIGN_RSA_PSS;
    default:
        return NULL;
    }
}

/* suite:N name=HEX [bits:N] [type:N]... : the extension types its leaves will list */
enum err peer_identity(struct peer *p, const struct line *l, struct buf *answer)
{
    const struct sign_alg *alg = suite_sign(line_number(l, "suite", 0));
    enum err e;

    if (alg == NULL || p->who.key != NULL)
        return alg == NULL ? ERR_UNSUPPORTED : ERR_EXISTS;
    p->suite = (uint16_t)line_number(l, "suite", 0);
    buf_bytes(&p->name, line_bytes(l, "name"));
    e = sign_key_new(alg, (unsigned)line_number(l, "bits", 2048), &p->who.key);
    if (e != ERR_OK)
        return e;
    p->who.credential_type = MLS_BASIC;
    p->who.identity = buf_view(&p->name);
    p->who.extension_types = p->types;
    for (size_t i = 0; i < l->n && p->who.extension_types_n < PEER_TYPES; i++)
        if (strcmp(l->words[i].key, "type") == 0)
            p->types[p->who.extension_types_n++] = (uint16_t)l->words[i].number;
    line_put_bytes(answer, "key", sign_key_pub(p->who.key));
    return ERR_OK;
}

/* from:N until:N */
enum err peer_package(struct peer *p, const struct line *l, struct buf *answer)
{
    const struct mls_package_request what = {.suite = p->suite,
        .not_before = line_number(l, "from", 0),
        .not_after = line_number(l, "until", 0)};

    buf_clear(&p->package);
    buf_wipe(&p->secret);
    buf_init(&p->secret, PEER_MAX);
    enum err e = mls_package_make(&p->env, &p->who, &what, &p->package, &p->secret);
    if (e == ERR_OK)
        line_put_bytes(answer, "package", buf_view(&p->package));
    return e;
}

/* id=HEX secret=HEX */
enum err peer_psk(struct peer *p, const struct line *l, struct buf *answer)
{
    struct peer_psk *k = &p->psks[p->psk_n];

    (void)answer;
    if (p->psk_n == PEER_PSKS)
        return ERR_FULL;
    p->psk_n++;
    buf_init(&k->id, PEER_MAX);
    buf_init(&k->secret, PEER_MAX);
    buf_bytes(&k->id, line_bytes(l, "id"));
    buf_bytes(&k->secret, line_bytes(l, "secret"));
    return ERR_OK;
}

/* group=HEX [extensions=HEX] */
enum err peer_create(struct peer *p, const struct line *l, struct buf *answer)
{
    const struct mls_group_request what = {.suite = p->suite,
        .group_id = line_bytes(l, "group"),
        .extensions = line_bytes(l, "extensions")};

    (void)answer;
    return mls_group_create(&p->env, &p->who, &what, &p->group);
}

/* welcome=HEX [tree=HEX] : with the package made last, after what was retired if anything was
 */
enum err peer_join(struct peer *p, const struct line *l, struct buf *answer)
{
    const struct mls_join_request what = {.welcome = line_bytes(l, "welcome"),
        .package = buf_view(&p->package),
        .secret = buf_view(&p->secret),
        .tree = line_bytes(l, "tree"),
        .prior = p->prior};

    (void)answer;
    return mls_group_join(&p->env, &p->who, &what, &p->group, &p->rule);
}

/* info=HEX [tree=HEX] [external=ID]... [resync] [aad=HEX] */
enum err peer_enter(struct peer *p, const struct line *l, struct buf *answer)
{
    struct bytes ids[LINE_WORDS];
    struct mls_external_request what = {.info = line_bytes(l, "info"),
        .tree = line_bytes(l, "tree"),
        .psk_ids = ids,
        .resync = line_has(l, "resync"),
        .authenticated_data = line_bytes(l, "aad")};
    struct buf commit;

    for (size_t i = 0; i < l->n; i++)
        if (strcmp(l->words[i].key, "external") == 0)
            ids[what.psk_n++] = l->words[i].bytes;
    buf_init(&commit, PEER_MAX);
    enum err e = mls_group_join_external(&p->env, &p->who, &what, &commit, &p->group, &p->rule);
    if (e == ERR_OK)
        line_put_bytes(answer, "commit", buf_view(&commit));
    buf_free(&commit);
    return e;
}

struct records {
    struct mls_record *at;
    struct buf *kept;
    size_t n;
};

static enum err record_keep(void *arg, uint32_t id, struct bytes record)
{
    struct records *r = arg;

    if (record.n == 0)
        return ERR_OK;
    r->at = mem_realloc(r->at, (r->n + 1) * sizeof *r->at);
    r->kept = mem_realloc(r->kept, (r->n + 1) * sizeof *r->kept);
    buf_init(&r->kept[r->n], PEER_MAX);
    buf_bytes(&r->kept[r->n], record);
    r->at[r->n++].id = id;
    return ERR_OK;
}

/* Stores the group, forgets it, and goes on with what was stored. */
enum err peer_reload(struct peer *p, const struct line *l, struct buf *answer)
{
    struct records r = {0};
    enum err e = mls_save(p->group, true, record_keep, &r);

    (void)l;
    for (size_t i = 0; i < r.n; i++)
        r.at[i].bytes = buf_view(&r.kept[i]);
    if (e == ERR_OK) {
        mls_group_free(p->group);
        p->group = NULL;
        e = mls_group_load(&p->env, &p->who, r.at, r.n, &p->group);
    }
    line_put_number(answer, "records", r.n);
    for (size_t i = 0; i < r.n; i++)
        buf_wipe(&r.kept[i]);
    mem_free(r.at);
    mem_free(r.kept);
    return e;
}

/* The group steps back to be what another one follows. */
enum err peer_retire(struct peer *p, const struct line *l, struct buf *answer)
{
    (void)l;
    (void)answer;
    mls_group_free(p->prior);
    p->prior = p->group;
    p->group = NULL;
    return ERR_OK;
}

/* [tree] */
enum err peer_info(struct peer *p, const struct line *l, struct buf *answer)
{
    struct buf info;

    buf_init(&info, PEER_MAX);
    enum err e = mls_group_info(p->group, line_has(l, "tree") ? MLS_WITH_TREE : 0, &info);
    if (e == ERR_OK)
        line_put_bytes(answer, "info", buf_view(&info));
    buf_free(&info);
    return e;
}

static enum err node_keep(void *arg, uint32_t index, struct bytes node)
{
    struct peer *p = arg;

    if (index >= p->nodes_n) {
        p->nodes = mem_realloc(p->nodes, ((size_t)index + 1) * sizeof *p->nodes);
        while (p->nodes_n <= index)
            buf_init(&p->nodes[p->nodes_n++], PEER_MAX);
    }
    buf_clear(&p->nodes[index]);
    buf_bytes(&p->nodes[index], node);
    return ERR_OK;
}

enum err peer_nodes_keep(struct peer *p)
{
    struct mls_view view;
    uint32_t leaves;

    mls_group_view(p->group, &view);
    if (view.staged)
        return ERR_OK;
    nodes_free(p);
    return mls_group_nodes(p->group, node_keep, p, &leaves);
}

/* Of the present epoch, or of the one that waits: what was stored and what it changes. */
enum err peer_tree(struct peer *p, const struct line *l, struct buf *answer)
{
    struct mls_node *nodes;
    struct buf tree;
    size_t n = 0;
    uint32_t leaves = 0;
    enum err e = peer_nodes_keep(p);

    (void)l;
    if (e == ERR_OK)
        e = mls_group_nodes(p->group, node_keep, p, &leaves);
    if (e != ERR_OK)
        return e;
    nodes = mem_array(p->nodes_n + 1, sizeof *nodes);
    for (uint32_t i = 0; i < p->nodes_n && i + 1 < 2 * leaves; i++)
        if (p->nodes[i].n != 0)
            nodes[n++] = (struct mls_node){i, buf_view(&p->nodes[i])};
    buf_init(&tree, PEER_MAX);
    e = mls_tree_build(p->suite, leaves, nodes, n, &tree);
    if (e == ERR_OK)
        line_put_bytes(answer, "tree", buf_view(&tree));
    buf_free(&tree);
    mem_free(nodes);
    return e;
}

enum err peer_view(struct peer *p, const struct line *l, struct buf *answer)
{
    struct mls_view v;

    (void)l;
    mls_group_view(p->group, &v);
    line_put_number(answer, "suite", v.suite);
    line_put_bytes(answer, "group", v.group_id);
    line_put_number(answer, "epoch", v.epoch);
    line_put_number(answer, "self", v.self);
    line_put_number(answer, "leaves", v.leaves);
    line_put_number(answer, "members", v.members);
    line_put_number(answer, "proposals", v.proposals);
    line_put_bytes(answer, "extensions", v.extensions);
    line_put_bytes(answer, "authenticator", bytes_of(v.authenticator, MLS_SECRET));
    line_put_bytes(answer, "treehash", bytes_of(v.tree_hash, MLS_SECRET));
    line_put_bytes(answer, "tag", bytes_of(v.confirmation_tag, MLS_SECRET));
    line_put_number(answer, "staged", v.staged);
    line_put_number(answer, "suspended", v.suspended);
    line_put_number(answer, "removed", v.removed);
    return ERR_OK;
}

/* leaf:N */
enum err peer_member(struct peer *p, const struct line *l, struct buf *answer)
{
    struct mls_member m;

    if (!mls_group_member(p->group, (uint32_t)line_number(l, "leaf", MLS_NOBODY), &m))
        return ERR_NOT_FOUND;
    line_put_bytes(answer, "name", m.identity);
    line_put_bytes(answer, "key", m.signature_key);
    return ERR_OK;
}
