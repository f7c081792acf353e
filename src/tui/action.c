/* SPDX-License-Identifier: ISC */
#include "tui/action.h"

#include <string.h>

#include "base/mem.h"

static const struct action_row ROWS[] = {
#define ACTION_ROW(id, name, group, keys, help)                                                \
    {ACTION_##id, (name), GROUP_##group, (keys), (help)},
    ACTIONS(ACTION_ROW)
#undef ACTION_ROW
};

const struct action_row *action_at(size_t i)
{
    return i < MEM_COUNT(ROWS) ? &ROWS[i] : NULL;
}

const struct action_row *action_find(const char *name, size_t n)
{
    for (size_t i = 0; i < MEM_COUNT(ROWS); i++) {
        if (strlen(ROWS[i].name) == n && memcmp(ROWS[i].name, name, n) == 0)
            return &ROWS[i];
    }
    return NULL;
}

const char *action_group_str(enum action_group g)
{
    static const char *const NAMES[GROUPS] = {
        [GROUP_PAGES] = "PAGES",
        [GROUP_READ] = "READING",
        [GROUP_WRITE] = "WRITING",
        [GROUP_FIND] = "FINDING",
        [GROUP_SCREEN] = "THE SCREEN",
    };

    return NAMES[g];
}
