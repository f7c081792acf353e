/* SPDX-License-Identifier: ISC */
/* The rules that every field table keeps, and lists and runs of names by themselves. */
#include <criterion/criterion.h>

#include "base/mem.h"
#include "fill.h"

static bool is_listed(const struct schema *want)
{
    const struct schema *s;

    for (size_t i = 0; (s = fill_schema(i)) != NULL; i++) {
        if (s == want)
            return true;
    }
    return false;
}

static size_t field_size(const struct field *f)
{
    switch (f->kind) {
    case FIELD_U8:
        return 1;
    case FIELD_U16:
        return 2;
    case FIELD_U32:
        return 4;
    case FIELD_U64:
        return 8;
    case FIELD_FIX:
        return f->max;
    case FIELD_LIST:
        return sizeof(struct list);
    case FIELD_OPTIONAL:
        return sizeof(bool);
    case FIELD_STR8:
    case FIELD_BLOB16:
    case FIELD_BLOB32:
    case FIELD_REST:
    case FIELD_NAMES:
        return sizeof(struct bytes);
    }
    return SIZE_MAX;
}

static void check_field(const struct schema *s, const struct field *f, bool last)
{
    cr_assert(f->name != NULL && f->name[0] != '\0', "%s has a field without a name", s->name);
    cr_assert_leq(f->at + field_size(f), s->size, "%s.%s lies outside", s->name, f->name);
    cr_assert(f->kind != FIELD_REST || last, "%s.%s: a rest is the last", s->name, f->name);
    cr_assert((f->kind == FIELD_LIST) == (f->of != NULL), "%s.%s", s->name, f->name);
    if (fill_is_view(f) || f->kind == FIELD_LIST || f->kind == FIELD_FIX)
        cr_assert_gt(f->max, 0, "%s.%s has no bound", s->name, f->name);
    if (f->kind == FIELD_STR8)
        cr_assert_leq(f->max, 255, "%s.%s", s->name, f->name);
    if (f->kind == FIELD_BLOB16 || f->kind == FIELD_LIST)
        cr_assert_leq(f->max, 65535, "%s.%s", s->name, f->name);
}

Test(schema, table__every_field_has_a_name_a_bound_and_a_place)
{
    const struct schema *s;

    for (size_t i = 0; (s = fill_schema(i)) != NULL; i++) {
        cr_assert(s->name != NULL && s->name[0] != '\0');
        cr_assert_leq(s->size, FILL_SIZE, "%s", s->name);
        for (size_t k = 0; k < s->count; k++)
            check_field(s, &s->fields[k], k + 1 == s->count);
    }
}

Test(schema, table__no_two_fields_share_bytes)
{
    const struct schema *s;

    for (size_t i = 0; (s = fill_schema(i)) != NULL; i++) {
        for (size_t a = 0; a < s->count; a++) {
            for (size_t b = a + 1; b < s->count; b++) {
                const struct field *x = &s->fields[a], *y = &s->fields[b];
                cr_assert(x->at + field_size(x) <= y->at || y->at + field_size(y) <= x->at,
                    "%s: %s and %s", s->name, x->name, y->name);
                cr_assert_str_neq(x->name, y->name, "%s", s->name);
            }
        }
    }
}

Test(schema, table__names_are_unique)
{
    const struct schema *s, *t;

    for (size_t i = 0; (s = fill_schema(i)) != NULL; i++) {
        for (size_t k = i + 1; (t = fill_schema(k)) != NULL; k++)
            cr_assert_str_neq(s->name, t->name);
    }
}

