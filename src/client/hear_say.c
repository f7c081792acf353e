/* SPDX-License-Identifier: ISC */
#include "client/hear_say.h"

#include <stdio.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "client/chatlog.h"
#include "client/direct.h"
#include "client/download_event.h"
#include "client/download_offer.h"
#include "client/files.h"
#include "client/group.h"
#include "client/group_enter.h"
#include "client/group_people.h"
#include "client/history.h"
#include "client/keep.h"
#include "client/past.h"
#include "client/say.h"
#include "model/words.h"

#define CLOCK_SLACK_MS 300000
#define TYPING_MS      6000u

/* ---- numbers ---- */

/* The number that comes next. A stream begins with 1 when its owner came into the group, and
 * goes on from the one before when its owner started again. */
static uint64_t next_of(const struct talk_person *p, const struct payload *m)
{
    uint64_t after = p->heard == UINT64_MAX ? p->heard : p->heard + 1;

    if (p->stream == m->stream)
        return after;
    if (p->whole)
        return 1;
    return p->stream != 0 && !p->parted ? after : m->index;
}

static void tell_missing(
    struct engine *e, struct talk *c, const struct talk_person *p, uint64_t n)
{
    char who[PEOPLE_TEXT];

    people_text(p, who);
    engine_say_in(e, c, EVENT_WARN,
        "%llu message%s of %s missing: the relay did not hand %s on.", (unsigned long long)n,
        n == 1 ? "" : "s", who, n == 1 ? "it" : "them");
}

/* Whether this is new; one that is missing before it is told. */
static bool count(
    struct engine *e, struct talk *c, struct talk_person *p, const struct payload *m)
{
    uint64_t next = next_of(p, m);
    char who[PEOPLE_TEXT];

    if (!payload_counted(m->kind))
        return true;
    if (p->stream == m->stream && m->index <= p->heard)
        return false;
    bool seen = talk_seen(c, p->print, m->id);
    if (m->index > next && (p->whole || !p->parted))
        tell_missing(e, c, p, m->index - next);
    people_text(p, who);
    if (m->index < next && !seen && !p->parted && !talk_person_guest(p)) /* keeps nothing */
        engine_say_in(e, c, EVENT_WARN,
            "%s counts from further back than before, as an older copy of its folder would. It "
            "may not know what it said since.",
            who);
    p->whole = false;
    p->parted = false;
    p->stream = m->stream;
    p->heard = m->index;
    keep_person(e, c, p);
    p->owed = true;
    c->receipt_due = true;
    c->read_due = true;
    c->said++;
    return !seen;
}

/* ---- words ---- */

/* The sender's own time, which is signed, as long as it can be true. */
static int64_t time_of(const struct engine *e, const struct payload *m)
{
    int64_t now = e->loop->wall_ms;

    return m->sent_ms <= (uint64_t)(now + CLOCK_SLACK_MS) ? (int64_t)m->sent_ms : now;
}

static bool mentions(const struct engine *e, struct bytes text)
{
    struct bytes nick = model_nick(e->model);

    return words_name(text, nick);
}

static void hold(struct engine *e, struct talk *c, struct talk_person *p)
{
    char who[PEOPLE_TEXT];

    people_text(p, who);
    if (p->held++ == 0)
        engine_say_in(e, c, EVENT_WARN,
            "A message under the new key of %s is held back; /trust %s shows it.", who, who);
}

/* What was said, or of a file that is offered its name and size. Its row in the history; 0: it
 * is held back. */
static uint64_t take_words(struct engine *e, struct talk *c, struct talk_person *p,
    const struct payload *m, struct bytes text)
{
    bool held = p->trust == TRUST_CHANGED;
    char who[PEOPLE_TEXT];
    struct history_row row = {.wall_ms = time_of(e, m),
        .kind = m->kind,
        .flags = held ? HISTORY_HELD : 0,
        .who = talk_shown(p),
        .text = text};
    struct event ev = {.kind = EVENT_MESSAGE,
        .wall_ms = row.wall_ms,
        .flags = m->kind == PAYLOAD_FILE ? EVENT_FILE : 0,
        .who = talk_shown(p),
        .text = text};

    if (c->policy.expire_s != 0)
        row.expires_ms = e->loop->wall_ms + 1000 * (int64_t)c->policy.expire_s;
    memcpy(row.id, m->id, sizeof row.id);
    memcpy(row.print, p->print, sizeof row.print);
    uint64_t n = history_add(e->vault, talk_key(c), &row);
    if (held) {
        hold(e, c, p);
        return 0;
    }
    memcpy(ev.key, m->id, sizeof ev.key);
    if (talk_person_guest(p)) {
        ev.flags |= EVENT_GUEST;
        trust_tag(p->print, ev.tag);
    }
    if (p->trust == TRUST_VERIFIED)
        ev.flags |= EVENT_VERIFIED;
    if (mentions(e, text))
        ev.flags |= EVENT_MENTION;
    people_text(p, who);
    past_page(e, c);
    c->page->typing[0] = '\0';
    model_add(e->model, c->page, &ev);
    chatlog_line(e, c, ev.wall_ms, who, text);
    return n;
}

static void take_text(
    struct engine *e, struct talk *c, struct talk_person *p, const struct payload *m)
{
    (void)take_words(e, c, p, m, m->text.text);
}

