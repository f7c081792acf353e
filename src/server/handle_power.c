/* SPDX-License-Identifier: ISC */
/* Powers over the wire: a room's owner and moderators in their room, operators everywhere. */
#include "base/mem.h"
#include "base/utf8.h"
#include "crypto/password.h"
#include "server/convo.h"
#include "server/handle.h"
#include "server/power.h"
#include "server/reply.h"
#include "server/user.h"

static bool has_power(const struct peer *p, const struct convo *c)
{
    const struct user *u = p->user;
    const struct member *m = c != NULL ? convo_member(c, u->name.s) : NULL;

    if (u->role >= ROLE_MODERATOR)
        return true;
    return c != NULL && (convo_is_owner(c, u->name.s) || (m != NULL && m->moderator));
}

/* The room meant, or NULL for the whole relay; refuses and says false when there is none or no
 * power over it. */
static bool place(struct peer *p, uint8_t op, struct bytes room, struct convo **c)
{
    enum err e = ERR_OK;

    *c = room.n != 0 ? convo_room(p->server, room, &e) : NULL;
    if (e != ERR_OK)
        reply_refuse(p, op, CODE_NO_SUCH_ROOM, 0, "room: there is no such room");
    else if (!has_power(p, *c))
        reply_refuse(p, op, CODE_NOT_ALLOWED, 0,
            room.n != 0 ? "room: only its owner and moderators may"
                        : "only the relay's moderators may");
    else
        return true;
    return false;
}

/* The same where the whole relay will not do. */
static bool room_only(struct peer *p, uint8_t op, struct bytes room, struct convo **c)
{
    if (!place(p, op, room, c))
        return false;
    if (*c == NULL)
        reply_refuse(p, op, CODE_BAD_FIELD, 0, "room: missing");
    return *c != NULL;
}

/* A room may go with the last whom it loses: its title is kept for the note. */
struct place_name {
    char s[MSG_ROOM + 1];
};

static struct place_name name_of(const struct convo *c)
{
    struct place_name n = {0};

    if (c != NULL)
        (void)bytes_copy(n.s, sizeof n.s, bytes_str(c->title));
    return n;
}

static void note(
    struct peer *p, const char *what, const struct place_name *where, const struct name *who)
{
    relay_note(p->server, what, where->s, who->s, p->user->name.s);
}

/* ---- nobody is thrown out by somebody below him ---- */

struct lookup {
    struct server *server;
    uint32_t slot, generation;
    struct name who;
};

static void role_known(void *arg, const struct store_result *r)
{
    struct lookup *l = arg;
    struct peer *p = peer_by_id(l->server, l->slot, l->generation);

    if (p != NULL) {
        p->looked_up = l->who;
        p->looked_role = r->rc == ERR_NOT_FOUND ? ROLE_GUEST
                         : r->rc == ERR_OK      ? r->accounts[0].role
                                                : ROLE_OPERATOR; /* nobody knows: hands off */
        link_resume(p->link);
    }
    mem_free(l);
}

/* False: the store is asked, and the frame offered again when it has answered. */
static bool role_of(struct peer *p, const struct name *who, uint8_t *role)
{
    const struct user *them = user_find(p->server, who->s);
    bool here = them != NULL && them->state != USER_HELD;

    if (here || strcmp(p->looked_up.s, who->s) == 0) {
        *role = here ? them->role : p->looked_role;
        return true;
    }
    struct lookup *l = mem_alloc(sizeof *l);
    *l = (struct lookup){p->server, p->slot, p->generation, *who};
    store_account_get(p->server->store, name_bytes(who), role_known, l);
    return false;
}

/* True: go on. Else *v: it was refused, or the frame waits. */
static bool may_hit(
    struct peer *p, uint8_t op, struct convo *c, const struct name *who, enum framer_verdict *v)
{
    uint8_t mine = p->user->role;
    uint8_t role = ROLE_GUEST;
    bool oneself = strcmp(p->user->name.s, who->s) == 0;

    *v = FRAMER_STALL;
    if (mine < ROLE_OPERATOR && !oneself && !role_of(p, who, &role))
        return false;
    if (c != NULL && c->busy) {
        convo_wait(c, p);
        return false;
    }
    *v = FRAMER_NEXT;
    memset(&p->looked_up, 0, sizeof p->looked_up);
    bool owner = c != NULL && convo_is_owner(c, who->s) && mine < ROLE_MODERATOR;
    if (oneself || (!owner && (role <= mine || role < ROLE_MODERATOR)))
        return true;
    reply_refuse(p, op, CODE_NOT_ALLOWED, 0, "user: %s has more say here than you", who->s);
    return false;
}

