/* SPDX-License-Identifier: ISC */
#include "face/json.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/mem.h"
#include "face/objects.h"
#include "stage.h"

static struct stage *open_json(void)
{
    struct stage *s = stage_open();

    s->face = json_face_new(s->model, s->fd);
    return s;
}

static void close_json(struct stage *s)
{
    json_face_free(s->face);
    stage_close(s);
}

static size_t lines(const char *text)
{
    size_t n = 0;

    for (; *text != '\0'; text++)
        n += *text == '\n';
    return n;
}

Test(json, say__reaches_the_engine_and_its_outcome_answers)
{
    struct stage *s = open_json();
    struct intent i;

    stage_feed(s, "{\"id\":7,\"do\":\"say\",\"room\":\"ops\",\"text\":\"hi /there\"}\n");
    cr_expect_str_empty(stage_said(s));
    cr_assert(intents_take(&s->model->intents, &i));
    cr_expect_eq(i.kind, INTENT_WORDS);
    cr_expect_eq(i.direct, false);
    cr_expect_eq(i.where_n, 3);
    cr_expect_str_eq(i.text, "hi /there");
    model_outcome(s->model, i.tag, true, NULL);
    cr_expect_str_eq(stage_said(s), "{\"id\":7,\"ok\":true}\n");
    model_outcome(s->model, i.tag, true, NULL);
    cr_expect_str_empty(stage_said(s), "answered twice");
    intent_fini(&i);
    close_json(s);
}

Test(json, say__to_a_person_and_refused_with_words)
{
    struct stage *s = open_json();
    struct intent i;

    stage_feed(
        s, "{\"text\":\"hi\",\"person\":\"bob\",\"do\":\"say\",\"id\":9007199254740992}\n");
    (void)stage_take(s, INTENT_LINE, "/msg bob");
    cr_assert(intents_take(&s->model->intents, &i));
    cr_expect(i.direct);
    model_outcome(s->model, i.tag, false, "Nobody \x1b[2J is called so.");
    cr_expect_str_eq(stage_said(s),
        "{\"id\":9007199254740992,\"ok\":false,\"error\":\"Nobody <U+001B>[2J is called so.\"}\n");
    intent_fini(&i);
    close_json(s);
}

/* A name with a blank in it would be a name and words. */
Test(json, say__to_what_is_no_name_opens_nothing)
{
    struct stage *s = open_json();

    stage_feed(s, "{\"id\":1,\"do\":\"say\",\"person\":\"bob x\",\"text\":\"hi\"}\n");
    (void)stage_take(s, INTENT_WORDS, "hi");
    cr_expect(stage_idle(s));
    close_json(s);
}

Test(json, say__where_there_is_a_conversation_opens_none)
{
    struct stage *s = open_json();

    (void)model_direct(s->model, bytes_str("bob"));
    stage_feed(s, "{\"id\":1,\"do\":\"say\",\"person\":\"bob\",\"text\":\"hi\"}\n");
    (void)stage_take(s, INTENT_WORDS, "hi");
    cr_expect(stage_idle(s));
    close_json(s);
}

