/* SPDX-License-Identifier: ISC */
/* Who we are, from one start to the next: the key, the name, and packages of each name. */
#include "client/identity.h"

#include "base/mem.h"
#include "unit/crypto/rsa_fixture.h"
#include "vault_kit.h"

#define NOW   1700000000u
#define SUITE 0xf001
#define OTHER 0xf002

static struct identity id;
static struct shelf shelf;
static struct sign_key *key;
static const uint8_t RELAY[TRUST_RELAY_ID] = {1};
static const uint8_t ELSEWHERE[TRUST_RELAY_ID] = {2};

static void open_all(void)
{
    cr_assert_eq(identity_open(&id, kit.v), ERR_OK);
    cr_assert_eq(shelf_load(&shelf, kit.v), ERR_OK);
}

static void close_all(void)
{
    identity_close(&id);
    shelf_free(&shelf);
}

static void again(void)
{
    close_all();
    kit_land();
    kit_reopen();
    open_all();
}

static void setup(void)
{
    uint8_t room[RSA_FIXTURE_DER];

    kit_init();
    kit_open();
    cr_assert_eq(
        sign_key_read(&SIGN_RSA_PSS, rsa_fixture_der(&RSA_FIXTURES[0], room), &key), ERR_OK);
    open_all();
}

static void teardown(void)
{
    close_all();
    sign_key_free(key);
    key = NULL;
    kit_fini();
}

TestSuite(identity, .init = setup, .fini = teardown);

static enum err name(const uint8_t relay[TRUST_RELAY_ID], const char *account)
{
    return identity_name(&id, &shelf, relay, B(account), B("nick"));
}

static struct identity_package *package(bool last)
{
    struct identity_package *p = identity_package(&id, SUITE, last, NOW);

    cr_assert_not_null(p);
    return p;
}

/* ---- the key ---- */

Test(identity, key__is_none_before_one_is_taken)
{
    cr_assert_null(id.key);
    identity_take(&id, key);
    cr_assert_eq(id.key, key);
    uint8_t print[POLICY_PRINT];
    policy_print(sign_key_pub(key), print);
    cr_assert_eq(memcmp(id.print, print, sizeof print), 0);
}

Test(identity, key__is_there_at_the_next_start)
{
    identity_take(&id, key);
    again();
    cr_assert_not_null(id.key);
    cr_assert(bytes_eq(sign_key_pub(id.key), sign_key_pub(key)));
    uint8_t print[POLICY_PRINT];
    policy_print(sign_key_pub(key), print);
    cr_assert_eq(memcmp(id.print, print, sizeof print), 0);
}

static void expect_damaged(struct bytes der)
{
    vault_put(kit.v, VAULT_IDENTITY, B("key"), 0, der);
    close_all();
    kit_land();
    kit_reopen();
    cr_assert_eq(identity_open(&id, kit.v), ERR_CORRUPT);
    cr_assert_null(id.key, "no half of a key");
}

Test(identity, key__that_is_damaged_is_never_used)
{
    struct buf der;

    buf_init(&der, 8192);
    sign_key_write(key, &der);
    expect_damaged(bytes_of(der.p, der.n - 1));
    expect_damaged((struct bytes){0});
    expect_damaged(B("no key"));
    der.p[der.n / 2] ^= 1;
    expect_damaged(buf_view(&der));
    buf_wipe(&der);
    vault_del(kit.v, VAULT_IDENTITY, B("key"), 0);
}

/* ---- the name ---- */

Test(identity, name__of_a_guest_is_its_key)
{
    char guest[TRUST_NAME];

    identity_take(&id, key);
    cr_assert_eq(name(RELAY, ""), ERR_OK);
    trust_guest_name(id.print, guest);
    cr_assert_str_eq(id.name, guest);
    cr_assert(id.guest);
    cr_assert(bytes_eq(id.mls.identity, B(guest)));
    struct bytes nick;
    cr_assert(mls_ext_find(id.mls.leaf_extensions, POLICY_EXT_NICK, &nick));
    cr_assert(bytes_eq(nick, B("nick")));
}

Test(identity, name__of_an_account_has_no_nick_beside_it)
{
    struct bytes nick;

    identity_take(&id, key);
    cr_assert_eq(name(RELAY, "alice"), ERR_OK);
    cr_assert_str_eq(id.name, "alice");
    cr_assert_not(id.guest);
    cr_assert_not(mls_ext_find(id.mls.leaf_extensions, POLICY_EXT_NICK, &nick));
    identity_nick(&id, B("other"));
    cr_assert_not(mls_ext_find(id.mls.leaf_extensions, POLICY_EXT_NICK, &nick));
}

