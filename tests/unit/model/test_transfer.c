/* SPDX-License-Identifier: ISC */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "model/transfer.h"

static struct transfers ts;

static void teardown(void)
{
    transfers_fini(&ts);
}

TestSuite(transfer, .fini = teardown);

static struct transfer *add(uint8_t key)
{
    uint8_t k[EVENT_KEY] = {key};

    return transfers_add(&ts, k);
}

Test(transfer, list__numbers_from_one_and_finds)
{
    uint8_t key[EVENT_KEY] = {2};

    struct transfer *a = add(1);
    struct transfer *b = add(2);
    struct transfer *again = add(2);
    cr_assert_eq(a->n, 1);
    cr_assert_eq(b->n, 2);
    cr_assert_eq(transfers_find(&ts, key), again, "the newest of a key");
    cr_assert_eq(transfers_numbered(&ts, 2), b);
    cr_assert_null(transfers_numbered(&ts, 0));
    cr_assert_null(transfers_numbered(&ts, 4));
    key[0] = 3;
    cr_assert_null(transfers_find(&ts, key));
}

static const char *parting(bool kept)
{
    static char words[TRANSFER_PARTING];

    transfers_parting(&ts, kept, words);
    return words;
}

Test(transfer, parting__says_what_goes_on_and_what_does_not)
{
    cr_assert_str_eq(parting(true), "");
    add(1)->state = TRANSFER_OFFERED; /* theirs, and nobody here took it */
    add(2)->state = TRANSFER_DONE;
    cr_assert_str_eq(parting(true), "");
    cr_assert_str_eq(parting(false), "");
    struct transfer *mine = add(3);
    mine->own = true;
    mine->state = TRANSFER_OFFERED;
    cr_assert_str_eq(parting(true), "a file goes on when you are back");
    cr_assert_str_eq(parting(false), "a file is given up");
    add(4)->state = TRANSFER_PAUSED;
    cr_assert_str_eq(parting(true), "2 files go on when you are back");
    cr_assert_str_eq(parting(false), "2 files are given up");
    mine->state = TRANSFER_READING; /* not even offered */
    cr_assert_str_eq(parting(true), "a file goes on when you are back; a file is given up");
}

/* What is over goes, oldest first; what moves and what is held stays, however old. */
Test(transfer, list__forgets_what_is_long_over)
{
    struct transfer *moves = add(1);
    struct transfer *held = add(2);

    moves->state = TRANSFER_MOVING;
    held->state = TRANSFER_DONE;
    held->held = true;
    for (unsigned i = 0; i < 3 * TRANSFERS_KEPT; i++)
        add(3)->state = TRANSFER_FAILED;
    cr_assert_leq(ts.count, TRANSFERS_KEPT + 3);
    cr_assert_eq(transfers_numbered(&ts, 1), moves);
    cr_assert_eq(transfers_numbered(&ts, 2), held);
    cr_assert_null(transfers_numbered(&ts, 3));
    cr_assert_not_null(transfers_numbered(&ts, ts.last));
    held->held = false;
    add(4);
    cr_assert_null(transfers_numbered(&ts, 2));
}

Test(transfer, sums__are_of_what_moves)
{
    static const enum transfer_state STATES[] = {TRANSFER_MOVING, TRANSFER_READING,
        TRANSFER_CHECKING, TRANSFER_PAUSED, TRANSFER_DONE, TRANSFER_OFFERED};

    for (size_t i = 0; i < MEM_COUNT(STATES); i++) {
        struct transfer *t = add((uint8_t)i);
        t->state = STATES[i];
        t->bytes = 100;
        t->done = 10;
        t->rate = 7;
    }
    struct transfer_sum in = transfers_sum(&ts, false);
    cr_assert(in.count == 3 && in.bytes == 300 && in.done == 30 && in.rate == 21);
    cr_assert_eq(transfers_sum(&ts, true).count, 0);
    cr_assert_eq(transfers_open(&ts), 1);
}

