/* SPDX-License-Identifier: ISC */
/* One file out, or so many in. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "face/objects.h"
#include "face/once_impl.h"
#include "face/text.h"

#define TELL_MS  5000u
#define STILL_MS 900000u /* so long nothing moves, and nobody was asked: it is given up */
#define NUMBER   24

/* What the line on the terminal is made of comes twice a second; in a pipe less often. */
static const struct pulse_pace EAGER = {.ms = 490};
static const struct pulse_pace CALM = {.ms = 0, .percent = 10};

/* ---- words for who looks on ---- */

static void wipe_line(struct once *o, struct buf *to)
{
    if (o->drawn == 0)
        return;
    buf_fmt(to, "\r%*s\r", (int)o->drawn, "");
    o->drawn = 0;
}

static void clear(struct once *o)
{
    struct buf line;

    if (o->drawn == 0)
        return;
    buf_init(&line, FACE_WHY);
    wipe_line(o, &line);
    o->setup.note(o->setup.note_arg, buf_view(&line));
    buf_free(&line);
}

static void note(struct once *o, const char *words)
{
    struct buf line;

    if (o->setup.note == NULL)
        return;
    buf_init(&line, 4 * FACE_WHY);
    wipe_line(o, &line);
    buf_text(&line, words);
    buf_text(&line, "\n");
    o->setup.note(o->setup.note_arg, buf_view(&line));
    buf_free(&line);
}

static void draw(struct once *o, const struct transfer *t)
{
    struct buf words;
    struct buf line;

    buf_init(&words, 4 * FACE_WHY);
    buf_init(&line, 4 * FACE_WHY);
    text_file(&words, t);
    wipe_line(o, &line);
    size_t n = utf8_fit(buf_view(&words), o->setup.note_cells);
    buf_put(&line, words.p, n);
    o->drawn = (size_t)utf8_width(bytes_of(words.p, n));
    o->setup.note(o->setup.note_arg, buf_view(&line));
    buf_free(&line);
    buf_free(&words);
}

static unsigned have_it(const struct transfer *t)
{
    unsigned n = 0;

    for (size_t i = 0; i < t->people_n; i++)
        n += t->people[i].state == TRANSFER_DONE;
    return n;
}

/* Whether it is worth a line in a pipe: what waits, and each tenth of what moves. */
static bool is_line(const struct transfer *t, enum pulse_news news)
{
    return news == PULSE_FAR || (!transfer_moves(t) && have_it(t) == 0);
}

static void show(struct once *o, const struct transfer *t)
{
    bool line = o->setup.note_cells != 0;
    enum pulse_news news =
        pulse_take(&o->pulse, t, o->f.model->wall_ms, line || o->setup.json ? &EAGER : &CALM);
    struct buf words;

    if (news == PULSE_NONE)
        return;
    buf_init(&words, FACE_OUT);
    if (o->setup.json) {
        object_file(&words, t);
        face_put(&o->f, buf_view(&words));
    } else if (o->setup.note != NULL && !transfer_over(t)) {
        text_file(&words, t);
        if (line)
            draw(o, t);
        else if (is_line(t, news))
            note(o, buf_cstr(&words));
    }
    buf_wipe(&words);
}

/* "report.pdf: why"; the end of it all. */
static void end_badly(struct once *o, const struct transfer *t, int status, const char *why)
{
    struct buf words;

    buf_init(&words, FACE_WHY);
    text_brief(&words, bytes_str(t->name), 120);
    buf_text(&words, ": ");
    text_brief(&words, bytes_str(why), 300);
    face_fail(&o->f, status, "%s.", buf_cstr(&words));
    buf_free(&words);
}

static int status_of(const struct transfer *t)
{
    static const int FAULTS[] = {
        [TRANSFER_FAULT_OTHER] = FACE_REFUSED,
        [TRANSFER_FAULT_DISK] = FACE_USAGE,
        [TRANSFER_FAULT_SEAL] = FACE_UNSEALED,
        [TRANSFER_FAULT_NOBODY] = FACE_NOBODY,
    };

    return FAULTS[t->fault];
}

