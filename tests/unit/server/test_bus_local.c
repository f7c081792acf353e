/* SPDX-License-Identifier: ISC */
#include <criterion/criterion.h>
#include <stdio.h>

#include "base/mem.h"
#include "server/bus.h"

static struct loop loop;
static struct bus *bus;
static char heard[4096];
static size_t events;

struct ear {
    char name;
    struct bus_topic *topic;
    struct bus_topic *other; /* left, or published on, when something is heard */
    bool leave;
    int again;
};

static void say(struct bus_topic *t, const char *text, enum err want)
{
    struct bus_msg m = {.kind = 7, .origin = 9, .seq = 11, .frame = span_copy(bytes_str(text))};
    enum err e = bus_pub(bus, t, &m);

    if (e != ERR_OK)
        span_drop(m.frame);
    cr_assert_eq(e, want);
}

static void hear(void *arg, const struct bus_msg *m)
{
    struct ear *ear = arg;
    struct bytes b = span_view(m->frame);
    size_t n = strlen(heard);

    cr_assert_eq(m->kind, 7);
    cr_assert_eq(m->origin, 9);
    cr_assert_eq(m->seq, 11);
    (void)snprintf(heard + n, sizeof heard - n, "%c%.*s ", ear->name, (int)b.n, b.p);
    if (ear->again != 0) {
        ear->again--;
        say(ear->other, "again", ERR_OK);
    }
    if (ear->leave) {
        struct bus_topic *gone = ear->other;
        ear->leave = false;
        bus_leave(bus, gone);
    }
}

static void event(void *arg, enum bus_event ev)
{
    (void)arg, (void)ev;
    events++;
}

static struct ear *join(struct ear *ear, const char *topic)
{
    ear->topic = bus_join(bus, topic, hear, ear);
    cr_assert_not_null(ear->topic);
    return ear;
}

static void turn(void)
{
    loop_turn_begin(&loop, loop.now_ms + 1, 0);
    loop_turn_end(&loop);
}

static void setup(void)
{
    loop_init(&loop, 0, 0);
    bus = bus_local_new(&loop, 8);
    bus->event = event;
    heard[0] = '\0';
    events = 0;
}

static void teardown(void)
{
    bus_close(bus);
    loop_fini(&loop);
}

TestSuite(bus_local, .init = setup, .fini = teardown);

Test(bus_local, pub__is_heard_by_all_of_the_topic_and_the_publisher_but_later)
{
    struct ear a = {.name = 'a'};
    struct ear b = {.name = 'b'};
    struct ear c = {.name = 'c'};

    join(&a, "room.1");
    join(&b, "room.1");
    join(&c, "room.2");
    say(a.topic, "1", ERR_OK);
    say(b.topic, "2", ERR_OK);
    say(c.topic, "3", ERR_OK);
    cr_assert_str_empty(heard);
    cr_assert_eq(bus_pending(bus), 3);
    turn();
    cr_assert_str_eq(heard, "a1 b1 a2 b2 c3 ");
    cr_assert_eq(bus_pending(bus), 0);
    cr_assert_eq(events, 0);
}

Test(bus_local, pub__keeps_the_order_through_growth_and_wraps)
{
    struct ear a = {.name = 'a'};

    bus_close(bus);
    bus = bus_local_new(&loop, SIZE_MAX);
    join(&a, "x");
    for (size_t round = 0; round < 40; round++) {
        char want[2048] = "";
        heard[0] = '\0';
        for (size_t i = 0; i < 3 + round * 2; i++) {
            char text[24];
            (void)snprintf(text, sizeof text, "%zu", i);
            say(a.topic, text, ERR_OK);
            (void)snprintf(want + strlen(want), sizeof want - strlen(want), "a%s ", text);
        }
        turn();
        cr_assert_str_eq(heard, want);
    }
}

Test(bus_local, pub__is_refused_when_full_and_taken_again_after)
{
    struct ear a = {.name = 'a'};

    join(&a, "x");
    for (int i = 0; i < 8; i++)
        say(a.topic, "m", ERR_OK);
    say(a.topic, "no", ERR_FULL);
    turn();
    cr_assert_str_eq(heard, "am am am am am am am am ");
    say(a.topic, "yes", ERR_OK);
    turn();
    cr_assert_not_null(strstr(heard, "ayes"));
}

Test(bus_local, pub__refuses_more_than_a_frame_may_hold)
{
    struct ear a = {.name = 'a'};
    uint8_t *big = mem_alloc(BUS_MAX + 1);
    struct bus_msg m = {.kind = 7, .origin = 9, .seq = 11};

    join(&a, "x");
    m.frame = span_copy(bytes_of(big, BUS_MAX + 1));
    cr_assert_eq(bus_pub(bus, a.topic, &m), ERR_TOO_BIG);
    m.frame.n--;
    cr_assert_eq(bus_pub(bus, a.topic, &m), ERR_OK);
    mem_free(big);
    bus_leave(bus, a.topic); /* what waits is not heard, and not leaked */
    turn();
    cr_assert_str_empty(heard);
}

