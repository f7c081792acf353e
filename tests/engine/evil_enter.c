/* SPDX-License-Identifier: ISC */
/* A relay that shows whoever joins another group, an older one, or a tree that is not its. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "support/forger.h"

enum { ALICE, BOB, CAROL };
#define OPS    "#ops"
#define NOT_IT "the ratchet tree is not the one that the group names"

static struct evil v;
static struct forger f;

static void setup(void)
{
    evil_init(&v, 7005);
}

static void teardown(void)
{
    forger_fini(&f);
    evil_fini(&v);
}

TestSuite(evil_enter, .init = setup, .fini = teardown);

/* What the relay shows in place of the group. */
struct show {
    struct bytes info;
    struct list nodes;
    uint64_t epoch;
    bool relabel;
};

static enum meddler_verdict show(void *arg, struct meddler_frame *fr)
{
    struct msg_room_key *m = fr->msg;
    const struct show *s = arg;

    if (s->info.n != 0) {
        m->body = s->info;
        m->nodes = s->nodes;
    }
    if (s->info.n != 0 || s->relabel)
        m->epoch = s->epoch;
    return MEDDLE_CHANGED;
}

static void carol_tries(void)
{
    crew_start(v.m[evil_account(&v, "carol")]);
    crew_run(&v.crew, 1000);
}

static void refused(const char *page, const char *words)
{
    evil_told(&v, CAROL, page, EVENT_ERROR, words);
    cr_assert_eq(meddler_count(&v.line[CAROL], UP, OP_COMMIT), 0);
    evil_stands_still(&v, CAROL, OPS);
    evil_goes_on(&v, ALICE, OPS, BOB, OPS);
}

Test(evil_enter, info__of_another_room_is_refused)
{
    struct show s = {.epoch = 1};
    struct msg_commit founded;

    evil_room(&v, "ops", 2);
    crew_join(v.m[ALICE], "dev");
    meddler_read(meddler_kept(&v.line[ALICE], UP, OP_COMMIT, 0), &founded);
    s.info = founded.info;
    s.nodes = founded.nodes;
    s.epoch = 0;
    carol_tries();
    meddler_ask(&v.line[CAROL], DOWN, OP_ROOM_KEY, show, &s);
    crew_type(v.m[CAROL], "/join ops");
    refused(OPS, "THE RELAY OFFERS THE GROUP OF ANOTHER PLACE AS THAT OF #ops. It was refused; "
                 "nothing is said here.");
}

Test(evil_enter, info__with_another_epoch_than_inside_is_refused)
{
    struct show s = {.relabel = true, .epoch = 7};

    evil_room(&v, "ops", 2);
    carol_tries();
    meddler_ask(&v.line[CAROL], DOWN, OP_ROOM_KEY, show, &s);
    crew_type(v.m[CAROL], "/join ops");
    refused(OPS, "The relay says another epoch of #ops than the group itself. It was refused.");
}

/* The tree as the relay has it, with one thing changed. */
enum change { ALTER, DROP, ADD, FAR, SWAP };
struct tree {
    enum change what;
    struct list_writer nodes;
    uint8_t bytes[8192];
};

static void put_changed(struct tree *t, const struct msg_node *row, size_t i)
{
    struct msg_node n = *row;

    if (t->what == DROP && i == 0)
        return;
    if (t->what == SWAP && n.index % 2 == 0)
        n.index ^= 2;
    if (t->what == ALTER && i == 0) {
        memcpy(t->bytes, n.body.p, n.body.n);
        t->bytes[n.body.n / 2] ^= 4;
        n.body = bytes_of(t->bytes, n.body.n);
    }
    list_add(&t->nodes, &MSG_NODE, &n);
    if (i == 0 && t->what == ADD)
        list_add(&t->nodes, &MSG_NODE, &(struct msg_node){6, row->body});
    if (i == 0 && t->what == FAR)
        list_add(&t->nodes, &MSG_NODE, &(struct msg_node){0xfffffffe, row->body});
}

static enum meddler_verdict wrong_tree(void *arg, struct meddler_frame *fr)
{
    struct msg_room_key *m = fr->msg;
    struct list rows = m->nodes;
    struct tree *t = arg;
    struct msg_node row;

    list_end(&t->nodes);
    list_begin(&t->nodes, 1u << 20);
    for (size_t i = 0; list_next(&rows, &MSG_NODE, &row); i++)
        put_changed(t, &row, i);
    m->nodes = list_view(&t->nodes);
    return MEDDLE_CHANGED;
}

