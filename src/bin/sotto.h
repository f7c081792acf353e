/* SPDX-License-Identifier: ISC */
/* What the files of the client's main share: one program, its parts, and who makes which. */
#ifndef BIN_SOTTO_H
#define BIN_SOTTO_H

#include "base/buf.h"
#include "base/worker.h"
#include "client/pins.h"
#include "client/session.h"
#include "client/vault.h"
#include "client/vault_key.h"
#include "face/doctor.h"
#include "face/face.h"
#include "face/options.h"
#include "net/conn.h"

#define SOTTO_HOST "127.0.0.1"
#define SOTTO_PORT "5555"
#define SOTTO_DIR  4096
#define SOTTO_WHY  1024

struct client {
    struct options options;
    struct target target; /* of send and tail */
    char host[256];
    char port[8];
    char address[272];
    bool has_pin;
    uint8_t pin[TLS_FINGERPRINT];
    struct buf access_key;
    struct buf password;
    struct tls_ctx *tls;
    struct pins *pins;
    char dir[SOTTO_DIR]; /* the vault's; "" when nothing is kept */
    char log_dir[SOTTO_DIR + 16];
    size_t phrases; /* lines of the passphrase file that were used */
    struct vault *vault;
    bool vault_sealed;             /* under a passphrase */
    char vault_trouble[SOTTO_WHY]; /* the doctor goes on without it; "" */
    char notice[512];              /* for the person, once they can see it */
    struct model *model;
    struct session *session;
    struct worker *resolver;
    struct worker *worker;
    struct loop_event *le;
    struct conn_env env;
};

/* sotto_setup.c: what is read before anything runs. Failures are one sentence. */
enum err setup_relay(struct client *c, char *why, size_t why_n);

/* sotto_vault.c */
enum err vault_folder(struct client *c, char *why, size_t why_n); /* c->dir */
enum err vault_start(struct client *c, char *why, size_t why_n);  /* c->vault */
/* The next passphrase, from where the options say, or asked for. */
enum err vault_phrase(
    struct client *c, const char *prompt, bool twice, struct buf *out, char *why, size_t why_n);

/* sotto_keep.c: the commands that need no relay; enum face_exit. */
int keep_passphrase(struct client *c);
int keep_identity(struct client *c);

/* sotto_probe.c: the way to the relay as the system sees it, before there is a session. */
void probe(const struct client *c, struct doctor_setup *out);

/* sotto_face.c: the one face of this run, the screen or one that writes. */
struct shown {
    struct tui *tui;
    struct face *face;
    void (*face_free)(struct face *f);
    bool reads; /* standard input is of interest */
};
enum err face_choose(struct client *c, struct shown *out, char *why, size_t why_n);

/* sotto_run.c: the session and its face, to the end; enum face_exit. */
int run(struct client *c);

int complain(int status, const char *why); /* on standard error */

#endif
