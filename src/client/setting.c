/* SPDX-License-Identifier: ISC */
#include "client/setting.h"

#include "base/mem.h"
#include "client/group_people.h"
#include "client/keep.h"
#include "client/setting_pref.h"
#include "model/near.h"
#include "model/setting.h"

#define DAYS_MAX 36500u

struct setting {
    const char *name;
    const char *help;
    bool everywhere; /* needs no conversation: c is NULL */
    void (*show)(struct engine *e, const struct talk *c);
    void (*set)(struct engine *e, struct talk *c, struct bytes value);
};

/* ---- of one conversation ---- */

static void show_keep(struct engine *e, const struct talk *c)
{
    if (c->keep_days == 0)
        engine_say(e, e->at, EVENT_INFO, "keep 0: what is said here is kept until /forget.");
    else
        engine_say(e, e->at, EVENT_INFO, "keep %u: what is said here is kept for %u days.",
            c->keep_days, c->keep_days);
}

static void set_keep(struct engine *e, struct talk *c, struct bytes value)
{
    uint64_t days;

    if (!cmd_number(e, value, DAYS_MAX, &days))
        return;
    c->keep_days = (uint32_t)days;
    history_keep(e->vault, talk_key(c), c->keep_days, e->loop->wall_ms);
    keep_talk(e, c);
    show_keep(e, c);
}

static void show_verified(struct engine *e, const struct talk *c)
{
    engine_say(e, e->at, EVENT_INFO, "verified-only %s",
        c->verified_only
            ? "on: nothing is sent here while somebody is in whose key you have not compared."
            : "off");
}

static void set_verified(struct engine *e, struct talk *c, struct bytes value)
{
    c->verified_only = cmd_on(value, c->verified_only);
    keep_talk(e, c);
    people_overlay(e, c);
    engine_touch(e, c);
    show_verified(e, c);
}

/* ---- for all ---- */

static void keep_flag(struct engine *e, const char *name, bool on)
{
    const uint8_t value = on;

    vault_put(e->vault, VAULT_SETTING, bytes_str(name), 0, bytes_of(&value, 1));
    loop_later(e->loop, &e->save, LOOP_FLUSH);
}

static void show_read(struct engine *e, const struct talk *c)
{
    (void)c;
    engine_say(e, e->at, EVENT_INFO, "read-receipts %s",
        e->show_read ? "on: others learn when you have seen what they said." : "off");
}

static void set_read(struct engine *e, struct talk *c, struct bytes value)
{
    e->show_read = cmd_on(value, e->show_read);
    keep_flag(e, "read-receipts", e->show_read);
    show_read(e, c);
}

static void show_typing(struct engine *e, const struct talk *c)
{
    (void)c;
    engine_say(e, e->at, EVENT_INFO, "typing %s",
        e->show_typing ? "on: others see that you type, and you see that they do." : "off");
}

static void set_typing(struct engine *e, struct talk *c, struct bytes value)
{
    e->show_typing = cmd_on(value, e->show_typing);
    e->model->tell_typing = e->show_typing;
    keep_flag(e, "typing", e->show_typing);
    show_typing(e, c);
}

static const struct setting SETTINGS[] = {
#define SETTING_DONE(id, name, values, everywhere, help)                                       \
    {(name), (help), (everywhere), show_##id, set_##id},
    SETTINGS_TABLE(SETTING_DONE)
#undef SETTING_DONE
};

static const struct setting *find(struct bytes name)
{
    for (size_t i = 0; i < MEM_COUNT(SETTINGS); i++) {
        if (bytes_eq(bytes_str(SETTINGS[i].name), name))
            return &SETTINGS[i];
    }
    return NULL;
}

static enum err take(void *arg, struct bytes key, uint32_t sub, struct bytes value)
{
    struct engine *e = arg;
    bool on = value.n == 1 && value.p[0] == 1;

    (void)sub;
    if (bytes_eq(key, bytes_str("read-receipts")))
        e->show_read = on;
    if (bytes_eq(key, bytes_str("typing")))
        e->show_typing = e->model->tell_typing = on;
    return ERR_OK;
}

void setting_load(struct engine *e)
{
    (void)shelf_take(&e->shelf, VAULT_SETTING, (struct bytes){0}, take, e);
}

static void unknown(struct engine *e, struct bytes name)
{
    const char *meant = setting_pref_near(name);

    for (size_t i = 0; i < MEM_COUNT(SETTINGS) && meant == NULL; i++)
        meant = near_word(bytes_str(SETTINGS[i].name), name) ? SETTINGS[i].name : NULL;
    if (meant != NULL)
        engine_say(e, e->at, EVENT_WARN, "There is no setting %.*s. Did you mean %s?",
            (int)name.n, (const char *)name.p, meant);
    else
        engine_say(e, e->at, EVENT_WARN, "There is no such setting; /set alone shows all.");
}

/* Each says its value; of one conversation, where there is one. */
static void list(struct engine *e)
{
    struct talk *c = engine_of_page(e, e->at);

    setting_pref_list(e);
    for (size_t i = 0; i < MEM_COUNT(SETTINGS); i++) {
        engine_say(e, e->at, EVENT_INFO, "%s: %s", SETTINGS[i].name, SETTINGS[i].help);
        if (SETTINGS[i].everywhere || c != NULL)
            SETTINGS[i].show(e, c);
    }
}

void setting_command(struct engine *e, const struct command_line *line)
{
    const struct setting *s = find(line->args[0]);
    struct talk *c = NULL;

    if (line->count == 0) {
        list(e);
        return;
    }
    if (s == NULL) {
        if (!setting_pref_command(e, line))
            unknown(e, line->args[0]);
        return;
    }
    if (!s->everywhere && (c = cmd_talk(e)) == NULL)
        return;
    if (line->count == 1)
        s->show(e, c);
    else
        s->set(e, c, line->args[1]);
}