Test(json, requests__that_are_wrong_are_named_and_change_nothing)
{
    static const struct {
        const char *line;
        const char *reply;
    } CASES[] = {
        {"", "{\"ok\":false,\"error\":\""},
        {"7", "{\"ok\":false,\"error\":\"must be an object, is 7\"}\n"},
        {"[]", "{\"ok\":false,\"error\":\"must be an object, is a list\"}\n"},
        {"null", "{\"ok\":false,\"error\":\"must be an object, is null\"}\n"},
        {"{}", "{\"ok\":false,\"error\":\"id: is missing\"}\n"},
        {"{} {}", "{\"ok\":false,\"error\":\"line 1"},
        {"{\"do\":\"rooms\"}", "{\"ok\":false,\"error\":\"id: is missing\"}\n"},
        {"{\"id\":0,\"do\":\"rooms\"}", "{\"ok\":false,\"error\":\"id: must be 1.."},
        {"{\"id\":-1,\"do\":\"rooms\"}", "{\"ok\":false,\"error\":\"id: must be 1.."},
        {"{\"id\":1.5,\"do\":\"rooms\"}", "{\"ok\":false,\"error\":\"id: must be 1.."},
        {"{\"id\":1e300,\"do\":\"rooms\"}", "{\"ok\":false,\"error\":\"id: must be 1.."},
        {"{\"id\":9007199254740993e1,\"do\":\"rooms\"}",
            "{\"ok\":false,\"error\":\"id: must be 1.."},
        {"{\"id\":\"1\",\"do\":\"rooms\"}", "{\"ok\":false,\"error\":\"id: must be 1.."},
        {"{\"id\":null,\"do\":\"rooms\"}", "{\"ok\":false,\"error\":\"id: must be 1.."},
        {"{\"id\":1,\"id\":2,\"do\":\"rooms\"}",
            "{\"ok\":false,\"error\":\"id: is there twice"},
        {"{\"id\":1}", "{\"id\":1,\"ok\":false,\"error\":\"do: is missing\"}\n"},
        {"{\"id\":1,\"do\":\"\"}", "{\"id\":1,\"ok\":false,\"error\":\"do: is no request\"}\n"},
        {"{\"id\":1,\"do\":\"fly\"}",
            "{\"id\":1,\"ok\":false,\"error\":\"do: is no request\"}\n"},
        {"{\"id\":1,\"do\":5}", "{\"id\":1,\"ok\":false,\"error\":\"do: must be a string"},
        {"{\"id\":1,\"do\":\"rooms\",\"room\":\"a\"}",
            "{\"id\":1,\"ok\":false,\"error\":\"room: is not a known key\"}\n"},
        {"{\"id\":1,\"do\":\"say\",\"room\":\"ops\"}",
            "{\"id\":1,\"ok\":false,\"error\":\"text: is missing\"}\n"},
        {"{\"id\":1,\"do\":\"send_file\",\"path\":\"x\"}",
            "{\"id\":1,\"ok\":false,\"error\":\"room: is missing, and so is person\"}\n"},
        {"{\"id\":1,\"do\":\"send_file\",\"room\":\"ops\"}",
            "{\"id\":1,\"ok\":false,\"error\":\"path: is missing\"}\n"},
        {"{\"id\":1,\"do\":\"send_file\",\"room\":\"ops\",\"path\":\"\"}",
            "{\"id\":1,\"ok\":false,\"error\":\"path: must not be empty\"}\n"},
        {"{\"id\":1,\"do\":\"send_file\",\"room\":\"ops\",\"path\":\"a\",\"note\":7}",
            "{\"id\":1,\"ok\":false,\"error\":\"note: must be a string"},
        {"{\"id\":1,\"do\":\"accept\"}",
            "{\"id\":1,\"ok\":false,\"error\":\"n: is missing\"}\n"},
        {"{\"id\":1,\"do\":\"accept\",\"n\":0}",
            "{\"id\":1,\"ok\":false,\"error\":\"n: must be 1.."},
        {"{\"id\":1,\"do\":\"accept\",\"n\":4294967296}",
            "{\"id\":1,\"ok\":false,\"error\":\"n: must be 1.."},
        {"{\"id\":1,\"do\":\"accept\",\"n\":\"1\"}",
            "{\"id\":1,\"ok\":false,\"error\":\"n: must be 1.."},
        {"{\"id\":1,\"do\":\"accept\",\"n\":1,\"name\":\"../x\"}",
            "{\"id\":1,\"ok\":false,\"error\":\"name: is no name of a file\"}\n"},
        {"{\"id\":1,\"do\":\"accept\",\"n\":1,\"name\":\"x\\n/quit\"}",
            "{\"id\":1,\"ok\":false,\"error\":\"name: is no name of a file\"}\n"},
        {"{\"id\":1,\"do\":\"cancel\",\"n\":1,\"name\":\"x\"}",
            "{\"id\":1,\"ok\":false,\"error\":\"name: is not a known key\"}\n"},
        {"{\"id\":1,\"do\":\"say\",\"text\":\"hi\"}",
            "{\"id\":1,\"ok\":false,\"error\":\"room: is missing, and so is person\"}\n"},
        {"{\"id\":1,\"do\":\"say\",\"room\":\"\",\"text\":\"hi\"}",
            "{\"id\":1,\"ok\":false,\"error\":\"room: must not be empty\"}\n"},
        {"{\"id\":1,\"do\":\"say\",\"person\":\"\",\"text\":\"hi\"}",
            "{\"id\":1,\"ok\":false,\"error\":\"person: must not be empty\"}\n"},
        {"{\"id\":1,\"do\":\"say\",\"room\":\"a\",\"person\":\"b\",\"text\":\"hi\"}",
            "{\"id\":1,\"ok\":false,\"error\":\"person: does not go with room\"}\n"},
        {"{\"id\":1,\"do\":\"say\",\"room\":\"ops\",\"text\":\"\"}",
            "{\"id\":1,\"ok\":false,\"error\":\"text: must not be empty\"}\n"},
        {"{\"id\":1,\"do\":\"say\",\"room\":\"ops\",\"text\":[\"hi\"]}",
            "{\"id\":1,\"ok\":false,\"error\":\"text: must be a string, is a list\"}\n"},
        {"{\"id\":1,\"do\":\"say\",\"room\":\"ops\",\"text\":\"hi\",\"to\":1}",
            "{\"id\":1,\"ok\":false,\"error\":\"to: is not a known key\"}\n"},
        {"{\"id\":1,\"do\":\"say\",\"room\":\"ops\",\"text\":\"a\\u0000b\"}",
            "{\"ok\":false,\"error\":\"line 1"},
        {"{\"id\":1,\"do\":\"say\",\"room\":\"ops\",\"text\":\"\xff\"}",
            "{\"ok\":false,\"error\":\"line 1"},
        {"{\"id\":1,\"do\":\"say\",\"room\":\"ops\",\"text\":\"\\ud800\"}",
            "{\"ok\":false,\"error\":\"line 1"},
        {"{\"id\":1,\"do\":\"say\",\"person\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\","
         "\"text\":\"hi\"}",
            "{\"id\":1,\"ok\":false,\"error\":\"person: must be at most 32 bytes, is 33\"}\n"},
        {"{\"id\":1,\"do\":\"command\",\"line\":\"hello\"}",
            "{\"id\":1,\"ok\":false,\"error\":\"line: must begin with one /\"}\n"},
        {"{\"id\":1,\"do\":\"command\",\"line\":\"//hello\"}",
            "{\"id\":1,\"ok\":false,\"error\":\"line: must begin with one /\"}\n"},
        {"{\"id\":1,\"do\":\"command\",\"line\":\"/a\\nb\"}",
            "{\"id\":1,\"ok\":false,\"error\":\"line: must be one line\"}\n"},
        {"{\"id\":1,\"do\":\"answer\",\"text\":\"x\"}",
            "{\"id\":1,\"ok\":false,\"error\":\"Nothing was asked.\"}\n"},
        {"{\"id\":1,\"do\":\"people\",\"room\":\"dev\"}",
            "{\"id\":1,\"ok\":false,\"error\":\"You are not there.\"}\n"},
    };
    struct stage *s = open_json();

    for (size_t i = 0; i < MEM_COUNT(CASES); i++) {
        stage_feed(s, CASES[i].line);
        stage_feed(s, "\n");
        const char *said = stage_said(s);
        cr_expect_eq(strncmp(said, CASES[i].reply, strlen(CASES[i].reply)), 0, "%s: %s",
            CASES[i].line, said);
        cr_expect_eq(lines(said), 1, "%s: %s", CASES[i].line, said);
        cr_expect(stage_idle(s), "%s", CASES[i].line);
        cr_expect_not(s->face->over);
    }
    close_json(s);
}

