/* SPDX-License-Identifier: ISC */
/*
 * The real screen in a terminal with a model and no engine: this binary starts itself again and
 * plays. A line that is entered is shown as an event, an answer by its length; "/ask" asks for
 * a password, "/say" for words that are shown, "/set" sets a preference; more of them in
 * stage_word.h.
 */
#ifndef UNIT_TUI_STAGE_H
#define UNIT_TUI_STAGE_H

#include "support/pty.h"

struct stage_wish {
    const char *scene; /* "room": #ops with everything in it; "direct"; "stopped"; "home";
                        * "hasty": as "room", and its clock runs twenty times as fast;
                        * "many": three hundred rooms, news in some;
                        * "long": news in one of a long name;
                        * "read": stage_read.h;
                        * "files": stage_file.h */
    bool ascii;
    bool light;         /* its background is */
    const char *editor; /* "EDITOR=..."; or NULL */
    const char *home;   /* "HOME=..."; or NULL: the root */
    int cols, rows;
};

struct pty *stage_start(const struct stage_wish *wish);

#endif
