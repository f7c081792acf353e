/* SPDX-License-Identifier: ISC */
#include "stage_read.h"

#include <stdio.h>
#include <stdlib.h>

#define MINUTE_MS 60000
#define START_MS  ((int64_t)20000 * 86400 * 1000 + (int64_t)43200 * 1000)
#define PAGE      60

static bool reading;
static int pages;
static int said;

static void say(struct model *m, struct room *r, const char *text, uint8_t flags)
{
    model_time(m, m->wall_ms + MINUTE_MS);
    model_add(m, r,
        &(struct event){.kind = EVENT_MESSAGE,
            .flags = flags,
            .key = {(uint8_t)said, (uint8_t)(said >> 8)},
            .who = bytes_str(said % 3 == 0 ? "carol" : "bob"),
            .text = bytes_str(text)});
}

static void more(struct model *m, struct room *r, int n)
{
    char text[32];

    for (int i = 0; i < n; i++) {
        said++;
        (void)snprintf(text, sizeof text, "line %d%s", said,
            said == 50 || said == 120 ? " for @alice" : "");
        say(m, r, text, said == 50 || said == 120 ? EVENT_MENTION : 0);
    }
}

static void noise(struct model *m, struct room *r, int n)
{
    char who[16];

    for (int i = 0; i < n; i++) {
        (void)snprintf(who, sizeof who, "guest%d", i / 2);
        model_event(m, r, i % 2 == 0 ? EVENT_HERE : EVENT_GONE, bytes_str(who),
            bytes_str(i % 2 == 0 ? "joined" : "left"));
    }
}

bool stage_read_scene(struct model *m, const char *scene)
{
    struct room *r;

    reading = strcmp(scene, "read") == 0;
    if (!reading)
        return false;
    r = model_join(m, bytes_str("ops"));
    r->seal = ROOM_SEALED;
    model_set_link(m, MODEL_READY, 0);
    model_set_nick(m, bytes_str("alice"));
    model_time(m, START_MS);
    model_show(m, r);
    more(m, r, 200);
    return true;
}

static void older(struct model *m, struct room *r)
{
    struct event v[PAGE];
    char text[PAGE][16];

    pages++;
    for (int i = 0; i < PAGE; i++) {
        (void)snprintf(text[i], sizeof text[i], "old %d", (2 - pages) * PAGE + i + 1);
        v[i] = (struct event){.kind = EVENT_MESSAGE,
            .flags = EVENT_OLD,
            .wall_ms = START_MS - MINUTE_MS,
            .who = bytes_str("bob"),
            .text = bytes_str(text[i])};
    }
    if (pages <= 2)
        model_before(m, r, v, PAGE);
    model_older_came(m, r, pages < 2);
}

bool stage_read_obey(struct model *m, const struct intent *i)
{
    struct room *r = model_find(m, false, bytes_str("ops"));
    int n;

    if (!reading || (i->kind != INTENT_LINE && i->kind != INTENT_DRAFT))
        return false;
    if (sscanf(i->text, "/more %d", &n) == 1)
        more(m, r, n);
    else if (sscanf(i->text, "/noise %d", &n) == 1)
        noise(m, r, n);
    else if (i->kind == INTENT_DRAFT)
        return true;
    else if (strcmp(i->text, "/leave bob") == 0)
        model_event(m, r, EVENT_GONE, bytes_str("bob"), bytes_str("left"));
    else if (strcmp(i->text, "/history 100") == 0)
        older(m, r);
    else if (strcmp(i->text, "/away") == 0)
        model_mark_read(m, r);
    else if (strncmp(i->text, "/tell ", 6) == 0)
        say(m, r, i->text + 6, 0);
    else
        return false;
    return true;
}
