/* SPDX-License-Identifier: ISC */
#include "client/download_place.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/home.h"
#include "client/files.h"

static const char *folder_of(struct engine *e, struct buf *out)
{
    const char *set = pref_text(&e->model->prefs, PREF_DOWNLOADS);

    if (e->setup.download_dir != NULL)
        return e->setup.download_dir;
    home_expand(out, bytes_str(set));
    if (buf_cstr(out)[0] != '/') {
        buf_clear(out);
        (void)part_folder_by_custom(out);
    }
    return buf_end(out) == ERR_OK && out->n != 0 ? buf_cstr(out) : NULL;
}

/* The name that the person gave it, where that is one. */
static bool take_name(struct download *d, struct bytes name)
{
    char fit[PART_NAME];

    files_clean_name(name, d->id, fit, sizeof fit);
    if (!bytes_eq(bytes_str(fit), name)) {
        engine_say(d->e, d->e->at, EVENT_WARN,
            "A file cannot be called that here; %s would do. The folder is set by /set downloads.",
            fit);
        return false;
    }
    (void)snprintf(d->writer.name, sizeof d->writer.name, "%s", fit);
    return true;
}

/* Open, or of the run before. */
static bool has_part(const struct download *d)
{
    const struct file_writer *w = &d->writer;
    char path[FILE_WRITER_FOLDER + PART_NAME + 1];
    char name[PART_NAME];

    part_name(name, bytes_str(w->stem), w->shape.id);
    (void)snprintf(path, sizeof path, "%s/%s", w->folder, name);
    return w->part.fd >= 0 || (d->accepted && file_exists(path));
}

bool download_place(struct download *d, struct bytes name)
{
    struct file_writer *w = &d->writer;
    struct buf folder;

    (void)snprintf(w->stem, sizeof w->stem, "%s", d->shown->name);
    if (name.n != 0 && !take_name(d, name))
        return false;
    if (has_part(d))
        return true;
    if (name.n == 0)
        (void)snprintf(w->name, sizeof w->name, "%s", d->shown->name);
    buf_init(&folder, FILE_WRITER_FOLDER);
    const char *path = folder_of(d->e, &folder);
    int n = path != NULL ? snprintf(w->folder, sizeof w->folder, "%s", path) : -1;
    buf_free(&folder);
    if (n > 0 && (size_t)n < sizeof w->folder)
        return true;
    engine_say(d->e, d->e->at, EVENT_WARN,
        "There is no folder to put it in: /set downloads /path/of/a/folder");
    return false;
}
