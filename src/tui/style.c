/* SPDX-License-Identifier: ISC */
#include "tui/style.h"

#include <string.h>

static const char *const NAMES[STYLE_COUNT] = {
#define STYLE_NAME(id, name) [STYLE_##id] = (name),
    STYLE_SLOTS(STYLE_NAME)
#undef STYLE_NAME
};

const char *style_name(enum style s)
{
    return (unsigned)s < STYLE_COUNT ? NAMES[s] : "";
}

enum style style_find(const char *name, size_t n)
{
    for (int i = 0; i < STYLE_COUNT; i++) {
        if (strlen(NAMES[i]) == n && memcmp(NAMES[i], name, n) == 0)
            return (enum style)i;
    }
    return STYLE_COUNT;
}
