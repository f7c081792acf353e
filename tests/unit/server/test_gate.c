/* SPDX-License-Identifier: ISC */
#include "server/gate.h"

#include <criterion/criterion.h>
#include <stdio.h>

static struct gate *gate;
static struct config config;
static uint64_t now;

static void setup(void)
{
    gate = gate_new();
    config_defaults(&config);
    now = 1000000;
}

static void teardown(void)
{
    gate_free(gate);
}

TestSuite(gate, .init = setup, .fini = teardown);

#define LIMITS (&config.limits)

static enum err enter(const char *address)
{
    return gate_enter(gate, LIMITS, address, now);
}

static uint64_t try(const char *who)
{
    uint64_t wait_ms = 0;

    return gate_try(gate, LIMITS, bytes_str(who), now, &wait_ms) ? 0 : wait_ms;
}

static void offend(const char *address, enum gate_offence o)
{
    gate_offend(gate, LIMITS, address, now, o);
}

/* ---- addresses ---- */

Test(gate, loopback__and_what_only_looks_like_it)
{
    static const char *const YES[] = {"127.0.0.1", "127.255.0.9", "::1", "::ffff:127.0.0.1"};
    static const char *const NO[] = {"", "127.", "127.0.0.1.example", "127.com", "128.0.0.1",
        "::2", "::", "1::1", "::ffff:10.0.0.1", "localhost"};

    for (size_t i = 0; i < sizeof YES / sizeof YES[0]; i++)
        cr_assert(gate_is_loopback(YES[i]), "%s", YES[i]);
    for (size_t i = 0; i < sizeof NO / sizeof NO[0]; i++)
        cr_assert_not(gate_is_loopback(NO[i]), "%s", NO[i]);
}

Test(gate, address__and_what_is_a_name)
{
    cr_assert(gate_is_address(bytes_str("10.0.0.1")));
    cr_assert(gate_is_address(bytes_str("2001:db8::1")));
    cr_assert_not(gate_is_address(bytes_str("alice")));
    cr_assert_not(gate_is_address(bytes_str("4.you.2")));
    cr_assert_not(gate_is_address(bytes_str("1.2.3")));
    cr_assert_not(gate_is_address((struct bytes){0}));
    char long_one[200];
    for (size_t i = 0; i < sizeof long_one; i++)
        long_one[i] = '1';
    cr_assert_not(gate_is_address(bytes_of(long_one, sizeof long_one)));
}

/* ---- connections ---- */

Test(gate, enter__so_many_at_once_and_leave_gives_one_back)
{
    config.limits.per_address = 2;
    cr_assert_eq(enter("10.0.0.1"), ERR_OK);
    cr_assert_eq(enter("10.0.0.1"), ERR_OK);
    cr_assert_eq(enter("10.0.0.1"), ERR_FULL);
    cr_assert_eq(enter("10.0.0.2"), ERR_OK);
    gate_leave(gate, "10.0.0.1");
    cr_assert_eq(enter("10.0.0.1"), ERR_OK);
    gate_leave(gate, "10.9.9.9");
    for (int i = 0; i < 5; i++)
        gate_leave(gate, "10.0.0.1");
    cr_assert_eq(enter("10.0.0.1"), ERR_OK, "counts do not go below nothing");
}

Test(gate, enter__ipv6_counts_by_its_half)
{
    config.limits.per_address = 1;
    cr_assert_eq(enter("2001:db8:1:2::1"), ERR_OK);
    cr_assert_eq(enter("2001:db8:1:2:ffff::9"), ERR_FULL);
    cr_assert_eq(enter("2001:db8:1:3::1"), ERR_OK);
    cr_assert_eq(enter("::ffff:1.2.3.4"), ERR_OK);
    cr_assert_eq(enter("::ffff:1.2.3.5"), ERR_OK);
    cr_assert_eq(enter("1.2.3.4"), ERR_FULL);
}

