/* SPDX-License-Identifier: ISC */
#include "crypto/seal.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "crypto/hash.h"
#include "crypto/rand.h"
#include "support/memsearch.h"
#include "support/support.h"
#include "vector.h"

#define QUICK  4
#define ROOM   256
#define HEAD_K 40
#define COST   40 /* where the cost stands */
#define HEAD_P 65

/* Made by Python's hashlib and cryptography, with the salt 00 01 .. 1f. */
#define SEAL_HELLO_KEY                                                                         \
    "736f74746f6b0101000102030405060708090a0b0c0d0e0f101112131415161718191a"                   \
    "1b1c1d1e1fe2d7ac2b098f9884f6b99bd2c8fcc96e03fd80c6e3"
#define SEAL_HELLO_WORD                                                                        \
    "736f74746f700101000102030405060708090a0b0c0d0e0f101112131415161718191a"                   \
    "1b1c1d1e1f04f170a98187a7c0fc10f6633709b26d16b883d94ebc53be45c23b977df4"                   \
    "65fbe79119c25a91eb45173b1559d87d"

static const uint8_t KEY[SEAL_KEY] = {7, 7, 7};
static struct buf sealed, opened;

static void setup(void)
{
    buf_init(&sealed, ROOM);
    buf_init(&opened, ROOM);
}

static void teardown(void)
{
    buf_wipe(&sealed);
    buf_wipe(&opened);
}

TestSuite(seal, .init = setup, .fini = teardown);

static struct seal by_key(void)
{
    return (struct seal){.key = KEY, .purpose = "history", .aad = bytes_str("row 1")};
}

static struct seal by_word(void)
{
    return (struct seal){.passphrase = bytes_str("correct horse"),
        .log2_n = QUICK,
        .purpose = "vault",
        .aad = bytes_str("x")};
}

static void expect_open(const struct seal *s, struct bytes text)
{
    cr_assert_eq(seal_open(s, buf_view(&sealed), &opened), ERR_OK);
    cr_assert(bytes_eq(buf_view(&opened), text));
}

static enum err try_open(const struct seal *s, struct bytes in)
{
    static const char OLD[] = "what was here before";

    buf_clear(&opened);
    buf_text(&opened, OLD);
    enum err e = seal_open(s, in, &opened);
    cr_assert_eq(opened.n, 0, "a failure left %zu bytes", opened.n);
    for (size_t i = 0; i < opened.cap; i++)
        cr_assert_eq(opened.p[i], 0, "a failure left bytes");
    return e;
}

Test(seal, make_and_open__both_kinds_and_every_length)
{
    static const uint8_t text[ROOM - SEAL_MORE] = {1, 2, 3};
    struct seal how[] = {by_key(), by_word()};

    for (size_t i = 0; i < MEM_COUNT(how); i++) {
        for (size_t n = 0; n <= sizeof text; n++) {
            cr_assert_eq(seal_make(&how[i], bytes_of(text, n), &sealed), ERR_OK);
            cr_assert_leq(sealed.n, n + SEAL_MORE);
            expect_open(&how[i], bytes_of(text, n));
        }
        cr_assert_eq(seal_make(&how[i], bytes_of(text, ROOM - 16), &sealed), ERR_TOO_BIG);
        cr_assert_eq(sealed.n, 0);
    }
}

/* The format can not change unseen. */
static void count_up(void *arg, uint8_t *out, size_t n)
{
    (void)arg;
    for (size_t i = 0; i < n; i++)
        out[i] = (uint8_t)i;
}

Test(seal, make__the_written_format)
{
    struct seal s = by_key(), w = by_word();

    rand_use(count_up, NULL);
    cr_assert_eq(seal_make(&s, bytes_str("hello"), &sealed), ERR_OK);
    vector_expect(SEAL_HELLO_KEY, sealed.p, sealed.n);
    cr_assert_eq(seal_make(&w, bytes_str("hello"), &sealed), ERR_OK);
    vector_expect(SEAL_HELLO_WORD, sealed.p, sealed.n);
    rand_use(NULL, NULL);
    expect_open(&w, bytes_str("hello"));
}

