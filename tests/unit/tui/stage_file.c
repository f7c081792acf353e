/* SPDX-License-Identifier: ISC */
#include "stage_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "support/hostile.h"

#define NOON_MS ((int64_t)20000 * 86400 * 1000 + 43200000)

static bool playing;

struct file_row {
    const char *name;
    uint64_t bytes;
    bool own;
    bool verified;
    enum transfer_state state;
    unsigned percent;
    uint64_t rate;
    const char *why;
    const char *note;
};

static const struct file_row FILES[] = {
    {"report.pdf", 3200000, false, true, TRANSFER_OFFERED, 0, 0, "", "the numbers of June"},
    {"holiday.jpg", 840000, false, false, TRANSFER_DONE, 100, 0, "", ""},
    {"plan.odt", 52000, false, true, TRANSFER_FAILED, 40, 0, "The disk is full.", ""},
    {"setup.exe", 9100000, false, false, TRANSFER_MOVING, 62, 1100000, "", ""},
    {"notes.txt", 1200, true, false, TRANSFER_MOVING, 50, 300, "", ""},
};

static struct transfer *offer(struct model *m, const struct file_row *row)
{
    uint8_t key[EVENT_KEY] = {0xf1, (uint8_t)(m->files.last + 1)};
    struct transfer *t = transfers_add(&m->files, key);
    char words[TRANSFER_WORDS];

    t->own = row->own;
    t->verified = row->verified;
    t->bytes = row->bytes;
    t->done = row->bytes / 100 * row->percent;
    t->where_n = 3;
    memcpy(t->where, "ops", 3);
    t->from_n = row->own ? 0 : 3;
    memcpy(t->from, "bob", t->from_n);
    (void)bytes_copy(t->name, sizeof t->name, bytes_str(row->name));
    (void)bytes_copy(t->note, sizeof t->note, bytes_str(row->note));
    (void)bytes_copy(t->hash, sizeof t->hash,
        bytes_str("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"));
    (void)snprintf(t->path, sizeof t->path, "/home/alice/Downloads/%s", row->name);
    transfer_set_state(t, row->state, row->why);
    t->rate = row->rate;
    transfer_words(words, row->name, row->bytes);
    struct event v = {.kind = EVENT_MESSAGE,
        .wall_ms = NOON_MS,
        .flags = EVENT_FILE | (row->own ? EVENT_OWN : 0),
        .state = row->own ? EVENT_DELIVERED : EVENT_ARRIVED,
        .who = bytes_str(row->own ? "alice" : "bob"),
        .text = bytes_str(words)};
    memcpy(v.key, key, sizeof key);
    model_add(m, model_find(m, false, bytes_str("ops")), &v);
    return t;
}

static void ask(struct model *m, unsigned n, unsigned count)
{
    static const enum transfer_state STATES[] = {TRANSFER_MOVING, TRANSFER_OFFERED,
        TRANSFER_REFUSED, TRANSFER_DONE, TRANSFER_PAUSED, TRANSFER_WAITING, TRANSFER_LOST};
    struct transfer *t = transfers_numbered(&m->files, n);
    char name[16];

    for (unsigned i = 0; t != NULL && i < count; i++) {
        (void)snprintf(name, sizeof name, i == 0 ? "bob" : "person%u", i);
        struct transfer_person *p = transfer_person(t, bytes_str(name));
        p->state = STATES[i % MEM_COUNT(STATES)];
        p->done = t->bytes / 100 * 62;
    }
    if (t != NULL)
        model_file_changed(m, t);
}

static void change(struct model *m, unsigned n, const char *state, unsigned percent)
{
    struct transfer *t = transfers_numbered(&m->files, n);

    for (int s = 0; t != NULL && s < TRANSFER_STATES; s++) {
        if (strcmp(transfer_state_str((enum transfer_state)s), state) != 0)
            continue;
        transfer_set_state(t, (enum transfer_state)s, "");
        t->done = t->bytes / 100 * percent;
        model_file_changed(m, t);
    }
}

static void offer_hostile(struct model *m, size_t i)
{
    struct buf text;

    buf_init(&text, EVENT_TEXT);
    hostile_put(&text, i);
    struct transfer *t = offer(m, &FILES[0]);
    (void)bytes_copy(t->name, sizeof t->name,
        bytes_of(text.p, text.n < TRANSFER_NAME ? text.n : TRANSFER_NAME - 1));
    (void)bytes_copy(t->note, sizeof t->note,
        bytes_of(text.p, text.n < TRANSFER_NOTE ? text.n : TRANSFER_NOTE - 1));
    t->from_n = (uint8_t)(text.n < ROSTER_NAME ? text.n : ROSTER_NAME);
    if (t->from_n != 0)
        memcpy(t->from, text.p, t->from_n);
    buf_free(&text);
}

bool stage_file_scene(struct model *m, const char *scene)
{
    struct room *r;

    playing = strcmp(scene, "files") == 0;
    if (!playing)
        return false;
    r = model_join(m, bytes_str("ops"));
    r->seal = ROOM_SEALED;
    r->members = 4;
    model_set_link(m, MODEL_READY, 0);
    model_set_nick(m, bytes_str("alice"));
    m->keeps = true;
    model_show(m, r);
    for (size_t i = 0; i < MEM_COUNT(FILES); i++)
        (void)offer(m, &FILES[i]);
    model_add(m, r,
        &(struct event){.kind = EVENT_MESSAGE,
            .wall_ms = NOON_MS,
            .flags = EVENT_FILE | EVENT_OLD,
            .key = {0xee},
            .who = bytes_str("bob"),
            .text = bytes_str("old.zip, 9 bytes, archive")});
    return true;
}

static void tell(struct model *m, unsigned count)
{
    char word[32];

    for (unsigned k = 0; k < count; k++) {
        (void)snprintf(word, sizeof word, "said %u", k);
        model_add(m, model_find(m, false, bytes_str("ops")),
            &(struct event){.kind = EVENT_MESSAGE,
                .wall_ms = NOON_MS,
                .who = bytes_str("bob"),
                .text = bytes_str(word)});
    }
}

bool stage_file_word(struct model *m, const char *line)
{
    char word[32];
    char path[1024];
    unsigned n;
    unsigned count;

    if (!playing)
        return false;
    if (sscanf(line, "/file %u %31s %u", &n, word, &count) == 3) {
        change(m, n, word, count);
    } else if (sscanf(line, "/ask %u %u", &n, &count) == 2) {
        ask(m, n, count);
    } else if (sscanf(line, "/tell %u", &n) == 1) {
        tell(m, n);
    } else if (sscanf(line, "/picture %1000s", path) == 1 &&
               transfers_numbered(&m->files, 2) != NULL) {
        (void)bytes_copy(
            transfers_numbered(&m->files, 2)->path, TRANSFER_PATH, bytes_str(path));
        model_touch(m, MODEL_FILES);
    } else if (strncmp(line, "/wipe", 5) == 0) {
        transfers_fini(&m->files);
        model_touch(m, MODEL_FILES);
    } else if (sscanf(line, "/hostile-file %u", &n) == 1) {
        offer_hostile(m, n);
    } else {
        return false;
    }
    return true;
}

bool stage_file_obey(struct model *m, const struct intent *i)
{
    bool draft = i->kind == INTENT_DRAFT && i->text_n != 0 && i->text[i->text_n - 1] == ' ';

    return (i->kind == INTENT_LINE || draft) && stage_file_word(m, i->text);
}