/* The card first, then what it is the card of: whoever hears of a file finds its line. */
static void take_file(
    struct engine *e, struct talk *c, struct talk_person *p, const struct payload *m)
{
    char words[TRANSFER_WORDS];
    char name[TRANSFER_NAME];
    char who[PEOPLE_TEXT];
    struct offer offer;
    const char *bad;

    people_text(p, who);
    if (offer_read(m->text.text, &offer, &bad) != ERR_OK) {
        engine_say_in(e, c, EVENT_WARN,
            "%s offered a file, but what is said of it makes no sense (%s). It is not shown.",
            who, bad);
        return;
    }
    if (transfers_find(&e->model->files, m->id) != NULL) {
        mem_wipe(&offer, sizeof offer);
        engine_say_in(e, c, EVENT_WARN,
            "%s offers a file under an id that another one has. It is not shown: ask for it "
            "again.",
            who);
        return;
    }
    files_clean_name(offer.name, m->id, name, sizeof name);
    transfer_words(words, name, offer.bytes);
    mem_wipe(&offer, sizeof offer);
    uint64_t n = take_words(e, c, p, m, bytes_str(words));
    if (n == 0)
        return;
    const char *sender = p->relay[0] != '\0'       ? p->relay
                         : c->kind == CONVO_DIRECT ? c->title
                                                   : p->name;
    download_offered(e, c, p,
        &(struct download_news){
            .id = m->id, .sealed = m->text.text, .sender = sender, .history = n});
}

/* Whoever offered a file under that key may. */
static void take_back(
    struct engine *e, struct talk *c, struct talk_person *p, const struct payload *m)
{
    struct download *d =
        m->text.text.n == PAYLOAD_ID ? files_download(e, m->text.text.p) : NULL;

    if (d != NULL && d->talk == c->serial && memcmp(d->print, p->print, sizeof d->print) == 0)
        download_taken_back(d);
}

/* ---- the rest ---- */

static void take_receipt(
    struct engine *e, struct talk *c, struct talk_person *p, const struct payload *m)
{
    struct list rows = m->receipt.heard;
    struct payload_heard row;

    while (list_next(&rows, &PAYLOAD_HEARD_ROW, &row)) {
        if (memcmp(row.print, e->identity.print, sizeof row.print) != 0 ||
            row.stream != c->stream || row.index > c->index)
            continue;
        if (row.index > p->confirmed)
            p->confirmed = row.index;
        if (m->kind == PAYLOAD_READ && row.index > p->read)
            p->read = row.index;
        say_confirmed(e, c);
    }
}

static void take_typing(
    struct engine *e, struct talk *c, struct talk_person *p, const struct payload *m)
{
    char who[PEOPLE_TEXT];

    if (!e->show_typing || c->page == NULL || p->trust == TRUST_CHANGED)
        return;
    people_text(p, who);
    c->typing_until_ms = m->typing.on != 0 ? e->loop->now_ms + TYPING_MS : 0;
    (void)snprintf(c->page->typing, sizeof c->page->typing, "%s", m->typing.on != 0 ? who : "");
    model_room_changed(e->model, c->page);
    engine_look_at(e, e->loop->now_ms + TYPING_MS);
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
    [PAYLOAD_TYPING] = take_typing,
    [PAYLOAD_NICK] = take_nick,
    [PAYLOAD_TOPIC] = take_topic,
    [PAYLOAD_PSK] = take_psk,
    [PAYLOAD_TICKET] = take_ticket,
    [PAYLOAD_FILE] = take_file,
    [PAYLOAD_TAKEN_BACK] = take_back,
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

bool hear_say_skips(const struct talk_person *from, struct bytes plain)
{
    struct payload m;
    bool skips = payload_read(plain, &m) == ERR_OK && payload_counted(m.kind) &&
                 from->heard != UINT64_MAX && m.index > next_of(from, &m) &&
                 (from->whole || !from->parted);

    mem_wipe(&m, sizeof m);
    return skips;
}

/* ---- direct conversations ---- */

/* Made for a key package that was used up, or seen already. */
static void tell_unreadable(struct engine *e, struct talk *c)
{
    if (c->page == NULL && !c->wanted) {
        c->dropped = true; /* it began with this */
        loop_later(e->loop, &e->save, LOOP_FLUSH);
    }
    engine_say_in(e, c, EVENT_WARN,
        "%s began a conversation with keys that are not here any more; nothing of it can be "
        "read. /msg %s TEXT begins it from this side.",
        c->title, c->title);
}

void hear_say_founded(
    struct engine *e, struct talk *c, const struct hear_entry *in, struct bytes welcome)
{
    const struct enter_news news = {in->sender, welcome, in->seq};
    bool had = c->group != NULL && (c->busy & BUSY_FOUND) == 0;
    enum enter_end end = enter_welcome(e, c, &news);

    if (end == ENTER_NOT_OURS)
        tell_unreadable(e, c);
    if (in->seq <= TALK_SEQ_MAX && end != ENTER_REFUSED)
        c->group_seq = in->seq;
    if (end != ENTER_IN)
        return;
    c->busy &= ~(unsigned)(BUSY_FOUND | BUSY_PEER);
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
