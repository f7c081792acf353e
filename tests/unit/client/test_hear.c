/* SPDX-License-Identifier: ISC */
/* What comes out of a room's log, between a relay that lies and a member who may be anybody:
 * shown once, as what is signed, or not at all. */
#include "client/hear.h"

#include <criterion/criterion.h>

#include "base/mem.h"
#include "fake_peer.h"
#include "fake_relay.h"

static struct fake f;
static struct peer bob;
static uint64_t seq;
static uint64_t epoch;
static uint64_t said_n;

static void commit_came(const char *sender, struct bytes commit, uint64_t at, uint8_t flags)
{
    struct msg_commit_event m = {.room = bytes_str("ops"),
        .sender = bytes_str(sender),
        .flags = flags,
        .epoch = at,
        .seq = ++seq,
        .commit = commit};

    fake_tell(&f, OP_COMMIT, &MSG_COMMIT_EVENT, &m);
}

/* Our room, and bob in its group. */
static void setup(void)
{
    struct msg_commit founding;
    const char *bad;

    fake_init(&f);
    fake_ready(&f);
    fake_room(&f, "ops");
    peer_init(&bob, 1, "bob");
    seq = 1;
    epoch = 1;
    for (size_t i = 0; i < f.sent_n; i++) {
        if (f.sent[i].op == OP_COMMIT)
            cr_assert_eq(schema_decode(&MSG_COMMIT, f.sent[i].body, &founding, &bad), ERR_OK);
    }
    struct buf commit = peer_join(&bob, founding.info, founding.nodes);
    commit_came("bob", buf_view(&commit), 0, COMMIT_EXTERNAL);
    buf_free(&commit);
    (void)fake_serve(&f, 0);
    cr_assert(fake_said(&f, "ops", "bob is in the group now"));
}

static void teardown(void)
{
    fake_fini(&f);
    peer_fini(&bob);
}

TestSuite(hear, .init = setup, .fini = teardown);

static struct payload words(const char *text)
{
    struct payload p = {.kind = PAYLOAD_TEXT_KIND,
        .stream = 1,
        .index = ++said_n,
        .sent_ms = (uint64_t)f.loop.wall_ms,
        .text.text = bytes_str(text)};

    p.id[0] = (uint8_t)said_n;
    return p;
}

static void came_as(const char *sender, struct bytes sealed, uint64_t at, uint8_t kind)
{
    struct msg_said m = {.room = bytes_str("ops"),
        .sender = bytes_str(sender),
        .text = sealed,
        .epoch = at,
        .kind = kind,
        .seq = ++seq,
        .time_ms = (uint64_t)f.loop.wall_ms};

    fake_tell(&f, OP_SAY, &MSG_SAID, &m);
}

static void came(struct bytes sealed)
{
    came_as("bob", sealed, epoch, ENTRY_MESSAGE);
}

static void says(const struct payload *p)
{
    struct buf sealed = peer_seal(&bob, p);

    came(buf_view(&sealed));
    buf_free(&sealed);
}

static size_t shown(const char *text)
{
    const struct room *r = model_find(f.model, false, bytes_str("ops"));
    size_t n = 0;

    for (size_t i = 0; r != NULL && i < r->events.count; i++) {
        const struct event *ev = events_at(&r->events, i);
        n += ev->kind == EVENT_MESSAGE && bytes_eq(ev->text, bytes_str(text));
    }
    return n;
}

/* ---- what is right ---- */

Test(hear, message__is_shown_as_its_signers)
{
    struct payload p = words("tea at five");

    says(&p);
    cr_assert_eq(shown("tea at five"), 1);
    cr_assert_not(fake_said(&f, "ops", "cannot be opened"));
}

Test(hear, message__of_a_sender_that_the_relay_calls_otherwise_is_shown_as_signed)
{
    struct payload p = words("tea at five");
    struct buf sealed = peer_seal(&bob, &p);

    came_as("eve", buf_view(&sealed), epoch, ENTRY_MESSAGE);
    buf_free(&sealed);
    cr_assert(fake_said(&f, "ops", "The relay says that eve sent the next message"));
    cr_assert_eq(shown("tea at five"), 1);
    const struct room *r = model_find(f.model, false, bytes_str("ops"));
    const struct event *ev = events_at(&r->events, r->events.count - 1);
    cr_assert(bytes_eq(ev->who, bytes_str("bob")));
}

