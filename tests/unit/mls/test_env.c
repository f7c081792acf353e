/* SPDX-License-Identifier: ISC */
#include "mls/env.h"

#include <criterion/criterion.h>

#include "support/mlskit.h"

Test(env, random__repeats_under_a_seed)
{
    struct mlskit_world a, b, c;
    uint8_t x[40], y[40], z[40];

    mlskit_world_init(&a, 7);
    mlskit_world_init(&b, 7);
    mlskit_world_init(&c, 8);
    env_random(&a.env, x, sizeof x);
    env_random(&b.env, y, sizeof y);
    env_random(&c.env, z, sizeof z);
    cr_assert_arr_eq(x, y, sizeof x);
    cr_assert_arr_neq(x, z, sizeof x);
}

Test(env, random__without_a_source_is_the_machine_s)
{
    const struct mls_env none = {0};
    uint8_t x[32] = {0}, y[32] = {0}, z[32] = {0};

    env_random(&none, x, sizeof x);
    env_random(&none, y, sizeof y);
    env_random(NULL, z, sizeof z);
    cr_assert_arr_neq(x, y, sizeof x);
    cr_assert_arr_neq(y, z, sizeof x);
}
