/* SPDX-License-Identifier: ISC */
#include "server/name.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static enum err fold(const char *in, struct name *out)
{
    return name_fold(bytes_str(in), out);
}

Test(name, fold__capitals_and_nothing_else)
{
    struct name n;

    cr_assert_eq(fold("Alice", &n), ERR_OK);
    cr_assert_str_eq(n.s, "alice");
    cr_assert_eq(fold("a_B.c-9", &n), ERR_OK);
    cr_assert_str_eq(n.s, "a_b.c-9");
    cr_assert_eq(fold("0", &n), ERR_OK);
    cr_assert_eq(fold("_", &n), ERR_OK);
}

Test(name, fold__every_byte_that_is_none_of_its_letters)
{
    static const char ALLOWED[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
    struct name n;

    for (int c = 0; c < 256; c++) {
        const char in[2] = {'a', (char)c};
        bool good = c != 0 && strchr(ALLOWED, c) != NULL;
        cr_assert_eq(name_fold(bytes_of(in, 2), &n) == ERR_OK, good, "byte %02x", c);
    }
}

Test(name, fold__length_and_first_letter)
{
    char long_one[MSG_NAME + 2];
    struct name n;

    memset(long_one, 'a', sizeof long_one);
    cr_assert_eq(name_fold(bytes_of(long_one, MSG_NAME), &n), ERR_OK);
    cr_assert_eq(strlen(n.s), MSG_NAME);
    cr_assert_eq(name_fold(bytes_of(long_one, MSG_NAME + 1), &n), ERR_FORMAT);
    cr_assert_str_eq(n.s, "", "nothing is left of a bad one");
    cr_assert_eq(fold("", &n), ERR_FORMAT);
    cr_assert_eq(fold(".a", &n), ERR_FORMAT);
    cr_assert_eq(fold("-a", &n), ERR_FORMAT);
}

Test(name, fold__reserved)
{
    static const char *const BAD[] = {
        "server", "Server", "SERVER", "1.2.3.4", "127.0.0.1", "0.0.0.0"};
    static const char *const GOOD[] = {"servers", "my.server", "1.2.3", "1.2.3.4.5",
        "1.2.3.256", "4.you.2", "127.com", "1234"};
    struct name n;

    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++)
        cr_assert_eq(fold(BAD[i], &n), ERR_REFUSED, "%s", BAD[i]);
    for (size_t i = 0; i < sizeof GOOD / sizeof GOOD[0]; i++)
        cr_assert_eq(fold(GOOD[i], &n), ERR_OK, "%s", GOOD[i]);
}

Test(name, provisional__rand_and_a_number)
{
    static const char *const YES[] = {"rand0", "rand1", "rand4294967295"};
    static const char *const NO[] = {
        "rand", "randy", "rand1x", "brand1", "rand_1", "ran1", "r"};
    struct name n;

    for (size_t i = 0; i < sizeof YES / sizeof YES[0]; i++)
        cr_assert(fold(YES[i], &n) == ERR_OK && name_is_provisional(&n), "%s", YES[i]);
    for (size_t i = 0; i < sizeof NO / sizeof NO[0]; i++)
        cr_assert(fold(NO[i], &n) == ERR_OK && !name_is_provisional(&n), "%s", NO[i]);
}

static bool same_room(const char *a, const char *b)
{
    struct name_key x, y;

    cr_assert_eq(name_room_key(bytes_str(a), &x), ERR_OK, "%s", a);
    cr_assert_eq(name_room_key(bytes_str(b), &y), ERR_OK, "%s", b);
    return bytes_eq(name_key_bytes(&x), name_key_bytes(&y));
}

Test(name, room_key__case_and_composition_are_no_difference)
{
    cr_assert(same_room("Ops", "oPS"));
    cr_assert(same_room("caf\xc3\xa9", "CAFE\xcc\x81"));
    cr_assert(same_room("stra\xc3\x9f"
                        "e",
        "STRASSE"));
    cr_assert_not(same_room("ops", "op"));
    cr_assert_not(same_room("ops", "0ps"));
}

