/* SPDX-License-Identifier: ISC */
/*
 * How a group's records are numbered and versioned; what saving and loading share. The whole
 * (record 0) ends in the beginning of its SHA-256, so that damage is told apart from change of
 * format; against tampering the caller seals.
 */
#ifndef MLS_GROUP_STORE_H
#define MLS_GROUP_STORE_H

#include "mls/group_impl.h"

#define STORE_VERSION    1
#define STORE_MAX        (64u * 1024 * 1024)
#define STORE_SUM        16u
#define STORE_SLOT_SHIFT 24

/* Three epochs at most are in a state, and they follow each other. */
static inline uint32_t store_slot(uint64_t epoch)
{
    return (uint32_t)(epoch % 3) + 1;
}

#endif
