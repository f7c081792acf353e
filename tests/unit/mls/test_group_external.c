/* SPDX-License-Identifier: ISC */
/* RFC 9420, 12.4.3.2: joining by a commit of one's own. */
#include "cast.h"

#include "base/mem.h"

static void first_of_all(uint16_t suite)
{
    const struct cast_entry how = {0};
    struct cast c;

    cast_init(&c, suite, 1); /* the founder has said and done nothing */
    for (size_t i = 0; i < 4; i++) {
        size_t who = cast_person(&c);
        cast_come_in(&c, who, &how);
        cr_assert_eq(party_leaf(&c.p, who), who);
        cast_alive(&c);
    }
    for (size_t i = 0; i < 5; i++)
        party_update(&c.p, i);
    cast_alive(&c);
    cast_fini(&c);
}

Test(group_external, joins__whom_nobody_did_anything_for)
{
    cast_suites(first_of_all);
}

static void into_places(uint16_t suite)
{
    const struct cast_entry how = {.insider = 2};
    struct cast c;

    cast_init(&c, suite, 4);
    for (size_t i = 0; i < 4; i++)
        party_update(&c.p, i); /* every node is filled */
    party_remove(&c.p, 0, 1);
    size_t blank = cast_person(&c);
    cast_come_in(&c, blank, &how);
    cr_assert_eq(party_leaf(&c.p, blank), 1);
    cr_assert_eq(cast_view(&c, 0).leaves, 4);
    cast_alive(&c);
    size_t beyond = cast_person(&c);
    cast_come_in(&c, beyond, &how);
    cr_assert_eq(party_leaf(&c.p, beyond), 4);
    cr_assert_eq(cast_view(&c, 0).leaves, 8);
    cast_alive(&c);
    party_update(&c.p, beyond);
    party_update(&c.p, 0);
    cast_alive(&c);
    cast_fini(&c);
}

Test(group_external, joins__into_a_blank_slot_and_into_a_doubled_tree)
{
    cast_suites(into_places);
}

static void with_psks(uint16_t suite)
{
    const struct bytes ids[] = {LIT("room key"), LIT("another")};
    struct cast_entry how = {.psk_ids = ids, .psk_n = 1};
    enum mls_rule rule;
    struct buf commit;
    struct cast c;

    cast_init(&c, suite, 3);
    buf_init(&commit, WIRE_MAX);
    cast_all_learn(&c, "room key", "the password");
    size_t one = cast_person(&c);
    cr_assert_eq(cast_enter(&c, one, &how, &commit, &rule), ERR_REFUSED);
    cr_assert_eq(rule, MLS_RULE_PSK_UNKNOWN);
    cast_learn(&c, one, "room key", "a guess");
    cr_assert_eq(cast_enter(&c, one, &how, &commit, &rule), ERR_OK);
    for (size_t i = 0; i < 3; i++)
        cast_refused(&c, i, buf_view(&commit), MLS_RULE_COMMIT_TAG);
    cast_forget(&c, one);
    cast_learn(&c, one, "room key", "the password");
    cast_come_in(&c, one, &how);
    cr_assert_not_null(strstr(buf_cstr(&c.app[0].change), "psks: room key before"));
    cast_alive(&c);

    size_t two = cast_person(&c);
    how.psk_n = 2;
    cast_all_learn(&c, "another", "");
    cast_learn(&c, two, "room key", "the password");
    cast_come_in(&c, two, &how);
    cr_assert_not_null(strstr(buf_cstr(&c.app[0].change), "psks: room key another before"));
    cast_alive(&c);
    cast_forget(&c, 1);
    cr_assert_eq(cast_enter(&c, cast_person(&c), &how, &commit, &rule), ERR_REFUSED);
    cr_assert_eq(rule, MLS_RULE_PSK_UNKNOWN);
    buf_free(&commit);
    cast_fini(&c);
}

Test(group_external, joins__with_one_and_with_two_keys)
{
    cast_suites(with_psks);
}

