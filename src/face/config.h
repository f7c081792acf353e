/* SPDX-License-Identifier: ISC */
/*
 * config.json: what a person wants at every start. Reading puts preferences and bound keys into
 * the model, marked as saved; what is wrong is one sentence with its line and its key. Writing
 * changes the members that the model has unsaved, one by one, and leaves the rest of the file
 * byte for byte. What is secret is not in it. It does not know whether a theme or an action of
 * some name exists: who has those judges.
 */
#ifndef FACE_CONFIG_H
#define FACE_CONFIG_H

#include "base/json_edit.h"
#include "model/model.h"

#define CONFIG_BYTES   65536
#define CONFIG_SERVER  300
#define CONFIG_LITERAL (6 * CONFIG_SERVER + 3)

struct config { /* beside what is in the model; "" where the file says nothing */
    char server[CONFIG_SERVER];
    char name[ROSTER_NAME + 1];
};

/* why: "line 3: ...". ERR_FORMAT, ERR_TOO_BIG. */
enum err config_take(
    struct bytes text, struct model *m, struct config *out, char *why, size_t why_n);
/* The same from a file; ERR_NOT_FOUND: there is none, which is fine, and why is empty. */
enum err config_read(
    const char *path, struct model *m, struct config *out, char *why, size_t why_n);

struct config_change {
    const char *section; /* NULL: the root */
    char key[BIND_KEY];
    char literal[CONFIG_LITERAL]; /* JSON; "": the member goes */
};
struct config_changes {
    struct config_change *of;
    size_t count;
};

/* What is unsaved in the model, which counts as saved from now on. */
void config_collect(struct config_changes *c, struct model *m);
void config_put(struct config_changes *c, const char *key, const char *text); /* of the root */
void config_changes_fini(struct config_changes *c);
/* Reads the file, or begins one, changes it, and puts it in its place with mode 0600; through a
 * symbolic link. Waits for the disk. */
enum err config_write(
    const char *path, const struct config_changes *c, char *why, size_t why_n);

#endif
