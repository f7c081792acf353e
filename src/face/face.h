/* SPDX-License-Identifier: ISC */
/*
 * What all faces without a screen share: lines in, text out, and an end in order. A face hears
 * the model by its ear and acts by intents alone; the program feeds it what standard input
 * gives, calls face_turn() once a turn of the loop, before the engine looks at the intents, and
 * ends when the engine has. Nothing blocks: text waits in a bounded buffer, goes out in pieces
 * that fit, and a reader that takes none of it for half a minute ends the program, with words.
 * Lines are taken one after the other as the intents have room and the face will; one above
 * FACE_LINE ends the program too.
 */
#ifndef FACE_FACE_H
#define FACE_FACE_H

#include "base/buf.h"
#include "base/bytes.h"
#include "face/options.h"
#include "model/model.h"

#define FACE_LINE     131072
#define FACE_OUT      (16u << 20)
#define FACE_STUCK_MS 30000
#define FACE_LAST_MS  2000 /* each time the reader makes room, at the end */
#define FACE_DRAIN_MS 30000
#define FACE_WHY      512

enum face_exit {
    FACE_OK,
    FACE_USAGE,   /* the command line, a file, or what came on standard input */
    FACE_NOBODY,  /* not connected, or not any more */
    FACE_REFUSED, /* by the relay, or by sotto for your sake */
    FACE_UNSEALED /* not sealed or not verified as it was asked for */
};

struct face;
struct face_ops {
    bool (*line)(struct face *f, struct bytes line); /* false: not now, offer it again */
    void (*turn)(struct face *f);                    /* may be NULL */
    bool (*stop)(struct face *f); /* true: it ends by itself, soon; may be NULL */
    void (*fini)(struct face *f); /* may be NULL */
};

struct face {
    const struct face_ops *ops;
    struct model *model;
    struct buf in;
    bool ended; /* there is no more input */
    struct buf out;
    int out_fd;
    uint64_t moved_ms; /* when out last got shorter, or began */
    uint64_t now_ms;   /* of this turn */
    uint64_t due_ms;   /* turn() wants to be called by then; UINT64_MAX: never mind */
    uint64_t last_tag;
    size_t awaited; /* outcomes that have not come */
    bool settled;   /* the first try to come in has an end, or a question */
    bool draining;
    uint64_t drain_ms;
    bool over; /* INTENT_QUIT is put, or will be */
    bool quit_put;
    int status;         /* enum face_exit */
    char why[FACE_WHY]; /* for standard error at the end; "" */
};

void face_init(struct face *f, const struct face_ops *ops, struct model *m, int out_fd);
void face_fini(struct face *f); /* writes what is left, if somebody reads it; wipes */

bool face_hungry(const struct face *f); /* whether more input is of use now */
void face_input(struct face *f, struct bytes more);
void face_input_end(struct face *f);
/* False: lines wait and the intents are full; call again after the engine took them. */
bool face_turn(struct face *f, uint64_t now_ms);
uint64_t face_patience(const struct face *f); /* how long the loop may sleep, ms */
void face_flush(struct face *f);              /* what fits now; face_turn() does it too */
bool face_behind(const struct face *f);       /* text waits until out_fd can be written */

/* ---- for the faces ---- */

/* Ends in order; the first reason counts. */
void face_quit(struct face *f, int status);
/* The person wants it to end: at once, or once what is under way was brought to an end. */
void face_stop(struct face *f, int status);
void face_fail(struct face *f, int status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void face_put(struct face *f, struct bytes text);
/* An intent for a page (NULL: the open one); its tag, or 0: the intents are full. */
uint64_t face_intent(
    struct face *f, enum intent_kind kind, const struct target *where, struct bytes text);
void face_outcome(struct face *f); /* one of those awaited has come */
/* After the end of input: quits when nothing of ours is on its way, or time is up. */
void face_drain(struct face *f);
/* Whether the model has said how the first try to come in went. */
bool face_is_settled(struct face *f);
size_t face_queued(const struct model *m); /* messages of ours that no relay has yet */
/* The last that went wrong, as home has it, in up to three lines that follow each other,
 * cleaned, less than FACE_WHY; "" when nothing did. */
void face_last_trouble(const struct model *m, struct buf *out);

#endif
