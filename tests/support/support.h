/* SPDX-License-Identifier: ISC */
/* What every test may use: where the source tree is, and a private folder that is removed. */
#ifndef SUPPORT_SUPPORT_H
#define SUPPORT_SUPPORT_H

#include <stddef.h>

const char *support_source(void); /* $SOTTO_SOURCE, or the folder this was built from */
void support_tmpdir(
    char *out, size_t n); /* made 0700 below /tmp; support_rmtree() removes it */
void support_rmtree(const char *path);

#endif
