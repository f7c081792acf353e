/* SPDX-License-Identifier: ISC */
#include "client/vault_key.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/reader.h"
#include "base/utf8.h"
#include "crypto/hash.h"
#include "crypto/rand.h"
#include "crypto/seal.h"

/* As it is: "sotto" 'n' version | key | the start of the SHA-256 of all before it. Otherwise a
 * seal under a passphrase, whose sixth byte is another. */
#define MAGIC          "sotto"
#define MAGIC_N        5
#define KIND_PLAIN     'n'
#define KIND_SEALED    'p'
#define VERSION        1
#define SUM            8
#define PLAIN_HEAD     (MAGIC_N + 2)
#define PLAIN_SIZE     (PLAIN_HEAD + VAULT_KEY + SUM)
#define FILE_MAX       512
#define PASSPHRASE_MAX 4096

struct attempt {
    char path[PATH_MAX];
    char *why;
    size_t why_n;
};

static enum err tell(const struct attempt *a, enum err e, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static enum err tell(const struct attempt *a, enum err e, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    (void)vsnprintf(a->why, a->why_n, fmt, ap);
    va_end(ap);
    return e;
}

/* What went wrong with the file, in words. */
static enum err tell_file(const struct attempt *a, enum err e)
{
    static const char *const WORDS[ERR_COUNT] = {
        [ERR_NOT_FOUND] = "is not there: name another folder, or make a key first",
        [ERR_EXISTS] = "is there already: read that one, or move it away to start anew",
        [ERR_PERM] = "must be a file of yours with one name and mode 0600: set owner and mode",
        [ERR_FULL] = "cannot be written, the disk is full: make room and try again",
        [ERR_VERSION] = "was written by a newer version: update the program",
        [ERR_CORRUPT] = "is damaged: restore a backup of it",
        [ERR_FORMAT] = "is not a key of sotto: restore a backup of it",
        [ERR_REFUSED] = "opens with another passphrase: try again",
    };

    return e == ERR_OK ? e
                       : tell(a, e, "%s %s", a->path, WORDS[e] != NULL ? WORDS[e] : err_str(e));
}

static enum err begin(struct attempt *a, const char *dir, char *why, size_t why_n)
{
    a->why = why;
    a->why_n = why_n;
    if (snprintf(a->path, sizeof a->path, "%s/vault.key", dir) >= (int)sizeof a->path)
        return tell(a, ERR_TOO_BIG, "the name of the folder is too long");
    return ERR_OK;
}

/* ---- the file ---- */

static enum err kind_of(struct bytes file, enum vault_key_kind *out)
{
    *out = VAULT_KEY_NONE;
    if (file.n <= MAGIC_N)
        return ERR_CORRUPT;
    if (memcmp(file.p, MAGIC, MAGIC_N) != 0)
        return ERR_FORMAT;
    if (file.p[MAGIC_N] != KIND_PLAIN && file.p[MAGIC_N] != KIND_SEALED)
        return ERR_FORMAT;
    *out = file.p[MAGIC_N] == KIND_PLAIN ? VAULT_KEY_PLAIN : VAULT_KEY_PASSPHRASE;
    return ERR_OK;
}

static enum err load(const struct attempt *a, struct buf *file, enum vault_key_kind *kind)
{
    *kind = VAULT_KEY_NONE;
    enum err e = file_read_private(a->path, file);
    if (e == ERR_OK)
        e = kind_of(buf_view(file), kind);
    return e == ERR_TOO_BIG ? ERR_CORRUPT : e;
}

static enum err plain_sum(struct bytes file, uint8_t out[HASH_SHA256])
{
    return hash_sha256(bytes_of(file.p, PLAIN_HEAD + VAULT_KEY), out);
}

static enum err plain_make(const uint8_t key[VAULT_KEY], struct buf *out)
{
    uint8_t sum[HASH_SHA256];

    buf_text(out, MAGIC);
    buf_u8(out, KIND_PLAIN);
    buf_u8(out, VERSION);
    buf_put(out, key, VAULT_KEY);
    enum err e = plain_sum(buf_view(out), sum);
    buf_put(out, sum, SUM);
    return e == ERR_OK ? buf_end(out) : e;
}

static enum err plain_open(struct bytes file, uint8_t key[VAULT_KEY])
{
    uint8_t sum[HASH_SHA256];

    if (file.n > PLAIN_HEAD && file.p[PLAIN_HEAD - 1] > VERSION)
        return ERR_VERSION;
    if (file.n != PLAIN_SIZE || file.p[PLAIN_HEAD - 1] != VERSION)
        return ERR_CORRUPT;
    enum err e = plain_sum(file, sum);
    if (e == ERR_OK && !hash_equal(sum, file.p + PLAIN_HEAD + VAULT_KEY, SUM))
        e = ERR_CORRUPT;
    if (e == ERR_OK)
        memcpy(key, file.p + PLAIN_HEAD, VAULT_KEY);
    return e;
}

/* ---- passphrases ---- */

static enum err settle(const struct attempt *a, struct bytes passphrase, struct buf *out)
{
    buf_init(out, PASSPHRASE_MAX);
    enum err e = utf8_nfc(out, passphrase);
    if (e == ERR_FORMAT)
        return tell(a, e, "the passphrase is not valid UTF-8: type it again");
    if (e == ERR_TOO_BIG)
        return tell(
            a, e, "the passphrase is too long: take less than %d bytes", PASSPHRASE_MAX);
    return e;
}

static struct seal seal_of(struct bytes passphrase, unsigned log2_n)
{
    return (struct seal){.passphrase = passphrase,
        .log2_n = log2_n != 0 ? log2_n : SEAL_COST,
        .purpose = "sotto vault key"};
}

static enum err sealed_open(struct bytes file, struct bytes passphrase, uint8_t key[VAULT_KEY])
{
    const struct seal seal = seal_of(passphrase, 0);
    struct buf b;

    buf_init(&b, FILE_MAX);
    enum err e = seal_open(&seal, file, &b);
    if (e == ERR_OK && b.n != VAULT_KEY)
        e = ERR_CORRUPT;
    if (e == ERR_OK)
        memcpy(key, b.p, VAULT_KEY);
    buf_wipe(&b);
    return e == ERR_TOO_BIG ? ERR_CORRUPT : e;
}

/* The key as the file is to have it. */
static enum err wrap(const struct attempt *a, struct bytes passphrase, unsigned log2_n,
    const uint8_t key[VAULT_KEY], struct buf *out)
{
    struct buf settled;

    if (passphrase.n == 0)
        return plain_make(key, out);
    enum err e = settle(a, passphrase, &settled);
    if (e == ERR_OK) {
        const struct seal seal = seal_of(buf_view(&settled), log2_n);
        e = seal_make(&seal, bytes_of(key, VAULT_KEY), out);
        if (e != ERR_OK)
            e = tell_file(a, e);
    }
    buf_wipe(&settled);
    return e;
}

static enum err unwrap(const struct attempt *a, struct bytes file, enum vault_key_kind kind,
    struct bytes passphrase, uint8_t key[VAULT_KEY])
{
    struct buf settled;

    if (kind == VAULT_KEY_PLAIN && passphrase.n != 0)
        return tell(a, ERR_REFUSED, "%s has no passphrase: leave it empty", a->path);
    if (kind == VAULT_KEY_PLAIN)
        return tell_file(a, plain_open(file, key));
    if (passphrase.n == 0)
        return tell(a, ERR_REFUSED, "%s needs its passphrase", a->path);
    enum err e = settle(a, passphrase, &settled);
    if (e == ERR_OK)
        e = tell_file(a, sealed_open(file, buf_view(&settled), key));
    buf_wipe(&settled);
    return e;
}

/* ---- what is called ---- */

enum err vault_key_kind(const char *dir, enum vault_key_kind *out, char *why, size_t why_n)
{
    struct attempt a;
    struct buf file;

    *out = VAULT_KEY_NONE;
    enum err e = begin(&a, dir, why, why_n);
    if (e != ERR_OK)
        return e;
    buf_init(&file, FILE_MAX);
    e = load(&a, &file, out);
    buf_wipe(&file);
    return e == ERR_NOT_FOUND ? ERR_OK : tell_file(&a, e);
}

enum err vault_key_make(const char *dir, struct bytes passphrase, unsigned log2_n,
    uint8_t key[VAULT_KEY], char *why, size_t why_n)
{
    struct attempt a;
    struct buf file;

    mem_wipe(key, VAULT_KEY);
    enum err e = begin(&a, dir, why, why_n);
    if (e != ERR_OK)
        return e;
    buf_init(&file, FILE_MAX);
    e = file_make_private_dir(dir);
    if (e != ERR_OK) {
        e = tell(&a, e, "%s must be a folder of yours with mode 0700: %s", dir, err_str(e));
        goto out;
    }
    rand_bytes(key, VAULT_KEY);
    e = wrap(&a, passphrase, log2_n, key, &file);
    if (e == ERR_OK)
        e = tell_file(&a, file_create_private(a.path, buf_view(&file)));
out:
    if (e != ERR_OK)
        mem_wipe(key, VAULT_KEY);
    buf_wipe(&file);
    return e;
}

enum err vault_key_read(
    const char *dir, struct bytes passphrase, uint8_t key[VAULT_KEY], char *why, size_t why_n)
{
    struct attempt a;
    struct buf file;
    enum vault_key_kind kind;

    mem_wipe(key, VAULT_KEY);
    enum err e = begin(&a, dir, why, why_n);
    if (e != ERR_OK)
        return e;
    buf_init(&file, FILE_MAX);
    e = tell_file(&a, load(&a, &file, &kind));
    if (e == ERR_OK)
        e = unwrap(&a, buf_view(&file), kind, passphrase, key);
    buf_wipe(&file);
    return e;
}

enum err vault_key_change(const char *dir, struct bytes old, struct bytes fresh,
    unsigned log2_n, char *why, size_t why_n)
{
    struct attempt a;
    struct buf file;
    uint8_t key[VAULT_KEY];
    enum err e = vault_key_read(dir, old, key, why, why_n);

    if (e != ERR_OK)
        return e;
    buf_init(&file, FILE_MAX);
    e = begin(&a, dir, why, why_n);
    if (e == ERR_OK)
        e = wrap(&a, fresh, log2_n, key, &file);
    if (e == ERR_OK)
        e = tell_file(&a, file_write_atomic(a.path, buf_view(&file), 0600));
    mem_wipe(key, sizeof key);
    buf_wipe(&file);
    return e;
}
