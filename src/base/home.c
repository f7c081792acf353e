/* SPDX-License-Identifier: ISC */
#include "base/home.h"

#include <stdlib.h>

const char *home_folder(void)
{
    const char *home = secure_getenv("HOME");

    return home != NULL && home[0] == '/' ? home : NULL;
}

void home_expand(struct buf *to, struct bytes path)
{
    const char *home = home_folder();

    if (path.n != 0 && path.p[0] == '~' && (path.n == 1 || path.p[1] == '/') && home != NULL) {
        buf_text(to, home);
        path = bytes_of(path.p + 1, path.n - 1);
    }
    buf_bytes(to, path);
}

const char *home_within(const char *path)
{
    const char *home = home_folder();
    size_t n = home != NULL ? strlen(home) : 0;

    while (n > 0 && home[n - 1] == '/')
        n--;
    if (n == 0 || strncmp(path, home, n) != 0 || (path[n] != '/' && path[n] != '\0'))
        return NULL;
    return path + n;
}
