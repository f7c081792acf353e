/* SPDX-License-Identifier: ISC */
#include "mls/treekem_impl.h"

#include "base/mem.h"
#include "crypto/locked.h"
#include "mls/label.h"

#define TREEKEM_PRIVS (TREEKEM_LEVELS * DH_PRIV_SIZE)

static struct treekem *treekem_alloc(void)
{
    struct treekem *k = mem_alloc(sizeof *k);

    k->priv = locked_alloc(TREEKEM_PRIVS);
    return k;
}

struct treekem *treekem_new(uint32_t leaf)
{
    struct treekem *k = treekem_alloc();

    k->leaf = leaf;
    return k;
}

struct treekem *treekem_copy(const struct treekem *k)
{
    struct treekem *c = treekem_alloc();
    void *priv = c->priv;

    *c = *k;
    c->priv = priv;
    memcpy(c->priv, k->priv, TREEKEM_PRIVS);
    return c;
}

void treekem_free(struct treekem *k)
{
    if (k == NULL)
        return;
    locked_free(k->priv);
    mem_free(k);
}

uint32_t treekem_leaf(const struct treekem *k)
{
    return k->leaf;
}

static bool treekem_mine(const struct treekem *k, uint32_t node)
{
    return treemath_level(node) < TREEKEM_LEVELS && treemath_below(2 * k->leaf, node);
}

bool treekem_has(const struct treekem *k, uint32_t node)
{
    return treekem_mine(k, node) && (k->known >> treemath_level(node) & 1) != 0;
}

void treekem_put(struct treekem *k, uint32_t node, struct bytes priv, struct bytes pub)
{
    unsigned level = treemath_level(node);

    if (!treekem_mine(k, node) || priv.n != DH_PRIV_SIZE || pub.n > DH_PUB_MAX)
        return;
    k->known |= 1u << level;
    memcpy(k->priv[level], priv.p, DH_PRIV_SIZE);
    k->pub[level].n = (uint8_t)pub.n;
    if (pub.n > 0)
        memcpy(k->pub[level].p, pub.p, pub.n);
}

void treekem_keep(struct treekem *k, uint32_t node, const struct dh_key *key)
{
    uint8_t priv[DH_PRIV_SIZE];

    dh_key_priv(key, priv);
    treekem_put(k, node, bytes_of(priv, sizeof priv), dh_key_pub(key));
    mem_wipe(priv, sizeof priv);
}

static void treekem_forget(struct treekem *k, unsigned level)
{
    k->known &= ~(1u << level);
    k->pub[level].n = 0;
    mem_wipe(k->priv[level], DH_PRIV_SIZE);
}

/* The public half of what was put without it. */
static void treekem_complete(struct treekem *k, const struct suite *s, unsigned level)
{
    struct dh_key *key = NULL;

    if (dh_key_new(s->hpke.kem, bytes_of(k->priv[level], DH_PRIV_SIZE), &key) == ERR_OK) {
        struct bytes pub = dh_key_pub(key);
        k->pub[level].n = (uint8_t)pub.n;
        memcpy(k->pub[level].p, pub.p, pub.n);
    }
    dh_key_free(key);
}

bool treekem_fits(struct treekem *k, const struct tree *t, uint32_t node)
{
    unsigned level = treemath_level(node);

    if (!treekem_has(k, node) || tree_blank(t, node))
        return false;
    if (k->pub[level].n == 0)
        treekem_complete(k, tree_suite(t), level);
    return bytes_eq(bytes_of(k->pub[level].p, k->pub[level].n), tree_key(t, node));
}

/* The node above our leaf (or it itself) at a level. */
static uint32_t treekem_node(const struct treekem *k, unsigned level)
{
    uint32_t span = 1u << level;

    return 2 * (k->leaf & ~(span - 1)) + span - 1;
}

void treekem_prune(struct treekem *k, const struct tree *t)
{
    for (unsigned level = 0; level < TREEKEM_LEVELS; level++) {
        if ((k->known >> level & 1) != 0 && !treekem_fits(k, t, treekem_node(k, level)))
            treekem_forget(k, level);
    }
}

void treekem_write(const struct treekem *k, struct buf *out)
{
    buf_u32(out, k->leaf);
    buf_u8(out, (uint8_t)__builtin_popcount(k->known));
    for (unsigned level = 0; level < TREEKEM_LEVELS; level++) {
        if ((k->known >> level & 1) == 0)
            continue;
        buf_u32(out, treekem_node(k, level));
        buf_put(out, k->priv[level], DH_PRIV_SIZE);
        wire_put(out, bytes_of(k->pub[level].p, k->pub[level].n));
    }
}

static void treekem_read_key(const struct suite *s, struct reader *r, struct treekem *k)
{
    uint32_t node = reader_u32(r);
    struct bytes priv = reader_bytes(r, DH_PRIV_SIZE);
    struct bytes pub = wire_vec(r, DH_PUB_MAX);

    if (reader_err(r) != ERR_OK)
        return;
    /* In the order they are written: a level once, from the leaf up. */
    if (!treekem_mine(k, node) || k->known >> treemath_level(node) != 0 ||
        (pub.n != 0 && pub.n != s->hpke.kem->pub_size))
        reader_fail(r, ERR_FORMAT);
    else
        treekem_put(k, node, priv, pub);
}

void treekem_read(const struct suite *s, struct reader *r, struct treekem **out)
{
    uint32_t leaf = reader_u32(r);
    uint8_t n = reader_u8(r);

    *out = NULL;
    if (leaf >= TREEMATH_LEAVES_MAX || n > TREEKEM_LEVELS)
        reader_fail(r, ERR_FORMAT);
    if (reader_err(r) != ERR_OK)
        return;
    struct treekem *k = treekem_new(leaf);
    for (uint8_t i = 0; i < n; i++)
        treekem_read_key(s, r, k);
    if (reader_err(r) == ERR_OK)
        *out = k;
    else
        treekem_free(k);
}

enum err treekem_derive(
    const struct suite *s, const uint8_t secret[SUITE_HASH], struct dh_key **out)
{
    uint8_t node_secret[SUITE_HASH];

    *out = NULL;
    enum err e = label_derive(s, secret, "node", node_secret);
    if (e == ERR_OK)
        e = hpke_derive_key(&s->hpke, bytes_of(node_secret, sizeof node_secret), out);
    mem_wipe(node_secret, sizeof node_secret);
    return e;
}
