/* SPDX-License-Identifier: ISC */
/* A relay that withholds, repeats, mixes and invents commits, or takes them back. */
#include <criterion/criterion.h>

#include "support/forger.h"

enum { ALICE, BOB, CAROL };
#define OPS "#ops"
#define LOST(why)                                                                              \
    "Our keys for this conversation no longer fit (" why "). Joining anew; what was said "     \
    "meanwhile may be missing."

static struct evil v;
static struct forger f;

static void setup(void)
{
    evil_init(&v, 7004);
}

static void teardown(void)
{
    forger_fini(&f);
    evil_fini(&v);
}

TestSuite(evil_commit, .init = setup, .fini = teardown);

/* The relay asks somebody for a commit, and gets one. */
static void rotate(size_t who, const char *room)
{
    struct msg_rotate_event m = {.room = bytes_str(room), .why = ROTATE_AGE};
    size_t before = meddler_count(&v.line[who], UP, OP_COMMIT);

    meddler_tell(&v.line[who], OP_ROTATE, &m);
    crew_run(&v.crew, 12000);
    cr_assert_gt(meddler_count(&v.line[who], UP, OP_COMMIT), before);
}

Test(evil_commit, replayed__changes_nothing)
{
    const struct room *r;

    evil_room(&v, "ops", 2);
    rotate(ALICE, "ops");
    r = crew_page(v.m[BOB], OPS);
    uint64_t epoch = r->epoch;
    meddler_tell_raw(
        &v.line[BOB], OP_COMMIT, meddler_kept(&v.line[BOB], DOWN, OP_COMMIT, 0)->body);
    meddler_tell_raw(
        &v.line[ALICE], OP_COMMIT, meddler_kept(&v.line[BOB], DOWN, OP_COMMIT, 0)->body);
    crew_run(&v.crew, 20000);
    cr_assert_eq(r->epoch, epoch);
    crew_agree(&v.crew, OPS);
    evil_goes_on(&v, ALICE, OPS, BOB, OPS);
}

Test(evil_commit, withheld_or_reordered__is_fetched_from_the_log)
{
    evil_room(&v, "ops", 2);
    meddler_order(&v.line[BOB], DOWN, OP_COMMIT, 1, MEDDLE_DROP);
    rotate(ALICE, "ops");
    evil_goes_on(&v, ALICE, OPS, BOB, OPS);
    crew_agree(&v.crew, OPS);
    meddler_honest(&v.line[BOB]);
    meddler_order(&v.line[BOB], DOWN, OP_COMMIT, 2, MEDDLE_HOLD);
    rotate(ALICE, "ops");
    rotate(ALICE, "ops");
    meddler_let_go(&v.line[BOB], true);
    evil_goes_on(&v, ALICE, OPS, BOB, OPS);
    crew_agree(&v.crew, OPS);
}

static enum meddler_verdict no_commits(void *arg, struct meddler_frame *fr)
{
    struct msg_entries *m = fr->msg;
    struct list_writer *w = arg;
    struct list rows = m->entries;
    struct msg_entry_row row;

    list_end(w);
    list_begin(w, 1u << 20);
    while (list_next(&rows, &MSG_ENTRY_ROW, &row)) {
        if (row.kind != ENTRY_COMMIT)
            list_add(w, &MSG_ENTRY_ROW, &row);
    }
    m->entries = list_view(w);
    return MEDDLE_CHANGED;
}

Test(evil_commit, withheld__from_the_log_too_is_told_and_joined_anew)
{
    struct list_writer rows;

    list_begin(&rows, 1);
    evil_room(&v, "ops", 2);
    meddler_order(&v.line[BOB], DOWN, OP_COMMIT, 1, MEDDLE_DROP);
    meddler_ask(&v.line[BOB], DOWN, OP_CATCH_UP, no_commits, &rows);
    rotate(ALICE, "ops");
    crew_type_in(v.m[ALICE], OPS, "not for bob any more");
    evil_told(&v, BOB, OPS, EVENT_WARN, LOST("changes of the group are missing"));
    crew_sealed(v.m[BOB], OPS, 2);
    crew_run(&v.crew, 5000);
    cr_assert_eq(crew_count(v.m[BOB], OPS, "not for bob any more"), 0);
    evil_goes_on(&v, ALICE, OPS, BOB, OPS);
    crew_agree(&v.crew, OPS);
    list_end(&rows);
}

