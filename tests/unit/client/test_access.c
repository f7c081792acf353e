/* SPDX-License-Identifier: ISC */
#include "client/access.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/file.h"
#include "crypto/hash.h"
#include "support/support.h"

static char dir[64];
static char path[96];
static char why[512];

static void setup(void)
{
    support_tmpdir(dir, sizeof dir);
    (void)snprintf(path, sizeof path, "%s/secret.key", dir);
}

static void teardown(void)
{
    support_rmtree(dir);
}

TestSuite(access, .init = setup, .fini = teardown);

static enum err read_key(const void *bytes, size_t n, unsigned mode, struct buf *key)
{
    buf_init(key, ACCESS_KEY_MAX);
    cr_assert_eq(file_write_atomic(path, bytes_of(bytes, n), 0600), ERR_OK);
    cr_assert_eq(chmod(path, mode), 0);
    return access_read(path, key, why, sizeof why);
}

Test(access, read__bytes_as_they_are)
{
    uint8_t raw[40];
    struct buf key;

    memset(raw, '\n', sizeof raw);
    cr_assert_eq(read_key(raw, sizeof raw, 0600, &key), ERR_OK);
    cr_assert(bytes_eq(buf_view(&key), bytes_of(raw, sizeof raw)));
    buf_wipe(&key);
}

Test(access, read__too_short_is_told)
{
    uint8_t raw[ACCESS_KEY_MIN] = {0};
    struct buf key;

    cr_assert_eq(read_key(raw, sizeof raw - 1, 0600, &key), ERR_FORMAT);
    cr_assert_not_null(strstr(why, "31 bytes"), "%s", why);
    buf_wipe(&key);
    cr_assert_eq(read_key(raw, sizeof raw, 0600, &key), ERR_OK);
    buf_wipe(&key);
}

Test(access, read__readable_by_others_is_told_with_what_to_do)
{
    uint8_t raw[ACCESS_KEY_MIN] = {0};
    struct buf key;

    cr_assert_eq(read_key(raw, sizeof raw, 0644, &key), ERR_PERM);
    cr_assert_not_null(strstr(why, "chmod 600"), "%s", why);
    buf_wipe(&key);
}

Test(access, read__a_missing_file_is_told)
{
    struct buf key;

    buf_init(&key, ACCESS_KEY_MAX);
    cr_assert_eq(access_read("/nonexistent/key", &key, why, sizeof why), ERR_NOT_FOUND);
    cr_assert_neq(why[0], '\0');
    buf_wipe(&key);
}

Test(access, proof__depends_on_key_role_and_connection)
{
    uint8_t exporter[LINK_EXPORT] = {1};
    uint8_t other[LINK_EXPORT] = {2};
    uint8_t a[MSG_SECRET];
    uint8_t b[MSG_SECRET];
    struct bytes key = bytes_str("0123456789abcdef0123456789abcdef");
    struct bytes whole = bytes_str("clientsotto access 1");
    struct bytes parts[] = {whole, bytes_of(exporter, sizeof exporter)};

    cr_assert_eq(access_proof(key, "client", exporter, a), ERR_OK);
    cr_assert_eq(hash_hmac(&HASH_ALG_SHA256, key, parts, 2, b), ERR_OK);
    cr_assert_eq(memcmp(a, b, sizeof a), 0);
    cr_assert_eq(access_proof(key, "relay", exporter, b), ERR_OK);
    cr_assert_neq(memcmp(a, b, sizeof a), 0);
    cr_assert_eq(access_proof(key, "client", other, b), ERR_OK);
    cr_assert_neq(memcmp(a, b, sizeof a), 0);
    cr_assert_eq(
        access_proof(bytes_str("another key of 32 bytes and more"), "client", exporter, b),
        ERR_OK);
    cr_assert_neq(memcmp(a, b, sizeof a), 0);
}
