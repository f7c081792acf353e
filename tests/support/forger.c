/* SPDX-License-Identifier: ISC */
#include "support/forger.h"

#include <criterion/criterion.h>

#include "base/mem.h"
#include "crypto/rand.h"
#include "support/rsapool.h"

#define BYTES (1u << 20)
#define NODES 256u

static const uint16_t EXTENSIONS[] = {POLICY_EXT_ROOM, POLICY_EXT_NICK};

void forger_init(struct forger *f, struct evil *v, const char *name)
{
    *f = (struct forger){.v = v, .key = rsapool_key(v->crew.pool, v->crew.keys++)};
    policy_print(sign_key_pub(f->key), f->print);
    if (name != NULL)
        (void)bytes_copy(f->name, sizeof f->name, bytes_str(name));
    else
        trust_guest_name(f->print, f->name);
    f->id = (struct mls_identity){.key = f->key,
        .credential_type = MLS_BASIC,
        .identity = bytes_str(f->name),
        .extension_types = EXTENSIONS,
        .extension_types_n = MEM_COUNT(EXTENSIONS)};
    buf_init(&f->package, BYTES);
    buf_init(&f->secret, BYTES);
    buf_init(&f->commit, BYTES);
    buf_init(&f->welcome, BYTES);
    buf_init(&f->info, BYTES);
    list_begin(&f->nodes, BYTES);
}

void forger_fini(struct forger *f)
{
    mls_group_free(f->group);
    sign_key_free(f->key);
    buf_free(&f->package);
    buf_free(&f->secret);
    buf_free(&f->commit);
    buf_free(&f->welcome);
    buf_free(&f->info);
    list_end(&f->nodes);
}

uint64_t forger_now(struct evil *v)
{
    return (uint64_t)(v->sim.loop.wall_ms / 1000);
}

void forger_relay_id(struct evil *v, uint8_t out[MSG_ID])
{
    struct msg_hello_ok m;

    for (const struct meddler_kept *k = v->line[0].kept; k != NULL; k = k->next) {
        if (k->way != DOWN || k->asked != OP_HELLO)
            continue;
        meddler_read(k, &m);
        memcpy(out, m.relay_id, MSG_ID);
        return;
    }
    cr_assert(false, "nobody said hello");
}

struct bytes forger_published(struct evil *v, size_t who, size_t n)
{
    struct msg_packages m;
    struct msg_package row;

    for (const struct meddler_kept *k = v->line[who].kept; k != NULL; k = k->next) {
        if (k->way != UP || k->op != OP_PACKAGES)
            continue;
        meddler_read(k, &m);
        while (list_next(&m.packages, &MSG_PACKAGE_ROW, &row)) {
            if (row.suite == MSG_SUITE_AES && n-- == 0)
                return row.body;
        }
    }
    cr_assert(false, "no such key package went by");
    return (struct bytes){0};
}

void forger_package(struct forger *f, uint64_t not_before_s, uint64_t not_after_s)
{
    const struct mls_package_request what = {
        .suite = MSG_SUITE_AES, .not_before = not_before_s, .not_after = not_after_s};

    buf_clear(&f->package);
    buf_clear(&f->secret);
    cr_assert_eq(mls_package_make(&f->env, &f->id, &what, &f->package, &f->secret), ERR_OK);
}

/* ---- groups ---- */

static void create(struct forger *f, const struct policy *p)
{
    struct buf ext;
    uint8_t id[16];

    rand_bytes(id, sizeof id);
    buf_init(&ext, 8192);
    policy_write(p, &ext);
    const struct mls_group_request what = {.suite = MSG_SUITE_AES,
        .group_id = bytes_of(id, sizeof id),
        .extensions = buf_view(&ext)};
    mls_group_free(f->group);
    f->group = NULL;
    cr_assert_eq(mls_group_create(&f->env, &f->id, &what, &f->group), ERR_OK);
    buf_free(&ext);
}

static enum err put_node(void *arg, uint32_t index, struct bytes node)
{
    bool blank = node.n == 1 && node.p[0] == 0;

    list_add(arg, &MSG_NODE, &(struct msg_node){index, blank ? (struct bytes){0} : node});
    return ERR_OK;
}

static void put_nodes(struct forger *f)
{
    uint32_t leaves;

    list_end(&f->nodes);
    list_begin(&f->nodes, BYTES);
    cr_assert_eq(mls_group_nodes(f->group, put_node, &f->nodes, &leaves), ERR_OK);
}

