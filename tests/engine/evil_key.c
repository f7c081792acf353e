/* SPDX-License-Identifier: ISC */
/* A relay that hands out keys of its own, or of somebody else, or old ones. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "support/forger.h"

enum { ALICE, BOB, CAROL };
#define CHANGED                                                                                \
    "THE KEY OF bob HAS CHANGED. What comes under the new key is not shown, and nothing is "   \
    "sent. Ask bob by another way whether the key is really new; then /trust bob accepts it, " \
    "and /verify bob compares it."
#define CHANGED_VERIFIED                                                                       \
    "THE KEY OF bob HAS CHANGED, AND YOU HAD VERIFIED THE ONE BEFORE. Somebody may sit "       \
    "between you. What comes under the new key is not shown, and nothing is sent. Meet or "    \
    "call bob first; only if the key is really new, /trust bob accepts it, and /verify bob "   \
    "compares it."

static struct evil v;
static struct forger f;

static void setup(void)
{
    evil_init(&v, 7002);
}

static void teardown(void)
{
    forger_fini(&f);
    evil_fini(&v);
}

TestSuite(evil_key, .init = setup, .fini = teardown);

/* What the relay answers when asked for somebody's key. */
struct lie {
    const char *user;
    struct bytes identity;
    struct bytes package;
};

static enum meddler_verdict lie(void *arg, struct meddler_frame *fr)
{
    struct msg_dm_answer *m = fr->msg;
    const struct lie *l = arg;

    if (l->user != NULL)
        m->user = bytes_str(l->user);
    if (l->identity.n != 0)
        m->identity = l->identity;
    if (l->package.n != 0)
        m->package = l->package;
    m->suite = MSG_SUITE_AES;
    m->group_seq = 0;
    return MEDDLE_CHANGED;
}

static void forge(const char *name)
{
    forger_fini(&f);
    forger_init(&f, &v, name);
    forger_package(&f, forger_now(&v) - 60, forger_now(&v) + 3600);
}

static struct lie forged(void)
{
    return (struct lie){.identity = sign_key_pub(f.key), .package = buf_view(&f.package)};
}

static size_t left(void)
{
    return meddler_count(&v.line[ALICE], UP, OP_DM_KEY) +
           meddler_count(&v.line[ALICE], UP, OP_DIRECT);
}

static void not_sound(const struct lie *l, const char *words)
{
    struct lie copy = *l;

    meddler_honest(&v.line[ALICE]);
    meddler_ask(&v.line[ALICE], DOWN, OP_DM_ANSWER, lie, &copy);
    size_t before = left();
    size_t told = evil_times(&v, ALICE, "@bob", words);
    crew_type(v.m[ALICE], "/msg bob my secret");
    crew_run(&v.crew, 20000);
    cr_assert_eq(evil_times(&v, ALICE, "@bob", words), told + 1, "not told: %s", words);
    cr_assert_eq(left(), before);
}

Test(evil_key, first_contact__a_key_of_the_relay_is_shown_as_never_compared)
{
    struct lie l;

    evil_accounts(&v, 2);
    forge("bob");
    l = forged();
    meddler_ask(&v.line[ALICE], DOWN, OP_DM_ANSWER, lie, &l);
    crew_type(v.m[ALICE], "/msg bob hello");
    crew_delivered(v.m[ALICE], "@bob", "hello", EVENT_RELAYED);
    cr_assert_eq(evil_flags(&v, ALICE, "@bob", "bob") & ROSTER_VERIFIED, 0);
    crew_type(v.m[ALICE], "/whois bob");
    evil_told(&v, ALICE, "@bob", EVENT_INFO,
        "bob is an account; not verified: always this key since first seen, never compared.");
    /* The true bob cannot open it, and is told. */
    evil_told(&v, BOB, NULL, EVENT_WARN,
        "alice began a conversation with keys that are not here any more; nothing of it can be "
        "read. /msg alice TEXT begins it from this side.");
    cr_assert_eq(evil_messages(&v, BOB, "@alice"), 0);
    /* And as soon as the true key comes, it is a change. */
    meddler_honest(&v.line[ALICE]);
    crew_type(v.m[BOB], "/msg alice hello?");
    evil_told(&v, ALICE, "@bob", EVENT_ERROR, CHANGED);
    cr_assert_eq(crew_count(v.m[ALICE], "@bob", "hello?"), 0);
}

