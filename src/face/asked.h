/* SPDX-License-Identifier: ISC */
/*
 * What can be asked for in lines of JSON: one table of requests, and reading one of them to its
 * last key. Nothing is done here. sotto-json(5) is held to asked_at() by test.
 */
#ifndef FACE_ASKED_H
#define FACE_ASKED_H

#include "base/json.h"
#include "face/options.h"

enum asked_what {
    ASKED_SAY,
    ASKED_COMMAND,
    ASKED_ANSWER,
    ASKED_SEND_FILE,
    ASKED_ACCEPT,
    ASKED_REFUSE,
    ASKED_PAUSE,
    ASKED_RESUME,
    ASKED_CANCEL,
    ASKED_TRANSFERS,
    ASKED_ROOMS,
    ASKED_PEOPLE,
    ASKED_STATUS,
    ASKED_QUIT,
    ASKED_KINDS
};

struct request_row {
    const char *name;  /* of "do" */
    const char *keys;  /* beside "id" and "do" */
    const char *needs; /* of those, the one that must be there */
    const char *gives; /* in the reply, beside "id" and "ok" */
};

const struct request_row *asked_at(size_t i); /* by enum asked_what; NULL at the end */

/* One request. Texts are borrowed from the doc. */
struct asked {
    struct json_doc *doc;
    int64_t id; /* 0: none could be read */
    enum asked_what what;
    bool has_where;
    struct target where;
    const char *text; /* words, a line, an answer, a path */
    int64_t n;        /* of a file; 0: none is named */
    const char *more; /* a note or a name; or NULL */
};

/* Whether that id is one of a request that has no answer yet. */
typedef bool asked_pending_fn(const void *arg, int64_t id);
/* All of it is right, or why says what is not. To be freed in any case. */
enum err asked_read(struct asked *a, struct bytes line, asked_pending_fn *pending,
    const void *arg, char *why, size_t why_n);
void asked_free(struct asked *a); /* wipes what was said */

#endif
