/* SPDX-License-Identifier: ISC */
#include "mls/schedule.h"

#include <criterion/criterion.h>

#include "base/mem.h"
#include "mls/label.h"
#include "mls/wire.h"
#include "support/attack.h"
#include "support/mlskit.h"

static const uint8_t INIT[SUITE_HASH] = "the init secret of an old epoch";
static const uint8_t COMMIT[SUITE_HASH] = "what the commit gave, 32 bytes.";
static const uint8_t PSK[SUITE_HASH] = "all PSKs chained, 32 bytes too.";

static const struct suite *suite(void)
{
    return suite_at(0);
}

static void next(const uint8_t *init, const uint8_t *commit, const uint8_t *psk,
    struct bytes context, struct schedule *out)
{
    cr_assert_eq(schedule_next(suite(), init, commit, psk, context, out), ERR_OK);
}

/* ---- group context ---- */

static struct schedule_context context_of(size_t transcript_n)
{
    struct schedule_context c = {.suite = suite(),
        .group_id = bytes_str("a group"),
        .epoch = 0x0102030405060708,
        .transcript_n = transcript_n,
        .extensions = bytes_of("\xf0\x01\x02ok", 5)};

    memset(c.tree_hash, 1, sizeof c.tree_hash);
    memset(c.transcript, 2, transcript_n);
    return c;
}

static bool take_context(void *arg, struct bytes in)
{
    struct schedule_context *out = arg;
    struct reader r;

    reader_init(&r, in);
    schedule_context_read(&r, out);
    return reader_end(&r) == ERR_OK;
}

static struct bytes write_context(struct buf *b, size_t transcript_n)
{
    struct schedule_context c = context_of(transcript_n);

    buf_init(b, 1000);
    schedule_context_write(&c, b);
    return buf_view(b);
}

Test(schedule_context, comes_back__as_it_was_written)
{
    for (size_t n = 0; n <= SUITE_HASH; n += SUITE_HASH) {
        struct schedule_context want = context_of(n), got;
        struct buf b;

        cr_assert(take_context(&got, write_context(&b, n)));
        cr_assert_eq(got.suite, want.suite);
        cr_assert_eq(got.epoch, want.epoch);
        cr_assert(bytes_eq(got.group_id, want.group_id));
        cr_assert(bytes_eq(got.extensions, want.extensions));
        cr_assert_eq(memcmp(got.tree_hash, want.tree_hash, SUITE_HASH), 0);
        cr_assert_eq(got.transcript_n, n);
        cr_assert_eq(memcmp(got.transcript, want.transcript, SUITE_HASH), 0);
        buf_free(&b);
    }
}

Test(schedule_context, is_refused__cut_or_with_more_behind)
{
    struct schedule_context got;
    struct buf b;
    struct bytes whole = write_context(&b, SUITE_HASH);

    cr_assert_eq(attack_truncate(whole, take_context, &got), ATTACK_HELD);
    cr_assert_eq(attack_trail(whole, take_context, &got), ATTACK_HELD);
    buf_free(&b);
}

static enum err context_error(const char *bytes, size_t n)
{
    struct schedule_context got;
    struct reader r;

    reader_init(&r, bytes_of(bytes, n));
    schedule_context_read(&r, &got);
    return reader_end(&r);
}

Test(schedule_context, is_refused__of_another_version_suite_or_hash)
{
    struct buf b;
    struct schedule_context got;

    cr_assert_eq(context_error("\0\2\0\1", 4), ERR_VERSION);
    cr_assert_eq(context_error("\0\1\0\7", 4), ERR_UNSUPPORTED);
    for (size_t n = 1; n < SUITE_HASH; n++) {
        cr_assert(!take_context(&got, write_context(&b, n)));
        buf_free(&b);
    }
    buf_init(&b, 1000);
    buf_put(&b, "\0\1\0\1\0\0\0\0\0\0\0\0\0", 13);
    wire_put(&b, bytes_of(INIT, SUITE_HASH - 1));
    buf_put(&b, "\0\0", 2);
    cr_assert(!take_context(&got, buf_view(&b)));
    buf_free(&b);
}

