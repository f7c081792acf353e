/* SPDX-License-Identifier: ISC */
#include "vault_kit.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "client/vault_key.h"
#include "crypto/seal.h"

#define CHEAP 4 /* log2 N: what is tested is not how long it takes */

TestSuite(vault_key, .init = kit_init, .fini = kit_fini);

static uint8_t made[VAULT_KEY];

static enum err make(const char *passphrase)
{
    return vault_key_make(kit.dir, B(passphrase), CHEAP, made, kit.why, sizeof kit.why);
}

static enum err change(const char *old, const char *fresh)
{
    return vault_key_change(kit.dir, B(old), B(fresh), CHEAP, kit.why, sizeof kit.why);
}

/* Reads, and holds what comes to the key that was made; nothing comes with an error. */
static enum err read_key(const char *passphrase)
{
    static const uint8_t NOTHING[VAULT_KEY];
    uint8_t key[VAULT_KEY];

    memset(key, 0x55, sizeof key);
    kit.why[0] = '\0';
    enum err e = vault_key_read(kit.dir, B(passphrase), key, kit.why, sizeof kit.why);
    cr_assert_arr_eq(key, e == ERR_OK ? made : NOTHING, VAULT_KEY);
    cr_assert((e == ERR_OK) == (kit.why[0] == '\0'), "%s", kit.why);
    return e;
}

static enum vault_key_kind kind(void)
{
    enum vault_key_kind k;

    cr_assert_eq(vault_key_kind(kit.dir, &k, kit.why, sizeof kit.why), ERR_OK, "%s", kit.why);
    return k;
}

static struct buf slurp(void)
{
    struct buf b;

    buf_init(&b, 4096);
    cr_assert_eq(file_read(kit_path("vault.key"), &b), ERR_OK);
    return b;
}

static void spill(struct bytes data)
{
    cr_assert_eq(file_write_atomic(kit_path("vault.key"), data, 0600), ERR_OK);
}

Test(vault_key, make__without_a_passphrase_keeps_it_as_it_is)
{
    struct stat st;

    cr_assert_eq(kind(), VAULT_KEY_NONE);
    cr_assert_eq(make(""), ERR_OK, "%s", kit.why);
    cr_assert_eq(kind(), VAULT_KEY_PLAIN);
    cr_assert_eq(read_key(""), ERR_OK);
    cr_assert_eq(stat(kit_path("vault.key"), &st), 0);
    cr_assert_eq(st.st_mode & 0777, 0600);
    cr_assert_eq(read_key("some"), ERR_REFUSED);
    cr_assert_not_null(strstr(kit.why, "no passphrase"), "%s", kit.why);
}

Test(vault_key, make__with_a_passphrase_hides_it)
{
    cr_assert_eq(make("correct horse"), ERR_OK, "%s", kit.why);
    cr_assert_eq(kind(), VAULT_KEY_PASSPHRASE);
    cr_assert_eq(read_key("correct horse"), ERR_OK);
    cr_assert_eq(read_key("correct horsf"), ERR_REFUSED);
    cr_assert_not_null(strstr(kit.why, "another passphrase"), "%s", kit.why);
    cr_assert_eq(read_key(""), ERR_REFUSED);
    struct buf b = slurp();
    cr_assert_null(memmem(b.p, b.n, made, VAULT_KEY));
    buf_free(&b);
    cr_assert_eq(change("correct horse", ""), ERR_OK);
    b = slurp();
    cr_assert_not_null(memmem(b.p, b.n, made, VAULT_KEY), "the search can find");
    buf_free(&b);
}

Test(vault_key, make__makes_the_folder_and_draws_another_key_each_time)
{
    uint8_t first[VAULT_KEY];
    uint8_t second[VAULT_KEY];
    const char *one = kit_path("a/b");
    const char *two = kit_path("c");
    enum vault_key_kind k;

    cr_assert_eq(vault_key_kind(one, &k, kit.why, sizeof kit.why), ERR_OK);
    cr_assert_eq(k, VAULT_KEY_NONE);
    cr_assert_eq(vault_key_make(one, B(""), 0, first, kit.why, sizeof kit.why), ERR_OK);
    cr_assert_eq(vault_key_make(two, B(""), 0, second, kit.why, sizeof kit.why), ERR_OK);
    cr_assert_arr_neq(first, second, VAULT_KEY);
}

