/* SPDX-License-Identifier: ISC */
#include "client/handle_talk.h"

#include "base/log.h"
#include "base/mem.h"
#include "client/direct.h"
#include "client/group.h"
#include "client/group_commit.h"
#include "client/group_enter.h"
#include "client/hear.h"
#include "client/invite.h"
#include "client/say.h"

static struct talk *room_named(struct engine *e, struct bytes name)
{
    struct talk *c = engine_find(e, CONVO_ROOM, name);

    if (c == NULL)
        LOG_INFO("talk", "the relay tells of a room that we are not in: %s", log_text(name));
    return c;
}

/* ---- what comes in ---- */

void talk_said(struct engine *e, const void *said)
{
    const struct msg_said *m = said;
    struct talk *c = room_named(e, m->room);
    const struct hear_entry in = {.kind = m->kind <= ENTRY_RECEIPT ? m->kind : ENTRY_MESSAGE,
        .seq = m->seq,
        .time_ms = m->time_ms,
        .epoch = m->epoch,
        .sender = m->sender,
        .body = m->text,
        .live = true};

    if (c != NULL)
        hear_entry(e, c, &in);
}

/* Somebody may begin to talk with us who never did. */
static struct talk *with(struct engine *e, struct bytes who)
{
    struct talk *c = engine_find(e, CONVO_DIRECT, who);

    if (c != NULL || e->identity.key == NULL || !e->published)
        return c;
    c = engine_talk_new(e, CONVO_DIRECT, who);
    group_env(c);
    c->present = true;
    return c;
}

void talk_direct(struct engine *e, const void *direct)
{
    const struct msg_direct_event *m = direct;
    struct talk *c = engine_find(e, CONVO_DIRECT, m->sender);
    const struct hear_entry in = {.kind = m->kind <= ENTRY_RECEIPT ? m->kind : ENTRY_MESSAGE,
        .seq = m->seq,
        .time_ms = m->time_ms,
        .epoch = m->epoch,
        .sender = m->sender,
        .body = m->text,
        .live = true};

    if (c != NULL)
        hear_entry(e, c, &in);
}

void talk_commit(struct engine *e, const void *commit)
{
    const struct msg_commit_event *m = commit;
    struct talk *c = room_named(e, m->room);
    const struct hear_entry in = {.kind = ENTRY_COMMIT,
        .flags = m->flags,
        .seq = m->seq,
        .time_ms = m->time_ms,
        .epoch = m->epoch,
        .sender = m->sender,
        .body = m->commit,
        .removed = m->removed,
        .live = true};

    if (c != NULL)
        hear_entry(e, c, &in);
}

void talk_dm_key(struct engine *e, const void *dm_key)
{
    const struct msg_dm_key_event *m = dm_key;
    struct talk *c = with(e, m->sender);
    const struct hear_entry in = {
        .kind = (m->flags & COMMIT_CREATE) != 0 ? ENTRY_WELCOME : ENTRY_COMMIT,
        .flags = m->flags,
        .seq = m->seq,
        .time_ms = m->time_ms,
        .epoch = m->epoch,
        .sender = m->sender,
        .body = m->commit,
        .welcome = m->welcome,
        .live = true};

    if (c != NULL)
        hear_entry(e, c, &in);
}

void talk_room_key(struct engine *e, const void *room_key)
{
    const struct msg_room_key *m = room_key;
    struct talk *c = engine_find(e, CONVO_ROOM, m->room);

    if (m->kind == ROOM_KEY_INFO) {
        if (c != NULL)
            enter_turn(e, c, m);
        return;
    }
    invite_came(e, c, m);
}

void talk_rotate(struct engine *e, const void *rotate)
{
    const struct msg_rotate_event *m = rotate;
    struct talk *c = room_named(e, m->room);
    struct bytes run = m->departed;
    struct bytes name;

    if (c == NULL)
        return;
    while (names_next(&run, &name))
        talk_gone_add(c, name);
    c->rotate = c->group != NULL;
    engine_touch(e, c);
}

void talk_departed(struct engine *e, const void *departed)
{
    const struct msg_departed *m = departed;
    struct talk *c = room_named(e, m->room);

    if (c == NULL)
        return;
    talk_gone_add(c, m->user);
    engine_touch(e, c);
}

void talk_voided(struct engine *e, const void *voided)
{
    const struct msg_void *m = voided;
    struct talk *c = room_named(e, m->room);

    if (c == NULL)
        return;
    group_void(e, c, m->seq, m->epoch);
    engine_touch(e, c);
}

