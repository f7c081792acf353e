/* SPDX-License-Identifier: ISC */
#include "tui/lesson.h"

#include <stdio.h>

#include "base/mem.h"
#include "tui/state.h"

#define GARDEN "garden"

enum step { SAY, COMPLETE, JOIN, ACTIVE, SWITCH, HELP, QUIT, STEPS };

static const struct {
    const char *action; /* whose key the words have; an action that there is not has no line */
    const char *words;
} ROWS[STEPS] = {
    [SAY] = {NULL, "Say hi: on this page only you see it."},
    [COMPLETE] = {"complete", "Type /j and press %s: it completes."},
    [JOIN] = {NULL, "/join " GARDEN ": a sealed room."},
    [ACTIVE] = {"page-active", "%s: to what is new, and back."},
    [SWITCH] = {"switcher", "%s: find a room or a person."},
    [HELP] = {"help", "%s: all commands and keys. ESC: back."},
    [QUIT] = {NULL, "/quit ends sotto."},
};

struct lesson {
    bool filled;
    bool over; /* all was done, and said so */
    bool done[STEPS];
    uint64_t line[STEPS]; /* the events; 0: none */
};

static enum action action_of(size_t step)
{
    const char *name = ROWS[step].action;
    const struct action_row *row = name != NULL ? action_find(name, strlen(name)) : NULL;

    return row != NULL ? row->action : ACTION_NONE;
}

static bool has_line(size_t step)
{
    return ROWS[step].action == NULL || action_of(step) != ACTION_NONE;
}

static void put_words(struct buf *out, const struct tui *t, size_t step)
{
    const char *words = ROWS[step].words;
    const char *key = strstr(words, "%s");
    char name[32];

    if (key != NULL) {
        keymap_key(&t->keys, action_of(step), name);
        buf_put(out, words, (size_t)(key - words));
        buf_text(out, name[0] != '\0' ? name : "(a key of your own)");
        words = key + 2;
    }
    buf_text(out, words);
    if (step != JOIN)
        return;
    const struct room *garden = rooms_find(&t->model->rooms, bytes_str(GARDEN));
    if (garden != NULL && garden->online > garden->joined)
        buf_text(out, " Somebody is there.");
}

static void tell(struct tui *t, size_t step)
{
    struct room *page = t->model->welcome;
    struct buf text;

    buf_init(&text, 512);
    if (step == QUIT)
        buf_text(&text, "    ");
    else
        buf_fmt(&text, "[%s] ",
            t->lesson->done[step] ? screen_glyph(t->v.screen, GLYPH_CHECK) : " ");
    put_words(&text, t, step);
    if (t->lesson->line[step] == 0) {
        model_event(t->model, page, EVENT_INFO, (struct bytes){0}, buf_view(&text));
        t->lesson->line[step] = page->events.last_id;
    } else {
        model_retell(t->model, page, t->lesson->line[step], buf_view(&text));
    }
    buf_free(&text);
}

static void fill(struct tui *t)
{
    *t->lesson = (struct lesson){.filled = true};
    model_event(t->model, t->model->welcome, EVENT_INFO, (struct bytes){0},
        bytes_str("This page is on your machine alone: nothing you type here leaves it. Try:"));
    for (size_t i = 0; i < STEPS; i++) {
        if (has_line(i))
            tell(t, i);
    }
}

static void done(struct tui *t, size_t step)
{
    struct lesson *l = t->lesson;
    bool all = true;

    if (l->done[step])
        return;
    l->done[step] = true;
    tell(t, step);
    for (size_t i = 0; i < QUIT; i++)
        all = all && (l->done[i] || !has_line(i));
    if (all && !l->over)
        model_event(t->model, t->model->welcome, EVENT_INFO, (struct bytes){0},
            bytes_str("That is all it takes. /leave closes this page."));
    l->over = l->over || all;
}

static bool in_a_room(const struct model *m)
{
    for (size_t i = 1; i < model_pages(m); i++) {
        const struct room *r = model_page(m, i);
        if (!r->local && !r->direct)
            return true;
    }
    return false;
}

void lesson_follow(struct tui *t)
{
    const struct room *page = t->model->welcome;
    unsigned parts = MODEL_ROOMS | MODEL_STATUS | MODEL_PREFS;

    if (page == NULL)
        return;
    if (t->lesson == NULL)
        t->lesson = mem_alloc(sizeof *t->lesson);
    if (!page->joined) { /* closed; it is filled anew when it opens again */
        t->lesson->filled = false;
        return;
    }
    if (!t->lesson->filled)
        fill(t);
    if (in_a_room(t->model))
        done(t, JOIN);
    if ((t->model->dirty & parts) == 0)
        return;
    for (size_t i = 0; i < STEPS; i++) { /* keys may be bound otherwise, the room have people */
        if (t->lesson->line[i] != 0)
            tell(t, i);
    }
}

void lesson_saw(struct tui *t, enum action a)
{
    if (t->lesson == NULL || !t->lesson->filled)
        return;
    for (size_t i = 0; i < STEPS; i++) {
        if (a != ACTION_NONE && action_of(i) == a && (i != COMPLETE || t->v.line.n != 0))
            done(t, i);
    }
    if (a == ACTION_ENTER && t->model->open == t->model->welcome && t->v.line.n != 0 &&
        t->v.line.text[0] != '/')
        done(t, SAY);
}

void lesson_free(struct tui *t)
{
    mem_free(t->lesson);
    t->lesson = NULL;
}
