/* SPDX-License-Identifier: ISC */
/*
 * What the relay is made of, as its handlers see it. Glossary:
 *
 *   peer    one connection: a link, the phase it is in, what it may still spend. Found by slot
 *           and generation where a reference outlives a turn.
 *   user    one person who is here, or was a moment ago: a name, and the peer that speaks for
 * it (none during the grace time). Guests exist only as users; accounts live in the store.
 *   convo   a room or a direct conversation: members, the group's epoch, and the tail of its
 * log. member  somebody in a convo. Durable when an account: stays while its user is gone.
 * Present when its user gets what is said. tail    the newest entries of a log, in memory,
 * until every member has them or there are too many; then what an account still needs is
 * written, and the rest forgotten. ask     a request whose answer is not there yet; its peer is
 * busy until then, so replies keep the order of requests.
 */
#ifndef SERVER_RELAY_H
#define SERVER_RELAY_H

#include "base/map.h"
#include "base/worker.h"
#include "net/link.h"
#include "net/loop.h"
#include "net/opcode.h"
#include "server/audit.h"
#include "server/bucket.h"
#include "server/bus.h"
#include "server/config.h"
#include "server/gate.h"
#include "server/name.h"
#include "server/store.h"

struct peer {
    struct server *server;
    struct link *link;
    struct user *user; /* from the greeting on, or from the access proof */
    uint32_t slot;
    uint32_t generation;
    enum phase phase;
    bool busy;            /* an ask is open */
    bool warned;          /* told that it is silent */
    bool leaving;         /* said goodbye: no grace */
    bool offended;        /* already counted as an offence */
    bool charged;         /* the stalled frame has paid its bucket */
    bool weighed;         /* and for its bytes */
    bool proven;          /* its user's identity key, on this line */
    bool unstored;        /* the identity in the stalled frame */
    uint64_t stray_bytes; /* of chunks that may still come for no transfer */
    uint64_t heard_ms;
    uint64_t born_ms;
    struct loop_timer timer;
    struct loop_timer pause; /* until its bytes are paid for */
    struct name absent;    /* looked for and not found: the frame that asked is offered again */
    enum err absent_why;   /* ERR_NOT_FOUND, or what the store said */
    struct name looked_up; /* the same for somebody's role, which is then */
    uint8_t looked_role;
    struct bucket flood, command, receipt, commit, package, bytes;
};

enum user_state {
    USER_HELD, /* a name is held for a connection that has not logged in */
    USER_HERE,
    USER_DROPPED, /* the connection dropped; the grace time runs */
};

struct user {
    struct name name;
    uint64_t id; /* never given twice; what it causes carries it */
    struct server *server;
    struct peer *peer; /* NULL: away */
    enum user_state state;
    bool account;
    bool watching; /* wants to hear of everybody */
    bool invited;  /* a guest who is a member somewhere and has not joined there yet */
    uint8_t role;
    uint64_t since_ms;
    uint8_t resume[MSG_SECRET]; /* SHA-256 of the token */
    bool has_resume;
    struct loop_timer grace;
    struct member **rooms; /* where it is present; the last joined is the current one */
    size_t room_count, room_cap;
    struct outq *held; /* what came while away */
    uint8_t *identity;
    size_t identity_n;
    struct package *packages; /* a guest's; an account's are in the store */
    struct bucket asked;      /* its packages, by anybody */
};

struct package {
    struct package *next;
    uint16_t suite;
    bool last_resort;
    size_t n;
    uint8_t body[];
};

struct member {
    struct name name;
    struct convo *convo;
    struct user *user; /* NULL: not present */
    bool durable;
    bool moderator;
    bool barred;  /* its commit was voided: its leaf counts for nothing */
    bool grouped; /* has a leaf in the group, as far as the relay was told */
    bool anew;    /* has it since a departure of that name that is pending still */
    bool gap;     /* was too slow: owed a resync */
    size_t at;    /* place in the convo's list of present ones */
    uint64_t cursor;
};

