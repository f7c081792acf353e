/* SPDX-License-Identifier: ISC */
/*
 * The session from inside: what a handler or a command may touch, and the few things it may
 * do: ask the relay, tell the person, move the state, give the link up. One state machine, one
 * setter, a table of what may follow what; the model hears of every move. It knows neither
 * sockets nor screens: the link and the loop are handed in.
 */
#ifndef CLIENT_ENGINE_H
#define CLIENT_ENGINE_H

#include "client/pins.h"
#include "client/request.h"
#include "model/model.h"
#include "net/link.h"
#include "net/loop.h"

#define ENGINE_BEAT_S    6
#define ENGINE_ANSWER_MS 15000
#define ENGINE_RELIST_MS 15000

/* Named for what is awaited. */
enum engine_state {
    ENGINE_OFFLINE,
    ENGINE_AWAIT_LINK,
    ENGINE_AWAIT_NAME, /* or, on a closed relay, leave to say hello */
    ENGINE_AWAIT_HELLO,
    ENGINE_AWAIT_ACCESS,
    ENGINE_AWAIT_LOGIN,
    ENGINE_READY,
    ENGINE_AWAIT_RETRY,
    ENGINE_AWAIT_LEFT,
    ENGINE_REFUSED,
    ENGINE_ENDED,
    ENGINE_STATES
};

/* How links come to be; the program hands in sockets, a test something smaller. */
struct engine_wire {
    enum err (*dial)(void *arg, const struct link_user *to, void *user, struct link **out);
    enum err (*fingerprint)(void *arg, struct link *l, uint8_t out[TLS_FINGERPRINT]);
    void *arg;
};

struct engine_setup {
    struct loop *loop; /* all three are borrowed and outlive the session */
    struct model *model;
    struct pins *pins;
    struct engine_wire wire;
    const char *address; /* host:port */
    const char *nick;    /* wanted; NULL: the provisional one will do */
    const char *agent;
    struct bytes access_key; /* empty: none; borrowed */
    bool by_ca;              /* the link itself verifies the certificate against a CA */
    bool has_pin;            /* the person told the fingerprint */
    uint8_t pin[TLS_FINGERPRINT];
};

struct engine {
    struct engine_setup setup;
    struct loop *loop;
    struct model *model;
    enum engine_state state;
    struct link *link; /* NULL: none; never used after it was given up */
    bool given_up;     /* link_close() was called: what still comes in is not read */
    bool fatal;        /* trying again would not help */
    struct requests requests;
    struct loop_timer beat;   /* nothing of ours went out for a while */
    struct loop_timer answer; /* the oldest request is due */
    struct loop_timer relist;
    struct loop_timer retry; /* each second while waiting, for the countdown */
    struct loop_timer again; /* rooms that the relay was too busy to take us back into */
    struct loop_timer leave; /* the goodbye has taken long enough */
    uint64_t retry_at_ms;
    uint64_t ready_at_ms;
    unsigned tries;
    enum link_end told_end; /* why the last try failed, as the person was told; no twice */
    uint32_t retry_floor_s; /* what the relay asked for when it closed */
    uint32_t beat_s;
    uint8_t shown_key[TLS_FINGERPRINT];
    uint8_t boot_id[MSG_ID];
    bool has_resume;
    uint8_t resume[MSG_SECRET];
    uint32_t grace_s;
    uint64_t lost_at_ms;
    bool resuming; /* the login under way takes up a dropped session */
    uint8_t want_nick_n;
    char want_nick[MSG_NAME];
};

const char *engine_state_str(enum engine_state s);
bool engine_may_follow(enum engine_state from, enum engine_state to);
void engine_set_state(struct engine *e, enum engine_state to);

/* A request of op with a body of its row's shape. Nothing is sent while the link is down. */
void engine_ask(struct engine *e, uint8_t op, const void *body, const struct request *more);
void engine_beat(struct engine *e);

/* One line for the person, at home or in a room. The formatted text may hold foreign bytes. */
void engine_say(struct engine *e, struct room *r, enum event_kind kind, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
void engine_tell(
    struct engine *e, struct room *r, enum event_kind kind, struct bytes who, const char *what);

void engine_drop(struct engine *e, const char *why);   /* this link; another will be tried */
void engine_refuse(struct engine *e, const char *why); /* for good; the reasons were told */
void engine_leave(struct engine *e); /* goodbye in order; called again: at once */
void engine_want_nick(struct engine *e, struct bytes nick); /* to be asked for when in again */

#endif
