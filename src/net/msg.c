/* SPDX-License-Identifier: ISC */
/*
 * The shape of every body, in wire order. A record stands before the list that holds it.
 */
#include "net/msg.h"
#include "net/msg_shape.h"

/* clang-format off */ /* one row a field, as in docs/PROTOCOL.md */

static const struct field MSG_CONNECT_FIELDS[] = {
    STR(connect, greeting, "greeting", REST, MUST, 255),
};
SHAPE(MSG_CONNECT, connect, "connect");

static const struct field MSG_CONNECTED_FIELDS[] = {
    STR(connected, name, "name", STR8, MUST, MSG_NAME),
    STR(connected, proof, "proof", STR8, MAYBE, MSG_SECRET),
};
SHAPE(MSG_CONNECTED, connected, "connected");

static const struct field MSG_HELLO_FIELDS[] = {
    NUM(hello, version, U16),
    NUM(hello, capabilities, U32),
    STR(hello, agent, "agent", STR8, MAYBE, 64),
};
SHAPE(MSG_HELLO, hello, "hello");

static const struct field MSG_HELLO_OK_FIELDS[] = {
    NUM(hello_ok, version, U16),
    NUM(hello_ok, capabilities, U32),
    FIX(hello_ok, relay_id, MSG_ID),
    FIX(hello_ok, boot_id, MSG_ID),
    NUM(hello_ok, flags, U8),
    NUM(hello_ok, beat_s, U16),
    NUM(hello_ok, warn_s, U16),
    NUM(hello_ok, drop_s, U16),
    NUM(hello_ok, time_ms, U64),
    STR(hello_ok, agent, "agent", STR8, MAYBE, 64),
};
SHAPE(MSG_HELLO_OK, hello_ok, "hello_ok");

static const struct field MSG_ACCESS_FIELDS[] = {
    FIX(access, proof, MSG_SECRET),
};
SHAPE(MSG_ACCESS, access, "access");

const struct schema MSG_EMPTY = {"empty", NULL, 0, sizeof(struct msg_empty)};

static const struct field MSG_ACCOUNT_FIELDS[] = {
    STR(account, name, "name", STR8, MUST, MSG_NAME),
    FIX(account, verifier, MSG_SECRET),
    OPTIONAL(account, more),
    STR(account, invite, "invite", STR8, MAYBE, 64),
};
SHAPE(MSG_ACCOUNT, account, "account");

static const struct field MSG_TOKEN_FIELDS[] = {
    FIX(token, token, MSG_SECRET),
};
SHAPE(MSG_TOKEN, token, "token");

static const struct field MSG_LOGIN_OK_FIELDS[] = {
    STR(login_ok, name, "name", STR8, MUST, MSG_NAME),
    NUM(login_ok, role, U8),
    FIX(login_ok, resume, MSG_SECRET),
    NUM(login_ok, grace_s, U16),
    NUM(login_ok, resumed, U8),
};
SHAPE(MSG_LOGIN_OK, login_ok, "login_ok");

static const struct field MSG_TOKEN_NEW_FIELDS[] = {
    NUM(token_new, lifetime_s, U32),
    STR(token_new, label, "label", STR8, MAYBE, 64),
};
SHAPE(MSG_TOKEN_NEW, token_new, "token_new");

static const struct field MSG_TOKEN_OK_FIELDS[] = {
    NUM(token_ok, id, U64),
    NUM(token_ok, expires_ms, U64),
    FIX(token_ok, token, MSG_SECRET),
};
SHAPE(MSG_TOKEN_OK, token_ok, "token_ok");

static const struct field MSG_TOKEN_REVOKE_FIELDS[] = {
    NUM(token_revoke, id, U64),
};
SHAPE(MSG_TOKEN_REVOKE, token_revoke, "token_revoke");

static const struct field MSG_PASSWORD_FIELDS[] = {
    FIX(password, old, MSG_SECRET),
    FIX(password, fresh, MSG_SECRET),
};
SHAPE(MSG_PASSWORD, password, "password");

static const struct field MSG_BEAT_FIELDS[] = {
    STR(heartbeat, text, "text", STR8, MAYBE, 255),
};
SHAPE(MSG_BEAT, heartbeat, "beat");

