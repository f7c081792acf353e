/* SPDX-License-Identifier: ISC */
#include "support/support.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
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

static void copy(const char *path, const char *suffix, const char *from, const char *to)
{
    char in[512], out[512], block[4096];
    size_t n;

    (void)snprintf(in, sizeof in, "%s%s%s", path, from, suffix);
    (void)snprintf(out, sizeof out, "%s%s%s", path, to, suffix);
    (void)remove(out);
    FILE *r = fopen(in, "rb");
    if (r == NULL)
        return;
    FILE *w = fopen(out, "wb");
    if (w == NULL)
        abort();
    while ((n = fread(block, 1, sizeof block, r)) != 0) {
        if (fwrite(block, 1, n, w) != n)
            abort();
    }
    (void)fchmod(fileno(w), 0600);
    (void)fclose(r);
    (void)fclose(w);
}

void support_freeze(const char *path)
{
    copy(path, "", "", ".killed");
    copy(path, "-wal", "", ".killed");
}

void support_thaw(const char *path)
{
    copy(path, "", ".killed", "");
    copy(path, "-wal", ".killed", "");
}
