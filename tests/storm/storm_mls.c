/* SPDX-License-Identifier: ISC */
/*
 * A group under everything that happens to groups, at random under a printed seed: people are
 * added, join by themselves, come back after losing their state, are removed, update, propose
 * and commit others' proposals; commits race and one loses; people are away and catch up,
 * restart from storage, miss messages and hear them in another order. After every commit all
 * who are there must have the same epoch secret; whoever was removed must open nothing newer,
 * whoever is new nothing older.
 *
 *   storm_mls MEMBERS OPERATIONS [SEED [SUITE]]
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/mem.h"
#include "mls/wire.h"
#include "support/mlsparty.h"
#include "support/rsapool.h"

#define HEARERS 6u /* of each message: the others miss it */
#define POOL    400u
#define AWAY    4u /* commits at most, before somebody comes back */

struct entry { /* a handshake message that the order has taken */
    struct buf bytes;
};

struct player {
    struct party_member *m;
    size_t seen;      /* entries of the log this one has taken in */
    size_t away_till; /* an index of the log */
};

static struct storm {
    struct party party;
    struct player *v;
    size_t n;
    size_t cap;
    struct entry *log;
    size_t log_n;
    size_t log_cap;
    size_t limit;
    uint64_t seed;
    size_t step;
    size_t counts[16];
    struct mls_group *ghost; /* somebody who was removed, as they were */
    struct buf old;          /* a message of an epoch that is over */
} s;

static struct rsapool *pool;

static const char *const NAMES[] = {"say", "update", "add", "remove", "join", "resync",
    "propose", "race", "away", "restart", "commits", "ghosts"};
enum { SAY, UPDATE, ADD, REMOVE, JOIN, RESYNC, PROPOSE, RACE, LEAVE, RESTART, COMMITS, GHOSTS };

static _Noreturn void die(const char *what, const struct mls_group *g)
{
    (void)fprintf(stderr, "storm: %s at step %zu, seed %llu: %s\n", what, s.step,
        (unsigned long long)s.seed, g != NULL ? mls_rule_text(mls_group_rule(g)) : "");
    abort();
}

static void must(enum err e, const char *what, const struct mls_group *g)
{
    if (e == ERR_OK)
        return;
    (void)fprintf(stderr, "storm: %s\n", err_str(e));
    die(what, g);
}

static uint64_t below(uint64_t n)
{
    return mlskit_draw(&s.party.world) % n;
}

static struct player *player_new(void)
{
    struct player *p;

    if (s.n == s.cap) {
        s.cap = s.cap != 0 ? s.cap * 2 : 16;
        s.v = mem_realloc(s.v, s.cap * sizeof *s.v);
    }
    p = &s.v[s.n++];
    *p = (struct player){.seen = s.log_n};
    size_t who = party_person(&s.party);
    p->m = s.party.m[who];
    /* The party is only where people are made: it forgets them at once. */
    s.party.n = who;
    return p;
}

static void player_free(struct player *p)
{
    mls_group_free(p->m->g);
    sign_key_free(p->m->key);
    buf_wipe(&p->m->package);
    buf_wipe(&p->m->secret);
    mem_free(p->m);
}

static void player_drop(struct player *p)
{
    player_free(p);
    *p = s.v[--s.n];
}

static struct mls_view view(const struct player *p)
{
    struct mls_view v;

    mls_group_view(p->m->g, &v);
    return v;
}

static void log_put(struct bytes message)
{
    if (s.log_n == s.log_cap) {
        s.log_cap = s.log_cap != 0 ? s.log_cap * 2 : 64;
        s.log = mem_realloc(s.log, s.log_cap * sizeof *s.log);
    }
    buf_init(&s.log[s.log_n].bytes, WIRE_MAX);
    buf_bytes(&s.log[s.log_n].bytes, message);
    must(buf_end(&s.log[s.log_n++].bytes), "log", NULL);
}

static bool here(const struct player *p)
{
    return p->m->g != NULL && p->seen == s.log_n;
}

static struct player *anybody(void)
{
    for (;;) {
        struct player *p = &s.v[below(s.n)];
        if (here(p))
            return p;
    }
}

/* What somebody has not seen yet, in order. False: they were removed, and are gone. */
static bool catch_up(struct player *p, size_t till)
{
    struct mls_event event;
    bool removed = false;

    mls_event_init(&event);
    for (; !removed && p->seen < till; p->seen++) {
        struct mls_group *g = p->m->g;
        must(mls_process(g, buf_view(&s.log[p->seen].bytes), &event), "process", g);
        removed = event.removes_us;
        if (event.kind == MLS_EVENT_COMMIT || event.kind == MLS_EVENT_OWN)
            must(mls_apply(g), "apply", g);
    }
    mls_event_clear(&event);
    if (removed)
        player_drop(p);
    return !removed;
}

