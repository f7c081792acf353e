/* SPDX-License-Identifier: ISC */
#include "mls/safety.h"

#include "base/mem.h"
#include "crypto/hash.h"

#define VERSION    1
#define ITERATIONS 5200
#define GROUP      5 /* digits, and the bytes that one group of them is made of */
#define HALF       (SAFETY_DIGITS / 2 / GROUP)
#define HALF_TEXT  (HALF * (GROUP + 1)) /* a space or NUL behind each group */

_Static_assert(HALF *GROUP <= 32, "a half is made of one secret or hash");
_Static_assert(HALF_TEXT == SAFETY_CODE_TEXT, "a room code is as long as one half");

/* 2^40 is no multiple of 100000; what that favours some groups by is one part in ten million.
 */
static void write_groups(const uint8_t *in, char *out)
{
    for (size_t i = 0; i < HALF; i++) {
        uint64_t v = 0;

        for (size_t j = 0; j < GROUP; j++)
            v = v << 8 | in[i * GROUP + j];
        for (size_t j = GROUP; j-- > 0; v /= 10)
            out[i * (GROUP + 1) + j] = (char)('0' + v % 10);
        out[i * (GROUP + 1) + GROUP] = i + 1 < HALF ? ' ' : '\0';
    }
}

static void put_length(uint8_t out[4], size_t n)
{
    for (size_t i = 0; i < 4; i++)
        out[i] = (uint8_t)(n >> (24 - 8 * i));
}

/* SHA-512 over version, name and key, each with its length; then over the hash so far and the
 * key, until it is ITERATIONS in all. */
static enum err write_half(const struct safety_identity *who, char out[HALF_TEXT])
{
    uint8_t version = VERSION;
    uint8_t name_n[4];
    uint8_t key_n[4];
    uint8_t hash[HASH_MAX];
    struct bytes first[] = {
        {&version, 1}, {name_n, sizeof name_n}, who->name, {key_n, sizeof key_n}, who->key};
    struct bytes next[] = {{hash, sizeof hash}, who->key};
    enum err e;

    if (who->name.n > UINT32_MAX || who->key.n > UINT32_MAX)
        return ERR_TOO_BIG;
    put_length(name_n, who->name.n);
    put_length(key_n, who->key.n);
    e = hash_of(&HASH_ALG_SHA512, first, MEM_COUNT(first), hash);
    for (size_t i = 1; e == ERR_OK && i < ITERATIONS; i++)
        e = hash_of(&HASH_ALG_SHA512, next, MEM_COUNT(next), hash);
    if (e == ERR_OK)
        write_groups(hash, out);
    return e;
}

enum err safety_number(
    const struct safety_identity *a, const struct safety_identity *b, char out[SAFETY_TEXT])
{
    char half[2][HALF_TEXT];
    enum err e = write_half(a, half[0]);

    if (e == ERR_OK)
        e = write_half(b, half[1]);
    if (e != ERR_OK) {
        out[0] = '\0';
        return e;
    }
    size_t low = memcmp(half[0], half[1], HALF_TEXT) <= 0 ? 0 : 1;

    memcpy(out, half[low], HALF_TEXT);
    out[HALF_TEXT - 1] = ' ';
    memcpy(out + HALF_TEXT, half[1 - low], HALF_TEXT);
    return ERR_OK;
}

enum err safety_fingerprint(struct bytes key, uint8_t out[SAFETY_PRINT])
{
    return hash_sha256(key, out);
}

/* Base64 without padding. */
static void write_base64(const uint8_t *in, size_t n, char *out)
{
    static const char DIGITS[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint32_t held = 0;
    unsigned bits = 0;

    for (size_t i = 0; i < n; i++) {
        held = held << 8 | in[i];
        for (bits += 8; bits >= 6; bits -= 6)
            *out++ = DIGITS[held >> (bits - 6) & 63];
    }
    if (bits > 0)
        *out++ = DIGITS[held << (6 - bits) & 63];
    *out = '\0';
}

enum err safety_fingerprint_text(struct bytes key, char out[SAFETY_PRINT_TEXT])
{
    static const char PREFIX[] = "SHA256:";
    uint8_t print[SAFETY_PRINT];
    enum err e = safety_fingerprint(key, print);

    out[0] = '\0';
    if (e != ERR_OK)
        return e;
    memcpy(out, PREFIX, sizeof PREFIX - 1);
    write_base64(print, sizeof print, out + sizeof PREFIX - 1);
    return ERR_OK;
}

void safety_code(const uint8_t secret[32], char out[SAFETY_CODE_TEXT])
{
    write_groups(secret, out);
}
