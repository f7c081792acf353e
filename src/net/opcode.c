/* SPDX-License-Identifier: ISC */
#include "net/opcode.h"

#define IN(p)  (1u << PHASE_##p)
#define GREET  IN(GREETING)
#define LOGIN  IN(LOGIN)
#define READY  IN(READY)
#define ONLINE (IN(HELLO) | IN(ACCESS) | IN(LOGIN) | IN(READY))
#define C      FROM_CLIENT
#define R      FROM_RELAY
#define BOTH   (FROM_CLIENT | FROM_RELAY)
#define NONE   NULL

/* clang-format off */
static const struct opcode_row ROWS[] = {
    /* op              from  phases        silent ceiling        name             ask                tell                answer */
    {OP_JOIN,          C,    READY,        false, OPCODE_PLAIN, "join",           &MSG_JOIN,         NONE,               NONE,               "join a room; creates it when it is missing"},
    {OP_LEAVE,         C,    READY,        false, OPCODE_PLAIN, "leave",          &MSG_LEAVE,        NONE,               NONE,               "leave a room, the current one, or the relay"},
    {OP_ROOMS,         C,    READY,        false, OPCODE_PLAIN, "rooms",          &MSG_ROOMS,        NONE,               &MSG_ROOMS_OK,      "list rooms"},
    {OP_USERS,         C,    READY,        false, OPCODE_PLAIN, "users",          &MSG_USERS,        NONE,               &MSG_USERS_OK,      "list users of a room, or all"},
    {OP_NICK,          C,    READY,        false, OPCODE_PLAIN, "nick",           &MSG_NICK,         NONE,               NONE,               "take another name (guests)"},
    {OP_DIRECT,        BOTH, READY,        false, OPCODE_TEXT,  "direct",         &MSG_DIRECT,       &MSG_DIRECT_EVENT,  &MSG_SENT,          "direct message"},
    {OP_HEARTBEAT,     C,    ONLINE,       true,  OPCODE_PLAIN, "heartbeat",      &MSG_BEAT,         NONE,               NONE,               "still there"},
    {OP_SAY,           BOTH, READY,        false, OPCODE_TEXT,  "say",            &MSG_SAY,          &MSG_SAID,          &MSG_SENT,          "room message"},

    {OP_HELLO,         C,    IN(HELLO),    false, OPCODE_EARLY, "hello",          &MSG_HELLO,        NONE,               &MSG_HELLO_OK,      "versions, capabilities, which relay this is"},
    {OP_ACCESS,        C,    IN(ACCESS),   false, OPCODE_EARLY, "access",         &MSG_ACCESS,       NONE,               NONE,               "proof of the access key; answered by connected with the relay's"},
    {OP_GUEST,         C,    LOGIN,        false, OPCODE_EARLY, "guest",          &MSG_EMPTY,        NONE,               &MSG_LOGIN_OK,      "come in under the provisional name"},
    {OP_REGISTER,      C,    LOGIN,        false, OPCODE_EARLY, "register",       &MSG_ACCOUNT,      NONE,               &MSG_LOGIN_OK,      "make an account and come in"},
    {OP_LOGIN,         C,    LOGIN,        false, OPCODE_EARLY, "login",          &MSG_ACCOUNT,      NONE,               &MSG_LOGIN_OK,      "come in with name and password verifier"},
    {OP_TOKEN_LOGIN,   C,    LOGIN,        false, OPCODE_EARLY, "token_login",    &MSG_TOKEN,        NONE,               &MSG_LOGIN_OK,      "come in with a token"},
    {OP_CERT_LOGIN,    C,    LOGIN,        false, OPCODE_EARLY, "cert_login",     &MSG_EMPTY,        NONE,               &MSG_LOGIN_OK,      "come in with the TLS client certificate"},
    {OP_TOKEN_NEW,     C,    READY,        false, OPCODE_PLAIN, "token_new",      &MSG_TOKEN_NEW,    NONE,               &MSG_TOKEN_OK,      "issue a token for this account"},
    {OP_TOKEN_REVOKE,  C,    READY,        false, OPCODE_PLAIN, "token_revoke",   &MSG_TOKEN_REVOKE, NONE,               &MSG_COUNT,         "revoke one token, or all with id 0"},
    {OP_RESUME,        C,    LOGIN,        false, OPCODE_EARLY, "resume",         &MSG_TOKEN,        NONE,               &MSG_LOGIN_OK,      "take up a dropped session"},
    {OP_PASSWORD,      C,    READY,        false, OPCODE_PLAIN, "password",       &MSG_PASSWORD,     NONE,               &MSG_EMPTY,         "change the password verifier of this account"},

    {OP_DM_KEY,        BOTH, READY,        false, OPCODE_LARGE, "dm_key",         &MSG_DM_KEY,       &MSG_DM_KEY_EVENT,  &MSG_COMMIT_OK,     "welcome of a direct group, later its commits"},
    {OP_PUBLIC_KEY,    BOTH, READY,        false, OPCODE_PLAIN, "public_key",     &MSG_PUBLIC_KEY,   &MSG_IDENTITY_EVENT,&MSG_COUNT,         "identity key and key packages; somebody's identity"},
    {OP_DM_REQUEST,    C,    READY,        false, OPCODE_PLAIN, "dm_request",     &MSG_DM_REQUEST,   NONE,               NONE,               "identity and one key package of somebody"},
    {OP_COMMIT,        BOTH, READY,        false, OPCODE_LARGE, "commit",         &MSG_COMMIT,       &MSG_COMMIT_EVENT,  &MSG_COMMIT_OK,     "the next epoch of a room's group"},
    {OP_ROOM_KEY,      R,    0,            false, OPCODE_LARGE, "room_key",       NONE,              &MSG_ROOM_KEY,      NONE,               "group info and tree for a joiner, or a welcome"},
    {OP_ROTATE,        R,    0,            false, OPCODE_PLAIN, "rotate",         NONE,              &MSG_ROTATE,        NONE,               "it is time for a commit and you are asked"},
    {OP_PACKAGES,      BOTH, READY,        false, OPCODE_PLAIN, "packages",       &MSG_PACKAGES,     &MSG_PACKAGES_LOW,  &MSG_COUNT,         "more key packages; they are running low"},
    {OP_CATCH_UP,      BOTH, READY,        false, OPCODE_LARGE, "catch_up",       &MSG_CATCH_UP,     &MSG_ENTRIES,       &MSG_CATCH_UP_OK,   "entries of a log since a sequence number"},
    {OP_BAD_COMMIT,    C,    READY,        false, OPCODE_PLAIN, "bad_commit",     &MSG_BAD_COMMIT,   NONE,               &MSG_EMPTY,         "this commit cannot be applied"},
    {OP_DM_ANSWER,     R,    0,            false, OPCODE_PLAIN, "dm_answer",      NONE,              &MSG_DM_ANSWER,     NONE,               "what a DM request asked for"},
    {OP_GROUP_INFO,    C,    READY,        false, OPCODE_PLAIN, "group_info",     &MSG_GROUP_INFO,   NONE,               &MSG_TURN,          "asks for the group info and takes a turn to join"},
    {OP_CURSOR,        C,    READY,        false, OPCODE_PLAIN, "cursor",         &MSG_CURSOR,       NONE,               &MSG_EMPTY,         "everything up to here is safe with me"},
    {OP_CONVERSATIONS, C,    READY,        false, OPCODE_PLAIN, "conversations",  &MSG_CONVERSATIONS, NONE,               &MSG_CONVERSATIONS_OK, "rooms and direct conversations of this account"},

    {OP_RENAMED,       R,    0,            false, OPCODE_PLAIN, "renamed",        NONE,              &MSG_RENAMED,       NONE,               "your name from now on"},
    {OP_JOINED,        R,    0,            false, OPCODE_PLAIN, "joined",         NONE,              &MSG_JOINED,        NONE,               "you joined a room"},
    {OP_LEFT,          R,    0,            false, OPCODE_PLAIN, "left",           NONE,              &MSG_LEFT,          NONE,               "you left a room, or with no name the relay"},
    {OP_CREATED,       R,    0,            false, OPCODE_PLAIN, "created",        NONE,              &MSG_JOINED,        NONE,               "you made a room and joined it"},
    {OP_NO_USER,       R,    0,            false, OPCODE_PLAIN, "no_user",        NONE,              &MSG_NO_USER,       NONE,               "nobody of that name"},
    {OP_PRESENCE,      R,    0,            false, OPCODE_PLAIN, "presence",       NONE,              &MSG_PRESENCE,      NONE,               "somebody came, went or changed name"},
    {OP_NOTICE,        R,    0,            false, OPCODE_PLAIN, "notice",         NONE,              &MSG_NOTICE,        NONE,               "words from the operator, shown as from Server"},
    {OP_REMOVED,       R,    0,            false, OPCODE_PLAIN, "removed",        NONE,              &MSG_REMOVED,       NONE,               "you were kicked or banned"},
    {OP_DEPARTED,      R,    0,            false, OPCODE_PLAIN, "departed",       NONE,              &MSG_DEPARTED,      NONE,               "somebody left for good: a commit must remove them"},
    {OP_VOID,          R,    0,            false, OPCODE_PLAIN, "void",           NONE,              &MSG_VOID,          NONE,               "a commit was taken back"},
    {OP_REPLY,         R,    0,            false, OPCODE_PLAIN, "reply",          NONE,              &MSG_REFUSAL,       NONE,               "the reply to a request"},
    {OP_CONNECT,       BOTH, GREET,        false, OPCODE_EARLY, "connect",        &MSG_CONNECT,      &MSG_CONNECTED,     NONE,               "greeting; provisional name"},
    {OP_RESYNC,        R,    0,            false, OPCODE_PLAIN, "resync",         NONE,              &MSG_CONVO_REF,     NONE,               "something may be missing: catch up and list again"},
    {OP_CLOSING,       R,    0,            false, OPCODE_PLAIN, "closing",        NONE,              &MSG_CLOSING,       NONE,               "the relay is about to close this connection"},

    {OP_FILE_OFFER,    BOTH, READY,        false, OPCODE_PLAIN, "file_offer",     &MSG_FILE_OFFER,   &MSG_FILE_OFFERED,  &MSG_FILE_OFFER_OK, "offers a file, or takes an offer up again"},
    {OP_FILE_ANSWER,   C,    READY,        false, OPCODE_PLAIN, "file_answer",    &MSG_FILE_ANSWER,  NONE,               &MSG_FILE_ANSWER_OK,"accepts with what is there already, or refuses"},
    {OP_FILE_STATE,    R,    0,            false, OPCODE_PLAIN, "file_state",     NONE,              &MSG_FILE_STATE,    NONE,               "how it stands with one receiver, to the sender"},
    {OP_FILE_CREDIT,   R,    0,            false, OPCODE_PLAIN, "file_credit",    NONE,              &MSG_FILE_CREDIT,   NONE,               "the chunks that the sender may send now"},
    {OP_FILE_CHUNK,    BOTH, READY,        true,  OPCODE_TEXT,  "file_chunk",     &MSG_FILE_CHUNK,   &MSG_FILE_CHUNK,    NONE,               "one sealed chunk"},
    {OP_FILE_ACK,      C,    READY,        true,  OPCODE_PLAIN, "file_ack",       &MSG_FILE_ACK,     NONE,               NONE,               "how many chunks were taken since the start"},
    {OP_FILE_PAUSE,    BOTH, READY,        false, OPCODE_PLAIN, "file_pause",     &MSG_FILE_PAUSE,   &MSG_FILE_PAUSE,    &MSG_EMPTY,         "stop for a while, and go on"},
    {OP_FILE_CANCEL,   C,    READY,        false, OPCODE_PLAIN, "file_cancel",    &MSG_FILE_CANCEL,  NONE,               &MSG_EMPTY,         "ends a transfer of one's own for everybody"},
    {OP_FILE_END,      R,    0,            false, OPCODE_PLAIN, "file_end",       NONE,              &MSG_FILE_END,      NONE,               "a transfer is over, for all or for you"},
    {OP_FILE_START,    R,    0,            false, OPCODE_PLAIN, "file_start",     NONE,              &MSG_FILE_START,   NONE,               "chunks behind this one count for the acknowledgement"},

    {OP_KICK,          C,    READY,        false, OPCODE_PLAIN, "kick",           &MSG_POWER,        NONE,               &MSG_EMPTY,         "out of a room, or off the relay"},
    {OP_BAN,           C,    READY,        false, OPCODE_PLAIN, "ban",            &MSG_POWER_TIMED,  NONE,               &MSG_EMPTY,         "out, and not in again for some time"},
    {OP_UNBAN,         C,    READY,        false, OPCODE_PLAIN, "unban",          &MSG_UNBAN,        NONE,               &MSG_EMPTY,         "takes a ban or a mute back"},
    {OP_MUTE,          C,    READY,        false, OPCODE_PLAIN, "mute",           &MSG_POWER_TIMED,  NONE,               &MSG_EMPTY,         "may read and not speak"},
    {OP_ANNOUNCE,      C,    READY,        false, OPCODE_PLAIN, "announce",       &MSG_ANNOUNCE,     NONE,               &MSG_COUNT,         "words to everybody, from Server"},
    {OP_ROOM_PASSWORD, C,    READY,        false, OPCODE_PLAIN, "room_password",  &MSG_ROOM_PASSWORD,NONE,               &MSG_EMPTY,         "another password proof for a room, or none"},
    {OP_MODERATOR,     C,    READY,        false, OPCODE_PLAIN, "moderator",      &MSG_MODERATOR,    NONE,               &MSG_EMPTY,         "makes a member a room's moderator, or no longer"},
};
/* clang-format on */

