/* SPDX-License-Identifier: ISC */
#include "support/prover.h"

#include <stdio.h>
#include <stdlib.h>

#include "crypto/identity_proof.h"

static struct sign_key *key_of(size_t n)
{
    static struct sign_key *keys[PROVER_KEYS];

    if (n >= PROVER_KEYS) {
        (void)fprintf(stderr, "prover: there is no key %zu\n", n);
        abort();
    }
    if (keys[n] == NULL)
        keys[n] = mlskit_sign_key(suite_find(MSG_SUITE_AES), (unsigned)n);
    return keys[n];
}

struct bytes prover_key(size_t n)
{
    return sign_key_pub(key_of(n));
}

void prover_fill(struct actor *a, size_t n, struct msg_public_key *m)
{
    static uint8_t proof[SIGN_MAX];
    uint8_t exported[LINK_EXPORT] = {0};
    size_t length = 0;

    if (a->link != NULL && link_exporter(a->link, exported) != ERR_OK)
        memset(exported, 0, sizeof exported); /* it is going down */
    if (identity_proof_make(key_of(n), exported, proof, &length) != ERR_OK) {
        (void)fprintf(stderr, "prover: no proof\n");
        abort();
    }
    m->identity = prover_key(n);
    m->proof = bytes_of(proof, length);
}

uint8_t prover_ask(struct actor *a, size_t n)
{
    struct msg_public_key m = {0};

    prover_fill(a, n, &m);
    (void)actor_ask(a, OP_PUBLIC_KEY, &m);
    return actor_status(a);
}
