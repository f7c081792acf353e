/* SPDX-License-Identifier: ISC */
#include "stage.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "stage_word.h"
#include "tui/tui.h"

#include "stage_file.h"
#include "stage_read.h"

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

/* Pages 2 to 301, one in seven with news; and as many rooms to join. */
static void fill_many(struct model *m)
{
    char name[16];

    for (int i = 0; i < 600; i++) {
        (void)snprintf(name, sizeof name, "room%03d", i);
        if (i >= 300) {
            (void)rooms_add(&m->rooms, bytes_str(name));
            continue;
        }
        struct room *r = model_join(m, bytes_str(name));
        r->seal = ROOM_SEALED;
        r->members = 2;
        if (i % 7 == 0)
            say(m, r,
                &(struct event){.who = bytes_str("bob"),
                    .flags = i == 280 ? EVENT_MENTION : 0,
                    .wall_ms = NOON_MS,
                    .text = bytes_str("new")});
    }
}

static void set_scene(struct model *m, const char *scene)
{
    if (strcmp(scene, "many") == 0) {
        model_set_link(m, MODEL_READY, 0);
        model_set_nick(m, bytes_str("alice"));
        fill_many(m);
        return;
    }
    if (strcmp(scene, "long") == 0)
        say(m, model_join(m, bytes_str("wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww")),
            &(struct event){.who = bytes_str("bob"), .text = bytes_str("new")});
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

static void say_intent(char *to, size_t cap, const struct intent *i)
{
    bool answer = i->kind == INTENT_ANSWER;
    bool words = i->kind == INTENT_WORDS;

    (void)snprintf(to, cap, "%s of %zu letters%s%.*s%s%.100s",
        answer  ? "answer"
        : words ? "words"
                : "line",
        i->text_n, i->where_n != 0 ? " to " : "", i->where_n, i->where, answer ? "" : ": ",
        answer ? "" : i->text);
}

static void set_pref(struct model *m, const char *line)
{
    char name[32];
    char value[64];

    if (sscanf(line, "/set %31s %63s", name, value) == 2 &&
        model_set_pref(m, bytes_str(name), bytes_str(value)) != ERR_OK)
        abort();
}

/* False: it was asked to end. */
static bool obey(struct model *m)
{
    struct intent i;
    char line[256];
    bool go_on = true;

    while (intents_take(&m->intents, &i)) {
        if (stage_read_obey(m, &i) || stage_file_obey(m, &i) || i.kind == INTENT_DRAFT ||
            stage_word(m, i.text)) {
            intent_fini(&i);
            continue;
        }
        if (i.kind == INTENT_ANSWER)
            model_close_ask(m);
        set_pref(m, i.text);
        if (strcmp(i.text, "/ask") == 0)
            model_put_ask(m, true, "Password:");
        else if (strcmp(i.text, "/say") == 0)
            model_put_ask(m, false, "Which one?");
        else if (strcmp(i.text, "/hints") == 0)
            (void)model_set_pref(m, bytes_str("hints"), bytes_str("off"));
        say_intent(line, sizeof line, &i);
        model_event(m, m->open, EVENT_INFO, (struct bytes){0}, bytes_str(line));
        go_on = go_on && i.kind != INTENT_QUIT;
        intent_fini(&i);
    }
    return go_on;
}

static int sleep_of(const struct tui *t, uint64_t pace)
{
    uint64_t ms = tui_patience(t);

    return ms == UINT64_MAX ? -1 : (int)(ms / pace) + 1;
}

static volatile sig_atomic_t child_ended;
static volatile sig_atomic_t resized;
static volatile sig_atomic_t told_to_stop;

static void on_signal(int signo)
{
    if (signo == SIGCHLD)
        child_ended = 1;
    else if (signo == SIGWINCH)
        resized = 1;
    else
        told_to_stop = 1;
}

/* Held back but while one waits, so that none is missed; but not the one that comes from here,
 * which ncurses throws away while it draws. */
static void watch_signals(sigset_t *before)
{
    const struct sigaction sa = {.sa_handler = on_signal};
    sigset_t ours;

    (void)sigemptyset(&ours);
    (void)sigaddset(&ours, SIGCHLD);
    (void)sigaddset(&ours, SIGWINCH);
    (void)sigprocmask(SIG_BLOCK, &ours, before);
    (void)sigaction(SIGCHLD, &sa, NULL);
    (void)sigaction(SIGWINCH, &sa, NULL);
    (void)sigaction(SIGTSTP, &sa, NULL);
}

static void tui_round(struct tui *t, struct model *m, uint64_t pace)
{
    tui_time(t, clock_mono_ms() * pace + stage_held());
    if (child_ended)
        tui_child(t);
    if (resized)
        tui_resize(t);
    if (told_to_stop) /* no shell would wake it */
        model_event(m, m->open, EVENT_INFO, (struct bytes){0}, bytes_str("told to stop"));
    child_ended = 0;
    resized = 0;
    told_to_stop = 0;
    tui_draw(t);
}

/* False: the terminal is gone. */
static bool wait_for_keys(struct tui *t, uint64_t pace, const sigset_t *mask)
{
    struct pollfd in = {.fd = tui_away(t) ? -1 : STDIN_FILENO, .events = POLLIN};
    int ms = sleep_of(t, pace);
    struct timespec at_most = {ms / 1000, ms % 1000 * 1000000};
    int ready = ppoll(&in, 1, ms < 0 ? NULL : &at_most, mask);
    bool fine = ready >= 0 || errno == EINTR; /* before others have their errors */

    if (ready > 0 && (in.revents & (POLLIN | POLLHUP)) == POLLHUP)
        return false;
    tui_time(t, clock_mono_ms() * pace + stage_held());
    if (ready > 0)
        (void)tui_input(t);
    return fine;
}

static void play(const char *scene)
{
    uint64_t pace = strcmp(scene, "hasty") == 0 ? 20 : 1; /* how fast time goes */
    struct model *m = model_new();
    struct tui *t;
    char why[200];
    sigset_t before;
    bool go_on;

    model_time(m, NOON_MS);
    if (!stage_read_scene(m, scene) && !stage_file_scene(m, scene))
        set_scene(m, scene);
    if (tui_open(m, &t, why, sizeof why) != ERR_OK) {
        (void)fprintf(stderr, "%s\n", why);
        exit(1);
    }
    watch_signals(&before);
    do {
        tui_round(t, m, pace);
        if (!obey(m)) /* what drawing has led to */
            break;
        tui_draw(t);
        stage_hold();
        go_on = wait_for_keys(t, pace, &before);
        stage_turn(m); /* once for what was read */
    } while (go_on && obey(m));
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
    bool files = strcmp(wish->scene, "files") == 0;
    const char *env[] = {scene, "TERM=xterm-256color", "TZ=UTC", "BROWSER=false",
        wish->ascii ? "LC_ALL=C" : "LC_ALL=C.UTF-8",
        wish->editor != NULL ? wish->editor : "EDITOR=true",
        wish->home != NULL ? wish->home : "HOME=/",
        wish->light ? "COLORFGBG=0;15" : "COLORFGBG=",
        files ? "PATH=/nowhere" : NULL, /* no opener of this machine is started */
        NULL};

    (void)snprintf(scene, sizeof scene, "STAGE=%s", wish->scene);
    return pty_start(
        &(struct pty_wish){.argv = argv, .env = env, .cols = wish->cols, .rows = wish->rows});
}