static const struct field MSG_REFUSAL_FIELDS[] = {
    NUM(refusal, status, U8),
    STR(refusal, reason, "reason", STR8, MAYBE, 255),
    NUM(refusal, code, U16),
    NUM(refusal, op, U8),
    NUM(refusal, num, U64),
};
SHAPE(MSG_REFUSAL, refusal, "refusal");

static const struct field MSG_COUNT_FIELDS[] = {
    NUM(count, count, U64),
};
SHAPE(MSG_COUNT, count, "count");

static const struct field MSG_NICK_FIELDS[] = {
    STR(name, name, "name", STR8, MUST, MSG_NAME),
};
SHAPE(MSG_NICK, name, "nick");

static const struct field MSG_RENAMED_FIELDS[] = {
    STR(name, name, "name", STR8, MUST, MSG_NAME),
};
SHAPE(MSG_RENAMED, name, "renamed");

static const struct field MSG_NO_USER_FIELDS[] = {
    STR(name, name, "name", STR8, MUST, 255),
};
SHAPE(MSG_NO_USER, name, "no_user");

static const struct field MSG_USERS_FIELDS[] = {
    OPTIONAL(users, more),
    STR(users, room, "room", STR8, MAYBE, MSG_ROOM),
    STR(users, after, "after", STR8, MAYBE, MSG_NAME),
};
SHAPE(MSG_USERS, users, "users");

static const struct field MSG_USERS_OK_FIELDS[] = {
    RUN(users_ok, names),
    OPTIONAL(users_ok, more),
    STR(users_ok, flags, "flags", BLOB16, MAYBE, 1024),
    NUM(users_ok, left, U8),
};
SHAPE(MSG_USERS_OK, users_ok, "users_ok");

static const struct field MSG_ROOMS_FIELDS[] = {
    OPTIONAL(rooms, more),
    STR(rooms, after, "after", STR8, MAYBE, MSG_ROOM),
};
SHAPE(MSG_ROOMS, rooms, "rooms");

static const struct field MSG_ROOM_INFO_FIELDS[] = {
    NUM(room_info, flags, U8),
    NUM(room_info, online, U16),
};
SHAPE(MSG_ROOM_INFO, room_info, "room_info");

static const struct field MSG_ROOMS_OK_FIELDS[] = {
    RUN(rooms_ok, names),
    OPTIONAL(rooms_ok, more),
    LIST(rooms_ok, infos, 1024, MSG_ROOM_INFO),
    NUM(rooms_ok, left, U8),
};
SHAPE(MSG_ROOMS_OK, rooms_ok, "rooms_ok");

static const struct field MSG_JOIN_FIELDS[] = {
    STR(join, room, "room", STR8, MUST, MSG_ROOM),
    STR(join, proof, "proof", STR8, MAYBE, MSG_SECRET),
    OPTIONAL(join, more),
    NUM(join, flags, U8),
};
SHAPE(MSG_JOIN, join, "join");

static const struct field MSG_JOINED_FIELDS[] = {
    STR(joined, room, "room", STR8, MUST, MSG_ROOM),
    NUM(joined, flags, U8),
    NUM(joined, online, U16),
    NUM(joined, epoch, U64),
    NUM(joined, last_seq, U64),
    NUM(joined, cursor, U64),
    NUM(joined, time_ms, U64),
};
SHAPE(MSG_JOINED, joined, "joined");

static const struct field MSG_LEAVE_FIELDS[] = {
    OPTIONAL(leave, more),
    STR(leave, room, "room", STR8, MAYBE, MSG_ROOM),
};
SHAPE(MSG_LEAVE, leave, "leave");

static const struct field MSG_LEFT_FIELDS[] = {
    STR(name, name, "name", STR8, MAYBE, MSG_ROOM),
};
SHAPE(MSG_LEFT, name, "left");

static const struct field MSG_PRESENCE_FIELDS[] = {
    NUM(presence_event, kind, U8),
    STR(presence_event, room, "room", STR8, MAYBE, MSG_ROOM),
    STR(presence_event, user, "user", STR8, MUST, MSG_NAME),
    NUM(presence_event, flags, U8),
    STR(presence_event, other, "other", STR8, MAYBE, MSG_NAME),
};
SHAPE(MSG_PRESENCE, presence_event, "presence");

