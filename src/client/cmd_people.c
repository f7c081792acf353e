/* SPDX-License-Identifier: ISC */
/* Commands about people: talking with one, and knowing whose key is whose. */
#include "client/cmd.h"

#include "base/clock.h"
#include "base/mem.h"
#include "client/direct.h"
#include "client/group_people.h"
#include "client/hear.h"
#include "client/qr.h"
#include "client/say.h"
#include "client/verify.h"

#define QR_BYTES 8192

static void do_msg(struct engine *e, const struct command_line *line)
{
    struct bytes name = cmd_person_name(line->args[0]);
    struct talk *c;

    if (!cmd_fit(e, name, MSG_NAME, "a person"))
        return;
    if (model_is_me(e->model, name)) {
        engine_say(e, e->at, EVENT_WARN, "That is yourself.");
        return;
    }
    c = direct_open(e, name);
    model_show(e->model, c->page);
    c->wait_ms = 0;
    if (line->args[1].n != 0)
        say_put(e, c, PAYLOAD_TEXT_KIND, line->args[1]);
}

static void do_nick(struct engine *e, const struct command_line *line)
{
    struct msg_name m = {.name = line->arg};
    struct request r = {.name_n = (uint8_t)line->arg.n};

    if (!cmd_fit(e, line->arg, MSG_NAME, "a person"))
        return;
    if (e->account) {
        engine_say(e, e->at, EVENT_WARN,
            "An account is called what it is called. Guests take other names; /logout makes you "
            "one.");
        return;
    }
    memcpy(r.name, line->arg.p, line->arg.n);
    engine_ask(e, OP_NICK, &m, &r);
}

/* ---- finding somebody ---- */

struct found {
    struct talk *talk; /* where it has a leaf; NULL: only a pin is known */
    struct talk_person *person;
    const struct trust_person *pin;
    char name[TRUST_NAME]; /* of the credential */
};

static bool look_for(struct engine *e, struct bytes typed, struct found *out)
{
    struct talk *at = engine_of_page(e, e->at);

    *out = (struct found){0};
    if (at != NULL && (out->person = people_named(at, typed)) != NULL)
        out->talk = at;
    for (struct talk *c = e->talks; c != NULL && out->person == NULL; c = c->next) {
        out->person = people_named(c, typed);
        out->talk = out->person != NULL ? c : NULL;
    }
    (void)bytes_copy(out->name, sizeof out->name,
        out->person != NULL ? bytes_str(out->person->name) : typed);
    if (e->trust != NULL)
        out->pin = trust_find(e->trust, bytes_str(out->name));
    if (out->person != NULL || out->pin != NULL)
        return true;
    engine_say(e, e->at, EVENT_WARN,
        "Nothing is known of anybody called %.*s. Meet first: in a room, or with /msg.",
        (int)typed.n, (const char *)typed.p);
    return false;
}

static const char *trust_words(enum trust_state state)
{
    static const char *const WORDS[] = {
        [TRUST_UNKNOWN] = "not seen before",
        [TRUST_PINNED] = "not verified: always this key since first seen, never compared",
        [TRUST_VERIFIED] = "verified: you compared safety numbers",
        [TRUST_CHANGED] = "CHANGED: another key than before, not accepted",
    };

    return WORDS[state];
}

static void say_print(struct engine *e, const char *what, const uint8_t print[TRUST_PRINT])
{
    char text[TLS_FINGERPRINT_TEXT];

    tls_fingerprint_text(print, text);
    engine_say(e, e->at, EVENT_INFO, "%s %s", what, text);
}

static void do_whois(struct engine *e, const struct command_line *line)
{
    struct found f;
    char since[CLOCK_TEXT];
    char who[PEOPLE_TEXT];

    if (!look_for(e, cmd_person_name(line->arg), &f))
        return;
    if (f.person != NULL)
        people_text(f.person, who);
    engine_say(e, e->at, EVENT_INFO, "%s is %s; %s.", f.person != NULL ? who : f.name,
        trust_is_guest(bytes_str(f.name)) ? "a guest: known by the key alone" : "an account",
        trust_words(f.person != NULL ? f.person->trust : f.pin->state));
    if (f.pin != NULL) {
        clock_iso(f.pin->since_ms, since);
        say_print(e, "key", f.pin->print);
        engine_say(e, e->at, EVENT_INFO, "first seen %s", since);
    } else {
        say_print(e, "key", f.person->print);
    }
    if (f.pin != NULL && f.pin->state == TRUST_CHANGED)
        say_print(e, "NOW SHOWS ANOTHER KEY", f.pin->fresh);
}

