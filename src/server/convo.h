/* SPDX-License-Identifier: ISC */
/*
 * Rooms and direct conversations: who is in them, what was said last, and whose turn it is.
 * Everything said in a convo goes through its bus topic and reaches present members only from
 * there. A convo is found by key again after anything asynchronous; nobody holds a pointer
 * across turns.
 */
#ifndef SERVER_CONVO_H
#define SERVER_CONVO_H

#include "server/relay.h"

/* Role bits as the store keeps them. */
enum { MEMBER_MODERATOR = 1, MEMBER_GROUPED = 2, MEMBER_ANEW = 4 };

struct convo *convo_find(struct server *s, struct bytes key);
struct convo *convo_room(
    struct server *s, struct bytes room, enum err *e); /* ERR_FORMAT, ERR_NOT_FOUND */
struct convo *convo_new(
    struct server *s, const struct name_key *key, enum msg_convo kind, struct bytes title);
void convo_free(struct convo *c);
/* Nobody is left; or one of two, and nothing waits for him. */
bool convo_over(const struct convo *c);
/* Forgets a conversation that is over, here and in the store. */
void convo_reap(struct convo *c);

struct member *convo_member(const struct convo *c, const char *name);
struct member *convo_add(struct convo *c, const struct name *name, bool durable);
void convo_enter(struct member *m, struct user *u); /* present from now on */
void convo_exit(struct member *m);
void convo_drop(struct member *m); /* exits too */
void convo_rename(struct member *m, const struct name *to);
/* A membership that outlived its account, under a name that is a guest's now. */
void convo_as_guest(struct member *m);
struct member *convo_of(const struct user *u,
    struct bytes room); /* where u is present; by name as written, else folded */
bool convo_is_owner(const struct convo *c, const char *name);

uint64_t convo_next_seq(struct convo *c);
/* To every present member but except (may be NULL). Takes the reference. */
void convo_publish(struct convo *c, struct span frame, const struct peer *except);
void convo_tell(struct convo *c, uint8_t op, const struct schema *shape, const void *msg,
    const struct peer *except);
void convo_presence(
    struct convo *c, enum msg_presence kind, const struct user *u, const char *other);
uint8_t convo_user_flags(const struct convo *c, const char *name, const struct user *u);
void convo_resync(struct member *m);
void convo_pay(struct convo *c); /* resyncs that are owed, to whoever reads again */

/* The log. */
struct entry *convo_log(struct convo *c, const struct entry *like, struct bytes body);
void convo_trim(struct convo *c); /* what everybody has, and what is too much */
void convo_spill(
    struct convo *c, uint64_t after); /* writes what is not stored yet: somebody may miss it */
void convo_unlog(struct convo *c, uint64_t seq); /* a voided commit */
void convo_log_free(struct convo *c);
struct store_entry convo_store_entry(const struct entry *e);

/* The store has no such entry after all: it is lost when it goes out of memory. */
void convo_unstored(struct server *s, struct bytes key, uint64_t seq, enum err why);

/* A peer whose frame must wait until the store has decided about a commit. */
void convo_wait(struct convo *c, const struct peer *p);
void convo_wake(struct convo *c);

/* What a commit did to its people, so that a voided one can be taken back: begin when it is
 * accepted, note before each change, and back. */
void convo_undo_begin(struct convo *c);
void convo_undo_note(struct convo *c, const struct name *who, bool removed);
void convo_undo_rename(struct convo *c, const struct name *from, const struct name *to);
void convo_undo_back(struct convo *c);
/* Guests do not outlive a restart: what is stored now makes each a departure then. */
void convo_guest_grouped(struct convo *c, const struct name *who, bool grouped);
/* The store has him as he is here: a member, or a guest of the group. */
void convo_store_member(const struct member *m);

/* Has a leaf that counts: may speak, commit, and say what it cannot apply. */
bool convo_in_group(const struct member *m);
/* Somebody left for good: durable until a commit removes them. A name stands for all leaves of
 * people who departed under it. */
void convo_depart(struct convo *c, const struct name *who);
void convo_tell_departures(const struct member *m); /* those that are pending, to him alone */
void convo_ask_rotation(struct convo *c, enum msg_rotate why);
void convo_check_rotation(struct convo *c);

/* The line of those who want to join the group. */
uint16_t convo_turn_ask(struct convo *c, const struct name *who); /* how many are before */
void convo_turn_end(struct convo *c, const struct name *who);     /* done, gone, or too late */
void convo_turn_again(struct convo *
        c); /* somebody else's commit came first: new group info for the one whose turn it is */
bool convo_turn_is(const struct convo *c, const struct name *who);

#endif
