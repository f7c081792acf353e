/* SPDX-License-Identifier: ISC */
/*
 * What a group leaves in memory. Secrets are collected with their bytes inverted while they
 * are alive, from the inside of the groups and from all that randomness is asked for; once
 * they are spent, the whole process is searched. What everybody shares is judged when all
 * have moved on. The story is told twice, and the second time counts: see memsearch.h.
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "base/mem.h"
#include "mls/group_impl.h"
#include "mls/label.h"
#include "mls/ratchet_impl.h"
#include "mls/treekem_impl.h"
#include "support/memsearch.h"
#include "support/mlsparty.h"

#define NEEDLES_MAX 600u

struct needle {
    char name[40];
    uint8_t masked[SUITE_HASH];
    size_t n;
};

struct needles {
    struct needle v[NEEDLES_MAX];
    size_t n;
};

static struct needles drawn;    /* by the call that runs */
static struct needles spent;    /* with the epoch */
static struct needles old_only; /* what the kept epoch still has */
static struct needles ratchets; /* of that one, as far as the commit itself spent none */
static struct needles before;
static struct needles alive;
static struct party p;
static bool judge;
static bool recording;
static uint8_t psk_masked[SUITE_HASH];

static void note(struct needles *to, const char *name, size_t who, const void *secret, size_t n)
{
    const uint8_t *bytes = secret;
    struct needle x = {.n = n};
    uint8_t any = 0;

    for (size_t i = 0; i < n; i++) {
        any |= bytes[i];
        x.masked[i] = (uint8_t)~bytes[i];
    }
    for (size_t i = 0; i < to->n; i++)
        if (to->v[i].n == n && memcmp(to->v[i].masked, x.masked, n) == 0)
            return;
    if (any == 0)
        return;
    cr_assert_lt(to->n, NEEDLES_MAX);
    (void)snprintf(x.name, sizeof x.name, "%s of %zu", name, who);
    to->v[to->n++] = x;
}

static bool lives(const struct needle *x)
{
    for (size_t i = 0; i < alive.n; i++)
        if (alive.v[i].n == x->n && memcmp(alive.v[i].masked, x->masked, x->n) == 0)
            return true;
    return false;
}

/* Nothing of these is left, but what is alive for another reason. */
static void assert_gone(struct needles *of, const char *when)
{
    for (size_t i = 0; judge && i < of->n; i++) {
        const struct needle *x = &of->v[i];
        size_t count = lives(x) ? 0 : memsearch_count(x->masked, x->n);
        cr_expect_eq(count, 0, "%s: %s is found %zu times, suite %04x", when, x->name, count,
            p.suite->id);
    }
    of->n = 0;
}

/* The search finds what must be there. */
static void assert_there(const struct needles *of, const char *when)
{
    for (size_t i = 0; judge && i < of->n; i++)
        cr_expect_gt(
            memsearch_count(of->v[i].masked, of->v[i].n), 0, "%s: no %s", when, of->v[i].name);
}

/* ---- what is collected ---- */

static void record(void *arg, uint8_t *out, size_t n)
{
    struct mlskit_world inner;
    struct mlskit_world *w = arg;

    mlskit_world_init(&inner, mlskit_draw(w));
    inner.env.random(&inner, out, n);
    mem_wipe(&inner, sizeof inner);
    if (recording && n >= 16)
        note(&drawn, "what was drawn", 0, out, n);
}

static enum err give_psk(void *arg, struct bytes id, struct buf *out)
{
    (void)arg;
    if (!bytes_eq(id, bytes_str("word")))
        return ERR_NOT_FOUND;
    memsearch_reveal(psk_masked, sizeof psk_masked, buf_space(out, sizeof psk_masked));
    return ERR_OK;
}

static void note_privs(struct needles *to, size_t who)
{
    const struct treekem *k = p.m[who]->g->now->priv;

    for (unsigned level = 0; level < TREEKEM_LEVELS; level++)
        if ((k->known >> level & 1) != 0)
            note(to, level == 0 ? "leaf key" : "path key", who, k->priv[level], DH_PRIV_SIZE);
}

