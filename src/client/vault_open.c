/* SPDX-License-Identifier: ISC */
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "client/vault_impl.h"
#include "crypto/rand.h"

static enum err say(char *why, size_t n, enum err e, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

static enum err say(char *why, size_t n, enum err e, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    (void)vsnprintf(why, n, fmt, ap);
    va_end(ap);
    return e;
}

/* The folder is ours, and nobody else works in it. */
static enum err take_dir(struct vault *v, const char *dir, char *why, size_t why_n)
{
    char path[PATH_MAX];
    enum err e = file_make_private_dir(dir);

    if (e == ERR_PERM)
        return say(why, why_n, e,
            "%s must be a folder of yours with mode 0700: set its owner and mode", dir);
    if (e != ERR_OK)
        return say(why, why_n, e, "%s cannot be made: %s", dir, err_str(e));
    if (!bytes_copy(v->dir, sizeof v->dir, bytes_str(dir)) ||
        snprintf(path, sizeof path, "%s/vault.lock", dir) >= (int)sizeof path)
        return say(
            why, why_n, ERR_TOO_BIG, "the name of the folder %.200s... is too long", dir);
    e = file_lock(path, &v->lock);
    if (e == ERR_BUSY)
        return say(why, why_n, e,
            "another sotto has this vault open (%s): end it, or name another folder", dir);
    if (e != ERR_OK)
        return say(why, why_n, e, "%s cannot be locked: %s", path, err_str(e));
    return ERR_OK;
}

static enum err open_file(struct vault *v, char *why, size_t why_n)
{
    char path[PATH_MAX];
    uint8_t drawn[VAULT_KEY];

    if (v->setup.dir != NULL) {
        if (snprintf(path, sizeof path, "%s/vault.db", v->setup.dir) >= (int)sizeof path)
            return say(why, why_n, ERR_TOO_BIG, "the name of the folder is too long");
        return vault_file_open(path, v->setup.key, &v->file, why, why_n);
    }
    rand_bytes(drawn, sizeof drawn);
    enum err e = vault_file_open(":memory:", drawn, &v->file, why, why_n);
    mem_wipe(drawn, sizeof drawn);
    return e;
}

static void vault_free(struct vault *v)
{
    worker_free(v->worker); /* calls done() of what is left */
    vault_ops_free(&v->pending);
    vault_ops_free(&v->queued);
    vault_ops_free(&v->batch.ops);
    history_unload(v);
    vault_file_close(v->file);
    file_unlock(v->lock);
    mem_free(v);
}

enum err vault_open(
    const struct vault_setup *setup, struct vault **out, char *why, size_t why_n)
{
    struct vault *v = mem_alloc(sizeof *v);
    enum err e = ERR_OK;

    *out = NULL;
    v->setup = *setup;
    v->lock = -1;
    if (setup->dir != NULL)
        e = take_dir(v, setup->dir, why, why_n);
    if (e == ERR_OK)
        e = open_file(v, why, why_n);
    if (e == ERR_OK) {
        e = history_load(v);
        if (e != ERR_OK)
            (void)say(why, why_n, e, "%s cannot be read: %s",
                v->dir[0] != '\0' ? v->dir : "the vault", err_str(e));
    }
    v->setup.dir = NULL; /* they are the caller's */
    v->setup.key = NULL;
    if (e != ERR_OK) {
        vault_free(v);
        return e;
    }
    v->worker = setup->wake != NULL ? worker_new_inline(setup->wake, setup->wake_arg, NULL)
                                    : worker_new("vault", 1, SIZE_MAX, NULL);
    *out = v;
    return ERR_OK;
}

void vault_close(struct vault *v)
{
    if (v == NULL)
        return;
    v->closing = true;
    history_silence(v);
    vault_settle(v);
    vault_free(v);
}

int vault_fd(const struct vault *v)
{
    return worker_fd(v->worker);
}

void vault_drain(struct vault *v)
{
    worker_drain(v->worker);
}

bool vault_lasts(const struct vault *v)
{
    return v->lock >= 0;
}

enum err vault_each(struct vault *v, enum vault_space space, vault_row_fn *fn, void *arg)
{
    return v->handed ? ERR_STATE : vault_file_each(v->file, space, fn, arg);
}
