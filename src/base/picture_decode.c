/* SPDX-License-Identifier: ISC */
#include "base/picture_decode.h"

#include "base/mem.h"
#include "base/picture_decode_private.h"

/* A format by what its files begin with; the second word stands at its place. */
static const struct {
    const char *first, *second;
    size_t first_n, second_at;
    enum err (*decode)(struct bytes in, unsigned enough, struct pixels *out);
} FORMATS[] = {
    {"\x89PNG\r\n\x1a\n", "IHDR", 8, 12, decode_png},
    {"\xff\xd8\xff", "", 3, 3, decode_jpeg},
    {"RIFF", "WEBP", 4, 8, decode_webp},
};

static bool has(struct bytes in, size_t at, const char *word, size_t n)
{
    return in.n >= at + n && memcmp(in.p + at, word, n) == 0;
}

enum err decode_judge(uint64_t width, uint64_t height, uint64_t most)
{
    if (width == 0 || height == 0)
        return ERR_FORMAT;
    if (width > DECODE_SIDE || height > DECODE_SIDE || width * height > most)
        return ERR_TOO_BIG;
    return ERR_OK;
}

void decode_room(struct pixels *out, unsigned width, unsigned height)
{
    *out = (struct pixels){width, height, mem_array((size_t)width * height, 4)};
}

enum err decode_picture(struct bytes in, unsigned enough, struct pixels *out)
{
    *out = (struct pixels){0};
    for (size_t i = 0; i < MEM_COUNT(FORMATS); i++) {
        if (!has(in, 0, FORMATS[i].first, FORMATS[i].first_n) ||
            !has(in, FORMATS[i].second_at, FORMATS[i].second, strlen(FORMATS[i].second)))
            continue;
        enum err e = FORMATS[i].decode(in, enough, out);
        if (e != ERR_OK)
            pixels_fini(out);
        return e;
    }
    return ERR_FORMAT;
}

void pixels_fini(struct pixels *p)
{
    mem_free(p->rgba);
    *p = (struct pixels){0};
}