/* ---- one that is wanted no more ---- */

/* In order: whoever takes part is told, then it ends. */
static bool give_up(struct once *o, const struct transfer *t)
{
    char line[NUMBER];

    (void)snprintf(line, sizeof line, "/cancel %u", t->n);
    return face_intent(&o->f, INTENT_LINE, NULL, bytes_str(line)) != 0;
}

static const struct transfer *sent(const struct once *o)
{
    return o->has_file ? transfers_find(&o->f.model->files, o->file) : NULL;
}

static struct once_mark *mark_of(const struct once *o, const struct transfer *t)
{
    for (size_t i = 0; i < o->mark_n; i++) {
        if (memcmp(o->marks[i].key, t->key, sizeof t->key) == 0)
            return &o->marks[i];
    }
    return NULL;
}

static bool comes_in(const struct once *o, const struct transfer *t)
{
    const struct once_mark *m = mark_of(o, t);

    return m != NULL && m->taken && !transfer_over(t);
}

bool once_file_stop(struct once *o)
{
    const struct transfers *ts = &o->f.model->files;
    const struct transfer *mine = sent(o);
    bool any = false;

    if (o->stopping)
        return true;
    if (mine != NULL && !transfer_over(mine))
        any = give_up(o, mine);
    for (size_t i = 0; o->step == STEP_RECEIVE && i < ts->count; i++) {
        if (comes_in(o, ts->all[i]))
            any = give_up(o, ts->all[i]) || any;
    }
    o->stopping = any;
    return any;
}

/* A relay that is gone, or has no room, is waited for, but not for ever. */
static void watch_stillness(struct once *o, const struct transfer *t)
{
    bool still = t->state == TRANSFER_WAITING || t->state == TRANSFER_LOST;

    if (!still)
        o->still_ms = 0;
    else if (o->still_ms == 0)
        o->still_ms = o->f.now_ms;
    else if (o->f.now_ms - o->still_ms >= STILL_MS && !o->stopping) {
        o->stop_why = "nothing moved for a quarter of an hour, so it was given up";
        (void)once_file_stop(o);
    }
}

/* Whoever takes it believes our own word alone, so that goes first. */
static bool still_telling(struct once *o)
{
    if (o->telling_ms == 0)
        o->telling_ms = o->f.now_ms;
    return o->f.awaited != 0 && o->f.now_ms - o->telling_ms < TELL_MS;
}

uint64_t once_file_due(const struct once *o)
{
    if (o->telling_ms != 0)
        return o->telling_ms + TELL_MS;
    return o->still_ms != 0 ? o->still_ms + STILL_MS : UINT64_MAX;
}

/* ---- one that goes out ---- */

static void ask_to_send(struct once *o)
{
    struct bytes path = bytes_str(o->setup.path);
    struct bytes words = bytes_str(o->setup.words != NULL ? o->setup.words : "");
    struct buf wanted;

    buf_init(&wanted, INTENT_BYTES);
    buf_bytes(&wanted, path);
    if (words.n != 0) {
        buf_u8(&wanted, 0);
        buf_bytes(&wanted, words);
    }
    o->before = o->f.model->files.last;
    once_ask(o, o->setup.verified ? INTENT_FILE_CAREFUL : INTENT_FILE, &o->setup.where,
        buf_view(&wanted));
    buf_wipe(&wanted);
}

