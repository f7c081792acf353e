/* SPDX-License-Identifier: ISC */
#include "server/audit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "crypto/hash.h"

#define FIELD_SHOW  256 /* bytes of one field */
#define PENDING_MAX (256 * KIB)
#define KIB         1024
#define SILENCE_S   600 /* between two complaints about what cannot be written */

struct audit_file {
    char slug[FILE_SLUG]; /* "" for the one of the whole relay */
    int fd;               /* -1: not open */
    bool torn;            /* a line was cut short: the next starts on a new one */
    uint64_t used;
    struct buf pending;
};

struct audit {
    int rooms_dir;
    char stamp[CLOCK_TEXT];
    struct audit_file all;
    struct audit_file rooms[AUDIT_ROOM_FILES];
    uint64_t clock;  /* counts uses */
    int64_t second;  /* the one that is being counted */
    unsigned lines;  /* in it */
    uint64_t missed; /* and not yet told */
    int64_t told;    /* the second of the last complaint in the log; 0: none */
};

static void failed(struct audit *a, const char *what, const char *name)
{
    if (a->told != 0 && a->second < a->told + SILENCE_S)
        return;
    LOG_ERROR("audit", "%s %s: %s; lines are being lost", what, log_text(bytes_str(name)),
        strerrordesc_np(errno));
    a->told = a->second;
}

/* ---- files ---- */

static void file_start(struct audit_file *f, const char *slug)
{
    *f = (struct audit_file){.fd = -1};
    (void)bytes_copy(f->slug, sizeof f->slug, bytes_str(slug));
    buf_init(&f->pending, PENDING_MAX);
}

static void file_flush(struct audit *a, struct audit_file *f)
{
    ssize_t n;

    if (f->pending.n == 0)
        return;
    do {
        n = write(f->fd, f->pending.p, f->pending.n);
    } while (n < 0 && errno == EINTR);
    if (n == (ssize_t)f->pending.n) {
        f->torn = false;
    } else {
        if (n >= 0)
            errno = ENOSPC;
        f->torn = f->torn || n > 0;
        failed(a, "writing", f->slug[0] != '\0' ? f->slug : "audit.log");
    }
    buf_clear(&f->pending);
    f->pending.err = ERR_OK;
}

static void file_end(struct audit *a, struct audit_file *f)
{
    if (f->fd >= 0) {
        file_flush(a, f);
        (void)close(f->fd);
    }
    f->fd = -1;
    buf_free(&f->pending);
}

static void file_line(struct audit *a, struct audit_file *f, struct bytes line)
{
    if (f->fd < 0)
        return;
    f->used = ++a->clock;
    if (f->pending.n + line.n + 1 > PENDING_MAX)
        file_flush(a, f);
    if (f->torn && f->pending.n == 0)
        buf_u8(&f->pending, '\n');
    buf_bytes(&f->pending, line);
}

/* ---- of one room ---- */

static void room_slug(struct bytes room, char slug[FILE_SLUG])
{
    uint8_t digest[HASH_SHA256] = {0};

    if (hash_sha256(room, digest) != ERR_OK)
        LOG_WARN("audit", "no digest for the name of a room's log");
    file_slug(slug, room, digest);
}

static int room_open(struct audit *a, const char *slug)
{
    char name[2 * FILE_SLUG + CLOCK_TEXT + 8];

    if (mkdirat(a->rooms_dir, slug, 0700) != 0 && errno != EEXIST) {
        failed(a, "making the folder of", slug);
        return -1;
    }
    (void)snprintf(name, sizeof name, "%s/%s-%s.log", slug, slug, a->stamp);
    int fd = file_open_beneath(a->rooms_dir, name);
    if (fd < 0)
        failed(a, "opening", name);
    return fd;
}

static struct audit_file *room_file(struct audit *a, struct bytes room)
{
    struct audit_file *oldest = &a->rooms[0];
    char slug[FILE_SLUG];

    room_slug(room, slug);
    for (size_t i = 0; i < AUDIT_ROOM_FILES; i++) {
        struct audit_file *f = &a->rooms[i];
        if (f->fd >= 0 && strcmp(f->slug, slug) == 0)
            return f;
        if (f->fd < 0 ? oldest->fd >= 0 : oldest->fd >= 0 && f->used < oldest->used)
            oldest = f;
    }
    file_end(a, oldest);
    file_start(oldest, slug);
    oldest->fd = room_open(a, slug);
    return oldest;
}

/* ---- lines ---- */

