/* SPDX-License-Identifier: ISC */
#include "net/tls_cert.h"

#include "net/tls_impl.h"

#include <openssl/asn1.h>
#include <openssl/bn.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>

#include "base/mem.h"

#define SERIAL_BITS 127 /* random, and its DER stays positive in 16 bytes */
#define PREFIX      "SHA256:"
#define TEXT_DIGITS 43 /* 32 bytes in base64 without padding */

static bool cert_serial(X509 *cert)
{
    BIGNUM *n = BN_new();
    bool good = n != NULL &&
                BN_rand(n, SERIAL_BITS, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
                BN_to_ASN1_INTEGER(n, X509_get_serialNumber(cert)) != NULL;

    BN_free(n);
    return good;
}

static bool cert_time(X509 *cert, int (*set)(X509 *, const ASN1_TIME *), int64_t s)
{
    ASN1_TIME *t = ASN1_TIME_set(NULL, (time_t)s);
    bool good = t != NULL && set(cert, t) == 1;

    ASN1_TIME_free(t);
    return good;
}

/* One extension from OpenSSL's own notation; value is always a constant of ours. */
static bool cert_ext(X509 *cert, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX ctx;

    X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
    X509V3_set_ctx_nodb(&ctx);
    X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    bool good = ext != NULL && X509_add_ext(cert, ext, -1) == 1;
    X509_EXTENSION_free(ext);
    return good;
}

static GENERAL_NAME *cert_alt_name(const char *name)
{
    GENERAL_NAME *g = GENERAL_NAME_new();
    ASN1_OCTET_STRING *ip = a2i_IPADDRESS(name);
    ASN1_IA5STRING *dns = NULL;

    if (g == NULL)
        mem_die("out of memory");
    if (ip != NULL) {
        GENERAL_NAME_set0_value(g, GEN_IPADD, ip);
        return g;
    }
    dns = ASN1_IA5STRING_new();
    if (dns == NULL || ASN1_STRING_set(dns, name, -1) != 1)
        mem_die("out of memory");
    GENERAL_NAME_set0_value(g, GEN_DNS, dns);
    return g;
}

/* Built by hand and not from text: a comma in a name would be syntax there. */
static bool cert_alt_names(X509 *cert, const char *const *names)
{
    GENERAL_NAMES *all = GENERAL_NAMES_new();
    bool good = all != NULL;

    for (size_t i = 0; good && names[i] != NULL; i++)
        good = sk_GENERAL_NAME_push(all, cert_alt_name(names[i])) > 0;
    if (good && sk_GENERAL_NAME_num(all) > 0)
        good = X509_add1_ext_i2d(cert, NID_subject_alt_name, all, 0, X509V3_ADD_DEFAULT) == 1;
    GENERAL_NAMES_free(all);
    return good;
}

static bool cert_extensions(X509 *cert, X509 *issuer, const struct tls_cert_wish *w)
{
    const char *usage = w->for_client ? "clientAuth" : "serverAuth";

    if (!cert_ext(cert, issuer, NID_basic_constraints,
            w->is_ca ? "critical,CA:TRUE" : "critical,CA:FALSE"))
        return false;
    if (!cert_ext(cert, issuer, NID_key_usage,
            w->is_ca ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature"))
        return false;
    if (!w->is_ca && !cert_ext(cert, issuer, NID_ext_key_usage, usage))
        return false;
    if (!cert_ext(cert, issuer, NID_subject_key_identifier, "hash") ||
        !cert_ext(cert, issuer, NID_authority_key_identifier, "keyid"))
        return false;
    return w->alt_names == NULL || cert_alt_names(cert, w->alt_names);
}

/* All that is said of the subject, unsigned. */
static bool cert_fill(X509 *cert, EVP_PKEY *key, X509 *issuer, const struct tls_cert_wish *w)
{
    X509_NAME *name = X509_get_subject_name(cert);
    const unsigned char *cn = (const unsigned char *)w->common_name;

    return X509_set_version(cert, X509_VERSION_3) == 1 && cert_serial(cert) &&
           X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8, cn, -1, -1, 0) ==
               1 &&
           X509_set_issuer_name(cert, X509_get_subject_name(issuer)) == 1 &&
           cert_time(cert, X509_set1_notBefore, w->not_before_s) &&
           cert_time(cert, X509_set1_notAfter, w->not_after_s) &&
           X509_set_pubkey(cert, key) == 1 && cert_extensions(cert, issuer, w);
}

static bool pem_out(BIO *b, struct buf *out)
{
    char *p = NULL;
    long n = BIO_get_mem_data(b, &p);

    buf_put(out, p, n > 0 ? (size_t)n : 0);
    return n > 0 && buf_end(out) == ERR_OK;
}

static enum err cert_write(X509 *cert, EVP_PKEY *key, struct buf *cert_out, struct buf *key_out)
{
    BIO *c = BIO_new(BIO_s_mem());
    BIO *k = BIO_new(BIO_s_secmem());
    enum err e = ERR_CRYPTO;

    if (c != NULL && k != NULL && PEM_write_bio_X509(c, cert) == 1 &&
        PEM_write_bio_PKCS8PrivateKey(k, key, NULL, NULL, 0, NULL, NULL) == 1)
        e = pem_out(c, cert_out) && pem_out(k, key_out) ? ERR_OK : ERR_TOO_BIG;
    BIO_free(c);
    BIO_free(k);
    return e;
}

enum err tls_cert_make(const struct tls_cert_wish *w, struct buf *cert_out, struct buf *key_out)
{
    BIO *ca_pem = NULL;
    X509 *ca = NULL, *cert = NULL;
    EVP_PKEY *ca_key = NULL, *key = NULL;
    enum err e = ERR_CERT;

    tls_init_library();
    if (w->ca_cert.n != 0) {
        ca_pem = tls_pem_open(w->ca_cert);
        ca = tls_pem_cert(ca_pem);
        ca_key = tls_pem_key(w->ca_key);
        if (ca == NULL || ca_key == NULL || X509_check_private_key(ca, ca_key) != 1)
            goto out;
    }
    cert = X509_new();
    key = EVP_EC_gen("P-256");
    if (cert == NULL || key == NULL) {
        e = ERR_CRYPTO;
        goto out;
    }
    if (!cert_fill(cert, key, ca != NULL ? ca : cert, w)) {
        e = ERR_FORMAT;
        goto out;
    }
    e = X509_sign(cert, ca_key != NULL ? ca_key : key, EVP_sha256()) > 0 ? ERR_OK : ERR_CRYPTO;
    if (e == ERR_OK)
        e = cert_write(cert, key, cert_out, key_out);
out:
    ERR_clear_error();
    EVP_PKEY_free(key);
    EVP_PKEY_free(ca_key);
    X509_free(cert);
    X509_free(ca);
    BIO_free(ca_pem);
    return e;
}

static X509 *cert_parse(struct bytes pem)
{
    tls_init_library();
    BIO *b = tls_pem_open(pem);
    X509 *cert = tls_pem_cert(b);

    BIO_free(b);
    ERR_clear_error();
    return cert;
}

enum err tls_cert_fingerprint(struct bytes pem, uint8_t out[TLS_FINGERPRINT])
{
    X509 *cert = cert_parse(pem);
    enum err e = cert != NULL ? tls_spki(cert, out) : ERR_FORMAT;

    X509_free(cert);
    return e;
}

enum err tls_cert_not_after(struct bytes pem, int64_t *out_s)
{
    X509 *cert = cert_parse(pem);
    struct tm tm = {0};
    enum err e = ERR_FORMAT;

    *out_s = 0;
    if (cert != NULL && ASN1_TIME_to_tm(X509_get0_notAfter(cert), &tm) == 1) {
        *out_s = (int64_t)timegm(&tm);
        e = ERR_OK;
    }
    X509_free(cert);
    ERR_clear_error();
    return e;
}

void tls_fingerprint_text(const uint8_t fp[TLS_FINGERPRINT], char out[TLS_FINGERPRINT_TEXT])
{
    unsigned char digits[TEXT_DIGITS + 2]; /* with '=' and NUL */

    (void)EVP_EncodeBlock(digits, fp, TLS_FINGERPRINT);
    digits[TEXT_DIGITS] = '\0';
    (void)snprintf(out, TLS_FINGERPRINT_TEXT, PREFIX "%s", (const char *)digits);
}

enum err tls_fingerprint_parse(const char *text, uint8_t out[TLS_FINGERPRINT])
{
    unsigned char digits[TEXT_DIGITS + 1];
    unsigned char raw[TLS_FINGERPRINT + 1];
    char again[TLS_FINGERPRINT_TEXT];

    if (strlen(text) != strlen(PREFIX) + TEXT_DIGITS ||
        strncmp(text, PREFIX, strlen(PREFIX)) != 0)
        return ERR_FORMAT;
    memcpy(digits, text + strlen(PREFIX), TEXT_DIGITS);
    digits[TEXT_DIGITS] = '=';
    if (EVP_DecodeBlock(raw, digits, sizeof digits) != (int)sizeof raw)
        return ERR_FORMAT;
    /* Written back it must be the same text: one fingerprint has one spelling. */
    tls_fingerprint_text(raw, again);
    if (strcmp(again, text) != 0)
        return ERR_FORMAT;
    memcpy(out, raw, TLS_FINGERPRINT);
    return ERR_OK;
}
