/* SPDX-License-Identifier: ISC */
#include "client/pump.h"

#include "base/mem.h"
#include "client/catchup.h"
#include "client/direct.h"
#include "client/file_pump.h"
#include "client/files.h"
#include "client/group.h"
#include "client/group_commit.h"
#include "client/group_enter.h"
#include "client/group_people.h"
#include "client/invite.h"
#include "client/keep.h"
#include "client/past.h"
#include "client/question.h"
#include "client/say.h"
#include "crypto/rand.h"

#define FOUNDER_MS 2000u  /* a room without a group: its founder has that long */
#define TURN_MS    30000u /* the turn to join never came */
#define RECEIPT_MS 2000u
#define BAD_MS     10500u
#define VOID_MS    10500u
#define GATHER_MS  3000u

/* ---- into a room ---- */

static void ask_join(struct engine *e, struct talk *c)
{
    struct request r = {.talk = c->serial, .tag = c->join_tag, .why = REQUEST_AGAIN};
    struct msg_join m = {.room = talk_title(c), .more = true, .flags = c->join_flags};

    if (c->join_tag != 0 || c->page == NULL)
        r.why = REQUEST_PLAIN;
    if (c->has_proof)
        m.proof = bytes_of(c->proof, sizeof c->proof);
    c->busy |= BUSY_JOIN;
    engine_ask(e, OP_JOIN, &m, &r);
}

static void ask_turn(struct engine *e, struct talk *c)
{
    struct msg_name m = {.name = talk_title(c)};

    c->busy |= BUSY_TURN;
    c->turn_ms = e->loop->now_ms;
    engine_look_at(e, c->turn_ms + TURN_MS);
    engine_ask(e, OP_GROUP_INFO, &m, &(struct request){.talk = c->serial, .tag = c->join_tag});
}

static bool knows_password(const struct talk *c)
{
    return !c->locked || c->psks != NULL || (c->busy & BUSY_SECRET) != 0;
}

static void into_group(struct engine *e, struct talk *c)
{
    uint64_t now = e->loop->now_ms;

    if ((c->busy & BUSY_TURN) != 0 && now - c->turn_ms >= TURN_MS)
        c->busy &= ~(unsigned)BUSY_TURN;
    if ((c->busy & (BUSY_TURN | BUSY_ENTER | BUSY_FOUND | BUSY_SECRET | BUSY_JOIN)) != 0)
        return;
    if (!knows_password(c)) {
        question_room(e, c);
    } else if (c->there) {
        ask_turn(e, c);
    } else if (c->founder) {
        enter_found(e, c);
    } else { /* whoever founded the room makes its group; if he does not, we do */
        c->founder = true;
        c->wait_ms = now + FOUNDER_MS + rand_below(FOUNDER_MS);
        engine_look_at(e, c->wait_ms);
    }
}

static void pump_room(struct engine *e, struct talk *c)
{
    if (c->present) {
        into_group(e, c);
        return;
    }
    if (c->locked && !c->has_proof && c->group == NULL) {
        question_room(e, c);
        return;
    }
    if ((c->busy & (BUSY_JOIN | BUSY_SECRET)) == 0)
        ask_join(e, c);
}

static void pump_direct(struct engine *e, struct talk *c)
{
    if ((c->busy & (BUSY_PEER | BUSY_FOUND | BUSY_CATCH)) != 0)
        return;
    if (c->behind)
        catchup_ask(e, c);
    else if (say_waits(c) || c->file_waits || c->join_tag != 0)
        direct_ask(e, c);
}

/* ---- with a group ---- */

static void over_time(struct engine *e, struct talk *c)
{
    uint64_t now = e->loop->now_ms;

    if (c->page != NULL && c->page->typing[0] != '\0' && now >= c->typing_until_ms) {
        c->page->typing[0] = '\0';
        model_room_changed(e->model, c->page);
    }

    if (c->undo != NULL && now - c->undo_ms >= VOID_MS)
        talk_undo_drop(c);
    if (c->bad_seq == 0 || now - c->bad_ms < BAD_MS)
        return;
    if (c->forbidden)
        group_stand_still(e, c);
    else
        group_lose(e, c, "a change could not be followed, and the others could");
}

static void receipt(struct engine *e, struct talk *c)
{
    uint64_t due = c->receipt_ms + RECEIPT_MS;
    bool seen = c->read_due && e->show_read && c->page == e->model->open;

    if (!c->receipt_due && !seen)
        return;
    if (c->receipt_ms != 0 && e->loop->now_ms < due)
        engine_look_at(e, due);
    else
        say_receipt(e, c);
}

static void say_nick(struct engine *e, struct talk *c)
{
    struct payload p = {.kind = PAYLOAD_NICK,
        .sent_ms = (uint64_t)e->loop->wall_ms,
        .text.text = model_nick(e->model)};

    c->nick_due = false;
    if (e->account || !say_receipts(c))
        return;
    rand_bytes(p.id, sizeof p.id);
    say_light(e, c, &p);
}

