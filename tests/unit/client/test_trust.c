/* SPDX-License-Identifier: ISC */
#include "client/trust.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "base/mem.h"
#include "support/support.h"

static const uint8_t RELAY[TRUST_RELAY_ID] = "relay number one";
static const uint8_t OTHER[TRUST_RELAY_ID] = "relay number two";
static const uint8_t A[TRUST_PRINT] = {1};
static const uint8_t B[TRUST_PRINT] = {2};
static const uint8_t C[TRUST_PRINT] = {3};

static char dir[64];
static struct vault *vault;
static struct trust *trust;

static void wake(void *arg)
{
    (void)arg;
}

static void open_vault(void)
{
    static const uint8_t key[VAULT_KEY] = {7};
    char why[VAULT_WHY] = "";
    struct vault_setup setup = {.dir = dir, .key = key, .wake = wake};

    cr_assert_eq(vault_open(&setup, &vault, why, sizeof why), ERR_OK, "%s", why);
}

static enum err open_trust(const uint8_t relay_id[TRUST_RELAY_ID], struct trust **out)
{
    struct shelf shelf = {0};
    enum err e = shelf_load(&shelf, vault);

    if (e == ERR_OK)
        e = trust_open(vault, &shelf, relay_id, out);
    shelf_free(&shelf);
    return e;
}

static void open_all(void)
{
    open_vault();
    cr_assert_eq(open_trust(RELAY, &trust), ERR_OK);
}

static void close_all(void)
{
    trust_free(trust);
    trust = NULL;
    vault_commit(vault);
    vault_close(vault);
    vault = NULL;
}

static void reopen(void)
{
    close_all();
    open_all();
}

static void setup(void)
{
    support_tmpdir(dir, sizeof dir);
    open_all();
}

static void teardown(void)
{
    close_all();
    support_rmtree(dir);
}

TestSuite(trust, .init = setup, .fini = teardown);

static enum trust_state see(const char *name, const uint8_t print[TRUST_PRINT])
{
    return trust_see(trust, bytes_str(name), print, 1000);
}

static enum trust_state of(const char *name, const uint8_t print[TRUST_PRINT])
{
    return trust_of(trust, bytes_str(name), print);
}

static const struct trust_person *person(const char *name)
{
    const struct trust_person *p = trust_find(trust, bytes_str(name));

    cr_assert_not_null(p, "%s", name);
    return p;
}

static bool has(const uint8_t a[TRUST_PRINT], const uint8_t b[TRUST_PRINT])
{
    return memcmp(a, b, TRUST_PRINT) == 0;
}

Test(trust, see__first_sight_pins)
{
    cr_expect_eq(of("alice", A), TRUST_UNKNOWN);
    cr_expect_null(trust_find(trust, bytes_str("alice")));
    cr_expect_eq(see("alice", A), TRUST_PINNED);
    cr_expect_eq(see("alice", A), TRUST_PINNED);
    cr_expect_eq(of("alice", A), TRUST_PINNED);
    reopen();
    cr_expect_eq(of("alice", A), TRUST_PINNED);
    cr_expect_eq(person("alice")->since_ms, 1000);
    cr_expect_str_eq(person("alice")->name, "alice");
    cr_expect(has(person("alice")->print, A));
    cr_expect_eq(of("bob", A), TRUST_UNKNOWN);
}

Test(trust, of__remembers_nothing)
{
    cr_expect_eq(see("alice", A), TRUST_PINNED);
    cr_expect_eq(of("alice", B), TRUST_CHANGED);
    cr_expect_eq(person("alice")->state, TRUST_PINNED);
}

Test(trust, see__a_change_stays_over_restarts)
{
    cr_expect_eq(see("alice", A), TRUST_PINNED);
    cr_expect_eq(see("alice", B), TRUST_CHANGED);
    for (int i = 0; i < 2; i++) {
        cr_expect_eq(person("alice")->state, TRUST_CHANGED);
        cr_expect(has(person("alice")->print, A));
        cr_expect(has(person("alice")->fresh, B));
        cr_expect_not(person("alice")->was_verified);
        cr_expect_eq(see("alice", B), TRUST_CHANGED);
        reopen();
    }
}

