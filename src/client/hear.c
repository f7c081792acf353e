/* SPDX-License-Identifier: ISC */
#include "client/hear.h"

#include "base/log.h"
#include "base/mem.h"
#include "client/group.h"
#include "client/group_commit.h"
#include "client/group_enter.h"
#include "client/group_people.h"
#include "client/hear_say.h"
#include "client/say.h"

#define UNOPENED_TOLD 3u     /* so many in a row are told one by one */
#define BAD_WAIT_MS   10500u /* the others may take it back */

/* ---- what goes wrong ---- */

static void tell_unopened(
    struct engine *e, struct talk *c, const struct hear_entry *in, const char *why)
{
    LOG_WARN("hear", "%s: entry %llu does not open: %s", log_text(talk_title(c)),
        (unsigned long long)in->seq, why);
    if (c->unopened++ < UNOPENED_TOLD)
        engine_say_in(e, c, EVENT_WARN,
            "A message that the relay says is from %.*s cannot be opened (%s). It is not shown.",
            (int)in->sender.n, (const char *)in->sender.p, why);
}

static const char *why_not(const struct talk *c, enum err err)
{
    if (err == ERR_REFUSED && mls_group_rule(c->group) == MLS_RULE_COMMIT_POLICY &&
        c->judged != NULL)
        return c->judged;
    if (err == ERR_REFUSED)
        return mls_rule_text(mls_group_rule(c->group));
    if (err == ERR_STALE)
        return "its keys are gone";
    if (err == ERR_STATE)
        return "a change of the group before it is missing";
    return err_str(err);
}

/* ---- commits ---- */

/* Most of the others may be unable to follow it too: then the relay takes it back. */
static void object(
    struct engine *e, struct talk *c, const struct hear_entry *in, const char *why)
{
    struct msg_bad_commit m = {.room = talk_title(c), .seq = in->seq, .reason = bytes_str(why)};

    LOG_WARN("hear", "%s: commit %llu cannot be followed: %s", log_text(talk_title(c)),
        (unsigned long long)in->seq, why);
    engine_say_in(e, c, EVENT_WARN,
        "A change of the group that the relay says is from %.*s was refused (%s).",
        (int)in->sender.n, (const char *)in->sender.p, why);
    if (!c->forbidden && (c->kind != CONVO_ROOM || !in->live)) {
        group_lose(e, c, why); /* nobody takes back what is in the log */
        return;
    }
    c->bad_seq = in->seq;
    c->bad_ms = e->loop->now_ms;
    if (!in->live) {
        group_stand_still(e, c);
        return;
    }
    engine_look_at(e, c->bad_ms + BAD_WAIT_MS);
    engine_ask(e, OP_BAD_COMMIT, &m, &(struct request){.talk = c->serial});
}

static void removed_us(struct engine *e, struct talk *c, const struct talk_person *by)
{
    char who[PEOPLE_TEXT] = "somebody";

    if (by != NULL)
        people_text(by, who);
    engine_say_in(e, c, EVENT_ERROR, "You were taken out of this group by %s.", who);
    talk_group_drop(c);
    vault_del_all(e->vault, VAULT_GROUP, talk_key(c));
    c->there = true;
    c->lost = false;
    c->wait_ms = UINT64_MAX; /* not by ourselves */
    if (c->page != NULL) {
        c->page->seal = ROOM_AGREEING;
        model_room_changed(e->model, c->page);
    }
    engine_changed(e, c);
}

/* The relay's name for whoever joined: an account is called what its leaf says, or the relay
 * lies. */
static void name_joiner(
    struct engine *e, struct talk *c, struct talk_person *p, const struct hear_entry *in)
{
    char text[PEOPLE_TEXT];

    p->left = false;
    if (in->live)
        called_here(&e->called, p->print, in->sender);
    if (talk_person_guest(p)) {
        (void)bytes_copy(p->relay, sizeof p->relay, in->sender);
        return;
    }
    if (bytes_eq(in->sender, bytes_str(p->name)))
        return;
    people_text(p, text);
    engine_say_in(e, c, EVENT_ERROR,
        "THE RELAY SAYS %.*s JOINED, BUT THE KEY SAYS %s. One of them lies: do not trust %s "
        "before you have compared safety numbers.",
        (int)in->sender.n, (const char *)in->sender.p, text, text);
}

static void tell_changes(
    struct engine *e, struct talk *c, const struct mls_change *change, const char *by)
{
    uint8_t print[POLICY_PRINT];
    char who[PEOPLE_TEXT];

