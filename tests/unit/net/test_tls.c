/* SPDX-License-Identifier: ISC */
#include "net/tls.h"

#include <criterion/criterion.h>
#include <time.h>

#include "base/mem.h"
#include "pki.h"

/* Two sessions that talk through memory. */
struct side {
    struct tls *tls;
    struct buf out;
    enum err shake;
};
struct pair {
    struct side client, server;
};

static void side_open(struct side *s, struct tls_ctx *ctx, int64_t now_s)
{
    s->tls = tls_new(ctx);
    tls_time(s->tls, now_s);
    buf_init(&s->out, 1u << 20);
    s->shake = ERR_MORE;
}

static void pair_open(struct pair *p, struct tls_ctx *client, struct tls_ctx *server)
{
    int64_t now = (int64_t)time(NULL);

    side_open(&p->client, client, now);
    side_open(&p->server, server, now);
}

static void pair_free(struct pair *p)
{
    tls_free(p->client.tls);
    tls_free(p->server.tls);
    buf_free(&p->client.out);
    buf_free(&p->server.out);
}

/* Gives to what from has said, at most step bytes at a time. */
static void side_take(struct side *to, struct side *from, size_t step)
{
    size_t at = 0;

    do {
        size_t n = from->out.n - at < step ? from->out.n - at : step;
        tls_feed(to->tls, n != 0 ? bytes_of(from->out.p + at, n) : (struct bytes){0});
        at += n;
        if (to->shake == ERR_MORE)
            to->shake = tls_handshake(to->tls, &to->out);
    } while (at < from->out.n && to->shake == ERR_MORE);
    cr_assert_eq(at, from->out.n, "bytes after the handshake were not expected");
    buf_clear(&from->out);
}

static void pair_shake(struct pair *p, size_t step)
{
    for (int i = 0; i < 4; i++) {
        side_take(&p->client, &p->server, step);
        side_take(&p->server, &p->client, step);
    }
}

static void side_write(struct side *s, struct bytes b)
{
    cr_assert_eq(tls_write(s->tls, b, &s->out), ERR_OK);
}

/* Reads all that from sent, appending it to got; gives the verdict that ended it. */
static enum err side_read(struct side *to, struct side *from, size_t cap, struct buf *got)
{
    static uint8_t room[64 << 10];
    enum err e;

    tls_feed(to->tls, buf_view(&from->out));
    for (;;) {
        size_t n = 0;
        e = tls_read(to->tls, room, cap, &n, &to->out);
        if (e != ERR_OK)
            break;
        cr_assert(n > 0 && n <= cap);
        buf_put(got, room, n);
    }
    buf_clear(&from->out);
    return e;
}

struct world {
    struct pki ca, own;
    struct tls_ctx *server, *client;
    struct pair pair;
};

static void world_open(struct world *w)
{
    pki_make(&w->own, NULL, PKI_SERVER, "relay", NULL);
    w->server = pki_server(&w->own, NULL);
    w->client = pki_client_any();
    pair_open(&w->pair, w->client, w->server);
    pair_shake(&w->pair, SIZE_MAX);
    cr_assert_eq(w->pair.client.shake, ERR_OK);
    cr_assert_eq(w->pair.server.shake, ERR_OK);
}

static void world_free(struct world *w)
{
    pair_free(&w->pair);
    tls_ctx_free(w->client);
    tls_ctx_free(w->server);
    pki_free(&w->own);
}

static size_t records(const struct buf *b)
{
    size_t count = 0, at = 0;

    for (; at + 5 <= b->n; count++)
        at += 5 + ((size_t)b->p[at + 3] << 8 | b->p[at + 4]);
    cr_assert_eq(at, b->n);
    return count;
}

Test(tls, handshake__byte_by_byte)
{
    struct pki own;
    struct pair p;

    pki_make(&own, NULL, PKI_SERVER, "relay", NULL);
    struct tls_ctx *server = pki_server(&own, NULL), *client = pki_client_any();
    pair_open(&p, client, server);
    pair_shake(&p, 1);
    cr_assert_eq(p.client.shake, ERR_OK);
    cr_assert_eq(p.server.shake, ERR_OK);
    cr_assert_eq(p.server.out.n, 0, "a ticket was sent");
    cr_assert_str_empty(tls_why(p.client.tls));
    pair_free(&p);
    tls_ctx_free(client);
    tls_ctx_free(server);
    pki_free(&own);
}

