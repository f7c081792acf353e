/* SPDX-License-Identifier: ISC */
/*
 * What a relay does with the two: the store decides, the bus tells, and who may have missed
 * something looks in the store. Whatever the bus loses, every listener ends with the same log.
 */
#include "store_check.h"

#include "support/bus_lossy.h"

#define LISTENERS 3
#define WRITES    400

struct listener {
    struct conform *c;
    struct bus_topic *topic;
    uint64_t next; /* the sequence number it waits for; it has applied all before */
    uint64_t told; /* the newest one that it heard of */
    bool asking;
    size_t heard;
    size_t fetched;
};

static struct listener ears[LISTENERS];
static size_t applied; /* by all of them together */

static void catch_up(struct listener *l);

static void fetched(void *arg, const struct store_result *r)
{
    struct listener *l = arg;

    l->asking = false;
    cr_assert_eq(r->rc, ERR_OK);
    for (size_t i = 0; i < r->count; i++) {
        if (r->entries[i].seq != l->next)
            continue;
        l->next++;
        l->fetched++;
        applied++;
    }
    if (r->more || l->told >= l->next)
        catch_up(l);
}

static void catch_up(struct listener *l)
{
    if (l->asking)
        return;
    l->asking = true;
    store_entries(l->c->store, B("r"), l->next - 1, 200, fetched, l);
}

static void on_msg(void *arg, const struct bus_msg *m)
{
    struct listener *l = arg;

    cr_assert(!l->c->inside);
    l->heard++;
    if (m->seq > l->told)
        l->told = m->seq;
    if (m->seq == l->next && !l->asking) {
        l->next++;
        applied++;
    } else if (m->seq >= l->next) {
        catch_up(l);
    }
}

static void on_event(void *arg, enum bus_event ev)
{
    struct conform *c = arg;

    cr_assert(!c->inside);
    cr_assert_eq(ev, BUS_GAP);
    cr_assert(c->lossy, "the local bus loses nothing");
    for (size_t i = 0; i < LISTENERS; i++)
        catch_up(&ears[i]);
}

static void on_stored(void *arg, const struct store_result *r)
{
    struct listener *l = arg;
    struct bus_msg m = {.kind = 1, .seq = (uint64_t)r->num};

    cr_assert_eq(r->rc, ERR_OK);
    m.frame = span_copy(B("new commit"));
    l->c->inside = true;
    cr_assert_eq(bus_pub(l->c->bus, l->topic, &m), ERR_OK);
    l->c->inside = false;
}

static void converge(struct conform *c)
{
    check_group(c, "r", 1);
    applied = 0;
    c->bus->event = on_event;
    c->bus->event_arg = c;
    for (size_t i = 0; i < LISTENERS; i++) {
        ears[i] = (struct listener){.c = c, .next = 2};
        ears[i].topic = bus_join(c->bus, "room.r", on_msg, &ears[i]);
    }
    for (uint64_t i = 1; i <= WRITES; i++) {
        struct store_commit k = check_commit("r", i, i + 1, 'x');
        memcpy(k.req, &i, sizeof i);
        store_commit(c->store, &k, on_stored, &ears[i % LISTENERS]);
        if (i % 5 == 0)
            conform_turn(c);
    }
    conform_until(c, &applied, (size_t)LISTENERS * WRITES);
    for (size_t i = 0; i < LISTENERS; i++) {
        struct listener *l = &ears[i];
        CHECK(c, l->next == WRITES + 2);
        CHECK(c, c->lossy ? l->heard < WRITES && l->fetched != 0 : l->heard == WRITES);
        bus_leave(c->bus, l->topic);
    }
    if (c->lossy) {
        uint64_t dropped = bus_lossy_dropped(c->bus);
        CHECK(c, dropped > LISTENERS * WRITES / 20 && dropped < LISTENERS * WRITES / 5);
        CHECK(c, bus_lossy_gaps(c->bus) != 0);
    }
    /* Nothing may call the listeners of this pair once it is gone. */
    store_barrier(c->store, conform_take, conform_next(c));
    (void)conform_wait(c);
}
Test(bus_store, pair__converges_whatever_the_bus_loses)
{
    conform_each(converge);
}
