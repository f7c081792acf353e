/* SPDX-License-Identifier: ISC */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"

static char why[300];

static enum err parse(const char *text, bool comments, struct json_doc **d)
{
    why[0] = '\0';
    return json_parse(bytes_str(text), comments, d, why, sizeof why);
}

static struct json_doc *good(const char *text)
{
    struct json_doc *d;

    cr_assert_eq(parse(text, true, &d), ERR_OK, "%s: %s", text, why);
    return d;
}

static void expect_bad(const char *text, bool comments, const char *words)
{
    struct json_doc *d;

    cr_expect_neq(parse(text, comments, &d), ERR_OK, "%s was taken", text);
    cr_expect_null(d);
    cr_expect_not_null(strstr(why, words), "%s: \"%s\" does not say \"%s\"", text, why, words);
    json_free(d);
}

Test(json, parse__what_the_grammar_allows)
{
    static const char *const GOOD[] = {"{}", "[]", "0", "-0", "1.5e+3", "\"\"", "true", "false",
        "null", " \t\r\n[1 , 2]\n", "[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]",
        "{\"a\":{\"a\":1},\"b\":{\"a\":1}}", "\"\\ud83d\\ude00\\u00e9\\/\\b\"", "{\"\":1}",
        "[1e5, 1E-5, 0.0]"};

    for (size_t i = 0; i < MEM_COUNT(GOOD); i++) {
        struct json_doc *d;
        cr_expect_eq(parse(GOOD[i], false, &d), ERR_OK, "%s: %s", GOOD[i], why);
        json_free(d);
    }
}

Test(json, parse__what_it_does_not)
{
    static const char *const BAD[] = {"", " ", "{", "}", "[", "]", "[1,]", "{\"a\":1,}", "[,1]",
        "[1 2]", "{\"a\" 1}", "{\"a\":}", "{a:1}", "{'a':1}", "{1:2}", "01", "-", "+1", ".5",
        "1.", "1e", "1e+", "--1", "0x10", "NaN", "Infinity", "nul", "True", "\"", "\"\\\"",
        "\"\\x41\"", "\"\\u12\"", "\"\\u12g4\"", "\"\t\"", "\"\x01\"", "\"a\nb\"",
        "\"\\ud83d\"", "\"\\ude00\"", "\"\\ud83d\\u0041\"", "\"\\ud83dx\"", "\"\\u0000\"",
        "[1][2]", "{}x", "{} {}", "\xef\xbb\xbf{}", "[1}", "{\"a\":1]", "\x0c[]", "[\xa0]",
        "\"\xc0\xaf\"", "\"\xed\xa0\x80\"", "\"\xff\"", "\xc3", "// x\n1", "/* x */1"};

    for (size_t i = 0; i < MEM_COUNT(BAD); i++)
        expect_bad(BAD[i], false, "line ");
}

Test(json, parse__nul_is_refused_wherever_it_is)
{
    static const char *const TEXTS[] = {"\0{}", "{}\0", "\"a\0b\"", "// \0\n1", "{\0}"};
    static const size_t SIZES[] = {3, 3, 5, 6, 3};

    for (size_t i = 0; i < MEM_COUNT(TEXTS); i++) {
        struct json_doc *d;
        cr_expect_eq(
            json_parse(bytes_of(TEXTS[i], SIZES[i]), true, &d, why, sizeof why), ERR_FORMAT);
        cr_expect_str_eq(why, "line 1: a NUL byte");
    }
}

Test(json, parse__every_truncation_and_every_flipped_bit)
{
    static const char TEXT[] = "{ // c\n\"a\": [1, -2.5e3, \"x\\u00e9\\n\"], /* * */\n"
                               " \"b\": {\"c\": true, \"d\": null, \"\xc3\xa9\": \"\"}}";
    struct json_doc *d;

    for (size_t n = 0; n < sizeof TEXT - 1; n++) {
        uint8_t *exact = mem_dup(TEXT, n);
        cr_expect_eq(json_parse(bytes_of(exact, n), true, &d, why, sizeof why), ERR_FORMAT);
        mem_free(exact);
    }
    for (size_t bit = 0; bit < (sizeof TEXT - 1) * 8; bit++) {
        uint8_t *exact = mem_dup(TEXT, sizeof TEXT - 1);
        exact[bit / 8] ^= (uint8_t)(1 << bit % 8);
        why[0] = '\0';
        enum err e = json_parse(bytes_of(exact, sizeof TEXT - 1), true, &d, why, sizeof why);
        cr_expect_eq(e == ERR_OK, why[0] == '\0');
        cr_expect_eq(e == ERR_OK, d != NULL);
        cr_expect(utf8_valid(bytes_str(why)));
        json_free(d);
        mem_free(exact);
    }
}

