/* SPDX-License-Identifier: ISC */
/*
 * The session from inside: what a handler or a command may touch, and the few things it may
 * do: ask the relay, tell the person, mark a conversation, move the state, give the link up.
 * One state machine, one setter, a table of what may follow what; the model hears of every
 * move. It knows neither sockets nor screens: the link and the loop are handed in.
 *
 * A turn: frames and intents write facts down and touch conversations; then the pump does the
 * next thing for each that was touched; then what changed is handed to the vault as one batch,
 * and frames leave as far as the vault is.
 */
#ifndef CLIENT_ENGINE_H
#define CLIENT_ENGINE_H

#include "base/worker.h"
#include "client/called.h"
#include "client/filing.h"
#include "client/history.h"
#include "client/identity.h"
#include "client/outcome.h"
#include "client/outgoing.h"
#include "client/pins.h"
#include "client/talk.h"
#include "client/trust.h"
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

/* How to come in. */
enum engine_login {
    ENGINE_AS_KNOWN, /* with what the vault has for this relay; else as a guest */
    ENGINE_AS_GUEST,
    ENGINE_AS_ACCOUNT, /* name and password; without one a token of the vault, else asked for */
    ENGINE_AS_NEW,     /* an account that is made; without a password it is asked for */
    ENGINE_AS_CERTIFIED /* the client certificate of the link */
};

struct engine_setup {
    struct loop *loop; /* these are borrowed and outlive the session */
    struct model *model;
    struct pins *pins;
    struct vault
        *vault; /* open, nothing committed yet; in memory: all is forgotten at the end */
    struct worker *worker; /* for passwords and new keys */
    struct worker *files;  /* for files that are sent and received */
    struct engine_wire wire;
    const char *address; /* host:port */
    const char *nick;    /* wanted; NULL: the provisional one will do */
    const char *agent;
    struct bytes access_key; /* empty: none; borrowed */
    bool by_ca;              /* the link itself verifies the certificate against a CA */
    bool has_pin;            /* the person told the fingerprint */
    uint8_t pin[TLS_FINGERPRINT];
    enum engine_login login;
    const char *account;       /* for ENGINE_AS_ACCOUNT and ENGINE_AS_NEW */
    struct bytes password;     /* borrowed until session_new() returned; may be empty */
    const char *invite;        /* code of a relay that asks for one; NULL: none */
    const char *download_dir;  /* NULL: as the preference has it, or by custom */
    const char *log_dir;       /* text logs go there when somebody wants them; NULL: nowhere */
    unsigned log2_n;           /* cost of what is derived from a password; 0: 17 */
    unsigned key_bits;         /* of a new identity; 0: 3072 */
    struct sign_key *identity; /* tests: this key instead of a new one; counted; NULL */
};

/* What the person was asked and has not answered. */
enum engine_question {
    QUESTION_NONE,
    QUESTION_ROOM,     /* the password of a room */
    QUESTION_ROOM_NEW, /* one for a room that is founded, or changed */
    QUESTION_LOGIN,
    QUESTION_REGISTER,
    QUESTION_REGISTER_AGAIN,
};

struct engine_ask {
    enum engine_question what;
    uint32_t talk;
    uint64_t tag;
    struct buf first; /* a password that is to be typed twice */
};

/* How the relay is shown who we are; what is secret lies in locked memory. */
struct engine_entry {
    enum engine_login how;
    char name[MSG_NAME + 1];
    uint8_t *secret; /* locked: verifier[32], then token[32] */
    bool has_verifier;
    bool has_token;
    struct buf password; /* until it was stretched: the relay's id is in the salt */
    bool stretching;
    bool waiting; /* for the person: no link is dialled meanwhile */
    bool keep;    /* ask for a token once we are in */
};