static bool target(struct peer *p, uint8_t op, struct bytes user, struct name *who)
{
    if (name_fold(user, who) == ERR_OK)
        return true;
    reply_refuse(p, op, CODE_BAD_NAME, 0, "user: that cannot be a name");
    return false;
}

enum framer_verdict handle_kick(struct peer *p, const void *msg)
{
    const struct msg_power *m = msg;
    enum framer_verdict v = FRAMER_NEXT;
    struct convo *c;
    struct name who;

    if (!place(p, OP_KICK, m->room, &c) || !target(p, OP_KICK, m->user, &who) ||
        !may_hit(p, OP_KICK, c, &who, &v))
        return v;
    struct place_name where = name_of(c);
    if (power_kick(p->server, c, name_bytes(&who), name_bytes(&p->user->name), m->reason,
            false) != 0) {
        note(p, "kick", &where, &who);
        reply_empty(p);
    } else {
        reply_refuse(p, OP_KICK, CODE_NOT_MEMBER, 0, "user: %s is not here", who.s);
    }
    return FRAMER_NEXT;
}

static enum framer_verdict ban_or_mute(
    struct peer *p, uint8_t op, const struct msg_power_timed *m, bool mute)
{
    enum framer_verdict v = FRAMER_NEXT;
    struct convo *c;
    struct name who;

    if (!place(p, op, m->room, &c) || !target(p, op, m->user, &who) ||
        !may_hit(p, op, c, &who, &v))
        return v;
    struct place_name where = name_of(c);
    struct sentence x = {.who = name_bytes(&who),
        .by = name_bytes(&p->user->name),
        .reason = m->reason,
        .seconds = m->seconds,
        .mute = mute};
    if (power_ban(p->server, c, &x) == ERR_OK) {
        note(p, mute ? "mute" : "ban", &where, &who);
        reply_empty(p);
    } else {
        reply_refuse(p, op, CODE_BAD_FIELD, 0, "user: cannot be banned");
    }
    return FRAMER_NEXT;
}

enum framer_verdict handle_ban(struct peer *p, const void *msg)
{
    return ban_or_mute(p, OP_BAN, msg, false);
}

enum framer_verdict handle_mute(struct peer *p, const void *msg)
{
    return ban_or_mute(p, OP_MUTE, msg, true);
}

enum framer_verdict handle_unban(struct peer *p, const void *msg)
{
    const struct msg_power *m = msg;
    struct convo *c;
    struct name who;

    if (!place(p, OP_UNBAN, m->room, &c) || !target(p, OP_UNBAN, m->user, &who))
        return FRAMER_NEXT;
    if (power_unban(p->server, c, name_bytes(&who)) == ERR_OK) {
        struct place_name where = name_of(c);
        note(p, "unban", &where, &who);
        reply_empty(p);
    } else {
        reply_refuse(p, OP_UNBAN, CODE_NOT_MEMBER, 0,
            "user: %s is neither banned nor muted here", who.s);
    }
    return FRAMER_NEXT;
}

enum framer_verdict handle_announce(struct peer *p, const void *msg)
{
    const struct msg_announce *m = msg;
    struct msg_count n = {0};
    struct buf clean;

    if (p->user->role < ROLE_OPERATOR) {
        reply_refuse(p, OP_ANNOUNCE, CODE_NOT_ALLOWED, 0, "only operators speak to everybody");
        return FRAMER_NEXT;
    }
    buf_init(&clean, MSG_TEXT);
    utf8_clean(&clean, m->text, UTF8_DISPLAY);
    n.count = power_announce(p->server, buf_view(&clean));
    reply_done(p, &MSG_COUNT, &n);
    buf_free(&clean);
    return FRAMER_NEXT;
}

/* ---- a room's password ---- */

struct change {
    struct ask ask;
    struct job job;
    struct name_key key;
    uint8_t proof[MSG_SECRET];
    bool has_proof;
    uint32_t generation;
    unsigned log2_n;
    uint8_t stored[PASSWORD_STORED];
    enum err verdict;
};

static void change_end(struct change *q)
{
    mem_wipe(q->proof, sizeof q->proof);
    ask_close(&q->ask);
}

/* Without its password a room is open, but for one that never was. */
static uint8_t access_after(const struct change *q, const struct convo *c)
{
    if (q->has_proof)
        return ACCESS_PASSWORD;
    return c != NULL && c->access == ACCESS_INVITE ? ACCESS_INVITE : ACCESS_OPEN;
}

