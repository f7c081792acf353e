/* SPDX-License-Identifier: ISC */
/*
 * TLS 1.3 and nothing below it, on memory: bytes in, bytes out, no socket here. A context holds
 * certificates and rules and is counted, so that a reload replaces it under living sessions;
 * a session is one connection. Tickets, session cache, early data and compression are off;
 * buffers are released while idle; more than 32 KeyUpdates in 60 s end the session. The time,
 * by which certificates are judged and those 60 s counted, is handed in with tls_time().
 *
 * Input: tls_feed() points the session at bytes, tls_read() gives plaintext until ERR_MORE;
 * all fed bytes are taken by then. Output: whatever TLS wants to send is appended to the
 * session's sink, a buf handed in with each call, so nothing idle is held per session.
 */
#ifndef NET_TLS_H
#define NET_TLS_H

#include "base/buf.h"
#include "base/bytes.h"
#include "base/err.h"

#define TLS_FINGERPRINT 32 /* SHA-256 of the DER SubjectPublicKeyInfo */
#define TLS_EXPORT      32

struct tls_ctx;
struct tls;

/* cert and key are PEM text. client_ca (PEM, may be empty) asks clients for certificates and
 * verifies those that come. why gets words for a person. */
enum err tls_ctx_new_server(struct bytes cert, struct bytes key, struct bytes client_ca,
    struct tls_ctx **out, char *why, size_t why_n);

/* How a client judges the relay. With ca (PEM): chain, name and dates. Else by pin: equal to
 * pin, or, when has_pin is false, accepted and told (first use). Either way a key below 112
 * bits of strength (RSA below 2048) is refused. cert and key may be empty. */
struct tls_client_rules {
    struct bytes ca;
    const char *name; /* host name or address that the certificate must carry, in CA mode */
    bool has_pin;
    uint8_t pin[TLS_FINGERPRINT];
    struct bytes cert;
    struct bytes key;
    int64_t now_s; /* judges by this time whatever tls_time() says; 0: by tls_time() */
};
enum err tls_ctx_new_client(
    const struct tls_client_rules *rules, struct tls_ctx **out, char *why, size_t why_n);
struct tls_ctx *tls_ctx_ref(struct tls_ctx *c);
void tls_ctx_free(struct tls_ctx *c); /* drops one reference */

struct tls *tls_new(struct tls_ctx *c); /* keeps a reference to it */
void tls_free(struct tls *t);
void tls_time(
    struct tls *t, int64_t wall_s); /* UTC; before the handshake and now and then after */

void tls_feed(struct tls *t, struct bytes in);
/* ERR_OK: the handshake is complete; ERR_MORE: feed again; else failed, tls_why() says it. */
enum err tls_handshake(struct tls *t, struct buf *out);
/* Plaintext into p; ERR_OK with *n > 0, ERR_MORE, ERR_CLOSED (close_notify), or failed. */
enum err tls_read(struct tls *t, uint8_t *p, size_t cap, size_t *n, struct buf *out);
/* Seals all of it, in records of 16 KiB. */
enum err tls_write(struct tls *t, struct bytes in, struct buf *out);
void tls_goodbye(
    struct tls *t, struct buf *out);   /* close_notify; nothing when the session failed */
bool tls_partial(const struct tls *t); /* a record has begun and not ended */
const char *tls_why(
    const struct tls *t); /* words for a person once an operation failed, else "" */

enum err tls_exporter(struct tls *t, uint8_t out[TLS_EXPORT]);
/* Of the other side's certificate; ERR_NOT_FOUND when it sent none. */
enum err tls_peer_fingerprint(struct tls *t, uint8_t out[TLS_FINGERPRINT]);
/* Its common name, with '?' for all but printable ASCII; ERR_TOO_BIG rather than cut. */
enum err tls_peer_name(struct tls *t, char *name, size_t n);

#endif
