/* SPDX-License-Identifier: ISC */
#include "tui/picture.h"

#include <errno.h>
#include <fcntl.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/art_child.h"
#include "base/mem.h"
#include "tui/picture_child.h"

struct picture {
    struct art_want want;
    pid_t pid; /* 0: it was waited for */
    int from;  /* -1: over */
    uint64_t until_ms;
    enum err err; /* ERR_MORE: it is being made */
    struct buf said;
    struct art art;
};

bool picture_is_one(struct bytes name)
{
    static const char *const ENDS[] = {".png", ".jpg", ".jpeg", ".webp"};

    for (size_t i = 0; i < MEM_COUNT(ENDS); i++) {
        size_t n = strlen(ENDS[i]);
        if (name.n > n && strncasecmp((const char *)name.p + name.n - n, ENDS[i], n) == 0)
            return true;
    }
    return false;
}

static enum err open_file(const char *path, int *fd)
{
    struct stat st;

    /* O_NONBLOCK, so that a FIFO in its place cannot make us wait. */
    *fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (*fd < 0)
        return errno == ENOENT || errno == ENOTDIR ? ERR_NOT_FOUND : ERR_PERM;
    enum err e = ERR_OK;
    if (fstat(*fd, &st) != 0 || !S_ISREG(st.st_mode))
        e = ERR_REFUSED;
    else if (st.st_size == 0)
        e = ERR_FORMAT;
    else if ((uint64_t)st.st_size > ART_CHILD_FILE)
        e = ERR_TOO_BIG;
    if (e != ERR_OK) {
        (void)close(*fd);
        *fd = -1;
    }
    return e;
}

static enum err start(struct picture *p, const char *path, const char *ours)
{
    char self[PICTURE_PROGRAM], program[PICTURE_PROGRAM];
    int file;
    enum err e = open_file(path, &file);

    if (e != ERR_OK)
        return e;
    if (ours == NULL)
        e = picture_child_self(self);
    if (e == ERR_OK && ours == NULL)
        e = picture_child_find(self, program);
    if (e == ERR_OK)
        e = picture_child_start(
            ours != NULL ? ours : program, &p->want, file, &p->pid, &p->from);
    (void)close(file);
    return e;
}

enum err picture_start(
    struct picture **out, const char *path, const struct picture_want *w, uint64_t now_ms)
{
    static const enum art_ink INKS[COLOR_TIERS] = {[COLOR_TIER_MONO] = ART_MONO,
        [COLOR_TIER_8] = ART_8,
        [COLOR_TIER_16] = ART_16,
        [COLOR_TIER_256] = ART_256,
        [COLOR_TIER_DIRECT] = ART_DIRECT};
    struct art_want want = {w->rows, w->cols, INKS[w->tier], w->ascii, w->light};

    *out = NULL;
    if (!art_want_is_fit(&want))
        return ERR_FORMAT;
    struct picture *p = mem_alloc(sizeof *p);
    *p = (struct picture){.want = want, .from = -1, .err = ERR_MORE};
    p->until_ms = now_ms + PICTURE_PATIENCE;
    buf_init(&p->said, art_size(w->rows, w->cols));
    enum err e = start(p, path, w->program);
    if (e == ERR_OK)
        *out = p;
    else
        mem_free(p);
    return e;
}

/* Nobody runs afterwards; how it ended. */
static int end(struct picture *p)
{
    int status = p->pid != 0 ? picture_child_end(p->pid) : 0;

    if (p->from >= 0)
        (void)close(p->from);
    p->from = -1;
    p->pid = 0;
    return status;
}

void picture_free(struct picture *p)
{
    if (p == NULL)
        return;
    (void)end(p);
    art_fini(&p->art);
    buf_free(&p->said);
    mem_free(p);
}

int picture_fd(const struct picture *p)
{
    return p->from;
}

static enum err over(struct picture *p, enum err e)
{
    (void)end(p);
    buf_free(&p->said);
    p->err = e;
    return e;
}

/* It has said all it will: only what ended well is looked at. */
static enum err judge(struct picture *p)
{
    int status = end(p);

    if (!WIFEXITED(status))
        return over(p, ERR_CLOSED);
    switch (WEXITSTATUS(status)) {
    case 0:
        return over(p,
            art_read(&p->art, buf_view(&p->said), &p->want) == ERR_OK ? ERR_OK : ERR_CORRUPT);
    case ART_EXIT_FORMAT:
        return over(p, ERR_FORMAT);
    case ART_EXIT_TOO_BIG:
    case MEM_EXIT_CODE:
        return over(p, ERR_TOO_BIG);
    case ART_EXIT_SANDBOX:
        return over(p, ERR_UNSUPPORTED);
    default:
        return over(p, ERR_CLOSED);
    }
}

enum err picture_step(struct picture *p, uint64_t now_ms)
{
    uint8_t block[16384];
    ssize_t n;

    if (p->err != ERR_MORE)
        return p->err;
    while ((n = read(p->from, block, sizeof block)) > 0) {
        buf_put(&p->said, block, (size_t)n);
        if (buf_end(&p->said) != ERR_OK)
            return over(p, ERR_CORRUPT);
    }
    if (n == 0)
        return judge(p);
    if (errno != EAGAIN && errno != EINTR)
        return over(p, ERR_CLOSED);
    return now_ms >= p->until_ms ? over(p, ERR_TIMEOUT) : ERR_MORE;
}

const struct art *picture_art(const struct picture *p)
{
    return &p->art;
}

static struct color color_of(uint32_t value, bool there, enum art_ink ink)
{
    if (!there)
        return (struct color){COLOR_DEFAULT, 0};
    return (struct color){ink == ART_DIRECT ? COLOR_RGB : COLOR_INDEX, value};
}

void picture_colors(
    const struct picture *p, const struct art_cell *c, struct color *fg, struct color *bg)
{
    *fg = color_of(c->fg, (c->flags & ART_HAS_FG) != 0, p->want.ink);
    *bg = color_of(c->bg, (c->flags & ART_HAS_BG) != 0, p->want.ink);
}

const char *picture_words(enum err e)
{
    static const struct {
        enum err err;
        const char *words;
    } ROWS[] = {
        {ERR_FORMAT,
            "This is no picture that can be shown here, or it is damaged: PNG, JPEG and "
            "WebP are shown"},
        {ERR_TOO_BIG, "This picture is too large to be shown here; open the file instead"},
        {ERR_TIMEOUT, "This picture took too long; open the file instead"},
        {ERR_CLOSED, "This picture could not be read: it is damaged, or made to do harm"},
        {ERR_CORRUPT, "This picture tried to take over what shows it, and was stopped; do not "
                      "open the file"},
        {ERR_UNSUPPORTED,
            "Pictures cannot be shown here: sotto-picture is missing, or cannot be "
            "locked in; install sotto again"},
        {ERR_NOT_FOUND, "The file is no longer there"},
        {ERR_PERM, "The file may not be read"},
        {ERR_REFUSED, "This is no file"},
    };

    for (size_t i = 0; i < MEM_COUNT(ROWS); i++) {
        if (ROWS[i].err == e)
            return ROWS[i].words;
    }
    return "This picture could not be shown";
}
