/* SPDX-License-Identifier: ISC */
/* What may be believed to have been put in place: what is no such file is neither waited for,
 * nor changed, nor removed. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/part.h"
#include "support/support.h"

#define PIECE 100
#define BYTES 250
#define NAME  "a.0a0b0c0d.part"

static char dir[64];
static int at;

static void make_dir(void)
{
    support_tmpdir(dir, sizeof dir);
    cr_assert_eq(part_folder(dir, &at), ERR_OK);
}

static void remove_dir(void)
{
    (void)close(at);
    support_rmtree(dir);
}

TestSuite(part_placed, .init = make_dir, .fini = remove_dir);

static void put(const char *name, size_t n, mode_t mode)
{
    uint8_t data[BYTES + 1];
    int fd = openat(at, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);

    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)i;
    cr_assert_eq(write(fd, data, n), (ssize_t)n);
    cr_assert_eq(close(fd), 0);
}

static enum err open_it(const char *name)
{
    uint8_t data[PIECE];
    struct part p;
    enum err e = part_open_placed(&p, at, NAME, name, BYTES, PIECE);

    cr_assert(e == ERR_OK || (p.fd == -1 && p.dir == -1));
    if (e != ERR_OK)
        return e;
    for (uint32_t i = 0; i < 3; i++) {
        cr_assert_eq(part_read_piece(&p, i, data), ERR_OK);
        for (size_t k = 0; k < part_piece(&p, i); k++)
            cr_assert_eq(data[k], (uint8_t)(i * PIECE + k));
    }
    cr_assert_eq(part_read_piece(&p, 3, data), ERR_FORMAT);
    part_close(&p);
    return ERR_OK;
}

Test(part_placed, open__a_file_of_that_size)
{
    cr_expect_eq(open_it("a"), ERR_NOT_FOUND);
    put("a", BYTES, 0600);
    cr_expect_eq(open_it("a"), ERR_OK);
    put("shorter", BYTES - 1, 0600);
    cr_expect_eq(open_it("shorter"), ERR_FORMAT);
    put("longer", BYTES + 1, 0600);
    cr_expect_eq(open_it("longer"), ERR_FORMAT);
    put("empty", 0, 0600);
    cr_expect_eq(open_it("empty"), ERR_FORMAT);
}

/* The person's own doing does not make it another file. */
Test(part_placed, open__with_other_rights_or_a_second_name)
{
    put("a", BYTES, 0400);
    cr_expect_eq(open_it("a"), ERR_OK);
    cr_assert_eq(linkat(at, "a", at, "b", 0), 0);
    cr_expect_eq(open_it("a"), ERR_OK);
    cr_expect_eq(faccessat(at, "b", F_OK, 0), 0);
}

Test(part_placed, open__no_link_folder_or_pipe)
{
    put("a", BYTES, 0600);
    cr_assert_eq(symlinkat("a", at, "link"), 0);
    cr_expect_eq(open_it("link"), ERR_PERM);
    cr_assert_eq(mkdirat(at, "folder", 0700), 0);
    cr_expect_eq(open_it("folder"), ERR_REFUSED);
    cr_assert_eq(mkfifoat(at, "pipe", 0600), 0);
    cr_expect_eq(open_it("pipe"), ERR_REFUSED);
}

Test(part_placed, open__not_one_of_somebody_else)
{
    if (geteuid() != 0)
        cr_skip_test("only root may give a file away");
    put("a", BYTES, 0600);
    cr_assert_eq(fchownat(at, "a", 12345, 12345, 0), 0);
    cr_expect_eq(open_it("a"), ERR_PERM);
}

Test(part_placed, open__refuses_what_is_no_name)
{
    static const char *const BAD[] = {"", ".", "..", "../a", "/etc/passwd", "a/b", "a\nb"};
    struct part p;

    put("a", BYTES, 0600);
    for (size_t i = 0; i < MEM_COUNT(BAD); i++) {
        cr_expect_eq(open_it(BAD[i]), ERR_REFUSED, "%zu", i);
        cr_expect_eq(
            part_open_placed(&p, at, BAD[i], "a", BYTES, PIECE), ERR_REFUSED, "%zu", i);
    }
    cr_expect_eq(part_open_placed(&p, at, NAME, "a", BYTES, 0), ERR_FORMAT);
}

/* A part that is another file stays; one that is the same file under its old name goes. */
Test(part_placed, open__ends_what_a_link_began)
{
    put("a", BYTES, 0600);
    put(NAME, BYTES, 0600);
    cr_expect_eq(open_it("a"), ERR_OK);
    cr_expect_eq(faccessat(at, NAME, F_OK, 0), 0);
    cr_assert_eq(unlinkat(at, NAME, 0), 0);
    cr_assert_eq(symlinkat("a", at, NAME), 0);
    cr_expect_eq(open_it("a"), ERR_OK);
    cr_expect_eq(faccessat(at, NAME, F_OK, AT_SYMLINK_NOFOLLOW), 0);
    cr_assert_eq(unlinkat(at, NAME, 0), 0);
    cr_assert_eq(linkat(at, "a", at, NAME, 0), 0);
    cr_expect_eq(open_it("a"), ERR_OK);
    cr_expect_neq(faccessat(at, NAME, F_OK, AT_SYMLINK_NOFOLLOW), 0);
    cr_expect_eq(faccessat(at, "a", F_OK, 0), 0);
}
