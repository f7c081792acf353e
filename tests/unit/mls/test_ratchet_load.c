/* SPDX-License-Identifier: ISC */
/* Records of the secret tree that do not belong, and the end of the numbers. */
#include <criterion/criterion.h>

#include "base/mem.h"
#include "mls/ratchet_impl.h"
#include "ratchet_ref.h"
#include "support/attack.h"

#define LEAVES 16u
#define OWN    5u
#define APP    RATCHET_APPLICATION
#define HAND   RATCHET_HANDSHAKE

static const struct suite *S;

static struct ratchet *make(uint32_t leaves, uint32_t own)
{
    S = suite_at(3);
    return ratchet_new(S, leaves, own, REF_SECRET);
}

/* A state with every kind of thing in it: pages, our own leaf, another's with kept keys. */
static void fill(struct ref_store *st)
{
    struct ratchet *r = make(LEAVES, OWN);
    struct ratchet_key key;
    uint32_t g;

    ref_take(r, S, LEAVES, 2, APP, 3);
    ref_take(r, S, LEAVES, 2, HAND, 1);
    cr_assert_eq(ratchet_next(r, APP, &key, &g), ERR_OK);
    ref_store_save(st, r, true);
    ratchet_free(r);
}

static bool loads(const struct ref_store *st, uint32_t leaves, uint32_t own)
{
    struct ratchet *r = ref_store_load(st, S, leaves, own);

    ratchet_free(r);
    return r != NULL;
}

struct trial {
    uint32_t id;
    struct ref_store *st;
};

static bool take_record(void *arg, struct bytes in)
{
    const struct trial *t = arg;
    struct ref_record *rec = ref_store_at(t->st, t->id);
    struct bytes was = rec->bytes;

    rec->bytes = in;
    bool taken = loads(t->st, LEAVES, OWN);
    rec->bytes = was;
    return taken;
}

Test(ratchet_load, refuses_records__cut_or_with_more_behind)
{
    struct ref_store st = {0};

    fill(&st);
    cr_assert(loads(&st, LEAVES, OWN));
    for (size_t i = 0; i < st.n; i++) {
        struct trial t = {st.v[i].id, &st};

        cr_assert(attack_none(st.v[i].bytes, take_record, &t));
        cr_assert_eq(attack_truncate(st.v[i].bytes, take_record, &t), ATTACK_HELD);
        cr_assert_eq(attack_trail(st.v[i].bytes, take_record, &t), ATTACK_HELD);
    }
    ref_store_fini(&st);
}

#define HEAD    5u /* version and id */
#define CHAIN   (4 + SUITE_HASH + 1)
#define KEPT_AT (HEAD + 1 + CHAIN) /* of the handshake ratchet, which comes first */

/* Whether a byte of a record is bound: version, id, own, counts, which nodes there are. The
 * others are secrets and generations, of which any may be true. */
static bool bound(const struct ref_record *rec, size_t at)
{
    size_t entry = 4 + S->aead->key_size + AEAD_NONCE;
    size_t count = KEPT_AT - 1;

    if (rec->id >= RATCHET_PAGES)
        return at <= HEAD + 1;
    if (at <= HEAD)
        return true;
    return at == count || at == count + rec->bytes.p[count] * entry + CHAIN;
}

Test(ratchet_load, refuses_a_flipped_bit__in_all_that_is_bound)
{
    struct ref_store st = {0};
    size_t refused = 0, taken = 0;

    fill(&st);
    for (size_t i = 0; i < st.n; i++) {
        uint8_t *p = (uint8_t *)(uintptr_t)st.v[i].bytes.p;

        for (size_t bit = 0; bit < st.v[i].bytes.n * 8; bit++) {
            bool is_bound = bound(&st.v[i], bit / 8);

            p[bit / 8] ^= (uint8_t)(1u << bit % 8);
            bool loaded = loads(&st, LEAVES, OWN);
            p[bit / 8] ^= (uint8_t)(1u << bit % 8);
            cr_assert(!loaded || !is_bound, "record %u, bit %zu", st.v[i].id, bit);
            loaded ? taken++ : refused++;
        }
    }
    cr_assert_gt(refused, 200);
    cr_assert_gt(taken, 200); /* secrets: it is the store's seal that knows them */
    ref_store_fini(&st);
}

