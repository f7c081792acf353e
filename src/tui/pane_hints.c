/* SPDX-License-Identifier: ISC */
/* What the keys do here and now, as they are bound; the least important go when it is narrow.
 */
#include "base/mem.h"
#include "model/command.h"
#include "model/hotlist.h"
#include "tui/barline.h"

enum when {
    AT_HOME = 1,
    IN_ROOM = 2,
    IN_DIRECT = 4,
    ALONE = 8,        /* nobody else is in the room */
    NEWS = 16,        /* another page waits */
    TOURING = 32,     /* none does any more, and the tour has a way back */
    FURTHER = 64,     /* there are newer events below */
    UNVERIFIED = 128, /* the key of the other was not compared */
    STOPPED = 256,    /* a key has changed */
    COMMAND = 512,    /* one is being typed */
    MOUSE = 1024,     /* the mouse is ours */
    OFFERS = 2048,    /* files are offered, and nobody has answered */
};

struct hint {
    enum action action; /* ACTION_NONE: a command to type */
    const char *command;
    const char *words;
    int rank;
    unsigned any; /* in one of these */
    unsigned all; /* and all of these hold */
};

static const struct hint HINTS[] = {
    {ACTION_NONE, "/whois NAME", "whose key changed", 7, IN_ROOM | IN_DIRECT, STOPPED},
    {ACTION_NONE, "/trust NAME", "accept it", 8, IN_ROOM | IN_DIRECT, STOPPED},
    {ACTION_ENTER, NULL, "do it", 7, COMMAND, 0},
    {ACTION_ENTER, NULL, "send", 4, IN_ROOM | IN_DIRECT, 0},
    {ACTION_NEWLINE, NULL, "newline", 1, IN_ROOM | IN_DIRECT, 0},
    {ACTION_NONE, "/join ROOM", "enter a room", 8, AT_HOME, 0},
    {ACTION_NONE, "/msg NAME", "talk to one person", 7, AT_HOME, 0},
    {ACTION_NONE, "/invite NAME", "add somebody", 8, IN_ROOM, ALONE},
    {ACTION_NONE, "/verify NAME", "compare keys", 5, IN_DIRECT, UNVERIFIED},
    {ACTION_COMPLETE, NULL, "complete", 6, COMMAND | AT_HOME | IN_ROOM | IN_DIRECT, 0},
    {ACTION_SELECT, NULL, "select", 2, IN_ROOM | IN_DIRECT, 0},
    {ACTION_SCROLL_END, NULL, "newest", 9, AT_HOME | IN_ROOM | IN_DIRECT, FURTHER},
    {ACTION_PAGE_ACTIVE, NULL, "next active", 8, AT_HOME | IN_ROOM | IN_DIRECT, NEWS},
    {ACTION_PAGE_ACTIVE, NULL, "back", 8, AT_HOME | IN_ROOM | IN_DIRECT, TOURING},
    {ACTION_TRANSFERS, NULL, "offered files", 8, AT_HOME | IN_ROOM | IN_DIRECT, OFFERS},
    {ACTION_SWITCHER, NULL, "go to", 7, AT_HOME | IN_ROOM | IN_DIRECT, 0},
    {ACTION_PALETTE, NULL, "all commands", 3, AT_HOME | COMMAND, 0},
    {ACTION_MOUSE, NULL, "mouse off", 8, AT_HOME | IN_ROOM | IN_DIRECT | COMMAND, MOUSE},
    {ACTION_HELP, NULL, "help", 9, AT_HOME | IN_ROOM | IN_DIRECT | COMMAND, 0},
};

static bool is_command(struct bytes line)
{
    return line.n != 0 && line.p[0] == '/' && (line.n == 1 || line.p[1] != '/');
}

static unsigned place_of(const struct pane_view *v)
{
    const struct room *r = v->model->open;

    if (is_command(editline_text(&v->line)))
        return COMMAND;
    if (r == v->model->home)
        return AT_HOME;
    return r->direct ? IN_DIRECT : IN_ROOM;
}

static unsigned now_of(const struct pane_view *v)
{
    const struct model *m = v->model;
    const struct room *r = m->open;
    unsigned now = place_of(v);
    struct room *first;
    bool news = hotlist_take(m, &first, 1) != 0;

    now |= news ? NEWS : 0;
    now |= !news && m->tour != NULL ? TOURING : 0;
    now |= v->below != 0 ? FURTHER : 0;
    now |= r->members == 1 ? ALONE : 0;
    now |= r->members > 1 && r->verified == 0 ? UNVERIFIED : 0;
    now |= r->seal == ROOM_STOPPED ? STOPPED : 0;
    now |= pref_on(&m->prefs, PREF_MOUSE) ? MOUSE : 0;
    now |= transfers_open(&m->files) != 0 ? OFFERS : 0;
    return now;
}

