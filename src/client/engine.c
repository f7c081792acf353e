/* SPDX-License-Identifier: ISC */
#include "client/engine.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "client/inspect.h"
#include "net/frame.h"

#define SAY_BYTES    4096
#define OUTGOING_MAX 1024

#define TO(s) (1u << ENGINE_##s)
#define DOWN  (TO(AWAIT_RETRY) | TO(REFUSED) | TO(ENDED))

struct state_row {
    const char *name;
    enum model_link shown;
    unsigned next;
};

/* clang-format off */
static const struct state_row STATES[ENGINE_STATES] = {
    [ENGINE_OFFLINE]      = {"offline",             MODEL_OFFLINE,  TO(AWAIT_LINK) | TO(ENDED)},
    [ENGINE_AWAIT_LINK]   = {"awaiting the link",   MODEL_DIALING,  DOWN | TO(AWAIT_NAME)},
    [ENGINE_AWAIT_NAME]   = {"awaiting a name",     MODEL_GREETING, DOWN | TO(AWAIT_HELLO)},
    [ENGINE_AWAIT_HELLO]  = {"awaiting hello",      MODEL_GREETING, DOWN | TO(AWAIT_ACCESS) | TO(AWAIT_LOGIN)},
    [ENGINE_AWAIT_ACCESS] = {"awaiting access",     MODEL_GREETING, DOWN | TO(AWAIT_LOGIN)},
    [ENGINE_AWAIT_LOGIN]  = {"awaiting login",      MODEL_GREETING, DOWN | TO(READY)},
    [ENGINE_READY]        = {"ready",               MODEL_READY,    DOWN | TO(AWAIT_LEFT)},
    [ENGINE_AWAIT_RETRY]  = {"awaiting the retry",  MODEL_WAITING,  TO(AWAIT_LINK) | TO(ENDED)},
    [ENGINE_AWAIT_LEFT]   = {"awaiting goodbye",    MODEL_LEAVING,  TO(ENDED)},
    [ENGINE_REFUSED]      = {"refused",             MODEL_REFUSED,  TO(ENDED)},
    [ENGINE_ENDED]        = {"ended",               MODEL_ENDED,    0},
};
/* clang-format on */

const char *engine_state_str(enum engine_state s)
{
    return (unsigned)s < ENGINE_STATES ? STATES[s].name : "unknown";
}

bool engine_may_follow(enum engine_state from, enum engine_state to)
{
    return (STATES[from].next >> to & 1u) != 0;
}

void engine_set_state(struct engine *e, enum engine_state to)
{
    if (!engine_may_follow(e->state, to)) {
        LOG_ERROR("session", "%s may not follow %s", engine_state_str(to),
            engine_state_str(e->state));
        return;
    }
    LOG_INFO("session", "%s -> %s", engine_state_str(e->state), engine_state_str(to));
    e->state = to;
    model_set_link(e->model, STATES[to].shown, 0);
}

static bool can_send(const struct engine *e)
{
    return e->link != NULL && !e->given_up;
}

void engine_send_due(struct engine *e)
{
    if (!can_send(e))
        return;
    if (outgoing_flush(&e->outgoing, e->link, vault_durable(e->vault), &e->requests) != 0)
        loop_timer_arm(e->loop, &e->beat, 1000u * (uint64_t)e->beat_s);
    if (!loop_timer_armed(&e->answer) && requests_first(&e->requests) != NULL)
        loop_timer_arm(e->loop, &e->answer, ENGINE_ANSWER_MS);
}

static void send_frame(struct engine *e, uint8_t op, const struct schema *shape,
    const void *body, uint64_t ticket, const struct request *r)
{
    struct buf b;
    size_t mark;

    buf_init(&b, OPCODE_LARGE + FRAME_HEAD);
    mark = frame_begin(&b, op);
    schema_encode(shape, body, &b);
    frame_end(&b, mark);
    if (buf_end(&b) == ERR_OK) {
        const struct trace_row row = {.wall_ms = e->loop->wall_ms,
            .out = true,
            .op = op,
            .state = engine_state_str(e->state)};
        inspect_frame(e->model, &row, bytes_of(b.p + FRAME_HEAD, b.n - FRAME_HEAD));
        outgoing_put(&e->outgoing, span_copy(buf_view(&b)), ticket, r);
        engine_send_due(e);
    } else {
        LOG_ERROR("session", "cannot encode %s", shape->name);
    }
    buf_wipe(&b);
}

