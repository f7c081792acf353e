/* SPDX-License-Identifier: ISC */
/* A client that joins by a welcome and follows: proposals, commits, application messages and
 * exports, by the public interface of the library alone but for the secret of the key package,
 * which the vectors have in parts. */
#include <stdio.h>

#include "mls/mls.h"
#include "mls/package.h"
#include "mls/wire.h"
#include "vec.h"

#define EXPORT_MAX 1024

struct client {
    struct vec_case *c;
    const cJSON *psks;
    struct mls_env env;
    const struct suite *suite;
    struct mls_identity who;
    struct mls_package package;
    struct mls_join_request join;
    struct buf secret;
    struct mls_group *group;
};

static enum err find_psk(void *arg, struct bytes id, struct buf *out)
{
    const struct client *p = arg;
    const cJSON *item;

    cJSON_ArrayForEach(item, p->psks)
    {
        if (!bytes_eq(vec_hex(p->c, item, "psk_id"), id))
            continue;
        buf_bytes(out, vec_hex(p->c, item, "psk"));
        return buf_end(out);
    }
    return ERR_NOT_FOUND;
}

/* The private keys are those of the key package; what the library stores beside it is made of
 * them. */
static void read_secret(struct vec_case *c, const cJSON *o, struct client *p)
{
    struct package_secret parts = {.suite = p->suite};
    struct bytes init = vec_fixed(c, o, "init_priv", DH_PRIV_SIZE);
    struct bytes leaf = vec_fixed(c, o, "encryption_priv", DH_PRIV_SIZE);
    struct dh_key *key = NULL;

    memcpy(parts.init, init.p, init.n);
    memcpy(parts.leaf, leaf.p, leaf.n);
    package_secret_write(&parts, &p->secret);
    if (vec_going(c) &&
        vec_ok(c, "encryption_priv", dh_key_new(p->suite->hpke.kem, leaf, &key)))
        (void)vec_same(c, "encryption_key", p->package.member.encryption_key, dh_key_pub(key));
    dh_key_free(key);
}

/* Where it failed by a rule, that rule is told. */
static bool kept(struct vec_case *c, const char *what, enum err e, enum mls_rule rule)
{
    if (vec_going(c) && e == ERR_REFUSED)
        vec_fail(c, "%s: %s: %s", what, mls_rule_section(rule), mls_rule_text(rule));
    return vec_going(c) && vec_ok(c, what, e);
}

/* The lifetime is not what is asked here: the package is judged within it. */
static bool read_package(struct vec_case *c, struct client *p, struct bytes message)
{
    enum mls_rule rule = MLS_RULE_KEPT;
    struct keypackage *k = NULL;
    enum err e = package_read(message, &k);

    if (e == ERR_OK)
        e = mls_package_check(message, k->leaf->not_before, &p->package, &rule);
    keypackage_unref(k);
    return kept(c, "key_package", e, rule) &&
           vec_equal(c, "suite", p->suite->id, p->package.suite);
}

static bool read_client(struct vec_case *c, const cJSON *o, struct client *p)
{
    struct bytes signature_priv = vec_hex(c, o, "signature_priv");

    p->psks = vec_arr(c, o, "external_psks");
    p->join.package = vec_hex(c, o, "key_package");
    p->join.welcome = vec_hex(c, o, "welcome");
    p->join.tree = vec_hex_if(c, o, "ratchet_tree");
    if (!vec_going(c) || !read_package(c, p, p->join.package) ||
        !vec_ok(
            c, "signature_priv", sign_key_read(p->suite->sign, signature_priv, &p->who.key)))
        return false;
    p->who.credential_type = p->package.member.credential_type;
    p->who.identity = p->package.member.identity;
    p->who.leaf_extensions = p->package.member.extensions;
    read_secret(c, o, p);
    p->join.secret = buf_view(&p->secret);
    return vec_same(
        c, "signature_key", p->package.member.signature_key, sign_key_pub(p->who.key));
}

static bool join(struct vec_case *c, struct client *p)
{
    enum mls_rule rule = MLS_RULE_KEPT;
    enum err e = mls_group_join(&p->env, &p->who, &p->join, &p->group, &rule);

    return kept(c, "join", e, rule);
}

static bool check_authenticator(
    struct vec_case *c, const struct client *p, const cJSON *o, const char *key)
{
    struct bytes want = vec_hex(c, o, key);
    struct mls_view view;

    mls_group_view(p->group, &view);
    return vec_same(c, key, want, bytes_of(view.authenticator, sizeof view.authenticator));
}

