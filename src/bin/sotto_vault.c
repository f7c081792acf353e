/* SPDX-License-Identifier: ISC */
/* Where things are kept, and what opens it. */
#include <stdio.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/secret.h"
#include "bin/sotto.h"

#define TRIES 3

enum err vault_folder(struct client *c, char *why, size_t why_n)
{
    struct buf dir;
    enum err e = ERR_OK;

    if (c->options.ephemeral)
        return ERR_OK;
    buf_init(&dir, sizeof c->dir - 1);
    if (c->options.data != NULL)
        buf_text(&dir, c->options.data);
    else
        e = file_xdg(&dir, "data", "sotto");
    if (e == ERR_OK)
        e = buf_end(&dir);
    if (e != ERR_OK)
        (void)snprintf(why, why_n,
            "There is no folder to keep things in: %s. Name one with --data, or keep nothing "
            "with --ephemeral.",
            err_str(e));
    else
        (void)bytes_copy(c->dir, sizeof c->dir, buf_view(&dir));
    (void)snprintf(c->log_dir, sizeof c->log_dir, "%s/chat_logs", c->dir);
    buf_free(&dir);
    return e;
}

static bool is_scripted(const struct client *c)
{
    return c->options.passphrase_fd >= 0 || c->options.passphrase_file != NULL;
}

enum err vault_phrase(
    struct client *c, const char *prompt, bool twice, struct buf *out, char *why, size_t why_n)
{
    const struct options *o = &c->options;
    enum err e;

    if (o->passphrase_file != NULL)
        e = secret_from_file(o->passphrase_file, c->phrases++, out);
    else if (o->passphrase_fd >= 0)
        e = secret_from_fd((int)o->passphrase_fd, out);
    else
        e = secret_ask(prompt, twice ? SECRET_TWICE : SECRET_ONCE, out);
    if (e == ERR_CONFLICT)
        (void)snprintf(why, why_n, "The two differ; nothing was done.");
    else if (e == ERR_UNSUPPORTED)
        (void)snprintf(why, why_n,
            "A passphrase is needed and there is no terminal to ask on: use --passphrase-fd or "
            "--passphrase-file.");
    else if (e == ERR_PERM)
        (void)snprintf(why, why_n, "%s must be yours alone: chmod 600 it.", o->passphrase_file);
    else if (e == ERR_CLOSED)
        (void)snprintf(why, why_n, "No passphrase was given; nothing was done.");
    else if (e != ERR_OK)
        (void)snprintf(why, why_n, "No passphrase can be read there: %s.", err_str(e));
    return e;
}

/* Who mistypes gets another try; a script does not. */
static enum err unlock(struct client *c, uint8_t key[VAULT_KEY], char *why, size_t why_n)
{
    struct buf phrase;
    enum err e = ERR_REFUSED;

    for (int i = 0; i < TRIES && e == ERR_REFUSED; i++) {
        if (i != 0)
            (void)complain(FACE_OK, "That is not it.");
        e = vault_phrase(c, "passphrase of sotto", false, &phrase, why, why_n);
        if (e == ERR_OK)
            e = vault_key_read(c->dir, buf_view(&phrase), key, why, why_n);
        buf_wipe(&phrase);
        if (is_scripted(c))
            break;
    }
    return e;
}

static enum err make_key(struct client *c, uint8_t key[VAULT_KEY], char *why, size_t why_n)
{
    struct buf phrase;
    enum err e = ERR_OK;

    buf_init(&phrase, SECRET_MAX);
    if (is_scripted(c))
        e = vault_phrase(c, "", true, &phrase, why, why_n);
    if (e == ERR_OK)
        e = vault_key_make(c->dir, buf_view(&phrase), 0, key, why, why_n);
    c->vault_sealed = phrase.n != 0;
    if (!c->vault_sealed)
        (void)snprintf(c->notice, sizeof c->notice,
            "Who you are and what is said is kept in %.300s, and whoever can read your files can "
            "read it; \"sotto passphrase set\" protects it.",
            c->dir);
    buf_wipe(&phrase);
    return e;
}

static enum err find_key(struct client *c, uint8_t key[VAULT_KEY], char *why, size_t why_n)
{
    enum vault_key_kind kind;
    enum err e = vault_key_kind(c->dir, &kind, why, why_n);

    if (e != ERR_OK)
        return e;
    if (c->has_key) {
        memcpy(key, c->key, VAULT_KEY);
        mem_wipe(c->key, sizeof c->key);
        c->has_key = false;
        c->vault_sealed = true;
        return ERR_OK;
    }
    if (kind == VAULT_KEY_NONE)
        return make_key(c, key, why, why_n);
    c->vault_sealed = kind == VAULT_KEY_PASSPHRASE;
    if (kind == VAULT_KEY_PASSPHRASE)
        return unlock(c, key, why, why_n);
    return vault_key_read(c->dir, (struct bytes){0}, key, why, why_n);
}

static enum err open_kept(struct client *c, struct vault_setup *setup, char *why, size_t why_n)
{
    uint8_t key[VAULT_KEY] = {0};
    enum err e = find_key(c, key, why, why_n);

    setup->dir = c->dir;
    setup->key = key;
    if (e == ERR_OK)
        e = vault_open(setup, &c->vault, why, why_n);
    mem_wipe(key, sizeof key);
    return e;
}

enum err vault_start(struct client *c, char *why, size_t why_n)
{
    struct vault_setup setup = {
        .landed = session_landed, .failed = session_unsaved, .arg = &c->session};
    enum err e = ERR_OK;

    if (c->dir[0] != '\0')
        e = open_kept(c, &setup, why, why_n);
    if (e != ERR_OK && c->options.verb == OPTIONS_DOCTOR) {
        (void)bytes_copy(c->vault_trouble, sizeof c->vault_trouble, bytes_str(why));
        c->dir[0] = '\0';
        e = ERR_OK;
    }
    if (e == ERR_OK && c->dir[0] == '\0') {
        setup.dir = NULL;
        setup.key = NULL;
        e = vault_open(&setup, &c->vault, why, why_n);
    }
    return e;
}
