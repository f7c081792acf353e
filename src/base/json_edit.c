/* SPDX-License-Identifier: ISC */
#include "base/json_edit.h"

#include <stdio.h>

#include "base/json.h"

#define INDENT "    "

/* All places are the same in the text and in its copy without comments. */
struct member {
    size_t key; /* its first quote */
    size_t value;
    size_t end; /* behind the value */
};

struct object {
    size_t open; /* its brackets */
    size_t close;
    size_t count;
    struct member first, last, hit;
    size_t before; /* behind the value in front of hit */
    bool found;
};

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static size_t skip(struct bytes s, size_t at)
{
    while (at < s.n && is_blank(s.p[at]))
        at++;
    return at;
}

static size_t past_string(struct bytes s, size_t at)
{
    for (at++; s.p[at] != '"'; at++)
        at += s.p[at] == '\\';
    return at + 1;
}

/* The text was looked at by the strict scanner: brackets match and strings end. */
static size_t past_value(struct bytes s, size_t at)
{
    unsigned depth = 0;

    do {
        uint8_t c = s.p[at];
        if (c == '"') {
            at = past_string(s, at);
            continue;
        }
        if (depth == 0 && (c == ',' || c == '}' || c == ']' || is_blank(c)))
            return at;
        depth += c == '{' || c == '[';
        depth -= c == '}' || c == ']';
        at++;
        if (depth == 0 && (c == '}' || c == ']'))
            return at;
    } while (at < s.n && (depth != 0 || s.p[at - 1] != '"'));
    return at;
}

/* key has its quotes. */
static void look(struct bytes s, size_t open, struct bytes key, struct object *out)
{
    size_t at = skip(s, open + 1);
    size_t before = open + 1;

    *out = (struct object){.open = open};
    while (s.p[at] != '}') {
        struct member m = {.key = at};
        size_t key_end = past_string(s, at);
        m.value = skip(s, skip(s, key_end) + 1);
        m.end = past_value(s, m.value);
        if (bytes_eq(bytes_of(s.p + at, key_end - at), key)) {
            out->hit = m;
            out->before = before;
            out->found = true;
        }
        if (out->count++ == 0)
            out->first = m;
        out->last = m;
        before = m.end;
        at = skip(s, m.end);
        if (s.p[at] == ',')
            at = skip(s, at + 1);
    }
    out->close = at;
}

static void quote(struct buf *out, const char *key)
{
    struct json_out o;

    json_out_init(&o, out);
    json_out_text(&o, NULL, key);
}

/* Finds where the member is, or would be: false, when the section is there and no object. */
static bool place(struct bytes s, struct json_spot spot, struct object *out, bool *section)
{
    struct buf key;
    size_t open = skip(s, 0);

    *section = true;
    buf_init(&key, 4096);
    if (spot.section != NULL) {
        quote(&key, spot.section);
        look(s, open, buf_view(&key), out);
        *section = out->found;
        if (!out->found || s.p[out->hit.value] != '{') {
            buf_free(&key);
            return !out->found;
        }
        open = out->hit.value;
        buf_clear(&key);
    }
    quote(&key, spot.key);
    look(s, open, buf_view(&key), out);
    buf_free(&key);
    return true;
}

/* ---- changes ---- */

static void splice(struct buf *text, size_t at, size_t cut, struct bytes with)
{
    struct buf all;

    buf_init(&all, text->max);
    buf_put(&all, text->p, at);
    buf_bytes(&all, with);
    buf_put(&all, text->p + at + cut, text->n - at - cut);
    buf_free(text);
    *text = all;
}

/* Whether nothing but blanks stands before at on its line; *start: where that begins, else at.
 */
static bool leads(const struct buf *text, size_t at, size_t *start)
{
    size_t i = at;

    while (i > 0 && (text->p[i - 1] == ' ' || text->p[i - 1] == '\t'))
        i--;
    bool alone = i > 0 && text->p[i - 1] == '\n';
    *start = alone ? i : at;
    return alone;
}

static void put_member(
    struct buf *out, struct bytes indent, const char *key, struct bytes value)
{
    buf_bytes(out, indent);
    quote(out, key);
    buf_text(out, ": ");
    buf_bytes(out, value);
}

/* Behind the last one, on a line of its own when the others have theirs. */
static void insert(
    struct buf *text, const struct object *o, const char *key, struct bytes value, bool inner)
{
    size_t start, line;
    bool closed = leads(text, o->close, &start);
    bool inlined = o->count != 0 && !leads(text, o->first.key, &line);
    struct buf add, indent;

