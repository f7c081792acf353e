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
#include "face/config.h"
#include "face/doctor.h"
#include "face/face.h"
#include "face/once.h"
#include "face/options.h"
#include "net/conn.h"

#define SOTTO_HOST "127.0.0.1"
#define SOTTO_PORT "5555"
#define SOTTO_DIR  4096
#define SOTTO_WHY  1024

struct client {
    struct options options;
    struct config config;
    char config_path[SOTTO_DIR]; /* "": there is no folder for it */
    bool has_config;             /* the file was there */
    struct target target;        /* of the commands that have one */
    char *path;                  /* of the file to be sent, or of the folder; or NULL */
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
    bool has_key; /* it was made a moment ago, and is used once */
    uint8_t key[VAULT_KEY];
    struct tui *tui;               /* open already; face_choose() takes it */
    bool vault_sealed;             /* under a passphrase */
    char vault_trouble[SOTTO_WHY]; /* the doctor goes on without it; "" */
    char notice[512];              /* for the person, once they can see it */
    struct model *model;
    struct session *session;
    struct worker *resolver;
    struct worker *worker;
    struct worker *files;
    struct loop_event *le;
    struct conn_env env;
};

/* sotto_setup.c: what is read before anything runs. Failures are one sentence. */
enum err setup_relay(struct client *c, char *why, size_t why_n);

/* A server as a person writes it; false: it is none. */
bool setup_server(struct client *c, const char *server);

/* sotto_config.c: config.json. Reading comes before anything else, and says by itself what is
 * wrong: enum face_exit. Saving is for the worker, and only starts here. */
int config_load(struct client *c);
int config_check(struct client *c);
void config_save(struct client *c);

/* sotto_vault.c */
enum err vault_folder(struct client *c, char *why, size_t why_n); /* c->dir */
enum err vault_start(struct client *c, char *why, size_t why_n);  /* c->vault */
/* The next passphrase, from where the options say, or asked for. */
enum err vault_phrase(
    struct client *c, const char *prompt, bool twice, struct buf *out, char *why, size_t why_n);

/* sotto_first.c: the form of the very first start, on the screen, which stays open for what
 * follows. ERR_CLOSED: the person would rather not; why stays empty. */
bool first_wanted(const struct client *c);
enum err first_start(struct client *c, char *why, size_t why_n);

/* sotto_keep.c: the commands that need no relay; enum face_exit. */
int keep_passphrase(struct client *c);
int keep_identity(struct client *c);

/* sotto_files.c: c->path, and how what goes on is told on standard error. */
enum err files_setup(struct client *c, char *why, size_t why_n);
void files_notes(const struct client *c, struct once_setup *to);

/* sotto_probe.c: the way to the relay as the system sees it, before there is a session. */
void probe(const struct client *c, struct doctor_setup *out);

/* sotto_face.c: the one face of this run, the screen or one that writes. */
struct shown {
    struct tui *tui;
    struct face *face;
    void (*face_free)(struct face *f);
    bool reads; /* standard input is of interest */
};
enum err face_screen(struct client *c, char *why, size_t why_n); /* c->tui */
enum err face_choose(struct client *c, struct shown *out, char *why, size_t why_n);

/* sotto_theme.c: what needs no relay and no screen; enum face_exit. */
int theme_tools(const struct options *o);
enum err theme_usable(const char *name, char *why, size_t why_n);

/* sotto_run.c: the session and its face, to the end; enum face_exit. */
int run(struct client *c);

void sotto_stop(struct tui *t);            /* as Ctrl+Z wants it; NULL: no screen */
int complain(int status, const char *why); /* on standard error */

#endif
