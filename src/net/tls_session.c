/* SPDX-License-Identifier: ISC */
/*
 * Glossary. Fed: bytes that tls_feed() lent until the next call that says ERR_MORE. Sink: the
 * buf of the call under way. OpenSSL sees both through one BIO whose methods are below, so a
 * session that waits holds neither an input nor an output buffer.
 */
#include "net/tls_impl.h"

#include <limits.h>
#include <stdio.h>

#include "base/mem.h"

#define KEY_UPDATES   32 /* in so many seconds: */
#define KEY_UPDATES_S 60
#define LABEL         "EXPORTER-sotto"
#define ALERT_BASE    1000 /* OpenSSL's reason for an alert received is this plus its number */

struct tls {
    SSL *ssl;
    struct tls_ctx *ctx;
    struct bytes fed;
    struct buf *sink;
    char *why;
    int64_t now_s;
    int64_t updates_since;
    uint8_t updates;
    bool failed;
    bool said_goodbye;
};

static int bio_read(BIO *b, char *to, size_t n, size_t *got)
{
    struct tls *t = BIO_get_data(b);

    BIO_clear_retry_flags(b);
    /* A flood of KeyUpdates is not read to its end. */
    if (t->fed.n == 0 || t->updates > KEY_UPDATES) {
        BIO_set_retry_read(b);
        return 0;
    }
    *got = n < t->fed.n ? n : t->fed.n;
    memcpy(to, t->fed.p, *got);
    t->fed = bytes_of(t->fed.p + *got, t->fed.n - *got);
    return 1;
}

static int bio_write(BIO *b, const char *from, size_t n, size_t *put)
{
    struct tls *t = BIO_get_data(b);

    BIO_clear_retry_flags(b);
    if (t->sink == NULL)
        return 0;
    buf_put(t->sink, from, n);
    *put = n;
    return buf_end(t->sink) == ERR_OK;
}

static long bio_ctrl(BIO *b, int what, long n, void *p)
{
    (void)b, (void)n, (void)p;
    return what == BIO_CTRL_FLUSH;
}

static BIO *bio_make(struct tls *t)
{
    static BIO_METHOD
        *method; /* as long as the process; the loop's thread alone makes sessions */

    if (method == NULL) {
        method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "sotto");
        if (method == NULL || BIO_meth_set_read_ex(method, bio_read) != 1 ||
            BIO_meth_set_write_ex(method, bio_write) != 1 ||
            BIO_meth_set_ctrl(method, bio_ctrl) != 1)
            mem_die("OpenSSL cannot make a BIO");
    }
    BIO *b = BIO_new(method);
    if (b == NULL)
        mem_die("out of memory");
    BIO_set_data(b, t);
    BIO_set_init(b, 1);
    return b;
}

struct tls *tls_new(struct tls_ctx *c)
{
    struct tls *t = mem_alloc(sizeof *t);

    ERR_clear_error();
    t->ctx = tls_ctx_ref(c);
    t->ssl = SSL_new(c->ssl);
    if (t->ssl == NULL)
        mem_die("out of memory");
    BIO *b = bio_make(t);
    SSL_set_bio(t->ssl, b, b);
    SSL_set_msg_callback_arg(t->ssl, t);
    if (c->client)
        SSL_set_connect_state(t->ssl);
    else
        SSL_set_accept_state(t->ssl);
    if (c->sni != NULL && SSL_set_tlsext_host_name(t->ssl, c->sni) != 1)
        ERR_clear_error(); /* longer than a host name can be: the certificate will not fit
                              either */
    if (c->now_s != 0)
        X509_VERIFY_PARAM_set_time(SSL_get0_param(t->ssl), (time_t)c->now_s);
    return t;
}

void tls_free(struct tls *t)
{
    if (t == NULL)
        return;
    SSL_free(t->ssl);
    tls_ctx_free(t->ctx);
    mem_free(t->why);
    mem_free(t);
}

void tls_time(struct tls *t, int64_t wall_s)
{
    t->now_s = wall_s;
    if (t->ctx->now_s == 0 && !SSL_is_init_finished(t->ssl))
        X509_VERIFY_PARAM_set_time(SSL_get0_param(t->ssl), (time_t)wall_s);
}

/* NOLINTNEXTLINE(readability-function-size): the parameters are OpenSSL's */
void tls_on_message(
    int out, int version, int type, const void *p, size_t n, SSL *ssl, void *arg)
{
    struct tls *t = arg;
    const uint8_t *message = p;

    (void)version, (void)ssl;
    if (out || type != SSL3_RT_HANDSHAKE || n == 0 || message[0] != SSL3_MT_KEY_UPDATE)
        return;
    if (t->now_s - t->updates_since >= KEY_UPDATES_S || t->now_s < t->updates_since) {
        t->updates_since = t->now_s;
        t->updates = 0;
    }
    if (t->updates <= KEY_UPDATES)
        t->updates++;
}

static const char *verify_words(long code)
{
    switch (code) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return "certificate has expired";
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return "certificate is not valid yet";
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return "certificate is for another name";
    case X509_V_ERR_APPLICATION_VERIFICATION:
        return "not the pinned certificate";
    case X509_V_ERR_EE_KEY_TOO_SMALL:
        return "key of the certificate is too weak";
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        return "certificate is not signed by a known authority";
    default:
        return X509_verify_cert_error_string(code);
    }
}

static enum err verify_err(long code)
{
    return code == X509_V_ERR_APPLICATION_VERIFICATION ? ERR_PIN : ERR_CERT;
}

