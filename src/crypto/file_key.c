/* SPDX-License-Identifier: ISC */
#include "crypto/file_key.h"

#include <string.h>

#include "base/mem.h"
#include "crypto/aead.h"

#define LABEL   "sotto file 1"
#define LABEL_N (sizeof LABEL - 1)
#define AAD     (LABEL_N + FILE_KEY_ID + 8 + 4 + 4 + 4)

struct file_key {
    struct file_shape shape;
    struct aead_key *aead;
    uint8_t aad[AAD]; /* the index at its end is of the chunk that was last dealt with */
};

static uint8_t *put_be(uint8_t *at, uint64_t x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        at[i] = (uint8_t)(x >> 8 * (n - 1 - i));
    return at + n;
}

enum err file_key_new(
    const uint8_t key[FILE_KEY], const struct file_shape *shape, struct file_key **out)
{
    struct file_key *k = mem_alloc(sizeof *k);
    uint8_t *at = k->aad;

    *out = NULL;
    k->shape = *shape;
    memcpy(at, LABEL, LABEL_N);
    at += LABEL_N;
    memcpy(at, shape->id, FILE_KEY_ID);
    at += FILE_KEY_ID;
    at = put_be(at, shape->bytes, 8);
    at = put_be(at, shape->chunk, 4);
    (void)put_be(at, shape->count, 4);
    enum err e = aead_key_new(&AEAD_AES256_GCM, key, &k->aead);
    if (e != ERR_OK) {
        file_key_free(k);
        return e;
    }
    *out = k;
    return ERR_OK;
}

void file_key_free(struct file_key *k)
{
    if (k == NULL)
        return;
    aead_key_free(k->aead);
    mem_wipe_free(k, sizeof *k);
}

size_t file_shape_chunk(const struct file_shape *s, uint32_t index)
{
    if (index >= s->count)
        return 0;
    return index + 1 < s->count ? s->chunk : (size_t)(s->bytes - (uint64_t)s->chunk * index);
}

static void place(struct file_key *k, uint32_t index, uint8_t nonce[AEAD_NONCE])
{
    (void)put_be(k->aad + AAD - 4, index, 4);
    memset(nonce, 0, AEAD_NONCE);
    (void)put_be(nonce + AEAD_NONCE - 4, index, 4);
}

enum err file_key_seal(struct file_key *k, uint32_t index, struct bytes in, uint8_t *out)
{
    uint8_t nonce[AEAD_NONCE];

    if (index >= k->shape.count || in.n != file_shape_chunk(&k->shape, index))
        return ERR_FORMAT;
    place(k, index, nonce);
    return aead_key_seal(k->aead, nonce, bytes_of(k->aad, AAD), in, out);
}

enum err file_key_open(struct file_key *k, uint32_t index, struct bytes in, uint8_t *out)
{
    uint8_t nonce[AEAD_NONCE];

    if (index >= k->shape.count || in.n != file_shape_chunk(&k->shape, index) + FILE_KEY_TAG)
        return ERR_FORMAT;
    place(k, index, nonce);
    return aead_key_open(k->aead, nonce, bytes_of(k->aad, AAD), in, out);
}
