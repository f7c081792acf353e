/* SPDX-License-Identifier: ISC */
/* Peers that are not ours: what OpenSSL can be made to do that our sessions never would. */
#include "net/tls_impl.h"

#include <criterion/criterion.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "pki.h"

struct foreign {
    SSL_CTX *ctx;
    SSL *ssl;
    BIO *in, *out;
    struct tls *ours;
    struct buf sink;
    enum err verdict;
};

static void foreign_open(struct foreign *f, bool client, struct tls_ctx *ours)
{
    tls_init_library();
    f->ctx = SSL_CTX_new(client ? TLS_client_method() : TLS_server_method());
    SSL_CTX_set_security_level(f->ctx, 0);
    f->ours = tls_new(ours);
    tls_time(f->ours, 1000);
    buf_init(&f->sink, 1u << 20);
    f->verdict = ERR_MORE;
}

static void foreign_start(struct foreign *f, bool client)
{
    f->ssl = SSL_new(f->ctx);
    f->in = BIO_new(BIO_s_mem());
    f->out = BIO_new(BIO_s_mem());
    SSL_set_bio(f->ssl, f->in, f->out);
    if (client)
        SSL_set_connect_state(f->ssl);
    else
        SSL_set_accept_state(f->ssl);
}

/* Lets ours take what the foreigner has said; the foreigner gets the answer. */
static void foreign_pass(struct foreign *f)
{
    char *p = NULL;
    long n = BIO_get_mem_data(f->out, &p);

    tls_feed(f->ours, bytes_of(p, (size_t)n));
    if (f->verdict == ERR_MORE)
        f->verdict = tls_handshake(f->ours, &f->sink);
    (void)BIO_reset(f->out);
    if (f->sink.n != 0)
        (void)BIO_write(f->in, f->sink.p, (int)f->sink.n);
    buf_clear(&f->sink);
}

static void foreign_shake(struct foreign *f)
{
    for (int i = 0; i < 4; i++) {
        (void)SSL_do_handshake(f->ssl);
        foreign_pass(f);
    }
}

static void foreign_free(struct foreign *f)
{
    SSL_free(f->ssl);
    SSL_CTX_free(f->ctx);
    tls_free(f->ours);
    buf_free(&f->sink);
    ERR_clear_error();
}

Test(tls_foreign, server__refuses_tls_1_2)
{
    struct pki own;
    struct foreign f;

    pki_make(&own, NULL, PKI_SERVER, "relay", NULL);
    struct tls_ctx *server = pki_server(&own, NULL);
    foreign_open(&f, true, server);
    SSL_CTX_set_max_proto_version(f.ctx, TLS1_2_VERSION);
    foreign_start(&f, true);
    foreign_shake(&f);
    cr_assert_eq(f.verdict, ERR_CRYPTO);
    cr_assert_str_eq(tls_why(f.ours), "unsupported protocol");
    foreign_free(&f);
    tls_ctx_free(server);
    pki_free(&own);
}

Test(tls_foreign, server__refuses_garbage)
{
    static const struct {
        const char *first;
        size_t n;
        enum err verdict;
    } rows[] = {
        {"GET / HTTP/1.1\r\n\r\n", 18, ERR_CRYPTO}, {"SSH-2.0-x\r\n", 11, ERR_CRYPTO},
        {"\x16\x03\x01\xff\xff\x01", 6, ERR_CRYPTO},
        {"\x16\x03\x03\x00\x05hello", 10, ERR_CRYPTO},
        {"\x17\x03\x03\x00\x05hello", 10, ERR_CRYPTO},
        {"\x15\x03\x01\x00\x02\x02\x28", 7, ERR_CRYPTO}, {"\x15\x03\x01", 3, ERR_MORE},
        {"\x80\x2e\x01\x03\x01", 5, ERR_MORE}, /* SSL 2 in 46 bytes, refused when there */
    };
    struct pki own;

    pki_make(&own, NULL, PKI_SERVER, "relay", NULL);
    struct tls_ctx *server = pki_server(&own, NULL);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct tls *t = tls_new(server);
        struct buf sink;
        buf_init(&sink, 1u << 16);
        tls_feed(t, bytes_of(rows[i].first, rows[i].n));
        enum err e = tls_handshake(t, &sink);
        cr_assert_eq(e, rows[i].verdict, "row %zu: %s", i, err_str(e));
        cr_assert(e == ERR_MORE || tls_why(t)[0] != '\0');
        tls_free(t);
        buf_free(&sink);
    }
    tls_ctx_free(server);
    pki_free(&own);
}

/* A relay whose key is RSA of so many bits, seen for the first time. */
static enum err meet_rsa(unsigned bits, char *why, size_t n)
{
    struct tls_ctx *client = pki_client_any();
    struct foreign f;
    X509 *cert = X509_new();
    EVP_PKEY *key = EVP_RSA_gen(bits);