Test(trust, see__the_old_key_during_a_change_does_not_end_it)
{
    cr_expect_eq(see("alice", A), TRUST_PINNED);
    cr_expect_eq(see("alice", B), TRUST_CHANGED);
    cr_expect_eq(see("alice", A), TRUST_PINNED);
    cr_expect_eq(person("alice")->state, TRUST_CHANGED);
    cr_expect_eq(see("alice", B), TRUST_CHANGED);
    reopen();
    cr_expect_eq(see("alice", A), TRUST_PINNED);
    cr_expect_eq(person("alice")->state, TRUST_CHANGED);
}

Test(trust, see__a_third_key_takes_the_place_of_the_second)
{
    (void)see("alice", A);
    (void)see("alice", B);
    cr_expect_eq(see("alice", C), TRUST_CHANGED);
    reopen();
    cr_expect(has(person("alice")->print, A));
    cr_expect(has(person("alice")->fresh, C));
}

Test(trust, accept__the_new_key_is_pinned_unverified)
{
    (void)see("alice", A);
    cr_expect_eq(trust_verify(trust, bytes_str("alice"), true), ERR_OK);
    (void)see("alice", B);
    cr_expect_eq(trust_accept(trust, bytes_str("alice"), 5000), ERR_OK);
    for (int i = 0; i < 2; i++) {
        cr_expect_eq(person("alice")->state, TRUST_PINNED);
        cr_expect_eq(person("alice")->since_ms, 5000);
        cr_expect_not(person("alice")->was_verified);
        cr_expect_eq(of("alice", B), TRUST_PINNED);
        cr_expect_eq(of("alice", A), TRUST_CHANGED);
        reopen();
    }
    cr_expect_eq(see("alice", A), TRUST_CHANGED); /* and back again is a change too */
}

Test(trust, accept__only_a_change)
{
    cr_expect_eq(trust_accept(trust, bytes_str("alice"), 1), ERR_NOT_FOUND);
    (void)see("alice", A);
    cr_expect_eq(trust_accept(trust, bytes_str("alice"), 1), ERR_STATE);
    (void)trust_verify(trust, bytes_str("alice"), true);
    cr_expect_eq(trust_accept(trust, bytes_str("alice"), 1), ERR_STATE);
    cr_expect_eq(person("alice")->state, TRUST_VERIFIED);
}

Test(trust, verify__remembered_and_taken_back)
{
    cr_expect_eq(trust_verify(trust, bytes_str("alice"), true), ERR_NOT_FOUND);
    (void)see("alice", A);
    cr_expect_eq(trust_verify(trust, bytes_str("alice"), true), ERR_OK);
    reopen();
    cr_expect_eq(see("alice", A), TRUST_VERIFIED);
    cr_expect_eq(trust_verify(trust, bytes_str("alice"), false), ERR_OK);
    reopen();
    cr_expect_eq(see("alice", A), TRUST_PINNED);
}

Test(trust, verify__then_changed)
{
    (void)see("alice", A);
    (void)trust_verify(trust, bytes_str("alice"), true);
    cr_expect_eq(see("alice", B), TRUST_CHANGED);
    cr_expect_eq(trust_verify(trust, bytes_str("alice"), true), ERR_STATE);
    cr_expect_eq(trust_verify(trust, bytes_str("alice"), false), ERR_STATE);
    cr_expect_eq(see("alice", C), TRUST_CHANGED); /* a third key does not forget it */
    reopen();
    cr_expect(person("alice")->was_verified);
    cr_expect_eq(see("alice", A), TRUST_VERIFIED);
    cr_expect_eq(person("alice")->state, TRUST_CHANGED);
}

