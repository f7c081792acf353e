/* SPDX-License-Identifier: ISC */
#include <turbojpeg.h>

#include "base/mem.h"
#include "base/picture_decode.h"
#include "base/picture_decode_private.h"
#include "base/picture_turn.h"

#define MOST ((uint64_t)64 << 20) /* pixels: they are read in rows, and smaller */

static unsigned longer(unsigned width, unsigned height)
{
    return width > height ? width : height;
}

/* The smallest of the sizes that the library can read it at and that is enough. */
static void shrink(int width, int height, unsigned enough, struct pixels *size)
{
    int n = 0;
    const tjscalingfactor *all = tjGetScalingFactors(&n);

    *size = (struct pixels){(unsigned)width, (unsigned)height, NULL};
    for (int i = 0; all != NULL && i < n; i++) {
        unsigned w = (unsigned)TJSCALED(width, all[i]);
        unsigned h = (unsigned)TJSCALED(height, all[i]);
        if (longer(w, h) >= enough && longer(w, h) < longer(size->width, size->height))
            *size = (struct pixels){w, h, NULL};
    }
}

/* A warning is a picture that is damaged somewhere and can be looked at. */
static bool went_well(tjhandle h, int rc)
{
    return rc == 0 || tjGetErrorCode(h) == TJERR_WARNING;
}

static enum err decode(tjhandle h, struct bytes in, unsigned enough, struct pixels *out)
{
    int width = 0, height = 0, sampling = 0, space = 0;
    struct pixels size;

    if (!went_well(h, tjDecompressHeader3(h, in.p, in.n, &width, &height, &sampling, &space)) ||
        width < 0 || height < 0)
        return ERR_FORMAT;
    enum err e = decode_judge((uint64_t)width, (uint64_t)height, MOST);
    if (e != ERR_OK)
        return e;
    shrink(width, height, enough, &size);
    decode_room(out, size.width, size.height);
    int rc = tjDecompress2(h, in.p, in.n, out->rgba, (int)size.width, 0, (int)size.height,
        TJPF_RGBA, TJFLAG_LIMITSCANS | TJFLAG_FASTDCT);
    if (went_well(h, rc))
        return ERR_OK;
    /* One in steps needs all of its pixels at once, and the library has only words for it. */
    return strstr(tjGetErrorStr2(h), "memory") != NULL ? ERR_TOO_BIG : ERR_FORMAT;
}

enum err decode_jpeg(struct bytes in, unsigned enough, struct pixels *out)
{
    tjhandle h = tjInitDecompress();

    if (h == NULL)
        mem_die("out of memory");
    enum err e = decode(h, in, enough, out);
    (void)tjDestroy(h);
    if (e == ERR_OK)
        turn_pixels(out, turn_of_jpeg(in));
    return e;
}
