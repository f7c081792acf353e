/* SPDX-License-Identifier: ISC */
#include "tui/card.h"

#include <stdio.h>

#include "base/home.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "tui/wrap.h"

#define NAME_LEAST 12 /* columns of a name, however narrow it is */
#define WHO_COLS   12 /* of a receiver */
#define NAMED      3  /* who have it and are named */
#define NOTE_EDGE  3  /* columns of what stands around a row of a note */

struct state_row {
    const char *word;  /* for a list */
    const char *own;   /* a sentence, where it is ours */
    const char *their; /* and where it is not */
    const char *who;   /* of one receiver */
    enum style style;
    bool percent; /* how far it is belongs to it */
};

static const struct state_row ROWS[TRANSFER_STATES] = {
    [TRANSFER_READING] = {"reading", "read first, then it is offered", "", "",
        STYLE_FILE_PROGRESS, true},
    [TRANSFER_OFFERED] = {"offered", "offered; nobody has answered yet", "",
        "was asked, no answer yet", STYLE_FILE_OFFER, false},
    [TRANSFER_WAITING] = {"waiting", "accepted; nothing has gone yet",
        "accepted; nothing has come yet", "has accepted", STYLE_FILE_PROGRESS, false},
    [TRANSFER_MOVING] = {"moving", "", "", "", STYLE_FILE_PROGRESS, true},
    [TRANSFER_PAUSED] = {"paused", "paused", "paused", "paused", STYLE_FILE_PROGRESS, true},
    [TRANSFER_LOST] = {"line lost", "a line is lost; it goes on by itself",
        "a line is lost; it goes on by itself", "is out of reach", STYLE_FILE_PROGRESS, true},
    [TRANSFER_CHECKING] = {"checking", "sent; its hash is being compared",
        "all of it is here; its hash is being compared", "compares its hash",
        STYLE_FILE_PROGRESS, false},
    [TRANSFER_DONE] = {"done", "", "", "has it", STYLE_FILE_DONE, false},
    [TRANSFER_REFUSED] = {"refused", "refused", "refused", "refused", STYLE_TEXT_DIM, false},
    [TRANSFER_CANCELLED] = {"cancelled", "cancelled", "cancelled", "cancelled", STYLE_TEXT_DIM,
        false},
    [TRANSFER_FAILED] = {"failed", "failed", "failed", "is gone", STYLE_FILE_FAILED, false},
};

static const struct state_row *row_of(enum transfer_state s)
{
    return &ROWS[(unsigned)s < TRANSFER_STATES ? s : TRANSFER_FAILED];
}

const char *card_person_words(enum transfer_state s)
{
    return row_of(s)->who;
}

const char *card_word(const struct transfer *t)
{
    if (t->state == TRANSFER_DONE)
        return t->own ? "sent" : "saved";
    if (t->state == TRANSFER_OFFERED && !t->own)
        return "offer";
    return row_of(t->state)->word;
}

enum style card_style(const struct transfer *t)
{
    return row_of(t->state)->style;
}

/* ---- pieces ---- */

/* Cleaned, and cut to so many columns with a sign behind it; columns used. */
static int put_cut(struct buf *to, const struct card_look *l, struct bytes foreign, int cols)
{
    struct buf clean;
    struct bytes b;
    int used;

    buf_init(&clean, (size_t)TRANSFER_PATH * 32);
    utf8_clean(&clean, foreign, UTF8_NAME);
    b = buf_view(&clean);
    if (utf8_width(b) > cols) {
        int more = utf8_width(bytes_str(l->more));
        b.n = utf8_fit(b, cols > more ? cols - more : cols);
        buf_bytes(to, b);
        buf_text(to, cols > more ? l->more : "");
        used = utf8_width(b) + (cols > more ? more : 0);
    } else {
        buf_bytes(to, b);
        used = utf8_width(b);
    }
    buf_free(&clean);
    return used;
}

static void pad(struct buf *to, int cols)
{
    while (cols-- > 0)
        buf_u8(to, ' ');
}

static void end_part(struct card *c, const struct buf *to, enum style style)
{
    if (c->parts < CARD_PARTS)
        c->part[c->parts++] = (struct card_part){to->n, style};
}

/* ---- the head ---- */

void card_facts(struct buf *to, const struct transfer *t)
{
    char size[TRANSFER_SIZE];

    transfer_size(size, t->bytes);
    buf_fmt(to, "%s, %s", size, transfer_kind(t->name));
    if (!t->own)
        buf_text(to, t->verified ? ", sender verified" : ", sender not verified");
}

