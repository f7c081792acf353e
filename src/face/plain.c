/* SPDX-License-Identifier: ISC */
#include "face/plain.h"

#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "face/pulse.h"
#include "face/text.h"

struct told {
    const struct room *room;
    enum room_seal seal;
    bool joined;
};

struct plain {
    struct face f; /* first: a struct face is one of these */
    int in_fd;
    bool quiet;  /* the terminal does not echo, because of us */
    bool asking; /* a prompt stands at the end of what was written */
    struct termios was;
    enum model_link link; /* as was told last */
    const struct room *page;
    struct told *told; /* each room as it was told last */
    size_t told_count;
    size_t told_cap;
    struct pulse pulse;
};

static struct plain *self(struct face *f)
{
    return (struct plain *)f;
}

/* ---- out ---- */

static void put_prompt(struct plain *p)
{
    struct buf line;

    buf_init(&line, FACE_OUT);
    text_name(&line, bytes_str(p->f.model->ask.words));
    buf_text(&line, ": ");
    face_put(&p->f, buf_view(&line));
    buf_free(&line);
}

/* A line; a prompt that stands there is left and put again behind it. */
static void put(struct plain *p, struct buf *line)
{
    if (p->asking)
        face_put(&p->f, bytes_str("\n"));
    face_put(&p->f, buf_view(line));
    buf_wipe(line);
    if (p->asking)
        put_prompt(p);
}

/* A line of ours, in a room or at home. */
static void tell(struct plain *p, const struct room *r, const char *words)
{
    const struct event ev = {
        .kind = EVENT_INFO, .wall_ms = p->f.model->wall_ms, .text = bytes_str(words)};
    struct buf line;

    buf_init(&line, FACE_OUT);
    text_event(&line, r, &ev);
    put(p, &line);
}

/* ---- files ---- */

static bool is_offer(const struct event *ev)
{
    return ev->kind == EVENT_MESSAGE && (ev->flags & EVENT_FILE) != 0 &&
           (ev->flags & (EVENT_OWN | EVENT_OLD)) == 0;
}

static void put_offer(struct buf *to, const struct transfer *t)
{
    char words[TRANSFER_WORDS];

    transfer_words(words, t->name, t->bytes);
    buf_fmt(to, "offer %u: ", t->n);
    text_name(to, bytes_of(t->from, t->from_n));
    if (t->tag[0] != '\0')
        buf_fmt(to, "#%s", t->tag);
    buf_fmt(to, " sends %s: /accept %u or /refuse %u", words, t->n, t->n);
    if (t->note[0] == '\0')
        return;
    buf_text(to, "; ");
    text_name(to, bytes_of(t->note, strnlen(t->note, sizeof t->note)));
}

/* Whether the engine has no words of its own for this: each is told once. */
static bool is_untold(const struct plain *p, const struct transfer *t)
{
    bool accepted = t->own || t->path[0] != '\0';

    if (t->state == TRANSFER_PAUSED)
        return !t->resting || t->own;
    if (t->state == TRANSFER_LOST)
        return p->f.model->link == MODEL_READY;
    if (t->state == TRANSFER_CANCELLED)
        return t->own || !accepted;
    return t->state == TRANSFER_REFUSED && !t->own;
}

static void on_file(void *arg, const struct transfer *t)
{
    static const struct pulse_pace PACE = {.ms = 2000, .percent = 10};
    struct plain *p = arg;
    const struct room *r = model_find(p->f.model, t->direct, bytes_of(t->where, t->where_n));
    enum pulse_news news = pulse_take(&p->pulse, t, p->f.model->wall_ms, &PACE);
    struct buf words;

    buf_init(&words, FACE_OUT);
    if (news == PULSE_STATE && t->state == TRANSFER_OFFERED && !t->own)
        put_offer(&words, t);
    else if (news == PULSE_FAR ? transfer_moves(t) : news != PULSE_NONE && is_untold(p, t))
        text_file(&words, t);
    if (words.n != 0)
        tell(p, r, buf_cstr(&words));
    buf_free(&words);
}

/* ---- the rest of what the model says ---- */

static void on_event(void *arg, const struct room *r, const struct event *ev, bool fresh)
{
    struct buf line;

    if (!fresh && ev->state != EVENT_FAILED)
        return;
    if (is_offer(ev))
        return; /* told by on_file(), with its number */
    buf_init(&line, FACE_OUT);
    text_event(&line, r, ev);
    put(arg, &line);
}

static void on_link(void *arg)
{
    struct plain *p = arg;
    const struct model *m = p->f.model;
    struct buf words;

    if (m->link == p->link)
        return;
    p->link = m->link;
    buf_init(&words, 1024);
    buf_text(&words, model_link_str(m->link));
    if (m->link == MODEL_READY) {
        buf_text(&words, " as ");
        text_name(&words, model_nick(m));
    }
    tell(p, NULL, buf_cstr(&words));
    buf_free(&words);
}

