/* SPDX-License-Identifier: ISC */
/* Which action is which change of the line. */
#include "base/mem.h"
#include "tui/act.h"

struct move_row {
    void (*run)(struct editline *e, enum editline_move to);
    enum action action;
    enum editline_move to;
};
static const struct move_row MOVES[] = {
    {editline_go, ACTION_LEFT, EDITLINE_LEFT},
    {editline_go, ACTION_RIGHT, EDITLINE_RIGHT},
    {editline_go, ACTION_WORD_LEFT, EDITLINE_WORD_LEFT},
    {editline_go, ACTION_WORD_RIGHT, EDITLINE_WORD_RIGHT},
    {editline_go, ACTION_WORD_OR_FILE, EDITLINE_WORD_RIGHT}, /* where no file can be meant */
    {editline_go, ACTION_START, EDITLINE_START},
    {editline_go, ACTION_END, EDITLINE_END},
    {editline_erase, ACTION_ERASE_LEFT, EDITLINE_LEFT},
    {editline_erase, ACTION_ERASE_RIGHT, EDITLINE_RIGHT},
    {editline_kill, ACTION_KILL_END, EDITLINE_END},
    {editline_kill, ACTION_KILL_START, EDITLINE_START},
    {editline_kill, ACTION_KILL_WORD_LEFT, EDITLINE_WORD_LEFT},
    {editline_kill, ACTION_KILL_WORD_RIGHT, EDITLINE_WORD_RIGHT},
};

struct plain_row {
    enum action action;
    void (*run)(struct editline *e);
};
static const struct plain_row PLAIN[] = {
    {ACTION_KILL_BLANK, editline_kill_blank},
    {ACTION_YANK, editline_yank},
    {ACTION_YANK_POP, editline_yank_pop},
    {ACTION_UNDO, editline_undo},
    {ACTION_SWAP, editline_swap},
};

bool act_edit(struct editline *e, enum action a)
{
    for (size_t i = 0; i < MEM_COUNT(MOVES); i++) {
        if (MOVES[i].action == a)
            return MOVES[i].run(e, MOVES[i].to), true;
    }
    for (size_t i = 0; i < MEM_COUNT(PLAIN); i++) {
        if (PLAIN[i].action == a)
            return PLAIN[i].run(e), true;
    }
    return false;
}
