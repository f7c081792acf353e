/* SPDX-License-Identifier: ISC */
/* A member whose files come between somebody and the files of others: under one id, under one
 * name on the disk, or simply too many of them. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "client/download_offer.h"
#include "client/say.h"
#include "client/upload_begin.h"
#include "crypto/rand.h"
#include "support/crew_check.h"
#include "support/filecrew.h"

enum { ALICE, BOB, CAROL };
#define OPS   "#ops"
#define CHUNK 65536u

static struct filecrew f;

static void setup(void)
{
    filecrew_init(&f, 20281);
    filecrew_room(&f, 3);
    cr_assert_eq(mkdir(filecrew_path(&f, "aside"), 0700), 0);
}

static void teardown(void)
{
    filecrew_fini(&f);
}

TestSuite(evil_file_rival, .init = setup, .fini = teardown);

/* The newest of what who sends. */
static struct upload *newest(size_t who)
{
    struct upload *u = crew_engine(f.v.m[who])->files.uploads;

    while (u->next != NULL)
        u = u->next;
    return u;
}

/* Carol sends it under an id of her choice, though her program would draw one. */
static void sends_under(const char *path, const uint8_t id[MSG_ID])
{
    char why[TRANSFER_WHY];

    filecrew_type(&f, CAROL, "/send %s", path);
    struct upload *u = newest(CAROL);
    cr_assert_not(u->busy);
    file_reader_close(&u->reader);
    memcpy(u->shown->key, id, MSG_ID);
    cr_assert(upload_open(u, path, why, sizeof why), "%s", why);
}

static struct transfer *numbered(size_t who, unsigned n)
{
    struct transfer *t = transfers_numbered(&f.v.m[who]->model->files, n);

    cr_assert_not_null(t);
    return t;
}

struct wish {
    unsigned n;
    enum transfer_state state;
};

static bool is_so(void *arg)
{
    const struct wish *w = arg;

    return numbered(BOB, w->n)->state == w->state;
}

static void bob_has(unsigned n, enum transfer_state state)
{
    struct wish w = {n, state};

    cr_assert(crew_until(&f.v.crew, is_so, &w), "%u is %s: %s", n,
        transfer_state_str(numbered(BOB, n)->state), numbered(BOB, n)->why);
}

/* ---- one id ---- */

static struct offer made_up(void)
{
    return (struct offer){.bytes = 10, .chunk = CHUNK, .count = 1, .name = bytes_str("carols")};
}

/* The relay tells everybody the id before the sealed message comes: who is quick can use it. */
Test(evil_file_rival, id__that_somebody_else_used_first_hides_no_offer)
{
    struct offer o = made_up();
    struct buf b;

    meddler_order(&f.v.line[ALICE], UP, OP_SAY, 1, MEDDLE_HOLD);
    filecrew_send(&f, ALICE, OPS, "alices", 10);
    while (!newest(ALICE)->offered)
        crew_run(&f.v.crew, 50);
    buf_init(&b, OFFER_BYTES);
    offer_write(&o, &b);
    say_offer(crew_engine(f.v.m[CAROL]), crew_talk(f.v.m[CAROL], OPS),
        newest(ALICE)->shown->key, buf_view(&b));
    buf_free(&b);
    filecrew_is(&f, BOB, "carols", TRANSFER_OFFERED);
    meddler_let_go(&f.v.line[ALICE], false);
    crew_told(f.v.m[BOB], OPS, "alice offers a file under an id that another one has.");
}

/* What bob took from alice is nobody else's to ask for. */
Test(evil_file_rival, id__of_a_file_that_is_here_tells_nobody_else_so)
{
    struct meddler *line = &f.v.line[BOB];
    struct msg_file_offered m;

    filecrew_goes(&f, ALICE, OPS, BOB, "alices", 10);
    crew_run(&f.v.crew, 2000);
    size_t before = meddler_count(line, UP, OP_FILE_ANSWER);
    meddler_read(meddler_kept(line, DOWN, OP_FILE_OFFER, 0), &m);
    m.sender = bytes_str("carol");
    meddler_tell(line, OP_FILE_OFFER, &m);
    crew_run(&f.v.crew, 2000);
    cr_assert_eq(meddler_count(line, UP, OP_FILE_ANSWER), before, "carol is told");
    m.sender = bytes_str("alice");
    meddler_tell(line, OP_FILE_OFFER, &m);
    crew_run(&f.v.crew, 2000);
    cr_assert_eq(meddler_count(line, UP, OP_FILE_ANSWER), before + 1, "alice is not");
}

/* ---- one name on the disk ---- */

/* The part is called after the name and the beginning of the id, and both are hers to choose.
 */
