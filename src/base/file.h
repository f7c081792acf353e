/* SPDX-License-Identifier: ISC */
/*
 * Files of ours: folders 0700, files 0600, checked when opened (regular, owned by us, no
 * rights for others, one link). A write replaces the whole file or nothing: temporary file
 * beside it, fsync, rename, fsync of the folder. A remote string never becomes a path;
 * file_slug() makes the part of a name that may carry one. Failures: ERR_NOT_FOUND, ERR_EXISTS,
 * ERR_PERM (rights, owner, a link where none may be), ERR_FULL (disk), ERR_REFUSED (not a
 * regular file), ERR_TOO_BIG; whatever else the system says is logged and ERR_IO.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/buf.h"
#include "base/bytes.h"
#include "base/err.h"

enum err file_make_private_dir(const char *path); /* with parents; checks one that exists */
enum err file_check_private(const char *path);
/* Reading replaces what was in out; out->max is the ceiling and a failure leaves it empty. */
enum err file_read(const char *path, struct buf *out);
enum err file_read_private(const char *path, struct buf *out); /* the same, after the check */
enum err file_write_atomic(const char *path, struct bytes data, unsigned mode);
enum err file_create_private(const char *path, struct bytes data); /* ERR_EXISTS: not touched */
/* Puts a finished file in its place beside it: synced, and ERR_EXISTS when the name is taken.
 */
enum err file_move_new(const char *from, const char *to);
/* Opens dir/name for appending below dir only (openat2, no symlinks), made 0600 and checked
 * like any file of ours. -1: errno. */
int file_open_beneath(int dirfd, const char *name);
bool file_exists(const char *path);
/* A path as one that is good from any folder: where links lead is followed for its folder, the
 * last part keeps its name. ERR_NOT_FOUND: there is no such folder. ERR_TOO_BIG. */
enum err file_from_root(struct buf *out, const char *path);
/* Made when missing, 0600, and ours until *fd is given back: ERR_BUSY while anybody else holds
 * it. A process that ends gives it back; the file stays. */
enum err file_lock(const char *path, int *fd);
void file_unlock(int fd); /* -1 is fine */

/* "NAME" as its [a-z0-9-] letters (capitals become small), at most 40, plus "-" and 8 hex of
 * the digest handed in; the hex alone when no letter is left. Never starts with '-'. */
#define FILE_SLUG 64
void file_slug(char out[FILE_SLUG], struct bytes name, const uint8_t digest[4]);

/* $XDG_STATE_HOME/app or its default below $HOME; kind: "config", "state", "data", "runtime".
 * ERR_NOT_FOUND when the environment names no absolute folder; runtime has no default. */
enum err file_xdg(struct buf *out, const char *kind, const char *app);

#endif