Test(bus_local, pub__inside_a_callback_is_heard_in_the_same_turn_after_what_waited)
{
    struct ear a = {.name = 'a', .again = 2};

    join(&a, "x");
    a.other = a.topic;
    say(a.topic, "1", ERR_OK);
    say(a.topic, "2", ERR_OK);
    turn();
    cr_assert_str_eq(heard, "a1 a2 aagain aagain ");
}

Test(bus_local, leave__of_oneself_inside_a_callback)
{
    struct ear a = {.name = 'a', .leave = true};
    struct ear b = {.name = 'b'};

    join(&a, "x");
    join(&b, "x");
    a.other = a.topic;
    say(b.topic, "1", ERR_OK);
    say(b.topic, "2", ERR_OK);
    turn();
    cr_assert_str_eq(heard, "a1 b1 b2 ");
}

Test(bus_local, leave__of_the_next_one_and_of_the_last_one_inside_a_callback)
{
    struct ear a = {.name = 'a', .leave = true};
    struct ear b = {.name = 'b'};
    struct ear c = {.name = 'c'};

    join(&a, "x");
    join(&b, "x");
    join(&c, "x");
    a.other = b.topic;
    say(a.topic, "1", ERR_OK);
    turn();
    cr_assert_str_eq(heard, "a1 c1 ");
    a.leave = true;
    a.other = c.topic;
    say(a.topic, "2", ERR_OK);
    turn();
    cr_assert_str_eq(heard, "a1 c1 a2 ");
}

Test(bus_local, leave__by_the_only_listener_with_more_waiting)
{
    struct ear a = {.name = 'a', .leave = true};
    struct ear b = {.name = 'b'};

    join(&a, "x");
    a.other = a.topic;
    say(a.topic, "1", ERR_OK);
    say(a.topic, "2", ERR_OK);
    turn();
    cr_assert_str_eq(heard, "a1 ");
    join(&b, "x");
    say(b.topic, "3", ERR_OK);
    turn();
    cr_assert_str_eq(heard, "a1 b3 ");
    bus_leave(bus, NULL);
}

Test(bus_local, join__hears_only_what_is_published_after_it)
{
    struct ear a = {.name = 'a'};
    struct ear b = {.name = 'b'};

    join(&a, "x");
    say(a.topic, "1", ERR_OK);
    join(&b, "x");
    say(a.topic, "2", ERR_OK);
    turn();
    cr_assert_str_eq(heard, "a1 a2 b2 ");
}

Test(bus_local, join__refuses_what_is_no_topic)
{
    char name[BUS_TOPIC_MAX + 2];

    memset(name, 'x', sizeof name);
    name[BUS_TOPIC_MAX + 1] = '\0';
    cr_assert_null(bus_join(bus, name, hear, NULL));
    name[BUS_TOPIC_MAX] = '\0';
    cr_assert_not_null(bus_join(bus, name, hear, NULL));
    cr_assert_null(bus_join(bus, "", hear, NULL));
    for (int ch = 1; ch < 256; ch++) {
        bool fine = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') ||
                    (ch >= '0' && ch <= '9') || ch == '_' || ch == '.' || ch == '-';
        char text[3] = {'a', (char)ch, '\0'};
        cr_assert_eq(bus_topic_valid(text), fine, "character %d", ch);
    }
}

Test(bus_local, frame__is_freed_after_the_last_listener_or_kept_by_reference)
{
    struct ear a = {.name = 'a'};
    struct bus_msg m = {.kind = 7, .origin = 9, .seq = 11, .frame = span_copy(bytes_str("1"))};
    struct span mine = span_ref(m.frame);

    join(&a, "x");
    cr_assert_eq(bus_pub(bus, a.topic, &m), ERR_OK);
    cr_assert_eq(mine.chunk->refs, 2);
    turn();
    cr_assert_eq(mine.chunk->refs, 1);
    span_drop(mine);
}

Test(bus_local, close__drops_what_waits)
{
    struct ear a = {.name = 'a'};
    struct span mine = span_copy(bytes_str("1"));
    struct bus_msg m = {.frame = span_ref(mine)};

    join(&a, "x");
    cr_assert_eq(bus_pub(bus, a.topic, &m), ERR_OK);
    bus_close(bus);
    cr_assert_eq(mine.chunk->refs, 1);
    span_drop(mine);
    turn();
    cr_assert_str_empty(heard);
    bus = NULL;
}
