/* SPDX-License-Identifier: ISC */
#include "face/objects.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "face/text.h"

#define SAID                                                                                   \
    "room|person from tag guest verified own old mention file text display time key state"
#define HAPPENED "room|person who text display time"
#define FILES                                                                                  \
    "n key state way name bytes done rate from tag room|person verified note display sha256 "  \
    "path why people"

static const struct object_row ROWS[] = {
    {"message", SAID, "room|person tag"},
    {"found", SAID, "room|person tag"},
    {"state", "room|person key state", ""},
    {"info", HAPPENED, "room|person who"},
    {"here", HAPPENED, "room|person who"},
    {"gone", HAPPENED, "room|person who"},
    {"change", HAPPENED, "room|person who"},
    {"notice", HAPPENED, "room|person who"},
    {"warning", HAPPENED, "room|person who"},
    {"error", HAPPENED, "room|person who"},
    {"file", FILES, "from tag people"},
    {"link", "link retry nick account address trust", ""},
    {"room", "room|person joined seal epoch members verified code topic", ""},
    {"ask", "open hidden words", ""},
};

const struct object_row *objects_at(size_t i)
{
    return i < MEM_COUNT(ROWS) ? &ROWS[i] : NULL;
}

const char *object_seal(enum room_seal seal)
{
    static const char *const WORDS[ROOM_SEALS] = {
        [ROOM_PLAIN] = "none",
        [ROOM_AGREEING] = "agreeing",
        [ROOM_UNCONFIRMED] = "unconfirmed",
        [ROOM_SEALED] = "sealed",
        [ROOM_STOPPED] = "stopped",
        [ROOM_UNVERIFIED] = "unverified",
        [ROOM_BROKEN] = "broken",
        [ROOM_LOST] = "lost",
    };

    return (unsigned)seal < ROOM_SEALS ? WORDS[seal] : "unknown";
}

const char *object_link_word(enum model_link link)
{
    static const char *const WORDS[MODEL_LINKS] = {
        [MODEL_OFFLINE] = "offline",
        [MODEL_DIALING] = "dialing",
        [MODEL_GREETING] = "greeting",
        [MODEL_READY] = "ready",
        [MODEL_WAITING] = "waiting",
        [MODEL_REFUSED] = "refused",
        [MODEL_LEAVING] = "leaving",
        [MODEL_ENDED] = "ended",
    };

    return (unsigned)link < MODEL_LINKS ? WORDS[link] : "unknown";
}

static const char *trust_word(enum model_trust trust)
{
    static const char *const WORDS[] = {
        [MODEL_UNKNOWN] = "unknown",
        [MODEL_FIRST_SIGHT] = "first-sight",
        [MODEL_PINNED] = "pinned",
        [MODEL_CERTIFIED] = "certified",
    };

    return (unsigned)trust < MEM_COUNT(WORDS) ? WORDS[trust] : "unknown";
}

static const char *lock_word(enum room_lock lock)
{
    return lock == ROOM_LOCKED ? "locked" : lock == ROOM_INVITED ? "invited" : "open";
}

void object_str(struct json_out *o, const char *key, struct bytes foreign)
{
    struct buf whole;

    buf_init(&whole, SIZE_MAX);
    text_repair(&whole, foreign);
    json_out_str(o, key, buf_view(&whole));
    buf_wipe(&whole);
}

static void begin(struct json_out *o, struct buf *to, const char *event)
{
    json_out_init(o, to);
    json_out_open(o, NULL, '{');
    json_out_text(o, "event", event);
}

static void end(struct json_out *o)
{
    json_out_close(o, '}');
    buf_u8(o->to, '\n');
}

static void put_where(struct json_out *o, const struct room *r)
{
    if (r != NULL && r->name_n != 0)
        object_str(o, r->direct ? "person" : "room", room_name(r));
}

static void put_text(struct json_out *o, const struct event *ev)
{
    struct buf clean;
    char iso[CLOCK_TEXT];

    buf_init(&clean, SIZE_MAX);
    utf8_clean(&clean, ev->text, UTF8_DISPLAY);
    clock_iso(ev->wall_ms, iso);
    object_str(o, "text", ev->text);
    json_out_str(o, "display", buf_view(&clean));
    json_out_text(o, "time", iso);
    buf_wipe(&clean);
}

