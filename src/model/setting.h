/* SPDX-License-Identifier: ISC */
/*
 * What can be set of a conversation, or of how others see this person: names and words, for the
 * engine that keeps it in the vault and for whoever completes or explains it. Preferences of
 * this machine are in pref.h.
 */
#ifndef MODEL_SETTING_H
#define MODEL_SETTING_H

#include "base/bytes.h"

/* id, name, its values where they are words, whether it needs no conversation, help. */
/* clang-format off */
#define SETTINGS_TABLE(X) \
    X(keep,     "keep",          "",       false, "for how many days what is said here is kept; 0: until /forget") \
    X(read,     "read-receipts", "on off", true,  "let others know what you have seen: on or off, everywhere") \
    X(typing,   "typing",        "on off", true,  "let others know that you type: on or off, everywhere") \
    X(verified, "verified-only", "on off", false, "send here only while everybody is verified: on or off")
/* clang-format on */

struct setting_row {
    const char *name;
    const char *values;
    const char *help;
};

const struct setting_row *setting_at(size_t i); /* by name; NULL at the end */
const struct setting_row *setting_find(struct bytes name);

#endif