Test(json, requests__cut_at_every_byte)
{
    static const char *const GOOD[] = {
        "{\"id\":1,\"do\":\"say\",\"room\":\"ops\",\"text\":\"h\xc3\xa9llo\"}",
        "{\"id\":12,\"do\":\"command\",\"line\":\"/join ops\",\"room\":\"ops\"}",
        "{\"id\":3,\"do\":\"quit\"}",
    };
    struct stage *s = open_json();

    for (size_t k = 0; k < MEM_COUNT(GOOD); k++) {
        for (size_t n = 0; n < strlen(GOOD[k]); n++) {
            face_input(s->face, bytes_of(GOOD[k], n));
            stage_feed(s, "\n");
            const char *said = stage_said(s);
            cr_expect_eq(strncmp(said, "{\"ok\":false,", 12), 0, "%zu: %s", n, said);
            cr_expect_eq(lines(said), 1);
            cr_expect(stage_idle(s));
            cr_expect_not(s->face->over);
        }
    }
    close_json(s);
}

Test(json, ids__one_that_waits_is_refused_and_free_afterwards)
{
    struct stage *s = open_json();

    stage_feed(s, "{\"id\":5,\"do\":\"command\",\"line\":\"/a\"}\n"
                  "{\"id\":5,\"do\":\"command\",\"line\":\"/b\"}\n");
    cr_expect_str_eq(stage_said(s),
        "{\"ok\":false,\"error\":\"id: is that of a request that has no answer yet\"}\n");
    model_outcome(s->model, stage_take(s, INTENT_LINE, "/a"), true, NULL);
    cr_expect_str_eq(stage_said(s), "{\"id\":5,\"ok\":true}\n");
    stage_feed(s, "{\"id\":5,\"do\":\"command\",\"line\":\"/b\"}\n");
    (void)stage_take(s, INTENT_LINE, "/b");
    cr_expect_str_empty(stage_said(s));
    close_json(s);
}

