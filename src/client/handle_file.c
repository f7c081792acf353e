/* SPDX-License-Identifier: ISC */
#include "client/handle_file.h"

#include "base/log.h"
#include "client/download_event.h"
#include "client/files.h"
#include "client/upload.h"
#include "client/upload_event.h"

/* ---- answers ---- */

void file_taken(struct engine *e, const struct request *r, const void *offer_ok)
{
    struct upload *u = files_upload(e, r->id);
    struct msg_file_cancel m;

    if (u != NULL) {
        if (!u->over) /* else the relay is being told already */
            upload_taken(u, offer_ok);
        return;
    }
    memcpy(m.id, r->id, sizeof m.id); /* it was given up meanwhile */
    engine_ask(e, OP_FILE_CANCEL, &m, NULL);
}

void file_not_taken(struct engine *e, const struct request *r, const struct msg_refusal *no)
{
    struct upload *u = files_upload(e, r->id);

    if (u != NULL)
        upload_refused(u, no);
}

void file_answered(struct engine *e, const struct request *r, const void *answer_ok)
{
    struct download *d = files_download(e, r->id);

    if (d != NULL)
        download_answered(d, answer_ok);
}

void file_unanswered(struct engine *e, const struct request *r, const struct msg_refusal *no)
{
    struct download *d = files_download(e, r->id);

    if (d != NULL)
        download_unanswered(d, no);
}

void file_cancelled(struct engine *e, const struct request *r, const void *nothing)
{
    struct upload *u = files_upload(e, r->id);

    (void)nothing;
    if (u != NULL && u->over)
        upload_told(u);
}

/* What it does not know of is over too. */
void file_not_cancelled(struct engine *e, const struct request *r, const struct msg_refusal *no)
{
    struct upload *u = files_upload(e, r->id);

    if (u != NULL && u->over && files_later(no))
        upload_untold(u);
    else
        file_cancelled(e, r, NULL);
}

void file_done(struct engine *e, const struct request *r, const void *nothing)
{
    (void)e, (void)r, (void)nothing;
}

/* It ended while we asked: that is told by another frame. */
void file_not_done(struct engine *e, const struct request *r, const struct msg_refusal *no)
{
    (void)e;
    LOG_INFO("file", "%s refused: %s", opcode_row(r->op)->name, log_text(no->reason));
}

/* ---- events ---- */

/* Ids are known to whoever was offered the file, so one alone says nothing. A guest's name is
 * what the relay calls it today. */
static bool is_from(struct engine *e, const struct transfer *t, struct bytes sender)
{
    char tag[TRUST_TAG];

    if (t->tag[0] == '\0')
        return bytes_eq(sender, bytes_of(t->from, t->from_n));
    for (struct talk *c = e->talks; c != NULL; c = c->next) {
        const struct talk_person *p = talk_called(c, sender);
        if (p == NULL || !talk_person_guest(p))
            continue;
        trust_tag(p->print, tag);
        if (strcmp(tag, t->tag) == 0)
            return true;
    }
    return false;
}

/* It is there already, or was refused: whoever sends it is told, and nobody is asked. */
static bool was_settled(struct engine *e, const struct msg_file_offered *m)
{
    const struct transfer *t = transfers_find(&e->model->files, m->id);
    bool done = t != NULL && t->state == TRANSFER_DONE;
    struct msg_range all = {.first = 0, .count = m->count};
    struct msg_file_answer answer = {
        .sender = m->sender, .verdict = done ? FILE_ACCEPT : FILE_REFUSE};
    struct list_writer have;

    if (t == NULL || t->own || t->bytes != m->bytes ||
        (!done && t->state != TRANSFER_REFUSED) || !is_from(e, t, m->sender))
        return false;
    memcpy(answer.id, m->id, sizeof answer.id);
    list_begin(&have, sizeof all);
    if (done)
        list_add(&have, &MSG_RANGE, &all);
    answer.have = list_view(&have);
    engine_ask(e, OP_FILE_ANSWER, &answer, NULL);
    list_end(&have);
    return true;
}

void file_offered(struct engine *e, const void *offered)
{
    const struct msg_file_offered *m = offered;
    struct download *d = files_download(e, m->id);
    struct filing *f = &e->files;

    if (d != NULL && (!d->over || d->untold)) {
        if (bytes_eq(m->sender, bytes_str(d->sender)))
            download_known(d, m);
        return;
    }
    if (was_settled(e, m))
        return;
    struct filing_offer *o = &f->offers[f->offer_at++ % FILING_OFFERS];
    *o = (struct filing_offer){.handle = m->handle};
    memcpy(o->id, m->id, sizeof o->id);
    (void)bytes_copy(o->sender, sizeof o->sender, m->sender);
}

void file_state(struct engine *e, const void *state)
{
    const struct msg_file_state_event *m = state;
    struct upload *u = files_upload_at(e, m->handle);

    if (u != NULL)
        upload_state(u, m);
}

void file_credit(struct engine *e, const void *credit)
{
    const struct msg_file_credit *m = credit;
    struct upload *u = files_upload_at(e, m->handle);

    if (u != NULL)
        upload_credit(u, m);
}

void file_chunk(struct engine *e, const void *chunk)
{
    const struct msg_file_chunk *m = chunk;
    struct download *d = files_download_at(e, m->handle);

    if (d != NULL)
        download_chunk(d, m);
}

void file_paused(struct engine *e, const void *pause)
{
    const struct msg_file_pause_order *m = pause;
    struct download *d = files_download_at(e, m->handle);

    if (d != NULL)
        download_paused(d, m);
}

/* What was taken back before its sealed message came: that one overtakes nothing. */
static void never_was(struct engine *e, const struct msg_file_end_event *m)
{
    for (size_t i = 0; i < FILING_OFFERS; i++) {
        struct filing_offer *o = &e->files.offers[i];
        if (o->handle == m->handle && memcmp(o->id, m->id, sizeof o->id) == 0)
            o->ended = true;
    }
}

void file_ended(struct engine *e, const void *end)
{
    const struct msg_file_end_event *m = end;
    struct upload *u = files_upload_at(e, m->handle);
    struct download *d = files_download_at(e, m->handle);

    if (u != NULL && memcmp(u->shown->key, m->id, sizeof m->id) == 0)
        upload_ended(u, m);
    if (d != NULL && memcmp(d->id, m->id, sizeof m->id) == 0)
        download_ended(d, m);
    else if (u == NULL && m->why == FILE_END_CANCELLED)
        never_was(e, m);
}

void file_started(struct engine *e, const void *start)
{
    const struct msg_file_start *m = start;
    struct download *d = files_download_at(e, m->handle);

    if (d != NULL)
        download_start(d, m);
}
