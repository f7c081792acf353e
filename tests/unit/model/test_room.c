/* SPDX-License-Identifier: ISC */
#include "model/room.h"

#include <criterion/criterion.h>
#include <stdio.h>

Test(room, add__once_and_sorted)
{
    struct rooms rs = {0};
    struct room *b = rooms_add(&rs, bytes_str("b"));

    (void)rooms_add(&rs, bytes_str("a"));
    cr_assert_eq(rooms_add(&rs, bytes_str("b")), b);
    cr_assert_eq(rs.count, 2);
    cr_assert_eq(rs.all[1], b);
    cr_assert_null(rooms_find(&rs, bytes_str("c")));
    rooms_fini(&rs);
}

Test(room, add__refuses_no_name_and_too_many)
{
    struct rooms rs = {0};
    char name[ROOM_NAME + 1] = {0};

    cr_assert_null(rooms_add(&rs, bytes_of("", 0)));
    cr_assert_null(rooms_add(&rs, bytes_of(name, sizeof name)));
    for (int i = 0; i < ROOMS_MAX; i++) {
        (void)snprintf(name, sizeof name, "r%06d", i);
        cr_assert_not_null(rooms_add(&rs, bytes_str(name)));
    }
    cr_assert_null(rooms_add(&rs, bytes_str("more")));
    rooms_fini(&rs);
}

Test(room, sweep__keeps_named_and_joined)
{
    struct rooms rs = {0};

    (void)rooms_add(&rs, bytes_str("gone"));
    (void)rooms_add(&rs, bytes_str("named"));
    rooms_add(&rs, bytes_str("mine"))->joined = true;
    rooms_mark(&rs);
    (void)rooms_add(&rs, bytes_str("named"));
    rooms_sweep(&rs);
    cr_assert_eq(rs.count, 2);
    cr_assert_null(rooms_find(&rs, bytes_str("gone")));
    cr_assert_not_null(rooms_find(&rs, bytes_str("mine")));
    rooms_fini(&rs);
}

/* What is not named would be drawn as nothing, and nothing looks like all is well. */
Test(room, seal__each_has_words_of_its_own)
{
    for (int a = 0; a < ROOM_SEALS; a++) {
        cr_assert_not_null(room_seal_str(a), "%d", a);
        cr_assert_not_null(room_seal_brief(a), "%d", a);
        cr_assert_leq(strlen(room_seal_brief(a)), 22, "%s", room_seal_brief(a));
        for (int b = 0; b < a; b++) {
            cr_assert_str_neq(room_seal_str(a), room_seal_str(b));
            cr_assert_str_neq(room_seal_brief(a), room_seal_brief(b));
        }
    }
}
