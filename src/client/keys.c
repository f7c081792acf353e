/* SPDX-License-Identifier: ISC */
#include "client/keys.h"

#include "base/log.h"
#include "base/mem.h"
#include "client/catchup.h"
#include "client/file_load.h"
#include "client/group_people.h"
#include "client/keep.h"
#include "client/secret.h"
#include "crypto/identity_proof.h"
#include "mls/safety.h"

#define ACCOUNT_PACKAGES 12u
#define GUEST_PACKAGES   3u

static const uint16_t SUITES[] = {MSG_SUITE_AES, MSG_SUITE_CHACHA};

/* ---- the identity ---- */

static void made(struct engine *e, const struct secret_result *r)
{
    char text[SAFETY_PRINT_TEXT];

    e->making_key = false;
    if (r->err != ERR_OK) {
        engine_say(e, NULL, EVENT_ERROR,
            "No identity key could be made (%s); without one nothing can be said.",
            err_str(r->err));
        return;
    }
    identity_take(&e->identity, r->key);
    loop_later(e->loop, &e->save, LOOP_FLUSH);
    if (safety_fingerprint_text(sign_key_pub(r->key), text) == ERR_OK)
        (void)bytes_copy(e->model->print, sizeof e->model->print, bytes_str(text));
    if (e->state == ENGINE_READY)
        keys_publish(e);
}

void keys_begin(struct engine *e)
{
    struct secret_result given = {.key = e->setup.identity};
    char text[SAFETY_PRINT_TEXT];

    if (e->identity.key == NULL && given.key != NULL)
        made(e, &given);
    if (e->identity.key != NULL) {
        if (safety_fingerprint_text(sign_key_pub(e->identity.key), text) == ERR_OK)
            (void)bytes_copy(e->model->print, sizeof e->model->print, bytes_str(text));
        return;
    }
    e->making_key = true;
    engine_say(e, NULL, EVENT_INFO, "Making your identity key; this takes a moment, once.");
    secret_key(e, made);
}

/* ---- at the relay ---- */

static void add_row(struct list_writer *rows, const struct identity_package *p)
{
    list_add(rows, &MSG_PACKAGE_ROW,
        &(struct msg_package){p->suite, p->last_resort, buf_view(&p->message)});
}

/* One of each suite that may be handed out again and again, when all others are used up. */
static void add_last_resorts(struct engine *e, struct list_writer *rows)
{
    for (size_t i = 0; i < MEM_COUNT(SUITES); i++) {
        struct identity_package *p = identity_last_resort(&e->identity, SUITES[i]);
        if (p == NULL)
            p = identity_package(
                &e->identity, SUITES[i], true, (uint64_t)(e->loop->wall_ms / 1000));
        if (p != NULL)
            add_row(rows, p);
    }
}

/* Who we are on this relay is known now: what was kept of it comes back, once. */
static void known(struct engine *e)
{
    uint8_t home[IDENTITY_HOME];

    if (e->trust == NULL && trust_open(e->vault, &e->shelf, e->relay_id, &e->trust) != ERR_OK) {
        engine_say(e, NULL, EVENT_ERROR,
            "What was known of people's keys cannot be read any more: the vault is damaged. "
            "sotto does not go on without it.");
        engine_refuse(e, "trust cannot be read");
        return;
    }
    for (struct talk *c = e->talks; c != NULL; c = c->next)
        talk_set_key(c, identity_home(&e->identity, home));
    keep_load(e);
    file_load(e);
}

