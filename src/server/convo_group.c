/* SPDX-License-Identifier: ISC */
/* The relay's part in a conversation's MLS group: departures, rotation, and the line of
 * joiners. */
#include "server/convo.h"

#include "base/log.h"
#include "base/mem.h"
#include "crypto/rand.h"
#include "server/reply.h"

/* Somebody who was asked and did not commit has this long before another is asked. */
#define ASK_AGAIN_MS 30000
/* The rest of a frame with group info and tree. */
#define ROOM_KEY_HEAD 128

void convo_depart(struct convo *c, const struct name *who)
{
    struct msg_departed m = {.room = bytes_str(c->title), .user = name_bytes(who)};

    if (c->kind != CONVO_ROOM || !c->grouped)
        return;
    (void)map_put(&c->departed, name_bytes(who), c);
    store_departure(c->server->store, name_key_bytes(&c->key), name_bytes(who), relay_stored,
        relay_words("storing a departure"));
    convo_tell(c, OP_DEPARTED, &MSG_DEPARTED, &m, NULL);
    convo_ask_rotation(c, ROTATE_DEPARTURE);
}

void convo_tell_departures(const struct member *m)
{
    struct msg_departed d = {.room = bytes_str(m->convo->title)};
    size_t at = 0;

    while (map_next(&m->convo->departed, &at, &d.user) != NULL)
        tell_user(m->user, OP_DEPARTED, &MSG_DEPARTED, &d);
}

bool convo_in_group(const struct member *m)
{
    return m->grouped && !m->barred;
}

static bool can_commit(const struct member *m)
{
    return m != NULL && m->user != NULL && m->user->peer != NULL && convo_in_group(m);
}

/* Who is asked: the last speaker when still here, else any present member who may commit. */
static struct member *rotator(const struct convo *c)
{
    struct member *m = convo_member(c, c->last_speaker.s);

    if (can_commit(m))
        return m;
    if (c->present_count == 0)
        return NULL;
    size_t start = (size_t)rand_below(c->present_count);
    for (size_t i = 0; i < c->present_count; i++) {
        m = c->present[(start + i) % c->present_count];
        if (can_commit(m))
            return m;
    }
    return NULL;
}

void convo_ask_rotation(struct convo *c, enum msg_rotate why)
{
    struct buf names;
    struct bytes name;
    size_t at = 0;
    struct member *m = rotator(c);

    if (m == NULL || c->kind != CONVO_ROOM)
        return;
    c->asked_ms = c->server->loop->now_ms;
    memset(&c->last_speaker, 0, sizeof c->last_speaker); /* the next time somebody else */
    buf_init(&names, 8u << 10);
    while (map_next(&c->departed, &at, &name) != NULL && names.n + MSG_NAME + 1 < names.max)
        names_add(&names, name);
    struct msg_rotate_event e = {
        .room = bytes_str(c->title), .why = (uint8_t)why, .departed = buf_view(&names)};
    tell_user(m->user, OP_ROTATE, &MSG_ROTATE, &e);
    relay_note(c->server, "rotate", c->title, m->name.s,
        why == ROTATE_COUNT ? "count"
        : why == ROTATE_AGE ? "age"
                            : "departure");
    buf_free(&names);
}

void convo_check_rotation(struct convo *c)
{
    const struct limits *l = c->server->limits;
    uint64_t now = c->server->loop->now_ms;

    if (!c->grouped || c->busy || c->present_count == 0)
        return;
    if (c->asked_ms != 0 && now - c->asked_ms < ASK_AGAIN_MS)
        return;
    if (map_count(&c->departed) != 0)
        convo_ask_rotation(c, ROTATE_DEPARTURE);
    else if (c->since_commit >= (size_t)l->rotate_messages)
        convo_ask_rotation(c, ROTATE_COUNT);
    else if (c->since_commit != 0 && now - c->commit_ms >= (uint64_t)l->rotate_s * 1000)
        convo_ask_rotation(c, ROTATE_AGE);
}

/* ---- the line of joiners ---- */

