/* SPDX-License-Identifier: ISC */
/*
 * The table of limits, in the order of struct limits: a row for every number an operator may
 * set. Times end in _ms or _s, rates in _milli are thousandths a second.
 */
#include "server/config.h"

#include <stddef.h>

#include "base/mem.h"

#define KIB 1024
#define MIB (1024 * 1024)
#define GIB ((int64_t)1 << 30)
#define DAY (24 * 3600)

/* clang-format off */ /* one row a limit */
#define ROW(f, fallback, min, max, unit, help) {#f, offsetof(struct limits, f), fallback, min, max, unit, help}

static const struct limit_row ROWS[] = {
    ROW(connections, 16384, 1, 1000000, "connections", "at once"),
    ROW(per_address, 16, 1, 1000000, "connections", "at once from one IPv4 address or IPv6 /64"),
    ROW(new_per_address, 32, 1, 1000000, "connections", "new ones from one address in 10 minutes; then none for 10 minutes"),
    ROW(unauthenticated, 512, 1, 1000000, "connections", "that have not logged in, at once"),
    ROW(drop_from, 256, 1, 1000000, "connections", "that have not logged in, above which new ones are dropped at random, ever more of them"),
    ROW(loopback_exempt, 1, 0, 1, "switch", "1: limits per address do not hold for loopback"),
    ROW(handshake_ms, 10000, 100, 600000, "ms", "from accepting to the end of TLS"),
    ROW(login_ms, 20000, 100, 600000, "ms", "from the end of TLS to login"),
    ROW(frame_ms, 15000, 100, 600000, "ms", "for the whole of a frame, from its first byte"),

    ROW(beat_s, 6, 1, 3600, "s", "of silence after which a client sends a heartbeat"),
    ROW(warn_s, 20, 2, 7200, "s", "of silence after which a client is warned"),
    ROW(drop_s, 30, 3, 14400, "s", "of silence after which a client is dropped"),
    ROW(grace_s, 30, 0, 3600, "s", "for which a dropped session waits to be resumed; 0: none waits"),
    ROW(sessions_in_grace, 4096, 0, 1000000, "sessions", "that wait at once"),

    ROW(queue_soft_bytes, 256 * KIB, 16 * KIB, 64 * MIB, "bytes", "queued for one client, above which it is being slow"),
    ROW(queue_hard_bytes, 1 * MIB, 64 * KIB, 256 * MIB, "bytes", "queued for one client, above which it is dropped at once"),
    ROW(queue_soft_ms, 20000, 100, 600000, "ms", "for which a client may be slow before it is dropped"),
    ROW(progress_ms, 10000, 100, 600000, "ms", "for which a client may read nothing at all while something is queued"),
    ROW(queue_total_bytes, 256 * MIB, 1 * MIB, 64 * GIB, "bytes", "queued for all clients together"),

    ROW(flood_burst, 5, 0, 1000000, "messages", "at once, rooms and direct together; 0: no limit"),
    ROW(flood_per_s_milli, 1000, 1, 1000000000, "1/1000 per s", "messages that come back to the burst"),
    ROW(command_burst, 100, 0, 1000000, "requests", "at once, of those that are no messages; 0: no limit"),
    ROW(command_per_s_milli, 5000, 1, 1000000000, "1/1000 per s", "requests that come back to the burst"),
    ROW(receipt_burst, 20, 0, 1000000, "receipts", "at once; 0: no limit"),
    ROW(receipt_per_s_milli, 5000, 1, 1000000000, "1/1000 per s", "receipts that come back to the burst"),
    ROW(commit_burst, 20, 0, 1000000, "commits", "at once; 0: no limit"),
    ROW(commit_per_s_milli, 1000, 1, 1000000000, "1/1000 per s", "commits that come back to the burst"),
    ROW(bytes_burst, 128 * KIB, 0, GIB, "bytes", "of messages at once, above which reading waits; 0: no limit"),
    ROW(bytes_per_s, 32 * KIB, 1, GIB, "bytes", "of messages a second that come back to the burst"),
    ROW(package_burst, 20, 0, 1000000, "key packages", "asked for at once, per who asks and per whom they are of; 0: no limit"),
    ROW(package_per_s_milli, 200, 1, 1000000000, "1/1000 per s", "key packages that come back to the burst"),

    ROW(login_tries_per_min, 3, 1, 1000000, "attempts", "a minute per account and per address; then each wait is twice the last"),
    ROW(backoff_max_s, 600, 1, DAY, "s", "the longest wait between attempts to log in"),
    ROW(registrations_per_10min, 30, 1, 1000000, "accounts", "made in 10 minutes, by anybody"),
    ROW(registrations_per_day_address, 3, 1, 1000000, "accounts", "made in a day from one address"),
    ROW(hash_queue, 32, 1, 65536, "checks", "of passwords that may wait; above it the relay says busy"),
    ROW(hash_log2_n, 12, 10, 20, "log2", "cost of the scrypt hash under which verifiers are stored"),
    ROW(tokens_per_account, 8, 0, 1000, "tokens", "living ones of one account"),
    ROW(token_days, 30, 1, 3650, "days", "the longest life of a token"),
    ROW(penalty_max_s, 600, 1, DAY, "s", "the longest for which an address that offended is refused"),

    ROW(room_members, 1000, 2, 2000, "members", "of one room"),
    ROW(rooms_per_user, 50, 1, 10000, "rooms", "that one user may be in"),
    ROW(rooms_created_per_user, 15, 0, 10000, "rooms", "that one user may have made; 0: nobody makes rooms"),
    ROW(rooms, 10000, 1, 1000000, "rooms", "there may be"),

    ROW(retention_days, 14, 0, 3650, "days", "for which a message waits for members who are away; 0: only commits wait"),
    ROW(tail_entries, 512, 16, 1000000, "entries", "newest of one conversation held in memory"),
    ROW(tail_bytes, 256 * KIB, 128 * KIB, GIB, "bytes", "of those entries"),
    ROW(backlog_entries, 4000, 16, 10000000, "entries", "of one conversation stored for members who are away"),
    ROW(backlog_bytes, 16 * MIB, 128 * KIB, 64 * GIB, "bytes", "of those entries"),
    ROW(packages_per_account, 100, 1, 1000, "key packages", "single-use ones of one account, per suite"),

    ROW(turn_ms, 2000, 100, 60000, "ms", "for which a joiner holds its turn"),
    ROW(rotate_messages, 80, 1, 100, "messages", "in one epoch after which somebody is asked to rotate"),
    ROW(rotate_s, 540, 1, 600, "s", "in one epoch after which somebody is asked to rotate"),
    ROW(epoch_grace_ms, 5000, 0, 60000, "ms", "for which messages of the epoch before are still taken"),
    ROW(void_ms, 10000, 100, 600000, "ms", "within which a majority may void a commit"),

    ROW(files, 1, 0, 1, "switch", "0: no files are taken"),
    ROW(file_transfers, 128, 1, 65000, "files", "offered or under way at once"),
    ROW(file_transfers_per_user, 8, 1, 65000, "files", "that one user may be sending at once"),
    ROW(file_receivers, 100, 1, 2000, "receivers", "of one file at once"),
    ROW(file_bytes, 16 * GIB, 1, 64 * GIB, "bytes", "of one file"),
    ROW(file_window_bytes, 4 * MIB, 64 * KIB, 64 * MIB, "bytes", "of one file that may be on their way"),
    ROW(file_memory_bytes, 512 * MIB, 1 * MIB, 64 * GIB, "bytes", "of memory for all files together"),
    ROW(file_gather_ms, 3000, 0, 600000, "ms", "after somebody accepted, for which a file waits for the answers of others"),
    ROW(file_offer_s, 600, 1, DAY, "s", "for which an offer stands while nobody is receiving"),
    ROW(file_stall_s, 30, 1, 3600, "s", "for which a sender or receiver may be slow to do anything at all"),
    ROW(file_hold_s, 3600, 1, DAY, "s", "for which a file that is paused, or whose receiver lost the line, is held"),
};
/* clang-format on */

const struct limit_row *config_limit(size_t i)
{
    return i < MEM_COUNT(ROWS) ? &ROWS[i] : NULL;
}
