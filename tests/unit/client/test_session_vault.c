/* SPDX-License-Identifier: ISC */
/* A session and its disk: what is sealed waits until it is safe, a full disk is told, a damaged
 * one is refused. */
#include "client/session.h"

#include <stdio.h>

#include "fake_relay.h"
#include "vault_kit.h"

static struct fake f;

static void setup(void)
{
    fake_init(&f);
}

static void teardown(void)
{
    fake_fini(&f);
}

TestSuite(session_vault, .init = setup, .fini = teardown);

static void slow(bool on)
{
    f.slow_disk = on;
    fake_turn(&f);
}

/* ---- a disk that is slow ---- */

Test(session_vault, slow__the_key_waits_and_nothing_overtakes_it)
{
    fake_start(&f);
    fake_greet(&f, HELLO_GUESTS);
    (void)fake_expect(&f, OP_GUEST);
    f.slow_disk = true;
    fake_in(&f, "rand0", ROLE_GUEST, false);
    fake_type(&f, "/rooms");
    cr_assert(fake_silent(&f), "before what made it is on the disk");
    slow(false);
    fake_keys(&f);
    (void)fake_expect(&f, OP_ROOMS);
}

static bool said_by_now(void)
{
    return fake_serve(&f, OP_SAY);
}

Test(session_vault, slow__a_message_waits_for_its_ratchet)
{
    fake_ready(&f);
    fake_room(&f, "ops");
    slow(true);
    fake_type(&f, "tea at five");
    cr_assert(fake_said(&f, "ops", "tea at five"), "shown at once");
    cr_assert_not(said_by_now(), "and not sent");
    fake_pass(&f, 3000);
    cr_assert_not(said_by_now());
    slow(false);
    cr_assert(said_by_now());
}

Test(session_vault, slow__what_waits_when_the_link_goes_is_not_sent_on_the_next)
{
    fake_ready(&f);
    fake_room(&f, "ops");
    slow(true);
    fake_type(&f, "tea at five");
    fake_down(&f, LINK_END_LOST);
    slow(false);
    while (!f.linked)
        fake_pass(&f, 250);
    fake_up(&f);
    (void)fake_expect(&f, OP_CONNECT);
    cr_assert(fake_silent(&f), "a greeting comes first");
}

/* ---- a disk that is full ---- */

Test(session_vault, full__is_told_once_and_when_it_is_over)
{
    const struct room *home;

    fake_ready(&f);
    home = f.model->home;
    size_t before = home->events.count;
    session_unsaved(&f.session, "No space left on device");
    session_unsaved(&f.session, "No space left on device");
    cr_assert(fake_said(&f, NULL, "Nothing can be saved (No space left on device)"));
    cr_assert_eq(home->events.count, before + 1);
    session_landed(&f.session);
    cr_assert(fake_said(&f, NULL, "What waited to be saved is saved now."));
    session_landed(&f.session);
    cr_assert_eq(home->events.count, before + 2);
}

Test(session_vault, vault__may_call_before_there_is_a_session)
{
    struct session *none = NULL;

    session_landed(&none);
    session_unsaved(&none, "No space left on device");
}

/* ---- a disk that is damaged ---- */

static void damage(const char *space)
{
    char sql[128];

    (void)snprintf(kit.dir, sizeof kit.dir, "%s", f.dir);
    struct db *d = kit_db();
    (void)snprintf(sql, sizeof sql, "SELECT sealed FROM row WHERE space = %s", space);
    struct buf b = kit_blob(d, sql);
    b.p[b.n - 1] ^= 1;
    (void)snprintf(sql, sizeof sql, "UPDATE row SET sealed = ?1 WHERE space = %s", space);
    cr_assert_eq(kit_set_blob(d, sql, buf_view(&b)), ERR_OK);
    buf_free(&b);
    db_close(d);
}

static void refused_in_words(void)
{
    char why[VAULT_WHY] = "";
    struct session *s = NULL;
    const struct vault_setup v = {.dir = f.dir, .key = f.vault_key};

    cr_assert_eq(vault_open(&v, &f.vault, why, sizeof why), ERR_OK, "%s", why);
    f.model = model_new();
    f.setup.model = f.model;
    f.setup.vault = f.vault;
    cr_assert_eq(session_new(&f.setup, &s, why, sizeof why), ERR_CORRUPT);
    cr_assert_null(s);
    cr_assert_not_null(strstr(why, "cannot be read any more"), "%s", why);
    cr_assert_not_null(strstr(why, "backup"), "what to do: %s", why);
    vault_close(f.vault);
    f.vault = NULL;
}

static void stopped(void)
{
    fake_on_disk(&f);
    fake_ready(&f);
    fake_stop(&f);
    model_free(f.model);
}

Test(session_vault, damaged__identity_is_refused_and_no_new_one_made)
{
    stopped();
    damage("1");
    refused_in_words();
}

Test(session_vault, damaged__packages_are_refused)
{
    stopped();
    damage("2");
    refused_in_words();
}
