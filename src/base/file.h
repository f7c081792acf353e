/* SPDX-License-Identifier: ISC */
/*
 * Files of ours: folders 0700, files 0600, checked when opened (regular, owned by us, no
 * rights for others, one link). A write replaces the whole file or nothing: temporary file
 * beside it, fsync, rename, fsync of the folder. A remote string never becomes a path;
 * file_slug() makes the part of a name that may carry one.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/buf.h"
#include "base/bytes.h"
#include "base/err.h"

enum err file_make_private_dir(const char *path);      /* with parents; checks one that exists */
enum err file_check_private(const char *path);         /* ERR_PERM, ERR_NOT_FOUND */
enum err file_read(const char *path, struct buf *out); /* whole; ERR_TOO_BIG above out->max */
enum err file_read_private(const char *path, struct buf *out); /* the same, after the check */
enum err file_write_atomic(const char *path, struct bytes data, unsigned mode);
enum err file_create_private(const char *path, struct bytes data); /* ERR_EXISTS: not touched */
/* Opens dir/name for appending below dir only (openat2, no symlinks), made 0600. -1: errno. */
int file_open_beneath(int dirfd, const char *name);
bool file_exists(const char *path);

/* "NAME" as its [a-z0-9-] letters, at most 40, plus "-" and 8 hex of the digest handed in. */
#define FILE_SLUG 64
void file_slug(char out[FILE_SLUG], struct bytes name, const uint8_t digest[4]);

/* $XDG_STATE_HOME/app or its default; kind: "config", "state", "data", "runtime". */
enum err file_xdg(struct buf *out, const char *kind, const char *app);

#endif
