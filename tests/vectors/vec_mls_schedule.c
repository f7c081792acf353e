/* SPDX-License-Identifier: ISC */
/* The key schedule over several epochs, chains of PSKs, and transcript hashes. */
#include "mls/content.h"
#include "mls/proposal.h"
#include "mls/schedule.h"
#include "vec.h"

static const struct suite *find_suite(struct vec_case *c, const cJSON *o)
{
    uint16_t id = (uint16_t)vec_int(c, o, "cipher_suite", 0, UINT16_MAX);
    const struct suite *s = suite_find(id);

    if (s == NULL)
        vec_not_built(c, "suite 0x%04x", id);
    return s;
}

static void copy_fixed(struct vec_case *c, const cJSON *o, const char *key, uint8_t *out)
{
    memcpy(out, vec_fixed(c, o, key, SUITE_HASH).p, SUITE_HASH);
}

static void check_context(
    struct vec_case *c, const cJSON *o, const struct schedule_context *made, struct buf *raw)
{
    struct schedule_context read;
    struct reader r;

    schedule_context_write(made, raw);
    (void)vec_same(c, "group_context", vec_hex(c, o, "group_context"), buf_view(raw));
    reader_init(&r, buf_view(raw));
    schedule_context_read(&r, &read);
    (void)vec_ok(c, "reading the group context", reader_end(&r));
    (void)vec_true(c, "it is the same", read.suite == made->suite && read.epoch == made->epoch);
    (void)vec_same(c, "group id", made->group_id, read.group_id);
}

