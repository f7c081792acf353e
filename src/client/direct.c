/* SPDX-License-Identifier: ISC */
#include "client/direct.h"

#include "base/mem.h"
#include "client/file_pump.h"
#include "client/group.h"
#include "client/group_people.h"
#include "client/keep.h"
#include "client/past.h"
#include "client/say.h"
#include "crypto/rand.h"

#define GROUP_ID    16
#define WELCOME_MAX (64u << 10)
#define AGAIN_MS    3000
#define KEYLESS     4 /* who has just come may still be making keys: asked so often */

struct talk *direct_open(struct engine *e, struct bytes name)
{
    struct talk *c = engine_find(e, CONVO_DIRECT, name);

    if (c == NULL) {
        c = engine_talk_new(e, CONVO_DIRECT, name);
        group_env(c);
        c->present = true;
    }
    past_page(e, c);
    if (!c->wanted) {
        c->wanted = true;
        keep_talk(e, c);
    }
    engine_touch(e, c);
    return c;
}

void direct_ask(struct engine *e, struct talk *c)
{
    struct msg_dm_request m = {.user = talk_title(c), .more = true, .suite = group_suite()};

    c->busy |= BUSY_PEER;
    engine_ask(e, OP_DM_REQUEST, &m, &(struct request){.talk = c->serial, .tag = c->join_tag});
}

static void stop(struct engine *e, struct talk *c)
{
    c->wait_ms = UINT64_MAX;
    c->keyless = 0;
    engine_release(e, c->join_tag);
    c->join_tag = 0;
    file_pump_unreachable(e, c);
}

bool direct_right_key(struct engine *e, struct talk *c, const struct msg_dm_answer *a,
    struct mls_package *package)
{
    enum mls_rule rule = MLS_RULE_KEPT;
    uint8_t print[POLICY_PRINT];
    char name[TRUST_NAME];
    enum err err =
        mls_package_check(a->package, (uint64_t)(e->loop->wall_ms / 1000), package, &rule);
    struct bytes is = package->member.identity;

    policy_print(a->identity, print);
    if (err != ERR_OK || package->suite != a->suite ||
        policy_identify(&package->member) != ERR_OK ||
        !bytes_eq(package->member.signature_key, a->identity) ||
        !(trust_is_guest(is) || bytes_eq(is, a->user))) {
        engine_say_in(e, c, EVENT_ERROR,
            "THE KEY THAT THE RELAY HANDS OUT FOR %.*s IS NOT SOUND (%s). Nothing was sent.",
            (int)a->user.n, (const char *)a->user.p,
            rule != MLS_RULE_KEPT ? mls_rule_text(rule) : "it is of somebody else");
        return false;
    }
    if (memcmp(print, e->identity.print, sizeof print) == 0) {
        engine_say_in(e, c, EVENT_ERROR,
            "THE RELAY HANDS OUT OUR OWN KEY AS THAT OF %.*s. Nothing was sent.",
            (int)a->user.n, (const char *)a->user.p);
        return false;
    }
    if (!bytes_copy(name, sizeof name, is) ||
        (trust_is_guest(is) && !people_guest_fits(e, c, a->user)))
        return false;
    if (trust_see(e->trust, is, print, e->loop->wall_ms) != TRUST_CHANGED)
        return true;
    people_tell_changed(e, c, name);
    return false;
}

static enum err make_group(
    struct engine *e, struct talk *c, const struct msg_dm_answer *a, struct buf *welcome)
{
    const struct mls_proposal add = {.type = MLS_ADD, .package = a->package};
    struct policy p = {.access = POLICY_DIRECT};
    struct mls_commit_result made;
    uint8_t id[GROUP_ID];
    uint8_t print[POLICY_PRINT];
    struct buf ext;

    policy_print(a->identity, print);
    group_binding(e, c, print, p.binding);
    memcpy(p.owner, e->identity.print, sizeof p.owner);
    rand_bytes(id, sizeof id);
    buf_init(&ext, 8192);
    buf_init(&made.commit, WELCOME_MAX);
    buf_init(&made.welcome, WELCOME_MAX);
    buf_init(&made.info, WELCOME_MAX);
    policy_write(&p, &ext);
    const struct mls_group_request what = {
        .suite = a->suite, .group_id = bytes_of(id, sizeof id), .extensions = buf_view(&ext)};
    const struct mls_commit_request commit = {
        .wrap = {.flags = MLS_WITH_TREE, .pad = PAYLOAD_PAD},
        .proposals = &add,
        .proposals_n = 1,
        .now = (uint64_t)(e->loop->wall_ms / 1000)};
    enum err err = mls_group_create(&c->env, &e->identity.mls, &what, &c->group);
    if (err == ERR_OK)
        err = mls_commit(c->group, &commit, &made);
    if (err == ERR_OK)
        err = mls_apply(c->group);
    buf_bytes(welcome, buf_view(&made.welcome));
    buf_free(&ext);
    buf_free(&made.commit);
    buf_free(&made.welcome);
    buf_free(&made.info);
    return err == ERR_OK ? buf_end(welcome) : err;
}