static const struct field MSG_NOTICE_FIELDS[] = {
    STR(notice, from, "from", STR8, MUST, MSG_NAME),
    STR(notice, text, "text", BLOB16, MUST, MSG_WORDS),
};
SHAPE(MSG_NOTICE, notice, "notice");

static const struct field MSG_REMOVED_FIELDS[] = {
    STR(removed_event, room, "room", STR8, MAYBE, MSG_ROOM),
    NUM(removed_event, kind, U8),
    STR(removed_event, by, "by", STR8, MAYBE, MSG_NAME),
    STR(removed_event, reason, "reason", STR8, MAYBE, 255),
};
SHAPE(MSG_REMOVED, removed_event, "removed");

static const struct field MSG_CLOSING_FIELDS[] = {
    STR(closing, reason, "reason", STR8, MAYBE, 255),
    NUM(closing, retry_s, U16),
};
SHAPE(MSG_CLOSING, closing, "closing");

static const struct field MSG_SAY_FIELDS[] = {
    STR(say, to, "room", STR8, MUST, MSG_ROOM),
    STR(say, text, "text", BLOB16, MUST, MSG_TEXT),
    OPTIONAL(say, more),
    NUM(say, epoch, U64),
    NUM(say, kind, U8),
};
SHAPE(MSG_SAY, say, "say");

static const struct field MSG_SAID_FIELDS[] = {
    STR(said, room, "room", STR8, MUST, MSG_ROOM),
    STR(said, sender, "sender", STR8, MUST, MSG_NAME),
    STR(said, text, "text", BLOB16, MUST, MSG_TEXT),
    NUM(said, epoch, U64),
    NUM(said, kind, U8),
    NUM(said, seq, U64),
    NUM(said, time_ms, U64),
};
SHAPE(MSG_SAID, said, "said");

static const struct field MSG_DIRECT_FIELDS[] = {
    STR(say, to, "user", STR8, MUST, MSG_NAME),
    STR(say, text, "text", BLOB16, MUST, MSG_TEXT),
    OPTIONAL(say, more),
    NUM(say, epoch, U64),
    NUM(say, kind, U8),
};
SHAPE(MSG_DIRECT, say, "direct");

static const struct field MSG_DIRECT_EVENT_FIELDS[] = {
    STR(direct_event, sender, "sender", STR8, MUST, MSG_NAME),
    STR(direct_event, text, "text", BLOB16, MUST, MSG_TEXT),
    NUM(direct_event, epoch, U64),
    NUM(direct_event, kind, U8),
    NUM(direct_event, seq, U64),
    NUM(direct_event, time_ms, U64),
};
SHAPE(MSG_DIRECT_EVENT, direct_event, "direct_event");

static const struct field MSG_SENT_FIELDS[] = {
    NUM(sent, seq, U64),
    NUM(sent, time_ms, U64),
    NUM(sent, stored, U8),
};
SHAPE(MSG_SENT, sent, "sent");

static const struct field MSG_PACKAGE_ROW_FIELDS[] = {
    NUM(package, suite, U16),
    NUM(package, last_resort, U8),
    STR(package, body, "body", BLOB16, MUST, MSG_PACKAGE),
};
SHAPE(MSG_PACKAGE_ROW, package, "package_row");

static const struct field MSG_PUBLIC_KEY_FIELDS[] = {
    STR(public_key, identity, "identity", BLOB16, MUST, MSG_IDENTITY),
    STR(public_key, proof, "proof", BLOB16, MAYBE, MSG_PROOF),
    LIST(public_key, packages, 64, MSG_PACKAGE_ROW),
};
SHAPE(MSG_PUBLIC_KEY, public_key, "public_key");

static const struct field MSG_IDENTITY_EVENT_FIELDS[] = {
    STR(identity, user, "user", STR8, MUST, MSG_NAME),
    NUM(identity, flags, U8),
    STR(identity, identity, "identity", BLOB16, MUST, MSG_IDENTITY),
};
SHAPE(MSG_IDENTITY_EVENT, identity, "identity_event");

