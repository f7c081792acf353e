/* SPDX-License-Identifier: ISC */
/*
 * What happens to a group when OpenSSL's memory runs out: for N = 1, 2, ... the Nth of its
 * allocations fails within one call, in a child process each. Our own end the process in words
 * (alloc_fail has them); OpenSSL's are an error that the caller hears, or end it the same way.
 * After an error the group is as it was, but for a generation of its own that was drawn and
 * never used; the same call again succeeds, and everybody agrees. Nothing leaks, nothing
 * crashes.
 *
 *   alloc_mls             prints how many failures were injected; every 17th N
 *   SOTTO_LONG=1          every N
 */
#include "crypto/ossl.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "mls/wire.h"
#include "support/mlsparty.h"
#include "support/mlsstore.h"

#if defined __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#define LEAKS() (__lsan_do_recoverable_leak_check() != 0)
#else
#define LEAKS() false
#endif

/* What a child says: not as it should be; all well, the failure was not reached; both. */
#define WRONG 3
#define NEVER 1
#define BOTH  4

static long countdown = -1; /* -1: never */

static bool fails_now(void)
{
    return countdown > 0 && --countdown == 0;
}

static void *ossl_malloc(size_t n, const char *file, int line)
{
    (void)file;
    (void)line;
    return fails_now() ? NULL : malloc(n);
}

static void *ossl_realloc(void *p, size_t n, const char *file, int line)
{
    (void)file;
    (void)line;
    return fails_now() ? NULL : realloc(p, n);
}

static void ossl_free(void *p, const char *file, int line)
{
    (void)file;
    (void)line;
    free(p);
}

/* ---- what is done, to whom, and what must be true then ---- */

#define MEMBERS 4u
#define GUEST   4u

static struct party p;
static struct buf said;         /* by member 0 */
static struct buf commit;       /* of member 2, which everybody else could take in */
static struct buf welcome;      /* of another one, that adds the guest */
static struct buf info;         /* of the present epoch */
static struct mlsstore stored;  /* member 1 */
static struct mls_group *guest; /* in the group, once it is */
static struct buf made;         /* by the call */

static bool says_wrong(const char *what)
{
    (void)fprintf(stderr, "alloc_mls: %s\n", what);
    return false;
}

static enum err hear(size_t who, struct bytes message)
{
    struct mls_event event;

    mls_event_init(&event);
    enum err e = mls_process(p.m[who]->g, message, &event);
    mls_event_clear(&event);
    return e;
}

static bool agree(const struct mls_group *a, const struct mls_group *b)
{
    struct mls_view x;
    struct mls_view y;

    mls_group_view(a, &x);
    mls_group_view(b, &y);
    return x.epoch == y.epoch && memcmp(x.authenticator, y.authenticator, MLS_SECRET) == 0;
}

/* Member 1 takes what was made, and is where this one is. */
static bool taken_by_1(struct mls_group *g)
{
    return hear(1, buf_view(&made)) == ERR_OK && mls_apply(p.m[1]->g) == ERR_OK &&
           mls_apply(g) == ERR_OK && agree(g, p.m[1]->g);
}

static enum err do_join(void)
{
    const struct party_member *m = p.m[GUEST];
    enum mls_rule rule;
    const struct mls_join_request what = {.welcome = buf_view(&welcome),
        .package = buf_view(&m->package),
        .secret = buf_view(&m->secret)};

    return mls_group_join(&m->world.env, &m->who, &what, &guest, &rule);
}

static bool joined(void)
{
    return mls_apply(p.m[3]->g) == ERR_OK && agree(guest, p.m[3]->g);
}

static enum err do_external(void)
{
    const struct party_member *m = p.m[GUEST];
    const struct mls_external_request what = {.info = buf_view(&info)};
    enum mls_rule rule;

    buf_clear(&made);
    return mls_group_join_external(&m->world.env, &m->who, &what, &made, &guest, &rule);
}

static bool entered(void)
{
    return taken_by_1(guest);
}

