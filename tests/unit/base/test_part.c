/* SPDX-License-Identifier: ISC */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/part.h"
#include "support/support.h"

#define PIECE 100
#define BYTES 250 /* two pieces and a half */
#define NAME  "report.pdf.0a0b0c0d.part"

static char dir[64];
static int at; /* the same, opened */

static const uint8_t TAGS[3][PART_TAG] = {{1, 1}, {2, 2}, {3, 3}};
static const uint8_t NONE[PART_TAG];
static uint8_t content[BYTES];

static void make_dir(void)
{
    support_tmpdir(dir, sizeof dir);
    cr_assert_eq(part_folder(dir, &at), ERR_OK);
    for (size_t i = 0; i < BYTES; i++)
        content[i] = (uint8_t)(i * 7 + 1);
}

static void remove_dir(void)
{
    (void)close(at);
    support_rmtree(dir);
}

TestSuite(part, .init = make_dir, .fini = remove_dir);

static const char *in_dir(const char *name)
{
    static char paths[4][512];
    static unsigned turn;
    char *path = paths[turn++ % 4];

    (void)snprintf(path, sizeof paths[0], "%s/%s", dir, name);
    return path;
}

static void put(const char *name, const char *text)
{
    cr_assert_eq(file_create_private(in_dir(name), bytes_str(text)), ERR_OK);
}

static struct stat look(const char *name)
{
    struct stat st;

    cr_assert_eq(fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW), 0, "%s", name);
    return st;
}

static void expect_file(const char *name, struct bytes want)
{
    struct buf b;

    buf_init(&b, 1 << 20);
    cr_assert_eq(file_read(in_dir(name), &b), ERR_OK, "%s", name);
    cr_expect(bytes_eq(buf_view(&b), want), "%s", name);
    buf_free(&b);
}

static void make(struct part *p)
{
    cr_assert_eq(part_make(p, at, NAME, BYTES, PIECE), ERR_OK);
}

static void fill(struct part *p)
{
    static const uint32_t ORDER[] = {2, 0, 1};

    for (size_t i = 0; i < MEM_COUNT(ORDER); i++) {
        uint32_t n = ORDER[i];
        cr_assert_eq(
            part_write(p, n, bytes_of(content + (size_t)n * PIECE, part_piece(p, n)), TAGS[n]),
            ERR_OK);
    }
}

static void expect_full(const struct part *p)
{
    uint8_t tags[3 * PART_TAG], data[PIECE], tag[PART_TAG];

    cr_assert_eq(part_read_tags(p, 0, 3, tags), ERR_OK);
    cr_expect_arr_eq(tags, TAGS, sizeof tags);
    for (uint32_t i = 0; i < 3; i++) {
        cr_assert_eq(part_read(p, i, data, tag), ERR_OK);
        cr_expect_arr_eq(data, content + (size_t)i * PIECE, part_piece(p, i));
        cr_expect_arr_eq(tag, TAGS[i], PART_TAG);
    }
}

