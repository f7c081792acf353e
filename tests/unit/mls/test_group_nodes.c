/* SPDX-License-Identifier: ISC */
/* The tree outside of messages: a store that has only what each commit changed has the tree. */
#include "cast.h"

#include "base/mem.h"
#include "mls/ext.h"
#include "mls/welcome.h"

#define NODES 256
#define BIG   11
#define SMALL 3

struct store {
    struct buf node[NODES];
    uint32_t leaves;
    size_t given; /* in the last call */
};

static void store_init(struct store *s)
{
    memset(s, 0, sizeof *s);
    for (size_t i = 0; i < NODES; i++)
        buf_init(&s->node[i], WIRE_MAX);
}

static void store_fini(struct store *s)
{
    for (size_t i = 0; i < NODES; i++)
        buf_free(&s->node[i]);
}

static enum err put_node(void *arg, uint32_t index, struct bytes node)
{
    struct store *s = arg;

    cr_assert_lt(index, NODES);
    buf_clear(&s->node[index]);
    buf_bytes(&s->node[index], node);
    s->given++;
    return ERR_OK;
}

/* What is staged, or all: then nodes behind the last are dropped, as a store does. */
static void store_take(struct store *s, const struct mls_group *g)
{
    s->given = 0;
    cr_assert_eq(mls_group_nodes(g, put_node, s, &s->leaves), ERR_OK);
    for (size_t i = 2 * s->leaves - 1; i < NODES; i++)
        buf_clear(&s->node[i]);
}

static void store_build(const struct store *s, uint16_t suite, struct buf *tree)
{
    struct mls_node nodes[NODES];
    size_t n = 0;

    for (uint32_t i = 0; i < NODES; i++)
        if (s->node[i].n != 0)
            nodes[n++] = (struct mls_node){i, buf_view(&s->node[i])};
    buf_clear(tree);
    cr_assert_eq(mls_tree_build(suite, s->leaves, nodes, n, tree), ERR_OK);
}

/* The tree in a group info that has it. */
static struct bytes inside(struct mls_group *g, struct buf *message)
{
    struct welcome_info info;
    struct bytes tree;
    struct reader r;

    buf_clear(message);
    cr_assert_eq(mls_group_info(g, MLS_WITH_TREE, message), ERR_OK);
    reader_init(&r, buf_view(message));
    (void)reader_u16(&r); /* version and wire format */
    (void)reader_u16(&r);
    welcome_info_read(&r, &info);
    cr_assert_eq(reader_end(&r), ERR_OK);
    cr_assert(ext_find(info.extensions, EXT_RATCHET_TREE, &tree));
    return tree;
}

static void same_tree(const struct store *s, const struct cast *c, size_t who)
{
    struct buf message;
    struct buf tree;

    buf_init(&message, WIRE_MAX);
    buf_init(&tree, WIRE_MAX);
    store_build(s, c->p.suite->id, &tree);
    cr_assert(bytes_eq(buf_view(&tree), inside(cast_group(c, who), &message)));
    buf_free(&tree);
    buf_free(&message);
}

static void same_diff(const struct store *a, const struct store *b)
{
    cr_assert_eq(a->leaves, b->leaves);
    cr_assert_eq(a->given, b->given);
    for (size_t i = 0; i < NODES; i++)
        cr_assert(bytes_eq(buf_view(&a->node[i]), buf_view(&b->node[i])), "node %zu", i);
}

static unsigned depth(uint32_t leaves)
{
    unsigned d = 0;

    while (leaves > 1u << d)
        d++;
    return d;
}

/* ---- a random life, of which two stores hear the changes alone ---- */

struct life {
    struct cast c;
    struct store ours;   /* hears what committers have staged */
    struct store theirs; /* and this one what receivers have */
    unsigned doubled;
    unsigned truncated;
};

static size_t draw(struct life *l, size_t below)
{
    return mlskit_draw(&l->c.p.world) % below;
}

static size_t somebody(struct life *l, size_t but)
{
    for (;;) {
        size_t who = draw(l, l->c.p.n);
        if (who != but && cast_group(&l->c, who) != NULL)
            return who;
    }
}

