/* SPDX-License-Identifier: ISC */
/* RFC 9420, 6, 8.5 and 9: what members say to each other, and what they can export. */
#include "cast.h"

#include <stdio.h>

static void seal(
    struct cast *c, size_t who, struct bytes text, const struct mls_wrap *wrap, struct buf *out)
{
    buf_clear(out);
    cr_assert_eq(mls_protect(cast_group(c, who), text, wrap, out), ERR_OK);
}

static void heard(struct cast *c, size_t who, struct bytes message, struct bytes text)
{
    cast_hear(c, who, message);
    cr_assert_eq(c->event.kind, MLS_EVENT_APPLICATION);
    cr_assert(bytes_eq(c->event.data, text));
}

/* ---- sizes ---- */

/* What is padded is the text with its signature: so many bytes of text are in the first
 * bucket. */
static void one_length(uint16_t suite, size_t pad, size_t longest, size_t slack)
{
    const struct mls_wrap wrap = {.pad = pad};
    char text[600];
    struct buf out;
    struct cast c;
    size_t size;

    cast_init(&c, suite, 2);
    buf_init(&out, WIRE_MAX);
    memset(text, 'x', sizeof text);
    seal(&c, 0, (struct bytes){0}, &wrap, &out);
    size = out.n;
    for (size_t n = 0; n <= longest; n++) {
        seal(&c, 0, bytes_of(text, n), &wrap, &out);
        cr_assert_eq(out.n, size, "%zu bytes make %zu, not %zu", n, out.n, size);
        heard(&c, 1, buf_view(&out), bytes_of(text, n));
    }
    seal(&c, 0, bytes_of(text, longest + slack), &wrap, &out);
    cr_assert_eq(out.n, size + pad);
    buf_free(&out);
    cast_fini(&c);
}

Test(group_message, padding__hides_how_long_a_text_is)
{
    one_length(0x0001, 256, 256 - 2 - 66, 1);
    one_length(0x0001, 512, 512 - 2 - 66, 1);
    one_length(0x0002, 256, 256 - 2 - 74, 40); /* whose signatures differ in length */
    one_length(0xf001, 256, 512 - 2 - 258, 1);
}

Test(group_message, without_padding__each_byte_counts)
{
    const struct mls_wrap wrap = {0};
    struct buf out;
    struct cast c;

    cast_init(&c, 0x0001, 2);
    buf_init(&out, WIRE_MAX);
    seal(&c, 0, LIT("a"), &wrap, &out);
    size_t size = out.n;
    seal(&c, 0, LIT("ab"), &wrap, &out);
    cr_assert_eq(out.n, size + 1);
    buf_free(&out);
    cast_fini(&c);
}

/* Commits and proposals are padded like anything else. */
static void handshakes(uint16_t suite)
{
    const struct mls_wrap wrap = {.pad = 2048};
    const struct mls_proposal what[] = {{.type = MLS_REMOVE, .leaf = 2}, {.type = MLS_UPDATE},
        {.type = MLS_PSK, .psk_epoch = 1}};
    struct buf out;
    struct cast c;
    size_t size = 0;

    cast_init(&c, suite, 3);
    buf_init(&out, WIRE_MAX);
    for (size_t i = 0; i < 3; i++) {
        buf_clear(&out);
        cr_assert_eq(mls_propose(cast_group(&c, 0), &what[i], &wrap, &out), ERR_OK);
        cr_assert(i == 0 || out.n == size);
        size = out.n;
        cast_hear(&c, 1, buf_view(&out));
        cast_hear(&c, 2, buf_view(&out));
    }
    for (unsigned with = 0; with < 2; with++) {
        const struct mls_commit_request commit = {
            .wrap = {.pad = 2048, .flags = with != 0 ? MLS_NO_PENDING : 0}};
        buf_clear(&c.p.last.commit);
        cr_assert_eq(mls_commit(cast_group(&c, 1), &commit, &c.p.last), ERR_OK);
        cr_assert_eq(c.p.last.commit.n, size);
        mls_discard(cast_group(&c, 1));
    }
    buf_free(&out);
    cast_fini(&c);
}

