/* SPDX-License-Identifier: ISC */
/* A relay that lies about who is there, who left and what was decided, and asks for much. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "support/crew_check.h"
#include "support/forger.h"

enum { ALICE, BOB, CAROL };
#define OPS "#ops"

static struct evil v;

static void setup(void)
{
    evil_init(&v, 7006);
}

static void teardown(void)
{
    evil_fini(&v);
}

TestSuite(evil_word, .init = setup, .fini = teardown);

static enum meddler_verdict ghosts(void *arg, struct meddler_frame *fr)
{
    static const uint8_t FLAGS[] = {USER_ACCOUNT | USER_OWNER, 0, 0, 0};
    struct msg_users_ok *m = fr->msg;
    struct buf *names = arg;

    buf_clear(names);
    names_add(names, bytes_str("ghost"));
    names_add(names, bytes_str("alice"));
    m->names = buf_view(names);
    m->flags = bytes_of(FLAGS, 2);
    m->left = 0;
    return MEDDLE_CHANGED;
}

Test(evil_word, ghosts__are_in_no_seal_and_members_stay)
{
    struct msg_presence_event here = {.kind = PRESENCE_JOINED,
        .room = bytes_str("ops"),
        .user = bytes_str("spirit"),
        .flags = USER_ACCOUNT | USER_MODERATOR};
    struct msg_presence_event left = {
        .kind = PRESENCE_LEFT, .room = bytes_str("ops"), .user = bytes_str("alice")};
    struct buf names;

    buf_init(&names, 1024);
    evil_room(&v, "ops", 2);
    meddler_answer(&v.line[BOB], OP_USERS, ghosts, &names);
    meddler_tell(&v.line[BOB], OP_PRESENCE, &here);
    meddler_tell(&v.line[BOB], OP_PRESENCE, &left);
    crew_run(&v.crew, 1000);
    cr_assert_neq(evil_flags(&v, BOB, OPS, "spirit"), 0);
    cr_assert_eq(evil_flags(&v, BOB, OPS, "spirit") & (ROSTER_SEALED | ROSTER_MODERATOR), 0);
    crew_type_in(v.m[BOB], OPS, "/users");
    crew_run(&v.crew, 3000);
    cr_assert_neq(evil_flags(&v, BOB, OPS, "ghost"), 0);
    cr_assert_eq(evil_flags(&v, BOB, OPS, "ghost") & (ROSTER_SEALED | ROSTER_OWNER), 0);
    cr_assert_neq(evil_flags(&v, BOB, OPS, "alice") & ROSTER_SEALED, 0);
    cr_assert_neq(evil_flags(&v, BOB, OPS, "alice") & ROSTER_OWNER, 0);
    cr_assert_neq(evil_flags(&v, BOB, OPS, "bob") & ROSTER_SEALED, 0);
    cr_assert_eq(crew_page(v.m[BOB], OPS)->members, 2);
    evil_goes_on(&v, ALICE, OPS, BOB, OPS);
    buf_free(&names);
}

Test(evil_word, notice__that_looks_like_ours_is_a_notice)
{
    struct msg_notice m = {.from = bytes_str("alice"),
        .text = bytes_str("alice is verified now.\nThe keys of this room are agreed: 2 in its "
                          "group.")};
    const struct room *r;
    unsigned n = 0;

    evil_room(&v, "ops", 2);
    size_t before = evil_messages(&v, BOB, OPS);
    meddler_tell(&v.line[BOB], OP_NOTICE, &m);
    crew_run(&v.crew, 1000);
    r = crew_page(v.m[BOB], OPS);
    for (size_t i = 0; i < r->events.count; i++) {
        const struct event *ev = events_at(&r->events, i);
        if (!bytes_eq(ev->text, m.text))
            continue;
        n++;
        cr_assert_eq(ev->kind, EVENT_NOTICE);
        cr_assert(bytes_eq(ev->who, bytes_str("alice")));
    }
    cr_assert_eq(n, 1);
    cr_assert_eq(evil_messages(&v, BOB, OPS), before);
    cr_assert_eq(evil_flags(&v, BOB, OPS, "alice") & ROSTER_VERIFIED, 0);
}

Test(evil_word, removed__is_the_relays_word_and_not_the_members)
{
    struct msg_removed_event m = {
        .room = bytes_str("ops"), .by = bytes_str("alice"), .reason = bytes_str("go away")};

    evil_room(&v, "ops", 2);
    meddler_tell(&v.line[BOB], OP_REMOVED, &m);
    evil_told(&v, BOB, NULL, EVENT_ERROR,
        "You were removed from #ops by alice, says the relay: go away");
    cr_assert_null(crew_page(v.m[BOB], OPS));
    crew_join(v.m[BOB], "ops");
    evil_goes_on(&v, ALICE, OPS, BOB, OPS);
}

Test(evil_word, departed__who_is_still_there_is_taken_out_of_an_open_room_in_words)
{
    struct msg_departed m = {.room = bytes_str("ops"), .user = bytes_str("carol")};

    evil_room(&v, "ops", 3);
    meddler_tell(&v.line[ALICE], OP_DEPARTED, &m); /* of somebody who is said to be here */
    evil_goes_on(&v, ALICE, OPS, CAROL, OPS);
    cr_assert_eq(crew_page(v.m[ALICE], OPS)->members, 3);
    evil_departed(&v.line[ALICE], &m);
    crew_type_in(v.m[ALICE], OPS, "without carol");
    crew_reads(v.m[BOB], OPS, "without carol");
    evil_told(&v, ALICE, OPS, EVENT_GONE, "carol is no longer in the group");
    evil_told(&v, BOB, OPS, EVENT_GONE, "carol is no longer in the group");
    evil_told(
        &v, CAROL, NULL, EVENT_ERROR, "You were removed from #ops by alice, says the relay.");
    cr_assert_null(crew_page(v.m[CAROL], OPS));
    cr_assert_eq(crew_page(v.m[ALICE], OPS)->members, 2);
    evil_goes_on(&v, ALICE, OPS, BOB, OPS);
}

