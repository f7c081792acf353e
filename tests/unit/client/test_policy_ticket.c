/* SPDX-License-Identifier: ISC */
/* What somebody who leaves signs, and what whoever has it may do with it. */
#include "client/policy.h"

#include <criterion/criterion.h>

#include "base/mem.h"
#include "unit/crypto/rsa_fixture.h"

#define LIST_MAX 4096

static struct sign_key *key_of(size_t i)
{
    uint8_t room[RSA_FIXTURE_DER];
    struct sign_key *k = NULL;

    cr_assert_eq(
        sign_key_read(&SIGN_RSA_PSS, rsa_fixture_der(&RSA_FIXTURES[i], room), &k), ERR_OK);
    return k;
}

struct leaving {
    struct sign_key *key, *other;
    struct mls_member who;
    struct buf signature;
};

static void leaving_begin(struct leaving *l)
{
    l->key = key_of(0);
    l->other = key_of(1);
    l->who = (struct mls_member){.credential_type = MLS_BASIC,
        .identity = bytes_str("dora"),
        .signature_key = sign_key_pub(l->key),
        .encryption_key = bytes_str("its leaf")};
    buf_init(&l->signature, SIGN_MAX);
    cr_assert_eq(
        policy_ticket_make(l->key, bytes_str("group"), l->who.encryption_key, &l->signature),
        ERR_OK);
}

static void leaving_end(struct leaving *l)
{
    sign_key_free(l->key);
    sign_key_free(l->other);
    buf_free(&l->signature);
}

static bool holds(const struct leaving *l, const char *group)
{
    return policy_ticket_holds(buf_view(&l->signature), bytes_str(group), &l->who);
}

Test(policy_ticket, holds__for_its_leaf_in_its_group_alone)
{
    struct leaving l;

    leaving_begin(&l);
    cr_assert(holds(&l, "group"));
    cr_assert_not(holds(&l, "groupi"));
    cr_assert_not(holds(&l, "grou"));
    cr_assert_not(holds(&l, ""));
    /* What moves from one part of what is signed to the next is another text. */
    l.who.encryption_key = bytes_str("pits leaf");
    cr_assert_not(holds(&l, "grou"));
    l.who.encryption_key = bytes_str("another leaf");
    cr_assert_not(holds(&l, "group"), "a leaf of the same person, later");
    leaving_end(&l);
}

Test(policy_ticket, holds__of_another_signer_holds_nothing)
{
    struct leaving l;

    leaving_begin(&l);
    l.who.signature_key = sign_key_pub(l.other);
    cr_assert_not(holds(&l, "group"));
    l.who.signature_key = bytes_str("no key at all");
    cr_assert_not(holds(&l, "group"));
    l.who.signature_key = (struct bytes){0};
    cr_assert_not(holds(&l, "group"));
    leaving_end(&l);
}

