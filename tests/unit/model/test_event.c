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
    cr_assert_eq(events_at(&e, 0)->id, EVENT_ID + 3);
    cr_assert_eq(events_at(&e, EVENTS_MAX - 1)->id, EVENT_ID + EVENTS_MAX + 2);
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

    cr_assert_eq(v->id, EVENT_ID);
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

Test(event, add__a_ring_grows_as_it_fills)
{
    struct events e = {0};

    for (int i = 0; i < 3; i++)
        (void)add(&e, "x");
    cr_assert_lt(e.cap, 64, "300 rooms have to be cheap");
    for (int i = 3; i < 100; i++)
        (void)add(&e, "x");
    cr_assert_eq(e.count, 100);
    for (size_t i = 0; i < 100; i++)
        cr_assert_eq(events_at(&e, i)->id, EVENT_ID + i);
    events_fini(&e);
}

/* What a reader holds on to stays the same while older ones are put in front of it. */
Test(event, before__ids_stay_and_older_ones_are_lower)
{
    struct events e = {0};
    struct event old[40] = {0};
    char text[40][8];
    size_t at;

    (void)add(&e, "now");
    (void)add(&e, "then");
    for (size_t i = 0; i < 40; i++) {
        (void)snprintf(text[i], sizeof text[i], "%zu", i);
        old[i].text = bytes_str(text[i]);
    }
    cr_assert_eq(events_before(&e, old, 40), 40);
    cr_assert_eq(e.count, 42);
    cr_assert(events_index(&e, EVENT_ID, &at));
    cr_assert_eq(at, 40);
    cr_assert(bytes_eq(events_at(&e, at)->text, bytes_str("now")));
    cr_assert(bytes_eq(events_at(&e, 0)->text, bytes_str("0")));
    cr_assert_eq(events_at(&e, 0)->id, EVENT_ID - 40);
    cr_assert_eq(add(&e, "next")->id, EVENT_ID + 2);
    cr_assert_not(events_index(&e, EVENT_ID + 3, &at));
    cr_assert_not(events_index(&e, EVENT_ID - 41, &at));
    events_fini(&e);
}

Test(event, before__a_full_page_takes_the_newest_that_fit)
{
    struct events e = {0};
    const struct event old[] = {{.text = bytes_str("1")}, {.text = bytes_str("2")}};

    for (int i = 0; i < EVENTS_MAX - 1; i++)
        (void)add(&e, "x");
    cr_assert_eq(events_before(&e, old, 2), 1);
    cr_assert(bytes_eq(events_at(&e, 0)->text, bytes_str("2")));
    cr_assert_eq(events_before(&e, old, 2), 0);
    cr_assert_eq(e.count, EVENTS_MAX);
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

Test(event, retell__other_words_in_the_same_place)
{
    struct events e = {0};

    uint64_t id =
        events_add(&e, &(struct event){.who = bytes_str("a"), .text = bytes_str("one")})->id;
    (void)events_add(&e, &(struct event){.who = bytes_str("b"), .text = bytes_str("two")});
    cr_assert(events_retell(&e, id, bytes_str("longer than it was")));
    cr_assert(bytes_eq(events_at(&e, 0)->text, bytes_str("longer than it was")));
    cr_assert(bytes_eq(events_at(&e, 0)->who, bytes_str("a")));
    cr_assert(bytes_eq(events_at(&e, 1)->text, bytes_str("two")));
    cr_assert_not(events_retell(&e, id + 2, bytes_str("there is none")));
    events_fini(&e);
}