Test(tls, write__sixteen_kib_records_and_back)
{
    static uint8_t big[100000];
    struct world w;
    struct buf got;

    for (size_t i = 0; i < sizeof big; i++)
        big[i] = (uint8_t)(i * 7 + i / 251);
    buf_init(&got, sizeof big);
    world_open(&w);
    side_write(&w.pair.client, bytes_of(big, sizeof big));
    cr_assert_eq(records(&w.pair.client.out), 7);
    cr_assert_eq(side_read(&w.pair.server, &w.pair.client, 1000, &got), ERR_MORE);
    cr_assert_eq(got.n, sizeof big);
    cr_assert_arr_eq(got.p, big, sizeof big);
    side_write(&w.pair.client, (struct bytes){0});
    cr_assert_eq(w.pair.client.out.n, 0, "nothing became a record");
    buf_free(&got);
    world_free(&w);
}

Test(tls, read__a_record_in_two_pieces)
{
    struct world w;
    struct buf got, whole;

    buf_init(&got, 100);
    buf_init(&whole, 1000);
    world_open(&w);
    side_write(&w.pair.client, bytes_str("hello"));
    for (size_t cut = 0; cut < w.pair.client.out.n; cut++) {
        buf_clear(&whole);
        buf_bytes(&whole, buf_view(&w.pair.client.out));
        buf_clear(&w.pair.client.out);
        buf_put(&w.pair.client.out, whole.p, cut);
        cr_assert_eq(side_read(&w.pair.server, &w.pair.client, 100, &got), ERR_MORE);
        cr_assert_eq(got.n, 0);
        cr_assert_eq(tls_partial(w.pair.server.tls), cut != 0);
        buf_put(&w.pair.client.out, whole.p + cut, whole.n - cut);
        cr_assert_eq(side_read(&w.pair.server, &w.pair.client, 100, &got), ERR_MORE);
        cr_assert(bytes_eq(buf_view(&got), bytes_str("hello")));
        cr_assert_not(tls_partial(w.pair.server.tls));
        buf_clear(&got);
        side_write(&w.pair.client, bytes_str("hello"));
    }
    buf_free(&got);
    buf_free(&whole);
    world_free(&w);
}

Test(tls, read__a_flipped_bit_anywhere_is_never_plaintext)
{
    size_t n = 1;

    for (size_t at = 0; at < n; at++) {
        struct world w;
        struct buf got;
        buf_init(&got, 100);
        world_open(&w);
        side_write(&w.pair.client, bytes_str("hi"));
        n = w.pair.client.out.n;
        w.pair.client.out.p[at] ^= 1;
        enum err e = side_read(&w.pair.server, &w.pair.client, 100, &got);
        /* A longer length leaves the record unfinished, which is no verdict yet. */
        cr_assert(e == ERR_CRYPTO || (e == ERR_MORE && (at == 3 || at == 4)), "byte %zu: %s",
            at, err_str(e));
        cr_assert_eq(got.n, 0);
        cr_assert(e == ERR_MORE || tls_why(w.pair.server.tls)[0] != '\0');
        size_t more = 0;
        uint8_t p[16];
        if (e != ERR_MORE) {
            cr_assert_eq(
                tls_read(w.pair.server.tls, p, 16, &more, &w.pair.server.out), ERR_STATE);
            cr_assert_eq(
                tls_write(w.pair.server.tls, bytes_str("x"), &w.pair.server.out), ERR_STATE);
        }
        buf_free(&got);
        world_free(&w);
    }
}

