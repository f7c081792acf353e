/* SPDX-License-Identifier: ISC */
/* RFC 9420, 8.4, 12.1 and 12.2: what may be proposed, and what may stand together. */
#include "mls/ext.h"
#include "mls/wire.h"
#include "rulebook.h"

static enum err know_psk(void *arg, struct bytes id, struct buf *out)
{
    (void)arg;
    if (bytes_eq(id, LIT("nobody's")))
        return ERR_NOT_FOUND;
    buf_bytes(out, LIT("a pre-shared key of everybody's"));
    return ERR_OK;
}

static void know_psks(struct trial *t)
{
    for (size_t i = 0; i < t->p.n; i++)
        t->p.m[i]->world.env.psk = know_psk;
}

static enum mls_rule committed(struct trial *t)
{
    t->e.flags |= MLSEVIL_PATH;
    return trial_refused(t, mlsevil_commit(&t->e));
}

/* A member's proposal, heard by all but itself, who is not asked from then on. */
static void propose(struct trial *t, size_t who, const struct proposal *p)
{
    struct mlsevil e;

    mlsevil_init(&e, &t->p, who);
    t->skip[who] = true;
    trial_taken(t, mlsevil_proposal(&e, p));
    mlsevil_fini(&e);
}

static void propose_update(struct trial *t, size_t who)
{
    const struct epoch *now = t->p.m[who]->g->now;
    struct proposal p = {.type = PROPOSAL_UPDATE};
    struct mlsevil_leaf l;

    mlsevil_leaf_init(&l, &t->p, who, LEAF_UPDATE);
    p.leaf = mlsevil_leaf_make(&l, epoch_place(now, now->self), MLSEVIL_HONEST);
    propose(t, who, &p);
    proposal_fini(&p);
}

static enum mls_rule unknown(struct trial *t, int arg)
{
    static const uint8_t ref[SUITE_HASH];

    (void)arg;
    mlsevil_reference(&t->e, bytes_of(ref, sizeof ref));
    return committed(t);
}

static enum mls_rule unknown_length(struct trial *t, int arg)
{
    (void)arg;
    mlsevil_reference(&t->e, LIT("short"));
    return committed(t);
}

/* What was proposed in the epoch before is not of this one (12.1, 14). */
static enum mls_rule unknown_now(struct trial *t, int arg)
{
    (void)arg;
    propose(t, 2, &(struct proposal){.type = PROPOSAL_REMOVE, .removed = 3});
    mlsevil_waiting(&t->e);
    party_commit(&t->p, 0, NULL, 0, MLS_PATH | MLS_NO_PENDING);
    return committed(t);
}

static enum mls_rule type_committed(struct trial *t, int type)
{
    struct buf p;

    buf_init(&p, WIRE_SMALL);
    buf_u16(&p, (uint16_t)type);
    mlsevil_value_raw(&t->e, buf_view(&p));
    buf_free(&p);
    return committed(t);
}

static enum mls_rule type_proposed(struct trial *t, int type)
{
    buf_u16(&t->e.body, (uint16_t)type);
    return trial_refused(t, mlsevil_proposal_raw(&t->e));
}

static enum mls_rule entry_kind(struct trial *t, int arg)
{
    (void)arg;
    t->e.lie = MLSEVIL_ENTRY_KIND;
    return committed(t);
}

static enum mls_rule update_self(struct trial *t, int by_reference)
{
    struct mlsevil_leaf l;

    mlsevil_leaf_init(&l, &t->p, 1, LEAF_UPDATE);
    if (by_reference == 0) {
        mlsevil_update(&t->e, &l, MLSEVIL_HONEST);
        return committed(t);
    }
    propose_update(t, 1);
    const struct waiting *w = t->p.m[0]->g->waiting;
    mlsevil_reference(&t->e, bytes_of(w->ref, SUITE_HASH));
    return committed(t);
}

static enum mls_rule remove_self(struct trial *t, int by_reference)
{
    if (by_reference != 0) {
        propose(t, 2, &(struct proposal){.type = PROPOSAL_REMOVE, .removed = 1});
        mlsevil_waiting(&t->e);
    } else {
        mlsevil_remove(&t->e, 1);
    }
    return committed(t);
}

