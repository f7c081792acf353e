/* SPDX-License-Identifier: ISC */
#include "client/chatlog.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "client/keep.h"
#include "crypto/hash.h"

#define LINE_MAX_BYTES (8u * EVENT_TEXT)

static void slug(struct bytes name, char out[FILE_SLUG])
{
    uint8_t digest[HASH_SHA256];

    if (hash_sha256(name, digest) != ERR_OK)
        mem_die("SHA-256 is not available");
    file_slug(out, name, digest);
}

/* "ops-5f2c91ab-alice-91c0d2aa-20261120-190405.txt" */
static void file_name(
    const struct engine *e, const struct talk *c, char out[2 * FILE_SLUG + 40])
{
    char room[FILE_SLUG];
    char me[FILE_SLUG];
    char stamp[CLOCK_TEXT];

    slug(talk_title(c), room);
    slug(model_nick(e->model), me);
    clock_stamp(e->loop->wall_ms, stamp);
    (void)snprintf(out, 2 * FILE_SLUG + 40, "%s-%s-%s.txt", room, me, stamp);
}

static void close_log(struct talk *c)
{
    if (c->log_fd >= 0)
        (void)close(c->log_fd);
    c->log_fd = -1;
}

static bool open_log(struct engine *e, struct talk *c, char name[2 * FILE_SLUG + 40])
{
    close_log(c);
    if (e->setup.log_dir == NULL || file_make_private_dir(e->setup.log_dir) != ERR_OK)
        return false;
    int dir = open(e->setup.log_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0)
        return false;
    file_name(e, c, name);
    c->log_fd = file_open_beneath(dir, name);
    (void)close(dir);
    return c->log_fd >= 0;
}

void chatlog_set(struct engine *e, struct talk *c, bool on)
{
    char name[2 * FILE_SLUG + 40];

    c->logged = on && open_log(e, c, name);
    if (c->logged) {
        engine_say_in(e, c, EVENT_INFO,
            "From now on what is said here is written to %s/%s, readable for whoever has the "
            "file.",
            e->setup.log_dir, name);
    } else if (on) {
        engine_say_in(e, c, EVENT_WARN,
            "No text log can be written%s%s: look at that folder's owner and rights.",
            e->setup.log_dir != NULL ? " in " : "",
            e->setup.log_dir != NULL ? e->setup.log_dir : "");
    } else {
        close_log(c);
        engine_say_in(e, c, EVENT_INFO, "No text log is written here any more.");
    }
    keep_talk(e, c);
}

void chatlog_again(struct engine *e, struct talk *c)
{
    if (c->logged)
        chatlog_set(e, c, true);
}

/* Whatever is said, only the first line of it stands at the margin: else a message could write
 * others. */
static void put_indented(struct buf *line, struct bytes text)
{
    struct buf clean;

    buf_init(&clean, LINE_MAX_BYTES);
    utf8_clean(&clean, text, UTF8_DISPLAY);
    for (size_t i = 0; i < clean.n; i++) {
        buf_u8(line, clean.p[i]);
        if (clean.p[i] == '\n')
            buf_text(line, "    ");
    }
    buf_wipe(&clean);
}

void chatlog_line(
    struct engine *e, struct talk *c, int64_t wall_ms, const char *who, struct bytes text)
{
    char time[CLOCK_TEXT];
    struct buf line;

    if (c->log_fd < 0) /* the first words since the start */
        chatlog_again(e, c);
    if (c->log_fd < 0)
        return;
    clock_iso(wall_ms, time);
    buf_init(&line, LINE_MAX_BYTES);
    buf_fmt(&line, "%s ", time);
    utf8_clean(&line, bytes_str(who), UTF8_NAME);
    buf_text(&line, ": ");
    put_indented(&line, text);
    buf_text(&line, "\n");
    if (buf_end(&line) != ERR_OK || write(c->log_fd, line.p, line.n) != (ssize_t)line.n) {
        LOG_WARN("chatlog", "a line was not written");
        engine_say_in(e, c, EVENT_WARN, "The text log could not be written; it ends here.");
        c->logged = false;
        close_log(c);
        keep_talk(e, c);
    }
    buf_wipe(&line);
}