Test(group_message, padding__hides_what_a_handshake_does)
{
    cast_suites(handshakes);
}

static void lengths(uint16_t suite)
{
    static const size_t SIZES[] = {0, 1, 63, 64, 16383, 16384, 65536, 1 << 20};
    const struct mls_wrap wrap = {.pad = 32};
    struct buf text;
    struct buf out;
    struct cast c;

    cast_init(&c, suite, 2);
    buf_init(&text, WIRE_MAX);
    buf_init(&out, WIRE_MAX);
    for (size_t i = 0; i < sizeof SIZES / sizeof *SIZES; i++) {
        buf_clear(&text);
        uint8_t *room = buf_space(&text, SIZES[i]);
        for (size_t j = 0; j < SIZES[i]; j++)
            room[j] = (uint8_t)(j * 31 + i);
        seal(&c, i % 2, buf_view(&text), &wrap, &out);
        heard(&c, 1 - i % 2, buf_view(&out), buf_view(&text));
    }
    buf_free(&text);
    buf_free(&out);
    cast_fini(&c);
}

Test(group_message, text__of_nothing_and_of_much)
{
    cast_suites(lengths);
}

/* ---- what stands beside a text ---- */

static void beside(uint16_t suite)
{
    static const char BESIDE[] = "the inner id";
    const struct mls_wrap wrap = {.authenticated_data = LIT(BESIDE)};
    struct buf out;
    struct cast c;

    cast_init(&c, suite, 2);
    buf_init(&out, WIRE_MAX);
    seal(&c, 0, LIT("text"), &wrap, &out);
    uint8_t *at = memmem(out.p, out.n, BESIDE, sizeof BESIDE - 1); /* it is not secret */
    cr_assert_not_null(at);
    for (size_t i = 0; i < sizeof BESIDE - 1; i++) { /* but bound */
        at[i] ^= 1;
        cast_refused(&c, 1, buf_view(&out), MLS_RULE_MESSAGE_SEALED);
        at[i] ^= 1;
    }
    heard(&c, 1, buf_view(&out), LIT("text"));
    cr_assert(bytes_eq(c.event.authenticated_data, LIT(BESIDE)));
    cr_assert_eq(c.event.sender, 0);
    cr_assert_eq(c.event.epoch, 1);
    cast_refused(&c, 1, buf_view(&out), MLS_RULE_MESSAGE_REPLAY);
    cast_refused(&c, 0, buf_view(&out), MLS_RULE_MESSAGE_SENDER); /* our own */
    buf_free(&out);
    cast_fini(&c);
}

Test(group_message, authenticated_data__arrives_and_is_bound)
{
    cast_suites(beside);
}

/* ---- exported secrets ---- */

static void exported(
    const struct cast *c, size_t who, const char *label, const char *context, uint8_t out[48])
{
    cr_assert_eq(mls_export(cast_group(c, who), label, bytes_str(context), out, 48), ERR_OK);
}

static void exports(uint16_t suite)
{
    uint8_t secret[5][48];
    uint8_t other[48];
    struct cast c;

    cast_init(&c, suite, 3);
    exported(&c, 0, "room code", "", secret[0]);
    exported(&c, 0, "room code", "context", secret[1]);
    exported(&c, 0, "another", "", secret[2]);
    cr_assert_eq(mls_export(cast_group(&c, 0), "room code", LIT(""), secret[3], 32), ERR_OK);
    memset(secret[3] + 32, 0, 16);
    for (size_t i = 1; i < 3; i++) {
        exported(&c, i, "room code", "", other);
        cr_assert_arr_eq(other, secret[0], 48);
        exported(&c, i, "room code", "context", other);
        cr_assert_arr_eq(other, secret[1], 48);
    }
    party_update(&c.p, 1);
    exported(&c, 0, "room code", "", secret[4]);
    exported(&c, 2, "room code", "", other);
    cr_assert_arr_eq(other, secret[4], 48);
    for (size_t i = 0; i < 5; i++)
        for (size_t j = 0; j < i; j++)
            cr_assert_arr_neq(secret[i], secret[j], 32, "%zu and %zu", i, j);
    cr_assert_eq(mls_export(cast_group(&c, 0), "", (struct bytes){0}, other, 1), ERR_OK);
    cast_fini(&c);
}

