/* SPDX-License-Identifier: ISC */
#include "base/home.h"

#include <stdio.h>
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

void home_short(char *out, size_t n, const char *path)
{
    const char *home = home_folder();
    size_t above = home != NULL ? strlen(home) : 0;

    while (above > 0 && home[above - 1] == '/')
        above--;
    bool ours = above != 0 && strncmp(path, home, above) == 0 &&
                (path[above] == '/' || path[above] == '\0');
    (void)snprintf(out, n, "%s%s", ours ? "~" : "", path + (ours ? above : 0));
}