/* A member who does not know the key that somebody comes in with. */
static void unknown_psk(uint16_t suite)
{
    const struct bytes id = LIT("room key");
    const struct cast_entry how = {.psk_ids = &id, .psk_n = 1};
    enum mls_rule rule;
    struct buf commit;
    struct cast c;

    cast_init(&c, suite, 2);
    buf_init(&commit, WIRE_MAX);
    size_t who = cast_person(&c);
    cast_learn(&c, 0, "room key", "the password");
    cast_learn(&c, who, "room key", "the password");
    cr_assert_eq(cast_enter(&c, who, &how, &commit, &rule), ERR_OK);
    cast_hear(&c, 0, buf_view(&commit));
    cast_refused(&c, 1, buf_view(&commit), MLS_RULE_PSK_UNKNOWN);
    cast_learn(&c, 1, "room key", "the password");
    cast_hear(&c, 1, buf_view(&commit));
    for (size_t i = 0; i < 3; i++)
        cr_assert_eq(mls_apply(cast_group(&c, i)), ERR_OK);
    cast_alive(&c);
    buf_free(&commit);
    cast_fini(&c);
}

Test(group_external, key__that_a_member_learns_too_late)
{
    cast_suites(unknown_psk);
}

static void comes_back(uint16_t suite)
{
    const struct cast_entry how = {.insider = 3, .resync = true};
    enum mls_rule rule;
    struct mls_member was;
    struct mls_member is;
    struct buf commit;
    struct cast c;

    cast_init(&c, suite, 4);
    buf_init(&commit, WIRE_MAX);
    for (size_t i = 0; i < 4; i++)
        party_update(&c.p, i);
    cr_assert(mls_group_member(cast_group(&c, 0), 1, &was));
    char key[64];
    cr_assert_leq(was.encryption_key.n, sizeof key);
    memcpy(key, was.encryption_key.p, was.encryption_key.n);
    cr_assert_eq(cast_enter(&c, 1, &how, &commit, &rule), ERR_OK);
    for (size_t i = 0; i < 4; i += i == 0 ? 2 : 1) {
        cast_hear(&c, i, buf_view(&commit));
        const struct mls_change *change = c.event.change;
        cr_assert(change->external);
        cr_assert_not(c.event.removes_us);
        cr_assert_eq(change->removed_n, 1);
        cr_assert_eq(change->removed->leaf, 1);
        cr_assert(bytes_eq(change->removed->identity, change->committer.identity));
        cr_assert(bytes_eq(change->removed->signature_key, change->committer.signature_key));
        cr_assert(bytes_eq(change->committer.identity, LIT("person 1")));
        cr_assert_eq(change->added_n, 0);
        cr_assert_eq(mls_apply(cast_group(&c, i)), ERR_OK);
    }
    cr_assert_eq(mls_apply(cast_group(&c, 1)), ERR_OK);
    cast_alive(&c);
    cr_assert_eq(cast_view(&c, 0).members, 4);
    cr_assert(mls_group_member(cast_group(&c, 0), party_leaf(&c.p, 1), &is));
    cr_assert_eq(is.leaf, 1);
    cr_assert_not(bytes_eq(is.encryption_key, bytes_of(key, was.encryption_key.n)));

    size_t stranger = cast_person(&c);
    cr_assert_eq(cast_enter(&c, stranger, &how, &commit, &rule), ERR_NOT_FOUND);
    party_update(&c.p, 1);
    cast_alive(&c);
    buf_free(&commit);
    cast_fini(&c);
}

Test(group_external, resync__replaces_the_old_leaf)
{
    cast_suites(comes_back);
}

/* Without saying that it comes back, somebody with the same key is somebody twice. */
static void twice(uint16_t suite)
{
    const struct cast_entry how = {0};
    enum mls_rule rule;
    struct buf commit;
    struct cast c;

    cast_init(&c, suite, 2);
    buf_init(&commit, WIRE_MAX);
    cr_assert_eq(cast_enter(&c, 1, &how, &commit, &rule), ERR_REFUSED);
    cr_assert_eq(rule, MLS_RULE_LEAF_SIGNATURE_KEY_TWICE);
    buf_free(&commit);
    cast_fini(&c);
}

