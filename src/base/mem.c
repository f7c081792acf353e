/* SPDX-License-Identifier: ISC */
#include "base/mem.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KEEP_LARGEST (1 << 20)
#define KEEP_FREE    (16 << 20)
#define KEEP_AHEAD   (1 << 20)

void mem_die(const char *what)
{
    static const char HEAD[] = "fatal: ";

    /* write(2), because stdio may want the memory that is not there. */
    (void)!write(STDERR_FILENO, HEAD, sizeof HEAD - 1);
    (void)!write(STDERR_FILENO, what, strlen(what));
    (void)!write(STDERR_FILENO, "\n", 1);
    _exit(MEM_EXIT_CODE);
}

void mem_settle(void)
{
    (void)mallopt(M_MMAP_THRESHOLD, KEEP_LARGEST);
    (void)mallopt(M_TRIM_THRESHOLD, KEEP_FREE);
    (void)mallopt(M_TOP_PAD, KEEP_AHEAD);
}

void *mem_alloc(size_t n)
{
    void *p = calloc(1, n ? n : 1);

    if (p == NULL)
        mem_die("out of memory");
    return p;
}

void *mem_array(size_t count, size_t size)
{
    size_t n;

    if (__builtin_mul_overflow(count, size, &n))
        mem_die("an array larger than memory was asked for");
    return mem_alloc(n);
}

void *mem_realloc(void *p, size_t n)
{
    void *q = realloc(p, n ? n : 1);

    if (q == NULL)
        mem_die("out of memory");
    return q;
}

void *mem_dup(const void *p, size_t n)
{
    void *q = mem_alloc(n);

    if (n != 0)
        memcpy(q, p, n);
    return q;
}

char *mem_strdup(const char *s)
{
    return mem_dup(s, strlen(s) + 1);
}

void mem_free(void *p)
{
    free(p);
}

void mem_wipe(void *p, size_t n)
{
    if (n != 0)
        explicit_bzero(p, n);
}

void mem_wipe_free(void *p, size_t n)
{
    if (p != NULL)
        mem_wipe(p, n);
    free(p);
}