static enum meddler_verdict other_name(void *arg, struct meddler_frame *fr)
{
    struct msg_commit_event *m = fr->msg;

    m->sender = bytes_str(arg);
    return MEDDLE_CHANGED;
}

Test(evil_commit, joiner__under_another_name_is_told)
{
    static char dave[] = "dave";

    evil_room(&v, "ops", 2);
    crew_start(v.m[evil_account(&v, "carol")]);
    meddler_ask(&v.line[ALICE], DOWN, OP_COMMIT, other_name, dave);
    crew_join(v.m[CAROL], "ops");
    evil_told(&v, ALICE, OPS, EVENT_ERROR,
        "THE RELAY SAYS dave JOINED, BUT THE KEY SAYS carol. One of them lies: do not trust "
        "carol before you have compared safety numbers.");
    cr_assert_neq(evil_flags(&v, ALICE, OPS, "carol") & ROSTER_SEALED, 0);
    cr_assert_eq(evil_flags(&v, ALICE, OPS, "dave") & ROSTER_SEALED, 0);
}

static struct msg_commit_event intrusion(const char *room, uint64_t seq)
{
    struct msg_commit_event m = {.room = bytes_str(room),
        .sender = bytes_str("mallory"),
        .flags = COMMIT_EXTERNAL,
        .seq = seq};
    struct mls_view view;

    forger_init(&f, &v, "mallory");
    forger_intrude(&f, &v, room);
    mls_group_view(f.group, &view);
    m.epoch = view.epoch - 1;
    m.commit = buf_view(&f.commit);
    return m;
}

#define REFUSED(why)                                                                           \
    "A change of the group that the relay says is from mallory was refused (" why ")."
static const char GOES_ON[] =
    "THE RELAY GOES ON WITH A CHANGE THAT THE RULES OF THIS GROUP FORBID. Nothing is sent here "
    "any more. Tell the others by another way; /leave ends it.";

static void club(void)
{
    evil_accounts(&v, 2);
    crew_type(v.m[ALICE], "/join club invite");
    crew_sealed(v.m[ALICE], "#club", 1);
    crew_type_in(v.m[ALICE], "#club", "/invite bob");
    crew_sealed(v.m[BOB], "#club", 2);
    evil_goes_on(&v, ALICE, "#club", BOB, "#club");
    crew_run(&v.crew, 3000);
}

Test(evil_commit, intruder__into_a_room_for_invited_people_is_refused_and_all_stands_still)
{
    struct msg_commit_event m;

    club();
    m = intrusion("club", 600);
    for (size_t i = ALICE; i <= BOB; i++)
        meddler_tell(&v.line[i], OP_COMMIT, &m);
    for (size_t i = ALICE; i <= BOB; i++) {
        evil_told(&v, i, "#club", EVENT_WARN, REFUSED("the room is for invited people"));
        evil_told(&v, i, "#club", EVENT_ERROR, GOES_ON);
        cr_assert_eq(meddler_count(&v.line[i], UP, OP_BAD_COMMIT), 1);
        cr_assert_eq(crew_page(v.m[i], "#club")->seal, ROOM_BROKEN);
        cr_assert_eq(crew_page(v.m[i], "#club")->members, 2);
        cr_assert_eq(evil_flags(&v, i, "#club", "mallory"), 0);
    }
    evil_stands_still(&v, ALICE, "#club");
    cr_assert_eq(evil_times(&v, ALICE, "#club", GOES_ON), 1);
}

Test(evil_commit, intruder__is_voided_and_talk_goes_on)
{
    struct msg_commit_event m;
    struct msg_void undo;

    club();
    m = intrusion("club", 600);
    undo = (struct msg_void){.room = m.room, .seq = m.seq, .epoch = m.epoch};
    meddler_tell(&v.line[ALICE], OP_COMMIT, &m);
    evil_told(&v, ALICE, "#club", EVENT_WARN, REFUSED("the room is for invited people"));
    meddler_tell(&v.line[ALICE], OP_VOID, &undo);
    evil_told(&v, ALICE, "#club", EVENT_WARN,
        "The change that could not be applied was taken back. All goes on as before.");
    evil_goes_on(&v, ALICE, "#club", BOB, "#club");
    crew_agree(&v.crew, "#club");
}