static enum mls_rule remove_nobody(struct trial *t, int leaf)
{
    mlsevil_remove(&t->e, (uint32_t)leaf);
    return committed(t);
}

static enum mls_rule remove_blank(struct trial *t, int proposed)
{
    party_remove(&t->p, 0, 2);
    if (proposed == 0)
        return remove_nobody(t, 2);
    return trial_refused(
        t, mlsevil_proposal(&t->e, &(struct proposal){.type = PROPOSAL_REMOVE, .removed = 2}));
}

static enum mls_rule leaf_twice(struct trial *t, int what)
{
    if (what == 2) {
        propose_update(t, 3);
        propose_update(t, 3);
        mlsevil_waiting(&t->e);
    } else {
        mlsevil_remove(&t->e, 3);
        if (what == 1)
            propose_update(t, 3);
        else
            mlsevil_remove(&t->e, 3);
        mlsevil_waiting(&t->e);
    }
    return committed(t);
}

static enum mls_rule add_twice(struct trial *t, int arg)
{
    size_t who = trial_person(t);

    (void)arg;
    mlsevil_add(&t->e, buf_view(&t->p.m[who]->package));
    party_repackage(&t->p, who);
    mlsevil_add(&t->e, buf_view(&t->p.m[who]->package));
    return committed(t);
}

static enum mls_rule add_member(struct trial *t, int arg)
{
    (void)arg;
    party_repackage(&t->p, 3);
    mlsevil_add(&t->e, buf_view(&t->p.m[3]->package));
    return committed(t);
}

static enum mls_rule psk_twice(struct trial *t, int arg)
{
    (void)arg;
    know_psks(t);
    mlsevil_psk(&t->e, "one", SUITE_HASH);
    mlsevil_psk(&t->e, "another", SUITE_HASH);
    mlsevil_psk(&t->e, "one", SUITE_HASH);
    return committed(t);
}

static enum mls_rule psk_nonce(struct trial *t, int size)
{
    know_psks(t);
    mlsevil_psk(&t->e, "one", (size_t)size);
    return committed(t);
}

static enum mls_rule psk_nonce_proposed(struct trial *t, int size)
{
    static const uint8_t zeroes[SUITE_HASH + 1];

    return trial_refused(
        t, mlsevil_proposal(&t->e, &(struct proposal){.type = PROPOSAL_PSK,
                                       .psk = {.type = PSK_EXTERNAL,
                                           .id = LIT("one"),
                                           .nonce = bytes_of(zeroes, (size_t)size)}}));
}

static enum mls_rule psk_unknown(struct trial *t, int arg)
{
    know_psks(t);
    mlsevil_psk(&t->e, arg == 0 ? "nobody's" : "one", SUITE_HASH);
    if (arg != 0)
        for (size_t i = 0; i < 4; i++)
            t->p.m[i]->world.env.psk = i == 1 ? know_psk : NULL;
    return committed(t);
}

static struct proposal resumption(const struct trial *t, uint8_t usage, uint64_t epoch)
{
    static const uint8_t nonce[SUITE_HASH];

    return (struct proposal){.type = PROPOSAL_PSK,
        .psk = {.type = PSK_RESUMPTION,
            .usage = usage,
            .id = t->p.m[0]->g->now->context.group_id,
            .epoch = epoch,
            .nonce = bytes_of(nonce, sizeof nonce)}};
}

static enum mls_rule psk_usage(struct trial *t, int usage)
{
    const struct proposal p = resumption(t, (uint8_t)usage, t->p.m[0]->g->now->context.epoch);

    mlsevil_value(&t->e, &p);
    return committed(t);
}

static enum mls_rule psk_usage_proposed(struct trial *t, int usage)
{
    const struct proposal p = resumption(t, (uint8_t)usage, t->p.m[0]->g->now->context.epoch);

    return trial_refused(t, mlsevil_proposal(&t->e, &p));
}

/* Of an epoch that is to come. */
static enum mls_rule psk_epoch(struct trial *t, int arg)
{
    const struct proposal p = resumption(t, PSK_APPLICATION, 99);

    (void)arg;
    mlsevil_value(&t->e, &p);
    return committed(t);
}