Test(ratchet_load, refuses__a_record_missing_or_twice)
{
    struct ref_store st = {0};

    fill(&st);
    for (size_t i = 0; i < st.n; i++) {
        struct ref_store less = {.v = mem_array(st.n, sizeof *st.v), .n = st.n - 1};
        struct ratchet *r = ref_store_load(&st, S, LEAVES, OWN);

        memcpy(less.v, st.v, i * sizeof *st.v);
        memcpy(less.v + i, st.v + i + 1, (st.n - 1 - i) * sizeof *st.v);
        cr_assert(!loads(&less, LEAVES, OWN));
        cr_assert_eq(ratchet_load(r, st.v[i].id, st.v[i].bytes), ERR_CORRUPT);
        mem_free(less.v);
        ratchet_free(r);
    }
    ref_store_fini(&st);
}

Test(ratchet_load, refuses__the_records_of_another_tree)
{
    struct ref_store st = {0};

    fill(&st);
    cr_assert(!loads(&st, LEAVES, OWN + 1));
    cr_assert(!loads(&st, LEAVES, 2));
    cr_assert(!loads(&st, LEAVES, UINT32_MAX));
    cr_assert(!loads(&st, LEAVES / 2, OWN));
    cr_assert(!loads(&st, LEAVES * 2, OWN));
    cr_assert(!loads(&st, 1, 0));
    S = suite_at(0); /* whose keys are shorter */
    cr_assert(!loads(&st, LEAVES, OWN));
    ref_store_fini(&st);
}

static struct ratchet *load_one(uint32_t leaves, uint32_t own, uint32_t id, struct buf *record)
{
    struct ratchet *r = ratchet_blank(S, leaves, own);

    if (ratchet_load(r, id, buf_view(record)) == ERR_OK)
        return r;
    ratchet_free(r);
    return NULL;
}

struct chain { /* to be written */
    uint32_t generation;
    uint8_t kept;
    uint32_t newest;
    uint32_t step; /* from one kept generation to the next */
};

static void write_chain(struct buf *b, struct chain c)
{
    buf_u32(b, c.generation);
    buf_put(b, REF_SECRET, SUITE_HASH);
    buf_u8(b, c.kept);
    for (uint32_t i = 0; i < c.kept; i++) {
        buf_u32(b, c.newest - i * c.step);
        (void)buf_space(b, S->aead->key_size + AEAD_NONCE);
    }
}

static bool takes_leaf(uint32_t leaf, bool says_own, struct chain hand, struct chain app)
{
    struct buf b;

    S = suite_at(3);
    buf_init(&b, 65536);
    buf_u8(&b, RATCHET_VERSION);
    buf_u32(&b, leaf);
    buf_u8(&b, says_own);
    write_chain(&b, hand);
    write_chain(&b, app);
    struct ratchet *r = load_one(LEAVES, OWN, leaf, &b);
    ratchet_free(r);
    buf_free(&b);
    return r != NULL;
}

Test(ratchet_load, bounds_every_field__of_a_leaf)
{
    const struct chain fresh = {0}, full = {100, RATCHET_KEPT, 99, 1};

    cr_assert(takes_leaf(1, false, fresh, full));
    cr_assert(takes_leaf(1, false, full, full));
    cr_assert(takes_leaf(OWN, true, fresh, fresh));
    cr_assert(!takes_leaf(1, true, fresh, fresh));
    cr_assert(!takes_leaf(OWN, false, fresh, fresh));
    cr_assert(!takes_leaf(LEAVES, false, fresh, fresh));
    cr_assert(!takes_leaf(OWN, true, fresh, (struct chain){100, 1, 99, 1}));
    cr_assert(!takes_leaf(1, false, fresh, (struct chain){100, RATCHET_KEPT + 1, 99, 1}));
    cr_assert(!takes_leaf(1, false, fresh, (struct chain){100, 255, 99, 0}));
    cr_assert(!takes_leaf(1, false, fresh, (struct chain){100, 1, 100, 1}));
    cr_assert(!takes_leaf(1, false, fresh, (struct chain){100, 2, 50, 0}));
    cr_assert(!takes_leaf(1, false, fresh, (struct chain){100, 2, 50, UINT32_MAX}));
    cr_assert(!takes_leaf(1, false, (struct chain){0, 1, 0, 1}, fresh));
    cr_assert(takes_leaf(1, false, (struct chain){1, 1, 0, 1}, fresh));
}

