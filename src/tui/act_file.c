/* SPDX-License-Identifier: ISC */
#include "tui/act_file.h"

#include <stdio.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "tui/act.h"
#include "tui/act_file_info.h"
#include "tui/act_view.h"
#include "tui/card.h"
#include "tui/dialog.h"
#include "tui/form.h"
#include "tui/launch.h"

#define OPENER "xdg-open" /* $BROWSER is for links */

/* Which one a dialog is about. */
static unsigned *keep(unsigned n)
{
    unsigned *kept = mem_alloc(sizeof *kept);

    *kept = n;
    return kept;
}

static void forget(void *arg)
{
    mem_free(arg);
}

static void say(struct tui *t, const char *command, unsigned n)
{
    char line[64];

    (void)snprintf(line, sizeof line, "/%s %u", command, n);
    act_push_line(t, bytes_str(line));
}

/* ---- an offer ---- */

static bool is_offer(const struct transfer *f)
{
    return !f->own && f->state == TRANSFER_OFFERED;
}

static void save(struct tui *t, const struct transfer *f)
{
    say(t, "accept", f->n);
}

static void refuse(struct tui *t, const struct transfer *f)
{
    say(t, "refuse", f->n);
}

static void named(void *arg, struct tui *t, struct form *form)
{
    struct bytes name = form_text(form, 0);
    struct buf line;

    while (name.n != 0 && name.p[0] == ' ')
        name = bytes_of(name.p + 1, name.n - 1);
    if (name.n == 0) {
        form_wrong(form, 0, "It needs a name.");
        return;
    }
    if (memchr(name.p, '/', name.n) != NULL) {
        form_wrong(form, 0, "A name without a slash: files come into one folder.");
        return;
    }
    buf_init(&line, 1024);
    buf_fmt(&line, "/accept %u ", *(unsigned *)arg);
    buf_bytes(&line, name);
    act_push_line(t, buf_view(&line));
    buf_free(&line);
    overlay_close(t);
}

static void not_named(void *arg, struct tui *t)
{
    (void)arg;
    (void)t;
}

static void save_as(struct tui *t, const struct transfer *f)
{
    static const struct form_field FIELDS[] = {
        {FORM_TEXT, "name", "", TRANSFER_NAME - 1}, {FORM_BUTTON, "save", "", 0}};
    static const struct form_source SOURCE = {.title = "Save under another name",
        .words = "A file of that name that is there already stays as it is.",
        .fields = FIELDS,
        .count = MEM_COUNT(FIELDS),
        .pressed = named,
        .quit = not_named,
        .fini = forget};
    struct buf clean;

    buf_init(&clean, (size_t)TRANSFER_NAME * 32);
    utf8_clean(&clean, bytes_str(f->name), UTF8_FILENAME);
    form_set(form_push(t, &SOURCE, keep(f->n)), 0, buf_view(&clean));
    buf_free(&clean);
}

/* ---- one under way ---- */

static bool goes_on(const struct transfer *f)
{
    return !transfer_over(f) && f->state != TRANSFER_OFFERED && f->state != TRANSFER_READING &&
           f->state != TRANSFER_CHECKING;
}

static bool can_rest(const struct transfer *f)
{
    return goes_on(f) && !f->resting;
}

static bool can_wake(const struct transfer *f)
{
    return goes_on(f) && f->resting;
}

static void rest(struct tui *t, const struct transfer *f)
{
    say(t, "pause", f->n);
}

static void wake(struct tui *t, const struct transfer *f)
{
    say(t, "resume", f->n);
}

static bool can_stop(const struct transfer *f)
{
    return !transfer_over(f) && !is_offer(f);
}

static void stop_answered(void *arg, struct tui *t, char letter)
{
    if (letter == 'y')
        say(t, "cancel", *(unsigned *)arg);
}

static void stop(struct tui *t, const struct transfer *f)
{
    char words[TRANSFER_NAME + 128];

    (void)snprintf(words, sizeof words,
        f->own ? "Stop sending %s? Who has all of it keeps it."
               : "Stop receiving %s? What has come of it is deleted.",
        f->name);
    dialog_push(t,
        &(struct dialog){.title = "Cancel",
            .words = words,
            .button = {{'n', "no"}, {'y', "yes, stop it"}},
            .buttons = 2,
            .answered = stop_answered,
            .fini = forget},
        keep(f->n));
}

