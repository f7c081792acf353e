/* SPDX-License-Identifier: ISC */
#include "base/json.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/json_scan.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/utf8.h"

#define WHY_MAX  240
#define KEY_SHOW 48 /* bytes of a key in a sentence */

struct json_doc {
    cJSON *root;
    enum err err;
    char why[WHY_MAX];
};

/* struct json is what the outside calls a cJSON node. */
static const cJSON *node(const struct json *v)
{
    return (const cJSON *)(const void *)v;
}

static const struct json *face(const cJSON *v)
{
    return (const struct json *)(const void *)v;
}

static void tell(char *why, size_t why_n, const char *text)
{
    if (why != NULL && why_n != 0)
        (void)bytes_copy(
            why, why_n, bytes_of(text, utf8_fit_bytes(bytes_str(text), why_n - 1)));
}

static void path_step(struct buf *path, const cJSON *parent, const cJSON *child, size_t index)
{
    struct buf name;

    if (cJSON_IsArray(parent)) {
        buf_fmt(path, "[%zu]", index);
        return;
    }
    buf_init(&name, SIZE_MAX);
    utf8_clean(&name, bytes_str(child->string), UTF8_NAME);
    if (path->n != 0)
        buf_text(path, ".");
    buf_put(path, name.p, utf8_fit_bytes(buf_view(&name), KEY_SHOW));
    buf_free(&name);
}

/* Nodes do not know their parents; a failure, which happens once, can afford to look. */
static bool path_to(struct buf *path, const cJSON *from, const cJSON *target)
{
    size_t index = 0;

    if (from == target)
        return true;
    for (const cJSON *c = from->child; c != NULL; c = c->next, index++) {
        size_t keep = path->n;
        path_step(path, from, c, index);
        if (path_to(path, c, target))
            return true;
        path->n = keep;
    }
    return false;
}

void json_fail(
    struct json_doc *d, const struct json *obj, const char *key, const char *fmt, ...)
{
    char text[WHY_MAX];
    struct buf why;
    va_list ap;

    if (d->err != ERR_OK)
        return;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    buf_init(&why, SIZE_MAX);
    (void)path_to(&why, d->root, node(obj));
    if (key != NULL) {
        const cJSON named = {.string = mem_strdup(key)};
        path_step(&why, NULL, &named, 0);
        mem_free(named.string);
    }
    buf_fmt(&why, "%s%s", why.n != 0 ? ": " : "", text);
    tell(d->why, sizeof d->why, buf_cstr(&why));
    buf_free(&why);
    d->err = ERR_FORMAT;
}

static void find_twins(struct json_doc *d, const cJSON *from)
{
    struct map seen = {0};

    for (const cJSON *c = from->child; c != NULL && d->err == ERR_OK; c = c->next) {
        if (c->string != NULL && !map_put(&seen, bytes_str(c->string), d))
            json_fail(d, face(from), c->string, "is there twice");
        find_twins(d, c);
    }
    map_free(&seen);
}

enum err json_parse(
    struct bytes text, bool comments, struct json_doc **out, char *why, size_t why_n)
{
    struct buf copy;
    struct json_doc *d = NULL;

    *out = NULL;
    buf_init(&copy, (size_t)JSON_MAX_BYTES + 1); /* one more, for the scan to refuse */
    buf_put(&copy, text.p, text.n <= JSON_MAX_BYTES ? text.n : (size_t)JSON_MAX_BYTES + 1);
    enum err e = json_scan(&copy, comments, why, why_n);
    if (e != ERR_OK)
        goto out;
    d = mem_alloc(sizeof *d);
    d->root = cJSON_ParseWithLength((const char *)copy.p, copy.n);
    if (d->root == NULL) {
        e = ERR_FORMAT;
        tell(why, why_n, "this cannot be read as JSON");
        goto out;
    }
    find_twins(d, d->root);
    e = json_end(d, why, why_n);
    if (e == ERR_OK) {
        *out = d;
        d = NULL;
    }
out:
    json_free(d);
    buf_wipe(&copy);
    return e;
}

void json_free(struct json_doc *d)
{
    if (d == NULL)
        return;
    cJSON_Delete(d->root);
    mem_free(d);
}

const struct json *json_root(const struct json_doc *d)
{
    return face(d->root);
}

enum err json_end(const struct json_doc *d, char *why, size_t why_n)
{
    if (d->err != ERR_OK)
        tell(why, why_n, d->why);
    return d->err;
}

enum json_type json_type(const struct json *v)
{
    const cJSON *c = node(v);

    return cJSON_IsBool(c)     ? JSON_BOOL
           : cJSON_IsNumber(c) ? JSON_NUMBER
           : cJSON_IsString(c) ? JSON_STRING
           : cJSON_IsArray(c)  ? JSON_ARRAY
           : cJSON_IsObject(c) ? JSON_OBJECT
                               : JSON_NULL;
}

