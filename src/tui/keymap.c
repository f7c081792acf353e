/* SPDX-License-Identifier: ISC */
#include "tui/keymap.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

struct name_row {
    const char *name;
    const char *shown;
    enum input_code code;
};
static const struct name_row NAMES[] = {
    {"enter", "Enter", INPUT_ENTER},
    {"tab", "Tab", INPUT_TAB},
    {"esc", "ESC", INPUT_ESC},
    {"backspace", "Backspace", INPUT_BACKSPACE},
    {"delete", "Del", INPUT_DELETE},
    {"left", "Left", INPUT_LEFT},
    {"right", "Right", INPUT_RIGHT},
    {"up", "Up", INPUT_UP},
    {"down", "Down", INPUT_DOWN},
    {"home", "Home", INPUT_HOME},
    {"end", "End", INPUT_END},
    {"pgup", "PgUp", INPUT_PAGE_UP},
    {"pgdn", "PgDn", INPUT_PAGE_DOWN},
};

static const struct {
    const char *name;
    const char *shown;
    uint8_t mod;
} MODS[] = {{"ctrl-", "Ctrl+", INPUT_CTRL}, {"alt-", "Alt+", INPUT_ALT},
    {"shift-", "Shift+", INPUT_SHIFT}};

bool keymap_same(const struct input_key *a, const struct input_key *b)
{
    return a->code == b->code && a->mods == b->mods && a->cp == b->cp;
}

/* ---- names ---- */

static struct bytes take_mods(struct bytes text, uint8_t *mods)
{
    for (size_t i = 0; i < MEM_COUNT(MODS); i++) {
        size_t n = strlen(MODS[i].name);
        if (text.n > n && memcmp(text.p, MODS[i].name, n) == 0) {
            *mods |= MODS[i].mod;
            text = bytes_of(text.p + n, text.n - n);
            i = (size_t)-1; /* in any order */
        }
    }
    return text;
}

static enum err parse_one(struct bytes text, struct input_key *out)
{
    char digits[4] = "";
    uint32_t cp;
    bool ok;

    *out = (struct input_key){.code = INPUT_CHAR};
    text = take_mods(text, &out->mods);
    for (size_t i = 0; i < MEM_COUNT(NAMES); i++) {
        if (bytes_eq(text, bytes_str(NAMES[i].name))) {
            out->code = NAMES[i].code;
            return ERR_OK;
        }
    }
    if (text.n >= 2 && text.n <= 3 && text.p[0] == 'f' && text.p[1] >= '1' &&
        text.p[1] <= '9') {
        memcpy(digits, text.p + 1, text.n - 1);
        out->code = INPUT_FUNCTION;
        out->cp = (uint32_t)(digits[0] - '0');
        if (digits[1] != '\0')
            out->cp = out->cp * 10 + (uint32_t)(digits[1] - '0');
        return out->cp <= 12 && out->mods == 0 ? ERR_OK : ERR_FORMAT;
    }
    if (bytes_eq(text, bytes_str("space")))
        text = bytes_str(" ");
    if (text.n == 0 || utf8_step(text, &cp, &ok) != text.n || !ok || cp < ' ')
        return ERR_FORMAT;
    if (out->mods == INPUT_CTRL && cp >= 'A' && cp <= 'Z')
        cp |= 0x20;
    out->cp = cp;
    return ERR_OK;
}

enum err keymap_parse(struct bytes text, struct input_key *first, struct input_key *key)
{
    const uint8_t *comma = text.n > 2 ? memchr(text.p + 1, ',', text.n - 2) : NULL;

    *first = (struct input_key){.code = INPUT_OTHER};
    if (comma == NULL)
        return parse_one(text, key);
    enum err e = parse_one(bytes_of(text.p, (size_t)(comma - text.p)), first);
    if (e == ERR_OK)
        e = parse_one(bytes_of(comma + 1, text.n - 1 - (size_t)(comma - text.p)), key);
    return e;
}

static void put_one(const struct input_key *k, struct buf *out)
{
    uint8_t letter[4];

    for (size_t i = 0; i < MEM_COUNT(MODS); i++) {
        if ((k->mods & MODS[i].mod) != 0)
            buf_text(out, MODS[i].shown);
    }
    for (size_t i = 0; i < MEM_COUNT(NAMES); i++) {
        if (NAMES[i].code == k->code)
            buf_text(out, NAMES[i].shown);
    }
    if (k->code == INPUT_FUNCTION)
        buf_fmt(out, "F%u", (unsigned)k->cp);
    if (k->code != INPUT_CHAR)
        return;
    if (k->mods == INPUT_ALT && k->cp >= 'A' && k->cp <= 'Z')
        buf_text(out, "Shift+");
    if (k->cp == ' ')
        buf_text(out, "Space");
    else if (k->mods != 0 && k->cp >= 'a' && k->cp <= 'z')
        buf_u8(out, (uint8_t)(k->cp - 'a' + 'A'));
    else
        buf_put(out, letter, utf8_put(letter, k->cp));
}

static void put_bind(const struct keymap_bind *b, struct buf *out)
{
    if (b->first.code != INPUT_OTHER) {
        put_one(&b->first, out);
        buf_u8(out, ' ');
    }
    put_one(&b->key, out);
}

