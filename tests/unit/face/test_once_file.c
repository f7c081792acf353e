/* SPDX-License-Identifier: ISC */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "face/once.h"
#include "stage.h"

/* What was told to who looks on. */
static char noted[4096];

static void keep(void *arg, struct bytes text)
{
    size_t n = strlen(noted);

    (void)arg;
    (void)bytes_copy(noted + n, sizeof noted - n, text);
}

static struct once_setup to_send(void)
{
    return (struct once_setup){.verb = OPTIONS_SEND_FILE,
        .where = {false, bytes_str("ops")},
        .path = "/tmp/report.pdf",
        .note = keep};
}

static struct once_setup to_receive(const char *from)
{
    return (struct once_setup){.verb = OPTIONS_RECEIVE,
        .where = {false, bytes_str("ops")},
        .from = from,
        .number = 1,
        .note = keep};
}

static struct stage *open_once(const struct once_setup *setup)
{
    struct stage *s = stage_open();

    noted[0] = '\0';
    s->face = once_new(s->model, setup, s->fd);
    stage_turn(s, 1);
    return s;
}

static void close_once(struct stage *s)
{
    once_free(s->face);
    stage_close(s);
}

static void expect_end(struct stage *s, int status, const char *why)
{
    cr_expect(s->face->over, "wanted: %s", why);
    cr_expect_eq(s->face->status, status, "%d: %s", s->face->status, s->face->why);
    cr_expect_not_null(strstr(s->face->why, why), "%s", s->face->why);
}

/* ---- out ---- */

/* It was asked for and is being read. */
static struct transfer *sending(struct stage *s, uint64_t *tag)
{
    *tag = stage_take(s, INTENT_FILE, "/tmp/report.pdf");
    return stage_file(s, 1, true);
}

Test(once_file, send__ends_when_whoever_wanted_it_has_it)
{
    struct once_setup setup = to_send();
    struct stage *s = open_once(&setup);
    uint64_t tag;
    struct transfer *t = sending(s, &tag);

    stage_file_is(s, t, TRANSFER_MOVING, NULL);
    stage_turn(s, 1);
    cr_expect_not(s->face->over);
    transfer_person(t, bytes_str("bob"))->state = TRANSFER_DONE;
    stage_file_is(s, t, TRANSFER_DONE, NULL);
    model_outcome(s->model, tag, true, NULL);
    stage_turn(s, 1);
    expect_end(s, FACE_OK, "");
    cr_expect_str_empty(stage_said(s));
    cr_expect_not_null(strstr(noted, "report.pdf was sent: 1 has it.\n"), "%s", noted);
    close_once(s);
}

Test(once_file, send__with_a_note_and_to_verified_people)
{
    struct once_setup setup = to_send();
    struct intent i;

    setup.words = "tea?";
    setup.verified = true;
    struct stage *s = stage_open();
    struct person *p = NULL;
    for (size_t k = 0; k < stage_room(s)->people.count; k++) {
        p = &stage_room(s)->people.people[k];
        p->flags |= ROSTER_VERIFIED;
    }
    s->face = once_new(s->model, &setup, s->fd);
    stage_turn(s, 1);
    cr_assert(intents_take(&s->model->intents, &i));
    cr_expect_eq(i.kind, INTENT_FILE_CAREFUL);
    cr_expect(bytes_eq(bytes_of(i.text, i.text_n), bytes_of("/tmp/report.pdf\0tea?", 20)));
    intent_fini(&i);
    close_once(s);
}

Test(once_file, send__waits_until_somebody_is_there)
{
    struct once_setup setup = to_send();
    struct stage *s = stage_open();

    stage_room(s)->members = 1;
    s->face = once_new(s->model, &setup, s->fd);
    stage_turn(s, 1);
    stage_turn(s, ONCE_PATIENCE_MS / 2);
    cr_expect(stage_idle(s), "offered to nobody");
    stage_room(s)->members = 2;
    stage_turn(s, 1);
    (void)stage_take(s, INTENT_FILE, "/tmp/report.pdf");
    close_once(s);
}

Test(once_file, send__nobody_comes)
{
    struct once_setup setup = to_send();
    struct stage *s = stage_open();

    stage_room(s)->members = 1;
    s->face = once_new(s->model, &setup, s->fd);
    stage_turn(s, 1);
    stage_turn(s, ONCE_PATIENCE_MS);
    expect_end(s, FACE_NOBODY, "#ops: nobody is there who could take it.");
    close_once(s);
}

Test(once_file, send__to_a_broken_room_is_nothing_sent)
{
    struct once_setup setup = to_send();
    struct stage *s = stage_open();

    stage_room(s)->seal = ROOM_STOPPED;
    s->face = once_new(s->model, &setup, s->fd);
    stage_turn(s, 1);
    expect_end(s, FACE_UNSEALED, "somebody's key has changed. Nothing was sent.");
    close_once(s);
}

