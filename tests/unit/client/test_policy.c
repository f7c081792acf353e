/* SPDX-License-Identifier: ISC */
/* The rules of a room on their way through a group: codec, bindings, passwords, names. */
#include "client/policy.h"

#include <criterion/criterion.h>

#include "base/mem.h"

#define LIST_MAX 4096

static struct policy sample(uint16_t moderators)
{
    struct policy p = {.access = POLICY_PASSWORD, .generation = 7, .expire_s = 3600};

    memset(p.binding, 1, sizeof p.binding);
    memset(p.owner, 2, sizeof p.owner);
    p.moderators_n = moderators;
    for (uint16_t i = 0; i < moderators; i++)
        memset(p.moderators[i], 3 + i, POLICY_PRINT);
    return p;
}

static void written(const struct policy *p, struct buf *out)
{
    buf_init(out, LIST_MAX);
    policy_write(p, out);
    cr_assert_eq(buf_end(out), ERR_OK);
}

static bool is_nothing(const struct policy *p)
{
    static const struct policy NOTHING;

    return memcmp(p, &NOTHING, sizeof *p) == 0;
}

/* The bytes lie on the heap at their exact size, so that a read past their end is seen. */
static enum err read_exactly(struct bytes b, struct policy *out)
{
    uint8_t *copy = b.n != 0 ? mem_dup(b.p, b.n) : mem_alloc(1);
    enum err e = policy_read(bytes_of(copy, b.n), out);

    mem_free(copy);
    if (e != ERR_OK)
        cr_assert(is_nothing(out), "refused, and not empty");
    return e;
}

static enum err read_room(struct bytes room)
{
    static const uint16_t TYPES[] = {POLICY_EXT_ROOM};
    struct buf required;
    struct buf list;
    struct policy *p = mem_alloc(sizeof *p);

    buf_init(&required, 64);
    mls_ext_require(&required, TYPES, 1);
    buf_init(&list, LIST_MAX);
    mls_ext_put(&list, 3, buf_view(&required));
    mls_ext_put(&list, POLICY_EXT_ROOM, room);
    enum err e = read_exactly(buf_view(&list), p);
    buf_free(&required);
    buf_free(&list);
    mem_free(p);
    return e;
}

/* ---- the extension ---- */

Test(policy, read__gives_back_what_was_written)
{
    static const uint16_t COUNTS[] = {0, 1, 2, POLICY_MODERATORS};

    for (size_t i = 0; i < MEM_COUNT(COUNTS); i++) {
        struct policy p = sample(COUNTS[i]);
        struct policy back;
        struct buf list;
        written(&p, &list);
        cr_assert_eq(read_exactly(buf_view(&list), &back), ERR_OK);
        cr_assert_eq(memcmp(&p, &back, sizeof p), 0);
        buf_free(&list);
    }
}

Test(policy, read__cut_anywhere_is_refused)
{
    struct policy p = sample(3);
    struct policy back;
    struct buf list;

    written(&p, &list);
    for (size_t n = 0; n < list.n; n++)
        cr_assert_neq(read_exactly(bytes_of(list.p, n), &back), ERR_OK, "cut to %zu", n);
    buf_free(&list);
}

