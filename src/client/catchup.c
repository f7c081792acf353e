/* SPDX-License-Identifier: ISC */
#include "client/catchup.h"

#include "base/log.h"
#include "base/mem.h"
#include "client/group.h"
#include "client/group_commit.h"
#include "client/hear.h"
#include "client/keep.h"
#include "client/say.h"

#define CURSOR_MS   1000u
#define CURSORS_MAX 64u
#define CONVOS_MAX  100000u /* of which a relay may tell while we run */

/* ---- what there is ---- */

void catchup_conversations(struct engine *e)
{
    struct msg_conversations m = {.more = false};

    engine_ask(e, OP_CONVERSATIONS, &m, NULL);
}

/* Whether it says something new: a page of what was told already would be asked for for ever.
 */
static bool take_row(struct engine *e, const struct msg_convo_row *row)
{
    struct talk *c;
    bool fresh;

    if (row->kind > CONVO_DIRECT || e->last_serial >= CONVOS_MAX)
        return false;
    c = engine_find(e, (enum msg_convo)row->kind, row->name);
    if (c == NULL) {
        c = engine_talk_new(e, (enum msg_convo)row->kind, row->name);
        group_env(c);
    }
    fresh = !c->wanted || !c->behind;
    c->wanted = true;
    c->relay_epoch = row->epoch;
    c->acked = row->cursor;
    c->behind = true;
    if (c->kind == CONVO_DIRECT)
        c->present = true;
    keep_talk(e, c);
    engine_touch(e, c);
    return fresh;
}

void catchup_conversations_answer(struct engine *e, const struct request *r, const void *answer)
{
    const struct msg_conversations_ok *a = answer;
    struct list rows = a->convos;
    struct msg_convo_row row = {0};
    bool fresh = false;

    while (list_next(&rows, &MSG_CONVO_ROW, &row))
        fresh = take_row(e, &row) || fresh;
    if (a->left == 0 || !fresh) {
        engine_touch_all(e);
        return;
    }
    struct msg_conversations next = {.more = true, .kind = row.kind, .after = row.name};
    engine_ask(e, OP_CONVERSATIONS, &next, r);
}

/* ---- following ---- */

static void ask_after(struct engine *e, struct talk *c, uint64_t after)
{
    struct msg_catch_up m = {.kind = (uint8_t)c->kind, .name = talk_title(c), .after = after};

    c->busy |= BUSY_CATCH;
    c->asked_after = after;
    engine_ask(e, OP_CATCH_UP, &m, &(struct request){.talk = c->serial});
}

void catchup_ask(struct engine *e, struct talk *c)
{
    c->missed = false;
    ask_after(e, c, c->acked < c->place ? c->acked : c->place);
}

void catchup_entries(struct engine *e, const void *entries)
{
    const struct msg_entries *m = entries;
    struct talk *c =
        m->kind <= CONVO_DIRECT ? engine_find(e, (enum msg_convo)m->kind, m->name) : NULL;
    struct list rows = m->entries;
    struct msg_entry_row row;

    if (c == NULL || (c->busy & BUSY_CATCH) == 0) {
        LOG_INFO("catchup", "entries that nobody asked for");
        return;
    }
    while (list_next(&rows, &MSG_ENTRY_ROW, &row)) {
        const struct hear_entry in = {.kind = row.kind,
            .flags = row.flags,
            .seq = row.seq,
            .time_ms = row.time_ms,
            .epoch = row.epoch,
            .sender = row.sender,
            .body = row.body};
        hear_entry(e, c, &in);
    }
}

/* The end of the log: nothing of ours is on its way any more. */
static void settle(struct engine *e, struct talk *c, bool gone)
{
    c->behind = false;
    c->looked = true;
    hear_early(e, c);
    if (c->bad_seq == 0 && c->place > c->safe)
        c->safe = c->place;
    if (c->group != NULL && c->commit.unsure)
        commit_forget(e, c);
    if (c->group != NULL && c->bad_seq == 0 && group_epoch(c) < c->relay_epoch)
        group_lose(
            e, c, gone ? "we were away for too long" : "changes of the group are missing");
    else if (c->group != NULL && gone)
        engine_say_in(e, c, EVENT_INFO,
            "The relay no longer has all that was said while you were away: some may be "
            "missing here.");
    say_settle(e, c);
    engine_touch(e, c);
}

void catchup_done(struct engine *e, const struct request *r, const void *answer)
{
    const struct msg_catch_up_ok *ok = answer;
    struct talk *c = engine_talk(e, r->talk);

    if (c == NULL)
        return;
    bool ahead = ok->last_seq > c->asked_after && ok->last_seq <= TALK_SEQ_MAX;
    if (c->bad_seq == 0 && talk_move(c, ok->last_seq))
        engine_changed(e, c);
    if (ok->left != 0 && ahead && c->bad_seq == 0) {
        ask_after(e, c, ok->last_seq);
        return;
    }
    if (ok->left != 0 && c->bad_seq == 0)
        engine_say_in(e, c, EVENT_WARN,
            "The relay says that there is more of this conversation, and does not hand it on. "
            "What was said meanwhile may be missing.");
    c->busy &= ~(unsigned)BUSY_CATCH;
    if (c->missed)
        engine_touch(e, c);
    else
        settle(e, c, ok->gone != 0);
}

void catchup_refused(struct engine *e, const struct request *r, const struct msg_refusal *no)
{
    struct talk *c = engine_talk(e, r->talk);

    if (c == NULL)
        return;
    c->busy &= ~(unsigned)BUSY_CATCH;
    if (no->code == CODE_NOT_MEMBER) { /* there is no log with us in it */
        settle(e, c, false);
        return;
    }
    c->wait_ms = e->loop->now_ms + 2000;
    engine_look_at(e, c->wait_ms);
}

/* ---- cursors ---- */

static bool due(struct engine *e, struct talk *c)
{
    uint64_t now = e->loop->now_ms;

    if (c->dropped || !c->present || c->safe <= c->acked)
        return false;
    if (c->cursor_ms != 0 && now - c->cursor_ms < CURSOR_MS) {
        engine_look_at(e, c->cursor_ms + CURSOR_MS);
        return false;
    }
    return true;
}

void catchup_cursors(struct engine *e)
{
    struct list_writer rows;

    if (e->state != ENGINE_READY)
        return;
    list_begin(&rows, OPCODE_PLAIN - 64);
    for (struct talk *c = e->talks; c != NULL && rows.count < CURSORS_MAX; c = c->next) {
        if (!due(e, c))
            continue;
        list_add(&rows, &MSG_CURSOR_ROW,
            &(struct msg_cursor_row){(uint8_t)c->kind, talk_title(c), c->safe});
        c->acked = c->safe;
        c->cursor_ms = e->loop->now_ms;
    }
    if (rows.count != 0) {
        struct msg_cursor m = {.cursors = list_view(&rows)};
        engine_ask_sealed(e, OP_CURSOR, &m, NULL);
    }
    list_end(&rows);
}
