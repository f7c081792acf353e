/* SPDX-License-Identifier: ISC */
/* The key of one person, as the relay hands it out: his own, or nothing is sent. */
#include "client/direct.h"

#include <criterion/criterion.h>

#include "base/mem.h"
#include "client/group.h"
#include "fake_peer.h"
#include "fake_relay.h"

#define WORDS "the words for bob alone"

static struct fake f;
static struct peer bob, eve;

static void setup(void)
{
    fake_init(&f);
    fake_ready(&f);
    peer_init(&bob, 1, "bob");
    peer_init(&eve, 2, "eve");
}

static void teardown(void)
{
    fake_fini(&f);
    peer_fini(&bob);
    peer_fini(&eve);
}

TestSuite(direct, .init = setup, .fini = teardown);

static void asked(void)
{
    fake_type(&f, "/msg bob " WORDS);
    cr_assert(fake_serve(&f, OP_DM_REQUEST));
}

static struct msg_dm_answer from(struct peer *p)
{
    const struct identity_package *package = peer_package(p, (uint64_t)(f.loop.wall_ms / 1000));

    return (struct msg_dm_answer){.user = bytes_str("bob"),
        .identity = sign_key_pub(p->identity.key),
        .suite = package->suite,
        .package = buf_view(&package->message)};
}

static void answer(const struct msg_dm_answer *a)
{
    fake_tell(&f, OP_DM_ANSWER, &MSG_DM_ANSWER, a);
}

static void never_sent(void)
{
    for (size_t i = 0; i < f.sent_n; i++) {
        struct bytes b = f.sent[i].body;
        cr_assert(b.n == 0 || memmem(b.p, b.n, WORDS, strlen(WORDS)) == NULL);
    }
}

static void refused(const char *words)
{
    const struct room *page = model_find(f.model, true, bytes_str("bob"));
    bool told = false;

    cr_assert_not_null(page);
    for (size_t i = 0; i < page->events.count; i++) {
        struct bytes t = events_at(&page->events, i)->text;
        told = told || (t.n != 0 && memmem(t.p, t.n, words, strlen(words)) != NULL);
    }
    cr_assert(told, "%s", words);
    cr_assert_not(fake_serve(&f, OP_DM_KEY), "a group with whoever that is");
    cr_assert_not(f.closing);
    fake_pass(&f, 10000);
    cr_assert_not(fake_serve(&f, OP_DM_REQUEST), "not by itself");
    never_sent();
}

#define NOT_SOUND "THE KEY THAT THE RELAY HANDS OUT FOR bob IS NOT SOUND"

Test(direct, answer__with_the_right_key_makes_a_group_and_speaks_sealed)
{
    asked();
    struct msg_dm_answer a = from(&bob);
    answer(&a);
    cr_assert(fake_serve(&f, OP_DM_KEY));
    fake_done(&f, &MSG_COMMIT_OK, &(struct msg_commit_ok){.seq = 1, .epoch = 1});
    cr_assert(fake_serve(&f, OP_DIRECT));
    never_sent();
}

Test(direct, answer__with_the_key_of_a_guest_will_do)
{
    peer_fini(&bob);
    peer_init(&bob, 1, NULL);
    asked();
    struct msg_dm_answer a = from(&bob);
    answer(&a);
    cr_assert(fake_serve(&f, OP_DM_KEY));
}

Test(direct, answer__about_somebody_else_is_refused)
{
    asked();
    struct msg_dm_answer a = from(&eve);
    a.user = bytes_str("eve");
    answer(&a);
    refused("THE RELAY ANSWERS WITH THE KEY OF eve WHEN ASKED FOR bob");
}

Test(direct, answer__with_another_persons_package_is_refused)
{
    asked();
    struct msg_dm_answer a = from(&eve);
    answer(&a);
    refused(NOT_SOUND);
}

Test(direct, answer__with_key_and_package_of_two_is_refused)
{
    asked();
    struct msg_dm_answer a = from(&bob);
    a.identity = sign_key_pub(eve.identity.key);
    answer(&a);
    refused(NOT_SOUND);
}

