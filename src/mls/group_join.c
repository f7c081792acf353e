/* SPDX-License-Identifier: ISC */
#include "base/mem.h"
#include "mls/group_impl.h"
#include "mls/group_info.h"
#include "mls/label.h"
#include "mls/wire.h"

/* A welcome being taken in (RFC 9420, 12.4.3.1). */
struct arrival {
    const struct mls_env *env;
    const struct mls_join_request *what;
    struct package_secret secret;
    struct keypackage *package;
    struct welcome welcome;
    struct welcome_entry entry;
    struct buf secrets_plain;
    struct welcome_secrets secrets;
    struct buf info_plain;
    struct welcome_info info;
    uint8_t psk[SUITE_HASH];
    struct epoch *e;
};

static enum mls_rule read_package(struct arrival *a)
{
    uint8_t ref[SUITE_HASH];
    struct reader r;

    if (package_read(a->what->package, &a->package) != ERR_OK ||
        package_secret_read(a->what->secret, &a->secret) != ERR_OK)
        return MLS_RULE_FORMAT;
    reader_init(&r, a->what->welcome);
    uint16_t wire = content_message_read(&r);
    welcome_read(&r, &a->welcome);
    if (reader_end(&r) != ERR_OK || wire != CONTENT_WELCOME)
        return MLS_RULE_FORMAT;
    const struct suite *s = a->secret.suite;
    if (a->welcome.suite != s || a->package->suite != s->id ||
        keypackage_ref_hash(a->package, s, ref) != ERR_OK ||
        !welcome_find(&a->welcome, ref, &a->entry))
        return MLS_RULE_WELCOME_NOT_MINE;
    return MLS_RULE_KEPT;
}

static const uint8_t *resumption(const void *arg, const struct schedule_psk_id *id)
{
    const struct mls_group *prior = arg;

    if (prior == NULL || prior->now == NULL || !bytes_eq(id->id, prior->now->context.group_id))
        return NULL;
    return group_resumption(prior, id->epoch);
}

static enum mls_rule open_secrets(struct arrival *a)
{
    const struct suite *s = a->secret.suite;
    const struct batch_psks from = {
        .env = a->env, .suite = s, .resumption = resumption, .arg = a->what->prior};
    struct dh_key *init = NULL;

    if (dh_key_new(s->hpke.kem, bytes_of(a->secret.init, DH_PRIV_SIZE), &init) != ERR_OK)
        return MLS_RULE_WELCOME_NOT_MINE;
    enum mls_rule rule =
        welcome_open_secrets(&a->welcome, &a->entry, init, &a->secrets_plain, &a->secrets);
    dh_key_free(init);
    if (rule == MLS_RULE_KEPT)
        rule = batch_psk_ids(&from, a->secrets.psk, a->secrets.psk_n, a->psk);
    if (rule == MLS_RULE_KEPT)
        rule = welcome_open_info(&a->welcome, a->secrets.joiner.p,
            a->secrets.psk_n != 0 ? a->psk : NULL, &a->info_plain, &a->info);
    return rule;
}

/* Where we are: the leaf of our own key package, as it stands there. */
static enum mls_rule find_self(struct arrival *a)
{
    struct epoch *e = a->e;

    e->self = tree_find_signer(e->tree, a->package->leaf->signature_key);
    if (e->self == MLS_NOBODY ||
        !bytes_eq(tree_leaf(e->tree, e->self)->raw, a->package->leaf->raw))
        return MLS_RULE_INFO_SELF;
    e->priv = treekem_new(e->self);
    treekem_put(e->priv, 2 * e->self, bytes_of(a->secret.leaf, DH_PRIV_SIZE),
        a->package->leaf->encryption_key);
    if (!a->secrets.has_path)
        return MLS_RULE_KEPT;
    return treekem_welcome(e->priv, e->tree, a->info.signer, a->secrets.path.p);
}

static enum mls_rule derive(struct arrival *a)
{
    struct epoch *e = a->e;
    const struct suite *s = a->secret.suite;
    uint8_t tag[SUITE_HASH];

    enum err err = schedule_join(s, a->secrets.joiner.p, a->secrets.psk_n != 0 ? a->psk : NULL,
        buf_view(&e->context_raw), e->keys);
    if (err == ERR_OK)
        err = schedule_tag(s, e->keys->confirmation,
            bytes_of(e->context.transcript, e->context.transcript_n), tag);
    if (err != ERR_OK || !hash_equal(tag, e->tag, SUITE_HASH))
        return MLS_RULE_COMMIT_TAG;
    return MLS_RULE_KEPT;
}

