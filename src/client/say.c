/* SPDX-License-Identifier: ISC */
#include "client/say.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/reader.h"
#include "client/chatlog.h"
#include "client/files.h"
#include "client/group.h"
#include "client/group_people.h"
#include "client/history.h"
#include "client/keep.h"
#include "client/past.h"
#include "crypto/hash.h"
#include "crypto/rand.h"

#define RECEIPTS_UP_TO 8u
#define SENT_MAX       64u
#define AGAIN_MS       120000u /* older ones would have been noticed */
#define SEALED_MAX     (MSG_TEXT + 1024u)
#define WAIT_MAX_MS    60000u
#define TYPING_EACH_MS 3000u

/* ---- from the person ---- */

/* What a person reads of it: of a file its name and size, for the rest is a secret. */
static struct bytes words_of(const struct talk_out *o, char out[TRANSFER_WORDS])
{
    char name[TRANSFER_NAME];
    struct offer offer;
    const char *bad;

    if (o->kind != PAYLOAD_FILE)
        return buf_view(&o->text);
    out[0] = '\0';
    if (offer_read(buf_view(&o->text), &offer, &bad) == ERR_OK) {
        files_clean_name(offer.name, o->id, name, sizeof name);
        transfer_words(out, name, offer.bytes);
    }
    mem_wipe(&offer, sizeof offer);
    return bytes_str(out);
}

static void write_down(struct engine *e, struct talk *c, struct talk_out *o)
{
    char words[TRANSFER_WORDS];
    struct history_row row = {
        .wall_ms = e->loop->wall_ms,
        .expires_ms =
            c->policy.expire_s != 0 ? e->loop->wall_ms + 1000 * (int64_t)c->policy.expire_s : 0,
        .kind = o->kind,
        .state = EVENT_QUEUED,
        .flags = HISTORY_OWN,
        .who = model_nick(e->model),
        .text = words_of(o, words),
    };

    memcpy(row.id, o->id, sizeof row.id);
    memcpy(row.print, e->identity.print, sizeof row.print);
    o->history = history_add(e->vault, talk_key(c), &row);
    loop_later(e->loop, &e->save, LOOP_FLUSH);
}

static void show(struct engine *e, struct talk *c, const struct talk_out *o)
{
    struct event ev = {.kind = EVENT_MESSAGE,
        .state = EVENT_QUEUED,
        .flags = EVENT_OWN,
        .who = model_nick(e->model),
        .text = buf_view(&o->text)};
    char me[MSG_NAME + 1];

    memcpy(ev.key, o->id, sizeof ev.key);
    if (c->page != NULL)
        model_add(e->model, c->page, &ev);
    (void)bytes_copy(me, sizeof me, ev.who);
    chatlog_line(e, c, e->loop->wall_ms, me, ev.text);
}

static void put(
    struct engine *e, struct talk *c, uint8_t kind, const uint8_t *id, struct bytes text)
{
    uint64_t now_ms = (uint64_t)e->loop->wall_ms;
    struct talk_out *o = talk_out_add(c, now_ms > c->made_ms ? now_ms : c->made_ms + 1);

    o->kind = kind;
    o->tag = e->tag;
    o->careful = e->careful;
    memcpy(o->id, id, sizeof o->id);
    buf_bytes(&o->text, text);
    if (kind == PAYLOAD_TEXT_KIND || kind == PAYLOAD_FILE)
        write_down(e, c, o);
    if (kind == PAYLOAD_TEXT_KIND)
        show(e, c, o);
    keep_out(e, c, o);
    engine_hold(e, o->tag);
    engine_touch(e, c);
}

void say_put(struct engine *e, struct talk *c, uint8_t kind, struct bytes text)
{
    uint8_t id[PAYLOAD_ID];

    rand_bytes(id, sizeof id);
    put(e, c, kind, id, text);
}