/* ---- the chain ---- */

Test(schedule_next, depends__on_everything_it_is_given)
{
    struct schedule first, other;
    uint8_t flipped[SUITE_HASH];

    next(INIT, COMMIT, PSK, bytes_str("context"), &first);
    for (int what = 0; what < 4; what++) {
        const uint8_t *in[] = {INIT, COMMIT, PSK};

        if (what < 3) {
            memcpy(flipped, in[what], SUITE_HASH);
            flipped[31] ^= 1;
            in[what] = flipped;
        }
        next(in[0], in[1], in[2], bytes_str(what == 3 ? "contexT" : "context"), &other);
        for (size_t at = 0; at < sizeof first; at += SUITE_HASH) {
            bool psk_is_later = what == 2 && at == 0; /* the joiner secret is before the PSKs */
            /* The welcome secret is before the context, but behind the joiner secret. */
            cr_assert_eq(
                memcmp((uint8_t *)&first + at, (uint8_t *)&other + at, SUITE_HASH) == 0,
                psk_is_later, "%d, %zu", what, at);
        }
    }
}

Test(schedule_next, gives_secrets__that_all_differ)
{
    struct schedule e;
    const uint8_t *p = (const uint8_t *)&e;

    next(INIT, COMMIT, NULL, bytes_str("context"), &e);
    for (size_t a = 0; a < sizeof e; a += SUITE_HASH)
        for (size_t b = 0; b < a; b += SUITE_HASH)
            cr_assert_neq(memcmp(p + a, p + b, SUITE_HASH), 0);
}

Test(schedule_next, takes_no_psk__for_one_of_zeroes)
{
    static const uint8_t zeroes[SUITE_HASH];
    struct schedule a, b;

    next(INIT, COMMIT, NULL, bytes_str("context"), &a);
    next(INIT, COMMIT, zeroes, bytes_str("context"), &b);
    cr_assert_eq(memcmp(&a, &b, sizeof a), 0);
}

Test(schedule_join, comes_to_the_same__as_the_members)
{
    struct schedule members, joiner;

    for (int with = 0; with < 2; with++) {
        const uint8_t *psk = with ? PSK : NULL;

        next(INIT, COMMIT, psk, bytes_str("context"), &members);
        cr_assert_eq(
            schedule_join(suite(), members.joiner, psk, bytes_str("context"), &joiner), ERR_OK);
        cr_assert_eq(memcmp(&members, &joiner, sizeof joiner), 0);
        /* In place: the joiner secret is read before anything is written. */
        cr_assert_eq(
            schedule_join(suite(), members.joiner, psk, bytes_str("context"), &members),
            ERR_OK);
        cr_assert_eq(memcmp(&members, &joiner, sizeof joiner), 0);
    }
}

Test(schedule_welcome_key, is_what_the_welcome_secret_gives)
{
    for (size_t row = 0; suite_at(row) != NULL; row++) {
        const struct suite *s = suite_at(row);
        uint8_t key[AEAD_KEY_MAX], nonce[AEAD_NONCE], want[AEAD_KEY_MAX];
        struct schedule e;

        cr_assert_eq(schedule_next(s, INIT, COMMIT, PSK, bytes_str("c"), &e), ERR_OK);
        cr_assert_eq(schedule_welcome_key(s, e.joiner, PSK, key, nonce), ERR_OK);
        cr_assert_eq(
            label_expand(s, e.welcome, "key", (struct bytes){0}, want, s->aead->key_size),
            ERR_OK);
        cr_assert_eq(memcmp(key, want, s->aead->key_size), 0);
        cr_assert_eq(
            label_expand(s, e.welcome, "nonce", (struct bytes){0}, want, AEAD_NONCE), ERR_OK);
        cr_assert_eq(memcmp(nonce, want, AEAD_NONCE), 0);
    }
}

/* ---- exporter ---- */

