/* SPDX-License-Identifier: ISC */
#include "face/pulse.h"

#include <criterion/criterion.h>

static const struct pulse_pace PACE = {.ms = 2000, .percent = 10};

static struct transfer moving(uint8_t key, uint64_t done)
{
    return (struct transfer){
        .key = {key}, .state = TRANSFER_MOVING, .bytes = 1000, .done = done};
}

Test(pulse, take__states_always_and_how_far_in_steps)
{
    struct pulse p = {0};
    struct transfer t = moving(1, 0);

    cr_expect_eq(pulse_take(&p, &t, 10000, &PACE), PULSE_STATE);
    cr_expect_eq(pulse_take(&p, &t, 10000, &PACE), PULSE_NONE);
    t.done = 500;
    cr_expect_eq(pulse_take(&p, &t, 11999, &PACE), PULSE_NONE, "too soon");
    cr_expect_eq(pulse_take(&p, &t, 12000, &PACE), PULSE_FAR);
    t.done = 590;
    cr_expect_eq(pulse_take(&p, &t, 20000, &PACE), PULSE_NONE, "not far enough");
    transfer_set_state(&t, TRANSFER_PAUSED, "the sender pauses");
    cr_expect_eq(pulse_take(&p, &t, 20000, &PACE), PULSE_STATE);
    transfer_set_state(&t, TRANSFER_PAUSED, "ann pauses");
    cr_expect_eq(pulse_take(&p, &t, 20000, &PACE), PULSE_STATE, "another reason");
    transfer_set_state(&t, TRANSFER_DONE, NULL);
    cr_expect_eq(pulse_take(&p, &t, 20000, &PACE), PULSE_STATE);
    cr_expect_eq(pulse_take(&p, &t, 90000, &PACE), PULSE_NONE, "the end is told once");
    pulse_fini(&p);
}

Test(pulse, take__each_file_by_itself)
{
    struct pulse p = {0};
    struct transfer a = moving(1, 0), b = moving(2, 0);

    cr_expect_eq(pulse_take(&p, &a, 1000, &PACE), PULSE_STATE);
    cr_expect_eq(pulse_take(&p, &b, 1000, &PACE), PULSE_STATE);
    a.done = 100;
    cr_expect_eq(pulse_take(&p, &a, 3000, &PACE), PULSE_FAR);
    cr_expect_eq(pulse_take(&p, &b, 3000, &PACE), PULSE_NONE);
    pulse_fini(&p);
}

Test(pulse, take__a_clock_that_was_set_back_does_not_silence_it)
{
    struct pulse p = {0};
    struct transfer t = moving(1, 0);

    (void)pulse_take(&p, &t, 1000000, &PACE);
    t.done = 200;
    cr_expect_eq(pulse_take(&p, &t, 5000, &PACE), PULSE_FAR);
    pulse_fini(&p);
}

/* Nobody makes it grow without end, and who is still on its way is told again at worst. */
Test(pulse, take__forgets_the_oldest)
{
    struct pulse p = {0};
    struct transfer t = moving(0, 0);

    for (unsigned i = 0; i < 3 * TRANSFERS_KEPT; i++) {
        t.key[0] = (uint8_t)i;
        t.key[1] = (uint8_t)(i >> 8);
        cr_expect_eq(pulse_take(&p, &t, 0, &PACE), PULSE_STATE);
    }
    cr_expect_leq(p.n, 2 * (size_t)TRANSFERS_KEPT);
    pulse_fini(&p);
}
