/* SPDX-License-Identifier: ISC */
/* What the relay is shown of our keys, and when: after the login, bound to this very link. */
#include "client/keys.h"

#include <criterion/criterion.h>

#include "base/mem.h"
#include "crypto/identity_proof.h"
#include "fake_relay.h"

#define GUEST_EACH   3u
#define ACCOUNT_EACH 12u

static struct fake f;

static void setup(void)
{
    fake_init(&f);
}

static void teardown(void)
{
    fake_fini(&f);
}

TestSuite(keys, .init = setup, .fini = teardown);

static void in(uint8_t role)
{
    f.setup.login = role == ROLE_GUEST ? ENGINE_AS_GUEST : ENGINE_AS_CERTIFIED;
    fake_start(&f);
    fake_greet(&f, HELLO_GUESTS);
    (void)fake_expect(&f, role == ROLE_GUEST ? OP_GUEST : OP_CERT_LOGIN);
    fake_in(&f, "rand0", role, false);
}

static struct msg_public_key published(void)
{
    struct msg_public_key m;
    const char *bad;

    cr_assert_eq(
        schema_decode(&MSG_PUBLIC_KEY, fake_expect(&f, OP_PUBLIC_KEY), &m, &bad), ERR_OK);
    return m;
}

/* The relay has so many packages of ours; what is published then, one a frame, is counted. */
static size_t fill_up(uint64_t have, unsigned each_suite[2])
{
    struct msg_count m = {.count = have};
    size_t n = 0;

    (void)published();
    fake_done(&f, &MSG_COUNT, &m);
    while (fake_serve(&f, OP_PACKAGES)) {
        struct msg_packages p;
        struct msg_package row;
        const char *bad;
        struct bytes body = f.sent[f.read_n - 1].body;
        cr_assert_eq(schema_decode(&MSG_PACKAGES, body, &p, &bad), ERR_OK);
        cr_assert_eq(p.packages.count, 1);
        cr_assert(list_next(&p.packages, &MSG_PACKAGE_ROW, &row));
        cr_assert_not(row.last_resort);
        each_suite[row.suite == MSG_SUITE_CHACHA]++;
        fake_done(&f, &MSG_COUNT, &m);
        n++;
    }
    return n;
}

Test(keys, publish__proves_the_key_on_this_link_alone)
{
    uint8_t exporter[LINK_EXPORT];

    in(ROLE_GUEST);
    struct msg_public_key m = published();
    cr_assert(bytes_eq(m.identity, sign_key_pub(f.setup.identity)));
    memset(exporter, 0x5a, sizeof exporter); /* what the fake link exports */
    cr_assert_eq(identity_proof_check(m.identity, exporter, m.proof), ERR_OK);
    exporter[0] ^= 1;
    cr_assert_neq(identity_proof_check(m.identity, exporter, m.proof), ERR_OK);
}

Test(keys, publish__brings_a_last_resort_of_each_suite)
{
    struct msg_package row;
    struct mls_package view;
    enum mls_rule rule;
    uint16_t suites[2] = {0};
    size_t n = 0;

    in(ROLE_USER);
    struct msg_public_key m = published();
    cr_assert_eq(m.packages.count, 2);
    while (list_next(&m.packages, &MSG_PACKAGE_ROW, &row)) {
        cr_assert(row.last_resort);
        cr_assert_eq(
            mls_package_check(row.body, (uint64_t)(f.loop.wall_ms / 1000), &view, &rule),
            ERR_OK);
        cr_assert(bytes_eq(view.member.identity, bytes_str("rand0")));
        cr_assert(bytes_eq(view.member.signature_key, m.identity));
        suites[n++] = view.suite;
    }
    cr_assert_neq(suites[0], suites[1]);
}

Test(keys, packages__are_filled_up_to_what_is_due)
{
    unsigned each[2] = {0};

    in(ROLE_GUEST);
    cr_assert_eq(fill_up(0, each), 2 * GUEST_EACH);
    cr_assert(each[0] == GUEST_EACH && each[1] == GUEST_EACH);
}

Test(keys, packages__of_an_account_are_more)
{
    unsigned each[2] = {0};

    in(ROLE_USER);
    cr_assert_eq(fill_up(4, each), 2 * (ACCOUNT_EACH - 2));
}

Test(keys, packages__that_are_many_are_enough)
{
    unsigned each[2] = {0};

    in(ROLE_GUEST);
    cr_assert_eq(fill_up(UINT64_MAX, each), 0);
}

static size_t low(uint16_t suite, uint16_t left)
{
    struct msg_packages_low m = {.suite = suite, .left = left};
    size_t n = 0;

    fake_tell(&f, OP_PACKAGES, &MSG_PACKAGES_LOW, &m);
    while (fake_serve(&f, OP_PACKAGES)) {
        fake_done(&f, &MSG_COUNT, &(struct msg_count){0});
        n++;
    }
    return n;
}

Test(keys, low__is_filled_up_for_that_suite)
{
    fake_ready(&f);
    cr_assert_eq(low(MSG_SUITE_AES, 1), GUEST_EACH - 1);
    cr_assert_eq(low(MSG_SUITE_CHACHA, 0), GUEST_EACH);
    cr_assert_eq(low(MSG_SUITE_AES, 65535), 0);
    cr_assert_eq(low(0x0001, 0), 0, "no suite of ours");
}

/* A relay that is always low gets so many and no more. */
Test(keys, low__again_and_again_has_an_end)
{
    size_t all = 0;

    fake_ready(&f);
    for (int i = 0; i < 40; i++)
        all += low(MSG_SUITE_AES, 0);
    cr_assert_leq(all, IDENTITY_PACKAGES);
    cr_assert_not(f.closing);
}

Test(keys, refused__is_told)
{
    in(ROLE_GUEST);
    (void)published();
    fake_refuse(&f, OP_PUBLIC_KEY, CODE_CONFLICT, "that name has another key");
    cr_assert(fake_said(&f, NULL, "does not take our identity key"));
    cr_assert(fake_said(&f, NULL, "that name has another key"));
    cr_assert_not(f.closing);
    (void)fake_serve(&f, 0);
    fake_type(&f, "/join ops");
    cr_assert_not(fake_serve(&f, OP_JOIN), "without a key nothing could be said there");
}

Test(keys, made__when_there_is_none)
{
    struct msg_public_key m;

    f.setup.identity = NULL;
    f.setup.key_bits = 2048;
    in(ROLE_GUEST);
    cr_assert(fake_said(&f, NULL, "Making your identity key"));
    m = published();
    cr_assert_gt(m.identity.n, 0);
}

Test(keys, kept__is_shown_at_the_next_start)
{
    struct msg_public_key m;

    fake_on_disk(&f);
    in(ROLE_GUEST);
    m = published();
    struct buf first;
    buf_init(&first, SIGN_PUB_MAX);
    buf_bytes(&first, m.identity);
    fake_stop(&f);
    f.setup.identity = NULL;
    in(ROLE_GUEST);
    m = published();
    cr_assert(bytes_eq(m.identity, buf_view(&first)));
    buf_free(&first);
}
