/* SPDX-License-Identifier: ISC */
/*
 * Starts the program that opens links: $BROWSER, else xdg-open. No shell; the link is its one
 * argument; its input and output are nowhere. It lives on by itself. Whether a link may be
 * opened is for link_check() and the person to say.
 */
#ifndef TUI_LAUNCH_H
#define TUI_LAUNCH_H

#include "base/err.h"

#define LAUNCH_PROGRAM 256

/* What would be started: the first of $BROWSER, or xdg-open. */
void launch_program(char out[LAUNCH_PROGRAM]);
enum err launch_link(const char *program, const char *url); /* ERR_REFUSED: it does not start */

#endif
