/* SPDX-License-Identifier: ISC */
/* The line as rows of a width, and the cursor among them. */
#include "base/utf8.h"
#include "tui/editline.h"
#include "tui/editline_impl.h"

static int at_least_two(int cols)
{
    return cols > 2 ? cols : 2;
}

/* Where the row that begins at from ends: behind a space where there is one, at a newline in
 * any case. The last column is kept for the space, the newline or the cursor. */
static size_t row_end(const struct editline *e, size_t from, int cols, int *used)
{
    size_t at = from;
    size_t blank = from;
    int width;

    *used = 0;
    while (at < e->n && e->text[at] != '\n') {
        size_t n = utf8_cluster(editline_behind(e, at), &width);
        bool is_blank = e->text[at] == ' ';
        if (*used + width > cols - !is_blank)
            break;
        *used += width;
        at += n;
        if (is_blank)
            blank = at;
    }
    if (at == e->n)
        return at;
    if (e->text[at] == '\n')
        return at + 1;
    if (blank > from)
        return blank;
    return at > from ? at : editline_next(e, at); /* wider than the row: cut by the edge */
}

/* After the last row another one begins, where the text ends in a newline or fills its row. */
static bool opens_row(const struct editline *e, size_t end, int used, int cols)
{
    return end == e->n && end > 0 && (e->text[end - 1] == '\n' || used >= cols);
}

/* The next row from *at on; false when there is none. Begins with *at 0 and *more true. */
static bool next_row(
    const struct editline *e, int cols, size_t *at, bool *more, struct bytes *row)
{
    size_t from = *at;
    int used;

    if (!*more)
        return false;
    *at = row_end(e, from, cols, &used);
    *more = *at < e->n || (*at > from && opens_row(e, *at, used, cols));
    *row = bytes_of(e->text + from, *at - from);
    return true;
}

struct place {
    size_t row;
    size_t all;
    int col;
};

static int width_of(const struct editline *e, size_t from, size_t to)
{
    return utf8_width(bytes_of(e->text + from, to - from));
}

static struct place find(const struct editline *e, int cols)
{
    struct place p = {0};
    struct bytes row;
    size_t at = 0;
    size_t from = 0;
    bool more = true;

    for (; next_row(e, cols, &at, &more, &row); p.all++, from = at) {
        if (e->at >= from && (e->at < at || !more)) {
            p.row = p.all;
            p.col = width_of(e, from, e->at);
        }
    }
    return p;
}

size_t editline_rows(const struct editline *e, int cols)
{
    return find(e, at_least_two(cols)).all;
}

static struct bytes without_newline(struct bytes row)
{
    return row.n != 0 && row.p[row.n - 1] == '\n' ? bytes_of(row.p, row.n - 1) : row;
}

void editline_view(const struct editline *e, int cols, size_t rows, struct editline_view *out)
{
    struct place p = find(e, at_least_two(cols));
    struct bytes row;
    size_t i = 0;
    size_t at = 0;
    bool more = true;

    *out = (struct editline_view){0};
    if (rows > EDITLINE_ROWS)
        rows = EDITLINE_ROWS;
    if (p.all > rows && p.row > rows / 2)
        out->above = p.row - rows / 2 < p.all - rows ? p.row - rows / 2 : p.all - rows;
    for (; next_row(e, at_least_two(cols), &at, &more, &row); i++) {
        if (i >= out->above && out->rows < rows)
            out->row[out->rows++] = without_newline(row);
    }
    out->below = p.all - out->above - out->rows;
    out->cursor_row = p.row - out->above;
    out->cursor_col = p.col;
}

/* To the column in that row, before what ends it. */
static void go_to(struct editline *e, int cols, size_t want, int col)
{
    struct bytes row = {0};
    size_t at = 0;
    size_t from = 0;
    size_t end;
    bool more = true;
    int used = 0;
    int width;

    for (size_t i = 0; i <= want; i++) {
        from = at;
        (void)next_row(e, cols, &at, &more, &row);
    }
    end = more ? editline_before(e, at) : at; /* the end of a row is the next one's start */
    while (from < end) {
        size_t n = utf8_cluster(editline_behind(e, from), &width);
        if (used + width > col)
            break;
        used += width;
        from += n;
    }
    e->at = from;
}

static bool step(struct editline *e, int cols, bool down)
{
    struct place p;

    cols = at_least_two(cols);
    p = find(e, cols);
    if (down ? p.row + 1 >= p.all : p.row == 0)
        return false;
    if (e->did != EDITLINE_DID_ROW)
        e->column = p.col;
    go_to(e, cols, down ? p.row + 1 : p.row - 1, e->column);
    e->did = EDITLINE_DID_ROW;
    return true;
}

bool editline_up(struct editline *e, int cols)
{
    return step(e, cols, false);
}

bool editline_down(struct editline *e, int cols)
{
    return step(e, cols, true);
}

/* ---- on one row ---- */

/* The cluster at a place: its bytes and its columns as the line is shown. */
static size_t shown(const struct editline *e, size_t at, int *cols)
{
    size_t n = utf8_cluster(editline_behind(e, at), cols);

    if (e->text[at] == '\n')
        *cols = 1;
    return n;
}

struct bytes editline_window(const struct editline *e, int cols, int *cursor_col)
{
    size_t from = 0;
    size_t to;
    int at = 0;
    int width;

    for (size_t i = 0; i < e->at; at += width)
        i += shown(e, i, &width);
    /* The cursor itself takes a column. */
    while (at > cols - 1 && from < e->at) {
        from += shown(e, from, &width);
        at -= width;
    }
    *cursor_col = at;
    for (to = from; to < e->n; cols -= width) {
        size_t n = shown(e, to, &width);
        if (width > cols)
            break;
        to += n;
    }
    return bytes_of(e->text + from, to - from);
}
