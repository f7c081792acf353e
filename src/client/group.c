/* SPDX-License-Identifier: ISC */
#include "client/group.h"

#include "base/log.h"
#include "base/mem.h"
#include "client/group_people.h"
#include "crypto/rand.h"
#include "mls/safety.h"

#define VOID_MS 10500 /* as long as a commit can be taken back, and the way of the news */

/* ---- the world of a group ---- */

static enum err give_psk(void *arg, struct bytes id, struct buf *out)
{
    const struct talk *c = arg;
    uint32_t generation;
    const uint8_t *psk = NULL;

    if (policy_psk_generation(id, &generation))
        psk = talk_psk(c, generation);
    if (psk == NULL)
        return ERR_NOT_FOUND;
    buf_put(out, psk, POLICY_PRINT);
    return ERR_OK;
}

static enum err judge(void *arg, const struct mls_change *change)
{
    struct talk *c = arg;
    enum err e = policy_judge(change, &c->judged);

    if (e != ERR_OK)
        LOG_WARN("group", "a commit in %s is refused: %s", log_text(talk_title(c)), c->judged);
    return e;
}

static enum err identify(void *arg, const struct mls_member *member)
{
    (void)arg;
    return policy_identify(member);
}

void group_env(struct talk *c)
{
    c->env = (struct mls_env){.arg = c, .psk = give_psk, .judge = judge, .identify = identify};
}

uint16_t group_suite(void)
{
#if defined(__x86_64__) || defined(__i386__)
    return __builtin_cpu_supports("aes") ? MSG_SUITE_AES : MSG_SUITE_CHACHA;
#else
    return MSG_SUITE_AES;
#endif
}

void group_binding(const struct engine *e, const struct talk *c,
    const uint8_t peer[POLICY_PRINT], uint8_t out[POLICY_PRINT])
{
    if (c->kind == CONVO_ROOM)
        policy_bind_room(e->relay_id, buf_view(&c->folded), out);
    else
        policy_bind_direct(e->relay_id, e->identity.print, peer, out);
}

uint64_t group_epoch(const struct talk *c)
{
    struct mls_view v;

    if (c->group == NULL)
        return 0;
    mls_group_view(c->group, &v);
    return v.epoch;
}

void group_behind(struct talk *c, uint64_t epoch)
{
    c->behind = true;
    if (epoch > c->relay_epoch)
        c->relay_epoch = epoch;
}

/* ---- keeping it ---- */

struct saving {
    struct engine *e;
    struct talk *c;
};

static enum err put_record(void *arg, uint32_t id, struct bytes record)
{
    struct saving *s = arg;

    if (id == MLS_RECORD_RESET)
        vault_del_all(s->e->vault, VAULT_GROUP, talk_key(s->c));
    else if (record.n == 0)
        vault_del(s->e->vault, VAULT_GROUP, talk_key(s->c), id);
    else
        vault_put(s->e->vault, VAULT_GROUP, talk_key(s->c), id, record);
    return ERR_OK;
}

/* A guest's membership does not outlive its session, so neither do its keys. */
void group_save(struct engine *e, struct talk *c)
{
    struct saving s = {e, c};

    if (c->group == NULL || !e->account || !mls_dirty(c->group))
        return;
    if (mls_save(c->group, false, put_record, &s) != ERR_OK)
        LOG_ERROR("group", "the state of %s cannot be written", log_text(talk_title(c)));
    loop_later(e->loop, &e->save, LOOP_FLUSH);
}

void group_save_whole(struct engine *e, struct talk *c)
{
    struct saving s = {e, c};

    if (c->group == NULL || !e->account)
        return;
    if (mls_save(c->group, true, put_record, &s) != ERR_OK)
        LOG_ERROR("group", "the state of %s cannot be written", log_text(talk_title(c)));
    loop_later(e->loop, &e->save, LOOP_FLUSH);
}

enum err group_load(struct engine *e, struct talk *c, const struct mls_record *rows, size_t n)
{
    struct mls_group *g = NULL;
    struct mls_view v;
    enum err err = mls_group_load(&c->env, &e->identity.mls, rows, n, &g);

