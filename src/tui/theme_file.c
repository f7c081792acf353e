/* SPDX-License-Identifier: ISC */
/*
 * A theme and those it inherits from, read from JSON.
 *
 *   chain     the theme first, then the one it inherits from, and so on
 *   palette   names for colours; what a theme nearer to the front says takes the place of the
 *             same name further back, also in what is said there
 *   keys      of "styles": "msg.mention", "room.*", with ".selected" behind; the one that names
 *             more letters is laid over the one that names fewer
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/mem.h"
#include "tui/theme.h"

#define PALETTE_MAX  64
#define PALETTE_NAME 32
#define WORD_MAX     64

struct reading {
    struct json_doc *doc[THEME_INHERITS + 1];
    char name[THEME_INHERITS + 1][THEME_NAME]; /* by which it was found; "" of the first */
    size_t count;
    struct {
        char name[PALETTE_NAME];
        struct color color;
    } palette[PALETTE_MAX];
    size_t colors;
    theme_find_fn *find;
    void *arg;
    char *why;
    size_t why_n;
};

/* One document with what was found out of it; it latches the first failure. */
struct sheet {
    struct reading *r;
    struct json_doc *doc;
    struct theme *t;
};

/* ---- colours and attributes ---- */

static const struct color *in_palette(const struct reading *r, const char *name)
{
    for (size_t i = 0; i < r->colors; i++) {
        if (strcmp(r->palette[i].name, name) == 0)
            return &r->palette[i].color;
    }
    return NULL;
}

static bool get_color(
    const struct sheet *s, const struct json *obj, const char *key, struct color *out)
{
    const char *word = NULL;
    const struct color *named;

    if (!json_get_str(s->doc, obj, key, WORD_MAX, &word))
        return false;
    named = in_palette(s->r, word);
    if (named != NULL)
        *out = *named;
    else if (!color_parse(bytes_str(word), out))
        json_fail(s->doc, obj, key,
            "must be a colour: one of the palette, default, a name as bright-blue, 0..255 or "
            "#rrggbb");
    return true;
}

static bool get_attr(
    const struct sheet *s, const struct json *obj, const char *key, unsigned *out)
{
    const struct json *words = json_get_arr(s->doc, obj, key);
    unsigned attr = 0;

    for (size_t i = 0; i < json_len(words); i++) {
        const char *word = json_as_str(json_at(words, i));
        unsigned bit = word != NULL ? theme_attr_find(word) : 0;
        if (bit == 0)
            json_fail(s->doc, obj, key,
                "holds what is none of bold, dim, italic, underline, reverse");
        attr |= bit;
    }
    if (words != NULL)
        *out = attr;
    return words != NULL;
}

/* ---- styles ---- */

struct pattern {
    struct bytes letters; /* a whole name, or its beginning */
    bool open;            /* a '*' stood behind */
    enum theme_side side;
};

static struct pattern pattern_of(const char *key)
{
    static const char SELECTED[] = ".selected";
    struct pattern p = {bytes_str(key), false, THEME_PLAIN};
    size_t tail = sizeof SELECTED - 1;

    if (p.letters.n > tail && memcmp(p.letters.p + p.letters.n - tail, SELECTED, tail) == 0 &&
        style_find(key, p.letters.n) == STYLE_COUNT) {
        p.letters.n -= tail;
        p.side = THEME_SELECTED;
    }
    if (p.letters.n != 0 && p.letters.p[p.letters.n - 1] == '*') {
        p.letters.n--;
        p.open = true;
    }
    return p;
}

static bool matches(const struct pattern *p, enum style s)
{
    struct bytes name = bytes_str(style_name(s));

    if (p->open && name.n > p->letters.n)
        name.n = p->letters.n;
    return bytes_eq(name, p->letters);
}

struct entry_of {
    struct pattern pattern;
    const char *key;
    const struct json *body;
};

/* Fewer letters first; of the same, a '*' before a whole name. */
static int by_letters(const void *a, const void *b)
{
    const struct entry_of *x = a;
    const struct entry_of *y = b;

    if (x->pattern.letters.n != y->pattern.letters.n)
        return x->pattern.letters.n < y->pattern.letters.n ? -1 : 1;
    return (int)y->pattern.open - (int)x->pattern.open;
}

/* Lays what a body says over a rule; colours that are said anew end what was said of sixteen.
 */
static void lay(const struct sheet *s, const struct json *body, struct theme_rule *r)
{
    const struct json *ansi;
    bool fg = get_color(s, body, "fg", &r->all.fg);
    bool bg = get_color(s, body, "bg", &r->all.bg);

    if (fg || bg)
        r->ansi.fg = r->ansi.bg = (struct color){COLOR_UNSET, 0};
    if (get_attr(s, body, "attr", &r->all.attr))
        r->has_ansi_attr = false;
    if (get_attr(s, body, "mono", &r->mono))
        r->has_mono = true;
    ansi = json_get_obj(s->doc, body, "ansi");
    (void)get_color(s, ansi, "fg", &r->ansi.fg);
    (void)get_color(s, ansi, "bg", &r->ansi.bg);
    if (get_attr(s, ansi, "attr", &r->ansi.attr))
        r->has_ansi_attr = true;
}