Test(schedule_export, depends__on_label_context_and_length)
{
    struct schedule e;
    uint8_t a[64], b[64];

    next(INIT, COMMIT, NULL, bytes_str("context"), &e);
    cr_assert_eq(schedule_export(suite(), &e, bytes_str("l"), bytes_str("c"), a, 64), ERR_OK);
    cr_assert_eq(schedule_export(suite(), &e, bytes_str("l"), bytes_str("c"), b, 64), ERR_OK);
    cr_assert_eq(memcmp(a, b, 64), 0);
    cr_assert_eq(schedule_export(suite(), &e, bytes_str("m"), bytes_str("c"), b, 64), ERR_OK);
    cr_assert_neq(memcmp(a, b, 64), 0);
    cr_assert_eq(schedule_export(suite(), &e, bytes_str("l"), bytes_str("d"), b, 64), ERR_OK);
    cr_assert_neq(memcmp(a, b, 64), 0);
    cr_assert_eq(schedule_export(suite(), &e, bytes_str("l"), bytes_str("c"), b, 32), ERR_OK);
    cr_assert_neq(memcmp(a, b, 32), 0);
}

/* A label that has no end as text: the same as what label_derive() makes of plain ones, and
 * not cut at a NUL. */
Test(schedule_export, takes_labels__of_any_bytes)
{
    struct schedule e;
    uint8_t a[32], b[32], derived[SUITE_HASH], hash[SUITE_HASH];
    struct bytes context = bytes_str("c");
    uint8_t *large = mem_alloc(20000);

    next(INIT, COMMIT, NULL, bytes_str("context"), &e);
    cr_assert_eq(schedule_export(suite(), &e, bytes_str("l"), context, a, 32), ERR_OK);
    cr_assert_eq(label_derive(suite(), e.exporter, "l", derived), ERR_OK);
    cr_assert_eq(hash_of(suite()->hash, &context, 1, hash), ERR_OK);
    cr_assert_eq(
        label_expand(suite(), derived, "exported", bytes_of(hash, SUITE_HASH), b, 32), ERR_OK);
    cr_assert_eq(memcmp(a, b, 32), 0);
    cr_assert_eq(schedule_export(suite(), &e, bytes_of("l\0", 2), context, b, 32), ERR_OK);
    cr_assert_neq(memcmp(a, b, 32), 0);
    cr_assert_eq(schedule_export(suite(), &e, (struct bytes){0}, context, b, 32), ERR_OK);
    cr_assert_eq(schedule_export(suite(), &e, bytes_of(large, 20000), context, b, 32), ERR_OK);
    mem_free(large);
}

Test(schedule_export, refuses__more_than_there_is)
{
    struct schedule e;
    uint8_t *out = mem_alloc(255 * SUITE_HASH + 1);

    next(INIT, COMMIT, NULL, bytes_str("context"), &e);
    cr_assert_eq(
        schedule_export(suite(), &e, bytes_str("l"), bytes_str("c"), out, 255 * SUITE_HASH),
        ERR_OK);
    cr_assert_eq(
        schedule_export(suite(), &e, bytes_str("l"), bytes_str("c"), out, 255 * SUITE_HASH + 1),
        ERR_TOO_BIG);
    mem_free(out);
}

/* ---- joining by a commit ---- */

