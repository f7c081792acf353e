/* SPDX-License-Identifier: ISC */
#include <criterion/criterion.h>

#include "base/mem.h"
#include "mls/group_store.h"
#include "mls/ratchet_impl.h"
#include "mls/wire.h"
#include "support/attack.h"
#include "support/mlsparty.h"
#include "support/mlsstore.h"

static struct party p;

static struct mls_group *group(size_t who)
{
    return p.m[who]->g;
}

static struct mls_view view(size_t who)
{
    struct mls_view v;

    mls_group_view(group(who), &v);
    return v;
}

static void begin(uint16_t suite, size_t members)
{
    party_init(&p, suite, 7);
    party_gather(&p, members, true);
}

static enum err hear(size_t who, struct bytes message)
{
    struct mls_event event;

    mls_event_init(&event);
    enum err e = mls_process(group(who), message, &event);
    mls_event_clear(&event);
    return e;
}

/* ---- record by record ---- */

#define SAID_MAX 64u

struct said {
    struct buf bytes;
    bool heard;
};

static struct {
    struct mlsstore store; /* of member 0 */
    struct said said[SAID_MAX];
    size_t n;
} life;

static void save(void)
{
    cr_assert_eq(mlsstore_save(&life.store, group(0), false), ERR_OK);
}

static void crash(void)
{
    struct party_member *m = p.m[0];

    mls_group_free(m->g);
    m->g = NULL;
    cr_assert_eq(mlsstore_load(&life.store, &m->world.env, &m->who, &m->g), ERR_OK);
}

static uint64_t below(uint64_t n)
{
    return mlskit_draw(&p.world) % n;
}

static void forget_said(void)
{
    for (size_t i = 0; i < life.n; i++)
        buf_free(&life.said[i].bytes);
    life.n = 0;
}

/* Others speak; each message is heard now, later, or never. */
static void others_say(void)
{
    if (life.n == SAID_MAX)
        return;
    struct said *s = &life.said[life.n++];
    *s = (struct said){0};
    buf_init(&s->bytes, WIRE_MAX);
    (void)party_seal(&p, 1 + below(p.n - 1), "said", &s->bytes);
}

static void hear_one(void)
{
    if (life.n == 0)
        return;
    struct said *s = &life.said[below(life.n)];
    enum err e = hear(0, buf_view(&s->bytes));
    cr_assert_eq(e, s->heard ? ERR_REFUSED : ERR_OK);
    if (s->heard)
        cr_assert_eq(mls_group_rule(group(0)), MLS_RULE_MESSAGE_REPLAY);
    s->heard = true;
    save();
}

/* What was given out is on the disk before; so nobody ever sees a generation twice, which they
 * would refuse. */
static void say(void)
{
    struct mls_event event;
    struct buf out;

    buf_init(&out, WIRE_MAX);
    mls_event_init(&event);
    (void)party_seal(&p, 0, "mine", &out);
    if (below(4) == 0) { /* the end comes between the two: it was never sent */
        crash();
        (void)party_seal(&p, 0, "mine", &out);
    }
    save();
    if (below(3) == 0)
        crash();
    for (size_t i = 1; i < p.n; i++)
        cr_assert_eq(mls_process(group(i), buf_view(&out), &event), ERR_OK);
    mls_event_clear(&event);
    buf_free(&out);
}

static void others_commit(void)
{
    party_stage(&p, 1 + below(p.n - 1), NULL, 0, MLS_PATH);
    for (size_t i = 0; i < p.n; i++) {
        cr_assert_eq(hear(i, buf_view(&p.last.commit)), ERR_OK);
        if (i == 0)
            save();
        if (i == 0 && below(2) == 0)
            crash();
        cr_assert_eq(mls_apply(group(i)), ERR_OK);
        if (i == 0 && below(3) == 0) {
            crash(); /* before it was stored: the stage is still there */
            cr_assert_eq(mls_apply(group(0)), ERR_OK);
        }
    }
    mls_forget(group(0));
    save();
    forget_said();
}

static void commit(void)
{
    party_stage(&p, 0, NULL, 0, MLS_PATH);
    save();
    if (below(2) == 0)
        crash();
    party_deliver(&p, 0, buf_view(&p.last.commit));
    cr_assert_eq(hear(0, buf_view(&p.last.commit)), ERR_OK);
    cr_assert_eq(mls_apply(group(0)), ERR_OK);
    mls_forget(group(0));
    save();
    forget_said();
}