Test(tls, goodbye__comes_after_the_data)
{
    struct world w;
    struct buf got;

    buf_init(&got, 100);
    world_open(&w);
    side_write(&w.pair.client, bytes_str("last"));
    tls_goodbye(w.pair.client.tls, &w.pair.client.out);
    size_t n = w.pair.client.out.n;
    tls_goodbye(w.pair.client.tls, &w.pair.client.out);
    cr_assert_eq(w.pair.client.out.n, n, "twice is once");
    cr_assert_eq(tls_write(w.pair.client.tls, bytes_str("x"), &w.pair.client.out), ERR_STATE);
    cr_assert_eq(side_read(&w.pair.server, &w.pair.client, 100, &got), ERR_CLOSED);
    cr_assert(bytes_eq(buf_view(&got), bytes_str("last")));
    /* The other half is still open until it says goodbye too. */
    buf_clear(&got);
    side_write(&w.pair.server, bytes_str("reply"));
    cr_assert_eq(side_read(&w.pair.client, &w.pair.server, 100, &got), ERR_MORE);
    cr_assert(bytes_eq(buf_view(&got), bytes_str("reply")));
    buf_free(&got);
    world_free(&w);
}

Test(tls, goodbye__before_the_handshake_is_nothing)
{
    struct tls_ctx *client = pki_client_any();
    struct side s;

    side_open(&s, client, 0);
    tls_goodbye(s.tls, &s.out);
    cr_assert_eq(s.out.n, 0);
    uint8_t key[TLS_EXPORT], fp[TLS_FINGERPRINT];
    cr_assert_eq(tls_exporter(s.tls, key), ERR_STATE);
    cr_assert_eq(tls_peer_fingerprint(s.tls, fp), ERR_NOT_FOUND);
    tls_free(s.tls);
    buf_free(&s.out);
    tls_ctx_free(client);
}

Test(tls, exporter__equal_on_both_sides_and_fresh)
{
    uint8_t a[TLS_EXPORT], b[TLS_EXPORT], c[TLS_EXPORT];
    struct world w, v;

    world_open(&w);
    world_open(&v);
    cr_assert_eq(tls_exporter(w.pair.client.tls, a), ERR_OK);
    cr_assert_eq(tls_exporter(w.pair.server.tls, b), ERR_OK);
    cr_assert_eq(tls_exporter(v.pair.server.tls, c), ERR_OK);
    cr_assert_arr_eq(a, b, sizeof a);
    cr_assert_neq(memcmp(a, c, sizeof a), 0);
    world_free(&w);
    world_free(&v);
}

Test(tls, sink__a_full_one_fails_the_session)
{
    struct world w;
    uint8_t few[10];
    struct buf small;

    world_open(&w);
    buf_init_fixed(&small, few, sizeof few);
    cr_assert_neq(tls_write(w.pair.client.tls, bytes_str("hello"), &small), ERR_OK);
    cr_assert_eq(
        tls_write(w.pair.client.tls, bytes_str("hello"), &w.pair.client.out), ERR_STATE);
    world_free(&w);
}

Test(tls, ctx__lives_as_long_as_its_sessions)
{
    struct world w;
    struct buf got;

    buf_init(&got, 100);
    world_open(&w);
    tls_ctx_free(w.server);
    tls_ctx_free(w.client);
    side_write(&w.pair.server, bytes_str("still here"));
    cr_assert_eq(side_read(&w.pair.client, &w.pair.server, 100, &got), ERR_MORE);
    cr_assert_eq(got.n, 10);
    pair_free(&w.pair);
    pki_free(&w.own);
    buf_free(&got);
}

/* ---- how a client judges ---- */

struct verdict {
    const char *what;
    bool other_ca; /* the client trusts another CA than the one that signed */
    bool pin;      /* judges by pin; else by CA */
    bool wrong_pin;
    const char *alt;  /* the name in the certificate */
    const char *want; /* the name that is asked for */
    int64_t from, to; /* validity, relative to now */
    enum err err;
    const char *why;
};

