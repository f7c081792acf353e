/* SPDX-License-Identifier: ISC */
#include "tui/input_late.h"

#include <stddef.h>

void input_late_init(struct input_late *l, bool owed)
{
    *l = (struct input_late){.owed = owed};
}

bool input_late_begin(struct input_late *l, uint32_t c)
{
    if (!l->owed || (c != ']' && c != '['))
        return false;
    l->state = c == ']' ? LATE_COLOR : LATE_WHO_MARK;
    l->count = 0;
    return true;
}

static bool is_digit(uint32_t c)
{
    return c >= '0' && c <= '9';
}

static bool in_color(uint32_t c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ';' ||
           c == '/' || c == ':' || c == 'r' || c == 'g';
}

static bool in_answer(struct input_late *l, uint32_t c)
{
    switch (l->state) {
    case LATE_COLOR:
        if (c == '\a')
            l->state = LATE_NONE;
        else if (c == 27)
            l->state = LATE_ESC;
        return c == '\a' || c == 27 || in_color(c);
    case LATE_ESC:
        l->state = LATE_NONE;
        return c == '\\';
    case LATE_WHO_MARK:
        l->state = LATE_WHO;
        return c == '?';
    case LATE_WHO:
        if (c != 'c')
            return is_digit(c) || c == ';';
        l->owed = false; /* nothing comes after it */
        l->state = LATE_NONE;
        return true;
    case LATE_NONE:
        break;
    }
    return false;
}

bool input_late_takes(struct input_late *l, uint32_t c)
{
    if (l->state == LATE_NONE)
        return false;
    if (in_answer(l, c) && ++l->count < INPUT_LATE_MOST)
        return true;
    l->state = LATE_NONE;
    return false;
}
