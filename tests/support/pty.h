/* SPDX-License-Identifier: ISC */
/*
 * A program in a terminal: started on a pseudo terminal, its output drawn on a screen in
 * memory (libvterm) that a test can read. Waits are for what the screen shows, and it is looked
 * at only while the program waits and nothing it wrote is unread: never at half a screen. They
 * have a bound that only a failing test reaches. The program is ended by its own pid. Every
 * byte it writes is judged (oracle.h); a fault, or a mode that a program left on at its end,
 * ends the test when the terminal is freed.
 */
#ifndef SUPPORT_PTY_H
#define SUPPORT_PTY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "support/oracle.h"

#define PTY_TEXT 65536

struct pty;

struct pty_wish {
    const char *const *argv; /* argv[0]: a path */
    const char *const *env;  /* NAME=VALUE, NULL-ended; nothing else is inherited but PATH */
    int cols, rows;
    const char *typed; /* before the program is there to read it; may be NULL */
};

struct pty *pty_start(const struct pty_wish *wish);
void pty_free(struct pty *p); /* ends the program */
pid_t pty_pid(const struct pty *p);
void pty_allow(struct pty *p, unsigned may); /* oracle_may bits, from now on */
unsigned pty_bells(const struct pty *p);
pid_t pty_front(const struct pty *p); /* the job that has the terminal, below a shell */
int pty_hang_up(struct pty *p); /* the terminal goes away; how the program ends, as below */

void pty_type(struct pty *p, const char *keys);
void pty_resize(struct pty *p, int cols, int rows);
/* Until the screen holds the words; false, with the screen on stderr, when they do not come. */
bool pty_until(struct pty *p, const char *words);
bool pty_until_gone(struct pty *p, const char *words);
bool pty_until_cond(struct pty *p, bool (*cond)(struct pty *p, void *arg), void *arg);
int pty_until_exit(struct pty *p); /* exit status, 128 + signal, or -1 when it does not end */

void pty_breathe(struct pty *p);         /* takes what has arrived */
const char *pty_screen(struct pty *p);   /* rows without trailing blanks, each ended by '\n' */
const char *pty_output(struct pty *p);   /* every byte so far */
bool pty_alternate(const struct pty *p); /* the program has its own screen */
bool pty_cooked(const struct pty *p);    /* the line discipline echoes and edits */
void pty_cursor(const struct pty *p, int *row, int *col);
unsigned pty_cell(struct pty *p, int row, int col); /* its first code point; 0: empty */

/* Until the screen is that of tests/pty/screens/NAME.txt; UPDATE_SCREENS=1 writes the file,
 * once the screen is quiet. Clocks, ports and fingerprints are masked. False, with both on
 * stderr, when it does not come to be the same. */
bool pty_golden(struct pty *p, const char *name);

#endif
