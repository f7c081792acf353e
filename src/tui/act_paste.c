/* SPDX-License-Identifier: ISC */
/*
 * What is pasted: text, whatever it looks like. Nothing in it is a key or a command. One line
 * goes to where the cursor is, several are looked at first.
 */
#include "base/mem.h"
#include "base/utf8.h"
#include "tui/act.h"
#include "tui/dialog.h"
#include "tui/dropped.h"
#include "tui/input.h"

#define PASTE_MS   5000 /* for the end to come */
#define PASTE_SHOW 5    /* lines that are shown of it */

void act_paste_begin(struct tui *t)
{
    t->pasting = true;
    t->pasted_cr = false;
    buf_clear(&t->pasted);
    act_paste_wait(t);
}

void act_paste_wait(struct tui *t)
{
    t->alarm[ALARM_PASTE] = t->now_ms + PASTE_MS;
}

/* Controls are dropped: of what looked like a key, its letter is left. */
void act_paste_key(struct tui *t, const struct input_key *k)
{
    uint8_t letter[4];
    bool newline = k->code == INPUT_CHAR && k->mods == INPUT_CTRL && k->cp == 'j';
    bool second = newline && t->pasted_cr; /* CR LF is one */

    t->pasted_cr = k->code == INPUT_ENTER;
    if (k->code == INPUT_ENTER || (newline && !second))
        buf_u8(&t->pasted, '\n');
    else if (k->code == INPUT_TAB)
        buf_text(&t->pasted, "    ");
    else if (k->code == INPUT_CHAR && (k->mods & INPUT_CTRL) == 0)
        buf_put(&t->pasted, letter, utf8_put(letter, k->cp));
}

/* ---- into the line ---- */

static struct bytes from_first_letter(struct bytes b)
{
    while (b.n != 0 && b.p[0] == ' ')
        b = bytes_of(b.p + 1, b.n - 1);
    return b;
}

/* Whether it would stand where a command begins: then one slash more makes words of it. */
static bool would_run(const struct editline *e, struct bytes text)
{
    struct bytes first = from_first_letter(text);

    return from_first_letter(bytes_of(e->text, e->at)).n == 0 && first.n != 0 &&
           first.p[0] == '/';
}

/* Whoever drops a file means the file, and is told how; whoever pastes a path may mean words.
 */
static void hint_at_file(struct tui *t, struct bytes text)
{
    const struct room *r = t->model->open;
    char key[32];
    struct buf path;

    keymap_key(&t->keys, ACTION_SEND_FILE, key);
    buf_init(&path, EDITLINE_BYTES);
    if (key[0] != '\0' && r != t->model->home && !r->local && dropped_path(text, &path)) {
        buf_clear(&t->v.hint);
        buf_fmt(&t->v.hint, "%s offers that file, Enter says its path.", key);
    }
    buf_free(&path);
}

static void insert(struct tui *t, struct bytes text)
{
    struct editline *e = act_line_of(t);
    struct bytes first = from_first_letter(text);
    struct buf all;
    bool escape = !t->model->ask.open && would_run(e, text);

    buf_init(&all, EDITLINE_BYTES + 1);
    if (escape) {
        buf_bytes(&all, bytes_of(text.p, text.n - first.n));
        buf_u8(&all, '/');
        text = first;
    }
    buf_bytes(&all, text);
    e->did = EDITLINE_DID_OTHER;
    if (buf_end(&all) != ERR_OK || !editline_insert(e, buf_view(&all)))
        buf_fmt(&t->v.hint, "Not pasted: a line holds at most %d bytes", EDITLINE_BYTES);
    else if (escape)
        buf_text(&t->v.hint, "What is pasted is said as text. To run it, take one / away.");
    e->did = EDITLINE_DID_OTHER;
    if (!t->model->ask.open)
        hint_at_file(t, editline_text(e));
    buf_wipe(&all);
}

/* ---- several lines ---- */

struct offer {
    struct buf text;
    struct intent to;
    const struct room *page; /* only compared */
};

static void offer_free(void *arg)
{
    struct offer *o = arg;

    buf_wipe(&o->text);
    mem_free(o);
}

