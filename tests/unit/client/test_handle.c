/* SPDX-License-Identifier: ISC */
/* What may come when: answers that nobody waits for, frames before the login, unknown ones. */
#include "client/handle.h"

#include <criterion/criterion.h>

#include "base/mem.h"
#include "fake_relay.h"

static struct fake f;

static void setup(void)
{
    fake_init(&f);
}

static void teardown(void)
{
    fake_fini(&f);
}

TestSuite(handle, .init = setup, .fini = teardown);

Test(handle, table__knows_every_opcode_a_relay_may_send)
{
    for (size_t i = 0; opcode_at(i) != NULL; i++) {
        const struct opcode_row *row = opcode_at(i);
        if ((row->from & FROM_RELAY) != 0)
            cr_assert(handle_knows(row->op), "%s", row->name);
    }
}

Test(handle, state__every_move_is_in_the_table)
{
    for (int s = 0; s < ENGINE_STATES; s++) {
        cr_assert_str_neq(engine_state_str((enum engine_state)s), "unknown");
        if (s != ENGINE_ENDED)
            cr_assert(engine_may_follow((enum engine_state)s, ENGINE_ENDED));
        cr_assert_not(engine_may_follow(ENGINE_ENDED, (enum engine_state)s));
    }
}

Test(handle, answer__that_nobody_asked_for_ends_the_link)
{
    static const uint8_t OPS[] = {OP_REPLY, OP_RENAMED, OP_JOINED, OP_CREATED, OP_LEFT,
        OP_CONNECT, OP_DM_ANSWER, OP_NO_USER};

    for (size_t i = 0; i < sizeof OPS; i++) {
        if (i > 0)
            setup();
        fake_ready(&f);
        fake_raw(&f, OPS[i], bytes_of("\0", 1));
        cr_assert(f.closing, "0x%02x", OPS[i]);
        cr_assert(fake_said(&f, NULL, "makes no sense"));
        fake_settle(&f);
        cr_assert_eq(f.model->link, MODEL_WAITING);
        if (i + 1 < sizeof OPS)
            teardown();
    }
}

Test(handle, answer__of_another_kind_ends_the_link)
{
    struct msg_joined m = {.room = bytes_str("abc")};

    fake_ready(&f);
    fake_type(&f, "/nick bob");
    fake_tell(&f, OP_JOINED, &MSG_JOINED, &m);
    cr_assert(f.closing);
}

Test(handle, reply__empty_ends_the_link)
{
    fake_ready(&f);
    fake_type(&f, "/rooms");
    fake_raw(&f, OP_REPLY, (struct bytes){0});
    cr_assert(f.closing);
}

Test(handle, event__before_login_ends_the_link)
{
    struct msg_notice m = {.from = bytes_str("Server"), .text = bytes_str("hello")};

    fake_start(&f);
    fake_up(&f);
    fake_tell(&f, OP_NOTICE, &MSG_NOTICE, &m);
    cr_assert(f.closing);
    cr_assert_not(fake_said(&f, NULL, "hello"));
}

Test(handle, unknown__opcodes_are_skipped)
{
    fake_ready(&f);
    for (unsigned op = 0; op < 256; op++) {
        const struct opcode_row *row = opcode_row((uint8_t)op);
        if (row == NULL || (row->from & FROM_RELAY) == 0)
            fake_raw(&f, (uint8_t)op, bytes_str("whatever"));
    }
    cr_assert_not(f.closing);
    cr_assert_eq(f.model->link, MODEL_READY);
}

Test(handle, names__from_a_relay_may_be_any_bytes)
{
    struct msg_presence_event m = {
        .kind = PRESENCE_ONLINE, .user = bytes_of("\xff\x00\x1b[2J\n", 7)};
    struct msg_notice n = {
        .from = bytes_of("\x1b]0;", 4), .text = bytes_of("%s%n\x00\xe2\x80\xae", 8)};

    fake_ready(&f);
    fake_tell(&f, OP_PRESENCE, &MSG_PRESENCE, &m);
    fake_tell(&f, OP_NOTICE, &MSG_NOTICE, &n);
    cr_assert_not(f.closing);
    cr_assert_not_null(roster_find(&f.model->home->people, m.user));
}

Test(handle, link__that_was_given_up_is_not_read)
{
    struct msg_notice m = {.from = bytes_str("Server"), .text = bytes_str("tea at five")};
    struct buf body;

    fake_ready(&f);
    fake_raw(&f, OP_REPLY, (struct bytes){0});
    cr_assert(f.closing);
    buf_init(&body, 256);
    schema_encode(&MSG_NOTICE, &m, &body);
    struct frame frame = {OP_NOTICE, buf_view(&body)};
    cr_assert_eq(f.link.to->frame(f.link.user, &frame), FRAMER_STOP);
    buf_free(&body);
    cr_assert_not(fake_said(&f, NULL, "tea at five"));
    fake_type(&f, "/rooms");
    cr_assert(fake_silent(&f), "nothing is sent on it");
}

Test(handle, link__that_was_refused_is_not_read)
{
    fake_start(&f);
    fake_greet(&f, 0);
    (void)fake_expect(&f, OP_GUEST);
    fake_refuse(&f, OP_GUEST, CODE_NOT_ALLOWED, "no guests");
    struct frame frame = {OP_REPLY, bytes_of("\0", 1)};
    cr_assert_eq(f.link.to->frame(f.link.user, &frame), FRAMER_STOP);
    fake_settle(&f);
    cr_assert_eq(f.model->link, MODEL_REFUSED);
}
