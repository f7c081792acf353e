/* SPDX-License-Identifier: ISC */
#include "tui/entry.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#define DAY_MS  ((int64_t)86400 * 1000)
#define INDENT  (1 + 7 + 10 + 2)
#define NOON_MS (20000 * DAY_MS + DAY_MS / 2)

static struct events es;

static void setup(void)
{
    (void)setenv("TZ", "UTC", 1);
}

static void teardown(void)
{
    events_fini(&es);
}

TestSuite(entry, .init = setup, .fini = teardown);

static const struct entry_look WIDE = {.nick_cols = 10, .clock = true};
static const struct entry_look SLIM = {.nick_cols = 0, .clock = false};

static void init(
    struct entry *en, const struct entry_look *like, int cols, size_t i, const char *mark)
{
    struct entry_look l = *like;
    struct item it;

    l.items.events = &es;
    l.cols = cols;
    l.more = "...";
    it = item_at(&l.items, i);
    entry_init(en, &l, &it, mark);
}

static void add(enum event_kind kind, uint8_t flags, const char *who, const char *text)
{
    (void)events_add(&es, &(struct event){.wall_ms = NOON_MS,
                              .kind = kind,
                              .flags = flags,
                              .tag = "ab12",
                              .who = bytes_str(who),
                              .text = bytes_str(text)});
}

static void expect(const struct entry_look *l, const char *mark, const char *text)
{
    struct entry en;

    init(&en, l, 60, es.count - 1, mark);
    cr_assert_str_eq(buf_cstr(&en.text), text);
    entry_fini(&en);
}

Test(entry, text__names_stand_in_it_where_they_have_no_column)
{
    add(EVENT_MESSAGE, 0, "bob", "hi");
    expect(&WIDE, "", "hi");
    expect(&SLIM, "", "bob: hi");
    add(EVENT_MESSAGE, EVENT_GUEST, "bob", "hi");
    expect(&SLIM, "", "bob#ab12: hi");
    add(EVENT_HERE, 0, "bob", "is here");
    expect(&SLIM, "", "bob is here");
    add(EVENT_ERROR, 0, "", "no");
    expect(&SLIM, "", "! no");
}

Test(entry, text__found_ones_say_when)
{
    add(EVENT_FOUND, 0, "bob", "hi");
    expect(&WIDE, "", "2024-10-04 12:00  hi");
    expect(&SLIM, "", "2024-10-04 12:00  bob: hi");
}

Test(entry, text__is_clean_and_a_name_stays_on_its_line)
{
    add(EVENT_MESSAGE, 0, "b\nob", "x\x1b[2J\ny");
    expect(&WIDE, "", "x<U+001B>[2J\ny");
    expect(&SLIM, "", "b<U+000A>ob: x<U+001B>[2J\ny");
}

Test(entry, mark__stands_behind)
{
    struct entry en;

    add(EVENT_MESSAGE, EVENT_OWN, "me", "hi");
    expect(&WIDE, "ok", "hi ok");
    init(&en, &WIDE, 60, 0, "ok");
    cr_assert_eq(en.mark_at, 2);
    entry_fini(&en);
    init(&en, &WIDE, 60, 0, "");
    cr_assert_eq(en.mark_at, en.text.n);
    entry_fini(&en);
}

static void expect_rows(const struct entry_look *l, int cols, const char *const *rows)
{
    struct entry en;
    struct bytes rest;
    struct bytes row;
    size_t n = 0;

    init(&en, l, cols, es.count - 1, "");
    rest = buf_view(&en.text);
    for (; entry_next(&en, &rest, &row); n++) {
        cr_assert_not_null(rows[n]);
        cr_assert(bytes_eq(row, bytes_str(rows[n])), "%.*s", (int)row.n, row.p);
    }
    cr_assert_null(rows[n]);
    cr_assert_eq(en.rows, n + en.above);
    entry_fini(&en);
}

#define ROWS(...) ((const char *const[]){__VA_ARGS__, NULL})

Test(entry, rows__keep_the_lines_of_a_message)
{
    add(EVENT_MESSAGE, 0, "bob", "one\n\n  two three");
    expect_rows(&WIDE, 60, ROWS("one", "", "  two three"));
    expect_rows(&WIDE, INDENT + 1 + 8, ROWS("one", "", "  two", "three"));
}

