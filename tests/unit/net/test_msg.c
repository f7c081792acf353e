/* SPDX-License-Identifier: ISC */
/* Every body there is, attacked by its own field table. */
#include <criterion/criterion.h>

#include "base/mem.h"
#include "fill.h"

#define SEEDS 12

/* Decodes from memory of exactly that size, so that a byte read outside is seen. */
static enum err decode(
    const struct schema *s, struct bytes body, void *out, const char **bad, uint8_t **exact)
{
    *exact = mem_dup(body.n != 0 ? body.p : (const uint8_t *)"", body.n);
    return schema_decode(s, bytes_of(*exact, body.n), out, bad);
}

static bool has_names(const struct schema *s)
{
    for (size_t i = 0; i < s->count; i++) {
        if (s->fields[i].kind == FIELD_NAMES)
            return true;
    }
    return false;
}

static bool ends_in_rest(const struct schema *s)
{
    return s->count != 0 && s->fields[s->count - 1].kind == FIELD_REST;
}

/* What decodes says the same when it is written again; a run of names may end with the body. */
static void check_same_again(const struct schema *s, struct bytes body, const void *msg)
{
    struct buf again = fill_encode(s, msg);
    struct bytes v = buf_view(&again);
    bool tail = has_names(s) && v.n == body.n + 1 && v.p[v.n - 1] == 0 &&
                memcmp(v.p, body.p, body.n) == 0;

    cr_assert_eq(buf_end(&again), ERR_OK, "%s decoded what it cannot encode", s->name);
    cr_assert(
        tail || bytes_eq(v, body), "%s: %zu bytes came back as %zu", s->name, body.n, v.n);
    buf_free(&again);
}

/* False: refused, and a field was named. */
static bool try_body(const struct schema *s, struct bytes body)
{
    _Alignas(max_align_t) uint8_t out[FILL_SIZE];
    const char *bad = NULL;
    uint8_t *exact;
    bool fine = decode(s, body, out, &bad, &exact) == ERR_OK;

    if (fine)
        check_same_again(s, body, out);
    else
        cr_assert_not_null(bad, "%s: an error without a field", s->name);
    mem_free(exact);
    return fine;
}

static void each(void (*check)(const struct schema *s, struct bytes body, enum fill_how how))
{
    const struct schema *s;
    struct fill f;

    for (size_t i = 0; (s = fill_schema(i)) != NULL; i++) {
        for (uint64_t seed = 0; seed < SEEDS; seed++) {
            enum fill_how how = (enum fill_how)(seed % FILL_KINDS);
            fill(&f, s, how, seed + 1);
            struct buf b = fill_encode(s, f.msg);
            cr_assert_eq(buf_end(&b), ERR_OK, "%s does not encode", s->name);
            check(s, buf_view(&b), how);
            buf_free(&b);
            fill_free(&f);
        }
    }
}

Test(msg, decode__gives_back_what_was_encoded)
{
    _Alignas(max_align_t) uint8_t out[FILL_SIZE];
    const struct schema *s;
    const char *bad = NULL;
    uint8_t *exact;
    struct fill f;

    for (size_t i = 0; (s = fill_schema(i)) != NULL; i++) {
        for (uint64_t seed = 0; seed < 50; seed++) {
            fill(&f, s, (enum fill_how)(seed % FILL_KINDS), seed);
            struct buf b = fill_encode(s, f.msg);
            enum err e = decode(s, buf_view(&b), out, &bad, &exact);
            cr_assert_eq(e, ERR_OK, "%s, field %s: %s", s->name, bad, err_str(e));
            cr_assert(fill_same(s, f.msg, out), "%s is not what it was", s->name);
            mem_free(exact);
            buf_free(&b);
            fill_free(&f);
        }
    }
}

static void truncate_body(const struct schema *s, struct bytes body, enum fill_how how)
{
    (void)how;
    for (size_t n = 0; n < body.n; n++)
        (void)try_body(s, bytes_of(body.p, n));
}