#define NAME .err = ERR_CERT, .why = "certificate is for another name"
/* clang-format off */
static const struct verdict verdicts[] = {
    {.what = "good", .alt = "relay.example", .want = "relay.example", .from = -9, .to = 9},
    {.what = "good address", .alt = "127.0.0.1", .want = "127.0.0.1", .from = -9, .to = 9},
    {.what = "good v6", .alt = "2001:db8::1", .want = "2001:db8:0::1", .from = -9, .to = 9},
    {.what = "wildcard", .alt = "*.chat.example", .want = "a.chat.example", .from = -9, .to = 9},
    {.what = "wrong name", .alt = "relay.example", .want = "other.example", .from = -9, .to = 9, NAME},
    {.what = "only a common name", .want = "relay", .from = -9, .to = 9, NAME},
    {.what = "half a wildcard", .alt = "a*.chat.example", .want = "ab.chat.example", .from = -9, .to = 9, NAME},
    {.what = "two labels", .alt = "*.chat.example", .want = "a.b.chat.example", .from = -9, .to = 9, NAME},
    {.what = "a longer name", .alt = "relay.example.org", .want = "relay.example", .from = -9, .to = 9, NAME},
    {.what = "wrong address", .alt = "127.0.0.2", .want = "127.0.0.1", .from = -9, .to = 9, NAME},
    {.what = "a name for an address", .alt = "127.0.0.1", .want = "localhost", .from = -9, .to = 9, NAME},
    {.what = "expired", .alt = "r.example", .want = "r.example", .from = -9, .to = -1, .err = ERR_CERT,
     .why = "certificate has expired"},
    {.what = "not yet", .alt = "r.example", .want = "r.example", .from = 1, .to = 9, .err = ERR_CERT,
     .why = "certificate is not valid yet"},
    {.what = "another CA", .other_ca = true, .alt = "r.example", .want = "r.example", .from = -9, .to = 9,
     .err = ERR_CERT, .why = "certificate is not signed by a known authority"},
    {.what = "pin", .pin = true, .from = -9, .to = 9},
    {.what = "pin, dates do not matter", .pin = true, .from = -9, .to = -1},
    {.what = "changed pin", .pin = true, .wrong_pin = true, .from = -9, .to = 9, .err = ERR_PIN,
     .why = "not the pinned certificate"},
};
/* clang-format on */

static void judge(const struct verdict *v, int64_t now)
{
    struct pki ca, other, own;
    struct pair p;

    pki_make(&ca, NULL, PKI_CA, "ca", NULL);
    pki_make(&other, NULL, PKI_CA, "ca", NULL);
    pki_make_dated(&own, &ca, v->alt, now + v->from * 60, now + v->to * 60);
    struct tls_client_rules rules = {.name = v->want, .has_pin = v->pin};
    if (v->pin)
        pki_fingerprint(v->wrong_pin ? &other : &own, rules.pin);
    else
        rules.ca = buf_view(v->other_ca ? &other.cert : &ca.cert);
    struct tls_ctx *server = pki_server(&own, NULL), *client = pki_client(&rules);
    side_open(&p.client, client, now);
    side_open(&p.server, server, now);
    pair_shake(&p, SIZE_MAX);
    cr_assert_eq(p.client.shake, v->err, "%s: %s", v->what, err_str(p.client.shake));
    cr_assert_str_eq(tls_why(p.client.tls), v->why != NULL ? v->why : "", "%s", v->what);
    cr_assert_eq(p.server.shake, v->err == ERR_OK ? ERR_OK : ERR_CRYPTO, "%s", v->what);
    if (v->err != ERR_OK)
        cr_assert_eq(strncmp(tls_why(p.server.tls), "the other side refused: ", 24), 0,
            "%s: %s", v->what, tls_why(p.server.tls));
    pair_free(&p);
    tls_ctx_free(client);
    tls_ctx_free(server);
    pki_free(&ca);
    pki_free(&other);
    pki_free(&own);
}

Test(tls, client__judges_the_relay)
{
    for (size_t i = 0; i < MEM_COUNT(verdicts); i++)
        judge(&verdicts[i], (int64_t)time(NULL));
}

