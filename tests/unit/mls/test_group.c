/* SPDX-License-Identifier: ISC */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>

#include "support/mlsparty.h"

static const uint16_t SUITES[] = {0x0001, 0x0002, 0x0003, 0xf001, 0xf002};

static void over_suites(void (*run)(uint16_t suite))
{
    for (size_t i = 0; i < sizeof SUITES / sizeof *SUITES; i++)
        run(SUITES[i]);
}

static void life(uint16_t suite)
{
    struct party p;

    party_init(&p, suite, 1);
    party_gather(&p, 3, false);
    party_agree(&p);
    party_say(&p, 0, "hello");
    party_say(&p, 1, "hello yourself");
    party_update(&p, 2);
    party_agree(&p);
    party_say(&p, 2, "new keys");
    party_add(&p, 1, party_person(&p));
    party_agree(&p);
    party_say(&p, 3, "I am new");
    party_remove(&p, 0, 1);
    cr_assert_null(p.m[1]->g);
    party_agree(&p);
    party_say(&p, 3, "who is left");
    party_fini(&p);
}

Test(group, lives__a_life_in_each_suite)
{
    over_suites(life);
}
