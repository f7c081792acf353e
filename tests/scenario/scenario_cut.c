/* SPDX-License-Identifier: ISC */
/*
 * The network fails, or the relay closes, behind each frame of several stories: nothing leaks,
 * nothing breaks, and for the others the world goes on.
 */
#include <criterion/criterion.h>

#include "group.h"
#include "server/convo.h"
#include "support/prover.h"
#include "support/world.h"

static struct sim sim;
static struct actor alice, bob, carol;

enum { ALICE, BOB, WHO_COUNT };
enum { BY_NETWORK, BY_RELAY, HOW_COUNT };
static int cut_who, cut_how;
static bool was_cut;

static void close_by_relay(const char *address)
{
    for (size_t i = 0; i < sim.server->slot_cap; i++) {
        const struct peer *p = sim.server->peers[i];
        if (p != NULL && strcmp(p->link->address, address) == 0)
            link_close(p->link, "a test says so");
    }
}

static void cut(void *arg)
{
    struct actor *a = cut_who == ALICE ? &alice : &bob;

    (void)arg;
    was_cut = true;
    if (a->link != NULL && cut_how == BY_NETWORK)
        sim_cut(a->link);
    else if (a->link != NULL)
        close_by_relay(a->address);
}

/* ---- steps that do not mind a lost line ---- */

static void step(struct actor *a, uint8_t op, const void *msg)
{
    if (a->link != NULL)
        actor_send(a, op, msg);
    sim_run(&sim, 3);
}

static void enter(struct actor *a, const char *name)
{
    struct msg_connect greet = {.greeting = bytes_str(MSG_GREETING)};
    struct msg_hello hello = {.version = MSG_VERSION};
    struct msg_name nick = {.name = bytes_str(name)};
    struct msg_empty none = {0};

    (void)actor_dial(a);
    step(a, OP_CONNECT, &greet);
    step(a, OP_HELLO, &hello);
    step(a, OP_GUEST, &none);
    step(a, OP_NICK, &nick);
}

static void make_account(struct actor *a, const char *name)
{
    struct msg_connect greet = {.greeting = bytes_str(MSG_GREETING)};
    struct msg_hello hello = {.version = MSG_VERSION};
    struct msg_account m = {.name = bytes_str(name), .verifier = {1}};

    (void)actor_dial(a);
    step(a, OP_CONNECT, &greet);
    step(a, OP_HELLO, &hello);
    step(a, OP_REGISTER, &m);
}

static void join(struct actor *a, bool proof)
{
    static const uint8_t PROOF[MSG_SECRET] = {9};
    struct msg_join m = {.room = bytes_str("ops")};

    if (proof)
        m.proof = bytes_of(PROOF, sizeof PROOF);
    step(a, OP_JOIN, &m);
}

static void commit(struct actor *a, uint64_t epoch, uint8_t flags, uint8_t req, bool bob_out)
{
    struct msg_commit m = {.room = bytes_str("ops"),
        .flags = flags,
        .epoch = epoch,
        .req = {req},
        .removed = bob_out ? bytes_str("\003bob") : (struct bytes){0},
        .commit = bytes_str((flags & COMMIT_CREATE) != 0 ? "" : "c"),
        .info = bytes_str("i")};

    step(a, OP_COMMIT, &m);
}

static void say(struct actor *a, uint8_t op, const char *to, uint64_t epoch)
{
    struct msg_say m = {
        .to = bytes_str(to), .text = bytes_str("x"), .more = true, .epoch = epoch};

    step(a, op, &m);
}

/* ---- stories ---- */

static void story_group(void)
{
    struct msg_name room = {.name = bytes_str("ops")};
    struct msg_bad_commit bad = {.room = bytes_str("ops")};

    enter(&alice, "alice");
    enter(&bob, "bob");
    join(&alice, false);
    join(&bob, false);
    commit(&alice, 0, COMMIT_CREATE, 1, false);
    step(&bob, OP_GROUP_INFO, &room);
    commit(&bob, 0, COMMIT_EXTERNAL, 2, false);
    say(&alice, OP_SAY, "ops", 1);
    say(&bob, OP_SAY, "ops", 1);
    commit(&alice, 1, 0, 3, false);
    enum err e = ERR_OK;
    const struct convo *c = convo_room(sim.server, bytes_str("ops"), &e);
    bad.seq = c != NULL ? c->last_commit : 0;
    step(&bob, OP_BAD_COMMIT, &bad);
    commit(&bob, 1, 0, 4, false);
    step(&alice, OP_LEAVE, &(struct msg_leave){0});
    commit(&bob, 2, 0, 5, false);
}

