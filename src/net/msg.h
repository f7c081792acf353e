/* SPDX-License-Identifier: ISC */
/*
 * Every body on the wire as a struct; its shape, for encode and decode alike, is the schema of
 * the same name. Views borrow. Fields behind "more" are absent together (seeds of the protocol
 * end there, a client of today sends them).
 */
#ifndef NET_MSG_H
#define NET_MSG_H

#include "net/schema.h"

#define MSG_VERSION  1
#define MSG_NAME     32 /* a person */
#define MSG_ROOM     64
#define MSG_ID       16
#define MSG_SECRET   32
#define MSG_TEXT     65472 /* with every name at its longest, what is told fits its ceiling */
#define MSG_WORDS    16000 /* of an operator */
#define MSG_IDENTITY 1024
#define MSG_PROOF    512 /* of an identity key: a signature */
#define MSG_PACKAGE  4096
/* The suites of rooms and direct conversations: nothing else is kept. */
#define MSG_SUITE_AES    0xf001
#define MSG_SUITE_CHACHA 0xf002
#define MSG_LARGE        (2u << 20) /* commits, welcomes, group infos */
/* Files: what a chunk holds in the clear, how much more it is when sealed, and how many a file
 * may have. */
#define MSG_CHUNK_MIN 4096u
#define MSG_CHUNK_MAX 65536u
#define MSG_CHUNK_TAG 16u
#define MSG_CHUNKS    (1u << 20)
#define MSG_RANGES    1024 /* in one list */
#define MSG_GREETING  "A long time ago in a galaxy far, far away..."
#define MSG_HEARTBEAT "stayin alive..."

enum msg_status { STATUS_DONE, STATUS_REFUSED, STATUS_TOO_FAST, STATUS_IDLE };

/* Why, for a program; the reason in words is for the person. */
enum msg_code {
    CODE_NONE,
    CODE_UNKNOWN_OPCODE,
    CODE_WRONG_STATE,
    CODE_BAD_FIELD,
    CODE_TOO_FAST, /* num: milliseconds to wait */
    CODE_NAME_TAKEN,
    CODE_BAD_NAME,
    CODE_BAD_SECRET, /* password, token, proof, access key */
    CODE_NO_SUCH_ROOM,
    CODE_NOT_MEMBER,
    CODE_MEMBER_ALREADY,
    CODE_FULL,     /* num: the limit */
    CODE_STALE,    /* num: the epoch */
    CODE_CONFLICT, /* num: the epoch */
    CODE_NOT_ALLOWED,
    CODE_BANNED, /* num: until, ms UTC, 0 for good */
    CODE_MUTED,
    CODE_BUSY,       /* num: milliseconds to wait */
    CODE_NOT_STORED, /* outcome unknown: ask again with the same request id */
    CODE_NO_PACKAGE,
    CODE_EXPIRED,
    CODE_VERSION,
    CODE_GONE, /* entries asked for have expired */
    CODE_NO_TURN,
    CODE_NO_TRANSFER,
    CODE_TOO_LARGE, /* num: the limit */
    CODE_NOBODY,    /* nobody is there who could answer */
    CODE_COUNT
};

enum msg_convo { CONVO_ROOM, CONVO_DIRECT };
enum msg_entry { ENTRY_MESSAGE, ENTRY_RECEIPT, ENTRY_COMMIT, ENTRY_WELCOME };
enum msg_room_access { ACCESS_OPEN, ACCESS_PASSWORD, ACCESS_INVITE };
enum msg_role { ROLE_GUEST, ROLE_USER, ROLE_MODERATOR, ROLE_OPERATOR };