Test(vault_key, make__never_replaces_one)
{
    uint8_t other[VAULT_KEY] = {1};
    static const uint8_t NOTHING[VAULT_KEY];

    cr_assert_eq(make("x"), ERR_OK);
    cr_assert_eq(
        vault_key_make(kit.dir, B(""), CHEAP, other, kit.why, sizeof kit.why), ERR_EXISTS);
    cr_assert_arr_eq(other, NOTHING, VAULT_KEY);
    cr_assert_not_null(strstr(kit.why, "is there already"), "%s", kit.why);
    cr_assert_eq(read_key("x"), ERR_OK);
}

Test(vault_key, passphrase__is_the_same_in_every_normal_form)
{
    cr_assert_eq(make("caf\xc3\xa9"), ERR_OK);
    cr_assert_eq(read_key("cafe\xcc\x81"), ERR_OK);
    cr_assert_eq(read_key("cafe"), ERR_REFUSED);
    cr_assert_eq(read_key("caf\xc3"), ERR_FORMAT);
    cr_assert_not_null(strstr(kit.why, "UTF-8"), "%s", kit.why);
    cr_assert_eq(change("cafe\xcc\x81", "caf\xe9"), ERR_FORMAT);
    cr_assert_eq(read_key("caf\xc3\xa9"), ERR_OK);
}

Test(vault_key, passphrase__that_is_too_long_is_refused)
{
    static char long_one[5000];

    memset(long_one, 'a', sizeof long_one - 1);
    cr_assert_eq(make(long_one), ERR_TOO_BIG);
    cr_assert_eq(kind(), VAULT_KEY_NONE);
    long_one[4096] = '\0';
    cr_assert_eq(make(long_one), ERR_OK, "%s", kit.why);
    cr_assert_eq(read_key(long_one), ERR_OK);
}

Test(vault_key, change__goes_every_way_and_needs_the_old_one)
{
    cr_assert_eq(change("", "x"), ERR_NOT_FOUND);
    cr_assert_eq(make(""), ERR_OK);
    cr_assert_eq(change("", "one"), ERR_OK);
    cr_assert_eq(kind(), VAULT_KEY_PASSPHRASE);
    cr_assert_eq(change("two", "three"), ERR_REFUSED);
    cr_assert_eq(change("", "three"), ERR_REFUSED);
    cr_assert_eq(read_key("one"), ERR_OK);
    cr_assert_eq(change("one", "two"), ERR_OK);
    cr_assert_eq(read_key("one"), ERR_REFUSED);
    cr_assert_eq(read_key("two"), ERR_OK);
    cr_assert_eq(change("two", ""), ERR_OK);
    cr_assert_eq(kind(), VAULT_KEY_PLAIN);
    cr_assert_eq(read_key(""), ERR_OK);
}