Test(msg, decode__every_truncation_is_refused_or_whole)
{
    each(truncate_body);
}

/* Without an optional tail, a run of names or a rest nothing shorter is whole. */
static void truncate_strict(const struct schema *s, struct bytes body, enum fill_how how)
{
    (void)how;
    if (has_names(s) || ends_in_rest(s))
        return;
    for (size_t i = 0; i < s->count; i++) {
        if (s->fields[i].kind == FIELD_OPTIONAL)
            return;
    }
    for (size_t n = 0; n < body.n; n++)
        cr_assert_not(
            try_body(s, bytes_of(body.p, n)), "%s took %zu of %zu bytes", s->name, n, body.n);
}

Test(msg, decode__missing_bytes_are_missed)
{
    each(truncate_strict);
}

static void flip_bits(const struct schema *s, struct bytes body, enum fill_how how)
{
    uint8_t *copy = mem_dup(body.p != NULL ? body.p : (const uint8_t *)"", body.n);

    (void)how;
    for (size_t bit = 0; bit < body.n * 8; bit++) {
        copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
        (void)try_body(s, bytes_of(copy, body.n));
        copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    mem_free(copy);
}

Test(msg, decode__every_single_bit_flipped)
{
    each(flip_bits);
}

static void trail(const struct schema *s, struct bytes body, enum fill_how how)
{
    _Alignas(max_align_t) uint8_t out[FILL_SIZE];
    const char *bad = NULL;
    struct buf b;

    if (ends_in_rest(s) || how == FILL_NO_TAIL)
        return;
    for (unsigned c = 0; c < 256; c += 5) {
        uint8_t *exact;
        buf_init(&b, 1u << 20);
        buf_bytes(&b, body);
        buf_u8(&b, (uint8_t)c);
        enum err e = decode(s, buf_view(&b), out, &bad, &exact);
        cr_assert_neq(e, ERR_OK, "%s took a byte too many", s->name);
        cr_assert_str_eq(bad, "end", "%s: %s", s->name, bad);
        mem_free(exact);
        buf_free(&b);
    }
}

Test(msg, decode__bytes_left_over_are_refused)
{
    each(trail);
}

/* The same shape with one field's bounds taken away, to write what must not be. */
struct loose {
    struct field fields[16];
    struct schema schema;
};

static void loosen(struct loose *l, const struct schema *s, size_t i)
{
    cr_assert_leq(s->count, MEM_COUNT(l->fields));
    memcpy(l->fields, s->fields, s->count * sizeof *s->fields);
    l->fields[i].empty = FIELD_MAYBE;
    l->fields[i].max = UINT32_MAX;
    l->schema = *s;
    l->schema.fields = l->fields;
}

static void refuse_view(const struct schema *s, size_t i, struct bytes v, enum err want)
{
    _Alignas(max_align_t) uint8_t out[FILL_SIZE];
    const char *bad = NULL;
    struct loose l;
    struct fill f;
    uint8_t *exact;

    fill(&f, s, FILL_SOME, i + 1);
    *(struct bytes *)fill_at(f.msg, &s->fields[i]) = v;
    struct buf refused = fill_encode(s, f.msg);
    cr_assert_neq(buf_end(&refused), ERR_OK, "%s wrote a wrong %s", s->name, s->fields[i].name);
    loosen(&l, s, i);
    struct buf b = fill_encode(&l.schema, f.msg);
    cr_assert_eq(buf_end(&b), ERR_OK);
    cr_assert_eq(decode(s, buf_view(&b), out, &bad, &exact), want, "%s, %s of %zu bytes",
        s->name, s->fields[i].name, v.n);
    cr_assert_str_eq(
        bad, s->fields[i].name, "%s blames %s for %s", s->name, bad, s->fields[i].name);
    mem_free(exact);
    buf_free(&b);
    buf_free(&refused);
    fill_free(&f);
}

Test(msg, decode__an_empty_field_that_must_not_be_is_named)
{
    const struct schema *s;
    size_t seen = 0;

    for (size_t i = 0; (s = fill_schema(i)) != NULL; i++) {
        for (size_t k = 0; k < s->count; k++) {
            if (!fill_is_view(&s->fields[k]) || s->fields[k].empty != FIELD_MUST)
                continue;
            refuse_view(s, k, (struct bytes){0}, ERR_FORMAT);
            seen++;
        }
    }
    cr_assert_gt(seen, 30);
}

/* The largest that the length on the wire can say and the shape forbids. */
static bool can_be_too_big(const struct field *f)
{
    if (!fill_is_view(f))
        return false;
    return f->kind == FIELD_STR8 ? f->max < 255 : f->kind != FIELD_BLOB16 || f->max < 65535;
}

Test(msg, decode__a_field_above_its_bound_is_named)
{
    uint8_t *big = mem_alloc(OPCODE_LARGE + 1);
    const struct schema *s;
    size_t seen = 0;

    for (size_t i = 0; (s = fill_schema(i)) != NULL; i++) {
        for (size_t k = 0; k < s->count; k++) {
            if (!can_be_too_big(&s->fields[k]))
                continue;
            refuse_view(s, k, bytes_of(big, (size_t)s->fields[k].max + 1), ERR_TOO_BIG);
            seen++;
        }
    }
    cr_assert_gt(seen, 40);
    mem_free(big);
}

Test(msg, decode__a_list_above_its_bound_is_refused_before_it_is_read)
{
    _Alignas(max_align_t) uint8_t out[FILL_SIZE];
    const struct schema *s;
    const char *bad = NULL;
    struct fill f;

    for (size_t i = 0; (s = fill_schema(i)) != NULL; i++) {
        for (size_t k = 0; k < s->count; k++) {
            if (s->fields[k].kind != FIELD_LIST)
                continue;
            fill(&f, s, FILL_SOME, k);
            struct list *l = fill_at(f.msg, &s->fields[k]);
            *l = (struct list){.count = (uint16_t)(s->fields[k].max + 1)};
            struct buf b = fill_encode(s, f.msg);
            cr_assert_eq(schema_decode(s, buf_view(&b), out, &bad), ERR_TOO_BIG, "%s", s->name);
            cr_assert_str_eq(bad, s->fields[k].name);
            buf_free(&b);
            fill_free(&f);
        }
    }
}

Test(msg, decode__noise_is_refused_or_says_the_same_again)
{
    uint8_t noise[96];
    const struct schema *s;
    uint64_t z = 88172645463325252u;

    for (size_t i = 0; (s = fill_schema(i)) != NULL; i++) {
        for (int round = 0; round < 1500; round++) {
            z ^= z << 13, z ^= z >> 7, z ^= z << 17;
            size_t n = z % sizeof noise;
            for (size_t k = 0; k < n; k++) {
                z ^= z << 13, z ^= z >> 7, z ^= z << 17;
                noise[k] = (uint8_t)(round % 2 == 0 ? z % 6 : z);
            }
            (void)try_body(s, bytes_of(noise, n));
        }
    }
}

Test(msg, text__the_longest_with_the_longest_names_fits_what_a_client_takes)
{
    static char name[MSG_ROOM + 1], who[MSG_NAME + 1];
    static uint8_t text[MSG_TEXT];

    memset(name, 'r', MSG_ROOM);
    memset(who, 'w', MSG_NAME);
    struct msg_said said = {
        .room = bytes_str(name), .sender = bytes_str(who), .text = bytes_of(text, sizeof text)};
    struct msg_direct_event direct = {.sender = bytes_str(who), .text = said.text};
    struct buf b = fill_encode(&MSG_SAID, &said);
    cr_assert_eq(buf_end(&b), ERR_OK);
    cr_assert_leq(b.n, opcode_ceiling_relay(OP_SAY));
    buf_free(&b);
    b = fill_encode(&MSG_DIRECT_EVENT, &direct);
    cr_assert_eq(buf_end(&b), ERR_OK);
    cr_assert_leq(b.n, opcode_ceiling_relay(OP_DIRECT));
    buf_free(&b);
}
