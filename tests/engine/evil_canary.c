/* SPDX-License-Identifier: ISC */
/* Never plaintext: what people say, and what they keep secret, is nowhere where the relay is.
 */
#include <criterion/criterion.h>
#include <ftw.h>
#include <stdio.h>

#include "base/log.h"
#include "base/mem.h"
#include "crypto/rand.h"
#include "support/evil.h"
#include "support/memsearch.h"
#include "support/mlskit.h"
#include "support/support.h"

enum { ALICE, BOB };
#define OPS    "#ops"
#define CANARY 24
#define HALF   12 /* of one is enough */

static struct evil v;
static char dir[64];
static char path[96];

static void setup(void)
{
    support_tmpdir(dir, sizeof dir);
    (void)snprintf(path, sizeof path, "%s/relay.db", dir);
    v = (struct evil){.n = 0};
    sim_init(&v.sim, 7009);
    v.sim.db_path = path;
    v.sim.audit_dir = dir;
    sim_start(&v.sim);
    crew_init_keys(&v.crew, &v.sim, 2048, EVIL_KEYS);
}

static void teardown(void)
{
    evil_fini(&v);
    log_off();
    support_rmtree(dir);
}

TestSuite(evil_canary, .init = setup, .fini = teardown);

static void draw(char out[CANARY + 1])
{
    static const char LETTERS[] = "abcdefghijkmnpqrstuvwxyz23456789";
    uint8_t random[CANARY];

    rand_bytes(random, sizeof random);
    for (size_t i = 0; i < CANARY; i++)
        out[i] = LETTERS[random[i] & 31];
    out[CANARY] = '\0';
}

static bool has(struct bytes in, const char *text, size_t n)
{
    return in.n != 0 && memmem(in.p, in.n, text, n) != NULL;
}

static bool leaked(struct bytes in, const char *canary)
{
    return has(in, canary, HALF) || has(in, canary + HALF, HALF);
}

static struct buf slurp(const char *name)
{
    uint8_t block[4096];
    struct buf b;
    size_t n;

    buf_init(&b, 256u << 20);
    FILE *f = fopen(name, "rb");
    while (f != NULL && (n = fread(block, 1, sizeof block, f)) != 0)
        buf_put(&b, block, n);
    if (f != NULL)
        (void)fclose(f);
    return b;
}

/* ---- where the relay is ---- */

enum { SECRET_ACCOUNT, SECRET_ROOM, IN_ROOM, IN_DEN, IN_DIRECT, AWAY, TOPIC, DRAFT, CANARIES };
static char canary[CANARIES][CANARY + 1];

static void none_in(const char *where, struct bytes b)
{
    for (size_t i = 0; i < CANARIES; i++)
        cr_assert_not(leaked(b, canary[i]), "canary %zu is in %s", i, where);
}

static void none_in_file(const char *name)
{
    struct buf b = slurp(name);

    none_in(name, buf_view(&b));
    buf_free(&b);
}

static void none_on(const struct meddler *line)
{
    for (const struct meddler_kept *k = line->kept; k != NULL; k = k->next)
        none_in("a frame", k->body);
}

static size_t files;

static int none_here(const char *name, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)ftw;
    if (type == FTW_F) {
        none_in_file(name);
        files++;
    }
    return 0;
}

/* Database, its log, the audit of the relay and of each room, and what it would print. */
static void none_at_the_relay(void)
{
    files = 0;
    cr_assert_eq(nftw(dir, none_here, 16, FTW_PHYS), 0);
    cr_assert_geq(files, 4);
}

static bool file_has(const char *name, const char *text)
{
    struct buf b = slurp(name);
    bool found = has(buf_view(&b), text, strlen(text));

    buf_free(&b);
    return found;
}

static void story(void)
{
    char line[CANARY + 16];

    for (size_t i = 0; i < CANARIES; i++)
        draw(canary[i]);
    (void)evil_account(&v, "alice");
    (void)evil_account(&v, "bob");
    v.m[ALICE]->setup.password = bytes_str(canary[SECRET_ACCOUNT]);
    crew_start(v.m[ALICE]);
    crew_start(v.m[BOB]);
    crew_run(&v.crew, 2000);
    crew_join(v.m[ALICE], "ops");
    crew_join(v.m[BOB], "ops");
    crew_sealed(v.m[ALICE], OPS, 2);
    crew_type_in(v.m[ALICE], OPS, canary[IN_ROOM]);
    crew_reads(v.m[BOB], OPS, canary[IN_ROOM]);
    (void)snprintf(line, sizeof line, "/topic %s", canary[TOPIC]);
    crew_type_in(v.m[ALICE], OPS, line);
    crew_type(v.m[ALICE], "/join den password");
    crew_answer(v.m[ALICE], canary[SECRET_ROOM]);
    crew_sealed(v.m[ALICE], "#den", 1);
    crew_type(v.m[BOB], "/join den");
    crew_answer(v.m[BOB], canary[SECRET_ROOM]);
    crew_sealed(v.m[BOB], "#den", 2);
    crew_type_in(v.m[BOB], "#den", canary[IN_DEN]);
    crew_reads(v.m[ALICE], "#den", canary[IN_DEN]);
    (void)snprintf(line, sizeof line, "/msg bob %s", canary[IN_DIRECT]);
    crew_type(v.m[ALICE], line);
    crew_reads(v.m[BOB], "@alice", canary[IN_DIRECT]);
    crew_draft(v.m[ALICE], OPS, canary[DRAFT]);
    crew_stop(v.m[BOB]);
    crew_run(&v.crew, 60000);
    crew_type_in(v.m[ALICE], OPS, canary[AWAY]);
    crew_delivered(v.m[ALICE], OPS, canary[AWAY], EVENT_RELAYED);
    crew_run(&v.crew, 5000);
}

