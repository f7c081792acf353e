/* SPDX-License-Identifier: ISC */
/*
 * A conversation as the engine holds it: a room or one person, its MLS group, who is in it,
 * what waits to be sent, and how far its log was followed. Facts only. Handlers write down what
 * they learn and mark the conversation; the pump (client/pump.h) looks at the facts and does
 * the one next thing; so it does not matter in which order things are learnt, or whether a
 * request was lost on the way. Nobody holds a pointer across turns: requests carry the serial.
 *
 *   person   somebody who was ever in the group, by the fingerprint of the key; kept with how
 *            far it was heard, in the vault
 *   out      a message of ours that is not yet known to be with the relay
 *   place    the number of the log's last entry that was dealt with
 *   stream   drawn when we began to speak here; what we say in it is numbered
 */
#ifndef CLIENT_TALK_H
#define CLIENT_TALK_H

#include "base/map.h"
#include "client/payload.h"
#include "client/policy.h"
#include "client/trust.h"
#include "model/model.h"
#include "net/msg.h"

#define TALK_NAME    33 /* what the relay calls somebody, and NUL */
#define TALK_KEY     448
#define TALK_SEEN    256 /* messages whose inner ids are remembered, besides the numbers */
#define TALK_GONE    256
#define TALK_SEQ_MAX (UINT64_MAX >> 2) /* no log has so many */

struct talk_person {
    uint8_t print[POLICY_PRINT];
    char name[TRUST_NAME]; /* of the credential; "" while only the row is known */
    char relay[TALK_NAME]; /* what the relay calls it, as far as we know */
    char nick[TALK_NAME];  /* a guest's, by its own sealed word; "" */
    bool here;             /* has a leaf in the present epoch */
    bool was;              /* had one before what just happened */
    bool parted; /* we came in anew since we heard it: what is between was not for us */
    bool whole;  /* we saw it come: all that it says in its stream is for us */
    uint32_t leaf;
    enum trust_state trust;
    bool told_apart; /* that another name looks like it was said */
    bool away;
    bool left;              /* went out of this room, and did not come back under this key */
    uint64_t stream, heard; /* of what it says */
    uint64_t confirmed;     /* of what we say, by its receipts */
    uint64_t read;          /* and seen, where it says so */
    bool owed;              /* a receipt */
    unsigned held;          /* messages not shown: its key changed */
};

enum talk_out_state {
    OUT_WAITING, /* to be sealed, or sealed again */
    OUT_SENT     /* on the line: a reply is due */
};

struct talk_out {
    struct talk_out *next;
    uint8_t id[PAYLOAD_ID];
    uint8_t kind; /* payload_kind */
    enum talk_out_state state;
    uint64_t index;   /* 0: not numbered yet */
    uint64_t made_ms; /* by the clock, and later than the one before */
    uint64_t history; /* its row's number; 0: none */
    uint64_t tag;     /* who waits for it */
    bool careful;     /* for verified people alone */
    bool hashed;
    uint8_t hash[32]; /* of the bytes that were sent last */
    struct buf text;
};

/* What was handed on and not confirmed: sent again when the relay has forgotten. */
struct talk_sent {
    struct talk_sent *next;
    struct talk_out *out;
    uint64_t at_ms;
    bool stored;
    enum event_state state; /* what came of it */
    bool numbered;          /* in our present stream: receipts may tell of it */
};

/* Ids are drawn by who speaks: one that another has used is nobody's fault but his. */
struct talk_seen {
    uint8_t print[POLICY_PRINT];
    uint8_t id[PAYLOAD_ID];
};

struct talk_gone { /* somebody who left: to be removed by a commit */
    struct talk_gone *next;
    char name[TALK_NAME];
    bool cannot; /* nor may we; said once */
};

struct talk_ticket {
    struct talk_ticket *next;
    uint8_t print[POLICY_PRINT];
    struct buf signature;
};

struct talk_psk {
    struct talk_psk *next;
    uint32_t generation;
    uint8_t psk[POLICY_PRINT];
};

struct talk_invite { /* somebody to be added, with a key package in hand or not */
    struct talk_invite *next;
    char name[TALK_NAME];
    bool asked;
    struct buf package;
    uint64_t tag;
};