enum msg_user_flag {
    USER_ACCOUNT = 1,
    USER_AWAY = 2,
    USER_OPERATOR = 4,
    USER_MODERATOR = 8,
    USER_OWNER = 16
};
enum msg_room_flag { ROOM_PASSWORD = 1, ROOM_INVITE = 2, ROOM_MEMBER = 4, ROOM_GROUPED = 8 };
enum msg_join_flag { JOIN_INVITE_ONLY = 1, JOIN_NO_CREATE = 2, JOIN_ONLY_CREATE = 4 };
enum msg_commit_flag { COMMIT_EXTERNAL = 1, COMMIT_CREATE = 2 };
enum msg_hello_flag { HELLO_ACCESS = 1, HELLO_GUESTS = 2, HELLO_REGISTER = 4, HELLO_CERT = 8 };
enum msg_presence {
    PRESENCE_JOINED,  /* a room */
    PRESENCE_LEFT,    /* a room: left, kicked, or gone for good */
    PRESENCE_ONLINE,  /* the relay, or back within the grace time */
    PRESENCE_AWAY,    /* the connection dropped; a member still */
    PRESENCE_OFFLINE, /* the relay; an account stays a member of its rooms */
    PRESENCE_RENAMED, /* other: the new name */
};
enum msg_rotate { ROTATE_COUNT, ROTATE_AGE, ROTATE_DEPARTURE };
/* How it stands with a receiver. */
enum msg_file_state {
    FILE_ASKED,
    FILE_REFUSED,
    FILE_ACTIVE,
    FILE_PAUSED,
    FILE_AWAY, /* the line is lost; to be accepted again */
    FILE_DONE, /* has all of it */
    FILE_GONE, /* dropped, left, or will not come back */
    FILE_STATES
};
enum msg_file_verdict { FILE_REFUSE, FILE_ACCEPT };
/* Why nothing comes for a while, or that it goes on. */
enum msg_file_pause { FILE_GOES_ON, FILE_PAUSED_BY_SENDER, FILE_SENDER_AWAY };
enum msg_file_end {
    FILE_END_DONE,      /* whoever wanted it has it */
    FILE_END_NOBODY,    /* nobody wanted it, or nobody who did is left */
    FILE_END_CANCELLED, /* by the sender */
    FILE_END_SENDER,    /* is gone; what is there is worth keeping */
    FILE_END_STALLED,   /* nothing moved for too long */
    FILE_END_LEFT,      /* no longer in this conversation */
    FILE_END_BROKEN,    /* somebody broke the rules of this page */
    FILE_END_FORBIDDEN, /* the operator takes no files any more */
    FILE_ENDS
};
enum msg_removed { REMOVED_KICKED, REMOVED_BANNED };

/* ---- connecting ---- */
struct msg_connect {
    struct bytes greeting;
};
struct msg_connected {
    struct bytes name;
    struct bytes proof;
};
struct msg_hello {
    uint16_t version;
    uint32_t capabilities;
    struct bytes agent;
};
struct msg_hello_ok {
    uint16_t version;
    uint32_t capabilities;
    uint8_t relay_id[MSG_ID];
    uint8_t boot_id[MSG_ID];
    uint8_t flags;
    uint16_t beat_s, warn_s, drop_s;
    uint64_t time_ms;
    struct bytes agent;
};
struct msg_access {
    uint8_t proof[MSG_SECRET];
};
struct msg_empty {
    uint8_t unused;
};
struct msg_account {
    struct bytes name;
    uint8_t verifier[MSG_SECRET];
    struct bytes invite;
    bool more;
};
struct msg_token {
    uint8_t token[MSG_SECRET];
};
struct msg_login_ok {
    struct bytes name;
    uint8_t role;
    uint8_t resume[MSG_SECRET];
    uint16_t grace_s;
    uint8_t resumed;
};
struct msg_token_new {
    uint32_t lifetime_s;
    struct bytes label;
};
struct msg_token_ok {
    uint64_t id;
    uint64_t expires_ms;
    uint8_t token[MSG_SECRET];
};
struct msg_token_revoke {
    uint64_t id;
};
struct msg_password {
    uint8_t old[MSG_SECRET];
    uint8_t fresh[MSG_SECRET];
};
struct msg_heartbeat {
    struct bytes text;
};

/* ---- replies ---- */
struct msg_refusal {
    uint8_t status;
    struct bytes reason;
    uint16_t code;
    uint8_t op;
    uint64_t num;
};
struct msg_count {
    uint64_t count;
};

/* ---- names, lists, rooms ---- */
struct msg_name {
    struct bytes name;
};
struct msg_users {
    bool more;
    struct bytes room;
    struct bytes after;
};
struct msg_users_ok {
    struct bytes names;
    struct bytes flags;
    uint8_t left;
    bool more;
};
struct msg_rooms {
    bool more;
    struct bytes after;
};
struct msg_room_info {
    uint8_t flags;
    uint16_t online;
};
struct msg_rooms_ok {
    struct bytes names;
    bool more;
    struct list infos;
    uint8_t left;
};
struct msg_join {
    struct bytes room;
    struct bytes proof;
    bool more;
    uint8_t flags;
};
struct msg_joined {
    struct bytes room;
    uint8_t flags;
    uint16_t online;
    uint64_t epoch;
    uint64_t last_seq;
    uint64_t cursor;
    uint64_t time_ms;
};
struct msg_leave {
    bool more;
    struct bytes room;
};
struct msg_presence_event {
    uint8_t kind;
    struct bytes room;
    struct bytes user;
    uint8_t flags;
    struct bytes other;
};
struct msg_notice {
    struct bytes from;
    struct bytes text;
};
struct msg_removed_event {
    struct bytes room;
    uint8_t kind;
    struct bytes by;
    struct bytes reason;
};
struct msg_closing {
    struct bytes reason;
    uint16_t retry_s;
};

