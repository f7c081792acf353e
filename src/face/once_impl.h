/* SPDX-License-Identifier: ISC */
/*
 * What the files of once share: once_run.c comes in, enters and speaks,
 * once_file.c sends and receives files. One step at a time; each looks at the model and goes on
 * when it can.
 */
#ifndef FACE_ONCE_IMPL_H
#define FACE_ONCE_IMPL_H

#include "face/once.h"
#include "face/pulse.h"

enum step {
    STEP_IN,    /* until the relay has let us in */
    STEP_ENTER, /* until we are in the room */
    STEP_SEAL,  /* until it is sealed and everybody is verified */
    STEP_SAY,   /* until the relay has the message */
    STEP_LIST,  /* until the rooms are known */
    STEP_MATES, /* until somebody is there */
    STEP_TEXT,  /* until all of the text has come in; from here on without a limit */
    STEP_LISTEN,
    STEP_OFFER,  /* until whoever wanted the file has it */
    STEP_RECEIVE /* until so many have come */
};

/* What was decided about a file that is offered to us. */
struct once_mark {
    uint8_t key[EVENT_KEY];
    bool taken;   /* we accepted it, or an earlier run did */
    bool counted; /* it is here, and was printed */
};

struct once {
    struct face f; /* first: a struct face is one of these */
    struct once_setup setup;
    enum step step;
    uint64_t limit_ms; /* when this step has taken long enough; 0: not begun */
    uint64_t tag;      /* of the intent whose outcome is awaited; 0: none */
    bool done;         /* it came */
    bool was_in;
    unsigned answers;
    bool asked; /* since the last try began: that it ends then is no failure */
    int64_t printed;
    struct buf text;
    /* files */
    struct pulse pulse;
    uint8_t file[EVENT_KEY]; /* the one that is sent */
    bool has_file;
    unsigned before; /* the number of the last that was there before it */
    struct once_mark *marks;
    size_t mark_n, mark_cap;
    bool greeted;
    bool stopping;
    const char *stop_why; /* in words of ours; NULL: the person wanted it */
    uint64_t still_ms;    /* since when nothing moves; 0: something does */
    uint64_t telling_ms;  /* since when it is told that we gave it up; 0: it is not */
    size_t drawn;         /* cells of the line that is written again and again */
};

void once_go(struct once *o, enum step step);
const struct room *once_room(const struct once *o);
void once_ask(
    struct once *o, enum intent_kind kind, const struct target *where, struct bytes text);
/* what, and the last thing that home has to say about it. */
void once_fail(struct once *o, int status, const char *what);
void once_fail_at(struct once *o, int status, const char *words); /* behind the place */

void once_offer(struct once *o);
void once_receive(struct once *o);
void once_file_told(void *arg, const struct transfer *t);
void once_file_outcome(struct once *o, const struct model_outcome *outcome);
bool once_file_stop(struct once *o); /* as face_ops.stop */
uint64_t once_file_due(const struct once *o);
void once_file_fini(struct once *o);

#endif
