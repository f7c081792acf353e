/* SPDX-License-Identifier: ISC */
#include "face/doctor.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "face/text.h"

#define CLOCK_FINE_MS 30000

struct doctor {
    struct face f; /* first: a struct face is one of these */
    struct doctor_setup setup;
    bool greeted; /* TLS and the relay's key were fine at least once */
    bool was_in;
    uint64_t tag; /* of what the relay was asked */
    bool answered;
    uint64_t limit_ms;
    int status;
};

static const struct point_row {
    const char *name;
    enum face_exit status; /* when it is wrong */
} POINTS[DOCTOR_POINTS] = {
    [DOCTOR_NAME] = {"name", FACE_NOBODY},
    [DOCTOR_PORT] = {"port", FACE_NOBODY},
    [DOCTOR_TLS] = {"tls", FACE_NOBODY},
    [DOCTOR_PIN] = {"pin", FACE_REFUSED},
    [DOCTOR_LOGIN] = {"login", FACE_REFUSED},
    [DOCTOR_CLOCK] = {"clock", FACE_REFUSED},
    [DOCTOR_KEYS] = {"keys", FACE_UNSEALED},
    [DOCTOR_VAULT] = {"vault", FACE_USAGE},
    [DOCTOR_ROOM] = {"room", FACE_UNSEALED},
};

const char *doctor_point_name(enum doctor_point p)
{
    return (unsigned)p < DOCTOR_POINTS ? POINTS[p].name : "unknown";
}

static struct doctor *self(struct face *f)
{
    return (struct doctor *)f;
}

/* ---- writing a finding ---- */

static void put_json(
    struct buf *to, enum doctor_point p, const struct room *r, const struct doctor_finding *d)
{
    static const char *const WORDS[] = {
        [DOCTOR_UNKNOWN] = "unknown", [DOCTOR_FINE] = "ok", [DOCTOR_WRONG] = "wrong"};
    struct json_out o;
    struct buf whole;

    buf_init(&whole, SIZE_MAX);
    json_out_init(&o, to);
    json_out_open(&o, NULL, '{');
    json_out_text(&o, "point", POINTS[p].name);
    if (r != NULL) {
        text_repair(&whole, room_name(r));
        json_out_str(&o, r->direct ? "person" : "room", buf_view(&whole));
    }
    json_out_text(&o, "verdict", WORDS[d->verdict]);
    buf_clear(&whole);
    text_name(&whole, bytes_str(d->words));
    json_out_str(&o, "words", buf_view(&whole));
    json_out_close(&o, '}');
    buf_text(to, "\n");
    buf_free(&whole);
}

static void put_text(
    struct buf *to, enum doctor_point p, const struct room *r, const struct doctor_finding *d)
{
    static const char *const WORDS[] = {
        [DOCTOR_UNKNOWN] = "-", [DOCTOR_FINE] = "ok", [DOCTOR_WRONG] = "WRONG"};

    buf_fmt(to, "%-6s", WORDS[d->verdict]);
    if (r != NULL)
        text_where(to, r);
    else
        buf_text(to, POINTS[p].name);
    buf_text(to, ": ");
    text_name(to, bytes_str(d->words));
    buf_text(to, "\n");
}

static void put(struct doctor *d, enum doctor_point p, const struct room *r,
    const struct doctor_finding *finding)
{
    struct buf line;

    if (finding->verdict == DOCTOR_WRONG && d->status == FACE_OK)
        d->status = POINTS[p].status;
    buf_init(&line, FACE_OUT);
    if (d->setup.json)
        put_json(&line, p, r, finding);
    else
        put_text(&line, p, r, finding);
    face_put(&d->f, buf_view(&line));
    buf_free(&line);
}

