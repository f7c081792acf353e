/* SPDX-License-Identifier: ISC */
/* A member who offers what is no file, a file that is not what was offered, and names that
 * nobody should have on a disk. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "client/download_offer.h"
#include "client/parcel.h"
#include "client/say.h"
#include "client/talk.h"
#include "crypto/rand.h"
#include "support/crew_check.h"
#include "support/filecrew.h"
#include "support/hostile.h"
#include "support/support.h"

enum { ALICE, BOB, CAROL };
#define OPS   "#ops"
#define CHUNK 65536u

static const char TURNED[] = "\xe2\x80\xae"
                             "gpj.exe"; /* reads the other way round */

static struct filecrew f;

static void setup(void)
{
    filecrew_init(&f, 20277);
}

static void teardown(void)
{
    filecrew_fini(&f);
}

TestSuite(evil_file_offer, .init = setup, .fini = teardown);

/* ---- what alice's program says without a file ---- */

static void sealed_as(size_t who, const char *page, const uint8_t id[MSG_ID], struct bytes text)
{
    say_offer(crew_engine(f.v.m[who]), crew_talk(f.v.m[who], page), id, text);
    crew_run(&f.v.crew, 200);
}

static void sealed(struct bytes text)
{
    uint8_t id[MSG_ID];

    rand_bytes(id, sizeof id);
    sealed_as(ALICE, OPS, id, text);
}

static void encode(const struct offer *o, struct buf *out)
{
    buf_init(out, OFFER_BYTES);
    offer_write(o, out);
}

static struct offer good(void)
{
    return (struct offer){.bytes = 10, .chunk = CHUNK, .count = 1, .name = bytes_str("a")};
}

static size_t shown(size_t who)
{
    return f.v.m[who]->model->files.count;
}

Test(evil_file_offer, sealed__that_makes_no_sense_is_told_and_not_shown)
{
    struct offer o = good();
    struct buf b;

    filecrew_room(&f, 2);
    encode(&o, &b);
    for (size_t n = 1; n < b.n; n += 7)
        sealed(bytes_of(b.p, n));
    buf_u8(&b, 0);
    o.chunk = 0;
    buf_clear(&b);
    offer_write(&o, &b);
    sealed(buf_view(&b));
    o = good();
    o.bytes = UINT64_MAX;
    buf_clear(&b);
    offer_write(&o, &b);
    sealed(buf_view(&b));
    buf_free(&b);
    crew_told(f.v.m[BOB], OPS, "alice offered a file, but what is said of it makes no sense");
    cr_assert_eq(shown(BOB), 0);
    evil_goes_on(&f.v, ALICE, OPS, BOB, OPS);
}

/* Only whoever offered it, in that conversation, and with its whole id. */
Test(evil_file_offer, taken_back__by_others_is_not_believed)
{
    const struct download *d;
    uint8_t id[MSG_ID];

    filecrew_room(&f, 3);
    crew_type_in(f.v.m[ALICE], OPS, "/msg bob psst");
    crew_reads(f.v.m[BOB], "@alice", "psst");
    filecrew_send(&f, ALICE, OPS, "a", 100 * CHUNK);
    filecrew_accept(&f, BOB, "a");
    filecrew_moves(&f, BOB, "a", CHUNK);
    filecrew_type(&f, BOB, "/pause");
    d = crew_engine(f.v.m[BOB])->files.downloads;
    memcpy(id, d->id, sizeof id);
    say_taken_back(crew_engine(f.v.m[CAROL]), crew_talk(f.v.m[CAROL], OPS), id);
    say_taken_back(crew_engine(f.v.m[ALICE]), crew_talk(f.v.m[ALICE], "@bob"), id);
    say_put(crew_engine(f.v.m[ALICE]), crew_talk(f.v.m[ALICE], OPS), PAYLOAD_TAKEN_BACK,
        bytes_of(id, sizeof id - 1));
    id[3] ^= 1;
    say_taken_back(crew_engine(f.v.m[ALICE]), crew_talk(f.v.m[ALICE], OPS), id);
    crew_run(&f.v.crew, 2000);
    filecrew_type(&f, BOB, "/resume");
    filecrew_is(&f, BOB, "a", TRANSFER_DONE);
    filecrew_same(&f, BOB, "a", "a");
    say_taken_back(crew_engine(f.v.m[ALICE]), crew_talk(f.v.m[ALICE], OPS),
        filecrew_find(&f, BOB, "a")->key);
    crew_run(&f.v.crew, 2000);
    filecrew_is(&f, BOB, "a", TRANSFER_DONE); /* what is there stays */
    filecrew_same(&f, BOB, "a", "a");
    evil_goes_on(&f.v, ALICE, OPS, BOB, OPS);
}