static bool takes_page(uint32_t leaves, uint32_t id, uint16_t set)
{
    struct buf b;

    S = suite_at(3);
    buf_init(&b, 65536);
    buf_u8(&b, RATCHET_VERSION);
    buf_u32(&b, id);
    buf_u16(&b, set);
    for (unsigned i = 0; i < 16; i++)
        if ((set >> i & 1) != 0)
            buf_put(&b, REF_SECRET, SUITE_HASH);
    struct ratchet *r = load_one(leaves, OWN, id, &b);
    ratchet_free(r);
    buf_free(&b);
    return r != NULL;
}

Test(ratchet_load, bounds_every_field__of_a_page)
{
    /* 16 leaves: 31 nodes, root 15; pages below nodes 7 and 23, and 63, which is above it. */
    for (uint32_t top = 0; top < 300; top++) {
        cr_assert_eq(
            takes_page(LEAVES, RATCHET_PAGES + top, 1), top == 7 || top == 23, "%u", top);
        cr_assert_eq(takes_page(LEAVES, RATCHET_PAGES + top, 1 << 2),
            top == 7 || top == 23 || top == 63, "%u", top);
    }
    cr_assert(!takes_page(LEAVES, RATCHET_PAGES + 7, 0));
    cr_assert(!takes_page(LEAVES, RATCHET_PAGES + 7, 0x4000));
    cr_assert(!takes_page(LEAVES, RATCHET_PAGES + 7, 0x8000));
    cr_assert(!takes_page(LEAVES, RATCHET_PAGES + 63, 1));
    cr_assert(!takes_page(LEAVES, RATCHET_PAGES + 63, 1 << 3));
    cr_assert(!takes_page(LEAVES, RATCHET_ID_MAX, 1));
    cr_assert(!takes_page(LEAVES, UINT32_MAX, 1));
    cr_assert(takes_page(1, RATCHET_PAGES + 7, 1 << 6));
    cr_assert(!takes_page(1, RATCHET_PAGES + 7, 1 << 2));
    cr_assert(takes_page(2, RATCHET_PAGES + 7, 1 << 2));
    cr_assert(!takes_page(2, RATCHET_PAGES + 7, 1));
}

/* A secret above another one, or above a leaf that has its ratchets. */
Test(ratchet_loaded, refuses__what_overlaps)
{
    struct ref_store st = {0};
    struct ratchet *r;
    uint8_t page[HEAD + 2 + 2 * SUITE_HASH] = {RATCHET_VERSION, 0, 1, 0, 7, 0, 1 | 4};

    fill(&st);
    r = ref_store_load(&st, S, LEAVES, OWN);
    cr_assert_eq(ratchet_loaded(r), ERR_OK);
    ratchet_free(r);
    ref_store_fini(&st);

    r = ratchet_blank(S, 4, UINT32_MAX);
    cr_assert_eq(ratchet_load(r, RATCHET_PAGES + 7, bytes_of(page, sizeof page)), ERR_OK);
    cr_assert_eq(ratchet_loaded(r), ERR_CORRUPT);
    ratchet_free(r);
    page[HEAD + 1] = 4 | 8; /* both halves: whole */
    r = ratchet_blank(S, 4, UINT32_MAX);
    cr_assert_eq(ratchet_load(r, RATCHET_PAGES + 7, bytes_of(page, sizeof page)), ERR_OK);
    cr_assert_eq(ratchet_loaded(r), ERR_OK);
    ratchet_free(r);
    page[HEAD + 1] = 4 | 64; /* the left half, and its first leaf */
    r = ratchet_blank(S, 4, UINT32_MAX);
    cr_assert_eq(ratchet_load(r, RATCHET_PAGES + 7, bytes_of(page, sizeof page)), ERR_OK);
    cr_assert_eq(ratchet_loaded(r), ERR_CORRUPT);
    ratchet_free(r);
}

