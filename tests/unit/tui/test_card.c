/* SPDX-License-Identifier: ISC */
#include "tui/card.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "support/hostile.h"
#include "tui/entry.h"
#include "tui/wrap.h"

#define COLS 60

static struct transfers files;
static struct events es;
static struct card_look look;
static char made[32768];
static struct card made_card;

static void setup(void)
{
    look = (struct card_look){.files = &files,
        .gauge = {"#", "", "-", false},
        .in = "v",
        .out = "^",
        .more = "...",
        .select = "Alt+S"};
}

static void teardown(void)
{
    transfers_fini(&files);
    events_fini(&es);
}

TestSuite(card, .init = setup, .fini = teardown);

static struct transfer *add(const char *name, uint64_t bytes, bool own)
{
    static uint8_t key[EVENT_KEY];
    struct transfer *t;

    key[0]++;
    t = transfers_add(&files, key);
    t->own = own;
    t->bytes = bytes;
    t->state = TRANSFER_OFFERED;
    (void)bytes_copy(t->name, sizeof t->name, bytes_str(name));
    return t;
}

static const char *text(const struct transfer *t, int cols, int lead)
{
    struct buf b;

    buf_init(&b, sizeof made - 1);
    card_put(&b, &made_card, &look, t, (struct card_at){cols, lead});
    cr_assert(bytes_copy(made, sizeof made, buf_view(&b)));
    buf_free(&b);
    return made;
}

Test(card, offer__says_what_can_be_done_in_as_many_words_as_fit)
{
    struct transfer *t = add("report.pdf", 3200000, false);

    cr_assert_str_eq(text(t, 62, 0),
        "v report.pdf  3.2 MB, PDF document, sender not verified\n"
        "Alt+S, then [s] save  [a] save as  [r] refuse, or /accept 1");
    t->verified = true;
    cr_assert_str_eq(text(t, 54, 0), "v report.pdf  3.2 MB, PDF document, sender verified\n"
                                     "[s] save  [a] save as  [r] refuse  or /accept 1");
    cr_assert_str_eq(text(t, 38, 5), "v report.pdf\n3.2 MB, PDF document, sender verified\n"
                                     "[s] save  [r] refuse  or /accept 1");
    cr_assert_str_eq(text(t, 24, 5),
        "v report.pdf\n3.2 MB, PDF document, sender verified\n/accept 1 or /refuse 1");
    look.select[0] = '\0'; /* no key leads there */
    cr_assert_str_eq(strrchr(text(t, 62, 0), '\n') + 1, "/accept 1 or /refuse 1");
}

Test(card, states__of_theirs)
{
    struct transfer *t = add("a.txt", 1000, false);
    static const struct {
        enum transfer_state state;
        const char *why;
        const char *row;
    } ROWS[] = {
        {TRANSFER_WAITING, "", "accepted; nothing has come yet"},
        {TRANSFER_PAUSED, "paused by you", "paused by you, at 62%"},
        {TRANSFER_PAUSED, "the sender pauses", "paused, at 62%: the sender pauses"},
        {TRANSFER_LOST, "", "a line is lost; it goes on by itself, at 62%"},
        {TRANSFER_CHECKING, "", "all of it is here; its hash is being compared"},
        {TRANSFER_DONE, "", "saved in /home/me/a.txt, hash and signature checked"},
        {TRANSFER_REFUSED, "", "refused"},
        {TRANSFER_CANCELLED, "bob took it back.", "cancelled: bob took it back."},
        {TRANSFER_FAILED, "The disk is full.", "failed: The disk is full."},
        {TRANSFER_MOVING, "", "##############----------  62%"},
    };

    t->done = 620;
    cr_assert_eq(setenv("HOME", "/home/you", 1), 0);
    (void)bytes_copy(t->path, sizeof t->path, bytes_str("/home/me/a.txt"));
    for (size_t i = 0; i < MEM_COUNT(ROWS); i++) {
        transfer_set_state(t, ROWS[i].state, ROWS[i].why);
        cr_assert_str_eq(strrchr(text(t, COLS, 0), '\n') + 1, ROWS[i].row);
    }
}