Test(json, parse__names_the_line)
{
    expect_bad("{\n\n\"a\": 1\n\"b\": 2}", false, "line 4: ',' or '}' is missing");
    expect_bad("{ // one\n/* two\nthree */ x}", true, "line 3: a key in quotes");
    expect_bad("[1,\n2,\n]", false, "line 3: nothing follows the last ','");
    expect_bad("[\n\"\xff\"]", false, "line 2: not valid UTF-8");
    expect_bad("[\n/* ", true, "line 2: a comment does not end");
    expect_bad("1\n/", true, "line 2: '/' is not expected");
}

Test(json, parse__comments_are_space_and_strings_are_not_comments)
{
    struct json_doc *d = good("{\"u\": \"http://x/*y*/\", // \"u\": 1\n"
                              "/**/\"v\"/***/:/*\"*/2/* // */}//");
    const char *u = NULL;
    int64_t v = 0;

    cr_expect(json_get_str(d, json_root(d), "u", 100, &u));
    cr_expect_str_eq(u, "http://x/*y*/");
    cr_expect(json_get_int(d, json_root(d), "v", 0, 9, &v));
    cr_expect_eq(v, 2);
    json_free(d);
    expect_bad("1/**/2", true, "something follows");
    expect_bad("/*/1", true, "does not end");
}

Test(json, parse__bounds_of_size_depth_and_count)
{
    struct json_doc *d;
    struct buf b;

    expect_bad("[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]", false, "nested too deep");
    buf_init(&b, JSON_MAX_BYTES + 1);
    buf_text(&b, "1");
    memset(buf_space(&b, JSON_MAX_BYTES - 1), ' ', JSON_MAX_BYTES - 1);
    cr_expect_eq(json_parse(buf_view(&b), false, &d, why, sizeof why), ERR_OK);
    json_free(d);
    buf_text(&b, " ");
    cr_expect_eq(json_parse(buf_view(&b), false, &d, why, sizeof why), ERR_TOO_BIG);
    buf_clear(&b);
    buf_text(&b, "[");
    for (int i = 0; i < JSON_MAX_VALUES; i++)
        buf_text(&b, i == 0 ? "1" : ",1");
    buf_text(&b, "]");
    cr_expect_eq(json_parse(buf_view(&b), false, &d, why, sizeof why), ERR_TOO_BIG);
    cr_expect_str_eq(why, "line 1: too many values");
    buf_free(&b);
    expect_bad(
        "1111111111222222222233333333334444444444555555555566666666667", false, "too long");
}

Test(json, parse__many_keys_are_compared_fast_enough)
{
    struct json_doc *d;
    struct buf b;

    buf_init(&b, JSON_MAX_BYTES);
    for (int i = 0; i < 65000; i++)
        buf_fmt(&b, "%s\"k%d\":1", i == 0 ? "{" : ",", i);
    buf_text(&b, ",\"k77\":1}");
    cr_expect_eq(json_parse(buf_view(&b), false, &d, why, sizeof why), ERR_FORMAT);
    cr_expect_str_eq(why, "k77: is there twice");
    buf_free(&b);
}

Test(json, parse__twins_are_named_with_their_path)
{
    expect_bad("{\"a\":[{},{\"b\":1,\"\\u0062\":2}]}", false, "a[1].b: is there twice");
    expect_bad("{\"a\x1b\":1}", false, "line 1");
    expect_bad("{\"\\u001b[31m\":1,\"\\u001b[31m\":1}", false, "<U+001B>[31m: is there twice");
}

Test(json, parse__works_without_a_place_for_words)
{
    struct json_doc *d;
    char small[8] = "zzzzzzz";

    cr_expect_eq(json_parse(bytes_str("["), false, &d, NULL, 0), ERR_FORMAT);
    cr_expect_eq(json_parse(bytes_str("{\"a\":1,\"a\":1}"), false, &d, small, 4), ERR_FORMAT);
    cr_expect_arr_eq(small, "a: \0zzz", 8);
}

Test(json, get__types_ranges_and_places)
{
    static const struct {
        const char *text, *words;
    } CASES[] = {
        {"{\"l\":{\"flood\":0}}", "l.flood: must be 1..1000, is 0"},
        {"{\"l\":{\"flood\":1001}}", "l.flood: must be 1..1000, is 1001"},
        {"{\"l\":{\"flood\":1.5}}", "l.flood: must be 1..1000, is 1.5"},
        {"{\"l\":{\"flood\":1e999}}", "l.flood: must be 1..1000, is inf"},
        {"{\"l\":{\"flood\":\"5\"}}", "l.flood: must be 1..1000, is a string"},
        {"{\"l\":{\"flood\":true}}", "l.flood: must be 1..1000, is true"},
        {"{\"l\":{\"flood\":null}}", "l.flood: must be 1..1000, is null"},
        {"{\"l\":{\"flood\":[1]}}", "l.flood: must be 1..1000, is a list"},
        {"{\"l\":[]}", "l: must be an object, is a list"},
        {"[]", "must be an object, is a list"},
        {"3", "must be an object, is 3"},
    };

    for (size_t i = 0; i < MEM_COUNT(CASES); i++) {
        struct json_doc *d = good(CASES[i].text);
        int64_t v = 77;
        const struct json *l = json_get_obj(d, json_root(d), "l");
        cr_expect_not(json_get_int(d, l, "flood", 1, 1000, &v));
        cr_expect_eq(v, 77);
        cr_expect_eq(json_end(d, why, sizeof why), ERR_FORMAT);
        cr_expect_str_eq(why, CASES[i].words);
        json_free(d);
    }
}

