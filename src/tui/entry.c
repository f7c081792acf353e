/* SPDX-License-Identifier: ISC */
#include "tui/entry.h"

#include <stdio.h>

#include "base/utf8.h"
#include "tui/wrap.h"

#define HANG 2

struct tm entry_time(int64_t wall_ms)
{
    time_t t = (time_t)(wall_ms / 1000);
    struct tm tm = {0};

    (void)localtime_r(&t, &tm);
    return tm;
}

/* What was found lies among the events without being of their time. */
static bool other_day(const struct events *es, size_t i)
{
    const struct event *v = events_at(es, i);
    const struct event *before = NULL;
    struct tm x;
    struct tm y;

    while (i > 0 && (before == NULL || before->kind == EVENT_FOUND))
        before = events_at(es, --i);
    if (v->kind == EVENT_FOUND || before == NULL || before->kind == EVENT_FOUND)
        return false;
    x = entry_time(before->wall_ms);
    y = entry_time(v->wall_ms);
    return x.tm_yday != y.tm_yday || x.tm_year != y.tm_year;
}

int entry_indent(const struct layout *l)
{
    return 1 + (l->clock ? 7 : 0) + (l->nick_cols != 0 ? l->nick_cols + 2 : 0);
}

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

void entry_init(struct entry *en, const struct layout *l, int cols, const struct events *es,
    size_t i, const char *mark)
{
    const struct event *v = events_at(es, i);
    char date[32];

    buf_init(&en->text, (size_t)EVENT_TEXT * 32);
    if (v->kind == EVENT_FOUND) {
        struct tm tm = entry_time(v->wall_ms);
        (void)strftime(date, sizeof date, "%Y-%m-%d %H:%M  ", &tm);
        buf_text(&en->text, date);
    }
    if (l->nick_cols == 0)
        put_who(&en->text, v);
    utf8_clean(&en->text, v->text, UTF8_DISPLAY);
    en->mark_at = en->text.n;
    if (mark[0] != '\0') {
        buf_u8(&en->text, ' ');
        buf_text(&en->text, mark);
    }
    en->indent = entry_indent(l);
    en->hang = l->nick_cols == 0 ? HANG : 0;
    en->day = other_day(es, i);
    en->rows = wrap_count(buf_view(&en->text), cols - en->indent - en->hang - 1) + en->day;
}

void entry_fini(struct entry *en)
{
    buf_wipe(&en->text);
}

bool entry_next(const struct entry *en, int cols, struct bytes *rest, struct bytes *row)
{
    return wrap_next(rest, cols - en->indent - en->hang - 1, row);
}
