/* SPDX-License-Identifier: ISC */
#include "crypto/password.h"

#include "crypto/ossl.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/reader.h"
#include "crypto/hash.h"
#include "crypto/rand.h"

#define BLOCKS     8 /* scrypt's r; with p = 1 the memory is 1 KiB times N */
#define LANES      1
#define LOG2_N_MAX 20 /* 1 GiB: above it a stored number is damage, not a cost */
#define NAME_MAX_N 1024

static enum err scrypt(
    struct bytes secret, struct bytes salt, unsigned log2_n, uint8_t *out, size_t n)
{
    if (log2_n < 1 || log2_n > LOG2_N_MAX)
        return ERR_TOO_BIG;
    (void)OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
    uint64_t cost = UINT64_C(1) << log2_n;
    /* OpenSSL's own ceiling is 32 MiB; this is what the parameters need, and a little. */
    uint64_t memory = UINT64_C(128) * BLOCKS * (cost + LANES + 2) + (64u << 10);
    if (EVP_PBE_scrypt((const char *)secret.p, secret.n, salt.p, salt.n, cost, BLOCKS, LANES,
            memory, out, n) == 1)
        return ERR_OK;
    ERR_clear_error();
    mem_wipe(out, n);
    return ERR_CRYPTO;
}

enum err password_derive(
    struct bytes password, struct bytes salt, unsigned log2_n, uint8_t *out, size_t n)
{
    return scrypt(password, salt, log2_n, out, n);
}

/* The purpose and the relay are of fixed length, so no two of these salts are alike. */
static enum err scrypt_for(const char *purpose, struct bytes password,
    const uint8_t relay_id[PASSWORD_RELAY_ID], struct bytes name, unsigned log2_n,
    uint8_t out[PASSWORD_KEY])
{
    uint8_t room[16 + PASSWORD_RELAY_ID + NAME_MAX_N];
    struct buf salt;

    if (name.n > NAME_MAX_N)
        return ERR_TOO_BIG;
    buf_init_fixed(&salt, room, sizeof room);
    buf_text(&salt, purpose);
    buf_put(&salt, relay_id, PASSWORD_RELAY_ID);
    buf_bytes(&salt, name);
    enum err e = buf_end(&salt);
    if (e == ERR_OK)
        e = scrypt(password, buf_view(&salt), log2_n, out, PASSWORD_KEY);
    return e;
}

enum err password_account(struct bytes password, const uint8_t relay_id[PASSWORD_RELAY_ID],
    struct bytes name, unsigned log2_n, uint8_t out[PASSWORD_KEY])
{
    return scrypt_for("sotto account", password, relay_id, name, log2_n, out);
}

enum err password_room(struct bytes password, const uint8_t relay_id[PASSWORD_RELAY_ID],
    struct bytes folded_name, unsigned log2_n, struct password_room_keys *out)
{
    const struct bytes proof = bytes_str("proof"), psk = bytes_str("psk");
    const struct hash_alg *alg = &HASH_ALG_SHA256;
    uint8_t key[PASSWORD_KEY];
    const struct bytes whole = bytes_of(key, sizeof key);

    enum err e = scrypt_for("sotto room", password, relay_id, folded_name, log2_n, key);
    if (e == ERR_OK)
        e = hash_extract(alg, (struct bytes){0}, whole, key);
    if (e == ERR_OK)
        e = hash_expand(alg, whole, &proof, 1, out->proof, sizeof out->proof);
    if (e == ERR_OK)
        e = hash_expand(alg, whole, &psk, 1, out->psk, sizeof out->psk);
    if (e != ERR_OK)
        mem_wipe(out, sizeof *out);
    mem_wipe(key, sizeof key);
    return e;
}

enum err password_store(struct bytes secret, unsigned log2_n, uint8_t out[PASSWORD_STORED])
{
    uint8_t *salt = out + 4;

    out[0] = (uint8_t)log2_n;
    out[1] = BLOCKS;
    out[2] = LANES;
    out[3] = 0;
    rand_bytes(salt, PASSWORD_SALT);
    return scrypt(
        secret, bytes_of(salt, PASSWORD_SALT), log2_n, salt + PASSWORD_SALT, PASSWORD_KEY);
}

enum err password_check(struct bytes secret, struct bytes stored)
{
    uint8_t got[PASSWORD_KEY];
    struct reader r;

    reader_init(&r, stored);
    unsigned log2_n = reader_u8(&r);
    bool ours = reader_u8(&r) == BLOCKS;
    ours = reader_u8(&r) == LANES && ours;
    ours = reader_u8(&r) == 0 && ours;
    struct bytes salt = reader_bytes(&r, PASSWORD_SALT);
    struct bytes want = reader_bytes(&r, PASSWORD_KEY);
    if (reader_end(&r) != ERR_OK || !ours || log2_n < 1 || log2_n > LOG2_N_MAX)
        return ERR_CORRUPT;
    enum err e = scrypt(secret, salt, log2_n, got, sizeof got);
    if (e == ERR_OK && !hash_equal(got, want.p, sizeof got))
        e = ERR_REFUSED;
    mem_wipe(got, sizeof got);
    return e;
}
