/* SPDX-License-Identifier: ISC */
#include "model/event.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "base/mem.h"

static const struct event *add(struct events *e, const char *text)
{
    return events_add(e, 1, EVENT_INFO, (struct bytes){0}, bytes_str(text));
}

Test(event, add__oldest_first)
{
    struct events e = {0};

    (void)add(&e, "one");
    (void)add(&e, "two");
    cr_assert(bytes_eq(events_at(&e, 0)->text, bytes_str("one")));
    cr_assert(bytes_eq(events_at(&e, 1)->text, bytes_str("two")));
    cr_assert_null(events_at(&e, 2));
    cr_assert_lt(events_at(&e, 0)->id, events_at(&e, 1)->id);
    events_fini(&e);
}

Test(event, add__full_ring_forgets_the_oldest)
{
    struct events e = {0};
    char text[16];

    for (int i = 0; i < EVENTS_MAX + 3; i++) {
        (void)snprintf(text, sizeof text, "%d", i);
        (void)add(&e, text);
    }
    cr_assert_eq(e.count, EVENTS_MAX);
    cr_assert(bytes_eq(events_at(&e, 0)->text, bytes_str("3")));
    cr_assert_eq(events_at(&e, 0)->id, 4);
    cr_assert_eq(events_at(&e, EVENTS_MAX - 1)->id, EVENTS_MAX + 3);
    events_fini(&e);
}

Test(event, add__copies_and_cuts_long_text_between_letters)
{
    struct events e = {0};
    char *text = mem_alloc(EVENT_TEXT + 2);
    const struct event *v;

    memset(text, 'x', EVENT_TEXT - 1);
    memcpy(text + EVENT_TEXT - 1, "\xc3\xa4", 2); /* the cut would fall inside of it */
    v = events_add(&e, 5, EVENT_NOTICE, bytes_str("Server"), bytes_of(text, EVENT_TEXT + 1));
    mem_free(text);
    cr_assert_eq(v->text.n, EVENT_TEXT - 1);
    cr_assert_eq(v->text.p[0], 'x');
    cr_assert_eq(v->wall_ms, 5);
    events_fini(&e);
}
