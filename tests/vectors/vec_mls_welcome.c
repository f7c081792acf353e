/* SPDX-License-Identifier: ISC */
/* A welcome opened with the key it was made for: secrets, group info, its signature, and the
 * confirmation tag that the key schedule gives. */
#include "mls/content.h"
#include "mls/label.h"
#include "mls/package.h"
#include "mls/welcome.h"
#include "mls/wire.h"
#include "vec.h"

struct opened {
    const struct suite *suite;
    struct keypackage *package;
    struct dh_key *init;
    struct sign_pub *signer;
    struct buf plain_secrets;
    struct buf plain_info;
    struct welcome welcome;
    struct welcome_secrets secrets;
    struct welcome_info info;
};

static bool read_inputs(struct vec_case *c, const cJSON *o, struct opened *w)
{
    struct bytes package = vec_hex(c, o, "key_package");
    struct bytes init = vec_hex(c, o, "init_priv");
    struct bytes signer = vec_hex(c, o, "signer_pub");
    struct bytes message = vec_hex(c, o, "welcome");
    struct reader r;

    if (!vec_going(c) || !vec_ok(c, "key_package", package_read(package, &w->package)) ||
        !vec_ok(c, "init_priv", dh_key_new(w->suite->hpke.kem, init, &w->init)) ||
        !vec_ok(c, "signer_pub", sign_pub_read(w->suite->sign, signer, &w->signer)))
        return false;
    reader_init(&r, message);
    (void)vec_equal(c, "wire format", CONTENT_WELCOME, content_message_read(&r));
    welcome_read(&r, &w->welcome);
    return vec_ok(c, "welcome", reader_end(&r)) &&
           vec_true(c, "the welcome is of the suite", w->welcome.suite == w->suite) &&
           vec_same(c, "init_key", w->package->init_key, dh_key_pub(w->init)) &&
           vec_equal(c, "rules of the key package", MLS_RULE_KEPT,
               keypackage_check(w->package, w->suite));
}

static bool open_all(struct vec_case *c, struct opened *w)
{
    uint8_t ref[SUITE_HASH];
    struct welcome_entry entry;

    if (!vec_ok(c, "reference", keypackage_ref_hash(w->package, w->suite, ref)) ||
        !vec_true(c, "an entry for the key package", welcome_find(&w->welcome, ref, &entry)))
        return false;
    if (!vec_equal(c, "opening the secrets", MLS_RULE_KEPT,
            welcome_open_secrets(&w->welcome, &entry, w->init, &w->plain_secrets, &w->secrets)))
        return false;
    return vec_equal(c, "opening the group info", MLS_RULE_KEPT,
               welcome_open_info(
                   &w->welcome, w->secrets.joiner.p, NULL, &w->plain_info, &w->info)) &&
           vec_equal(c, "signature of the group info", MLS_RULE_KEPT,
               welcome_info_check(&w->info, w->signer));
}

static void check_tag(struct vec_case *c, const struct opened *w)
{
    struct schedule keys;
    uint8_t tag[SUITE_HASH];
    struct bytes transcript =
        bytes_of(w->info.context.transcript, w->info.context.transcript_n);

    if (vec_ok(c, "key schedule",
            schedule_join(w->suite, w->secrets.joiner.p, NULL, w->info.context_raw, &keys)) &&
        vec_ok(c, "tag", schedule_tag(w->suite, keys.confirmation, transcript, tag)))
        (void)vec_same(
            c, "confirmation_tag", w->info.confirmation_tag, bytes_of(tag, sizeof tag));
}

static void run_case(struct vec_case *c, const cJSON *o)
{
    uint16_t id = (uint16_t)vec_int(c, o, "cipher_suite", 0, UINT16_MAX);
    struct opened w = {.suite = suite_find(id)};

    if (w.suite == NULL) {
        vec_not_built(c, "suite 0x%04x", id);
        return;
    }
    buf_init(&w.plain_secrets, WIRE_MAX);
    buf_init(&w.plain_info, WIRE_MAX);
    if (read_inputs(c, o, &w) && open_all(c, &w))
        check_tag(c, &w);
    buf_wipe(&w.plain_secrets);
    buf_wipe(&w.plain_info);
    sign_pub_free(w.signer);
    dh_key_free(w.init);
    keypackage_unref(w.package);
}

const struct vec_kind VEC_MLS_WELCOME = {
    .name = "mls welcome",
    .keys = {"cipher_suite", "init_priv", "signer_pub", "key_package", "welcome"},
    .each = run_case,
};
