/* SPDX-License-Identifier: ISC */
/* Identity keys, which are proven, and key packages: opaque here, handed out once each, with
 * measure. */
#include "base/mem.h"
#include "crypto/identity_proof.h"
#include "server/convo.h"
#include "server/handle.h"
#include "server/reply.h"
#include "server/user.h"

/* Below so many single-use packages their owner is told. */
#define PACKAGES_LOW 20

/* Of how many suites packages are kept is bounded like their number. */
static const uint16_t SUITES[] = {MSG_SUITE_AES, MSG_SUITE_CHACHA};

/* ---- a guest's packages live with him ---- */

static void guest_clear(struct user *u, uint16_t suite, bool last_resort)
{
    for (struct package **at = &u->packages; *at != NULL;) {
        struct package *k = *at;
        if (k->suite == suite && k->last_resort == last_resort) {
            *at = k->next;
            mem_free(k);
        } else {
            at = &k->next;
        }
    }
}

static size_t guest_count(const struct user *u, uint16_t suite)
{
    size_t n = 0;

    for (const struct package *k = u->packages; k != NULL; k = k->next)
        n += k->suite == suite && !k->last_resort;
    return n;
}

/* All of them, or none. */
static bool guest_fits(const struct user *u, struct list rows, uint16_t suite, size_t max)
{
    struct msg_package row;
    size_t n = guest_count(u, suite);

    while (list_next(&rows, &MSG_PACKAGE_ROW, &row))
        n += row.suite == suite && !row.last_resort;
    return n <= max;
}

static enum err guest_put(struct user *u, struct list rows, size_t max)
{
    struct msg_package row;

    for (size_t i = 0; i < MEM_COUNT(SUITES); i++) {
        if (!guest_fits(u, rows, SUITES[i], max))
            return ERR_FULL;
    }
    while (list_next(&rows, &MSG_PACKAGE_ROW, &row)) {
        if (row.last_resort)
            guest_clear(u, row.suite, true);
        struct package *k = mem_alloc(sizeof *k + row.body.n);
        k->suite = row.suite;
        k->last_resort = row.last_resort != 0;
        k->n = row.body.n;
        memcpy(k->body, row.body.p, row.body.n);
        struct package **end = &u->packages;
        while (*end != NULL)
            end = &(*end)->next;
        *end = k;
    }
    return ERR_OK;
}

/* Single-use ones first; the last resort stays. */
static struct package *guest_take(struct user *u, uint16_t suite)
{
    struct package *last = NULL;

    for (struct package **at = &u->packages; *at != NULL; at = &(*at)->next) {
        struct package *k = *at;
        if (k->suite != suite)
            continue;
        if (k->last_resort) {
            last = k;
            continue;
        }
        *at = k->next;
        return k;
    }
    return last;
}

/* ---- putting ---- */

static size_t guest_total(const struct user *u)
{
    size_t n = 0;

    for (const struct package *k = u->packages; k != NULL; k = k->next)
        n += !k->last_resort;
    return n;
}

static void packages_stored(void *arg, const struct store_result *r)
{
    struct ask *a = arg;
    struct peer *p = ask_peer(a);
    struct msg_count n = {.count = (uint64_t)r->num};

    if (p != NULL && r->rc == ERR_OK)
        reply_done(p, &MSG_COUNT, &n);
    else if (p != NULL && r->rc == ERR_FULL)
        reply_refuse(p, a->op, CODE_FULL, (uint64_t)p->server->limits->packages_per_account,
            "packages: as many as the relay keeps are there already");
    else if (p != NULL)
        reply_refuse(
            p, a->op, CODE_NOT_STORED, 0, "the relay could not store the keys: try again");
    ask_close(a);
}

