/* SPDX-License-Identifier: ISC */
/* Commands of owners and moderators. The relay puts people out; the group, by its own rules,
 * takes their keys. */
#include "client/cmd.h"

#include "base/mem.h"
#include "client/group_people.h"
#include "client/invite.h"
#include "client/question.h"

#define MINUTES_MAX 5256000u /* ten years */

/* What the relay calls whoever was typed. */
static struct bytes relay_name(struct talk *c, struct bytes typed)
{
    struct bytes name = cmd_person_name(typed);
    const struct talk_person *p = people_named(c, name);

    if (p == NULL)
        return name;
    return bytes_str(talk_person_guest(p) && p->relay[0] != '\0' ? p->relay : p->name);
}

static struct request about(const struct talk *c, struct bytes name)
{
    struct request r = {.talk = c->serial};

    r.name_n = (uint8_t)(name.n < sizeof r.name ? name.n : sizeof r.name);
    memcpy(r.name, name.p, r.name_n);
    return r;
}

static void do_kick(struct engine *e, const struct command_line *line)
{
    struct talk *c = cmd_room(e);

    if (c == NULL)
        return;
    struct bytes name = relay_name(c, line->args[0]);
    struct request r = about(c, name);
    struct msg_power m = {.room = talk_title(c), .user = name, .reason = line->args[1]};
    if (line->args[1].n > 255)
        engine_say(e, e->at, EVENT_WARN, "A reason has up to 255 bytes.");
    else if (cmd_fit(e, name, MSG_NAME, "a person"))
        engine_ask(e, OP_KICK, &m, &r);
}

static void timed(struct engine *e, const struct command_line *line, uint8_t op)
{
    struct talk *c = cmd_room(e);
    uint64_t minutes = 0;

    if (c == NULL || (line->count > 1 && !cmd_number(e, line->args[1], MINUTES_MAX, &minutes)))
        return;
    struct bytes name = relay_name(c, line->args[0]);
    struct request r = about(c, name);
    struct msg_power_timed m = {
        .room = talk_title(c), .user = name, .seconds = (uint32_t)(minutes * 60)};
    if (cmd_fit(e, name, MSG_NAME, "a person"))
        engine_ask(e, op, &m, &r);
}

static void do_ban(struct engine *e, const struct command_line *line)
{
    timed(e, line, OP_BAN);
}

static void do_mute(struct engine *e, const struct command_line *line)
{
    timed(e, line, OP_MUTE);
}

static void do_unban(struct engine *e, const struct command_line *line)
{
    struct talk *c = cmd_room(e);
    struct bytes name = cmd_person_name(line->args[0]);

    if (c == NULL || !cmd_fit(e, name, MSG_ROOM, "a person"))
        return;
    struct request r = about(c, name);
    struct msg_power m = {.room = talk_title(c), .user = name};
    engine_ask(e, OP_UNBAN, &m, &r);
}

static bool add_moderator(struct policy *p, const uint8_t print[POLICY_PRINT])
{
    if (p->moderators_n == POLICY_MODERATORS || policy_is_moderator(p, print))
        return false;
    memcpy(p->moderators[p->moderators_n++], print, POLICY_PRINT);
    return true;
}

static bool drop_moderator(struct policy *p, const uint8_t print[POLICY_PRINT])
{
    for (uint16_t i = 0; i < p->moderators_n; i++) {
        if (memcmp(p->moderators[i], print, POLICY_PRINT) != 0)
            continue;
        memmove(p->moderators[i], p->moderators[i + 1],
            (size_t)(--p->moderators_n - i) * POLICY_PRINT);
        memset(p->moderators[p->moderators_n], 0, POLICY_PRINT);
        return true;
    }
    return false;
}

static void do_moderator(struct engine *e, const struct command_line *line)
{
    struct talk *c = cmd_room(e);
    bool on = cmd_on(line->args[1], true);

    if (c == NULL)
        return;
    const struct talk_person *p = people_named(c, cmd_person_name(line->args[0]));
    if (c->group == NULL || !policy_is_owner(&c->policy, e->identity.print)) {
        engine_say(e, e->at, EVENT_WARN, "Only the owner of a room names its moderators.");
        return;
    }
    if (p == NULL) {
        engine_say(e, e->at, EVENT_WARN, "Nobody of that name is in the group of this room.");
        return;
    }
    c->wanted_policy = c->policy;
    if (!(on ? add_moderator(&c->wanted_policy, p->print)
             : drop_moderator(&c->wanted_policy, p->print))) {
        engine_say(e, e->at, EVENT_INFO, "That changes nothing.");
        return;
    }
    c->new_rules = true;
    struct bytes name = relay_name(c, line->args[0]);
    struct request r = about(c, name);
    struct msg_moderator m = {.room = talk_title(c), .user = name, .on = on};
    engine_ask(e, OP_MODERATOR, &m, &r);
    engine_touch(e, c);
}

static void do_invite(struct engine *e, const struct command_line *line)
{
    struct talk *c = cmd_room(e);
    struct bytes name = cmd_person_name(line->args[0]);

    if (c == NULL || !cmd_fit(e, name, MSG_NAME, "a person"))
        return;
    if (c->group == NULL)
        engine_say(e, e->at, EVENT_WARN, "There are no keys here yet: wait a moment.");
    else if (talk_called(c, name) != NULL)
        engine_say(e, e->at, EVENT_INFO, "%.*s is in this room already.", (int)name.n,
            (const char *)name.p);
    else
        invite_ask(e, c, name);
}

static void do_password(struct engine *e, const struct command_line *line)
{
    struct talk *c = cmd_room(e);

    (void)line;
    if (c == NULL)
        return;
    if (c->group == NULL || !policy_is_moderator(&c->policy, e->identity.print) ||
        (c->policy.access != POLICY_PASSWORD &&
            !policy_is_owner(&c->policy, e->identity.print)))
        engine_say(e, e->at, EVENT_WARN,
            "Only the owner of a room gives it a password, and its moderators another one.");
    else
        question_room_new(e, c);
}

static void do_announce(struct engine *e, const struct command_line *line)
{
    struct msg_announce m = {.text = line->arg};

    if (line->arg.n > 4096)
        engine_say(e, e->at, EVENT_WARN, "An announcement has up to 4096 bytes.");
    else
        engine_ask(e, OP_ANNOUNCE, &m, NULL);
}

const struct cmd_row CMD_POWER[] = {
    {"announce", do_announce},
    {"ban", do_ban},
    {"invite", do_invite},
    {"kick", do_kick},
    {"moderator", do_moderator},
    {"mute", do_mute},
    {"password", do_password},
    {"unban", do_unban},
    {NULL, NULL},
};
