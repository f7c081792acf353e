/* SPDX-License-Identifier: ISC */
/*
 * Copies an op with all that it points to into one allocation, and keeps what it finds. The
 * tables say where an op of each kind has bytes and how many there may be.
 */
#include "server/store_op.h"

#include <stddef.h>

#include "base/mem.h"

#define BLOCK_MIN 4096

struct store_block {
    struct store_block *next;
    size_t n;
    size_t cap;
    _Alignas(max_align_t) uint8_t data[];
};

struct field { /* a struct bytes in the op */
    uint16_t at;
    uint16_t min;
    uint32_t max;
};

struct list { /* an array in the op whose elements have bytes of their own */
    uint16_t at;
    uint16_t count_at;
    uint16_t size;
    struct field fields[2];
};

#define AT(m) offsetof(struct store_op, m)
#define KEY(m)                                                                                 \
    {                                                                                          \
        AT(m), 1, STORE_KEY_MAX                                                                \
    }
#define NAME(m)                                                                                \
    {                                                                                          \
        AT(m), 1, STORE_NAME_MAX                                                               \
    }
#define NAME_ANY(m)                                                                            \
    {                                                                                          \
        AT(m), 0, STORE_NAME_MAX                                                               \
    }
#define SMALL(m)                                                                               \
    {                                                                                          \
        AT(m), 0, STORE_SMALL_MAX                                                              \
    }
#define BODY(m)                                                                                \
    {                                                                                          \
        AT(m), 0, STORE_BODY_MAX                                                               \
    }
#define FIELDS_MAX 4

static const struct field FIELDS[STORE_KINDS][FIELDS_MAX] = {
    [STORE_ACCOUNT_CREATE] = {NAME(account.name), SMALL(account.verifier)},
    [STORE_ACCOUNT_GET] = {NAME(name)},
    [STORE_ACCOUNT_VERIFIER] = {NAME(name), SMALL(body)},
    [STORE_ACCOUNT_ROLE] = {NAME(name)},
    [STORE_ACCOUNT_SEEN] = {NAME(name)},
    [STORE_ACCOUNT_REMOVE] = {NAME(name)},
    [STORE_ACCOUNT_LIST] = {NAME_ANY(name)},
    [STORE_TOKEN_PUT] = {NAME(token.account), SMALL(token.label)},
    [STORE_TOKEN_REVOKE] = {NAME(name)},
    [STORE_TOKEN_LIST] = {NAME(name)},
    [STORE_IDENTITY_PUT] = {NAME(name), BODY(body)},
    [STORE_IDENTITY_GET] = {NAME(name)},
    [STORE_PACKAGE_PUT] = {NAME(name)},
    [STORE_PACKAGE_TAKE] = {NAME(name)},
    [STORE_PACKAGE_COUNT] = {NAME(name)},
    [STORE_PACKAGE_CLEAR] = {NAME(name)},
    [STORE_ROOM_CREATE] = {KEY(room.key), NAME_ANY(room.name), NAME_ANY(room.owner),
        SMALL(room.verifier)},
    [STORE_ROOM_SET] = {KEY(room.key), NAME_ANY(room.name), NAME_ANY(room.owner),
        SMALL(room.verifier)},
    [STORE_ROOM_REMOVE] = {KEY(key)},
    [STORE_MEMBER_SET] = {KEY(key), NAME(name)},
    [STORE_MEMBER_REMOVE] = {KEY(key), NAME(name)},
    [STORE_CURSOR] = {KEY(key), NAME(name)},
    [STORE_DEPARTURE] = {KEY(key), NAME(name)},
    [STORE_DEPARTURE_CLEAR] = {KEY(key), NAME(name)},
    [STORE_ENTRY_PUT] = {KEY(commit.key), NAME_ANY(commit.entry.sender),
        BODY(commit.entry.body)},
    [STORE_ENTRIES] = {KEY(key)},
    [STORE_COMMIT] = {KEY(commit.key), NAME_ANY(commit.entry.sender), BODY(commit.entry.body),
        BODY(commit.info)},
    [STORE_VOID] = {KEY(key)},
    [STORE_GROUP] = {KEY(key)},
    [STORE_WELCOMES] = {NAME(name)},
    [STORE_BAN_PUT] = {{AT(ban.scope), 0, STORE_KEY_MAX}, NAME(ban.who), NAME_ANY(ban.by),
        SMALL(ban.reason)},
    [STORE_BAN_REMOVE] = {{AT(key), 0, STORE_KEY_MAX}, NAME(name)},
};

/* All of them are looked at for every op: in another kind's they are empty. */
static const struct list LISTS[] = {
    {AT(packages), AT(package_count), sizeof(struct store_package),
        {{offsetof(struct store_package, body), 1, STORE_BODY_MAX}}},
    {AT(commit.nodes), AT(commit.node_count), sizeof(struct store_node),
        {{offsetof(struct store_node, body), 0, STORE_BODY_MAX}}},
    {AT(commit.removed), AT(commit.removed_count), sizeof(struct bytes),
        {{0, 1, STORE_NAME_MAX}}},
    {AT(commit.cleared), AT(commit.cleared_count), sizeof(struct bytes),
        {{0, 1, STORE_NAME_MAX}}},
    {AT(commit.welcomes), AT(commit.welcome_count), sizeof(struct store_named),
        {{offsetof(struct store_named, name), 1, STORE_NAME_MAX},
            {offsetof(struct store_named, body), 0, STORE_BODY_MAX}}},
};

static struct bytes *bytes_at(void *base, size_t at)
{
    return (struct bytes *)((uint8_t *)base + at);
}

