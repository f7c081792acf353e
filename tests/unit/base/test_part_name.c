/* SPDX-License-Identifier: ISC */
/*
 * Names as nobody should give them to a file, each in a folder of its own inside a tree that is
 * watched: whatever happens below, nothing beside that folder may exist that was not there, or
 * be other than it was, and nothing in it that was there before. Once through the rule for file
 * names, once with that rule switched off.
 */
#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/part.h"
#include "base/utf8.h"
#include "support/hostile.h"
#include "support/support.h"

#define PIECE 16

static char dir[64];
static char tree[96];     /* watched */
static char folder[160];  /* inside it: where files are received */
static struct buf names;  /* all of them, one behind the other */
static struct buf bounds; /* where each ends, as u32 */
static uint64_t seed = 0x50A77EDULL;

static const uint8_t ID[PART_ID] = {0xab, 0xcd, 0xef, 0x01};
static const uint8_t TAG[PART_TAG] = {7, 7, 7};
static const char CONTENT[] = "what was received in two pieces";

static uint32_t chance(uint32_t below)
{
    seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return (uint32_t)(seed >> 33) % below;
}

static void end_name(void)
{
    buf_u32(&bounds, (uint32_t)names.n);
}

static size_t count_names(void)
{
    return bounds.n / 4;
}

