/* SPDX-License-Identifier: ISC */
/* What file and part share: how a name is opened, judged and taken. Nobody else includes it. */
#ifndef BASE_FILE_PRIVATE_H
#define BASE_FILE_PRIVATE_H

#include <limits.h>
#include <sys/stat.h>

#include "base/err.h"

/* errno as one of ours; what has no name of its own is logged. */
enum err file_err(const char *what, const char *path);
/* ERR_REFUSED: of another type; ERR_PERM: not ours alone, or a file with more than one name. */
enum err file_check_fd(int fd, mode_t type);
/* Makes what is missing of it, each 0700; p is the path without slashes at its end. */
enum err file_make_dirs(const char *path, char p[PATH_MAX]);
/* Opens a name beneath the folder, made 0600 with O_CREAT; no link is followed, nothing is
 * waited for. -1: errno. */
int file_beneath(int dirfd, const char *name, int flags);
/* Takes the name unless it is taken; by link where the file system cannot rename so. */
int file_rename_new(int dir, const char *from, const char *to);

#endif
