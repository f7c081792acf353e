/* SPDX-License-Identifier: ISC */
#include "face/config.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

static struct model *m;
static struct config c;
static char why[512];
static char dir[] = "/tmp/sotto-config-XXXXXX";
static char path[64];

static void setup(void)
{
    m = model_new();
    cr_assert_not_null(mkdtemp(dir));
    (void)snprintf(path, sizeof path, "%s/sotto/config.json", dir);
}

static void teardown(void)
{
    char folder[64];

    (void)snprintf(folder, sizeof folder, "%s/sotto", dir);
    (void)chmod(folder, 0700);
    (void)unlink(path);
    (void)rmdir(folder);
    (void)rmdir(dir);
    model_free(m);
}

TestSuite(config, .init = setup, .fini = teardown);

static enum err take(const char *text)
{
    why[0] = '\0';
    return config_take(bytes_str(text), m, &c, why, sizeof why);
}

static void write_file(const char *text)
{
    char folder[64];

    (void)snprintf(folder, sizeof folder, "%s/sotto", dir);
    (void)mkdir(folder, 0755);
    cr_assert_eq(file_write_atomic(path, bytes_str(text), 0644), ERR_OK);
}

static const char *read_back(struct buf *b)
{
    buf_init(b, CONFIG_BYTES);
    cr_assert_eq(file_read(path, b), ERR_OK);
    return buf_cstr(b);
}

static enum err save(void)
{
    struct config_changes changes = {0};
    enum err e = ERR_OK;

    config_collect(&changes, m);
    if (changes.count != 0)
        e = config_write(path, &changes, why, sizeof why);
    config_changes_fini(&changes);
    return e;
}

Test(config, take__everything_there_is)
{
    cr_assert_eq(take("{ // all\n \"hints\": false, \"text-width\": 80, \"noise\": \"show\",\n"
                      "\"server\": \"h:1\", \"name\": \"ada\", \"highlight\": \"\",\n"
                      "\"keys\": {\"alt-g\": \"none\"}}"),
        ERR_OK, "%s", why);
    cr_assert(!pref_on(&m->prefs, PREF_HINTS));
    cr_assert_eq(pref_number(&m->prefs, PREF_TEXT_WIDTH), 80);
    cr_assert_str_eq(pref_text(&m->prefs, PREF_NOISE), "show");
    cr_assert_str_eq(c.server, "h:1");
    cr_assert_str_eq(c.name, "ada");
    cr_assert_eq(m->binds.count, 1);
    cr_assert_str_eq(m->binds.of[0].action, "none");
    struct config_changes changes = {0};
    config_collect(&changes, m);
    cr_assert_eq(changes.count, 0, "what was read counts as saved");
}

Test(config, take__every_preference_as_it_is_written)
{
    for (size_t i = 0; pref_at(i) != NULL; i++) {
        struct config_changes changes = {0};
        char text[CONFIG_LITERAL + 64];
        cr_assert_eq(
            model_set_pref(m, bytes_str(pref_at(i)->name), bytes_str(pref_at(i)->fallback)),
            ERR_OK);
        config_collect(&changes, m);
        cr_assert_eq(changes.count, 1);
        (void)snprintf(
            text, sizeof text, "{\"%s\": %s}", changes.of[0].key, changes.of[0].literal);
        cr_assert_eq(take(text), ERR_OK, "%s: %s", text, why);
        config_changes_fini(&changes);
    }
}

Test(config, take__names_the_line_and_the_key_and_what_can_be)
{
    static const struct {
        const char *text, *say[3];
    } BAD[] = {
        {"{\n\"hints\": 3}", {"line 2", "\"hints\"", "true or false"}},
        {"{\n\n\"text-width\": 401}", {"line 3", "\"text-width\"", "from 0 to 400"}},
        {"{\"noise\": true}", {"line 1", "\"noise\"", "fold show"}},
        {"{\"theme\": 1}", {"line 1", "\"theme\"", "string"}},
        {"{\"hnts\": true}", {"line 1", "\"hnts\"", "\"hints\""}},
        {"{\"bogus\": true}", {"line 1", "\"bogus\"", "sotto-config(5)"}},
        {"{\"server\": \"\"}", {"line 1", "\"server\"", "299"}},
        {"{\"name\": \"0123456789012345678901234567890123\"}", {"\"name\"", "32", "string"}},
        {"{\"keys\": []}", {"line 1", "\"keys\"", "object"}},
        {"{\"keys\": {\n\"f9\": 1}}", {"line 2", "\"f9\"", "action"}},
        {"{\"keys\": {\"f9\": \"\"}}", {"line 1", "\"f9\"", "action"}},
        {"{\"hints\": true, \"hints\": true}", {"hints", "", ""}},
        {"[]", {"line 1", "object", ""}},
        {"", {"line 1", "", ""}},
        {"{\"hints\": tru}", {"line 1", "value", ""}},
    };

    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        cr_assert_neq(take(BAD[i].text), ERR_OK, "%s", BAD[i].text);
        for (size_t k = 0; k < 3; k++)
            cr_assert_not_null(strstr(why, BAD[i].say[k]), "%s: %s", BAD[i].text, why);
    }
}