static void end_sent(struct once *o, const struct transfer *t)
{
    char words[FACE_WHY];
    unsigned have = have_it(t);

    if (t->state == TRANSFER_CANCELLED) {
        if (still_telling(o))
            return;
        end_badly(o, t, FACE_NOBODY,
            o->stop_why != NULL ? o->stop_why : "you cancelled it; whoever took it was told");
        return;
    }
    if (t->state != TRANSFER_DONE) {
        end_badly(o, t, t->state == TRANSFER_REFUSED ? FACE_REFUSED : status_of(t), t->why);
        return;
    }
    (void)snprintf(words, sizeof words, "%s was sent: %u %s it.", t->name, have,
        have == 1 ? "has" : "have");
    note(o, words);
    face_quit(&o->f, FACE_OK);
}

void once_offer(struct once *o)
{
    const struct transfer *t = sent(o);

    if (o->tag == 0)
        ask_to_send(o);
    else if (t != NULL && transfer_over(t))
        end_sent(o, t);
    else if (t != NULL)
        watch_stillness(o, t);
}

/* ---- those that come in ---- */

static bool is_meant(const struct once *o, const struct transfer *t)
{
    const struct target *where = &o->setup.where;

    return !t->own &&
           (where->name.n == 0 || (where->direct == t->direct &&
                                      bytes_eq(where->name, bytes_of(t->where, t->where_n))));
}

/* A guest goes by the name with its tag alone: anybody can take a guest's name. */
static bool is_from(const struct once *o, const struct transfer *t)
{
    struct buf who;

    if (strcmp(o->setup.from, "any") == 0)
        return true;
    buf_init(&who, ROSTER_NAME + EVENT_TAG + 1);
    buf_put(&who, t->from, t->from_n);
    if (t->tag[0] != '\0')
        buf_fmt(&who, "#%s", t->tag);
    bool same =
        bytes_eq(buf_view(&who), bytes_str(o->setup.from + (o->setup.from[0] == '@' ? 1 : 0)));
    buf_free(&who);
    return same;
}

/* Whether somebody of that name shows another key than before. */
static bool has_changed(const struct once *o, const struct transfer *t)
{
    const struct room *r = model_find(o->f.model, t->direct, bytes_of(t->where, t->where_n));

    for (size_t i = 0; r != NULL && i < r->people.count; i++) {
        const struct person *p = &r->people.people[i];
        if ((p->flags & ROSTER_CHANGED) != 0 &&
            bytes_eq(person_name(p), bytes_of(t->from, t->from_n)))
            return true;
    }
    return false;
}

/* NULL: it is fine. */
static const char *why_not(const struct once *o, const struct transfer *t)
{
    if (has_changed(o, t))
        return "the key of who sends it has changed";
    if (o->setup.verified && !t->verified)
        return "who sends it is not verified";
    if (o->setup.most != 0 && t->bytes > o->setup.most)
        return "it is larger than --max";
    return NULL;
}

static void refused(struct once *o, const struct transfer *t, const char *why)
{
    char size[TRANSFER_SIZE];
    struct buf words;

    transfer_size(size, t->bytes);
    buf_init(&words, 2 * FACE_WHY);
    buf_fmt(&words, "%s, %s, of ", t->name, size);
    text_name(&words, bytes_of(t->from, t->from_n));
    buf_fmt(&words, " is refused: %s.", why);
    note(o, buf_cstr(&words));
    buf_free(&words);
}

static void decide(struct once *o, const struct transfer *t)
{
    const char *why = why_not(o, t);
    char line[NUMBER];

    if (t->state == TRANSFER_OFFERED) {
        (void)snprintf(line, sizeof line, "/%s %u", why == NULL ? "accept" : "refuse", t->n);
        if (face_intent(&o->f, INTENT_LINE, NULL, bytes_str(line)) == 0)
            return; /* in the next turn, then */
        if (why != NULL)
            refused(o, t, why);
    } else if (t->resting && why == NULL) {
        (void)snprintf(line, sizeof line, "/resume %u", t->n);
        if (face_intent(&o->f, INTENT_LINE, NULL, bytes_str(line)) == 0)
            return;
    }
    if (o->mark_n == o->mark_cap) {
        o->mark_cap = o->mark_cap != 0 ? 2 * o->mark_cap : 8;
        o->marks = mem_realloc(o->marks, o->mark_cap * sizeof *o->marks);
    }
    struct once_mark *m = &o->marks[o->mark_n++];
    *m = (struct once_mark){.taken = why == NULL};
    memcpy(m->key, t->key, sizeof m->key);
}

