/* SPDX-License-Identifier: ISC */
#include "stage_word.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "stage_file.h"
#include "support/hostile.h"
#include "support/lag.h"

static void hostile(struct room *r, size_t i, struct model *m)
{
    static const enum event_kind KINDS[] = {EVENT_INFO, EVENT_HERE, EVENT_GONE, EVENT_CHANGE,
        EVENT_NOTICE, EVENT_WARN, EVENT_ERROR, EVENT_FOUND};
    struct buf all, text;
    struct bytes b;
    struct room *other;

    buf_init(&all, EVENT_TEXT);
    buf_init(&text, EVENT_TEXT);
    hostile_put(&all, i);
    lag_put(&text, buf_view(&all));
    b = buf_view(&text);
    model_add(m, r,
        &(struct event){
            .kind = EVENT_MESSAGE, .who = bytes_of(b.p, b.n < 32 ? b.n : 32), .text = b});
    model_add(m, r,
        &(struct event){.kind = KINDS[i % MEM_COUNT(KINDS)],
            .who = bytes_of(b.p, i % 2 == 0 && b.n < 32 ? b.n : 0),
            .text = b});
    (void)roster_add(&r->people, bytes_of(b.p, b.n < ROSTER_NAME ? b.n : ROSTER_NAME), 0);
    other = rooms_add(&m->rooms, bytes_of(b.p, b.n < ROOM_NAME ? b.n : ROOM_NAME));
    if (other != NULL)
        (void)bytes_copy(other->topic, sizeof other->topic,
            bytes_of(b.p, b.n < ROOM_TOPIC ? b.n : ROOM_TOPIC));
    (void)bytes_copy(
        r->topic, sizeof r->topic, bytes_of(b.p, b.n < ROOM_TOPIC ? b.n : ROOM_TOPIC));
    (void)bytes_copy(r->typing, sizeof r->typing,
        bytes_of(b.p, b.n < sizeof r->typing ? b.n : sizeof r->typing - 1));
    buf_free(&text);
    buf_free(&all);
}

/* A page full of it, from number from on, in place of the one before. */
static void set_hostile(struct model *m, size_t from, size_t count)
{
    struct room *r = model_find(m, false, bytes_str("ops"));
    char nick[16];

    model_clear(m, r);
    roster_mark(&r->people);
    rooms_mark(&m->rooms);
    for (size_t i = from; i < from + count && i < hostile_count(); i++)
        hostile(r, i, m);
    roster_sweep(&r->people);
    rooms_sweep(&m->rooms);
    model_touch(m, MODEL_ALL);
    (void)snprintf(nick, sizeof nick, "from%zu", from);
    model_set_nick(m, bytes_str(nick));
}

struct said_row {
    const char *word;
    bool direct;
    uint8_t flags;
};
static const struct said_row SAID[] = {
    {"/mention ", false, EVENT_MENTION},
    {"/whisper ", true, 0},
    {"/chat ", false, 0},
    {"/past ", false, EVENT_MENTION | EVENT_OLD},
};

static void whisper_hostile(struct model *m, size_t i)
{
    struct buf text;
    struct bytes b;

    buf_init(&text, EVENT_TEXT);
    hostile_put(&text, i);
    b = buf_view(&text);
    model_add(m, model_find(m, true, bytes_str("bob")),
        &(struct event){
            .kind = EVENT_MESSAGE, .who = bytes_of(b.p, b.n < 32 ? b.n : 32), .text = b});
    buf_free(&text);
}

static char later[256];

void stage_turn(struct model *m)
{
    char line[sizeof later];

    memcpy(line, later, sizeof line);
    later[0] = '\0';
    if (line[0] != '\0')
        (void)(stage_word(m, line) || stage_file_word(m, line));
}

static bool holds;
static uint64_t held_ms;

void stage_hold(void)
{
    struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};

    if (!holds)
        return;
    (void)poll(&in, 1, -1);
    held_ms += 60000;
    holds = false;
}

uint64_t stage_held(void)
{
    return held_ms;
}

bool stage_word(struct model *m, const char *line)
{
    size_t from, count;
    char name[32], value[32];

    if (strcmp(line, "/hold") == 0) {
        holds = true;
        model_event(m, m->open, EVENT_INFO, (struct bytes){0}, bytes_str("holding"));
        return true;
    }
    if (strncmp(line, "/later ", 7) == 0) {
        char noted[sizeof later + 16];
        (void)snprintf(later, sizeof later, "%s", line + 7);
        (void)snprintf(noted, sizeof noted, "noted %s", later);
        model_event(m, m->open, EVENT_INFO, (struct bytes){0}, bytes_str(noted));
        return true;
    }
    if (sscanf(line, "/foreign %zu", &from) == 1) {
        whisper_hostile(m, from);
        return true;
    }
    if (sscanf(line, "/many %zu", &count) == 1) {
        for (size_t i = 0; i < count; i++) {
            (void)snprintf(name, sizeof name, "number %zu.", i);
            model_event(m, m->open, EVENT_INFO, (struct bytes){0}, bytes_str(name));
        }
        return true;
    }
    if (strcmp(line, "/work") == 0 || strcmp(line, "/idle") == 0) {
        model_set_work(m, line[1] == 'w' ? "making your identity key" : NULL);
        return true;
    }
    if (sscanf(line, "/room %31s", name) == 1) {
        (void)rooms_add(&m->rooms, bytes_str(name));
        model_touch(m, MODEL_ROOMS);
        return true;
    }
    if (sscanf(line, "/pref %31s %31s", name, value) == 2)
        return model_set_pref(m, bytes_str(name), bytes_str(value)) == ERR_OK;
    if (sscanf(line, "/hostile %zu %zu", &from, &count) == 2) {
        set_hostile(m, from, count);
        return true;
    }
    for (size_t i = 0; i < MEM_COUNT(SAID); i++) {
        const struct said_row *row = &SAID[i];
        size_t n = strlen(row->word);
        if (strncmp(line, row->word, n) != 0)
            continue;
        model_add(m, model_find(m, row->direct, bytes_str(row->direct ? "bob" : "ops")),
            &(struct event){.kind = EVENT_MESSAGE,
                .who = bytes_str("bob"),
                .flags = row->flags,
                .text = bytes_str(line + n)});
        return true;
    }
    return false;
}
