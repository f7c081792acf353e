/* SPDX-License-Identifier: ISC */
/* A relay that hands out keys twice, welcomes a second time, or those of other people. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "support/forger.h"

enum { ALICE, BOB, CAROL };

static struct evil v;
static struct forger f;

static void setup(void)
{
    evil_init(&v, 7003);
}

static void teardown(void)
{
    forger_fini(&f);
    evil_fini(&v);
}

TestSuite(evil_key_again, .init = setup, .fini = teardown);

static enum meddler_verdict same_answer(void *arg, struct meddler_frame *fr)
{
    struct msg_dm_answer *m = fr->msg;
    uint64_t seq = m->group_seq;

    *m = *(const struct msg_dm_answer *)arg;
    m->group_seq = seq;
    return MEDDLE_CHANGED;
}

Test(evil_key_again, package__given_to_two_people_serves_one_and_the_other_is_told)
{
    struct msg_dm_answer first;

    evil_accounts(&v, 3);
    crew_type(v.m[ALICE], "/msg bob one");
    crew_reads(v.m[BOB], "@alice", "one");
    meddler_read(meddler_kept(&v.line[ALICE], DOWN, OP_DM_ANSWER, 0), &first);
    meddler_ask(&v.line[CAROL], DOWN, OP_DM_ANSWER, same_answer, &first);
    crew_type(v.m[CAROL], "/msg bob two");
    evil_told(&v, BOB, NULL, EVENT_WARN,
        "carol began a conversation with keys that are not here any more; nothing of it can be "
        "read. /msg carol TEXT begins it from this side.");
    cr_assert_eq(evil_messages(&v, BOB, "@carol"), 0);
    crew_type(v.m[BOB], "/msg carol what was it?");
    crew_reads(v.m[CAROL], "@bob", "what was it?");
    evil_goes_on(&v, ALICE, "@bob", BOB, "@alice");
}

/* The relay hands a last resort out, and the welcome that was made for it twice. */
static struct bytes last_resort(size_t who)
{
    struct msg_public_key m;
    struct msg_package row;

    meddler_read(meddler_kept(&v.line[who], UP, OP_PUBLIC_KEY, 0), &m);
    while (list_next(&m.packages, &MSG_PACKAGE_ROW, &row)) {
        if (row.suite == MSG_SUITE_AES && row.last_resort != 0)
            return row.body;
    }
    cr_assert(false);
    return (struct bytes){0};
}

static enum meddler_verdict give_last(void *arg, struct meddler_frame *fr)
{
    struct msg_dm_answer *m = fr->msg;

    m->suite = MSG_SUITE_AES;
    m->last_resort = 1;
    m->package = *(const struct bytes *)arg;
    return MEDDLE_CHANGED;
}

static void replay_founding(void)
{
    const struct meddler_kept *k = meddler_kept(&v.line[BOB], DOWN, OP_DM_KEY, 0);
    struct msg_dm_key_event m;

    for (size_t back = 0;; back++) {
        k = meddler_kept(&v.line[BOB], DOWN, OP_DM_KEY, back);
        meddler_read(k, &m);
        if ((m.flags & COMMIT_CREATE) != 0)
            break;
    }
    meddler_tell_raw(&v.line[BOB], OP_DM_KEY, k->body);
}

Test(evil_key_again, welcome__for_a_last_resort_counts_once)
{
    struct bytes last;

    evil_accounts(&v, 2);
    last = last_resort(BOB);
    meddler_ask(&v.line[ALICE], DOWN, OP_DM_ANSWER, give_last, &last);
    crew_type(v.m[ALICE], "/msg bob one");
    crew_reads(v.m[BOB], "@alice", "one");
    evil_goes_on(&v, ALICE, "@bob", BOB, "@alice");
    const struct room *r = crew_page(v.m[BOB], "@alice");
    uint64_t epoch = r->epoch;
    replay_founding();
    evil_told(&v, BOB, "@alice", EVENT_WARN,
        "alice began a conversation with keys that are not here any more; nothing of it can be "
        "read. /msg alice TEXT begins it from this side.");
    cr_assert_eq(r->epoch, epoch);
    evil_goes_on(&v, ALICE, "@bob", BOB, "@alice");
    /* And over a restart: what was seen is in the vault. */
    crew_stop(v.m[BOB]);
    crew_start(v.m[BOB]);
    crew_run(&v.crew, 5000);
    evil_goes_on(&v, ALICE, "@bob", BOB, "@alice");
    r = crew_page(v.m[BOB], "@alice");
    epoch = r->epoch;
    replay_founding();
    crew_run(&v.crew, 2000);
    cr_assert_eq(r->epoch, epoch);
    evil_goes_on(&v, ALICE, "@bob", BOB, "@alice");
}

