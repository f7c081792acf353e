/* SPDX-License-Identifier: ISC */
#include "server/gate.h"

#include <arpa/inet.h>

#include "base/map.h"
#include "base/mem.h"

#define GATE_MAX     65536   /* entries of each table */
#define WINDOW_MS    600000u /* ten minutes: new connections, registrations */
#define MINUTE_MS    60000u
#define DAY_MS       86400000u
#define THRESHOLD_MS 15000 /* of penalty, from which an address is refused */

struct spot {            /* an address */
    size_t now;          /* connections */
    size_t fresh;        /* new ones in this window */
    uint64_t window_ms;  /* when the window began */
    uint64_t refused_ms; /* until then nothing new */
    uint64_t penalty_ms; /* decays with time: good again then */
    size_t registered;
    uint64_t day_ms;
};

struct tries { /* of a name or an address */
    size_t count;
    uint64_t minute_ms;
    uint64_t wait_ms; /* doubles */
    uint64_t until_ms;
};

struct gate {
    struct map spots;
    struct map tries;
    size_t registered;
    uint64_t registered_ms;
};

static const uint64_t PENALTY_MS[GATE_OFFENCES] = {
    [GATE_BAD_SECRET] = 5000,
    [GATE_NO_LOGIN] = 1000,
    [GATE_TIMEOUT] = 10000,
    [GATE_FRAMING] = 30000,
};

struct gate *gate_new(void)
{
    return mem_alloc(sizeof(struct gate));
}

static void map_empty(struct map *m)
{
    size_t at = 0;
    void *v;

    while ((v = map_next(m, &at, NULL)) != NULL)
        mem_free(v);
    map_free(m);
}

void gate_free(struct gate *g)
{
    if (g == NULL)
        return;
    map_empty(&g->spots);
    map_empty(&g->tries);
    mem_free(g);
}

/* An address as bytes: 4, 16, or 0 when it is none. IPv4 within IPv6 is IPv4. */
static size_t address_bytes(const char *address, uint8_t out[16])
{
    static const uint8_t MAPPED[12] = {[10] = 0xff, [11] = 0xff};

    if (inet_pton(AF_INET, address, out) == 1)
        return 4;
    if (inet_pton(AF_INET6, address, out) != 1)
        return 0;
    if (memcmp(out, MAPPED, sizeof MAPPED) != 0)
        return 16;
    memmove(out, out + sizeof MAPPED, 4);
    return 4;
}

/* The part of an address that one party holds: all of IPv4, the /64 of IPv6. */
static struct bytes prefix(const char *address, uint8_t out[16])
{
    size_t n = address_bytes(address, out);

    return n == 0 ? bytes_str(address) : bytes_of(out, n == 4 ? 4 : 8);
}

bool gate_is_loopback(const char *address)
{
    uint8_t raw[16];
    size_t n = address_bytes(address, raw);

    if (n == 4)
        return raw[0] == 127;
    return n == 16 && raw[15] == 1 && memcmp(raw, &(uint8_t[15]){0}, 15) == 0;
}

bool gate_is_address(struct bytes who)
{
    uint8_t raw[16];
    char text[64];

    return bytes_copy(text, sizeof text, who) && address_bytes(text, raw) != 0;
}

static bool exempt(const struct limits *l, const char *address)
{
    return l->loopback_exempt != 0 && gate_is_loopback(address);
}

/* When the table is full, of those without connections the one goes that is kept out least. */
static void make_room(struct map *m, uint64_t now_ms)
{
    struct bytes key;
    struct bytes least_key = {0};
    const struct spot *s;
    uint64_t least = UINT64_MAX;
    size_t at = 0;

    while (least > now_ms && (s = map_next(m, &at, &key)) != NULL) {
        uint64_t until = s->penalty_ms > s->refused_ms ? s->penalty_ms : s->refused_ms;
        if (s->now != 0 || until >= least)
            continue;
        least = until;
        least_key = key;
    }
    if (least_key.n != 0)
        mem_free(map_del(m, least_key));
}

static struct spot *spot_of(struct gate *g, const char *address, uint64_t now_ms)
{
    uint8_t raw[16];
    struct bytes key = prefix(address, raw);
    struct spot *s = map_get(&g->spots, key);

    if (s != NULL)
        return s;
    if (map_count(&g->spots) >= GATE_MAX)
        make_room(&g->spots, now_ms);
    s = mem_alloc(sizeof *s);
    s->window_ms = s->day_ms = now_ms;
    (void)map_put(&g->spots, key, s);
    return s;
}

enum err gate_enter(
    struct gate *g, const struct limits *l, const char *address, uint64_t now_ms)
{
    struct spot *s = spot_of(g, address, now_ms);

    if (!exempt(l, address)) {
        if (s->refused_ms > now_ms || s->penalty_ms > now_ms + THRESHOLD_MS)
            return ERR_REFUSED;
        if (s->now >= (size_t)l->per_address)
            return ERR_FULL;
        if (now_ms - s->window_ms >= WINDOW_MS) {
            s->window_ms = now_ms;
            s->fresh = 0;
        }
        if (++s->fresh > (size_t)l->new_per_address) {
            s->refused_ms = now_ms + WINDOW_MS;
            return ERR_REFUSED;
        }
    }
    s->now++;
    return ERR_OK;
}