Test(card, states__a_place_at_home_is_short)
{
    struct transfer *t = add("a.txt", 1000, false);

    cr_assert_eq(setenv("HOME", "/home/me", 1), 0);
    (void)bytes_copy(t->path, sizeof t->path, bytes_str("/home/me/Downloads/a.txt"));
    transfer_set_state(t, TRANSFER_DONE, "");
    cr_assert_str_eq(strrchr(text(t, COLS, 0), '\n') + 1,
        "saved in ~/Downloads/a.txt, hash and signature checked");
}

static void person(struct transfer *t, const char *name, enum transfer_state s)
{
    transfer_person(t, bytes_str(name))->state = s;
}

Test(card, people__of_a_room_have_a_row_each_while_it_goes_on)
{
    struct transfer *t = add("a.txt", 1000, true);

    t->state = TRANSFER_MOVING;
    person(t, "bob", TRANSFER_OFFERED);
    person(t, "carol", TRANSFER_DONE);
    person(t, "dave", TRANSFER_MOVING);
    transfer_person(t, bytes_str("dave"))->done = 500;
    cr_assert_str_eq(text(t, 34, 0), "^ a.txt  1.0 kB, text\non its way; 1 of 3 have it\n"
                                     "dave         ########--------  50%\n"
                                     "carol        has it\n"
                                     "bob          was asked, no answ...");
    t->state = TRANSFER_DONE;
    cr_assert_str_eq(text(t, 34, 0), "^ a.txt  1.0 kB, text\ncarol has it");
    person(t, "dave", TRANSFER_DONE);
    cr_assert_str_eq(text(t, 34, 0), "^ a.txt  1.0 kB, text\ncarol and dave have it");
}

Test(card, people__who_are_still_asked_after_others_answered)
{
    struct transfer *t = add("a.txt", 1000, true);

    t->state = TRANSFER_OFFERED;
    cr_assert_str_eq(
        text(t, COLS, 0), "^ a.txt  1.0 kB, text\noffered; nobody has answered yet");
    person(t, "bob", TRANSFER_OFFERED);
    cr_assert_str_eq(
        text(t, COLS, 0), "^ a.txt  1.0 kB, text\noffered; nobody has answered yet");
    person(t, "bob", TRANSFER_DONE);
    cr_assert_str_eq(text(t, COLS, 0), "^ a.txt  1.0 kB, text\nstill offered; bob has it");
    person(t, "bob", TRANSFER_FAILED);
    transfer_set_state(t, TRANSFER_OFFERED, "gone: bob");
    cr_assert_str_eq(text(t, COLS, 0), "^ a.txt  1.0 kB, text\nstill offered: gone: bob");
    person(t, "carol", TRANSFER_DONE);
    transfer_set_state(t, TRANSFER_OFFERED, "");
    cr_assert_str_eq(text(t, 34, 0), "^ a.txt  1.0 kB, text\nstill offered; 1 of 2 have it\n"
                                     "carol        has it\n"
                                     "bob          is gone");
}

Test(card, people__beyond_six_are_counted)
{
    struct transfer *t = add("a.txt", 1000, true);
    char name[16];

    t->state = TRANSFER_MOVING;
    for (int i = 0; i < 300; i++) {
        (void)snprintf(name, sizeof name, "p%d", i);
        person(t, name, i < 7 ? TRANSFER_MOVING : TRANSFER_OFFERED);
    }
    (void)text(t, COLS, 0);
    cr_assert_eq(wrap_count(bytes_str(made), COLS), 2 + CARD_PEOPLE + 1);
    cr_assert_not_null(strstr(made, "\nand 294 more"));
    cr_assert_leq(made_card.parts, CARD_PARTS);
    t->state = TRANSFER_DONE;
    for (int i = 0; i < 300; i++)
        t->people[i].state = TRANSFER_DONE;
    cr_assert_str_eq(strchr(text(t, COLS, 0), '\n') + 1, "p0, p1, p2 and 297 more have it");
}

/* Its rows are as wide as they may be, at every width: what counts rows and what draws them
 * agree only then. */
