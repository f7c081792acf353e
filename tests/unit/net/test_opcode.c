/* SPDX-License-Identifier: ISC */
/* One table of opcodes: what must hold of each row, and of all of them. */
#include <criterion/criterion.h>

#include <ctype.h>

#include "base/mem.h"
#include "fill.h"
#include "server/handle.h"

static size_t rows(void)
{
    size_t n = 0;

    while (opcode_at(n) != NULL)
        n++;
    return n;
}

Test(opcode, table__is_sorted_and_unique)
{
    for (size_t i = 1; i < rows(); i++)
        cr_assert_lt(opcode_at(i - 1)->op, opcode_at(i)->op, "%s", opcode_at(i)->name);
    for (size_t i = 0; i < rows(); i++) {
        for (size_t k = i + 1; k < rows(); k++)
            cr_assert_str_neq(opcode_at(i)->name, opcode_at(k)->name);
    }
    cr_assert_null(opcode_at(rows()));
    cr_assert_null(opcode_at(SIZE_MAX));
}

Test(opcode, row__is_found_by_number_and_by_no_other)
{
    size_t found = 0;

    for (unsigned op = 0; op < 256; op++) {
        const struct opcode_row *r = opcode_row((uint8_t)op);
        if (r == NULL)
            continue;
        cr_assert_eq(r->op, op);
        found++;
    }
    cr_assert_eq(found, rows());
}

Test(opcode, row__says_what_it_needs_to_say)
{
    for (size_t i = 0; i < rows(); i++) {
        const struct opcode_row *r = opcode_at(i);
        cr_assert(r->from == FROM_CLIENT || r->from == FROM_RELAY ||
                  r->from == (FROM_CLIENT | FROM_RELAY));
        cr_assert(r->help != NULL && r->help[0] != '\0', "%s", r->name);
        for (const char *c = r->name; *c != '\0'; c++)
            cr_assert(islower((unsigned char)*c) || *c == '_', "%s", r->name);
        cr_assert_eq((r->from & FROM_CLIENT) != 0, r->ask != NULL, "%s", r->name);
        cr_assert_eq((r->from & FROM_RELAY) != 0, r->tell != NULL, "%s", r->name);
        cr_assert(r->answer == NULL || r->ask != NULL, "%s", r->name);
        cr_assert_eq(r->silent,
            r->op == OP_HEARTBEAT || r->op == OP_FILE_CHUNK || r->op == OP_FILE_ACK, "%s",
            r->name);
    }
}

Test(opcode, row__what_a_client_sends_has_a_phase_and_a_handler_and_nothing_else_has)
{
    for (unsigned op = 0; op < 256; op++) {
        const struct opcode_row *r = opcode_row((uint8_t)op);
        bool asked = r != NULL && (r->from & FROM_CLIENT) != 0;
        cr_assert_eq(handle_of((uint8_t)op) != NULL, asked, "0x%02x", op);
        if (r == NULL)
            continue;
        cr_assert_eq(r->phases != 0, asked, "%s", r->name);
        cr_assert_eq(r->phases >> PHASE_COUNT, 0, "%s", r->name);
    }
}

Test(opcode, row__a_message_fits_where_it_is_decoded)
{
    for (size_t i = 0; i < rows(); i++) {
        if (opcode_at(i)->ask != NULL)
            cr_assert_leq(opcode_at(i)->ask->size, FILL_SIZE, "%s", opcode_at(i)->name);
    }
}

Test(opcode, row__before_login_nothing_but_the_way_to_it)
{
    static const uint8_t EARLY[] = {OP_CONNECT, OP_HELLO, OP_ACCESS, OP_GUEST, OP_REGISTER,
        OP_LOGIN, OP_TOKEN_LOGIN, OP_CERT_LOGIN, OP_RESUME, OP_HEARTBEAT};

    for (size_t i = 0; i < rows(); i++) {
        const struct opcode_row *r = opcode_at(i);
        bool early = memchr(EARLY, r->op, sizeof EARLY) != NULL;
        if ((r->from & FROM_CLIENT) == 0)
            continue;
        cr_assert_eq((r->phases & ~(1u << PHASE_READY)) != 0, early, "%s", r->name);
        cr_assert((r->phases & 1u << PHASE_READY) != 0 || early, "%s", r->name);
    }
    cr_assert_eq(opcode_row(OP_CONNECT)->phases, 1u << PHASE_GREETING);
    cr_assert_eq(opcode_row(OP_PUBLIC_KEY)->phases, 1u << PHASE_READY,
        "no key before authentication ends");
}

