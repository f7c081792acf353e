/* SPDX-License-Identifier: ISC */
#include "tui/help.h"

#include <stdio.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "model/command.h"
#include "tui/fuzzy.h"
#include "tui/overlay.h"
#include "tui/state.h"
#include "tui/wrap.h"

#define HELP_COLS  84
#define HELP_TYPED 64
#define LEFT_COLS  22  /* what stands before the words; below 28 more it stands above them */
#define HELP_ROWS  256 /* the tables have fewer, headings included */

struct row {
    char left[96];     /* a heading: empty */
    const char *words; /* borrowed from a table, or from who lies under */
};

struct help {
    struct overlay o; /* first: a struct overlay is one of these */
    struct row row[HELP_ROWS];
    size_t count;
    char typed[HELP_TYPED];
    size_t typed_n;
    int from;  /* lines above the first that is seen */
    int lines; /* of all, in the last drawing */
    int seen;
};

static struct help *self(struct overlay *o)
{
    return (struct help *)o;
}

/* ---- what it says ---- */

static struct row *add(struct help *h, const char *words)
{
    struct row *r = &h->row[h->count < HELP_ROWS - 1 ? h->count++ : h->count];

    r->left[0] = '\0';
    r->words = words;
    return r;
}

static void add_command(struct help *h, const struct command *c)
{
    struct row *r = add(h, c->help);

    (void)snprintf(
        r->left, sizeof r->left, "/%s%s%s", c->name, c->args[0] != '\0' ? " " : "", c->args);
}

/* Every command with one of the needs, a bit each. */
static void add_commands(struct help *h, const char *heading, unsigned needs)
{
    (void)add(h, heading);
    for (size_t i = 0; command_at(i) != NULL; i++) {
        if ((1u << command_at(i)->needs & needs) != 0)
            add_command(h, command_at(i));
    }
}

static void add_action(struct help *h, const struct keymap *map, const struct action_row *a)
{
    struct row *r = add(h, a->help);
    struct buf keys;
    const char *first;
    const char *last;

    buf_init(&keys, 512);
    keymap_keys(map, a->action, &keys);
    first = buf_cstr(&keys);
    last = strrchr(first, ' ');
    if (keys.n == 0)
        (void)snprintf(r->left, sizeof r->left, "(no key) %s", a->name);
    else if (keys.n > LEFT_COLS * 2 && last != NULL) /* ten alike */
        (void)snprintf(
            r->left, sizeof r->left, "%.*s .. %s", (int)strcspn(first, " "), first, last + 1);
    else
        (void)snprintf(r->left, sizeof r->left, "%s", first);
    buf_free(&keys);
}

static void add_keys(struct help *h, const struct keymap *map)
{
    for (int g = 0; g < GROUPS; g++) {
        (void)add(h, action_group_str((enum action_group)g));
        for (size_t i = 0; action_at(i) != NULL; i++) {
            if (action_at(i)->group == (enum action_group)g)
                add_action(h, map, action_at(i));
        }
    }
}

static void add_topic(struct help *h, const struct keymap *map, const struct command *c)
{
    const struct action_row *a = action_find(c->name, strlen(c->name));

    (void)add(h, "THIS COMMAND");
    add_command(h, c);
    if (a != NULL)
        add_action(h, map, a);
    else if (c->key[0] != '\0')
        (void)snprintf(add(h, "the key for it")->left, sizeof h->row[0].left, "%s", c->key);
}

#define ANYWHERE  (1u << NEEDS_NOTHING | 1u << NEEDS_RELAY | 1u << NEEDS_SCREEN)
#define IN_CONVO  (1u << NEEDS_CONVO)
#define IN_A_ROOM (1u << NEEDS_ROOM)