static void note_ratchets(struct needles *to, struct needles *keys, size_t who)
{
    const struct ratchet *r = p.m[who]->g->now->ratchet;

    for (uint32_t node = 0; node < treemath_width(r->leaves); node++)
        if (r->inner[node] != 0)
            note(to, "inner secret", who, cells_at(&r->cells, r->inner[node])->secret,
                SUITE_HASH);
    for (uint32_t leaf = 0; leaf < r->leaves; leaf++)
        for (size_t kind = 0; r->leaf[leaf] != NULL && kind < RATCHET_KINDS; kind++) {
            const struct ratchet_chain *c = &r->leaf[leaf]->chain[kind];
            note(to, "ratchet", who, cells_at(&r->cells, c->secret)->secret, SUITE_HASH);
            for (uint32_t at = c->kept; at != 0; at = cells_at(&r->cells, at)->next)
                note(keys, "skipped key", who, cells_at(&r->cells, at)->key.key,
                    r->suite->aead->key_size);
        }
}

static void note_epoch(size_t who)
{
    const struct schedule *k = p.m[who]->g->now->keys;

    note(&spent, "exporter", who, k->exporter, SUITE_HASH);
    note(&spent, "external", who, k->external, SUITE_HASH);
    note(&spent, "confirmation", who, k->confirmation, SUITE_HASH);
    note(&spent, "init", who, k->init, SUITE_HASH);
    note(&old_only, "sender data", who, k->sender_data, SUITE_HASH);
    note(&old_only, "membership", who, k->membership, SUITE_HASH);
    note_ratchets(&ratchets, &old_only, who);
    note_privs(&spent, who);
}

static void everybody(void (*what)(size_t who))
{
    for (size_t i = 0; i < p.n; i++)
        if (p.m[i]->g != NULL)
            what(i);
}

/* What is the same before and after is not spent: path keys that the commit left alone. */
static void note_alive(size_t who)
{
    note_privs(&alive, who);
}

static void forget(size_t who)
{
    mls_forget(p.m[who]->g);
}

/* Everybody is in the next epoch. */
static void moved_on(const char *when)
{
    alive.n = 0;
    everybody(note_alive);
    assert_there(&alive, when);
    assert_gone(&drawn, when);
    assert_gone(&spent, when);
    assert_there(&old_only, when);
    everybody(forget);
    assert_gone(&old_only, when);
    assert_gone(&ratchets, when);
}

/* ---- the story ---- */

/* The key of the next message, as its sender will have it. */
static void note_next_key(struct needles *to, size_t who)
{
    const struct ratchet *r = p.m[who]->g->now->ratchet;
    const struct ratchet_leaf *l = r->leaf[r->own];
    uint8_t key[AEAD_KEY_MAX];

    if (l == NULL)
        return;
    const struct ratchet_chain *c = &l->chain[RATCHET_APPLICATION];
    uint8_t *secret = cells_at(&r->cells, c->secret)->secret;
    cr_assert_eq(label_derive_tree(
                     r->suite, secret, "key", c->generation, key, r->suite->aead->key_size),
        ERR_OK);
    note(to, "message key", who, key, r->suite->aead->key_size);
    note(to, "spent ratchet", who, secret, SUITE_HASH);
    mem_wipe(key, sizeof key);
}

static void note_before(size_t who)
{
    note_ratchets(&before, &before, who);
}

static void note_after(size_t who)
{
    note_ratchets(&alive, &alive, who);
}

/* What was said is spent: the keys, and the secrets that were split or went forward. */
static void talk(void)
{
    static struct needles keys;
    struct buf skipped;

    everybody(note_before);

    for (size_t i = 0; i < p.n; i++) {
        if (p.m[i]->g == NULL)
            continue;
        party_say(&p, i, "first");
        note_next_key(&keys, i);
        party_say(&p, i, "second");
    }
    assert_gone(&keys, "said and heard");
    buf_init(&skipped, WIRE_MAX);
    (void)party_seal(&p, 0, "skipped", &skipped);
    party_say(&p, 0, "heard before");
    buf_free(&skipped);
    everybody(note_after);
    assert_gone(&before, "said and heard");
}