static void story_accounts(void)
{
    struct msg_public_key key = {0};
    struct msg_catch_up more = {.kind = CONVO_DIRECT, .name = bytes_str("alice")};
    struct msg_dm_request ask = {.user = bytes_str("alice")};
    struct msg_dm_key dm = {.user = bytes_str("alice"),
        .flags = COMMIT_CREATE,
        .epoch = 1,
        .welcome = bytes_str("w")};

    make_account(&alice, "alice");
    make_account(&bob, "bob");
    prover_fill(&alice, 0, &key);
    step(&alice, OP_PUBLIC_KEY, &key);
    prover_fill(&bob, 1, &key);
    step(&bob, OP_PUBLIC_KEY, &key);
    step(&bob, OP_DM_REQUEST, &ask);
    step(&bob, OP_DM_KEY, &dm);
    say(&bob, OP_DIRECT, "alice", 1);
    say(&alice, OP_DIRECT, "bob", 1);
    step(&bob, OP_CATCH_UP, &more);
    step(&alice, OP_TOKEN_NEW, &(struct msg_token_new){0});
    step(&bob, OP_CONVERSATIONS, &(struct msg_empty){0});
    step(&alice, OP_PASSWORD, &(struct msg_password){.old = {1}, .fresh = {2}});
}

static void story_password(void)
{
    struct msg_power kick = {.room = bytes_str("ops"), .user = bytes_str("bob")};
    struct msg_room_password fresh = {.room = bytes_str("ops"), .generation = 2};

    make_account(&alice, "alice");
    enter(&bob, "bob");
    join(&alice, true);
    join(&bob, true);
    commit(&alice, 0, COMMIT_CREATE, 1, false);
    say(&bob, OP_SAY, "ops", 0);
    step(&alice, OP_USERS, &(struct msg_users){.more = true, .room = bytes_str("ops")});
    step(&alice, OP_KICK, &kick);
    step(&alice, OP_ROOM_PASSWORD, &fresh);
    commit(&alice, 0, 0, 2, true);
    join(&bob, false);
    say(&bob, OP_DIRECT, "alice", 0);
    step(&bob, OP_NICK, &(struct msg_name){bytes_str("robert")});
    say(&bob, OP_DIRECT, "alice", 0);
}

static void story_resume(void)
{
    struct msg_connect greet = {.greeting = bytes_str(MSG_GREETING)};
    struct msg_hello hello = {.version = MSG_VERSION};
    struct msg_token token = {{0}};
    struct msg_login_ok ok;
    const char *bad = NULL;

    enter(&alice, "alice");
    enter(&bob, "bob");
    join(&alice, false);
    join(&bob, false);
    for (const struct told *t = bob.replies; t != NULL; t = t->next) {
        if (t->op == OP_REPLY && t->n > 1 &&
            schema_decode(&MSG_LOGIN_OK, bytes_of(t->body + 1, t->n - 1), &ok, &bad) == ERR_OK)
            memcpy(token.token, ok.resume, sizeof token.token);
    }
    if (bob.link != NULL)
        sim_cut(bob.link);
    sim_run(&sim, 3);
    say(&alice, OP_SAY, "ops", 0);
    if (bob.link == NULL)
        (void)actor_dial(&bob);
    step(&bob, OP_CONNECT, &greet);
    step(&bob, OP_HELLO, &hello);
    step(&bob, OP_RESUME, &token);
    say(&bob, OP_SAY, "ops", 0);
}

static void chunk(uint32_t handle, uint32_t index)
{
    static uint8_t sealed[4096 + MSG_CHUNK_TAG];
    struct msg_file_chunk m = {handle, index, bytes_of(sealed, sizeof sealed)};

    step(&alice, OP_FILE_CHUNK, &m);
}

