/* SPDX-License-Identifier: ISC */
#include "ctl/table.h"

#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/utf8.h"

#define COLUMNS 16
#define CELL    512

struct table {
    const char *suffix[COLUMNS];
    char key[COLUMNS][64];
    int width[COLUMNS];
    bool number[COLUMNS];
    size_t count;
};

/* ---- one value ---- */

static bool ends_in(const char *key, const char *end)
{
    size_t n = strlen(key), m = strlen(end);

    return n > m && strcmp(key + n - m, end) == 0;
}

static void put_duration(struct buf *out, int64_t s)
{
    if (s >= 86400)
        buf_fmt(out, "%lldd%02dh", (long long)(s / 86400), (int)(s / 3600 % 24));
    else if (s >= 3600)
        buf_fmt(out, "%dh%02dm", (int)(s / 3600), (int)(s / 60 % 60));
    else if (s >= 60)
        buf_fmt(out, "%dm%02ds", (int)(s / 60), (int)(s % 60));
    else
        buf_fmt(out, "%llds", (long long)s);
}

static void put_number(struct buf *out, const char *key, int64_t n)
{
    char time[CLOCK_TEXT];

    if (ends_in(key, "_ms") && n == 0) {
        buf_text(out, "never");
    } else if (ends_in(key, "_ms")) {
        clock_iso(n, time);
        buf_text(out, time);
    } else if (ends_in(key, "_s") && n >= 0) {
        put_duration(out, n);
    } else {
        buf_fmt(out, "%lld", (long long)n);
    }
}

/* The cell of a value; an object or a list has none. */
static void put_value(struct buf *out, const char *key, const struct json *v)
{
    bool yes;
    int64_t n;

    if (json_as_int(v, &n))
        put_number(out, key, n);
    else if (json_as_bool(v, &yes))
        buf_text(out, yes ? "yes" : "no");
    else if (json_as_str(v) != NULL)
        utf8_clean(out, bytes_str(json_as_str(v)), UTF8_NAME);
}

/* "since_s" is called "since". */
static void put_key(struct buf *out, const char *key)
{
    size_t n = strlen(key);
    struct buf clean;

    if (ends_in(key, "_ms") || ends_in(key, "_s"))
        n = (size_t)(strrchr(key, '_') - key);
    buf_init(&clean, CELL);
    utf8_clean(&clean, bytes_of(key, n), UTF8_NAME);
    for (size_t i = 0; i < clean.n; i++)
        buf_u8(out, clean.p[i] == '_' ? ' ' : clean.p[i]);
    buf_free(&clean);
}

static void pad(struct buf *out, int n)
{
    for (; n > 0; n--)
        buf_u8(out, ' ');
}

/* ---- facts ---- */

static void show_facts(const struct json *facts, struct buf *out)
{
    struct buf cell;
    int width = 0;

    buf_init(&cell, CELL);
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < json_len(facts); i++) {
            const char *key = json_key(facts, i);
            buf_clear(&cell);
            put_key(&cell, key);
            int w = utf8_width(buf_view(&cell));
            width = w > width ? w : width;
            if (pass == 0)
                continue;
            buf_bytes(out, buf_view(&cell));
            pad(out, width - w + 2);
            put_value(out, key, json_member(facts, i));
            buf_u8(out, '\n');
        }
    }
    buf_free(&cell);
}

/* ---- rows ---- */

/*
 * The rows are parsed one by one, for a long list is longer than one JSON text may be here. The
 * next object of the array that starts at *rest; false at its end.
 */
static bool next_row(struct bytes *rest, struct bytes *row)
{
    size_t start = 0, depth = 0;
    bool string = false;

    for (size_t i = 0; i < rest->n; i++) {
        uint8_t c = rest->p[i];
        if (string && c == '\\')
            i++;
        else if (c == '"')
            string = !string;
        else if (!string && c == '{' && depth++ == 0)
            start = i;
        else if (!string && c == '}' && depth != 0 && --depth == 0) {
            *row = bytes_of(rest->p + start, i + 1 - start);
            *rest = bytes_of(rest->p + i + 1, rest->n - i - 1);
            return true;
        } else if (!string && c == ']' && depth == 0) {
            return false;
        }
    }
    return false;
}

static void head(struct table *t, const struct json *row)
{
    struct buf name;

    buf_init(&name, CELL);
    for (size_t i = 0; i < json_len(row) && i < COLUMNS; i++) {
        int64_t n;
        (void)bytes_copy(t->key[i], sizeof t->key[i], bytes_str(json_key(row, i)));
        buf_clear(&name);
        put_key(&name, t->key[i]);
        t->width[i] = utf8_width(buf_view(&name));
        t->number[i] = json_as_int(json_member(row, i), &n) && !ends_in(t->key[i], "_ms");
        t->count = i + 1;
    }
    buf_free(&name);
}

