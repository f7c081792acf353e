/* SPDX-License-Identifier: ISC */
#include "tui/complete.h"

#include "base/mem.h"
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

static void offer_all(struct completion *c, const struct model *m, const struct roster *people,
    struct bytes typed)
{
    const struct roster *first = &m->open->people;

    for (size_t i = 0; i < people->count; i++) {
        struct bytes name = person_name(&people->people[i]);
        if (!model_is_me(m, name) && (people == first || roster_find(first, name) == NULL))
            offer(c, name, typed);
    }
}

/* Those of the open room first, then everybody. */
static void offer_people(struct completion *c, const struct model *m, struct bytes typed)
{
    offer_all(c, m, &m->open->people, typed);
    if (m->open != m->home)
        offer_all(c, m, &m->home->people, typed);
}

static void offer_by(
    struct completion *c, const struct model *m, enum command_complete what, struct bytes typed)
{
    switch (what) {
    case COMPLETE_COMMAND:
        offer_commands(c, typed);
        break;
    case COMPLETE_ROOM:
    case COMPLETE_JOINED:
        offer_rooms(c, m, typed, what == COMPLETE_JOINED);
        break;
    case COMPLETE_PERSON:
        offer_people(c, m, typed);
        break;
    case COMPLETE_ON_OFF:
        offer(c, bytes_str("on"), typed);
        offer(c, bytes_str("off"), typed);
        break;
    case COMPLETE_SETTING: /* free text, as long as there is no table of them */
    case COMPLETE_NOTHING:
        break;
    }
}

/* Cuts line at its last space into what stands before, and the word being typed; says how many
 * words stand before. */
static size_t cut(struct bytes line, struct bytes *first, struct bytes *typed)
{
    size_t words = 0;
    size_t at = 0;

    *first = bytes_of(line.p, line.n);
    for (size_t i = 0; i < line.n; i++) {
        if (line.p[i] != ' ')
            continue;
        if (i > at && words++ == 0)
            first->n = i;
        at = i + 1;
    }
    *typed = bytes_of(line.p + at, line.n - at);
    return words;
}

void complete_line(struct completion *c, const struct model *m, struct bytes line)
{
    const struct command *row;
    struct bytes first;
    struct bytes typed;
    size_t before;

    c->found = 0;
    buf_init(&c->insert, LIST_BYTES);
    buf_init(&c->list, LIST_BYTES);
    if (line.n == 0)
        return;
    before = cut(line, &first, &typed);
    if (line.p[0] != '/') {
        if (typed.n != 0 && typed.p[0] == '@')
            offer_people(c, m, bytes_of(typed.p + 1, typed.n - 1));
    } else if (before == 0) {
        offer_commands(c, bytes_of(typed.p + 1, typed.n - 1));
    } else {
        row = command_find(bytes_of(first.p + 1, first.n - 1));
        if (row != NULL && before <= MEM_COUNT(row->complete))
            offer_by(c, m, row->complete[before - 1], typed);
    }
    if (c->found == 1)
        buf_u8(&c->insert, ' ');
}

void completion_fini(struct completion *c)
{
    buf_free(&c->insert);
    buf_free(&c->list);
}
