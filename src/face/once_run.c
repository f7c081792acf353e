/* SPDX-License-Identifier: ISC */
#include "face/once_impl.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "face/objects.h"
#include "face/text.h"

static struct once *self(struct face *f)
{
    return (struct once *)f;
}

void once_go(struct once *o, enum step step)
{
    o->step = step;
    o->limit_ms = 0;
    o->tag = 0;
    o->done = false;
}

const struct room *once_room(const struct once *o)
{
    return model_find(o->f.model, o->setup.where.direct, o->setup.where.name);
}

/* ---- words for what went wrong ---- */

/* what, and the last thing that home has to say about it. */
void once_fail(struct once *o, int status, const char *what)
{
    struct buf why;

    buf_init(&why, FACE_WHY);
    face_last_trouble(o->f.model, &why);
    if (why.n != 0)
        face_fail(&o->f, status, "%s%s%s", what, what[0] != '\0' ? " " : "", buf_cstr(&why));
    else
        face_fail(&o->f, status, "%s", what[0] != '\0' ? what : "There is no relay there.");
    buf_free(&why);
}

void once_fail_at(struct once *o, int status, const char *words)
{
    struct buf name;

    buf_init(&name, FACE_WHY);
    if (o->setup.where.name.n != 0) {
        buf_text(&name, o->setup.where.direct ? "@" : "#");
        text_brief(&name, o->setup.where.name, 80);
        buf_text(&name, ": ");
    }
    face_fail(&o->f, status, "%s%s", buf_cstr(&name), words);
    buf_free(&name);
}

static void fail_slow(struct once *o)
{
    switch (o->step) {
    case STEP_IN:
        once_fail(o, FACE_NOBODY, "The relay has not let you in.");
        break;
    case STEP_SEAL:
        once_fail_at(o, FACE_UNSEALED,
            "this is not sealed, or nobody else there was heard yet. Nothing was sent.");
        break;
    case STEP_SAY:
        once_fail_at(o, FACE_NOBODY,
            "the message has not reached the relay. It is kept, unless sotto runs with "
            "--ephemeral, and goes out when you are connected again.");
        break;
    case STEP_ENTER:
    case STEP_LIST:
        face_fail(&o->f, FACE_NOBODY, "The relay did not answer in time.");
        break;
    case STEP_MATES:
        once_fail_at(o, FACE_NOBODY, "nobody is there who could take it. Nothing was sent.");
        break;
    case STEP_TEXT:
    case STEP_LISTEN:
    case STEP_OFFER:
    case STEP_RECEIVE:
        break; /* these take as long as they take */
    }
}

/* ---- the steps ---- */

static bool is_timed(const struct once *o)
{
    return o->step < STEP_TEXT;
}

void once_ask(
    struct once *o, enum intent_kind kind, const struct target *where, const struct bytes text)
{
    o->tag = face_intent(&o->f, kind, where, text);
    if (o->tag == 0)
        face_fail(&o->f, FACE_USAGE, "That is too long to be sent.");
}

static enum step first_step(const struct once *o)
{
    if (o->setup.verb == OPTIONS_ROOMS)
        return STEP_LIST;
    if (o->setup.verb == OPTIONS_RECEIVE && o->setup.where.name.n == 0)
        return STEP_RECEIVE;
    return o->setup.verb == OPTIONS_SEND ? STEP_TEXT : STEP_ENTER;
}

static enum step inner_step(const struct once *o)
{
    if (o->setup.verb == OPTIONS_TAIL)
        return STEP_LISTEN;
    if (o->setup.verb == OPTIONS_RECEIVE)
        return STEP_RECEIVE;
    if (o->setup.verb == OPTIONS_SEND_FILE)
        return STEP_MATES;
    return o->setup.verified ? STEP_SEAL : STEP_SAY;
}

static void come_in(struct once *o)
{
    const struct model *m = o->f.model;

    if (m->link == MODEL_READY) {
        o->was_in = true;
        once_go(o, first_step(o));
    } else if (m->link == MODEL_WAITING && !o->asked) {
        once_fail(o, FACE_NOBODY, "");
    }
}

