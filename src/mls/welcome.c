/* SPDX-License-Identifier: ISC */
#include "mls/welcome.h"

#include "base/mem.h"
#include "mls/label.h"
#include "mls/wire.h"

static const char LABEL[] = "Welcome";

/* ---- GroupSecrets ---- */

static void read_psks(struct reader *r, struct welcome_secrets *out)
{
    struct reader inner;

    wire_enter(r, WIRE_MAX, &inner);
    while (reader_left(&inner) > 0) {
        if (out->psk_n == WELCOME_PSK_MAX)
            reader_fail(&inner, ERR_TOO_BIG);
        else
            schedule_psk_id_read(&inner, &out->psk[out->psk_n++]);
    }
    wire_leave(r, &inner);
}

void welcome_secrets_read(struct reader *r, struct welcome_secrets *out)
{
    *out = (struct welcome_secrets){0};
    out->joiner = wire_vec(r, WIRE_SMALL);
    out->has_path = wire_optional(r);
    if (out->has_path)
        out->path = wire_vec(r, WIRE_SMALL);
    read_psks(r, out);
    if (reader_err(r) != ERR_OK)
        *out = (struct welcome_secrets){0};
}

void welcome_secrets_write(const struct welcome_secrets *s, struct buf *out)
{
    size_t at;

    wire_put(out, s->joiner);
    buf_u8(out, s->has_path ? 1 : 0);
    if (s->has_path)
        wire_put(out, s->path);
    at = wire_open(out);
    for (size_t i = 0; i < s->psk_n; i++)
        schedule_psk_id_write(&s->psk[i], out);
    wire_close(out, at);
}

/* ---- Welcome ---- */

bool welcome_next(struct reader *walk, struct welcome_entry *out)
{
    *out = (struct welcome_entry){0};
    if (reader_left(walk) == 0)
        return false;
    out->package_ref = wire_vec(walk, WIRE_SMALL);
    out->enc = wire_vec(walk, WIRE_SMALL);
    out->sealed = wire_vec(walk, WIRE_MAX);
    return reader_err(walk) == ERR_OK;
}

void welcome_entry_write(const struct welcome_entry *e, struct buf *out)
{
    wire_put(out, e->package_ref);
    wire_put(out, e->enc);
    wire_put(out, e->sealed);
}

static void check_entries(struct reader *r, struct bytes secrets)
{
    struct reader walk;
    struct welcome_entry entry;
    size_t count = 0;

    reader_init(&walk, secrets);
    while (count <= WELCOME_ENTRY_MAX && welcome_next(&walk, &entry))
        count++;
    if (count > WELCOME_ENTRY_MAX)
        reader_fail(r, ERR_TOO_BIG);
    if (reader_err(&walk) != ERR_OK)
        reader_fail(r, reader_err(&walk));
}

void welcome_read(struct reader *r, struct welcome *out)
{
    *out = (struct welcome){.suite_id = reader_u16(r)};
    out->suite = suite_find(out->suite_id);
    out->secrets = wire_vec(r, WIRE_MAX);
    check_entries(r, out->secrets);
    out->group_info = wire_vec(r, WIRE_MAX);
    if (reader_err(r) != ERR_OK)
        *out = (struct welcome){0};
}

bool welcome_find(
    const struct welcome *w, const uint8_t ref[SUITE_HASH], struct welcome_entry *out)
{
    struct reader walk;

    reader_init(&walk, w->secrets);
    while (welcome_next(&walk, out))
        if (bytes_eq(out->package_ref, bytes_of(ref, SUITE_HASH)))
            return true;
    return false;
}

static bool right_sizes(const struct welcome_secrets *s)
{
    return s->joiner.n == SUITE_HASH && (!s->has_path || s->path.n == SUITE_HASH);
}

/* Room for what is sealed, or NULL when it is too short to be. */
static uint8_t *room_for(struct buf *plain, struct bytes sealed)
{
    return sealed.n > AEAD_TAG ? buf_space(plain, sealed.n - AEAD_TAG) : NULL;
}