static void ask(
    struct engine *e, uint8_t op, const void *body, const struct request *more, uint64_t ticket)
{
    struct request r = more != NULL ? *more : (struct request){0};

    if (!can_send(e))
        return;
    r.op = op;
    r.due_ms = e->loop->now_ms + ENGINE_ANSWER_MS;
    if (r.tag == 0)
        r.tag = e->tag;
    if (e->outgoing.count >= OUTGOING_MAX) {
        engine_say(e, e->at, EVENT_WARN,
            "The relay is slow to answer; that was not asked. Try again in a moment.");
        return;
    }
    engine_hold(e, r.tag);
    send_frame(e, op, opcode_row(op)->ask, body, ticket, &r);
}

void engine_ask(struct engine *e, uint8_t op, const void *body, const struct request *more)
{
    ask(e, op, body, more, 0);
}

void engine_ask_sealed(
    struct engine *e, uint8_t op, const void *body, const struct request *more)
{
    ask(e, op, body, more, vault_ticket(e->vault));
    loop_later(e->loop, &e->save, LOOP_FLUSH);
}

void engine_tell_relay(struct engine *e, uint8_t op, const void *body)
{
    if (can_send(e))
        send_frame(e, op, opcode_row(op)->ask, body, 0, NULL);
}

void engine_beat(struct engine *e)
{
    engine_tell_relay(e, OP_HEARTBEAT, &(struct msg_heartbeat){bytes_str(MSG_HEARTBEAT)});
}

void engine_tell(
    struct engine *e, struct room *r, enum event_kind kind, struct bytes who, const char *what)
{
    model_time(e->model, e->loop->wall_ms);
    model_event(e->model, r, kind, who, bytes_str(what));
    if (kind == EVENT_WARN || kind == EVENT_ERROR)
        outcome_fail(&e->outcomes, e->tag, what);
}

__attribute__((format(printf, 4, 0))) static void say(
    struct engine *e, struct room *r, enum event_kind kind, const char *fmt, va_list ap)
{
    char text[SAY_BYTES];

    (void)vsnprintf(text, sizeof text, fmt, ap);
    engine_tell(e, r, kind, (struct bytes){0}, text);
}

void engine_say(struct engine *e, struct room *r, enum event_kind kind, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    say(e, r, kind, fmt, ap);
    va_end(ap);
}

void engine_say_in(struct engine *e, struct talk *c, enum event_kind kind, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    say(e, c != NULL ? c->page : NULL, kind, fmt, ap);
    va_end(ap);
}

/* ---- conversations ---- */

struct talk *engine_talk(struct engine *e, uint32_t serial)
{
    struct talk *c = e->talks;

    while (c != NULL && (c->serial != serial || c->dropped))
        c = c->next;
    return c;
}

struct talk *engine_find(struct engine *e, enum msg_convo kind, struct bytes name)
{
    struct talk *c = e->talks;
    struct buf folded;

    buf_init(&folded, 4 * MSG_ROOM);
    if (utf8_fold(&folded, name) != ERR_OK)
        buf_bytes(&folded, name);
    while (c != NULL && (c->kind != kind || c->dropped ||
                            !bytes_eq(buf_view(&c->folded), buf_view(&folded))))
        c = c->next;
    buf_free(&folded);
    return c;
}

struct talk *engine_of_page(struct engine *e, const struct room *page)
{
    struct talk *c = e->talks;

    while (c != NULL && (c->dropped || c->page != page))
        c = c->next;
    return page != NULL && page != e->model->home ? c : NULL;
}

