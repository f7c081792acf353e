/* SPDX-License-Identifier: ISC */
/* Commands about what is shown, found and set on this machine alone. */
#include "client/cmd.h"

#include "base/mem.h"
#include "client/file_pump.h"
#include "client/files.h"
#include "client/group.h"
#include "client/group_people.h"
#include "client/past.h"
#include "client/setting.h"
#include "client/trace_file.h"

#define DEBUG_LINES 20

static void do_help(struct engine *e, const struct command_line *line)
{
    struct bytes arg = line->arg;

    if (arg.n > 1 && arg.p[0] == '/')
        arg = bytes_of(arg.p + 1, arg.n - 1);
    if (arg.n != 0 && command_find(arg) == NULL)
        engine_say(e, e->at, EVENT_WARN, "There is no command /%.*s. /help alone shows all.",
            (int)arg.n, (const char *)arg.p);
    else
        model_ask_help(e->model, arg);
}

static void do_quit(struct engine *e, const struct command_line *line)
{
    (void)line;
    files_tell_parting(e);
    file_pump_quit(e);
}

static void do_clear(struct engine *e, const struct command_line *line)
{
    (void)line;
    model_clear(e->model, e->at);
}

static void do_search(struct engine *e, const struct command_line *line)
{
    past_search(e, engine_of_page(e, e->at), line->arg);
}

/* The screen shows them as they come; here are the last for who has none. */
static void do_debug(struct engine *e, const struct command_line *line)
{
    const struct trace *t = &e->model->trace;
    size_t from = t->count > DEBUG_LINES ? t->count - DEBUG_LINES : 0;

    if (bytes_eq(line->arg, bytes_str("export"))) {
        trace_file_write(e);
        return;
    }
    for (size_t i = from; i < t->count; i++) {
        const struct trace_row *row = trace_at(t, i);
        engine_say(e, e->model->home, EVENT_INFO, "%s %s, %u bytes, %s%s%.*s",
            row->out ? "out" : "in ", row->name, row->size, row->state,
            row->where_n != 0 ? ", " : "", (int)row->where_n, row->where);
    }
}

/* ---- how things stand ---- */

static void check_clock(struct engine *e)
{
    int64_t off = e->model->clock_off_ms / 1000;

    if (off > 120 || off < -120)
        engine_say(e, e->at, EVENT_INFO,
            "clock    %lld seconds %s the relay's: set this machine's clock",
            (long long)(off > 0 ? off : -off), off > 0 ? "behind" : "ahead of");
    else
        engine_say(e, e->at, EVENT_INFO, "clock    agrees with the relay's");
}

static void check_talk(struct engine *e, const struct talk *c)
{
    const struct talk_person *stop = people_stop(c);
    char who[PEOPLE_TEXT] = "";

    if (c->page == NULL)
        return;
    if (stop != NULL)
        people_text(stop, who);
    engine_say(e, e->at, EVENT_INFO, "%s%-8s %s, epoch %llu, %u in the group%s%s",
        c->kind == CONVO_ROOM ? "#" : "@", c->title, room_seal_str(c->page->seal),
        (unsigned long long)group_epoch(c), c->page->members,
        stop != NULL ? "; nothing is sent because of " : "", who);
}

static void do_doctor(struct engine *e, const struct command_line *line)
{
    struct model *m = e->model;

    (void)line;
    engine_say(e, e->at, EVENT_INFO, "relay    %s, %s", m->address, model_link_str(m->link));
    engine_say(e, e->at, EVENT_INFO, "you      %.*s, %s", (int)m->nick_n, m->nick,
        e->account ? "an account" : "a guest");
    engine_say(e, e->at, EVENT_INFO, "key      %s%s",
        e->identity.key != NULL ? m->print : "being made",
        e->published ? ", known to the relay" : "");
    engine_say(e, e->at, EVENT_INFO, "vault    %s",
        e->unsaved_told         ? "cannot be written: nothing sealed is sent"
        : vault_lasts(e->vault) ? "kept on this machine, sealed"
                                : "in memory: forgotten at the end");
    if (m->link == MODEL_READY)
        check_clock(e);
    for (const struct talk *c = e->talks; c != NULL; c = c->next)
        check_talk(e, c);
}

const struct cmd_row CMD_VIEW[] = {
    {"clear", do_clear},
    {"debug", do_debug},
    {"doctor", do_doctor},
    {"help", do_help},
    {"quit", do_quit},
    {"search", do_search},
    {"set", setting_command},
    {NULL, NULL},
};