Test(schedule_external, gives_both_ends_one_init_secret__and_nobody_else)
{
    for (size_t row = 0; suite_at(row) != NULL; row++) {
        const struct suite *s = suite_at(row);
        uint8_t drawn[SUITE_DRAWN] = {1, 2, 3}, kem[DH_PUB_MAX];
        uint8_t sent[SUITE_HASH], got[SUITE_HASH];
        struct schedule e, another;
        struct dh_key *key = NULL, *wrong = NULL;
        struct bytes kem_output = bytes_of(kem, s->hpke.kem->pub_size);

        cr_assert_eq(schedule_next(s, INIT, COMMIT, PSK, bytes_str("c"), &e), ERR_OK);
        cr_assert_eq(schedule_next(s, INIT, COMMIT, PSK, bytes_str("d"), &another), ERR_OK);
        cr_assert_eq(schedule_external_key(s, &e, &key), ERR_OK);
        cr_assert_eq(schedule_external_key(s, &another, &wrong), ERR_OK);
        cr_assert_eq(schedule_external_send(s, dh_key_pub(key), drawn, kem, sent), ERR_OK);
        cr_assert_eq(schedule_external_receive(s, key, kem_output, got), ERR_OK);
        cr_assert_eq(memcmp(sent, got, SUITE_HASH), 0);
        cr_assert(schedule_external_receive(s, wrong, kem_output, got) != ERR_OK ||
                  memcmp(sent, got, SUITE_HASH) != 0);
        drawn[0] ^= 1;
        cr_assert_eq(schedule_external_send(s, dh_key_pub(key), drawn, kem, got), ERR_OK);
        cr_assert_neq(memcmp(sent, got, SUITE_HASH), 0);
        dh_key_free(key);
        dh_key_free(wrong);
    }
}

Test(schedule_external, refuses__what_is_no_key)
{
    for (size_t row = 0; suite_at(row) != NULL; row++) {
        const struct suite *s = suite_at(row);
        uint8_t drawn[SUITE_DRAWN] = {1, 2, 3}, zero[DH_PUB_MAX] = {0}, init[SUITE_HASH];
        uint8_t kem[DH_PUB_MAX];
        struct schedule e;
        struct dh_key *key = NULL;

        cr_assert_eq(schedule_next(s, INIT, COMMIT, PSK, bytes_str("c"), &e), ERR_OK);
        cr_assert_eq(schedule_external_key(s, &e, &key), ERR_OK);
        for (size_t n = 0; n <= s->hpke.kem->pub_size; n++) {
            cr_assert_neq(schedule_external_receive(s, key, bytes_of(zero, n), init), ERR_OK);
            cr_assert_neq(
                schedule_external_send(s, bytes_of(zero, n), drawn, kem, init), ERR_OK);
        }
        dh_key_free(key);
    }
}

/* ---- transcripts and tags ---- */

Test(schedule_transcript, is_the_hash__of_what_stands_behind_each_other)
{
    uint8_t got[SUITE_HASH], want[SUITE_HASH], tag[SUITE_HASH] = {7};
    uint8_t input[SUITE_HASH + 1 + SUITE_HASH];

    cr_assert_eq(
        schedule_transcript(suite(), bytes_str("inter"), bytes_str("im"), got), ERR_OK);
    cr_assert_eq(hash_sha256(bytes_str("interim"), want), ERR_OK);
    cr_assert_eq(memcmp(got, want, SUITE_HASH), 0);
    cr_assert_eq(schedule_transcript(suite(), (struct bytes){0}, bytes_str("x"), got), ERR_OK);
    cr_assert_eq(hash_sha256(bytes_str("x"), want), ERR_OK);
    cr_assert_eq(memcmp(got, want, SUITE_HASH), 0);

    memcpy(input, INIT, SUITE_HASH);
    input[SUITE_HASH] = SUITE_HASH;
    memcpy(input + SUITE_HASH + 1, tag, SUITE_HASH);
    cr_assert_eq(schedule_interim(suite(), INIT, bytes_of(tag, SUITE_HASH), got), ERR_OK);
    cr_assert_eq(hash_sha256(bytes_of(input, sizeof input), want), ERR_OK);
    cr_assert_eq(memcmp(got, want, SUITE_HASH), 0);
    cr_assert_eq(schedule_interim(suite(), NULL, bytes_of(tag, SUITE_HASH), got), ERR_OK);
    cr_assert_eq(
        hash_sha256(bytes_of(input + SUITE_HASH, sizeof input - SUITE_HASH), want), ERR_OK);
    cr_assert_eq(memcmp(got, want, SUITE_HASH), 0);
}

/* ---- PSK ids ---- */

