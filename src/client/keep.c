/* SPDX-License-Identifier: ISC */
#include "client/keep.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/reader.h"
#include "client/group.h"

#define VERSION 1
enum { SUB_CARD, SUB_PLACE, SUB_SECRETS };
#define ROW_MAX (PAYLOAD_TEXT + 1024u)

/* ---- writing ---- */

static void put_card(const struct talk *c, struct buf *row)
{
    buf_u8(row, VERSION);
    buf_u8(row, (uint8_t)c->kind);
    buf_u8(row, (uint8_t)strlen(c->title));
    buf_text(row, c->title);
    buf_u8(row, c->wanted);
    buf_u8(row, c->verified_only);
    buf_u8(row, c->logged);
    buf_u32(row, c->keep_days);
}

static void put_secrets(const struct talk *c, struct buf *row)
{
    buf_u8(row, VERSION);
    for (const struct talk_psk *p = c->psks; p != NULL; p = p->next) {
        buf_u32(row, p->generation);
        buf_put(row, p->psk, sizeof p->psk);
    }
}

void keep_talk(struct engine *e, const struct talk *c)
{
    struct buf row;

    if (!e->account)
        return;
    buf_init(&row, ROW_MAX);
    put_card(c, &row);
    vault_put(e->vault, VAULT_CONVO, talk_key(c), SUB_CARD, buf_view(&row));
    buf_clear(&row);
    put_secrets(c, &row);
    vault_put(e->vault, VAULT_CONVO, talk_key(c), SUB_SECRETS, buf_view(&row));
    buf_wipe(&row);
    loop_later(e->loop, &e->save, LOOP_FLUSH);
}

void keep_place(struct engine *e, const struct talk *c)
{
    struct buf row;

    if (!e->account)
        return;
    buf_init(&row, 256);
    buf_u8(&row, VERSION);
    buf_u64(&row, c->place);
    buf_u64(&row, c->stream);
    buf_u64(&row, c->index);
    vault_put(e->vault, VAULT_CONVO, talk_key(c), SUB_PLACE, buf_view(&row));
    buf_free(&row);
}

static struct bytes below(const struct talk *c, const uint8_t *id, size_t n, struct buf *key)
{
    buf_bytes(key, talk_key(c));
    buf_put(key, id, n);
    return buf_view(key);
}

void keep_person(struct engine *e, const struct talk *c, const struct talk_person *p)
{
    struct buf key;
    struct buf row;

    if (!e->account)
        return;
    buf_init(&key, TALK_KEY + POLICY_PRINT);
    buf_init(&row, 64);
    buf_u8(&row, VERSION);
    buf_u64(&row, p->stream);
    buf_u64(&row, p->heard);
    vault_put(
        e->vault, VAULT_SENDER, below(c, p->print, sizeof p->print, &key), 0, buf_view(&row));
    buf_free(&row);
    buf_free(&key);
}

void keep_out(struct engine *e, const struct talk *c, const struct talk_out *o)
{
    struct buf key;
    struct buf row;

    if (!e->account)
        return;
    buf_init(&key, TALK_KEY + PAYLOAD_ID);
    buf_init(&row, ROW_MAX);
    buf_u8(&row, VERSION);
    buf_u8(&row, o->kind);
    buf_u64(&row, o->index);
    buf_u64(&row, o->made_ms);
    buf_u64(&row, o->history);
    buf_u8(&row, o->careful);
    buf_u8(&row, o->hashed);
    buf_put(&row, o->hash, sizeof o->hash);
    buf_bytes(&row, buf_view(&o->text));
    vault_put(e->vault, VAULT_OUTBOX, below(c, o->id, sizeof o->id, &key), 0, buf_view(&row));
    buf_wipe(&row);
    buf_free(&key);
    loop_later(e->loop, &e->save, LOOP_FLUSH);
}

void keep_out_done(struct engine *e, const struct talk *c, const struct talk_out *o)
{
    struct buf key;

    if (!e->account)
        return;
    buf_init(&key, TALK_KEY + PAYLOAD_ID);
    vault_del(e->vault, VAULT_OUTBOX, below(c, o->id, sizeof o->id, &key), 0);
    buf_free(&key);
    loop_later(e->loop, &e->save, LOOP_FLUSH);
}