Test(json, requests__many_at_once_are_all_answered_in_pieces)
{
    struct stage *s = open_json();
    char line[80];
    struct intent i;
    size_t taken = 0;

    for (int n = 1; n <= 300; n++) {
        (void)snprintf(
            line, sizeof line, "{\"id\":%d,\"do\":\"command\",\"line\":\"/a %d\"}\n", n, n);
        face_input(s->face, bytes_str(line));
    }
    while (taken < 300) {
        stage_turn(s, 1);
        cr_assert_not(stage_idle(s), "stuck after %zu", taken);
        while (intents_take(&s->model->intents, &i)) {
            taken++;
            model_outcome(s->model, i.tag, true, NULL);
            intent_fini(&i);
        }
    }
    cr_expect_eq(lines(stage_said(s)), 300);
    close_json(s);
}

Test(json, line__too_long_ends_it)
{
    struct stage *s = open_json();
    char *big = mem_alloc(FACE_LINE + 2);

    memset(big, ' ', FACE_LINE + 1);
    stage_feed(s, big);
    cr_expect(s->face->over);
    cr_expect_eq(s->face->status, FACE_USAGE);
    cr_expect_not_null(strstr(s->face->why, "131072"));
    (void)stage_take(s, INTENT_QUIT, "");
    mem_free(big);
    close_json(s);
}

Test(json, line__of_the_most_is_read)
{
    struct stage *s = open_json();
    char *big = mem_alloc(FACE_LINE + 2);

    memset(big, ' ', FACE_LINE);
    big[FACE_LINE] = '\n';
    stage_feed(s, big);
    cr_expect_not(s->face->over);
    cr_expect_eq(lines(stage_said(s)), 1);
    mem_free(big);
    close_json(s);
}

Test(json, before__the_first_try_has_an_end_what_needs_it_waits)
{
    struct stage *s = open_json();

    model_set_link(s->model, MODEL_DIALING, 0);
    (void)stage_said(s);
    stage_feed(s, "{\"id\":1,\"do\":\"status\"}\n");
    cr_expect_not_null(strstr(stage_said(s), "\"link\":\"dialing\""));
    stage_feed(s, "{\"id\":2,\"do\":\"command\",\"line\":\"/join ops\"}\n");
    cr_expect(stage_idle(s));
    model_set_link(s->model, MODEL_READY, 0);
    stage_turn(s, 1);
    (void)stage_take(s, INTENT_LINE, "/join ops");
    close_json(s);
}

Test(json, answer__goes_to_the_question)
{
    struct stage *s = open_json();

    model_put_ask(s->model, true, "Password of alice");
    cr_expect_str_eq(stage_said(s),
        "{\"event\":\"ask\",\"open\":true,\"hidden\":true,\"words\":\"Password of alice\"}\n");
    stage_feed(s, "{\"id\":1,\"do\":\"answer\",\"text\":\"\"}\n");
    (void)stage_take(s, INTENT_ANSWER, "");
    model_close_ask(s->model);
    cr_expect_str_eq(
        stage_said(s), "{\"event\":\"ask\",\"open\":false,\"hidden\":true,\"words\":\"\"}\n");
    close_json(s);
}

