/* SPDX-License-Identifier: ISC */
#include "model/command.h"

#include "base/mem.h"

/* clang-format off */
static const struct command ROWS[] = {
    {"help",  "[COMMAND]", "what can be done here, and with which keys",        TAKES_MAYBE,   COMPLETE_COMMAND, NEEDS_NOTHING, "F1"},
    {"join",  "ROOM",      "enter a room; it is made when nobody has yet",      TAKES_ONE,     COMPLETE_ROOM,    NEEDS_RELAY,   ""},
    {"leave", "[ROOM]",    "leave a room, the open one when none is named",     TAKES_MAYBE,   COMPLETE_JOINED,  NEEDS_RELAY,   ""},
    {"nick",  "NAME",      "take another name",                                 TAKES_ONE,     COMPLETE_NOTHING, NEEDS_RELAY,   ""},
    {"quit",  "",          "say goodbye to the relay and end sotto",            TAKES_NOTHING, COMPLETE_NOTHING, NEEDS_NOTHING, "Ctrl+C twice"},
    {"rooms", "",          "which rooms there are, and how many are in them",   TAKES_NOTHING, COMPLETE_NOTHING, NEEDS_RELAY,   "F7"},
    {"users", "[ROOM]",    "who is in a room, or in the open one; at home all", TAKES_MAYBE,   COMPLETE_ROOM,    NEEDS_RELAY,   "F8"},
};
/* clang-format on */

const struct command *command_at(size_t i)
{
    return i < MEM_COUNT(ROWS) ? &ROWS[i] : NULL;
}

const struct command *command_find(struct bytes name)
{
    for (size_t i = 0; i < MEM_COUNT(ROWS); i++) {
        if (bytes_eq(bytes_str(ROWS[i].name), name))
            return &ROWS[i];
    }
    return NULL;
}

/* Whether one letter added, lost, changed or swapped with its neighbour makes b of a. */
static bool one_slip(struct bytes a, struct bytes b)
{
    size_t head = 0;
    size_t tail = 0;
    size_t most = a.n < b.n ? a.n : b.n;
    size_t mid_a;
    size_t mid_b;

    while (head < most && a.p[head] == b.p[head])
        head++;
    while (tail < most - head && a.p[a.n - 1 - tail] == b.p[b.n - 1 - tail])
        tail++;
    mid_a = a.n - head - tail;
    mid_b = b.n - head - tail;
    if (mid_a <= 1 && mid_b <= 1)
        return true;
    return mid_a == 2 && mid_b == 2 && a.p[head] == b.p[head + 1] && a.p[head + 1] == b.p[head];
}

const struct command *command_near(struct bytes word)
{
    for (size_t i = 0; word.n > 1 && i < MEM_COUNT(ROWS); i++) {
        if (one_slip(bytes_str(ROWS[i].name), word))
            return &ROWS[i];
    }
    return NULL;
}

static struct bytes trim(struct bytes b)
{
    while (b.n != 0 && b.p[0] == ' ')
        b = bytes_of(b.p + 1, b.n - 1);
    while (b.n != 0 && b.p[b.n - 1] == ' ')
        b.n--;
    return b;
}

enum err command_parse(struct bytes line, struct command_line *out)
{
    struct bytes rest = trim(line);
    size_t n = 0;

    *out = (struct command_line){.kind = COMMAND_EMPTY};
    if (rest.n == 0)
        return ERR_OK;
    if (rest.p[0] != '/' || (rest.n > 1 && rest.p[1] == '/')) {
        out->kind = COMMAND_WORDS;
        out->arg = rest.p[0] == '/' ? bytes_of(rest.p + 1, rest.n - 1) : rest;
        return ERR_OK;
    }
    rest = bytes_of(rest.p + 1, rest.n - 1);
    while (n < rest.n && rest.p[n] != ' ')
        n++;
    out->kind = COMMAND_CALL;
    out->word = bytes_of(rest.p, n);
    out->arg = trim(bytes_of(rest.p + n, rest.n - n));
    out->row = command_find(out->word);
    if (out->row == NULL)
        return ERR_NOT_FOUND;
    if (out->row->takes == TAKES_NOTHING && out->arg.n != 0)
        return ERR_FORMAT;
    if (out->row->takes == TAKES_ONE && out->arg.n == 0)
        return ERR_FORMAT;
    if (out->arg.n != 0 && memchr(out->arg.p, ' ', out->arg.n) != NULL)
        return ERR_FORMAT;
    return ERR_OK;
}
