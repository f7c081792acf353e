/* SPDX-License-Identifier: ISC */
#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"

Test(mem, alloc__is_zeroed_and_never_null)
{
    uint8_t *p = mem_alloc(1000);
    void *none = mem_alloc(0);

    cr_expect_not_null(none);
    for (size_t i = 0; i < 1000; i++)
        cr_expect_eq(p[i], 0);
    mem_free(p);
    mem_free(none);
    mem_free(NULL);
}

Test(mem, array__is_zeroed_and_of_the_size_asked)
{
    uint64_t *p = mem_array(100, sizeof *p);

    for (size_t i = 0; i < 100; i++)
        cr_expect_eq(p[i], 0);
    p[99] = 1; /* the sanitizer watches the end */
    mem_free(p);
}

Test(mem, array__overflow_ends_the_process, .exit_code = MEM_EXIT_CODE)
{
    mem_free(mem_array(SIZE_MAX / 2, 3));
}

Test(mem, die__leaves_with_its_code, .exit_code = MEM_EXIT_CODE)
{
    mem_die("as a test asks");
}

Test(mem, realloc__keeps_what_was_there)
{
    char *p = mem_strdup("hello");

    p = mem_realloc(p, 4096);
    cr_expect_str_eq(p, "hello");
    p = mem_realloc(p, 0);
    cr_expect_not_null(p);
    mem_free(p);
}

Test(mem, dup__copies_and_takes_nothing_too)
{
    char *p = mem_dup("abc\0def", 7);
    char *none = mem_dup(NULL, 0);

    cr_expect_arr_eq(p, "abc\0def", 7);
    cr_expect_not_null(none);
    mem_free(p);
    mem_free(none);
}

Test(mem, wipe__clears_exactly_what_it_is_told)
{
    char p[8] = "secret!";

    mem_wipe(p + 1, 4);
    cr_expect_arr_eq(p, "s\0\0\0\0t!", 8);
    mem_wipe(NULL, 0);
    mem_wipe_free(NULL, 5);
    mem_wipe_free(mem_strdup("x"), 2);
}
