/* SPDX-License-Identifier: ISC */
#include "net/tls_cert.h"

#include <criterion/criterion.h>

#include "base/mem.h"

#define NOW INT64_C(1800000000)

static enum err make(const struct tls_cert_wish *w, struct buf *cert, struct buf *key)
{
    buf_init(cert, 64u << 10);
    buf_init(key, 64u << 10);
    return tls_cert_make(w, cert, key);
}

Test(tls_cert, make__says_what_was_wished)
{
    const char *names[] = {"relay.example", "127.0.0.1", "::1", NULL};
    struct tls_cert_wish w = {.common_name = "relay",
        .alt_names = names,
        .not_before_s = NOW,
        .not_after_s = NOW + 86400};
    struct buf cert, key, cert2, key2;
    uint8_t fp[TLS_FINGERPRINT], fp2[TLS_FINGERPRINT];
    int64_t after = 0;

    cr_assert_eq(make(&w, &cert, &key), ERR_OK);
    cr_assert_eq(make(&w, &cert2, &key2), ERR_OK);
    cr_assert_eq(tls_cert_not_after(buf_view(&cert), &after), ERR_OK);
    cr_assert_eq(after, NOW + 86400);
    cr_assert_eq(tls_cert_fingerprint(buf_view(&cert), fp), ERR_OK);
    cr_assert_eq(tls_cert_fingerprint(buf_view(&cert2), fp2), ERR_OK);
    cr_assert_neq(memcmp(fp, fp2, sizeof fp), 0, "two keys are one");
    buf_free(&cert);
    buf_free(&cert2);
    buf_wipe(&key);
    buf_wipe(&key2);
}

/* RFC 5280: dates through 2049 are UTCTime, later ones GeneralizedTime; both must come back. */
Test(tls_cert, not_after__beyond_2049)
{
    struct tls_cert_wish w = {.common_name = "r", .not_before_s = 0, .not_after_s = 4102444800};
    struct buf cert, key;
    int64_t after = 0;

    cr_assert_eq(make(&w, &cert, &key), ERR_OK);
    cr_assert_eq(tls_cert_not_after(buf_view(&cert), &after), ERR_OK);
    cr_assert_eq(after, 4102444800);
    buf_free(&cert);
    buf_wipe(&key);
}

Test(tls_cert, make__refuses_what_cannot_be)
{
    char longest[66];
    struct tls_cert_wish w = {.common_name = longest, .not_before_s = NOW, .not_after_s = NOW};
    struct tls_cert_wish ok = {.common_name = "ca", .not_after_s = NOW, .is_ca = true};
    struct buf cert, key, ca, ca_key, other, other_key;

    memset(longest, 'x', sizeof longest);
    longest[65] = '\0';
    cr_assert_eq(make(&w, &cert, &key), ERR_FORMAT, "a common name has 64 characters");
    cr_assert_eq(cert.n + key.n, 0);
    cr_assert_eq(make(&ok, &ca, &ca_key), ERR_OK);
    cr_assert_eq(make(&ok, &other, &other_key), ERR_OK);
    longest[64] = '\0';
    w.ca_cert = buf_view(&ca);
    w.ca_key = buf_view(&other_key);
    cr_assert_eq(make(&w, &cert, &key), ERR_CERT, "signed with a key that is not the CA's");
    w.ca_key = bytes_str("nonsense");
    cr_assert_eq(make(&w, &cert, &key), ERR_CERT);
    w.ca_key = buf_view(&ca_key);
    cr_assert_eq(make(&w, &cert, &key), ERR_OK);
    struct buf *all[] = {&cert, &key, &ca, &ca_key, &other, &other_key};
    for (size_t i = 0; i < MEM_COUNT(all); i++)
        buf_wipe(all[i]);
}

/* A comma or a colon in a name stays part of the name: nothing is parsed as notation. */
Test(tls_cert, make__a_name_is_not_syntax)
{
    const char *names[] = {"a,IP:127.0.0.1", NULL};
    struct tls_cert_wish w = {
        .common_name = "x/CN=admin", .alt_names = names, .not_after_s = NOW};
    struct buf cert, key;

    cr_assert_eq(make(&w, &cert, &key), ERR_OK);
    buf_free(&cert);
    buf_wipe(&key);
}

Test(tls_cert, parse__damage_is_an_error)
{
    struct tls_cert_wish w = {.common_name = "r", .not_after_s = NOW};
    struct buf cert, key;
    uint8_t fp[TLS_FINGERPRINT];
    int64_t after = 1;

    cr_assert_eq(make(&w, &cert, &key), ERR_OK);
    cr_assert_eq(tls_cert_fingerprint(buf_view(&key), fp), ERR_FORMAT);
    cr_assert_eq(tls_cert_fingerprint((struct bytes){0}, fp), ERR_FORMAT);
    cr_assert_eq(tls_cert_not_after((struct bytes){0}, &after), ERR_FORMAT);
    cr_assert_eq(after, 0);
    for (size_t n = 0; n + 1 < cert.n; n += 7) {
        enum err e = tls_cert_fingerprint(bytes_of(cert.p, n), fp);
        cr_assert(e == ERR_FORMAT || n + 8 > cert.n, "%zu of %zu bytes", n, cert.n);
    }
    buf_free(&cert);
    buf_wipe(&key);
}

Test(tls_cert, fingerprint_text__and_back)
{
    uint8_t fp[TLS_FINGERPRINT], back[TLS_FINGERPRINT];
    char text[TLS_FINGERPRINT_TEXT];

    for (int i = 0; i < TLS_FINGERPRINT; i++)
        fp[i] = (uint8_t)(i * 37 + 250);
    tls_fingerprint_text(fp, text);
    cr_assert_eq(strlen(text), 50);
    cr_assert_eq(strncmp(text, "SHA256:", 7), 0);
    cr_assert_eq(tls_fingerprint_parse(text, back), ERR_OK);
    cr_assert_arr_eq(fp, back, sizeof fp);
    memset(fp, 0, sizeof fp);
    tls_fingerprint_text(fp, text);
    cr_assert_str_eq(text, "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
}

Test(tls_cert, fingerprint_parse__one_spelling_only)
{
    static const char *const bad[] = {
        "",
        "SHA256:",
        "sha256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB", /* bits beyond the end */
        "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==",
        "SHA256: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "SHA256:AAAAAAAAAAAAAAAAAAAAAA-AAAAAAAAAAAAAAAAAAAA",
        "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n",
    };
    uint8_t fp[TLS_FINGERPRINT];

    for (size_t i = 0; i < MEM_COUNT(bad); i++)
        cr_assert_eq(tls_fingerprint_parse(bad[i], fp), ERR_FORMAT, "accepted: %s", bad[i]);
}