static uint32_t bound(size_t i)
{
    const uint8_t *p = bounds.p + 4 * i;

    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static struct bytes name_at(size_t i)
{
    uint32_t from = i == 0 ? 0 : bound(i - 1);

    return bytes_of(names.p + from, bound(i) - from);
}

static void add(struct bytes a, struct bytes b, struct bytes c)
{
    buf_bytes(&names, a);
    buf_bytes(&names, b);
    buf_bytes(&names, c);
    end_name();
}

static void add_str(const char *a, const char *b, const char *c)
{
    add(bytes_str(a), bytes_str(b), bytes_str(c));
}

/* Alone, in front, inside, behind. */
static void add_around(struct bytes what)
{
    struct bytes a = bytes_str("a");
    struct bytes none = bytes_str("");

    add(none, what, none);
    add(what, a, bytes_str(".txt"));
    add(a, what, bytes_str("b.txt"));
    add(bytes_str("a.txt"), what, none);
}

static void add_bytes(void)
{
    for (unsigned i = 0; i < 256; i++)
        add_around(bytes_of(&(uint8_t){(uint8_t)i}, 1));
}

static void add_ways_up(void)
{
    static const char *const UP[] = {"..", ".", "...", "%2e%2e", "\xc0\xae\xc0\xae",
        "\uFF0E\uFF0E", "\u2025", ".. ", " ..", "..;", ".\u200b."};
    static const char *const SEPARATORS[] = {
        "/", "\\", "//", "/./", "%2f", "\u2215", "\uFF0F", "\u2044", "\xc0\xaf"};
    static const char *const TARGETS[] = {"secret", "beside/secret", "new", "", ".profile"};

    for (size_t u = 0; u < MEM_COUNT(UP); u++) {
        for (size_t s = 0; s < MEM_COUNT(SEPARATORS); s++) {
            for (size_t t = 0; t < MEM_COUNT(TARGETS); t++) {
                for (int depth = 1; depth <= 4; depth++) {
                    for (int i = 0; i < depth; i++) {
                        buf_text(&names, UP[u]);
                        buf_text(&names, SEPARATORS[s]);
                    }
                    buf_text(&names, TARGETS[t]);
                    end_name();
                }
            }
        }
    }
}

static void add_absolute(void)
{
    static const char *const FRONT[] = {"", "/", "//", "\\", "C:", "C:\\", "\\\\?\\", "\\\\.\\",
        "file://", "~", "~root", "$HOME", "a/..", "./", "../../../../../../../../../../.."};
    static const char *const TARGETS[] = {
        "/secret", "/new", "/beside", "/beside/new", "/way/down/secret", "/way/down", ""};

    for (size_t f = 0; f < MEM_COUNT(FRONT); f++) {
        for (size_t t = 0; t < MEM_COUNT(TARGETS); t++)
            add_str(FRONT[f], tree, TARGETS[t]);
        add_str(FRONT[f], "/etc/passwd", "");
    }
}

static void add_code_points(void)
{
    static const uint32_t RANGES[][2] = {{0x80, 0x9f}, {0xad, 0xad}, {0x34f, 0x34f},
        {0x61c, 0x61c}, {0x115f, 0x1160}, {0x17b4, 0x17b5}, {0x180b, 0x180f}, {0x2000, 0x200f},
        {0x2028, 0x202f}, {0x205f, 0x206f}, {0x3000, 0x3000}, {0x3164, 0x3164},
        {0xfe00, 0xfe0f}, {0xfeff, 0xfeff}, {0xffa0, 0xffa0}, {0xfff0, 0xffff},
        {0xe0000, 0xe007f}};
    uint8_t utf8[4];

    for (size_t r = 0; r < MEM_COUNT(RANGES); r++) {
        for (uint32_t cp = RANGES[r][0]; cp <= RANGES[r][1]; cp++)
            add_around(bytes_of(utf8, utf8_put(utf8, cp)));
    }
    /* Something of every script: three neighbours out of each block of 256. */
    for (uint32_t cp = 0x100; cp < 0x20000; cp += 0x100) {
        for (uint32_t i = 0; i < 3; i++)
            buf_put(&names, utf8, utf8_put(utf8, cp + 0x41 + i));
        buf_text(&names, ".txt");
        end_name();
    }
}

/* Every word of up to four letters of those that stand at the ends of bad names. */
static void add_dots(void)
{
    static const char LETTERS[] = ". a-~";
    size_t words = 1;

    for (size_t n = 1; n <= 4; n++) {
        words *= 5;
        for (size_t w = 0; w < words; w++) {
            for (size_t i = 0, left = w; i < n; i++, left /= 5)
                buf_u8(&names, (uint8_t)LETTERS[left % 5]);
            end_name();
        }
    }
}

static void add_devices(void)
{
    static const char *const DEVICES[] = {"con", "PRN", "Aux", "nul", "com1", "COM9", "com0",
        "lpt1", "LPT\u00b2", "com\u00b9", "conin$", "CONOUT$", "clock$"};
    static const char *const REST[] = {"", ".txt", ".", " ", ":", "::$DATA", ".tar.gz", "/x"};

    for (size_t d = 0; d < MEM_COUNT(DEVICES); d++) {
        for (size_t r = 0; r < MEM_COUNT(REST); r++)
            add_str(DEVICES[d], REST[r], "");
    }
}

static void add_long(void)
{
    static const char *const UNITS[] = {
        "a", "\u00e9", "\u4e2d", "\U0001F600", "e\u0301", ".a", "\xff", "\u0301", " "};

    for (size_t u = 0; u < MEM_COUNT(UNITS); u++) {
        size_t n = strlen(UNITS[u]);
        for (size_t length = 110; length <= 270; length += 4) {
            for (size_t i = 0; i < length / n; i++)
                buf_text(&names, UNITS[u]);
            buf_text(&names, length % 8 < 4 ? ".tar.gz" : "");
            end_name();
        }
    }
    for (size_t marks = 0; marks < 60; marks++) {
        buf_text(&names, "z");
        for (size_t i = 0; i < marks; i++)
            buf_text(&names, i % 2 != 0 ? "\u0334" : "\u0301");
        end_name();
    }
}

static void add_parts(void)
{
    static const char *const FRONT[] = {"", "own", "a", "..", ".", "a.txt"};
    static const char *const REST[] = {".abcdef01.part", ".part", ".abcdef01.part.part",
        ".ABCDEF01.PART", ".abcdef01.part ", ".abcdef01.part\n", ".abcdef01.part/"};

    for (size_t f = 0; f < MEM_COUNT(FRONT); f++) {
        for (size_t r = 0; r < MEM_COUNT(REST); r++)
            add_str(FRONT[f], REST[r], "");
    }
}

static void add_random(size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (uint32_t left = chance(2) ? chance(300) : chance(12); left != 0; left--)
            buf_u8(&names, (uint8_t)chance(256));
        end_name();
    }
}

