/* SPDX-License-Identifier: ISC */
/*
 * A file that is being received: NAME.xxxxxxxx.part in one folder, written piece by piece in
 * any order, then put in place under its name. Nothing else is ever touched: every name here
 * is one component of a path (a slash, a dot alone, a control byte, an empty one are refused
 * here, whatever was done to it before), it is opened beneath the folder without following
 * links, made anew and for us alone (0600), and put in place without replacing anything that is
 * there. What a name should look like is not judged here: utf8_clean() for a FILENAME does.
 *
 * Behind the bytes of the file the part keeps one tag for each piece, so that after a crash
 * whoever knows the key can tell which pieces are whole: a tag that is zero is none. They are
 * cut off before the file is put in place; a crash just then leaves a part that opens without
 * any tag though all its bytes are there, so one without a tag is worth its hash.
 *
 * Whoever writes down where it goes (part_free_name) before it goes there (part_place) finds it
 * again after any crash: as the part that it was, or by part_open_placed().
 *
 * It knows nothing of keys, hashes or networks, and blocks: it is for a worker. Failures as in
 * base/file.h; ERR_FULL: the disk is, or the file is larger than it takes (where a limit on
 * the size of files is set, SIGXFSZ is for the program to ignore). A part that failed half-way
 * is as it was, or has a piece without a tag.
 */
#ifndef BASE_PART_H
#define BASE_PART_H

#include "base/buf.h"
#include "base/bytes.h"
#include "base/err.h"

#define PART_TAG   16
#define PART_NAME  240 /* of the part, and NUL */
#define PART_ID    16
#define PART_COUNT (UINT32_C(1) << 20) /* pieces at most */

struct part {
    int dir; /* -1: closed */
    int fd;
    uint64_t bytes; /* of the file */
    uint32_t piece; /* all but the last are that large */
    uint32_t count;
    uint64_t settled_from, settled_n; /* what part_settle() was told of last */
    char name[PART_NAME];             /* of the part, in its folder */
};

/* The folder, made with its parents when it is not there (0700 then); one that is there is
 * taken as it is, links on the way to it included: it is the person's own. *dir is for the
 * caller to close. ERR_REFUSED: something else has that name. */
enum err part_folder(const char *path, int *dir);
/* Where downloads go by custom: $XDG_DOWNLOAD_DIR, what user-dirs.dirs says, else
 * $HOME/Downloads; never the home itself, which there means that nobody wants such a folder.
 * ERR_NOT_FOUND: there is no home. */
enum err part_folder_by_custom(struct buf *out);
/* Bytes that a person may still write there; UINT64_MAX when nobody can tell. */
uint64_t part_room(int dir);

/* NAME.xxxxxxxx.part, name shortened when it must be and up to its first NUL; id gives the x.
 * Whether that is a name at all is said by part_make(). */
void part_name(char out[PART_NAME], struct bytes name, const uint8_t id[PART_ID]);
/* Makes one, with no byte on disk yet: ERR_EXISTS when that name is taken, ERR_REFUSED when it
 * is no name. A file of no bytes has one piece of none; pieces of no bytes and more than
 * PART_COUNT of them are ERR_FORMAT. dir is kept as a copy. An open part owns its two
 * descriptors and is open nowhere else; p is closed when it fails, and nothing is left. */
enum err part_make(struct part *p, int dir, const char *name, uint64_t bytes, uint32_t piece);
/* Opens one that was made before: ERR_NOT_FOUND; ERR_PERM when it is not ours alone,
 * ERR_REFUSED when it is no regular file, ERR_BUSY when it is open already, here or in another
 * program, ERR_FORMAT when it has another size than it must. One that a crash left without its
 * size, or cut, gets it. */
enum err part_open(struct part *p, int dir, const char *name, uint64_t bytes, uint32_t piece);
void part_close(struct part *p);  /* again is fine; what was written stays */
void part_remove(struct part *p); /* closes it, and it is gone; a file in its stead is not */

size_t part_piece(const struct part *p, uint32_t i); /* how large that one is */
/* The bytes first, then the tag. data.n is part_piece(i), else ERR_FORMAT. Durable when the
 * part was placed, not before: a tag may outlive bytes that a crash took, so after one it is
 * compared with them and not believed. */
enum err part_write(struct part *p, uint32_t i, struct bytes data, const uint8_t tag[PART_TAG]);
/* data holds part_piece(i); tag zero: that piece was not written. ERR_FORMAT: there is none of
 * that number; ERR_CORRUPT: somebody made the file shorter. */
enum err part_read(const struct part *p, uint32_t i, uint8_t *data, uint8_t tag[PART_TAG]);
enum err part_read_piece(const struct part *p, uint32_t i, uint8_t *data); /* alone */
enum err part_read_tags(const struct part *p, uint32_t first, size_t n, uint8_t *tags);

/* What was written there goes to the disk now, and what was said so of before is waited for and
 * leaves the memory of the system: so a large file neither fills that nor keeps part_place()
 * waiting, and its pages are used again, which costs less than new ones. A hint: failures do
 * not matter. */
void part_settle(struct part *p, uint64_t from, uint64_t n);

/* The name, or when something has it "name (2).ext" and so on, up to 99: ERR_EXISTS. out: the
 * first that nothing has. ERR_REFUSED when it is no name. */
enum err part_free_name(const struct part *p, const char *name, char out[PART_NAME]);
/* Cuts the tags off, makes all of it durable and gives it the name: ERR_EXISTS when something
 * has that. The part is closed, unless it failed: then all is as before, tags included.
 * ERR_REFUSED when it is no name; ERR_NOT_FOUND, ERR_PERM: what has the name of the part is not
 * it any more. */
enum err part_place(struct part *p, const char *name);
/* Opens what has the name in that folder if it can be the one that was placed there under it,
 * to be read piece by piece and closed: a regular file of ours (ERR_REFUSED, ERR_PERM) of so
 * many bytes (ERR_FORMAT). What is in it is for the caller to judge. When part is but another
 * name of it, as a crash leaves it where renaming is done by a link, that one goes. */
enum err part_open_placed(struct part *p, int dir, const char *part, const char *name,
    uint64_t bytes, uint32_t piece);

#endif
