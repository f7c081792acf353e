/* SPDX-License-Identifier: ISC */
/*
 * sotto --plain: readable lines for pipes, simple terminals and screen readers. What is typed
 * is a line as on the full screen: a command, or words for the open page; one after the other,
 * each when the one before is done, so that a script may join and speak. How far a message came
 * is told only when it failed. A question stands as a prompt, and while what is asked for is
 * hidden the terminal does not echo.
 */
#ifndef FACE_PLAIN_H
#define FACE_PLAIN_H

#include "face/face.h"

/* in_fd: whose echo is turned off, when it is a terminal. */
struct face *plain_new(struct model *m, int in_fd, int out_fd);
void plain_free(struct face *f); /* the terminal echoes again */

#endif