/* who has it staged, and so has everybody else. */
static void step(struct life *l, size_t who, struct bytes commit)
{
    size_t receiver = CAST_MAX;

    for (size_t i = 0; i < l->c.p.n; i++) {
        if (i == who || cast_group(&l->c, i) == NULL)
            continue;
        cast_hear(&l->c, i, commit);
        if (!l->c.event.removes_us)
            receiver = i;
    }
    uint32_t before = l->ours.leaves;
    store_take(&l->ours, cast_group(&l->c, who));
    cr_assert_neq(receiver, CAST_MAX);
    store_take(&l->theirs, cast_group(&l->c, receiver));
    same_diff(&l->ours, &l->theirs);
    l->doubled += l->ours.leaves > before;
    l->truncated += l->ours.leaves < before;
    for (size_t i = 0; i < l->c.p.n; i++) {
        if (cast_group(&l->c, i) == NULL)
            continue;
        cr_assert_eq(mls_apply(cast_group(&l->c, i)), ERR_OK);
        if (cast_view(&l->c, i).removed) {
            mls_group_free(cast_group(&l->c, i));
            l->c.p.m[i]->g = NULL;
        }
    }
    same_tree(&l->ours, &l->c, who);
    same_tree(&l->theirs, &l->c, receiver);
}

static void commit(struct life *l, size_t who, const struct mls_proposal *what, size_t n)
{
    party_stage(&l->c.p, who, what, n, draw(l, 2) != 0 ? MLS_PATH : 0);
    step(l, who, buf_view(&l->c.p.last.commit));
}

static void some_come(struct life *l)
{
    struct mls_proposal adds[3];
    size_t who[3];
    size_t n = 1 + draw(l, 3);

    size_t adder = somebody(l, CAST_MAX);
    for (size_t i = 0; i < n; i++) {
        who[i] = cast_person(&l->c);
        adds[i] = (struct mls_proposal){
            .type = MLS_ADD, .package = buf_view(&l->c.p.m[who[i]]->package)};
    }
    commit(l, adder, adds, n);
    for (size_t i = 0; i < n; i++)
        cr_assert_eq(cast_join(&l->c, who[i], NULL), MLS_RULE_KEPT);
}

/* The last of them as a rule: so the tree becomes smaller. */
static void somebody_goes(struct life *l)
{
    size_t who = somebody(l, CAST_MAX);
    bool last = draw(l, 4) != 0;

    for (size_t i = 0; last && i < l->c.p.n; i++)
        if (cast_group(&l->c, i) != NULL && party_leaf(&l->c.p, i) > party_leaf(&l->c.p, who))
            who = i;
    const struct mls_proposal remove = {.type = MLS_REMOVE, .leaf = party_leaf(&l->c.p, who)};
    commit(l, somebody(l, who), &remove, 1);
}

/* By itself, with no more than the store has. */
static void one_comes_in(struct life *l, size_t who, bool resync)
{
    struct cast_entry how = {.insider = somebody(l, CAST_MAX), .bare = true, .resync = resync};
    enum mls_rule rule;
    struct buf commit;
    struct buf tree;

    buf_init(&commit, WIRE_MAX);
    buf_init(&tree, WIRE_MAX);
    store_build(&l->ours, l->c.p.suite->id, &tree);
    how.tree = buf_view(&tree);
    cr_assert_eq(cast_enter(&l->c, who, &how, &commit, &rule), ERR_OK);
    step(l, who, buf_view(&commit));
    buf_free(&commit);
    buf_free(&tree);
}

/* The group grows until it is big, then shrinks until it is small. */
static void live(struct life *l, bool *grows)
{
    uint32_t members = cast_view(&l->c, somebody(l, CAST_MAX)).members;
    bool room = l->c.p.n + 3 <= CAST_MAX;
    size_t what = draw(l, 10);

    if (members >= BIG || members <= SMALL)
        *grows = members <= SMALL;
    if (what < 4 && *grows && room)
        some_come(l);
    else if (what < 6 && *grows && room)
        one_comes_in(l, cast_person(&l->c), false);
    else if (what < 6 && members > 2)
        somebody_goes(l);
    else if (what < 8)
        one_comes_in(l, somebody(l, CAST_MAX), true);
    else
        commit(l, somebody(l, CAST_MAX), NULL, 0);
}

static struct life *life_new(uint16_t suite, size_t n)
{
    struct life *l = mem_alloc(sizeof *l);

    cast_init(&l->c, suite, n);
    store_init(&l->ours);
    store_init(&l->theirs);
    store_take(&l->ours, cast_group(&l->c, 0)); /* nothing is staged: all of it */
    store_take(&l->theirs, cast_group(&l->c, n - 1));
    cr_assert_eq(l->ours.given, 2 * l->ours.leaves - 1);
    same_diff(&l->ours, &l->theirs);
    return l;
}

static void life_free(struct life *l)
{
    store_fini(&l->ours);
    store_fini(&l->theirs);
    cast_fini(&l->c);
    mem_free(l);
}

