/* SPDX-License-Identifier: ISC */
/* A relay that is another one, or wants secrets too early, or gives us another name. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "support/evil.h"
#include "support/support.h"

enum { ALICE, BOB };
#define OPS "#ops"

static struct evil v;

static void setup(void)
{
    evil_init(&v, 7008);
}

static void teardown(void)
{
    evil_fini(&v);
}

TestSuite(evil_login, .init = setup, .fini = teardown);

static size_t secrets(size_t who)
{
    static const uint8_t OPS_WITH_SECRETS[] = {
        OP_REGISTER, OP_LOGIN, OP_TOKEN_LOGIN, OP_RESUME, OP_PUBLIC_KEY, OP_ACCESS, OP_SAY};
    size_t n = 0;

    for (size_t i = 0; i < sizeof OPS_WITH_SECRETS; i++)
        n += meddler_count(&v.line[who], UP, OPS_WITH_SECRETS[i]);
    return n;
}

static enum meddler_verdict other_id(void *arg, struct meddler_frame *fr)
{
    struct msg_hello_ok *m = fr->msg;

    (void)arg;
    m->relay_id[3] ^= 0x40;
    return MEDDLE_CHANGED;
}

static enum meddler_verdict old_version(void *arg, struct meddler_frame *fr)
{
    struct msg_hello_ok *m = fr->msg;

    (void)arg;
    m->version = 0;
    return MEDDLE_CHANGED;
}

static void is_refused(size_t who, const char *words)
{
    size_t before = secrets(who);

    crew_begin(v.m[who]);
    evil_told(&v, who, NULL, EVENT_ERROR, words);
    crew_run(&v.crew, 120000);
    cr_assert_eq(secrets(who), before, "a secret left");
    cr_assert_eq(v.m[who]->model->link, MODEL_REFUSED);
}

#define ANOTHER                                                                                \
    "relay.example:5555 has the key of the relay you know but says that it is another one; "   \
    "its database was made anew, or a copy of its key is in use. Ask its operator. If all is " \
    "well, take its line out of  and start again."

Test(evil_login, relay_id__another_one_at_the_next_start_gets_no_token)
{
    evil_room(&v, "ops", 2);
    crew_stop(v.m[BOB]);
    meddler_answer(&v.line[BOB], OP_HELLO, other_id, NULL);
    is_refused(BOB, ANOTHER);
}

Test(evil_login, relay_id__another_one_in_the_middle_gets_no_token_to_resume)
{
    evil_room(&v, "ops", 2);
    meddler_answer(&v.line[BOB], OP_HELLO, other_id, NULL);
    size_t before = secrets(BOB);
    crew_cut(v.m[BOB]);
    evil_told(&v, BOB, NULL, EVENT_ERROR, ANOTHER);
    crew_run(&v.crew, 60000);
    cr_assert_eq(secrets(BOB), before);
    cr_assert_eq(v.m[BOB]->model->link, MODEL_REFUSED);
}

Test(evil_login, tls_key__another_one_hears_nothing_at_all)
{
    evil_room(&v, "ops", 2);
    crew_stop(v.m[BOB]);
    size_t hellos = meddler_count(&v.line[BOB], UP, OP_CONNECT);
    v.m[BOB]->relay_key[0] ^= 1;
    is_refused(BOB, "THE KEY OF THIS RELAY HAS CHANGED. sotto does not talk to it.");
    cr_assert_eq(meddler_count(&v.line[BOB], UP, OP_CONNECT), hellos);
}

Test(evil_login, hello__of_a_lower_version_is_refused)
{
    evil_account(&v, "alice");
    meddler_answer(&v.line[ALICE], OP_HELLO, old_version, NULL);
    is_refused(ALICE,
        "This relay speaks version 0 of the protocol, this sotto version 1. One of them wants "
        "an update.");
}

static enum meddler_verdict demand(void *arg, struct meddler_frame *fr)
{
    struct msg_identity m = {
        .user = bytes_str("rand0"), .identity = bytes_str("give me yours")};

    (void)fr;
    meddler_tell(arg, OP_PUBLIC_KEY, &m);
    return MEDDLE_DROP;
}

Test(evil_login, keys__are_not_told_before_login)
{
    evil_account(&v, "alice");
    meddler_ask(&v.line[ALICE], UP, OP_HELLO, demand, &v.line[ALICE]);
    crew_begin(v.m[ALICE]);
    evil_told(&v, ALICE, NULL, EVENT_ERROR,
        "The relay sent something that makes no sense (public_key, before login). Closing this "
        "connection.");
    crew_run(&v.crew, 20000);
    cr_assert_eq(secrets(ALICE), 0);
    meddler_honest(&v.line[ALICE]);
    crew_run(&v.crew, 60000);
    cr_assert_eq(v.m[ALICE]->model->link, MODEL_READY);
}

static enum meddler_verdict call_us(void *arg, struct meddler_frame *fr)
{
    struct msg_login_ok *m = fr->msg;

    m->name = bytes_str(arg);
    return MEDDLE_CHANGED;
}

static enum meddler_verdict as_guest(void *arg, struct meddler_frame *fr)
{
    struct msg_login_ok *m = fr->msg;

    (void)arg;
    m->role = ROLE_GUEST;
    return MEDDLE_CHANGED;
}

Test(evil_login, name__another_than_asked_for_is_refused)
{
    static char bob[] = "bob";

    evil_account(&v, "alice");
    meddler_answer(&v.line[ALICE], OP_REGISTER, call_us, bob);
    crew_begin(v.m[ALICE]);
    evil_told(&v, ALICE, NULL, EVENT_ERROR,
        "We asked to come in as alice, and the relay calls us bob. sotto does not go on with "
        "it.");
    crew_run(&v.crew, 20000);
    cr_assert_eq(meddler_count(&v.line[ALICE], UP, OP_PUBLIC_KEY), 0);
    cr_assert_eq(v.m[ALICE]->model->link, MODEL_REFUSED);
}

Test(evil_login, name__an_account_is_not_made_a_guest)
{
    evil_room(&v, "ops", 2);
    crew_stop(v.m[BOB]);
    crew_run(&v.crew, 60000);
    meddler_answer(&v.line[BOB], OP_LOGIN, as_guest, NULL);
    meddler_answer(&v.line[BOB], OP_TOKEN_LOGIN, as_guest, NULL);
    size_t before = meddler_count(&v.line[BOB], UP, OP_PUBLIC_KEY);
    crew_begin(v.m[BOB]);
    evil_told(&v, BOB, NULL, EVENT_ERROR,
        "We asked to come in as bob, and the relay calls us bob, a guest. sotto does not go on "
        "with it.");
    crew_run(&v.crew, 20000);
    cr_assert_eq(meddler_count(&v.line[BOB], UP, OP_PUBLIC_KEY), before);
}

/* ---- an older copy of the folder ---- */

