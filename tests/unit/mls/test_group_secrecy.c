/* SPDX-License-Identifier: ISC */
/*
 * Whoever was removed opens nothing newer, whoever is new nothing older; tried with every key
 * they hold, from inside, and not by asking the library. Each trial has somebody beside it who
 * can, so that it would be noticed if nobody could.
 */
#include "mls/label.h"
#include "mls/treekem_impl.h"
#include "rulebook.h"

/* The update path of a public commit. */
static void read_path(struct bytes message, struct proposal_commit *out)
{
    struct content c;
    struct bytes tag;
    struct reader r;

    reader_init(&r, message);
    (void)content_message_read(&r);
    content_public_read(&r, proposal_skip, &c, &tag);
    cr_assert_eq(reader_end(&r), ERR_OK);
    reader_init(&r, c.body);
    proposal_commit_read(&r, out);
    cr_assert_eq(reader_end(&r), ERR_OK);
    cr_assert(out->has_path);
}

/* What a path is sealed to: the next epoch's context with the transcript of before. */
static void provisional(const struct epoch *before, const struct epoch *after, struct buf *out)
{
    struct schedule_context c = before->context;

    c.epoch = after->context.epoch;
    memcpy(c.tree_hash, after->context.tree_hash, sizeof c.tree_hash);
    c.extensions = after->context.extensions;
    buf_init(out, WIRE_MAX);
    schedule_context_write(&c, out);
}

static bool opens(const struct suite *s, const struct treekem *k, unsigned level,
    struct bytes context, const struct bytes sealed[2])
{
    struct label_box box = {s, TREEKEM_LABEL, context};
    uint8_t secret[SUITE_HASH];
    struct dh_key *key = NULL;

    if ((k->known >> level & 1) == 0 || sealed[1].n != SUITE_HASH + AEAD_TAG)
        return false;
    cr_assert_eq(dh_key_new(s->hpke.kem, bytes_of(k->priv[level], DH_PRIV_SIZE), &key), ERR_OK);
    bool so = label_open(&box, key, sealed[0], sealed[1], secret) == ERR_OK;
    dh_key_free(key);
    return so;
}

/* How many of a path's seals open with any of somebody's keys. */
static size_t count_opened(const struct treekem_update *u, const struct suite *s,
    const struct treekem *k, struct bytes context)
{
    size_t n = 0;

    for (size_t i = 0; i < u->n; i++) {
        struct reader walk;
        reader_init(&walk, u->v[i].ciphertexts);
        while (reader_left(&walk) != 0) {
            struct bytes sealed[2];
            sealed[0] = wire_vec(&walk, WIRE_SMALL);
            sealed[1] = wire_vec(&walk, WIRE_SMALL);
            for (unsigned level = 0; level < TREEKEM_LEVELS; level++)
                n += opens(s, k, level, context, sealed);
        }
    }
    return n;
}

/* A private message, by the keys of an epoch, whatever it says it is of. */
static enum mls_rule open_with(struct epoch *e, struct bytes message)
{
    const struct content_keys keys = epoch_content_keys(e);
    struct content_sealed m;
    struct content c;
    struct reader r;
    struct buf plain;

    reader_init(&r, message);
    (void)content_message_read(&r);
    content_sealed_read(&r, &m);
    cr_assert_eq(reader_end(&r), ERR_OK);
    buf_init(&plain, WIRE_MAX);
    enum mls_rule rule = content_open(&m, &keys, proposal_skip, &plain, &c);
    buf_wipe(&plain);
    return rule;
}

static struct buf said(struct party *p, size_t who)
{
    struct buf out;

    buf_init(&out, WIRE_MAX);
    (void)party_seal(p, who, "not for you", &out);
    return out;
}

/* The removed one keeps its whole state of the last epoch it was in, and never applies. */
static void removed(uint16_t suite, size_t n, size_t whom)
{
    struct party p;
    struct proposal_commit body;
    struct buf context;

    party_init(&p, suite, 31);
    party_gather(&p, n, true);
    struct mls_group *gone = p.m[whom]->g;
    p.m[whom]->g = NULL;
    const struct mls_proposal remove = {.type = MLS_REMOVE, .leaf = gone->now->self};
    party_commit(&p, 0, &remove, 1, MLS_PUBLIC);
    struct mls_group *stays = p.m[whom == 1 ? 2 : 1]->g;
    provisional(gone->now, stays->now, &context);
    read_path(buf_view(&p.last.commit), &body);
    cr_expect_eq(count_opened(&body.path, p.suite, gone->now->priv, buf_view(&context)), 0);
    /* Whoever stays opens one: no key of its side of the tree is changed by this path. */
    cr_expect_eq(count_opened(&body.path, p.suite, stays->now->priv, buf_view(&context)), 1);
    struct buf message = said(&p, 0);
    cr_expect_neq(open_with(gone->now, buf_view(&message)), MLS_RULE_KEPT);
    cr_expect_eq(open_with(stays->now, buf_view(&message)), MLS_RULE_KEPT);
    cr_expect_neq(memcmp(gone->now->keys->exporter, stays->now->keys->exporter, SUITE_HASH), 0);
    cr_expect_neq(memcmp(gone->now->keys->init, stays->now->keys->init, SUITE_HASH), 0);
    struct mls_event event;
    mls_event_init(&event);
    cr_expect_eq(mls_process(gone, buf_view(&message), &event), ERR_STATE);
    mls_event_clear(&event);
    party_agree(&p);
    buf_wipe(&message);
    buf_free(&context);
    proposal_commit_fini(&body);
    mls_group_free(gone);
    party_fini(&p);
}