static void ask_leave(struct engine *e, struct talk *c)
{
    struct msg_leave m = {.more = true, .room = talk_title(c)};

    if ((c->busy & BUSY_LEAVE) != 0)
        return;
    c->busy |= BUSY_LEAVE;
    engine_ask(e, OP_LEAVE, &m, &(struct request){.talk = c->serial, .tag = c->join_tag});
}

/* A group that was made anew begins with one, and who comes later cannot read what was said
 * before. So words wait for somebody who reads them, and a moment more for the rest. */
static bool gathers(struct engine *e, struct talk *c)
{
    uint64_t now = e->loop->now_ms;

    if (!c->forsaken || talk_alone(c))
        return c->forsaken;
    if (c->gathered_ms == 0)
        c->gathered_ms = now + GATHER_MS;
    c->forsaken = now < c->gathered_ms;
    if (c->forsaken)
        engine_look_at(e, c->gathered_ms);
    else
        c->gathered_ms = 0;
    return c->forsaken;
}

static void speak(struct engine *e, struct talk *c)
{
    bool stopped = people_stop(c) != NULL;
    bool has_words = !gathers(e, c) && say_waits(c) && !stopped;
    enum commit_due due = commit_due(e, c);

    if (due == COMMIT_NOW || (due == COMMIT_BEFORE_SPEAKING && has_words)) {
        commit_send(e, c);
        return;
    }
    if (stopped)
        return;
    if (c->hand_on)
        invite_hand_on(e, c);
    if (has_words && (c->busy & BUSY_SAY) == 0)
        say_next(e, c);
    if (c->nick_due)
        say_nick(e, c);
    receipt(e, c);
}

static void pump_group(struct engine *e, struct talk *c)
{
    over_time(e, c);
    if (c->group == NULL || c->bad_seq != 0 || (c->busy & BUSY_CATCH) != 0)
        return;
    if (c->kind == CONVO_ROOM && !c->present) {
        pump_room(e, c);
        return;
    }
    if (c->behind || c->missed)
        catchup_ask(e, c);
    else if ((c->busy & (BUSY_COMMIT | BUSY_ENTER | BUSY_FOUND)) == 0)
        speak(e, c);
}

static void pump(struct engine *e, struct talk *c)
{
    if (e->state != ENGINE_READY || e->identity.key == NULL || !e->published || !c->wanted)
        return;
    bool mute = c->group == NULL || c->forsaken || people_stop(c) != NULL;
    if (c->goodbye && (mute || !say_waits(c)) && (c->busy & (BUSY_SAY | BUSY_COMMIT)) == 0) {
        ask_leave(e, c);
        return;
    }
    if (c->wait_ms > e->loop->now_ms) {
        if (c->wait_ms != UINT64_MAX)
            engine_look_at(e, c->wait_ms);
        return;
    }
    c->wait_ms = 0;
    if (c->group != NULL && (c->busy & (BUSY_ENTER | BUSY_FOUND)) == 0)
        pump_group(e, c);
    if (c->group == NULL && c->kind == CONVO_ROOM)
        pump_room(e, c);
    else if (c->group == NULL)
        pump_direct(e, c);
}

void pump_run(void *engine)
{
    struct engine *e = engine;

    for (struct talk *c = e->talks; c != NULL; c = c->next) {
        if (!c->touched || c->dropped)
            continue;
        c->touched = false;
        pump(e, c);
    }
    if (e->files.uploads != NULL || e->files.downloads != NULL)
        files_touch(e);
}

/* ---- the end of one, and of a link ---- */

void pump_drop(struct engine *e, struct talk *c)
{
    file_pump_talk_gone(e, c);
    keep_forget(e, c);
    engine_release(e, c->join_tag);
    c->join_tag = 0;
    c->dropped = true;
    if (c->page != NULL)
        model_leave(e->model, c->page);
    c->page = NULL;
    loop_later(e->loop, &e->save, LOOP_FLUSH);
}

void pump_reap(struct engine *e)
{
    for (struct talk **at = &e->talks; *at != NULL;) {
        struct talk *c = *at;
        if (!c->dropped || (c->busy & BUSY_SECRET) != 0) {
            at = &c->next;
            continue;
        }
        *at = c->next;
        talk_free(c);
    }
}

void pump_link_lost(struct engine *e)
{
    for (struct talk *c = e->talks; c != NULL; c = c->next) {
        bool entering = (c->busy & (BUSY_ENTER | BUSY_FOUND)) != 0;
        if ((c->busy & BUSY_COMMIT) != 0)
            c->commit.unsure = true;
        c->busy &= ~(unsigned)BUSY_REQUESTS;
        if (entering) /* we come in anew, and find our old leaf there or not */
            talk_group_drop(c);
        c->present = false;
        c->behind = true;
        c->missed = false;
        if (c->wait_ms != UINT64_MAX)
            c->wait_ms = 0;
    }
}