struct entry {
    struct entry *next;
    uint8_t kind, flags;
    bool stored;
    uint64_t seq;
    int64_t time_ms;
    uint64_t epoch;
    struct name sender;
    uint32_t n;
    uint8_t body[];
};

/* What the last commit changed about somebody: a voided one goes back to it. */
struct undo {
    struct name who;
    bool removed; /* else welcomed, or came in by it */
    bool was;     /* a member before */
    bool durable, moderator, grouped, anew;
    uint64_t cursor;
};

struct convo {
    struct server *server;
    struct name_key key;
    enum msg_convo kind;
    char title[MSG_ROOM + 1]; /* a room's name as its founder wrote it */
    struct name owner;
    uint8_t access;
    uint32_t generation;
    uint8_t *verifier;
    size_t verifier_n;

    struct map members; /* name -> struct member */
    struct member **present;
    size_t present_count, present_cap;
    size_t durable_absent; /* durable members who are not present */

    bool grouped;
    bool busy; /* a commit is with the store: speakers wait */
    uint64_t epoch;
    uint64_t last_seq;
    uint64_t last_commit;
    uint64_t founded;      /* seq of the commit that made the present group */
    uint64_t commit_ms;    /* monotonic */
    bool commit_removed;   /* the last commit removed somebody */
    struct name committer; /* empty: the last commit cannot be voided */
    struct undo *undo;
    size_t undo_count;
    uint64_t undo_commit; /* the commit before the last one */
    size_t since_commit;  /* messages */
    uint64_t asked_ms;    /* when somebody was last asked to rotate */
    struct name last_speaker;

    struct entry *tail, **tail_end;
    size_t tail_count, tail_bytes;
    uint64_t lost; /* the newest that went out of memory and is in no store */
    bool owed;     /* somebody present is owed a resync */

    struct map departed;   /* names that a commit must remove */
    struct map complaints; /* who cannot apply the last commit */

    struct name *turns; /* waiting to join, first in line first */
    size_t turn_count, turn_cap;
    bool turn_given;
    unsigned turn_again;
    struct loop_timer turn;

    uint32_t *waiting; /* peers to resume: slot, generation pairs */
    size_t waiting_count, waiting_cap;
    struct map bans; /* name -> struct ban */
    struct bus_topic *topic;
};

struct server {
    struct loop *loop;
    struct store *store;
    struct bus *bus;
    struct worker *hasher;
    const struct config *config;
    const struct limits *limits;
    struct audit *audit; /* NULL: none */
    struct gate *gate;
    uint8_t *access_key;
    size_t access_key_n;
    uint8_t boot_id[MSG_ID];
    uint64_t started_ms;

    struct peer **peers; /* by slot; NULL: free */
    uint32_t *generations;
    uint32_t *free_slots;
    size_t slot_cap, free_count;
    size_t peer_count, early_count; /* early: before login */
    struct map users;               /* name -> struct user, provisional ones too */
    struct map resumes;             /* SHA-256 of a resume token -> struct user */
    struct map identities;          /* SHA-256 of an identity key -> struct user */
    struct map convos;              /* key -> struct convo */
    struct map bans;                /* account, or address -> struct ban: the whole relay */
    uint64_t seq_floor; /* of conversations that are over: the next of that name goes on */
    size_t online, away;
    size_t asks; /* open ones */
    uint32_t next_guest;
    uint64_t next_user;
    struct transfers *files;
    struct pool pool;   /* small frames of this turn */
    struct buf scratch; /* one frame being written */
    struct loop_task end_of_turn;
    struct loop_timer tick;
    uint64_t pruned_ms;

    bool draining;
    loop_fn *drained;
    void *drained_arg;
    struct loop_task drain_task; /* the last link is down */
    struct loop_timer drain_timer;
    struct {
        uint64_t connections, logins, refused, messages, deliveries, commits, voided, floods,
            gaps;
    } total;
};

#endif
