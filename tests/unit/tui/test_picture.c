/* SPDX-License-Identifier: ISC */
/*
 * Pictures through the real program, damaged in every place, and programs in its stead that
 * sleep, flood and lie. The time is handed in, so that nothing here waits for patience to end.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/art_child.h"
#include "base/file.h"
#include "base/mem.h"
#include "support/gallery.h"
#include "support/support.h"
#include "tui/picture.h"
#include "tui/picture_child.h"

#define LONG_MS                                                                                \
    30000 /* on a busy machine; a wait that ends when what it waits for is there               \
           */
#define MEMORY_KB (600 * 1024) /* with the shadow of a sanitizer; without, the limit holds */

static char dir[64];
static char program[512]; /* the real one */
static char path[128];    /* the picture */

static void make_dir(void)
{
    const char *build = getenv("SOTTO_BUILD");

    support_tmpdir(dir, sizeof dir);
    (void)snprintf(program, sizeof program, "%s/sotto-picture", build != NULL ? build : ".");
    (void)snprintf(path, sizeof path, "%s/picture", dir);
}

static void remove_dir(void)
{
    support_rmtree(dir);
}

TestSuite(picture, .init = make_dir, .fini = remove_dir);

static const struct picture_want WANT = {
    .program = program, .rows = 10, .cols = 20, .tier = COLOR_TIER_DIRECT};

static void put_picture(struct bytes b)
{
    cr_assert_eq(file_write_atomic(path, b, 0600), ERR_OK);
}

static void put_gallery(enum gallery kind, unsigned width, unsigned height)
{
    struct buf b;

    buf_init(&b, 4 << 20);
    gallery_put(&b, kind, width, height);
    put_picture(buf_view(&b));
    buf_free(&b);
}

static struct picture *start(const struct picture_want *w)
{
    struct picture *p;

    cr_assert_eq(picture_start(&p, path, w, 0), ERR_OK);
    cr_assert_not_null(p);
    return p;
}

/* Until it has said something for good; its time stands still. */
static enum err finish(struct picture *p)
{
    enum err e;

    while ((e = picture_step(p, 0)) == ERR_MORE) {
        struct pollfd f = {.fd = picture_fd(p), .events = POLLIN};
        cr_assert_gt(poll(&f, 1, LONG_MS), 0);
    }
    cr_expect_eq(picture_fd(p), -1);
    cr_expect_eq(picture_step(p, UINT64_MAX), e);
    return e;
}

static enum err whole(const struct picture_want *w)
{
    struct picture *p = start(w);
    enum err e = finish(p);

    cr_expect_eq(e == ERR_OK, picture_art(p)->cells != NULL);
    picture_free(p);
    return e;
}

/* A program in the stead of ours: a script for a shell. */
static struct picture_want fake(const char *script)
{
    static char name[128];
    struct picture_want w = WANT;
    struct buf b;

    (void)snprintf(name, sizeof name, "%s/fake", dir);
    buf_init(&b, 4096);
    buf_fmt(&b, "#!/bin/sh\n%s\n", script);
    cr_assert_eq(file_write_atomic(name, buf_view(&b), 0700), ERR_OK);
    buf_free(&b);
    put_picture(bytes_str("whatever"));
    w.program = name;
    return w;
}

Test(picture, step__each_format_in_each_number_of_colours)
{
    for (int i = 0; i < GALLERY_COUNT * COLOR_TIERS; i++) {
        struct picture_want w = WANT;
        struct color fg, bg;
        w.tier = (enum color_tier)(i % COLOR_TIERS);
        w.ascii = i % 2 != 0;
        put_gallery((enum gallery)(i / COLOR_TIERS), 64, 64);
        struct picture *p = start(&w);
        cr_assert_eq(finish(p), ERR_OK, "%d", i);
        const struct art *a = picture_art(p);
        cr_expect(a->rows == 10 && a->cols == 20, "%ux%u", a->rows, a->cols);
        picture_colors(p, &a->cells[8 * 20 + 3], &fg, &bg);
        if (w.tier == COLOR_TIER_MONO)
            cr_expect(fg.kind == COLOR_DEFAULT && bg.kind == COLOR_DEFAULT);
        else if (w.tier == COLOR_TIER_DIRECT)
            cr_expect(fg.kind == COLOR_RGB || bg.kind == COLOR_RGB);
        else
            cr_expect(fg.kind == COLOR_INDEX || bg.kind == COLOR_INDEX, "%d", i);
        cr_expect(
            color_same(fg, color_fit(fg, w.tier)) && color_same(bg, color_fit(bg, w.tier)));
        picture_free(p);
    }
}