static enum err tls_failed(struct tls *t, enum err e, const char *words)
{
    t->failed = true;
    mem_free(t->why);
    t->why = mem_strdup(words);
    ERR_clear_error();
    return e;
}

/* What OpenSSL could not go on for, as a code and in words. */
static enum err tls_fail(struct tls *t)
{
    unsigned long code = ERR_peek_error();
    int reason = ERR_GET_REASON(code);
    long verify = SSL_get_verify_result(t->ssl);
    const char *words = ERR_reason_error_string(code);
    char text[96];

    if (code != 0 && ERR_GET_LIB(code) == ERR_LIB_SSL &&
        reason == SSL_R_CERTIFICATE_VERIFY_FAILED)
        return tls_failed(t, verify_err(verify), verify_words(verify));
    if (ERR_GET_LIB(code) == ERR_LIB_SSL && reason > ALERT_BASE && reason <= ALERT_BASE + 255) {
        (void)snprintf(text, sizeof text, "the other side refused: %s",
            SSL_alert_desc_string_long(reason - ALERT_BASE));
        return tls_failed(t, ERR_CRYPTO, text);
    }
    return tls_failed(t, ERR_CRYPTO, words != NULL ? words : "TLS failed");
}

/* What a call's result means; ERR_OK is the caller's to say. */
static enum err tls_verdict(struct tls *t, int result)
{
    if (t->updates > KEY_UPDATES)
        return tls_failed(t, ERR_REFUSED, "too many key updates");
    switch (SSL_get_error(t->ssl, result)) {
    case SSL_ERROR_WANT_READ:
        return ERR_MORE;
    case SSL_ERROR_ZERO_RETURN:
        return ERR_CLOSED;
    default:
        return tls_fail(t);
    }
}

void tls_feed(struct tls *t, struct bytes in)
{
    t->fed = in;
}

enum err tls_handshake(struct tls *t, struct buf *out)
{
    if (t->failed)
        return ERR_STATE;
    ERR_clear_error();
    t->sink = out;
    int r = SSL_do_handshake(t->ssl);
    enum err e = r == 1 ? ERR_OK : tls_verdict(t, r);
    t->sink = NULL;
    return e;
}

enum err tls_read(struct tls *t, uint8_t *p, size_t cap, size_t *n, struct buf *out)
{
    *n = 0;
    if (t->failed)
        return ERR_STATE;
    ERR_clear_error();
    t->sink = out;
    int r = SSL_read_ex(t->ssl, p, cap, n);
    enum err e = r == 1 && t->updates <= KEY_UPDATES ? ERR_OK : tls_verdict(t, r);
    t->sink = NULL;
    return e;
}

enum err tls_write(struct tls *t, struct bytes in, struct buf *out)
{
    size_t put = 0;

    if (t->failed || t->said_goodbye)
        return ERR_STATE;
    if (in.n == 0)
        return ERR_OK;
    ERR_clear_error();
    t->sink = out;
    int r = SSL_write_ex(t->ssl, in.p, in.n, &put);
    enum err e = r == 1 ? ERR_OK : tls_fail(t);
    t->sink = NULL;
    return e;
}

void tls_goodbye(struct tls *t, struct buf *out)
{
    if (t->failed || t->said_goodbye || !SSL_is_init_finished(t->ssl))
        return;
    ERR_clear_error();
    t->sink = out;
    (void)SSL_shutdown(t->ssl);
    t->sink = NULL;
    t->said_goodbye = true;
    ERR_clear_error();
}

bool tls_partial(const struct tls *t)
{
    /* "RB": the head of a record was read and its body is awaited, of which nothing need be
     * there. */
    return SSL_has_pending(t->ssl) != 0 || strcmp(SSL_rstate_string(t->ssl), "RB") == 0;
}

const char *tls_why(const struct tls *t)
{
    return t->why != NULL ? t->why : "";
}

enum err tls_exporter(struct tls *t, uint8_t out[TLS_EXPORT])
{
    /* The context is said to be there and empty; in TLS 1.3 that is the same as none. */
    if (!SSL_is_init_finished(t->ssl))
        return ERR_STATE;
    if (SSL_export_keying_material(t->ssl, out, TLS_EXPORT, LABEL, strlen(LABEL), NULL, 0, 1) ==
        1)
        return ERR_OK;
    ERR_clear_error();
    return ERR_CRYPTO;
}

enum err tls_peer_fingerprint(struct tls *t, uint8_t out[TLS_FINGERPRINT])
{
    X509 *cert = SSL_get0_peer_certificate(t->ssl);

    if (cert == NULL)
        return ERR_NOT_FOUND;
    return tls_spki(cert, out);
}

enum err tls_peer_name(struct tls *t, char *name, size_t n)
{
    X509 *cert = SSL_get0_peer_certificate(t->ssl);
    unsigned char *text = NULL;

    name[0] = '\0';
    if (cert == NULL)
        return ERR_NOT_FOUND;
    X509_NAME *subject = X509_get_subject_name(cert);
    int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
    if (at < 0)
        return ERR_NOT_FOUND;
    int length =
        ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
    enum err e = length <= 0 ? ERR_NOT_FOUND : (size_t)length >= n ? ERR_TOO_BIG : ERR_OK;
    for (int i = 0; e == ERR_OK && i < length; i++) {
        name[i] = (char)(text[i] >= 0x20 && text[i] <= 0x7e ? text[i] : '?');
        name[i + 1] = '\0';
    }
    OPENSSL_free(text);
    ERR_clear_error();
    return e;
}