static void found(struct engine *e, struct talk *c, const struct msg_dm_answer *a)
{
    struct request r = {.talk = c->serial, .tag = c->join_tag};
    struct buf welcome;

    buf_init(&welcome, WELCOME_MAX);
    talk_group_drop(c);
    enum err err = make_group(e, c, a, &welcome);
    struct msg_dm_key m = {.user = talk_title(c),
        .flags = COMMIT_CREATE,
        .epoch = group_epoch(c),
        .replaces = c->group_seq,
        .welcome = buf_view(&welcome)};
    rand_bytes(m.req, sizeof m.req);
    memcpy(r.id, m.req, sizeof r.id);
    memcpy(c->enter_req, m.req, sizeof c->enter_req);
    if (err == ERR_OK) {
        c->busy |= BUSY_FOUND;
        engine_ask(e, OP_DM_KEY, &m, &r);
    } else {
        talk_group_drop(c);
        engine_say_in(
            e, c, EVENT_ERROR, "Keys with %s cannot be agreed: %s.", c->title, err_str(err));
        stop(e, c);
    }
    buf_free(&welcome);
}

void direct_answer(struct engine *e, const struct request *r, const void *answer)
{
    const struct msg_dm_answer *a = answer;
    struct talk *c = engine_talk(e, r->talk);
    uint8_t print[POLICY_PRINT];
    struct mls_package package;

    if (c == NULL)
        return;
    c->busy &= ~(unsigned)BUSY_PEER;
    if (c->group != NULL) /* the other was faster */
        return;
    if (!bytes_eq(a->user, talk_title(c))) {
        engine_say_in(e, c, EVENT_ERROR,
            "THE RELAY ANSWERS WITH THE KEY OF %.*s WHEN ASKED FOR %s. Nothing was sent.",
            (int)a->user.n, (const char *)a->user.p, c->title);
        stop(e, c);
        return;
    }
    c->group_seq = a->group_seq;
    if (a->group_seq != 0 && !c->looked && e->account) {
        c->behind = true; /* its welcome may wait in the log */
        engine_touch(e, c);
        return;
    }
    if (!direct_right_key(e, c, a, &package)) {
        stop(e, c);
        return;
    }
    policy_print(a->identity, print);
    if (trust_is_guest(package.member.identity) && people_another_guest(e, c, print)) {
        say_give_up(e, c, "it was written for somebody else");
        stop(e, c);
        return;
    }
    found(e, c, a);
}

void direct_nobody(struct engine *e, struct talk *c, struct bytes name)
{
    c->busy &= ~(unsigned)(BUSY_PEER | BUSY_FOUND | BUSY_SAY | BUSY_COMMIT);
    if (!bytes_eq(name, talk_title(c))) { /* has another name by now, and so have we asked */
        say_settle(e, c);
        return;
    }
    stop(e, c);
    say_give_up(e, c, "nobody is called so");
}

/* The relay ends the conversations of who takes another name; under that one they begin anew.
 */
void direct_ended(struct engine *e, struct talk *c)
{
    talk_group_drop(c);
    vault_del_all(e->vault, VAULT_GROUP, talk_key(c));
    c->busy &= ~(unsigned)(BUSY_PEER | BUSY_FOUND | BUSY_COMMIT);
    c->group_seq = 0;
    c->relay_epoch = 0;
    c->place = 0;
    c->safe = c->acked = 0;
    c->own_seq = c->own_safe = 0;
    c->behind = false;
    c->looked = false;
    if (c->page != NULL) {
        c->page->seal = ROOM_AGREEING;
        model_room_changed(e->model, c->page);
    }
    engine_changed(e, c);
    engine_touch(e, c);
}

void direct_refused(struct engine *e, const struct request *r, const struct msg_refusal *no)
{
    struct talk *c = engine_talk(e, r->talk);

    if (c == NULL)
        return;
    c->busy &= ~(unsigned)BUSY_PEER;
    bool keyless = no->code == CODE_NO_PACKAGE && c->keyless++ < KEYLESS;
    if (keyless || no->code == CODE_TOO_FAST || no->code == CODE_BUSY ||
        no->code == CODE_NOT_STORED) {
        c->wait_ms = e->loop->now_ms + AGAIN_MS + (no->num < 60000 ? no->num : 60000);
        engine_look_at(e, c->wait_ms);
        return;
    }
    engine_say_in(e, c, EVENT_WARN, "%s cannot be reached: %.*s.", c->title, (int)no->reason.n,
        (const char *)no->reason.p);
    stop(e, c);
}

void direct_founded(struct engine *e, struct talk *c, const struct msg_commit_ok *ok)
{
    struct mls_group *g = c->group;

    if (g == NULL || (c->busy & BUSY_FOUND) == 0)
        return;
    c->group = NULL;
    c->keyless = 0;
    c->group_seq = ok->seq;
    group_begun(e, c, g, ok->seq);
    c->fresh = false;
    for (uint32_t i = 0; i < c->leaf_n; i++) {
        if (c->leaf[i] != NULL && c->leaf[i] != people_self(e, c) &&
            talk_person_guest(c->leaf[i]))
            (void)bytes_copy(c->leaf[i]->relay, sizeof c->leaf[i]->relay, talk_title(c));
    }
    people_refresh(e, c);
}

/* The other founded it first, and its welcome is on its way; or not now. */
void direct_not_founded(struct engine *e, struct talk *c, const struct msg_refusal *no)
{
    if ((c->busy & BUSY_FOUND) == 0)
        return;
    c->busy &= ~(unsigned)BUSY_FOUND;
    talk_group_drop(c);
    if (no->code == CODE_CONFLICT || no->code == CODE_STALE) {
        c->looked = false;
        c->behind = e->account;
    }
    c->wait_ms = e->loop->now_ms + AGAIN_MS + rand_below(AGAIN_MS);
    engine_look_at(e, c->wait_ms);
}
