/* SPDX-License-Identifier: ISC */
/* RFC 9420, 8.4 and 12.1.4: pre-shared keys in a group's commits. */
#include "cast.h"

#define KEPT 32 /* epochs of which a group has the resumption secret, the present one too */

static struct mls_proposal external(const char *id)
{
    return (struct mls_proposal){.type = MLS_PSK, .psk_id = bytes_str(id)};
}

static struct mls_proposal resumption(uint64_t epoch)
{
    return (struct mls_proposal){.type = MLS_PSK, .psk_epoch = epoch};
}

static void everybody(uint16_t suite)
{
    const struct mls_proposal psk = external("a key");
    struct cast c;

    cast_init(&c, suite, 3);
    cast_all_learn(&c, "a key", "of ours");
    for (unsigned flags = 0; flags <= MLS_PUBLIC; flags += MLS_PUBLIC) {
        party_commit(&c.p, 1, &psk, 1, flags); /* needs no path, so has none */
        cast_alive(&c);
        party_commit(&c.p, 2, &psk, 1, flags | MLS_PATH);
        cast_alive(&c);
    }
    cast_fini(&c);
}

Test(group_psk, external__that_everybody_knows)
{
    cast_suites(everybody);
}

static void decides_the_epoch(uint16_t suite)
{
    const struct mls_proposal psk = external("a key");
    struct cast c;

    cast_init(&c, suite, 3);
    cast_all_learn(&c, "a key", "of ours");
    cast_forget(&c, 2);
    cast_learn(&c, 2, "a key", "of somebody else's");
    party_stage(&c.p, 0, &psk, 1, 0);
    cast_hear(&c, 1, buf_view(&c.p.last.commit));
    cast_refused(&c, 2, buf_view(&c.p.last.commit), MLS_RULE_COMMIT_TAG);
    cast_fini(&c);
}

Test(group_psk, external__goes_into_the_epoch_s_secrets)
{
    cast_suites(decides_the_epoch);
}

static void learned_later(uint16_t suite)
{
    const struct mls_proposal psk = external("a key");
    struct cast c;

    cast_init(&c, suite, 3);
    cast_learn(&c, 0, "a key", "of ours");
    cast_learn(&c, 1, "a key", "of ours");
    cast_cannot(&c, 2, &psk, 1, MLS_RULE_PSK_UNKNOWN);
    party_stage(&c.p, 0, &psk, 1, 0);
    cast_refused(&c, 2, buf_view(&c.p.last.commit), MLS_RULE_PSK_UNKNOWN);
    cast_alive(&c); /* all of them still in the epoch before */
    cast_learn(&c, 2, "a key", "of ours");
    party_deliver(&c.p, 0, buf_view(&c.p.last.commit));
    cr_assert_eq(mls_apply(cast_group(&c, 0)), ERR_OK);
    cast_alive(&c);
    party_commit(&c.p, 2, &psk, 1, 0);
    cast_alive(&c);
    cast_fini(&c);
}

Test(group_psk, external__that_one_does_not_know_until_it_has_learned_it)
{
    cast_suites(learned_later);
}

static void several(uint16_t suite)
{
    const struct mls_proposal psks[] = {external("one"), external("two"), external("three")};
    struct cast c;

    cast_init(&c, suite, 3);
    cast_all_learn(&c, "three", "c");
    cast_all_learn(&c, "one", "a");
    cast_all_learn(&c, "two", ""); /* short, but a key */
    party_stage(&c.p, 0, psks, 3, 0);
    for (size_t i = 1; i < 3; i++) {
        cast_hear(&c, i, buf_view(&c.p.last.commit));
        const struct mls_change *change = c.event.change;
        cr_assert_eq(change->psk_n, 3);
        for (size_t j = 0; j < 3; j++)
            cr_assert(bytes_eq(change->psk_ids[j], psks[j].psk_id));
        cr_assert_eq(mls_apply(cast_group(&c, i)), ERR_OK);
    }
    cr_assert_eq(mls_apply(cast_group(&c, 0)), ERR_OK);
    cast_alive(&c);
    cast_fini(&c);
}

Test(group_psk, external__several_at_once)
{
    cast_suites(several);
}

Test(group_psk, resumption__of_as_many_epochs_as_are_kept)
{
    struct mls_proposal psks[KEPT + 1];
    struct cast c;

    cast_init(&c, 1, 2);
    for (size_t i = 0; i < KEPT + 8; i++)
        party_update(&c.p, i % 2);
    uint64_t now = cast_view(&c, 0).epoch;
    for (uint64_t i = 0; i <= KEPT; i++)
        psks[i] = resumption(now - i);
    cast_cannot(&c, 0, &psks[KEPT], 1, MLS_RULE_PSK_UNKNOWN);
    cast_cannot(&c, 1, psks, KEPT + 1, MLS_RULE_PSK_UNKNOWN);
    party_commit(&c.p, 0, psks, KEPT, 0);
    cast_alive(&c);
    cast_fini(&c);
}

