/* SPDX-License-Identifier: ISC */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "client/file_writer.h"
#include "net/msg.h"
#include "support/support.h"

#define CHUNK MSG_CHUNK_MIN
#define COUNT 6u
#define BYTES (5 * CHUNK + 77)

static char dir[64], folder[96];
static struct worker *worker;
static struct file_writer w;
static uint8_t content[BYTES];
static uint8_t hash[HASH_SHA256];
static const uint8_t KEY[FILE_KEY] = {2};
static const struct file_shape SHAPE = {
    .id = {0xab}, .bytes = BYTES, .chunk = CHUNK, .count = COUNT};

static void on_done(struct job *j)
{
    (void)j;
}

static void wake(void *arg)
{
    (void)arg;
}

static const char *made(const char *name)
{
    static char path[200];

    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void begin(void)
{
    w = (struct file_writer){.job.done = on_done};
    cr_assert_eq(file_writer_init(&w, &SHAPE, KEY, hash), ERR_OK);
    (void)snprintf(w.folder, sizeof w.folder, "%s", folder);
    (void)snprintf(w.stem, sizeof w.stem, "file");
    (void)snprintf(w.name, sizeof w.name, "file.txt");
}

static void setup(void)
{
    struct hash_run *h = hash_run_new(&HASH_ALG_SHA256);

    support_tmpdir(dir, sizeof dir);
    (void)snprintf(folder, sizeof folder, "%s/in", dir);
    worker = worker_new_inline(wake, NULL, NULL);
    for (size_t i = 0; i < BYTES; i++)
        content[i] = (uint8_t)(i * 13 + i / 97);
    hash_run_put(h, bytes_of(content, BYTES));
    cr_assert_eq(hash_run_end(h, hash), ERR_OK);
    hash_run_free(h);
    begin();
}

static void teardown(void)
{
    worker_free(worker);
    file_writer_fini(&w);
    file_writer_fini(&w); /* again is fine */
    support_rmtree(dir);
}

TestSuite(file_writer, .init = setup, .fini = teardown);

static enum err open_it(void)
{
    do {
        cr_assert_eq(file_writer_open(&w, worker), ERR_OK);
        worker_drain(worker);
    } while (w.err == ERR_OK && !w.placed && !file_writer_opened(&w));
    return w.err;
}

static void add(struct file_batch *b, uint32_t i, uint8_t spoil)
{
    struct file_key *k;
    uint8_t sealed[CHUNK + FILE_KEY_TAG];
    size_t n = file_shape_chunk(&SHAPE, i);

    cr_assert_eq(file_key_new(KEY, &SHAPE, &k), ERR_OK);
    cr_assert_eq(file_key_seal(k, i, bytes_of(content + (size_t)i * CHUNK, n), sealed), ERR_OK);
    file_key_free(k);
    sealed[0] ^= spoil;
    file_batch_add(b, i, bytes_of(sealed, n + FILE_KEY_TAG));
}

static enum err take(struct file_batch *b)
{
    cr_assert_eq(file_writer_take(&w, b, worker), ERR_OK);
    worker_drain(worker);
    cr_assert_eq(b->n, 0, "it got an empty one");
    file_batch_fini(b);
    return w.err;
}

static enum err take_one(uint32_t i)
{
    struct file_batch b = {0};

    add(&b, i, 0);
    return take(&b);
}

static enum err check(void)
{
    do {
        cr_assert_eq(file_writer_check(&w, worker), ERR_OK);
        worker_drain(worker);
    } while (w.err == ERR_MORE);
    return w.err;
}

static enum err place(void)
{
    cr_assert_eq(file_writer_place(&w, worker), ERR_OK);
    worker_drain(worker);
    return w.err;
}

static void is_whole(const char *name)
{
    uint8_t back[BYTES + 1];
    struct stat st;
    int fd = open(made(name), O_RDONLY | O_CLOEXEC);

    cr_assert_geq(fd, 0);
    cr_assert_eq(read(fd, back, sizeof back), BYTES);
    cr_assert_arr_eq(back, content, BYTES);
    cr_assert_eq(fstat(fd, &st), 0);
    cr_assert_eq(st.st_mode & 07777, 0600);
    (void)close(fd);
}

/* Gone as in a crash, and found again. */
static void crash(void)
{
    file_writer_fini(&w);
    begin();
}

static void poke(off_t at)
{
    int fd;
    uint8_t b;

    fd = openat(w.part.dir, w.part.name, O_RDWR | O_CLOEXEC);
    cr_assert_geq(fd, 0);
    cr_assert_eq(pread(fd, &b, 1, at), 1);
    b ^= 1;
    cr_assert_eq(pwrite(fd, &b, 1, at), 1);
    (void)close(fd);
}

Test(file_writer, take__in_any_order_gives_the_file)
{
    static const uint32_t ORDER[COUNT] = {3, 0, 5, 1, 4, 2};

    cr_assert_eq(open_it(), ERR_OK);
    for (size_t i = 0; i < COUNT; i++)
        cr_assert_eq(take_one(ORDER[i]), ERR_OK);
    cr_assert_eq(w.have.held, COUNT);
    cr_assert_eq(check(), ERR_OK);
    cr_assert_str_eq(w.saved, "file.txt");
    cr_assert_eq(access(made("file.txt"), F_OK), -1, "it is there before it is written down");
    cr_assert_not(w.placed);
    cr_assert_eq(place(), ERR_OK);
    cr_assert(w.placed);
    is_whole("file.txt");
}

static void take_all(void)
{
    cr_assert_eq(open_it(), ERR_OK);
    for (uint32_t i = 0; i < COUNT; i++)
        cr_assert_eq(take_one(i), ERR_OK);
    cr_assert_eq(check(), ERR_OK);
}

/* As a crash leaves it after it was written down where it goes. */
static void crash_when_whole(void)
{
    char saved[PART_NAME];

    memcpy(saved, w.saved, sizeof saved);
    crash();
    memcpy(w.saved, saved, sizeof w.saved);
    w.was_whole = true;
}

Test(file_writer, place__of_a_name_that_was_taken_meanwhile)
{
    take_all();
    cr_assert_eq(mkdir(made("file.txt"), 0700), 0);
    cr_assert_eq(place(), ERR_MORE);
    cr_assert_str_eq(w.saved, "file (2).txt");
    cr_assert_not(w.placed);
    cr_assert_eq(place(), ERR_OK);
    is_whole("file (2).txt");
}

Test(file_writer, whole__is_found_in_its_place)
{
    take_all();
    cr_assert_eq(place(), ERR_OK);
    crash_when_whole();
    cr_assert_eq(open_it(), ERR_OK);
    cr_assert(w.placed && !w.was_whole);
    cr_assert_str_eq(w.saved, "file.txt");
}

Test(file_writer, whole__with_its_tags_is_a_part_as_any)
{
    take_all();
    crash_when_whole();
    cr_assert_eq(open_it(), ERR_OK);
    cr_assert_eq(w.have.held, COUNT);
    cr_assert_str_empty(w.saved);
    cr_assert_eq(check(), ERR_OK);
    cr_assert_eq(place(), ERR_OK);
    is_whole("file.txt");
}

Test(file_writer, whole__without_its_tags_is_worth_its_hash)
{
    for (int spoilt = 0; spoilt < 2; spoilt++) {
        take_all();
        cr_assert_eq(ftruncate(w.part.fd, BYTES), 0);
        if (spoilt != 0)
            poke(CHUNK);
        crash_when_whole();
        cr_assert_eq(open_it(), ERR_OK);
        cr_assert_eq(w.have.held, spoilt != 0 ? 0 : COUNT);
        cr_assert_str_empty(w.saved);
        file_writer_remove(&w);
        crash();
    }
}

/* What has its name is left alone, and it begins anew. */
Test(file_writer, whole__and_another_in_its_place)
{
    take_all();
    cr_assert_eq(place(), ERR_OK);
    int fd = open(made("file.txt"), O_WRONLY | O_CLOEXEC);
    cr_assert_eq(pwrite(fd, "!", 1, BYTES - 1), 1);
    (void)close(fd);
    crash_when_whole();
    cr_assert_eq(open_it(), ERR_OK);
    cr_assert(!w.placed && w.have.held == 0);
    cr_assert_str_empty(w.saved);
    take_all();
    cr_assert_str_eq(w.saved, "file (2).txt");
    cr_assert_eq(place(), ERR_OK);
    is_whole("file (2).txt");
}

Test(file_writer, take__of_what_is_none_takes_what_came_before_it)
{
    struct file_batch b = {0};

    cr_assert_eq(open_it(), ERR_OK);
    add(&b, 0, 0);
    add(&b, 1, 1);
    add(&b, 2, 0);
    cr_assert_eq(take(&b), ERR_CRYPTO);
    cr_assert_eq(w.taken, 1);
    cr_assert_eq(w.have.held, 1);
    b = (struct file_batch){0};
    file_batch_add(&b, COUNT, bytes_str("xxxxxxxxxxxxxxxxxxxxxxx"));
    cr_assert_eq(take(&b), ERR_CRYPTO);
    b = (struct file_batch){0};
    file_batch_add(&b, UINT32_MAX, (struct bytes){0});
    cr_assert_eq(take(&b), ERR_CRYPTO);
    b = (struct file_batch){0};
    file_batch_add(&b, 1, (struct bytes){0});
    cr_assert_eq(take(&b), ERR_CRYPTO);
    cr_assert_eq(w.have.held, 1);
}

Test(file_writer, take__that_the_worker_does_not_take_stays_with_its_owner)
{
    struct worker *full = worker_new("full", 1, 0, NULL);
    struct file_batch b = {0};

    cr_assert_eq(open_it(), ERR_OK);
    cr_assert_eq(take_one(1), ERR_OK);
    add(&b, 0, 0);
    cr_assert_eq(file_writer_take(&w, &b, full), ERR_FULL);
    cr_assert_eq(b.n, 1);
    cr_assert_eq(take(&b), ERR_OK);
    cr_assert_eq(w.have.held, 2);
    worker_free(full);
}

/* A second time it is looked at as hard, and changes nothing. */
Test(file_writer, take__twice)
{
    struct file_batch b = {0};

    cr_assert_eq(open_it(), ERR_OK);
    cr_assert_eq(take_one(2), ERR_OK);
    cr_assert_eq(take_one(2), ERR_OK);
    cr_assert_eq(w.have.held, 1);
    add(&b, 2, 1);
    cr_assert_eq(take(&b), ERR_CRYPTO);
}

static size_t ranges(struct msg_range *out, size_t most)
{
    struct list_writer l;
    size_t n;

    list_begin(&l, most * sizeof *out);
    n = file_writer_have(&w, &l, most);
    struct list all = list_view(&l);
    for (size_t i = 0; i < n; i++)
        cr_assert(list_next(&all, &MSG_RANGE, &out[i]));
    list_end(&l);
    return n;
}

Test(file_writer, have__is_ranges_and_no_more_than_asked)
{
    struct msg_range r[COUNT];

    cr_assert_eq(open_it(), ERR_OK);
    cr_assert_eq(ranges(r, COUNT), 0);
    cr_assert_eq(take_one(0), ERR_OK);
    cr_assert_eq(take_one(2), ERR_OK);
    cr_assert_eq(take_one(3), ERR_OK);
    cr_assert_eq(take_one(5), ERR_OK);
    cr_assert_eq(ranges(r, COUNT), 3);
    cr_assert(r[0].first == 0 && r[0].count == 1 && r[1].first == 2 && r[1].count == 2 &&
              r[2].first == 5 && r[2].count == 1);
    cr_assert_eq(ranges(r, 2), 2);
}

Test(file_writer, open__after_a_crash_believes_what_seals_the_same)
{
    cr_assert_eq(open_it(), ERR_OK);
    for (uint32_t i = 0; i < COUNT - 1; i++)
        cr_assert_eq(take_one(i), ERR_OK);
    poke(CHUNK + 5);                       /* a byte of the second */
    poke((off_t)BYTES + 3 * PART_TAG + 1); /* the tag of the fourth */
    crash();
    cr_assert_eq(open_it(), ERR_OK);
    cr_assert_eq(w.have.held, COUNT - 3);
    cr_assert_not(chunkmap_has(&w.have, 1));
    cr_assert_not(chunkmap_has(&w.have, 3));
    cr_assert_not(chunkmap_has(&w.have, COUNT - 1));
    cr_assert_eq(take_one(1), ERR_OK);
    cr_assert_eq(take_one(3), ERR_OK);
    cr_assert_eq(take_one(5), ERR_OK);
    cr_assert_eq(check(), ERR_OK);
    cr_assert_eq(place(), ERR_OK);
    is_whole("file.txt");
}

Test(file_writer, open__of_a_part_of_other_content_has_none_of_it)
{
    cr_assert_eq(open_it(), ERR_OK);
    cr_assert_eq(take_one(0), ERR_OK);
    for (uint32_t i = 0; i < COUNT; i++) /* tags that somebody made up */
        poke((off_t)BYTES + (off_t)i * PART_TAG);
    crash();
    cr_assert_eq(open_it(), ERR_OK);
    cr_assert_eq(w.have.held, 0);
}

Test(file_writer, check__of_another_hash_places_nothing)
{
    hash[0] ^= 1;
    crash();
    cr_assert_eq(open_it(), ERR_OK);
    for (uint32_t i = 0; i < COUNT; i++)
        cr_assert_eq(take_one(i), ERR_OK);
    cr_assert_eq(check(), ERR_CRYPTO);
    cr_assert_eq(check(), ERR_CRYPTO, "and again not");
    cr_assert_str_eq(w.saved, "");
    file_writer_remove(&w);
    cr_assert_eq(rmdir(folder), 0, "something stays");
}

Test(file_writer, check__that_could_not_place_it_can_be_repeated)
{
    char path[200];

    cr_assert_eq(open_it(), ERR_OK);
    for (uint32_t i = COUNT; i-- > 0;)
        cr_assert_eq(take_one(i), ERR_OK);
    (void)snprintf(w.name, sizeof w.name, "a/b");
    cr_assert_eq(check(), ERR_REFUSED);
    (void)snprintf(w.name, sizeof w.name, "b");
    (void)snprintf(path, sizeof path, "%s/b", folder);
    cr_assert_eq(symlink("/nowhere", path), 0);
    cr_assert_eq(check(), ERR_OK);
    cr_assert_str_eq(w.saved, "b (2)");
    cr_assert_eq(place(), ERR_OK);
    is_whole("b (2)");
}

Test(file_writer, remove__of_a_part_that_is_not_open)
{
    cr_assert_eq(open_it(), ERR_OK);
    cr_assert_eq(take_one(0), ERR_OK);
    crash();
    file_writer_remove(&w);
    file_writer_remove(&w);
    cr_assert_eq(rmdir(folder), 0, "something stays");
}

Test(file_writer, batch__grows_and_is_used_again)
{
    struct file_batch b = {0};

    file_batch_clear(&b);
    for (unsigned round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < 100; i++)
            file_batch_add(&b, i, bytes_of("abc", i % 4));
        cr_assert_eq(b.n, 100);
        cr_assert_eq(b.data.n, 150);
        cr_assert_eq(b.size[99], 3);
        cr_assert_eq(b.index[99], 99);
        file_batch_clear(&b);
        cr_assert_eq(b.data.n, 0);
    }
    file_batch_fini(&b);
    file_batch_fini(&b);
}
