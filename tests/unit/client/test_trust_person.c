/* SPDX-License-Identifier: ISC */
#include "client/trust_person.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "base/mem.h"
#include "support/attack.h"

static struct trust_person a_person(const char *name, enum trust_state state)
{
    struct trust_person p = {.state = state, .since_ms = 1234567890123};

    (void)snprintf(p.name, sizeof p.name, "%s", name);
    memset(p.print, 0xA5, sizeof p.print);
    if (state == TRUST_CHANGED) {
        memset(p.fresh, 0x5A, sizeof p.fresh);
        p.was_verified = true;
    }
    return p;
}

static bool same(const struct trust_person *a, const struct trust_person *b)
{
    return strcmp(a->name, b->name) == 0 && a->state == b->state &&
           memcmp(a->print, b->print, TRUST_PRINT) == 0 &&
           memcmp(a->fresh, b->fresh, TRUST_PRINT) == 0 &&
           memcmp(a->old, b->old, TRUST_PRINT) == 0 && a->replaced == b->replaced &&
           a->was_verified == b->was_verified && a->since_ms == b->since_ms;
}

static struct bytes row_of(const struct trust_person *p, uint8_t room[TRUST_ROW])
{
    struct buf b;

    buf_init_fixed(&b, room, TRUST_ROW);
    trust_person_put(&b, p);
    cr_assert_eq(buf_end(&b), ERR_OK);
    return buf_view(&b);
}

/* Taken, though it does not say what was written. */
static bool take_other(void *arg, struct bytes in)
{
    const struct trust_person *real = arg;
    struct trust_person p;

    return trust_person_get(&p, bytes_str(real->name), in) == ERR_OK && !same(&p, real);
}

static bool take(void *arg, struct bytes in)
{
    struct trust_person p;

    return trust_person_get(&p, bytes_str(arg), in) == ERR_OK;
}

Test(trust_person, row__comes_back_as_it_was)
{
    for (enum trust_state s = TRUST_PINNED; s <= TRUST_CHANGED; s++) {
        struct trust_person p = a_person("alice", s);
        struct trust_person q;
        uint8_t room[TRUST_ROW];

        cr_assert_eq(trust_person_get(&q, bytes_str(p.name), row_of(&p, room)), ERR_OK);
        cr_expect(same(&p, &q));
    }
}

Test(trust_person, row__remembers_the_key_that_was_replaced)
{
    struct trust_person p = a_person("alice", TRUST_PINNED);
    struct trust_person back;
    uint8_t room[TRUST_ROW];

    p.replaced = true;
    memset(p.old, 0x77, sizeof p.old);
    cr_assert_eq(trust_person_get(&back, bytes_str("alice"), row_of(&p, room)), ERR_OK);
    cr_assert(same(&p, &back));
    memcpy(p.old, p.print, sizeof p.old); /* by itself */
    cr_assert_eq(trust_person_get(&back, bytes_str("alice"), row_of(&p, room)), ERR_CORRUPT);
}

Test(trust_person, row__every_truncation_and_more_is_refused)
{
    for (enum trust_state s = TRUST_PINNED; s <= TRUST_CHANGED; s++) {
        struct trust_person p = a_person("alice", s);
        uint8_t room[TRUST_ROW];
        struct bytes row = row_of(&p, room);

        cr_assert(attack_none(row, take, p.name));
        cr_expect_eq(attack_truncate(row, take, p.name), ATTACK_HELD);
        cr_expect_eq(attack_trail(row, take, p.name), ATTACK_HELD);
    }
}

/* What stands before the time and the keys: any other value of the byte is refused, but for the
 * one bit that makes PINNED of VERIFIED. The vault's seal is what holds all else. */
Test(trust_person, row__damaged_bytes_are_refused_or_plain_to_see)
{
    for (enum trust_state s = TRUST_PINNED; s <= TRUST_CHANGED; s++) {
        struct trust_person p = a_person("alice", s);
        uint8_t room[TRUST_ROW];
        struct bytes row = row_of(&p, room);

        for (size_t at = 0; at < 3; at++) {
            uint8_t was = room[at];
            for (unsigned v = 0; v < 256; v++) {
                bool other = (at == 1 && s != TRUST_CHANGED && v >= TRUST_PINNED &&
                                 v <= TRUST_VERIFIED) ||
                             (at == 2 && s == TRUST_CHANGED && v < 2);
                room[at] = (uint8_t)v;
                cr_expect_eq(take(p.name, row), v == was || other, "%zu %u", at, v);
            }
            room[at] = was;
        }
        cr_expect_neq(attack_flip(row, take_other, &p), ATTACK_HELD); /* the attack works */
    }
}

