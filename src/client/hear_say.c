/* SPDX-License-Identifier: ISC */
#include "client/hear_say.h"

#include <stdio.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "client/chatlog.h"
#include "client/group.h"
#include "client/group_enter.h"
#include "client/group_people.h"
#include "client/history.h"
#include "client/keep.h"
#include "client/past.h"
#include "client/say.h"

#define CLOCK_SLACK_MS 300000

/* ---- numbers ---- */

/* Whether this is new; one that is missing before it is told. */
static bool count(
    struct engine *e, struct talk *c, struct talk_person *p, const struct payload *m)
{
    char who[PEOPLE_TEXT];

    if (!payload_counted(m->kind))
        return true;
    if (p->stream == m->stream && m->index <= p->heard)
        return false;
    if (p->stream == m->stream && m->index > p->heard + 1) {
        people_text(p, who);
        engine_say_in(e, c, EVENT_WARN,
            "%llu message%s of %s missing: the relay did not hand %s on.",
            (unsigned long long)(m->index - p->heard - 1), m->index - p->heard == 2 ? "" : "s",
            who, m->index - p->heard == 2 ? "it" : "them");
    }
    p->stream = m->stream;
    p->heard = m->index;
    keep_person(e, c, p);
    p->owed = true;
    c->receipt_due = true;
    c->said++;
    return !talk_seen(c, m->id);
}

/* ---- words ---- */

/* The sender's own time, which is signed, as long as it can be true. */
static int64_t time_of(const struct engine *e, const struct payload *m)
{
    int64_t now = e->loop->wall_ms;

    return (int64_t)m->sent_ms <= now + CLOCK_SLACK_MS ? (int64_t)m->sent_ms : now;
}

static bool mentions(const struct engine *e, struct bytes text)
{
    struct bytes nick = model_nick(e->model);

    return nick.n != 0 && memmem(text.p, text.n, nick.p, nick.n) != NULL;
}

static void hold(struct engine *e, struct talk *c, struct talk_person *p)
{
    char who[PEOPLE_TEXT];

    people_text(p, who);
    if (p->held++ == 0)
        engine_say_in(e, c, EVENT_WARN,
            "A message under the new key of %s is held back; /trust %s shows it.", who, who);
}

static void take_text(
    struct engine *e, struct talk *c, struct talk_person *p, const struct payload *m)
{
    bool held = p->trust == TRUST_CHANGED;
    char who[PEOPLE_TEXT];
    struct history_row row = {.wall_ms = time_of(e, m),
        .kind = m->kind,
        .flags = held ? HISTORY_HELD : 0,
        .who = talk_shown(p),
        .text = m->text.text};
    struct event ev = {.kind = EVENT_MESSAGE,
        .wall_ms = row.wall_ms,
        .who = talk_shown(p),
        .text = m->text.text};

    if (c->policy.expire_s != 0)
        row.expires_ms = e->loop->wall_ms + 1000 * (int64_t)c->policy.expire_s;
    memcpy(row.id, m->id, sizeof row.id);
    memcpy(row.print, p->print, sizeof row.print);
    (void)history_add(e->vault, talk_key(c), &row);
    if (held) {
        hold(e, c, p);
        return;
    }
    memcpy(ev.key, m->id, sizeof ev.key);
    if (talk_person_guest(p)) {
        ev.flags |= EVENT_GUEST;
        trust_tag(p->print, ev.tag);
    }
    if (p->trust == TRUST_VERIFIED)
        ev.flags |= EVENT_VERIFIED;
    if (mentions(e, m->text.text))
        ev.flags |= EVENT_MENTION;
    people_text(p, who);
    past_page(e, c);
    model_add(e->model, c->page, &ev);
    chatlog_line(e, c, ev.wall_ms, who, m->text.text);
}

/* ---- the rest ---- */

