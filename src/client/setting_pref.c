/* SPDX-License-Identifier: ISC */
#include "client/setting_pref.h"

#include "model/near.h"

static const char *shown(const char *value)
{
    return value[0] != '\0' ? value : "(empty)";
}

/* "on or off", "0 to 400", "auto, direct, 256" */
static void put_values(struct buf *out, const struct pref_row *row)
{
    const char *at = row->choices;

    if (row->kind == PREF_KIND_TEXT)
        buf_text(out, "words");
    if (row->kind == PREF_KIND_NUMBER)
        buf_text(out, "a number, ");
    for (; *at != '\0'; at++) {
        if (*at != ' ')
            buf_u8(out, (uint8_t)*at);
        else
            buf_text(out, row->kind == PREF_KIND_NUMBER ? " to "
                          : row->kind == PREF_KIND_BOOL ? " or "
                                                        : ", ");
    }
}

static void show(struct engine *e, size_t i)
{
    const struct pref_row *row = pref_at(i);
    struct buf values;

    buf_init(&values, 256);
    put_values(&values, row);
    engine_say(e, e->at, EVENT_INFO, "%s %s  (%s; by default %s): %s", row->name,
        shown(pref_text(&e->model->prefs, (enum pref)i)), buf_cstr(&values),
        shown(row->fallback), row->help);
    buf_free(&values);
}

void setting_pref_list(struct engine *e)
{
    for (size_t i = 0; pref_at(i) != NULL; i++) {
        const char *value = pref_text(&e->model->prefs, (enum pref)i);
        engine_say(e, e->at, EVENT_INFO, "%s %s  (by default %s): %s", pref_at(i)->name,
            shown(value), shown(pref_at(i)->fallback), pref_at(i)->help);
    }
}

static void set(struct engine *e, size_t i, struct bytes value)
{
    const struct pref_row *row = pref_at(i);
    struct buf values;

    if (bytes_eq(value, bytes_str("default")))
        value = bytes_str(row->fallback);
    if (model_set_pref(e->model, bytes_str(row->name), value) == ERR_OK) {
        engine_say(e, e->at, EVENT_INFO, "%s is %s now.", row->name,
            shown(pref_text(&e->model->prefs, (enum pref)i)));
        return;
    }
    buf_init(&values, 256);
    put_values(&values, row);
    engine_say(e, e->at, EVENT_WARN, "Nothing was changed: %s takes %s.", row->name,
        buf_cstr(&values));
    buf_free(&values);
}

bool setting_pref_command(struct engine *e, const struct command_line *line)
{
    enum pref i = pref_find(line->args[0]);

    if (i == PREFS)
        return false;
    if (line->count == 1)
        show(e, i);
    else
        set(e, i, line->args[1]);
    return true;
}

const char *setting_pref_near(struct bytes name)
{
    for (size_t i = 0; pref_at(i) != NULL; i++) {
        if (near_word(bytes_str(pref_at(i)->name), name))
            return pref_at(i)->name;
    }
    return NULL;
}