static enum err do_commit(void)
{
    const struct mls_proposal add = {
        .type = MLS_ADD, .package = buf_view(&p.m[GUEST]->package)};
    const struct mls_commit_request what = {
        .wrap = {.flags = MLS_PATH | MLS_WITH_TREE | MLS_WITH_INFO},
        .proposals = &add,
        .proposals_n = 1};

    buf_clear(&p.last.commit);
    buf_clear(&p.last.welcome);
    buf_clear(&p.last.info);
    return mls_commit(p.m[0]->g, &what, &p.last);
}

static bool committed(void)
{
    buf_clear(&made);
    buf_bytes(&made, buf_view(&p.last.commit));
    buf_clear(&welcome);
    buf_bytes(&welcome, buf_view(&p.last.welcome));
    return taken_by_1(p.m[0]->g) && do_join() == ERR_OK && agree(guest, p.m[0]->g);
}

static enum err do_process(void)
{
    return hear(1, buf_view(&commit));
}

static bool processed(void)
{
    return mls_apply(p.m[1]->g) == ERR_OK && mls_apply(p.m[2]->g) == ERR_OK &&
           agree(p.m[1]->g, p.m[2]->g);
}

static enum err do_protect(void)
{
    const struct mls_wrap wrap = {.pad = 64};

    buf_clear(&made);
    return mls_protect(p.m[0]->g, bytes_str("hello"), &wrap, &made);
}

static bool protected(void)
{
    return hear(1, buf_view(&made)) == ERR_OK;
}

static enum err do_unprotect(void)
{
    return hear(1, buf_view(&said));
}

static bool unprotected(void)
{
    return hear(1, buf_view(&said)) == ERR_REFUSED &&
           mls_group_rule(p.m[1]->g) == MLS_RULE_MESSAGE_REPLAY;
}

static enum err do_load(void)
{
    return mlsstore_load(&stored, &p.m[1]->world.env, &p.m[1]->who, &guest);
}

static bool loaded(void)
{
    return agree(guest, p.m[1]->g);
}

static enum err do_save(void)
{
    struct mlsstore s = {0};

    enum err e = mlsstore_save(&s, p.m[1]->g, true);
    if (e == ERR_OK && !mlsstore_same(&s, &stored, 0))
        e = ERR_CORRUPT;
    mlsstore_fini(&s);
    return e;
}

static bool saved(void)
{
    return true;
}

struct story {
    const char *name;
    enum err (*run)(void);
    bool (*holds)(void);
    size_t who; /* whose group it could change */
};

static const struct story STORIES[] = {
    {"join", do_join, joined, GUEST},
    {"external join", do_external, entered, GUEST},
    {"commit", do_commit, committed, 0},
    {"process", do_process, processed, 1},
    {"protect", do_protect, protected, 0},
    {"unprotect", do_unprotect, unprotected, 1},
    {"save", do_save, saved, 1},
    {"load", do_load, loaded, 1},
};

/* Before there is a locked arena: else OpenSSL keeps its generators there, where no leak
 * checker sees what they point to. */
static void start(void)
{
    uint8_t drawn[1];

    if (CRYPTO_set_mem_functions(ossl_malloc, ossl_realloc, ossl_free) != 1 ||
        RAND_bytes(drawn, 1) != 1 || RAND_priv_bytes(drawn, 1) != 1)
        abort();
}

