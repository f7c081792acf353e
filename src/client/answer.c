/* SPDX-License-Identifier: ISC */
#include "client/answer.h"

#include "client/lock.h"
#include "client/login.h"
#include "client/pump.h"
#include "client/question.h"

static void room_password(struct engine *e, struct talk *c, struct bytes text)
{
    if (text.n != 0) {
        lock_answer(e, c, text);
        return;
    }
    engine_say(e, NULL, EVENT_INFO, "#%s stays closed.", c->title);
    engine_fail(e, c->join_tag, "no password was given");
    pump_drop(e, c);
}

static void new_password(struct engine *e, struct talk *c, struct bytes text)
{
    if (c->group != NULL)
        lock_change(e, c, text);
    else
        lock_found(e, c, text);
}

void answer_take(struct engine *e, struct bytes text)
{
    enum engine_question what = e->ask.what;
    struct talk *c = engine_talk(e, e->ask.talk);

    question_close(e);
    switch (what) {
    case QUESTION_ROOM:
        if (c != NULL)
            room_password(e, c, text);
        break;
    case QUESTION_ROOM_NEW:
        if (c != NULL)
            new_password(e, c, text);
        break;
    case QUESTION_LOGIN:
    case QUESTION_REGISTER:
    case QUESTION_REGISTER_AGAIN:
        if (text.n == 0)
            login_taken_back(e);
        else if (what == QUESTION_REGISTER_AGAIN)
            login_password_again(e, text);
        else
            login_password(e, text);
        break;
    case QUESTION_NONE:
    default:
        engine_say(e, e->at, EVENT_WARN, "Nothing was asked.");
        break;
    }
}