static const struct field MSG_PACKAGES_FIELDS[] = {
    LIST(packages, packages, 64, MSG_PACKAGE_ROW),
};
SHAPE(MSG_PACKAGES, packages, "packages");

static const struct field MSG_PACKAGES_LOW_FIELDS[] = {
    NUM(packages_low, suite, U16),
    NUM(packages_low, left, U16),
};
SHAPE(MSG_PACKAGES_LOW, packages_low, "packages_low");

static const struct field MSG_DM_REQUEST_FIELDS[] = {
    STR(dm_request, user, "user", STR8, MUST, MSG_NAME),
    OPTIONAL(dm_request, more),
    NUM(dm_request, suite, U16),
};
SHAPE(MSG_DM_REQUEST, dm_request, "dm_request");

static const struct field MSG_DM_ANSWER_FIELDS[] = {
    STR(dm_answer, user, "user", STR8, MUST, MSG_NAME),
    STR(dm_answer, identity, "identity", BLOB16, MUST, MSG_IDENTITY),
    NUM(dm_answer, suite, U16),
    NUM(dm_answer, last_resort, U8),
    STR(dm_answer, package, "package", BLOB16, MUST, MSG_PACKAGE),
    NUM(dm_answer, group_seq, U64),
};
SHAPE(MSG_DM_ANSWER, dm_answer, "dm_answer");

static const struct field MSG_DM_KEY_FIELDS[] = {
    STR(dm_key, user, "user", STR8, MUST, MSG_NAME),
    NUM(dm_key, flags, U8),
    NUM(dm_key, epoch, U64),
    FIX(dm_key, req, MSG_ID),
    NUM(dm_key, replaces, U64),
    STR(dm_key, commit, "commit", BLOB32, MAYBE, MSG_LARGE),
    STR(dm_key, welcome, "welcome", BLOB32, MAYBE, MSG_LARGE),
};
SHAPE(MSG_DM_KEY, dm_key, "dm_key");

static const struct field MSG_DM_KEY_EVENT_FIELDS[] = {
    STR(dm_key_event, sender, "sender", STR8, MUST, MSG_NAME),
    NUM(dm_key_event, flags, U8),
    NUM(dm_key_event, epoch, U64),
    NUM(dm_key_event, seq, U64),
    NUM(dm_key_event, time_ms, U64),
    STR(dm_key_event, commit, "commit", BLOB32, MAYBE, MSG_LARGE),
    STR(dm_key_event, welcome, "welcome", BLOB32, MAYBE, MSG_LARGE),
};
SHAPE(MSG_DM_KEY_EVENT, dm_key_event, "dm_key_event");

static const struct field MSG_NODE_FIELDS[] = {
    NUM(node, index, U32),
    STR(node, body, "body", BLOB16, MAYBE, 65535),
};
SHAPE(MSG_NODE, node, "node");

static const struct field MSG_WELCOME_FIELDS[] = {
    STR(welcome, user, "user", STR8, MUST, MSG_NAME),
    STR(welcome, body, "body", BLOB32, MUST, MSG_LARGE),
};
SHAPE(MSG_WELCOME, welcome, "welcome");

static const struct field MSG_COMMIT_FIELDS[] = {
    STR(commit, room, "room", STR8, MUST, MSG_ROOM),
    NUM(commit, flags, U8),
    NUM(commit, epoch, U64),
    FIX(commit, req, MSG_ID),
    RUN(commit, removed),
    STR(commit, commit, "commit", BLOB32, MAYBE, MSG_LARGE),
    STR(commit, info, "info", BLOB32, MUST, MSG_LARGE),
    LIST(commit, nodes, 4096, MSG_NODE),
    LIST(commit, welcomes, 1000, MSG_WELCOME),
};
SHAPE(MSG_COMMIT, commit, "commit");

static const struct field MSG_COMMIT_OK_FIELDS[] = {
    NUM(commit_ok, seq, U64),
    NUM(commit_ok, epoch, U64),
    NUM(commit_ok, time_ms, U64),
};
SHAPE(MSG_COMMIT_OK, commit_ok, "commit_ok");