Test(direct, answer__with_another_suite_than_it_says_is_refused)
{
    asked();
    struct msg_dm_answer a = from(&bob);
    a.suite = a.suite == MSG_SUITE_AES ? MSG_SUITE_CHACHA : MSG_SUITE_AES;
    answer(&a);
    refused(NOT_SOUND);
}

Test(direct, answer__with_a_package_that_has_expired_is_refused)
{
    asked();
    struct msg_dm_answer a = from(&bob);
    const struct identity_package *old = peer_package(&bob, 1600000000);
    a.package = buf_view(&old->message);
    answer(&a);
    refused(NOT_SOUND);
}

Test(direct, answer__with_what_is_no_package_is_refused)
{
    asked();
    struct msg_dm_answer a = from(&bob);
    a.package = bytes_str("no package");
    answer(&a);
    refused(NOT_SOUND);
}

/* Our own key back: whoever that is, it is not bob. */
Test(direct, answer__with_our_own_key_is_refused)
{
    peer_fini(&bob);
    peer_init(&bob, 0, "bob");
    asked();
    struct msg_dm_answer a = from(&bob);
    answer(&a);
    refused("THE RELAY HANDS OUT OUR OWN KEY AS THAT OF bob");
}

Test(direct, answer__with_a_bit_flipped_in_the_package_is_refused)
{
    asked();
    struct msg_dm_answer a = from(&bob);
    uint8_t *own = mem_dup(a.package.p, a.package.n);
    a.package = bytes_of(own, a.package.n);
    for (size_t bit = 0; bit < 8 * a.package.n; bit += 53) {
        own[bit / 8] ^= (uint8_t)(1u << bit % 8);
        answer(&a);
        cr_assert_not(fake_serve(&f, OP_DM_KEY), "bit %zu was not seen", bit);
        own[bit / 8] ^= (uint8_t)(1u << bit % 8);
        asked();
    }
    answer(&a);
    cr_assert(fake_serve(&f, OP_DM_KEY), "it was sound before");
    mem_free(own);
}

/* Bob's key is pinned; after a new session the relay is asked for it anew. */
static void pinned_and_asked_again(void)
{
    asked();
    struct msg_dm_answer a = from(&bob);
    answer(&a);
    cr_assert(fake_serve(&f, OP_DM_KEY));
    fake_down(&f, LINK_END_LOST);
    while (!f.linked)
        fake_pass(&f, 250);
    fake_greet(&f, HELLO_GUESTS);
    (void)fake_expect(&f, OP_RESUME);
    fake_refuse(&f, OP_RESUME, CODE_EXPIRED, "too late");
    fake_login(&f, "rand0", false);
    cr_assert(fake_serve(&f, OP_DM_REQUEST));
    peer_fini(&bob);
}

Test(direct, answer__with_another_key_than_before_is_refused)
{
    pinned_and_asked_again();
    peer_init(&bob, 2, "bob");
    struct msg_dm_answer a = from(&bob);
    answer(&a);
    refused("THE KEY OF bob HAS CHANGED");
}

Test(direct, answer__with_a_guests_key_for_a_known_account_is_refused)
{
    pinned_and_asked_again();
    peer_init(&bob, 2, NULL);
    struct msg_dm_answer a = from(&bob);
    answer(&a);
    refused("bob IS A GUEST NOW");
}

Test(direct, nobody__is_told)
{
    asked();
    fake_tell(&f, OP_NO_USER, &MSG_NO_USER, &(struct msg_name){bytes_str("bob")});
    refused("There is nobody called bob on this relay");
}

Test(direct, busy__is_asked_again_by_itself)
{
    asked();
    fake_refuse(&f, OP_DM_REQUEST, CODE_BUSY, "in a moment");
    for (int i = 0; i < 40 && !fake_serve(&f, OP_DM_REQUEST); i++)
        fake_pass(&f, 250);
    struct msg_dm_answer a = from(&bob);
    answer(&a);
    cr_assert(fake_serve(&f, OP_DM_KEY));
}