void keep_forget(struct engine *e, const struct talk *c)
{
    struct talk_person *p;
    size_t at = 0;
    struct buf key;

    if (!e->account)
        return;
    buf_init(&key, TALK_KEY + POLICY_PRINT);
    vault_del_all(e->vault, VAULT_CONVO, talk_key(c));
    vault_del_all(e->vault, VAULT_GROUP, talk_key(c));
    vault_del(e->vault, VAULT_DRAFT, talk_key(c), 0);
    while ((p = map_next(&c->people, &at, NULL)) != NULL) {
        buf_clear(&key);
        vault_del(e->vault, VAULT_SENDER, below(c, p->print, sizeof p->print, &key), 0);
    }
    for (const struct talk_out *o = c->out; o != NULL; o = o->next)
        keep_out_done(e, c, o);
    buf_free(&key);
    loop_later(e->loop, &e->save, LOOP_FLUSH);
}

void keep_renamed(struct engine *e, struct talk *c, struct bytes name)
{
    uint8_t home[IDENTITY_HOME];
    struct talk_person *p;
    size_t at = 0;

    keep_forget(e, c);
    talk_rename(c, name);
    talk_set_key(c, identity_home(&e->identity, home));
    keep_talk(e, c);
    keep_place(e, c);
    while ((p = map_next(&c->people, &at, NULL)) != NULL)
        keep_person(e, c, p);
    for (const struct talk_out *o = c->out; o != NULL; o = o->next)
        keep_out(e, c, o);
    group_save_whole(e, c);
}

/* ---- reading ---- */

struct card {
    uint8_t kind;
    struct bytes title;
    bool wanted, verified_only, logged;
    uint32_t keep_days;
};

static enum err read_card(struct bytes value, struct card *out)
{
    struct reader r;

    reader_init(&r, value);
    uint8_t version = reader_u8(&r);
    out->kind = reader_u8(&r);
    out->title = reader_str8(&r);
    out->wanted = reader_u8(&r) != 0;
    out->verified_only = reader_u8(&r) != 0;
    out->logged = reader_u8(&r) != 0;
    out->keep_days = reader_u32(&r);
    if (reader_end(&r) != ERR_OK || version != VERSION || out->kind > CONVO_DIRECT ||
        out->title.n == 0 || out->title.n > MSG_ROOM)
        return ERR_CORRUPT;
    return ERR_OK;
}

static enum err take_card(void *arg, struct bytes key, uint32_t sub, struct bytes value)
{
    struct engine *e = arg;
    struct card card;

    (void)key, (void)sub;
    if (read_card(value, &card) != ERR_OK)
        return ERR_CORRUPT;
    struct talk *c = engine_find(e, (enum msg_convo)card.kind, card.title);
    if (c == NULL)
        c = engine_talk_new(e, (enum msg_convo)card.kind, card.title);
    group_env(c);
    c->wanted = card.wanted;
    c->verified_only = card.verified_only;
    c->logged = card.logged;
    c->keep_days = card.keep_days;
    return ERR_OK;
}

struct taking {
    struct talk *c;
    struct mls_record *records;
    size_t n;
};

static enum err take_part(void *arg, struct bytes key, uint32_t sub, struct bytes value)
{
    struct talk *c = ((struct taking *)arg)->c;
    struct reader r;

    (void)key;
    reader_init(&r, value);
    uint8_t version = reader_u8(&r);
    if (version != VERSION)
        return ERR_CORRUPT;
    if (sub == SUB_PLACE) {
        uint64_t place = reader_u64(&r);
        uint64_t stream = reader_u64(&r);
        uint64_t index = reader_u64(&r);
        if (reader_end(&r) != ERR_OK)
            return ERR_CORRUPT;
        c->place = place;
        c->stream = stream;
        c->index = index;
    }
    while (sub == SUB_SECRETS && reader_left(&r) != 0) {
        uint32_t generation = reader_u32(&r);
        struct bytes psk = reader_bytes(&r, POLICY_PRINT);
        if (reader_err(&r) != ERR_OK)
            return ERR_CORRUPT;
        talk_psk_add(c, generation, psk.p);
    }
    return ERR_OK;
}

static enum err take_record(void *arg, struct bytes key, uint32_t sub, struct bytes value)
{
    struct taking *t = arg;

