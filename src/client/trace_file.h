/* SPDX-License-Identifier: ISC */
/* The trace of frames as a file to send to somebody who helps: rooms and people under made-up
 * names. */
#ifndef CLIENT_TRACE_FILE_H
#define CLIENT_TRACE_FILE_H

#include "client/engine.h"

void trace_file_write(struct engine *e); /* tells the person where it is, or why it is not */

#endif