    if (err != ERR_OK)
        return err;
    c->group = g;
    mls_group_view(g, &v);
    err = policy_read(v.extensions, &c->policy);
    if (err != ERR_OK) {
        talk_group_drop(c);
        return err;
    }
    c->confirmed = true;
    c->fresh = true;
    /* What was kept may be an older copy: nobody may take what is said now for what was said
     * then. */
    rand_bytes((uint8_t *)&c->stream, sizeof c->stream);
    c->epoch_ms = e->loop->now_ms;
    /* A commit that was on its way: the log says whether it counts. */
    if (v.staged && v.staged_own)
        c->commit.unsure = true;
    else if (v.staged)
        mls_discard(g);
    people_refresh(e, c);
    return ERR_OK;
}

/* ---- the state before a commit, while it can be voided ---- */

static enum err keep_record(void *arg, uint32_t id, struct bytes record)
{
    struct talk *c = arg;

    if (id == MLS_RECORD_RESET || record.n == 0)
        return ERR_OK;
    c->undo = mem_realloc(c->undo, (c->undo_n + 1) * sizeof *c->undo);
    c->undo[c->undo_n++] =
        (struct mls_record){id, bytes_of(mem_dup(record.p, record.n), record.n)};
    return ERR_OK;
}

static void keep_undo(struct engine *e, struct talk *c, uint64_t seq)
{
    talk_undo_drop(c);
    if (c->kind != CONVO_ROOM)
        return;
    group_save(e, c); /* nothing may be forgotten by the whole that is taken now */
    if (mls_save(c->group, true, keep_record, c) != ERR_OK) {
        talk_undo_drop(c);
        return;
    }
    c->undo_seq = seq;
    c->undo_ms = e->loop->now_ms;
    engine_look_at(e, c->undo_ms + VOID_MS);
}

/* Whoever had been taken out would read on: out again, before the next message. */
static void came_back(struct engine *e, struct talk *c, struct talk_person *p)
{
    char who[PEOPLE_TEXT];

    people_text(p, who);
    engine_say_in(
        e, c, EVENT_WARN, "So %s is in the group again, and reads what is said.", who);
    p->left = true; /* whatever the relay says of who is here */
    talk_gone_add(c, talk_person_guest(p) ? bytes_str(p->relay) : bytes_str(p->name));
}

static void went_again(struct engine *e, struct talk *c, struct talk_person *p)
{
    char who[PEOPLE_TEXT];

    people_text(p, who);
    engine_say_in(e, c, EVENT_WARN, "So %s is not in the group.", who);
}

static bool go_back(struct engine *e, struct talk *c, uint64_t epoch)
{
    struct mls_group *g = NULL;
    struct mls_view v;

    if (mls_group_load(&c->env, &e->identity.mls, c->undo, c->undo_n, &g) != ERR_OK)
        return false;
    mls_group_view(g, &v);
    if (v.epoch != epoch) {
        mls_group_free(g);
        return false;
    }
    mls_discard(g);
    mls_group_free(c->group);
    c->group = g;
    talk_undo_drop(c);
    return true;
}

void group_void(struct engine *e, struct talk *c, uint64_t seq, uint64_t epoch)
{
    if (c->bad_seq == seq && seq != 0 && group_epoch(c) == epoch) {
        c->bad_seq = 0;
        c->forbidden = false;
        c->stands = false;
        c->relay_epoch = epoch;
        people_overlay(e, c);
        engine_say_in(e, c, EVENT_WARN,
            "The change that could not be applied was taken back. All goes on as before.");
        return;
    }
    if (c->group == NULL || group_epoch(c) == epoch)
        return;
    c->relay_epoch = epoch;
    if (c->undo_seq != seq || !go_back(e, c, epoch)) {
        group_lose(e, c, "the relay took a change back that cannot be undone here");
        return;
    }
    c->fresh = true;
    engine_say_in(e, c, EVENT_WARN,
        "The relay says that most members could not follow the last change of this group, and "
        "took it back.");
    group_save_whole(e, c);
    people_mark(c);
    people_refresh(e, c);
    people_compare(e, c, came_back, went_again);
    engine_changed(e, c);
    engine_touch(e, c);
}