Test(identity, home__of_no_name_begins_that_of_another)
{
    static const char *const NAMES[] = {"a", "ab", "abc", "b", "x"};
    uint8_t homes[2 * MEM_COUNT(NAMES)][IDENTITY_HOME];
    struct bytes home[2 * MEM_COUNT(NAMES)];
    size_t n = 0;

    identity_take(&id, key);
    for (size_t i = 0; i < MEM_COUNT(NAMES); i++) {
        (void)name(RELAY, NAMES[i]);
        home[n] = identity_home(&id, homes[n]);
        n++;
        (void)name(ELSEWHERE, NAMES[i]);
        home[n] = identity_home(&id, homes[n]);
        n++;
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < n; k++)
            cr_assert(i == k || home[i].n > home[k].n ||
                      memcmp(home[i].p, home[k].p, home[i].n) != 0);
    }
}

/* ---- packages ---- */

Test(identity, package__is_sound_and_ours)
{
    struct mls_package view;
    enum mls_rule rule;

    identity_take(&id, key);
    cr_assert_eq(name(RELAY, "alice"), ERR_OK);
    struct identity_package *p = package(false);
    cr_assert_eq(mls_package_check(buf_view(&p->message), NOW, &view, &rule), ERR_OK);
    cr_assert_eq(view.suite, SUITE);
    cr_assert(bytes_eq(view.member.identity, B("alice")));
    cr_assert(bytes_eq(view.member.signature_key, sign_key_pub(key)));
    cr_assert_eq(policy_identify(&view.member), ERR_OK);
    cr_assert_eq(memcmp(view.ref, p->ref, sizeof p->ref), 0);
    cr_assert_eq(mls_package_check(buf_view(&p->message), NOW + 91u * 86400u, &view, &rule),
        ERR_REFUSED);
}

Test(identity, package__waits_for_its_name_at_the_next_start)
{
    uint8_t ref[MLS_SECRET];

    identity_take(&id, key);
    cr_assert_eq(name(RELAY, "alice"), ERR_OK);
    struct identity_package *p = package(false);
    memcpy(ref, p->ref, sizeof ref);
    struct bytes secret = bytes_of(mem_dup(p->secret.p, p->secret.n), p->secret.n);
    again();
    cr_assert_eq(id.packages_n, 0, "whose it is, is not known yet");
    cr_assert_eq(name(RELAY, "alice"), ERR_OK);
    cr_assert_eq(id.packages_n, 1);
    cr_assert_eq(id.packages[0].suite, SUITE);
    cr_assert_eq(memcmp(id.packages[0].ref, ref, sizeof ref), 0);
    cr_assert(bytes_eq(buf_view(&id.packages[0].secret), secret));
    mem_wipe_free((void *)(uintptr_t)secret.p, secret.n);
}

Test(identity, package__of_another_name_or_relay_is_not_ours)
{
    identity_take(&id, key);
    cr_assert_eq(name(RELAY, "alice"), ERR_OK);
    (void)package(false);
    again();
    cr_assert_eq(name(ELSEWHERE, "alice"), ERR_OK);
    cr_assert_eq(id.packages_n, 0);
    cr_assert_eq(name(RELAY, "alic"), ERR_OK);
    cr_assert_eq(id.packages_n, 0);
    cr_assert_eq(name(RELAY, ""), ERR_OK);
    cr_assert_eq(id.packages_n, 0);
    cr_assert_eq(name(RELAY, "alice"), ERR_OK);
    cr_assert_eq(id.packages_n, 1);
}

Test(identity, name__told_again_keeps_the_packages)
{
    identity_take(&id, key);
    cr_assert_eq(name(RELAY, "alice"), ERR_OK);
    (void)package(false);
    cr_assert_eq(name(RELAY, "alice"), ERR_OK);
    cr_assert_eq(id.packages_n, 1);
}

Test(identity, spend__is_for_good)
{
    identity_take(&id, key);
    cr_assert_eq(name(RELAY, "alice"), ERR_OK);
    (void)package(false);
    (void)package(false);
    (void)package(false);
    uint8_t first[MLS_SECRET];
    uint8_t third[MLS_SECRET];
    memcpy(first, id.packages[0].ref, sizeof first);
    memcpy(third, id.packages[2].ref, sizeof third);
    cr_assert(identity_spend(&id, &id.packages[1], bytes_str("a welcome")));
    cr_assert_eq(id.packages_n, 2);
    cr_assert_eq(memcmp(id.packages[0].ref, first, sizeof first), 0);
    cr_assert_eq(memcmp(id.packages[1].ref, third, sizeof third), 0);
    cr_assert(identity_spend(&id, &id.packages[1], bytes_str("a welcome")));
    again();
    cr_assert_eq(name(RELAY, "alice"), ERR_OK);
    cr_assert_eq(id.packages_n, 1);
    cr_assert_eq(memcmp(id.packages[0].ref, first, sizeof first), 0);
}

