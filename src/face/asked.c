/* SPDX-License-Identifier: ISC */
#include "face/asked.h"

#include <string.h>

#include "base/mem.h"
#include "model/intent.h"
#include "model/room.h"
#include "model/transfer.h"

#define KEYS 8

static const struct request_row ROWS[ASKED_KINDS] = {
    [ASKED_SAY] = {"say", "room person text", "text", ""},
    [ASKED_COMMAND] = {"command", "room person line", "line", ""},
    [ASKED_ANSWER] = {"answer", "text", "text", ""},
    [ASKED_SEND_FILE] = {"send_file", "room person path note", "path", ""},
    [ASKED_ACCEPT] = {"accept", "n name", "n", ""},
    [ASKED_REFUSE] = {"refuse", "n", "n", ""},
    [ASKED_PAUSE] = {"pause", "n", "n", ""},
    [ASKED_RESUME] = {"resume", "n", "n", ""},
    [ASKED_CANCEL] = {"cancel", "n", "n", ""},
    [ASKED_TRANSFERS] = {"transfers", "", "", "transfers"},
    [ASKED_ROOMS] = {"rooms", "", "", "rooms"},
    [ASKED_PEOPLE] = {"people", "room person", "", "people"},
    [ASKED_STATUS] = {"status", "", "",
        "link retry nick account address trust fingerprint ask"},
    [ASKED_QUIT] = {"quit", "", "", ""},
};

const struct request_row *asked_at(size_t i)
{
    return i < MEM_COUNT(ROWS) ? &ROWS[i] : NULL;
}

/* Cuts a list of words into keys that json_only() takes; room holds them. */
static void key_list(const char *words, char room[64], const char *keys[KEYS])
{
    size_t n = 0;

    keys[n++] = "id";
    keys[n++] = "do";
    (void)bytes_copy(room, 64, bytes_str(words));
    for (char *at = room; *at != '\0' && n < KEYS - 1;) {
        char *blank = strchr(at, ' ');
        keys[n++] = at;
        if (blank == NULL)
            break;
        *blank = '\0';
        at = blank + 1;
    }
    keys[n] = NULL;
}

static bool read_what(struct asked *a, const struct json *root)
{
    const char *word = NULL;

    if (!json_get_str(a->doc, root, "do", 32, &word)) {
        json_fail(a->doc, root, "do", "is missing");
        return false;
    }
    for (size_t i = 0; i < MEM_COUNT(ROWS); i++) {
        if (strcmp(ROWS[i].name, word) == 0) {
            a->what = (enum asked_what)i;
            return true;
        }
    }
    json_fail(a->doc, root, "do", "is no request");
    return false;
}

static void read_where(struct asked *a, const struct json *root)
{
    const char *room = NULL;
    const char *person = NULL;

    if (json_get_str(a->doc, root, "room", ROOM_NAME, &room) && room[0] == '\0')
        json_fail(a->doc, root, "room", "must not be empty");
    if (json_get_str(a->doc, root, "person", ROSTER_NAME, &person) && person[0] == '\0')
        json_fail(a->doc, root, "person", "must not be empty");
    if (room != NULL && person != NULL)
        json_fail(a->doc, root, "person", "does not go with room");
    a->has_where = room != NULL || person != NULL;
    if (a->has_where)
        a->where = (struct target){person != NULL, bytes_str(person != NULL ? person : room)};
    if ((a->what == ASKED_SAY || a->what == ASKED_SEND_FILE) && !a->has_where)
        json_fail(a->doc, root, "room", "is missing, and so is person");
}

/* A path may have ends of lines in it, and words too; the rest is a line. */
static bool is_line(const struct asked *a)
{
    return a->what != ASKED_SAY && a->what != ASKED_SEND_FILE;
}

static void read_text(struct asked *a, const struct json *root)
{
    const char *key = ROWS[a->what].needs;

    if (key[0] == '\0' || strcmp(key, "n") == 0)
        return;
    if (!json_get_str(a->doc, root, key, INTENT_BYTES, &a->text)) {
        json_fail(a->doc, root, key, "is missing");
        return;
    }
    if (a->what != ASKED_ANSWER && a->text[0] == '\0')
        json_fail(a->doc, root, key, "must not be empty");
    if (a->what == ASKED_COMMAND && (a->text[0] != '/' || a->text[1] == '/'))
        json_fail(a->doc, root, key, "must begin with one /");
    if (is_line(a) && strpbrk(a->text, "\r\n") != NULL)
        json_fail(a->doc, root, key, "must be one line");
}

static void read_file(struct asked *a, const struct json *root)
{
    if (strcmp(ROWS[a->what].needs, "n") == 0 &&
        !json_get_int(a->doc, root, "n", 1, UINT32_MAX, &a->n))
        json_fail(a->doc, root, "n", "is missing");
    if (a->what == ASKED_SEND_FILE)
        (void)json_get_str(a->doc, root, "note", TRANSFER_NOTE - 1, &a->more);
    if (a->what != ASKED_ACCEPT || !json_get_str(a->doc, root, "name", TRANSFER_NAME, &a->more))
        return;
    if (a->more[0] == '\0' || a->more[0] == ' ' || strpbrk(a->more, "\r\n/") != NULL)
        json_fail(a->doc, root, "name", "is no name of a file");
}

enum err asked_read(struct asked *a, struct bytes line, asked_pending_fn *pending,
    const void *arg, char *why, size_t why_n)
{
    const char *keys[KEYS];
    char room[64];
    int64_t id = 0;

    *a = (struct asked){0};
    enum err e = json_parse(line, false, &a->doc, why, why_n);
    if (e != ERR_OK)
        return e;
    const struct json *root = json_root(a->doc);
    if (!json_get_int(a->doc, root, "id", 1, JSON_MAX_INT, &id))
        json_fail(a->doc, root, "id", "is missing");
    if (json_end(a->doc, why, why_n) == ERR_OK && pending(arg, id))
        json_fail(a->doc, root, "id", "is that of a request that has no answer yet");
    else
        a->id = id;
    if (read_what(a, root)) {
        key_list(ROWS[a->what].keys, room, keys);
        json_only(a->doc, root, keys);
        read_where(a, root);
        read_text(a, root);
        read_file(a, root);
    }
    return json_end(a->doc, why, why_n);
}

void asked_free(struct asked *a)
{
    if (a->doc != NULL && json_type(json_root(a->doc)) == JSON_OBJECT)
        json_wipe(a->doc, "text");
    json_free(a->doc);
    a->doc = NULL;
}