static bool suites_known(struct peer *p, uint8_t op, struct list rows)
{
    struct msg_package row;

    while (list_next(&rows, &MSG_PACKAGE_ROW, &row)) {
        size_t i = 0;
        while (i < MEM_COUNT(SUITES) && SUITES[i] != row.suite)
            i++;
        if (i < MEM_COUNT(SUITES))
            continue;
        reply_refuse(p, op, CODE_BAD_FIELD, row.suite,
            "packages: suite 0x%04x is none that rooms use", row.suite);
        return false;
    }
    return true;
}

static void put_packages(struct peer *p, uint8_t op, struct list rows)
{
    struct server *s = p->server;
    size_t max = (size_t)s->limits->packages_per_account;
    struct store_package *v = NULL;
    struct msg_package row;
    size_t n = 0;

    if (!suites_known(p, op, rows))
        return;
    if (!p->user->account) {
        enum err e = guest_put(p->user, rows, max);
        struct msg_count count = {.count = guest_total(p->user)};
        if (e == ERR_OK)
            reply_done(p, &MSG_COUNT, &count);
        else
            reply_refuse(p, op, CODE_FULL, max,
                "packages: as many as the relay keeps are there already");
        return;
    }
    v = mem_array(rows.count, sizeof *v);
    while (list_next(&rows, &MSG_PACKAGE_ROW, &row))
        v[n++] = (struct store_package){
            .suite = row.suite, .last_resort = row.last_resort != 0, .body = row.body};
    struct ask *a = ask_open(p, op, sizeof *a);
    store_package_put(s->store, name_bytes(&p->user->name), v, n, max, packages_stored, a);
    mem_free(v);
}

enum framer_verdict handle_packages(struct peer *p, const void *msg)
{
    const struct msg_packages *m = msg;

    put_packages(p, OP_PACKAGES, m->packages);
    return FRAMER_NEXT;
}

struct take {
    struct ask ask;
    struct name who;
    size_t n;
    uint8_t identity[MSG_IDENTITY];
};

static void adopt_identity(struct peer *p, struct bytes identity)
{
    struct user *u = p->user;

    user_set_identity(u, identity);
    for (size_t i = 0; i < u->room_count; i++)
        user_share_identities(u->rooms[i]);
    relay_note(p->server, "identity", "", u->name.s, "");
}

/* Packages made under another key are of no use to anybody. */
static void identity_stored(void *arg, const struct store_result *r)
{
    struct take *t = arg;
    struct peer *p = ask_peer(&t->ask);

    if (r->rc == ERR_OK && r->num == 1)
        store_package_clear(t->ask.server->store, name_bytes(&t->who), relay_stored,
            relay_words("removing packages of another key"));
    if (p != NULL && r->rc == ERR_OK)
        adopt_identity(p, bytes_of(t->identity, t->n));
    else if (p != NULL)
        p->unstored = true;
    ask_close(&t->ask);
}

/* True: the store is asked first, and the frame comes again. */
static bool take_identity(struct peer *p, struct bytes identity)
{
    struct user *u = p->user;

    if (!u->account) {
        adopt_identity(p, identity);
        for (size_t i = 0; i < MEM_COUNT(SUITES); i++) {
            guest_clear(u, SUITES[i], true);
            guest_clear(u, SUITES[i], false);
        }
        return false;
    }
    struct take *t = ask_open(p, OP_PUBLIC_KEY, sizeof *t);
    t->who = u->name;
    t->n = identity.n;
    memcpy(t->identity, identity.p, identity.n);
    store_identity_put(p->server->store, name_bytes(&u->name), identity, identity_stored, t);
    return true;
}

_Static_assert(MSG_PROOF == SIGN_MAX, "any proof fits its field");
_Static_assert(LINK_EXPORT == IDENTITY_PROOF_EXPORT, "what the line exports is what is signed");

/* A public key is no secret: that somebody knows one says nothing. The check takes 50 to 130 us
 * and was paid for, right or wrong, like any request (dispatch). */