void gate_leave(struct gate *g, const char *address)
{
    uint8_t raw[16];
    struct spot *s = map_get(&g->spots, prefix(address, raw));

    if (s != NULL && s->now != 0)
        s->now--;
}

void gate_offend(struct gate *g, const struct limits *l, const char *address, uint64_t now_ms,
    enum gate_offence o)
{
    struct spot *s = spot_of(g, address, now_ms);
    uint64_t most = now_ms + (uint64_t)l->penalty_max_s * 1000;

    if (exempt(l, address))
        return;
    s->penalty_ms = (s->penalty_ms > now_ms ? s->penalty_ms : now_ms) + PENALTY_MS[o];
    if (s->penalty_ms > most)
        s->penalty_ms = most;
}

/* A name, or the part of an address that one party holds: told apart by the first byte. */
struct tries_key {
    uint8_t b[1 + 64];
    size_t n;
    bool address;
    char text[64];
};

static struct tries_key tries_key(struct bytes who)
{
    struct tries_key k = {.b = {'n'}, .address = gate_is_address(who)};
    uint8_t raw[16];
    struct bytes part = who;

    if (k.address && bytes_copy(k.text, sizeof k.text, who)) {
        k.b[0] = 'a';
        part = prefix(k.text, raw);
    }
    if (part.n > sizeof k.b - 1)
        part.n = sizeof k.b - 1;
    if (part.n != 0)
        memcpy(k.b + 1, part.p, part.n);
    k.n = 1 + part.n;
    return k;
}

bool gate_try(struct gate *g, const struct limits *l, struct bytes who, uint64_t now_ms,
    uint64_t *wait_ms)
{
    struct tries_key key = tries_key(who);
    struct bytes k = bytes_of(key.b, key.n);
    struct tries *t = map_get(&g->tries, k);

    if (key.address && exempt(l, key.text))
        return true;
    if (t == NULL) {
        if (map_count(&g->tries) >= GATE_MAX)
            gate_sweep(g, now_ms);
        if (map_count(&g->tries) >= GATE_MAX) {
            *wait_ms = MINUTE_MS;
            return false;
        }
        t = mem_alloc(sizeof *t);
        t->minute_ms = now_ms;
        (void)map_put(&g->tries, k, t);
    }
    if (t->until_ms > now_ms) {
        *wait_ms = t->until_ms - now_ms;
        return false;
    }
    if (now_ms - t->minute_ms >= MINUTE_MS) {
        t->minute_ms = now_ms;
        t->count = 0;
    }
    if (++t->count <= (size_t)l->login_tries_per_min)
        return true;
    t->wait_ms = t->wait_ms != 0 ? t->wait_ms * 2 : MINUTE_MS / 2;
    if (t->wait_ms > (uint64_t)l->backoff_max_s * 1000)
        t->wait_ms = (uint64_t)l->backoff_max_s * 1000;
    t->until_ms = now_ms + t->wait_ms;
    t->count = 0;
    t->minute_ms = t->until_ms;
    *wait_ms = t->wait_ms;
    return false;
}

void gate_forgive(struct gate *g, struct bytes who)
{
    struct tries_key key = tries_key(who);

    mem_free(map_del(&g->tries, bytes_of(key.b, key.n)));
}

bool gate_register(struct gate *g, const struct limits *l, const char *address, uint64_t now_ms)
{
    struct spot *s = spot_of(g, address, now_ms);

    if (now_ms - g->registered_ms >= WINDOW_MS) {
        g->registered_ms = now_ms;
        g->registered = 0;
    }
    if (now_ms - s->day_ms >= DAY_MS) {
        s->day_ms = now_ms;
        s->registered = 0;
    }
    if (g->registered >= (size_t)l->registrations_per_10min)
        return false;
    if (!exempt(l, address) && s->registered >= (size_t)l->registrations_per_day_address)
        return false;
    g->registered++;
    s->registered++;
    return true;
}

/* One pass may not change the table it walks: what goes is gathered a handful at a time. */
static bool sweep_some(struct map *m, uint64_t now_ms, bool (*over)(const void *, uint64_t))
{
    struct bytes keys[64];
    struct bytes key;
    size_t n = 0;
    size_t at = 0;
    void *v;

    while (n < MEM_COUNT(keys) && (v = map_next(m, &at, &key)) != NULL) {
        if (over(v, now_ms))
            keys[n++] = key;
    }
    for (size_t i = 0; i < n; i++)
        mem_free(map_del(m, keys[i]));
    return n == MEM_COUNT(keys);
}

static bool spot_over(const void *v, uint64_t now_ms)
{
    const struct spot *s = v;

    return s->now == 0 && s->refused_ms <= now_ms && s->penalty_ms <= now_ms &&
           now_ms - s->window_ms >= WINDOW_MS &&
           (s->registered == 0 || now_ms - s->day_ms >= DAY_MS);
}

static bool tries_over(const void *v, uint64_t now_ms)
{
    const struct tries *t = v;

    return t->until_ms <= now_ms && now_ms >= t->minute_ms &&
           now_ms - t->minute_ms >= 2 * (uint64_t)MINUTE_MS;
}

void gate_sweep(struct gate *g, uint64_t now_ms)
{
    while (sweep_some(&g->spots, now_ms, spot_over)) {
    }
    while (sweep_some(&g->tries, now_ms, tries_over)) {
    }
}

size_t gate_entries(const struct gate *g)
{
    return map_count(&g->spots) + map_count(&g->tries);
}