/* In a conversation of two that goes on: lost on purpose, so that keys are asked for again. */
static void lose_direct(void)
{
    struct msg_dm_key_event m = {
        .sender = bytes_str("bob"), .epoch = 0, .commit = bytes_str("x"), .seq = 77};
    struct msg_say say;

    meddler_read(meddler_kept(&v.line[ALICE], UP, OP_DIRECT, 0), &say);
    m.epoch = say.epoch;
    meddler_tell(&v.line[ALICE], OP_DM_KEY, &m);
}

Test(evil_key, later__a_changed_key_stops_the_conversation)
{
    struct lie l;

    evil_pair(&v);
    forge("bob");
    l = forged();
    meddler_ask(&v.line[ALICE], DOWN, OP_DM_ANSWER, lie, &l);
    lose_direct();
    evil_told(&v, ALICE, "@bob", EVENT_WARN,
        "A change of the group that the relay says is from bob was refused (the bytes do not "
        "decode).");
    evil_told(&v, ALICE, "@bob", EVENT_WARN,
        "Our keys for this conversation no longer fit (the bytes do not decode). Joining anew; "
        "what was said meanwhile may be missing.");
    evil_stands_still(&v, ALICE, "@bob");
    evil_told(&v, ALICE, "@bob", EVENT_ERROR, CHANGED);
}

Test(evil_key, verified__a_changed_key_is_told_in_stronger_words)
{
    struct lie l;

    evil_pair(&v);
    crew_type(v.m[ALICE], "/verify bob yes");
    evil_told(&v, ALICE, "@bob", EVENT_INFO, "bob is verified now.");
    cr_assert_neq(evil_flags(&v, ALICE, "@bob", "bob") & ROSTER_VERIFIED, 0);
    forge("bob");
    l = forged();
    meddler_ask(&v.line[ALICE], DOWN, OP_DM_ANSWER, lie, &l);
    lose_direct();
    evil_stands_still(&v, ALICE, "@bob");
    evil_told(&v, ALICE, "@bob", EVENT_ERROR, CHANGED_VERIFIED);
    crew_type(v.m[ALICE], "/whois bob");
    evil_told(&v, ALICE, "@bob", EVENT_INFO,
        "bob is an account; CHANGED: another key than before, not accepted.");
}

Test(evil_key, later__a_welcome_under_another_key_is_not_shown_and_stops)
{
    struct payload p = {.kind = PAYLOAD_TEXT_KIND, .stream = 9, .index = 1};
    struct msg_dm_key_event m = {
        .sender = bytes_str("bob"), .flags = COMMIT_CREATE, .seq = 500};
    struct msg_direct_event d = {.sender = bytes_str("bob"), .epoch = 1, .seq = 501};
    uint8_t relay_id[MSG_ID];
    struct buf sealed;

    evil_pair(&v);
    forge("bob");
    forger_relay_id(&v, relay_id);
    forger_pair(&f, relay_id, forger_published(&v, ALICE, 0));
    m.welcome = buf_view(&f.welcome);
    m.epoch = 1;
    meddler_tell(&v.line[ALICE], OP_DM_KEY, &m);
    evil_told(&v, ALICE, "@bob", EVENT_ERROR, CHANGED);
    buf_init(&sealed, 65536);
    p.text.text = bytes_str("it is me, bob");
    forger_seal(&f, &p, &sealed);
    d.text = buf_view(&sealed);
    meddler_tell(&v.line[ALICE], OP_DIRECT, &d);
    evil_told(&v, ALICE, "@bob", EVENT_WARN,
        "A message under the new key of bob is held back; /trust bob shows it.");
    cr_assert_eq(crew_count(v.m[ALICE], "@bob", "it is me, bob"), 0);
    evil_stands_still(&v, ALICE, "@bob");
    buf_free(&sealed);
}

