/* SPDX-License-Identifier: ISC */
/* Commands about rooms as places: going in and out, what is kept of them, what they are about.
 */
#include "client/cmd.h"

#include "base/mem.h"
#include "client/chatlog.h"
#include "client/file_pump.h"
#include "client/group.h"
#include "client/keep.h"
#include "client/list.h"
#include "client/past.h"
#include "client/pump.h"
#include "client/question.h"
#include "client/say.h"

#define YEAR_S       31536000u
#define HISTORY_ROWS 50u
#define HISTORY_MAX  500u

static void wait_for_group(struct engine *e, struct talk *c)
{
    if (e->tag == 0 || c->join_tag != 0)
        return;
    c->join_tag = e->tag;
    engine_hold(e, e->tag);
}

static struct talk *want_room(struct engine *e, struct bytes name)
{
    struct talk *c = engine_find(e, CONVO_ROOM, name);

    if (c == NULL) {
        c = engine_talk_new(e, CONVO_ROOM, name);
        group_env(c);
    }
    c->wanted = true;
    c->goodbye = false;
    c->asked = false;
    c->wait_ms = 0;
    wait_for_group(e, c);
    engine_touch(e, c);
    return c;
}

static void do_join(struct engine *e, const struct command_line *line)
{
    struct bytes name = cmd_room_name(line->args[0]);
    struct bytes how = line->args[1];
    struct talk *c = engine_find(e, CONVO_ROOM, name);

    if (!cmd_fit(e, name, MSG_ROOM, "a room"))
        return;
    if (how.n != 0 && !bytes_eq(how, bytes_str("invite")) &&
        !bytes_eq(how, bytes_str("password"))) {
        engine_say(e, e->at, EVENT_WARN,
            "A new room is for everybody, or with \"invite\" for invited people, or with "
            "\"password\" for those who know one.");
        return;
    }
    if (c != NULL && c->page != NULL && c->group != NULL) {
        model_show(e->model, c->page);
        return;
    }
    c = want_room(e, name);
    if (c->page != NULL)
        model_show(e->model, c->page);
    if (bytes_eq(how, bytes_str("invite")))
        c->join_flags |= JOIN_INVITE_ONLY;
    if (bytes_eq(how, bytes_str("password")) && !c->present) {
        c->wait_ms = UINT64_MAX; /* until there is one */
        question_room_new(e, c);
    }
}

/* In rooms where others may not remove us by themselves we leave them a signed word. */
static void say_goodbye(struct engine *e, struct talk *c)
{
    c->goodbye = true;
    file_pump_leaving(e, c);
    engine_touch(e, c);
    if (c->group == NULL || !e->account || c->policy.access == POLICY_OPEN || c->leaf_n < 2)
        return;
    say_put(e, c, PAYLOAD_TICKET, (struct bytes){0});
}

static void do_leave(struct engine *e, const struct command_line *line)
{
    struct bytes name = cmd_room_name(line->arg);
    struct talk *c =
        line->arg.n != 0 ? engine_find(e, CONVO_ROOM, name) : engine_of_page(e, e->at);

    if (line->arg.n == 0 && e->at == e->model->home) {
        engine_say(e, NULL, EVENT_INFO,
            "This is no room but the relay's own page. /quit leaves the relay.");
    } else if (line->arg.n == 0 && e->at->local) {
        model_leave(e->model, e->at);
    } else if (c == NULL || c->page == NULL) {
        engine_say(
            e, e->at, EVENT_WARN, "You are not in #%.*s.", (int)name.n, (const char *)name.p);
    } else if (c->kind ==
               CONVO_DIRECT) { /* closed, not ended: it opens again when one speaks */
        model_leave(e->model, c->page);
        c->page = NULL;
    } else {
        wait_for_group(e, c);
        say_goodbye(e, c);
    }
}

static void do_rooms(struct engine *e, const struct command_line *line)
{
    (void)line;
    list_rooms(e, REQUEST_SHOW);
}

static void do_users(struct engine *e, const struct command_line *line)
{
    struct bytes room = line->arg.n != 0 ? cmd_room_name(line->arg) : list_name(e->at);

    if (line->arg.n == 0 && e->at->direct)
        room = (struct bytes){0};
    if (room.n == 0 || cmd_fit(e, room, MSG_ROOM, "a room"))
        list_people(e, room, REQUEST_SHOW);
}

