/* SPDX-License-Identifier: ISC */
#include "mls/leaf.h"

#include "base/mem.h"
#include "leafform.h"

#define ANY (1u << LEAF_KEY_PACKAGE | 1u << LEAF_UPDATE | 1u << LEAF_COMMIT)

static struct mlskit_person who;

static void setup(void)
{
    mlskit_person_init(&who, suite_find(1), 0);
}

static void teardown(void)
{
    mlskit_person_fini(&who);
}

TestSuite(leaf, .init = setup, .fini = teardown);

static struct leaf_place place_of(const struct suite *s)
{
    return (struct leaf_place){.suite = s, .group_id = LIT("group"), .index = 3};
}

/* Reads every way a leaf can be cut short or be longer than it is. */
static void check_cuts(struct bytes raw)
{
    struct leaf *l = NULL;

    for (size_t cut = 0; cut < raw.n; cut++) {
        uint8_t *exact = mem_dup(raw.p, cut + (cut == 0));
        cr_assert_neq(leafform_read(bytes_of(exact, cut), &l), ERR_OK, "%zu", cut);
        cr_assert_null(l);
        mem_free(exact);
    }
    uint8_t *more = mem_alloc(raw.n + 1);
    memcpy(more, raw.p, raw.n);
    cr_assert_eq(leafform_read(bytes_of(more, raw.n + 1), &l), ERR_FORMAT);
    mem_free(more);
}