Test(evil_commit, intruder__into_a_room_with_a_password_is_refused)
{
    struct msg_commit_event m;

    evil_accounts(&v, 2);
    crew_type(v.m[ALICE], "/join den password");
    crew_answer(v.m[ALICE], "a long and silent word");
    crew_sealed(v.m[ALICE], "#den", 1);
    crew_type(v.m[BOB], "/join den");
    crew_answer(v.m[BOB], "a long and silent word");
    crew_sealed(v.m[BOB], "#den", 2);
    evil_goes_on(&v, ALICE, "#den", BOB, "#den");
    m = intrusion("den", 600);
    meddler_tell(&v.line[ALICE], OP_COMMIT, &m);
    evil_told(
        &v, ALICE, "#den", EVENT_WARN, REFUSED("it does not bring the password of the room"));
    evil_told(&v, ALICE, "#den", EVENT_ERROR, GOES_ON);
    evil_stands_still(&v, ALICE, "#den");
}

Test(evil_commit, intruder__into_an_open_room_is_shown)
{
    struct msg_commit_event m;

    evil_room(&v, "ops", 2);
    m = intrusion("ops", 600);
    meddler_tell(&v.line[ALICE], OP_COMMIT, &m);
    evil_told(&v, ALICE, OPS, EVENT_HERE, "mallory is in the group now");
    cr_assert_eq(crew_page(v.m[ALICE], OPS)->members, 3);
    cr_assert_neq(evil_flags(&v, ALICE, OPS, "mallory") & ROSTER_SEALED, 0);
    cr_assert_eq(evil_flags(&v, ALICE, OPS, "mallory") & ROSTER_VERIFIED, 0);
    cr_assert_neq(strcmp(crew_page(v.m[ALICE], OPS)->code, crew_page(v.m[BOB], OPS)->code), 0);
}

Test(evil_commit, void__of_an_old_one_or_of_none_is_told)
{
    struct msg_void m = {.room = bytes_str("ops"), .seq = 3, .epoch = 0};

    evil_room(&v, "ops", 2);
    rotate(ALICE, "ops");
    meddler_tell(&v.line[BOB], OP_VOID, &m);
    evil_told(&v, BOB, OPS, EVENT_WARN,
        LOST("the relay took a change back that cannot be undone here"));
    crew_sealed(v.m[BOB], OPS, 2);
    evil_goes_on(&v, ALICE, OPS, BOB, OPS);
    m.epoch = crew_page(v.m[BOB], OPS)->epoch; /* says nothing */
    meddler_tell(&v.line[BOB], OP_VOID, &m);
    evil_goes_on(&v, ALICE, OPS, BOB, OPS);
    crew_agree(&v.crew, OPS);
}

Test(evil_commit, void__of_a_removal_brings_nobody_back_unseen)
{
    struct msg_departed gone = {.room = bytes_str("ops"), .user = bytes_str("carol")};
    struct msg_commit_event c;
    struct msg_void m = {.room = bytes_str("ops")};

    evil_room(&v, "ops", 3);
    meddler_order(&v.line[CAROL], DOWN, OP_COMMIT, 0, MEDDLE_DROP);
    meddler_order(&v.line[CAROL], DOWN, OP_SAY, 0, MEDDLE_DROP);
    evil_departed(&v.line[ALICE], &gone);
    crew_type_in(v.m[ALICE], OPS, "carol is out");
    crew_reads(v.m[BOB], OPS, "carol is out");
    evil_told(&v, ALICE, OPS, EVENT_GONE, "carol is no longer in the group");
    evil_told(&v, BOB, OPS, EVENT_GONE, "carol is no longer in the group");
    meddler_read(meddler_kept(&v.line[BOB], DOWN, OP_COMMIT, 0), &c);
    m.seq = c.seq;
    m.epoch = c.epoch;
    meddler_tell(&v.line[BOB], OP_VOID, &m);
    evil_told(&v, BOB, OPS, EVENT_WARN,
        "The relay says that most members could not follow the last change of this group, and "
        "took it back.");
    evil_told(
        &v, BOB, OPS, EVENT_WARN, "So carol is in the group again, and reads what is said.");
    /* And is out before bob says anything: the commit that comes first removes her. */
    meddler_order(&v.line[BOB], UP, OP_COMMIT, 1, MEDDLE_DROP);
    crew_type_in(v.m[BOB], OPS, "is she out?");
    crew_run(&v.crew, 3000);
    struct msg_commit up;
    struct bytes name, run;
    meddler_read(meddler_kept(&v.line[BOB], UP, OP_COMMIT, 0), &up);
    run = up.removed;
    cr_assert(names_next(&run, &name) && bytes_eq(name, bytes_str("carol")));
}