/* The sealed message may come without the relay's offer: nothing is asked of anybody then. */
Test(evil_file_offer, sealed__ten_thousand_are_bounded)
{
    struct buf b;
    struct offer o = good();
    struct talk_person *p = NULL;
    size_t at = 0;

    filecrew_room(&f, 2);
    encode(&o, &b);
    struct talk *c = crew_talk(f.v.m[BOB], OPS);
    while (p == NULL || strcmp(p->name, "alice") != 0)
        cr_assert_not_null(p = map_next(&c->people, &at, NULL));
    for (uint32_t i = 0; i < 10000; i++) {
        uint8_t id[MSG_ID] = {7};
        memcpy(id + 1, &i, sizeof i);
        download_offered(crew_engine(f.v.m[BOB]), c, p,
            &(struct download_news){.id = id, .sealed = buf_view(&b), .sender = "alice"});
        if (i % 16 == 0)
            crew_turns(&f.v.crew, 1);
    }
    buf_free(&b);
    crew_run(&f.v.crew, 1000);
    cr_assert_leq(shown(BOB), TRANSFERS_KEPT + DOWNLOADS_OPEN + 20, "%zu", shown(BOB));
    cr_assert_eq(transfers_open(&f.v.m[BOB]->model->files), DOWNLOADS_OPEN);
    cr_assert_eq(meddler_count(&f.v.line[BOB], UP, OP_FILE_ANSWER), 0);
    cr_assert_eq(filecrew_entries(f.in[BOB]), 0);
}

/* ---- what alice's program says of a file that it has ---- */

static struct offer lie;
static uint8_t last_id[MSG_ID];

/* Ten bytes that are really sent; the sealed message is ours to write. */
static void prepare(const char *file)
{
    struct upload *u;

    filecrew_send(&f, ALICE, OPS, file, 10);
    u = crew_engine(f.v.m[ALICE])->files.uploads;
    while (u->next != NULL)
        u = u->next;
    u->said = true;
    while (!u->offered)
        crew_run(&f.v.crew, 100);
    lie = good();
    memcpy(lie.key, u->key, sizeof lie.key);
    memcpy(lie.hash, u->hash, sizeof lie.hash);
    memcpy(last_id, u->shown->key, sizeof last_id);
}

static void tell_lie(void)
{
    struct buf b;

    encode(&lie, &b);
    cr_assert_eq(buf_end(&b), ERR_OK);
    sealed_as(ALICE, OPS, last_id, buf_view(&b));
    buf_free(&b);
}

static bool bob_is_over(void *arg)
{
    const struct transfers *ts = &f.v.m[BOB]->model->files;

    (void)arg;
    return ts->count != 0 && transfer_over(ts->all[ts->count - 1]);
}

static void ready(void)
{
    filecrew_room(&f, 2);
    filecrew_type(&f, BOB, "/auto-accept alice 1M");
    crew_run(&f.v.crew, 1000);
}

Test(evil_file_offer, content__that_has_another_hash_is_not_kept)
{
    ready();
    prepare("real");
    lie.hash[31] ^= 1;
    lie.name = bytes_str("lie");
    tell_lie();
    filecrew_is(&f, BOB, "lie", TRANSFER_FAILED);
    filecrew_why(&f, BOB, "lie", "it is not the file that was offered");
    cr_assert_eq(filecrew_entries(f.in[BOB]), 0);
    filecrew_is(&f, ALICE, "real", TRANSFER_REFUSED); /* and knows at once */
    cr_assert_eq(meddler_count(&f.v.line[BOB], UP, OP_FILE_ANSWER), 2);
}

