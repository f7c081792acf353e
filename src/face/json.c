/* SPDX-License-Identifier: ISC */
#include "face/json.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "face/asked.h"
#include "face/objects.h"
#include "face/pulse.h"

#define PENDING 128

struct json_face {
    struct face f; /* first: a struct face is one of these */
    struct {
        uint64_t tag;
        int64_t id;
    } pending[PENDING];
    size_t count;
    /* The last that was told of the link, and of a room: much of what changes does not show. */
    struct buf last_link;
    struct buf last_room;
    struct pulse pulse;
};

static struct json_face *self(struct face *f)
{
    return (struct json_face *)f;
}

/* ---- replies ---- */

static void reply_begin(struct json_out *o, struct buf *line, int64_t id, bool ok)
{
    buf_init(line, FACE_OUT);
    json_out_init(o, line);
    json_out_open(o, NULL, '{');
    if (id != 0)
        json_out_int(o, "id", id);
    json_out_bool(o, "ok", ok);
}

static void reply_end(struct face *f, struct json_out *o, struct buf *line)
{
    json_out_close(o, '}');
    buf_u8(line, '\n');
    face_put(f, buf_view(line));
    buf_wipe(line);
}

static void reply(struct face *f, int64_t id, bool ok, const char *why)
{
    struct json_out o;
    struct buf line;
    struct buf words;

    reply_begin(&o, &line, id, ok);
    if (!ok) {
        buf_init(&words, SIZE_MAX);
        utf8_clean(&words, bytes_str(why), UTF8_DISPLAY);
        json_out_str(&o, "error", buf_view(&words));
        buf_free(&words);
    }
    reply_end(f, &o, &line);
}

static bool is_pending(const void *arg, int64_t id)
{
    const struct json_face *j = arg;

    for (size_t i = 0; i < j->count; i++) {
        if (j->pending[i].id == id)
            return true;
    }
    return false;
}

/* ---- doing it ---- */

static struct room *room_of(const struct json_face *j, const struct asked *a)
{
    if (!a->has_where)
        return j->f.model->home;
    return model_find(j->f.model, a->where.direct, a->where.name);
}

static void send_list(struct json_face *j, const struct asked *a)
{
    const struct room *r = room_of(j, a);
    struct json_out o;
    struct buf line;

    if (r == NULL) {
        reply(&j->f, a->id, false, "You are not there.");
        return;
    }
    reply_begin(&o, &line, a->id, true);
    if (a->what == ASKED_ROOMS)
        object_rooms(&o, j->f.model);
    else if (a->what == ASKED_PEOPLE)
        object_people(&o, r);
    else if (a->what == ASKED_TRANSFERS)
        object_files(&o, j->f.model);
    else
        object_status(&o, j->f.model);
    reply_end(&j->f, &o, &line);
}

/* A conversation with somebody begins when it is spoken in; what becomes of that shows in what
 * becomes of the words. */
static void open_talk(struct json_face *j, const struct target *who)
{
    char line[16 + ROSTER_NAME];

    if (!who->direct || model_find(j->f.model, true, who->name) != NULL ||
        !utf8_is_name(who->name))
        return;
    (void)snprintf(line, sizeof line, "/msg %.*s", (int)who->name.n, (const char *)who->name.p);
    (void)face_intent(&j->f, INTENT_LINE, NULL, bytes_str(line));
}

static const enum intent_kind KINDS[ASKED_KINDS] = {
    [ASKED_SAY] = INTENT_WORDS,
    [ASKED_COMMAND] = INTENT_LINE,
    [ASKED_ANSWER] = INTENT_ANSWER,
    [ASKED_SEND_FILE] = INTENT_FILE,
    [ASKED_ACCEPT] = INTENT_LINE,
    [ASKED_REFUSE] = INTENT_LINE,
    [ASKED_PAUSE] = INTENT_LINE,
    [ASKED_RESUME] = INTENT_LINE,
    [ASKED_CANCEL] = INTENT_LINE,
};

static void put_intent(const struct asked *a, struct buf *to)
{
    const char *more = a->more != NULL ? a->more : "";

    if (a->what == ASKED_SEND_FILE) {
        buf_text(to, a->text);
        if (more[0] != '\0')
            buf_u8(to, 0);
        buf_text(to, more);
    } else if (a->n != 0) {
        buf_fmt(to, "/%s %lld", asked_at(a->what)->name, (long long)a->n);
        if (more[0] != '\0')
            buf_fmt(to, " %s", more);
    } else {
        buf_text(to, a->text);
    }
}

