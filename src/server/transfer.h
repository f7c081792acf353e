/* SPDX-License-Identifier: ISC */
/*
 * Files on their way through the relay: who was asked, who takes it, which chunks the sender
 * may send now, and what each receiver has been given. It reads no chunk and keeps none: one
 * that comes is handed to everybody who lacks it, held once by reference until the slowest of
 * them has acknowledged it. The sender sends exactly the chunks it has credit for, and credit
 * out and chunks unacknowledged together are at most one window; that is the memory of a
 * transfer. Deadlines are looked at once a second.
 *
 * The server owns the transfers. A transfer that is over is out of every table at once and
 * freed at the end of the turn, so whoever holds one in a turn may look at "over". It knows of
 * conversations only what it was told when it was made (handle_file), and by the three hooks
 * at the end.
 */
#ifndef SERVER_TRANSFER_H
#define SERVER_TRANSFER_H

#include "base/chunkmap.h"
#include "server/relay.h"

struct receiver {
    struct name name;
    uint64_t guest;    /* the id of its user; 0: an account, known by its name */
    struct user *user; /* NULL: not here */
    uint8_t state;     /* enum msg_file_state */
    bool barred;       /* is no longer in the conversation */
    bool moved;        /* the sender was not yet told how far it is */
    uint32_t turn;     /* how often it accepted; its start says which one it belongs to */
    uint32_t have;     /* chunks that it said it has, or acknowledged */
    uint64_t since_ms; /* when it last acknowledged, or fell into its state */
    /* While FILE_ACTIVE: */
    struct chunkmap given; /* has, or was sent */
    uint32_t *ring;        /* slots of what it was sent and has not acknowledged, in order */
    uint32_t ring_at, ring_n;
    uint32_t taken; /* acknowledged since the start */
};

/* A chunk that somebody has not acknowledged. */
struct slot {
    uint32_t index;
    uint32_t pending; /* by how many */
};

struct transfer {
    struct server *server;
    struct transfer *next; /* of those that are over */
    uint8_t id[MSG_ID];
    uint32_t handle;
    struct name_key convo;
    enum msg_convo kind;
    char title[MSG_ROOM + 1];
    struct user *sender;
    bool over, started, paused, away; /* away: the sender's line is lost */
    uint32_t chunk, count;
    uint64_t bytes;
    uint32_t window; /* chunks */
    struct receiver *people;
    size_t people_count;
    struct receiver **active;
    size_t active_count;
    struct chunkmap due; /* credit that was given and not used */
    struct slot *slots;
    uint32_t *free;       /* slots that are; the first window - used of it */
    uint32_t used;        /* slots */
    uint32_t scan;        /* the word of chunks to be looked at next */
    uint32_t scan_left;   /* words behind it in which something may be lacking */
    uint64_t moved_ms;    /* a chunk came, or there was none to wait for */
    uint64_t idle_ms;     /* since when nobody is receiving */
    uint64_t accepted_ms; /* for the first time; 0: not yet */
    size_t reserved;      /* bytes, of file_memory_bytes */
};

struct transfers {
    struct transfer **at; /* by slot */
    uint16_t *generations;
    uint32_t cap, count;
    struct map by_id; /* id of the sender's user, id of the transfer */
    struct transfer *over;
    struct loop_task reap;
    size_t reserved;
    uint64_t offers, chunks; /* counted */
};

struct transfers *transfers_new(void);
void transfers_free(struct server *s);
void transfer_tick(struct server *s); /* once a second: deadlines, and how far receivers are */

struct transfer *transfer_find(struct server *s, const struct user *sender, const uint8_t *id);
struct transfer *transfer_at(struct server *s, uint32_t handle);       /* NULL: no such one */
size_t transfer_sending(const struct server *s, const struct user *u); /* how many */

/* Making one: then each who may answer is added, then it is offered, which tells them. NULL:
 * no memory left for it. */
struct transfer *transfer_new(
    struct user *sender, const struct convo *c, const struct msg_file_offer *m, size_t people);
void transfer_add(struct transfer *t, const struct name *name, struct user *u, bool account);
uint16_t transfer_offer(struct transfer *t); /* how many were told */
/* The sender is back on another line: its credit is void, and given anew. */
void transfer_take_up(struct transfer *t);

/* The receiver that this user is; NULL: was not asked, or has left. */
bool transfer_unfinished(const struct receiver *r); /* accepted and has not all of it yet */
struct receiver *transfer_receiver(const struct transfer *t, const struct user *u);
/* have: ranges that it holds already; replaces whatever was believed. ERR_FORMAT: not ranges
 * of this file; ERR_FULL: as many receive it as may; ERR_BUSY: no memory is left for it. */
enum err transfer_accept(
    struct transfer *t, struct receiver *r, struct user *u, struct list have);
/* After its answer was sent: it gets its start, and the transfer goes on. */
void transfer_begin(struct transfer *t, struct receiver *r);
void transfer_refuse(struct transfer *t, struct receiver *r);
void transfer_rest(struct transfer *t, struct receiver *r); /* it pauses */
void transfer_pause(struct transfer *t, bool on);           /* the sender does */
void transfer_end(struct transfer *t, enum msg_file_end why, const char *by);

/* The hot path. A chunk: false when it is none that the sender has credit for, or has another
 * size than it must; the transfer is over then. */
bool transfer_chunk(struct transfer *t, const struct msg_file_chunk *m);
void transfer_ack(struct transfer *t, struct receiver *r, uint32_t taken);

/* Hooks. */
void transfer_line_lost(struct user *u); /* its user may come back */
void transfer_user_gone(struct user *u);
void transfer_member_left(const struct convo *c, const struct member *m);

#endif