void say_offer(
    struct engine *e, struct talk *c, const uint8_t id[PAYLOAD_ID], struct bytes offer)
{
    put(e, c, PAYLOAD_FILE, id, offer);
}

/* Whoever asked waits for it only while it can be said. */
void say_taken_back(struct engine *e, struct talk *c, const uint8_t id[PAYLOAD_ID])
{
    bool heard = files_has_line(e) && c->group != NULL && people_stop(c) == NULL;
    uint64_t tag = e->tag;

    if (!heard)
        e->tag = 0;
    say_put(e, c, PAYLOAD_TAKEN_BACK, bytes_of(id, PAYLOAD_ID));
    e->tag = tag;
}

bool say_takes_back(const struct talk *c)
{
    const struct talk_out *o = c->out;

    while (o != NULL && o->kind != PAYLOAD_TAKEN_BACK)
        o = o->next;
    return o != NULL;
}

static struct talk_out *first_waiting(const struct talk *c)
{
    struct talk_out *o = c->out;

    while (o != NULL && o->state != OUT_WAITING)
        o = o->next;
    return o;
}

bool say_waits(const struct talk *c)
{
    return first_waiting(c) != NULL;
}

/* A message comes further, on the screen and in the history. */
static void come(
    struct engine *e, struct talk *c, const struct talk_out *o, enum event_state state)
{
    char words[TRANSFER_WORDS];
    struct history_row row = {.n = o->history,
        .wall_ms = (int64_t)o->made_ms,
        .kind = o->kind,
        .state = (uint8_t)state,
        .flags = HISTORY_OWN,
        .who = model_nick(e->model),
        .text = words_of(o, words)};

    if (o->kind != PAYLOAD_TEXT_KIND && o->kind != PAYLOAD_FILE)
        return;
    memcpy(row.id, o->id, sizeof row.id);
    memcpy(row.print, e->identity.print, sizeof row.print);
    if (c->policy.expire_s != 0)
        row.expires_ms = row.wall_ms + 1000 * (int64_t)c->policy.expire_s;
    if (o->history != 0)
        history_change(e->vault, talk_key(c), &row);
    past_state(e, c, o->id, state);
    if (c->page != NULL)
        model_state(e->model, c->page, o->id, state);
    loop_later(e->loop, &e->save, LOOP_FLUSH);
}

/* ---- sealing ---- */

static enum err seal(struct talk *c, const struct payload *p, struct buf *out)
{
    const struct mls_wrap wrap = {.pad = PAYLOAD_PAD};
    struct buf plain;

    buf_init(&plain, MSG_TEXT);
    payload_write(p, &plain);
    enum err err = buf_end(&plain);
    if (err == ERR_OK)
        err = mls_protect(c->group, buf_view(&plain), &wrap, out);
    buf_wipe(&plain);
    if (err == ERR_OK && out->n > MSG_TEXT)
        err = ERR_TOO_BIG;
    return err;
}

static void send_sealed(struct engine *e, struct talk *c, uint8_t kind, struct bytes sealed,
    const struct request *r)
{
    struct msg_say m = {.to = talk_title(c),
        .text = sealed,
        .more = true,
        .epoch = group_epoch(c),
        .kind = kind};

    group_save(e, c);
    engine_ask_sealed(e, c->kind == CONVO_ROOM ? OP_SAY : OP_DIRECT, &m, r);
}

static void fill(const struct talk *c, const struct talk_out *o, struct payload *p)
{
    struct reader r;

    *p = (struct payload){.kind = o->kind,
        .stream = c->stream,
        .index = o->index,
        .sent_ms = o->made_ms,
        .text.text = buf_view(&o->text)};
    memcpy(p->id, o->id, sizeof p->id);
    if (o->kind != PAYLOAD_PSK)
        return;
    reader_init(&r, buf_view(&o->text));
    p->psk.generation = reader_u32(&r);
    struct bytes psk = reader_bytes(&r, sizeof p->psk.psk);
    if (psk.n == sizeof p->psk.psk)
        memcpy(p->psk.psk, psk.p, sizeof p->psk.psk);
}

