/* SPDX-License-Identifier: ISC */
#include "client/outgoing.h"

#include "base/mem.h"

void outgoing_init(struct outgoing *o)
{
    *o = (struct outgoing){0};
    o->last = &o->first;
}

static struct outgoing_frame *pop(struct outgoing *o)
{
    struct outgoing_frame *f = o->first;

    o->first = f->next;
    if (o->first == NULL)
        o->last = &o->first;
    o->count--;
    return f;
}

void outgoing_clear(struct outgoing *o)
{
    while (o->first != NULL) {
        struct outgoing_frame *f = pop(o);
        span_drop(f->frame);
        mem_free(f);
    }
}

void outgoing_put(
    struct outgoing *o, struct span frame, uint64_t ticket, const struct request *request)
{
    struct outgoing_frame *f = mem_alloc(sizeof *f);

    f->frame = frame;
    f->ticket = ticket;
    f->asks = request != NULL;
    if (request != NULL)
        f->request = *request;
    *o->last = f;
    o->last = &f->next;
    o->count++;
}

size_t outgoing_flush(
    struct outgoing *o, struct link *to, uint64_t durable, struct requests *requests)
{
    size_t n = 0;

    while (o->first != NULL && o->first->ticket <= durable) {
        if (o->first->asks && requests_add(requests, &o->first->request) != ERR_OK)
            break;
        struct outgoing_frame *f = pop(o);
        link_send(to, f->frame);
        mem_free(f);
        n++;
    }
    return n;
}
