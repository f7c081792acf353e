/* SPDX-License-Identifier: ISC */
#include "net/chunk.h"

#include "base/mem.h"

/* 256 KiB: a turn of a busy room fits in one, so members get one span each. */
#define POOL_CHUNK (256u << 10)

static struct chunk *chunk_new(size_t cap)
{
    /* Not mem_alloc(): zeroing a fresh 256 KiB for each busy turn is a cost for nothing. */
    struct chunk *c = mem_realloc(NULL, sizeof *c + cap);

    *c = (struct chunk){.refs = 1, .cap = (uint32_t)cap};
    return c;
}

void span_drop(struct span s)
{
    if (s.chunk != NULL && --s.chunk->refs == 0)
        mem_free(s.chunk);
}

struct span span_new(size_t n)
{
    struct chunk *c = chunk_new(n);

    c->n = (uint32_t)n;
    return (struct span){c, 0, c->n};
}

struct span span_copy(struct bytes b)
{
    struct span s = span_new(b.n);

    if (b.n != 0)
        memcpy(s.chunk->data, b.p, b.n);
    return s;
}

struct span pool_add(struct pool *p, struct bytes b)
{
    if (b.n > POOL_CHUNK / 4)
        return span_copy(b);
    if (p->open == NULL || p->open->cap - p->open->n < b.n) {
        pool_fini(p);
        p->open = chunk_new(POOL_CHUNK);
    }
    struct chunk *c = p->open;
    struct span s = {c, c->n, (uint32_t)b.n};
    if (b.n != 0)
        memcpy(c->data + c->n, b.p, b.n);
    c->n += (uint32_t)b.n;
    return span_ref(s);
}

void pool_release(struct pool *p)
{
    if (p->open == NULL)
        return;
    /* Nobody else holds it: fill it again from the start. */
    if (p->open->refs == 1) {
        p->open->n = 0;
        return;
    }
    span_drop((struct span){p->open, 0, 0});
    p->open = NULL;
}

void pool_fini(struct pool *p)
{
    span_drop((struct span){p->open, 0, 0});
    p->open = NULL;
}