static enum mls_rule context_twice(struct trial *t, int arg)
{
    (void)arg;
    mlsevil_context(&t->e, trial_required(t, TRIAL_LISTED));
    mlsevil_context(&t->e, trial_required(t, TRIAL_LISTED));
    return committed(t);
}

static enum mls_rule context_unsupported(struct trial *t, int required)
{
    mlsevil_context(&t->e,
        required != 0 ? trial_required(t, TRIAL_UNHEARD) : trial_extended(t, TRIAL_UNHEARD));
    return committed(t);
}

static enum mls_rule context_malformed(struct trial *t, int arg)
{
    (void)arg;
    buf_clear(&t->scratch);
    mls_ext_put(&t->scratch, EXT_REQUIRED_CAPABILITIES, LIT("\x01"));
    mlsevil_context(&t->e, buf_view(&t->scratch));
    return committed(t);
}

static enum mls_rule context_ext_twice(struct trial *t, int arg)
{
    struct buf p;

    (void)arg;
    buf_clear(&t->scratch);
    mls_ext_put(&t->scratch, TRIAL_LISTED, LIT("a"));
    mls_ext_put(&t->scratch, TRIAL_LISTED, LIT("b"));
    buf_init(&p, WIRE_SMALL);
    buf_u16(&p, PROPOSAL_CONTEXT);
    wire_put(&p, buf_view(&t->scratch));
    mlsevil_value_raw(&t->e, buf_view(&p));
    buf_free(&p);
    return committed(t);
}

static struct proposal reinit(uint16_t version)
{
    return (struct proposal){.type = PROPOSAL_REINIT,
        .reinit = {.group_id = LIT("next"), .version = version, .suite = 1}};
}

static enum mls_rule reinit_beside(struct trial *t, int type)
{
    const struct proposal p = reinit(1);

    know_psks(t);
    mlsevil_value(&t->e, &p);
    if (type == PROPOSAL_PSK)
        mlsevil_psk(&t->e, "one", SUITE_HASH);
    else if (type == PROPOSAL_REMOVE)
        mlsevil_remove(&t->e, 3);
    else
        mlsevil_value(&t->e, &p);
    return committed(t);
}

static enum mls_rule reinit_version(struct trial *t, int arg)
{
    const struct proposal p = reinit(0);

    (void)arg;
    mlsevil_value(&t->e, &p);
    return committed(t);
}

static enum mls_rule external_init(struct trial *t, int proposed)
{
    static const uint8_t kem[32] = {9};
    const struct proposal p = {
        .type = PROPOSAL_EXTERNAL_INIT, .kem_output = bytes_of(kem, sizeof kem)};

    if (proposed != 0)
        return trial_refused(t, mlsevil_proposal(&t->e, &p));
    mlsevil_value(&t->e, &p);
    return committed(t);
}

/* ---- proposals from outside (12.1.8) ---- */

static void trust_outsider(struct trial *t)
{
    struct buf senders;
    struct mls_proposal p = {.type = MLS_CONTEXT};

    buf_init(&senders, WIRE_SMALL);
    size_t at = wire_open(&senders);
    wire_put(&senders, sign_key_pub(t->p.m[t->e.who]->key));
    buf_u16(&senders, MLS_BASIC);
    wire_put(&senders, LIT("a service"));
    wire_close(&senders, at);
    buf_clear(&t->scratch);
    mls_ext_put(&t->scratch, EXT_EXTERNAL_SENDERS, buf_view(&senders));
    p.extensions = buf_view(&t->scratch);
    buf_free(&senders);
    party_commit(&t->p, 0, &p, 1, 0);
}

static enum mls_rule outsider(struct trial *t, int type)
{
    static const uint8_t kem[32] = {9};
    const struct epoch *now = t->p.m[0]->g->now;
    struct proposal p = {
        .type = (uint16_t)type, .removed = 2, .kem_output = bytes_of(kem, sizeof kem)};
    struct mlsevil_leaf l;

    t->e.who = trial_person(t);
    t->e.flags = MLSEVIL_EXTERNAL;
    trust_outsider(t);
    if (type == PROPOSAL_UPDATE) {
        mlsevil_leaf_init(&l, &t->p, t->e.who, LEAF_UPDATE);
        p.leaf = mlsevil_leaf_make(&l, epoch_place(now, 0), MLSEVIL_HONEST);
    }
    enum mls_rule rule = trial_refused(
        t, mlsevil_outsider(&t->e, SENDER_EXTERNAL, 0, t->p.m[t->e.who]->key, &p));
    proposal_fini(&p);
    return rule;
}