Test(group_secrecy, removed__opens_nothing_newer)
{
    for (size_t whom = 1; whom < 8; whom++)
        removed(1, 8, whom);
    removed(2, 4, 3);
    removed(0xf001, 4, 1);
}

/* An epoch later still, when the others' keys have changed once more. */
Test(group_secrecy, removed__opens_none_of_the_paths_to_come)
{
    struct party p;

    party_init(&p, 1, 32);
    party_gather(&p, 8, true);
    struct mls_group *gone = p.m[5]->g;
    p.m[5]->g = NULL;
    const struct mls_proposal remove = {.type = MLS_REMOVE, .leaf = 5};
    party_commit(&p, 0, &remove, 1, MLS_PUBLIC);
    for (size_t i = 0; i < 8; i++) {
        struct proposal_commit body;
        struct buf context;
        if (p.m[i]->g == NULL)
            continue;
        party_commit(&p, i, NULL, 0, MLS_PATH | MLS_PUBLIC);
        struct mls_group *other = p.m[i == 0 ? 1 : 0]->g;
        provisional(other->old, other->now, &context);
        read_path(buf_view(&p.last.commit), &body);
        cr_expect_eq(count_opened(&body.path, p.suite, gone->now->priv, buf_view(&context)), 0,
            "%zu", i);
        cr_expect_eq(count_opened(&body.path, p.suite, other->now->priv, buf_view(&context)), 1,
            "%zu", i);
        proposal_commit_fini(&body);
        buf_free(&context);
    }
    mls_group_free(gone);
    party_fini(&p);
}

/* Whoever comes, by a welcome or by a commit of its own. */
static void newcomer(uint16_t suite, bool external)
{
    struct party p;
    struct buf older[3];
    struct buf commit;
    struct buf info;
    enum mls_rule rule;

    party_init(&p, suite, 33);
    party_gather(&p, 4, true);
    older[0] = said(&p, 0);
    party_update(&p, 1);
    older[1] = said(&p, 1);
    older[2] = said(&p, 2);
    size_t who = party_person(&p);
    struct party_member *m = p.m[who];
    if (external) {
        buf_init(&info, WIRE_MAX);
        buf_init(&commit, WIRE_MAX);
        cr_assert_eq(mls_group_info(p.m[0]->g, MLS_WITH_TREE, &info), ERR_OK);
        const struct mls_external_request what = {.info = buf_view(&info)};
        struct mls_group *g = NULL;
        cr_assert_eq(
            mls_group_join_external(&m->world.env, &m->who, &what, &commit, &g, &rule), ERR_OK);
        party_deliver(&p, who, buf_view(&commit));
        m->g = g;
        cr_assert_eq(mls_apply(g), ERR_OK);
        buf_free(&info);
        buf_free(&commit);
    } else {
        party_add(&p, 3, who);
    }
    party_agree(&p);
    cr_assert_null(m->g->old);
    for (size_t i = 0; i < 3; i++) {
        struct mls_event event;
        mls_event_init(&event);
        cr_expect_eq(mls_process(m->g, buf_view(&older[i]), &event), ERR_STALE);
        mls_event_clear(&event);
        cr_expect_neq(open_with(m->g->now, buf_view(&older[i])), MLS_RULE_KEPT);
    }
    for (uint64_t epoch = 0; epoch < m->g->now->context.epoch; epoch++)
        cr_expect_null(group_resumption(m->g, epoch));
    cr_expect_eq(open_with(p.m[3]->g->old, buf_view(&older[1])), MLS_RULE_KEPT);
    struct buf now = said(&p, 0);
    cr_expect_eq(open_with(m->g->now, buf_view(&now)), MLS_RULE_KEPT);
    buf_wipe(&now);
    for (size_t i = 0; i < 3; i++)
        buf_wipe(&older[i]);
    party_fini(&p);
}

Test(group_secrecy, newcomer__opens_nothing_older)
{
    newcomer(1, false);
    newcomer(1, true);
    newcomer(0xf001, false);
    newcomer(0xf001, true);
}

/* Everybody at random for a while: all agree after each step, and whoever was removed has, at
 * every step to come, nothing that opens what is said. */
Test(group_secrecy, storm__of_comings_and_goings)
{
    struct party p;
    struct mls_group *gone[16] = {0};
    size_t gone_n = 0;

    party_init(&p, 1, 34);
    party_gather(&p, 6, false);
    for (unsigned step = 0; step < 60; step++) {
        size_t in[PARTY_MAX];
        size_t n = 0;
        for (size_t i = 0; i < p.n; i++)
            if (p.m[i]->g != NULL)
                in[n++] = i;
        size_t who = in[mlskit_draw(&p.world) % n];
        size_t whom = in[mlskit_draw(&p.world) % n];
        unsigned what = (unsigned)(mlskit_draw(&p.world) % 3);
        if (what == 0 && n < 12) {
            party_add(&p, who, party_person(&p));
        } else if (what == 1 && n > 3 && who != whom && gone_n < 16) {
            const struct mls_proposal remove = {
                .type = MLS_REMOVE, .leaf = party_leaf(&p, whom)};
            gone[gone_n++] = p.m[whom]->g;
            p.m[whom]->g = NULL;
            party_commit(&p, who, &remove, 1, 0);
        } else {
            party_update(&p, who);
        }
        party_agree(&p);
        struct buf message = said(&p, who);
        for (size_t i = 0; i < gone_n; i++)
            cr_expect_neq(open_with(gone[i]->now, buf_view(&message)), MLS_RULE_KEPT);
        buf_wipe(&message);
    }
    cr_assert_geq(gone_n, 5);
    for (size_t i = 0; i < gone_n; i++)
        mls_group_free(gone[i]);
    party_fini(&p);
}
