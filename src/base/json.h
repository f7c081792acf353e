/* SPDX-License-Identifier: ISC */
/*
 * The door to cJSON. Reading: bounded text (size, depth, count), strict grammar, comments
 * allowed when asked, duplicate and unknown keys are errors that name the key; getters take
 * the type and the range, and the first failure is kept with its place, asked once by
 * json_end(). Writing: a small builder. A value got from a doc lives as long as the doc.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/buf.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/json_scan.h" /* the bounds */

#define JSON_MAX_INT ((int64_t)1 << 53) /* beyond it a JSON number is not exact */

struct json; /* a node; borrowed from its doc */
struct json_doc;

/* why gets "line 3: ..." (may be NULL). Comments are // and C style, and trailing commas stay
 * errors. ERR_TOO_BIG above a bound, else ERR_FORMAT. Strings hold valid UTF-8 and no NUL. */
enum err json_parse(
    struct bytes text, bool comments, struct json_doc **out, char *why, size_t why_n);
void json_free(struct json_doc *d);
const struct json *json_root(const struct json_doc *d);

/* Getters latch the first failure in the doc ("limits.flood: must be 1..1000, is 0"). A key
 * that is absent leaves *out as it was and returns false; so the default is put there before.
 * An obj of NULL has no keys. */
bool json_get_int(struct json_doc *d, const struct json *obj, const char *key, int64_t min,
    int64_t max, int64_t *out);
bool json_get_bool(struct json_doc *d, const struct json *obj, const char *key, bool *out);
bool json_get_str(struct json_doc *d, const struct json *obj, const char *key, size_t max,
    const char **out); /* at most max bytes */
const struct json *json_get_obj(struct json_doc *d, const struct json *obj, const char *key);
const struct json *json_get_arr(struct json_doc *d, const struct json *obj, const char *key);
size_t json_len(const struct json *arr); /* of an array or an object; 0 for anything else */
const struct json *json_at(const struct json *arr, size_t i);
const char *json_as_str(const struct json *v); /* NULL when it is not a string */
/* Overwrites a string with nothing: a secret does not wait for json_free(). */
void json_wipe(struct json_doc *d, const char *key); /* of the root */
/* Every key of obj must be in the NULL-ended list, else the failure names the stranger. */
void json_only(struct json_doc *d, const struct json *obj, const char *const *keys);
/* Latches a failure that only the caller can see, at key of obj: "limits.file: is a folder".
 * key may be NULL: obj itself. */
void json_fail(struct json_doc *d, const struct json *obj, const char *key, const char *fmt,
    ...) __attribute__((format(printf, 4, 5)));
const char *json_key(const struct json *obj, size_t i); /* key of member i, NULL at the end */
const struct json *json_member(const struct json *obj, size_t i);
enum json_type { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };
enum json_type json_type(const struct json *v);
bool json_as_int(const struct json *v, int64_t *out); /* whole and within JSON_MAX_INT */
bool json_as_bool(const struct json *v, bool *out);
enum err json_end(const struct json_doc *d, char *why, size_t why_n);

/* Builder: objects and arrays nest; the text is one line, and what a terminal would obey in it
 * is escaped. Foreign text must be valid UTF-8, else ERR_FORMAT latches in the buf; a bracket
 * too many or too deep latches ERR_STATE. */
struct json_out {
    struct buf *to;
    unsigned depth;
    bool comma[JSON_MAX_DEPTH + 1];
    char closer[JSON_MAX_DEPTH + 1];
};
void json_out_init(struct json_out *o, struct buf *to);
/* bracket is '{' or '['; key is NULL in arrays and at the top. */
void json_out_open(struct json_out *o, const char *key, char bracket);
void json_out_close(struct json_out *o, char bracket); /* '}' or ']' */
void json_out_str(struct json_out *o, const char *key, struct bytes v);
void json_out_text(struct json_out *o, const char *key, const char *v);
void json_out_int(struct json_out *o, const char *key, int64_t v);
void json_out_bool(struct json_out *o, const char *key, bool v);

#endif