Test(evil_enter, tree__altered_missing_extra_far_or_swapped_is_refused)
{
    static const char *const WHY[] = {
        [ALTER] = NOT_IT,
        [DROP] = NOT_IT,
        [ADD] = NOT_IT,
        [FAR] = "too big",
        [SWAP] = NOT_IT,
    };
    struct tree t = {.what = ALTER};
    char words[256];

    list_begin(&t.nodes, 1);
    evil_room(&v, "ops", 2);
    carol_tries();
    meddler_ask(&v.line[CAROL], DOWN, OP_ROOM_KEY, wrong_tree, &t);
    for (t.what = ALTER; t.what <= SWAP; t.what++) {
        (void)snprintf(words, sizeof words,
            "The group of #ops that the relay shows is not sound (%s). Nothing is said here; "
            "sotto tries again.",
            WHY[t.what]);
        size_t told = evil_times(&v, CAROL, OPS, words);
        crew_type(v.m[CAROL], "/join ops");
        crew_run(&v.crew, 5000);
        cr_assert_eq(evil_times(&v, CAROL, OPS, words), told + 1, "not told: %s", words);
        cr_assert_eq(meddler_count(&v.line[CAROL], UP, OP_COMMIT), 0);
    }
    meddler_honest(&v.line[CAROL]);
    crew_sealed(v.m[CAROL], OPS, 3);
    evil_goes_on(&v, ALICE, OPS, CAROL, OPS);
    list_end(&t.nodes);
}

/* Two joiners of one epoch, each shown to one member alone. */
static enum meddler_verdict taken(void *arg, struct meddler_frame *fr)
{
    const struct msg_commit *m = fr->msg;
    struct msg_commit_ok ok = {.seq = 700, .epoch = m->epoch + 1};

    meddler_reply(arg, OP_COMMIT, &ok);
    return MEDDLE_DROP;
}

static void rotate(size_t who)
{
    struct msg_rotate_event m = {.room = bytes_str("ops"), .why = ROTATE_AGE};

    meddler_tell(&v.line[who], OP_ROTATE, &m);
    crew_run(&v.crew, 12000);
}

Test(evil_enter, fork__two_histories_have_two_codes_and_do_not_heal_unseen)
{
    evil_room(&v, "ops", 2);
    meddler_order(&v.line[BOB], DOWN, OP_COMMIT, 0, MEDDLE_DROP);
    meddler_ask(&v.line[BOB], UP, OP_COMMIT, taken, &v.line[BOB]);
    rotate(BOB);
    meddler_honest(&v.line[BOB]);
    meddler_order(&v.line[BOB], DOWN, OP_COMMIT, 1, MEDDLE_DROP);
    rotate(ALICE);
    const struct room *a = crew_page(v.m[ALICE], OPS);
    const struct room *b = crew_page(v.m[BOB], OPS);
    cr_assert_eq(a->epoch, b->epoch);
    cr_assert_neq(strcmp(a->code, b->code), 0);
    crew_type_in(v.m[ALICE], OPS, "on my side");
    crew_type_in(v.m[BOB], OPS, "on mine");
    evil_told(&v, ALICE, OPS, EVENT_WARN,
        "A message that the relay says is from bob cannot be opened (a private message does not "
        "open). It is not shown.");
    evil_told(&v, BOB, OPS, EVENT_WARN,
        "A message that the relay says is from alice cannot be opened (a private message does "
        "not open). It is not shown.");
    cr_assert_eq(crew_count(v.m[ALICE], OPS, "on mine"), 0);
    cr_assert_eq(crew_count(v.m[BOB], OPS, "on my side"), 0);
    cr_assert_neq(strcmp(a->code, b->code), 0);
    /* The next commit does not fit one of them: refused and told, on both sides. */
    rotate(ALICE);
    evil_told(&v, BOB, OPS, EVENT_WARN,
        "A change of the group that the relay says is from alice was refused (a private message "
        "does not open).");
    evil_told(&v, BOB, OPS, EVENT_WARN,
        "The change that could not be applied was taken back. All goes on as before.");
    evil_told(&v, ALICE, OPS, EVENT_WARN,
        "The relay says that most members could not follow the last change of this group, and "
        "took it back.");
    crew_run(&v.crew, 20000);
    cr_assert_neq(strcmp(a->code, b->code), 0);
}

