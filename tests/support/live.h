/* SPDX-License-Identifier: ISC */
/*
 * A real relay: the sottod that was built, in a folder of its own, on a port of loopback that
 * the kernel chose, and the loop and certificates of clients of it. Waits are for conditions,
 * with a bound that only a failing test reaches; the relay is as patient, unless a test sets
 * another limit. Everything started is ended by its own pid.
 */
#ifndef SUPPORT_LIVE_H
#define SUPPORT_LIVE_H

#include <sys/types.h>

#include "net/conn.h"
#include "support/actor.h"

#define LIVE_PATIENCE_MS 120000u

struct live {
    char dir[64]; /* private; the state is below it */
    char state[80];
    char listen[64];   /* 127.0.0.1:0 at first */
    char config[1024]; /* more members of sottod.json, e.g. "\"guests\": false,"; "" at first */
    char limits[1024]; /* the same inside "limits" */
    unsigned log2_n;   /* cost of stored passwords; 10 at first */
    pid_t pid;         /* 0: not running */
    int out;           /* what the relay prints */
    uint16_t port;
    char fingerprint[64];
    struct loop_event *le;
    struct conn_env env;
    struct worker *resolver;
    struct loop_watch *watch;
    struct tls_ctx *tls; /* any certificate, unless a test sets another */
};

extern const struct actor_world LIVE_WORLD; /* of a struct live */

void live_init(struct live *l);
bool live_start(
    struct live *l); /* false: it ended by itself; live_words() says what it printed */
bool live_reload(struct live *l);       /* with what config and limits are now */
const char *live_words(struct live *l); /* everything on stdout and stderr so far */
int live_stop(struct live *l);          /* SIGTERM, waits; exit status */
void live_kill(struct live *l);         /* SIGKILL, waits */
int live_wait(struct live *l);          /* until it ends by itself */
void live_fini(struct live *l);
bool live_until(struct live *l, bool (*cond)(void *), void *arg, uint64_t at_most_ms);
/* Runs a program to its end; its output is put into out (cut); exit status. */
int live_run(const char *const *argv, char *out, size_t n);
/* Until a line with these words is in the relay's output; false when it does not come. */
bool live_says(struct live *l, const char *words);

#endif