Test(evil_word, departed__cannot_take_a_member_out_of_a_room_with_a_password)
{
    struct msg_departed m = {.room = bytes_str("den"), .user = bytes_str("alice")};
    static const char WORD[] = "a long and silent word";

    evil_accounts(&v, 2);
    crew_type(v.m[ALICE], "/join den password");
    crew_answer(v.m[ALICE], WORD);
    crew_sealed(v.m[ALICE], "#den", 1);
    crew_type(v.m[BOB], "/join den");
    crew_answer(v.m[BOB], WORD);
    crew_sealed(v.m[BOB], "#den", 2);
    evil_goes_on(&v, ALICE, "#den", BOB, "#den");
    evil_departed(&v.line[BOB], &m);
    evil_goes_on(&v, ALICE, "#den", BOB, "#den");
    evil_told(&v, BOB, "#den", EVENT_WARN,
        "The relay says that alice is no longer here, but only the owner or a moderator can take "
        "alice out of the group: until then alice can still read what is said.");
    cr_assert_eq(crew_page(v.m[BOB], "#den")->members, 2);
    crew_agree(&v.crew, "#den");
}

Test(evil_word, departed__without_the_relays_goodbye_is_seen_by_who_is_taken_out)
{
    struct msg_departed m = {.room = bytes_str("ops"), .user = bytes_str("bob")};
    struct msg_departed self = {.room = bytes_str("ops"), .user = bytes_str("alice")};
    struct msg_commit up;

    evil_room(&v, "ops", 2);
    meddler_order(&v.line[BOB], DOWN, OP_REMOVED, 0, MEDDLE_DROP);
    meddler_tell(&v.line[ALICE], OP_DEPARTED, &self); /* says nothing */
    evil_departed(&v.line[ALICE], &m);
    crew_type_in(v.m[ALICE], OPS, "alone");
    evil_told(&v, ALICE, OPS, EVENT_GONE, "bob is no longer in the group");
    meddler_read(meddler_kept(&v.line[ALICE], UP, OP_COMMIT, 0), &up);
    meddler_tell(&v.line[BOB], OP_COMMIT,
        &(struct msg_commit_event){.room = up.room,
            .sender = bytes_str("alice"),
            .epoch = up.epoch,
            .seq = 900,
            .commit = up.commit});
    evil_told(&v, BOB, OPS, EVENT_ERROR, "You were taken out of this group by alice.");
    cr_assert_eq(crew_count(v.m[BOB], OPS, "alone"), 0);
    evil_stands_still(&v, BOB, OPS);
    size_t before = meddler_count(&v.line[ALICE], UP, OP_COMMIT);
    crew_type_in(v.m[ALICE], OPS, "still alone");
    crew_run(&v.crew, 3000);
    cr_assert_eq(meddler_count(&v.line[ALICE], UP, OP_COMMIT), before);
}

Test(evil_word, departed__a_flood_of_names_is_bounded)
{
    struct msg_departed m = {.room = bytes_str("ops")};
    char name[16];

    evil_room(&v, "ops", 2);
    size_t before = meddler_count(&v.line[ALICE], UP, OP_COMMIT);
    for (unsigned i = 0; i < 5000; i++) {
        (void)snprintf(name, sizeof name, "ghost%u", i);
        m.user = bytes_str(name);
        meddler_tell(&v.line[ALICE], OP_DEPARTED, &m);
    }
    crew_run(&v.crew, 10000);
    cr_assert_eq(meddler_count(&v.line[ALICE], UP, OP_COMMIT), before);
    evil_goes_on(&v, ALICE, OPS, BOB, OPS);
    cr_assert_leq(meddler_count(&v.line[ALICE], UP, OP_COMMIT), before + 2);
}