static void enter(struct once *o)
{
    const struct room *r = once_room(o);
    char line[16 + INTENT_WHERE];

    if (r != NULL && (o->tag == 0 || o->done)) {
        once_go(o, inner_step(o));
    } else if (o->tag == 0) {
        (void)snprintf(line, sizeof line, "/%s %.*s", o->setup.where.direct ? "msg" : "join",
            (int)o->setup.where.name.n, (const char *)o->setup.where.name.p);
        once_ask(o, INTENT_LINE, NULL, bytes_str(line));
    } else if (o->done) {
        once_fail(o, FACE_REFUSED, "You could not get in there.");
    }
}

/* Somebody who reads along and was not verified; or NULL. All that the tree counts, and we
 * among them, must be among the people, or there is one whom nobody could have verified. */
static const struct person *stranger(const struct once *o, const struct room *r, bool *unseen)
{
    const struct person *first = NULL;
    size_t readers = 0;
    bool we = false;

    for (size_t i = 0; i < r->people.count; i++) {
        const struct person *p = &r->people.people[i];
        bool me = model_is_me(o->f.model, person_name(p));
        bool fine = (p->flags & ROSTER_VERIFIED) != 0 && (p->flags & ROSTER_CHANGED) == 0;
        if ((p->flags & ROSTER_SEALED) == 0)
            continue;
        readers++;
        we = we || me;
        if (!me && !fine && first == NULL)
            first = p;
    }
    *unseen = !we || readers != r->members;
    return first;
}

static bool is_broken(struct once *o, const struct room *r)
{
    if (r->seal != ROOM_STOPPED && r->seal != ROOM_BROKEN)
        return false;
    once_fail_at(o, FACE_UNSEALED,
        r->seal == ROOM_STOPPED ? "somebody's key has changed. Nothing was sent."
                                : "the relay broke the group's rules. Nothing was sent.");
    return true;
}

/* A file is for who is there; nobody who comes later gets it. With one person there is a group
 * once there is something to say. */
static void meet(struct once *o)
{
    const struct room *r = once_room(o);

    if (r == NULL)
        once_fail_at(o, FACE_REFUSED, "you are not there any more. Nothing was sent.");
    else if (!is_broken(o, r) && (r->direct || r->members > 1))
        once_go(o, o->setup.verified ? STEP_SEAL : STEP_OFFER);
}

static void judge_seal(struct once *o)
{
    const struct room *r = once_room(o);
    const struct person *p;
    struct buf words;
    bool unseen = false;

    if (r == NULL) {
        once_fail_at(o, FACE_REFUSED, "you are not there any more. Nothing was sent.");
        return;
    }
    if (is_broken(o, r))
        return;
    if ((r->seal != ROOM_SEALED && r->seal != ROOM_UNVERIFIED) || r->members == 0)
        return; /* it may become so, until the step has taken long enough */
    p = stranger(o, r, &unseen);
    if (p == NULL && !unseen) {
        once_go(o, o->setup.verb == OPTIONS_SEND_FILE ? STEP_OFFER : STEP_SAY);
        return;
    }
    buf_init(&words, FACE_WHY);
    if (p != NULL)
        text_brief(&words, person_name(p), 80);
    else
        buf_text(&words, "somebody whose name is not known");
    buf_text(&words,
        " reads along and is not verified. Nothing was sent. Compare safety numbers with "
        "/verify.");
    once_fail_at(o, FACE_UNSEALED, buf_cstr(&words));
    buf_free(&words);
}

static void say(struct once *o)
{
    if (o->tag == 0)
        once_ask(o, o->setup.verified ? INTENT_CAREFUL : INTENT_WORDS, &o->setup.where,
            o->setup.text);
    else if (o->done && face_queued(o->f.model) == 0)
        face_quit(&o->f, FACE_OK);
}

