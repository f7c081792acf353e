/* SPDX-License-Identifier: ISC */
#include "model/setting.h"

#include "base/mem.h"

static const struct setting_row ROWS[] = {
#define SETTING_ROW(id, name, values, everywhere, help) {(name), (values), (help)},
    SETTINGS_TABLE(SETTING_ROW)
#undef SETTING_ROW
};

const struct setting_row *setting_at(size_t i)
{
    return i < MEM_COUNT(ROWS) ? &ROWS[i] : NULL;
}

const struct setting_row *setting_find(struct bytes name)
{
    for (size_t i = 0; i < MEM_COUNT(ROWS); i++) {
        if (bytes_eq(bytes_str(ROWS[i].name), name))
            return &ROWS[i];
    }
    return NULL;
}
