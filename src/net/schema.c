/* SPDX-License-Identifier: ISC */
#include "net/schema.h"

#include <assert.h>

#include "base/reader.h"

static void *at(void *s, const struct field *f)
{
    return (uint8_t *)s + f->at;
}

static const void *at_const(const void *s, const struct field *f)
{
    return (const uint8_t *)s + f->at;
}

static void read_fields(const struct schema *s, struct reader *r, void *out, const char **bad);

static struct bytes read_names(struct reader *r)
{
    size_t start = r->at;
    size_t end = start;

    while (reader_left(r) != 0) {
        struct bytes name = reader_str8(r);
        if (name.n == 0)
            break;
        end = r->at;
    }
    return r->err == ERR_OK ? bytes_of(r->p + start, end - start) : (struct bytes){0};
}

static struct list read_list(const struct field *f, struct reader *r)
{
    _Alignas(max_align_t) uint8_t record[SCHEMA_RECORD_MAX];
    const char *bad = NULL;
    struct list l = {.count = reader_u16(r)};
    size_t start = r->at;

    assert(f->of->size <= sizeof record);
    if (l.count > f->max)
        reader_fail(r, ERR_TOO_BIG);
    for (uint16_t i = 0; i < l.count && r->err == ERR_OK; i++)
        read_fields(f->of, r, record, &bad);
    if (r->err == ERR_OK)
        l.raw = bytes_of(r->p + start, r->at - start);
    return l;
}

static void read_view(const struct field *f, struct reader *r, struct bytes *v)
{
    switch (f->kind) {
    case FIELD_STR8:
        *v = reader_str8(r);
        break;
    case FIELD_BLOB16:
        *v = reader_blob16(r, f->max);
        break;
    case FIELD_BLOB32:
        *v = reader_blob32(r, f->max);
        break;
    case FIELD_REST:
        *v = reader_rest(r);
        break;
    case FIELD_NAMES:
        *v = read_names(r);
        return;
    case FIELD_U8:
    case FIELD_U16:
    case FIELD_U32:
    case FIELD_U64:
    case FIELD_FIX:
    case FIELD_LIST:
    case FIELD_OPTIONAL:
        return;
    }
    if (v->n > f->max)
        reader_fail(r, ERR_TOO_BIG);
    if (v->n == 0 && f->empty == FIELD_MUST)
        reader_fail(r, ERR_FORMAT);
}

static void read_field(const struct field *f, struct reader *r, void *out)
{
    struct bytes fix;

    switch (f->kind) {
    case FIELD_U8:
        *(uint8_t *)at(out, f) = reader_u8(r);
        break;
    case FIELD_U16:
        *(uint16_t *)at(out, f) = reader_u16(r);
        break;
    case FIELD_U32:
        *(uint32_t *)at(out, f) = reader_u32(r);
        break;
    case FIELD_U64:
        *(uint64_t *)at(out, f) = reader_u64(r);
        break;
    case FIELD_FIX:
        fix = reader_bytes(r, f->max);
        if (fix.n != 0)
            memcpy(at(out, f), fix.p, fix.n);
        break;
    case FIELD_LIST:
        *(struct list *)at(out, f) = read_list(f, r);
        break;
    case FIELD_OPTIONAL:
        *(bool *)at(out, f) = reader_left(r) != 0;
        break;
    case FIELD_STR8:
    case FIELD_BLOB16:
    case FIELD_BLOB32:
    case FIELD_REST:
    case FIELD_NAMES:
        read_view(f, r, at(out, f));
        break;
    }
}

static void read_fields(const struct schema *s, struct reader *r, void *out, const char **bad)
{
    memset(out, 0, s->size);
    for (size_t i = 0; i < s->count; i++) {
        const struct field *f = &s->fields[i];
        read_field(f, r, out);
        if (reader_err(r) != ERR_OK) {
            *bad = f->name;
            return;
        }
        if (f->kind == FIELD_OPTIONAL && !*(bool *)at(out, f))
            return;
    }
}

