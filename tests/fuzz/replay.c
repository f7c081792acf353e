/* SPDX-License-Identifier: ISC */
/* Runs a harness over every file of the folders and files given, as libFuzzer would with
 * -runs=0. None at all is a failure: a corpus that got lost must not look like a pass. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* In memory of exactly its size, so that a byte read behind it is seen. */
static int run_file(const char *path)
{
    struct stat st;
    FILE *f = fopen(path, "rb");

    if (f == NULL || fstat(fileno(f), &st) != 0) {
        perror(path);
        exit(2);
    }
    size_t n = (size_t)st.st_size;
    uint8_t *p = malloc(n);
    if (n != 0 && (p == NULL || fread(p, 1, n, f) != n)) {
        perror(path);
        exit(2);
    }
    (void)fclose(f);
    (void)LLVMFuzzerTestOneInput(p, n);
    free(p);
    return 1;
}

static int run_path(const char *path)
{
    char inner[4096];
    struct dirent *e;
    DIR *d = opendir(path);
    int count = 0;

    if (d == NULL)
        return run_file(path);
    while ((e = readdir(d)) != NULL) {
        if (e->d_name[0] == '.')
            continue;
        (void)snprintf(inner, sizeof inner, "%s/%s", path, e->d_name);
        count += run_path(inner);
    }
    (void)closedir(d);
    return count;
}

int main(int argc, char **argv)
{
    int count = 0;

    for (int i = 1; i < argc; i++)
        count += run_path(argv[i]);
    printf("%d inputs\n", count);
    return count == 0;
}
