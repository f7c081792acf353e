/* SPDX-License-Identifier: ISC */
/*
 * Files on their way, as a person sees them: each with a number to name it by, counted from 1
 * in the order they were heard of, and what became of it. The engine writes, faces read. What
 * stands here is ready to be shown: the name was made a fit file name, the reasons are
 * sentences; only notes and the names of people may be foreign and are cleaned on their way to
 * a cell. Rates are averages over the last seconds of times that are handed in; nothing here
 * reads a clock. One that is over stays, to be looked back at, until many newer ones came.
 */
#ifndef MODEL_TRANSFER_H
#define MODEL_TRANSFER_H

#include "model/event.h"
#include "model/room.h"

#define TRANSFERS_KEPT   200 /* that are over */
#define TRANSFER_NAME    128
#define TRANSFER_NOTE    401 /* with its NUL */
#define TRANSFER_WHY     200
#define TRANSFER_PATH    1024
#define TRANSFER_HASH    65
#define TRANSFER_SAMPLES 10
#define TRANSFER_PEOPLE  1000

enum transfer_state {
    TRANSFER_READING, /* ours: it is read before it is offered */
    TRANSFER_OFFERED, /* theirs: nobody here has answered; ours: nobody there has */
    TRANSFER_WAITING, /* accepted, and nothing moves yet */
    TRANSFER_MOVING,
    TRANSFER_PAUSED,   /* by this side or the other; why says which */
    TRANSFER_LOST,     /* a line is: it goes on by itself when that is back */
    TRANSFER_CHECKING, /* theirs: all is here, and its hash is being compared */
    TRANSFER_DONE,
    TRANSFER_REFUSED,
    TRANSFER_CANCELLED,
    TRANSFER_FAILED, /* why says what was wrong */
    TRANSFER_STATES
};

/* Whose it is that one failed; of the rest nobody asks. */
enum transfer_fault {
    TRANSFER_FAULT_OTHER,
    TRANSFER_FAULT_DISK,   /* a file or folder on this machine */
    TRANSFER_FAULT_SEAL,   /* what came is not what was sealed or signed */
    TRANSFER_FAULT_NOBODY, /* there is nobody who could take it */
};

/* How it stands with one receiver of a file of ours. */
struct transfer_person {
    char name[ROSTER_NAME];
    uint8_t name_n;
    enum transfer_state state; /* OFFERED: was asked; FAILED: is gone */
    uint64_t done;
};

struct transfer {
    unsigned n;
    uint8_t key[EVENT_KEY]; /* of the message that offers it: its card */
    bool own;               /* we send it */
    bool held;              /* whoever moves it still looks at it: it is not forgotten */
    bool resting;           /* paused by us: it goes on when we say so */
    bool verified;          /* theirs: the sender's key had been compared */
    enum transfer_state state;
    enum transfer_fault fault; /* of the newest why that is one */
    bool direct;               /* where names a person */
    char where[ROOM_NAME];
    uint8_t where_n;
    char from[ROSTER_NAME]; /* theirs: who sends it */
    uint8_t from_n;
    char tag[EVENT_TAG]; /* of a guest's key, or "" */
    char name[TRANSFER_NAME];
    char note[TRANSFER_NOTE];
    char hash[TRANSFER_HASH]; /* SHA-256 of the whole, in hex; "" while it is read */
    char why[TRANSFER_WHY];   /* a sentence, where the state needs one; or "" */
    char path[TRANSFER_PATH]; /* theirs: where it is put; ours: where it is read */
    uint64_t bytes;
    uint64_t done; /* read, sent to the slowest of who takes it, or received */
    uint64_t rate; /* bytes a second; 0: nothing moves, or it is not known yet */
    struct transfer_person *people; /* ours: who was asked */
    size_t people_n;
    struct {
        uint64_t at_ms;
        uint64_t done;
    } sample[TRANSFER_SAMPLES];
    size_t samples;
};

struct transfers {
    struct transfer **all; /* by number */
    size_t count;
    size_t cap;
    unsigned last;
};

/* All that moves in one direction, as one. */
struct transfer_sum {
    unsigned count;
    uint64_t bytes, done, rate;
};

void transfers_fini(struct transfers *ts);
/* With the next number; the oldest that is over may go for it. Owned here, until it is over. */
struct transfer *transfers_add(struct transfers *ts, const uint8_t key[EVENT_KEY]);
struct transfer *transfers_find(const struct transfers *ts, const uint8_t key[EVENT_KEY]);
struct transfer *transfers_numbered(const struct transfers *ts, unsigned n); /* NULL: none */
struct transfer_sum transfers_sum(const struct transfers *ts, bool own);
size_t transfers_open(const struct transfers *ts); /* offers to us that nobody answered */

/* What becomes of those on their way when we go, in words; "": there are none. kept: they are
 * taken up again at the next start, but for one that is not even offered. */
#define TRANSFER_PARTING 128
void transfers_parting(const struct transfers *ts, bool kept, char out[TRANSFER_PARTING]);

const char *transfer_state_str(enum transfer_state s);
bool transfer_over(const struct transfer *t);
static inline bool transfer_moves(const struct transfer *t)
{
    return t->state == TRANSFER_MOVING || t->state == TRANSFER_READING ||
           t->state == TRANSFER_CHECKING;
}
unsigned transfer_percent(const struct transfer *t);   /* 0 to 100; of nothing: 100 when done */
unsigned transfer_part(uint64_t done, uint64_t bytes); /* the same of two numbers */
/* Seconds that are left at this rate; UINT32_MAX: not known. */
uint32_t transfer_left_s(uint64_t bytes, uint64_t done, uint64_t rate);
void transfer_set_state(struct transfer *t, enum transfer_state s, const char *why);
/* It is so far now; a new state, and going back, begin the rate anew. */
void transfer_pace(struct transfer *t, uint64_t done, uint64_t now_ms);
/* The receiver of that name, added when there is none; NULL: there are too many already. */
struct transfer_person *transfer_person(struct transfer *t, struct bytes name);

/* What a name's end says it is, in words; "file" when it says nothing. */
const char *transfer_kind(const char *name);
/* "0 bytes", "1 byte", "999 bytes", "3.2 MB": three digits at most, in powers of a thousand. */
#define TRANSFER_SIZE 16
void transfer_size(char out[TRANSFER_SIZE], uint64_t bytes);
/* Reads "10M", "2.5 GB", "4000"; false: it is none. */
bool transfer_read_size(struct bytes text, uint64_t *out);
/* "0:12", "3:04:05", "3 days". */
#define TRANSFER_TIME 16
void transfer_time(char out[TRANSFER_TIME], uint32_t seconds);
/* One line about it, for faces that have no room for more, and for cards without a transfer:
 * "report.pdf, 3.2 MB, PDF document". */
#define TRANSFER_WORDS 256
void transfer_words(char out[TRANSFER_WORDS], const char *name, uint64_t bytes);

#endif
