/* SPDX-License-Identifier: ISC */
#include "server/relay_cert.h"

#include <stdio.h>

#include "base/file.h"
#include "base/log.h"
#include "net/tls_cert.h"

#define PEM_MAX     (256u << 10)
#define TEN_YEARS_S (3650LL * 86400)
#define SOON_S      (30LL * 86400)

void relay_cert_fini(struct relay_cert *rc)
{
    buf_free(&rc->cert);
    buf_wipe(&rc->key);
    buf_free(&rc->client_ca);
}

static enum err make(const struct config *c, int64_t now_s, struct relay_cert *rc)
{
    static const char *const NAMES[] = {"localhost", "127.0.0.1", "::1", NULL};
    struct tls_cert_wish wish = {
        .common_name = "sotto relay",
        .alt_names = NAMES,
        .not_before_s = now_s - 3600, /* clocks of friends are late */
        .not_after_s = now_s + TEN_YEARS_S,
    };
    enum err e = tls_cert_make(&wish, &rc->cert, &rc->key);

    /* The key first: a certificate alone on disk would be taken for a half-lost pair. */
    if (e == ERR_OK)
        e = file_create_private(c->key, buf_view(&rc->key));
    if (e == ERR_OK)
        e = file_create_private(c->certificate, buf_view(&rc->cert));
    rc->made = e == ERR_OK;
    return e;
}

static enum err read_pair(
    const struct config *c, struct relay_cert *rc, char *why, size_t why_n)
{
    enum err e = file_read(c->certificate, &rc->cert);

    if (e != ERR_OK) {
        (void)snprintf(why, why_n, "certificate %s: %s", c->certificate, err_str(e));
        return e;
    }
    e = file_read_private(c->key, &rc->key);
    if (e != ERR_OK)
        (void)snprintf(why, why_n, "key %s: %s%s", c->key, err_str(e),
            e == ERR_PERM ? "; it must be yours alone: chmod 600 it" : "");
    return e;
}

static void warn_of_dates(const struct relay_cert *rc, int64_t now_s)
{
    int64_t end_s = 0;

    if (tls_cert_not_after(buf_view(&rc->cert), &end_s) != ERR_OK)
        return;
    if (end_s < now_s)
        LOG_WARN(
            "cert", "the certificate has expired; clients that check dates will refuse it");
    else if (end_s < now_s + SOON_S)
        LOG_WARN("cert", "the certificate expires in %lld days",
            (long long)((end_s - now_s) / 86400));
}

enum err relay_cert_load(
    const struct config *c, int64_t now_s, struct relay_cert *out, char *why, size_t why_n)
{
    uint8_t fp[TLS_FINGERPRINT];
    char text[TLS_FINGERPRINT_TEXT];
    bool has_cert = file_exists(c->certificate);
    bool has_key = file_exists(c->key);
    enum err e;

    *out = (struct relay_cert){0};
    buf_init(&out->cert, PEM_MAX);
    buf_init(&out->key, PEM_MAX);
    buf_init(&out->client_ca, PEM_MAX);
    if (!has_cert && !has_key) {
        e = make(c, now_s, out);
        if (e != ERR_OK)
            (void)snprintf(why, why_n, "a certificate cannot be made at %s: %s", c->certificate,
                err_str(e));
    } else {
        e = read_pair(c, out, why, why_n);
    }
    if (e == ERR_OK && c->client_ca[0] != '\0') {
        e = file_read(c->client_ca, &out->client_ca);
        if (e != ERR_OK)
            (void)snprintf(why, why_n, "client_ca %s: %s", c->client_ca, err_str(e));
    }
    if (e == ERR_OK) {
        e = tls_cert_fingerprint(buf_view(&out->cert), fp);
        if (e != ERR_OK)
            (void)snprintf(
                why, why_n, "certificate %s is not a PEM certificate", c->certificate);
    }
    if (e != ERR_OK) {
        relay_cert_fini(out);
        return e;
    }
    tls_fingerprint_text(fp, text);
    (void)snprintf(out->fingerprint, sizeof out->fingerprint, "%s", text);
    warn_of_dates(out, now_s);
    return ERR_OK;
}

enum err relay_cert_tls(
    const struct relay_cert *rc, struct tls_ctx **out, char *why, size_t why_n)
{
    return tls_ctx_new_server(
        buf_view(&rc->cert), buf_view(&rc->key), buf_view(&rc->client_ca), out, why, why_n);
}
