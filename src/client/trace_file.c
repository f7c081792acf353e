/* SPDX-License-Identifier: ISC */
#include "client/trace_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/map.h"

#define EXPORT_MAX (1u << 20)

static void put_row(struct buf *to, struct map *names, const struct trace_row *row)
{
    struct json_out o;
    struct bytes where = bytes_of(row->where, row->where_n);
    char time[CLOCK_TEXT];
    char name[32] = "";

    clock_iso(row->wall_ms, time);
    if (where.n != 0) {
        void *seen = map_get(names, where);
        size_t number = seen != NULL ? (size_t)(uintptr_t)seen : map_count(names) + 1;
        if (seen == NULL)
            (void)map_put(names, where, (void *)(uintptr_t)number);
        (void)snprintf(name, sizeof name, "place-%zu", number);
    }
    json_out_init(&o, to);
    json_out_open(&o, NULL, '{');
    json_out_text(&o, "time", time);
    json_out_text(&o, "way", row->out ? "out" : "in");
    json_out_int(&o, "op", row->op);
    json_out_text(&o, "name", row->name);
    json_out_int(&o, "size", row->size);
    json_out_text(&o, "state", row->state);
    if (name[0] != '\0')
        json_out_text(&o, "where", name);
    json_out_close(&o, '}');
    buf_u8(to, '\n');
}

static enum err write_file(struct engine *e, struct bytes text, char *name, size_t name_n)
{
    char stamp[CLOCK_TEXT];

    if (e->setup.log_dir == NULL || file_make_private_dir(e->setup.log_dir) != ERR_OK)
        return ERR_IO;
    int dir = open(e->setup.log_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0)
        return ERR_IO;
    clock_stamp(e->loop->wall_ms, stamp);
    (void)snprintf(name, name_n, "frames-%s.jsonl", stamp);
    int fd = file_open_beneath(dir, name);
    (void)close(dir);
    if (fd < 0)
        return ERR_IO;
    bool done = write(fd, text.p, text.n) == (ssize_t)text.n;
    return close(fd) == 0 && done ? ERR_OK : ERR_IO;
}

void trace_file_write(struct engine *e)
{
    const struct trace *t = &e->model->trace;
    struct map names = {0};
    struct buf text;
    char name[CLOCK_TEXT + 24] = "";

    buf_init(&text, EXPORT_MAX);
    for (size_t i = 0; i < t->count; i++)
        put_row(&text, &names, trace_at(t, i));
    if (buf_end(&text) == ERR_OK && write_file(e, buf_view(&text), name, sizeof name) == ERR_OK)
        engine_say(e, e->at, EVENT_INFO,
            "The last %zu frames are in %s/%s: when, which and how large; no names of rooms or "
            "people, and nothing that was said.",
            t->count, e->setup.log_dir, name);
    else if (e->setup.log_dir == NULL)
        engine_say(e, e->at, EVENT_WARN,
            "Nothing is kept on this machine, so there is no folder for them: start sotto "
            "without --ephemeral.");
    else
        engine_say(e, e->at, EVENT_WARN,
            "The frames cannot be written in %s: look at that folder's owner and rights.",
            e->setup.log_dir);
    buf_free(&text);
    map_free(&names);
}
