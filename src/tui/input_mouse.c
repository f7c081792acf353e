/* SPDX-License-Identifier: ISC */
#include "tui/input_mouse.h"

#include "base/mem.h"

#define NUMBER_MAX 9999

static const struct {
    unsigned button;
    enum input_code code;
} BUTTONS[] = {{0, INPUT_CLICK}, {64, INPUT_WHEEL_UP}, {65, INPUT_WHEEL_DOWN}};

void input_mouse_begin(struct input_mouse *m)
{
    *m = (struct input_mouse){.open = true};
}

static struct input_key said(const struct input_mouse *m)
{
    struct input_key k = {.code = INPUT_OTHER};

    if (m->at != 2 || m->number[1] == 0 || m->number[2] == 0)
        return k;
    for (size_t i = 0; i < MEM_COUNT(BUTTONS); i++) {
        if (BUTTONS[i].button == m->number[0])
            k.code = BUTTONS[i].code;
    }
    k.cp = (uint32_t)(m->number[2] - 1) << 16 | (uint32_t)(m->number[1] - 1);
    return k;
}

bool input_mouse_take(struct input_mouse *m, uint32_t letter, struct input_key *out)
{
    *out = (struct input_key){.code = INPUT_OTHER};
    if (letter >= '0' && letter <= '9') {
        unsigned n = m->number[m->at] * 10 + (letter - '0');
        m->number[m->at] = n < NUMBER_MAX ? n : NUMBER_MAX;
        return false;
    }
    if (letter == ';' && m->at < 2) {
        m->at++;
        return false;
    }
    m->open = false;
    if (letter == 'M')
        *out = said(m);
    return true;
}