static void changed(void *arg, const struct store_result *r)
{
    struct change *q = arg;
    struct peer *p = ask_peer(&q->ask);
    struct convo *c = convo_find(q->ask.server, name_key_bytes(&q->key));

    if (r->rc == ERR_OK && c != NULL) {
        mem_free(c->verifier);
        c->verifier = q->has_proof ? mem_dup(q->stored, sizeof q->stored) : NULL;
        c->verifier_n = q->has_proof ? sizeof q->stored : 0;
        c->access = access_after(q, c);
        c->generation = q->generation;
    }
    if (p != NULL && r->rc == ERR_OK)
        reply_empty(p);
    else if (p != NULL)
        reply_refuse(p, OP_ROOM_PASSWORD, CODE_NOT_STORED, 0,
            "the relay could not store the password: try again");
    change_end(q);
}

static void store_change(struct change *q)
{
    const struct convo *c = convo_find(q->ask.server, name_key_bytes(&q->key));
    struct store_room row = {
        .key = name_key_bytes(&q->key),
        .access = access_after(q, c),
        .generation = q->generation,
        .verifier = bytes_of(q->stored, q->has_proof ? sizeof q->stored : 0),
    };

    /* A guest is not remembered as owner. */
    const struct member *owner = c != NULL ? convo_member(c, c->owner.s) : NULL;
    if (c != NULL && (owner == NULL || owner->durable))
        row.owner = name_bytes(&c->owner);
    store_room_set(q->ask.server->store, &row, changed, q);
}

static struct change *change_of(struct job *j)
{
    return (struct change *)(void *)((char *)j - offsetof(struct change, job));
}

static void hash_run(struct job *j)
{
    struct change *q = change_of(j);

    q->verdict = password_store(bytes_of(q->proof, sizeof q->proof), q->log2_n, q->stored);
}

static void hash_done(struct job *j)
{
    struct change *q = change_of(j);
    struct peer *p = ask_peer(&q->ask);

    if (q->verdict == ERR_OK) {
        store_change(q);
        return;
    }
    if (p != NULL)
        reply_refuse(p, OP_ROOM_PASSWORD, CODE_NOT_STORED, 0,
            "the relay could not store the password: try again");
    change_end(q);
}

enum framer_verdict handle_room_password(struct peer *p, const void *msg)
{
    const struct msg_room_password *m = msg;
    struct convo *c;

    if (!room_only(p, OP_ROOM_PASSWORD, m->room, &c))
        return FRAMER_NEXT;
    if (m->proof.n != 0 && m->proof.n != MSG_SECRET) {
        reply_refuse(p, OP_ROOM_PASSWORD, CODE_BAD_FIELD, MSG_SECRET,
            "proof: %d bytes, or none", MSG_SECRET);
        return FRAMER_NEXT;
    }
    if (m->generation <= c->generation && m->generation != 0) {
        reply_refuse(p, OP_ROOM_PASSWORD, CODE_STALE, c->generation,
            "generation: %u is there already", c->generation);
        return FRAMER_NEXT;
    }
    struct change *q = ask_open(p, OP_ROOM_PASSWORD, sizeof *q);
    q->key = c->key;
    q->has_proof = m->proof.n != 0;
    q->generation = m->generation != 0 ? m->generation : c->generation + 1;
    q->log2_n = (unsigned)p->server->limits->hash_log2_n;
    if (!q->has_proof) {
        store_change(q);
        return FRAMER_NEXT;
    }
    memcpy(q->proof, m->proof.p, sizeof q->proof);
    q->job = (struct job){.run = hash_run, .done = hash_done};
    if (relay_hash(p->server, &q->job) != ERR_OK) {
        reply_refuse(
            p, OP_ROOM_PASSWORD, CODE_BUSY, 1000, "the relay is busy: try again in a second");
        change_end(q);
    }
    return FRAMER_NEXT;
}

enum framer_verdict handle_moderator(struct peer *p, const void *msg)
{
    const struct msg_moderator *m = msg;
    struct convo *c;
    struct name who;

    if (!room_only(p, OP_MODERATOR, m->room, &c) || !target(p, OP_MODERATOR, m->user, &who))
        return FRAMER_NEXT;
    if (p->user->role < ROLE_MODERATOR && !convo_is_owner(c, p->user->name.s)) {
        reply_refuse(p, OP_MODERATOR, CODE_NOT_ALLOWED, 0,
            "room: only its owner says who is a moderator");
        return FRAMER_NEXT;
    }
    if (c->busy) {
        convo_wait(c, p);
        return FRAMER_STALL;
    }
    struct member *them = convo_member(c, who.s);
    if (them == NULL || !them->durable) {
        reply_refuse(p, OP_MODERATOR, CODE_NOT_MEMBER, 0,
            "user: only an account that is a member can be a moderator");
        return FRAMER_NEXT;
    }
    them->moderator = m->on != 0;
    convo_store_member(them);
    struct place_name where = name_of(c);
    note(p, "moderator", &where, &who);
    reply_empty(p);
    return FRAMER_NEXT;
}
