/* SPDX-License-Identifier: ISC */
#include "model/setting.h"

#include <criterion/criterion.h>

#include "model/pref.h"

/* Both are set by /set: a name is one or the other, and lists are merged by name. */
Test(setting, table__by_name_and_apart_from_the_preferences)
{
    for (size_t i = 0; setting_at(i) != NULL; i++) {
        struct bytes name = bytes_str(setting_at(i)->name);
        cr_assert(i == 0 || strcmp(setting_at(i - 1)->name, setting_at(i)->name) < 0);
        cr_assert_eq(setting_find(name), setting_at(i));
        cr_assert_eq(pref_find(name), PREFS);
        cr_assert_neq(setting_at(i)->help[0], '\0');
    }
    cr_assert_null(setting_find(bytes_str("theme")));
    for (size_t i = 1; pref_at(i) != NULL; i++)
        cr_assert_lt(strcmp(pref_at(i - 1)->name, pref_at(i)->name), 0);
}