/* A name as long as it likes is cut: what is known of it always has its place behind it. */
static void put_head(struct buf *to, struct card *c, const struct card_look *l,
    const struct transfer *t, struct card_at at)
{
    const char *sign = t->own ? l->out : l->in;
    int room = at.cols - at.lead - utf8_width(bytes_str(sign)) - 1;
    struct bytes name = bytes_str(t->name);
    struct buf facts;

    buf_init(&facts, 512);
    card_facts(&facts, t);
    int behind = room - 2 - utf8_width(buf_view(&facts));
    bool beside = behind >= NAME_LEAST && behind >= utf8_width(name);
    buf_fmt(to, "%s ", sign);
    (void)put_cut(to, l, name, beside ? behind : room > NAME_LEAST ? room : NAME_LEAST);
    end_part(c, to, STYLE_TEXT_BOLD);
    buf_text(to, beside ? "  " : "\n");
    buf_bytes(to, buf_view(&facts));
    end_part(c, to, STYLE_TEXT_NORMAL);
    buf_free(&facts);
}

/* In quotes, and the rows in which it goes on are set in: it is a stranger's, and must not
 * begin a row as sotto does. */
static void put_note(struct buf *to, struct card *c, const struct transfer *t, int cols)
{
    struct buf clean;
    struct bytes rest;
    struct bytes row;

    buf_init(&clean, (size_t)TRANSFER_NOTE * 32);
    utf8_clean(&clean, bytes_str(t->note), UTF8_NAME);
    rest = buf_view(&clean);
    for (bool first = true; wrap_next(&rest, cols - NOTE_EDGE, &row); first = false) {
        buf_text(to, first ? "\n\"" : "\n  ");
        buf_bytes(to, row);
    }
    if (clean.n != 0) {
        buf_u8(to, '"');
        end_part(c, to, STYLE_TEXT_QUOTE);
    }
    buf_free(&clean);
}

/* ---- how it stands ---- */

/* The fullest that has its place in one row. */
static void put_offer(
    struct buf *to, const struct card_look *l, const struct transfer *t, int cols)
{
    char form[4][160];
    size_t i = 0;

    (void)snprintf(form[0], sizeof form[0],
        "%s, then [s] save  [a] save as  [r] refuse, or /accept %u", l->select, t->n);
    (void)snprintf(
        form[1], sizeof form[1], "[s] save  [a] save as  [r] refuse  or /accept %u", t->n);
    (void)snprintf(form[2], sizeof form[2], "[s] save  [r] refuse  or /accept %u", t->n);
    (void)snprintf(form[3], sizeof form[3], "/accept %u or /refuse %u", t->n, t->n);
    if (l->select[0] == '\0')
        i = 3; /* no key leads to those keys */
    while (i < 3 && utf8_width(bytes_str(form[i])) > cols)
        i++;
    buf_text(to, form[i]);
}

static void put_name(struct buf *to, const struct transfer_person *p)
{
    utf8_clean(to, bytes_of(p->name, p->name_n), UTF8_NAME);
}

static size_t count_in(const struct transfer *t, enum transfer_state s)
{
    size_t n = 0;

    for (size_t i = 0; i < t->people_n; i++)
        n += t->people[i].state == s;
    return n;
}

/* "bob, carol and 3 more have it" */
static void put_takers(struct buf *to, const struct transfer *t)
{
    size_t all = count_in(t, TRANSFER_DONE);
    size_t named = 0;

    for (size_t i = 0; i < t->people_n && named < NAMED; i++) {
        if (t->people[i].state != TRANSFER_DONE)
            continue;
        if (named != 0)
            buf_text(to, all <= NAMED && named + 1 == all ? " and " : ", ");
        put_name(to, &t->people[i]);
        named++;
    }
    if (all > named)
        buf_fmt(to, " and %zu more", all - named);
    buf_text(to, all == 0 ? "sent" : all == 1 ? " has it" : " have it");
}

static void put_why(struct buf *to, const struct transfer *t)
{
    if (t->why[0] == '\0')
        return;
    buf_text(to, ": ");
    utf8_clean(to, bytes_str(t->why), UTF8_NAME);
}

/* Ours is offered still to those who have not answered, or were dropped. */
static bool was_answered(const struct transfer *t)
{
    return t->own && t->state == TRANSFER_OFFERED && t->people_n != 0 &&
           count_in(t, TRANSFER_OFFERED) != t->people_n;
}

static void put_still_offered(struct buf *to, const struct transfer *t)
{
    size_t done = count_in(t, TRANSFER_DONE);

    buf_text(to, "still offered");
    if (t->people_n > 1) {
        buf_fmt(to, "; %zu of %zu have it", done, t->people_n);
    } else if (done != 0) {
        buf_text(to, "; ");
        put_takers(to, t);
    }
    put_why(to, t);
}

