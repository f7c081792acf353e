/* SPDX-License-Identifier: ISC */
#include "model/intent.h"

#include <criterion/criterion.h>

#include "base/mem.h"
#include "support/memsearch.h"

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

Test(intent, put__keeps_tag_and_place)
{
    struct intents q;
    struct intent i;
    struct intent like = {.kind = INTENT_WORDS, .tag = 9, .direct = true, .where_n = 3};
    char text[] = "hello";

    memcpy(like.where, "bob", 3);
    intents_init(&q);
    cr_assert_eq(intents_put(&q, &like, bytes_str(text)), ERR_OK);
    text[0] = 'j'; /* it was copied */
    cr_assert(intents_take(&q, &i));
    cr_assert_eq(i.kind, INTENT_WORDS);
    cr_assert_eq(i.tag, 9);
    cr_assert(i.direct);
    cr_assert(bytes_eq(bytes_of(i.where, i.where_n), bytes_str("bob")));
    cr_assert_str_eq(i.text, "hello");
    intent_fini(&i);
    like.where_n = INTENT_WHERE + 1;
    cr_assert_eq(intents_put(&q, &like, bytes_str("x")), ERR_TOO_BIG);
    cr_assert_eq(q.count, 0);
    intents_fini(&q);
}

Test(intent, push__an_empty_answer_is_one)
{
    struct intents q;
    struct intent i;

    intents_init(&q);
    cr_assert_eq(intents_push(&q, INTENT_ANSWER, (struct bytes){0}), ERR_OK);
    cr_assert(intents_take(&q, &i));
    cr_assert_eq(i.kind, INTENT_ANSWER);
    cr_assert_str_eq(i.text, "");
    cr_assert_eq(i.text_n, 0);
    intent_fini(&i);
    intents_fini(&q);
}

static void hand_over(const uint8_t *masked, size_t n, bool taken)
{
    struct intents q;
    struct intent i;
    uint8_t secret[32];

    memsearch_reveal(masked, n, secret);
    intents_init(&q);
    cr_assert_eq(intents_push(&q, INTENT_ANSWER, bytes_of(secret, n)), ERR_OK);
    mem_wipe(secret, sizeof secret);
    if (taken) {
        cr_assert(intents_take(&q, &i));
        intent_fini(&i);
        cr_assert_null(i.text);
    }
    intents_fini(&q);
}

Test(intent, fini__leaves_nothing_of_an_answer)
{
    uint8_t other[24];
    uint8_t masked[24];

    for (size_t i = 0; i < sizeof masked; i++) {
        other[i] = (uint8_t) ~('A' + i);
        masked[i] = (uint8_t) ~('z' - i);
    }
    hand_over(other, sizeof other, true);
    hand_over(masked, sizeof masked, true);
    cr_assert_eq(memsearch_count(masked, sizeof masked), 0);
    hand_over(masked, sizeof masked, false);
    cr_assert_eq(memsearch_count(masked, sizeof masked), 0);
}
