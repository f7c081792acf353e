/* SPDX-License-Identifier: ISC */
#include "client/cmd.h"

#include "base/utf8.h"

struct bytes cmd_room_name(struct bytes arg)
{
    return arg.n > 1 && arg.p[0] == '#' ? bytes_of(arg.p + 1, arg.n - 1) : arg;
}

struct bytes cmd_person_name(struct bytes arg)
{
    return arg.n > 1 && arg.p[0] == '@' ? bytes_of(arg.p + 1, arg.n - 1) : arg;
}

bool cmd_fit(struct engine *e, struct bytes name, size_t most, const char *what)
{
    if (name.n <= most && utf8_is_name(name))
        return true;
    engine_say(e, e->at, EVENT_WARN,
        "That cannot be the name of %s: up to %zu bytes of letters, digits and signs that can be "
        "seen, without spaces.",
        what, most);
    return false;
}

struct talk *cmd_talk(struct engine *e)
{
    struct talk *c = engine_of_page(e, e->at);

    if (c == NULL)
        engine_say(e, e->at, EVENT_WARN,
            "This is %s page. Go to a room or a conversation first.",
            e->at != NULL && e->at->local ? "your machine's own" : "the relay's own");
    return c;
}

struct talk *cmd_room(struct engine *e)
{
    struct talk *c = cmd_talk(e);

    if (c == NULL || c->kind == CONVO_ROOM)
        return c;
    engine_say(e, e->at, EVENT_WARN, "That is for rooms; this is a conversation of two.");
    return NULL;
}

bool cmd_on(struct bytes word, bool otherwise)
{
    if (bytes_eq(word, bytes_str("on")) || bytes_eq(word, bytes_str("yes")))
        return true;
    if (bytes_eq(word, bytes_str("off")) || bytes_eq(word, bytes_str("no")))
        return false;
    return otherwise;
}

bool cmd_number(struct engine *e, struct bytes word, uint64_t most, uint64_t *out)
{
    uint64_t n = 0;
    bool good = word.n != 0 && word.n < 19;

    for (size_t i = 0; good && i < word.n; i++) {
        good = word.p[i] >= '0' && word.p[i] <= '9';
        n = n * 10 + (uint64_t)(word.p[i] - '0');
    }
    if (good && n <= most) {
        *out = n;
        return true;
    }
    engine_say(
        e, e->at, EVENT_WARN, "That is no number from 0 to %llu.", (unsigned long long)most);
    return false;
}
