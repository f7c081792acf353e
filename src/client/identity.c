/* SPDX-License-Identifier: ISC */
#include "client/identity.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/reader.h"
#include "crypto/hash.h"
#include "crypto/rand.h"

#define KEY_BYTES     8192
#define PACKAGE_BYTES 8192
#define USED_BYTES    2048 /* then another last resort is made */
#define BEFORE_S      3600
#define LIFETIME_S    (90u * 86400u)

static const uint16_t EXTENSIONS[] = {POLICY_EXT_ROOM, POLICY_EXT_NICK};

static void refresh(struct identity *id)
{
    id->mls = (struct mls_identity){
        .key = id->key,
        .credential_type = MLS_BASIC,
        .identity = bytes_str(id->name),
        .extension_types = EXTENSIONS,
        .extension_types_n = MEM_COUNT(EXTENSIONS),
        .leaf_extensions = buf_view(&id->leaf_extensions),
    };
}

static void package_fini(struct identity_package *p)
{
    buf_free(&p->message);
    buf_wipe(&p->secret);
    buf_free(&p->used);
}

/* ---- the vault's rows ---- */

struct bytes identity_home(const struct identity *id, uint8_t out[IDENTITY_HOME])
{
    size_t n = strlen(id->name);

    memcpy(out, id->relay_id, TRUST_RELAY_ID);
    out[TRUST_RELAY_ID] = (uint8_t)n;
    memcpy(out + TRUST_RELAY_ID + 1, id->name, n);
    return bytes_of(out, TRUST_RELAY_ID + 1 + n);
}

#define KEY_MAX (IDENTITY_HOME + MLS_SECRET)

static struct bytes package_key(
    const struct identity *id, const uint8_t ref[MLS_SECRET], uint8_t out[KEY_MAX])
{
    size_t n = identity_home(id, out).n;

    memcpy(out + n, ref, MLS_SECRET);
    return bytes_of(out, n + MLS_SECRET);
}

static void keep_package(struct identity *id, const struct identity_package *p)
{
    uint8_t key[KEY_MAX];
    struct buf row;

    buf_init(&row, 2 * PACKAGE_BYTES);
    buf_u8(&row, 1);
    buf_u16(&row, p->suite);
    buf_u8(&row, p->last_resort);
    buf_u32(&row, (uint32_t)p->message.n);
    buf_bytes(&row, buf_view(&p->message));
    buf_u32(&row, (uint32_t)p->secret.n);
    buf_bytes(&row, buf_view(&p->secret));
    buf_bytes(&row, buf_view(&p->used));
    vault_put(id->vault, VAULT_PACKAGE, package_key(id, p->ref, key), 0, buf_view(&row));
    buf_wipe(&row);
}

static struct identity_package *add(struct identity *id)
{
    struct identity_package *p;

    id->packages = mem_realloc(id->packages, (id->packages_n + 1) * sizeof *id->packages);
    p = &id->packages[id->packages_n++];
    *p = (struct identity_package){0};
    buf_init(&p->message, PACKAGE_BYTES);
    buf_init(&p->secret, PACKAGE_BYTES);
    buf_init(&p->used, USED_BYTES);
    return p;
}

static enum err take_package(void *arg, struct bytes key, uint32_t sub, struct bytes value)
{
    struct identity *id = arg;
    struct reader r;

    (void)sub;
    reader_init(&r, value);
    uint8_t version = reader_u8(&r);
    uint16_t suite = reader_u16(&r);
    uint8_t last = reader_u8(&r);
    struct bytes message = reader_blob32(&r, PACKAGE_BYTES);
    struct bytes secret = reader_blob32(&r, PACKAGE_BYTES);
    struct bytes used = reader_rest(&r);
    if (reader_end(&r) != ERR_OK || version != 1 || key.n < MLS_SECRET || used.n > USED_BYTES ||
        used.n % HASH_SHA256 != 0)
        return ERR_CORRUPT;
    struct identity_package *p = add(id);
    p->suite = suite;
    p->last_resort = last != 0;
    memcpy(p->ref, key.p + key.n - MLS_SECRET, MLS_SECRET);
    buf_bytes(&p->message, message);
    buf_bytes(&p->secret, secret);
    buf_bytes(&p->used, used);
    return ERR_OK;
}

static enum err take_key(void *arg, struct bytes key, uint32_t sub, struct bytes value)
{
    struct identity *id = arg;
    struct sign_key *k = NULL;

    (void)key;
    if (sub != 0)
        return ERR_OK;
    enum err e = sign_key_read(&SIGN_RSA_PSS, value, &k);
    if (e != ERR_OK)
        return ERR_CORRUPT;
    sign_key_free(id->key);
    id->key = k;
    policy_print(sign_key_pub(k), id->print);
    return ERR_OK;
}

