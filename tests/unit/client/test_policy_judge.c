/* SPDX-License-Identifier: ISC */
/* Which commits are right: one test a rule, with the reason that is given. Somebody is a name,
 * and a key of the same bytes. */
#include "client/policy.h"

#include <criterion/criterion.h>

#define LIST_MAX 4096

static struct mls_member somebody(const char *name)
{
    return (struct mls_member){.credential_type = MLS_BASIC,
        .identity = bytes_str(name),
        .signature_key = bytes_str(name),
        .encryption_key = bytes_str("its leaf")};
}

static void print_of(const char *name, uint8_t out[POLICY_PRINT])
{
    policy_print(bytes_str(name), out);
}

/* owner owns, mod moderates; the rest are members. */
struct world {
    struct policy before, after;
    struct buf was, is;
    struct mls_member added[2], removed[2], updated;
    uint8_t psk[POLICY_PSK_ID];
    struct bytes psk_ids[2];
    struct mls_change c;
};

static struct world w;

static void setup(void)
{
    w = (struct world){0};
    memset(w.before.binding, 1, sizeof w.before.binding);
    print_of("owner", w.before.owner);
    w.before.access = POLICY_PASSWORD;
    w.before.generation = 2;
    w.before.moderators_n = 2;
    print_of("mod", w.before.moderators[0]);
    print_of("mod2", w.before.moderators[1]);
    w.after = w.before;
    buf_init(&w.was, LIST_MAX);
    buf_init(&w.is, LIST_MAX);
    w.c = (struct mls_change){.group_id = bytes_str("group"),
        .epoch = 5,
        .committer = somebody("carol"),
        .committer_after = somebody("carol"),
        .added = w.added,
        .removed = w.removed,
        .updated = &w.updated,
        .updated_before = &w.updated,
        .psk_ids = w.psk_ids};
}

static void teardown(void)
{
    buf_free(&w.was);
    buf_free(&w.is);
}

TestSuite(policy_judge, .init = setup, .fini = teardown);

static void by(const char *name)
{
    w.c.committer = somebody(name);
    w.c.committer_after = somebody(name);
}

static void with_access(uint8_t access)
{
    w.before.access = access;
    w.after.access = access;
}

static void removes(const char *name)
{
    w.removed[w.c.removed_n++] = somebody(name);
}

static void brings(uint32_t generation)
{
    policy_psk_id(generation, w.psk);
    w.psk_ids[w.c.psk_n++] = bytes_of(w.psk, sizeof w.psk);
}

static const char *judged(void)
{
    const char *why = "not asked";

    buf_clear(&w.was);
    buf_clear(&w.is);
    policy_write(&w.before, &w.was);
    policy_write(&w.after, &w.is);
    w.c.extensions_before = buf_view(&w.was);
    w.c.extensions_after = buf_view(&w.is);
    enum err e = policy_judge(&w.c, &why);
    cr_assert_eq(e, why == NULL ? ERR_OK : ERR_REFUSED);
    cr_assert_eq(policy_judge(&w.c, NULL), e, "the same without asking why");
    return why;
}

#define RIGHT()     cr_assert_null(judged(), "%s", judged())
#define WRONG(text) cr_assert_str_eq(judged() != NULL ? judged() : "right", text)

#define ONLY_OWNER "only the owner changes the rules of a room"
#define ONLY_MODS  "only moderators change the password"
#define REMOVES    "it removes somebody whom its sender may not remove"
#define NO_PSK     "it does not bring the password of the room"

/* ---- what no commit may be ---- */

Test(policy_judge, empty__is_right_from_anybody)
{
    RIGHT();
    by("owner");
    RIGHT();
}

Test(policy_judge, rules__that_cannot_be_read_are_wrong)
{
    const char *why = NULL;

    (void)judged();
    w.c.extensions_after = bytes_of(w.is.p, w.is.n - 1);
    cr_assert_eq(policy_judge(&w.c, &why), ERR_REFUSED);
    cr_assert_str_eq(why, "the rules of the room cannot be read");
    w.c.extensions_after = buf_view(&w.is);
    w.c.extensions_before = (struct bytes){0};
    cr_assert_eq(policy_judge(&w.c, &why), ERR_REFUSED);
    cr_assert_str_eq(why, "the rules of the room cannot be read");
}