Test(json, end_of_input__waits_for_what_is_on_its_way)
{
    struct stage *s = open_json();

    stage_message(s, stage_room(s), "alice", "hi", EVENT_OWN, EVENT_QUEUED, 1);
    face_input_end(s->face);
    stage_turn(s, 1);
    cr_expect_not(s->face->over);
    cr_expect_eq(face_patience(s->face), FACE_DRAIN_MS);
    model_state(s->model, stage_room(s), (const uint8_t[EVENT_KEY]){1}, EVENT_RELAYED);
    stage_turn(s, 1);
    cr_expect(s->face->over);
    cr_expect_eq(s->face->status, FACE_OK);
    (void)stage_take(s, INTENT_QUIT, "");
    close_json(s);
}

Test(json, end_of_input__waits_so_long_and_no_longer)
{
    struct stage *s = open_json();

    stage_feed(s, "{\"id\":4,\"do\":\"say\",\"room\":\"ops\",\"text\":\"hi\"}\n");
    (void)stage_take(s, INTENT_WORDS, "hi");
    face_input_end(s->face);
    stage_turn(s, 1);
    stage_turn(s, FACE_DRAIN_MS - 1);
    cr_expect_not(s->face->over);
    stage_turn(s, 1);
    cr_expect(s->face->over);
    cr_expect_eq(s->face->status, FACE_NOBODY);
    cr_expect_str_neq(s->face->why, "");
    json_face_free(s->face);
    s->face = json_face_new(s->model, s->fd);
    cr_expect_str_eq(stage_said(s),
        "{\"id\":4,\"ok\":false,\"error\":\"sotto ended before this was answered.\"}\n");
    close_json(s);
}

Test(json, end_of_input__a_last_line_without_its_end_counts)
{
    struct stage *s = open_json();

    face_input(s->face, bytes_str("{\"id\":4,\"do\":\"quit\"}"));
    face_input_end(s->face);
    stage_turn(s, 1);
    cr_expect_str_eq(stage_said(s), "{\"id\":4,\"ok\":true}\n");
    cr_expect(s->face->over);
    close_json(s);
}

Test(json, message__raw_and_clean_side_by_side)
{
    struct stage *s = open_json();
    struct event ev = {.kind = EVENT_MESSAGE,
        .flags = EVENT_GUEST | EVENT_MENTION,
        .who = bytes_str("bob"),
        .text = bytes_of("a\x1b[31m\xff\0z", 9),
        .tag = "kuti",
        .key = {0xab, 1},
        .wall_ms = 1000};

    model_add(s->model, stage_room(s), &ev);
    cr_expect_str_eq(stage_said(s),
        "{\"event\":\"message\",\"room\":\"ops\",\"from\":\"bob\",\"tag\":\"kuti\","
        "\"guest\":true,\"verified\":false,\"own\":false,\"old\":false,\"mention\":true,"
        "\"file\":false,"
        "\"text\":\"a\\u001b[31m\xef\xbf\xbd\xef\xbf\xbdz\","
        "\"display\":\"a<U+001B>[31m\xef\xbf\xbd<U+0000>z\","
        "\"time\":\"1970-01-01T00:00:01Z\",\"key\":\"ab010000000000000000000000000000\","
        "\"state\":\"arrived\"}\n");
    close_json(s);
}

/* Whether the keys of what was written are those of the row, in its order. */
static void expect_row(const char *line)
{
    struct json_doc *d = NULL;
    const struct object_row *row;
    char why[128];
    const char *key;
    const char *event = NULL;
    const char *at;

    cr_assert_eq(json_parse(bytes_str(line), false, &d, why, sizeof why), ERR_OK, "%s", line);
    cr_assert(json_get_str(d, json_root(d), "event", 32, &event));
    for (size_t i = 0; (row = objects_at(i)) != NULL && strcmp(row->name, event) != 0; i++)
        ;
    cr_assert_not_null(row, "%s", event);
    at = row->keys;
    for (size_t i = 1; (key = json_key(json_root(d), i)) != NULL; i++) {
        const char *found = strstr(at, key);
        cr_assert_not_null(found, "%s writes %s", event, key);
        at = found + strlen(key);
    }
    json_free(d);
}