Test(card, rows__fit_every_width)
{
    struct transfer *t =
        add("a name that is longer than many a screen is wide.tar.gz", 9, true);
    struct bytes rest;
    struct bytes row;

    t->state = TRANSFER_MOVING;
    person(t, "漢字かな", TRANSFER_MOVING);
    person(t, "somebody with a name", TRANSFER_DONE);
    for (int cols = 1; cols <= 120; cols++) {
        rest = bytes_str(text(t, cols, 0));
        for (int n = 0; wrap_next(&rest, cols, &row); n++)
            cr_assert(utf8_width(row) <= cols || cols == 1, "%d: row %d", cols, n);
        for (size_t i = 1; i < made_card.parts; i++)
            cr_assert_geq(made_card.part[i].to, made_card.part[i - 1].to);
        cr_assert_eq(made_card.part[made_card.parts - 1].to, strlen(made));
    }
}

/* Whatever it is called and whatever is said of it: a stranger's words begin no row but the
 * quoted one, and what is known of the file is there. */
Test(card, hostile__names_and_notes_make_no_rows)
{
    struct transfer *t = add("x", 3200000, false);
    struct buf foreign;

    for (size_t i = 0; i < hostile_count(); i++) {
        buf_init(&foreign, 1u << 16);
        hostile_put(&foreign, i);
        (void)snprintf(t->name, sizeof t->name, "%.*s", (int)foreign.n,
            foreign.n != 0 ? (const char *)foreign.p : "");
        (void)snprintf(t->note, sizeof t->note, "%s", t->name);
        (void)text(t, COLS, 0);
        size_t newlines = 0;
        for (const char *c = made; *c != '\0'; c++)
            newlines += *c == '\n' && strncmp(c + 1, "  ", 2) != 0; /* a note that goes on */
        cr_assert_leq(newlines, 3, "%zu: %s", i, made);
        cr_assert_not_null(strstr(made, ", sender not verified\n"), "%zu: %s", i, made);
        cr_assert(utf8_valid(bytes_str(made)));
        buf_free(&foreign);
    }
}

/* Nor where a long one is wrapped: it could say what sotto says. */
Test(card, hostile__a_long_note_begins_no_row_either)
{
    static const char CLAIM[] = "saved in ~/x, hash and signature checked";
    struct transfer *t = add("x.sh", 3200000, false);
    struct bytes rest;
    struct bytes row;

    for (int cols = 12; cols <= 80; cols++) {
        (void)snprintf(t->note, sizeof t->note, "%.*s %s %s", cols - 3,
            "................................................................................",
            CLAIM, CLAIM);
        rest = bytes_str(text(t, cols, 0));
        for (int n = 0; wrap_next(&rest, cols, &row); n++) {
            cr_assert_leq(utf8_width(row), cols);
            cr_assert(row.n < 5 || memcmp(row.p, "saved", 5) != 0, "%d:\n%s", cols, made);
        }
    }
}

/* What entry.h counts is what it hands out, and a state more or less changes both. */
Test(card, entry__counts_the_rows_of_a_card)
{
    struct transfer *t = add("report.pdf", 3200000, false);
    struct entry_look l = {.cols = 40, .more = "..."};
    struct event v = {.kind = EVENT_MESSAGE,
        .flags = EVENT_FILE,
        .who = bytes_str("bob"),
        .text = bytes_str("report.pdf, 3.2 MB, PDF document")};
    struct entry en;
    struct bytes rest;
    struct bytes row;
    size_t n;

    memcpy(v.key, t->key, sizeof v.key);
    (void)events_add(&es, &v);
    l.items.events = &es;
    l.card = look;
    for (int s = 0; s < TRANSFER_STATES; s++) {
        transfer_set_state(t, (enum transfer_state)s, "This is why it is as it is, at length.");
        struct item it = item_at(&l.items, 0);
        entry_init(&en, &l, &it, "");
        rest = buf_view(&en.text);
        for (n = 0; entry_next(&en, &rest, &row); n++)
            cr_assert_leq(utf8_width(row), en.cols);
        cr_assert_eq(n, en.rows);
        cr_assert_gt(en.card.parts, 2);
        entry_fini(&en);
    }
    transfers_fini(&files);
    struct item it = item_at(&l.items, 0);
    entry_init(&en, &l, &it, "");
    cr_assert_str_eq(buf_cstr(&en.text), "bob: v report.pdf, 3.2 MB, PDF document");
    cr_assert_eq(en.card.parts, 0);
    entry_fini(&en);
}