Test(seal, make__never_the_same_twice)
{
    struct seal s = by_key();
    struct buf other;

    buf_init(&other, ROOM);
    cr_assert_eq(seal_make(&s, bytes_str("text"), &sealed), ERR_OK);
    cr_assert_eq(seal_make(&s, bytes_str("text"), &other), ERR_OK);
    cr_assert_neq(memcmp(sealed.p + 8, other.p + 8, 32), 0, "a salt was used twice");
    cr_assert_neq(memcmp(sealed.p + HEAD_K, other.p + HEAD_K, 4), 0);
    buf_free(&other);
}

Test(seal, open__only_in_its_place)
{
    static const uint8_t other_key[SEAL_KEY] = {7, 7};
    struct seal s = by_key(), w = by_word();
    struct seal moved[] = {s, s, s, s, s};

    moved[0].purpose = "histor";
    moved[1].aad = bytes_str("row 2");
    moved[2].aad = (struct bytes){0};
    moved[3].key = other_key;
    moved[4].purpose = ""; /* the border between purpose and data is not to be moved either */
    moved[4].aad = bytes_str("historyrow 1");
    cr_assert_eq(seal_make(&s, bytes_str("text"), &sealed), ERR_OK);
    for (size_t i = 0; i < MEM_COUNT(moved); i++)
        cr_assert_eq(try_open(&moved[i], buf_view(&sealed)), ERR_CRYPTO, "case %zu", i);
    cr_assert_eq(try_open(&w, buf_view(&sealed)), ERR_FORMAT);
    expect_open(&s, bytes_str("text"));
    cr_assert_eq(seal_make(&w, bytes_str("text"), &sealed), ERR_OK);
    cr_assert_eq(try_open(&s, buf_view(&sealed)), ERR_FORMAT);
    w.purpose = "identity";
    cr_assert_eq(try_open(&w, buf_view(&sealed)), ERR_CORRUPT);
}

static enum err wanted_key(size_t byte, size_t bit)
{
    if (byte < 6)
        return ERR_FORMAT;
    if (byte == 6)
        return bit == 0 ? ERR_CORRUPT : ERR_VERSION;
    return byte == 7 ? ERR_CORRUPT : ERR_CRYPTO;
}

static enum err wanted_word(size_t byte, size_t bit)
{
    return byte < 8 ? wanted_key(byte, bit) : ERR_CORRUPT;
}

static void flip_all(const struct seal *s, enum err (*wanted)(size_t byte, size_t bit))
{
    for (size_t i = 0; i < sealed.n * 8; i++) {
        sealed.p[i / 8] ^= (uint8_t)(1u << i % 8);
        enum err e = try_open(s, buf_view(&sealed));
        cr_assert_eq(
            e, wanted(i / 8, i % 8), "bit %zu of byte %zu: %s", i % 8, i / 8, err_str(e));
        sealed.p[i / 8] ^= (uint8_t)(1u << i % 8);
    }
    expect_open(s, bytes_str("a text"));
}

static void cut_all(const struct seal *s, size_t head)
{
    for (size_t n = 0; n < sealed.n; n++) {
        enum err e = try_open(s, bytes_of(sealed.p, n));
        bool by_tag = n >= head + 16 && s->key != NULL;
        cr_assert_eq(e, by_tag ? ERR_CRYPTO : ERR_CORRUPT, "cut at %zu: %s", n, err_str(e));
    }
    buf_u8(&sealed, 0);
    cr_assert_eq(
        try_open(s, buf_view(&sealed)), s->key != NULL ? ERR_CRYPTO : ERR_CORRUPT, "trailing");
    sealed.n--;
    expect_open(s, bytes_str("a text"));
}

Test(seal, open__damage_under_a_key)
{
    struct seal s = by_key();

    cr_assert_eq(seal_make(&s, bytes_str("a text"), &sealed), ERR_OK);
    flip_all(&s, wanted_key);
    cut_all(&s, HEAD_K);
}

/* A flipped cost that reached scrypt would be told by ERR_REFUSED or ERR_TOO_BIG. */
Test(seal, open__damage_under_a_passphrase)
{
    struct seal s = by_word();

    cr_assert_eq(seal_make(&s, bytes_str("a text"), &sealed), ERR_OK);
    flip_all(&s, wanted_word);
    cut_all(&s, HEAD_P);
}

