/* SPDX-License-Identifier: ISC */
/*
 * People with real engines in a simulated world: each a session, a model and a vault, on a
 * relay in the same process and virtual time. What they say is sealed and travels through the
 * relay; what they read is what their model shows. Identity keys are made of a few primes, so
 * fifty people cost little. Every wait runs the world and fails the test when it does not come.
 */
#ifndef SUPPORT_CREW_H
#define SUPPORT_CREW_H

#include "client/session.h"
#include "support/sim.h"

struct crew;

struct crew_member {
    struct crew *crew;
    char nick[MSG_NAME + 1];
    struct model *model;
    struct pins *pins;
    struct vault *vault;
    struct worker *worker;
    struct session *session;
    struct loop_task drain_vault, drain_worker;
    struct engine_setup setup;
    struct sign_key *key;
    struct link *link; /* NULL: no line */
    const struct link_user
        *to; /* what its end of the line calls; NULL: nobody is there any more */
    void *user;
    void (*dialed)(void *arg, struct link *l); /* told of each line; NULL */
    void *dialed_arg;
    char dir[64]; /* "": in memory */
    uint8_t vault_key[VAULT_KEY];
    bool up;       /* started */
    bool loose;    /* was away or out: what was said then need not be with it */
    unsigned said; /* numbered words (support/crew_check) */
    uint8_t relay_key[TLS_FINGERPRINT];
};

struct crew {
    struct sim *sim;
    struct rsapool *pool;
    size_t keys;
    struct crew_member **members;
    size_t n;
};

void crew_init(struct crew *c, struct sim *s); /* the relay may be started later */
/* Identities of so many bits, for at most so many people. */
void crew_init_keys(struct crew *c, struct sim *s, unsigned bits, size_t most);
void crew_fini(struct crew *c);
/* Somebody who is not started yet: its setup may be changed. In memory, a guest. */
struct crew_member *crew_new(struct crew *c, const char *nick);
/* An account with a vault on disk. */
struct crew_member *crew_new_account(struct crew *c, const char *name);
void crew_start(struct crew_member *m); /* and waits until it is in */
void crew_begin(struct crew_member *m); /* without waiting */
void crew_stop(struct crew_member *m);  /* says goodbye and is gone; may be started again */
/* Gone at once, without a word. An account's folder is then as it was at this instant: nothing
 * that is written on the way down is in it. */
void crew_kill(struct crew_member *m);
void crew_other_key(struct crew_member *m); /* while it is stopped */
void crew_cut(struct crew_member *m);       /* its line fails; it comes back by itself */

void crew_type(struct crew_member *m, const char *line); /* on the open page */
void crew_type_in(
    struct crew_member *m, const char *page, const char *line); /* "#ops", "@bob" */
void crew_draft(
    struct crew_member *m, const char *page, const char *line); /* and does not say */
void crew_answer(struct crew_member *m, const char *text);      /* waits for a question */
void crew_join(struct crew_member *m, const char *room);        /* waits until sealed */
struct room *crew_page(const struct crew_member *m, const char *page); /* "#ops"; NULL */

/* Waits. */
bool crew_until(struct crew *c, bool (*cond)(void *), void *arg);
void crew_run(struct crew *c, uint64_t ms);
void crew_reads(
    struct crew_member *m, const char *page, const char *text); /* a message comes */
void crew_told(
    struct crew_member *m, const char *page, const char *words); /* any line; NULL home */
void crew_sealed(struct crew_member *m, const char *page, uint32_t members);
void crew_delivered(
    struct crew_member *m, const char *page, const char *text, enum event_state state);
void crew_asked(struct crew_member *m, const char *words);

/* Looks, without waiting. */
size_t crew_count(
    const struct crew_member *m, const char *page, const char *text); /* messages */
bool crew_saw(const struct crew_member *m, const char *page, const char *words);
/* Same epoch, same code, same number of members for all who are in the room. */
void crew_agree(struct crew *c, const char *page);
void crew_dump(const struct crew *c); /* every page, to stderr */

#endif
