/* SPDX-License-Identifier: ISC */
#include "support/support.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

const char *support_source(void)
{
    const char *s = getenv("SOTTO_SOURCE");

    return s != NULL ? s : ".";
}

void support_tmpdir(char *out, size_t n)
{
    (void)snprintf(out, n, "/tmp/sotto-test-XXXXXX");
    if (mkdtemp(out) == NULL) {
        perror("mkdtemp");
        abort();
    }
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st, (void)type, (void)at;
    return remove(path);
}

void support_rmtree(const char *path)
{
    (void)nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