    for (size_t i = 0; i < change->removed_n && !change->external; i++) {
        policy_print(change->removed[i].signature_key, print);
        struct talk_person *p = talk_person(c, print);
        if (p == NULL)
            continue;
        people_text(p, who);
        talk_gone_del(c, talk_shown(p));
        talk_gone_del(c, bytes_str(p->relay));
        engine_say_in(e, c, EVENT_GONE, "%s is no longer in the group", who);
    }
    for (size_t i = 0; i < change->added_n; i++) {
        char name[TRUST_NAME];
        (void)bytes_copy(name, sizeof name, change->added[i].identity);
        engine_say_in(e, c, EVENT_HERE, "%s was added by %s", name, by);
    }
    if (!bytes_eq(change->extensions_before, change->extensions_after))
        engine_say_in(e, c, EVENT_CHANGE, "%s changed the rules of this room", by);
}

static void joined(struct engine *e, struct talk *c, const struct hear_entry *in,
    const uint8_t print[POLICY_PRINT])
{
    struct talk_person *p = talk_person(c, print);
    char who[PEOPLE_TEXT];

    if (p == NULL)
        return;
    name_joiner(e, c, p, in);
    if (!talk_person_guest(p)) /* an old leaf went as this one came */
        talk_gone_del(c, bytes_str(p->name));
    people_text(p, who);
    engine_say_in(e, c, EVENT_HERE, "%s is in the group now", who);
    p->whole = true;
    people_overlay(e, c);
    /* The newcomer waits to hear somebody. */
    c->receipt_due = say_receipts(c);
    if (c->receipt_due)
        p->owed = p->stream != 0;
    if (!e->account)
        c->nick_due = true;
    if (c->page != NULL && c->page->topic[0] != '\0' && hear_say_topic_is_ours(c))
        say_put(e, c, PAYLOAD_TOPIC, bytes_str(c->page->topic));
}

static void forget_removed(struct talk *c, struct bytes run)
{
    struct bytes name;

    while (names_next(&run, &name))
        talk_gone_del(c, name);
}

/* Staged: it counts from here. */
static void follow(struct engine *e, struct talk *c, const struct hear_entry *in,
    const struct mls_event *event)
{
    uint8_t print[POLICY_PRINT];
    char by[PEOPLE_TEXT] = "somebody";
    bool external = event->change->external;

    policy_print(event->change->committer.signature_key, print);
    struct talk_person *p = talk_person(c, print);
    if (p != NULL)
        people_text(p, by);
    if (event->removes_us) {
        removed_us(e, c, p);
        return;
    }
    if (!external)
        tell_changes(e, c, event->change, by);
    group_apply(e, c, in->seq);
    forget_removed(c, in->removed);
    if (c->group != NULL && external)
        joined(e, c, in, print);
    if (!external)
        c->confirmed = true;
    people_overlay(e, c);
}

static void take_commit(struct engine *e, struct talk *c, const struct hear_entry *in)
{
    struct mls_event event;
    uint64_t epoch = group_epoch(c);

    if (in->epoch > epoch && in->epoch >= c->relay_epoch && in->epoch < UINT64_MAX)
        c->relay_epoch = in->epoch + 1; /* what is between is not in the log */
    if (c->group == NULL || in->epoch != epoch || c->bad_seq != 0)
        return;
    mls_event_init(&event);
    enum err err = mls_process(c->group, in->body, &event);
    if (err == ERR_OK && event.kind == MLS_EVENT_OWN) {
        commit_found(e, c, in->seq);
    } else if (err == ERR_OK && event.kind == MLS_EVENT_COMMIT && event.epoch == in->epoch) {
        talk_commit_clear(c); /* a stage of ours is gone with it */
        follow(e, c, in, &event);
    } else {
        c->forbidden = c->kind == CONVO_ROOM && err == ERR_REFUSED &&
                       mls_group_rule(c->group) == MLS_RULE_COMMIT_POLICY;
        object(e, c, in, err == ERR_OK ? "it is not what the relay says" : why_not(c, err));
    }
    mls_event_clear(&event);
}

/* ---- foundings ---- */

static void take_founding(struct engine *e, struct talk *c, const struct hear_entry *in)
{
    struct bytes welcome = in->welcome.n != 0 ? in->welcome : in->body;

    if (c->kind == CONVO_ROOM) {
        c->there = true;
        engine_touch(e, c);
        return;
    }
    if (bytes_eq(in->sender, model_nick(e->model)) || (!in->live && in->seq <= c->place))
        return;
    hear_say_founded(e, c, in, welcome);
}

/* ---- messages ---- */

/* Whoever signed it is who said it; what the relay calls the sender must agree. */
static struct talk_person *sender_of(
    struct engine *e, struct talk *c, const struct hear_entry *in, uint32_t leaf)
{
    struct talk_person *p = leaf < c->leaf_n ? c->leaf[leaf] : NULL;
    char text[PEOPLE_TEXT];

    if (p == NULL)
        return NULL;
    if (talk_person_guest(p)) {
        if (p->relay[0] == '\0')
            (void)bytes_copy(p->relay, sizeof p->relay, in->sender);
        return p;
    }
    if (!bytes_eq(in->sender, bytes_str(p->name))) {
        people_text(p, text);
        engine_say_in(e, c, EVENT_WARN,
            "The relay says that %.*s sent the next message; it is signed by %s and shown so.",
            (int)in->sender.n, (const char *)in->sender.p, text);
    }
    return p;
}