Test(evil_file_offer, content__under_another_key_is_not_opened)
{
    ready();
    prepare("real");
    lie.key[0] ^= 1;
    lie.name = bytes_str("lie");
    tell_lie();
    filecrew_is(&f, BOB, "lie", TRANSFER_PAUSED);
    filecrew_why(&f, BOB, "lie", "what came is not what was sealed");
}

Test(evil_file_offer, content__of_another_size_than_the_relay_knows)
{
    static const uint64_t SIZES[] = {0, 1, 9, 11, CHUNK};
    char name[16];

    ready();
    for (size_t i = 0; i < MEM_COUNT(SIZES); i++) {
        prepare("real");
        (void)snprintf(name, sizeof name, "lie%zu", i);
        lie.name = bytes_str(name);
        lie.bytes = SIZES[i];
        tell_lie();
        filecrew_is(&f, BOB, name, TRANSFER_FAILED);
        filecrew_why(&f, BOB, name, "another size");
    }
    cr_assert_eq(filecrew_entries(f.in[BOB]), 0);
}

static void not_now(void *arg)
{
    (void)arg;
}

static enum meddler_verdict as_the_lie(void *arg, struct meddler_frame *m)
{
    struct msg_file_answer_ok *ok = m->msg;

    (void)arg;
    ok->chunk = lie.chunk;
    ok->window = UINT32_MAX;
    return MEDDLE_CHANGED;
}

/* A member and a relay who are one: small chunks are promised, and large ones come. */
Test(evil_file_offer, content__in_larger_chunks_than_offered_fills_no_memory)
{
    static uint8_t large[CHUNK + 16];

    filecrew_room(&f, 2);
    prepare("real");
    lie.chunk = 4096;
    lie.name = bytes_str("lie");
    tell_lie();
    meddler_answer(&f.v.line[BOB], OP_FILE_ANSWER, as_the_lie, NULL);
    meddler_order(&f.v.line[BOB], DOWN, OP_FILE_CHUNK, 0, MEDDLE_DROP);
    filecrew_accept(&f, BOB, "lie");
    filecrew_is(&f, BOB, "lie", TRANSFER_MOVING);
    f.v.m[BOB]->drain_worker.fn = not_now; /* its disk hangs */
    const struct download *d = crew_engine(f.v.m[BOB])->files.downloads;
    struct msg_file_chunk m = {.handle = d->handle, .data = bytes_of(large, sizeof large)};
    for (uint32_t i = 0; i < 20; i++) {
        meddler_tell(&f.v.line[BOB], OP_FILE_CHUNK, &m);
        crew_turns(&f.v.crew, 1);
        cr_assert_eq(d->batch.data.n + d->writer.batch.data.n, 0, "it is held");
    }
    filecrew_why(&f, BOB, "lie", "the relay sends more than it may");
}

/* ---- ids ---- */

Test(evil_file_offer, id__that_somebody_has_is_given_to_nobody_else)
{
    struct buf b;

    filecrew_room(&f, 3);
    crew_type(f.v.m[CAROL], "/msg bob psst");
    crew_reads(f.v.m[BOB], "@carol", "psst");
    prepare("real");
    lie.name = bytes_str("first");
    tell_lie();
    filecrew_is(&f, BOB, "first", TRANSFER_OFFERED);
    lie.name = bytes_str("second");
    tell_lie(); /* by the same one */
    lie.name = bytes_str("third");
    encode(&lie, &b);
    sealed_as(CAROL, OPS, last_id, buf_view(&b));
    sealed_as(CAROL, "@bob", last_id, buf_view(&b));
    buf_free(&b);
    crew_told(f.v.m[BOB], "@carol", "carol offers a file under an id that another one has.");
    cr_assert_eq(shown(BOB), 1);
    filecrew_accept(&f, BOB, "first");
    filecrew_is(&f, BOB, "first", TRANSFER_DONE);
    filecrew_same(&f, BOB, "first", "real");
}

/* ---- names ---- */

