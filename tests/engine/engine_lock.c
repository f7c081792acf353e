/* SPDX-License-Identifier: ISC */
/* Rooms with a password, and rooms for invited people. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "support/crew_check.h"

static struct sim sim;
static struct crew crew;

static void setup(void)
{
    sim_init(&sim, 20267);
    sim_start(&sim);
    crew_init(&crew, &sim);
}

static void teardown(void)
{
    crew_fini(&crew);
    sim_fini(&sim);
}

TestSuite(engine_lock, .init = setup, .fini = teardown);

#define GOOD "a horse that eats batteries"

static struct crew_member *started(const char *name, bool account)
{
    struct crew_member *m = account ? crew_new_account(&crew, name) : crew_new(&crew, name);

    crew_start(m);
    return m;
}

static struct crew_member *founder(const char *password)
{
    struct crew_member *alice = started("alice", true);

    crew_type(alice, "/join vault password");
    crew_asked(alice, "Password for #vault");
    crew_answer(alice, password);
    crew_sealed(alice, "#vault", 1);
    return alice;
}

static void comes_in(struct crew_member *m, const char *password)
{
    crew_type(m, "/join vault");
    crew_asked(m, "Password of #vault");
    crew_answer(m, password);
    crew_sealed(m, "#vault", 0);
}

static void all_talk(const char *page, uint32_t members)
{
    for (size_t i = 0; i < crew.n; i++) {
        if (crew.members[i]->up && crew_page(crew.members[i], page) != NULL)
            crew_say(crew.members[i], page);
    }
    crew_heals(&crew, page, members);
    crew_orderly(&crew, page);
}

Test(engine_lock, password__wrong_then_right)
{
    (void)founder(GOOD);
    struct crew_member *bob = started("bob", false);
    crew_type(bob, "/join vault");
    crew_asked(bob, "Password of #vault");
    crew_answer(bob, "a donkey");
    crew_told(bob, NULL, "That is not the password of #vault");
    crew_answer(bob, GOOD);
    crew_sealed(bob, "#vault", 2);
    all_talk("#vault", 2);
    crew_complete(&crew, "#vault");
    crew_quiet(&crew);
}

/* The line that tells it. */
static void told_password(struct crew_member *m, char out[64])
{
    static const char BEFORE[] = "The password of #vault is ";
    const struct room *pages[] = {crew_page(m, NULL), crew_page(m, "#vault")};

    out[0] = '\0';
    for (size_t p = 0; p < 2; p++) {
        for (size_t i = 0; pages[p] != NULL && i < pages[p]->events.count; i++) {
            struct bytes t = events_at(&pages[p]->events, i)->text;
            if (t.n <= sizeof BEFORE || memcmp(t.p, BEFORE, sizeof BEFORE - 1) != 0)
                continue;
            const uint8_t *at = t.p + sizeof BEFORE - 1;
            size_t n = 0;
            while (at + n < t.p + t.n && at[n] != ' ' && n < 63)
                n++;
            memcpy(out, at, n);
            out[n] = '\0';
        }
    }
    cr_assert(out[0] != '\0');
}

Test(engine_lock, password__strong_one_is_made_and_told)
{
    char password[64];
    struct crew_member *alice = founder("");

    told_password(alice, password);
    cr_assert_geq(strlen(password), 26);
    comes_in(started("bob", false), password);
    all_talk("#vault", 2);
    crew_complete(&crew, "#vault");
    crew_quiet(&crew);
}

Test(engine_lock, password__changed_while_somebody_is_away)
{
    struct crew_member *alice = founder(GOOD);
    struct crew_member *bob = started("bob", true);
    comes_in(bob, GOOD);
    crew_heals(&crew, "#vault", 2);
    crew_stop(bob);
    crew_type_in(alice, "#vault", "/password");
    crew_answer(alice, "another horse altogether");
    crew_told(alice, "#vault", "another password");
    crew_heals(&crew, "#vault", 2);
    struct crew_member *carol = started("carol", false);
    crew_type(carol, "/join vault");
    crew_asked(carol, "Password of #vault");
    crew_answer(carol, GOOD);
    crew_told(carol, NULL, "That is not the password");
    crew_answer(carol, "another horse altogether");
    crew_sealed(carol, "#vault", 3);
    crew_say(carol, "#vault");
    crew_start(bob);
    crew_sealed(bob, "#vault", 3);
    crew_reads(bob, "#vault", "carol-0001");
    all_talk("#vault", 3);
    crew_quiet(&crew);
    /* And who comes after that is judged by bob too. */
    comes_in(started("dave", false), "another horse altogether");
    all_talk("#vault", 4);
    crew_quiet(&crew);
}

Test(engine_lock, password__invited_member_judges_later_joiners)
{
    struct crew_member *alice = founder(GOOD);
    struct crew_member *bob = started("bob", true);
    crew_run(&crew, 3000); /* its key packages */
    crew_type_in(alice, "#vault", "/invite bob");
    crew_sealed(bob, "#vault", 2);
    crew_heals(&crew, "#vault", 2);
    comes_in(started("carol", false), GOOD);
    all_talk("#vault", 3);
    crew_complete(&crew, "#vault");
    crew_quiet(&crew);
}

