/* SPDX-License-Identifier: ISC */
#include "face/json.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "face/objects.h"

#define PENDING 128
#define KEYS    8

enum what { SAY, COMMAND, ANSWER, ROOMS, PEOPLE, STATUS, QUIT };

static const struct request_row ROWS[] = {
    [SAY] = {"say", "room person text", "text", ""},
    [COMMAND] = {"command", "room person line", "line", ""},
    [ANSWER] = {"answer", "text", "text", ""},
    [ROOMS] = {"rooms", "", "", "rooms"},
    [PEOPLE] = {"people", "room person", "", "people"},
    [STATUS] = {"status", "", "", "link retry nick account address trust fingerprint ask"},
    [QUIT] = {"quit", "", "", ""},
};

struct json_face {
    struct face f; /* first: a struct face is one of these */
    struct {
        uint64_t tag;
        int64_t id;
    } pending[PENDING];
    size_t count;
    /* The last that was told of the link, and of a room: much of what changes does not show. */
    struct buf last_link;
    struct buf last_room;
};

/* One request, while it is read. Texts are borrowed from the doc. */
struct asked {
    struct json_doc *doc;
    int64_t id; /* 0: none could be read */
    enum what what;
    bool has_where;
    struct target where;
    const char *text;
};

const struct request_row *json_face_at(size_t i)
{
    return i < MEM_COUNT(ROWS) ? &ROWS[i] : NULL;
}

static struct json_face *self(struct face *f)
{
    return (struct json_face *)f;
}

/* ---- replies ---- */

static void reply_begin(struct json_out *o, struct buf *line, int64_t id, bool ok)
{
    buf_init(line, FACE_OUT);
    json_out_init(o, line);
    json_out_open(o, NULL, '{');
    if (id != 0)
        json_out_int(o, "id", id);
    json_out_bool(o, "ok", ok);
}

static void reply_end(struct face *f, struct json_out *o, struct buf *line)
{
    json_out_close(o, '}');
    buf_u8(line, '\n');
    face_put(f, buf_view(line));
    buf_wipe(line);
}

static void reply(struct face *f, int64_t id, bool ok, const char *why)
{
    struct json_out o;
    struct buf line;
    struct buf words;

    reply_begin(&o, &line, id, ok);
    if (!ok) {
        buf_init(&words, SIZE_MAX);
        utf8_clean(&words, bytes_str(why), UTF8_DISPLAY);
        json_out_str(&o, "error", buf_view(&words));
        buf_free(&words);
    }
    reply_end(f, &o, &line);
}

/* ---- reading a request ---- */

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
            a->what = (enum what)i;
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
    if (a->what == SAY && !a->has_where)
        json_fail(a->doc, root, "room", "is missing, and so is person");
}

static void read_text(struct asked *a, const struct json *root)
{
    const char *key = ROWS[a->what].needs;

    if (key[0] == '\0')
        return;
    if (!json_get_str(a->doc, root, key, INTENT_BYTES, &a->text)) {
        json_fail(a->doc, root, key, "is missing");
        return;
    }
    if (a->what != ANSWER && a->text[0] == '\0')
        json_fail(a->doc, root, key, "must not be empty");
    if (a->what == COMMAND && (a->text[0] != '/' || a->text[1] == '/'))
        json_fail(a->doc, root, key, "must begin with one /");
    if (a->what != SAY && strpbrk(a->text, "\r\n") != NULL)
        json_fail(a->doc, root, key, "must be one line");
}

static bool pending_has(const struct json_face *j, int64_t id)
{
    for (size_t i = 0; i < j->count; i++) {
        if (j->pending[i].id == id)
            return true;
    }
    return false;
}

/* All of it is right, or why says what is not. a->doc is to be freed in any case. */
static enum err read_asked(
    const struct json_face *j, struct bytes line, struct asked *a, char *why, size_t why_n)
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
    if (json_end(a->doc, why, why_n) == ERR_OK && pending_has(j, id))
        json_fail(a->doc, root, "id", "is that of a request that has no answer yet");
    else
        a->id = id;
    if (read_what(a, root)) {
        key_list(ROWS[a->what].keys, room, keys);
        json_only(a->doc, root, keys);
        read_where(a, root);
        read_text(a, root);
    }
    return json_end(a->doc, why, why_n);
}

/* ---- doing it ---- */

static struct room *room_of(const struct json_face *j, const struct asked *a)
{
    if (!a->has_where)
        return j->f.model->home;
    return model_find(j->f.model, a->where.direct, a->where.name);
}

static void send_list(struct json_face *j, const struct asked *a)
{
    const struct room *r = room_of(j, a);
    struct json_out o;
    struct buf line;

    if (r == NULL) {
        reply(&j->f, a->id, false, "You are not there.");
        return;
    }
    reply_begin(&o, &line, a->id, true);
    if (a->what == ROOMS)
        object_rooms(&o, j->f.model);
    else if (a->what == PEOPLE)
        object_people(&o, r);
    else
        object_status(&o, j->f.model);
    reply_end(&j->f, &o, &line);
}

/* A conversation with somebody begins when it is spoken in; what becomes of that shows in what
 * becomes of the words. */