static void settle(void)
{
    struct mls_view first = {0};
    bool any = false;
    bool all = true;

    for (size_t i = 0; i < s.n;) {
        struct player *p = &s.v[i];
        if (p->away_till > s.log_n || catch_up(p, s.log_n))
            i++;
    }
    for (size_t i = 0; i < s.n; i++) {
        all = all && here(&s.v[i]);
        if (!here(&s.v[i]))
            continue;
        struct mls_view v = view(&s.v[i]);
        if (!any)
            first = v;
        any = true;
        if (v.epoch != first.epoch || v.members != first.members ||
            memcmp(v.authenticator, first.authenticator, sizeof v.authenticator) != 0)
            die("somebody disagrees", s.v[i].m->g);
    }
    if (all && first.members != s.n) /* somebody away may be removed and not know it */
        die("the tree and the people differ", NULL);
}

/* The commit in the party's last result is the one the order takes. */
static void accept_commit(struct player *p)
{
    log_put(buf_view(&s.party.last.commit));
    must(mls_apply(p->m->g), "apply", p->m->g);
    p->seen = s.log_n;
    s.counts[COMMITS]++;
}

static void stage(struct player *p, const struct mls_proposal *what, size_t n, unsigned flags)
{
    struct mls_commit_result *r = &s.party.last;
    const struct mls_commit_request request = {
        .wrap = {.flags = flags | (below(4) == 0 ? MLS_PUBLIC : 0), .pad = 64},
        .proposals = what,
        .proposals_n = n};

    buf_clear(&r->commit);
    buf_clear(&r->welcome);
    buf_clear(&r->info);
    must(mls_commit(p->m->g, &request, r), "commit", p->m->g);
}

static void do_update(void)
{
    struct player *p = anybody();

    stage(p, NULL, 0, MLS_PATH);
    accept_commit(p);
}

static void hear_old(const struct player *p)
{
    struct mls_event event;

    if (s.old.n == 0)
        return;
    mls_event_init(&event);
    if (mls_process(p->m->g, buf_view(&s.old), &event) == ERR_OK)
        die("a newcomer opens what was said before", p->m->g);
    mls_event_clear(&event);
}

static void do_add(void)
{
    size_t n = s.step == 0 && s.limit > 100 ? 40 : 1 + below(3);
    struct mls_proposal add[40];
    size_t from;

    if (s.n + n > s.limit)
        return;
    size_t adder = (size_t)(anybody() - s.v);
    from = s.n;
    for (size_t i = 0; i < n; i++)
        add[i] = (struct mls_proposal){
            .type = MLS_ADD, .package = buf_view(&player_new()->m->package)};
    stage(&s.v[adder], add, n, MLS_WITH_TREE | (below(2) == 0 ? MLS_PATH : 0));
    accept_commit(&s.v[adder]);
    for (size_t i = from; i < from + n; i++) {
        struct party_member *m = s.v[i].m;
        const struct mls_join_request join = {.welcome = buf_view(&s.party.last.welcome),
            .package = buf_view(&m->package),
            .secret = buf_view(&m->secret)};
        enum mls_rule rule;
        if (mls_group_join(&m->world.env, &m->who, &join, &m->g, &rule) != ERR_OK) {
            (void)fprintf(stderr, "join: %s\n", mls_rule_text(rule));
            die("join", NULL);
        }
        s.v[i].seen = s.log_n;
        hear_old(&s.v[i]);
    }
}

/* A copy of somebody's state, as a thief would have it. */
static enum err keep_record(void *arg, uint32_t id, struct bytes record)
{
    struct mls_record **v = arg;
    size_t n = 0;

    if (id == MLS_RECORD_RESET || record.n == 0)
        return ERR_OK;
    while (v[0][n].bytes.p != NULL)
        n++;
    v[0] = mem_realloc(v[0], (n + 2) * sizeof **v);
    v[0][n] = (struct mls_record){id, bytes_of(mem_dup(record.p, record.n), record.n)};
    v[0][n + 1] = (struct mls_record){0};
    return ERR_OK;
}

static struct mls_group *copy(const struct player *p)
{
    struct mls_record *v = mem_alloc(sizeof *v);
    struct mls_group *g = NULL;
    size_t n = 0;

    must(mls_save(p->m->g, true, keep_record, &v), "save", p->m->g);
    while (v[n].bytes.p != NULL)
        n++;
    must(mls_group_load(&p->m->world.env, &p->m->who, v, n, &g), "load", NULL);
    for (size_t i = 0; i < n; i++) {
        union {
            const uint8_t *view;
            void *owned;
        } u = {.view = v[i].bytes.p};
        mem_wipe_free(u.owned, v[i].bytes.n);
    }
    mem_free(v);
    return g;
}