Test(picture, start__the_file_may_go_once_it_has_begun)
{
    put_gallery(GALLERY_PNG, 64, 64);
    struct picture *p = start(&WANT);
    cr_assert_eq(unlink(path), 0);
    cr_expect_eq(finish(p), ERR_OK);
    picture_free(p);
}

static enum err refused(const char *name, const struct picture_want *w)
{
    struct picture *p = (struct picture *)dir;
    enum err e = picture_start(&p, name, w, 0);

    cr_expect_null(p);
    return e;
}

Test(picture, start__says_at_once_what_cannot_be)
{
    struct picture_want w = WANT;

    cr_expect_eq(refused(path, &w), ERR_NOT_FOUND);
    cr_expect_eq(refused(dir, &w), ERR_REFUSED);
    cr_assert_eq(mkfifo(path, 0600), 0);
    cr_expect_eq(refused(path, &w), ERR_REFUSED);
    put_picture(bytes_str(""));
    cr_expect_eq(refused(path, &w), ERR_FORMAT);
    cr_assert_eq(truncate(path, (off_t)ART_CHILD_FILE + 1), 0);
    cr_expect_eq(refused(path, &w), ERR_TOO_BIG);
    put_gallery(GALLERY_PNG, 8, 8);
    w.program = "/nothing/here";
    cr_expect_eq(refused(path, &w), ERR_UNSUPPORTED);
    w.program = path;
    cr_expect_eq(refused(path, &w), ERR_UNSUPPORTED);
    w = WANT;
    w.rows = 0;
    cr_expect_eq(refused(path, &w), ERR_FORMAT);
    w.rows = ART_SIDE_MAX + 1;
    cr_expect_eq(refused(path, &w), ERR_FORMAT);
    cr_assert(waitpid(-1, NULL, 0) == -1 && errno == ECHILD);
}

static enum err of_claim(void (*claim)(struct buf *))
{
    struct buf b;

    buf_init(&b, 1 << 20);
    claim(&b);
    put_picture(buf_view(&b));
    buf_free(&b);
    return whole(&WANT);
}

static void huge_png(struct buf *b)
{
    gallery_claim_png(b, 60000, 60000);
}

static void huge_jpeg(struct buf *b)
{
    gallery_claim_jpeg(b, 65000, 65000);
}

static void huge_webp(struct buf *b)
{
    gallery_claim_webp(b, 16383, 16383);
}

/* As large as may be, and there is nothing behind it. */
static void empty_png(struct buf *b)
{
    gallery_claim_png(b, 6000, 4000);
}

static long most_memory_kb(void)
{
    struct rusage u;

    cr_assert_eq(getrusage(RUSAGE_CHILDREN, &u), 0);
    return u.ru_maxrss;
}

Test(picture, step__a_claim_costs_nothing)
{
    put_gallery(GALLERY_PNG, 8, 8);
    cr_assert_eq(whole(&WANT), ERR_OK);
    long before = most_memory_kb();
    cr_expect_eq(of_claim(huge_png), ERR_TOO_BIG);
    cr_expect_eq(of_claim(huge_jpeg), ERR_TOO_BIG);
    cr_expect_eq(of_claim(huge_webp), ERR_TOO_BIG);
    cr_expect_lt(most_memory_kb(), before + 16 * 1024);
    cr_expect_eq(of_claim(empty_png), ERR_FORMAT);
    cr_expect_lt(most_memory_kb(), MEMORY_KB);
}

Test(picture, step__the_largest_that_may_be_is_shown)
{
    put_gallery(GALLERY_PNG, 6000, 4000);
    cr_expect_eq(whole(&WANT), ERR_OK);
    put_gallery(GALLERY_JPEG, 6000, 4000);
    cr_expect_eq(whole(&WANT), ERR_OK);
    cr_expect_lt(most_memory_kb(), MEMORY_KB);
}

Test(picture, step__what_is_no_picture)
{
    put_picture(bytes_str("#!/bin/sh\necho no\n"));
    cr_expect_eq(whole(&WANT), ERR_FORMAT);
    put_picture(bytes_str("\x89PNG\r\n\x1a\n0000IHDR"));
    cr_expect_eq(whole(&WANT), ERR_FORMAT);
}

