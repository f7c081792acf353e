/* SPDX-License-Identifier: ISC */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"

static int values[4000];

static struct bytes name(char room[16], int i)
{
    (void)snprintf(room, 16, "user%d", i);
    return bytes_str(room);
}

Test(map, put__get_and_del_agree_with_a_plain_array)
{
    struct map m = {0};
    bool there[500] = {false};
    unsigned r = 12345;
    size_t count = 0;
    char room[16];

    for (int turn = 0; turn < 100000; turn++) {
        r = r * 1103515245u + 12345u;
        int i = (int)(r >> 16) % 500;
        if ((r >> 8 & 3) != 0) {
            cr_assert_eq(map_put(&m, name(room, i), &values[i]), !there[i]);
            count += !there[i];
            there[i] = true;
        } else {
            cr_assert_eq(map_del(&m, name(room, i)), there[i] ? &values[i] : NULL);
            count -= there[i];
            there[i] = false;
        }
        cr_assert_eq(map_count(&m), count);
        cr_assert_eq(map_get(&m, name(room, i)), there[i] ? &values[i] : NULL);
    }
    map_free(&m);
}

Test(map, put__the_key_is_copied_and_the_first_value_kept)
{
    struct map m = {0};
    char key[] = "alice";

    cr_expect(map_put(&m, bytes_str(key), &values[1]));
    key[0] = 'A';
    cr_expect_eq(map_get(&m, bytes_str("alice")), &values[1]);
    cr_expect_null(map_get(&m, bytes_str(key)));
    cr_expect_not(map_put(&m, bytes_str("alice"), &values[2]));
    cr_expect_eq(map_get(&m, bytes_str("alice")), &values[1]);
    map_free(&m);
}

Test(map, put__keys_are_bytes_not_text)
{
    struct map m = {0};

    cr_expect(map_put(&m, bytes_of("a\0b", 3), &values[0]));
    cr_expect(map_put(&m, bytes_of("a\0c", 3), &values[1]));
    cr_expect(map_put(&m, bytes_of("a", 1), &values[2]));
    cr_expect(map_put(&m, (struct bytes){0}, &values[3]));
    cr_expect_not(map_put(&m, bytes_of("", 0), &values[3]));
    cr_expect_eq(map_get(&m, bytes_of("a\0c", 3)), &values[1]);
    cr_expect_eq(map_del(&m, bytes_of("", 0)), &values[3]);
    cr_expect_eq(map_count(&m), 3);
    map_free(&m);
}

Test(map, next__meets_each_member_once)
{
    struct map m = {0};
    int met[4000] = {0};
    struct bytes key;
    char room[16];
    size_t at = 0;

    for (int i = 0; i < 4000; i++)
        cr_assert(map_put(&m, name(room, i), &values[i]));
    for (int i = 0; i < 4000; i += 2)
        cr_assert_eq(map_del(&m, name(room, i)), &values[i]);
    for (int *v = map_next(&m, &at, &key); v != NULL; v = map_next(&m, &at, &key)) {
        met[v - values]++;
        cr_expect(bytes_eq(key, name(room, (int)(v - values))));
    }
    for (int i = 0; i < 4000; i++)
        cr_expect_eq(met[i], i % 2);
    map_free(&m);
}

Test(map, get__an_empty_map_is_fine)
{
    struct map m = {0};
    size_t at = 0;

    cr_expect_null(map_get(&m, bytes_str("x")));
    cr_expect_null(map_del(&m, bytes_str("x")));
    cr_expect_null(map_next(&m, &at, NULL));
    map_free(&m);
    map_free(&m);
}

Test(map, del__coming_and_going_does_not_grow_it)
{
    struct map m = {0};
    char room[16];

    for (int i = 0; i < 100000; i++) {
        cr_assert(map_put(&m, name(room, i), &values[0]));
        cr_assert_eq(map_del(&m, name(room, i)), &values[0]);
    }
    cr_expect_leq(m.cap, 64, "%zu slots for nobody", m.cap);
    map_free(&m);
}

/* SipHash-1-3 under a zero key, as CPython with PYTHONHASHSEED=0 gives for bytes. */
Test(map, hash__is_siphash_1_3)
{
    static const uint8_t ZERO[16];

    map_seed(ZERO);
    cr_expect_eq(map_hash(bytes_str("a")), 0x407448d2b89b1813);
    cr_expect_eq(map_hash(bytes_str("abcdefg")), 0x6db12aae9070f506);
    cr_expect_eq(map_hash(bytes_str("abcdefgh")), 0x3f7b849c0b8e35ea);
    cr_expect_eq(map_hash(bytes_str("hello, world")), 0xd792fbf81ec197f9);
}

Test(map, seed__changes_every_hash)
{
    static const uint8_t KEY[16] = {1};
    uint64_t before = map_hash(bytes_str("alice"));

    map_seed(KEY);
    cr_expect_neq(map_hash(bytes_str("alice")), before);
}