Test(direct, oneself__is_nobody_to_talk_with)
{
    fake_type(&f, "/msg rand0 hello");
    cr_assert(fake_said(&f, NULL, "That is yourself"));
    cr_assert_not(fake_serve(&f, OP_DM_REQUEST));
}

/* ---- founded by the other ---- */

/* The last resort of the group's suite that we published, newest first. */
static struct bytes our_package(void)
{
    struct msg_public_key m;
    struct msg_package row;
    const char *bad;

    for (size_t i = f.sent_n; i-- > 0;) {
        if (f.sent[i].op != OP_PUBLIC_KEY)
            continue;
        cr_assert_eq(schema_decode(&MSG_PUBLIC_KEY, f.sent[i].body, &m, &bad), ERR_OK);
        cr_assert(list_next(&m.packages, &MSG_PACKAGE_ROW, &row));
        return row.body;
    }
    cr_assert(false, "nothing was published");
    return (struct bytes){0};
}

static void our_print(uint8_t out[POLICY_PRINT])
{
    policy_print(sign_key_pub(f.setup.identity), out);
}

static void founded(struct peer *by, const char *sender)
{
    struct msg_dm_key_event m = {.sender = bytes_str(sender),
        .flags = COMMIT_CREATE,
        .epoch = 1,
        .seq = 3,
        .welcome = buf_view(&by->welcome)};
    uint8_t print[POLICY_PRINT];

    if (by->group == NULL) {
        our_print(print);
        peer_direct(by, our_package(), print);
        m.welcome = buf_view(&by->welcome);
    }
    fake_tell(&f, OP_DM_KEY, &MSG_DM_KEY_EVENT, &m);
}

static void nothing_goes_to(const char *name)
{
    char line[80] = "/msg ";

    cr_assert_not(f.closing);
    (void)strncat(line, name, 40);
    fake_type(&f, strncat(line, " " WORDS, 30));
    cr_assert_not(fake_serve(&f, OP_DIRECT), "said into a group that is not ours");
    never_sent();
}

#define OTHERS "THE RELAY OFFERS THE GROUP OF OTHER PEOPLE AS YOUR CONVERSATION WITH bob"

static bool told(const char *words)
{
    const struct room *page = model_find(f.model, true, bytes_str("bob"));
    bool there = fake_said(&f, NULL, words);

    for (size_t i = 0; page != NULL && i < page->events.count; i++) {
        struct bytes t = events_at(&page->events, i)->text;
        there = there || (t.n != 0 && memmem(t.p, t.n, words, strlen(words)) != NULL);
    }
    return there;
}

Test(direct, founded__by_the_other_is_spoken_in_at_once)
{
    founded(&bob, "bob");
    fake_type(&f, "/msg bob " WORDS);
    /* The first thing is a new key of ours, since a last resort let us in. */
    cr_assert(fake_serve(&f, OP_DM_KEY));
    fake_done(&f, &MSG_COMMIT_OK, &(struct msg_commit_ok){.seq = 4, .epoch = 2});
    cr_assert(fake_serve(&f, OP_DIRECT));
    never_sent();
}

Test(direct, founded__by_somebody_else_under_that_name_is_refused)
{
    founded(&eve, "bob");
    cr_assert(told(OTHERS));
    nothing_goes_to("bob");
}

Test(direct, founded__for_two_others_is_refused)
{
    peer_direct(&bob, our_package(), eve.identity.print);
    founded(&bob, "bob");
    cr_assert(told(OTHERS));
    nothing_goes_to("bob");
}

Test(direct, founded__by_a_guest_under_the_name_of_a_known_account_is_refused)
{
    pinned_and_asked_again();
    peer_init(&bob, 2, NULL);
    founded(&bob, "bob");
    cr_assert(told("bob IS A GUEST NOW"));
    nothing_goes_to("bob");
}

Test(direct, founded__with_what_is_no_welcome_is_left_alone)
{
    buf_text(&bob.welcome, "no welcome");
    peer_found(&bob, "ops", POLICY_OPEN);
    founded(&bob, "bob");
    cr_assert_not(f.closing);
    nothing_goes_to("bob");
}
