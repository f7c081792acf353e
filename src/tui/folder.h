/* SPDX-License-Identifier: ISC */
/*
 * What is in a folder of this machine: folders and files by name, and nothing else, as much as
 * FOLDER_MOST entries have of it. No file is opened, and a device, a socket or a pipe is not
 * even listed. Names are the disk's: whoever shows one cleans it.
 */
#ifndef TUI_FOLDER_H
#define TUI_FOLDER_H

#include "base/buf.h"

#define FOLDER_MOST 20000 /* entries that are looked at */

struct folder_entry {
    char *name;
    bool folder;
};

struct folder {
    struct folder_entry *all; /* folders first, then by name */
    size_t count;
    size_t cap;
    bool more; /* there are others, which were not looked at */
};

/* ERR_NOT_FOUND, ERR_PERM, ERR_REFUSED (it is no folder), ERR_IO; f is empty then. */
enum err folder_read(struct folder *f, const char *path);
void folder_free(struct folder *f);

struct folder_facts {
    uint64_t bytes;
    int64_t wall_ms; /* when it was changed last */
    bool readable;   /* by us */
};
bool folder_facts(const char *folder, const char *name, struct folder_facts *out);

/* "~" and "~/..." by $HOME; what is no absolute path, from here. ERR_TOO_BIG. */
enum err folder_whole(struct buf *out, struct bytes path);
/* A name or a path as it may be shown: one line, and what is not seen is told. */
void folder_show(struct buf *to, struct bytes name);
/* Whether a line can say it: what is typed is cleaned and cut at its ends. */
bool folder_can_say(struct bytes path);

#endif