Test(evil_key_again, welcome__of_other_people_is_refused_and_talk_goes_on)
{
    struct msg_dm_key_event m;

    evil_accounts(&v, 3);
    crew_type(v.m[ALICE], "/msg bob one");
    crew_reads(v.m[BOB], "@alice", "one");
    evil_goes_on(&v, ALICE, "@bob", BOB, "@alice");
    meddler_order(&v.line[BOB], DOWN, OP_DM_KEY, 1, MEDDLE_DROP);
    crew_type(v.m[CAROL], "/msg bob from carol");
    crew_delivered(v.m[CAROL], "@bob", "from carol", EVENT_RELAYED);
    meddler_read(meddler_kept(&v.line[BOB], DOWN, OP_DM_KEY, 0), &m);
    m.sender = bytes_str("alice");
    meddler_tell(&v.line[BOB], OP_DM_KEY, &m);
    evil_told(&v, BOB, "@alice", EVENT_ERROR,
        "THE RELAY OFFERS THE GROUP OF OTHER PEOPLE AS YOUR CONVERSATION WITH alice. It was "
        "refused.");
    evil_goes_on(&v, ALICE, "@bob", BOB, "@alice");
}

static enum meddler_verdict own_key(void *arg, struct meddler_frame *fr)
{
    struct msg_dm_answer *m = fr->msg;
    const struct msg_dm_answer *l = arg;

    m->identity = l->identity;
    m->package = l->package;
    m->suite = MSG_SUITE_AES;
    return MEDDLE_CHANGED;
}

Test(evil_key_again, guest__our_own_key_as_the_others_is_refused)
{
    struct msg_dm_answer own = {.last_resort = 0};

    crew_start(v.m[evil_guest(&v, "alice")]);
    crew_start(v.m[evil_guest(&v, "bob")]);
    crew_run(&v.crew, 2000);
    own.identity = sign_key_pub(v.m[ALICE]->key);
    own.package = last_resort(ALICE);
    meddler_ask(&v.line[ALICE], DOWN, OP_DM_ANSWER, own_key, &own);
    crew_type(v.m[ALICE], "/msg bob to myself");
    evil_told(&v, ALICE, "@bob", EVENT_ERROR,
        "THE RELAY HANDS OUT OUR OWN KEY AS THAT OF bob. Nothing was sent.");
    crew_run(&v.crew, 10000);
    cr_assert_eq(meddler_count(&v.line[ALICE], UP, OP_DM_KEY), 0);
    meddler_honest(&v.line[ALICE]);
    crew_type(v.m[ALICE], "/msg bob to bob");
    crew_reads(v.m[BOB], "@alice", "to bob");
}

