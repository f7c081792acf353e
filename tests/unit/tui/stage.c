/* SPDX-License-Identifier: ISC */
#include "stage.h"

#include <criterion/criterion.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "tui/tui.h"

#define NOON_MS ((int64_t)20000 * 86400 * 1000 + 43200000)

static void say(struct model *m, struct room *r, const struct event *like)
{
    struct event v = *like;

    v.kind = like->kind != EVENT_INFO ? like->kind : EVENT_MESSAGE;
    v.wall_ms = like->wall_ms != 0 ? like->wall_ms : NOON_MS;
    model_add(m, r, &v);
}

static void person(struct roster *r, const char *name, uint8_t flags)
{
    if (roster_add(r, bytes_str(name), flags) != ERR_OK)
        abort();
    memcpy(roster_find(r, bytes_str(name))->tag, "ab12", EVENT_TAG);
}

static void fill_room(struct model *m, struct room *r)
{
    static const enum event_state STATES[] = {
        EVENT_QUEUED, EVENT_RELAYED, EVENT_DELIVERED, EVENT_FAILED};

    r->seal = ROOM_SEALED;
    r->members = 4;
    (void)bytes_copy(r->topic, sizeof r->topic, bytes_str("what we do on Friday"));
    person(&r->people, "alice", ROSTER_SEALED | ROSTER_OWNER);
    person(&r->people, "bob", ROSTER_SEALED | ROSTER_VERIFIED);
    person(&r->people, "carol", ROSTER_SEALED | ROSTER_CHANGED | ROSTER_AWAY);
    person(&r->people, "dave", ROSTER_GUEST);
    say(m, r,
        &(struct event){.who = bytes_str("bob"), .text = bytes_str("first\n  and second")});
    say(m, r,
        &(struct event){.who = bytes_str("dave"),
            .flags = EVENT_GUEST,
            .tag = "ab12",
            .text = bytes_str("hi")});
    say(m, r,
        &(struct event){
            .who = bytes_str("bob"), .flags = EVENT_MENTION, .text = bytes_str("@alice look")});
    for (size_t i = 0; i < MEM_COUNT(STATES); i++)
        say(m, r,
            &(struct event){.who = bytes_str("alice"),
                .flags = EVENT_OWN,
                .state = STATES[i],
                .text = bytes_str(event_state_str(STATES[i]))});
    say(m, r,
        &(struct event){.kind = EVENT_FOUND,
            .who = bytes_str("bob"),
            .wall_ms = NOON_MS - (int64_t)86400 * 1000,
            .text = bytes_str("once")});
}

static void set_scene(struct model *m, const char *scene)
{
    struct room *r = model_join(m, bytes_str("ops"));
    struct room *with = model_direct(m, bytes_str("bob"));

    model_set_link(m, MODEL_READY, 0);
    model_set_nick(m, bytes_str("alice"));
    (void)bytes_copy(m->address, sizeof m->address, bytes_str("relay.example:7878"));
    fill_room(m, r);
    with->seal = ROOM_UNCONFIRMED;
    with->members = 2;
    if (strcmp(scene, "stopped") == 0)
        r->seal = ROOM_STOPPED;
    if (strcmp(scene, "direct") == 0)
        model_show(m, with);
    else if (strcmp(scene, "home") != 0)
        model_show(m, r);
    say(m, r, &(struct event){.who = bytes_str("bob"), .text = bytes_str("new")});
    say(m, with,
        &(struct event){
            .who = bytes_str("bob"), .flags = EVENT_MENTION, .text = bytes_str("and new")});
}

/* False: it was asked to end. */
static bool obey(struct model *m)
{
    struct intent i;
    char line[256];
    bool go_on = true;

    while (intents_take(&m->intents, &i)) {
        if (i.kind == INTENT_DRAFT) {
            intent_fini(&i);
            continue;
        }
        if (i.kind == INTENT_ANSWER)
            model_close_ask(m);
        if (strcmp(i.text, "/ask") == 0)
            model_put_ask(m, true, "Password:");
        else if (strcmp(i.text, "/say") == 0)
            model_put_ask(m, false, "Which one?");
        (void)snprintf(line, sizeof line, "%s of %zu letters%s%.100s",
            i.kind == INTENT_ANSWER ? "answer" : "line", i.text_n,
            i.kind == INTENT_ANSWER ? "" : ": ", i.kind == INTENT_ANSWER ? "" : i.text);
        model_event(m, m->open, EVENT_INFO, (struct bytes){0}, bytes_str(line));
        go_on = go_on && i.kind != INTENT_QUIT;
        intent_fini(&i);
    }
    return go_on;
}

static void play(const char *scene)
{
    struct model *m = model_new();
    struct tui *t;
    char why[200];
    struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};

    model_time(m, NOON_MS);
    set_scene(m, scene);
    if (tui_open(m, &t, why, sizeof why) != ERR_OK) {
        (void)fprintf(stderr, "%s\n", why);
        exit(1);
    }
    do {
        tui_draw(t);
        if (poll(&in, 1, -1) < 0 || (in.revents & POLLIN) == 0)
            break;
        (void)tui_input(t);
    } while (obey(m));
    tui_close(t);
    model_free(m);
    exit(0);
}

/* Before the runner's main. */
__attribute__((constructor)) static void begin(void)
{
    const char *scene = getenv("STAGE");

    if (scene != NULL)
        play(scene);
}

struct pty *stage_start(const struct stage_wish *wish)
{
    char scene[32];
    const char *const argv[] = {"/proc/self/exe", NULL};
    const char *env[] = {scene, "TERM=xterm-256color", "TZ=UTC",
        wish->ascii ? "LC_ALL=C" : "LC_ALL=C.UTF-8", NULL};

    (void)snprintf(scene, sizeof scene, "STAGE=%s", wish->scene);
    return pty_start(
        &(struct pty_wish){.argv = argv, .env = env, .cols = wish->cols, .rows = wish->rows});
}
