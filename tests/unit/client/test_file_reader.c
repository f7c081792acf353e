/* SPDX-License-Identifier: ISC */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/reader.h"
#include "client/file_reader.h"
#include "net/frame.h"
#include "net/msg.h"
#include "net/opcode.h"
#include "support/support.h"

#define CHUNK MSG_CHUNK_MAX

static char dir[64], path[96];
static struct worker *worker;
static struct file_reader r;
static unsigned finished;
static const uint8_t ID[FILE_KEY_ID] = {1}, KEY[FILE_KEY] = {2};

static void on_done(struct file_reader *of)
{
    cr_assert_eq(of, &r);
    finished++;
}

static void wake(void *arg)
{
    (void)arg;
}

static void setup(void)
{
    support_tmpdir(dir, sizeof dir);
    (void)snprintf(path, sizeof path, "%s/file", dir);
    worker = worker_new_inline(wake, NULL, NULL);
    r = (struct file_reader){.fd = -1, .done = on_done};
    finished = 0;
}

static void teardown(void)
{
    worker_free(worker);
    file_reader_close(&r);
    support_rmtree(dir);
}

TestSuite(file_reader, .init = setup, .fini = teardown);

static void write_file(size_t bytes)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    uint8_t *data = mem_alloc(bytes + 1);

    for (size_t i = 0; i < bytes; i++)
        data[i] = (uint8_t)(i * 7 + i / 251);
    cr_assert_eq(write(fd, data, bytes), (ssize_t)bytes);
    cr_assert_eq(close(fd), 0);
    mem_free(data);
}

static void poke(off_t at)
{
    int fd = open(path, O_RDWR | O_CLOEXEC);

    cr_assert_eq(pwrite(fd, "\xee", 1, at), 1);
    cr_assert_eq(close(fd), 0);
}

static void open_it(void)
{
    char why[200];

    cr_assert_eq(file_reader_open(&r, path, why, sizeof why), ERR_OK);
    cr_assert_eq(file_reader_key(&r, ID, KEY), ERR_OK);
}

static enum err read_all(void)
{
    do {
        cr_assert_eq(file_reader_next(&r, worker), ERR_OK);
        worker_drain(worker);
    } while (r.err == ERR_OK && r.read < r.shape.count);
    return r.err;
}

static enum err seal(uint32_t first, size_t n)
{
    for (r.want_n = 0; r.want_n < n; r.want_n++)
        r.want[r.want_n] = first + (uint32_t)r.want_n;
    cr_assert_eq(file_reader_seal(&r, worker), ERR_OK);
    worker_drain(worker);
    return r.err;
}

/* The same by threads: each round waits until what it asked for is there. */
static enum err read_all_by(struct worker *w)
{
    do {
        unsigned before = finished;
        cr_assert_eq(file_reader_next(&r, w), ERR_OK);
        while (finished == before) {
            struct pollfd p = {.fd = worker_fd(w), .events = POLLIN};
            cr_assert_eq(poll(&p, 1, 60000), 1, "waited in vain for a slice");
            worker_drain(w);
        }
    } while (r.err == ERR_OK && r.read < r.shape.count);
    return r.err;
}

static void has_hash_of_file(void)
{
    uint8_t *data = mem_alloc(r.shape.bytes + 1);
    uint8_t digest[HASH_SHA256];
    struct hash_run *h = hash_run_new(&HASH_ALG_SHA256);
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    cr_assert_eq(read(fd, data, r.shape.bytes), (ssize_t)r.shape.bytes);
    (void)close(fd);
    hash_run_put(h, bytes_of(data, r.shape.bytes));
    cr_assert_eq(hash_run_end(h, digest), ERR_OK);
    cr_assert_arr_eq(r.digest, digest, sizeof digest);
    hash_run_free(h);
    mem_free(data);
}

