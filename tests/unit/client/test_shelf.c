/* SPDX-License-Identifier: ISC */
/* What the vault had at the start: each row is taken once, by whoever asks for its beginning.
 */
#include "client/shelf.h"

#include <stdio.h>

#include "vault_kit.h"

static struct shelf shelf;
static char got[KIT_TEXT];

static void setup(void)
{
    kit_init();
    shelf = (struct shelf){0};
}

static void teardown(void)
{
    shelf_free(&shelf);
    kit_fini();
}

TestSuite(shelf, .init = setup, .fini = teardown);

static enum err note(void *arg, struct bytes key, uint32_t sub, struct bytes value)
{
    size_t n = strlen(got);

    (void)arg;
    (void)snprintf(got + n, sizeof got - n, "%.*s/%u=%.*s ", (int)key.n, (const char *)key.p,
        sub, (int)value.n, (const char *)value.p);
    return ERR_OK;
}

static enum err refuse(void *arg, struct bytes key, uint32_t sub, struct bytes value)
{
    (void)note(arg, key, sub, value);
    return key.p[key.n - 1] == '2' ? ERR_CORRUPT : ERR_OK;
}

static const char *take(enum vault_space space, const char *prefix)
{
    got[0] = '\0';
    cr_assert_eq(shelf_take(&shelf, space, B(prefix), note, NULL), ERR_OK);
    return got;
}

static void filled(void)
{
    kit_open();
    vault_put(kit.v, VAULT_CONVO, B("ab1"), 0, B("one"));
    vault_put(kit.v, VAULT_CONVO, B("ab1"), 7, B("seven"));
    vault_put(kit.v, VAULT_CONVO, B("b"), 0, B("two"));
    vault_put(kit.v, VAULT_TOKEN, B("ab1"), 0, B("token"));
    vault_put(kit.v, VAULT_IDENTITY, B("key"), 0, B("secret"));
    vault_put(kit.v, VAULT_SETTING, B(""), 0, B(""));
    kit_land();
    kit_reopen();
    cr_assert_eq(shelf_load(&shelf, kit.v), ERR_OK);
}

Test(shelf, take__gives_each_row_once)
{
    filled();
    const char *rows = take(VAULT_CONVO, "ab");
    cr_assert(strcmp(rows, "ab1/0=one ab1/7=seven ") == 0 ||
                  strcmp(rows, "ab1/7=seven ab1/0=one ") == 0,
        "%s", rows);
    cr_assert_str_eq(take(VAULT_CONVO, "ab"), "");
    cr_assert_str_eq(take(VAULT_CONVO, ""), "b/0=two ");
}

Test(shelf, take__looks_in_one_space_alone)
{
    filled();
    cr_assert_str_eq(take(VAULT_DRAFT, ""), "");
    cr_assert_str_eq(take(VAULT_TOKEN, "ab1"), "ab1/0=token ");
    cr_assert_str_eq(take(VAULT_SETTING, ""), "/0= ");
}

Test(shelf, take__of_what_is_longer_than_any_key_finds_nothing)
{
    filled();
    cr_assert_str_eq(take(VAULT_CONVO, "ab12"), "");
    cr_assert_str_eq(take(VAULT_SETTING, "x"), "");
}

Test(shelf, load__leaves_the_identity_where_it_is)
{
    filled();
    cr_assert_str_eq(take(VAULT_IDENTITY, ""), "");
}

Test(shelf, take_sub__takes_one_sub_alone)
{
    filled();
    got[0] = '\0';
    cr_assert_eq(shelf_take_sub(&shelf, VAULT_CONVO, B(""), 7, note, NULL), ERR_OK);
    cr_assert_str_eq(got, "ab1/7=seven ");
    cr_assert_eq(shelf_take_sub(&shelf, VAULT_CONVO, B("ab1"), 8, note, NULL), ERR_OK);
    cr_assert_str_eq(got, "ab1/7=seven ");
    cr_assert_str_eq(take(VAULT_CONVO, "ab"), "ab1/0=one ");
}

Test(shelf, take__tells_the_first_error_and_gives_all)
{
    kit_open();
    vault_put(kit.v, VAULT_CONVO, B("r1"), 0, B("x"));
    vault_put(kit.v, VAULT_CONVO, B("r2"), 0, B("x"));
    vault_put(kit.v, VAULT_CONVO, B("r3"), 0, B("x"));
    kit_land();
    kit_reopen();
    cr_assert_eq(shelf_load(&shelf, kit.v), ERR_OK);
    got[0] = '\0';
    cr_assert_eq(shelf_take(&shelf, VAULT_CONVO, B("r"), refuse, NULL), ERR_CORRUPT);
    cr_assert_eq(strlen(got), 3 * strlen("r1/0=x "));
    cr_assert_str_eq(take(VAULT_CONVO, ""), "");
}

Test(shelf, load__says_when_rows_do_not_open_and_has_the_others)
{
    kit_open();
    vault_put(kit.v, VAULT_CONVO, B("good"), 0, B("x"));
    vault_put(kit.v, VAULT_TOKEN, B("bad"), 0, B("y"));
    kit_land();
    kit_close();
    struct db *d = kit_db();
    cr_assert_eq(kit_number(d, "SELECT count(*) FROM row"), 2);
    struct buf blob = kit_blob(d, "SELECT sealed FROM row WHERE space = 9");
    blob.p[blob.n - 1] ^= 1;
    cr_assert_eq(
        kit_set_blob(d, "UPDATE row SET sealed = ?1 WHERE space = 9", buf_view(&blob)), ERR_OK);
    buf_free(&blob);
    db_close(d);
    kit_open();
    cr_assert_eq(shelf_load(&shelf, kit.v), ERR_CORRUPT);
    cr_assert_str_eq(take(VAULT_TOKEN, ""), "");
    cr_assert_str_eq(take(VAULT_CONVO, ""), "good/0=x ");
}

Test(shelf, load__of_an_empty_vault_is_empty)
{
    kit_open();
    cr_assert_eq(shelf_load(&shelf, kit.v), ERR_OK);
    cr_assert_null(shelf.rows);
    shelf_free(&shelf);
}
