/* SPDX-License-Identifier: ISC */
#include "mls/label.h"

#include "base/mem.h"
#include "mls/wire.h"

#define LABEL_PREFIX "MLS 1.0 "
#define LABEL_STACK  4096

/* A length in front of what stays where it is. */
struct label_length {
    uint8_t b[6];
    struct bytes view;
};

static enum err label_length_of(struct label_length *l, size_t n)
{
    struct buf b;

    buf_init_fixed(&b, l->b, sizeof l->b);
    wire_put_length(&b, n);
    l->view = buf_view(&b);
    return buf_end(&b);
}

static size_t label_size(const char *label)
{
    return strlen(LABEL_PREFIX) + strlen(label);
}

enum err label_expand(const struct suite *s, const uint8_t secret[SUITE_HASH],
    const char *label, struct bytes context, uint8_t *out, size_t n)
{
    uint8_t head_bytes[6];
    struct label_length context_length;
    struct buf head;

    buf_init_fixed(&head, head_bytes, sizeof head_bytes);
    buf_u16(&head, (uint16_t)n); /* what does not fit here, HKDF does not give */
    wire_put_length(&head, label_size(label));
    enum err e = buf_end(&head);
    if (e == ERR_OK)
        e = label_length_of(&context_length, context.n);
    if (e != ERR_OK)
        return e;
    const struct bytes info[] = {buf_view(&head), bytes_str(LABEL_PREFIX), bytes_str(label),
        context_length.view, context};
    return hash_expand(s->hash, bytes_of(secret, SUITE_HASH), info, MEM_COUNT(info), out, n);
}

enum err label_derive(const struct suite *s, const uint8_t secret[SUITE_HASH],
    const char *label, uint8_t out[SUITE_HASH])
{
    return label_expand(s, secret, label, (struct bytes){0}, out, SUITE_HASH);
}

enum err label_derive_tree(const struct suite *s, const uint8_t secret[SUITE_HASH],
    const char *label, uint32_t generation, uint8_t *out, size_t n)
{
    const uint8_t context[4] = {(uint8_t)(generation >> 24), (uint8_t)(generation >> 16),
        (uint8_t)(generation >> 8), (uint8_t)generation};

    return label_expand(s, secret, label, bytes_of(context, sizeof context), out, n);
}

enum err label_ref(
    const struct suite *s, const char *label, struct bytes value, uint8_t out[SUITE_HASH])
{
    struct label_length label_length, value_length;
    enum err e = label_length_of(&label_length, strlen(label));

    if (e == ERR_OK)
        e = label_length_of(&value_length, value.n);
    if (e != ERR_OK)
        return e;
    const struct bytes parts[] = {
        label_length.view, bytes_str(label), value_length.view, value};
    return hash_of(s->hash, parts, MEM_COUNT(parts), out);
}

/* SignContent and EncryptContext, which are written alike, in one piece. What is signed may
 * be what is about to be sealed, so it is wiped. */
struct label_joined {
    struct buf b;
    uint8_t stack[LABEL_STACK];
};

static enum err label_join(struct label_joined *j, const char *label, struct bytes content)
{
    /* Two lengths take at most four bytes each. */
    size_t most = 8 + label_size(label) + content.n;

    if (most <= sizeof j->stack)
        buf_init_fixed(&j->b, j->stack, sizeof j->stack);
    else
        buf_init(&j->b, most);
    wire_put_length(&j->b, label_size(label));
    buf_text(&j->b, LABEL_PREFIX);
    buf_text(&j->b, label);
    wire_put(&j->b, content);
    return buf_end(&j->b);
}

static void label_part(struct label_joined *j)
{
    if (j->b.fixed)
        mem_wipe(j->stack, j->b.n);
    else
        buf_wipe(&j->b);
}

enum err label_sign(struct sign_key *key, const char *label, struct bytes content,
    uint8_t out[SIGN_MAX], size_t *n)
{
    struct label_joined j;
    enum err e = label_join(&j, label, content);

    if (e == ERR_OK)
        e = sign_make(key, buf_view(&j.b), out, n);
    label_part(&j);
    return e;
}

enum err label_check(
    struct sign_pub *pub, const char *label, struct bytes content, struct bytes signature)
{
    struct label_joined j;
    enum err e = label_join(&j, label, content);

    if (e == ERR_OK)
        e = sign_check(pub, buf_view(&j.b), signature);
    label_part(&j);
    return e;
}

enum err label_seal(const struct label_box *box, struct bytes pub, struct bytes in,
    const uint8_t drawn[SUITE_DRAWN], uint8_t *enc, uint8_t *out)
{
    struct label_joined j;
    enum err e = label_join(&j, box->label, box->context);
    const struct hpke_call how = {.suite = &box->suite->hpke, .info = buf_view(&j.b)};

    if (e == ERR_OK)
        e = hpke_seal(&how, pub, in, bytes_of(drawn, SUITE_DRAWN), enc, out);
    label_part(&j);
    return e;
}

enum err label_open(const struct label_box *box, const struct dh_key *key, struct bytes enc,
    struct bytes in, uint8_t *out)
{
    struct label_joined j;
    enum err e = label_join(&j, box->label, box->context);
    const struct hpke_call how = {.suite = &box->suite->hpke, .info = buf_view(&j.b)};

    if (e == ERR_OK)
        e = hpke_open(&how, key, enc, in, out);
    label_part(&j);
    return e;
}