Test(transfer, percent__of_anything_is_at_most_a_hundred)
{
    struct transfer t = {.bytes = UINT64_MAX, .done = UINT64_MAX};

    cr_assert_eq(transfer_percent(&t), 100);
    t.done = UINT64_MAX / 2;
    cr_assert_leq(transfer_percent(&t), 50);
    cr_assert_geq(transfer_percent(&t), 49);
    t = (struct transfer){.bytes = 3, .done = 1};
    cr_assert_eq(transfer_percent(&t), 33);
    t = (struct transfer){.bytes = 199, .done = 199};
    cr_assert_leq(transfer_percent(&t), 100);
    t = (struct transfer){.bytes = 0};
    cr_assert_eq(transfer_percent(&t), 0);
    t.state = TRANSFER_DONE;
    cr_assert_eq(transfer_percent(&t), 100);
}

Test(transfer, left__is_unknown_where_nothing_moves)
{
    cr_assert_eq(transfer_left_s(100, 0, 10), 10);
    cr_assert_eq(transfer_left_s(100, 100, 10), 0);
    cr_assert_eq(transfer_left_s(100, 0, 0), UINT32_MAX);
    cr_assert_eq(transfer_left_s(100, 200, 10), UINT32_MAX);
    cr_assert_eq(transfer_left_s(UINT64_MAX, 0, 1), UINT32_MAX);
}

Test(transfer, pace__is_an_average_over_five_seconds)
{
    struct transfer t = {.bytes = 1u << 30};

    for (uint64_t ms = 0; ms <= 20000; ms += 500)
        transfer_pace(&t, ms * 2, 1000 + ms);
    cr_assert_eq(t.rate, 2000);
    for (uint64_t ms = 20500; ms <= 30000; ms += 500)
        transfer_pace(&t, 40000, 1000 + ms);
    cr_assert_eq(t.rate, 0, "what was fast once is not so now");
}

Test(transfer, pace__begins_anew_where_it_goes_back)
{
    struct transfer t = {.bytes = 1000};

    transfer_pace(&t, 500, 1000);
    transfer_pace(&t, 900, 2000);
    cr_assert_eq(t.rate, 400);
    transfer_pace(&t, 100, 3000); /* less than before */
    cr_assert_eq(t.rate, 0);
    transfer_pace(&t, 200, 4000);
    cr_assert_eq(t.rate, 100);
    transfer_pace(&t, 300, 1000); /* a clock that was set back */
    cr_assert_eq(t.rate, 0);
    for (unsigned i = 0; i < 1000; i++)
        transfer_pace(&t, 300 + i, 1000 + i);
    cr_assert_leq(t.samples, (size_t)TRANSFER_SAMPLES);
    transfer_set_state(&t, TRANSFER_PAUSED, "why");
    cr_assert_eq(t.rate, 0);
    cr_assert_str_eq(t.why, "why");
    transfer_set_state(&t, TRANSFER_MOVING, NULL);
    cr_assert_str_eq(t.why, "");
}

Test(transfer, state__a_reason_of_any_length_fits)
{
    struct transfer t = {.n = 1};
    char words[3 * TRANSFER_WHY];

    memset(words, 'w', sizeof words);
    words[sizeof words - 1] = '\0';
    transfer_set_state(&t, TRANSFER_FAILED, words);
    cr_assert_eq(strlen(t.why), (size_t)TRANSFER_WHY - 1);
    for (int s = -1; s <= TRANSFER_STATES; s++)
        cr_assert_neq(transfer_state_str((enum transfer_state)s)[0], '\0');
    cr_assert_str_eq(transfer_state_str(TRANSFER_STATES), "unknown");
}

Test(transfer, people__are_bounded_and_found_again)
{
    struct transfer *t = add(1);
    char name[ROSTER_NAME + 50];

    for (unsigned i = 0; i < TRANSFER_PEOPLE; i++) {
        (void)snprintf(name, sizeof name, "p%u", i);
        cr_assert_not_null(transfer_person(t, bytes_str(name)));
    }
    cr_assert_null(transfer_person(t, bytes_str("one more")));
    cr_assert_not_null(transfer_person(t, bytes_str("p7")));
    cr_assert_eq(t->people_n, (size_t)TRANSFER_PEOPLE);
    t = add(2);
    memset(name, 'n', sizeof name);
    const struct transfer_person *p = transfer_person(t, bytes_of(name, sizeof name));
    cr_assert_eq(p->name_n, ROSTER_NAME);
    cr_assert_eq(transfer_person(t, bytes_of(name, sizeof name - 1)), p);
    cr_assert_not_null(transfer_person(t, (struct bytes){0}));
}