Test(file_reader, read__edges_of_a_chunk_and_of_a_slice)
{
    static const size_t SIZES[] = {0, 1, CHUNK - 1, CHUNK, CHUNK + 1, FILE_READER_SLICE * CHUNK,
        FILE_READER_SLICE * CHUNK + 1};

    for (size_t i = 0; i < MEM_COUNT(SIZES); i++) {
        write_file(SIZES[i]);
        open_it();
        cr_assert_eq(r.shape.bytes, SIZES[i]);
        cr_assert_eq(read_all(), ERR_OK);
        has_hash_of_file();
        file_reader_close(&r);
    }
    cr_assert_geq(finished, MEM_COUNT(SIZES) + 1, "one was more than a slice");
}

Test(file_reader, read__by_two_threads_gives_the_same)
{
    struct worker *two = worker_new("two", 2, 4, NULL);
    uint32_t count = 5 * FILE_READER_SLICE + 3;

    write_file(count * CHUNK - 7);
    open_it();
    cr_assert_eq(read_all(), ERR_OK);
    uint8_t(*tags)[FILE_KEY_TAG] = mem_array(count, sizeof *tags);
    memcpy(tags, r.tags, count * sizeof *tags);
    file_reader_close(&r);
    open_it();
    cr_assert_eq(read_all_by(two), ERR_OK);
    cr_assert_eq(r.read, count);
    has_hash_of_file();
    cr_assert_arr_eq(r.tags, tags, count * sizeof *tags);
    mem_free(tags);
    worker_free(two);
}

/* A chunk that cannot be read ends it, though the slice before has no tags yet. */
Test(file_reader, read__what_ends_early_by_two_threads_is_stale)
{
    struct worker *two = worker_new("two", 2, 4, NULL);

    write_file(3 * FILE_READER_SLICE * CHUNK);
    open_it();
    cr_assert_eq(truncate(path, FILE_READER_SLICE * CHUNK + 5), 0);
    cr_assert_eq(read_all_by(two), ERR_STALE);
    cr_assert_lt(r.read, r.shape.count);
    worker_free(two);
}

Test(file_reader, seal__gives_frames_that_open)
{
    struct file_key *k;
    uint8_t clear[CHUNK + FILE_KEY_TAG];

    write_file(2 * CHUNK + 5);
    open_it();
    cr_assert_eq(read_all(), ERR_OK);
    r.handle = 0x01020304;
    cr_assert_eq(seal(0, 3), ERR_OK);
    cr_assert_eq(r.sealed, 3);
    cr_assert_eq(file_key_new(KEY, &r.shape, &k), ERR_OK);
    for (uint32_t i = 0; i < 3; i++) {
        struct reader in;
        struct bytes frame = span_view(r.frame[i]);
        reader_init(&in, bytes_of(frame.p + FRAME_HEAD, frame.n - FRAME_HEAD));
        cr_assert_eq(reader_u32(&in), 0x01020304u);
        cr_assert_eq(reader_u32(&in), i);
        struct bytes data = reader_rest(&in);
        cr_assert_eq(file_key_open(k, i, data, clear), ERR_OK);
        cr_assert_eq(clear[1], (uint8_t)((i * CHUNK + 1) * 7 + (i * CHUNK + 1) / 251));
    }
    file_key_free(k);
    file_reader_drop(&r);
}

/* What was sealed before the changed one is handed out; that one and what is behind is not. */
Test(file_reader, seal__of_what_changed_is_not_handed_out)
{
    write_file(4 * CHUNK);
    open_it();
    cr_assert_eq(read_all(), ERR_OK);
    poke(2 * CHUNK + 9);
    cr_assert_eq(seal(0, 4), ERR_STALE);
    cr_assert_eq(r.sealed, 2);
    file_reader_drop(&r);
    cr_assert_eq(seal(2, 1), ERR_STALE);
    cr_assert_eq(r.sealed, 0);
    file_reader_drop(&r);
    cr_assert_eq(truncate(path, 3 * CHUNK + 1), 0);
    cr_assert_eq(seal(3, 1), ERR_STALE);
    cr_assert_eq(r.sealed, 0);
    file_reader_drop(&r);
    cr_assert_eq(seal(0, 1), ERR_OK);
    file_reader_drop(&r);
}