static size_t list_count(const struct store_op *op, const struct list *l)
{
    return *(const size_t *)((const uint8_t *)op + l->count_at);
}

static const uint8_t *list_array(const struct store_op *op, const struct list *l)
{
    const uint8_t *p;

    memcpy(&p, (const uint8_t *)op + l->at, sizeof p);
    return p;
}

/* ---- measuring ---- */

static void measure(const void *base, const struct field *f, size_t *n, enum err *e)
{
    const struct bytes *b = (const struct bytes *)((const uint8_t *)base + f->at);

    if (f->max == 0 || *e != ERR_OK)
        return;
    if (b->n > f->max)
        *e = ERR_TOO_BIG;
    else if (b->n < f->min)
        *e = ERR_FORMAT;
    else
        *n += b->n;
}

static size_t aligned(size_t n)
{
    return (n + _Alignof(max_align_t) - 1) & ~(_Alignof(max_align_t) - 1);
}

/* SQLite's integers have a sign. */
static enum err numbers_fit(const struct store_op *op)
{
    const uint64_t all[] = {
        op->commit.entry.seq, op->commit.entry.epoch, op->commit.replaces, op->token.id};

    for (size_t i = 0; i < MEM_COUNT(all); i++) {
        if (all[i] > INT64_MAX)
            return ERR_TOO_BIG;
    }
    return ERR_OK;
}

enum err store_op_size(const struct store_op *op, size_t *out)
{
    size_t n = aligned(sizeof *op);
    enum err e = numbers_fit(op);

    for (size_t i = 0; i < MEM_COUNT(LISTS); i++) {
        const struct list *l = &LISTS[i];
        const uint8_t *p = list_array(op, l);
        n += aligned(list_count(op, l) * l->size);
        for (size_t j = 0; j < list_count(op, l); j++, p += l->size) {
            measure(p, &l->fields[0], &n, &e);
            measure(p, &l->fields[1], &n, &e);
        }
    }
    for (size_t i = 0; i < FIELDS_MAX; i++)
        measure(op, &FIELDS[op->kind][i], &n, &e);
    *out = n;
    return e;
}

/* ---- copying ---- */

static void *take(uint8_t **at, const void *from, size_t n)
{
    void *to = *at;

    if (n != 0)
        memcpy(to, from, n);
    *at += n;
    return to;
}

static void relocate(void *base, const struct field *f, uint8_t **at)
{
    if (f->max == 0)
        return;
    struct bytes *b = bytes_at(base, f->at);
    b->p = take(at, b->p, b->n);
}

struct store_op *store_op_copy(const struct store_op *from, size_t size)
{
    struct store_op *op = mem_alloc(size);
    uint8_t *at = (uint8_t *)op + aligned(sizeof *op);
    uint8_t *arrays[MEM_COUNT(LISTS)];

    *op = *from;
    op->size = size;
    /* Arrays first, because they want alignment. */
    for (size_t i = 0; i < MEM_COUNT(LISTS); i++) {
        size_t n = list_count(op, &LISTS[i]) * LISTS[i].size;
        arrays[i] = take(&at, list_array(op, &LISTS[i]), n);
        at += aligned(n) - n;
        memcpy((uint8_t *)op + LISTS[i].at, &arrays[i], sizeof arrays[i]);
    }
    for (size_t i = 0; i < MEM_COUNT(LISTS); i++) {
        const struct list *l = &LISTS[i];
        for (size_t j = 0; j < list_count(op, l); j++) {
            relocate(arrays[i] + j * l->size, &l->fields[0], &at);
            relocate(arrays[i] + j * l->size, &l->fields[1], &at);
        }
    }
    for (size_t i = 0; i < FIELDS_MAX; i++)
        relocate(op, &FIELDS[op->kind][i], &at);
    return op;
}

struct store_op *store_op_refused(const struct store_op *from, enum err rc)
{
    struct store_op *op = mem_alloc(sizeof *op);

    op->size = sizeof *op;
    op->kind = from->kind;
    op->fn = from->fn;
    op->arg = from->arg;
    op->refused = true;
    op->r.rc = rc;
    return op;
}

/* ---- what comes out ---- */

static void *block_take(struct store_op *op, size_t n)
{
    struct store_block *b = op->blocks;

    n = aligned(n);
    if (b == NULL || b->cap - b->n < n) {
        size_t cap = n > BLOCK_MIN ? n : BLOCK_MIN;
        b = mem_alloc(sizeof *b + cap);
        b->cap = cap;
        b->next = op->blocks;
        op->blocks = b;
    }
    b->n += n;
    return b->data + b->n - n;
}

struct bytes store_op_keep(struct store_op *op, struct bytes b)
{
    if (b.n == 0)
        return bytes_of(NULL, 0);
    return bytes_of(memcpy(block_take(op, b.n), b.p, b.n), b.n);
}

void *store_op_more(struct store_op *op, void *array, size_t count, size_t size)
{
    /* Full whenever the count is a power of two: doubled then, and the old one stays. */
    if ((count & (count - 1)) != 0)
        return array;
    void *to = block_take(op, (count != 0 ? count * 2 : 1) * size);
    if (count != 0)
        memcpy(to, array, count * size);
    return to;
}

void store_op_clear(struct store_op *op, enum err rc)
{
    op->r = (struct store_result){.rc = rc};
}

void store_op_free(struct store_op *op)
{
    while (op->blocks != NULL) {
        struct store_block *b = op->blocks;
        op->blocks = b->next;
        mem_wipe_free(b, sizeof *b + b->cap);
    }
    mem_wipe_free(op, op->size);
}
