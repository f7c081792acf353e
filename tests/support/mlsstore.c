/* SPDX-License-Identifier: ISC */
#include "support/mlsstore.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "mls/group_store.h"

static _Noreturn void broken(const char *what)
{
    (void)fprintf(stderr, "mlsstore: %s\n", what);
    abort();
}

static void drop(struct mls_record *r)
{
    union {
        const uint8_t *view;
        void *owned;
    } u = {.view = r->bytes.p};

    mem_wipe_free(u.owned, r->bytes.n);
}

static void clear(struct mlsstore *s)
{
    for (size_t i = 0; i < s->n; i++)
        drop(&s->v[i]);
    s->n = 0;
}

void mlsstore_fini(struct mlsstore *s)
{
    clear(s);
    mem_free(s->v);
    *s = (struct mlsstore){0};
}

const struct mls_record *mlsstore_find(const struct mlsstore *s, uint32_t id)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->v[i].id == id)
            return &s->v[i];
    return NULL;
}

void mlsstore_put(struct mlsstore *s, uint32_t id, struct bytes record)
{
    struct mls_record new = {id, bytes_of(mem_dup(record.p, record.n), record.n)};
    size_t i = 0;

    while (i < s->n && s->v[i].id != id)
        i++;
    if (i < s->n)
        drop(&s->v[i]);
    if (record.n == 0) {
        drop(&new);
        if (i < s->n)
            s->v[i] = s->v[--s->n];
        return;
    }
    if (i == s->n)
        s->v = mem_realloc(s->v, ++s->n * sizeof *s->v);
    s->v[i] = new;
}

static enum err take(void *arg, uint32_t id, struct bytes record)
{
    struct mlsstore *s = arg;

    if (id == MLS_RECORD_RESET) {
        if (record.n != 0 || s->given != 0)
            broken("a reset that has bytes or does not come first");
        s->reset = true;
        clear(s);
        return ERR_OK;
    }
    s->given++;
    s->bytes += record.n;
    mlsstore_put(s, id, record);
    return ERR_OK;
}

enum err mlsstore_save(struct mlsstore *s, struct mls_group *g, bool all)
{
    s->given = s->bytes = 0;
    s->reset = false;
    bool dirty = mls_dirty(g);
    enum err e = mls_save(g, all, take, s);
    if (e == ERR_OK && (mls_dirty(g) || (!all && dirty != (s->given != 0))))
        broken("mls_dirty() and mls_save() disagree");
    return e;
}

enum err mlsstore_load(const struct mlsstore *s, const struct mls_env *env,
    const struct mls_identity *who, struct mls_group **out)
{
    return mls_group_load(env, who, s->v, s->n, out);
}

void mlsstore_copy(struct mlsstore *to, const struct mlsstore *from)
{
    clear(to);
    for (size_t i = 0; i < from->n; i++)
        mlsstore_put(to, from->v[i].id, from->v[i].bytes);
}

static bool within(const struct mlsstore *a, const struct mlsstore *b, uint32_t but)
{
    for (size_t i = 0; i < a->n; i++) {
        const struct mls_record *r = mlsstore_find(b, a->v[i].id);
        if (but != 0 && a->v[i].id == but)
            continue;
        if (r == NULL || !bytes_eq(r->bytes, a->v[i].bytes))
            return false;
    }
    return true;
}

bool mlsstore_same(const struct mlsstore *a, const struct mlsstore *b, uint32_t but)
{
    return within(a, b, but) && within(b, a, but);
}

uint32_t mlsstore_own(const struct mls_group *g)
{
    return store_slot(g->now->context.epoch) << STORE_SLOT_SHIFT | g->now->self;
}