static void take_receipt(
    struct engine *e, struct talk *c, struct talk_person *p, const struct payload *m)
{
    struct list rows = m->receipt.heard;
    struct payload_heard row;

    while (list_next(&rows, &PAYLOAD_HEARD_ROW, &row)) {
        if (memcmp(row.print, e->identity.print, sizeof row.print) != 0 ||
            row.stream != c->stream || row.index > c->index || row.index <= p->confirmed)
            continue;
        p->confirmed = row.index;
        say_confirmed(e, c);
    }
}

static void take_nick(
    struct engine *e, struct talk *c, struct talk_person *p, const struct payload *m)
{
    struct bytes nick = m->text.text;
    char was[PEOPLE_TEXT];
    char is[PEOPLE_TEXT];

    if (!talk_person_guest(p) || !utf8_is_name(nick) || nick.n >= sizeof p->nick ||
        bytes_eq(nick, bytes_str(p->nick)))
        return;
    bool first = p->nick[0] == '\0' && bytes_eq(nick, talk_shown(p));
    people_text(p, was);
    (void)bytes_copy(p->nick, sizeof p->nick, nick);
    people_text(p, is);
    if (!first)
        engine_say_in(e, c, EVENT_CHANGE, "%s is %s now", was, is);
    people_overlay(e, c);
}

static void take_topic(
    struct engine *e, struct talk *c, struct talk_person *p, const struct payload *m)
{
    char who[PEOPLE_TEXT];

    people_text(p, who);
    if (c->kind != CONVO_ROOM || !policy_is_owner(&c->policy, p->print)) {
        engine_say_in(
            e, c, EVENT_WARN, "%s tried to change the topic, which is the owner's.", who);
        return;
    }
    past_page(e, c);
    if (bytes_eq(m->text.text, bytes_str(c->page->topic)))
        return;
    (void)bytes_copy(c->page->topic, sizeof c->page->topic, m->text.text);
    engine_say_in(e, c, EVENT_CHANGE, "%s made this the topic: %s", who, c->page->topic);
    model_room_changed(e->model, c->page);
}

bool hear_say_topic_is_ours(const struct talk *c)
{
    const struct talk_person *p = NULL;
    struct mls_view v;

    if (c->group == NULL)
        return false;
    mls_group_view(c->group, &v);
    if (v.self < c->leaf_n)
        p = c->leaf[v.self];
    return p != NULL && policy_is_owner(&c->policy, p->print);
}

static void take_psk(
    struct engine *e, struct talk *c, struct talk_person *p, const struct payload *m)
{
    bool known = talk_psk(c, m->psk.generation) != NULL;

    /* Whoever invites hands the present one on; a new one comes from who may change it. */
    if (c->policy.access != POLICY_PASSWORD && !policy_is_moderator(&c->policy, p->print))
        return;
    if (m->psk.generation != c->policy.generation && !policy_is_moderator(&c->policy, p->print))
        return;
    if (known && !policy_is_moderator(&c->policy, p->print))
        return;
    talk_psk_add(c, m->psk.generation, m->psk.psk);
    keep_talk(e, c);
}

static void take_ticket(
    struct engine *e, struct talk *c, struct talk_person *p, const struct payload *m)
{
    struct mls_member member;
    struct mls_view v;

    mls_group_view(c->group, &v);
    if (!p->here || !mls_group_member(c->group, p->leaf, &member) ||
        !policy_ticket_holds(m->text.text, v.group_id, &member)) {
        LOG_WARN("hear", "a goodbye in %s is not signed right", log_text(talk_title(c)));
        return;
    }
    talk_ticket_add(c, p->print, m->text.text);
    (void)e;
}

typedef void take_fn(
    struct engine *e, struct talk *c, struct talk_person *p, const struct payload *m);