static const struct json *member(const struct json *row, const char *key)
{
    for (size_t i = 0; i < json_len(row); i++) {
        if (strcmp(json_key(row, i), key) == 0)
            return json_member(row, i);
    }
    return NULL;
}

static void show_cell(const struct table *t, size_t i, struct bytes cell, struct buf *out)
{
    int gap = t->width[i] - utf8_width(cell);

    if (t->number[i])
        pad(out, gap);
    buf_bytes(out, cell);
    if (i + 1 == t->count) {
        buf_u8(out, '\n');
        return;
    }
    pad(out, t->number[i] ? 2 : gap + 2);
}

static void show_head(const struct table *t, struct buf *out)
{
    struct buf cell;

    buf_init(&cell, CELL);
    for (size_t i = 0; i < t->count; i++) {
        buf_clear(&cell);
        put_key(&cell, t->key[i]);
        for (size_t k = 0; k < cell.n; k++) {
            if (cell.p[k] >= 'a' && cell.p[k] <= 'z')
                cell.p[k] = (uint8_t)(cell.p[k] - 'a' + 'A');
        }
        show_cell(t, i, buf_view(&cell), out);
    }
    buf_free(&cell);
}

static void show_row(struct table *t, const struct json *row, struct buf *out)
{
    struct buf cell;

    buf_init(&cell, (size_t)4 * CELL);
    for (size_t i = 0; i < t->count; i++) {
        const struct json *v = member(row, t->key[i]);
        buf_clear(&cell);
        if (v != NULL)
            put_value(&cell, t->key[i], v);
        if (out != NULL)
            show_cell(t, i, buf_view(&cell), out);
        else if (utf8_width(buf_view(&cell)) > t->width[i])
            t->width[i] = utf8_width(buf_view(&cell));
    }
    buf_free(&cell);
}

static enum err show_rows(struct bytes rows, const char *none, struct buf *out)
{
    struct table t = {.count = 0};

    for (int pass = 0; pass < 2; pass++) {
        struct bytes rest = rows, text;
        if (pass == 1 && t.count != 0)
            show_head(&t, out);
        while (next_row(&rest, &text)) {
            struct json_doc *d = NULL;
            enum err e = json_parse(text, false, &d, NULL, 0);
            if (e != ERR_OK)
                return e;
            if (t.count == 0)
                head(&t, json_root(d));
            show_row(&t, json_root(d), pass == 1 ? out : NULL);
            json_free(d);
        }
    }
    if (t.count == 0)
        buf_fmt(out, "%s\n", none);
    return ERR_OK;
}

/* ---- answers ---- */

static bool starts(struct bytes text, const char *with)
{
    size_t n = strlen(with);

    return text.n >= n && memcmp(text.p, with, n) == 0;
}

static enum err show_parsed(const struct order_row *row, struct json_doc *d, struct buf *out)
{
    const struct json *root = json_root(d);
    const char *words = "no reason given";
    bool ok = false;
    int64_t n = 0;

    if (!json_get_bool(d, root, "ok", &ok))
        return ERR_FORMAT;
    if (!ok) {
        (void)json_get_str(d, root, "error", 4096, &words);
        utf8_clean(out, bytes_str(words), UTF8_NAME);
        return ERR_REFUSED;
    }
    if (row->shape == ORDER_FACTS)
        show_facts(json_get_obj(d, root, row->key), out);
    else if (row->shape == ORDER_COUNT && json_get_int(d, root, row->key, 0, JSON_MAX_INT, &n))
        buf_fmt(out, "%s: %lld\n", row->done, (long long)n);
    else if (row->shape == ORDER_TEXT && json_get_str(d, root, row->key, 256, &words)) {
        buf_fmt(out, "%s: ", row->done);
        utf8_clean(out, bytes_str(words), UTF8_NAME);
        buf_u8(out, '\n');
    } else if (row->shape == ORDER_DONE)
        buf_fmt(out, "%s\n", row->done);
    return json_end(d, NULL, 0);
}

enum err table_show(const struct order_row *row, struct bytes answer, struct buf *out)
{
    struct json_doc *d = NULL;
    const uint8_t *rows = NULL;

    if (row->shape == ORDER_ROWS && starts(answer, "{\"ok\":true"))
        rows = memchr(answer.p, '[', answer.n);
    if (rows != NULL)
        return show_rows(
            bytes_of(rows + 1, answer.n - (size_t)(rows + 1 - answer.p)), row->done, out);
    if (json_parse(answer, false, &d, NULL, 0) != ERR_OK)
        return ERR_FORMAT;
    enum err e = show_parsed(row, d, out);
    json_free(d);
    return e;
}
