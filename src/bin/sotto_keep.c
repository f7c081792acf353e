/* SPDX-License-Identifier: ISC */
/*
 * The commands that need no relay: the passphrase of what is kept, and taking an identity to
 * another machine. A file of an identity is the vault's rows of it, whatever they hold, sealed
 * under a passphrase of its own:
 *
 *   count u32 | for each: key u16 length, bytes | sub u32 | value u32 length, bytes
 */
#include <poll.h>
#include <stdio.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/reader.h"
#include "base/secret.h"
#include "bin/sotto.h"
#include "crypto/seal.h"

#define FILE_MOST (1u << 20)
#define ROWS_MOST 64
#define PURPOSE   "sotto identity"

/* ---- passphrase ---- */

static enum err change(struct client *c, bool has_old, bool wants_new, char *why, size_t why_n)
{
    struct buf old, fresh;
    enum err e = ERR_OK;

    buf_init(&old, SECRET_MAX);
    buf_init(&fresh, SECRET_MAX);
    if (has_old)
        e = vault_phrase(c, "passphrase now", false, &old, why, why_n);
    if (e == ERR_OK && wants_new)
        e = vault_phrase(c, "new passphrase", true, &fresh, why, why_n);
    if (e == ERR_OK)
        e = vault_key_change(c->dir, buf_view(&old), buf_view(&fresh), 0, why, why_n);
    buf_wipe(&old);
    buf_wipe(&fresh);
    return e;
}

/* There was nothing to protect yet. */
static enum err make_sealed(struct client *c, char *why, size_t why_n)
{
    uint8_t key[VAULT_KEY];
    struct buf fresh;
    enum err e = vault_phrase(c, "new passphrase", true, &fresh, why, why_n);

    if (e == ERR_OK)
        e = vault_key_make(c->dir, buf_view(&fresh), 0, key, why, why_n);
    mem_wipe(key, sizeof key);
    buf_wipe(&fresh);
    return e;
}

int keep_passphrase(struct client *c)
{
    const char *what = c->options.words[0];
    bool set = strcmp(what, "set") == 0;
    bool remove = strcmp(what, "remove") == 0;
    enum vault_key_kind kind;
    char why[SOTTO_WHY] = "";
    enum err e = vault_key_kind(c->dir, &kind, why, sizeof why);

    if (e != ERR_OK)
        return complain(FACE_USAGE, why);
    if (set && kind == VAULT_KEY_PASSPHRASE)
        return complain(
            FACE_REFUSED, "There is a passphrase already: sotto passphrase change.");
    if (!set && kind != VAULT_KEY_PASSPHRASE)
        return complain(FACE_REFUSED, "There is no passphrase.");
    e = kind == VAULT_KEY_NONE
            ? make_sealed(c, why, sizeof why)
            : change(c, kind == VAULT_KEY_PASSPHRASE, !remove, why, sizeof why);
    if (e != ERR_OK)
        return complain(e == ERR_REFUSED ? FACE_REFUSED : FACE_USAGE, why);
    (void)puts(remove ? "The passphrase is gone: whoever reads your files reads what is kept."
                      : "Done. Without this passphrase nobody can open what is kept.");
    return FACE_OK;
}

/* ---- identity ---- */

struct rows {
    struct buf bytes;
    uint32_t count;
};

static enum err take_row(void *arg, struct bytes key, uint32_t sub, struct bytes value)
{
    struct rows *rows = arg;

    if (rows->count == ROWS_MOST || key.n > UINT16_MAX)
        return ERR_TOO_BIG;
    rows->count++;
    buf_u16(&rows->bytes, (uint16_t)key.n);
    buf_bytes(&rows->bytes, key);
    buf_u32(&rows->bytes, sub);
    buf_u32(&rows->bytes, (uint32_t)value.n);
    buf_bytes(&rows->bytes, value);
    return buf_end(&rows->bytes);
}

static enum err seal_of(struct client *c, const char *prompt, bool twice, struct buf *phrase,
    struct seal *out, char *why, size_t why_n)
{
    enum err e = vault_phrase(c, prompt, twice, phrase, why, why_n);

    *out =
        (struct seal){.passphrase = buf_view(phrase), .log2_n = SEAL_COST, .purpose = PURPOSE};
    return e;
}