Test(group_message, export__is_equal_for_all_and_for_nothing_else)
{
    cast_suites(exports);
}

static void authenticators(uint16_t suite)
{
    struct mls_view before = {0};
    struct cast c;

    cast_init(&c, suite, 3);
    for (size_t i = 0; i < 4; i++) {
        struct mls_view v[3];
        for (size_t j = 0; j < 3; j++)
            v[j] = cast_view(&c, j);
        cr_assert_arr_eq(v[0].authenticator, v[1].authenticator, MLS_SECRET);
        cr_assert_arr_eq(v[0].authenticator, v[2].authenticator, MLS_SECRET);
        cr_assert_arr_eq(v[0].confirmation_tag, v[1].confirmation_tag, MLS_SECRET);
        cr_assert_arr_eq(v[0].confirmation_tag, v[2].confirmation_tag, MLS_SECRET);
        cr_assert_arr_neq(v[0].authenticator, before.authenticator, MLS_SECRET);
        before = v[0];
        party_commit(&c.p, i % 3, NULL, 0, 0);
    }
    cast_fini(&c);
}

Test(group_message, authenticator__is_equal_for_all_and_new_in_each_epoch)
{
    cast_suites(authenticators);
}

/* ---- epochs and order ---- */

static void epochs(uint16_t suite)
{
    const struct mls_wrap wrap = {0};
    struct buf said[4];
    struct cast c;

    cast_init(&c, suite, 3);
    for (size_t i = 0; i < 4; i++)
        buf_init(&said[i], WIRE_MAX);
    seal(&c, 0, LIT("one"), &wrap, &said[0]);
    seal(&c, 0, LIT("two"), &wrap, &said[1]);
    seal(&c, 0, LIT("three"), &wrap, &said[2]);
    party_stage(&c.p, 0, NULL, 0, MLS_PATH);
    cast_hear(&c, 1, buf_view(&c.p.last.commit));
    heard(&c, 1, buf_view(&said[0]), LIT("one")); /* staged is not applied */
    for (size_t i = 0; i < 2; i++)
        cr_assert_eq(mls_apply(cast_group(&c, i)), ERR_OK);
    heard(&c, 1, buf_view(&said[1]), LIT("two"));
    cr_assert_eq(c.event.epoch, 1);
    cr_assert_eq(cast_view(&c, 1).old_epoch, 1);
    seal(&c, 0, LIT("four"), &wrap, &said[3]);
    cr_assert_eq(mls_process(cast_group(&c, 2), buf_view(&said[3]), &c.event), ERR_STATE);
    heard(&c, 2, buf_view(&said[2]), LIT("three"));
    cast_hear(&c, 2, buf_view(&c.p.last.commit));
    cr_assert_eq(mls_apply(cast_group(&c, 2)), ERR_OK);
    heard(&c, 2, buf_view(&said[3]), LIT("four"));
    mls_forget(cast_group(&c, 1));
    cr_assert_eq(cast_view(&c, 1).old_epoch, UINT64_MAX);
    cr_assert_eq(mls_process(cast_group(&c, 1), buf_view(&said[2]), &c.event), ERR_STALE);
    heard(&c, 1, buf_view(&said[3]), LIT("four"));
    party_update(&c.p, 1);
    cr_assert_eq(mls_process(cast_group(&c, 2), buf_view(&said[1]), &c.event), ERR_STALE);
    cast_alive(&c);
    for (size_t i = 0; i < 4; i++)
        buf_free(&said[i]);
    cast_fini(&c);
}

