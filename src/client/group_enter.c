/* SPDX-License-Identifier: ISC */
#include "client/group_enter.h"

#include "base/mem.h"
#include "client/group.h"
#include "client/group_people.h"
#include "client/say.h"
#include "crypto/rand.h"

#define GROUP_ID     16
#define INFO_MAX     (512u << 10)
#define TREE_MAX     (2u << 20)
#define LEAVES_MAX   65536u
#define FIRST_PSK    1u
#define AGAIN_MS     500
#define AGAIN_MAX_MS 30000

static void ask_commit(struct engine *e, struct talk *c, struct msg_commit *m)
{
    struct request r = {.talk = c->serial, .tag = c->join_tag};

    rand_bytes(m->req, sizeof m->req);
    memcpy(r.id, m->req, sizeof r.id);
    memcpy(c->enter_req, m->req, sizeof c->enter_req);
    engine_ask(e, OP_COMMIT, m, &r);
}

/* ---- nodes ---- */

static enum err put_node(void *arg, uint32_t index, struct bytes node)
{
    struct list_writer *w = arg;
    bool blank = node.n == 1 && node.p[0] == 0;
    struct msg_node row = {index, blank ? (struct bytes){0} : node};

    list_add(w, &MSG_NODE, &row);
    return ERR_OK;
}

enum err enter_put_nodes(const struct mls_group *g, uint32_t before, struct list_writer *nodes)
{
    uint32_t leaves = 0;
    enum err e = mls_group_nodes(g, put_node, nodes, &leaves);

    for (uint32_t i = 2 * leaves - 1; e == ERR_OK && leaves < before && i < 2 * before - 1; i++)
        e = put_node(nodes, i, (struct bytes){0});
    return e == ERR_OK ? buf_end(&nodes->buf) : e;
}

/* The tree that nodes by index make: as wide as its last leaf asks for. */
static enum err read_tree(struct list rows, uint16_t suite, struct buf *tree, uint32_t *width)
{
    struct mls_node *nodes = mem_array(rows.count + 1u, sizeof *nodes);
    uint32_t leaves = 1;
    uint32_t last = 0;
    size_t n = 0;
    struct msg_node row;

    while (list_next(&rows, &MSG_NODE, &row)) {
        if (row.body.n == 0)
            continue;
        nodes[n++] = (struct mls_node){row.index, row.body};
        if (row.index % 2 == 0 && row.index / 2 > last)
            last = row.index / 2;
    }
    while (leaves <= last && leaves < LEAVES_MAX)
        leaves *= 2;
    *width = leaves;
    enum err e =
        last < LEAVES_MAX ? mls_tree_build(suite, leaves, nodes, n, tree) : ERR_TOO_BIG;
    mem_free(nodes);
    return e;
}

/* ---- founding ---- */

static void first_rules(struct engine *e, struct talk *c, struct policy *p)
{
    *p = (struct policy){.access = POLICY_OPEN};
    if (c->has_proof)
        p->access = POLICY_PASSWORD;
    else if ((c->join_flags & JOIN_INVITE_ONLY) != 0)
        p->access = POLICY_INVITE;
    if (p->access == POLICY_PASSWORD)
        p->generation = FIRST_PSK;
    group_binding(e, c, NULL, p->binding);
    memcpy(p->owner, e->identity.print, sizeof p->owner);
}

static enum err make_group(struct engine *e, struct talk *c, struct mls_group **out)
{
    uint8_t id[GROUP_ID];
    struct policy p;
    struct buf ext;

    rand_bytes(id, sizeof id);
    first_rules(e, c, &p);
    buf_init(&ext, 8192);
    policy_write(&p, &ext);
    const struct mls_group_request what = {
        .suite = group_suite(),
        .group_id = bytes_of(id, sizeof id),
        .extensions = buf_view(&ext),
    };
    enum err err = mls_group_create(&c->env, &e->identity.mls, &what, out);
    buf_free(&ext);
    return err;
}

