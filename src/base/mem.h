/* SPDX-License-Identifier: ISC */
/*
 * Memory that cannot fail: the sizes asked for here are ours, so running out is the end
 * of the process, said in words. A size that a peer asks for is refused before it gets
 * here. mem_alloc() zeroes. mem_wipe() is never optimised away.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>
#include <stdint.h>

#define MEM_EXIT_CODE 70 /* EX_SOFTWARE: what the process exits with when memory is out */

void *mem_alloc(size_t n);
void *mem_array(size_t count, size_t size); /* count * size, checked for overflow */
void *mem_realloc(void *p, size_t n);
void *mem_dup(const void *p, size_t n);
char *mem_strdup(const char *s);
void mem_free(void *p); /* NULL is fine */
void mem_wipe(void *p, size_t n);
void mem_wipe_free(void *p, size_t n);

/* For a program that moves much: what is freed stays with the process up to some megabytes,
 * because giving pages back and getting them anew costs more than what is done with them. */
void mem_settle(void);

/* For the end of the process only: says what is wrong on stderr and leaves. */
_Noreturn void mem_die(const char *what);

#define MEM_COUNT(a) (sizeof(a) / sizeof((a)[0]))

#endif