struct turn {
    struct server *server;
    struct name_key key;
    struct name who;
};

static void give_info(void *arg, const struct store_result *r);

static void turn_start(struct convo *c)
{
    struct turn *t = mem_alloc(sizeof *t);

    *t = (struct turn){c->server, c->key, c->turns[0]};
    c->turn_given = true;
    /* The clock runs from here, so that a store that never answers blocks nobody. */
    loop_timer_arm(c->server->loop, &c->turn, (uint64_t)c->server->limits->turn_ms);
    store_group(c->server->store, name_key_bytes(&c->key), give_info, t);
}

static void send_info(struct convo *c, struct user *u, const struct store_result *r)
{
    struct list_writer nodes;

    list_begin(&nodes, OPCODE_LARGE);
    for (size_t i = 0; i < r->count; i++)
        list_add(&nodes, &MSG_NODE, &(struct msg_node){r->nodes[i].index, r->nodes[i].body});
    struct msg_room_key m = {
        .room = bytes_str(c->title),
        .kind = ROOM_KEY_INFO,
        .epoch = (uint64_t)r->num,
        .seq = c->last_commit,
        .turn_ms = (uint32_t)c->server->limits->turn_ms,
        .body = r->a,
        .nodes = list_view(&nodes),
    };
    if (buf_end(&nodes.buf) == ERR_OK && nodes.buf.n + r->a.n + ROOM_KEY_HEAD <= OPCODE_LARGE)
        tell_user(u, OP_ROOM_KEY, &MSG_ROOM_KEY, &m);
    else
        LOG_ERROR("relay", "the tree of a room no longer fits one frame");
    list_end(&nodes);
}

static void give_info(void *arg, const struct store_result *r)
{
    struct turn *t = arg;
    struct convo *c = convo_find(t->server, name_key_bytes(&t->key));

    if (c != NULL && convo_turn_is(c, &t->who)) {
        struct member *m = convo_member(c, t->who.s);
        if (r->rc == ERR_OK && m != NULL && m->user != NULL) {
            loop_timer_arm(c->server->loop, &c->turn, (uint64_t)c->server->limits->turn_ms);
            send_info(c, m->user, r);
        } else {
            convo_turn_end(c, &t->who);
        }
    }
    mem_free(t);
}

uint16_t convo_turn_ask(struct convo *c, const struct name *who)
{
    for (size_t i = 0; i < c->turn_count; i++) {
        if (strcmp(c->turns[i].s, who->s) == 0)
            return (uint16_t)i;
    }
    if (c->turn_count == c->turn_cap) {
        c->turn_cap = c->turn_cap ? c->turn_cap * 2 : 4;
        c->turns = mem_realloc(c->turns, c->turn_cap * sizeof *c->turns);
    }
    c->turns[c->turn_count++] = *who;
    if (c->turn_count == 1) {
        c->turn_again = 0;
        turn_start(c);
    }
    return (uint16_t)(c->turn_count - 1);
}

bool convo_turn_is(const struct convo *c, const struct name *who)
{
    return c->turn_count != 0 && c->turn_given && strcmp(c->turns[0].s, who->s) == 0;
}

void convo_turn_end(struct convo *c, const struct name *who)
{
    for (size_t i = 0; i < c->turn_count; i++) {
        if (strcmp(c->turns[i].s, who->s) != 0)
            continue;
        memmove(&c->turns[i], &c->turns[i + 1], (--c->turn_count - i) * sizeof *c->turns);
        if (i != 0)
            return;
        c->turn_given = false;
        loop_timer_stop(c->server->loop, &c->turn);
        c->turn_again = 0;
        if (c->turn_count != 0)
            turn_start(c);
        return;
    }
}

void convo_turn_again(struct convo *c)
{
    if (c->turn_count == 0)
        return;
    /* Three times: a room that commits faster than a joiner can answer must not hold the line
     * for ever. */
    if (++c->turn_again > 3) {
        struct name who = c->turns[0];
        convo_turn_end(c, &who);
        return;
    }
    turn_start(c);
}