/* ---- what is answered ---- */

void talk_sent(struct engine *e, const struct request *r, const void *sent)
{
    struct talk *c = engine_talk(e, r->talk);

    if (c != NULL)
        say_taken(e, c, r, sent);
}

void talk_unsent(struct engine *e, const struct request *r, const struct msg_refusal *no)
{
    struct talk *c = engine_talk(e, r->talk);

    if (c != NULL)
        say_refused(e, c, r, no);
}

/* Which of ours that is under way a reply is about; 0: none any more, somebody else's came
 * between. */
static unsigned meant(const struct talk *c, const struct request *r)
{
    if ((c->busy & BUSY_COMMIT) != 0 && memcmp(r->id, c->commit.req, sizeof r->id) == 0)
        return BUSY_COMMIT;
    if (memcmp(r->id, c->enter_req, sizeof r->id) == 0)
        return c->busy & (BUSY_FOUND | BUSY_ENTER);
    return 0;
}

void talk_committed(struct engine *e, const struct request *r, const void *ok)
{
    struct talk *c = engine_talk(e, r->talk);
    unsigned what = c != NULL ? meant(c, r) : 0;

    if (what == 0)
        return;
    if (what == BUSY_COMMIT)
        commit_taken(e, c, ok);
    else if (c->kind == CONVO_DIRECT)
        direct_founded(e, c, ok);
    else
        enter_taken(e, c, ok);
    engine_touch(e, c);
}

void talk_uncommitted(struct engine *e, const struct request *r, const struct msg_refusal *no)
{
    struct talk *c = engine_talk(e, r->talk);
    unsigned what = c != NULL ? meant(c, r) : 0;

    if (what == 0)
        return;
    LOG_INFO("talk", "a commit in %s was not taken: %s", log_text(talk_title(c)),
        log_text(no->reason));
    if (what == BUSY_COMMIT)
        commit_refused(e, c, no);
    else if (c->kind == CONVO_DIRECT)
        direct_not_founded(e, c, no);
    else
        enter_refused(e, c, no);
    engine_touch(e, c);
}

void talk_turn(struct engine *e, const struct request *r, const void *turn)
{
    const struct msg_turn *m = turn;
    struct talk *c = engine_talk(e, r->talk);

    if (c != NULL && m->before > 0)
        engine_say_in(e, c, EVENT_INFO, "%u %s before you to get the keys of #%s.", m->before,
            m->before == 1 ? "is" : "are", c->title);
}

void talk_no_turn(struct engine *e, const struct request *r, const struct msg_refusal *no)
{
    struct talk *c = engine_talk(e, r->talk);

    if (c == NULL)
        return;
    c->busy &= ~(unsigned)BUSY_TURN;
    if (no->code == CODE_NO_SUCH_ROOM) /* nobody has founded its group */
        c->there = false;
    else if (no->code == CODE_NOT_MEMBER)
        c->present = false;
    c->wait_ms = e->loop->now_ms + 1000;
    engine_look_at(e, c->wait_ms);
}

void talk_nobody(struct engine *e, const struct request *r, const void *no_user)
{
    const struct msg_name *m = no_user;
    struct talk *c = engine_talk(e, r->talk);

    if (c == NULL || c->kind == CONVO_ROOM || bytes_eq(m->name, talk_title(c)))
        engine_say(e, c != NULL && c->page != NULL ? c->page : e->at, EVENT_WARN,
            "There is nobody called %.*s on this relay.", (int)m->name.n,
            (const char *)m->name.p);
    if (c != NULL && c->kind == CONVO_ROOM)
        invite_drop(e, c, request_name(r), "nobody is called so");
    else if (c != NULL)
        direct_nobody(e, c, m->name);
}

void talk_peer(struct engine *e, const struct request *r, const void *dm_answer)
{
    struct talk *c = engine_talk(e, r->talk);

    if (c != NULL && c->kind == CONVO_ROOM)
        invite_answer(e, c, r, dm_answer);
    else if (c != NULL)
        direct_answer(e, r, dm_answer);
}

void talk_no_peer(struct engine *e, const struct request *r, const struct msg_refusal *no)
{
    struct talk *c = engine_talk(e, r->talk);

    if (c != NULL && c->kind == CONVO_ROOM)
        invite_refused(e, c, r, no);
    else if (c != NULL)
        direct_refused(e, r, no);
}

void talk_heard(struct engine *e, const struct request *r, const void *nothing)
{
    (void)e, (void)r, (void)nothing;
}
