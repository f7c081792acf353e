/* SPDX-License-Identifier: ISC */
#include "tui/menu.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "base/mem.h"
#include "tui/state.h"

static struct tui t;
static const char *const NAMES[] = {"general", "ops", "gardening", "noise", "ärzte"};
static size_t count = MEM_COUNT(NAMES);
static long chosen, looked;
static int cancelled, freed, turns;

static size_t rows(void *arg)
{
    (void)arg;
    return count;
}

static void row(void *arg, size_t i, struct menu_row *out)
{
    (void)arg;
    (void)snprintf(out->text, sizeof out->text, "%s", NAMES[i]);
    out->bonus = i == 3 ? 1 : 0;
}

static void on_chosen(void *arg, struct tui *tui, size_t i)
{
    cr_assert_eq(arg, &count);
    cr_assert_null(tui->overlay, "it is closed by then");
    cr_assert_eq(freed, 0, "what it is about is still there");
    chosen = (long)i;
}

static void on_looked(void *arg, struct tui *tui, size_t i)
{
    (void)arg, (void)tui;
    looked = (long)i;
}

static void on_cancelled(void *arg, struct tui *tui)
{
    (void)arg, (void)tui;
    cancelled++;
}

static bool on_turned(void *arg, struct tui *tui, struct bytes typed)
{
    (void)arg, (void)tui;
    turns++;
    return bytes_eq(typed, bytes_str(">"));
}

static void on_fini(void *arg)
{
    (void)arg;
    freed++;
}

static const struct menu_source SOURCE = {.title = "Rooms",
    .prompt = "go to",
    .count = rows,
    .row = row,
    .chosen = on_chosen,
    .looked = on_looked,
    .cancelled = on_cancelled,
    .turned = on_turned,
    .fini = on_fini};

static void setup(void)
{
    chosen = looked = -1;
    menu_open(&t, &SOURCE, &count);
}

static void teardown(void)
{
    overlay_close(&t);
    cr_assert_eq(freed, 1);
}

TestSuite(menu, .init = setup, .fini = teardown);

static void press(enum action a)
{
    overlay_key(&t, a, &(struct input_key){.code = INPUT_OTHER});
}

static void type(const char *s)
{
    for (; *s != '\0'; s++)
        overlay_key(&t, ACTION_INSERT, &(struct input_key){INPUT_CHAR, 0, (uint8_t)*s});
}

Test(menu, enter__takes_the_one_under_the_cursor)
{
    cr_assert_eq(looked, 3, "of rows that fit alike the one with more bonus is first");
    press(ACTION_FORTH);
    cr_assert_eq(looked, 0);
    press(ACTION_ENTER);
    cr_assert_eq(chosen, 0);
    cr_assert_null(t.overlay);
}

Test(menu, typed__narrows_and_the_better_is_first)
{
    type("g");
    cr_assert_eq(looked, 0, "both begin with it: the order they came in");
    type("rd");
    cr_assert_eq(looked, 2);
    press(ACTION_ENTER);
    cr_assert_eq(chosen, 2);
}

Test(menu, typed__nothing_fits_and_enter_does_nothing)
{
    type("zzz");
    press(ACTION_ENTER);
    press(ACTION_FORTH);
    cr_assert_eq(chosen, -1);
    cr_assert_not_null(t.overlay);
    press(ACTION_ERASE_LEFT);
    press(ACTION_ERASE_LEFT);
    press(ACTION_ERASE_LEFT);
    press(ACTION_ENTER);
    cr_assert_eq(chosen, 3);
}

Test(menu, typed__without_regard_to_case)
{
    type("OPS");
    press(ACTION_ENTER);
    cr_assert_eq(chosen, 1);
}

Test(menu, keys__around_the_end_but_pages_stop_there)
{
    press(ACTION_BACK);
    cr_assert_eq(looked, 4);
    press(ACTION_SCROLL_DOWN);
    cr_assert_eq(looked, 4);
    press(ACTION_FORTH);
    cr_assert_eq(looked, 3);
}

Test(menu, rows__may_vanish_while_it_is_open)
{
    count = 0;
    type("o");
    press(ACTION_ENTER);
    cr_assert_eq(chosen, -1);
}

Test(menu, first_letter__decides_and_later_ones_do_not)
{
    type("o");
    cr_assert_eq(turns, 1);
    type(">");
    cr_assert_eq(turns, 1);
}

Test(menu, esc__takes_nothing)
{
    press(ACTION_CANCEL);
    cr_assert_eq(cancelled, 1);
    cr_assert_eq(chosen, -1);
    cr_assert_null(t.overlay);
}

Test(menu, paste__is_cleaned_and_bounded)
{
    char big[400];

    memset(big, 'o', sizeof big - 1);
    big[sizeof big - 1] = '\0';
    t.overlay->ops->paste(t.overlay, &t, bytes_str(big));
    cr_assert_eq(looked, 3, "too much is not taken at all");
    t.overlay->ops->paste(t.overlay, &t, bytes_str("op\ns"));
    press(ACTION_ENTER);
    cr_assert_eq(chosen, -1, "a newline is a space, and no row has one there");
}
