/* SPDX-License-Identifier: ISC */
#include "model/intent.h"

#include <criterion/criterion.h>

#include "base/mem.h"

Test(intent, push__taken_in_order)
{
    struct intents q;
    struct intent i;

    intents_init(&q);
    cr_assert_eq(intents_push(&q, INTENT_LINE, bytes_str("hello")), ERR_OK);
    cr_assert_eq(intents_push(&q, INTENT_QUIT, (struct bytes){0}), ERR_OK);
    cr_assert(intents_take(&q, &i));
    cr_assert_eq(i.kind, INTENT_LINE);
    cr_assert_str_eq(i.text, "hello");
    intent_fini(&i);
    cr_assert(intents_take(&q, &i));
    cr_assert_eq(i.kind, INTENT_QUIT);
    intent_fini(&i);
    cr_assert_not(intents_take(&q, &i));
    intents_fini(&q);
}

Test(intent, push__bounded_in_count_and_size)
{
    struct intents q;
    char *big = mem_alloc(INTENT_BYTES + 1);

    intents_init(&q);
    cr_assert_eq(intents_push(&q, INTENT_LINE, bytes_of(big, INTENT_BYTES + 1)), ERR_TOO_BIG);
    for (int i = 0; i < INTENTS_MAX; i++)
        cr_assert_eq(intents_push(&q, INTENT_LINE, bytes_str("x")), ERR_OK);
    cr_assert_eq(intents_push(&q, INTENT_LINE, bytes_str("x")), ERR_FULL);
    intents_fini(&q); /* frees what nobody took */
    mem_free(big);
}
