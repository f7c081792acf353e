/* SPDX-License-Identifier: ISC */
/*
 * The line a peer is driven by: a command and its words, one space between them.
 *   key=HEX   bytes      key:NUMBER   a number      key   a flag
 * The same key may stand more than once, and order is kept. An answer is one line too: "ok" and
 * words of the same form, or "refused" and the rule, or "error" and the reason.
 */
#ifndef INTEROP_LINE_H
#define INTEROP_LINE_H

#include "base/buf.h"
#include "base/bytes.h"
#include "base/err.h"

#define LINE_WORDS 64

enum line_kind { LINE_FLAG, LINE_BYTES, LINE_NUMBER };

struct line_word {
    const char *key;
    enum line_kind kind;
    struct bytes bytes;
    uint64_t number;
};
struct line {
    const char *command;
    struct line_word words[LINE_WORDS];
    size_t n;
};

/* Takes text apart in place: what comes out lives as long as text. */
enum err line_read(char *text, struct line *out);
bool line_has(const struct line *l, const char *key);
struct bytes line_bytes(const struct line *l, const char *key); /* empty when absent */
uint64_t line_number(const struct line *l, const char *key, uint64_t fallback);

void line_put_bytes(struct buf *answer, const char *key, struct bytes v);
void line_put_number(struct buf *answer, const char *key, uint64_t v);

#endif
