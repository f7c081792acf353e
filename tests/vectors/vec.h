/* SPDX-License-Identifier: ISC */
/*
 * What a reader of public test vectors needs. A file is of a kind, told by the keys it holds
 * and never by its name; a kind is one struct vec_kind and a row of the table in main.c. A case
 * is what is counted: everything asked of it latches its first failure (a field missing or not
 * what it should be, a value that differs), and vec_end() counts it as passed, failed or not
 * built. Getters always give something that may be looked at: an empty view, zeros of
 * the length asked for, "". Memory from here lives until the end of its case. It knows nothing
 * of any algorithm.
 */
#ifndef VECTORS_VEC_H
#define VECTORS_VEC_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/err.h"

#define VEC_WHY  400
#define VEC_KEYS 5

struct vec_file {
    const char *name; /* below the folder that was asked for */
    unsigned loud;    /* 1: tell each failure, 2: and each case that is not built */
    size_t passed;
    size_t failed;
    size_t not_built;
};

enum vec_verdict { VEC_PASSED, VEC_FAILED, VEC_NOT_BUILT };

struct vec_case {
    struct vec_file *file;
    enum vec_verdict verdict;
    char id[48];
    char why[VEC_WHY];
    struct vec_block *blocks;
};

typedef void vec_case_fn(struct vec_case *c, const cJSON *o);
typedef void vec_file_fn(struct vec_file *f, const cJSON *root);

/* A file is of this kind when its top-level object, or the first object of its top-level array,
 * has all the keys. Each object of the array is a case for each(); or whole() takes the file
 * and begins and ends cases itself. */
struct vec_kind {
    const char *name;
    const char *keys[VEC_KEYS];
    vec_case_fn *each;
    vec_file_fn *whole;
};

extern const struct vec_kind VEC_HPKE;
extern const struct vec_kind VEC_MLS_MESSAGES;
extern const struct vec_kind VEC_MLS_KEY_SCHEDULE;
extern const struct vec_kind VEC_MLS_PROTECTION;
extern const struct vec_kind VEC_MLS_PSK_SECRET;
extern const struct vec_kind VEC_MLS_SECRET_TREE;
extern const struct vec_kind VEC_MLS_TRANSCRIPT;
extern const struct vec_kind VEC_MLS_TREEKEM;
extern const struct vec_kind VEC_MLS_TREE_OPERATIONS;
extern const struct vec_kind VEC_MLS_TREE_VALIDATION;
extern const struct vec_kind VEC_MLS_PASSIVE;
extern const struct vec_kind VEC_MLS_WELCOME;
extern const struct vec_kind VEC_MLS_BASICS;
extern const struct vec_kind VEC_MLS_LENGTH;
extern const struct vec_kind VEC_MLS_TREE_MATH;
extern const struct vec_kind VEC_WYCHEPROOF;

void vec_begin(struct vec_case *c, struct vec_file *f, const char *id, ...)
    __attribute__((format(printf, 3, 4)));
void vec_end(struct vec_case *c);
void vec_fail(struct vec_case *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The case is of something this build does not have. A failure stays one. */
void vec_not_built(struct vec_case *c, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
bool vec_going(const struct vec_case *c); /* neither failed nor not built so far */

/* Getters: obj NULL has no keys, and JSON's null is no value. */
bool vec_has(const cJSON *obj, const char *key);
const cJSON *vec_obj(struct vec_case *c, const cJSON *obj, const char *key);
const cJSON *vec_arr(struct vec_case *c, const cJSON *obj, const char *key);
const char *vec_str(struct vec_case *c, const cJSON *obj, const char *key);
bool vec_bool(struct vec_case *c, const cJSON *obj, const char *key);
/* A whole number in min .. max; else a failure and min. JSON is exact up to 2^53. */
int64_t vec_int(
    struct vec_case *c, const cJSON *obj, const char *key, int64_t min, int64_t max);
/* Hex digits of either case, an even number of them and nothing else; what names an item of an
 * array when it is told. No bytes are {NULL, 0}; others are a block of exactly their size, so
 * that a sanitizer sees a step beyond it. */
struct bytes vec_hex(struct vec_case *c, const cJSON *obj, const char *key);
struct bytes vec_hex_of(struct vec_case *c, const cJSON *string, const char *what);
struct bytes vec_hex_if(struct vec_case *c, const cJSON *obj, const char *key); /* absent: {} */
/* The same where n bytes are the only length; p is never NULL for n above 0. */
struct bytes vec_fixed(struct vec_case *c, const cJSON *obj, const char *key, size_t n);
uint8_t *vec_room(struct vec_case *c, size_t n); /* zeroed; NULL for 0 */

/* Each says whether it is so and latches a failure when not. */
bool vec_same(struct vec_case *c, const char *what, struct bytes want, struct bytes got);
bool vec_equal(struct vec_case *c, const char *what, int64_t want, int64_t got);
bool vec_true(struct vec_case *c, const char *what, bool so);
bool vec_ok(struct vec_case *c, const char *what, enum err got);
/* Refused for what the bytes are; a code that means anything else is a failure. */
bool vec_refused(struct vec_case *c, const char *what, enum err got);
bool vec_is_refusal(enum err e);

#endif