static void open_talk(struct json_face *j, const struct target *who)
{
    char line[16 + ROSTER_NAME];

    if (!who->direct || model_find(j->f.model, true, who->name) != NULL ||
        !utf8_is_name(who->name))
        return;
    (void)snprintf(line, sizeof line, "/msg %.*s", (int)who->name.n, (const char *)who->name.p);
    (void)face_intent(&j->f, INTENT_LINE, NULL, bytes_str(line));
}

/* The engine answers, by an outcome. */
static void pass_on(struct json_face *j, const struct asked *a)
{
    static const enum intent_kind KINDS[] = {
        [SAY] = INTENT_WORDS, [COMMAND] = INTENT_LINE, [ANSWER] = INTENT_ANSWER};
    const struct target *where = a->has_where ? &a->where : NULL;

    if (a->what == ANSWER && !j->f.model->ask.open) {
        reply(&j->f, a->id, false, "Nothing was asked.");
        return;
    }
    if (a->what == SAY)
        open_talk(j, &a->where);
    uint64_t tag = face_intent(&j->f, KINDS[a->what], where, bytes_str(a->text));
    if (tag == 0) {
        reply(&j->f, a->id, false, "Too much is asked for at once; try again.");
        return;
    }
    j->pending[j->count].tag = tag;
    j->pending[j->count++].id = a->id;
}

static bool is_for_later(struct json_face *j, const struct asked *a)
{
    bool passed = a->what == SAY || a->what == COMMAND || a->what == ANSWER;

    return passed && (j->count == PENDING || !face_is_settled(&j->f));
}

static bool on_line(struct face *f, struct bytes line)
{
    struct json_face *j = self(f);
    struct asked a;
    char why[256] = "";
    bool later = false;

    if (read_asked(j, line, &a, why, sizeof why) != ERR_OK) {
        reply(f, a.id, false, why);
    } else if (is_for_later(j, &a)) {
        later = true;
    } else if (a.what == QUIT) {
        reply(f, a.id, true, NULL);
        face_quit(f, FACE_OK);
    } else if (ROWS[a.what].gives[0] != '\0') {
        send_list(j, &a);
    } else {
        pass_on(j, &a);
    }
    if (a.doc != NULL && json_type(json_root(a.doc)) == JSON_OBJECT)
        json_wipe(a.doc, "text");
    json_free(a.doc);
    return !later;
}

/* ---- what the model says ---- */

static void put_line(struct json_face *j, struct buf *line)
{
    face_put(&j->f, buf_view(line));
    buf_wipe(line);
}

static void put_news(struct json_face *j, struct buf *last, struct buf *line)
{
    if (!bytes_eq(buf_view(line), buf_view(last))) {
        buf_clear(last);
        buf_bytes(last, buf_view(line));
        face_put(&j->f, buf_view(line));
    }
    buf_free(line);
}

static void on_event(void *arg, const struct room *r, const struct event *ev, bool fresh)
{
    struct buf line;

    buf_init(&line, FACE_OUT);
    object_event(&line, r, ev, fresh);
    put_line(arg, &line);
}

static void on_link(void *arg)
{
    struct json_face *j = arg;
    struct buf line;

    buf_init(&line, FACE_OUT);
    object_link(&line, j->f.model);
    put_news(j, &j->last_link, &line);
}

static void on_room(void *arg, const struct room *r)
{
    struct json_face *j = arg;
    struct buf line;

    buf_init(&line, FACE_OUT);
    object_room(&line, r);
    put_news(j, &j->last_room, &line);
}

static void on_ask(void *arg)
{
    struct json_face *j = arg;
    struct buf line;

    buf_init(&line, FACE_OUT);
    object_ask(&line, j->f.model);
    put_line(j, &line);
}

static void on_outcome(void *arg, const struct model_outcome *outcome)
{
    struct json_face *j = arg;

    face_outcome(&j->f);
    for (size_t i = 0; i < j->count; i++) {
        if (j->pending[i].tag != outcome->tag)
            continue;
        reply(&j->f, j->pending[i].id, outcome->done,
            outcome->why != NULL && outcome->why[0] != '\0' ? outcome->why
                                                            : "That did not work out.");
        j->pending[i] = j->pending[--j->count];
        return;
    }
}

/* ---- life ---- */

static void on_fini(struct face *f)
{
    struct json_face *j = self(f);

    f->model->ear = (struct model_ear){0};
    buf_free(&j->last_link);
    buf_free(&j->last_room);
    while (j->count > 0)
        reply(f, j->pending[--j->count].id, false, "sotto ended before this was answered.");
}

static const struct face_ops OPS = {.line = on_line, .turn = face_drain, .fini = on_fini};

struct face *json_face_new(struct model *m, int out_fd)
{
    struct json_face *j = mem_alloc(sizeof *j);

    face_init(&j->f, &OPS, m, out_fd);
    buf_init(&j->last_link, FACE_OUT);
    buf_init(&j->last_room, FACE_OUT);
    m->ear = (struct model_ear){on_event, on_link, on_room, on_ask, on_outcome, j};
    return &j->f;
}

void json_face_free(struct face *f)
{
    if (f == NULL)
        return;
    face_fini(f);
    mem_free(f);
}
