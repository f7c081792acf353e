/* SPDX-License-Identifier: ISC */
#include "base/json_scan.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

#define NUMBER_MAX 60 /* what the parser's own buffer holds */

struct scan {
    uint8_t *p;
    size_t n;
    size_t at;
    size_t values;
    unsigned depth;
    unsigned line;
    bool comments;
    enum err err;
    const char *why;
};

static bool scan_value(struct scan *s);

/* Always false, so that a scan ends with "return fail(...)". */
static bool fail_as(struct scan *s, enum err e, const char *why)
{
    if (s->err == ERR_OK) {
        s->err = e;
        s->why = why;
    }
    return false;
}

static bool fail(struct scan *s, const char *why)
{
    return fail_as(s, ERR_FORMAT, why);
}

static int peek(const struct scan *s)
{
    return s->at < s->n ? s->p[s->at] : -1;
}

static bool eat(struct scan *s, int c)
{
    if (peek(s) != c)
        return false;
    s->at++;
    return true;
}

static bool digit(int c)
{
    return c >= '0' && c <= '9';
}

static void blank(struct scan *s)
{
    if (s->p[s->at] == '\n')
        s->line++;
    else
        s->p[s->at] = ' ';
    s->at++;
}

static bool blank_comment(struct scan *s)
{
    int mark = s->at + 1 < s->n ? s->p[s->at + 1] : -1;

    if (!s->comments || (mark != '/' && mark != '*'))
        return fail(s, "'/' is not expected here");
    blank(s);
    blank(s);
    for (int before = 0; s->at < s->n;) {
        int c = peek(s);
        if (mark == '/' && c == '\n')
            return true;
        blank(s);
        if (mark == '*' && before == '*' && c == '/')
            return true;
        before = c;
    }
    return mark == '/' || fail(s, "a comment does not end");
}

static bool skip_space(struct scan *s)
{
    for (;; s->at++) {
        while (peek(s) == '/') {
            if (!blank_comment(s))
                return false;
        }
        int c = peek(s);
        if (c == '\n')
            s->line++;
        else if (c != ' ' && c != '\t' && c != '\r')
            return true;
    }
}

static bool scan_hex4(struct scan *s, uint32_t *v)
{
    *v = 0;
    for (int i = 0; i < 4; i++, s->at++) {
        int c = peek(s);
        if (digit(c))
            *v = *v << 4 | (uint32_t)(c - '0');
        else if ((c | 32) >= 'a' && (c | 32) <= 'f')
            *v = *v << 4 | (uint32_t)((c | 32) - 'a' + 10);
        else
            return fail(s, "\\u needs four hexadecimal digits");
    }
    return true;
}

static bool scan_unicode(struct scan *s)
{
    uint32_t v;

    if (!scan_hex4(s, &v))
        return false;
    if (v == 0)
        return fail(s, "a string may not hold NUL");
    if (v < 0xD800 || v > 0xDFFF)
        return true;
    if (v > 0xDBFF || !eat(s, '\\') || !eat(s, 'u'))
        return fail(s, "half a surrogate pair");
    if (!scan_hex4(s, &v))
        return false;
    return (v >= 0xDC00 && v <= 0xDFFF) || fail(s, "half a surrogate pair");
}

static bool scan_string(struct scan *s)
{
    for (s->at++;;) {
        int c = peek(s);
        if (c < 0 || c == '\n')
            return fail(s, "a string does not end");
        if (c < 0x20)
            return fail(s, "a control character in a string");
        s->at++;
        if (c == '"')
            return true;
        if (c != '\\')
            continue;
        int e = peek(s);
        if (e <= 0 || strchr("\"\\/bfnrtu", e) == NULL)
            return fail(s, "an unknown escape in a string");
        s->at++;
        if (e == 'u' && !scan_unicode(s))
            return false;
    }
}