/* The time is the one handed in, not the system's. */
Test(tls, client__judges_by_the_time_it_is_given)
{
    for (size_t i = 0; i < MEM_COUNT(verdicts); i++) {
        /* A CA of today is not valid then; the pin's rows need none. */
        if (verdicts[i].pin)
            judge(&verdicts[i], INT64_C(3000000000));
    }
    struct pki own;
    pki_make(&own, NULL, PKI_SERVER, "r", "r.example");
    struct tls_client_rules rules = {.ca = buf_view(&own.cert), .name = "r.example"};
    static const struct {
        int64_t rule, session;
        enum err err;
    } rows[] = {{0, 0, ERR_CERT}, {0, 1, ERR_OK}, {1, 0, ERR_OK}, {2, 1, ERR_CERT}};
    int64_t times[] = {1000, (int64_t)time(NULL), 4000000000};
    for (size_t i = 0; i < MEM_COUNT(rows); i++) {
        struct pair p;
        rules.now_s = rows[i].rule == 0 ? 0 : times[rows[i].rule];
        struct tls_ctx *server = pki_server(&own, NULL), *client = pki_client(&rules);
        side_open(&p.client, client, times[rows[i].session]);
        side_open(&p.server, server, times[rows[i].session]);
        pair_shake(&p, SIZE_MAX);
        cr_assert_eq(p.client.shake, rows[i].err, "row %zu: %s", i, tls_why(p.client.tls));
        pair_free(&p);
        tls_ctx_free(client);
        tls_ctx_free(server);
    }
    pki_free(&own);
}

Test(tls, client__first_use_is_told_the_fingerprint)
{
    uint8_t want[TLS_FINGERPRINT], got[TLS_FINGERPRINT];
    struct world w;

    world_open(&w);
    pki_fingerprint(&w.own, want);
    cr_assert_eq(tls_peer_fingerprint(w.pair.client.tls, got), ERR_OK);
    cr_assert_arr_eq(want, got, sizeof want);
    cr_assert_eq(tls_peer_fingerprint(w.pair.server.tls, got), ERR_NOT_FOUND);
    char name[8];
    cr_assert_eq(tls_peer_name(w.pair.server.tls, name, sizeof name), ERR_NOT_FOUND);
    cr_assert_eq(tls_peer_name(w.pair.client.tls, name, sizeof name), ERR_OK);
    cr_assert_str_eq(name, "relay");
    cr_assert_eq(tls_peer_name(w.pair.client.tls, name, 5), ERR_TOO_BIG);
    cr_assert_str_empty(name);
    world_free(&w);
}

/* A certificate for clients is none for a relay. */
Test(tls, client__refuses_a_certificate_for_another_use)
{
    struct pki ca, own;
    struct pair p;

    pki_make(&ca, NULL, PKI_CA, "ca", NULL);
    pki_make(&own, &ca, PKI_CLIENT, "r", "r.example");
    struct tls_client_rules rules = {.ca = buf_view(&ca.cert), .name = "r.example"};
    struct tls_ctx *server = pki_server(&own, NULL), *client = pki_client(&rules);
    pair_open(&p, client, server);
    pair_shake(&p, SIZE_MAX);
    cr_assert_eq(p.client.shake, ERR_CERT);
    pair_free(&p);
    tls_ctx_free(client);
    tls_ctx_free(server);
    pki_free(&ca);
    pki_free(&own);
}

/* ---- certificates of clients ---- */

