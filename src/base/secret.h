/* SPDX-License-Identifier: ISC */
/*
 * A password from a person, a pipe or a private file, never from an argument or the
 * environment. What was read belongs to the caller, who wipes it. The terminal is as it was
 * afterwards, whatever happened.
 */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include "base/buf.h"
#include "base/err.h"

#define SECRET_MAX 1024

enum secret_times { SECRET_ONCE, SECRET_TWICE /* a slip of the hand would lock one out */ };

/* The next line of an open file, without its end; nothing behind it is read. ERR_TOO_BIG,
 * ERR_FORMAT when empty, ERR_IO. */
enum err secret_from_fd(int fd, struct buf *out);
/* Line nth, from 0, of a file that nobody else can read; as file_read_private() besides. */
enum err secret_from_file(const char *path, size_t nth, struct buf *out);
/* Asks on the terminal fd without echo. ERR_CONFLICT: the two differ; ERR_CLOSED: the person
 * would rather not; ERR_UNSUPPORTED: fd is no terminal. */
enum err secret_from_terminal(
    int fd, const char *prompt, enum secret_times times, struct buf *out);
/* The same on the terminal that this program was started from; ERR_UNSUPPORTED: there is none.
 */
enum err secret_ask(const char *prompt, enum secret_times times, struct buf *out);

#endif