Test(policy_judge, reinit_and_updates__are_not_used)
{
    w.c.reinit = true;
    WRONG("it is of a kind that rooms do not use");
    w.c.reinit = false;
    w.c.updated_n = 1;
    WRONG("it is of a kind that rooms do not use");
    by("owner");
    WRONG("it is of a kind that rooms do not use");
}

Test(policy_judge, sender__stays_who_it_is)
{
    w.c.committer_after = somebody("owner");
    WRONG("its sender takes another name or key");
    w.c.committer_after = w.c.committer;
    w.c.committer_after.identity = bytes_str("caro1");
    WRONG("its sender takes another name or key");
    w.c.committer_after = w.c.committer;
    w.c.committer_after.signature_key = bytes_str("another");
    WRONG("its sender takes another name or key");
    w.c.committer_after = w.c.committer;
    w.c.committer_after.encryption_key = bytes_str("a new leaf");
    RIGHT();
}

/* ---- rules ---- */

Test(policy_judge, binding__never_changes)
{
    by("owner");
    w.after.binding[31] ^= 1;
    WRONG("it moves the group to another room");
    with_access(POLICY_DIRECT);
    WRONG("it moves the group to another room");
}

Test(policy_judge, generation__never_goes_back)
{
    by("owner");
    w.after.generation = 1;
    WRONG("it goes back to an older password");
    w.after.generation = 3;
    RIGHT();
}

Test(policy_judge, kind__never_changes)
{
    by("owner");
    w.after.access = POLICY_DIRECT;
    WRONG("it changes what kind of conversation this is");
    w.before.access = POLICY_DIRECT;
    w.after.access = POLICY_OPEN;
    WRONG("it changes what kind of conversation this is");
}

Test(policy_judge, owner__changes_all_other_rules)
{
    by("owner");
    w.after.access = POLICY_OPEN;
    RIGHT();
    w.after.access = POLICY_INVITE;
    RIGHT();
    w.after.expire_s = 60;
    RIGHT();
    w.after.moderators_n = 0;
    memset(w.after.moderators, 0, sizeof w.after.moderators);
    RIGHT();
    print_of("mod", w.after.owner);
    RIGHT();
}

static void each_rule_is_for_the_owner(void)
{
    w.after = w.before;
    w.after.access = POLICY_OPEN;
    WRONG(ONLY_OWNER);
    w.after = w.before;
    w.after.expire_s = 60;
    WRONG(ONLY_OWNER);
    w.after = w.before;
    print_of("carol", w.after.owner);
    WRONG(ONLY_OWNER);
    w.after = w.before;
    print_of("carol", w.after.moderators[w.after.moderators_n++]);
    WRONG(ONLY_OWNER);
    w.after = w.before;
    memset(w.after.moderators[--w.after.moderators_n], 0, POLICY_PRINT);
    WRONG(ONLY_OWNER);
    w.after = w.before;
    w.after.generation = 3;
    w.after.expire_s = 60;
    WRONG(ONLY_OWNER);
}

Test(policy_judge, others__change_no_rules)
{
    by("carol");
    each_rule_is_for_the_owner();
    by("mod");
    each_rule_is_for_the_owner();
}

Test(policy_judge, password__is_changed_by_moderators)
{
    w.after.generation = 3;
    by("carol");
    WRONG(ONLY_MODS);
    by("mod2");
    RIGHT();
    by("owner");
    RIGHT();
}

Test(policy_judge, direct__both_change_how_long_things_stay)
{
    with_access(POLICY_DIRECT);
    w.after.expire_s = 60;
    by("carol");
    RIGHT();
}

/* ---- joining ---- */

static void joins(const char *name)
{
    by(name);
    w.c.external = true;
}

Test(policy_judge, join__of_an_open_room_is_free)
{
    with_access(POLICY_OPEN);
    joins("dora");
    RIGHT();
}

Test(policy_judge, join__changes_no_rules)
{
    with_access(POLICY_OPEN);
    joins("owner");
    w.after.expire_s = 60;
    WRONG("somebody who joins changes the rules");
    joins("dora");
    WRONG(ONLY_OWNER);
    joins("mod");
    w.after = w.before;
    w.after.generation = 3;
    WRONG("somebody who joins changes the rules");
}