Test(group_record, loses_nothing__crash_anywhere_with_records_one_by_one)
{
    begin(0x0001, 6);
    save();
    cr_assert(life.store.reset, "the first says everything");
    for (size_t i = 0; i < 600; i++) {
        unsigned at = (unsigned)below(100);
        if (at < 30)
            others_say();
        else if (at < 65)
            hear_one();
        else if (at < 90)
            say();
        else if (at < 94)
            others_commit();
        else if (at < 97)
            commit();
        else
            crash();
        if (at == 0)
            party_agree(&p);
    }
    party_agree(&p);
    for (size_t i = 0; i < p.n; i++)
        party_say(&p, i, "still here");
    forget_said();
    mlsstore_fini(&life.store);
    party_fini(&p);
}

Test(group_record, keeps_no_spent_generation__of_ours_in_any_record)
{
    struct mlsstore s = {0};
    struct mls_group *thief = NULL;
    struct buf out;

    begin(0x0001, 2);
    buf_init(&out, WIRE_MAX);
    cr_assert_eq(mlsstore_save(&s, group(0), false), ERR_OK);
    for (size_t i = 0; i < 70; i++) {
        (void)party_seal(&p, 0, "mine", &out);
        cr_assert_eq(mlsstore_save(&s, group(0), false), ERR_OK);
        cr_assert_eq(mlsstore_load(&s, &p.m[0]->world.env, &p.m[0]->who, &thief), ERR_OK);
        const struct ratchet *r = thief->now->ratchet;
        cr_assert_gt(r->leaf[r->own]->chain[RATCHET_APPLICATION].generation, i);
        mls_group_free(thief);
        cr_assert_eq(hear(1, buf_view(&out)), ERR_OK);
    }
    mlsstore_fini(&s);
    buf_free(&out);
    party_fini(&p);
}

/* ---- sizes ---- */

/* Two of a thousand; nobody else is needed. */
static void thousand(uint16_t suite)
{
    struct mls_proposal *adds = mem_array(999, sizeof *adds);
    enum mls_rule rule;

    party_init(&p, suite, 3);
    party_found(&p, party_person(&p), (struct bytes){0});
    for (size_t i = 0; i < 999; i++)
        adds[i] = (struct mls_proposal){
            .type = MLS_ADD, .package = buf_view(&p.m[party_person(&p)]->package)};
    party_stage(&p, 0, adds, 999, 0);
    cr_assert_eq(mls_apply(group(0)), ERR_OK);
    struct party_member *m = p.m[777];
    const struct mls_join_request join = {.welcome = buf_view(&p.last.welcome),
        .package = buf_view(&m->package),
        .secret = buf_view(&m->secret)};
    cr_assert_eq(mls_group_join(&m->world.env, &m->who, &join, &m->g, &rule), ERR_OK);
    mem_free(adds);
}

static void fits_in_a_turn(struct mlsstore *s, size_t who)
{
    cr_assert_eq(mlsstore_save(s, group(who), false), ERR_OK);
    cr_assert_not(s->reset);
    cr_assert_lt(s->bytes, 4096, "%zu bytes in %zu records", s->bytes, s->given);
}

Test(group_record, saves_little__a_message_among_a_thousand)
{
    const struct mls_wrap wrap = {0};
    struct mlsstore s[2] = {{0}};
    struct buf out;
    size_t silent = 0;

    thousand(0x0003); /* with the longest keys */
    buf_init(&out, WIRE_MAX);
    for (size_t i = 0; i < 2; i++)
        cr_assert_eq(mlsstore_save(&s[i], group(i == 0 ? 0 : 777), false), ERR_OK);
    for (size_t i = 0; i < 97; i++) {
        (void)party_seal(&p, 777, "mine", &out);
        fits_in_a_turn(&s[1], 777);
        silent += s[1].given == 0;
    }
    cr_assert_eq(silent, 97 - 4, "once in 32, from the first on");
    /* The first word of somebody, with a window of skipped ones before it. */
    cr_assert_eq(hear(0, buf_view(&out)), ERR_OK);
    fits_in_a_turn(&s[0], 0);
    cr_assert_geq(s[0].given, 5); /* the leaf, and pages on the way to it */
    cr_assert_geq(s[0].bytes, 32 * 48);
    /* And both windows full. */
    const struct mls_proposal remove = {.type = MLS_REMOVE, .leaf = 5};
    for (size_t i = 0; i < 40; i++) {
        buf_clear(&out);
        cr_assert_eq(mls_propose(group(777), &remove, &wrap, &out), ERR_OK);
    }
    cr_assert_eq(hear(0, buf_view(&out)), ERR_OK);
    cr_assert_eq(mlsstore_save(&s[0], group(0), false), ERR_OK);
    uint32_t id = (uint32_t)(store_slot(view(0).epoch) << STORE_SLOT_SHIFT | view(777).self);
    cr_assert_gt(mlsstore_find(&s[0], id)->bytes.n, 2 * 32 * 48);
    cr_assert_lt(mlsstore_find(&s[0], id)->bytes.n, 4096);
    for (size_t i = 0; i < 2; i++)
        mlsstore_fini(&s[i]);
    buf_free(&out);
    party_fini(&p);
}