Test(ratchet_load, tells_a_newer_record__from_a_damaged_one)
{
    uint8_t page[HEAD + 2 + SUITE_HASH] = {RATCHET_VERSION + 1, 0, 1, 0, 7, 0, 1};
    struct ratchet *r = make(4, 0);

    cr_assert_eq(ratchet_load(r, RATCHET_PAGES + 7, bytes_of(page, sizeof page)), ERR_VERSION);
    page[0] = 0;
    cr_assert_eq(ratchet_load(r, RATCHET_PAGES + 7, bytes_of(page, sizeof page)), ERR_CORRUPT);
    cr_assert_eq(ratchet_load(r, RATCHET_PAGES + 3, (struct bytes){0}), ERR_CORRUPT);
    ratchet_free(r);
}

/* ---- the end of the numbers ---- */

/* One leaf whose two ratchets are at this generation. */
static struct ratchet *at_generation(uint32_t own, uint32_t generation)
{
    struct ratchet *r;
    struct buf b;

    S = suite_at(3);
    buf_init(&b, 65536);
    buf_u8(&b, RATCHET_VERSION);
    buf_u32(&b, 0);
    buf_u8(&b, own == 0);
    write_chain(&b, (struct chain){.generation = generation});
    write_chain(&b, (struct chain){.generation = generation});
    r = load_one(1, own, 0, &b);
    cr_assert_not_null(r);
    cr_assert_eq(ratchet_loaded(r), ERR_OK);
    buf_free(&b);
    return r;
}

Test(ratchet_next, ends__before_the_numbers_do)
{
    struct ratchet *r = at_generation(0, UINT32_MAX - 3);
    struct ref_store st = {0};
    struct ratchet_key key;
    uint32_t g;

    for (uint32_t i = 3; i > 0; i--) {
        cr_assert_eq(ratchet_next(r, APP, &key, &g), ERR_OK);
        cr_assert_eq(g, UINT32_MAX - i);
    }
    cr_assert_eq(ratchet_next(r, APP, &key, &g), ERR_FULL);
    cr_assert_eq(ratchet_next(r, APP, &key, &g), ERR_FULL);
    cr_assert_eq(ratchet_next(r, HAND, &key, &g), ERR_OK);
    ref_store_save(&st, r, true);
    ratchet_free(r);
    r = ref_store_load(&st, S, 1, 0);
    cr_assert_not_null(r);
    cr_assert_eq(ratchet_next(r, APP, &key, &g), ERR_FULL);
    cr_assert_eq(ratchet_next(r, HAND, &key, &g), ERR_FULL); /* the reserve was all there was */
    ref_store_fini(&st);
    ratchet_free(r);
}

Test(ratchet_find, ends__before_the_numbers_do)
{
    struct ratchet *r = at_generation(UINT32_MAX, UINT32_MAX - 3);

    cr_assert_eq(ref_rule(r, 0, APP, 0), MLS_RULE_MESSAGE_REPLAY);
    cr_assert_eq(ref_rule(r, 0, APP, UINT32_MAX), MLS_RULE_MESSAGE_AHEAD);
    cr_assert_eq(ref_rule(r, 0, APP, UINT32_MAX - 1), MLS_RULE_KEPT);
    ratchet_spend(r, 0, APP, UINT32_MAX - 1);
    cr_assert_eq(ref_rule(r, 0, APP, UINT32_MAX), MLS_RULE_MESSAGE_AHEAD);
    cr_assert_eq(ref_rule(r, 0, APP, UINT32_MAX - 1), MLS_RULE_MESSAGE_REPLAY);
    cr_assert_eq(ref_rule(r, 0, APP, UINT32_MAX - 2), MLS_RULE_KEPT);
    cr_assert_eq(ref_rule(r, 0, APP, 0), MLS_RULE_MESSAGE_REPLAY);
    ratchet_free(r);
}
