/* SPDX-License-Identifier: ISC */
/*
 * Whether the terminal's background is dark or light, asked of the terminal itself (OSC 11)
 * before the screen starts. It is asked who it is besides, which every terminal answers, so
 * that one that does not know the first question is not waited for. Letters typed meanwhile are
 * kept. Part of the door to the terminal.
 */
#ifndef TUI_SCREEN_GROUND_H
#define TUI_SCREEN_GROUND_H

#include "base/bytes.h"
#include "tui/theme.h"

#define SCREEN_GROUND_MS 150
#define SCREEN_TYPED     256

struct screen_ground {
    enum theme_ground ground; /* THEME_ANY: unknown */
    bool owed;                /* an answer may still come, long after */
    uint8_t typed[SCREEN_TYPED];
    size_t typed_n;
};

/* Waits SCREEN_GROUND_MS at most. Terminals that have no answer are not asked. */
void screen_ground_ask(struct screen_ground *g, const char *term);
/* What of the bytes that came is an answer is judged, the rest is typed; true: all answers are
 * there. Without a terminal, for tests. */
bool screen_ground_judge(struct screen_ground *g, struct bytes came);

#endif