/* ---- messages ---- */
struct msg_say {
    struct bytes to;
    struct bytes text;
    bool more;
    uint64_t epoch;
    uint8_t kind;
};
struct msg_said {
    struct bytes room;
    struct bytes sender;
    struct bytes text;
    uint64_t epoch;
    uint8_t kind;
    uint64_t seq;
    uint64_t time_ms;
};
struct msg_direct_event {
    struct bytes sender;
    struct bytes text;
    uint64_t epoch;
    uint8_t kind;
    uint64_t seq;
    uint64_t time_ms;
};
struct msg_sent {
    uint64_t seq;
    uint64_t time_ms;
    uint8_t stored;
};

/* ---- keys ---- */
struct msg_package {
    uint16_t suite;
    uint8_t last_resort;
    struct bytes body;
};
struct msg_public_key {
    struct bytes identity;
    struct bytes proof;
    struct list packages;
};
struct msg_identity {
    struct bytes user;
    uint8_t flags;
    struct bytes identity;
};
struct msg_packages {
    struct list packages;
};
struct msg_packages_low {
    uint16_t suite;
    uint16_t left;
};
struct msg_dm_request {
    struct bytes user;
    bool more;
    uint16_t suite;
};
struct msg_dm_answer {
    struct bytes user;
    struct bytes identity;
    uint16_t suite;
    uint8_t last_resort;
    struct bytes package;
    uint64_t group_seq;
};
struct msg_dm_key {
    struct bytes user;
    uint8_t flags;
    uint64_t epoch;
    uint8_t req[MSG_ID];
    uint64_t replaces;
    struct bytes commit;
    struct bytes welcome;
};
struct msg_dm_key_event {
    struct bytes sender;
    uint8_t flags;
    uint64_t epoch;
    uint64_t seq;
    uint64_t time_ms;
    struct bytes commit;
    struct bytes welcome;
};
struct msg_node {
    uint32_t index;
    struct bytes body;
};
struct msg_welcome {
    struct bytes user;
    struct bytes body;
};
struct msg_commit {
    struct bytes room;
    uint8_t flags;
    uint64_t epoch;
    uint8_t req[MSG_ID];
    struct bytes removed;
    struct bytes commit;
    struct bytes info;
    struct list nodes;
    struct list welcomes;
};
struct msg_commit_ok {
    uint64_t seq;
    uint64_t epoch;
    uint64_t time_ms;
};
struct msg_commit_event {
    struct bytes room;
    struct bytes sender;
    uint8_t flags;
    uint64_t epoch;
    uint64_t seq;
    uint64_t time_ms;
    struct bytes removed;
    struct bytes commit;
};
struct msg_room_key {
    struct bytes room;
    uint8_t kind;
    uint64_t epoch;
    uint64_t seq;
    uint32_t turn_ms;
    struct bytes body;
    struct list nodes;
};
enum msg_room_key_kind { ROOM_KEY_INFO, ROOM_KEY_WELCOME };
struct msg_turn {
    uint16_t before;
};
struct msg_rotate_event {
    struct bytes room;
    uint8_t why;
    struct bytes departed;
};
struct msg_departed {
    struct bytes room;
    struct bytes user;
};
struct msg_bad_commit {
    struct bytes room;
    uint64_t seq;
    struct bytes reason;
};
struct msg_void {
    struct bytes room;
    uint64_t seq;
    uint64_t epoch;
};
struct msg_convo_ref {
    uint8_t kind;
    struct bytes name;
};
struct msg_catch_up {
    uint8_t kind;
    struct bytes name;
    uint64_t after;
};
struct msg_entry_row {
    uint8_t kind;
    uint8_t flags;
    uint64_t seq;
    uint64_t time_ms;
    uint64_t epoch;
    struct bytes sender;
    struct bytes body;
};
struct msg_entries {
    uint8_t kind;
    struct bytes name;
    struct list entries;
};
struct msg_catch_up_ok {
    uint64_t last_seq;
    uint8_t left;
    uint8_t gone;
};
struct msg_cursor_row {
    uint8_t kind;
    struct bytes name;
    uint64_t seq;
};
struct msg_cursor {
    struct list cursors;
};
struct msg_convo_row {
    uint8_t kind;
    struct bytes name;
    uint64_t epoch;
    uint64_t last_seq;
    uint64_t cursor;
};
struct msg_conversations {
    bool more;
    uint8_t kind;
    struct bytes after;
};
struct msg_conversations_ok {
    struct list convos;
    uint8_t left;
};