Test(hear, message__with_a_wrong_label_is_shown_and_told)
{
    struct payload p = words("tea at five");
    struct buf sealed = peer_seal(&bob, &p);

    came_as("bob", buf_view(&sealed), epoch + 7, ENTRY_RECEIPT);
    buf_free(&sealed);
    cr_assert(fake_said(&f, "ops", "wrong label"));
    cr_assert_eq(shown("tea at five"), 1);
}

/* ---- a relay that repeats, holds back, damages ---- */

Test(hear, message__that_comes_twice_is_shown_once)
{
    struct payload p = words("tea at five");
    struct buf sealed = peer_seal(&bob, &p);

    came(buf_view(&sealed));
    came(buf_view(&sealed));
    buf_free(&sealed);
    cr_assert_eq(shown("tea at five"), 1);
    says(&p); /* sealed anew, and the same inside */
    cr_assert_eq(shown("tea at five"), 1);
}

Test(hear, message__with_an_old_number_is_not_shown)
{
    struct payload one = words("one");
    struct payload two = words("two");

    says(&one);
    says(&two);
    one.id[1] = 1;
    one.text.text = bytes_str("one again");
    says(&one);
    cr_assert_eq(shown("one again"), 0);
    cr_assert_eq(shown("two"), 1);
}

Test(hear, message__with_a_known_id_in_another_stream_is_not_shown)
{
    struct payload one = words("one");

    says(&one);
    one.stream = 2;
    one.text.text = bytes_str("one again");
    says(&one);
    cr_assert_eq(shown("one again"), 0);
}

/* What comes after a gap waits until the log was read. */
static void log_has_no_more(void)
{
    struct msg_catch_up_ok m = {.last_seq = seq};

    cr_assert(fake_serve(&f, OP_CATCH_UP));
    fake_done(&f, &MSG_CATCH_UP_OK, &m);
}

Test(hear, gap__is_told)
{
    struct payload one = words("one");
    struct payload held = words("held back");
    struct payload three = words("three");

    says(&one);
    struct buf sealed = peer_seal(&bob, &held);
    says(&three);
    cr_assert_eq(shown("three"), 0);
    log_has_no_more();
    cr_assert(fake_said(&f, "ops", "1 message of"));
    cr_assert_eq(shown("three"), 1);
    buf_free(&sealed);
}

Test(hear, message__cut_anywhere_is_not_shown)
{
    struct payload p = words("tea at five");
    struct buf sealed = peer_seal(&bob, &p);

    for (size_t n = 1; n < sealed.n; n += 3) {
        uint8_t *part = mem_dup(sealed.p, n);
        came(bytes_of(part, n));
        mem_free(part);
    }
    cr_assert_eq(shown("tea at five"), 0);
    cr_assert_not(f.closing);
    came(buf_view(&sealed));
    cr_assert_eq(shown("tea at five"), 1, "the whole one still opens");
    buf_free(&sealed);
}

Test(hear, message__with_a_bit_flipped_is_not_shown)
{
    struct payload p = words("tea at five");
    struct buf sealed = peer_seal(&bob, &p);

    for (size_t bit = 0; bit < 8 * sealed.n; bit += 11) {
        sealed.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
        came(buf_view(&sealed));
        sealed.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
        (void)fake_serve(&f, 0); /* one of an epoch ahead makes us look what was missed */
    }
    cr_assert_eq(shown("tea at five"), 0);
    came(buf_view(&sealed));
    cr_assert_eq(shown("tea at five"), 1, "the whole one still opens");
    buf_free(&sealed);
}

Test(hear, unopened__are_told_a_few_times_and_not_for_ever)
{
    const struct room *r = model_find(f.model, false, bytes_str("ops"));
    size_t before = r->events.count;

    for (int i = 0; i < 50; i++)
        came(bytes_str("nothing that opens"));
    cr_assert(fake_said(&f, "ops", "cannot be opened"));
    cr_assert_lt(r->events.count - before, 10);
}

