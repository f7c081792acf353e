/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/json.h"
#include "base/utf8.h"

static void latch(struct json_out *o, enum err e)
{
    if (o->to->err == ERR_OK)
        o->to->err = e;
}

/* What would end a line, move text or command a terminal that shows the line. */
static bool needs_escape(uint32_t cp)
{
    return cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || cp == 0x061C || cp == 0x200E ||
           cp == 0x200F || (cp >= 0x2028 && cp <= 0x202E) || (cp >= 0x2066 && cp <= 0x2069);
}

static void put_string(struct json_out *o, struct bytes v)
{
    uint32_t cp;
    bool ok;

    buf_u8(o->to, '"');
    for (size_t at = 0; at < v.n;) {
        size_t n = utf8_step(bytes_of(v.p + at, v.n - at), &cp, &ok);
        if (!ok)
            latch(o, ERR_FORMAT);
        if (needs_escape(cp))
            buf_fmt(o->to, "\\u%04x", (unsigned)cp);
        else if (cp == '"' || cp == '\\')
            buf_fmt(o->to, "\\%c", (int)cp);
        else
            buf_put(o->to, v.p + at, n);
        at += n;
    }
    buf_u8(o->to, '"');
}

static void put_lead(struct json_out *o, const char *key)
{
    if (o->comma[o->depth])
        buf_u8(o->to, ',');
    o->comma[o->depth] = true;
    if ((key != NULL) != (o->closer[o->depth] == '}'))
        latch(o, ERR_STATE);
    if (key == NULL)
        return;
    put_string(o, bytes_str(key));
    buf_u8(o->to, ':');
}

void json_out_init(struct json_out *o, struct buf *to)
{
    *o = (struct json_out){.to = to};
}

void json_out_open(struct json_out *o, const char *key, char bracket)
{
    put_lead(o, key);
    if (o->depth == JSON_MAX_DEPTH || (bracket != '{' && bracket != '[')) {
        latch(o, ERR_STATE);
        return;
    }
    buf_u8(o->to, (uint8_t)bracket);
    o->depth++;
    o->comma[o->depth] = false;
    o->closer[o->depth] = bracket == '{' ? '}' : ']';
}

void json_out_close(struct json_out *o, char bracket)
{
    if (o->depth == 0 || o->closer[o->depth] != bracket) {
        latch(o, ERR_STATE);
        return;
    }
    o->depth--;
    buf_u8(o->to, (uint8_t)bracket);
}

void json_out_str(struct json_out *o, const char *key, struct bytes v)
{
    put_lead(o, key);
    put_string(o, v);
}

void json_out_text(struct json_out *o, const char *key, const char *v)
{
    json_out_str(o, key, bytes_str(v));
}

void json_out_int(struct json_out *o, const char *key, int64_t v)
{
    put_lead(o, key);
    buf_fmt(o->to, "%lld", (long long)v);
}

void json_out_bool(struct json_out *o, const char *key, bool v)
{
    put_lead(o, key);
    buf_text(o->to, v ? "true" : "false");
}
