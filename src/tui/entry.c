/* SPDX-License-Identifier: ISC */
#include "tui/entry.h"

#include <stdio.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "model/tally.h"
#include "tui/wrap.h"

#define HANG 2

#define TEXT_LEAST 8 /* columns, whatever is wished */

const char *entry_tag(char out[EVENT_TAG + 1], const struct event *v)
{
    out[0] = '\0';
    if ((v->flags & EVENT_GUEST) != 0 && v->tag[0] != '\0')
        (void)snprintf(out, EVENT_TAG + 1, "#%.*s", EVENT_TAG - 1, v->tag);
    return out;
}

static bool is_said(enum event_kind kind)
{
    return kind == EVENT_NOTICE || kind == EVENT_MESSAGE || kind == EVENT_FOUND;
}

/* Where names are not aligned, the name is the first word of the text. */
static void put_who(struct buf *to, const struct event *v)
{
    char tag[EVENT_TAG + 1];

    if (v->who.n != 0) {
        utf8_clean(to, v->who, UTF8_NAME);
        buf_text(to, entry_tag(tag, v));
        buf_text(to, is_said(v->kind) ? ": " : " ");
    } else if (v->kind == EVENT_WARN || v->kind == EVENT_ERROR) {
        buf_text(to, "! ");
    }
}

/* What is on its way, or was; NULL: nothing is known of it but its words. */
static const struct transfer *file_of(const struct entry_look *l, const struct event *v)
{
    if (l->card.files == NULL || v->kind != EVENT_MESSAGE || (v->flags & EVENT_FILE) == 0)
        return NULL;
    return transfers_find(l->card.files, v->key);
}

static void put_text(struct entry *en, const struct entry_look *l, const struct event *v)
{
    const struct transfer *t = file_of(l, v);
    bool own = (v->flags & EVENT_OWN) != 0;

    if (t != NULL) {
        int lead = utf8_width(buf_view(&en->text));
        card_put(&en->text, &en->card, &l->card, t, (struct card_at){en->cols, lead});
        return;
    }
    if ((v->flags & EVENT_FILE) != 0 && l->card.in != NULL)
        buf_fmt(&en->text, "%s ", own ? l->card.out : l->card.in);
    utf8_clean(&en->text, v->text, UTF8_DISPLAY);
}

static void put_said(struct entry *en, const struct entry_look *l, const struct event *v)
{
    struct buf *to = &en->text;
    char date[32];

    if (v->kind == EVENT_FOUND) {
        struct tm tm = item_time(v->wall_ms);
        (void)strftime(date, sizeof date, "%Y-%m-%d %H:%M  ", &tm);
        buf_text(to, date);
    }
    if (l->nick_cols == 0)
        put_who(to, v);
    put_text(en, l, v);
}

/* A card says by itself how far it has come, unless it never left. */
static void put_mark(struct entry *en, const struct event *v, const char *mark)
{
    bool card = en->card.parts != 0;

    if (mark[0] == '\0' || (card && v->state != EVENT_FAILED))
        return;
    buf_u8(&en->text, card ? '\n' : ' ');
    buf_text(&en->text, mark);
}

/* "... 3 joined, 9 left, 1 other (Alt+=)" */
static void put_folded(struct buf *to, const struct entry_look *l, const struct item *it)
{
    static const struct {
        enum event_sum sum;
        const char *word;
    } ROWS[] = {
        {EVENT_SUM_CAME, "joined"}, {EVENT_SUM_WENT, "left"}, {EVENT_SUM_MORE, "other"}};
    const char *between = " ";

    buf_text(to, l->more);
    for (size_t i = 0; i < MEM_COUNT(ROWS); i++) {
        size_t n = tally_in(l->items.events, TALLY(ROWS[i].sum), it->first, it->last + 1);
        if (n != 0)
            buf_fmt(to, "%s%zu %s", between, n, ROWS[i].word);
        if (n != 0)
            between = ", ";
    }
    if (l->key[0] != '\0')
        buf_fmt(to, " (%s)", l->key);
}

static void measure(struct entry *en, const struct entry_look *l)
{
    int most = l->text_cols;

    en->hang = l->nick_cols == 0 && !l->bare ? HANG : 0;
    en->indent = 1 + (l->clock ? 7 : 0) + (l->nick_cols != 0 ? l->nick_cols + 2 : 0);
    en->cols = l->cols - en->indent - en->hang - 1;
    if (l->bare) {
        en->indent = 0;
        en->cols = l->cols;
    }
    if (most != 0 && most < TEXT_LEAST)
        most = TEXT_LEAST;
    if (most != 0 && en->cols > most && !l->bare)
        en->cols = most;
}

void entry_init(
    struct entry *en, const struct entry_look *l, const struct item *it, const char *mark)
{
    buf_init(&en->text, (size_t)EVENT_TEXT * 32);
    measure(en, l);
    en->card.parts = 0;
    if (item_folded(it))
        put_folded(&en->text, l, it);
    else
        put_said(en, l, events_at(l->items.events, it->last));
    en->mark_at = en->text.n;
    put_mark(en, events_at(l->items.events, it->last), mark);
    en->above = (size_t)it->day + it->unread;
    en->rows = wrap_count(buf_view(&en->text), en->cols) + en->above;
}

void entry_fini(struct entry *en)
{
    buf_wipe(&en->text);
}

bool entry_next(const struct entry *en, struct bytes *rest, struct bytes *row)
{
    return wrap_next(rest, en->cols, row);
}