static take_fn *const TAKE[PAYLOAD_KINDS] = {
    [PAYLOAD_TEXT_KIND] = take_text,
    [PAYLOAD_RECEIPT] = take_receipt,
    [PAYLOAD_READ] = take_receipt,
    [PAYLOAD_NICK] = take_nick,
    [PAYLOAD_TOPIC] = take_topic,
    [PAYLOAD_PSK] = take_psk,
    [PAYLOAD_TICKET] = take_ticket,
};

void hear_say(struct engine *e, struct talk *c, struct talk_person *from,
    const struct hear_entry *in, struct bytes plain)
{
    struct payload m;
    char who[PEOPLE_TEXT];
    enum err err = payload_read(plain, &m);

    if (!c->confirmed) {
        c->confirmed = true;
        people_overlay(e, c);
    }
    people_text(from, who);
    if (err == ERR_UNSUPPORTED)
        engine_say_in(
            e, c, EVENT_INFO, "%s sent something that only a newer sotto understands.", who);
    else if (err != ERR_OK)
        engine_say_in(e, c, EVENT_WARN,
            "%s sent something sealed that makes no sense. It is not shown.", who);
    if (err != ERR_OK || !count(e, c, from, &m))
        return;
    if (payload_counted(m.kind) != (in->kind == ENTRY_MESSAGE))
        LOG_INFO("hear", "the relay calls a message by another kind");
    if (TAKE[m.kind] != NULL)
        TAKE[m.kind](e, c, from, &m);
    mem_wipe(&m, sizeof m);
}

/* ---- direct conversations ---- */

static bool is_ours(struct engine *e, struct talk *c, const struct hear_entry *in)
{
    const struct talk_person *other = NULL;
    uint8_t binding[POLICY_PRINT];
    unsigned n = 0;

    for (uint32_t i = 0; i < c->leaf_n; i++) {
        n += c->leaf[i] != NULL;
        if (c->leaf[i] != NULL && c->leaf[i] != people_self(e, c))
            other = c->leaf[i];
    }
    if (other == NULL || n != 2)
        return false;
    group_binding(e, c, other->print, binding);
    if (c->policy.access != POLICY_DIRECT ||
        memcmp(binding, c->policy.binding, sizeof binding) != 0)
        return false;
    return talk_person_guest(other) || bytes_eq(bytes_str(other->name), in->sender);
}

void hear_say_founded(
    struct engine *e, struct talk *c, const struct hear_entry *in, struct bytes welcome)
{
    bool had = c->group != NULL;

    if (!enter_welcome(e, c, welcome, in->seq)) {
        c->group_seq = in->seq;
        return;
    }
    c->group_seq = in->seq;
    c->busy &= ~(unsigned)(BUSY_FOUND | BUSY_PEER);
    if (!is_ours(e, c, in)) {
        group_lose(e, c, "it is the group of other people");
        engine_say_in(e, c, EVENT_ERROR,
            "THE RELAY OFFERS THE GROUP OF OTHER PEOPLE AS YOUR CONVERSATION WITH %s. It was "
            "refused.",
            c->title);
        return;
    }
    for (uint32_t i = 0; i < c->leaf_n; i++) {
        if (c->leaf[i] != NULL && c->leaf[i] != people_self(e, c) &&
            talk_person_guest(c->leaf[i]))
            (void)bytes_copy(c->leaf[i]->relay, sizeof c->leaf[i]->relay, in->sender);
    }
    c->wanted = true;
    c->confirmed = true; /* who made it signed it */
    keep_talk(e, c);
    past_page(e, c);
    people_refresh(e, c);
    if (had)
        engine_say_in(e, c, EVENT_CHANGE, "%s began this conversation anew", c->title);
}

void hear_say_release(struct engine *e, struct talk *c, struct bytes name)
{
    for (uint32_t i = 0; i < c->leaf_n; i++) {
        struct talk_person *p = c->leaf[i];
        if (p == NULL || p->held == 0 || !bytes_eq(bytes_str(p->name), name))
            continue;
        p->held = 0;
        past_held(e, c, p->print);
    }
}