Test(evil_file_rival, part__of_somebody_elses_file_is_not_written_to)
{
    uint8_t id[MSG_ID];

    filecrew_write(filecrew_path(&f, "aside/plan.pdf"), 40 * CHUNK, 4711);
    filecrew_send(&f, ALICE, OPS, "plan.pdf", 40 * CHUNK);
    filecrew_accept(&f, BOB, "plan.pdf");
    filecrew_moves(&f, BOB, "plan.pdf", 5 * CHUNK);
    filecrew_type(&f, BOB, "/pause 1");
    rand_bytes(id, sizeof id);
    memcpy(id, numbered(BOB, 1)->key, 4);
    sends_under(filecrew_path(&f, "aside/plan.pdf"), id);
    crew_run(&f.v.crew, 2000);
    bob_has(2, TRANSFER_OFFERED);
    filecrew_type(&f, BOB, "/accept 2");
    bob_has(2, TRANSFER_PAUSED);
    filecrew_why(&f, BOB, "plan.pdf", "another one is being received");
    filecrew_type(&f, BOB, "/resume 1");
    bob_has(1, TRANSFER_DONE);
    filecrew_same(&f, BOB, "plan.pdf", "plan.pdf");
    filecrew_type(&f, BOB, "/resume 2");
    bob_has(2, TRANSFER_DONE);
    filecrew_same(&f, BOB, "plan.pdf", "plan.pdf");
    filecrew_same(&f, BOB, "plan (2).pdf", "aside/plan.pdf");
}

Test(evil_file_rival, part__of_somebody_elses_file_is_not_removed)
{
    uint8_t id[MSG_ID];

    filecrew_write(filecrew_path(&f, "aside/plan.pdf"), 40 * CHUNK, 4711);
    filecrew_send(&f, ALICE, OPS, "plan.pdf", 40 * CHUNK);
    filecrew_accept(&f, BOB, "plan.pdf");
    filecrew_moves(&f, BOB, "plan.pdf", 5 * CHUNK);
    rand_bytes(id, sizeof id);
    memcpy(id, numbered(BOB, 1)->key, 4);
    sends_under(filecrew_path(&f, "aside/plan.pdf"), id);
    crew_run(&f.v.crew, 2000);
    filecrew_type(&f, BOB, "/accept 2");
    filecrew_type(&f, BOB, "/cancel 2");
    bob_has(1, TRANSFER_DONE);
    filecrew_same(&f, BOB, "plan.pdf", "plan.pdf");
}

/* ---- too many ---- */

static const struct talk_person *person(const char *name)
{
    const struct talk *c = crew_talk(f.v.m[BOB], OPS);
    size_t at = 0;

    for (;;) {
        const struct talk_person *p = map_next(&c->people, &at, NULL);
        cr_assert_not_null(p);
        if (strcmp(p->name, name) == 0)
            return p;
    }
}

/* So many as one that says nothing of them to the relay can. */
static void floods(const char *who, uint32_t n)
{
    struct offer o = made_up();
    struct buf b;

    buf_init(&b, OFFER_BYTES);
    offer_write(&o, &b);
    for (uint32_t i = 0; i < n; i++) {
        uint8_t id[MSG_ID] = {9};
        memcpy(id + 1, &i, sizeof i);
        download_offered(crew_engine(f.v.m[BOB]), crew_talk(f.v.m[BOB], OPS), person(who),
            &(struct download_news){.id = id, .sealed = buf_view(&b), .sender = who});
        if (i % 16 == 0)
            crew_turns(&f.v.crew, 1);
    }
    buf_free(&b);
    crew_run(&f.v.crew, 1000);
}

Test(evil_file_rival, many__of_one_person_push_out_nobody_elses)
{
    filecrew_send(&f, ALICE, OPS, "alices", 10);
    filecrew_is(&f, BOB, "alices", TRANSFER_OFFERED);
    floods("carol", 2 * DOWNLOADS_OPEN);
    cr_assert_eq(transfers_open(&f.v.m[BOB]->model->files), DOWNLOADS_OPEN);
    filecrew_accept(&f, BOB, "alices");
    filecrew_is(&f, BOB, "alices", TRANSFER_DONE);
    filecrew_same(&f, BOB, "alices", "alices");
}

/* Each has a part in the folder and two descriptors. */
Test(evil_file_rival, many__are_not_all_accepted_by_a_rule)
{
    filecrew_type(&f, BOB, "/auto-accept carol 1M");
    floods("carol", 3 * DOWNLOADS_BY_RULE);
    cr_assert_leq(filecrew_entries(f.in[BOB]), DOWNLOADS_BY_RULE);
    crew_told(f.v.m[BOB], OPS, "carols is asked for");
    evil_goes_on(&f.v, ALICE, OPS, BOB, OPS);
}
