/* SPDX-License-Identifier: ISC */
#include "mls/env.h"

void env_random(const struct mls_env *env, uint8_t *out, size_t n)
{
    if (env != NULL && env->random != NULL)
        env->random(env->arg, out, n);
    else
        rand_bytes(out, n);
}