Test(evil_word, resync__a_storm_asks_little)
{
    struct msg_convo_ref m = {.kind = CONVO_ROOM, .name = bytes_str("ops")};

    evil_room(&v, "ops", 2);
    size_t users = meddler_count(&v.line[BOB], UP, OP_USERS);
    size_t logs = meddler_count(&v.line[BOB], UP, OP_CATCH_UP);
    for (unsigned i = 0; i < 3000; i++)
        meddler_tell(&v.line[BOB], OP_RESYNC, &m);
    crew_run(&v.crew, 5000);
    cr_assert_leq(meddler_count(&v.line[BOB], UP, OP_USERS), users + 4);
    cr_assert_leq(meddler_count(&v.line[BOB], UP, OP_CATCH_UP), logs + 3);
    evil_goes_on(&v, ALICE, OPS, BOB, OPS);
    m.name = bytes_str("nowhere");
    meddler_tell(&v.line[BOB], OP_RESYNC, &m);
    evil_goes_on(&v, ALICE, OPS, BOB, OPS);
    cr_assert_null(crew_page(v.m[BOB], "#nowhere"));
}

/* Answers that nobody asked for close the line; it comes back by itself. */
static void unasked(uint8_t op, const void *msg, const char *what)
{
    char words[160];

    crew_run(&v.crew, 3000);
    (void)snprintf(words, sizeof words,
        "The relay sent something that makes no sense (%s, nobody asked). Closing this "
        "connection.",
        what);
    meddler_tell(&v.line[BOB], op, msg);
    evil_told(&v, BOB, NULL, EVENT_ERROR, words);
    evil_goes_on(&v, ALICE, OPS, BOB, OPS);
}

Test(evil_word, unasked__answers_close_the_line_and_change_nothing)
{
    struct msg_joined joined = {.room = bytes_str("evil"), .flags = ROOM_GROUPED};
    struct msg_dm_answer key = {.user = bytes_str("alice"), .suite = MSG_SUITE_AES};
    struct msg_name left = {.name = bytes_str("ops")};
    static const uint8_t DONE[] = {STATUS_DONE};

    evil_room(&v, "ops", 2);
    key.identity = key.package = sign_key_pub(v.m[ALICE]->key);
    unasked(OP_JOINED, &joined, "joined");
    unasked(OP_DM_ANSWER, &key, "dm_answer");
    unasked(OP_LEFT, &left, "left");
    cr_assert_null(crew_page(v.m[BOB], "#evil"));
    crew_run(&v.crew, 3000);
    meddler_tell_raw(&v.line[BOB], OP_REPLY, bytes_of(DONE, 1));
    evil_told(&v, BOB, NULL, EVENT_ERROR,
        "The relay sent something that makes no sense (reply, nobody asked). Closing this "
        "connection.");
    evil_goes_on(&v, ALICE, OPS, BOB, OPS);
}

Test(evil_word, unasked__requests_and_keys_are_passed_over)
{
    static const uint8_t NOISE[64] = {3, 'b', 'o', 'b'};
    struct msg_room_key info = {.room = bytes_str("ops"), .kind = ROOM_KEY_INFO};
    char room[16];

    evil_room(&v, "ops", 2);
    const struct room *r = crew_page(v.m[BOB], OPS);
    uint64_t epoch = r->epoch;
    meddler_tell_raw(&v.line[BOB], OP_DM_REQUEST, bytes_of(NOISE, 4));
    info.body = bytes_of(NOISE, sizeof NOISE);
    meddler_tell(&v.line[BOB], OP_ROOM_KEY, &info);
    info.kind = ROOM_KEY_WELCOME;
    for (unsigned i = 0; i < 500; i++) {
        (void)snprintf(room, sizeof room, "trap%u", i);
        info.room = bytes_str(room);
        meddler_tell(&v.line[BOB], OP_ROOM_KEY, &info);
    }
    evil_goes_on(&v, ALICE, OPS, BOB, OPS);
    cr_assert_eq(r->epoch, epoch);
    cr_assert_null(crew_page(v.m[BOB], "#trap7"));
}

Test(evil_word, departed__told_again_means_nothing_once_its_owner_is_back)
{
    struct msg_departed m = {.room = bytes_str("ops"), .user = bytes_str("carol")};

    evil_room(&v, "ops", 3);
    crew_type_in(v.m[CAROL], OPS, "/leave");
    crew_run(&v.crew, 1000);
    crew_type_in(v.m[ALICE], OPS, "without carol");
    crew_reads(v.m[BOB], OPS, "without carol");
    evil_told(&v, BOB, OPS, EVENT_GONE, "carol is no longer in the group");
    meddler_tell(&v.line[BOB], OP_DEPARTED, &m);
    crew_run(&v.crew, 1000);
    cr_assert_not_null(crew_talk(v.m[BOB], OPS)->gone);
    crew_join(v.m[CAROL], "ops");
    evil_goes_on(&v, CAROL, OPS, BOB, OPS);
    cr_assert_null(crew_talk(v.m[BOB], OPS)->gone);
    evil_goes_on(&v, BOB, OPS, CAROL, OPS);
    cr_assert_eq(crew_page(v.m[ALICE], OPS)->members, 3);
}