/* index: of the group's external senders, of whom there is one at most. */
static enum mls_rule outsider_unknown(struct trial *t, int index)
{
    const struct proposal p = {.type = PROPOSAL_REMOVE, .removed = 2};

    t->e.who = trial_person(t);
    t->e.flags = MLSEVIL_EXTERNAL;
    if (index != 0)
        trust_outsider(t);
    return trial_refused(t,
        mlsevil_outsider(&t->e, SENDER_EXTERNAL, (uint32_t)index, t->p.m[t->e.who]->key, &p));
}

static enum mls_rule outsider_forged(struct trial *t, int arg)
{
    const struct proposal p = {.type = PROPOSAL_REMOVE, .removed = 2};

    (void)arg;
    t->e.who = trial_person(t);
    t->e.flags = MLSEVIL_EXTERNAL;
    trust_outsider(t);
    return trial_refused(t, mlsevil_outsider(&t->e, SENDER_EXTERNAL, 0, t->p.m[3]->key, &p));
}

/* Somebody new may propose itself, and only that (12.1.8, 6.1). */
static enum mls_rule newcomer(struct trial *t, int type)
{
    struct proposal p = {.type = (uint16_t)type, .removed = 2};

    t->e.who = trial_person(t);
    t->e.flags = MLSEVIL_EXTERNAL;
    return trial_refused(
        t, mlsevil_outsider(&t->e, SENDER_NEW_PROPOSAL, 0, t->p.m[t->e.who]->key, &p));
}

static enum mls_rule newcomer_for_another(struct trial *t, int arg)
{
    struct proposal p = {.type = PROPOSAL_ADD};

    (void)arg;
    t->e.who = trial_person(t);
    t->e.flags = MLSEVIL_EXTERNAL;
    cr_assert_eq(package_read(buf_view(&t->p.m[trial_person(t)]->package), &p.package), ERR_OK);
    enum mls_rule rule = trial_refused(
        t, mlsevil_outsider(&t->e, SENDER_NEW_PROPOSAL, 0, t->p.m[t->e.who]->key, &p));
    proposal_fini(&p);
    return rule;
}

/* ---- our own calls are held to the same ---- */

static enum mls_rule own(struct trial *t, const struct mls_proposal *p, size_t n, bool commit)
{
    const struct mls_wrap wrap = {0};
    const struct mls_commit_request what = {.proposals = p, .proposals_n = n};
    struct mls_group *g = t->p.m[0]->g;
    struct buf before = trial_state(g);
    struct buf message;

    buf_init(&message, WIRE_MAX);
    enum err e = commit ? mls_commit(g, &what, &t->p.last) : mls_propose(g, p, &wrap, &message);
    cr_expect_eq(e, ERR_REFUSED);
    enum mls_rule rule = mls_group_rule(g);
    struct buf after = trial_state(g);
    cr_expect(bytes_eq(buf_view(&before), buf_view(&after)));
    buf_free(&message);
    buf_wipe(&before);
    buf_wipe(&after);
    return rule;
}

static enum mls_rule own_remove(struct trial *t, int leaf)
{
    const struct mls_proposal p = {.type = MLS_REMOVE, .leaf = (uint32_t)leaf};

    return own(t, &p, 1, true);
}

static enum mls_rule own_remove_proposed(struct trial *t, int leaf)
{
    const struct mls_proposal p = {.type = MLS_REMOVE, .leaf = (uint32_t)leaf};

    return own(t, &p, 1, false);
}

static enum mls_rule own_twice(struct trial *t, int type)
{
    struct mls_proposal p[2] = {{.type = (uint16_t)type, .leaf = 2, .psk_id = LIT("one")}};

    know_psks(t);
    if (type == MLS_ADD)
        p[0].package = buf_view(&t->p.m[trial_person(t)]->package);
    if (type == MLS_REINIT)
        p[0].suite = 1;
    p[1] = p[0];
    return own(t, p, 2, true);
}

