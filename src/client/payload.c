/* SPDX-License-Identifier: ISC */
#include "client/payload.h"

#include <stddef.h>

#include "base/mem.h"
#include "base/reader.h"
#include "base/utf8.h"
#include "client/offer.h"

#define VERSION    1
#define HEAD       (1 + 1 + PAYLOAD_ID + 3 * 8)
#define NICK_MAX   32
#define TOPIC_MAX  390
#define SIGN_BYTES 512

/* clang-format off */
static const struct field HEARD_FIELDS[] = {
    {"print",  FIELD_FIX, offsetof(struct payload_heard, print),  0, PAYLOAD_PRINT, NULL},
    {"stream", FIELD_U64, offsetof(struct payload_heard, stream), 0, 0, NULL},
    {"index",  FIELD_U64, offsetof(struct payload_heard, index),  0, 0, NULL},
};
const struct schema PAYLOAD_HEARD_ROW = {"heard", HEARD_FIELDS, 3, sizeof(struct payload_heard)};

#define TEXT_FIELD(id, least, most)                                                            \
    static const struct field id##_FIELDS[] = {                                                \
        {"text", FIELD_BLOB16, offsetof(struct payload, text.text), least, most, NULL}};       \
    static const struct schema id = {"payload", id##_FIELDS, 1, sizeof(struct payload)}
TEXT_FIELD(TEXT, FIELD_MUST, PAYLOAD_TEXT);
TEXT_FIELD(NICK, FIELD_MUST, NICK_MAX);
TEXT_FIELD(TOPIC, FIELD_MAYBE, TOPIC_MAX);
TEXT_FIELD(TICKET, FIELD_MUST, SIGN_BYTES);
TEXT_FIELD(FILE_OFFER, FIELD_MUST, OFFER_BYTES);
TEXT_FIELD(FILE_ID, FIELD_MUST, PAYLOAD_ID);

static const struct field RECEIPT_FIELDS[] = {
    {"heard", FIELD_LIST, offsetof(struct payload, receipt.heard), FIELD_MAYBE, PAYLOAD_HEARD, &PAYLOAD_HEARD_ROW}};
static const struct schema RECEIPT = {"payload", RECEIPT_FIELDS, 1, sizeof(struct payload)};
static const struct field TYPING_FIELDS[] = {
    {"on", FIELD_U8, offsetof(struct payload, typing.on), 0, 0, NULL}};
static const struct schema TYPING = {"payload", TYPING_FIELDS, 1, sizeof(struct payload)};
static const struct field PSK_FIELDS[] = {
    {"generation", FIELD_U32, offsetof(struct payload, psk.generation), 0, 0, NULL},
    {"psk", FIELD_FIX, offsetof(struct payload, psk.psk), 0, PAYLOAD_PRINT, NULL}};
static const struct schema PSK = {"payload", PSK_FIELDS, 2, sizeof(struct payload)};
/* clang-format on */

struct row {
    const struct schema *shape;
    bool counted;
    bool words; /* must be valid UTF-8 */
};

static const struct row ROWS[PAYLOAD_KINDS] = {
    [PAYLOAD_TEXT_KIND] = {&TEXT, true, true},
    [PAYLOAD_RECEIPT] = {&RECEIPT, false, false},
    [PAYLOAD_READ] = {&RECEIPT, false, false},
    [PAYLOAD_TYPING] = {&TYPING, false, false},
    [PAYLOAD_NICK] = {&NICK, false, true},
    [PAYLOAD_TOPIC] = {&TOPIC, true, true},
    [PAYLOAD_PSK] = {&PSK, true, false},
    [PAYLOAD_TICKET] = {&TICKET, true, false},
    [PAYLOAD_FILE] = {&FILE_OFFER, true, false},
    [PAYLOAD_TAKEN_BACK] = {&FILE_ID, true, false},
};

static const struct row *row_of(uint8_t kind)
{
    return kind < PAYLOAD_KINDS && ROWS[kind].shape != NULL ? &ROWS[kind] : NULL;
}

bool payload_counted(uint8_t kind)
{
    const struct row *row = row_of(kind);

    return row != NULL && row->counted;
}

void payload_write(const struct payload *p, struct buf *out)
{
    buf_u8(out, VERSION);
    buf_u8(out, p->kind);
    buf_put(out, p->id, PAYLOAD_ID);
    buf_u64(out, p->stream);
    buf_u64(out, p->index);
    buf_u64(out, p->sent_ms);
    schema_encode(row_of(p->kind)->shape, p, out);
}

enum err payload_read(struct bytes in, struct payload *out)
{
    struct payload head = {0};
    struct reader r;

    *out = head;
    reader_init(&r, in);
    uint8_t version = reader_u8(&r);
    head.kind = reader_u8(&r);
    struct bytes id = reader_bytes(&r, PAYLOAD_ID);
    head.stream = reader_u64(&r);
    head.index = reader_u64(&r);
    head.sent_ms = reader_u64(&r);
    struct bytes rest = reader_rest(&r);
    if (reader_end(&r) != ERR_OK)
        return ERR_FORMAT;
    const struct row *row = version == VERSION ? row_of(head.kind) : NULL;
    memcpy(head.id, id.p, PAYLOAD_ID);
    if (row == NULL) {
        *out = head;
        return ERR_UNSUPPORTED;
    }
    if (row->counted != (head.index != 0))
        return ERR_FORMAT;
    const char *bad;
    enum err e = schema_decode(row->shape, rest, out, &bad);
    if (e == ERR_OK && row->words && !utf8_valid(out->text.text))
        e = ERR_FORMAT;
    if (e != ERR_OK) {
        *out = (struct payload){0};
        return e;
    }
    out->kind = head.kind;
    memcpy(out->id, head.id, PAYLOAD_ID);
    out->stream = head.stream;
    out->index = head.index;
    out->sent_ms = head.sent_ms;
    return ERR_OK;
}
