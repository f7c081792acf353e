/* SPDX-License-Identifier: ISC */
/* Files that were on their way when this account was here last, and whose files it accepts
 * without asking: from the rows of client/keep_file.h. */
#ifndef CLIENT_FILE_LOAD_H
#define CLIENT_FILE_LOAD_H

#include "client/engine.h"

void file_load(struct engine *e); /* once it is known who we are; again: nothing is left */

#endif
