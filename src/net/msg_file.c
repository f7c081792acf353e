/* SPDX-License-Identifier: ISC */
/* The shapes of what is said about files. */
#include "net/msg.h"
#include "net/msg_shape.h"

/* clang-format off */ /* one row a field, as in docs/PROTOCOL.md */

static const struct field MSG_FILE_OFFER_FIELDS[] = {
    NUM(file_offer, kind, U8),
    STR(file_offer, to, "to", STR8, MUST, MSG_ROOM),
    FIX(file_offer, id, MSG_ID),
    NUM(file_offer, chunk, U32),
    NUM(file_offer, count, U32),
    NUM(file_offer, bytes, U64),
};
SHAPE(MSG_FILE_OFFER, file_offer, "file_offer");

static const struct field MSG_FILE_OFFERED_FIELDS[] = {
    NUM(file_offered, kind, U8),
    STR(file_offered, room, "room", STR8, MAYBE, MSG_ROOM),
    STR(file_offered, sender, "sender", STR8, MUST, MSG_NAME),
    FIX(file_offered, id, MSG_ID),
    NUM(file_offered, handle, U32),
    NUM(file_offered, chunk, U32),
    NUM(file_offered, count, U32),
    NUM(file_offered, bytes, U64),
};
SHAPE(MSG_FILE_OFFERED, file_offered, "file_offered");

static const struct field MSG_FILE_OFFER_OK_FIELDS[] = {
    NUM(file_offer_ok, handle, U32),
    NUM(file_offer_ok, window, U32),
    NUM(file_offer_ok, asked, U16),
};
SHAPE(MSG_FILE_OFFER_OK, file_offer_ok, "file_offer_ok");

static const struct field MSG_RANGE_FIELDS[] = {
    NUM(range, first, U32),
    NUM(range, count, U32),
};
SHAPE(MSG_RANGE, range, "range");

static const struct field MSG_FILE_ANSWER_FIELDS[] = {
    STR(file_answer, sender, "sender", STR8, MUST, MSG_NAME),
    FIX(file_answer, id, MSG_ID),
    NUM(file_answer, verdict, U8),
    LIST(file_answer, have, MSG_RANGES, MSG_RANGE),
};
SHAPE(MSG_FILE_ANSWER, file_answer, "file_answer");

static const struct field MSG_FILE_ANSWER_OK_FIELDS[] = {
    NUM(file_answer_ok, handle, U32),
    NUM(file_answer_ok, window, U32),
    NUM(file_answer_ok, chunk, U32),
    NUM(file_answer_ok, count, U32),
    NUM(file_answer_ok, bytes, U64),
    NUM(file_answer_ok, have, U32),
    NUM(file_answer_ok, turn, U32),
};
SHAPE(MSG_FILE_ANSWER_OK, file_answer_ok, "file_answer_ok");

static const struct field MSG_FILE_STATE_FIELDS[] = {
    NUM(file_state_event, handle, U32),
    STR(file_state_event, user, "user", STR8, MUST, MSG_NAME),
    NUM(file_state_event, state, U8),
    NUM(file_state_event, have, U32),
};
SHAPE(MSG_FILE_STATE, file_state_event, "file_state");

static const struct field MSG_FILE_CREDIT_FIELDS[] = {
    NUM(file_credit, handle, U32),
    LIST(file_credit, chunks, MSG_RANGES, MSG_RANGE),
};
SHAPE(MSG_FILE_CREDIT, file_credit, "file_credit");

static const struct field MSG_FILE_CHUNK_FIELDS[] = {
    NUM(file_chunk, handle, U32),
    NUM(file_chunk, index, U32),
    STR(file_chunk, data, "data", REST, MUST, MSG_CHUNK_MAX + MSG_CHUNK_TAG),
};
SHAPE(MSG_FILE_CHUNK, file_chunk, "file_chunk");

static const struct field MSG_FILE_ACK_FIELDS[] = {
    NUM(file_ack, handle, U32),
    NUM(file_ack, taken, U32),
};
SHAPE(MSG_FILE_ACK, file_ack, "file_ack");

static const struct field MSG_FILE_PAUSE_FIELDS[] = {
    NUM(file_pause_order, handle, U32),
    NUM(file_pause_order, on, U8),
};
SHAPE(MSG_FILE_PAUSE, file_pause_order, "file_pause");

static const struct field MSG_FILE_CANCEL_FIELDS[] = {
    FIX(file_cancel, id, MSG_ID),
};
SHAPE(MSG_FILE_CANCEL, file_cancel, "file_cancel");

static const struct field MSG_FILE_END_FIELDS[] = {
    FIX(file_end_event, id, MSG_ID),
    NUM(file_end_event, handle, U32),
    NUM(file_end_event, why, U8),
    STR(file_end_event, by, "by", STR8, MAYBE, MSG_NAME),
};
SHAPE(MSG_FILE_END, file_end_event, "file_end");

static const struct field MSG_FILE_START_FIELDS[] = {
    NUM(file_start, handle, U32),
    NUM(file_start, turn, U32),
};
SHAPE(MSG_FILE_START, file_start, "file_start");

/* clang-format on */
