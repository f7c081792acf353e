/* SPDX-License-Identifier: ISC */
#include "base/json_edit.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "base/json.h"

static void put(struct buf *b, const char *text)
{
    buf_init(b, 65536);
    buf_text(b, text);
}

static enum err edit(struct buf *b, const char *section, const char *key, const char *value)
{
    char why[200] = "";

    return json_edit(b, (struct json_spot){section, key}, bytes_str(value), why, sizeof why);
}

static void expect(const char *before, const char *section, const char *key, const char *value,
    const char *after)
{
    struct buf b;

    put(&b, before);
    cr_assert_eq(edit(&b, section, key, value), ERR_OK, "%s", before);
    cr_assert_str_eq(buf_cstr(&b), after);
    buf_free(&b);
}

Test(json_edit, put__in_place_and_the_rest_byte_for_byte)
{
    expect("// a\n{\n  \"x\" : 1 , // why\r\n\t\"y\": [1, {\"x\": 2}]\n}\n// end", NULL, "x",
        "22", "// a\n{\n  \"x\" : 22 , // why\r\n\t\"y\": [1, {\"x\": 2}]\n}\n// end");
    expect(
        "{\"a\":\"}\\\"{\",\"b\":false}", NULL, "b", "true", "{\"a\":\"}\\\"{\",\"b\":true}");
    expect("{\"keys\": {\"a\": \"x\"}, \"a\": \"y\"}", "keys", "a", "\"z\"",
        "{\"keys\": {\"a\": \"z\"}, \"a\": \"y\"}");
    expect("{ \"a\": /* not 2 */ 1 }", NULL, "a", "3", "{ \"a\": /* not 2 */ 3 }");
}

Test(json_edit, put__a_new_one_looks_like_its_neighbours)
{
    expect("{\n}\n", NULL, "a", "1", "{\n    \"a\": 1\n}\n");
    expect("{}", NULL, "a", "1", "{\n    \"a\": 1\n}");
    expect(
        "{\n  \"a\": 1 // one\n}\n", NULL, "b", "2", "{\n  \"a\": 1, // one\n  \"b\": 2\n}\n");
    expect("{\n\"a\": 1\n}", NULL, "b", "2", "{\n\"a\": 1,\n\"b\": 2\n}");
    expect("{\n  \"a\": 1 }", NULL, "b", "2", "{\n  \"a\": 1, \n  \"b\": 2\n}");
    expect("{\"a\": 1}", NULL, "b", "2", "{\"a\": 1, \"b\": 2}");
    expect("{\n\"a\": 1 /* x\n*/ }", NULL, "b", "2", "{\n\"a\": 1, /* x\n*/ \n\"b\": 2\n}");
    expect("{\n    \"k\": {}\n}", "k", "b", "2", "{\n    \"k\": {\n        \"b\": 2\n    }\n}");
    expect("{\n}", "k", "b", "2", "{\n    \"k\": {\n        \"b\": 2\n    }\n}");
}

Test(json_edit, remove__with_its_comma_and_its_line)
{
    expect("{\n  \"a\": 1,\n  \"b\": 2\n}", NULL, "a", "", "{\n  \"b\": 2\n}");
    expect("{\n  \"a\": 1,\n  \"b\": 2\n}", NULL, "b", "", "{\n  \"a\": 1\n}");
    expect("{\n  \"a\": 1, // mine\n  \"b\": 2 // too\n}", NULL, "b", "",
        "{\n  \"a\": 1 // mine\n   // too\n}");
    expect("{\"a\": 1, \"b\": 2, \"c\": 3}", NULL, "b", "", "{\"a\": 1, \"c\": 3}");
    expect("{\"a\": 1}", NULL, "a", "", "{}");
    expect("{\"a\": 1}", NULL, "b", "", "{\"a\": 1}");
    expect("{\"a\": 1}", "k", "b", "", "{\"a\": 1}");
}

Test(json_edit, refuse__what_is_no_object_and_nothing_is_touched)
{
    static const char *const BAD[] = {
        "", "[]", "7", "{", "{\"a\": 1,}", "{\"a\" 1}", "{\"a\": 1} x", "{\"k\": 7}"};
    char why[200];

    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        struct buf b;
        put(&b, BAD[i]);
        cr_assert_neq(
            json_edit(&b, (struct json_spot){"k", "b"}, bytes_str("2"), why, sizeof why),
            ERR_OK, "%s", BAD[i]);
        cr_assert_str_eq(buf_cstr(&b), BAD[i]);
        cr_assert_neq(why[0], '\0');
        buf_free(&b);
    }
}

Test(json_edit, refuse__a_key_in_another_spelling_is_not_doubled)
{
    struct buf b;

    put(&b, "{\"\\u0061\": 1}");
    cr_assert_neq(edit(&b, NULL, "a", "2"), ERR_OK);
    cr_assert_str_eq(buf_cstr(&b), "{\"\\u0061\": 1}");
    buf_free(&b);
}

static const char RICH[] = "// top\n{\n  \"theme\": \"nord\", /* a\n b */ \"x\": [1, \"]\"],\n"
                           "  \"keys\": {\n    \"alt-g\": \"none\" // off\n  }\n}\n";

/* Whatever it is, an edit gives JSON or changes nothing. */
static void survive(const uint8_t *p, size_t n)
{
    static const char *const VALUES[] = {"\"v\"", ""};
    struct json_doc *doc;
    char why[200];

    for (size_t i = 0; i < 2; i++) {
        struct buf b;
        buf_init(&b, 65536);
        buf_put(&b, p, n);
        enum err e = json_edit(
            &b, (struct json_spot){"keys", "alt-g"}, bytes_str(VALUES[i]), why, sizeof why);
        if (e != ERR_OK)
            cr_assert(bytes_eq(buf_view(&b), bytes_of(p, n)));
        else
            cr_assert_eq(json_parse(buf_view(&b), true, &doc, why, sizeof why), ERR_OK);
        if (e == ERR_OK)
            json_free(doc);
        (void)json_line(bytes_of(p, n), (struct json_spot){"keys", "alt-g"});
        buf_free(&b);
    }
}

Test(json_edit, survive__cut_anywhere)
{
    for (size_t n = 0; n <= strlen(RICH); n++)
        survive((const uint8_t *)RICH, n);
}

Test(json_edit, survive__any_byte_flipped)
{
    uint8_t text[sizeof RICH];

    for (size_t i = 0; i < strlen(RICH); i++) {
        for (int bit = 0; bit < 8; bit++) {
            memcpy(text, RICH, sizeof RICH);
            text[i] ^= (uint8_t)(1u << bit);
            survive(text, strlen(RICH));
        }
    }
}

Test(json_edit, line__of_a_member)
{
    struct bytes t = bytes_str(RICH);

    cr_assert_eq(json_line(t, (struct json_spot){NULL, "theme"}), 3);
    cr_assert_eq(json_line(t, (struct json_spot){NULL, "x"}), 4);
    cr_assert_eq(json_line(t, (struct json_spot){"keys", "alt-g"}), 6);
    cr_assert_eq(json_line(t, (struct json_spot){"keys", "x"}), 0);
    cr_assert_eq(json_line(t, (struct json_spot){"none", "x"}), 0);
}