Test(group_external, without_resync__nobody_is_in_twice)
{
    cast_suites(twice);
}

/* ---- the tree beside the group info ---- */

struct nodes {
    struct mls_node v[64];
    size_t n;
    struct buf bytes;
};

static enum err put_node(void *arg, uint32_t index, struct bytes node)
{
    struct nodes *nodes = arg;

    nodes->v[nodes->n++] = (struct mls_node){index, bytes_of(mem_dup(node.p, node.n), node.n)};
    return ERR_OK;
}

static void tree_of(struct cast *c, size_t who, struct buf *tree)
{
    struct nodes nodes = {0};
    uint32_t leaves;

    buf_clear(tree);
    cr_assert_eq(mls_group_nodes(cast_group(c, who), put_node, &nodes, &leaves), ERR_OK);
    cr_assert_eq(nodes.n, 2 * leaves - 1);
    cr_assert_eq(mls_tree_build(c->p.suite->id, leaves, nodes.v, nodes.n, tree), ERR_OK);
    for (size_t i = 0; i < nodes.n; i++) {
        union {
            const uint8_t *view;
            void *owned;
        } u = {.view = nodes.v[i].bytes.p};
        mem_free(u.owned);
    }
}

static void bare(uint16_t suite)
{
    struct cast_entry how = {.bare = true};
    enum mls_rule rule;
    struct buf commit;
    struct buf tree;
    struct cast c;

    cast_init(&c, suite, 5);
    buf_init(&commit, WIRE_MAX);
    buf_init(&tree, WIRE_MAX);
    party_update(&c.p, 4);
    tree_of(&c, 2, &tree);
    party_update(&c.p, 3);
    size_t who = cast_person(&c);
    cr_assert_eq(cast_enter(&c, who, &how, &commit, &rule), ERR_REFUSED);
    cr_assert_eq(rule, MLS_RULE_INFO_TREE);
    how.tree = buf_view(&tree); /* that of before */
    cr_assert_eq(cast_enter(&c, who, &how, &commit, &rule), ERR_REFUSED);
    cr_assert_eq(rule, MLS_RULE_TREE_HASH);
    tree_of(&c, 2, &tree);
    how.tree = buf_view(&tree);
    cast_come_in(&c, who, &how);
    cast_alive(&c);
    buf_free(&commit);
    buf_free(&tree);
    cast_fini(&c);
}

Test(group_external, tree__is_handed_in_beside_the_info)
{
    cast_suites(bare);
}

/* ---- more than one at the door ---- */

static void in_sequence(uint16_t suite)
{
    struct cast_entry how = {0};
    struct cast c;

    cast_init(&c, suite, 2);
    size_t one = cast_person(&c);
    size_t two = cast_person(&c);
    cast_come_in(&c, one, &how);
    how.insider = one; /* who came in first lets the next one in */
    cast_come_in(&c, two, &how);
    cast_alive(&c);
    party_update(&c.p, two);
    party_remove(&c.p, one, 0);
    cast_alive(&c);
    cast_fini(&c);
}

Test(group_external, joins__one_behind_the_other)
{
    cast_suites(in_sequence);
}

