/* SPDX-License-Identifier: ISC */
#include "tui/span.h"

#include <ctype.h>

#include "tui/link.h"

static size_t line_end(struct bytes text, size_t at)
{
    const uint8_t *end = memchr(text.p + at, '\n', text.n - at);

    return end != NULL ? (size_t)(end - text.p) : text.n;
}

/* 0: none begins there. */
static size_t quote_at(struct bytes text, size_t at)
{
    if ((at != 0 && text.p[at - 1] != '\n') || text.p[at] != '>')
        return 0;
    if (at + 1 < text.n && text.p[at + 1] != ' ' && text.p[at + 1] != '>')
        return 0;
    return line_end(text, at);
}

static size_t code_at(struct bytes text, size_t at)
{
    size_t end;
    const uint8_t *close;

    if (text.p[at] != '`' || at + 1 >= text.n)
        return 0;
    end = line_end(text, at);
    close = memchr(text.p + at + 1, '`', end - at - 1);
    return close != NULL && close > text.p + at + 1 ? (size_t)(close - text.p) + 1 : 0;
}

/* "<U+202E>" */
static size_t escaped_at(struct bytes text, size_t at)
{
    size_t n = at + 3;

    if (text.n - at < 8 || memcmp(text.p + at, "<U+", 3) != 0)
        return 0;
    while (n < text.n && n < at + 9 && isxdigit(text.p[n]))
        n++;
    return n >= at + 7 && n < text.n && text.p[n] == '>' ? n + 1 : 0;
}

static size_t url_at(struct bytes text, size_t at)
{
    struct bytes url;

    return link_at(text, at, &url) ? at + url.n : 0;
}

typedef size_t span_fn(struct bytes text, size_t at);
static const struct {
    span_fn *at;
    enum style style;
} ROWS[] = {{quote_at, STYLE_TEXT_QUOTE}, {code_at, STYLE_TEXT_CODE},
    {escaped_at, STYLE_TEXT_ESCAPED}, {url_at, STYLE_TEXT_LINK}};

bool span_next(struct bytes text, size_t from, struct span *out)
{
    for (size_t at = from; at < text.n; at++) {
        for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
            size_t to = ROWS[i].at(text, at);
            if (to != 0) {
                *out = (struct span){at, to, ROWS[i].style};
                return true;
            }
        }
    }
    return false;
}
