/* SPDX-License-Identifier: ISC */
/*
 * How the files that hold the shapes of bodies write them down: one row a field. Nobody else
 * includes this.
 */
#ifndef NET_MSG_SHAPE_H
#define NET_MSG_SHAPE_H

#include <stddef.h>

#include "net/schema.h"

/* clang-format off */

#define AT(s, f) offsetof(struct msg_##s, f)
#define NUM(s, f, k)        {#f, FIELD_##k, AT(s, f), 0, 0, NULL}
#define FIX(s, f, n)        {#f, FIELD_FIX, AT(s, f), 0, n, NULL}
#define STR(s, f, as, k, e, n)  {as, FIELD_##k, AT(s, f), FIELD_##e, n, NULL}
#define RUN(s, f)           {#f, FIELD_NAMES, AT(s, f), FIELD_MAYBE, UINT32_MAX, NULL}
#define LIST(s, f, n, of)   {#f, FIELD_LIST, AT(s, f), FIELD_MAYBE, n, &(of)}
#define OPTIONAL(s, f)      {#f, FIELD_OPTIONAL, AT(s, f), 0, 0, NULL}
#define SHAPE(id, s, title) const struct schema id = {title, id##_FIELDS, sizeof id##_FIELDS / sizeof id##_FIELDS[0], sizeof(struct msg_##s)}

/* clang-format on */

#endif