#define ROW_COUNT (sizeof ROWS / sizeof ROWS[0])

const struct opcode_row *opcode_at(size_t i)
{
    return i < ROW_COUNT ? &ROWS[i] : NULL;
}

const struct opcode_row *opcode_row(uint8_t op)
{
    size_t low = 0;
    size_t high = ROW_COUNT;

    while (low < high) {
        size_t mid = (low + high) / 2;
        if (ROWS[mid].op == op)
            return &ROWS[mid];
        if (ROWS[mid].op < op)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

uint32_t opcode_ceiling_client(uint8_t op, enum phase phase)
{
    const struct opcode_row *r = opcode_row(op);

    if (phase != PHASE_READY)
        return OPCODE_EARLY;
    return r != NULL ? r->ceiling : OPCODE_PLAIN;
}

uint32_t opcode_ceiling_relay(uint8_t op)
{
    const struct opcode_row *r = opcode_row(op);

    return r != NULL ? r->ceiling : OPCODE_PLAIN;
}

const char *phase_name(enum phase p)
{
    static const char *const NAMES[PHASE_COUNT] = {
        [PHASE_GREETING] = "awaiting the greeting",
        [PHASE_HELLO] = "awaiting hello",
        [PHASE_ACCESS] = "awaiting the access key",
        [PHASE_LOGIN] = "awaiting login",
        [PHASE_READY] = "ready",
    };

    return (unsigned)p < PHASE_COUNT ? NAMES[p] : "unknown";
}
