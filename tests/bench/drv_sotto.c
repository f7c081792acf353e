/* SPDX-License-Identifier: ISC */
/*
 * The wire of docs/PROTOCOL.md for the load generator chatload: five functions. A guest login
 * is greeting, hello and guest in one flight; the names that the relay gives are kept for
 * direct messages. drv[0] counts the replies of the login.
 */
#include <string.h>

#include "chatload.h"

#define NAMES 65536

static char names[NAMES][24];

static size_t begin(struct buf *out, uint8_t op)
{
    static const uint8_t HEAD[6] = {0, 0, 0, 0, 0x04, 0x17};
    size_t mark = out->len;

    buf_add(out, HEAD, sizeof HEAD);
    buf_add(out, &op, 1);
    return mark;
}

static void end(struct buf *out, size_t mark)
{
    uint32_t n = (uint32_t)(out->len - mark - 7);

    for (int i = 0; i < 4; i++)
        out->p[mark + (size_t)i] = (uint8_t)(n >> (24 - 8 * i));
}

static void str8(struct buf *out, const char *s)
{
    uint8_t n = (uint8_t)strlen(s);

    buf_add(out, &n, 1);
    buf_add(out, s, n);
}

static void sotto_login(struct conn *c, struct buf *out)
{
    static const uint8_t HELLO[] = {
        0, 1, 0, 0, 0, 0, 0}; /* version 1, no capabilities, no agent */
    size_t mark = begin(out, 0x9b);

    (void)c;
    buf_str(out, "A long time ago...");
    end(out, mark);
    mark = begin(out, 0x20);
    buf_add(out, HELLO, sizeof HELLO);
    end(out, mark);
    mark = begin(out, 0x22);
    end(out, mark);
}

static void sotto_join(struct conn *c, uint32_t room, struct buf *out)
{
    size_t mark = begin(out, 0x03);

    (void)c;
    str8(out, cl_room(room));
    str8(out, "");
    end(out, mark);
}

static void say(struct buf *out, uint8_t op, const char *to, const char *body, size_t n)
{
    size_t mark = begin(out, op);
    uint8_t len[2] = {(uint8_t)(n >> 8), (uint8_t)n};

    str8(out, to);
    buf_add(out, len, 2);
    buf_add(out, body, n);
    end(out, mark);
}

static void sotto_say(
    struct conn *c, uint32_t room, const char *body, size_t n, struct buf *out)
{
    (void)c;
    say(out, 0x15, cl_room(room), body, n);
}

static void sotto_dm(struct conn *c, uint32_t to, const char *body, size_t n, struct buf *out)
{
    (void)c;
    say(out, 0x12, names[to % NAMES], body, n);
}

static void message(struct conn *c, const uint8_t *p, size_t n, int strings)
{
    size_t at = 0;

    for (int i = 0; i < strings && at < n; i++)
        at += 1u + p[at];
    if (at + 2 > n)
        return;
    size_t len = (size_t)p[at] << 8 | p[at + 1];
    if (at + 2 + len <= n)
        cl_body(c, p + at + 2, len);
}

static void reply(struct conn *c, const uint8_t *p, size_t n)
{
    if (n != 0 && p[0] != 0 && p[0] != 3) {
        cl_fail(c, "the relay refused");
        return;
    }
    if (c->drv[0] < 3 && ++c->drv[0] == 3)
        cl_ready(c);
}

static void take(struct conn *c, uint8_t op, const uint8_t *p, size_t n)
{
    switch (op) {
    case 0x9b:
        if (n > 1 && p[0] < sizeof names[0] && p[0] < n) {
            memcpy(names[c->id % NAMES], p + 1, p[0]);
            names[c->id % NAMES][p[0]] = '\0';
        }
        c->drv[0]++;
        break;
    case 0x9a:
        reply(c, p, n);
        break;
    case 0x91:
    case 0x93:
        cl_joined(c);
        break;
    case 0x15:
        message(c, p, n, 2);
        break;
    case 0x12:
        message(c, p, n, 1);
        break;
    default:
        break;
    }
}

static size_t sotto_parse(struct conn *c, const uint8_t *p, size_t n, struct buf *out)
{
    size_t off = 0;

    (void)out;
    while (off + 7 <= n) {
        size_t len = (size_t)p[off] << 24 | (size_t)p[off + 1] << 16 | (size_t)p[off + 2] << 8 |
                     p[off + 3];
        if (off + 7 + len > n)
            break;
        take(c, p[off + 6], p + off + 7, len);
        off += 7 + len;
    }
    return off;
}

const struct driver drv_sotto = {
    .name = "sotto",
    .login = sotto_login,
    .join = sotto_join,
    .say = sotto_say,
    .dm = sotto_dm,
    .parse = sotto_parse,
};
