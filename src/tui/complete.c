/* SPDX-License-Identifier: ISC */
#include "tui/complete.h"

#include <stdio.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "model/command.h"
#include "model/setting.h"
#include "tui/action.h"
#include "tui/complete_path.h"
#include "tui/wardrobe.h"

/* What is looked for, and where it goes. */
struct quest {
    struct completion *c;
    const struct model *m;
    struct bytes line;  /* all of it */
    struct bytes typed; /* of the word, without its sign */
    const char *sign;   /* that stands before it and stays: "/", "#", "@" or "" */
    const char *tail;   /* that follows a whole one */
};

/* ---- finding ---- */

static int lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

static bool begins(struct bytes word, struct bytes with)
{
    if (word.n < with.n)
        return false;
    for (size_t i = 0; i < with.n; i++) {
        if (lower(word.p[i]) != lower(with.p[i]))
            return false;
    }
    return true;
}

static bool is_there(const struct completion *c, const char *text)
{
    for (size_t i = 0; i < c->found; i++) {
        if (strcmp(c->word[i].text, text) == 0)
            return true;
    }
    return false;
}

/* What all of them begin with shrinks to what they share, and never to half a letter. */
static void narrow(struct completion *c, const struct completion_word *w)
{
    const struct completion_word *first = &c->word[0];
    size_t same = 0;

    if (c->found == 0) {
        c->same = strlen(w->text);
        return;
    }
    if (c->found == 1 && c->same > first->word)
        c->same = first->word;
    while (same < c->same && same < w->word && first->text[same] == w->text[same])
        same++;
    while (same > 0 && ((uint8_t)first->text[same] & 0xc0) == 0x80)
        same--;
    c->same = same;
}

/* The line takes clean text alone: what is none of it would be another word there. */
static bool can_be_typed(struct bytes word)
{
    struct buf clean;

    buf_init(&clean, word.n * 32 + 64);
    utf8_clean(&clean, word, UTF8_DISPLAY);
    bool same = bytes_eq(buf_view(&clean), word);
    buf_free(&clean);
    return same;
}

static void offer_with(
    const struct quest *q, struct bytes word, const char *args, const char *note)
{
    struct completion *c = q->c;
    struct completion_word w = {.args = args, .note = note};
    struct buf text;

    if (!begins(word, q->typed) || word.n == 0 || c->found == COMPLETION_MAX ||
        !can_be_typed(word))
        return;
    buf_init(&text, 4096);
    buf_text(&text, q->sign);
    buf_bytes(&text, word);
    w.word = text.n;
    buf_text(&text, q->tail);
    if (buf_end(&text) == ERR_OK && !is_there(c, buf_cstr(&text))) {
        w.text = mem_strdup(buf_cstr(&text));
        narrow(c, &w);
        c->word[c->found++] = w;
    }
    buf_free(&text);
}

static void offer(const struct quest *q, struct bytes word)
{
    offer_with(q, word, "", "");
}

/* ---- what there is ---- */

static void offer_commands(const struct quest *q)
{
    for (size_t i = 0; command_at(i) != NULL; i++) {
        const struct command *row = command_at(i);
        offer_with(q, bytes_str(row->name), row->args, row->help);
    }
}

static void offer_rooms(const struct quest *q, bool joined_only)
{
    const struct model *m = q->m;

    for (size_t i = 0; i < m->rooms.count; i++) {
        const struct room *r = m->rooms.all[i];
        if (r->joined)
            offer_with(q, room_name(r), "", joined_only ? "" : "you are in it");
    }
    for (size_t i = 0; i < m->rooms.count && !joined_only; i++) {
        const struct room *r = m->rooms.all[i];
        if (!r->joined)
            offer_with(q, room_name(r), "", r->lock == ROOM_OPEN ? "" : "not open to all");
    }
}

/* Who spoke last comes first. */
static void offer_speakers(const struct quest *q)
{
    const struct events *es = &q->m->open->events;

    for (size_t i = es->count; i > 0; i--) {
        const struct event *v = events_at(es, i - 1);
        if (v->kind == EVENT_MESSAGE && (v->flags & EVENT_OWN) == 0 &&
            !model_is_me(q->m, v->who) && roster_find(&q->m->open->people, v->who) != NULL)
            offer(q, v->who);
    }
}

static void offer_roster(const struct quest *q, const struct roster *people)
{
    for (size_t i = 0; i < people->count; i++) {
        struct bytes name = person_name(&people->people[i]);
        if (!model_is_me(q->m, name))
            offer(q, name);
    }
}

/* Those of the open room first, then everybody. */
static void offer_people(const struct quest *q)
{
    offer_speakers(q);
    offer_roster(q, &q->m->open->people);
    if (q->m->open != q->m->home)
        offer_roster(q, &q->m->home->people);
}