void keymap_keys(const struct keymap *k, enum action a, struct buf *out)
{
    size_t before = out->n;

    for (size_t i = 0; i < k->count; i++) {
        if (k->bind[i].action != a)
            continue;
        if (out->n != before)
            buf_text(out, "  ");
        put_bind(&k->bind[i], out);
    }
}

void keymap_key(const struct keymap *k, enum action a, char out[32])
{
    struct buf text;

    buf_init(&text, 32);
    for (size_t i = 0; i < k->count && text.n == 0; i++) {
        if (k->bind[i].action == a)
            put_bind(&k->bind[i], &text);
    }
    (void)bytes_copy(out, 32, buf_view(&text));
    buf_free(&text);
}

/* ---- binding ---- */

/* Its place; KEYMAP_MAX: none. */
static size_t place(
    const struct keymap *k, const struct input_key *first, const struct input_key *key)
{
    for (size_t i = 0; i < k->count; i++) {
        if (keymap_same(&k->bind[i].first, first) && keymap_same(&k->bind[i].key, key))
            return i;
    }
    return KEYMAP_MAX;
}

static struct keymap_bind *find(
    struct keymap *k, const struct input_key *first, const struct input_key *key)
{
    size_t at = place(k, first, key);

    return at < KEYMAP_MAX ? &k->bind[at] : NULL;
}

enum action keymap_find(const struct keymap *k, struct bytes key)
{
    struct input_key first;
    struct input_key last;

    if (keymap_parse(key, &first, &last) != ERR_OK)
        return ACTION_NONE;
    size_t at = place(k, &first, &last);
    return at < KEYMAP_MAX ? k->bind[at].action : ACTION_NONE;
}

static enum err set(struct keymap *k, struct bytes text, enum action a)
{
    struct input_key first;
    struct input_key key;
    struct keymap_bind *b;

    enum err e = keymap_parse(text, &first, &key);
    if (e != ERR_OK)
        return e;
    b = find(k, &first, &key);
    if (b == NULL && k->count == KEYMAP_MAX)
        return ERR_FULL;
    if (b == NULL)
        b = &k->bind[k->count++];
    *b = (struct keymap_bind){first, key, a};
    return ERR_OK;
}

void keymap_init(struct keymap *k)
{
    *k = (struct keymap){0};
    for (size_t i = 0; action_at(i) != NULL; i++) {
        const struct action_row *row = action_at(i);
        const char *at = row->keys;
        while (*at != '\0') {
            size_t n = strcspn(at, " ");
            (void)set(k, bytes_of(at, n), row->action);
            at += n + (at[n] == ' ');
        }
    }
}

enum err keymap_bind(struct keymap *k, struct bytes key, struct bytes action)
{
    const struct action_row *row = action_find((const char *)action.p, action.n);
    bool none = bytes_eq(action, bytes_str("none"));

    if (row == NULL && !none)
        return ERR_NOT_FOUND;
    return set(k, key, none ? ACTION_NONE : row->action);
}

const char *keymap_take(struct keymap *k, struct bytes key, struct bytes action)
{
    struct keymap *before = mem_alloc(sizeof *before);
    struct input_key first = {0};
    struct input_key last = {0};
    const char *why = NULL;
    char enter[32];

    *before = *k;
    bool good = keymap_parse(key, &first, &last) == ERR_OK;
    const struct input_key *begin = first.code != INPUT_OTHER ? &first : &last;
    enum err e = good && action.n != 0 ? keymap_bind(k, key, action) : ERR_OK;
    keymap_key(k, ACTION_ENTER, enter);
    if (!good)
        why = "that is no key; one is written like alt-g, ctrl-x,ctrl-e, f7, pgup";
    else if (action.n != 0 && begin->code == INPUT_CHAR && begin->mods == 0)
        why = "that key writes a letter; take one with Alt or Ctrl";
    else if (e == ERR_NOT_FOUND)
        why = "there is no such action; sotto-keys(7) and F1 have them all";
    else if (e != ERR_OK)
        why = "too many keys are bound";
    else if (enter[0] == '\0')
        why = "no key would be left to send a line with";
    if (why != NULL)
        *k = *before;
    mem_free(before);
    return why;
}

static bool begins_pair(const struct keymap *k, const struct input_key *key)
{
    for (size_t i = 0; i < k->count; i++) {
        if (k->bind[i].first.code != INPUT_OTHER && keymap_same(&k->bind[i].first, key))
            return true;
    }
    return false;
}

enum action keymap_action(struct keymap *k, const struct input_key *key)
{
    const struct input_key none = {.code = INPUT_OTHER};
    const struct keymap_bind *b = find(k, k->waits ? &k->first : &none, key);
    bool second = k->waits;

    k->waits = false;
    if (b != NULL)
        return b->action;
    if (second)
        return ACTION_NONE;
    if (begins_pair(k, key)) {
        k->waits = true;
        k->first = *key;
        return ACTION_NONE;
    }
    return key->code == INPUT_CHAR && key->mods == 0 ? ACTION_INSERT : ACTION_NONE;
}
