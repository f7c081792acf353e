/* SPDX-License-Identifier: ISC */
/* Which page is open, and which panes there are. */
#include <stdlib.h>

#include "model/hotlist.h"
#include "tui/act.h"

/* Where only one of two panes that were asked for can be there, it is the one asked for last.
 */
static void toggle(
    struct tui *t, enum layout_part part, enum layout_want *want, enum layout_want *other)
{
    struct layout l;

    *want = layout_has(&t->v.layout, part) ? LAYOUT_HIDDEN : LAYOUT_SHOWN;
    layout_make(&l, t->rows, t->cols, &t->wish);
    if (*want == LAYOUT_SHOWN && *other == LAYOUT_SHOWN && !layout_has(&l, LAYOUT_LOG))
        *other = LAYOUT_AUTO;
    t->folded = true;
}

static void toggle_rooms(struct tui *t, const struct input_key *k)
{
    (void)k;
    toggle(t, LAYOUT_ROOMS, &t->wish.rooms, &t->wish.people);
}

static void toggle_people(struct tui *t, const struct input_key *k)
{
    (void)k;
    toggle(t, LAYOUT_PEOPLE, &t->wish.people, &t->wish.rooms);
}

static void open_page(struct tui *t, size_t number)
{
    struct room *r = number != 0 ? model_page(t->model, number - 1) : NULL;
    char key[32];

    if (r != NULL) {
        model_show(t->model, r);
        return;
    }
    keymap_key(&t->keys, ACTION_SWITCHER, key);
    buf_fmt(&t->v.hint, "There is no page %zu yet", number);
    if (key[0] != '\0')
        buf_fmt(&t->v.hint, "; %s finds pages, rooms and people by name", key);
}

static bool digit(const struct input_key *k)
{
    return k->code == INPUT_CHAR && k->cp >= '0' && k->cp <= '9';
}

static void jump(struct tui *t, const struct input_key *k)
{
    (void)k;
    t->v.jumping = true;
    memset(t->v.jump, 0, sizeof t->v.jump);
}

bool act_jump(struct tui *t, const struct input_key *k)
{
    size_t n = strlen(t->v.jump);
    bool number = digit(k) && (k->mods & INPUT_CTRL) == 0;

    t->v.jumping = number && n == 0;
    if (number)
        t->v.jump[n] = (char)k->cp;
    if (number ? n == 1 : k->code == INPUT_ENTER && n != 0)
        open_page(t, strtoul(t->v.jump, NULL, 10));
    return number || k->code == INPUT_ENTER || k->code == INPUT_ESC;
}

static void page(struct tui *t, const struct input_key *k)
{
    if (!digit(k)) /* from a list of what can be done, or bound to another key */
        jump(t, k);
    else
        open_page(t, k->cp == '0' ? 10 : k->cp - '0');
}

static void page_next(struct tui *t, const struct input_key *k)
{
    (void)k;
    model_step(t->model, 1);
}

static void page_before(struct tui *t, const struct input_key *k)
{
    (void)k;
    model_step(t->model, -1);
}

static void page_active(struct tui *t, const struct input_key *k)
{
    bool away = t->model->tour != NULL;
    const struct room *was = t->model->open;

    (void)k;
    hotlist_tour(t->model);
    if (t->model->open == was && !away)
        buf_text(&t->v.hint, "Nothing new anywhere");
}

static void page_last(struct tui *t, const struct input_key *k)
{
    (void)k;
    model_show_before(t->model);
}

const struct act_row ACT_PAGE[] = {
    {ACTION_PAGE, page},
    {ACTION_PAGE_NEXT, page_next},
    {ACTION_PAGE_BEFORE, page_before},
    {ACTION_PAGE_ACTIVE, page_active},
    {ACTION_PAGE_LAST, page_last},
    {ACTION_PAGE_JUMP, jump},
    {ACTION_ROOMS, toggle_rooms},
    {ACTION_PEOPLE, toggle_people},
    {ACTION_NONE, NULL},
};