Test(policy, read__with_any_bit_flipped_is_refused_or_another)
{
    struct policy p = sample(2);
    struct policy back;
    struct buf list;

    written(&p, &list);
    for (size_t bit = 0; bit < 8 * list.n; bit++) {
        list.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (read_exactly(buf_view(&list), &back) == ERR_OK) {
            struct buf again;
            cr_assert_neq(memcmp(&p, &back, sizeof p), 0, "bit %zu means nothing", bit);
            written(&back, &again);
            cr_assert(bytes_eq(buf_view(&again), buf_view(&list)), "bit %zu", bit);
            buf_free(&again);
        }
        list.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    buf_free(&list);
}

Test(policy, read__of_anything_besides_is_refused)
{
    struct policy p = sample(0);
    struct policy back;
    struct buf list;
    struct buf more;

    written(&p, &list);
    buf_init(&more, LIST_MAX);
    buf_bytes(&more, buf_view(&list));
    buf_u8(&more, 0);
    cr_assert_neq(read_exactly(buf_view(&more), &back), ERR_OK, "a byte behind");
    buf_clear(&more);
    buf_bytes(&more, buf_view(&list));
    mls_ext_put(&more, 0xf0ff, bytes_str("x"));
    cr_assert_neq(read_exactly(buf_view(&more), &back), ERR_OK, "another extension behind");
    buf_clear(&more);
    mls_ext_put(&more, 0x000a, bytes_str("x"));
    buf_bytes(&more, buf_view(&list));
    cr_assert_neq(read_exactly(buf_view(&more), &back), ERR_OK, "another extension before");
    buf_clear(&more);
    buf_bytes(&more, buf_view(&list));
    buf_bytes(&more, buf_view(&list));
    cr_assert_neq(read_exactly(buf_view(&more), &back), ERR_OK, "twice");
    buf_free(&more);
    buf_free(&list);
}

/* A room's own bytes, without their last n. */
static void room_bytes(
    uint8_t version, uint8_t access, uint16_t count, size_t really, struct buf *out)
{
    buf_clear(out);
    buf_u8(out, version);
    buf_u8(out, access);
    for (int i = 0; i < 32 + 4 + 4 + 32; i++)
        buf_u8(out, 5);
    buf_u16(out, count);
    for (size_t i = 0; i < really * POLICY_PRINT; i++)
        buf_u8(out, 6);
}

Test(policy, read__of_impossible_rooms_is_refused)
{
    struct buf room;

    buf_init(&room, LIST_MAX);
    room_bytes(1, POLICY_DIRECT, 1, 1, &room);
    cr_assert_eq(read_room(buf_view(&room)), ERR_OK);
    room_bytes(1, POLICY_DIRECT + 1, 1, 1, &room);
    cr_assert_eq(read_room(buf_view(&room)), ERR_FORMAT);
    room_bytes(1, 255, 1, 1, &room);
    cr_assert_eq(read_room(buf_view(&room)), ERR_FORMAT);
    room_bytes(1, POLICY_OPEN, 2, 1, &room);
    cr_assert_eq(read_room(buf_view(&room)), ERR_FORMAT);
    room_bytes(1, POLICY_OPEN, 0, 1, &room);
    cr_assert_eq(read_room(buf_view(&room)), ERR_FORMAT);
    cr_assert_eq(read_room((struct bytes){0}), ERR_FORMAT);
    buf_free(&room);
}

Test(policy, read__of_too_many_moderators_is_refused_and_reads_nothing_else)
{
    static const uint16_t COUNTS[] = {POLICY_MODERATORS + 1, 66, 255, 256, 65535};
    struct buf room;

    buf_init(&room, LIST_MAX);
    for (size_t i = 0; i < MEM_COUNT(COUNTS); i++) {
        room_bytes(1, POLICY_OPEN, COUNTS[i], 80, &room);
        cr_assert_eq(read_room(buf_view(&room)), ERR_FORMAT);
        room_bytes(1, POLICY_OPEN, COUNTS[i], 0, &room);
        cr_assert_eq(read_room(buf_view(&room)), ERR_FORMAT);
    }
    buf_free(&room);
}

Test(policy, read__of_another_version_says_so)
{
    struct buf room;

    buf_init(&room, LIST_MAX);
    room_bytes(2, POLICY_OPEN, 0, 0, &room);
    cr_assert_eq(read_room(buf_view(&room)), ERR_VERSION);
    room_bytes(0, POLICY_OPEN, 0, 0, &room);
    cr_assert_eq(read_room(buf_view(&room)), ERR_VERSION);
    cr_assert_eq(read_room(bytes_of("\2", 1)), ERR_VERSION);
    buf_free(&room);
}

/* ---- who is who in it ---- */

Test(policy, moderator__is_who_is_listed_or_owns)
{
    struct policy p = sample(2);
    uint8_t print[POLICY_PRINT];

    cr_assert(policy_is_owner(&p, p.owner));
    cr_assert(policy_is_moderator(&p, p.owner));
    cr_assert(policy_is_moderator(&p, p.moderators[0]));
    cr_assert(policy_is_moderator(&p, p.moderators[1]));
    cr_assert_not(policy_is_owner(&p, p.moderators[0]));
    memset(print, 5, sizeof print); /* where a third would stand */
    memset(p.moderators[2], 5, POLICY_PRINT);
    cr_assert_not(policy_is_moderator(&p, print));
    for (size_t i = 0; i < POLICY_PRINT; i++) {
        memcpy(print, p.owner, sizeof print);
        print[i] ^= 1;
        cr_assert_not(policy_is_moderator(&p, print), "byte %zu", i);
    }
}

/* ---- bindings ---- */

Test(policy, bind__is_of_one_relay_and_one_name)
{
    static const char *const NAMES[] = {"ops", "op", "opss", "", "Ops"};
    uint8_t relay[16] = {1};
    uint8_t out[2 * MEM_COUNT(NAMES)][32];
    size_t n = 0;

    for (size_t i = 0; i < MEM_COUNT(NAMES); i++) {
        relay[15] = 0;
        policy_bind_room(relay, bytes_str(NAMES[i]), out[n++]);
        relay[15] = 1;
        policy_bind_room(relay, bytes_str(NAMES[i]), out[n++]);
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < i; k++)
            cr_assert_neq(memcmp(out[i], out[k], 32), 0);
    }
}

