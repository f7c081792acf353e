/* SPDX-License-Identifier: ISC */
/* What the tests of the store share: short names for bytes, and checks that name the pair. */
#ifndef UNIT_SERVER_STORE_CHECK_H
#define UNIT_SERVER_STORE_CHECK_H

#include <criterion/criterion.h>
#include <stdio.h>

#include "support/conform_pair.h"

#define B(text)        bytes_str(text)
#define CHECK(c, cond) cr_assert(cond, "with %s: %s", (c)->name, #cond)
#define SAY(c, g, e)                                                                           \
    cr_assert_eq((g)->r.rc, e, "with %s: %s, not %s", (c)->name, err_str((g)->r.rc), err_str(e))
#define TEXT(c, b, text)                                                                       \
    cr_assert(bytes_eq(b, B(text)), "with %s: '%.*s', not '%s'", (c)->name, (int)(b).n,        \
        (const char *)(b).p, text)

struct bytes check_bytes(size_t n, char fill); /* static: good until the next call */
void check_room(struct conform *c, const char *key);
void check_account(struct conform *c, const char *name);
struct store_entry check_entry(uint64_t seq, const char *sender, const char *body);
/* A commit with everything that it needs and nothing else: epoch, seq, the same req letter. */
struct store_commit check_commit(const char *key, uint64_t epoch, uint64_t seq, char req);
void check_group(
    struct conform *c, const char *key, uint64_t seq); /* a room with a group at epoch 1 */

/* All that store_load() tells, as text: one line for each. */
const char *check_dump(struct conform *c);
const char *check_line(
    struct conform *c, const char *start); /* the line that starts so, or "" */

#endif