static enum mls_rule own_add_member(struct trial *t, int arg)
{
    const struct mls_proposal p = {.type = MLS_ADD, .package = buf_view(&t->p.m[3]->package)};

    (void)arg;
    return own(t, &p, 1, true);
}

static enum mls_rule own_psk_unknown(struct trial *t, int arg)
{
    const struct mls_proposal p = {.type = MLS_PSK, .psk_id = LIT("nobody's")};

    (void)arg;
    return own(t, &p, 1, true);
}

static enum mls_rule own_psk_prior(struct trial *t, int arg)
{
    const struct mls_proposal p = {.type = MLS_PSK, .prior = t->p.m[0]->g};

    (void)arg;
    return own(t, &p, 1, true);
}

static enum mls_rule own_context(struct trial *t, int arg)
{
    const struct mls_proposal p = {
        .type = MLS_CONTEXT, .extensions = trial_required(t, TRIAL_UNHEARD)};

    (void)arg;
    return own(t, &p, 1, true);
}

static const struct rulebook_row ROWS[] = {
    {"unknown", MLS_RULE_PROPOSAL_UNKNOWN, unknown, 0},
    {"unknown by its length", MLS_RULE_PROPOSAL_UNKNOWN, unknown_length, 0},
    {"of the epoch before", MLS_RULE_PROPOSAL_UNKNOWN, unknown_now, 0},
    {"type 0", MLS_RULE_PROPOSAL_TYPE, type_committed, 0},
    {"type 8", MLS_RULE_PROPOSAL_TYPE, type_committed, 8},
    {"GREASE", MLS_RULE_PROPOSAL_TYPE, type_committed, 0x0a0a},
    {"GREASE proposed", MLS_RULE_PROPOSAL_TYPE, type_proposed, 0x0a0a},
    {"entry", MLS_RULE_FORMAT, entry_kind, 0},
    {"own update", MLS_RULE_PROPOSAL_UPDATE_SELF, update_self, 0},
    {"own update by reference", MLS_RULE_PROPOSAL_UPDATE_SELF, update_self, 1},
    {"own remove", MLS_RULE_PROPOSAL_REMOVE_SELF, remove_self, 0},
    {"own remove by reference", MLS_RULE_PROPOSAL_REMOVE_SELF, remove_self, 1},
    {"remove of a blank", MLS_RULE_PROPOSAL_REMOVE_BLANK, remove_blank, 0},
    {"remove of a blank proposed", MLS_RULE_PROPOSAL_REMOVE_BLANK, remove_blank, 1},
    {"remove outside", MLS_RULE_PROPOSAL_REMOVE_BLANK, remove_nobody, 4},
    {"remove far outside", MLS_RULE_PROPOSAL_REMOVE_BLANK, remove_nobody, 0x7fffffff},
    {"remove twice", MLS_RULE_PROPOSAL_LEAF_TWICE, leaf_twice, 0},
    {"remove and update", MLS_RULE_PROPOSAL_LEAF_TWICE, leaf_twice, 1},
    {"update twice", MLS_RULE_PROPOSAL_LEAF_TWICE, leaf_twice, 2},
    {"add twice", MLS_RULE_PROPOSAL_ADD_TWICE, add_twice, 0},
    {"add of a member", MLS_RULE_PROPOSAL_ADD_TWICE, add_member, 0},
    {"psk twice", MLS_RULE_PROPOSAL_PSK_TWICE, psk_twice, 0},
    {"no nonce", MLS_RULE_PSK_NONCE, psk_nonce, 0},
    {"nonce too short", MLS_RULE_PSK_NONCE, psk_nonce, SUITE_HASH - 1},
    {"nonce too long", MLS_RULE_PSK_NONCE, psk_nonce, SUITE_HASH + 1},
    {"nonce proposed too short", MLS_RULE_PSK_NONCE, psk_nonce_proposed, SUITE_HASH - 1},
    {"nonce proposed too long", MLS_RULE_PSK_NONCE, psk_nonce_proposed, SUITE_HASH + 1},
    {"psk of nobody", MLS_RULE_PSK_UNKNOWN, psk_unknown, 0},
    {"psk of others", MLS_RULE_PSK_UNKNOWN, psk_unknown, 1},
    {"psk of an epoch to come", MLS_RULE_PSK_UNKNOWN, psk_epoch, 0},
    {"psk for reinit", MLS_RULE_PSK_USAGE, psk_usage, PSK_REINIT},
    {"psk for branch", MLS_RULE_PSK_USAGE, psk_usage, PSK_BRANCH},
    {"psk for branch proposed", MLS_RULE_PSK_USAGE, psk_usage_proposed, PSK_BRANCH},
    {"psk for nothing known", MLS_RULE_FORMAT, psk_usage, 4},
    {"context twice", MLS_RULE_PROPOSAL_CONTEXT_TWICE, context_twice, 0},
    {"context unsupported", MLS_RULE_LEAF_GROUP_EXTENSION, context_unsupported, 0},
    {"context requires too much", MLS_RULE_LEAF_REQUIRED, context_unsupported, 1},
    {"context malformed", MLS_RULE_FORMAT, context_malformed, 0},
    {"context with one twice", MLS_RULE_FORMAT, context_ext_twice, 0},
    {"reinit beside a psk", MLS_RULE_PROPOSAL_REINIT, reinit_beside, PROPOSAL_PSK},
    {"reinit beside a remove", MLS_RULE_PROPOSAL_REINIT, reinit_beside, PROPOSAL_REMOVE},
    {"reinit twice", MLS_RULE_PROPOSAL_REINIT, reinit_beside, PROPOSAL_REINIT},
    {"reinit to an old version", MLS_RULE_PROPOSAL_REINIT, reinit_version, 0},
    {"external init", MLS_RULE_PROPOSAL_EXTERNAL_INIT, external_init, 0},
    {"external init proposed", MLS_RULE_PROPOSAL_EXTERNAL_INIT, external_init, 1},
    {"outsider's update", MLS_RULE_PROPOSAL_SENDER, outsider, PROPOSAL_UPDATE},
    {"outsider's init", MLS_RULE_PROPOSAL_EXTERNAL_INIT, outsider, PROPOSAL_EXTERNAL_INIT},
    {"no outsider", MLS_RULE_MESSAGE_SENDER, outsider_unknown, 0},
    {"no such outsider", MLS_RULE_MESSAGE_SENDER, outsider_unknown, 1},
    {"outsider's signature", MLS_RULE_MESSAGE_SIGNATURE, outsider_forged, 0},
    {"newcomer's remove", MLS_RULE_MESSAGE_SENDER, newcomer, PROPOSAL_REMOVE},
    {"newcomer for another", MLS_RULE_MESSAGE_SIGNATURE, newcomer_for_another, 0},
    {"we remove ourselves", MLS_RULE_PROPOSAL_REMOVE_SELF, own_remove, 0},
    {"we remove nobody", MLS_RULE_PROPOSAL_REMOVE_BLANK, own_remove, 4},
    {"we propose to remove nobody", MLS_RULE_PROPOSAL_REMOVE_BLANK, own_remove_proposed, 4},
    {"we remove twice", MLS_RULE_PROPOSAL_LEAF_TWICE, own_twice, MLS_REMOVE},
    {"we add twice", MLS_RULE_PROPOSAL_ADD_TWICE, own_twice, MLS_ADD},
    {"we add a member", MLS_RULE_PROPOSAL_ADD_TWICE, own_add_member, 0},
    {"our psk twice", MLS_RULE_PROPOSAL_PSK_TWICE, own_twice, MLS_PSK},
    {"our context twice", MLS_RULE_PROPOSAL_CONTEXT_TWICE, own_twice, MLS_CONTEXT},
    {"our reinit twice", MLS_RULE_PROPOSAL_REINIT, own_twice, MLS_REINIT},
    {"our psk of nobody", MLS_RULE_PSK_UNKNOWN, own_psk_unknown, 0},
    {"our psk for branch", MLS_RULE_PSK_USAGE, own_psk_prior, 0},
    {"our context requires too much", MLS_RULE_LEAF_REQUIRED, own_context, 0},
};
const struct rulebook RULEBOOK_PROPOSAL = RULEBOOK(ROWS);

Test(group_rule_proposal, each__is_refused_by_its_name_and_changes_nothing)
{
    rulebook_run(&RULEBOOK_PROPOSAL);
}