Test(name, room_key__refuses_what_cannot_be_seen)
{
    static const char *const BAD[] = {"", " ", "a b", " a", "a ", "a\n", "\x1b[0m", "\x7f",
        "\xff", "a\xe2\x80\x8b",
        "\xe2\x80\xae"
        "a",
        "\xcc\x81"};
    struct name_key k;

    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        cr_assert_eq(name_room_key(bytes_str(BAD[i]), &k), ERR_FORMAT, "%zu", i);
        cr_assert_eq(k.n, 0);
    }
    cr_assert_eq(name_room_key(bytes_of("a\0b", 3), &k), ERR_FORMAT);
}

Test(name, room_key__as_long_as_it_may_be_whatever_folding_makes_of_it)
{
    struct name_key k;
    char text[MSG_ROOM + 2];

    memset(text, 'A', sizeof text);
    cr_assert_eq(name_room_key(bytes_of(text, MSG_ROOM), &k), ERR_OK);
    cr_assert_eq(name_room_key(bytes_of(text, MSG_ROOM + 1), &k), ERR_FORMAT);
    /* U+0390 folds to three code points of six bytes, threefold its length: too long is an
     * error and nothing is cut. */
    for (size_t i = 0; i < MSG_ROOM; i += 2)
        memcpy(text + i, "\xce\x90", 2);
    enum err e = name_room_key(bytes_of(text, MSG_ROOM), &k);
    cr_assert(e == ERR_OK || e == ERR_TOO_BIG, "%s", err_str(e));
    cr_assert(e == ERR_OK || k.n <= sizeof k.b);
}

Test(name, direct_key__the_same_either_way_round)
{
    struct name_key ab, ba, ac;
    struct name other;

    name_direct_key("alice", "bob", &ab);
    name_direct_key("bob", "alice", &ba);
    name_direct_key("alice", "carol", &ac);
    cr_assert(bytes_eq(name_key_bytes(&ab), name_key_bytes(&ba)));
    cr_assert_not(bytes_eq(name_key_bytes(&ab), name_key_bytes(&ac)));
    cr_assert_eq(name_direct_other(name_key_bytes(&ab), "alice", &other), ERR_OK);
    cr_assert_str_eq(other.s, "bob");
    cr_assert_eq(name_direct_other(name_key_bytes(&ab), "bob", &other), ERR_OK);
    cr_assert_str_eq(other.s, "alice");
}

Test(name, direct_key__names_that_begin_alike_are_kept_apart)
{
    struct name_key one, two;

    name_direct_key("a", "bc", &one);
    name_direct_key("ab", "c", &two);
    cr_assert_not(bytes_eq(name_key_bytes(&one), name_key_bytes(&two)));
    struct name other;
    cr_assert_eq(name_direct_other(name_key_bytes(&one), "bc", &other), ERR_OK);
    cr_assert_str_eq(other.s, "a");
}

Test(name, direct_key__of_two_long_names_fits)
{
    char a[MSG_NAME + 1] = {0};
    char b[MSG_NAME + 1] = {0};
    struct name_key k;
    struct name other;

    memset(a, 'a', MSG_NAME);
    memset(b, 'b', MSG_NAME);
    name_direct_key(a, b, &k);
    cr_assert_eq(k.n, 2 + 2 * MSG_NAME);
    cr_assert_eq(name_direct_other(name_key_bytes(&k), a, &other), ERR_OK);
    cr_assert_str_eq(other.s, b);
}

Test(name, direct_other__of_what_is_no_direct_key)
{
    struct name other;
    struct name_key room;

    cr_assert_eq(name_direct_other((struct bytes){0}, "a", &other), ERR_FORMAT);
    cr_assert_eq(name_direct_other(bytes_str("d"), "a", &other), ERR_FORMAT);
    cr_assert_eq(name_direct_other(bytes_str("dalice"), "alice", &other), ERR_FORMAT);
    cr_assert_eq(name_room_key(bytes_str("ops"), &room), ERR_OK);
    cr_assert_eq(name_direct_other(name_key_bytes(&room), "a", &other), ERR_FORMAT);
}