static void takes(struct bytes name)
{
    size_t before = shown(BOB);

    prepare("real");
    lie.name = name;
    tell_lie();
    if (shown(BOB) == before)
        return; /* it is no text */
    cr_assert(crew_until(&f.v.crew, bob_is_over, NULL));
    const struct transfer *t = f.v.m[BOB]->model->files.all[shown(BOB) - 1];
    cr_assert_eq(t->state, TRANSFER_DONE, "%s: %s", t->name, t->why);
    const char *saved = strrchr(t->path, '/') + 1;
    cr_assert(saved[0] != '.' && saved[0] != '-' && saved[0] != '~' && strlen(saved) <= 130);
    filecrew_same(&f, BOB, saved, "real");
}

Test(evil_file_offer, name__of_the_hostile_lands_one_level_below_the_folder)
{
    static const char *const NAMES[] = {"../x", "/etc/x", "..", ".", "a/b", ".hidden", "-rf",
        "~root", "../../../../../../tmp/x", "x/../../y", "CON", "....", " ", "/", "a\\b",
        "$(id)", "`id`", TURNED};
    struct buf b;

    ready();
    size_t before = filecrew_entries(f.dir);
    for (size_t i = 0; i < MEM_COUNT(NAMES); i++)
        takes(bytes_str(NAMES[i]));
    buf_init(&b, 1u << 20);
    for (size_t i = 0; i < hostile_count(); i += i < hostile_written() ? 2 : 97) {
        buf_clear(&b);
        hostile_put(&b, i);
        if (b.n != 0)
            takes(bytes_of(b.p, b.n <= OFFER_NAME ? b.n : OFFER_NAME));
    }
    buf_free(&b);
    cr_assert_eq(filecrew_entries(f.dir), before + 1, "only in.bob was made");
    cr_assert_null(filecrew_part(&f, BOB));
    cr_assert_eq(access("/etc/x", F_OK), -1);
    evil_goes_on(&f.v, ALICE, OPS, BOB, OPS);
}

/* ---- notes ---- */

Test(evil_file_offer, note__of_the_longest_is_shown_whole)
{
    char note[OFFER_NOTE];

    filecrew_room(&f, 2);
    prepare("real");
    for (size_t i = 0; i < sizeof note; i += 2)
        memcpy(note + i, "\u00fc", 2); /* the last one, too, is not cut in two */
    lie.note = bytes_of(note, sizeof note);
    tell_lie();
    filecrew_is(&f, BOB, "a", TRANSFER_OFFERED);
    cr_assert(bytes_eq(bytes_str(filecrew_find(&f, BOB, "a")->note), lie.note));
}

/* ---- who ---- */

Test(evil_file_offer, key__that_changed_is_held_back_and_no_rule_fits_it)
{
    filecrew_pair(&f);
    filecrew_type(&f, BOB, "/auto-accept alice 1M");
    crew_run(&f.v.crew, 2000);
    crew_stop(f.v.m[ALICE]);
    support_rmtree(f.v.m[ALICE]->dir);
    cr_assert_eq(mkdir(f.v.m[ALICE]->dir, 0700), 0);
    crew_other_key(f.v.m[ALICE]);
    crew_start(f.v.m[ALICE]);
    crew_type(f.v.m[ALICE], "/msg bob it is me");
    crew_told(f.v.m[BOB], "@alice", "held back");
    filecrew_send(&f, ALICE, "@bob", "other", 10);
    crew_run(&f.v.crew, 20000);
    cr_assert_null(filecrew_find(&f, BOB, "other"));
    cr_assert_eq(filecrew_entries(f.in[BOB]), 0);
    cr_assert_eq(meddler_count(&f.v.line[BOB], UP, OP_FILE_ANSWER), 0);
    crew_type_in(f.v.m[BOB], "@alice", "/trust alice");
    crew_told(f.v.m[BOB], "@alice", "ask for it again");
    cr_assert_null(filecrew_find(&f, BOB, "other"));
    filecrew_send(&f, ALICE, "@bob", "third", 10);
    filecrew_is(&f, BOB, "third", TRANSFER_OFFERED); /* the rule was for the key before */
}