/* Whoever may write the file makes the sum right: the ceiling holds even so. */
static void set_cost(uint8_t cost)
{
    uint8_t sum[HASH_SHA256];

    sealed.p[COST] = cost;
    cr_assert_eq(hash_sha256(bytes_of(sealed.p, HEAD_P - 8), sum), ERR_OK);
    memcpy(sealed.p + HEAD_P - 8, sum, 8);
}

Test(seal, open__a_cost_with_a_right_sum_is_bounded)
{
    struct seal s = by_word();
    struct rusage before, after;

    cr_assert_eq(seal_make(&s, bytes_str("a text"), &sealed), ERR_OK);
    cr_assert_eq(getrusage(RUSAGE_SELF, &before), 0);
    for (unsigned cost = SEAL_COST_MAX + 1; cost < 256; cost++) {
        set_cost((uint8_t)cost);
        cr_assert_eq(try_open(&s, buf_view(&sealed)), ERR_TOO_BIG);
    }
    cr_assert_eq(getrusage(RUSAGE_SELF, &after), 0);
    cr_assert_lt(after.ru_maxrss - before.ru_maxrss, 16 * 1024, "memory was burnt");
    set_cost(0);
    cr_assert_eq(try_open(&s, buf_view(&sealed)), ERR_CORRUPT);
    set_cost(QUICK + 1);
    cr_assert_eq(try_open(&s, buf_view(&sealed)), ERR_REFUSED);
    set_cost(QUICK);
    expect_open(&s, bytes_str("a text"));
}

Test(seal, make__what_makes_no_sense_is_refused)
{
    char purpose[SEAL_PURPOSE + 2];
    struct seal s = by_key(), w = by_word();

    memset(purpose, 'p', sizeof purpose);
    purpose[SEAL_PURPOSE + 1] = '\0';
    s.purpose = purpose;
    cr_assert_eq(seal_make(&s, bytes_str("x"), &sealed), ERR_STATE);
    s.purpose = purpose + 1;
    cr_assert_eq(seal_make(&s, bytes_str("x"), &sealed), ERR_OK);
    expect_open(&s, bytes_str("x"));
    s.purpose = NULL;
    cr_assert_eq(seal_make(&s, bytes_str("x"), &sealed), ERR_STATE);
    cr_assert_eq(try_open(&s, bytes_str("x")), ERR_STATE);
    w.log2_n = SEAL_COST_MAX + 1;
    cr_assert_eq(seal_make(&w, bytes_str("x"), &sealed), ERR_TOO_BIG);
    w.log2_n = 0;
    cr_assert_eq(seal_make(&w, bytes_str("x"), &sealed), ERR_TOO_BIG);
    cr_assert_eq(sealed.n, 0);
}

Test(seal, open__a_wrong_passphrase_is_told_from_damage)
{
    static const char *const wrong[] = {"", "correct hors", "correct horse ", "Correct horse"};
    struct seal s = by_word();

    cr_assert_eq(seal_make(&s, bytes_str("a text"), &sealed), ERR_OK);
    for (size_t i = 0; i < MEM_COUNT(wrong); i++) {
        s.passphrase = bytes_str(wrong[i]);
        cr_assert_eq(try_open(&s, buf_view(&sealed)), ERR_REFUSED);
    }
    s.passphrase = (struct bytes){0};
    cr_assert_eq(seal_make(&s, bytes_str("a text"), &sealed), ERR_OK);
    expect_open(&s, bytes_str("a text"));
}

Test(seal, open__what_was_never_a_seal)
{
    struct seal s = by_key(), w = by_word();

    cr_assert_eq(try_open(&s, bytes_str("SQLite format 3")), ERR_FORMAT);
    cr_assert_eq(try_open(&w, bytes_str("x")), ERR_FORMAT);
    cr_assert_eq(
        try_open(&w, (struct bytes){0}), ERR_CORRUPT); /* cut off before its first byte */
}

