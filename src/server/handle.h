/* SPDX-License-Identifier: ISC */
/*
 * One function for each opcode that a client may send. By the time it is called the opcode is
 * known, welcome in this phase, within its rate, and its body is decoded; the message borrows
 * from the frame. A handler answers once, now or through an ask. FRAMER_STALL: nothing was
 * done, offer the same frame again.
 */
#ifndef SERVER_HANDLE_H
#define SERVER_HANDLE_H

#include "server/relay.h"

typedef enum framer_verdict handler_fn(struct peer *p, const void *msg);

handler_fn handle_connect, handle_hello, handle_access, handle_heartbeat; /* handle_connect.c */
handler_fn handle_guest, handle_register, handle_login, handle_token_login, handle_cert_login,
    handle_resume; /* handle_login.c */
handler_fn handle_token_new, handle_token_revoke, handle_password,
    handle_nick;                                                  /* handle_account.c */
handler_fn handle_users, handle_rooms, handle_conversations;      /* handle_list.c */
handler_fn handle_join, handle_leave;                             /* handle_room.c */
handler_fn handle_say, handle_direct;                             /* handle_chat.c */
handler_fn handle_catch_up, handle_cursor;                        /* handle_log.c */
handler_fn handle_public_key, handle_packages, handle_dm_request; /* handle_key.c */
handler_fn handle_commit, handle_dm_key, handle_group_info;       /* handle_commit.c */
handler_fn handle_bad_commit;                                     /* handle_void.c */
handler_fn handle_kick, handle_ban, handle_unban, handle_mute, handle_announce,
    handle_room_password, handle_moderator; /* handle_power.c */
handler_fn handle_file_offer, handle_file_answer, handle_file_pause, handle_file_cancel,
    handle_file_chunk, handle_file_ack; /* handle_file.c */

handler_fn *handle_of(uint8_t op); /* NULL: no client may send it; table in dispatch.c */

#endif
