/* SPDX-License-Identifier: ISC */
#include "client/handle_relay.h"

#include "base/log.h"
#include "client/list.h"

#define RELIST_MS 500u

void relay_notice(struct engine *e, const void *notice)
{
    const struct msg_notice *m = notice;
    struct bytes text = m->text.n <= EVENT_TEXT ? m->text : bytes_of(m->text.p, EVENT_TEXT);

    model_time(e->model, e->loop->wall_ms);
    model_event(e->model, e->model->open, EVENT_NOTICE, m->from, text);
    if (e->model->open != e->model->home)
        model_event(e->model, NULL, EVENT_NOTICE, m->from, text);
}

void relay_resync(struct engine *e, const void *convo)
{
    const struct msg_convo_ref *m = convo;
    struct talk *c =
        m->kind <= CONVO_DIRECT ? engine_find(e, (enum msg_convo)m->kind, m->name) : NULL;

    if (c != NULL) {
        c->behind = true;
        engine_touch(e, c);
    }
    /* However many there are, the lists are asked for now and then. */
    uint64_t now = e->loop->now_ms;
    if (e->listed_ms == 0 || now - e->listed_ms >= RELIST_MS) {
        e->listed_ms = now;
        list_everything(e);
        return;
    }
    e->relist_all = true;
    if (!loop_timer_armed(&e->relist) || e->relist.due_ms > now + RELIST_MS)
        loop_timer_arm(e->loop, &e->relist, RELIST_MS);
}

void relay_closing(struct engine *e, const void *closing)
{
    const struct msg_closing *m = closing;

    e->retry_floor_s = m->retry_s;
    engine_say(e, NULL, EVENT_WARN, "The relay is closing this connection%s%.*s",
        m->reason.n != 0 ? ": " : ".", (int)m->reason.n, (const char *)m->reason.p);
    if (m->retry_s != 0)
        return;
    /* Two programs that take the same place from each other would do so for ever. */
    e->fatal = true;
    engine_say(e, NULL, EVENT_INFO,
        "sotto does not come back by itself after that. Start it again when it should.");
}

void relay_idle(struct engine *e)
{
    engine_beat(e);
}

void relay_refused(struct engine *e, const struct request *r, const struct msg_refusal *no)
{
    const struct opcode_row *row = opcode_row(r->op);

    LOG_INFO("session", "%s refused: %s", row->name, log_text(no->reason));
    if (r->why == REQUEST_SHOW)
        engine_say(e, e->at, EVENT_WARN, "/%s: the relay says no: %.*s", row->name,
            (int)no->reason.n, (const char *)no->reason.p);
}

/* An order of a person, which failed: that is told where it was given. */
void relay_said_no(struct engine *e, const struct request *r, const struct msg_refusal *no)
{
    engine_say(e, e->at, EVENT_WARN, "/%s: the relay says no: %.*s", opcode_row(r->op)->name,
        (int)no->reason.n, (const char *)no->reason.p);
}

void relay_obeyed(struct engine *e, const struct request *r, const void *nothing)
{
    (void)nothing;
    engine_say(e, e->at, EVENT_INFO, "Done: /%s %.*s", opcode_row(r->op)->name, (int)r->name_n,
        r->name);
}

void relay_announced(struct engine *e, const struct request *r, const void *count)
{
    const struct msg_count *m = count;

    (void)r;
    engine_say(e, e->at, EVENT_INFO, "Told to %llu people.", (unsigned long long)m->count);
}

void relay_revoked(struct engine *e, const struct request *r, const void *count)
{
    const struct msg_count *m = count;

    (void)r;
    engine_say(e, e->at, EVENT_INFO,
        "%llu token%s of this account %s worth nothing any more: the next start asks for the "
        "password.",
        (unsigned long long)m->count, m->count == 1 ? "" : "s", m->count == 1 ? "is" : "are");
}