static void put_hex(struct json_out *o, const uint8_t key[EVENT_KEY])
{
    struct buf hex;

    buf_init(&hex, 2 * (size_t)EVENT_KEY);
    for (size_t i = 0; i < EVENT_KEY; i++)
        buf_fmt(&hex, "%02x", key[i]);
    json_out_str(o, "key", buf_view(&hex));
    buf_free(&hex);
}

static void put_key(struct json_out *o, const struct event *ev)
{
    put_hex(o, ev->key);
    json_out_text(o, "state", event_state_str(ev->state));
}

static void put_said(struct json_out *o, const struct event *ev)
{
    object_str(o, "from", ev->who);
    if (ev->tag[0] != '\0')
        object_str(o, "tag", bytes_of(ev->tag, strnlen(ev->tag, sizeof ev->tag)));
    json_out_bool(o, "guest", (ev->flags & EVENT_GUEST) != 0);
    json_out_bool(o, "verified", (ev->flags & EVENT_VERIFIED) != 0);
    json_out_bool(o, "own", (ev->flags & EVENT_OWN) != 0);
    json_out_bool(o, "old", (ev->flags & EVENT_OLD) != 0);
    json_out_bool(o, "mention", (ev->flags & EVENT_MENTION) != 0);
    json_out_bool(o, "file", (ev->flags & EVENT_FILE) != 0);
    put_text(o, ev);
    put_key(o, ev);
}

void object_event(struct buf *to, const struct room *r, const struct event *ev, bool fresh)
{
    struct json_out o;

    begin(&o, to, fresh ? event_kind_str(ev->kind) : "state");
    put_where(&o, r);
    if (!fresh) {
        put_key(&o, ev);
    } else if (ev->kind == EVENT_MESSAGE || ev->kind == EVENT_FOUND) {
        put_said(&o, ev);
    } else {
        if (ev->who.n != 0)
            object_str(&o, "who", ev->who);
        put_text(&o, ev);
    }
    end(&o);
}

/* Numbers of the wire and of disks may be larger than what JSON's readers hold. */
static void put_count(struct json_out *o, const char *key, uint64_t n)
{
    json_out_int(o, key, n < JSON_MAX_INT ? (int64_t)n : JSON_MAX_INT);
}

static void put_receivers(struct json_out *o, const struct transfer *t)
{
    json_out_open(o, "people", '[');
    for (size_t i = 0; i < t->people_n; i++) {
        const struct transfer_person *p = &t->people[i];
        json_out_open(o, NULL, '{');
        object_str(o, "name", bytes_of(p->name, p->name_n));
        json_out_text(
            o, "state", p->state == TRANSFER_FAILED ? "gone" : transfer_state_str(p->state));
        put_count(o, "done", p->done);
        json_out_close(o, '}');
    }
    json_out_close(o, ']');
}

static void put_origin(struct json_out *o, const struct transfer *t)
{
    if (!t->own)
        object_str(o, "from", bytes_of(t->from, t->from_n));
    if (t->tag[0] != '\0')
        object_str(o, "tag", bytes_of(t->tag, strnlen(t->tag, sizeof t->tag)));
    object_str(o, t->direct ? "person" : "room", bytes_of(t->where, t->where_n));
    json_out_bool(o, "verified", t->verified);
}

static void put_file(struct json_out *o, const struct transfer *t)
{
    struct bytes note = bytes_of(t->note, strnlen(t->note, sizeof t->note));
    struct buf clean;

    json_out_int(o, "n", t->n);
    put_hex(o, t->key);
    json_out_text(o, "state", transfer_state_str(t->state));
    json_out_text(o, "way", t->own ? "out" : "in");
    object_str(o, "name", bytes_str(t->name));
    put_count(o, "bytes", t->bytes);
    put_count(o, "done", t->done);
    put_count(o, "rate", t->rate);
    put_origin(o, t);
    buf_init(&clean, SIZE_MAX);
    utf8_clean(&clean, note, UTF8_DISPLAY);
    object_str(o, "note", note);
    json_out_str(o, "display", buf_view(&clean));
    buf_free(&clean);
    json_out_text(o, "sha256", t->hash);
    object_str(o, "path", bytes_str(t->path));
    object_str(o, "why", bytes_str(t->why));
    if (t->own)
        put_receivers(o, t);
}

