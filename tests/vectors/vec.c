/* SPDX-License-Identifier: ISC */
#include "vec.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/mem.h"

#define VEC_EXACT ((int64_t)1 << 53)
#define VEC_SHOWN 16 /* bytes of a difference that are printed */

struct vec_block {
    struct vec_block *next;
    uint8_t *p;
};

void vec_begin(struct vec_case *c, struct vec_file *f, const char *id, ...)
{
    va_list args;

    *c = (struct vec_case){.file = f};
    va_start(args, id);
    (void)vsnprintf(c->id, sizeof c->id, id, args);
    va_end(args);
}

static void blocks_free(struct vec_case *c)
{
    while (c->blocks != NULL) {
        struct vec_block *next = c->blocks->next;
        mem_free(c->blocks->p);
        mem_free(c->blocks);
        c->blocks = next;
    }
}

void vec_end(struct vec_case *c)
{
    static const char *const WORDS[] = {[VEC_FAILED] = "failed", [VEC_NOT_BUILT] = "not built"};
    struct vec_file *f = c->file;

    if (c->verdict == VEC_PASSED)
        f->passed++;
    else if (c->verdict == VEC_FAILED)
        f->failed++;
    else
        f->not_built++;
    if (c->verdict != VEC_PASSED && (unsigned)c->verdict <= f->loud)
        (void)fprintf(
            stderr, "%s: case %s: %s: %s\n", f->name, c->id, WORDS[c->verdict], c->why);
    blocks_free(c);
}

void vec_fail(struct vec_case *c, const char *fmt, ...)
{
    va_list args;

    if (c->verdict == VEC_FAILED)
        return;
    c->verdict = VEC_FAILED;
    va_start(args, fmt);
    (void)vsnprintf(c->why, sizeof c->why, fmt, args);
    va_end(args);
}

void vec_not_built(struct vec_case *c, const char *fmt, ...)
{
    va_list args;

    if (c->verdict != VEC_PASSED)
        return;
    c->verdict = VEC_NOT_BUILT;
    va_start(args, fmt);
    (void)vsnprintf(c->why, sizeof c->why, fmt, args);
    va_end(args);
}

bool vec_going(const struct vec_case *c)
{
    return c->verdict == VEC_PASSED;
}

static const cJSON *member(const cJSON *obj, const char *key)
{
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(obj, key);

    return cJSON_IsNull(v) ? NULL : v;
}

bool vec_has(const cJSON *obj, const char *key)
{
    return member(obj, key) != NULL;
}

static const cJSON *typed(struct vec_case *c, const cJSON *obj, const char *key, int type)
{
    const cJSON *v = member(obj, key);

    if (v == NULL)
        vec_fail(c, "%s: is missing", key);
    else if ((v->type & type) == 0)
        vec_fail(c, "%s: is of another type", key);
    return v == NULL || (v->type & type) == 0 ? NULL : v;
}

const cJSON *vec_obj(struct vec_case *c, const cJSON *obj, const char *key)
{
    return typed(c, obj, key, cJSON_Object);
}

const cJSON *vec_arr(struct vec_case *c, const cJSON *obj, const char *key)
{
    return typed(c, obj, key, cJSON_Array);
}

const char *vec_str(struct vec_case *c, const cJSON *obj, const char *key)
{
    const cJSON *v = typed(c, obj, key, cJSON_String);

    return v == NULL ? "" : v->valuestring;
}

bool vec_bool(struct vec_case *c, const cJSON *obj, const char *key)
{
    return cJSON_IsTrue(typed(c, obj, key, cJSON_True | cJSON_False)) != 0;
}

int64_t vec_int(struct vec_case *c, const cJSON *obj, const char *key, int64_t min, int64_t max)
{
    const cJSON *v = typed(c, obj, key, cJSON_Number);
    double d = v == NULL ? 0 : v->valuedouble;
    bool whole = d >= -(double)VEC_EXACT && d <= (double)VEC_EXACT && floor(d) == d;

    if (v == NULL)
        return min;
    if (!whole || (int64_t)d < min || (int64_t)d > max) {
        vec_fail(c, "%s: is %g, not a whole number in %lld..%lld", key, d, (long long)min,
            (long long)max);
        return min;
    }
    return (int64_t)d;
}