Test(policy, bind__of_two_is_the_same_either_way_round)
{
    uint8_t relay[16] = {1};
    uint8_t a[POLICY_PRINT] = {1};
    uint8_t b[POLICY_PRINT] = {2};
    uint8_t c[POLICY_PRINT] = {3};
    uint8_t one[32];
    uint8_t two[32];

    policy_bind_direct(relay, a, b, one);
    policy_bind_direct(relay, b, a, two);
    cr_assert_eq(memcmp(one, two, 32), 0);
    policy_bind_direct(relay, a, c, two);
    cr_assert_neq(memcmp(one, two, 32), 0);
    policy_bind_direct(relay, a, a, two);
    cr_assert_neq(memcmp(one, two, 32), 0);
    relay[0] = 2;
    policy_bind_direct(relay, a, b, two);
    cr_assert_neq(memcmp(one, two, 32), 0);
}

/* ---- passwords ---- */

Test(policy, psk_id__says_its_generation)
{
    static const uint32_t GENERATIONS[] = {0, 1, 2, 255, 256, 0x01020304, UINT32_MAX};

    for (size_t i = 0; i < MEM_COUNT(GENERATIONS); i++) {
        uint8_t id[POLICY_PSK_ID];
        uint32_t back = 99;
        policy_psk_id(GENERATIONS[i], id);
        cr_assert(policy_psk_generation(bytes_of(id, sizeof id), &back));
        cr_assert_eq(back, GENERATIONS[i]);
    }
}

