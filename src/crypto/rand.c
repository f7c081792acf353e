/* SPDX-License-Identifier: ISC */
#include "crypto/rand.h"

#include "crypto/ossl.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "base/mem.h"

static struct {
    rand_fn *fn;
    void *arg;
} current;

void rand_use(rand_fn *source, void *arg)
{
    current.fn = source;
    current.arg = arg;
}

void rand_bytes(uint8_t *out, size_t n)
{
    if (current.fn != NULL) {
        current.fn(current.arg, out, n);
        return;
    }
    (void)OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
    while (n != 0) {
        int step = n < INT_MAX ? (int)n : INT_MAX;
        if (RAND_bytes(out, step) != 1)
            mem_die("no random bytes");
        out += step;
        n -= (size_t)step;
    }
}

uint64_t rand_below(uint64_t bound)
{
    uint64_t v;

    if (bound < 2)
        return 0;
    /* The numbers below this one are drawn once more often than the rest: drawn again. */
    uint64_t skew = (0 - bound) % bound;
    do {
        uint8_t raw[8];
        rand_bytes(raw, sizeof raw);
        v = 0;
        for (size_t i = 0; i < sizeof raw; i++)
            v = v << 8 | raw[i];
    } while (v < skew);
    return v % bound;
}
