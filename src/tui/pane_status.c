/* SPDX-License-Identifier: ISC */
/*
 * The line of state: where one is, what waits elsewhere and how the connection stands. The
 * clock is the model's and is drawn when something else is: it wakes nobody, so on a page
 * where nothing happens it may be behind.
 */
#include <stdio.h>

#include "base/utf8.h"
#include "model/hotlist.h"
#include "tui/barline.h"
#include "tui/log_view.h"

#define ACT_MOST  16 /* pages that are named */
#define NAME_COLS 12 /* of a page in the list of what is new */

enum size { SIZE_DIGITS, SIZE_BRIEF, SIZE_FULL };

static enum size size_of(int cols)
{
    return cols >= 110 ? SIZE_FULL : cols >= 56 ? SIZE_BRIEF : SIZE_DIGITS;
}

/* ---- what waits elsewhere ---- */

struct act {
    struct room *room[ACT_MOST];
    size_t n;   /* of them */
    size_t all; /* pages that wait */
    enum size size;
};

static const char *act_head(const struct act *a)
{
    return a->size == SIZE_DIGITS ? "Act:" : "Act: ";
}

static bool ends_in_digit(const struct room *r)
{
    return r->name_n != 0 && r->name[r->name_n - 1] >= '0' && r->name[r->name_n - 1] <= '9';
}

static void put_name(struct buf *to, const struct pane_view *v, const struct room *r)
{
    struct buf name;
    struct buf clean;
    struct bytes shown;

    buf_init(&name, ROOM_NAME + 8);
    buf_init(&clean, (size_t)ROOM_NAME * 32);
    pane_page_name(&name, v->model, r);
    utf8_clean(&clean, buf_view(&name), UTF8_NAME);
    shown = buf_view(&clean);
    if (!r->direct && shown.n > 1 && shown.p[0] == '#')
        shown = bytes_of(shown.p + 1, shown.n - 1);
    if (utf8_width(shown) <= NAME_COLS) {
        buf_bytes(to, shown);
    } else {
        buf_put(to, shown.p, utf8_fit(shown, NAME_COLS - 1));
        buf_text(to, screen_glyph(v->screen, GLYPH_ELLIPSIS));
    }
    buf_free(&name);
    buf_free(&clean);
}

/* "4:carol@1", "1:general12", "2:wing7+3"; where it is narrow "4@1", "1". */
static void put_entry(struct buf *to, const struct pane_view *v, const struct act *a, size_t i)
{
    const struct room *r = a->room[i];

    buf_fmt(to, "%zu", model_page_of(v->model, r) + 1);
    if (a->size != SIZE_DIGITS) {
        buf_u8(to, ':');
        put_name(to, v, r);
    }
    if (r->mention != 0 || r->heat == ROOM_HOT)
        buf_fmt(to, "@%u", r->mention != 0 ? r->mention : r->unread);
    else if (a->size != SIZE_DIGITS)
        buf_fmt(to, ends_in_digit(r) ? "+%u" : "%u", r->unread);
}

/* The first is an item by itself, which nothing cuts; the rest gives way. */
static void put_act(struct barline *b, const struct pane_view *v, struct act *a)
{
    struct bar_item head = {.rank = 6, .least = BARLINE_WHOLE};
    struct bar_item tail = {.rank = 5, .least = 3};
    struct buf *t;

    a->all = hotlist_take(v->model, a->room, ACT_MOST);
    a->n = a->all < ACT_MOST ? a->all : ACT_MOST;
    if (a->n == 0)
        return;
    if (a->room[0]->heat == ROOM_HOT)
        head.rank = 9;
    t = barline_add(b, STYLE_BAR_ACTIVITY, &head);
    buf_text(t, act_head(a));
    put_entry(t, v, a, 0);
    if (a->all == 1)
        return;
    t = barline_add(b, STYLE_BAR_ACTIVITY, &tail);
    for (size_t i = 1; i < a->n; i++) {
        put_entry(t, v, a, i);
        buf_text(t, i + 1 == a->n ? "" : a->size == SIZE_DIGITS ? "," : " ");
    }
    if (a->all > a->n)
        buf_fmt(t, " +%zu", a->all - a->n);
}