Test(file_reader, seal__behind_the_end_is_refused)
{
    write_file(CHUNK);
    open_it();
    cr_assert_eq(read_all(), ERR_OK);
    cr_assert_eq(seal(1, 1), ERR_REFUSED);
    file_reader_drop(&r);
    cr_assert_eq(seal(UINT32_MAX, 1), ERR_REFUSED);
    cr_assert_eq(r.sealed, 0);
}

Test(file_reader, read__what_changes_meanwhile_is_stale)
{
    const struct timespec long_ago[2] = {{1000, 0}, {1000, 0}};

    write_file(2 * FILE_READER_SLICE * CHUNK);
    cr_assert_eq(utimensat(AT_FDCWD, path, long_ago, 0), 0);
    open_it();
    cr_assert_eq(file_reader_next(&r, worker), ERR_OK);
    worker_drain(worker);
    cr_assert_eq(r.err, ERR_OK);
    cr_assert_lt(r.read, r.shape.count);
    poke(3);
    cr_assert_eq(read_all(), ERR_STALE);
}

Test(file_reader, read__what_shrinks_is_stale)
{
    write_file(3 * CHUNK);
    open_it();
    cr_assert_eq(truncate(path, CHUNK), 0);
    cr_assert_eq(read_all(), ERR_STALE);
}

/* ---- what is none ---- */

static void refuses(const char *what, enum err want, const char *words)
{
    char why[200] = "";

    cr_assert_eq(file_reader_open(&r, what, why, sizeof why), want, "%s", what);
    cr_assert_not_null(strstr(why, words), "%s: %s", what, why);
    cr_assert_eq(r.fd, -1);
}

Test(file_reader, open__of_what_is_no_file_says_why)
{
    char long_path[5001];

    memset(long_path, 'x', sizeof long_path);
    long_path[5000] = '\0';
    refuses("", ERR_NOT_FOUND, "there is no such file");
    refuses("/nowhere/at/all", ERR_NOT_FOUND, "there is no such file");
    refuses(long_path, ERR_NOT_FOUND, "it cannot be opened");
    refuses(dir, ERR_REFUSED, "folder");
    cr_assert_eq(mkfifo(path, 0600), 0);
    refuses(path, ERR_REFUSED, "pipe"); /* and waits for nobody */
    refuses("/dev/null", ERR_REFUSED, "no ordinary file");
}

Test(file_reader, open__of_what_is_too_large)
{
    write_file(1);
    if (truncate(path, (off_t)MSG_CHUNKS * CHUNK + 1) != 0)
        cr_skip_test("no file here can be so large");
    refuses(path, ERR_TOO_BIG, "larger than a file can be");
    cr_assert_eq(truncate(path, (off_t)MSG_CHUNKS * CHUNK), 0);
    open_it();
    cr_assert_eq(r.shape.count, MSG_CHUNKS);
}

/* A worker that takes nothing more: nothing is left of what was asked for, and it can be asked
 * for again. */
Test(file_reader, seal__that_the_worker_does_not_take)
{
    struct worker *full = worker_new("full", 1, 0, NULL);

    write_file(3 * CHUNK);
    open_it();
    cr_assert_eq(read_all(), ERR_OK);
    r.want[0] = 1;
    r.want_n = 1;
    cr_assert_eq(file_reader_seal(&r, full), ERR_FULL);
    cr_assert_eq(r.want_n, 0);
    cr_assert_null(r.frame[0].chunk);
    cr_assert_eq(seal(1, 1), ERR_OK);
    cr_assert_eq(r.sealed, 1);
    worker_free(full);
}
