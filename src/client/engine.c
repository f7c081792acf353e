/* SPDX-License-Identifier: ISC */
#include "client/engine.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/log.h"
#include "base/mem.h"
#include "net/frame.h"

#define SAY_BYTES 2048

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

static void send_frame(
    struct engine *e, uint8_t op, const struct schema *shape, const void *body)
{
    struct buf b;
    size_t mark;

    buf_init(&b, OPCODE_PLAIN + FRAME_HEAD);
    mark = frame_begin(&b, op);
    schema_encode(shape, body, &b);
    frame_end(&b, mark);
    if (buf_end(&b) == ERR_OK) {
        link_send(e->link, span_copy(buf_view(&b)));
        loop_timer_arm(e->loop, &e->beat, 1000u * (uint64_t)e->beat_s);
    } else {
        LOG_ERROR("session", "cannot encode %s", shape->name);
    }
    buf_wipe(&b);
}

static bool can_send(const struct engine *e)
{
    return e->link != NULL && !e->given_up;
}

void engine_ask(struct engine *e, uint8_t op, const void *body, const struct request *more)
{
    struct request r = more != NULL ? *more : (struct request){0};

    if (!can_send(e))
        return;
    r.op = op;
    r.due_ms = e->loop->now_ms + ENGINE_ANSWER_MS;
    if (requests_add(&e->requests, &r) != ERR_OK) {
        engine_say(e, NULL, EVENT_WARN,
            "The relay is slow to answer; that was not asked. Try again in a moment.");
        return;
    }
    send_frame(e, op, opcode_row(op)->ask, body);
    if (!loop_timer_armed(&e->answer))
        loop_timer_arm(e->loop, &e->answer, ENGINE_ANSWER_MS);
}

void engine_beat(struct engine *e)
{
    struct msg_heartbeat m = {.text = bytes_str(MSG_HEARTBEAT)};

    if (can_send(e))
        send_frame(e, OP_HEARTBEAT, &MSG_BEAT, &m);
}

void engine_tell(
    struct engine *e, struct room *r, enum event_kind kind, struct bytes who, const char *what)
{
    model_time(e->model, e->loop->wall_ms);
    model_event(e->model, r, kind, who, bytes_str(what));
}

void engine_say(struct engine *e, struct room *r, enum event_kind kind, const char *fmt, ...)
{
    char text[SAY_BYTES];
    va_list ap;

    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    engine_tell(e, r, kind, (struct bytes){0}, text);
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

static void say_goodbye(struct engine *e)
{
    struct request quiet = {.why = REQUEST_PARTING};
    struct msg_leave m = {.more = true};

    /* Rooms by name first: without one the relay takes the current room, and itself last. */
    for (size_t i = 1; i < model_pages(e->model); i++) {
        m.room = room_name(model_page(e->model, i));
        engine_ask(e, OP_LEAVE, &m, &quiet);
    }
    m = (struct msg_leave){0};
    engine_ask(e, OP_LEAVE, &m, &quiet);
}

void engine_leave(struct engine *e)
{
    if (e->state == ENGINE_READY && can_send(e)) {
        engine_set_state(e, ENGINE_AWAIT_LEFT);
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