Test(part, make__is_ours_alone_and_takes_no_room)
{
    struct part p;

    (void)umask(0);
    cr_assert_eq(part_make(&p, at, NAME, 1 << 30, 65536), ERR_OK);
    struct stat st = look(NAME);
    cr_expect_eq(st.st_mode, S_IFREG | 0600);
    cr_expect_eq(st.st_size, (1 << 30) + 16384 * PART_TAG);
    cr_expect_lt(st.st_blocks, 64);
    cr_expect_eq(p.count, 16384);
    cr_expect_eq(fcntl(p.fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
    cr_expect_eq(fcntl(p.dir, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
    cr_expect_neq(p.dir, at);
    part_remove(&p);
    (void)umask(0777);
    make(&p);
    cr_expect_eq(look(NAME).st_mode, S_IFREG | 0600);
    part_remove(&p);
}

Test(part, make__refuses_what_is_no_name)
{
    static const char *const BAD[] = {
        "", ".", "..", "/", "a/b", "../a", "a/", "a\nb", "\x1f", "a\x7f", "\t", "\x1b[2J"};
    char longer[PART_NAME + 1];
    struct part p;

    for (size_t i = 0; i < MEM_COUNT(BAD); i++) {
        cr_expect_eq(part_make(&p, at, BAD[i], 1, 1), ERR_REFUSED, "%zu", i);
        cr_expect(p.fd == -1 && p.dir == -1);
        cr_expect_eq(part_open(&p, at, BAD[i], 1, 1), ERR_REFUSED, "%zu", i);
    }
    memset(longer, 'a', PART_NAME);
    longer[PART_NAME] = '\0';
    cr_expect_eq(part_make(&p, at, longer, 1, 1), ERR_REFUSED);
    longer[PART_NAME - 1] = '\0';
    cr_expect_eq(part_make(&p, at, longer, 1, 1), ERR_OK);
    part_remove(&p);
}

Test(part, make__refuses_shapes_that_no_file_has)
{
    struct part p;

    cr_expect_eq(part_make(&p, at, NAME, 10, 0), ERR_FORMAT);
    cr_expect_eq(part_make(&p, at, NAME, (uint64_t)PART_COUNT + 1, 1), ERR_FORMAT);
    cr_expect_eq(part_make(&p, at, NAME, UINT64_MAX, UINT32_MAX), ERR_FORMAT);
    cr_expect_not(file_exists(in_dir(NAME)));
    cr_assert_eq(part_make(&p, at, NAME, PART_COUNT, 1), ERR_OK);
    cr_expect_eq(p.count, PART_COUNT);
    part_remove(&p);
}

Test(part, make__what_has_the_name_stays_as_it_is)
{
    struct part p;

    put("secret", "s");
    cr_assert_eq(mkdir(in_dir("d"), 0700), 0);
    cr_assert_eq(mkfifo(in_dir("fifo"), 0600), 0);
    cr_assert_eq(symlink("secret", in_dir("link")), 0);
    cr_assert_eq(symlink("nothing", in_dir("dangling")), 0);
    static const char *const TAKEN[] = {"secret", "d", "fifo", "link", "dangling"};
    for (size_t i = 0; i < MEM_COUNT(TAKEN); i++) {
        cr_expect_eq(part_make(&p, at, TAKEN[i], 1, 1), ERR_EXISTS, "%s", TAKEN[i]);
        cr_expect_eq(p.fd, -1);
    }
    expect_file("secret", bytes_str("s"));
    cr_expect_not(file_exists(in_dir("nothing")));
}

Test(part, write__pieces_and_tags_come_back_in_any_order_and_after_closing)
{
    uint8_t data[PIECE], tag[PART_TAG];
    struct part p;

    make(&p);
    cr_expect_eq(part_piece(&p, 1), 100);
    cr_expect_eq(part_piece(&p, 2), 50);
    cr_expect_eq(part_piece(&p, 3), 0);
    cr_assert_eq(part_read(&p, 1, data, tag), ERR_OK);
    cr_expect_arr_eq(tag, NONE, PART_TAG);
    fill(&p);
    expect_full(&p);
    part_close(&p);
    part_close(&p);
    cr_assert_eq(part_open(&p, at, NAME, BYTES, PIECE), ERR_OK);
    expect_full(&p);
    part_close(&p);
}

/* Here twice stands for twice anywhere: nobody writes into what somebody else receives. */
Test(part, open__of_one_that_is_open_is_refused)
{
    struct part p, other;

    make(&p);
    cr_expect_eq(part_open(&other, at, NAME, BYTES, PIECE), ERR_BUSY);
    cr_expect(other.fd == -1 && other.dir == -1);
    fill(&p);
    part_close(&p);
    cr_assert_eq(part_open(&p, at, NAME, BYTES, PIECE), ERR_OK);
    cr_expect_eq(part_open(&other, at, NAME, BYTES, PIECE), ERR_BUSY);
    expect_full(&p);
    part_close(&p);
}

/* The largest that is sent: places and tags are where no 32 bits reach. */
Test(part, write__the_last_piece_of_the_largest_file)
{
    static uint8_t last[65536], data[65536];
    uint8_t tag[PART_TAG];
    struct part p;

    memset(last, 7, sizeof last);
    cr_assert_eq(part_make(&p, at, NAME, (uint64_t)PART_COUNT << 16, 65536), ERR_OK);
    cr_assert_eq(p.count, PART_COUNT);
    cr_assert_eq(part_write(&p, PART_COUNT - 1, bytes_of(last, sizeof last), TAGS[0]), ERR_OK);
    cr_assert_eq(part_read(&p, 0, data, tag), ERR_OK);
    cr_expect(data[0] == 0 && data[65535] == 0);
    cr_expect_arr_eq(tag, NONE, PART_TAG);
    part_close(&p);
    cr_assert_eq(part_open(&p, at, NAME, (uint64_t)PART_COUNT << 16, 65536), ERR_OK);
    cr_assert_eq(part_read(&p, PART_COUNT - 1, data, tag), ERR_OK);
    cr_expect_arr_eq(data, last, sizeof last);
    cr_expect_arr_eq(tag, TAGS[0], PART_TAG);
    cr_expect_eq(look(NAME).st_size, ((off_t)PART_COUNT << 16) + (off_t)PART_COUNT * PART_TAG);
    part_remove(&p);
}

Test(part, write__refuses_pieces_that_are_none)
{
    uint8_t data[PIECE], tags[3 * PART_TAG];
    struct part p;

    make(&p);
    fill(&p);
    cr_expect_eq(part_write(&p, 3, bytes_of(data, 0), NONE), ERR_FORMAT);
    cr_expect_eq(part_write(&p, UINT32_MAX, bytes_of(data, PIECE), NONE), ERR_FORMAT);
    cr_expect_eq(part_write(&p, 0, bytes_of(data, PIECE - 1), NONE), ERR_FORMAT);
    cr_expect_eq(part_write(&p, 2, bytes_of(data, PIECE), NONE), ERR_FORMAT);
    cr_expect_eq(part_read(&p, 3, data, tags), ERR_FORMAT);
    cr_expect_eq(part_read_tags(&p, 0, 4, tags), ERR_FORMAT);
    cr_expect_eq(part_read_tags(&p, 1, SIZE_MAX, tags), ERR_FORMAT);
    cr_expect_eq(part_read_tags(&p, 3, 0, tags), ERR_FORMAT);
    cr_assert_eq(part_read_tags(&p, 1, 2, tags), ERR_OK);
    cr_expect_arr_eq(tags, TAGS[1], 2 * PART_TAG);
    expect_full(&p);
    part_close(&p);
}

Test(part, write__the_largest_file_has_its_pieces_where_they_belong)
{
    static const uint64_t LARGE = UINT64_C(5) << 30;
    uint8_t got[8], tag[PART_TAG];
    struct part p;

    cr_assert_eq(part_make(&p, at, NAME, LARGE + 8, 65536), ERR_OK);
    uint32_t last = p.count - 1;
    cr_expect_eq(last, LARGE / 65536);
    cr_assert_eq(part_write(&p, last, bytes_str("the end."), TAGS[0]), ERR_OK);
    cr_assert_eq(part_read(&p, last, got, tag), ERR_OK);
    cr_expect_arr_eq(got, "the end.", 8);
    cr_expect_arr_eq(tag, TAGS[0], PART_TAG);
    cr_expect_eq(pread(p.fd, got, 8, (off_t)LARGE), 8);
    cr_expect_arr_eq(got, "the end.", 8);
    part_remove(&p);
}

Test(part, place__a_file_of_nothing_is_a_file)
{
    uint8_t tag[PART_TAG];
    struct part p;

    cr_assert_eq(part_make(&p, at, NAME, 0, 65536), ERR_OK);
    cr_expect_eq(p.count, 1);
    cr_assert_eq(part_write(&p, 0, bytes_of(NULL, 0), TAGS[0]), ERR_OK);
    cr_assert_eq(part_read(&p, 0, NULL, tag), ERR_OK);
    cr_expect_arr_eq(tag, TAGS[0], PART_TAG);
    cr_assert_eq(part_place(&p, "empty"), ERR_OK);
    expect_file("empty", bytes_str(""));
}

Test(part, open__only_a_regular_file_of_ours_alone)
{
    static const mode_t BAD[] = {0640, 0604, 0660, 0610, 0777};
    struct part p;

    cr_expect_eq(part_open(&p, at, NAME, BYTES, PIECE), ERR_NOT_FOUND);
    make(&p);
    part_close(&p);
    for (size_t i = 0; i < MEM_COUNT(BAD); i++) {
        cr_assert_eq(chmod(in_dir(NAME), BAD[i]), 0);
        cr_expect_eq(part_open(&p, at, NAME, BYTES, PIECE), ERR_PERM, "%o", BAD[i]);
        cr_expect(p.fd == -1 && p.dir == -1);
    }
    cr_assert_eq(chmod(in_dir(NAME), 0600), 0);
    cr_assert_eq(link(in_dir(NAME), in_dir("second")), 0);
    cr_expect_eq(part_open(&p, at, NAME, BYTES, PIECE), ERR_PERM);
    cr_assert_eq(unlink(in_dir("second")), 0);
    cr_assert_eq(symlink(NAME, in_dir("link")), 0);
    cr_expect_eq(part_open(&p, at, "link", BYTES, PIECE), ERR_PERM);
    cr_assert_eq(mkdir(in_dir("d"), 0700), 0);
    cr_expect_eq(part_open(&p, at, "d", BYTES, PIECE), ERR_REFUSED);
    cr_assert_eq(mkfifo(in_dir("fifo"), 0600), 0);
    cr_expect_eq(part_open(&p, at, "fifo", BYTES, PIECE), ERR_REFUSED);
    cr_assert_eq(part_open(&p, at, NAME, BYTES, PIECE), ERR_OK);
    part_close(&p);
}

Test(part, open__not_one_of_somebody_else)
{
    struct part p;

    if (geteuid() != 0)
        cr_skip_test("only root may give a file away");
    make(&p);
    part_close(&p);
    cr_assert_eq(chown(in_dir(NAME), 12345, 12345), 0);
    cr_expect_eq(part_open(&p, at, NAME, BYTES, PIECE), ERR_PERM);
}

Test(part, open__not_one_of_another_size)
{
    static const off_t SIZES[] = {1, BYTES - 1, BYTES + 1, BYTES + 47, BYTES + 49, 1 << 20};
    struct part p;

    make(&p);
    part_close(&p);
    for (size_t i = 0; i < MEM_COUNT(SIZES); i++) {
        cr_assert_eq(truncate(in_dir(NAME), SIZES[i]), 0);
        cr_expect_eq(part_open(&p, at, NAME, BYTES, PIECE), ERR_FORMAT, "%ld", (long)SIZES[i]);
        cr_expect_eq(look(NAME).st_size, SIZES[i]);
    }
    cr_assert_eq(truncate(in_dir(NAME), BYTES + 48), 0);
    cr_expect_eq(part_open(&p, at, NAME, BYTES + 1, PIECE), ERR_FORMAT);
    cr_expect_eq(part_open(&p, at, NAME, BYTES, PIECE + 50), ERR_FORMAT);
    cr_assert_eq(part_open(&p, at, NAME, BYTES, PIECE), ERR_OK);
    part_close(&p);
}

Test(part, open__one_that_was_cut_has_its_bytes_and_no_tag)
{
    uint8_t tags[3 * PART_TAG], data[PIECE], tag[PART_TAG];
    struct part p;

    make(&p);
    fill(&p);
    part_close(&p);
    cr_assert_eq(truncate(in_dir(NAME), BYTES), 0);
    cr_assert_eq(part_open(&p, at, NAME, BYTES, PIECE), ERR_OK);
    cr_assert_eq(part_read_tags(&p, 0, 3, tags), ERR_OK);
    for (size_t i = 0; i < 3; i++)
        cr_expect_arr_eq(tags + i * PART_TAG, NONE, PART_TAG);
    cr_assert_eq(part_read(&p, 2, data, tag), ERR_OK);
    cr_expect_arr_eq(data, content + 2 * PIECE, 50);
    part_close(&p);
}

Test(part, read__a_file_that_became_shorter_is_damaged)
{
    uint8_t data[PIECE], tag[PART_TAG];
    struct part p;

    make(&p);
    fill(&p);
    cr_assert_eq(truncate(in_dir(NAME), BYTES + 20), 0);
    cr_expect_eq(part_read(&p, 0, data, tag), ERR_OK);
    cr_expect_eq(part_read(&p, 2, data, tag), ERR_CORRUPT);
    cr_expect_eq(part_place(&p, "a"), ERR_CORRUPT);
    cr_expect_not(file_exists(in_dir("a")));
    part_close(&p);
}

Test(part, place__has_the_name_the_bytes_and_no_right_too_many)
{
    struct part p;

    make(&p);
    fill(&p);
    cr_assert_eq(fchmod(p.fd, 04777), 0);
    cr_assert_eq(part_place(&p, "report.pdf"), ERR_OK);
    cr_expect(p.fd == -1 && p.dir == -1);
    cr_expect_eq(look("report.pdf").st_mode, S_IFREG | 0600);
    cr_expect_eq(look("report.pdf").st_nlink, 1);
    cr_expect_not(file_exists(in_dir(NAME)));
    expect_file("report.pdf", bytes_of(content, BYTES));
}

/* Where there is room for it. */
static enum err place_free(struct part *p, const char *name, char got[PART_NAME])
{
    enum err e = part_free_name(p, name, got);

    return e == ERR_OK ? part_place(p, got) : e;
}

static void place(const char *name, const char *want)
{
    char got[PART_NAME];
    struct part p;

    make(&p);
    fill(&p);
    cr_assert_eq(place_free(&p, name, got), ERR_OK);
    cr_expect_str_eq(got, want);
    expect_file(want, bytes_of(content, BYTES));
}

Test(part, place__counts_on_when_the_name_is_taken)
{
    put("a.txt", "mine");
    cr_assert_eq(symlink("a.txt", in_dir("b.txt")), 0);
    cr_assert_eq(symlink("nowhere", in_dir("b (2).txt")), 0);
    cr_assert_eq(mkdir(in_dir("c"), 0700), 0);
    place("a.txt", "a (2).txt");
    place("a.txt", "a (3).txt");
    place("b.txt", "b (3).txt");
    place("c", "c (2)");
    place("c", "c (3)");
    put("archive.tar.gz", "mine");
    place("archive.tar.gz", "archive.tar (2).gz");
    put("what.no longer an extension", "mine");
    place("what.no longer an extension", "what.no longer an extension (2)");
    put(".hidden", "mine");
    place(".hidden", ".hidden (2)");
    place(NAME, "report.pdf.0a0b0c0d (2).part");
    expect_file("a.txt", bytes_str("mine"));
    cr_expect_not(file_exists(in_dir("nowhere")));
}

Test(part, place__a_long_name_is_cut_before_the_number)
{
    char name[PART_NAME], want[PART_NAME];

    memset(name, 'a', sizeof name);
    memcpy(name + PART_NAME - 5, ".txt", 5);
    memcpy(want, name, sizeof want);
    memcpy(want + PART_NAME - 9, " (2).txt", 9);
    place(name, name);
    place(name, want);
}

Test(part, place__after_the_last_number_the_part_is_as_before)
{
    char name[32], got[PART_NAME];
    struct part p;

    put("a.b", "mine");
    for (unsigned i = 2; i <= 99; i++) {
        (void)snprintf(name, sizeof name, "a (%u).b", i);
        put(name, "mine");
    }
    make(&p);
    fill(&p);
    cr_expect_eq(place_free(&p, "a.b", got), ERR_EXISTS);
    cr_expect_str_empty(got);
    expect_full(&p);
    cr_assert_eq(unlink(in_dir("a (57).b")), 0);
    cr_assert_eq(place_free(&p, "a.b", got), ERR_OK);
    cr_expect_str_eq(got, "a (57).b");
    expect_file("a (99).b", bytes_str("mine"));
}

Test(part, place__refuses_what_is_no_name_and_keeps_the_part)
{
    static const char *const BAD[] = {"", ".", "..", "/", "../a", "a/b", "a\rb", "\x7f"};
    char got[PART_NAME], longer[PART_NAME + 1];
    struct part p;

    make(&p);
    fill(&p);
    for (size_t i = 0; i < MEM_COUNT(BAD); i++) {
        cr_expect_eq(part_free_name(&p, BAD[i], got), ERR_REFUSED, "%zu", i);
        cr_expect_str_empty(got);
        cr_expect_eq(part_place(&p, BAD[i]), ERR_REFUSED, "%zu", i);
    }
    memset(longer, 'a', sizeof longer);
    longer[PART_NAME] = '\0';
    cr_expect_eq(part_free_name(&p, longer, got), ERR_REFUSED);
    cr_expect_eq(part_place(&p, longer), ERR_REFUSED);
    expect_full(&p);
    part_remove(&p);
    cr_expect_not(file_exists(in_dir(NAME)));
}

Test(part, place__what_took_the_name_of_the_part_is_not_placed_nor_removed)
{
    struct part p;

    make(&p);
    cr_assert_eq(unlink(in_dir(NAME)), 0);
    cr_expect_eq(part_place(&p, "a"), ERR_NOT_FOUND);
    put(NAME, "mine");
    cr_expect_eq(part_place(&p, "a"), ERR_PERM);
    part_remove(&p);
    part_remove(&p);
    expect_file(NAME, bytes_str("mine"));
    cr_expect_not(file_exists(in_dir("a")));
}

Test(part, place__the_folder_may_have_been_moved)
{
    struct part p;
    int below;

    cr_assert_eq(part_folder(in_dir("below"), &below), ERR_OK);
    cr_assert_eq(part_make(&p, below, NAME, BYTES, PIECE), ERR_OK);
    (void)close(below);
    fill(&p);
    cr_assert_eq(rename(in_dir("below"), in_dir("away")), 0);
    cr_assert_eq(mkdir(in_dir("below"), 0700), 0);
    cr_assert_eq(part_place(&p, "a"), ERR_OK);
    expect_file("away/a", bytes_of(content, BYTES));
    cr_expect_eq(rmdir(in_dir("below")), 0);
}
