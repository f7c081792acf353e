/* SPDX-License-Identifier: ISC */
#include "model/near.h"

bool near_word(struct bytes a, struct bytes b)
{
    size_t head = 0;
    size_t tail = 0;
    size_t most = a.n < b.n ? a.n : b.n;
    size_t mid_a;
    size_t mid_b;

    while (head < most && a.p[head] == b.p[head])
        head++;
    while (tail < most - head && a.p[a.n - 1 - tail] == b.p[b.n - 1 - tail])
        tail++;
    mid_a = a.n - head - tail;
    mid_b = b.n - head - tail;
    if (mid_a <= 1 && mid_b <= 1)
        return true;
    return mid_a == 2 && mid_b == 2 && a.p[head] == b.p[head + 1] && a.p[head + 1] == b.p[head];
}
