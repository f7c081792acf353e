/* SPDX-License-Identifier: ISC */
#include "model/trace.h"

#include <criterion/criterion.h>

Test(trace, add__forgets_the_oldest_and_keeps_the_order)
{
    struct trace t = {0};

    cr_assert_null(trace_at(&t, 0));
    for (uint32_t i = 0; i < TRACE_MAX + 3; i++)
        trace_add(&t, &(struct trace_row){.size = i, .name = "say"}, bytes_str("ops"));
    cr_assert_eq(t.count, TRACE_MAX);
    cr_assert_eq(trace_at(&t, 0)->size, 3);
    cr_assert_eq(trace_at(&t, TRACE_MAX - 1)->id, TRACE_MAX + 3);
    cr_assert_null(trace_at(&t, TRACE_MAX));
    trace_fini(&t);
    cr_assert_eq(t.count, 0);
}

Test(trace, add__a_long_name_is_cut)
{
    struct trace t = {0};
    char name[TRACE_WHERE + 9];

    memset(name, 'x', sizeof name);
    trace_add(&t, &(struct trace_row){.name = "say"}, bytes_of(name, sizeof name));
    cr_assert_eq(trace_at(&t, 0)->where_n, TRACE_WHERE);
    trace_fini(&t);
}
