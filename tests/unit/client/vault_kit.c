/* SPDX-License-Identifier: ISC */
#include "vault_kit.h"

#include <poll.h>
#include <stdio.h>

#include "base/log.h"
#include "client/vault_impl.h"
#include "support/support.h"

struct kit kit;

void kit_init(void)
{
    log_off();
    support_tmpdir(kit.dir, sizeof kit.dir);
    for (size_t i = 0; i < sizeof kit.key; i++)
        kit.key[i] = (uint8_t)(i * 7 + 1);
}

void kit_fini(void)
{
    kit_close();
    support_rmtree(kit.dir);
}

static void landed(void *arg)
{
    (void)arg;
    kit.landed++;
}

static void failed(void *arg, const char *why)
{
    (void)arg;
    kit.failed++;
    (void)snprintf(kit.why, sizeof kit.why, "%s", why);
}

static void wake(void *arg)
{
    (void)arg;
}

struct vault_setup kit_setup(bool thread)
{
    return (struct vault_setup){.dir = kit.dir,
        .key = kit.key,
        .landed = landed,
        .failed = failed,
        .wake = thread ? NULL : wake};
}

enum err kit_try(void)
{
    struct vault_setup s = kit_setup(false);

    kit.why[0] = '\0';
    return vault_open(&s, &kit.v, kit.why, sizeof kit.why);
}

void kit_open(void)
{
    cr_assert_eq(kit_try(), ERR_OK, "%s", kit.why);
}

void kit_open_thread(void)
{
    struct vault_setup s = kit_setup(true);

    cr_assert_eq(vault_open(&s, &kit.v, kit.why, sizeof kit.why), ERR_OK, "%s", kit.why);
}

void kit_close(void)
{
    vault_close(kit.v);
    kit.v = NULL;
}

static void turn(void)
{
    struct pollfd p = {.fd = vault_fd(kit.v), .events = POLLIN};

    if (p.fd >= 0)
        (void)poll(&p, 1, -1);
    vault_drain(kit.v);
}

void kit_land(void)
{
    vault_commit(kit.v);
    while (kit.v->busy)
        turn();
}

void kit_reopen(void)
{
    kit_close();
    kit_open();
}

const char *kit_path(const char *name)
{
    static char rooms[4][128];
    static unsigned at;
    char *room = rooms[at++ % 4];

    (void)snprintf(room, sizeof rooms[0], "%s/%s", kit.dir, name);
    return room;
}

static struct buf *clean_text(void)
{
    static uint8_t room[KIT_TEXT];
    static struct buf text;

    buf_init_fixed(&text, room, sizeof room);
    return &text;
}

static enum err row_seen(void *arg, struct bytes key, uint32_t sub, struct bytes value)
{
    buf_bytes(arg, key);
    buf_fmt(arg, "/%u=", sub);
    buf_bytes(arg, value);
    buf_text(arg, " ");
    return ERR_OK;
}

const char *kit_rows(enum vault_space space, enum err *e)
{
    struct buf *text = clean_text();

    *e = vault_each(kit.v, space, row_seen, text);
    return buf_cstr(text);
}

struct history_row kit_said(const char *said)
{
    struct history_row row = {.wall_ms = 1, .who = B("who-is-it"), .text = B(said), .kind = 3};

    memset(row.id, 0x1d, sizeof row.id);
    memset(row.print, 0x9f, sizeof row.print);
    return row;
}

struct reading {
    struct buf *text;
    bool done;
    enum err e;
    bool more;
};

static void message_seen(void *arg, struct bytes convo, const struct history_row *row)
{
    struct reading *r = arg;

    (void)convo;
    buf_fmt(r->text, "%llu:", (unsigned long long)row->n);
    buf_bytes(r->text, row->text);
    buf_text(r->text, " ");
}

static void reading_done(void *arg, enum err e, bool more)
{
    struct reading *r = arg;

    r->done = true;
    r->e = e;
    r->more = more;
}

const char *kit_read(const struct history_query *q, enum err *e, bool *more)
{
    struct reading r = {.text = clean_text()};

    cr_assert_not_null(history_read(kit.v, q, message_seen, reading_done, &r));
    while (!r.done)
        turn();
    *e = r.e;
    if (more != NULL)
        *more = r.more;
    return buf_cstr(r.text);
}

static const char *read_well(const struct history_query *q)
{
    enum err e;
    const char *found = kit_read(q, &e, NULL);

    cr_assert_eq(e, ERR_OK, "%s", err_str(e));
    return found;
}

const char *kit_page(const char *convo)
{
    return read_well(&(struct history_query){.convo = B(convo), .limit = 1000});
}

const char *kit_search(const char *convo, const char *words)
{
    return read_well(
        &(struct history_query){.convo = B(convo), .words = B(words), .limit = 1000});
}

/* ---- the attacker ---- */

struct db *kit_db(void)
{
    struct db *d;
    char why[KIT_WORDS];

    cr_assert_eq(
        db_open(kit_path("vault.db"), &VAULT_SCHEMA, &d, why, sizeof why), ERR_OK, "%s", why);
    return d;
}

int64_t kit_number(struct db *d, const char *sql)
{
    struct db_stmt *s;
    bool row;

    cr_assert_eq(db_prepare(d, sql, &s), ERR_OK);
    cr_assert_eq(db_step(s, &row), ERR_OK);
    cr_assert(row);
    int64_t n = db_int(s, 0);
    db_reset(s);
    return n;
}

struct buf kit_blob(struct db *d, const char *sql)
{
    struct db_stmt *s;
    struct buf b;
    bool row;

    buf_init(&b, 1u << 20);
    cr_assert_eq(db_prepare(d, sql, &s), ERR_OK);
    cr_assert_eq(db_step(s, &row), ERR_OK);
    cr_assert(row);
    buf_bytes(&b, db_blob(s, 0));
    db_reset(s);
    return b;
}

enum err kit_set_blob(struct db *d, const char *sql, struct bytes blob)
{
    struct db_stmt *s;

    cr_assert_eq(db_prepare(d, sql, &s), ERR_OK);
    db_bind_blob(s, 1, blob);
    return db_run(s);
}