static void do_trust(struct engine *e, const struct command_line *line)
{
    struct found f;

    if (!look_for(e, cmd_person_name(line->arg), &f))
        return;
    if (f.pin == NULL || f.pin->state != TRUST_CHANGED) {
        engine_say(e, e->at, EVENT_INFO, "The key of %s has not changed.", f.name);
        return;
    }
    say_print(e, "accepted now:", f.pin->fresh);
    if (trust_accept(e->trust, bytes_str(f.name), e->loop->wall_ms) != ERR_OK)
        return;
    loop_later(e->loop, &e->save, LOOP_FLUSH);
    engine_say(e, e->at, EVENT_INFO,
        "The new key of %s is accepted, unverified. /verify %s compares it.", f.name, f.name);
    for (struct talk *c = e->talks; c != NULL; c = c->next)
        c->wait_ms = 0;
    people_all(e);
    hear_released(e, bytes_str(f.name));
    engine_touch_all(e);
}

/* ---- comparing ---- */

static bool identities(struct engine *e, const struct found *f, struct safety_identity *us,
    struct safety_identity *them)
{
    struct mls_member m;

    if (f->talk == NULL || f->talk->group == NULL || !f->person->here ||
        !mls_group_member(f->talk->group, f->person->leaf, &m))
        return false;
    *us = (struct safety_identity){bytes_str(e->identity.name), sign_key_pub(e->identity.key)};
    *them = (struct safety_identity){m.identity, m.signature_key};
    return true;
}

static void show_numbers(struct engine *e, const struct found *f, const struct verify *v)
{
    struct buf qr;

    engine_say(e, e->at, EVENT_INFO,
        "Your safety number with %s. Compare it by another way, face to face or on the phone; "
        "when it is equal: /verify %s yes",
        f->name, f->name);
    for (size_t i = 0; i < VERIFY_ROWS; i++)
        engine_say(e, e->at, EVENT_INFO, "    %s", v->row[i]);
    buf_init(&qr, QR_BYTES);
    if (qr_draw(&qr, bytes_str(v->qr), QR_BLOCKS_DARK) == ERR_OK)
        engine_say(e, e->at, EVENT_INFO, "%s", buf_cstr(&qr));
    buf_free(&qr);
}

static void do_verify(struct engine *e, const struct command_line *line)
{
    struct safety_identity us;
    struct safety_identity them;
    struct found f;
    struct verify v;

    if (!look_for(e, cmd_person_name(line->args[0]), &f))
        return;
    if (!identities(e, &f, &us, &them)) {
        engine_say(e, e->at, EVENT_WARN, "%s is in no conversation of yours just now.", f.name);
        return;
    }
    if (line->count == 1) {
        if (verify_show(&us, &them, &v) == ERR_OK)
            show_numbers(e, &f, &v);
        return;
    }
    bool yes = cmd_on(line->args[1], false);
    (void)trust_see(e->trust, bytes_str(f.name), f.person->print, e->loop->wall_ms);
    enum err err = trust_verify(e->trust, bytes_str(f.name), yes);
    if (err == ERR_STATE)
        engine_say(e, e->at, EVENT_WARN, "Its key has changed: /trust %s first.", f.name);
    else if (err == ERR_OK)
        engine_say(e, e->at, EVENT_INFO, "%s is %s.", f.name,
            yes ? "verified now" : "not verified any more");
    loop_later(e->loop, &e->save, LOOP_FLUSH);
    people_all(e);
}

const struct cmd_row CMD_PEOPLE[] = {
    {"msg", do_msg},
    {"nick", do_nick},
    {"trust", do_trust},
    {"verify", do_verify},
    {"whois", do_whois},
    {NULL, NULL},
};
