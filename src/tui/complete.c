/* SPDX-License-Identifier: ISC */
#include "tui/complete.h"

#include "model/command.h"

#define LIST_BYTES 4096

static int lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

static bool begins(struct bytes word, struct bytes with)
{
    if (word.n < with.n)
        return false;
    for (size_t i = 0; i < with.n; i++) {
        if (lower(word.p[i]) != lower(with.p[i]))
            return false;
    }
    return true;
}

/* One more word that fits; what all of them go on with shrinks to what they share. */
static void offer(struct completion *c, struct bytes word, struct bytes typed)
{
    struct bytes rest;

    if (!begins(word, typed))
        return;
    rest = bytes_of(word.p + typed.n, word.n - typed.n);
    if (c->found++ == 0) {
        buf_bytes(&c->insert, rest);
    } else {
        size_t same = 0;
        while (same < c->insert.n && same < rest.n && c->insert.p[same] == rest.p[same])
            same++;
        while (same > 0 && same < rest.n && (rest.p[same] & 0xc0) == 0x80)
            same--; /* never half a letter */
        c->insert.n = same;
        buf_text(&c->list, "  ");
    }
    if (c->list.n + word.n < LIST_BYTES / 2)
        buf_bytes(&c->list, word);
}

static void offer_commands(struct completion *c, struct bytes typed)
{
    for (size_t i = 0; command_at(i) != NULL; i++)
        offer(c, bytes_str(command_at(i)->name), typed);
}

static void offer_rooms(
    struct completion *c, const struct model *m, struct bytes typed, bool joined_only)
{
    if (typed.n != 0 && typed.p[0] == '#')
        typed = bytes_of(typed.p + 1, typed.n - 1);
    for (size_t i = 0; i < m->rooms.count; i++) {
        const struct room *r = m->rooms.all[i];
        if (r->joined || !joined_only)
            offer(c, room_name(r), typed);
    }
}

void complete_line(struct completion *c, const struct model *m, struct bytes line)
{
    const uint8_t *space = line.n != 0 ? memchr(line.p, ' ', line.n) : NULL;
    const struct command *row;
    struct bytes arg;

    c->found = 0;
    buf_init(&c->insert, LIST_BYTES);
    buf_init(&c->list, LIST_BYTES);
    if (line.n == 0 || line.p[0] != '/')
        return;
    if (space == NULL) {
        offer_commands(c, bytes_of(line.p + 1, line.n - 1));
    } else {
        row = command_find(bytes_of(line.p + 1, (size_t)(space - line.p) - 1));
        arg = bytes_of(space + 1, line.n - (size_t)(space - line.p) - 1);
        if (row != NULL && row->complete == COMPLETE_COMMAND)
            offer_commands(c, arg);
        if (row != NULL && (row->complete == COMPLETE_ROOM || row->complete == COMPLETE_JOINED))
            offer_rooms(c, m, arg, row->complete == COMPLETE_JOINED);
    }
    if (c->found == 1)
        buf_u8(&c->insert, ' ');
}

void completion_fini(struct completion *c)
{
    buf_free(&c->insert);
    buf_free(&c->list);
}