static void put_text(struct json_out *o, const char *key, struct bytes text)
{
    struct buf clean;

    if (text.n == 0)
        return;
    buf_init(&clean, 4 * FIELD_SHOW);
    if (utf8_valid(text))
        buf_put(&clean, text.p, utf8_fit_bytes(text, FIELD_SHOW));
    else
        utf8_clean(&clean, text, UTF8_LOG);
    json_out_str(o, key, buf_view(&clean));
    buf_free(&clean);
}

static void line_begin(struct json_out *o, struct buf *line, int64_t wall_ms, const char *what)
{
    char time[CLOCK_TEXT];

    clock_iso(wall_ms, time);
    json_out_init(o, line);
    json_out_open(o, NULL, '{');
    json_out_text(o, "time", time);
    json_out_text(o, "event", what);
}

static void line_end(struct json_out *o)
{
    json_out_close(o, '}');
    buf_u8(o->to, '\n');
}

static void tell_missed(struct audit *a, int64_t wall_ms)
{
    struct json_out o;
    struct buf line;

    if (a->missed == 0)
        return;
    buf_init(&line, 4 * KIB);
    line_begin(&o, &line, wall_ms, "left_out");
    json_out_int(&o, "lines", (int64_t)a->missed);
    line_end(&o);
    file_line(a, &a->all, buf_view(&line));
    buf_free(&line);
    a->missed = 0;
}

static bool within_rate(struct audit *a, int64_t wall_ms)
{
    int64_t second = wall_ms / 1000;

    if (second != a->second) {
        a->second = second;
        a->lines = 0;
        tell_missed(a, wall_ms);
    }
    if (a->lines >= AUDIT_LINES_PER_S) {
        a->missed++;
        return false;
    }
    a->lines++;
    return true;
}

void audit_event(struct audit *a, int64_t wall_ms, const char *what, struct bytes room,
    struct bytes user, struct bytes detail)
{
    struct json_out o;
    struct buf line;

    if (a == NULL || !within_rate(a, wall_ms))
        return;
    buf_init(&line, 8 * KIB);
    line_begin(&o, &line, wall_ms, what);
    put_text(&o, "room", room);
    put_text(&o, "user", user);
    put_text(&o, "detail", detail);
    line_end(&o);
    if (buf_end(&line) == ERR_OK) {
        file_line(a, &a->all, buf_view(&line));
        if (room.n != 0)
            file_line(a, room_file(a, room), buf_view(&line));
    }
    buf_free(&line);
}

void audit_flush(struct audit *a)
{
    if (a == NULL)
        return;
    file_flush(a, &a->all);
    for (size_t i = 0; i < AUDIT_ROOM_FILES; i++)
        file_flush(a, &a->rooms[i]);
}

/* ---- opening ---- */

static enum err folder(const char *state, const char *name, int *fd)
{
    struct buf path;

    buf_init(&path, 8 * KIB);
    buf_fmt(&path, "%s/%s", state, name);
    enum err e = file_make_private_dir(buf_cstr(&path));
    if (e == ERR_OK) {
        *fd = open(buf_cstr(&path), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        e = *fd >= 0 ? ERR_OK : ERR_IO;
    }
    buf_free(&path);
    return e;
}

enum err audit_open(const char *state, int64_t wall_ms, struct audit **out)
{
    struct audit *a = mem_alloc(sizeof *a);
    int dir = -1;

    *out = NULL;
    a->rooms_dir = -1;
    clock_stamp(wall_ms, a->stamp);
    file_start(&a->all, "");
    for (size_t i = 0; i < AUDIT_ROOM_FILES; i++)
        file_start(&a->rooms[i], "");
    enum err e = folder(state, "audit", &dir);
    if (e == ERR_OK)
        e = folder(state, "server_logs", &a->rooms_dir);
    if (e == ERR_OK) {
        a->all.fd = file_open_beneath(dir, "audit.log");
        if (a->all.fd < 0)
            e = errno == EPERM ? ERR_PERM : ERR_IO;
    }
    if (dir >= 0)
        (void)close(dir);
    if (e != ERR_OK) {
        audit_close(a);
        return e;
    }
    *out = a;
    return ERR_OK;
}

void audit_close(struct audit *a)
{
    if (a == NULL)
        return;
    tell_missed(a, a->second * 1000 + 999);
    file_end(a, &a->all);
    for (size_t i = 0; i < AUDIT_ROOM_FILES; i++)
        file_end(a, &a->rooms[i]);
    if (a->rooms_dir >= 0)
        (void)close(a->rooms_dir);
    mem_free(a);
}