static bool proof_fine(struct peer *p, const struct msg_public_key *m)
{
    uint8_t exported[LINK_EXPORT] = {0};
    enum err e = link_exporter(p->link, exported);

    if (e == ERR_OK)
        e = identity_proof_check(m->identity, exported, m->proof);
    if (e == ERR_OK)
        return true;
    if (e == ERR_FORMAT) {
        reply_refuse(p, OP_PUBLIC_KEY, CODE_BAD_FIELD, 0,
            "identity: not an RSA public key of 2048, 3072 or 4096 bits");
        return false;
    }
    relay_note(p->server, "refused", "", p->user->name.s, "wrong proof of an identity key");
    reply_refuse(p, OP_PUBLIC_KEY, CODE_BAD_SECRET, 0,
        "proof: not made with the private half of that key on this connection");
    return false;
}

enum framer_verdict handle_public_key(struct peer *p, const void *msg)
{
    const struct msg_public_key *m = msg;
    const struct user *u = p->user;
    bool other = u->identity_n != m->identity.n ||
                 memcmp(u->identity, m->identity.p, m->identity.n) != 0;
    bool again = p->proven && !other && m->proof.n == 0;

    if (p->unstored) {
        p->unstored = false;
        reply_refuse(p, OP_PUBLIC_KEY, CODE_NOT_STORED, 0,
            "the relay could not store the key: the one before stands, try again");
        return FRAMER_NEXT;
    }
    if (!again && !proof_fine(p, m))
        return FRAMER_NEXT;
    if (other && take_identity(p, m->identity))
        return FRAMER_STALL;
    p->proven = true;
    put_packages(p, OP_PUBLIC_KEY, m->packages);
    return FRAMER_NEXT;
}

/* ---- handing out ---- */

struct request {
    struct ask ask;
    struct name to;
    uint16_t suite;
    uint8_t *identity;
    size_t identity_n;
};

static void request_end(struct request *q)
{
    mem_free(q->identity);
    ask_close(&q->ask);
}

static uint64_t group_seq(struct peer *p, const struct name *to)
{
    struct name_key key;

    name_direct_key(p->user->name.s, to->s, &key);
    const struct convo *c = convo_find(p->server, name_key_bytes(&key));
    return c != NULL && c->grouped ? c->founded : 0;
}

static void answer(struct peer *p, const struct request *q, struct bytes identity,
    struct bytes package, bool last_resort)
{
    struct msg_dm_answer m = {
        .user = name_bytes(&q->to),
        .identity = identity,
        .suite = q->suite,
        .last_resort = last_resort,
        .package = package,
        .group_seq = group_seq(p, &q->to),
    };
    struct user *them = user_find(p->server, q->to.s);

    reply_op(p, OP_DM_ANSWER, &MSG_DM_ANSWER, &m);
    /* Both now know of each other. */
    if (them != NULL)
        user_tell_identity(them, p->user);
}

static void tell_low(struct server *s, const struct request *q, int64_t left)
{
    struct user *them = user_find(s, q->to.s);
    struct msg_packages_low m = {.suite = q->suite, .left = (uint16_t)left};

    if (them != NULL && left < PACKAGES_LOW)
        tell_user(them, OP_PACKAGES, &MSG_PACKAGES_LOW, &m);
}

static void no_package(struct peer *p, const struct request *q)
{
    reply_refuse(p, OP_DM_REQUEST, CODE_NO_PACKAGE, 0,
        "%s has left no key for a conversation to begin with", q->to.s);
}

static void not_looked_up(struct peer *p)
{
    reply_refuse(p, OP_DM_REQUEST, CODE_NOT_STORED, 0,
        "the relay cannot look keys up just now: try again");
}

static void package_taken(void *arg, const struct store_result *r)
{
    struct request *q = arg;
    struct peer *p = ask_peer(&q->ask);

    if (p != NULL && r->rc == ERR_OK)
        answer(p, q, bytes_of(q->identity, q->identity_n), r->a, r->more);
    else if (p != NULL && r->rc == ERR_NOT_FOUND)
        no_package(p, q);
    else if (p != NULL)
        not_looked_up(p);
    if (r->rc == ERR_OK)
        tell_low(q->ask.server, q, r->num);
    request_end(q);
}

