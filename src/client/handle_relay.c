/* SPDX-License-Identifier: ISC */
#include "client/handle_relay.h"

#include "base/log.h"
#include "client/list.h"

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
    (void)convo;
    list_everything(e);
}

void relay_closing(struct engine *e, const void *closing)
{
    const struct msg_closing *m = closing;

    e->retry_floor_s = m->retry_s;
    engine_say(e, NULL, EVENT_WARN, "The relay is closing this connection%s%.*s",
        m->reason.n != 0 ? ": " : ".", (int)m->reason.n, (const char *)m->reason.p);
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
        engine_say(e, e->model->open, EVENT_WARN, "/%s: the relay says no: %.*s", row->name,
            (int)no->reason.n, (const char *)no->reason.p);
}

void relay_sealed(struct engine *e, const void *body)
{
    (void)e, (void)body;
}
