/* SPDX-License-Identifier: ISC */
#include "client/session.h"

#include <stdio.h>

#include "base/log.h"
#include "base/mem.h"
#include "client/answer.h"
#include "client/catchup.h"
#include "client/cmd.h"
#include "client/command.h"
#include "client/draft.h"
#include "client/file_pump.h"
#include "client/files.h"
#include "client/group.h"
#include "client/handle.h"
#include "client/handle_connect.h"
#include "client/inspect.h"
#include "client/keep.h"
#include "client/keys.h"
#include "client/list.h"
#include "client/login.h"
#include "client/past.h"
#include "client/pump.h"
#include "client/say.h"
#include "client/setting.h"
#include "crypto/rand.h"
#include "net/tls_cert.h"

#define SETTLED_MS 30000 /* a link that held so long was a good one */
#define TICK_MS    60000
#define SAVE_MS    5000

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
    inspect_frame(e->model,
        &(struct trace_row){
            .wall_ms = e->loop->wall_ms, .op = f->op, .state = engine_state_str(e->state)},
        f->body);
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
    if (e->entry.waiting) /* for the person, who is asked something */
        return;
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

    if (e->fatal || e->state == ENGINE_ENDED || e->state == ENGINE_AWAIT_LEFT ||
        e->entry.waiting)
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

/* What was asked on it is answered by nobody. */
static void forget_requests(struct engine *e)
{
    struct request r;

    while (requests_take(&e->requests, &r)) {
        engine_fail(e, r.tag, "the connection was lost");
        engine_release(e, r.tag);
    }
    for (struct outgoing_frame *f = e->outgoing.first; f != NULL; f = f->next) {
        engine_fail(e, f->request.tag, "the connection was lost");
        engine_release(e, f->request.tag);
    }
    outgoing_clear(&e->outgoing);
}

static void forget_link(struct engine *e)
{
    e->link = NULL;
    e->given_up = false;
    e->published = false;
    forget_requests(e);
    pump_link_lost(e);
    file_pump_line_lost(e);
    loop_timer_stop(e->loop, &e->beat);
    loop_timer_stop(e->loop, &e->answer);
    loop_timer_stop(e->loop, &e->relist);
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
    if (e->state == ENGINE_AWAIT_LEFT || (e->leaving && e->state == ENGINE_READY))
        engine_set_state(e, ENGINE_ENDED);
    else if (e->fatal && e->state != ENGINE_ENDED)
        engine_set_state(e, ENGINE_REFUSED);
    else if (e->state != ENGINE_ENDED)
        try_later(e);
}

static void on_hungry(void *user)
{
    file_pump_hungry(user);
}

static const struct link_user ON_LINK = {.up = on_up,
    .frame = on_frame,
    .ceiling = on_ceiling,
    .down = on_down,
    .hungry = on_hungry};

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

    /* What the relay had handed on before it answers the next question is here by then. */
    for (struct talk *c = e->talks; c != NULL; c = c->next) {
        c->own_safe = c->own_seq;
        c->place_asked = c->place;
        c->own_asked = true;
    }
    if (e->relist_all) {
        list_everything(e);
    } else {
        list_rooms(e, REQUEST_PLAIN);
        if (!e->model->open->direct)
            list_people(e, list_name(e->model->open), REQUEST_PLAIN);
    }
    e->relist_all = false;
    loop_timer_arm(e->loop, &e->relist, ENGINE_RELIST_MS);
}

static void on_retry(void *arg)
{
    struct engine *e = arg;

    if (e->entry.waiting || e->retry_at_ms > e->loop->now_ms)
        count_down(e);
    else
        dial(e);
}

static void on_pump(void *arg)
{
    engine_touch_all(arg);
}

static void on_tick(void *arg)
{
    struct engine *e = arg;

    history_expire(e->vault, e->loop->wall_ms);
    loop_later(e->loop, &e->save, LOOP_FLUSH);
    engine_touch_all(e);
    loop_timer_arm(e->loop, &e->tick, TICK_MS);
}