static void identity_known(void *arg, const struct store_result *r)
{
    struct request *q = arg;
    struct peer *p = ask_peer(&q->ask);

    if (r->rc == ERR_OK && p != NULL) {
        q->identity = mem_dup(r->a.p, r->a.n);
        q->identity_n = r->a.n;
        store_package_take(
            q->ask.server->store, name_bytes(&q->to), q->suite, package_taken, q);
        return;
    }
    if (p != NULL && r->rc == ERR_NOT_FOUND)
        no_package(p, q);
    else if (p != NULL)
        not_looked_up(p);
    request_end(q);
}

static void account_known(void *arg, const struct store_result *r)
{
    struct request *q = arg;
    struct peer *p = ask_peer(&q->ask);
    struct msg_name m = {.name = name_bytes(&q->to)};

    if (r->rc == ERR_OK && p != NULL) {
        store_identity_get(q->ask.server->store, name_bytes(&q->to), identity_known, q);
        return;
    }
    if (p != NULL && r->rc == ERR_NOT_FOUND)
        reply_op(p, OP_NO_USER, &MSG_NO_USER, &m);
    else if (p != NULL)
        not_looked_up(p);
    request_end(q);
}

static void ask_guest(struct peer *p, struct request *q, struct user *them)
{
    struct package *k = them->identity_n != 0 ? guest_take(them, q->suite) : NULL;

    if (k == NULL) {
        no_package(p, q);
        return;
    }
    answer(p, q, bytes_of(them->identity, them->identity_n), bytes_of(k->body, k->n),
        k->last_resort);
    if (!k->last_resort)
        mem_free(k);
    tell_low(p->server, q, (int64_t)guest_count(them, q->suite));
}

/* One budget for who asks, one for who is asked about: packages are not to be drained. */
static bool within_measure(struct peer *p, struct user *them)
{
    const struct limits *l = p->server->limits;
    uint64_t now = p->server->loop->now_ms;
    uint64_t wait_ms = 0;

    if (bucket_take(&p->package, now, l->package_burst, l->package_per_s_milli, 1, &wait_ms) &&
        (them == NULL || bucket_take(&them->asked, now, l->package_burst,
                             l->package_per_s_milli, 1, &wait_ms)))
        return true;
    reply_refuse(p, OP_DM_REQUEST, CODE_TOO_FAST, wait_ms, "too many keys asked for: wait %u s",
        (unsigned)(wait_ms / 1000 + 1));
    return false;
}

enum framer_verdict handle_dm_request(struct peer *p, const void *msg)
{
    const struct msg_dm_request *m = msg;
    struct msg_name none = {.name = m->user};
    struct name to;

    if (name_fold(m->user, &to) != ERR_OK) {
        reply_op(p, OP_NO_USER, &MSG_NO_USER, &none);
        return FRAMER_NEXT;
    }
    if (strcmp(to.s, p->user->name.s) == 0) {
        reply_refuse(p, OP_DM_REQUEST, CODE_NOT_ALLOWED, 0, "user: that is yourself");
        return FRAMER_NEXT;
    }
    struct user *them = user_find(p->server, to.s);
    if (them != NULL && them->state == USER_HELD)
        them = NULL;
    if (!within_measure(p, them))
        return FRAMER_NEXT;
    struct request *q = ask_open(p, OP_DM_REQUEST, sizeof *q);
    q->to = to;
    q->suite = m->suite != 0 ? m->suite : SUITES[0];
    if (them != NULL && !them->account) {
        ask_guest(p, q, them);
        request_end(q);
        return FRAMER_NEXT;
    }
    store_account_get(p->server->store, name_bytes(&to), account_known, q);
    return FRAMER_NEXT;
}
