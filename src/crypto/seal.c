/* SPDX-License-Identifier: ISC */
#include "crypto/seal.h"

#include "base/file.h"
#include "base/mem.h"
#include "crypto/aead.h"
#include "crypto/hash.h"
#include "crypto/password.h"
#include "crypto/rand.h"

#define MAGIC       "sotto"
#define MAGIC_N     6 /* with the kind */
#define VERSION     1
#define AES_256_GCM 1
#define SALT        32
#define CHECK       16
#define SUM         8
#define KEY_HEAD    (MAGIC_N + 2 + SALT)
#define PASS_HEAD   (KEY_HEAD + 1 + CHECK + SUM)

_Static_assert(SEAL_MORE == PASS_HEAD + AEAD_TAG, "what the header promises");

/* What the body is sealed under. */
struct inner {
    uint8_t key[SEAL_KEY];
    uint8_t nonce[AEAD_NONCE];
};

static char kind_of(const struct seal *s)
{
    return s->key != NULL ? 'k' : 'p';
}

static size_t head_of(const struct seal *s)
{
    return s->key != NULL ? KEY_HEAD : PASS_HEAD;
}

/* All before the associated data is of fixed length or ends in a zero, so no two places are
 * written alike. */
static enum err derive_inner(
    const struct seal *s, const uint8_t *key, struct bytes head, struct inner *out)
{
    uint8_t prk[HASH_SHA256];
    uint8_t okm[SEAL_KEY + AEAD_NONCE];
    struct bytes salt = bytes_of(head.p + MAGIC_N + 2, SALT);
    const struct bytes info[] = {bytes_str("sotto seal body"), bytes_of("", 1),
        bytes_of(head.p, MAGIC_N + 2), bytes_str(s->purpose), bytes_of("", 1), s->aad};

    enum err e = hash_extract(&HASH_ALG_SHA256, salt, bytes_of(key, SEAL_KEY), prk);
    if (e == ERR_OK)
        e = hash_expand(&HASH_ALG_SHA256, bytes_of(prk, sizeof prk), info, MEM_COUNT(info), okm,
            sizeof okm);
    if (e == ERR_OK) {
        memcpy(out->key, okm, SEAL_KEY);
        memcpy(out->nonce, okm + SEAL_KEY, AEAD_NONCE);
    }
    mem_wipe(prk, sizeof prk);
    mem_wipe(okm, sizeof okm);
    return e;
}

static enum err derive_check(const uint8_t key[SEAL_KEY], uint8_t out[CHECK])
{
    const struct bytes label = bytes_str("sotto seal check");

    return hash_expand(&HASH_ALG_SHA256, bytes_of(key, SEAL_KEY), &label, 1, out, CHECK);
}

static enum err sum_of(const uint8_t head[PASS_HEAD], uint8_t out[SUM])
{
    uint8_t whole[HASH_SHA256];
    enum err e = hash_sha256(bytes_of(head, PASS_HEAD - SUM), whole);

    if (e == ERR_OK)
        memcpy(out, whole, SUM);
    return e;
}

/* Fills the header; key becomes what the passphrase was stretched to. */
static enum err head_make(const struct seal *s, uint8_t *head, uint8_t key[SEAL_KEY])
{
    uint8_t *salt = head + MAGIC_N + 2;
    uint8_t *cost = salt + SALT;

    memcpy(head, MAGIC, MAGIC_N - 1);
    head[MAGIC_N - 1] = (uint8_t)kind_of(s);
    head[MAGIC_N] = VERSION;
    head[MAGIC_N + 1] = AES_256_GCM;
    rand_bytes(salt, SALT);
    if (s->key != NULL)
        return ERR_OK;
    if (s->log2_n > SEAL_COST_MAX)
        return ERR_TOO_BIG;
    *cost = (uint8_t)s->log2_n;
    enum err e = password_derive(s->passphrase, bytes_of(salt, SALT), s->log2_n, key, SEAL_KEY);
    if (e == ERR_OK)
        e = derive_check(key, cost + 1);
    if (e == ERR_OK)
        e = sum_of(head, cost + 1 + CHECK);
    return e;
}

/* The part of the header that both kinds have. What is cut off is judged as far as it goes. */
static enum err head_look(const struct seal *s, struct bytes in)
{
    uint8_t want[MAGIC_N];
    size_t n = in.n < MAGIC_N ? in.n : MAGIC_N;

    memcpy(want, MAGIC, MAGIC_N - 1);
    want[MAGIC_N - 1] = (uint8_t)kind_of(s);
    if (n != 0 && memcmp(in.p, want, n) != 0)
        return ERR_FORMAT;
    if (in.n > MAGIC_N && in.p[MAGIC_N] > VERSION)
        return ERR_VERSION;
    if (in.n > MAGIC_N + 1 && (in.p[MAGIC_N] != VERSION || in.p[MAGIC_N + 1] != AES_256_GCM))
        return ERR_CORRUPT;
    return in.n < head_of(s) + AEAD_TAG ? ERR_CORRUPT : ERR_OK;
}

