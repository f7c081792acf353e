/* SPDX-License-Identifier: ISC */
#include "fill.h"

#include "base/mem.h"

static const struct schema *const ALL[] = {
    &MSG_CONNECT,
    &MSG_CONNECTED,
    &MSG_HELLO,
    &MSG_HELLO_OK,
    &MSG_ACCESS,
    &MSG_EMPTY,
    &MSG_ACCOUNT,
    &MSG_TOKEN,
    &MSG_LOGIN_OK,
    &MSG_TOKEN_NEW,
    &MSG_TOKEN_OK,
    &MSG_TOKEN_REVOKE,
    &MSG_PASSWORD,
    &MSG_BEAT,
    &MSG_REFUSAL,
    &MSG_COUNT,
    &MSG_NICK,
    &MSG_RENAMED,
    &MSG_NO_USER,
    &MSG_USERS,
    &MSG_USERS_OK,
    &MSG_ROOMS,
    &MSG_ROOM_INFO,
    &MSG_ROOMS_OK,
    &MSG_JOIN,
    &MSG_JOINED,
    &MSG_LEAVE,
    &MSG_LEFT,
    &MSG_PRESENCE,
    &MSG_NOTICE,
    &MSG_REMOVED,
    &MSG_CLOSING,
    &MSG_SAY,
    &MSG_SAID,
    &MSG_DIRECT,
    &MSG_DIRECT_EVENT,
    &MSG_SENT,
    &MSG_PACKAGE_ROW,
    &MSG_PUBLIC_KEY,
    &MSG_IDENTITY_EVENT,
    &MSG_PACKAGES,
    &MSG_PACKAGES_LOW,
    &MSG_DM_REQUEST,
    &MSG_DM_ANSWER,
    &MSG_DM_KEY,
    &MSG_DM_KEY_EVENT,
    &MSG_NODE,
    &MSG_WELCOME,
    &MSG_COMMIT,
    &MSG_COMMIT_OK,
    &MSG_COMMIT_EVENT,
    &MSG_ROOM_KEY,
    &MSG_GROUP_INFO,
    &MSG_TURN,
    &MSG_ROTATE,
    &MSG_DEPARTED,
    &MSG_BAD_COMMIT,
    &MSG_VOID,
    &MSG_CONVO_REF,
    &MSG_CATCH_UP,
    &MSG_ENTRY_ROW,
    &MSG_ENTRIES,
    &MSG_CATCH_UP_OK,
    &MSG_CURSOR_ROW,
    &MSG_CURSOR,
    &MSG_CONVO_ROW,
    &MSG_CONVERSATIONS,
    &MSG_CONVERSATIONS_OK,
    &MSG_POWER,
    &MSG_POWER_TIMED,
    &MSG_UNBAN,
    &MSG_ANNOUNCE,
    &MSG_ROOM_PASSWORD,
    &MSG_MODERATOR,
    &MSG_FILE_OFFER,
    &MSG_FILE_OFFERED,
    &MSG_FILE_OFFER_OK,
    &MSG_RANGE,
    &MSG_FILE_ANSWER,
    &MSG_FILE_ANSWER_OK,
    &MSG_FILE_STATE,
    &MSG_FILE_CREDIT,
    &MSG_FILE_CHUNK,
    &MSG_FILE_ACK,
    &MSG_FILE_PAUSE,
    &MSG_FILE_CANCEL,
    &MSG_FILE_END,
    &MSG_FILE_START,
};

const struct schema *fill_schema(size_t i)
{
    return i < MEM_COUNT(ALL) ? ALL[i] : NULL;
}

void *fill_at(void *msg, const struct field *f)
{
    return (uint8_t *)msg + f->at;
}

bool fill_is_view(const struct field *f)
{
    return f->kind == FIELD_STR8 || f->kind == FIELD_BLOB16 || f->kind == FIELD_BLOB32 ||
           f->kind == FIELD_REST;
}

static uint64_t draw(struct fill *f)
{
    uint64_t z = f->seed += 0x9e3779b97f4a7c15;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    return z ^ z >> 31;
}

static void *keep(struct fill *f, void *p)
{
    if (f->count == MEM_COUNT(f->owned))
        mem_die("a message has more views than a fill can hold");
    f->owned[f->count++] = p;
    return p;
}

static struct bytes some_bytes(struct fill *f, size_t n)
{
    uint8_t *p = keep(f, mem_alloc(n + 1));

    for (size_t i = 0; i < n; i++)
        p[i] = (uint8_t)(draw(f) >> 20);
    return bytes_of(p, n);
}

static void fill_fields(struct fill *f, const struct schema *s, void *msg, enum fill_how how);

static struct list some_records(struct fill *f, const struct field *field, enum fill_how how)
{
    _Alignas(max_align_t) uint8_t record[FILL_SIZE];
    struct list_writer w;
    size_t n = how == FILL_LEAST ? 1 : draw(f) % 4;