enum talk_busy { /* requests that are under way; none survives a lost link */
    BUSY_JOIN = 1,
    BUSY_TURN = 2,   /* asked for the turn to join, or have it */
    BUSY_ENTER = 4,  /* our external commit is with the relay */
    BUSY_COMMIT = 8, /* a commit of ours is */
    BUSY_FOUND = 16, /* the group we made is */
    BUSY_CATCH = 32,
    BUSY_SAY = 64,
    BUSY_CURSOR = 128,
    BUSY_PEER = 256, /* asked for the key of a direct conversation's other end */
    BUSY_LEAVE = 512,
    BUSY_SECRET = 1024 /* a password is being stretched: not a request, survives */
};
#define BUSY_REQUESTS (BUSY_SECRET - 1u)

/* What a commit of ours that is under way does. */
struct talk_commit {
    uint8_t req[MSG_ID];
    bool unsure;        /* its outcome is unknown: the log tells */
    struct buf removed; /* a run of names, as the relay knows them */
    struct buf invited; /* a run of names */
    bool rules;
    uint64_t tag;
};

struct talk {
    struct talk *next;
    uint32_t serial;
    enum msg_convo kind;
    char title[MSG_ROOM + 1]; /* a room's name as its founder wrote it; the other's name */
    struct buf folded;        /* by which it is compared */
    uint8_t key[TALK_KEY];    /* by which the vault knows it */
    size_t key_n;
    struct room *page; /* of the model; NULL until it is shown */
    bool touched;      /* the pump has to look */
    bool unsaved;      /* the group or the place changed in this turn */
    bool dropped;      /* to be freed at the end of the turn */

    /* what the relay says */
    bool wanted;  /* we want to be in it, over restarts too */
    bool present; /* the relay has let us in since we came */
    bool there;   /* the relay has a group for it */
    bool founder; /* the group is ours to make */
    bool behind;  /* entries may have been missed */
    bool missed;  /* one came while catching up */
    unsigned busy;
    uint8_t enter_req[MSG_ID]; /* of BUSY_ENTER and BUSY_FOUND: which reply is meant */
    uint64_t relay_epoch;
    uint64_t group_seq; /* of a direct group that stands; 0: none */
    uint64_t wait_ms;   /* do nothing before; monotonic; 0: now */
    uint64_t turn_ms;   /* when we asked for the turn to join */
    bool looked;        /* the log of a direct conversation was looked at for its group */
    bool asked;         /* the person was asked for its password */
    unsigned tries;
    uint8_t join_flags;
    uint64_t join_tag;

    /* passwords */
    bool locked; /* the relay asks for one */
    bool has_proof;
    uint8_t proof[PAYLOAD_PRINT];
    struct talk_psk *psks;

    /* the group */
    struct mls_env env;
    struct mls_group *group;
    struct policy policy;
    const char *judged; /* which rule the last commit that was judged breaks; NULL: none */
    struct map people;  /* fingerprint -> struct talk_person */
    struct talk_person **leaf; /* by leaf; NULL: blank */
    uint32_t leaf_n;
    bool confirmed; /* a member was heard */
    bool fresh;     /* commit before the first message */
    bool rotate;    /* we were asked to */
    bool lost;      /* does not fit any more: join anew */
    bool forsaken;  /* the group before had others: they are given time to come into this one */
    uint64_t gathered_ms; /* when that is over; 0: nobody else came yet */
    unsigned said;        /* messages of this epoch */
    uint64_t epoch_ms;
    uint64_t own_ms; /* when we committed last */
    struct talk_commit commit;
    struct talk_gone *gone;
    struct talk_ticket *tickets;
    struct talk_invite *invites;
    bool hand_on;   /* who was invited has to be told the password's secret */
    bool new_rules; /* wanted: what the next commit makes of the policy */
    struct policy wanted_policy;
    uint64_t rules_tag;
    uint64_t bad_seq; /* a commit that we could not apply; the others may void it */
    bool forbidden;   /* it breaks the rules, so none of the others can have applied it */
    bool stands;      /* it was told that nothing is sent here any more */
    uint64_t bad_ms;
    /* The state before the last commit, for as long as it can be voided. */
    struct mls_record *undo;
    size_t undo_n;
    uint64_t undo_seq;
    uint64_t undo_ms;