static struct told *told_of(struct plain *p, const struct room *r)
{
    for (size_t i = 0; i < p->told_count; i++) {
        if (p->told[i].room == r)
            return &p->told[i];
    }
    if (p->told_count == p->told_cap) {
        p->told_cap = p->told_cap != 0 ? 2 * p->told_cap : 8;
        p->told = mem_realloc(p->told, p->told_cap * sizeof *p->told);
    }
    p->told[p->told_count] = (struct told){.room = r};
    return &p->told[p->told_count++];
}

/* Joined, left, or sealed in another way; the rest of what a room is does not make a line. */
static void on_room(void *arg, const struct room *r)
{
    struct plain *p = arg;
    struct told *t = told_of(p, r);
    struct buf words;

    if (t->joined == r->joined && (t->seal == r->seal || !r->joined))
        return;
    buf_init(&words, 1024);
    if (t->joined != r->joined)
        buf_text(&words, r->joined ? "joined; " : "left");
    if (r->joined)
        buf_text(&words, room_seal_str(r->seal));
    if (r->joined && r->members != 0)
        buf_fmt(&words, ", %u member%s", r->members, r->members == 1 ? "" : "s");
    t->joined = r->joined;
    t->seal = r->seal;
    tell(p, r, buf_cstr(&words));
    buf_free(&words);
}

static void on_outcome(void *arg, const struct model_outcome *o)
{
    struct plain *p = arg;

    (void)o; /* what did not work out was told as an event */
    face_outcome(&p->f);
}

/* ---- questions ---- */

static void echo(struct plain *p, bool on)
{
    struct termios quiet;

    if (on && p->quiet) {
        (void)tcsetattr(p->in_fd, TCSADRAIN, &p->was);
        p->quiet = false;
    } else if (!on && !p->quiet && tcgetattr(p->in_fd, &p->was) == 0) {
        quiet = p->was;
        quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
        p->quiet = tcsetattr(p->in_fd, TCSADRAIN, &quiet) == 0;
    }
}

static void on_ask(void *arg)
{
    struct plain *p = arg;
    const struct model_ask *ask = &p->f.model->ask;

    echo(p, !(ask->open && ask->hidden));
    if (p->asking)
        face_put(&p->f, bytes_str("\n"));
    p->asking = ask->open;
    if (ask->open)
        put_prompt(p);
}

/* ---- in ---- */

static void answer(struct plain *p, struct bytes line)
{
    if (p->asking && (p->quiet || isatty(p->in_fd) == 0))
        face_put(&p->f, bytes_str("\n")); /* the one that was not echoed */
    p->asking = false;
    if (face_intent(&p->f, INTENT_ANSWER, NULL, line) == 0)
        tell(p, NULL, "That is too long.");
}

static bool on_line(struct face *f, struct bytes line)
{
    struct plain *p = self(f);

    if (!utf8_valid(line)) {
        tell(p, NULL, "A line that is no UTF-8 came in; it was not used.");
        return true;
    }
    if (f->model->ask.open && f->model->intents.count == 0) {
        answer(p, line);
        return true;
    }
    if (!face_is_settled(f) || f->awaited != 0)
        return false;
    if (line.n != 0 && face_intent(f, INTENT_LINE, NULL, line) == 0)
        tell(p, NULL, "That is too long.");
    return true;
}

/* Which page words go to is said when it changes, since there is no screen to see it on. */
static void on_turn(struct face *f)
{
    struct plain *p = self(f);
    const struct room *open = f->model->open;

    if (open != p->page) {
        p->page = open;
        tell(p, open,
            open == f->model->home ? "This is the relay's page."
                                   : "What you type goes here now.");
    }
    face_drain(f);
}

/* ---- life ---- */

static void on_fini(struct face *f)
{
    struct plain *p = self(f);

    f->model->ear = (struct model_ear){0};
    echo(p, true);
    pulse_fini(&p->pulse);
    mem_free(p->told);
}

static const struct face_ops OPS = {.line = on_line, .turn = on_turn, .fini = on_fini};

struct face *plain_new(struct model *m, int in_fd, int out_fd)
{
    struct plain *p = mem_alloc(sizeof *p);

    face_init(&p->f, &OPS, m, out_fd);
    p->in_fd = in_fd;
    p->link = m->link;
    p->page = m->open;
    m->ear = (struct model_ear){.event = on_event,
        .link = on_link,
        .room = on_room,
        .ask = on_ask,
        .outcome = on_outcome,
        .file = on_file,
        .arg = p};
    return &p->f;
}

void plain_free(struct face *f)
{
    if (f == NULL)
        return;
    face_fini(f);
    mem_free(f);
}
