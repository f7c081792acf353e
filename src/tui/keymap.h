/* SPDX-License-Identifier: ISC */
/*
 * Which key does what: the defaults of the table of actions, and what a person bound instead. A
 * key that begins a pair waits for the second. It knows nothing of screens.
 */
#ifndef TUI_KEYMAP_H
#define TUI_KEYMAP_H

#include "base/buf.h"
#include "base/err.h"
#include "tui/action.h"
#include "tui/key.h"

#define KEYMAP_MAX 256

struct keymap_bind {
    struct input_key first; /* of a pair; of one key: code INPUT_OTHER */
    struct input_key key;
    enum action action;
};

struct keymap {
    struct keymap_bind bind[KEYMAP_MAX];
    size_t count;
    struct input_key first; /* of a pair, pressed already */
    bool waits;             /* for the second */
};

void keymap_init(struct keymap *k); /* as the table of actions has it */
/* What a key does now; ACTION_NONE with k->waits: the next one says. */
enum action keymap_action(struct keymap *k, const struct input_key *key);
/* action "none": nothing. ERR_FORMAT: no such key; ERR_NOT_FOUND: no such action; ERR_FULL. */
enum err keymap_bind(struct keymap *k, struct bytes key, struct bytes action);
/* The same with words for people: why it cannot be, or NULL: it is done. What would leave
 * nobody a way to write a letter or to send a line cannot. action empty: the key alone is
 * judged. */
const char *keymap_take(struct keymap *k, struct bytes key, struct bytes action);
bool keymap_same(const struct input_key *a, const struct input_key *b);
/* What a key of that name does; ACTION_NONE: nothing, or there is no such key. */
enum action keymap_find(const struct keymap *k, struct bytes key);
/* "Alt+G Alt+K": every key of an action, or nothing. */
void keymap_keys(const struct keymap *k, enum action a, struct buf *out);
/* The first of them, as bars show it; "" when it has none. */
void keymap_key(const struct keymap *k, enum action a, char out[32]);
/* "alt-pgup", "ctrl-x,ctrl-e"; ERR_FORMAT. first has code INPUT_OTHER when it is one key. */
enum err keymap_parse(struct bytes text, struct input_key *first, struct input_key *key);

#endif