/* Whoever comes in hands in the group info of the epoch to be, beside the commit. */
static void info_ahead(uint16_t suite)
{
    const struct cast_entry how = {0};
    enum mls_rule rule;
    struct buf commit;
    struct buf info;
    struct cast c;

    cast_init(&c, suite, 2);
    size_t one = cast_person(&c);
    struct party_member *two = c.p.m[cast_person(&c)];
    buf_init(&commit, WIRE_MAX);
    buf_init(&info, WIRE_MAX);
    cr_assert_eq(cast_enter(&c, one, &how, &commit, &rule), ERR_OK);
    cr_assert_eq(mls_group_info(c.p.m[one]->g, MLS_WITH_TREE, &info), ERR_OK);
    for (size_t i = 0; i < 2; i++) {
        cast_hear(&c, i, buf_view(&commit));
        cr_assert_eq(mls_apply(cast_group(&c, i)), ERR_OK);
    }
    cr_assert_eq(mls_apply(cast_group(&c, one)), ERR_OK);
    const struct mls_external_request what = {.info = buf_view(&info)};
    buf_clear(&commit);
    cr_assert_eq(
        mls_group_join_external(&two->world.env, &two->who, &what, &commit, &two->g, &rule),
        ERR_OK);
    for (size_t i = 0; i <= one; i++) {
        cast_hear(&c, i, buf_view(&commit));
        cr_assert_eq(mls_apply(cast_group(&c, i)), ERR_OK);
    }
    cr_assert_eq(mls_apply(two->g), ERR_OK);
    cast_alive(&c);
    buf_free(&commit);
    buf_free(&info);
    cast_fini(&c);
}

Test(group_external, info__of_the_epoch_to_be)
{
    cast_suites(info_ahead);
}

static void lost_race(uint16_t suite)
{
    const struct cast_entry how = {0};
    enum mls_rule rule;
    struct buf commit[2];
    struct cast c;
    size_t who[2];

    cast_init(&c, suite, 2);
    for (size_t i = 0; i < 2; i++) {
        buf_init(&commit[i], WIRE_MAX);
        who[i] = cast_person(&c);
        cr_assert_eq(cast_enter(&c, who[i], &how, &commit[i], &rule), ERR_OK);
    }
    for (size_t i = 0; i < 2; i++) { /* the second of them was first */
        cast_hear(&c, i, buf_view(&commit[1]));
        cr_assert_eq(mls_apply(cast_group(&c, i)), ERR_OK);
        cr_assert_eq(mls_process(cast_group(&c, i), buf_view(&commit[0]), &c.event), ERR_STALE);
    }
    cr_assert_eq(mls_apply(cast_group(&c, who[1])), ERR_OK);
    mls_group_free(cast_group(&c, who[0]));
    c.p.m[who[0]]->g = NULL;
    cast_alive(&c);
    cast_come_in(&c, who[0], &how); /* so it tries again */
    cast_alive(&c);
    for (size_t i = 0; i < 2; i++)
        buf_free(&commit[i]);
    cast_fini(&c);
}

Test(group_external, joiner__who_lost_the_race_tries_again)
{
    cast_suites(lost_race);
}

static void not_let_in(uint16_t suite)
{
    const struct cast_entry how = {0};
    enum mls_rule rule;
    struct buf commit;
    struct cast c;

    cast_init(&c, suite, 3);
    buf_init(&commit, WIRE_MAX);
    size_t who = cast_person(&c);
    c.app[who].verdict = ERR_REFUSED; /* it can tell by itself */
    cr_assert_eq(cast_enter(&c, who, &how, &commit, &rule), ERR_REFUSED);
    cr_assert_eq(rule, MLS_RULE_COMMIT_POLICY);
    c.app[who].verdict = ERR_OK;
    cr_assert_eq(cast_enter(&c, who, &how, &commit, &rule), ERR_OK);
    for (size_t i = 0; i < 3; i++) {
        c.app[i].verdict = ERR_REFUSED;
        cast_refused(&c, i, buf_view(&commit), MLS_RULE_COMMIT_POLICY);
        cr_assert(bytes_eq(buf_view(&c.app[i].change), buf_view(&c.app[who].change)));
        c.app[i].verdict = ERR_OK;
    }
    mls_group_free(cast_group(&c, who));
    c.p.m[who]->g = NULL;
    party_update(&c.p, 1);
    cast_alive(&c);
    buf_free(&commit);
    cast_fini(&c);
}

Test(group_external, joiner__whom_the_members_do_not_let_in)
{
    cast_suites(not_let_in);
}