Test(trust, forget__new_again)
{
    cr_expect_eq(trust_forget(trust, bytes_str("alice")), ERR_NOT_FOUND);
    (void)see("alice", A);
    (void)see("bob", B);
    (void)see("alice", C);
    cr_expect_eq(trust_forget(trust, bytes_str("alice")), ERR_OK);
    cr_expect_null(trust_find(trust, bytes_str("alice")));
    cr_expect_null(trust_alike(trust, bytes_str("a1ice")));
    reopen();
    cr_expect_null(trust_find(trust, bytes_str("alice")));
    cr_expect_eq(see("alice", C), TRUST_PINNED);
    cr_expect_eq(see("bob", B), TRUST_PINNED);
}

Test(trust, open__each_relay_for_itself)
{
    struct trust *other = NULL;

    (void)see("alice", A);
    reopen();
    cr_assert_eq(open_trust(OTHER, &other), ERR_OK);
    cr_expect_null(trust_find(other, bytes_str("alice")));
    cr_expect_eq(trust_see(other, bytes_str("alice"), B, 1), TRUST_PINNED);
    trust_free(other);
    reopen();
    cr_expect_eq(of("alice", A), TRUST_PINNED);
}

Test(trust, guest__cannot_change)
{
    char name[TRUST_NAME];

    trust_guest_name(A, name);
    cr_expect_eq(of(name, A), TRUST_UNKNOWN);
    cr_expect_eq(of(name, B), TRUST_CHANGED);
    cr_expect_eq(see(name, B), TRUST_CHANGED);
    cr_expect_null(trust_find(trust, bytes_str(name)));
    cr_expect_eq(see(name, A), TRUST_PINNED);
    cr_expect_eq(see(name, B), TRUST_CHANGED);
    cr_expect_eq(person(name)->state, TRUST_PINNED);
    cr_expect_eq(trust_accept(trust, bytes_str(name), 1), ERR_STATE);
    cr_expect_eq(trust_verify(trust, bytes_str(name), true), ERR_OK);
    reopen();
    cr_expect_eq(see(name, A), TRUST_VERIFIED);
    cr_expect_eq(see("guest:1234", A), TRUST_CHANGED);
}

Test(trust, see__names_at_their_longest_and_beyond)
{
    char name[TRUST_NAME + 1] = "";

    memset(name, 'x', TRUST_NAME - 1);
    cr_expect_eq(see(name, A), TRUST_PINNED);
    reopen();
    cr_expect_eq(see(name, B), TRUST_CHANGED);
    name[TRUST_NAME - 1] = 'x';
    cr_expect_eq(see(name, A), TRUST_UNKNOWN);
    cr_expect_eq(see("", A), TRUST_UNKNOWN);
    cr_expect_eq(see("a\nb", A), TRUST_UNKNOWN);
    cr_expect_eq(see("\xff", A), TRUST_UNKNOWN);
    cr_expect_eq(trust_see(trust, bytes_of("al\0ice", 6), A, 1), TRUST_UNKNOWN);
    cr_expect_not_null(trust_at(trust, 0));
    cr_expect_null(trust_at(trust, 1));
}

Test(trust, at__by_name)
{
    static const char *const NAMES[] = {"zoe", "alice", "bob10", "bob", "bob1"};
    static const char *const SORTED[] = {"alice", "bob", "bob1", "bob10", "zoe"};

    for (size_t i = 0; i < MEM_COUNT(NAMES); i++)
        (void)see(NAMES[i], A);
    for (int again = 0; again < 2; again++) {
        for (size_t i = 0; i < MEM_COUNT(SORTED); i++)
            cr_expect_str_eq(trust_at(trust, i)->name, SORTED[i]);
        cr_expect_null(trust_at(trust, MEM_COUNT(SORTED)));
        reopen();
    }
}

static const char *alike(const char *name)
{
    const struct trust_person *p = trust_alike(trust, bytes_str(name));

    return p != NULL ? p->name : "nobody";
}