static void put_room(struct buf *to, const struct room *r)
{
    static const char *const LOCKS[] = {
        [ROOM_OPEN] = "", [ROOM_LOCKED] = "  password", [ROOM_INVITED] = "  by invitation"};

    text_where(to, r);
    buf_fmt(to, "  %u here%s", r->online, LOCKS[r->lock]);
    if (r->topic[0] != '\0') {
        buf_text(to, "  ");
        text_name(to, bytes_str(r->topic));
    }
    buf_text(to, "\n");
}

static void put_rooms(struct once *o)
{
    const struct rooms *set = &o->f.model->rooms;
    struct json_out out;
    struct buf text;

    buf_init(&text, FACE_OUT);
    if (o->setup.json) {
        json_out_init(&out, &text);
        json_out_open(&out, NULL, '{');
        object_rooms(&out, o->f.model);
        json_out_close(&out, '}');
        buf_text(&text, "\n");
    } else {
        for (size_t i = 0; i < set->count; i++)
            put_room(&text, set->all[i]);
    }
    face_put(&o->f, buf_view(&text));
    buf_free(&text);
}

static void list(struct once *o)
{
    if (o->tag == 0) {
        once_ask(o, INTENT_LINE, NULL, bytes_str("/rooms"));
    } else if (o->done) {
        put_rooms(o);
        face_quit(&o->f, FACE_OK);
    }
}

/* ---- text from standard input ---- */

static bool on_line(struct face *f, struct bytes line)
{
    struct once *o = self(f);

    if (!o->setup.text_from_input)
        return true;
    if (o->text.n != 0)
        buf_u8(&o->text, '\n');
    buf_bytes(&o->text, line);
    if (buf_end(&o->text) != ERR_OK)
        face_fail(
            f, FACE_USAGE, "That is too long to be sent: %d bytes at most.", INTENT_BYTES);
    return true;
}

static void take_text(struct once *o)
{
    if (o->setup.text_from_input && (!o->f.ended || o->f.in.n != 0))
        return;
    if (o->setup.text_from_input)
        o->setup.text = buf_view(&o->text);
    if (o->setup.text.n == 0)
        face_fail(&o->f, FACE_USAGE, "There is nothing to send.");
    else if (!utf8_valid(o->setup.text))
        face_fail(&o->f, FACE_USAGE, "What is to be sent is no UTF-8.");
    else
        once_go(o, STEP_ENTER);
}

/* ---- what the model says ---- */

static void on_outcome(void *arg, const struct model_outcome *outcome)
{
    struct once *o = arg;
    struct buf why;

    face_outcome(&o->f);
    once_file_outcome(o, outcome);
    if (o->tag == 0 || outcome->tag != o->tag)
        return;
    o->done = true;
    if (outcome->done)
        return;
    buf_init(&why, FACE_WHY);
    text_brief(&why, bytes_str(outcome->why != NULL ? outcome->why : "that is refused."), 350);
    if (o->step == STEP_LIST)
        face_fail(&o->f, FACE_REFUSED, "%s", buf_cstr(&why));
    else
        once_fail_at(o, FACE_REFUSED, buf_cstr(&why));
    buf_free(&why);
}

static void print(struct once *o, const struct room *r, const struct event *ev)
{
    struct buf line;

    buf_init(&line, FACE_OUT);
    if (o->setup.json)
        object_event(&line, r, ev, true);
    else
        text_event(&line, r, ev);
    face_put(&o->f, buf_view(&line));
    buf_wipe(&line);
    if (++o->printed == o->setup.number)
        face_quit(&o->f, FACE_OK);
}

static void on_event(void *arg, const struct room *r, const struct event *ev, bool fresh)
{
    struct once *o = arg;

    if (o->f.over || o->was_in == false || r != once_room(o) || ev->kind != EVENT_MESSAGE)
        return;
    if (o->step == STEP_SAY && ev->state == EVENT_FAILED && (ev->flags & EVENT_OWN) != 0)
        once_fail_at(o, FACE_REFUSED, "the message was not sent.");
    if (o->setup.verb == OPTIONS_TAIL && fresh && (ev->flags & EVENT_OLD) == 0)
        print(o, r, ev);
}