static void person(void)
{
    struct party_member *m = p.m[party_person(&p)];

    m->world.env.random = record;
    m->world.env.psk = give_psk;
    party_repackage(&p, p.n - 1);
}

static void add(size_t by, unsigned flags)
{
    recording = true;
    person();
    struct party_member *m = p.m[p.n - 1];
    const struct mls_proposal what = {.type = MLS_ADD, .package = buf_view(&m->package)};
    if (by != p.n - 1)
        party_commit(&p, by, &what, 1, flags);
    buf_wipe(&m->secret);
    recording = false;
}

static void epoch_by_commit(void)
{
    talk();
    everybody(note_epoch);
    recording = true;
    party_stage(&p, 0, NULL, 0, MLS_PATH);
    recording = false;
    assert_gone(&drawn, "a commit made");
    party_deliver(&p, 0, buf_view(&p.last.commit));
    cr_assert_eq(mls_apply(p.m[0]->g), ERR_OK);
    moved_on("after a commit");
}

static void epoch_by_lost_race(void)
{
    static struct needles lost;
    const struct epoch *next;

    everybody(note_epoch);
    recording = true;
    party_stage(&p, 0, NULL, 0, MLS_PATH);
    next = p.m[0]->g->stage->next;
    note(&lost, "init of a lost commit", 0, next->keys->init, SUITE_HASH);
    note(&lost, "leaf key of a lost commit", 0, next->priv->priv[0], DH_PRIV_SIZE);
    note(&lost, "exporter of a lost commit", 0, next->keys->exporter, SUITE_HASH);
    assert_there(&lost, "staged");
    mls_discard(p.m[0]->g);
    assert_gone(&lost, "discarded");
    party_stage(&p, 0, NULL, 0, MLS_PATH);
    next = p.m[0]->g->stage->next;
    note(&lost, "init of a lost commit", 0, next->keys->init, SUITE_HASH);
    note(&lost, "leaf key of a lost commit", 0, next->priv->priv[0], DH_PRIV_SIZE);
    party_update(&p, 1);
    recording = false;
    assert_gone(&lost, "beaten");
    moved_on("after a race");
}

static void epoch_by_update(void)
{
    const struct mls_proposal update = {.type = MLS_UPDATE};
    const struct mls_wrap wrap = {0};
    struct buf message;

    everybody(note_epoch);
    buf_init(&message, WIRE_MAX);
    recording = true;
    cr_assert_eq(mls_propose(p.m[1]->g, &update, &wrap, &message), ERR_OK);
    recording = false;
    assert_gone(&drawn, "an update proposed");
    note(&alive, "waiting leaf key", 1, p.m[1]->g->waiting->leaf_priv, DH_PRIV_SIZE);
    party_deliver(&p, 1, buf_view(&message));
    party_update(&p, 2);
    buf_free(&message);
    moved_on("after an update");
}

static void epoch_by_lost_update(void)
{
    const struct mls_proposal update = {.type = MLS_UPDATE};
    const struct mls_wrap wrap = {0};
    struct buf message;

    everybody(note_epoch);
    buf_init(&message, WIRE_MAX);
    cr_assert_eq(mls_propose(p.m[1]->g, &update, &wrap, &message), ERR_OK);
    note(&spent, "a key nobody committed", 1, p.m[1]->g->waiting->leaf_priv, DH_PRIV_SIZE);
    party_update(&p, 2);
    buf_free(&message);
    moved_on("after an update that was lost");
}

static void epoch_by_psk(void)
{
    const struct mls_proposal psk = {.type = MLS_PSK, .psk_id = bytes_str("word")};
    uint8_t plain[SUITE_HASH];

    everybody(note_epoch);
    memsearch_reveal(psk_masked, sizeof psk_masked, plain);
    note(&spent, "PSK", 0, plain, sizeof plain);
    mem_wipe(plain, sizeof plain);
    party_commit(&p, 2, &psk, 1, 0);
    moved_on("after a PSK");
}