static void check_body(const struct sheet *s, const struct json *styles, const char *key)
{
    static const char *const KEYS[] = {"fg", "bg", "attr", "ansi", "mono", NULL};
    static const char *const ANSI[] = {"fg", "bg", "attr", NULL};
    const struct json *body = json_get_obj(s->doc, styles, key);

    json_only(s->doc, body, KEYS);
    json_only(s->doc, json_get_obj(s->doc, body, "ansi"), ANSI);
}

static void read_entry(
    const struct sheet *s, const struct json *styles, const struct entry_of *e)
{
    bool any = false;

    check_body(s, styles, e->key);
    for (int i = 0; i < STYLE_COUNT; i++) {
        if (!matches(&e->pattern, (enum style)i))
            continue;
        lay(s, e->body, &s->t->rule[e->pattern.side][i]);
        any = true;
    }
    if (!any)
        json_fail(s->doc, styles, e->key, "is the name of no slot");
}

static void read_styles(const struct sheet *s)
{
    const struct json *styles = json_get_obj(s->doc, json_root(s->doc), "styles");
    size_t n = json_len(styles);
    struct entry_of *all = mem_array(n + 1, sizeof *all);

    for (size_t i = 0; i < n; i++)
        all[i] = (struct entry_of){
            pattern_of(json_key(styles, i)), json_key(styles, i), json_member(styles, i)};
    qsort(all, n, sizeof *all, by_letters);
    for (size_t i = 0; i < n; i++)
        read_entry(s, styles, &all[i]);
    mem_free(all);
}

/* ---- the rest of a document ---- */

static void add_color(const struct sheet *s, const struct json *obj, const char *key)
{
    struct reading *r = s->r;
    const char *word = NULL;
    struct color c;

    if (!json_get_str(s->doc, obj, key, WORD_MAX, &word))
        return;
    if (!color_parse(bytes_str(word), &c)) {
        json_fail(s->doc, obj, key,
            "must be a colour: default, a name as bright-blue, 0..255 or #rrggbb");
    } else if (strlen(key) >= PALETTE_NAME || key[0] == '\0') {
        json_fail(s->doc, obj, key, "is no name of 1 to %d bytes", PALETTE_NAME - 1);
    } else if (in_palette(r, key) == NULL) { /* else it was said nearer to the front */
        if (r->colors == PALETTE_MAX) {
            json_fail(s->doc, obj, NULL, "makes more than %d colours", PALETTE_MAX);
            return;
        }
        (void)bytes_copy(r->palette[r->colors].name, PALETTE_NAME, bytes_str(key));
        r->palette[r->colors++].color = c;
    }
}

static void read_palette(const struct sheet *s)
{
    const struct json *obj = json_get_obj(s->doc, json_root(s->doc), "palette");

    for (size_t i = 0; i < json_len(obj); i++)
        add_color(s, obj, json_key(obj, i));
}

static void read_nicks(const struct sheet *s)
{
    const struct json *nicks = json_get_arr(s->doc, json_root(s->doc), "nicks");
    size_t n = json_len(nicks);
    struct color c;

    if (nicks == NULL)
        return;
    if (n > THEME_NICKS)
        json_fail(
            s->doc, json_root(s->doc), "nicks", "holds more than %d colours", THEME_NICKS);
    for (size_t i = 0; i < n && i < THEME_NICKS; i++) {
        const char *word = json_as_str(json_at(nicks, i));
        const struct color *named = word != NULL ? in_palette(s->r, word) : NULL;
        if (named == NULL && (word == NULL || !color_parse(bytes_str(word), &c)))
            json_fail(s->doc, json_root(s->doc), "nicks", "holds what is no colour");
        else
            s->t->nicks[i] = named != NULL ? *named : c;
    }
    s->t->nick_count = n < THEME_NICKS ? n : THEME_NICKS;
}

/* The place of a word among words; -1: not said. */
static int get_choice(const struct sheet *s, const char *key, const char *const *words)
{
    const struct json *root = json_root(s->doc);
    const char *word = NULL;

    if (!json_get_str(s->doc, root, key, WORD_MAX, &word))
        return -1;
    for (int i = 0; words[i] != NULL; i++) {
        if (strcmp(words[i], word) == 0)
            return i;
    }
    json_fail(s->doc, root, key, "must be %s or %s%s%s", words[0], words[1],
        words[2] != NULL ? " or " : "", words[2] != NULL ? words[2] : "");
    return -1;
}

static void get_text(const struct sheet *s, const char *key, char out[THEME_NAME])
{
    const char *text = NULL;

    if (json_get_str(s->doc, json_root(s->doc), key, THEME_NAME - 1, &text))
        (void)bytes_copy(out, THEME_NAME, bytes_str(text));
}