enum mls_rule welcome_open_secrets(const struct welcome *w, const struct welcome_entry *e,
    const struct dh_key *init, struct buf *plain, struct welcome_secrets *out)
{
    struct label_box box = {.suite = w->suite, .label = LABEL, .context = w->group_info};
    struct reader r;
    uint8_t *to;

    *out = (struct welcome_secrets){0};
    if (w->suite == NULL)
        return MLS_RULE_PACKAGE_SUITE;
    buf_clear(plain);
    to = room_for(plain, e->sealed);
    if (to == NULL || label_open(&box, init, e->enc, e->sealed, to) != ERR_OK)
        return MLS_RULE_WELCOME_SECRETS;
    reader_init(&r, buf_view(plain));
    welcome_secrets_read(&r, out);
    if (reader_end(&r) == ERR_OK && right_sizes(out))
        return MLS_RULE_KEPT;
    *out = (struct welcome_secrets){0};
    return MLS_RULE_FORMAT;
}

enum mls_rule welcome_open_info(const struct welcome *w, const uint8_t joiner[SUITE_HASH],
    const uint8_t *psk, struct buf *plain, struct welcome_info *out)
{
    uint8_t key[AEAD_KEY_MAX];
    uint8_t nonce[AEAD_NONCE];
    struct reader r;
    uint8_t *to;
    enum err e;

    *out = (struct welcome_info){0};
    if (w->suite == NULL)
        return MLS_RULE_PACKAGE_SUITE;
    buf_clear(plain);
    to = room_for(plain, w->group_info);
    if (to == NULL || schedule_welcome_key(w->suite, joiner, psk, key, nonce) != ERR_OK)
        return MLS_RULE_WELCOME_SECRETS;
    e = aead_open(w->suite->aead, key, nonce, (struct bytes){0}, w->group_info, to);
    mem_wipe(key, sizeof key);
    mem_wipe(nonce, sizeof nonce);
    if (e != ERR_OK)
        return MLS_RULE_WELCOME_SECRETS;
    reader_init(&r, buf_view(plain));
    welcome_info_read(&r, out);
    e = reader_end(&r);
    if (e == ERR_OK && out->context.suite == w->suite)
        return MLS_RULE_KEPT;
    *out = (struct welcome_info){0};
    return e == ERR_OK || e == ERR_UNSUPPORTED ? MLS_RULE_PACKAGE_SUITE : MLS_RULE_FORMAT;
}

/* ---- writing ---- */

enum err welcome_seal_info(const struct suite *s, const uint8_t joiner[SUITE_HASH],
    const uint8_t *psk, struct bytes info, struct buf *out)
{
    uint8_t key[AEAD_KEY_MAX];
    uint8_t nonce[AEAD_NONCE];
    uint8_t *to = buf_space(out, info.n + AEAD_TAG);
    enum err e = to != NULL ? ERR_OK : buf_end(out);

    if (e == ERR_OK)
        e = schedule_welcome_key(s, joiner, psk, key, nonce);
    if (e == ERR_OK)
        e = aead_seal(s->aead, key, nonce, (struct bytes){0}, info, to);
    mem_wipe(key, sizeof key);
    mem_wipe(nonce, sizeof nonce);
    return e;
}

enum err welcome_seal_secrets(struct welcome_draft *w, const struct keypackage *to,
    const struct welcome_secrets *secrets, const uint8_t drawn[SUITE_DRAWN])
{
    struct label_box box = {.suite = w->suite, .label = LABEL, .context = w->sealed_info};
    uint8_t ref[SUITE_HASH];
    uint8_t enc[DH_PUB_MAX];
    struct buf plain;
    struct buf sealed;
    uint8_t *room;
    enum err e;

    buf_init(&plain, WIRE_MAX);
    buf_init(&sealed, WIRE_MAX);
    welcome_secrets_write(secrets, &plain);
    room = buf_space(&sealed, plain.n + AEAD_TAG);
    e = buf_end(&plain);
    if (e == ERR_OK)
        e = buf_end(&sealed);
    if (e == ERR_OK)
        e = keypackage_ref_hash(to, w->suite, ref);
    if (e == ERR_OK)
        e = label_seal(&box, to->init_key, buf_view(&plain), drawn, enc, room);
    if (e == ERR_OK) {
        welcome_entry_write(&(struct welcome_entry){.package_ref = bytes_of(ref, sizeof ref),
                                .enc = bytes_of(enc, w->suite->hpke.kem->pub_size),
                                .sealed = buf_view(&sealed)},
            &w->secrets);
        e = buf_end(&w->secrets);
    }
    buf_wipe(&plain);
    buf_free(&sealed);
    return e;
}

void welcome_write(const struct welcome_draft *w, struct buf *out)
{
    buf_u16(out, w->suite->id);
    wire_put(out, buf_view(&w->secrets));
    wire_put(out, w->sealed_info);
}
