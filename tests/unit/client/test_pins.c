/* SPDX-License-Identifier: ISC */
#include "client/pins.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/file.h"
#include "support/support.h"

static char dir[64];
static char path[96];
static char why[512];

static void setup(void)
{
    support_tmpdir(dir, sizeof dir);
    (void)snprintf(path, sizeof path, "%s/known_relays", dir);
}

static void teardown(void)
{
    support_rmtree(dir);
}

TestSuite(pins, .init = setup, .fini = teardown);

static struct pin a_pin(const char *address, uint8_t fill)
{
    struct pin p = {0};

    (void)snprintf(p.address, sizeof p.address, "%s", address);
    memset(p.key, fill, sizeof p.key);
    memset(p.relay_id, fill + 1, sizeof p.relay_id);
    return p;
}

static struct pins *open_pins(void)
{
    struct pins *p = NULL;

    cr_assert_eq(pins_open(path, &p, why, sizeof why), ERR_OK, "%s", why);
    return p;
}

static void write_text(const char *text)
{
    cr_assert_eq(file_write_atomic(path, bytes_str(text), 0600), ERR_OK);
}

Test(pins, keep__found_again_after_reopening)
{
    struct pins *p = open_pins();
    struct pin a = a_pin("127.0.0.1:5555", 1);
    struct pin b = a_pin("[::1]:5555", 2);
    struct stat st;

    cr_assert_null(pins_find(p, a.address));
    cr_assert_eq(pins_keep(p, &a), ERR_OK);
    cr_assert_eq(pins_keep(p, &b), ERR_OK);
    pins_free(p);
    p = open_pins();
    cr_assert_eq(memcmp(pins_find(p, a.address)->key, a.key, sizeof a.key), 0);
    cr_assert_eq(memcmp(pins_find(p, b.address)->relay_id, b.relay_id, MSG_ID), 0);
    cr_assert_eq(stat(path, &st), 0);
    cr_assert_eq(st.st_mode & 0777, 0600);
    pins_free(p);
}

Test(pins, keep__replaces_the_same_address)
{
    struct pins *p = open_pins();
    struct pin a = a_pin("h:1", 1);
    struct pin b = a_pin("h:1", 9);

    cr_assert_eq(pins_keep(p, &a), ERR_OK);
    cr_assert_eq(pins_keep(p, &b), ERR_OK);
    pins_free(p);
    p = open_pins();
    cr_assert_eq(pins_find(p, "h:1")->key[0], 9);
    pins_free(p);
}

Test(pins, keep__refuses_an_address_that_would_break_the_file)
{
    struct pins *p = open_pins();
    static const char *const BAD[] = {"", "#h:1", "a b:1", "a\nb:1"};

    for (size_t i = 0; i < 4; i++) {
        struct pin pin = a_pin(BAD[i], 1);
        cr_assert_eq(pins_keep(p, &pin), ERR_FORMAT);
    }
    pins_free(p);
}

Test(pins, keep__a_folder_that_is_gone_is_told)
{
    struct pins *p = open_pins();
    struct pin a = a_pin("h:1", 1);

    support_rmtree(dir);
    cr_assert_neq(pins_keep(p, &a), ERR_OK);
    pins_free(p);
}

#define KEY "SHA256:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"
#define ID  "02020202020202020202020202020202"

Test(pins, open__comments_and_empty_lines)
{
    write_text("# words\n\nh:1 " KEY " " ID "\n");
    struct pins *p = open_pins();
    cr_assert_eq(pins_find(p, "h:1")->key[31], 1);
    pins_free(p);
}

Test(pins, open__refuses_what_it_does_not_understand)
{
    static const char *const BAD[] = {"h:1\n", "h:1 " KEY "\n", "h:1 " KEY " 02\n",
        "h:1 SHA256:AQ " ID "\n", "h:1 " KEY " " ID " more\n", " " KEY " " ID "\n",
        "h:1 " KEY " " ID "\nh:1 " KEY " " ID "\n",
        "h:1 " KEY " zz020202020202020202020202020202\n"};
    struct pins *p = NULL;

    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        write_text(BAD[i]);
        cr_assert_eq(pins_open(path, &p, why, sizeof why), ERR_FORMAT, "%s", BAD[i]);
        cr_assert_null(p);
        cr_assert_not_null(strstr(why, "line"), "%s", why);
    }
}

/* A file cut at any byte is read or refused, and what was refused is still there. */
Test(pins, open__every_truncation)
{
    static const char TEXT[] = "h:1 " KEY " " ID "\nh:2 " KEY " " ID "\n";
    char cut[sizeof TEXT];
    struct pins *p = NULL;

    for (size_t n = 0; n < sizeof TEXT; n++) {
        (void)snprintf(cut, n + 1, "%s", TEXT);
        write_text(cut);
        if (pins_open(path, &p, why, sizeof why) == ERR_OK)
            pins_free(p);
        else
            cr_assert_null(p);
    }
}

Test(pins, open__refuses_a_file_that_others_may_write)
{
    struct pins *p = NULL;

    write_text("# words\n");
    cr_assert_eq(chmod(path, 0666), 0);
    cr_assert_eq(pins_open(path, &p, why, sizeof why), ERR_PERM);
    cr_assert_null(p);
}

Test(pins, open__in_memory)
{
    struct pins *p = NULL;
    struct pin a = a_pin("h:1", 1);

    cr_assert_eq(pins_open(NULL, &p, why, sizeof why), ERR_OK);
    cr_assert_eq(pins_keep(p, &a), ERR_OK);
    cr_assert_not_null(pins_find(p, "h:1"));
    cr_assert_str_eq(pins_path(p), "");
    pins_free(p);
}
