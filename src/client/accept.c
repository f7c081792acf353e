/* SPDX-License-Identifier: ISC */
#include "client/accept.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/reader.h"
#include "client/cmd.h"

#define VERSION 1
#define KEY_MAX (IDENTITY_HOME + POLICY_PRINT)

/* ---- kept ---- */

static struct bytes key_of(struct engine *e, const uint8_t print[POLICY_PRINT], struct buf *key)
{
    uint8_t home[IDENTITY_HOME];

    buf_bytes(key, identity_home(&e->identity, home));
    buf_put(key, print, POLICY_PRINT);
    return buf_view(key);
}

static void keep(struct engine *e, const struct accept_rule *r)
{
    struct buf key;
    struct buf row;

    if (!e->account)
        return;
    buf_init(&key, KEY_MAX);
    buf_init(&row, 256);
    buf_u8(&row, VERSION);
    buf_u64(&row, r->bytes);
    buf_text(&row, r->name);
    vault_put(e->vault, VAULT_ACCEPT, key_of(e, r->print, &key), 0, buf_view(&row));
    buf_free(&row);
    buf_free(&key);
    loop_later(e->loop, &e->save, LOOP_FLUSH);
}

static void forget(struct engine *e, const struct accept_rule *r)
{
    struct buf key;

    if (!e->account)
        return;
    buf_init(&key, KEY_MAX);
    vault_del(e->vault, VAULT_ACCEPT, key_of(e, r->print, &key), 0);
    buf_free(&key);
    loop_later(e->loop, &e->save, LOOP_FLUSH);
}

static struct accept_rule *find(struct engine *e, const uint8_t print[POLICY_PRINT])
{
    struct accept_rule *r = e->files.rules;

    while (r != NULL && memcmp(r->print, print, POLICY_PRINT) != 0)
        r = r->next;
    return r;
}

static struct accept_rule *add(struct engine *e, const uint8_t print[POLICY_PRINT])
{
    struct accept_rule *r = find(e, print);

    if (r != NULL)
        return r;
    r = mem_alloc(sizeof *r);
    memcpy(r->print, print, POLICY_PRINT);
    r->next = e->files.rules;
    e->files.rules = r;
    return r;
}

static enum err take(void *arg, struct bytes key, uint32_t sub, struct bytes value)
{
    struct engine *e = arg;
    struct reader r;

    (void)sub;
    reader_init(&r, value);
    uint8_t version = reader_u8(&r);
    uint64_t bytes = reader_u64(&r);
    struct bytes name = reader_rest(&r);
    if (reader_end(&r) != ERR_OK || version != VERSION || key.n < POLICY_PRINT)
        return ERR_CORRUPT;
    struct accept_rule *rule = add(e, key.p + key.n - POLICY_PRINT);
    rule->bytes = bytes;
    (void)bytes_copy(rule->name, sizeof rule->name, name);
    return ERR_OK;
}

void accept_load(struct engine *e)
{
    uint8_t home[IDENTITY_HOME];

    if (e->account && shelf_take(&e->shelf, VAULT_ACCEPT, identity_home(&e->identity, home),
                          take, e) != ERR_OK)
        LOG_ERROR("accept", "a rule about files makes no sense");
}

void accept_free(struct engine *e)
{
    while (e->files.rules != NULL) {
        struct accept_rule *r = e->files.rules;
        e->files.rules = r->next;
        mem_free(r);
    }
}

bool accept_rule_fits(struct engine *e, const struct talk_person *p, uint64_t bytes)
{
    const struct accept_rule *r = find(e, p->print);

    return r != NULL && p->trust != TRUST_CHANGED && bytes <= r->bytes;
}

/* ---- set ---- */

static void list(struct engine *e)
{
    char size[TRANSFER_SIZE];

    if (e->files.rules == NULL)
        engine_say(e, e->at, EVENT_INFO,
            "Each file is asked for. /auto-accept NAME 10M accepts what somebody sends up to "
            "that size.");
    for (const struct accept_rule *r = e->files.rules; r != NULL; r = r->next) {
        transfer_size(size, r->bytes);
        engine_say(e, e->at, EVENT_INFO, "Files of %s up to %s are accepted without asking.",
            r->name, size);
    }
}

static void tell_nobody(struct engine *e)
{
    engine_say(e, e->at, EVENT_WARN,
        "Nobody of that name, or more than one, is in a conversation with you. Of a guest it is "
        "with the letters of the key, as carol#k3x9.");
}

/* Those of a name, for whichever key, and those for a key; p may be NULL. False: none. */
static bool end_rules(struct engine *e, struct bytes name, const struct talk_person *p)
{
    bool any = false;

    for (struct accept_rule **at = &e->files.rules; *at != NULL;) {
        struct accept_rule *r = *at;
        if (!bytes_eq(bytes_str(r->name), name) &&
            (p == NULL || memcmp(r->print, p->print, POLICY_PRINT) != 0)) {
            at = &r->next;
            continue;
        }
        *at = r->next;
        forget(e, r);
        mem_free(r);
        any = true;
    }
    return any;
}

/* Whoever is called exactly so goes before who calls itself so, as guests may: a name that is
 * an account's means the account. NULL: nobody whose key holds, or more than one. */
static const struct talk_person *who(struct engine *e, struct bytes name)
{
    const struct talk_person *found = NULL;
    char text[PEOPLE_TEXT];
    bool exact = false;
    bool many = false;

    for (struct talk *c = e->talks; c != NULL; c = c->next) {
        const struct talk_person *p = c->dropped ? NULL : people_named(c, name);
        if (p == NULL || p->trust == TRUST_CHANGED)
            continue;
        people_text(p, text);
        bool is = bytes_eq(bytes_str(text), name);
        if (found == NULL || (is && !exact)) {
            found = p;
            exact = is;
            many = false;
        } else if (is == exact) {
            many |= memcmp(p->print, found->print, POLICY_PRINT) != 0;
        }
    }
    return many ? NULL : found;
}

static void end(struct engine *e, struct bytes name, const struct talk_person *p)
{
    if (end_rules(e, name, p) || p != NULL)
        engine_say(e, e->at, EVENT_INFO, "Files of %.*s are asked for.", (int)name.n,
            (const char *)name.p);
    else
        tell_nobody(e);
}

void accept_command(struct engine *e, const struct command_line *line)
{
    char text[PEOPLE_TEXT];
    char size[TRANSFER_SIZE];
    uint64_t bytes = 0;

    if (line->count == 0) {
        list(e);
        return;
    }
    struct bytes name = cmd_person_name(line->args[0]);
    const struct talk_person *p = who(e, name);
    if (line->count < 2 || bytes_eq(line->args[1], bytes_str("off"))) {
        end(e, name, p);
        return;
    }
    if (p == NULL) {
        tell_nobody(e);
        return;
    }
    people_text(p, text);
    if (!transfer_read_size(line->args[1], &bytes)) {
        engine_say(e, e->at, EVENT_WARN,
            "That is no size: /auto-accept %s 10M, or off to be asked again.", text);
        return;
    }
    (void)end_rules(e, bytes_str(text), p);
    struct accept_rule *r = add(e, p->print);
    r->bytes = bytes;
    (void)bytes_copy(r->name, sizeof r->name, bytes_str(text));
    keep(e, r);
    transfer_size(size, bytes);
    engine_say(e, e->at, EVENT_INFO,
        "Files of %s up to %s are accepted without asking from now on.", text, size);
}