static const struct field MSG_COMMIT_EVENT_FIELDS[] = {
    STR(commit_event, room, "room", STR8, MUST, MSG_ROOM),
    STR(commit_event, sender, "sender", STR8, MUST, MSG_NAME),
    NUM(commit_event, flags, U8),
    NUM(commit_event, epoch, U64),
    NUM(commit_event, seq, U64),
    NUM(commit_event, time_ms, U64),
    RUN(commit_event, removed),
    STR(commit_event, commit, "commit", BLOB32, MAYBE, MSG_LARGE),
};
SHAPE(MSG_COMMIT_EVENT, commit_event, "commit_event");

static const struct field MSG_ROOM_KEY_FIELDS[] = {
    STR(room_key, room, "room", STR8, MUST, MSG_ROOM),
    NUM(room_key, kind, U8),
    NUM(room_key, epoch, U64),
    NUM(room_key, seq, U64),
    NUM(room_key, turn_ms, U32),
    STR(room_key, body, "body", BLOB32, MUST, MSG_LARGE),
    LIST(room_key, nodes, 4096, MSG_NODE),
};
SHAPE(MSG_ROOM_KEY, room_key, "room_key");

static const struct field MSG_GROUP_INFO_FIELDS[] = {
    STR(name, name, "room", STR8, MUST, MSG_ROOM),
};
SHAPE(MSG_GROUP_INFO, name, "group_info");

static const struct field MSG_TURN_FIELDS[] = {
    NUM(turn, before, U16),
};
SHAPE(MSG_TURN, turn, "turn");

static const struct field MSG_ROTATE_FIELDS[] = {
    STR(rotate_event, room, "room", STR8, MUST, MSG_ROOM),
    NUM(rotate_event, why, U8),
    RUN(rotate_event, departed),
};
SHAPE(MSG_ROTATE, rotate_event, "rotate");

static const struct field MSG_DEPARTED_FIELDS[] = {
    STR(departed, room, "room", STR8, MUST, MSG_ROOM),
    STR(departed, user, "user", STR8, MUST, MSG_NAME),
};
SHAPE(MSG_DEPARTED, departed, "departed");

static const struct field MSG_BAD_COMMIT_FIELDS[] = {
    STR(bad_commit, room, "room", STR8, MUST, MSG_ROOM),
    NUM(bad_commit, seq, U64),
    STR(bad_commit, reason, "reason", STR8, MAYBE, 255),
};
SHAPE(MSG_BAD_COMMIT, bad_commit, "bad_commit");

static const struct field MSG_VOID_FIELDS[] = {
    STR(void, room, "room", STR8, MUST, MSG_ROOM),
    NUM(void, seq, U64),
    NUM(void, epoch, U64),
};
SHAPE(MSG_VOID, void, "void");

static const struct field MSG_CONVO_REF_FIELDS[] = {
    NUM(convo_ref, kind, U8),
    STR(convo_ref, name, "name", STR8, MUST, MSG_ROOM),
};
SHAPE(MSG_CONVO_REF, convo_ref, "convo_ref");

static const struct field MSG_CATCH_UP_FIELDS[] = {
    NUM(catch_up, kind, U8),
    STR(catch_up, name, "name", STR8, MUST, MSG_ROOM),
    NUM(catch_up, after, U64),
};
SHAPE(MSG_CATCH_UP, catch_up, "catch_up");

static const struct field MSG_ENTRY_ROW_FIELDS[] = {
    NUM(entry_row, kind, U8),
    NUM(entry_row, flags, U8),
    NUM(entry_row, seq, U64),
    NUM(entry_row, time_ms, U64),
    NUM(entry_row, epoch, U64),
    STR(entry_row, sender, "sender", STR8, MAYBE, MSG_NAME),
    STR(entry_row, body, "body", BLOB32, MAYBE, MSG_LARGE),
};
SHAPE(MSG_ENTRY_ROW, entry_row, "entry_row");