static struct talk_out *take_out(struct talk *c, const uint8_t id[PAYLOAD_ID])
{
    for (struct talk_out **at = &c->out; *at != NULL; at = &(*at)->next) {
        struct talk_out *o = *at;
        if (memcmp(o->id, id, PAYLOAD_ID) != 0)
            continue;
        *at = o->next;
        o->next = NULL;
        return o;
    }
    return NULL;
}

/* What cannot be sent at all gives its number to the next. */
static void give_up(struct engine *e, struct talk *c, struct talk_out *o, const char *why)
{
    come(e, c, o, EVENT_FAILED);
    if (o->index != 0 && o->index == c->index)
        c->index--;
    keep_out_done(e, c, o);
    keep_place(e, c);
    engine_say_in(e, c, EVENT_WARN, "Not sent: %s.", why);
    engine_fail(e, o->tag, why);
    engine_release(e, o->tag);
    if (o->kind == PAYLOAD_FILE)
        files_unsaid(e, o->id, why);
    talk_out_free(take_out(c, o->id));
}

void say_give_up(struct engine *e, struct talk *c, const char *why)
{
    while (c->out != NULL)
        give_up(e, c, c->out, why);
}

/* It is bound to the leaf as it is, which changes with every commit of ours. */
static void sign_ticket(struct engine *e, struct talk *c, struct talk_out *o)
{
    struct mls_member me;
    struct mls_view v;

    buf_clear(&o->text);
    mls_group_view(c->group, &v);
    if (!mls_group_member(c->group, v.self, &me) ||
        policy_ticket_make(e->identity.key, v.group_id, me.encryption_key, &o->text) != ERR_OK)
        LOG_ERROR("say", "no goodbye could be signed");
}

void say_next(struct engine *e, struct talk *c)
{
    struct talk_out *o = first_waiting(c);
    struct request r = {.talk = c->serial};
    struct payload p;
    struct buf sealed;

    if (o == NULL)
        return;
    if (o->careful && people_unverified(e, c) != NULL) {
        give_up(e, c, o, "somebody reads along whose key was not compared");
        return;
    }
    if (o->index == 0 && payload_counted(o->kind))
        o->index = ++c->index;
    if (o->kind == PAYLOAD_TICKET)
        sign_ticket(e, c, o);
    fill(c, o, &p);
    buf_init(&sealed, SEALED_MAX);
    enum err err = seal(c, &p, &sealed);
    if (err == ERR_OK)
        err = hash_sha256(buf_view(&sealed), o->hash);
    if (err != ERR_OK) {
        give_up(e, c, o, err == ERR_TOO_BIG ? "it is too long for one message" : err_str(err));
    } else {
        o->hashed = true;
        o->state = OUT_SENT;
        c->busy |= BUSY_SAY;
        c->said++;
        keep_out(e, c, o);
        keep_place(e, c);
        memcpy(r.id, o->id, sizeof r.id);
        r.tag = o->tag;
        send_sealed(e, c, payload_counted(o->kind) ? ENTRY_MESSAGE : ENTRY_RECEIPT,
            buf_view(&sealed), &r);
    }
    mem_wipe(&p, sizeof p);
    buf_free(&sealed);
}

/* ---- what the relay says ---- */

static void wait_for_receipts(struct engine *e, struct talk *c, struct talk_out *o, bool stored)
{
    struct talk_sent *s;

    if (talk_alone(c)) { /* whoever comes later is not meant */
        talk_out_free(o);
        return;
    }
    s = mem_alloc(sizeof *s);
    s->out = o;
    s->at_ms = e->loop->now_ms;
    s->stored = stored;
    s->state = EVENT_RELAYED;
    s->numbered = true;
    *c->sent_end = s;
    c->sent_end = &s->next;
    if (++c->sent_n <= SENT_MAX)
        return;
    s = c->sent;
    c->sent = s->next;
    c->sent_n--;
    talk_out_free(s->out);
    mem_free(s);
}

