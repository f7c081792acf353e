/* SPDX-License-Identifier: ISC */
/*
 * A world in one process and virtual time: a relay with a database in memory, links that are
 * bytes in memory, jobs that finish inline at the end of the turn, randomness from a seed that
 * is printed when a test fails. Nothing here waits for a clock: sim_run() moves time to the
 * next thing that is due.
 */
#ifndef SUPPORT_SIM_H
#define SUPPORT_SIM_H

#include "net/link.h"
#include "net/loop.h"
#include "server/server.h"

struct sim_end;

struct sim {
    struct loop loop;
    uint64_t rng;
    uint64_t seed;
    struct config config;
    struct store_file *file;
    struct store *store;
    struct worker *db, *hasher;
    struct bus *bus;
    struct server *server;
    struct loop_task drain_db, drain_hasher;
    struct sim_end *ends;
    size_t slice_max; /* at most so many bytes at once, at random; 0: all of it */
    size_t events;    /* frames that arrived anywhere */
    size_t receipts;  /* of those, how many asked the relay to hand a receipt on */
    size_t cut_at;    /* when events reaches it, cut_fn is called once; 0: never */
    void (*cut_fn)(void *arg);
    void *cut_arg;
    bool lossy;            /* before sim_start(): the bus drops a share of what is published */
    const char *audit_dir; /* before sim_start(): NULL: no audit */
    const char *db_path;   /* before sim_start(): NULL is ":memory:" */
    uint8_t access_key[64];
    size_t access_key_n;
    bool drained;
};

void sim_init(
    struct sim *s, uint64_t seed); /* defaults, scrypt at its cheapest; then change config */
void sim_start(struct sim *s);
void sim_stop(struct sim *s); /* the relay goes as if killed: links are cut, nothing is said */
/* The same with a database in a file, which is then as it was at this instant: nothing that
 * the relay does on its way down is in it. */
void sim_kill(struct sim *s);
void sim_fini(struct sim *s);
void sim_drain(struct sim *s); /* SIGTERM */

void sim_turn(struct sim *s);             /* one turn at the present time */
void sim_run(struct sim *s, uint64_t ms); /* so much virtual time */
bool sim_until(struct sim *s, bool (*cond)(void *), void *arg, uint64_t at_most_ms);
uint64_t sim_rand(struct sim *s);

/* A link to the relay as a client holds it; NULL when the relay would not have it. */
struct link *sim_connect(
    struct sim *s, const char *address, const struct link_user *to, void *user);
void sim_cut(struct link *l); /* the network fails: both ends are down, unread bytes are lost */
void sim_pause(struct link *l, bool paused);     /* this end reads nothing */
struct link *sim_other(struct link *l);          /* its other end; NULL: gone */
void sim_inject(struct link *l, struct bytes b); /* raw bytes to the other end */
/* Somebody sits on the line of a client: he gets every whole frame, both ways, and only what
 * he forges goes on. Borrowed. */
struct sim_tap {
    void (*frame)(void *arg, bool to_client, const struct frame *f);
    void *arg;
};
void sim_tap(struct link *l, const struct sim_tap *tap);
void sim_forge(struct link *l, bool to_client, const struct frame *f);
void sim_cert(
    struct link *l, const char *common_name); /* the client certificate the other end sees */

#endif
