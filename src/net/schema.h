/* SPDX-License-Identifier: ISC */
/*
 * The shape of a body as a table: each field's kind, name, bound and place in a struct. One
 * encoder, one decoder, and whoever wants to show, count or attack bodies walks the same
 * table. What is decoded borrows from the body. Decoding is strict: bounds, bytes left over
 * and missing bytes are errors, and the name of the field that was wrong comes back.
 */
#ifndef NET_SCHEMA_H
#define NET_SCHEMA_H

#include "base/buf.h"
#include "base/bytes.h"
#include "base/err.h"

enum field_kind {
    FIELD_U8,
    FIELD_U16,
    FIELD_U32,
    FIELD_U64,
    FIELD_STR8,   /* struct bytes: u8 length; 1..max bytes, 0..max with FIELD_MAYBE */
    FIELD_BLOB16, /* struct bytes: u16 length; the same */
    FIELD_BLOB32, /* struct bytes: u32 length; the same */
    FIELD_FIX,    /* uint8_t[max]: exactly max bytes */
    FIELD_REST,   /* struct bytes: whatever is left, at most max */
    FIELD_NAMES,  /* struct bytes: str8 after str8, ended by an empty one or by the end of the
                     body */
    FIELD_LIST,   /* struct list: u16 count, then so many records of schema "of"; at most max */
    FIELD_OPTIONAL, /* bool: everything behind may be missing, all of it together; then it is
                       zero */
};

enum { FIELD_MUST, FIELD_MAYBE };

struct schema;
struct field {
    const char *name;
    enum field_kind kind;
    uint16_t at;
    uint8_t empty; /* FIELD_MAYBE: may be empty */
    uint32_t max;
    const struct schema *of;
};

struct schema {
    const char *name;
    const struct field *fields;
    size_t count;
    size_t size; /* of the struct */
};

struct list {
    struct bytes raw;
    uint16_t count;
};

#define SCHEMA_RECORD_MAX 256 /* largest struct of a list's records */

/* out is zeroed first. *bad names the field (or "end" for bytes left over); NULL when fine. */
enum err schema_decode(const struct schema *s, struct bytes body, void *out, const char **bad);
void schema_encode(
    const struct schema *s, const void *in, struct buf *out); /* latches in out */
/* A list is made record by record and read the same way. */
struct list_writer {
    struct buf buf;
    uint16_t count;
};
void list_begin(struct list_writer *w, size_t max_bytes);
void list_add(struct list_writer *w, const struct schema *of, const void *record);
struct list list_view(const struct list_writer *w);
void list_end(struct list_writer *w); /* frees */
/* Next record of a list that was decoded; false at its end. */
bool list_next(struct list *l, const struct schema *of, void *record);
/* Next of a run of names; false at its end. */
bool names_next(struct bytes *run, struct bytes *name);
void names_add(struct buf *run, struct bytes name);

#endif
