/* SPDX-License-Identifier: ISC */
/*
 * One question to the relay on this machine, one answer: connects to its socket, sends a line,
 * reads a line. It waits as long as it takes, up to a limit, and knows nothing of what is said.
 */
#ifndef CTL_EXCHANGE_H
#define CTL_EXCHANGE_H

#include "base/buf.h"
#include "base/bytes.h"
#include "base/err.h"

#define EXCHANGE_MAX (16u << 20) /* of an answer */

/* Where a relay of this user has its socket, or the system's when there is none. */
void exchange_default_path(struct buf *out);
/* ERR_NOT_FOUND: nobody answers at path; ERR_PERM: not for you; ERR_TIMEOUT, ERR_CLOSED (cut
 * short), ERR_TOO_BIG, ERR_IO. answer is without its newline. */
enum err exchange_line(const char *path, struct bytes request, int wait_s, struct buf *answer);

#endif