Test(trust_person, row__a_newer_version_is_said)
{
    struct trust_person p = a_person("alice", TRUST_PINNED);
    uint8_t room[TRUST_ROW];
    struct bytes row = row_of(&p, room);

    room[0] = 2;
    cr_expect_eq(trust_person_get(&p, bytes_str("alice"), row), ERR_VERSION);
    room[0] = 0;
    cr_expect_eq(trust_person_get(&p, bytes_str("alice"), row), ERR_CORRUPT);
}

Test(trust_person, row__what_contradicts_itself_is_refused)
{
    struct trust_person p = a_person("alice", TRUST_CHANGED);
    uint8_t room[TRUST_ROW];
    char guest[TRUST_NAME];

    memcpy(p.fresh, p.print, TRUST_PRINT); /* a change to the same key */
    cr_expect_not(take(p.name, row_of(&p, room)));
    p = a_person("alice", TRUST_VERIFIED);
    p.was_verified = true;
    cr_expect_not(take(p.name, row_of(&p, room)));
    p.was_verified = false;
    trust_guest_name(p.print, guest);
    cr_expect(take(guest, row_of(&p, room)));
    p.print[0] ^= 1; /* a guest with somebody else's key */
    cr_expect_not(take(guest, row_of(&p, room)));
    p = a_person("alice", TRUST_CHANGED);
    trust_guest_name(p.print, guest); /* a guest whose key changed */
    cr_expect_not(take(guest, row_of(&p, room)));
}

Test(trust_person, name__what_may_be_kept)
{
    char longest[TRUST_NAME + 1];
    static const char *const BAD[] = {
        "", "a b", "a\nb", "\xff", "a\xc3", "al\u200bice", "\u202exevil", "\u0301"};

    memset(longest, 'x', sizeof longest);
    cr_expect(trust_may_be_kept(bytes_of(longest, TRUST_NAME - 1)));
    cr_expect_not(trust_may_be_kept(bytes_of(longest, TRUST_NAME)));
    cr_expect_not(trust_may_be_kept(bytes_of("a\0b", 3)));
    cr_expect(trust_may_be_kept(bytes_str("Zo\xc3\xab")));
    for (size_t i = 0; i < MEM_COUNT(BAD); i++)
        cr_expect_not(trust_may_be_kept(bytes_str(BAD[i])), "%zu", i);
}

Test(trust_person, guest__the_name_is_the_key)
{
    uint8_t print[TRUST_PRINT];
    char name[TRUST_NAME];

    for (size_t i = 0; i < sizeof print; i++)
        print[i] = (uint8_t)(i * 9);
    trust_guest_name(print, name);
    cr_expect_str_eq(
        name, "guest:0009121b242d363f48515a636c757e879099a2abb4bdc6cfd8e1eaf3fc050e17");
    cr_expect(trust_is_guest(bytes_str(name)));
    cr_expect_not(trust_guest_lies(bytes_str(name), print));
    cr_expect_not(trust_guest_lies(bytes_str("alice"), print));
    cr_expect(trust_guest_lies(bytes_str("guest:"), print));
    name[6] = '1';
    cr_expect(trust_guest_lies(bytes_str(name), print));
    cr_expect_not(trust_is_guest(bytes_str("guest")));
    cr_expect_not(trust_is_guest(bytes_str("Guest:ab")));
    cr_expect_not(trust_is_guest(bytes_str("")));
}

Test(trust_person, tag__twenty_bits_in_letters_that_nobody_confuses)
{
    uint8_t print[TRUST_PRINT] = {0};
    char tag[TRUST_TAG];

    trust_tag(print, tag);
    cr_expect_str_eq(tag, "aaaa");
    print[0] = 0x08; /* 00001 00000 00000 00000 */
    trust_tag(print, tag);
    cr_expect_str_eq(tag, "baaa");
    print[0] = 0;
    print[2] = 0x1f; /* the last four bits are not in it */
    trust_tag(print, tag);
    cr_expect_str_eq(tag, "aaab");
    memset(print, 0xff, sizeof print);
    trust_tag(print, tag);
    cr_expect_str_eq(tag, "9999");
    for (unsigned i = 0; i < 32; i++) {
        print[0] = (uint8_t)(i << 3);
        trust_tag(print, tag);
        cr_expect_null(strchr("01lo", tag[0]));
    }
}
