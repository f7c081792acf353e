/* SPDX-License-Identifier: ISC */
/*
 * sotto-picture: a picture on its input, cells on its output (base/art.h), and nothing else in
 * the world: it is started by sotto for one picture, gives away every right before it looks at
 * a byte of it, and is killed when it takes too long. The exit status says why there is none.
 *
 *   sotto-picture ROWS COLS INK ASCII LIGHT
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/art.h"
#include "base/art_child.h"
#include "base/mem.h"
#include "base/picture_paint.h"
#include "base/sandbox.h"

static bool read_number(const char *text, unsigned most, unsigned *out)
{
    unsigned n = 0;

    for (const char *p = text; *p != '\0'; p++) {
        if (*p < '0' || *p > '9' || n > most)
            return false;
        n = n * 10 + (unsigned)(*p - '0');
    }
    *out = n;
    return text[0] != '\0' && n <= most;
}

static bool read_wish(char **argv, struct art_want *w)
{
    unsigned ink = 0, ascii = 0, light = 0;

    bool fine = read_number(argv[1], ART_SIDE_MAX, &w->rows) &&
                read_number(argv[2], ART_SIDE_MAX, &w->cols) &&
                read_number(argv[3], ART_INKS - 1, &ink) && read_number(argv[4], 1, &ascii) &&
                read_number(argv[5], 1, &light);
    w->ink = (enum art_ink)ink;
    w->ascii = ascii == 1;
    w->light = light == 1;
    return fine && art_want_is_fit(w);
}

/* No picture is looked at outside. */
static bool give_away(void)
{
    const struct sandbox_plan plan = {.max_files = 16,
        .max_data = ART_CHILD_MEMORY,
        .max_space = ART_CHILD_MEMORY,
        .max_cpu_s = ART_CHILD_CPU_S,
        .landlock = true,
        .seccomp = true,
        .bare = true};
    struct sandbox_report r;

    return sandbox_enter(&plan, &r) == ERR_OK && r.no_new_privs && r.seccomp;
}

static enum err read_all(struct buf *in)
{
    static uint8_t block[65536];

    for (;;) {
        ssize_t n = read(STDIN_FILENO, block, sizeof block);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return ERR_IO;
        if (n == 0)
            return buf_end(in);
        buf_put(in, block, (size_t)n);
        if (buf_end(in) != ERR_OK)
            return buf_end(in);
    }
}

static enum err write_all(struct bytes out)
{
    while (out.n != 0) {
        ssize_t n = write(STDOUT_FILENO, out.p, out.n);
        if (n < 0 && errno != EINTR)
            return ERR_IO;
        if (n > 0)
            out = bytes_of(out.p + n, out.n - (size_t)n);
    }
    return ERR_OK;
}

static enum err show(const struct art_want *w)
{
    unsigned enough = (w->cols > 2 * w->rows ? w->cols : 2 * w->rows) * PAINT_PER_CELL;
    struct pixels pixels;
    struct art art;
    struct buf in, out;

    buf_init(&in, ART_CHILD_FILE);
    enum err e = read_all(&in);
    if (e == ERR_OK)
        e = decode_picture(buf_view(&in), enough, &pixels);
    buf_free(&in);
    if (e != ERR_OK)
        return e;
    paint_pixels(&pixels, w, &art);
    pixels_fini(&pixels);
    buf_init(&out, art_size(art.rows, art.cols));
    art_put(&out, &art);
    art_fini(&art);
    e = write_all(buf_view(&out));
    buf_free(&out);
    return e;
}

int main(int argc, char **argv)
{
    struct art_want want = {0};

    if (argc != 6 || !read_wish(argv, &want))
        return ART_EXIT_USE;
    if (!give_away())
        return ART_EXIT_SANDBOX;
    enum err e = show(&want);
    /* Without the handlers of the libraries, which have nothing left to do. */
    _exit(e == ERR_OK ? 0 : e == ERR_TOO_BIG ? ART_EXIT_TOO_BIG : ART_EXIT_FORMAT);
}