/* ---- damage ---- */

static struct mlsstore whole; /* of member 0: all three epochs, proposals, everything */

static void damage_begin(void)
{
    const struct mls_wrap wrap = {.flags = MLS_PUBLIC};
    const struct mls_proposal update = {.type = MLS_UPDATE};
    struct buf out;

    begin(0x0001, 3);
    buf_init(&out, WIRE_MAX);
    (void)party_seal(&p, 1, "skipped", &out);
    (void)party_seal(&p, 1, "heard", &out);
    cr_assert_eq(hear(0, buf_view(&out)), ERR_OK);
    party_update(&p, 2);
    party_say(&p, 0, "mine");
    buf_clear(&out);
    cr_assert_eq(mls_propose(group(0), &update, &wrap, &out), ERR_OK);
    party_deliver(&p, 0, buf_view(&out));
    party_stage(&p, 1, NULL, 0, MLS_PATH);
    cr_assert_eq(hear(0, buf_view(&p.last.commit)), ERR_OK);
    cr_assert_eq(mlsstore_save(&whole, group(0), true), ERR_OK);
    cr_assert_gt(whole.n, 5);
    buf_free(&out);
}

static void damage_end(void)
{
    mlsstore_fini(&whole);
    party_fini(&p);
}

static enum err load_as(const struct mlsstore *s, size_t who)
{
    const struct party_member *m = p.m[who];
    struct mls_group *g = NULL;

    enum err e = mlsstore_load(s, &m->world.env, &m->who, &g);
    cr_assert_eq(e == ERR_OK, g != NULL);
    mls_group_free(g);
    return e;
}

static bool loads_with(void *arg, struct bytes in)
{
    struct mlsstore *s = arg;

    if (in.n == 0) /* that deletes */
        return false;
    mlsstore_put(s, 0, in);
    enum err e = load_as(s, 0);
    bool first = in.p[0] > STORE_VERSION;
    cr_assert(e == ERR_OK || e == (first && in.n > STORE_SUM ? ERR_VERSION : ERR_CORRUPT), "%s",
        err_str(e));
    return e == ERR_OK;
}

Test(group_record, refuses__a_whole_damaged_anywhere)
{
    struct mlsstore s = {0};

    damage_begin();
    mlsstore_copy(&s, &whole);
    struct bytes good = mlsstore_find(&whole, 0)->bytes;
    cr_assert(attack_none(good, loads_with, &s));
    cr_assert_eq(attack_flip(good, loads_with, &s), ATTACK_HELD);
    cr_assert_eq(attack_truncate(good, loads_with, &s), ATTACK_HELD);
    cr_assert_eq(attack_trail(good, loads_with, &s), ATTACK_HELD);
    mlsstore_fini(&s);
    damage_end();
}

Test(group_record, refuses__records_cut_or_with_another_head)
{
    struct mlsstore s = {0};

    damage_begin();
    for (size_t i = 0; i < whole.n; i++) {
        struct bytes r = whole.v[i].bytes;
        for (size_t n = 1; whole.v[i].id != 0 && n < r.n; n++) {
            mlsstore_copy(&s, &whole);
            mlsstore_put(&s, whole.v[i].id, bytes_of(r.p, n));
            cr_assert_eq(load_as(&s, 0), ERR_CORRUPT);
        }
        uint8_t *bent = mem_dup(r.p, r.n);
        for (size_t at = 0; whole.v[i].id != 0 && at < 5; at++) { /* version and id */
            bent[at] ^= 1u << 6;
            mlsstore_put(&s, whole.v[i].id, bytes_of(bent, r.n));
            cr_assert_eq(load_as(&s, 0), at == 0 ? ERR_VERSION : ERR_CORRUPT);
            bent[at] ^= 1u << 6;
        }
        mem_free(bent);
    }
    mlsstore_fini(&s);
    damage_end();
}

