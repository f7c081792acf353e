/* SPDX-License-Identifier: ISC */
#include "tui/dropped.h"

#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"

#define ADDRESS "file://"

static struct bytes trimmed(struct bytes b)
{
    while (b.n != 0 && b.p[0] == ' ')
        b = bytes_of(b.p + 1, b.n - 1);
    while (b.n != 0 && b.p[b.n - 1] == ' ')
        b.n--;
    while (b.n > 1 && b.p[0] == '/' && b.p[1] == '/') /* made words of by one slash more */
        b = bytes_of(b.p + 1, b.n - 1);
    return b;
}

/* ---- the ways to write one: false, it is not written so ---- */

static bool as_it_is(struct bytes b, struct buf *out)
{
    buf_bytes(out, b);
    return true;
}

/* Quotes of both kinds and backslashes, as a shell takes them; one word. */
static bool as_a_word(struct bytes b, struct buf *out)
{
    uint8_t in = 0;

    for (size_t i = 0; i < b.n; i++) {
        uint8_t c = b.p[i];
        if (c == '\\' && in != '\'' && i + 1 < b.n)
            buf_u8(out, b.p[++i]);
        else if (in == 0 && (c == '\'' || c == '"'))
            in = c;
        else if (c == in)
            in = 0;
        else if (c == ' ' && in == 0)
            return false;
        else
            buf_u8(out, c);
    }
    return in == 0;
}

/* "file:///a%20b": of this machine, which some name. */
static bool as_an_address(struct bytes b, struct buf *out)
{
    size_t at = strlen(ADDRESS);

    if (b.n <= at || memcmp(b.p, ADDRESS, at) != 0)
        return false;
    while (at < b.n && b.p[at] != '/')
        at++;
    for (; at < b.n; at++) {
        bool coded = b.p[at] == '%' && at + 2 < b.n && bytes_hex(b.p[at + 1]) >= 0 &&
                     bytes_hex(b.p[at + 2]) >= 0;
        buf_u8(out,
            coded ? (uint8_t)(bytes_hex(b.p[at + 1]) * 16 + bytes_hex(b.p[at + 2])) : b.p[at]);
        at += coded ? 2 : 0;
    }
    return true;
}

static bool is_file(struct buf *path)
{
    struct stat st;

    return path->n != 0 && path->p[0] == '/' && memchr(path->p, '\0', path->n) == NULL &&
           stat(buf_cstr(path), &st) == 0 && S_ISREG(st.st_mode);
}

bool dropped_path(struct bytes text, struct buf *path)
{
    static bool (*const WAYS[])(struct bytes b, struct buf * out) = {
        as_it_is, as_a_word, as_an_address};
    struct bytes b = trimmed(text);
    struct buf found;
    bool is = false;

    buf_init(&found, path->max);
    for (size_t i = 0; i < MEM_COUNT(WAYS) && !is; i++) {
        buf_clear(&found);
        is = WAYS[i](b, &found) && buf_end(&found) == ERR_OK && is_file(&found);
    }
    if (is)
        buf_bytes(path, buf_view(&found));
    buf_free(&found);
    return is;
}
