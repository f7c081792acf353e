/* SPDX-License-Identifier: ISC */
#include "pki.h"

#include <criterion/criterion.h>
#include <time.h>

#include "net/tls_cert.h"

static void make(
    struct pki *out, const struct pki *ca, struct tls_cert_wish *w, const char *alt)
{
    const char *names[] = {alt, NULL};

    if (alt != NULL)
        w->alt_names = names;
    if (ca != NULL) {
        w->ca_cert = buf_view(&ca->cert);
        w->ca_key = buf_view(&ca->key);
    }
    buf_init(&out->cert, 64u << 10);
    buf_init(&out->key, 64u << 10);
    cr_assert_eq(tls_cert_make(w, &out->cert, &out->key), ERR_OK);
}

void pki_make(
    struct pki *out, const struct pki *ca, enum pki_kind kind, const char *cn, const char *alt)
{
    int64_t now = (int64_t)time(NULL);
    struct tls_cert_wish w = {.common_name = cn,
        .not_before_s = now - PKI_YEAR,
        .not_after_s = now + PKI_YEAR,
        .for_client = kind == PKI_CLIENT,
        .is_ca = kind == PKI_CA};

    make(out, ca, &w, alt);
}

void pki_make_dated(
    struct pki *out, const struct pki *ca, const char *alt, int64_t from_s, int64_t to_s)
{
    struct tls_cert_wish w = {
        .common_name = "relay", .not_before_s = from_s, .not_after_s = to_s};

    make(out, ca, &w, alt);
}

void pki_free(struct pki *p)
{
    buf_free(&p->cert);
    buf_wipe(&p->key);
}

void pki_fingerprint(const struct pki *p, uint8_t out[TLS_FINGERPRINT])
{
    cr_assert_eq(tls_cert_fingerprint(buf_view(&p->cert), out), ERR_OK);
}

struct tls_ctx *pki_server(const struct pki *own, const struct pki *client_ca)
{
    struct bytes ca = client_ca != NULL ? buf_view(&client_ca->cert) : (struct bytes){0};
    struct tls_ctx *c = NULL;
    char why[160] = "";

    cr_assert_eq(
        tls_ctx_new_server(buf_view(&own->cert), buf_view(&own->key), ca, &c, why, sizeof why),
        ERR_OK, "%s", why);
    return c;
}

struct tls_ctx *pki_client(const struct tls_client_rules *rules)
{
    struct tls_ctx *c = NULL;
    char why[160] = "";

    cr_assert_eq(tls_ctx_new_client(rules, &c, why, sizeof why), ERR_OK, "%s", why);
    return c;
}

struct tls_ctx *pki_client_any(void)
{
    struct tls_client_rules any = {0};

    return pki_client(&any);
}