void enter_found(struct engine *e, struct talk *c)
{
    struct list_writer nodes;
    struct buf info;

    buf_init(&info, INFO_MAX);
    list_begin(&nodes, TREE_MAX);
    talk_group_drop(c);
    enum err err = make_group(e, c, &c->group);
    if (err == ERR_OK)
        err = mls_group_info(c->group, 0, &info);
    if (err == ERR_OK)
        err = enter_put_nodes(c->group, 0, &nodes);
    if (err == ERR_OK) {
        struct msg_commit m = {.room = talk_title(c),
            .flags = COMMIT_CREATE,
            .info = buf_view(&info),
            .nodes = list_view(&nodes)};
        c->busy |= BUSY_FOUND;
        ask_commit(e, c, &m);
    } else {
        talk_group_drop(c);
        engine_say_in(
            e, c, EVENT_ERROR, "The group of this room cannot be made: %s.", err_str(err));
    }
    list_end(&nodes);
    buf_free(&info);
}

/* ---- coming in ---- */

static bool belongs_here(struct engine *e, struct talk *c, const struct mls_header *h,
    uint64_t epoch, struct policy *p)
{
    uint8_t binding[POLICY_PRINT];

    group_binding(e, c, NULL, binding);
    if (policy_read(h->extensions, p) != ERR_OK ||
        memcmp(p->binding, binding, sizeof binding) != 0) {
        engine_say_in(e, c, EVENT_ERROR,
            "THE RELAY OFFERS THE GROUP OF ANOTHER PLACE AS THAT OF #%s. It was refused; "
            "nothing is said here.",
            c->title);
        return false;
    }
    if (h->epoch != epoch) {
        engine_say_in(e, c, EVENT_ERROR,
            "The relay says another epoch of #%s than the group itself. It was refused.",
            c->title);
        return false;
    }
    return true;
}

/* A password that was typed before anybody said which generation it is. */
static bool has_psk(struct talk *c, const struct policy *p)
{
    const uint8_t *typed = talk_psk(c, 0);

    if (p->access != POLICY_PASSWORD || talk_psk(c, p->generation) != NULL)
        return true;
    if (typed == NULL)
        return false;
    talk_psk_add(c, p->generation, typed);
    return true;
}

struct entering {
    struct mls_external_request what;
    uint8_t id[POLICY_PSK_ID];
    struct bytes psk;
    struct buf tree;
    uint32_t leaves; /* of that tree: it may be narrower once an old leaf of ours is gone */
    struct buf commit;
    struct buf info;
    struct list_writer nodes;
};

static enum err join(struct engine *e, struct talk *c, struct entering *in, enum mls_rule *rule)
{
    struct mls_group *g = NULL;

    /* An old leaf of ours goes as we come; mostly there is none. */
    in->what.resync = true;
    enum err err =
        mls_group_join_external(&c->env, &e->identity.mls, &in->what, &in->commit, &g, rule);
    if (err == ERR_NOT_FOUND) {
        in->what.resync = false;
        buf_clear(&in->commit);
        err = mls_group_join_external(
            &c->env, &e->identity.mls, &in->what, &in->commit, &g, rule);
    }
    if (err != ERR_OK)
        return err;
    talk_group_drop(c);
    c->group = g;
    err = mls_group_info(g, 0, &in->info);
    return err == ERR_OK ? enter_put_nodes(g, in->leaves, &in->nodes) : err;
}

static void send_join(struct engine *e, struct talk *c, struct entering *in, uint64_t epoch)
{
    struct msg_commit m = {.room = talk_title(c),
        .flags = COMMIT_EXTERNAL,
        .epoch = epoch,
        .commit = buf_view(&in->commit),
        .info = buf_view(&in->info),
        .nodes = list_view(&in->nodes)};
    struct buf removed;

    buf_init(&removed, 256);
    /* The relay knows us by one name alone, and so our old leaf. */
    if (in->what.resync)
        names_add(&removed, model_nick(e->model));
    m.removed = buf_view(&removed);
    c->busy = (c->busy & ~(unsigned)BUSY_TURN) | BUSY_ENTER;
    ask_commit(e, c, &m);
    buf_free(&removed);
}