static void lives(uint16_t suite, size_t steps)
{
    struct life *l = life_new(suite, 3);
    bool grows = true;

    for (size_t i = 0; i < steps; i++)
        live(l, &grows);
    cast_alive(&l->c);
    cr_assert_geq(l->doubled, 4); /* or it was not much of a life */
    cr_assert_geq(l->truncated, 4);
    life_free(l);
}

Test(group_nodes, changes__of_a_random_life_make_the_whole_tree)
{
    lives(0x0001, 90);
}

/* Of RSA keys there are eight. */
Test(group_nodes, changes__of_members_with_rsa_keys)
{
    struct life *l = life_new(0xf001, 4);

    for (size_t i = 0; i < 4; i++) {
        commit(l, i, NULL, 0);
        one_comes_in(l, cast_person(&l->c), false);
    }
    cr_assert_eq(l->doubled, 1);
    for (size_t i = 7; i > 2; i--) {
        const struct mls_proposal remove = {.type = MLS_REMOVE, .leaf = (uint32_t)i};
        commit(l, i % 3, &remove, 1);
    }
    cr_assert_eq(l->truncated, 1);
    life_free(l);
}

Test(group_nodes, update__in_a_filled_tree_changes_no_more_than_its_path)
{
    struct life *l = life_new(0x0001, 32);

    for (size_t i = 0; i < 32; i++)
        party_update(&l->c.p, i);
    store_take(&l->ours, cast_group(&l->c, 0));
    store_take(&l->theirs, cast_group(&l->c, 31));
    for (size_t i = 0; i < 32; i += 10) {
        party_stage(&l->c.p, i, NULL, 0, MLS_PATH);
        step(l, i, buf_view(&l->c.p.last.commit));
        cr_assert_gt(l->ours.given, 1);
        cr_assert_leq(l->ours.given, 2 * depth(32) + 2, "%zu nodes", l->ours.given);
    }
    size_t last = cast_person(&l->c);
    const struct mls_proposal add = {
        .type = MLS_ADD, .package = buf_view(&l->c.p.m[last]->package)};
    party_stage(&l->c.p, 7, &add, 1, MLS_PATH); /* the tree doubles */
    step(l, 7, buf_view(&l->c.p.last.commit));
    cr_assert_eq(l->ours.leaves, 64);
    cr_assert_leq(l->ours.given, 2 * depth(64) + 2, "%zu nodes", l->ours.given);
    life_free(l);
}

/* What was discarded was never there. */
Test(group_nodes, discarded__leaves_all_of_the_present_tree)
{
    struct life *l = life_new(0x0001, 5);
    const struct mls_proposal remove = {.type = MLS_REMOVE, .leaf = 4};

    party_stage(&l->c.p, 0, &remove, 1, 0);
    store_take(&l->theirs, cast_group(&l->c, 0));
    cr_assert_eq(l->theirs.leaves, 4);
    mls_discard(cast_group(&l->c, 0));
    store_take(&l->theirs, cast_group(&l->c, 0));
    cr_assert_eq(l->theirs.leaves, 8);
    same_diff(&l->theirs, &l->ours);
    same_tree(&l->theirs, &l->c, 1);
    life_free(l);
}

/* A commit that carries no tree to anybody: whoever comes has it from the store. */
static void nothing_inside(uint16_t suite)
{
    struct life *l = life_new(suite, 4);
    struct party *p = &l->c.p;
    enum mls_rule rule = MLS_RULE_KEPT;
    struct mls_external_request how = {0};
    struct buf commit;

    buf_init(&commit, WIRE_MAX);
    p->flags = MLS_WITH_INFO;
    size_t invited = cast_person(&l->c);
    size_t uninvited = cast_person(&l->c);
    const struct mls_proposal add = {
        .type = MLS_ADD, .package = buf_view(&p->m[invited]->package)};
    party_stage(p, 2, &add, 1, MLS_PATH);
    step(l, 2, buf_view(&p->last.commit));
    cr_assert_eq(cast_join(&l->c, invited, NULL), MLS_RULE_INFO_TREE);
    store_build(&l->ours, suite, &p->tree);
    cr_assert_eq(cast_join(&l->c, invited, NULL), MLS_RULE_KEPT);
    cast_alive(&l->c);

    struct party_member *m = p->m[uninvited];
    how.info = buf_view(&p->last.info); /* which came with the commit */
    how.tree = buf_view(&p->tree);
    enum err e = mls_group_join_external(&m->world.env, &m->who, &how, &commit, &m->g, &rule);
    cr_assert_eq(e, ERR_OK, "%s", mls_rule_text(rule));
    step(l, uninvited, buf_view(&commit));
    cast_alive(&l->c);
    buf_free(&commit);
    life_free(l);
}

Test(group_nodes, welcome_and_info__without_a_tree)
{
    cast_suites(nothing_inside);
}
