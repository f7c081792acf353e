/* SPDX-License-Identifier: ISC */
#include "client/shelf.h"

#include "base/mem.h"

struct shelf_row {
    struct shelf_row *next;
    enum vault_space space;
    uint32_t sub;
    size_t key_n, value_n;
    uint8_t bytes[]; /* key, then value */
};

static const enum vault_space SPACES[] = {VAULT_PERSON, VAULT_PACKAGE, VAULT_CONVO, VAULT_GROUP,
    VAULT_SENDER, VAULT_OUTBOX, VAULT_SETTING, VAULT_TOKEN, VAULT_DRAFT, VAULT_FILE,
    VAULT_ACCEPT};

struct loading {
    struct shelf *shelf;
    enum vault_space space;
};

static enum err put(void *arg, struct bytes key, uint32_t sub, struct bytes value)
{
    struct loading *l = arg;
    struct shelf_row *r = mem_alloc(sizeof *r + key.n + value.n);

    r->space = l->space;
    r->sub = sub;
    r->key_n = key.n;
    r->value_n = value.n;
    if (key.n != 0)
        memcpy(r->bytes, key.p, key.n);
    if (value.n != 0)
        memcpy(r->bytes + key.n, value.p, value.n);
    r->next = l->shelf->rows;
    l->shelf->rows = r;
    return ERR_OK;
}

enum err shelf_load(struct shelf *s, struct vault *v)
{
    enum err first = ERR_OK;

    for (size_t i = 0; i < MEM_COUNT(SPACES); i++) {
        struct loading l = {s, SPACES[i]};
        enum err e = vault_each(v, SPACES[i], put, &l);
        if (first == ERR_OK)
            first = e;
    }
    return first;
}

static void row_free(struct shelf_row *r)
{
    mem_wipe_free(r, sizeof *r + r->key_n + r->value_n);
}

void shelf_free(struct shelf *s)
{
    while (s->rows != NULL) {
        struct shelf_row *r = s->rows;
        s->rows = r->next;
        row_free(r);
    }
}

#define ANY_SUB UINT32_MAX

enum err shelf_take_sub(struct shelf *s, enum vault_space space, struct bytes prefix,
    uint32_t sub, vault_row_fn *fn, void *arg)
{
    enum err first = ERR_OK;

    for (struct shelf_row **at = &s->rows; *at != NULL;) {
        struct shelf_row *r = *at;
        bool fits = r->space == space && r->key_n >= prefix.n &&
                    (prefix.n == 0 || memcmp(r->bytes, prefix.p, prefix.n) == 0) &&
                    (sub == ANY_SUB || r->sub == sub);
        if (!fits) {
            at = &r->next;
            continue;
        }
        *at = r->next;
        enum err e = fn(arg, bytes_of(r->bytes, r->key_n), r->sub,
            bytes_of(r->bytes + r->key_n, r->value_n));
        if (first == ERR_OK)
            first = e;
        row_free(r);
    }
    return first;
}

enum err shelf_take(
    struct shelf *s, enum vault_space space, struct bytes prefix, vault_row_fn *fn, void *arg)
{
    return shelf_take_sub(s, space, prefix, ANY_SUB, fn, arg);
}
