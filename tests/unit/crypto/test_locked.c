/* SPDX-License-Identifier: ISC */
#include "crypto/locked.h"

#include <criterion/criterion.h>
#include <linux/capability.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "support/memsearch.h"

static bool all_zero(const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (p[i] != 0)
            return false;
    }
    return true;
}

static void work(size_t n)
{
    uint8_t *p = locked_alloc(n);

    cr_assert_eq((uintptr_t)p % 64, 0);
    cr_assert(all_zero(p, n), "%zu bytes are not zeroed", n);
    memset(p, 0xa5, n);
    locked_free(p);
}

Test(locked, alloc__zeroed_again_and_again)
{
    static const size_t sizes[] = {1, 31, 32, 63, 64, 65, 4096, 100000, LOCKED_ARENA / 2,
        LOCKED_ARENA / 2 + 1, LOCKED_ARENA, 3 * LOCKED_ARENA};

    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < MEM_COUNT(sizes); i++)
            work(sizes[i]);
    }
    locked_free(NULL);
}

Test(locked, alloc__pieces_do_not_overlap)
{
    uint8_t *p[200];

    for (size_t i = 0; i < MEM_COUNT(p); i++) {
        p[i] = locked_alloc(i + 1);
        memset(p[i], (int)i, i + 1);
    }
    for (size_t i = 0; i < MEM_COUNT(p); i++) {
        for (size_t k = 0; k <= i; k++)
            cr_assert_eq(p[i][k], (uint8_t)i);
        locked_free(p[i]);
    }
}

Test(locked, alloc__full_falls_back_and_leaves_half_to_openssl)
{
    enum { PIECE = 32 * 1024, COUNT = LOCKED_ARENA / PIECE };
    uint8_t *p[COUNT];
    size_t inside = 0;

    for (size_t i = 0; i < COUNT; i++) {
        p[i] = locked_alloc(PIECE);
        cr_assert(all_zero(p[i], PIECE));
        memset(p[i], 0xff, PIECE);
        inside += locked_is(p[i]);
    }
    cr_assert_eq(inside, locked_arena_is() ? COUNT / 2 : 0);
    for (size_t i = 0; i < COUNT; i++)
        locked_free(p[i]);
    uint8_t *again = locked_alloc(PIECE);
    cr_assert_eq(locked_is(again), locked_arena_is());
    locked_free(again);
}

static void expect_wiped(size_t n)
{
    uint8_t masked[40];
    uint8_t *p = locked_alloc(n);

    for (size_t i = 0; i < sizeof masked; i++)
        masked[i] = (uint8_t)(i * 29 + 3);
    memsearch_reveal(masked, sizeof masked, p + n - sizeof masked);
    cr_assert_eq(memsearch_count(masked, sizeof masked), 1, "the search does not see it");
    locked_free(p);
    cr_assert_eq(memsearch_count(masked, sizeof masked), 0, "%zu bytes were not wiped", n);
}

Test(locked, free__wipes)
{
    expect_wiped(40);
    expect_wiped(9000);
    expect_wiped(LOCKED_ARENA);
}

/* What the kernel says of the mapping that p lies in: "lo" locked, "dd" not in dumps. */
static bool has_flag(const void *p, const char *flag)
{
    char line[512];
    bool mine = false, has = false;
    FILE *f = fopen("/proc/self/smaps", "re");

    cr_assert_not_null(f);
    while (fgets(line, sizeof line, f) != NULL) {
        unsigned long from, to;
        if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
            mine = (uintptr_t)p >= from && (uintptr_t)p < to;
        else if (mine && strncmp(line, "VmFlags:", 8) == 0)
            has = strstr(line + 8, flag) != NULL;
    }
    (void)fclose(f);
    return has;
}

Test(locked, alloc__the_kernel_says_so_too)
{
    uint8_t *in = locked_alloc(32);
    uint8_t *beside = locked_alloc(LOCKED_ARENA);

    memset(in, 1, 32);
    cr_assert_eq(has_flag(in, " lo"), locked_is(in));
    cr_assert(has_flag(in, " dd"));
    cr_assert(has_flag(beside, " dd"));
    cr_assert_not(locked_is(beside));
    locked_free(in);
    locked_free(beside);
}

/* Root may lock whatever the limit says, unless it gives up that right. */
static void forbid_locking(void)
{
    struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2] = {0};
    const struct rlimit none = {0, 0};

    cr_assert_eq(setrlimit(RLIMIT_MEMLOCK, &none), 0);
    cr_assert_eq(syscall(SYS_capget, &head, data), 0);
    data[0].effective &= ~(1u << CAP_IPC_LOCK);
    data[0].permitted &= ~(1u << CAP_IPC_LOCK);
    cr_assert_eq(syscall(SYS_capset, &head, data), 0);
}

Test(locked, alloc__a_system_that_locks_nothing)
{
    pid_t child = fork();
    int status;

    cr_assert_geq(child, 0);
    if (child == 0) {
        forbid_locking();
        uint8_t *p = locked_alloc(100);
        bool good = all_zero(p, 100) && !locked_is(p) && !locked_arena_is();
        good = good && has_flag(p, " dd") && !has_flag(p, " lo");
        memset(p, 1, 100);
        expect_wiped(40);
        expect_wiped(LOCKED_ARENA);
        locked_free(p);
        _exit(good ? 0 : 1);
    }
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert(WIFEXITED(status));
    cr_assert_eq(WEXITSTATUS(status), 0);
}
