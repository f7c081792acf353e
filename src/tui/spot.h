/* SPDX-License-Identifier: ISC */
/*
 * What lies where on the screen and can be clicked: noted while it is drawn, by name, because
 * what was drawn may be gone when the click comes. It knows nothing of what a click does.
 */
#ifndef TUI_SPOT_H
#define TUI_SPOT_H

#include "model/room.h"
#include "tui/layout.h"

#define SPOTS_MAX 512

enum spot_kind { SPOT_ROOM, SPOT_DIRECT, SPOT_LOCAL, SPOT_PERSON };

struct spot {
    struct rect at;
    enum spot_kind kind;
    uint8_t name_n; /* of a room, 0: the relay's own page */
    char name[ROOM_NAME];
};

struct spots {
    struct spot spot[SPOTS_MAX];
    size_t count;
};

void spots_clear(struct spots *s, struct rect r); /* what begins inside r is drawn anew */
void spots_add(struct spots *s, struct rect at, enum spot_kind kind, struct bytes name);
const struct spot *spots_at(const struct spots *s, int row, int col); /* NULL: nothing */
static inline bool rect_has(struct rect r, int row, int col)
{
    return row >= r.row && row < r.row + r.rows && col >= r.col && col < r.col + r.cols;
}

#endif
