/* SPDX-License-Identifier: ISC */
/* Where reading stopped, what names a person, what is noise, and what was said before. */
#include "model/model.h"

#include <criterion/criterion.h>

static struct model *m;
static struct room *a;

static void setup(void)
{
    m = model_new();
    a = model_join(m, bytes_str("a"));
}

static void teardown(void)
{
    model_free(m);
}

TestSuite(reading, .init = setup, .fini = teardown);

static uint64_t add(enum event_kind kind, uint8_t flags, const char *text)
{
    model_add(m, a,
        &(struct event){
            .kind = kind, .flags = flags, .who = bytes_str("bob"), .text = bytes_str(text)});
    return a->events.last_id;
}

Test(reading, unread__begins_with_the_first_that_is_worth_a_look)
{
    (void)add(EVENT_HERE, 0, "joined");
    (void)add(EVENT_MESSAGE, EVENT_OLD, "before");
    cr_assert_eq(a->unread_at, 0);
    uint64_t first = add(EVENT_MESSAGE, 0, "hi");
    (void)add(EVENT_MESSAGE, 0, "again");
    cr_assert_eq(a->unread_at, first);
}

Test(reading, unread__stays_while_it_is_read_and_goes_when_it_is_left)
{
    uint64_t first = add(EVENT_MESSAGE, 0, "hi");

    model_show(m, a);
    (void)add(EVENT_MESSAGE, 0, "seen as it comes");
    cr_assert_eq(a->unread_at, first);
    model_show(m, a); /* the page that is open is not left */
    cr_assert_eq(a->unread_at, first);
    model_show(m, m->home);
    cr_assert_eq(a->unread_at, 0);
    first = add(EVENT_MESSAGE, 0, "new");
    cr_assert_eq(a->unread_at, first);
}

Test(reading, unread__on_the_open_page_when_nobody_looks)
{
    model_show(m, a);
    (void)add(EVENT_MESSAGE, 0, "seen");
    model_mark_read(m, a);
    cr_assert_eq(a->unread_at, 0);
    model_read_on(m, a);
    (void)add(EVENT_MESSAGE, 0, "seen too");
    cr_assert_eq(a->unread_at, 0);
    model_mark_read(m, a);
    uint64_t first = add(EVENT_MESSAGE, 0, "unseen");
    model_read_on(m, a);
    cr_assert_eq(a->unread_at, first);
    model_mark_read(m, a);
    (void)model_take_dirty(m);
    cr_assert_eq(a->unread_at, 0);
}

/* Who speaks is there. */
Test(reading, unread__not_behind_words_of_ones_own)
{
    model_show(m, a);
    model_mark_read(m, a);
    (void)add(EVENT_MESSAGE, EVENT_OWN, "mine");
    (void)add(EVENT_MESSAGE, 0, "an answer");
    cr_assert_eq(a->unread_at, 0);
}

Test(reading, unread__survives_older_ones)
{
    uint64_t first = add(EVENT_MESSAGE, 0, "hi");
    size_t i;

    model_before(m, a, &(struct event){.kind = EVENT_MESSAGE, .text = bytes_str("old")}, 1);
    cr_assert_eq(a->unread_at, first);
    cr_assert(events_index(&a->events, first, &i));
    cr_assert_eq(i, 1);
    model_clear(m, a);
    cr_assert_eq(a->unread_at, 0);
    cr_assert_gt(add(EVENT_MESSAGE, 0, "on"), first);
}

static bool mentions(uint8_t flags, const char *text)
{
    (void)add(EVENT_MESSAGE, flags, text);
    return (events_at(&a->events, a->events.count - 1)->flags & EVENT_MENTION) != 0;
}

Test(reading, mention__by_words_of_the_persons_choice)
{
    cr_assert_not(mentions(0, "the release is out"));
    cr_assert_eq(
        model_set_pref(m, bytes_str("highlight"), bytes_str("release  deploy")), ERR_OK);
    cr_assert(mentions(0, "the RELEASE is out"));
    cr_assert(mentions(0, "who can deploy?"));
    cr_assert_not(mentions(0, "releases"));
    cr_assert_not(mentions(EVENT_OWN, "my release"));
    cr_assert_eq(a->mention, 2);
}

Test(reading, mention__in_what_was_said_before)
{
    static const struct {
        const char *text;
        uint8_t flags;
        bool mention;
    } ROWS[] = {{"ann, look", 0, true}, {"annanas", 0, false}, {"I am ann", EVENT_OWN, false},
        {"deploy", 0, true}};

    model_set_nick(m, bytes_str("ann"));
    cr_assert_eq(model_set_pref(m, bytes_str("highlight"), bytes_str("deploy")), ERR_OK);
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        model_before(m, a,
            &(struct event){.kind = EVENT_MESSAGE,
                .flags = ROWS[i].flags | EVENT_OLD,
                .text = bytes_str(ROWS[i].text)},
            1);
        cr_assert_eq((events_at(&a->events, 0)->flags & EVENT_MENTION) != 0, ROWS[i].mention);
    }
    cr_assert_eq(a->mention, 0);
}

static bool folded(enum event_kind kind)
{
    (void)add(kind, 0, "x");
    return (events_at(&a->events, a->events.count - 1)->flags & EVENT_FOLDED) != 0;
}

Test(reading, noise__who_has_just_spoken_is_seen_going)
{
    model_time(m, 1000);
    cr_assert(folded(EVENT_HERE));
    (void)add(EVENT_MESSAGE, 0, "hi");
    cr_assert_not(folded(EVENT_GONE));
    model_time(m, 1000 + 11 * 60000);
    cr_assert(folded(EVENT_GONE));
}

static bool asked(void)
{
    struct intent i;
    bool line = false;

    while (intents_take(&m->intents, &i)) {
        line = i.kind == INTENT_LINE && strcmp(i.text, "/history 100") == 0 && !i.direct &&
               bytes_eq(bytes_of(i.where, i.where_n), bytes_str("a"));
        intent_fini(&i);
    }
    return line;
}

Test(reading, older__asked_for_once_until_it_came)
{
    cr_assert(model_ask_older(m, a));
    cr_assert(asked());
    cr_assert_not(model_ask_older(m, a));
    model_older_came(m, a, true);
    cr_assert(model_ask_older(m, a));
    cr_assert(asked());
    model_older_came(m, a, false);
    cr_assert_not(model_ask_older(m, a));
    cr_assert_not(model_ask_older(m, m->home));
    cr_assert_not(asked());
    model_clear(m, a); /* what was cleared can be read again */
    cr_assert(model_ask_older(m, a));
}

Test(reading, older__not_for_a_page_that_is_full)
{
    for (int i = 0; i < EVENTS_MAX; i++)
        (void)add(EVENT_INFO, 0, "x");
    cr_assert_not(model_ask_older(m, a));
}