static void not_joined(struct engine *e, struct talk *c, enum err err, enum mls_rule rule)
{
    talk_group_drop(c);
    c->busy &= ~(unsigned)BUSY_TURN;
    if (err == ERR_REFUSED && rule == MLS_RULE_COMMIT_POLICY)
        engine_say_in(e, c, EVENT_WARN,
            "The rules of #%s do not let us in: it is for invited people.", c->title);
    else
        engine_say_in(e, c, EVENT_ERROR,
            "The group of #%s that the relay shows is not sound (%s). Nothing is said here; "
            "sotto tries again.",
            c->title, err == ERR_REFUSED ? mls_rule_text(rule) : err_str(err));
    c->wait_ms = e->loop->now_ms + AGAIN_MAX_MS;
    engine_look_at(e, c->wait_ms);
    engine_release(e, c->join_tag);
    c->join_tag = 0;
}

void enter_turn(struct engine *e, struct talk *c, const struct msg_room_key *info)
{
    struct entering in = {.what = {.info = info->body}};
    struct mls_header h;
    struct policy p;
    enum mls_rule rule = MLS_RULE_KEPT;

    if (c->group != NULL || (c->busy & BUSY_TURN) == 0)
        return;
    if (mls_peek(info->body, &h) != ERR_OK || h.wire_format != 4) {
        not_joined(e, c, ERR_FORMAT, rule);
        return;
    }
    if (!belongs_here(e, c, &h, info->epoch, &p)) {
        c->busy &= ~(unsigned)BUSY_TURN;
        c->wait_ms = UINT64_MAX;
        engine_release(e, c->join_tag);
        c->join_tag = 0;
        return;
    }
    if (!has_psk(c, &p)) {
        c->busy &= ~(unsigned)BUSY_TURN;
        c->locked = true;
        c->has_proof = false;
        engine_touch(e, c);
        return;
    }
    buf_init(&in.tree, TREE_MAX);
    buf_init(&in.commit, TREE_MAX);
    buf_init(&in.info, INFO_MAX);
    list_begin(&in.nodes, TREE_MAX);
    if (p.access == POLICY_PASSWORD) {
        policy_psk_id(p.generation, in.id);
        in.psk = bytes_of(in.id, sizeof in.id);
        in.what.psk_ids = &in.psk;
        in.what.psk_n = 1;
    }
    enum err err = read_tree(info->nodes, h.suite, &in.tree, &in.leaves);
    in.what.tree = buf_view(&in.tree);
    if (err == ERR_OK)
        err = join(e, c, &in, &rule);
    if (err == ERR_OK)
        send_join(e, c, &in, info->epoch);
    else
        not_joined(e, c, err, rule);
    buf_free(&in.tree);
    buf_free(&in.commit);
    buf_free(&in.info);
    list_end(&in.nodes);
}

void enter_taken(struct engine *e, struct talk *c, const struct msg_commit_ok *ok)
{
    struct mls_group *g = c->group;
    bool founding = (c->busy & BUSY_FOUND) != 0;

    c->group = NULL; /* group_begun() drops the one before */
    if (g == NULL || (!founding && mls_apply(g) != ERR_OK)) {
        mls_group_free(g);
        c->busy &= ~(unsigned)(BUSY_FOUND | BUSY_ENTER);
        engine_touch(e, c);
        return;
    }
    group_begun(e, c, g, ok->seq);
    c->founder = false;
    c->fresh = false;
    c->nick_due = !e->account;
    if (!founding)
        engine_say_in(e, c, EVENT_INFO, "The keys of this room are agreed: %u in its group.",
            c->page != NULL ? c->page->members : 0u);
}

/* Somebody's commit came between, or somebody founded first: from the start. */
void enter_refused(struct engine *e, struct talk *c, const struct msg_refusal *no)
{
    bool late = no->code == CODE_STALE || no->code == CODE_CONFLICT || no->code == CODE_NO_TURN;

    talk_group_drop(c);
    c->founder = false;
    if ((c->busy & BUSY_FOUND) != 0 && late)
        c->there = true;
    c->busy &= ~(unsigned)(BUSY_TURN | BUSY_ENTER | BUSY_FOUND);
    if (!late && no->code != CODE_TOO_FAST && no->code != CODE_BUSY)
        engine_say_in(e, c, EVENT_WARN, "The relay does not let us into the group: %.*s",
            (int)no->reason.n, (const char *)no->reason.p);
    uint64_t wait = AGAIN_MS << (c->tries < 6 ? c->tries : 6);
    c->tries++;
    c->wait_ms = e->loop->now_ms + rand_below(wait) + (late ? 0 : no->num % AGAIN_MAX_MS);
    engine_look_at(e, c->wait_ms);
}