enum err identity_open(struct identity *id, struct vault *v)
{
    *id = (struct identity){.vault = v};
    buf_init(&id->leaf_extensions, 128);
    enum err e = vault_each(v, VAULT_IDENTITY, take_key, id);
    refresh(id);
    return e;
}

static void drop_packages(struct identity *id)
{
    for (size_t i = 0; i < id->packages_n; i++)
        package_fini(&id->packages[i]);
    mem_free(id->packages);
    id->packages = NULL;
    id->packages_n = 0;
}

void identity_close(struct identity *id)
{
    drop_packages(id);
    sign_key_free(id->key);
    buf_free(&id->leaf_extensions);
    *id = (struct identity){0};
}

void identity_take(struct identity *id, struct sign_key *key)
{
    struct buf der;

    sign_key_free(id->key);
    id->key = sign_key_ref(key);
    policy_print(sign_key_pub(key), id->print);
    buf_init(&der, KEY_BYTES);
    sign_key_write(key, &der);
    vault_put(id->vault, VAULT_IDENTITY, bytes_str("key"), 0, buf_view(&der));
    buf_wipe(&der);
    refresh(id);
}

void identity_nick(struct identity *id, struct bytes nick)
{
    buf_clear(&id->leaf_extensions);
    if (id->guest && nick.n != 0)
        mls_ext_put(&id->leaf_extensions, POLICY_EXT_NICK, nick);
    refresh(id);
}

enum err identity_name(struct identity *id, struct shelf *shelf,
    const uint8_t relay_id[TRUST_RELAY_ID], struct bytes account, struct bytes nick)
{
    char name[TRUST_NAME];
    uint8_t home[IDENTITY_HOME];
    enum err e = ERR_OK;

    if (account.n != 0)
        (void)bytes_copy(name, sizeof name, account);
    else
        trust_guest_name(id->print, name);
    bool same = strcmp(name, id->name) == 0 && memcmp(relay_id, id->relay_id, 16) == 0;
    memcpy(id->relay_id, relay_id, sizeof id->relay_id);
    (void)bytes_copy(id->name, sizeof id->name, bytes_str(name));
    id->guest = account.n == 0;
    if (!same) {
        drop_packages(id);
        e = shelf_take(shelf, VAULT_PACKAGE, identity_home(id, home), take_package, id);
    }
    identity_nick(id, nick);
    return e;
}

struct identity_package *identity_package(
    struct identity *id, uint16_t suite, bool last_resort, uint64_t now_s)
{
    const struct mls_package_request what = {
        .suite = suite,
        .not_before = now_s > BEFORE_S ? now_s - BEFORE_S : 0,
        .not_after = now_s + LIFETIME_S,
        .last_resort = last_resort,
    };
    struct identity_package *p;
    struct mls_package view;
    enum mls_rule rule;

    if (id->packages_n == IDENTITY_PACKAGES)
        return NULL;
    p = add(id);
    enum err e = mls_package_make(&id->env, &id->mls, &what, &p->message, &p->secret);
    if (e == ERR_OK)
        e = mls_package_check(buf_view(&p->message), now_s, &view, &rule);
    if (e != ERR_OK) {
        LOG_ERROR("identity", "a key package could not be made: %s", err_str(e));
        package_fini(p);
        id->packages_n--;
        return NULL;
    }
    p->suite = suite;
    p->last_resort = last_resort;
    memcpy(p->ref, view.ref, sizeof p->ref);
    keep_package(id, p);
    return p;
}

struct identity_package *identity_last_resort(struct identity *id, uint16_t suite)
{
    for (size_t i = 0; i < id->packages_n; i++) {
        if (id->packages[i].suite == suite && id->packages[i].last_resort)
            return &id->packages[i];
    }
    return NULL;
}

static bool used_before(struct identity_package *p, const uint8_t hash[HASH_SHA256])
{
    for (size_t at = 0; at + HASH_SHA256 <= p->used.n; at += HASH_SHA256) {
        if (memcmp(p->used.p + at, hash, HASH_SHA256) == 0)
            return true;
    }
    buf_put(&p->used, hash, HASH_SHA256);
    return false;
}

bool identity_spend(struct identity *id, struct identity_package *p, struct bytes welcome)
{
    uint8_t key[KEY_MAX];
    uint8_t hash[HASH_SHA256];
    size_t at = (size_t)(p - id->packages);

    if (p->last_resort) {
        if (hash_sha256(welcome, hash) != ERR_OK || used_before(p, hash))
            return false;
        if (p->used.n < USED_BYTES) {
            keep_package(id, p);
            return true;
        }
    }
    vault_del(id->vault, VAULT_PACKAGE, package_key(id, p->ref, key), 0);
    package_fini(p);
    memmove(p, p + 1, (--id->packages_n - at) * sizeof *p);
    return true;
}
