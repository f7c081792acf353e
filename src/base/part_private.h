/* SPDX-License-Identifier: ISC */
/* What the files of part share; nobody else includes it. */
#ifndef BASE_PART_PRIVATE_H
#define BASE_PART_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/err.h"

struct part;

/* What is known before a file is touched; p is closed. */
enum err part_prepare(struct part *p, const char *name, uint64_t bytes, uint32_t piece);
enum err part_open_beneath(struct part *p, int dir, int flags);
bool part_is_name(const char *name); /* one component, and no control byte in it */
/* ERR_OK: what has the name of the part is the file that is open. */
enum err part_check_name(const struct part *p);
enum err part_set_size(const struct part *p, uint64_t size);
enum err part_put_at(const struct part *p, uint64_t at, struct bytes data);
uint64_t part_full(const struct part *p); /* its size, tags included */

#endif
