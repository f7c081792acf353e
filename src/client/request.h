/* SPDX-License-Identifier: ISC */
/*
 * Requests that wait for their reply. The relay answers each once and in order, so this is a
 * queue: asked at the back, answered at the front. With each goes what its reply will need.
 */
#ifndef CLIENT_REQUEST_H
#define CLIENT_REQUEST_H

#include "base/bytes.h"
#include "base/err.h"
#include "net/opcode.h"

#define REQUESTS_MAX 256

enum request_why {
    REQUEST_PLAIN,
    REQUEST_SHOW,   /* the person asked to see the list */
    REQUEST_AGAIN,  /* a room taken up after a loss */
    REQUEST_PARTING /* on the way out: nothing is said about it */
};

struct request {
    uint8_t op;
    enum request_why why;
    bool more; /* a later page of a list */
    uint8_t name_n;
    char name[MSG_ROOM];
    uint64_t due_ms; /* no answer by then: the link is lost */
    uint64_t tag;    /* of the intent that it serves; 0: none */
    uint32_t talk;   /* serial of the conversation that it is about; 0: none */
    uint8_t id[16];  /* of the message or commit that is sent */
};

struct requests {
    struct request ring[REQUESTS_MAX];
    size_t head;
    size_t count;
};

enum err requests_add(struct requests *q, const struct request *r); /* ERR_FULL */
bool requests_take(struct requests *q, struct request *out);
const struct request *requests_first(const struct requests *q); /* NULL: none waits */
void requests_clear(struct requests *q);
static inline struct bytes request_name(const struct request *r)
{
    return bytes_of(r->name, r->name_n);
}

#endif