Test(once_file, send__that_does_not_begin_says_why)
{
    struct once_setup setup = to_send();
    struct stage *s = open_once(&setup);

    model_outcome(s->model, stage_take(s, INTENT_FILE, "/tmp/report.pdf"), false,
        "x is not sent: you may not read it\x1b[2J.");
    stage_turn(s, 1);
    expect_end(s, FACE_USAGE, "x is not sent: you may not read it<U+001B>[2J.");
    close_once(s);
}

Test(once_file, send__ends_have_a_status_each)
{
    static const struct {
        enum transfer_state state;
        enum transfer_fault fault;
        int status;
    } CASES[] = {
        {TRANSFER_REFUSED, TRANSFER_FAULT_OTHER, FACE_REFUSED},
        {TRANSFER_FAILED, TRANSFER_FAULT_OTHER, FACE_REFUSED},
        {TRANSFER_FAILED, TRANSFER_FAULT_DISK, FACE_USAGE},
        {TRANSFER_FAILED, TRANSFER_FAULT_NOBODY, FACE_NOBODY},
    };

    for (size_t i = 0; i < MEM_COUNT(CASES); i++) {
        struct once_setup setup = to_send();
        struct stage *s = open_once(&setup);
        uint64_t tag;
        struct transfer *t = sending(s, &tag);
        t->fault = CASES[i].fault;
        stage_file_is(s, t, CASES[i].state, "the relay says: \x1b[2J");
        model_outcome(s->model, tag, false, "no");
        stage_turn(s, 1);
        expect_end(s, CASES[i].status, "report.pdf: the relay says: <U+001B>[2J.");
        close_once(s);
    }
}

/* Those that an earlier run left behind go on, and are not the one that was asked for. */
Test(once_file, send__another_file_is_not_this_one)
{
    struct once_setup setup = to_send();
    struct stage *s = stage_open();
    struct transfer *old = stage_file(s, 9, true);

    s->face = once_new(s->model, &setup, s->fd);
    stage_turn(s, 1);
    stage_file_is(s, old, TRANSFER_FAILED, "changed");
    stage_turn(s, 1);
    cr_expect_not(s->face->over);
    close_once(s);
}

Test(once_file, send__interrupted_is_taken_back_first)
{
    struct once_setup setup = to_send();
    struct stage *s = open_once(&setup);
    uint64_t tag;
    struct transfer *t = sending(s, &tag);

    stage_file_is(s, t, TRANSFER_MOVING, NULL);
    face_stop(s->face, FACE_NOBODY);
    face_stop(s->face, FACE_NOBODY); /* asked again in each turn */
    uint64_t cancel = stage_take(s, INTENT_LINE, "/cancel 1");
    cr_expect(stage_idle(s));
    cr_expect_not(s->face->over);
    stage_file_is(s, t, TRANSFER_CANCELLED, "cancelled by you");
    model_outcome(s->model, tag, false, "cancelled by you");
    stage_turn(s, 1);
    cr_expect_not(s->face->over, "nobody was told");
    model_outcome(s->model, cancel, true, NULL);
    stage_turn(s, 1);
    expect_end(s, FACE_NOBODY, "report.pdf: you cancelled it; whoever took it was told.");
    close_once(s);
}

Test(once_file, send__interrupted_before_there_is_one_just_ends)
{
    struct once_setup setup = to_send();
    struct stage *s = open_once(&setup);

    face_stop(s->face, FACE_NOBODY);
    expect_end(s, FACE_NOBODY, "");
    close_once(s);
}

Test(once_file, send__what_never_moves_is_given_up)
{
    struct once_setup setup = to_send();
    struct stage *s = open_once(&setup);
    uint64_t tag;
    struct transfer *t = sending(s, &tag);

    stage_file_is(s, t, TRANSFER_LOST, "no connection to the relay");
    stage_turn(s, 1);
    uint64_t patience = face_patience(s->face);
    cr_expect_lt(patience, UINT64_MAX);
    stage_turn(s, patience - 1);
    cr_expect(stage_idle(s));
    stage_turn(s, 1);
    (void)stage_take(s, INTENT_LINE, "/cancel 1");
    stage_file_is(s, t, TRANSFER_CANCELLED, "cancelled by you");
    stage_turn(s, 1);
    cr_expect_not(s->face->over);
    stage_turn(s, face_patience(s->face)); /* and nobody can be told, either */
    expect_end(s, FACE_NOBODY, "report.pdf: nothing moved for");
    close_once(s);
}