enum err schema_decode(const struct schema *s, struct bytes body, void *out, const char **bad)
{
    struct reader r;

    *bad = NULL;
    reader_init(&r, body);
    read_fields(s, &r, out, bad);
    enum err e = reader_end(&r);
    if (e != ERR_OK && *bad == NULL)
        *bad = "end";
    return e;
}

static void write_view(const struct field *f, struct bytes v, struct buf *out)
{
    bool fits = v.n <= f->max && (v.n != 0 || f->empty == FIELD_MAYBE);

    if (f->kind != FIELD_NAMES && !fits) {
        out->err = out->err != ERR_OK ? out->err : ERR_FORMAT;
        return;
    }
    if (f->kind == FIELD_STR8)
        buf_u8(out, (uint8_t)v.n);
    if (f->kind == FIELD_BLOB16)
        buf_u16(out, (uint16_t)v.n);
    if (f->kind == FIELD_BLOB32)
        buf_u32(out, (uint32_t)v.n);
    buf_bytes(out, v);
    if (f->kind == FIELD_NAMES)
        buf_u8(out, 0);
}

static void write_field(const struct field *f, const void *in, struct buf *out)
{
    const struct list *l;

    switch (f->kind) {
    case FIELD_U8:
        buf_u8(out, *(const uint8_t *)at_const(in, f));
        break;
    case FIELD_U16:
        buf_u16(out, *(const uint16_t *)at_const(in, f));
        break;
    case FIELD_U32:
        buf_u32(out, *(const uint32_t *)at_const(in, f));
        break;
    case FIELD_U64:
        buf_u64(out, *(const uint64_t *)at_const(in, f));
        break;
    case FIELD_FIX:
        buf_put(out, at_const(in, f), f->max);
        break;
    case FIELD_LIST:
        l = at_const(in, f);
        buf_u16(out, l->count);
        buf_bytes(out, l->raw);
        break;
    case FIELD_OPTIONAL:
        break;
    case FIELD_STR8:
    case FIELD_BLOB16:
    case FIELD_BLOB32:
    case FIELD_REST:
    case FIELD_NAMES:
        write_view(f, *(const struct bytes *)at_const(in, f), out);
        break;
    }
}

void schema_encode(const struct schema *s, const void *in, struct buf *out)
{
    for (size_t i = 0; i < s->count; i++) {
        const struct field *f = &s->fields[i];
        if (f->kind == FIELD_OPTIONAL && !*(const bool *)at_const(in, f))
            return;
        write_field(f, in, out);
    }
}

void list_begin(struct list_writer *w, size_t max_bytes)
{
    w->count = 0;
    buf_init(&w->buf, max_bytes);
}

void list_add(struct list_writer *w, const struct schema *of, const void *record)
{
    schema_encode(of, record, &w->buf);
    w->count++;
}

struct list list_view(const struct list_writer *w)
{
    return (struct list){buf_view(&w->buf), w->count};
}

void list_end(struct list_writer *w)
{
    buf_free(&w->buf);
}

bool list_next(struct list *l, const struct schema *of, void *record)
{
    struct reader r;
    const char *bad = NULL;

    if (l->count == 0)
        return false;
    reader_init(&r, l->raw);
    read_fields(of, &r, record, &bad);
    if (reader_err(&r) != ERR_OK)
        return false;
    l->raw = bytes_of(l->raw.p + r.at, l->raw.n - r.at);
    l->count--;
    return true;
}

bool names_next(struct bytes *run, struct bytes *name)
{
    struct reader r;

    reader_init(&r, *run);
    *name = reader_str8(&r);
    if (reader_err(&r) != ERR_OK || name->n == 0)
        return false;
    *run = bytes_of(run->p + r.at, run->n - r.at);
    return true;
}

void names_add(struct buf *run, struct bytes name)
{
    buf_u8(run, (uint8_t)name.n);
    buf_bytes(run, name);
}