void keys_publish(struct engine *e)
{
    uint8_t exporter[LINK_EXPORT];
    uint8_t proof[SIGN_MAX];
    struct list_writer rows;
    size_t n = 0;

    if (e->identity.key == NULL || e->link == NULL || e->published)
        return;
    if (identity_name(&e->identity, &e->shelf, e->relay_id,
            e->account ? model_nick(e->model) : (struct bytes){0},
            model_nick(e->model)) != ERR_OK)
        LOG_WARN("keys", "a key package that was kept makes no sense");
    known(e);
    if (link_exporter(e->link, exporter) != ERR_OK ||
        identity_proof_make(e->identity.key, exporter, proof, &n) != ERR_OK) {
        engine_drop(e, "no proof of identity could be made");
        return;
    }
    list_begin(&rows, OPCODE_PLAIN - 2048);
    add_last_resorts(e, &rows);
    struct msg_public_key m = {.identity = sign_key_pub(e->identity.key),
        .proof = bytes_of(proof, n),
        .packages = list_view(&rows)};
    engine_ask_sealed(e, OP_PUBLIC_KEY, &m, NULL);
    e->published = true;
    list_end(&rows);
    if (e->ask_convos)
        catchup_conversations(e);
    e->ask_convos = false;
    engine_touch_all(e);
}

static void want(struct engine *e, size_t suite, unsigned n)
{
    e->packages_due[suite] = n;
    if (n != 0)
        loop_later(e->loop, &e->keys, LOOP_DELIVER);
}

void keys_published(struct engine *e, const struct request *r, const void *answer)
{
    const struct msg_count *m = answer;
    unsigned each = e->account ? ACCOUNT_PACKAGES : GUEST_PACKAGES;
    unsigned have = m->count < 2 * each ? (unsigned)m->count / 2 : each;

    (void)r;
    for (size_t i = 0; i < MEM_COUNT(SUITES); i++)
        want(e, i, each - have);
}

void keys_refused(struct engine *e, const struct request *r, const struct msg_refusal *no)
{
    LOG_WARN("keys", "0x%02x refused: %s", r->op, log_text(no->reason));
    if (r->op != OP_PUBLIC_KEY)
        return;
    engine_say(e, NULL, EVENT_ERROR, "The relay does not take our identity key: %.*s",
        (int)no->reason.n, (const char *)no->reason.p);
    e->published = false;
}

/* Making one signs twice: three milliseconds, so one a turn. */
void keys_more(void *engine)
{
    struct engine *e = engine;
    struct list_writer rows;
    size_t i = 0;

    while (i < MEM_COUNT(SUITES) && e->packages_due[i] == 0)
        i++;
    if (i == MEM_COUNT(SUITES) || e->state != ENGINE_READY || !e->published)
        return;
    e->packages_due[i]--;
    struct identity_package *p =
        identity_package(&e->identity, SUITES[i], false, (uint64_t)(e->loop->wall_ms / 1000));
    if (p == NULL)
        return;
    list_begin(&rows, OPCODE_PLAIN - 64);
    add_row(&rows, p);
    struct msg_packages m = {.packages = list_view(&rows)};
    engine_ask_sealed(e, OP_PACKAGES, &m, NULL);
    list_end(&rows);
}

void keys_added(struct engine *e, const struct request *r, const void *answer)
{
    (void)r, (void)answer;
    loop_later(e->loop, &e->keys, LOOP_DELIVER);
}

void keys_low(struct engine *e, const void *event)
{
    const struct msg_packages_low *m = event;
    unsigned each = e->account ? ACCOUNT_PACKAGES : GUEST_PACKAGES;

    for (size_t i = 0; i < MEM_COUNT(SUITES); i++) {
        if (SUITES[i] == m->suite && m->left < each && e->packages_due[i] == 0)
            want(e, i, each - m->left);
    }
}

/* ---- others ---- */

/* The relay's word for which key somebody has: good for finding a guest's leaf, and an account
 * is held against what is known of it. */
void keys_of(struct engine *e, const void *event)
{
    const struct msg_identity *m = event;
    uint8_t print[POLICY_PRINT];

    policy_print(m->identity, print);
    called_here(&e->called, print, m->user);
    for (struct talk *c = e->talks; c != NULL; c = c->next) {
        struct talk_person *p = talk_person(c, print);
        if (p != NULL && p->name[0] != '\0' && talk_person_guest(p) && m->user.n < TALK_NAME)
            (void)bytes_copy(p->relay, sizeof p->relay, m->user);
        if (p != NULL)
            people_overlay(e, c);
    }
}
