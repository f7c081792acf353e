/* SPDX-License-Identifier: ISC */
#include "fake_peer.h"

#include "base/mem.h"
#include "client/group.h"
#include "client/group_enter.h"
#include "unit/crypto/rsa_fixture.h"

static const uint8_t RELAY[TRUST_RELAY_ID] = {1};

static void wake(void *arg)
{
    (void)arg;
}

void peer_init(struct peer *p, size_t key, const char *account)
{
    const struct vault_setup v = {.wake = wake};
    char why[VAULT_WHY] = "";
    uint8_t room[RSA_FIXTURE_DER];
    struct sign_key *k = NULL;

    *p = (struct peer){0};
    cr_assert_eq(vault_open(&v, &p->vault, why, sizeof why), ERR_OK, "%s", why);
    cr_assert_eq(identity_open(&p->identity, p->vault), ERR_OK);
    cr_assert_eq(
        sign_key_read(&SIGN_RSA_PSS, rsa_fixture_der(&RSA_FIXTURES[key], room), &k), ERR_OK);
    identity_take(&p->identity, k);
    sign_key_free(k);
    cr_assert_eq(identity_name(&p->identity, &p->shelf, RELAY,
                     bytes_str(account != NULL ? account : ""), bytes_str("bob")),
        ERR_OK);
    buf_init(&p->info, MSG_LARGE);
    list_begin(&p->nodes, MSG_LARGE);
    buf_init(&p->welcome, MSG_LARGE);
}

void peer_fini(struct peer *p)
{
    mls_group_free(p->group);
    buf_free(&p->info);
    list_end(&p->nodes);
    buf_free(&p->welcome);
    identity_close(&p->identity);
    shelf_free(&p->shelf);
    vault_close(p->vault);
}

struct identity_package *peer_package(struct peer *p, uint64_t now_s)
{
    struct identity_package *out = identity_package(&p->identity, group_suite(), false, now_s);

    cr_assert_not_null(out);
    return out;
}

static void found(struct peer *p, const struct policy *rules, uint16_t suite)
{
    struct buf ext;

    mls_group_free(p->group);
    buf_init(&ext, 8192);
    policy_write(rules, &ext);
    const struct mls_group_request what = {.suite = suite,
        .group_id = bytes_str("sixteen bytes id"),
        .extensions = buf_view(&ext)};
    cr_assert_eq(mls_group_create(&p->env, &p->identity.mls, &what, &p->group), ERR_OK);
    buf_free(&ext);
}

void peer_found(struct peer *p, const char *room, enum policy_access access)
{
    struct policy rules = {.access = (uint8_t)access, .generation = 1};

    policy_bind_room(RELAY, bytes_str(room), rules.binding);
    memcpy(rules.owner, p->identity.print, sizeof rules.owner);
    found(p, &rules, group_suite());
    cr_assert_eq(mls_group_info(p->group, 0, &p->info), ERR_OK);
    cr_assert_eq(enter_put_nodes(p->group, 0, &p->nodes), ERR_OK);
}

void peer_direct(struct peer *p, struct bytes package, const uint8_t with[POLICY_PRINT])
{
    const struct mls_proposal add = {.type = MLS_ADD, .package = package};
    const struct mls_commit_request what = {
        .wrap = {.flags = MLS_WITH_TREE}, .proposals = &add, .proposals_n = 1};
    struct policy rules = {.access = POLICY_DIRECT};
    struct mls_commit_result made;
    struct mls_package view;
    enum mls_rule rule;

    cr_assert_eq(mls_package_check(package, 1700000000, &view, &rule), ERR_OK);
    policy_bind_direct(RELAY, p->identity.print, with, rules.binding);
    memcpy(rules.owner, p->identity.print, sizeof rules.owner);
    found(p, &rules, view.suite);
    buf_init(&made.commit, MSG_LARGE);
    buf_init(&made.welcome, MSG_LARGE);
    buf_init(&made.info, MSG_LARGE);
    cr_assert_eq(mls_commit(p->group, &what, &made), ERR_OK);
    cr_assert_eq(mls_apply(p->group), ERR_OK);
    buf_clear(&p->welcome);
    buf_bytes(&p->welcome, buf_view(&made.welcome));
    buf_free(&made.commit);
    buf_free(&made.welcome);
    buf_free(&made.info);
}

struct buf peer_join(struct peer *p, struct bytes info, struct list rows)
{
    struct mls_node nodes[8];
    struct mls_external_request what = {.info = info};
    struct mls_header h;
    struct msg_node row;
    struct buf tree;
    struct buf commit;
    enum mls_rule rule;
    size_t n = 0;

    while (n < MEM_COUNT(nodes) && list_next(&rows, &MSG_NODE, &row))
        nodes[n++] = (struct mls_node){row.index, row.body};
    cr_assert_eq(mls_peek(info, &h), ERR_OK);
    buf_init(&tree, MSG_LARGE);
    buf_init(&commit, MSG_LARGE);
    cr_assert_eq(mls_tree_build(h.suite, 1, nodes, n, &tree), ERR_OK);
    what.tree = buf_view(&tree);
    mls_group_free(p->group);
    cr_assert_eq(
        mls_group_join_external(&p->env, &p->identity.mls, &what, &commit, &p->group, &rule),
        ERR_OK);
    cr_assert_eq(mls_apply(p->group), ERR_OK);
    buf_free(&tree);
    return commit;
}

struct buf peer_seal_raw(struct peer *p, struct bytes plain)
{
    const struct mls_wrap wrap = {.pad = PAYLOAD_PAD};
    struct buf sealed;

    buf_init(&sealed, MSG_LARGE);
    cr_assert_eq(mls_protect(p->group, plain, &wrap, &sealed), ERR_OK);
    return sealed;
}

struct buf peer_seal(struct peer *p, const struct payload *what)
{
    struct buf plain;

    buf_init(&plain, MSG_TEXT);
    payload_write(what, &plain);
    cr_assert_eq(buf_end(&plain), ERR_OK);
    struct buf sealed = peer_seal_raw(p, buf_view(&plain));
    buf_free(&plain);
    return sealed;
}
