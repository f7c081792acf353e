/* SPDX-License-Identifier: ISC */
#include "client/download_offer.h"

#include <stdio.h>

#include "client/accept.h"
#include "client/download.h"
#include "client/files.h"
#include "client/keep_file.h"

static void show_sender(struct transfer *t, const struct talk_person *p)
{
    struct bytes who = talk_shown(p);

    t->from_n = (uint8_t)(who.n <= sizeof t->from ? who.n : sizeof t->from);
    if (t->from_n != 0)
        memcpy(t->from, who.p, t->from_n);
    t->verified = p->trust == TRUST_VERIFIED;
    if (talk_person_guest(p))
        trust_tag(p->print, t->tag);
}

static bool is_open(const struct download *d)
{
    return !d->over && !d->accepted;
}

/* How many there are of its sender from this one on. */
static size_t open_from(const struct download *d)
{
    size_t n = 0;

    for (const struct download *x = d; x != NULL; x = x->next)
        n += is_open(x) && memcmp(x->print, d->print, sizeof d->print) == 0;
    return n;
}

/* Nobody can make this grow without end, nor push out what others offer. */
static void bound_open(struct engine *e)
{
    struct download *worst = NULL;
    size_t open = 0;
    size_t most = 0;

    for (struct download *d = e->files.downloads; d != NULL; d = d->next)
        open += is_open(d);
    if (open <= DOWNLOADS_OPEN)
        return;
    for (struct download *d = e->files.downloads; d != NULL; d = d->next) {
        size_t n = is_open(d) ? open_from(d) : 0;
        if (n <= most)
            continue;
        most = n;
        worst = d;
    }
    download_fail(worst, true, "too many files are offered at once");
}

static size_t on_their_way(const struct engine *e)
{
    size_t n = 0;

    for (const struct download *d = e->files.downloads; d != NULL; d = d->next)
        n += d->accepted && !d->over;
    return n;
}

/* Where a rule says so. Each one has a part in the folder, whatever then comes of it. */
static void accept_by_rule(
    struct engine *e, struct talk *c, const struct talk_person *p, struct download *d)
{
    if (!accept_rule_fits(e, p, d->shown->bytes))
        return;
    if (on_their_way(e) >= DOWNLOADS_BY_RULE)
        engine_say_in(e, c, EVENT_INFO,
            "%s is asked for: %d files are on their way in, and more are not taken without "
            "asking.",
            d->shown->name, DOWNLOADS_BY_RULE);
    else if (download_accept(d, (struct bytes){0}))
        engine_say_in(
            e, c, EVENT_INFO, "%s is accepted, as you set it (/auto-accept).", d->shown->name);
}

/* The newest that the relay said of it before; NULL: nothing. */
static const struct filing_offer *told_of(const struct download *d)
{
    const struct filing *f = &d->e->files;

    for (size_t i = 1; i <= FILING_OFFERS; i++) {
        const struct filing_offer *o = &f->offers[(f->offer_at - i) % FILING_OFFERS];
        if (memcmp(o->id, d->id, sizeof o->id) == 0 && strcmp(o->sender, d->sender) == 0)
            return o;
    }
    return NULL;
}

void download_offered(struct engine *e, struct talk *c, const struct talk_person *p,
    const struct download_news *news)
{
    struct download *d = files_download(e, news->id);

    if (d != NULL || files_upload(e, news->id) != NULL)
        return; /* an id is drawn: whoever repeats one is not to be helped */
    d = download_add(e, c, news->id, news->sealed);
    if (d == NULL)
        return;
    memcpy(d->print, p->print, sizeof d->print);
    (void)snprintf(d->sender, sizeof d->sender, "%s", news->sender);
    d->offered_ms = e->loop->wall_ms;
    d->history = news->history;
    show_sender(d->shown, p);
    const struct filing_offer *told = told_of(d);
    if (told != NULL)
        d->handle = told->handle;
    keep_download(e, d);
    bound_open(e);
    files_begin(e, d->shown);
    if (told != NULL && told->ended) {
        download_fail(d, true, "the sender took it back");
        return;
    }
    accept_by_rule(e, c, p, d);
}