    buf_init(&add, text->max);
    buf_init(&indent, text->max);
    if (o->count != 0 && !inlined)
        buf_put(&indent, text->p + line, o->first.key - line);
    if (o->count == 0)
        buf_text(&indent, inner ? INDENT INDENT : INDENT);
    if (inlined) {
        buf_text(&add, ", ");
        put_member(&add, (struct bytes){0}, key, value);
        splice(text, o->last.end, 0, buf_view(&add));
    } else {
        buf_text(&add, closed ? "" : "\n");
        put_member(&add, buf_view(&indent), key, value);
        buf_text(&add, "\n");
        buf_text(&add, !closed && inner ? INDENT : "");
        splice(text, start, 0, buf_view(&add));
        if (o->count != 0)
            splice(text, o->last.end, 0, bytes_str(","));
    }
    buf_free(&add);
    buf_free(&indent);
}

static void take_out(struct buf *text, struct bytes s, const struct object *o)
{
    size_t after = skip(s, o->hit.end);
    bool last = s.p[after] != ',';
    size_t end = last ? o->hit.end : after + 1;
    size_t line = end;
    size_t start;
    bool first = leads(text, o->hit.key, &start);

    while (line < text->n && (text->p[line] == ' ' || text->p[line] == '\t'))
        line++;
    if (first && line < text->n && text->p[line] == '\n')
        splice(text, start, line + 1 - start, (struct bytes){0});
    else
        splice(text, o->hit.key, (last ? end : line) - o->hit.key, (struct bytes){0});
    if (last && o->count > 1)
        splice(text, skip(s, o->before), 1, (struct bytes){0}); /* the comma in front */
}

static void change(struct buf *text, struct bytes s, const struct object *o, const char *key,
    struct bytes value, bool inner)
{
    if (o->found && value.n == 0)
        take_out(text, s, o);
    else if (o->found)
        splice(text, o->hit.value, o->hit.end - o->hit.value, value);
    else if (value.n != 0)
        insert(text, o, key, value, inner);
}

static void change_at(
    struct buf *text, struct bytes s, struct json_spot spot, struct bytes value)
{
    struct object o;
    bool section;
    struct buf whole;

    if (!place(s, spot, &o, &section))
        return;
    if (section) {
        change(text, s, &o, spot.key, value, spot.section != NULL);
        return;
    }
    buf_init(&whole, text->max);
    buf_text(&whole, "{\n");
    put_member(&whole, bytes_str(INDENT INDENT), spot.key, value);
    buf_text(&whole, "\n" INDENT "}");
    if (value.n != 0)
        change(text, s, &o, spot.section, buf_view(&whole), false);
    buf_free(&whole);
}

/* ---- and whether it came out ---- */

static enum err bare(struct bytes text, struct buf *out, char *why, size_t why_n)
{
    buf_init(out, JSON_MAX_BYTES);
    buf_bytes(out, text);
    enum err e = buf_end(out);
    if (e == ERR_OK)
        e = json_scan(out, true, why, why_n);
    if (e == ERR_OK && out->p[skip(buf_view(out), 0)] != '{') {
        (void)snprintf(why, why_n, "it is no object");
        e = ERR_FORMAT;
    }
    return e;
}

static enum err check(struct bytes text, struct json_spot spot, struct bytes value)
{
    struct json_doc *doc;
    struct buf s;
    struct object o = {0};
    bool section = false;
    char why[200] = "";

    enum err e = json_parse(text, true, &doc, NULL, 0);
    if (e != ERR_OK)
        return e;
    json_free(doc);
    e = bare(text, &s, why, sizeof why);
    if (e == ERR_OK && !place(buf_view(&s), spot, &o, &section))
        e = ERR_FORMAT;
    if (e == ERR_OK && (section && o.found) != (value.n != 0))
        e = ERR_FORMAT;
    if (e == ERR_OK && value.n != 0 &&
        !bytes_eq(bytes_of(text.p + o.hit.value, o.hit.end - o.hit.value), value))
        e = ERR_FORMAT;
    buf_free(&s);
    return e;
}

enum err json_edit(
    struct buf *text, struct json_spot spot, struct bytes value, char *why, size_t why_n)
{
    struct buf now, s;

    buf_init(&now, JSON_MAX_BYTES);
    enum err e = bare(buf_view(text), &s, why, why_n);
    if (e == ERR_OK) {
        buf_bytes(&now, buf_view(text));
        change_at(&now, buf_view(&s), spot, value);
        e = buf_end(&now);
        if (e == ERR_OK)
            e = check(buf_view(&now), spot, value);
        if (e != ERR_OK)
            (void)snprintf(why, why_n, "\"%s\" cannot be changed in it", spot.key);
    }
    buf_free(&s);
    if (e == ERR_OK) {
        buf_clear(text);
        buf_bytes(text, buf_view(&now));
        e = buf_end(text);
    }
    buf_free(&now);
    return e;
}

unsigned json_line(struct bytes text, struct json_spot spot)
{
    struct buf s;
    struct object o = {0};
    bool section = false;
    unsigned line = 0;
    char why[200] = "";

    if (bare(text, &s, why, sizeof why) == ERR_OK && place(buf_view(&s), spot, &o, &section) &&
        section && o.found) {
        line = 1;
        for (size_t i = 0; i < o.hit.key; i++)
            line += text.p[i] == '\n';
    }
    buf_free(&s);
    return line;
}