/* A reason that begins with the same word says it by itself: "paused by you". */
static void put_words(struct buf *to, const struct card_look *l, const struct transfer *t)
{
    const struct state_row *row = row_of(t->state);
    const char *words = t->own ? row->own : row->their;
    bool alone = strncmp(t->why, words, strlen(words)) == 0;

    if (alone)
        utf8_clean(to, bytes_str(t->why), UTF8_NAME);
    else
        buf_text(to, words);
    if (row->percent)
        buf_fmt(to, ", at %u%%", gauge_shown(&l->gauge, t->done, t->bytes));
    if (!alone)
        put_why(to, t);
}

static bool has_rows(const struct transfer *t)
{
    return t->own && t->people_n > 1 && !transfer_over(t) && t->state != TRANSFER_READING;
}

static void put_moving(
    struct buf *to, const struct card_look *l, const struct transfer *t, int cols)
{
    size_t done = count_in(t, TRANSFER_DONE);

    if (!t->own && t->done == 0 && t->bytes != 0) /* others may still be asked */
        buf_text(to, "accepted; it begins in a moment");
    else if (has_rows(t))
        buf_fmt(to, "on its way; %zu of %zu have it", done, t->people_n);
    else
        gauge_line(to, &l->gauge, cols, &(struct gauge){t->bytes, t->done, t->rate});
}

static void put_saved(struct buf *to, const struct transfer *t)
{
    char path[TRANSFER_PATH];

    home_short(path, sizeof path, t->path);
    buf_text(to, "saved in ");
    utf8_clean(to, bytes_str(path), UTF8_NAME);
    buf_text(to, ", hash and signature checked");
}

void card_state(struct buf *to, const struct card_look *l, const struct transfer *t, int cols)
{
    if (t->state == TRANSFER_OFFERED && !t->own)
        put_offer(to, l, t, cols);
    else if (was_answered(t))
        put_still_offered(to, t);
    else if (t->state == TRANSFER_MOVING)
        put_moving(to, l, t, cols);
    else if (t->state == TRANSFER_DONE && t->own)
        put_takers(to, t);
    else if (t->state == TRANSFER_DONE)
        put_saved(to, t);
    else
        put_words(to, l, t);
}

/* ---- with whom ---- */

/* The liveliest first. */
static size_t pick(const struct transfer *t, size_t out[CARD_PEOPLE])
{
    static const enum transfer_state ORDER[] = {TRANSFER_MOVING, TRANSFER_CHECKING,
        TRANSFER_PAUSED, TRANSFER_LOST, TRANSFER_WAITING, TRANSFER_DONE, TRANSFER_FAILED,
        TRANSFER_REFUSED, TRANSFER_CANCELLED, TRANSFER_OFFERED, TRANSFER_READING};
    size_t n = 0;

    for (size_t k = 0; k < MEM_COUNT(ORDER); k++) {
        for (size_t i = 0; i < t->people_n && n < CARD_PEOPLE; i++) {
            if (t->people[i].state == ORDER[k])
                out[n++] = i;
        }
    }
    return n;
}

static void put_person(struct buf *to, const struct card_look *l, const struct transfer *t,
    const struct transfer_person *p, int cols)
{
    int who = cols / 3 < WHO_COLS ? cols / 3 : WHO_COLS;
    int used = put_cut(to, l, bytes_of(p->name, p->name_n), who);
    int rest = cols - who - 2;

    if (rest < 1)
        return;
    pad(to, who - used + 2);
    if (p->state == TRANSFER_MOVING)
        gauge_line(to, &l->gauge, rest, &(struct gauge){t->bytes, p->done, 0});
    else
        (void)put_cut(to, l, bytes_str(card_person_words(p->state)), rest);
}

static void put_people(struct buf *to, struct card *c, const struct card_look *l,
    const struct transfer *t, int cols)
{
    size_t which[CARD_PEOPLE];
    size_t n = pick(t, which);

    for (size_t i = 0; i < n; i++) {
        const struct transfer_person *p = &t->people[which[i]];
        buf_u8(to, '\n');
        put_person(to, l, t, p, cols);
        end_part(c, to, row_of(p->state)->style);
    }
    if (t->people_n > n) {
        char more[64];
        (void)snprintf(more, sizeof more, "and %zu more", t->people_n - n);
        buf_u8(to, '\n');
        (void)put_cut(to, l, bytes_str(more), cols);
        end_part(c, to, STYLE_TEXT_DIM);
    }
}

void card_put(struct buf *to, struct card *c, const struct card_look *l,
    const struct transfer *t, struct card_at at)
{
    at.cols = at.cols > 0 ? at.cols : 1;
    c->parts = 0;
    put_head(to, c, l, t, at);
    put_note(to, c, t, at.cols);
    buf_u8(to, '\n');
    card_state(to, l, t, at.cols);
    end_part(c, to, card_style(t));
    if (has_rows(t))
        put_people(to, c, l, t, at.cols);
}