Test(once_file, send__progress_is_a_line_in_ten_or_one_written_again)
{
    struct once_setup setup = to_send();
    struct stage *s = open_once(&setup);
    uint64_t tag;
    struct transfer *t = sending(s, &tag);

    stage_file_is(s, t, TRANSFER_MOVING, NULL);
    for (uint64_t i = 1; i <= 50; i++)
        stage_file_far(s, t, 10 * i, 100);
    cr_expect_str_eq(noted, "report.pdf: 10%\nreport.pdf: 20%\nreport.pdf: 30%\n"
                            "report.pdf: 40%\nreport.pdf: 50%\n");
    close_once(s);

    setup.note_cells = 15;
    s = open_once(&setup);
    t = sending(s, &tag);
    cr_expect_str_eq(noted, "report.pdf: rea", "no longer than the terminal is wide");
    noted[0] = '\0';
    stage_file_is(s, t, TRANSFER_MOVING, NULL);
    cr_expect_str_eq(noted, "\r               \rreport.pdf: 0%");
    close_once(s);
}

/* ---- in ---- */

Test(once_file, receive__accepts_prints_and_ends)
{
    struct once_setup setup = to_receive("bob");
    struct stage *s = open_once(&setup);

    cr_expect_str_eq(noted, "Waiting for files of bob.\n");
    struct transfer *t = stage_file(s, 1, false);
    stage_turn(s, 1);
    (void)stage_take(s, INTENT_LINE, "/accept 1");
    stage_turn(s, 1);
    cr_expect(stage_idle(s), "accepted twice");
    stage_file_is(s, t, TRANSFER_MOVING, NULL);
    stage_turn(s, 1);
    cr_expect_not(s->face->over);
    (void)bytes_copy(t->path, sizeof t->path, bytes_str("/tmp/a\nb/report.pdf"));
    stage_file_is(s, t, TRANSFER_DONE, NULL);
    stage_turn(s, 1);
    cr_expect_str_eq(stage_said(s), "/tmp/a<U+000A>b/report.pdf\n");
    expect_end(s, FACE_OK, "");
    close_once(s);
}

Test(once_file, receive__of_nobody_else)
{
    static const struct {
        const char *from, *tag;
        bool taken;
    } CASES[] = {
        {"bob", "", true},
        {"@bob", "", true},
        {"any", "", true},
        {"any", "kuti", true},
        {"bob#kuti", "kuti", true},
        {"bob", "kuti", false},
        {"bob#kuti", "", false},
        {"bob#kutj", "kuti", false},
        {"bo", "", false},
        {"bobb", "", false},
        {"Bob", "", false},
        {"@any", "", false},
    };

    for (size_t i = 0; i < MEM_COUNT(CASES); i++) {
        struct once_setup setup = to_receive(CASES[i].from);
        struct stage *s = open_once(&setup);
        struct transfer *t = stage_file(s, 1, false);
        (void)bytes_copy(t->tag, sizeof t->tag, bytes_str(CASES[i].tag));
        stage_turn(s, 1);
        if (CASES[i].taken)
            (void)stage_take(s, INTENT_LINE, "/accept 1");
        cr_expect(stage_idle(s), "%s %s", CASES[i].from, CASES[i].tag);
        close_once(s);
    }
}

Test(once_file, receive__of_another_place_is_left_alone)
{
    struct once_setup setup = to_receive("any");
    struct stage *s = open_once(&setup);
    struct transfer *t = stage_file(s, 1, false);

    t->direct = true;
    stage_turn(s, 1);
    cr_expect(stage_idle(s));
    (void)stage_file(s, 2, true);
    stage_turn(s, 1);
    cr_expect(stage_idle(s), "one of ours is none for us");
    close_once(s);
}

Test(once_file, receive__refuses_what_was_not_asked_for)
{
    static const struct {
        uint64_t most;
        bool verified, is_verified;
        uint8_t flags;
        const char *why;
    } CASES[] = {
        {999, false, false, 0,
            "report.pdf, 1.0 kB, of bob is refused: it is larger than --max."},
        {1000, false, false, 0, NULL},
        {0, true, false, 0, "is refused: who sends it is not verified."},
        {0, true, true, 0, NULL},
        {0, false, false, ROSTER_CHANGED, "is refused: the key of who sends it has changed."},
    };

    for (size_t i = 0; i < MEM_COUNT(CASES); i++) {
        struct once_setup setup = to_receive("bob");
        setup.most = CASES[i].most;
        setup.verified = CASES[i].verified;
        struct stage *s = open_once(&setup);
        cr_assert_eq(roster_add(&stage_room(s)->people, bytes_str("bob"),
                         ROSTER_SEALED | CASES[i].flags),
            ERR_OK);
        stage_file(s, 1, false)->verified = CASES[i].is_verified;
        stage_turn(s, 1);
        (void)stage_take(s, INTENT_LINE, CASES[i].why != NULL ? "/refuse 1" : "/accept 1");
        if (CASES[i].why != NULL)
            cr_expect_not_null(strstr(noted, CASES[i].why), "%s", noted);
        cr_expect_not(s->face->over);
        close_once(s);
    }
}

