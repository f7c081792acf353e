/* SPDX-License-Identifier: ISC */
#include "client/question.h"

#include <stdio.h>

static void put(struct engine *e, enum engine_question what, uint32_t talk, const char *words)
{
    e->ask.what = what;
    e->ask.talk = talk;
    model_put_ask(e->model, true, words);
}

void question_room(struct engine *e, struct talk *c)
{
    char words[160];

    if (c->asked)
        return;
    c->asked = true;
    (void)snprintf(words, sizeof words, "Password of #%s", c->title);
    put(e, QUESTION_ROOM, c->serial, words);
}

void question_room_new(struct engine *e, struct talk *c)
{
    char words[160];

    (void)snprintf(
        words, sizeof words, "Password for #%s (Enter alone makes a strong one)", c->title);
    put(e, QUESTION_ROOM_NEW, c->serial, words);
}

void question_login(struct engine *e)
{
    char words[160];

    (void)snprintf(words, sizeof words, "Password of %s", e->entry.name);
    put(e, QUESTION_LOGIN, 0, words);
}

void question_register(struct engine *e, bool again)
{
    char words[160];

    if (again)
        (void)snprintf(words, sizeof words, "The same password again");
    else
        (void)snprintf(words, sizeof words, "A password for the new account %s", e->entry.name);
    put(e, again ? QUESTION_REGISTER_AGAIN : QUESTION_REGISTER, 0, words);
}

void question_close(struct engine *e)
{
    e->ask.what = QUESTION_NONE;
    model_close_ask(e->model);
}