Test(evil_canary, relay__has_no_plaintext_on_disk_on_the_line_or_in_its_notes)
{
    char notes[96], name[160];

    (void)snprintf(notes, sizeof notes, "%s/notes", dir);
    cr_assert_eq(log_to_file(notes), ERR_OK);
    log_set_level(LOG_DEBUG);
    story();
    none_at_the_relay();
    none_on(&v.line[ALICE]);
    none_on(&v.line[BOB]);
    /* That a search finds what is there: names are no secret of the relay's. */
    (void)snprintf(name, sizeof name, "%s-wal", path);
    cr_assert(file_has(path, "alice") || file_has(name, "alice"));
    (void)snprintf(name, sizeof name, "%s/audit/audit.log", dir);
    cr_assert(file_has(name, "alice"));
    cr_assert(file_has(notes, "login"));
    /* The clients have it: on the screen, and sealed in the vault, whose raw bytes tell
     * nothing. */
    (void)snprintf(name, sizeof name, "%s/vault.db", v.m[ALICE]->dir);
    none_in_file(name);
    cr_assert(file_has(name, "SQLite format"));
    (void)snprintf(name, sizeof name, "%s/vault.db-wal", v.m[ALICE]->dir);
    none_in_file(name);
    crew_stop(v.m[ALICE]);
    (void)snprintf(name, sizeof name, "%s/vault.db", v.m[ALICE]->dir);
    none_in_file(name);
    crew_start(v.m[ALICE]);
    crew_reads(v.m[ALICE], OPS, canary[IN_ROOM]);
    cr_assert_str_eq(crew_page(v.m[ALICE], OPS)->draft, canary[DRAFT]);
    crew_start(v.m[BOB]);
    crew_reads(v.m[BOB], OPS, canary[AWAY]);
    none_at_the_relay();
    none_on(&v.line[BOB]);
}

/* ---- and nothing stays behind ---- */

#define NEEDLE 48

/* The middle of a private exponent, every byte inverted, as it is written and as numbers lie in
 * memory. */
static void masks(const struct sign_key *key, uint8_t written[NEEDLE], uint8_t lying[NEEDLE])
{
    struct buf der;

    buf_init(&der, 8192);
    sign_key_write(key, &der);
    size_t at = der.n / 2 - NEEDLE / 2 - 96; /* behind the modulus, before the primes */
    for (size_t i = 0; i < NEEDLE; i++) {
        written[i] = (uint8_t)~der.p[at + i];
        lying[NEEDLE - 1 - i] = written[i];
    }
    buf_wipe(&der);
}

/* One life of somebody with this key, whose passwords are drawn and then forgotten. */
static void live(struct crew_member *m, struct sign_key *key, const uint8_t *account_masked,
    const uint8_t *room_masked)
{
    uint8_t account[CANARY], room[CANARY + 1] = {0};
    struct sign_key *of_pool = m->key;
    char line[64];

    sign_key_free(of_pool);
    m->key = key;
    m->setup.identity = key;
    memsearch_reveal(account_masked, CANARY, account);
    m->setup.password = bytes_of(account, CANARY);
    crew_begin(m);
    mem_wipe(account, sizeof account);
    m->setup.password = (struct bytes){0};
    crew_run(m->crew, 5000);
    cr_assert_eq(m->model->link, MODEL_READY);
    crew_join(m, "ops");
    crew_type_in(m, OPS, "something");
    crew_run(m->crew, 3000);
    (void)snprintf(line, sizeof line, "/join %s password", m->nick);
    crew_type(m, line);
    memsearch_reveal(room_masked, CANARY, room);
    crew_answer(m, (const char *)room);
    mem_wipe(room, sizeof room);
    (void)snprintf(line, sizeof line, "#%s", m->nick);
    crew_sealed(m, line, 1);
}

static void mask_of_random(uint8_t out[CANARY])
{
    static const char LETTERS[] = "abcdefghijkmnpqrstuvwxyz23456789";

    rand_bytes(out, CANARY);
    for (size_t i = 0; i < CANARY; i++)
        out[i] = (uint8_t)~LETTERS[out[i] & 31];
}

Test(evil_canary, client__leaves_no_key_and_no_password_in_memory)
{
    uint8_t written[NEEDLE], lying[NEEDLE], account[CANARY], room[CANARY];

    for (unsigned round = 0; round < 2; round++) { /* once to have all linked */
        struct crew_member *m = v.m[evil_account(&v, round == 0 ? "alice" : "bob")];
        struct sign_key *key = mlskit_sign_key(suite_find(MSG_SUITE_AES), round);
        masks(key, written, lying);
        mask_of_random(account);
        mask_of_random(room);
        live(m, key, account, room);
        cr_assert_gt(memsearch_count(written, NEEDLE) + memsearch_count(lying, NEEDLE), 0,
            "the search can find");
        crew_stop(m);
        meddler_honest(&v.line[round]);
        m->key = NULL;
        sign_key_free(key);
        if (round == 0)
            continue;
        cr_assert_eq(memsearch_count(written, NEEDLE), 0, "a private key is left, written");
        cr_assert_eq(memsearch_count(lying, NEEDLE), 0, "a private key is left");
        cr_assert_eq(memsearch_count(account, CANARY), 0, "the account's password is left");
        cr_assert_eq(memsearch_count(room, CANARY), 0, "the room's password is left");
    }
}