Test(json, events__are_written_as_the_table_says)
{
    struct stage *s = open_json();
    struct event ev = {.who = bytes_str("bob"), .text = bytes_str("x"), .tag = "kuti"};
    char *save = NULL;

    for (ev.kind = 0; ev.kind < EVENT_KINDS; ev.kind++) {
        model_add(s->model, stage_room(s), &ev);
        model_add(s->model, NULL, &ev);
    }
    stage_message(s, stage_room(s), "alice", "hi", EVENT_OWN, EVENT_QUEUED, 9);
    model_state(s->model, stage_room(s), (const uint8_t[EVENT_KEY]){9}, EVENT_FAILED);
    (void)transfer_person(stage_file(s, 1, true), bytes_str("bob"));
    (void)stage_file(s, 2, false);
    model_set_link(s->model, MODEL_WAITING, 3);
    model_room_changed(s->model, stage_room(s));
    model_put_ask(s->model, false, "Really?");
    (void)stage_said(s);
    for (char *l = strtok_r(s->said, "\n", &save); l != NULL; l = strtok_r(NULL, "\n", &save))
        expect_row(l);
    close_json(s);
}

Test(json, room__is_told_again_only_when_something_shows)
{
    struct stage *s = open_json();
    struct room *r = stage_room(s);

    model_room_changed(s->model, r);
    model_room_changed(s->model, r);
    cr_expect_eq(lines(stage_said(s)), 1);
    r->epoch++;
    model_room_changed(s->model, r);
    cr_expect_eq(lines(stage_said(s)), 1);
    close_json(s);
}

Test(json, lists__rooms_people_status)
{
    struct stage *s = open_json();

    (void)rooms_add(&s->model->rooms, bytes_str("dev"));
    stage_feed(s, "{\"id\":1,\"do\":\"rooms\"}\n");
    cr_expect_str_eq(stage_said(s),
        "{\"id\":1,\"ok\":true,\"rooms\":["
        "{\"room\":\"dev\",\"joined\":false,\"seal\":\"none\",\"epoch\":0,\"members\":0,\"verified\":0,"
        "\"code\":\"\",\"topic\":\"\",\"lock\":\"open\",\"online\":0,\"unread\":0},"
        "{\"room\":\"ops\",\"joined\":true,\"seal\":\"sealed\",\"epoch\":0,\"members\":2,\"verified\":0,"
        "\"code\":\"\",\"topic\":\"\",\"lock\":\"open\",\"online\":0,\"unread\":0}]}\n");
    stage_feed(s, "{\"id\":2,\"do\":\"people\",\"room\":\"ops\"}\n");
    cr_expect_not_null(strstr(stage_said(s), "{\"name\":\"bob\",\"tag\":\"\",\"away\":false,"));
    stage_feed(s, "{\"id\":3,\"do\":\"people\"}\n");
    cr_expect_str_eq(stage_said(s), "{\"id\":3,\"ok\":true,\"people\":[]}\n");
    close_json(s);
}

Test(json, reader__that_does_not_read_ends_it)
{
    struct stage *s = open_json();
    int fd[2];

    cr_assert_eq(pipe(fd), 0);
    s->face->out_fd = fd[1];
    for (int n = 0; n < 2000; n++)
        stage_message(s, stage_room(s), "bob", "a line that fills the pipe, and more", 0, 0, 1);
    stage_turn(s, 1);
    cr_expect(face_behind(s->face));
    cr_expect_not(s->face->over);
    cr_expect_leq(face_patience(s->face), FACE_STUCK_MS);
    stage_turn(s, FACE_STUCK_MS);
    cr_expect(s->face->over);
    cr_expect_str_neq(s->face->why, "");
    close(fd[0]);
    close(fd[1]);
    s->face->out_fd = s->fd;
    close_json(s);
}

Test(json, reader__that_has_gone_ends_it)
{
    struct stage *s = open_json();
    int fd[2];

    (void)signal(SIGPIPE, SIG_IGN);
    cr_assert_eq(pipe(fd), 0);
    close(fd[0]);
    s->face->out_fd = fd[1];
    stage_feed(s, "{\"id\":1,\"do\":\"status\"}\n");
    cr_expect(s->face->over);
    cr_expect_not(face_behind(s->face));
    s->face->out_fd = s->fd;
    close(fd[1]);
    close_json(s);
}

/* ---- files ---- */