static void offer_themes(const struct quest *q)
{
    struct wardrobe_list *l = mem_alloc(sizeof *l);

    wardrobe_names(l);
    offer_with(q, bytes_str("auto"), "", "by the background of the terminal");
    for (size_t i = 0; i < l->count; i++)
        offer_with(q, bytes_str(l->name[i]), "", "");
    mem_free(l);
}

static void offer_settings(const struct quest *q)
{
    size_t i = 0;
    size_t j = 0;

    while (pref_at(i) != NULL || setting_at(j) != NULL) {
        const struct pref_row *p = pref_at(i);
        const struct setting_row *s = setting_at(j);
        if (s == NULL || (p != NULL && strcmp(p->name, s->name) < 0)) {
            offer_with(q, bytes_str(p->name), "", p->help);
            i++;
        } else {
            offer_with(q, bytes_str(s->name), "", s->help);
            j++;
        }
    }
}

static void offer_words(const struct quest *q, const char *words, const char *now)
{
    for (const char *at = words; *at != '\0';) {
        size_t n = strcspn(at, " ");
        bool is_now = strlen(now) == n && memcmp(now, at, n) == 0;
        offer_with(q, bytes_of(at, n), "", is_now ? "as it is now" : "");
        at += n + (at[n] == ' ');
    }
}

static struct bytes word_of(struct bytes line, size_t which)
{
    size_t at = 0;
    size_t n = 0;

    for (;;) {
        while (at < line.n && line.p[at] == ' ')
            at++;
        for (n = 0; at + n < line.n && line.p[at + n] != ' ';)
            n++;
        if (which-- == 0)
            return bytes_of(line.p + at, n);
        at += n;
    }
}

static void offer_values(const struct quest *q)
{
    struct bytes name = word_of(q->line, 1);
    const struct setting_row *s = setting_find(name);
    enum pref p = pref_find(name);

    if (s != NULL)
        offer_words(q, s->values, "");
    if (p == PREFS)
        return;
    if (pref_at(p)->kind != PREF_KIND_NUMBER)
        offer_words(q, pref_at(p)->choices, pref_text(&q->m->prefs, p));
    offer_with(q, bytes_str("default"), "", "as when nobody has set it");
}

/* Those that do something by default. */
static void offer_keys(const struct quest *q)
{
    for (size_t i = 0; action_at(i) != NULL; i++) {
        for (const char *at = action_at(i)->keys; *at != '\0';) {
            size_t n = strcspn(at, " ");
            offer_with(q, bytes_of(at, n), "", action_at(i)->help);
            at += n + (at[n] == ' ');
        }
    }
}

static void offer_actions(const struct quest *q)
{
    for (size_t i = 0; action_at(i) != NULL; i++)
        offer_with(q, bytes_str(action_at(i)->name), "", action_at(i)->help);
    offer_with(q, bytes_str("none"), "", "nothing at all");
    offer_with(q, bytes_str("default"), "", "what it did before");
}

static bool takes(struct bytes command, const struct transfer *f)
{
    bool offer = !f->own && f->state == TRANSFER_OFFERED;

    if (bytes_eq(command, bytes_str("/accept")) || bytes_eq(command, bytes_str("/refuse")))
        return offer;
    if (bytes_eq(command, bytes_str("/view")))
        return !f->own && f->state == TRANSFER_DONE;
    if (bytes_eq(command, bytes_str("/pause")) || bytes_eq(command, bytes_str("/resume")))
        return !transfer_over(f) && !offer &&
               f->resting == bytes_eq(command, bytes_str("/resume"));
    return !transfer_over(f) && !offer;
}

/* The newest first, each with its name. */
static void offer_files(const struct quest *q)
{
    const struct transfers *ts = &q->m->files;
    struct completion *c = q->c;
    struct bytes command = word_of(q->line, 0);
    char n[16];

    for (size_t i = ts->count; i > 0; i--) {
        const struct transfer *f = ts->all[i - 1];
        size_t before = c->found;
        if (!takes(command, f))
            continue;
        (void)snprintf(n, sizeof n, "%u", f->n);
        offer(q, bytes_str(n));
        if (c->found != before)
            c->word[before].about = mem_strdup(f->name);
    }
}

static void offer_by(const struct quest *q, enum command_complete what)
{
    switch (what) {
    case COMPLETE_COMMAND:
        offer_commands(q);
        break;
    case COMPLETE_ROOM:
    case COMPLETE_JOINED:
        offer_rooms(q, what == COMPLETE_JOINED);
        break;
    case COMPLETE_PERSON:
        offer_people(q);
        break;
    case COMPLETE_ON_OFF:
        offer_words(q, "on off", "");
        break;
    case COMPLETE_SETTING:
        offer_settings(q);
        break;
    case COMPLETE_VALUE:
        offer_values(q);
        break;
    case COMPLETE_THEME:
        offer_themes(q);
        break;
    case COMPLETE_KEY:
        offer_keys(q);
        break;
    case COMPLETE_ACTION:
        offer_actions(q);
        break;
    case COMPLETE_FILE:
        offer_files(q);
        break;
    case COMPLETE_PATH: /* offer_paths(): more than a word */
    case COMPLETE_NOTHING:
        break;
    }
}

