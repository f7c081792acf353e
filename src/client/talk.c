/* SPDX-License-Identifier: ISC */
#include "client/talk.h"

#include <unistd.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "crypto/rand.h"

#define RUN_MAX (64u << 10)

void talk_rename(struct talk *c, struct bytes title)
{
    (void)bytes_copy(c->title, sizeof c->title, title);
    buf_clear(&c->folded);
    if (utf8_fold(&c->folded, title) != ERR_OK)
        buf_bytes(&c->folded, title);
}

struct talk *talk_new(uint32_t serial, enum msg_convo kind, struct bytes title)
{
    struct talk *c = mem_alloc(sizeof *c);

    c->serial = serial;
    c->kind = kind;
    buf_init(&c->folded, 4 * MSG_ROOM);
    talk_rename(c, title);
    buf_init(&c->commit.removed, RUN_MAX);
    buf_init(&c->commit.invited, RUN_MAX);
    buf_init(&c->early.plain, PAYLOAD_TEXT + 1024);
    c->sent_end = &c->sent;
    c->log_fd = -1;
    return c;
}

static void drop_people(struct talk *c)
{
    struct talk_person *p;
    size_t at = 0;

    while ((p = map_next(&c->people, &at, NULL)) != NULL)
        mem_free(p);
    map_free(&c->people);
}

static void drop_lists(struct talk *c)
{
    while (c->gone != NULL)
        talk_gone_del(c, bytes_str(c->gone->name));
    while (c->tickets != NULL) {
        struct talk_ticket *t = c->tickets;
        c->tickets = t->next;
        buf_free(&t->signature);
        mem_free(t);
    }
    while (c->psks != NULL) {
        struct talk_psk *p = c->psks;
        c->psks = p->next;
        mem_wipe_free(p, sizeof *p);
    }
    while (c->invites != NULL) {
        struct talk_invite *i = c->invites;
        c->invites = i->next;
        buf_free(&i->package);
        mem_free(i);
    }
}

static void drop_messages(struct talk *c)
{
    while (c->out != NULL) {
        struct talk_out *o = c->out;
        c->out = o->next;
        talk_out_free(o);
    }
    while (c->sent != NULL) {
        struct talk_sent *s = c->sent;
        c->sent = s->next;
        talk_out_free(s->out);
        mem_free(s);
    }
    c->sent_end = &c->sent;
    c->sent_n = 0;
}

void talk_undo_drop(struct talk *c)
{
    for (size_t i = 0; i < c->undo_n; i++)
        mem_wipe_free((void *)(uintptr_t)c->undo[i].bytes.p, c->undo[i].bytes.n);
    mem_free(c->undo);
    c->undo = NULL;
    c->undo_n = 0;
    c->undo_seq = 0;
}

void talk_commit_clear(struct talk *c)
{
    buf_free(&c->commit.removed);
    buf_free(&c->commit.invited);
    c->commit.rules = false;
    c->commit.unsure = false;
    c->commit.tag = 0;
}

uint32_t talk_members(const struct talk *c)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < c->leaf_n; i++)
        n += c->leaf[i] != NULL;
    return n;
}

bool talk_alone(const struct talk *c)
{
    return talk_members(c) < 2;
}

void talk_group_drop(struct talk *c)
{
    struct talk_person *p;
    size_t at = 0;

    c->forsaken = c->forsaken || !talk_alone(c);
    c->gathered_ms = 0;
    mls_group_free(c->group);
    c->group = NULL;
    talk_undo_drop(c);
    talk_commit_clear(c);
    mem_free(c->leaf);
    c->leaf = NULL;
    c->leaf_n = 0;
    while ((p = map_next(&c->people, &at, NULL)) != NULL)
        p->here = false;
    c->confirmed = false;
    c->bad_seq = 0;
    c->forbidden = false;
    c->stands = false;
}

void talk_free(struct talk *c)
{
    if (c == NULL)
        return;
    talk_group_drop(c);
    drop_people(c);
    drop_lists(c);
    drop_messages(c);
    buf_wipe(&c->early.plain);
    buf_free(&c->folded);
    mem_free(c->seen);
    if (c->log_fd >= 0)
        (void)close(c->log_fd);
    mem_wipe_free(c, sizeof *c);
}

void talk_set_key(struct talk *c, struct bytes home)
{
    struct buf b;

    buf_init_fixed(&b, c->key, sizeof c->key);
    buf_bytes(&b, home);
    buf_u8(&b, (uint8_t)c->kind);
    buf_u16(&b, (uint16_t)c->folded.n); /* so that no key begins another */
    buf_bytes(&b, buf_view(&c->folded));
    c->key_n = b.n;
}

bool talk_move(struct talk *c, uint64_t seq)
{
    if (seq <= c->place || seq > TALK_SEQ_MAX)
        return false;
    c->place = seq;
    return true;
}

/* ---- people ---- */

struct talk_person *talk_person(struct talk *c, const uint8_t print[POLICY_PRINT])
{
    return map_get(&c->people, bytes_of(print, POLICY_PRINT));
}

struct talk_person *talk_meet(struct talk *c, const uint8_t print[POLICY_PRINT])
{
    struct talk_person *p = talk_person(c, print);

    if (p != NULL)
        return p;
    p = mem_alloc(sizeof *p);
    memcpy(p->print, print, sizeof p->print);
    (void)map_put(&c->people, bytes_of(print, POLICY_PRINT), p);
    return p;
}