static void begin(uint16_t suite)
{
    party_init(&p, suite, 5);
    party_gather(&p, MEMBERS, true);
    (void)party_person(&p);
    buf_init(&said, WIRE_MAX);
    buf_init(&commit, WIRE_MAX);
    buf_init(&welcome, WIRE_MAX);
    buf_init(&info, WIRE_MAX);
    buf_init(&made, WIRE_MAX);
    for (size_t i = 0; i < MEMBERS;
         i++) /* contexts that are made once are there, ratchets too */
        party_say(&p, i, "hello");
    if (mls_group_info(p.m[0]->g, MLS_WITH_TREE, &info) != ERR_OK)
        abort();
    (void)party_seal(&p, 0, "hear this", &said);
    const struct mls_proposal add = {
        .type = MLS_ADD, .package = buf_view(&p.m[GUEST]->package)};
    party_stage(&p, 3, &add, 1, MLS_PATH);
    buf_bytes(&welcome, buf_view(&p.last.welcome));
    party_stage(&p, 0, NULL, 0, MLS_PATH); /* its handshake ratchet too */
    mls_discard(p.m[0]->g);
    party_stage(&p, 2, NULL, 0, MLS_PATH);
    buf_bytes(&commit, buf_view(&p.last.commit));
    if (mlsstore_save(&stored, p.m[1]->g, true) != ERR_OK)
        abort();
}

static void end(void)
{
    buf_free(&said);
    buf_free(&commit);
    buf_free(&welcome);
    buf_free(&info);
    buf_free(&made);
    mlsstore_fini(&stored);
    party_fini(&p);
}

/* ---- one failure after the other ---- */

static bool unchanged(const struct story *s, const struct mlsstore *before)
{
    struct mls_group *g = p.m[s->who]->g;
    struct mlsstore after = {0};

    if (g == NULL)
        return guest == NULL;
    bool same = mlsstore_save(&after, g, true) == ERR_OK &&
                mlsstore_same(before, &after, mlsstore_own(g));
    mlsstore_fini(&after);
    return same;
}

static bool survives(const struct story *s, long n, bool *reached)
{
    struct mls_group *g = p.m[s->who]->g;
    struct mlsstore before = {0};

    if (g != NULL && mlsstore_save(&before, g, true) != ERR_OK)
        return says_wrong("not saved");
    countdown = n;
    enum err e = s->run();
    *reached = countdown == 0;
    countdown = -1;
    if (e != ERR_OK && !*reached)
        return says_wrong("it fails by itself");
    if (e != ERR_OK && !unchanged(s, &before))
        return says_wrong("the group was changed");
    if (e != ERR_OK && s->run() != ERR_OK)
        return says_wrong("the second time does not succeed");
    if (!s->holds())
        return says_wrong("not what it should be");
    mlsstore_fini(&before);
    return true;
}

static int child(const struct story *s, long n)
{
    bool reached = false;

    bool good = survives(s, n, &reached);

    mls_group_free(guest);
    guest = NULL;
    if (LEAKS())
        good = says_wrong("a leak");
    return good ? (reached ? 0 : NEVER) : (reached ? WRONG : BOTH);
}

/* Whether the failure was reached; *bad counts. */
static bool one(const struct story *s, long n, int *bad)
{
    int status = 0;
    pid_t pid = fork();

    if (pid == 0)
        _exit(child(s, n));
    while (waitpid(pid, &status, 0) < 0) {
    }
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    if (code != 0 && code != NEVER && code != MEM_EXIT_CODE) {
        (void)fprintf(stderr, "%s: failure %ld ends with %d\n", s->name, n, code);
        ++*bad;
    }
    return code != NEVER && code != BOTH;
}

int main(void)
{
    static const uint16_t SUITES[] = {0x0001, 0x0002, 0xf001};
    const char *lengthy = getenv("SOTTO_LONG");
    long stride = lengthy != NULL && lengthy[0] == '1' ? 1 : 17;
    int bad = 0;

    start();
    for (size_t k = 0; k < MEM_COUNT(SUITES); k++) {
        begin(SUITES[k]);
        (void)fflush(stdout);
        for (size_t i = 0; i < MEM_COUNT(STORIES); i++) {
            int wrong = 0;
            long failures = 0;
            for (long n = 1; one(&STORIES[i], n, &wrong); n += stride)
                failures++;
            (void)printf(
                "{\"story\":\"%s\",\"suite\":\"%04x\",\"failures_injected\":%ld,\"bad\":%d}\n",
                STORIES[i].name, SUITES[k], failures, wrong);
            (void)fflush(stdout);
            bad += wrong;
        }
        end();
    }
    return bad != 0;
}