Test(hear, message__in_a_room_that_we_are_not_in_is_left_alone)
{
    struct payload p = words("tea at five");
    struct buf sealed = peer_seal(&bob, &p);
    struct msg_said m = {.room = bytes_str("other"),
        .sender = bytes_str("bob"),
        .text = buf_view(&sealed),
        .epoch = epoch,
        .seq = 9};

    fake_tell(&f, OP_SAY, &MSG_SAID, &m);
    buf_free(&sealed);
    cr_assert_not(f.closing);
    cr_assert_eq(shown("tea at five"), 0);
    cr_assert_null(model_find(f.model, false, bytes_str("other")));
}

/* ---- a member who is not what he seems ---- */

static void says_raw(const void *p, size_t n)
{
    struct buf sealed = peer_seal_raw(&bob, bytes_of(p, n));

    came(buf_view(&sealed));
    buf_free(&sealed);
}

Test(hear, sealed__nonsense_is_told_and_not_shown)
{
    says_raw("nonsense", 8);
    cr_assert(fake_said(&f, "ops", "something sealed that makes no sense"));
    says_raw("", 0);
    cr_assert_not(f.closing);
}

Test(hear, sealed__of_a_newer_sotto_is_told)
{
    uint8_t newer[64] = {9, 1};

    says_raw(newer, sizeof newer);
    cr_assert(fake_said(&f, "ops", "only a newer sotto understands"));
    newer[0] = 1;
    newer[1] = 200;
    says_raw(newer, sizeof newer);
    cr_assert_not(f.closing);
}

Test(hear, sealed__every_kind_cut_anywhere_harms_nothing)
{
    for (uint8_t kind = PAYLOAD_TEXT_KIND; kind < PAYLOAD_KINDS; kind++) {
        struct payload p = words("x");
        struct buf plain;
        p.kind = kind;
        if (!payload_counted(kind))
            p.index = 0;
        if (kind == PAYLOAD_RECEIPT || kind == PAYLOAD_READ)
            p.receipt.heard = (struct list){0};
        buf_init(&plain, 1024);
        payload_write(&p, &plain);
        for (size_t n = 0; n <= plain.n; n += 5)
            says_raw(plain.p, n);
        buf_free(&plain);
    }
    cr_assert_not(f.closing);
    cr_assert_eq(f.model->link, MODEL_READY);
}

Test(hear, clock__of_a_sender_cannot_be_anything)
{
    static const uint64_t TIMES[] = {0, 1, INT64_MAX, 1ull << 63, UINT64_MAX, UINT64_MAX - 1};
    const struct room *r = model_find(f.model, false, bytes_str("ops"));

    for (size_t i = 0; i < MEM_COUNT(TIMES); i++) {
        struct payload p = words("when?");
        p.sent_ms = TIMES[i];
        says(&p);
        const struct event *ev = events_at(&r->events, r->events.count - 1);
        cr_assert(ev->wall_ms >= 0 && ev->wall_ms <= f.loop.wall_ms + 86400000, "%zu", i);
    }
    cr_assert_eq(shown("when?"), MEM_COUNT(TIMES));
}

Test(hear, index__at_the_end_of_numbers)
{
    struct payload p = words("last");

    p.index = UINT64_MAX;
    says(&p);
    log_has_no_more();
    cr_assert_eq(shown("last"), 1);
    p.id[1] = 1;
    says(&p);
    p.stream = 2;
    p.index = 1;
    p.id[1] = 2;
    p.text.text = bytes_str("anew");
    says(&p);
    cr_assert_eq(shown("anew"), 1);
    cr_assert_not(f.closing);
}

static void receipt(uint64_t stream, uint64_t index, const uint8_t print[PAYLOAD_PRINT])
{
    struct payload_heard row = {.stream = stream, .index = index};
    struct payload p = {.kind = PAYLOAD_RECEIPT};
    struct list_writer w;

    memcpy(row.print, print, sizeof row.print);
    list_begin(&w, 256);
    list_add(&w, &PAYLOAD_HEARD_ROW, &row);
    p.receipt.heard = list_view(&w);
    says(&p);
    list_end(&w);
}