Test(evil_key, answer__of_another_key_name_or_time_is_not_sound)
{
    struct lie l;

    evil_accounts(&v, 3);
    forge("bob");
    l = forged();
    l.identity = sign_key_pub(v.m[CAROL]->key);
    not_sound(&l, "THE KEY THAT THE RELAY HANDS OUT FOR bob IS NOT SOUND (it is of somebody "
                  "else). Nothing was sent.");
    forge("mallory");
    l = forged();
    not_sound(&l, "THE KEY THAT THE RELAY HANDS OUT FOR bob IS NOT SOUND (it is of somebody "
                  "else). Nothing was sent.");
    forge("bob");
    forger_package(&f, forger_now(&v) - 7200, forger_now(&v) - 3600);
    l = forged();
    not_sound(&l, "THE KEY THAT THE RELAY HANDS OUT FOR bob IS NOT SOUND (the lifetime of a "
                  "leaf has not begun or is over). Nothing was sent.");
    forge("bob");
    l = forged();
    ((uint8_t *)f.package.p)[f.package.n - 3] ^= 1;
    not_sound(&l, "THE KEY THAT THE RELAY HANDS OUT FOR bob IS NOT SOUND (the signature of a "
                  "key package does not verify). Nothing was sent.");
    forge("bob");
    l = forged();
    l.user = "carol";
    not_sound(&l, "THE RELAY ANSWERS WITH THE KEY OF carol WHEN ASKED FOR bob. Nothing was "
                  "sent.");
    meddler_honest(&v.line[ALICE]);
    crew_type(v.m[ALICE], "/msg bob at last");
    crew_reads(v.m[BOB], "@alice", "at last");
}

Test(evil_key, answer__a_guest_in_place_of_an_account_is_refused)
{
    struct lie l;

    evil_pair(&v);
    forge(NULL);
    l = forged();
    meddler_ask(&v.line[ALICE], DOWN, OP_DM_ANSWER, lie, &l);
    lose_direct();
    evil_stands_still(&v, ALICE, "@bob");
    evil_told(&v, ALICE, "@bob", EVENT_ERROR,
        "THE RELAY SAYS THAT bob IS A GUEST NOW, BUT YOU KNOW AN ACCOUNT OF THAT NAME. It was "
        "refused, and nothing was sent.");
}

Test(evil_key, welcome__a_guest_in_place_of_an_account_is_refused)
{
    struct msg_dm_key_event m = {
        .sender = bytes_str("bob"), .flags = COMMIT_CREATE, .seq = 500, .epoch = 1};
    uint8_t relay_id[MSG_ID];

    evil_pair(&v);
    forge(NULL);
    forger_relay_id(&v, relay_id);
    forger_pair(&f, relay_id, forger_published(&v, ALICE, 0));
    m.welcome = buf_view(&f.welcome);
    meddler_tell(&v.line[ALICE], OP_DM_KEY, &m);
    evil_told(&v, ALICE, "@bob", EVENT_ERROR,
        "THE RELAY SAYS THAT bob IS A GUEST NOW, BUT YOU KNOW AN ACCOUNT OF THAT NAME. It was "
        "refused, and nothing was sent.");
    evil_goes_on(&v, ALICE, "@bob", BOB, "@alice");
}

Test(evil_key, room__a_known_name_under_another_key_stops_it)
{
    struct msg_commit_event m = {.room = bytes_str("ops"),
        .sender = bytes_str("bob"),
        .flags = COMMIT_EXTERNAL,
        .seq = 600};
    struct mls_view view;

    evil_room(&v, "ops", 2);
    crew_type_in(v.m[ALICE], "#ops", "/verify bob yes");
    evil_told(&v, ALICE, "#ops", EVENT_INFO, "bob is verified now.");
    forger_init(&f, &v, "bob");
    forger_intrude(&f, &v, "ops");
    mls_group_view(f.group, &view);
    m.epoch = view.epoch - 1;
    m.commit = buf_view(&f.commit);
    meddler_tell(&v.line[ALICE], OP_COMMIT, &m);
    evil_told(&v, ALICE, "#ops", EVENT_ERROR, CHANGED_VERIFIED);
    cr_assert_eq(crew_page(v.m[ALICE], "#ops")->seal, ROOM_STOPPED);
    evil_stands_still(&v, ALICE, "#ops");
}