/* The rest of the header under a passphrase, and what that is stretched to. */
static enum err head_stretch(const struct seal *s, struct bytes in, uint8_t key[SEAL_KEY])
{
    struct bytes salt = bytes_of(in.p + MAGIC_N + 2, SALT);
    const uint8_t *cost = salt.p + SALT;
    uint8_t sum[SUM], check[CHECK];

    enum err e = sum_of(in.p, sum);
    if (e != ERR_OK)
        return e;
    if (memcmp(sum, cost + 1 + CHECK, SUM) != 0 || *cost == 0)
        return ERR_CORRUPT;
    if (*cost > SEAL_COST_MAX)
        return ERR_TOO_BIG;
    e = password_derive(s->passphrase, salt, *cost, key, SEAL_KEY);
    if (e == ERR_OK)
        e = derive_check(key, check);
    if (e == ERR_OK && !hash_equal(check, cost + 1, CHECK))
        e = ERR_REFUSED;
    mem_wipe(check, sizeof check);
    return e;
}

static enum err head_open(const struct seal *s, struct bytes in, uint8_t key[SEAL_KEY])
{
    enum err e = head_look(s, in);

    if (e == ERR_OK && s->key == NULL)
        e = head_stretch(s, in, key);
    return e;
}

static bool purpose_is(const struct seal *s)
{
    return s->purpose != NULL && strnlen(s->purpose, SEAL_PURPOSE + 1) <= SEAL_PURPOSE;
}

/* Fixed bytes are the caller's, who gets them back without what was in them. */
static enum err finish(enum err e, struct buf *out)
{
    if (e == ERR_OK)
        return e;
    if (out->p != NULL)
        mem_wipe(out->p, out->cap);
    buf_clear(out);
    return e;
}

enum err seal_make(const struct seal *s, struct bytes in, struct buf *out)
{
    uint8_t stretched[SEAL_KEY] = {0};
    struct inner inner = {0};
    size_t head = head_of(s);

    buf_clear(out);
    if (!purpose_is(s))
        return finish(ERR_STATE, out);
    if (in.n > SIZE_MAX - SEAL_MORE)
        return finish(ERR_TOO_BIG, out);
    uint8_t *p = buf_space(out, head + in.n + AEAD_TAG);
    if (p == NULL)
        return finish(ERR_TOO_BIG, out);
    enum err e = head_make(s, p, stretched);
    if (e == ERR_OK)
        e = derive_inner(s, s->key != NULL ? s->key : stretched, bytes_of(p, head), &inner);
    if (e == ERR_OK)
        e = aead_seal(
            &AEAD_AES256_GCM, inner.key, inner.nonce, bytes_of(p, head), in, p + head);
    mem_wipe(stretched, sizeof stretched);
    mem_wipe(&inner, sizeof inner);
    return finish(e, out);
}

enum err seal_open(const struct seal *s, struct bytes in, struct buf *out)
{
    uint8_t stretched[SEAL_KEY] = {0};
    struct inner inner = {0};
    size_t head = head_of(s);

    buf_clear(out);
    if (!purpose_is(s))
        return finish(ERR_STATE, out);
    enum err e = head_open(s, in, stretched);
    uint8_t *p = e == ERR_OK ? buf_space(out, in.n - head - AEAD_TAG) : NULL;
    if (e == ERR_OK)
        e = buf_end(out); /* no bytes may be at NULL */
    if (e == ERR_OK)
        e = derive_inner(s, s->key != NULL ? s->key : stretched, in, &inner);
    if (e == ERR_OK)
        e = aead_open(&AEAD_AES256_GCM, inner.key, inner.nonce, bytes_of(in.p, head),
            bytes_of(in.p + head, in.n - head), p);
    if (e == ERR_CRYPTO && s->key == NULL) /* the passphrase was right: check said so */
        e = ERR_CORRUPT;
    mem_wipe(stretched, sizeof stretched);
    mem_wipe(&inner, sizeof inner);
    return finish(e, out);
}

enum err seal_write(const struct seal *s, const char *path, struct bytes in)
{
    struct buf sealed;

    buf_init(&sealed, in.n <= SIZE_MAX - SEAL_MORE ? in.n + SEAL_MORE : 0);
    enum err e = seal_make(s, in, &sealed);
    if (e == ERR_OK)
        e = file_write_atomic(path, buf_view(&sealed), 0600);
    buf_free(&sealed);
    return e;
}

enum err seal_read(const struct seal *s, const char *path, struct buf *out)
{
    struct buf sealed;

    buf_init(&sealed, out->max <= SIZE_MAX - SEAL_MORE ? out->max + SEAL_MORE : out->max);
    enum err e = file_read_private(path, &sealed);
    if (e == ERR_OK)
        e = seal_open(s, buf_view(&sealed), out);
    else
        e = finish(e, out);
    buf_free(&sealed);
    return e;
}
