/* SPDX-License-Identifier: ISC */
#include "tui/act_link.h"

#include <stdio.h>

#include "base/mem.h"
#include "tui/act.h"
#include "tui/dialog.h"
#include "tui/launch.h"
#include "tui/link.h"

struct asked {
    uint64_t id;
    struct link link;
    char program[LAUNCH_PROGRAM];
};

static void answered(void *arg, struct tui *t, char letter)
{
    struct asked *a = arg;

    act_select_at(t, a->id);
    if (letter != 'y')
        return;
    if (launch_link(a->program, a->link.url) == ERR_OK)
        buf_fmt(&t->v.hint, "Handed to %s.", a->program);
    else
        buf_fmt(&t->v.hint, "%s does not start: set BROWSER to a program that opens links.",
            a->program);
}

static void forget(void *arg)
{
    mem_free(arg);
}

void act_link_ask(struct tui *t, uint64_t id, struct bytes url)
{
    struct asked *a = mem_alloc(sizeof *a);
    const char *why;
    char words[LINK_HOST + LAUNCH_PROGRAM + 128];

    a->id = id;
    launch_program(a->program);
    if (link_check(&a->link, url, &why) != ERR_OK) {
        buf_fmt(&t->v.hint, "Not opened. %s", why);
        forget(a);
        return;
    }
    (void)snprintf(words, sizeof words,
        "This leads to %s, outside of sotto, which will see where you come from. Hand it to %s?",
        a->link.host, a->program);
    const struct dialog d = {.title = "Open a link",
        .words = words,
        .lines = a->link.url,
        .button = {{'n', "no"}, {'y', "yes, open it"}},
        .buttons = 2,
        .answered = answered,
        .fini = forget};
    dialog_open(t, &d, a);
}