Test(trust, alike__another_known_name)
{
    (void)see("alice", A);
    (void)see("martin", A);
    (void)see("bob", A);
    for (int again = 0; again < 2; again++) {
        cr_expect_str_eq(alike("alice"), "nobody"); /* itself is no look-alike */
        cr_expect_str_eq(alike("ALICE"), "alice");
        cr_expect_str_eq(alike("al1ce"), "alice");
        cr_expect_str_eq(alike("b0b"), "bob");
        cr_expect_str_eq(alike("rnartin"), "martin");
        cr_expect_str_eq(alike("\u0430lice"), "alice");
        cr_expect_str_eq(alike("ali\u200bce"), "alice");
        cr_expect_str_eq(alike("alicia"), "nobody");
        cr_expect_str_eq(alike(""), "nobody");
        cr_expect_str_eq(alike("\xff"), "nobody");
        reopen();
    }
}

Test(trust, alike__of_two_known_ones_each_finds_the_other)
{
    (void)see("bob", A);
    (void)see("b0b", B);
    (void)see("bobby", C);
    cr_expect_str_eq(alike("bob"), "b0b");
    cr_expect_str_eq(alike("b0b"), "bob");
    cr_expect_str_eq(alike("BOB"), "b0b");
    cr_expect_eq(trust_forget(trust, bytes_str("b0b")), ERR_OK);
    cr_expect_str_eq(alike("bob"), "nobody");
    cr_expect_str_eq(alike("b0b"), "bob");
}

/* A row that lies in the vault as it should not. */
static void expect_refused(struct bytes key, uint32_t sub, struct bytes value, enum err want)
{
    struct trust *t = NULL;

    vault_put(vault, VAULT_PERSON, key, sub, value);
    close_all();
    open_vault();
    cr_expect_eq(open_trust(RELAY, &t), want);
    cr_expect_null(t);
    vault_del(vault, VAULT_PERSON, key, sub);
    close_all();
    open_all();
}

Test(trust, open__a_damaged_row_is_refused_and_not_seen_as_new)
{
    uint8_t room[TRUST_ROW];
    struct trust_person p = {.name = "alice", .state = TRUST_PINNED};
    struct bytes key = bytes_of("relay number onealice", 21);
    struct buf row;

    buf_init_fixed(&row, room, sizeof room);
    trust_person_put(&row, &p);
    expect_refused(key, 0, bytes_of(room, row.n - 1), ERR_CORRUPT);
    expect_refused(key, 0, bytes_of(room, 0), ERR_CORRUPT);
    expect_refused(key, 1, buf_view(&row), ERR_CORRUPT);
    expect_refused(bytes_of(key.p, TRUST_RELAY_ID), 0, buf_view(&row), ERR_CORRUPT);
    expect_refused(bytes_of("relay number onea b", 19), 0, buf_view(&row), ERR_CORRUPT);
    room[0] = 9;
    expect_refused(key, 0, buf_view(&row), ERR_VERSION);
    room[0] = 1;
    vault_put(vault, VAULT_PERSON, key, 0, buf_view(&row));
    reopen();
    cr_expect_eq(person("alice")->state, TRUST_PINNED);
}

Test(trust, open__ten_thousand_people)
{
    char name[24];

    for (int i = 0; i < 10000; i++) {
        uint8_t print[TRUST_PRINT] = {(uint8_t)i, (uint8_t)(i >> 8)};
        (void)snprintf(name, sizeof name, "user%d", i * 7919 % 10000);
        cr_assert_eq(see(name, print), TRUST_PINNED);
    }
    reopen();
    for (int i = 0; i < 10000; i++) {
        uint8_t print[TRUST_PRINT] = {(uint8_t)i, (uint8_t)(i >> 8)};
        (void)snprintf(name, sizeof name, "user%d", i * 7919 % 10000);
        cr_assert_eq(see(name, print), TRUST_PINNED);
        cr_assert(i == 0 || strcmp(trust_at(trust, (size_t)i - 1)->name,
                                trust_at(trust, (size_t)i)->name) < 0);
    }
    cr_expect_str_eq(alike("user76O0"), "user7600"); /* also user7600's: 0 and O */
    for (int i = 0; i < 10000; i += 2) {
        (void)snprintf(name, sizeof name, "user%d", i);
        cr_assert_eq(trust_forget(trust, bytes_str(name)), ERR_OK);
    }
    cr_expect_not_null(trust_at(trust, 4999));
    cr_expect_null(trust_at(trust, 5000));
}