Test(config, take__more_keys_than_there_is_room_for)
{
    char text[8192] = "{\"keys\": {";
    size_t n = strlen(text);

    for (int i = 0; i <= BINDS_MAX; i++)
        n += (size_t)snprintf(
            text + n, sizeof text - n, "%s\"alt-%d\": \"none\"", i != 0 ? "," : "", i);
    (void)snprintf(text + n, sizeof text - n, "}}");
    cr_assert_neq(take(text), ERR_OK);
    cr_assert_not_null(strstr(why, "one too many"), "%s", why);
}

static const char RICH[] = "// top\n{\n    \"theme\": \"nord\", // dark\n    \"hints\": true,\n"
                           "    \"keys\": {\n        \"alt-g\": \"none\"\n    }\n}\n";

Test(config, take__cut_anywhere_or_any_byte_flipped_never_crashes)
{
    char text[sizeof RICH];

    for (size_t n = 0; n < strlen(RICH); n++) {
        if (config_take(bytes_of(RICH, n), m, &c, why, sizeof why) != ERR_OK)
            cr_assert_neq(why[0], '\0');
    }
    for (size_t i = 0; i < strlen(RICH); i++) {
        for (int bit = 0; bit < 8; bit++) {
            memcpy(text, RICH, sizeof RICH);
            text[i] = (char)(text[i] ^ 1 << bit);
            (void)config_take(bytes_of(text, strlen(RICH)), m, &c, why, sizeof why);
        }
    }
    cr_assert_eq(take(RICH), ERR_OK);
}

Test(config, write__only_what_changed_and_comments_stay)
{
    struct buf b;
    struct stat st;

    write_file(RICH);
    cr_assert_eq(config_read(path, m, &c, why, sizeof why), ERR_OK);
    cr_assert_eq(model_set_pref(m, bytes_str("hints"), bytes_str("off")), ERR_OK);
    cr_assert_eq(model_bind(m, bytes_str("f9"), bytes_str("help")), ERR_OK);
    cr_assert_eq(model_bind(m, bytes_str("alt-g"), bytes_str("default")), ERR_OK);
    cr_assert_eq(save(), ERR_OK, "%s", why);
    cr_assert_str_eq(read_back(&b),
        "// top\n{\n    \"theme\": \"nord\", // dark\n    \"hints\": false,\n"
        "    \"keys\": {\n        \"f9\": \"help\"\n    }\n}\n");
    buf_free(&b);
    cr_assert_eq(stat(path, &st), 0);
    cr_assert_eq(st.st_mode & 07777, 0600);
    cr_assert_eq(m->binds.count, 1);
}

Test(config, write__begins_one_that_can_be_read_again)
{
    struct model *again = model_new();

    cr_assert_eq(config_read(path, m, &c, why, sizeof why), ERR_NOT_FOUND);
    cr_assert_str_eq(why, "");
    cr_assert_eq(
        model_set_pref(m, bytes_str("highlight"), bytes_str("a \"b\" \\ \x1b")), ERR_OK);
    cr_assert_eq(model_bind(m, bytes_str("alt-\""), bytes_str("help")), ERR_OK);
    cr_assert_eq(save(), ERR_OK, "%s", why);
    cr_assert_eq(config_read(path, again, &c, why, sizeof why), ERR_OK, "%s", why);
    cr_assert_str_eq(pref_text(&again->prefs, PREF_HIGHLIGHT), "a \"b\" \\ \x1b");
    cr_assert_str_eq(again->binds.of[0].key, "alt-\"");
    model_free(again);
}

Test(config, write__through_a_link)
{
    char real[80];
    struct buf b;
    struct stat st;

    write_file("{\n}\n");
    (void)snprintf(real, sizeof real, "%s/dotfile", dir);
    cr_assert_eq(rename(path, real), 0);
    cr_assert_eq(symlink(real, path), 0);
    cr_assert_eq(model_set_pref(m, bytes_str("mouse"), bytes_str("on")), ERR_OK);
    cr_assert_eq(save(), ERR_OK, "%s", why);
    cr_assert_eq(lstat(path, &st), 0);
    cr_assert(S_ISLNK(st.st_mode));
    cr_assert_str_eq(read_back(&b), "{\n    \"mouse\": true\n}\n");
    buf_free(&b);
    (void)unlink(real);
}

Test(config, write__a_damaged_file_is_not_touched)
{
    struct buf b;

    write_file("{ \"hints\": ");
    cr_assert_eq(model_set_pref(m, bytes_str("mouse"), bytes_str("on")), ERR_OK);
    cr_assert_neq(save(), ERR_OK);
    cr_assert_neq(why[0], '\0');
    cr_assert_str_eq(read_back(&b), "{ \"hints\": ");
    buf_free(&b);
}

Test(config, write__says_why_it_cannot)
{
    char blocked[80];

    (void)snprintf(blocked, sizeof blocked, "%s/sotto", dir);
    cr_assert_eq(file_write_atomic(blocked, bytes_str("a file"), 0600), ERR_OK);
    cr_assert_eq(model_set_pref(m, bytes_str("mouse"), bytes_str("on")), ERR_OK);
    cr_assert_neq(save(), ERR_OK);
    cr_assert_neq(why[0], '\0');
    (void)unlink(blocked);
}