static void story_file(void)
{
    uint32_t handle = 1u << 16; /* the first there is */
    struct msg_file_offer offer = {
        .to = bytes_str("ops"), .id = {1}, .chunk = 4096, .count = 4, .bytes = 4 * 4096};
    struct msg_file_answer yes = {
        .sender = bytes_str("alice"), .id = {1}, .verdict = FILE_ACCEPT};
    struct msg_file_pause_order pause = {handle, 1};
    struct msg_file_ack ack = {handle, 2};

    make_account(&alice, "alice");
    enter(&bob, "bob");
    join(&alice, false);
    join(&bob, false);
    step(&alice, OP_FILE_OFFER, &offer);
    step(&bob, OP_FILE_ANSWER, &yes);
    chunk(handle, 0);
    chunk(handle, 1);
    step(&bob, OP_FILE_ACK, &ack);
    step(&alice, OP_FILE_PAUSE, &pause);
    pause.on = 0;
    step(&alice, OP_FILE_PAUSE, &pause);
    step(&bob, OP_FILE_PAUSE, &pause);
    chunk(handle, 2);
    step(&bob, OP_FILE_ANSWER, &yes);
    chunk(handle, 3);
    step(&alice, OP_FILE_CANCEL, &(struct msg_file_cancel){.id = {1}});
    chunk(handle, 0);
}

/* ---- at every event ---- */

static void world_goes_on(size_t at)
{
    struct msg_said said;

    sim_run(&sim, 100);
    cr_assert_null(world_wrong(sim.server), "cut at %zu (%d, %d): %s", at, cut_who, cut_how,
        world_wrong(sim.server));
    cr_assert_eq(actor_say(&carol, "elsewhere", "still here"), STATUS_DONE, "cut at %zu", at);
    (void)actor_join(&carol, "ops");
    sim_run(&sim, 35000);
    cr_assert_null(
        world_wrong(sim.server), "later, cut at %zu: %s", at, world_wrong(sim.server));
    cr_assert_eq(world_status(sim.server, "away"), 0);
    cr_assert_eq(world_status(sim.server, "requests_waiting"), 0);
    cr_assert_eq(world_status(sim.server, "files"), 0);
    (void)said;
}

static size_t run_once(void (*story)(void), size_t at)
{
    people_init(&sim, 18);
    sim.config.limits.commit_burst = 0;
    sim.config.limits.registrations_per_day_address = 1000;
    sim_start(&sim);
    actor_init(&alice, &sim, "10.0.0.1");
    actor_init(&bob, &sim, "10.0.0.2");
    actor_init(&carol, &sim, "10.0.0.3");
    actor_enter(&carol, "carol");
    (void)actor_join(&carol, "elsewhere");
    was_cut = false;
    size_t before = sim.events;
    sim.cut_fn = cut;
    sim.cut_at = at != 0 ? before + at : 0;
    story();
    sim.cut_fn = NULL;
    size_t events = sim.events - before;
    cr_assert(at == 0 || was_cut, "the story has no event %zu", at);
    world_goes_on(at);
    actor_fini(&alice);
    actor_fini(&bob);
    actor_fini(&carol);
    sim_fini(&sim);
    return events;
}

static void at_every_event(void (*story)(void))
{
    size_t events = run_once(story, 0);

    cr_assert_gt(events, 20);
    for (cut_how = 0; cut_how < HOW_COUNT; cut_how++) {
        for (cut_who = 0; cut_who < WHO_COUNT; cut_who++) {
            for (size_t at = 1; at <= events; at++) {
                (void)run_once(story, at);
                if (!was_cut)
                    break;
            }
        }
    }
}

Test(scenario_cut, group__at_every_event)
{
    at_every_event(story_group);
}

Test(scenario_cut, accounts__at_every_event)
{
    at_every_event(story_accounts);
}

Test(scenario_cut, password__at_every_event)
{
    at_every_event(story_password);
}

Test(scenario_cut, file__at_every_event)
{
    at_every_event(story_file);
}

Test(scenario_cut, resume__at_every_event)
{
    at_every_event(story_resume);
}
