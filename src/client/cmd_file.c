/* SPDX-License-Identifier: ISC */
/* Commands about files. */
#include "base/utf8.h"
#include "client/accept.h"
#include "client/cmd.h"
#include "client/download.h"
#include "client/files.h"
#include "client/upload.h"
#include "client/upload_begin.h"

/* ---- which one is meant ---- */

static bool is_number(struct bytes word)
{
    for (size_t i = 0; i < word.n; i++) {
        if (word.p[i] < '0' || word.p[i] > '9')
            return false;
    }
    return word.n != 0 && word.n < 9;
}

static bool is_here(const struct engine *e, const struct transfer *t)
{
    return e->at != NULL && e->at->direct == t->direct &&
           bytes_eq(room_name(e->at), bytes_of(t->where, t->where_n));
}

typedef bool fits_fn(const struct transfer *t);

static bool is_open(const struct transfer *t)
{
    return !t->own && t->state == TRANSFER_OFFERED;
}

static bool may_be_accepted(const struct transfer *t)
{
    return is_open(t) || (!t->own && t->resting && !transfer_over(t));
}

static bool goes_on(const struct transfer *t)
{
    return !transfer_over(t) && !is_open(t);
}

static bool is_under_way(const struct transfer *t)
{
    return goes_on(t) && !t->resting;
}

static bool rests(const struct transfer *t)
{
    return goes_on(t) && t->resting;
}

/* By its number; without one the newest of this page that fits, else the only one anywhere. */
static struct transfer *meant(struct engine *e, struct bytes word, fits_fn *fits)
{
    const struct transfers *ts = &e->model->files;
    struct transfer *here = NULL;
    struct transfer *only = NULL;
    size_t n = 0;

    if (word.n != 0) {
        struct transfer *t = NULL;
        uint64_t number = 0;
        if (is_number(word) && cmd_number(e, word, UINT32_MAX, &number))
            t = transfers_numbered(ts, (unsigned)number);
        if (t == NULL || !fits(t))
            engine_say(e, e->at, EVENT_WARN,
                "There is no such file; /transfers shows which there are.");
        return t != NULL && fits(t) ? t : NULL;
    }
    for (size_t i = 0; i < ts->count; i++) {
        if (!fits(ts->all[i]))
            continue;
        n++;
        only = ts->all[i];
        if (is_here(e, ts->all[i]))
            here = ts->all[i];
    }
    if (here == NULL && n == 1)
        here = only;
    if (here == NULL)
        engine_say(e, e->at, EVENT_WARN,
            n == 0 ? "There is no such file now; /transfers shows which there are."
                   : "Which one? /transfers shows their numbers.");
    return here;
}

/* ---- the commands ---- */

/* It is done when the file is on its way: whoever types goes on, and what becomes of it is
 * told as it happens. */
static void do_send(struct engine *e, const struct command_line *line)
{
    struct talk *c = cmd_talk(e);

    if (c != NULL)
        (void)upload_begin(e, c, line->arg, (struct bytes){0});
}

void cmd_file(struct engine *e, struct bytes wanted)
{
    const uint8_t *nul = wanted.n != 0 ? memchr(wanted.p, '\0', wanted.n) : NULL;
    size_t path_n = nul != NULL ? (size_t)(nul - wanted.p) : wanted.n;
    struct bytes note = {0};
    struct talk *c = cmd_talk(e);

    if (nul != NULL)
        note = bytes_of(nul + 1, wanted.n - path_n - 1);
    if (c == NULL)
        return;
    if (note.n > OFFER_NOTE || !utf8_valid(note)) {
        engine_say(e, e->at, EVENT_WARN, "Not sent: a note is words, %d bytes of them at most.",
            OFFER_NOTE);
        return;
    }
    struct upload *u = upload_begin(e, c, bytes_of(wanted.p, path_n), note);
    if (u != NULL)
        upload_await(u, e->tag);
}

static void do_accept(struct engine *e, const struct command_line *line)
{
    struct transfer *t = meant(e, line->args[0], may_be_accepted);
    struct download *d = t != NULL ? files_download_shown(e, t) : NULL;

    if (d != NULL)
        (void)download_accept(d, line->count > 1 ? line->args[1] : (struct bytes){0});
}

static void do_refuse(struct engine *e, const struct command_line *line)
{
    struct transfer *t = meant(e, line->args[0], is_open);
    struct download *d = t != NULL ? files_download_shown(e, t) : NULL;

    if (d != NULL)
        download_refuse(d);
}

static void do_cancel(struct engine *e, const struct command_line *line)
{
    struct transfer *t = meant(e, line->args[0], goes_on);

    if (t == NULL)
        return;
    struct upload *u = files_upload_shown(e, t);
    struct download *d = files_download_shown(e, t);
    if (u != NULL)
        upload_cancel(u, "cancelled by you");
    if (d != NULL)
        download_refuse(d);
}

static void pause_it(struct engine *e, struct transfer *t, bool on)
{
    struct upload *u = t != NULL ? files_upload_shown(e, t) : NULL;
    struct download *d = t != NULL ? files_download_shown(e, t) : NULL;

    if (u != NULL)
        upload_pause(u, on);
    if (d != NULL)
        download_pause(d, on);
}

static void do_pause(struct engine *e, const struct command_line *line)
{
    pause_it(e, meant(e, line->args[0], is_under_way), true);
}

static void do_resume(struct engine *e, const struct command_line *line)
{
    pause_it(e, meant(e, line->args[0], rests), false);
}

static void tell(struct engine *e, const struct transfer *t)
{
    char size[TRANSFER_SIZE];

    transfer_size(size, t->bytes);
    engine_say(e, e->at, EVENT_INFO, "%u  %s %s, %s, %s %s%.*s: %s, %u%%%s%s", t->n,
        t->own ? "send" : "receive", t->name, size, t->own ? "to" : "in", t->direct ? "@" : "#",
        (int)t->where_n, t->where, transfer_state_str(t->state), transfer_percent(t),
        t->why[0] != '\0' ? ", " : "", t->why);
}

static void do_transfers(struct engine *e, const struct command_line *line)
{
    const struct transfers *ts = &e->model->files;

    (void)line;
    if (ts->count == 0)
        engine_say(e, e->at, EVENT_INFO,
            "No file is on its way. /send PATH offers one to this conversation.");
    for (size_t i = 0; i < ts->count; i++)
        tell(e, ts->all[i]);
}

const struct cmd_row CMD_FILE[] = {
    {"accept", do_accept},
    {"auto-accept", accept_command},
    {"cancel", do_cancel},
    {"pause", do_pause},
    {"refuse", do_refuse},
    {"resume", do_resume},
    {"send", do_send},
    {"transfers", do_transfers},
    {NULL, NULL},
};