Test(identity, last_resort__is_one_a_suite_and_not_spent)
{
    identity_take(&id, key);
    cr_assert_eq(name(RELAY, "alice"), ERR_OK);
    cr_assert_null(identity_last_resort(&id, SUITE));
    (void)package(false);
    cr_assert_null(identity_last_resort(&id, SUITE));
    (void)package(true);
    struct identity_package *last = identity_last_resort(&id, SUITE);
    cr_assert_not_null(last);
    cr_assert_null(identity_last_resort(&id, OTHER));
    cr_assert(identity_spend(&id, last, bytes_str("a welcome")));
    cr_assert_eq(identity_last_resort(&id, SUITE), last);
    again();
    cr_assert_eq(name(RELAY, "alice"), ERR_OK);
    last = identity_last_resort(&id, SUITE);
    cr_assert_not_null(last);
    cr_assert_not(identity_spend(&id, last, bytes_str("a welcome")), "the same a second time");
    cr_assert(identity_spend(&id, last, bytes_str("another welcome")));
}

Test(identity, last_resort__knows_a_welcome_again_and_ends_after_many)
{
    char text[16];

    identity_take(&id, key);
    cr_assert_eq(name(RELAY, "alice"), ERR_OK);
    struct identity_package *last = package(true);
    cr_assert(identity_spend(&id, last, bytes_str("first")));
    cr_assert_not(identity_spend(&id, last, bytes_str("first")));
    again();
    cr_assert_eq(name(RELAY, "alice"), ERR_OK);
    last = identity_last_resort(&id, SUITE);
    cr_assert_not(identity_spend(&id, last, bytes_str("first")));
    for (unsigned i = 1; i < 64; i++) {
        cr_assert_not_null(identity_last_resort(&id, SUITE));
        (void)snprintf(text, sizeof text, "%u", i);
        cr_assert(identity_spend(&id, last, bytes_str(text)));
    }
    cr_assert_null(identity_last_resort(&id, SUITE));
}

Test(identity, package__has_a_ceiling_and_a_suite_that_exists)
{
    identity_take(&id, key);
    cr_assert_eq(name(RELAY, "alice"), ERR_OK);
    cr_assert_null(identity_package(&id, 0x7777, false, NOW));
    cr_assert_eq(id.packages_n, 0);
    for (size_t i = 0; i < IDENTITY_PACKAGES; i++)
        (void)package(false);
    cr_assert_null(identity_package(&id, SUITE, false, NOW));
    cr_assert_eq(id.packages_n, IDENTITY_PACKAGES);
}

/* A row of packages as it should not be; the good one beside it is taken all the same. */
static void expect_left_out(struct bytes ref, struct bytes row)
{
    uint8_t home[IDENTITY_HOME];
    struct buf at;

    (void)name(RELAY, "alice");
    buf_init(&at, 512);
    buf_bytes(&at, identity_home(&id, home));
    buf_bytes(&at, ref);
    vault_put(kit.v, VAULT_PACKAGE, buf_view(&at), 0, row);
    again();
    cr_assert_eq(name(RELAY, "alice"), ERR_CORRUPT);
    cr_assert_eq(id.packages_n, 1);
    vault_del(kit.v, VAULT_PACKAGE, buf_view(&at), 0);
    buf_free(&at);
    again();
}

Test(identity, packages__that_make_no_sense_are_left_out)
{
    static const uint8_t REF[MLS_SECRET] = {9};
    struct buf row;

    identity_take(&id, key);
    cr_assert_eq(name(RELAY, "alice"), ERR_OK);
    (void)package(false);
    buf_init(&row, 256);
    buf_put(&row, "\1\xf0\1\0\0\0\0\1m\0\0\0\1s", 14);
    again();
    for (size_t n = 0; n < row.n; n++)
        expect_left_out(bytes_of(REF, sizeof REF), bytes_of(row.p, n));
    buf_u8(&row, 0);
    expect_left_out(bytes_of(REF, sizeof REF), buf_view(&row));
    row.n--;
    row.p[0] = 2;
    expect_left_out(bytes_of(REF, sizeof REF), buf_view(&row));
    row.p[0] = 1;
    memset(row.p + 4, 0xff, 4);
    expect_left_out(bytes_of(REF, sizeof REF), buf_view(&row));
    buf_free(&row);
}

Test(identity, packages__under_a_reference_that_is_cut_are_left_out)
{
    struct buf row;

    identity_take(&id, key);
    cr_assert_eq(name(RELAY, "alice"), ERR_OK);
    (void)package(false);
    again();
    buf_init(&row, 256);
    buf_put(&row, "\1\xf0\1\0\0\0\0\1m\0\0\0\1s", 14);
    expect_left_out(B("short"), buf_view(&row));
    buf_free(&row);
}