static const struct field MSG_ENTRIES_FIELDS[] = {
    NUM(entries, kind, U8),
    STR(entries, name, "name", STR8, MUST, MSG_ROOM),
    LIST(entries, entries, 4096, MSG_ENTRY_ROW),
};
SHAPE(MSG_ENTRIES, entries, "entries");

static const struct field MSG_CATCH_UP_OK_FIELDS[] = {
    NUM(catch_up_ok, last_seq, U64),
    NUM(catch_up_ok, left, U8),
    NUM(catch_up_ok, gone, U8),
};
SHAPE(MSG_CATCH_UP_OK, catch_up_ok, "catch_up_ok");

static const struct field MSG_CURSOR_ROW_FIELDS[] = {
    NUM(cursor_row, kind, U8),
    STR(cursor_row, name, "name", STR8, MUST, MSG_ROOM),
    NUM(cursor_row, seq, U64),
};
SHAPE(MSG_CURSOR_ROW, cursor_row, "cursor_row");

static const struct field MSG_CURSOR_FIELDS[] = {
    LIST(cursor, cursors, 64, MSG_CURSOR_ROW),
};
SHAPE(MSG_CURSOR, cursor, "cursor");

static const struct field MSG_CONVO_ROW_FIELDS[] = {
    NUM(convo_row, kind, U8),
    STR(convo_row, name, "name", STR8, MUST, MSG_ROOM),
    NUM(convo_row, epoch, U64),
    NUM(convo_row, last_seq, U64),
    NUM(convo_row, cursor, U64),
};
SHAPE(MSG_CONVO_ROW, convo_row, "convo_row");

static const struct field MSG_CONVERSATIONS_FIELDS[] = {
    OPTIONAL(conversations, more),
    NUM(conversations, kind, U8),
    STR(conversations, after, "after", STR8, MAYBE, MSG_ROOM),
};
SHAPE(MSG_CONVERSATIONS, conversations, "conversations");

static const struct field MSG_CONVERSATIONS_OK_FIELDS[] = {
    LIST(conversations_ok, convos, 256, MSG_CONVO_ROW),
    NUM(conversations_ok, left, U8),
};
SHAPE(MSG_CONVERSATIONS_OK, conversations_ok, "conversations_ok");

static const struct field MSG_POWER_FIELDS[] = {
    STR(power, room, "room", STR8, MAYBE, MSG_ROOM),
    STR(power, user, "user", STR8, MUST, MSG_NAME),
    STR(power, reason, "reason", STR8, MAYBE, 255),
};
SHAPE(MSG_POWER, power, "power");

static const struct field MSG_POWER_TIMED_FIELDS[] = {
    STR(power_timed, room, "room", STR8, MAYBE, MSG_ROOM),
    STR(power_timed, user, "user", STR8, MUST, MSG_NAME),
    NUM(power_timed, seconds, U32),
    STR(power_timed, reason, "reason", STR8, MAYBE, 255),
};
SHAPE(MSG_POWER_TIMED, power_timed, "power_timed");

static const struct field MSG_UNBAN_FIELDS[] = {
    STR(power, room, "room", STR8, MAYBE, MSG_ROOM),
    STR(power, user, "user", STR8, MUST, 64),
    STR(power, reason, "reason", STR8, MAYBE, 255),
};
SHAPE(MSG_UNBAN, power, "unban");

static const struct field MSG_ANNOUNCE_FIELDS[] = {
    STR(announce, text, "text", REST, MUST, 4096),
};
SHAPE(MSG_ANNOUNCE, announce, "announce");

static const struct field MSG_ROOM_PASSWORD_FIELDS[] = {
    STR(room_password, room, "room", STR8, MUST, MSG_ROOM),
    STR(room_password, proof, "proof", STR8, MAYBE, MSG_SECRET),
    NUM(room_password, generation, U32),
};
SHAPE(MSG_ROOM_PASSWORD, room_password, "room_password");

static const struct field MSG_MODERATOR_FIELDS[] = {
    STR(moderator, room, "room", STR8, MUST, MSG_ROOM),
    STR(moderator, user, "user", STR8, MUST, MSG_NAME),
    NUM(moderator, on, U8),
};
SHAPE(MSG_MODERATOR, moderator, "moderator");

/* clang-format on */
