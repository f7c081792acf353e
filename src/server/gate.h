/* SPDX-License-Identifier: ISC */
/*
 * Who may come near: how many connections an address has, how fast it makes new ones, what it
 * did lately (penalties), and how often somebody may try a password. Addresses are counted as
 * IPv4 or IPv6 /64, never as the account of the same letters. Tables are bounded; when full the
 * entry that matters least makes room.
 */
#ifndef SERVER_GATE_H
#define SERVER_GATE_H

#include "base/bytes.h"
#include "base/err.h"
#include "server/config.h"

struct gate;

enum gate_offence { GATE_BAD_SECRET, GATE_NO_LOGIN, GATE_TIMEOUT, GATE_FRAMING, GATE_OFFENCES };

struct gate *gate_new(void);
void gate_free(struct gate *g);
/* ERR_OK: counted, gate_leave() once when it is gone. ERR_FULL or ERR_REFUSED: not counted. */
enum err gate_enter(
    struct gate *g, const struct limits *l, const char *address, uint64_t now_ms);
void gate_leave(struct gate *g, const char *address);
void gate_offend(struct gate *g, const struct limits *l, const char *address, uint64_t now_ms,
    enum gate_offence o);
/* One attempt to log in, by account name or by address; says how long to wait when there were
 * too many. A success clears the account's. */
bool gate_try(struct gate *g, const struct limits *l, struct bytes who, uint64_t now_ms,
    uint64_t *wait_ms);
void gate_forgive(struct gate *g, struct bytes who);
/* One registration; false: too many, from there or at all. */
bool gate_register(
    struct gate *g, const struct limits *l, const char *address, uint64_t now_ms);
void gate_sweep(struct gate *g, uint64_t now_ms); /* forgets what is over; once a minute */
size_t gate_entries(const struct gate *g);        /* addresses and names that it remembers */
bool gate_is_loopback(const char *address);
bool gate_is_address(struct bytes who);

#endif
