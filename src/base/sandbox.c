/* SPDX-License-Identifier: ISC */
#include "base/sandbox.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/sandbox_private.h"

static void miss(struct sandbox_report *r, const char *what)
{
    size_t n = strlen(r->missing);

    (void)snprintf(r->missing + n, sizeof r->missing - n, "%s%s", n != 0 ? ", " : "", what);
}

static enum err os_failed(const char *what)
{
    LOG_ERROR("sandbox", "%s: %s", what, strerrordesc_np(errno));
    return ERR_IO;
}

static enum err forbid_dumps(struct sandbox_report *r)
{
    const struct rlimit none = {0, 0};

    if (setrlimit(RLIMIT_CORE, &none) != 0)
        return os_failed("RLIMIT_CORE");
    if (SANDBOX_SANITIZER) {
        /* The leak check at exit attaches to the process, which this would forbid. */
        miss(r, "not dumpable (sanitizer)");
        return ERR_OK;
    }
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return os_failed("PR_SET_DUMPABLE");
    r->no_dump = true;
    return ERR_OK;
}

/* Both limits become the wanted one, or stay below it where the hard limit is lower. */
static enum err limit(int which, size_t wanted, bool *lower)
{
    struct rlimit now;

    if (getrlimit((__rlimit_resource_t)which, &now) != 0)
        return os_failed("getrlimit");
    *lower = now.rlim_max != RLIM_INFINITY && now.rlim_max < wanted;
    now.rlim_max = *lower ? now.rlim_max : wanted;
    now.rlim_cur = now.rlim_max;
    return setrlimit((__rlimit_resource_t)which, &now) == 0 ? ERR_OK : os_failed("setrlimit");
}

static enum err set_limits(const struct sandbox_plan *plan, struct sandbox_report *r)
{
    const struct {
        int which;
        size_t wanted;
        bool memory; /* of which a sanitizer needs terabytes */
        const char *missing;
    } rows[] = {
        {RLIMIT_NOFILE, plan->max_files, false, "as many files as wanted"},
        {RLIMIT_CPU, plan->max_cpu_s, false, NULL},
        {RLIMIT_DATA, plan->max_data, true, NULL},
        {RLIMIT_AS, plan->max_space, true, NULL},
    };

    r->rlimits = true;
    for (size_t i = 0; i < MEM_COUNT(rows); i++) {
        bool lower = false;
        if (rows[i].wanted == 0)
            continue;
        if (rows[i].memory && SANDBOX_SANITIZER) {
            if (r->rlimits)
                miss(r, "memory limit (sanitizer)");
            r->rlimits = false;
            continue;
        }
        enum err e = limit(rows[i].which, rows[i].wanted, &lower);
        if (e != ERR_OK) {
            r->rlimits = false;
            return e;
        }
        if (lower && rows[i].missing != NULL)
            miss(r, rows[i].missing);
    }
    return ERR_OK;
}

/* 0 where /proc is not there to say. */
static size_t count_threads(void)
{
    size_t n = 0;
    DIR *d = opendir("/proc/self/task");

    if (d == NULL)
        return 0;
    for (const struct dirent *e = readdir(d); e != NULL; e = readdir(d)) /* NOLINT: ours */
        n += e->d_name[0] != '.';
    (void)closedir(d);
    return n;
}

static enum err enter_landlock(const struct sandbox_plan *plan, struct sandbox_report *r)
{
    r->landlock_abi = sandbox_landlock_abi();
    if (r->landlock_abi == 0) {
        miss(r, "landlock");
        return ERR_OK;
    }
    if (count_threads() > 1)
        return ERR_STATE;
    enum err e = sandbox_landlock(plan, r->landlock_abi);
    r->landlock = e == ERR_OK;
    return e;
}

static enum err enter_seccomp(bool bare, struct sandbox_report *r)
{
    enum err e = sandbox_seccomp(bare);

    if (e == ERR_UNSUPPORTED) {
        miss(r, "seccomp");
        return ERR_OK;
    }
    r->seccomp = e == ERR_OK;
    return e;
}

enum err sandbox_enter(const struct sandbox_plan *plan, struct sandbox_report *out)
{
    *out = (struct sandbox_report){0};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return os_failed("PR_SET_NO_NEW_PRIVS");
    out->no_new_privs = true;
    enum err e = forbid_dumps(out);
    if (e == ERR_OK)
        e = set_limits(plan, out);
    if (e == ERR_OK && plan->landlock)
        e = enter_landlock(plan, out);
    if (e == ERR_OK && plan->seccomp)
        e = enter_seccomp(plan->bare, out);
    return e;
}
