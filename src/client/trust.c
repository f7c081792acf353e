/* SPDX-License-Identifier: ISC */
#include "client/trust.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/skeleton.h"

#define KEY_MAX  (TRUST_RELAY_ID + TRUST_NAME)
#define LOOK_MAX 65536 /* far above what a name of TRUST_NAME can become */

struct entry {
    struct trust_person person;
    struct buf look; /* its skeleton; empty: looks like nobody */
};

/* Everybody, sorted one way; as qsort() compares, by pointers to entries. */
typedef int order_fn(const void *a, const void *b);
struct order {
    struct entry **p;
    size_t n;
    size_t cap;
    order_fn *compare;
};

struct trust {
    struct vault *vault;
    uint8_t relay_id[TRUST_RELAY_ID];
    struct order by_name; /* owns the entries */
    struct order by_look;
};

static int compare_name(const void *a, const void *b)
{
    const struct entry *x = *(struct entry *const *)a;
    const struct entry *y = *(struct entry *const *)b;

    return strcmp(x->person.name, y->person.name);
}

static int compare_look(const void *a, const void *b)
{
    const struct buf *x = &(*(struct entry *const *)a)->look;
    const struct buf *y = &(*(struct entry *const *)b)->look;
    size_t n = x->n < y->n ? x->n : y->n;
    int c = n == 0 ? 0 : memcmp(x->p, y->p, n);

    if (c == 0 && x->n != y->n)
        c = x->n < y->n ? -1 : 1;
    return c != 0 ? c : compare_name(a, b);
}