    (void)key;
    t->records = mem_realloc(t->records, (t->n + 1) * sizeof *t->records);
    t->records[t->n++] = (struct mls_record){sub, bytes_of(mem_dup(value.p, value.n), value.n)};
    return ERR_OK;
}

static enum err take_person(void *arg, struct bytes key, uint32_t sub, struct bytes value)
{
    struct talk *c = ((struct taking *)arg)->c;
    struct reader r;

    (void)sub;
    reader_init(&r, value);
    uint8_t version = reader_u8(&r);
    uint64_t stream = reader_u64(&r);
    uint64_t heard = reader_u64(&r);
    if (reader_end(&r) != ERR_OK || version != VERSION || key.n != c->key_n + POLICY_PRINT)
        return ERR_CORRUPT;
    struct talk_person *p = talk_meet(c, key.p + c->key_n);
    p->stream = stream;
    p->heard = heard;
    return ERR_OK;
}

static enum err take_out(void *arg, struct bytes key, uint32_t sub, struct bytes value)
{
    struct talk *c = ((struct taking *)arg)->c;
    struct talk_out like = {0};
    struct reader r;

    (void)sub;
    reader_init(&r, value);
    uint8_t version = reader_u8(&r);
    like.kind = reader_u8(&r);
    like.index = reader_u64(&r);
    like.made_ms = reader_u64(&r);
    like.history = reader_u64(&r);
    like.careful = reader_u8(&r) != 0;
    like.hashed = reader_u8(&r) != 0;
    struct bytes hash = reader_bytes(&r, sizeof like.hash);
    struct bytes text = reader_rest(&r);
    if (reader_end(&r) != ERR_OK || version != VERSION || text.n > PAYLOAD_TEXT ||
        key.n != c->key_n + PAYLOAD_ID)
        return ERR_CORRUPT;
    struct talk_out *o = talk_out_add(c, like.made_ms);
    o->index = like.index;
    o->kind = like.kind;
    o->history = like.history;
    o->careful = like.careful;
    o->hashed = like.hashed;
    o->state = like.hashed ? OUT_SENT : OUT_WAITING;
    memcpy(o->hash, hash.p, sizeof o->hash);
    memcpy(o->id, key.p + c->key_n, sizeof o->id);
    buf_bytes(&o->text, text);
    return ERR_OK;
}

static void load_group(struct engine *e, struct taking *t)
{
    struct talk *c = t->c;
    enum err err = ERR_OK;

    if (t->n != 0)
        err = group_load(e, c, t->records, t->n);
    if (err != ERR_OK) {
        LOG_ERROR("keep", "the group of %s cannot be read: %s", log_text(talk_title(c)),
            err_str(err));
        c->lost = true;
    }
    for (size_t i = 0; i < t->n; i++)
        mem_wipe_free((void *)(uintptr_t)t->records[i].bytes.p, t->records[i].bytes.n);
    mem_free(t->records);
}

static void load_one(struct engine *e, struct talk *c)
{
    struct taking t = {.c = c};
    enum err bad = shelf_take(&e->shelf, VAULT_CONVO, talk_key(c), take_part, &t);

    if (bad == ERR_OK)
        bad = shelf_take(&e->shelf, VAULT_SENDER, talk_key(c), take_person, &t);
    if (bad == ERR_OK)
        bad = shelf_take(&e->shelf, VAULT_OUTBOX, talk_key(c), take_out, &t);
    (void)shelf_take(&e->shelf, VAULT_GROUP, talk_key(c), take_record, &t);
    if (bad != ERR_OK)
        LOG_ERROR(
            "keep", "some of what was kept of %s makes no sense", log_text(talk_title(c)));
    load_group(e, &t);
}

void keep_load(struct engine *e)
{
    uint8_t home[IDENTITY_HOME];

    if (!e->account)
        return;
    if (shelf_take_sub(&e->shelf, VAULT_CONVO, identity_home(&e->identity, home), SUB_CARD,
            take_card, e) != ERR_OK)
        LOG_ERROR("keep", "a conversation that was kept makes no sense");
    for (struct talk *c = e->talks; c != NULL; c = c->next) {
        if (c->group == NULL && c->place == 0)
            load_one(e, c);
    }
}