static bool scan_digits(struct scan *s)
{
    if (!digit(peek(s)))
        return fail(s, "a digit is missing in a number");
    while (digit(peek(s)))
        s->at++;
    return true;
}

static bool scan_number(struct scan *s)
{
    size_t from = s->at;

    (void)eat(s, '-');
    if (eat(s, '0')) {
        if (digit(peek(s)))
            return fail(s, "a number may not start with 0");
    } else if (!scan_digits(s)) {
        return false;
    }
    if (eat(s, '.') && !scan_digits(s))
        return false;
    if (eat(s, 'e') || eat(s, 'E')) {
        (void)(eat(s, '+') || eat(s, '-'));
        if (!scan_digits(s))
            return false;
    }
    return s->at - from <= NUMBER_MAX || fail_as(s, ERR_TOO_BIG, "a number is too long");
}

static bool scan_word(struct scan *s)
{
    static const char *const WORDS[] = {"true", "false", "null"};

    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++) {
        size_t len = strlen(WORDS[i]);
        if (s->n - s->at >= len && memcmp(s->p + s->at, WORDS[i], len) == 0) {
            s->at += len;
            return true;
        }
    }
    return fail(s, "a value is expected here");
}

static bool scan_key(struct scan *s)
{
    if (peek(s) != '"')
        return fail(s, "a key in quotes is expected here");
    if (!scan_string(s) || !skip_space(s))
        return false;
    return eat(s, ':') || fail(s, "':' is missing after a key");
}

/* What is between brackets: values, in an object each after its key. */
static bool scan_members(struct scan *s, int close)
{
    s->at++;
    if (!skip_space(s))
        return false;
    if (eat(s, close))
        return true;
    for (;;) {
        if (close == '}' && !scan_key(s))
            return false;
        if (!skip_space(s) || !scan_value(s) || !skip_space(s))
            return false;
        if (eat(s, close))
            return true;
        if (!eat(s, ','))
            return fail(s, close == '}' ? "',' or '}' is missing" : "',' or ']' is missing");
        if (!skip_space(s))
            return false;
        if (peek(s) == close)
            return fail(s, "nothing follows the last ','");
    }
}

static bool scan_value(struct scan *s)
{
    int c = peek(s);

    if (++s->values > JSON_MAX_VALUES)
        return fail_as(s, ERR_TOO_BIG, "too many values");
    if (c == '"')
        return scan_string(s);
    if (c == '-' || digit(c))
        return scan_number(s);
    if (c != '{' && c != '[')
        return scan_word(s);
    if (s->depth == JSON_MAX_DEPTH)
        return fail_as(s, ERR_TOO_BIG, "nested too deep");
    s->depth++;
    bool ok = scan_members(s, c == '{' ? '}' : ']');
    s->depth--;
    return ok;
}

/* Invalid UTF-8 and NUL are refused wherever they are, comments too. */
static bool scan_bytes(struct scan *s)
{
    uint32_t cp;
    bool ok;

    for (size_t at = 0; at < s->n;) {
        at += utf8_step(bytes_of(s->p + at, s->n - at), &cp, &ok);
        if (!ok)
            return fail(s, "not valid UTF-8");
        if (cp == 0)
            return fail(s, "a NUL byte");
        if (cp == '\n')
            s->line++;
    }
    s->line = 1;
    return true;
}

enum err json_scan(struct buf *text, bool comments, char *why, size_t why_n)
{
    struct scan s = {.p = text->p, .n = text->n, .line = 1, .comments = comments};

    if (s.n > JSON_MAX_BYTES)
        (void)fail_as(&s, ERR_TOO_BIG, "the text is longer than 1 MiB");
    else if (scan_bytes(&s) && skip_space(&s) && scan_value(&s) && skip_space(&s) &&
             s.at != s.n)
        (void)fail(&s, "something follows the end");
    if (s.err != ERR_OK && why != NULL && why_n != 0)
        (void)snprintf(why, why_n, "line %u: %s", s.line, s.why);
    return s.err;
}
