/* SPDX-License-Identifier: ISC */
/* sotto(1) and the program say the same. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "model/command.h"
#include "support/live.h"
#include "support/support.h"

static char page[65536];

static void setup(void)
{
    char path[4096];
    FILE *f;

    (void)snprintf(path, sizeof path, "%s/man/sotto.1", support_source());
    f = fopen(path, "r");
    cr_assert_not_null(f, "%s", path);
    page[fread(page, 1, sizeof page - 1, f)] = '\0';
    (void)fclose(f);
}

TestSuite(manual, .init = setup);

Test(manual, commands__every_row_with_its_arguments)
{
    size_t count = 0;

    for (size_t i = 0; command_at(i) != NULL; i++) {
        const struct command *c = command_at(i);
        const char *takes = c->least != 0 ? " Ar" : c->most != 0 ? " Op" : "\n";
        char want[64];
        (void)snprintf(want, sizeof want, ".It Cm /%s%s", c->name, takes);
        cr_assert_not_null(strstr(page, want), "%s", want);
    }
    for (const char *at = page; (at = strstr(at, ".It Cm /")) != NULL; at++)
        count++;
    for (size_t i = 0; command_at(i) != NULL; i++)
        count--;
    cr_assert_eq(count, 0, "commands in the page that there are not");
}

Test(manual, options__every_one_that_help_names)
{
    char out[4096];
    char want[64];
    size_t seen = 0;

    cr_assert_eq(live_run((const char *[]){"sotto", "--help", NULL}, out, sizeof out), 0);
    for (const char *at = out; (at = strstr(at, "--")) != NULL; seen++) {
        size_t n = 2 + strspn(at + 2, "abcdefghijklmnopqrstuvwxyz-");
        (void)snprintf(want, sizeof want, "Fl -%.*s", (int)n - 2, at + 2);
        cr_assert_not_null(strstr(page, want), "%s", want);
        at += n;
    }
    cr_assert_geq(seen, 6);
}