static void offer_send(struct offer *o, struct tui *t)
{
    /* The relay's page has no name to send to: it is whichever is open. */
    bool gone = o->to.where_n == 0 && t->model->open != o->page;

    if (gone || intents_put(&t->model->intents, &o->to, buf_view(&o->text)) != ERR_OK)
        buf_text(&t->v.hint, gone ? "Not sent: another page is open now. Paste it again."
                                  : "Not sent: too much is waiting. Paste it again.");
}

static void offer_answered(void *arg, struct tui *t, char letter)
{
    struct offer *o = arg;

    if (letter == 'e')
        insert(t, buf_view(&o->text));
    else if (letter == 's')
        offer_send(o, t);
}

static size_t count_lines(struct bytes text)
{
    size_t n = 1;

    for (size_t i = 0; i < text.n; i++)
        n += text.p[i] == '\n';
    return n;
}

static void put_preview(struct buf *to, struct bytes text, size_t lines)
{
    size_t shown = 0;
    size_t n = 0;

    while (n < text.n && shown < PASTE_SHOW)
        shown += text.p[n++] == '\n';
    buf_bytes(to, bytes_of(text.p, n));
    if (lines > PASTE_SHOW)
        buf_fmt(to, "and %zu more", lines - PASTE_SHOW);
}

void act_paste_offer(struct tui *t, struct bytes text)
{
    struct offer *o = mem_alloc(sizeof *o);
    size_t lines = count_lines(text);
    struct buf words;
    struct buf preview;

    act_follow_page(t);
    o->page = t->model->open;
    o->to = t->page; /* of the line: it knows its page by name */
    o->to.kind = INTENT_WORDS;
    buf_init(&o->text, INTENT_BYTES);
    buf_bytes(&o->text, text);
    buf_init(&words, 512);
    buf_fmt(&words, "Paste %zu line%s (%zu bytes) to ", lines, lines == 1 ? "" : "s", text.n);
    pane_page_name(&words, t->model, t->model->open);
    buf_text(&words, "?");
    buf_init(&preview, INTENT_BYTES + 64);
    put_preview(&preview, text, lines);
    dialog_open(t,
        &(struct dialog){
            .title = "Paste",
            .words = buf_cstr(&words),
            .lines = buf_cstr(&preview),
            .button = {{'e', "edit"}, {'s', "send as one message"}},
            .buttons = 2,
            .answered = offer_answered,
            .fini = offer_free,
        },
        o);
    buf_free(&words);
    buf_wipe(&preview);
}

static void say_too_much(struct tui *t)
{
    buf_fmt(&t->v.hint, "Not pasted: a message holds at most %d bytes", INTENT_SAID);
}

/* A question is answered on one line: the newline that comes along with a password is no part
 * of it. */
void act_paste(struct tui *t, struct bytes text)
{
    struct buf clean;

    while (text.n != 0 && text.p[text.n - 1] == '\n')
        text.n--;
    buf_init(&clean, (size_t)INTENT_BYTES * 8);
    utf8_clean(&clean, text, UTF8_DISPLAY);
    if (buf_end(&clean) != ERR_OK || clean.n > INTENT_SAID)
        say_too_much(t);
    else if (t->model->ask.open || count_lines(buf_view(&clean)) == 1)
        insert(t, buf_view(&clean));
    else
        act_paste_offer(t, buf_view(&clean));
    buf_wipe(&clean);
}

void act_paste_end(struct tui *t)
{
    t->pasting = false;
    t->alarm[ALARM_PASTE] = 0;
    if (buf_end(&t->pasted) != ERR_OK)
        say_too_much(t);
    else if (t->overlay == NULL)
        act_paste(t, buf_view(&t->pasted));
    else if (t->overlay->ops->paste != NULL)
        t->overlay->ops->paste(t->overlay, t, buf_view(&t->pasted));
    buf_wipe(&t->pasted);
    t->dirty |= PANE_INPUT;
}

void act_paste_late(struct tui *t)
{
    if (input_waits()) { /* the rest is here: it was we who were late */
        act_paste_wait(t);
        return;
    }
    buf_clear(&t->v.hint);
    act_paste_end(t);
    if (t->v.hint.n == 0)
        buf_text(
            &t->v.hint, "The terminal did not say where the paste ends; what came is kept.");
}