Test(schema, table__records_are_plain_and_fit)
{
    const struct schema *s;
    size_t lists = 0;

    for (size_t i = 0; (s = fill_schema(i)) != NULL; i++) {
        for (size_t k = 0; k < s->count; k++) {
            const struct schema *of = s->fields[k].of;
            if (of == NULL)
                continue;
            lists++;
            cr_assert(is_listed(of), "%s", of->name);
            cr_assert_leq(of->size, SCHEMA_RECORD_MAX, "%s", of->name);
            for (size_t r = 0; r < of->count; r++) {
                enum field_kind kind = of->fields[r].kind;
                cr_assert(kind != FIELD_LIST && kind != FIELD_OPTIONAL && kind != FIELD_REST,
                    "%s.%s cannot stand in a list", of->name, of->fields[r].name);
            }
        }
    }
    cr_assert_gt(lists, 5);
}

Test(schema, table__every_shape_of_an_opcode_is_tested)
{
    const struct opcode_row *r;

    for (size_t i = 0; (r = opcode_at(i)) != NULL; i++) {
        cr_assert(r->ask == NULL || is_listed(r->ask), "%s", r->name);
        cr_assert(r->tell == NULL || is_listed(r->tell), "%s", r->name);
        cr_assert(r->answer == NULL || is_listed(r->answer), "%s", r->name);
    }
}

Test(schema, list__is_read_as_it_was_written)
{
    struct list_writer w;
    struct msg_node row;

    list_begin(&w, 1000);
    for (uint32_t i = 0; i < 5; i++)
        list_add(&w, &MSG_NODE, &(struct msg_node){.index = i * 7, .body = bytes_str("node")});
    struct list l = list_view(&w);
    cr_assert_eq(l.count, 5);
    for (uint32_t i = 0; i < 5; i++) {
        cr_assert(list_next(&l, &MSG_NODE, &row));
        cr_assert_eq(row.index, i * 7);
        cr_assert(bytes_eq(row.body, bytes_str("node")));
    }
    cr_assert_not(list_next(&l, &MSG_NODE, &row));
    list_end(&w);
}

Test(schema, list__above_its_bytes_is_latched)
{
    struct list_writer w;
    struct msg_node row = {.index = 1, .body = bytes_str("0123456789")};

    list_begin(&w, 20);
    list_add(&w, &MSG_NODE, &row);
    cr_assert_eq(buf_end(&w.buf), ERR_OK);
    list_add(&w, &MSG_NODE, &row);
    cr_assert_neq(buf_end(&w.buf), ERR_OK);
    list_end(&w);
}

Test(schema, list__that_claims_more_than_it_has_ends)
{
    struct list l = {.raw = {0}, .count = 3};
    struct msg_node row;

    cr_assert_not(list_next(&l, &MSG_NODE, &row));
}

Test(schema, names__are_read_as_they_were_written)
{
    struct buf run;
    struct bytes v, name;

    buf_init(&run, 100);
    names_add(&run, bytes_str("alice"));
    names_add(&run, bytes_str("bob"));
    v = buf_view(&run);
    cr_assert(names_next(&v, &name) && bytes_eq(name, bytes_str("alice")));
    cr_assert(names_next(&v, &name) && bytes_eq(name, bytes_str("bob")));
    cr_assert_not(names_next(&v, &name));
    buf_free(&run);
}

Test(schema, names__a_run_that_is_cut_off_is_refused)
{
    static const uint8_t CUT[] = {0, 3, 'o', 'p', 's', 0, 5, 'a', 'l'};
    struct msg_rotate_event m;
    const char *bad = NULL;

    cr_assert_neq(
        schema_decode(&MSG_ROTATE, bytes_of(CUT + 1, sizeof CUT - 1), &m, &bad), ERR_OK);
    cr_assert_str_eq(bad, "departed");
}

Test(schema, optional__all_behind_it_is_zero_when_it_is_missing)
{
    struct msg_say m;
    const char *bad = NULL;
    static const uint8_t SHORT[] = {3, 'o', 'p', 's', 0, 2, 'h', 'i'};

    memset(&m, 0xff, sizeof m);
    cr_assert_eq(schema_decode(&MSG_SAY, bytes_of(SHORT, sizeof SHORT), &m, &bad), ERR_OK);
    cr_assert_not(m.more);
    cr_assert_eq(m.epoch, 0);
    cr_assert_eq(m.kind, 0);
}
