/* SPDX-License-Identifier: ISC */
#include "client/command.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "client/say.h"

static const struct cmd_row *const TABLES[] = {
    CMD_ROOM, CMD_POWER, CMD_PEOPLE, CMD_ACCOUNT, CMD_VIEW, CMD_FILE};

command_fn *command_handler(const struct command *row)
{
    for (size_t i = 0; i < MEM_COUNT(TABLES); i++) {
        for (const struct cmd_row *at = TABLES[i]; at->name != NULL; at++) {
            if (strcmp(at->name, row->name) == 0)
                return at->run;
        }
    }
    return NULL;
}

static void not_understood(struct engine *e, const struct command_line *line)
{
    const struct command *near = command_near(line->word);

    if (line->row != NULL)
        engine_say(e, e->at, EVENT_WARN, "/%s takes it like this: /%s %s  (%s)",
            line->row->name, line->row->name, line->row->args, line->row->help);
    else if (near != NULL)
        engine_say(e, e->at, EVENT_WARN, "There is no command /%.*s. Did you mean /%s?",
            (int)line->word.n, (const char *)line->word.p, near->name);
    else
        engine_say(e, e->at, EVENT_WARN, "There is no command /%.*s. /help shows all.",
            (int)line->word.n, (const char *)line->word.p);
}

/* On a page that nobody else has. */
static void speak_here(struct engine *e, struct bytes text)
{
    model_add(e->model, e->at,
        &(struct event){.kind = EVENT_MESSAGE,
            .flags = EVENT_OWN,
            .who = model_nick(e->model),
            .text = text});
    engine_say(e, e->at, EVENT_INFO,
        "Nobody but you sees that: what is said on this page stays on this machine.");
}

void command_words(struct engine *e, struct bytes text)
{
    struct talk *c = engine_of_page(e, e->at);

    if (text.n == 0)
        return;
    if (e->at->local)
        speak_here(e, text);
    else if (c == NULL)
        engine_say(e, e->at, EVENT_WARN,
            "This is the relay's own page: nobody would read it. /join ROOM or /msg NAME first.");
    else if (text.n > PAYLOAD_TEXT)
        engine_say(
            e, e->at, EVENT_WARN, "Not sent: a message has up to %d bytes.", PAYLOAD_TEXT);
    else if (!utf8_valid(text))
        engine_say(e, e->at, EVENT_WARN, "Not sent: that is no valid UTF-8.");
    else
        say_put(e, c, PAYLOAD_TEXT_KIND, text);
}

static bool can_do(struct engine *e, const struct command *row)
{
    if (row->needs == NEEDS_SCREEN) {
        engine_say(e, e->at, EVENT_WARN, "/%s is something of the full screen.", row->name);
        return false;
    }
    if (row->needs == NEEDS_NOTHING || e->state == ENGINE_READY)
        return true;
    engine_say(e, e->at, EVENT_WARN,
        "/%s needs the relay, and sotto is not connected. The line below tells when it tries "
        "again.",
        row->name);
    return false;
}

void command_line(struct engine *e, struct bytes text)
{
    struct command_line line;

    if (command_parse(text, &line) != ERR_OK)
        not_understood(e, &line);
    else if (line.kind == COMMAND_WORDS)
        command_words(e, line.arg);
    else if (line.kind == COMMAND_CALL && can_do(e, line.row))
        command_handler(line.row)(e, &line);
}
