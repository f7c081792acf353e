/* SPDX-License-Identifier: ISC */
#include "tui/input_late.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct input_late late;

/* What is left of letters, as tui/input takes them. */
static const char *left(const char *text)
{
    static char out[200];
    size_t n = 0;

    for (const char *c = text; *c != '\0'; c++) {
        uint32_t letter = (uint8_t)*c;
        if (input_late_takes(&late, letter))
            continue;
        if (letter == 27 && c[1] != '\0' && input_late_begin(&late, (uint8_t)c[1])) {
            c++;
            continue;
        }
        out[n++] = *c;
    }
    out[n] = '\0';
    return out;
}

Test(input_late, takes__answers_and_nothing_else)
{
    input_late_init(&late, true);
    cr_assert_str_eq(left("a\033]11;rgb:ffff/ffff/ffff\033\\b"), "ab");
    cr_assert(late.owed);
    cr_assert_str_eq(left("c\033]11;rgb:0/0/0\ad\033[?62;4ce"), "cde");
    cr_assert_not(late.owed);
}

Test(input_late, takes__nothing_when_nothing_is_owed)
{
    input_late_init(&late, false);
    cr_assert_str_eq(left("\033]11;x\033[?1c"), "\033]11;x\033[?1c");
}

Test(input_late, takes__over_any_number_of_reads)
{
    static const char ANSWER[] = "\033]11;rgb:ffff/ffff/ffff\033\\\033[?1;2c";

    for (size_t cut = 3; cut < sizeof ANSWER - 1; cut++) {
        char first[64];
        if (ANSWER[cut - 1] == 27)
            continue; /* an ESC that comes alone is a key */
        (void)snprintf(first, sizeof first, "%.*s", (int)cut, ANSWER);
        input_late_init(&late, true);
        cr_expect_str_eq(left(first), "", "%zu", cut);
        cr_expect_str_eq(left(ANSWER + cut), "", "%zu", cut);
    }
}

/* Keys that look like the beginning of an answer cost themselves at most. */
Test(input_late, takes__gives_way_to_keys)
{
    char many[200];

    input_late_init(&late, true);
    cr_assert_str_eq(left("\033]hello"), "hello");
    cr_assert_str_eq(left("\033[hello"), "hello");
    cr_assert_str_eq(left("\033[?hello"), "hello");
    cr_assert_str_eq(left("\033]11;\033hello"), "hello");
    (void)strcpy(many, "\033]");
    (void)memset(many + 2, '1', 150);
    many[152] = '\0';
    cr_assert_geq(strlen(left(many)), 150 - INPUT_LATE_MOST);
}