/* ---- welcomes ---- */

static bool is_bound(
    struct engine *e, struct talk *c, struct mls_group *g, const uint8_t peer[POLICY_PRINT])
{
    uint8_t binding[POLICY_PRINT];
    struct mls_view v;
    struct policy p;

    mls_group_view(g, &v);
    group_binding(e, c, peer, binding);
    return policy_read(v.extensions, &p) == ERR_OK &&
           (p.access == POLICY_DIRECT) == (c->kind == CONVO_DIRECT) &&
           memcmp(p.binding, binding, sizeof binding) == 0;
}

static bool right_room(struct engine *e, struct talk *c, struct mls_group *g)
{
    if (is_bound(e, c, g, NULL))
        return true;
    engine_say_in(e, c, EVENT_ERROR,
        "THE RELAY OFFERS THE GROUP OF ANOTHER PLACE AS THAT OF #%s. It was refused; nothing "
        "is said here.",
        c->title);
    return false;
}

/* The two of us and nobody else, and the other is who the relay says. */
static bool right_pair(
    struct engine *e, struct talk *c, struct mls_group *g, struct bytes sender)
{
    uint8_t print[POLICY_PRINT] = {0};
    struct mls_member other = {0};
    struct mls_member m;
    struct mls_view v;

    mls_group_view(g, &v);
    for (uint32_t i = 0; i < v.leaves; i++) {
        if (i != v.self && mls_group_member(g, i, &m))
            other = m;
    }
    if (v.members == 2)
        policy_print(other.signature_key, print);
    bool guest = trust_is_guest(other.identity);
    if (v.members != 2 || !is_bound(e, c, g, print) ||
        !(guest || bytes_eq(other.identity, sender))) {
        engine_say_in(e, c, EVENT_ERROR,
            "THE RELAY OFFERS THE GROUP OF OTHER PEOPLE AS YOUR CONVERSATION WITH %s. It was "
            "refused.",
            c->title);
        return false;
    }
    if (guest && !people_guest_fits(e, c, sender))
        return false;
    if (guest && people_another_guest(e, c, print))
        say_give_up(e, c, "it was written for somebody else");
    return true;
}

static enum enter_end take_welcome(
    struct engine *e, struct talk *c, struct identity_package *p, const struct enter_news *news)
{
    const struct mls_join_request what = {.welcome = news->welcome,
        .package = buf_view(&p->message),
        .secret = buf_view(&p->secret)};
    struct mls_group *g = NULL;
    enum mls_rule rule = MLS_RULE_KEPT;
    enum err err = mls_group_join(&c->env, &e->identity.mls, &what, &g, &rule);

    if (err == ERR_REFUSED && rule == MLS_RULE_WELCOME_NOT_MINE)
        return ENTER_NOT_OURS;
    if (err != ERR_OK) {
        engine_say_in(e, c, EVENT_ERROR, "An invitation cannot be used: %s.",
            err == ERR_REFUSED ? mls_rule_text(rule) : err_str(err));
        return ENTER_REFUSED;
    }
    if (!(c->kind == CONVO_ROOM ? right_room(e, c, g) : right_pair(e, c, g, news->sender))) {
        mls_group_free(g);
        return ENTER_REFUSED;
    }
    /* A group that we were in before would have us use its keys a second time. */
    if (!identity_spend(&e->identity, p, news->welcome)) {
        mls_group_free(g);
        return ENTER_NOT_OURS;
    }
    group_begun(e, c, g, news->seq);
    c->fresh = true;
    c->nick_due = !e->account;
    return ENTER_IN;
}

enum enter_end enter_welcome(struct engine *e, struct talk *c, const struct enter_news *news)
{
    enum enter_end end = ENTER_NOT_OURS;

    for (size_t i = 0; i < e->identity.packages_n && end == ENTER_NOT_OURS; i++)
        end = take_welcome(e, c, &e->identity.packages[i], news);
    return end;
}