static void do_restart(void)
{
    struct player *p = anybody();
    struct mls_group *g = copy(p);

    mls_group_free(p->m->g);
    p->m->g = g;
}

/* The env of a ghost must outlive whom it was. */
static struct mls_env ghost_env;

static void do_remove(void)
{
    if (s.n < 3)
        return;
    size_t by = (size_t)(anybody() - s.v);
    size_t n = 1 + below(3);
    struct mls_proposal what[3];
    size_t count = 0;

    if (s.n < n + 2)
        return;
    for (size_t i = 0; i < s.n && count < n; i++) {
        size_t at = (i * 7919 + s.step) % s.n;
        bool twice = false;
        uint32_t leaf = view(&s.v[at]).self;
        if (at == by || !here(&s.v[at]))
            continue;
        for (size_t j = 0; j < count; j++)
            twice = twice || what[j].leaf == leaf;
        if (!twice)
            what[count++] = (struct mls_proposal){.type = MLS_REMOVE, .leaf = leaf};
        if (count == 1 && !twice && s.ghost == NULL) {
            s.ghost = copy(&s.v[at]);
            ghost_env = (struct mls_env){0};
        }
    }
    if (count == 0)
        return;
    stage(&s.v[by], what, count, 0);
    accept_commit(&s.v[by]);
}

/* Whoever was removed has all they had, and hears everything that is said. */
static void haunt(struct bytes message)
{
    struct mls_event event;

    if (s.ghost == NULL)
        return;
    mls_event_init(&event);
    if (mls_process(s.ghost, message, &event) == ERR_OK && event.kind == MLS_EVENT_APPLICATION)
        die("somebody who was removed reads on", s.ghost);
    mls_event_clear(&event);
    mls_group_free(s.ghost);
    s.ghost = NULL;
    s.counts[GHOSTS]++;
}

static void do_say(void)
{
    struct player *p = anybody();
    struct buf out[2];
    struct mls_event event;
    const struct mls_wrap wrap = {.pad = 64};
    char text[32];

    if (view(p).proposals != 0)
        return;
    (void)snprintf(text, sizeof text, "step %zu", s.step);
    for (size_t i = 0; i < 2; i++) {
        buf_init(&out[i], WIRE_MAX);
        must(mls_protect(p->m->g, bytes_str(text), &wrap, &out[i]), "protect", p->m->g);
    }
    mls_event_init(&event);
    for (size_t i = 0; i < HEARERS; i++) {
        struct player *other = &s.v[below(s.n)];
        if (other == p || !here(other))
            continue;
        for (size_t j = 2; j-- > 0;) { /* the second before the first */
            enum err e = mls_process(other->m->g, buf_view(&out[j]), &event);
            bool again =
                e == ERR_REFUSED && mls_group_rule(other->m->g) == MLS_RULE_MESSAGE_REPLAY;
            if (!again && (e != ERR_OK || !bytes_eq(event.data, bytes_str(text))))
                die("a message is not heard", other->m->g);
        }
    }
    mls_event_clear(&event);
    haunt(buf_view(&out[0]));
    buf_free(&s.old);
    s.old = out[0];
    buf_free(&out[1]);
}

static void join_self(struct player *p, bool resync)
{
    struct buf info;
    struct buf commit;
    struct mls_group *g = NULL;
    struct player *by = anybody();
    enum mls_rule rule = MLS_RULE_KEPT;

    buf_init(&info, WIRE_MAX);
    buf_init(&commit, WIRE_MAX);
    must(mls_group_info(by->m->g, MLS_WITH_TREE, &info), "info", by->m->g);
    const struct mls_external_request what = {.info = buf_view(&info), .resync = resync};
    if (mls_group_join_external(&p->m->world.env, &p->m->who, &what, &commit, &g, &rule) !=
        ERR_OK) {
        (void)fprintf(stderr, "external: %s\n", mls_rule_text(rule));
        die("external join", NULL);
    }
    mls_group_free(p->m->g);
    p->m->g = g;
    must(mls_apply(g), "apply", g);
    log_put(buf_view(&commit));
    p->seen = s.log_n;
    s.counts[COMMITS]++;
    buf_free(&info);
    buf_free(&commit);
}

static void do_join(void)
{
    if (s.n < s.limit)
        join_self(player_new(), false);
}

static void do_resync(void)
{
    join_self(anybody(), true);
}

