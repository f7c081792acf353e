/* SPDX-License-Identifier: ISC */
/*
 * A password from a person or from a pipe, never from an argument. What was read belongs to
 * the caller, who wipes it. The terminal is as it was afterwards, whatever happened.
 */
#ifndef CTL_SECRET_H
#define CTL_SECRET_H

#include "base/buf.h"
#include "base/err.h"

#define SECRET_MAX 1024

/* The first line of an open file, without its end. ERR_TOO_BIG, ERR_FORMAT when empty, ERR_IO.
 */
enum err secret_from_fd(int fd, struct buf *out);
/* Asks on the terminal fd, twice, without echo. ERR_CONFLICT: the two differ; ERR_CLOSED: the
 * person would rather not; ERR_UNSUPPORTED: fd is no terminal. */
enum err secret_from_terminal(int fd, const char *prompt, struct buf *out);

#endif