Test(policy_judge, join__of_two_is_refused)
{
    with_access(POLICY_DIRECT);
    joins("dora");
    WRONG("nobody joins a conversation of two by himself");
    removes("dora");
    WRONG("nobody joins a conversation of two by himself");
}

Test(policy_judge, join__of_invited_people_is_for_members_that_come_back)
{
    with_access(POLICY_INVITE);
    joins("dora");
    WRONG("the room is for invited people");
    removes("dora");
    RIGHT();
    joins("owner");
    w.c.removed_n = 0;
    WRONG("the room is for invited people");
}

Test(policy_judge, join__brings_the_password_of_now_and_nothing_else)
{
    joins("dora");
    WRONG(NO_PSK);
    brings(2);
    RIGHT();
    w.c.psk_n = 0;
    brings(1);
    WRONG(NO_PSK);
    w.c.psk_n = 0;
    brings(3);
    WRONG(NO_PSK);
    w.c.psk_n = 0;
    brings(2);
    brings(2);
    WRONG(NO_PSK);
    w.c.psk_n = 1;
    w.psk_ids[0] = bytes_of(w.psk, sizeof w.psk - 1);
    WRONG(NO_PSK);
    w.psk_ids[0] = (struct bytes){0};
    WRONG(NO_PSK);
    joins("owner");
    w.c.psk_n = 0;
    WRONG(NO_PSK);
}

Test(policy_judge, join__that_comes_back_brings_the_password_too)
{
    joins("dora");
    removes("dora");
    WRONG(NO_PSK);
    brings(2);
    RIGHT();
}

Test(policy_judge, join__brings_no_password_where_none_is_asked)
{
    joins("dora");
    brings(2);
    with_access(POLICY_OPEN);
    WRONG("it brings a password where none is asked");
    with_access(POLICY_INVITE);
    removes("dora");
    WRONG("it brings a password where none is asked");
}

/* ---- members ---- */

Test(policy_judge, member__mixes_in_no_secret)
{
    by("owner");
    brings(2);
    WRONG("it mixes in a secret that nobody else knows of");
    with_access(POLICY_OPEN);
    WRONG("it mixes in a secret that nobody else knows of");
}

Test(policy_judge, member__adds_people_to_rooms)
{
    w.added[0] = somebody("dora");
    w.added[1] = somebody("emil");
    w.c.added_n = 2;
    RIGHT();
    with_access(POLICY_INVITE);
    RIGHT();
}

Test(policy_judge, direct__is_filled_once_when_it_is_founded)
{
    with_access(POLICY_DIRECT);
    w.added[0] = somebody("dora");
    w.added[1] = somebody("emil");
    w.c.epoch = 0;
    w.c.added_n = 1;
    RIGHT();
    w.c.added_n = 2;
    WRONG("it adds somebody to a conversation of two");
    w.c.added_n = 1;
    w.c.epoch = 1;
    WRONG("it adds somebody to a conversation of two");
}

Test(policy_judge, remove__in_a_room_with_rules_is_for_moderators)
{
    removes("dora");
    by("carol");
    WRONG(REMOVES);
    by("mod");
    RIGHT();
    by("owner");
    RIGHT();
}

Test(policy_judge, remove__of_the_owner_is_for_nobody)
{
    removes("owner");
    by("mod");
    WRONG(REMOVES);
    by("carol");
    WRONG(REMOVES);
}

Test(policy_judge, remove__of_a_moderator_is_for_moderators)
{
    removes("mod");
    by("carol");
    WRONG(REMOVES);
    by("mod2");
    RIGHT();
}

Test(policy_judge, remove__of_guests_is_for_everybody)
{
    removes("guest:whoever");
    by("carol");
    RIGHT();
}

Test(policy_judge, remove__of_several_needs_the_right_for_each)
{
    removes("guest:whoever");
    removes("dora");
    by("carol");
    WRONG(REMOVES);
    by("mod");
    RIGHT();
}

Test(policy_judge, remove__in_an_open_room_is_for_everybody)
{
    with_access(POLICY_OPEN);
    removes("owner");
    by("carol");
    RIGHT();
}

Test(policy_judge, remove__of_two_is_for_nobody)
{
    with_access(POLICY_DIRECT);
    removes("dora");
    by("owner");
    WRONG(REMOVES);
    w.c.removed_n = 0;
    removes("guest:whoever");
    WRONG(REMOVES);
}
