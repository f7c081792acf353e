/* SPDX-License-Identifier: ISC */
#include "stage.h"

#include <criterion/criterion.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"

struct stage *stage_open(void)
{
    struct stage *s = mem_alloc(sizeof *s);
    struct room *r;

    s->model = model_new();
    s->fd = memfd_create("stage", 0);
    cr_assert_geq(s->fd, 0);
    s->now_ms = 1000;
    model_time(s->model, 1000000);
    model_set_nick(s->model, bytes_str("alice"));
    model_set_link(s->model, MODEL_READY, 0);
    r = model_join(s->model, bytes_str("ops"));
    r->seal = ROOM_SEALED;
    r->members = 2;
    cr_assert_eq(roster_add(&r->people, bytes_str("alice"), ROSTER_SEALED), ERR_OK);
    cr_assert_eq(roster_add(&r->people, bytes_str("bob"), ROSTER_SEALED), ERR_OK);
    return s;
}

void stage_close(struct stage *s)
{
    model_free(s->model);
    (void)close(s->fd);
    mem_free(s);
}

void stage_feed(struct stage *s, const char *text)
{
    face_input(s->face, bytes_str(text));
    stage_turn(s, 1);
}

void stage_turn(struct stage *s, uint64_t by_ms)
{
    s->now_ms += by_ms;
    (void)face_turn(s->face, s->now_ms);
}

const char *stage_said(struct stage *s)
{
    ssize_t n;

    face_flush(s->face);
    n = pread(s->fd, s->said, sizeof s->said - 1, (off_t)s->read);
    cr_assert_geq(n, 0);
    s->said[n] = '\0';
    s->read += (size_t)n;
    return s->said;
}

uint64_t stage_take(struct stage *s, enum intent_kind kind, const char *text)
{
    struct intent i;

    cr_assert(intents_take(&s->model->intents, &i), "no intent; wanted %s", text);
    cr_expect_eq(i.kind, kind, "%s", text);
    cr_expect_str_eq(i.text != NULL ? i.text : "", text);
    uint64_t tag = i.tag;
    intent_fini(&i);
    return tag;
}

bool stage_idle(const struct stage *s)
{
    return s->model->intents.count == 0;
}

struct room *stage_room(struct stage *s)
{
    return model_find(s->model, false, bytes_str("ops"));
}

void stage_message(struct stage *s, struct room *r, const char *who, const char *text,
    uint8_t flags, enum event_state state, uint8_t n)
{
    model_add(s->model, r,
        &(struct event){.kind = EVENT_MESSAGE,
            .who = bytes_str(who),
            .text = bytes_str(text),
            .flags = flags,
            .state = state,
            .key = {n}});
}

struct transfer *stage_file(struct stage *s, uint8_t n, bool own)
{
    struct transfer *t = transfers_add(&s->model->files, (const uint8_t[EVENT_KEY]){n});

    t->own = own;
    t->state = own ? TRANSFER_READING : TRANSFER_OFFERED;
    t->bytes = 1000;
    (void)bytes_copy(t->name, sizeof t->name, bytes_str("report.pdf"));
    memcpy(t->where, "ops", 3);
    t->where_n = 3;
    memcpy(t->from, "bob", own ? 0 : 3);
    t->from_n = own ? 0 : 3;
    model_file_changed(s->model, t);
    return t;
}

void stage_file_is(
    struct stage *s, struct transfer *t, enum transfer_state state, const char *why)
{
    transfer_set_state(t, state, why);
    model_file_changed(s->model, t);
}

void stage_file_far(struct stage *s, struct transfer *t, uint64_t done, int64_t by_ms)
{
    model_time(s->model, s->model->wall_ms + by_ms);
    t->done = done;
    model_file_changed(s->model, t);
}