Test(gate, enter__new_ones_in_ten_minutes)
{
    config.limits.new_per_address = 3;
    for (int i = 0; i < 3; i++) {
        cr_assert_eq(enter("10.0.0.1"), ERR_OK);
        gate_leave(gate, "10.0.0.1");
    }
    now += 599999;
    cr_assert_eq(enter("10.0.0.1"), ERR_REFUSED);
    now += 2;
    cr_assert_eq(enter("10.0.0.1"), ERR_REFUSED, "ten minutes from the one too many");
    now += 600000;
    cr_assert_eq(enter("10.0.0.1"), ERR_OK);
}

Test(gate, enter__a_steady_few_are_never_refused)
{
    config.limits.new_per_address = 3;
    for (int i = 0; i < 100; i++) {
        cr_assert_eq(enter("10.0.0.1"), ERR_OK, "%d", i);
        gate_leave(gate, "10.0.0.1");
        now += 300000;
    }
}

Test(gate, exempt__loopback_by_a_switch)
{
    config.limits.per_address = 1;
    config.limits.new_per_address = 1;
    config.limits.registrations_per_day_address = 1;
    config.limits.login_tries_per_min = 1;
    for (int i = 0; i < 10; i++) {
        cr_assert_eq(enter("127.0.0.1"), ERR_OK);
        cr_assert(gate_register(gate, LIMITS, "127.0.0.1", now));
        cr_assert_eq(try("127.0.0.1"), 0);
        offend("127.0.0.1", GATE_FRAMING);
    }
    config.limits.loopback_exempt = 0;
    cr_assert_eq(enter("127.0.0.1"), ERR_FULL);
    cr_assert_not(gate_register(gate, LIMITS, "127.0.0.1", now));
    cr_assert_eq(try("127.0.0.1"), 0);
    cr_assert_neq(try("127.0.0.1"), 0);
}

/* ---- penalties ---- */

Test(gate, offend__above_the_threshold_until_it_wears_off)
{
    offend("10.0.0.1", GATE_BAD_SECRET);
    offend("10.0.0.1", GATE_BAD_SECRET);
    offend("10.0.0.1", GATE_BAD_SECRET);
    cr_assert_eq(enter("10.0.0.1"), ERR_OK, "15 s are not above it");
    offend("10.0.0.1", GATE_NO_LOGIN);
    cr_assert_eq(enter("10.0.0.1"), ERR_REFUSED);
    cr_assert_eq(enter("10.0.0.2"), ERR_OK);
    now += 1000;
    cr_assert_eq(enter("10.0.0.1"), ERR_OK);
}

Test(gate, offend__no_longer_than_configured)
{
    config.limits.penalty_max_s = 60;
    for (int i = 0; i < 100; i++)
        offend("10.0.0.1", GATE_FRAMING);
    now += 44999;
    cr_assert_eq(enter("10.0.0.1"), ERR_REFUSED);
    now += 1;
    cr_assert_eq(enter("10.0.0.1"), ERR_OK);
}

/* ---- attempts ---- */

Test(gate, try__doubles_up_to_the_longest)
{
    static const uint64_t WAITS[] = {30000, 60000, 120000, 240000, 480000, 600000, 600000};

    for (size_t i = 0; i < sizeof WAITS / sizeof WAITS[0]; i++) {
        for (int k = 0; k < 3; k++)
            cr_assert_eq(try("alice"), 0, "%zu.%d", i, k);
        cr_assert_eq(try("alice"), WAITS[i]);
        now += 1000;
        cr_assert_eq(try("alice"), WAITS[i] - 1000, "asking does not make it longer");
        cr_assert_eq(try("bob"), 0);
        gate_forgive(gate, bytes_str("bob"));
        now += WAITS[i] - 1000;
    }
    gate_forgive(gate, bytes_str("alice"));
    for (int k = 0; k < 3; k++)
        cr_assert_eq(try("alice"), 0);
    cr_assert_eq(try("alice"), 30000, "a success begins anew");
}

Test(gate, try__a_minute_gives_them_back)
{
    for (int i = 0; i < 20; i++) {
        for (int k = 0; k < 3; k++)
            cr_assert_eq(try("alice"), 0);
        now += 60000;
    }
}

