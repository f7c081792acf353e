/* SPDX-License-Identifier: ISC */
/* What every test may use: where the source tree is, private folders that are removed, and
 * databases whose owner is killed. */
#ifndef SUPPORT_SUPPORT_H
#define SUPPORT_SUPPORT_H

#include <stddef.h>

const char *support_source(void); /* $SOTTO_SOURCE, or the folder this was built from */
void support_tmpdir(
    char *out, size_t n); /* made 0700 below /tmp; support_rmtree() removes it */
void support_rmtree(const char *path);
/* A database as it lies on disk at this instant is put aside; and put back when whoever held it
 * is gone, as if he had been killed then. */
void support_freeze(const char *path);
void support_thaw(const char *path);

#endif
