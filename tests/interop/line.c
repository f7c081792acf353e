/* SPDX-License-Identifier: ISC */
#include "line.h"

#include <errno.h>
#include <stdlib.h>

static int nibble(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Bytes take half of their hex, so they are written where they were read. */
static enum err hex_decode(char *text, struct bytes *out)
{
    size_t n = strlen(text) / 2;

    if (strlen(text) % 2 != 0)
        return ERR_FORMAT;
    for (size_t i = 0; i < n; i++) {
        int high = nibble(text[2 * i]), low = nibble(text[2 * i + 1]);

        if (high < 0 || low < 0)
            return ERR_FORMAT;
        text[i] = (char)(high << 4 | low);
    }
    *out = bytes_of(text, n);
    return ERR_OK;
}

static enum err number_read(const char *text, uint64_t *out)
{
    char *end;

    if (*text < '0' || *text > '9')
        return ERR_FORMAT;
    errno = 0;
    *out = strtoull(text, &end, 10);
    return errno == 0 && *end == '\0' ? ERR_OK : ERR_FORMAT;
}

static enum err word_read(char *text, struct line_word *out)
{
    char *mark = strpbrk(text, "=:");
    bool number = mark != NULL && *mark == ':';

    *out = (struct line_word){.key = text, .kind = LINE_FLAG};
    if (*text == '\0' || mark == text)
        return ERR_FORMAT;
    if (mark == NULL)
        return ERR_OK;
    *mark = '\0';
    if (number) {
        out->kind = LINE_NUMBER;
        return number_read(mark + 1, &out->number);
    }
    out->kind = LINE_BYTES;
    return hex_decode(mark + 1, &out->bytes);
}

enum err line_read(char *text, struct line *out)
{
    char *word, *rest = text;

    text[strcspn(text, "\n")] = '\0';
    out->n = 0;
    out->command = strsep(&rest, " ");
    while ((word = strsep(&rest, " ")) != NULL) {
        enum err e;

        if (out->n == LINE_WORDS)
            return ERR_TOO_BIG;
        e = word_read(word, &out->words[out->n++]);
        if (e != ERR_OK)
            return e;
    }
    return ERR_OK;
}

static const struct line_word *find(const struct line *l, const char *key, enum line_kind kind)
{
    for (size_t i = 0; i < l->n; i++)
        if (l->words[i].kind == kind && strcmp(l->words[i].key, key) == 0)
            return &l->words[i];
    return NULL;
}

bool line_has(const struct line *l, const char *key)
{
    return find(l, key, LINE_FLAG) != NULL;
}

struct bytes line_bytes(const struct line *l, const char *key)
{
    const struct line_word *w = find(l, key, LINE_BYTES);

    return w == NULL ? (struct bytes){0} : w->bytes;
}

uint64_t line_number(const struct line *l, const char *key, uint64_t fallback)
{
    const struct line_word *w = find(l, key, LINE_NUMBER);

    return w == NULL ? fallback : w->number;
}

void line_put_bytes(struct buf *answer, const char *key, struct bytes v)
{
    static const char DIGITS[] = "0123456789abcdef";

    buf_fmt(answer, " %s=", key);
    for (size_t i = 0; i < v.n; i++) {
        char pair[2] = {DIGITS[v.p[i] >> 4], DIGITS[v.p[i] & 15]};

        buf_put(answer, pair, 2);
    }
}

void line_put_number(struct buf *answer, const char *key, uint64_t v)
{
    buf_fmt(answer, " %s:%llu", key, (unsigned long long)v);
}
