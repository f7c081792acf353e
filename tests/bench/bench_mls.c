/* SPDX-License-Identifier: ISC */
/*
 * What the group layer costs, as JSON lines: CPU time of this process per operation, the
 * median of several rounds, beside the bare primitives of the same run. What is above the
 * primitives travels between machines. Never a gate. Take a release build.
 *
 *   bench_mls [small]     without n = 1,000 and without the big RSA group
 *
 * A filled tree is one in which everybody has committed since joining. To have one of a
 * thousand without a thousand processes it is made from the inside: each leaf sets its path in
 * turn, and the group goes on from there by the library's own calls.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/mem.h"
#include "mls/group_impl.h"
#include "mls/label.h"
#include "mls/wire.h"
#include "support/mlsparty.h"
#include "support/rsapool.h"

#define ROUNDS 9

static struct rsapool *pool;

static double cpu_us(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double *v, size_t n)
{
    qsort(v, n, sizeof *v, by_value);
    return v[n / 2];
}

static void must(bool good, const char *what)
{
    if (good)
        return;
    (void)fprintf(stderr, "bench_mls: %s failed\n", what);
    exit(1);
}

static void tell(const char *op, const struct suite *s, unsigned bits, size_t n, double us)
{
    (void)printf("{\"bench\":\"mls\",\"op\":\"%s\",\"suite\":\"0x%04x\",\"bits\":%u,\"n\":%zu,"
                 "\"us\":%.2f}\n",
        op, s->id, bits, n, us);
    (void)fflush(stdout);
}

/* ---- bare primitives ---- */