Test(evil_enter, info__of_an_older_epoch_leads_nowhere_and_stays_unconfirmed)
{
    struct msg_room_key old;
    struct show s;

    evil_room(&v, "ops", 2);
    meddler_read(meddler_kept(&v.line[BOB], DOWN, OP_ROOM_KEY, 0), &old);
    s = (struct show){.info = old.body, .nodes = old.nodes, .epoch = old.epoch};
    carol_tries();
    meddler_ask(&v.line[CAROL], DOWN, OP_ROOM_KEY, show, &s);
    meddler_ask(&v.line[CAROL], UP, OP_COMMIT, taken, &v.line[CAROL]);
    crew_type(v.m[CAROL], "/join ops");
    evil_told(&v, CAROL, OPS, EVENT_INFO, "The keys of this room are agreed: 2 in its group.");
    cr_assert_eq(crew_page(v.m[CAROL], OPS)->seal, ROOM_UNCONFIRMED);
    cr_assert_neq(
        strcmp(crew_page(v.m[CAROL], OPS)->code, crew_page(v.m[ALICE], OPS)->code), 0);
    crew_type_in(v.m[ALICE], OPS, "who is carol?");
    crew_run(&v.crew, 3000);
    cr_assert_eq(evil_messages(&v, CAROL, OPS), 0);
    cr_assert_neq(crew_page(v.m[CAROL], OPS)->seal, ROOM_SEALED);
}

Test(evil_enter, founder__another_under_a_known_name_stops_the_room)
{
    uint8_t relay_id[MSG_ID];
    struct show s = {.epoch = 0};

    evil_room(&v, "ops", 2);
    carol_tries();
    crew_type(v.m[CAROL], "/msg alice hello");
    crew_reads(v.m[ALICE], "@carol", "hello");
    forger_init(&f, &v, "alice");
    forger_relay_id(&v, relay_id);
    forger_found(&f, relay_id, "ops", POLICY_OPEN);
    s.info = buf_view(&f.info);
    s.nodes = list_view(&f.nodes);
    meddler_ask(&v.line[CAROL], DOWN, OP_ROOM_KEY, show, &s);
    meddler_ask(&v.line[CAROL], UP, OP_COMMIT, taken, &v.line[CAROL]);
    crew_type(v.m[CAROL], "/join ops");
    evil_told(&v, CAROL, OPS, EVENT_ERROR,
        "THE KEY OF alice HAS CHANGED. What comes under the new key is not shown, and nothing "
        "is sent. Ask alice by another way whether the key is really new; then /trust alice "
        "accepts it, and /verify alice compares it.");
    cr_assert_eq(crew_page(v.m[CAROL], OPS)->seal, ROOM_STOPPED);
    evil_stands_still(&v, CAROL, OPS);
}

static enum meddler_verdict no_group(void *arg, struct meddler_frame *fr)
{
    struct msg_joined *m = fr->msg;

    (void)arg;
    m->flags &= (uint8_t)~ROOM_GROUPED;
    return MEDDLE_CHANGED;
}

Test(evil_enter, forgotten__a_room_for_invited_people_is_not_founded_as_an_open_one)
{
    evil_accounts(&v, 2);
    crew_type(v.m[ALICE], "/join club invite");
    crew_sealed(v.m[ALICE], "#club", 1);
    crew_type_in(v.m[ALICE], "#club", "/invite bob");
    crew_sealed(v.m[BOB], "#club", 2);
    evil_goes_on(&v, ALICE, "#club", BOB, "#club");
    crew_stop(v.m[BOB]);
    crew_run(&v.crew, 60000);
    meddler_ask(&v.line[BOB], DOWN, OP_JOINED, no_group, NULL);
    crew_start(v.m[BOB]);
    evil_told(&v, BOB, "#club", EVENT_ERROR,
        "THE RELAY SAYS THAT #club HAS NO GROUP ANY MORE. Making one anew would lose who may be "
        "in it, so nothing is said here. Tell the others by another way; /leave ends it.");
    evil_stands_still(&v, BOB, "#club");
}

static enum meddler_verdict other_room(void *arg, struct meddler_frame *fr)
{
    struct msg_joined *m = fr->msg;

    m->room = bytes_str(arg);
    return MEDDLE_CHANGED;
}

Test(evil_enter, joined__with_the_name_of_another_room_is_refused)
{
    static char confusable[] = "\xd0\xbeps"; /* a Cyrillic o */

    evil_room(&v, "ops", 2);
    carol_tries();
    meddler_ask(&v.line[CAROL], DOWN, OP_JOINED, other_room, confusable);
    crew_type(v.m[CAROL], "/join ops");
    evil_told(&v, CAROL, NULL, EVENT_ERROR,
        "THE RELAY ANSWERS WITH ANOTHER ROOM (#\xd0\xbeps) WHEN ASKED FOR #ops. It was "
        "refused.");
    crew_run(&v.crew, 5000);
    cr_assert_null(crew_page(v.m[CAROL], OPS));
    cr_assert_null(crew_page(v.m[CAROL], "#\xd0\xbeps"));
    cr_assert_eq(meddler_count(&v.line[CAROL], UP, OP_COMMIT), 0);
}
