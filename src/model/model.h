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

#include "model/bind.h"
#include "model/intent.h"
#include "model/pref.h"
#include "model/room.h"
#include "model/trace.h"
#include "model/transfer.h"

enum model_part {
    MODEL_ROOMS = 1,
    MODEL_EVENTS = 2,
    MODEL_PEOPLE = 4,
    MODEL_STATUS = 8,
    MODEL_HELP = 16,
    MODEL_PREFS = 32,
    MODEL_TRACE = 64, /* and somebody looks at it */
    MODEL_FILES = 128,
    MODEL_ALL = 255
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

/* Something only the person can say: a password, a yes. Answered by INTENT_ANSWER; an empty
 * answer takes the question back. */
struct model_ask {
    bool open;
    bool hidden; /* what is typed is not shown and goes into no history */
    char words[160];
};

/* What became of an intent that had a tag. why: a sentence, when it did not work out. */
struct model_outcome {
    uint64_t tag;
    bool done;
    const char *why;
};

/* Hears everything as it happens, for faces that write instead of drawing. Called from within
 * the engine: take note and return, change nothing. Unset ones are not called. */
struct model_ear {
    /* fresh: it was added; else its state changed. */
    void (*event)(void *arg, const struct room *r, const struct event *ev, bool fresh);
    void (*link)(void *arg);                       /* link, retry_s or nick changed */
    void (*room)(void *arg, const struct room *r); /* joined or left, seal, members or topic */
    void (*ask)(void *arg);                        /* a question was put or taken back */
    void (*outcome)(void *arg, const struct model_outcome *o);
    void (*file)(void *arg, const struct transfer *t); /* its state or how far it is changed */
    void *arg;
};

struct model {
    enum model_link link;
    enum model_trust trust;
    char address[300]; /* host:port, as the person gave it */
    unsigned retry_s;  /* while waiting */
    char nick[ROSTER_NAME];
    uint8_t nick_n;
    bool account;         /* logged in, not a guest */
    bool keeps;           /* what is on its way goes on after a restart */
    char print[64];       /* our identity key's fingerprint, as text; "" before there is one */
    struct room *home;    /* people: everybody on the relay */
    struct room *welcome; /* of this machine alone: how it is used; NULL: was never open */
    struct rooms rooms;
    struct rooms directs; /* conversations with one person, by name */
    struct room **pages;  /* joined ones, in order; the first page is home and not in here */
    size_t page_count;
    size_t page_cap;
    struct room *open;
    struct room *before; /* the page that was open before; NULL: there is none */
    struct room *tour;   /* where a tour of the hot pages began; NULL: there is none */
    uint64_t visits;
    bool help;           /* was asked for; whoever shows it takes that back */
    char help_topic[16]; /* a command, or empty */
    unsigned dirty;      /* model_part bits */
    int64_t wall_ms;
    bool clock_known;     /* the relay has told its time since this link is up */
    int64_t clock_off_ms; /* how far the relay's clock is ahead of ours, about */
    const char *work;     /* slow work under way, in words; NULL: none */
    bool tell_typing;     /* the person lets others know: keys become INTENT_TYPING */
    struct model_ask ask;
    struct prefs prefs;
    struct binds binds;
    struct trace trace;
    struct transfers files;
    struct intents intents;
    struct model_ear ear;
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
/* Not there to be spoken to: with one person, not on the relay either. */
bool model_is_away(const struct model *m, const struct room *r, const struct person *p);
bool model_is_me(const struct model *m, struct bytes name);
const char *model_link_str(enum model_link link);

/* Line of text in a room; NULL: home. One worth a look counts as unread while its room is
 * closed. */
void model_event(
    struct model *m, struct room *r, enum event_kind kind, struct bytes who, struct bytes text);
/* The same with everything that a message has; wall_ms 0: now. */
/* The page of a conversation with one person, who has another name now. */
void model_rename_direct(struct model *m, struct room *r, struct bytes name);
void model_add(struct model *m, struct room *r, const struct event *like);
/* What was said before all that is on the page, as much as it can hold; no news. */
void model_before(struct model *m, struct room *r, const struct event *like, size_t n);
/* A message that is shown comes further; nothing when it is no longer there. */
void model_state(
    struct model *m, struct room *r, const uint8_t key[EVENT_KEY], enum event_state state);
void model_clear(struct model *m, struct room *r); /* empties its page */
/* Reading of a page stops here, as when it is left or the terminal loses the focus: what comes
 * is unread from its first line on. model_read_on(): somebody looks again. */
void model_mark_read(struct model *m, struct room *r);
void model_read_on(struct model *m, struct room *r);
/* Asks for what was said here before the page begins, as /history does; once, until it came.
 * false: nothing is asked, for that was all, or the page is full, or it is home. */
bool model_ask_older(struct model *m, struct room *r);
void model_older_came(struct model *m, struct room *r, bool more); /* after model_before() */
void model_room_changed(struct model *m, struct room *r);
void model_put_ask(struct model *m, bool hidden, const char *words);
void model_close_ask(struct model *m);
void model_outcome(struct model *m, uint64_t tag, bool done, const char *why);

size_t model_pages(const struct model *m);                /* at least 1 */
struct room *model_page(const struct model *m, size_t i); /* NULL: past the end */
size_t model_page_of(const struct model *m, const struct room *r);
void model_show(struct model *m, struct room *r);
void model_step(struct model *m, int by); /* the next or the one before, around the end */
void model_show_before(struct model *m);  /* the page that was open before */
struct room *model_join(struct model *m, struct bytes name);   /* NULL: no room for it */
struct room *model_direct(struct model *m, struct bytes name); /* the same with a person */
struct room *model_find(const struct model *m, bool direct, struct bytes name); /* joined */
void model_leave(struct model *m, struct room *r);
void model_rename(struct model *m, struct bytes from, struct bytes to); /* in every roster */
void model_ask_help(struct model *m, struct bytes topic);
void model_close_help(struct model *m);
enum err model_set_pref(
    struct model *m, struct bytes name, struct bytes value); /* as prefs_set() */
enum err model_bind(struct model *m, struct bytes key, struct bytes action); /* binds_set() */
/* Opens the page that shows how sotto is used: a page like others, but nothing on it leaves
 * this machine. Whoever has the keys fills it. */
void model_open_welcome(struct model *m);
/* Other words in place of an event's, which keeps its place; nothing when it is gone. */
void model_retell(struct model *m, struct room *r, uint64_t id, struct bytes text);
void model_file_changed(struct model *m, const struct transfer *t); /* it is not the same */
void model_set_work(struct model *m, const char *words); /* of a table; NULL: it is done */
void model_touch(struct model *m, unsigned parts);

#endif