/* Two at once, so that both of a machine's cores have something to do. */
static void expect_error_or_picture(struct bytes b, struct picture **last)
{
    put_picture(b);
    struct picture *p = start(&WANT);
    if (*last != NULL) {
        enum err e = finish(*last);
        cr_expect(e == ERR_OK || e == ERR_FORMAT || e == ERR_TOO_BIG, "%d", (int)e);
        picture_free(*last);
    }
    *last = p;
}

Test(picture, step__a_small_one_cut_at_every_byte_and_with_every_bit_flipped)
{
    struct picture *last = NULL;
    struct buf b;

    buf_init(&b, 4096);
    gallery_put(&b, GALLERY_PNG, 4, 4);
    for (size_t n = 1; n < b.n; n++)
        expect_error_or_picture(bytes_of(b.p, n), &last);
    for (size_t i = 0; i < b.n * 8; i++) {
        b.p[i / 8] ^= (uint8_t)(1 << i % 8);
        expect_error_or_picture(buf_view(&b), &last);
        b.p[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    expect_error_or_picture(buf_view(&b), &last);
    cr_expect_eq(finish(last), ERR_OK);
    picture_free(last);
    cr_expect_lt(most_memory_kb(), MEMORY_KB);
    buf_free(&b);
}

Test(picture, step__others_cut_and_flipped_here_and_there)
{
    for (int kind = GALLERY_JPEG; kind < GALLERY_COUNT; kind++) {
        struct picture *last = NULL;
        struct buf b;
        buf_init(&b, 1 << 16);
        gallery_put(&b, (enum gallery)kind, 8, 8);
        for (size_t i = 0; i < 60; i++) {
            size_t bit = i * (b.n * 8) / 60;
            b.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
            expect_error_or_picture(buf_view(&b), &last);
            b.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
            expect_error_or_picture(bytes_of(b.p, 1 + i * (b.n - 1) / 60), &last);
        }
        (void)finish(last);
        picture_free(last);
        buf_free(&b);
    }
}

/* The number that a fake wrote down, once it is there. */
static pid_t wait_for_pid(void)
{
    char name[128];
    struct buf b;
    long pid = 0;

    (void)snprintf(name, sizeof name, "%s/pid", dir);
    buf_init(&b, 64);
    for (int i = 0; pid == 0 && i < LONG_MS; i++) {
        if (file_read(name, &b) == ERR_OK && b.n != 0 && b.p[b.n - 1] == '\n')
            pid = strtol(buf_cstr(&b), NULL, 10);
        if (pid == 0)
            (void)poll(NULL, 0, 1);
    }
    cr_assert_gt(pid, 0);
    buf_free(&b);
    return (pid_t)pid;
}

static struct picture_want fake_that_sleeps(void)
{
    char script[256];

    (void)snprintf(script, sizeof script, "echo $$ >%s/pid; exec sleep 1000", dir);
    return fake(script);
}

Test(picture, step__one_that_sleeps_is_killed_when_patience_ends)
{
    struct picture_want w = fake_that_sleeps();
    struct picture *p;

    cr_assert_eq(picture_start(&p, path, &w, 1000), ERR_OK);
    pid_t pid = wait_for_pid();
    cr_expect_eq(picture_step(p, 1000), ERR_MORE);
    cr_expect_eq(picture_step(p, 1000 + PICTURE_PATIENCE - 1), ERR_MORE);
    cr_expect_eq(kill(pid, 0), 0);
    cr_expect_eq(picture_step(p, 1000 + PICTURE_PATIENCE), ERR_TIMEOUT);
    cr_expect(kill(pid, 0) == -1 && errno == ESRCH);
    cr_expect_eq(picture_step(p, 0), ERR_TIMEOUT);
    picture_free(p);
}

Test(picture, free__ends_what_is_still_running)
{
    struct picture_want w = fake_that_sleeps();
    struct picture *p = start(&w);
    pid_t pid = wait_for_pid();

    picture_free(p);
    cr_expect(kill(pid, 0) == -1 && errno == ESRCH);
    picture_free(NULL);
}

Test(picture, step__one_that_floods_is_stopped)
{
    struct picture_want w = fake("exec cat /dev/zero");

    cr_expect_eq(whole(&w), ERR_CORRUPT);
    w = fake("while :; do printf 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'; done");
    cr_expect_eq(whole(&w), ERR_CORRUPT);
}

/* One cell: its size, its letter, its flags, its colours. */
#define CELL(letter, rest) "printf '\\0\\1\\0\\1" letter rest "'"
#define PLAIN              "\\0\\0\\0\\0\\0\\0\\0"

Test(picture, step__one_that_lies_is_not_believed)
{
    static const struct {
        const char *script;
        enum err want;
    } CASES[] = {
        {CELL("\\0\\0\\0A", PLAIN), ERR_OK},
        {CELL("\\0\\0\\0A", "\\3\\0\\0\\0\\377\\377\\377"), ERR_OK},
        {CELL("\\0\\0\\0\\33", PLAIN), ERR_CORRUPT},
        {CELL("\\0\\0\\0\\233", PLAIN), ERR_CORRUPT},
        {CELL("\\0\\0\\40\\56", PLAIN), ERR_CORRUPT},
        {CELL("\\0\\1\\366\\0", PLAIN), ERR_CORRUPT},
        {CELL("\\0\\0\\0A", "\\4\\0\\0\\0\\0\\0\\0"), ERR_CORRUPT},
        {CELL("\\0\\0\\0A", PLAIN "\\0"), ERR_CORRUPT},
        {CELL("\\0\\0\\0A", "\\0\\0"), ERR_CORRUPT},
        {"printf '\\377\\377\\377\\377'", ERR_CORRUPT},
        {"printf '\\0\\0\\0\\0'", ERR_CORRUPT},
        {":", ERR_CORRUPT},
        {CELL("\\0\\0\\0A", PLAIN) "; exit 1", ERR_CLOSED},
        {CELL("\\0\\0\\0A", PLAIN) "; kill -9 $$", ERR_CLOSED},
        {CELL("\\0\\0\\0A", PLAIN) "; exec >&- sleep 1000", ERR_CLOSED},
        {"exit 65", ERR_FORMAT},
        {"exit 66", ERR_TOO_BIG},
        {"exit 67", ERR_UNSUPPORTED},
        {"exit 70", ERR_TOO_BIG},
        {"exit 127", ERR_CLOSED},
        {"kill -11 $$", ERR_CLOSED},
    };

    for (size_t i = 0; i < MEM_COUNT(CASES); i++) {
        struct picture_want w = fake(CASES[i].script);
        cr_expect_eq(whole(&w), CASES[i].want, "%s", CASES[i].script);
    }
}

/* What a line of /proc/PID/FILE says behind its name; "" when there is no such line. */
static void of_proc(pid_t pid, const char *file, const char *line, char out[64])
{
    char name[64], text[256];

    out[0] = '\0';
    (void)snprintf(name, sizeof name, "/proc/%d/%s", (int)pid, file);
    FILE *f = fopen(name, "re");
    while (f != NULL && fgets(text, sizeof text, f) != NULL) {
        size_t n = strlen(line);
        if (strncmp(text, line, n) == 0)
            (void)sscanf(text + n, "%*[ \t:]%63s", out);
    }
    if (f != NULL)
        (void)fclose(f);
}

static size_t size_of_proc(pid_t pid, const char *file)
{
    char name[64], text[256];

    (void)snprintf(name, sizeof name, "/proc/%d/%s", (int)pid, file);
    FILE *f = fopen(name, "re");
    cr_assert_not_null(f);
    size_t n = fread(text, 1, sizeof text, f);
    (void)fclose(f);
    return n;
}

static unsigned descriptors(pid_t pid)
{
    char name[64], to[256];
    unsigned n = 0;

    for (int fd = 0; fd < 1024; fd++) {
        (void)snprintf(name, sizeof name, "/proc/%d/fd/%d", (int)pid, fd);
        n += readlink(name, to, sizeof to) >= 0;
    }
    return n;
}

/* A pipe that nothing comes out of, so that it can be looked at while it waits to read. */
Test(picture, child__is_locked_in_before_it_reads_a_byte)
{
    const struct art_want want = {10, 20, ART_DIRECT, false, false};
    char value[64];
    int way[2], from;
    pid_t pid;

    cr_assert_eq(pipe2(way, O_CLOEXEC), 0);
    cr_assert_eq(setenv("SECRET_OF_OURS", "x", 1), 0);
    cr_assert_eq(picture_child_start(program, &want, way[0], &pid, &from), ERR_OK);
    for (int i = 0; i < LONG_MS; i++) {
        of_proc(pid, "status", "Seccomp", value);
        if (strcmp(value, "2") == 0)
            break;
        (void)poll(NULL, 0, 1);
    }
    cr_expect_str_eq(value, "2");
    of_proc(pid, "status", "NoNewPrivs", value);
    cr_expect_str_eq(value, "1");
    of_proc(pid, "status", "Threads", value);
    cr_expect_str_eq(value, "1");
    of_proc(pid, "limits", "Max cpu time", value);
    cr_expect_str_eq(value, "5");
    of_proc(pid, "limits", "Max core file size", value);
    cr_expect_str_eq(value, "0");
    cr_expect_eq(size_of_proc(pid, "environ"), 0);
    cr_expect_gt(size_of_proc(pid, "cmdline"), 0);
    if (geteuid() == 0)
        cr_expect_eq(descriptors(pid), 3);
    (void)close(way[0]);
    (void)close(way[1]);
    (void)picture_child_end(pid);
    (void)close(from);
}

Test(picture, child__arguments_that_are_none_are_refused)
{
    static const char *const BAD[][5] = {{"0", "1", "0", "0", "0"},
        {"1", "1001", "0", "0", "0"}, {"1", "1", "5", "0", "0"}, {"1", "1", "0", "2", "0"},
        {"1", "1", "0", "0", "2"}, {"-1", "1", "0", "0", "0"}, {"", "1", "0", "0", "0"},
        {"99999999999999999999", "1", "0", "0", "0"}, {"1", "x", "0", "0", "0"},
        {"1", "1", "0", "0", NULL}};

    for (size_t i = 0; i < MEM_COUNT(BAD); i++) {
        int status;
        pid_t pid = fork();
        if (pid == 0) {
            (void)execl(
                program, program, BAD[i][0], BAD[i][1], BAD[i][2], BAD[i][3], BAD[i][4], NULL);
            _exit(1);
        }
        cr_assert_eq(waitpid(pid, &status, 0), pid);
        cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == ART_EXIT_USE, "%zu", i);
    }
}

static void put_program(const char *name)
{
    char full[256];

    (void)snprintf(full, sizeof full, "%s/%s", dir, name);
    cr_assert_eq(file_write_atomic(full, bytes_str("#!/bin/sh\n"), 0700), ERR_OK);
}

static void expect_found(const char *want)
{
    char self[128], out[PICTURE_PROGRAM], full[256];

    (void)snprintf(self, sizeof self, "%s/bin/sotto", dir);
    (void)snprintf(full, sizeof full, "%s/%s", dir, want);
    cr_assert_eq(picture_child_find(self, out), ERR_OK);
    cr_expect_str_eq(out, full);
}

Test(picture, child__is_found_in_libexec_or_beside)
{
    static const char *const FOLDERS[] = {"bin", "libexec", "libexec/sotto"};
    char out[PICTURE_PROGRAM], full[256];

    for (size_t i = 0; i < MEM_COUNT(FOLDERS); i++) {
        (void)snprintf(full, sizeof full, "%s/%s", dir, FOLDERS[i]);
        cr_assert_eq(mkdir(full, 0700), 0);
    }
    (void)snprintf(full, sizeof full, "%s/bin/sotto", dir);
    cr_expect_eq(picture_child_find(full, out), ERR_UNSUPPORTED);
    cr_expect_eq(picture_child_find("sotto", out), ERR_UNSUPPORTED);
    put_program("libexec/sotto/sotto-picture");
    expect_found("bin/../libexec/sotto/sotto-picture");
    put_program("bin/sotto-picture");
    expect_found("bin/sotto-picture");
    cr_assert_eq(picture_child_self(out), ERR_OK);
    cr_expect_eq(access(out, X_OK), 0);
}

Test(picture, words__there_are_some_for_everything)
{
    for (int e = 1; e < ERR_COUNT; e++)
        cr_expect_gt(strlen(picture_words((enum err)e)), 10);
    cr_expect_str_neq(picture_words(ERR_TIMEOUT), picture_words(ERR_FORMAT));
}

Test(picture, is_one__by_the_end_of_its_name)
{
    static const char *const ONES[] = {"a.png", "A.PNG", "b.jpg", "c.JPEG", "d.e.webp"};
    static const char *const NONES[] = {
        "", "png", ".png", "a.png.exe", "a.gif", "apng", "a.pngx"};

    for (size_t i = 0; i < MEM_COUNT(ONES); i++)
        cr_expect(picture_is_one(bytes_str(ONES[i])), "%s", ONES[i]);
    for (size_t i = 0; i < MEM_COUNT(NONES); i++)
        cr_expect_not(picture_is_one(bytes_str(NONES[i])), "%s", NONES[i]);
}
