/* SPDX-License-Identifier: ISC */
/* Frames on their way out: in order, none before its ticket, none without room for its reply.
 */
#include "client/outgoing.h"

#include <criterion/criterion.h>

#include "base/mem.h"

static struct outgoing out;
static struct requests asked;
static char sent[2048]; /* a letter a frame */
static size_t sent_n;

static void on_send(struct link *l, struct span s)
{
    (void)l;
    cr_assert_lt(sent_n, sizeof sent);
    sent[sent_n++] = (char)span_view(s).p[0];
    span_drop(s);
}

static const struct link_ops OPS = {.send = on_send};
static struct link link_of_test = {.ops = &OPS};

static void setup(void)
{
    outgoing_init(&out);
    requests_clear(&asked);
    sent_n = 0;
}

static void teardown(void)
{
    outgoing_clear(&out);
}

TestSuite(outgoing, .init = setup, .fini = teardown);

static void put(char letter, uint64_t ticket, bool asks)
{
    struct request r = {.op = (uint8_t)letter};

    outgoing_put(&out, span_copy(bytes_of(&letter, 1)), ticket, asks ? &r : NULL);
}

static size_t flush(uint64_t durable)
{
    return outgoing_flush(&out, &link_of_test, durable, &asked);
}

#define SENT(text)                                                                             \
    cr_assert(                                                                                 \
        sent_n == strlen(text) && memcmp(sent, text, sent_n) == 0, "%.*s", (int)sent_n, sent)

Test(outgoing, flush__of_nothing_sends_nothing)
{
    cr_assert_eq(flush(UINT64_MAX), 0);
    SENT("");
}

Test(outgoing, flush__keeps_the_order)
{
    put('a', 0, true);
    put('b', 0, false);
    put('c', 0, true);
    cr_assert_eq(out.count, 3);
    cr_assert_eq(flush(0), 3);
    SENT("abc");
    cr_assert_eq(out.count, 0);
    cr_assert_eq(requests_first(&asked)->op, 'a');
    cr_assert_eq(asked.count, 2, "nobody answers b");
    put('d', 0, false);
    cr_assert_eq(flush(0), 1);
    SENT("abcd");
}

Test(outgoing, ticket__is_waited_for_and_nothing_overtakes)
{
    put('a', 5, false);
    put('b', 0, false);
    put('c', 7, true);
    put('d', 0, true);
    cr_assert_eq(flush(4), 0);
    SENT("");
    cr_assert_eq(flush(5), 2);
    SENT("ab");
    cr_assert_eq(flush(6), 0);
    cr_assert_null(requests_first(&asked), "what was not sent is not waited for");
    cr_assert_eq(flush(7), 2);
    SENT("abcd");
}

Test(outgoing, requests__that_are_full_hold_everything_back)
{
    struct request r;

    for (int i = 0; i < REQUESTS_MAX; i++)
        put('q', 0, true);
    put('x', 0, true);
    put('y', 0, false);
    cr_assert_eq(flush(0), REQUESTS_MAX);
    cr_assert_eq(flush(0), 0);
    cr_assert_eq(out.count, 2);
    cr_assert(requests_take(&asked, &r));
    cr_assert_eq(flush(0), 2);
    cr_assert_eq(sent[sent_n - 2], 'x');
    cr_assert_eq(sent[sent_n - 1], 'y');
    cr_assert_eq(asked.count, REQUESTS_MAX);
}

Test(outgoing, clear__drops_all_and_begins_anew)
{
    put('a', 0, true);
    put('b', 9, true);
    outgoing_clear(&out);
    cr_assert_eq(out.count, 0);
    cr_assert_eq(flush(UINT64_MAX), 0);
    outgoing_clear(&out);
    put('c', 0, false);
    cr_assert_eq(flush(0), 1);
    SENT("c");
}
