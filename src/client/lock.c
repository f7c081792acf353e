/* SPDX-License-Identifier: ISC */
#include "client/lock.h"

#include "base/mem.h"
#include "client/keep.h"
#include "client/say.h"
#include "client/secret.h"
#include "crypto/rand.h"

#define STRONG_BYTES   16u /* 128 bits */
#define STRONG_LETTERS 26u
#define FIRST          1u

/* Five bits a letter, without those that look alike. */
static void strong(char out[STRONG_LETTERS + 1])
{
    static const char LETTERS[] = "abcdefghijkmnpqrstuvwxyz23456789";
    uint8_t random[STRONG_BYTES + 1] = {0};

    rand_bytes(random, STRONG_BYTES);
    for (size_t i = 0; i < STRONG_LETTERS; i++) {
        size_t bit = i * 5;
        unsigned two = (unsigned)random[bit / 8] << 8 |
                       random[bit / 8 + 1 < STRONG_BYTES ? bit / 8 + 1 : STRONG_BYTES];
        out[i] = LETTERS[(two >> (11 - bit % 8)) & 31];
    }
    out[STRONG_LETTERS] = '\0';
    mem_wipe(random, sizeof random);
}

/* What was typed, or a strong one, which is shown so that it can be handed on. */
static struct bytes chosen(
    struct engine *e, struct talk *c, struct bytes typed, char made[STRONG_LETTERS + 1])
{
    if (typed.n != 0) {
        if (typed.n < STRONG_BYTES)
            engine_say_in(e, c, EVENT_INFO,
                "A password that people can remember can be guessed by a relay that wants to. "
                "/password and Enter alone makes one that cannot.");
        return typed;
    }
    strong(made);
    engine_say_in(e, c, EVENT_INFO, "The password of #%s is %s  (hand it on by another way)",
        c->title, made);
    return bytes_of(made, STRONG_LETTERS);
}

static struct talk *stretched(struct engine *e, const struct secret_result *r)
{
    struct talk *c = engine_talk(e, r->talk);

    for (struct talk *at = e->talks; at != NULL; at = at->next) {
        if (at->serial == r->talk)
            at->busy &= ~(unsigned)BUSY_SECRET;
    }
    if (c != NULL && r->err != ERR_OK) {
        engine_say_in(
            e, c, EVENT_ERROR, "The password cannot be worked with here: %s.", err_str(r->err));
        return NULL;
    }
    if (c != NULL) {
        memcpy(c->proof, r->room.proof, sizeof c->proof);
        c->has_proof = true;
        c->wait_ms = 0;
        engine_touch(e, c);
    }
    return c;
}

static void to_come_in(struct engine *e, const struct secret_result *r)
{
    struct talk *c = stretched(e, r);

    if (c != NULL)
        talk_psk_add(c, 0, r->room.psk); /* which generation it is, the group will say */
}

static void to_found(struct engine *e, const struct secret_result *r)
{
    struct talk *c = stretched(e, r);

    if (c == NULL)
        return;
    talk_psk_add(c, FIRST, r->room.psk);
    talk_psk_add(c, 0, r->room.psk);
}

/* Members get the new secret before anybody needs it; then the rules and the relay follow. */
static void to_change(struct engine *e, const struct secret_result *r)
{
    struct talk *c = stretched(e, r);
    struct msg_room_password m;
    struct buf text;

    if (c == NULL || c->group == NULL)
        return;
    c->wanted_policy = c->policy;
    c->wanted_policy.access = POLICY_PASSWORD;
    c->wanted_policy.generation = c->policy.generation + 1;
    talk_psk_add(c, c->wanted_policy.generation, r->room.psk);
    keep_talk(e, c);
    buf_init(&text, 64);
    buf_u32(&text, c->wanted_policy.generation);
    buf_put(&text, r->room.psk, sizeof r->room.psk);
    say_put(e, c, PAYLOAD_PSK, buf_view(&text));
    buf_wipe(&text);
    m = (struct msg_room_password){.room = talk_title(c),
        .proof = bytes_of(c->proof, sizeof c->proof),
        .generation = c->wanted_policy.generation};
    engine_ask(e, OP_ROOM_PASSWORD, &m, &(struct request){.talk = c->serial});
}

void lock_answer(struct engine *e, struct talk *c, struct bytes password)
{
    c->asked = false;
    c->busy |= BUSY_SECRET;
    secret_room(e, c, password, to_come_in);
}

void lock_found(struct engine *e, struct talk *c, struct bytes password)
{
    char made[STRONG_LETTERS + 1];

    c->busy |= BUSY_SECRET;
    c->wait_ms = 0;
    secret_room(e, c, chosen(e, c, password, made), to_found);
    mem_wipe(made, sizeof made);
}

void lock_change(struct engine *e, struct talk *c, struct bytes password)
{
    char made[STRONG_LETTERS + 1];

    secret_room(e, c, chosen(e, c, password, made), to_change);
    mem_wipe(made, sizeof made);
}

void lock_changed(struct engine *e, const struct request *r, const void *answer)
{
    struct talk *c = engine_talk(e, r->talk);

    (void)answer;
    if (c == NULL || c->group == NULL)
        return;
    c->new_rules = true;
    c->rules_tag = r->tag;
    engine_hold(e, r->tag);
    engine_say_in(e, c, EVENT_CHANGE, "#%s has another password now.", c->title);
    engine_touch(e, c);
}