#define EACH(times, what, out)                                                                 \
    do {                                                                                       \
        double v_[ROUNDS];                                                                     \
        for (size_t r_ = 0; r_ < ROUNDS; r_++) {                                               \
            double from_ = cpu_us();                                                           \
            for (size_t i_ = 0; i_ < (times); i_++)                                            \
                must((what) == ERR_OK, #what);                                                 \
            v_[r_] = (cpu_us() - from_) / (double)(times);                                     \
        }                                                                                      \
        (out) = median(v_, ROUNDS);                                                            \
    } while (0)

static enum err import_and_check(
    const struct sign_alg *alg, struct bytes key, struct bytes message, struct bytes signature)
{
    struct sign_pub *pub = NULL;
    enum err e = sign_pub_read(alg, key, &pub);

    if (e == ERR_OK)
        e = sign_check(pub, message, signature);
    sign_pub_free(pub);
    return e;
}

static void bare_sign(const struct suite *s, struct sign_key *key, unsigned bits)
{
    uint8_t message[400] = {1};
    uint8_t signature[SIGN_MAX];
    struct sign_pub *pub = NULL;
    size_t n;
    double us;
    size_t times = bits >= 3072 ? 40 : 200;

    EACH(times, sign_make(key, bytes_of(message, sizeof message), signature, &n), us);
    tell("bare sign", s, bits, 0, us);
    must(sign_pub_read(s->sign, sign_key_pub(key), &pub) == ERR_OK, "read");
    EACH(500, sign_check(pub, bytes_of(message, sizeof message), bytes_of(signature, n)), us);
    tell("bare verify, kept key", s, bits, 0, us);
    EACH(500,
        import_and_check(s->sign, sign_key_pub(key), bytes_of(message, sizeof message),
            bytes_of(signature, n)),
        us);
    tell("bare verify, key imported each time", s, bits, 0, us);
    sign_pub_free(pub);
}

static void bare_dh(const struct suite *s)
{
    uint8_t priv[DH_PRIV_SIZE] = {9};
    uint8_t shared[DH_SHARED];
    uint8_t secret[SUITE_HASH] = {1};
    uint8_t enc[DH_PUB_MAX];
    uint8_t sealed[64];
    struct dh_key *key = NULL;
    const struct hpke_call call = {.suite = &s->hpke};
    double us;

    must(hpke_derive_key(&s->hpke, bytes_of(priv, sizeof priv), &key) == ERR_OK, "derive");
    EACH(500, dh_shared(key, dh_key_pub(key), shared), us);
    tell("bare dh", s, 0, 0, us);
    EACH(200,
        hpke_seal(&call, dh_key_pub(key), bytes_of(secret, sizeof secret),
            bytes_of(priv, sizeof priv), enc, sealed),
        us);
    tell("bare hpke seal", s, 0, 0, us);
    EACH(200,
        hpke_open(
            &call, key, bytes_of(enc, s->hpke.kem->pub_size), bytes_of(sealed, 48), secret),
        us);
    tell("bare hpke open", s, 0, 0, us);
    uint8_t k[AEAD_KEY_MAX] = {1};
    uint8_t nonce[AEAD_NONCE] = {1};
    uint8_t text[64] = {0};
    uint8_t out[64 + AEAD_TAG];
    EACH(2000, aead_seal(s->aead, k, nonce, (struct bytes){0}, bytes_of(text, 64), out), us);
    tell("bare seal 64 B", s, 0, 0, us);
    EACH(2000, label_derive(s, secret, "secret", shared), us);
    tell("bare derive-secret", s, 0, 0, us);
    dh_key_free(key);
}

/* ---- groups ---- */

static struct sign_key *pool_key(struct party *p, size_t who)
{
    (void)p;
    return rsapool_key(pool, who);
}

/* Everybody is a leaf of the tree; only member 0 has a group. Filled: each set its path. */
static void found_big(struct party *p, size_t n, bool filled)
{
    struct mls_group *g;
    struct treekem *mine = NULL;
    uint32_t index;

    (void)party_person(p);
    party_found(p, 0, (struct bytes){0});
    g = p->m[0]->g;
    for (size_t i = 1; i < n; i++) {
        struct keypackage *package = NULL;
        must(package_read(buf_view(&p->m[party_person(p)]->package), &package) == ERR_OK,
            "package");
        must(tree_add(g->now->tree, package->leaf, &index) == ERR_OK, "add");
        keypackage_unref(package);
    }
    for (size_t i = n; filled && i-- > 0;) {
        struct treekem_path path = {0};
        struct leaf_spec spec;
        struct leaf_place at = epoch_place(g->now, (uint32_t)i);
        struct treekem *k = treekem_new((uint32_t)i);
        package_leaf_spec(&p->m[i]->who, &spec);
        spec.source = LEAF_COMMIT;
        spec.key = p->m[i]->key;
        must(treekem_make(k, g->now->tree, &p->m[i]->world.env, &spec, &at, &path) == ERR_OK,
            "path");
        treekem_path_fini(&path);
        treekem_free(mine);
        mine = k;
    }
    if (filled) {
        treekem_free(g->now->priv);
        g->now->priv = mine;
    }
    /* The secrets that go with this tree, as if a welcome had brought them. */
    uint8_t joiner[SUITE_HASH] = {7};
    struct schedule_context c = g->now->context;
    must(tree_hash_root(g->now->tree, c.tree_hash) == ERR_OK, "hash");
    must(epoch_set_context(g->now, &c) == ERR_OK, "context");
    must(schedule_join(p->suite, joiner, NULL, buf_view(&g->now->context_raw), g->now->keys) ==
             ERR_OK,
        "schedule");
    must(schedule_tag(p->suite, g->now->keys->confirmation, (struct bytes){0}, g->now->tag) ==
             ERR_OK,
        "tag");
    must(schedule_interim(p->suite, NULL, bytes_of(g->now->tag, SUITE_HASH), g->now->interim) ==
             ERR_OK,
        "interim");
    epoch_finish(g->now);
}

/* What a joiner cannot save: each leaf's key imported, each leaf's signature checked. */
static double checks_alone(const struct mls_group *g)
{
    const struct epoch *e = g->now;
    struct tree *t = NULL;
    struct buf raw;

    buf_init(&raw, WIRE_MAX);
    tree_write(e->tree, &raw);
    must(tree_read(tree_suite(e->tree), buf_view(&raw), &t) == ERR_OK, "tree");
    double from = cpu_us();
    for (uint32_t i = 0; i < tree_leaves(t); i++) {
        const struct leaf_place at = epoch_place(e, i);
        if (tree_leaf(t, i) != NULL)
            must(leaf_check_signature(tree_leaf(t, i), &at) == MLS_RULE_KEPT, "signature");
    }
    double us = cpu_us() - from;
    tree_free(t);
    buf_free(&raw);
    return us;
}

static void bench_join(struct party *p, unsigned bits, size_t n, bool filled)
{
    size_t whom = party_person(p);
    const struct mls_proposal add = {
        .type = MLS_ADD, .package = buf_view(&p->m[whom]->package)};
    struct party_member *m = p->m[whom];
    double v[ROUNDS];
    double alone[ROUNDS];
    size_t rounds = n >= 1000 ? 5 : ROUNDS;

    double from = cpu_us();
    party_stage(p, 0, &add, 1, 0);
    tell(filled ? "add commit with welcome, filled" : "add commit with welcome, blank",
        p->suite, bits, n, cpu_us() - from);
    must(mls_apply(p->m[0]->g) == ERR_OK, "apply");
    const struct mls_join_request what = {.welcome = buf_view(&p->last.welcome),
        .package = buf_view(&m->package),
        .secret = buf_view(&m->secret)};
    for (size_t i = 0; i < rounds; i++) {
        enum mls_rule rule;
        mls_group_free(m->g);
        from = cpu_us();
        must(mls_group_join(&m->world.env, &m->who, &what, &m->g, &rule) == ERR_OK, "join");
        v[i] = cpu_us() - from;
        alone[i] = checks_alone(m->g);
    }
    double us = median(v, rounds);
    double bare = median(alone, rounds);
    tell(filled ? "welcome, filled" : "welcome, blank", p->suite, bits, n, us);
    tell("its signature checks alone", p->suite, bits, n, bare);
    (void)printf("{\"bench\":\"mls\",\"op\":\"welcome over its signature checks\",\"suite\":"
                 "\"0x%04x\",\"bits\":%u,\"n\":%zu,\"ratio\":%.3f}\n",
        p->suite->id, bits, n, us / bare);
    (void)printf("{\"bench\":\"mls\",\"op\":\"welcome size\",\"suite\":\"0x%04x\",\"bits\":%u,"
                 "\"n\":%zu,\"bytes\":%zu}\n",
        p->suite->id, bits, n, p->last.welcome.n);
}

static void bench_commit(struct party *p, unsigned bits, size_t n, const char *name,
    const struct mls_proposal *what, size_t count)
{
    size_t other = p->n - 1;
    double make[ROUNDS];
    double take[ROUNDS];
    char label[64];
    size_t size = 0;

    for (size_t i = 0; i < ROUNDS; i++) {
        struct mls_event event;
        mls_event_init(&event);
        p->flags = 0;
        double from = cpu_us();
        party_stage(p, 0, what, count, MLS_PATH);
        make[i] = cpu_us() - from;
        size = p->last.commit.n;
        from = cpu_us();
        must(mls_process(p->m[other]->g, buf_view(&p->last.commit), &event) == ERR_OK,
            "process");
        must(mls_apply(p->m[other]->g) == ERR_OK, "apply");
        take[i] = cpu_us() - from;
        must(mls_apply(p->m[0]->g) == ERR_OK, "apply");
        mls_event_clear(&event);
        if (count != 0)
            break; /* a remove happens once */
    }
    size_t rounds = count != 0 ? 1 : ROUNDS;
    (void)snprintf(label, sizeof label, "%s, make", name);
    tell(label, p->suite, bits, n, median(make, rounds));
    (void)snprintf(label, sizeof label, "%s, apply", name);
    tell(label, p->suite, bits, n, median(take, rounds));
    (void)printf("{\"bench\":\"mls\",\"op\":\"%s, size\",\"suite\":\"0x%04x\",\"bits\":%u,"
                 "\"n\":%zu,\"bytes\":%zu}\n",
        name, p->suite->id, bits, n, size);
}

static void bench_message(struct party *p, unsigned bits, size_t n, size_t length)
{
    enum { TIMES = 100 };
    static struct buf out[TIMES];
    struct mls_event event;
    uint8_t text[1024] = {0};
    const struct mls_wrap wrap = {.flags = 0};
    double make[ROUNDS];
    double take[ROUNDS];
    char label[64];

    mls_event_init(&event);
    for (size_t r = 0; r < ROUNDS; r++) {
        for (size_t i = 0; i < TIMES; i++)
            buf_init(&out[i], WIRE_MAX);
        double from = cpu_us();
        for (size_t i = 0; i < TIMES; i++)
            must(mls_protect(p->m[0]->g, bytes_of(text, length), &wrap, &out[i]) == ERR_OK,
                "protect");
        make[r] = (cpu_us() - from) / TIMES;
        from = cpu_us();
        for (size_t i = 0; i < TIMES; i++)
            must(mls_process(p->m[p->n - 1]->g, buf_view(&out[i]), &event) == ERR_OK,
                "unprotect");
        take[r] = (cpu_us() - from) / TIMES;
        for (size_t i = 0; i < TIMES; i++)
            buf_free(&out[i]);
    }
    mls_event_clear(&event);
    (void)snprintf(label, sizeof label, "message %zu B, protect", length);
    tell(label, p->suite, bits, n, median(make, ROUNDS));
    (void)snprintf(label, sizeof label, "message %zu B, unprotect", length);
    tell(label, p->suite, bits, n, median(take, ROUNDS));
}

static void bench_group(uint16_t suite, unsigned bits, size_t n, bool filled)
{
    static struct party p;

    party_init(&p, suite, 1);
    p.key = bits != 0 ? pool_key : NULL;
    found_big(&p, n - 1, filled);
    bench_join(&p, bits, n, filled);
    bench_message(&p, bits, n, 64);
    bench_message(&p, bits, n, 1024);
    bench_commit(&p, bits, n, filled ? "update, filled" : "update, blank", NULL, 0);
    if (n > 4) {
        const struct mls_proposal remove = {.type = MLS_REMOVE, .leaf = (uint32_t)n / 2};
        bench_commit(&p, bits, n, filled ? "remove, filled" : "remove, blank", &remove, 1);
    }
    party_fini(&p);
}

static void bench_one_by_one(uint16_t suite, size_t n)
{
    static struct party p;

    party_init(&p, suite, 1);
    (void)party_person(&p);
    party_found(&p, 0, (struct bytes){0});
    for (size_t i = 1; i < n; i++)
        (void)party_person(&p);
    double from = cpu_us();
    for (size_t i = 1; i < n; i++) {
        const struct mls_proposal add = {
            .type = MLS_ADD, .package = buf_view(&p.m[i]->package)};
        party_stage(&p, 0, &add, 1, 0);
        must(mls_apply(p.m[0]->g) == ERR_OK, "apply");
    }
    tell("add one by one, total", p.suite, 0, n, cpu_us() - from);
    party_fini(&p);
}

static void bench_suite(uint16_t id, unsigned bits, bool small)
{
    static const size_t SIZES[] = {2, 10, 100, 1000};
    const struct suite *s = suite_find(id);
    struct sign_key *key = bits != 0 ? rsapool_key(pool, 0) : mlskit_sign_key(s, 0);

    bare_sign(s, key, bits);
    bare_dh(s);
    sign_key_free(key);
    for (size_t i = 0; i < MEM_COUNT(SIZES); i++) {
        if (SIZES[i] == 1000 && (small || bits > 2048))
            continue;
        bench_group(id, bits, SIZES[i], true);
        bench_group(id, bits, SIZES[i], false);
    }
}

int main(int argc, char **argv)
{
    bool small = argc > 1 && strcmp(argv[1], "small") == 0;
    static const unsigned BITS[] = {2048, 3072};

    bench_suite(0x0001, 0, small);
    bench_one_by_one(0x0001, small ? 100 : 1000);
    bench_suite(0x0002, 0, true);
    for (size_t i = 0; i < MEM_COUNT(BITS); i++) {
        pool = rsapool_new(BITS[i], 1100);
        bench_suite(0xf001, BITS[i], small);
        rsapool_free(pool);
    }
    return 0;
}