/* The engine answers, by an outcome. */
static void pass_on(struct json_face *j, const struct asked *a)
{
    const struct target *where = a->has_where ? &a->where : NULL;
    struct buf text;

    if (a->what == ASKED_ANSWER && !j->f.model->ask.open) {
        reply(&j->f, a->id, false, "Nothing was asked.");
        return;
    }
    if (a->what == ASKED_SAY || a->what == ASKED_SEND_FILE)
        open_talk(j, &a->where);
    buf_init(&text, 2 * (size_t)INTENT_BYTES);
    put_intent(a, &text);
    uint64_t tag = face_intent(&j->f, KINDS[a->what], where, buf_view(&text));
    buf_wipe(&text);
    if (tag == 0) {
        reply(&j->f, a->id, false, "Too much is asked for at once; try again.");
        return;
    }
    j->pending[j->count].tag = tag;
    j->pending[j->count++].id = a->id;
}

static bool is_for_later(struct json_face *j, const struct asked *a)
{
    bool passed = a->what != ASKED_QUIT && asked_at(a->what)->gives[0] == '\0';

    return passed && (j->count == PENDING || !face_is_settled(&j->f));
}

static bool on_line(struct face *f, struct bytes line)
{
    struct json_face *j = self(f);
    struct asked a;
    char why[256] = "";
    bool later = false;

    if (asked_read(&a, line, is_pending, j, why, sizeof why) != ERR_OK) {
        reply(f, a.id, false, why);
    } else if (is_for_later(j, &a)) {
        later = true;
    } else if (a.what == ASKED_QUIT) {
        reply(f, a.id, true, NULL);
        face_quit(f, FACE_OK);
    } else if (asked_at(a.what)->gives[0] != '\0') {
        send_list(j, &a);
    } else {
        pass_on(j, &a);
    }
    asked_free(&a);
    return !later;
}

/* ---- what the model says ---- */

static void put_line(struct json_face *j, struct buf *line)
{
    face_put(&j->f, buf_view(line));
    buf_wipe(line);
}

static void put_news(struct json_face *j, struct buf *last, struct buf *line)
{
    if (!bytes_eq(buf_view(line), buf_view(last))) {
        buf_clear(last);
        buf_bytes(last, buf_view(line));
        face_put(&j->f, buf_view(line));
    }
    buf_free(line);
}

static void on_event(void *arg, const struct room *r, const struct event *ev, bool fresh)
{
    struct buf line;

    buf_init(&line, FACE_OUT);
    object_event(&line, r, ev, fresh);
    put_line(arg, &line);
}

static void on_link(void *arg)
{
    struct json_face *j = arg;
    struct buf line;

    buf_init(&line, FACE_OUT);
    object_link(&line, j->f.model);
    put_news(j, &j->last_link, &line);
}

static void on_room(void *arg, const struct room *r)
{
    struct json_face *j = arg;
    struct buf line;

    buf_init(&line, FACE_OUT);
    object_room(&line, r);
    put_news(j, &j->last_room, &line);
}

static void on_file(void *arg, const struct transfer *t)
{
    static const struct pulse_pace PACE = {.ms = 490}; /* twice a second */
    struct json_face *j = arg;
    struct buf line;

    if (pulse_take(&j->pulse, t, j->f.model->wall_ms, &PACE) == PULSE_NONE)
        return;
    buf_init(&line, FACE_OUT);
    object_file(&line, t);
    put_line(j, &line);
}

static void on_ask(void *arg)
{
    struct json_face *j = arg;
    struct buf line;

    buf_init(&line, FACE_OUT);
    object_ask(&line, j->f.model);
    put_line(j, &line);
}

static void on_outcome(void *arg, const struct model_outcome *outcome)
{
    struct json_face *j = arg;

    face_outcome(&j->f);
    for (size_t i = 0; i < j->count; i++) {
        if (j->pending[i].tag != outcome->tag)
            continue;
        reply(&j->f, j->pending[i].id, outcome->done,
            outcome->why != NULL && outcome->why[0] != '\0' ? outcome->why
                                                            : "That did not work out.");
        j->pending[i] = j->pending[--j->count];
        return;
    }
}

/* ---- life ---- */

static void on_fini(struct face *f)
{
    struct json_face *j = self(f);

    f->model->ear = (struct model_ear){0};
    pulse_fini(&j->pulse);
    buf_free(&j->last_link);
    buf_free(&j->last_room);
    while (j->count > 0)
        reply(f, j->pending[--j->count].id, false, "sotto ended before this was answered.");
}

static const struct face_ops OPS = {.line = on_line, .turn = face_drain, .fini = on_fini};

struct face *json_face_new(struct model *m, int out_fd)
{
    struct json_face *j = mem_alloc(sizeof *j);

    face_init(&j->f, &OPS, m, out_fd);
    buf_init(&j->last_link, FACE_OUT);
    buf_init(&j->last_room, FACE_OUT);
    m->ear = (struct model_ear){.event = on_event,
        .link = on_link,
        .room = on_room,
        .ask = on_ask,
        .outcome = on_outcome,
        .file = on_file,
        .arg = j};
    return &j->f;
}

void json_face_free(struct face *f)
{
    if (f == NULL)
        return;
    face_fini(f);
    mem_free(f);
}
