/* SPDX-License-Identifier: ISC */
#include "client/request.h"

#include <criterion/criterion.h>

Test(request, add__answered_in_order_and_bounded)
{
    static struct requests q;
    struct request r = {0};

    requests_clear(&q);
    cr_assert_null(requests_first(&q));
    cr_assert_not(requests_take(&q, &r));
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < REQUESTS_MAX; i++) {
            r.op = (uint8_t)i;
            cr_assert_eq(requests_add(&q, &r), ERR_OK);
        }
        cr_assert_eq(requests_add(&q, &r), ERR_FULL);
        for (int i = 0; i < REQUESTS_MAX - 7; i++) {
            cr_assert_eq(requests_first(&q)->op, (uint8_t)i);
            cr_assert(requests_take(&q, &r));
            cr_assert_eq(r.op, (uint8_t)i);
        }
        while (requests_take(&q, &r))
            ;
    }
}