Test(opcode, row__families_are_kept)
{
    for (unsigned op = 0; op < 256; op++) {
        bool registry = op >= 0xc0 && op <= 0xcf;
        if (registry)
            cr_assert_null(opcode_row((uint8_t)op), "0x%02x is not given out yet", op);
    }
    cr_assert_eq(OP_JOIN, 0x03);
    cr_assert_eq(OP_LEAVE, 0x06);
    cr_assert_eq(OP_ROOMS, 0x09);
    cr_assert_eq(OP_USERS, 0x0c);
    cr_assert_eq(OP_NICK, 0x0f);
    cr_assert_eq(OP_DIRECT, 0x12);
    cr_assert_eq(OP_HEARTBEAT, 0x13);
    cr_assert_eq(OP_SAY, 0x15);
    cr_assert_eq(OP_DM_KEY, 0x80);
    cr_assert_eq(OP_NO_USER, 0x94);
    cr_assert_eq(OP_REPLY, 0x9a);
    cr_assert_eq(OP_CONNECT, 0x9b);
}

Test(opcode, ceiling__two_kib_before_login)
{
    for (unsigned op = 0; op < 256; op++) {
        for (int phase = 0; phase < PHASE_READY; phase++)
            cr_assert_eq(opcode_ceiling_client((uint8_t)op, (enum phase)phase), 2048);
    }
}

static uint32_t wanted(uint8_t op)
{
    const struct opcode_row *r = opcode_row(op);

    switch (op) {
    case 0x12:
    case 0x15:
    case 0xa4:
        return 65536 + 64;
    case 0x80:
    case 0x83:
    case 0x84:
    case 0x87:
        return 2u << 20;
    default:
        /* What is only possible before login stays small after it. */
        return r != NULL && (r->phases & 1u << PHASE_READY) == 0 && r->phases != 0 ? 2048
                                                                                   : 16384;
    }
}

Test(opcode, ceiling__after_login)
{
    for (unsigned op = 0; op < 256; op++) {
        cr_assert_eq(
            opcode_ceiling_client((uint8_t)op, PHASE_READY), wanted((uint8_t)op), "0x%02x", op);
        cr_assert_eq(opcode_ceiling_relay((uint8_t)op), wanted((uint8_t)op), "0x%02x", op);
    }
}

/* The longest body of a shape without lists; SIZE_MAX when there is no such bound. */
static size_t longest(const struct schema *s)
{
    size_t n = 0;

    for (size_t i = 0; s != NULL && i < s->count; i++) {
        const struct field *f = &s->fields[i];
        switch (f->kind) {
        case FIELD_U8:
            n += 1;
            break;
        case FIELD_U16:
            n += 2;
            break;
        case FIELD_U32:
            n += 4;
            break;
        case FIELD_U64:
            n += 8;
            break;
        case FIELD_STR8:
            n += 1 + (size_t)f->max;
            break;
        case FIELD_BLOB16:
            n += 2 + (size_t)f->max;
            break;
        case FIELD_BLOB32:
            n += 4 + (size_t)f->max;
            break;
        case FIELD_FIX:
        case FIELD_REST:
            n += f->max;
            break;
        case FIELD_OPTIONAL:
            break;
        case FIELD_LIST:
        case FIELD_NAMES:
            return SIZE_MAX;
        }
    }
    return n;
}

Test(opcode, ceiling__what_a_relay_can_say_a_client_takes)
{
    for (size_t i = 0; i < rows(); i++) {
        const struct opcode_row *r = opcode_at(i);
        size_t n = longest(r->tell);
        if (r->tell != NULL && n != SIZE_MAX && r->ceiling != OPCODE_LARGE)
            cr_assert_leq(n, r->ceiling, "%s: %zu bytes", r->name, n);
        n = longest(r->answer);
        if (r->answer != NULL && n != SIZE_MAX)
            cr_assert_leq(n + 1, OPCODE_PLAIN, "answer to %s: %zu bytes", r->name, n);
    }
}

Test(opcode, ceiling__what_a_client_must_say_before_login_fits)
{
    for (size_t i = 0; i < rows(); i++) {
        const struct opcode_row *r = opcode_at(i);
        if (r->ask != NULL && (r->phases & ~(1u << PHASE_READY)) != 0)
            cr_assert_leq(longest(r->ask), OPCODE_EARLY, "%s", r->name);
    }
}

Test(opcode, phase__each_has_a_name)
{
    for (int p = 0; p < PHASE_COUNT; p++) {
        cr_assert_str_neq(phase_name((enum phase)p), "");
        cr_assert_str_neq(phase_name((enum phase)p), "unknown");
        for (int q = p + 1; q < PHASE_COUNT; q++)
            cr_assert_str_neq(phase_name((enum phase)p), phase_name((enum phase)q));
    }
    cr_assert_str_eq(phase_name(PHASE_COUNT), "unknown");
    cr_assert_str_eq(phase_name((enum phase) - 1), "unknown");
}
