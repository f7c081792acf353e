/* SPDX-License-Identifier: ISC */
#include "model/event.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "base/mem.h"

static const struct event *add(struct events *e, const char *text)
{
    return events_add(e, &(struct event){.text = bytes_str(text)});
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
    v = events_add(&e, &(struct event){.wall_ms = 5,
                           .kind = EVENT_NOTICE,
                           .who = bytes_str("Server"),
                           .text = bytes_of(text, EVENT_TEXT + 1)});
    mem_free(text);
    cr_assert_eq(v->text.n, EVENT_TEXT - 1);
    cr_assert_eq(v->text.p[0], 'x');
    cr_assert(bytes_eq(v->who, bytes_str("Server")));
    cr_assert_eq(v->wall_ms, 5);
    events_fini(&e);
}

Test(event, add__keeps_what_a_message_has_but_not_its_place)
{
    struct events e = {0};
    uint8_t block = 0;
    const struct event *v = events_add(&e, &(struct event){.id = 77,
                                               .kind = EVENT_MESSAGE,
                                               .state = EVENT_QUEUED,
                                               .flags = EVENT_OWN | EVENT_GUEST,
                                               .key = {1, 2, 3},
                                               .tag = "ab12",
                                               .block = &block});

    cr_assert_eq(v->id, 1);
    cr_assert_neq(v->block, &block);
    cr_assert_eq(v->kind, EVENT_MESSAGE);
    cr_assert_eq(v->state, EVENT_QUEUED);
    cr_assert_eq(v->flags, EVENT_OWN | EVENT_GUEST);
    cr_assert_eq(v->key[2], 3);
    cr_assert_str_eq(v->tag, "ab12");
    cr_assert_eq(v->who.n + v->text.n, 0);
    events_fini(&e);
}

static void add_message(struct events *e, enum event_kind kind, uint8_t key, const char *text)
{
    (void)events_add(e, &(struct event){.kind = kind, .key = {key}, .text = bytes_str(text)});
}

Test(event, message__found_by_its_key_until_it_is_forgotten)
{
    struct events e = {0};
    static const uint8_t ONE[EVENT_KEY] = {1};
    static const uint8_t TWO[EVENT_KEY] = {2};

    cr_assert_null(events_message(&e, ONE));
    add_message(&e, EVENT_MESSAGE, 1, "said");
    add_message(&e, EVENT_FOUND, 1, "found again"); /* not the message itself */
    add_message(&e, EVENT_INFO, 2, "no message");
    cr_assert(bytes_eq(events_message(&e, ONE)->text, bytes_str("said")));
    cr_assert_null(events_message(&e, TWO));
    for (int i = 0; i < EVENTS_MAX; i++)
        (void)add(&e, "x");
    cr_assert_null(events_message(&e, ONE));
    events_fini(&e);
}

Test(event, str__every_kind_and_state_has_a_word)
{
    for (int i = 0; i < EVENT_KINDS; i++)
        cr_assert_str_neq(event_kind_str((enum event_kind)i), "unknown");
    for (int i = 0; i < EVENT_STATES; i++)
        cr_assert_str_neq(event_state_str((enum event_state)i), "unknown");
    cr_assert_str_eq(event_kind_str(EVENT_KINDS), "unknown");
    cr_assert_str_eq(event_state_str(EVENT_STATES), "unknown");
}
