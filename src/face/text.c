/* SPDX-License-Identifier: ISC */
#include "face/text.h"

#include <time.h>

#include "base/utf8.h"

#define MORE "      | " /* before each further line of one text */

void text_clock(struct buf *to, int64_t wall_ms)
{
    time_t s = (time_t)(wall_ms / 1000);
    struct tm tm = {0};

    (void)localtime_r(&s, &tm);
    buf_fmt(to, "%02d:%02d", tm.tm_hour, tm.tm_min);
}

void text_name(struct buf *to, struct bytes name)
{
    utf8_clean(to, name, UTF8_NAME);
}

void text_brief(struct buf *to, struct bytes foreign, size_t most)
{
    struct buf clean;

    buf_init(&clean, SIZE_MAX);
    utf8_clean(&clean, foreign, UTF8_NAME);
    buf_put(to, clean.p, utf8_fit_bytes(buf_view(&clean), most));
    buf_free(&clean);
}

void text_where(struct buf *to, const struct room *r)
{
    if (r == NULL || r->name_n == 0)
        return;
    buf_text(to, r->direct ? "@" : "#");
    text_name(to, room_name(r));
}

void text_who(struct buf *to, const struct event *ev)
{
    text_name(to, ev->who);
    if ((ev->flags & EVENT_GUEST) != 0 && ev->tag[0] != '\0')
        buf_fmt(to, "#%.*s", EVENT_TAG - 1, ev->tag);
}

void text_clean(struct buf *to, struct bytes foreign)
{
    struct buf clean;

    buf_init(&clean, SIZE_MAX);
    utf8_clean(&clean, foreign, UTF8_DISPLAY);
    for (size_t i = 0; i < clean.n; i++) {
        buf_u8(to, clean.p[i]);
        if (clean.p[i] == '\n')
            buf_text(to, MORE);
    }
    buf_wipe(&clean);
}

void text_repair(struct buf *to, struct bytes foreign)
{
    uint8_t piece[4];
    uint32_t cp;
    bool ok;

    for (size_t at = 0; at < foreign.n;) {
        size_t n = utf8_step(bytes_of(foreign.p + at, foreign.n - at), &cp, &ok);
        buf_put(to, piece, utf8_put(piece, ok && cp != 0 ? cp : UTF8_REPLACEMENT));
        at += n;
    }
}

/* Between the place and the words: who said it, or a mark that nobody did. */
static void put_who(struct buf *to, const struct event *ev)
{
    static const char *const MARKS[EVENT_KINDS] = {
        [EVENT_INFO] = "-",
        [EVENT_HERE] = ">",
        [EVENT_GONE] = "<",
        [EVENT_CHANGE] = "-",
        [EVENT_NOTICE] = "notice:",
        [EVENT_WARN] = "warning:",
        [EVENT_ERROR] = "error:",
    };
    bool said = ev->kind == EVENT_MESSAGE || ev->kind == EVENT_FOUND;

    if (!said) {
        buf_text(to, MARKS[ev->kind]);
        buf_text(to, " ");
    }
    if (ev->state == EVENT_FAILED)
        buf_text(to, "NOT SENT: ");
    if (said || ev->who.n != 0) {
        text_who(to, ev);
        buf_text(to, said || ev->kind == EVENT_NOTICE ? ": " : " ");
    }
    if (said && (ev->flags & EVENT_FILE) != 0)
        buf_text(to, "file ");
}

void text_event(struct buf *to, const struct room *r, const struct event *ev)
{
    text_clock(to, ev->wall_ms);
    buf_text(to, " ");
    if (r != NULL && r->name_n != 0) {
        text_where(to, r);
        buf_text(to, " ");
    }
    put_who(to, ev);
    text_clean(to, ev->text);
    buf_text(to, "\n");
}

static void put_far(struct buf *to, const struct transfer *t)
{
    uint32_t left = transfer_left_s(t->bytes, t->done, t->rate);
    char words[TRANSFER_TIME];

    buf_fmt(to, "%u%%", transfer_percent(t));
    if (t->rate == 0)
        return;
    transfer_size(words, t->rate);
    buf_fmt(to, ", %s/s", words);
    if (left == UINT32_MAX)
        return;
    transfer_time(words, left);
    buf_fmt(to, ", %s left", words);
}

void text_file(struct buf *to, const struct transfer *t)
{
    text_name(to, bytes_str(t->name));
    buf_text(to, ": ");
    if (t->state == TRANSFER_MOVING) {
        put_far(to, t);
        return;
    }
    buf_text(to, t->why[0] == '\0' || !transfer_over(t) ? transfer_state_str(t->state) : "");
    if (t->state == TRANSFER_READING || t->state == TRANSFER_CHECKING)
        buf_fmt(to, ", %u%%", transfer_percent(t));
    if (t->why[0] == '\0')
        return;
    buf_text(to, transfer_over(t) ? "" : ", ");
    text_name(to, bytes_str(t->why));
}