static void check_flips(struct bytes raw, const struct leaf_place *at)
{
    uint8_t *p = mem_dup(raw.p, raw.n);

    for (size_t bit = 0; bit < 8 * raw.n; bit++) {
        struct leaf *l;
        p[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (leafform_read(bytes_of(p, raw.n), &l) == ERR_OK) {
            cr_assert(bytes_eq(l->raw, bytes_of(p, raw.n)));
            cr_assert_neq(leaf_check(NULL, l, at, ANY), MLS_RULE_KEPT, "bit %zu", bit);
        }
        leaf_unref(l);
        p[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    mem_free(p);
}

static void check_suite(const struct suite *s)
{
    static const enum leaf_source sources[] = {LEAF_KEY_PACKAGE, LEAF_UPDATE, LEAF_COMMIT};
    struct leaf_place at = place_of(s);
    struct mlskit_person p;

    mlskit_person_init(&p, s, 2);
    for (size_t i = 0; i < MEM_COUNT(sources); i++) {
        struct leaf *made = mlskit_leaf(&p, sources[i], &at);
        cr_assert_eq(leaf_check(NULL, made, &at, 1u << sources[i]), MLS_RULE_KEPT);
        check_cuts(made->raw);
        check_flips(made->raw, &at);
        leaf_unref(made);
    }
    mlskit_person_fini(&p);
}

Test(leaf, read__cut_or_flipped_anywhere_is_never_accepted)
{
    for (size_t i = 0; suite_at(i) != NULL; i++)
        check_suite(suite_at(i));
}

Test(leaf, read__what_came_in_is_what_goes_out)
{
    struct leafform f = leafform_good(&who, LEAF_KEY_PACKAGE);
    struct buf b, ext;
    struct leaf *l;

    buf_init(&ext, 100);
    ext_put(&ext, 0xf0a1, LIT("data"));
    f.extension_types = LIT("\xf0\xa1\x0a\x0a");
    f.proposal_types = LIT("\xf0\x0f");
    f.extensions = buf_view(&ext);
    f.not_before = 0x0102030405060708;
    f.not_after = 0x1112131415161718;
    buf_init(&b, WIRE_MAX);
    buf_text(&b, "before");
    size_t from = b.n;
    leafform_sign(&b, &f);
    size_t end = b.n;
    buf_text(&b, "behind");
    struct reader r;
    reader_init(&r, buf_view(&b));
    r.at = from;
    leaf_read(&r, &l);
    cr_assert_eq(r.at, end);
    cr_assert(bytes_eq(l->raw, bytes_of(b.p + from, end - from)));
    /* The views are of the leaf's own copy. */
    mem_wipe(b.p, b.n);
    cr_assert(bytes_eq(l->encryption_key, f.encryption_key));
    cr_assert(bytes_eq(l->signature_key, f.signature_key));
    cr_assert_eq(l->credential_type, LEAF_BASIC);
    cr_assert(bytes_eq(l->identity, f.identity));
    cr_assert(bytes_eq(l->versions, f.versions));
    cr_assert(bytes_eq(l->suites, f.suites));
    cr_assert(bytes_eq(l->extension_types, f.extension_types));
    cr_assert(bytes_eq(l->proposal_types, f.proposal_types));
    cr_assert(bytes_eq(l->credential_types, f.credential_types));
    cr_assert_eq(l->source, LEAF_KEY_PACKAGE);
    cr_assert_eq(l->not_before, f.not_before);
    cr_assert_eq(l->not_after, f.not_after);
    cr_assert(bytes_eq(l->extensions, f.extensions));
    cr_assert_eq(l->signature.n, 64);
    cr_assert_eq(l->raw.n, l->tbs + 2 + 64);
    leaf_unref(l);
    buf_free(&b);
    buf_free(&ext);
}

Test(leaf, read__of_a_failed_reader_gives_nothing)
{
    struct reader r;
    struct leaf *l = mlskit_leaf(&who, LEAF_KEY_PACKAGE, NULL);
    struct leaf *none = l;

    reader_init(&r, l->raw);
    reader_fail(&r, ERR_UNSUPPORTED);
    leaf_read(&r, &none);
    cr_assert_null(none);
    cr_assert_eq(reader_err(&r), ERR_UNSUPPORTED);
    leaf_unref(l);
    leaf_unref(NULL);
}

static enum err form_err(const struct leafform *f)
{
    struct leaf *l;
    enum err e = leafform_make(f, &l);

    leaf_unref(l);
    return e;
}

Test(leaf, read__a_source_that_is_none_is_refused)
{
    for (unsigned source = 0; source < 256; source++) {
        struct leafform f = leafform_good(&who, (uint8_t)source);
        cr_assert_eq(form_err(&f), source >= 1 && source <= 3 ? ERR_OK : ERR_FORMAT);
    }
}

/* Whose end cannot be known. */
Test(leaf, read__a_credential_of_unknown_type_is_refused)
{
    static const uint16_t unknown[] = {0, 3, 4, 0x0a0a, 0x1a1a, 0x0100, 0x0200, 0xf001, 0xffff};

    for (size_t i = 0; i < MEM_COUNT(unknown); i++) {
        struct leafform f = leafform_good(&who, LEAF_UPDATE);
        f.credential_type = unknown[i];
        cr_assert_eq(form_err(&f), ERR_FORMAT, "%04x", unknown[i]);
    }
}

Test(leaf, read__x509_is_a_chain_of_whole_certificates)
{
    const struct {
        struct bytes chain;
        enum err e;
    } rows[] = {
        {{0}, ERR_OK},
        {LIT("\x03"
             "abc\x01z"),
            ERR_OK},
        {LIT("\x00"), ERR_OK},
        {LIT("\x04"
             "abc"),
            ERR_FORMAT},
        {LIT("\x03"
             "abc\x02z"),
            ERR_FORMAT},
        {LIT("\x40"), ERR_FORMAT},
        {LIT("\x40\x01z"), ERR_FORMAT},
        {LIT("\xc0\x01z"), ERR_FORMAT},
    };

    for (size_t i = 0; i < MEM_COUNT(rows); i++) {
        struct leafform f = leafform_good(&who, LEAF_UPDATE);
        struct leaf *l;
        f.credential_type = LEAF_X509;
        f.identity = rows[i].chain;
        cr_assert_eq(leafform_make(&f, &l), rows[i].e, "%zu", i);
        if (l != NULL)
            cr_assert(bytes_eq(l->identity, rows[i].chain));
        leaf_unref(l);
        /* Of a basic credential the same bytes are a name. */
        f.credential_type = LEAF_BASIC;
        cr_assert_eq(form_err(&f), ERR_OK);
    }
}

Test(leaf, read__half_a_number_in_a_capability_is_refused)
{
    for (size_t which = 0; which < 5; which++) {
        struct leafform f = leafform_good(&who, LEAF_UPDATE);
        struct bytes *lists[] = {
            &f.versions, &f.suites, &f.extension_types, &f.proposal_types, &f.credential_types};
        *lists[which] = LIT("\x00\x01\x00");
        cr_assert_eq(form_err(&f), ERR_FORMAT);
        *lists[which] = (struct bytes){0};
        cr_assert_eq(form_err(&f), ERR_OK);
    }
}

Test(leaf, read__an_extension_twice_or_cut_is_refused)
{
    const struct {
        struct bytes list;
        enum err e;
    } rows[] = {
        {LIT("\x00\x01\x00\x00\x02\x01z"), ERR_OK},
        {LIT("\x00\x01\x00\x00\x01\x01z"), ERR_FORMAT},
        {LIT("\x0a\x0a\x00\x0a\x0a\x00"), ERR_FORMAT},
        {LIT("\x00\x01\x02z"), ERR_FORMAT},
        {LIT("\x00"), ERR_FORMAT},
    };

    for (size_t i = 0; i < MEM_COUNT(rows); i++) {
        struct leafform f = leafform_good(&who, LEAF_COMMIT);
        f.extensions = rows[i].list;
        cr_assert_eq(form_err(&f), rows[i].e, "%zu", i);
    }
}

Test(leaf, read__fields_above_the_ceiling_are_too_big)
{
    uint8_t *big = mem_alloc(WIRE_SMALL + 1);

    for (size_t which = 0; which < 4; which++) {
        struct leafform f = leafform_good(&who, LEAF_COMMIT);
        struct bytes *fields[] = {
            &f.encryption_key, &f.signature_key, &f.identity, &f.parent_hash};
        *fields[which] = bytes_of(big, WIRE_SMALL);
        cr_assert_eq(form_err(&f), ERR_OK);
        *fields[which] = bytes_of(big, WIRE_SMALL + 1);
        cr_assert_eq(form_err(&f), ERR_TOO_BIG);
    }
    mem_free(big);
}

Test(leaf, ref__the_last_owner_frees)
{
    struct leaf *l = mlskit_leaf(&who, LEAF_KEY_PACKAGE, NULL);

    cr_assert_eq(leaf_ref(l), l);
    leaf_unref(l);
    cr_assert_eq(l->refs, 1);
    cr_assert_eq(l->source, LEAF_KEY_PACKAGE);
    leaf_unref(l);
}

Test(leaf, pub__is_imported_once_and_for_its_own_suite)
{
    struct leaf *l = mlskit_leaf(&who, LEAF_KEY_PACKAGE, NULL);

    cr_assert_null(leaf_pub(l, suite_find(2)));
    cr_assert_null(leaf_pub(l, suite_find(0xf001)));
    struct sign_pub *pub = leaf_pub(l, suite_find(1));
    cr_assert_not_null(pub);
    cr_assert_eq(leaf_pub(l, suite_find(1)), pub);
    cr_assert_eq(leaf_pub(l, suite_find(3)), pub); /* the same scheme */
    cr_assert_null(leaf_pub(l, suite_find(2)));
    leaf_unref(l);
}

Test(leaf, member__shows_what_the_leaf_says)
{
    struct leafform f = leafform_good(&who, LEAF_KEY_PACKAGE);
    struct mls_member m;
    struct leaf *l;

    f.not_before = 5;
    f.not_after = 9;
    f.extensions = LIT("\x00\x01\x01z");
    cr_assert_eq(leafform_make(&f, &l), ERR_OK);
    leaf_member(l, 77, &m);
    cr_assert_eq(m.leaf, 77);
    cr_assert_eq(m.credential_type, LEAF_BASIC);
    cr_assert(bytes_eq(m.identity, f.identity));
    cr_assert(bytes_eq(m.signature_key, f.signature_key));
    cr_assert(bytes_eq(m.encryption_key, f.encryption_key));
    cr_assert(bytes_eq(m.extensions, f.extensions));
    cr_assert_eq(m.not_before, 5);
    cr_assert_eq(m.not_after, 9);
    leaf_unref(l);
    f.source = LEAF_UPDATE;
    cr_assert_eq(leafform_make(&f, &l), ERR_OK);
    leaf_member(l, 0, &m);
    cr_assert_eq(m.not_before, 0);
    cr_assert_eq(m.not_after, 0);
    leaf_unref(l);
}

Test(leaf, make__writes_what_the_form_writes)
{
    static const enum leaf_source sources[] = {LEAF_KEY_PACKAGE, LEAF_UPDATE, LEAF_COMMIT};
    static const uint16_t types[] = {0xf0a1, 0xf0a2};
    struct leaf_place at = place_of(who.suite);

    for (size_t i = 0; i < MEM_COUNT(sources); i++) {
        struct leafform f = leafform_good(&who, (uint8_t)sources[i]);
        struct leaf_spec spec = mlskit_spec(&who, sources[i]);
        struct leaf *want, *got;
        f.extension_types = LIT("\xf0\xa1\xf0\xa2");
        f.extensions = spec.extensions = LIT("\xf0\xa1\x01z");
        f.parent_hash = spec.parent_hash = LIT("thirty-two bytes of parent hash.");
        f.not_before = spec.not_before = 1;
        f.not_after = spec.not_after = 2;
        spec.extension_types = types;
        spec.extension_types_n = MEM_COUNT(types);
        cr_assert_eq(leafform_make(&f, &want), ERR_OK);
        cr_assert_eq(leaf_make(&spec, &at, &got), ERR_OK);
        /* Ed25519 signs alike twice, so all of it is the same. */
        cr_assert(bytes_eq(want->raw, got->raw));
        if (sources[i] == LEAF_COMMIT)
            cr_assert(bytes_eq(got->parent_hash, spec.parent_hash));
        else
            cr_assert_eq(got->parent_hash.n, 0);
        cr_assert_eq(leaf_check(NULL, got, &at, 1u << sources[i]), MLS_RULE_KEPT);
        leaf_unref(want);
        leaf_unref(got);
    }
}

Test(leaf, make__does_not_make_what_it_would_not_read)
{
    struct leaf_place at = place_of(who.suite);
    struct leaf_spec spec = mlskit_spec(&who, LEAF_UPDATE);
    struct leaf *l = NULL;

    spec.extensions = LIT("\x00\x01");
    cr_assert_eq(leaf_make(&spec, &at, &l), ERR_FORMAT);
    cr_assert_null(l);
    spec = mlskit_spec(&who, LEAF_UPDATE);
    spec.credential_type = 9;
    cr_assert_eq(leaf_make(&spec, &at, &l), ERR_FORMAT);
    cr_assert_null(l);
    spec = mlskit_spec(&who, LEAF_UPDATE);
    at.suite = suite_find(2);
    cr_assert_eq(leaf_make(&spec, &at, &l), ERR_STATE);
    cr_assert_null(l);
}