    cr_assert(cert != NULL && key != NULL);
    foreign_open(&f, false, client);
    (void)X509_set_version(cert, X509_VERSION_3);
    (void)X509_set_pubkey(cert, key);
    (void)X509_gmtime_adj(X509_getm_notBefore(cert), -100);
    (void)X509_gmtime_adj(X509_getm_notAfter(cert), 100);
    cr_assert_gt(X509_sign(cert, key, EVP_sha256()), 0);
    cr_assert_eq(SSL_CTX_use_certificate(f.ctx, cert), 1);
    cr_assert_eq(SSL_CTX_use_PrivateKey(f.ctx, key), 1);
    foreign_start(&f, false);
    f.verdict = tls_handshake(f.ours, &f.sink);
    (void)BIO_write(f.in, f.sink.p, (int)f.sink.n);
    buf_clear(&f.sink);
    foreign_shake(&f);
    (void)snprintf(why, n, "%s", tls_why(f.ours));
    enum err e = f.verdict;
    foreign_free(&f);
    X509_free(cert);
    EVP_PKEY_free(key);
    tls_ctx_free(client);
    return e;
}

Test(tls_foreign, client__refuses_weak_rsa)
{
    char why[80];

    cr_assert_eq(meet_rsa(2048, why, sizeof why), ERR_OK, "%s", why);
    cr_assert_eq(meet_rsa(1024, why, sizeof why), ERR_CERT);
    cr_assert_str_eq(why, "key of the certificate is too weak");
}

static enum err send_updates(struct foreign *f, int count)
{
    uint8_t p[64];
    size_t n = 0;

    for (int i = 0; i < count; i++) {
        cr_assert_eq(SSL_key_update(f->ssl, SSL_KEY_UPDATE_NOT_REQUESTED), 1);
        cr_assert_eq(SSL_do_handshake(f->ssl), 1);
    }
    cr_assert_eq(SSL_write(f->ssl, "after", 5), 5);
    char *out = NULL;
    long length = BIO_get_mem_data(f->out, &out);
    tls_feed(f->ours, bytes_of(out, (size_t)length));
    enum err e = tls_read(f->ours, p, sizeof p, &n, &f->sink);
    cr_assert(e != ERR_OK || bytes_eq(bytes_of(p, n), bytes_str("after")));
    if (e == ERR_OK)
        cr_assert_eq(tls_read(f->ours, p, sizeof p, &n, &f->sink), ERR_MORE);
    (void)BIO_reset(f->out);
    return e;
}

Test(tls_foreign, key_update__a_few_are_fine_a_flood_is_not)
{
    struct pki own;
    struct foreign f;

    pki_make(&own, NULL, PKI_SERVER, "relay", NULL);
    struct tls_ctx *server = pki_server(&own, NULL);
    foreign_open(&f, true, server);
    foreign_start(&f, true);
    foreign_shake(&f);
    cr_assert_eq(f.verdict, ERR_OK);
    cr_assert_eq(send_updates(&f, 32), ERR_OK);
    tls_time(f.ours, 1060);
    cr_assert_eq(send_updates(&f, 30), ERR_OK, "a minute later they count anew");
    tls_time(f.ours, 1119);
    cr_assert_eq(send_updates(&f, 2), ERR_OK);
    cr_assert_eq(send_updates(&f, 1), ERR_REFUSED);
    cr_assert_str_eq(tls_why(f.ours), "too many key updates");
    foreign_free(&f);
    tls_ctx_free(server);
    pki_free(&own);
}

/* A key that wants a passphrase is refused at once: nobody is asked at a terminal. */
Test(tls_foreign, ctx__a_protected_key_is_refused)
{
    struct pki own;
    struct tls_ctx *c = NULL;
    char why[160] = "", *p = NULL, pass[] = "secret";

    pki_make(&own, NULL, PKI_SERVER, "relay", NULL);
    EVP_PKEY *key = tls_pem_key(buf_view(&own.key));
    BIO *b = BIO_new(BIO_s_mem());
    cr_assert_eq(
        PEM_write_bio_PKCS8PrivateKey(b, key, EVP_aes_128_cbc(), pass, 6, NULL, NULL), 1);
    long n = BIO_get_mem_data(b, &p);
    cr_assert_eq(tls_ctx_new_server(buf_view(&own.cert), bytes_of(p, (size_t)n),
                     (struct bytes){0}, &c, why, sizeof why),
        ERR_CERT);
    cr_assert_null(c);
    cr_assert_eq(strncmp(why, "the private key cannot be read", 30), 0, "%s", why);
    BIO_free(b);
    EVP_PKEY_free(key);
    pki_free(&own);
}
