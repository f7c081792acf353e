/* SPDX-License-Identifier: ISC */
/*
 * A relay of bytes in memory and a session on it: the test plays the relay, frame by frame,
 * and reads what the session sent. Time is virtual and moves when told. Whatever the relay
 * says, or the person types, is a turn of the loop to its end, with what is slow (vault,
 * passwords) done within it.
 */
#ifndef CLIENT_FAKE_RELAY_H
#define CLIENT_FAKE_RELAY_H

#include "client/session.h"
#include "net/frame.h"

#define FAKE_SENT 512

struct fake_frame {
    uint8_t op;
    struct bytes body; /* owned */
};

struct fake {
    struct loop loop;
    struct model *model;
    struct pins *pins;
    struct vault *vault;
    struct worker *worker;
    struct loop_task drain_vault, drain_worker;
    struct session *session;
    struct engine_setup setup;
    char dir[64]; /* of the vault; "": in memory */
    uint8_t vault_key[VAULT_KEY];
    struct link link;
    bool slow_disk; /* nothing becomes durable while it is set */
    bool linked;    /* a link exists: dialled, not yet down */
    bool closing;   /* the session closed it */
    char close_why[256];
    unsigned dials;
    uint8_t key[TLS_FINGERPRINT];
    struct fake_frame sent[FAKE_SENT];
    size_t sent_n;
    size_t read_n; /* what the test has looked at */
};

void fake_init(struct fake *f); /* setup may be changed until fake_start() */
void fake_fini(struct fake *f);
void fake_on_disk(struct fake *f); /* before fake_start(): what is kept outlives a stop */
void fake_start(struct fake *f);   /* the session dials */
void fake_stop(struct fake *f);    /* it is over and gone; may be started again, model too */
void fake_up(struct fake *f);
void fake_down(struct fake *f, enum link_end why);
void fake_turn(struct fake *f);
void fake_settle(struct fake *f); /* end of a turn: a link that was closed goes down */
void fake_pass(struct fake *f, uint64_t ms); /* time, in steps, with the turns in it */

/* The next frame that the session sent must be op; its body. */
struct bytes fake_expect(struct fake *f, uint8_t op);
bool fake_silent(const struct fake *f); /* nothing more was sent */

/* The relay sends; body NULL: none. */
void fake_tell(struct fake *f, uint8_t op, const struct schema *shape, const void *body);
void fake_raw(struct fake *f, uint8_t op, struct bytes body);
void fake_done(
    struct fake *f, const struct schema *shape, const void *body); /* 0x9a 0 and an answer */
void fake_refuse(struct fake *f, uint8_t op, enum msg_code code, const char *reason);

/* The usual way in, to the first lists answered. */
void fake_hello(struct fake *f, uint8_t flags);
void fake_greet(struct fake *f, uint8_t flags); /* from the start of a link to hello */
void fake_in(struct fake *f, const char *name, uint8_t role, bool resumed); /* lets in */
void fake_login(struct fake *f, const char *name, bool resumed); /* a guest; then the keys */
void fake_keys(struct fake *f); /* takes the identity key; knows no conversation */
void fake_lists(
    struct fake *f, const char *rooms, const char *people); /* names with spaces between */
void fake_ready(struct fake *f);
/* Answers whatever is asked, well and with nothing in it, until op is asked: that is left to
 * the test. false: all is answered. */
bool fake_serve(struct fake *f, uint8_t until);
void fake_joined(struct fake *f, const char *name, uint8_t op); /* the answer to a join */
void fake_people(struct fake *f, const char *people);           /* that to who is in a room */
void fake_join(struct fake *f, const char *name); /* asked, joined and listed; no group yet */
void fake_room(struct fake *f, const char *name); /* ready already: made, with a group of one */
void fake_type(struct fake *f, const char *line);
void fake_answer(struct fake *f, const char *text);       /* what was asked */
bool fake_asked(const struct fake *f, const char *words); /* whether that is asked now */
/* Whether a line in the room (NULL: home) holds these words. */
bool fake_said(const struct fake *f, const char *room, const char *words);

#endif
