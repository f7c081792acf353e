/* SPDX-License-Identifier: ISC */
/*
 * Takes away what the process does not need, for good. Order: no_new_privs, no core dumps and
 * not dumpable, rlimits (not NPROC, not FSIZE), Landlock on the folders listed, seccomp with
 * TSYNC. A layer that the kernel lacks is skipped and reported; one that is there and fails is
 * an error, and then the process must not go on. Landlock binds the calling thread and those
 * it starts later, so with it the sandbox is entered before any thread (ERR_STATE otherwise);
 * threads may be started inside, processes and programs may not. Files and sockets that are
 * open stay so. A system call that is not allowed fails with EPERM. Bare is for a program that
 * only computes: it reads and writes what is open, and opens, asks for and starts nothing.
 */
#ifndef BASE_SANDBOX_H
#define BASE_SANDBOX_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct sandbox_path {
    const char *path;
    bool write; /* read and write below it, else read only */
};

struct sandbox_plan {
    /* Files or folders. One that is to be read and is not there is passed over; one that is to
     * be written must exist: ERR_NOT_FOUND. */
    const struct sandbox_path *paths;
    size_t path_count;
    size_t max_files; /* RLIMIT_NOFILE, 0 = leave; as near as the hard limit allows */
    size_t max_data;  /* RLIMIT_DATA in bytes, 0 = leave */
    size_t max_space; /* RLIMIT_AS in bytes, 0 = leave */
    size_t max_cpu_s; /* RLIMIT_CPU in seconds, 0 = leave */
    bool seccomp;
    bool bare; /* with seccomp: no names, no sockets, no threads */
    bool landlock;
};

struct sandbox_report {
    bool no_new_privs;
    bool no_dump;
    bool rlimits;
    int landlock_abi; /* 0: this kernel has none */
    bool landlock;
    bool seccomp;
    char missing[128]; /* words for what is wanted and missing, "" when nothing is */
};

enum err sandbox_enter(const struct sandbox_plan *plan, struct sandbox_report *out);

#endif