static void on_link(void *arg)
{
    struct once *o = arg;

    if (o->f.model->link == MODEL_DIALING)
        o->asked = false;
}

/* A wrong password is asked for again: what was wrong stands before the question. */
static void put_question(const struct once *o, bool again, struct buf *to)
{
    buf_clear(to);
    if (again)
        face_last_trouble(o->f.model, to);
    if (to->n != 0)
        buf_text(to, to->p[to->n - 1] == '.' ? " " : ". ");
    text_brief(to, bytes_str(o->f.model->ask.words), 160);
}

static void answer(struct once *o)
{
    const struct model_ask *ask = &o->f.model->ask;
    enum err e = ERR_UNSUPPORTED;
    struct buf question;
    struct buf words;

    if (!ask->open || o->f.model->intents.count != 0)
        return;
    o->asked = true;
    buf_init(&question, 2 * FACE_WHY);
    buf_init(&words, INTENT_BYTES);
    put_question(o, o->answers != 0, &question);
    if (ask->hidden && o->setup.ask != NULL)
        e = o->setup.ask(buf_cstr(&question), &words);
    if (e != ERR_OK) {
        put_question(o, true, &question); /* a script's password may have been the wrong one */
        face_fail(&o->f, FACE_REFUSED, "%s (%s)", buf_cstr(&question),
            e == ERR_CLOSED ? "you gave no answer" : "nobody is here to answer");
    } else {
        o->answers++;
        (void)face_intent(&o->f, INTENT_ANSWER, NULL, buf_view(&words));
        o->limit_ms = 0; /* thinking does not count */
    }
    buf_free(&question);
    buf_wipe(&words);
}

static void on_turn(struct face *f)
{
    static void (*const STEPS[])(struct once *) = {
        [STEP_IN] = come_in,
        [STEP_TEXT] = take_text,
        [STEP_ENTER] = enter,
        [STEP_SEAL] = judge_seal,
        [STEP_SAY] = say,
        [STEP_LISTEN] = NULL,
        [STEP_LIST] = list,
        [STEP_MATES] = meet,
        [STEP_OFFER] = once_offer,
        [STEP_RECEIVE] = once_receive,
    };
    struct once *o = self(f);
    enum step before;

    if (f->model->link == MODEL_REFUSED) {
        once_fail(o, FACE_REFUSED, "");
        return;
    }
    answer(o);
    do {
        before = o->step;
        if (STEPS[before] != NULL && !f->over)
            STEPS[before](o);
    } while (o->step != before);
    if (o->limit_ms == 0)
        o->limit_ms = f->now_ms + ONCE_PATIENCE_MS;
    f->due_ms = is_timed(o) ? o->limit_ms : once_file_due(o);
    if (is_timed(o) && f->now_ms >= o->limit_ms)
        fail_slow(o);
}

/* ---- life ---- */

static void on_fini(struct face *f)
{
    f->model->ear = (struct model_ear){0};
    once_file_fini(self(f));
    buf_wipe(&self(f)->text);
}

static bool on_stop(struct face *f)
{
    return once_file_stop(self(f));
}

static const struct face_ops OPS = {
    .line = on_line, .turn = on_turn, .stop = on_stop, .fini = on_fini};

struct face *once_new(struct model *m, const struct once_setup *setup, int out_fd)
{
    struct once *o = mem_alloc(sizeof *o);

    face_init(&o->f, &OPS, m, out_fd);
    o->setup = *setup;
    buf_init(&o->text, INTENT_BYTES);
    m->ear = (struct model_ear){.event = on_event,
        .link = on_link,
        .outcome = on_outcome,
        .file = once_file_told,
        .arg = o};
    return &o->f;
}

void once_free(struct face *f)
{
    if (f == NULL)
        return;
    face_fini(f);
    mem_free(f);
}