/* As many as fit whole, and how many do not. */
static void draw_act(struct pane_view *v, const struct act *a, int row, int col, int cols)
{
    int end = col + cols;
    struct buf text;

    col += screen_text(v->screen, row, col, cols, STYLE_BAR_ACTIVITY, bytes_str(act_head(a)));
    for (size_t i = 0; i < a->n && col < end; i++) {
        bool last = i + 1 == a->all;
        buf_init(&text, 512);
        if (i != 0)
            buf_text(&text, a->size == SIZE_DIGITS ? "," : " ");
        put_entry(&text, v, a, i);
        if (i != 0 && screen_width(buf_view(&text)) + (last ? 0 : 4) > end - col) {
            buf_clear(&text);
            buf_fmt(&text, " +%zu", a->all - i);
            if (screen_width(buf_view(&text)) <= end - col)
                (void)screen_text(
                    v->screen, row, col, end - col, STYLE_BAR_ACTIVITY, buf_view(&text));
            buf_free(&text);
            return;
        }
        col += screen_text(v->screen, row, col, end - col,
            a->room[i]->heat == ROOM_HOT ? STYLE_BAR_ACTIVITY_MENTION : STYLE_BAR_ACTIVITY,
            buf_view(&text));
        buf_free(&text);
    }
}

/* ---- the rest ---- */

static struct buf *put_link(struct barline *b, const struct model *m)
{
    return barline_add(b, m->link == MODEL_READY ? STYLE_BAR_CONN_UP : STYLE_BAR_CONN_DOWN,
        &(struct bar_item){.rank = 9, .right = true, .least = 1});
}

/* A sign, and words where it is not well or there is room; less: 2 leaves the clock out too. */
static void say_link(struct buf *to, const struct pane_view *v, int less)
{
    const struct model *m = v->model;
    bool up = m->link == MODEL_READY;
    struct tm now = item_time(m->wall_ms);

    buf_clear(to);
    buf_text(to, screen_glyph(v->screen, up ? GLYPH_FULL : GLYPH_HOLLOW));
    if (!up || less == 0)
        buf_fmt(to, " %s", model_link_str(m->link));
    if (m->link == MODEL_WAITING && m->retry_s != 0)
        buf_fmt(to, ", again in %u s", m->retry_s);
    if (less < 2 && m->wall_ms != 0)
        buf_fmt(to, " %02d:%02d", now.tm_hour, now.tm_min);
}

static bool all_fit(struct barline *b, int cols)
{
    bool all = true;

    barline_fit(b, cols);
    for (size_t i = 0; i < b->count; i++)
        all = all && b->fit[i].cols == b->fit[i].width;
    return all;
}

static void put_work(struct barline *b, const struct pane_view *v)
{
    static const char SIGNS[] = "|/-\\";
    bool moves = pref_number(&v->model->prefs, PREF_MOTION) == 0;
    struct buf *t;

    if (v->model->work == NULL)
        return;
    t = barline_add(b, STYLE_BAR_STATUS, &(struct bar_item){.rank = 9, .least = 8});
    if (moves)
        buf_fmt(t, "%c %s", SIGNS[v->turn % 4], v->model->work);
    else
        buf_fmt(t, "%s %s", screen_glyph(v->screen, GLYPH_ELLIPSIS), v->model->work);
}

/* ---- files on their way ---- */

/* " 1.1MB/s", " 300B/s": as short as it can be. */
static void put_rate(struct buf *to, uint64_t rate)
{
    char size[TRANSFER_SIZE];
    const char *unit;

    transfer_size(size, rate);
    unit = strchr(size, ' ');
    buf_fmt(to, " %.*s%s/s", (int)(unit - size), size, rate < 1000 ? "B" : unit + 1);
}