static void commit(struct forger *f, struct bytes package)
{
    const struct mls_proposal add = {.type = MLS_ADD, .package = package};
    const struct mls_commit_request what = {
        .wrap = {.flags = MLS_WITH_TREE | MLS_WITH_INFO | MLS_PATH, .pad = PAYLOAD_PAD},
        .proposals = &add,
        .proposals_n = 1};
    struct mls_commit_result made = {f->commit, f->welcome, f->info};

    buf_clear(&made.commit);
    buf_clear(&made.welcome);
    buf_clear(&made.info);
    enum err err = mls_commit(f->group, &what, &made);
    f->commit = made.commit;
    f->welcome = made.welcome;
    f->info = made.info;
    cr_assert_eq(err, ERR_OK);
    put_nodes(f);
    cr_assert_eq(mls_apply(f->group), ERR_OK);
}

void forger_pair(struct forger *f, const uint8_t relay_id[MSG_ID], struct bytes package)
{
    struct policy p = {.access = POLICY_DIRECT};
    uint8_t peer[POLICY_PRINT];
    struct mls_package read;
    enum mls_rule rule;

    cr_assert_eq(mls_package_check(package, forger_now(f->v), &read, &rule), ERR_OK);
    policy_print(read.member.signature_key, peer);
    policy_bind_direct(relay_id, f->print, peer, p.binding);
    memcpy(p.owner, f->print, sizeof p.owner);
    create(f, &p);
    commit(f, package);
}

void forger_found(struct forger *f, const uint8_t relay_id[MSG_ID], const char *room,
    enum policy_access access)
{
    struct policy p = {.access = (uint8_t)access};

    policy_bind_room(relay_id, bytes_str(room), p.binding);
    memcpy(p.owner, f->print, sizeof p.owner);
    create(f, &p);
    buf_clear(&f->info);
    cr_assert_eq(mls_group_info(f->group, 0, &f->info), ERR_OK);
    put_nodes(f);
}

void forger_add(struct forger *f, struct bytes package)
{
    commit(f, package);
}

/* ---- what the relay knows of a room ---- */

struct known {
    struct bytes node[NODES];
    struct bytes info;
};

static const struct meddler_kept *next_commit(struct evil *v, uint64_t after)
{
    const struct meddler_kept *best = NULL;

    for (size_t i = 0; i < v->n; i++) {
        for (const struct meddler_kept *k = v->line[i].kept; k != NULL; k = k->next) {
            if (k->way == UP && k->op == OP_COMMIT && k->passed && k->number > after &&
                (best == NULL || k->number < best->number))
                best = k;
        }
    }
    return best;
}

static void learn(struct evil *v, const char *room, struct known *out)
{
    const struct meddler_kept *k = NULL;
    struct msg_commit m;
    struct msg_node row;

    *out = (struct known){.info = {0}};
    while ((k = next_commit(v, k != NULL ? k->number : 0)) != NULL) {
        meddler_read(k, &m);
        if (!bytes_eq(m.room, bytes_str(room)))
            continue;
        out->info = m.info;
        while (list_next(&m.nodes, &MSG_NODE, &row)) {
            cr_assert_lt(row.index, NODES);
            out->node[row.index] = row.body;
        }
    }
    cr_assert_neq(out->info.n, 0);
}

void forger_intrude(struct forger *f, struct evil *v, const char *room)
{
    struct mls_node nodes[NODES];
    enum mls_rule rule = MLS_RULE_KEPT;
    struct known known;
    struct buf tree;
    uint32_t leaves = 1;
    size_t n = 0;

    learn(v, room, &known);
    for (uint32_t i = 0; i < NODES; i++) {
        if (known.node[i].n == 0)
            continue;
        nodes[n++] = (struct mls_node){i, known.node[i]};
        while (i % 2 == 0 && leaves <= i / 2)
            leaves *= 2;
    }
    buf_init(&tree, BYTES);
    cr_assert_eq(mls_tree_build(MSG_SUITE_AES, leaves, nodes, n, &tree), ERR_OK);
    const struct mls_external_request what = {.info = known.info, .tree = buf_view(&tree)};
    buf_clear(&f->commit);
    enum err err =
        mls_group_join_external(&f->env, &f->id, &what, &f->commit, &f->group, &rule);
    cr_assert_eq(err, ERR_OK, "the intruder cannot join: %s", mls_rule_text(rule));
    buf_clear(&f->info);
    cr_assert_eq(mls_group_info(f->group, 0, &f->info), ERR_OK);
    put_nodes(f);
    cr_assert_eq(mls_apply(f->group), ERR_OK);
    buf_free(&tree);
}

void forger_seal(struct forger *f, const struct payload *p, struct buf *out)
{
    const struct mls_wrap wrap = {.pad = PAYLOAD_PAD};
    struct buf plain;

    buf_init(&plain, BYTES);
    payload_write(p, &plain);
    cr_assert_eq(mls_protect(f->group, buf_view(&plain), &wrap, out), ERR_OK);
    buf_free(&plain);
}
