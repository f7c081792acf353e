/* SPDX-License-Identifier: ISC */
/* Which face this run has, by the command line. */
#include <stdio.h>
#include <unistd.h>

#include "base/secret.h"
#include "bin/sotto.h"
#include "face/json.h"
#include "face/once.h"
#include "face/plain.h"
#include "face/text.h"
#include "tui/tui.h"

static enum err ask_person(const char *words, struct buf *out)
{
    struct buf clean;

    buf_init(&clean, 1024);
    text_name(&clean, bytes_str(words));
    enum err e = secret_ask(buf_cstr(&clean), SECRET_ONCE, out);
    buf_free(&clean);
    return e;
}

static void make_once(struct client *c, struct shown *s)
{
    const struct options *o = &c->options;
    bool files = o->verb == OPTIONS_SEND_FILE || o->verb == OPTIONS_RECEIVE;
    struct once_setup setup = {
        .verb = o->verb,
        .where = c->target,
        .text = bytes_str(o->words[1] != NULL ? o->words[1] : ""),
        .text_from_input = o->verb == OPTIONS_SEND && o->words[1] == NULL,
        .json = o->json,
        .verified = o->verified,
        .number = o->verb == OPTIONS_RECEIVE ? o->count : o->number,
        .path = c->path,
        .words = o->note,
        .from = o->from,
        .most = o->max_bytes,
        .ask = ask_person,
    };

    if (files)
        files_notes(c, &setup);
    s->reads = setup.text_from_input;
    s->face = once_new(c->model, &setup, STDOUT_FILENO);
    s->face_free = once_free;
}

static void make_doctor(struct client *c, struct shown *s)
{
    struct doctor_setup setup = {.json = c->options.json};

    probe(c, &setup);
    s->face = doctor_new(c->model, &setup, STDOUT_FILENO);
    s->face_free = doctor_free;
}

enum err face_screen(struct client *c, char *why, size_t why_n)
{
    const char *theme = c->options.theme;

    if (theme != NULL && theme_usable(theme, why, why_n) != ERR_OK)
        return ERR_NOT_FOUND;
    enum err e = tui_open(c->model, &c->tui, why, why_n);
    if (e == ERR_OK && theme != NULL)
        tui_theme(c->tui, theme);
    return e;
}

static enum err make_chat(struct client *c, struct shown *s, char *why, size_t why_n)
{
    s->reads = true;
    if (c->options.json) {
        s->face = json_face_new(c->model, STDOUT_FILENO);
        s->face_free = json_face_free;
    } else if (c->options.plain) {
        s->face = plain_new(c->model, STDIN_FILENO, STDOUT_FILENO);
        s->face_free = plain_free;
    } else {
        enum err e = c->tui != NULL ? ERR_OK : face_screen(c, why, why_n);
        s->tui = c->tui;
        c->tui = NULL;
        return e;
    }
    return ERR_OK;
}

enum err face_choose(struct client *c, struct shown *s, char *why, size_t why_n)
{
    if (c->options.verb == OPTIONS_SCREEN)
        return make_chat(c, s, why, why_n);
    if (c->notice[0] != '\0')
        (void)complain(FACE_OK, c->notice);
    c->notice[0] = '\0';
    if (c->options.verb == OPTIONS_DOCTOR)
        make_doctor(c, s);
    else
        make_once(c, s);
    return ERR_OK;
}