Test(json, get__the_first_failure_stays)
{
    struct json_doc *d = good("{\"a\":1,\"b\":\"long\",\"c\":1,\"ok\":5}");
    const char *s = "kept";
    bool b = true;
    int64_t v = 9;

    cr_expect_not(json_get_str(d, json_root(d), "b", 3, &s));
    cr_expect_not(json_get_bool(d, json_root(d), "c", &b));
    cr_expect_not(json_get_int(d, json_root(d), "ok", 0, 10, &v));
    cr_expect(b && v == 9 && strcmp(s, "kept") == 0);
    cr_expect_eq(json_end(d, why, sizeof why), ERR_FORMAT);
    cr_expect_str_eq(why, "b: must be at most 3 bytes, is 4");
    json_free(d);
}

Test(json, get__what_is_absent_leaves_the_default)
{
    struct json_doc *d = good("{\"A\":1}");
    const char *s = "default";
    bool b = true;
    int64_t v = 5;

    cr_expect_not(json_get_int(d, json_root(d), "a", 0, 9, &v)); /* case matters */
    cr_expect_not(json_get_str(d, json_root(d), "s", 9, &s));
    cr_expect_not(json_get_bool(d, json_root(d), "b", &b));
    cr_expect_null(json_get_obj(d, json_root(d), "o"));
    cr_expect_null(json_get_arr(d, NULL, "o"));
    cr_expect_not(json_get_int(d, NULL, "a", 0, 9, &v));
    json_only(d, NULL, NULL);
    cr_expect(v == 5 && b && strcmp(s, "default") == 0);
    cr_expect_eq(json_end(d, NULL, 0), ERR_OK);
    json_free(d);
}

Test(json, as_int__exact_or_not_at_all)
{
    static const struct {
        const char *text;
        bool ok;
        int64_t v;
    } CASES[] = {
        {"9007199254740992", true, JSON_MAX_INT},
        {"-9007199254740992", true, -JSON_MAX_INT},
        {"9007199254740994", false, 0},
        {"18446744073709551616", false, 0},
        {"1e400", false, 0},
        {"-1e400", false, 0},
        {"0.5", false, 0},
        {"1e3", true, 1000},
        {"-0", true, 0},
        {"\"1\"", false, 0},
    };

    for (size_t i = 0; i < MEM_COUNT(CASES); i++) {
        struct json_doc *d = good(CASES[i].text);
        int64_t v = 0;
        cr_expect_eq(json_as_int(json_root(d), &v), CASES[i].ok, "%s", CASES[i].text);
        cr_expect_eq(v, CASES[i].v);
        json_free(d);
    }
}

Test(json, only__names_the_stranger)
{
    static const char *const KEYS[] = {"port", "limits", NULL};
    struct json_doc *d = good("{\"port\":1,\"limits\":{\"prot\":1}}");

    json_only(d, json_root(d), KEYS);
    cr_expect_eq(json_end(d, why, sizeof why), ERR_OK);
    json_only(d, json_get_obj(d, json_root(d), "limits"), KEYS);
    cr_expect_eq(json_end(d, why, sizeof why), ERR_FORMAT);
    cr_expect_str_eq(why, "limits.prot: is not a known key");
    json_free(d);
}

Test(json, fail__says_the_callers_words_at_the_place)
{
    struct json_doc *d = good("{\"rooms\":[{\"name\":\"a\"},{\"name\":\"b\"}]}");
    const struct json *rooms = json_get_arr(d, json_root(d), "rooms");

    json_fail(d, json_at(rooms, 1), "name", "is taken by %s", "a");
    json_fail(d, json_root(d), NULL, "too late");
    cr_expect_eq(json_end(d, why, sizeof why), ERR_FORMAT);
    cr_expect_str_eq(why, "rooms[1].name: is taken by a");
    json_free(d);
}