Test(hear, receipt__of_what_was_never_said_confirms_nothing)
{
    uint8_t me[POLICY_PRINT];
    const uint8_t nobody[POLICY_PRINT] = {0};
    const struct room *r = model_find(f.model, false, bytes_str("ops"));

    policy_print(sign_key_pub(f.setup.identity), me);
    fake_type(&f, "tea at five");
    (void)fake_serve(&f, 0);
    receipt(0, 1, me);
    receipt(1, UINT64_MAX, me);
    receipt(UINT64_MAX, UINT64_MAX, nobody);
    for (size_t i = 0; i < r->events.count; i++)
        cr_assert_neq(events_at(&r->events, i)->state, EVENT_DELIVERED);
}

/* ---- commits ---- */

static struct buf update(void)
{
    const struct mls_commit_request what = {.wrap = {.flags = MLS_PATH, .pad = PAYLOAD_PAD}};
    struct mls_commit_result made;

    buf_init(&made.commit, MSG_LARGE);
    buf_init(&made.welcome, MSG_LARGE);
    buf_init(&made.info, MSG_LARGE);
    cr_assert_eq(mls_commit(bob.group, &what, &made), ERR_OK);
    buf_free(&made.welcome);
    buf_free(&made.info);
    return made.commit;
}

Test(hear, commit__is_followed)
{
    struct buf commit = update();

    commit_came("bob", buf_view(&commit), epoch, 0);
    cr_assert_eq(mls_apply(bob.group), ERR_OK);
    epoch++;
    struct payload p = words("tea at five");
    says(&p);
    cr_assert_eq(shown("tea at five"), 1);
    cr_assert_not(fake_serve(&f, OP_BAD_COMMIT));
    buf_free(&commit);
}

static void objected(struct bytes commit, uint64_t at)
{
    commit_came("bob", commit, at, 0);
    cr_assert(fake_said(&f, "ops", "was refused"));
    cr_assert(fake_serve(&f, OP_BAD_COMMIT));
    cr_assert_not(f.closing);
}

Test(hear, commit__that_is_none_is_objected_to)
{
    objected(bytes_str("no commit"), epoch);
}

Test(hear, commit__that_is_a_message_is_objected_to)
{
    struct payload p = words("tea at five");
    struct buf sealed = peer_seal(&bob, &p);

    objected(buf_view(&sealed), epoch);
    cr_assert_eq(shown("tea at five"), 0);
    buf_free(&sealed);
}

Test(hear, commit__damaged_is_objected_to_and_the_right_one_goes_on_after_it_is_void)
{
    struct buf commit = update();

    commit.p[commit.n / 2] ^= 1;
    objected(buf_view(&commit), epoch);
    struct msg_void v = {.room = bytes_str("ops"), .seq = seq, .epoch = epoch};
    fake_tell(&f, OP_VOID, &MSG_VOID, &v);
    cr_assert(fake_said(&f, "ops", "was taken back"));
    commit.p[commit.n / 2] ^= 1;
    commit_came("bob", buf_view(&commit), epoch, 0);
    cr_assert_eq(mls_apply(bob.group), ERR_OK);
    epoch++;
    struct payload p = words("tea at five");
    says(&p);
    cr_assert_eq(shown("tea at five"), 1);
    buf_free(&commit);
}

Test(hear, commit__against_the_rules_is_objected_to)
{
    struct policy rules = {.access = POLICY_INVITE};
    struct mls_proposal one = {.type = MLS_CONTEXT};
    struct mls_commit_result made;
    struct buf ext;

    memcpy(rules.owner, bob.identity.print, sizeof rules.owner);
    policy_bind_room((const uint8_t[16]){1}, bytes_str("ops"), rules.binding);
    buf_init(&ext, 8192);
    policy_write(&rules, &ext);
    one.extensions = buf_view(&ext);
    const struct mls_commit_request what = {
        .wrap = {.pad = PAYLOAD_PAD}, .proposals = &one, .proposals_n = 1};
    buf_init(&made.commit, MSG_LARGE);
    buf_init(&made.welcome, MSG_LARGE);
    buf_init(&made.info, MSG_LARGE);
    cr_assert_eq(mls_commit(bob.group, &what, &made), ERR_OK);
    objected(buf_view(&made.commit), epoch);
    buf_free(&made.commit);
    buf_free(&made.welcome);
    buf_free(&made.info);
    buf_free(&ext);
}