static void count_it(struct once *o, const struct transfer *t)
{
    struct buf line;

    clear(o); /* both may be the same terminal */
    if (!o->setup.json) {
        buf_init(&line, FACE_OUT);
        text_name(&line, bytes_str(t->path));
        buf_text(&line, "\n");
        face_put(&o->f, buf_view(&line));
        buf_free(&line);
    }
    if (++o->printed == o->setup.number)
        face_quit(&o->f, FACE_OK);
}

static void follow(struct once *o, const struct transfer *t, struct once_mark *m)
{
    if (!m->taken || m->counted)
        return;
    if (t->state == TRANSFER_DONE) {
        m->counted = true;
        count_it(o, t);
    } else if (transfer_over(t) && !o->stopping) {
        end_badly(o, t, status_of(t), t->why);
    } else if (t->state == TRANSFER_PAUSED && t->resting) {
        end_badly(o, t, status_of(t), t->why);
    }
}

static void greet(struct once *o)
{
    struct buf words;

    if (o->greeted)
        return;
    o->greeted = true;
    buf_init(&words, 2 * FACE_WHY);
    buf_text(&words, "Waiting for files of ");
    if (strcmp(o->setup.from, "any") == 0)
        buf_text(&words, "anybody");
    else
        text_name(&words, bytes_str(o->setup.from));
    buf_text(&words, ".");
    note(o, buf_cstr(&words));
    buf_free(&words);
}

static void end_stopped(struct once *o)
{
    face_fail(&o->f, o->setup.number == 0 ? FACE_OK : FACE_NOBODY,
        "You ended it; what was on its way was given up. %lld came in before.",
        (long long)o->printed);
}

void once_receive(struct once *o)
{
    const struct transfers *ts = &o->f.model->files;
    bool any = false;

    greet(o);
    for (size_t i = 0; i < ts->count && !o->f.over; i++) {
        const struct transfer *t = ts->all[i];
        if (!is_meant(o, t) || !is_from(o, t))
            continue;
        struct once_mark *m = mark_of(o, t);
        if (m == NULL && !transfer_over(t) && !o->stopping)
            decide(o, t);
        else if (m != NULL)
            follow(o, t, m);
        any = any || comes_in(o, t);
    }
    if (o->stopping && !any)
        end_stopped(o);
}

/* ---- what the model says ---- */

void once_file_told(void *arg, const struct transfer *t)
{
    struct once *o = arg;

    if (o->step == STEP_OFFER && t->own && !o->has_file && t->n > o->before) {
        memcpy(o->file, t->key, sizeof o->file);
        o->has_file = true;
    }
    if (o->step == STEP_OFFER && sent(o) == t)
        show(o, t);
    else if (o->step == STEP_RECEIVE && is_meant(o, t) && is_from(o, t))
        show(o, t);
}

/* One that did not even begin; of the rest the file's own state says more. */
void once_file_outcome(struct once *o, const struct model_outcome *outcome)
{
    struct buf why;

    if (o->step != STEP_OFFER || outcome->tag != o->tag)
        return;
    o->tag = UINT64_MAX; /* nothing is awaited of it any more */
    if (outcome->done || o->has_file)
        return;
    buf_init(&why, FACE_WHY);
    text_brief(&why, bytes_str(outcome->why != NULL ? outcome->why : "It is not sent."), 350);
    face_fail(&o->f, FACE_USAGE, "%s", buf_cstr(&why));
    buf_free(&why);
}

void once_file_fini(struct once *o)
{
    pulse_fini(&o->pulse);
    mem_free(o->marks);
    clear(o);
}