/* Where names are in the text, a second line cannot stand where a name would. */
Test(entry, rows__hang_so_that_none_looks_like_another_message)
{
    struct entry en;

    add(EVENT_MESSAGE, 0, "eve", "hi\nbob: I am bob");
    init(&en, &SLIM, 40, 0, "");
    cr_assert_gt(en.hang, 0);
    entry_fini(&en);
    init(&en, &WIDE, 80, 0, "");
    cr_assert_eq(en.hang, 0);
    cr_assert_gt(en.indent, WIDE.nick_cols);
    entry_fini(&en);
}

static bool has_day(size_t i)
{
    struct entry en;
    size_t day;

    init(&en, &WIDE, 60, i, "");
    day = en.above;
    cr_assert_eq(en.rows, 1u + day);
    entry_fini(&en);
    return day != 0;
}

Test(entry, day__a_line_where_another_one_begins)
{
    static const struct {
        enum event_kind kind;
        int day;
        bool line;
    } ROWS_OF[] = {
        {EVENT_FOUND, 1, false},
        {EVENT_MESSAGE, 4, false}, /* the first of the page's own time */
        {EVENT_MESSAGE, 4, false},
        {EVENT_MESSAGE, 5, true},
        {EVENT_FOUND, 1, false},
        {EVENT_FOUND, 2, false},
        {EVENT_MESSAGE, 5, false},
        {EVENT_INFO, 6, true},
    };

    for (size_t i = 0; i < sizeof ROWS_OF / sizeof ROWS_OF[0]; i++)
        (void)events_add(&es, &(struct event){.kind = ROWS_OF[i].kind,
                                  .wall_ms = NOON_MS + ROWS_OF[i].day * DAY_MS,
                                  .text = bytes_str("x")});
    for (size_t i = 0; i < sizeof ROWS_OF / sizeof ROWS_OF[0]; i++)
        cr_assert_eq(has_day(i), ROWS_OF[i].line, "%zu", i);
}

/* The text of wide panes stays readable; too few columns are not taken for an answer. */
Test(entry, width__is_what_the_person_wants_at_most)
{
    struct entry_look l = WIDE;
    struct entry en;

    add(EVENT_MESSAGE, 0, "bob", "hi");
    l.text_cols = 50;
    init(&en, &l, 200, 0, "");
    cr_assert_eq(en.cols, 50);
    entry_fini(&en);
    init(&en, &l, 60, 0, "");
    cr_assert_eq(en.cols, 60 - INDENT - 1);
    entry_fini(&en);
    l.text_cols = 1;
    init(&en, &l, 60, 0, "");
    cr_assert_gt(en.cols, 4);
    entry_fini(&en);
    l.text_cols = 0;
    init(&en, &l, 200, 0, "");
    cr_assert_eq(en.cols, 200 - INDENT - 1);
    entry_fini(&en);
}

Test(entry, bare__has_all_columns_for_the_text)
{
    static const struct entry_look BARE = {.bare = true, .text_cols = 10};
    struct entry en;

    add(EVENT_MESSAGE, 0, "bob", "hi");
    init(&en, &BARE, 60, 0, "");
    cr_assert_str_eq(buf_cstr(&en.text), "bob: hi");
    cr_assert_eq(en.indent + en.hang, 0);
    cr_assert_eq(en.cols, 60);
    entry_fini(&en);
}

Test(entry, folded__is_one_line_with_counts)
{
    struct entry_look l = {.items.fold = true, .key = "Alt+="};

    add(EVENT_HERE, EVENT_FOLDED, "bob", "joined");
    add(EVENT_HERE, EVENT_FOLDED, "", "bob is in the group now");
    add(EVENT_HERE, EVENT_FOLDED, "ann", "joined");
    add(EVENT_GONE, EVENT_FOLDED, "bob", "left");
    expect(&l, "", "... 2 joined, 1 left, 1 other (Alt+=)");
    l.key[0] = '\0';
    expect(&l, "", "... 2 joined, 1 left, 1 other");
    l.items.fold = false;
    expect(&l, "", "bob left");
}

Test(entry, tag__of_guests_alone)
{
    char out[EVENT_TAG + 1];

    cr_assert_str_eq(entry_tag(out, &(struct event){.tag = "ab12"}), "");
    cr_assert_str_eq(entry_tag(out, &(struct event){.flags = EVENT_GUEST}), "");
    cr_assert_str_eq(
        entry_tag(out, &(struct event){.flags = EVENT_GUEST, .tag = "ab12"}), "#ab12");
    cr_assert_str_eq(
        entry_tag(out, &(struct event){.flags = EVENT_GUEST, .tag = {'a', 'b', 'c', 'd', 'e'}}),
        "#abcd");
}