static void hostile(const char *passphrase)
{
    enum vault_key_kind k;

    cr_assert_eq(make(passphrase), ERR_OK);
    struct buf b = slurp();
    for (size_t n = 0; n < b.n; n++) {
        spill(bytes_of(b.p, n));
        enum err e = read_key(passphrase);
        cr_assert_eq(e, ERR_CORRUPT, "cut to %zu: %s", n, err_str(e));
        e = vault_key_kind(kit.dir, &k, kit.why, sizeof kit.why);
        cr_assert_eq(e, n <= 5 ? ERR_CORRUPT : ERR_OK);
    }
    for (size_t bit = 0; bit < 8 * b.n; bit++) {
        b.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
        spill(buf_view(&b));
        enum err e = read_key(passphrase);
        cr_assert(e == ERR_CORRUPT || e == ERR_FORMAT || e == ERR_VERSION, "bit %zu: %s", bit,
            err_str(e));
        b.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    buf_u8(&b, 0);
    spill(buf_view(&b));
    cr_assert_eq(read_key(passphrase), ERR_CORRUPT);
    spill(bytes_of(b.p, b.n - 1));
    cr_assert_eq(read_key(passphrase), ERR_OK);
    buf_free(&b);
}

Test(vault_key, read__of_a_plain_file_that_is_cut_or_damaged)
{
    hostile("");
}

Test(vault_key, read__of_a_sealed_file_that_is_cut_or_damaged)
{
    hostile("pass");
}

Test(vault_key, read__of_a_large_file_or_another_seal_is_refused)
{
    static uint8_t large[4096] = "sotton";
    const struct seal other = {.passphrase = B("x"), .log2_n = CHEAP, .purpose = "other"};
    const struct seal small = {
        .passphrase = B("x"), .log2_n = CHEAP, .purpose = "sotto vault key"};

    cr_assert_eq(read_key(""), ERR_NOT_FOUND);
    spill(bytes_of(large, sizeof large));
    cr_assert_eq(read_key(""), ERR_CORRUPT);
    cr_assert_eq(seal_write(&other, kit_path("vault.key"), bytes_of(large, VAULT_KEY)), ERR_OK);
    cr_assert_eq(read_key("x"), ERR_CORRUPT);
    cr_assert_eq(
        seal_write(&small, kit_path("vault.key"), bytes_of(large, VAULT_KEY - 1)), ERR_OK);
    cr_assert_eq(read_key("x"), ERR_CORRUPT);
}

Test(vault_key, read__of_a_file_that_others_may_read_is_refused)
{
    enum vault_key_kind k;

    cr_assert_eq(make(""), ERR_OK);
    cr_assert_eq(chmod(kit_path("vault.key"), 0640), 0);
    cr_assert_eq(read_key(""), ERR_PERM);
    cr_assert_not_null(strstr(kit.why, "0600"), "%s", kit.why);
    cr_assert_eq(vault_key_kind(kit.dir, &k, kit.why, sizeof kit.why), ERR_PERM);
    cr_assert_eq(change("", "x"), ERR_PERM);
    cr_assert_eq(chmod(kit_path("vault.key"), 0600), 0);
    cr_assert_eq(symlink("vault.key", kit_path("link")), 0);
    cr_assert_eq(rename(kit_path("vault.key"), kit_path("elsewhere")), 0);
    cr_assert_eq(symlink("elsewhere", kit_path("vault.key")), 0);
    cr_assert_eq(read_key(""), ERR_PERM);
}

Test(vault_key, change__on_a_full_disk_keeps_the_old_one)
{
    struct rlimit limit;

    cr_assert_eq(make("old"), ERR_OK);
    (void)signal(SIGXFSZ, SIG_IGN);
    cr_assert_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
    for (rlim_t n = 0; n < 100; n += 9) {
        cr_assert_eq(setrlimit(RLIMIT_FSIZE, &(struct rlimit){n, limit.rlim_max}), 0);
        enum err e = change("old", "fresh");
        cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
        cr_assert_neq(e, ERR_OK, "%zu bytes are not enough", (size_t)n);
        cr_assert_eq(read_key("old"), ERR_OK);
    }
    cr_assert_eq(change("old", "fresh"), ERR_OK);
    cr_assert_eq(read_key("fresh"), ERR_OK);
}

static void flip_for_ever(int ready)
{
    for (unsigned i = 0;; i++) {
        (void)!change(i % 2 ? "two" : "one", i % 2 ? "one" : "two");
        if (write(ready, "", 1) != 1)
            _exit(0);
    }
}

Test(vault_key, change__killed_anywhere_leaves_one_of_the_two)
{
    unsigned seed = (unsigned)getpid();
    char byte;
    int status;

    (void)fprintf(stderr, "seed %u\n", seed);
    cr_assert_eq(make("one"), ERR_OK);
    for (int round = 0; round < 30; round++) {
        int ends[2];
        cr_assert_eq(pipe(ends), 0);
        pid_t pid = fork();
        cr_assert_geq(pid, 0);
        if (pid == 0)
            flip_for_ever(ends[1]);
        (void)close(ends[1]);
        for (int n = rand_r(&seed) % 5 + 1; n > 0; n--)
            cr_assert_eq(read(ends[0], &byte, 1), 1);
        for (volatile int spin = rand_r(&seed) % 200000; spin > 0; spin--)
            ;
        cr_assert_eq(kill(pid, SIGKILL), 0);
        cr_assert_eq(waitpid(pid, &status, 0), pid);
        (void)close(ends[0]);
        enum err one = read_key("one");
        enum err two = read_key("two");
        cr_assert(
            (one == ERR_OK && two == ERR_REFUSED) || (one == ERR_REFUSED && two == ERR_OK),
            "%s, %s", err_str(one), err_str(two));
        if (two == ERR_OK)
            cr_assert_eq(change("two", "one"), ERR_OK);
    }
}