Test(group_message, epochs__the_one_before_is_heard_until_it_is_forgotten)
{
    cast_suites(epochs);
}

/* Two commits of one epoch: who lost takes the other one, with or without discarding. */
static void races(uint16_t suite)
{
    const struct mls_commit_request again = {.wrap = {.flags = MLS_PATH}};
    struct buf won;
    struct cast c;

    cast_init(&c, suite, 3);
    buf_init(&won, WIRE_MAX);
    for (unsigned discards = 0; discards < 2; discards++) {
        party_stage(&c.p, 1, NULL, 0, MLS_PATH);
        buf_clear(&won);
        buf_bytes(&won, buf_view(&c.p.last.commit));
        party_stage(&c.p, 0, NULL, 0, MLS_PATH);
        cr_assert(cast_view(&c, 0).staged_own);
        cr_assert_eq(mls_commit(cast_group(&c, 0), &again, &c.p.last), ERR_BUSY);
        if (discards)
            mls_discard(cast_group(&c, 0));
        cr_assert_eq(cast_view(&c, 0).staged, discards == 0);
        party_say(&c.p, 0, "still in the epoch before");
        for (size_t i = 0; i < 3; i++)
            cast_hear(&c, i, buf_view(&won));
        cr_assert_not(cast_view(&c, 0).staged_own);
        for (size_t i = 0; i < 3; i++)
            cr_assert_eq(mls_apply(cast_group(&c, i)), ERR_OK);
        cr_assert_eq(mls_apply(cast_group(&c, 0)), ERR_STATE);
        cast_alive(&c);
    }
    buf_free(&won);
    cast_fini(&c);
}

Test(group_message, race__is_lost_by_one_call)
{
    cast_suites(races);
}

#define SAID   40
#define WINDOW 32 /* keys of what was skipped, at most */

/* As wild as the window allows: the next is one of those not heard, with no more than the
 * window's before it. */
static void shuffle(struct cast *c, size_t order[SAID])
{
    size_t left[SAID];

    for (size_t i = 0; i < SAID; i++)
        left[i] = i;
    for (size_t i = 0; i < SAID; i++) {
        size_t n = SAID - i;
        size_t at = i == 0 ? WINDOW : mlskit_draw(&c->p.world) % (n <= WINDOW ? n : WINDOW + 1);
        order[i] = left[at];
        memmove(left + at, left + at + 1, (n - at - 1) * sizeof *left);
    }
}

static void shuffled(uint16_t suite)
{
    const struct mls_wrap wrap = {.pad = 64};
    struct buf said[SAID];
    size_t order[SAID];
    char text[16];
    struct cast c;

    cast_init(&c, suite, 3);
    for (size_t i = 0; i < SAID; i++) {
        buf_init(&said[i], WIRE_MAX);
        (void)snprintf(text, sizeof text, "message %zu", i);
        seal(&c, 0, bytes_str(text), &wrap, &said[i]);
    }
    for (size_t who = 1; who < 3; who++) { /* the second when they are of the epoch before */
        shuffle(&c, order);
        for (size_t i = 0; i < SAID; i++) {
            (void)snprintf(text, sizeof text, "message %zu", order[i]);
            heard(&c, who, buf_view(&said[order[i]]), bytes_str(text));
            cast_refused(&c, who, buf_view(&said[order[i / 2]]), MLS_RULE_MESSAGE_REPLAY);
        }
        party_update(&c.p, 1);
    }
    for (size_t i = 0; i < SAID; i++)
        buf_free(&said[i]);
    cast_fini(&c);
}

Test(group_message, order__of_forty_does_not_matter)
{
    cast_suites(shuffled);
}