Test(gate, try__names_and_addresses_are_told_apart)
{
    config.limits.login_tries_per_min = 1;
    /* The four bytes of this address are the letters of that name. */
    cr_assert_eq(try("97.98.99.100"), 0);
    cr_assert_eq(try("abcd"), 0);
    cr_assert_neq(try("97.98.99.100"), 0);
    cr_assert_neq(try("abcd"), 0);
    /* A name that begins like loopback is no loopback. */
    cr_assert_eq(try("127.com"), 0);
    cr_assert_neq(try("127.com"), 0);
}

Test(gate, try__ipv6_counts_by_its_half)
{
    config.limits.login_tries_per_min = 1;
    cr_assert_eq(try("2001:db8::1"), 0);
    cr_assert_neq(try("2001:db8::2"), 0);
    cr_assert_eq(try("2001:db8:0:1::2"), 0);
    gate_forgive(gate, bytes_str("2001:db8::7"));
    cr_assert_eq(try("2001:db8::2"), 0);
}

/* ---- registrations ---- */

Test(gate, register__in_ten_minutes_and_in_a_day)
{
    char address[32];

    config.limits.registrations_per_10min = 4;
    config.limits.registrations_per_day_address = 3;
    for (int i = 0; i < 3; i++)
        cr_assert(gate_register(gate, LIMITS, "10.0.0.1", now));
    cr_assert_not(gate_register(gate, LIMITS, "10.0.0.1", now));
    cr_assert(gate_register(gate, LIMITS, "10.0.0.2", now), "one refused took no place");
    cr_assert_not(gate_register(gate, LIMITS, "10.0.0.3", now));
    cr_assert_not(gate_register(gate, LIMITS, "127.0.0.1", now), "that limit is everybody's");
    now += 600000;
    cr_assert_not(gate_register(gate, LIMITS, "10.0.0.1", now), "a day is longer");
    for (int i = 0; i < 4; i++) {
        (void)snprintf(address, sizeof address, "10.0.1.%d", i);
        cr_assert(gate_register(gate, LIMITS, address, now));
    }
    now += 86400000;
    cr_assert(gate_register(gate, LIMITS, "10.0.0.1", now));
}

/* ---- tables ---- */

Test(gate, sweep__forgets_what_is_over_and_nothing_else)
{
    config.limits.per_address = 1;
    cr_assert_eq(enter("10.0.0.1"), ERR_OK);
    offend("10.0.0.2", GATE_FRAMING);
    for (int i = 0; i < 4; i++)
        (void)try("alice");
    now += 20000;
    gate_sweep(gate, now);
    cr_assert_eq(enter("10.0.0.1"), ERR_FULL, "it is still connected");
    cr_assert_neq(try("alice"), 0, "it is still waiting");
    now += 3 * 86400000u;
    gate_sweep(gate, now);
    cr_assert_eq(enter("10.0.0.1"), ERR_FULL);
    gate_leave(gate, "10.0.0.1");
    gate_sweep(gate, now);
    cr_assert_eq(enter("10.0.0.1"), ERR_OK);
}

Test(gate, sweep__thousands_at_once)
{
    char address[32];

    for (int i = 0; i < 5000; i++) {
        (void)snprintf(address, sizeof address, "10.%d.%d.1", i / 256, i % 256);
        cr_assert_eq(enter(address), ERR_OK);
        (void)try(address);
        gate_leave(gate, address);
    }
    now += 2 * 86400000u;
    gate_sweep(gate, now);
    cr_assert_eq(gate_entries(gate), 0);
}

Test(gate, tables__are_bounded_and_the_worst_stay)
{
    char address[32];

    config.limits.penalty_max_s = 86400;
    offend("10.0.0.1", GATE_FRAMING);
    offend("10.0.0.1", GATE_FRAMING);
    cr_assert_eq(enter("10.0.0.2"), ERR_OK);
    for (int i = 0; i < 66000; i++) {
        (void)snprintf(address, sizeof address, "11.%d.%d.%d", i >> 16, i >> 8 & 255, i & 255);
        offend(address, GATE_BAD_SECRET);
    }
    cr_assert_leq(gate_entries(gate), 65536);
    cr_assert_eq(enter("10.0.0.1"), ERR_REFUSED, "who did worst is remembered");
    config.limits.per_address = 1;
    cr_assert_eq(enter("10.0.0.2"), ERR_FULL, "so is who is connected");
}
