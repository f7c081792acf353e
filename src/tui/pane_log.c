/* SPDX-License-Identifier: ISC */
/* What happened in the open room, newest at the bottom. */
#include "tui/log_draw.h"

static void draw(struct pane_view *v, struct rect r)
{
    log_settle(v, r);
    v->below = (unsigned)log_below(v);
    log_each(v, r, log_draw);
}

const struct pane PANE_LOG = {LAYOUT_LOG, MODEL_EVENTS | MODEL_PREFS | MODEL_FILES, draw};