static size_t first_up(size_t who, uint8_t op, uint64_t after)
{
    for (const struct meddler_kept *k = v.line[who].kept; k != NULL; k = k->next) {
        if (k->way == UP && k->op == op && k->number > after)
            return k->number;
    }
    return SIZE_MAX;
}

static uint64_t frames_until_now(size_t who)
{
    const struct meddler_kept *k = v.line[who].kept;

    while (k->next != NULL)
        k = k->next;
    return k->number;
}

static const char *vault_of(size_t who)
{
    static char path[128];

    (void)snprintf(path, sizeof path, "%s/vault.db", v.m[who]->dir);
    return path;
}

Test(evil_login, old_copy__of_an_epoch_that_is_over_joins_anew_in_words)
{
    evil_room(&v, "ops", 2);
    crew_stop(v.m[BOB]);
    support_freeze(vault_of(BOB));
    crew_start(v.m[BOB]);
    crew_run(&v.crew, 3000);
    evil_hears(&v, BOB, OPS, ALICE, OPS);
    crew_stop(v.m[BOB]);
    support_thaw(vault_of(BOB));
    uint64_t start = frames_until_now(BOB);
    crew_start(v.m[BOB]);
    crew_run(&v.crew, 3000);
    evil_hears(&v, BOB, OPS, ALICE, OPS);
    cr_assert_lt(first_up(BOB, OP_COMMIT, start), first_up(BOB, OP_SAY, start));
    evil_told(&v, BOB, OPS, EVENT_WARN,
        "Our keys for this conversation no longer fit (a message has a sender that may not send "
        "it). Joining anew; what was said meanwhile may be missing.");
    evil_goes_on(&v, ALICE, OPS, BOB, OPS);
    crew_agree(&v.crew, OPS);
}

Test(evil_login, old_copy__of_this_epoch_commits_before_it_speaks_and_is_noticed)
{
    evil_room(&v, "ops", 2);
    evil_hears(&v, BOB, OPS, ALICE, OPS);
    support_freeze(vault_of(BOB));
    evil_hears(&v, BOB, OPS, ALICE, OPS);
    evil_hears(&v, BOB, OPS, ALICE, OPS);
    evil_hears(&v, BOB, OPS, ALICE, OPS);
    crew_stop(v.m[BOB]);
    support_thaw(vault_of(BOB));
    uint64_t start = frames_until_now(BOB);
    crew_start(v.m[BOB]);
    crew_run(&v.crew, 3000);
    evil_hears(&v, BOB, OPS, ALICE, OPS);
    cr_assert_lt(first_up(BOB, OP_COMMIT, start), first_up(BOB, OP_SAY, start));
    evil_told(&v, ALICE, OPS, EVENT_WARN,
        "bob counts from further back than before, as an older copy of its folder would. It may "
        "not know what it said since.");
    evil_goes_on(&v, ALICE, OPS, BOB, OPS);
    crew_agree(&v.crew, OPS);
}