static void do_topic(struct engine *e, const struct command_line *line)
{
    struct talk *c = cmd_room(e);

    if (c == NULL)
        return;
    if (line->arg.n == 0) {
        engine_say(e, e->at, EVENT_INFO, "%s%s",
            c->page->topic[0] != '\0' ? "The topic is: " : "",
            c->page->topic[0] != '\0' ? c->page->topic : "This room has no topic.");
    } else if (c->group == NULL || !policy_is_owner(&c->policy, e->identity.print)) {
        engine_say(e, e->at, EVENT_WARN, "Only the owner of a room says what it is about.");
    } else if (line->arg.n > ROOM_TOPIC) {
        engine_say(e, e->at, EVENT_WARN, "A topic has up to %d bytes.", ROOM_TOPIC);
    } else {
        (void)bytes_copy(c->page->topic, sizeof c->page->topic, line->arg);
        model_room_changed(e->model, c->page);
        say_put(e, c, PAYLOAD_TOPIC, line->arg);
    }
}

static void do_expire(struct engine *e, const struct command_line *line)
{
    struct talk *c = cmd_talk(e);
    uint64_t seconds;

    if (c == NULL)
        return;
    if (line->arg.n == 0) {
        if (c->policy.expire_s == 0)
            engine_say(e, e->at, EVENT_INFO, "What is said here does not disappear by itself.");
        else
            engine_say(e, e->at, EVENT_INFO, "What is said here disappears after %u seconds.",
                c->policy.expire_s);
        return;
    }
    if (!cmd_number(e, line->arg, YEAR_S, &seconds))
        return;
    if (c->group == NULL ||
        (c->kind == CONVO_ROOM && !policy_is_owner(&c->policy, e->identity.print))) {
        engine_say(e, e->at, EVENT_WARN, "Only the owner of a room changes that.");
        return;
    }
    c->wanted_policy = c->policy;
    c->wanted_policy.expire_s = (uint32_t)seconds;
    c->new_rules = true;
    c->rules_tag = e->tag;
    engine_hold(e, e->tag);
    engine_touch(e, c);
}

static void do_code(struct engine *e, const struct command_line *line)
{
    struct talk *c = cmd_talk(e);

    (void)line;
    if (c == NULL)
        return;
    if (c->group == NULL)
        engine_say(e, e->at, EVENT_WARN, "There are no keys here yet.");
    else
        engine_say(e, e->at, EVENT_INFO,
            "Room code %s  (epoch %llu, %u in the group). Whoever sees another code at the same "
            "time sees another group: then the relay, or somebody, lies.",
            c->page->code, (unsigned long long)c->page->epoch, c->page->members);
}

static void do_forget(struct engine *e, const struct command_line *line)
{
    struct talk *c = cmd_talk(e);

    (void)line;
    if (c == NULL)
        return;
    history_forget(e->vault, talk_key(c));
    loop_later(e->loop, &e->save, LOOP_FLUSH);
    model_clear(e->model, c->page);
    engine_say(e, e->at, EVENT_INFO, "What was said here is deleted from this machine.");
}

static void do_history(struct engine *e, const struct command_line *line)
{
    struct talk *c = cmd_talk(e);
    uint64_t count = HISTORY_ROWS;

    if (c != NULL && (line->count == 0 || cmd_number(e, line->arg, HISTORY_MAX, &count)))
        past_older(e, c, count);
}

static void do_log(struct engine *e, const struct command_line *line)
{
    struct talk *c = cmd_talk(e);

    if (c == NULL)
        return;
    if (line->arg.n == 0)
        engine_say(e, e->at, EVENT_INFO, "A text log is %s here. /log on or /log off.",
            c->logged ? "written" : "not written");
    else
        chatlog_set(e, c, cmd_on(line->arg, false));
}

const struct cmd_row CMD_ROOM[] = {
    {"code", do_code},
    {"expire", do_expire},
    {"forget", do_forget},
    {"history", do_history},
    {"join", do_join},
    {"leave", do_leave},
    {"log", do_log},
    {"rooms", do_rooms},
    {"topic", do_topic},
    {"users", do_users},
    {NULL, NULL},
};
