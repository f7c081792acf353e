/* SPDX-License-Identifier: ISC */
/*
 * A program of ours that runs beside the test and is spoken to in lines: what stands on its
 * standard input, and everything it writes, errors too, a line at a time. It does not outlive
 * the test, is ended by its own pid, and may be killed at any instant; what it wrote before is
 * read all the same. Whoever starts one ignores SIGPIPE.
 */
#ifndef SUPPORT_CHILD_H
#define SUPPORT_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct child {
    pid_t pid; /* 0: not running */
    int in, out;
    bool ended; /* it will write nothing more */
    char *text; /* what was read and not taken */
    size_t n, room;
};

/* argv, NULL-ended: [0] is the name of a program below $SOTTO_BUILD, or its path. */
void child_start(struct child *c, const char *const *argv);
void child_put(struct child *c, const char *text); /* nobody there: lost */
void child_close(struct child *c);                 /* the end of its input */
/* Waits until one of them has written something, at most so long; NULLs and those that do not
 * run are passed over. Reads what is there. False: nothing came. */
bool child_wait(struct child *const *all, size_t n, uint64_t at_most_ms);
/* The next whole line, without its end; false: none yet. Valid until the next call. */
const char *child_line(struct child *c);
void child_kill(struct child *c); /* -9; then child_line() gives what it had written */
int child_end(struct child *c);   /* waits; reads the rest; exit status, -1: did not run */
void child_fini(struct child *c); /* kills what still runs */

/* The value of a key in a line of JSON whose strings hold nothing that is escaped: copied, and
 * false when it is not there. Numbers, true and false as they stand. */
bool child_json(const char *line, const char *key, char *out, size_t n);

#endif