Test(evil_key_again, guest__another_one_under_the_same_name_is_told_and_gets_nothing_old)
{
    struct msg_dm_key_event bad = {
        .sender = bytes_str("bob"), .commit = bytes_str("x"), .seq = 77};
    struct msg_dm_answer forged = {.last_resort = 0};
    char words[200], is[TRUST_TAG], was[TRUST_TAG];
    uint8_t print[POLICY_PRINT];
    struct msg_say say;

    crew_start(v.m[evil_guest(&v, "alice")]);
    crew_start(v.m[evil_guest(&v, "bob")]);
    crew_run(&v.crew, 2000);
    crew_type(v.m[ALICE], "/msg bob psst");
    crew_reads(v.m[BOB], "@alice", "psst");
    evil_goes_on(&v, ALICE, "@bob", BOB, "@alice");
    forger_init(&f, &v, NULL);
    forger_package(&f, forger_now(&v) - 60, forger_now(&v) + 3600);
    forged.identity = sign_key_pub(f.key);
    forged.package = buf_view(&f.package);
    meddler_ask(&v.line[ALICE], DOWN, OP_DM_ANSWER, own_key, &forged);
    meddler_read(meddler_kept(&v.line[ALICE], UP, OP_DIRECT, 0), &say);
    bad.epoch = say.epoch;
    meddler_tell(&v.line[ALICE], OP_DM_KEY, &bad);
    crew_run(&v.crew, 500);
    evil_stands_still(&v, ALICE, "@bob");
    policy_print(sign_key_pub(v.m[BOB]->key), print);
    trust_tag(print, was);
    trust_tag(f.print, is);
    (void)snprintf(words, sizeof words,
        "bob IS ANOTHER GUEST THAN BEFORE: bob#%s, not bob#%s. What you write now goes to this "
        "one.",
        is, was);
    evil_told(&v, ALICE, "@bob", EVENT_ERROR, words);
    evil_told(&v, ALICE, "@bob", EVENT_WARN, "Not sent: it was written for somebody else.");
}

Test(evil_key_again, invite__the_key_of_somebody_else_invites_nobody)
{
    struct msg_dm_answer forged = {.last_resort = 0};

    evil_accounts(&v, 2);
    crew_type(v.m[ALICE], "/join club invite");
    crew_sealed(v.m[ALICE], "#club", 1);
    forger_init(&f, &v, "mallory");
    forger_package(&f, forger_now(&v) - 60, forger_now(&v) + 3600);
    forged.user = bytes_str("mallory");
    forged.identity = sign_key_pub(f.key);
    forged.package = buf_view(&f.package);
    forged.suite = MSG_SUITE_AES;
    meddler_ask(&v.line[ALICE], DOWN, OP_DM_ANSWER, same_answer, &forged);
    crew_type_in(v.m[ALICE], "#club", "/invite bob");
    evil_told(&v, ALICE, "#club", EVENT_ERROR,
        "THE RELAY ANSWERS WITH THE KEY OF mallory WHEN ASKED FOR bob. Nobody was invited.");
    crew_run(&v.crew, 20000);
    cr_assert_eq(crew_page(v.m[ALICE], "#club")->members, 1);
    meddler_honest(&v.line[ALICE]);
    crew_type_in(v.m[ALICE], "#club", "/invite bob");
    crew_sealed(v.m[BOB], "#club", 2);
    evil_goes_on(&v, ALICE, "#club", BOB, "#club");
}

Test(evil_key_again, invite__into_the_group_of_another_place_is_refused)
{
    struct msg_room_key m = {
        .room = bytes_str("club"), .kind = ROOM_KEY_WELCOME, .epoch = 1, .seq = 400};
    uint8_t relay_id[MSG_ID];

    evil_accounts(&v, 2);
    forger_init(&f, &v, "alice");
    forger_relay_id(&v, relay_id);
    forger_found(&f, relay_id, "other", POLICY_OPEN);
    forger_add(&f, forger_published(&v, BOB, 0));
    m.body = buf_view(&f.welcome);
    meddler_tell(&v.line[BOB], OP_ROOM_KEY, &m);
    evil_told(&v, BOB, NULL, EVENT_ERROR,
        "THE RELAY OFFERS THE GROUP OF ANOTHER PLACE AS THAT OF #club. It was refused; nothing "
        "is said here.");
    cr_assert_null(crew_page(v.m[BOB], "#club"));
    /* A founding of another relay's room, and noise, are no better. */
    relay_id[0] ^= 1;
    forger_found(&f, relay_id, "club", POLICY_OPEN);
    forger_add(&f, forger_published(&v, BOB, 0));
    m.body = buf_view(&f.welcome);
    meddler_tell(&v.line[BOB], OP_ROOM_KEY, &m);
    crew_run(&v.crew, 2000);
    cr_assert_eq(evil_times(&v, BOB, NULL,
                     "THE RELAY OFFERS THE GROUP OF ANOTHER PLACE AS THAT OF #club. It was "
                     "refused; nothing is said here."),
        2);
    cr_assert_null(crew_page(v.m[BOB], "#club"));
}
