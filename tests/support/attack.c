/* SPDX-License-Identifier: ISC */
#include "support/attack.h"

#include "base/mem.h"

bool attack_none(struct bytes in, attack_fn *take, void *arg)
{
    uint8_t *copy = mem_dup(in.p, in.n);
    bool taken = take(arg, bytes_of(copy, in.n));

    mem_free(copy);
    return taken;
}

size_t attack_truncate(struct bytes in, attack_fn *take, void *arg)
{
    for (size_t n = 0; n < in.n; n++)
        if (attack_none(bytes_of(in.p, n), take, arg))
            return n;
    return ATTACK_HELD;
}

size_t attack_flip(struct bytes in, attack_fn *take, void *arg)
{
    uint8_t *copy = mem_dup(in.p, in.n);
    size_t found = ATTACK_HELD;

    for (size_t bit = 0; bit < in.n * 8 && found == ATTACK_HELD; bit++) {
        copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (take(arg, bytes_of(copy, in.n)))
            found = bit;
        copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    mem_free(copy);
    return found;
}

size_t attack_trail(struct bytes in, attack_fn *take, void *arg)
{
    uint8_t *copy = mem_alloc(in.n + 1);
    bool taken;

    if (in.n != 0)
        memcpy(copy, in.p, in.n);
    taken = take(arg, bytes_of(copy, in.n + 1));
    mem_free(copy);
    return taken ? 0 : ATTACK_HELD;
}