Test(policy, psk_id__of_anybody_else_is_none)
{
    uint8_t id[POLICY_PSK_ID + 1] = {0};
    uint32_t back;

    policy_psk_id(3, id);
    for (size_t n = 0; n <= sizeof id; n++)
        cr_assert_eq(policy_psk_generation(bytes_of(id, n), &back), n == POLICY_PSK_ID);
    for (size_t bit = 0; bit < 8 * (POLICY_PSK_ID - 4); bit++) {
        id[bit / 8] ^= (uint8_t)(1u << bit % 8);
        cr_assert_not(policy_psk_generation(bytes_of(id, POLICY_PSK_ID), &back));
        id[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    cr_assert_not(policy_psk_generation((struct bytes){0}, &back));
}

/* ---- names ---- */

static enum err identify(const void *name, size_t n)
{
    struct mls_member m = {.credential_type = MLS_BASIC,
        .identity = bytes_of(name, n),
        .signature_key = bytes_str("some key")};

    return policy_identify(&m);
}

#define NAME(text) identify(text, sizeof(text) - 1)

Test(policy, identify__takes_names_of_accounts)
{
    cr_assert_eq(NAME("a"), ERR_OK);
    cr_assert_eq(NAME("alice"), ERR_OK);
    cr_assert_eq(NAME("0"), ERR_OK);
    cr_assert_eq(NAME("_a.b-c_9"), ERR_OK);
    cr_assert_eq(NAME("abcdefghijklmnopqrstuvwxyz012345"), ERR_OK, "32 bytes");
}

Test(policy, identify__refuses_what_no_account_is_called)
{
    cr_assert_neq(NAME(""), ERR_OK);
    cr_assert_neq(NAME(".alice"), ERR_OK);
    cr_assert_neq(NAME("-alice"), ERR_OK);
    cr_assert_neq(NAME("Alice"), ERR_OK);
    cr_assert_neq(NAME("al ice"), ERR_OK);
    cr_assert_neq(NAME("alice\0"), ERR_OK);
    cr_assert_neq(NAME("\0"), ERR_OK);
    cr_assert_neq(NAME("\xd0\xb0lice"), ERR_OK, "a Cyrillic a");
    cr_assert_neq(NAME("al/ice"), ERR_OK);
    cr_assert_neq(NAME("alice\n"), ERR_OK);
    cr_assert_neq(NAME("abcdefghijklmnopqrstuvwxyz0123456"), ERR_OK, "33 bytes");
    for (unsigned byte = 0; byte < 256; byte++) {
        uint8_t name[2] = {'a', (uint8_t)byte};
        bool good = (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') ||
                    byte == '_' || byte == '.' || byte == '-';
        cr_assert_eq(identify(name, 2) == ERR_OK, good, "0x%02x", byte);
    }
}

static void guest_name(struct bytes key, char out[6 + 2 * POLICY_PRINT])
{
    static const char HEX[] = "0123456789abcdef";
    uint8_t print[POLICY_PRINT];

    policy_print(key, print);
    memcpy(out, "guest:", 6);
    for (size_t i = 0; i < POLICY_PRINT; i++) {
        out[6 + 2 * i] = HEX[print[i] >> 4];
        out[7 + 2 * i] = HEX[print[i] & 15];
    }
}

Test(policy, identify__takes_a_guest_by_its_key_alone)
{
    char name[6 + 2 * POLICY_PRINT];

    guest_name(bytes_str("some key"), name);
    cr_assert_eq(identify(name, sizeof name), ERR_OK);
    for (size_t n = 0; n < sizeof name; n++) {
        if (n < 1 || n > 5) /* "guest" alone could be an account */
            cr_assert_neq(identify(name, n), ERR_OK, "cut to %zu", n);
    }
    for (size_t bit = 0; bit < 8 * sizeof name; bit++) {
        name[bit / 8] = (char)(name[bit / 8] ^ (1 << bit % 8));
        cr_assert_neq(identify(name, sizeof name), ERR_OK, "bit %zu", bit);
        name[bit / 8] = (char)(name[bit / 8] ^ (1 << bit % 8));
    }
    guest_name(bytes_str("another key"), name);
    cr_assert_neq(identify(name, sizeof name), ERR_OK, "somebody else's");
}

Test(policy, identify__refuses_certificates)
{
    struct mls_member m = {.credential_type = MLS_X509, .identity = bytes_str("alice")};

    cr_assert_neq(policy_identify(&m), ERR_OK);
    m.credential_type = 0;
    cr_assert_neq(policy_identify(&m), ERR_OK);
}