/* One of the others with a byte changed, something foreign put in, or its end cut off. */
static void add_mutations(size_t n)
{
    static const char *const IN[] = {"/", "..", "../", "\n", "\u202e", ".part", " ", "\\"};
    size_t others = count_names();

    for (size_t i = 0; i < n; i++) {
        uint8_t copy[512];
        struct bytes from = name_at(chance((uint32_t)others));
        size_t length = from.n < sizeof copy ? from.n : sizeof copy;
        size_t at = length != 0 ? chance((uint32_t)length) : 0;
        if (length != 0)
            memcpy(copy, from.p, length);
        if (length != 0 && chance(3) == 0)
            copy[at] = (uint8_t)chance(256);
        buf_put(&names, copy, at);
        buf_text(&names, chance(2) != 0 ? IN[chance(MEM_COUNT(IN))] : "");
        if (chance(4) != 0)
            buf_put(&names, copy + at, length - at);
        end_name();
    }
}

static void make_names(void)
{
    add_bytes();
    add_ways_up();
    add_absolute();
    add_code_points();
    add_dots();
    add_devices();
    add_long();
    add_parts();
    for (size_t i = 0; i < hostile_written(); i++) {
        hostile_put(&names, i);
        end_name();
    }
    add_random(500);
    add_mutations(1500);
    cr_assert_eq(buf_end(&names), ERR_OK);
    cr_assert_geq(count_names(), 5000, "%zu", count_names());
}

static void put_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    cr_assert_geq(fd, 0, "%s", path);
    cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    (void)close(fd);
}

static const char *in_tree(const char *name)
{
    static char path[512];

    (void)snprintf(path, sizeof path, "%s/%s", tree, name);
    return path;
}

static void make_tree(void)
{
    static const char *const FOLDERS[] = {"", "beside", "way", "way/down"};
    static const char *const FILES[] = {
        "secret", "beside/secret", "way/secret", "way/down/secret", "way/down/a.txt"};

    support_tmpdir(dir, sizeof dir);
    (void)snprintf(tree, sizeof tree, "%s/tree", dir);
    (void)snprintf(folder, sizeof folder, "%s/way/down/load", tree);
    for (size_t i = 0; i < MEM_COUNT(FOLDERS); i++)
        cr_assert_eq(mkdir(in_tree(FOLDERS[i]), 0700), 0);
    for (size_t i = 0; i < MEM_COUNT(FILES); i++)
        put_file(in_tree(FILES[i]), "nobody's business");
    cr_assert_eq(symlink("secret", in_tree("link")), 0);
    buf_init(&names, 4 << 20);
    buf_init(&bounds, 1 << 20);
    make_names();
}

static void remove_tree(void)
{
    buf_free(&bounds);
    buf_free(&names);
    support_rmtree(dir);
}

TestSuite(part_name, .init = make_tree, .fini = remove_tree);