    /* messages */
    uint64_t place;
    /* Up to here nothing is missing: the log was read so far, or the relay had its time to say
     * that it could not hand something on. What is read again is dropped again. */
    uint64_t safe;
    uint64_t acked;       /* what the relay was told of that */
    uint64_t asked_after; /* when catching up */
    bool own_asked;
    uint64_t own_seq, own_safe; /* our newest; and one before which nothing is on its way */
    uint64_t place_asked;       /* place, when that was asked */
    struct {                    /* opened before one that is missing: waits for its turn */
        uint64_t seq;           /* 0: none */
        uint8_t print[POLICY_PRINT];
        struct buf plain;
    } early;
    uint64_t cursor_ms;
    uint64_t stream, index;
    uint64_t made_ms; /* of our newest message */
    unsigned keyless; /* times that the other had left no key, one after the other */
    bool file_waits;  /* a file of ours is to be offered, and there is no group yet */
    struct talk_out *out;
    struct talk_sent *sent, **sent_end;
    size_t sent_n;
    bool receipt_due;
    bool read_due;            /* what came before was seen since */
    uint64_t typing_ms;       /* when we last said that we type */
    uint64_t typing_until_ms; /* when somebody's typing is over */
    uint64_t receipt_ms;      /* the last one */
    unsigned unopened;        /* messages that did not open, in this session */
    struct talk_seen *seen;   /* the newest messages, a ring */
    size_t seen_n;
    bool nick_due; /* a guest's name, to be said under seal */
    bool goodbye;  /* a ticket is said, then we leave */
    bool goodbye_said;

    /* the person's choices */
    bool verified_only;
    bool logged;
    int log_fd; /* -1: none */
    uint32_t keep_days;
    uint64_t oldest; /* the number of the oldest row that was shown; 0: none yet */
};

struct talk *talk_new(uint32_t serial, enum msg_convo kind, struct bytes title);
void talk_rename(struct talk *c, struct bytes title);
void talk_free(struct talk *c); /* wipes; the page of the model stays */

static inline struct bytes talk_title(const struct talk *c)
{
    return bytes_str(c->title);
}
static inline struct bytes talk_key(const struct talk *c)
{
    return bytes_of(c->key, c->key_n);
}
void talk_set_key(struct talk *c, struct bytes home); /* identity_home() */

/* The log was dealt with up to there: whether that is news, and can be true. */
bool talk_move(struct talk *c, uint64_t seq);

struct talk_person *talk_person(
    struct talk *c, const uint8_t print[POLICY_PRINT]); /* or NULL */
struct talk_person *talk_meet(struct talk *c, const uint8_t print[POLICY_PRINT]);
/* Whom the relay calls so, among those with a leaf. */
struct talk_person *talk_called(struct talk *c, struct bytes relay_name);
/* How somebody is shown: the account, or what a guest calls itself. Foreign. */
struct bytes talk_shown(const struct talk_person *p);
uint32_t talk_members(const struct talk *c); /* of the group; 0 without one */
bool talk_alone(const struct talk *c);       /* nobody else is in the group */
bool talk_person_guest(const struct talk_person *p);

/* In the order in which they were made, whichever way they are read from the vault: of no two
 * is made_ms the same. */
struct talk_out *talk_out_add(struct talk *c, uint64_t made_ms);
void talk_out_free(struct talk_out *o);
void talk_renumber(struct talk *c); /* in a group that is new to us: another stream, from 1 */
struct talk_gone *talk_gone(struct talk *c, struct bytes name);
void talk_gone_add(struct talk *c, struct bytes name);
void talk_gone_del(struct talk *c, struct bytes name);
/* Whether a message of that sender and inner id was here; remembers it. */
bool talk_seen(struct talk *c, const uint8_t print[POLICY_PRINT], const uint8_t id[PAYLOAD_ID]);
const uint8_t *talk_psk(const struct talk *c, uint32_t generation); /* or NULL */
void talk_psk_add(struct talk *c, uint32_t generation, const uint8_t psk[POLICY_PRINT]);
struct talk_ticket *talk_ticket(struct talk *c, const uint8_t print[POLICY_PRINT]);
void talk_ticket_add(struct talk *c, const uint8_t print[POLICY_PRINT], struct bytes signature);
void talk_commit_clear(struct talk *c);
void talk_undo_drop(struct talk *c);
void talk_group_drop(struct talk *c); /* the group and all that hangs on it */

#endif