static void read_head(const struct sheet *s)
{
    static const char *const KEYS[] = {"format", "name", "author", "license", "background",
        "inherits", "palette", "styles", "nicks", "glyphs", NULL};
    const struct json *root = json_root(s->doc);
    int64_t format = 0;
    char license[THEME_NAME];

    json_only(s->doc, root, KEYS);
    if (!json_get_int(s->doc, root, "format", 1, 1, &format))
        json_fail(s->doc, root, "format", "is missing: it is 1");
    s->t->title[0] = s->t->author[0] = '\0';
    get_text(s, "name", s->t->title);
    get_text(s, "author", s->t->author);
    get_text(s, "license", license);
    if (s->t->title[0] == '\0')
        json_fail(s->doc, root, "name", "is missing");
}

static void read_sheet(const struct sheet *s)
{
    static const char *const GROUNDS[] = {"any", "dark", "light", NULL};
    static const char *const GLYPHS[] = {"unicode", "ascii", NULL};
    int ground = get_choice(s, "background", GROUNDS);
    int glyphs = get_choice(s, "glyphs", GLYPHS);

    if (ground >= 0)
        s->t->ground = (enum theme_ground)ground;
    if (glyphs >= 0)
        s->t->ascii = glyphs == 1;
    read_head(s);
    read_styles(s);
    read_nicks(s);
}

/* ---- the chain ---- */

static enum err fail(struct reading *r, enum err e, const char *words)
{
    (void)snprintf(r->why, r->why_n, "%s", words);
    return e;
}

/* A failure in what is inherited says in which theme. */
static enum err tell(struct reading *r, size_t at, enum err e)
{
    char words[256];

    if (at != 0) {
        (void)bytes_copy(words, sizeof words, bytes_str(r->why));
        (void)snprintf(r->why, r->why_n, "in the theme \"%s\": %s", r->name[at], words);
    }
    return e;
}

static enum err add_doc(struct reading *r, struct bytes text)
{
    if (text.n > THEME_BYTES)
        return tell(r, r->count, fail(r, ERR_TOO_BIG, "it is larger than 64 KiB"));
    enum err e = json_parse(text, true, &r->doc[r->count], r->why, r->why_n);
    if (e == ERR_OK && json_type(json_root(r->doc[r->count])) != JSON_OBJECT) {
        json_free(r->doc[r->count]);
        e = fail(r, ERR_FORMAT, "it is no object");
    }
    return e == ERR_OK ? (r->count++, ERR_OK) : tell(r, r->count, e);
}

/* What the last document inherits from, made the last one; ERR_MORE: nothing. */
static enum err add_next(struct reading *r)
{
    struct json_doc *doc = r->doc[r->count - 1];
    const char *name = NULL;
    struct buf text;

    if (!json_get_str(doc, json_root(doc), "inherits", THEME_NAME - 1, &name))
        return json_end(doc, r->why, r->why_n) == ERR_OK ? ERR_MORE
                                                         : tell(r, r->count - 1, ERR_FORMAT);
    if (r->count == MEM_COUNT(r->doc))
        return fail(r, ERR_FORMAT, "inherits: that goes on for more than 8 themes");
    for (size_t i = 1; i < r->count; i++) {
        if (strcmp(r->name[i], name) == 0)
            return fail(r, ERR_FORMAT, "inherits: that goes round in a circle");
    }
    (void)bytes_copy(r->name[r->count], THEME_NAME, bytes_str(name));
    buf_init(&text, THEME_BYTES + 1);
    enum err e = r->find(r->arg, name, &text);
    if (e == ERR_OK) {
        e = add_doc(r, buf_view(&text));
    } else {
        json_fail(doc, json_root(doc), "inherits", "that theme cannot be read: %s", err_str(e));
        e = tell(r, r->count - 1, json_end(doc, r->why, r->why_n));
    }
    buf_free(&text);
    return e;
}

static enum err read_all(struct reading *r, struct theme *out)
{
    for (size_t i = 0; i < r->count; i++)
        read_palette(&(struct sheet){r, r->doc[i], out});
    for (size_t i = r->count; i-- > 0;) {
        read_sheet(&(struct sheet){r, r->doc[i], out});
        enum err e = json_end(r->doc[i], r->why, r->why_n);
        if (e != ERR_OK)
            return tell(r, i, e);
    }
    return ERR_OK;
}

enum err theme_read(struct theme *out, struct bytes text, theme_find_fn *find, void *arg,
    char *why, size_t why_n)
{
    struct reading *r = mem_alloc(sizeof *r);

    *out = (struct theme){0};
    r->find = find;
    r->arg = arg;
    r->why = why;
    r->why_n = why_n;
    enum err e = add_doc(r, text);
    while (e == ERR_OK)
        e = add_next(r);
    if (e == ERR_MORE)
        e = read_all(r, out);
    for (size_t i = 0; i < r->count; i++)
        json_free(r->doc[i]);
    mem_free(r);
    return e;
}