Test(once_file, receive__goes_on_with_what_an_earlier_run_began)
{
    struct once_setup setup = to_receive("bob");
    struct stage *s = stage_open();
    struct transfer *t = stage_file(s, 1, false);

    stage_file_is(s, t, TRANSFER_LOST, NULL);
    s->face = once_new(s->model, &setup, s->fd);
    stage_turn(s, 1);
    cr_expect(stage_idle(s));
    (void)bytes_copy(t->path, sizeof t->path, bytes_str("/tmp/report.pdf"));
    stage_file_is(s, t, TRANSFER_DONE, NULL);
    stage_turn(s, 1);
    cr_expect_str_eq(stage_said(s), "/tmp/report.pdf\n");
    expect_end(s, FACE_OK, "");
    close_once(s);
}

/* What was over before, and what others took, is not counted. */
Test(once_file, receive__what_was_there_before_is_none_of_it)
{
    struct once_setup setup = to_receive("bob");
    struct stage *s = stage_open();

    stage_file_is(s, stage_file(s, 1, false), TRANSFER_DONE, NULL);
    s->face = once_new(s->model, &setup, s->fd);
    stage_turn(s, 1);
    cr_expect_str_empty(stage_said(s));
    cr_expect_not(s->face->over);
    close_once(s);
}

Test(once_file, receive__failures_have_a_status_each)
{
    static const struct {
        enum transfer_state state;
        enum transfer_fault fault;
        int status;
    } CASES[] = {
        {TRANSFER_CANCELLED, TRANSFER_FAULT_OTHER, FACE_REFUSED},
        {TRANSFER_FAILED, TRANSFER_FAULT_OTHER, FACE_REFUSED},
        {TRANSFER_FAILED, TRANSFER_FAULT_SEAL, FACE_UNSEALED},
        {TRANSFER_PAUSED, TRANSFER_FAULT_DISK, FACE_USAGE},
        {TRANSFER_PAUSED, TRANSFER_FAULT_SEAL, FACE_UNSEALED},
    };

    for (size_t i = 0; i < MEM_COUNT(CASES); i++) {
        struct once_setup setup = to_receive("bob");
        struct stage *s = open_once(&setup);
        struct transfer *t = stage_file(s, 1, false);
        stage_turn(s, 1);
        (void)stage_take(s, INTENT_LINE, "/accept 1");
        t->fault = CASES[i].fault;
        t->resting = CASES[i].state == TRANSFER_PAUSED;
        stage_file_is(s, t, CASES[i].state, "why");
        stage_turn(s, 1);
        expect_end(s, CASES[i].status, "report.pdf: why.");
        cr_expect_str_empty(stage_said(s), "a path is printed of what is not there");
        close_once(s);
    }
}

Test(once_file, receive__a_pause_of_the_sender_is_none)
{
    struct once_setup setup = to_receive("bob");
    struct stage *s = open_once(&setup);
    struct transfer *t = stage_file(s, 1, false);

    stage_turn(s, 1);
    stage_file_is(s, t, TRANSFER_PAUSED, "the sender pauses");
    stage_turn(s, 1);
    cr_expect_not(s->face->over);
    close_once(s);
}

Test(once_file, receive__interrupted_gives_up_what_comes)
{
    struct once_setup setup = to_receive("bob");
    struct stage *s = open_once(&setup);
    struct transfer *t = stage_file(s, 1, false);

    stage_turn(s, 1);
    (void)stage_take(s, INTENT_LINE, "/accept 1");
    stage_file_is(s, t, TRANSFER_MOVING, NULL);
    face_stop(s->face, FACE_NOBODY);
    (void)stage_take(s, INTENT_LINE, "/cancel 1");
    cr_expect_not(s->face->over);
    stage_file_is(s, t, TRANSFER_REFUSED, "given up by you");
    stage_turn(s, 1);
    expect_end(s, FACE_NOBODY, "0 came in before.");
    close_once(s);

    s = open_once(&setup);
    face_stop(s->face, FACE_NOBODY);
    expect_end(s, FACE_NOBODY, "");
    close_once(s);
}

Test(once_file, receive__json_writes_what_happens)
{
    struct once_setup setup = to_receive("bob");
    setup.json = true;
    struct stage *s = open_once(&setup);
    struct transfer *t = stage_file(s, 1, false);

    cr_expect_not_null(strstr(stage_said(s), "{\"event\":\"file\",\"n\":1,"), "%s", s->said);
    stage_turn(s, 1);
    stage_file_is(s, t, TRANSFER_DONE, NULL);
    stage_turn(s, 1);
    cr_expect_not_null(strstr(stage_said(s), "\"state\":\"done\""), "%s", s->said);
    expect_end(s, FACE_OK, "");
    close_once(s);
}