static void newcomer(uint16_t suite)
{
    struct cast c;

    cast_init(&c, suite, 2);
    size_t new = cast_person(&c);
    const struct mls_proposal what[] = {
        {.type = MLS_ADD, .package = buf_view(&c.p.m[new]->package)},
        external("one"),
        external("two"),
    };
    cast_learn(&c, 0, "one", "a");
    cast_learn(&c, 0, "two", "b");
    cast_learn(&c, 1, "one", "a");
    cast_learn(&c, 1, "two", "b");
    party_stage(&c.p, 0, what, 3, 0);
    party_deliver(&c.p, 0, buf_view(&c.p.last.commit));
    cr_assert_eq(mls_apply(cast_group(&c, 0)), ERR_OK);
    cr_assert_eq(cast_join(&c, new, NULL), MLS_RULE_PSK_UNKNOWN);
    cast_learn(&c, new, "one", "a");
    cr_assert_eq(cast_join(&c, new, NULL), MLS_RULE_PSK_UNKNOWN);
    cast_learn(&c, new, "two", "not it");
    cr_assert_eq(cast_join(&c, new, NULL), MLS_RULE_WELCOME_SECRETS);
    cast_forget(&c, new);
    cast_learn(&c, new, "one", "a");
    cast_learn(&c, new, "two", "b");
    cr_assert_eq(cast_join(&c, new, NULL), MLS_RULE_KEPT);
    cast_alive(&c);
    cast_fini(&c);
}

Test(group_psk, external__welcomes_who_knows_it_too)
{
    cast_suites(newcomer);
}

static void resumed(uint16_t suite)
{
    struct cast c;

    cast_init(&c, suite, 3);
    party_update(&c.p, 1);
    const struct mls_proposal psks[] = {resumption(2), resumption(1)};
    party_commit(&c.p, 0, &psks[0], 1, 0); /* of this epoch */
    cast_alive(&c);
    party_commit(&c.p, 2, psks, 2, MLS_PATH); /* of older ones */
    cast_alive(&c);
    const struct mls_proposal ahead = resumption(cast_view(&c, 0).epoch + 1);
    cast_cannot(&c, 0, &ahead, 1, MLS_RULE_PSK_UNKNOWN);
    const struct mls_proposal first = resumption(0); /* which only the founder has */
    party_stage(&c.p, 0, &first, 1, 0);
    cast_refused(&c, 1, buf_view(&c.p.last.commit), MLS_RULE_PSK_UNKNOWN);
    mls_discard(cast_group(&c, 0));
    cast_alive(&c);
    cast_fini(&c);
}

Test(group_psk, resumption__of_this_epoch_and_of_older_ones)
{
    cast_suites(resumed);
}

static void joined_later(uint16_t suite)
{
    struct cast c;

    cast_init(&c, suite, 2);
    party_update(&c.p, 1);
    size_t new = cast_person(&c);
    party_add(&c.p, 0, new);
    const struct mls_proposal before = resumption(2);
    party_stage(&c.p, 0, &before, 1, 0);
    cast_hear(&c, 1, buf_view(&c.p.last.commit));
    cast_refused(&c, new, buf_view(&c.p.last.commit), MLS_RULE_PSK_UNKNOWN);
    mls_discard(cast_group(&c, 0));
    mls_discard(cast_group(&c, 1));
    cast_alive(&c);
    const struct mls_proposal since = resumption(3); /* its first */
    party_commit(&c.p, new, &since, 1, 0);
    cast_alive(&c);

    size_t newer = cast_person(&c);
    const struct mls_proposal what[] = {
        {.type = MLS_ADD, .package = buf_view(&c.p.m[newer]->package)}, resumption(4)};
    party_stage(&c.p, 0, what, 2, 0); /* of the epoch it is not in yet */
    cr_assert_eq(cast_join(&c, newer, NULL), MLS_RULE_PSK_UNKNOWN);
    cast_fini(&c);
}

Test(group_psk, resumption__is_not_for_who_joined_after)
{
    cast_suites(joined_later);
}

/* Whoever does not know it leaves it out of its commit; whoever does takes it in. */
static void proposed(uint16_t suite)
{
    const struct mls_proposal psk = external("a key");
    struct cast c;

    cast_init(&c, suite, 4);
    for (size_t i = 0; i < 3; i++)
        cast_learn(&c, i, "a key", "of ours");
    cast_propose(&c, 1, &psk, 0);
    party_commit(&c.p, 3, NULL, 0, MLS_PATH);
    cr_assert(bytes_eq(buf_view(&c.app[0].change), buf_view(&c.app[3].change)));
    cr_assert_null(strstr(buf_cstr(&c.app[0].change), "a key"));
    cast_alive(&c);
    cast_propose(&c, 1, &psk, MLS_PUBLIC);
    cast_learn(&c, 3, "a key", "of ours");
    party_commit(&c.p, 0, NULL, 0, 0);
    cr_assert_not_null(strstr(buf_cstr(&c.app[3].change), "psks: a key"));
    cast_alive(&c);
    cast_fini(&c);
}

Test(group_psk, external__by_reference)
{
    cast_suites(proposed);
}