static void with_the_relay(struct engine *e, struct talk *c, struct talk_out *o, bool stored)
{
    come(e, c, o, EVENT_RELAYED);
    keep_out_done(e, c, o);
    engine_release(e, o->tag);
    o->tag = 0;
    wait_for_receipts(e, c, o, stored);
    say_confirmed(e, c);
}

void say_taken(
    struct engine *e, struct talk *c, const struct request *r, const struct msg_sent *m)
{
    struct talk_out *o = take_out(c, r->id);

    if (m->seq > c->own_seq)
        c->own_seq = m->seq;
    if (o == NULL)
        return;
    c->busy &= ~(unsigned)BUSY_SAY;
    c->tries = 0;
    with_the_relay(e, c, o, m->stored != 0);
    engine_touch(e, c);
}

static struct talk_out *find_out(const struct talk *c, const uint8_t id[PAYLOAD_ID])
{
    struct talk_out *o = c->out;

    while (o != NULL && memcmp(o->id, id, PAYLOAD_ID) != 0)
        o = o->next;
    return o;
}

void say_refused(
    struct engine *e, struct talk *c, const struct request *r, const struct msg_refusal *no)
{
    struct talk_out *o = find_out(c, r->id);
    char why[256];

    if (o == NULL) /* a receipt */
        return;
    c->busy &= ~(unsigned)BUSY_SAY;
    switch (no->code) {
    case CODE_STALE: /* sealed again under the epoch that is */
        o->state = OUT_WAITING;
        if (no->num > group_epoch(c))
            group_behind(c, no->num);
        else if (no->num < group_epoch(c))
            group_lose(e, c, "the relay is at an older epoch");
        break;
    case CODE_TOO_FAST:
    case CODE_BUSY:
        o->state = OUT_WAITING;
        c->wait_ms = e->loop->now_ms + (no->num < WAIT_MAX_MS ? no->num : WAIT_MAX_MS) + 20;
        engine_look_at(e, c->wait_ms);
        break;
    case CODE_NOT_STORED: /* the log tells */
        c->behind = true;
        break;
    case CODE_NOT_MEMBER: /* of the group, or of the room: joining anew finds out which */
        o->state = OUT_WAITING;
        group_lose(e, c, "the relay does not know us in this group");
        break;
    default:
        (void)bytes_copy(why, sizeof why, no->reason);
        give_up(e, c, o, why);
        break;
    }
    engine_touch(e, c);
}

void say_found(struct engine *e, struct talk *c, struct bytes sealed)
{
    uint8_t hash[HASH_SHA256];

    if (hash_sha256(sealed, hash) != ERR_OK)
        return;
    for (struct talk_out *o = c->out; o != NULL; o = o->next) {
        if (!o->hashed || memcmp(o->hash, hash, sizeof hash) != 0)
            continue;
        with_the_relay(e, c, take_out(c, o->id), true);
        return;
    }
}

void say_settle(struct engine *e, struct talk *c)
{
    c->busy &= ~(unsigned)BUSY_SAY;
    for (struct talk_out *o = c->out; o != NULL; o = o->next)
        o->state = OUT_WAITING;
    engine_touch(e, c);
}

void say_again(struct engine *e, struct talk *c)
{
    struct talk_sent *s = c->sent;

    c->sent = NULL;
    c->sent_end = &c->sent;
    c->sent_n = 0;
    while (s != NULL) {
        struct talk_sent *next = s->next;
        struct talk_out *o = s->out;
        if (s->stored || s->state != EVENT_RELAYED || e->loop->now_ms - s->at_ms > AGAIN_MS) {
            talk_out_free(o);
        } else {
            struct talk_out *again = talk_out_add(c, o->made_ms);
            struct talk_out *after = again->next;
            buf_wipe(&again->text);
            *again = *o;
            again->next = after;
            again->state = OUT_WAITING;
            mem_free(o);
            come(e, c, again, EVENT_QUEUED);
            keep_out(e, c, again);
        }
        mem_free(s);
        s = next;
    }
}

