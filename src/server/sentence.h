/* SPDX-License-Identifier: ISC */
/* What is laid on somebody, by whom and why: handed to whoever carries it out. Views borrow. */
#ifndef SERVER_SENTENCE_H
#define SERVER_SENTENCE_H

#include "base/bytes.h"

struct sentence {
    struct bytes who; /* a name, or an address as text */
    struct bytes by;
    struct bytes reason;
    int64_t seconds; /* 0: for good */
    bool mute;       /* may read and not speak; else out */
};

#endif