Test(policy_ticket, holds__damaged_holds_nothing)
{
    struct leaving l;

    leaving_begin(&l);
    for (size_t bit = 0; bit < 8 * l.signature.n; bit++) {
        l.signature.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
        cr_assert_not(holds(&l, "group"), "bit %zu", bit);
        l.signature.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (size_t n = 0; n < l.signature.n; n += 7) {
        struct bytes part = bytes_of(l.signature.p, n);
        cr_assert_not(policy_ticket_holds(part, bytes_str("group"), &l.who));
    }
    leaving_end(&l);
}

Test(policy_ticket, make__for_a_group_with_an_endless_id_is_refused)
{
    static uint8_t id[600];
    struct leaving l;
    struct buf signature;

    leaving_begin(&l);
    buf_init(&signature, SIGN_MAX);
    cr_assert_neq(
        policy_ticket_make(l.key, bytes_of(id, sizeof id), l.who.encryption_key, &signature),
        ERR_OK);
    cr_assert_eq(signature.n, 0);
    cr_assert_not(policy_ticket_holds(buf_view(&l.signature), bytes_of(id, sizeof id), &l.who));
    buf_free(&signature);
    leaving_end(&l);
}

/* ---- shown by somebody who may remove nobody ---- */

static void carry(const struct leaving *l, struct buf *tickets)
{
    struct policy_ticket t = {.signature = buf_view(&l->signature)};

    policy_print(l->who.signature_key, t.print);
    policy_tickets_add(tickets, &t);
}

static bool may_by(
    uint8_t access, const char *group, const struct mls_member *whom, struct bytes tickets)
{
    struct policy p = {.access = access, .owner = {1}};
    const uint8_t by[POLICY_PRINT] = {2};

    return policy_may_remove(&p, by, whom, bytes_str(group), tickets);
}

static bool may(const struct mls_member *whom, struct bytes tickets)
{
    return may_by(POLICY_INVITE, "group", whom, tickets);
}

Test(policy_ticket, remove__lets_anybody_remove_who_said_goodbye)
{
    struct leaving l;
    struct buf tickets;

    leaving_begin(&l);
    buf_init(&tickets, LIST_MAX);
    cr_assert_not(may(&l.who, (struct bytes){0}));
    carry(&l, &tickets);
    cr_assert(may_by(POLICY_INVITE, "group", &l.who, buf_view(&tickets)));
    cr_assert(may_by(POLICY_PASSWORD, "group", &l.who, buf_view(&tickets)));
    cr_assert_not(may_by(POLICY_DIRECT, "group", &l.who, buf_view(&tickets)));
    cr_assert_not(may_by(POLICY_INVITE, "another", &l.who, buf_view(&tickets)));
    buf_free(&tickets);
    leaving_end(&l);
}

Test(policy_ticket, remove__finds_it_behind_others_and_for_nobody_else)
{
    struct leaving l;
    struct buf tickets;
    struct policy_ticket junk = {.signature = bytes_str("junk")};
    struct mls_member other;

    leaving_begin(&l);
    buf_init(&tickets, LIST_MAX);
    policy_tickets_add(&tickets, &junk);
    policy_print(l.who.signature_key, junk.print);
    policy_tickets_add(&tickets, &junk); /* under the same name, and worthless */
    carry(&l, &tickets);
    cr_assert(may(&l.who, buf_view(&tickets)));
    other = l.who;
    other.signature_key = sign_key_pub(l.other);
    cr_assert_not(may(&other, buf_view(&tickets)));
    buf_free(&tickets);
    leaving_end(&l);
}

Test(policy_ticket, remove__shown_under_another_name_is_worth_nothing)
{
    struct leaving l;
    struct buf tickets;
    struct policy_ticket t = {0};
    struct mls_member other;

    leaving_begin(&l);
    other = l.who;
    other.signature_key = sign_key_pub(l.other);
    t.signature = buf_view(&l.signature);
    policy_print(other.signature_key, t.print);
    buf_init(&tickets, LIST_MAX);
    policy_tickets_add(&tickets, &t);
    cr_assert_not(may(&other, buf_view(&tickets)));
    cr_assert_not(may(&l.who, buf_view(&tickets)));
    buf_free(&tickets);
    leaving_end(&l);
}

Test(policy_ticket, remove__cut_anywhere_is_worth_nothing)
{
    struct leaving l;
    struct buf tickets;

    leaving_begin(&l);
    buf_init(&tickets, LIST_MAX);
    carry(&l, &tickets);
    for (size_t n = 0; n < tickets.n; n++) {
        uint8_t *copy = mem_alloc(n + 1);
        memcpy(copy, tickets.p, n);
        cr_assert_not(may(&l.who, bytes_of(copy, n)), "cut to %zu", n);
        mem_free(copy);
    }
    buf_free(&tickets);
    leaving_end(&l);
}

Test(policy_ticket, remove__behind_too_many_others_is_not_looked_for)
{
    struct leaving l;
    struct buf tickets;
    struct policy_ticket junk = {.signature = bytes_str("junk")};

    leaving_begin(&l);
    buf_init(&tickets, LIST_MAX);
    for (int i = 0; i < 64; i++)
        policy_tickets_add(&tickets, &junk);
    carry(&l, &tickets);
    cr_assert_eq(buf_end(&tickets), ERR_OK);
    cr_assert_not(may(&l.who, buf_view(&tickets)));
    buf_free(&tickets);
    leaving_end(&l);
}
