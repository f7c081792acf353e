/* SPDX-License-Identifier: ISC */
/*
 * The one table of opcodes: number, name, who sends it, in which phase, how large its body may
 * be, and the shapes of what is asked, told and answered. Encoders, decoders, dispatchers,
 * inspector, fuzzers and docs/PROTOCOL.md agree with it by test.
 */
#ifndef NET_OPCODE_H
#define NET_OPCODE_H

#include "net/msg.h"

enum opcode {
    OP_JOIN = 0x03,
    OP_LEAVE = 0x06,
    OP_ROOMS = 0x09,
    OP_USERS = 0x0c,
    OP_NICK = 0x0f,
    OP_DIRECT = 0x12,
    OP_HEARTBEAT = 0x13,
    OP_SAY = 0x15,

    OP_HELLO = 0x20,
    OP_ACCESS = 0x21,
    OP_GUEST = 0x22,
    OP_REGISTER = 0x23,
    OP_LOGIN = 0x24,
    OP_TOKEN_LOGIN = 0x25,
    OP_CERT_LOGIN = 0x26,
    OP_TOKEN_NEW = 0x27,
    OP_TOKEN_REVOKE = 0x28,
    OP_RESUME = 0x29,
    OP_PASSWORD = 0x2a,

    OP_DM_KEY = 0x80,
    OP_PUBLIC_KEY = 0x81,
    OP_DM_REQUEST = 0x82,
    OP_COMMIT = 0x83,
    OP_ROOM_KEY = 0x84,
    OP_ROTATE = 0x85,
    OP_PACKAGES = 0x86,
    OP_CATCH_UP = 0x87,
    OP_BAD_COMMIT = 0x88,
    OP_DM_ANSWER = 0x89,
    OP_GROUP_INFO = 0x8a,
    OP_CURSOR = 0x8b,
    OP_CONVERSATIONS = 0x8c,

    OP_RENAMED = 0x90,
    OP_JOINED = 0x91,
    OP_LEFT = 0x92,
    OP_CREATED = 0x93,
    OP_NO_USER = 0x94,
    OP_PRESENCE = 0x95,
    OP_NOTICE = 0x96,
    OP_REMOVED = 0x97,
    OP_DEPARTED = 0x98,
    OP_VOID = 0x99,
    OP_REPLY = 0x9a,
    OP_CONNECT = 0x9b,
    OP_RESYNC = 0x9c,
    OP_CLOSING = 0x9d,

    OP_FILE_OFFER = 0xa0,
    OP_FILE_ANSWER = 0xa1,
    OP_FILE_STATE = 0xa2,
    OP_FILE_CREDIT = 0xa3,
    OP_FILE_CHUNK = 0xa4,
    OP_FILE_ACK = 0xa5,
    OP_FILE_PAUSE = 0xa6,
    OP_FILE_CANCEL = 0xa7,
    OP_FILE_END = 0xa8,
    OP_FILE_START = 0xa9,

    OP_KICK = 0xb0,
    OP_BAN = 0xb1,
    OP_UNBAN = 0xb2,
    OP_MUTE = 0xb3,
    OP_ANNOUNCE = 0xb4,
    OP_ROOM_PASSWORD = 0xb5,
    OP_MODERATOR = 0xb6,
};

/* What the relay waits for on a connection; a mask of them says where an opcode is welcome. */
enum phase { PHASE_GREETING, PHASE_HELLO, PHASE_ACCESS, PHASE_LOGIN, PHASE_READY, PHASE_COUNT };

enum opcode_from { FROM_CLIENT = 1, FROM_RELAY = 2 };

#define OPCODE_EARLY 2048u /* before login */
#define OPCODE_PLAIN (16u << 10)
#define OPCODE_TEXT  ((64u << 10) + 64u)
#define OPCODE_LARGE MSG_LARGE

struct opcode_row {
    uint8_t op;
    uint8_t from;   /* opcode_from bits */
    uint8_t phases; /* bits of enum phase in which a client may send it */
    bool silent;    /* has no reply */
    uint32_t ceiling;
    const char *name;
    const struct schema *ask;    /* body from a client */
    const struct schema *tell;   /* body from the relay */
    const struct schema *answer; /* what follows status 0 in the reply to it */
    const char *help;
};

const struct opcode_row *opcode_row(uint8_t op); /* NULL: unassigned */
const struct opcode_row *opcode_at(size_t i);    /* in order of number; NULL at the end */
/* Largest body a relay takes of op in a phase, and that a client takes of op. */
uint32_t opcode_ceiling_client(uint8_t op, enum phase phase);
uint32_t opcode_ceiling_relay(uint8_t op);
const char *phase_name(enum phase p);

#endif
