/* SPDX-License-Identifier: ISC */
#include "crypto/locked.h"

#include <openssl/crypto.h>
#include <stdint.h>
#include <sys/mman.h>

#include "base/mem.h"

#define LEAST 64 /* the smallest piece, and so what every piece is aligned to */

static CRYPTO_ONCE once = CRYPTO_ONCE_STATIC_INIT;
static bool arena;  /* it is there */
static bool locked; /* and the system keeps it in memory */

static void arena_make(void)
{
    /* 1: all of it; 2: usable, but not locked, not guarded or not kept out of dumps. */
    int got = CRYPTO_secure_malloc_init(LOCKED_ARENA, LEAST);

    arena = got != 0;
    locked = got == 1;
}

static void arena_ready(void)
{
    if (CRYPTO_THREAD_run_once(&once, arena_make) != 1)
        mem_die("OpenSSL cannot start");
}

/* Pages of its own; the first bytes remember how many. */
static void *page_alloc(size_t n)
{
    if (n > SIZE_MAX - LEAST)
        mem_die("a secret larger than memory was asked for");
    size_t total = n + LEAST;
    void *p = mmap(NULL, total, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        mem_die("out of memory");
    (void)madvise(p, total, MADV_DONTDUMP);
    *(size_t *)p = total;
    return (uint8_t *)p + LEAST;
}

static void page_free(void *p)
{
    uint8_t *head = (uint8_t *)p - LEAST;
    size_t total = *(size_t *)(void *)head;

    mem_wipe(head, total);
    (void)munmap(head, total);
}

void *locked_alloc(size_t n)
{
    void *p = NULL;

    arena_ready();
    if (arena && n <= LOCKED_ARENA / 2 && CRYPTO_secure_used() <= LOCKED_ARENA / 2 - n)
        p = OPENSSL_secure_zalloc(n);
    return p != NULL ? p : page_alloc(n);
}

void locked_free(void *p)
{
    if (p == NULL)
        return;
    if (CRYPTO_secure_allocated(p) == 1)
        OPENSSL_secure_free(p); /* wipes what it once gave */
    else
        page_free(p);
}

bool locked_is(const void *p)
{
    return locked && CRYPTO_secure_allocated(p) == 1;
}

bool locked_arena_is(void)
{
    arena_ready();
    return locked;
}
