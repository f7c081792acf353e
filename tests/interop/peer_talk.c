/* SPDX-License-Identifier: ISC */
#include "peer.h"

/* The words that are proposals, in the order they stand:
 *   add=PACKAGE  update  remove:LEAF  external=ID  resume:EPOCH  follow  context=EXTENSIONS
 *   reinit=GROUP (its suite is suite:N, its extensions are those of the group) */
static bool proposal_read(
    const struct peer *p, const struct line *l, size_t i, struct mls_proposal *out)
{
    static const struct {
        const char *key;
        uint16_t type;
    } TYPES[] = {{"add", MLS_ADD}, {"update", MLS_UPDATE}, {"remove", MLS_REMOVE},
        {"external", MLS_PSK}, {"resume", MLS_PSK}, {"follow", MLS_PSK},
        {"context", MLS_CONTEXT}, {"reinit", MLS_REINIT}};
    const struct line_word *w = &l->words[i];

    *out = (struct mls_proposal){0};
    for (size_t k = 0; k < sizeof TYPES / sizeof *TYPES; k++)
        if (strcmp(TYPES[k].key, w->key) == 0)
            out->type = TYPES[k].type;
    if (out->type == 0)
        return false;
    if (out->type == MLS_ADD)
        out->package = w->bytes;
    if (out->type == MLS_PSK)
        out->psk_id = w->bytes;
    if (out->type == MLS_CONTEXT)
        out->extensions = w->bytes;
    if (out->type == MLS_REINIT) {
        struct mls_view view;

        mls_group_view(p->group, &view);
        out->group_id = w->bytes;
        out->suite = (uint16_t)line_number(l, "suite", p->suite);
        out->extensions = view.extensions;
    }
    out->leaf = (uint32_t)w->number;
    out->psk_epoch = w->number;
    out->prior = strcmp(w->key, "follow") == 0 ? p->prior : NULL;
    return true;
}

/* [public] [path] [tree] [info] [alone] [pad:N] [aad=HEX] */
static struct mls_wrap wrap_read(const struct line *l)
{
    static const struct {
        const char *key;
        unsigned flag;
    } FLAGS[] = {{"public", MLS_PUBLIC}, {"path", MLS_PATH}, {"tree", MLS_WITH_TREE},
        {"info", MLS_WITH_INFO}, {"alone", MLS_NO_PENDING}};
    struct mls_wrap w = {
        .pad = line_number(l, "pad", 0), .authenticated_data = line_bytes(l, "aad")};

    for (size_t i = 0; i < sizeof FLAGS / sizeof *FLAGS; i++)
        if (line_has(l, FLAGS[i].key))
            w.flags |= FLAGS[i].flag;
    return w;
}

/* WRAP PROPOSAL */
enum err peer_propose(struct peer *p, const struct line *l, struct buf *answer)
{
    const struct mls_wrap wrap = wrap_read(l);
    struct mls_proposal what;
    struct buf message;
    enum err e = ERR_FORMAT;

    buf_init(&message, PEER_MAX);
    for (size_t i = 0; i < l->n && e == ERR_FORMAT; i++)
        if (proposal_read(p, l, i, &what))
            e = mls_propose(p->group, &what, &wrap, &message);
    if (e == ERR_OK)
        line_put_bytes(answer, "message", buf_view(&message));
    buf_free(&message);
    return e;
}

/* WRAP PROPOSAL... [now:N] */
enum err peer_commit(struct peer *p, const struct line *l, struct buf *answer)
{
    struct mls_proposal proposals[LINE_WORDS];
    struct mls_commit_request what = {
        .wrap = wrap_read(l), .proposals = proposals, .now = line_number(l, "now", 0)};
    struct mls_commit_result r;
    enum err e = peer_nodes_keep(p);

    for (size_t i = 0; i < l->n; i++)
        if (proposal_read(p, l, i, &proposals[what.proposals_n]))
            what.proposals_n++;
    buf_init(&r.commit, PEER_MAX);
    buf_init(&r.welcome, PEER_MAX);
    buf_init(&r.info, PEER_MAX);
    if (e == ERR_OK)
        e = mls_commit(p->group, &what, &r);
    if (e == ERR_OK) {
        line_put_bytes(answer, "commit", buf_view(&r.commit));
        line_put_bytes(answer, "welcome", buf_view(&r.welcome));
        line_put_bytes(answer, "info", buf_view(&r.info));
    }
    buf_free(&r.commit);
    buf_free(&r.welcome);
    buf_free(&r.info);
    return e;
}

static void event_put(struct buf *answer, const struct mls_event *ev)
{
    static const char *const KINDS[] = {[MLS_EVENT_NONE] = " none",
        [MLS_EVENT_APPLICATION] = " application",
        [MLS_EVENT_PROPOSAL] = " proposal",
        [MLS_EVENT_COMMIT] = " commit",
        [MLS_EVENT_OWN] = " own"};

    buf_text(answer, KINDS[ev->kind]);
    line_put_number(answer, "epoch", ev->epoch);
    line_put_number(answer, "sender", ev->sender);
    line_put_bytes(answer, "data", ev->data);
    line_put_bytes(answer, "aad", ev->authenticated_data);
    line_put_number(answer, "type", ev->proposal);
    line_put_number(answer, "removed", ev->removes_us);
    if (ev->change == NULL)
        return;
    line_put_number(answer, "added", ev->change->added_n);
    line_put_number(answer, "gone", ev->change->removed_n);
    line_put_number(answer, "updated", ev->change->updated_n);
    line_put_number(answer, "psks", ev->change->psk_n);
    line_put_number(answer, "external", ev->change->external);
}

/* message=HEX */
enum err peer_process(struct peer *p, const struct line *l, struct buf *answer)
{
    struct mls_event event;
    enum err e = peer_nodes_keep(p);

    if (e != ERR_OK)
        return e;
    mls_event_init(&event);
    e = mls_process(p->group, line_bytes(l, "message"), &event);
    if (e == ERR_OK)
        event_put(answer, &event);
    mls_event_clear(&event);
    return e;
}

enum err peer_apply(struct peer *p, const struct line *l, struct buf *answer)
{
    (void)l;
    (void)answer;
    return mls_apply(p->group);
}

enum err peer_discard(struct peer *p, const struct line *l, struct buf *answer)
{
    (void)l;
    (void)answer;
    mls_discard(p->group);
    return ERR_OK;
}

enum err peer_forget(struct peer *p, const struct line *l, struct buf *answer)
{
    (void)l;
    (void)answer;
    mls_forget(p->group);
    return ERR_OK;
}

/* data=HEX [pad:N] [aad=HEX] */
enum err peer_protect(struct peer *p, const struct line *l, struct buf *answer)
{
    const struct mls_wrap wrap = wrap_read(l);
    struct buf message;

    buf_init(&message, PEER_MAX);
    enum err e = mls_protect(p->group, line_bytes(l, "data"), &wrap, &message);
    if (e == ERR_OK)
        line_put_bytes(answer, "message", buf_view(&message));
    buf_free(&message);
    return e;
}

/* label=HEX [context=HEX] size:N */
enum err peer_export(struct peer *p, const struct line *l, struct buf *answer)
{
    uint8_t out[255];
    char label[64];
    size_t n = line_number(l, "size", 32);

    if (n > sizeof out || !bytes_copy(label, sizeof label, line_bytes(l, "label")))
        return ERR_TOO_BIG;
    enum err e = mls_export(p->group, label, line_bytes(l, "context"), out, n);
    if (e == ERR_OK)
        line_put_bytes(answer, "secret", bytes_of(out, n));
    return e;
}
