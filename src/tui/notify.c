/* SPDX-License-Identifier: ISC */
#include "tui/notify.h"

#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

static uint8_t keep(char *to, size_t cap, struct bytes from)
{
    size_t n = utf8_fit_bytes(from, cap);

    if (n != 0)
        memcpy(to, from.p, n);
    return (uint8_t)n;
}

bool notify_hear(struct notify *n, const struct room *r, const struct event *v)
{
    if (!n->away || v->kind != EVENT_MESSAGE || (v->flags & (EVENT_OLD | EVENT_OWN)) != 0 ||
        (!r->direct && (v->flags & EVENT_MENTION) == 0))
        return false;
    if (n->count++ == 0) {
        n->others = false;
        n->direct = r->direct;
        n->who_n = keep(n->who, sizeof n->who, v->who);
        n->room_n = keep(n->room, sizeof n->room, room_name(r));
        n->text_n = keep(n->text, sizeof n->text, v->text);
    } else if (!bytes_eq(v->who, bytes_of(n->who, n->who_n))) {
        n->others = true;
    }
    return true;
}

uint64_t notify_due(const struct notify *n, uint64_t now_ms)
{
    uint64_t next = n->told_ms != 0 ? n->told_ms + NOTIFY_GAP_MS : 1;

    return next > now_ms ? next : now_ms;
}

static void forget(struct notify *n)
{
    n->count = 0;
    mem_wipe(n->text, sizeof n->text);
    n->text_n = 0;
}

void notify_look(struct notify *n, bool here)
{
    n->away = !here;
    forget(n);
}

void notify_take(struct notify *n, enum notify_what what, uint64_t now_ms, struct buf *out)
{
    buf_put(out, n->who, n->who_n);
    if (n->count > 1) {
        buf_fmt(out, "%s: %u messages", n->others ? " and others" : "", n->count);
    } else if (n->direct) {
        buf_text(out, what == NOTIFY_FULL ? ": " : " wrote to you");
    } else {
        buf_text(out, what == NOTIFY_FULL ? " in #" : " mentioned you in #");
        buf_put(out, n->room, n->room_n);
        buf_text(out, what == NOTIFY_FULL ? ": " : "");
    }
    if (n->count == 1 && what == NOTIFY_FULL)
        buf_put(out, n->text, n->text_n);
    n->told_ms = now_ms;
    forget(n);
}
