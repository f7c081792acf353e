/* SPDX-License-Identifier: ISC */
/* The line in an editor: the terminal is lent to it, and the text that comes back is the line.
 */
#include "tui/act.h"
#include "tui/editor.h"
#include "tui/tui.h"

static void start(struct tui *t, const struct input_key *k)
{
    (void)k;
    if (t->model->ask.open) {
        buf_text(&t->v.hint, "An answer is written here: it does not go into a file.");
        return;
    }
    tui_pause(t);
    enum err e = editor_start(&t->editor, editline_text(&t->v.line));
    if (e == ERR_OK)
        return;
    tui_resume(t);
    if (e == ERR_NOT_FOUND)
        buf_fmt(&t->v.hint, "Your editor \"%.40s\" was not found. Set VISUAL or EDITOR.",
            editor_name());
    else
        buf_text(
            &t->v.hint, "There is no place for the text: neither XDG_RUNTIME_DIR nor /tmp.");
}

/* What does not fit on the line may still be a message. */
static void take(struct tui *t, struct bytes text)
{
    t->v.line.at = t->v.line.n;
    if (!editline_replace(&t->v.line, 0, text))
        act_paste(t, text);
}

void act_editor_ended(struct tui *t)
{
    struct buf text;

    buf_init(&text, INTENT_BYTES);
    enum err e = editor_finish(t->editor, &text);
    t->editor = NULL;
    tui_resume(t);
    if (e == ERR_OK)
        take(t, buf_view(&text));
    else
        buf_fmt(&t->v.hint, "%s The line is as it was.",
            e == ERR_TOO_BIG  ? "That is more than a message holds."
            : e == ERR_CLOSED ? "The editor failed."
                              : "What was written cannot be read.");
    t->dirty |= PANE_INPUT;
    buf_wipe(&text);
}

const struct act_row ACT_EDITOR[] = {
    {ACTION_EDITOR, start},
    {ACTION_NONE, NULL},
};
