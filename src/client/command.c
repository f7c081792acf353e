/* SPDX-License-Identifier: ISC */
#include "client/command.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "client/list.h"

/* What people type in front of a room's name is not part of it. */
static struct bytes room_arg(struct bytes arg)
{
    return arg.n > 1 && arg.p[0] == '#' ? bytes_of(arg.p + 1, arg.n - 1) : arg;
}

static bool fit_for(struct engine *e, struct bytes name, size_t most, const char *what)
{
    if (name.n <= most && utf8_is_name(name))
        return true;
    engine_say(e, e->model->open, EVENT_WARN,
        "That cannot be the name of %s: up to %zu bytes of letters, digits and signs that can be "
        "seen, without spaces.",
        what, most);
    return false;
}

static void do_help(struct engine *e, struct bytes arg)
{
    if (arg.n > 1 && arg.p[0] == '/')
        arg = bytes_of(arg.p + 1, arg.n - 1);
    if (arg.n != 0 && command_find(arg) == NULL) {
        engine_say(e, e->model->open, EVENT_WARN,
            "There is no command /%.*s. /help alone shows all.", (int)arg.n,
            (const char *)arg.p);
        return;
    }
    model_ask_help(e->model, arg);
}

static void do_quit(struct engine *e, struct bytes arg)
{
    (void)arg;
    engine_leave(e);
}

static void do_rooms(struct engine *e, struct bytes arg)
{
    (void)arg;
    list_rooms(e, REQUEST_SHOW);
}

static void do_users(struct engine *e, struct bytes arg)
{
    struct bytes room = arg.n != 0 ? room_arg(arg) : room_name(e->model->open);

    if (room.n == 0 || fit_for(e, room, MSG_ROOM, "a room"))
        list_people(e, room, REQUEST_SHOW);
}

static void ask_named(struct engine *e, uint8_t op, const void *body, struct bytes name)
{
    struct request r = {.name_n = (uint8_t)name.n};

    memcpy(r.name, name.p, name.n);
    engine_ask(e, op, body, &r);
}

static void do_join(struct engine *e, struct bytes arg)
{
    struct msg_join m = {.room = room_arg(arg)};
    struct room *known = rooms_find(&e->model->rooms, m.room);

    if (known != NULL && known->joined) {
        model_show(e->model, known);
        return;
    }
    if (fit_for(e, m.room, MSG_ROOM, "a room"))
        ask_named(e, OP_JOIN, &m, m.room);
}

static void do_leave(struct engine *e, struct bytes arg)
{
    struct msg_leave m = {.more = true, .room = room_arg(arg)};
    const struct room *room = rooms_find(&e->model->rooms, m.room);

    if (arg.n == 0)
        room = e->model->open;
    if (room == e->model->home) {
        engine_say(e, NULL, EVENT_INFO,
            "This is no room but the relay's own page. /quit leaves the relay.");
        return;
    }
    if (room == NULL || !room->joined) {
        engine_say(e, e->model->open, EVENT_WARN, "You are not in #%.*s.", (int)m.room.n,
            (const char *)m.room.p);
        return;
    }
    m.room = room_name(room);
    ask_named(e, OP_LEAVE, &m, m.room);
}

static void do_nick(struct engine *e, struct bytes arg)
{
    struct msg_name m = {.name = arg};

    if (fit_for(e, arg, MSG_NAME, "a person"))
        ask_named(e, OP_NICK, &m, arg);
}

struct handler {
    const char *name;
    command_fn *run;
};

static const struct handler HANDLERS[] = {
    {"help", do_help},
    {"join", do_join},
    {"leave", do_leave},
    {"nick", do_nick},
    {"quit", do_quit},
    {"rooms", do_rooms},
    {"users", do_users},
};

command_fn *command_handler(const struct command *row)
{
    for (size_t i = 0; i < MEM_COUNT(HANDLERS); i++) {
        if (strcmp(HANDLERS[i].name, row->name) == 0)
            return HANDLERS[i].run;
    }
    return NULL;
}

static void not_understood(struct engine *e, const struct command_line *line)
{
    const struct command *near = command_near(line->word);

    if (line->row != NULL)
        engine_say(e, e->model->open, EVENT_WARN, "/%s takes it like this: /%s %s  (%s)",
            line->row->name, line->row->name, line->row->args, line->row->help);
    else if (near != NULL)
        engine_say(e, e->model->open, EVENT_WARN,
            "There is no command /%.*s. Did you mean /%s?", (int)line->word.n,
            (const char *)line->word.p, near->name);
    else
        engine_say(e, e->model->open, EVENT_WARN, "There is no command /%.*s. /help shows all.",
            (int)line->word.n, (const char *)line->word.p);
}

void command_line(struct engine *e, struct bytes text)
{
    struct command_line line;

    if (command_parse(text, &line) != ERR_OK) {
        not_understood(e, &line);
    } else if (line.kind == COMMAND_WORDS) {
        engine_say(e, e->model->open, EVENT_INFO,
            "Not sent. Messages arrive together with end-to-end encryption; until then sotto "
            "carries none, rather than let the relay read them.");
    } else if (line.kind == COMMAND_CALL) {
        if (line.row->needs == NEEDS_RELAY && e->state != ENGINE_READY)
            engine_say(e, e->model->open, EVENT_WARN,
                "/%s needs the relay, and sotto is not connected. The line below tells when it "
                "tries again.",
                line.row->name);
        else
            command_handler(line.row)(e, line.arg);
    }
}