void object_file(struct buf *to, const struct transfer *t)
{
    struct json_out o;

    begin(&o, to, "file");
    put_file(&o, t);
    end(&o);
}

void object_files(struct json_out *o, const struct model *m)
{
    json_out_open(o, "transfers", '[');
    for (size_t i = 0; i < m->files.count; i++) {
        json_out_open(o, NULL, '{');
        put_file(o, m->files.all[i]);
        json_out_close(o, '}');
    }
    json_out_close(o, ']');
}

static void put_link(struct json_out *o, const struct model *m)
{
    json_out_text(o, "link", object_link_word(m->link));
    json_out_int(o, "retry", m->retry_s);
    object_str(o, "nick", model_nick(m));
    json_out_bool(o, "account", m->account);
    object_str(o, "address", bytes_str(m->address));
    json_out_text(o, "trust", trust_word(m->trust));
}

void object_link(struct buf *to, const struct model *m)
{
    struct json_out o;

    begin(&o, to, "link");
    put_link(&o, m);
    end(&o);
}

static void put_room(struct json_out *o, const struct room *r)
{
    put_where(o, r);
    json_out_bool(o, "joined", r->joined);
    json_out_text(o, "seal", object_seal(r->seal));
    json_out_int(o, "epoch", (int64_t)(r->epoch & (uint64_t)INT64_MAX));
    json_out_int(o, "members", r->members);
    json_out_int(o, "verified", r->verified);
    object_str(o, "code", bytes_str(r->code));
    object_str(o, "topic", bytes_str(r->topic));
}

void object_room(struct buf *to, const struct room *r)
{
    struct json_out o;

    begin(&o, to, "room");
    put_room(&o, r);
    end(&o);
}

static void put_ask(struct json_out *o, const struct model *m)
{
    json_out_bool(o, "open", m->ask.open);
    json_out_bool(o, "hidden", m->ask.hidden);
    object_str(o, "words", bytes_str(m->ask.open ? m->ask.words : ""));
}

void object_ask(struct buf *to, const struct model *m)
{
    struct json_out o;

    begin(&o, to, "ask");
    put_ask(&o, m);
    end(&o);
}

static void put_set(struct json_out *o, const struct rooms *set, bool all)
{
    for (size_t i = 0; i < set->count; i++) {
        const struct room *r = set->all[i];
        if (!all && !r->joined)
            continue;
        json_out_open(o, NULL, '{');
        put_room(o, r);
        json_out_text(o, "lock", lock_word(r->lock));
        json_out_int(o, "online", r->online);
        json_out_int(o, "unread", r->unread);
        json_out_close(o, '}');
    }
}

void object_rooms(struct json_out *o, const struct model *m)
{
    json_out_open(o, "rooms", '[');
    put_set(o, &m->rooms, true);
    put_set(o, &m->directs, false);
    json_out_close(o, ']');
}

void object_people(struct json_out *o, const struct room *r)
{
    static const struct {
        uint8_t flag;
        const char *key;
    } FLAGS[] = {
        {ROSTER_AWAY, "away"},
        {ROSTER_OPERATOR, "operator"},
        {ROSTER_MODERATOR, "moderator"},
        {ROSTER_OWNER, "owner"},
        {ROSTER_GUEST, "guest"},
        {ROSTER_SEALED, "sealed"},
        {ROSTER_VERIFIED, "verified"},
        {ROSTER_CHANGED, "changed"},
    };

    json_out_open(o, "people", '[');
    for (size_t i = 0; i < r->people.count; i++) {
        const struct person *p = &r->people.people[i];
        json_out_open(o, NULL, '{');
        object_str(o, "name", person_name(p));
        object_str(o, "tag", bytes_of(p->tag, strnlen(p->tag, sizeof p->tag)));
        for (size_t k = 0; k < MEM_COUNT(FLAGS); k++)
            json_out_bool(o, FLAGS[k].key, (p->flags & FLAGS[k].flag) != 0);
        json_out_close(o, '}');
    }
    json_out_close(o, ']');
}

void object_status(struct json_out *o, const struct model *m)
{
    put_link(o, m);
    object_str(o, "fingerprint", bytes_str(m->print));
    json_out_open(o, "ask", '{');
    put_ask(o, m);
    json_out_close(o, '}');
}