Test(json, walk__members_and_elements)
{
    struct json_doc *d = good("{\"a\":[1,\"x\",true,null,{},[]],\"b\":\"y\"}");
    static const enum json_type TYPES[] = {
        JSON_NUMBER, JSON_STRING, JSON_BOOL, JSON_NULL, JSON_OBJECT, JSON_ARRAY};
    const struct json *a = json_get_arr(d, json_root(d), "a");
    bool b = false;

    cr_assert_eq(json_len(a), MEM_COUNT(TYPES));
    for (size_t i = 0; i < MEM_COUNT(TYPES); i++)
        cr_expect_eq(json_type(json_at(a, i)), TYPES[i]);
    cr_expect_null(json_at(a, 6));
    cr_expect_null(json_at(a, SIZE_MAX));
    cr_expect_str_eq(json_as_str(json_at(a, 1)), "x");
    cr_expect_null(json_as_str(json_at(a, 0)));
    cr_expect_null(json_as_str(NULL));
    cr_expect(json_as_bool(json_at(a, 2), &b) && b);
    cr_expect_not(json_as_bool(json_at(a, 0), &b));
    cr_expect_str_eq(json_key(json_root(d), 1), "b");
    cr_expect_str_eq(json_as_str(json_member(json_root(d), 1)), "y");
    cr_expect_null(json_key(json_root(d), 2));
    cr_expect_eq(json_len(NULL), 0);
    json_free(d);
    json_free(NULL);
}

Test(json, out__nests_and_reads_back)
{
    struct json_out o;
    struct buf b;

    buf_init(&b, 1000);
    json_out_init(&o, &b);
    json_out_open(&o, NULL, '{');
    json_out_text(&o, "t", "a\"b\\c\n\x1b\x7f\xc2\x9b\xe2\x80\xae\xc3\xa9");
    json_out_int(&o, "i", INT64_MIN);
    json_out_bool(&o, "b", false);
    json_out_open(&o, "list", '[');
    json_out_int(&o, NULL, 1);
    json_out_open(&o, NULL, '{');
    json_out_close(&o, '}');
    json_out_str(&o, NULL, (struct bytes){0});
    json_out_close(&o, ']');
    json_out_open(&o, "e", '[');
    json_out_close(&o, ']');
    json_out_close(&o, '}');
    cr_assert_eq(buf_end(&b), ERR_OK);
    cr_expect_str_eq(buf_cstr(&b),
        "{\"t\":\"a\\\"b\\\\c\\u000a\\u001b\\u007f\\u009b\\u202e\xc3\xa9\","
        "\"i\":-9223372036854775808,\"b\":false,\"list\":[1,{},\"\"],\"e\":[]}");
    struct json_doc *d = good(buf_cstr(&b));
    const char *t = NULL;
    cr_expect(json_get_str(d, json_root(d), "t", 100, &t));
    cr_expect_str_eq(t, "a\"b\\c\n\x1b\x7f\xc2\x9b\xe2\x80\xae\xc3\xa9");
    json_free(d);
    buf_free(&b);
}

Test(json, out__misuse_latches)
{
    for (int what = 0; what < 7; what++) {
        struct json_out o;
        struct buf b;
        buf_init(&b, 10000);
        json_out_init(&o, &b);
        json_out_open(&o, NULL, '{');
        switch (what) {
        case 0:
            json_out_close(&o, ']');
            break;
        case 1:
            json_out_int(&o, NULL, 1);
            break;
        case 2:
            json_out_close(&o, '}');
            json_out_close(&o, '}');
            break;
        case 3:
            json_out_open(&o, "x", '(');
            break;
        case 4:
            for (int i = 0; i < JSON_MAX_DEPTH; i++)
                json_out_open(&o, "x", '{');
            break;
        case 5:
            json_out_open(&o, "x", '[');
            json_out_int(&o, "y", 1);
            break;
        default:
            json_out_str(&o, "x", bytes_str("\xff"));
            break;
        }
        cr_expect_eq(buf_end(&b), what == 6 ? ERR_FORMAT : ERR_STATE, "case %d", what);
        buf_free(&b);
    }
}

Test(json, wipe__a_string_of_the_root_is_gone_and_nothing_else)
{
    struct json_doc *d = NULL;
    const char *secret = "";
    const char *name = "";

    cr_assert_eq(json_parse(bytes_str("{\"name\":\"ada\",\"password\":\"hunter2\"}"), false, &d,
                     NULL, 0),
        ERR_OK);
    (void)json_get_str(d, json_root(d), "password", 64, &secret);
    (void)json_get_str(d, json_root(d), "name", 64, &name);
    cr_assert_str_eq(secret, "hunter2");
    json_wipe(d, "password");
    json_wipe(d, "absent");
    for (size_t i = 0; i < sizeof "hunter2"; i++)
        cr_assert_eq(secret[i], '\0');
    cr_assert_str_eq(name, "ada");
    json_free(d);
}