uint8_t *vec_room(struct vec_case *c, size_t n)
{
    struct vec_block *b;

    if (n == 0)
        return NULL;
    b = mem_alloc(sizeof *b);
    b->p = mem_alloc(n);
    b->next = c->blocks;
    c->blocks = b;
    return b->p;
}

static int digit(char ch)
{
    if (ch >= '0' && ch <= '9')
        return ch - '0';
    if (ch >= 'a' && ch <= 'f')
        return ch - 'a' + 10;
    if (ch >= 'A' && ch <= 'F')
        return ch - 'A' + 10;
    return -1;
}

static struct bytes decode(struct vec_case *c, const char *hex, const char *what)
{
    size_t n = strlen(hex) / 2;
    uint8_t *p = vec_room(c, n);

    if (strlen(hex) % 2 != 0) {
        vec_fail(c, "%s: an odd number of hex digits", what);
        return (struct bytes){0};
    }
    for (size_t i = 0; i < n; i++) {
        int high = digit(hex[2 * i]);
        int low = digit(hex[2 * i + 1]);

        if (high < 0 || low < 0) {
            vec_fail(c, "%s: is not hex", what);
            return (struct bytes){0};
        }
        p[i] = (uint8_t)(high << 4 | low);
    }
    return bytes_of(p, n);
}

struct bytes vec_hex(struct vec_case *c, const cJSON *obj, const char *key)
{
    return decode(c, vec_str(c, obj, key), key);
}

struct bytes vec_hex_of(struct vec_case *c, const cJSON *string, const char *what)
{
    if (!cJSON_IsString(string)) {
        vec_fail(c, "%s: is not a string", what);
        return (struct bytes){0};
    }
    return decode(c, string->valuestring, what);
}

struct bytes vec_hex_if(struct vec_case *c, const cJSON *obj, const char *key)
{
    return vec_has(obj, key) ? vec_hex(c, obj, key) : (struct bytes){0};
}

struct bytes vec_fixed(struct vec_case *c, const cJSON *obj, const char *key, size_t n)
{
    struct bytes v = vec_hex(c, obj, key);

    if (v.n == n)
        return v;
    vec_fail(c, "%s: has %zu bytes, not %zu", key, v.n, n);
    return bytes_of(vec_room(c, n), n);
}

static const char *shown(struct bytes v, size_t from, char out[2 * VEC_SHOWN + 4])
{
    size_t n = v.n - from < VEC_SHOWN ? v.n - from : VEC_SHOWN;

    for (size_t i = 0; i < n; i++)
        (void)snprintf(out + 2 * i, 3, "%02x", v.p[from + i]);
    (void)snprintf(out + 2 * n, 4, "%s", from + n < v.n ? "..." : "");
    return out;
}

bool vec_same(struct vec_case *c, const char *what, struct bytes want, struct bytes got)
{
    size_t at = 0;
    char w[2 * VEC_SHOWN + 4];
    char g[2 * VEC_SHOWN + 4];

    if (bytes_eq(want, got))
        return true;
    while (at < want.n && at < got.n && want.p[at] == got.p[at])
        at++;
    vec_fail(c, "%s: differs at byte %zu: want %s (%zu bytes), got %s (%zu bytes)", what, at,
        shown(want, at, w), want.n, shown(got, at, g), got.n);
    return false;
}

bool vec_equal(struct vec_case *c, const char *what, int64_t want, int64_t got)
{
    if (want != got)
        vec_fail(c, "%s: want %lld, got %lld", what, (long long)want, (long long)got);
    return want == got;
}

bool vec_true(struct vec_case *c, const char *what, bool so)
{
    if (!so)
        vec_fail(c, "%s: is not so", what);
    return so;
}

bool vec_ok(struct vec_case *c, const char *what, enum err got)
{
    if (got != ERR_OK)
        vec_fail(c, "%s: %s", what, err_str(got));
    return got == ERR_OK;
}

bool vec_is_refusal(enum err e)
{
    return e == ERR_CRYPTO || e == ERR_FORMAT || e == ERR_TOO_BIG || e == ERR_REFUSED;
}

bool vec_refused(struct vec_case *c, const char *what, enum err got)
{
    if (got == ERR_OK)
        vec_fail(c, "%s: was accepted", what);
    else if (!vec_is_refusal(got))
        vec_fail(c, "%s: neither accepted nor refused: %s", what, err_str(got));
    return vec_is_refusal(got);
}