/* Opened, but not in its turn: the log is read first, and it is dealt with when it comes by. */
static bool put_early(struct engine *e, struct talk *c, const struct talk_person *p,
    const struct hear_entry *in, struct bytes plain)
{
    if (!in->live || c->early.seq != 0 || !hear_say_skips(p, plain))
        return false;
    c->early.seq = in->seq;
    memcpy(c->early.print, p->print, sizeof c->early.print);
    buf_wipe(&c->early.plain);
    buf_bytes(&c->early.plain, plain);
    c->behind = true;
    engine_touch(e, c);
    return true;
}

void hear_early(struct engine *e, struct talk *c)
{
    struct hear_entry in = {.kind = ENTRY_MESSAGE, .seq = c->early.seq};
    struct talk_person *p = talk_person(c, c->early.print);

    if (c->early.seq == 0)
        return;
    c->early.seq = 0;
    if (p != NULL && c->group != NULL)
        hear_say(e, c, p, &in, buf_view(&c->early.plain));
    buf_wipe(&c->early.plain);
    engine_changed(e, c);
}

static void take_message(struct engine *e, struct talk *c, const struct hear_entry *in)
{
    struct talk_person *p = NULL;
    struct mls_event event;

    if (!in->live && bytes_eq(in->sender, model_nick(e->model))) {
        say_found(e, c, in->body);
        return;
    }
    if (c->group == NULL)
        return;
    if (!in->live && in->seq == c->early.seq) {
        hear_early(e, c);
        return;
    }
    mls_event_init(&event);
    enum err err = mls_process(c->group, in->body, &event);
    if (err == ERR_OK && event.kind == MLS_EVENT_APPLICATION) {
        p = sender_of(e, c, in, event.sender);
        c->unopened = 0;
    }
    if (p != NULL && event.epoch != in->epoch)
        engine_say_in(e, c, EVENT_WARN,
            "The relay put a wrong label on a message of %.*s; what is inside is shown.",
            (int)talk_shown(p).n, (const char *)talk_shown(p).p);
    if (p != NULL && put_early(e, c, p, in, event.data))
        c->unopened = 0;
    else if (p != NULL)
        hear_say(e, c, p, in, event.data);
    else if (err == ERR_STATE && in->live && in->epoch > group_epoch(c))
        group_behind(c, in->epoch); /* the log has what is missing, or it is told then */
    else if (err != ERR_OK && in->seq > c->place)
        tell_unopened(e, c, in, why_not(c, err));
    mls_event_clear(&event);
    engine_changed(e, c);
}

/* What comes live while entries before it may be missing is not dealt with, and does not count
 * as dealt with: it comes again, in its order, when the log is read. */
static bool too_early(struct engine *e, struct talk *c, const struct hear_entry *in)
{
    if (!in->live)
        return false;
    if (in->kind == ENTRY_COMMIT && c->group != NULL && in->epoch > group_epoch(c))
        c->behind = true;
    if (c->kind == CONVO_DIRECT && c->group == NULL && in->kind != ENTRY_WELCOME) {
        c->behind = true; /* its founding was lost on the way */
        c->wanted = true;
    }
    if ((c->busy & BUSY_CATCH) != 0)
        c->missed = true;
    if (!c->missed && (!c->behind || (c->group == NULL && c->kind == CONVO_ROOM)))
        return false;
    engine_touch(e, c);
    return true;
}

void hear_entry(struct engine *e, struct talk *c, const struct hear_entry *in)
{
    static void (*const TAKE[])(
        struct engine * e, struct talk * c, const struct hear_entry *in) = {
        [ENTRY_MESSAGE] = take_message,
        [ENTRY_RECEIPT] = take_message,
        [ENTRY_COMMIT] = take_commit,
        [ENTRY_WELCOME] = take_founding,
    };

    if (in->kind >= MEM_COUNT(TAKE))
        return;
    if (in->seq > TALK_SEQ_MAX) {
        engine_say_in(e, c, EVENT_WARN,
            "The relay told something of this conversation under a number that no log has. It "
            "was refused.");
        return;
    }
    if (too_early(e, c, in))
        return;
    if ((in->flags & COMMIT_CREATE) != 0)
        take_founding(e, c, in);
    else
        TAKE[in->kind](e, c, in);
    if (c->bad_seq == 0 && !(in->live && c->behind) && talk_move(c, in->seq))
        engine_changed(e, c);
    engine_touch(e, c);
}

void hear_released(struct engine *e, struct bytes name)
{
    for (struct talk *c = e->talks; c != NULL; c = c->next)
        hear_say_release(e, c, name);
}