static int export_rows(struct client *c, const struct rows *rows)
{
    struct buf plain, sealed, phrase;
    struct seal seal;
    char why[SOTTO_WHY] = "";

    buf_init(&plain, FILE_MOST);
    buf_init(&sealed, FILE_MOST);
    buf_u32(&plain, rows->count);
    buf_bytes(&plain, buf_view(&rows->bytes));
    enum err e =
        seal_of(c, "new passphrase of the file", true, &phrase, &seal, why, sizeof why);
    if (e == ERR_OK) {
        e = buf_end(&plain);
        if (e == ERR_OK)
            e = seal_make(&seal, buf_view(&plain), &sealed);
        if (e == ERR_OK)
            e = file_create_private(c->options.words[1], buf_view(&sealed));
        if (e != ERR_OK)
            (void)snprintf(
                why, sizeof why, "%s cannot be written: %s.", c->options.words[1], err_str(e));
    }
    buf_wipe(&plain);
    buf_wipe(&phrase);
    buf_free(&sealed);
    return e == ERR_OK ? FACE_OK : complain(FACE_USAGE, why);
}

/* Waits until the vault's thread has written all of it. */
static enum err settle(struct vault *v)
{
    struct pollfd p = {.fd = vault_fd(v), .events = POLLIN};
    uint64_t ticket = vault_ticket(v);
    int left = 100; /* each of which waits at most 100 ms */

    vault_commit(v);
    while (vault_durable(v) < ticket && left-- > 0) {
        (void)poll(&p, 1, 100);
        vault_drain(v);
    }
    return vault_durable(v) >= ticket ? ERR_OK : ERR_IO;
}

static enum err put_rows(struct vault *v, struct bytes plain)
{
    struct reader r;
    enum err e;

    for (int pass = 0; pass < 2; pass++) { /* look at all of it before anything is kept */
        reader_init(&r, plain);
        uint32_t count = reader_u32(&r);
        if (count == 0 || count > ROWS_MOST)
            reader_fail(&r, ERR_FORMAT);
        for (uint32_t i = 0; i < count && reader_err(&r) == ERR_OK; i++) {
            struct bytes key = reader_blob16(&r, UINT16_MAX);
            uint32_t sub = reader_u32(&r);
            struct bytes value = reader_blob32(&r, FILE_MOST);
            if (pass == 1)
                vault_put(v, VAULT_IDENTITY, key, sub, value);
        }
        e = reader_end(&r);
        if (e != ERR_OK)
            return e;
    }
    return settle(v);
}

static int import_rows(struct client *c)
{
    const char *path = c->options.words[1];
    struct buf plain, phrase;
    struct seal seal;
    char why[SOTTO_WHY] = "";

    buf_init(&plain, FILE_MOST);
    enum err e = seal_of(c, "passphrase of the file", false, &phrase, &seal, why, sizeof why);
    if (e == ERR_OK) {
        e = seal_read(&seal, path, &plain);
        if (e == ERR_OK)
            e = put_rows(c->vault, buf_view(&plain));
        if (e == ERR_REFUSED)
            (void)snprintf(why, sizeof why, "That is not the passphrase of %s.", path);
        else if (e == ERR_PERM)
            (void)snprintf(why, sizeof why, "%s must be yours alone: chmod 600 it.", path);
        else if (e != ERR_OK)
            (void)snprintf(why, sizeof why, "%s cannot be taken in: %s.", path, err_str(e));
    }
    buf_wipe(&plain);
    buf_wipe(&phrase);
    return e == ERR_OK ? FACE_OK : complain(e == ERR_REFUSED ? FACE_REFUSED : FACE_USAGE, why);
}

int keep_identity(struct client *c)
{
    bool out = strcmp(c->options.words[0], "export") == 0;
    struct rows rows = {0};
    char why[SOTTO_WHY] = "";
    int status = FACE_REFUSED;

    if (vault_start(c, why, sizeof why) != ERR_OK)
        return complain(FACE_USAGE, why);
    buf_init(&rows.bytes, FILE_MOST / 2);
    if (vault_each(c->vault, VAULT_IDENTITY, take_row, &rows) != ERR_OK)
        (void)complain(FACE_REFUSED, "What is kept is damaged; nothing was done.");
    else if (out && rows.count == 0)
        (void)complain(FACE_REFUSED, "There is no identity here yet; chat once to make one.");
    else if (!out && rows.count != 0)
        (void)complain(FACE_REFUSED,
            "There is an identity here already. Name an empty folder with --data.");
    else
        status = out ? export_rows(c, &rows) : import_rows(c);
    buf_wipe(&rows.bytes);
    if (status == FACE_OK)
        (void)puts(
            out ? "Done. Whoever has this file and its passphrase can be you: take it to "
                  "the other machine and delete it."
                : "Done. Do not run sotto as the same identity on two machines at once.");
    return status;
}
