/* SPDX-License-Identifier: ISC */
/* The judge of what reaches a terminal is judged: it lets pass what it should, and nothing
 * else. */
#include <criterion/criterion.h>

#include "base/mem.h"
#include "support/oracle.h"

static const char *fault(const char *text, unsigned may)
{
    static char kept[512];
    struct oracle *o = oracle_new();
    const char *why;

    oracle_allow(o, may);
    oracle_feed(o, bytes_str("\x1b[?1049h"));
    oracle_feed(o, bytes_str(text));
    why = oracle_fault(o);
    kept[0] = '\0';
    if (why != NULL)
        (void)bytes_copy(kept, sizeof kept, bytes_str(why));
    oracle_free(o);
    return why != NULL ? kept : NULL;
}

Test(oracle, right__passes)
{
    static const char *const RIGHT[] = {"text\r\n\t\b",
        "\x1b[1;45H\x1b[23X\x1b[K\x1b[2J\x1b[39m",
        "\x1b(B\x1b[0;1m\x1b[36m\x1b(0q\x1b(B\x0e\x0f",
        "\x1b[1;24r\x1b=\x1b>\x1b[?12l\x1b[?25h", "\x1b[22;0;0t\x1b[23;0;0t",
        "Zo\xc3\xab \xe4\xbd\xa0 \xe2\x94\x82 x\xcc\x81",
        "\x1b[?2004h\x1b[?1004h\x1b[?1007s\x1b[?1007l\x1b[?1007h\x1b[?1007r", "\a",
        "\x1b]11;?\x1b\\\x1b[c", "\x1b[?1006l\x1b[?1002l\x1b[?1000l",
        "\x1b[38;5;12m\x1b[38:2::1:2:3m"};

    for (size_t i = 0; i < MEM_COUNT(RIGHT); i++)
        cr_expect_null(fault(RIGHT[i], 0), "%zu: %s", i, fault(RIGHT[i], 0));
}

Test(oracle, wrong__is_a_fault)
{
    static const char *const WRONG[] = {"\x1b]0;title\a", "\x1b]2;t\x1b\\", "\x1b]52;c;?\a",
        "\x1b]52;c;aGk=\a", "\x1b]8;;http://x/\a", "\x1b]104\a", "\x1b]9;4;1;50\a",
        "\x1b]9;hi\a", "\x1b]777;notify;sotto;hi\a", "\x1bPq\x1b\\", "\x1b_x\x1b\\",
        "\x1b^x\x1b\\", "\x1bXx\x1b\\",
        "\x9b"
        "2J",
        "\xc2\x9b"
        "2J",
        "\xc2\x85", "\xff", "\xc3(", "\xe2\x82", "\x01", "\x7f", "\x0b", "\x1b[6n", "\x1b[>c",
        "\x1b[c\x1b[c", "\x1b[?1000h", "\x1b[?1003h", "\x1b[?5h", "\x1b[21t", "\x1b[22;2t",
        "\x1b[5i", "\x1b[?1034h",
        "\x1b"
        "c",
        "\x1b[!p", "\x1b[ q", "\x1b#8", "\xe2\x80\xae", "\xe2\x80\x8d", "\xef\xb8\x8f",
        "\xe2\x80\x8b", "\x1b]11;?\a\x1b]11;?\a", "\x1b]52;c;YQ==", "\x1b[?1007l"};

    for (size_t i = 0; i < MEM_COUNT(WRONG); i++) {
        struct oracle *o = oracle_new();
        oracle_feed(o, bytes_str(WRONG[i]));
        bool left = oracle_left(o) != NULL;
        oracle_free(o);
        cr_expect(left || fault(WRONG[i], 0) != NULL, "%zu: %s", i, WRONG[i]);
    }
}

Test(oracle, occasions__make_right_what_is_wrong_without)
{
    cr_assert_null(fault("\x1b]52;c;aGk=\a", ORACLE_COPY));
    cr_assert_null(fault("\x1b]9;hi\a\x1b]777;notify;sotto;hi\a", ORACLE_NOTE));
    cr_assert_null(fault("\x1b[?1000h\x1b[?1006h", ORACLE_MOUSE));
    cr_assert_not_null(fault("\x1b]52;c;?\a", ORACLE_COPY));
    cr_assert_not_null(fault("\x1b]9;4;1;50\a", ORACLE_NOTE));
}

Test(oracle, left__is_told)
{
    static const char *const ON[] = {"\x1b[?1049h", "\x1b[?2004h", "\x1b[?25l", "\x1b[?1004h",
        "\x1b[?1007s\x1b[?1007l", "\x1b[?1h", "\x1b]52", "\x1b["};
    static const char *const OFF[] = {"\x1b[?1049l", "\x1b[?2004l", "\x1b[?25h", "\x1b[?1004l",
        "\x1b[?1007r", "\x1b[?1l", ";c;\a", "m"};

    for (size_t i = 0; i < MEM_COUNT(ON); i++) {
        struct oracle *o = oracle_new();
        oracle_feed(o, bytes_str(ON[i]));
        cr_expect_not_null(oracle_left(o), "%s", ON[i]);
        oracle_feed(o, bytes_str(OFF[i]));
        cr_expect_null(oracle_left(o), "%s: %s", ON[i], oracle_left(o));
        oracle_free(o);
    }
}
