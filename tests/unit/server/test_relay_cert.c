/* SPDX-License-Identifier: ISC */
#include "server/relay_cert.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "net/tls_cert.h"
#include "support/support.h"

static char dir[64];
static struct config config;
static struct relay_cert made;
static char why[512];

static void setup(void)
{
    log_off();
    support_tmpdir(dir, sizeof dir);
    config = (struct config){0};
    (void)snprintf(config.certificate, sizeof config.certificate, "%s/relay.crt", dir);
    (void)snprintf(config.key, sizeof config.key, "%s/relay.key", dir);
    cr_assert_eq(relay_cert_load(&config, clock_wall_ms() / 1000, &made, why, sizeof why),
        ERR_OK, "%s", why);
}

static void teardown(void)
{
    relay_cert_fini(&made);
    support_rmtree(dir);
}

TestSuite(relay_cert, .init = setup, .fini = teardown);

static enum err again(struct relay_cert *out)
{
    why[0] = '\0';
    return relay_cert_load(&config, clock_wall_ms() / 1000, out, why, sizeof why);
}

Test(relay_cert, first_start__makes_both_files_private)
{
    struct stat st;

    cr_assert(made.made);
    cr_assert_eq(stat(config.key, &st), 0);
    cr_assert_eq(st.st_mode & 0777, 0600);
    cr_assert_eq(strncmp(made.fingerprint, "SHA256:", 7), 0);
}

Test(relay_cert, second_start__the_same_key)
{
    struct relay_cert second;
    struct tls_ctx *ctx = NULL;

    cr_assert_eq(again(&second), ERR_OK);
    cr_assert_not(second.made);
    cr_assert_str_eq(second.fingerprint, made.fingerprint);
    cr_assert_eq(relay_cert_tls(&second, &ctx, why, sizeof why), ERR_OK, "%s", why);
    tls_ctx_free(ctx);
    relay_cert_fini(&second);
}

Test(relay_cert, one_file_missing__never_a_silent_new_pair)
{
    struct relay_cert other;

    cr_assert_eq(unlink(config.key), 0);
    cr_assert_neq(again(&other), ERR_OK);
    cr_assert_not_null(strstr(why, config.key), "%s", why);
    cr_assert_not(file_exists(config.key));
}

Test(relay_cert, key_open_to_others__refused_in_words)
{
    struct relay_cert other;

    cr_assert_eq(chmod(config.key, 0640), 0);
    cr_assert_eq(again(&other), ERR_PERM);
    cr_assert_not_null(strstr(why, "chmod 600"), "%s", why);
}

Test(relay_cert, not_a_certificate__refused)
{
    struct relay_cert other;

    cr_assert_eq(file_write_atomic(config.certificate, bytes_str("hello"), 0600), ERR_OK);
    cr_assert_neq(again(&other), ERR_OK);
    cr_assert_not_null(strstr(why, config.certificate), "%s", why);
}

Test(relay_cert, key_of_another_certificate__refused)
{
    struct tls_cert_wish wish = {
        .common_name = "other", .not_before_s = 0, .not_after_s = INT32_MAX};
    struct buf cert, key;
    struct relay_cert mixed;
    struct tls_ctx *ctx = NULL;

    buf_init(&cert, 65536);
    buf_init(&key, 65536);
    cr_assert_eq(tls_cert_make(&wish, &cert, &key), ERR_OK);
    cr_assert_eq(file_write_atomic(config.key, buf_view(&key), 0600), ERR_OK);
    cr_assert_eq(again(&mixed), ERR_OK);
    cr_assert_neq(relay_cert_tls(&mixed, &ctx, why, sizeof why), ERR_OK);
    cr_assert_null(ctx);
    cr_assert_neq(why[0], '\0');
    relay_cert_fini(&mixed);
    buf_free(&cert);
    buf_wipe(&key);
}

Test(relay_cert, client_ca_missing__refused)
{
    struct relay_cert other;

    (void)snprintf(config.client_ca, sizeof config.client_ca, "%s/ca.pem", dir);
    cr_assert_eq(again(&other), ERR_NOT_FOUND);
    cr_assert_not_null(strstr(why, "client_ca"), "%s", why);
}
