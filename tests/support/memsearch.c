/* SPDX-License-Identifier: ISC */
#include "support/memsearch.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAGE 4096u
#define PRESENT                                                                                \
    (UINT64_C(3) << 62) /* in memory or in swap; any other page was never written              \
                         */
#define BATCH    512
#define MAPS_MAX (1024u * 1024u)
/* Only the shadow of a sanitizer is as large; it holds marks and no bytes of ours. */
#define SHADOW (UINT64_C(1) << 40)

/* All static: a search that used much stack would overwrite what it looks for there. What is
 * read lies behind the end of the page before it, so that a needle across pages is found. */
static struct {
    char maps[MAPS_MAX];
    uint8_t window[MEMSEARCH_MAX + PAGE];
    uint64_t pages[BATCH];
    const uint8_t *needle;
    size_t n;
    size_t kept; /* bytes of window in front of the next page */
    size_t found;
    int mem;
    int pagemap;
} __attribute__((aligned(PAGE))) s; /* alone on its pages: they are passed over */

static void die(const char *what)
{
    perror(what);
    abort();
}

static int open_self(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        die(path);
    return fd;
}

static bool matches(const uint8_t *at)
{
    for (size_t i = 0; i < s.n; i++) {
        if ((at[i] ^ s.needle[i]) != 0xff)
            return false;
    }
    return true;
}

static void look_at_page(uint64_t at)
{
    if (pread(s.mem, s.window + s.kept, PAGE, (off_t)at) != (ssize_t)PAGE) {
        s.kept = 0; /* unmapped meanwhile, or not for reading: a file that became shorter */
        return;
    }
    size_t all = s.kept + PAGE;
    /* To the first byte by memchr(), which is many times faster than a loop. */
    const uint8_t *end = s.window + all - s.n + 1;
    for (const uint8_t *p = s.window;
         p < end && (p = memchr(p, s.needle[0] ^ 0xff, (size_t)(end - p))) != NULL; p++)
        s.found += matches(p);
    s.kept = s.n - 1;
    memmove(s.window, s.window + all - s.kept, s.kept);
}

/* A window is a copy of what was found elsewhere, and is not counted again. */
static bool is_ours(uint64_t at)
{
    return at + PAGE > (uintptr_t)&s && at < (uintptr_t)&s + sizeof s;
}

static void look_at(uint64_t from, uint64_t to)
{
    s.kept = 0;
    for (uint64_t at = from; at < to;) {
        size_t count = (to - at) / PAGE < BATCH ? (size_t)((to - at) / PAGE) : BATCH;
        ssize_t got = pread(s.pagemap, s.pages, count * 8, (off_t)(at / PAGE * 8));
        if (got != (ssize_t)(count * 8))
            die("/proc/self/pagemap");
        for (size_t i = 0; i < count; i++, at += PAGE) {
            if ((s.pages[i] & PRESENT) != 0 && !is_ours(at))
                look_at_page(at);
            else
                s.kept = 0;
        }
    }
}

static void read_maps(void)
{
    int fd = open_self("/proc/self/maps");
    size_t n = 0;
    ssize_t got;

    while ((got = read(fd, s.maps + n, sizeof s.maps - 1 - n)) > 0)
        n += (size_t)got;
    if (got < 0 || n == sizeof s.maps - 1)
        die("/proc/self/maps");
    s.maps[n] = '\0';
    (void)close(fd);
}

size_t memsearch_count(const uint8_t *needle_masked, size_t n)
{
    if (n == 0 || n > MEMSEARCH_MAX || sysconf(_SC_PAGESIZE) != PAGE)
        die("memsearch");
    s.needle = needle_masked;
    s.n = n;
    s.found = 0;
    s.mem = open_self("/proc/self/mem");
    s.pagemap = open_self("/proc/self/pagemap");
    read_maps();
    for (char *line = s.maps; line != NULL && *line != '\0'; line = strchr(line, '\n')) {
        char *end;
        line += *line == '\n';
        uint64_t from = strtoull(line, &end, 16);
        if (*end != '-')
            break;
        uint64_t to = strtoull(end + 1, &end, 16);
        if (strncmp(end, " rw", 3) == 0 && to - from < SHADOW)
            look_at(from, to);
    }
    explicit_bzero(s.window, sizeof s.window);
    (void)close(s.mem);
    (void)close(s.pagemap);
    return s.found;
}

void memsearch_reveal(const uint8_t *masked, size_t n, uint8_t *out)
{
    for (size_t i = 0; i < n; i++)
        out[i] = (uint8_t)~masked[i];
}
