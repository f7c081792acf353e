/* SPDX-License-Identifier: ISC */
/*
 * The program that makes cells of a picture, as a process: found, started with two descriptors
 * and an empty environment, and ended. It dies with whoever started it.
 */
#ifndef TUI_PICTURE_CHILD_H
#define TUI_PICTURE_CHILD_H

#include <sys/types.h>

#include "base/art.h"
#include "base/err.h"

#define PICTURE_PROGRAM 4096

/* The path of the running program; and where the other one is, beside that or in libexec.
 * ERR_UNSUPPORTED: nobody can tell. */
enum err picture_child_self(char out[PICTURE_PROGRAM]);
enum err picture_child_find(const char *self, char out[PICTURE_PROGRAM]);
/* file is what it reads; *from is what it writes, never waited for. ERR_UNSUPPORTED: it does
 * not start. */
enum err picture_child_start(
    const char *program, const struct art_want *w, int file, pid_t *pid, int *from);
/* Killed if it still runs; how it ended, as wait(2) has it. */
int picture_child_end(pid_t pid);

#endif