/* ---- moving on ---- */

static void settle(struct engine *e, struct talk *c, uint64_t seq)
{
    struct mls_view v;

    mls_group_view(c->group, &v);
    if (policy_read(v.extensions, &c->policy) != ERR_OK)
        LOG_ERROR("group", "the rules of %s cannot be read", log_text(talk_title(c)));
    c->said = 0;
    c->epoch_ms = e->loop->now_ms;
    c->rotate = false;
    (void)talk_move(c, seq);
    if (v.epoch > c->relay_epoch)
        c->relay_epoch = v.epoch;
    people_refresh(e, c);
    engine_changed(e, c);
    engine_touch(e, c);
}

void group_apply(struct engine *e, struct talk *c, uint64_t seq)
{
    keep_undo(e, c, seq);
    if (mls_apply(c->group) != ERR_OK) {
        group_lose(e, c, "a change of the group could not be applied");
        return;
    }
    settle(e, c, seq);
}

/* While we were out of it somebody came: nobody here saw how. */
static void came_unseen(struct engine *e, struct talk *c, struct talk_person *p)
{
    char who[PEOPLE_TEXT];

    people_text(p, who);
    if (c->policy.access == POLICY_INVITE)
        engine_say_in(e, c, EVENT_ERROR,
            "%s IS IN THE GROUP NOW, AND WHO INVITED IT IS NOT KNOWN HERE. Ask the others by "
            "another way before you say anything.",
            who);
    else
        engine_say_in(e, c, EVENT_WARN, "%s came into the group while you were out of it", who);
}

static void went_unseen(struct engine *e, struct talk *c, struct talk_person *p)
{
    char who[PEOPLE_TEXT];

    people_text(p, who);
    engine_say_in(e, c, EVENT_WARN, "%s is not in the group any more", who);
}

/* What was said meanwhile was not for us; and all of a conversation of two is. */
static void begin_counting(struct talk *c)
{
    struct talk_person *p;
    size_t at = 0;

    while ((p = map_next(&c->people, &at, NULL)) != NULL) {
        p->parted = true;
        p->confirmed = p->read = 0;
        p->whole = c->kind == CONVO_DIRECT;
    }
}

void group_begun(struct engine *e, struct talk *c, struct mls_group *g, uint64_t seq)
{
    bool again = c->lost && map_count(&c->people) != 0;

    talk_group_drop(c);
    c->group = g;
    c->lost = false;
    c->there = true;
    c->relay_epoch = 0;
    c->tries = 0;
    c->own_ms = e->loop->now_ms;
    talk_renumber(c);
    settle(e, c, seq);
    begin_counting(c);
    if (again)
        people_compare(e, c, came_unseen, went_unseen);
    c->busy &= ~(unsigned)(BUSY_TURN | BUSY_ENTER | BUSY_FOUND);
    engine_release(e, c->join_tag);
    c->join_tag = 0;
}

void group_lose(struct engine *e, struct talk *c, const char *why)
{
    LOG_WARN("group", "%s is lost: %s", log_text(talk_title(c)), why);
    if (c->group != NULL)
        engine_say_in(e, c, EVENT_WARN,
            "Our keys for this conversation no longer fit (%s). Joining anew; what was said "
            "meanwhile may be missing.",
            why);
    if (c->group != NULL)
        people_mark(c);
    talk_group_drop(c);
    vault_del_all(e->vault, VAULT_GROUP, talk_key(c));
    c->lost = true;
    if (c->page != NULL) {
        c->page->seal = ROOM_LOST;
        model_room_changed(e->model, c->page);
    }
    engine_changed(e, c);
    engine_touch(e, c);
}

/* None of the others can have applied it either, and yet the relay goes on with it: to join
 * anew would be to accept it. */
void group_stand_still(struct engine *e, struct talk *c)
{
    if (c->stands)
        return;
    c->stands = true;
    engine_say_in(e, c, EVENT_ERROR,
        "THE RELAY GOES ON WITH A CHANGE THAT THE RULES OF THIS GROUP FORBID. Nothing is sent "
        "here any more. Tell the others by another way; /leave ends it.");
    people_overlay(e, c);
}