Test(json, send_file__is_a_path_and_a_note_of_any_words)
{
    struct stage *s = open_json();
    struct intent i;

    stage_feed(s, "{\"id\":1,\"do\":\"send_file\",\"room\":\"ops\",\"path\":\" a\\nb\","
                  "\"note\":\"two\\nlines\"}\n");
    cr_assert(intents_take(&s->model->intents, &i));
    cr_expect_eq(i.kind, INTENT_FILE);
    cr_expect(!i.direct && i.where_n == 3);
    cr_expect(bytes_eq(bytes_of(i.text, i.text_n), bytes_of(" a\nb\0two\nlines", 14)));
    cr_expect_str_empty(stage_said(s), "answered before it is done");
    model_outcome(s->model, i.tag, true, NULL);
    cr_expect_str_eq(stage_said(s), "{\"id\":1,\"ok\":true}\n");
    intent_fini(&i);
    stage_feed(s, "{\"id\":2,\"do\":\"send_file\",\"person\":\"bob\",\"path\":\"x\"}\n");
    (void)stage_take(s, INTENT_LINE, "/msg bob");
    (void)stage_take(s, INTENT_FILE, "x");
    close_json(s);
}

Test(json, files__are_told_what_becomes_of_them)
{
    static const struct {
        const char *line;
        const char *intent;
    } CASES[] = {
        {"{\"id\":1,\"do\":\"accept\",\"n\":3}\n", "/accept 3"},
        {"{\"id\":2,\"do\":\"accept\",\"n\":3,\"name\":\"my x.pdf\"}\n", "/accept 3 my x.pdf"},
        {"{\"id\":3,\"do\":\"refuse\",\"n\":4294967295}\n", "/refuse 4294967295"},
        {"{\"id\":4,\"do\":\"pause\",\"n\":1}\n", "/pause 1"},
        {"{\"id\":5,\"do\":\"resume\",\"n\":1}\n", "/resume 1"},
        {"{\"id\":6,\"do\":\"cancel\",\"n\":1}\n", "/cancel 1"},
    };
    struct stage *s = open_json();

    for (size_t i = 0; i < MEM_COUNT(CASES); i++) {
        stage_feed(s, CASES[i].line);
        (void)stage_take(s, INTENT_LINE, CASES[i].intent);
        cr_expect(stage_idle(s));
    }
    close_json(s);
}

Test(json, file__raw_and_clean_side_by_side)
{
    struct stage *s = open_json();
    struct transfer *t = stage_file(s, 0xab, false);

    (void)stage_said(s);
    (void)bytes_copy(t->note, sizeof t->note, bytes_str("a\x1b[2J"));
    (void)bytes_copy(t->path, sizeof t->path, bytes_str("/tmp/caf\xe9/report.pdf"));
    (void)bytes_copy(t->tag, sizeof t->tag, bytes_str("kuti"));
    t->done = UINT64_MAX;
    stage_file_is(s, t, TRANSFER_DONE, NULL);
    cr_expect_str_eq(stage_said(s),
        "{\"event\":\"file\",\"n\":1,\"key\":\"ab000000000000000000000000000000\","
        "\"state\":\"done\",\"way\":\"in\",\"name\":\"report.pdf\",\"bytes\":1000,"
        "\"done\":9007199254740992,\"rate\":0,\"from\":\"bob\",\"tag\":\"kuti\","
        "\"room\":\"ops\",\"verified\":false,\"note\":\"a\\u001b[2J\","
        "\"display\":\"a<U+001B>[2J\",\"sha256\":\"\","
        "\"path\":\"/tmp/caf\xef\xbf\xbd/report.pdf\",\"why\":\"\"}\n");
    close_json(s);
}

Test(json, file__moving_is_told_twice_a_second_at_most)
{
    struct stage *s = open_json();
    struct transfer *t = stage_file(s, 1, true);

    stage_file_is(s, t, TRANSFER_MOVING, NULL);
    (void)stage_said(s);
    for (uint64_t i = 1; i <= 40; i++)
        stage_file_far(s, t, i, 100);
    cr_expect_eq(lines(stage_said(s)), 8, "%s", s->said);
    close_json(s);
}

Test(json, transfers__lists_them_all)
{
    struct stage *s = open_json();

    (void)stage_file(s, 1, true);
    (void)stage_file(s, 2, false);
    (void)stage_said(s);
    stage_feed(s, "{\"id\":1,\"do\":\"transfers\"}\n");
    const char *said = stage_said(s);
    cr_expect_not_null(
        strstr(said, "{\"id\":1,\"ok\":true,\"transfers\":[{\"n\":1,"), "%s", said);
    cr_expect_not_null(strstr(said, "{\"n\":2,"), "%s", said);
    cr_expect(stage_idle(s));
    close_json(s);
}
