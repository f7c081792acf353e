/* SPDX-License-Identifier: ISC */
/*
 * People for tests of the group layer: the n-th person of a suite has the same keys in every
 * run, so a test that fails fails again. Nothing here is random but the salts of RSA-PSS and
 * the nonces of ECDSA. Whatever cannot be made ends the program: a test without its fixture
 * proves nothing.
 */
#ifndef SUPPORT_MLSKIT_H
#define SUPPORT_MLSKIT_H

#include "mls/keypackage.h"

#define MLSKIT_RSA_KEYS 8 /* RSA-2048, ready made: making one is slow under a sanitizer */

/* The caller's to free. Of an RSA suite n is below MLSKIT_RSA_KEYS. */
struct sign_key *mlskit_sign_key(const struct suite *s, unsigned n);
/* One for every purpose and n. */
struct dh_key *mlskit_hpke_key(const struct suite *s, const char *purpose, unsigned n);

struct mlskit_person {
    const struct suite *suite;
    char name[24]; /* "person 7": the basic credential */
    struct sign_key *sign;
    struct dh_key *leaf_key; /* the purposes "leaf" and "init" */
    struct dh_key *init_key;
};

void mlskit_person_init(struct mlskit_person *p, const struct suite *s, unsigned n);
void mlskit_person_fini(struct mlskit_person *p);

/* A leaf that breaks no rule: valid for ever, no extensions, an empty parent hash. Change the
 * spec and hand it to leaf_make() for another one; views of p. */
struct leaf_spec mlskit_spec(const struct mlskit_person *p, enum leaf_source source);
/* at NULL: nowhere yet, as a key package's leaf is. */
struct leaf *mlskit_leaf(
    const struct mlskit_person *p, enum leaf_source source, const struct leaf_place *at);
struct keypackage *mlskit_keypackage(const struct mlskit_person *p);

/* The world under a seed: env.arg is this struct, env.random its source; the rest is NULL and
 * the test's to set. Does not move after mlskit_world_init(). */
struct mlskit_world {
    struct mls_env env;
    uint64_t state;
    void *arg; /* the test's own */
};
void mlskit_world_init(struct mlskit_world *w, uint64_t seed);
uint64_t mlskit_draw(struct mlskit_world *w);

/* Private: mlskit_keys.c. PKCS#1 in hex. */
extern const char *const MLSKIT_RSA[MLSKIT_RSA_KEYS];

#endif