static void check_secrets(struct vec_case *c, const cJSON *o, const struct schedule *e)
{
    const struct {
        const char *key;
        const uint8_t *got;
    } rows[] = {
        {"joiner_secret", e->joiner},
        {"welcome_secret", e->welcome},
        {"sender_data_secret", e->sender_data},
        {"encryption_secret", e->encryption},
        {"exporter_secret", e->exporter},
        {"external_secret", e->external},
        {"confirmation_key", e->confirmation},
        {"membership_key", e->membership},
        {"resumption_psk", e->resumption},
        {"epoch_authenticator", e->authenticator},
        {"init_secret", e->init},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        (void)vec_same(c, rows[i].key, vec_fixed(c, o, rows[i].key, SUITE_HASH),
            bytes_of(rows[i].got, SUITE_HASH));
}

static void check_external(
    struct vec_case *c, const cJSON *o, const struct suite *s, const struct schedule *e)
{
    struct dh_key *key = NULL;

    if (vec_ok(c, "external key pair", schedule_external_key(s, e, &key)))
        (void)vec_same(c, "external_pub", vec_hex(c, o, "external_pub"), dh_key_pub(key));
    dh_key_free(key);
}

static void check_exporter(
    struct vec_case *c, const cJSON *o, const struct suite *s, const struct schedule *e)
{
    const cJSON *exporter = vec_obj(c, o, "exporter");
    struct bytes label = bytes_str(vec_str(c, exporter, "label"));
    struct bytes context = vec_hex(c, exporter, "context");
    size_t n = (size_t)vec_int(c, exporter, "length", 0, 255 * SUITE_HASH);
    uint8_t *out = vec_room(c, n);

    if (vec_ok(c, "exporter", schedule_export(s, e, label, context, out, n)))
        (void)vec_same(c, "exported secret", vec_hex(c, exporter, "secret"), bytes_of(out, n));
}

/* The epoch's joiner secret alone leads to the same place. */
static void check_joiner(struct vec_case *c, const struct suite *s, const uint8_t *psk,
    struct bytes context, const struct schedule *e)
{
    struct schedule joined;

    if (vec_ok(c, "joining", schedule_join(s, e->joiner, psk, context, &joined)))
        (void)vec_same(
            c, "joined secrets", bytes_of(e, sizeof *e), bytes_of(&joined, sizeof joined));
}

static void run_epoch(struct vec_case *c, const cJSON *o, struct schedule_context *context,
    uint8_t init[SUITE_HASH])
{
    const struct suite *s = context->suite;
    struct bytes commit = vec_fixed(c, o, "commit_secret", SUITE_HASH);
    struct bytes psk = vec_fixed(c, o, "psk_secret", SUITE_HASH);
    struct schedule e;
    struct buf raw;

    copy_fixed(c, o, "tree_hash", context->tree_hash);
    copy_fixed(c, o, "confirmed_transcript_hash", context->transcript);
    buf_init(&raw, 65536);
    check_context(c, o, context, &raw);
    if (vec_ok(
            c, "key schedule", schedule_next(s, init, commit.p, psk.p, buf_view(&raw), &e))) {
        check_secrets(c, o, &e);
        check_external(c, o, s, &e);
        check_exporter(c, o, s, &e);
        check_joiner(c, s, psk.p, buf_view(&raw), &e);
        memcpy(init, e.init, SUITE_HASH);
    }
    buf_free(&raw);
}

static void run_schedule(struct vec_case *c, const cJSON *o)
{
    struct schedule_context context = {.suite = find_suite(c, o), .transcript_n = SUITE_HASH};
    uint8_t init[SUITE_HASH];
    const cJSON *epoch;

    if (context.suite == NULL)
        return;
    context.group_id = vec_hex(c, o, "group_id");
    copy_fixed(c, o, "initial_init_secret", init);
    cJSON_ArrayForEach(epoch, vec_arr(c, o, "epochs"))
    {
        run_epoch(c, epoch, &context, init);
        context.epoch++;
    }
    (void)vec_true(c, "there are epochs", context.epoch != 0);
}

static void run_psk(struct vec_case *c, const cJSON *o)
{
    const struct suite *s = find_suite(c, o);
    const cJSON *psks = vec_arr(c, o, "psks");
    uint8_t secret[SUITE_HASH] = {0};
    const cJSON *item;
    uint16_t at = 0;

    if (s == NULL)
        return;
    cJSON_ArrayForEach(item, psks)
    {
        struct schedule_psk_id id = {.type = PSK_EXTERNAL,
            .id = vec_hex(c, item, "psk_id"),
            .nonce = vec_hex(c, item, "psk_nonce")};

        (void)vec_ok(c, "chaining",
            schedule_psk_add(s, &id, vec_hex(c, item, "psk"), at++,
                (uint16_t)cJSON_GetArraySize(psks), secret));
    }
    (void)vec_same(c, "psk_secret", vec_fixed(c, o, "psk_secret", SUITE_HASH),
        bytes_of(secret, SUITE_HASH));
}

static void run_transcript(struct vec_case *c, const cJSON *o)
{
    const struct suite *s = find_suite(c, o);
    uint8_t confirmed[SUITE_HASH], interim[SUITE_HASH], tag[SUITE_HASH];
    struct content read;
    struct reader r;
    struct buf part;

    if (s == NULL)
        return;
    struct bytes key = vec_fixed(c, o, "confirmation_key", SUITE_HASH);
    reader_init(&r, vec_hex(c, o, "authenticated_content"));
    content_authenticated_read(&r, proposal_skip, &read);
    if (!vec_ok(c, "authenticated_content", reader_end(&r)))
        return;
    buf_init(&part, 1u << 20);
    content_transcript_write(&read, &part);
    if (vec_ok(c, "transcript",
            schedule_transcript(s, vec_hex(c, o, "interim_transcript_hash_before"),
                buf_view(&part), confirmed)) &&
        vec_ok(c, "tag", schedule_tag(s, key.p, bytes_of(confirmed, SUITE_HASH), tag)) &&
        vec_ok(c, "interim", schedule_interim(s, confirmed, read.confirmation_tag, interim))) {
        (void)vec_same(c, "confirmed_transcript_hash_after",
            vec_hex(c, o, "confirmed_transcript_hash_after"), bytes_of(confirmed, SUITE_HASH));
        (void)vec_same(c, "interim_transcript_hash_after",
            vec_hex(c, o, "interim_transcript_hash_after"), bytes_of(interim, SUITE_HASH));
        (void)vec_same(c, "confirmation tag", read.confirmation_tag, bytes_of(tag, SUITE_HASH));
    }
    buf_clear(&part);
    content_authenticated_write(&read, &part);
    (void)vec_same(c, "written again", vec_hex(c, o, "authenticated_content"), buf_view(&part));
    buf_free(&part);
}

const struct vec_kind VEC_MLS_KEY_SCHEDULE = {
    .name = "mls key schedule",
    .keys = {"cipher_suite", "group_id", "initial_init_secret", "epochs"},
    .each = run_schedule,
};

const struct vec_kind VEC_MLS_PSK_SECRET = {
    .name = "mls psk secret",
    .keys = {"cipher_suite", "psks", "psk_secret"},
    .each = run_psk,
};

const struct vec_kind VEC_MLS_TRANSCRIPT = {
    .name = "mls transcript hashes",
    .keys = {"cipher_suite", "confirmation_key", "authenticated_content",
        "interim_transcript_hash_before"},
    .each = run_transcript,
};