static void epoch_by_external(void)
{
    struct mls_external_request what = {0};
    enum mls_rule rule;
    struct buf commit;
    struct buf info;

    everybody(note_epoch);
    add(p.n, 0); /* nobody adds */
    struct party_member *m = p.m[p.n - 1];
    buf_init(&info, WIRE_MAX);
    buf_init(&commit, WIRE_MAX);
    cr_assert_eq(mls_group_info(p.m[0]->g, MLS_WITH_TREE, &info), ERR_OK);
    what.info = buf_view(&info);
    recording = true;
    cr_assert_eq(
        mls_group_join_external(&m->world.env, &m->who, &what, &commit, &m->g, &rule), ERR_OK);
    recording = false;
    assert_gone(&drawn, "an external join made");
    party_deliver(&p, p.n - 1, buf_view(&commit));
    cr_assert_eq(mls_apply(m->g), ERR_OK);
    buf_free(&info);
    buf_free(&commit);
    moved_on("after an external join");
}

static void removed(void)
{
    struct mls_event event;
    struct mls_group *g = p.m[2]->g;
    const struct mls_proposal remove = {.type = MLS_REMOVE, .leaf = party_leaf(&p, 2)};

    everybody(note_epoch);
    party_stage(&p, 0, &remove, 1, 0);
    mls_event_init(&event);
    cr_assert_eq(mls_process(g, buf_view(&p.last.commit), &event), ERR_OK);
    cr_assert_eq(mls_apply(g), ERR_OK);
    mls_event_clear(&event);
    p.m[2]->g = NULL;
    party_deliver(&p, 0, buf_view(&p.last.commit));
    cr_assert_eq(mls_apply(p.m[0]->g), ERR_OK);
    alive.n = 0;
    everybody(note_alive);
    assert_gone(&spent, "removed");
    everybody(forget);
    assert_there(&old_only, "removed, not freed");
    mls_group_free(g);
    assert_gone(&old_only, "removed and freed");
    assert_gone(&ratchets, "removed and freed");
}

static void note_resumption(size_t who)
{
    const struct mls_group *g = p.m[who]->g;

    for (size_t i = 0; i < g->resumption_n; i++)
        note(&spent, "resumption", who, g->resumption[i].secret, SUITE_HASH);
}

static void freed(void)
{
    everybody(note_resumption);
    assert_there(&spent, "kept for PSKs");
    talk();
    everybody(note_epoch);
    party_stage(&p, 0, NULL, 0, MLS_PATH);
    note(&spent, "staged init", 0, p.m[0]->g->stage->next->keys->init, SUITE_HASH);
    note(&spent, "staged leaf key", 0, p.m[0]->g->stage->next->priv->priv[0], DH_PRIV_SIZE);
    assert_there(&spent, "before the end");
    for (size_t i = 0; i < p.n; i++) {
        mls_group_free(p.m[i]->g);
        p.m[i]->g = NULL;
    }
    alive.n = 0;
    assert_gone(&spent, "freed");
    assert_gone(&old_only, "freed");
    assert_gone(&ratchets, "freed");
}

static void story(uint16_t suite, bool counts)
{
    judge = counts;
    party_init(&p, suite, 41 + counts);
    for (size_t i = 0; i < sizeof psk_masked; i++)
        psk_masked[i] = (uint8_t)mlskit_draw(&p.world);
    add(0, 0);
    party_found(&p, 0, (struct bytes){0});
    add(0, 0);
    add(0, MLS_PATH);
    everybody(forget);
    everybody(note_alive);
    assert_gone(&drawn, "founded and joined");
    epoch_by_commit();
    epoch_by_lost_race();
    epoch_by_update();
    epoch_by_lost_update();
    epoch_by_psk();
    epoch_by_external();
    removed();
    freed();
    party_fini(&p);
}

static void leaves_nothing(uint16_t suite)
{
    story(suite, false);
    story(suite, true);
}

Test(group_secret, leaves_nothing__suite_1)
{
    leaves_nothing(0x0001);
}

Test(group_secret, leaves_nothing__suite_2)
{
    leaves_nothing(0x0002);
}

Test(group_secret, leaves_nothing__suite_f001)
{
    leaves_nothing(0xf001);
}
