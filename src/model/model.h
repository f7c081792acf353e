/* SPDX-License-Identifier: ISC */
/*
 * All that a face can show: the connection, the rooms, the people, what happened, and which
 * parts changed since somebody looked. The engine writes it, faces read it; neither knows
 * the other. Pages are what can be open: page 0 is home, the relay's own, always there; then
 * the joined rooms in the order they were joined. Nothing here draws, sends or reads a clock:
 * the time is handed in by model_time().
 */
#ifndef MODEL_MODEL_H
#define MODEL_MODEL_H

#include "model/intent.h"
#include "model/room.h"

enum model_part {
    MODEL_ROOMS = 1,
    MODEL_EVENTS = 2,
    MODEL_PEOPLE = 4,
    MODEL_STATUS = 8,
    MODEL_HELP = 16,
    MODEL_ALL = 31
};

enum model_link {
    MODEL_OFFLINE,
    MODEL_DIALING,  /* on the way to the relay */
    MODEL_GREETING, /* there; not let in yet */
    MODEL_READY,
    MODEL_WAITING, /* lost; another try in retry_s */
    MODEL_REFUSED, /* for good: somebody has to do something */
    MODEL_LEAVING,
    MODEL_ENDED,
    MODEL_LINKS
};

enum model_trust { MODEL_UNKNOWN, MODEL_FIRST_SIGHT, MODEL_PINNED, MODEL_CERTIFIED };

struct model {
    enum model_link link;
    enum model_trust trust;
    char address[300]; /* host:port, as the person gave it */
    unsigned retry_s;  /* while waiting */
    char nick[ROSTER_NAME];
    uint8_t nick_n;
    struct room *home; /* people: everybody on the relay */
    struct rooms rooms;
    struct room **pages; /* joined rooms, in order; the first page is home and not in here */
    size_t page_count;
    size_t page_cap;
    struct room *open;
    bool help;           /* the page of help lies over the events */
    char help_topic[16]; /* a command, or empty */
    unsigned dirty;      /* model_part bits */
    int64_t wall_ms;
    struct intents intents;
};

struct model *model_new(void);
void model_free(struct model *m);
void model_time(struct model *m, int64_t wall_ms);
unsigned model_take_dirty(struct model *m); /* and clears them */

void model_set_link(struct model *m, enum model_link link, unsigned retry_s);
void model_set_trust(struct model *m, enum model_trust trust);
void model_set_nick(struct model *m, struct bytes nick);
static inline struct bytes model_nick(const struct model *m)
{
    return bytes_of(m->nick, m->nick_n);
}
bool model_is_me(const struct model *m, struct bytes name);
const char *model_link_str(enum model_link link);

/* Line of text in a room; NULL: home. One worth a look counts as unread while its room is
 * closed. */
void model_event(
    struct model *m, struct room *r, enum event_kind kind, struct bytes who, struct bytes text);

size_t model_pages(const struct model *m);                /* at least 1 */
struct room *model_page(const struct model *m, size_t i); /* NULL: past the end */
size_t model_page_of(const struct model *m, const struct room *r);
void model_show(struct model *m, struct room *r);
void model_step(struct model *m, int by); /* the next or the one before, around the end */
struct room *model_join(struct model *m, struct bytes name); /* NULL: no room for it */
void model_leave(struct model *m, struct room *r);
void model_rename(struct model *m, struct bytes from, struct bytes to); /* in every roster */
void model_ask_help(struct model *m, struct bytes topic);
void model_close_help(struct model *m);
void model_touch(struct model *m, unsigned parts);

#endif
