/* SPDX-License-Identifier: ISC */
#include "client/inspect.h"

#include <criterion/criterion.h>

#include "base/buf.h"
#include "net/msg.h"
#include "net/opcode.h"

static struct model *m;

static void setup(void)
{
    m = model_new();
    (void)model_take_dirty(m);
}

static void teardown(void)
{
    model_free(m);
}

TestSuite(inspect, .init = setup, .fini = teardown);

static const struct trace_row *last(void)
{
    return trace_at(&m->trace, m->trace.count - 1);
}

static void see(bool out, uint8_t op, struct bytes body)
{
    inspect_frame(m, &(struct trace_row){.out = out, .op = op, .state = "ready"}, body);
}

static void expect_where(const char *want)
{
    cr_assert(bytes_eq(bytes_of(last()->where, last()->where_n), bytes_str(want)), "%.*s",
        (int)last()->where_n, last()->where);
}

Test(inspect, frame__name_size_state_and_room)
{
    struct buf b;

    buf_init(&b, 100);
    buf_text(&b, "\x03ops");
    buf_text(&b, "the secret text");
    see(true, OP_JOIN, buf_view(&b));
    cr_assert_str_eq(last()->name, "join");
    cr_assert_str_eq(last()->state, "ready");
    cr_assert_eq(last()->size, b.n);
    expect_where("ops");
    buf_free(&b);
}

/* Whatever a body is, it is counted and never trusted. */
Test(inspect, frame__no_body_is_believed)
{
    uint8_t body[300];

    for (unsigned op = 0; op < 256; op++) {
        for (size_t n = 0; n < sizeof body; n += 7) {
            memset(body, (int)(n ^ op), sizeof body);
            see(op % 2 == 0, (uint8_t)op, bytes_of(body, n));
            cr_assert_eq(last()->size, n);
            cr_assert_leq(last()->where_n, TRACE_WHERE);
        }
    }
    see(false, OP_SAY, bytes_of("\x09ops", 4));
    expect_where("");
    see(false, 0xff, (struct bytes){0});
    cr_assert_str_eq(last()->name, "unknown");
}

Test(inspect, frame__wakes_the_screen_only_when_somebody_looks)
{
    see(true, OP_HEARTBEAT, (struct bytes){0});
    cr_assert_eq(model_take_dirty(m), 0);
    m->trace.watched = true;
    see(true, OP_HEARTBEAT, (struct bytes){0});
    cr_assert_eq(model_take_dirty(m), MODEL_TRACE);
}