/* Another suite may mean another signature key: then it is the name that says who it is. */
static bool named(const struct tree *t, const struct leaf *who)
{
    for (uint32_t i = 0; i < tree_leaves(t); i++) {
        const struct leaf *l = tree_leaf(t, i);
        if (l != NULL && l->credential_type == who->credential_type &&
            bytes_eq(l->identity, who->identity))
            return true;
    }
    return false;
}

/* Whether everybody who is in some is in all: in a branch nobody is new (11.3), in a group
 * that was re-initialised nobody is missing (12.4.3.1). */
static bool is_within(const struct tree *some, const struct tree *all, bool by_name)
{
    for (uint32_t i = 0; i < tree_leaves(some); i++) {
        const struct leaf *l = tree_leaf(some, i);
        if (l != NULL && tree_find_signer(all, l->signature_key) == MLS_NOBODY &&
            !(by_name && named(all, l)))
            return false;
    }
    return true;
}

static enum mls_rule follows(const struct arrival *a)
{
    const struct schedule_context *c = &a->e->context;
    const struct mls_group *prior = a->what->prior;
    const struct schedule_psk_id *tie = NULL;
    size_t n = 0;

    for (size_t i = 0; i < a->secrets.psk_n; i++)
        if (a->secrets.psk[i].type == PSK_RESUMPTION &&
            a->secrets.psk[i].usage != PSK_APPLICATION) {
            tie = &a->secrets.psk[i];
            n++;
        }
    if (n == 0)
        return prior == NULL ? MLS_RULE_KEPT : MLS_RULE_WELCOME_REINIT;
    if (n != 1 || prior == NULL || c->epoch != 1)
        return MLS_RULE_WELCOME_REINIT;
    bool fits;
    if (tie->usage == PSK_BRANCH)
        fits = c->suite == prior->now->context.suite &&
               is_within(a->e->tree, prior->now->tree, false);
    else
        fits = prior->suspended && tie->epoch == prior->now->context.epoch &&
               prior->reinit.suite == c->suite->id &&
               bytes_eq(prior->reinit.group_id, c->group_id) &&
               bytes_eq(prior->reinit.extensions, c->extensions) &&
               is_within(prior->now->tree, a->e->tree, true);
    return fits ? MLS_RULE_KEPT : MLS_RULE_WELCOME_REINIT;
}

static enum mls_rule arrive(struct arrival *a)
{
    enum mls_rule rule = read_package(a);

    if (rule == MLS_RULE_KEPT)
        rule = open_secrets(a);
    if (rule == MLS_RULE_KEPT)
        rule = info_epoch(a->env, &a->info, a->what->tree, &a->e);
    if (rule == MLS_RULE_KEPT)
        rule = find_self(a);
    if (rule == MLS_RULE_KEPT)
        rule = derive(a);
    return rule == MLS_RULE_KEPT ? follows(a) : rule;
}

enum err mls_group_join(const struct mls_env *env, const struct mls_identity *who,
    const struct mls_join_request *what, struct mls_group **out, enum mls_rule *rule)
{
    struct arrival a = {.env = env, .what = what};

    *out = NULL;
    buf_init(&a.secrets_plain, WIRE_MAX);
    buf_init(&a.info_plain, WIRE_MAX);
    *rule = arrive(&a);
    /* A package is of one identity: its key signed it. */
    if (*rule == MLS_RULE_KEPT &&
        !bytes_eq(a.package->leaf->signature_key, sign_key_pub(who->key)))
        *rule = MLS_RULE_WELCOME_NOT_MINE;
    if (*rule == MLS_RULE_KEPT) {
        *out = group_new(env, who);
        (*out)->now = a.e;
        a.e = NULL;
        group_keep_resumption(*out, (*out)->now);
        epoch_finish((*out)->now);
    }
    epoch_free(a.e);
    keypackage_unref(a.package);
    buf_wipe(&a.secrets_plain);
    buf_wipe(&a.info_plain);
    mem_wipe(&a, sizeof a);
    return *rule == MLS_RULE_KEPT ? ERR_OK : ERR_REFUSED;
}
