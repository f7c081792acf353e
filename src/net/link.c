/* SPDX-License-Identifier: ISC */
#include "net/link.h"

static const char *const WORDS[LINK_END_COUNT] = {
    [LINK_END_CLOSED] = "the other side closed the connection",
    [LINK_END_LOST] = "connection lost",
    [LINK_END_CONNECT] = "could not connect",
    [LINK_END_TLS] = "TLS failed",
    [LINK_END_FRAMING] = "broken framing",
    [LINK_END_TIMEOUT] = "timed out",
    [LINK_END_SLOW] = "too slow to read",
    [LINK_END_LOCAL] = "closed here",
};

const char *link_end_str(enum link_end why)
{
    return (unsigned)why < LINK_END_COUNT ? WORDS[why] : "unknown";
}