/* What can be done here comes first. */
static void fill(struct help *h, const struct tui *t, const struct command *topic)
{
    const struct room *r = t->model->open;

    if (topic != NULL) {
        add_topic(h, &t->keys, topic);
    } else if (t->overlay != NULL) {
        (void)add(h, "HERE");
        (void)snprintf(add(h, t->v.hints != NULL ? t->v.hints : t->overlay->ops->hints)->left,
            sizeof h->row[0].left, "these keys");
    }
    if (r == t->model->home) {
        add_commands(h, "ON THE RELAY'S PAGE AND EVERYWHERE", ANYWHERE);
        add_keys(h, &t->keys);
        add_commands(h, "IN A ROOM OR A CONVERSATION", IN_CONVO);
        add_commands(h, "IN A ROOM", IN_A_ROOM);
    } else if (r->direct) {
        add_commands(h, "IN THIS CONVERSATION", IN_CONVO);
        add_keys(h, &t->keys);
        add_commands(h, "COMMANDS EVERYWHERE", ANYWHERE);
        add_commands(h, "IN A ROOM", IN_A_ROOM);
    } else {
        add_commands(h, "IN THIS ROOM", IN_A_ROOM | IN_CONVO);
        add_keys(h, &t->keys);
        add_commands(h, "COMMANDS EVERYWHERE", ANYWHERE);
    }
}

/* ---- what of it fits what was typed ---- */

static bool is_heading(const struct row *r)
{
    return r->left[0] == '\0';
}

static bool fits(const struct fuzzy *f, const struct row *r)
{
    char text[512];

    (void)snprintf(text, sizeof text, "%s %s", r->left, r->words);
    return f->n == 0 || fuzzy_holds(f, bytes_str(text));
}

/* A heading is shown when one of its rows is. */
static bool shown(const struct help *h, const struct fuzzy *f, size_t i)
{
    if (!is_heading(&h->row[i]))
        return fits(f, &h->row[i]);
    for (i++; i < h->count && !is_heading(&h->row[i]); i++) {
        if (fits(f, &h->row[i]))
            return true;
    }
    return false;
}

/* ---- drawing ---- */

struct page {
    struct pane_view *v;
    struct rect r;
    int row; /* may lie outside: then nothing is drawn */
};

static void put(struct page *p, int col, enum style style, struct bytes text)
{
    if (p->row >= p->r.row && p->row < p->r.row + p->r.rows)
        (void)screen_text(p->v->screen, p->row, p->r.col + col, p->r.cols - col, style, text);
}

static void put_row(struct page *p, const struct row *r)
{
    bool beside = p->r.cols >= LEFT_COLS + 28;
    struct bytes rest = bytes_str(r->words);
    struct bytes line;
    int col = beside ? LEFT_COLS + 2 : 2;

    put(p, 0, STYLE_BAR_HINT_KEY, bytes_str(r->left));
    if (!beside || strlen(r->left) > LEFT_COLS)
        p->row++;
    while (wrap_next(&rest, p->r.cols - col, &line)) {
        put(p, col, STYLE_TEXT_NORMAL, line);
        p->row++;
    }
}

static void put_all(const struct help *h, struct page *p)
{
    struct fuzzy f;
    bool first = true;

    fuzzy_init(&f, bytes_of(h->typed, h->typed_n));
    for (size_t i = 0; i < h->count; i++) {
        if (!shown(h, &f, i))
            continue;
        if (!is_heading(&h->row[i])) {
            put_row(p, &h->row[i]);
            continue;
        }
        p->row += !first;
        first = false;
        put(p, 0, STYLE_UI_TITLE, bytes_str(h->row[i].words));
        p->row++;
    }
}

/* What is typed, and how far it goes on. */
static void draw_head(struct help *h, struct pane_view *v, struct rect r)
{
    int below = h->lines - h->from - h->seen;
    char more[48] = "";
    int at =
        1 + screen_text(v->screen, r.row, r.col, r.cols, STYLE_INPUT_PROMPT, bytes_str("find"));
    int n;

    if (below > 0)
        (void)snprintf(
            more, sizeof more, "%s %d more", screen_glyph(v->screen, GLYPH_BELOW), below);
    else if (h->from > 0)
        (void)snprintf(
            more, sizeof more, "%s %d more", screen_glyph(v->screen, GLYPH_ABOVE), h->from);
    n = screen_width(bytes_str(more));
    (void)screen_text(v->screen, r.row, r.col + r.cols - n, n, STYLE_TEXT_DIM, bytes_str(more));
    at += screen_text(v->screen, r.row, r.col + at, r.cols - at - n - 2, STYLE_INPUT_TEXT,
        bytes_of(h->typed, h->typed_n));
    v->cursor_row = r.row;
    v->cursor_col = r.col + at;
}