struct talk *engine_talk_new(struct engine *e, enum msg_convo kind, struct bytes title)
{
    struct talk *c = talk_new(++e->last_serial, kind, title);
    struct talk **end = &e->talks;
    uint8_t home[IDENTITY_HOME];

    talk_set_key(c, identity_home(&e->identity, home));
    while (*end != NULL)
        end = &(*end)->next;
    *end = c;
    return c;
}

void engine_touch(struct engine *e, struct talk *c)
{
    c->touched = true;
    loop_later(e->loop, &e->pump, LOOP_DELIVER);
}

void engine_touch_all(struct engine *e)
{
    for (struct talk *c = e->talks; c != NULL; c = c->next)
        engine_touch(e, c);
}

void engine_look_at(struct engine *e, uint64_t at_ms)
{
    uint64_t now = e->loop->now_ms;

    if (!loop_timer_armed(&e->pump_at) || e->pump_at.due_ms > at_ms)
        loop_timer_arm(e->loop, &e->pump_at, at_ms > now ? at_ms - now : 0);
}

void engine_changed(struct engine *e, struct talk *c)
{
    c->unsaved = true;
    loop_later(e->loop, &e->save, LOOP_FLUSH);
}

/* ---- intents that are waited for ---- */

void engine_fail(struct engine *e, uint64_t tag, const char *why)
{
    outcome_fail(&e->outcomes, tag, why);
}

void engine_hold(struct engine *e, uint64_t tag)
{
    outcome_hold(&e->outcomes, tag);
}

void engine_release(struct engine *e, uint64_t tag)
{
    outcome_release(&e->outcomes, tag, e->model);
}

/* ---- the end ---- */

void engine_redial(struct engine *e)
{
    if (e->link != NULL || e->state != ENGINE_AWAIT_RETRY)
        return;
    e->retry_at_ms = e->loop->now_ms;
    loop_timer_arm(e->loop, &e->retry, 0);
}

void engine_drop(struct engine *e, const char *why)
{
    if (!can_send(e))
        return;
    LOG_WARN("session", "link given up: %s", why);
    e->given_up = true;
    link_close(e->link, why);
}

void engine_refuse(struct engine *e, const char *why)
{
    e->fatal = true;
    engine_drop(e, why);
}

/* A guest leaves its rooms, by name first: without one the relay takes the current room, and
 * itself last. An account stays a member, and only hangs up. */
static void say_goodbye(struct engine *e)
{
    struct request quiet = {.why = REQUEST_PARTING};
    struct msg_leave m = {.more = true};

    for (struct talk *c = e->talks; c != NULL; c = c->next) {
        if (c->kind != CONVO_ROOM || !c->present || c->dropped)
            continue;
        m.room = talk_title(c);
        engine_ask(e, OP_LEAVE, &m, &quiet);
    }
    m = (struct msg_leave){0};
    engine_ask(e, OP_LEAVE, &m, &quiet);
}

void engine_leave(struct engine *e)
{
    if (e->state == ENGINE_READY && can_send(e)) {
        engine_set_state(e, ENGINE_AWAIT_LEFT);
        if (e->account) {
            engine_drop(e, "goodbye");
            return;
        }
        say_goodbye(e);
        loop_timer_arm(e->loop, &e->leave, 1500);
    } else if (e->link != NULL) {
        e->fatal = true;
        if (e->state != ENGINE_AWAIT_LEFT && engine_may_follow(e->state, ENGINE_ENDED))
            engine_set_state(e, ENGINE_ENDED);
        engine_drop(e, "leaving");
    } else if (engine_may_follow(e->state, ENGINE_ENDED)) {
        loop_timer_stop(e->loop, &e->retry);
        engine_set_state(e, ENGINE_ENDED);
    }
}

void engine_want_nick(struct engine *e, struct bytes nick)
{
    e->want_nick_n = (uint8_t)(nick.n <= sizeof e->want_nick ? nick.n : 0);
    if (e->want_nick_n != 0)
        memcpy(e->want_nick, nick.p, e->want_nick_n);
}
