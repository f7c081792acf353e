/* SPDX-License-Identifier: ISC */
/* That no rule of rule.h is without a test that breaks it alone. */
#include "rulebook.h"

static const struct rulebook *const BOOKS[] = {&RULEBOOK_LEAF, &RULEBOOK_TREE, &RULEBOOK_PATH,
    &RULEBOOK_PROPOSAL, &RULEBOOK_EXTERNAL, &RULEBOOK_WELCOME, &RULEBOOK_MESSAGE};

/* Rules that no message can break, and why. */
static const struct {
    enum mls_rule rule;
    const char *why;
} OUT_OF_REACH[] = {
    {MLS_RULE_KEPT, "nothing is broken"},
};

static bool in_a_book(enum mls_rule rule)
{
    for (size_t i = 0; i < sizeof BOOKS / sizeof *BOOKS; i++)
        for (size_t k = 0; k < BOOKS[i]->n; k++)
            if (BOOKS[i]->rows[k].rule == rule)
                return true;
    return false;
}

static bool out_of_reach(enum mls_rule rule)
{
    for (size_t i = 0; i < sizeof OUT_OF_REACH / sizeof *OUT_OF_REACH; i++)
        if (OUT_OF_REACH[i].rule == rule)
            return true;
    return false;
}

Test(group_rule, every_rule__is_broken_somewhere)
{
    for (int i = 0; i < MLS_RULE_COUNT; i++) {
        enum mls_rule rule = (enum mls_rule)i;
        if (rule != MLS_RULE_KEPT)
            cr_expect_neq(in_a_book(rule), out_of_reach(rule), "%s: %s", mls_rule_section(rule),
                mls_rule_text(rule));
    }
}