static void put_sum(struct barline *b, const struct pane_view *v, bool own, enum size size)
{
    struct transfer_sum sum = transfers_sum(&v->model->files, own);
    struct card_look look;
    struct buf *t;

    if (sum.count == 0)
        return;
    log_card_look(v, &look);
    t = barline_add(b, STYLE_FILE_PROGRESS,
        &(struct bar_item){.rank = 5, .least = BARLINE_WHOLE, .right = true});
    buf_fmt(
        t, "%s%u%%", own ? look.out : look.in, gauge_shown(&look.gauge, sum.done, sum.bytes));
    if (size == SIZE_DIGITS || sum.rate == 0 || look.gauge.numbers)
        return;
    put_rate(t, sum.rate);
}

static void put_files(struct barline *b, const struct pane_view *v, enum size size)
{
    size_t open = transfers_open(&v->model->files);

    if (open != 0)
        buf_fmt(barline_add(b, STYLE_FILE_OFFER,
                    &(struct bar_item){.rank = 6, .least = BARLINE_WHOLE, .right = true}),
            "%zu offer%s", open, open == 1 ? "" : "s");
    put_sum(b, v, false, size);
    put_sum(b, v, true, size);
}

static void put_place(struct barline *b, struct pane_view *v, enum size size)
{
    const struct model *m = v->model;
    bool titled = layout_has(&v->layout, LAYOUT_TITLE);
    struct buf *t = barline_add(b, STYLE_BAR_STATUS, &(struct bar_item){.rank = 8, .least = 2});

    buf_fmt(t, "%zu:", model_page_of(m, m->open) + 1);
    pane_page_name(t, m, m->open);
    if (m->open == m->home || !titled)
        barline_put_count(b, m, false, size == SIZE_DIGITS);
    if (m->open != m->home && (m->open->seal != ROOM_SEALED || !titled))
        barline_put_seal(b, m->open, false, size == SIZE_DIGITS);
    if (m->open->typing[0] != '\0')
        buf_fmt(barline_add(b, STYLE_TEXT_DIM, &(struct bar_item){.rank = 3}), "%s is typing",
            m->open->typing);
    if (v->below != 0)
        buf_fmt(barline_add(b, STYLE_BAR_ACTIVITY,
                    &(struct bar_item){.rank = 7, .least = BARLINE_WHOLE}),
            size == SIZE_FULL ? "%s %u below" : "%s%u", screen_glyph(v->screen, GLYPH_BELOW),
            v->below);
}

static void draw_usual(struct pane_view *v, struct rect r)
{
    struct act a = {.size = size_of(r.cols)};
    struct barline b = {.count = 0};
    size_t at;
    struct buf *link;
    struct rect place = {r.row, r.col, 1, 0};

    put_place(&b, v, a.size);
    put_work(&b, v);
    at = b.count;
    put_act(&b, v, &a);
    put_files(&b, v, a.size);
    link = put_link(&b, v->model);
    say_link(link, v, 0);
    for (int less = 1; less <= 2 && !all_fit(&b, r.cols); less++)
        say_link(link, v, less);
    barline_draw(&b, v, r);
    if (a.n == 0 || b.fit[at].cols == 0)
        return;
    place.col += b.fit[at].at;
    place.cols = b.fit[at].cols;
    if (a.all > 1 && b.fit[at + 1].cols != 0)
        place.cols += BAR_GAP + b.fit[at + 1].cols;
    screen_clear(v->screen, place);
    draw_act(v, &a, place.row, place.col, place.cols);
}

static void draw(struct pane_view *v, struct rect r)
{
    struct barline b = {.count = 0};
    struct buf notice;

    buf_init(&notice, 4096);
    if (!layout_has(&v->layout, LAYOUT_HINTS) && barline_notice(v, &notice)) {
        buf_bytes(barline_add(&b, STYLE_BAR_HINT_KEY, &(struct bar_item){.rank = 11}),
            buf_view(&notice));
        say_link(put_link(&b, v->model), v, 2);
        barline_draw(&b, v, r);
    } else {
        draw_usual(v, r);
    }
    buf_free(&notice);
}

const struct pane PANE_STATUS = {LAYOUT_STATUS,
    MODEL_STATUS | MODEL_PEOPLE | MODEL_ROOMS | MODEL_EVENTS | MODEL_FILES | PANE_INPUT, draw};