/* ---- where one is ---- */

/* Words before the one that is being typed, and where that begins. */
static size_t cut(struct bytes line, size_t *from)
{
    size_t words = 0;

    *from = 0;
    for (size_t i = 0; i < line.n; i++) {
        if (line.p[i] != ' ' && line.p[i] != '\n')
            continue;
        words += i > *from;
        *from = i + 1;
    }
    return words;
}

static bool take_sign(struct quest *q, const char *sign)
{
    if (q->typed.n == 0 || q->typed.p[0] != (uint8_t)sign[0])
        return false;
    q->typed = bytes_of(q->typed.p + 1, q->typed.n - 1);
    q->sign = sign;
    return true;
}

/* Among words: a room by its sign, a person with one or by the name alone. */
static void offer_in_text(struct quest *q, bool by_name)
{
    if (take_sign(q, "#")) {
        offer_rooms(q, false);
    } else if (take_sign(q, "@")) {
        offer_people(q);
    } else if (by_name && q->typed.n != 0) {
        q->tail = q->c->from == 0 ? ": " : " ";
        offer_people(q);
    }
}

static enum command_complete kind_of(const struct command *row, size_t before)
{
    return before <= MEM_COUNT(row->complete) ? row->complete[before - 1] : COMPLETE_NOTHING;
}

/* Some more than fit here may agree on less. */
static void offer_paths(const struct quest *q, size_t from)
{
    struct completion *c = q->c;
    struct complete_path paths;

    complete_path(&paths, bytes_of(q->line.p + from, q->line.n - from));
    for (size_t i = 0; i < paths.count && c->found < COMPLETION_MAX; i++) {
        const char *name = paths.name[i];
        size_t n = strlen(name);
        c->word[c->found++] = (struct completion_word){.text = mem_strdup(name),
            .word = n,
            .note = name[n - 1] == '/' ? "folder" : "",
            .args = ""};
    }
    c->from = from + paths.from;
    c->same = paths.same;
    complete_path_free(&paths);
}

static void offer_argument(struct quest *q, size_t before)
{
    struct bytes first = word_of(q->line, 0);
    const struct command *row = command_find(bytes_of(first.p + 1, first.n - 1));
    enum command_complete what;

    if (row == NULL)
        return;
    if (row->complete[0] == COMPLETE_PATH) { /* all that is left of the line is one */
        size_t from = (size_t)(first.p + first.n - q->line.p);
        while (from < q->line.n && q->line.p[from] == ' ')
            from++;
        offer_paths(q, from);
        return;
    }
    what = kind_of(row, before);
    if (what == COMPLETE_ROOM || what == COMPLETE_JOINED)
        (void)take_sign(q, "#");
    if (what == COMPLETE_PERSON)
        (void)take_sign(q, "@");
    if (what != COMPLETE_NOTHING)
        offer_by(q, what);
    else
        offer_in_text(q, false);
}

void complete_line(struct completion *c, const struct model *m, struct bytes line)
{
    struct quest q = {c, m, line, line, "", " "};
    size_t before;

    *c = (struct completion){0};
    if (line.n == 0)
        return;
    before = cut(line, &c->from);
    q.typed = bytes_of(line.p + c->from, line.n - c->from);
    if (line.p[0] != '/' || (line.n > 1 && line.p[1] == '/'))
        offer_in_text(&q, true);
    else if (before != 0)
        offer_argument(&q, before);
    else if (take_sign(&q, "/"))
        offer_commands(&q);
}

void completion_fini(struct completion *c)
{
    for (size_t i = 0; i < c->found; i++) {
        mem_free(c->word[i].text);
        mem_free(c->word[i].about);
    }
    *c = (struct completion){0};
}

/* ---- the ghost ---- */

void complete_ghost(struct buf *out, struct bytes line)
{
    const struct command *row;
    const char *args;
    struct bytes first = word_of(line, 0);
    size_t from;
    size_t typed;

    if (line.n < 2 || line.p[0] != '/' || memchr(line.p, '\n', line.n) != NULL)
        return;
    row = command_find(bytes_of(first.p + 1, first.n - 1));
    if (row == NULL)
        return;
    typed = cut(line, &from) + (from < line.n); /* the command and its words */
    args = row->args;
    for (size_t i = 1; i < typed && *args != '\0'; i++) {
        args += strcspn(args, " ");
        args += *args == ' ';
    }
    if (*args != '\0' && from < line.n)
        buf_text(out, " ");
    buf_text(out, args);
}