Test(evil_commit, rotate__a_flood_makes_few_commits)
{
    struct msg_rotate_event m = {.room = bytes_str("ops"), .why = ROTATE_COUNT};

    evil_room(&v, "ops", 2);
    size_t before = meddler_count(&v.line[ALICE], UP, OP_COMMIT);
    for (unsigned i = 0; i < 600; i++) {
        meddler_tell(&v.line[ALICE], OP_ROTATE, &m);
        crew_run(&v.crew, 100);
    }
    cr_assert_leq(meddler_count(&v.line[ALICE], UP, OP_COMMIT), before + 13);
    evil_goes_on(&v, ALICE, OPS, BOB, OPS);
}

/* A member who claims to have heard what nobody said. */
Test(evil_commit, receipt__of_more_than_was_said_confirms_nothing)
{
    struct payload_heard heard = {.index = 1u << 20};
    struct payload receipt = {.kind = PAYLOAD_RECEIPT};
    struct msg_said said = {.room = bytes_str("ops"),
        .sender = bytes_str("mallory"),
        .kind = ENTRY_RECEIPT,
        .seq = 601};
    struct list_writer rows;
    struct msg_commit_event m;
    struct mls_event event;
    struct msg_say own;
    struct payload read;
    struct buf sealed;

    evil_room(&v, "ops", 1);
    m = intrusion("ops", 600);
    meddler_tell(&v.line[ALICE], OP_COMMIT, &m);
    evil_told(&v, ALICE, OPS, EVENT_HERE, "mallory is in the group now");
    meddler_order(&v.line[ALICE], UP, OP_SAY, 0, MEDDLE_DROP);
    crew_type_in(v.m[ALICE], OPS, "does anybody hear me?");
    crew_run(&v.crew, 2000);
    meddler_read(meddler_kept(&v.line[ALICE], UP, OP_SAY, 0), &own);
    mls_event_init(&event);
    cr_assert_eq(mls_process(f.group, own.text, &event), ERR_OK);
    cr_assert_eq(payload_read(event.data, &read), ERR_OK);
    heard.stream = read.stream;
    mls_event_clear(&event);
    policy_print(sign_key_pub(v.m[ALICE]->key), heard.print);
    list_begin(&rows, 4096);
    list_add(&rows, &PAYLOAD_HEARD_ROW, &heard);
    receipt.receipt.heard = list_view(&rows);
    buf_init(&sealed, 65536);
    forger_seal(&f, &receipt, &sealed);
    said.text = buf_view(&sealed);
    said.epoch = m.epoch + 1;
    meddler_tell(&v.line[ALICE], OP_SAY, &said);
    crew_run(&v.crew, 500);
    meddler_reply(&v.line[ALICE], OP_SAY, &(struct msg_sent){.seq = 602});
    crew_delivered(v.m[ALICE], OPS, "does anybody hear me?", EVENT_RELAYED);
    crew_run(&v.crew, 2000);
    crew_delivered(v.m[ALICE], OPS, "does anybody hear me?", EVENT_RELAYED);
    buf_free(&sealed);
    list_end(&rows);
}

Test(evil_commit, unseen__who_came_while_we_were_kept_out_is_told)
{
    struct list_writer rows;

    list_begin(&rows, 1);
    club();
    crew_start(v.m[evil_account(&v, "carol")]);
    crew_run(&v.crew, 2000);
    meddler_order(&v.line[BOB], DOWN, OP_COMMIT, 0, MEDDLE_DROP);
    meddler_ask(&v.line[BOB], DOWN, OP_CATCH_UP, no_commits, &rows);
    crew_type_in(v.m[ALICE], "#club", "/invite carol");
    crew_sealed(v.m[CAROL], "#club", 3);
    crew_type_in(v.m[ALICE], "#club", "welcome");
    evil_told(&v, BOB, "#club", EVENT_WARN, LOST("changes of the group are missing"));
    evil_told(&v, BOB, "#club", EVENT_ERROR,
        "carol IS IN THE GROUP NOW, AND WHO INVITED IT IS NOT KNOWN HERE. Ask the others by "
        "another way before you say anything.");
    list_end(&rows);
}