static void found(struct doctor *d, enum doctor_point p, enum doctor_verdict verdict,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

static void found(
    struct doctor *d, enum doctor_point p, enum doctor_verdict verdict, const char *fmt, ...)
{
    struct doctor_finding finding = {.verdict = verdict};
    va_list ap;

    va_start(ap, fmt);
    (void)vsnprintf(finding.words, sizeof finding.words, fmt, ap);
    va_end(ap);
    put(d, p, NULL, &finding);
}

/* ---- the points ---- */

static void find_tls(struct doctor *d, const char *trouble)
{
    const struct model *m = d->f.model;

    if (d->greeted)
        found(d, DOCTOR_TLS, DOCTOR_FINE, "TLS 1.3 with %s", m->address);
    else if (d->setup.port.verdict != DOCTOR_FINE || m->link == MODEL_REFUSED)
        found(d, DOCTOR_TLS, DOCTOR_UNKNOWN, "not looked at");
    else
        found(d, DOCTOR_TLS, DOCTOR_WRONG, "%s",
            trouble[0] != '\0' ? trouble : "The relay did not answer in time.");
}

static void find_pin(struct doctor *d, const char *trouble)
{
    static const char *const WORDS[] = {
        [MODEL_UNKNOWN] = "The relay's key was not looked at.",
        [MODEL_FIRST_SIGHT] = ("This relay was met for the first time; compare its fingerprint "
                               "with what its operator told you."),
        [MODEL_PINNED] = "The relay shows the key that is known of it.",
        [MODEL_CERTIFIED] = "The relay's certificate is good by your authorities.",
    };
    const struct model *m = d->f.model;

    if (d->greeted)
        found(d, DOCTOR_PIN, DOCTOR_FINE, "%s", WORDS[m->trust]);
    else if (m->link == MODEL_REFUSED)
        found(d, DOCTOR_PIN, DOCTOR_WRONG, "%s",
            trouble[0] != '\0' ? trouble : "sotto does not talk to this relay.");
    else
        found(d, DOCTOR_PIN, DOCTOR_UNKNOWN, "not looked at");
}

static void find_login(struct doctor *d, const char *trouble)
{
    const struct model *m = d->f.model;

    if (d->was_in)
        found(d, DOCTOR_LOGIN, DOCTOR_FINE, "You are in as %.*s, %s.%s", (int)m->nick_n,
            m->nick, m->account ? "with an account" : "a guest",
            m->link == MODEL_READY ? "" : " The connection was lost since.");
    else if (d->greeted)
        found(d, DOCTOR_LOGIN, DOCTOR_WRONG, "%s",
            m->ask.open          ? m->ask.words
            : trouble[0] != '\0' ? trouble
                                 : "The relay did not let you in in time.");
    else
        found(d, DOCTOR_LOGIN, DOCTOR_UNKNOWN, "not looked at");
}

static void find_clock(struct doctor *d)
{
    const struct model *m = d->f.model;
    int64_t off = m->clock_off_ms;
    int64_t size = off < 0 ? -off : off;

    if (!m->clock_known)
        found(d, DOCTOR_CLOCK, DOCTOR_UNKNOWN, "The relay has not told its time.");
    else if (size <= CLOCK_FINE_MS)
        found(d, DOCTOR_CLOCK, DOCTOR_FINE, "as the relay's, within %" PRId64 " s",
            size / 1000 + 1);
    else
        found(d, DOCTOR_CLOCK, DOCTOR_WRONG,
            "Your clock is %" PRId64 " s %s the relay's. Set it: times of messages and of keys "
            "are judged by it.",
            size / 1000, off > 0 ? "behind" : "ahead of");
}

static void find_keys(struct doctor *d)
{
    const struct model *m = d->f.model;

    if (m->print[0] != '\0')
        found(d, DOCTOR_KEYS, DOCTOR_FINE, "Your fingerprint is %s.", m->print);
    else if (d->was_in)
        found(d, DOCTOR_KEYS, DOCTOR_WRONG,
            "You have no identity key yet. Making one takes some seconds; look again.");
    else
        found(d, DOCTOR_KEYS, DOCTOR_UNKNOWN, "not looked at");
}

static void find_room(struct doctor *d, const struct room *r)
{
    static const char *const WHAT_TO_DO[ROOM_SEALS] = {
        [ROOM_PLAIN] = "Nothing is said here.",
        [ROOM_AGREEING] = "What you type waits until somebody there is connected.",
        [ROOM_UNCONFIRMED] = "Wait until somebody there was heard.",
        [ROOM_SEALED] = "",
        [ROOM_STOPPED] = "Look with /whois who it is, and accept with /trust when it is right.",
        [ROOM_UNVERIFIED] = "Compare safety numbers with /verify, or /set verified-only off.",
        [ROOM_BROKEN] = "Tell the others by another way; /leave ends it.",
        [ROOM_LOST] = "Wait; leave and join again when it lasts.",
    };
    static const enum doctor_verdict VERDICTS[ROOM_SEALS] = {
        [ROOM_PLAIN] = DOCTOR_UNKNOWN,
        [ROOM_AGREEING] = DOCTOR_UNKNOWN,
        [ROOM_UNCONFIRMED] = DOCTOR_UNKNOWN,
        [ROOM_SEALED] = DOCTOR_FINE,
        [ROOM_STOPPED] = DOCTOR_WRONG,
        [ROOM_UNVERIFIED] = DOCTOR_WRONG,
        [ROOM_BROKEN] = DOCTOR_WRONG,
        [ROOM_LOST] = DOCTOR_WRONG,
    };
    struct doctor_finding finding = {.verdict = VERDICTS[r->seal]};

    (void)snprintf(finding.words, sizeof finding.words,
        "%s, epoch %" PRIu64 ", %u members%s%s. %s", room_seal_str(r->seal), r->epoch,
        r->members, r->code[0] != '\0' ? ", code " : "", r->code, WHAT_TO_DO[r->seal]);
    put(d, DOCTOR_ROOM, r, &finding);
}

static void tell_all(struct doctor *d)
{
    const struct room *r;
    struct buf trouble;

    buf_init(&trouble, FACE_WHY);
    face_last_trouble(d->f.model, &trouble);
    put(d, DOCTOR_NAME, NULL, &d->setup.name);
    put(d, DOCTOR_PORT, NULL, &d->setup.port);
    find_tls(d, buf_cstr(&trouble));
    find_pin(d, buf_cstr(&trouble));
    find_login(d, buf_cstr(&trouble));
    find_clock(d);
    find_keys(d);
    put(d, DOCTOR_VAULT, NULL, &d->setup.vault);
    for (size_t i = 1; (r = model_page(d->f.model, i)) != NULL; i++)
        find_room(d, r);
    buf_free(&trouble);
    face_quit(&d->f, d->status);
}

/* ---- watching ---- */

static void on_link(void *arg)
{
    struct doctor *d = arg;
    enum model_link link = d->f.model->link;

    d->was_in = d->was_in || link == MODEL_READY;
    d->greeted = d->greeted || link == MODEL_READY || link == MODEL_GREETING;
}

static void on_outcome(void *arg, const struct model_outcome *o)
{
    struct doctor *d = arg;

    face_outcome(&d->f);
    d->answered = d->answered || o->tag == d->tag;
}

static bool rooms_agree(const struct model *m)
{
    const struct room *r;

    for (size_t i = 1; (r = model_page(m, i)) != NULL; i++) {
        if (r->seal == ROOM_AGREEING)
            return false;
    }
    return true;
}

/* Whether there is nothing more to wait for. That the relay answers a question means that it
 * has answered what the session asked before: the rooms are entered. */
static bool is_complete(struct doctor *d)
{
    const struct model *m = d->f.model;

    if (m->link == MODEL_WAITING || m->link == MODEL_REFUSED || m->link == MODEL_ENDED ||
        m->ask.open)
        return true;
    if (m->link != MODEL_READY)
        return false;
    if (d->tag == 0)
        d->tag = face_intent(&d->f, INTENT_LINE, NULL, bytes_str("/rooms"));
    return d->answered && m->print[0] != '\0' && rooms_agree(m);
}

static void on_turn(struct face *f)
{
    struct doctor *d = self(f);

    if (d->limit_ms == 0)
        d->limit_ms = f->now_ms + DOCTOR_PATIENCE_MS;
    f->due_ms = d->limit_ms;
    if (is_complete(d) || f->now_ms >= d->limit_ms)
        tell_all(d);
}

/* ---- life ---- */

static bool on_line(struct face *f, struct bytes line)
{
    (void)f, (void)line;
    return true;
}

static void on_fini(struct face *f)
{
    f->model->ear = (struct model_ear){0};
}

static const struct face_ops OPS = {.line = on_line, .turn = on_turn, .fini = on_fini};

struct face *doctor_new(struct model *m, const struct doctor_setup *setup, int out_fd)
{
    struct doctor *d = mem_alloc(sizeof *d);

    face_init(&d->f, &OPS, m, out_fd);
    d->setup = *setup;
    m->ear = (struct model_ear){.link = on_link, .outcome = on_outcome, .arg = d};
    on_link(d);
    return &d->f;
}

void doctor_free(struct face *f)
{
    if (f == NULL)
        return;
    face_fini(f);
    mem_free(f);
}