static void draw(struct overlay *o, struct pane_view *v)
{
    struct help *h = self(o);
    int cols = v->cols - 4 < HELP_COLS ? v->cols - 4 : HELP_COLS;
    int rows = v->rows >= 20 ? v->rows - 8 : v->rows - 2; /* the bars stay to be seen */
    struct rect r = overlay_frame(v, rows, cols, "Help");
    struct page p = {v, {r.row + 1, r.col, r.rows - 1, r.cols}, 0};
    int last;

    h->seen = p.r.rows > 0 ? p.r.rows : 0;
    p.row = -10000; /* counts them, and draws none */
    put_all(h, &p);
    h->lines = p.row + 10000;
    last = h->lines > h->seen ? h->lines - h->seen : 0;
    h->from = h->from < last ? h->from : last;
    p.row = p.r.row - h->from;
    put_all(h, &p);
    if (h->lines == 0) {
        p.row = p.r.row;
        put(&p, 0, STYLE_TEXT_DIM, bytes_str("nothing has these words"));
    }
    draw_head(h, v, r);
}

/* ---- keys ---- */

static void scroll(struct help *h, int by)
{
    h->from = h->from + by > 0 ? h->from + by : 0; /* the drawing knows its end */
}

static void type(struct help *h, struct bytes text)
{
    struct buf clean;

    buf_init(&clean, (size_t)HELP_TYPED * 32);
    utf8_clean(&clean, text, UTF8_DISPLAY);
    for (size_t i = 0; i < clean.n; i++)
        clean.p[i] = clean.p[i] == '\n' ? ' ' : clean.p[i];
    if (buf_end(&clean) == ERR_OK && h->typed_n + clean.n <= HELP_TYPED && clean.n != 0) {
        memcpy(h->typed + h->typed_n, clean.p, clean.n);
        h->typed_n += clean.n;
        h->from = 0;
    }
    buf_free(&clean);
}

static void erase(struct help *h)
{
    size_t last = 0;

    for (size_t i = 0; i < h->typed_n;) {
        last = i;
        i += utf8_cluster(bytes_of(h->typed + i, h->typed_n - i), NULL);
    }
    h->typed_n = last;
    h->from = 0;
}

static void key(struct overlay *o, struct tui *t, enum action a, const struct input_key *k)
{
    struct help *h = self(o);
    uint8_t letter[4];
    int page = h->seen > 1 ? h->seen - 1 : 1;

    if (a == ACTION_HELP || a == ACTION_ENTER)
        overlay_close(t);
    else if (a == ACTION_SCROLL_UP || a == ACTION_SCROLL_DOWN)
        scroll(h, a == ACTION_SCROLL_UP ? -page : page);
    else if (k->code == INPUT_UP || k->code == INPUT_DOWN)
        scroll(h, k->code == INPUT_UP ? -1 : 1);
    else if (k->code == INPUT_HOME || k->code == INPUT_END)
        scroll(h, k->code == INPUT_HOME ? -h->lines : h->lines);
    else if (a == ACTION_ERASE_LEFT)
        erase(h);
    else if (a == ACTION_KILL_START)
        h->typed_n = 0;
    else if (k->code == INPUT_CHAR && k->mods == 0)
        type(h, bytes_of(letter, utf8_put(letter, k->cp)));
}

static void paste(struct overlay *o, struct tui *t, struct bytes text)
{
    (void)t;
    type(self(o), text);
}

static const struct overlay_ops OPS = {
    .draw = draw,
    .key = key,
    .paste = paste,
    .hints = "type to find   Up Down PgUp PgDn move   ESC closes",
};

bool help_is_open(const struct tui *t)
{
    return t->overlay != NULL && t->overlay->ops == &OPS;
}

void help_open(struct tui *t, struct bytes topic)
{
    struct help *h = mem_alloc(sizeof *h);

    if (help_is_open(t))
        overlay_close(t);
    h->o.ops = &OPS;
    if (bytes_eq(topic, bytes_str("keys"))) {
        add_keys(h, &t->keys);
    } else {
        fill(h, t, command_find(topic));
        if (command_find(topic) == NULL)
            type(h, topic);
    }
    overlay_push(t, &h->o);
}