static bool process(struct vec_case *c, struct client *p, struct bytes message,
    const char *what, struct mls_event *event)
{
    enum err e = vec_going(c) ? mls_process(p->group, message, event) : ERR_STATE;

    return kept(c, what, e, mls_group_rule(p->group));
}

static void open_application(struct vec_case *c, struct client *p, const cJSON *list)
{
    struct mls_event event;
    const cJSON *item;

    mls_event_init(&event);
    cJSON_ArrayForEach(item, list)
    {
        struct bytes message = vec_hex(c, item, "message");
        struct bytes plain = vec_hex(c, item, "plaintext");
        struct bytes aad = vec_hex(c, item, "authenticated_data");

        if (!process(c, p, message, "application", &event))
            break;
        (void)vec_equal(c, "kind", MLS_EVENT_APPLICATION, event.kind);
        (void)vec_same(c, "plaintext", plain, event.data);
        (void)vec_same(c, "authenticated_data", aad, event.authenticated_data);
    }
    mls_event_clear(&event);
}

static void check_export(struct vec_case *c, const struct client *p, const cJSON *o)
{
    uint8_t out[EXPORT_MAX];
    const char *label = vec_str(c, o, "label");
    struct bytes context = vec_hex(c, o, "context");
    size_t n = (size_t)vec_int(c, o, "length", 0, EXPORT_MAX);
    struct bytes want = vec_hex(c, o, "secret");

    if (vec_going(c) && vec_ok(c, "export", mls_export(p->group, label, context, out, n)))
        (void)vec_same(c, "export", want, bytes_of(out, n));
}

static bool follow(struct vec_case *c, struct client *p, const cJSON *epoch)
{
    struct mls_event event;
    const cJSON *item;
    bool fine = false;

    mls_event_init(&event);
    cJSON_ArrayForEach(item, vec_arr(c, epoch, "proposals"))
    {
        if (!process(c, p, vec_hex_of(c, item, "proposals"), "proposal", &event) ||
            !vec_equal(c, "kind", MLS_EVENT_PROPOSAL, event.kind))
            goto out;
    }
    fine = process(c, p, vec_hex(c, epoch, "commit"), "commit", &event) &&
           vec_equal(c, "kind", MLS_EVENT_COMMIT, event.kind) &&
           vec_ok(c, "apply", mls_apply(p->group));
out:
    mls_event_clear(&event);
    return fine;
}

static void check_epoch(struct vec_case *c, struct client *p, const cJSON *epoch)
{
    struct mls_view view;

    if (!follow(c, p, epoch) || !check_authenticator(c, p, epoch, "epoch_authenticator"))
        return;
    mls_group_view(p->group, &view);
    if (vec_has(epoch, "member_count"))
        (void)vec_equal(
            c, "members", vec_int(c, epoch, "member_count", 1, UINT32_MAX), view.members);
    if (vec_has(epoch, "exporter"))
        check_export(c, p, vec_obj(c, epoch, "exporter"));
    if (vec_has(epoch, "application"))
        open_application(c, p, vec_arr(c, epoch, "application"));
}

static void tell_epoch(struct vec_case *c, size_t at)
{
    char why[VEC_WHY - 32];

    (void)bytes_copy(why, sizeof why, bytes_str(c->why));
    (void)snprintf(c->why, sizeof c->why, "epoch %zu: %s", at, why);
}

static void run_case(struct vec_case *c, const cJSON *o)
{
    uint16_t id = (uint16_t)vec_int(c, o, "cipher_suite", 0, UINT16_MAX);
    struct client p = {.c = c, .suite = suite_find(id), .env = {.psk = find_psk}};
    const cJSON *epoch;
    size_t at = 0;

    if (p.suite == NULL) {
        vec_not_built(c, "suite 0x%04x", id);
        return;
    }
    p.env.arg = &p;
    buf_init(&p.secret, WIRE_SMALL);
    if (!read_client(c, o, &p) || !join(c, &p) ||
        !check_authenticator(c, &p, o, "initial_epoch_authenticator"))
        goto out;
    if (vec_has(o, "initial_application"))
        open_application(c, &p, vec_arr(c, o, "initial_application"));
    cJSON_ArrayForEach(epoch, vec_arr(c, o, "epochs"))
    {
        if (!vec_going(c))
            break;
        check_epoch(c, &p, epoch);
        if (!vec_going(c))
            tell_epoch(c, at);
        at++;
    }
out:
    mls_group_free(p.group);
    sign_key_free(p.who.key);
    buf_wipe(&p.secret);
}

const struct vec_kind VEC_MLS_PASSIVE = {
    .name = "mls passive client",
    .keys = {"cipher_suite", "init_priv", "encryption_priv", "initial_epoch_authenticator",
        "epochs"},
    .each = run_case,
};