static void client_cert(const struct pki *signer, enum pki_kind kind, enum err want,
    const char *cn, const char *shown)
{
    struct pki ca, own, mine;
    struct pair p;
    char name[64];

    pki_make(&ca, NULL, PKI_CA, "people", NULL);
    pki_make(&own, NULL, PKI_SERVER, "relay", NULL);
    pki_make(&mine, signer != NULL ? signer : &ca, kind, cn, NULL);
    struct tls_client_rules rules = {.cert = buf_view(&mine.cert), .key = buf_view(&mine.key)};
    struct tls_ctx *server = pki_server(&own, &ca), *client = pki_client(&rules);
    pair_open(&p, client, server);
    pair_shake(&p, SIZE_MAX);
    cr_assert_eq(p.client.shake, ERR_OK, "in TLS 1.3 the client hears of it later");
    cr_assert_eq(p.server.shake, want, "%s", tls_why(p.server.tls));
    if (want == ERR_OK) {
        uint8_t fp[TLS_FINGERPRINT], mine_fp[TLS_FINGERPRINT];
        cr_assert_eq(tls_peer_name(p.server.tls, name, sizeof name), ERR_OK);
        cr_assert_str_eq(name, shown);
        pki_fingerprint(&mine, mine_fp);
        cr_assert_eq(tls_peer_fingerprint(p.server.tls, fp), ERR_OK);
        cr_assert_arr_eq(fp, mine_fp, sizeof fp);
    }
    pair_free(&p);
    tls_ctx_free(client);
    tls_ctx_free(server);
    pki_free(&ca);
    pki_free(&own);
    pki_free(&mine);
}

Test(tls, server__client_certificates)
{
    struct pki foreign;

    pki_make(&foreign, NULL, PKI_CA, "people", NULL);
    client_cert(NULL, PKI_CLIENT, ERR_OK, "alice", "alice");
    client_cert(NULL, PKI_CLIENT, ERR_OK, "al\x1b[2Jice\xc3\xa9", "al?[2Jice??");
    client_cert(&foreign, PKI_CLIENT, ERR_CERT, "alice", NULL);
    client_cert(NULL, PKI_SERVER, ERR_CERT, "alice", NULL);
    pki_free(&foreign);
}

Test(tls, server__a_client_without_a_certificate_is_let_in)
{
    struct pki ca, own;
    struct pair p;
    uint8_t fp[TLS_FINGERPRINT];

    pki_make(&ca, NULL, PKI_CA, "people", NULL);
    pki_make(&own, NULL, PKI_SERVER, "relay", NULL);
    struct tls_ctx *server = pki_server(&own, &ca), *client = pki_client_any();
    pair_open(&p, client, server);
    pair_shake(&p, SIZE_MAX);
    cr_assert_eq(p.server.shake, ERR_OK);
    cr_assert_eq(tls_peer_fingerprint(p.server.tls, fp), ERR_NOT_FOUND);
    pair_free(&p);
    tls_ctx_free(client);
    tls_ctx_free(server);
    pki_free(&ca);
    pki_free(&own);
}

/* ---- making contexts ---- */

Test(tls, ctx__says_what_is_wrong_with_files)
{
    struct pki a, b;
    struct tls_ctx *c = NULL;
    char why[160];

    pki_make(&a, NULL, PKI_SERVER, "a", NULL);
    pki_make(&b, NULL, PKI_SERVER, "b", NULL);
    const struct {
        struct bytes cert, key, ca;
        const char *why;
    } rows[] = {
        {bytes_str("junk"), buf_view(&a.key), {0}, "the certificate cannot be read"},
        {{0}, {0}, {0}, "the certificate cannot be read"},
        {buf_view(&a.cert), bytes_str("junk"), {0}, "the private key cannot be read"},
        {buf_view(&a.cert), buf_view(&b.key), {0}, "the private key does not fit"},
        {buf_view(&a.cert), buf_view(&a.key), bytes_str("junk"), "the certificates of the CA"},
        {buf_view(&a.cert), buf_view(&a.key), bytes_of(b.cert.p, b.cert.n - 40),
            "the certificates of the CA"},
    };
    for (size_t i = 0; i < MEM_COUNT(rows); i++) {
        why[0] = '\0';
        cr_assert_eq(
            tls_ctx_new_server(rows[i].cert, rows[i].key, rows[i].ca, &c, why, sizeof why),
            ERR_CERT);
        cr_assert_null(c);
        cr_assert_eq(strncmp(why, rows[i].why, strlen(rows[i].why)), 0, "row %zu: %s", i, why);
    }
    struct tls_client_rules nameless = {.ca = buf_view(&a.cert)};
    cr_assert_eq(tls_ctx_new_client(&nameless, &c, why, sizeof why), ERR_CERT);
    cr_assert_null(c);
    pki_free(&a);
    pki_free(&b);
}