/* ---- receipts ---- */

bool say_receipts(const struct talk *c)
{
    uint32_t n = talk_members(c);

    return c->group != NULL && n > 1 && n <= RECEIPTS_UP_TO;
}

void say_light(struct engine *e, struct talk *c, const struct payload *p)
{
    struct request r = {.talk = c->serial};
    struct buf sealed;

    buf_init(&sealed, SEALED_MAX);
    if (seal(c, p, &sealed) == ERR_OK)
        send_sealed(e, c, ENTRY_RECEIPT, buf_view(&sealed), &r);
    buf_free(&sealed);
}

void say_receipt(struct engine *e, struct talk *c)
{
    bool seen = e->show_read && c->page != NULL && c->page == e->model->open;
    struct payload p = {
        .kind = seen ? PAYLOAD_READ : PAYLOAD_RECEIPT, .sent_ms = (uint64_t)e->loop->wall_ms};
    struct list_writer heard;

    c->receipt_due = false;
    if (seen)
        c->read_due = false;
    c->receipt_ms = e->loop->now_ms;
    if (!say_receipts(c))
        return;
    rand_bytes(p.id, sizeof p.id);
    list_begin(&heard, 8192);
    for (uint32_t i = 0; i < c->leaf_n; i++) {
        struct talk_person *who = c->leaf[i];
        struct payload_heard row;
        if (who == NULL || who->heard == 0 || (!who->owed && !seen))
            continue;
        who->owed = false;
        row = (struct payload_heard){.stream = who->stream, .index = who->heard};
        memcpy(row.print, who->print, sizeof row.print);
        list_add(&heard, &PAYLOAD_HEARD_ROW, &row);
    }
    p.receipt.heard = list_view(&heard);
    say_light(e, c, &p);
    list_end(&heard);
}

void say_typing(struct engine *e, struct talk *c)
{
    struct payload p = {
        .kind = PAYLOAD_TYPING, .sent_ms = (uint64_t)e->loop->wall_ms, .typing.on = 1};
    uint64_t now = e->loop->now_ms;

    if (!e->show_typing || e->state != ENGINE_READY || !say_receipts(c) ||
        people_stop(c) != NULL || (c->typing_ms != 0 && now - c->typing_ms < TYPING_EACH_MS))
        return;
    c->typing_ms = now;
    rand_bytes(p.id, sizeof p.id);
    say_light(e, c, &p);
}

/* What everybody has; and what everybody has seen, as far as they say so. */
static void least(struct engine *e, struct talk *c, uint64_t *confirmed, uint64_t *read)
{
    const struct talk_person *me = people_self(e, c);

    *confirmed = *read = UINT64_MAX;
    for (uint32_t i = 0; i < c->leaf_n; i++) {
        const struct talk_person *p = c->leaf[i];
        if (p == NULL || p == me)
            continue;
        *confirmed = p->confirmed < *confirmed ? p->confirmed : *confirmed;
        *read = p->read < *read ? p->read : *read;
    }
    if (*confirmed == UINT64_MAX) /* nobody else is there */
        *confirmed = *read = 0;
}

void say_confirmed(struct engine *e, struct talk *c)
{
    uint64_t confirmed;
    uint64_t read;

    least(e, c, &confirmed, &read);
    for (struct talk_sent *s = c->sent; s != NULL; s = s->next) {
        uint64_t index = s->out->index;
        enum event_state state = index <= read        ? EVENT_READ
                                 : index <= confirmed ? EVENT_DELIVERED
                                                      : EVENT_RELAYED;
        if (!s->numbered || state <= s->state)
            continue;
        s->state = state;
        come(e, c, s->out, state);
    }
}
