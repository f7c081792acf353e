/* SPDX-License-Identifier: ISC */
/* What somebody on the way does to messages: flips, cuts, appends, repeats, reorders, splices.
 * Nothing of it is taken, nothing of it changes a group, and what was meant arrives after it.
 */
#include "base/mem.h"
#include "mls/wire.h"
#include "rulebook.h"
#include "support/attack.h"

/* ---- messages of a group: the first hears, the second speaks ---- */

static bool heard(void *arg, struct bytes in)
{
    struct party *p = arg;
    struct mls_event event;

    mls_event_init(&event);
    bool taken = mls_process(p->m[0]->g, in, &event) == ERR_OK;
    mls_event_clear(&event);
    return taken;
}

/* As attack_flip(), every so many bits. */
static size_t flip_some(struct bytes in, size_t stride, attack_fn *take, void *arg)
{
    uint8_t *copy = mem_dup(in.p, in.n);
    size_t found = ATTACK_HELD;

    for (size_t bit = 0; bit < in.n * 8 && found == ATTACK_HELD; bit += stride) {
        copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (take(arg, bytes_of(copy, in.n)))
            found = bit;
        copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    mem_free(copy);
    return found;
}

static void attack(const char *what, struct bytes in, size_t stride, attack_fn *take, void *arg)
{
    size_t at = flip_some(in, stride, take, arg);

    cr_expect_eq(at, ATTACK_HELD, "%s: taken with bit %zu flipped", what, at);
    at = attack_truncate(in, take, arg);
    cr_expect_eq(at, ATTACK_HELD, "%s: taken as %zu bytes", what, at);
    cr_expect_eq(attack_trail(in, take, arg), ATTACK_HELD, "%s: taken with a byte more", what);
}

/* The state is compared once, behind all of it: what any one of them did would still be seen.
 */
static void attack_group(const char *what, struct party *p, struct bytes in, size_t stride)
{
    struct buf before = trial_state(p->m[0]->g);

    attack(what, in, stride, heard, p);
    struct buf after = trial_state(p->m[0]->g);
    cr_expect(bytes_eq(buf_view(&before), buf_view(&after)), "%s: changed the group", what);
    cr_expect(attack_none(in, heard, p), "%s: not taken in the end", what);
    buf_wipe(&before);
    buf_wipe(&after);
}

static void gather(struct party *p, uint16_t suite)
{
    party_init(p, suite, 11);
    party_gather(p, 3, true);
}

static const size_t EVERY = 1, SOME = 61;

static void attack_data(uint16_t suite, size_t stride)
{
    struct party p;
    struct buf out;

    gather(&p, suite);
    buf_init(&out, WIRE_MAX);
    const struct mls_wrap wrap = {.pad = 64, .authenticated_data = LIT("for all to see")};
    cr_assert_eq(mls_protect(p.m[1]->g, LIT("hello"), &wrap, &out), ERR_OK);
    attack_group("data", &p, buf_view(&out), stride);
    buf_free(&out);
    party_fini(&p);
}

Test(group_attack, data__is_taken_as_it_was_sealed_alone)
{
    attack_data(1, EVERY);
    attack_data(0xf001, SOME);
}

static void attack_commit(uint16_t suite, unsigned flags, size_t stride)
{
    struct party p;
    struct mls_proposal proposals[2] = {{.type = MLS_REMOVE, .leaf = 2}, {.type = MLS_ADD}};

    gather(&p, suite);
    proposals[1].package = buf_view(&p.m[party_person(&p)]->package);
    party_stage(&p, 1, proposals, 2, flags);
    attack_group("commit", &p, buf_view(&p.last.commit), stride);
    party_fini(&p);
}

Test(group_attack, private_commit__is_taken_as_it_was_sealed_alone)
{
    attack_commit(1, 0, EVERY);
    attack_commit(0xf001, 0, SOME);
}

Test(group_attack, public_commit__is_taken_as_it_was_signed_alone)
{
    attack_commit(1, MLS_PUBLIC, EVERY);
    attack_commit(0xf001, MLS_PUBLIC, SOME);
}

static void attack_proposal(uint16_t suite, unsigned flags, uint16_t type, size_t stride)
{
    struct party p;
    struct buf out;
    const struct mls_wrap wrap = {.flags = flags};

    gather(&p, suite);
    buf_init(&out, WIRE_MAX);
    const struct mls_proposal what = {
        .type = type, .leaf = 2, .package = buf_view(&p.m[party_person(&p)]->package)};
    cr_assert_eq(mls_propose(p.m[1]->g, &what, &wrap, &out), ERR_OK);
    attack_group("proposal", &p, buf_view(&out), stride);
    buf_free(&out);
    party_fini(&p);
}

Test(group_attack, proposal__is_taken_as_it_was_signed_alone)
{
    attack_proposal(1, MLS_PUBLIC, MLS_REMOVE, EVERY);
    attack_proposal(1, MLS_PUBLIC, MLS_ADD, EVERY);
    attack_proposal(1, MLS_PUBLIC, MLS_UPDATE, EVERY);
    attack_proposal(1, 0, MLS_REMOVE, EVERY);
    attack_proposal(0xf001, MLS_PUBLIC, MLS_UPDATE, SOME);
}

/* From outside: no membership tag covers it, the signature and the tag must. */
static void attack_entry(uint16_t suite, size_t stride)
{
    struct party p;
    struct buf out;
    struct buf info;
    enum mls_rule rule;

    gather(&p, suite);
    struct party_member *m = p.m[party_person(&p)];
    buf_init(&out, WIRE_MAX);
    buf_init(&info, WIRE_MAX);
    cr_assert_eq(mls_group_info(p.m[1]->g, MLS_WITH_TREE, &info), ERR_OK);
    const struct mls_external_request what = {.info = buf_view(&info)};
    cr_assert_eq(
        mls_group_join_external(&m->world.env, &m->who, &what, &out, &m->g, &rule), ERR_OK);
    attack_group("external commit", &p, buf_view(&out), stride);
    buf_free(&out);
    buf_free(&info);
    party_fini(&p);
}

Test(group_attack, external_commit__is_taken_as_it_was_signed_alone)
{
    attack_entry(1, EVERY);
    attack_entry(0xf001, SOME);
}

/* ---- what somebody who joins is given: the last of the party ---- */

struct joining {
    struct party p;
    struct bytes welcome;
    struct bytes tree;
    struct bytes info;
};

static struct party_member *newcomer(struct joining *j)
{
    return j->p.m[j->p.n - 1];
}

static bool forget(struct joining *j)
{
    bool joined = newcomer(j)->g != NULL;

    mls_group_free(newcomer(j)->g);
    newcomer(j)->g = NULL;
    return joined;
}

static bool join(struct joining *j)
{
    struct party_member *m = newcomer(j);
    const struct mls_join_request what = {.welcome = j->welcome,
        .package = buf_view(&m->package),
        .secret = buf_view(&m->secret),
        .tree = j->tree};
    enum mls_rule rule;

    enum err e = mls_group_join(&m->world.env, &m->who, &what, &m->g, &rule);
    cr_expect_eq(e == ERR_OK, m->g != NULL);
    return forget(j);
}

static bool by_welcome(void *arg, struct bytes in)
{
    struct joining *j = arg;
    struct joining with = *j;

    with.welcome = in;
    return join(&with);
}

static bool by_tree(void *arg, struct bytes in)
{
    struct joining *j = arg;
    struct joining with = *j;

    with.tree = in;
    return join(&with);
}

static bool by_info(void *arg, struct bytes in)
{
    struct joining *j = arg;
    struct party_member *m = newcomer(j);
    const struct mls_external_request what = {.info = in, .tree = j->tree};
    struct buf commit;
    enum mls_rule rule;

    buf_init(&commit, WIRE_MAX);
    enum err e = mls_group_join_external(&m->world.env, &m->who, &what, &commit, &m->g, &rule);
    cr_expect_eq(e == ERR_OK, m->g != NULL);
    buf_free(&commit);
    return forget(j);
}

static void attack_joining(uint16_t suite, size_t stride)
{
    struct joining j;
    struct buf tree;

    gather(&j.p, suite);
    j.p.flags = 0; /* the tree goes beside it */
    const struct mls_proposal add = {
        .type = MLS_ADD, .package = buf_view(&j.p.m[party_person(&j.p)]->package)};
    party_stage(&j.p, 1, &add, 1, MLS_PATH | MLS_WITH_INFO);
    buf_init(&tree, WIRE_MAX);
    tree_write(j.p.m[1]->g->stage->next->tree, &tree);
    j.welcome = buf_view(&j.p.last.welcome);
    j.tree = buf_view(&tree);
    attack("welcome", j.welcome, stride, by_welcome, &j);
    attack("tree", j.tree, stride, by_tree, &j);
    cr_expect(join(&j));
    /* Somebody else comes in by the group info. */
    (void)party_person(&j.p);
    j.info = buf_view(&j.p.last.info);
    attack("info", j.info, stride, by_info, &j);
    cr_expect(by_info(&j, j.info));
    buf_free(&tree);
    party_fini(&j.p);
}

Test(group_attack, joining__needs_every_bit_of_welcome_tree_and_info)
{
    attack_joining(1, EVERY);
    attack_joining(0xf001, SOME);
}

static bool by_package(void *arg, struct bytes in)
{
    struct mls_package out;
    enum mls_rule rule;

    (void)arg;
    return mls_package_check(in, 1, &out, &rule) == ERR_OK;
}

Test(group_attack, package__is_taken_as_it_was_signed_alone)
{
    static const uint16_t suites[] = {1, 2, 0xf001};

    for (size_t i = 0; i < 3; i++) {
        struct party p;
        party_init(&p, suites[i], 5);
        struct bytes package = buf_view(&p.m[party_person(&p)]->package);
        attack("package", package, suites[i] == 1 ? EVERY : SOME, by_package, NULL);
        cr_expect(attack_none(package, by_package, NULL));
        party_fini(&p);
    }
}

/* ---- order and repetition ---- */

enum { SAID = 41 };

static enum mls_rule hear(struct party *p, size_t who, struct bytes message)
{
    struct mls_event event;

    mls_event_init(&event);
    enum err e = mls_process(p->m[who]->g, message, &event);
    mls_event_clear(&event);
    return e == ERR_OK ? MLS_RULE_KEPT : mls_group_rule(p->m[who]->g);
}

Test(group_attack, window__has_the_newest_of_what_was_skipped_and_each_once)
{
    struct party p;
    struct buf said[SAID];

    gather(&p, 1);
    for (size_t i = 0; i < SAID; i++) {
        buf_init(&said[i], WIRE_MAX);
        (void)party_seal(&p, 1, "again and again", &said[i]);
    }
    cr_expect_eq(hear(&p, 0, buf_view(&said[SAID - 1])), MLS_RULE_KEPT);
    for (size_t i = SAID - 1; i-- > 0;) {
        bool kept = i + RATCHET_KEPT >= SAID - 1;
        cr_expect_eq(hear(&p, 0, buf_view(&said[i])),
            kept ? MLS_RULE_KEPT : MLS_RULE_MESSAGE_REPLAY, "%zu", i);
    }
    for (size_t i = 0; i < SAID; i++)
        cr_expect_eq(hear(&p, 0, buf_view(&said[i])), MLS_RULE_MESSAGE_REPLAY, "%zu", i);
    party_say(&p, 1, "and on");
    for (size_t i = 0; i < SAID; i++)
        buf_free(&said[i]);
    party_fini(&p);
}

/* One who has the sender's key and everybody's ratchets: as far ahead as may be, and further.
 */
Test(group_attack, window__ends_where_it_says)
{
    struct party p;
    struct mlsevil e;
    struct mlsevil_private m = {.leaf = 1, .type = CONTENT_APPLICATION, .body = LIT("far")};

    gather(&p, 1);
    mlsevil_init(&e, &p, 1);
    e.insider = 2;
    e.flags = MLSEVIL_EXTERNAL; /* the keys of another's ratchet of the first */
    m.generation = RATCHET_AHEAD;
    cr_expect_eq(hear(&p, 0, mlsevil_private(&e, &m)), MLS_RULE_KEPT);
    cr_expect_eq(hear(&p, 0, buf_view(&e.out)), MLS_RULE_MESSAGE_REPLAY);
    m.generation = RATCHET_AHEAD - RATCHET_KEPT - 1;
    cr_expect_eq(hear(&p, 0, mlsevil_private(&e, &m)), MLS_RULE_MESSAGE_REPLAY);
    m.generation = RATCHET_AHEAD - RATCHET_KEPT;
    cr_expect_eq(hear(&p, 0, mlsevil_private(&e, &m)), MLS_RULE_KEPT);
    m.generation = 2 * RATCHET_AHEAD + 2; /* from the next one on */
    cr_expect_eq(hear(&p, 0, mlsevil_private(&e, &m)), MLS_RULE_MESSAGE_AHEAD);
    mlsevil_fini(&e);
    party_fini(&p);
}

Test(group_attack, epochs__overlap_by_one_until_it_is_forgotten)
{
    struct party p;
    struct buf a;
    struct buf b;

    gather(&p, 1);
    buf_init(&a, WIRE_MAX);
    buf_init(&b, WIRE_MAX);
    (void)party_seal(&p, 1, "first", &a);
    (void)party_seal(&p, 1, "second", &b);
    party_update(&p, 2);
    cr_expect_eq(hear(&p, 0, buf_view(&b)), MLS_RULE_KEPT);
    cr_expect_eq(hear(&p, 0, buf_view(&b)), MLS_RULE_MESSAGE_REPLAY);
    cr_expect_eq(hear(&p, 2, buf_view(&a)), MLS_RULE_KEPT);
    mls_forget(p.m[2]->g);
    cr_expect_eq(hear(&p, 2, buf_view(&b)), MLS_RULE_MESSAGE_EPOCH);
    party_update(&p, 2);
    cr_expect_eq(hear(&p, 0, buf_view(&a)), MLS_RULE_MESSAGE_EPOCH);
    buf_free(&a);
    buf_free(&b);
    party_fini(&p);
}

/* A commit that was refused because of what was missing then is good once it is there. */
static enum err know_psk(void *arg, struct bytes id, struct buf *out)
{
    (void)arg;
    (void)id;
    buf_bytes(out, LIT("a pre-shared key of everybody's"));
    return ERR_OK;
}

Test(group_attack, refused_commit__may_come_again)
{
    struct party p;
    const struct mls_proposal psk = {.type = MLS_PSK, .psk_id = LIT("password")};

    gather(&p, 1);
    p.m[1]->world.env.psk = know_psk;
    p.m[2]->world.env.psk = know_psk;
    party_stage(&p, 1, &psk, 1, MLS_PATH);
    struct bytes message = buf_view(&p.last.commit);
    cr_expect_eq(hear(&p, 0, message), MLS_RULE_PSK_UNKNOWN);
    cr_expect_eq(hear(&p, 0, message), MLS_RULE_PSK_UNKNOWN);
    p.m[0]->world.env.psk = know_psk;
    party_deliver(&p, 1, message);
    cr_assert_eq(mls_apply(p.m[1]->g), ERR_OK);
    party_agree(&p);
    party_fini(&p);
}

/* ---- splices: parts of messages that are each good ---- */

static struct content_sealed parts(struct bytes message)
{
    struct content_sealed m;
    struct reader r;

    reader_init(&r, message);
    (void)content_message_read(&r);
    content_sealed_read(&r, &m);
    cr_assert_eq(reader_end(&r), ERR_OK);
    return m;
}

static struct bytes put_parts(const struct content_sealed *m, struct buf *out)
{
    buf_clear(out);
    content_message_begin(out, CONTENT_PRIVATE);
    wire_put(out, m->group_id);
    buf_u64(out, m->epoch);
    buf_u8(out, m->type);
    wire_put(out, m->authenticated_data);
    wire_put(out, m->sender_data);
    wire_put(out, m->ciphertext);
    cr_assert_eq(buf_end(out), ERR_OK);
    return buf_view(out);
}

/* Every part of one put into the other. */
static void splice(struct party *p, struct bytes into, struct bytes from)
{
    struct content_sealed a = parts(into);
    struct content_sealed b = parts(from);
    struct content_sealed mixed[6] = {a, a, a, a, a, a};
    struct buf out;

    buf_init(&out, WIRE_MAX);
    mixed[0].sender_data = b.sender_data;
    mixed[1].ciphertext = b.ciphertext;
    mixed[2].authenticated_data = b.authenticated_data;
    mixed[3].type = CONTENT_PROPOSAL;
    mixed[4].type = CONTENT_COMMIT;
    mixed[5].authenticated_data = LIT("something else");
    for (size_t i = 0; i < 6; i++) {
        bool same = i == 2 && bytes_eq(a.authenticated_data, b.authenticated_data);
        if (!same)
            cr_expect_eq(hear(p, 0, put_parts(&mixed[i], &out)), MLS_RULE_MESSAGE_SEALED,
                "%zu: %s", i, mls_rule_text(mls_group_rule(p->m[0]->g)));
    }
    a.sender_data = b.sender_data;
    a.ciphertext = b.ciphertext;
    struct bytes whole = put_parts(&a, &out);
    bool same = a.epoch == b.epoch && bytes_eq(a.group_id, b.group_id) &&
                bytes_eq(a.authenticated_data, b.authenticated_data);
    if (!same)
        cr_expect_eq(hear(p, 0, whole), MLS_RULE_MESSAGE_SEALED);
    buf_free(&out);
}

static void say(struct party *p, size_t who, const char *text, const char *aad, struct buf *out)
{
    const struct mls_wrap wrap = {.authenticated_data = bytes_str(aad)};

    buf_init(out, WIRE_MAX);
    cr_assert_eq(mls_protect(p->m[who]->g, bytes_str(text), &wrap, out), ERR_OK);
}

Test(group_attack, splices__of_senders_messages_and_epochs_are_refused)
{
    struct party p;
    struct buf out[4];

    gather(&p, 1);
    say(&p, 1, "yes", "one", &out[0]);
    party_update(&p, 2);
    say(&p, 1, "yes", "one", &out[1]);
    say(&p, 1, "no", "two", &out[2]);
    say(&p, 2, "yes", "one", &out[3]);
    for (size_t i = 1; i < 4; i++)
        for (size_t k = 0; k < 4; k++)
            if (i != k)
                splice(&p, buf_view(&out[i]), buf_view(&out[k]));
    for (size_t i = 0; i < 4; i++) {
        cr_expect_eq(hear(&p, 0, buf_view(&out[i])), MLS_RULE_KEPT);
        buf_free(&out[i]);
    }
    party_fini(&p);
}

/* The same people in two groups, in the same epochs. */
Test(group_attack, splices__of_groups_are_refused)
{
    struct party p;
    struct party q;
    struct mls_view v;
    struct buf out[3];
    struct buf into;

    gather(&p, 1);
    party_init(&q, 1, 12);
    size_t first = party_person(&q);
    const struct mls_group_request what = {.suite = 1, .group_id = LIT("other")};
    cr_assert_eq(
        mls_group_create(&q.m[first]->world.env, &q.m[first]->who, &what, &q.m[first]->g),
        ERR_OK);
    party_add(&q, 0, party_person(&q));
    for (size_t i = 0; i < 3; i++)
        party_update(&q, 1);
    mls_group_view(q.m[1]->g, &v);
    uint64_t epoch = v.epoch;
    mls_group_view(p.m[1]->g, &v);
    cr_assert_eq(v.epoch, epoch);
    say(&p, 1, "yes", "one", &out[0]);
    say(&q, 1, "yes", "one", &out[1]);
    cr_expect_eq(hear(&p, 0, buf_view(&out[1])), MLS_RULE_MESSAGE_GROUP);
    splice(&p, buf_view(&out[0]), buf_view(&out[1]));
    /* A commit of the other group, under this one's name. */
    party_stage(&q, 1, NULL, 0, MLS_PATH);
    struct content_sealed m = parts(buf_view(&q.last.commit));
    m.group_id = LIT("party");
    buf_init(&into, WIRE_MAX);
    cr_expect_eq(hear(&p, 0, put_parts(&m, &into)), MLS_RULE_MESSAGE_SEALED);
    cr_expect_eq(hear(&p, 0, buf_view(&out[0])), MLS_RULE_KEPT);
    buf_free(&into);
    buf_free(&out[0]);
    buf_free(&out[1]);
    party_fini(&p);
    party_fini(&q);
}

/* Two public commits of one epoch: content of one, authentication of the other. */
Test(group_attack, splices__of_public_commits_are_refused)
{
    struct party p;
    struct buf kept;
    struct buf mixed;

    gather(&p, 1);
    party_stage(&p, 1, NULL, 0, MLS_PATH | MLS_PUBLIC);
    buf_init(&kept, WIRE_MAX);
    buf_bytes(&kept, buf_view(&p.last.commit));
    mls_discard(p.m[1]->g);
    party_stage(&p, 1, NULL, 0, MLS_PATH | MLS_PUBLIC);
    struct bytes other = buf_view(&p.last.commit);
    cr_assert_eq(kept.n, other.n);
    /* Behind the content: a signature of 64 bytes, two tags of 32, each with its length. */
    static const size_t ends[] = {33, 66, 66 + 66};
    for (size_t i = 0; i < 3; i++) {
        buf_init(&mixed, WIRE_MAX);
        buf_put(&mixed, kept.p, kept.n - ends[i]);
        buf_put(&mixed, other.p + other.n - ends[i], ends[i]);
        cr_expect_eq(hear(&p, 0, buf_view(&mixed)), MLS_RULE_MESSAGE_MEMBERSHIP);
        buf_free(&mixed);
    }
    cr_expect_eq(hear(&p, 0, other), MLS_RULE_KEPT);
    mls_discard(p.m[0]->g);
    cr_expect_eq(hear(&p, 0, buf_view(&kept)), MLS_RULE_KEPT);
    buf_free(&kept);
    party_fini(&p);
}