/* ---- files ---- */
struct msg_file_offer {
    uint8_t kind;
    struct bytes to;
    uint8_t id[MSG_ID];
    uint32_t chunk;
    uint32_t count;
    uint64_t bytes;
};
struct msg_file_offered {
    uint8_t kind;
    struct bytes room;
    struct bytes sender;
    uint8_t id[MSG_ID];
    uint32_t handle;
    uint32_t chunk;
    uint32_t count;
    uint64_t bytes;
};
struct msg_file_offer_ok {
    uint32_t handle;
    uint32_t window;
    uint16_t asked;
};
struct msg_range {
    uint32_t first;
    uint32_t count;
};
struct msg_file_answer {
    struct bytes sender;
    uint8_t id[MSG_ID];
    uint8_t verdict;
    struct list have;
};
struct msg_file_answer_ok {
    uint32_t handle;
    uint32_t window;
    uint32_t chunk;
    uint32_t count;
    uint64_t bytes;
    uint32_t have;
    uint32_t turn;
};
struct msg_file_state_event {
    uint32_t handle;
    struct bytes user;
    uint8_t state;
    uint32_t have;
};
struct msg_file_credit {
    uint32_t handle;
    struct list chunks;
};
struct msg_file_chunk {
    uint32_t handle;
    uint32_t index;
    struct bytes data;
};
struct msg_file_ack {
    uint32_t handle;
    uint32_t taken;
};
struct msg_file_pause_order {
    uint32_t handle;
    uint8_t on;
};
struct msg_file_cancel {
    uint8_t id[MSG_ID];
};
struct msg_file_end_event {
    uint8_t id[MSG_ID];
    uint32_t handle;
    uint8_t why;
    struct bytes by;
};
struct msg_file_start {
    uint32_t handle;
    uint32_t turn;
};

/* ---- powers ---- */
struct msg_power {
    struct bytes room;
    struct bytes user;
    struct bytes reason;
};
struct msg_power_timed {
    struct bytes room;
    struct bytes user;
    uint32_t seconds;
    struct bytes reason;
};
struct msg_announce {
    struct bytes text;
};
struct msg_room_password {
    struct bytes room;
    struct bytes proof;
    uint32_t generation;
};
struct msg_moderator {
    struct bytes room;
    struct bytes user;
    uint8_t on;
};

extern const struct schema MSG_CONNECT, MSG_CONNECTED, MSG_HELLO, MSG_HELLO_OK, MSG_ACCESS,
    MSG_EMPTY, MSG_ACCOUNT, MSG_TOKEN, MSG_LOGIN_OK, MSG_TOKEN_NEW, MSG_TOKEN_OK,
    MSG_TOKEN_REVOKE, MSG_PASSWORD, MSG_BEAT, MSG_REFUSAL, MSG_COUNT, MSG_NICK, MSG_RENAMED,
    MSG_NO_USER, MSG_USERS, MSG_USERS_OK, MSG_ROOMS, MSG_ROOM_INFO, MSG_ROOMS_OK, MSG_JOIN,
    MSG_JOINED, MSG_LEAVE, MSG_LEFT, MSG_PRESENCE, MSG_NOTICE, MSG_REMOVED, MSG_CLOSING,
    MSG_SAY, MSG_SAID, MSG_DIRECT, MSG_DIRECT_EVENT, MSG_SENT, MSG_PACKAGE_ROW, MSG_PUBLIC_KEY,
    MSG_IDENTITY_EVENT, MSG_PACKAGES, MSG_PACKAGES_LOW, MSG_DM_REQUEST, MSG_DM_ANSWER,
    MSG_DM_KEY, MSG_DM_KEY_EVENT, MSG_NODE, MSG_WELCOME, MSG_COMMIT, MSG_COMMIT_OK,
    MSG_COMMIT_EVENT, MSG_ROOM_KEY, MSG_GROUP_INFO, MSG_TURN, MSG_ROTATE, MSG_DEPARTED,
    MSG_BAD_COMMIT, MSG_VOID, MSG_CONVO_REF, MSG_CATCH_UP, MSG_ENTRY_ROW, MSG_ENTRIES,
    MSG_CATCH_UP_OK, MSG_CURSOR_ROW, MSG_CURSOR, MSG_CONVO_ROW, MSG_CONVERSATIONS,
    MSG_CONVERSATIONS_OK, MSG_POWER, MSG_POWER_TIMED, MSG_UNBAN, MSG_ANNOUNCE,
    MSG_ROOM_PASSWORD, MSG_MODERATOR, MSG_FILE_OFFER, MSG_FILE_OFFERED, MSG_FILE_OFFER_OK,
    MSG_RANGE, MSG_FILE_ANSWER, MSG_FILE_ANSWER_OK, MSG_FILE_STATE, MSG_FILE_CREDIT,
    MSG_FILE_CHUNK, MSG_FILE_ACK, MSG_FILE_PAUSE, MSG_FILE_CANCEL, MSG_FILE_END, MSG_FILE_START;

#endif
