/* SPDX-License-Identifier: ISC */
/*
 * Whose files are accepted without asking, and up to which size: nobody's, until the person
 * says so. A rule is about a key, not a name: whoever comes under another key is asked for like
 * anybody. Kept in the vault of an account.
 */
#ifndef CLIENT_ACCEPT_H
#define CLIENT_ACCEPT_H

#include "client/group_people.h"
#include "model/command.h"

struct accept_rule {
    struct accept_rule *next;
    uint8_t print[POLICY_PRINT];
    char name[PEOPLE_TEXT]; /* as it was called when the rule was made */
    uint64_t bytes;
};

void accept_load(struct engine *e); /* once it is known who we are */
void accept_free(struct engine *e);
bool accept_rule_fits(struct engine *e, const struct talk_person *p, uint64_t bytes);
void accept_command(struct engine *e, const struct command_line *line); /* /auto-accept */

#endif