static bool holds(const struct hint *h, unsigned now)
{
    return (h->any & now) != 0 && (h->all & now) == h->all;
}

/* ---- one after another, with a dot between ---- */

struct shown {
    const struct hint *hint;
    char key[32];
};

static size_t collect(const struct pane_view *v, struct shown *out, struct bar_item *fit)
{
    unsigned now = now_of(v);
    size_t n = 0;

    for (size_t i = 0; i < MEM_COUNT(HINTS); i++) {
        const struct hint *h = &HINTS[i];
        if (!holds(h, now))
            continue;
        out[n].hint = h;
        if (h->action != ACTION_NONE)
            keymap_key(v->keys, h->action, out[n].key);
        else
            (void)bytes_copy(out[n].key, sizeof out[n].key, bytes_str(h->command));
        if (out[n].key[0] == '\0') /* no key does it any more */
            continue;
        fit[n] = (struct bar_item){.rank = h->rank,
            .least = BARLINE_WHOLE,
            /* a column more, for the dot */
            .width =
                screen_width(bytes_str(out[n].key)) + screen_width(bytes_str(h->words)) + 2};
        n++;
    }
    return n;
}

static void draw_usual(struct pane_view *v, struct rect r)
{
    struct shown shown[MEM_COUNT(HINTS)];
    struct bar_item fit[MEM_COUNT(HINTS)];
    size_t n = collect(v, shown, fit);
    int col = 0; /* of the dot behind the one before */

    bar_fit(fit, n, r.cols + 1);
    for (size_t i = 0; i < n; i++) {
        int at = r.col + fit[i].at;
        if (fit[i].cols == 0)
            continue;
        if (col != 0)
            (void)screen_put(v->screen, r.row, col, STYLE_BAR_HINT, GLYPH_DOT);
        at += screen_text(v->screen, r.row, at, fit[i].cols, STYLE_BAR_HINT_KEY,
                  bytes_str(shown[i].key)) +
              1;
        at += screen_text(
            v->screen, r.row, at, fit[i].cols, STYLE_BAR_HINT, bytes_str(shown[i].hint->words));
        col = at + 1;
    }
}

/* A command that is known is told while it is typed: what it takes and what it does. */
static bool put_usage(struct barline *b, struct bytes line)
{
    size_t n = 1;
    const struct command *row;
    struct buf *t;

    while (n < line.n && line.p[n] != ' ')
        n++;
    row = is_command(line) ? command_find(bytes_of(line.p + 1, n - 1)) : NULL;
    if (row == NULL)
        return false;
    t = barline_add(b, STYLE_BAR_HINT_KEY, &(struct bar_item){.rank = 9});
    buf_fmt(t, "/%s%s%s", row->name, row->args[0] != '\0' ? " " : "", row->args);
    buf_text(barline_add(b, STYLE_BAR_HINT, &(struct bar_item){.rank = 8}), row->help);
    return true;
}

static void draw(struct pane_view *v, struct rect r)
{
    struct barline b = {.count = 0};
    struct buf notice;

    buf_init(&notice, 4096);
    if (barline_notice(v, &notice))
        buf_bytes(barline_add(&b, STYLE_BAR_HINT_KEY, &(struct bar_item){.rank = 9}),
            buf_view(&notice));
    else if (v->hints != NULL)
        buf_text(barline_add(&b, STYLE_BAR_HINT, &(struct bar_item){.rank = 9}), v->hints);
    else if (v->model->ask.open)
        buf_text(barline_add(&b, STYLE_BAR_HINT, &(struct bar_item){.rank = 9}),
            "Enter answers   ESC takes the question back");
    else if (!put_usage(&b, editline_text(&v->line)))
        draw_usual(v, r);
    buf_free(&notice);
    barline_draw(&b, v, r);
}

const struct pane PANE_HINTS = {LAYOUT_HINTS,
    MODEL_STATUS | MODEL_ROOMS | MODEL_PEOPLE | MODEL_HELP | MODEL_EVENTS | MODEL_FILES |
        PANE_INPUT,
    draw};