/* ---- one that is here ---- */

static bool is_here(const struct transfer *f)
{
    return !f->own && f->state == TRANSFER_DONE && f->path[0] == '/';
}

static void hand_over(struct tui *t, const char *path)
{
    if (launch_link(OPENER, path) == ERR_OK)
        buf_text(&t->v.hint, "Handed to " OPENER ".");
    else
        buf_text(&t->v.hint, OPENER " does not start: open the folder by yourself.");
}

static void open_answered(void *arg, struct tui *t, char letter)
{
    const struct transfer *f = transfers_numbered(&t->model->files, *(unsigned *)arg);
    char path[TRANSFER_PATH];

    if (f == NULL || !is_here(f) || (letter != 'f' && letter != 'o'))
        return;
    (void)bytes_copy(path, sizeof path, bytes_str(f->path));
    if (letter == 'f')
        *(strrchr(path, '/') + (strrchr(path, '/') == path)) = '\0';
    hand_over(t, path);
}

/* By the name it was offered under, or by the one it has here. */
static bool is_harmful(const struct transfer *f)
{
    return strstr(transfer_kind(f->name), "harm") != NULL ||
           strstr(transfer_kind(f->path), "harm") != NULL;
}

static void open_it(struct tui *t, const struct transfer *f)
{
    bool harm = is_harmful(f);
    struct buf words;

    buf_init(&words, 4096);
    buf_fmt(&words, "%s came from ", f->name);
    utf8_clean(&words, bytes_of(f->from, f->from_n), UTF8_NAME);
    buf_fmt(&words, ", %s. ", f->verified ? "verified" : "whose key was not verified");
    buf_text(&words,
        harm ? "It can do harm, so sotto opens its folder only."
             : "The program that opens it is outside of sotto, and reads what they wrote.");
    dialog_push(t,
        &(struct dialog){.title = "Open",
            .words = buf_cstr(&words),
            .button = {{'n', "no"}, {'f', "folder"}, {'o', "open it"}},
            .buttons = harm ? 2 : 3,
            .first = 1,
            .answered = open_answered,
            .fini = forget},
        keep(f->n));
    buf_free(&words);
}

/* ---- which letter does what ---- */

static bool always(const struct transfer *f)
{
    (void)f;
    return true;
}

struct letter_row {
    char letter;
    const char *words;
    bool (*fits)(const struct transfer *f);
    void (*run)(struct tui *t, const struct transfer *f);
};

static const struct letter_row LETTERS[] = {
    {'s', "save", is_offer, save},
    {'a', "save as", is_offer, save_as},
    {'r', "refuse", is_offer, refuse},
    {'p', "pause", can_rest, rest},
    {'p', "resume", can_wake, wake},
    {'x', "cancel", can_stop, stop},
    {'v', "view", act_view_can, act_view},
    {'o', "open", is_here, open_it},
    {'i', "about it", always, act_file_inform},
};

bool act_file_key(struct tui *t, unsigned n, uint32_t letter)
{
    const struct transfer *f = transfers_numbered(&t->model->files, n);

    for (size_t i = 0; f != NULL && letter != 0 && i < MEM_COUNT(LETTERS); i++) {
        const struct letter_row *row = &LETTERS[i];
        if ((uint32_t)row->letter != letter || !row->fits(f))
            continue;
        row->run(t, f);
        return true;
    }
    return false;
}

/* What answers an offer would be something else on a message, which nobody meant who saw the
 * offer a moment ago. */
bool act_file_late(struct tui *t, const struct transfer *f, uint32_t letter)
{
    if (f->own || is_offer(f) || f->state == TRANSFER_DONE ||
        (letter != 's' && letter != 'a' && letter != 'r'))
        return false;
    buf_fmt(&t->v.hint, "It is not offered any more: %s.", card_word(f));
    return true;
}

void act_file_hints(struct buf *to, const struct transfer *f)
{
    const char *between = "";

    for (size_t i = 0; i < MEM_COUNT(LETTERS); i++) {
        if (!LETTERS[i].fits(f))
            continue;
        buf_fmt(to, "%s%c %s", between, LETTERS[i].letter, LETTERS[i].words);
        between = "  ";
    }
}
