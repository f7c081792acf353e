/* SPDX-License-Identifier: ISC */
/*
 * What an operator may set. Every number is a row of one table (name, default, range, meaning):
 * the parser, --check-config, sottod.json(5) and the tests read that table. A struct config is
 * a value; a reload parses into a fresh one and swaps it in only when all of it is good.
 */
#ifndef SERVER_CONFIG_H
#define SERVER_CONFIG_H

#include "base/bytes.h"
#include "base/err.h"

#define CONFIG_PATH 4096

struct limits {
    /* connections */
    int64_t connections;     /* at once */
    int64_t per_address;     /* at once, per IPv4 address or IPv6 /64 */
    int64_t new_per_address; /* new ones in 10 minutes; then refused for 10 minutes */
    int64_t unauthenticated; /* at once */
    int64_t drop_from;       /* unauthenticated ones above which some are dropped at random */
    int64_t loopback_exempt; /* 1: per-address limits do not hold for loopback */
    int64_t handshake_ms;
    int64_t login_ms; /* from the end of TLS to login */
    int64_t frame_ms; /* an unfinished frame */
    /* silence */
    int64_t beat_s, warn_s, drop_s;
    int64_t grace_s; /* a dropped session waits so long */
    int64_t sessions_in_grace;
    /* sending */
    int64_t queue_soft_bytes, queue_hard_bytes, queue_soft_ms, progress_ms;
    int64_t queue_total_bytes;
    /* rates */
    int64_t flood_burst, flood_per_s_milli; /* messages, rooms and direct together; 1000 = one a
                                               second; burst 0: off */
    int64_t command_burst, command_per_s_milli;
    int64_t receipt_burst, receipt_per_s_milli;
    int64_t commit_burst, commit_per_s_milli;
    int64_t bytes_burst, bytes_per_s; /* messages' bytes; above: reading is delayed */
    int64_t package_burst,
        package_per_s_milli; /* key packages asked for, per requester and per target */
    /* logging in */
    int64_t login_tries_per_min; /* per account and per address, then doubling back-off */
    int64_t backoff_max_s;
    int64_t registrations_per_10min;
    int64_t registrations_per_day_address;
    int64_t hash_queue;  /* password checks that may wait */
    int64_t hash_log2_n; /* scrypt cost of what is stored */
    int64_t tokens_per_account;
    int64_t token_days;
    int64_t penalty_max_s;
    /* rooms */
    int64_t room_members;
    int64_t rooms_per_user;
    int64_t rooms_created_per_user;
    int64_t rooms;
    /* the log */
    int64_t retention_days;           /* 0: commits only */
    int64_t tail_entries, tail_bytes; /* held in memory per conversation */
    int64_t backlog_entries,
        backlog_bytes;            /* stored for members who are away, per conversation */
    int64_t packages_per_account; /* single-use, per suite */
    /* groups */
    int64_t turn_ms;
    int64_t rotate_messages, rotate_s;
    int64_t epoch_grace_ms;
    int64_t void_ms;
    /* files */
    int64_t files; /* 0: none are taken */
    int64_t file_transfers, file_transfers_per_user;
    int64_t file_receivers;
    int64_t file_bytes;
    int64_t file_window_bytes, file_memory_bytes;
    int64_t file_gather_ms, file_offer_s, file_stall_s, file_hold_s;
};

struct limit_row {
    const char *name; /* in sottod.json, below "limits" */
    size_t at;        /* offsetof in struct limits, an int64_t */
    int64_t fallback, min, max;
    const char *unit;
    const char *help;
};

struct config {
    char listen[256]; /* "host:port", "[::]:5555"; default "[::]:5555" and 0.0.0.0 when there is
                         no IPv6 */
    char state[CONFIG_PATH];
    char certificate[CONFIG_PATH],
        key[CONFIG_PATH];         /* default below state; made when both are missing */
    char client_ca[CONFIG_PATH];  /* "" = no client certificates */
    char access_key[CONFIG_PATH]; /* "" = open relay */
    char control[CONFIG_PATH];    /* the operator's socket */
    char log_file[CONFIG_PATH];   /* "" = stderr */
    int log_level;
    bool guests;
    bool registration;
    char invite_code[65]; /* "" = none asked */
    bool audit;
    bool sandbox;
    struct limits limits;
};

const struct limit_row *config_limit(size_t i); /* NULL at the end */
const char *config_key(size_t i);               /* of sottod.json, NULL at the end */
void config_defaults(struct config *c);
/* path NULL: defaults alone. why gets the first thing that is wrong, with its place. Relations
 * between limits (beat < warn < drop, soft < hard, ...) are checked too. A c that was not
 * loaded holds nothing to use. */
enum err config_load(struct config *c, const char *path, char *why, size_t why_n);
/* The same from text that lies in memory; fuzzers and tests start here. */
enum err config_parse(struct config *c, struct bytes text, char *why, size_t why_n);
/* Another state folder, as the command line may ask; a relative one is below the working
 * folder. Certificate, key and control move with it where they were left at their defaults.
 * ERR_TOO_BIG. */
enum err config_state(struct config *c, const char *path);
/* Splits "host:port" or "[host]:port"; ERR_FORMAT. */
enum err config_address(
    const char *listen, char *host, size_t host_n, char *port, size_t port_n);

#endif
