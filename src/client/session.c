/* SPDX-License-Identifier: ISC */
#include "client/session.h"

#include <stdio.h>

#include "base/log.h"
#include "base/mem.h"
#include "client/command.h"
#include "client/handle.h"
#include "client/handle_connect.h"
#include "client/list.h"
#include "crypto/rand.h"
#include "net/tls_cert.h"

#define SETTLED_MS 30000 /* a link that held so long was a good one */

struct session {
    struct engine e;
};

static void dial(struct engine *e);

/* ---- who is there ---- */

static void tell_changed_key(struct engine *e, const uint8_t pinned[TLS_FINGERPRINT])
{
    char was[TLS_FINGERPRINT_TEXT];
    char is[TLS_FINGERPRINT_TEXT];

    tls_fingerprint_text(pinned, was);
    tls_fingerprint_text(e->shown_key, is);
    engine_say(
        e, NULL, EVENT_ERROR, "THE KEY OF THIS RELAY HAS CHANGED. sotto does not talk to it.");
    engine_say(e, NULL, EVENT_ERROR, "expected  %s", was);
    engine_say(e, NULL, EVENT_ERROR, "shown now %s", is);
    engine_say(e, NULL, EVENT_INFO,
        "Either its operator made a new key, or somebody sits between you and %s. Ask the "
        "operator, by another way, which fingerprint sottod prints.",
        e->model->address);
    if (!e->setup.has_pin)
        engine_say(e, NULL, EVENT_INFO, "If it is the one shown now: sotto -s %s --pin %s",
            e->model->address, is);
}

/* Pin on first use; what was pinned, or told by the person, is held against what is shown. */
static bool trusted(struct engine *e)
{
    const struct pin *known = NULL;
    const uint8_t *want = NULL;

    if (e->setup.by_ca) {
        model_set_trust(e->model, MODEL_CERTIFIED);
        return true;
    }
    if (e->setup.pins != NULL)
        known = pins_find(e->setup.pins, e->model->address);
    if (known != NULL)
        want = known->key;
    if (e->setup.has_pin)
        want = e->setup.pin;
    if (want != NULL && memcmp(want, e->shown_key, TLS_FINGERPRINT) != 0) {
        tell_changed_key(e, want);
        return false;
    }
    model_set_trust(e->model, want != NULL ? MODEL_PINNED : MODEL_FIRST_SIGHT);
    return true;
}

static void tell_first_sight(struct engine *e)
{
    char is[TLS_FINGERPRINT_TEXT];

    tls_fingerprint_text(e->shown_key, is);
    engine_say(e, NULL, EVENT_INFO,
        "First time at this relay. Its key is remembered: %s. Whoever cares compares it with "
        "what sottod printed.",
        is);
}

/* ---- what the link calls ---- */

static void on_up(void *user)
{
    struct engine *e = user;

    if (e->given_up)
        return;
    if (!e->setup.by_ca &&
        e->setup.wire.fingerprint(e->setup.wire.arg, e->link, e->shown_key) != ERR_OK) {
        engine_drop(e, "the relay showed no key");
        return;
    }
    if (!trusted(e)) {
        engine_refuse(e, "the relay's key is another one");
        return;
    }
    if (e->model->trust == MODEL_FIRST_SIGHT)
        tell_first_sight(e);
    connect_begin(e);
}

static enum framer_verdict on_frame(void *user, const struct frame *f)
{
    struct engine *e = user;

    if (e->given_up)
        return FRAMER_STOP;
    handle_frame(e, f);
    return e->given_up ? FRAMER_STOP : FRAMER_NEXT;
}

static uint32_t on_ceiling(void *user, uint8_t op)
{
    (void)user;
    return opcode_ceiling_relay(op);
}

/* 1, 2, 4, 8, 16, 30 seconds, and up to a quarter more, so that many do not come back at once.
 */
static uint64_t back_off_ms(struct engine *e)
{
    uint64_t ms = e->tries < 5 ? 1000u << e->tries : 30000u;

    e->tries++;
    if (ms < 1000u * (uint64_t)e->retry_floor_s)
        ms = 1000u * (uint64_t)e->retry_floor_s;
    e->retry_floor_s = 0;
    return ms + rand_below(ms / 4 + 1);
}

static void count_down(struct engine *e)
{
    uint64_t left = e->retry_at_ms - e->loop->now_ms;

    model_set_link(e->model, MODEL_WAITING, (unsigned)((left + 999) / 1000));
    loop_timer_arm(e->loop, &e->retry, left % 1000 != 0 ? left % 1000 : 1000);
}

static void try_later(struct engine *e)
{
    engine_set_state(e, ENGINE_AWAIT_RETRY);
    e->retry_at_ms = e->loop->now_ms + back_off_ms(e);
    count_down(e);
}

static void tell_down(struct engine *e, enum link_end why, const char *detail)
{
    bool was_in = e->state == ENGINE_READY;

    if (e->fatal || e->state == ENGINE_ENDED || e->state == ENGINE_AWAIT_LEFT)
        return;
    if (!was_in && e->tries > 0 && e->told_end == why)
        return;
    e->told_end = why;
    if (why == LINK_END_CONNECT || why == LINK_END_TIMEOUT)
        engine_say(e, NULL, EVENT_WARN,
            "No relay answers at %s (%s). Is sottod running there? sotto keeps trying.",
            e->model->address, detail[0] != '\0' ? detail : link_end_str(why));
    else if (why == LINK_END_TLS)
        engine_say(e, NULL, EVENT_ERROR,
            "What answers at %s cannot be trusted or speaks no TLS 1.3 (%s). sotto keeps "
            "trying.",
            e->model->address, detail);
    else
        engine_say(e, NULL, EVENT_WARN, "%s (%s%s%s). Trying again.",
            was_in ? "The connection is lost" : "The relay did not let us in",
            link_end_str(why), detail[0] != '\0' ? ": " : "", detail);
}