/* Where the first one is that does not come before e. */
static size_t order_find(const struct order *o, const struct entry *e)
{
    size_t low = 0;

    for (size_t high = o->n; low < high;) {
        size_t mid = low + (high - low) / 2;
        if (o->compare(&o->p[mid], &e) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static void order_put(struct order *o, size_t at, struct entry *e)
{
    if (o->n == o->cap) {
        o->cap = o->cap == 0 ? 16 : o->cap * 2;
        o->p = mem_realloc(o->p, o->cap * sizeof *o->p);
    }
    memmove(o->p + at + 1, o->p + at, (o->n - at) * sizeof *o->p);
    o->p[at] = e;
    o->n++;
}

static void order_del(struct order *o, const struct entry *e)
{
    size_t at = order_find(o, e);

    o->n--;
    memmove(o->p + at, o->p + at + 1, (o->n - at) * sizeof *o->p);
}

static void order_sort(struct order *o)
{
    if (o->n > 1)
        qsort(o->p, o->n, sizeof *o->p, o->compare);
}

static void entry_init(struct entry *e, struct bytes name)
{
    *e = (struct entry){0};
    (void)bytes_copy(e->person.name, sizeof e->person.name, name);
    buf_init(&e->look, LOOK_MAX);
}

static void entry_look(struct entry *e)
{
    if (skeleton(&e->look, bytes_str(e->person.name)) != ERR_OK)
        buf_free(&e->look);
}

static void entry_free(struct entry *e)
{
    buf_free(&e->look);
    mem_free(e);
}

static struct entry *find(const struct trust *t, struct bytes name)
{
    struct entry probe;

    if (!trust_may_be_kept(name))
        return NULL;
    entry_init(&probe, name);
    size_t at = order_find(&t->by_name, &probe);
    if (at == t->by_name.n || strcmp(t->by_name.p[at]->person.name, probe.person.name) != 0)
        return NULL;
    return t->by_name.p[at];
}

static void row_key(const struct trust *t, const char *name, struct buf *out)
{
    buf_bytes(out, bytes_of(t->relay_id, sizeof t->relay_id));
    buf_text(out, name);
}

static void save(struct trust *t, const struct trust_person *p)
{
    uint8_t key_room[KEY_MAX];
    uint8_t value_room[TRUST_ROW];
    struct buf key;
    struct buf value;

    buf_init_fixed(&key, key_room, sizeof key_room);
    buf_init_fixed(&value, value_room, sizeof value_room);
    row_key(t, p->name, &key);
    trust_person_put(&value, p);
    vault_put(t->vault, VAULT_PERSON, buf_view(&key), 0, buf_view(&value));
}

static bool is_print(const uint8_t a[TRUST_PRINT], const uint8_t b[TRUST_PRINT])
{
    return memcmp(a, b, TRUST_PRINT) == 0;
}

static enum err load_row(void *arg, struct bytes key, uint32_t sub, struct bytes value)
{
    struct trust *t = arg;

    if (key.n <= TRUST_RELAY_ID || sub != 0)
        return ERR_CORRUPT;
    struct bytes name = bytes_of(key.p + TRUST_RELAY_ID, key.n - TRUST_RELAY_ID);
    struct entry *e = mem_alloc(sizeof *e);
    entry_init(e, name);
    enum err got = trust_person_get(&e->person, name, value);
    if (got != ERR_OK) {
        entry_free(e);
        return got;
    }
    entry_look(e);
    order_put(&t->by_name, t->by_name.n, e);
    order_put(&t->by_look, t->by_look.n, e);
    return ERR_OK;
}

enum err trust_open(struct vault *v, struct shelf *shelf,
    const uint8_t relay_id[TRUST_RELAY_ID], struct trust **out)
{
    struct trust *t = mem_alloc(sizeof *t);

    *out = NULL;
    t->vault = v;
    memcpy(t->relay_id, relay_id, sizeof t->relay_id);
    t->by_name.compare = compare_name;
    t->by_look.compare = compare_look;
    enum err e =
        shelf_take(shelf, VAULT_PERSON, bytes_of(relay_id, TRUST_RELAY_ID), load_row, t);
    if (e != ERR_OK) {
        trust_free(t);
        return e;
    }
    order_sort(&t->by_name);
    order_sort(&t->by_look);
    *out = t;
    return ERR_OK;
}

void trust_free(struct trust *t)
{
    if (t == NULL)
        return;
    for (size_t i = 0; i < t->by_name.n; i++)
        entry_free(t->by_name.p[i]);
    mem_free(t->by_name.p);
    mem_free(t->by_look.p);
    mem_free(t);
}

static enum trust_state judge(const struct trust_person *p, const uint8_t print[TRUST_PRINT])
{
    if (!is_print(p->print, print))
        return TRUST_CHANGED;
    if (p->state != TRUST_CHANGED)
        return p->state;
    return p->was_verified ? TRUST_VERIFIED : TRUST_PINNED;
}

enum trust_state trust_of(
    const struct trust *t, struct bytes name, const uint8_t print[TRUST_PRINT])
{
    const struct entry *e = find(t, name);

    if (e != NULL)
        return judge(&e->person, print);
    return trust_guest_lies(name, print) ? TRUST_CHANGED : TRUST_UNKNOWN;
}

static void pin(
    struct trust *t, struct bytes name, const uint8_t print[TRUST_PRINT], int64_t now_ms)
{
    struct entry *e = mem_alloc(sizeof *e);

    entry_init(e, name);
    e->person.state = TRUST_PINNED;
    e->person.since_ms = now_ms;
    memcpy(e->person.print, print, TRUST_PRINT);
    entry_look(e);
    order_put(&t->by_name, order_find(&t->by_name, e), e);
    order_put(&t->by_look, order_find(&t->by_look, e), e);
    save(t, &e->person);
}

static void note_change(
    struct trust *t, struct trust_person *p, const uint8_t print[TRUST_PRINT])
{
    if (p->state == TRUST_CHANGED && is_print(p->fresh, print))
        return;
    if (p->state != TRUST_CHANGED)
        p->was_verified = p->state == TRUST_VERIFIED;
    p->state = TRUST_CHANGED;
    p->replaced = false;
    memcpy(p->fresh, print, TRUST_PRINT);
    save(t, p);
}

enum trust_state trust_see(
    struct trust *t, struct bytes name, const uint8_t print[TRUST_PRINT], int64_t now_ms)
{
    struct entry *e = find(t, name);

    if (trust_guest_lies(name, print))
        return TRUST_CHANGED;
    if (e == NULL) {
        if (!trust_may_be_kept(name))
            return TRUST_UNKNOWN;
        pin(t, name, print, now_ms);
        return TRUST_PINNED;
    }
    enum trust_state verdict = judge(&e->person, print);
    if (verdict == TRUST_CHANGED)
        note_change(t, &e->person, print);
    return verdict;
}

const struct trust_person *trust_find(const struct trust *t, struct bytes name)
{
    const struct entry *e = find(t, name);

    return e != NULL ? &e->person : NULL;
}

const struct trust_person *trust_at(const struct trust *t, size_t i)
{
    return i < t->by_name.n ? &t->by_name.p[i]->person : NULL;
}

enum err trust_accept(struct trust *t, struct bytes name, int64_t now_ms)
{
    struct entry *e = find(t, name);

    if (e == NULL)
        return ERR_NOT_FOUND;
    struct trust_person *p = &e->person;
    if (p->state != TRUST_CHANGED)
        return ERR_STATE;
    memcpy(p->old, p->print, sizeof p->old);
    p->replaced = true;
    memcpy(p->print, p->fresh, sizeof p->print);
    memset(p->fresh, 0, sizeof p->fresh);
    p->state = TRUST_PINNED;
    p->was_verified = false;
    p->since_ms = now_ms;
    save(t, p);
    return ERR_OK;
}

enum err trust_verify(struct trust *t, struct bytes name, bool verified)
{
    struct entry *e = find(t, name);

    if (e == NULL)
        return ERR_NOT_FOUND;
    if (e->person.state == TRUST_CHANGED)
        return ERR_STATE;
    enum trust_state state = verified ? TRUST_VERIFIED : TRUST_PINNED;
    if (e->person.state != state) {
        e->person.state = state;
        save(t, &e->person);
    }
    return ERR_OK;
}

enum err trust_forget(struct trust *t, struct bytes name)
{
    uint8_t key_room[KEY_MAX];
    struct entry *e = find(t, name);
    struct buf key;

    if (e == NULL)
        return ERR_NOT_FOUND;
    buf_init_fixed(&key, key_room, sizeof key_room);
    row_key(t, e->person.name, &key);
    vault_del(t->vault, VAULT_PERSON, buf_view(&key), 0);
    order_del(&t->by_name, e);
    order_del(&t->by_look, e);
    entry_free(e);
    return ERR_OK;
}

const struct trust_person *trust_alike(const struct trust *t, struct bytes name)
{
    struct entry probe;
    const struct entry *hit = NULL;

    entry_init(&probe, bytes_str("")); /* comes before every name of the same look */
    if (skeleton(&probe.look, name) == ERR_OK && probe.look.n != 0) {
        size_t at = order_find(&t->by_look, &probe);
        if (at < t->by_look.n && bytes_eq(bytes_str(t->by_look.p[at]->person.name), name))
            at++;
        if (at < t->by_look.n)
            hit = t->by_look.p[at];
    }
    if (hit != NULL && !bytes_eq(buf_view(&hit->look), buf_view(&probe.look)))
        hit = NULL;
    buf_free(&probe.look);
    return hit != NULL ? &hit->person : NULL;
}