Test(group_record, refuses__records_missing_foreign_or_twice)
{
    struct mlsstore s = {0};
    struct mls_record *twice;

    damage_begin();
    for (size_t i = 0; i < whole.n; i++) {
        mlsstore_copy(&s, &whole);
        mlsstore_put(&s, whole.v[i].id, (struct bytes){0});
        cr_assert_eq(load_as(&s, 0), ERR_CORRUPT, "without %x", whole.v[i].id);
        /* Where no epoch is, or where another record is. */
        mlsstore_copy(&s, &whole);
        mlsstore_put(&s, whole.v[i].id | 0x40000000u, whole.v[i].bytes);
        cr_assert_eq(load_as(&s, 0), ERR_CORRUPT);
        mlsstore_copy(&s, &whole);
        mlsstore_put(&s, (whole.v[i].id & 0xff000000u) | 0x00123456u, whole.v[i].bytes);
        cr_assert_eq(load_as(&s, 0), ERR_CORRUPT);
    }
    twice = mem_array(whole.n + 1, sizeof *twice);
    memcpy(twice, whole.v, whole.n * sizeof *twice);
    for (size_t i = 0; i < whole.n; i++) {
        struct mls_group *g = NULL;
        twice[whole.n] = whole.v[i];
        cr_assert_eq(mls_group_load(&p.m[0]->world.env, &p.m[0]->who, twice, whole.n + 1, &g),
            ERR_CORRUPT, "%x twice", whole.v[i].id);
        cr_assert_null(g);
    }
    mem_free(twice);
    mlsstore_copy(&s, &whole);
    mlsstore_put(&s, MLS_RECORD_RESET, bytes_str("x"));
    cr_assert_eq(load_as(&s, 0), ERR_CORRUPT);
    cr_assert_eq(load_as(&(struct mlsstore){0}, 0), ERR_CORRUPT);
    mlsstore_fini(&s);
    damage_end();
}

Test(group_record, refuses__somebody_elses_state)
{
    damage_begin();
    cr_assert_eq(load_as(&whole, 0), ERR_OK);
    cr_assert_eq(load_as(&whole, 1), ERR_REFUSED);
    damage_end();
}

struct failing {
    struct mlsstore *to;
    size_t left;
};

static enum err put_or_fail(void *arg, uint32_t id, struct bytes record)
{
    struct failing *f = arg;

    if (f->left-- == 0)
        return ERR_FULL;
    mlsstore_put(f->to, id, record);
    return ERR_OK;
}

/* A disk that is full at any record: the next call says it all again. */
Test(group_record, says_it_again__where_the_store_failed)
{
    struct mlsstore s = {0};
    struct mlsstore all = {0};
    enum err e = ERR_FULL;
    size_t n = 0;

    begin(0x0001, 3);
    cr_assert_eq(mlsstore_save(&s, group(0), false), ERR_OK);
    party_say(&p, 1, "one");
    party_say(&p, 0, "two");
    for (; e != ERR_OK; n++) {
        struct mlsstore lost = {0};
        struct failing f = {&lost, n};
        cr_assert(mls_dirty(group(0)));
        e = mls_save(group(0), false, put_or_fail, &f);
        cr_assert(e == ERR_OK || e == ERR_FULL);
        for (size_t i = 0; e == ERR_OK && i < lost.n; i++)
            mlsstore_put(&s, lost.v[i].id, lost.v[i].bytes);
        mlsstore_fini(&lost);
    }
    cr_assert_gt(n, 3);
    cr_assert_not(mls_dirty(group(0)));
    cr_assert_eq(mlsstore_save(&all, group(0), true), ERR_OK);
    for (size_t i = 0; i < all.n; i++) {
        const struct mls_record *r = mlsstore_find(&s, all.v[i].id);
        cr_assert(r != NULL && bytes_eq(r->bytes, all.v[i].bytes));
    }
    mlsstore_fini(&s);
    mlsstore_fini(&all);
    party_fini(&p);
}