static void forget_link(struct engine *e)
{
    e->link = NULL;
    e->given_up = false;
    requests_clear(&e->requests);
    loop_timer_stop(e->loop, &e->beat);
    loop_timer_stop(e->loop, &e->answer);
    loop_timer_stop(e->loop, &e->relist);
    loop_timer_stop(e->loop, &e->again);
    loop_timer_stop(e->loop, &e->leave);
}

static void on_down(void *user, enum link_end why, const char *detail)
{
    struct engine *e = user;

    LOG_INFO("session", "link down: %s: %s", link_end_str(why),
        log_text(bytes_str(detail != NULL ? detail : "")));
    tell_down(e, why, detail != NULL ? detail : "");
    forget_link(e);
    if (e->state == ENGINE_READY) {
        e->lost_at_ms = e->loop->now_ms;
        if (e->loop->now_ms - e->ready_at_ms >= SETTLED_MS)
            e->tries = 0;
    }
    if (e->state == ENGINE_AWAIT_LEFT)
        engine_set_state(e, ENGINE_ENDED);
    else if (e->fatal && e->state != ENGINE_ENDED)
        engine_set_state(e, ENGINE_REFUSED);
    else if (e->state != ENGINE_ENDED)
        try_later(e);
}

static const struct link_user ON_LINK = {
    .up = on_up, .frame = on_frame, .ceiling = on_ceiling, .down = on_down};

/* ---- time ---- */

static void on_beat(void *arg)
{
    engine_beat(arg);
}

/* The relay answers nothing to a heartbeat, so a dead link shows in what it does not answer:
 * the slow re-listing asks often enough. */
static void on_answer_due(void *arg)
{
    struct engine *e = arg;

    if (requests_first(&e->requests) != NULL)
        engine_drop(e, "no answer for 15 s");
}

static void on_relist(void *arg)
{
    struct engine *e = arg;

    list_rooms(e, REQUEST_PLAIN);
    list_people(e, room_name(e->model->open), REQUEST_PLAIN);
    loop_timer_arm(e->loop, &e->relist, ENGINE_RELIST_MS);
}

static void on_retry(void *arg)
{
    struct engine *e = arg;

    if (e->retry_at_ms > e->loop->now_ms)
        count_down(e);
    else
        dial(e);
}

static void on_again(void *arg)
{
    connect_rejoin(arg);
}

static void on_leave_due(void *arg)
{
    engine_drop(arg, "no goodbye came");
}

static void dial(struct engine *e)
{
    struct link *link = NULL;
    enum err err;

    if (e->lost_at_ms != 0 && e->loop->now_ms - e->lost_at_ms > 1000u * (uint64_t)e->grace_s)
        e->has_resume = false;
    engine_set_state(e, ENGINE_AWAIT_LINK);
    e->given_up = false;
    err = e->setup.wire.dial(e->setup.wire.arg, &ON_LINK, e, &link);
    if (err == ERR_OK) {
        e->link = link;
        return;
    }
    engine_say(e, NULL, EVENT_WARN, "No connection to %s can be made here: %s.",
        e->model->address, err_str(err));
    try_later(e);
}

/* ---- outside ---- */

struct session *session_new(const struct engine_setup *setup)
{
    struct session *s = mem_alloc(sizeof *s);
    struct engine *e = &s->e;

    e->setup = *setup;
    e->loop = setup->loop;
    e->model = setup->model;
    e->beat_s = ENGINE_BEAT_S;
    loop_timer_init(&e->beat, on_beat, e);
    loop_timer_init(&e->answer, on_answer_due, e);
    loop_timer_init(&e->relist, on_relist, e);
    loop_timer_init(&e->retry, on_retry, e);
    loop_timer_init(&e->again, on_again, e);
    loop_timer_init(&e->leave, on_leave_due, e);
    (void)snprintf(e->model->address, sizeof e->model->address, "%s", setup->address);
    if (setup->nick != NULL)
        engine_want_nick(e, bytes_str(setup->nick));
    return s;
}

void session_free(struct session *s)
{
    if (s == NULL)
        return;
    loop_timer_stop(s->e.loop, &s->e.retry);
    mem_wipe(s->e.resume, sizeof s->e.resume);
    mem_free(s);
}

void session_start(struct session *s)
{
    engine_say(&s->e, NULL, EVENT_INFO,
        "Welcome to sotto. /join NAME enters a room; it is made when nobody has yet. F1 or /help "
        "shows the rest.");
    dial(&s->e);
}

void session_intents(struct session *s)
{
    struct intent i;

    model_time(s->e.model, s->e.loop->wall_ms);
    while (intents_take(&s->e.model->intents, &i)) {
        if (i.kind == INTENT_QUIT)
            engine_leave(&s->e);
        else
            command_line(&s->e, bytes_of(i.text, i.text_n));
        intent_fini(&i);
    }
}

void session_quit(struct session *s)
{
    engine_leave(&s->e);
}

bool session_over(const struct session *s)
{
    return s->e.state == ENGINE_ENDED && s->e.link == NULL;
}