static const struct schedule_psk_id IDS[] = {
    {.type = PSK_EXTERNAL, .id = {(const uint8_t *)"an id", 5}, .nonce = {PSK, SUITE_HASH}},
    {.type = PSK_EXTERNAL},
    {.type = PSK_RESUMPTION,
        .id = {(const uint8_t *)"a group", 7},
        .usage = PSK_BRANCH,
        .epoch = 0x1122334455667788,
        .nonce = {PSK, SUITE_HASH}},
};

static bool take_psk_id(void *arg, struct bytes in)
{
    struct schedule_psk_id *out = arg;
    struct reader r;

    reader_init(&r, in);
    schedule_psk_id_read(&r, out);
    return reader_end(&r) == ERR_OK;
}

Test(schedule_psk_id, comes_back__as_it_was_written)
{
    for (size_t i = 0; i < MEM_COUNT(IDS); i++) {
        struct schedule_psk_id got;
        struct buf b;

        buf_init(&b, 1000);
        schedule_psk_id_write(&IDS[i], &b);
        cr_assert(take_psk_id(&got, buf_view(&b)));
        cr_assert_eq(got.type, IDS[i].type);
        cr_assert_eq(got.usage, IDS[i].usage);
        cr_assert_eq(got.epoch, IDS[i].epoch);
        cr_assert(bytes_eq(got.id, IDS[i].id));
        cr_assert(bytes_eq(got.nonce, IDS[i].nonce));
        cr_assert(bytes_eq(got.raw, buf_view(&b)));
        cr_assert_eq(attack_truncate(buf_view(&b), take_psk_id, &got), ATTACK_HELD);
        cr_assert_eq(attack_trail(buf_view(&b), take_psk_id, &got), ATTACK_HELD);
        buf_free(&b);
    }
}

Test(schedule_psk_id, is_refused__of_a_kind_that_is_none)
{
    struct schedule_psk_id got;

    cr_assert(take_psk_id(&got, bytes_of("\1\0\0", 3)));
    cr_assert(!take_psk_id(&got, bytes_of("\0\0\0", 3)));
    cr_assert(!take_psk_id(&got, bytes_of("\3\0\0", 3)));
    for (char usage = 0; usage < 6; usage++) {
        char in[12] = {2, usage};

        cr_assert_eq(take_psk_id(&got, bytes_of(in, sizeof in)), usage >= 1 && usage <= 3);
    }
}

static void chain(
    const struct schedule_psk_id *id, uint16_t at, uint16_t count, uint8_t *secret)
{
    cr_assert_eq(schedule_psk_add(suite(), id, bytes_str("a psk"), at, count, secret), ERR_OK);
}

Test(schedule_psk_add, depends__on_id_place_count_and_what_came_before)
{
    uint8_t one[SUITE_HASH] = {0}, other[SUITE_HASH] = {0};
    struct schedule_psk_id read;
    struct buf b;

    chain(&IDS[2], 0, 1, one);
    chain(&IDS[2], 0, 1, other);
    cr_assert_eq(memcmp(one, other, SUITE_HASH), 0);
    chain(&IDS[2], 0, 1, other); /* on what is there */
    cr_assert_neq(memcmp(one, other, SUITE_HASH), 0);
    memset(other, 0, SUITE_HASH);
    chain(&IDS[0], 0, 1, other);
    cr_assert_neq(memcmp(one, other, SUITE_HASH), 0);
    memset(other, 0, SUITE_HASH);
    chain(&IDS[2], 1, 2, other);
    cr_assert_neq(memcmp(one, other, SUITE_HASH), 0);
    memset(other, 0, SUITE_HASH);
    chain(&IDS[2], 0, 2, other);
    cr_assert_neq(memcmp(one, other, SUITE_HASH), 0);

    /* As it was read, it hashes to the same as it was made. */
    buf_init(&b, 1000);
    schedule_psk_id_write(&IDS[2], &b);
    cr_assert(take_psk_id(&read, buf_view(&b)));
    memset(other, 0, SUITE_HASH);
    chain(&read, 0, 1, other);
    cr_assert_eq(memcmp(one, other, SUITE_HASH), 0);
    buf_free(&b);
}