/* The invited was not there when it was handed on. */
Test(engine_lock, password__invited_while_away_judges_later_joiners)
{
    struct crew_member *alice = founder(GOOD);
    struct crew_member *bob = started("bob", true);
    crew_run(&crew, 3000);
    crew_stop(bob);
    crew_type_in(alice, "#vault", "/invite bob");
    crew_sealed(alice, "#vault", 2);
    comes_in(started("carol", false), GOOD);
    crew_say(alice, "#vault");
    crew_start(bob);
    crew_sealed(bob, "#vault", 3);
    crew_reads(bob, "#vault", "alice-0001");
    all_talk("#vault", 3);
    crew_quiet(&crew);
}

/* ---- invited people ---- */

static struct crew_member *host(void)
{
    struct crew_member *alice = started("alice", true);

    crew_type(alice, "/join club invite");
    crew_sealed(alice, "#club", 1);
    return alice;
}

Test(engine_lock, invite__others_are_refused_in_words)
{
    (void)host();
    struct crew_member *bob = started("bob", false);
    crew_type(bob, "/join club");
    crew_told(bob, NULL, "#club: ");
    crew_run(&crew, 5000);
    cr_assert_null(crew_talk(bob, "#club"));
}

Test(engine_lock, invite__guest_and_account_and_one_who_is_away)
{
    struct crew_member *alice = host();
    struct crew_member *bob = started("bob", false);
    struct crew_member *carol = started("carol", true);
    struct crew_member *dave = started("dave", true);
    crew_run(&crew, 3000);
    crew_stop(dave);
    crew_type_in(alice, "#club", "/invite bob");
    crew_told(bob, "#club", "You were invited");
    crew_sealed(bob, "#club", 2);
    crew_type_in(alice, "#club", "/invite carol");
    crew_sealed(carol, "#club", 3);
    crew_type_in(alice, "#club", "/invite dave");
    crew_sealed(alice, "#club", 4);
    crew_say(alice, "#club");
    crew_start(dave);
    crew_told(dave, "#club", "You were invited");
    crew_reads(dave, "#club", "alice-0001");
    crew_heals(&crew, "#club", 4);
    all_talk("#club", 4);
    crew_complete(&crew, "#club");
    crew_quiet(&crew);
}

Test(engine_lock, invite__somebody_with_no_key_package_is_told_in_words)
{
    struct crew_member *alice = host();

    crew_type_in(alice, "#club", "/invite nobody");
    crew_told(alice, "#club", "There is nobody called nobody");
    crew_heals(&crew, "#club", 1);
}

/* Who is out holds no newer epoch and reads nothing. */
static void goes(struct crew_member *by, struct crew_member *who, const char *line)
{
    crew_type_in(by, "#club", line);
    crew_run(&crew, 3000);
    cr_assert_null(crew_talk(who, "#club"), "%s is still in", who->nick);
    crew_type_in(crew.members[0], "#club", "just among us");
    crew_run(&crew, 3000);
    crew_sealed(crew.members[0], "#club", 2);
    crew_reads(crew.members[1], "#club", "just among us");
    cr_assert_eq(crew_count(who, "#club", "just among us"), 0);
}

static void three_in(struct crew_member *out[3])
{
    out[0] = host();
    out[1] = started("bob", true);
    out[2] = started("carol", true);
    crew_run(&crew, 3000);
    crew_type_in(out[0], "#club", "/invite bob");
    crew_sealed(out[1], "#club", 2);
    crew_type_in(out[0], "#club", "/invite carol");
    crew_sealed(out[2], "#club", 3);
    crew_heals(&crew, "#club", 3);
}

Test(engine_lock, invite__who_leaves_is_removed_by_somebody_who_may_not_put_out)
{
    struct crew_member *m[3];

    three_in(m);
    crew_stop(m[0]); /* the only one who may */
    crew_run(&crew, 40000);
    crew_type_in(m[2], "#club", "/leave");
    crew_run(&crew, 2000);
    cr_assert_null(crew_talk(m[2], "#club"));
    crew_type_in(m[1], "#club", "bob speaks first");
    crew_sealed(m[1], "#club", 2);
    crew_start(m[0]);
    crew_sealed(m[0], "#club", 2);
    crew_heals(&crew, "#club", 2);
    crew_quiet(&crew);
}

Test(engine_lock, invite__who_is_banned_is_out)
{
    struct crew_member *m[3];

    three_in(m);
    goes(m[0], m[2], "/ban carol");
    crew_told(m[2], NULL, "banned");
    crew_type_in(m[0], "#club", "/invite carol");
    crew_run(&crew, 3000);
    crew_heals(&crew, "#club", 2);
}

Test(engine_lock, invite__who_left_may_be_invited_again)
{
    struct crew_member *m[3];

    three_in(m);
    crew_type_in(m[2], "#club", "/leave");
    crew_sealed(m[0], "#club", 2);
    crew_type_in(m[0], "#club", "/invite carol");
    crew_told(m[2], "#club", "You were invited");
    crew_sealed(m[2], "#club", 3);
    all_talk("#club", 3);
    crew_complete(&crew, "#club");
    crew_quiet(&crew);
}