bool talk_person_guest(const struct talk_person *p)
{
    return trust_is_guest(bytes_str(p->name));
}

struct talk_person *talk_called(struct talk *c, struct bytes relay_name)
{
    for (uint32_t i = 0; i < c->leaf_n; i++) {
        struct talk_person *p = c->leaf[i];
        if (p != NULL &&
            bytes_eq(bytes_str(talk_person_guest(p) ? p->relay : p->name), relay_name))
            return p;
    }
    return NULL;
}

struct bytes talk_shown(const struct talk_person *p)
{
    if (!talk_person_guest(p))
        return bytes_str(p->name);
    if (p->nick[0] != '\0')
        return bytes_str(p->nick);
    return bytes_str(p->relay[0] != '\0' ? p->relay : "guest");
}

/* ---- what waits ---- */

struct talk_out *talk_out_add(struct talk *c, uint64_t made_ms)
{
    struct talk_out *o = mem_alloc(sizeof *o);
    struct talk_out **at = &c->out;

    buf_init(&o->text, PAYLOAD_TEXT);
    o->made_ms = made_ms;
    while (*at != NULL && (*at)->made_ms < made_ms)
        at = &(*at)->next;
    o->next = *at;
    *at = o;
    if (c->made_ms < made_ms)
        c->made_ms = made_ms;
    return o;
}

void talk_out_free(struct talk_out *o)
{
    if (o == NULL)
        return;
    buf_wipe(&o->text);
    mem_free(o);
}

void talk_renumber(struct talk *c)
{
    rand_bytes((uint8_t *)&c->stream, sizeof c->stream);
    c->index = 0;
    for (struct talk_out *o = c->out; o != NULL; o = o->next) {
        o->index = 0;
        o->state = OUT_WAITING;
    }
    for (struct talk_sent *s = c->sent; s != NULL; s = s->next)
        s->numbered = false;
}

struct talk_gone *talk_gone(struct talk *c, struct bytes name)
{
    struct talk_gone *g = c->gone;

    while (g != NULL && !bytes_eq(bytes_str(g->name), name))
        g = g->next;
    return g;
}

void talk_gone_add(struct talk *c, struct bytes name)
{
    size_t n = 0;

    for (const struct talk_gone *g = c->gone; g != NULL; g = g->next)
        n++;
    if (talk_gone(c, name) != NULL || name.n >= TALK_NAME || n >= TALK_GONE)
        return;
    struct talk_gone *g = mem_alloc(sizeof *g);
    (void)bytes_copy(g->name, sizeof g->name, name);
    g->next = c->gone;
    c->gone = g;
}

void talk_gone_del(struct talk *c, struct bytes name)
{
    for (struct talk_gone **at = &c->gone; *at != NULL; at = &(*at)->next) {
        struct talk_gone *g = *at;
        if (!bytes_eq(bytes_str(g->name), name))
            continue;
        *at = g->next;
        mem_free(g);
        return;
    }
}

bool talk_seen(struct talk *c, const uint8_t print[POLICY_PRINT], const uint8_t id[PAYLOAD_ID])
{
    struct talk_seen *s;
    size_t n = c->seen_n < TALK_SEEN ? c->seen_n : TALK_SEEN;

    if (c->seen == NULL)
        c->seen = mem_array(TALK_SEEN, sizeof *c->seen);
    for (size_t i = 0; i < n; i++) {
        s = &c->seen[i];
        if (memcmp(s->id, id, sizeof s->id) == 0 &&
            memcmp(s->print, print, sizeof s->print) == 0)
            return true;
    }
    s = &c->seen[c->seen_n++ % TALK_SEEN];
    memcpy(s->print, print, sizeof s->print);
    memcpy(s->id, id, sizeof s->id);
    return false;
}

const uint8_t *talk_psk(const struct talk *c, uint32_t generation)
{
    const struct talk_psk *p = c->psks;

    while (p != NULL && p->generation != generation)
        p = p->next;
    return p != NULL ? p->psk : NULL;
}

void talk_psk_add(struct talk *c, uint32_t generation, const uint8_t psk[POLICY_PRINT])
{
    struct talk_psk *p = c->psks;

    while (p != NULL && p->generation != generation)
        p = p->next;
    if (p == NULL) {
        p = mem_alloc(sizeof *p);
        p->next = c->psks;
        c->psks = p;
    }
    p->generation = generation;
    memcpy(p->psk, psk, sizeof p->psk);
}

struct talk_ticket *talk_ticket(struct talk *c, const uint8_t print[POLICY_PRINT])
{
    struct talk_ticket *t = c->tickets;

    while (t != NULL && memcmp(t->print, print, POLICY_PRINT) != 0)
        t = t->next;
    return t;
}

void talk_ticket_add(struct talk *c, const uint8_t print[POLICY_PRINT], struct bytes signature)
{
    struct talk_ticket *t = talk_ticket(c, print);

    if (t == NULL) {
        t = mem_alloc(sizeof *t);
        memcpy(t->print, print, sizeof t->print);
        t->next = c->tickets;
        c->tickets = t;
    } else {
        buf_free(&t->signature);
    }
    buf_init(&t->signature, SIGN_MAX);
    buf_bytes(&t->signature, signature);
}