/* What a value is, for a sentence. */
static const char *describe(const cJSON *v, char room[32])
{
    static const char *const WORDS[] = {[JSON_NULL] = "null",
        [JSON_STRING] = "a string",
        [JSON_ARRAY] = "a list",
        [JSON_OBJECT] = "an object"};

    switch (json_type(face(v))) {
    case JSON_BOOL:
        return cJSON_IsTrue(v) ? "true" : "false";
    case JSON_NUMBER:
        (void)snprintf(room, 32, "%.17g", v->valuedouble);
        return room;
    case JSON_NULL:
    case JSON_STRING:
    case JSON_ARRAY:
    case JSON_OBJECT:
        break;
    }
    return WORDS[json_type(face(v))];
}

/* The member, or NULL when it is absent or something failed before. */
static const cJSON *find(struct json_doc *d, const struct json *obj, const char *key)
{
    if (obj == NULL || d->err != ERR_OK)
        return NULL;
    if (json_type(obj) != JSON_OBJECT) {
        char room[32];
        json_fail(d, obj, NULL, "must be an object, is %s", describe(node(obj), room));
        return NULL;
    }
    return cJSON_GetObjectItemCaseSensitive(node(obj), key);
}

bool json_get_int(struct json_doc *d, const struct json *obj, const char *key, int64_t min,
    int64_t max, int64_t *out)
{
    const cJSON *v = find(d, obj, key);
    char room[32];
    int64_t got;

    if (v == NULL)
        return false;
    if (!json_as_int(face(v), &got) || got < min || got > max) {
        json_fail(d, obj, key, "must be %lld..%lld, is %s", (long long)min, (long long)max,
            describe(v, room));
        return false;
    }
    *out = got;
    return true;
}

bool json_get_bool(struct json_doc *d, const struct json *obj, const char *key, bool *out)
{
    const cJSON *v = find(d, obj, key);
    char room[32];

    if (v == NULL)
        return false;
    if (json_as_bool(face(v), out))
        return true;
    json_fail(d, obj, key, "must be true or false, is %s", describe(v, room));
    return false;
}

bool json_get_str(
    struct json_doc *d, const struct json *obj, const char *key, size_t max, const char **out)
{
    const cJSON *v = find(d, obj, key);
    char room[32];

    if (v == NULL)
        return false;
    if (!cJSON_IsString(v)) {
        json_fail(d, obj, key, "must be a string, is %s", describe(v, room));
        return false;
    }
    size_t n = strlen(v->valuestring);
    if (n > max) {
        json_fail(d, obj, key, "must be at most %zu bytes, is %zu", max, n);
        return false;
    }
    *out = v->valuestring;
    return true;
}

void json_wipe(struct json_doc *d, const char *key)
{
    cJSON *v = cJSON_GetObjectItemCaseSensitive(d->root, key);

    if (cJSON_IsString(v))
        mem_wipe(v->valuestring, strlen(v->valuestring));
}

static const struct json *get_nested(
    struct json_doc *d, const struct json *obj, const char *key, enum json_type want)
{
    const cJSON *v = find(d, obj, key);
    char room[32];

    if (v == NULL || json_type(face(v)) == want)
        return face(v);
    json_fail(d, obj, key, "must be %s, is %s", want == JSON_OBJECT ? "an object" : "a list",
        describe(v, room));
    return NULL;
}

const struct json *json_get_obj(struct json_doc *d, const struct json *obj, const char *key)
{
    return get_nested(d, obj, key, JSON_OBJECT);
}

const struct json *json_get_arr(struct json_doc *d, const struct json *obj, const char *key)
{
    return get_nested(d, obj, key, JSON_ARRAY);
}

void json_only(struct json_doc *d, const struct json *obj, const char *const *keys)
{
    if (obj == NULL)
        return;
    for (const cJSON *c = node(obj)->child; c != NULL && d->err == ERR_OK; c = c->next) {
        const char *const *k = keys;
        while (*k != NULL && c->string != NULL && strcmp(*k, c->string) != 0)
            k++;
        if (*k == NULL)
            json_fail(d, obj, c->string, "is not a known key");
    }
}

size_t json_len(const struct json *arr)
{
    return arr != NULL ? (size_t)cJSON_GetArraySize(node(arr)) : 0;
}

const struct json *json_at(const struct json *arr, size_t i)
{
    if (arr == NULL || i > JSON_MAX_VALUES)
        return NULL;
    return face(cJSON_GetArrayItem(node(arr), (int)i));
}

const struct json *json_member(const struct json *obj, size_t i)
{
    return json_at(obj, i);
}

const char *json_key(const struct json *obj, size_t i)
{
    const struct json *m = json_at(obj, i);

    return m != NULL ? node(m)->string : NULL;
}

const char *json_as_str(const struct json *v)
{
    return v != NULL && cJSON_IsString(node(v)) ? node(v)->valuestring : NULL;
}

bool json_as_int(const struct json *v, int64_t *out)
{
    if (v == NULL || !cJSON_IsNumber(node(v)))
        return false;
    double n = node(v)->valuedouble;
    if (!(fabs(n) <= (double)JSON_MAX_INT) || n != trunc(n))
        return false;
    *out = (int64_t)n;
    return true;
}

bool json_as_bool(const struct json *v, bool *out)
{
    if (v == NULL || !cJSON_IsBool(node(v)))
        return false;
    *out = cJSON_IsTrue(node(v));
    return true;
}
