/* SPDX-License-Identifier: ISC */
/* One entry of a conversation's log, whichever way it came: live, or in answer to catching up.
 */
#ifndef CLIENT_ENTRY_H
#define CLIENT_ENTRY_H

#include "base/bytes.h"

struct hear_entry {
    uint8_t kind; /* msg_entry */
    uint8_t flags;
    uint64_t seq;
    uint64_t time_ms;
    uint64_t epoch;
    struct bytes sender; /* as the relay calls it */
    struct bytes body;
    struct bytes welcome; /* of a direct founding that comes live */
    struct bytes removed; /* a run of names; live commits alone have it */
    bool live;
};

#endif