    list_begin(&w, 1u << 20);
    for (size_t i = 0; i < n; i++) {
        fill_fields(f, field->of, record, how);
        list_add(&w, field->of, record);
    }
    struct bytes raw = buf_view(&w.buf);
    struct list l = {.count = w.count};
    if (raw.n != 0)
        l.raw = bytes_of(keep(f, mem_dup(raw.p, raw.n)), raw.n);
    list_end(&w);
    return l;
}

static struct bytes some_names(struct fill *f, enum fill_how how)
{
    struct buf run;
    size_t n = how == FILL_LEAST ? 1 : draw(f) % 4;

    buf_init(&run, 4096);
    for (size_t i = 0; i < n; i++)
        names_add(&run, some_bytes(f, 1 + draw(f) % 32));
    struct bytes v = buf_view(&run);
    struct bytes out = {0};
    if (v.n != 0)
        out = bytes_of(keep(f, mem_dup(v.p, v.n)), v.n);
    buf_free(&run);
    return out;
}

static size_t some_length(struct fill *f, const struct field *field, enum fill_how how)
{
    size_t most = field->max < 40 ? field->max : 40;

    if (how == FILL_LEAST)
        return field->empty == FIELD_MUST;
    return 1 + draw(f) % most;
}

static void fill_one(struct fill *f, const struct field *field, void *msg, enum fill_how how)
{
    void *at = fill_at(msg, field);

    switch (field->kind) {
    case FIELD_U8:
        *(uint8_t *)at = (uint8_t)draw(f);
        break;
    case FIELD_U16:
        *(uint16_t *)at = (uint16_t)draw(f);
        break;
    case FIELD_U32:
        *(uint32_t *)at = (uint32_t)draw(f);
        break;
    case FIELD_U64:
        *(uint64_t *)at = draw(f);
        break;
    case FIELD_FIX:
        memcpy(at, some_bytes(f, field->max).p, field->max);
        break;
    case FIELD_LIST:
        *(struct list *)at = some_records(f, field, how);
        break;
    case FIELD_NAMES:
        *(struct bytes *)at = some_names(f, how);
        break;
    case FIELD_OPTIONAL:
        *(bool *)at = how != FILL_NO_TAIL;
        break;
    case FIELD_STR8:
    case FIELD_BLOB16:
    case FIELD_BLOB32:
    case FIELD_REST:
        *(struct bytes *)at = some_bytes(f, some_length(f, field, how));
        break;
    }
}

static void fill_fields(struct fill *f, const struct schema *s, void *msg, enum fill_how how)
{
    memset(msg, 0, s->size);
    for (size_t i = 0; i < s->count; i++) {
        fill_one(f, &s->fields[i], msg, how);
        if (s->fields[i].kind == FIELD_OPTIONAL && how == FILL_NO_TAIL)
            return;
    }
}

void fill(struct fill *f, const struct schema *s, enum fill_how how, uint64_t seed)
{
    *f = (struct fill){.seed = seed};
    fill_fields(f, s, f->msg, how);
}

void fill_free(struct fill *f)
{
    for (size_t i = 0; i < f->count; i++)
        mem_free(f->owned[i]);
    f->count = 0;
}

struct buf fill_encode(const struct schema *s, const void *msg)
{
    struct buf b;

    buf_init(&b, 8u << 20);
    schema_encode(s, msg, &b);
    return b;
}

static bool same_field(const struct field *f, const void *a, const void *b)
{
    const struct list *la = a;
    const struct list *lb = b;

    switch (f->kind) {
    case FIELD_U8:
        return *(const uint8_t *)a == *(const uint8_t *)b;
    case FIELD_U16:
        return *(const uint16_t *)a == *(const uint16_t *)b;
    case FIELD_U32:
        return *(const uint32_t *)a == *(const uint32_t *)b;
    case FIELD_U64:
        return *(const uint64_t *)a == *(const uint64_t *)b;
    case FIELD_FIX:
        return memcmp(a, b, f->max) == 0;
    case FIELD_LIST:
        return la->count == lb->count && bytes_eq(la->raw, lb->raw);
    case FIELD_OPTIONAL:
        return *(const bool *)a == *(const bool *)b;
    case FIELD_STR8:
    case FIELD_BLOB16:
    case FIELD_BLOB32:
    case FIELD_REST:
    case FIELD_NAMES:
        return bytes_eq(*(const struct bytes *)a, *(const struct bytes *)b);
    }
    return false;
}

bool fill_same(const struct schema *s, const void *a, const void *b)
{
    for (size_t i = 0; i < s->count; i++) {
        const struct field *f = &s->fields[i];
        if (!same_field(f, (const uint8_t *)a + f->at, (const uint8_t *)b + f->at))
            return false;
    }
    return true;
}
