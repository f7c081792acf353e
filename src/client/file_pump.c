/* SPDX-License-Identifier: ISC */
#include "client/file_pump.h"

#include "base/mem.h"
#include "client/accept.h"
#include "client/download.h"
#include "client/files.h"
#include "client/say.h"
#include "client/upload.h"

/* ---- the steps ---- */

/* One chunk of each in turn, as long as the lane has room. */
void file_pump_hungry(struct engine *e)
{
    struct filing *f = &e->files;
    unsigned none = 0;
    unsigned count = 0;

    for (const struct upload *u = f->uploads; u != NULL; u = u->next)
        count++;
    while (e->link != NULL && !e->given_up && none < count &&
           link_bulk_waits(e->link) < LINK_BULK_AHEAD) {
        if (f->turn == NULL)
            f->turn = f->uploads;
        none = upload_feed(f->turn) ? 0 : none + 1;
        f->turn = f->turn->next;
    }
}

static void reap(struct engine *e)
{
    struct filing *f = &e->files;

    for (struct upload **at = &f->uploads; *at != NULL;) {
        struct upload *u = *at;
        if (!u->over || u->busy || u->untold) {
            at = &u->next;
            continue;
        }
        *at = u->next;
        if (f->turn == u)
            f->turn = NULL;
        upload_free(u);
    }
    for (struct download **at = &f->downloads; *at != NULL;) {
        struct download *d = *at;
        if (!d->over || d->busy || d->untold) {
            at = &d->next;
            continue;
        }
        *at = d->next;
        download_free(d);
    }
}

static bool takes_back(const struct engine *e)
{
    const struct talk *c = e->talks;

    while (c != NULL && !say_takes_back(c))
        c = c->next;
    return c != NULL;
}

static void on_step(void *arg)
{
    struct engine *e = arg;

    if (e->leaving && files_has_line(e) && !takes_back(e))
        engine_leave(e);
    for (struct upload *u = e->files.uploads; u != NULL; u = u->next)
        upload_step(u);
    for (struct download *d = e->files.downloads; d != NULL; d = d->next)
        download_step(d);
    file_pump_hungry(e);
    reap(e);
}

static void on_due(void *arg)
{
    files_touch(arg);
}

static void on_tick(void *arg)
{
    struct engine *e = arg;
    bool again = false;

    model_time(e->model, e->loop->wall_ms);
    for (size_t i = 0; i < e->model->files.count; i++) {
        struct transfer *t = e->model->files.all[i];
        if (!transfer_moves(t))
            continue;
        transfer_pace(t, t->done, e->loop->now_ms);
        model_file_changed(e->model, t);
        again = true;
    }
    if (again)
        loop_timer_arm(e->loop, &e->files.tick, FILES_TICK_MS);
}

/* ---- life ---- */

void file_pump_init(struct engine *e)
{
    loop_task_init(&e->files.step, on_step, e);
    loop_timer_init(&e->files.tick, on_tick, e);
    loop_timer_init(&e->files.due, on_due, e);
}

void file_pump_free(struct engine *e)
{
    struct filing *f = &e->files;

    loop_cancel(e->loop, &f->step);
    loop_timer_stop(e->loop, &f->tick);
    loop_timer_stop(e->loop, &f->due);
    while (f->uploads != NULL) {
        struct upload *u = f->uploads;
        f->uploads = u->next;
        upload_free(u);
    }
    while (f->downloads != NULL) {
        struct download *d = f->downloads;
        f->downloads = d->next;
        if (d->accepted && !d->over && !d->placed && !(e->account && vault_lasts(e->vault)))
            file_writer_remove(&d->writer);
        download_free(d);
    }
    accept_free(e);
}

/* ---- the link ---- */

void file_pump_line_lost(struct engine *e)
{
    for (struct upload *u = e->files.uploads; u != NULL; u = u->next)
        upload_line_lost(u);
    for (struct download *d = e->files.downloads; d != NULL; d = d->next)
        download_line_lost(d);
    memset(e->files.offers, 0, sizeof e->files.offers);
}

#define QUIT_MS   1500u
#define NOT_THERE "you are no longer in that conversation"

void file_pump_quit(struct engine *e)
{
    bool first = !e->leaving;

    e->leaving = true;
    for (struct upload *u = e->files.uploads; u != NULL && first && !e->model->keeps;
         u = u->next)
        upload_cancel(u, "you quit");
    if (first && files_has_line(e) && takes_back(e))
        loop_timer_arm(e->loop, &e->leave, QUIT_MS);
    else
        engine_leave(e);
}

void file_pump_leaving(struct engine *e, const struct talk *c)
{
    for (struct upload *u = e->files.uploads; u != NULL; u = u->next) {
        if (u->talk == c->serial)
            upload_cancel(u, NOT_THERE);
    }
}

void file_pump_talk_gone(struct engine *e, const struct talk *c)
{
    for (struct upload *u = e->files.uploads; u != NULL; u = u->next) {
        if (u->talk == c->serial)
            upload_talk_gone(u, NOT_THERE);
    }
    for (struct download *d = e->files.downloads; d != NULL; d = d->next) {
        if (d->talk == c->serial)
            download_talk_gone(d, NOT_THERE);
    }
}

void file_pump_forget(struct engine *e)
{
    static const char WHY[] = "you are somebody else now";

    for (struct upload *u = e->files.uploads; u != NULL; u = u->next)
        upload_forget(u, WHY);
    for (struct download *d = e->files.downloads; d != NULL; d = d->next)
        download_forget(d, WHY);
    accept_free(e);
}

void file_pump_unreachable(struct engine *e, const struct talk *c)
{
    for (struct upload *u = e->files.uploads; u != NULL; u = u->next) {
        if (u->talk != c->serial || u->offered || u->over)
            continue;
        u->shown->fault = TRANSFER_FAULT_NOBODY;
        upload_fail(u, "they cannot be reached");
    }
}