/* ---- words ---- */

static const char *size(uint64_t n)
{
    static char out[TRANSFER_SIZE];

    transfer_size(out, n);
    return out;
}

Test(transfer, size__in_three_digits)
{
    cr_assert_str_eq(size(0), "0 bytes");
    cr_assert_str_eq(size(1), "1 byte");
    cr_assert_str_eq(size(999), "999 bytes");
    cr_assert_str_eq(size(1000), "1.0 kB");
    cr_assert_str_eq(size(99949), "99.9 kB");
    cr_assert_str_eq(size(99950), "100 kB");
    cr_assert_str_eq(size(999499), "999 kB");
    cr_assert_str_eq(size(999500), "1.0 MB");
    cr_assert_str_eq(size(3200000), "3.2 MB");
    cr_assert_str_eq(size(UINT64_MAX), "18.4 EB");
}

static void reads(const char *text, uint64_t want)
{
    uint64_t n = 1;

    cr_assert(transfer_read_size(bytes_str(text), &n), "%s", text);
    cr_assert_eq(n, want, "%s is %llu", text, (unsigned long long)n);
}

Test(transfer, read_size__as_people_write_it)
{
    static const char *const WRONG[] = {"", "x", "-1", "10Q", "10MBs", "10 M B", ".5", "5.",
        "1e5", "99999999999999999999", "10000P", "1.2.3M", "M", " 10"};
    char digits[1000] = "0.";
    uint64_t n = 1;

    reads("0", 0);
    reads("4000", 4000);
    reads("10M", 10000000);
    reads("10 mb", 10000000);
    reads("2.5 GB", 2500000000u);
    reads("1b", 1);
    reads("1k", 1000);
    reads("1001", 1001);
    reads("68719476736", 68719476736u);
    for (size_t i = 0; i < MEM_COUNT(WRONG); i++) {
        cr_assert_not(transfer_read_size(bytes_str(WRONG[i]), &n), "%s", WRONG[i]);
        cr_assert_eq(n, 0);
    }
    memset(digits + 2, '9', sizeof digits - 3); /* more than any number holds, twice */
    cr_assert_not(transfer_read_size(bytes_str(digits), &n));
    digits[1] = '1';
    cr_assert_not(transfer_read_size(bytes_str(digits), &n));
}

Test(transfer, time__and_kinds)
{
    char out[TRANSFER_TIME];
    char words[TRANSFER_WORDS];
    char longest[TRANSFER_NAME];

    transfer_time(out, 12);
    cr_assert_str_eq(out, "0:12");
    transfer_time(out, 3 * 3600 + 4 * 60 + 5);
    cr_assert_str_eq(out, "3:04:05");
    transfer_time(out, 86400);
    cr_assert_str_eq(out, "1 day");
    transfer_time(out, UINT32_MAX);
    cr_assert_str_eq(out, "49710 days");
    cr_assert_str_eq(transfer_kind("a.PDF"), "PDF document");
    cr_assert_str_eq(transfer_kind("a.pdf.exe"), "program: running it can do harm");
    cr_assert_str_eq(transfer_kind("a.pd"), "file");
    cr_assert_str_eq(transfer_kind("a. "), "file");
    cr_assert_str_eq(transfer_kind("pdf"), "file");
    cr_assert_str_eq(transfer_kind(""), "file");
    transfer_words(words, "a.pdf", 3200000);
    cr_assert_str_eq(words, "a.pdf, 3.2 MB, PDF document");
    memset(longest, 'n', sizeof longest);
    memcpy(longest + sizeof longest - 5, ".exe", 5);
    transfer_words(words, longest, UINT64_MAX);
    cr_assert_not_null(strstr(words, "program"), "what it is must not be cut off");
}