static void put_content(struct buf *out, int at, const char *name, mode_t mode)
{
    char text[256];
    ssize_t n = 0;

    if (S_ISLNK(mode)) {
        n = readlinkat(at, name, text, sizeof text);
    } else if (S_ISREG(mode)) {
        int fd = openat(at, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
        n = read(fd, text, sizeof text);
        (void)close(fd);
    }
    cr_assert_geq(n, 0);
    buf_put(out, text, (size_t)n);
}

/* All that can be seen of an entry; its content too. */
static void put_entry(struct buf *out, int at, const char *name)
{
    struct stat st;

    cr_assert_eq(fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW), 0, "%s", name);
    buf_fmt(out, "\n%s %o %lu %ld %lld.%ld %lld.%ld %u ", name, st.st_mode,
        (unsigned long)st.st_ino, (long)st.st_size, (long long)st.st_mtim.tv_sec,
        st.st_mtim.tv_nsec, (long long)st.st_ctim.tv_sec, st.st_ctim.tv_nsec,
        (unsigned)st.st_nlink);
    put_content(out, at, name, st.st_mode);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* The folder for downloads is not looked into. */
static void watch(struct buf *out, const char *path)
{
    struct dirent **all = NULL;
    int at = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int n = scandir(path, &all, NULL, by_name);
    char below[512];

    cr_assert(at >= 0 && n >= 0);
    for (int i = 0; i < n; i++) {
        const char *name = all[i]->d_name;
        if (strcmp(name, "load") != 0 && strcmp(name, "..") != 0)
            put_entry(out, at, name);
        if (all[i]->d_type == DT_DIR && strcmp(name, "load") != 0 && name[0] != '.') {
            (void)snprintf(below, sizeof below, "%s/%s", path, name);
            watch(out, below);
        }
        free(all[i]);
    }
    free(all);
    (void)close(at);
}

static bool is_component(const char *name)
{
    return name[0] != '\0' && strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
           strchr(name, '/') == NULL && strlen(name) < 256;
}

/* Something that has the name already; false: this time nothing. */
static bool prepare(int at, const char *name, size_t way)
{
    if (!is_component(name))
        return false;
    switch (way % 8) {
    case 1:
        return symlinkat("../secret", at, name) == 0;
    case 2:
        return symlinkat("../../../beside", at, name) == 0;
    case 3:
        return symlinkat("../new", at, name) == 0;
    case 4:
        return mkdirat(at, name, 0700) == 0;
    case 5:
        return mkfifoat(at, name, 0600) == 0;
    case 6: {
        int fd = openat(at, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
        cr_assert_eq(write(fd, "mine", 4), 4);
        (void)close(fd);
        return true;
    }
    case 7:
        return symlinkat(tree, at, name) == 0;
    default:
        return false;
    }
}

/* What lies in the folder beside what was prepared: received files, whole or in part. */
static size_t check_received(int at, const char *prepared, struct bytes name)
{
    DIR *d = fdopendir(openat(at, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    char content[64];
    struct stat st;
    size_t n = 0;

    for (const struct dirent *e = readdir(d); e != NULL; e = readdir(d)) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 ||
            (prepared != NULL && strcmp(e->d_name, prepared) == 0))
            continue;
        int fd = openat(at, e->d_name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
        cr_assert(fd >= 0 && fstat(fd, &st) == 0);
        cr_assert_eq(st.st_mode, S_IFREG | 0600, "%o of %zu bytes", st.st_mode, name.n);
        cr_assert_eq(st.st_nlink, 1);
        cr_assert_eq(read(fd, content, sizeof content), sizeof CONTENT);
        cr_assert_arr_eq(content, CONTENT, sizeof CONTENT);
        (void)close(fd);
        n++;
    }
    (void)closedir(d);
    return n;
}

/* One file received under these names; how far it came. Closed behind, or gone. */
static enum err receive(int at, const char *part, const char *name)
{
    char got[PART_NAME];
    struct part p;
    struct bytes all = bytes_of(CONTENT, sizeof CONTENT);
    enum err e = part_make(&p, at, part, all.n, PIECE);

    if (e != ERR_OK)
        return e;
    cr_assert_eq(part_write(&p, 1, bytes_of(all.p + PIECE, all.n - PIECE), TAG), ERR_OK);
    cr_assert_eq(part_write(&p, 0, bytes_of(all.p, PIECE), TAG), ERR_OK);
    e = part_free_name(&p, name, got);
    if (e == ERR_OK) {
        e = part_place(&p, got);
        cr_assert_neq(e, ERR_EXISTS);
    } else {
        cr_assert_str_empty(got);
    }
    cr_assert(e != ERR_OK || faccessat(at, got, F_OK, 0) == 0);
    if (e != ERR_OK)
        part_remove(&p);
    return e;
}

/* A round in a fresh folder; taken is what something is prepared under. */
static size_t round_trip(
    const char *part, const char *name, const char *taken, size_t way, struct bytes hostile)
{
    struct buf before, after;
    int at;

    buf_init(&before, 1 << 16);
    buf_init(&after, 1 << 16);
    cr_assert_eq(mkdir(folder, 0700), 0);
    cr_assert_eq(part_folder(folder, &at), ERR_OK);
    bool prepared = prepare(at, taken, way);
    watch(&before, tree);
    if (prepared)
        put_entry(&before, at, taken);
    enum err e = receive(at, part, name);
    watch(&after, tree);
    if (prepared)
        put_entry(&after, at, taken);
    cr_assert(buf_end(&before) == ERR_OK && before.n > 500);
    cr_assert(bytes_eq(buf_view(&before), buf_view(&after)), "%s, %zu bytes, way %zu: %s\n%s",
        name, hostile.n, way, buf_cstr(&before), buf_cstr(&after));
    size_t n = check_received(at, prepared ? taken : NULL, hostile);
    cr_assert_eq(n, e == ERR_OK ? 1 : 0);
    (void)close(at);
    support_rmtree(folder);
    buf_free(&after);
    buf_free(&before);
    return n;
}

Test(part_name, place__hostile_names_through_the_filter)
{
    size_t received = 0;

    for (size_t i = 0; i < count_names(); i++) {
        char part[PART_NAME];
        struct buf clean;
        buf_init(&clean, 4096);
        utf8_clean(&clean, name_at(i), UTF8_FILENAME);
        if (clean.n == 0)
            buf_text(&clean, "file-abcdef01");
        part_name(part, buf_view(&clean), ID);
        const char *taken = i / 8 % 2 != 0 ? part : buf_cstr(&clean);
        received += round_trip(part, buf_cstr(&clean), taken, i % 8, name_at(i));
        buf_free(&clean);
    }
    /* Where only the name of the file was taken it got another: half of them and more. */
    cr_expect_gt(received, count_names() / 2, "%zu of %zu", received, count_names());
}

Test(part_name, place__hostile_names_without_the_filter)
{
    size_t received = 0;

    for (size_t i = 0; i < count_names(); i++) {
        struct bytes name = name_at(i);
        char raw[1024], part[PART_NAME];
        (void)bytes_copy(raw, sizeof raw, name);
        part_name(part, name, ID);
        received += round_trip("own.abcdef01.part", raw, raw, i % 8, name);
        switch (i % 4) {
        case 0:
            received += round_trip(raw, "fine.bin", raw, i / 4, name);
            break;
        case 1:
            received += round_trip(raw, raw, "..", 0, name);
            break;
        default:
            received += round_trip(part, raw, part, i / 4, name);
        }
    }
    cr_expect_gt(received, count_names() / 4, "%zu of %zu", received, count_names());
}

Test(part_name, part_name__is_cut_between_clusters_and_ends_as_it_must)
{
    char out[PART_NAME];
    char longer[400];

    part_name(out, bytes_str("report.pdf"), ID);
    cr_expect_str_eq(out, "report.pdf.abcdef01.part");
    part_name(out, bytes_of("a\0b", 3), ID);
    cr_expect_str_eq(out, "a.abcdef01.part");
    part_name(out, bytes_of(NULL, 0), ID);
    cr_expect_str_eq(out, ".abcdef01.part");
    memset(longer, 'a', sizeof longer);
    part_name(out, bytes_of(longer, sizeof longer), ID);
    cr_expect_eq(strlen(out), PART_NAME - 1);
    cr_expect_str_eq(out + PART_NAME - 15, ".abcdef01.part");
    memcpy(longer + 224, "e\u0301", 3);
    part_name(out, bytes_of(longer, sizeof longer), ID);
    cr_expect_eq(strlen(out), 224 + 14);
    cr_expect_str_eq(out + 224, ".abcdef01.part");
}
