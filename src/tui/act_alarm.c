/* SPDX-License-Identifier: ISC */
/*
 * A changed key stops a conversation, and the person decides: the letters that the new key is
 * known by are to be typed, so that Enter alone accepts nothing. It is said once each time the
 * page is opened; ESC leaves everything stopped.
 */
#include <stdio.h>

#include "base/mem.h"
#include "tui/act.h"
#include "tui/dialog.h"

#define TYPE_WORD "trust" /* where the new key's letters are not known */

static bool about(const struct key_warning *a, const struct person *p)
{
    return bytes_eq(bytes_of(a->name, a->name_n), person_name(p));
}

static const struct person *changed_one(const struct key_warning *a, const struct room *r)
{
    for (size_t i = 0; i < r->people.count; i++) {
        const struct person *p = &r->people.people[i];
        if ((p->flags & ROSTER_CHANGED) != 0 && !about(a, p))
            return p;
    }
    return NULL;
}

static void answered(void *arg, struct tui *t, char letter)
{
    const struct key_warning *a = arg;
    char line[32 + ROSTER_NAME];

    if (letter != '\r' || t->warning.page != a->page)
        return;
    t->warning.quiet = false; /* there may be another one */
    (void)snprintf(line, sizeof line, "/trust %.*s", (int)a->name_n, a->name);
    if (intents_push(&t->model->intents, INTENT_LINE, bytes_str(line)) != ERR_OK)
        buf_text(&t->v.hint, "Too much is waiting to be done; type /trust and the name");
}

static void ask(struct tui *t, const struct person *p)
{
    struct buf words;
    struct dialog d = {
        .title = "A key has changed", .wide = true, .answered = answered, .fini = mem_free};
    struct bytes name = person_name(p);
    int n = (int)name.n;
    const char *who = (const char *)name.p;

    buf_init(&words, 4096);
    buf_fmt(&words,
        "%.*s shows another key than before. That is so when somebody has a new device or "
        "lost the old key; it is also what it looks like when somebody else speaks in the "
        "name of %.*s. Nothing is sent here until you decide.\n",
        n, who, n, who);
    buf_fmt(&words,
        "Ask %.*s by another way, a call or face to face. ESC changes nothing; then "
        "/verify %.*s shows the numbers to compare.\n",
        n, who, n, who);
    if (p->tag[0] != '\0')
        buf_fmt(&words,
            "When you are sure, type the letters that the new key is known by: %.4s", p->tag);
    else
        buf_fmt(&words, "When you are sure, type the word %s.", TYPE_WORD);
    d.words = buf_cstr(&words);
    d.type = p->tag[0] != '\0' ? p->tag : TYPE_WORD;
    dialog_open(t, &d, mem_dup(&t->warning, sizeof t->warning));
    buf_free(&words);
}

void act_follow_seal(struct tui *t)
{
    const struct room *r = t->model->open;
    struct key_warning *a = &t->warning;
    const struct person *p;

    if (a->page != r)
        *a = (struct key_warning){.page = r};
    /* What is being typed in another overlay, or for a question, is not taken away. */
    if (a->quiet || r->seal != ROOM_STOPPED || t->overlay != NULL || t->model->ask.open)
        return;
    p = changed_one(a, r);
    if (p == NULL)
        return;
    a->quiet = true;
    a->name_n = p->name_n;
    memcpy(a->name, p->name, p->name_n);
    ask(t, p);
}
