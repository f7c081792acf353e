/* SPDX-License-Identifier: ISC */
/* The terminal changes its size while a person goes on. */
#include <criterion/criterion.h>
#include <string.h>

#include "stage.h"

static struct pty *p;

static void teardown(void)
{
    pty_free(p);
}

TestSuite(resize, .fini = teardown);

static void start(int cols, int rows)
{
    p = stage_start(&(struct stage_wish){.scene = "room", .cols = cols, .rows = rows});
}

static void expect(const char *words)
{
    cr_assert(pty_until(p, words));
}

/* A change of size is no key: what waits for the next one goes on waiting. */
Test(resize, list__stays_open)
{
    start(80, 24);
    expect("new");
    pty_type(p, "/m\t");
    expect("talk with one person");
    pty_resize(p, 90, 24);
    pty_type(p, "\t");
    expect("▸ /msg NAME");
    expect("talk with one person");
}

Test(resize, people__at_the_right_when_asked_for)
{
    start(85, 24);
    expect("2 #ops");
    cr_assert_null(strstr(pty_screen(p), "MEMBERS"));
    pty_type(p, "\x1b[19~"); /* F8 */
    expect("│ MEMBERS 4");
    expect("ROOMS");
    expect("bob: first");
    pty_resize(p, 84, 24); /* the same kind of screen: what was toggled stays */
    expect("│ MEMBERS 4");
    pty_resize(p, 79, 24);
    cr_assert(pty_until_gone(p, "MEMBERS"));
    pty_resize(p, 60, 24);
    pty_type(p, "\x1b[19~");
    expect("\n MEMBERS 4"); /* in place of the events */
    pty_type(p, "\x1b[19~");
    expect("bob: first");
}

/* The signal and the key are there at once, and the system tells of the key first: what it
 * toggles would be undone by the other size, for which it was pressed. */
Test(resize, key__is_for_the_size_that_it_was_pressed_at)
{
    start(85, 24);
    expect("2 #ops");
    pty_type(p, "/hold\r");
    expect("holding");
    pty_resize(p, 60, 24);
    pty_type(p, "\x1b[19~"); /* F8 */
    expect("\n MEMBERS 4");
}