Test(seal, open__no_more_than_out_takes)
{
    struct seal s = by_key();
    uint8_t room[4];
    struct buf small;

    buf_init_fixed(&small, room, sizeof room);
    cr_assert_eq(seal_make(&s, bytes_str("12345"), &sealed), ERR_OK);
    cr_assert_eq(seal_open(&s, buf_view(&sealed), &small), ERR_TOO_BIG);
    cr_assert_eq(seal_make(&s, bytes_str("1234"), &sealed), ERR_OK);
    cr_assert_eq(seal_open(&s, buf_view(&sealed), &small), ERR_OK);
    cr_assert(bytes_eq(buf_view(&small), bytes_str("1234")));
    sealed.p[sealed.n - 1] ^= 1;
    cr_assert_eq(seal_open(&s, buf_view(&sealed), &small), ERR_CRYPTO);
    cr_assert_eq(room[0], 0);
}

Test(seal, write_and_read__a_file_of_ours)
{
    struct seal how[] = {by_key(), by_word()};
    char dir[64], path[128];
    struct stat st;

    support_tmpdir(dir, sizeof dir);
    (void)snprintf(path, sizeof path, "%s/sealed", dir);
    for (size_t i = 0; i < MEM_COUNT(how); i++) {
        struct seal other = how[i];
        other.aad = bytes_str("elsewhere");
        cr_assert_eq(seal_write(&how[i], path, bytes_str("first")), ERR_OK);
        cr_assert_eq(seal_write(&how[i], path, bytes_str("second")), ERR_OK);
        cr_assert_eq(stat(path, &st), 0);
        cr_assert_eq(st.st_mode & 07777, 0600);
        cr_assert_eq(seal_read(&how[i], path, &opened), ERR_OK);
        cr_assert(bytes_eq(buf_view(&opened), bytes_str("second")));
        cr_assert_neq(seal_read(&other, path, &opened), ERR_OK);
        cr_assert_eq(opened.n, 0);
        cr_assert_eq(chmod(path, 0640), 0);
        cr_assert_eq(seal_read(&how[i], path, &opened), ERR_PERM);
        cr_assert_eq(unlink(path), 0);
        buf_text(&opened, "old");
        cr_assert_eq(seal_read(&how[i], path, &opened), ERR_NOT_FOUND);
        cr_assert_eq(opened.n, 0);
    }
    support_rmtree(dir);
}

/* Key, passphrase and text: none of them is anywhere once the caller wiped its own. */
static uint8_t masked[SEAL_KEY];

static void secret_make(uint8_t out[SEAL_KEY], bool judge)
{
    for (size_t i = 0; i < sizeof masked; i++)
        masked[i] = (uint8_t)(i * (judge ? 91 : 83) + 17);
    memsearch_reveal(masked, sizeof masked, out);
}

static void look_for(const char *what, bool judge)
{
    cr_assert(memsearch_count(masked, 16) == 0 || !judge, "%s", what);
}

static void secret_use(bool judge)
{
    struct seal s = by_key(), w = by_word();
    uint8_t secret[SEAL_KEY];

    s.key = secret;
    secret_make(secret, judge);
    cr_assert_eq(seal_make(&s, bytes_str("text"), &sealed), ERR_OK);
    cr_assert_eq(seal_open(&s, buf_view(&sealed), &opened), ERR_OK);
    mem_wipe(secret, sizeof secret);
    look_for("the key", judge);
    secret_make(secret, judge);
    w.passphrase = bytes_of(secret, sizeof secret);
    cr_assert_eq(seal_make(&w, bytes_str("text"), &sealed), ERR_OK);
    cr_assert_eq(seal_open(&w, buf_view(&sealed), &opened), ERR_OK);
    mem_wipe(secret, sizeof secret);
    look_for("the passphrase", judge);
    secret_make(secret, judge);
    w = by_word();
    cr_assert_eq(seal_make(&w, bytes_of(secret, sizeof secret), &sealed), ERR_OK);
    mem_wipe(secret, sizeof secret);
    look_for("the text, sealed", judge);
}

Test(seal, make_and_open__leave_no_secret_behind)
{
    secret_use(false);
    secret_use(true);
}
