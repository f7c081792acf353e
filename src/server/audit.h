/* SPDX-License-Identifier: ISC */
/*
 * Who came, went, was refused or thrown out, as JSON lines below the state folder:
 * audit/audit.log has everything, server_logs/ROOM/ROOM-TIMESTAMP.log what concerns one room, a
 * new file for each start of the relay. Never a message, a key or a password: callers hand in
 * names and fixed words. The folders are opened once, so it works on after the sandbox. Lines
 * are kept in memory until audit_flush(), which whoever turns the loop calls at the end of a
 * turn. More than AUDIT_LINES_PER_S are counted and left out, and a line says how many. What
 * cannot be written is lost, which the log says once in ten minutes; nothing here fails the
 * relay.
 */
#ifndef SERVER_AUDIT_H
#define SERVER_AUDIT_H

#include "base/bytes.h"
#include "base/err.h"

#define AUDIT_LINES_PER_S 200
#define AUDIT_ROOM_FILES  64 /* open at once; the one not used for longest is closed */

struct audit;

enum err audit_open(const char *state, int64_t wall_ms, struct audit **out);
/* room is empty when it is not about one. Bytes that are not UTF-8 are escaped, long ones cut.
 */
void audit_event(struct audit *a, int64_t wall_ms, const char *what, struct bytes room,
    struct bytes user, struct bytes detail);
void audit_flush(struct audit *a);
void audit_close(struct audit *a); /* flushes; NULL is fine */

#endif