/* ---- the end of a turn ---- */

static void on_save(void *arg)
{
    struct engine *e = arg;

    for (struct talk *c = e->talks; c != NULL; c = c->next) {
        /* Keys that are spent on what was not dealt with yet must not be missing after a crash.
         */
        if (!c->unsaved || c->dropped || c->early.seq != 0)
            continue;
        c->unsaved = false;
        group_save(e, c);
        keep_place(e, c);
    }
    catchup_cursors(e);
    vault_commit(e->vault);
    engine_send_due(e);
    pump_reap(e);
}

static void on_save_again(void *arg)
{
    struct engine *e = arg;

    vault_retry(e->vault);
}

static void on_leave_due(void *arg)
{
    struct engine *e = arg;

    if (e->state == ENGINE_READY)
        engine_leave(e); /* what was to be said first is not said */
    else
        engine_drop(e, "no goodbye came");
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

void session_landed(void *arg)
{
    struct session *s = *(struct session **)arg;

    if (s == NULL)
        return;
    if (s->e.unsaved_told)
        engine_say(&s->e, NULL, EVENT_INFO, "What waited to be saved is saved now.");
    s->e.unsaved_told = false;
    engine_send_due(&s->e);
    files_touch(&s->e);
}

void session_unsaved(void *arg, const char *why)
{
    struct session *s = *(struct session **)arg;

    if (s == NULL)
        return;
    if (!s->e.unsaved_told)
        engine_say(&s->e, NULL, EVENT_ERROR,
            "Nothing can be saved (%s), so nothing sealed is sent. Make room or mend the "
            "folder's rights; sotto tries again every few seconds.",
            why);
    s->e.unsaved_told = true;
    loop_timer_arm(s->e.loop, &s->e.save_again, SAVE_MS);
}

static void init_time(struct engine *e)
{
    loop_timer_init(&e->beat, on_beat, e);
    loop_timer_init(&e->answer, on_answer_due, e);
    loop_timer_init(&e->relist, on_relist, e);
    loop_timer_init(&e->retry, on_retry, e);
    loop_timer_init(&e->leave, on_leave_due, e);
    loop_timer_init(&e->tick, on_tick, e);
    loop_timer_init(&e->pump_at, on_pump, e);
    loop_timer_init(&e->save_again, on_save_again, e);
    loop_task_init(&e->pump, pump_run, e);
    loop_task_init(&e->save, on_save, e);
    loop_task_init(&e->keys, keys_more, e);
    file_pump_init(e);
}

static enum err read_vault(struct engine *e, char *why, size_t why_n)
{
    enum err err = identity_open(&e->identity, e->vault);

    if (err == ERR_OK)
        err = shelf_load(&e->shelf, e->vault);
    if (err == ERR_OK)
        setting_load(e);
    if (err != ERR_OK)
        (void)snprintf(why, why_n,
            "What sotto keeps cannot be read any more (%s): the file is damaged. Put a backup in "
            "its place, or move the folder away to begin anew.",
            err_str(err));
    return err;
}

enum err session_new(
    const struct engine_setup *setup, struct session **out, char *why, size_t why_n)
{
    struct session *s = mem_alloc(sizeof *s);
    struct engine *e = &s->e;

    *out = NULL;
    e->setup = *setup;
    e->loop = setup->loop;
    e->model = setup->model;
    e->vault = setup->vault;
    e->beat_s = ENGINE_BEAT_S;
    init_time(e);
    outgoing_init(&e->outgoing);
    login_init(e);
    (void)snprintf(e->model->address, sizeof e->model->address, "%s", setup->address);
    if (setup->nick != NULL)
        engine_want_nick(e, bytes_str(setup->nick));
    enum err err = read_vault(e, why, why_n);
    if (err != ERR_OK) {
        session_free(s);
        return err;
    }
    *out = s;
    return ERR_OK;
}

static void stop_time(struct engine *e)
{
    struct loop_timer *const timers[] = {&e->beat, &e->answer, &e->relist, &e->retry, &e->leave,
        &e->tick, &e->pump_at, &e->save_again};

    for (size_t i = 0; i < MEM_COUNT(timers); i++)
        loop_timer_stop(e->loop, timers[i]);
    loop_cancel(e->loop, &e->pump);
    loop_cancel(e->loop, &e->save);
    loop_cancel(e->loop, &e->keys);
}

void session_free(struct session *s)
{
    struct engine *e = &s->e;

    if (s == NULL)
        return;
    stop_time(e);
    past_free(e);
    file_pump_free(e);
    while (e->talks != NULL) {
        struct talk *c = e->talks;
        e->talks = c->next;
        talk_free(c);
    }
    outgoing_clear(&e->outgoing);
    outcome_free(&e->outcomes);
    called_free(&e->called);
    identity_close(&e->identity);
    trust_free(e->trust);
    shelf_free(&e->shelf);
    login_fini(e);
    mem_wipe_free(s, sizeof *s);
}

void session_start(struct session *s)
{
    engine_say(&s->e, NULL, EVENT_INFO,
        "Welcome to sotto. /join NAME enters a room; it is made when nobody has yet. /msg NAME "
        "talks with one person. F1 or /help shows the rest.");
    keys_begin(&s->e);
    loop_timer_arm(s->e.loop, &s->e.tick, TICK_MS);
    dial(&s->e);
}

static struct room *page_meant(struct engine *e, const struct intent *i)
{
    if (i->where_n == 0)
        return e->model->open;
    return model_find(e->model, i->direct, bytes_of(i->where, i->where_n));
}

static void typing(struct engine *e)
{
    struct talk *c = engine_of_page(e, e->at);

    if (c != NULL)
        say_typing(e, c);
}

/* Another page is looked at: what is on it is seen. */
static void look(struct engine *e)
{
    struct talk *c = engine_of_page(e, e->model->open);

    if (c != NULL && c->read_due && e->show_read)
        engine_touch(e, c);
}

static void serve(struct engine *e, const struct intent *i)
{
    struct bytes text = bytes_of(i->text, i->text_n);

    e->at = page_meant(e, i);
    if (i->kind == INTENT_QUIT) {
        files_tell_parting(e);
        file_pump_quit(e);
    } else if (i->kind == INTENT_DRAFT) {
        struct talk *c = engine_of_page(e, e->at);
        if (c != NULL)
            draft_keep(e, c, text);
    } else if (e->at == NULL) {
        e->at = e->model->home;
        engine_say(e, NULL, EVENT_WARN, "You are not in %s%.*s.", i->direct ? "" : "#",
            i->where_n, i->where);
    } else if (i->kind == INTENT_ANSWER) {
        answer_take(e, text);
    } else if (i->kind == INTENT_TYPING) {
        typing(e);
    } else if (i->kind == INTENT_WORDS || i->kind == INTENT_CAREFUL) {
        e->careful = i->kind == INTENT_CAREFUL;
        command_words(e, text);
        e->careful = false;
    } else if (i->kind == INTENT_FILE || i->kind == INTENT_FILE_CAREFUL) {
        e->careful = i->kind == INTENT_FILE_CAREFUL;
        cmd_file(e, text);
        e->careful = false;
    } else {
        command_line(e, text);
    }
    e->at = NULL;
}

void session_intents(struct session *s)
{
    struct engine *e = &s->e;
    struct intent i;

    model_time(e->model, e->loop->wall_ms);
    while (intents_take(&e->model->intents, &i)) {
        e->tag = i.tag;
        engine_hold(e, i.tag);
        serve(e, &i);
        engine_release(e, i.tag);
        e->tag = 0;
        intent_fini(&i);
    }
    look(e);
}

void session_quit(struct session *s)
{
    file_pump_quit(&s->e);
}

bool session_over(const struct session *s)
{
    return s->e.state == ENGINE_ENDED && s->e.link == NULL;
}