static void do_propose(void)
{
    struct player *p = anybody();
    struct buf message;
    struct mls_proposal what = {.type = MLS_UPDATE};
    const struct mls_wrap wrap = {.flags = below(2) == 0 ? MLS_PUBLIC : 0};

    if (s.n < 3)
        return;
    struct player *target = anybody();
    if (below(3) == 0 && target != p) {
        what.type = MLS_REMOVE;
        what.leaf = view(target).self;
    }
    buf_init(&message, WIRE_MAX);
    must(mls_propose(p->m->g, &what, &wrap, &message), "propose", p->m->g);
    log_put(buf_view(&message));
    p->seen = s.log_n;
    buf_free(&message);
    settle();
    /* Whoever saw it commits; of the one who would remove itself nothing comes. */
    struct player *by = anybody();
    stage(by, NULL, 0, MLS_PATH);
    accept_commit(by);
}

static void do_race(void)
{
    struct player *a = anybody();
    struct player *b = anybody();

    if (a == b)
        return;
    stage(a, NULL, 0, MLS_PATH);
    stage(b, NULL, 0, MLS_PATH); /* the order takes this one */
    accept_commit(b);
    if (below(2) == 0)
        mls_discard(a->m->g); /* or the winner's commit takes its place */
}

static void do_away(void)
{
    struct player *p = anybody();

    for (size_t i = 0, n = 0; i < s.n; i++) {
        n += here(&s.v[i]) && &s.v[i] != p;
        if (n > 1) {
            p->away_till = s.log_n + 1 + below(AWAY);
            return;
        }
    }
}

static void one(void)
{
    static const struct {
        unsigned char weight;
        unsigned char kind;
        void (*run)(void);
    } WHAT[] = {{40, SAY, do_say}, {14, UPDATE, do_update}, {10, ADD, do_add},
        {8, REMOVE, do_remove}, {4, JOIN, do_join}, {4, RESYNC, do_resync},
        {6, PROPOSE, do_propose}, {6, RACE, do_race}, {4, LEAVE, do_away},
        {4, RESTART, do_restart}};
    unsigned at = (unsigned)below(100);

    for (size_t i = 0; i < MEM_COUNT(WHAT); i++) {
        if (at < WHAT[i].weight) {
            s.counts[WHAT[i].kind]++;
            WHAT[i].run();
            break;
        }
        at -= WHAT[i].weight;
    }
    settle();
}

/* RSA keys are dear: after so many the first come again, whose owner is long gone. */
static struct sign_key *pool_key(struct party *p, size_t who)
{
    (void)p;
    return rsapool_key(pool, who % POOL);
}

static void begin(uint16_t suite)
{
    party_init(&s.party, suite, s.seed);
    if (s.party.suite->sign == &SIGN_RSA_PSS) {
        pool = rsapool_new(2048, POOL);
        s.party.key = pool_key;
    }
    struct player *p = player_new();
    const struct mls_group_request what = {.suite = suite, .group_id = bytes_str("the storm")};
    must(mls_group_create(&p->m->world.env, &p->m->who, &what, &p->m->g), "create", NULL);
    buf_init(&s.old, WIRE_MAX);
    while (s.n + 45 < s.limit) { /* at a thousand the storm begins with nearly all of them */
        do_add();
        settle();
    }
}

static void end(void)
{
    for (size_t i = 0; i < s.n; i++)
        player_free(&s.v[i]);
    for (size_t i = 0; i < s.log_n; i++)
        buf_free(&s.log[i].bytes);
    mls_group_free(s.ghost);
    buf_free(&s.old);
    mem_free(s.v);
    mem_free(s.log);
    party_fini(&s.party);
    rsapool_free(pool);
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        (void)fprintf(stderr, "storm_mls MEMBERS OPERATIONS [SEED [SUITE]]\n");
        return 2;
    }
    s.limit = strtoul(argv[1], NULL, 10);
    size_t operations = strtoul(argv[2], NULL, 10);
    s.seed = argc > 3 ? strtoull(argv[3], NULL, 10) : (uint64_t)time(NULL);
    (void)printf("storm_mls: seed %llu\n", (unsigned long long)s.seed);
    (void)fflush(stdout);
    begin((uint16_t)(argc > 4 ? strtoul(argv[4], NULL, 0) : 1));
    for (s.step = 0; s.step < operations; s.step++) {
        one();
        if ((s.step + 1) % 500 == 0)
            (void)fprintf(
                stderr, "storm_mls: %zu of %zu, %zu members\n", s.step + 1, operations, s.n);
    }
    (void)printf("{\"storm\":\"mls\",\"seed\":%llu,\"operations\":%zu,\"members\":%zu",
        (unsigned long long)s.seed, operations, s.n);
    for (size_t i = 0; i < MEM_COUNT(NAMES); i++)
        (void)printf(",\"%s\":%zu", NAMES[i], s.counts[i]);
    (void)printf("}\n");
    end();
    return 0;
}
