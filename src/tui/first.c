/* SPDX-License-Identifier: ISC */
#include "tui/first.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "model/model.h"
#include "tui/dress.h"
#include "tui/form.h"
#include "tui/state.h"
#include "tui/wardrobe.h"

enum { SERVER, NAME, PHRASE, AGAIN, THEME, START, FIELDS };

#define PHRASE_MAX 256

struct first {
    struct form_field fields[FIELDS];
    struct form_source source;
    struct first_setup setup;
    struct form *form;
    struct wardrobe_list themes;
};

/* ---- themes ---- */

/* The first is none of them: by the terminal's background. */
static const char *choice(void *arg, size_t i)
{
    const struct first *f = arg;

    if (i == 0)
        return FIRST_AUTO;
    return i <= f->themes.count ? f->themes.name[i - 1] : NULL;
}

static void looked(void *arg, struct tui *t, size_t i)
{
    (void)dress_try(t, choice(arg, i));
    t->dirty |= MODEL_ALL | PANE_INPUT;
}

/* ---- how good a passphrase is ---- */

static bool in_range(uint32_t cp, uint32_t from, uint32_t to)
{
    return cp >= from && cp <= to;
}

/* Roughly its bits. Letters and spaces alone are taken for words, which are guessed as words;
 * with figures and signs each letter counts for more. Runs like aaaa, abcd, 4321 count once. */
static unsigned bits_of(struct bytes text)
{
    unsigned kept = 0;
    bool mixed = false;
    uint32_t before = 0, cp;
    bool ok;

    for (size_t at = 0; at < text.n;) {
        at += utf8_step(bytes_of(text.p + at, text.n - at), &cp, &ok);
        mixed =
            mixed || in_range(cp, '!', '@') || in_range(cp, '[', '`') || in_range(cp, '{', '~');
        kept += cp != before && cp != before + 1 && cp + 1 != before;
        before = cp;
    }
    return mixed ? kept * 5 : kept * 9 / 4;
}

static const char *strength(struct bytes phrase)
{
    static const struct {
        unsigned least;
        const char *words;
    } ROWS[] = {
        {75, "strong"},
        {55, "good"},
        {40, "fair: a few more words make it good"},
        {1, "weak: it can be guessed; five words that do not belong together are good"},
        {0, "Protects what is kept on this machine: who you are, and what was said. Empty: no "
            "passphrase, and whoever can read your files can read all of it."},
    };
    unsigned bits = bits_of(phrase);
    size_t i = 0;

    bits += phrase.n != 0 && bits == 0;
    while (ROWS[i].least > bits)
        i++;
    return ROWS[i].words;
}

static void note(void *arg, const struct form *f, size_t field, struct buf *out)
{
    struct bytes phrase = form_text(f, PHRASE);
    struct bytes again = form_text(f, AGAIN);

    (void)arg;
    if (field == SERVER)
        buf_text(out, "the relay: HOST or HOST:PORT");
    else if (field == NAME)
        buf_text(out, "what others see");
    else if (field == PHRASE)
        buf_text(out, strength(phrase));
    else if (field == THEME)
        buf_text(out, "Left and Right show another look");
    else if (field == AGAIN && again.n != 0)
        buf_text(out, bytes_eq(phrase, again) ? "the same"
                      : again.n < phrase.n && memcmp(phrase.p, again.p, again.n) == 0
                          ? "the same so far"
                          : "not the same");
}

/* ---- what was filled in ---- */

static void pressed(void *arg, struct tui *t, struct form *f)
{
    struct first *first = arg;
    const struct first_setup *s = &first->setup;
    const struct first_answer a = {form_text(f, SERVER), form_text(f, NAME),
        form_text(f, PHRASE), choice(arg, form_chosen(f))};

    (void)t;
    if (a.server.n != 0 && !s->fits(s->arg, a.server))
        form_wrong(f, SERVER, "That is no HOST or HOST:PORT.");
    else if (a.name.n != 0 && (a.name.n > ROSTER_NAME || !utf8_is_name(a.name)))
        form_wrong(f, NAME, "A name has up to 32 letters, digits and signs, and no spaces.");
    else if (!bytes_eq(a.phrase, form_text(f, AGAIN)))
        form_wrong(f, AGAIN, "The two differ: type the passphrase again.");
    else
        s->start(s->arg, &a);
}

static void quit(void *arg, struct tui *t)
{
    const struct first *first = arg;

    (void)t;
    first->setup.quit(first->setup.arg);
}

struct first *first_open(struct tui *t, const struct first_setup *setup)
{
    struct first *f = mem_alloc(sizeof *f);

    f->setup = *setup;
    f->fields[SERVER] = (struct form_field){FORM_TEXT, "Server", setup->server, 256};
    f->fields[NAME] =
        (struct form_field){FORM_TEXT, "Your name", "the relay gives you one", ROSTER_NAME};
    f->fields[PHRASE] = (struct form_field){FORM_SECRET, "Passphrase", "none", PHRASE_MAX};
    f->fields[AGAIN] = (struct form_field){FORM_SECRET, "Once more", "", PHRASE_MAX};
    f->fields[THEME] = (struct form_field){FORM_CHOICE, "Theme", "", 0};
    f->fields[START] = (struct form_field){FORM_BUTTON, "Start", "", 0};
    f->source = (struct form_source){
        .title = "Welcome to sotto",
        .words = "Private group chat: what you say is sealed before it leaves this machine.",
        .fields = f->fields,
        .count = FIELDS,
        .note = note,
        .choice = choice,
        .looked = looked,
        .pressed = pressed,
        .quit = quit,
    };
    wardrobe_names(&f->themes);
    f->form = form_open(t, &f->source, f);
    return f;
}

void first_wait(struct first *f, const char *words)
{
    form_busy(f->form, words);
}

void first_failed(struct first *f, const char *words)
{
    form_busy(f->form, NULL);
    form_wrong(f->form, START, words);
}

void first_close(struct first *f, struct tui *t)
{
    overlay_close(t);
    mem_free(f);
}