struct engine {
    struct engine_setup setup;
    struct loop *loop;
    struct model *model;
    struct vault *vault;
    enum engine_state state;
    struct link *link; /* NULL: none; never used after it was given up */
    bool given_up;     /* link_close() was called: what still comes in is not read */
    bool fatal;        /* trying again would not help */
    struct requests requests;
    struct outgoing outgoing;
    struct loop_timer beat;   /* nothing of ours went out for a while */
    struct loop_timer answer; /* the oldest request is due */
    struct loop_timer relist;
    bool relist_all;         /* and not only what is open */
    uint64_t listed_ms;      /* when the relay last made us ask for all */
    struct loop_timer retry; /* each second while waiting, for the countdown */
    struct loop_timer leave; /* the goodbye has taken long enough */
    struct loop_timer tick;  /* once a minute: what is due by time */
    struct loop_timer pump_at;
    struct loop_timer save_again;
    struct loop_task pump;
    struct loop_task save;
    struct loop_task keys; /* one more key package */
    uint64_t retry_at_ms;
    uint64_t ready_at_ms;
    unsigned tries;
    enum link_end told_end; /* why the last try failed, as the person was told; no twice */
    uint32_t retry_floor_s; /* what the relay asked for when it closed */
    uint32_t beat_s;
    uint8_t shown_key[TLS_FINGERPRINT];
    bool has_relay;
    uint8_t relay_id[MSG_ID];
    uint8_t boot_id[MSG_ID];
    bool ask_convos; /* which there are: one may have begun that we never heard of */
    bool rebooted;   /* another boot than before: what was only handed on may be lost */
    bool has_resume;
    uint8_t resume[MSG_SECRET];
    uint32_t grace_s;
    uint64_t lost_at_ms;
    bool resuming; /* the login under way takes up a dropped session */
    uint8_t want_nick_n;
    char want_nick[MSG_NAME];
    struct engine_entry entry;
    bool account;             /* we are in as one */
    char in_as[MSG_NAME + 1]; /* what the relay called us when it let us in last */

    struct shelf shelf;
    struct identity identity;
    bool making_key;
    bool published;           /* the relay knows our key on this connection */
    unsigned packages_due[2]; /* to be made, of each suite */
    struct trust *trust;
    struct called called;
    struct talk *talks;
    uint32_t last_serial;
    struct outcome *outcomes;
    uint64_t tag;    /* of the intent that is being served */
    struct room *at; /* the page it was meant for */
    struct engine_ask ask;
    bool careful; /* what is said now is for verified people alone */
    bool unsaved_told;
    bool leaving;                /* goodbye, once what is given up was taken back */
    bool show_read, show_typing; /* only when the person turned them on */
    size_t jobs;                 /* on the worker */
    struct filing files;
    struct past *pasts;             /* pages that are being read */
    struct history_read *searching; /* what is under way; NULL: nothing */
    void *search;                   /* who is told of it */
};

const char *engine_state_str(enum engine_state s);
bool engine_may_follow(enum engine_state from, enum engine_state to);
void engine_set_state(struct engine *e, enum engine_state to);

/* A request of op with a body of its row's shape. Nothing is sent while the link is down. */
void engine_ask(struct engine *e, uint8_t op, const void *body, const struct request *more);
/* The same, and not before everything put into the vault so far is durable. */
void engine_ask_sealed(
    struct engine *e, uint8_t op, const void *body, const struct request *more);
/* What nobody answers. */
void engine_tell_relay(struct engine *e, uint8_t op, const void *body);
void engine_send_due(struct engine *e); /* frames whose time has come */
void engine_beat(struct engine *e);

/* One line for the person, at home or in a room. The formatted text may hold foreign bytes. */
void engine_say(struct engine *e, struct room *r, enum event_kind kind, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
void engine_tell(
    struct engine *e, struct room *r, enum event_kind kind, struct bytes who, const char *what);

/* The same in a conversation: its page, or home while it has none. */
void engine_say_in(struct engine *e, struct talk *c, enum event_kind kind, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* Conversations. */
struct talk *engine_talk(struct engine *e, uint32_t serial); /* NULL: gone */
struct talk *engine_find(struct engine *e, enum msg_convo kind, struct bytes name);
struct talk *engine_of_page(struct engine *e, const struct room *page);
struct talk *engine_talk_new(struct engine *e, enum msg_convo kind, struct bytes title);
void engine_touch(struct engine *e, struct talk *c);
void engine_touch_all(struct engine *e);
void engine_look_at(struct engine *e, uint64_t at_ms); /* the pump looks again then */
/* What was changed is saved at the end of the turn. */
void engine_changed(struct engine *e, struct talk *c);
/* Ends what an intent waits for: in words, or well. */
void engine_fail(struct engine *e, uint64_t tag, const char *why);
void engine_hold(struct engine *e, uint64_t tag);
void engine_release(struct engine *e, uint64_t tag);

void engine_redial(struct engine *e); /* now, if no link is there and none is refused */
void engine_drop(struct engine *e, const char *why);   /* this link; another will be tried */
void engine_refuse(struct engine *e, const char *why); /* for good; the reasons were told */
void engine_leave(struct engine *e); /* goodbye in order; called again: at once */
void engine_want_nick(struct engine *e, struct bytes nick); /* to be asked for when in again */

#endif
