/* SPDX-License-Identifier: ISC */
#include "tui/notify.h"

#include <criterion/criterion.h>

static struct model *m;
static struct room *ops, *bob;
static struct notify n;

static void setup(void)
{
    m = model_new();
    ops = model_join(m, bytes_str("ops"));
    bob = model_direct(m, bytes_str("bob"));
    n = (struct notify){.away = true};
}

static void teardown(void)
{
    model_free(m);
}

TestSuite(notify, .init = setup, .fini = teardown);

static bool hear(const struct room *r, const char *who, uint8_t flags)
{
    return notify_hear(&n, r,
        &(struct event){.kind = EVENT_MESSAGE,
            .flags = flags,
            .who = bytes_str(who),
            .text = bytes_str("the words")});
}

static void told(enum notify_what what, const char *want)
{
    struct buf out;

    buf_init(&out, 1024);
    notify_take(&n, what, 5000, &out);
    cr_assert_str_eq(buf_cstr(&out), want);
    cr_assert_eq(n.count, 0u);
    buf_free(&out);
}

Test(notify, hear__mentions_and_what_is_said_to_us_alone)
{
    cr_assert_not(hear(ops, "bob", 0));
    cr_assert_not(hear(ops, "bob", EVENT_MENTION | EVENT_OLD));
    cr_assert_not(hear(bob, "alice", EVENT_OWN));
    cr_assert_not(notify_hear(&n, bob, &(struct event){.kind = EVENT_INFO}));
    cr_assert(hear(ops, "bob", EVENT_MENTION));
    cr_assert(hear(bob, "bob", 0));
    n.away = false;
    cr_assert_not(hear(bob, "bob", 0));
}

Test(notify, take__says_who_and_only_when_wanted_what)
{
    (void)hear(ops, "bob", EVENT_MENTION);
    told(NOTIFY_WHO, "bob mentioned you in #ops");
    (void)hear(bob, "bob", 0);
    told(NOTIFY_WHO, "bob wrote to you");
    (void)hear(ops, "bob", EVENT_MENTION);
    told(NOTIFY_FULL, "bob in #ops: the words");
    (void)hear(bob, "bob", 0);
    told(NOTIFY_FULL, "bob: the words");
}

Test(notify, take__several_as_one)
{
    (void)hear(bob, "bob", 0);
    (void)hear(ops, "bob", EVENT_MENTION);
    told(NOTIFY_FULL, "bob: 2 messages");
    (void)hear(bob, "bob", 0);
    (void)hear(ops, "carol", EVENT_MENTION);
    (void)hear(ops, "carol", EVENT_MENTION);
    told(NOTIFY_WHO, "bob and others: 3 messages");
}

Test(notify, due__at_once_and_then_with_a_gap)
{
    cr_assert_eq(notify_due(&n, 0), 1u, "0 is no time");
    cr_assert_eq(notify_due(&n, 4000), 4000u);
    (void)hear(bob, "bob", 0);
    told(NOTIFY_WHO, "bob wrote to you"); /* at 5000 */
    cr_assert_eq(notify_due(&n, 5100), 5000u + NOTIFY_GAP_MS);
    cr_assert_eq(notify_due(&n, 9000), 9000u);
}

Test(notify, look__here_has_nothing_to_tell)
{
    (void)hear(bob, "bob", 0);
    notify_look(&n, true);
    cr_assert_eq(n.count, 0u);
    cr_assert_not(hear(bob, "bob", 0));
    notify_look(&n, false);
    cr_assert(hear(bob, "bob", 0));
}
