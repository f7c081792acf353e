/* SPDX-License-Identifier: ISC */
#include "tui/wrap.h"

#include "base/utf8.h"

static struct bytes cut(struct bytes b, size_t n)
{
    return bytes_of(b.p + n, b.n - n);
}

bool wrap_next(struct bytes *rest, int cols, struct bytes *row)
{
    struct bytes line = *rest;
    const uint8_t *newline;
    size_t n;

    if (rest->n == 0)
        return false;
    newline = memchr(line.p, '\n', line.n);
    if (newline != NULL)
        line.n = (size_t)(newline - line.p);
    n = utf8_fit(line, cols);
    if (n == line.n) {
        *row = line;
        *rest = cut(*rest, n + (newline != NULL));
        return true;
    }
    size_t space = n + 1;
    while (space > 0 && line.p[space - 1] != ' ')
        space--;
    if (space > 1) {
        *row = bytes_of(line.p, space - 1);
        *rest = cut(*rest, space);
        return true;
    }
    if (n == 0) { /* a cluster wider than the row: shown cut, rather than for ever again */
        int width;
        n = utf8_cluster(line, &width);
    }
    *row = bytes_of(line.p, n);
    *rest = cut(*rest, n);
    return true;
}

size_t wrap_count(struct bytes text, int cols)
{
    struct bytes row;
    size_t n = 0;

    while (wrap_next(&text, cols, &row))
        n++;
    return n != 0 ? n : 1;
}
