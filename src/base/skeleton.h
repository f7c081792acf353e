/* SPDX-License-Identifier: ISC */
/*
 * What a text looks like, so that two names that a person could take for each other have the
 * same skeleton: UTS #39 with Unicode's table of confusables, and stricter. Invisible code
 * points are gone; case is judged twice, by the shape of the capital first ("paypaI", "HELLO"
 * in Greek) and folded then; digits meet letters (0 and o, 1 and l and i), several letters meet
 * one (rn and m, vv and w); and marks on Latin, Greek and Cyrillic letters do not count. So it
 * rather says alike too often: it is for warnings, not for deciding who is who, and never to be
 * shown.
 */
#ifndef BASE_SKELETON_H
#define BASE_SKELETON_H

#include "base/buf.h"
#include "base/bytes.h"
#include "base/err.h"

/* Appends. ERR_FORMAT when s is not valid UTF-8; empty for what is only invisible. */
enum err skeleton(struct buf *out, struct bytes s);

#endif
